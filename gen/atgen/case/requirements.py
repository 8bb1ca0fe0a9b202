"""What a case asks of an app and its systems: derived from the case, never written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from atgen.case.axes import ENTRIES, LIFECYCLES, PERMITTED, PLATFORMS, WATCH_DELEGATE, Api, entry_kind
from atgen.case.model import Framework, Platform

if TYPE_CHECKING:
    from atgen.case.model import Case


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
    entry = ENTRIES[entry_kind(case, platform)]
    plist: dict[str, Any] = {}
    capabilities: tuple[str, ...] = ()
    if case.identifier:
        plist[PERMITTED] = [case.identifier]
    if entry.background_mode:
        plist["UIBackgroundModes"] = [entry.background_mode.value]
        capabilities = (f"Background Modes: {entry.background_mode.title}",)
    if entry.framework is Framework.WATCHKIT and is_extension(case):
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
    return Requirements(plist, entry.absent, capabilities, oldest(case, platform)[1])


def oldest(case: Case, platform: Platform) -> tuple[str, str]:
    """The API that needs the newest system of all that the case uses there, and that system's version."""
    entry, lifecycle = ENTRIES[entry_kind(case, platform)], LIFECYCLES[case.lifecycle]
    used = [Api("@MainActor", {platform: PLATFORMS[platform].concurrency})]
    used += [lifecycle.api] if lifecycle.api else []
    used.append(entry.api)
    if entry.framework is Framework.WATCHKIT and not is_extension(case):
        used.append(WATCH_DELEGATE)
    return max(((api.name, api.since[platform]) for api in used), key=lambda pair: version(pair[1]))


def version(text: str) -> tuple[int, ...]:
    """A version to compare."""
    return tuple(map(int, text.split(".")))


def is_extension(case: Case) -> bool:
    """Whether the watch app is old enough to have an extension's delegate."""
    since = WATCH_DELEGATE.since[Platform.WATCHOS]
    return version(dict(case.minimum).get(Platform.WATCHOS, since)) < version(since)
