"""Cases side by side that differ in the tracker only: found, not listed."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from atgen.case.axes import PLATFORMS
from atgen.case.code import Code
from atgen.case.model import Case, Described, Finish, Localized, When
from atgen.case.spec import GLOBAL_TRACKER, WITHIN
from atgen.gallery.shown import own
from atgen.rendering import languages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from atgen.gallery.shown import Shown
    from atgen.rendering.templating import Rendered

# What the cases' files say differently; the helpers are the same wherever they are.
_REGIONS = ("setup", "hook")
# How many lines that both have stay on each side of those that differ.
_AROUND = 3

Two = tuple[Case, Case]


class Row(NamedTuple):
    """One line of the table of differences."""

    about: str
    texts: tuple[str, ...]


class Place(NamedTuple):
    """A line's file, by number, and its number there; file 0 is the empty line between two parts."""

    file: int
    line: int


class Half(NamedTuple):
    """One side's panel, and lines of its files.

    Lines that the other side does not have are `*1:5-7`, the space for three of the other's `_3`, what both have and is
    left out `~`, an empty line between parts `.`.
    """

    panel: str
    lines: Code


class Excerpts(NamedTuple):
    """Both sides in one language, lines beside lines."""

    name: str
    title: str
    halves: tuple[Half, ...]


class Pair(NamedTuple):
    """A case with a dedicated tracker, and one with the global tracker."""

    name: str
    heading: str
    sides: tuple[Shown, ...]
    rows: tuple[Row, ...]
    excerpts: tuple[Excerpts, ...]


def twins(cases: Sequence[Described]) -> list[Two]:
    """Find the pairs of a case with a dedicated tracker and one with the global tracker that are otherwise the same."""
    alone = [case for case in cases if isinstance(case, Case)]
    return [
        (one, other)
        for one in alone
        for other in alone
        if one.tracker and not other.tracker and _but_tracker(one) == _but_tracker(other)
    ]


def _but_tracker(case: Case) -> Case:
    """Leave out the case's names and tracker, and its finish and its task's identifier where those are what is usual."""
    usual = When.SENT if case.tracker else When.AFTER
    within = min(WITHIN[usual], *(PLATFORMS[platform].wait.most for platform in case.platforms))
    finish = Finish(When.SENT, 0) if case.finish == (usual, within) else case.finish
    identifier = "" if case.identifier == case.name else case.identifier
    bare = case._replace(name="", titles=Localized(), summaries=Localized(), tracker=None)
    return bare._replace(finish=finish, identifier=identifier)


def pair(cases: Two, sides: tuple[Shown, Shown], words: Mapping[str, str]) -> Pair:
    """Compare twins; of several platforms the first is shown."""
    one, other = sides
    rows = [
        Row(words["tracker"], tuple(_tracker(case, words) for case in cases)),
        Row(words["finish"], tuple(_finish(case, words) for case in cases)),
    ]
    waits = [words["took_seconds"].format(seconds=side.runs[0].waits[0]) for side in sides if _has_waited(side)]
    if len(waits) == len(sides):
        rows.append(Row(words["took"], tuple(waits)))
    rows.append(Row(words["length"], tuple(_length(side, words) for side in sides)))
    both = [name for name in one.sources if name in other.sources]
    return Pair(
        name=f"{one.name}.{other.name}",
        heading=_common(one.title, other.title) or words["pair"].format(one=one.title, other=other.title),
        sides=tuple(side._replace(runs=side.runs[:1]) for side in sides),
        rows=tuple(rows),
        excerpts=tuple(_excerpts(name, sides) for name in both),
    )


def _common(*titles: str) -> str:
    """Give what both titles begin with, up to a comma or colon."""
    same = next((n for n, letters in enumerate(zip(*titles, strict=False)) if len({*letters}) > 1), 0)
    return re.sub(r"[,:][^,:]*$|^[^,:]*$", "", titles[0][:same]).rstrip()


def _tracker(case: Case, words: Mapping[str, str]) -> str:
    if case.tracker:
        return words["tracker_dedicated"].format(name=case.tracker.name)
    return words["tracker_global"].format(name=GLOBAL_TRACKER)


def _finish(case: Case, words: Mapping[str, str]) -> str:
    return words[f"finish_{case.finish.when.value}"].format(seconds=case.finish.within)


def _has_waited(side: Shown) -> bool:
    return bool(side.runs and side.runs[0].waits)


def _length(side: Shown, words: Mapping[str, str]) -> str:
    return ", ".join(words["length_of"].format(count=panel.length, language=panel.title) for panel in side.panels)


def _excerpts(language: str, sides: tuple[Shown, Shown]) -> Excerpts:
    one, other = (_excerpt(next(iter(side.sources[language].values()))) for side in sides)
    cuts: tuple[list[str], list[str]] = ([], [])
    opcodes = SequenceMatcher(
        None, [line for line, _ in one], [line for line, _ in other], autojunk=False
    ).get_opcodes()
    for tag, *(start, stop, other_start, other_stop) in opcodes:
        spans = [[place for _, place in lines] for lines in (one[start:stop], other[other_start:other_stop])]
        most = max(map(len, spans))
        for cut, span in zip(cuts, spans, strict=True):
            if tag == "equal" and most > 2 * _AROUND + 1:
                cut.extend([*_ranges(span[:_AROUND]), "~", *_ranges(span[-_AROUND:])])
            else:
                cut.extend(_ranges(span, "" if tag == "equal" else "*"))
            if len(span) < most:
                cut.append(f"_{most - len(span)}")
    halves = (Half(f"{side.name}.{language}", Code(" ".join(cut))) for side, cut in zip(sides, cuts, strict=True))
    return Excerpts(language, languages.get(language).title, tuple(halves))


def _ranges(places: Sequence[Place], mark: str = "") -> list[str]:
    """Name lines, those that follow each other in one file together."""
    found: list[str] = []
    for (file, _), run in groupby(enumerate(places), key=lambda each: (each[1].file, each[1].line - each[0])):
        lines = [place.line for _, place in run]
        found.append(f"{mark}{file}:{lines[0]}-{lines[-1]}" if file else f"{mark}.")
    return found


def _excerpt(files: Mapping[str, Rendered]) -> list[tuple[str, Place]]:
    """Give the lines of set-up and hook and where they are, with an empty one between two parts."""
    found: list[tuple[str, Place]] = []
    for number, file in enumerate(own(files).values(), 1):
        lines = [(line, Place(number, at)) for at, line in enumerate(file.text.splitlines(), 1)]
        for region in _REGIONS:
            for start, stop in file.regions.get(region, ()):
                found += [("", Place(0, len(found)))] * bool(found) + lines[start:stop]
    return found
