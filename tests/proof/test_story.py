"""Counterexamples: the shortest is found, told in plain words, and kept in a file that gives it again."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING

import pytest
from fixtures import wrong_delegates as wrong
from fixtures.right_delegates import FetchDedicated, Task, TaskDedicated, expected

from atgen.errors import SpecError
from atgen.proof.invariants import violations
from atgen.proof.scenario import load_all
from atgen.proof.search import Search, python
from atgen.proof.story import BrokenRun, Counterexample, misfit, parse, python_places, shortest, tell
from conftest import ROOT, compiler
from started import atgen

if TYPE_CHECKING:
    from pathlib import Path

SCENARIOS = {scenario.name: scenario for scenario in load_all()}
# Wrong code, a scenario, the invariant, the choices it takes to break it, and how that ends.
STORIES = [
    (wrong.HeldMode, "task_hits", "tag", ["step#3"], "hit 1 of other code is tagged bg=task"),
    (wrong.SentOffMain, "task", "main", ["background#1"], "tracker bgTaskTracker is used on the background queue"),
    (
        wrong.NeverCompleted,
        "fetch",
        "once",
        ["build#1", "main#3", "sent#1"],
        "the completion handler of fetch 1 is never called",
    ),
    (
        wrong.EndedAtOnce,
        "task",
        "delivered",
        ["background#1", "main#2"],
        "control goes back while hit 1 is still under way",
    ),
    (wrong.NotEndedAtExpiry, "task", "task", ["expire#1"], "background task 1 expires and is not ended at once"),
    (
        wrong.EndedTwice,
        "task",
        "task",
        ["expire#1", "build#1", "main#4", "sent#1"],
        "background task 1 is ended, which is not open",
    ),
    (
        wrong.SharedTask,
        "task_twice",
        "task",
        ["background#1", "main#2", "build#1", "main#4", "sent#1", "step#3", "step#4", "main#5"],
        "background task 2 is ended by the work of another time in the background",
    ),
    (
        wrong.Unconfigured,
        "fetch",
        "sent",
        ["build#1"],
        "hit 1 is not built: its tracker's configuration is not complete",
    ),
    (
        wrong.SingleDelivery,
        "fetch_twice",
        "delivered",
        ["step#3", "main#4", "build#1", "sent#1", "main#7"],
        "control goes back while hit 2 is still under way",
    ),
    (wrong.Restless, "fetch", "alive", None, "the app never comes to rest"),
    (wrong.Raising, "fetch", "alive", [], "the app crashes: KeyError: 'handler'"),
    (
        wrong.Unobservant,
        "scene_task",
        "called",
        [],
        "the app goes to the background in step 3, and nothing of it is called",
    ),
    (
        wrong.NotCompletedAtExpiry,
        "run",
        "once",
        ["expire_call#1", "timer#3"],
        "call 1 is completed 20 s after its time was up",
    ),
    (
        wrong.DeafToExpiry,
        "activity",
        "task",
        ["background#1", "expire#1", "timer#4"],
        "background task 1 expires and is not ended at once",
    ),
]


def find(delegate: type, scenario: str, invariant: str | None = None) -> BrokenRun:
    """Find the shortest counterexample, which must be there."""
    play = python(delegate, SCENARIOS[scenario].outside)
    finding = shortest(play, SCENARIOS[scenario], expected(delegate), invariant)
    assert finding
    return finding


@pytest.mark.parametrize(("delegate", "scenario", "invariant", "schedule", "ending"), STORIES)
def test_wrong_code_has_a_story(
    delegate: type, scenario: str, invariant: str, schedule: list[str] | None, ending: str
) -> None:
    """It ends with what is broken, and its schedule leads there again."""
    finding = find(delegate, scenario, invariant)
    assert schedule in (None, list(finding.schedule))
    assert tell(finding.run.events, finding.violation).endswith(f"Broken: {ending}.\n")
    again = python(delegate, SCENARIOS[scenario].outside)(finding.schedule)
    assert finding.violation in violations(again, expected(delegate))


def test_a_story_is_numbered_and_names_the_lines_of_code() -> None:
    """Steps that no line of the app's caused have none."""
    delegate = wrong.NotEndedAtExpiry
    place = {
        text.strip(): f"{each.__module__.rpartition('.')[2]}.py:{number}"
        for each in (Task, delegate)
        for code, first in [inspect.getsourcelines(each)]
        for number, text in enumerate(code, first)
    }
    [block] = [where for text, where in place.items() if text.startswith("self.device.background.run(")]
    finding = find(delegate, "task")
    places = python_places(delegate, SCENARIOS["task"].outside, finding.schedule)
    expected_text = f"""\
task (P16): Each time in the background has its own task, ended exactly once, by its own work or when it expires.
  1. The app is launched.
  2. The app has no method application:didFinishLaunchingWithOptions:, so nothing of it is called.
  3. The app goes to the background. [{place["def did_enter_background(self) -> None:"]}]
  4. The app begins background task 1, "bg_task_global". [{place["task = application.begin_background_task(self.title, expired)"]}]
  5. The time of background task 1 is up. [{place["def expired() -> None:"]}]
  6. A block of the app runs. [{block}]
Broken: background task 1 expires and is not ended at once.
"""
    assert expected_text == tell(finding.run.events, finding.violation, places)


