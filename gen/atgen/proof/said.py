"""What rendered files say that an app must have, held to what it must have, and to what they use.

No run shows it: a device has whatever the code asks for and no queue that waits, it plays the person's work in the place of
what is rendered for it, and nobody runs a comment.
"""

from __future__ import annotations

import re
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
from atgen.case.model import EntryPoint, Framework, HitKind, Lifecycle, Platform, Scheduler, When
from atgen.case.requirements import has_watch_extension, requirements, version
from atgen.case.vocabulary import vocabulary
from atgen.reference.sdk import INCLUDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

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
_PUT_OFF = r"(?:[qQ][oO][sS]\b|QoSClass|priority:)[^\n]*\.background\b|QOS_CLASS_BACKGROUND\b|DISPATCH_QUEUE_PRIORITY_BACKGROUND\b"
# A run takes no notice of them, or they have one answer there: the app's user agent, a hit's level, how much time is left.
_UNNOTICED = r"\b(?:user_?[aA]gent|level2|backgroundRefreshStatus|backgroundTimeRemaining)\b"
_WINDOW = r"var window: UIWindow\?$|\(nonatomic, strong\) UIWindow \*window;"
# What an indented body of `receive`, in any of the languages, has in some line.
_RECEIVED = r"(?:func receive\(_ task|\)receive:|def receive\(self, task).*(?:\n +.*)*?[Cc]ompleted"
# What may keep code from the system, or a mistake from a compiler: attributes, directives, and macros, in any of the languages.
_MARK = r'[@#][A-Za-z]\w*|\b__\w+|\b_[A-Z]\w*|\b[A-Z]+(?:_[A-Z]+)+\b|\[\[\w+(?:::|\(""\)|\]\])'
_OBJC = frozenset(
    {
        # What declares, and what makes a value.
        *("#import", "@class", "@interface", "@property", "@implementation", "@end", "@selector", "@YES", "@NO"),
        # What is not said to be null is not (Apple, "Designating Nullability in Objective-C APIs").
        *("NS_ASSUME_NONNULL_BEGIN", "NS_ASSUME_NONNULL_END"),
        # A variable that a block changes, and a parameter that a protocol's method has for others (Clang, "Attributes").
        *("__block", "__unused"),
        # Values (dispatch/time.h, sys/qos.h).
        *("DISPATCH_TIME_NOW", "DISPATCH_TIME_FOREVER", "NSEC_PER_SEC", "QOS_CLASS_DEFAULT"),
    }
)
# Of these, what rendered code has, by the ends of its files' names.
_MARKS = {
    "h": _OBJC,
    "m": _OBJC,
    # Where an app starts, which is counted; the thread, which compilers hold it to; closures that go on to live elsewhere.
    "swift": frozenset({"@main", "@MainActor", "@Sendable", "@escaping"}),
}
# What the SDK has only in newer versions than a case needs by itself, in any of the languages (changelog).
_NEWER = {r"\bextend_?[iI]nclude_?[bB]uffer": "2.22.3", r"\.events\b": "2.18"}
# What becomes of each key of a property list that a case can ask for (Apple, Information Property List).
_SCENE = {"UISceneConfigurationName": str, "UISceneDelegateClassName": str}
_FORM: dict[str, Any] = {
    "UIBackgroundModes": [str],
    PERMITTED: [str],
    "WKExtensionDelegateClassName": str,
    "UIApplicationSceneManifest": {
        "UIApplicationSupportsMultipleScenes": bool,
        "UISceneConfigurations": {"UIWindowSceneSessionRoleApplication": [_SCENE]},
    },
}


class _About(NamedTuple):
    """What first comments are about, and the paths of their files."""

    described: Described
    platform: Platform
    paths: tuple[str, ...]

    @property
    def extends(self) -> bool:
        """Whether they are those of an extension or a category."""
        return any("+" in path for path in self.paths)

    @property
    def is_of_watch(self) -> bool:
        """Whether the system is a watch's."""
        return PLATFORMS[self.platform].framework is Framework.WATCHKIT


