"""Several cases in one delegate: what holds of each alone holds of it in the presence of the others."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations as pairs
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from test_mutations import objection

from atgen.case import spec
from atgen.case.axes import ENTRIES, SCHEDULERS
from atgen.case.combinations import apart
from atgen.case.model import App, Case, EntryKind, Framework, Lifecycle, Platform, Scope
from atgen.proof import native
from atgen.proof import verify as proof
from atgen.proof.invariants import Expectation, violations
from atgen.proof.search import Search, python
from atgen.proof.verify import delegate, scenarios, usual
from atgen.rendering import languages, pipeline, templating
from conftest import ALL, DEDICATED, compiler, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.rendering.plan import Plan, Step


def case_of(kind: EntryKind, tracker: Scope, lifecycle: Lifecycle) -> Case:
    """A case that is called so; its hit has its name."""
    row = ENTRIES[kind]
    name = f"{kind.value}_{tracker.value}"
    lines = [
        f"platforms: {'watchos' if row.framework is Framework.WATCHKIT else 'ios'}",
        f"lifecycle: {lifecycle.value}",
        f"scheduler: {row.scheduler.value}",
        f"identifier: {name}" * bool(SCHEDULERS[row.scheduler].request),
    ]
    dedicated = DEDICATED.replace("other tracker", f"{name} tracker").replace("always", "never")
    text = written(
        row.mode.value,
        dedicated if tracker is Scope.DEDICATED else "tracker: global",
        "\n".join(lines),
        f"{{gesture: {name}, action: touch}}",
    )
    made = spec.parse(text, f"{name}.yaml")
    assert isinstance(made, Case)
    return made


def together(*cases: Case) -> App:
    """The app of these cases."""
    first = cases[0]
    return App(
        "app", first.titles, first.summaries, cases, first.platforms, first.lifecycle, first.sdk, (), (), first.style
    )


def every_pair() -> Iterator[tuple[EntryKind, EntryKind, Lifecycle]]:
    """Two ways of being called that go into one app, with a life cycle that has both."""
    for one, other in pairs(EntryKind, 2):
        rows = ENTRIES[one], ENTRIES[other]
        if rows[0].framework is not rows[1].framework:
            continue
        for lifecycle in Lifecycle:
            if all(lifecycle in row.lifecycles for row in rows):
                cases = [case_of(kind, Scope.GLOBAL, lifecycle) for kind in (one, other)]
                if not [*apart(*cases, cases[0].platforms[0])]:
                    yield one, other, lifecycle
                    break


PAIRS = {f"{one.value}+{other.value}": (one, other, lifecycle) for one, other, lifecycle in every_pair()}
# So many schedules of each scenario are tried in a usual run, and nightly all.
MOST = None if ALL else 60
SCOPES = [(one, other) for one in Scope for other in Scope]


def app_of(pair: str, scopes: tuple[Scope, Scope]) -> App:
    """The app of a pair, with these trackers."""
    *kinds, lifecycle = PAIRS[pair]
    return together(*(case_of(kind, scope, lifecycle) for kind, scope in zip(kinds, scopes, strict=True)))


@pytest.mark.parametrize("pair", PAIRS)
def test_each_pair_is_played_together(pair: str) -> None:
    """There is a scenario in which the system calls both, in which both of them send their hits, unless it refuses one."""
    app = app_of(pair, (Scope.DEDICATED, Scope.GLOBAL))
    there = [each for each in scenarios(app, app.platforms[0]) if each.beside and not each.outside.refuses]
    assert there
    code = rendered(app)
    for each in there:
        events = python(code, each.outside)(())
        sent = {event["name"] for event in events if event["event"] == "hit" and event["by"] == "app"}
        assert sent == {case.hit.name for case in app.cases} or "at_once" not in each.outside.work


def rendered(app: App) -> object:
    """The class of the app in Python."""
    files = pipeline.render(app._replace(platforms=app.platforms[:1]), ["python"])
    return delegate({path: file.text for path, file in files.items()}, app.style.class_name)


@pytest.mark.sample(9)
@pytest.mark.parametrize("scopes", SCOPES, ids=lambda scopes: "+".join(scope.value for scope in scopes))
@pytest.mark.parametrize("pair", PAIRS)
def test_each_keeps_its_promise_beside_the_other(pair: str, scopes: tuple[Scope, Scope]) -> None:
    """In all of the scenarios of both, and of the pair: two trackers or one, and one serial queue."""
    app = app_of(pair, scopes)
    promise = Expectation.of(app, app.platforms[0])
    code = rendered(app)
    for each in scenarios(app, app.platforms[0]):
        search = Search(python(code, each.outside), each.bound, each.deviations)
        runs = islice(search, MOST)
        broken = [
            (each.name, found.invariant.name, found.message)
            for run in runs
            for found in violations(run.events, promise)
        ]
        assert (broken, search.is_spent) == ([], False)


def test_a_task_and_a_call_of_the_same_number_are_two() -> None:
    """The first call is completed while the first task is still under way: what serves that one is no leak."""
    app = app_of("background+push", (Scope.GLOBAL, Scope.DEDICATED))
    [scenario] = [each for each in scenarios(app, Platform.IOS) if each.name == "push_work"]
    schedule = ["background#1", "step#3", "done#2", "main#3", "build#1", "main#5", "sent#1", "main#6", "never#1"]
    events = python(rendered(app), scenario.outside)(schedule)
    assert (events[-1]["open"], events[-1]["left"]) == ([1], {"BackgroundCall": 1})
    assert violations(events, Expectation.of(app, Platform.IOS)) == []


def test_all_orders_of_a_pair_are_tried() -> None:
    """More cases have too many orders: the proof says so."""
    kinds = (EntryKind.FETCH, EntryKind.BACKGROUND, EntryKind.PUSH)
    cases = [case_of(kind, Scope.GLOBAL, Lifecycle.APP) for kind in kinds]
    pair, three = together(*cases[:2]), together(*cases)
    assert {(bool(each.beside), each.deviations) for each in scenarios(pair, Platform.IOS)} == {
        (True, None),
        (False, None),
    }
    assert {each.deviations for each in scenarios(three, Platform.IOS)} == {2}


@pytest.mark.sample(3)
@pytest.mark.parametrize("pair", ["fetch+push", "app_refresh+processing", "own_refresh+processing"])
def test_two_dedicated_trackers_compile_in_every_mode(pair: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And play what the reference plays, the pair's scenarios among it; all orders of these nightly."""
    app = app_of(pair, (Scope.DEDICATED, Scope.DEDICATED))
    if not ALL:
        there = [replace(each, deviations=1) for each in scenarios(app, app.platforms[0])]
        monkeypatch.setattr(proof, "scenarios", lambda *_: there)
    assert compiler("swift")
    assert compiler("objc")
    texts = proof.rendered(app, app.platforms[0], ["swift", "objc"])
    for task in proof.Proof(app, app.platforms[0], texts).tasks:
        done = task()
        found = done.findings.values() if isinstance(done.findings, dict) else [done.findings]
        assert [finding.text for each in found for finding in each] == []
        assert not done.not_run


