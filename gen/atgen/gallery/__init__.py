"""All cases on one HTML page: code in tabs, what the app needs, and what happens when the code runs."""

from __future__ import annotations

from base64 import b64encode
from difflib import SequenceMatcher
from hashlib import sha256
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from atgen import languages, pipeline
from atgen.code import Code
from atgen.gallery import highlight
from atgen.gallery.timeline import Timeline, timeline
from atgen.model import When
from atgen.plan import plan
from atgen.reference import Device, outside
from atgen.requirements import requirements
from atgen.resources import TEMPLATES
from atgen.spec import GLOBAL_TRACKER, WITHIN
from atgen.templating import strict
from atgen.vocabulary import texts, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from atgen.model import Case, Platform
    from atgen.reference import Event
    from atgen.templating import Rendered, Templates

FOLDER = TEMPLATES / "gallery"
_SYSTEMS = {"ios": "iOS", "tvos": "tvOS", "watchos": "watchOS"}
_REGIONS = ("setup", "hook")


class Badge(NamedTuple):
    """One requirement: what it is about, and what it asks."""

    about: str
    text: str


class File(NamedTuple):
    """A file to read and to copy, byte for byte."""

    name: str
    code: Code
    count: int


class Panel(NamedTuple):
    """A case in one language."""

    name: str
    title: str
    files: tuple[File, ...]


class Run(NamedTuple):
    """What happens on some platforms; `suffix` tells a case's runs apart, and is empty for the first."""

    platforms: str
    suffix: str
    drawn: Timeline
    about: str


class Row(NamedTuple):
    """One line of the table of differences."""

    about: str
    dedicated: str
    of_global: str


class Half(NamedTuple):
    """One side of a comparison in one language; its lines stand beside the other side's."""

    name: str
    title: str
    code: Code


class Excerpts(NamedTuple):
    """Both sides in one language."""

    name: str
    title: str
    halves: tuple[Half, Half]


class Shown(NamedTuple):
    """A case as the page shows it."""

    name: str
    title: str
    summary: str
    source: str
    badges: tuple[Badge, ...]
    warnings: tuple[str, ...]
    plists: tuple[File, ...]
    panels: tuple[Panel, ...]
    runs: tuple[Run, ...]


class Pair(NamedTuple):
    """Two cases that differ in the tracker only."""

    name: str
    heading: str
    sides: tuple[Shown, Shown]
    rows: tuple[Row, ...]
    excerpts: tuple[Excerpts, ...]


def page(cases: Sequence[Case], locale: str = "en") -> str:
    """The page, whole."""
    words = texts(locale, FOLDER)
    style, script = (_asset(name) for name in ("style.css", "script.js"))
    shown = {case.name: _shown(case, locale, words) for case in cases}
    pairs = [_pair(*two, shown, locale, words) for two in twins(cases)]
    policy = {
        "default-src": "'none'",
        "script-src": _digest(script),
        "style-src": _digest(style),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return templates().get_template("page.j2").render(
        locale=locale,
        p=words,
        policy="; ".join(f"{key} {value}" for key, value in policy.items()),
        icon="data:image/svg+xml;base64," + b64encode(_asset("icon.svg").encode()).decode(),
        style=style,
        script=script,
        cases=list(shown.values()),
        comparisons=[pairs] if pairs else [],
    )


def templates(kind: type[Templates] | None = None) -> Templates:
    """The page's environment: its text is escaped, or it is an error."""
    filters = {"text": _text, "number": lambda number: Code(f"{number:d}")}
    return strict("gallery", filters, kind) if kind else strict("gallery", filters)


def twins(cases: Sequence[Case]) -> list[tuple[Case, Case]]:
    """The pairs of a case with a dedicated tracker and one with the global tracker that say the same of everything else."""
    return [
        (dedicated, shared)
        for dedicated in cases
        for shared in cases
        if dedicated.tracker and not shared.tracker and _but_tracker(dedicated) == _but_tracker(shared)
    ]


def trace(code: str) -> list[Event]:
    """What happens, by default, to the app whose Python was rendered."""
    names: dict[str, Any] = {"__name__": "app_delegate"}
    exec(compile(code, "app_delegate.py", "exec"), names)  # noqa: S102 (our own output, whose texts are all literals)
    [delegate] = (value for value in names.values() if isinstance(value, type) and hasattr(value, "did_finish_launching"))
    return Device(outside(delegate), delegate).run()


def _but_tracker(case: Case) -> Case:
    """The case without its names and its tracker; what the tracker's kind decides by default counts as the tracker's."""
    when = When.SENT if case.tracker else When.AFTER
    is_default = (case.finish.when, case.finish.within) == (when, WITHIN[when])
    return case._replace(
        name="",
        titles=type(case.titles)(),
        summaries=type(case.summaries)(),
        tracker=None,
        finish=case.finish._replace(when=When.SENT, within=0) if is_default else case.finish,
    )


def _asset(name: str) -> Code:
    """A file of ours that goes into the page as it is; nothing in it may end the element that holds it."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    return Code(text)


def _digest(content: str) -> str:
    """A source of a Content-Security-Policy (W3C, Content Security Policy Level 3, section 2.3.1)."""
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


def _text(text: str) -> Code:
    return Code(escape(text))
