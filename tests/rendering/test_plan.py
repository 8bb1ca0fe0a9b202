"""Plans: which steps, in which order, on which thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from atgen.case import spec
from atgen.case.model import EntryKind, Form, Platform
from atgen.rendering.plan import _PLANS, REASONS, WARNINGS, own, plan
from conftest import DEDICATED, written

if TYPE_CHECKING:
    from atgen.case.model import Case
    from atgen.rendering.plan import Step

GLOBAL = "tracker: global"
TAGGED = ["take_tracker", "enter_mode", "send_hit", "leave_mode"]


def outline(mode: str, tracker: str, finish: str = "") -> dict[str, list[object]]:
    """A case's plan as names in nested lists."""
    planned = plan(spec.parse(written(mode, tracker, finish), "x.yaml"))
    return {entry.name: [named(step) for step in entry.steps] for entry in planned.entries}


def named(step: Step) -> object:
    """A step as its name; a scope as its name and what it holds."""
    return [step.name, *map(named, step.steps)] if step.steps else step.name


def test_a_fetch_with_a_dedicated_tracker_completes_when_its_hit_is_over() -> None:
    """The hit is sent when the work has a result, and the delegate waits for it before it is sent."""
    assert outline("fetch", DEDICATED) == {
        "launch": ["make_tracker", "enter_mode", "watch_hits", "enable_fetch"],
        "fetch": [
            "begin_fetch",
            ["do_fetch_work", ["work_has_result", ["expect_hit", "end_call"], "send_hit"]],
        ],
        "fetch_work": ["no_data"],
    }


def test_a_fetch_with_the_global_tracker_tags_in_one_go_and_gives_time() -> None:
    """Set, send and reset follow each other; control goes back after a grace period."""
    assert outline("fetch", GLOBAL) == {
        "launch": ["enable_fetch"],
        "fetch": ["begin_fetch", ["do_fetch_work", ["work_has_result", *TAGGED, ["after", "end_call"]]]],
        "fetch_work": ["no_data"],
    }


def test_a_task_with_a_dedicated_tracker_begins_before_its_work() -> None:
    """The hit is sent when the work is done."""
    assert outline("task", DEDICATED) == {
        "launch": ["make_tracker", "enter_mode", "watch_hits"],
        "background": ["begin_task", ["do_task_work", ["work_is_done", ["expect_hit", "end_call"], "send_hit"]]],
        "task_work": ["done"],
    }


def test_a_task_with_the_global_tracker_needs_nothing_at_launch() -> None:
    """There is no launch method, since nothing has to be done in it."""
    assert outline("task", GLOBAL) == {
        "background": ["begin_task", ["do_task_work", ["work_is_done", *TAGGED, ["after", "end_call"]]]],
        "task_work": ["done"],
    }


def test_the_global_tracker_is_listened_to_from_the_launch_on() -> None:
    """Where the case waits for its hit: the tracker's slot is set once, and the hit is tagged in one go."""
    case = spec.parse(written("task", DEDICATED), "x.yaml")._replace(tracker=None)
    assert {entry.name: [named(step) for step in entry.steps] for entry in plan(case).entries} == {
        "launch": ["watch_global_hits"],
        "background": ["begin_task", ["do_task_work", ["work_is_done", ["expect_hit", "end_call"], *TAGGED]]],
        "task_work": ["done"],
    }


@pytest.mark.parametrize(
    ("mode", "extra", "expected"),
    [
        (
            "fetch",
            "",
            {
                "launch": ["own_launch", "enable_fetch"],
                "fetch": ["begin_fetch", ["do_fetch_work", ["work_has_result", *TAGGED, ["after", "end_call"]]]],
                "fetch_work": ["own_fetch"],
            },
        ),
        (
            "task",
            "lifecycle: scene",
            {
                "launch": ["own_launch", "watch_background"],
                "scene_background": [
                    "begin_task",
                    ["do_task_work", ["work_is_done", *TAGGED, ["after", "end_call"]]],
                ],
                "task_work": ["own_task"],
            },
        ),
    ],
)
def test_a_persons_work_takes_the_place_of_the_work(mode: str, extra: str, expected: dict[str, list[object]]) -> None:
    """In a scaffold the plan is the same, but for the steps that call a person's files."""
    planned = plan(spec.parse(written(mode, GLOBAL, extra), "x.yaml"), own_work=True)
    assert {entry.name: [named(step) for step in entry.steps] for entry in planned.entries} == expected


@pytest.mark.parametrize("tracker", [DEDICATED, GLOBAL])
def test_dispatched_gives_control_back_at_once_and_warns(tracker: str) -> None:
    """Nothing waits, no delegate is set, and the author is told."""
    case = spec.parse(written("task", tracker, "finish: {when: dispatched}"), "x.yaml")
    planned = plan(case)
    assert planned.warnings == ("dispatched", "app")
    assert {"expect_hit", "after", "watch_hits"} & {step.name for step in planned.walk()} == set()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("gesture: a&b", ("ampersand",)),
        ("gesture: a, chapters: [b, c&]", ("ampersand",)),
        ("gesture: '[1,2]'", ("json",)),
        ('gesture: \' {"a": "&"}\'', ("ampersand", "json")),
        ("gesture: '[1,2]', chapters: [a]", ()),
        ("gesture: '1', chapters: '2'", ()),
        ("gesture: '1'", ()),
        ("gesture: '[1'", ()),
        (f"gesture: '{'[' * 1000}'", ()),
    ],
)
def test_what_the_sdk_makes_of_a_name_is_told(names: str, expected: tuple[str, ...]) -> None:
    """That it is cut at an &, and that a list or an object of JSON is written anew, which a name with chapters is not."""
    case = spec.parse(written("task", GLOBAL, "lifecycle: scene", f"{{{names}, action: touch}}"), "x.yaml")
    assert plan(case).warnings == expected


def test_seconds_are_the_specs(every_case: list[Case]) -> None:
    """Only scopes that wait have seconds, and they are those of the spec or the default."""
    for case in every_case:
        waits = {step.name: step.seconds for step in plan(case, case.platforms[0]).walk() if step.seconds is not None}
        expected = {
            "sent": {"expect_hit": 10 if case.platforms[0] is Platform.WATCHOS else 20},
            "after": {"after": 5},
            "dispatched": {},
        }[case.finish.when.value]
        assert waits == expected


def test_every_step_has_a_reason_and_every_reason_a_step(every_case: list[Case]) -> None:
    """The reasons are those of the steps that plans hold, and the warnings those that plans give."""
    plans = [
        plan(case, platform, own_work=own_work)
        for case in every_case
        for platform in case.platforms
        for own_work in (False, platform is not Platform.WATCHOS)
    ]
    plans += [own(plan(case, case.platforms[0])) for case in every_case if case.style.form is Form.EXTENSION]
    assert {step.name for planned in plans for step in planned.walk()} == set(REASONS)
    assert {warning for planned in plans for warning in planned.warnings} == set(WARNINGS)


def test_each_kind_of_entry_is_planned() -> None:
    """A new one without a plan fails here, and not in an app."""
    assert set(_PLANS) == set(EntryKind)