def test_a_story_says_when_time_goes_by() -> None:
    """The clock is told where it moves, and the places may come from elsewhere, or be left out."""
    finding = find(wrong.CompletedTwice, "fetch", "once")
    steps = tell(finding.run.events, finding.violation, {finding.violation.index: "some/folder/App.m:7"}).splitlines()
    assert steps[-3:] == [
        " 15. 20 s go by.",
        " 16. The app calls the completion handler of fetch 1: failed. [App.m:7]",
        "Broken: the completion handler of fetch 1 is called again.",
    ]


@pytest.mark.parametrize(
    ("delegate", "scenario"), [(wrong.SharedTask, "task_twice"), (wrong.SingleDelivery, "fetch_twice")]
)
def test_no_schedule_with_fewer_deviations_breaks_anything(delegate: type, scenario: str) -> None:
    """The shortest counterexample is the shortest of all, and the same each time."""
    finding = find(delegate, scenario)
    every = Search(python(delegate, SCENARIOS[scenario].outside), bound=10_000)
    bad = [
        (deviations(run.events), violation.index)
        for run in every
        for violation in violations(run.events, expected(delegate))
    ]
    assert not every.cut
    assert min(bad) == (deviations(finding.run.events), finding.violation.index)
    assert finding == find(delegate, scenario)


def deviations(events: list[dict[str, object]]) -> int:
    """Count the choices of another move than the first."""
    return sum(event["took"] != event["of"][0] for event in events if event["event"] == "choice")


@pytest.mark.parametrize("scenario", ["fetch", "fetch_twice"])
def test_right_code_has_no_story(scenario: str) -> None:
    """The search for one ends when all schedules were tried."""
    play = python(FetchDedicated, SCENARIOS[scenario].outside)
    assert shortest(play, SCENARIOS[scenario], expected(FetchDedicated)) is None


def test_the_search_for_a_story_keeps_to_the_scenarios_bounds() -> None:
    """It ends, although not all schedules were tried."""
    scenario = SCENARIOS["task_twice_expiring"]
    assert shortest(python(TaskDedicated, scenario.outside), scenario, expected(TaskDedicated)) is None


def test_a_schedule_file_is_read_as_it_was_written() -> None:
    """It is JSON, and says what it is a counterexample of."""
    example = Counterexample("bg_fetch", "fetch", "swift", "once", ("main#1", "sent#1"))
    assert example == parse(example.text(), "schedule.json")
    assert json.loads(example.text()) == {
        "generated": "Generated by atgen. Do not edit.",
        "case": "bg_fetch",
        "scenario": "fetch",
        "language": "swift",
        "invariant": "once",
        "schedule": ["main#1", "sent#1"],
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{\n  "case": }', "s.json:2:11: is not JSON: Expecting value"),
        ("[" * 100_000, "s.json:1:1: is nested too deeply"),
        ('{"case":' * 100_000, "s.json:1:1: is nested too deeply"),
        ("9" * 5000, "s.json:1:1: expected an object with the keys case, scenario, language, invariant, schedule"),
        (
            f'{{"case": {"9" * 5000}, "scenario": "s", "language": "l", "invariant": "i", "schedule": []}}',
            "s.json:1:1: expected texts, and a list of texts as schedule",
        ),
        (
            '{"case": "c", "scenario": "s", "language": "\\u000a::error::x", "invariant": "i", "schedule": []}',
            's.json:1:1: language: "\\u{A}:\\u{3A}error:\\u{3A}x" is not swift, objc or python',
        ),
        ("[]", "s.json:1:1: expected an object with the keys case, scenario, language, invariant, schedule"),
        ('{"case": "c"}', "s.json:1:1: expected an object with the keys case, scenario, language, invariant, schedule"),
        (
            '{"case": "c", "scenario": "s", "language": 1, "invariant": "i", "schedule": []}',
            "s.json:1:1: expected texts, and a list of texts as schedule",
        ),
        (
            '{"case": "c", "scenario": "s", "language": "l", "invariant": "i", "schedule": "main#1"}',
            "s.json:1:1: expected texts, and a list of texts as schedule",
        ),
    ],
)
def test_a_schedule_file_that_is_not_one_is_refused(text: str, message: str) -> None:
    """With its place, and with what is expected."""
    with pytest.raises(SpecError) as refused:
        parse(text, "s.json")
    assert message == str(refused.value)


