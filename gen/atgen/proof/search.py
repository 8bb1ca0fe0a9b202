"""Every schedule of a scenario, one after the other: a plain depth-first search that plays each from the start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from atgen.reference import Device, Event, Outside, line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

# Plays one schedule to its end and returns the trace: the Python reference, or another language's host.
Player = Callable[[Sequence[str]], list[Event]]


@dataclass(frozen=True)
class Run:
    """One schedule, complete, and the trace that it gives."""

    schedule: tuple[str, ...]
    events: list[Event]
    lines: list[str]


class Search:
    """Iterates over all runs of a player.

    Then `count` says how many there were, `cut` whether there are more, and `is_spent` whether the bound left those out.
    A schedule deviates each time that it takes another move than the first that is open. `deviations` is how often it
    may, None for as often as it can; nothing is kept of a run that was handed out.
    """

    def __init__(self, play: Player, bound: int, deviations: int | None = None) -> None:
        self._play = play
        self._bound = bound
        self._deviations = deviations
        self.count = 0
        self.cut = self.is_spent = False

    def __iter__(self) -> Iterator[Run]:
        self.count, self.cut, self.is_spent = 0, False, False
        schedule: list[str] | None = []
        lines: list[str] = []
        while schedule is not None:
            if self.count == self._bound:
                self.cut = self.is_spent = True
                return
            events = self._play(schedule)
            lines = lines + [line(event) for event in events[len(lines) :]]
            choices = [(index, event) for index, event in enumerate(events) if event["event"] == "choice"]
            self.count += 1
            yield Run(tuple(choice["took"] for _, choice in choices), events, lines)
            schedule = self._next([choice for _, choice in choices])
            if schedule:
                # Up to the choice that turns out otherwise the next trace is the same: writing it out is half the time.
                lines = lines[: choices[len(schedule) - 1][0]]

    def _next(self, choices: list[Event]) -> list[str] | None:
        """Begin the next schedule: the last choice that has another move left takes that one."""
        deviations = sum(choice["took"] != choice["of"][0] for choice in choices)
        for index in reversed(range(len(choices))):
            of, took = choices[index]["of"], choices[index]["took"]
            deviations -= took != of[0]
            if took == of[-1]:
                continue
            if self._deviations is None or deviations < self._deviations:
                return [choice["took"] for choice in choices[:index]] + [of[of.index(took) + 1]]
            self.cut = True
        return None


def python(delegate: Callable[[Device], object], outside: Outside) -> Player:
    """Play with the Python reference."""
    return lambda schedule: played(Device(outside, delegate), schedule)


def played(device: Device, schedule: Sequence[str]) -> list[Event]:
    """Play a device's run; an exception in the app's code is the trace's last event, a crash."""
    try:
        return device.run(schedule)
    except Exception as error:  # noqa: BLE001 - whatever the app's code raises
        place = _place(error.__traceback__)
        device.record("crash", signal=type(error).__name__, place=place, reason=str(error))
        return device.events


def _place(traceback: TracebackType | None) -> str:
    """Where in the app's code the exception comes from, `file:line`."""
    place = ""
    while traceback:
        file = traceback.tb_frame.f_code.co_filename
        if not file.startswith(_PACKAGE):
            place = f"{file}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place


_PACKAGE = str(Path(__file__).resolve().parent.parent)
