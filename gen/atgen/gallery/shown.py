"""A case as the page shows it: its hook and files, its requirements as badges, its runs drawn."""

from __future__ import annotations

from dataclasses import replace
from plistlib import dumps
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from atgen.case.axes import PLATFORMS
from atgen.case.code import Code
from atgen.case.model import Platform
from atgen.case.requirements import requirements
from atgen.case.vocabulary import texts, vocabulary
from atgen.gallery.timeline import Timeline, timeline
from atgen.reference import Device, outside
from atgen.rendering import languages, pipeline
from atgen.rendering.plan import plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from atgen.case.model import Described
    from atgen.gallery.once import Block, Once
    from atgen.reference import Event
    from atgen.rendering.templating import Rendered

T = TypeVar("T")


class Badge(NamedTuple):
    """One requirement: what it is about, and what it asks."""

    about: str
    text: str


class File(NamedTuple):
    """A file to read and to copy, byte for byte."""

    name: str
    block: Block


class Link(NamedTuple):
    """A place on the page, and what it is called."""

    id: str
    text: str


class Panel(NamedTuple):
    """A case in one language: the hook, then the files; `shared` leads to those that other cases have too.

    A hook is lines of the files: `2:5-7` are three of the second file. No case's differs from platform to platform; if one
    did, they would stand below each other.
    """

    name: str
    title: str
    length: int
    hooks: tuple[Code, ...]
    files: tuple[File, ...]
    shared: tuple[Link, ...]


class Shared(NamedTuple):
    """A language's files that many cases have, once."""

    id: str
    heading: str
    language: str
    files: tuple[File, ...]


class Run(NamedTuple):
    """What happens when the case's code runs, on all of its platforms or on some.

    `like` is the first run on the page that is drawn in the same way, and `own` the drawing if that is this one.
    """

    id: str
    heading: str
    title: str
    waits: tuple[str, ...]
    height: int
    rows: Block
    like: str
    own: tuple[Timeline, ...]
    copied: tuple[str, ...]


class Shown(NamedTuple):
    """A case as the page shows it; `late` are its runs if the work never ends, `sources` its own files by language, platform, name."""

    name: str
    title: str
    summary: tuple[str, ...]
    source: str
    badges: tuple[Badge, ...]
    warnings: tuple[str, ...]
    plists: tuple[File, ...]
    panels: tuple[Panel, ...]
    runs: tuple[Run, ...]
    late: tuple[Run, ...]
    sources: dict[str, dict[str, dict[str, Rendered]]]


class SharedFiles:
    """The files that many cases have, each once, in the order in which they are met."""

    def __init__(self, once: Once) -> None:
        self._once = once
        self._found: dict[tuple[str, str, tuple[str, ...]], dict[str, Rendered]] = {}
        self._platforms: dict[tuple[str, str, tuple[str, ...]], dict[str, None]] = {}

    def link(self, sdk: str, language: str, platforms: Iterable[str], files: dict[str, Rendered]) -> Link:
        """Take in a case's files, and say where on the page they are."""
        key = (sdk, language, tuple(file.text for file in files.values()))
        self._found.setdefault(key, files)
        self._platforms.setdefault(key, {}).update(dict.fromkeys(platforms))
        return Link(f"shared.{[*self._found].index(key)}", ", ".join(files))

    def figures(self) -> Iterable[Shared]:
        """Give them as the page shows them."""
        for number, (key, files) in enumerate(self._found.items()):
            sdk, language, _ = key
            on = ", ".join(PLATFORMS[Platform(platform)].title for platform in self._platforms[key])
            heading = f"{', '.join(files)}: {on}, {vocabulary(sdk).title}"
            shown = (File(name, self._once.block(file.text.splitlines())) for name, file in files.items())
            yield Shared(f"shared.{number}", heading, language, tuple(shown))


def show(case: Described, locale: str, words: Mapping[str, str], once: Once, shared: SharedFiles) -> Shown:
    """Render a case, run it, and say it in the page's words."""
    sources: dict[str, dict[str, dict[str, Rendered]]] = {}
    for path, file in pipeline.render(case, languages.names(), locale).items():
        _, platform, language, name = path.split("/", 3)
        sources.setdefault(language, {}).setdefault(platform, {})[name] = file
    warnings = dict.fromkeys(name for platform in case.platforms for name in plan(case, platform).warnings)
    return Shown(
        name=case.name,
        title=case.titles[locale],
        summary=tuple(filter(None, [" ".join(case.summaries[locale])])),
        source=case.source,
        badges=tuple(_badges(case, words)),
        warnings=tuple(" ".join(texts(locale)[f"warning_{warning}"].splitlines()) for warning in warnings),
        plists=tuple(_plists(case, once)),
        panels=tuple(_panel(case, name, sources[name], once, shared) for name in sources),
        runs=tuple(_runs(case, locale, sources.get("python", {}), words, once, "done")),
        late=tuple(_runs(case, locale, sources.get("python", {}), words, once, "never")),
        sources=sources,
    )


