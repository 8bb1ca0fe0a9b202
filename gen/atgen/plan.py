"""Which steps a case takes, in which order and on which thread: decided here, once for all languages.

The reason of each step is a rule of the SDK or of Apple; P01 to P17 are the mistakes of the vendor's page that it rules out
(numbered in gen/README.md). Sources of the SDK are those of version 2.23.10.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from atgen.model import Mode, When

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.model import Case

REASONS = {
    "make_tracker": "a dedicated tracker has no site and no log but its own, and without them it sends nothing (P12; Sources/Builder.swift)",
    "enter_mode": "the mode puts a persistent parameter bg on the tracker: all that it sends from now on carries it (Sources/Context.swift)",
    "leave_mode": "what other code sends on the global tracker must not be tagged, so nothing comes between set and reset (P11; Sources/Builder.swift copies the parameters when a hit is sent)",
    "watch_hits": "only the tracker's delegate hears that a hit was sent or stored; it is one slot, set once for the tracker's life (Sources/Tracker.swift)",
    "enable_fetch": "the minimum interval's default is never: without it the system fires no fetch (P04; Apple, setMinimumBackgroundFetchInterval)",
    "inline_work": "the work's result, not the hit's, is what the system wants to know (Apple, performFetchWithCompletionHandler)",
    "off_main": "the main thread stays free while the app is being suspended; the app's own work goes here",
    "on_main": "the SDK's objects are not thread-safe: the tracker is used on the main thread only (P10)",
    "begin_task": "the system suspends the app unless a background task is open; one for each time the app goes to the background (P16)",
    "take_tracker": "the global tracker is the one that the app's other hits use",
    "send_hit": "the hit copies the tracker's parameters at once; building and sending follow on the SDK's queue (Sources/Dispatcher.swift)",
    "expect_hit": "sending is asynchronous: control goes back when the SDK says that this hit was sent or stored, or when time is up (P13; Sources/Sender.swift)",
    "after": "the global tracker's delegate slot is the app's, so nobody tells that the hit has left: it is given time (P13)",
    "complete": "the completion handler must be called exactly once, within 30 s (P03; Apple, performFetchWithCompletionHandler)",
    "end_task": "a task must be ended exactly once, also when it expires (P16; Apple, endBackgroundTask)",
}
WARNINGS = {
    "dispatched": "finish.when: dispatched gives control back before the hit has left: "
    "the system may suspend the app first, and the hit is then late or lost (P13)",
}
SCOPES = frozenset({"off_main", "on_main", "expect_hit", "after"})


@dataclass(frozen=True)
class Step:
    """One step, or a scope that holds steps; `seconds` only where the step waits."""

    name: str
    steps: tuple[Step, ...] = ()
    seconds: int | None = None

    @property
    def reason(self) -> str:
        """Why the step is there, and the source of the rule."""
        return REASONS[self.name]

    def walk(self) -> Iterator[Step]:
        """The step itself and all below it."""
        yield self
        for step in self.steps:
            yield from step.walk()


@dataclass(frozen=True)
class Entry:
    """A method that the system calls, and what it does."""

    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Plan:
    """All that the AppDelegate does for a case, and the warnings that its author should read: keys of WARNINGS."""

    entries: tuple[Entry, ...]
    warnings: tuple[str, ...] = ()

    def walk(self) -> Iterator[Step]:
        """Every step, in order."""
        for entry in self.entries:
            for step in entry.steps:
                yield from step.walk()

    def __contains__(self, name: str) -> bool:
        return any(step.name == name for step in self.walk())


def plan(case: Case) -> Plan:
    """The plan of a case."""
    if case.mode is Mode.FETCH:
        entry = Entry("fetch", (Step("inline_work"), *_tagged_hit(case, Step("complete"))))
    else:
        tagged = Step("on_main", _tagged_hit(case, Step("end_task")))
        entry = Entry("background", (Step("begin_task"), Step("off_main", (tagged,))))
    launch = _launch(case)
    entries = (Entry("launch", launch), entry) if launch else (entry,)
    return Plan(entries, _warnings(case))


def _launch(case: Case) -> tuple[Step, ...]:
    steps: list[Step] = []
    if case.tracker:
        steps += [Step("make_tracker"), Step("enter_mode")]
        if case.finish.when is When.SENT:
            steps.append(Step("watch_hits"))
    if case.mode is Mode.FETCH:
        steps.append(Step("enable_fetch"))
    return tuple(steps)


def _tagged_hit(case: Case, finish: Step) -> tuple[Step, ...]:
    """The steps that send the tagged hit and give control back by `finish`."""
    send: tuple[Step, ...] = (Step("send_hit"),)
    if not case.tracker:
        send = (Step("take_tracker"), Step("enter_mode"), *send, Step("leave_mode"))
    if case.finish.when is When.SENT:
        return (Step("expect_hit", (finish,), case.finish.within), *send)
    if case.finish.when is When.AFTER:
        return (*send, Step("after", (finish,), case.finish.within))
    return (*send, finish)


def _warnings(case: Case) -> tuple[str, ...]:
    return ("dispatched",) if case.finish.when is When.DISPATCHED else ()
