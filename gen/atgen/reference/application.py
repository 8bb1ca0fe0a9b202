"""The app as the system sees it: fetches, background tasks, refreshes, activities, notifications.

The rules are those of Apple's documentation of UIApplication (setMinimumBackgroundFetchInterval(_:),
beginBackgroundTask(withName:expirationHandler:), endBackgroundTask(_:)), of WKApplication
(scheduleBackgroundRefresh(withPreferredDate:userInfo:scheduledCompletion:)) and of ProcessInfo
(performExpiringActivity(withReason:using:)).
"""

from __future__ import annotations

from collections import defaultdict
from enum import Enum
from typing import TYPE_CHECKING

from atgen.reference.activity import Activity
from atgen.reference.world import as_traced

if TYPE_CHECKING:
    from collections.abc import Callable

    from atgen.reference.world import World


class FetchResult(Enum):
    """What a background fetch brought (Apple, UIBackgroundFetchResult)."""

    NEW_DATA = "newData"
    NO_DATA = "noData"
    FAILED = "failed"


class CompletionHandler:
    """Hears what a fetch or a push brought."""

    __slots__ = ("_call", "_world", "root")

    def __init__(self, world: World, call: int) -> None:
        self._world = world
        self._call = call
        self.root = world.root

    def __call__(self, result: FetchResult) -> None:
        """Give the time back."""
        self._world.record("complete", call=self._call, result=result.value)


class Task:
    """A background task: the system gives the app time until it is ended or expires."""

    __slots__ = ("_expiration_handler", "_world", "expired", "label", "number", "root")

    def __init__(self, world: World, number: int, expiration_handler: Callable[[], None] | None) -> None:
        self._world = world
        self._expiration_handler = expiration_handler
        self.number = number
        self.root = world.root
        self.label = f"expire#{number}"
        self.expired = False

    def expire(self) -> None:
        """Call the handler on the main thread (Apple, beginBackgroundTask)."""
        world = self._world
        world.on, world.root = "main", self.root
        handler, self._expiration_handler = self._expiration_handler, None
        world.record("expire", handler, task=self.number)
        if handler:
            handler()


class Application:
    """The one application of a device (Apple, UIApplication.shared, WKApplication.shared())."""

    INVALID_TASK = 0
    BACKGROUND_FETCH_INTERVAL_MINIMUM = 0.0
    DID_ENTER_BACKGROUND = "UIApplicationDidEnterBackgroundNotification"
    WILL_ENTER_FOREGROUND = "UIApplicationWillEnterForegroundNotification"

    def __init__(self, world: World) -> None:
        self._world = world
        self.is_left = False
        self.is_woken = False
        self.refresh_wanted = False
        self.tasks: dict[int, Task | Activity] = {}
        self._begun = 0
        self.has_activities = False

    @property
    def in_background(self) -> bool:
        """Say whether no person uses the app: it was left, or launched there, or the system has woken it for its own work."""
        return self.is_left or self.is_woken

    def set_minimum_background_fetch_interval(self, seconds: float) -> None:
        """Switch background fetches on: without an interval the system fires none."""
        self._world.record("interval", seconds=as_traced(seconds))

    def register_for_remote_notifications(self) -> None:
        """Ask for pushes (Apple, registerForRemoteNotifications)."""
        self._world.record("wants_pushes")

    def begin_background_task(self, name: str, expiration_handler: Callable[[], None] | None = None) -> int:
        """Ask for time in the background; the handler is called on the main thread when that time is up."""
        task = Task(self._world, self._next_task(), expiration_handler)
        self.tasks[task.number] = task
        self._world.record("begin", task=task.number, name=name)
        return task.number

    def end_background_task(self, identifier: int) -> None:
        """Give the time back; a task that is not open, or is none, is a mistake that the trace shows."""
        valid = isinstance(self.tasks.get(identifier), Task)
        self._world.record("end", task=identifier, valid=valid)
        if valid:
            del self.tasks[identifier]

    def perform_expiring_activity(self, name: str, block: Callable[[bool], None]) -> None:
        """Run the block off the main thread, with time until it returns; it is called again when time is up."""
        activity = Activity(self._world, self._next_task(), block, self.tasks.pop)
        self.has_activities = True
        self.tasks[activity.number] = activity
        self._world.record("begin", task=activity.number, name=name)
        activity.enqueue()

    def _next_task(self) -> int:
        self._begun += 1
        return self._begun

    def schedule_background_refresh(self, seconds: float) -> None:
        """Ask for one refresh, so many seconds from now; the next such call takes its place."""
        self.refresh_wanted = True
        self._world.record("submit", task="", kind="refresh", earliest=as_traced(seconds))


class RefreshTask:
    """A background task that the system hands to a watch app (Apple, WKRefreshBackgroundTask)."""

    __slots__ = ("_call", "_world", "kind", "root")

    def __init__(self, world: World, call: int, kind: str) -> None:
        self._world = world
        self._call = call
        self.kind = kind
        self.root = world.root

    def set_completed(self, *, snapshot: bool = False) -> None:
        """Give the time back, and say whether a snapshot is to be taken anew (Apple, setTaskCompletedWithSnapshot)."""
        self._world.record("complete", call=self._call, result="snapshot" if snapshot else "no snapshot")

    def set_snapshot_completed(self) -> None:
        """Give a snapshot's time back (Apple, setTaskCompleted(restoredDefaultState:estimatedSnapshotExpiration:userInfo:))."""
        self._world.record("complete", call=self._call, result="restored")


class Notifications:
    """Tells observers, in the order in which they came, on the thread that posts (Apple, NotificationCenter)."""

    def __init__(self) -> None:
        self._observers: dict[str, list[Callable[[], None]]] = defaultdict(list)

    def observe(self, name: str, observer: Callable[[], None]) -> None:
        """Call the observer each time that the notification is posted."""
        self._observers[name].append(observer)

    def observers(self, name: str) -> list[Callable[[], None]]:
        """List who observes a notification just now; who is added while it is posted hears of the next one."""
        return [*self._observers.get(name, [])]
