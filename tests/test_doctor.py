"""The doctor: each mistake is found where it is, right code is left in peace, and nothing that it reads can hurt it."""

from __future__ import annotations

import json
import os
import plistlib
import random
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from atgen.case import spec
from atgen.doctor import Finding, examine, lexer, mistakes
from atgen.doctor import folder as folders
from atgen.doctor.folder import Brackets, Source
from atgen.errors import FileError, SpecError
from atgen.rendering import pipeline
from conftest import ROOT, combinations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from atgen.case.model import Case

NATIVE = ROOT / "tests" / "proof" / "native"
INFO = {"UIBackgroundModes": ["fetch"], "UIApplicationSceneManifest": {"UISceneConfigurations": {"x": [{}]}}}
PRIVACY = {
    "NSPrivacyAccessedAPITypes": [
        {
            "NSPrivacyAccessedAPIType": "NSPrivacyAccessedAPICategoryUserDefaults",
            "NSPrivacyAccessedAPITypeReasons": ["CA92.1"],
        }
    ]
}
PODFILE = """
platform :ios, '15.0'
use_frameworks!
target 'App' do
  pod 'ATInternet-Apple-SDK/Tracker'
end
# IPHONEOS_DEPLOYMENT_TARGET is set for all pods in post_install:
post_install { |i| i.pods_project.targets.each { |t| t.build_configurations.each { |c|
  c.build_settings['IPHONEOS_DEPLOYMENT_TARGET'] = '15.0' } } }
"""
DELEGATE = """
import Tracker
import UIKit

class AppDelegate: UIResponder, UIApplicationDelegate {
    let tracker = ATInternet.sharedInstance.tracker("bgFetchTracker", configuration: ["site": "1", "log": "logp"])

    func application(
        _ application: UIApplication,
        didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?
    ) -> Bool {
        tracker.context.backgroundMode = .fetch
        application.setMinimumBackgroundFetchInterval(UIApplication.backgroundFetchIntervalMinimum)
        return true
    }

    func application(
        _ application: UIApplication,
        performFetchWithCompletionHandler completionHandler: @escaping (UIBackgroundFetchResult) -> Void
    ) {
        tracker.gestures.add("fetch").sendDownload()
        DispatchQueue.main.asyncAfter(deadline: .now() + 5) { completionHandler(.newData) }
    }
}
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Write an app with which nothing is wrong."""
    for name, content in {
        "Info.plist": plistlib.dumps(INFO),
        "PrivacyInfo.xcprivacy": plistlib.dumps(PRIVACY),
        "Podfile": PODFILE.encode(),
        "AppDelegate.swift": DELEGATE.encode(),
    }.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def found(folder: Path, case: Case | None = None) -> list[str]:
    """Examine a folder: `FILE:LINE RULE` of each finding, and `note` after the rule of a note."""
    return [
        f"{each.file.removeprefix(f'{folder}/')}:{each.line} {each.rule}{' note' if each.is_note else ''}"
        for each in examine(folder, case)
    ]


def source(text: str, name: str = "A.swift") -> Source:
    """Read a text as a source."""
    return Source(name, text, (lexer.swift if name.endswith(".swift") else lexer.objc)(text))


def rules(text: str, name: str = "A.swift") -> list[str]:
    """Find the mistakes of a text: `RULE:LINE` of each."""
    return [f"{each.rule}:{each.line}" for each in mistakes.find([source(text, name)])]


