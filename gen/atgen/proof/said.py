"""What rendered files say that an app must have, held to what it must have, and to what they use.

No run shows it: a device has whatever the code asks for and no queue that waits, it plays the person's work in the place of
what is rendered for it, and nobody runs a comment.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

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
from atgen.case.model import EntryPoint, Lifecycle, Platform
from atgen.case.requirements import requirements, version
from atgen.reference.sdk import INCLUDED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from atgen.case.model import Described
    from atgen.case.requirements import Requirements

# What is found elsewhere than under its name alone.
_FORMS = {
    WATCH_DELEGATE.name: r"WKApplication(?:Delegate)?\b",
    # Objective-C has two methods that begin so.
    SUBMIT_TASK_REQUEST.name: r"submitTaskRequest(?:\(|:\w+\s+completionHandler)",
}
# What the place for the person's work ends with until there is some, in any of the languages, by the kind of work.
_NO_DATA = {".noData", "UIBackgroundFetchResultNoData", "at.FetchResult.NO_DATA"}
_ENDS = {"fetch": _NO_DATA, "push": _NO_DATA, "scheduled": {"true", "YES", "True"}, "task": {""}, "refresh": {""}}
# Such a queue may be put off for as long as the device saves power (Apple, DispatchQoS.QoSClass.background).
_PUT_OFF = r"qos: \.background\b|QOS_CLASS_BACKGROUND\b|DISPATCH_QUEUE_PRIORITY_BACKGROUND\b"
_WINDOW = r"var window: UIWindow\?$|\(nonatomic, strong\) UIWindow \*window;"
# What an indented body of `receive`, in any of the languages, has in some line.
_RECEIVED = r"(?:func receive\(_ task|\)receive:|def receive\(self, task).*(?:\n +.*)*?[Cc]ompleted"


def wrong(described: Described, platform: Platform, files: Mapping[str, str], module: str) -> Iterator[str]:
    """Say what the files' first comments leave out, what the code has of systems newer than they say, and what no run shows.

    `files` are a language's texts by their paths; `module` stands before a class's name in its Info.plist.
    """
    needs = requirements(described, platform, module)
    title = PLATFORMS[platform].title
    said = "\n".join(line for text in files.values() for line in first_comment(text))
    for key, value in (
        (f"{title} {needs.minimum}", ""),
        *_entries(needs.info_plist),
        *((key, "") for key in needs.entitlements),
    ):
        if not re.search(_whole(key) + (f":.*{_whole(value)}" if value else ""), said):
            yield f"no file says that it needs {': '.join(filter(None, (key, value)))}"
    for word in _told(described, platform, files):
        if word not in said:
            yield f"no file says {word}"
    for key in needs.absent:
        if not re.search(f"no {_whole(key)}", said):
            yield f"no file says that it must not have {key}"
    code = "\n".join(files.values())
    yield from lacking(described, needs, code)
    yield from _unfinished(described, platform, code)
    yield from _unseen(described, code)
    yield from _unprefixed(described, files)
    concurrency = Api("@MainActor", {platform: PLATFORMS[platform].concurrency})
    for api in (concurrency, WATCH_DELEGATE, SUBMIT_TASK_REQUEST, *(each.api for each in ENTRIES.values())):
        since = api.since.get(platform, needs.minimum)
        if version(since) > version(needs.minimum) and re.search(rf"(?<!\w){_FORMS.get(api.name, api.name)}", code):
            yield f"{api.name} is of {title} {since}, and the app's oldest system is {needs.minimum}"


def _told(described: Described, platform: Platform, files: Mapping[str, str]) -> Iterator[str]:
    """List what an app's own code has to call or to name, and the visitor's modes in which the tag is gone."""
    kit = "WK" if platform is Platform.WATCHOS else "UI"
    if any(re.search(r"(?:func |\(void\))setUpBackgroundHits", text) for text in files.values()):
        yield "setUpBackgroundHits"
    elif described.lifecycle is Lifecycle.SWIFTUI:
        yield f"@{kit}ApplicationDelegateAdaptor({described.style.class_name}.self)"
    # In the others all is let through (Sources/Privacy.swift).
    yield from (mode for mode, keys in INCLUDED.items() if "*" not in keys)


def lacking(described: Described, needs: Requirements, code: str) -> Iterator[str]:
    """Say what the requirements lack of what the code, or how the app lives, asks for."""
    manifest = needs.info_plist.get("UIApplicationSceneManifest", {})
    wanted = {
        # Apple, "Registering your app with APNs".
        "the entitlement aps-environment": ("registerForRemoteNotifications" in code, needs.entitlements),
        # Apple, application(_:performFetchWithCompletionHandler:).
        f"that there is no {PERMITTED}": ("performFetchWithCompletionHandler" in code, PERMITTED in needs.absent),
        # Apple, WKExtensionDelegate: the system makes the class that this key names.
        "WKExtensionDelegateClassName": (
            "WKExtensionDelegate" in code,
            needs.info_plist.get("WKExtensionDelegateClassName", "").endswith(described.style.class_name),
        ),
        # Apple, "Specifying the scenes your app supports": one without configurations is none.
        "a scene manifest": (LIFECYCLES[described.lifecycle].scene_manifest, manifest.get("UISceneConfigurations")),
    }
    for what, (asked, there) in wanted.items():
        if asked and not there:
            yield f"the requirements lack {what}"


def _unfinished(described: Described, platform: Platform, code: str) -> Iterator[str]:
    """Say which place for the person's work does not end at once, as good, where there is no work."""
    found = re.findall(r"(?:\{|:)\n *done\((.*)\);?$", code, re.MULTILINE)
    for case in described.cases:
        work = ENTRIES[entry_kind(case, platform)].work
        end = next((each for each in found if each in _ENDS[work]), None)
        if end is None:
            yield f"the place for the work of {case.name} does not end with done({min(_ENDS[work])})"
        else:
            found.remove(end)


