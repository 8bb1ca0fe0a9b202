"""The stand-ins are as strict as what they stand for: right apps compile in every mode, wrong ones do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from native.apps import BUSY, PAGE, RIGHT, WRONG, compiler, files, language, name

from atgen.case.vocabulary import sdks, vocabulary
from atgen.proof import compilers
from conftest import needs_linux

if TYPE_CHECKING:
    from pathlib import Path

# What the compilers say of each mistake of the vendor's page that they find.
REFUSED = {
    "P01.swift": "cannot find type 'UIApplicationLaunchOptionsKey' in scope",
    "P05.swift": "cannot find 'dispatch_async' in scope",
    "P06.swift": "cannot find 'UIBackgroundTaskInvalid' in scope",
    "P07.m": "no visible @interface for 'Gestures' declares the selector 'addWithName:'",
    "P08.m": "use of undeclared identifier 'ATBackgroundModeTask'",
    "P09.m": "'SmartTracker/SmartTracker-Swift.h' file not found",
    "P09.swift": "no such module 'SmartTracker'",
    "P17.m": "missing '@end'",
    "P17.swift": "expected '}' in class",
}
MISTAKES = [path for path in WRONG if path.name in REFUSED]
# An app's of SwiftUI.
BODY = 'var body: some Scene { WindowGroup { Text(verbatim: "") } }'
HEAD = """import Tracker
import UIKit

"""
# What Apple's and the SDK's own declarations do not let pass, in Swift 6, and what is said of it.
STRICT = {
    "the main thread's objects off it": (
        "func f() { DispatchQueue.global().async { UIApplication.shared.endBackgroundTask(.invalid) } }",
        "main actor-isolated",
    ),
    "a tracker carried to another thread": (
        'func f(_ tracker: Tracker) { DispatchQueue.global().async { tracker.gestures.add("x").sendTouch() } }',
        "non-Sendable type 'Tracker'",
    ),
    "a delegate's method that needs the main thread": (
        "@MainActor final class D: TrackerDelegate { func saveDidEnd(_ message: String) {} }",
        "crosses into main actor-isolated code",
    ),
    "options that may be nil": (
        "func f(_ options: [UIApplication.LaunchOptionsKey: Any]?) -> Int { options.count }",
        "must be unwrapped",
    ),
    "a mode by its number": (
        "func f(_ tracker: Tracker) { tracker.context.backgroundMode = 2 }",
        "cannot assign value of type 'Int'",
    ),
    "a label left out": (
        'func f(_ tracker: Tracker) { tracker.gestures.add("x", "chapter").sendTouch() }',
        "missing argument label 'chapter1:'",
    ),
    "a task carried to another thread": (
        (
            "import BackgroundTasks\n"
            "func f(_ task: BGTask) { DispatchQueue.global().async { task.setTaskCompleted(success: true) } }"
        ),
        "non-Sendable type 'BGTask'",
    ),
    "a request whose error is not looked at": (
        'import BackgroundTasks\nfunc f() { BGTaskScheduler.shared.submit(BGAppRefreshTaskRequest(identifier: "x")) }',
        "call can throw",
    ),
    "a request of no kind": (
        'import BackgroundTasks\nfunc f() { _ = BGTaskRequest(identifier: "x") }',
        "initializer is inaccessible",
    ),
    "an observer that is the main thread's": (
        (
            "@MainActor final class D { var count = 0; func f() { NotificationCenter.default.addObserver("
            "forName: UIApplication.didEnterBackgroundNotification, object: nil, queue: .main) { _ in self.count += 1 } } }"
        ),
        "main actor-isolated",
    ),
    "a watch app off the main thread": (
        "import WatchKit\nfunc f() { DispatchQueue.global().async { _ = WKApplication.shared() } }",
        "main actor-isolated",
    ),
    "a watch app's delegate that is no NSObject": (
        "import WatchKit\nfinal class D: WKApplicationDelegate {}",
        "does not conform to protocol 'NSObjectProtocol'",
    ),
    "a refresh without its last argument": (
        (
            "import WatchKit\n"
            "@MainActor func f() { WKExtension.shared().scheduleBackgroundRefresh(withPreferredDate: Date(), userInfo: nil) }"
        ),
        "missing argument for parameter 'scheduledCompletion'",
    ),
    "an activity's block that keeps what only one thread may": (
        (
            "final class C { var n = 0 }\nfunc f(_ c: C) {"
            ' ProcessInfo.processInfo.performExpiringActivity(withReason: "x") { _ in c.n += 1 } }'
        ),
        "non-Sendable type 'C'",
    ),
    "a wait where others wait too": (
        "func f(_ semaphore: DispatchSemaphore) async { semaphore.wait() }",
        "unavailable from asynchronous contexts",
    ),
    "a shared instance of one's own": ("func f() { _ = ATInternet() }", "'ATInternet' initializer is inaccessible"),
    "a delegate that is none": (
        f"import SwiftUI\nclass D: NSObject {{}}\nstruct A: App {{ @UIApplicationDelegateAdaptor(D.self) var d; {BODY} }}",
        "conform to 'UIApplicationDelegate'",
    ),
    "a delegate that the system cannot make": (
        "import SwiftUI\nclass D: UIApplicationDelegate {}\ntypealias A = UIApplicationDelegateAdaptor<D>",
        "inherit from 'NSObject'",
    ),
    "a delegate of UIKit on a watch": (
        (
            "import SwiftUI\nclass D: NSObject, UIApplicationDelegate {}\n"
            f"struct A: App {{ @WKApplicationDelegateAdaptor(D.self) var d; {BODY} }}"
        ),
        "conform to 'WKApplicationDelegate'",
    ),
    "a view where a scene belongs": (
        'import SwiftUI\nstruct A: App { var body: some Scene { Text(verbatim: "") } }',
        "conform to 'Scene'",
    ),
    "an escaping block": (
        "func f(_ block: () -> Void) { DispatchQueue.main.async(execute: block) }",
        "non-escaping parameter",
    ),
}


@pytest.mark.parametrize("path", RIGHT + BUSY, ids=name)
def test_right_apps_compile_in_every_mode(path: Path) -> None:
    """They are accepted without a word, but for Apple's deprecation of classic fetch."""
    verdicts = compiler(language(path)).verdicts(files(path))
    assert dict.fromkeys(verdicts, True) == {mode: verdict.accepted for mode, verdict in verdicts.items()}
    complaints = [
        line
        for verdict in verdicts.values()
        for line in verdict.messages.splitlines()
        if line.startswith("AppDelegate") and "setMinimumBackgroundFetchInterval" not in line
    ]
    assert complaints == []


