"""The person's own work, which the device plays in the place of what stands in the delegate: it takes time, or ends twice.

It begins where the generated code calls its method. How it ends is one of `Outside.work`: at once, later off the main thread
or on it, twice, in failure, or never.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from atgen.reference.application import FetchResult
from atgen.reference.scheduler import BGAppRefreshTaskRequest, SubmitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from atgen.reference.application import RefreshTask
    from atgen.reference.scheduler import ScheduledTask
    from atgen.reference.world import Move, World

AT_ONCE = "at_once"
# What the proof calls the refresh task of an app that has one.
OWN_TASK = "own"
# What a fetch or a push has brought, by whether it was good.
_FETCHED = {True: FetchResult.NEW_DATA, False: FetchResult.NO_DATA, None: FetchResult.FAILED}


class Work:
    """One piece of work under way; every second one has nothing good to tell, and one that has failed neither."""

    __slots__ = ("done", "has_failed", "is_good", "number", "root")

    def __init__(self, number: int, root: int, done: Callable[[bool | None], None]) -> None:
        self.has_failed = False
        self.number = number
        self.root = root
        self.is_good = number % 2 == 1
        self.done = done


class Works:
    """All work of a run."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._count = 0
        self._under_way: list[Work] = []

    def begin(
        self,
        kind: str,
        done: Callable[[bool | None], None],
        when_time_is_up: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        """Begin work of a kind; `done` hears whether it was good, and None where it has failed.

        Work that is not over at once asks to be told, by `when_time_is_up`, that time is up; it may still end in any way.
        """
        world = self._world
        self._count += 1
        work = Work(self._count, world.root, done)
        world.record("work", work=work.number, kind=kind)
        if AT_ONCE in world.outside.work:
            self._end(work)
        else:
            self._under_way.append(work)
            if when_time_is_up:
                when_time_is_up(lambda: self._stop(work))

    def moves(self) -> Iterator[Move]:
        """List how each work may end, in the order in which they began."""
        for work in self._under_way:
            for end in self._world.outside.work:
                yield f"{end}#{work.number}", getattr(self, f"_{end}"), work

    def _end(self, work: Work) -> None:
        failed = {"failed": True} if work.has_failed else {}
        self._world.record("done", work=work.number, good=work.is_good, **failed)
        work.done(None if work.has_failed else work.is_good)

    def _stop(self, work: Work) -> None:
        """Tell a piece of work that time is up; who tells holds what it could end with."""
        self._world.record("stop", work=work.number)

    def _leave(self, work: Work, thread: str) -> None:
        self._under_way.remove(work)
        self._world.on, self._world.root = thread, work.root

    def _done(self, work: Work) -> None:
        self._leave(work, "background")
        self._end(work)

    def _done_on_main(self, work: Work) -> None:
        self._leave(work, "main")
        self._end(work)

    def _done_twice(self, work: Work) -> None:
        self._leave(work, "background")
        self._end(work)
        work.is_good = not work.is_good
        self._end(work)

    def _done_failed(self, work: Work) -> None:
        work.is_good, work.has_failed = False, True
        self._done(work)

    def _never(self, work: Work) -> None:
        self._leave(work, "background")
        self._world.record("never", work=work.number)
        del work.done  # who is told that time is up need not hold it


@lru_cache(maxsize=8)  # making a class takes longer than most of a run's blocks
def hosted(delegate: Any) -> Any:  # noqa: ANN401 (a class of generated code, which has these methods or has not)
    """Give the delegate with the device's work in the place of its own; others are as they are."""
    if not isinstance(delegate, type):
        return delegate
    played: dict[str, Any] = {name: method for name, method in _METHODS.items() if hasattr(delegate, name)}
    if hasattr(delegate, "run_tagged_task"):
        played |= _own_refresh(delegate)
    return type(delegate.__name__, (delegate,), played) if played else delegate


def _own_refresh(delegate: Any) -> dict[str, Any]:  # noqa: ANN401 (a generated delegate)
    """Give the app's own part in a refresh task: it registers it, asks for it, and hands it over."""

    def ask(self: Any) -> None:  # noqa: ANN401 (a generated delegate)
        with suppress(SubmitError):  # nobody may have it run just now
            self.device.task_scheduler.submit(BGAppRefreshTaskRequest(OWN_TASK))

    def begin(self: Any, device: Any) -> None:  # noqa: ANN401 (a generated delegate)
        delegate.__init__(self, device)
        device.task_scheduler.register(OWN_TASK, self.run_tagged_task)
        ask(self)

    def run(self: Any, task: ScheduledTask) -> None:  # noqa: ANN401 (a generated delegate)
        ask(self)
        delegate.run_tagged_task(self, task)

    return {"__init__": begin, "run_tagged_task": run}


def _fetch(self: Any, done: Callable[[FetchResult], None]) -> None:  # noqa: ANN401 (a generated delegate)
    self.device.works.begin("fetch", lambda is_good: done(_FETCHED[is_good]))


def _push(self: Any, info: dict[str, object], done: Callable[[FetchResult], None]) -> None:  # noqa: ANN401 (a generated delegate)
    kind = "push" if "aps" in info else "lost_push"
    self.device.works.begin(kind, lambda is_good: done(_FETCHED[is_good]))


def _task(self: Any, done: Callable[[], None]) -> None:  # noqa: ANN401 (a generated delegate)
    self.device.works.begin("task", lambda _: done())


def _scheduled(kind: str) -> Callable[[Any, Any, Callable[[bool], None]], None]:
    return lambda self, call, done: self.device.works.begin(
        kind, lambda is_good: done(bool(is_good)), call.when_time_is_up
    )


def _refresh(self: Any, done: Callable[[], None]) -> None:  # noqa: ANN401 (a generated delegate)
    self.device.works.begin("refresh", lambda _: done())


def _data(self: Any, task: RefreshTask) -> None:  # noqa: ANN401 (a generated delegate)
    self.device.works.begin("data", lambda _: task.set_completed())


# The person's methods, by their names in generated Python.
_METHODS = {
    "fetch": _fetch,
    "receive_push": _push,
    "work": _task,
    "work_for": _scheduled("scheduled"),
    "work_for_refresh": _scheduled("scheduled_refresh"),
    "work_for_processing": _scheduled("scheduled_processing"),
    "refresh": _refresh,
    "receive": _data,
}
