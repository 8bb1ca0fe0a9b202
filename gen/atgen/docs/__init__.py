"""Code of cases in pages of documentation: blocks between two comments, compared and rewritten in place.

    <!-- atgen:begin case=bg_fetch languages=swift,objc region=hook style=fences locale=fr -->
    <!-- atgen:end sum=0123456789ab -->

What stands between is atgen's, and the sum tells whether it still is what atgen wrote. All else stays, byte for byte.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from itertools import starmap
from pathlib import Path
from typing import TYPE_CHECKING

from atgen.case.schema import one_of
from atgen.case.text import visible
from atgen.docs.blocks import Page, State, parse, rewrite
from atgen.docs.listings import Listings
from atgen.docs.markup import ENDINGS
from atgen.errors import FileError, Problem, SpecError, lines_of
from atgen.output import files
from atgen.output.changes import Change, Status, refuse
from atgen.output.tree import refuse_new_edit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

__all__ = ["Listings", "Page", "compare", "find_pages", "load", "write"]

# What a page is by its worst block, and the note.
_STATUSES = (
    (Status.CONFLICT, State.EDITED, "{}: edited by hand"),
    (Status.STALE, State.STALE, "{}"),
    (Status.UNCHANGED, State.CURRENT, ""),
)
LARGEST = 8 * 1024 * 1024


def find_pages(places: Iterable[str]) -> list[Path]:
    """List the pages: files as named, and those below folders in order, without hidden folders and node_modules."""
    found: dict[str, Path] = {}
    problems: list[Problem] = []
    for place in map(Path, places):
        is_folder = _is_folder(place)
        if place.suffix.lower() not in ENDINGS and not is_folder:
            message = f"is no page: the names of pages end with {one_of(ENDINGS)}"
            problems.append(Problem(visible(str(place)), 1, 1, message))
        for page in _walk(place) if is_folder else [place]:
            found.setdefault(os.path.realpath(page), page)
    if problems:
        raise SpecError(problems)
    return list(found.values())


def _is_folder(place: Path) -> bool:
    """Whether it is a folder, or a link to one; FileError if that cannot be known."""
    try:
        return stat.S_ISDIR(place.stat().st_mode)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}:
            return False
        raise FileError(f"{visible(str(place))}: {error.strerror or error}") from error


def _walk(folder: Path) -> Iterator[Path]:
    pending = [(folder, True)]
    while pending:
        path, is_folder = pending.pop()
        if not is_folder:
            yield path
            continue
        try:
            with os.scandir(path) as entries:
                wanted = filter(_is_wanted, entries)
                below = [(path / entry.name, entry.is_dir(follow_symlinks=False)) for entry in wanted]
        except OSError as error:
            raise FileError(f"{visible(str(path))}: {error.strerror or error}") from error
        pending += sorted(below, reverse=True)


def _is_wanted(entry: os.DirEntry[str]) -> bool:
    if entry.is_dir(follow_symlinks=False):
        return not entry.name.startswith(".") and entry.name != "node_modules"
    return entry.is_file(follow_symlinks=False) and Path(entry.name).suffix.lower() in ENDINGS


def load(path: Path, cases: Collection[str]) -> Page:
    """Read a page with its blocks, whose cases must be among these; SpecError has all that is wrong with it."""
    name = visible(str(path))
    content = _read(path, name)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"byte 0x{content[error.start]:02X} is not UTF-8: save the page as UTF-8"
        lines = lines_of(content.decode(errors="replace"))
        raise SpecError([Problem(name, line, column, message).quoting(lines)]) from None
    try:
        return parse(text, name, ENDINGS[path.suffix.lower()], cases)
    except SpecError:
        if not (conflict := re.search(r"^<{7} ", text, re.MULTILINE)):
            raise
        line = text.count("\n", 0, conflict.start()) + 1
        message = "conflict markers of a merge: take either side of each block, and run atgen docs again"
        raise SpecError([Problem(name, line, 1, message).quoting(lines_of(text))]) from None


def _read(path: Path, name: str) -> bytes:
    try:
        status = path.lstat()
    except OSError as error:
        raise FileError(f"{name}: {error.strerror or error}") from error
    if not stat.S_ISREG(status.st_mode):
        kind = "a symbolic link" if stat.S_ISLNK(status.st_mode) else "no regular file"
        raise SpecError([Problem(name, 1, 1, f"is {kind}: a page is a regular file")])
    if status.st_size > LARGEST:
        raise SpecError([Problem(name, 1, 1, f"has more than {LARGEST:,} bytes: no page needs so many")])
    return files.read_page(path)


def compare(page: Page, listings: Listings) -> Change:
    """Tell what would become of the page; SpecError where a case has not what a block asks for, or a block no place."""
    text, states = rewrite(page, listings.of(page))
    status, state, note = next(row for row in _STATUSES if row[1] in states or row[1] is State.CURRENT)
    lines = [block.begin + 1 for block, its in zip(page.blocks, states, strict=True) if its is state]
    note = note.format(f"line{'s' * (len(lines) != 1)} {', '.join(map(str, lines))}")
    line = 0 if status is Status.UNCHANGED else lines[0]
    return Change(status, page.text.encode(), text.encode(), note, line)


def write(pages: Mapping[Path, Change], *, force: bool = False) -> Iterator[Change]:
    """Write the pages that are to change, one by one as they are asked for; none if it can be known that one cannot be.

    ConflictError where a block was edited by hand, unless forced; then the old bytes are kept as NAME.orig. Each page is
    written as a whole or not at all. They lie in different folders: where one fails all the same, those before it stay.
    """
    refuse({visible(str(path)): page for path, page in pages.items()}, force=force)
    for path, page in pages.items():
        _check(path, page)
    return starmap(_write, pages.items())


def _check(path: Path, page: Change) -> None:
    """Raise what keeps the page from being written, as far as it can be known before."""
    if page.status is Status.UNCHANGED:
        return
    name = visible(str(path))
    refuse_new_edit(str(path), is_edited=files.read_page(path) not in {page.old, page.new})
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise FileError(f"{name}: its folder cannot be written to")
    if not os.access(path, os.W_OK):
        raise FileError(f"{name}: is read-only")


def _write(path: Path, page: Change) -> Change:
    if page.status is Status.UNCHANGED or page.old is None or page.new is None:
        return page
    kept = files.write_page(path, page.new, old=page.old, keep=page.status is Status.CONFLICT)
    return page._replace(status=Status.WRITTEN, note=f"the old one is {visible(kept)}" if kept else "")
