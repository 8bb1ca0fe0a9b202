"""The only module that writes files: all of a run or nothing, never through a link, never over a person's work.

`write`, with the root folder locked:

1. reads what is there and compares it; a conflict ends the run, nothing is touched
2. stages each new file: a temporary file beside its target, written and fsynced
3. looks again at what is to be replaced or removed: an edit saved since step 1 is a conflict, too
4. renames a manifest into place that knows the old digests and the new ones
5. renames the staged files into place, and removes what is pruned
6. fsyncs the folders, and renames the manifest of the new digests alone into place

A killed run leaves each file old or new, and its manifest knows both: the next run takes neither for a hand edit.
What can fail for want of room or rights fails in step 2, and is undone.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import closing, contextmanager, suppress
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from atgen.errors import ConflictError, FileError
from atgen.case.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

MANIFEST = ".atgen.json"
# Becomes the final manifest: the first file that a run stages, the last that it renames. Where it is, a run was killed.
MARKER = ".atgen-0.tmp"
# A page, and before it the old one if that is to be kept.
PAGES = (".atgen-page-0.tmp", ".atgen-page-1.tmp")
_NO_NAMES = frozenset({"", ".", "..", ".git", MANIFEST})
_NO_CHARACTERS = frozenset("\\:#")  # paths to other systems, or commands to CI runners
_FOLDER = os.O_RDONLY | os.O_DIRECTORY
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_KINDS = {stat.S_IFLNK: "is a symbolic link", stat.S_IFDIR: "is a folder"}
_LARGEST = 64 * 1024 * 1024
_LARGEST_DIFF = 1024 * 1024
_LONGEST_DIFF = 4000
_DIFFS_IN_ERROR = 10
_PART = 64 * 1024
# From here on, one flush of the file system is cheaper than one of each file and folder: of 20,000, a disk that others
# use too makes minutes. Below, it could wait longer for what others wrote.
MANY = 100

# By path; of a run that was killed, a file has the old and the new one, with a blank between them. (Of 50,000 files, tuples
# would take 3 MiB.)
Digests = dict[str, str]


class Status(str, Enum):
    """What became of a file, or would become of it (stale: would be written or removed)."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    STALE = "stale"
    CONFLICT = "conflict"
    REMOVED = "removed"
    KEPT = "kept"


_PENDING = frozenset({Status.STALE, Status.CONFLICT})


class Change(NamedTuple):
    """What becomes of one file: its bytes before and after (None: no file), a word on why, and on which line.

    Of what is unchanged or was written there are no bytes either: there may be more than memory should hold.
    """

    status: Status
    old: bytes | None = None
    new: bytes | None = None
    note: str = ""
    line: int = 0


_UNCHANGED, _WRITTEN, _REMOVED = map(Change, (Status.UNCHANGED, Status.WRITTEN, Status.REMOVED))
# By paths below the root, in their order.
Changes = dict[str, Change]


def compare(
    root: Path,
    files: Mapping[str, bytes],
    *,
    prune: Collection[str] = (),
    once: Collection[str] = (),
    waiting: Callable[[], None] = lambda: None,
) -> Changes:
    """Say what `write` would do, conflicts included; reads only."""
    if not os.path.lexists(root):
        return {path: Change(Status.STALE, None, files[path]) for path in sorted(files)}
    with _locked(root, shared=True, waiting=waiting) as tree:
        return _compare(tree, files, prune, once).listed(tree)


def write(
    root: Path,
    files: Mapping[str, bytes],
    *,
    prune: Collection[str] = (),
    once: Collection[str] = (),
    parents: bool = False,
    force: bool = False,
    waiting: Callable[[], None] = lambda: None,
) -> Changes:
    """Bring the files below `root` (made if missing, with its `parents` if told) to the given bytes, or raise ConflictError or FileError.

    `files` maps paths below `root`, with `/`, to bytes, each of which is asked for twice. Files of ours that are no longer
    among them are removed if a pattern of `prune` fits them (fnmatch's: a/* is all of a folder); several commands may
    write below one root. Those also in `once` are a person's after the first run: written where missing, never again.
    `force` writes over hand edits too, and keeps them as NAME.orig. `waiting` is called if another run has to end first.
    """
    made: list[Path] = []
    try:
        _make(root, made, parents=parents)
        with _locked(root, waiting=waiting) as tree:
            return _write(tree, files, _compare(tree, files, prune, once, to_write=True), force=force)
    except BaseException:
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
        raise


