"""All that templates see of a case: values, words and texts, with nothing left to decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from atgen.code import Code
from atgen.requirements import requirements

if TYPE_CHECKING:
    from atgen.languages import Language
    from atgen.model import Case
    from atgen.plan import Plan
    from atgen.vocabulary import Vocabulary


@dataclass(frozen=True)
class Chapter:
    """One chapter of the gesture: its argument's name and its text."""

    label: Code
    text: str


@dataclass(frozen=True)
class Context:
    """One case in one language; `str` is text that a filter must make into code, `Code` is code already."""

    case_name: str
    class_name: Code
    header: str
    words: dict[str, Code]
    texts: dict[str, str]
    tracker: str
    configuration: tuple[tuple[str, str], ...]
    receiver: Code
    mode: Code
    mark: str
    gesture: str
    chapters: tuple[Chapter, ...]
    send: Code


def context(case: Case, plan: Plan, language: Language, sdk: Vocabulary, texts: dict[str, str]) -> Context:
    """The context of a case in a language."""
    words = sdk.words[language.name]
    chapters = (
        Chapter(Code(f"{words.get('chapter', '')}{number}"), text) for number, text in enumerate(case.hit.chapters, 1)
    )
    return Context(
        case_name=case.name,
        class_name=Code("AppDelegate"),
        header=_header(case, plan, sdk, texts),
        words=words,
        texts=texts,
        tracker=case.tracker.name if case.tracker else "",
        configuration=case.tracker.configuration if case.tracker else (),
        receiver=Code("self.tracker" if case.tracker else "tracker"),
        mode=words[f"mode_{case.mode.value}"],
        mark=f"bg={case.mode.value}",
        gesture=case.hit.gesture,
        chapters=tuple(chapters),
        send=words[f"send_{case.hit.action.value}"],
    )


def _header(case: Case, plan: Plan, sdk: Vocabulary, texts: dict[str, str]) -> str:
    """The prose that every output begins with, in paragraphs."""
    needs = requirements(case)
    plist = [f"    {key}: {', '.join(values)}" for key, values in needs.info_plist]
    plist += ["    " + texts["plist_absent"].format(key=key) for key in needs.absent]
    sentence = texts["needs_plist" if plist else "needs"].format(sdk=sdk.title, version=sdk.since)
    paragraphs = (
        texts["generated"].format(source=case.source),
        case.title,
        "\n".join(case.summary),
        "\n".join([sentence, *plist]),
        "\n".join(texts[f"warning_{warning}"] for warning in plan.warnings),
    )
    return "\n\n".join(filter(None, paragraphs))