def atgen(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the tool itself."""
    run = [sys.executable, "-m", "atgen", *arguments]
    return subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)


# -- mistakes in sources --


@pytest.mark.parametrize("path", sorted((NATIVE / "wrong").glob("*.[sm]*")), ids=lambda path: path.name)
def test_each_mistake_is_found_and_no_other(path: Path) -> None:
    """Files that are right but for one mistake of the page, which is in their name."""
    assert {rule.split(":")[0] for rule in rules(path.read_text(encoding="utf-8"), path.name)} == {path.stem[:3]}


@pytest.mark.parametrize("path", sorted((NATIVE / "right").glob("*.[sm]*")), ids=lambda path: path.name)
def test_right_files_are_left_in_peace(path: Path) -> None:
    """The same files without the mistake."""
    assert rules(path.read_text(encoding="utf-8"), path.name) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bg_fetch.swift", {"P03", "P04", "P12"}),
        ("bg_fetch.m", {"P03", "P04", "P12"}),
        ("bg_fetch_global.swift", {"P03", "P04"}),
        ("bg_fetch_global.m", {"P03", "P04"}),
        ("bg_task.swift", {"P10", "P12", "P13", "P16"}),
        ("bg_task.m", {"P10", "P12", "P13", "P16"}),
        ("bg_task_global.swift", {"P10", "P11", "P13", "P14", "P16"}),
        ("bg_task_global.m", {"P10", "P11", "P13", "P14", "P16"}),
    ],
)
def test_the_page_s_own_snippets(name: str, expected: set[str]) -> None:
    """The page's eight, mended as far as they must be to compile: what is left is what compilers do not see."""
    assert {
        rule.split(":")[0] for rule in rules((NATIVE / "page" / name).read_text(encoding="utf-8"), name)
    } == expected


def test_all_output_is_left_in_peace(every_case: list[Case]) -> None:
    """Whatever atgen renders shows no mistake, but for a hit that the spec says is not waited for."""
    for case in every_case:
        allowed = {"P13"} if case.finish.when.value == "dispatched" else set()
        allowed |= {"P07", "P08"} if case.sdk == "objc2" else set()
        for language in ("swift", "objc"):
            sources = [source(file.text, path) for path, file in pipeline.render(case, [language]).items()]
            assert (case.name, {each.rule for each in mistakes.find(sources)} - allowed) == (case.name, set())


SEND = "tracker.gestures.add(name).sendTouch()"
FETCH = "setMinimumBackgroundFetchInterval(x)\nfunc a(performFetchWithCompletionHandler "
GLOBAL = "let t = x.defaultTracker\nt.context.backgroundMode = .task"
RESET = "t.context.backgroundMode = .normal"
MISTAKES: list[tuple[str, str, list[str]]] = [
    ("A.swift", "func f(o: [UIApplicationLaunchOptionsKey: Any]) {}", ["P01:1"]),
    ("A.m", "void f(NSDictionary<UIApplicationLaunchOptionsKey, id> *o) {}", []),
    ("A.m", "void f(UIApplicationLaunchOptionKey k) {}", ["P01:1"]),
    ("A.swift", "class A: UIApplicationDelegate { func applicationDidEnterBackground() {} }", ["P02:1"]),
    ("A.swift", "extension AppDelegate { func applicationDidEnterBackground(application: UIApplication) {} }", ["P02:1"]),
    ("A.swift", "class Observer { @objc func applicationDidEnterBackground() {} }", []),
    ("A.m", "@implementation Observer\n- (void)applicationDidEnterBackground {}\n@end", []),
    ("A.swift", "class W: NSObject, WKApplicationDelegate { func applicationDidEnterBackground() {} }", []),
    ("A.swift", "class S: UIWindowSceneDelegate { func sceneDidEnterBackground(scene: UIScene) {} }", ["P02:1"]),
    ("A.swift", "class S { func sceneDidEnterBackground(scene: UIScene) {} }", []),
    ("A.swift", FETCH + "h: F) { h(x) }\nextension AppDelegate { func application(app: UIApplication) {} }", ["P02:3"]),
    ("A.swift", "func application(_ a: UIApplication, performFetchWithCompletion h: F) { h(x) }", ["P02:1"]),
    ("A.swift", "func application() {}", []),
    ("A.m", "@implementation AppDelegate\n- (void)applicationDidEnterBackground {}\n@end", ["P02:2"]),
    ("A.swift", FETCH + "done: F) {\n}", ["P03:2"]),
    ("A.swift", FETCH + "_: F) {\n}", ["P03:2"]),
    ("A.swift", FETCH + "h: F) { later(h) }", []),
    ("A.swift", "UIApplication . sharedApplication().x", ["P05:1"]),
    ("A.m", "[UIApplication sharedApplication]; dispatch_async(q, ^{});", []),
    ("A.swift", "x = UIBackgroundTaskInvalid", ["P06:1"]),
    ("A.m", "x = UIBackgroundTaskInvalid;", []),
    ("A.m", '[[ATInternet sharedInstance] trackerWithName:@"x" configuration:c];', ["P07:1"]),
    ("A.swift", "context.backgroundMode = ATBackgroundModeTask", ["P08:1"]),
    ("A.m", "  # import <SmartTracker/SmartTracker-Swift.h>", ["P09:1"]),
    ("A.m", "#import <Tracker/Tracker-Swift.h>", []),
    ("A.swift", "\nimport SmartTracker", ["P09:2"]),
    ("A.swift", f"DispatchQueue.global(qos: .utility).async {{\n{SEND} }}", ["P10:2"]),
    ("A.swift", f"DispatchQueue.global().async(execute: {{\n{SEND} }})", ["P10:2"]),
    ("A.swift", f"Task.detached {{ {SEND} }}", ["P10:1"]),
    ("A.swift", f"DispatchQueue.global().async {{ DispatchQueue.main.async {{ {SEND} }} }}", []),
    ("A.swift", f"DispatchQueue.main.async {{ DispatchQueue.global().async {{ {SEND} }} }}", ["P10:1"]),
    ("A.swift", f"DispatchQueue.global().async {{ work() }}\n{SEND}", []),
    ("A.swift", f"Task.detached {{ await MainActor.run {{ {SEND} }} }}", []),
    ("A.m", "q = dispatch_get_global_queue(0, 0);\ndispatch_async(q, ^{ [[t.gestures add:n] sendExit]; });", ["P10:2"]),
    ("A.m", "dispatch_async(queue, ^{ [[t.gestures add:n] sendExit]; });", []),
    ("A.swift", f"{GLOBAL}\n{SEND}", ["P11:2"]),
    ("A.swift", f"{GLOBAL}; {SEND}; {RESET}", []),
    ("A.swift", f"{GLOBAL}\nawait y()\n{RESET}", ["P11:2"]),
    ("A.swift", f"let t = x.other\nt.context.backgroundMode = .task\n{SEND}", []),
    ("A.m", "[ATInternet sharedInstance].defaultTracker.context.backgroundMode = BackgroundModeFetch;", ["P11:1"]),
    ("A.swift", 'let t = x.tracker("own")', ["P12:1"]),
    ("A.swift", 'let t = x.tracker("defaultTracker")', []),
    ("A.swift", 'let t = x.tracker("own", configuration: c)\nlet again = x.tracker("own")', []),
    ("A.swift", 'let t = x.tracker("own")\nt.setConfig(c)', []),
    ("A.swift", 'x.defaultTracker.setConfig(c)\nlet t = x.tracker("own")', ["P12:2"]),
    ("A.m", 'Tracker *t = [[ATInternet sharedInstance] tracker:@"own"];', ["P12:1"]),
    ("A.swift", f"{SEND}\ncompletionHandler(.newData)", ["P13:2"]),
    ("A.swift", f"{SEND}\nt.context.backgroundMode = .normal\ncompletionHandler(.newData)", ["P13:3"]),
    ("A.swift", f"{SEND}\napplication.endBackgroundTask(task)", ["P13:2"]),
    ("A.swift", f"{SEND}\nlater {{ completionHandler(.newData) }}", []),
    ("A.m", "[[t.gestures add:n] sendTouch];\n[application endBackgroundTask:x];", ["P13:2"]),
    ("A.m", "[[t.gestures add:n] sendTouch];\ncompletionHandler(x);", ["P13:2"]),
    ("A.swift", "a.beginBackgroundTask { t.context.backgroundMode = .normal; end() }", ["P14:1"]),
    ("A.swift", "a.beginBackgroundTask()", ["P16:1"]),
    ("A.swift", "UIApplication.shared\n    .beginBackgroundTask()", ["P16:1"]),
    ("A.swift", "func beginBackgroundTask() { self.beginBackgroundTask(); beginBackgroundTask() }", []),
    ("A.swift", "func f() { endBackgroundTask()\nendBackgroundTask() }", []),
    ("A.m", "- (void)beginBackgroundTaskWithName:(NSString *)name {\n}", []),
    ("A.swift", "a.beginBackgroundTask(withName: n, expirationHandler: nil)\nif x { end() }", ["P16:1"]),
    ("A.swift", "a.beginBackgroundTask(withName: n) { task = .invalid }", ["P16:1"]),
    ("A.swift", "a.beginBackgroundTask(expirationHandler: { self.stop() })", []),
    ("A.m", '[a beginBackgroundTaskWithName:@"n" expirationHandler:^{ self.task = 0; }];', ["P16:1", "P17:1"]),
    ("A.m", '[a beginBackgroundTaskWithName:@"n" expirationHandler:nil];', ["P16:1"]),
    ("A.m", "[a beginBackgroundTaskWithExpirationHandler:^{ [self end]; }];", []),
    ("A.swift", "func f() { endBackgroundTask(x)\nendBackgroundTask(x) }", ["P16:2"]),
    ("A.swift", "func f() { if x != .invalid { endBackgroundTask(x)\nendBackgroundTask(x) } }", []),
    ("A.swift", "func f() {", ["P17:1"]),
    ("A.swift", "func f() {}\n}", ["P17:2"]),
    ("A.swift", "#if DEBUG\nfunc f() {\n#else\nfunc f() {\n#endif\n}", []),
    ("A.m", "@implementation A\n- (void)f {}\n@implementation B\n@end", ["P17:1"]),
    ("A.m", "@protocol A;\n@protocol B, C;\n@interface D : E\n@end\nid p = @protocol(A);", []),
    ("A.swift", 'let c = ["sendOnApplicationState": "activeOnly"]', ["state:1"]),
    ("A.swift", "t.setSendOnApplicationState(SendApplicationState.activeOnly, completionHandler: nil)", ["state:1"]),
    ("A.swift", '// "activeOnly"', []),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "expected"), MISTAKES)
