"""P10: the SDK's objects are used off the main thread."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from atgen.doctor import threads, trackers
from atgen.doctor.findings import Mark
from atgen.doctor.rules.rule import Rule, Settings
from atgen.doctor.threads import Thread
from atgen.doctor.tree import Closure, Function, Node, Other

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Reading

_IN_BACKGROUND = frozenset({"performSelectorInBackground", "detachNewThreadSelector"})
_DEEPEST = 4


def _find(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    told: set[int] = set()
    for call in reading.calls:
        if not trackers.is_send(reading, call):
            continue
        where = _other(reading, call)
        if where is not None and id(where) not in told:
            told.add(id(where))
            yield Mark(
                call.start, call.end, "the hit is sent off the main thread, and the SDK's objects are not thread-safe"
            )


def _other(reading: Reading, node: Node, depth: int = 0) -> Node | None:
    """The closure or function that surely runs on another thread and has a node in it; None if there is none."""
    awaited = False
    for up in reading.around(node):
        if isinstance(up, Other) and up.kind == "await":
            awaited = True
        if not isinstance(up, (Closure, Function)):
            continue
        if up.broken:
            return None
        thread = threads.starts(reading, up)
        if thread is Thread.OTHER:
            # What is awaited may be of another actor, and change to it.
            return None if awaited and depth else up
        if thread is not Thread.SAME:
            return None
        if isinstance(up, Function):
            return _callers(reading, up, depth)
    return None


def _callers(reading: Reading, function: Function, depth: int) -> Node | None:
    """A caller of a function, in the same file, that surely runs on another thread."""
    if depth >= _DEEPEST:
        return None
    selector = re.compile(rb"[@#]selector\s*\(\s*(?:\w+\.)*" + function.name.encode() + rb"\b")
    for call in reading.calls:
        if call.name in _IN_BACKGROUND and selector.search(reading.data, call.start, call.end):
            return call
    for call in reading.callers.get(id(function), ()):
        where = _other(reading, call, depth + 1)
        if where is not None:
            return where
    return None


RULES = (Rule("P10", _find),)
