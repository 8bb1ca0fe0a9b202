"""What an app needs beside its sources: keys of Info.plist, the SDK's pod, the privacy manifest."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from atgen.case.model import Platform
from atgen.case.requirements import requirements
from atgen.doctor.findings import Finding
from atgen.doctor.folder import is_test
from atgen.doctor.rules.configuration import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.case.model import Described
    from atgen.doctor.folder import App, Podfile

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
_SITE = re.compile(rf"<key>site</key>\s*<(?:string|integer)>\s*({PLACEHOLDER})\s*<")
_SUBSPECS = re.compile(r"\bsubspecs\b")
_PLATFORM = re.compile(r"^[ \t]*platform[ \t(]+:(\w+)", re.MULTILINE)
_USE_FRAMEWORKS = re.compile(r"^[ \t]*use_frameworks!", re.MULTILINE)
_MANAGED = re.compile(r"Podfile\.lock|Cartfile(?:\.resolved)?|Package\.resolved|project\.(?:ya?ml|pbxproj)")
_WATCH_KEYS = ("WKApplication", "WKWatchKitApp", "WKCompanionAppBundleIdentifier", "WKExtensionDelegateClassName")
# UIDeviceFamily's number of Apple TV.
_TV = 3


def findings(app: App, case: Described | None, facts: frozenset[str], *, is_old: bool) -> Iterator[Finding]:
    """Say what is missing, given what the sources say; `is_old` is an app with the SDK that came before."""
    plists = app_plists(app)
    yield from _keys(app, plists, case, facts)
    if "has scenes" not in facts:
        yield from _scenes({} if _is_tv_app(app) else plists)
    for podfile in app.podfiles:
        yield from _pods(podfile, is_old=is_old, is_elsewhere=_is_managed(app) or _is_imported(app))
        yield from _floor(podfile)
    if not app.podfiles and not _is_imported(app) and not _is_managed(app) and not is_old:
        mend = f"add a Podfile with pod '{_SDK}/Tracker' and use_frameworks!"
        message = "nothing brings the SDK in: no Podfile, and no source imports Tracker"
        yield Finding(app.folder, 0, "podfile", message, mend)
    yield from _privacy(app)
    yield from _placeholder(app)


def _placeholder(app: App) -> Iterator[Finding]:
    """The site of examples, in the property list that configures the global tracker."""
    for path, text in app.settings.items():
        match = _SITE.search(text) if path.endswith(".plist") else None
        if match:
            message = f"{PLACEHOLDER} is a place-holder: the hits are nobody's"
            yield Finding(
                path, text.count("\n", 0, match.start(1)) + 1, "site", message, "write your own site", is_note=True
            )


def _is_imported(app: App) -> bool:
    return bool(app.imports & {"Tracker", "SmartTracker"})


def _is_managed(app: App) -> bool:
    """Whether a lock file, a Cartfile or a project names the SDK, whoever brings it."""
    return any(
        _MANAGED.fullmatch(os.path.basename(path)) and re.search(r"atinternet-apple-sdk", text, re.IGNORECASE)  # noqa: PTH119
        for path, text in app.settings.items()
    )


def has_old_sdk(app: App) -> bool:
    """Whether the SDK is the one that came before, by pods or by headers, and not this one."""
    pods = [match[1] for podfile in app.podfiles for match in _POD.finditer(podfile.code)]
    locked = " ".join(text for path, text in app.settings.items() if path.endswith("Podfile.lock"))
    is_old = any(name.startswith(OLD_SDK) for name in pods) or OLD_SDK in locked or "ATTracker" in app.imports
    is_new = any(name.startswith(_SDK) for name in pods) or _SDK in locked or _is_imported(app)
    return is_old and not is_new


def app_plists(app: App) -> dict[str, dict[str, Any]]:
    """Choose the Info.plist of each app from those of its extensions, frameworks and tests, and of other programs."""
    return {
        path: plist
        for path, plist in app.plists.items()
        if (app.names(path) or _is_info(path, plist))
        and "NSExtension" not in plist
        and not _is_watch(plist)
        and plist.get("CFBundlePackageType") not in ("BNDL", "FMWK", "XPC!")
        and not is_test(path.removeprefix(f"{app.folder}/"))
    }


def info_plists(app: App) -> Iterator[str]:
    """The files that are an app's Info.plist by their place, and that cannot be read as one."""
    for each in app.unread:
        is_named = os.path.basename(each.path) == "Info.plist" or app.names(each.path)  # noqa: PTH119
        if is_named and not is_test(each.path.removeprefix(f"{app.folder}/")):
            yield each.path


def _is_watch(plist: dict[str, Any]) -> bool:
    return any(key in plist for key in _WATCH_KEYS)


def is_ios(app: App) -> bool:
    """Whether the app may run on iOS: nothing says that it is of another system."""
    plists = app_plists(app)
    if _is_tv_app(app):
        return False
    return bool(plists) or not any(_is_watch(plist) for plist in app.plists.values())


def _is_tv_app(app: App) -> bool:
    """Whether the Info.plist of each app, or each platform of a Podfile, is that of Apple TV."""
    platforms = {match[1] for podfile in app.podfiles for match in _PLATFORM.finditer(podfile.code)}
    return platforms == {"tvos"} or all(_is_tv(plist) for plist in app_plists(app).values() or [{}])


