"""Where atgen keeps what it can make again: compiled templates, stand-ins and hosts."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

# How many files a folder of `keep` has at most.
MOST = 1000


def folder(name: str, *, make: bool = True) -> Path | None:
    """A folder of that name in the user's cache, made if missing; None where there is none that only we write.

    `ATGEN_CACHE` names another place; empty, it switches caching off. Code is loaded from here, so a folder that
    somebody else owns or may write is not used.
    """
    chosen = os.environ.get("ATGEN_CACHE")
    base = Path(chosen) if chosen is not None else _users()
    if chosen == "" or base is None:
        return None
    try:
        root = base.absolute()
        path = root / name
        if make:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.mkdir(mode=0o700, exist_ok=True)
        places = (root.stat(), path.stat())
    except OSError:
        return None
    is_ours = all(place.st_uid == os.getuid() and not place.st_mode & 0o022 for place in places)
    return path if is_ours else None


def _users() -> Path | None:
    """The place in the user's cache, by the XDG Base Directory Specification (0.8); None where the user has no home."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if base.is_absolute():
        return base / "atgen"
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 (pathlib raises where there is no home)
    # A home is not made for the cache's sake: service users have none on purpose.
    return home / ".cache" / "atgen" if home.is_absolute() and home.is_dir() else None


def kept(path: Path, made_from: bytes) -> bytes | None:
    """Read what `keep` put there, if it was made from the same bytes and is whole."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    digest, content = data[:32], data[32:]
    return content if digest == _digest(made_from, content) else None


def keep(path: Path, made_from: bytes, content: bytes) -> None:
    """Put what was made from some bytes in the place of what was there; where that fails, it will be made again."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        part.write_bytes(_digest(made_from, content) + content)
        part.replace(path)
        _trim(path.parent)
    except OSError:
        with suppress(OSError):
            part.unlink()


def _trim(folder: Path) -> None:
    """Let go of the older half of what is kept in a folder, once it is too much."""
    paths = list(folder.iterdir())
    if len(paths) > MOST:
        for path in sorted(paths, key=lambda path: path.stat().st_mtime_ns)[: MOST // 2]:
            path.unlink()


def _digest(made_from: bytes, content: bytes) -> bytes:
    return sha256(sha256(made_from).digest() + content).digest()
