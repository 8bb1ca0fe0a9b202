"""What must hold in every trace: small functions from a trace's facts to what breaks them.

P01 to P17 are the mistakes of the vendor's page (numbered in gen/README.md) that an invariant finds.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from atgen.case.axes import ENTRIES, entry_kind
from atgen.case.model import EntryKind, Scope
from atgen.case.requirements import requirements
from atgen.case.vocabulary import vocabulary
from atgen.reference.device import SELECTORS
from atgen.reference.events import EVENTS
from atgen.reference.scheduler import BGAppRefreshTaskRequest
from atgen.reference.sdk import DEFAULT_CONFIGURATION, GLOBAL_TRACKER
from atgen.reference.sentences import crash
from atgen.reference.work import OWN_TASK
from atgen.reference.world import CALL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from atgen.case.axes import EntryFacts
    from atgen.case.model import Case, Described, Platform
    from atgen.reference import Event

# After these the app is in the background, or is not.
_STATES = ("launch", "background", "foreground", "fetch")
# What the app must complete.
_CALLS = ("fetch", "push", "run")
_TRACKER_EVENTS = ("configure", "reconfigure", "delegate", "mode", "hit")
# What only the main thread may ask of the application (Apple, UIApplication; it may begin and end background tasks on any).
_ASKS = ("interval", "wants_pushes")
# What became of a hit (Sources/Builder.swift, Sender.swift, 2.23.10).
_OUTCOMES = ("sent", "stored", "refused", "build", "unsaved", "opted_out", "lost")
# What is told of the next hit: the queue is serial (Sources/Tracker.swift, Builder.swift).
_NEXT = ("buildDidEnd:message:", "errorDidOccur:")
# What a visitor's mode that lets everything through is called (Sources/Privacy.swift).
_OPEN_MODES = ("none", "optIn")
# What the system hears of each kind of work: it was good, or not, or time was up before.
_FETCHED = ("newData", "noData", "failed")
_RESULTS = {"fetch": _FETCHED, "push": _FETCHED, "scheduled": ("success", "failure", "failure")}
# What Info.plist must permit (Apple, UIBackgroundModes; "Using background tasks to update your app"), beside what says
# there that a fetch is none of an app's that uses BackgroundTasks (BGTaskScheduler).
_MODES = {
    EntryKind.FETCH: "fetch",
    EntryKind.APP_REFRESH: "fetch",
    EntryKind.OWN_REFRESH: "fetch",
    EntryKind.PROCESSING: "processing",
    EntryKind.PUSH: "remote-notification",
}
_PERMITTED = "BGTaskSchedulerPermittedIdentifiers"
# Of what a spec can say of a configuration, the SDK has these where nobody says so (Sources/DefaultConfiguration.plist, 2.23.10).
_DEFAULTS = {**DEFAULT_CONFIGURATION, "identifier": "uuid", "hashUserId": "false", "sendOnApplicationState": "all"}
# The system decides when; who asks for a run later than this, in seconds, has hits of another day.
_SOON = 60 * 60
# Code of a person may wait longer, but not so long that nobody counts on it (Apple, WWDC 2019, 707: a week or less).
_IN_A_WEEK = 7 * 24 * 60 * 60
# And what atgen renders asks for none sooner than Apple's own example of BackgroundTasks ("Using background tasks to update
# your app"); a watch has about four an hour for an app (Apple, WKApplicationRefreshBackgroundTask).
_SPACED = 15 * 60
# A hit that nobody tells of has so many seconds (atgen.case.spec); who waits for one may be no more patient.
_PATIENCE = 5
# Code of a person may have its reasons, but not for this: each run asks for another within the minute.
_AT_ONCE = 60
_BOUNDARIES = frozenset(name for name, event_type in EVENTS.items() if event_type.begins)


@dataclass(frozen=True)
class Expectation:
    """What a case promises on a platform, alone or beside the others of its app.

    `when` is sent, after or dispatched; `within` is in seconds; `kept_in` are the visitor's modes in which the tag is kept.
    `hit` is its name, chapters, action and properties, these as JSON, where 1 is not true; `configuration` is a dedicated
    tracker's, by the SDK's keys.
    Code without `works` has no method of its own for the work, which the device could play; what atgen has not `rendered` may
    have reasons of its own.
    """

    name: str
    entry: EntryKind
    mode: str
    tracker: str
    scope: Scope
    when: str
    within: int
    hit: tuple[str, tuple[str, ...], str, str]
    configuration: dict[str, str]
    info_plist: dict[str, Any]
    kept_in: tuple[str, ...] = ()
    works: bool = True
    rendered: bool = False
    identifier: str = ""
    beside: tuple[Expectation, ...] = ()

    @classmethod
    def of(cls, described: Described, platform: Platform) -> Expectation:
        """Take it from the case; that of an app's first case has those of the others beside it."""
        info_plist = requirements(described, platform).info_plist
        first, *others = (cls._of(case, platform, info_plist) for case in described.cases)
        return replace(first, beside=tuple(others))

    @classmethod
    def _of(cls, case: Case, platform: Platform, info_plist: dict[str, Any]) -> Expectation:
        return cls(
            name=case.name,
            entry=entry_kind(case, platform),
            mode=case.mode.value,
            tracker=case.tracker.name if case.tracker else GLOBAL_TRACKER,
            scope=case.scope,
            when=case.finish.when.value,
            within=case.finish.within,
            hit=(case.hit.name, case.hit.chapters, case.hit.action, _as_json(dict(case.hit.properties))),
            configuration=dict((*vocabulary(case.sdk).settings, *case.tracker.configuration)) if case.tracker else {},
            info_plist=info_plist,
            kept_in=tuple(mode.value for mode in case.keep_tag_in),
            rendered=True,
            identifier=OWN_TASK if entry_kind(case, platform) is EntryKind.OWN_REFRESH else case.identifier,
        )

    @cached_property
    def each(self) -> tuple[Expectation, ...]:
        """Each case's, with those of the others beside it."""
        together = (replace(self, beside=()), *self.beside)
        return tuple(
            replace(one, beside=together[:number] + together[number + 1 :]) for number, one in enumerate(together)
        )

    def working(self, usually: list[Event]) -> Expectation:
        """Promise of a person's code: of the app's own work only where such methods are called in what happens usually.

        Work that hears nothing of its push is work all the same; and what an app calls the refresh task that it has, it says.
        """
        played = {event["kind"].removeprefix("lost_") for event in usually if event["event"] == "work"}
        asked = (event["task"] for event in usually if event["event"] == "submit" and event["kind"] == "app_refresh")
        own = next(asked, self.identifier)
        first, *others = (
            replace(
                each,
                works=each.work in played,
                rendered=False,
                identifier=own if each.entry is EntryKind.OWN_REFRESH else each.identifier,
                beside=(),
            )
            for each in self.each
        )
        return replace(first, beside=tuple(others))

    def begins_with(self, event: Event) -> bool:
        """Say whether an event is the system's call for this case, and not for another of the app."""
        return event["event"] == self.kind.begins and (not self.identifier or event["task"] == self.identifier)

    @property
    def kind(self) -> EntryFacts:
        """How the system calls the app."""
        return ENTRIES[self.entry]

    @property
    def work(self) -> str:
        """The kind of the app's own work, which has the case's noun where another case of the app has such work, too."""
        is_alike = any(other.kind.work == self.kind.work for other in self.beside)
        return f"{self.kind.work}_{self.kind.noun}" if is_alike else self.kind.work

    @property
    def needed(self) -> set[str]:
        """The selectors without which nothing happens; what a scene's delegate may do a person need not do at launch."""
        kind = self.kind
        names = [kind.method] if kind.method else []
        at_launch = kind.at_launch and (self.rendered or self.entry is not EntryKind.SCENE)
        if at_launch or (self.rendered and self.scope is Scope.DEDICATED):
            names.append("did_finish_launching")
        return {SELECTORS[kind.framework.value][name] for name in names}


