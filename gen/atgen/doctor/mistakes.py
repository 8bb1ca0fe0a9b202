"""The mistakes of the vendor's page, where they can be seen in source text; P01 to P17 are numbered in gen/README.md.

Each rule is a function from the app's sources to places. They read text, not meaning: a rule says nothing where it
cannot be sure, and every repetition in an expression is bounded, or cannot overlap its neighbour.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from atgen.doctor.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from atgen.doctor.folder import Source

# What stands for itself: the rule, where it holds, what is found, what is wrong with it and what to write.
_WORDS = tuple(
    (rule, swift, objc, re.compile(pattern, re.MULTILINE), message, mend)
    for rule, swift, objc, pattern, message, mend in (
        (
            "P01",
            True,
            True,
            r"\bUIApplicationLaunchOptionKey\b",
            "UIKit has no such type",
            "write UIApplication.LaunchOptionsKey",
        ),
        (
            "P01",
            True,
            False,
            r"\bUIApplicationLaunchOptionsKey\b",
            "Swift has another name for it",
            "write UIApplication.LaunchOptionsKey",
        ),
        ("P05", True, False, r"\bUIApplication\s*\.\s*sharedApplication\b", "is Swift 2", "write UIApplication.shared"),
        (
            "P05",
            True,
            False,
            r"\bbeginBackgroundTaskWithExpirationHandler\b",
            "is Swift 2",
            "write beginBackgroundTask(withName:expirationHandler:)",
        ),
        (
            "P05",
            True,
            False,
            r"\bdispatch_(?:async|sync|after|get_global_queue|get_main_queue)\b",
            "is Swift 2",
            "write DispatchQueue.main or DispatchQueue.global()",
        ),
        ("P05", True, False, r"\bDISPATCH_QUEUE_PRIORITY_\w+", "is Swift 2", "write DispatchQueue.global()"),
        (
            "P06",
            True,
            False,
            r"\bUIBackgroundTaskInvalid\b",
            "Swift has another name for it",
            "write UIBackgroundTaskIdentifier.invalid",
        ),
        (
            "P07",
            True,
            True,
            r"\btrackerWithName\b",
            "is the old Objective-C SDK's",
            "write tracker(_:configuration:), in Objective-C tracker:configuration:",
        ),
        ("P07", True, True, r"\baddWithName\b", "is the old Objective-C SDK's", "write add(_:), in Objective-C add:"),
        (
            "P08",
            True,
            True,
            r"\bATBackgroundMode(?:Normal|Task|Fetch)?\b",
            "is the old Objective-C SDK's",
            "write .task or .fetch, in Objective-C BackgroundModeTask or BackgroundModeFetch",
        ),
        (
            "P09",
            False,
            True,
            r"^[ \t]*#[ \t]*(?:import|include)[ \t]*[\"<]SmartTracker/[^\n]*",
            "there is no module SmartTracker since 2.14",
            "write #import <Tracker/Tracker-Swift.h>",
        ),
        (
            "P09",
            True,
            False,
            r"^[ \t]*import[ \t]+SmartTracker\b",
            "there is no module SmartTracker since 2.14",
            "write import Tracker",
        ),
    )
)
_UNLABELLED = re.compile(
    r"\bfunc\s+(?P<name>application|applicationDidEnterBackground|sceneDidEnterBackground)\s*\(\s*"
    r"(?:(?P<label>\w+)\s*:\s*(?:UIApplication|UIScene)\b|\))"
)
_WITHOUT_ARGUMENT = re.compile(
    r"^[ \t]*-[ \t]*\(void\)\s*(?P<name>applicationDidEnterBackground|sceneDidEnterBackground)\s*[;{]", re.MULTILINE
)
_WATCH = re.compile(r"\bWK(?:Application|Extension)Delegate\b")
_NEARLY = re.compile(r"\bperformFetchWithCompletion(?!Handler\b)\w*")
_SWIFT_FETCH = re.compile(r"\b(?P<label>performFetchWithCompletionHandler)(?:\s+(?P<name>\w+))?\s*:")
_OBJC_FETCH = re.compile(
    r"\bperformFetchWithCompletionHandler\s*:\s*\(void\s*\(\s*\^\s*\)\s*\([^()]{0,100}\)\s*\)\s*(?P<name>\w+)\s*\{"
)
_INTERVAL = re.compile(r"\bsetMinimumBackgroundFetchInterval\b")
_SEND = re.compile(r"\bsend(?:Touch|Navigation|Download|Exit|Search|View)\b(?:\s*\(\s*\)|\s*\])")
_GLOBAL_QUEUE = re.compile(
    r"\bDispatchQueue\s*\.\s*global\s*\([^()]{0,200}\)\s*\.\s*(?:async|sync)(?:After)?\b"
    r"|\bdispatch_(?:async|sync)\s*\(\s*(?:dispatch_get_global_queue\s*\([^()]{0,200}\)|(?P<queue>\w+))\s*,"
    r"|\bTask\s*\.\s*detached\b"
)
_NAMED_QUEUE = re.compile(r"\b(\w+)\s*=\s*dispatch_get_global_queue\b")
# `workIsDone` is BackgroundCall's, which the output has.
_MAIN_QUEUE = re.compile(
    r"\bDispatchQueue\s*\.\s*main\s*\.\s*(?:async|sync)(?:After)?\b|\bdispatch_get_main_queue\b|\bMainActor\s*\.\s*run\b"
    r"|\bworkIsDone\b"
)
_BLOCK = re.compile(r"[^{};]{0,300}\{")
_GLOBAL_TRACKER = re.compile(r"\b(\w+)\s*(?::\s*Tracker\s*)?=\s*[^;\n={}]{0,200}\bdefaultTracker\b(?!\s*\.)")
_SET_MODE = re.compile(
    r"\b(?P<tracker>\w+)\s*\.\s*context\s*\.\s*backgroundMode\s*=\s*[\w.]{0,40}(?:[tT]ask|[fF]etch)\b"
)
_RESET_MODE = re.compile(r"\.\s*context\s*\.\s*backgroundMode\s*=\s*[\w.]{0,40}[nN]ormal\b")
_SETTING = re.compile(r"(?P<global>\bdefaultTracker\b(?:\s*[.\]])?\s*)?\bset(?:Config|SiteId|Log|SecuredLog)\b")
_TRACKER = re.compile(r'\.\s*tracker\s*\(\s*"|\btracker(?:WithName)?\s*:\s*@"')
_BARE = re.compile(r"\s*[)\]]")
_FINISH_AFTER_SEND = re.compile(
    r"\s*(?:;\s*)?"
    r"(?:[^;{}\n]{0,120}\bbackgroundMode\s*=\s*[\w.]{0,40}[nN]ormal\b\s*(?:;\s*)?)?"
    r"(?P<finish>[^;{}\n]{0,120}\b(?:endBackgroundTask|\w{0,40}[cC]ompletion\w{0,40})\s*[(:])"
)
# Of the application: an app's own methods often have the same names, and no argument.
_SWIFT_BEGIN = re.compile(
    r"(?:\b(?!self\b)\w{1,60}|[)\]])[?!]?\s*\.\s*beginBackgroundTask(?:WithExpirationHandler)?\b\s*"
)
_OBJC_BEGIN = re.compile(r"\bbeginBackgroundTaskWith(?:Name|ExpirationHandler)\s*(?=:)")
_SPACE = re.compile(r"\s*")
_CALL = re.compile(r"\w\s*\(|\[\s*\w[\w.]*\s+\w|\[\[")
_END = re.compile(r"\bendBackgroundTask\s*(?:\(\s*[^)\s]|:)")
_ENDING = re.compile(r"\bend")
_APP_DELEGATE = re.compile(r"\bUIApplicationDelegate\b|\b(?:extension|implementation)\s+\w*AppDelegate\b")
_SCENE_DELEGATE = re.compile(r"\bUI(?:Window)?SceneDelegate\b|\b(?:extension|implementation)\s+\w*SceneDelegate\b")
_GUARD = re.compile(r"[=!]=\s*(?:UIBackgroundTaskIdentifier\s*)?(?:\.\s*invalid\b|UIBackgroundTaskInvalid\b)")
_METHOD = re.compile(
    r"\bfunc\s+(?P<swift>\w+)[^{}]{0,600}\{|^[-+]\s*\([^(){};]{0,100}\)\s*(?P<objc>\w+)[^{};]{0,600}\{", re.MULTILINE
)
_NAME = re.compile(r"\w+")
# How far into a block a rule looks: nested blocks without end would make it slow.
_REACH = 8_000
_LONGEST = 300
_CONDITIONAL = re.compile(r"\b(?:if|guard|switch)\b")
_OBJC_UNIT = re.compile(
    r"@(?:(?P<open>implementation|interface)\b|(?P<protocol>protocol)\s+\w+(?!\s*[;,])\b|(?P<end>end)\b)"
)
_SELF_TASK = re.compile(r"\bself\s*\.\s*task\b")
_TASK = re.compile(r"\b(?:var|let)\s+task\b|@property[^;]{0,200}\btask\s*;")
_CONDITION = re.compile(r"^[ \t]*#[ \t]*if", re.MULTILINE)
_STATES = re.compile(r'"(?:activeOnly|activeOrInactive)"|\bsetSendOnApplicationState\s*\([^()]{0,40}\.\s*active\w+')


def find(sources: list[Source]) -> list[Finding]:
    """Every mistake that is seen, in the order of files and lines."""
    rules: Iterable[Callable[[list[Source]], Iterator[Finding]]] = (
        _words, _never_called, _never_completed, _no_interval, _off_main, _mode_kept, _unconfigured, _finished_at_once,
        _task_kept, _not_whole, _dropped,
    )  # fmt: skip
    return sorted({finding for rule in rules for finding in rule(sources)})


def fetches(source: Source) -> Iterator[tuple[int, str]]:
    """Each method for background fetch: its place, and the name of its completion handler."""
    for match in (_SWIFT_FETCH if source.is_swift else _OBJC_FETCH).finditer(source.code):
        yield match.start(), match["name"] or match["label"]


def _words(sources: list[Source]) -> Iterator[Finding]:
    for source in sources:
        for rule, swift, objc, pattern, message, mend in _WORDS:
            if swift if source.is_swift else objc:
                for match in pattern.finditer(source.code):
                    yield _at(source, match.start(), rule, f"{' '.join(match[0].split())}: {message}", mend)


def _never_called(sources: list[Source]) -> Iterator[Finding]:
    is_watch = any(_WATCH.search(source.code) for source in sources)  # where the method has no argument
    for source in sources:
        for match in (_UNLABELLED if source.is_swift else _WITHOUT_ARGUMENT).finditer(source.code):
            name, label = match["name"], match["label"] if source.is_swift else None
            delegate = _SCENE_DELEGATE if name.startswith("scene") else _APP_DELEGATE
            if label == "_" or (name == "application" and not label) or (not label and is_watch):
                continue
            if not delegate.search(source.code):  # somebody else's method, which a notification may call
                continue
            argument, kind = ("scene", "UIScene") if name.startswith("scene") else ("application", "UIApplication")
            right = f"func {name}(_ {argument}: {kind}" if source.is_swift else f"- (void){name}:({kind} *){argument}"
            lacks = "_" if label else argument
            message = f"{name} without {lacks}: another selector, which the system never calls"
            yield _at(source, match.start(), "P02", message, f"write {right}…")
        for match in _NEARLY.finditer(source.code):
            message = f"{match[0]}: another selector, which the system never calls"
            yield _at(source, match.start(), "P02", message, "write performFetchWithCompletionHandler")


def _never_completed(sources: list[Source]) -> Iterator[Finding]:
    for source in sources:
        for place, handler in fetches(source):
            opening = source.code.find("{", place)
            body = source.code[opening : source.brackets.ends.get(opening)]
            if opening >= 0 and not re.search(rf"\b{handler}\b", body):
                mend = "call it exactly once on every path, within 30 s"
                yield _at(source, place, "P03", f"the completion handler {handler} is never called", mend)


def _no_interval(sources: list[Source]) -> Iterator[Finding]:
    if any(_INTERVAL.search(source.code) for source in sources):
        return
    for source in sources:
        for place, _ in fetches(source):
            mend = (
                "at launch: application.setMinimumBackgroundFetchInterval(UIApplication.backgroundFetchIntervalMinimum)"
            )
            yield _at(source, place, "P04", "no interval is set, and without one the system fires no fetch", mend)


def _off_main(sources: list[Source]) -> Iterator[Finding]:
    for source in sources:
        queues = set(_NAMED_QUEUE.findall(source.code))
        off_main = {
            _block(source, match.end())
            for match in _GLOBAL_QUEUE.finditer(source.code)
            if not match["queue"] or match["queue"] in queues
        }
        on_main = {_block(source, match.end()) for match in _MAIN_QUEUE.finditer(source.code)}
        # The block of a global queue that each bracket is in, unless a block of the main queue is between; in order.
        within = {-1: -1}
        for opening, parent in source.brackets.parents.items():
            within[opening] = opening if opening in off_main else -1 if opening in on_main else within[parent]
        told = {-1}
        for sent in _SEND.finditer(source.code):
            if (block := within[source.brackets.around(sent.start())]) not in told:
                told.add(block)
                message = "the hit is sent off the main thread, and the SDK's objects are not thread-safe"
                yield _at(source, sent.start(), "P10", message, "send it in a block of the main queue")


def _mode_kept(sources: list[Source]) -> Iterator[Finding]:
    for source in sources:
        names = {"defaultTracker", *_GLOBAL_TRACKER.findall(source.code)}
        for match in _SET_MODE.finditer(source.code):
            if match["tracker"] not in names:
                continue
            end = source.brackets.ends.get(source.brackets.around(match.start()), len(source.code))
            reset = _RESET_MODE.search(source.code, match.end(), min(end, match.end() + _REACH))
            if reset is None:
                message = "the global tracker keeps the mode: what other code sends is tagged too"
            elif re.search(r"[{}]|\bawait\b", source.code[match.end() : reset.start()]):
                message = "other code may send between set and reset of the global tracker's mode, and is tagged too"
            else:
                continue
            mend = "set the mode, send, and set it back to normal, one line after the other"
            yield _at(source, match.start(), "P11", message, mend)


def _unconfigured(sources: list[Source]) -> Iterator[Finding]:
    if any(not match["global"] for source in sources for match in _SETTING.finditer(source.code)):
        return
    bare: list[tuple[Source, int, str]] = []
    configured = {"defaultTracker"}
    for source in sources:
        for match in _TRACKER.finditer(source.code):
            end = source.code.find('"', match.end())
            name = source.text[match.end() : end]
            if end >= 0 and _BARE.match(source.code, end + 1):
                bare.append((source, match.start(), name))
            elif end >= 0:
                configured.add(name)
    for source, place, name in bare:
        if name not in configured:
            mend = "pass it a configuration with site, and log or logSSL"
            yield _at(source, place, "P12", "this tracker has no site and no log: it sends nothing", mend)


def _finished_at_once(sources: list[Source]) -> Iterator[Finding]:
    for source in sources:
        for sent in _SEND.finditer(source.code):
            if match := _FINISH_AFTER_SEND.match(source.code, sent.end()):
                message = (
                    "control goes back right after the hit is sent: the app may be suspended before the hit leaves"
                )
                mend = "wait until the tracker's delegate hears that it was sent or stored, or for a few seconds"
                yield _at(source, match.start("finish"), "P13", message, mend)


def _task_kept(sources: list[Source]) -> Iterator[Finding]:
    for source in sources:
        for match in _begun(source):
            handler = _expiration(source, match)
            if handler is None:
                message = "a task without expiration handler: the system ends the app when time is up"
                yield _at(source, match.start(), "P16", message, "end the task in its expiration handler")
                continue
            body = source.code[handler[0] : min(handler[1], handler[0] + _REACH)]
            if _RESET_MODE.search(body) or _SET_MODE.search(body):
                message = "the expiration handler sets the mode, and so does the end of the work"
                yield _at(
                    source, handler[0], "P14", message, "set the mode, send and reset in one go, and nowhere else"
                )
            if not _ENDING.search(body) and not _CALL.search(body[1:]):
                message = "the expiration handler does not end the task: the system ends the app"
                yield _at(source, handler[0], "P16", message, "call endBackgroundTask in it")
        yield from _ended_twice(source)


def _begun(source: Source) -> Iterator[re.Match[str]]:
    """Find each call that begins a background task."""
    for match in (_SWIFT_BEGIN if source.is_swift else _OBJC_BEGIN).finditer(source.code):
        around = source.brackets.around(match.start())
        if source.is_swift or (around >= 0 and source.code[around] == "["):  # else a method of that name is declared
            yield match


def _ended_twice(source: Source) -> Iterator[Finding]:
    """One method that ends a task twice, or that both the work and the expiration handler call, without asking."""
    if _GUARD.search(source.code):
        return
    spans = filter(None, (_expiration(source, begin) for begin in _begun(source)))
    called = {word for start, end in spans for word in _NAME.findall(source.code, start, min(end, start + _REACH))}
    for method in _METHOD.finditer(source.code):
        opening = method.end() - 1
        stop = min(source.brackets.ends.get(opening, opening), opening + _REACH)
        ends = [*_END.finditer(source.code, opening, stop)]
        if not ends or _CONDITIONAL.search(source.code, opening, ends[-1].start()):
            continue
        if len(ends) > 1 or (method["swift"] or method["objc"]) in called:
            message = "the task is ended a second time when its work ends after it has expired"
            mend = "end it only if its identifier is not the invalid one, and set it to that then"
            yield _at(source, ends[-1].start(), "P16", message, mend)


def _not_whole(sources: list[Source]) -> Iterator[Finding]:
    is_declared = any(_TASK.search(source.code) for source in sources)
    for source in sources:
        unmatched = source.brackets.unmatched
        # Brackets of both branches of an #if need not match.
        if unmatched is not None and not _CONDITION.search(source.code):
            message = f"{source.code[unmatched]} without its other half: the file does not compile"
            yield _at(source, unmatched, "P17", message, "write the missing bracket")
        if not source.is_swift:
            yield from _without_end(source)
        task = _SELF_TASK.search(source.code)
        if task and not is_declared and any(True for _ in _begun(source)):
            message = "self.task is declared nowhere: the file does not compile"
            yield _at(source, task.start(), "P17", message, "declare the property, or use a variable")


def _without_end(source: Source) -> Iterator[Finding]:
    opened: int | None = None
    for match in _OBJC_UNIT.finditer(source.code):
        if match["end"]:
            opened = None
            continue
        if opened is not None:
            break
        opened = match.start()
    if opened is not None:
        yield _at(source, opened, "P17", "no @end: the file does not compile", "write @end")


def _dropped(sources: list[Source]) -> Iterator[Finding]:
    for source in sources:
        for match in _STATES.finditer(source.text):
            if source.code[match.start()] == match[0][0]:  # else it is a comment's
                message = "hits of the background are dropped without a word (Sources/Sender.swift, 2.23.10)"
                yield _at(source, match.start(), "state", message, "leave sendOnApplicationState at all, its default")


def _at(source: Source, place: int, rule: str, message: str, mend: str) -> Finding:
    return Finding(source.path, source.line(place), rule, message[:_LONGEST], mend)


def _block(source: Source, place: int) -> int | None:
    """Find the opening brace of the block that a call at this place is given."""
    match = _BLOCK.match(source.code, place)
    return match.end() - 1 if match else None


def _expiration(source: Source, begin: re.Match[str]) -> tuple[int, int] | None:
    """Find the block that the system calls when the task's time is up: its braces; None where there is none."""
    code, ends, place = source.code, source.brackets.ends, begin.end()
    if code.startswith("(", place):  # Swift: a closure among the arguments, or after them
        end = ends.get(place, len(code))
        opening = code.find("{", place, end)
        after = _SPACE.match(code, end + 1)
        if opening < 0 and after and code.startswith("{", after.end()):
            opening = after.end()
    elif code.startswith("{", place):  # Swift: a closure and nothing else
        opening = place
    else:  # Objective-C: a block among the message's arguments
        opening = code.find("{", place, ends.get(source.brackets.around(place), place))
    return (opening, ends.get(opening, len(code))) if opening >= 0 else None