def read_page(path: Path) -> bytes:
    """Give the bytes of a page, which is a regular file and no link."""
    with _locked(path.parent, shared=True) as folder:
        return _read_page(folder, path)


def write_page(path: Path, new: bytes, *, old: bytes, keep: bool = False) -> str:
    """Put `new` in the place of a page that is `old` (or `new` by now: two runs want the same).

    `keep` leaves the old bytes beside it, and says where.
    """
    with _locked(path.parent) as folder:
        if _read_page(folder, path) == new:
            return ""
        for temporary in PAGES:
            with naming(str(path)), suppress(FileNotFoundError):
                os.unlink(temporary, dir_fd=folder.enter())
        with _staging(folder, names=".atgen-page-{}.tmp") as staging:
            kept = folder.show(staging.keep(path.name, old)) if keep else ""
            staging.stage(path.name, [new])
            refuse_new_edit(str(path), is_edited=_read_page(folder, path) != old)
            staging.place_all()
            staging.sync()
        return kept


def diff(shown: str, change: Change) -> str:
    """Show a file's change as a unified diff that a terminal and a CI log can take: what could steer them is escaped."""
    if change.status is Status.KEPT:
        return ""
    if change.status is Status.CONFLICT and change.old is None:
        return f"{shown}: {change.note}\n"
    old, new = change.old or b"", change.new or b""
    before, after = _lines(old), _lines(new)
    if len(old) + len(new) > _LARGEST_DIFF or len(before) + len(after) > _LONGEST_DIFF:
        return f"{shown}: {len(old)} bytes, should be {len(new)}: too many for a diff\n"
    from difflib import unified_diff  # noqa: PLC0415 (only diffs pay for it)

    name = shown.lstrip("/") + "\t" * (" " in shown)  # or patch would take the name to end at the blank
    names = ("/dev/null" if change.old is None else f"a/{name}", "/dev/null" if change.new is None else f"b/{name}")
    return "".join(f"{_harmless(line)}\n" for line in unified_diff(before, after, *names, lineterm=""))


def _lines(content: bytes) -> list[str]:
    """Split as diff does; a last line without line feed carries diff's remark on that."""
    *lines, last = content.decode(errors="surrogateescape").split("\n")
    return [*lines, f"{last}\n\\ No newline at end of file"] if last else lines


def _harmless(line: str) -> str:
    """Escape only what must be, so that most diffs still apply."""
    import re  # noqa: PLC0415 (only diffs pay for it)

    text = line.encode(errors="surrogateescape").decode(errors="backslashreplace")
    text = re.sub(r"\r(?!\n|\Z)|[^\t\n\r -~]", lambda match: plain(match[0]), text)
    if text.lstrip().startswith("::"):  # GitHub's runner takes commands that are indented
        text = text.replace("::", ":\\u{3A}", 1)
    for command in ("##[", "##vso[", "##teamcity["):  # GitHub's, Azure's and TeamCity's, anywhere in a line
        text = text.replace(command, f"#\\u{{23}}{command[2:]}")
    return text


def _digest(content: bytes) -> str:
    return _digest_of((content,))


def _digest_of(parts: Iterable[bytes]) -> str:
    from hashlib import sha256  # noqa: PLC0415 (`atgen --help` starts without it)

    digest = sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


@contextmanager
def naming(path: str) -> Iterator[None]:
    """Turn a refusal of the system into an error that names the path."""
    try:
        yield
    except OSError as error:
        raise FileError(f"{plain(path)}: {error.strerror or error}") from error


def _make(root: Path, made: list[Path], *, parents: bool) -> None:
    """Make the root, and add what is made to `made`; without `parents` its parent must be there.

    A slip of the pen in the place of many outputs makes no tree; a first app's folder may be anywhere.
    """
    missing = [folder for folder in root.parents if not os.path.lexists(folder)] if parents else []
    for folder in (*reversed(missing), root):
        with naming(str(folder)), suppress(FileExistsError):
            folder.mkdir()
            made.append(folder)


@contextmanager
def _locked(root: Path, *, shared: bool = False, waiting: Callable[[], None] = lambda: None) -> Iterator[_Tree]:
    """Open the root to read it among others or to write it alone; the lock is on the folder itself."""
    from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN, flock  # noqa: PLC0415 (`atgen --help` starts without it)

    with naming(str(root)):
        descriptor = os.open(root, _FOLDER)  # through a link, if the person who named the root wants it so
    with closing(_Tree(root, descriptor)) as tree:
        kind = LOCK_SH if shared else LOCK_EX
        with naming(str(root)):
            try:
                flock(descriptor, kind | LOCK_NB)
            except BlockingIOError:
                waiting()
                flock(descriptor, kind)
        try:
            yield tree
        finally:
            with suppress(OSError):  # closing ends it too, unless closing fails
                flock(descriptor, LOCK_UN)


