"""The invariants: right code keeps them in each order that the scenarios allow, and each kind of wrong code breaks the one named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from fixtures import wrong_delegates as wrong
from fixtures.right_delegates import RIGHT, FetchGlobal, Refresh, TaskDedicated, case, expected

from atgen.case.model import EntryKind, Scope
from atgen.case.spec import parse
from atgen.proof.invariants import INVARIANTS, Expectation, violations
from atgen.proof.scenario import load_all
from atgen.proof.search import Search, python

if TYPE_CHECKING:
    from atgen.reference import Event

SCENARIOS = {scenario.name: scenario for scenario in load_all()}
# Wrong code, a scenario that shows it, the invariants that it breaks there in one order or other.
WRONG = [
    (wrong.Misnamed, "task", {"called", "task", "sent", "work"}),
    (wrong.NeverSwitchedOn, "launch", {"called"}),
    (wrong.SeldomFetched, "launch", {"called"}),
    (wrong.SentInTheForeground, "push_foreground", {"sent"}),
    (wrong.NeverPushed, "push", {"called"}),
    (wrong.OtherHit, "fetch", {"specified"}),
    (wrong.OtherSite, "fetch", {"specified"}),
    (wrong.Unpermitted, "run", {"permitted"}),
    (wrong.AskedForTomorrow, "run", {"rescheduled"}),
    (wrong.NeverCompleted, "fetch", {"once"}),
    (wrong.CompletedTwice, "fetch", {"once", "result", "prompt"}),
    (wrong.CompletedLate, "fetch", {"once", "prompt"}),
    (wrong.SentOffMain, "task", {"main", "sent"}),
    (wrong.HeldMode, "task_hits", {"tag", "normal"}),
    (wrong.ModeNotReset, "fetch_hits", {"tag", "normal"}),
    (wrong.ModeSetLate, "fetch", {"tag"}),
    (wrong.OtherTracker, "fetch", {"tag"}),
    (wrong.Unconfigured, "fetch", {"sent", "specified"}),
    (wrong.SentTwice, "fetch", {"sent"}),
    (wrong.PatientForEver, "fetch_work", {"once"}),
    (wrong.ResultForgotten, "fetch_twice", {"result"}),
    (wrong.DoneTwice, "fetch_work", {"sent"}),
    (wrong.EndedAtOnce, "task", {"delivered"}),
    (wrong.CompletedAtOnce, "fetch", {"delivered"}),
    (wrong.SingleDelivery, "fetch_twice", {"delivered", "prompt", "registered"}),
    (wrong.NotEndedAtExpiry, "task", {"task"}),
    (wrong.EndedTwice, "task", {"task", "sent"}),
    (wrong.SharedTask, "task_twice", {"task", "delivered", "sent"}),
    (wrong.NoTask, "task", {"task"}),
    (wrong.TaskBegunLate, "task", {"task", "work"}),
    (wrong.SentBeforeWork, "task", {"work"}),
    (wrong.Deaf, "fetch", {"prompt", "registered"}),
    (wrong.DeafToGlobal, "fetch", {"prompt", "registered"}),
    (wrong.Mistold, "fetch", {"passed_on"}),
    (wrong.KnownByTag, "fetch_exempt", {"prompt", "registered"}),
    (wrong.Raising, "fetch", {"alive", "once", "sent", "work"}),
    (TaskDedicated, "scene_task", {"called", "task", "sent", "work"}),
    (wrong.Unobservant, "scene_task", {"called", "task", "sent", "work"}),
    (wrong.RegisteredLate, "launch", {"registered"}),
    (wrong.RegisteredTwice, "launch", {"registered"}),
    (wrong.NeverRegistered, "run", {"registered"}),
    (wrong.NeverAsked, "launch", {"rescheduled"}),
    (wrong.NeverAsked, "run", {"rescheduled", "registered"}),
    (wrong.AskedOnce, "run", {"rescheduled"}),
    (wrong.AskedOnce, "run_twice", {"rescheduled", "registered"}),
    (wrong.AskedWithoutNetwork, "run", {"rescheduled"}),
    (wrong.AskedLate, "run", {"rescheduled"}),
    (wrong.NotCompletedAtExpiry, "run", {"once"}),
    (wrong.NeverTold, "run", set()),
    (wrong.NeverTold, "run_work", {"stopped"}),
    (wrong.CompletedAgain, "run", {"once", "result", "sent"}),
    (wrong.OwnHandlerKept, "run", {"once", "result", "delivered", "sent"}),
    (wrong.WorkOnMain, "run", {"work"}),
    (wrong.SnapshotForgotten, "refresh_snapshot", {"once"}),
    (wrong.SnapshotMistaken, "refresh_snapshot", {"result"}),
    (wrong.DataCutShort, "refresh_data", {"work"}),
    (wrong.RefreshedAtOnce, "refresh", {"delivered"}),
    (wrong.RefreshedOnce, "refresh", {"rescheduled"}),
    (wrong.Held, "activity_twice_expiring", set()),
    (wrong.DeafToExpiry, "activity", {"task", "sent"}),
    (wrong.NeverReturning, "activity_hits", {"task"}),
    (wrong.NeverReturning, "activity", {"sent"}),
    (wrong.ReturnsAtOnce, "activity", {"delivered", "sent"}),
    (wrong.SharedSemaphore, "activity_twice_expiring", {"delivered", "sent"}),
    (wrong.WaitsOnMain, "activity", {"alive", "task", "sent", "work"}),
    (wrong.CallsKept, "task_twice", {"kept"}),
    (wrong.Declining, "fetch", {"alive"}),
    (wrong.FirstTaskOnly, "refresh_snapshot", {"once", "rescheduled", "sent", "work"}),
    (wrong.Charged, "run", {"rescheduled"}),
    (wrong.HeardBeside, "fetch_eager", {"registered", "state"}),
    (wrong.ExpectedLate, "fetch", set()),
    (wrong.ExpectedLate, "fetch_eager", {"prompt"}),
]


def broken(delegate: type, name: str) -> set[str]:
    """Search a scenario for all invariants that the delegate breaks."""
    scenario = SCENARIOS[name]
    runs = Search(python(delegate, scenario.outside), scenario.bound, scenario.deviations)
    return {violation.invariant.name for run in runs for violation in violations(run.events, expected(delegate))}


@pytest.mark.parametrize(("delegate", "scenario", "names"), WRONG)
def test_wrong_code_breaks_the_invariant_that_it_must(delegate: type, scenario: str, names: set[str]) -> None:
    """And no other than those named."""
    assert names == broken(delegate, scenario)


@pytest.mark.parametrize(
    ("delegate", "info_plist", "message"),
    [
        (FetchGlobal, {}, "UIBackgroundModes has no fetch, and the system never calls"),
        (
            FetchGlobal,
            {"UIBackgroundModes": ["fetch"], "BGTaskSchedulerPermittedIdentifiers": ["x"]},
            "Info.plist has BGTaskSchedulerPermittedIdentifiers, which switches background fetch off",
        ),
        (
            Refresh,
            {"UIBackgroundModes": [], "BGTaskSchedulerPermittedIdentifiers": [Refresh.identifier]},
            "UIBackgroundModes has no fetch, and the system never calls",
        ),
        (
            FetchGlobal,
            {"UIBackgroundModes": ["fetch", "processing"]},
            "UIBackgroundModes has processing, which nothing here is for, and whoever reviews the app asks",
        ),
    ],
)
def test_an_info_plist_that_permits_too_little_or_too_much_is_found(
    delegate: type, info_plist: dict[str, list[str]], message: str
) -> None:
    """Whatever the code does, the system does not call."""
    trace = python(delegate, SCENARIOS["launch"].outside)([])
    found = violations(trace, replace(expected(delegate), info_plist=info_plist))
    assert [(each.invariant.name, each.message) for each in found] == [("permitted", message)]


def test_a_hit_leaves_encrypted() -> None:
    """Whatever the words of an SDK say that a tracker is to have: App Transport Security blocks all else."""
    trace = python(FetchGlobal, SCENARIOS["fetch"].outside)([])
    clear = [{**event, "url": event["url"].replace("https:", "http:")} if "url" in event else event for event in trace]
    found = violations(clear, expected(FetchGlobal))
    assert [(each.invariant.name, each.message) for each in found] == [
        ("specified", "hit 1 leaves in clear text, which App Transport Security blocks")
    ]


def test_the_older_sdk_builds_every_hit() -> None:
    """Code that takes an error for a build waits for the wrong hit there; what stands for a build is the SDK's word."""
    delegate = wrong.ErrorTakenForBuild
    scenario = SCENARIOS["fetch_refused"].played_with(case(delegate)._replace(sdk="objc2"))
    runs = Search(python(delegate, scenario.outside), scenario.bound)
    found = {violation.invariant.name for run in runs for violation in violations(run.events, expected(delegate))}
    # Its delegate takes the place of the one that was set, and its tracker is not told to be secure.
    assert found == {"delivered", "registered", "specified"}


