"""The benchmarks run; what they measure is for README.md, not for a test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


@pytest.mark.sample(4)
@pytest.mark.parametrize(("group", "figures"), [("starts", 7), ("parts", 2), ("many", 4), ("watch", 2)])
def test_each_group_that_needs_nothing_from_elsewhere_runs(group: str, figures: int) -> None:
    """Once, with few specs: a line of the table for each figure, of six cells."""
    command = [sys.executable, str(FOLDER), "--small", "--print", "--only", group]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = [line.strip("|").split("|") for line in done.stdout.splitlines()]
    assert [len(row) for row in rows] == [6] * figures
    assert all(float(row[3]) > 0 for row in rows if group != "watch")  # who watches has no floor


def test_the_table_is_there() -> None:
    """README.md holds the figures of a whole run, and the machine's description without its name."""
    _, _, table = (
        (FOLDER / "README.md").read_text(encoding="utf-8").partition("<!-- begin: written by the benchmarks -->\n")
    )
    assert table.startswith("Measured on ")
    assert table.count("\n|") >= 15
