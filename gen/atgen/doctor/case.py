"""What a case does, looked for in what an app's sources say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atgen.case.axes import PLATFORMS, SCHEDULERS
from atgen.case.model import Form, Framework, Lifecycle, Mode, Scheduler
from atgen.doctor.findings import Finding
from atgen.rendering import languages
from atgen.rendering.plan import Role, plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.case.model import Case, Described
    from atgen.doctor.folder import App

_SITE = "<key>site</key>"


def wanted(case: Case) -> frozenset[str]:
    """The literals that a case asks for, as sources of both languages write them."""
    texts = [case.hit.name, case.identifier or "", case.tracker.name if case.tracker else ""]
    return frozenset(form for text in texts if text for form in _forms(text))


def _forms(text: str) -> set[str]:
    literals = (str(languages.get(name).literal(text)) for name in ("swift", "objc"))
    return {text, *(literal.lstrip("@").strip('"') for literal in literals)}


def findings(app: App, described: Described, facts: frozenset[str], delegate: str) -> Iterator[Finding]:
    """Say what of the case, or of the app's cases, cannot be found; `delegate` is the file to say it of."""
    mend = f"compare with: atgen render {described.name} --language swift --stdout"
    for message in _taken_in(described, facts):
        yield Finding(delegate, 0, "case", f"{described.name}: {message}", mend)
    for case in described.cases:
        yield from _of_case(app, case, facts, delegate, mend)


def _of_case(app: App, case: Case, facts: frozenset[str], delegate: str, mend: str) -> Iterator[Finding]:
    for message in (*_entry(case, facts), *_hit(case, facts)):
        yield Finding(delegate, 0, "case", f"{case.name}: {message}", mend)
    if case.tracker:
        literal = languages.get("swift").literal
        if not _says(facts, case.tracker.name):
            message = f"{case.name}: no tracker is called {literal(case.tracker.name)}"
            yield Finding(delegate, 0, "case", message, "the name is yours to choose", is_note=True)
    elif "uses the global tracker" in facts:
        plists = (text for path, text in app.settings.items() if "DefaultConfiguration" in path)
        if "configures something" not in facts and not any(_has_site(text) for text in plists):
            mend = "at launch: defaultTracker.setConfig(…) with site, log and logSSL, and sync: true"
            yield Finding(delegate, 0, "P12", "the global tracker has no site and no log: it sends nothing", mend)


def _has_site(plist: str) -> bool:
    value = plist.partition(_SITE)[2].lstrip().removeprefix("<string>")
    return bool(value) and not value.lstrip().startswith("<")


def _taken_in(case: Described, facts: frozenset[str]) -> Iterator[str]:
    """What the app's own files do for the hook to be there."""
    if case.style.form is Form.EXTENSION and "sets up" not in facts and plan(case, case.platforms[0]).of(Role.LAUNCH):
        yield f"nothing calls setUpBackgroundHits at launch; atgen explain {case.name} shows where"
    if case.lifecycle is Lifecycle.SWIFTUI and "names a delegate" not in facts:
        kit = "UI" if PLATFORMS[case.platforms[0]].framework is Framework.UIKIT else "WK"
        yield f"no App names the delegate: @{kit}ApplicationDelegateAdaptor({case.style.class_name}.self) private var delegate"


def _entry(case: Case, facts: frozenset[str]) -> Iterator[str]:
    """How the system calls the app."""
    if case.scheduler is Scheduler.REMOTE_NOTIFICATION:
        if "receives pushes" not in facts:
            yield "no delegate has application(_:didReceiveRemoteNotification:fetchCompletionHandler:)"
    elif case.scheduler is Scheduler.OWN_REFRESH or SCHEDULERS[case.scheduler].request:
        yield from _task(case, facts)
    elif case.mode is Mode.FETCH:
        if "fetches" not in facts:
            yield "no delegate has application(_:performFetchWithCompletionHandler:)"
    elif "hears the background" not in facts:
        yield "nothing hears that the app goes to the background"
    elif "begins a task" not in facts:
        yield "no background task is begun"


def _task(case: Case, facts: frozenset[str]) -> Iterator[str]:
    """What an app's own task is called, only the app knows."""
    if case.scheduler is Scheduler.OWN_REFRESH:
        if "registers a task" not in facts:
            yield "nothing registers a refresh task, which could be handed over"
    elif "registers a task" not in facts or not _says(facts, case.identifier or ""):
        yield f"nothing registers the task {case.identifier}"


def _hit(case: Case, facts: frozenset[str]) -> Iterator[str]:
    """Which hit is sent, by which tracker, and how it is tagged."""
    if f"sets the mode {case.mode.value}" not in facts:
        yield f"no tracker's background mode is set to {case.mode.value}"
    if not _says(facts, case.hit.name):
        yield f"no {case.hit.kind.value} {languages.get('swift').literal(case.hit.name)} is sent"
    if not case.tracker and "uses the global tracker" not in facts:
        yield "the global tracker is not used"


def _says(facts: frozenset[str], text: str) -> bool:
    return any(f"says {form}" in facts for form in _forms(text))
