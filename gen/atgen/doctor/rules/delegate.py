"""P02 and P04: methods that the system never calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from atgen.doctor import calls
from atgen.doctor.findings import Edit, Mark
from atgen.doctor.rules.rule import Rule, Settings
from atgen.doctor.source import FRAME
from atgen.doctor.tree import Function, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Reading

_IN_SCENES = frozenset({"hears it in scenes"})
_INTERVAL = frozenset({"sets an interval"})
_NEARLY = re.compile(r"performFetchWithCompletion(?!Handler\b)\w*")
_FIRST = re.compile(r"\b(?:UIApplication|UIScene|WKRefreshBackgroundTask)\b")
# A watch app's delegate has the same methods without an argument.
_WATCHES = frozenset({"is a watch app"})
_ALONE = frozenset({"applicationDidEnterBackground", "sceneDidEnterBackground"})
_APP = re.compile(r"AppDelegate$|^UIApplicationDelegate$")
_SCENE = re.compile(r"SceneDelegate$")
_WATCH = re.compile(r"^WK(?:Application|Extension)Delegate$")


def _delegates(reading: Reading) -> Iterator[tuple[str, Function]]:
    """Each method of a delegate of the system's, with whose delegate it is; on a page it may stand without its class."""
    if reading.source.is_page:
        alone = (*reading.file.items, *(each for piece in reading.types.get(FRAME, ()) for each in piece.members))
        yield from (("app", each) for each in alone if isinstance(each, Function))
    for pieces in reading.types.values():
        names = {name for piece in pieces for name in (piece.name, *piece.above)}
        for kind, pattern in (("watch", _WATCH), ("app", _APP), ("scene", _SCENE)):
            if any(pattern.search(name) for name in names):
                yield from ((kind, each) for piece in pieces for each in piece.members if isinstance(each, Function))
                break


def _never_called(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    unless = frozenset() if "UIKit" in {name.split("/")[0] for name in reading.file.imports} else _WATCHES
    for kind, function in _delegates(reading):
        if kind == "watch" and not any(calls.is_watch_tasks(each) for each in function.parameters):
            continue
        if "objc()" in function.attributes or _is_selected(reading, function.name):
            continue
        first = function.parameters[0] if function.parameters else None
        if first is None:
            if function.name in _ALONE and function.body is not None and "static" not in function.attributes:
                yield Mark(
                    function.place,
                    function.place + len(function.name),
                    _message(function, "its argument"),
                    _write(reading, function),
                    unless=unless,
                )
        elif (
            reading.source.is_swift and first.label is not None and _FIRST.search(first.kind) and _is_system_s(function)
        ):
            at = first.start
            edit = Edit(at, at, "_ ") if first.label == first.name else Edit(at, at + len(first.label), "_")
            yield Mark(
                function.place,
                function.place + len(function.name),
                _message(function, "_"),
                _write(reading, function),
                edit,
            )
    for function in reading.functions:
        for parameter in function.parameters:
            if _NEARLY.fullmatch(parameter.label or parameter.name):
                label = parameter.label or parameter.name
                message = f"{label}: another selector, which the system never calls"
                yield Mark(
                    parameter.start, parameter.start + len(label), message, "write performFetchWithCompletionHandler"
                )


def _is_system_s(function: Function) -> bool:
    return function.name.startswith(("application", "scene", "handle"))


def _is_selected(reading: Reading, name: str) -> bool:
    """Whether somebody calls a method by its selector."""
    return bool(re.search(rb"(?:#|@)selector\s*\(\s*(?:\w+\.)*" + name.encode() + rb"\b", reading.data))


def _message(function: Function, lacks: str) -> str:
    return f"{function.name} without {lacks}: another selector, which the system never calls"


def _write(reading: Reading, function: Function) -> str:
    argument, kind = ("scene", "UIScene") if function.name.startswith("scene") else ("application", "UIApplication")
    if function.name == "handle":
        return "write func handle(_ backgroundTasks: Set<WKRefreshBackgroundTask>)"
    if reading.source.is_swift:
        return f"write func {function.name}(_ {argument}: {kind}…"
    return f"write - (void){function.name}:({kind} *){argument}…"


def _not_heard(reading: Reading, settings: Settings) -> Iterator[Mark]:
    """P15: an empty method, as in Xcode's template, loses nothing."""
    del settings
    is_page = reading.source.is_page
    for kind, function in _delegates(reading):
        if kind == "app" and function.name == "applicationDidEnterBackground" and function.parameters and function.body:
            message = "in an app with scenes this is never called"
            end = function.place + len(function.name)
            only_if = "" if is_page else "has scenes"
            yield Mark(function.place, end, message, is_note=is_page, unless=_IN_SCENES, only_if=only_if)


def _no_interval(reading: Reading) -> Iterator[Mark]:
    for function in reading.functions:
        for parameter in function.parameters:
            if parameter.label == calls.FETCH_LABELS[0] and not function.broken:
                message = "no interval is set, and without one the system fires no fetch"
                yield Mark(parameter.start, parameter.start + len(parameter.label), message, unless=_INTERVAL)


def _not_permitted(reading: Reading, settings: Settings) -> Iterator[Mark]:
    """An identifier that Info.plist does not permit: it is neither registered nor scheduled (BGTaskScheduler.h)."""
    if settings.permitted is None:
        return
    for call in reading.calls:
        given = calls.identifier(call)
        found = reading.origin(given) if given is not None else []
        name = found[0].value if len(found) == 1 and isinstance(found[0], Text) else None
        if name and name not in settings.permitted and not any(_is_prefix(each, name) for each in settings.permitted):
            message = f"{name} is not in BGTaskSchedulerPermittedIdentifiers: the system refuses the task"
            yield Mark(call.start, call.end, message, f"add {name} to that array in Info.plist")


def _is_prefix(permitted: str, name: str) -> bool:
    """`a.*` permits all that begins so (BGContinuedProcessingTaskRequest); a build setting's value is not known."""
    return "$(" in permitted or (permitted.endswith("*") and name.startswith(permitted[:-1]))


def _find(reading: Reading, settings: Settings) -> Iterator[Mark]:
    yield from _no_interval(reading)
    yield from _not_permitted(reading, settings)


RULES = (Rule("P02", _never_called, is_fixable=True), Rule("P04", _find), Rule("P15", _not_heard))
