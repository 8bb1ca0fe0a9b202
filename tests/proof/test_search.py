"""The search over schedules, and the scenarios that it is given."""

from __future__ import annotations

import gc
import json
import tracemalloc
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fixtures.right_delegates import (
    RIGHT,
    FetchDedicated,
    FetchGlobal,
    TaskDedicated,
    TaskGlobal,
    WatchTask,
    case,
    expected,
)
from fixtures.wrong_delegates import Raising, WaitsOnMain

import atgen.reference as at
from atgen.case.model import EntryKind, Lifecycle, Mode, Platform, Scheduler, Scope
from atgen.errors import SpecError
from atgen.proof.invariants import violations
from atgen.proof.scenario import Scenario, load_all, parse
from atgen.proof.search import Search, played, python

if TYPE_CHECKING:
    from collections.abc import Sequence

    from atgen.proof.search import Player

SCENARIOS = {scenario.name: scenario for scenario in load_all()}
LAUNCH = at.Outside((at.Step("launch"),))


class ThreeBlocks:
    """Gives three blocks to the background queue."""

    def __init__(self, device: at.Device) -> None:
        self.device = device

    def did_finish_launching(self) -> None:
        """Give them."""
        for _ in range(3):
            self.device.background.run(lambda: None)


def search(delegate: type, name: str) -> Search:
    """Search one of the shipped scenarios."""
    scenario = SCENARIOS[name]
    return Search(python(delegate, scenario.outside), scenario.bound, scenario.deviations)


def plain(delegate: type, outside: at.Outside) -> Player:
    """The reference as a player that knows no states: every order is tried."""
    return lambda schedule: played(at.Device(outside, delegate), schedule)


def test_every_order_is_tried_once() -> None:
    """Three blocks that are independent run in their six orders, the default one first."""
    orders = [
        tuple(int(event["took"].partition("#")[2]) for event in run.events if event["event"] == "choice")
        for run in Search(plain(ThreeBlocks, LAUNCH), bound=100)
    ]
    assert [order[:2] for order in permutations((1, 2, 3))] == orders


def test_a_state_is_left_once() -> None:
    """Where the blocks have done the same in another order, every move is tried, and no state is gone on from again."""
    runs = list(Search(python(ThreeBlocks, LAUNCH), bound=100))
    choices = [choice for run in runs for choice in run.events if choice["event"] == "choice"]
    assert {choice["took"] for choice in choices} == {"background#1", "background#2", "background#3"}
    assert [run.schedule for run in runs] == [
        ("background#1", "background#2"),
        ("background#1", "background#3"),
        ("background#2", "background#1"),
        ("background#3", "background#1"),
    ]


@pytest.mark.parametrize(
    ("delegate", "name"),
    [
        (FetchDedicated, "fetch_stored"),
        (FetchGlobal, "fetch_twice"),
        (TaskDedicated, "task"),
        (TaskGlobal, "task_hits"),
        (WatchTask, "activity"),
    ],
)
def test_a_schedule_gives_its_trace_again(delegate: type, name: str) -> None:
    """No two schedules are the same, each is replayed to the same lines, and the lines are the events'."""
    runs = list(search(delegate, name))
    play = python(delegate, SCENARIOS[name].outside)
    assert len(runs) == len({run.schedule for run in runs}) == len({"\n".join(run.lines) for run in runs})
    assert [run.lines for run in runs] == [[at.line(event) for event in play(run.schedule)] for run in runs]


def test_a_search_says_whether_it_was_cut() -> None:
    """By the bound or by the number of deviations; not when exactly all were tried."""
    play = plain(ThreeBlocks, LAUNCH)
    found = {}
    for bound, deviations in ((6, None), (5, None), (100, 2), (100, 1), (100, 0)):
        tried = Search(play, bound, deviations)
        count = sum(1 for _ in tried)
        assert count == tried.count
        found[bound, deviations] = (count, tried.cut)
    assert found == {
        (6, None): (6, False),
        (5, None): (5, True),
        (100, 2): (6, False),
        (100, 1): (4, True),
        (100, 0): (1, True),
    }


