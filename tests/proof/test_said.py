"""What files say that an app must have: all of it, and no newer system is used than they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from atgen.case.axes import PERMITTED
from atgen.case.model import Form
from atgen.case.requirements import requirements
from atgen.proof import said as proof
from atgen.proof.said import lacking, wrong
from atgen.proof.verify import REFERENCE, prove, rendered
from atgen.rendering import languages

if TYPE_CHECKING:
    from atgen.case.model import Case, Described


def test_all_is_said_of_the_shipped(shipped: list[Described]) -> None:
    """In every language, on every platform."""
    found = {
        (case.name, platform, name): [*wrong(case, platform, files, languages.get(name).module)]
        for case in shipped
        for platform in case.platforms
        for name, files in rendered(case, platform, languages.names()).items()
        if files
    }
    assert len(found) > 100
    assert {key: said for key, said in found.items() if said} == {}


@pytest.mark.parametrize(
    ("name", "language", "old", "new", "said"),
    [
        # The first comment.
        (
            "bg_fetch",
            "swift",
            "UIBackgroundModes: fetch",
            "UIBackgroundModes: fetching",
            "needs UIBackgroundModes: fetch",
        ),
        (
            "bg_fetch",
            "objc",
            "no BGTaskSchedulerPermittedIdentifiers",
            "BGTaskSchedulerPermittedIdentifiers",
            "not have BGTaskSchedulerPermittedIdentifiers",
        ),
        (
            "processing",
            "swift",
            "Identifiers: org.example.tidy",
            "Identifiers: tidying",
            "needs BGTaskSchedulerPermittedIdentifiers: org.example.tidy",
        ),
        ("scene_task", "objc", "UISceneDelegateClassName: ", "", "no file says that it needs UISceneDelegateClassName"),
        ("silent_push", "python", "aps-environment", "", "no file says that it needs aps-environment"),
        ("tv_fetch", "swift", "tvOS 13.0", "tvOS 13", "no file says that it needs tvOS 13.0"),
        ("watch_refresh", "swift", "watchOS 7.0", "watchOS 6.0", "no file says that it needs watchOS 7.0"),
        # What is played in another way.
        ("bg_fetch", "swift", "        done(.noData)\n", "", "the work of bg_fetch does not end with done("),
        (
            "silent_push",
            "objc",
            "done(UIBackgroundFetchResultNoData)",
            "done(UIBackgroundFetchResultFailed)",
            "not end",
        ),
        ("processing", "python", "done(True)", "done(False)", "the work of processing does not end with done(True)"),
        ("scene_task", "objc", "    done();\n", "", "the work of scene_task does not end with done()"),
        ("bg_fetch", "swift", "    var window: UIWindow?\n", "", "the app delegate has no window"),
        (
            "bg_fetch",
            "objc",
            "(nonatomic, strong) UIWindow",
            "(nonatomic, weak) UIWindow",
            "the app delegate has no window",
        ),
        (
            "watch_refresh",
            "swift",
            "        // complete the task when all of it has come.\n",
            "        task.setTaskCompletedWithSnapshot(false)\n",
            "completes one before its data has come",
        ),
        (
            "watch_refresh",
            "objc",
            "    // complete the task when all of it has come.\n",
            "    [task setTaskCompletedWithSnapshot:NO];\n",
            "completes one before its data has come",
        ),
        ("watch_refresh", "python", "pass\n", "task.set_completed()\n", "completes one before its data has come"),
        (
            "bg_fetch",
            "swift",
            "        return true\n",
            '        ATInternet.sharedInstance.userAgent = "bg"\n        return true\n',
            "userAgent is used",
        ),
        (
            "silent_push",
            "objc",
            '[[self.tracker.gestures add:@"push"] sendDownload];',
            'Gesture *push = [self.tracker.gestures add:@"push"];\npush.level2 = 3;\n[push sendDownload];',
            "level2 is used",
        ),
        (
            "scene_fetch",
            "swift",
            "call.workIsDone(result) {\n",
            "call.workIsDone(result) {\nif UIApplication.shared.backgroundTimeRemaining < 5 { return }\n",
            "backgroundTimeRemaining is used",
        ),
        ("bg_task", "swift", ".global()", ".global(qos: .background)", "a queue of qos: .background may not run"),
        ("bg_task", "objc", "QOS_CLASS_DEFAULT", "QOS_CLASS_BACKGROUND", "a queue of QOS_CLASS_BACKGROUND may not run"),
        # What stand-ins add, or do not miss.
        ("bg_task", "swift", "@main\n", "", "0 of these files says @main"),
        ("swiftui_task", "swift", "class AppDelegate", "@main\nclass AppDelegate", "1 of these files says @main"),
        # What the app's own code names.
        (
            "swiftui_task",
            "objc",
            "Adaptor(AppDelegate.self)",
            "Adaptor(Delegate.self)",
            "no file says @UIApplicationDelegateAdaptor(AppDelegate.self)",
        ),
        ("silent_push", "swift", "exempt, optOut, noConsent", "exempt", "no file says optOut"),
        # What is newer.
        (
            "watch_extension_refresh",
            "swift",
            "WKExtension.shared",
            "WKApplication.shared",
            "WKApplicationDelegate is of",
        ),
        (
            "watch_extension_refresh",
            "objc",
            "[WKExtension ",
            "[WKApplication ",
            "WKApplicationDelegate is of watchOS 7.0",
        ),
        (
            "watch_extension_activity",
            "objc",
            "<WKExtensionDelegate>",
            "<WKApplicationDelegate>",
            "oldest system is 6.0",
        ),
        ("bg_fetch", "swift", "@main\nclass", "@available(iOS 15, *)\n@main\nclass", "is left out before iOS 15"),
        (
            "watch_refresh",
            "objc",
            "    [[WK",
            "    if (@available(watchOS 10.0, *)) [[WK",
            "is left out before watchOS 10.0",
        ),
        ("scene_task_event", "swift", "Apple-SDK 2.18", "Apple-SDK 2.16", "needs ATInternet-Apple-SDK 2.18 or later"),
        # What hides code from the system, or from a compiler.
        *(
            (case, language, old, new, f"has {mark}, which is none of what rendered code may have")
            for case, language, old, new, mark in (
                ("bg_fetch", "swift", "    func application(", "    @nonobjc func application(", "@nonobjc"),
                ("bg_fetch", "swift", "@main\n", "@main\n@available(tvOS, unavailable)\n", "@available"),
                ("bg_task", "swift", "    func end()", "    @inlinable func end()", "@inlinable"),
                ("silent_push", "swift", "    func receive(", '    #warning("")\n    func receive(', "#warning"),
                (
                    "bg_fetch",
                    "objc",
                    "@implementation AppDelegate",
                    "NS_UNAVAILABLE\n@implementation A",
                    "NS_UNAVAILABLE",
                ),
                ("bg_task", "objc", "- (void)end;", "- (void)end API_UNAVAILABLE(tvos);", "API_UNAVAILABLE"),
                ("bg_task", "objc", "- (void)end;", "- (void)end __attribute__((unused));", "__attribute__"),
                ("scene_task", "objc", "- (void)end;", '[[deprecated("")]] - (void)end;', '[[deprecated("")'),
                ("scene_task", "objc", "- (void)end;", "[[clang::objc_direct]] - (void)end;", "[[clang::"),
                ("bg_fetch", "objc", "@implementation", "#pragma clang diagnostic\n@implementation", "#pragma"),
                ("bg_fetch", "objc", "@implementation", '_Pragma("x")\n@implementation', "_Pragma"),
                ("bg_fetch", "objc", "@end", "@dynamic window;\n@end", "@dynamic"),
            )
        ),
        # What a build leaves out, or the system puts off.
        (
            "bg_task",
            "swift",
            "        self.tracker.d",
            "        #if !DEBUG\n#endif\n        self.tracker.d",
            "between #if !DEBUG",
        ),
        (
            "bg_task",
            "swift",
            "DispatchQueue.global()",
            "let low = DispatchQoS.QoSClass.background; DispatchQueue.global(qos: low)",
            "a queue of QoS.QoSClass.background may not run",
        ),
        # What is said, and is not so.
        (
            "bg_fetch",
            "swift",
            "the SDK takes the tag away",
            "the tag is kept",
            "a file says the tag is kept, and it is not so",
        ),
        ("bg_fetch", "objc", "A dedicated tracker counts the visitor anew", "", "no file says counts the visitor anew"),
        (
            "bg_fetch_global",
            "python",
            "# Where",
            "# It counts the visitor anew. Where",
            "a file says counts the visitor anew",
        ),
        (
            "scene_fetch_screen",
            "swift",
            "that the visitor saw last",
            "",
            "no file says the one that the visitor saw last",
        ),
        ("scene_task_event", "objc", "Events that were added", "Events", "no file says Events that were added"),
        ("bg_fetch", "swift", "or it traps at launch", "or it warns", "no file says or it traps at launch"),
        ("scene_task", "swift", "SceneDelegate is the app's own", "", "no file says SceneDelegate is the app's own"),
        ("watch_refresh", "swift", "@WKApplicationDelegateAdaptor", "", "no file says @WKApplicationDelegateAdaptor"),
        ("own_refresh", "objc", "only one can be scheduled", "", "no file says only one can be scheduled"),
        (
            "old_sdk_fetch",
            "objc",
            "clear text unless a configuration",
            "clear text where a",
            "no file says in clear text",
        ),
        ("bg_fetch", "python", "specs/bg_fetch.yaml", "specs/bg_task.yaml", "no file says specs/bg_fetch.yaml"),
        (
            "bg_fetch",
            "swift",
            "// Background fetch, dedicated",
            "// Background task, dedicated",
            "no file says Background fetch",
        ),
        (
            "bg_fetch",
            "objc",
            "// Marks the hit",
            "// Marks each hit",
            "no file says Marks the hit that a background fetch",
        ),
        # The time that there is.
        ("bg_fetch", "swift", "After 25 s", "After 20 s", "a comment says 20 s, which is nobody's time"),
        ("watch_refresh", "objc", "takes 15 s", "takes 30 s", "a comment says 30 s, which is nobody's time"),
        ("app_refresh", "swift", "submit(request)", "submitTaskRequest(request)", "submitTaskRequest is of iOS 27.0"),
    ],
)
def test_what_is_not_so_is_found(name: str, language: str, old: str, new: str, said: str, shipped: list[Case]) -> None:
    """One mistake in a language's files, one sentence."""
    [case] = [case for case in shipped if case.name == name]
    platform = case.platforms[0]
    files = rendered(case, platform, [language])[language]
    assert any(old in text for text in files.values())
    files = {path: text.replace(old, new) for path, text in files.items()}
    found = [*wrong(case, platform, files, languages.get(language).module)]
    assert any(said in each for each in found), found


