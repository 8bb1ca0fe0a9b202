"""P02 and P04: methods that the system never calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from atgen.doctor import calls
from atgen.doctor.findings import Edit, Mark
from atgen.doctor.rules.rule import OBJC, SWIFT, Example, Rule, Settings
from atgen.doctor.tree import Function, Text, Type

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
_APP, _SCENE, _WATCH = re.compile(r"AppDelegate$|^UIApplicationDelegate$"), re.compile(r"SceneDelegate$"), re.compile(r"^WK(?:Application|Extension)Delegate$")  # fmt: skip


def _delegates(reading: Reading) -> Iterator[tuple[str, Function]]:
    """Each method of a delegate of the system's, with whose delegate it is."""
    for pieces in reading.types.values():
        names = {name for piece in pieces for name in (piece.name, *piece.above)}
        for kind, pattern in (("watch", _WATCH), ("app", _APP), ("scene", _SCENE)):
            if any(pattern.search(name) for name in names):
                yield from ((kind, each) for piece in pieces for each in piece.members if isinstance(each, Function))
                break


def _never_called(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    for kind, function in _delegates(reading):
        if kind == "watch" and not any(calls.is_watch_tasks(each) for each in function.parameters):
            continue
        if "objc()" in function.attributes or _is_selected(reading, function.name):
            continue
        first = function.parameters[0] if function.parameters else None
        if first is None:
            if function.name in _ALONE and function.body is not None and "static" not in function.attributes:
                yield Mark(function.place, function.place + len(function.name), _message(function, "its argument"), _write(reading, function), unless=_WATCHES)
        elif reading.source.is_swift and first.label is not None and _FIRST.search(first.kind) and _is_system_s(function):
            at = first.start
            edit = Edit(at, at, "_ ") if first.label == first.name else Edit(at, at + len(first.label), "_")
            yield Mark(function.place, function.place + len(function.name), _message(function, "_"), _write(reading, function), edit)
    for function in reading.functions:
        for parameter in function.parameters:
            if _NEARLY.fullmatch(parameter.label or parameter.name):
                label = parameter.label or parameter.name
                message = f"{label}: another selector, which the system never calls"
                yield Mark(parameter.start, parameter.start + len(label), message, "write performFetchWithCompletionHandler")


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
    if not settings.has_scenes:
        return
    for kind, function in _delegates(reading):
        if kind == "app" and function.name == "applicationDidEnterBackground" and function.parameters and function.body:
            message = "in an app with scenes this is never called"
            yield Mark(function.place, function.place + len(function.name), message, unless=_IN_SCENES)


def _no_interval(reading: Reading) -> Iterator[Mark]:
    for function in reading.functions:
        for parameter in function.parameters:
            if parameter.label == calls.FETCH_LABELS[0] and not function.broken:
                message = "no interval is set, and without one the system fires no fetch"
                yield Mark(parameter.start, parameter.start + len(parameter.label), message, unless=_INTERVAL)


def _not_permitted(reading: Reading, settings: Settings) -> Iterator[Mark]:
    """An identifier that Info.plist does not permit: `register` gives false (BGTaskScheduler.h)."""
    if settings.permitted is None:
        return
    for call in reading.calls:
        given = calls.identifier(call) if calls.is_registration(call) else None
        found = reading.origin(given) if given is not None else []
        name = found[0].value if len(found) == 1 and isinstance(found[0], Text) else None
        if name and name not in settings.permitted and not any(_is_prefix(each, name) for each in settings.permitted):
            message = f"{name} is not in BGTaskSchedulerPermittedIdentifiers: the task is not registered"
            yield Mark(call.start, call.end, message, f"add {name} to that array in Info.plist")


def _is_prefix(permitted: str, name: str) -> bool:
    """`a.*` permits all that begins so (BGContinuedProcessingTaskRequest); a build setting's value is not known."""
    return "$(" in permitted or (permitted.endswith("*") and name.startswith(permitted[:-1]))


def _find(reading: Reading, settings: Settings) -> Iterator[Mark]:
    yield from _no_interval(reading)
    yield from _not_permitted(reading, settings)


_FETCH = "performFetchWithCompletionHandler done: @escaping (UIBackgroundFetchResult) -> Void) { done(.noData) }"

RULES = (
    Rule(
        "P02",
        "A delegate's method has the selector that the system calls",
        "UIKit, UIApplication.h and UIScene.h; WatchKit, WKApplication.h",
        "write the method's right name",
        (
            Example(SWIFT, "class A: UIApplicationDelegate {\nfunc applicationDidEnterBackground(application: UIApplication) {}\n}", (2,)),
            Example(SWIFT, "class A: UIApplicationDelegate {\nfunc applicationDidEnterBackground() {}\n}", (2,)),
            Example(SWIFT, "class AppDelegate: FlutterAppDelegate {\nfunc applicationDidEnterBackground(application: UIApplication) {}\n}", (2,)),
            Example(SWIFT, f"extension AppDelegate {{\nfunc application(application: UIApplication, {_FETCH}\n}}", (2,)),
            Example(SWIFT, "class S: UIWindowSceneDelegate {\nfunc sceneDidEnterBackground(scene: UIScene) {}\n}", (2,)),
            Example(SWIFT, "class S: UIWindowSceneDelegate {\nfunc sceneDidEnterBackground(_ scene: UIScene) {}\n}"),
            Example(SWIFT, "class W: NSObject, WKApplicationDelegate {\nfunc handle(backgroundTasks: Set<WKRefreshBackgroundTask>) {}\n}", (2,)),
            Example(SWIFT, "class W: NSObject, WKApplicationDelegate {\nfunc applicationDidEnterBackground() {}\n}"),
            Example(SWIFT, "class Observer {\n@objc func applicationDidEnterBackground() {}\n}"),
            Example(
                SWIFT,
                "class A: UIApplicationDelegate {\n@objc func applicationDidEnterBackground() {}\n"
                "func f() { c.addObserver(self, selector: #selector(applicationDidEnterBackground), name: n, object: nil) }\n}",
            ),
            Example(OBJC, "@implementation AppDelegate\n- (void)applicationDidEnterBackground {}\n@end", (2,)),
            Example(OBJC, "@implementation AppDelegate\n- (void)applicationDidEnterBackground:(UIApplication *)a {}\n@end"),
            Example(OBJC, "@implementation Observer\n- (void)applicationDidEnterBackground {}\n@end"),
        ),
        _never_called,
        is_fixable=True,
    ),
    Rule(
        "P04",
        "Background work is asked for: an interval, UIBackgroundModes, the permitted identifiers",
        "UIKit, UIApplication.h; BackgroundTasks, BGTaskScheduler.h; Apple's Information Property List",
        "at launch: application.setMinimumBackgroundFetchInterval(UIApplication.backgroundFetchIntervalMinimum)",
        (
            Example(SWIFT, f"func application(_ a: UIApplication, {_FETCH}", (1,)),
            Example(SWIFT, f"func application(_ a: UIApplication, {_FETCH}\na.setMinimumBackgroundFetchInterval(x)"),
            Example(
                OBJC,
                "@implementation A\n- (void)application:(UIApplication *)a performFetchWithCompletionHandler:"
                "(void (^)(UIBackgroundFetchResult))done { done(1); }\n@end",
                (2,),
            ),
        ),
        _find,
    ),
    Rule(
        "P15",
        "In an app with scenes applicationDidEnterBackground of the app delegate is never called",
        "UIKit, UIApplication.h; Apple's TN3187",
        "observe UIApplication.didEnterBackgroundNotification, or write sceneDidEnterBackground(_:)",
        find=_not_heard,
    ),
)  # fmt: skip

__all__ = ["RULES", "Type"]
