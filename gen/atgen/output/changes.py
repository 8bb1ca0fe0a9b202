"""What becomes of files: as data, as a diff, and as the error that ends a run before anything is written."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from atgen.case.text import harmless
from atgen.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST_DIFF = 1024 * 1024
_LONGEST_DIFF = 4000
_DIFFS_IN_ERROR = 10


class Status(str, Enum):
    """What became of a file, or would become of it.

    Missing would be written, stale written over or removed; orphaned is atgen's, and no spec gives it any more; kept is a person's.
    """

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    MISSING = "missing"
    STALE = "stale"
    CONFLICT = "conflict"
    REMOVED = "removed"
    ORPHANED = "orphaned"
    KEPT = "kept"


class Change(NamedTuple):
    """What becomes of one file: its bytes before and after (None: no file, or unchanged), a word on why, and on which line."""

    status: Status
    old: bytes | None = None
    new: bytes | None = None
    note: str = ""
    line: int = 0


# By paths below the root, in their order.
Changes = dict[str, Change]


def refuse(changes: Mapping[str, Change], *, force: bool) -> None:
    """Raise the conflicts, all at once and with their diffs, by paths as shown; only a regular file gives way to `force`."""
    conflicts = {
        shown: change
        for shown, change in changes.items()
        if change.status is Status.CONFLICT and not (force and change.old is not None)
    }
    if not conflicts:
        return
    lines = [f"{shown}: {change.note}\n" for shown, change in conflicts.items()]
    edited = [(shown, change) for shown, change in conflicts.items() if change.old is not None]
    if edited:
        lines.append("--force writes over what was edited, and keeps it as NAME.orig\n")
    lines += [diff(shown, change) for shown, change in edited[:_DIFFS_IN_ERROR]]
    if edited[_DIFFS_IN_ERROR:]:
        lines.append(f"{len(edited) - _DIFFS_IN_ERROR} more; --diff shows them all\n")
    raise ConflictError("".join(lines).removesuffix("\n"))


def diff(shown: str, change: Change) -> str:
    """Show a file's change as a unified diff that a terminal and a CI log can take: what could steer them is escaped."""
    if change.status in {Status.KEPT, Status.ORPHANED}:
        return ""
    if change.status is Status.MISSING:
        return f"{shown}: is missing\n"
    if change.status is Status.CONFLICT and change.old is None:
        return f"{shown}: {change.note}\n"
    old, new = change.old or b"", change.new or b""
    before, after = _lines(old), _lines(new)
    if len(old) + len(new) > _LARGEST_DIFF or len(before) + len(after) > _LONGEST_DIFF:
        return f"{shown}: {len(old)} bytes, should be {len(new)}: too many for a diff\n"
    from difflib import unified_diff  # noqa: PLC0415 (only diffs pay for it)

    name = shown.lstrip("/") + "\t" * (" " in shown)  # or patch would take the name to end at the blank
    names = (f"a/{name}", "/dev/null" if change.new is None else f"b/{name}")
    return "".join(f"{_shown(line)}\n" for line in unified_diff(before, after, *names, lineterm=""))


def _lines(content: bytes) -> list[str]:
    """Split as diff does; a last line without line feed carries diff's remark on that."""
    *lines, last = content.decode(errors="surrogateescape").split("\n")
    return [*lines, f"{last}\n\\ No newline at end of file"] if last else lines


def _shown(line: str) -> str:
    """Escape only what must be, so that most diffs still apply."""
    return harmless(line.encode(errors="surrogateescape").decode(errors="backslashreplace"))
