"""From texts to files: what was edited by hand is never lost, and all conflicts are found before the first file is written.

A file is ours if its own sum says so (see `signature`): nothing else is ever replaced or removed. Each file is written by
itself (see `tree`); a run that was stopped halfway is gone on with by the next.
"""

from __future__ import annotations

import errno
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from atgen.case.text import visible
from atgen.errors import ConflictError, FileError
from atgen.output import manifest
from atgen.output.changes import Change, Changes, Status, refuse
from atgen.output.signature import Origin, origin, sign, with_lf
from atgen.output.tree import is_temporary, locked, naming, refuse_new_edit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from atgen.output.tree import Tree

_NO_NAMES = frozenset({"", ".", "..", ".git", manifest.NAME})
_NO_CHARACTERS = frozenset("\\:#")  # paths to other systems, or commands to CI runners
_ORPHANED = "no spec gives it any more"


def compare(
    root: Path,
    files: Mapping[str, bytes],
    *,
    ours: Collection[str] = (),
    once: Collection[str] = (),
    prune: bool = False,
    waiting: Callable[[], None] = lambda: None,
) -> Changes:
    """Say what `write` would do, conflicts included; reads only."""
    if not os.path.lexists(root):
        signed = {path: files[path] if path in once else sign(files[path]) for path in sorted(files)}
        return {path: Change(Status.MISSING, None, new) for path, new in signed.items()}
    with locked(root, shared=True, waiting=waiting) as tree:
        return _compare(tree, files, ours, once, prune=prune)


def write(
    root: Path,
    files: Mapping[str, bytes],
    *,
    ours: Collection[str] = (),
    once: Collection[str] = (),
    parents: bool = False,
    prune: bool = False,
    force: bool = False,
    waiting: Callable[[], None] = lambda: None,
) -> Changes:
    """Bring the files below `root` (made if missing, with its `parents` if told) to the given texts, signed.

    ConflictError or FileError is raised before anything is written, if that can be known.

    `files` maps paths below `root`, with `/`, to texts that have a line to sign. What fits a pattern of `ours` (see
    `Tree.find`), is signed and is not among `files` is orphaned, and removed by `prune`. Files in `once` are a person's
    after the first run: written where missing, as they are, and never again. `force` writes over hand edits too, and keeps
    them as NAME.orig. `waiting` is called if another run has to end first.
    """
    made: list[Path] = []
    try:
        _make(root, made, parents=parents)
        with locked(root, waiting=waiting) as tree:
            changes = _compare(tree, files, ours, once, prune=prune)
            refuse({tree.show(path): change for path, change in changes.items()}, force=force)
            return {path: _write(tree, path, change) for path, change in changes.items()}
    except BaseException:
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
        raise


def _make(root: Path, made: list[Path], *, parents: bool) -> None:
    """Make the root, and add what is made to `made`; without `parents` its parent must be there.

    A slip of the pen in the place of many outputs makes no tree; a first app's folder may be anywhere.
    """
    missing = [folder for folder in root.parents if not os.path.lexists(folder)] if parents else []
    for folder in (*reversed(missing), root):
        with naming(str(folder)), suppress(FileExistsError):
            folder.mkdir()
            made.append(folder)


def _write(tree: Tree, path: str, change: Change) -> Change:
    """Do what is to be done about a file, and say what was."""
    if change.status not in {Status.MISSING, Status.STALE, Status.CONFLICT}:
        return change
    if change.new is None:
        tree.remove(path, old=change.old or b"")
        return Change(Status.REMOVED, change.old)
    note = ""
    if change.status is Status.CONFLICT and change.old is not None:
        note = f"the old one is {tree.show(tree.keep(path, change.old))}"
    tree.replace(path, change.new, old=change.old)
    return Change(Status.WRITTEN, change.old, change.new, note)


def read_page(path: Path) -> bytes:
    """Give the bytes of a page, which is a regular file and no link."""
    with locked(path.parent, shared=True) as folder:
        return _read_page(folder, path)


