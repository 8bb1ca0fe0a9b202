"""`--fix`: the mistakes whose mend is a word for a word, written into the sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from atgen.doctor.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from atgen.doctor.findings import Edit, Finding


class Mended(NamedTuple):
    """A file before and after, and what was mended in it."""

    old: bytes
    new: bytes
    done: tuple[Finding, ...]


def mend(source: Source, findings: Iterable[Finding]) -> Mended | None:
    """The source with all that can be mended; None where nothing can, or where the grammar is not sure of the file.

    An edit within another one is left to the next run. What is written must be read without an error again.
    """
    if source.is_page or any(reading.errors for reading in source.readings):
        return None
    edits: list[tuple[Edit, Finding]] = []
    for finding in sorted(findings, key=lambda each: (each.edit.start, -each.edit.end) if each.edit else (0, 0)):
        edit = finding.edit
        if edit is not None and (not edits or edits[-1][0].end <= edit.start):
            edits.append((edit, finding))
    if not edits:
        return None
    pieces, done = [], 0
    for edit, _ in edits:
        pieces += [source.data[done : edit.start], edit.text.encode()]
        done = edit.end
    new = b"".join([*pieces, source.data[done:]])
    if any(reading.errors for reading in Source(source.path, new, source.is_swift).readings):
        return None
    return Mended(source.data, new, tuple(finding for _, finding in edits))


__all__ = ["Mended", "mend"]
