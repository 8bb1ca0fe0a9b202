"""One row for each platform, scheduler, life cycle, kind of entry and kind of hit, with all that depends on it.

Whoever asks indexes a row, and no fact has a default: a new member of an enumeration is a new row here, and a fact that
is forgotten is a type error, a row that is forgotten fails a test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from atgen.case.model import Action, EntryKind, EntryPoint, Framework, HitKind, Lifecycle, Mode, Platform, Scheduler

if TYPE_CHECKING:
    from atgen.case.model import Case


class Api(NamedTuple):
    """A piece of Apple's API, and the systems that have it (Apple's documentation pages of these names)."""

    name: str
    since: dict[Platform, str]


class Wait(NamedTuple):
    """How many seconds a case may wait for its hit, and why no longer."""

    most: int
    reason: str


class PlatformFacts(NamedTuple):
    """What depends on the platform; `concurrency` is the oldest system that Xcode 26 builds Swift concurrency for."""

    title: str
    framework: Framework
    concurrency: str
    wait: Wait


class SchedulerFacts(NamedTuple):
    """What depends on the scheduler: the class of its requests, which name a task by the case's identifier."""

    request: str | None


class LifecycleFacts(NamedTuple):
    """What depends on the life cycle: the API that it is of, and whether Info.plist has a scene manifest.

    `system` is the vocabulary of a delegate of UIKit's, `entry` what a spec means that does not say where the app starts.
    """

    api: Api | None
    system: str
    scene_manifest: bool
    entry: EntryPoint


class HitFacts(NamedTuple):
    """What depends on the kind of hit: the tracker's collection that makes it, the plan's step that sends it, and its actions.

    With each action stands what the hit's URL says beside `p`; where it says nothing under a key that others have, that is empty.
    """

    collection: str
    step: str
    queries: dict[str, tuple[tuple[str, str], ...]]


class BackgroundMode(NamedTuple):
    """A value of Info.plist's UIBackgroundModes, and what Xcode calls it (Apple, UIBackgroundModes)."""

    value: str
    title: str


class EntryFacts(NamedTuple):
    """What depends on how the system calls the app in the background, and how the app gives control back.

    `framework`, `scheduler`, `mode` and `lifecycles` are the choices that lead to it. `entitlement` is a key of the app's
    entitlements, `absent` are keys that Info.plist must not have. `noun` tells the case's own things from another's in
    one app. `begins` and `returns` are events of a trace; `method` is the delegate's that is called, if it is one of the
    delegate's own, `asks` the kind of request that a call needs, `work` the kind of the app's own work. `most` are the seconds
    that the system waits, `deadline` those after which control goes back whatever the work does; where there is none the
    system tells when time is up. With `off_main` the work is not the main thread's, with `at_launch` the launch prepares
    the entry, and not only a tracker.
    """

    framework: Framework
    scheduler: Scheduler
    mode: Mode
    lifecycles: tuple[Lifecycle, ...]
    api: Api
    background_mode: BackgroundMode | None
    entitlement: str | None
    absent: tuple[str, ...]
    noun: str
    begins: str
    returns: str
    method: str | None
    asks: str | None
    work: str
    most: int | None
    deadline: int | None
    off_main: bool
    at_launch: bool


