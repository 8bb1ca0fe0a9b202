"""P16: what becomes of a background task when its time is up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from atgen.doctor import calls, trackers
from atgen.doctor.findings import Mark
from atgen.doctor.paths import LOGS
from atgen.doctor.rules.rule import Rule, Settings
from atgen.doctor.source import variable
from atgen.doctor.tree import Assign, Call, Closure, Exit, Function, If, Member, Node, Other, Switch, chain, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Reading

_DEEPEST = 3
_LOGGERS = re.compile(r"log|\w*Log|\w*[lL]ogger|os_log\w*|console")
# What has nothing to do with any task.
_APART = frozenset({"gestures", "ATInternet", "UserDefaults", "NSUserDefaults", "Date", "NSDate"})
_AGAIN = "the task is ended a second time when its work ends after it has expired"
_ASK = "end it only if its identifier is not the invalid one, and set it to that then"
_OPTIONAL = frozenset({"map", "flatMap"})


def _find(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    for call in reading.calls:
        if calls.begins(call):
            yield from _of_begin(reading, call)
        elif call.name == "setExpirationHandler" and call.arguments:
            yield from _of_task(reading, call.arguments[0].value)
    for node in reading.nodes:
        if isinstance(node, Assign) and isinstance(node.target, Member) and node.target.name == "expirationHandler":
            yield from _of_task(reading, node.value)


def _of_begin(reading: Reading, call: Call) -> Iterator[Mark]:
    known, handler = calls.expiration(reading, call)
    if known == "none":
        message = "a task without expiration handler: the system ends the app when time is up"
        yield Mark(call.start, call.end, message, "end the task in its expiration handler")
        return
    if handler is None or handler.broken:
        return
    if not _may_end(reading, handler.body or ()):
        yield Mark(
            handler.start, handler.start + 1, "the expiration handler does not end the task: the system ends the app"
        )
        return
    yield from _twice(reading, call, handler)


def _of_task(reading: Reading, handler: Node) -> Iterator[Mark]:
    """A task of BGTaskScheduler: its handler has to stop the work, or to complete the task."""
    if isinstance(handler, Closure) and not handler.broken and not _may_end(reading, handler.body):
        yield Mark(
            handler.start,
            handler.start + 1,
            "the expiration handler ends nothing: the system ends the app",
            "complete the task in it, or stop the work that does",
        )


def _may_end(reading: Reading, body: tuple[Node, ...], depth: int = 0) -> bool:
    """Whether code could end a task: any call that is not known to do something else."""
    for node in walk(*body):
        if isinstance(node, Call) and not _is_harmless(reading, node):
            function = reading.resolve(node)
            if function is None or depth >= _DEEPEST or _may_end(reading, function.body or (), depth + 1):
                return True
    return False


def _is_harmless(reading: Reading, call: Call) -> bool:
    names = chain(call.callee) or ("",)
    if call.name in LOGS or any(_LOGGERS.fullmatch(name) for name in names[:-1]) or _LOGGERS.fullmatch(call.name):
        return True
    if trackers.is_send(reading, call) or trackers.mode(reading, call) is not None:
        return True
    return bool(_APART & {*names})


def _twice(reading: Reading, begin: Call, handler: Closure | Function) -> Iterator[Mark]:
    """A task that the handler and the end of the work both end, neither asking whether it is still there."""
    inner = _unguarded(reading, (handler,), begin)
    if not inner:
        return
    around = next((up for up in reading.around(begin) if isinstance(up, Function)), None)
    body = (around.body or ()) if around is not None else reading.file.items
    skipped = {id(node) for node in walk(handler)} if not isinstance(handler, Function) else set()
    outer = [each for each in _unguarded(reading, body, begin) if id(each) not in skipped]
    if not outer:
        yield from _called_elsewhere(reading, handler, skipped)
    for end in outer[-1:]:
        if {_identifier(end)} & {_identifier(each) for each in inner}:
            yield Mark(end.start, end.end, _AGAIN, _ASK)


def _called_elsewhere(reading: Reading, handler: Closure | Function, skipped: set[int]) -> Iterator[Mark]:
    """A method that ends the task without asking, which the handler calls, and which another object's work calls too."""
    for call in [node for node in walk(handler) if isinstance(node, Call)]:
        function = reading.resolve(call)
        ends = _unguarded(reading, function.body or (), call) if function is not None else []
        others = [
            each
            for each in reading.calls
            if ends
            and each.name == call.name
            and len(each.arguments) == len(call.arguments)
            and id(each) not in skipped
            and not _is_guarded(reading, each, ())
            and each.base is not None
        ]
        if others:
            yield Mark(ends[-1].start, ends[-1].end, _AGAIN, _ASK)


def _unguarded(reading: Reading, body: tuple[Node, ...], begin: Call, depth: int = 0) -> list[Call]:
    """The calls that end a task without any condition, also in methods that are called."""
    found: list[Call] = []
    for node in walk(*body):
        if not isinstance(node, Call) or _is_guarded(reading, node, body):
            continue
        function = reading.resolve(node)
        if function is not None and depth < _DEEPEST and node is not begin:
            found += _unguarded(reading, function.body or (), begin, depth + 1)
        elif calls.ends(node):
            found.append(node)
    return found


def _is_guarded(reading: Reading, node: Node, body: tuple[Node, ...]) -> bool:
    """Whether a condition decides if a call is made: around it, or a guard before it."""
    roots = {id(each) for each in body}
    inner: Node = node
    for up in reading.around(node):
        if isinstance(up, If) and inner in (*up.then, *up.otherwise):
            return True
        if isinstance(up, Switch) or (isinstance(up, Other) and up.kind in ("&&", "||", "??")):
            return True
        if isinstance(up, Call) and up.name in _OPTIONAL and inner is not up.callee:
            return True
        if any(_is_guard(each) and each.start < node.start for each in getattr(up, "body", None) or ()):
            return True
        if id(up) in roots:
            break
        inner = up
    return any(_is_guard(each) and each.start < node.start for each in body)


def _is_guard(node: Node) -> bool:
    """Whether what comes after a statement runs only on a condition: one branch leaves."""
    return isinstance(node, If) and any(
        isinstance(last, Exit) for branch in (node.then, node.otherwise) for last in branch[-1:]
    )


def _identifier(call: Call) -> str:
    """The name of the task that a call ends."""
    value = call.arguments[0].value
    return variable(value) or "?"


RULES = (Rule("P16", _find),)