def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Give the exit code, stdout and stderr of `atgen run`."""
    done = atgen("run", *arguments)
    return done.returncode, done.stdout, done.stderr


def kept(
    folder: Path, *schedule: str, case: str = "bg_fetch", scenario: str = "fetch", language: str = "python"
) -> Path:
    """Write a schedule file."""
    path = folder / "s.json"
    path.write_text(Counterexample(case, scenario, language, "once", schedule).text(), encoding="utf-8")
    return path


@pytest.mark.parametrize("language", ["python", "swift"])
def test_a_schedule_is_played_again(tmp_path: Path, language: str) -> None:
    """As it was kept, and told."""
    if language != "python":
        compiler(language)
    code, out, err = run("bg_fetch", "--schedule", kept(tmp_path, "build#1", "hang#1", language=language))
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "   20 s  main        The app calls the completion handler of fetch 1: newData."


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        (["build#1", "main#9"], 'choice 2: "main#9" is not main#4, sent#1, failed#1, offline#1 or hang#1'),
        (["\n::error::x"], 'choice 1: "\\u{A}:\\u{3A}error:\\u{3A}x" is not build#1 or timer#3'),
        (["build#1", "sent#1", "sent#1"], 'choice 3: "sent#1" comes where nothing is left to choose'),
    ],
)
@pytest.mark.parametrize("language", ["python", "swift"])
def test_a_stale_schedule_is_refused(tmp_path: Path, language: str, schedule: list[str], message: str) -> None:
    """What was played instead would look as if the code were mended."""
    path = kept(tmp_path, *schedule, language=language)
    since = "the case has changed since, or this is another --scenario or --platform"
    assert run("bg_fetch", "--schedule", path) == (2, "", f"{path}:1:1: {message}; {since}\n")


def test_every_choice_of_a_counterexample_was_open() -> None:
    """Also of one that ends in a crash, or that is cut at the violation."""
    for delegate, scenario, invariant, *_ in STORIES:
        schedule = find(delegate, scenario, invariant).schedule
        assert misfit(python(delegate, SCENARIOS[scenario].outside)(schedule), schedule) == ""


def test_a_schedule_of_another_case_or_scenario_is_refused_safely(tmp_path: Path) -> None:
    """Whatever the file calls them."""
    steering, shown = "x\n::error file=a::pwned", '"x\\u{A}:\\u{3A}error file=a:\\u{3A}pwned"'
    path = kept(tmp_path, case=steering)
    code, out, err = run("bg_fetch", "--schedule", path)
    assert (code, out) == (2, "")
    assert err.splitlines()[-1] == f"Error: {path} is about the case {shown}, not bg_fetch"
    code, out, err = run("bg_fetch", "--schedule", kept(tmp_path, scenario=steering))
    assert (code, out) == (2, "")
    assert err.splitlines()[-1].startswith(f"Error: no scenario {shown} for this case; there are ")
    code, out, err = run("bg_fetch", "--schedule", kept(tmp_path, scenario=""))
    assert (code, out) == (2, "")
    assert err.splitlines()[-1].startswith('Error: no scenario "" for this case; there are ')


def test_a_schedule_file_that_cannot_be_read_is_an_error_of_the_file_system(tmp_path: Path) -> None:
    """4; what can be read and is no text is refused."""
    missing = tmp_path / "a\n::error::b.json"
    shown = f"{tmp_path}/a\\u{{A}}:\\u{{3A}}error:\\u{{3A}}b.json"
    assert run("bg_fetch", "--schedule", missing) == (
        4,
        "",
        f"atgen: {shown}: cannot be read: No such file or directory\n",
    )
    assert run("bg_fetch", "--schedule", tmp_path) == (
        2,
        "",
        f"{tmp_path}:1:1: is a folder: a counterexample is a regular file\n",
    )
    missing.write_bytes(b'{"case": "\xe9"}')
    refused = f"{shown}:1:1: is no counterexample: byte 0xE9 is not UTF-8\n"
    assert run("bg_fetch", "--schedule", missing) == (2, "", refused)


def test_a_timeline_shows_a_specs_texts_safely(tmp_path: Path) -> None:
    """They may hold what a CI runner takes for a command, wherever it stands in a line."""
    spec = (ROOT / "specs" / "bg_fetch.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(
        spec.replace("dedicated: bgFetchTracker", "dedicated: '##vso[task.complete]'"), encoding="utf-8"
    )
    code, out, err = run(tmp_path / "mine.yaml")
    assert (code, err, "##" in out, "#\\u{23}vso[task.complete]" in out) == (0, "", False, True)
