"""What an app still needs for its background hits to be tagged, and what it, or a page, does wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atgen.case.model import When
from atgen.doctor import case as cases
from atgen.doctor import folder as folders
from atgen.doctor import settings
from atgen.doctor.findings import Finding
from atgen.doctor.rules import Settings
from atgen.doctor.source import GrammarsMissingError, require

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from atgen.case.model import Described
    from atgen.doctor.check import Report
    from atgen.doctor.source import Source

__all__ = ["Examined", "Finding", "GrammarsMissingError", "examine", "judge"]


class Examined:
    """What was found, and the sources that it was found in."""

    def __init__(self, findings: Iterable[Finding], sources: Iterable[Source]) -> None:
        self.findings = sorted(set(findings), key=lambda each: (each.is_note, each))
        self.sources = [*sources]


def examine(
    folder: Path, case: Described | None = None, shown: Callable[[int, int], None] = lambda *_: None
) -> Examined:
    """Say what the app in a folder needs, and for the case if any; FileError if the folder cannot be read."""
    from atgen.doctor import check  # noqa: PLC0415 (start-up time)

    require()
    app = folders.read(folder)
    is_old = case.sdk != "apple" if case else settings.has_old_sdk(app)
    ignored = {"P07", "P08"} if is_old else set()  # the words of the SDK before, which is a dialect of its own
    if case and any(each.finish.when is When.DISPATCHED for each in case.cases):
        ignored.add("P13")  # the spec says so, and `atgen render` has warned
    given = Settings(
        settings.permitted(app),
        settings.is_ios(app),
        frozenset(text for each in (case.cases if case else ()) for text in cases.wanted(each)),
    )
    reports = check.all_of(app.sources, given, shown)
    said = frozenset({"has scenes"} if settings.has_scenes(app) else ())
    facts = frozenset(fact for report in reports for fact in report.facts) | said
    found = [each for each in check.settle(reports, said) if each.rule not in ignored]
    found += settings.findings(app, case, facts, is_old=is_old)
    found += _unread(app, reports)
    if case:
        found += cases.findings(app, case, facts, _delegate(reports, app.folder))
    return Examined([*found, *judge(app.blocks).findings], [*app.sources, *app.blocks])


def judge(sources: list[Source]) -> Examined:
    """Say what is wrong with sources that belong to no app: each block of a page, without rules about settings."""
    from atgen.doctor import check  # noqa: PLC0415

    require()
    reports = check.all_of(sources, Settings(is_ios=False))
    found = [*check.settle(reports), *(each for report in reports for each in _grammar(report))]
    return Examined(found, sources)


def _delegate(reports: list[Report], folder: str) -> str:
    """The file of the app's delegate, to which what is missing belongs."""
    return next((each.path for each in reports if "is the app delegate" in each.facts), folder)


def _unread(app: folders.App, reports: list[Report]) -> list[Finding]:
    plists = {*settings.info_plists(app)}
    found = [
        Finding(each.path, 0, "unread", each.reason, "look at it yourself", is_note=each.path not in plists)
        for each in app.unread
    ]
    return found + [finding for report in reports for finding in _grammar(report)]


def _grammar(report: Report) -> list[Finding]:
    if not report.unreadable:
        return []
    lines = ", ".join(map(str, report.unreadable[:5])) + (", …" if len(report.unreadable) > 5 else "")  # noqa: PLR2004
    message = f"the grammar cannot read line {lines}: rules say nothing about the code around it"
    return [Finding(report.path, report.unreadable[0], "grammar", message, "look at it yourself", is_note=True)]
