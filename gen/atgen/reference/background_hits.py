"""What the hits of the background need: in Swift and Objective-C a file of the app's, here a part of the reference.

Apps take those; nobody takes this one, so it is in one place, and the templates of the others are compared with it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import parse_qsl, urlsplit

from atgen.reference.application import Application, FetchResult
from atgen.reference.sdk import HitStatus, Tracker, TrackerDelegate

if TYPE_CHECKING:
    from collections.abc import Callable

    from atgen.reference.application import RefreshTask
    from atgen.reference.device import Device
    from atgen.reference.scheduler import ScheduledTask
    from atgen.reference.world import Timer, World

Outcome = TypeVar("Outcome")
# The system waits 30 s for a fetch (Apple, performFetchWithCompletionHandler), and kills a watch app that takes 15 s for a
# refresh (watchdog, 0xc51bad02); some of it is kept for the way back.
FETCH_DEADLINE = 25
REFRESH_DEADLINE = 10


class _OfMain:
    """What is made on the main thread, and changed nowhere else: where it is, the trace has it."""

    _world: World
    _is_of_main = False

    def _made_in(self, world: World) -> None:
        self._world = world
        world.made(self)
        self._is_of_main = world.on == "main"

    def __setattr__(self, name: str, value: object) -> None:
        """Tell of a change where it must not be."""
        object.__setattr__(self, name, value)
        if self._is_of_main and self._world.on != "main":
            self._world.record("changed", object=type(self).__name__)


class BackgroundCall(_OfMain, Generic[Outcome]):
    """A call of the system in the background, which is over once: when `end` is called, or when time is up.

    `outcome` is what the system hears if time is up before the work is done.
    """

    def __init__(self, device: Device, outcome: Outcome, answer: Callable[[Outcome], None]) -> None:
        self._made_in(device)
        self._outcome = outcome
        self._answer: Callable[[Outcome], None] | None = answer
        self._is_working = True
        self._stop: Callable[[], None] | None = None
        self._deadline: Timer | None = None

    @staticmethod
    def fetch(device: Device, completion_handler: Callable[[FetchResult], None]) -> BackgroundCall[FetchResult]:
        """Make one of a fetch."""
        call = BackgroundCall(device, FetchResult.FAILED, completion_handler)
        call.time_is_up_after(FETCH_DEADLINE)
        return call

    @staticmethod
    def task(device: Device, name: str) -> BackgroundCall[None]:
        """Begin a background task, which is ended also when time is up."""
        identifier = Application.INVALID_TASK

        def end(_: None) -> None:
            if identifier != Application.INVALID_TASK:
                device.application.end_background_task(identifier)

        call = BackgroundCall(device, None, end)
        identifier = device.application.begin_background_task(name, call.time_is_up)
        return call

    @staticmethod
    def scheduled(device: Device, task: ScheduledTask) -> BackgroundCall[bool]:
        """Make one of a task of BackgroundTasks."""
        call = BackgroundCall(device, False, task.set_completed)
        task.expiration_handler = call.time_is_up
        return call

    @staticmethod
    def refresh(device: Device, task: RefreshTask) -> BackgroundCall[None]:
        """Make one of a watch app's refresh."""
        call = BackgroundCall(device, None, lambda _: task.set_completed())
        call.time_is_up_after(REFRESH_DEADLINE)
        return call

    @staticmethod
    def activity(device: Device, name: str) -> BackgroundCall[None]:
        """Begin an activity, which lasts as long as its block does not return."""
        ended = device.semaphore()

        def end(_: None) -> None:
            ended.signal()
            ended.signal()

        call = BackgroundCall(device, None, end)

        def hold(expired: bool) -> None:
            if expired:
                device.main.run(call.time_is_up)
            ended.wait()

        device.application.perform_expiring_activity(name, hold)
        return call

    def work_is_done(self, outcome: Outcome, then: Callable[[], None]) -> None:
        """Run `then` on the main thread, the first time only, and not if time is up."""

        def done() -> None:
            if self._is_working and self._answer:
                self._is_working = False
                self._outcome = outcome
                then()

        self._world.main.run(done)

    def when_time_is_up(self, stop: Callable[[], None]) -> None:
        """Run `stop` on the main thread when time is up before the work is done."""

        def wait() -> None:
            if self._answer:
                self._stop = stop
            else:
                stop()

        self._world.main.run(wait)

    def end(self) -> None:
        """Give control back to the system, the first time only."""
        answer, self._answer, self._stop = self._answer, None, None
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None
        if answer:
            answer(self._outcome)

    def time_is_up(self) -> None:
        """Give control back although the work or the hit may not be done."""
        if self._stop and self._is_working:
            self._stop()
        self.end()

    def time_is_up_after(self, seconds: float) -> None:
        """Let time be up in so many seconds."""
        self._deadline = self._world.main.after(seconds, self.time_is_up)


