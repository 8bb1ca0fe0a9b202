"""Counterexamples: the shortest schedule that breaks an invariant, as a story in plain words and as a file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from atgen.case.schema import one_of
from atgen.case.text import plain, shown
from atgen.errors import Problem, SpecError
from atgen.proof.invariants import violations
from atgen.proof.search import Search, played
from atgen.reference import Device, sentence
from atgen.rendering.languages import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from atgen.proof.invariants import Expectation, Violation
    from atgen.proof.scenario import Scenario
    from atgen.proof.search import Player, Run
    from atgen.reference import Event, Outside


@dataclass(frozen=True)
class Finding:
    """A run that breaks an invariant."""

    run: Run
    violation: Violation

    @property
    def schedule(self) -> tuple[str, ...]:
        """The choices up to the violation; whatever comes after does not matter."""
        choices = sum(event["event"] == "choice" for event in self.run.events[: self.violation.index])
        return self.run.schedule[:choices]


def shortest(play: Player, scenario: Scenario, expected: Expectation, invariant: str | None = None) -> Finding | None:
    """Find the run that breaks the invariant (or any) with the fewest deviations, and of those the soonest.

    The scenario's bound holds for each number of deviations tried.
    """
    deviations = 0
    while scenario.deviations is None or deviations <= scenario.deviations:
        search = Search(play, scenario.bound, deviations)
        findings = (
            Finding(run, violation)
            for run in search
            for violation in violations(run.events, expected)
            if invariant in {None, violation.invariant.name}
        )
        # Of those that break it equally soon, min takes the first that the search meets.
        best = min(findings, key=lambda finding: finding.violation.index, default=None)
        if best or not search.cut or search.count == scenario.bound:
            return best
        deviations += 1
    return None


def tell(events: Sequence[Event], violation: Violation, places: Mapping[int, str] | None = None) -> str:
    """Tell what happens up to the violation; `places` says for an event's index where in the code it was caused."""
    invariant = violation.invariant
    mistakes = f" ({', '.join(invariant.mistakes)})" if invariant.mistakes else ""
    steps = [f"{number:3}. {plain(step)}" for number, step in enumerate(_steps(events, violation, places or {}), 1)]
    return (
        "\n".join(
            [f"{invariant.name}{mistakes}: {invariant.statement}", *steps, f"Broken: {plain(violation.message)}."]
        )
        + "\n"
    )


def python_places(delegate: Callable[[Device], object], outside: Outside, schedule: Sequence[str]) -> dict[int, str]:
    """Replay a schedule in the Python reference for the places in the delegate's code, by the event's index."""
    device = Device(outside, delegate, places=True)
    events = played(device, schedule)
    places = {index: place for index, place in enumerate(device.places or ()) if place}
    return places | {index: event["place"] for index, event in enumerate(events) if event["event"] == "crash"}


def misfit(events: Sequence[Event], schedule: Sequence[str]) -> str:
    """Say which choice of a schedule was not open when it was played, and what was; "" if all were."""
    choices = [event for event in events if event["event"] == "choice"]
    for number, (asked, choice) in enumerate(zip_longest(schedule, choices[: len(schedule)]), 1):
        if not choice or choice["took"] != asked:
            there = f"is not {one_of(choice['of'])}" if choice else "comes where nothing is left to choose"
            return f"choice {number}: {shown(asked)} {there}"
    return ""


def _steps(events: Sequence[Event], violation: Violation, places: Mapping[int, str]) -> Iterator[str]:
    clock = 0
    for index, event in enumerate(events[: violation.index + 1]):
        if event["t"] != clock:
            yield f"{event['t'] - clock:g} s go by."
            clock = event["t"]
        if event["event"] != "choice":
            place = places.get(index, "").rpartition("/")[2]
            yield sentence(event) + f" [{place}]" * bool(place)


@dataclass(frozen=True)
class Counterexample:
    """What it takes to see a violation again."""

    case: str
    scenario: str
    language: str
    invariant: str
    schedule: tuple[str, ...]

    def text(self) -> str:
        """Write the file's text, which `parse` reads."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"


def parse(text: str, file: str) -> Counterexample:
    """Read a schedule file's text; SpecError says what is wrong with it."""
    try:
        values = json.loads(text, parse_int=float)  # no number belongs here, and int takes none of 5,000 digits
    except json.JSONDecodeError as error:
        raise SpecError([Problem(file, error.lineno, error.colno, f"is not JSON: {error.msg}")]) from error
    except RecursionError as error:
        raise SpecError([Problem(file, 1, 1, "is nested too deeply")]) from error
    keys = tuple(Counterexample.__dataclass_fields__)
    if not isinstance(values, dict) or values.keys() != set(keys):
        raise SpecError([Problem(file, 1, 1, f"expected an object with the keys {', '.join(keys)}")])
    schedule = values.pop("schedule")
    if not isinstance(schedule, list) or not all(isinstance(text, str) for text in [*values.values(), *schedule]):
        raise SpecError([Problem(file, 1, 1, "expected texts, and a list of texts as schedule")])
    if values["language"] not in names():
        message = f"language: {shown(values['language'])} is not {one_of(names())}"
        raise SpecError([Problem(file, 1, 1, message)])
    return Counterexample(**values, schedule=tuple(schedule))
