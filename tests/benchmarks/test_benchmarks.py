"""The benchmarks run; what they measure is for README.md, not for a test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def test_each_group_that_needs_nothing_from_elsewhere_runs() -> None:
    """Once each, with few specs: a line of the table for each figure, of six cells."""
    groups = ["--only", "starts", "--only", "parts", "--only", "many"]
    command = [sys.executable, str(FOLDER), "--small", "--print", *groups]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = [line.strip("|").split("|") for line in done.stdout.splitlines()]
    assert [len(row) for row in rows] == [6] * 13
    assert all(float(row[3]) > 0 for row in rows)


def test_what_a_writer_waits_for_is_measured() -> None:
    """A line for a result and one for an error."""
    command = [sys.executable, str(FOLDER), "--small", "--print", "--only", "watch"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [len(line.strip("|").split("|")) for line in done.stdout.splitlines()] == [6] * 2


def test_the_table_is_there() -> None:
    """README.md holds the figures of a whole run, and the machine's description without its name."""
    _, _, table = (
        (FOLDER / "README.md").read_text(encoding="utf-8").partition("<!-- begin: written by the benchmarks -->\n")
    )
    assert table.startswith("Measured on ")
    assert table.count("\n|") >= 15
