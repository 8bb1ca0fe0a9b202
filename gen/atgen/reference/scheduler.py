"""BackgroundTasks: the system runs what the app has registered and asked for.

The rules are those of Apple's documentation of BGTaskScheduler (register(forTaskWithIdentifier:using:launchHandler:),
submit(_:)), BGTaskRequest and BGTask (expirationHandler, setTaskCompleted(success:)).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from atgen.reference.world import as_traced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from atgen.reference.world import Move, World


class Request:
    """Asks that a task be run, `earliest` seconds from now or later."""

    kind: ClassVar[str]
    requires_network_connectivity = False
    requires_external_power = False

    def __init__(self, identifier: str, earliest: float = 0) -> None:
        self.identifier = identifier
        self.earliest = earliest


class BGAppRefreshTaskRequest(Request):
    """For a short refresh."""

    kind = "app_refresh"


class BGProcessingTaskRequest(Request):
    """For work that takes minutes."""

    kind = "processing"


class ScheduledTask:
    """A task that the system runs just now; to be completed exactly once, also when its time is up."""

    __slots__ = ("_call", "_running", "_world", "expiration_handler", "expired", "label", "root")

    def __init__(self, world: World, call: int, running: list[ScheduledTask]) -> None:
        self._world = world
        self._running = running
        self._call = call
        self.root = world.root
        self.label = f"expire_call#{call}"
        self.expiration_handler: Callable[[], None] | None = None
        self.expired = False

    def set_completed(self, success: bool) -> None:
        """Give the time back."""
        if self in self._running:
            self._running.remove(self)
        self.expiration_handler = None  # BGTask.h
        self._world.record("complete", call=self._call, result="success" if success else "failure")

    def expire(self) -> None:
        """Call the handler, on the queue that the task is registered for: here the main one (BGTaskScheduler.h)."""
        world = self._world
        self.expired = True
        world.on, world.root = "main", self.root
        handler, self.expiration_handler = self.expiration_handler, None
        world.record("expire_call", handler, call=self._call)
        if handler:
            handler()


class SubmitError(Exception):
    """A request is refused (Apple, BGTaskScheduler.Error: notPermitted, unavailable, tooManyPendingTaskRequests)."""


class Asked:
    """A request that is answered later."""

    __slots__ = ("answer", "number", "refused", "request", "root")

    def __init__(
        self, number: int, root: int, request: Request, answer: Callable[[SubmitError | None], None], refused: bool
    ) -> None:
        self.refused = refused
        self.number = number
        self.root = root
        self.request = request
        self.answer = answer


class TaskScheduler:
    """The one scheduler of a device (Apple, BGTaskScheduler.shared)."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._submitted: dict[str, Request] = {}
        self._asked: list[Asked] = []
        self._count = 0
        self._requests = 0
        self.handlers: dict[str, Callable[[ScheduledTask], None]] = {}
        self.running: list[ScheduledTask] = []

    def register(self, identifier: str, handler: Callable[[ScheduledTask], None]) -> None:
        """Say who runs the task, on the main queue; the real one traps when the launch is over."""
        self.handlers[identifier] = handler
        self._world.record("register", task=identifier, **({"late": True} if self._world.launched else {}))

    def submit(self, request: Request) -> None:
        """Ask that the task be run once; the next request for the same one takes its place."""
        refused = self._note(request)
        if refused:
            raise SubmitError("unavailable")
        self._take(request)

    def cancel(self, identifier: str) -> None:
        """Take back a request, if there is one (Apple, BGTaskScheduler)."""
        if self._submitted.pop(identifier, None):
            self._world.record("withdrawn", task=identifier)

    def cancel_all(self) -> None:
        """Take all of them back (Apple, BGTaskScheduler)."""
        for identifier in [*self._submitted]:
            self.cancel(identifier)

    def submit_task_request(self, request: Request, answer: Callable[[SubmitError | None], None]) -> None:
        """Ask the same, off the main thread; the answer comes on any queue, after any delay (BGTaskScheduler.h)."""
        refused = self._note(request, answers=True)
        self._count += 1
        self._asked.append(Asked(self._count, self._world.root, request, answer, refused))

    def moves(self) -> Iterator[Move]:
        """List where each answer may come, in the order in which they were asked for."""
        for asked in self._asked:
            yield f"answer#{asked.number}", self._answer, asked
            yield f"answer_on_main#{asked.number}", self._answer_on_main, asked

    def has_request(self) -> bool:
        """Say whether there is a request that somebody runs."""
        return not self.handlers.keys().isdisjoint(self._submitted)

    def _answer(self, asked: Asked, thread: str = "background") -> None:
        world = self._world
        self._asked.remove(asked)
        world.on, world.root = thread, asked.root
        refused = {"refused": True} if asked.refused else {}
        world.record("taken", asked.answer, task=asked.request.identifier, **refused)
        if not asked.refused:
            self._take(asked.request)
        asked.answer(SubmitError("unavailable") if asked.refused else None)

    def _answer_on_main(self, asked: Asked) -> None:
        self._answer(asked, "main")

    def _take(self, request: Request) -> None:
        self._submitted.pop(request.identifier, None)
        self._submitted[request.identifier] = request

    def _note(self, request: Request, *, answers: bool = False) -> bool:
        """Write down one more request, and say whether it is refused."""
        self._requests += 1
        refused = self._world.outside.refuses == ("first" if self._requests == 1 else "others")
        wants = {
            "network": request.requires_network_connectivity,
            "power": request.requires_external_power,
            "answers": answers,
            "refused": refused,
        }
        only_with = {name: True for name, holds in wants.items() if holds}
        earliest = as_traced(request.earliest)
        self._world.record("submit", task=request.identifier, kind=request.kind, earliest=earliest, **only_with)
        return refused

    def run(self) -> None:
        """Run the oldest request that somebody runs."""
        world = self._world
        identifier = next((name for name in self._submitted if name in self.handlers), None)
        if identifier is None:
            world.record("idle")
            return
        del self._submitted[identifier]
        task = ScheduledTask(world, world.next_call(), self.running)
        self.running.append(task)
        handler = self.handlers[identifier]
        world.record("run", handler, call=world.calls, task=identifier)
        handler(task)