_PHONE = Wait(25, "the system waits 30 s for a fetch and its hit")
PLATFORMS = {
    Platform.IOS: PlatformFacts("iOS", Framework.UIKIT, concurrency="13.0", wait=_PHONE),
    Platform.TVOS: PlatformFacts("tvOS", Framework.UIKIT, concurrency="13.0", wait=_PHONE),
    Platform.WATCHOS: PlatformFacts(
        "watchOS",
        Framework.WATCHKIT,
        concurrency="6.0",
        # 15 s of wall time for a refresh; this leaves some for its work (crash reports of 0xc51bad02 say so).
        wait=Wait(10, "a watch app is killed when it takes 15 s (watchdog, 0xc51bad02)"),
    ),
}
SCHEDULERS = {
    Scheduler.CLASSIC: SchedulerFacts(request=None),
    # Apple, BGAppRefreshTaskRequest, BGProcessingTaskRequest.
    Scheduler.APP_REFRESH: SchedulerFacts(request="BGAppRefreshTaskRequest"),
    # The app asks for its task itself, under a name that it knows.
    Scheduler.OWN_REFRESH: SchedulerFacts(request=None),
    Scheduler.PROCESSING: SchedulerFacts(request="BGProcessingTaskRequest"),
    Scheduler.REMOTE_NOTIFICATION: SchedulerFacts(request=None),
}
LIFECYCLES = {
    Lifecycle.APP: LifecycleFacts(api=None, system="uikit", scene_manifest=False, entry=EntryPoint.MAIN),
    Lifecycle.SCENE: LifecycleFacts(
        api=Api("UIScene", {Platform.IOS: "13.0", Platform.TVOS: "13.0"}),
        system="uikit",
        scene_manifest=True,
        entry=EntryPoint.MAIN,
    ),
    # SwiftUI makes the scenes, and calls the delegate's methods but for those of which scenes hear (Apple,
    # UIApplicationDelegateAdaptor, "Migrating to the SwiftUI life cycle").
    Lifecycle.SWIFTUI: LifecycleFacts(
        api=Api("SwiftUI.App", {Platform.IOS: "14.0", Platform.TVOS: "14.0", Platform.WATCHOS: "7.0"}),
        system="swiftui",
        scene_manifest=False,
        entry=EntryPoint.NONE,
    ),
}
HITS = {
    # Sources/Gesture.swift 2.23.10
    HitKind.GESTURE: HitFacts(
        collection="gestures",
        step="send_hit",
        queries={
            Action.TOUCH.value: (("click", "A"),),
            Action.NAVIGATION.value: (("click", "N"),),
            Action.DOWNLOAD.value: (("click", "T"),),
            Action.EXIT.value: (("click", "S"),),
            Action.SEARCH.value: (("click", "IS"),),
        },
    ),
    # Sources/Screen.swift 2.23.10: `p` alone, while a gesture of that name has a type.
    HitKind.SCREEN: HitFacts(collection="screens", step="send_hit", queries={"view": (("type", ""),)}),
    # Sources/Event.swift 2.23.10: `events` is JSON in no order of keys, so that it can be compared with nothing.
    HitKind.EVENT: HitFacts(collection="events", step="send_event", queries={"event": (("col", "2"), ("type", ""))}),
}
# The key that names the tasks of BackgroundTasks.
PERMITTED = "BGTaskSchedulerPermittedIdentifiers"
# Before it there is WKExtensionDelegate, which has the same methods (Apple, WKApplicationDelegate).
WATCH_DELEGATE = Api("WKApplicationDelegate", {Platform.WATCHOS: "7.0"})
# It takes the place of `submit`, which is deprecated from then on (BGTaskScheduler.h of Xcode 27.2's SDKs).
SUBMIT_TASK_REQUEST = Api("submitTaskRequest", {Platform.IOS: "27.0", Platform.TVOS: "27.0"})
_BACKGROUND_TASK = Api("beginBackgroundTask", {Platform.IOS: "7.0", Platform.TVOS: "9.0"})
_BACKGROUND_TASKS = Api("BGTaskScheduler", {Platform.IOS: "13.0", Platform.TVOS: "13.0"})
_FETCH_MODE = BackgroundMode("fetch", "Background fetch")
_PROCESSING_MODE = BackgroundMode("processing", "Background processing")
ENTRIES = {
    EntryKind.FETCH: EntryFacts(
        Framework.UIKIT,
        Scheduler.CLASSIC,
        Mode.FETCH,
        (Lifecycle.APP, Lifecycle.SCENE, Lifecycle.SWIFTUI),
        api=Api("performFetchWithCompletionHandler", {Platform.IOS: "7.0", Platform.TVOS: "11.0"}),
        background_mode=_FETCH_MODE,
        entitlement=None,
        # Its presence switches classic fetch off (Apple, application(_:performFetchWithCompletionHandler:)).
        absent=(PERMITTED,),
        noun="fetch",
        begins="fetch",
        returns="complete",
        method="perform_fetch",
        asks=None,
        work="fetch",
        most=30,
        deadline=25,
        off_main=False,
        at_launch=True,
    ),
    EntryKind.BACKGROUND: EntryFacts(
        Framework.UIKIT,
        Scheduler.CLASSIC,
        Mode.TASK,
        (Lifecycle.APP,),
        api=_BACKGROUND_TASK,
        background_mode=None,
        entitlement=None,
        absent=(),
        noun="task",
        begins="background",
        returns="end",
        method="did_enter_background",
        asks=None,
        work="task",
        most=None,
        deadline=None,
        off_main=True,
        at_launch=False,
    ),
    EntryKind.SCENE: EntryFacts(
        Framework.UIKIT,
        Scheduler.CLASSIC,
        Mode.TASK,
        (Lifecycle.SCENE, Lifecycle.SWIFTUI),
        api=_BACKGROUND_TASK,
        background_mode=None,
        entitlement=None,
        absent=(),
        noun="task",
        begins="background",
        returns="end",
        method=None,
        asks=None,
        work="task",
        most=None,
        deadline=None,
        off_main=True,
        at_launch=True,
    ),
    # Apple, BGTask: its expiration says when time is up; how long it is, nobody promises.
    EntryKind.APP_REFRESH: EntryFacts(
        Framework.UIKIT,
        Scheduler.APP_REFRESH,
        Mode.FETCH,
        (Lifecycle.APP, Lifecycle.SCENE, Lifecycle.SWIFTUI),
        api=_BACKGROUND_TASKS,
        background_mode=_FETCH_MODE,
        entitlement=None,
        absent=(),
        noun="refresh",
        begins="run",
        returns="complete",
        method=None,
        asks="app_refresh",
        work="scheduled",
        most=None,
        deadline=None,
        off_main=True,
        at_launch=True,
    ),
    # One refresh task may be scheduled (BGTaskScheduler.h): an app that has one hands it over.
    EntryKind.OWN_REFRESH: EntryFacts(
        Framework.UIKIT,
        Scheduler.OWN_REFRESH,
        Mode.FETCH,
        (Lifecycle.APP, Lifecycle.SCENE, Lifecycle.SWIFTUI),
        api=_BACKGROUND_TASKS,
        background_mode=_FETCH_MODE,
        entitlement=None,
        absent=(),
        noun="refresh",
        begins="run",
        returns="complete",
        method=None,
        asks=None,
        work="scheduled",
        most=None,
        deadline=None,
        off_main=True,
        at_launch=False,
    ),
    EntryKind.PROCESSING: EntryFacts(
        Framework.UIKIT,
        Scheduler.PROCESSING,
        Mode.TASK,
        (Lifecycle.APP, Lifecycle.SCENE, Lifecycle.SWIFTUI),
        api=_BACKGROUND_TASKS,
        background_mode=_PROCESSING_MODE,
        entitlement=None,
        absent=(),
        noun="processing",
        begins="run",
        returns="complete",
        method=None,
        asks="processing",
        work="scheduled",
        most=None,
        deadline=None,
        off_main=True,
        at_launch=True,
    ),
    # It has the shape of a fetch, and its 30 s (Apple, application(_:didReceiveRemoteNotification:fetchCompletionHandler:)).
    EntryKind.PUSH: EntryFacts(
        Framework.UIKIT,
        Scheduler.REMOTE_NOTIFICATION,
        Mode.FETCH,
        (Lifecycle.APP, Lifecycle.SCENE, Lifecycle.SWIFTUI),
        api=Api("didReceiveRemoteNotification", {Platform.IOS: "7.0", Platform.TVOS: "9.0"}),
        background_mode=BackgroundMode("remote-notification", "Remote notifications"),
        entitlement="aps-environment",
        absent=(),
        noun="push",
        begins="push",
        returns="complete",
        method="receive_notification",
        asks=None,
        work="push",
        most=30,
        deadline=25,
        off_main=False,
        at_launch=True,
    ),
    EntryKind.REFRESH: EntryFacts(
        Framework.WATCHKIT,
        Scheduler.CLASSIC,
        Mode.FETCH,
        (Lifecycle.APP, Lifecycle.SWIFTUI),
        api=Api("WKApplicationRefreshBackgroundTask", {Platform.WATCHOS: "3.0"}),
        background_mode=None,
        entitlement=None,
        absent=(),
        noun="refresh",
        begins="run",
        returns="complete",
        method="handle",
        asks="refresh",
        work="refresh",
        most=15,
        deadline=10,
        off_main=False,
        at_launch=True,
    ),
    EntryKind.ACTIVITY: EntryFacts(
        Framework.WATCHKIT,
        Scheduler.CLASSIC,
        Mode.TASK,
        (Lifecycle.APP, Lifecycle.SWIFTUI),
        api=Api("performExpiringActivity", {Platform.WATCHOS: "2.0"}),
        background_mode=None,
        entitlement=None,
        absent=(),
        noun="task",
        begins="background",
        returns="end",
        method="did_enter_background",
        asks=None,
        work="task",
        most=None,
        deadline=None,
        off_main=True,
        at_launch=False,
    ),
}


def entry_kind(case: Case, platform: Platform) -> EntryKind:
    """How the system calls the app for a case on one of its platforms."""
    taken = PLATFORMS[platform].framework, case.scheduler, case.mode
    for kind, row in ENTRIES.items():
        if taken == (row.framework, row.scheduler, row.mode) and case.lifecycle in row.lifecycles:
            return kind
    words = (platform, case.scheduler, case.mode, case.lifecycle)
    raise LookupError(f"axes.ENTRIES has no row for {', '.join(word.value for word in words)}")