def test_the_search_drives_any_player() -> None:
    """What it needs of a language's host is the trace: it finds the open moves there."""

    def host(schedule: Sequence[str]) -> list[at.Event]:
        lines = [at.line(event) for event in at.Device(LAUNCH, ThreeBlocks).run(schedule)]
        return [json.loads(line) for line in lines]

    assert [run.lines for run in Search(plain(ThreeBlocks, LAUNCH), 100)] == [run.lines for run in Search(host, 100)]


def test_memory_stays_flat() -> None:
    """Runs are handed out and forgotten: thousands of them take no more than a few at a time."""
    play = plain(TaskDedicated, SCENARIOS["task_twice"].outside)
    # What other tests keep would put off the collection of what this one has forgotten.
    gc.freeze()
    gc.collect()
    tracemalloc.start()
    size = sum(len(line) for run in Search(play, bound=1_500) for line in run.lines)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    gc.unfreeze()
    assert peak < 3_000_000
    assert peak < size / 3


@pytest.mark.parametrize(
    ("delegate", "name", "signal", "code"),
    [
        (Raising, "fetch", "KeyError", 'super().perform_fetch({}["handler"])'),
        (WaitsOnMain, "activity", "RuntimeError", "self.device.semaphore().wait()"),
    ],
)
def test_an_exception_in_the_apps_code_is_a_crash(delegate: type, name: str, signal: str, code: str) -> None:
    """It is the trace's last event, with its place; and the search goes on."""
    runs = list(search(delegate, name))
    crash = runs[0].events[-1]
    file, _, number = crash["place"].rpartition(":")
    assert ("crash", signal) == (crash["event"], crash["signal"])
    assert code == Path(file).read_text(encoding="utf-8").splitlines()[int(number) - 1].strip()
    assert len(runs) == len({run.schedule for run in runs})


def test_what_never_comes_is_tried_where_nothing_else_is_left_to_come() -> None:
    """Not told from what is late, it is put off, unless a limit counts how often a run waits."""
    reference = python(FetchDedicated, SCENARIOS["fetch"].outside)

    def early(deviations: int | None) -> int:
        runs = Search(reference, 10_000, deviations)
        of = [(event["took"], event["of"]) for run in runs for event in run.events if event["event"] == "choice"]
        return sum(took == "hang#1" and any(each.startswith("timer") for each in there) for took, there in of)

    assert early(None) == 0
    assert early(2)


SCHEDULES = {
    "FetchDedicated": 2_787,
    "FetchGlobal": 829,
    "FetchListening": 2_359,
    "Push": 371,
    "TaskDedicated": 4_727,
    "TaskGlobal": 2_136,
    "TaskScene": 744,
    "Refresh": 2_394,
    "OwnRefresh": 2_378,
    "Processing": 1_042,
    "WatchRefresh": 1_326,
    "WatchTask": 10_575,
}


@pytest.mark.sample(4, always="^FetchListening")  # no shipped case waits for a hit of the global tracker
@pytest.mark.parametrize("delegate", RIGHT)
def test_right_code_keeps_all_rules_to_the_end_of_each_search(delegate: type) -> None:
    """All orders of what applies to a case are tried, but where a scenario says so; they are few enough to be replayed everywhere."""
    its, promise = case(delegate), expected(delegate)
    there = [each for each in SCENARIOS.values() if each.applies(its, its.platforms[0])]
    assert len(there) >= 3
    count = 0
    for scenario in there:
        tried = search(delegate, scenario.name)
        assert [found for run in tried for found in violations(run.events, promise)] == []
        assert tried.count < scenario.bound
        assert tried.cut is bool(scenario.deviations) is ("depart" in scenario.summary)
        count += tried.count
    assert count == SCHEDULES[delegate.__name__]