def test_apples_deprecation_is_said() -> None:
    """What is deprecated at Apple's is deprecated here, with the same words."""
    app = next(path for path in RIGHT if name(path) == "bg_fetch-swift")
    swift = compiler("swift")
    assert "Use a BGAppRefreshTask in the BackgroundTasks framework instead" in swift.check(files(app), "6").messages


@pytest.mark.parametrize("sdk", sdks())
def test_each_sdk_has_its_stand_ins(sdk: str) -> None:
    """In Swift a folder named after its module, in Objective-C its headers and a file named after its own."""
    words = vocabulary(sdk).words
    wanted = [f"swift/{words['swift']['module']}"] if vocabulary(sdk).has("swift") else []
    if vocabulary(sdk).has("objc"):
        wanted += [f"objc/include/{header}" for header in words["objc"]["headers"]] + [f"objc/sdk/{sdk}.m"]
    assert [path for path in wanted if not (compilers.STANDINS / path).exists()] == []


@pytest.mark.parametrize("path", MISTAKES, ids=name)
def test_mistakes_are_refused(path: Path) -> None:
    """Each mistake of the page that a compiler can find is refused in every mode, and its message says which it is."""
    verdicts = compiler(language(path)).verdicts(files(path))
    assert dict.fromkeys(verdicts, False) == {mode: verdict.accepted for mode, verdict in verdicts.items()}
    assert [mode for mode, verdict in verdicts.items() if REFUSED[path.name] not in verdict.messages] == []


def test_every_mistake_is_found_somehow() -> None:
    """P01 to P09, P16 and P17 each have a wrong app; those that compile are found by running them (test_native)."""
    assert {f"P{number:02}" for number in (*range(1, 10), 16, 17)} == {path.stem for path in WRONG}


