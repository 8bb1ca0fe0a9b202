"""When and on which thread a closure runs, by the call that it is handed to.

Sources: Apple's documentation of Dispatch, OperationQueue, URLSession ("completion handlers are called on the delegate
queue", which is the session's own unless one is given), BGTaskScheduler.h (queue nil: a background queue),
NSProcessInfo.h (performExpiringActivity: a background queue), SE-0338 and SE-0316 (actors).
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from atgen.doctor.paths import Timing
from atgen.doctor.tree import Bind, Call, Closure, Function, Name, Nil, Node, Parameter, Type, chain

if TYPE_CHECKING:
    from atgen.doctor.source import Reading


class Thread(Enum):
    """Where code runs."""

    MAIN = "the main thread"
    OTHER = "another thread"
    SAME = "where the call is"
    UNKNOWN = "nobody can say"


class Run(NamedTuple):
    """How a closure runs."""

    timing: Timing
    thread: Thread


_UNKNOWN = Run(Timing.UNKNOWN, Thread.UNKNOWN)
_HERE = frozenset({
    "forEach", "map", "compactMap", "flatMap", "filter", "reduce", "first", "contains", "sorted", "enumerateObjectsUsingBlock",
    "autoreleasepool", "withUnsafePointer", "withExtendedLifetime", "allSatisfy", "mapValues",
})  # fmt: skip
_QUEUED = frozenset({
    "async", "asyncAfter", "sync", "asyncAndWait", "addOperation", "addBarrierBlock", "addOperationWithBlock",
})  # fmt: skip
_APART = frozenset({
    "detachNewThread", "detachNewThreadWithBlock", "concurrentPerform", "performExpiringActivity",
    "performExpiringActivityWithReason",
})  # fmt: skip
_TASKS = re.compile(r"(?:data|download|upload)Task(?:With\w+)?")
_MAIN = frozenset({"main", "mainQueue", "dispatch_get_main_queue", "mainRunLoop"})
_OTHER = frozenset(
    {"global", "dispatch_get_global_queue", "dispatch_queue_create", "dispatch_queue_create_with_target"}
)


def queue(reading: Reading, node: Node | Parameter | None, depth: int = 0) -> Thread:  # noqa: PLR0911 (a table)
    """The thread of a queue, or of a run loop."""
    if isinstance(node, Nil):
        return Thread.OTHER
    if node is None or isinstance(node, Parameter) or depth > 4:  # noqa: PLR2004 (names that stand for names)
        return Thread.UNKNOWN
    names = chain(node)
    if names and names[-1] in _MAIN:
        return Thread.MAIN
    if names and names[-1] in _OTHER:
        return Thread.OTHER
    if isinstance(node, Call):
        if names[-1] == "DispatchQueue" and node.argument("label") is not None:
            return Thread.UNKNOWN if node.argument("target") is not None else Thread.OTHER
        if names[-1:] in (("OperationQueue",), ("NSOperationQueue",)) or (
            names[0] in ("NSOperationQueue", "OperationQueue") and names[-1] in ("new", "init")
        ):
            return Thread.OTHER
        return Thread.UNKNOWN
    found = [each for each in reading.origin(node) if each is not node]
    threads = {queue(reading, each, depth + 1) for each in found}
    return threads.pop() if len(threads) == 1 else Thread.UNKNOWN


def run(reading: Reading, call: Call | None, closure: Closure | Function) -> Run:
    """How a closure runs that is handed to a call."""
    found = _run(reading, call, closure) if call is not None and isinstance(closure, Closure) else _UNKNOWN
    if isinstance(closure, Closure) and "MainActor" in closure.attributes:
        return found._replace(thread=Thread.MAIN)
    return found


def _run(reading: Reading, call: Call, closure: Closure) -> Run:  # noqa: C901, PLR0911, PLR0912 (a table)
    name, base, names = call.name, call.base, chain(call.callee)
    head = names[0] if names else ""
    if isinstance(call.callee, Name) and name.startswith("dispatch_"):
        return _dispatch(reading, call)
    if name in _QUEUED:
        thread = queue(reading, base)
        if name in ("sync", "asyncAndWait"):
            # A block that is waited for runs on the thread that waits, but for the main queue's (dispatch_sync(3)).
            return Run(Timing.NOW, thread if thread is Thread.MAIN else Thread.SAME)
        return Run(Timing.LATER if name == "asyncAfter" else Timing.SOON, thread)
    if name == "notify" and call.argument("queue") is not None:
        return Run(Timing.LATER, queue(reading, call.argument("queue")))
    if head == "Task" and name in ("Task", "detached", "init"):
        return Run(Timing.SOON, Thread.OTHER if name == "detached" else Thread.UNKNOWN)
    if head == "MainActor":
        return Run(Timing.NOW if name == "assumeIsolated" else Timing.SOON, Thread.MAIN)
    if _TASKS.fullmatch(name) and closure is call.arguments[-1].value and len(call.arguments) > 1:
        return Run(Timing.LATER, _session(reading, base))
    if name == "addObserver" and call.argument("queue") is not None:
        given = call.argument("queue")
        return Run(Timing.UNKNOWN, Thread.UNKNOWN if isinstance(given, Nil) else queue(reading, given))
    if names == ("Thread",) and call.arguments:
        return Run(Timing.UNKNOWN, Thread.OTHER)
    if name in ("perform", "performBlock") and head in ("RunLoop", "NSRunLoop"):
        return Run(Timing.SOON, queue(reading, base))
    if name in _APART:
        return Run(Timing.UNKNOWN, Thread.OTHER)
    if name == "register" and "forTaskWithIdentifier" in call.labels:
        return Run(Timing.UNKNOWN, queue(reading, call.argument("using")))
    if name == "registerForTaskWithIdentifier":
        return Run(Timing.UNKNOWN, queue(reading, call.argument("usingQueue")))
    if name in ("scheduledTimer", "scheduledTimerWithTimeInterval"):
        repeats = call.argument("repeats")
        once = isinstance(repeats, Name) and repeats.text in ("false", "NO")
        return Run(Timing.LATER if once else Timing.UNKNOWN, Thread.SAME)
    if head == "UIView" and name.startswith("animate"):
        is_now = closure is next(call.closures())
        return Run(Timing.NOW if is_now else Timing.LATER, Thread.MAIN)
    if name in _HERE:
        return Run(Timing.UNKNOWN, Thread.SAME)
    return _UNKNOWN


def _dispatch(reading: Reading, call: Call) -> Run:
    name, given = call.name, [each.value for each in call.arguments]
    places = {"dispatch_after": 1, "dispatch_group_async": 1, "dispatch_group_notify": 1}
    place = places.get(name, 0)
    if name == "dispatch_once" or len(given) <= place:
        return Run(Timing.UNKNOWN, Thread.SAME)
    thread = queue(reading, given[place])
    if name in ("dispatch_sync", "dispatch_barrier_sync"):
        return Run(Timing.NOW, thread if thread is Thread.MAIN else Thread.SAME)
    if name in ("dispatch_async", "dispatch_barrier_async", "dispatch_group_async"):
        return Run(Timing.SOON, thread)
    return Run(Timing.LATER if places.get(name) else Timing.UNKNOWN, thread)


def _session(reading: Reading, node: Node | None, depth: int = 0) -> Thread:
    """The queue of a URLSession's closures: its own, unless it was given one."""
    names = chain(node)
    if names[-2:] in (("URLSession", "shared"), ("NSURLSession", "sharedSession")):
        return Thread.OTHER
    if isinstance(node, Call) and names and names[0] in ("URLSession", "NSURLSession"):
        given = node.argument("delegateQueue")
        return Thread.OTHER if given is None else queue(reading, given)
    if node is None or depth > 4:  # noqa: PLR2004
        return Thread.UNKNOWN
    found = [each for each in reading.origin(node) if each is not node]
    threads = {Thread.UNKNOWN if isinstance(each, Parameter) else _session(reading, each, depth + 1) for each in found}
    return threads.pop() if len(threads) == 1 else Thread.UNKNOWN


def starts(reading: Reading, node: Closure | Function) -> Thread:
    """The thread on which a closure or function begins; SAME for a function that runs where it is called."""
    if isinstance(node, Function):
        if "MainActor" in node.attributes:
            return Thread.MAIN
        owner = next((up for up in reading.around(node) if isinstance(up, Type)), None)
        return Thread.OTHER if owner is not None and owner.kind == "actor" else Thread.SAME
    up = reading.parents.get(id(node))
    if up is None:
        return Thread.UNKNOWN
    around = reading.parents.get(id(up))
    if isinstance(around, Call):
        return run(reading, around, node).thread
    if isinstance(up, Bind):
        # A closure that has a name runs where the calls say that it is handed to.
        calls = [call for call in reading.calls for each in call.arguments if _is_named(each.value, up.name)]
        threads = {run(reading, call, node).thread for call in calls}
        return threads.pop() if len(threads) == 1 else Thread.UNKNOWN
    return Thread.UNKNOWN


def _is_named(node: Node, name: str) -> bool:
    return isinstance(node, Name) and node.text == name
