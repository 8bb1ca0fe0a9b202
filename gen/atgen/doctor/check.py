"""One source: what the rules say about it, and what it says to the rules in others."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from atgen.doctor.findings import Finding, Mark
from atgen.doctor.rules import ALL, Rule, Settings
from atgen.doctor.rules.facts import collect, together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from atgen.doctor.source import Reading, Source

# A process takes half a second to start.
_WORTH = 500_000
_CORES = 2
_LONGEST = 300
_SHOWN = 200


class Told(NamedTuple):
    """A finding of a source that depends on what the app's other sources say."""

    finding: Finding
    unless: frozenset[str]
    only_if: str


class Report(NamedTuple):
    """What one source gives: findings, facts, and the lines that the grammar could not read."""

    path: str
    told: tuple[Told, ...]
    facts: frozenset[str]
    unreadable: tuple[int, ...]


def judge(source: Source, settings: Settings) -> Report:
    """Run all rules over all readings of a source."""
    told: dict[tuple[str, int, str], Told] = {}
    facts: frozenset[str] = frozenset()
    unreadable: list[tuple[int, ...]] = []
    for reading in source.readings:
        facts |= collect(reading, settings)
        unreadable.append(tuple(source.line(place) for place in reading.errors))
        for rule in ALL.values():
            for mark in rule.find(reading, settings):
                if rule.is_word or _is_sure(reading, mark.start):
                    made = _finding(source, rule, mark)
                    told.setdefault((rule.code, mark.start, mark.message), Told(made, mark.unless, mark.only_if))
    best = min(unreadable, key=len)
    is_said = any(each.finding.rule == "P17" for each in told.values())
    return Report(source.path, tuple(told.values()), facts, () if is_said else best)


def all_of(
    sources: list[Source],
    settings: Settings,
    shown: Callable[[int, int], None] = lambda *_: None,
) -> list[Report]:
    """Run all rules over many sources, on two cores where it is worth the start of a process; in the sources' order."""
    if sum(len(source.data) for source in sources) < _WORTH or (os.cpu_count() or 1) < _CORES:
        reports = []
        for source in sources:
            reports.append(judge(source, settings))
            vars(source).pop("readings", None)  # trees are large
            shown(len(reports), len(sources))
        return reports
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 (start-up time)
    from multiprocessing import get_context  # noqa: PLC0415

    reports = []
    with ProcessPoolExecutor(_CORES, get_context("spawn")) as pool:
        for report in pool.map(partial(judge, settings=settings), sources, chunksize=16):
            reports.append(report)
            shown(len(reports), len(sources))
    return reports


def settle(reports: list[Report], settings: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """The findings that hold, given all that the sources say, and what the settings do."""
    facts = together([settings, *(report.facts for report in reports)])
    for report in reports:
        for told in report.told:
            if not told.unless & facts and (not told.only_if or told.only_if in facts):
                yield told.finding


def _is_sure(reading: Reading, place: int) -> bool:
    """Whether the grammar could read what is around a place."""
    node = reading.root.descendant_for_byte_range(place, place + 1)
    while node is not None:
        if node.is_error:
            return False
        node = node.parent
    return True


def _finding(source: Source, rule: Rule, mark: Mark) -> Finding:
    text = source.text(mark.start)
    column = source.column(mark.start)
    width = len(source.data[mark.start : mark.end].split(b"\n", 1)[0].decode("utf-8", "replace").rstrip())
    return Finding(
        source.path,
        source.line(mark.start),
        rule.code,
        mark.message[:_LONGEST],
        mark.mend or rule.mend,
        mark.is_note,
        column,
        max(width, 1),
        text[:_SHOWN],
        None if source.is_page else mark.edit,
    )
