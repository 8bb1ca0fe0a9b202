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
        "fetch",
        "nonisolated static func fetch() -> UIBackgroundFetchResult",
        "+ (UIBackgroundFetchResult)fetch",
    ),
    ("BackgroundWork", "run", "nonisolated static func run()", "+ (void)run"),
    ("BackgroundWork", "perform", "nonisolated static func perform() -> Bool", "+ (BOOL)perform"),
    ("AppSetup", "launch", "@MainActor static func launch()", "+ (void)launch"),
)


def own(app: App) -> Iterator[Finding]:
    """Compare what a generated delegate calls with what a person's files have (still)."""
    for name, method, swift, objc in _OWN:
        call = re.compile(rf"\b{name}\s*\.\s*{method}\s*\(|\[\s*{name}\s+{method}\s*\]")
        kind = re.compile(rf"\b(?:enum|struct|class|extension|interface)\s+{name}\b")
        definition = re.compile(rf"\bfunc\s+{method}\b|^\+\s*\(\w+\)\s*{method}\b", re.MULTILINE)
        if any(kind.search(source.code) and definition.search(source.code) for source in app.sources):
            continue
        for source in app.sources:
            if match := call.search(source.code):
                mend = f"add to {name}: {swift if source.is_swift else objc}"
                message = f"{name} has no {method}, which is called here"
                yield Finding(source.path, source.line(match.start()), "own", message, mend)


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
    if case.scheduler is not Scheduler.CLASSIC:
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
