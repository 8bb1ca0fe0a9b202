"""What a file says that matters to the rules in other files: short sentences."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from atgen.doctor import calls, trackers
from atgen.doctor.tree import Assign, Bind, Call, Function, Member, Name, Node, Text, Type, chain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from atgen.doctor.rules.rule import Settings
    from atgen.doctor.source import Reading

_SETTINGS = re.compile(r"set(?:Config|SiteId|Log|SecuredLog)")
# Classes of Apple's that an app's delegate derives from: what it has is what it declares.
_ROOTS = frozenset({"UIResponder", "NSObject", "UIViewController"})
_WATCH = frozenset({"WKApplicationDelegate", "WKExtensionDelegate"})
# Property wrappers by which an app of SwiftUI names its delegate, with the class in brackets or as the property's type.
_ADAPTORS = frozenset(
    f"{kit}DelegateAdaptor{brackets}"
    for kit in ("UIApplication", "WKApplication", "WKExtension")
    for brackets in ("", "()")
)
# Where methods have bodies in Objective-C, by the kinds of the tree.
_IMPLEMENTED = {"implementation": "class", "category_implementation": "category"}
# Names of Apple's that an app may have given to something of its own.
_APPLE = re.compile(r"dispatch_\w+|DISPATCH_\w+|UIBackgroundTaskInvalid|UIApplicationLaunchOptions?Key")
_WORDS = {
    "sets the user agent": re.compile(rb"\.\s*userAgent\s*=|\bsetUserAgent\b"),
    "sets an interval": re.compile(rb"\bsetMinimumBackgroundFetchInterval\b"),
    "lets the tag through": re.compile(rb"\bextendIncludeBuffer\b"),
}
# How an app hears that it goes to the background, beside a method of its delegate.
_HEARS = frozenset({"didEnterBackgroundNotification", "UIApplicationDidEnterBackgroundNotification", "scenePhase"})
_ENTERED = frozenset({"applicationDidEnterBackground", "sceneDidEnterBackground"})


def collect(reading: Reading, settings: Settings) -> frozenset[str]:
    """All of them, of one file."""
    found = {sentence for sentence, word in _WORDS.items() if word.search(reading.data)}
    if any(name.split("/")[0] == "WatchKit" for name in reading.file.imports):
        found.add("is a watch app")
    for node in reading.nodes:
        if isinstance(node, (Function, Type, Bind)) and _APPLE.fullmatch(node.name):
            found.add(f"declares {node.name}")
        if isinstance(node, Text) and node.value in settings.wanted:
            found.add(f"says {node.value}")
        if isinstance(node, (Assign, Call)) and (mode := trackers.mode(reading, node)):
            found.add(f"sets the mode {mode.mode}")
        if isinstance(node, Call) and node.name == "setUpBackgroundHits":  # which an extension declares
            found.add("sets up")
        of_kind = _KINDS.get(type(node))
        if of_kind:
            found |= of_kind(reading, node)
    return frozenset(found)


def together(facts: Iterable[frozenset[str]]) -> frozenset[str]:
    """The facts of all files, with what follows from several."""
    found = frozenset(fact for each in facts for fact in each)
    names = {fact.removeprefix("refreshes ") for fact in found if fact.startswith("refreshes ")}
    classes = Counter(fact for each in facts for fact in each if fact.startswith("is the class "))
    found |= {f"several classes {fact.removeprefix('is the class ')}" for fact, count in classes.items() if count > 1}
    if found & {"sets the mode task", "sets the mode fetch"}:
        found |= {"tags background hits"}
    return found | {f"refreshes another than {name}" for name in names if len(names) > 1}


def _of_name(reading: Reading, node: Name | Member) -> set[str]:
    del reading
    name = node.text if isinstance(node, Name) else node.name
    if name == "defaultTracker":
        return {"uses the global tracker"}
    return {"hears the background", "hears it in scenes"} if name in _HEARS else set()


def _of_function(reading: Reading, node: Function) -> set[str]:
    found = {f"defines {reading.owner(node)}.{_signature(reading, node)}"}
    if its := implemented(reading, node):
        kind, owner, method = its
        found.add(f"{kind} {owner} has {method}")
    if node.name == "application" and "didReceiveRemoteNotification" in node.labels:
        found.add("receives pushes")
    if calls.is_fetch(node) and node.body is not None:
        found.add("fetches")
    if node.name in _ENTERED:
        found.add("hears the background")
        if node.name == "sceneDidEnterBackground" and node.body:
            found.add("hears it in scenes")
    return found


def implemented(reading: Reading, node: Function) -> tuple[str, str, str] | None:
    """Where a method of Objective-C has its body: in the class or in a category, of which class, and the method."""
    around = next(reading.around(node), None)
    kind = _IMPLEMENTED.get(around.kind) if isinstance(around, Type) and node.body is not None else None
    if kind is None or not isinstance(around, Type):
        return None
    sign = "+" if "static" in node.attributes else "-"
    return kind, around.name, f"{sign}{_signature(reading, node)}"


def _signature(reading: Reading, node: Function) -> str:
    """The name with its labels, as each language writes it."""
    labels = [label or "_" for label in node.labels]
    if reading.source.is_swift:
        return f"{node.name}({''.join(label + ':' for label in labels)})"
    return node.name + (":" + "".join(label + ":" for label in labels[1:]) if labels else "")


def _of_type(reading: Reading, node: Type) -> set[str]:
    found = {"is a watch app"} if _WATCH & {*node.above} else set()
    if _IMPLEMENTED.get(node.kind) == "class":
        found.add(f"is the class {node.name}")
    if node.kind in ("class", "interface") and (not node.above or node.above[0] in _ROOTS):
        found.add(f"declares the class {node.name}")
    if "main" in node.attributes and "App" in node.above:
        found.add("has scenes")  # SwiftUI makes them
    if "UIApplicationDelegate" in node.above:
        found.add("is the app delegate")
    for each in node.members:
        if isinstance(each, Bind):
            found.add(f"has {each.name}")
            if _ADAPTORS & each.attributes:
                found.add("names a delegate")
            if trackers.is_global(reading, each):
                found.add(f"holds the global tracker in {node.name}.{each.name}")
    return found


def _of_call(reading: Reading, call: Call) -> set[str]:
    if _SETTINGS.fullmatch(call.name):
        return {"configures something"} | (set() if _is_global(reading, call) else {"configures"})
    if refreshed := calls.refreshed(reading, call):
        return {f"refreshes {refreshed}"}
    if calls.begins(call):
        return {"begins a task"}
    if calls.is_registration(call):
        return {"registers a task"}
    name = call.arguments[0].value if trackers.is_made(call) else None
    if isinstance(name, Text) and not trackers.lacks(trackers.configuration(reading, call)):
        return {f"configures {name.value}"}
    return set()


def _is_global(reading: Reading, call: Call) -> bool:
    base = call.base
    return base is not None and (
        "defaultTracker" in chain(base) or trackers.kind(reading, base) is trackers.Kind.GLOBAL
    )


_KINDS: dict[type[Node], Callable[[Reading, Any], set[str]]] = {
    Function: _of_function,
    Name: _of_name,
    Member: _of_name,
    Type: _of_type,
    Call: _of_call,
}
