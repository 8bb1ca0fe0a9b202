"""What a case asks of an app and its systems: derived from the case, never written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from atgen.case.axes import (
    ENTRIES,
    LIFECYCLES,
    PERMITTED,
    PLATFORMS,
    SUBMIT_TASK_REQUEST,
    WATCH_DELEGATE,
    Api,
    entry_kind,
)
from atgen.case.model import Framework, Platform

if TYPE_CHECKING:
    from atgen.case.model import Case, Described


class Requirements(NamedTuple):
    """What an app must have on one platform.

    Keys of Info.plist with their values, keys that it must not have, keys of the entitlements, Xcode's capabilities, and the
    oldest system.
    """

    info_plist: dict[str, Any]
    absent: tuple[str, ...]
    entitlements: tuple[str, ...]
    capabilities: tuple[str, ...]
    minimum: str


def requirements(described: Described, platform: Platform, module: str = "$(PRODUCT_MODULE_NAME).") -> Requirements:
    """The requirements of a case or an app on a platform; `module` stands before a class's name in Info.plist."""
    first, *others = (_requirements(case, platform, module) for case in described.cases)
    for each in others:
        first = _joined(first, each)
    return first


def _joined(one: Requirements, other: Requirements) -> Requirements:
    """What two cases of one app ask for: lists of Info.plist have both's values, all else is the same in both."""
    plist = one.info_plist | other.info_plist
    for key, values in one.info_plist.items():
        if isinstance(values, list):
            plist[key] = [*dict.fromkeys([*values, *other.info_plist.get(key, ())])]
    return Requirements(
        plist,
        tuple(dict.fromkeys(one.absent + other.absent)),
        tuple(dict.fromkeys(one.entitlements + other.entitlements)),
        tuple(dict.fromkeys(one.capabilities + other.capabilities)),
        max(one.minimum, other.minimum, key=version),
    )


def _requirements(case: Case, platform: Platform, module: str) -> Requirements:
    entry = ENTRIES[entry_kind(case, platform)]
    plist: dict[str, Any] = {}
    capabilities: tuple[str, ...] = ()
    if case.identifier:
        plist[PERMITTED] = [case.identifier]
    if entry.background_mode:
        plist["UIBackgroundModes"] = [entry.background_mode.value]
        capabilities = (f"Background Modes: {entry.background_mode.title}",)
    if entry.framework is Framework.WATCHKIT and has_watch_extension(case):
        plist["WKExtensionDelegateClassName"] = f"{module}{case.style.class_name}"
    if LIFECYCLES[case.lifecycle].scene_manifest:
        # An empty UISceneConfigurations counts as none (Apple, Specifying the scenes your app supports).
        scene = {
            "UISceneConfigurationName": "Default",
            "UISceneDelegateClassName": f"{module}SceneDelegate",
        }
        plist["UIApplicationSceneManifest"] = {
            "UIApplicationSupportsMultipleScenes": False,
            "UISceneConfigurations": {"UIWindowSceneSessionRoleApplication": [scene]},
        }
    entitlements = (entry.entitlement,) if entry.entitlement else ()
    # Apple, "Registering your app with APNs".
    capabilities += ("Push Notifications",) if entitlements else ()
    return Requirements(plist, entry.absent, entitlements, capabilities, oldest(case, platform)[1])


def oldest(case: Case, platform: Platform) -> tuple[str, str]:
    """The API that needs the newest system of all that the case uses there, and that system's version."""
    entry, lifecycle = ENTRIES[entry_kind(case, platform)], LIFECYCLES[case.lifecycle]
    used = [Api("@MainActor", {platform: PLATFORMS[platform].concurrency})]
    used += [lifecycle.api] if lifecycle.api else []
    used.append(entry.api)
    if entry.framework is Framework.WATCHKIT and not has_watch_extension(case):
        used.append(WATCH_DELEGATE)
    if case.identifier and is_answered(case, platform):
        used.append(SUBMIT_TASK_REQUEST)
    return max(((api.name, api.since[platform]) for api in used), key=lambda pair: version(pair[1]))


def version(text: str) -> tuple[int, ...]:
    """A version to compare."""
    return tuple(map(int, text.split(".")))


def has_watch_extension(case: Case) -> bool:
    """Whether a watch app runs on systems before WKApplicationDelegate, and is an extension then (style.form is another)."""
    since = WATCH_DELEGATE.since[Platform.WATCHOS]
    return version(dict(case.minimum).get(Platform.WATCHOS, since)) < version(since)


def is_answered(case: Case, platform: Platform) -> bool:
    """Whether all systems that the app runs on have the submit of BackgroundTasks that answers later."""
    since = SUBMIT_TASK_REQUEST.since
    return platform in since and version(dict(case.minimum).get(platform, "0")) >= version(since[platform])
