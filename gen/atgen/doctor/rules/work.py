"""`work`: control goes back to the system while the work that it was given for goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atgen.doctor import calls, threads, trackers
from atgen.doctor.findings import Mark
from atgen.doctor.paths import Effects, Paths, Timing, TooManyPathsError
from atgen.doctor.rules.rule import Rule, Settings
from atgen.doctor.threads import Thread
from atgen.doctor.tree import Call, Closure, Function, Node, Other, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Reading


class _Working(Effects[bool]):
    """Whether work goes on that has been started; `ends` are the calls that do not wait for it."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.ends: dict[int, Call] = {}

    def call(self, call: Call, value: bool) -> bool:
        if value and calls.finishes(self.reading, call):
            self.ends[call.start] = call
        return value and not calls.waits(call)

    def other(self, node: Node, value: bool) -> bool:
        return value and not (isinstance(node, Other) and node.kind == "await")

    def closure(self, call: Call | None, closure: Closure | Function, value: bool) -> tuple[bool, Timing]:
        if call is None or not isinstance(closure, Closure):
            return value, Timing.UNKNOWN
        return value or _is_work(self.reading, call, closure), Timing.UNKNOWN


def _is_work(reading: Reading, call: Call, closure: Closure) -> bool:
    """Whether a closure surely runs later, on another thread or in a task, and neither ends anything nor sends a hit."""
    run = threads.run(reading, call, closure)
    is_task = call.name == "Task" and any(
        isinstance(node, Other) and node.kind == "await" for node in walk(*closure.body)
    )
    if run.timing not in (Timing.SOON, Timing.LATER) or not (run.thread is Thread.OTHER or is_task):
        return False
    return not any(
        isinstance(node, Call) and (calls.finishes(reading, node) or trackers.is_send(reading, node))
        for node in walk(*closure.body)
    )


def _find(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    entries: list[Function | Closure] = [
        function
        for function in reading.functions
        if any(calls.is_handler(each) or calls.is_task(each) for each in function.parameters)
    ]
    entries += [closure for _, closure in calls.registered(reading)]
    for entry in entries:
        if entry.broken:
            continue
        working = _Working(reading)
        try:
            Paths(reading, working, (entry,) if isinstance(entry, Function) else ()).walk(entry.body or (), False)
        except TooManyPathsError:
            continue
        for call in working.ends.values():
            yield Mark(call.start, call.end, "control goes back while the work that was started before goes on")


RULES = (Rule("work", _find),)
