"""Whatever system call fails or kills a run, every file is old or new, and the next run ends at the full result.

Debian's strace puts the faults in: every N-th call of every kind that a run makes is refused, interrupted, cut short or
the run's last, each in a run of its own; some runs get a second fault while they clean up after the first.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from faulted import MARK, RUNS, PageRun, text

from atgen.errors import Exit
from atgen.output import files
from atgen.output.signature import sign
from atgen.output.tree import is_temporary

if TYPE_CHECKING:
    from collections.abc import Iterator

# What each call may fail with; those that are not here fail with EIO.
ERRORS = {
    "openat": ("EACCES", "ENOSPC", "EINTR"),
    "read": ("EIO", "EINTR"),
    "write": ("ENOSPC", "EIO", "EINTR"),
    "fsync": ("EIO", "ENOSPC", "EINTR"),
    "close": ("EIO", "EINTR"),
    "flock": ("ENOLCK", "EINTR"),
    "mkdir": ("ENOSPC", "EACCES"),
    "mkdirat": ("ENOSPC", "EACCES"),
    "renameat": ("EACCES", "EIO", "EINTR"),
    "unlinkat": ("EACCES", "EIO", "EINTR"),
    "fchmod": ("EPERM",),
    "faccessat": ("EACCES",),
    "faccessat2": ("EACCES",),
}
NO_FAULTS = {"mmap", "munmap", "brk", "lseek"}  # of memory
KILL = "signal=KILL"
# What was done, as strace -y writes it: the call, the folder (or file), the names in it.
DONE = r'(fsync|write|renameat)\(\d+<(.*?)>(?:, "(.*?)")?(?:, \d+<.*?>, "(.*?)")?.* = \d+$'
Snapshot = dict[str, tuple[bytes, int]]


class Children:
    """The program that makes a child for each run, and strace at the child."""

    def __init__(self) -> None:
        command = [sys.executable, "-I", "-S", Path(__file__).with_name("faulted.py"), Path(files.__file__).parents[2]]
        self.program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def close(self) -> None:
        """End the program."""
        self.program.communicate(timeout=60)

    def run(self, name: str, root: Path, log: Path, *options: str) -> tuple[int, str]:
        """Give the exit code of a run under strace (negative: the signal), and what it says."""
        child = self.answer(f"{name}\t{root}\n")
        tracer = subprocess.Popen(["strace", "-f", "-o", log, *options, "-p", child], stderr=subprocess.PIPE, text=True)
        assert tracer.stderr is not None
        said = tracer.stderr.readline()
        message = self.answer("\n")
        code = int(message if message.startswith("-") else self.answer(""))  # a killed run says nothing
        tracer.communicate(timeout=60)
        if "attached" not in said:
            raise ChildProcessError(said)
        return code, "" if message.startswith("-") else json.loads(message)

    def answer(self, line: str) -> str:
        """Give the line that answers a line."""
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write(line)
        return self.program.stdout.readline()[:-1]


def calls(log: str) -> Iterator[tuple[str, int]]:
    """Give the calls of a run: the name, and how many of this name the process had made by then."""
    counts: Counter[str] = Counter()
    for name in re.findall(r"^\d+ +(\w+)\(", log, re.MULTILINE):
        counts[name] += 1
        if counts[MARK] == 1 and name not in {MARK, *NO_FAULTS}:
            yield name, counts[name]


def faults(name: str, number: int) -> Iterator[tuple[str, ...]]:
    """Give what strace may inject into a call."""
    for error in ERRORS.get(name, ("EIO",)):
        yield (f"{name}:error={error}:when={number}",)
    yield (f"{name}:{KILL}:when={number}",)
    if name == "write":
        yield (f"write:retval=0:when={number}",)  # nothing is written, and it says so
        yield (f"write:retval=1:when={number}",)  # a byte is said to be written, and is not
    if name in {"fsync", "renameat"}:
        yield (f"{name}:error=EIO:when={number}", "unlinkat:error=EIO:when=1+")
        yield (f"{name}:error=EIO:when={number}", f"unlinkat:{KILL}:when=2")


def snapshot(root: Path) -> Snapshot:
    """Give every file with its bytes and mode."""
    paths = [path for path in root.rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) for path in paths}


def settled(found: Snapshot) -> Snapshot:
    """Give the files that are not temporary."""
    return {path: content for path, content in found.items() if not is_temporary(path.rpartition("/")[2])}


class Trial:
    """A run to be faulted in copies of its beginning; `begin` and `end` are what is there before and after it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.run, self.folder = name, RUNS[name], folder
        self.run.prepare(folder / "begin")
        self.children = [Children(), Children()]
        end = self.copy("begin", "end")
        assert self.children[0].run(name, end, folder / "log", "-y", "-e", f"trace=%file,%desc,{MARK}") == (0, "")
        self.begin, self.end = snapshot(folder / "begin"), snapshot(end)
        self.log = (folder / "log").read_text(encoding="utf-8")
        self.faults = [fault for call in calls(self.log) for fault in faults(*call)]

    def copy(self, origin: str, name: str) -> Path:
        """Copy a state, if there is one."""
        if (self.folder / origin).exists():
            shutil.copytree(self.folder / origin, self.folder / name)
        return self.folder / name

    def close(self) -> None:
        """End what makes the runs."""
        for children in self.children:
            children.close()

    def problems(self) -> list[str]:
        """Put every fault in, two at a time, and give what is wrong then."""
        with ThreadPoolExecutor(2) as pool:
            halves = [
                pool.submit(self.put, children, self.faults[half::2], f"run{half}")
                for half, children in enumerate(self.children)
            ]
            return [problem for half in halves for problem in half.result()]

    def put(self, children: Children, injected: list[tuple[str, ...]], name: str) -> list[str]:
        """Put faults into one run after the other."""
        found = []
        for fault in injected:
            root, log = self.copy("begin", name), self.folder / f"{name}.log"
            traced = ",".join(each.split(":")[0] for each in fault)
            code, message = children.run(
                self.name, root, log, "-e", f"trace={traced}", *(f"--inject={each}" for each in fault)
            )
            wrong = [*self.after(root, fault, code, message)]
            if "(INJECTED)" not in (text := log.read_text(encoding="utf-8")) and "killed by SIGKILL" not in text:
                wrong.append("the fault did not hit")
            found += [f"{self.name}, {' '.join(fault)}: {problem}" for problem in wrong]
            shutil.rmtree(root)
        return found

    def after(self, root: Path, fault: tuple[str, ...], code: int, message: str) -> Iterator[str]:
        """Give what is wrong after a fault."""
        found = snapshot(root) if root.exists() else {}
        for path in settled({**found, **self.begin, **self.end}):
            if found.get(path) not in {self.begin.get(path), self.end.get(path)}:
                yield f"{path} is torn"
        if code == -signal.SIGKILL and KILL in fault[-1]:
            yield from self.of_other_specs(root)
        elif code == Exit.DONE:
            if found != self.end:
                yield "says done, and is not"
        elif code == Exit.IO:
            if not message.startswith(str(root)):
                yield f"no path in {message!r}"
            if (
                len(fault) == 1
                and not fault[0].startswith("unlinkat")
                and found.keys() - settled(found).keys() - self.begin.keys()
            ):
                yield "temporary files are left"
        else:
            yield f"exit code {code}: {message}"
        self.run.do(root)
        if snapshot(root) != self.end:
            yield "the next run does not end at the full result"

    def of_other_specs(self, root: Path) -> Iterator[str]:
        """Give what is wrong if the specs change before the next run: it takes nothing of ours for a hand edit."""
        if isinstance(self.run, PageRun) or settled(dict.fromkeys(self.run.edits, (b"", 0))):
            return
        other = self.copy(root.name, f"{root.name}.other")
        asked = dict.fromkeys({*self.run.before, *self.run.after} - self.run.once, text("other\n"))
        files.write(other, asked)
        ended = {path: content for path, (content, _) in settled(snapshot(other)).items() if path not in self.run.once}
        if ended != {path: sign(content) for path, content in asked.items()}:
            yield "the next run with other specs does not end at the full result"
        shutil.rmtree(other)


