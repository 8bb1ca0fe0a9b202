"""Which steps a case takes, in which order and on which thread: decided here, once for all languages.

The reason of each step is a rule of the SDK or of Apple; P01 to P17 are the mistakes of the vendor's page that it rules out
(numbered in gen/README.md). Sources of the SDK are those of version 2.23.10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from atgen.case.axes import ENTRIES, entry_kind
from atgen.case.model import EntryKind, Framework, Lifecycle, Mode, Platform, Scheduler, When
from atgen.case.requirements import is_extension

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from atgen.case.model import Case

REASONS = {
    "make_tracker": "a dedicated tracker has no site and no log but its own, and without them it sends nothing (P12; "
    "Sources/Builder.swift)",
    "enter_mode": "the mode puts a persistent parameter bg on the tracker: all that it sends from now on carries it "
    "(Sources/Context.swift)",
    "leave_mode": "what other code sends on the global tracker must not be tagged, so nothing comes between set and reset (P11;"
    " Sources/Builder.swift copies the parameters when a hit is sent)",
    "watch_hits": "only the tracker's delegate hears that a hit was sent or stored; it is one slot, set once for the tracker's "
    "life (Sources/Tracker.swift)",
    "enable_fetch": "the minimum interval's default is never: without it the system fires no fetch (P04; Apple, "
    "setMinimumBackgroundFetchInterval)",
    "watch_background": "with scenes the app delegate's method is not called; the notification comes when the last scene has left the"
    " foreground (P15; Apple, didEnterBackgroundNotification)",
    "register_handler": "a task that no handler is registered for before the launch ends is never run (Apple, "
    "BGTaskScheduler.register)",
    "schedule_next": "the system runs a task once for each time that it is asked for (Apple, BGTaskScheduler, "
    "scheduleBackgroundRefresh)",
    "make_request": "the request names the task and the earliest time (Apple, BGTaskRequest)",
    "require_network": "without it a processing task may run while there is no network, and the hit cannot leave "
    "(Apple, BGProcessingTaskRequest.requiresNetworkConnectivity)",
    "submit_request": "nothing is scheduled until the request is submitted (Apple, BGTaskScheduler.submit)",
    "request_refresh": "a watch app asks for each refresh, with the time it would like (Apple, scheduleBackgroundRefresh)",
    "inline_work": "the work's result, not the hit's, is what the system wants to know (Apple, "
    "performFetchWithCompletionHandler)",
    "scheduled_work": "the work's success, not the hit's, is what the system wants to know (Apple, BGTask.setTaskCompleted)",
    "off_main": "the main thread stays free while the app is being suspended; the app's own work goes here",
    "off_main_scheduled": "the main thread stays free for the expiration; a processing task works for minutes (Apple)",
    "hold_activity": "the system lets a watch app run as long as the block has not returned (Apple, performExpiringActivity)",
    "on_main": "the SDK's objects are not thread-safe: the tracker is used on the main thread only (P10)",
    "begin_task": "the system suspends the app unless a background task is open; one for each time the app goes to the "
    "background (P16)",
    "begin_scheduled": "a task that expires must be completed too, and each exactly once (Apple, BGTask.expirationHandler)",
    "take_tracker": "the global tracker is the one that the app's other hits use",
    "send_hit": "the hit copies the tracker's parameters at once; building and sending follow on the SDK's queue "
    "(Sources/Dispatcher.swift)",
    "expect_hit": "sending is asynchronous: control goes back when the SDK says that this hit was sent or stored, or when time "
    "is up (P13; Sources/Sender.swift)",
    "after": "the global tracker's delegate slot is the app's, so nobody tells that the hit has left: it is given time "
    "(P13)",
    "complete": "the completion handler must be called exactly once, within 30 s (P03; Apple, "
    "performFetchWithCompletionHandler)",
    "end_task": "a task must be ended exactly once, also when it expires (P16; Apple, endBackgroundTask)",
    "complete_refresh": "a refresh task must be completed exactly once (Apple, setTaskCompletedWithSnapshot)",
    "complete_scheduled": "a task must be completed exactly once (Apple, BGTask.setTaskCompleted)",
    "own_launch": "what the app itself does at launch is in a file of its own, since this one is generated anew; first, so that"
    " the global tracker has its site before any hit (Sources/Builder.swift)",
    "own_fetch_work": "the work is in a file of its own, since this one is generated anew; its result, not the hit's, is what the "
    "system wants to know (Apple, performFetchWithCompletionHandler)",
    "own_scheduled_work": "the work is in a file of its own, since this one is generated anew; its success, not the hit's, is what the "
    "system wants to know (Apple, BGTask.setTaskCompleted)",
    "off_main_own_work": "the work is in a file of its own, since this one is generated anew; the main thread stays free while the app"
    " is being suspended",
    "end_activity": "the block returns, and the system may suspend the app (Apple, performExpiringActivity)",
}
WARNINGS = {
    "dispatched": "finish.when: dispatched gives control back before the hit has left: "
    "the system may suspend the app first, and the hit is then late or lost (P13)",
    "app": "lifecycle: app: an app built with the iOS 27 or tvOS 27 SDK must have scenes, or it traps at launch (P15); "
    "write lifecycle: scene if the app has them",
}
# What a step needs beside its own lines: a property of the delegate, a class of its own.
PROPERTIES = {"make_tracker": "tracker", "watch_hits": "deliveries"}
HELPERS = {
    "own_launch": "own_files",
    "watch_hits": "hit_deliveries",
    "begin_task": "tracked_task",
    "begin_scheduled": "scheduled_task",
    "hold_activity": "expiring_activity",
}
# In a scaffold the app's own work is in files that a person owns: a step that does it becomes a step that calls it.
OWN = {"inline_work": "own_fetch_work", "scheduled_work": "own_scheduled_work", "off_main": "off_main_own_work"}


class Step(NamedTuple):
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


class Entry(NamedTuple):
    """A method of the delegate, and what it does; the system calls it, or another entry does."""

    name: str
    steps: tuple[Step, ...]


class Plan(NamedTuple):
    """All that the AppDelegate does for a case on a platform.

    `system` is the vocabulary of Apple's framework, `frameworks` are those beside it; `warnings` are keys of WARNINGS.
    """

    system: str
    entries: tuple[Entry, ...]
    frameworks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def walk(self) -> Iterator[Step]:
        """Every step, in order."""
        for entry in self.entries:
            for step in entry.steps:
                yield from step.walk()

    @property
    def properties(self) -> list[str]:
        """The delegate's properties, in the order of their steps."""
        return [PROPERTIES[step.name] for step in self.walk() if step.name in PROPERTIES]

    @property
    def helpers(self) -> list[str]:
        """The classes beside the delegate, in the order of their steps."""
        return [HELPERS[step.name] for step in self.walk() if step.name in HELPERS]


