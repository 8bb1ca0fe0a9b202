"""The schedules of a scenario, one after the other: a depth-first search that plays each from the start.

Where the player knows the device's state (the Python reference does), the search goes on from each state once: what leads
to one that was there is played to its end in the default order, and branches off no more. So every move from every state
is tried, and what a schedule that is left out would show, one that is tried shows (atgen/reference/state.py). And what
never comes, an answer or the end of work, is not told from what is late: it is tried where nothing else is left to come,
and work that never ends at once, too, since it lets go of its completion.
"""

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
# The moves after which something never comes, and those that may be taken in their place, by the words of their labels.
_NEVER_COMES = frozenset({"hang", "user_agent", "never"})
_COMES = frozenset(
    {"sent", "failed", "offline", "unsaved", "opted_out", "done", "done_on_main", "done_twice", "done_failed"}
)
# Work that never ends lets go of what it would have ended with, and may do so at once.
_LETS_GO = "never"


@dataclass(frozen=True)
class Run:
    """One schedule, complete, and the trace that it gives."""

    schedule: tuple[str, ...]
    events: list[Event]
    lines: list[str]


class Search:
    """Iterates over the runs of a player.

    Then `count` says how many there were, `cut` whether there are more, and `is_spent` whether the bound left those out.
    A schedule deviates each time that it takes another move than the first that is open. `deviations` is how often it
    may, None for as often as it can; of a run that was handed out no more is kept than the digests of its new states.
    """

    def __init__(self, play: Player, bound: int, deviations: int | None = None) -> None:
        self._play = play
        self._merges = isinstance(play, _Reference)
        self._bound = bound
        self.deviations = deviations
        self.count = 0
        self.cut = self.is_spent = False
        # The states that were there, each with the fewest deviations that led to it.
        self._states: dict[bytes, int] = {}
        self._deviated = 0

    def __iter__(self) -> Iterator[Run]:
        self.count, self.cut, self.is_spent = 0, False, False
        self._states.clear()
        self._deviated = 0
        schedule: list[str] | None = []
        lines: list[str] = []
        while schedule is not None:
            if self.count == self._bound:
                self.cut = self.is_spent = True
                return
            events, new = self._played(schedule)
            lines = lines + [line(event) for event in events[len(lines) :]]
            choices = [(index, event) for index, event in enumerate(events) if event["event"] == "choice"]
            self.count += 1
            yield Run(tuple(choice["took"] for _, choice in choices), events, lines)
            schedule = self._next([choice for _, choice in choices[:new]])
            if schedule:
                # Up to the choice that turns out otherwise the next trace is the same: writing it out is half the time.
                lines = lines[: choices[len(schedule) - 1][0]]

    def _played(self, schedule: list[str]) -> tuple[list[Event], int | None]:
        """Play a schedule: the trace, and before how many of its choices the state was new, None for all."""
        if not isinstance(self._play, _Reference):
            return self._play(schedule), None
        new = len(schedule)

        def is_new(state: bytes) -> bool:
            nonlocal new
            # From the end of the schedule on a run goes its default way, and deviates no more.
            if self._states.get(state, self._deviated + 1) <= self._deviated:
                return False
            self._states[state] = self._deviated
            new += 1
            return True

        return self._play(schedule, is_new), new

    def _next(self, choices: list[Event]) -> list[str] | None:
        """Begin the next schedule: the last choice that has another move left takes that one."""
        deviations = sum(choice["took"] != choice["of"][0] for choice in choices)
        for index in reversed(range(len(choices))):
            of, took = choices[index]["of"], choices[index]["took"]
            deviations -= took != of[0]
            other = self._after(took, of, choices[index - 1]["of"] if index else [])
            if not other:
                continue
            if self.deviations is None or deviations < self.deviations:
                # Without a limit it does not matter how often.
                self._deviated = deviations + 1 if self.deviations else 0
                return [choice["took"] for choice in choices[:index]] + [other]
            self.cut = True
        return None

    def _after(self, took: str, of: list[str], before: list[str]) -> str | None:
        """Say which move is tried after the one that was taken, if one is left; `before` are those of the choice before."""
        left = of[of.index(took) + 1 :]
        # A limit counts how often a run waits, too: nothing is put off there.
        if self._merges and not self.deviations and not {_word(each) for each in of} <= _NEVER_COMES | _COMES:
            at_once = [each for each in of if _word(each) == _LETS_GO and each not in before]
            left = [each for each in left if _word(each) not in _NEVER_COMES or each in at_once]
        return next(iter(left), None)


def _word(label: str) -> str:
    return label.partition("#")[0]


def python(delegate: Callable[[Device], object], outside: Outside) -> Player:
    """Play with the Python reference."""
    return _Reference(delegate, outside)


@dataclass(frozen=True)
class _Reference:
    """The player that can ask before a choice whether the state is new."""

    delegate: Callable[[Device], object]
    outside: Outside

    def __call__(self, schedule: Sequence[str], is_new: Callable[[bytes], bool] | None = None) -> list[Event]:
        """Play one schedule."""
        return played(Device(self.outside, self.delegate), schedule, is_new)


def played(device: Device, schedule: Sequence[str], is_new: Callable[[bytes], bool] | None = None) -> list[Event]:
    """Play a device's run; an exception in the app's code is the trace's last event, a crash."""
    try:
        return device.run(schedule, is_new)
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
