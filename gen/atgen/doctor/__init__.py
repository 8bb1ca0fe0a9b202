"""What an app still needs for its background hits to be tagged, and what it does wrong; changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atgen.case.model import When
from atgen.doctor import case as cases
from atgen.doctor import folder as folders
from atgen.doctor import mistakes, settings
from atgen.doctor.findings import Finding

if TYPE_CHECKING:
    from pathlib import Path

    from atgen.case.model import Case

__all__ = ["Finding", "examine"]


def examine(folder: Path, case: Case | None = None) -> list[Finding]:
    """Say what the app in a folder needs, and for the case if any; SpecError or FileError if it cannot be read."""
    app = folders.read(folder)
    is_old = case.sdk != "apple" if case else settings.has_old_sdk(app)
    ignored = {"P07", "P08"} if is_old else set()  # the words of the SDK before, which is a dialect of its own
    if case and case.finish.when is When.DISPATCHED:
        ignored.add("P13")  # the spec says so, and `atgen render` has warned
    found = [finding for finding in mistakes.find(app.sources) if finding.rule not in ignored]
    found += settings.find(app, case, is_old=is_old)
    found += cases.own(app)
    found += [
        Finding(path, 0, "unread", "is too large to be read", "look at it yourself", is_note=True)
        for path in app.unread
    ]
    if case:
        found += cases.find(app, case)
    return sorted(set(found), key=lambda finding: (finding.is_note, finding))