def plan(case: Case, platform: Platform = Platform.IOS, *, own_work: bool = False) -> Plan:
    """The plan of a case on one of its platforms; with `own_work` it calls files that a person owns (`atgen scaffold`)."""
    kind = entry_kind(case, platform)
    made = _PLANS[kind](case)
    if ENTRIES[kind].framework is Framework.WATCHKIT:
        return made
    if own_work:
        made = made._replace(entries=_owned(made.entries))
    warned = case.lifecycle is Lifecycle.APP
    return made._replace(warnings=(*_warnings(case), *(("app",) if warned else ())))


def _classic(case: Case) -> Plan:
    """UIKit calls the delegate's methods, or notifies it."""
    launch = _launch(case)
    if case.mode is Mode.FETCH:
        launch = (*launch, Step("enable_fetch"))
        entry = Entry("fetch", (Step("inline_work"), *_tagged_hit(case, Step("complete"))))
    else:
        tagged = Step("on_main", _tagged_hit(case, Step("end_task")))
        steps = (Step("begin_task"), Step("off_main", (tagged,)))
        entry = Entry("background", steps)
        if case.lifecycle is Lifecycle.SCENE:
            launch = (*launch, Step("watch_background"))
            entry = Entry("scene_background", steps)
    return Plan("uikit", (*_entry("launch", launch), entry))


def _scheduled(case: Case) -> Plan:
    """BackgroundTasks runs a handler."""
    launch = (*_launch(case), Step("register_handler"), Step("schedule_next"))
    tagged = _tagged_hit(case, Step("complete_scheduled"))
    work = Step("off_main_scheduled", (Step("scheduled_work"), Step("on_main", tagged)))
    network = (Step("require_network"),) if case.scheduler is Scheduler.PROCESSING else ()
    entries = (
        Entry("launch", launch),
        Entry("scheduled", (Step("schedule_next"), Step("begin_scheduled"), work)),
        Entry("schedule", (Step("make_request"), *network, Step("submit_request"))),
    )
    return Plan("uikit", entries, ("BackgroundTasks",))


def _watch(case: Case) -> Plan:
    """WatchKit calls the delegate's methods."""
    system = "watchkit_extension" if is_extension(case) else "watchkit"
    launch = _launch(case)
    if case.mode is Mode.TASK:
        tagged = Step("on_main", _tagged_hit(case, Step("end_activity")))
        entry = Entry("watch_background", (Step("hold_activity", (tagged,)),))
        return Plan(system, (*_entry("watch_launch", launch), entry), (), _warnings(case))
    entries = (
        Entry("watch_launch", (*launch, Step("schedule_next"))),
        Entry("watch_refresh", (Step("schedule_next"), *_tagged_hit(case, Step("complete_refresh")))),
        Entry("schedule", (Step("request_refresh"),)),
    )
    return Plan(system, entries, (), _warnings(case))


# How each kind of entry is planned.
_PLANS: dict[EntryKind, Callable[[Case], Plan]] = {
    EntryKind.FETCH: _classic,
    EntryKind.BACKGROUND: _classic,
    EntryKind.SCENE: _classic,
    EntryKind.APP_REFRESH: _scheduled,
    EntryKind.PROCESSING: _scheduled,
    EntryKind.REFRESH: _watch,
    EntryKind.ACTIVITY: _watch,
}


def _owned(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The entries with a person's launch and work in the place of ours."""

    def owned(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(step._replace(name=OWN.get(step.name, step.name), steps=owned(step.steps)) for step in steps)

    first, *others = entries if entries[0].name == "launch" else (Entry("launch", ()), *entries)
    launch = Entry("launch", (Step("own_launch"), *first.steps))
    return (launch, *(entry._replace(steps=owned(entry.steps)) for entry in others))


def _entry(name: str, steps: tuple[Step, ...]) -> tuple[Entry, ...]:
    """The entry, if there is anything to do in it."""
    return (Entry(name, steps),) if steps else ()


def _launch(case: Case) -> tuple[Step, ...]:
    """What a tracker needs once, when the app is launched."""
    if not case.tracker:
        return ()
    made = (Step("make_tracker"), Step("enter_mode"))
    return (*made, Step("watch_hits")) if case.finish.when is When.SENT else made


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