@pytest.mark.parametrize("path", PAGE, ids=name)
def test_the_pages_cases_compile_as_they_were_meant(path: Path) -> None:
    """In the language of their time the page's cases, mended, are accepted: what is wrong shows when they run."""
    found = compiler(language(path))
    assert found.check(files(path), found.modes[0]).accepted


@pytest.mark.parametrize(("code", "said"), STRICT.values(), ids=STRICT)
def test_swift_stand_ins_are_strict(code: str, said: str) -> None:
    """What the real modules refuse is refused, for the same reason."""
    verdict = compiler("swift").check({"App.swift": f"{HEAD}{code}\n"}, "6")
    assert (verdict.accepted, said in verdict.messages) == (False, True), verdict.messages


# The same for Objective-C, with all of its headers.
STRICT_OBJC = {
    "a task's own init": ("void f(void) { (void)[[BGTask alloc] init]; }", "'init' is unavailable"),
    "a request's own init": ("void f(void) { (void)[BGAppRefreshTaskRequest new]; }", "'new' is unavailable"),
    "no handler": (
        'void f(void) { [[BGTaskScheduler sharedScheduler] registerForTaskWithIdentifier:@"x" usingQueue:nil launchHandler:nil]; }',
        "null passed to a callee that requires a non-null argument",
    ),
    "no completion": (
        (
            "void f(NSDate *d) { [[WKApplication sharedApplication] scheduleBackgroundRefreshWithPreferredDate:d userInfo:nil "
            "scheduledCompletion:nil]; }"
        ),
        "null passed to a callee that requires a non-null argument",
    ),
    "a cycle of a task and its handler": (
        "void f(BGTask *t) { t.expirationHandler = ^{ [t setTaskCompletedWithSuccess:NO]; }; }",
        "capturing 't' strongly in this block is likely to lead to a retain cycle",
    ),
    "the newer SDK's words in the older": (
        'void f(void) { [[ATInternet sharedInstance] tracker:@"x"]; }',
        "no visible @interface for 'ATInternet' declares the selector 'tracker:'",
    ),
    "the newer SDK's mode in the older": (
        "void f(ATTracker *t) { t.context.backgroundMode = BackgroundModeTask; }",
        "use of undeclared identifier 'BackgroundModeTask'",
    ),
}


@pytest.mark.parametrize(("code", "said"), STRICT_OBJC.values(), ids=STRICT_OBJC)
def test_objective_c_stand_ins_are_strict(code: str, said: str) -> None:
    """What Apple's headers and the older SDK's refuse is refused, in every mode, for the same reason."""
    headers = ("BackgroundTasks/BackgroundTasks.h", "WatchKit/WatchKit.h", "ATInternet.h", "ATContext.h", "ATGesture.h")
    imports = "".join(f"#import <{header}>\n" for header in headers)
    verdicts = compiler("objc").verdicts({"App.m": f"{imports}{code}\n"})
    assert {(verdict.accepted, said in verdict.messages) for verdict in verdicts.values()} == {(False, True)}, verdicts


def test_watch_apps_have_no_uikit() -> None:
    """What imports WatchKit alone does not see UIApplication."""
    code = "import Tracker\nimport WatchKit\nfunc f(_ app: UIApplication) {}\n"
    verdicts = compiler("swift").verdicts({"App.swift": code})
    assert {"cannot find type 'UIApplication' in scope" in verdict.messages for verdict in verdicts.values()} == {True}


def test_objective_c_names_of_the_sdk_are_taken() -> None:
    """A helper class with the name of one of the SDK's is an error."""
    code = "#import <Tracker/Tracker-Swift.h>\n@interface BackgroundTask : NSObject\n@end\n"
    verdict = compiler("objc").check({"App.m": code}, "")
    assert (verdict.accepted, "duplicate interface definition" in verdict.messages) == (False, True)


def test_dispatch_and_foundation_may_be_imported_too() -> None:
    """A file that imports them sees one DispatchQueue, the virtual device's."""
    needs_linux("a Foundation of the stand-ins")
    code = "import Dispatch\nimport Foundation\nimport UIKit\nfunc f() { DispatchQueue.main.async {} }\n"
    verdicts = compiler("swift").verdicts({"App.swift": code})
    assert [verdict.messages for verdict in verdicts.values() if not verdict.accepted] == []