def _unseen(described: Described, code: str) -> Iterator[str]:
    """Say what a device does not miss: it starts the app itself, shows nothing, and lets no queue wait."""
    starts, wanted = len(re.findall(r"^@main$", code, re.MULTILINE)), described.cases[0].style.entry is EntryPoint.MAIN
    if "import UIKit\n" in code and starts != int(wanted):
        yield f"an app starts in one place, and {starts} of these files says @main"
    # Without scenes a storyboard is shown in the delegate's window (Apple, UIApplicationDelegate.window).
    if re.search(r"UIResponder\b.*\bUIApplicationDelegate", code) and not re.search(_WINDOW, code, re.MULTILINE):
        yield "the app delegate has no window, so what a storyboard shows is not seen"
    if re.search(_RECEIVED, code):
        yield "the place for a watch's other tasks completes one before its data has come"
    if found := re.search(_PUT_OFF, code):
        yield f"a queue of {found[0]} may not run before time is up"


def _unprefixed(described: Described, files: Mapping[str, str]) -> Iterator[str]:
    """Find the classes of BackgroundHits that another file of that kind may have too: no run knows the other app's names."""
    prefix = described.style.prefix
    for path, text in files.items():
        if "+" not in path and "BackgroundHits" in path:
            for name in re.findall(r"^(?:@interface|.*\bclass|extension) (\w+)", text, re.MULTILINE):
                if not name.startswith(prefix):
                    yield f"{name} does not begin with {prefix}"


def first_comment(text: str) -> Iterator[str]:
    """The lines of the comment that a file begins with."""
    for line in text.split("\n"):
        if not re.match(r"//|#( |$)", line):
            return
        yield line


def _entries(properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """List the keys of a property list, each with its text or each of its texts."""
    for key, value in properties.items():
        for each in value if isinstance(value, list) else [value]:
            yield key, each if isinstance(each, str) else ""
            if isinstance(each, dict):
                yield from _entries(each)


def _whole(word: str) -> str:
    return rf"(?<![\w.]){re.escape(word)}(?!\.?\w)"
