"""The words of an SDK and of the output's comments: YAML files, validated like a spec."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from atgen.case import yamltree
from atgen.case.code import Code
from atgen.case.model import SETTINGS, HitKind, Localized, Platform
from atgen.case.schema import Items, Key, Record, Report, Text, Translated, at, one_of
from atgen.case.yamltree import Mapping, Node, Sequence
from atgen.errors import Problem, SpecError
from atgen.resources import SDKS, TEMPLATES, TEXTS, locales

if TYPE_CHECKING:
    from pathlib import Path

_WORD = Text(
    pattern=r"[A-Za-z_][A-Za-z0-9_]*(?:(?:/[A-Za-z_][A-Za-z0-9_-]*)?\.h)?", what="an identifier or a header's path"
)
_SDK = Record(
    {
        "title": Key(Text(), "The SDK's name.", required=True),
        "version": Key(Text(), "The version whose words these are.", required=True),
        "since": Key(Text(), "The first version that has all of them.", required=True),
        "hits": Key(
            Record(
                {kind.value: Key(Text(), f"The first version that can send this {kind.value}.") for kind in HitKind}
            ),
            "The kinds of hits that it can send.",
            required=True,
        ),
        "keep_tag_since": Key(Text(), "The first version that can keep the tag in a visitor's mode."),
        "lacks": Key(
            Items(Text(pattern="|".join(SETTINGS), what=one_of(SETTINGS)), len(SETTINGS), distinct=True),
            "The keys of a tracker's configuration that it does not have.",
        ),
        "settings": Key(
            Record({"secure": Key(Text(), "Whether hits go over https.")}), "What every configuration has, too."
        ),
        "platforms": Key(
            Record({member.value: Key(Text(), "The pod.") for member in Platform}), "Its pods.", required=True
        ),
        "without": Key(Items(Text(), 9, distinct=True), "The languages that it cannot be used from."),
        "note": Key(Translated(Text(lines=True), locales()), "What the output says to whoever uses it."),
    }
)


class Words(dict[str, Any]):
    """Words by concept, and those by language or framework; a concept that has several words has them in a tuple.

    What is missing is a SpecError that says where it should be: in `file`, below `path`.
    """

    def __init__(self, file: str, path: str = "") -> None:
        super().__init__()
        self._file = file
        self._path = path

    def __missing__(self, concept: str) -> object:
        raise SpecError([Problem(self._file, 1, 1, f"{self._path}{concept} is missing")])


class Vocabulary(NamedTuple):
    """An SDK's words, by language and concept.

    `hits` maps the kinds of hits that it can send to the first version that can. `keep_tag_since` is empty where the SDK cannot
    keep the tag, `lacks` are keys of a spec's configuration that it does not have. `platforms` maps those it is made for to its
    pods; `settings` are keys that every tracker's configuration has; `without` are languages that it cannot be used from. `notes`
    hold what the output says to whoever uses it, if anything.
    """

    name: str
    title: str
    version: str
    since: str
    platforms: dict[str, str]
    hits: dict[str, str]
    settings: tuple[tuple[str, str], ...]
    keep_tag_since: str
    lacks: tuple[str, ...]
    without: tuple[str, ...]
    notes: Localized[str]
    words: Words

    def has(self, language: str) -> bool:
        """Whether the SDK can be used from a language; SpecError where its file does not say."""
        if language not in self.words and language not in self.without:
            message = f"words: {language} is missing; where the SDK cannot be used from it, name it under without"
            raise SpecError([Problem(str(SDKS / f"{self.name}.yaml"), 1, 1, message)])
        return language in self.words


def sdks() -> list[str]:
    """The SDKs there are: one file each."""
    return sorted(name.removesuffix(".yaml") for name in os.listdir(SDKS) if name.endswith(".yaml"))


@cache
def vocabulary(name: str = "apple") -> Vocabulary:
    """The words of one SDK; SpecError where its file is not right."""
    path = SDKS / f"{name}.yaml"
    root = yamltree.load(path)
    report = Report(str(path))
    others = tuple(entry for entry in root.entries if entry[0].text != "words")
    facts = _SDK.check(Mapping(others, root.line, root.column), "", report) or {}
    words = _words(at(root, "words"), report)
    if report.problems:
        raise SpecError(report.problems)
    return Vocabulary(
        name,
        facts["title"],
        facts["version"],
        facts["since"],
        facts["platforms"],
        facts["hits"],
        settings=tuple(facts.get("settings", {}).items()),
        keep_tag_since=facts.get("keep_tag_since", ""),
        lacks=facts.get("lacks", ()),
        without=facts.get("without", ()),
        notes=Localized({locale: text.rstrip("\n") for locale, text in facts.get("note", {"en": ""}).items()}),
        words=words,
    )


@cache
def apple(language: str) -> Words:
    """A language's words for Apple's frameworks for apps, by framework: templates/LANGUAGE/apple.yaml."""
    path = TEMPLATES / language / "apple.yaml"
    report = Report(str(path))
    words = _words(yamltree.load(path), report)
    if report.problems:
        raise SpecError(report.problems)
    return words


def _words(node: Node, report: Report) -> Words:
    """The words by language or framework, and concept."""
    words = Words(report.file)
    for language, concepts in _entries(node, report.file):
        words[language.text] = Words(report.file, f"{language.text}.")
        for concept, value in _entries(concepts, report.file):
            path = f"{language.text}.{concept.text}"
            if isinstance(value, Sequence):  # none may be an answer, too
                several = (_WORD.check(item, path, report) for item in value.items)
                words[language.text][concept.text] = tuple(Code(word or "") for word in several)
            else:
                words[language.text][concept.text] = Code(_WORD.check(value, path, report) or "")
    return words


@cache
def texts(locale: str = "en", folder: Path = TEXTS) -> dict[str, str]:
    """The comments of the output, or another folder's texts, in one language of people."""
    path = folder / f"{locale}.yaml"
    return {
        key.text: value.text.rstrip("\n")
        for key, value in _entries(yamltree.load(path), str(path))
        if isinstance(value, yamltree.Scalar)
    }


def _entries(node: Node, name: str) -> tuple[tuple[yamltree.Scalar, Node], ...]:
    if isinstance(node, Mapping):
        return node.entries
    raise SpecError([Problem(name, node.line, node.column, "expected keys and values")])
