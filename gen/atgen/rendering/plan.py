"""Which steps a case takes, in which order and on which thread: decided here, once for all languages.

The reason of each step is a rule of the SDK or of Apple; P01 to P17 are the mistakes of the vendor's page that it rules out
(numbered in gen/README.md). Sources of the SDK are those of version 2.23.10.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from atgen.case.axes import ENTRIES, HITS, LIFECYCLES, entry_kind
from atgen.case.model import EntryKind, Form, Framework, HitKind, Lifecycle, Mode, Platform, Scheduler, When
from atgen.case.requirements import has_watch_extension, is_answered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from atgen.case.model import Case, Described

REASONS = {
    "own_launch": "what the app itself does at launch is in a file of its own, since this one is generated anew; first, so that"
    " the global tracker has its site before any hit (Sources/Builder.swift)",
    "make_tracker": "a dedicated tracker has no site and no log but its own, and without them it sends nothing (P12; "
    "Sources/Builder.swift); made when the app's own launch code has run, since the first tracker of a process owns its life "
    "cycle (Sources/Tracker.swift)",
    "keep_tag": "in the visitor's mode exempt the SDK takes the parameter bg away, unless it is told to let it through "
    "(Sources/Privacy.swift)",
    "enter_mode": "the mode puts a persistent parameter bg on the tracker: all that it sends from now on carries it "
    "(Sources/Context.swift)",
    "leave_mode": "what other code sends on the global tracker must not be tagged, so nothing comes between set and reset (P11;"
    " Sources/Builder.swift copies the parameters when a hit is sent)",
    "watch_hits": "only the tracker's delegate hears that a hit was sent or stored; it is one slot, set once for the tracker's "
    "life (Sources/Tracker.swift)",
    "watch_global_hits": "the global tracker's one slot is the app's: our delegate is set once, at launch, and passes on what it hears "
    "(Sources/Tracker.swift)",
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
    "schedule_first": "nothing waits for the answer: the app is not suspended at once when it has been launched",
    "schedule_then": "the request is answered on any queue after any delay, and the app may be suspended as soon as the task is "
    "completed: the work begins when the next run is asked for (BGTaskScheduler.h of Xcode 27.2's SDKs, submitTaskRequest)",
    "leave_main": "a request that is answered later is not for the main thread (BGTaskScheduler.h of Xcode 27.2's SDKs, "
    "submitTaskRequest)",
    "submit_then": "nothing is scheduled until the request is submitted, and only the answer tells all errors; whatever it is, "
    "the work goes on (BGTaskScheduler.h of Xcode 27.2's SDKs, submitTaskRequest)",
    "request_refresh": "a watch app asks for each refresh, with the time it would like (Apple, scheduleBackgroundRefresh)",
    "begin_fetch": "the completion handler must be called exactly once, within 30 s of the system's call, whatever the work does"
    " (P03; Apple, performFetchWithCompletionHandler)",
    "register_push": "without a registration no push reaches the app (Apple, registerForRemoteNotifications)",
    "note_state": "a push comes also while a person uses the app, when what it sends is no hit of the background (Apple, "
    "application(_:didReceiveRemoteNotification:fetchCompletionHandler:))",
    "end_in_foreground": "a push comes also while a person uses the app, when what it sends is no hit of the background",
    "do_push_work": "the work takes time, and its result, not the hit's, is what the system wants to know (Apple, "
    "application(_:didReceiveRemoteNotification:fetchCompletionHandler:))",
    "begin_task": "the system suspends the app unless a background task is open; one for each time the app goes to the "
    "background, ended exactly once, also when it expires (P16; Apple, beginBackgroundTask, endBackgroundTask)",
    "begin_scheduled": "a task must be completed exactly once, also when it expires (Apple, BGTask.expirationHandler, "
    "setTaskCompleted)",
    "begin_refresh": "a refresh task must be completed exactly once, and a watch app is killed after 15 s (Apple, "
    "setTaskCompletedWithSnapshot)",
    "begin_activity": "the system lets a watch app run as long as an activity's block has not returned (Apple, "
    "performExpiringActivity)",
    "do_fetch_work": "the work takes time, and its result, not the hit's, is what the system wants to know (Apple, "
    "performFetchWithCompletionHandler)",
    "do_task_work": "the work takes time, and the main thread stays free while the app is being suspended",
    "do_scheduled_work": "the work takes time, and its success, not the hit's, is what the system wants to know (Apple, "
    "BGTask.setTaskCompleted); the main thread stays free for the expiration",
    "do_refresh_work": "the work takes time",
    "work_has_result": "the work may end on any thread, twice, or when time is up, and the SDK's objects are not thread-safe: the "
    "hit is sent on the main thread, once, if there is still time (P10)",
    "work_is_done": "the work may end on any thread, twice, or when time is up, and the SDK's objects are not thread-safe: the "
    "hit is sent on the main thread, once, if there is still time (P10)",
    "take_tracker": "the global tracker is the one that the app's other hits use",
    "send_hit": "the hit copies the tracker's parameters at once; building and sending follow on the SDK's queue "
    "(Sources/Dispatcher.swift)",
    "send_event": "the event and its hit copy what they are given at once, and all events that were added to the tracker go "
    "together (Sources/Event.swift); building and sending follow on the SDK's queue (Sources/Dispatcher.swift)",
    "expect_hit": "sending is asynchronous: control goes back when the SDK says that this hit was sent, stored or given up, or when"
    " time is up (P13; Sources/Builder.swift, Sender.swift)",
    "after": "nobody tells that the hit has left: it is given time (P13)",
    "end_call": "control goes back to the system, exactly once (P03, P16)",
    "no_data": "the place for the app's own work, which says what it brought (Apple, UIBackgroundFetchResult)",
    "nothing_new": "the place for the app's own work, which says what it brought (Apple, UIBackgroundFetchResult)",
    "success": "the place for the app's own work, which says whether it was a success (Apple, BGTask.setTaskCompleted)",
    "done": "the place for the app's own work",
    "set_up": "the launch is the app's own, and an extension hears nothing of it",
    "watch_set_up": "the launch is the app's own, and an extension hears nothing of it",
    "own_fetch": "the work is in a file of its own, since this one is generated anew",
    "own_push": "the work is in a file of its own, since this one is generated anew",
    "own_task": "the work is in a file of its own, since this one is generated anew",
    "own_scheduled": "the work is in a file of its own, since this one is generated anew",
}
WARNINGS = {
    "dispatched": "finish.when: dispatched gives control back before the hit has left: "
    "the system may suspend the app first, and the hit is then late or lost (P13)",
    "ampersand": "hit: a name has a &: from iOS 17 on the SDK cuts it short there (Sources/URLExtension.swift)",
    "json": "hit: the name is JSON, which the SDK writes anew: [1,2] becomes [1, 2] (Sources/Builder.swift), and what becomes of "
    "the hit is not heard of; take another",
    "screen": "hit: the SDK takes the screen for the one that the visitor saw last, and says so of all hits that follow "
    "(Sources/Screen.swift, Gesture.swift); a campaign that waits for the next screen goes with it (Sources/Dispatcher.swift)",
    "event": "hit: events that were added to the tracker and not sent go with this one (Sources/Event.swift), and "
    "privacy modes that take the tag away take the event away, too (Sources/Privacy.swift); a campaign that waits for the next "
    "screen goes with it (Sources/Dispatcher.swift)",
    "app": "lifecycle: app: an app built with the iOS 27 or tvOS 27 SDK must have scenes, or it traps at launch (P15); "
    "write lifecycle: scene if the app has them",
}
# Of these, what is no mistake today and stands in the output's head: it is told where somebody asks for all.
LATER = frozenset({"app", "screen", "event"})
# The property of the delegate that a step needs.
PROPERTIES = {"make_tracker": "tracker", "watch_hits": "deliveries", "watch_global_hits": "global_deliveries"}
_PHONE = ("background_call", "fetch_call", "task_call", "scheduled_call", "hit_deliveries")
_WATCH = ("background_call", "refresh_call", "activity_call", "hit_deliveries")
# The classes of BackgroundHits, by system: all of them, so that one file serves all cases of an app.
HELPERS = {"uikit": _PHONE, "swiftui": _PHONE, "watchkit": _WATCH, "watchkit_extension": _WATCH}
# What the launch does once for each tracker, and once for each case; all else it does once.
_OF_TRACKER = frozenset({"make_tracker", "enter_mode", "watch_hits"})
_OF_CASE = frozenset({"register_handler", "schedule_next", "schedule_first"})
# In a scaffold the app's own work is in files that a person owns.
OWN = {"no_data": "own_fetch", "nothing_new": "own_push", "success": "own_scheduled", "done": "own_task"}


# What an extension calls the entry that the app's own launch calls.
_SET_UP = {"launch": "set_up", "watch_launch": "watch_set_up"}


class Step(NamedTuple):
    """One step, or a scope that holds steps; `seconds` only where the step waits, `case` counts an app's cases from 0."""

    name: str
    steps: tuple[Step, ...] = ()
    seconds: int | None = None
    case: int = 0

    @property
    def reason(self) -> str:
        """Why the step is there, and the source of the rule."""
        return REASONS[self.name]

    def walk(self) -> Iterator[Step]:
        """The step itself and all below it."""
        yield self
        for step in self.steps:
            yield from step.walk()