def test_each_invariant_is_broken_by_some_wrong_code() -> None:
    """None holds by its nature."""
    assert {invariant.name for invariant in INVARIANTS} == set().union(*(names for _, _, names in WRONG))


def test_each_kind_of_case_has_right_code_and_wrong_code() -> None:
    """Whatever calls the app."""
    assert {expected(delegate).entry for delegate in RIGHT} == set(EntryKind)
    assert {expected(delegate).entry for delegate, _, _ in WRONG} == set(EntryKind)


def test_each_invariant_says_what_it_is_for() -> None:
    """Its statement is one sentence; the mistakes that running can show are all somebody's."""
    assert [invariant.statement.count(".") for invariant in INVARIANTS] == [1] * len(INVARIANTS)
    mistakes = {mistake for invariant in INVARIANTS for mistake in invariant.mistakes}
    assert {"P02", "P03", "P04", "P10", "P11", "P12", "P13", "P14", "P15", "P16"} == mistakes


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"event": "crash", "signal": "SIGILL"}, "the app crashes: SIGILL"),
        (
            {"event": "crash", "signal": "KeyError", "place": "app.py:7", "reason": "'x'\nand more"},
            "the app crashes: KeyError: 'x'",
        ),
        ({"event": "endless"}, "the app never comes to rest"),
    ],
)
def test_code_that_does_not_come_to_rest_is_told_first(event: Event, message: str) -> None:
    """A trace may end with a crash, and then without a last line."""
    at = {"t": 0, "on": "main", "from": 2}
    trace = [
        {"t": 0, "on": "main", "from": 1, "event": "interval", "seconds": 0},
        at | {"event": "fetch", "call": 1},
        at | event,
    ]
    first = violations(trace, expected(FetchGlobal))[0]
    assert (2, "alive", message) == (first.index, first.invariant.name, first.message)