# What the first comments say where it is so, and nowhere else.
_SENTENCES: dict[str, Callable[[_About], bool]] = {
    "the tag is kept": lambda its: bool(its.described.keep_tag_in),
    # An identifier of its own is the visitor's (Sources/Configuration.swift).
    "counts the visitor anew": lambda its: any(
        case.tracker and "identifier" not in dict(case.tracker.configuration) for case in its.described.cases
    ),
    "the one that the visitor saw last": lambda its: any(
        case.hit.kind is HitKind.SCREEN for case in its.described.cases
    ),
    "Events that were added to the tracker": lambda its: any(
        case.hit.kind is HitKind.EVENT for case in its.described.cases
    ),
    "cuts the hit's name short": lambda its: any("&" in case.hit.page for case in its.described.cases),
    "before the hit has left": lambda its: any(case.finish.when is When.DISPATCHED for case in its.described.cases),
    "or it traps at launch": lambda its: not its.is_of_watch and its.described.lifecycle is Lifecycle.APP,
    "SceneDelegate is the app's own": lambda its: not its.extends and its.described.lifecycle is Lifecycle.SCENE,
    "@WKApplicationDelegateAdaptor": lambda its: (
        not its.extends and its.is_of_watch and not has_watch_extension(its.described.cases[0])
    ),
    # The linker takes either (Apple, "Customizing Existing Classes").
    "which of the two runs is left to chance": lambda its: (
        its.extends and any(path.endswith(".m") for path in its.paths)
    ),
    "only one can be scheduled": lambda its: any(
        case.scheduler is Scheduler.OWN_REFRESH for case in its.described.cases
    ),
    "in clear text unless a configuration says secure": lambda its: (
        "secure" in dict(vocabulary(its.described.sdk).settings)
    ),
}


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
    yield from _untrue(_About(described, platform, tuple(files)), said)
    for key in needs.absent:
        if not re.search(f"no {_whole(key)}", said):
            yield f"no file says that it must not have {key}"
    code = "\n".join(files.values())
    yield from _too_old(described, said, code)
    for path, text in files.items():
        yield from _other_times(described, platform, text, shared="+" not in path and "BackgroundHits" in path)
    yield from _misshapen(needs.info_plist, _FORM)
    yield from _unqualified(needs.info_plist, is_of_module=any(path.endswith(".swift") for path in files))
    yield from lacking(described, needs, code)
    yield from _unfinished(described, platform, code)
    yield from _unseen(described, code)
    yield from _unlisted(described, files)
    yield from _unprefixed(described, files)
    yield from _newer(platform, needs, code)


def _newer(platform: Platform, needs: Requirements, code: str) -> Iterator[str]:
    """Find what older systems than the code needs, or a part of it, do without."""
    title = PLATFORMS[platform].title
    for since in re.findall(rf"available\([^)]*\b{title}(?: |\()(\d[\d.]*)", code, re.IGNORECASE):
        if version(since) > version(needs.minimum):
            yield f"some of it is left out before {title} {since}, and the app's oldest system is {needs.minimum}"
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


def _untrue(about: _About, said: str) -> Iterator[str]:
    """Find what the first comments say and is not so, and what is so and they do not say."""
    text = _prose(said)
    described = about.described
    for line in (described.source, described.titles["en"], *described.summaries["en"]):
        if line not in text:
            yield f"no file says {line}"
    for sentence, holds in _SENTENCES.items():
        if holds(about) and sentence not in text:
            yield f"no file says {sentence}"
        elif sentence in text and not holds(about):
            yield f"a file says {sentence}, and it is not so"


def _too_old(described: Described, said: str, code: str) -> Iterator[str]:
    """Find a version of the SDK that has not all that the code uses."""
    sdk = vocabulary(described.sdk)
    used = [sdk.since, *(since for pattern, since in _NEWER.items() if re.search(pattern, code))]
    needed = f"{sdk.title} {max(used, key=version)} or later"
    if needed not in _prose(said):
        yield f"no file says that it needs {needed}"