class _Tree:
    """The folders below a root, entered name by name and never through a link; one path is open at a time."""

    def __init__(self, root: Path, descriptor: int) -> None:
        self._prefix = str(root / "_").removesuffix("_")
        self._names: list[str] = []
        self._descriptors = [descriptor]

    def close(self) -> None:
        """Close all folders, which ends the lock."""
        self._leave(0)

    def show(self, path: str) -> str:
        """Give the path as the person knows it."""
        return plain(f"{self._prefix}{path}") or "."

    def enter(self, folder: str = "", made: list[str] | None = None) -> int:
        """Open a folder ("" is the root) until the next call; what is missing of it is made if `made` is to list it."""
        names = folder.split("/") if folder else []
        depth = len(self._names)
        while self._names[:depth] != names[:depth]:
            depth -= 1
        self._leave(depth + 1)
        for name in names[depth:]:
            path = "/".join([*self._names, name])
            if made is not None:
                with suppress(FileExistsError):
                    os.mkdir(name, dir_fd=self._descriptors[-1])
                    made.append(path)
            try:
                descriptor = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=self._descriptors[-1])
            except OSError as error:
                if error.errno in {errno.ENOTDIR, errno.ELOOP}:
                    raise ConflictError(f"{self.show(path)}: is no folder, or a link to one") from error
                raise
            self._names.append(name)
            self._descriptors.append(descriptor)
        return self._descriptors[-1]

    def read(self, path: str) -> bytes | None:
        """Give a file's bytes, None if there is none; ConflictError if something else than a regular file is there."""
        folder, _, name = path.rpartition("/")
        with naming(self.show(path)):
            try:
                descriptor = self.enter(folder)
                status = os.lstat(name, dir_fd=descriptor)
            except FileNotFoundError:
                return None
            if not stat.S_ISREG(status.st_mode):
                kind = _KINDS.get(stat.S_IFMT(status.st_mode), "is no regular file")
                raise ConflictError(f"{self.show(path)}: {kind}")
            if status.st_size > _LARGEST:
                raise ConflictError(f"{self.show(path)}: is larger than what atgen writes")
            return _read(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=descriptor), status.st_size)

    def sweep(self) -> None:
        """Remove what a killed run staged, if there was one: while the root is locked, no other run is at work."""
        with naming(self.show(MARKER)):
            try:
                os.lstat(MARKER, dir_fd=self.enter())
            except FileNotFoundError:
                return
            self._sweep_folders()
            os.unlink(MARKER, dir_fd=self.enter())  # last: a sweep that is killed goes on in the next run

    def _sweep_folders(self) -> None:
        folders = [""]
        while folders:
            folder = folders.pop()
            with naming(self.show(folder)):
                descriptor = self.enter(folder)
                with os.scandir(descriptor) as entries:
                    found = list(entries)
                for entry in found:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(f"{folder}/{entry.name}" if folder else entry.name)
                    elif is_staged(entry.name):
                        os.unlink(entry.name, dir_fd=descriptor)

    def _leave(self, depth: int) -> None:
        del self._names[max(depth - 1, 0) :]
        while len(self._descriptors) > depth:
            with suppress(OSError):  # nothing was written through it
                os.close(self._descriptors.pop())


def _read(descriptor: int, size: int) -> bytes:
    """Read to the end, which is expected after `size` bytes, and close."""
    try:
        parts = []
        while part := os.read(descriptor, size + 1):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)


def _read_page(folder: _Tree, path: Path) -> bytes:
    content = folder.read(path.name)
    if content is None:
        raise FileError(f"{plain(str(path))}: {os.strerror(errno.ENOENT)}")
    return content


def is_staged(name: str) -> bool:
    """Whether a run gave the name to what it staged, the marker apart."""
    number = name.removeprefix(".atgen-").removesuffix(".tmp")
    return name == f".atgen-{number}.tmp" and number.isdecimal() and name != MARKER


class _Comparison(NamedTuple):
    """The changes; what the manifest holds, what it should hold, and whether its bytes are as they should be."""

    changes: Changes
    digests: Digests
    wanted: Digests
    is_recorded: bool

    def listed(self, tree: _Tree) -> Changes:
        """List the changes; the manifest is one of them only if it alone is to change."""
        if not self.is_recorded and all(change.status not in _PENDING for change in self.changes.values()):
            self.changes[MANIFEST] = Change(Status.STALE, tree.read(MANIFEST), b"".join(_manifest(self.wanted)))
        return self.changes