def test_mistakes(name: str, text: str, expected: list[str]) -> None:
    """Each rule by what it finds and by what looks like it and is right."""
    assert rules(text, name) == expected


def test_comments_and_strings_are_no_code() -> None:
    """A file of nothing but quoted mistakes has none, and a line's number counts the lines of comments too."""
    swift = 'let a = "UIBackgroundTaskInvalid"\n/* dispatch_async( /* nested */ */\n// ATBackgroundModeTask\n'
    assert rules(swift) == []
    assert rules(swift + "x = UIBackgroundTaskInvalid") == ["P06:4"]
    assert rules('NSString *s = @"ATBackgroundModeTask"; // trackerWithName: \\\n addWithName:\n', "A.m") == []


def test_a_rule_looks_at_all_sources() -> None:
    """What one file configures or declares is there for the others."""
    using = source('x.tracker("own")\nfunc a(performFetchWithCompletionHandler h: F) { h(x) }')
    assert {each.rule for each in mistakes.find([using])} == {"P04", "P12"}
    other = source('x.tracker("own", configuration: c)\na.setMinimumBackgroundFetchInterval(b)', "B.swift")
    assert mistakes.find([using, other]) == []


# -- an app's folder --


def test_an_app_that_is_right_needs_nothing(app: Path, shipped: list[Case]) -> None:
    """With its case too."""
    assert found(app) == []
    assert found(app, next(case for case in shipped if case.name == "bg_fetch")) == []


