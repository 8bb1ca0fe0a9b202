"""The runs that faults are put into; as a program, `faulted.py PACKAGES`, it does them in children that strace holds.

A line of a run's name, a tab and a folder makes a child, which answers with its number. At an empty line it runs, and
answers with what went wrong, as JSON; its exit status follows. So Python starts and imports once, not once a fault.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])

from atgen.errors import AtgenError
from atgen.output import files

MARK = "umask"  # the call before a run and after it: nothing else makes it
LONG = b"let number = 1\n" * 2000


@dataclass(frozen=True)
class Run:
    """What was written before, what a person or a killed run did then, and what is written now."""

    before: dict[str, bytes]
    after: dict[str, bytes]
    edits: dict[str, bytes] = field(default_factory=dict)
    prune: tuple[str, ...] = ()
    once: frozenset[str] = frozenset()
    force: bool = False
    many: int = files.MANY

    def prepare(self, root: Path) -> None:
        """Bring the folder to where the run begins."""
        if self.before:
            files.write(root, self.before)
        for path, content in self.edits.items():
            (root / path).write_bytes(content)
            (root / path).chmod(0o640)

    def do(self, root: Path) -> None:
        """Run."""
        files.MANY = self.many
        files.write(root, self.after, prune=self.prune, once=self.once, force=self.force)


@dataclass(frozen=True)
class PageRun(Run):
    """Each file is a page that is read and rewritten."""

    def prepare(self, root: Path) -> None:
        """Bring the folder to where the run begins."""
        root.mkdir()
        for path, content in self.before.items():
            (root / path).write_bytes(content)

    def do(self, root: Path) -> None:
        """Run."""
        for path, content in self.after.items():
            page = root / path
            files.write_page(page, content, old=files.read_page(page), keep=self.force)


RUNS = {
    "create": Run({}, {"one/a.swift": LONG, "one/b.swift": b"", "two/deep/a.m": b"int a;\n"}),
    "update": Run(
        {"one/a.swift": b"old\n", "one/b.swift": b"same\n", "two/a.m": LONG},
        {"one/a.swift": LONG, "one/b.swift": b"same\n", "two/a.m": b"new\n", "two/new/a.m": b"new\n"},
    ),
    "many": Run(
        {"one/a.swift": b"old\n", "gone/a.m": b"old\n"},
        {"one/a.swift": b"new\n", "new/a.m": LONG},
        prune=("*",),
        many=1,
    ),
    "adopt": Run(
        {"a.swift": b"old\n"},
        {"a.swift": b"new\n", "b.swift": b"mine\n"},
        edits={"a.swift": b"new\n", "b.swift": b"mine\n"},
    ),
    "prune": Run(
        {"one/a.swift": b"old\n", "gone/deep/a.m": b"old\n", "gone/b.m": b"old\n"},
        {"one/a.swift": b"new\n"},
        prune=("*",),
    ),
    "force": Run({"one/a.swift": b"old\n"}, {"one/a.swift": b"new\n"}, edits={"one/a.swift": b"mine\n"}, force=True),
    "once": Run({}, {"app/mine.swift": b"new\n", "app/ours.swift": b"new\n"}, once=frozenset({"app/mine.swift"})),
    "sweep": Run(
        {"one/a.swift": b"old\n", "two/a.swift": b"old\n"},
        {"one/a.swift": b"new\n"},
        edits={".atgen-0.tmp": b"torn", ".atgen-1.tmp": b"torn", "two/.atgen-2.tmp": b"torn"},
    ),
    "pages": PageRun({"a.md": b"old\n", "b.md": b"old\n"}, {"a.md": LONG, "b.md": b"new\n"}),
    "forced page": PageRun({"a.md": b"mine\n"}, {"a.md": b"new\n"}, force=True),
}


def main() -> None:
    """Make a child for each line; all that a run imports is imported before."""
    import fcntl  # noqa: F401, PLC0415
    import hashlib  # noqa: F401, PLC0415

    ctypes.CDLL(None)

    while line := sys.stdin.buffer.readline():
        name, root = line.decode().rstrip("\n").split("\t")
        child = os.fork()
        if not child:
            hold(name, Path(root))
        os.write(1, f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n".encode())


def hold(name: str, root: Path) -> None:
    """Wait to be traced, run, and leave with atgen's exit code."""
    ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)  # PR_SET_PTRACER: Yama lets any process trace this
    message, code = "", 70
    signal.alarm(60)  # a run that waits for itself is a finding too
    os.write(1, f"{os.getpid()}\n".encode())
    select.select([0], [], [])  # whatever strace interrupts, the calls that are counted come after it
    os.read(0, 1)
    os.umask(0o022)
    try:
        RUNS[name].do(root)
        code = 0
    except AtgenError as error:
        message, code = str(error), int(error.exit)
    except BaseException as error:  # noqa: BLE001 (a crash is what the faults look for)
        message = repr(error)
    os.umask(0o022)
    os.write(1, json.dumps(message).encode() + b"\n")
    os._exit(code)


if __name__ == "__main__":
    main()