def _compare(
    tree: _Tree,
    files: Mapping[str, bytes],
    prune: Collection[str],
    once: Collection[str],
    *,
    to_write: bool = False,
) -> _Comparison:
    digests, is_ours = _recorded(tree)
    wanted = dict(digests)
    changes: Changes = {}
    is_pruned = _pattern(prune)
    if not all(map(is_output, files)):
        raise ValueError("an output outside its folder")
    for path in sorted([*files, *(path for path in digests if path not in files and is_pruned(path))]):
        new = files.get(path)
        try:
            old, note = tree.read(path), ""
        except ConflictError as error:
            old, note = None, str(error).removeprefix(f"{tree.show(path)}: ")
        known = digests.get(path)
        status = _status(old, new, note, known, is_once=path in once)
        if new is None and status is Status.STALE:
            del wanted[path]
            if old is None:
                continue
        elif new is not None and path not in once and (digest := _digest(new)) != known:
            wanted[path] = digest  # only then: two copies would be much of what is in memory
        if status is Status.UNCHANGED:
            changes[path] = _UNCHANGED
            continue
        if to_write and status is Status.STALE:
            old = new = None
        elif status in {Status.CONFLICT, Status.KEPT} and not note:
            note = "is yours" if path in once else "was edited by hand" if path in digests else "is not atgen's"
        changes[path] = Change(status, old, new, note)
    return _Comparison(changes, digests, wanted, is_recorded=is_ours and wanted == digests)


def _pattern(prune: Collection[str]) -> Callable[[str], object]:
    """Make of patterns what finds out whether one of them fits."""
    if not prune:
        return lambda _: None
    import re  # noqa: PLC0415 (only pruning pays for it)
    from fnmatch import translate  # noqa: PLC0415 (same)

    return re.compile("|".join(map(translate, prune))).match


def _status(old: bytes | None, new: bytes | None, note: str, known: str | None, *, is_once: bool) -> Status:
    if old is None and not note:
        return Status.STALE
    if is_once:
        return Status.KEPT
    if old is not None and old == new:
        return Status.UNCHANGED
    if old is not None and _is_known(old, known):
        return Status.STALE
    return Status.KEPT if new is None else Status.CONFLICT


def _is_known(content: bytes, known: str | None) -> bool:
    return known is not None and _digest(content) in known.split()


def _write(tree: _Tree, files: Mapping[str, bytes], comparison: _Comparison, *, force: bool) -> Changes:
    changes = comparison.changes
    refuse({tree.show(path): each for path, each in changes.items() if each.status is Status.CONFLICT}, force=force)
    tree.sweep()
    work = [path for path, change in changes.items() if change.status in _PENDING]
    if not work and comparison.is_recorded:
        return changes
    kept: dict[str, Change] = {}
    with _staging(tree, at_once=len(work) >= MANY) as staging:
        staging.stage(MANIFEST, _manifest(comparison.wanted))
        staging.stage(MANIFEST, _manifest(comparison.digests, comparison.wanted))
        for path in work:
            edited = changes[path].old
            if edited is not None:
                note = f"the old one is {tree.show(staging.keep(path, edited))}"
                kept[path] = Change(Status.WRITTEN, note=note)
            if path in files:
                staging.stage(path, [files[path]])
            else:
                staging.remove(path)
        staging.flush()
        for path in work:
            there = tree.read(path)
            is_as_before = there in (None, changes[path].old) or _is_known(there, comparison.digests.get(path))
            refuse_new_edit(tree.show(path), is_edited=not is_as_before)
        staging.commit(gone=comparison.digests.keys() - comparison.wanted.keys())
    for path in work or [MANIFEST]:
        changes[path] = kept.get(path, _WRITTEN if path in files or path == MANIFEST else _REMOVED)
    return changes


def refuse_new_edit(shown: str, *, is_edited: bool) -> None:
    """Raise ConflictError if a person saved the file after it was compared: to stage many files takes seconds."""
    if is_edited:
        raise ConflictError(f"{plain(shown)}: was changed while atgen was at work; run it again")


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


@contextmanager
def _staging(tree: _Tree, *, names: str = ".atgen-{}.tmp", at_once: bool = False) -> Iterator[_Staging]:
    staging = _Staging(tree, names, _syncfs() if at_once else None)
    try:
        yield staging
    except BaseException:
        staging.undo()
        raise


