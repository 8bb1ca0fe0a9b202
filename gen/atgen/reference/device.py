"""A virtual device: one clock, the main queue, a background queue, the SDK's queue; no sleeping and no threads.

At every step some moves are open: the next block of a queue, a timer, what the outside does next. A schedule says
which one is taken where there are several; without one the first is. Blocks run to their end, one at a time.
The trace says what happened, event by event; `line` is its text.
"""

from __future__ import annotations

import heapq
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from atgen.reference.application import Application, FetchResult, Task
from atgen.reference.sdk import ATInternet, BackgroundMode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import CodeType

Event = dict[str, Any]

line = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode

MOST_MOVES = 1_000  # a run that is not over by then never will be: right code takes fewer than 60
_PACKAGE = str(Path(__file__).parent)
_METHODS = {
    "did_finish_launching": "application:didFinishLaunchingWithOptions:",
    "perform_fetch": "application:performFetchWithCompletionHandler:",
    "did_enter_background": "applicationDidEnterBackground:",
}


class Step(NamedTuple):
    """One thing that the outside does; `value` is the name of a `hit`, the value of a `mode`."""

    do: str
    value: str = ""


@dataclass(frozen=True)
class Outside:
    """All that the outside does, and may do.

    `network` holds the outcomes that a hit can meet, `stored` counts the hits of another tracker that lie in storage.
    """

    steps: tuple[Step, ...]
    network: tuple[str, ...] = ("sent",)
    stored: int = 0
    expirations: bool = False


class Scheduled:
    """A block that waits; `root` is the number of the step it descends from."""

    __slots__ = ("block", "due", "label", "number", "root")

    def __init__(self, number: int, label: str, root: int, due: float, block: Callable[[], None]) -> None:
        self.number = number
        self.label = label
        self.root = root
        self.due = due
        self.block = block

    def __lt__(self, other: Scheduled) -> bool:
        return (self.due, self.number) < (other.due, other.number)


class Queue:
    """A dispatch queue (Apple, DispatchQueue)."""

    def __init__(self, device: Device, name: str) -> None:
        self._device = device
        self._name = name
        self.blocks: list[Scheduled] = []

    def run(self, block: Callable[[], None]) -> None:
        """Run the block later (Apple, async(execute:))."""
        self.blocks.append(self._device.scheduled(self._name, 0, block))


class MainQueue(Queue):
    """The main thread's queue."""

    def __init__(self, device: Device) -> None:
        super().__init__(device, "main")
        self.timers: list[Scheduled] = []

    def after(self, seconds: float, block: Callable[[], None]) -> None:
        """Run the block when so many seconds have gone by (Apple, asyncAfter(deadline:execute:))."""
        due = self._device.clock + max(seconds, 0)
        heapq.heappush(self.timers, self._device.scheduled("timer", due, block))


