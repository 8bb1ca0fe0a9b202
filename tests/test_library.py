"""What a program gets from `atgen`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import atgen
from conftest import ROOT, not_run

[EXAMPLE] = re.findall(r"(?ms)^```python\n(.*?)^```$", (ROOT / "gen/README.md").read_text(encoding="utf-8"))
WRONG = """
from atgen import load, render
names: list[int] = [case.name for case in load(["specs/bg_fetch.yaml"])]
render(load([]))
"""


def test_the_example_in_the_readme_runs() -> None:
    """It prints the files of a case, and what its proof found: nothing."""
    done = subprocess.run([sys.executable, "-c", EXAMPLE], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines if line.startswith("bg_fetch/ios/swift/")] == [
        "bg_fetch/ios/swift/AppDelegate.swift",
        "bg_fetch/ios/swift/BackgroundHits.swift",
    ]
    assert lines[-1] == "python []"


def test_each_name_has_a_sentence() -> None:
    """A person at Python's prompt reads what it is."""
    for name in atgen.__all__:
        assert getattr(atgen, name).__doc__.split("\n")[0].endswith((".", ";"))


def test_what_is_not_there_is_no_attribute() -> None:
    """As with any module: `hasattr` and `from atgen import` can ask."""
    assert not hasattr(atgen, "nothing")


def test_texts_are_what_the_command_writes_but_for_the_sum() -> None:
    """A program that writes them itself writes the same code."""
    [case] = atgen.load([ROOT / "specs" / "bg_task.yaml"])
    for path, file in atgen.render(case).items():
        first, _, rest = file.text.partition("\n")
        there = (ROOT / "output" / path).read_text(encoding="utf-8")
        assert there.endswith(f"\n{rest}")
        assert there.partition("\n")[0].startswith(first.partition(".yaml")[0])


def test_a_program_s_types_are_checked(tmp_path: Path) -> None:
    """Mypy knows them from the package itself: the example is right, and what is wrong is found."""
    mypy = Path(sys.executable).with_name("mypy")
    if not mypy.exists():
        not_run("requirements", "no mypy")
    for text, errors in ((EXAMPLE, []), (WRONG, ["2", "3"])):
        (tmp_path / "program.py").write_text(text.strip() + "\n", encoding="utf-8")
        command = [mypy, "--strict", "--python-executable", sys.executable, "program.py"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert re.findall(r"(?m)^program\.py:(\d+): error", done.stdout) == errors, done.stdout + done.stderr
