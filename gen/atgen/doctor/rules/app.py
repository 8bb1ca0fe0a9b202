"""The rules about an app's settings and files, which `settings.py`, `case.py` and the reading itself look at."""

from __future__ import annotations

from atgen.doctor.rules.rule import Rule

RULES = (
    Rule("scenes", "An app that is built with the iOS 27 SDK has scenes", "Apple's TN3187", "add a scene manifest, and a scene delegate"),
    Rule("podfile", "The SDK is in the app, as the module Tracker", "the podspec of 2.23.10", "pod 'ATInternet-Apple-SDK/Tracker' and use_frameworks!"),
    Rule(
        "privacy",
        "PrivacyInfo.xcprivacy declares UserDefaults, which the SDK reads",
        "Apple's list of required reason APIs",
        "declare NSPrivacyAccessedAPICategoryUserDefaults with reason CA92.1",
    ),
    Rule("case", "The app does what the case says", "specs/README.md", "compare with: atgen render CASE --stdout"),
    Rule(
        "refresh",
        "An app has one refresh task at most: a second one is refused when it is submitted",
        "BackgroundTasks, BGTaskScheduler.h (tooManyPendingTaskRequests)",
        "tag inside the refresh task that is there",
    ),
    Rule("unread", "What cannot be read is named, and all else is read", "-", "look at it yourself"),
    Rule("grammar", "Where the grammar cannot read a file, the rules say nothing", "tree-sitter", "look at these lines yourself"),
    Rule("ignore", "A comment that silences a rule silences something", "-", "take the comment out"),
    Rule("accepted", "What .atgen-doctor.json accepts is still there", "-", "atgen doctor --accept writes the list anew"),
)  # fmt: skip