class Role(Enum):
    """What a method of the delegate is.

    Called at launch, by the system in the background, by the app's own code there, by another method, or the app's own work.
    """

    LAUNCH = "launch"
    HOOK = "hook"
    OFFER = "offer"
    PART = "part"
    WORK = "work"


class Entry(NamedTuple):
    """A method of the delegate, and what it does; `case` counts an app's cases from 0."""

    name: str
    role: Role
    steps: tuple[Step, ...]
    case: int = 0


class Plan(NamedTuple):
    """All that the delegate does for a case or an app on a platform.

    `system` is the vocabulary of Apple's framework, `frameworks` are those beside it; `warnings` are keys of WARNINGS.
    """

    system: str
    entries: tuple[Entry, ...]
    frameworks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    form: Form = Form.DELEGATE

    def of(self, *roles: Role) -> list[Entry]:
        """The entries that are one of these, in order."""
        return [entry for entry in self.entries if entry.role in roles]

    def walk(self) -> Iterator[Step]:
        """Every step, in order."""
        for entry in self.entries:
            for step in entry.steps:
                yield from step.walk()

    @property
    def properties(self) -> list[tuple[str, int]]:
        """The delegate's properties, in the order of their steps, each with its case's number."""
        return [(PROPERTIES[step.name], step.case) for step in self.walk() if step.name in PROPERTIES]

    @property
    def helpers(self) -> tuple[str, ...]:
        """The classes of the file beside the delegate, the same for all cases of a system."""
        return HELPERS[self.system]


