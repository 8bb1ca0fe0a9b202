"""Cases side by side that differ in the tracker only: found, not listed."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from atgen.case.axes import PLATFORMS
from atgen.case.code import Code
from atgen.case.model import Case, Described, Finish, Localized, When
from atgen.case.spec import GLOBAL_TRACKER, WITHIN
from atgen.gallery.highlight import highlighted
from atgen.rendering import languages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from atgen.gallery.shown import Shown
    from atgen.rendering.templating import Rendered

# What the cases' files say differently; the helpers are the same wherever they are.
_REGIONS = ("setup", "hook")
# A line that the other side does not have, and the space that it leaves there.
_MARKED = "<mark>{}\n</mark>"
_SPACE = Code('<i class="space">\n</i>')
# What stands for lines that both have, and how many of these stay on each side of those that differ.
_CUT = ("⋯", Code("⋯"))
_AROUND = 3

Two = tuple[Case, Case]


class Row(NamedTuple):
    """One line of the table of differences."""

    about: str
    texts: tuple[str, ...]


class Half(NamedTuple):
    """One side's code, whose lines stand beside the other side's."""

    title: str
    label: str
    code: Code


class Excerpts(NamedTuple):
    """Both sides in one language."""

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
        Row(words["marks"], (words["marks_always"], words["marks_once"])),
        Row(words["finish"], tuple(_finish(case, words) for case in cases)),
    ]
    waits = [words["took_seconds"].format(seconds=side.runs[0].drawn.waits[0]) for side in sides if _has_waited(side)]
    if len(waits) == len(sides):
        rows.append(Row(words["took"], tuple(waits)))
    rows.append(Row(words["length"], tuple(_length(side, words) for side in sides)))
    both = [name for name in one.sources if name in other.sources]
    return Pair(
        name=f"{one.name}.{other.name}",
        heading=_common(one.title, other.title) or words["pair"].format(one=one.title, other=other.title),
        sides=tuple(side._replace(runs=side.runs[:1]) for side in sides),
        rows=tuple(rows),
        excerpts=tuple(_excerpts(name, sides, words) for name in both),
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
    return bool(side.runs and side.runs[0].drawn.waits)


def _length(side: Shown, words: Mapping[str, str]) -> str:
    return ", ".join(words["length_of"].format(count=panel.length, language=panel.title) for panel in side.panels)


def _excerpts(language: str, sides: tuple[Shown, Shown], words: Mapping[str, str]) -> Excerpts:
    one, other = _outdented(*(_excerpt(language, next(iter(side.sources[language].values()))) for side in sides))
    codes: tuple[list[str], list[str]] = ([], [])
    opcodes = SequenceMatcher(
        None, [line for line, _ in one], [line for line, _ in other], autojunk=False
    ).get_opcodes()
    for tag, *(start, stop, other_start, other_stop) in opcodes:
        spans = [one[start:stop], other[other_start:other_stop]]
        if tag == "equal" and stop - start > 2 * _AROUND + 1:
            spans = [[*span[:_AROUND], _CUT, *span[-_AROUND:]] for span in spans]
        for code, span in zip(codes, spans, strict=True):
            code.extend(f"{coloured}\n" if tag == "equal" else _MARKED.format(coloured) for _, coloured in span)
            code.extend([_SPACE] * (max(map(len, spans)) - len(span)))
    halves = (
        Half(side.title, words["excerpt_of"].format(case=side.title), Code("".join(code)))
        for side, code in zip(sides, codes, strict=True)
    )
    return Excerpts(language, languages.get(language).title, tuple(halves))


def _outdented(*sides: list[tuple[str, Code]]) -> Iterable[list[tuple[str, Code]]]:
    """Take away the indentation that all lines have; spaces are never coloured."""
    most = min(len(line) - len(line.lstrip(" ")) for lines in sides for line, _ in lines if line)
    return ([(line[most:], Code(code[most:])) for line, code in lines] for lines in sides)


def _excerpt(language: str, files: Mapping[str, Rendered]) -> list[tuple[str, Code]]:
    """Give the lines of set-up and hook, plain and coloured, with an empty one between two parts."""
    found: list[tuple[str, Code]] = []
    for file in files.values():
        lines = [*zip(file.text.splitlines(), highlighted(file.text, language), strict=True)]
        for region in _REGIONS:
            for start, stop in file.regions.get(region, ()):
                found += [("", Code(""))] * bool(found) + lines[start:stop]
    return found
