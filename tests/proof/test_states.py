"""Going on from each state once shows what all orders show: every rule that is broken, and every story of every root."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from fixtures.right_delegates import FetchDedicated, FetchGlobal, TaskDedicated, TaskScene, WatchTask, expected
from test_invariants import WRONG
from test_mutations import mutants
from test_search import SCENARIOS, plain

import atgen.reference as at
from atgen.proof.invariants import Expectation, violations
from atgen.proof.search import Search, python
from atgen.proof.verify import delegate, scenarios
from atgen.rendering import languages, pipeline, templating

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from atgen.case.model import Case
    from atgen.proof.scenario import Scenario
    from atgen.proof.search import Run

# The plain search is given up there: what it has found by then must have been found, too.
MOST = 1_500
TWO_HITS = at.Outside((at.Step("launch"), at.Step("hit", "first"), at.Step("hit", "second")))
# Wrong code whose states are many more than that.
WIDE = {"activity_twice_expiring"}


def shown(runs: Iterable[Run], promise: Expectation) -> tuple[set[str], set[tuple[object, ...]]]:
    """The names of the rules that are broken, and each root's stories: what happened to it, in order, whoever came between.

    When all is given back a story is over, and what comes then is told with what there was before.
    """
    broken: set[str] = set()
    stories: set[tuple[object, ...]] = set()
    for run in runs:
        broken |= {violation.invariant.name for violation in violations(run.events, promise)}
        by_root: dict[int, list[at.Event]] = {}
        owners: dict[tuple[str, int], int] = {}
        for event in run.events:
            # These hold the numbers of blocks, are no rule's business, or say when something is given up that never comes.
            if event["event"] not in {"choice", "block", "told", "build", "over", "hang", "user_agent", "never"}:
                root = event["from"]
                named = ((name, event[name]) for name in ("call", "task", "hit", "work") if name in event)
                for each in {root, *(owners.setdefault(one, root) for one in named)}:
                    by_root.setdefault(each, []).append(event)
        for root, story in by_root.items():
            names = [event["event"] for event in story]
            end = given_back(names)
            stories.add((root, tuple(map(at.line, story[:end]))))
            stories |= {(root, frozenset(names[:after]), at.line(story[after])) for after in range(end, len(story))}
    return broken, stories


def given_back(names: list[str]) -> int:
    """After how many events a root has given back all that the system gave it; where it never has, all."""
    waiting, lasts = 0, {"run", "slot"} & {*names}
    for number, name in enumerate(names, 1):
        waiting += (name in {"fetch", "push", "begin"}) - (name in {"complete", "end"})
        if not lasts and waiting == 0 and name in {"complete", "end"}:
            return number
    return len(names)


def compare(made: Callable[[at.Device], object], scenario: Scenario, promise: Expectation) -> bool:
    """Search with states and without, as far as that is feasible; give whether it was to the end."""
    merged = Search(python(made, scenario.outside), scenario.bound)
    broken, stories = shown(merged, promise)
    assert not merged.cut
    every = Search(plain(made, scenario.outside), MOST)
    all_broken, all_stories = shown(every, promise)
    assert (all_broken - broken, all_stories - stories) == (set(), set())
    if not every.is_spent:
        assert merged.count <= every.count
        assert (broken, stories) == (all_broken, all_stories)
    return not every.is_spent


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("made", "name"),
    [
        (FetchDedicated, "fetch_twice"),
        (FetchDedicated, "fetch_stored"),
        (FetchGlobal, "fetch_hits"),
        (FetchGlobal, "fetch_given_up"),
        (FetchGlobal, "fetch_work"),
        (TaskDedicated, "task_hits"),
        (TaskScene, "scene_returns"),
        (WatchTask, "activity_hits"),
    ],
)
def test_right_code_shows_the_same(made: type, name: str) -> None:
    """With few orders, and with many."""
    assert compare(made, SCENARIOS[name], expected(made)) or name == "activity_hits"


@pytest.mark.sample(4)
@pytest.mark.parametrize(("made", "name"), [(made, name) for made, name, _ in WRONG if name not in WIDE])
def test_wrong_code_shows_the_same(made: type, name: str) -> None:
    """No mistake is only in an order that is left out."""
    compare(made, SCENARIOS[name], expected(made))


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", ["bg_fetch", "bg_task_global", "processing"])
def test_mutants_show_the_same(name: str, shipped: list[Case]) -> None:
    """Each step of a plan is dropped, or swapped with the next, and played in the scenarios that have few orders."""
    [case] = [case for case in shipped if case.name == name]
    platform = case.platforms[0]
    language = languages.get("python")
    plan, seen = pipeline.see(case, platform, language)
    small = [each for each in scenarios(case, platform) if len(each.outside.steps) <= 2]
    compared = 0
    for _, mutant in mutants(plan):
        files = {path: file.text for path, file in templating.render(mutant, seen, language).items()}
        try:
            made = delegate(files, case.style.class_name)
        except SyntaxError:
            continue
        compared += sum(compare(made, each, Expectation.of(case, platform)) for each in small)
    assert compared >= 9


class Tricks:
    """Keeps what happened where a state might not find it."""

    def __init__(self, device: at.Device) -> None:
        self.device = device

    def did_finish_launching(self) -> None:
        """Have two blocks that write down their order."""
        order: list[int] = []
        self.keep(order)
        self.device.background.run(lambda: order.append(1))
        self.device.background.run(lambda: order.append(2))

    def keep(self, order: list[int]) -> None:
        """Overridden by each way."""


class InAMethod(Tricks):
    """In what a method of a list is bound to."""

    def keep(self, order: list[int]) -> None:
        """Keep the method."""
        self.append = order.append


class InADefault(Tricks):
    """In a function's default."""

    def keep(self, order: list[int]) -> None:
        """Keep the function."""
        self.tell = lambda order=order: order