def _is_tv(plist: dict[str, Any]) -> bool:
    return _items(plist.get("UIDeviceFamily")) == [_TV]


def permitted(app: App) -> frozenset[str] | None:
    """The identifiers that the app's Info.plist permits; None where there is none."""
    plists = app_plists(app)
    return (
        frozenset(str(each) for plist in plists.values() for each in _items(plist.get(_PERMITTED))) if plists else None
    )


def _is_info(path: str, plist: dict[str, Any]) -> bool:
    """Know an Info.plist by its name, or by a key: GoogleService-Info.plist is another program's."""
    is_named = os.path.basename(path) == "Info.plist"  # noqa: PTH119
    return is_named or not plist or any(str(key).startswith(_KEYS) for key in plist)


def _keys(
    app: App, plists: dict[str, dict[str, Any]], case: Described | None, facts: frozenset[str]
) -> Iterator[Finding]:
    """Compare Info.plist with what the case needs, or what the method for background fetch does."""
    needs = requirements(case, Platform.IOS) if case else None
    needed = {key: list(value) for key, value in (needs.info_plist if needs else {}).items() if isinstance(value, list)}
    absent = set(needs.absent) if needs else set()
    if "fetches" in facts:
        needed.setdefault("UIBackgroundModes", [])
        needed["UIBackgroundModes"] = [*dict.fromkeys([*needed["UIBackgroundModes"], "fetch"])]
        if _PERMITTED not in needed:
            absent.add(_PERMITTED)
    if needed and not plists:
        if any(each.path.endswith("Info.plist") for each in app.unread):
            return
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


def has_scenes(app: App) -> bool:
    """Whether an app has scenes: Xcode writes the manifest itself where a build setting says so."""
    return any(map(_has_scenes, app_plists(app).values())) or any(
        f"INFOPLIST_KEY_{_SCENES}_Generation" in text for text in app.settings.values()
    )


def _scenes(plists: dict[str, dict[str, Any]]) -> Iterator[Finding]:
    """The scene manifest that apps built with the iOS 27 SDK must have; nothing is known to ask for it on tvOS."""
    for path, plist in plists.items():
        if not _is_tv(plist):
            message = "no scenes: an app that is built with the iOS 27 SDK ends at launch"
            mend = f"add {_SCENES} with a configuration, and a scene delegate"
            yield Finding(path, 0, "scenes", message, mend, is_note=True)


def _has_scenes(plist: dict[str, Any]) -> bool:
    """Look for a configuration of a scene: a manifest without one counts as none."""
    manifest = plist.get(_SCENES)
    return isinstance(manifest, dict) and bool(manifest.get("UISceneConfigurations"))


def _pods(podfile: Podfile, *, is_old: bool, is_elsewhere: bool) -> Iterator[Finding]:
    """Look for the SDK, and that it becomes the module Tracker."""
    pods = {match[1]: podfile.line(match.start()) for match in _POD.finditer(podfile.code)}
    mend = f"write pod '{_SDK}/Tracker'"
    if not any(name.startswith("ATInternet") for name in pods) and not is_elsewhere and not is_old:
        yield Finding(podfile.path, 0, "podfile", "the SDK is not among the pods", mend)
    for name, line in pods.items():
        if name == _SDK and not _SUBSPECS.search(podfile.code.split("\n")[line - 1]):
            yield Finding(podfile.path, line, "podfile", f"{name} has no default subspec: it installs nothing", mend)
        elif name.startswith(_SDK) and name.endswith("SmartTracker"):
            yield Finding(podfile.path, line, "P09", "there is no SmartTracker since 2.14", mend)
        elif name.startswith(OLD_SDK) and not is_old:
            yield Finding(podfile.path, line, "P08", "the old Objective-C SDK, which is another dialect", mend)
    brings = any(name.startswith(_SDK) for name in pods)
    if brings and not is_old and not _USE_FRAMEWORKS.search(podfile.code):
        message = "without use_frameworks! the SDK is no framework, and Objective-C has no <Tracker/Tracker-Swift.h>"
        yield Finding(podfile.path, 0, "podfile", message, "add use_frameworks!")


def _floor(podfile: Podfile) -> Iterator[Finding]:
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
    if not app.privacy and not any(each.path.endswith(".xcprivacy") for each in app.unread):
        message = "no PrivacyInfo.xcprivacy: the SDK reads UserDefaults, which the app has to declare"
        yield Finding(app.folder, 0, "privacy", message, mend)
    elif app.privacy and not any(map(_declares_defaults, app.privacy.values())):
        yield Finding(next(iter(app.privacy)), 0, "privacy", "does not declare UserDefaults, which the SDK reads", mend)


def _declares_defaults(manifest: dict[str, Any]) -> bool:
    return any(
        isinstance(entry, dict)
        and entry.get("NSPrivacyAccessedAPIType") == _DEFAULTS
        and "CA92.1" in _items(entry.get("NSPrivacyAccessedAPITypeReasons"))
        for entry in _items(manifest.get("NSPrivacyAccessedAPITypes"))
    )