class HitDeliveries(_OfMain, TrackerDelegate):
    """Tells when a hit was sent, stored or given up, or that time is up: the delegate of a tracker, set once, at launch.

    What it hears it passes on to the delegate that the tracker had before.
    """

    def __init__(self, tracker: Tracker) -> None:
        self._made_in(tracker.at_internet.world)
        self._tracker = tracker
        self._other = tracker.delegate
        self._expected: list[ExpectedHit] = []
        self._current: ExpectedHit | None = None
        self._urls: list[str] = []

    def expect_hit(self, query: dict[str, str], seconds: float, done: Callable[[], None]) -> None:
        """Wait for the hit that is sent next: what its URL says tells it from other code's.

        `done` is called once, on the main thread.
        """
        hit = ExpectedHit(query, done)
        self._world.made(hit)
        self._expected.append(hit)

        def time_is_up() -> None:
            hit.finish()
            # Where other code has taken the delegate's place, the hit's build is never heard of.
            if self._tracker.delegate is not self and hit in self._expected:
                self._expected.remove(hit)

        hit.deadline = self._world.main.after(seconds, time_is_up)

    def build_did_end(self, status: HitStatus, message: str) -> None:
        """Hits are built and sent one after the other: the one before is over, whatever became of it."""
        built = message.split()

        def go_on() -> None:
            fitting = (index for index, hit in enumerate(self._expected) if hit.fits(built))
            self._go_on(next(fitting, None), built)

        self._world.main.run(go_on)
        if self._other:
            self._other.build_did_end(status, message)

    def send_did_end(self, status: HitStatus, message: str) -> None:
        """A stored hit of earlier has another URL."""

        def is_sent() -> None:
            if status is HitStatus.SUCCESS and message in self._urls:
                self._is_over(self._urls.index(message))

        self._world.main.run(is_sent)
        if self._other:
            self._other.send_did_end(status, message)

    def save_did_end(self, message: str) -> None:
        """What is stored between two builds is of the hit that was built first."""

        def is_saved() -> None:
            if self._urls:
                self._is_over(0)

        self._world.main.run(is_saved)
        if self._other:
            self._other.save_did_end(message)

    def warning_did_occur(self, message: str) -> None:
        """The visitor has opted out, or the hit cannot be stored (Sources/Builder.swift, Sender.swift)."""
        is_given_up = message.endswith("not sent") or message.startswith("Hit could not be saved")

        def give_up() -> None:
            if is_given_up and self._current:
                self._current.finish()

        self._world.main.run(give_up)
        if self._other:
            self._other.warning_did_occur(message)

    def error_did_occur(self, message: str) -> None:
        """The configuration is not complete: the hit is not built, and nothing else will be said of it.

        The older SDK goes on to build it (ATBuilder.m).
        """

        def refuse() -> None:
            self._go_on(0 if self._expected else None, [])
            if self._current:
                self._current.finish()

        if not self._world.outside.builds_all:
            self._world.main.run(refuse)
        if self._other:
            self._other.error_did_occur(message)

    def did_call_partner(self, response: str) -> None:
        """What a partner answers says nothing of a hit; only the older SDK asks one (ATTVTrackingPlugin.m)."""
        if self._other:
            self._other.did_call_partner(response)

    def _go_on(self, index: int | None, built: list[str]) -> None:
        if self._current:
            self._current.finish()
        self._current = None
        self._urls = built
        if index is None:
            return
        for never_built in self._expected[:index]:
            never_built.finish()
        self._current = self._expected[index]
        del self._expected[: index + 1]

    def _is_over(self, index: int) -> None:
        del self._urls[index]
        if not self._urls and self._current:
            self._current.finish()


@lru_cache(maxsize=64)  # runs send the same hits
def _items(url: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)


class ExpectedHit:
    """A hit under way: `finish` calls `done`, the first time only."""

    def __init__(self, query: dict[str, str], done: Callable[[], None]) -> None:
        self._query = query
        self._done: Callable[[], None] | None = done
        self.deadline: Timer | None = None

    def fits(self, urls: list[str]) -> bool:
        """Say whether the URLs say nothing else of the hit; a visitor mode may have taken some of it away."""
        return all(self._query.get(key, value) == value for url in urls for key, value in _items(url))

    def finish(self) -> None:
        """Call `done`."""
        done, self._done = self._done, None
        if self.deadline:
            self.deadline.cancel()
            self.deadline = None
        if done:
            done()
