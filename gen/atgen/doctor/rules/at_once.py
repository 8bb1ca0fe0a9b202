"""P13: control goes back to the system while the hit has yet to leave."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from atgen.doctor import calls, threads, trackers
from atgen.doctor.findings import Mark
from atgen.doctor.paths import Effects, Paths, Timing, TooManyPathsError
from atgen.doctor.rules.rule import Rule, Settings
from atgen.doctor.tree import Assign, Call, Closure, Function, Member, Node, Other, chain, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Reading

# Closures of these run at another time, for another reason.
_APART = re.compile(r"observ|subscrib|sink|regist|schedul|expir|on[A-Z]|add\w*Target", re.IGNORECASE)


class _Sending(Effects[bool]):
    """Whether a hit is on its way, and nothing has been waited for since; `ends` are the calls that come too early."""

    def __init__(self, reading: Reading, concerned: frozenset[int], site: Call | None = None) -> None:
        self.reading = reading
        self.concerned = concerned
        self.site = site
        self.ends: dict[int, Call] = {}

    def call(self, call: Call, value: bool) -> bool:
        if trackers.is_send(self.reading, call):
            return True
        if calls.finishes(self.reading, call):
            if value:
                place = self.site or call
                self.ends[place.start] = place
            return False
        return value and not calls.waits(call)

    def other(self, node: Node, value: bool) -> bool:
        """An `await` lets time pass, unless it only changes to the main thread."""
        if isinstance(node, Other) and node.kind == "await":
            inner = node.parts[0] if node.parts else None
            return value and isinstance(inner, Call) and chain(inner.callee)[:1] == ("MainActor",)
        return value

    def ignores(self, assign: Assign) -> bool:
        return isinstance(assign.target, Member) and "xpiration" in assign.target.name

    def closure(self, call: Call | None, closure: Closure | Function, value: bool) -> tuple[bool, Timing]:
        if call is None or closure.broken or calls.begins(call) or _APART.search(call.name):
            return value, Timing.UNKNOWN
        timing = threads.run(self.reading, call, closure).timing
        if timing is Timing.UNKNOWN and _sends(self.reading, closure):
            return not calls.waits(call), timing
        return value, timing

    def inside(self, value: bool, timing: Timing) -> bool:
        return value and timing is Timing.SOON

    def outside(self, before: bool, after: bool) -> bool:
        """What a closure sends later has not been sent when the code after it runs."""
        return before or after

    def into(self, call: Call, function: Function) -> Effects[bool] | None:
        if id(function) not in self.concerned:
            return None
        inner = _Sending(self.reading, self.concerned, self.site or call)
        inner.ends = self.ends
        return inner


def _sends(reading: Reading, *nodes: Node) -> bool:
    return any(isinstance(node, Call) and (trackers.is_send(reading, node)) for node in walk(*nodes)) and not any(
        isinstance(node, Call) and calls.finishes(reading, node) for node in walk(*nodes)
    )


def concerned(reading: Reading) -> frozenset[int]:
    """The functions in which something is sent or ended, also by what they call."""
    found = {
        id(function)
        for function in reading.functions
        if any(
            isinstance(node, Call) and (trackers.is_send(reading, node) or calls.finishes(reading, node))
            for node in walk(*(function.body or ()))
        )
    }
    if not found:
        return frozenset()
    for _ in range(2):
        found |= {
            id(function)
            for function in reading.functions
            for node in walk(*(function.body or ()))
            if isinstance(node, Call) and id(reading.resolve(node)) in found
        }
    return frozenset(found)


def roots(reading: Reading) -> Iterator[Function | Closure]:
    """Each function and closure that is not broken."""
    for node in walk(reading.file):
        if isinstance(node, (Function, Closure)) and node.body and not node.broken:
            yield node


def _find(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    relevant = concerned(reading)
    ended: dict[int, Call] = {}
    starts = [(node.body or (), node) for node in roots(reading)] if relevant or _sends_anywhere(reading) else []
    for body, node in [*starts, (reading.file.items, None)]:
        sending = _Sending(reading, relevant)
        sending.ends = ended
        if node is None and reading.errors:
            continue
        try:
            Paths(reading, sending, (node,) if isinstance(node, Function) else ()).walk(body, False)
        except TooManyPathsError:
            continue
    for call in ended.values():
        yield Mark(
            call.start,
            call.end,
            "control goes back right after the hit is sent: the app may be suspended before the hit leaves",
        )


def _sends_anywhere(reading: Reading) -> bool:
    return any(trackers.is_send(reading, call) for call in reading.calls)


RULES = (Rule("P13", _find),)