class _Staging:
    """Files that are written to disk under temporary names beside their targets, then put into place."""

    def __init__(self, tree: _Tree, names: str, syncfs: Callable[[int], None] | None = None) -> None:
        self._tree = tree
        self._temporary = names.format
        self._syncfs = syncfs
        self._staged: list[str] = []
        self._removed: list[str] = []
        self._made: list[str] = []
        self._touched: set[str] = set()

    def stage(self, path: str, parts: Iterable[bytes], *, like: str = "") -> None:
        """Write the content, in parts, beside its target, with the mode of the file `like`, else of the target, if it is there."""
        folder = path.rpartition("/")[0]
        temporary = self._temporary(len(self._staged))
        with naming(self._tree.show(like or path)):
            descriptor = self._tree.enter(folder, self._made)
            mode = _mode((like or path).rpartition("/")[2], descriptor)
        with naming(self._tree.show(path)):
            self._staged.append(path)
            try:
                file = os.open(temporary, _NEW, 0o666, dir_fd=descriptor)
            except FileExistsError as error:
                self._staged.pop()  # not ours to remove
                raise FileError(f"{self._tree.show(path)}: {temporary} is in the way beside it") from error
            _put(file, parts, mode, sync=not self._syncfs)

    def flush(self) -> None:
        """Make what is staged last."""
        if self._syncfs:
            with naming(self._tree.show("")):
                self._syncfs(self._tree.enter())

    def keep(self, path: str, content: bytes) -> str:
        """Stage what stands at `path` under the first name that is free (or has these bytes already), and say which."""
        number = 0
        while True:
            spare = f"{path}.orig.{number}" if number else f"{path}.orig"
            number += 1
            with suppress(ConflictError):
                there = self._tree.read(spare)
                if there is None:
                    self.stage(spare, [content], like=path)
                if there in {None, content}:
                    return spare

    def remove(self, path: str) -> None:
        """Plan to remove a file, if its folder allows it."""
        with naming(self._tree.show(path)):
            if not os.access(".", os.W_OK | os.X_OK, dir_fd=self._tree.enter(path.rpartition("/")[0])):
                raise PermissionError(os.strerror(errno.EACCES))
        self._removed.append(path)

    def place(self, number: int) -> None:
        """Rename a staged file into place."""
        path = self._staged[number]
        folder, _, name = path.rpartition("/")
        with naming(self._tree.show(path)):
            descriptor = self._tree.enter(folder)
            os.rename(self._temporary(number), name, src_dir_fd=descriptor, dst_dir_fd=descriptor)
        self._touch(folder)

    def place_all(self, first: int = 0) -> None:
        """Rename the staged files into place, from the given one on."""
        for number in range(first, len(self._staged)):
            self.place(number)

    def commit(self, gone: Iterable[str]) -> None:
        """Put all into place: the manifest of old and new, then the files, then the final manifest."""
        self.place(1)
        self.sync()
        self.place_all(2)
        for path in self._removed:
            folder, _, name = path.rpartition("/")
            with naming(self._tree.show(path)):
                os.unlink(name, dir_fd=self._tree.enter(folder))
            self._touch(folder)
        for folder in sorted({path.rpartition("/")[0] for path in gone}):
            self._tidy(folder)
        for folder in self._made:
            self._touch(folder.rpartition("/")[0])
        self.sync()
        self.place(0)
        self.sync()

    def sync(self) -> None:
        """Make the renames last."""
        self.flush()
        for folder in sorted(self._touched):
            with naming(self._tree.show(folder)):
                try:
                    os.fsync(self._tree.enter(folder))
                except OSError as error:
                    if error.errno != errno.EINVAL:  # some file systems cannot, and keep folders in order by themselves
                        raise
        self._touched.clear()

    def _touch(self, folder: str) -> None:
        """Note a folder that has changed, unless all are flushed at once."""
        if not self._syncfs:
            self._touched.add(folder)

    def _tidy(self, folder: str) -> None:
        """Remove the folders, upwards from this one, that pruning has left empty; one that will not go is no error."""
        while folder:
            parent, _, name = folder.rpartition("/")
            try:
                os.rmdir(name, dir_fd=self._tree.enter(parent))
                self._touch(parent)
            except FileNotFoundError:
                pass  # a killed run came as far as this
            except OSError:
                return
            self._touched.discard(folder)
            folder = parent

    def undo(self) -> None:
        """Take back what is not in place, the marker last: it stays if anything does."""
        with suppress(OSError, ConflictError):
            for number, path in reversed([*enumerate(self._staged)]):
                with suppress(FileNotFoundError):
                    os.unlink(self._temporary(number), dir_fd=self._tree.enter(path.rpartition("/")[0]))
        for folder in reversed(self._made):
            parent, _, name = folder.rpartition("/")
            with suppress(OSError, ConflictError):
                os.rmdir(name, dir_fd=self._tree.enter(parent))


