"""What a case asks of an app and its systems: derived from the case, never written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from atgen.case.model import Lifecycle, Mode, Platform, Scheduler

if TYPE_CHECKING:
    from atgen.case.model import Case

# The oldest system of each platform that Xcode 26 builds Swift concurrency for (`@MainActor`; Swift 5.5's back-deployment).
_CONCURRENCY = {Platform.IOS: "13.0", Platform.TVOS: "13.0", Platform.WATCHOS: "6.0"}


# Before it there is WKExtensionDelegate, which has the same methods (Apple, WKApplicationDelegate).
WATCH_APPLICATION = "7.0"


class Api(NamedTuple):
    """A piece of Apple's API, and the systems that have it (Apple's documentation pages of these names)."""

    name: str
    since: dict[Platform, str]


FETCH = Api("performFetchWithCompletionHandler", {Platform.IOS: "7.0", Platform.TVOS: "11.0"})
TASK = Api("beginBackgroundTask", {Platform.IOS: "7.0", Platform.TVOS: "9.0"})
SCENES = Api("UIScene", {Platform.IOS: "13.0", Platform.TVOS: "13.0"})
BACKGROUND_TASKS = Api("BGTaskScheduler", {Platform.IOS: "13.0", Platform.TVOS: "13.0"})
REFRESH = Api("WKApplicationRefreshBackgroundTask", {Platform.WATCHOS: "3.0"})
WATCH_DELEGATE = Api("WKApplicationDelegate", {Platform.WATCHOS: WATCH_APPLICATION})
ACTIVITY = Api("performExpiringActivity", {Platform.WATCHOS: "2.0"})


class Requirements(NamedTuple):
    """What an app must have on one platform.

    Keys of Info.plist with their values, keys that it must not have, Xcode's capabilities, and the oldest system.
    """

    info_plist: dict[str, Any]
    absent: tuple[str, ...]
    capabilities: tuple[str, ...]
    minimum: str


def requirements(case: Case, platform: Platform, module: str = "$(PRODUCT_MODULE_NAME).") -> Requirements:
    """The requirements of a case on a platform; `module` stands before a class's name in Info.plist."""
    plist: dict[str, Any] = {}
    absent: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    if platform is not Platform.WATCHOS:
        mode = {Scheduler.PROCESSING: "processing"}.get(case.scheduler, "fetch")
        if case.scheduler is not Scheduler.CLASSIC:
            plist["BGTaskSchedulerPermittedIdentifiers"] = [case.identifier]
        elif case.mode is Mode.FETCH:
            # Its presence switches classic fetch off (Apple, application(_:performFetchWithCompletionHandler:)).
            absent = ("BGTaskSchedulerPermittedIdentifiers",)
        if case.mode is Mode.FETCH or case.scheduler is not Scheduler.CLASSIC:
            plist["UIBackgroundModes"] = [mode]
            capabilities = (f"Background Modes: Background {mode}",)
    elif is_extension(case):
        plist["WKExtensionDelegateClassName"] = f"{module}{case.style.class_name}"
    if case.lifecycle is Lifecycle.SCENE:
        # An empty UISceneConfigurations counts as none (Apple, Specifying the scenes your app supports).
        scene = {
            "UISceneConfigurationName": "Default",
            "UISceneDelegateClassName": f"{module}SceneDelegate",
        }
        plist["UIApplicationSceneManifest"] = {
            "UIApplicationSupportsMultipleScenes": False,
            "UISceneConfigurations": {"UIWindowSceneSessionRoleApplication": [scene]},
        }
    return Requirements(plist, absent, capabilities, oldest(case, platform)[1])


def oldest(case: Case, platform: Platform) -> tuple[str, str]:
    """The API that needs the newest system of all that the case uses there, and that system's version."""
    used = [Api("@MainActor", _CONCURRENCY), *_apis(case, platform)]
    return max(((api.name, api.since[platform]) for api in used), key=lambda pair: version(pair[1]))


def version(text: str) -> tuple[int, ...]:
    """A version to compare."""
    return tuple(map(int, text.split(".")))


def is_extension(case: Case) -> bool:
    """Whether the watch app is old enough to have an extension's delegate."""
    minimum = dict(case.minimum).get(Platform.WATCHOS, WATCH_APPLICATION)
    return version(minimum) < version(WATCH_APPLICATION)


def _apis(case: Case, platform: Platform) -> list[Api]:
    if platform is Platform.WATCHOS:
        used = [REFRESH if case.mode is Mode.FETCH else ACTIVITY]
        return used if is_extension(case) else [*used, WATCH_DELEGATE]
    used = [SCENES] if case.lifecycle is Lifecycle.SCENE else []
    if case.scheduler is not Scheduler.CLASSIC:
        return [*used, BACKGROUND_TASKS]
    return [*used, FETCH if case.mode is Mode.FETCH else TASK]
