"""Measuring in turns: what is compared runs alternately, so that whatever else the machine does meets both."""

from __future__ import annotations

import os
import subprocess
import sys
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


class Run(NamedTuple):
    """One run of a process: seconds from start to end, and the most bytes that it had in memory."""

    seconds: float
    memory: int


def process(*command: str, cwd: Path, environment: Mapping[str, str], expected: int = 0) -> Run:
    """Run a command to its end; an exit code that is not expected raises CalledProcessError."""
    begin = perf_counter()
    child = subprocess.Popen(
        command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert child.stderr is not None
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = perf_counter() - begin
    child.stderr.close()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != expected:
        raise subprocess.CalledProcessError(child.returncode, command, stderr=errors)
    return Run(seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024))


def in_turns(rounds: int, *runs: Callable[[], Run]) -> list[list[Run]]:
    """Run each as many times, one after the other, after one run that does not count; give the runs of each."""
    for run in runs:
        run()
    turns = [[run() for run in runs] for _ in range(rounds)]
    return [list(column) for column in zip(*turns, strict=True)]


def seconds(runs: list[Run]) -> float:
    """Give the median of the times."""
    return median(run.seconds for run in runs)


def ratio(ours: list[Run], others: list[Run]) -> float:
    """Give the median of the ratios of runs that followed each other."""
    return median(our.seconds / other.seconds for our, other in zip(ours, others, strict=True))
