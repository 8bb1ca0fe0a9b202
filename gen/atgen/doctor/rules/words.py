"""P01, P05 to P09: words that stand for themselves, wherever they are code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from atgen.doctor import trackers
from atgen.doctor.findings import Edit, Mark
from atgen.doctor.rules.rule import OBJC, SWIFT, Find, Rule, Settings
from atgen.doctor.tree import Call, Member, Name, Node, chain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Reading

_NAMES = frozenset({"simple_identifier", "type_identifier", "identifier", "field_identifier"})
# The SDK before is Objective-C only, and GAI is another company's.
_FOREIGN = frozenset({"GAI", "FIRApp", "Analytics"})


_QUEUES = {"dispatch_get_main_queue": "main", "dispatch_get_global_queue": "global()"}


class Word(NamedTuple):
    """A word, in which languages it is wrong, why, what to write, and what takes its place if nothing around changes."""

    pattern: str
    languages: tuple[str, ...]
    message: str
    mend: str
    instead: str = ""


_NO_SUCH, _SWIFT_S, _SWIFT_2 = "UIKit has no such type", "Swift has another name for it", "is Swift 2"
_OLD = "is the old Objective-C SDK's"
_KEY, _OBJC_KEY = "UIApplication.LaunchOptionsKey", "UIApplicationLaunchOptionsKey"
_INVALID = "UIBackgroundTaskIdentifier.invalid"
_P01 = (
    Word(r"\bUIApplicationLaunchOptionKey\b", (SWIFT,), _NO_SUCH, f"write {_KEY}", _KEY),
    Word(r"\bUIApplicationLaunchOptionKey\b", (OBJC,), _NO_SUCH, f"write {_OBJC_KEY}", _OBJC_KEY),
    Word(r"\bUIApplicationLaunchOptionsKey\b", (SWIFT,), _SWIFT_S, f"write {_KEY}", _KEY),
)
_P05 = (
    Word(
        r"\bUIApplication\s*\.\s*sharedApplication\b(?:\s*\(\s*\))?",
        (SWIFT,),
        _SWIFT_2,
        "write UIApplication.shared",
        "UIApplication.shared",
    ),
    Word(
        r"\bbeginBackgroundTaskWithExpirationHandler\b",
        (SWIFT,),
        _SWIFT_2,
        "write beginBackgroundTask(withName:expirationHandler:)",
        "beginBackgroundTask",
    ),
    Word(
        r"\bdispatch_(?:async|sync|after|get_global_queue|get_main_queue)\b",
        (SWIFT,),
        _SWIFT_2,
        "write DispatchQueue.main or DispatchQueue.global()",
    ),
    Word(r"\bDISPATCH_QUEUE_PRIORITY_\w+", (SWIFT,), _SWIFT_2, "write DispatchQueue.global()"),
)
_P06 = (Word(r"\bUIBackgroundTaskInvalid\b", (SWIFT,), _SWIFT_S, f"write {_INVALID}", _INVALID),)
_P08 = (
    Word(
        r"\bATBackgroundMode(?:Normal|Task|Fetch)?\b",
        (SWIFT, OBJC),
        _OLD,
        "write .task or .fetch, in Objective-C BackgroundModeTask or BackgroundModeFetch",
    ),
)


def _words(*rows: Word) -> Find:
    compiled = [(re.compile(row.pattern.encode()), row) for row in rows]

    def find(reading: Reading, settings: Settings) -> Iterator[Mark]:
        del settings
        language = SWIFT if reading.source.is_swift else OBJC
        dispatches = _dispatches(reading) if language == SWIFT else {}
        for pattern, row in compiled:
            for match in pattern.finditer(reading.data) if language in row.languages else ():
                word = " ".join(match[0].decode().split())
                if is_code(reading, match.start()):
                    instead = _instead(row, word, language)
                    edit = Edit(match.start(), match.end(), instead) if instead else dispatches.get(match.start())
                    own = frozenset({f"declares {word}"})
                    yield Mark(match.start(), match.end(), f"{word}: {row.message}", row.mend, edit, unless=own)

    return find


def _dispatches(reading: Reading) -> dict[int, Edit]:
    """What to write for each `dispatch_async(dispatch_get_main_queue(), …)`, from its beginning to the closure's."""
    found = {}
    for call in reading.calls:
        queue = call.arguments[0].value if len(call.arguments) == 2 else None  # noqa: PLR2004 (queue and closure)
        name = _QUEUES.get(queue.name) if isinstance(queue, Call) else None
        if call.name in ("dispatch_async", "dispatch_sync") and name and isinstance(call.callee, Name):
            start = call.arguments[1].start
            is_trailing = b")" in reading.data[call.arguments[0].end : start]
            verb = f"DispatchQueue.{name}.{call.name.removeprefix('dispatch_')}"
            found[call.start] = Edit(call.start, start, f"{verb} " if is_trailing else f"{verb}(execute: ")
    return found


