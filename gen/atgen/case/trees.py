"""The trees of files that an earlier run has parsed: without PyYAML's import, a run of one spec is a tenth shorter."""

from __future__ import annotations

import os
import pickle
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

from atgen import cache
from atgen.case import text, yamltree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.case.yamltree import Mapping


def load(path: Path) -> Mapping:
    """Read and parse a file as `yamltree.load` does."""
    with tree(path) as root:
        return root


@contextmanager
def tree(path: Path) -> Iterator[Mapping]:
    """Give the tree of a file, and keep it for later runs unless the body of `with` finds something wrong with it."""
    data, name = yamltree.read(path), text.plain(str(path))
    made_from = sha256(data).digest() + _parser()
    kept = sha256(os.fsencode(_absolute(path))).hexdigest()[:16]
    there = cache.folder("trees", make=False)
    content = cache.kept(there / kept, made_from) if there else None
    if content:
        yield pickle.loads(content)  # noqa: S301 (from a folder that only we write)
        return
    root = yamltree.parse(data, name)
    yield root
    if folder := cache.folder("trees"):
        cache.keep(folder / kept, made_from, pickle.dumps(root))


def _absolute(path: Path) -> str:
    """Tell files of one name apart by their folders, if the current one is known at all."""
    try:
        return os.path.abspath(path)  # noqa: PTH100 (`absolute` would leave .. in)
    except OSError:
        return str(path)


@lru_cache(maxsize=None)  # noqa: UP033 (`cache` is a module of ours)
def _parser() -> bytes:
    """All that decides what a file's tree is; PyYAML's first file has its version."""
    yaml = PathFinder.find_spec("yaml")
    sources = [yamltree.__file__, text.__file__, *([yaml.origin] if yaml and yaml.origin else [])]
    return sha256(b"\0".join(Path(source).read_bytes() for source in sources)).digest()