def trace(code: str, class_name: str, work: str = "done") -> list[Event]:
    """Run the Python that was rendered for an app through what happens to it by default.

    Its work ends later, off the main thread; or `never`, and then the system's time runs out.
    """
    names: dict[str, Any] = {"__name__": "app"}
    exec(compile(code, "app.py", "exec"), names)  # noqa: S102 - our own output, in which a spec's texts are literals
    played = replace(outside(names[class_name]), work=(work,), expirations=work == "never")
    return Device(played, names[class_name]).run()


def _badges(case: Described, words: Mapping[str, str]) -> Iterable[Badge]:
    sdk = vocabulary(case.sdk)
    found = []
    for platform in case.platforms:
        needs = requirements(case, platform)
        yield Badge(PLATFORMS[platform].title, words["badge_since"].format(version=needs.minimum))
        found += [Badge(words["capability"], name) for name in needs.capabilities]
        found += [Badge("Info.plist", _entry(key, value)) for key, value in needs.info_plist.items()]
        found += [Badge("Info.plist", words["badge_absent"].format(key=key)) for key in needs.absent]
    yield Badge(sdk.title, words["badge_since"].format(version=sdk.since))
    yield from dict.fromkeys(found)


def _entry(key: str, value: object) -> str:
    """Say an entry of Info.plist in short: its value only where it is a list of words."""
    words = [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
    return f"{key}: {', '.join(words)}" if words else key


def _plists(case: Described, once: Once) -> Iterable[File]:
    """Give the entries of Info.plist as they stand in the file."""
    wanted = {platform.value: requirements(case, platform).info_plist for platform in case.platforms}
    for platforms, entries in _alike(wanted):
        if entries:
            lines = dumps(entries, sort_keys=False).decode().splitlines()
            inner = [line.removeprefix("\t") for line in lines[lines.index("<dict>") + 1 : -2]]
            yield File(_on(platforms, wanted, "Info.plist"), once.block(inner))


def _panel(
    case: Described,
    language: str,
    sources: dict[str, dict[str, Rendered]],
    once: Once,
    shared: SharedFiles,
) -> Panel:
    alone = {platform: own(files) for platform, files in sources.items()}
    others = {
        platform: {name: file for name, file in files.items() if name not in alone[platform]}
        for platform, files in sources.items()
    }
    groups = _alike(alone)
    hooks: dict[tuple[str, ...], Code] = {}
    files: list[File] = []
    for platforms, there in groups:
        lines, where = _hook(there, len(files))
        hooks.setdefault(lines, where)
        files += [File(_on(platforms, alone, name), once.block(file.text.splitlines())) for name, file in there.items()]
    return Panel(
        name=language,
        title=languages.get(language).title,
        length=sum(file.text.count("\n") for file in groups[0][1].values()),
        hooks=tuple(hooks.values()),
        files=tuple(files),
        shared=tuple(shared.link(case.sdk, language, platforms, files) for platforms, files in _alike(others) if files),
    )


def own(files: Mapping[str, Rendered]) -> dict[str, Rendered]:
    """Give the files that are the case's alone."""
    return {name: file for name, file in files.items() if "helpers" not in file.regions}


def _hook(files: Mapping[str, Rendered], before: int) -> tuple[tuple[str, ...], Code]:
    """Give what the system calls, and the person's work, and where it is; `before` are the panel's files before these."""
    spans = [
        (number, file, first, last)
        for number, file in enumerate(files.values(), before + 1)
        for first, last in file.regions.get("hook", ())
    ]
    lines = tuple(line for _, file, first, last in spans for line in file.text.splitlines()[first:last])
    return lines, Code(" ".join(f"{number}:{first + 1}-{last}" for number, _, first, last in spans))


def _runs(
    case: Described,
    locale: str,
    sources: dict[str, dict[str, Rendered]],
    words: Mapping[str, str],
    once: Once,
    work: str,
) -> Iterable[Run]:
    """Play the case on its platforms; `work` says how the app's own work ends."""
    traces = {
        platform: [trace(file.text, case.style.class_name, work) for file in files.values()]
        for platform, files in sources.items()
    }
    for number, (platforms, [events]) in enumerate(_alike(traces)):
        drawn = timeline(events, words, locale, once)
        name = f"{case.name}.{work}{number}"
        like = once.run(name, drawn.shape, drawn.drawing)
        yield Run(
            id=name,
            heading=_on(platforms, traces, words[f"happens_{work}"]),
            title=words[f"timeline_{work}"].format(case=case.titles[locale]),
            waits=drawn.waits,
            height=drawn.height,
            rows=once.block(f"{line.time}\t{line.way}\t{line.on}\t{line.sentence}" for line in drawn.lines),
            like=like,
            own=(drawn,) if like == name else (),
            copied=(like,) if like != name else (),
        )


def _alike(by_platform: dict[str, T]) -> list[tuple[list[str], T]]:
    """Give the different values, each with the platforms that have it."""
    groups: list[tuple[list[str], T]] = []
    for platform, value in by_platform.items():
        same = next((platforms for platforms, there in groups if there == value), None)
        if same is None:
            groups.append(([platform], value))
        else:
            same.append(platform)
    return groups


def _on(platforms: list[str], every: Mapping[str, object], what: str) -> str:
    """Name the platforms that something is for, unless it is for all."""
    return (
        what
        if len(platforms) == len(every)
        else f"{', '.join(PLATFORMS[Platform(name)].title for name in platforms)}: {what}"
    )
