"""What Apple's calls mean: who has to be told that background work is over, and what tells it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from atgen.doctor.tree import Call, Closure, Function, Member, Name, Node, Parameter, Text, chain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Reading

FETCH_LABELS = ("performFetchWithCompletionHandler", "fetchCompletionHandler")
_RESULT = "UIBackgroundFetchResult"
_TASK = re.compile(r"\bBG(?:AppRefresh|Processing|HealthResearch|ContinuedProcessing)?Task\b(?!Request|Scheduler)")
_REQUEST = frozenset({"BGAppRefreshTaskRequest", "BGProcessingTaskRequest", "BGHealthResearchTaskRequest"})
_WATCH = re.compile(r"Set<\s*WKRefreshBackgroundTask|NSSet<\s*WKRefreshBackgroundTask")
_BEGINS = re.compile(r"beginBackgroundTask(?:With(?:ExpirationHandler|Name))?")
_APPLICATION = re.compile(r"app(?:lication)?$|^shared$", re.IGNORECASE)
_WAITS = re.compile(r"wait|sleep|await|join|flush|drain|until|block(?!s)|deliver", re.IGNORECASE)
_RESULTS = frozenset({"newData", "noData", "failed", f"{_RESULT}NewData", f"{_RESULT}NoData", f"{_RESULT}Failed"})


class Obligation(NamedTuple):
    """Something that has to be told exactly once: by calling a handler, or by a task's `setTaskCompleted…`."""

    name: str
    place: int
    is_task: bool
    label: str
    of: Function | Closure


def is_handler(parameter: Parameter) -> bool:
    """Whether a parameter is the completion handler of a fetch: a closure that takes the fetch's result."""
    return parameter.label in FETCH_LABELS or (
        _RESULT in parameter.kind and ("->" in parameter.kind or "^" in parameter.kind)
    )


def is_task(parameter: Parameter) -> bool:
    """Whether a parameter is a task of BGTaskScheduler."""
    return bool(_TASK.search(parameter.kind)) and "->" not in parameter.kind and "^" not in parameter.kind


def is_watch_tasks(parameter: Parameter) -> bool:
    """Whether a parameter is the set of tasks that watchOS hands over."""
    return bool(_WATCH.search(parameter.kind))


def is_fetch(function: Function) -> bool:
    """Whether the system calls a function for a background fetch."""
    return any(each.label == FETCH_LABELS[0] for each in function.parameters)


def registered(reading: Reading) -> Iterator[tuple[Call, Closure]]:
    """Each call that registers a task with BGTaskScheduler, with the closure that handles it."""
    for call in reading.calls:
        if is_registration(call):
            for closure in call.closures():
                yield call, closure


def is_registration(call: Call) -> bool:
    """Whether a call registers a task with BGTaskScheduler."""
    return (call.name == "register" and "forTaskWithIdentifier" in call.labels) or (
        call.name == "registerForTaskWithIdentifier"
    )


def identifier(call: Call) -> Node | None:
    """The identifier of the BackgroundTasks framework that a call names: it registers, asks for, or handles a task."""
    if is_registration(call):
        return call.argument("forTaskWithIdentifier") or (call.arguments[0].value if call.is_message else None)
    if _REQUEST & {*chain(call.callee)} and call.name != "alloc" and call.arguments:
        return call.arguments[0].value
    given = call.arguments[0].value if call.name == "backgroundTask" and call.arguments else None
    return (
        given.arguments[0].value if isinstance(given, Call) and given.name == "appRefresh" and given.arguments else None
    )


def refreshed(reading: Reading, call: Call) -> str | None:
    """The identifier of the refresh task that a call asks for; None where it is another call, or no literal."""
    if "BGAppRefreshTaskRequest" not in chain(call.callee) or call.name == "alloc" or not call.arguments:
        return None
    found = reading.origin(call.arguments[0].value)
    return found[0].value if len(found) == 1 and isinstance(found[0], Text) else None


def begins(call: Call) -> bool:
    """Whether a call begins a background task of UIApplication, and not an app's own method of that name."""
    if not _BEGINS.fullmatch(call.name) or call.base is None:
        return False
    if isinstance(call.base, Name) and call.base.text in ("self", "super"):
        return False
    if not call.is_message and not set(call.labels) <= {"withName", "expirationHandler", None}:
        return False
    # A class of the app's own may have such a method too, but hardly one of these arguments.
    return call.is_message or set(call.labels) - {None} != set() or bool(_APPLICATION.search(chain(call.base)[-1]))


def ends(call: Call) -> bool:
    """Whether a call ends a background task of UIApplication."""
    return call.name == "endBackgroundTask" and len(call.arguments) == 1


def completes(call: Call) -> bool:
    """Whether a call completes a task of BGTaskScheduler or of watchOS."""
    return call.name.startswith("setTaskCompleted") and call.base is not None


def finishes(reading: Reading, call: Call) -> bool:
    """Whether a call gives control back to the system, which may then suspend the app."""
    if ends(call) or completes(call):
        return True
    if not isinstance(call.callee, Name) or len(call.arguments) != 1:
        return False
    names = chain(call.arguments[0].value)
    if names and names[-1] in _RESULTS and (len(names) == 1 or names[0] in ("", _RESULT)):
        return True
    if not any(_RESULT in kind for kind in reading.kinds.get(call.callee.text, ())):
        return False
    found = reading.values(call.callee.text, call)
    return len(found) == 1 and isinstance(found[0], Parameter) and is_handler(found[0])


def waits(call: Call) -> bool:
    """Whether a call may take its time: by its name."""
    return bool(_WAITS.search(call.name)) and not ends(call)


def expiration(reading: Reading, call: Call) -> tuple[str, Closure | Function | None]:
    """What runs when a task's time is up: `none`, `known` with the closure, or `unknown`."""
    closures = [*call.closures()]
    if closures:
        return "known", closures[-1]
    given = call.argument("expirationHandler")
    if given is None and call.name == "beginBackgroundTaskWithExpirationHandler" and call.arguments:
        given = call.arguments[0].value
    if given is None or type(given).__name__ == "Nil":
        return "none", None
    found = reading.origin(given)
    if len(found) == 1 and isinstance(found[0], Closure):
        return "known", found[0]
    if isinstance(given, (Name, Member)):
        name = given.text if isinstance(given, Name) else given.name
        functions = [each for each in reading.functions if each.name == name and not each.parameters]
        if len(functions) == 1:
            return "known", functions[0]
    return "unknown", None
