"""What must hold in every trace: small functions from a trace's facts to what breaks them.

P01 to P17 are the mistakes of the vendor's page (numbered in gen/README.md) that an invariant finds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from atgen.reference.sdk import GLOBAL_TRACKER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from atgen.model import Case, Platform
    from atgen.reference import Event

_ENTRIES = {"fetch": "fetch", "task": "background"}
_SELECTORS = {
    "launch": "application:didFinishLaunchingWithOptions:",
    "fetch": "application:performFetchWithCompletionHandler:",
    "background": "applicationDidEnterBackground:",
}
# Apple, application(_:performFetchWithCompletionHandler:).
_MOST_SECONDS = 30
_TRACKER_EVENTS = ("configure", "delegate", "mode", "hit")
# Events that begin a block of their own, or stand between two.
_BOUNDARIES = frozenset(
    {"choice", "over", "launch", "fetch", "background", "foreground", "look", "work", "expire"}
    | {"build", "refused", "sent", "stored", "lost", "hang", "resent"}
)


@dataclass(frozen=True)
class Expectation:
    """What a case promises.

    `entry` is fetch or task, `scope` dedicated or global, `when` sent, after or dispatched; `within` is in seconds.
    """

    entry: str
    mode: str
    tracker: str
    scope: str
    when: str
    within: int

    @classmethod
    def of(cls, case: Case, platform: Platform) -> Expectation:  # noqa: ARG003 (the axes are coming)
        """Take it from the case."""
        return cls(
            entry=case.mode.value,
            mode=case.mode.value,
            tracker=case.tracker.name if case.tracker else GLOBAL_TRACKER,
            scope="dedicated" if case.tracker else "global",
            when=case.finish.when.value,
            within=case.finish.within,
        )


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
        # The background work's calls, by root.
        self.entries = {event["from"]: event for _, event in self.all(_ENTRIES[expected.entry])}
        self.own_hits: dict[int, list[tuple[int, Event]]] = defaultdict(list)
        for index, event in self.all("hit"):
            if event["by"] == "app":
                self.own_hits[event["from"]].append((index, event))
        # What became of a hit, and where the trace says so; `build` only where it failed.
        self.outcomes: dict[int, tuple[int, Event]] = {}
        for name in ("sent", "stored", "lost", "refused", "build"):
            for index, event in self.all(name):
                if not event.get("ok"):
                    self.outcomes[event["hit"]] = index, event
        self.tasks = {event["task"]: event["from"] for _, event in self.all("begin")}
        self.expiries = {event["task"]: index for index, event in self.all("expire")}

    def all(self, *names: str) -> list[tuple[int, Event]]:
        """List the events of these names with their indices, one name after the other."""
        return [found for name in names for found in self._by_name.get(name, ())]

    def returns(self, expected: Expectation) -> Iterator[tuple[int, Event, int, bool]]:
        """Find where control goes back: index, event, the root of the work, whether the system had asked for it."""
        if expected.entry == "fetch":
            roots = {event["call"]: root for root, event in self.entries.items()}
            for index, event in self.all("complete"):
                yield index, event, roots[event["call"]], False
        else:
            for index, event in self.all("end"):
                if event["valid"]:
                    yield index, event, self.tasks[event["task"]], self.expiries.get(event["task"], index) < index


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
    if expected.entry != "fetch":
        return
    completed: set[int] = set()
    started = {event["call"]: event["t"] for _, event in facts.all("fetch")}
    for index, event in facts.all("complete"):
        call = event["call"]
        if call in completed:
            yield index, f"the completion handler of fetch {call} is called again"
        elif event["t"] - started[call] > _MOST_SECONDS:
            yield index, f"the completion handler of fetch {call} is called after {event['t'] - started[call]:g} s"
        completed.add(call)
    for call in sorted(started.keys() - completed):
        yield facts.last, f"the completion handler of fetch {call} is never called"


def _task(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    if expected.entry != "task":
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
    for task, expiry in facts.expiries.items():
        after = range(expiry + 1, facts.last + 1)
        block_end = next((at for at in after if facts.trace[at]["event"] in _BOUNDARIES), facts.last)
        if ended.get(task, block_end + 1) > block_end:
            yield block_end, f"background task {task} expires and is not ended at once"
    for task in facts.tasks.keys() - ended.keys() - facts.expiries.keys():
        yield facts.last, f"background task {task} is never ended"


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
    needed = {_SELECTORS[_ENTRIES[expected.entry]]}
    if expected.entry == "fetch" or expected.scope == "dedicated":
        needed.add(_SELECTORS["launch"])
    for index, event in facts.all("missing"):
        if event["method"] in needed:
            yield index, f"there is no method {event['method']}"
    if expected.entry == "fetch" and not facts.all("interval"):
        yield facts.last, "background fetch is never switched on"


def _sent(facts: Facts, _: Expectation) -> Iterator[tuple[int, str]]:
    own = {event["hit"] for hits in facts.own_hits.values() for _, event in hits}
    for index, event in facts.all("build"):
        if not event["ok"] and event["hit"] in own:
            yield index, f"hit {event['hit']} is not built: its tracker's configuration is not complete"
    for root, entry in facts.entries.items():
        hits = facts.own_hits[root]
        if not hits:
            yield facts.last, f"the {entry['event']} of step {root} sends no hit"
        elif len(hits) > 1:
            yield hits[1][0], f"the {entry['event']} of step {root} sends more than one hit"


def _work(facts: Facts, expected: Expectation) -> Iterator[tuple[int, str]]:
    if expected.entry != "task":
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
        yield index, f"the app crashes: {event['signal']}"
    for index, _event in facts.all("endless"):
        yield index, "the app never comes to rest"


def _first(found: tuple[int, Event]) -> int:
    return found[0]


def _tagged(hit: Event) -> str:
    return f"tagged bg={hit['bg']}" if hit["bg"] else "not tagged"


INVARIANTS = (
    Invariant("alive", "The app comes to rest without a crash.", (), _alive),
    Invariant("called", "The system finds the methods that it calls, and may fire fetches.", ("P02", "P04"), _called),
    Invariant("main", "Trackers are used on the main thread only.", ("P10",), _main),
    Invariant("tag", "Exactly the hits of the background work carry its tag.", ("P11", "P14"), _tag),
    Invariant("normal", "Whenever other code can run, the global tracker's mode is normal.", ("P11", "P14"), _normal),
    Invariant("sent", "Each call sends one hit, with a configuration that the SDK accepts.", ("P12",), _sent),
    Invariant("work", "The work of a background task runs off the main thread, and before its hit is sent.", (), _work),
    Invariant("once", "The completion handler of each fetch is called exactly once, within 30 s.", ("P03",), _once),
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
