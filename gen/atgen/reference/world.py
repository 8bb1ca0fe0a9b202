"""The world that an app lives in: one clock, the main queue, a background queue, and the trace of what happens.

No sleeping, one thing at a time: blocks run to their end, and time goes by only when a timer fires.
"""

from __future__ import annotations

import heapq
import json
import weakref
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from atgen.reference.place import place
from atgen.reference.strand import Strands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Event = dict[str, Any]
# What serves one call is called, after an app's own prefix (templates/swift/helpers.j2).
CALL = "BackgroundCall"

line = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode

# Whoever takes a move: its label, what is done, and with what.
Move = tuple[str, "Callable[[Any], None]", Any]


class Step(NamedTuple):
    """One thing that the outside does; `value` is a hit's name, a mode, or what comes with a refresh.

    What is done `in_turn` waits until all that was set in motion before is over, and a day has gone by.
    """

    do: str
    value: str = ""
    in_turn: bool = False


@dataclass(frozen=True)
class Outside:
    """All that the outside does, and may do.

    `network` holds the outcomes that a hit can meet, `work` the ways in which the app's own work can end; `stored` counts
    the hits of another tracker that lie in storage, `parts` the URLs that a hit is cut into, and `privacy` is the
    visitor's mode. `global_tracker` is what the app's own configuration sets for that tracker. `system` is uikit or
    watchkit, and with `scenes` the app has a scene manifest. `builds_all` is the older SDK's way: a hit whose
    configuration is not complete is built all the same, and fails. An `eager` SDK, whose queue is idle, builds a hit
    before the statement that sends it is over. An app that is `woken` is launched into the background. A
    scheduler `refuses` no request of BackgroundTasks, the first, or all others.
    A `weak_delegate` is one that its tracker does not keep alive. `on_time` no block waits while time goes by, on whatever
    queue.
    """

    steps: tuple[Step, ...]
    network: tuple[str, ...] = ("sent",)
    work: tuple[str, ...] = ("at_once",)
    stored: int = 0
    parts: int = 1
    privacy: str = "none"
    global_tracker: tuple[tuple[str, str], ...] = ()
    expirations: bool = False
    system: str = "uikit"
    scenes: bool = False
    builds_all: bool = False
    eager: bool = False
    woken: bool = False
    refuses: str = ""
    weak_delegate: bool = False
    on_time: bool = False


class Scheduled:
    """A block that waits; `root` is the number of the step it descends from.

    `cause` is the app's code in it; a block that does not begin is the rest of one that was suspended.
    """

    __slots__ = ("begins", "block", "cause", "due", "is_over", "label", "number", "root")

    def __init__(self, number: int, label: str, root: int, due: float, block: Callable[[], None]) -> None:
        self.number = number
        self.label = label
        self.root = root
        self.due = due
        self.block = block
        self.cause: object = block
        self.begins = True
        self.is_over = False

    def __lt__(self, other: Scheduled) -> bool:
        return (self.due, self.number) < (other.due, other.number)


class Queue:
    """A dispatch queue (Apple, DispatchQueue)."""

    name: str

    def __init__(self, world: World) -> None:
        self._world = world
        self.blocks: list[Scheduled] = []

    def run(self, block: Callable[[], None]) -> None:
        """Run the block later (Apple, async(execute:))."""
        self.blocks.append(self._world.scheduled(self.name, 0, block))


class BackgroundQueue(Queue):
    """A queue off the main thread, whose blocks may overtake each other."""

    name = "background"

    def moves(self) -> Iterator[Move]:
        """List the blocks, each of which may run."""
        for block in self.blocks:
            yield block.label, self._run, block

    def _run(self, block: Scheduled) -> None:
        world = self._world
        self.blocks.remove(block)
        world.on, world.root = "background", block.root
        if block.begins:
            world.record("block", block.cause)
        block.block()


