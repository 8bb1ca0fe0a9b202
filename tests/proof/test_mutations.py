"""Every step of a plan is there for something: dropped, or swapped with the next, some invariant or compiler objects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from atgen.case.model import Platform
from atgen.proof import native
from atgen.proof.invariants import Expectation, violations
from atgen.proof.search import Search, python
from atgen.proof.verify import delegate, scenarios
from atgen.rendering import languages, pipeline, templating
from conftest import compiler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from atgen.case.model import Case
    from atgen.rendering.plan import Plan, Step

    Change = Callable[[tuple[Step, ...], int], tuple[Step, ...]]

# Swaps that change nothing that anybody could see, and why.
SAME = {
    ("expect_hit", "send_hit"): "what the delegate hears comes on the main queue, when this block is over",
    ("leave_mode", "after"): "what is to be done later is done later",
    ("enter_mode", "watch_hits"): "the launch sends nothing in between",
    ("watch_hits", "enable_fetch"): "the launch sends nothing in between",
    ("watch_hits", "register_handler"): "the launch sends nothing in between",
    ("watch_hits", "watch_background"): "the launch sends nothing in between",
    ("watch_hits", "schedule_next"): "the launch sends nothing in between",
    ("register_handler", "schedule_next"): "the system runs nothing before the launch is over",
    ("register_handler", "schedule_first"): "the system runs nothing before the launch is over",
    ("schedule_next", "begin_scheduled"): "no time is up within a block",
    ("schedule_next", "begin_refresh"): "no time is up within a block",
}
# One of each way in which the system calls the app, with either tracker.
CASES = (
    *("bg_fetch", "bg_fetch_global", "bg_task", "bg_task_global"),
    *("app_refresh", "app_refresh_global", "processing", "processing_global"),
    *("own_refresh", "own_refresh_global"),
    *("scene_fetch", "scene_task", "scene_task_global"),
    *("watch_activity", "watch_activity_global", "watch_refresh", "watch_refresh_global"),
)


def dropped(steps: tuple[Step, ...], index: int) -> tuple[Step, ...]:
    """Without the step; what a scope held takes its place."""
    return (*steps[:index], *steps[index].steps, *steps[index + 1 :])


def swapped(steps: tuple[Step, ...], index: int) -> tuple[Step, ...]:
    """With the step and the next one exchanged."""
    return (*steps[:index], steps[index + 1], steps[index], *steps[index + 2 :])


def mutants(plan: Plan) -> Iterator[tuple[str, Plan]]:
    """Each plan that differs in one step, and what was done to it."""
    for number, entry in enumerate(plan.entries):
        for what, steps in changes(entry.steps):
            entries = list(plan.entries)
            entries[number] = entry._replace(steps=steps)
            yield f"{entry.name}: {what}", plan._replace(entries=tuple(entries))


def changes(steps: tuple[Step, ...]) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """The same for a list of steps and all that its scopes hold."""
    for index, step in enumerate(steps):
        yield f"drop {step.name}", dropped(steps, index)
        if index + 1 < len(steps) and (step.name, steps[index + 1].name) not in SAME:
            yield f"swap {step.name} and {steps[index + 1].name}", swapped(steps, index)
        for what, inner in changes(step.steps):
            yield what, (*steps[:index], step._replace(steps=inner), *steps[index + 1 :])


def objection(case: Case, platform: Platform, plan: Plan) -> str | None:
    """Who objects to the plan: Python itself, or the name of an invariant."""
    language = languages.get("python")
    _, seen = pipeline.see(case, platform, language)
    files = {path: file.text for path, file in templating.render(plan, seen, language).items()}
    expected = Expectation.of(case, platform)
    try:
        made = delegate(files, case.style.class_name)
        for scenario in scenarios(case, platform):
            for run in Search(python(made, scenario.outside), scenario.bound, scenario.deviations):
                if found := violations(run.events, expected):
                    return found[0].invariant.name
    except (NameError, AttributeError, SyntaxError, TypeError) as error:
        return type(error).__name__
    return compiled_objection(case, platform, plan, expected)


def compiled_objection(case: Case, platform: Platform, plan: Plan, expected: Expectation) -> str | None:
    """Who objects where Python does not: a compiler, or an invariant in Objective-C's first schedules."""
    for name in ("swift", "objc"):
        found = compiler(name)
        language = languages.get(name)
        _, seen = pipeline.see(case, platform, language)
        files = {path: file.text for path, file in templating.render(plan, seen, language).items()}
        if not found.check(files, found.modes[0]).accepted:
            return name
        host = native.Host(found.host(files))
        for scenario in scenarios(case, platform):
            events = [json.loads(line) for line in host.trace(scenario.as_json())]
            if broken := violations(events, expected):
                return f"{name}: {broken[0].invariant.name}"
    return None


SWEPT = [*((name, "") for name in CASES), ("app_refresh", "27.0"), ("processing_global", "27.0")]


def swept(name: str, minimum: str, shipped: list[Case]) -> Case:
    """The shipped case, from a system on if that is given."""
    [case] = [case for case in shipped if case.name == name]
    return case._replace(minimum=((Platform.IOS, minimum),)) if minimum else case


@pytest.mark.sample(4)
@pytest.mark.parametrize(("name", "minimum"), SWEPT)
def test_no_step_is_idle(name: str, minimum: str, shipped: list[Case]) -> None:
    """Each mutant of a shipped case's plan is objected to, also where the app begins with a newer system."""
    case = swept(name, minimum, shipped)
    platform = case.platforms[0]
    plan, _ = pipeline.see(case, platform, languages.get("python"))
    found = {what: objection(case, platform, mutant) for what, mutant in mutants(plan)}
    assert [what for what, objects in found.items() if objects is None] == []
    assert len(found) >= 9


def test_each_harmless_swap_is_of_neighbours_in_a_plan(shipped: list[Case]) -> None:
    """No exception outlives the plans that it is about."""

    def neighbours(steps: tuple[Step, ...]) -> Iterator[tuple[str, str]]:
        yield from zip((step.name for step in steps), (step.name for step in steps[1:]), strict=False)
        for step in steps:
            yield from neighbours(step.steps)

    language = languages.get("python")
    cases = [swept(name, minimum, shipped) for name, minimum in SWEPT]
    plans = [pipeline.see(case, case.platforms[0], language)[0] for case in cases]
    found = {pair for each in plans for entry in each.entries for pair in neighbours(entry.steps)}
    assert SAME.keys() - found == set()