def test_control_that_goes_back_at_once_is_right_where_the_case_says_so() -> None:
    """With `dispatched` nobody waits for the hit, and nobody may wait for anything else."""
    promise = replace(expected(FetchGlobal), when="dispatched", within=0)
    play = [python(delegate, SCENARIOS["fetch"].outside) for delegate in (wrong.CompletedAtOnce, FetchGlobal)]
    assert [[each.invariant.name for each in violations(run([]), promise)] for run in play] == [[], ["prompt"]]


DEDICATED = "{dedicated: t, configuration: {site: 1, log: l}}"


@pytest.mark.parametrize(
    ("mode", "tracker", "axes", "promise"),
    [
        ("task", DEDICATED, "", (EntryKind.BACKGROUND, "task", "t", Scope.DEDICATED, "sent", 20)),
        ("task", "global", "", (EntryKind.BACKGROUND, "task", "defaultTracker", Scope.GLOBAL, "after", 5)),
        (
            "task",
            "global",
            "finish: {when: dispatched}",
            (EntryKind.BACKGROUND, "task", "defaultTracker", Scope.GLOBAL, "dispatched", 0),
        ),
        ("task", DEDICATED, "lifecycle: scene", (EntryKind.SCENE, "task", "t", Scope.DEDICATED, "sent", 20)),
        (
            "fetch",
            DEDICATED,
            "lifecycle: scene",
            (EntryKind.FETCH, "fetch", "t", Scope.DEDICATED, "sent", 20),
        ),
        (
            "fetch",
            DEDICATED,
            "scheduler: app_refresh",
            (EntryKind.APP_REFRESH, "fetch", "t", Scope.DEDICATED, "sent", 20),
        ),
        (
            "fetch",
            DEDICATED,
            "scheduler: own_refresh",
            (EntryKind.OWN_REFRESH, "fetch", "t", Scope.DEDICATED, "sent", 20),
        ),
        (
            "task",
            DEDICATED,
            "lifecycle: scene\nscheduler: processing",
            (EntryKind.PROCESSING, "task", "t", Scope.DEDICATED, "sent", 20),
        ),
        (
            "fetch",
            DEDICATED,
            "platforms: [watchos]",
            (EntryKind.REFRESH, "fetch", "t", Scope.DEDICATED, "sent", 10),
        ),
        (
            "task",
            DEDICATED,
            "platforms: [watchos]",
            (EntryKind.ACTIVITY, "task", "t", Scope.DEDICATED, "sent", 10),
        ),
    ],
)
def test_a_cases_promise_is_derived_from_it(mode: str, tracker: str, axes: str, promise: tuple[object, ...]) -> None:
    """Mode, tracker, finish and the axes of the spec are what the trace is held to."""
    text = f"title: T\nmode: {mode}\ntracker: {tracker}\nhit: {{gesture: g, action: touch}}\n{axes}\n"
    made = parse(text.encode(), "c.yaml")
    of = Expectation.of(made, made.platforms[0])
    assert promise == (of.entry, of.mode, of.tracker, of.scope, of.when, of.within)
    assert of.hit == ("g", (), "touch", "{}")
    assert of.configuration == ({} if tracker == "global" else {"site": "1", "log": "l"})