def _instead(row: Word, word: str, language: str) -> str:
    """What to write for a word; the SDK's modes are another word in each language."""
    if row.instead or not word.startswith("ATBackgroundMode"):
        return row.instead
    mode = word.removeprefix("ATBackgroundMode")
    if language == OBJC:
        return f"BackgroundMode{mode}"
    return f"BackgroundMode.{mode.lower()}" if mode else "BackgroundMode"


def is_code(reading: Reading, place: int) -> bool:
    """Whether a place is a name, and not in a comment, a string, or what the grammar could not read."""
    node = reading.root.descendant_for_byte_range(place, place + 1)
    if node is None or node.type not in _NAMES:
        return False
    while node is not None:
        if node.is_error:
            return False
        node = node.parent
    return True


def _old_calls(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    for call in reading.calls:
        names = chain(call.callee)
        place = _name_of(reading, call)
        if call.name == "trackerWithName" and call.labels in ((None,), (None, "configuration")):
            if not _FOREIGN & {*names}:
                mend = "write tracker(_:configuration:), in Objective-C tracker:configuration:"
                yield Mark(place, place + 15, f"trackerWithName: {_OLD}", mend, Edit(place, place + 15, "tracker"))
        elif call.name == "addWithName" and call.base is not None and "data" not in call.labels:
            of = {name for each in reading.origin(call.base) if isinstance(each, Node) for name in chain(each)[-1:]}
            if trackers.is_part(of | {*chain(call.base)[-1:]}):
                mend = "write add(_:), in Objective-C add:"
                yield Mark(place, place + 11, f"addWithName: {_OLD}", mend, Edit(place, place + 11, "add"))


def _name_of(reading: Reading, call: Call) -> int:
    """Where the name of what is called stands."""
    name = call.name.encode()
    start = call.base.end if isinstance(call.callee, Member) and call.base is not None else call.start
    return max(reading.data.find(name, start, call.end), call.start)


def _modules(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    message = "there is no module SmartTracker since 2.14"
    for name, place in reading.file.imports.items():
        if name.split("/")[0] != "SmartTracker":
            continue
        end = reading.data.find(b"\n", place)
        end = len(reading.data) if end < 0 else end
        line = reading.data[place:end].partition(b"//")[0].rstrip(b"\r; \t")
        if reading.source.is_swift:
            yield Mark(place, place + len(line), message, "write import Tracker", _swift_import(place, line))
        else:
            mend = "write #import <Tracker/Tracker-Swift.h>"
            new = "@import Tracker" if line.startswith(b"@") else "#import <Tracker/Tracker-Swift.h>"
            yield Mark(place, place + len(line), message, mend, Edit(place, place + len(line), new))


def _swift_import(place: int, line: bytes) -> Edit:
    start = place + line.index(b"SmartTracker")
    return Edit(start, start + len(b"SmartTracker"), "Tracker")


RULES = (
    Rule("P01", _words(*_P01), is_word=True, is_fixable=True),
    Rule("P05", _words(*_P05), is_word=True, is_fixable=True),
    Rule("P06", _words(*_P06), is_word=True, is_fixable=True),
    Rule("P07", _old_calls, is_fixable=True),
    Rule("P08", _words(*_P08), is_word=True, is_fixable=True),
    Rule("P09", _modules, is_word=True, is_fixable=True),
)
