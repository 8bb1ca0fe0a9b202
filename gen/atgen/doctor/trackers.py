"""What the SDK's calls mean: which tracker is meant, what sends, what sets the mode (Sources/ of 2.23.10)."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from atgen.doctor.source import given, returned
from atgen.doctor.tree import Assign, Bind, Call, If, Literal, Member, Nil, Node, Parameter, Text, chain

if TYPE_CHECKING:
    from atgen.doctor.source import Reading

# What nothing but the SDK sends, and what others may send too.
_HITS = frozenset(f"send{what}" for what in ("Touch", "Navigation", "Download", "Exit", "Search", "View"))
_SENDS = re.compile(r"send(?:Touches|Views|Impressions?|Play|Pause|Stop|Move|Info|Share|Email|Favor|Buffer)?")
# What a tracker's hits are made of, and how variables that hold trackers are called.
_PARTS = frozenset({
    "gestures", "screens", "dynamicScreens", "publishers", "selfPromotions", "customTreeStructures", "products",
    "mediaPlayers", "events", "gesture", "screen",
})  # fmt: skip
_TRACKER = re.compile(r"(?:\w*[tT]racker\w*|ATInternet|t)")
_MODES = frozenset({"normal", "task", "fetch"})


class Kind(Enum):
    """Whose hits a tracker sends."""

    GLOBAL = "the tracker of all the app's code"
    OWN = "a tracker for this purpose"
    UNKNOWN = "nobody can say"


def is_send(reading: Reading, call: Call) -> bool:
    """Whether a call sends a hit: `….sendTouch()`, `tracker.dispatch()`."""
    if call.arguments or call.base is None:
        return False
    if call.name != "dispatch" and call.name not in _HITS and not _SENDS.fullmatch(call.name):
        return False
    names = {*chain(call.base)}
    if call.name == "dispatch":
        return bool(_TRACKER.fullmatch(chain(call.base)[-1])) or _is_typed(reading, call.base, "Tracker")
    if _PARTS & names or any("racker" in name for name in names):
        return True
    of_variable = {name for each in reading.origin(call.base) if isinstance(each, Node) for name in chain(each)}
    if _PARTS & of_variable or _is_typed(reading, call.base, "Gesture", "Screen"):
        return True
    return call.name in _HITS and uses_sdk(reading)


def _is_typed(reading: Reading, base: Node, *types: str) -> bool:
    """Whether a variable is declared to be of one of the SDK's types, or stands for a tracker."""
    declared = [each.kind for each in reading.origin(base) if isinstance(each, Parameter)]
    if any(re.search(rf"\b(?:{'|'.join(types)})\b", each) for each in declared):
        return True
    return "Tracker" in types and kind(reading, base) is not Kind.UNKNOWN


def uses_sdk(reading: Reading) -> bool:
    """Whether a file has to do with the SDK; a page's block may show no import."""
    imports = {name.split("/")[0] for name in reading.file.imports}
    return not imports or bool(imports & {"Tracker", "SmartTracker"}) or b"ATInternet" in reading.data


def is_part(names: set[str]) -> bool:
    """Whether a name is that of what hits are added to."""
    return bool(_PARTS & names)


def is_made(call: Call) -> bool:
    """Whether a call asks the SDK for a tracker by its name."""
    if call.name not in ("tracker", "trackerWithName") or call.base is None or not call.arguments:
        return False
    return call.labels in ((None,), (None, "configuration"))


def kind(reading: Reading, node: Node, depth: int = 0) -> Kind:
    """Whose tracker an expression is, as far as this file tells."""
    if depth > 6:  # noqa: PLR2004 (names that stand for names)
        return Kind.UNKNOWN
    if isinstance(node, (Call, Member)):
        if node.name == "defaultTracker":
            return Kind.GLOBAL
        if isinstance(node, Call) and is_made(node):
            name = node.arguments[0].value
            is_global = isinstance(name, Text) and name.value == "defaultTracker"
            return Kind.GLOBAL if is_global else Kind.OWN
    if isinstance(node, Call):
        function = reading.resolve(node)
        if function is None or node.arguments:
            return Kind.UNKNOWN
        found = returned(function.body or ())
    else:
        found = reading.origin(node)
        if found == [node]:  # in Objective-C `self.tracker` may be a method
            found = reading.accessor(node)
    kinds = {Kind.UNKNOWN if isinstance(each, Parameter) else kind(reading, each, depth + 1) for each in found}
    return kinds.pop() if len(kinds) == 1 else Kind.UNKNOWN


def is_global(reading: Reading, bind: Bind) -> bool:
    """Whether a property holds the global tracker."""
    found = given(bind)
    return bool(found) and all(not isinstance(each, Parameter) and kind(reading, each) is Kind.GLOBAL for each in found)


def elsewhere(tracker: Node) -> str:
    """How a property of another file's type is named: `Type.name`, whatever is between; or ""."""
    names = chain(tracker)
    return f"{names[0]}.{names[-1]}" if len(names) > 1 and names[0][:1].isupper() else ""


class Mode(NamedTuple):
    """A place where a tracker's mode is set; "" is a mode that nobody can know, such as the one before."""

    tracker: Node
    mode: str


def mode(reading: Reading, node: Node) -> Mode | None:
    """What sets the background mode: `t.context.backgroundMode = .task`, the setter, or through a variable."""
    if isinstance(node, Assign) and isinstance(node.target, Member) and node.target.name == "backgroundMode":
        context, value = node.target.base, node.value
    elif isinstance(node, Call) and node.name == "setBackgroundMode" and len(node.arguments) == 1:
        context, value = node.base, node.arguments[0].value
    else:
        return None
    tracker = _of_context(reading, context) if context is not None else None
    return Mode(tracker, _mode(value)) if tracker is not None else None


def _mode(value: Node) -> str:
    """The mode that a value stands for; of a choice, only that it is one of the background's."""
    words = {_word(each) for each in ((*value.then, *value.otherwise) if isinstance(value, If) else (value,))}
    if len(words) == 1:
        word = words.pop()
        return word if word in _MODES else ""
    return "task" if words <= {"task", "fetch"} else ""


def _word(value: Node) -> str:
    """The mode that a value names, in either language and of either SDK."""
    return re.sub(r"^(?:AT)?BackgroundMode", "", (chain(value) or ("",))[-1]).lower()


def _of_context(reading: Reading, context: Node) -> Node | None:
    if isinstance(context, (Member, Call)) and context.name == "context":
        return context.base
    found = reading.origin(context)
    if len(found) == 1 and found[0] is not context and isinstance(found[0], (Member, Call)):
        return found[0].base if found[0].name == "context" else None
    return None


def configuration(reading: Reading, call: Call) -> Node | Parameter | None:
    """What a tracker is made with: the argument, or what the variable stands for; None without one."""
    value = call.argument("configuration")
    if value is None:
        return None
    found = reading.origin(value)
    return found[0] if len(found) == 1 and not reading.is_changed(value) else value


def lacks(given: Node | Parameter | None) -> bool:
    """Whether a configuration surely has no site, or neither log nor logSSL (Sources/Builder.swift)."""
    if given is None or isinstance(given, Nil):
        return True
    if not isinstance(given, Literal):
        return False
    keys = {each.label for each in given.items}
    if given.has_other_keys:
        return False
    return "site" not in keys or not keys & {"log", "logSSL"}