def test_a_case_says_what_of_it_is_missing(app: Path, shipped: list[Case]) -> None:
    """An app that does a fetch is asked for a task: each thing that is not there, at the delegate."""
    case = next(case for case in shipped if case.name == "bg_task_global")
    messages = [each.message for each in examine(app, case) if each.rule in ("case", "P12")]
    assert messages == [
        'bg_task_global: no gesture "task" is sent',
        "bg_task_global: no tracker's background mode is set to task",
        "bg_task_global: nothing hears that the app goes to the background",
        "bg_task_global: the global tracker is not used",
    ]
    (app / "B.swift").write_text("let t = x.defaultTracker", encoding="utf-8")
    assert "the global tracker has no site and no log: it sends nothing" in [
        each.message for each in examine(app, case)
    ]
    (app / "C.swift").write_text("func f(t: Tracker) { t.setSiteId(1) { _ in } }", encoding="utf-8")
    assert "P12" not in {each.rule for each in examine(app, case)}


def test_a_scheduled_case_asks_for_its_identifier(app: Path) -> None:
    """In Info.plist and in the code that registers it; the key that classic fetch must not have is one it must."""
    case = spec.parse(combinations()["task_global_after_processing"], "x.yaml")
    messages = {f"{each.rule}: {each.message}" for each in examine(app, case)}
    assert {
        "P04: BGTaskSchedulerPermittedIdentifiers lacks org.example.task",
        "P04: UIBackgroundModes lacks processing",
        "case: x: nothing registers the task org.example.task",
    } <= messages


@pytest.mark.parametrize(
    ("plist", "expected"),
    [
        (INFO | {"UIBackgroundModes": ["audio"]}, ["Info.plist:0 P04"]),
        (INFO | {"UIBackgroundModes": "fetch"}, ["Info.plist:0 P04"]),
        ({key: INFO[key] for key in INFO if key != "UIBackgroundModes"}, ["Info.plist:0 P04"]),
        (INFO | {"BGTaskSchedulerPermittedIdentifiers": []}, ["Info.plist:0 P04"]),
        (INFO | {"UIApplicationSceneManifest": {}}, ["Info.plist:0 scenes note"]),
        (INFO | {"UIApplicationSceneManifest": {"UISceneConfigurations": {}}}, ["Info.plist:0 scenes note"]),
        (INFO | {"UIApplicationSceneManifest": "no"}, ["Info.plist:0 scenes note"]),
    ],
)
def test_info_plist(app: Path, plist: dict[str, Any], expected: list[str]) -> None:
    """Keys that are missing, of the wrong kind, or there when they must not be."""
    (app / "Info.plist").write_bytes(plistlib.dumps(plist, fmt=plistlib.FMT_BINARY))
    assert found(app) == expected


def test_the_plists_of_extensions_frameworks_and_tests_are_not_the_app_s(app: Path) -> None:
    """An app's own is found beside them, whatever its name; without one it is asked for."""
    (app / "Info.plist").rename(app / "App-Info.plist")
    plists: dict[str, dict[str, Any]] = {
        "Widget": {"NSExtension": {}},
        "Kit": {"CFBundlePackageType": "FMWK"},
        "AppTests": {"CFBundleName": "x"},
    }
    for folder, plist in plists.items():
        (app / folder).mkdir()
        (app / folder / "Info.plist").write_bytes(plistlib.dumps(plist))
    assert found(app) == []
    (app / "App-Info.plist").unlink()
    assert f"{app}:0 P04" in found(app)