@pytest.mark.parametrize(
    ("changes", "applies"),
    [
        ({}, True),
        ({"scheduler": Scheduler.CLASSIC}, True),
        ({"scheduler": Scheduler.CLASSIC, "mode": Mode.FETCH}, False),
        ({"scheduler": Scheduler.CLASSIC, "lifecycle": Lifecycle.APP}, False),
        ({"tracker": None}, False),
    ],
)
def test_a_scenario_says_which_cases_it_is_played_with(changes: dict[str, Any], applies: bool) -> None:
    """By how the system calls the app, and by tracker; tvOS is UIKit too."""
    text = "summary: S\ncases: {entries: [scene, processing], trackers: [dedicated]}\nbound: 1\nsteps: [launch]\n"
    scenario = parse(text.encode(), "s.yaml")
    its = case(TaskDedicated)._replace(**{"lifecycle": Lifecycle.SCENE, "scheduler": Scheduler.PROCESSING} | changes)
    assert [scenario.applies(its, platform) for platform in (Platform.IOS, Platform.TVOS)] == [applies] * 2


def test_a_scenario_is_read_from_yaml() -> None:
    """Its name is the file's; what is left out has its default."""
    text = """
    summary: |
      Two
      lines.
    cases: {entries: [scene], trackers: [global, dedicated]}
    network: [sent, refused]
    work: [done, never]
    parts: 2
    privacy: exempt
    global_tracker: {storage: always}
    stored: 2
    expirations: true
    bound: 7
    deviations: 3
    steps: [launch, scene_background, rest, background, {hit: 0410501}, {mode: fetch}, {delegate: taken}]
    scenes: true
    eager: true
    woken: true
    refuses: others
    weak_delegate: true
    """
    steps = (at.Step("launch"), at.Step("scene_background"), at.Step("background", in_turn=True))
    steps += (at.Step("hit", "0410501"), at.Step("mode", "fetch"), at.Step("delegate", "taken"))
    scenario = parse(text.encode(), "folder/some_name.yaml")
    expected = Scenario(
        name="some_name",
        summary="Two lines.",
        entries=(EntryKind.SCENE,),
        trackers=(Scope.GLOBAL, Scope.DEDICATED),
        outside=at.Outside(
            steps,
            network=("sent", "refused"),
            work=("done", "never"),
            stored=2,
            parts=2,
            privacy="exempt",
            global_tracker=(("storage", "always"),),
            expirations=True,
            scenes=True,
            eager=True,
            woken=True,
            refuses="others",
            weak_delegate=True,
        ),
        bound=7,
        deviations=3,
    )
    assert expected == scenario
    assert scenario.as_json() == {
        "name": "some_name",
        "summary": "Two lines.",
        "entries": ["scene"],
        "trackers": ["global", "dedicated"],
        "system": "uikit",
        "scenes": True,
        "eager": True,
        "woken": True,
        "refuses": "others",
        "weak_delegate": True,
        "on_time": False,
        "stored": 2,
        "network": ["sent", "refused"],
        "work": ["done", "never"],
        "parts": 2,
        "privacy": "exempt",
        "global_tracker": {"storage": "always"},
        "expirations": True,
        "bound": 7,
        "deviations": 3,
        "steps": [
            "launch",
            "scene_background",
            "rest",
            "background",
            {"hit": "0410501"},
            {"mode": "fetch"},
            {"delegate": "taken"},
        ],
    }
    least = parse(b"summary: S\ncases: {entries: [activity], trackers: [global]}\nbound: 1\nsteps: [launch]", "s.yaml")
    outside = at.Outside((at.Step("launch"),), network=("sent",), stored=0, expirations=False, system="watchkit")
    assert (outside, None) == (least.outside, least.deviations)


