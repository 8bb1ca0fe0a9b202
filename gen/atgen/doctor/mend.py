"""`--fix`: the mistakes whose mend is a word for a word, written into the sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atgen.doctor.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from atgen.doctor.findings import Finding


def mend(source: Source, findings: Iterable[Finding]) -> bytes | None:
    """The source with all that can be mended; None where nothing can, or where the grammar is not sure of the file.

    An edit within another one is left to the next run. What is given must be read without an error again.
    """
    if source.is_page or any(reading.errors for reading in source.readings):
        return None
    pieces, done = [], 0
    for edit in sorted((each.edit for each in findings if each.edit), key=lambda edit: (edit.start, -edit.end)):
        if edit.start >= done:
            pieces += [source.data[done : edit.start], edit.text.encode()]
            done = edit.end
    new = b"".join([*pieces, source.data[done:]])
    is_read = not any(reading.errors for reading in Source(source.path, new, source.is_swift).readings)
    return new if pieces and is_read else None
