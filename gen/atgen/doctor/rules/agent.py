"""`agent`: the first hit of a process waits for a web view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atgen.doctor import calls, trackers
from atgen.doctor.findings import Mark
from atgen.doctor.rules.rule import Rule, Settings
from atgen.doctor.tree import Call, Closure, Function, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Reading


_AGENT = frozenset({"sets the user agent"})


def _find(reading: Reading, settings: Settings) -> Iterator[Mark]:
    """Name the first hit of a fetch, a task or a push; on watchOS and tvOS there is no web view to wait for."""
    if not settings.is_ios or reading.source.is_page:
        return
    for body in _background(reading):
        for node in walk(body):
            if isinstance(node, Call) and trackers.is_send(reading, node):
                message = "no userAgent is set: in the background the first hit of a process can wait for a web view"
                yield Mark(node.start, node.end, message, is_note=True, unless=_AGENT)
                return


def _background(reading: Reading) -> Iterator[Function | Closure]:
    """The functions and closures that the system runs in the background, and says so."""
    for function in reading.functions:
        if any(each.label in calls.FETCH_LABELS or calls.is_task(each) for each in function.parameters):
            yield function
    for _, closure in calls.registered(reading):
        yield closure


RULES = (Rule("agent", _find),)