def plan(described: Described, platform: Platform = Platform.IOS, *, own_work: bool = False) -> Plan:
    """The plan of a case or an app on one of its platforms.

    With `own_work` it calls files that a person owns (`atgen scaffold`).
    """
    kinds = [entry_kind(case, platform) for case in described.cases]
    here = (case._replace(platforms=(platform,)) for case in described.cases)
    plans = [_PLANS[kind](case) for kind, case in zip(kinds, here, strict=True)]
    made = plans[0] if len(plans) == 1 else _together(described.cases, plans)
    made = made._replace(warnings=tuple(dict.fromkeys(each for case in described.cases for each in _warnings(case))))
    if described.style.form is Form.EXTENSION:
        made = made._replace(entries=tuple(map(_set_up, made.entries)), form=Form.EXTENSION)
    if ENTRIES[kinds[0]].framework is Framework.WATCHKIT:
        return made
    if own_work:
        made = made._replace(entries=_owned(made.entries))
    later = ("app",) if described.lifecycle is Lifecycle.APP else ()
    return made._replace(warnings=(*made.warnings, *later))


def _together(cases: Sequence[Case], plans: Sequence[Plan]) -> Plan:
    """The plan of an app: one launch, and then what each case has, in their order."""
    launch: list[Step] = []
    done: set[tuple[str, object]] = set()
    entries: list[Entry] = []
    name = ""
    for number, (case, made) in enumerate(zip(cases, plans, strict=True)):
        for entry in (_numbered(each, number) for each in made.entries):
            if entry.role is not Role.LAUNCH:
                entries.append(entry)
                continue
            name = entry.name
            for step in entry.steps:
                about = case.tracker if step.name in _OF_TRACKER else case.name if step.name in _OF_CASE else None
                if (step.name, about) not in done:
                    launch.append(step)
                done.add((step.name, about))
    frameworks = dict.fromkeys(each for made in plans for each in made.frameworks)
    return Plan(plans[0].system, (*_at_launch(name, tuple(launch)), *entries), tuple(frameworks))