class InAPartial(Tricks):
    """In an object that hides what it holds."""

    def keep(self, order: list[int]) -> None:
        """Keep the object."""
        self.tell = partial(len, order)


@pytest.mark.parametrize("made", [InAMethod, InADefault])
def test_a_state_is_all_that_can_be_reached(made: type) -> None:
    """Two orders that leave something else behind, anywhere, are two states."""
    few, many = (sum(1 for _ in Search(python(each, TWO_HITS), 1_000)) for each in (Tricks, made))
    assert few < many


def test_a_state_that_cannot_be_read_is_no_state() -> None:
    """The search ends in a crash that says so, and takes nothing for the same."""
    [run] = Search(python(InAPartial, TWO_HITS), 1_000)
    assert run.events[-1]["reason"] == "what a partial holds cannot be read for the state of a run"


class Completes:
    """Whichever block comes first completes the fetch."""

    def __init__(self, device: at.Device) -> None:
        self.device = device

    def perform_fetch(self, completion_handler: at.CompletionHandler) -> None:
        """Have two blocks for one completion handler."""
        held = [completion_handler]
        self.device.background.run(lambda: self.complete(held))
        self.device.background.run(lambda: self.or_else(held))

    def complete(self, held: list[at.CompletionHandler]) -> None:
        """Call it."""
        if held:
            held.pop()(at.FetchResult.NEW_DATA)

    def or_else(self, held: list[at.CompletionHandler]) -> None:
        """Do the same."""
        self.complete(held)


class Forgets(Completes):
    """The second block, when it comes first, forgets it."""

    def or_else(self, held: list[at.CompletionHandler]) -> None:
        """Leave nothing behind."""
        held.clear()


def test_what_is_under_way_is_state() -> None:
    """A call that is completed and one that never will be leave the same behind, and another number under way."""
    outside = at.Outside((at.Step("launch"), at.Step("fetch"), *TWO_HITS.steps[1:]))
    few, many = (sum(1 for _ in Search(python(made, outside), 1_000)) for made in (Completes, Forgets))
    assert few < many
