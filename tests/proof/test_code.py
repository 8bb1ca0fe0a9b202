"""`atgen verify --code`: the rules of a case, for code that atgen did not write."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import atgen
from atgen.cli.verify import command
from atgen.proof import verify as proof
from conftest import ROOT, compiler

PAGE = Path(__file__).parent / "native" / "page"
OWN = PAGE.parent / "own"
# What some of OWN have beside them: the delegate's header, and one that waits for a hit.
HEADER = PAGE.parent / "AppDelegate.h"
WAITER = PAGE.parent / "HitWaiter.swift"


def verify(case: str, *paths: Path) -> tuple[int, list[str]]:
    """Run the command; the lines that it prints."""
    arguments = [str(ROOT / "specs" / f"{case}.yaml")]
    for path in paths:
        arguments += ["--code", str(path)]
    done = CliRunner().invoke(command, arguments)
    return done.exit_code, done.output.splitlines()


@pytest.mark.parametrize("path", sorted(PAGE.iterdir()), ids=lambda path: path.name)
def test_the_page_s_own_snippets_are_told_what_is_wrong(path: Path) -> None:
    """Each of the eight, mended until it compiles, breaks a rule; the story names its lines."""
    is_swift = path.suffix == ".swift"
    compiler("swift" if is_swift else "objc")
    code, lines = verify(path.stem, path, *([] if is_swift else [HEADER]))
    assert code == 1
    assert lines[0].endswith(": 1 finding")
    assert lines[-1].startswith("    Broken: ")
    assert any(f"[{path.name}:" in line for line in lines) or "there is no method" in lines[-1]


@pytest.mark.sample(2)
@pytest.mark.parametrize(("language", "suffixes"), [("swift", [".swift"]), ("objc", [".m", ".h"])])
def test_what_atgen_renders_holds(language: str, suffixes: list[str]) -> None:
    """It is tried in all orders where they are few, and else says how far it went: nobody knows the states of such code."""
    compiler(language)
    folder = ROOT / "output" / "bg_fetch_global" / "ios" / language
    code, lines = verify("bg_fetch_global", *(path for path in sorted(folder.iterdir()) if path.suffix in suffixes))
    assert (code, len(lines)) == (0, 1)
    assert re.search(r", ran [\d,]+ schedules: all orders of \d+ scenarios, up to \d deviations in \d$", lines[0])


def test_what_the_stand_ins_lack_is_said_with_its_line(tmp_path: Path) -> None:
    """Nothing was run, which is no success."""
    compiler("swift")
    path = tmp_path / "AppDelegate.swift"
    path.write_text("import Firebase\nimport Tracker\n", encoding="utf-8")
    code, [line] = verify("bg_fetch", path)
    assert (code, line.partition("not run: ")[2]) == (1, "AppDelegate.swift:1: no such module 'Firebase'")


def test_code_without_a_delegate_is_not_run(tmp_path: Path) -> None:
    """It compiles, and nothing of it would be called."""
    compiler("swift")
    path = tmp_path / "Helper.swift"
    path.write_text("import UIKit\nfinal class Helper {}\n", encoding="utf-8")
    code, [line] = verify("bg_fetch", path)
    assert (code, line.partition("not run: ")[2]) == (1, "none of the files declares the delegate of an app")


def test_code_that_is_no_file_is_refused(tmp_path: Path) -> None:
    """A FIFO is not waited for."""
    fifo = tmp_path / "fifo.swift"
    os.mkfifo(fifo)
    done = CliRunner().invoke(command, ["bg_fetch", "--code", str(fifo)])
    assert str(done.exception) == f"{fifo}: is no regular file"


def test_what_cannot_be_judged_is_refused(tmp_path: Path) -> None:
    """Files of two languages, of one name, of no text; and several specs."""
    swift, objc, other = tmp_path / "a.swift", tmp_path / "a.m", tmp_path / "x" / "a.swift"
    other.parent.mkdir()
    for path in (swift, objc, other):
        path.write_bytes(b"")
    assert "files of one language" in verify("bg_fetch", swift, objc)[1][-1]
    assert "two files are called a.swift" in verify("bg_fetch", swift, other)[1][-1]
    swift.write_bytes(b"\xff")
    assert "cannot be read" in verify("bg_fetch", swift)[1][-1]
    done = CliRunner().invoke(
        command, [str(ROOT / "specs" / name) for name in ("bg_fetch.yaml", "bg_task.yaml")] + ["--code", str(objc)]
    )
    assert "takes the one SPEC" in done.output


def judged(path: Path, changes: dict[str, str] | None = None, oldest: str = "") -> proof.Row:
    """The row of one of OWN, with some words of it changed, and perhaps for an oldest system."""
    language = {".swift": "swift", ".m": "objc"}[path.suffix]
    compiler(language)
    text = path.read_text(encoding="utf-8")
    for old, new in (changes or {}).items():
        assert old in text
        text = text.replace(old, new)
    beside = [HEADER] if language == "objc" else [WAITER] if WAITER.stem in text else []
    files = {path.name: text} | {each.name: each.read_text(encoding="utf-8") for each in beside}
    [case] = atgen.load([ROOT / "specs" / f"{path.name.split('.')[0]}.yaml"])
    if oldest:
        case = case._replace(minimum=((case.platforms[0], oldest),))
    return proof.judge(case, case.platforms[0], language, files)


@pytest.mark.sample(4)
@pytest.mark.parametrize("path", sorted(OWN.iterdir()), ids=lambda path: path.name)
def test_right_code_in_another_style_holds(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With warnings, of UIApplicationMain's days, beside a scene's delegate, asking when it is left, async, with threads that wait."""
    monkeypatch.setattr(proof, "_OWN", 20)
    row = judged(path)
    assert (row.not_run, row.findings, row.compiled) == ("", (), 1)
    assert row.tried.schedules


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("app_refresh_global.swift", "30 * 60", "5", "a run is asked for in 5 s, and again in each run"),
        ("app_refresh_global.swift", "30 * 60", "nil", "a run is asked for in 0 s, and again in each run"),
        ("app_refresh_global.swift", "didEnterBackground", "willEnterForeground", "the launch asks for no run"),
        (
            "app_refresh_global.swift",
            '"app_refresh_global"',
            '"com.app.refresh"',
            "task com.app.refresh is none of Info.plist's BGTaskSchedulerPermittedIdentifiers",
        ),
        (
            "watch_refresh_global.swift",
            "                tracker.gestures",
            "                if WKApplication.shared().applicationState == .active {} else { return }\n tracker.gestures",
            "the global tracker's mode is fetch while other code can run",
        ),
        (
            "bg_fetch_global.m",
            "    [application set",
            "    if (application.applicationState == UIApplicationStateBackground) return YES;\n    [application set",
            "background fetch is never switched on",
        ),
        (
            "bg_fetch_global.m",
            "    [[tracker.gestures",
            "    if (application.applicationState == UIApplicationStateActive) [[tracker.gestures",
            "control goes back before the hit is sent",
        ),
        (
            "bg_fetch.swift",
            "        tracker.delegate",
            '        tracker.setConfig(["secure": "false"], override: false, sync: true) { _ in }\n        tracker.delegate',
            "tracker bgFetchTracker has another secure than the spec",
        ),
        (
            "bg_fetch.swift",
            "        let one = Waiting()\n",
            '        tracker.setConfig(["site": "1"], override: false, sync: true) { _ in }\n        let one = Waiting()\n',
            "tracker bgFetchTracker has another site than the spec",
        ),
        (
            "bg_fetch.swift",
            "DispatchQueue.main.async {\n            self.open = ",
            "do {\n            self.open = ",
            "an object of FetchTracking is changed on the SDK's queue, beside the main thread",
        ),
        (
            "scene_task.swift",
            "sceneDidEnterBackground",
            "sceneWillEnterForeground",
            "the app goes to the background in step 2, and nothing of it is called",
        ),
        (
            "scene_task_global.m",
            "    task = [application",
            "    dispatch_async(dispatch_get_main_queue(), ^{}); if (task) task = [application",
            "no background task is begun for step 2",
        ),
        (
            "own_refresh.swift",
            "AppRefreshTask) {\n        schedule()",
            "AppRefreshTask) {",
            "call 1 ends, and the next one was not asked for",
        ),
        (
            "watch_refresh.swift",
            "task as? WKSnapshotRefreshBackgroundTask {",
            "task as? WKSnapshotRefreshBackgroundTask, backgroundTasks.isEmpty {",
            "the snapshot of call 1 is completed as something else",
        ),
        (
            "processing_global.swift",
            "            self.queue.cancel",
            "            ATInternet.sharedInstance.defaultTracker.context.backgroundMode = .normal\n            self.queue.cancel",
            "tracker defaultTracker is used on the background queue",
        ),
        (
            "processing_global.swift",
            "        do { try BGTaskScheduler.shared.submit(request) } catch {}",
            "        do { try BGTaskScheduler.shared.submit(request) } catch {}; BGTaskScheduler.shared.cancelAllTaskRequests()",
            "the request for task org.example.tidy is taken back, and not made again",
        ),
        (
            "processing_global.swift",
            "            guard !clean.isCancelled else { return }\n            DispatchQueue.main.async { self.tag() }",
            "            self.tag()",
            "tracker defaultTracker is used on the background queue",
        ),
        (
            "silent_push_global.swift",
            "        try? await Task.sleep(for: .seconds(5))\n",
            "",
            "control goes back before hit 1 had its 5 s",
        ),
        (
            "swiftui_task_global.swift",
            "            guard id != .invalid else { return }\n",
            "",
            "hit 1 is sent when control has gone back",
        ),
        (
            "bg_fetch_global.swift",
            "        Task { [self] in",
            "        Task.detached { [self] in\n ATInternet.sharedInstance.defaultTracker.context.backgroundMode = .normal",
            "tracker defaultTracker is used on the background queue",
        ),
        (
            "tv_fetch_global.swift",
            "            DispatchQueue.main.async {\n                let tracker",
            "            do {\n                let tracker",
            "tracker defaultTracker is used on the background queue",
        ),
        (
            "tv_fetch_global.swift",
            "            DispatchQueue.main.async {\n                let tracker",
            "            guard let data else { return }\n            DispatchQueue.main.async {\n                let tracker",
            "the fetch of step 3 sends no hit",
        ),
        (
            "tv_fetch_global.swift",
            "        let begin = Date()\n",
            "        let begin = Date()\n        while begin < Date() + 1 {}\n",
            "the app crashes: SIGPROF: a block does not end",
        ),
        (
            "tv_fetch_global.m",
            "    [task resume];\n",
            "",
            "the fetch of step 2 sends no hit",
        ),
        (
            "tv_fetch_global.m",
            "        dispatch_async(dispatch_get_main_queue(), ^{\n            [self tag]",
            "        completionHandler(result);\n        dispatch_async(dispatch_get_main_queue(), ^{\n            [self tag]",
            "control goes back before the hit is sent",
        ),
        (
            "bg_fetch.swift",
            'parameter == "p=fetch"',
            'parameter.hasPrefix("p=fetch")',
            "control goes back while hit 3 is still under way",
        ),
        (
            "bg_fetch_global.values.swift",
            "                result = feed",
            "                completionHandler(.newData)\n                result = feed",
            "control goes back before the hit is sent",
        ),
        (
            "bg_fetch_global.values.swift",
            "            DispatchQueue.main.async { [result] in",
            "            if data != nil && result == .failed { return }\n            DispatchQueue.main.async { [result] in",
            "the fetch of step 4 sends no hit",
        ),
        (
            "bg_fetch_global.values.swift",
            "precondition(heard == before + 2)",
            "precondition(heard == before)",
            "the app crashes: SIGILL: App/bg_fetch_global.values.swift:61: Precondition failed",
        ),
        (
            "bg_fetch_global.values.m",
            "NSDictionary *json = data ?",
            "if (data) completionHandler(UIBackgroundFetchResultNewData);\n        NSDictionary *json = data ?",
            "control goes back before the hit is sent",
        ),
        (
            "bg_task_global.waits.swift",
            "queue.async { self.saved += 1 }",
            "queue.async { self.queue.sync { self.saved += 1 } }",
            "the app crashes: SIGABRT: waits where nothing else can run: it never goes on",
        ),
        (
            "bg_task_global.waits.swift",
            "DispatchQueue.main.sync {",
            "self.queue.sync {",
            "the app crashes: SIGILL: VirtualFoundation/Waiting.swift:10: Precondition failed: not on this queue",
        ),
        (
            "bg_task_global.waits.m",
            "dispatch_sync(dispatch_get_main_queue(), ^{\n",
            "dispatch_sync(self.queue, ^{\n",
            "tracker defaultTracker is used on the background queue",
        ),
        (
            "processing_global.swift",
            "        let tracker = ATInternet",
            "        guard #available(iOS 17, *) else { return }\n        let tracker = ATInternet",
            "the run of step 2 sends no hit",
        ),
        (
            "app_refresh.swift",
            "waiter.wait(seconds: 20)",
            "waiter.wait(seconds: 2)",
            "control goes back while hit 1 is still under way",
        ),
        (
            "app_refresh.swift",
            "if isOpen { await",
            "await MainActor.run { if isOpen {} }; do { await",
            "hit 1 is sent when control has gone back",
        ),
    ],
)
def test_a_mistake_in_such_code_is_told(
    name: str, old: str, new: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one finding, whose last line says what is wrong."""
    monkeypatch.setattr(proof, "_OWN", 20)
    row = judged(OWN / name, {old: new})
    broken = [finding.text.rpartition("Broken: ")[2].strip() for finding in row.findings]
    assert (row.not_run, broken) == ("", [f"{message}."])


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("app_refresh.swift", "waiter.wait(seconds: 20)", "waiter.wait(seconds: 8)"),
        ("app_refresh_global.swift", "30 * 60", "24 * 60 * 60"),
        (
            "app_refresh_global.swift",
            "using: DispatchQueue.main) { task in\n            guard let task = task as? BGAppRefreshTask else { return task.setTaskCompleted(success: false) }\n            self.handle(task)",
            "using: nil) { task in\n            DispatchQueue.main.async { self.handle(task as! BGAppRefreshTask) }",
        ),
        (
            "bg_fetch.swift",
            "        tracker.delegate",
            "        if #available(iOS 17, *) { print(17) }\n        tracker.delegate",
        ),
    ],
)
def test_code_may_be_of_less_patience_or_of_more_or_ask_for_a_system(
    name: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it waits as long as a hit takes that nobody tells of, and does the same in each system."""
    monkeypatch.setattr(proof, "_OWN", 20)
    row = judged(OWN / name, {old: new})
    assert (row.not_run, row.findings) == ("", ())


def test_a_timer_needs_a_run_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a thread of a queue it never fires: nobody runs that one's run loop."""
    monkeypatch.setattr(proof, "_OWN", 20)
    timer = "Timer.scheduledTimer(withTimeInterval: 5, repeats: false) { _ in\n                    completionHandler(data == nil ? .failed : .newData)\n                }"
    row = judged(OWN / "tv_fetch_global.swift", {timer: f"DispatchQueue.global().async {{ {timer} }}"})
    [finding] = row.findings
    assert "the completion handler of fetch 1 is never called" in finding.text


@pytest.mark.parametrize("name", ["bg_fetch_global.m", "app_refresh_global.swift"])
def test_code_may_ask_whether_it_is_in_the_background(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has woken it, it is."""
    monkeypatch.setattr(proof, "_OWN", 20)
    asks = {
        "    Tracker *tracker": "    if (application.applicationState != UIApplicationStateBackground) return;\n    Tracker *tracker",
        "        schedule(after: 30": "        guard UIApplication.shared.applicationState == .background else { return }\n"
        "        schedule(after: 30",
    }
    [change] = [(old, new) for old, new in asks.items() if old in (OWN / name).read_text(encoding="utf-8")]
    row = judged(OWN / name, dict([change]))
    assert (row.not_run, row.findings) == ("", ())


def test_code_that_never_sends_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though control goes back each time, when time is up."""
    monkeypatch.setattr(proof, "_OWN", 20)
    case = ROOT / "output" / "bg_fetch" / "ios" / "swift"
    files = {path.name: path.read_text(encoding="utf-8") for path in case.iterdir()}
    files["AppDelegate.swift"] = files["AppDelegate.swift"].replace(
        "        self.fetch { result in",
        "        if application.applicationState == .background { return }\n        self.fetch { result in",
    )
    compiler("swift")
    [described] = atgen.load([ROOT / "specs" / "bg_fetch.yaml"])
    row = proof.judge(described, described.platforms[0], "swift", files)
    assert [finding.text for finding in row.findings] == ["no scenario has it send a hit"]


def test_a_configuration_may_say_what_the_sdk_has_anyway(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the same."""
    monkeypatch.setattr(proof, "_OWN", 20)
    more = (
        '"site": "123456", "domain": "xiti.com", "pixelPath": "/hit.xiti", "identifier": "uuid", "hashUserId": "false"'
    )
    row = judged(OWN / "bg_fetch.swift", {'"site": "123456"': more})
    assert (row.not_run, row.findings) == ("", ())


def test_another_task_of_the_app_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The spec does not know it: neither what it is called, nor what it waits for, nor what it does."""
    monkeypatch.setattr(proof, "_OWN", 20)
    other = """\
        BGTaskScheduler.shared.register(forTaskWithIdentifier: "database", using: .main) { $0.setTaskCompleted(success: true) }
        let request = BGProcessingTaskRequest(identifier: "database")
        request.requiresExternalPower = true
        try? BGTaskScheduler.shared.submit(request)
        return true
"""
    row = judged(OWN / "app_refresh_global.swift", {"        return true\n": other})
    assert (row.not_run, row.findings) == ("", ())


@pytest.mark.parametrize(
    ("more", "messages"),
    [("", []), ("task.setTaskCompleted(success: true)", ["the system hears success and not failure."])],
)
def test_an_app_hands_its_own_task_over(more: str, messages: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It registers the task itself, under a name that no spec knows, and nobody plays its part."""
    compiler("swift")
    monkeypatch.setattr(proof, "_OWN", 20)
    folder = ROOT / "output" / "own_refresh" / "ios" / "swift"
    files = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    launch = "        return true\n"
    files["AppDelegate.swift"] = files["AppDelegate.swift"].replace(launch, f"        registerRefresh(self)\n{launch}")
    files["Refresh.swift"] = f"""\
import BackgroundTasks

@MainActor func registerRefresh(_ delegate: AppDelegate) {{
    BGTaskScheduler.shared.register(forTaskWithIdentifier: "com.app.refresh", using: .main) {{ task in
        ask()
        delegate.runTagged(task)
        {more}
    }}
    ask()
}}

func ask() {{
    let request = BGAppRefreshTaskRequest(identifier: "com.app.refresh")
    request.earliestBeginDate = Date(timeIntervalSinceNow: 60 * 60)
    try? BGTaskScheduler.shared.submit(request)
}}
"""
    [described] = atgen.load([ROOT / "specs" / "own_refresh.yaml"])
    row = proof.judge(described, described.platforms[0], "swift", files)
    assert (row.not_run, [finding.text.rpartition("Broken: ")[2].strip() for finding in row.findings]) == ("", messages)


def test_what_is_newer_than_the_spec_s_oldest_system_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as the compiler knows systems: Objective-C's does."""
    monkeypatch.setattr(proof, "_OWN", 20)
    call = "[BGTaskScheduler.sharedScheduler submitTaskRequest:request completionHandler:nil];"
    later = f"- (void)askFor:(BGTaskRequest *)request {{\n    {call}\n}}\n\n"
    imports = "@import Tracker;\n@import BackgroundTasks;"
    path, guard = OWN / "bg_fetch_global.m", "if (@available(iOS 27.0, tvOS 27.0, *)) "
    there = {"@import Tracker;": imports, "@end": f"{later}@end"}
    [finding] = judged(path, there, "16.0").findings
    assert finding.text.startswith(
        "does not compile for 16.0, the oldest system that the spec names: bg_fetch_global.m:27: "
    )
    assert "is only available on iOS 27.0 or newer" in finding.text
    assert not judged(path, there).findings
    assert not judged(path, there | {"@end": f"{later.replace(call, guard + call)}@end"}, "16.0").findings


def test_files_that_start_nothing_are_told(tmp_path: Path) -> None:
    """Headers alone, and a main.swift, which the delegate's class needs none of."""
    path = tmp_path / "main.swift"
    path.write_text("UIApplicationMain()\n", encoding="utf-8")
    assert "headers alone have no code" in verify("bg_fetch", HEADER)[1][-1]
    assert "main.swift out: the delegate's class is started without it" in verify("bg_fetch", path)[1][-1]
