"""A virtual device: it puts the SDK and the system together, and plays what the outside does.

At every step some moves are open: the next block of a queue, a timer, what the outside does next. A schedule says
which one is taken where there are several; without one the first is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from atgen.reference.activity import Semaphore
from atgen.reference.application import Application, CompletionHandler, Notifications, RefreshTask
from atgen.reference.place import outermost
from atgen.reference.scheduler import TaskScheduler
from atgen.reference.sdk import ATInternet, BackgroundMode
from atgen.reference.state import States
from atgen.reference.work import Works, hosted
from atgen.reference.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from atgen.reference.activity import Activity
    from atgen.reference.application import Task
    from atgen.reference.scheduler import ScheduledTask
    from atgen.reference.sdk import Tracker
    from atgen.reference.world import Event, Move, Outside, Step

# Whom the system wakes for one of these is not on the screen (Apple, "About the background execution sequence").
_WAKING = ("fetch", "run_task")
# How long nothing happens before what is done in turn: what an app keeps from its launch is old by then.
_LATER = 24 * 60 * 60
MOST_MOVES = 1_000  # a run that is not over by then never will be: right code takes fewer than 60
# What the system calls, by the delegate's method here (Apple, UIApplicationDelegate, WKApplicationDelegate).
SELECTORS = {
    "uikit": {
        "did_finish_launching": "application:didFinishLaunchingWithOptions:",
        "perform_fetch": "application:performFetchWithCompletionHandler:",
        "receive_notification": "application:didReceiveRemoteNotification:fetchCompletionHandler:",
        "did_enter_background": "applicationDidEnterBackground:",
    },
    "watchkit": {
        "did_finish_launching": "applicationDidFinishLaunching",
        "did_enter_background": "applicationDidEnterBackground",
        "handle": "handleBackgroundTasks:",
    },
}


class Device(World):
    """One run: made, then `run` once."""

    def __init__(self, outside: Outside, delegate: Callable[[Device], object], *, places: bool = False) -> None:
        super().__init__(outside, places=places)
        self.application = Application(self)
        self.notifications = Notifications()
        self.task_scheduler = TaskScheduler(self)
        self.at_internet = ATInternet(self)
        self.works = Works(self)
        self._make_delegate = hosted(delegate)
        self._app: object = None
        self._steps = 0

    @outermost
    def run(self, schedule: Iterable[str] = (), is_new: Callable[[bytes], bool] | None = None) -> list[Event]:
        """Play to the end and return the trace; raises what the app's code raises.

        The schedule holds the label of the move to take for each time that several are open; one that is not open
        counts for the first, as does the schedule's end. From there on `is_new` is asked about the state before each
        choice, until it is not.
        """
        try:
            self._play(schedule, is_new)
            self._end()
        finally:
            self._abandon()
        return self.events

    def semaphore(self, value: int = 0) -> Semaphore:
        """Make a semaphore, which blocks of activities can wait for."""
        return Semaphore(self, value)

    def _play(self, schedule: Iterable[str], is_new: Callable[[bytes], bool] | None) -> None:
        wanted = iter(schedule)
        states = States(self)
        left = MOST_MOVES
        while moves := self._moves():
            left -= 1
            if left < 0:
                self.on, self.root = "main", 0
                self.record("endless")
                break
            label, act, what = moves[0]
            if len(moves) > 1:
                self.on, self.root = "main", 0
                asked = next(wanted, "")
                if is_new and not asked and not is_new(states.digest()):
                    is_new = None
                for move in moves:
                    if move[0] == asked:
                        label, act, what = move
                self.record("choice", of=[move[0] for move in moves], took=label)
            act(what)

    def _end(self) -> None:
        self.on, self.root = "main", 0
        trackers = sorted(self.at_internet.trackers.items())
        modes = {name: tracker.context.background_mode.value for name, tracker in trackers}
        left = {"left": left} if (left := self.left()) else {}
        self.record("over", modes=modes, open=list(self.application.tasks), **left)

    def _abandon(self) -> None:
        """Throw away what is still suspended; it has no say any more."""
        said = len(self.events)
        self.strands.abandon()
        del self.events[said:]
        if self.places is not None:
            del self.places[said:]

    def _moves(self) -> list[Move]:
        """List the open moves, each with its label: all languages' hosts have them in the same order."""
        moves = list(self.main.moves())
        if self.background.blocks:  # to ask takes longer, here and for hits
            moves += self.background.moves()
        if self.at_internet.queue.hits:
            moves += self.at_internet.queue.moves()
        moves += self.works.moves()
        moves += self.task_scheduler.moves()
        moves += self.main.timer_moves()
        moves += self._step_moves(is_at_rest=not moves)
        moves += self._expire_moves()
        return moves

    def _step_moves(self, *, is_at_rest: bool) -> Iterator[Move]:
        """Give the next step; a task is not run as long as anything may still ask for a run of it, and nothing in turn at once."""
        if self._steps < len(self.outside.steps):
            step = self.outside.steps[self._steps]
            is_ready = step.do != "run_task" or self.task_scheduler.has_request()
            if is_at_rest or (is_ready and not step.in_turn):
                yield f"step#{self._steps + 1}", self._step, step

    def _expire_moves(self) -> Iterator[Move]:
        if self.outside.expirations:
            for task in self._expiring():
                if not task.expired:
                    yield task.label, self._expire, task

    def _expiring(self) -> Iterable[Task | Activity | ScheduledTask]:
        """List what may expire: background tasks and activities in the background, calls of BackgroundTasks always."""
        if self.application.is_left:
            yield from self.application.tasks.values()
        yield from self.task_scheduler.running

    def _expire(self, task: Task | Activity | ScheduledTask) -> None:
        task.expired = True
        task.expire()

    def _step(self, step: Step) -> None:
        self._steps += 1
        self.on, self.root = "main", self._steps
        if step.in_turn:
            self.clock += _LATER
        self.application.is_woken |= step.do in _WAKING
        getattr(self, f"_{step.do}")(*filter(None, [step.value]))

    def _launch(self) -> None:
        privacy = {"privacy": self.outside.privacy} if self.outside.privacy != "none" else {}
        woken = {"woken": True} if self.outside.woken else {}
        self.application.is_left = self.outside.woken
        self.record("launch", getattr(self._make_delegate, "did_finish_launching", None), **privacy, **woken)
        self.makes_delegate = True
        self._app = self._make_delegate(self)
        self.makes_delegate = False
        self.has_delegate = True
        if self._call("did_finish_launching") is False:
            self.record("declined")
        self.launched = True

    def _fetch(self) -> None:
        call = self.next_call()
        self.record("fetch", getattr(self._app, "perform_fetch", None), call=call)
        self._call("perform_fetch", CompletionHandler(self, call))

    def _push(self) -> None:
        call = self.next_call()
        self.record("push", getattr(self._app, "receive_notification", None), call=call)
        info: dict[str, object] = {"aps": {"content-available": 1}}
        if call % 2 == 0:  # it shows something, too, and says something of the app's own
            info = {"aps": {"content-available": 1, "alert": "News"}, "id": "7"}
        self._call("receive_notification", info, CompletionHandler(self, call))

    def _scene_background(self) -> None:
        # Nobody is called but the scene's own delegate (Apple, sceneDidEnterBackground).
        self.record("scene", scene=1, state="background")

    def _background(self) -> None:
        self.application.is_left = True
        self.record("background", getattr(self._app, "did_enter_background", None))
        # With scenes UIKit no longer calls the app delegate (Apple, applicationDidEnterBackground).
        if not self.outside.scenes:
            self._call("did_enter_background")
        self._post(Application.DID_ENTER_BACKGROUND)

    def _foreground(self) -> None:
        self.application.is_left = self.application.is_woken = False
        self.record("foreground")
        method = getattr(self._app, "will_enter_foreground", None)
        if method and not self.outside.scenes:
            method()
        self._post(Application.WILL_ENTER_FOREGROUND)

    def _run_task(self) -> None:
        self.task_scheduler.run()

    def _refresh(self, also: str = "") -> None:
        """Hand over a set of tasks: a snapshot's before the refresh, those for data, or for a message and another, after it."""
        kinds = ["snapshot"] if also == "with_snapshot" else []
        if self.application.refresh_wanted:
            self.application.refresh_wanted = False
            kinds.append("refresh")
        else:
            self.record("idle")
        kinds += {"with_data": ["data"], "with_message": ["message", "other"]}.get(also, [])
        tasks = [RefreshTask(self, self.next_call(), kind) for kind in kinds]
        for call, kind in enumerate(kinds, self.calls - len(kinds) + 1):
            self.record("run", getattr(self._app, "handle", None), call=call, task=kind)
        if tasks:
            self._call("handle", tasks)

    def _hit(self, name: str) -> None:
        self._other_hit(self.at_internet.default_tracker, name)

    def _dedicated_hit(self, name: str) -> None:
        """Other code uses the trackers that are the app's background hits' own; the name may say `as` which action."""
        called, _, action = name.rpartition(" as ")
        for tracker in [*self.at_internet.trackers.values()]:
            if tracker is not self.at_internet.default_tracker:
                self._other_hit(tracker, called or name, action if called else "touch")

    def _other_hit(self, tracker: Tracker, name: str, action: str = "touch") -> None:
        self.by = "other"
        getattr(tracker.gestures.add(name), f"send_{action}")()
        self.by = "app"

    def _delegate(self, what: str) -> None:
        """Other code takes the slot of the app's tracker, gives it back, or has the tracker warn of what is no hit's."""
        for tracker in self.at_internet.trackers.values():
            if what == "warned":
                tracker.warn("Configuration atReadOnly is read only. Value will not be updated")
            else:
                tracker.take_slot(taken=what == "taken")

    def _look(self) -> None:
        tracker = self.at_internet.default_tracker
        self.record("look", tracker=tracker.name, mode=tracker.context.background_mode.value)

    def _mode(self, mode: str) -> None:
        tracker = self.at_internet.default_tracker
        tracker.context.background_mode = BackgroundMode(mode)
        self._hit("other")
        tracker.context.background_mode = BackgroundMode.NORMAL

    def _call(self, name: str, *arguments: object) -> object:
        method = getattr(self._app, name, None)
        if method:
            return method(*arguments)
        self.record("missing", method=SELECTORS[self.outside.system][name])
        return None

    def _post(self, notification: str) -> None:
        if self.outside.system == "uikit":
            for observer in self.notifications.observers(notification):
                observer()
