"""A virtual device: one clock, the main queue, a background queue, the SDK's queue; no sleeping, one thing at a time.

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

from atgen.reference.activity import Semaphore, Strand
from atgen.reference.application import Application, FetchResult, Notifications, RefreshTask, plain
from atgen.reference.scheduler import TaskScheduler
from atgen.reference.sdk import ATInternet, BackgroundMode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import CodeType, FrameType

    from atgen.reference.activity import Activity
    from atgen.reference.application import Task
    from atgen.reference.scheduler import ScheduledTask

Event = dict[str, Any]

line = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode

MOST_MOVES = 1_000  # a run that is not over by then never will be: right code takes fewer than 60
_PACKAGE = str(Path(__file__).parent)
# What the system calls, by the delegate's method here (Apple, UIApplicationDelegate, WKApplicationDelegate).
SELECTORS = {
    "uikit": {
        "did_finish_launching": "application:didFinishLaunchingWithOptions:",
        "perform_fetch": "application:performFetchWithCompletionHandler:",
        "did_enter_background": "applicationDidEnterBackground:",
    },
    "watchkit": {
        "did_finish_launching": "applicationDidFinishLaunching",
        "did_enter_background": "applicationDidEnterBackground",
        "handle": "handleBackgroundTasks:",
    },
}

# Whoever takes a move: its label, what is done, and with what.
Move = tuple[str, "Callable[[Any], None]", Any]


class Step(NamedTuple):
    """One thing that the outside does; `value` is a hit's name, a mode, or what comes with a refresh."""

    do: str
    value: str = ""


@dataclass(frozen=True)
class Outside:
    """All that the outside does, and may do.

    `network` holds the outcomes that a hit can meet, `stored` counts the hits of another tracker that lie in storage;
    `system` is uikit or watchkit, and with `scenes` the app has a scene manifest. `builds_all` is the older SDK's way:
    a hit whose configuration is not complete is built all the same, and fails.
    """

    steps: tuple[Step, ...]
    network: tuple[str, ...] = ("sent",)
    stored: int = 0
    expirations: bool = False
    system: str = "uikit"
    scenes: bool = False
    builds_all: bool = False


