"""What must hold in every trace: small functions from a trace's facts to what breaks them.

P01 to P17 are the mistakes of the vendor's page (numbered in gen/README.md) that an invariant finds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from atgen.case.axes import ENTRIES, SCHEDULERS, entry_kind
from atgen.case.model import EntryKind, Scope
from atgen.reference.device import SELECTORS
from atgen.reference.events import EVENTS
from atgen.reference.sdk import GLOBAL_TRACKER
from atgen.reference.sentences import crash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from atgen.case.axes import EntryFacts
    from atgen.case.model import Case, Platform
    from atgen.reference import Event

_TRACKER_EVENTS = ("configure", "delegate", "mode", "hit")
_BOUNDARIES = frozenset(name for name, event_type in EVENTS.items() if event_type.begins)


@dataclass(frozen=True)
class Expectation:
    """What a case promises on a platform.

    `when` is sent, after or dispatched; `within` is in seconds.
    """

    entry: EntryKind
    mode: str
    tracker: str
    scope: Scope
    when: str
    within: int

    @classmethod
    def of(cls, case: Case, platform: Platform) -> Expectation:
        """Take it from the case."""
        return cls(
            entry=entry_kind(case, platform),
            mode=case.mode.value,
            tracker=case.tracker.name if case.tracker else GLOBAL_TRACKER,
            scope=case.scope,
            when=case.finish.when.value,
            within=case.finish.within,
        )

    @property
    def kind(self) -> EntryFacts:
        """How the system calls the app."""
        return ENTRIES[self.entry]

    @property
    def needed(self) -> set[str]:
        """The selectors without which nothing happens."""
        kind = self.kind
        names = [kind.method] if kind.method else []
        if self.scope is Scope.DEDICATED or kind.at_launch:
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

    A root is the number of the step that an event descends from: what it sets in motion is told apart by it.
    """

    def __init__(self, trace: list[Event], expected: Expectation) -> None:
        self.trace = trace
        self._by_name: dict[str, list[tuple[int, Event]]] = defaultdict(list)
        for index, event in enumerate(trace):
            self._by_name[event["event"]].append((index, event))
        self.last = len(trace) - 1
        # All that the app must complete; and the case's own calls, whatever they are, by root.
        self.calls = {event["call"]: (index, event) for index, event in self.all("fetch", "run")}
        self.entries = {
            event["from"]: event
            for _, event in self.all(expected.kind.begins)
            if (expected.entry, event.get("task")) != (EntryKind.REFRESH, "snapshot")
        }
        self.own_hits: dict[int, list[tuple[int, Event]]] = defaultdict(list)
        for index, event in self.all("hit"):
            if event["by"] == "app":
                self.own_hits[event["from"]].append((index, event))
        # What became of a hit, and where the trace says so; `build` only where it failed.
        self.outcomes: dict[int, tuple[int, Event]] = {}
        for index, event in sorted(self.all("sent", "stored", "lost", "refused", "build"), key=_first):
            if not event.get("ok"):
                self.outcomes[event["hit"]] = index, event
        self.tasks = {event["task"]: event["from"] for _, event in self.all("begin")}
        self.expiries = {event["task"]: index for index, event in self.all("expire")}
        self.expired_calls = {event["call"]: (index, event) for index, event in self.all("expire_call")}

    def all(self, *names: str) -> list[tuple[int, Event]]:
        """List the events of these names with their indices, one name after the other."""
        return [found for name in names for found in self._by_name.get(name, ())]

    def expired_unbegun(self, root: int) -> bool:
        """Say whether a root's activity expired before its block began: then the block never does."""
        expired = any(self.tasks[task] == root for task in self.expiries)
        return expired and not any(event["from"] == root for _, event in self.all("work"))

    def returns(self, expected: Expectation) -> Iterator[tuple[int, Event, int, bool]]:
        """Find where control goes back: index, event, the root of the work, whether the system had asked for it."""
        if expected.kind.returns == "complete":
            own = {event["call"]: root for root, event in self.entries.items()}
            for index, event in self.all("complete"):
                call = event["call"]
                if call in own:
                    yield index, event, own[call], self.expired_calls.get(call, (index,))[0] < index
            return
        done: set[int] = set()
        # An activity's block may return when it is woken, whenever it does.
        for index, event in self.all("wake", "end"):
            task = event["task"]
            if event.get("valid", True) and task not in done:
                yield index, event, self.tasks[task], self.expiries.get(task, index) < index
            if event["event"] == "wake":
                done.add(task)