def _other_times(described: Described, platform: Platform, text: str, *, shared: bool) -> Iterator[str]:
    """Find the seconds in a file's comments that are not the system's, nor those after which control goes back."""
    kinds = [ENTRIES[entry_kind(case, platform)] for case in described.cases]
    if shared:  # by all that the system can call
        kinds = [each for each in ENTRIES.values() if each.framework is PLATFORMS[platform].framework]
    comments = _prose("\n".join(re.findall(r"^ *((?://|#).*)", text, re.MULTILINE)))
    limits = {f"{limit} s" for each in kinds for limit in (each.most, each.deadline)}
    for said in re.findall(r"\b\d+ (?:ms|s|min|h)\b", comments):
        if said not in limits:
            yield f"a comment says {said}, which is nobody's time"


def _misshapen(value: Any, form: Any, key: str = "") -> Iterator[str]:  # noqa: ANN401 (whatever a property list holds)
    """Find what a property list has that is of another type, or in another place, than the system looks for."""
    if not isinstance(value, form if isinstance(form, type) else type(form)):
        yield f"Info.plist has another kind of value for {key} than the system looks for"
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name in form:
                yield from _misshapen(inner, form[name], name)
            else:
                yield f"Info.plist has {name} where the system does not look for it"
    elif isinstance(value, list):
        for inner in value:
            yield from _misshapen(inner, form[0], key)


def _unqualified(properties: Mapping[str, Any], *, is_of_module: bool) -> Iterator[str]:
    """Find the class names that the system does not find: a Swift class's has its module's before it, another's has none."""
    for key, name in _entries(properties):
        if key.endswith("ClassName") and name.startswith("$(PRODUCT_MODULE_NAME).") is not is_of_module:
            yield f"Info.plist has {name} for {key}, and there is no such class"


def lacking(described: Described, needs: Requirements, code: str) -> Iterator[str]:
    """Say what the requirements lack of what the code, or how the app lives, asks for."""
    manifest = needs.info_plist.get("UIApplicationSceneManifest", {})
    wanted = {
        # Apple, "Registering your app with APNs".
        "the entitlement aps-environment": (
            "registerForRemoteNotifications" in code,
            "aps-environment" in needs.entitlements,
        ),
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
    """Say what a device does not notice: it starts the app itself, shows nothing, and lets no queue wait."""
    starts, wanted = len(re.findall(r"^@main$", code, re.MULTILINE)), described.cases[0].style.entry is EntryPoint.MAIN
    if "import UIKit\n" in code and starts != int(wanted):
        yield f"an app starts in one place, and {starts} of these files says @main"
    # Without scenes a storyboard is shown in the delegate's window (Apple, UIApplicationDelegate.window).
    if re.search(r"UIResponder\b.*\bUIApplicationDelegate", code) and not re.search(_WINDOW, code, re.MULTILINE):
        yield "the app delegate has no window, so what a storyboard shows is not seen"
    if found := re.search(r"^ *#(?:if|else).*", code, re.MULTILINE):
        yield f"a build may leave out what is between {found[0].strip()} and #endif"
    if re.search(_RECEIVED, code):
        yield "the place for a watch's other tasks completes one before its data has come"
    if found := re.search(_PUT_OFF, code):
        yield f"a queue of {found[0]} may not run before time is up"
    if found := re.search(_UNNOTICED, code):
        yield f"{found[0]} is used, of which no spec says anything"


def _unlisted(described: Described, files: Mapping[str, str]) -> Iterator[str]:
    """Find the attributes that no rendered code has: no device hides from the system what is marked, as a real one does."""
    for path, text in files.items():
        code = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', re.sub(r"^ *//.*", "", text, flags=re.MULTILINE))
        suffix = path.rpartition(".")[2]
        for mark in dict.fromkeys(re.findall(_MARK, code) if suffix in _MARKS else ()):
            if mark not in {*_MARKS[suffix], described.style.class_name}:
                yield f"{path.rpartition('/')[2]} has {mark}, which is none of what rendered code may have"


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


def _prose(comments: str) -> str:
    """The text of comments, in one line."""
    return " ".join(re.sub(r"^ *(?://+|#)", "", comments, flags=re.MULTILINE).split())


def _entries(properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """List the keys of a property list, each with its text or each of its texts."""
    for key, value in properties.items():
        for each in value if isinstance(value, list) else [value]:
            yield key, each if isinstance(each, str) else ""
            if isinstance(each, dict):
                yield from _entries(each)


def _whole(word: str) -> str:
    return rf"(?<![\w.]){re.escape(word)}(?!\.?\w)"