class Scheduled:
    """A block that waits; `root` is the number of the step it descends from.

    `cause` is the app's code in it; a block that does not begin is the rest of one that was suspended.
    """

    __slots__ = ("begins", "block", "cause", "due", "label", "number", "root")

    def __init__(self, number: int, label: str, root: int, due: float, block: Callable[[], None]) -> None:
        self.number = number
        self.label = label
        self.root = root
        self.due = due
        self.block = block
        self.cause: object = block
        self.begins = True

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
        self.calls = 0
        self.launched = False
        self.events: list[Event] = []
        self.places: list[str | None] | None = [] if places else None
        self.main = MainQueue(self)
        self.background = Queue(self, "background")
        self.application = Application(self)
        self.notifications = Notifications()
        self.task_scheduler = TaskScheduler(self)
        self.at_internet = ATInternet(self)
        # The block that runs in a thread of its own just now, and those that wait for a semaphore.
        self.strand: Strand | None = None
        self.suspended: list[Strand] = []
        self._make_delegate = delegate
        self._delegate: object = None
        self._steps = 0
        self._blocks = 0

    def run(self, schedule: Iterable[str] = ()) -> list[Event]:
        """Play to the end and return the trace; raises what the app's code raises.

        The schedule holds the label of the move to take for each time that several are open; one that is not open
        counts for the first, as does the schedule's end.
        """
        try:
            self._play(schedule)
            self._end()
        finally:
            self._abandon()
        return self.events

    def semaphore(self, value: int = 0) -> Semaphore:
        """Make a semaphore, which blocks of activities can wait for."""
        return Semaphore(self, value)

    def next_call(self) -> int:
        """Count what the system calls and the app must complete."""
        self.calls += 1
        return self.calls

    def record(self, event: str, cause: object = None, **own: object) -> None:
        """Write an event; `cause` is what is about to be called, where no code of the app is running yet."""
        self.events.append({"t": self.clock, "on": self.on, "from": self.root, "event": event, **own})
        if self.places is not None:
            self.places.append(_place(cause))

    def _play(self, schedule: Iterable[str]) -> None:
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

    def _end(self) -> None:
        self.on, self.root = "main", 0
        trackers = sorted(self.at_internet.trackers.items())
        modes = {name: tracker.context.background_mode.value for name, tracker in trackers}
        self.record("over", modes=modes, open=[task.number for task in self.application.tasks if task.open])

    def _abandon(self) -> None:
        """Throw away what is still suspended; it has no say any more."""
        said = len(self.events)
        while self.suspended:
            self.suspended[0].abandon()
        del self.events[said:]
        if self.places is not None:
            del self.places[said:]

    def scheduled(self, name: str, due: float, block: Callable[[], None]) -> Scheduled:
        """Give a waiting block its number: in the order of scheduling, over all queues and timers."""
        self._blocks += 1
        return Scheduled(self._blocks, f"{name}#{self._blocks}", self.root, due, block)

    def _moves(self) -> list[Move]:
        """List the open moves, each with its label: all languages' hosts have them in the same order."""
        moves: list[Move] = []
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
        if self.outside.expirations:
            moves += [(task.label, self._expire, task) for task in self._expiring() if task.open and not task.expired]
        return moves

    def _expiring(self) -> Iterable[Task | Activity | ScheduledTask]:
        """List what may expire: background tasks and activities in the background, calls of BackgroundTasks always."""
        if self.application.in_background:
            yield from self.application.tasks
        yield from self.task_scheduler.running

    def _main_block(self, head: Scheduled) -> None:
        self.main.blocks.pop(0)
        self.on, self.root = "main", head.root
        head.block()

    def _background_block(self, block: Scheduled) -> None:
        self.background.blocks.remove(block)
        self.on, self.root = "background", block.root
        if block.begins:
            self.record("work", block.cause)
        block.block()

    def _timer(self, timer: Scheduled) -> None:
        heapq.heappop(self.main.timers)
        self.clock = plain(timer.due)
        self.on, self.root = "main", timer.root
        timer.block()

    def _expire(self, task: Task | Activity | ScheduledTask) -> None:
        task.expired = True
        task.expire()

    def _step(self, step: Step) -> None:
        self._steps += 1
        self.on, self.root = "main", self._steps
        getattr(self, f"_{step.do}")(*filter(None, [step.value]))

    def _launch(self) -> None:
        self.record("launch", getattr(self._make_delegate, "did_finish_launching", None))
        self._delegate = self._make_delegate(self)
        self._call("did_finish_launching")
        self.launched = True

    def _fetch(self) -> None:
        call = self.next_call()

        def completion_handler(result: FetchResult) -> None:
            self.record("complete", call=call, result=result.value)

        self.record("fetch", getattr(self._delegate, "perform_fetch", None), call=call)
        self._call("perform_fetch", completion_handler)

    def _scene_background(self) -> None:
        # Nobody is called but the scene's own delegate (Apple, sceneDidEnterBackground).
        self.record("scene", scene=1, state="background")

    def _background(self) -> None:
        self.application.in_background = True
        self.record("background", getattr(self._delegate, "did_enter_background", None))
        # With scenes UIKit no longer calls the app delegate (Apple, applicationDidEnterBackground).
        if not self.outside.scenes:
            self._call("did_enter_background")
        self._post(Application.DID_ENTER_BACKGROUND)

    def _foreground(self) -> None:
        self.application.in_background = False
        self.record("foreground")
        method = getattr(self._delegate, "will_enter_foreground", None)
        if method and not self.outside.scenes:
            method()
        self._post(Application.WILL_ENTER_FOREGROUND)

    def _run_task(self) -> None:
        self.task_scheduler.run()

    def _refresh(self, also: str = "") -> None:
        if also:
            self._handle("snapshot")
        if self.application.refresh_wanted:
            self.application.refresh_wanted = False
            self._handle("refresh")
        else:
            self.record("idle")

    def _handle(self, kind: str) -> None:
        task = RefreshTask(self, self.next_call(), is_application_refresh=kind == "refresh")
        self.record("run", getattr(self._delegate, "handle", None), call=self.calls, task=kind)
        self._call("handle", [task])

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
            self.record("missing", method=SELECTORS[self.outside.system][name])

    def _post(self, notification: str) -> None:
        if self.outside.system == "uikit":
            for observer in self.notifications.observers(notification):
                observer()


def _place(cause: object) -> str | None:
    """Where the app's code runs just now, or else where the code begins that is about to run: `file:line`."""
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - the plain way to ask who called
    while frame and frame.f_code not in _OUTERMOST:
        if not frame.f_code.co_filename.startswith(_PACKAGE):
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
    code: CodeType | None = getattr(cause, "__code__", None)
    if code and not code.co_filename.startswith(_PACKAGE):
        return f"{code.co_filename}:{code.co_firstlineno}"
    return None


# Nothing of the app is further out.
_OUTERMOST = frozenset({Device.run.__code__, Strand.run.__code__})
