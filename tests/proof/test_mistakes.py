"""Mistakes that a developer could make, put into what is rendered: a rule objects to each, with no other language to compare."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import pytest

from atgen.case.model import VisitorMode, When
from atgen.proof.verify import REFERENCE, Proof, judge, prove
from atgen.rendering import pipeline
from conftest import ALL, compiler

if TYPE_CHECKING:
    from atgen.case.model import App, Case, Described

Change = tuple[str, str]


class Mistake(NamedTuple):
    """Where a case's texts have the first text of a change, they have the second instead; `rule` objects to it.

    `is_global`: the case's tracker is the app's global one.
    """

    what: str
    case: str
    rule: str
    swift: tuple[Change, ...] = ()
    objc: tuple[Change, ...] = ()
    is_global: bool = False


def _expected_later(gesture: str) -> tuple[Change, ...]:
    send = f'                [[self.tracker.gestures add:@"{gesture}"] sendDownload];\n'
    hop = "dispatch_async(dispatch_get_main_queue(), ^{"
    expect = "                [self.deliveries expectHit:"
    end = "                    [call end];\n                }];\n"
    return ((end + send, end), (expect, f"{send}{hop}\n{expect}"), (end, f"{end}}});\n"))


MISTAKES = (
    # What is kept.
    Mistake(
        "a call holds its deadline, which holds it",
        "bg_fetch",
        "kept",
        swift=(
            (
                "        deadline?.cancel()\n        deadline = nil\n        once?(outcome)",
                "        deadline?.cancel()\n        once?(outcome)",
            ),
        ),
        objc=(
            (
                "        self.deadline = nil;\n    }\n    if (once) {\n        once(self.outcome)",
                "    }\n    if (once) {\n        once(self.outcome)",
            ),
        ),
    ),
    Mistake(
        "a hit holds its deadline, which holds it",
        "bg_task",
        "kept",
        swift=(
            (
                "        deadline?.cancel()\n        deadline = nil\n        once?()",
                "        deadline?.cancel()\n        once?()",
            ),
        ),
        objc=(
            (
                "        self.deadline = nil;\n    }\n    if (once) {\n        once();",
                "    }\n    if (once) {\n        once();",
            ),
        ),
    ),
    Mistake(
        "the delegate keeps each call",
        "bg_task_global",
        "kept",
        swift=(
            ("    var window: UIWindow?\n", "    var window: UIWindow?\n    var calls: [BackgroundCall<Void>] = []\n"),
            (
                "        DispatchQueue.global().async {",
                "        calls.append(call)\n        DispatchQueue.global().async {",
            ),
        ),
        objc=(
            ("@implementation AppDelegate\n", "static NSMutableArray *calls;\n\n@implementation AppDelegate\n"),
            (
                "    dispatch_async(dispatch_get_global_queue",
                "    if (!calls) calls = [NSMutableArray array];\n    [calls addObject:call];\n    dispatch_async(dispatch_get_global_queue",
            ),
        ),
    ),
    Mistake(
        "the delegate hears of each hit, and forgets none",
        "watch_refresh",
        "kept",
        swift=(
            (
                "        let hit = ExpectedHit(query: query, done: done)\n",
                "        let hit = ExpectedHit(query: query, done: done)\n        all.append(hit)\n",
            ),
            (
                "    private var expected: [ExpectedHit] = []\n",
                "    private var expected: [ExpectedHit] = []\n    private var all: [ExpectedHit] = []\n",
            ),
        ),
        objc=(
            (
                "    hit.done = done;\n",
                "    hit.done = done;\n    static NSMutableArray *all;\n    if (!all) all = [NSMutableArray array];\n    [all addObject:hit];\n",
            ),
        ),
    ),
    # The SDK's thread beside the main one.
    Mistake(
        "what the SDK tells is done on its queue",
        "bg_fetch",
        "state",
        swift=(
            (
                "@MainActor\nfinal class HitDeliveries: NSObject,",
                "final class HitDeliveries: NSObject, @unchecked Sendable,",
            ),
            ("@MainActor\nprivate final class ExpectedHit", "private final class ExpectedHit"),
            (
                "        DispatchQueue.main.async {\n            let index = self.expected.firstIndex",
                "        do {\n            let index = self.expected.firstIndex",
            ),
        ),
        objc=(
            (
                "    dispatch_async(dispatch_get_main_queue(), ^{\n        NSUInteger index = 0;",
                "    ({\n        NSUInteger index = 0;",
            ),
            ("        [self goOnTo:index built:built];\n    });", "        [self goOnTo:index built:built];\n    });"),
        ),
    ),
    Mistake(
        "the tracker's delegate is set when the hit is sent",
        "bg_fetch",
        "prompt",
        swift=(
            ("        self.tracker.delegate = self.deliveries\n", ""),
            (
                '                self.tracker.gestures.add("fetch").sendDownload()\n',
                '                self.tracker.gestures.add("fetch").sendDownload()\n                self.tracker.delegate = self.deliveries\n',
            ),
        ),
        objc=(
            ("    self.tracker.delegate = self.deliveries;\n", ""),
            (
                '            [[self.tracker.gestures add:@"fetch"] sendDownload];\n',
                '            [[self.tracker.gestures add:@"fetch"] sendDownload];\n            self.tracker.delegate = self.deliveries;\n',
            ),
        ),
    ),
    Mistake(
        "the hit is expected when it is sent, a block later",
        "bg_task",
        "prompt",
        swift=(
            (
                "                    self.deliveries.expectHit(hit, within: 20) {\n                        call.end()\n                    }\n",
                "",
            ),
            (
                '                    self.tracker.gestures.add("task").sendDownload()\n',
                '                    self.tracker.gestures.add("task").sendDownload()\n                    DispatchQueue.main.async { self.deliveries.expectHit(hit, within: 20) { call.end() } }\n',
            ),
        ),
        objc=_expected_later("task"),
    ),
    Mistake(
        "the hit is expected when it is sent, a block later",
        "app_refresh",
        "prompt",
        objc=_expected_later("fetch"),
    ),
    Mistake(
        "the hit is expected when it is sent, a block later",
        "watch_activity",
        "prompt",
        objc=_expected_later("task"),
    ),
    # Interfaces that have more than one shape.
    Mistake(
        "only the first of a watch's tasks is handled",
        "watch_refresh",
        "once",
        swift=(("        for task in backgroundTasks {\n", "        for task in backgroundTasks.prefix(1) {\n"),),
        objc=(
            (
                "            [task setTaskCompletedWithSnapshot:NO];\n        }\n    }\n}\n\n",
                "            [task setTaskCompletedWithSnapshot:NO];\n        }\n        break;\n    }\n}\n\n",
            ),
        ),
    ),
    Mistake(
        "the refresh returns, and the other tasks with it",
        "watch_refresh_global",
        "once",
        swift=(
            (
                "            case let task as WKSnapshotRefreshBackgroundTask:\n",
                "                return\n            case let task as WKSnapshotRefreshBackgroundTask:\n",
            ),
        ),
        objc=(
            (
                "        } else if ([task isKindOfClass:\n                       [WKSnapshotRefreshBackgroundTask class]]) {\n",
                "            return;\n        } else if ([task isKindOfClass:\n                       [WKSnapshotRefreshBackgroundTask class]]) {\n",
            ),
        ),
    ),
    Mistake(
        "a semaphore's timeout is the wait for the hit",
        "watch_activity",
        "delivered",
        swift=(("            ended.wait()\n", "            _ = ended.wait(timeout: .now() + 3)\n"),),
        objc=(
            (
                "dispatch_semaphore_wait(ended, DISPATCH_TIME_FOREVER);",
                "dispatch_semaphore_wait(ended, dispatch_time(DISPATCH_TIME_NOW, 3 * NSEC_PER_SEC));",
            ),
        ),
    ),
    Mistake(
        "the task waits until the device is charged",
        "processing",
        "rescheduled",
        swift=(
            (
                "        request.requiresNetworkConnectivity = true\n",
                "        request.requiresNetworkConnectivity = true\n        request.requiresExternalPower = true\n",
            ),
        ),
        objc=(
            (
                "    request.requiresNetworkConnectivity = YES;\n",
                "    request.requiresNetworkConnectivity = YES;\n    request.requiresExternalPower = YES;\n",
            ),
        ),
    ),
    Mistake(
        "the launch says that it failed",
        "bg_fetch_global",
        "alive",
        swift=(("        return true\n", "        return false\n"),),
        objc=(("    return YES;\n}\n\n- (void)application:", "    return NO;\n}\n\n- (void)application:"),),
    ),
    Mistake(
        "what the next refresh needs is done where nobody says on which thread",
        "watch_refresh",
        "main",
        swift=(
            (
                "        ) { @Sendable _ in }\n",
                '        ) { @Sendable _ in ATInternet.sharedInstance.tracker("bgFetchTracker").context.backgroundMode = .fetch }\n',
            ),
        ),
        objc=(
            (
                "}];\n}\n\n@end\n",
                '    [ATInternet.sharedInstance tracker:@"bgFetchTracker"].context.backgroundMode = BackgroundModeFetch;\n}];\n}\n\n@end\n',
            ),
        ),
    ),
    # Time that is up before the work is over.
    Mistake(
        "work that is under way is not told that time is up",
        "own_refresh",
        "stopped",
        swift=(("        if isWorking { stop?() }\n", ""),),
        objc=(("        self.stop();\n", ""),),
    ),
    Mistake(
        "work that asks when time is up already is not told",
        "app_refresh",
        "stopped",
        swift=(
            (
                "            if self.answer == nil {\n                stop()\n            } else {",
                "            if self.answer != nil {",
            ),
        ),
        objc=(("        } else {\n            stop();\n        }\n", "        }\n"),),
    ),
    Mistake(
        "work that is over is told that time is up",
        "processing",
        "stopped",
        swift=(("        if isWorking { stop?() }\n", "        stop?()\n"),),
        objc=(("    if (self.stop && !self.workIsOver) {\n", "    if (self.stop) {\n"),),
    ),
    # What the SDK says.
    Mistake(
        "a warning is not heard",
        "silent_push",
        "prompt",
        swift=(("            if isGivenUp { self.current?.finish() }\n", "            _ = isGivenUp\n"),),
        objc=(("        if (isGivenUp) {\n", "        if (isGivenUp && !self) {\n"),),
    ),
    Mistake(
        "a hit that cannot be stored is waited for",
        "app_refresh",
        "prompt",
        swift=(('            || message.hasPrefix("Hit could not be saved")\n', ""),),
        objc=((' ||\n                     [message hasPrefix:@"Hit could not be saved"]', ""),),
    ),
    Mistake(
        "another hit of the tracker is taken for its own",
        "bg_task",
        "task",
        swift=(
            (
                "                query[$0.name] == nil || query[$0.name] == $0.value\n",
                "                query[$0.name] == nil || $0.value != nil\n",
            ),
        ),
        objc=(
            (
                "            if (value && ![value isEqualToString:item.value]) {\n",
                "            if (value && !item.value) {\n",
            ),
        ),
    ),
    Mistake(
        "a URL's parameters have one order",
        "silent_push",
        "delivered",
        swift=(
            (
                "            let index = self.expected.firstIndex { $0.fits(built) }\n",
                '            let index = self.expected.firstIndex { _ in built[0].hasSuffix("&type=click&bg=fetch") }\n',
            ),
        ),
        objc=(
            (
                "               ![self.expected[index] fits:built]) {\n",
                '               ![built.firstObject hasSuffix:@"&type=click&bg=fetch"]) {\n',
            ),
        ),
    ),
    Mistake(
        "a failure is taken for the hit's own",
        "processing",
        "delivered",
        swift=(
            (
                "            if isSent, let sent",
                "            if !isSent { self.current?.finish() }\n            if isSent, let sent",
            ),
        ),
        objc=(
            (
                "        if (isSent && sent != NSNotFound) {\n",
                "        if (!isSent) {\n            [self.current finish];\n        }\n        if (isSent && sent != NSNotFound) {\n",
            ),
        ),
    ),
    Mistake(
        "a hit that the global tracker stores is waited for",
        "bg_fetch",
        "prompt",
        is_global=True,
        swift=(("            if !self.urls.isEmpty { self.isOver(0) }\n", "            _ = self.urls\n"),),
        objc=(("        if (self.urls.count > 0) {\n", "        if (self.urls.count > 0 && !self) {\n"),),
    ),
    # What the system is asked for, and when.
    Mistake(
        "a hit is sent at launch, too",
        "bg_fetch",
        "sent",
        swift=(
            (
                "        return true\n",
                '        self.tracker.gestures.add("fetch").sendDownload()\n        return true\n',
            ),
        ),
    ),
    Mistake(
        "the tag is let through where the visitor has opted out",
        "bg_task",
        "tag",
        swift=(
            (
                "        self.tracker.context.backgroundMode = .task\n",
                '        self.tracker.context.backgroundMode = .task\n        Privacy.extendIncludeBuffer("optOut", keys: ["bg"])\n',
            ),
        ),
    ),
    Mistake(
        "the app registers for pushes when the first one comes",
        "silent_push",
        "called",
        swift=(
            ("        application.registerForRemoteNotifications()\n", ""),
            (
                "        let isInBackground",
                "        application.registerForRemoteNotifications()\n        let isInBackground",
            ),
        ),
    ),
    Mistake(
        "the application is used off the main thread",
        "silent_push",
        "main",
        objc=(
            (
                "    [application registerForRemoteNotifications];",
                "    dispatch_async(dispatch_get_global_queue(0, 0), ^{ [application registerForRemoteNotifications]; });",
            ),
        ),
    ),
    Mistake(
        "a background task that a fetch begins is never ended",
        "bg_fetch",
        "task",
        swift=(
            (
                "        self.fetch { result in",
                '        _ = application.beginBackgroundTask(withName: "fetch")\n        self.fetch { result in',
            ),
        ),
    ),
    Mistake(
        "the background task is begun a block later",
        "scene_task",
        "task",
        swift=(
            (
                "MainActor.assumeIsolated { self.didEnterBackground() }",
                "DispatchQueue.main.async { self.didEnterBackground() }",
            ),
        ),
    ),
    Mistake(
        "one delegate of two trackers keeps each call",
        "app_fetch_task",
        "kept",
        swift=(
            (
                "    var window: UIWindow?\n",
                "    var window: UIWindow?\n    var calls: [BackgroundCall<UIBackgroundFetchResult>] = []\n",
            ),
            ("        self.fetch { result in", "        calls.append(call)\n        self.fetch { result in"),
        ),
    ),
    # Launched into the background, and with options.
    Mistake(
        "the app is set up where nothing else has launched it",
        "bg_fetch",
        "tag",
        swift=(("    ) -> Bool {\n", "    ) -> Bool {\n        guard launchOptions == nil else { return true }\n"),),
    ),
    Mistake(
        "the app is set up where a person launches it",
        "app_refresh",
        "registered",
        swift=(
            (
                "    ) -> Bool {\n",
                "    ) -> Bool {\n        guard application.applicationState != .background else { return true }\n",
            ),
        ),
        objc=(
            (
                "    self.tracker = [[ATInternet",
                "    if (application.applicationState == UIApplicationStateBackground) return YES;\n    self.tracker = [[ATInternet",
            ),
        ),
    ),
    Mistake(
        "the app is set up where a person launches it",
        "scene_task",
        "called",
        swift=(
            (
                "    ) -> Bool {\n",
                "    ) -> Bool {\n        guard application.applicationState != .background else { return true }\n",
            ),
        ),
    ),
    Mistake(
        "what a task that expires would tell is gone with its work",
        "app_refresh",
        "stopped",
        swift=(
            (
                "task.expirationHandler = { self.timeIsUp() }",
                "task.expirationHandler = { [weak self] in self?.timeIsUp() }",
            ),
        ),
        objc=(
            (
                "    task.expirationHandler = ^{\n        [call timeIsUp];",
                "    __weak BackgroundCall *weak = call;\n    task.expirationHandler = ^{\n        [weak timeIsUp];",
            ),
        ),
    ),
    Mistake(
        "no request is ever refused",
        "processing",
        "alive",
        swift=(
            ("        do {\n            try BGTaskScheduler", "        do {\n            try! BGTaskScheduler"),
            ("        } catch {\n", "        }\n        let error = 0\n        if error > 0 {\n"),
        ),
    ),
    Mistake(
        "a request that is refused ends the app",
        "app_refresh",
        "alive",
        objc=(('        NSLog(@"BGTaskScheduler: %@", error);\n', "        __builtin_trap();\n"),),
    ),
    # What else the system hands over.
    Mistake(
        "a push is taken for background where the app is on the screen, and not active",
        "silent_push",
        "sent",
        swift=(("application.applicationState == .background", "application.applicationState != .active"),),
        objc=(
            (
                "application.applicationState == UIApplicationStateBackground",
                "application.applicationState != UIApplicationStateActive",
            ),
        ),
    ),
    Mistake(
        "the work hears a part of the push",
        "silent_push",
        "result",
        swift=(("self.receive(userInfo)", 'self.receive(userInfo["aps"] as? [AnyHashable: Any] ?? [:])'),),
        objc=(("receive:userInfo", 'receive:userInfo[@"aps"]'),),
    ),
    Mistake(
        "a message's task is completed before it is read",
        "watch_refresh",
        "work",
        swift=(
            (
                "            case is WKURLSessionRefreshBackgroundTask,\n                is WKWatchConnectivityRefreshBackgroundTask:\n",
                "            case is WKURLSessionRefreshBackgroundTask:\n",
            ),
        ),
    ),
    Mistake(
        "a task that nobody needs is never completed",
        "watch_refresh",
        "once",
        objc=(
            (
                "        } else {\n            [task setTaskCompletedWithSnapshot:NO];\n        }\n    }\n}\n\n",
                "        }\n    }\n}\n\n",
            ),
        ),
    ),
    Mistake(
        "a snapshot is out of date at once",
        "watch_refresh",
        "result",
        swift=((".distantFuture", "Date()"),),
        objc=(("[NSDate distantFuture]", "[NSDate date]"),),
    ),
    Mistake(
        "what is to be told when time is up is kept, and with it the call",
        "processing",
        "kept",
        swift=(("        stop = nil\n", ""),),
        objc=(("    self.stop = nil;\n", ""),),
    ),
    Mistake(
        "the delegate keeps the last call",
        "bg_fetch",
        "kept",
        swift=(
            (
                "    var window: UIWindow?\n",
                "    var window: UIWindow?\n    var last: BackgroundCall<UIBackgroundFetchResult>?\n",
            ),
            ("        self.fetch { result in", "        last = call\n        self.fetch { result in"),
        ),
    ),
    Mistake(
        "nobody but the tracker holds its delegate",
        "bg_fetch",
        "prompt",
        swift=(
            (
                "    private lazy var deliveries = HitDeliveries(of: tracker)\n",
                "    private weak var deliveries: HitDeliveries?\n",
            ),
            (
                "        self.tracker.delegate = self.deliveries\n",
                (
                    "        let deliveries = HitDeliveries(of: tracker)\n"
                    "        self.deliveries = deliveries\n"
                    "        self.tracker.delegate = deliveries\n"
                ),
            ),
            ("self.deliveries.expectHit", "self.deliveries?.expectHit"),
        ),
        objc=(
            ("(nonatomic, strong) HitDeliveries *deliveries;", "(nonatomic, weak) HitDeliveries *deliveries;"),
            ("    self.deliveries =\n", "    HitDeliveries *deliveries =\n"),
            (
                "    self.tracker.delegate = self.deliveries;\n",
                "    self.deliveries = deliveries;\n    self.tracker.delegate = deliveries;\n",
            ),
        ),
    ),
    Mistake(
        "a refresh takes all requests back, and asks for its own again",
        "app_refresh_processing",
        "rescheduled",
        swift=(
            (
                "    private func scheduleNextRefresh() {\n",
                "    private func scheduleNextRefresh() {\n        BGTaskScheduler.shared.cancelAllTaskRequests()\n",
            ),
        ),
        objc=(
            (
                "- (void)scheduleNextRefresh {\n",
                "- (void)scheduleNextRefresh {\n    [[BGTaskScheduler sharedScheduler] cancelAllTaskRequests];\n",
            ),
        ),
    ),
    Mistake(
        "the notification is observed on a queue that is not the main one",
        "scene_task",
        "alive",
        swift=(("            queue: nil\n", "            queue: OperationQueue()\n"),),
    ),
    Mistake(
        "a warning of a setting is taken for the hit's end",
        "bg_fetch",
        "delivered",
        swift=(
            (
                '            message.hasSuffix("not sent")\n            || message.hasPrefix("Hit could not be saved")\n',
                "            !message.isEmpty\n",
            ),
        ),
    ),
)
ROWS = [(mistake, language) for mistake in MISTAKES for language in ("swift", "objc") if getattr(mistake, language)]


@pytest.mark.sample(24)
@pytest.mark.parametrize(("mistake", "language"), ROWS, ids=lambda each: getattr(each, "what", each))
def test_a_rule_objects(mistake: Mistake, language: str, shipped: list[Case], apps: list[App]) -> None:
    """It compiles, and some order of what happens breaks the rule."""
    compiler(language)
    case: Described
    [case] = [case for case in (*shipped, *apps) if case.name == mistake.case]
    if mistake.is_global:
        case = case._replace(tracker=None)
    platform = case.platforms[0]
    rendered = pipeline.render(case._replace(platforms=(platform,)), [language])
    files = {path.rpartition("/")[2]: file.text for path, file in rendered.items()}
    for old, new in getattr(mistake, language):
        [name] = [name for name, text in files.items() if old in text]
        assert files[name].count(old) == 1
        files[name] = files[name].replace(old, new)
    row = judge(case, platform, language, files)
    assert row.not_run == ""
    assert [each.counterexample and each.counterexample.invariant for each in row.findings] == [mistake.rule]


@pytest.mark.sample(2)
@pytest.mark.parametrize("method", ["buildDidEnd:message:", "sendDidEnd:message:", "saveDidEnd:", "warningDidOccur:"])
def test_the_delegate_that_a_tracker_had_is_asked_what_it_hears(method: str, shipped: list[Case]) -> None:
    """Every method is optional: an Objective-C app that calls one which is not there ends."""
    compiler("objc")
    [case] = [case for case in shipped if case.name == "bg_fetch_global"]
    case = case._replace(platforms=case.platforms[:1], finish=case.finish._replace(when=When.SENT, within=20))
    texts = {
        name: {path.rpartition("/")[2]: file.text for path, file in pipeline.render(case, [name]).items()}
        for name in ("objc", REFERENCE)
    }
    asks = f"if ([self.other respondsToSelector:@selector({method})]) {{"
    [file] = [file for file, text in texts["objc"].items() if asks in text]
    texts["objc"][file] = texts["objc"][file].replace(asks, "if (self.other) {")
    row, _ = prove(case, case.platforms[0], texts)
    assert any('"event":"crash"' in finding.text for finding in row.findings)


class Common(NamedTuple):
    """A mistake that is alike in all languages, as Python has it: no other trace tells.

    `is_global`: the hit of the app's global tracker is waited for.
    """

    what: str
    case: str
    rule: str
    old: str
    new: str
    more: tuple[Change, ...] = ()
    is_global: bool = False


def _delivering(what: str, rule: str, body: str, before: str = "") -> Common:
    """A mistake in the delegate of the global tracker, of which the reference has the right one."""
    deliveries = f"{before}class Deliveries(at.HitDeliveries):\n{body}class AppDelegate"
    more = (("class AppDelegate", deliveries),)
    return Common(what, "bg_fetch", rule, "at.HitDeliveries(", "Deliveries(", more, is_global=True)


def _passing_on(what: str, method: str) -> Common:
    """A mistake in what is passed on to the delegate that the global tracker had before."""
    former = (
        "class Former:\n"
        "    def __init__(self, other):\n"
        "        self.other = other\n"
        "    def __getattr__(self, name):\n"
        "        return getattr(self.other, name)\n"
        f"    def {method}\n"
    )
    body = (
        "    def __init__(self, tracker):\n"
        "        super().__init__(tracker)\n"
        "        self._other = Former(self._other)\n"
    )
    return _delivering(what, "passed_on", body, former)


_LATE = (
    "class Late(at.BackgroundCall):\n"
    "    def when_time_is_up(self, stop):\n"
    "        main = self._world.main\n"
    "        super().when_time_is_up(lambda: main.run(stop))\n"
)
COMMON = (
    # What the delegate that was there before hears.
    _passing_on(
        "a failure is passed on as a success",
        "send_did_end(self, _, message): self.other.send_did_end(at.HitStatus.SUCCESS, message)",
    ),
    _passing_on("a build is not passed on", "build_did_end(self, status, message): pass"),
    _passing_on(
        "what is stored is passed on as a warning",
        "save_did_end(self, message): self.other.warning_did_occur(message)",
    ),
    _passing_on(
        "an error is passed on with another text",
        "error_did_occur(self, message): self.other.error_did_occur(message[:20])",
    ),
    _passing_on(
        "a warning is passed on twice",
        "warning_did_occur(self, message): [self.other.warning_did_occur(message) for _ in range(2)]",
    ),
    Common(
        "a fetch whose work has failed sends no hit",
        "bg_fetch",
        "delivered",
        "            def tag() -> None:",
        "            if result is at.FetchResult.FAILED:\n"
        "                self.device.main.run(call.end)\n"
        "                return\n"
        "            def tag() -> None:",
    ),
    Common(
        "a fetch whose work has failed is said to have brought something",
        "bg_fetch_global",
        "result",
        "work_is_done(result, tag)",
        "work_is_done(result if result is at.FetchResult.NO_DATA else at.FetchResult.NEW_DATA, tag)",
    ),
    Common(
        "a push in the foreground whose work has failed is never completed",
        "silent_push",
        "prompt",
        "                if not is_in_background:\n                    call.end()",
        "                if not is_in_background:\n"
        "                    if result is not at.FetchResult.FAILED:\n"
        "                        call.end()",
    ),
    Common(
        "an app that a push has launched is taken for one in the background for ever",
        "silent_push_global",
        "sent",
        "        is_in_background = self.device.application.in_background",
        "        self.noted = getattr(self, 'noted', self.device.application.in_background)\n"
        "        is_in_background = self.noted or self.device.application.in_background",
    ),
    Common(
        "a push whose hit is under way has the next one completed without its own",
        "silent_push",
        "delivered",
        "                self.tracker.gestures",
        "                if getattr(self, 'is_busy', False):\n"
        "                    call.end()\n"
        "                    return\n"
        "                self.is_busy = True\n"
        "                self.tracker.gestures",
        (
            (
                "                    call.end()\n\n",
                "                    self.is_busy = False\n                    call.end()\n\n",
            ),
        ),
    ),
    *(
        Common(
            f"a third {noun} is refused, though the time of the two before is up",
            case,
            rule,
            "        call = at.BackgroundCall",
            "        self.open += 1\n"
            "        if self.open > 2:\n"
            f"            {refuse}\n"
            "            return\n"
            "        call = at.BackgroundCall",
            (
                ("        self.device = device\n", "        self.device = device\n        self.open = 0\n"),
                (
                    "                    call.end()",
                    "                    call.end()\n                    self.open -= 1",
                ),
            ),
        )
        for noun, case, rule, refuse in (
            ("fetch", "bg_fetch_global", "result", "completion_handler(at.FetchResult.NO_DATA)"),
            ("push", "silent_push_global", "result", "completion_handler(at.FetchResult.NO_DATA)"),
            ("refresh", "watch_refresh_global", "delivered", "task.set_completed()"),
        )
    ),
    Common(
        "a push that shows something, too, sends no hit",
        "silent_push",
        "delivered",
        "                self.tracker.gestures",
        "                if 'alert' in user_info['aps']:\n"
        "                    call.end()\n"
        "                    return\n"
        "                self.tracker.gestures",
    ),
    *(
        Common(
            f"no hit is sent where a person has opened the app while the work of a {noun} goes on",
            case,
            "delivered",
            f"                {tracker}.gestures",
            "                if not self.device.application.in_background:\n"
            "                    call.end()\n"
            "                    return\n"
            f"                {tracker}.gestures",
        )
        for noun, case, tracker in (
            ("fetch", "bg_fetch", "self.tracker"),
            ("task of BackgroundTasks", "own_refresh", "self.tracker"),
            ("watch's refresh", "watch_refresh", "self.tracker"),
        )
    ),
    Common(
        "a refresh takes all requests back, and asks for its own again",
        "app_refresh_processing",
        "rescheduled",
        "        self.schedule_next_refresh()\n        call",
        "        self.device.task_scheduler.cancel_all()\n        self.schedule_next_refresh()\n        call",
    ),
    Common(
        "a task of BackgroundTasks is called by its case",
        "processing",
        "permitted",
        "'org.example.tidy'",
        "'processing'",
    ),
    Common("a background task has no name", "bg_task_global", "task", "'bg_task_global'", "''"),
    Common(
        "work is told that time is up, a block after control has gone back",
        "processing",
        "stopped",
        "        call = at.BackgroundCall.scheduled(self.device, task)\n",
        "        call = at.BackgroundCall.scheduled(self.device, task)\n        call.__class__ = Late\n",
        (("class AppDelegate", f"{_LATE}class AppDelegate"),),
    ),
    _delivering(
        "a hit that is lost is waited for when the next one is built",
        "prompt",
        "    def _go_on(self, index, built):\n        self._current = None\n        super()._go_on(index, built)\n",
    ),
    Common("seconds are taken for minutes", "app_refresh", "rescheduled", "earliest=15 * 60", "earliest=15"),
    Common(
        "the tracker is made with the delegate",
        "bg_fetch",
        "registered",
        "        self.device = device\n",
        "        self.device = device\n"
        "        configuration = {'site': '123456', 'log': 'logp', 'logSSL': 'logs', 'storage': 'required'}\n"
        "        device.at_internet.tracker('bgFetchTracker', configuration)\n",
    ),
    Common(
        "the global tracker is made with the delegate",
        "scene_fetch_global",
        "registered",
        "        self.device = device\n",
        "        self.device = device\n        self.deliveries = at.HitDeliveries(device.at_internet.default_tracker)\n",
    ),
    Common(
        "the delegate's slot is taken at each call",
        "scene_task",
        "registered",
        "        call = at.BackgroundCall",
        "        self.tracker.delegate = self.deliveries\n        call = at.BackgroundCall",
    ),
    Common("a hit is known by its name alone", "bg_task", "task", "{\"p\": 'task', 'click': 'T'}", "{'p': 'task'}"),
    Common(
        "a hit is known by its action alone", "scene_task", "task", "{\"p\": 'task', 'click': 'T'}", "{'click': 'T'}"
    ),
    Common(
        "a gesture of its name is taken for a screen",
        "scene_fetch_screen",
        "delivered",
        "{\"p\": 'background::fetch', 'type': ''}",
        "{'p': 'background::fetch'}",
    ),
    Common(
        "a push that comes in the foreground is completed when its time is up",
        "silent_push",
        "prompt",
        "                if not is_in_background:\n                    call.end()\n                    return",
        "                if not is_in_background:\n                    return",
    ),
    Common(
        "fetches are switched on a minute after the launch",
        "bg_fetch_global",
        "called",
        "        self.device.application.set_minimum_background_fetch_interval"
        "(at.Application.BACKGROUND_FETCH_INTERVAL_MINIMUM)",
        "        self.device.main.after(60, lambda: self.device.application.set_minimum_background_fetch_interval(0))",
    ),
    Common(
        "the delegate's slot is taken a block after the launch",
        "bg_task",
        "registered",
        "        self.tracker.delegate = self.deliveries",
        "        self.device.main.run(lambda: setattr(self.tracker, 'delegate', self.deliveries))",
    ),
    Common(
        "a snapshot is asked for that nobody needs",
        "watch_refresh",
        "result",
        "            else:\n                task.set_completed()",
        "            else:\n                task.set_completed(snapshot=True)",
    ),
    Common("the next refresh is asked for at once", "watch_refresh", "rescheduled", "refresh(15 * 60)", "refresh(0)"),
    Common(
        "a refresh task is asked for beside the app's own",
        "own_refresh",
        "permitted",
        "        call = at.BackgroundCall",
        "        self.device.task_scheduler.submit(at.BGAppRefreshTaskRequest('own_refresh', earliest=15 * 60))\n"
        "        call = at.BackgroundCall",
    ),
    Common(
        "one task is asked for only where the other was taken",
        "app_refresh_processing",
        "rescheduled",
        "        request = at.BGProcessingTaskRequest(",
        "        try:\n"
        "            self.device.task_scheduler.submit(at.BGAppRefreshTaskRequest('app_refresh', earliest=15 * 60))\n"
        "        except at.SubmitError:\n"
        "            return\n"
        "        request = at.BGProcessingTaskRequest(",
    ),
    Common(
        "an activity is not begun once a refresh has come",
        "app_watch",
        "called",
        "        call = at.BackgroundCall.activity",
        "        if self.refreshed:\n            return\n        call = at.BackgroundCall.activity",
        (
            ("        self.device = device\n", "        self.device = device\n        self.refreshed = False\n"),
            (
                "        call = at.BackgroundCall.refresh",
                "        self.refreshed = True\n        call = at.BackgroundCall.refresh",
            ),
        ),
    ),
    Common(
        "a third task that comes is refused, though the two before have expired",
        "processing_global",
        "delivered",
        "        call = at.BackgroundCall",
        "        self.open += 1\n"
        "        if self.open > 2:\n"
        "            task.set_completed(success=False)\n"
        "            return\n"
        "        call = at.BackgroundCall",
        (
            ("        self.device = device\n", "        self.device = device\n        self.open = 0\n"),
            ("                    call.end()", "                    call.end()\n                    self.open -= 1"),
        ),
    ),
    Common(
        "a third activity is refused, though the two before have expired",
        "watch_activity",
        "called",
        "        call = at.BackgroundCall",
        "        self.open += 1\n        if self.open > 2:\n            return\n        call = at.BackgroundCall",
        (
            ("        self.device = device\n", "        self.device = device\n        self.open = 0\n"),
            ("                    call.end()", "                    call.end()\n                    self.open -= 1"),
        ),
    ),
    Common(
        "a refresh is given up while another task is under way",
        "app_refresh_processing",
        "delivered",
        "        self.schedule_next_refresh()\n        call",
        "        self.schedule_next_refresh()\n"
        "        if len(self.device.task_scheduler.running) > 1:\n"
        "            task.set_completed(success=False)\n"
        "            return\n"
        "        call",
    ),
    Common(
        "a gesture of its name is taken for an event",
        "scene_task_event",
        "task",
        "{\"p\": '', 'col': '2', 'type': ''}",
        "{'p': 'task.done'}",
    ),
    Common(
        "no more than two hits are sent",
        "silent_push",
        "delivered",
        "                self.tracker.gestures",
        "                self.sent = getattr(self, 'sent', 0) + 1\n"
        "                if self.sent > 2:\n"
        "                    call.end()\n"
        "                    return\n"
        "                self.tracker.gestures",
    ),
    Common(
        "no more than three hits are sent",
        "scene_task_global",
        "delivered",
        "                tracker.gestures",
        "                self.sent = getattr(self, 'sent', 0) + 1\n"
        "                if self.sent < 4:\n"
        "                    tracker.gestures",
    ),
    Common(
        "a push in the foreground is completed before its work",
        "silent_push",
        "delivered",
        "        self.receive_push(user_info, done)",
        "        if not is_in_background:\n            call.end()\n        self.receive_push(user_info, done)",
    ),
    Common(
        "each refresh asks for the next processing task, too",
        "app_refresh_processing",
        "rescheduled",
        "        self.schedule_next_refresh()\n        call",
        "        self.schedule_next_refresh()\n        self.schedule_next_processing()\n        call",
    ),
    Common(
        "the next refresh is asked for each time that the person leaves the app",
        "app_watch",
        "rescheduled",
        "        call = at.BackgroundCall.activity",
        "        self.schedule_next()\n        call = at.BackgroundCall.activity",
    ),
    Common(
        "a hit that nobody told of, since other code had the slot, is waited for in the next one's place",
        "bg_fetch",
        "prompt",
        "at.HitDeliveries(",
        "Patient(",
        (
            (
                "class AppDelegate:",
                (
                    "class Patient(at.HitDeliveries):\n"
                    "    def expect_hit(self, query, seconds, done):\n"
                    "        super().expect_hit(query, seconds, done)\n"
                    "        hit = self._expected[-1]\n"
                    "        hit.deadline.cancel()\n"
                    "        hit.deadline = self._world.main.after(seconds, hit.finish)\n\n\n"
                    "class AppDelegate:"
                ),
            ),
        ),
    ),
    Common(
        "a processing task asks for the next one only where the refresh before was good",
        "app_refresh_processing",
        "rescheduled",
        "        self.schedule_next_processing()\n        call",
        "        if not getattr(self, 'has_failed', False):\n            self.schedule_next_processing()\n        call",
        (
            (
                "            call.work_is_done(result, tag)\n\n        self.device.background.run(lambda: self.work_for_refresh",
                (
                    "            self.has_failed = not result\n"
                    "            call.work_is_done(result, tag)\n\n"
                    "        self.device.background.run(lambda: self.work_for_refresh"
                ),
            ),
        ),
    ),
    Common(
        "no task is begun where the fetch before has failed",
        "app_fetch_task",
        "called",
        "            call.work_is_done(result, tag)",
        "            self.has_failed = result is at.FetchResult.FAILED\n            call.work_is_done(result, tag)",
        (
            (
                "        call = at.BackgroundCall.task",
                (
                    "        if getattr(self, 'has_failed', False):\n"
                    "            return\n"
                    "        call = at.BackgroundCall.task"
                ),
            ),
        ),
    ),
    *(
        Common(
            f"no hit of a {noun} is sent when the app has run for a day",
            case,
            "delivered",
            "            def tag() -> None:\n",
            "            def tag() -> None:\n"
            "                if self.device.clock > 12 * 60 * 60:\n"
            "                    call.end()\n"
            "                    return\n",
        )
        for noun, case in (("fetch", "bg_fetch"), ("watch's refresh", "watch_refresh"), ("task", "scene_task"))
    ),
    Common(
        "each run is asked for later than the one before",
        "app_refresh",
        "rescheduled",
        "        request = at.BGAppRefreshTaskRequest('app_refresh', earliest=15 * 60)",
        "        self.asked = getattr(self, 'asked', 0) + 1\n"
        "        request = at.BGAppRefreshTaskRequest('app_refresh', earliest=15 * 60 * 2 ** (self.asked - 1))",
    ),
)


@pytest.mark.sample(8)
@pytest.mark.parametrize("mistake", COMMON, ids=lambda each: each.what)
def test_a_rule_objects_to_all_languages_at_once(mistake: Common, shipped: list[Case], apps: list[App]) -> None:
    """The reference alone breaks the rule, and no other, in the first scenario that shows it; nightly in all."""
    case: Described
    [case] = [case for case in (*shipped, *apps) if case.name == mistake.case]
    if mistake.is_global:
        case = case._replace(tracker=None)
    platform = case.platforms[0]
    [(path, file)] = pipeline.render(case._replace(platforms=(platform,)), [REFERENCE]).items()
    text = file.text
    for old, new in ((mistake.old, mistake.new), *mistake.more):
        assert old in text
        text = text.replace(old, new)
    proof = Proof(case, platform, {REFERENCE: {path: text}})
    # The scenarios with the fewest orders come last.
    found = (task().findings[REFERENCE] for task in reversed(proof.tasks))
    broken = (
        {each.counterexample and each.counterexample.invariant for each in findings} for findings in found if findings
    )
    assert {rule for rules in (broken if ALL else islice(broken, 1)) for rule in rules} == {mistake.rule}


_KEEP = 'self.device.at_internet.privacy.extend_include_buffer("exempt", ["bg"])\n'


@pytest.mark.parametrize(
    ("place", "rules"),
    [
        ("        call = at.BackgroundCall", set()),
        ("                self.tracker.gestures", set()),
        ("                    call.end()\n\n", {"tag"}),
    ],
)
def test_the_tag_may_be_let_through_until_the_first_hit_is_sent(
    place: str, rules: set[str], shipped: list[Case]
) -> None:
    """At the launch or in a call, and not when it has been sent."""
    [case] = [case for case in shipped if case.name == "bg_fetch"]
    case = case._replace(keep_tag_in=(VisitorMode.EXEMPT,))
    platform = case.platforms[0]
    [(path, file)] = pipeline.render(case._replace(platforms=(platform,)), [REFERENCE]).items()
    indent = " " * (len(place) - len(place.lstrip()))
    text = file.text.replace(f"        {_KEEP}", "").replace(place, f"{indent}{_KEEP}{place}")
    [row] = prove(case, platform, {REFERENCE: {path: text}})
    assert {each.counterexample and each.counterexample.invariant for each in row.findings} == rules


PASSED_ON = (
    ("silent_push_global", "swift", "sendDidEnd", "        other?.sendDidEnd?(status, message: message)\n", ""),
    ("silent_push_global", "swift", "saveDidEnd", "        other?.saveDidEnd?(message)\n", ""),
    (
        "silent_push_global",
        "swift",
        "",
        "nonisolated(unsafe) private let other",
        "nonisolated(unsafe) private weak var other",
    ),
    ("silent_push_global", "objc", "sendDidEnd", "        [self.other sendDidEnd:status message:message];\n", ""),
    ("silent_push_global", "objc", "saveDidEnd", "        [self.other saveDidEnd:message];\n", ""),
    (
        "silent_push_global",
        "objc",
        "",
        "(nonatomic, strong, nullable) id other;",
        "(nonatomic, weak, nullable) id other;",
    ),
    ("old_sdk_fetch_global", "objc", "saveDidEnd", "        [self.other saveDidEnd:message];\n", ""),
    ("old_sdk_fetch_global", "objc", "didCallPartner", "        [self.other didCallPartner:response];\n", ""),
)


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("name", "language", "method", "passed_on", "instead"), PASSED_ON, ids=["-".join(row[:3]) for row in PASSED_ON]
)
def test_the_delegate_that_a_tracker_had_hears_all(
    name: str, language: str, method: str, passed_on: str, instead: str, shipped: list[Case]
) -> None:
    """Where something is not passed on to it, or it is not held, the trace is another than the reference's."""
    compiler(language)
    [case] = [case for case in shipped if case.name == name]
    platform = case.platforms[0]
    case = case._replace(platforms=(platform,), finish=case.finish._replace(when=When.SENT, within=20))
    texts = {
        name: {path.rpartition("/")[2]: file.text for path, file in pipeline.render(case, [name]).items()}
        for name in (language, REFERENCE)
    }
    [file] = [file for file, text in texts[language].items() if passed_on in text]
    texts[language][file] = texts[language][file].replace(passed_on, instead)
    row, _ = prove(case, platform, texts)
    assert row.findings
    heard = f'"event":"heard","tracker":"defaultTracker","method":"{method}'
    assert all(heard in finding.text for finding in row.findings)