@pytest.mark.parametrize(
    ("name", "less", "said"),
    [
        ("silent_push", {"entitlements": ()}, "the entitlement aps-environment"),
        ("silent_push", {"entitlements": ("aps-environments",)}, "the entitlement aps-environment"),
        ("bg_fetch", {"absent": ()}, "that there is no BGTaskSchedulerPermittedIdentifiers"),
        ("scene_fetch", {"info_plist": {}}, "a scene manifest"),
        ("watch_extension_refresh", {"info_plist": {}}, "WKExtensionDelegateClassName"),
    ],
)
@pytest.mark.parametrize("language", ["swift", "objc"])
def test_requirements_that_lack_something(
    name: str, less: dict[str, Any], said: str, language: str, shipped: list[Case]
) -> None:
    """What the code asks for is held against them, and not against what they say themselves."""
    [case] = [case for case in shipped if case.name == name]
    platform = case.platforms[0]
    code = "\n".join(rendered(case, platform, [language])[language].values())
    needs = requirements(case, platform, languages.get(language).module)
    assert [*lacking(case, needs, code)] == []
    assert [*lacking(case, needs._replace(**less), code)] == [f"the requirements lack {said}"]


@pytest.mark.parametrize(
    ("name", "key", "value", "said"),
    [
        ("bg_fetch", "UIBackgroundModes", "fetch", "another kind of value for UIBackgroundModes"),
        ("app_refresh", PERMITTED, "app_refresh", f"another kind of value for {PERMITTED}"),
        ("scene_task", "UISceneConfigurations", {}, "has UISceneConfigurations where the system does not look"),
        (
            "scene_task",
            "UIApplicationSceneManifest",
            {"UIApplicationSupportsMultipleScenes": "NO"},
            "another kind of value for UIApplicationSupportsMultipleScenes",
        ),
        (
            "scene_fetch",
            "UIApplicationSceneManifest",
            {"UISceneConfigurations": {"UIWindowSceneSessionRole": []}},
            "has UIWindowSceneSessionRole where the system does not look",
        ),
        (
            "scene_fetch",
            "UIApplicationSceneManifest",
            {"UISceneConfigurations": {"UIWindowSceneSessionRoleApplication": {}}},
            "another kind of value for UIWindowSceneSessionRoleApplication",
        ),
        (
            "watch_extension_refresh",
            "WKExtensionDelegateClassName",
            "ExtensionDelegate",
            "has ExtensionDelegate for WKExtensionDelegateClassName, and there is no such class",
        ),
    ],
)
def test_what_the_system_does_not_find_in_info_plist(
    name: str, key: str, value: object, said: str, shipped: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looks for a key in its place, with a value of its type; a Swift class has its module's name before its own."""
    [case] = [case for case in shipped if case.name == name]
    platform, module = case.platforms[0], languages.get("swift").module
    files = rendered(case, platform, ["swift"])["swift"]
    needs = requirements(case, platform, module)
    monkeypatch.setattr(proof, "requirements", lambda *_: needs._replace(info_plist={**needs.info_plist, key: value}))
    found = [*wrong(case, platform, files, module)]
    assert any(said in each for each in found), found


@pytest.mark.parametrize("language", ["swift", "objc"])
def test_an_extension_s_call_and_a_prefix_are_asked_for(language: str, shipped: list[Case]) -> None:
    """Neither shows in a run: the app's class that is played calls it, and no other app's classes are there."""
    [case] = [case for case in shipped if case.name == "silent_push"]
    case = case._replace(style=case.style._replace(form=Form.EXTENSION, prefix="Abc"))
    platform, module = case.platforms[0], languages.get(language).module
    files = rendered(case, platform, [language])[language]
    assert [*wrong(case, platform, files, module)] == []
    silent = {path: text.replace("// setUpBackgroundHits", "//") for path, text in files.items()}
    assert [*wrong(case, platform, silent, module)] == ["no file says setUpBackgroundHits"]
    bare = {path: text.replace("AbcExpectedHit", "ExpectedHit") for path, text in files.items()}
    assert {*wrong(case, platform, bare, module)} == {"ExpectedHit does not begin with Abc"}


def test_a_proof_that_is_known_hears_of_it(shipped: list[Case]) -> None:
    """No proof depends on a comment, and still nothing passes whose comment is wrong."""
    [case] = [case for case in shipped if case.name == "bg_fetch_global"]
    platform = case.platforms[0]
    texts = rendered(case, platform, [REFERENCE])
    prove(case, platform, texts)
    [row] = prove(case, platform, texts)
    assert row.known
    texts[REFERENCE] = {path: text.replace("iOS 13.0", "iOS 8.1") for path, text in texts[REFERENCE].items()}
    [row] = prove(case, platform, texts)
    assert [finding.text for finding in row.findings] == ["no file says that it needs iOS 13.0"]