@dataclass(frozen=True)
class Violation:
    """A broken invariant; `index` is that of the event that breaks it."""

    index: int
    invariant: Invariant
    message: str


@dataclass(frozen=True)
class Invariant:
    """A rule: its statement in one sentence, the page's mistakes that it finds, and the function that checks it."""

    name: str
    statement: str
    mistakes: tuple[str, ...]
    check: Callable[[Facts, Expectation], Iterator[tuple[int, str]]] = field(repr=False)


class Facts:
    """A trace, sorted once for all invariants: events with their indices by name, and what belongs to which root.

    A root is the number of the step that an event descends from: what it sets in motion is told apart by it. What
    belongs to another case of the app is left out: it is that one's to judge.
    """

    def __init__(self, trace: list[Event], expected: Expectation) -> None:
        self.trace = trace
        self._expected = expected
        self._by_name: dict[str, list[tuple[int, Event]]] = defaultdict(list)
        is_others = _of_others(trace, expected)
        for index, event in enumerate(trace):
            if not is_others(event):
                self._by_name[event["event"]].append((index, event))
        self.last = len(trace) - 1
        # All that the app must complete; and the case's own calls, whatever they are, by root.
        self.calls = {event["call"]: (index, event) for index, event in self.all(*_CALLS)}
        self.entries = {
            event["from"]: event
            for _, event in self.all(expected.kind.begins)
            if (expected.entry is not EntryKind.REFRESH or event["task"] == "refresh")
            and (expected.rendered or not expected.identifier or event.get("task") == expected.identifier)
        }
        # A push that comes while a person uses the app is none of the background's.
        self.in_foreground = {
            event["from"]
            for index, event in self.all("push")
            if not next(
                (
                    at["event"] in {"background", "fetch"} or at.get("woken")
                    for at in reversed(trace[:index])
                    if at["event"] in _STATES
                ),
                False,
            )
        }
        # The person's work by root, and where it was done for the first time.
        self.works = {
            event["from"]: (index, event) for index, event in self.all("work") if event["kind"] == expected.work
        }
        done = {event["work"]: (index, event) for index, event in reversed(self.all("done"))}
        self.done = {root: done[work["work"]] for root, (_, work) in self.works.items() if work["work"] in done}
        self.own_hits: dict[int, list[tuple[int, Event]]] = defaultdict(list)
        for index, event in self.all("hit"):
            if event["by"] == "app":
                self.own_hits[event["from"]].append((index, event))
        self.own = {event["hit"] for hits in self.own_hits.values() for _, event in hits}
        # What became of a hit, of its last part, and where the trace says so; `build` only where it failed.
        self.outcomes: dict[int, tuple[int, Event]] = {}
        for index, event in sorted(self.all(*_OUTCOMES), key=_first):
            if not event.get("ok"):
                self.outcomes[event["hit"]] = index, event
        # Of these, or of a part of them, the delegate hears nothing.
        self.untold = {
            event["hit"]
            for index, event in self.all("lost", "unsaved")
            if index == self.last or trace[index + 1]["event"] != "told"
        }
        self.tasks = {event["task"]: event["from"] for _, event in self.all("begin")}
        self.expiries = {event["task"]: index for index, event in self.all("expire")}
        self.expired_calls = {event["call"]: (index, event) for index, event in self.all("expire_call")}

    def all(self, *names: str) -> list[tuple[int, Event]]:
        """List the events of these names with their indices, one name after the other."""
        if len(names) == 1:
            return self._by_name.get(names[0], [])
        return [found for name in names for found in self._by_name.get(name, ())]

    def next_built(self, hit: Event, index: int) -> list[float]:
        """Give the time at which a hit's delegate hears of the one that comes after it, if it does (Sources/Tracker.swift)."""
        there = (event for at, event in enumerate(self.trace) if at > index and event["event"] == "told")
        built = (each for each in there if each["tracker"] == hit["tracker"] and each["method"] in _NEXT)
        return [each["t"] for each in built][:1]

    def of_kind(self, kind: str) -> set[int]:
        """Give the numbers of the works of a kind."""
        return {event["work"] for _, event in self.all("work") if event["kind"] == kind}

    def is_waited_for(self, root: int) -> bool:
        """Say whether the work of a root has begun and is never done."""
        return root in self.works and root not in self.done

    @cached_property
    def returns(self) -> list[tuple[int, Event, int, bool]]:
        """Where control goes back: index, event, the root of the work, whether time was up."""
        return list(self._returns(self._expected))

    @cached_property
    def unsure(self) -> set[int]:
        """The own hits whose outcome the delegate may not hear of, or take for another's: other code has had its slot.

        That is while a hit is under way, or one before it that is still waited for: who has its place when it gives up a hit
        does not know whether nobody told of it, and goes on to wait.
        """
        slots = [(index, event["taken"]) for index, event in self.all("slot")]
        backs = {root: index for index, _, root, is_up in reversed(self.returns) if not is_up}
        unsure: set[int] = set()
        waits = -1
        for index, hit in self.all("hit") if slots else ():
            if hit["by"] != "app":
                continue
            late = (at for at in range(index, self.last) if self.trace[at]["t"] > hit["t"] + self._expected.within)
            end = backs.get(hit["from"], next(late, self.last))
            was_taken, is_taken = (
                next((taken for at, taken in reversed(slots) if at < when), False) for when in (index, end)
            )
            over = max(end, self.outcomes.get(hit["hit"], (self.last,))[0])
            if was_taken or index < waits or any(index < at < over for at, _ in slots):
                unsure.add(hit["hit"])
                waits = max(waits, end if is_taken and over == end else self.last)
        return unsure

    def _returns(self, expected: Expectation) -> Iterator[tuple[int, Event, int, bool]]:
        deadline = expected.kind.deadline
        if expected.kind.returns == "complete":
            own = {event["call"]: root for root, event in self.entries.items()}
            for index, event in self.all("complete"):
                call = event["call"]
                if call in own:
                    asked = self.expired_calls.get(call, (index,))[0] < index
                    took = event["t"] - self.calls[call][1]["t"]
                    yield index, event, own[call], asked or (deadline is not None and took >= deadline)
            return
        done: set[int] = set()
        # An activity's block may return when it is woken, whenever it does.
        for index, event in self.all("wake", "end"):
            task = event["task"]
            if event.get("valid", True) and task not in done:
                yield index, event, self.tasks[task], self.expiries.get(task, index) < index
            if event["event"] == "wake":
                done.add(task)


