"""What is stopped from outside, the run, its workers, a compiler, is said to be so, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import partial
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from atgen import cache
from atgen.proof import compilers, verify, workers
from atgen.rendering import pipeline
from conftest import ROOT, compiler, needs_linux

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Each says its version; then what it does comes. Swift's front end is beside it, or it is asked itself.
COMPILER = """#!/bin/sh
[ "$1" = --version ] && exec echo 'Swift version 6.3'
echo "$$" >> "$ATGEN_CACHE.asked"
"""
# As a shell starts atgen in the foreground, whatever the tests were started with.
RUN = "import signal; [signal.signal(each, 0) for each in (1, 2, 15)]; from atgen.__main__ import main; main()"
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL]
# Seconds that nothing here needs: a test that waits so long has failed.
LONG = 120


@pytest.fixture
def compile_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Give what makes both compilers end in some lines of sh, with a cache of the test's own."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("ATGEN_CACHE", str(tmp_path / "cache"))

    def clear() -> None:
        for cached in (compilers.find_compiler, cache.folder):
            cached.cache_clear()

    def write(lines: str) -> None:
        for name in ("swiftc", "clang"):
            (tmp_path / name).write_text(f"{COMPILER}{lines}\n", encoding="utf-8")
            (tmp_path / name).chmod(0o755)
        clear()

    yield write
    clear()


def processes(there: Path) -> dict[int, int]:
    """Find the parents of all processes that know this cache: the run's, its workers and what they have started."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            known = f"ATGEN_CACHE={there}".encode() in (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # it has just ended
        if known and fields[0] != "Z":
            found[int(folder.name)] = int(fields[1])
    return found


def wait_until(true: Callable[[], object]) -> None:
    """Wait for what other processes do."""
    for _ in range(LONG * 20):
        if true():
            return
        time.sleep(0.05)
    pytest.fail("it never came")


