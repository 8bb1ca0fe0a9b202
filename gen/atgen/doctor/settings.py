"""What an app needs beside its sources: keys of Info.plist, the SDK's pod, the privacy manifest."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from atgen.case.model import Platform
from atgen.case.requirements import requirements
from atgen.doctor import mistakes
from atgen.doctor.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.case.model import Case
    from atgen.doctor.folder import App, Source

# Xcode 27 refuses deployment targets below it.
FLOOR = 15
OLD_SDK = "ATInternet-iOS-ObjC-SDK"
_SDK = "ATInternet-Apple-SDK"
# How the keys begin that the system reads (Apple, Information Property List).
_KEYS = ("CFBundle", "UI", "NS", "LS", "BGTask")
_PERMITTED = "BGTaskSchedulerPermittedIdentifiers"
_SCENES = "UIApplicationSceneManifest"
_DEFAULTS = "NSPrivacyAccessedAPICategoryUserDefaults"
_POD = re.compile(r"""^[ \t]*pod[ \t(]+["']([^"'\n]{1,200})["']""", re.MULTILINE)
_POD_PLATFORM = re.compile(r"""^[ \t]*platform[ \t(]+:ios[ \t]*,[ \t]*["'](\d{1,3})""", re.MULTILINE)
_USE_FRAMEWORKS = re.compile(r"^[ \t]*use_frameworks!", re.MULTILINE)
_IMPORT = re.compile(r"\bimport\s+Tracker\b|Tracker/Tracker-Swift\.h")
_DELEGATE = re.compile(r"\bUIApplicationDelegate\b")
_APP_ENTERED = re.compile(r"\bapplicationDidEnterBackground\b")
_SCENES_ENTERED = re.compile(
    r"\bsceneDidEnterBackground\b|\bdidEnterBackgroundNotification\b|\bUIApplicationDidEnterBackgroundNotification\b"
    r"|\bscenePhase\b"
)


def find(app: App, case: Case | None, *, is_old: bool) -> Iterator[Finding]:
    """Say what is missing; `is_old` is an app with the SDK that came before."""
    plists = _app_plists(app)
    yield from _keys(app, plists, case)
    yield from _scenes(app, plists)
    for podfile in app.podfiles:
        yield from _pods(podfile, is_old=is_old)
        yield from _floor(podfile)
    if not app.podfiles and not any(_IMPORT.search(source.code) for source in app.sources) and not is_old:
        mend = f"add a Podfile with pod '{_SDK}/Tracker' and use_frameworks!"
        message = "nothing brings the SDK in: no Podfile, and no source imports Tracker"
        yield Finding(app.folder, 0, "podfile", message, mend)
    yield from _privacy(app)


def has_old_sdk(app: App) -> bool:
    """Whether the pods are those of the SDK that came before, and not of this one."""
    pods = [match[1] for podfile in app.podfiles for match in _POD.finditer(podfile.code)]
    return any(name.startswith(OLD_SDK) for name in pods) and not any(name.startswith(_SDK) for name in pods)


def _app_plists(app: App) -> dict[str, dict[str, Any]]:
    """Choose the Info.plist of each app from those of its extensions, frameworks and tests, and of other programs."""
    return {
        path: plist
        for path, plist in app.plists.items()
        if (app.names(path) or _is_info(path, plist))
        and "NSExtension" not in plist
        and plist.get("CFBundlePackageType") not in ("BNDL", "FMWK", "XPC!")
        and not any(part.endswith("Tests") for part in path.split("/")[:-1])
    }


def _is_info(path: str, plist: dict[str, Any]) -> bool:
    """Know an Info.plist by its name, or by a key: GoogleService-Info.plist is another program's."""
    is_named = os.path.basename(path) == "Info.plist"  # noqa: PTH119
    return is_named or not plist or any(str(key).startswith(_KEYS) for key in plist)


def _keys(app: App, plists: dict[str, dict[str, Any]], case: Case | None) -> Iterator[Finding]:
    """Compare Info.plist with what the case needs, or what the method for background fetch does."""
    needs = requirements(case, Platform.IOS) if case else None
    needed = {key: list(value) for key, value in (needs.info_plist if needs else {}).items() if isinstance(value, list)}
    absent = set(needs.absent) if needs else set()
    if any(True for source in app.sources for _ in mistakes.fetches(source)):
        needed.setdefault("UIBackgroundModes", [])
        needed["UIBackgroundModes"] = [*dict.fromkeys([*needed["UIBackgroundModes"], "fetch"])]
        if _PERMITTED not in needed:
            absent.add(_PERMITTED)
    if needed and not plists:
        keys = "; ".join(f"{key}: {', '.join(values)}" for key, values in needed.items())
        yield Finding(app.folder, 0, "P04", "there is no Info.plist", f"add one with {keys}")
        return
    for key, values in needed.items():
        for value in values:
            if not any(value in _items(plist.get(key)) for plist in plists.values()):
                yield Finding(next(iter(plists)), 0, "P04", f"{key} lacks {value}", f"add {value} to the array {key}")
    for path, plist in plists.items():
        for key in sorted(absent & plist.keys()):
            yield Finding(path, 0, "P04", f"{key} switches background fetch off", "take the key out")


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _scenes(app: App, plists: dict[str, dict[str, Any]]) -> Iterator[Finding]:
    """P15, and the scene manifest that apps built with the iOS 27 SDK must have."""
    # Xcode writes the manifest itself where a build setting says so.
    has_scenes = any(map(_has_scenes, plists.values())) or any(
        f"INFOPLIST_KEY_{_SCENES}_Generation" in text for text in app.settings.values()
    )
    if not has_scenes:
        for path in plists:
            message = "no scenes: an app that is built with the iOS 27 SDK ends at launch"
            mend = f"add {_SCENES} with a configuration, and a scene delegate"
            yield Finding(path, 0, "scenes", message, mend, is_note=True)
    elif not any(_SCENES_ENTERED.search(source.code) for source in app.sources):
        for source in app.sources:
            match = _APP_ENTERED.search(source.code)
            if match and _DELEGATE.search(source.code):
                message = "in an app with scenes this is never called"
                mend = "observe UIApplication.didEnterBackgroundNotification, or write sceneDidEnterBackground(_:)"
                yield Finding(source.path, source.line(match.start()), "P15", message, mend)


def _has_scenes(plist: dict[str, Any]) -> bool:
    """Look for a configuration of a scene: a manifest without one counts as none."""
    manifest = plist.get(_SCENES)
    return isinstance(manifest, dict) and bool(manifest.get("UISceneConfigurations"))


def _pods(podfile: Source, *, is_old: bool) -> Iterator[Finding]:
    """Look for the SDK, and that it becomes the module Tracker."""
    pods = {match[1]: podfile.line(match.start()) for match in _POD.finditer(podfile.code)}
    mend = f"write pod '{_SDK}/Tracker'"
    if not any(name.startswith("ATInternet") for name in pods):
        yield Finding(podfile.path, 0, "podfile", "the SDK is not among the pods", mend)
    for name, line in pods.items():
        if name == _SDK:
            yield Finding(podfile.path, line, "podfile", f"{name} has no default subspec: it installs nothing", mend)
        elif name.startswith(_SDK) and name.endswith("SmartTracker"):
            yield Finding(podfile.path, line, "P09", "there is no SmartTracker since 2.14", mend)
        elif name.startswith(OLD_SDK) and not is_old:
            yield Finding(podfile.path, line, "P08", "the old Objective-C SDK, which is another dialect", mend)
    if not is_old and not _USE_FRAMEWORKS.search(podfile.code):
        message = "without use_frameworks! the SDK is no framework, and Objective-C has no <Tracker/Tracker-Swift.h>"
        yield Finding(podfile.path, 0, "podfile", message, "add use_frameworks!")


def _floor(podfile: Source) -> Iterator[Finding]:
    """Note what Xcode 27 refuses."""
    platform = _POD_PLATFORM.search(podfile.code)
    if platform and int(platform[1]) < FLOOR:
        message, mend = f"Xcode 27 refuses iOS {platform[1]}", f"write platform :ios, '{FLOOR}.0'"
        yield Finding(podfile.path, podfile.line(platform.start()), "podfile", message, mend, is_note=True)
    if "_DEPLOYMENT_TARGET" not in podfile.code:
        message = "the pod declares iOS 10, which Xcode 27 refuses"
        mend = f"set IPHONEOS_DEPLOYMENT_TARGET to {FLOOR}.0 for all pods in post_install"
        yield Finding(podfile.path, 0, "podfile", message, mend, is_note=True)


def _privacy(app: App) -> Iterator[Finding]:
    """Look for the privacy manifest: the SDK reads UserDefaults and ships none."""
    mend = f"declare {_DEFAULTS} with reason CA92.1"
    if not app.privacy:
        message = "no PrivacyInfo.xcprivacy: the SDK reads UserDefaults, which the app has to declare"
        yield Finding(app.folder, 0, "privacy", message, mend)
    elif not any(map(_declares_defaults, app.privacy.values())):
        yield Finding(next(iter(app.privacy)), 0, "privacy", "does not declare UserDefaults, which the SDK reads", mend)


def _declares_defaults(manifest: dict[str, Any]) -> bool:
    return any(
        isinstance(entry, dict)
        and entry.get("NSPrivacyAccessedAPIType") == _DEFAULTS
        and "CA92.1" in _items(entry.get("NSPrivacyAccessedAPITypeReasons"))
        for entry in _items(manifest.get("NSPrivacyAccessedAPITypes"))
    )
