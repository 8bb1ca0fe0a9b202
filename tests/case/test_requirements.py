"""What an app must have, word for word: the proof plays only what Info.plist permits, and hears nothing of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from atgen.case.model import Platform
from atgen.case.requirements import requirements

if TYPE_CHECKING:
    from atgen.case.model import App, Case

SCENES = {
    "UIApplicationSceneManifest": {
        "UIApplicationSupportsMultipleScenes": False,
        "UISceneConfigurations": {
            "UIWindowSceneSessionRoleApplication": [
                {
                    "UISceneConfigurationName": "Default",
                    "UISceneDelegateClassName": "$(PRODUCT_MODULE_NAME).SceneDelegate",
                }
            ]
        },
    }
}
FETCH: dict[str, Any] = {"UIBackgroundModes": ["fetch"]}
EXTENSION = {"WKExtensionDelegateClassName": "$(PRODUCT_MODULE_NAME).ExtensionDelegate"}
PERMITTED = "BGTaskSchedulerPermittedIdentifiers"
# Info.plist's keys, those that it must not have, the capabilities, and the oldest system.
NEEDS: dict[str, tuple[dict[str, Any], tuple[str, ...], tuple[str, ...], str]] = {
    "bg_fetch": (FETCH, (PERMITTED,), ("Background Modes: Background fetch",), "13.0"),
    "scene_fetch": (FETCH | SCENES, (PERMITTED,), ("Background Modes: Background fetch",), "13.0"),
    "bg_task": ({}, (), (), "13.0"),
    "scene_task": (SCENES, (), (), "13.0"),
    "swiftui_task": ({}, (), (), "14.0"),
    "app_refresh": (FETCH | SCENES | {PERMITTED: ["app_refresh"]}, (), ("Background Modes: Background fetch",), "13.0"),
    "own_refresh": (FETCH | SCENES, (), ("Background Modes: Background fetch",), "13.0"),
    "processing": (
        SCENES | {PERMITTED: ["org.example.tidy"], "UIBackgroundModes": ["processing"]},
        (),
        ("Background Modes: Background processing",),
        "13.0",
    ),
    "silent_push": (
        SCENES | {"UIBackgroundModes": ["remote-notification"]},
        (),
        ("Background Modes: Remote notifications", "Push Notifications"),
        "13.0",
    ),
    "watch_refresh": ({}, (), (), "7.0"),
    "watch_activity": ({}, (), (), "7.0"),
    "watch_extension_refresh": (EXTENSION, (), (), "6.0"),
    "watch_extension_activity": (EXTENSION, (), (), "6.0"),
}


@pytest.mark.parametrize("name", NEEDS)
def test_what_a_case_needs(name: str, shipped: list[Case]) -> None:
    """On each of its platforms; only pushes have an entitlement."""
    [case] = [case for case in shipped if case.name == name]
    for platform in case.platforms:
        needs = requirements(case, platform)
        assert (needs.info_plist, needs.absent, needs.capabilities, needs.minimum) == NEEDS[name]
        assert needs.entitlements == (("aps-environment",) if name == "silent_push" else ())


def test_what_two_cases_of_an_app_need(apps: list[App]) -> None:
    """The lists have both's."""
    [app] = [app for app in apps if app.name == "app_refresh_processing"]
    needs = requirements(app, Platform.IOS)
    assert needs.info_plist["UIBackgroundModes"] == ["fetch", "processing"]
    assert needs.info_plist[PERMITTED] == ["app_refresh", "org.example.tidy"]
    assert needs.info_plist["UIApplicationSceneManifest"] == SCENES["UIApplicationSceneManifest"]
    assert needs.capabilities == ("Background Modes: Background fetch", "Background Modes: Background processing")
