"""What is rendered in Python, played: every combination of the axes keeps all invariants, in each order that its scenarios allow."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

import pytest

import atgen.reference as at
from atgen.case import spec
from atgen.proof.invariants import Expectation, violations
from atgen.proof.scenario import load_all
from atgen.proof.search import Search, python
from atgen.rendering import pipeline
from conftest import combinations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from atgen.case.model import Case

SCENARIOS = load_all()
# The long profile plays all schedules; the first ones of each scenario already depart where the latest choices are.
LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
FIRST = None if LONG else 20
STORAGES = ("required", "always", "never") if LONG else ("required",)


@cache
def made(name: str, storage: str) -> Case:
    """The combination of that name, with what becomes of its hits."""
    return spec.parse(combinations()[name].replace(b"storage: always", f"storage: {storage}".encode()), f"{name}.yaml")


def rendered(case: Case, platform: str) -> str:
    """The case's Python, which is one file."""
    files = pipeline.render(case, ["python"])
    [text] = [file.text for path, file in files.items() if path.startswith(f"{case.name}/{platform}/python/")]
    return text


def delegate(case: Case, platform: str) -> Callable[[at.Device], object]:
    """The class that the case's Python defines."""
    namespace: dict[str, object] = {"__name__": case.name}
    exec(compile(rendered(case, platform), case.name, "exec"), namespace)  # noqa: S102 - our own output
    return namespace[case.style.class_name]  # type: ignore[return-value]


@pytest.mark.sample(16)
@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("name", combinations())
def test_every_combination_is_right_in_each_schedule(name: str, storage: str) -> None:
    """Whatever the system, the life cycle, the scheduler, the tracker and the finish."""
    case = made(name, storage)
    played = set()
    for platform in case.platforms:
        promise = Expectation.of(case, platform)
        code = delegate(case, platform.value)
        applying = [scenario.played_with(case) for scenario in SCENARIOS if scenario.applies(case, platform)]
        assert len(applying) >= 3
        # The other platforms' code differs in its comments only.
        for scenario in applying:
            if scenario.name in played:
                continue
            played.add(scenario.name)
            search = Search(python(code, scenario.outside), scenario.bound, scenario.deviations)
            broken = [
                (scenario.name, violation.invariant.name, violation.message, run.schedule)
                for run in islice(search, FIRST)
                for violation in violations(run.events, promise)
            ]
            assert broken == []


@pytest.mark.parametrize("name", combinations())
def test_every_combination_tells_what_happens_by_default(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Run as a program it plays the call that it is made for, and ends with its hit's URL, if that leaves at once."""
    case = made(name, "required")
    at.play(delegate(case, case.platforms[0].value))
    *told, url = capsys.readouterr().out.splitlines()
    assert url.startswith("https://")
    assert f"&bg={case.mode.value}" in url
    # A push comes when the app has gone to the background, which is nothing to it.
    assert not any("has no method" in line and "DidEnterBackground" not in line for line in told)
    assert sum("tagged" in line for line in told) == 1


def test_the_files_are_programs(tmp_path: Path) -> None:
    """The output's folder is where they are run."""
    case = made("task_dedicated_sent_watchos", "required")
    path = tmp_path / "app_delegate.py"
    path.write_text(rendered(case, "watchos"), encoding="utf-8")
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "  0 s  The block of background task 1 may go on.\n" in done.stdout