def violations(trace: list[Event], expected: Expectation) -> list[Violation]:
    """Find all that the trace breaks, in its order; of one event's, that of the earlier invariant first."""
    facts = Facts(trace, expected)
    found = [
        Violation(index, invariant, message)
        for invariant in INVARIANTS
        for index, message in invariant.check(facts, expected)
    ]
    return sorted(found, key=lambda violation: violation.index)


def _tag(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    others: dict[int, str] = {}
    for index, event in sorted(facts.all("mode", "hit"), key=_first):
        root, name = event["from"], event["event"]
        if name == "mode":
            others[root] = event["mode"]
        elif event["by"] == "other":
            # Other code that has set a mode itself wants it, from its own step.
            wanted = others.get(root, "normal")
            if event["bg"] != wanted.replace("normal", ""):
                yield index, f"hit {event['hit']} of other code is {_tagged(event)}"
        elif event["tracker"] != expected.tracker:
            yield index, f"hit {event['hit']} is sent with tracker {event['tracker']}"
        elif event["bg"] != expected.mode:
            yield index, f"hit {event['hit']} of the background work is {_tagged(event)}"


def _normal(facts: Facts, _: Expectation) -> Iterator[tuple[int, str]]:
    changes = [(index, event["mode"]) for index, event in facts.all("mode") if event["tracker"] == GLOBAL_TRACKER]
    for number, (index, mode) in enumerate(changes):
        if mode != "normal":
            end = changes[number + 1][0] if number + 1 < len(changes) else facts.last + 1
            for seen in range(index + 1, end):
                if facts.trace[seen]["event"] in _BOUNDARIES:
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
        yield facts.last, _completion(facts, call).replace(" is ", " is never ")


def _registered(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    if not SCHEDULERS[expected.kind.scheduler].request:
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


def _rescheduled(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    wanted = expected.kind.asks
    if not wanted:
        return
    asked: dict[int, int] = {}
    for index, event in facts.all("submit"):
        if event["kind"] == wanted:
            asked.setdefault(event["from"], index)
        if event["kind"] == "processing" and not event.get("network"):
            yield index, f"task {event['task']} may be run while there is no network, and its hit cannot leave"
    for _, event in facts.all("launch"):
        if event["from"] not in asked:
            yield facts.last, "the launch asks for no run"
    completed: dict[int, int] = {}
    for index, event in facts.all("complete"):
        completed.setdefault(event["call"], index)
    for root, event in facts.entries.items():
        end = completed.get(event["call"], facts.last)
        if asked.get(root, end) >= end:
            yield end, f"call {event['call']} ends, and the next one was not asked for"


def _task(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    if expected.kind.returns != "end":
        return
    for root in facts.entries.keys() - set(facts.tasks.values()):
        yield facts.last, f"no background task is begun for step {root}"
    ended: dict[int, int] = {}
    for index, event in facts.all("end"):
        number = event["task"]
        if not event["valid"]:
            yield index, f"background task {number} is ended, which is not open"
        elif facts.tasks[number] != event["from"]:
            yield index, f"background task {number} is ended by the work of another time in the background"
        ended.setdefault(number, index)
    yield from _expiries(facts, ended)
    # An activity that expires is ended when its block has returned, a background task by its handler.
    unended = facts.tasks.keys() - ended.keys()
    for task in unended if expected.entry is EntryKind.ACTIVITY else unended - facts.expiries.keys():
        yield facts.last, f"background task {task} is never ended"


def _expiries(facts: Facts, ended: dict[int, int]) -> Iterator[tuple[int, str]]:
    """Find the tasks that expire and are not ended by that: the handler ends them, or wakes the activity's block."""
    woken = {event["task"]: index for index, event in reversed(facts.all("wake"))}
    for task, expiry in facts.expiries.items():
        after = range(expiry + 1, facts.last + 1)
        block_end = next((at for at in after if facts.trace[at]["event"] in _BOUNDARIES), facts.last)
        answers = {ended.get(task, block_end + 1), woken.get(task, block_end + 1)}
        thread = facts.trace[expiry]["on"]
        if not any(at <= block_end and (at < expiry or facts.trace[at]["on"] == thread) for at in answers):
            yield block_end, f"background task {task} expires and is not ended at once"


def _main(facts: Facts, _: Expectation) -> Iterator[tuple[int, str]]:
    for index, event in facts.all(*_TRACKER_EVENTS):
        if event["on"] != "main":
            where = {"background": "the background queue", "sdk": "the SDK's queue"}[event["on"]]
            yield index, f"tracker {event['tracker']} is used on {where}"


def _delivered(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    if expected.when == "dispatched":
        return
    for index, event, root, asked in facts.returns(expected):
        sent = [(at, hit) for at, hit in facts.own_hits[root] if at < index]
        if asked or (sent and event["t"] >= sent[0][1]["t"] + expected.within):
            continue
        outcome = facts.outcomes.get(sent[0][1]["hit"]) if sent else None
        if not sent:
            yield index, "control goes back before the hit is sent"
        elif expected.when == "after":
            yield index, f"control goes back before hit {sent[0][1]['hit']} had its {expected.within} s"
        elif not outcome or outcome[0] > index:
            yield index, f"control goes back while hit {sent[0][1]['hit']} is still under way"


def _prompt(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    for index, event, root, _ in facts.returns(expected):
        hits = facts.own_hits[root]
        if not hits or hits[0][0] > index:
            continue
        hit = hits[0][1]
        latest = hit["t"] + (0 if expected.when == "dispatched" else expected.within)
        outcome = facts.outcomes.get(hit["hit"])
        # Of a lost hit nobody is told (Sources/Sender.swift, 2.23.10).
        if expected.when == "sent" and outcome and outcome[0] < index and outcome[1]["event"] != "lost":
            latest = min(latest, outcome[1]["t"])
        if event["t"] > latest:
            yield index, f"control goes back {event['t'] - latest:g} s later than it can"


def _called(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    missing = {event["from"] for _, event in facts.all("missing") if event["method"] in expected.needed}
    for index, event in facts.all("missing"):
        if event["method"] in expected.needed:
            yield index, f"there is no method {event['method']}"
    if expected.entry is EntryKind.FETCH and not facts.all("interval"):
        yield facts.last, "background fetch is never switched on"
    if expected.kind.begins == "background":
        heard = {event["from"] for event in facts.trace if event["event"] not in {"background", "missing"}}
        for root in facts.entries.keys() - heard - missing:
            yield facts.last, f"the app goes to the background in step {root}, and nothing of it is called"


def _sent(facts: Facts, _: Expectation) -> Iterator[tuple[int, str]]:
    own = {event["hit"] for hits in facts.own_hits.values() for _, event in hits}
    for index, event in facts.all("build"):
        if not event["ok"] and event["hit"] in own:
            yield index, f"hit {event['hit']} is not built: its tracker's configuration is not complete"
    for root, entry in facts.entries.items():
        hits = facts.own_hits[root]
        if not hits and not facts.expired_unbegun(root):
            yield facts.last, f"the {entry['event']} of step {root} sends no hit"
        elif len(hits) > 1:
            yield hits[1][0], f"the {entry['event']} of step {root} sends more than one hit"


def _work(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    if not expected.kind.off_main:
        return
    done: dict[int, int] = {}
    for index, event in facts.all("work"):
        done.setdefault(event["from"], index)
    for root, hits in facts.own_hits.items():
        for index, event in hits:
            if done.get(root, index) >= index:
                yield index, f"hit {event['hit']} is sent before the work is done off the main thread"


def _alive(facts: Facts, _: Expectation) -> Iterator[tuple[int, str]]:
    for index, event in facts.all("crash"):
        yield index, f"the app crashes: {crash(event)}"
    for index, _event in facts.all("endless"):
        yield index, "the app never comes to rest"


def _completion(facts: Facts, call: int) -> str:
    event = facts.calls[call][1]["event"]
    return f"the completion handler of fetch {call} is called" if event == "fetch" else f"call {call} is completed"


def _first(found: tuple[int, Event]) -> int:
    return found[0]


def _tagged(hit: Event) -> str:
    return f"tagged bg={hit['bg']}" if hit["bg"] else "not tagged"


INVARIANTS = (
    Invariant("alive", "The app comes to rest without a crash.", (), _alive),
    Invariant(
        "called", "The system finds the methods that it calls, and may fire fetches.", ("P02", "P04", "P15"), _called
    ),
    Invariant("registered", "The handler of a task is registered once, before the launch is over.", (), _registered),
    Invariant("main", "Trackers are used on the main thread only.", ("P10",), _main),
    Invariant("tag", "Exactly the hits of the background work carry its tag.", ("P11", "P14"), _tag),
    Invariant("normal", "Whenever other code can run, the global tracker's mode is normal.", ("P11", "P14"), _normal),
    Invariant("sent", "Each call sends one hit, with a configuration that the SDK accepts.", ("P12",), _sent),
    Invariant("work", "The work of a background task runs off the main thread, and before its hit is sent.", (), _work),
    Invariant(
        "rescheduled",
        "The launch and each call ask for the next one, a processing task's while there is a network.",
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
)