GOOGLE = {"API_KEY": "x", "BUNDLE_ID": "org.example.app", "IS_ADS_ENABLED": False, "PLIST_VERSION": "1"}


@pytest.mark.parametrize("name", ["GoogleService-Info.plist", "BuildInfo.plist", "A/Info-plist-Info.plist"])
def test_what_another_program_reads_is_no_app_s(app: Path, name: str) -> None:
    """Foreign keys alone, under a name that a target's could be: nothing is said of it, nor is it taken for the app's."""
    (app / name).parent.mkdir(exist_ok=True)
    (app / name).write_bytes(plistlib.dumps(GOOGLE))
    assert found(app) == []
    (app / "Info.plist").write_bytes(plistlib.dumps(INFO | {"UIBackgroundModes": []}))
    assert found(app) == ["Info.plist:0 P04"]
    (app / "Info.plist").unlink()
    assert [(each.file, each.message) for each in examine(app)] == [(str(app), "there is no Info.plist")]


@pytest.mark.parametrize("plist", [{}, {"CFBundleExecutable": "x"}, {"Own": 1, "UILaunchScreen": {}}, {"NSMainX": 1}])
def test_a_target_s_plist_is_known_by_its_keys(app: Path, plist: dict[str, Any]) -> None:
    """One that is empty yet is for Xcode to fill."""
    (app / "Info.plist").unlink()
    (app / "App-Info.plist").write_bytes(plistlib.dumps(plist))
    assert found(app) == ["App-Info.plist:0 P04", "App-Info.plist:0 scenes note"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("project.yml", "INFOPLIST_FILE: App/Settings.plist"),
        ("project.yml", 'INFOPLIST_FILE: "$(SRCROOT)/App/Settings.plist" # ours'),
        ("project.yml", "INFOPLIST_FILE: './App/Settings.plist'\r"),
        ("App.xcodeproj/project.pbxproj", "\tINFOPLIST_FILE = App/Settings.plist;"),
        ("App.xcodeproj/project.pbxproj", '\tINFOPLIST_FILE = "${PROJECT_DIR}/App/Settings.plist";'),
        ("App.xcodeproj/project.pbxproj", '\t"INFOPLIST_FILE[sdk=iphoneos*]" = "$(TARGET_NAME)/Settings.plist";'),
        ("App.xcodeproj/project.pbxproj", "\tINFOPLIST_FILE = ../App/Settings.plist;"),
    ],
)
def test_the_plist_that_a_project_names_is_the_app_s(app: Path, name: str, text: str) -> None:
    """Whatever it is called, and whatever its keys."""
    (app / "App").mkdir()
    (app / "Info.plist").rename(app / "App" / "Settings.plist")
    assert found(app) == [f"{app}:0 P04"]
    (app / name).parent.mkdir(exist_ok=True)
    (app / name).write_text(f"first\n{text}\nlast\n", encoding="utf-8", newline="")
    assert found(app) == []
    (app / "App" / "Settings.plist").write_bytes(plistlib.dumps(GOOGLE))
    assert found(app) == ["App/Settings.plist:0 P04", "App/Settings.plist:0 scenes note"]


@pytest.mark.parametrize(
    "value", ["$(INFOPLIST)", "$(A)s.plist", "$(A)/$B.plist", '""', "ettings.plist", "Other/Settings.plist", "App"]
)
def test_a_plist_that_no_project_names_is_not_read(app: Path, value: str) -> None:
    """A variable alone names none, and the end of a name is none."""
    (app / "App").mkdir()
    (app / "App" / "Settings.plist").write_bytes(b"not a plist")
    (app / "project.yml").write_text(f"INFOPLIST_FILE: {value}\n", encoding="utf-8")
    assert found(app) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("ATInternet-Apple-SDK/Tracker", "Other", ["Podfile:0 podfile"]),
        ("  pod 'ATInternet", "  # pod 'ATInternet", ["Podfile:0 podfile"]),
        ("ATInternet-Apple-SDK/Tracker", "ATInternet-Apple-SDK", ["Podfile:5 podfile"]),
        ("ATInternet-Apple-SDK/Tracker", "ATInternet-Apple-SDK/SmartTracker", ["Podfile:5 P09"]),
        ("use_frameworks!", "", ["Podfile:0 podfile"]),
        ("platform :ios, '15.0'", "platform :ios, '12.0'", ["Podfile:2 podfile note"]),
        ("c.build_settings['IPHONEOS_DEPLOYMENT_TARGET'] = '15.0'", "", ["Podfile:0 podfile note"]),
    ],
)  # fmt: skip
def test_podfile(app: Path, old: str, new: str, expected: list[str]) -> None:
    """The subspec, frameworks, and as notes what Xcode 27 asks for."""
    (app / "Podfile").write_text(PODFILE.replace(old, new), encoding="utf-8")
    assert found(app) == expected