def _of_others(trace: list[Event], expected: Expectation) -> Callable[[Event], bool]:
    """Tell the events that belong to other cases of the app."""
    if not expected.beside:
        return lambda _: False
    begins = {other.kind.begins for other in expected.beside}
    began = [event for event in trace if event["event"] in begins]
    roots = {event["from"] for event in began if any(other.begins_with(event) for other in expected.beside)}
    tasks = {other.identifier for other in expected.beside} - {""}
    # Whoever completes a call, or however late: it is of the case that was called.
    calls = {event["call"]: event["from"] for event in trace if event["event"] in _CALLS}

    def is_others(event: Event) -> bool:
        if event["event"] in _OUTCOMES:
            return False  # a hit's delivery may descend from a later one
        if event["event"] in {"register", "submit", "taken", "withdrawn"}:
            return event["task"] in tasks
        return (calls[event["call"]] if "call" in event else event["from"]) in roots

    return is_others


def violations(trace: list[Event], expected: Expectation) -> list[Violation]:
    """Find all that the trace breaks, in its order; of one event's, that of the earlier invariant first."""
    found: dict[Violation, None] = {}
    for one in expected.each:
        facts = Facts(trace, one)
        for invariant in INVARIANTS:
            found |= {Violation(index, invariant, message): None for index, message in invariant.check(facts, one)}
    return sorted(found, key=lambda violation: violation.index)


