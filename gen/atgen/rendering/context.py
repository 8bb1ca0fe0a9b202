"""All that templates see of a case: values, words and texts, with nothing left to decide."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from atgen.case.axes import ENTRIES, HITS, PLATFORMS, SCHEDULERS, entry_kind
from atgen.case.code import Code
from atgen.case.model import Access, EntryPoint, Form, When
from atgen.case.requirements import requirements, version
from atgen.case.vocabulary import texts, vocabulary
from atgen.rendering.plan import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.case.model import Case, Described, Platform
    from atgen.case.vocabulary import Vocabulary, Words
    from atgen.rendering.languages import Language
    from atgen.rendering.plan import Plan

# In a scaffold, the headers of the files that a person owns.
OWN_HEADERS = (Code("AppSetup.h"), Code("BackgroundWork.h"))


class Chapter(NamedTuple):
    """One chapter of the gesture or the screen: its argument's name and its text."""

    label: Code
    text: str


class Context(NamedTuple):
    """A case, alone or of an app, on a platform in a language; `str` is text that a filter must make into code, `Code` is code already.

    `suffix_blank` is as wide as `suffix`, for lines that are in line with one that has it.
    """

    case_name: str
    class_name: Code
    prefix: Code
    access: Code
    main: Code
    header: str
    shared_header: str
    own_headers: tuple[Code, ...]
    words: dict[str, Any]
    system: dict[str, Any]
    frameworks: tuple[Code, ...]
    texts: dict[str, str]
    tracker: str
    configuration: tuple[tuple[str, str], ...]
    receiver: Code
    kept: Code
    stored: Code
    tracker_property: Code
    deliveries: Code
    suffix: Code
    suffix_blank: Code
    mode: Code
    page: str
    query: tuple[tuple[str, str], ...]
    collection: Code
    hit_name: str
    chapters: tuple[Chapter, ...]
    properties: tuple[tuple[str, str | int], ...]
    send: Code
    identifier: str
    request: Code


def contexts(
    described: Described,
    platform: Platform,
    plan: Plan,
    language: Language,
    sdk: Vocabulary,
    system: Words,
    texts: dict[str, str],
    locale: str = "en",
) -> tuple[Context, ...]:
    """The context of each case on a platform in a language; `system` holds Apple's words for the plan, `texts` the locale's."""
    header = _header(described, platform, plan, language, sdk, texts, locale)
    names = _names(described, platform, plan)
    return tuple(
        _context(case, header, Names(*map(language.member, its)), plan, language, sdk, system, texts)
        for case, its in zip(described.cases, names, strict=True)
    )


class Names(NamedTuple):
    """What a case's own things are called in the delegate; `suffix` ends the names of its methods."""

    tracker: str
    deliveries: str
    suffix: str


def _names(described: Described, platform: Platform, plan: Plan) -> list[Names]:
    """The names in each case, in words joined by _: only where an app has several of a thing is it told whose it is."""
    nouns = [ENTRIES[entry_kind(case, platform)].noun for case in described.cases]
    owners: dict[str, str] = {}
    for case, noun in zip(described.cases, nouns, strict=True):
        if case.tracker:
            owners.setdefault(case.tracker.name, f"{noun}_")
    watched = {case.tracker for case in described.cases if case.finish.when is When.SENT}
    methods = Counter(entry.name for entry in plan.entries)
    found = []
    for number, (case, noun) in enumerate(zip(described.cases, nouns, strict=True)):
        owner = owners[case.tracker.name] if case.tracker else "global_"
        is_met = any(methods[entry.name] > 1 for entry in plan.entries if entry.case == number)
        found.append(
            Names(
                f"{owner * (len(owners) > 1)}tracker",
                f"{owner * (len(watched) > 1)}deliveries",
                f"_{noun}" * is_met,
            )
        )
    return found


def _context(
    case: Case,
    header: str,
    names: Names,
    plan: Plan,
    language: Language,
    sdk: Vocabulary,
    system: Words,
    texts: dict[str, str],
) -> Context:
    words, shape = sdk.words[language.name], language.shape(plan.form)
    chapters = (Chapter(Code(f"{words['chapter']}{number}"), text) for number, text in enumerate(case.hit.chapters, 1))
    return Context(
        case_name=case.name,
        class_name=Code(case.style.class_name),
        prefix=Code(case.style.prefix),
        access=Code("public " if case.style.access is Access.PUBLIC else ""),
        main=Code("@main\n" if case.style.entry is EntryPoint.MAIN else ""),
        header=header,
        shared_header=texts["shared"],
        own_headers=OWN_HEADERS if any(step.name == "own_launch" for step in plan.walk()) else (),
        words=words,
        system=system,
        frameworks=tuple(map(Code, plan.frameworks)),
        texts=texts,
        tracker=case.tracker.name if case.tracker else "",
        configuration=(*sdk.settings, *case.tracker.configuration) if case.tracker else (),
        receiver=Code(f"{shape.kept}{names.tracker}" if case.tracker else "tracker"),
        kept=Code(shape.kept),
        stored=Code(shape.stored),
        tracker_property=Code(names.tracker),
        deliveries=Code(names.deliveries),
        suffix=Code(names.suffix),
        suffix_blank=Code(" " * len(names.suffix)),
        mode=words[f"mode_{case.mode.value}"],
        page=case.hit.page,
        query=HITS[case.hit.kind].queries[case.hit.action],
        collection=words[HITS[case.hit.kind].collection],
        hit_name=case.hit.name,
        chapters=tuple(chapters),
        properties=case.hit.properties,
        send=words[f"send_{case.hit.action}"],
        identifier=case.identifier,
        request=Code(SCHEDULERS[case.scheduler].request or ""),
    )