def _numbered(entry: Entry, number: int) -> Entry:
    """The entry with its case's number, and all its steps."""

    def numbered(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(step._replace(steps=numbered(step.steps), case=number) for step in steps)

    return entry._replace(steps=numbered(entry.steps), case=number)


def _classic(case: Case) -> Plan:
    """UIKit calls the delegate's methods, or notifies it."""
    launch, system = _launch(case), LIFECYCLES[case.lifecycle].system
    if case.mode is Mode.FETCH:
        steps = (Step("begin_fetch"), Step("do_fetch_work", (Step("work_has_result", _tagged_hit(case)),)))
        entries = (Entry("fetch", Role.HOOK, steps), Entry("fetch_work", Role.WORK, (Step("no_data"),)))
        return Plan(system, (*_at_launch("launch", (*launch, Step("enable_fetch"))), *entries))
    steps = (Step("begin_task"), _task_work(case))
    hook = "background"
    if case.lifecycle is not Lifecycle.APP:
        launch = (*launch, Step("watch_background"))
        hook = "scene_background"
    return Plan(system, (*_at_launch("launch", launch), Entry(hook, Role.HOOK, steps), _TASK_WORK))


def _pushed(case: Case) -> Plan:
    """UIKit calls the delegate's method for silent pushes."""
    tagged = (Step("end_in_foreground", (Step("end_call"),)), *_tagged_hit(case))
    work = Step("do_push_work", (Step("work_has_result", tagged),))
    entries = (
        Entry("launch", Role.LAUNCH, (*_launch(case), Step("register_push"))),
        Entry("push", Role.HOOK, (Step("begin_fetch"), Step("note_state"), work)),
        Entry("push_work", Role.WORK, (Step("nothing_new"),)),
    )
    return Plan(LIFECYCLES[case.lifecycle].system, entries)


def _scheduled(case: Case) -> Plan:
    """BackgroundTasks runs a handler."""
    launch = (*_launch(case), Step("register_handler"))
    begin, work = _task_run(case)
    network = (Step("require_network"),) if case.scheduler is Scheduler.PROCESSING else ()
    request = (Step("make_request"), *network)
    [platform] = case.platforms
    if is_answered(case, platform):
        launch = (*launch, Step("schedule_first"))
        run: tuple[Step, ...] = (begin, Step("schedule_then", (work,)))
        schedule = Entry("schedule_then", Role.PART, (Step("leave_main", (*request, Step("submit_then"))),))
    else:
        launch = (*launch, Step("schedule_next"))
        run = (Step("schedule_next"), begin, work)
        schedule = Entry("schedule", Role.PART, (*request, Step("submit_request")))
    entries = (Entry("launch", Role.LAUNCH, launch), Entry("scheduled", Role.HOOK, run), _SCHEDULED_WORK, schedule)
    return Plan(LIFECYCLES[case.lifecycle].system, entries, ("BackgroundTasks",))


def _handed_over(case: Case) -> Plan:
    """The handler of the app's own task hands it over."""
    entry = Entry("own_refresh", Role.OFFER, _task_run(case))
    entries = (*_at_launch("launch", _launch(case)), entry, _SCHEDULED_WORK)
    return Plan(LIFECYCLES[case.lifecycle].system, entries, ("BackgroundTasks",))


def _watch(case: Case) -> Plan:
    """WatchKit calls the delegate's methods."""
    system = "watchkit_extension" if has_watch_extension(case) else "watchkit"
    launch = _launch(case)
    if case.mode is Mode.TASK:
        hook = Entry("watch_background", Role.HOOK, (Step("begin_activity"), _task_work(case)))
        return Plan(system, (*_at_launch("watch_launch", launch), hook, _TASK_WORK))
    work = Step("do_refresh_work", (Step("work_is_done", _tagged_hit(case)),))
    entries = (
        Entry("watch_launch", Role.LAUNCH, (*launch, Step("schedule_next"))),
        Entry("watch_refresh", Role.HOOK, (Step("schedule_next"), Step("begin_refresh"), work)),
        Entry("refresh_work", Role.WORK, (Step("done"),)),
        Entry("data_work", Role.WORK, ()),
        Entry("schedule", Role.PART, (Step("request_refresh"),)),
    )
    return Plan(system, entries)


_TASK_WORK = Entry("task_work", Role.WORK, (Step("done"),))
_SCHEDULED_WORK = Entry("scheduled_work", Role.WORK, (Step("success"),))


def _task_run(case: Case) -> tuple[Step, ...]:
    work = Step("do_scheduled_work", (Step("work_has_result", _tagged_hit(case)),))
    return Step("begin_scheduled"), work


def _task_work(case: Case) -> Step:
    return Step("do_task_work", (Step("work_is_done", _tagged_hit(case)),))


# How each kind of entry is planned.
_PLANS: dict[EntryKind, Callable[[Case], Plan]] = {
    EntryKind.FETCH: _classic,
    EntryKind.BACKGROUND: _classic,
    EntryKind.SCENE: _classic,
    EntryKind.APP_REFRESH: _scheduled,
    EntryKind.OWN_REFRESH: _handed_over,
    EntryKind.PROCESSING: _scheduled,
    EntryKind.PUSH: _pushed,
    EntryKind.REFRESH: _watch,
    EntryKind.ACTIVITY: _watch,
}


def _owned(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The entries with a person's launch and work in the place of ours."""

    def owned(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(step._replace(name=OWN.get(step.name, step.name), steps=owned(step.steps)) for step in steps)

    first, *others = entries if entries[0].role is Role.LAUNCH else (Entry("launch", Role.LAUNCH, ()), *entries)
    launch = first._replace(steps=(Step("own_launch"), *first.steps))
    return (launch, *(entry._replace(steps=owned(entry.steps)) for entry in others))


def _set_up(entry: Entry) -> Entry:
    """The entry as an extension has it: the launch itself is the app's."""
    return entry._replace(name=_SET_UP[entry.name]) if entry.role is Role.LAUNCH else entry


def own(planned: Plan) -> Plan:
    """What the app's own class has where the hook extends it: a launch that calls the extension, and the work."""
    launches = {name: launch for launch, name in _SET_UP.items()}
    launch = (Entry(launches[each.name], Role.LAUNCH, (Step(each.name),)) for each in planned.of(Role.LAUNCH))
    return planned._replace(entries=(*launch, *planned.of(Role.WORK)), frameworks=(), form=Form.DELEGATE)


def _at_launch(name: str, steps: tuple[Step, ...]) -> tuple[Entry, ...]:
    """The entry, unless there is nothing for it to do."""
    return (Entry(name, Role.LAUNCH, steps),) if steps else ()


def _launch(case: Case) -> tuple[Step, ...]:
    """What happens once for the tracker's life."""
    keep = (Step("keep_tag"),) if case.keep_tag_in else ()
    is_watched = case.finish.when is When.SENT
    if not case.tracker:
        return (*keep, Step("watch_global_hits")) if is_watched else keep
    watch = (Step("watch_hits"),) if is_watched else ()
    return (*keep, Step("make_tracker"), Step("enter_mode"), *watch)


def _tagged_hit(case: Case) -> tuple[Step, ...]:
    """The steps that send the tagged hit and give control back."""
    end = (Step("end_call"),)
    send: tuple[Step, ...] = (Step(HITS[case.hit.kind].step),)
    if not case.tracker:
        send = (Step("take_tracker"), Step("enter_mode"), *send, Step("leave_mode"))
    if case.finish.when is When.SENT:
        return (Step("expect_hit", end, case.finish.within), *send)
    if case.finish.when is When.AFTER:
        return (*send, Step("after", end, case.finish.within))
    return (*send, *end)


def _warnings(case: Case) -> tuple[str, ...]:
    said = {
        "dispatched": case.finish.when is When.DISPATCHED,
        "ampersand": "&" in case.hit.page,
        "json": _is_json(case.hit.page),
        "screen": case.hit.kind is HitKind.SCREEN,
        "event": case.hit.kind is HitKind.EVENT,
    }
    return tuple(warning for warning, holds in said.items() if holds)


def _is_json(name: str) -> bool:
    """Say whether the SDK takes a name for an object or a list of JSON, and writes it anew (Sources/Builder.swift)."""
    from json import loads  # noqa: PLC0415 (start-up time)

    try:
        return isinstance(loads(name), (dict, list))
    except (ValueError, RecursionError):  # Apple's parser gives up at depth, too
        return False
