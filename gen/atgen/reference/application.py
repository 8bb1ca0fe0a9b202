"""The app as the system sees it: background fetches and background tasks.

The rules are those of Apple's documentation of UIApplication: setMinimumBackgroundFetchInterval(_:),
beginBackgroundTask(withName:expirationHandler:), endBackgroundTask(_:).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from atgen.reference.device import Device


class FetchResult(Enum):
    """What a background fetch brought (Apple, UIBackgroundFetchResult)."""

    NEW_DATA = "newData"
    NO_DATA = "noData"
    FAILED = "failed"


class Task:
    """A background task: the system gives the app time until it is ended or expires."""

    __slots__ = ("expiration_handler", "expired", "label", "number", "open", "root")

    def __init__(self, number: int, root: int, expiration_handler: Callable[[], None] | None) -> None:
        self.number = number
        self.root = root
        self.label = f"expire#{number}"
        self.expiration_handler = expiration_handler
        self.open = True
        self.expired = False


class Application:
    """The one application of a device (Apple, UIApplication.shared)."""

    INVALID_TASK = 0
    BACKGROUND_FETCH_INTERVAL_MINIMUM = 0.0

    def __init__(self, device: Device) -> None:
        self._device = device
        self.in_background = False
        self.tasks: list[Task] = []

    def set_minimum_background_fetch_interval(self, seconds: float) -> None:
        """Switch background fetches on: without an interval the system fires none."""
        self._device.record("interval", seconds=int(seconds) if seconds == seconds // 1 else seconds)

    def begin_background_task(self, name: str, expiration_handler: Callable[[], None] | None = None) -> int:
        """Ask for time in the background; the handler is called on the main thread when that time is up."""
        task = Task(len(self.tasks) + 1, self._device.root, expiration_handler)
        self.tasks.append(task)
        self._device.record("begin", task=task.number, name=name)
        return task.number

    def end_background_task(self, identifier: int) -> None:
        """Give the time back; a task that is not open, or is none, is a mistake that the trace shows."""
        task = self.tasks[identifier - 1] if 0 < identifier <= len(self.tasks) else None
        valid = task is not None and task.open
        self._device.record("end", task=identifier, valid=valid)
        if task:
            task.open = False
