"""Control goes back in time whatever happens in the life of a real app: the same figures in each language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from atgen.case.model import EntryKind, Scope
from atgen.proof import verify
from atgen.proof.invariants import Expectation, violations
from atgen.proof.scenario import Scenario
from atgen.reference import Outside, Step
from atgen.rendering import languages
from conftest import compiler

if TYPE_CHECKING:
    from atgen.case.model import Case

FETCH = ("launch", "fetch")


class Life(NamedTuple):
    """What the outside does, the schedule, and when control goes back with which result; `hits` counts our own."""

    steps: tuple[Any, ...]
    backs: list[tuple[float, str]]
    hits: int = 1
    schedule: tuple[str, ...] = ()
    outside: dict[str, Any] = {}  # noqa: RUF012 (never changed)


LIVES = {
    "work that takes no time": Life(FETCH, [(0, "newData")]),
    "work that ends off the main thread": Life(FETCH, [(0, "newData")], outside={"work": ("done",)}),
    "work that ends on the main thread": Life(FETCH, [(0, "newData")], outside={"work": ("done_on_main",)}),
    "work that ends twice": Life(FETCH, [(0, "newData")], outside={"work": ("done_twice",)}),
    "work that takes too long": Life(FETCH, [(25, "failed")], 0, ("timer#1",), {"work": ("done",)}),
    "work that never ends": Life(FETCH, [(25, "failed")], 0, outside={"work": ("never",)}),
    "a hit that nobody answers": Life(FETCH, [(20, "newData")], outside={"network": ("hang",)}),
    "a web view that never tells the user agent": Life(FETCH, [(20, "newData")], outside={"network": ("user_agent",)}),
    "a hit that cannot be stored": Life(FETCH, [(0, "newData")], outside={"network": ("unsaved",)}),
    "a visitor who has opted out": Life(FETCH, [(0, "newData")], outside={"network": ("opted_out",)}),
    "a hit in two parts": Life(FETCH, [(0, "newData")], outside={"parts": 2}),
    "two fetches": Life((*FETCH, "fetch"), [(0, "newData"), (0, "noData")], 2, ("step#3",)),
    "other code with the dedicated tracker": Life(
        ("launch", ("dedicated_hit", "other"), "fetch"), [(0, "newData")], schedule=("step#2", "step#3")
    ),
    "other code that takes the delegate's slot": Life(("launch", ("delegate", "taken"), "fetch"), [(20, "newData")]),
    **{
        f"the privacy mode {mode}": Life(FETCH, [(0, "newData")], outside={"privacy": mode})
        for mode in ("optIn", "optOut", "noConsent", "exempt", "custom")
    },
}


@pytest.mark.parametrize("language", languages.names())
@pytest.mark.parametrize("name", LIVES)
def test_control_goes_back(name: str, language: str, shipped: list[Case]) -> None:
    """With the work's result if it is done in time, and no invariant is broken: the tag is there where the mode lets it."""
    if language != verify.REFERENCE:
        compiler(language)
    life = LIVES[name]
    [case] = [case for case in shipped if case.name == "bg_fetch"]
    platform = case.platforms[0]
    steps = tuple(Step(*([step] if isinstance(step, str) else step)) for step in life.steps)
    scenario = Scenario("life", name, (EntryKind.FETCH,), (Scope.DEDICATED,), Outside(steps, **life.outside), bound=1)
    events = verify.play(case, platform, language, scenario, life.schedule)
    assert [(event["t"], event["result"]) for event in events if event["event"] == "complete"] == life.backs
    assert sum(event["event"] == "hit" and event["by"] == "app" for event in events) == life.hits
    assert violations(events, Expectation.of(case, platform)) == []
