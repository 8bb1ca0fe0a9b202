"""The invariants: right code keeps them in every order of events, and each kind of wrong code breaks the one named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from fixtures import wrong_delegates as wrong
from fixtures.right_delegates import FetchDedicated, FetchGlobal, TaskDedicated, TaskGlobal, expected

from atgen.proof.invariants import INVARIANTS, Expectation, violations
from atgen.proof.scenario import Entry, Scope, load_all
from atgen.proof.search import Search, python
from atgen.spec import parse

if TYPE_CHECKING:
    from atgen.reference import Event

SCENARIOS = {scenario.name: scenario for scenario in load_all()}
# Wrong code, a scenario that shows it, the invariants that it breaks there in one order or other.
WRONG = [
    (wrong.Misnamed, "task", {"called", "task", "sent"}),
    (wrong.NeverSwitchedOn, "launch", {"called"}),
    (wrong.NeverCompleted, "fetch", {"once"}),
    (wrong.CompletedTwice, "fetch", {"once", "prompt"}),
    (wrong.CompletedLate, "fetch", {"once", "prompt"}),
    (wrong.SentOffMain, "task", {"main"}),
    (wrong.HeldMode, "task_hits", {"tag", "normal"}),
    (wrong.ModeNotReset, "fetch_hits", {"tag", "normal"}),
    (wrong.ModeSetLate, "fetch", {"tag"}),
    (wrong.OtherTracker, "fetch", {"tag"}),
    (wrong.Unconfigured, "fetch", {"sent"}),
    (wrong.SentTwice, "fetch", {"sent"}),
    (wrong.EndedAtOnce, "task", {"delivered"}),
    (wrong.CompletedAtOnce, "fetch", {"delivered"}),
    (wrong.SingleDelivery, "fetch_twice", {"delivered", "prompt"}),
    (wrong.NotEndedAtExpiry, "task", {"task"}),
    (wrong.EndedTwice, "task", {"task"}),
    (wrong.SharedTask, "task_twice", {"task", "delivered"}),
    (wrong.NoTask, "task", {"task"}),
    (wrong.SentBeforeWork, "task", {"work"}),
    (wrong.Deaf, "fetch", {"prompt"}),
]


def broken(delegate: type, name: str) -> set[str]:
    """Search a scenario for all invariants that the delegate breaks."""
    scenario = SCENARIOS[name]
    runs = Search(python(delegate, scenario.outside), scenario.bound, scenario.deviations)
    return {violation.invariant.name for run in runs for violation in violations(run.events, expected(delegate))}


@pytest.mark.parametrize("delegate", [FetchDedicated, FetchGlobal, TaskDedicated, TaskGlobal])
def test_right_code_keeps_all_invariants_in_every_order(delegate: type) -> None:
    """No scenario that applies to a case has a schedule with a violation."""
    promise = expected(delegate)
    played = [name for name, each in SCENARIOS.items() if each.applies(Entry(promise.entry), Scope(promise.scope))]
    assert len(played) >= 8
    assert {name: broken(delegate, name) for name in played} == {name: set() for name in played}


@pytest.mark.parametrize(("delegate", "scenario", "names"), WRONG)
def test_wrong_code_breaks_the_invariant_that_it_must(delegate: type, scenario: str, names: set[str]) -> None:
    """And no other than those named."""
    assert names == broken(delegate, scenario)


def test_each_invariant_is_broken_by_some_wrong_code() -> None:
    """None holds by its nature; `alive` has a test of its own."""
    assert {invariant.name for invariant in INVARIANTS} == {"alive"}.union(*(names for _, _, names in WRONG))


def test_each_invariant_says_what_it_is_for() -> None:
    """Its statement is one sentence; the mistakes that running can show are all somebody's."""
    assert [invariant.statement.count(".") for invariant in INVARIANTS] == [1] * len(INVARIANTS)
    mistakes = {mistake for invariant in INVARIANTS for mistake in invariant.mistakes}
    assert {"P02", "P03", "P04", "P10", "P11", "P12", "P13", "P14", "P16"} == mistakes


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"event": "crash", "signal": "SIGILL"}, "the app crashes: SIGILL"),
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


@pytest.mark.parametrize(
    ("tracker", "finish", "promise"),
    [
        (
            "{dedicated: t, configuration: {site: 1, log: l}}",
            "",
            Expectation("task", "task", "t", "dedicated", "sent", 20),
        ),
        ("global", "", Expectation("task", "task", "defaultTracker", "global", "after", 5)),
        ("global", "when: dispatched", Expectation("task", "task", "defaultTracker", "global", "dispatched", 0)),
    ],
)
def test_a_cases_promise_is_derived_from_it(tracker: str, finish: str, promise: Expectation) -> None:
    """Mode, tracker and finish of the spec are what the trace is held to."""
    text = f"title: T\nmode: task\ntracker: {tracker}\nhit: {{gesture: g, action: touch}}\n"
    text += f"finish: {{{finish}}}\n" if finish else ""
    assert promise == Expectation.of(parse(text.encode(), "c.yaml"))
