"""What a case does, looked for in an app's sources; and what a scaffold's generated file calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from atgen.case.model import Mode, Scheduler
from atgen.doctor import mistakes
from atgen.doctor.findings import Finding
from atgen.rendering import languages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.case.model import Case
    from atgen.doctor.folder import App

_DELEGATE = re.compile(r"\bUIApplicationDelegate\b")
_ENTERED = (
    r"\bapplicationDidEnterBackground\b|\bsceneDidEnterBackground\b|\bdidEnterBackgroundNotification\b"
    r"|\bUIApplicationDidEnterBackgroundNotification\b|\bscenePhase\b"
)
_CONFIGURED = r"\bset(?:Config|SiteId)\b"
_SITE = re.compile(r"<key>site</key>\s*<string>[^<\s]")
# What the generated file of `atgen scaffold` calls, and how a person's file defines it.
_OWN = (
    (
        "BackgroundWork",
        "@MainActor static func fetch(done: @escaping @Sendable (UIBackgroundFetchResult) -> Void)",
        "+ (void)fetch:(void (^)(UIBackgroundFetchResult result))done",
    ),
    (
        "BackgroundWork",
        (
            "@MainActor static func receive(_ userInfo: [AnyHashable: Any], "
            "done: @escaping @Sendable (UIBackgroundFetchResult) -> Void)"
        ),
        "+ (void)receive:(NSDictionary *)userInfo done:(void (^)(UIBackgroundFetchResult result))done",
    ),
    (
        "BackgroundWork",
        "nonisolated static func run(done: @escaping @Sendable () -> Void)",
        "+ (void)run:(void (^)(void))done",
    ),
    (
        "BackgroundWork",
        "nonisolated static func perform(_ call: BackgroundCall<Bool>, done: @escaping @Sendable (Bool) -> Void)",
        "+ (void)performFor:(BackgroundCall *)call done:(void (^)(BOOL success))done",
    ),
    ("AppSetup", "@MainActor static func launch()", "+ (void)launch"),
)
# A method's name and its first label, in Swift and in Objective-C.
_SWIFT_METHOD = re.compile(r"func (\w+)\((\w*)")
_OBJC_METHOD = re.compile(r"\)(\w+)(:?)")


def own(app: App) -> Iterator[Finding]:
    """Compare what a generated delegate calls with what a person's files have (still)."""
    for name, swift, objc in _OWN:
        [(method, label)] = _SWIFT_METHOD.findall(swift)
        selector, colon = _OBJC_METHOD.findall(objc)[0]
        call = re.compile(rf"\b{name}\s*\.\s*{method}\s*\(|\[\s*{name}\s+{selector}\b")
        kind = re.compile(rf"\b(?:enum|struct|class|extension|interface)\s+{name}\b")
        definition = re.compile(
            rf"\bfunc\s+{method}\s*\(\s*{label or '[)]'}|^\+\s*\(\w+\)\s*{selector}\b{colon and ' *:'}", re.MULTILINE
        )
        if any(kind.search(source.code) and definition.search(source.code) for source in app.sources):
            continue
        for source in app.sources:
            if match := call.search(source.code):
                declared, shown = (
                    (swift, f"{method}({label and label + ':'}…)") if source.is_swift else (objc, selector + colon)
                )
                message = f"{name} has no {shown}, which is called here"
                yield Finding(source.path, source.line(match.start()), "own", message, f"add to {name}: {declared}")


def find(app: App, case: Case) -> Iterator[Finding]:
    """Say what of the case cannot be found."""
    place = next((source.path for source in app.sources if _DELEGATE.search(source.code)), app.folder)
    mend = f"compare with: atgen render {case.name} --language swift --stdout"
    for message in (*_entry(app, case), *_hit(app, case)):
        yield Finding(place, 0, "case", f"{case.name}: {message}", mend)
    if case.tracker or not _has(app, r"\bdefaultTracker\b"):
        return
    plists = (text for path, text in app.settings.items() if "DefaultConfiguration" in path)
    if not _has(app, _CONFIGURED) and not any(map(_SITE.search, plists)):
        mend = "at launch: defaultTracker.setConfig(…) with site, log and logSSL, and sync: true"
        yield Finding(place, 0, "P12", "the global tracker has no site and no log: it sends nothing", mend)


def _entry(app: App, case: Case) -> Iterator[str]:
    """How the system calls the app."""
    if case.scheduler is Scheduler.REMOTE_NOTIFICATION:
        if not _has(app, r"\bdidReceiveRemoteNotification\b"):
            yield "no delegate has application(_:didReceiveRemoteNotification:fetchCompletionHandler:)"
    elif case.scheduler is not Scheduler.CLASSIC:
        if not _has(app, r"\bBGTaskScheduler\b") or not _says(app, case.identifier):
            yield f"nothing registers the task {case.identifier}"
    elif case.mode is Mode.FETCH:
        if not any(True for source in app.sources for _ in mistakes.fetches(source)):
            yield "no delegate has application(_:performFetchWithCompletionHandler:)"
    elif not _has(app, _ENTERED):
        yield "nothing hears that the app goes to the background"
    elif not _has(app, r"\bbeginBackgroundTask"):
        yield "no background task is begun"


def _hit(app: App, case: Case) -> Iterator[str]:
    """Which hit is sent, by which tracker, and how it is tagged."""
    if not _has(app, rf"\bbackgroundMode\s*=\s*[\w.]{{0,40}}(?i:{case.mode.value})\b"):
        yield f"no tracker's background mode is set to {case.mode.value}"
    literal = languages.get("swift").literal
    if not _says(app, case.hit.gesture):
        yield f"no gesture {literal(case.hit.gesture)} is sent"
    if case.tracker and not _says(app, case.tracker.name):
        yield f"there is no tracker {literal(case.tracker.name)}"
    if not case.tracker and not _has(app, r"\bdefaultTracker\b"):
        yield "the global tracker is not used"


def _has(app: App, pattern: str) -> bool:
    return any(re.search(pattern, source.code) for source in app.sources)


def _says(app: App, text: str) -> bool:
    """Whether a source holds the text as a literal, as atgen writes it or as it is."""
    literals = {languages.get(name).literal(text) for name in ("swift", "objc")} | {f'"{text}"'}
    return any(literal in source.text for source in app.sources for literal in literals)
