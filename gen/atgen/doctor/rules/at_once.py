"""P13: control goes back to the system while the hit has yet to leave."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from atgen.doctor import calls, threads, trackers
from atgen.doctor.findings import Mark
from atgen.doctor.paths import Effects, Paths, Timing, TooManyPathsError
from atgen.doctor.rules.rule import Rule, Settings
from atgen.doctor.tree import Assign, Call, Closure, File, Function, Member, Node, Other, chain, walk

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


def _sends(reading: Reading, closure: Closure | Function) -> bool:
    """Whether a closure sends a hit, and ends nothing itself."""
    inside = [node for node in walk(*(closure.body or ())) if isinstance(node, Call)]
    return any(trackers.is_send(reading, call) for call in inside) and not any(
        calls.finishes(reading, call) for call in inside
    )


def bodies(reading: Reading, *found: Call) -> dict[int, Function | Closure]:
    """The functions and closures around calls, by their identity."""
    return {id(up): up for call in found for up in reading.around(call) if isinstance(up, (Function, Closure))}


def _find(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    ends = [call for call in reading.calls if calls.finishes(reading, call)]
    sends = [call for call in reading.calls if trackers.is_send(reading, call)]
    if not ends or not sends:
        return
    # Those in which something is sent or ended, also by what they call.
    around = bodies(reading, *ends, *sends)
    ending = bodies(reading, *ends)
    for _ in range(2):
        around |= bodies(reading, *(call for each in around for call in reading.callers.get(each, ())))
        ending |= bodies(reading, *(call for each in ending for call in reading.callers.get(each, ())))
    concerned = frozenset(around)
    early: dict[int, Call] = {}
    for body in [*ending.values(), reading.file]:
        if reading.errors if isinstance(body, File) else body.broken:
            continue
        sending = _Sending(reading, concerned)
        sending.ends = early
        statements = body.items if isinstance(body, File) else body.body or ()
        with suppress(TooManyPathsError):
            Paths(reading, sending, (body,) if isinstance(body, Function) else ()).walk(statements, False)
    for call in early.values():
        message = "control goes back right after the hit is sent: the app may be suspended before the hit leaves"
        yield Mark(call.start, call.end, message)


RULES = (Rule("P13", _find),)