def _tag(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    others: dict[int, str] = {}
    dedicated = {one.tracker: one.mode for one in (expected, *expected.beside) if one.tracker != GLOBAL_TRACKER}
    for index, event in sorted(facts.all("mode", "hit"), key=_first):
        root, name = event["from"], event["event"]
        if name == "mode":
            others[root] = event["mode"]
        elif event["by"] == "other":
            # Other code that has set a mode itself wants it, from its own step; a dedicated tracker marks all that it sends.
            wanted = dedicated.get(event["tracker"], others.get(root, "normal"))
            if event["bg"] != wanted.replace("normal", ""):
                yield index, f"hit {event['hit']} of other code is {_tagged(event)}"
        elif event["tracker"] != expected.tracker:
            yield index, f"hit {event['hit']} is sent with tracker {event['tracker']}"
        elif event["bg"] != expected.mode:
            yield index, f"hit {event['hit']} of the background work is {_tagged(event)}"
    yield from _let_through(facts, expected)
    kept = {event.get("privacy", "none") for _, event in facts.all("launch")} <= {*_OPEN_MODES, *expected.kept_in}
    for index, event in facts.all("sent", "stored"):
        if event["hit"] in facts.own and (f"&bg={expected.mode}" in event["url"]) is not kept:
            yield index, f"the URL of hit {event['hit']} has {'no' if kept else 'a'} tag"


def _let_through(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    """Find the visitor's modes in which the tag, or what nobody asked for, is let through, and those in which it is not."""
    modes = {mode for one in (expected, *expected.beside) for mode in one.kept_in}
    told: dict[str, int] = {}
    for index, event in facts.all("privacy"):
        for key in event["keys"]:
            if (key == "bg" and event["mode"] not in modes) or (key != "bg" and expected.rendered):
                yield index, f"{key} is let through in the visitor's mode {event['mode']}, which nobody asks for"
        if "bg" in event["keys"]:
            told.setdefault(event["mode"], index)
    first = min((index for hits in facts.own_hits.values() for index, _ in hits), default=-1)
    for mode in expected.kept_in:
        if told.get(mode, facts.last + 1) > first >= 0:
            yield first, f"the tag is not let through in the visitor's mode {mode} when the first hit is sent"


def _normal(facts: Facts, _: Expectation) -> Iterator[tuple[int, str]]:
    changes = [(index, event["mode"]) for index, event in facts.all("mode") if event["tracker"] == GLOBAL_TRACKER]
    for number, (index, mode) in enumerate(changes):
        if mode != "normal":
            end = changes[number + 1][0] if number + 1 < len(changes) else facts.last + 1
            for seen in range(index + 1, end):
                if facts.trace[seen]["event"] in _BOUNDARIES and facts.trace[seen]["on"] != "sdk":
                    yield seen, f"the global tracker's mode is {mode} while other code can run"
                    break


def _once(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    if expected.kind.returns != "complete":
        return
    completed: set[int] = set()
    for index, event in facts.all("complete"):
        call = event["call"]
        took = event["t"] - facts.calls[call][1]["t"]
        # While blocks wait on the main queue the clock stands, so there is time to hop there.
        late = event["t"] - facts.expired_calls.get(call, (index, event))[1]["t"]
        if call in completed:
            yield index, f"{_completion(facts, call)} again"
        elif expected.kind.most and took > expected.kind.most:
            yield index, f"{_completion(facts, call)} after {took:g} s"
        elif late > 0:
            yield index, f"{_completion(facts, call)} {late:g} s after its time was up"
        completed.add(call)
    for call in sorted(facts.calls.keys() - completed):
        # Whose work goes on for ever, and whose time is never up, nobody can complete.
        if expected.kind.deadline or not facts.is_waited_for(facts.calls[call][1]["from"]):
            yield facts.last, _completion(facts, call).replace(" is ", " is never ")


def _specified(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    for hits in facts.own_hits.values():
        for index, event in hits:
            found = (event["name"], tuple(event["chapters"]), event["action"], _as_json(event.get("properties", {})))
            if found != expected.hit:
                yield index, f"hit {event['hit']} is {_named(*found)} and not {_named(*expected.hit)}"
    for index, event in facts.all("sent"):
        # The older SDK asks for it in a setting (ATBuilder.m).
        if event["hit"] in facts.own and not event["url"].startswith("https://"):
            yield index, f"hit {event['hit']} leaves in clear text, which App Transport Security blocks"
    for index, event in _configured(facts, expected.tracker):
        has, wanted = ({**_DEFAULTS, **each} for each in (event["configuration"], expected.configuration))
        if expected.tracker != GLOBAL_TRACKER and has != wanted:
            wrong = sorted(key for key in has.keys() | wanted if has.get(key) != wanted.get(key))
            yield index, f"tracker {event['tracker']} has another {', '.join(wrong)} than the spec"


def _configured(facts: Facts, tracker: str) -> Iterator[tuple[int, Event]]:
    """List where a tracker gets a configuration, but for those that another takes the place of before a hit is sent."""
    sent = [index for hits in facts.own_hits.values() for index, _ in hits]
    found = [each for each in facts.all("configure", "reconfigure") if each[1]["tracker"] == tracker]
    for number, (index, event) in enumerate(found):
        ends = [at for at, _ in found[number + 1 : number + 2]]
        if not ends or any(index < at < ends[0] for at in sent):
            yield index, event


def _permitted(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    mode = _MODES.get(expected.entry)
    if mode and mode not in expected.info_plist.get("UIBackgroundModes", ()):
        yield facts.last, f"UIBackgroundModes has no {mode}, and the system never calls"
    wanted = {_MODES.get(each.entry) for each in (expected, *expected.beside)}
    for each in expected.info_plist.get("UIBackgroundModes", ()):
        if expected.rendered and each not in wanted:
            yield (
                facts.last,
                f"UIBackgroundModes has {each}, which nothing here is for, and whoever reviews the app asks",
            )
    tasks = expected.info_plist.get(_PERMITTED, [])
    # What an app's own refresh task is called, it knows and permits itself.
    own = {expected.identifier} if expected.entry is EntryKind.OWN_REFRESH else set()
    if expected.entry is EntryKind.FETCH and tasks:
        yield facts.last, f"Info.plist has {_PERMITTED}, which switches background fetch off"
    handled = {event["task"] for _, event in facts.all("register")}
    for index, event in facts.all("register", "submit"):
        # A person's may have others beside the case's.
        is_own = not expected.rendered and {expected.identifier, event["task"]} <= handled
        if event["task"] and event["task"] not in {*tasks, *own} and not is_own:
            yield index, f"task {event['task']} is none of Info.plist's {_PERMITTED}"


def _registered(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    if expected.rendered:
        yield from _set(facts)
    if expected.kind.work != "scheduled":
        return
    known: set[str] = set()
    for index, event in facts.all("register"):
        if event.get("late"):
            yield index, f"the handler of task {event['task']} is registered when the launch is over"
        elif event["task"] in known:
            yield index, f"task {event['task']} is registered twice"
        known.add(event["task"])
    if not known:
        yield facts.last, "no handler is registered"
    for index, _event in facts.all("idle"):
        yield index, "the system has no request whose task has a handler"


def _set(facts: Facts) -> Iterator[tuple[int, str]]:
    """Find the trackers that are made before the app has done what it does at launch, and the delegates set after it.

    The first tracker of a process decides its sessions, so the app's own is to be it (Sources/Tracker.swift); and whoever takes
    a delegate's slot again takes it from other code.
    """
    last = _launch_end(facts)
    for index, event in facts.all("configure"):
        if event.get("early"):
            yield index, f"tracker {event['tracker']} is made before the app has launched"
    known: set[str] = set()
    for index, event in facts.all("delegate"):
        if index > last or event["tracker"] in known:
            yield index, f"the delegate of tracker {event['tracker']} is set again, or when the launch is over"
        known.add(event["tracker"])


def _launch_end(facts: Facts) -> int:
    """Find the last event of the launch: what is put off until then, an app that is suspended or called first has not done."""
    launch = next((index for index, _ in facts.all("launch")), -1)
    ends = (at for at in range(launch + 1, facts.last + 1) if facts.trace[at]["event"] in _BOUNDARIES)
    return next(ends, facts.last + 1) - 1


def _rescheduled(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    # A person's app that asks for its own refresh task itself is to ask again.
    is_own = expected.entry is EntryKind.OWN_REFRESH and not expected.rendered and expected.identifier != OWN_TASK
    wanted = BGAppRefreshTaskRequest.kind if is_own else expected.kind.asks
    if not wanted:
        return
    asked = _asked(facts, expected, wanted)
    later = {event["from"] for _, event in facts.all("submit") if event.get("answers")}
    left = {event["from"] for _, event in facts.all("background")}
    for _, event in facts.all("launch"):
        # A person's app may ask when it is left, as Apple's own example does.
        if event["from"] not in asked and (expected.rendered or left.isdisjoint(asked)):
            yield facts.last, "the launch asks for no run"
    yield from _conditions(facts, expected)
    for index, event in facts.all("withdrawn"):
        again = (at for at, other in facts.all("submit") if other["task"] == event["task"] and at > index)
        if event["task"] == expected.identifier and not any(again):
            yield index, f"the request for task {event['task']} is taken back, and not made again"
    completed: dict[int, int] = {}
    for index, event in facts.all("complete"):
        completed.setdefault(event["call"], index)
    for root, event in facts.entries.items():
        end = completed.get(event["call"], facts.last)
        # What is answered later may come when time is up.
        is_late = root in later and event["call"] in facts.expired_calls
        if asked.get(root, end) >= end and not is_late:
            yield end, f"call {event['call']} ends, and the next one was not asked for"


def _asked(facts: Facts, expected: Expectation, wanted: str) -> dict[int, int]:
    """Find where each root's first request for this kind of task, and for soon, is taken: at once, or with the answer."""
    asked: dict[int, int] = {}
    for index, event in facts.all("submit"):
        is_wanted = event["kind"] == wanted and (expected.rendered or event["task"] == expected.identifier)
        if is_wanted and event["earliest"] <= (_SOON if expected.rendered else _IN_A_WEEK):
            root, taken = event["from"], index
            if event.get("answers"):
                taken = next((at for at, answer in facts.all("taken") if answer["from"] == root and at > index), index)
            asked.setdefault(root, taken)
    return asked


def _conditions(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    """Find the tasks that may be run too soon, that are put off, or wait for the system, or that make the main thread wait."""
    asking = {*facts.entries, *(event["from"] for _, event in facts.all("launch"))}
    for index, event in facts.all("submit"):
        if expected.rendered and event["from"] not in asking:
            yield index, f"step {event['from']} asks for a run, too, which puts off the one that was asked for"
        if not expected.rendered and event["task"] != expected.identifier:
            continue  # another task of the app
        if event["earliest"] < (_SPACED if expected.rendered else _AT_ONCE * (event["from"] in facts.entries)):
            yield index, f"a run is asked for in {event['earliest']:g} s, and again in each run"
        if event["kind"] == "processing" and not event.get("network"):
            yield index, f"task {event['task']} may be run while there is no network, and its hit cannot leave"
        if event.get("answers") and event["on"] == "main":
            yield index, f"task {event['task']} is asked for on the main thread, which the answer holds up"
        if event.get("power"):
            yield index, f"task {event['task']} waits until the device is charged, which nobody asks for"


def _task(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    if expected.kind.returns == "end":
        for root in facts.entries.keys() - set(facts.tasks.values()):
            yield facts.last, f"no background task is begun for step {root}"
        yield from _begun_late(facts)
    for index, event in facts.all("begin"):
        # A case's is called by the case's name, and a person's as they like.
        if expected.rendered and event["name"] != expected.name:
            yield index, f'background task {event["task"]} is called "{event["name"]}", and not "{expected.name}"'
    ended: dict[int, int] = {}
    for index, event in facts.all("end"):
        number = event["task"]
        if not event["valid"]:
            yield index, f"background task {number} is ended, which is not open"
        elif facts.tasks.get(number) != event["from"]:
            yield index, f"background task {number} is ended by the work of another time in the background"
        ended.setdefault(number, index)
    yield from _expiries(facts, ended)
    # An activity that expires is ended when its block has returned, a background task by its handler.
    unended = facts.tasks.keys() - ended.keys()
    for task in unended if expected.entry is EntryKind.ACTIVITY else unended - facts.expiries.keys():
        if not facts.is_waited_for(facts.tasks[task]):
            yield facts.last, f"background task {task} is never ended"


def _begun_late(facts: Facts) -> Iterator[tuple[int, str]]:
    """Find the times in the background whose task a later block begins: by then the app may be suspended."""
    begun = {event["from"]: (index, event) for index, event in reversed(facts.all("begin"))}
    for call, entry in facts.all("background"):
        index, event = begun.get(entry["from"], (call, entry))
        if any(facts.trace[at]["event"] in _BOUNDARIES for at in range(call + 1, index)):
            yield index, f"background task {event['task']} is begun when the call that needs it is over"


def _expiries(facts: Facts, ended: dict[int, int]) -> Iterator[tuple[int, str]]:
    """Find the tasks that expire and are not ended by that: a background task by its handler, an activity's block at once."""
    woken = {event["task"]: index for index, event in reversed(facts.all("wake"))}
    for task, expiry in facts.expiries.items():
        expired = facts.trace[expiry]
        after = range(expiry + 1, facts.last + 1)
        late = next((at for at in after if _is_too_late(facts.trace[at], expired)), facts.last + 1)
        if min(ended.get(task, late), woken.get(task, late)) >= late:
            yield min(late, facts.last), f"background task {task} expires and is not ended at once"


def _is_too_late(event: Event, expired: Event) -> bool:
    """Say whether what expires must be over: on the main thread, with its handler; elsewhere, while the clock stands still."""
    return event["event"] in _BOUNDARIES if expired["on"] == "main" else bool(event["t"] > expired["t"])


def _main(facts: Facts, _: Expectation) -> Iterator[tuple[int, str]]:
    for index, event in facts.all(*_TRACKER_EVENTS, *_ASKS):
        if event["on"] != "main":
            where = {"background": "the background queue", "sdk": "the SDK's queue"}[event["on"]]
            what = f"tracker {event['tracker']}" if "tracker" in event else "the application"
            yield index, f"{what} is used on {where}"


def _state(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    for index, event in facts.all("changed"):
        if event["on"] == "sdk":
            yield index, f"an object of {event['object']} is changed on the SDK's queue, beside the main thread"
        elif expected.rendered:  # a person's own may have a lock
            yield index, f"an object of {event['object']} is changed off the main thread"


def _delivered(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    if expected.when == "dispatched":
        return
    for index, event, root, is_up in facts.returns:
        sent = [(at, hit) for at, hit in facts.own_hits[root] if at < index]
        within = expected.within if expected.rendered else min(expected.within, _PATIENCE)
        if expected.works and not is_up and root in facts.in_foreground and facts.done.get(root, (index,))[0] >= index:
            yield index, "control goes back before the work is done"
        if is_up or root in facts.in_foreground or (sent and event["t"] >= sent[0][1]["t"] + within):
            continue
        outcome = facts.outcomes.get(sent[0][1]["hit"]) if sent else None
        if not sent:
            yield index, "control goes back before the hit is sent"
        elif expected.when == "after":
            yield index, f"control goes back before hit {sent[0][1]['hit']} had its {within} s"
        elif sent[0][1]["hit"] not in facts.unsure and (not outcome or outcome[0] > index):
            yield index, f"control goes back while hit {sent[0][1]['hit']} is still under way"


def _prompt(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    for index, event, root, _ in facts.returns:
        if expected.entry is EntryKind.ACTIVITY and event["event"] == "end":
            continue  # its block has not waited: it returned when it began, whenever that was
        deadlines = [facts.entries[root]["t"] + expected.kind.deadline] if expected.kind.deadline else []
        hits = [hit for at, hit in facts.own_hits[root] if at < index]
        if hits:
            deadlines.append(hits[0]["t"] + (0 if expected.when == "dispatched" else expected.within))
        elif expected.rendered and root in facts.in_foreground and root in facts.done:
            deadlines.append(facts.done[root][1]["t"])
        outcome = facts.outcomes.get(hits[0]["hit"]) if hits else None
        is_sure = hits and hits[0]["hit"] not in facts.unsure
        if expected.when == "sent" and is_sure and outcome and outcome[0] < index:
            if hits[0]["hit"] not in facts.untold:
                deadlines.append(outcome[1]["t"])
            elif expected.rendered:  # the next one that the SDK builds, or does not, tells that this one is over
                deadlines += facts.next_built(hits[0], outcome[0])
        if deadlines and event["t"] > min(deadlines):
            yield index, f"control goes back {event['t'] - min(deadlines):g} s later than it can"


def _passed_on(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    """Find what the SDK tells and the delegate that a tracker had before does not hear at once, or otherwise."""
    if not expected.rendered:
        return  # a person's app may have had none
    had = {event["tracker"] for _, event in facts.all("delegate") if event.get("former")}
    taken: set[str] = set()
    for index, event in sorted(facts.all("slot", "told", "heard"), key=_first):
        if event["event"] == "slot":
            (taken.add if event["taken"] else taken.discard)(event["tracker"])
        elif event["event"] == "told" and event["tracker"] in had - taken:
            if not any(_is_passed_on(event, other) for other in facts.trace[index + 1 : index + 2]):
                yield index, f"{event['method']} is not passed on as it is to the delegate that was there before"
        elif event["event"] == "heard" and not _is_passed_on(facts.trace[index - 1], event):
            yield index, f"the delegate that was there before hears {event['method']}, which nobody tells"


def _is_passed_on(told: Event, heard: Event) -> bool:
    """Say whether one is what the SDK tells and the other all of it, word for word."""
    return {**told, "event": ""} == {**heard, "event": ""} and (told["event"], heard["event"]) == ("told", "heard")


def _called(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    missing = {event["from"] for _, event in facts.all("missing") if event["method"] in expected.needed}
    for index, event in facts.all("missing"):
        if event["method"] in expected.needed:
            yield index, f"there is no method {event['method']}"
    # What is asked for when the system has called is asked for too late.
    last = _launch_end(facts) if expected.rendered else facts.last
    asked = {
        name
        for name in _ASKS
        if any(index <= last and event["from"] not in facts.entries for index, event in facts.all(name))
    }
    if expected.entry is EntryKind.FETCH and "interval" not in asked:
        yield facts.last, "background fetch is never switched on"
    for index, event in facts.all("interval"):
        if event["seconds"] > (_SOON if expected.rendered else _IN_A_WEEK):
            yield index, f"fetches are at least {event['seconds']:g} s apart"
    if expected.entry is EntryKind.PUSH and "wants_pushes" not in asked:
        yield facts.last, "the app never registers for remote notifications"
    if expected.kind.begins == "background":
        heard = {event["from"] for event in facts.trace if event["event"] not in {"background", "missing"}}
        for root in facts.entries.keys() - heard - missing:
            yield facts.last, f"the app goes to the background in step {root}, and nothing of it is called"


def _unwanted(facts: Facts) -> Iterator[tuple[int, str]]:
    """Find the hits that the SDK refuses, and those that descend from no call of the system for work."""
    for index, event in facts.all("build"):
        if not event["ok"] and event["hit"] in facts.own:
            yield index, f"hit {event['hit']} is not built: its tracker's configuration is not complete"
    for root, hits in facts.own_hits.items():
        if hits and root not in facts.entries:
            yield hits[0][0], f"hit {hits[0][1]['hit']} is sent where the system asks for no work"


def _sent(facts: Facts, _: Expectation) -> Iterator[tuple[int, str]]:
    yield from _unwanted(facts)
    backs = {root: (index, is_up) for index, _, root, is_up in reversed(facts.returns)}
    for root, entry in facts.entries.items():
        hits = facts.own_hits[root]
        back, is_up = backs.get(root, (facts.last, False))
        # While the clock stands, what the work's end sets in motion may still come too late.
        if root in facts.done and facts.done[root][1]["t"] < facts.trace[back]["t"]:
            is_up = False
        if len(hits) > 1:
            yield hits[1][0], f"the {entry['event']} of step {root} sends more than one hit"
        elif hits and hits[0][0] > back:
            yield hits[0][0], f"hit {hits[0][1]['hit']} is sent when control has gone back"
        elif hits and root in facts.in_foreground:
            yield hits[0][0], f"hit {hits[0][1]['hit']} is sent while a person uses the app"
        elif not hits and not is_up and not facts.is_waited_for(root) and root not in facts.in_foreground:
            yield facts.last, f"the {entry['event']} of step {root} sends no hit"


def _work(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    if not expected.works:
        return
    wanted = "background" if expected.kind.off_main else "main"
    for index, event in facts.works.values():
        if event["on"] != wanted:
            yield index, f"work {event['work']} begins {'on' if event['on'] == 'main' else 'off'} the main thread"
    begun = {event["from"]: index for index, event in facts.all("begin")}
    for root, entry in facts.entries.items():
        if root not in facts.works:
            yield facts.last, f"the {entry['event']} of step {root} does no work"
        elif begun.get(root, -1) > facts.works[root][0]:
            yield begun[root], f"the background task of step {root} begins after its work"
        for index, event in facts.own_hits[root]:
            if root in facts.works and facts.done.get(root, (facts.last,))[0] > index:
                yield index, f"hit {event['hit']} is sent before the work is done"
    yield from _other_work(facts)


def _other_work(facts: Facts) -> Iterator[tuple[int, str]]:
    """Find the tasks for data that are completed before it has come: they are the person's to complete."""
    data = {event["call"] for _, event in facts.all("run") if event["task"] in {"data", "message"}}
    came = [index for index, event in facts.all("done") if event["work"] in facts.of_kind("data")]
    for index, event in facts.all("complete"):
        if event["call"] in data and not any(at < index for at in came):
            yield index, f"call {event['call']} is completed before its data has come"


def _stopped(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    if expected.kind.work != "scheduled":
        return  # no other work can ask to be told
    told: dict[int, tuple[int, Event]] = {}
    for index, event in facts.all("stop"):
        if event["on"] != "main":
            yield index, f"work {event['work']} is told off the main thread that time is up"
        if event["work"] in told:
            yield index, f"work {event['work']} is told again that time is up"
        told.setdefault(event["work"], (index, event))
    for root, (begun, work) in facts.works.items():
        number = work["work"]
        call = facts.entries[root]["call"] if root in facts.entries else 0
        up, expired = facts.expired_calls.get(call, (facts.last + 1, work))
        index, stop = told.get(number, (facts.last, work))
        # Where it is over, but the main thread has not heard of it yet, it may be told or not.
        is_over = any(at < up for at, _ in facts.own_hits[root])
        if number not in told:
            if begun < up <= facts.last and facts.done.get(root, (up,))[0] >= up:
                yield index, f"work {number} is under way when its time is up, and is not told"
        elif index < up or is_over:
            yield index, f"work {number} is told that time is up, and it is not"
        elif stop["t"] > max(expired["t"], work["t"]):
            yield index, f"work {number} is told {stop['t'] - expired['t']:g} s late that time is up"
    yield from _stopped_late(facts, expected, told)


def _stopped_late(facts: Facts, expected: Expectation, told: dict[int, tuple[int, Event]]) -> Iterator[tuple[int, str]]:
    """Find the work that hears that its time is up when control has gone back, though it had asked before."""
    if not expected.rendered:
        return
    back = {event["call"]: index for index, event in reversed(facts.all("complete"))}
    for root, (begun, work) in facts.works.items():
        call = facts.entries[root]["call"] if root in facts.entries else 0
        up, index = facts.expired_calls.get(call, (0, work))[0], told.get(work["work"], (0, work))[0]
        # While no block waits for the main thread, all that was asked for there is known.
        waiting = facts.trace[up - 1].get("of", ()) if up else ()
        has_asked = begun < up and not any(label.startswith("main#") for label in waiting)
        if has_asked and back.get(call, index) < index:
            yield index, f"work {work['work']} is told that time is up when control has gone back"


def _result(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    snapshots = {event["call"] for _, event in facts.all("run") if event["task"] == "snapshot"}
    for index, event in facts.all("complete"):
        if event["call"] in snapshots and event["result"] != "restored":
            yield index, f"the snapshot of call {event['call']} is completed as something else"
        elif event["result"] == "snapshot" and expected.rendered:
            yield index, f"call {event['call']} asks for a snapshot, which nobody needs"
    if not expected.works or expected.kind.work not in _RESULTS:
        return
    good, bad, late = _RESULTS[expected.kind.work]
    for index, event, root, is_up in facts.returns:
        result = late
        is_done = root in facts.done and facts.done[root][0] < index
        if any(at < index for at, _ in facts.own_hits[root]) or (root in facts.in_foreground and is_done):
            done = facts.done.get(root)  # a hit may be sent without: `_work` says so
            result = good if done and done[1]["good"] else late if done and done[1].get("failed") else bad
        elif is_done and not is_up:
            continue  # `_sent` says what is wrong: the hit
        if event["result"] != result:
            yield index, f"the system hears {event['result']} and not {result}"


def _kept(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    # The objects of all cases are counted together. A tracker may keep its delegate and the last hit; a call nobody.
    trackers = {each.tracker for each in (expected, *expected.beside)}
    for index, event in facts.all("over"):
        spare = {
            name: count - (0 if name.endswith(CALL) else len(trackers)) for name, count in event.get("left", {}).items()
        }
        under_way = _under_way(facts, expected) if any(count > 0 for count in spare.values()) else 0
        for name, count in spare.items():
            if count > under_way:
                yield index, f"{event['left'][name]} objects of {name} are left, and nothing uses them any more"


def _under_way(facts: Facts, expected: Expectation) -> int:
    """Count what of all of the app's cases has begun and not ended."""
    facts = Facts(facts.trace, replace(expected, beside=())) if expected.beside else facts
    ended = {event["task"] for _, event in facts.all("end")}
    completed = {event["call"] for _, event in facts.all("complete")}
    heard = facts.outcomes.keys() - facts.unsure
    return len(facts.tasks.keys() - ended) + len(facts.calls.keys() - completed) + len(facts.own - heard)


def _alive(facts: Facts, _: Expectation) -> Iterator[tuple[int, str]]:
    for index, event in facts.all("crash"):
        yield index, f"the app crashes: {crash(event)}"
    for index, _event in facts.all("declined"):
        yield index, "the app says that its launch has failed"
    for index, _event in facts.all("endless"):
        yield index, "the app never comes to rest"


def _completion(facts: Facts, call: int) -> str:
    event = facts.calls[call][1]["event"]
    return f"call {call} is completed" if event == "run" else f"the completion handler of {event} {call} is called"


def _first(found: tuple[int, Event]) -> int:
    return found[0]


def _named(name: str, chapters: tuple[str, ...], action: str, properties: str) -> str:
    return f"{action} {'::'.join([*chapters, name])} {properties}".removesuffix(" {}")


def _as_json(properties: dict[str, str | int]) -> str:
    return json.dumps(properties, ensure_ascii=False, sort_keys=True)


def _tagged(hit: Event) -> str:
    return f"tagged bg={hit['bg']}" if hit["bg"] else "not tagged"


INVARIANTS = (
    Invariant("alive", "The app launches, and comes to rest without a crash.", (), _alive),
    Invariant(
        "called", "The system finds the methods that it calls, and may fire fetches.", ("P02", "P04", "P15"), _called
    ),
    Invariant(
        "registered",
        "Trackers, their delegates and the handlers of tasks are set once, while the app launches.",
        (),
        _registered,
    ),
    Invariant("main", "Trackers are used on the main thread only, and so is the application.", ("P10",), _main),
    Invariant("state", "What is made on the main thread is changed nowhere else.", (), _state),
    Invariant(
        "tag",
        "Exactly the hits of the background work carry its tag, where the visitor's mode lets it through.",
        ("P11", "P14"),
        _tag,
    ),
    Invariant("normal", "Whenever other code can run, the global tracker's mode is normal.", ("P11", "P14"), _normal),
    Invariant(
        "sent",
        "Each call whose work is done in time sends one hit, with a configuration that the SDK accepts, and no other does.",
        ("P12",),
        _sent,
    ),
    Invariant("specified", "The hit and its tracker's configuration are the spec's.", (), _specified),
    Invariant("permitted", "The app's property list permits what it asks of the system.", (), _permitted),
    Invariant(
        "work", "The work begins once, on its thread, with time for it, and is done before its hit is sent.", (), _work
    ),
    Invariant(
        "stopped",
        "Scheduled work that is under way when its time is up is told so, once, at once and on the main thread, and no other is.",
        (),
        _stopped,
    ),
    Invariant("result", "The system hears what the work brought, or that time was up.", (), _result),
    Invariant(
        "rescheduled",
        "The launch and each call ask for the next one, and nobody else does, neither at once nor hours later, a processing "
        "task's with a network, charged or not, and off the main thread where the answer comes later.",
        (),
        _rescheduled,
    ),
    Invariant("once", "Each call is completed exactly once, in time, and at once when it expires.", ("P03",), _once),
    Invariant(
        "task",
        "Each time in the background has its own task, ended exactly once, by its own work or when it expires.",
        ("P16",),
        _task,
    ),
    Invariant(
        "delivered", "Control goes back when the hit is sent or stored, or when its time is up.", ("P13",), _delivered
    ),
    Invariant("prompt", "Control goes back as soon as it can.", (), _prompt),
    Invariant(
        "passed_on",
        "The delegate that a tracker had before hears what the SDK tells, and nothing else.",
        (),
        _passed_on,
    ),
    Invariant("kept", "What serves one call or one hit is kept no longer than that.", (), _kept),
)
