"""The files below a folder: entered name by name and never through a link, each replaced as a whole, by one run at a time.

A file is replaced by a temporary one beside it, written and fsynced, under its name: whatever ends a run, the file is old or
new. What a killed run leaves beside a file goes when that file is written.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN, flock
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from atgen.case.text import visible
from atgen.errors import ConflictError, FileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_KINDS = {stat.S_IFLNK: "is a symbolic link", stat.S_IFDIR: "is a folder"}
_LARGEST = 64 * 1024 * 1024
_TEMPORARY = ".atgen-tmp"


@contextmanager
def naming(path: str) -> Iterator[None]:
    """Turn a refusal of the system into an error that names the path."""
    try:
        yield
    except OSError as error:
        raise FileError(f"{visible(path)}: {error.strerror or error}") from error


@contextmanager
def locked(root: Path, *, shared: bool = False, waiting: Callable[[], None] = lambda: None) -> Iterator[Tree]:
    """Open the root to read it among others or to write it alone; `waiting` is called if another run has to end first."""
    kind = LOCK_SH if shared else LOCK_EX
    with naming(str(root)):
        descriptor = os.open(root, _FOLDER)  # through a link, if the person who named the root wants it so
    try:
        with naming(str(root)):
            try:
                flock(descriptor, kind | LOCK_NB)
            except BlockingIOError:
                waiting()
                flock(descriptor, kind)
        yield Tree(root, descriptor)
    finally:
        with suppress(OSError):  # closing ends it too, unless closing fails
            flock(descriptor, LOCK_UN)
        with suppress(OSError):  # nothing was written through it
            os.close(descriptor)


def is_temporary(name: str) -> bool:
    """Whether a run gave the name to what it had not finished."""
    return name.startswith(".") and name.endswith(_TEMPORARY)


def refuse_new_edit(shown: str, *, is_edited: bool) -> None:
    """Raise ConflictError if a person saved the file after it was compared."""
    if is_edited:
        raise ConflictError(f"{visible(shown)}: was changed while atgen was at work; run it again")


class Tree:
    """The files below a root that is locked, by paths with `/`."""

    def __init__(self, root: Path, descriptor: int) -> None:
        self._prefix = str(root / "_").removesuffix("_")
        self._root = descriptor

    def show(self, path: str) -> str:
        """Give the path as the person knows it."""
        return visible(f"{self._prefix}{path}") or "."

    def read(self, path: str) -> bytes | None:
        """Give a file's bytes, None if there is none; ConflictError if something else than a regular file is there."""
        with naming(self.show(path)):
            try:
                with self._parent(path) as (folder, name):
                    status = os.lstat(name, dir_fd=folder)
                    if not stat.S_ISREG(status.st_mode):
                        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "is no regular file")
                        raise ConflictError(f"{self.show(path)}: {kind}")
                    if status.st_size > _LARGEST:
                        raise ConflictError(f"{self.show(path)}: is larger than what atgen writes")
                    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
                    with os.fdopen(os.open(name, flags, dir_fd=folder), "rb") as file:
                        return file.read()
            except FileNotFoundError:
                return None

    def replace(self, path: str, new: bytes, *, old: bytes | None) -> None:
        """Put a file into the place of the old one, whose mode it keeps; ConflictError if that is not `old` any more."""
        self._replace(path, new, old=old, like=path)

    def keep(self, path: str, content: bytes) -> str:
        """Put what stands at `path` under the first name that is free (or has these bytes already), and give that name."""
        number = 0
        while True:
            spare = f"{path}.orig.{number}" if number else f"{path}.orig"
            number += 1
            with suppress(ConflictError):
                there = self.read(spare)
                if there is None:
                    self._replace(spare, content, old=None, like=path)
                if there in {None, content}:
                    return spare

    def remove(self, path: str, *, old: bytes) -> None:
        """Remove a file, and the folders above that it leaves empty; ConflictError if it is not `old` any more."""
        refuse_new_edit(self.show(path), is_edited=self.read(path) not in {None, old})
        with naming(self.show(path)), self._parent(path) as (folder, name), suppress(FileNotFoundError):
            os.unlink(name, dir_fd=folder)
        while "/" in path:
            path = path.rpartition("/")[0]
            try:
                with self._parent(path) as (folder, name):
                    os.rmdir(name, dir_fd=folder)
            except OSError:
                return  # a folder that will not go is no error

    def find(self, patterns: Iterable[str]) -> Iterator[str]:
        """Give the regular files that fit one: name by name as fnmatch has it, and all that is in a folder that fits."""
        pending = [("", [pattern.split("/") for pattern in patterns])]
        while pending:
            folder, there = pending.pop()
            for entry in self._entries(folder) if there else ():
                path = f"{folder}/{entry.name}" if folder else entry.name
                fitting = [names for names in there if fnmatchcase(entry.name, names[0])]
                if entry.is_dir(follow_symlinks=False):
                    pending.append((path, [names[1:] or ["*"] for names in fitting]))
                elif entry.is_file(follow_symlinks=False) and any(len(names) == 1 for names in fitting):
                    yield path

    def is_one(self, path: str, other: str) -> bool:
        """Whether two paths that differ in the case of letters lead to one file, as on a Mac."""
        try:
            statuses = []
            for each in (path, other):
                with self._parent(each) as (folder, name):
                    statuses.append(os.lstat(name, dir_fd=folder))
        except (OSError, ConflictError):
            return False
        return os.path.samestat(*statuses)

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        with (
            naming(self.show(folder)),
            self._parent(f"{folder}/." if folder else ".") as (descriptor, _),
            os.scandir(descriptor) as found,
        ):
            return sorted(found, key=lambda entry: entry.name)

    @contextmanager
    def _parent(self, path: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        """Open the folder that a path's last name is in, and give that name too."""
        *folders, last = path.split("/")
        descriptor = os.dup(self._root)
        try:
            for number, name in enumerate(folders, 1):
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(name, dir_fd=descriptor)
                try:
                    below = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=descriptor)
                except OSError as error:
                    if error.errno in {errno.ENOTDIR, errno.ELOOP}:
                        shown = self.show("/".join(folders[:number]))
                        raise ConflictError(f"{shown}: is no folder, or a link to one") from error
                    raise
                os.close(descriptor)
                descriptor = below
            yield descriptor, last
        finally:
            os.close(descriptor)

    def _replace(self, path: str, new: bytes, *, old: bytes | None, like: str) -> None:
        with naming(self.show(path)), self._parent(path, make=True) as (folder, name):
            temporary = f".{name}{_TEMPORARY}"
            with naming(self.show(like)):
                mode = _mode(like.rpartition("/")[2], folder)
            with suppress(FileNotFoundError):
                os.unlink(temporary, dir_fd=folder)
            try:
                _put(os.open(temporary, _NEW, 0o666, dir_fd=folder), new, mode)
                refuse_new_edit(self.show(path), is_edited=self.read(path) not in {None, old})
                os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with suppress(OSError):
                    os.unlink(temporary, dir_fd=folder)
                raise


def _mode(name: str, folder: int) -> int | None:
    """Give the mode of the file to be replaced, if it is there; a rename alone would not heed that it is read-only."""
    try:
        status = os.lstat(name, dir_fd=folder)
    except FileNotFoundError:
        return None
    if not os.access(name, os.W_OK, dir_fd=folder):
        raise PermissionError("is read-only")
    return stat.S_IMODE(status.st_mode)


def _put(descriptor: int, content: bytes, mode: int | None) -> None:
    """Write all of the content, to disk, and close."""
    try:
        if mode is not None:
            os.fchmod(descriptor, mode)
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if os.fstat(descriptor).st_size != len(content):
            raise OSError("fewer bytes arrived than were written")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