class Device:
    """One run: made, then `run` once.

    `events` holds the trace; with `places`, `places` holds for each where in the app's code it was caused.
    """

    def __init__(self, outside: Outside, delegate: Callable[[Device], object], *, places: bool = False) -> None:
        self.outside = outside
        self.clock: float = 0
        self.on = "main"
        self.root = 0
        self.by = "app"
        self.hits = 0
        self.events: list[Event] = []
        self.places: list[str | None] | None = [] if places else None
        self.main = MainQueue(self)
        self.background = Queue(self, "background")
        self.application = Application(self)
        self.at_internet = ATInternet(self)
        self._make_delegate = delegate
        self._delegate: object = None
        self._steps = 0
        self._blocks = 0
        self._calls = 0

    def run(self, schedule: Sequence[str] = ()) -> list[Event]:
        """Play to the end and return the trace.

        The schedule holds the label of the move to take for each time that several are open; one that is not open
        counts for the first, as does the schedule's end.
        """
        wanted = iter(schedule)
        left = MOST_MOVES
        while moves := self._moves():
            left -= 1
            if left < 0:
                self.on, self.root = "main", 0
                self.record("endless")
                break
            label, act, what = moves[0]
            if len(moves) > 1:
                asked = next(wanted, label)
                for move in moves:
                    if move[0] == asked:
                        label, act, what = move
                self.on, self.root = "main", 0
                self.record("choice", of=[move[0] for move in moves], took=label)
            act(what)
        self.on, self.root = "main", 0
        trackers = sorted(self.at_internet.trackers.items())
        modes = {name: tracker.context.background_mode.value for name, tracker in trackers}
        self.record("over", modes=modes, open=[task.number for task in self.application.tasks if task.open])
        return self.events

    def record(self, event: str, cause: object = None, **own: object) -> None:
        """Write an event; `cause` is what is about to be called, where no code of the app is running yet."""
        self.events.append({"t": self.clock, "on": self.on, "from": self.root, "event": event, **own})
        if self.places is not None:
            self.places.append(_place(cause))

    def scheduled(self, name: str, due: float, block: Callable[[], None]) -> Scheduled:
        """Give a waiting block its number: in the order of scheduling, over all queues and timers."""
        self._blocks += 1
        return Scheduled(self._blocks, f"{name}#{self._blocks}", self.root, due, block)

    def _moves(self) -> list[tuple[str, Callable[[Any], None], Any]]:
        """List the open moves, each with its label: all languages' hosts have them in the same order."""
        moves: list[tuple[str, Callable[[Any], None], Any]] = []
        if self.main.blocks:
            head = self.main.blocks[0]
            moves.append((head.label, self._main_block, head))
        moves += [(block.label, self._background_block, block) for block in self.background.blocks]
        moves += self.at_internet.queue.moves()
        # While blocks wait on the main queue the clock stands: letting a timer in between them shows nothing new.
        if self.main.timers and not self.main.blocks:
            timer = self.main.timers[0]
            moves.append((timer.label, self._timer, timer))
        if self._steps < len(self.outside.steps):
            moves.append((f"step#{self._steps + 1}", self._step, self.outside.steps[self._steps]))
        if self.outside.expirations and self.application.in_background:
            moves += [
                (task.label, self._expire, task) for task in self.application.tasks if task.open and not task.expired
            ]
        return moves

    def _main_block(self, head: Scheduled) -> None:
        self.main.blocks.pop(0)
        self.on, self.root = "main", head.root
        head.block()

    def _background_block(self, block: Scheduled) -> None:
        self.background.blocks.remove(block)
        self.on, self.root = "background", block.root
        self.record("work", block.block)
        block.block()

    def _timer(self, timer: Scheduled) -> None:
        heapq.heappop(self.main.timers)
        self.clock = int(timer.due) if timer.due == timer.due // 1 else timer.due
        self.on, self.root = "main", timer.root
        timer.block()

    def _expire(self, task: Task) -> None:
        task.expired = True
        self.on, self.root = "main", task.root
        self.record("expire", task.expiration_handler, task=task.number)
        if task.expiration_handler:
            task.expiration_handler()

    def _step(self, step: Step) -> None:
        self._steps += 1
        self.on, self.root = "main", self._steps
        getattr(self, f"_{step.do}")(*filter(None, [step.value]))

    def _launch(self) -> None:
        self.record("launch", getattr(self._make_delegate, "did_finish_launching", None))
        self._delegate = self._make_delegate(self)
        self._call("did_finish_launching")

    def _fetch(self) -> None:
        self._calls += 1
        call = self._calls

        def completion_handler(result: FetchResult) -> None:
            self.record("complete", call=call, result=result.value)

        self.record("fetch", getattr(self._delegate, "perform_fetch", None), call=call)
        self._call("perform_fetch", completion_handler)

    def _background(self) -> None:
        self.application.in_background = True
        self.record("background", getattr(self._delegate, "did_enter_background", None))
        self._call("did_enter_background")

    def _foreground(self) -> None:
        self.application.in_background = False
        self.record("foreground")
        method = getattr(self._delegate, "will_enter_foreground", None)
        if method:
            method()

    def _hit(self, name: str) -> None:
        self.by = "other"
        self.at_internet.default_tracker.gestures.add(name).send_touch()
        self.by = "app"

    def _look(self) -> None:
        tracker = self.at_internet.default_tracker
        self.record("look", tracker=tracker.name, mode=tracker.context.background_mode.value)

    def _mode(self, mode: str) -> None:
        tracker = self.at_internet.default_tracker
        tracker.context.background_mode = BackgroundMode(mode)
        self._hit("other")
        tracker.context.background_mode = BackgroundMode.NORMAL

    def _call(self, name: str, *arguments: object) -> None:
        method = getattr(self._delegate, name, None)
        if method:
            method(*arguments)
        else:
            self.record("missing", method=_METHODS[name])


def _place(cause: object) -> str | None:
    """Where the app's code runs just now, or else where the code begins that is about to run: `file:line`."""
    frame = sys._getframe(2)  # noqa: SLF001 - the plain way to ask who called
    while frame.f_code is not Device.run.__code__:
        if not frame.f_code.co_filename.startswith(_PACKAGE):
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        if not frame.f_back:
            return None
        frame = frame.f_back
    code: CodeType | None = getattr(cause, "__code__", None)
    if code and not code.co_filename.startswith(_PACKAGE):
        return f"{code.co_filename}:{code.co_firstlineno}"
    return None
