"""The person's work, which the device plays: when it begins, and each way in which it can end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import atgen.reference as at

if TYPE_CHECKING:
    from collections.abc import Callable

LAUNCH, FETCH = at.Step("launch"), at.Step("fetch")


class Working:
    """An app that works in a fetch, twice, and says what it hears."""

    def __init__(self, device: at.Device) -> None:
        self.device = device

    def perform_fetch(self, completion_handler: at.CompletionHandler) -> None:
        """Work."""
        self.fetch(completion_handler)

    def fetch(self, done: at.CompletionHandler) -> None:
        """Be played by the device."""
        done(at.FetchResult.FAILED)


def told(*endings: str, schedule: tuple[str, ...] = (), fetches: int = 1) -> list[tuple[str, str, object]]:
    """Say what happens, on which thread, and which work or what result it is about."""
    events = at.Device(at.Outside((LAUNCH, *[FETCH] * fetches), work=endings), Working).run(schedule)
    return [
        (event["event"], event["on"], event.get("work") or event.get("result"))
        for event in events
        if event["event"] in {"work", "done", "never", "complete"}
    ]


@pytest.mark.parametrize(
    ("ending", "became"),
    [
        ("at_once", [("done", "main", 1), ("complete", "main", "newData")]),
        ("done", [("done", "background", 1), ("complete", "background", "newData")]),
        ("done_on_main", [("done", "main", 1), ("complete", "main", "newData")]),
        (
            "done_twice",
            [
                ("done", "background", 1),
                ("complete", "background", "newData"),
                ("done", "background", 1),
                ("complete", "background", "noData"),
            ],
        ),
        ("done_failed", [("done", "background", 1), ("complete", "background", "failed")]),
        ("never", [("never", "background", 1)]),
    ],
)
def test_work_ends_in_each_way(ending: str, became: list[tuple[str, str, object]]) -> None:
    """On its thread; who says so twice says something else the second time."""
    assert told(ending) == [("work", "main", 1), *became]


def test_every_second_work_has_nothing_good_to_tell() -> None:
    """So the result that the system hears shows whose it is."""
    assert [what for event, _, what in told("at_once", fetches=2) if event == "complete"] == ["newData", "noData"]


def test_works_may_overtake_each_other() -> None:
    """Each under way may end next, in each of the ways that are left open."""
    events = at.Device(at.Outside((LAUNCH, FETCH, FETCH), work=("done", "never")), Working).run(["step#3"])
    assert [event["of"] for event in events if event["event"] == "choice"] == [
        ["done#1", "never#1", "step#3"],
        ["done#1", "never#1", "done#2", "never#2"],
        ["done#2", "never#2"],
    ]
    assert [what for event, _, what in told("done", schedule=("step#3", "done#2"), fetches=2) if event == "done"] == [
        2,
        1,
    ]


class Scheduled:
    """An app whose work asks to be told when time is up, by a call of the system's."""

    def __init__(self, device: at.Device) -> None:
        self.device = device
        device.task_scheduler.register("t", self.run)
        device.task_scheduler.submit(at.BGAppRefreshTaskRequest("t"))

    def run(self, task: at.ScheduledTask) -> None:
        """Work."""
        call = at.BackgroundCall.scheduled(self.device, task)
        self.work_for(call, lambda good: call.work_is_done(good, call.end))

    def work_for(self, call: at.BackgroundCall[bool], done: Callable[[bool], None]) -> None:
        """Be played by the device."""


@pytest.mark.parametrize(
    ("ending", "schedule", "became"),
    [
        ("never", ("main#1", "never#1", "expire_call#1"), ["work", "never", "expire_call", "stop", "complete"]),
        ("never", ("expire_call#1",), ["work", "expire_call", "complete", "stop", "never"]),
        ("done", ("main#1", "expire_call#1", "done#1"), ["work", "expire_call", "stop", "complete", "done"]),
        ("done", ("done#1", "main#1", "main#2"), ["work", "done", "complete"]),
        ("at_once", ("expire_call#1",), ["work", "done", "expire_call", "complete"]),
    ],
)
def test_scheduled_work_is_told_that_time_is_up(ending: str, schedule: tuple[str, ...], became: list[str]) -> None:
    """Where it is under way then; on the main thread, and it may still end. Work that ends at once does not ask."""
    steps = (LAUNCH, at.Step("run_task"))
    events = at.Device(at.Outside(steps, work=(ending,), expirations=True), Scheduled).run(schedule)
    names = {"work", "done", "never", "expire_call", "stop", "complete"}
    assert [event["event"] for event in events if event["event"] in names] == became
    assert {event["on"] for event in events if event["event"] == "stop"} <= {"main"}


def test_a_delegate_without_such_a_method_is_as_it_is() -> None:
    """Its own code runs."""

    class Plain:
        def __init__(self, _device: at.Device) -> None:
            pass

        def perform_fetch(self, completion_handler: at.CompletionHandler) -> None:
            completion_handler(at.FetchResult.FAILED)

    events = at.Device(at.Outside((LAUNCH, FETCH)), Plain).run()
    assert [event["event"] for event in events] == ["launch", "missing", "fetch", "complete", "over"]