def write_page(path: Path, new: bytes, *, old: bytes, keep: bool = False) -> str:
    """Put `new` in the place of a page that is `old` (or `new` by now: two runs want the same).

    `keep` leaves the old bytes beside it, and says where.
    """
    with locked(path.parent) as folder:
        there = _read_page(folder, path)
        if there == new:
            return ""
        refuse_new_edit(str(path), is_edited=there != old)
        kept = folder.show(folder.keep(path.name, old)) if keep else ""
        folder.replace(path.name, new, old=old)
        return kept


def _read_page(folder: Tree, path: Path) -> bytes:
    content = folder.read(path.name)
    if content is None:
        raise FileError(f"{visible(str(path))}: {os.strerror(errno.ENOENT)}")
    return content


def _compare(
    tree: Tree, files: Mapping[str, bytes], ours: Collection[str], once: Collection[str], *, prune: bool
) -> Changes:
    if not all(map(is_output, files)):
        raise ValueError("an output outside its folder")
    recorded = tree.read(manifest.NAME)
    known = manifest.Manifest(recorded or b"")
    changes: Changes = {}
    for path, text in files.items():
        try:
            old = tree.read(path)
        except ConflictError as error:
            status = Status.KEPT if path in once else Status.CONFLICT
            note = str(error).removeprefix(f"{tree.show(path)}: ")
            changes[path] = Change(status, None, text, note)
            continue
        changes[path] = _once(old, text) if path in once else _change(old, text, known)
    names = {path.casefold(): path for path in files}
    for path in sorted(set(tree.find(ours)) - files.keys()):
        is_renamed = path.casefold() in names and tree.is_one(path, names[path.casefold()])
        if is_output(path) and not is_renamed and not _is_spare(path):
            with suppress(ConflictError):  # what is no file by now, or too large, is not ours
                if change := _orphan(tree.read(path) or b"", known, prune=prune):
                    changes[path] = change
    changes = dict(sorted(changes.items()))
    others = [path for path in known.paths if path not in changes or changes[path].status is Status.ORPHANED]
    if recorded is not None and not any(_is_needed(tree, path, known) for path in others):
        changes[manifest.NAME] = Change(Status.STALE, recorded, None)
    return changes


def _is_spare(path: str) -> bool:
    """Whether the file is what `force` kept, or what a killed run left."""
    name = path.rpartition("/")[2]
    return bool(re.search(r"\.orig(\.\d+)?$", name)) or is_temporary(name)


def _once(old: bytes | None, text: bytes) -> Change:
    return Change(Status.MISSING, None, text) if old is None else Change(Status.KEPT, old, text, "is yours")


def _change(old: bytes | None, text: bytes, known: manifest.Manifest) -> Change:
    new = sign(text)
    if old is None:
        return Change(Status.MISSING, None, new)
    if with_lf(old) == new:
        return Change(Status.UNCHANGED)
    whose = _origin(old, known)
    if whose is Origin.OURS or with_lf(old) == text:
        return Change(Status.STALE, old, new)
    return Change(Status.CONFLICT, old, new, whose.value)


def _orphan(old: bytes, known: manifest.Manifest, *, prune: bool) -> Change | None:
    whose = _origin(old, known)
    if whose is Origin.FOREIGN:
        return None
    if whose is not Origin.OURS:
        return Change(Status.ORPHANED, old, None, f"{_ORPHANED}, and it {whose.value}: move or remove it")
    return (
        Change(Status.STALE, old) if prune else Change(Status.ORPHANED, old, None, f"{_ORPHANED}; --prune removes it")
    )


def _origin(content: bytes, known: manifest.Manifest) -> Origin:
    return Origin.OURS if known.knows(content) else origin(content)


def _is_needed(tree: Tree, path: str, known: manifest.Manifest) -> bool:
    """Whether a file that this run leaves as it is is known by the old manifest alone."""
    try:
        content = tree.read(path) if is_output(path) else None
    except ConflictError:
        return False
    return content is not None and known.knows(content)


def is_output(path: str) -> bool:
    """Whether the path names a place below the root that is neither git's nor our own, and can be shown as it is."""
    is_plain = path.isascii() and path.isprintable() and _NO_CHARACTERS.isdisjoint(path)
    return is_plain and _NO_NAMES.isdisjoint(path.lower().split("/"))