def page_header(described: Described, platform: Platform, language: Language, locale: str) -> str:
    """The two lines that a case's code begins with on a page, as comments, and an empty one: what it is and needs."""
    needs = _needs(described, platform, language, vocabulary(described.sdk), texts(locale)["needs"])
    return "".join(f"{language.comment(line)}\n" for line in (described.titles[locale], needs)) + "\n"


def hook_header(described: Described, language: Language, locale: str, *, has_setup: bool) -> str:
    """What the methods of a class lean on where a page shows them alone, as a comment, and an empty line."""
    shared = (
        f"{described.style.prefix}BackgroundHits"
        if "background_hits" in dict(language.delegate.files)
        else "atgen.reference"
    )
    sentence = texts(locale)["hook_setup" if has_setup else "hook_alone"]
    return language.comment(sentence.format(shared=shared)) + "\n\n"


def _needs(described: Described, platform: Platform, language: Language, sdk: Vocabulary, sentence: str) -> str:
    minimum = requirements(described, platform, language.module).minimum
    return sentence.format(
        sdk=sdk.title, version=_since(described, sdk), system=PLATFORMS[platform].title, minimum=minimum
    )


def _about(described: Described, plan: Plan, language: Language) -> tuple[str, ...]:
    """The keys of sentences on how the class becomes the app's, and what the app brings."""
    its: tuple[str, ...] = (
        f"entry_{plan.system}_{described.style.entry.value}",
        f"lifecycle_{plan.system}_{described.lifecycle.value}",
    )
    if plan.form is Form.EXTENSION and language.extends:
        its = ("form_extension_set_up" if plan.of(Role.LAUNCH) else "form_extension",)
        its += ("form_clashes",) * language.extension.clashes
    return (*its, *(f"scheduler_{case.scheduler.value}" for case in described.cases))


def _header(
    described: Described,
    platform: Platform,
    plan: Plan,
    language: Language,
    sdk: Vocabulary,
    texts: dict[str, str],
    locale: str,
) -> str:
    """The prose that every output begins with, in paragraphs."""
    needs = requirements(described, platform, language.module)
    plist = [f"    {line}" for key, value in needs.info_plist.items() for line in _plist(key, value)]
    plist += ["    " + texts["entitlement"].format(key=key) for key in needs.entitlements]
    plist += ["    " + texts["plist_absent"].format(key=key) for key in needs.absent]
    sentence = _needs(described, platform, language, sdk, texts["needs_plist" if plist else "needs"])
    paragraphs = (
        texts["generated"].format(source=described.source),
        described.titles[locale],
        "\n".join(described.summaries[locale]),
        "\n".join([sentence, *plist]),
        *(
            texts[key].format(class_name=described.style.class_name, name=described.name)
            for key in _about(described, plan, language)
            if key in texts
        ),
        sdk.notes[locale],
        *(texts[key] for key in _privacy(described)),
        *(texts[f"warning_{warning}"] for warning in plan.warnings),
    )
    return "\n\n".join(filter(None, paragraphs))


def _since(described: Described, sdk: Vocabulary) -> str:
    """The oldest version of the SDK that has all that the case uses."""
    hits = [sdk.hits[case.hit.kind.value] for case in described.cases]
    return max(sdk.since, *hits, *[sdk.keep_tag_since] * len(described.keep_tag_in), key=version)


def _privacy(described: Described) -> Iterator[str]:
    """What is to be said of the visitor: whether the tag is kept, and whether a dedicated tracker knows the same one."""
    yield "tag_kept" if described.keep_tag_in else "tag_taken"
    if any(case.tracker and "identifier" not in dict(case.tracker.configuration) for case in described.cases):
        yield "visitor"


def _plist(key: str, value: Any, indent: str = "") -> Iterator[str]:  # noqa: ANN401 (whatever a property list holds)
    """A key of Info.plist and its value, as lines to read."""
    if isinstance(value, dict):
        yield f"{indent}{key}:"
        for name, inner in value.items():
            yield from _plist(name, inner, indent + "  ")
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from _plist(key, inner, indent)
    elif isinstance(value, bool):
        yield f"{indent}{key}: {'YES' if value else 'NO'}"
    else:
        yield f"{indent}{key}: {', '.join(value if isinstance(value, list) else [value])}"
