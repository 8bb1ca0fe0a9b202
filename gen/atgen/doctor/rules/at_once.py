"""P13: control goes back to the system while the hit has yet to leave."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from atgen.doctor import calls, threads, trackers
from atgen.doctor.findings import Mark
from atgen.doctor.paths import Effects, Paths, Timing, TooManyPathsError
from atgen.doctor.rules.rule import Rule, Settings
from atgen.doctor.tree import Assign, Call, Closure, File, Function, Member, Name, Node, Other, chain, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Reading

# Closures of these run at another time, for another reason.
_APART = re.compile(r"observ|subscrib|sink|regist|schedul|expir|on[A-Z]|add\w*Target", re.IGNORECASE)


Sent = tuple[int, ...]
"""Where a hit has been sent: the places of the calls that led there."""
_NOWHERE: Sent = (-1,)


class _Sending(Effects[Sent]):
    """Whether a hit is on its way, and nothing has been waited for since; `ends` are the calls that come too early.

    `sites` are the calls that have led here; `others` are names of closures that are not the system's.
    """

    def __init__(
        self,
        reading: Reading,
        concerned: frozenset[int],
        ends: dict[int, Call],
        sites: tuple[Call, ...] = (),
        others: frozenset[str] = frozenset(),
    ) -> None:
        self.reading = reading
        self.concerned = concerned
        self.ends = ends
        self.sites = sites
        self.others = others

    def call(self, call: Call, value: Sent) -> Sent:
        if trackers.is_send(self.reading, call):
            return self._here()
        is_other = isinstance(call.callee, Name) and call.callee.text in self.others
        if not is_other and calls.finishes(self.reading, call):
            if value != _NOWHERE:
                place = self._place(call, value)
                self.ends[place.start] = place
            return _NOWHERE
        return _NOWHERE if calls.waits(call) else value

    def _here(self) -> Sent:
        return tuple(site.start for site in self.sites)

    def _place(self, call: Call, sent: tuple[int, ...]) -> Call:
        """The call that ends, in the function that also sends: this one, or the one that has led here."""
        common = 0
        while common < min(len(sent), len(self.sites)) and sent[common] == self.sites[common].start:
            common += 1
        return self.sites[common] if common < len(self.sites) else call

    def other(self, node: Node, value: Sent) -> Sent:
        """An `await` lets time pass, unless it only changes to the main thread."""
        if isinstance(node, Other) and node.kind == "await":
            inner = node.parts[0] if node.parts else None
            return value if isinstance(inner, Call) and chain(inner.callee)[:1] == ("MainActor",) else _NOWHERE
        return value

    def ignores(self, assign: Assign) -> bool:
        return isinstance(assign.target, Member) and "xpiration" in assign.target.name

    def closure(self, call: Call | None, closure: Closure | Function, value: Sent) -> tuple[Sent, Timing]:
        if call is None or closure.broken or calls.begins(call) or _APART.search(call.name):
            return value, Timing.UNKNOWN
        timing = threads.run(self.reading, call, closure).timing
        if timing is Timing.UNKNOWN and _sends(self.reading, closure):
            return _NOWHERE if calls.waits(call) else self._here(), timing
        return value, timing

    def inside(self, value: Sent, timing: Timing) -> Sent:
        return value if timing is Timing.SOON else _NOWHERE

    def outside(self, before: Sent, after: Sent) -> Sent:
        """What a closure sends later has not been sent when the code after it runs."""
        return after if before == _NOWHERE else before

    def into(self, call: Call, function: Function) -> Effects[Sent] | None:
        if id(function) not in self.concerned:
            return None
        given = zip(function.parameters, call.arguments, strict=False)
        others = frozenset(parameter.name for parameter, argument in given if not isinstance(argument.value, Name))
        return _Sending(self.reading, self.concerned, self.ends, (*self.sites, call), others)

    def within(self, call: Call) -> Effects[Sent]:
        return _Sending(self.reading, self.concerned, self.ends, (*self.sites, call), self.others)


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
        sending = _Sending(reading, concerned, early)
        statements = body.items if isinstance(body, File) else body.body or ()
        with suppress(TooManyPathsError):
            Paths(reading, sending, (body,) if isinstance(body, Function) else ()).walk(statements, _NOWHERE)
    for call in early.values():
        message = "control goes back right after the hit is sent: the app may be suspended before the hit leaves"
        yield Mark(call.start, call.end, message)


RULES = (Rule("P13", _find),)