@pytest.fixture
def running(tmp_path: Path, compile_with: Callable[[str], None]) -> Iterator[subprocess.Popen[str]]:
    """Start a run whose compilers never end, and wait for one."""
    needs_linux("/proc")
    compile_with("sleep 600 & wait")
    command = [sys.executable, "-c", RUN, "verify", "bg_fetch", "bg_task"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until((tmp_path / "cache.asked").exists)
    yield process
    for each in processes(tmp_path / "cache"):
        os.kill(each, signal.SIGKILL)
    process.communicate()


@pytest.mark.parametrize("number", SIGNALS)
def test_a_run_that_is_stopped_takes_all_with_it(
    number: signal.Signals, running: subprocess.Popen[str], tmp_path: Path
) -> None:
    """One sentence and the code of a shell; when it is killed, there is no word, and the workers end all the same."""
    running.send_signal(number)
    said = running.communicate(timeout=LONG)
    killed = number is signal.SIGKILL
    assert (running.returncode, *said) == (
        -number if killed else 128 + number,
        "",
        "" if killed else "atgen: stopped\n",
    )
    wait_until(lambda: not processes(tmp_path / "cache"))


def test_who_asks_twice_does_not_wait(running: subprocess.Popen[str], tmp_path: Path) -> None:
    """Ctrl-C and again, before the first one is through."""
    for _ in range(2):
        running.send_signal(signal.SIGINT)
    running.communicate(timeout=LONG)
    assert running.returncode in {130, -signal.SIGINT}
    wait_until(lambda: not processes(tmp_path / "cache"))


@pytest.mark.parametrize("number", SIGNALS)
def test_a_worker_that_is_killed_is_said_to_be(
    number: signal.Signals, running: subprocess.Popen[str], tmp_path: Path
) -> None:
    """Not a bug of atgen, and no finding; the other workers end, and what all of them had started."""
    workers = [each for each, parent in processes(tmp_path / "cache").items() if parent == running.pid]
    os.kill(workers[0], number)
    said = running.communicate(timeout=LONG)
    sentence = f"atgen: a worker process was ended by signal {number}; that says nothing about the specs\n"
    assert (running.returncode, *said) == (128 + number, "", sentence)
    wait_until(lambda: not processes(tmp_path / "cache"))


ENDS = {
    "kill -9 $$": "{} was ended by signal 9",
    "kill -2 $$": "{} was ended by signal 2",
    # What clang 21 and Swift 6.3 say when what they have started is killed.
    "echo 'clang: error: clang frontend command failed due to signal (use -v to see invocation)'; exit 1": (
        "{} says clang frontend command failed due to signal"
    ),
    "echo 'error: link command failed due to signal 9 (use -v to see invocation)'; exit 1": (
        "{} says link command failed due to signal 9"
    ),
    "exit 137": "{} ended with exit code 137, which is no verdict",
}


def patient(name: str) -> bool:
    """Work that takes until the file is there."""
    wait_until(Path(name).exists)
    return True


def test_whoever_waits_hears_of_it_again_and_again(tmp_path: Path) -> None:
    """However long a single step takes, and although the worker says nothing: more than once a second."""
    file = tmp_path / "told"
    heard: list[bool] = []

    def waiting() -> None:
        heard.append(file.exists())
        if len(heard) == 3:
            file.touch()

    assert list(workers.in_order([partial(patient, str(file))], waiting)) == [True]
    assert heard[:3] == [False] * 3
    assert workers.PAUSE < 1


def doubled(number: int, _: str) -> int:
    """Work that is done at once, and was given more than it needs."""
    return 2 * number


def test_thousands_of_tasks_are_done_in_order() -> None:
    """Each holds 20 kB, as a case's files do; all of them would not go through the pool's pipe."""
    tasks = [partial(doubled, number, "x" * 20_000) for number in range(3000)]
    assert list(workers.in_order(tasks, lambda: None)) == [2 * number for number in range(3000)]


def late(seconds: float) -> str:
    """Work whose worker takes long to end."""
    Finalize(None, time.sleep, (seconds,), exitpriority=1)
    return "done"


LAST = f"""
import signal, sys
signal.signal(2, signal.default_int_handler)
sys.path += {[str(ROOT / "tests"), str(ROOT / "tests/proof")]}
from functools import partial
from atgen.proof.workers import in_order
from test_stopped import late
for result in in_order([partial(late, 600)], lambda: None):
    print(result, flush=True)
"""


def test_a_stop_ends_workers_that_are_at_their_end() -> None:
    """The last result is there, and the run is told to stop before its workers have ended."""
    with subprocess.Popen(
        [sys.executable, "-c", LAST], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "done\n"
        time.sleep(0.5)  # it waits for its worker by now; if not yet, the test is another one, and passes, too
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=LONG)
        finally:
            process.kill()
        assert process.returncode == -signal.SIGINT


@pytest.mark.parametrize("end", ENDS)
def test_a_compiler_that_is_stopped_refuses_nothing(end: str, compile_with: Callable[[str], None]) -> None:
    """The languages are not run, in words; and nothing of it is remembered, so the next run asks again."""
    compile_with(end)
    [case] = pipeline.load([ROOT / "specs/watch_refresh_global.yaml"])
    [platform] = case.platforms
    rows = {row.language: row for row in verify.verify(case, platform, ["swift", "objc", "python"])}
    said = {"swift": ENDS[end].format("swiftc"), "objc": ENDS[end].format("clang"), "python": ""}
    assert {name: row.not_run for name, row in rows.items()} == said
    judged = verify.judge(case, platform, "swift", {"App.swift": "import WatchKit"})
    assert (judged.not_run, judged.tried.schedules) == (said["swift"], 0)
    assert [row.findings for row in rows.values()] == [()] * len(rows)
    root = cache.folder()
    assert root is not None
    assert list(root.iterdir()) == []


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.mark.parametrize("end", ["exit 0", "exit 1", "kill -9 $$"])
def test_what_a_compiler_leaves_goes_with_its_folder(
    end: str, compile_with: Callable[[str], None], temporary: Path
) -> None:
    """Its temporary files, however it ends."""
    compile_with(f'touch "$TMPDIR/left"\n{end}')
    found = compilers.find_compiler("objc")
    assert isinstance(found, compilers.Compiler)
    with suppress(compilers.StoppedError):
        found.check({"App.m": "int x;"}, "")
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("language", ["swift", "objc"])
def test_asking_a_compiler_for_its_version_leaves_nothing(language: str, temporary: Path) -> None:
    """Swift's driver (6.3) makes a folder for that, and leaves it."""
    compiler(language)
    compilers.find_compiler.__wrapped__(language)
    assert list(temporary.iterdir()) == []


def test_again_asks_the_compilers(compile_with: Callable[[str], None]) -> None:
    """Also where they have accepted; what they refuse now is not remembered as accepted any more."""
    files = {"App.m": "int x;"}

    def accepted(end: str, *, again: bool = False) -> bool:
        compile_with(end)
        found = compilers.find_compiler("objc")
        assert isinstance(found, compilers.Compiler)
        return found.check(files, "", again=again).accepted

    assert accepted("exit 0")
    assert accepted("exit 1")
    assert not accepted("exit 1", again=True)
    assert not accepted("exit 1")