class Timer:
    """A block that waits for its time (Apple, DispatchWorkItem)."""

    def __init__(self, timers: list[Scheduled], timer: Scheduled) -> None:
        self._timers = timers
        self._timer = timer

    def cancel(self) -> None:
        """Never run the block, if it has not begun (Apple, DispatchWorkItem)."""
        if self._timer in self._timers:
            self._timer.is_over = True
            self._timers.remove(self._timer)
            heapq.heapify(self._timers)


class MainQueue(Queue):
    """The main thread's queue, and its timers."""

    name = "main"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._timers: list[Scheduled] = []

    def after(self, seconds: float, block: Callable[[], None]) -> Timer:
        """Run the block in so many seconds, unless it is cancelled by then (Apple, asyncAfter)."""
        due = self._world.clock + max(seconds, 0)
        timer = self._world.scheduled("timer", due, block)
        heapq.heappush(self._timers, timer)
        return Timer(self._timers, timer)

    def moves(self) -> Iterator[Move]:
        """Give the block that is next."""
        if self.blocks:
            yield self.blocks[0].label, self._run, self.blocks[0]

    def timer_moves(self) -> Iterator[Move]:
        """Give the timer that is next.

        While blocks wait here the clock stands: letting a timer in between them shows nothing new.
        """
        world = self._world
        if self._timers and not self.blocks and not (world.outside.on_time and world.background.blocks):
            yield self._timers[0].label, self._fire, self._timers[0]

    def _run(self, head: Scheduled) -> None:
        self.blocks.pop(0)
        self._world.on, self._world.root = "main", head.root
        head.block()

    def _fire(self, timer: Scheduled) -> None:
        world = self._world
        heapq.heappop(self._timers)
        timer.is_over = True
        world.clock = as_traced(timer.due)
        world.on, world.root = "main", timer.root
        timer.block()


class World:
    """What every part of a device sees: the clock, which thread runs, the queues, the trace.

    `on` is the thread, `root` the number of the step that everything descends from that happens just now, `by` whose
    code runs, the app's or other code. `events` holds the trace; with `places`, `places` holds for each where in the
    app's code it was caused.
    """

    def __init__(self, outside: Outside, *, places: bool = False) -> None:
        self.outside = outside
        self.clock: float = 0
        self.on = "main"
        self.root = 0
        self.by = "app"
        self.calls = 0
        self.makes_delegate = self.has_delegate = self.launched = False
        self.events: list[Event] = []
        self.places: list[str | None] | None = [] if places else None
        self.main = MainQueue(self)
        self.background = BackgroundQueue(self)
        self.strands = Strands()
        self._blocks = 0
        self._made: list[weakref.ref[object]] = []

    def record(self, event: str, cause: object = None, **own: object) -> None:
        """Write an event; `cause` is what is about to be called, where no code of the app is running yet."""
        self.events.append({"t": self.clock, "on": self.on, "from": self.root, "event": event, **own})
        if self.places is not None:
            self.places.append(place(cause))

    def scheduled(self, name: str, due: float, block: Callable[[], None]) -> Scheduled:
        """Give a waiting block its number: in the order of scheduling, over all queues and timers."""
        self._blocks += 1
        return Scheduled(self._blocks, f"{name}#{self._blocks}", self.root, due, block)

    def made(self, thing: object) -> None:
        """Hear of an object of the app's own."""
        self._made.append(weakref.ref(thing, self._made.remove))

    def living(self) -> list[object]:
        """List the app's objects that live, in use or not."""
        return [thing for each in self._made if (thing := each()) is not None]

    def left(self) -> dict[str, int]:
        """Count the app's objects that live, by class, where there are several: one may serve the app all its life.

        One that serves a call may not.
        """
        names = sorted(type(thing).__name__ for thing in self.living())
        return {name: count for name, count in Counter(names).items() if count > 1 or name == CALL}

    def next_call(self) -> int:
        """Count what the system calls and the app must complete."""
        self.calls += 1
        return self.calls


def as_traced(seconds: float) -> float:
    """Take a whole number of seconds for a whole number: the trace writes it without a point."""
    return int(seconds) if seconds == seconds // 1 else seconds