def test_the_sdk_before_is_a_dialect_of_its_own(app: Path) -> None:
    """In an app that has it its words are right; in an app with today's SDK they are a mistake."""
    (app / "AppDelegate.swift").unlink()
    (app / "A.m").write_text(
        'x = [hub trackerWithName:@"a" configuration:c];\ny = ATBackgroundModeTask;', encoding="utf-8"
    )
    assert found(app) == ["A.m:1 P07", "A.m:2 P08"]
    (app / "Podfile").write_text(PODFILE.replace("Apple-SDK/Tracker", "iOS-ObjC-SDK"), encoding="utf-8")
    assert found(app) == []


def test_no_pods_and_no_import_is_no_sdk(app: Path) -> None:
    """With Carthage, or by hand, there is no Podfile: then somebody imports the module."""
    (app / "Podfile").unlink()
    assert found(app) == []
    (app / "AppDelegate.swift").unlink()
    assert found(app) == [f"{app}:0 podfile"]


def test_privacy(app: Path) -> None:
    """A manifest that does not declare UserDefaults, and none at all."""
    (app / "PrivacyInfo.xcprivacy").write_bytes(plistlib.dumps({"NSPrivacyAccessedAPITypes": [{}, "x"]}))
    assert found(app) == ["PrivacyInfo.xcprivacy:0 privacy"]
    (app / "PrivacyInfo.xcprivacy").unlink()
    assert found(app) == [f"{app}:0 privacy"]


def test_a_scene_app_never_hears_the_app_delegate_s_method(app: Path) -> None:
    """P15 where scenes are, nothing where something else hears it, or where there are no scenes."""
    text = DELEGATE.rstrip().removesuffix("}") + "    func applicationDidEnterBackground(_ a: UIApplication) {}\n}\n"
    (app / "AppDelegate.swift").write_text(text, encoding="utf-8")
    assert found(app) == ["AppDelegate.swift:24 P15"]
    (app / "S.swift").write_text("func sceneDidEnterBackground(_ scene: UIScene) {}", encoding="utf-8")
    assert found(app) == []
    (app / "S.swift").unlink()
    (app / "Info.plist").write_bytes(plistlib.dumps({"UIBackgroundModes": ["fetch"]}))
    assert found(app) == ["Info.plist:0 scenes note"]


# -- what it must not trip over --


