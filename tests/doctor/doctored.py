"""What the doctor's tests share: an app with which nothing is wrong, and short forms of findings."""

from __future__ import annotations

import plistlib
from typing import TYPE_CHECKING

from atgen import doctor
from atgen.doctor import check
from atgen.doctor.rules import Settings
from atgen.doctor.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from atgen.case.model import Case
    from atgen.doctor import Finding

INFO = {"UIBackgroundModes": ["fetch"], "UIApplicationSceneManifest": {"UISceneConfigurations": {"x": [{}]}}}
PRIVACY = {
    "NSPrivacyAccessedAPITypes": [
        {
            "NSPrivacyAccessedAPIType": "NSPrivacyAccessedAPICategoryUserDefaults",
            "NSPrivacyAccessedAPITypeReasons": ["CA92.1"],
        }
    ]
}
PODFILE = """\
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
        ATInternet.sharedInstance.userAgent = "App"
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
SETTINGS = {
    "Info.plist": plistlib.dumps(INFO).decode(),
    "Podfile": PODFILE,
    "PrivacyInfo.xcprivacy": plistlib.dumps(PRIVACY).decode(),
}


def write(folder: Path, files: dict[str, str]) -> None:
    """Write the files of an app."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def short(findings: Iterable[Finding], folder: Path) -> list[str]:
    """`FILE:LINE RULE` of each finding, and `note` after the rule of a note."""
    return [
        f"{each.file.removeprefix(f'{folder}/')}:{each.line} {each.rule}{' note' if each.is_note else ''}"
        for each in findings
    ]


def found(folder: Path, case: Case | None = None) -> list[str]:
    """Examine a folder."""
    return short(doctor.examine(folder, case).findings, folder)


def rules(text: str, name: str = "A.swift") -> list[str]:
    """What is wrong with a text that stands alone: `RULE:LINE` of each, without notes."""
    report = check.judge(Source(name, text.encode(), name.endswith(".swift")), Settings())
    return sorted(f"{each.rule}:{each.line}" for each in check.settle([report]) if not each.is_note)
