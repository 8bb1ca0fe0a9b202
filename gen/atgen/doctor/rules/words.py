"""P01, P05 to P09: words that stand for themselves, wherever they are code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from atgen.doctor import trackers
from atgen.doctor.findings import Edit, Mark
from atgen.doctor.rules.rule import OBJC, SWIFT, Example, Find, Rule, Settings
from atgen.doctor.tree import Call, Member, Name, chain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Reading

_NAMES = frozenset({"simple_identifier", "type_identifier", "identifier", "field_identifier"})
# The SDK before is Objective-C only, and GAI is another company's.
_FOREIGN = frozenset({"GAI", "FIRApp", "Analytics"})


class Word(NamedTuple):
    """A word, in which languages it is wrong, why, and the words to write for it, if nothing around them changes."""

    pattern: str
    languages: tuple[str, ...]
    message: str
    mend: str
    instead: str = ""


_LAUNCH = "write UIApplication.LaunchOptionsKey"
_P01 = (
    Word(r"\bUIApplicationLaunchOptionKey\b", (SWIFT,), "UIKit has no such type", _LAUNCH, "UIApplication.LaunchOptionsKey"),
    Word(r"\bUIApplicationLaunchOptionKey\b", (OBJC,), "UIKit has no such type", "write UIApplicationLaunchOptionsKey", "UIApplicationLaunchOptionsKey"),
    Word(r"\bUIApplicationLaunchOptionsKey\b", (SWIFT,), "Swift has another name for it", _LAUNCH, "UIApplication.LaunchOptionsKey"),
)  # fmt: skip
_P05 = (
    Word(r"\bUIApplication\s*\.\s*sharedApplication\b(?:\s*\(\s*\))?", (SWIFT,), "is Swift 2", "write UIApplication.shared", "UIApplication.shared"),
    Word(
        r"\bbeginBackgroundTaskWithExpirationHandler\b", (SWIFT,), "is Swift 2",
        "write beginBackgroundTask(withName:expirationHandler:)", "beginBackgroundTask",
    ),
    Word(
        r"\bdispatch_(?:async|sync|after|get_global_queue|get_main_queue)\b", (SWIFT,), "is Swift 2",
        "write DispatchQueue.main or DispatchQueue.global()",
    ),
    Word(r"\bDISPATCH_QUEUE_PRIORITY_\w+", (SWIFT,), "is Swift 2", "write DispatchQueue.global()"),
)  # fmt: skip
_P06 = (
    Word(
        r"\bUIBackgroundTaskInvalid\b", (SWIFT,), "Swift has another name for it",
        "write UIBackgroundTaskIdentifier.invalid", "UIBackgroundTaskIdentifier.invalid",
    ),
)  # fmt: skip
_OLD = "is the old Objective-C SDK's"
_P08 = (
    Word(
        r"\bATBackgroundMode(?:Normal|Task|Fetch)?\b", (SWIFT, OBJC), _OLD,
        "write .task or .fetch, in Objective-C BackgroundModeTask or BackgroundModeFetch",
    ),
)  # fmt: skip


def _words(*rows: Word) -> Find:
    compiled = [(re.compile(row.pattern.encode()), row) for row in rows]

    def find(reading: Reading, settings: Settings) -> Iterator[Mark]:
        del settings
        language = SWIFT if reading.source.is_swift else OBJC
        for pattern, row in compiled:
            for match in pattern.finditer(reading.data) if language in row.languages else ():
                word = " ".join(match[0].decode().split())
                if is_code(reading, match.start()):
                    instead = _instead(row, word, language)
                    edit = Edit(match.start(), match.end(), instead) if instead else None
                    own = frozenset({f"declares {word}"})
                    yield Mark(match.start(), match.end(), f"{word}: {row.message}", row.mend, edit, unless=own)

    return find


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
        elif call.name == "addWithName" and call.base is not None:
            of = {name for each in reading.origin(call.base) if not hasattr(each, "kind") for name in chain(each)[-1:]}  # type: ignore[arg-type]
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
        line = reading.data[place:end].rstrip(b"\r; \t")
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
    Rule(
        "P01",
        "The type of the launch options is UIApplication.LaunchOptionsKey",
        "UIKit, UIApplication.h",
        _LAUNCH,
        (
            Example(SWIFT, "func f(o: [UIApplicationLaunchOptionsKey: Any]?) {}", (1,)),
            Example(SWIFT, "func f(o: [UIApplication.LaunchOptionsKey: Any]?) {}"),
            Example(SWIFT, "typealias UIApplicationLaunchOptionsKey = UIApplication.LaunchOptionsKey"),
            Example(OBJC, "void f(UIApplicationLaunchOptionKey k) {}", (1,)),
            Example(OBJC, "void f(NSDictionary<UIApplicationLaunchOptionsKey, id> *o) {}"),
        ),
        _words(*_P01),
        is_word=True,
        is_fixable=True,
    ),
    Rule(
        "P05",
        "Swift 2's names are gone",
        "SE-0005, SE-0088",
        "write today's names",
        (
            Example(SWIFT, "let a = UIApplication.sharedApplication().delegate", (1,)),
            Example(SWIFT, "dispatch_async(q) {}", (1,)),
            Example(SWIFT, "func dispatch_after(_ s: Double) {}\ndispatch_after(1)"),
            Example(OBJC, "void f(void) { dispatch_async(q, ^{}); [UIApplication sharedApplication]; }"),
        ),
        _words(*_P05),
        is_word=True,
        is_fixable=True,
    ),
    Rule(
        "P06",
        "Swift's name of the task that is none is UIBackgroundTaskIdentifier.invalid",
        "UIKit, UIApplication.h",
        "write UIBackgroundTaskIdentifier.invalid",
        (
            Example(SWIFT, "var task = UIBackgroundTaskInvalid", (1,)),
            Example(SWIFT, "var task = UIBackgroundTaskIdentifier.invalid // UIBackgroundTaskInvalid"),
            Example(OBJC, "void f(void) { x = UIBackgroundTaskInvalid; }"),
        ),
        _words(*_P06),
        is_word=True,
        is_fixable=True,
    ),
    Rule(
        "P07",
        "trackerWithName: and addWithName: are of the old Objective-C SDK",
        "Sources/ATInternet.swift, Gesture.swift (2.23.10)",
        "write tracker: and add:",
        (
            Example(OBJC, 'void f(void) { [[ATInternet sharedInstance] trackerWithName:@"x"]; }', (1,)),
            Example(OBJC, 'void f(void) { [tracker.gestures addWithName:@"x"]; }', (1,)),
            Example(OBJC, 'void f(void) { [[GAI sharedInstance] trackerWithName:@"x" trackingId:@"UA-1"]; }'),
            Example(OBJC, 'void f(void) { [people addWithName:@"x"]; }'),
        ),
        _old_calls,
        is_fixable=True,
    ),
    Rule(
        "P08",
        "ATBackgroundMode… is of the old Objective-C SDK",
        "Sources/Context.swift (2.23.10)",
        "write BackgroundMode…",
        (
            Example(SWIFT, "t.context.backgroundMode = ATBackgroundModeTask", (1,)),
            Example(OBJC, "void f(void) { t.context.backgroundMode = ATBackgroundModeFetch; }", (1,)),
            Example(OBJC, "void f(void) { t.context.backgroundMode = BackgroundModeFetch; }"),
        ),
        _words(*_P08),
        is_word=True,
        is_fixable=True,
    ),
    Rule(
        "P09",
        "The module is Tracker on every platform",
        "the podspec and the changelog of 2.14",
        "import Tracker",
        (
            Example(SWIFT, "import SmartTracker", (1,)),
            Example(SWIFT, "import class SmartTracker.Tracker", (1,)),
            Example(SWIFT, "import Tracker"),
            Example(OBJC, '#import "SmartTracker/SmartTracker-Swift.h"', (1,)),
            Example(OBJC, "@import SmartTracker;", (1,)),
            Example(OBJC, "#import <Tracker/Tracker-Swift.h>"),
        ),
        _modules,
        is_word=True,
        is_fixable=True,
    ),
)

__all__ = ["RULES", "Name", "is_code"]