def test_all_that_is_wrong_with_a_scenario_is_told_at_once() -> None:
    """Each problem has its place and says what is allowed."""
    text = """\
summary: S
cases: {entries: [fetch, fetsh], trackers: []}
network: [sent, sent]
expirations: yes
bound: 0
steps: [fetch, lunch, {hit: a, mode: task}, {look: x}, [], {mode: normal}]
"""
    steps = (
        "launch, push, fetch, scene_background, run_task, refresh, background, foreground, look, rest or "
        "{KEY: VALUE} with hit, mode, dedicated_hit, delegate, refresh"
    )
    expected = """\
Bad.yaml:1:1: "Bad.yaml" is not a scenario's file name: lower-case letters, digits and _, and then .yaml
Bad.yaml:2:26: cases.entries[1]: "fetsh" is not fetch, background, scene, app_refresh, own_refresh, processing, push, refresh or activity; did you mean fetch?
Bad.yaml:2:44: cases.trackers: is an empty list; leave the key out or name at least one
Bad.yaml:3:17: network[1]: is there already; name each once
Bad.yaml:4:14: expirations: "yes" is not true or false
Bad.yaml:5:8: bound: "0" is not a whole number of schedules from 1 to 100000
Bad.yaml:6:16: steps[1]: "lunch" is not STEPS; did you mean launch?
Bad.yaml:6:23: steps[2]: expected STEPS
Bad.yaml:6:46: steps[3]: unknown key "look"; expected hit, mode, dedicated_hit, delegate or refresh
Bad.yaml:6:56: steps[4]: expected STEPS
Bad.yaml:6:67: steps[5].mode: "normal" is not fetch or task""".replace("STEPS", steps)
    with pytest.raises(SpecError) as refused:
        parse(text.encode(), "Bad.yaml")
    assert expected == str(refused.value)


def test_the_problems_of_all_scenarios_are_told_at_once(tmp_path: Path) -> None:
    """A folder with two wrong files has the problems of both."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("bound: 1", encoding="utf-8")
    with pytest.raises(SpecError) as refused:
        load_all(tmp_path)
    assert {"a.yaml", "b.yaml"} == {Path(problem.file).name for problem in refused.value.problems}


def test_a_scenario_begins_with_the_launch() -> None:
    """Without it there is no app; a second one cannot be."""
    for steps in ("[fetch]", "[launch, launch]"):
        text = f"summary: S\ncases: {{entries: [fetch], trackers: [global]}}\nbound: 1\nsteps: {steps}\n"
        with pytest.raises(SpecError, match="launch comes first, and once"):
            parse(text.encode(), "s.yaml")


def test_a_rest_stands_before_a_step() -> None:
    """One that nothing follows would say nothing."""
    for steps in ("[launch, rest]", "[launch, rest, rest, fetch]"):
        text = f"summary: S\ncases: {{entries: [fetch], trackers: [global]}}\nbound: 1\nsteps: {steps}\n"
        with pytest.raises(SpecError, match="rest stands before a step, which waits"):
            parse(text.encode(), "s.yaml")


def test_a_scenario_keeps_to_its_framework() -> None:
    """That of its entries: a watch app has no scenes, and nobody hands an iOS app a refresh task."""
    for entries, rest, problem in (
        ("fetch", "steps: [launch, {refresh: with_snapshot}]", "steps: uikit knows no refresh"),
        (
            "activity",
            "steps: [launch, fetch, run_task]",
            "steps: watchkit knows no fetch\ns.yaml:4:8: steps: watchkit knows no run_task",
        ),
        (
            "activity",
            "steps: [launch]\nscenes: true",
            "scenes: are UIKit's: leave the key out, or name entries of UIKit",
        ),
        (
            "fetch",
            "steps: [launch, fetch]\nwork: [at_once, done]",
            "work: at_once is no choice: work that ends at once has ended before there is one",
        ),
        (
            "fetch, refresh",
            "steps: [launch, fetch]",
            "cases.entries: are of uikit and watchkit; name those of one framework",
        ),
    ):
        text = f"summary: S\ncases: {{entries: [{entries}], trackers: [global]}}\nbound: 1\n{rest}\n"
        with pytest.raises(SpecError) as refused:
            parse(text.encode(), "s.yaml")
        assert str(refused.value).partition(": ")[2] == problem
