"""The vendor's page, mended only until it compiles: each of its cases fails, and the story says how."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from atgen.proof import native
from atgen.proof.invariants import Expectation
from atgen.proof.story import shortest, tell
from atgen.proof.verify import scenarios
from atgen.rendering import pipeline
from conftest import compiler

HERE = Path(__file__).parent / "native"
ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path.name for path in (HERE / "page").iterdir())


def broken(name: str, invariant: str) -> str | None:
    """The story of how a file of the page breaks an invariant, in the first scenario in which it does."""
    path = HERE / "page" / name
    language = {".swift": "swift", ".m": "objc"}[path.suffix]
    found = compiler(language)
    files = {name: path.read_text(encoding="utf-8")}
    if language == "objc":
        files["AppDelegate.h"] = (HERE / "AppDelegate.h").read_text(encoding="utf-8")
    host = native.Host(found.host(files, found.modes[0]))
    [case] = pipeline.load([ROOT / "specs" / f"{path.stem}.yaml"])
    # The page knows no method for the work, and calls a task as it likes.
    expected = replace(Expectation.of(case, case.platforms[0]), works=False, rendered=False)
    for scenario in scenarios(case, case.platforms[0]):
        finding = shortest(host.player(scenario.as_json()), scenario, expected, invariant)
        if finding:
            return tell(finding.run.events, finding.violation)
    return None


LAUNCH = "The app is launched."
TASK = "The app goes to the background."
# The page's mistake, the invariant that it breaks, how the story ends, and the cases that make it.
BROKEN = [
    ("P03", "once", ["Nothing more happens.", "Broken: the completion handler of fetch 1 is never called."], ["bg_fetch", "bg_fetch_global"]),
    ("P04", "called", ["Nothing more happens.", "Broken: background fetch is never switched on."], ["bg_fetch"]),
    ("P10", "main", ["A block of the app runs.", "off the main thread.", "Broken: tracker bgTaskTracker is used on the background queue."], ["bg_task"]),
    ("P11", "normal", [TASK, "The mode of tracker defaultTracker is set to task.", "Broken: the global tracker's mode is task while other code can run."], ["bg_task_global"]),
    ("P12", "sent", ["The SDK cannot build hit 1: the tracker's configuration is not complete.", "Broken: "], ["bg_fetch", "bg_task"]),
    ("P13", "delivered", ["A block of the app runs.", "Broken: control goes back while hit 1 is still under way."], ["bg_task"]),
    ("P16", "task", ["The time of background task 1 is up.", "Broken: background task 1 "], ["bg_task", "bg_task_global"]),
]  # fmt: skip


@pytest.mark.parametrize("suffix", [".swift", ".m"])
@pytest.mark.parametrize(("mistake", "invariant", "ending", "cases"), BROKEN)
def test_the_page_breaks_what_it_breaks(
    mistake: str, invariant: str, ending: list[str], cases: list[str], suffix: str
) -> None:
    """The invariant that names the mistake is broken, and the story tells it from the launch on."""
    for case in cases:
        if (mistake, suffix) == ("P16", ".m"):
            ending = ["Broken: background task "]
        story = broken(case + suffix, invariant)
        assert story is not None
        head, first, *lines = story.splitlines()
        assert head.startswith(f"{invariant} (")
        assert mistake in head.split(")", 1)[0]
        assert first == f"  1. {LAUNCH}"
        found = iter(lines)
        assert [part for part in ending if not any(part in line for line in found)] == []


def test_all_four_cases_are_kept_in_both_languages() -> None:
    """The fixtures are the page's cases, no more and no fewer."""
    assert sorted(f"{case}{suffix}" for case in CASES for suffix in (".swift", ".m")) == FILES


CASES = ("bg_fetch", "bg_fetch_global", "bg_task", "bg_task_global")