def _syncfs() -> Callable[[int], None] | None:
    """Find what puts a whole file system on disk, and says if that failed; os.sync does not, and may wait for others."""
    import ctypes  # noqa: PLC0415 (only many files pay for it)

    library = ctypes.CDLL(None, use_errno=True)

    def syncfs(folder: int) -> None:
        if library.syncfs(folder):
            raise OSError(os.strerror(ctypes.get_errno()))

    return syncfs if hasattr(library, "syncfs") else None  # macOS has none, and its fsync is quick


def _mode(name: str, folder: int) -> int | None:
    """Give the mode of the file to be replaced, if it is there; a rename alone would not heed that it is read-only."""
    try:
        status = os.lstat(name, dir_fd=folder)
    except FileNotFoundError:
        return None
    if not os.access(name, os.W_OK, dir_fd=folder):
        raise PermissionError("is read-only")
    return stat.S_IMODE(status.st_mode)


def _put(descriptor: int, parts: Iterable[bytes], mode: int | None, *, sync: bool) -> None:
    """Write all of the content, to disk if asked, and close."""
    size = 0
    try:
        if mode is not None:
            os.fchmod(descriptor, mode)
        for part in parts:
            size += len(part)
            rest = memoryview(part)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        if os.fstat(descriptor).st_size != size:
            raise OSError("fewer bytes arrived than were written")
        if sync:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _manifest(digests: Digests, more: Digests | None = None) -> Iterator[bytes]:
    """Write a manifest of the digests and of more, part by part; one line a file, so that branches merge."""
    from json import dumps  # noqa: PLC0415 (`atgen --help` starts without it)

    more = more or {}
    part = '{\n  "atgen": 1,\n  "files": {\n'
    separator = ""
    for path in sorted([*digests, *(path for path in more if path not in digests)]):
        known = {*digests.get(path, "").split(), *more.get(path, "").split()}
        part += f"{separator}    {dumps(path)}: {dumps(sorted(known))}"
        separator = ",\n"
        if len(part) > _PART:
            yield part.encode()
            part = ""
    yield f"{part}\n  }}\n}}\n".encode()


def _recorded(tree: _Tree) -> tuple[Digests, bool]:
    """Read the manifest: what it holds, and whether its bytes are as we write them; it can be the largest thing in memory."""
    content = tree.read(MANIFEST)
    if content is None:
        return {}, True
    digest = _digest(content)
    try:
        text = content.decode()
        del content
        digests = _digests(text)
    except (ValueError, RecursionError) as error:
        raise FileError(
            f"{tree.show(MANIFEST)}: {error}; restore it from version control, or delete it: "
            "files that are up to date are taken over then, and --force writes the others"
        ) from error
    return digests, _digest_of(_manifest(digests)) == digest


def _digests(manifest: str) -> Digests:
    """Read a manifest, which may come from anybody; ValueError or RecursionError if it was not written by us."""
    from json import loads  # noqa: PLC0415 (`atgen --help` starts without it)

    content = loads(manifest, object_pairs_hook=_object)
    if not isinstance(content, dict) or content.get("atgen") != 1 or not isinstance(content.get("files"), dict):
        raise ValueError("is no manifest that this version of atgen knows")
    files: dict[str, Any] = content["files"]
    for path, digests in files.items():
        if not is_output(path):
            raise ValueError(f"names {path[:200]!a}, where no output belongs")
        if not isinstance(digests, list) or not all(isinstance(digest, str) for digest in digests):
            raise ValueError(f"holds no digests of {path}")
        files[path] = " ".join(digests)  # in place: all of it twice would be the most that a run has in memory
    return files


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("holds a key twice")
    return found


def is_output(path: str) -> bool:
    """Whether the path names a place below the root that is neither git's nor our own, and can be shown as it is."""
    is_plain = path.isascii() and path.isprintable() and _NO_CHARACTERS.isdisjoint(path)
    return is_plain and _NO_NAMES.isdisjoint(path.lower().split("/"))