def test_foreign_code_links_and_hidden_folders_are_not_read(
    app: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Pods and build products are others' work; a link may lead anywhere, also back."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "Bad.swift").write_text("func background() {", encoding="utf-8")
    for name in ("Pods", "build", ".hidden", "X.framework"):
        (app / name).mkdir()
        (app / name / "Bad.swift").write_text("func background() {", encoding="utf-8")
    (app / "linked").symlink_to(elsewhere)
    (app / "Linked.swift").symlink_to(elsewhere / "Bad.swift")
    (app / "loop").symlink_to(app)
    assert found(app) == []


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE plist [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<plist version="1.0"><dict><key>UIBackgroundModes</key><string>&b;</string></dict></plist>"""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no property list"),
        (b"not a plist", "is no property list"),
        (b"<plist><dict>", "is no property list"),
        (BOMB, "is no property list: XML entity declarations are not supported"),
        (b'<?xml version="1.0"?><!DOCTYPE plist SYSTEM "file:///etc/passwd"><plist><array/></plist>', "without keys"),
        (b"bplist00" + b"\xff" * 64, "is no property list"),
        (plistlib.dumps(INFO, fmt=plistlib.FMT_BINARY)[:-20], "is no property list"),
        (b"<plist><dict>" + b"<key>a</key><dict>" * 20_000, "is no property list"),
        (plistlib.dumps([1]), "is a property list without keys"),
        (b" " * (folders.LARGEST + 1), "is larger than"),
    ],
)  # fmt: skip
def test_hostile_property_lists_are_refused(app: Path, content: bytes, message: str) -> None:
    """Entities, damaged files, lists that are no dictionaries, files of any size: one message, exit code 2."""
    (app / "Info.plist").write_bytes(content)
    with pytest.raises(SpecError, match=message):
        examine(app)
    done = atgen("doctor", str(app))
    assert (done.returncode, done.stdout, message in done.stderr, "Traceback" in done.stderr) == (2, "", True, False)


def test_damaged_property_lists_never_crash(app: Path) -> None:
    """A right one with some bytes changed: read or refused, and nothing else."""
    chance = random.Random(1)  # noqa: S311 (any bytes will do)
    for form in (plistlib.FMT_XML, plistlib.FMT_BINARY):
        right = plistlib.dumps(INFO, fmt=form)
        for _ in range(300):
            damaged = bytearray(right)
            for _ in range(chance.randrange(1, 4)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            (app / "Info.plist").write_bytes(damaged)
            try:
                examine(app)
            except SpecError as error:
                assert str(app / "Info.plist") in str(error)  # noqa: PT017 (either is right)


def test_a_fifo_is_not_waited_for(app: Path) -> None:
    """It is no regular file, and says so."""
    os.mkfifo(app / "Podfile2")
    os.mkfifo(app / "B.swift")
    with pytest.raises(SpecError, match=r"B\.swift:1:1: is no regular file"):
        examine(app)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig"])
def test_sources_may_begin_with_a_byte_order_mark(app: Path, encoding: str) -> None:
    """As an old Xcode saved them: they are read as what the mark says, and lines count as before."""
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    (app / "AppDelegate.swift").write_bytes(f"{mark}{DELEGATE}".encode(encoding))
    assert found(app) == []
    (app / "A.m").write_bytes(f"{mark}#import <SmartTracker/SmartTracker-Swift.h>".encode(encoding))
    assert found(app) == ["A.m:1 P09"]


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="not run: needs root, and setpriv")
@pytest.mark.parametrize("kind", ["a source", "a folder"])
def test_what_may_not_be_read_is_named_so_that_it_steers_nothing(app: Path, kind: str) -> None:
    """Its name could be a command to a CI runner."""
    path = app / "a\n::error::x.swift"
    if kind == "a source":
        path.write_bytes(b"// background")
    else:
        path.mkdir()
    path.chmod(0)
    powers = "-dac_override,-dac_read_search,-fowner"
    as_user = ["setpriv", f"--bounding-set={powers}", f"--inh-caps={powers}", sys.executable, "-m", "atgen", "doctor"]
    done = subprocess.run([*as_user, str(app)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        4,
        f"atgen: {app}/a\\u{{A}}:\\u{{3A}}error:\\u{{3A}}x.swift: Permission denied\n",
    )


def test_a_folder_that_is_too_large_is_named_so_that_it_steers_nothing(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with all paths."""
    monkeypatch.setattr(folders, "MOST", 1)
    (app / "a\n::b").mkdir()
    for name in ("A.swift", "B.swift"):
        (app / "a\n::b" / name).write_bytes(b"")
    with pytest.raises(FileError) as error:
        examine(app / "a\n::b")
    assert str(error.value).startswith(f"{app}/a\\u{{A}}:\\u{{3A}}b: holds more than 1 ")


def test_a_source_of_any_size_is_passed_over(app: Path) -> None:
    """A large one is noted; one that is not about background work, trackers or the delegate is nothing to the doctor."""
    (app / "Large.swift").write_bytes(b"// background\n" * 100_000)
    (app / "Other.swift").write_text("func f() {", encoding="utf-8")
    assert found(app) == ["Large.swift:0 unread note"]


def test_a_folder_without_end_is_refused(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's home folder is not read through."""
    monkeypatch.setattr(folders, "MOST", 2)
    with pytest.raises(FileError, match="holds more than 2 sources and settings"):
        examine(app)


@pytest.mark.parametrize(
    "unit",
    [
        '"', "'", "#", '#"', '"\\(', "/*", "\\", "{", "}", "[[", " ", "\n", "é", "#import <", "func f(", "x = y ",
        "@implementation A\n", 'x.tracker("', "DispatchQueue.global().async {", "dispatch_async(q, ^{",
        "t.context.backgroundMode = .task\n", "a.sendTouch()\n", "a.sendTouch()      ", "a.beginBackgroundTask(",
        "[a beginBackgroundTaskWithName:b expirationHandler:^{", "performFetchWithCompletionHandler h:",
        "endBackgroundTask(x)\n", "func f() { endBackgroundTask(x)\n", "let t = x.defaultTracker\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["A.swift", "A.m"])
def test_no_text_makes_it_slow(unit: str, name: str) -> None:
    """A sixteenth of the largest file, of nothing but beginnings, is read in a blink: time is not its square."""
    text = "let t = x.defaultTracker\n" + unit * (folders.LARGEST // 16 // len(unit))
    started = time.process_time()
    mistakes.find([source(text, name)])
    assert time.process_time() - started < 3


SWIFT_TEXTS: list[tuple[str, str]] = [
    ('a "b" c', 'a " " c'),
    ('"a\\"b" c', '"    " c'),
    ('"a \\(f("x") + "y") b" c', '"' + " " * 19 + '" c'),
    ('#"a " \\#(b) c"# d', '#"' + " " * 11 + '"# d'),
    ('#"a " \\#(f("b"))"# d', '#"' + " " * 14 + '"# d'),
    ('"""\n"x" \\("""\ny\n""")\n""" z', '"""\n' + " " * 9 + "\n \n    \n" + '""" z'),
    ('"open\nnext', '"    \nnext'),
    ("/* a /* b */ c */ d", " " * 17 + " d"),
    ("/* open", " " * 7),
    ("a // b\r\nc", "a     \r\nc"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), SWIFT_TEXTS)
def test_swift_is_blanked(text: str, code: str) -> None:
    """Comments nest; strings may be raw or long, and hold code that holds strings; lines and places stay."""
    assert lexer.swift(text) == code


@pytest.mark.parametrize("lex", [lexer.swift, lexer.objc, lexer.ruby])
def test_places_stay(lex: Callable[[str], str]) -> None:
    """Any text keeps its length and its line ends, whatever is in it."""
    chance = random.Random(2)  # noqa: S311 (any text will do)
    for _ in range(2000):
        text = "".join(chance.choice("\"'#/*\\()\n\r {}=a") for _ in range(40))
        code = lex(text)
        ends = [index for index, char in enumerate(text) if char in "\r\n"]
        assert (len(code), [index for index, char in enumerate(code) if char in "\r\n"]) == (len(text), ends)


def test_brackets() -> None:
    """Pairs, what is around a place, and the first that has no other half."""
    brackets = Brackets("a(b[c]d)e{")
    assert (brackets.ends, brackets.unmatched) == ({1: 7, 3: 5, 9: 10}, 9)
    assert [brackets.around(place) for place in range(10)] == [-1, -1, 1, 1, 3, 3, 1, 1, -1, -1]
    assert Brackets("(]").unmatched == 1


# -- the command --


def test_text_says_where_what_and_how_to_mend_it(app: Path) -> None:
    """Two lines a finding, exit code 1; a note is marked and does not count."""
    with (app / "AppDelegate.swift").open("a", encoding="utf-8") as file:
        file.write("let x = UIBackgroundTaskInvalid\n")
    done = atgen("doctor", str(app))
    line = (app / "AppDelegate.swift").read_text(encoding="utf-8").count("\n")
    assert (done.returncode, done.stdout.splitlines()) == (
        1,
        [
            f"{app}/AppDelegate.swift:{line}: P06: UIBackgroundTaskInvalid: Swift has another name for it",
            "    write UIBackgroundTaskIdentifier.invalid",
        ],
    )


def test_notes_alone_are_fine(app: Path) -> None:
    """Exit code 0, and the note is shown."""
    (app / "Podfile").write_text(PODFILE.replace("'15.0'\nuse", "'14.0'\nuse"), encoding="utf-8")
    done = atgen("doctor", str(app), "bg_fetch")
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        0,
        f"{app}/Podfile:2: podfile: Xcode 27 refuses iOS 14 (note)",
    )
    assert done.stderr.splitlines()[-1] == f"{app}: nothing to mend for bg_fetch"


def test_json_and_github(app: Path) -> None:
    """The same findings for programs and as annotations of a workflow run."""
    (app / "PrivacyInfo.xcprivacy").unlink()
    done = atgen("doctor", str(app), "--format", "json")
    [row] = json.loads(done.stdout)["findings"]
    assert (done.returncode, row["file"], row["line"], row["rule"], row["level"]) == (
        1,
        str(app),
        0,
        "privacy",
        "error",
    )
    assert {"message", "mend"} <= row.keys()
    done = atgen("doctor", str(app), "--format", "github")
    assert (done.returncode, done.stdout.startswith(f"::error file={app}::privacy: no PrivacyInfo.xcprivacy")) == (
        1,
        True,
    )


def test_it_changes_nothing(app: Path) -> None:
    """Neither bytes nor times, whatever it finds."""
    (app / "Podfile").write_text("", encoding="utf-8")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in app.iterdir()}
    assert atgen("doctor", str(app)).returncode == 1
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in app.iterdir()} == before


def test_usage() -> None:
    """A folder that is not there, and a case that is not there."""
    assert atgen("doctor", "no/such/folder").returncode == 2
    assert atgen("doctor", ".", "no_such_case").returncode in (2, 4)


def test_a_finding_names_its_place() -> None:
    """With a line where there is one."""
    assert str(Finding("a", 3, "P01", "b", "c")) == "a:3: P01: b"
    assert str(Finding("a", 0, "P01", "b", "c")) == "a: P01: b"