def refusal(folder: Path) -> str:
    """Say why no faults can be put in here, if so."""
    if not shutil.which("strace"):
        return "not run: no strace"
    children = Children()
    try:
        children.run("once", folder / "trial", folder / "log")
    except ChildProcessError as error:
        return f"not run: {error}"
    finally:
        children.close()
    return ""


@pytest.fixture
def trial(name: str) -> Iterator[Trial]:
    """Prepare a run in memory, where there is some to write to: it is faults that are tried, not disks."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:  # noqa: S108
        if why := refusal(Path(folder)):
            (pytest.fail if "strace" in os.environ.get("ATGEN_REQUIRE", "").split(",") else pytest.skip)(why)
        with closing(Trial(name, Path(folder))) as trial:
            yield trial


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", RUNS)
def test_no_fault_tears_or_loses_a_file(trial: Trial, capsys: pytest.CaptureFixture[str]) -> None:
    """Every file is old or new; after an error nothing temporary is left; the next run ends at the full result."""
    assert trial.problems() == []
    assert len(trial.faults) >= 100  # 800 at the least, in all runs
    with capsys.disabled():
        sys.stderr.write(f"\n{trial.name}: {len(trial.faults)} faults ")


@pytest.mark.parametrize("name", RUNS)
def test_what_is_renamed_is_on_disk(trial: Trial) -> None:
    """A disk that forgets what was not fsynced leaves old or new files too."""
    written, renamed = set(), 0
    for call, folder, name, target in re.findall(DONE, trial.log, re.MULTILINE):
        if call == "write":
            written.add(folder)
        elif call == "fsync":
            written.discard(folder)
        else:
            assert (f"{folder}/{name}" in written, is_temporary(name), is_temporary(target)) == (False, True, False)
            renamed += 1
    assert renamed >= 1
