"""What was made before and would only be made again: proofs, compilers' verdicts, stand-ins and hosts."""

from __future__ import annotations

import fcntl
import functools
import json
import os
import re
import shutil
import tempfile
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# What is more than that goes, oldest first, when the next run begins.
LIMIT = 512 * 1024 * 1024
# On a disk with less room nothing is kept: a compiler that finds no room cannot be told from one that refuses.
ROOM = 64 * 1024 * 1024
# An entry, or with a suffix of `mkdtemp` one that is being made, or what says so; what is called otherwise is not ours to remove.
_ENTRY = re.compile(r"[a-z]+-[0-9a-f]{64}(\.lock|\.[a-z0-9_]{8})?")
_SUMS = "sums.json"


def known(kind: str, inputs: Iterable[str]) -> Path | None:
    """Give the folder that an earlier run has filled from just these inputs, if it did, and nothing was damaged since."""
    return _found((folder() or _temporary()) / _name(kind, inputs))


def remember(kind: str, inputs: Iterable[str], make: Callable[[Path], None], *, again: bool = False) -> Path:
    """Give the folder that `make` fills from just these inputs, unless an earlier run did, and nothing was damaged since.

    What `make` raises goes on, and nothing is remembered; `again` asks it whatever is remembered. Where there is no cache,
    the folder goes with the process.
    """
    name, root = _name(kind, inputs), folder()
    if root:
        with _alone(root / name), suppress(OSError):  # also one of `make`, which then fails below again
            return (not again and _found(root / name)) or _made(root / name, make)
    entry = _temporary() / name
    with _alone(entry):
        return (not again and _found(entry)) or _made(entry, make)


def _name(kind: str, inputs: Iterable[str]) -> str:
    digest = sha256()
    for text in inputs:
        data = text.encode()
        digest.update(b"%d:" % len(data) + data)
    return f"{kind}-{digest.hexdigest()}"


def _found(entry: Path) -> Path | None:
    """Give the entry, if it is whole; it is the newest now."""
    if not _is_whole(entry):
        return None
    with suppress(OSError):
        os.utime(entry)
    return entry


@contextmanager
def _alone(entry: Path) -> Iterator[None]:
    """Wait until no other process makes the entry; where that cannot be known, both do, and one is thrown away."""
    path = entry.with_name(f"{entry.name}.lock")
    try:
        file = path.open("w")
    except OSError:
        yield
        return
    with file:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            with suppress(OSError):
                path.unlink()


@functools.cache
def folder() -> Path | None:
    """The cache, made if missing and trimmed; None where there is none that only we write, that runs programs and has room.

    `ATGEN_CACHE` names another place than the user's; empty, it switches the cache off. Programs are run from here, so a
    folder that somebody else owns or may write is not used.
    """
    chosen = os.environ.get("ATGEN_CACHE")
    base = Path(chosen) if chosen is not None else _users()
    if chosen == "" or base is None:
        return None
    try:
        root = base.absolute()
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        status, disk = root.stat(), os.statvfs(root)
        is_ours = status.st_uid == os.getuid() and not status.st_mode & 0o022
        is_usable = os.access(root, os.W_OK | os.X_OK) and not disk.f_flag & getattr(os, "ST_NOEXEC", 0)
        if not (is_ours and is_usable and disk.f_bavail * disk.f_frsize >= ROOM):
            return None
        _trim(root)
    except OSError:
        return None
    return root


def _users() -> Path | None:
    """The place in the user's cache, by the XDG Base Directory Specification (0.8); None where the user has no home."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if base.is_absolute():
        return base / "atgen"
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 (pathlib raises where there is no home)
    # A home is not made for the cache's sake: service users have none on purpose.
    return home / ".cache" / "atgen" if home.is_absolute() and home.is_dir() else None


def _trim(root: Path) -> None:
    entries = sorted(
        ((path.stat().st_mtime_ns, path) for path in root.iterdir() if _ENTRY.fullmatch(path.name)), reverse=True
    )
    size = 0
    for _, path in entries:
        size += sum(each.lstat().st_size for each in path.rglob("*"))
        if size > LIMIT:
            _remove(path)


def _made(entry: Path, make: Callable[[Path], None]) -> Path:
    """Fill the entry under another name, so that nobody finds half of one; who comes second throws his own away."""
    part = Path(tempfile.mkdtemp(prefix=f"{entry.name}.", dir=entry.parent))
    try:
        make(part)
        (part / _SUMS).write_text(json.dumps(_sums(part)), encoding="utf-8")
        if not _is_whole(entry):
            _remove(entry)
            part.rename(entry)
    except OSError:
        if not _is_whole(entry):
            raise
    except Exception:
        _remove(entry)  # what it gave before does not hold
        raise
    finally:
        _remove(part)
    return entry


def _remove(entry: Path) -> None:
    shutil.rmtree(entry, ignore_errors=True)
    with suppress(OSError):
        entry.unlink()  # what should be a folder, and is none


def _is_whole(entry: Path) -> bool:
    """Whether the entry's files are those that were made; there are no folders in it."""
    try:
        recorded = json.loads((entry / _SUMS).read_bytes())
        return bool(recorded == _sums(entry))
    except (OSError, ValueError, RecursionError):
        return False


def _sums(entry: Path) -> dict[str, str]:
    paths = sorted(path for path in entry.iterdir() if path.name != _SUMS and path.is_file())
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in paths}


@functools.cache
def _temporary() -> Path:
    from multiprocessing.util import Finalize  # noqa: PLC0415 (only where there is no cache; atexit forgets workers)

    made = tempfile.mkdtemp(prefix="atgen-")
    Finalize(None, shutil.rmtree, (made, True), exitpriority=0)
    return Path(made)
