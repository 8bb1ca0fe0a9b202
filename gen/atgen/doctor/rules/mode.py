"""P11 and P14: how long a tracker keeps its background mode, and who sets it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atgen.doctor import calls, threads, trackers
from atgen.doctor.findings import Mark
from atgen.doctor.paths import Effects, Paths, Timing, TooManyPathsError
from atgen.doctor.rules.rule import Rule, Settings
from atgen.doctor.trackers import Kind
from atgen.doctor.tree import Assign, Call, Closure, Function, Node, Other, mentions, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Reading

_KEPT = "the global tracker keeps the mode: what other code sends is tagged too"
_BETWEEN = "other code may send between set and reset of the global tracker's mode, and is tagged too"


class _Keeping(Effects[int]):
    """Where the global tracker's mode has been set, or -1; `said` are the places where that is wrong."""

    def __init__(self, reading: Reading, setters: frozenset[int]) -> None:
        self.reading = reading
        self.setters = setters
        self.said: dict[int, str] = {}
        self.only_if: dict[int, str] = {}

    def call(self, call: Call, value: int) -> int:
        return self._set(call, value)

    def assign(self, assign: Assign, value: int) -> int:
        return self._set(assign, value)

    def _set(self, node: Node, value: int) -> int:
        mode = trackers.mode(self.reading, node)
        if mode is None:
            return value
        if mode.mode in ("normal", ""):
            return -1
        kind = trackers.kind(self.reading, mode.tracker)
        elsewhere = trackers.elsewhere(mode.tracker)
        if kind is Kind.OWN or (kind is Kind.UNKNOWN and not elsewhere):
            return value
        if kind is Kind.UNKNOWN:
            self.only_if[node.start] = f"holds the global tracker in {elsewhere}"
        return node.start

    def other(self, node: Node, value: int) -> int:
        if value >= 0 and isinstance(node, Other) and node.kind == "await":
            self.said.setdefault(value, _BETWEEN)
            return -1
        return value

    def closure(self, call: Call | None, closure: Closure | Function, value: int) -> tuple[int, Timing]:
        if call is None or closure.broken or calls.begins(call):
            return value, Timing.UNKNOWN
        timing = threads.run(self.reading, call, closure).timing
        if value >= 0 and timing is not Timing.NOW and _resets(self.reading, closure):
            self.said.setdefault(value, _BETWEEN)
            return -1, Timing.UNKNOWN
        return value, timing if timing is Timing.NOW else Timing.UNKNOWN

    def into(self, call: Call, function: Function) -> Effects[int] | None:
        del call
        if id(function) not in self.setters:
            return None
        inner = _Keeping(self.reading, self.setters)
        inner.said, inner.only_if = self.said, self.only_if
        return inner


def _resets(reading: Reading, *nodes: Node) -> bool:
    found = (trackers.mode(reading, node) for node in walk(*nodes))
    return any(each is not None and each.mode in ("normal", "") for each in found)


def _find(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    if b"ackgroundMode" not in reading.data:
        return
    sets = [node for node in reading.nodes if trackers.mode(reading, node)]
    around = {
        id(up): up
        for node in sets
        for up in reading.around(node)
        if isinstance(up, (Function, Closure)) and not up.broken
    }
    setters = frozenset(around)
    ends: dict[int, str] = {}
    only_if: dict[int, str] = {}
    starts: list[tuple[tuple[Node, ...], Node | None]] = [
        (node.body or (), node)
        for node in [*around.values(), *_calling(reading, setters)]
        if not reading.callers.get(id(node)) and not _is_now(reading, node)
    ]
    for body, node in [*starts, (reading.file.items, None)]:
        if node is None and reading.errors:
            continue
        keeping = _Keeping(reading, setters)
        try:
            flow = Paths(reading, keeping, (node,) if isinstance(node, Function) else ()).walk(body, -1)
        except TooManyPathsError:
            continue
        ends.update(keeping.said)
        only_if.update(keeping.only_if)
        for states in (flow.normal, *flow.exits.values()):
            for state in states:
                if state.value >= 0:
                    ends.setdefault(state.value, _KEPT)
    for place, message in sorted(ends.items()):
        yield Mark(place, place + 1, message, only_if=only_if.get(place, ""))


def _calling(reading: Reading, setters: frozenset[int]) -> Iterator[Function | Closure]:
    """The functions and closures that call those in which a mode is set."""
    for setter in setters:
        for call in reading.callers.get(setter, ()):
            for up in reading.around(call):
                if isinstance(up, (Function, Closure)) and not up.broken and id(up) not in setters:
                    yield up


def _is_now(reading: Reading, node: Node) -> bool:
    """Whether a closure has been walked through as part of the code around it."""
    if not isinstance(node, Closure):
        return False
    up = reading.parents.get(id(node))
    call = reading.parents.get(id(up)) if up is not None else None
    if isinstance(call, Call):
        return threads.run(reading, call, node).timing is Timing.NOW
    return not isinstance(call, Call) and any(True for _ in _named(reading, node))


def _named(reading: Reading, closure: Closure) -> Iterator[Node]:
    """Uses of a closure that has a name."""
    up = reading.parents.get(id(closure))
    name = getattr(up, "name", "")
    return mentions(name, reading.file) if name else iter(())


def _expired(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    for call in reading.calls:
        if not calls.begins(call):
            continue
        _, handler = calls.expiration(reading, call)
        if isinstance(handler, Closure) and not handler.broken:
            for node in walk(*handler.body):
                if trackers.mode(reading, node):
                    yield Mark(
                        node.start, node.end, "the expiration handler sets the mode, and so does the end of the work"
                    )
                    break


RULES = (Rule("P11", _find), Rule("P14", _expired))