def crossed(plan: Plan) -> Iterator[tuple[str, Plan]]:
    """Each plan in which one step is another case's."""

    def changes(steps: tuple[Step, ...]) -> Iterator[tuple[str, tuple[Step, ...]]]:
        for index, step in enumerate(steps):
            yield step.name, (*steps[:index], step._replace(case=1 - step.case), *steps[index + 1 :])
            for name, inner in changes(step.steps):
                yield name, (*steps[:index], step._replace(steps=inner), *steps[index + 1 :])

    for number, entry in enumerate(plan.entries):
        for name, steps in changes(entry.steps):
            entries = list(plan.entries)
            entries[number] = entry._replace(steps=steps)
            yield f"{entry.name}: {name}", plan._replace(entries=tuple(entries))


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", ["app_fetch_task", "app_refresh_processing", "app_watch"])
def test_no_step_is_anothers(name: str, apps: list[App]) -> None:
    """A step that would be the other case's, and is then another text, is objected to."""
    [app] = [app for app in apps if app.name == name]
    platform = app.platforms[0]
    python_ = languages.get("python")
    plan, seen = pipeline.see(app, platform, python_)
    right = templating.render(plan, seen, python_)
    found = {
        what: objection(app, platform, mutant)
        for what, mutant in crossed(plan)
        # The name of a task is for who debugs the app.
        if templating.render(mutant, seen, python_) != right and not what.endswith(("begin_task", "begin_activity"))
    }
    assert [what for what, objects in found.items() if objects is None] == []
    assert len(found) >= 4


@pytest.mark.parametrize("language", ["swift", "objc", "python"])
def test_a_case_is_written_in_an_app_as_alone(language: str, apps: list[App], shipped: list[Case]) -> None:
    """Each line of its methods, where no name has to tell it from the other's."""
    [app] = [app for app in apps if app.name == "app_watch"]
    [whole] = [file for path, file in pipeline.render(app, [language]).items() if "hook" in file.regions]
    for case in shipped:
        if case.name in {each.name for each in app.cases}:
            [alone] = [file for _, file in pipeline.render(case, [language]).items() if "hook" in file.regions]
            lines = alone.text.split("\n")
            for first, last in alone.regions["hook"]:
                assert "\n".join(lines[first:last]) in whole.text


def test_hand_written_code_is_held_to_both_cases(apps: list[App]) -> None:
    """A host's first trace of the pair's scenario tells the tag of each hit."""
    [app] = [app for app in apps if app.name == "app_fetch_task"]
    files = {path.rpartition("/")[2]: file.text for path, file in pipeline.render(app, ["objc"]).items()}
    files["AppDelegate.m"] = files["AppDelegate.m"].replace("= BackgroundModeTask", "= BackgroundModeFetch")
    host = native.Host(compiler("objc").host(files))
    played = usual([each for each in scenarios(app, Platform.IOS) if each.beside])
    events = [json.loads(line) for line in host.trace(played.as_json())]
    found = {violation.message for violation in violations(events, Expectation.of(app, Platform.IOS))}
    assert {message.partition(" of ")[2] for message in found} >= {"the background work is tagged bg=fetch"}
