"""Scaffolds: whole apps that compile, with two owners, in folders that are left alone when they are somebody else's."""

from __future__ import annotations

import os
import plistlib
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
import yaml
from jinja2 import nodes

import scaffolds
from atgen import scaffold
from atgen.case import spec
from atgen.case.axes import ENTRIES, entry_kind
from atgen.case.model import EntryPoint, Lifecycle, Platform, Scheduler
from atgen.cli import scaffold as command
from atgen.doctor import examine
from atgen.errors import AtgenError, FileError
from atgen.output import files as store
from atgen.proof import compilers, native, search, verify
from atgen.proof.said import wrong
from atgen.reference import Device
from atgen.rendering import languages, pipeline, templating
from atgen.scaffold import Owner
from conftest import ROOT, combinations, written
from started import atgen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.case.model import App, Case

LANGUAGES = ("swift", "objc")
SWIFT = languages.get("swift")
CASES = ("bg_fetch", "bg_fetch_global", "bg_task", "bg_task_global", "refresh", "processing", "silent_push")
PERSON = {
    "swift": ["AppSetup.swift", "BackgroundWork.swift", "SceneDelegate.swift", "ViewController.swift"],
    "objc": [
        f"{name}.{end}" for name in ("AppSetup", "BackgroundWork", "SceneDelegate", "ViewController") for end in "hm"
    ],
}
GENERATED = {
    "swift": ["AppDelegate.swift", "BackgroundHits.swift", "HitUserAgent.swift"],
    "objc": [
        *(f"{name}.{end}" for name in ("AppDelegate", "BackgroundHits", "HitUserAgent") for end in "hm"),
        "main.m",
    ],
}
YIELDING = [
    ".gitattributes", ".gitignore", "Podfile", "README.md", "Support/Info.plist", "Support/PrivacyInfo.xcprivacy",
    "project.yml", "specs/schema.json",
]  # fmt: skip


@pytest.fixture(scope="session")
def cases(shipped: list[Case]) -> dict[str, Case]:
    """Provide the shipped cases, and one for each scheduler of BackgroundTasks."""
    there = combinations()
    others = {
        "refresh": spec.parse(there["fetch_dedicated_sent_app_refresh"], "refresh.yaml"),
        "processing": spec.parse(there["task_global_after_processing"], "processing.yaml"),
        "swiftui_fetch_global": spec.parse(there["fetch_global_after_swiftui"], "swiftui_fetch_global.yaml"),
    }
    return {case.name: case for case in shipped} | others


def build(case: Case, language: str, platform: Platform = Platform.IOS) -> dict[str, bytes]:
    """Make the files of a case's app."""
    return scaffold.build(case, language, "MyApp", platform=platform).files


def sources(files: dict[str, bytes]) -> dict[str, str]:
    """Choose the sources from an app's files, by name; the hosts have a main of their own."""
    texts = {path.rpartition("/")[2]: text.decode() for path, text in files.items() if path.startswith("Sources/")}
    texts.pop("main.m", None)
    return texts


def became(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Read what became of each file, by its path below the app's folder."""
    rows = [line.split(maxsplit=1) for line in done.stdout.splitlines() if not line[0].isdigit()]
    return {path.split(": ")[0].removeprefix("MyApp/"): status for status, path in rows}


def compiler(language: str) -> compilers.Compiler:
    """Find a compiler; without it the test is not run, or fails where the language is required."""
    found = compilers.find_compiler(language)
    if isinstance(found, compilers.Missing):
        required = language in os.environ.get("ATGEN_REQUIRE", "").split(",")
        (pytest.fail if required else pytest.skip)(f"not run: {found.reason}")
    return found


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Make an app for bg_fetch in Swift, as the first run does."""
    done = atgen("scaffold", "bg_fetch", "MyApp", cwd=tmp_path)
    assert (done.returncode, set(became(done).values())) == (0, {"written"})
    return tmp_path / "MyApp"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_every_file_has_its_owner(cases: dict[str, Case], name: str, language: str) -> None:
    """The hook is generated, what a person fills in is theirs, and settings are atgen's until they are edited."""
    made = scaffold.build(cases[name], language, "MyApp")
    assert sorted(made.of(Owner.PERSON)) == [f"Sources/{file}" for file in PERSON[language]]
    assert sorted(made.of(Owner.GENERATED)) == [f"Sources/Generated/{file}" for file in GENERATED[language]]
    entitlements = ["Support/App.entitlements"] if name == "silent_push" else []
    assert sorted(made.of(Owner.YIELDING)) == sorted(YIELDING + entitlements)
    assert made.owners.keys() == made.files.keys()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_info_plist_has_what_the_case_needs_and_nothing_that_it_must_not_have(
    cases: dict[str, Case], name: str, language: str
) -> None:
    """The rules of Apple's documentation: background modes, permitted identifiers, a scene manifest that is filled."""
    case = cases[name]
    plist = plistlib.loads(build(case, language)["Support/Info.plist"])
    scene = "SceneDelegate" if language == "objc" else "$(PRODUCT_MODULE_NAME).SceneDelegate"
    unusual = {"processing": ["processing"], "silent_push": ["remote-notification"]}
    modes = {"bg_task": None, "bg_task_global": None, **unusual}.get(name, ["fetch"])
    identifiers = [case.identifier] if name in {"refresh", "processing"} else None
    assert plist.pop("UIBackgroundModes", None) == modes
    # Present, it would switch classic fetch off.
    assert plist.pop("BGTaskSchedulerPermittedIdentifiers", None) == identifiers
    assert plist == {
        "CFBundleDevelopmentRegion": "$(DEVELOPMENT_LANGUAGE)",
        "CFBundleExecutable": "$(EXECUTABLE_NAME)",
        "CFBundleIdentifier": "$(PRODUCT_BUNDLE_IDENTIFIER)",
        "CFBundleInfoDictionaryVersion": "6.0",
        "CFBundleName": "$(PRODUCT_NAME)",
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": "$(MARKETING_VERSION)",
        "CFBundleVersion": "$(CURRENT_PROJECT_VERSION)",
        "LSRequiresIPhoneOS": True,
        "UILaunchScreen": {},
        "UIApplicationSceneManifest": {
            "UIApplicationSupportsMultipleScenes": False,
            "UISceneConfigurations": {
                "UIWindowSceneSessionRoleApplication": [
                    {"UISceneConfigurationName": "Default", "UISceneDelegateClassName": scene}
                ]
            },
        },
    }


def test_the_privacy_manifest_declares_what_the_sdk_does(cases: dict[str, Case]) -> None:
    """UserDefaults with its reason, since the SDK ships no manifest; analytics, and no tracking across companies."""
    manifest = plistlib.loads(build(cases["bg_fetch"], "swift")["Support/PrivacyInfo.xcprivacy"])
    assert manifest["NSPrivacyAccessedAPITypes"] == [
        {
            "NSPrivacyAccessedAPIType": "NSPrivacyAccessedAPICategoryUserDefaults",
            "NSPrivacyAccessedAPITypeReasons": ["CA92.1"],
        }
    ]
    assert (manifest["NSPrivacyTracking"], manifest["NSPrivacyTrackingDomains"]) == (False, [])
    collected = manifest["NSPrivacyCollectedDataTypes"]
    assert {entry["NSPrivacyCollectedDataType"].removeprefix("NSPrivacyCollectedDataType") for entry in collected} == {
        "ProductInteraction", "DeviceID",
    }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_the_project_names_files_that_are_there(cases: dict[str, Case], name: str, language: str) -> None:
    """XcodeGen's project is YAML, refuses older XcodeGens, and builds for a system that Xcode 27 accepts.

    Swift has its version in an app in Swift only; in Objective-C the pods have XcodeGen's own default (SettingPresets/base.yml).
    """
    files = build(cases[name], language)
    project = yaml.safe_load(files["project.yml"])
    target = project["targets"]["MyApp"]
    assert project["name"] == "MyApp"
    assert project["options"]["minimumXcodeGenVersion"] == "2.45.0"
    assert project["options"]["deploymentTarget"] == {"iOS": "15.0"}
    assert (target["type"], target["platform"]) == ("application", "iOS")
    assert target["settings"]["base"]["INFOPLIST_FILE"] in files
    assert target["settings"]["base"]["ENABLE_USER_SCRIPT_SANDBOXING"] == "NO"
    assert target["settings"]["base"].get("SWIFT_VERSION") == {"swift": "6.0", "objc": None}[language]
    entitlements = target["settings"]["base"].get("CODE_SIGN_ENTITLEMENTS")
    assert {path for path in files if path.endswith(".entitlements")} == {entitlements} - {None}
    # What Info.plist asks for is there, and no second Info.plist is made.
    versions = {"MARKETING_VERSION": "1.0", "CURRENT_PROJECT_VERSION": "1"}
    named = {"INFOPLIST_FILE", "ENABLE_USER_SCRIPT_SANDBOXING", "SWIFT_VERSION", "CODE_SIGN_ENTITLEMENTS"}
    assert {key: value for key, value in target["settings"]["base"].items() if key not in named} == versions
    folder, privacy = target["sources"]
    assert folder == "Sources"
    assert (privacy["path"] in files, privacy["buildPhase"]) == (True, "resources")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_the_readme_says_what_is_so(cases: dict[str, Case], name: str, language: str) -> None:
    """How the case is tried, where its site is written, which files are whose, and what the hit's URL carries."""
    case = cases[name]
    made = scaffold.build(case, language, "My_App")
    text = made.files["README.md"].decode()
    ending = {"swift": "swift", "objc": "m"}[language]
    assert f"`Sources/BackgroundWork.{ending}`" in text
    assert f"carries `bg={case.mode.value}`." in text
    assert (f"into `Sources/AppSetup.{ending}`" in text, "(`tracker: configuration:`)" in text) == (
        case.tracker is None,
        case.tracker is not None,
    )
    assert "open My_App.xcworkspace" in text
    tried = {
        "fetch": "Simulate Background Fetch",
        "task": "Run the app, and go to the home screen.",
        "push": '{"aps": {"content-available": 1}}\' | xcrun simctl push booted com.example.My-App -`',
        "scheduled": "_simulateLaunchForTaskWithIdentifier:",
    }
    work = ENTRIES[entry_kind(case, Platform.IOS)].work
    assert [kind for kind, said in tried.items() if said in text] == [work]
    owners = dict(re.findall(r"^\| (`.*|the .*) \| (.*) \|$", text, re.MULTILINE))
    yours, kept = "yours: written once, never again", "atgen keeps them current until you edit one; then it is yours"
    of_atgen = "atgen's: never edit them, they follow the spec"
    assert {said: set(re.findall(r"`(.*?)`", paths)) for paths, said in owners.items()} == {
        of_atgen: {f"{scaffold.GENERATED}/"},
        yours: {"Sources/"},
        kept: {re.sub(r"^Support/.*", "Support/", path) for path in made.of(Owner.YIELDING)},
    }


def test_git_takes_all_files_and_puts_no_markers_into_those_of_atgen(app: Path) -> None:
    """What is made again by others is left out."""
    ask = ("git", "-C", str(app))
    subprocess.run((*ask, "init", "-q"), check=True)
    paths = [str(path.relative_to(app)) for path in app.rglob("*") if path.is_file() and ".git/" not in f"{path}"]
    others = ["MyApp.xcodeproj/project.pbxproj", "MyApp.xcworkspace/contents", "Pods/Manifest.lock", ".DS_Store"]
    ignored = subprocess.run((*ask, "check-ignore", *paths, *others), capture_output=True, text=True, check=False)
    assert ignored.stdout.split() == others
    merged = subprocess.run((*ask, "check-attr", "merge", *paths), capture_output=True, text=True, check=True)
    without = {line.partition(": ")[0] for line in merged.stdout.splitlines() if line.endswith(": merge: unset")}
    assert without == {path for path in paths if path.startswith("Sources/Generated/")}


def test_the_podfile_brings_the_sdk_in(cases: dict[str, Case]) -> None:
    """The subspec, since there is no default one; frameworks; for the pods a floor that Xcode 27 accepts, and Swift 5."""
    lines = build(cases["bg_fetch"], "swift")["Podfile"].decode().splitlines()
    assert [line for line in lines[1:] if line and not line.startswith("#")] == [
        "platform :ios, '15.0'",
        "use_frameworks!",
        "target 'MyApp' do",
        "  pod 'ATInternet-Apple-SDK/Tracker', '~> 2.23'",
        "end",
        "post_install do |installer|",
        "  installer.pods_project.targets.each do |target|",
        "    target.build_configurations.each do |configuration|",
        "      configuration.build_settings['IPHONEOS_DEPLOYMENT_TARGET'] = '15.0'",
        "      configuration.build_settings['SWIFT_VERSION'] = '5.0'",
        "    end",
        "  end",
        "end",
    ]


def test_a_newer_oldest_system_is_the_spec_s() -> None:
    """`minimum` raises the deployment target of app and pods; it never lowers it below Xcode 27's floor."""
    text = combinations()["fetch_dedicated_sent"] + b"minimum: {ios: '17.2'}\n"
    files = build(spec.parse(text, "x.yaml"), "swift")
    assert yaml.safe_load(files["project.yml"])["options"]["deploymentTarget"] == {"iOS": "17.2"}
    assert files["Podfile"].decode().count("'17.2'") == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["tv_fetch_global", "scene_task", "app_refresh", "processing_global"])
def test_an_app_for_tvos(cases: dict[str, Case], name: str, language: str, tmp_path: Path) -> None:
    """Project, pod and its floor are tvOS's, all else is as for iOS, and the doctor finds nothing."""
    case = cases[name]
    files = build(case, language, Platform.TVOS)
    project = yaml.safe_load(files["project.yml"])
    assert project["options"]["deploymentTarget"] == {"tvOS": "15.0"}
    assert project["targets"]["MyApp"]["platform"] == "tvOS"
    podfile = files["Podfile"].decode()
    assert [line for line in podfile.splitlines() if re.search("tvos", line, re.IGNORECASE)] == [
        "platform :tvos, '15.0'",
        "  pod 'ATInternet-Apple-SDK/tvOSTracker', '~> 2.23'",
        "      configuration.build_settings['TVOS_DEPLOYMENT_TARGET'] = '15.0'",
    ]
    assert "tvOS 13.0 or later" in "".join(sources(files).values())
    if Platform.IOS in case.platforms:
        others = build(case, language)
        assert {path for path in others if "HitUserAgent" in path} == others.keys() - files.keys()
        ending = {"swift": "swift", "objc": "m"}[language]
        delegate = {f"Sources/Generated/{name}" for name in GENERATED[language] if name.startswith("AppDelegate")}
        assert {path for path, text in files.items() if text != others[path]} == {
            *delegate, f"Sources/AppSetup.{ending}", "Podfile", "project.yml",
        }  # fmt: skip
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(text)
    assert {each.rule for each in examine(tmp_path, case).findings} <= {"site"}


@pytest.mark.sample(3)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_all_sources_compile_as_one_module(cases: dict[str, Case], name: str, language: str) -> None:
    """The generated file and a person's together, in every mode; Apple's one deprecation may be said."""
    found = compiler(language)
    files = build(cases[name], language)
    texts = {path.rpartition("/")[2]: text.decode() for path, text in files.items() if path.startswith("Sources/")}
    for mode in found.modes:
        verdict = found.check(texts, mode)
        warned = {line for line in verdict.messages.splitlines() if re.match(r"\S+: (?:warning|error)", line)}
        about = [line for line in warned if "setMinimumBackgroundFetchInterval" not in line]
        assert (mode, verdict.accepted, about) == (mode, True, []), verdict.messages


@pytest.mark.sample(3)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_the_app_does_what_the_case_does(cases: dict[str, Case], name: str, language: str) -> None:
    """Played as a whole, its traces are the rendered case's, but for the site that a person sets."""
    compiler(language)
    case = cases[name]._replace(lifecycle=Lifecycle.SCENE)
    app = sources(build(case, language))
    chosen = languages.get(language)
    rendered = templating.render(*pipeline.see(case, Platform.IOS, chosen), chosen)
    made = (app, {path: file.text for path, file in rendered.items()})
    hosts = [host for files in made if isinstance(host := native.host(language, files), native.Host)]
    assert len(hosts) == 2
    played = 0
    for each in verify.scenarios(case, Platform.IOS):
        ours, theirs = (host.trace(each.as_json()) for host in hosts)
        site = ("?s=123456", "?s=410501") if not case.tracker else ("", "")
        assert [line.replace(*site) for line in ours] == theirs
        played += 1
    assert played >= 3


@pytest.mark.parametrize("name", ["swiftui_task", "swiftui_fetch_global"])
def test_an_app_of_swiftui(cases: dict[str, Case], name: str, tmp_path: Path) -> None:
    """Its App names the delegate, SwiftUI makes the scenes; in every mode it compiles, and what it does is the case's."""
    case = cases[name]
    made = scaffold.build(case, "swift", "MyApp")
    assert sorted(made.of(Owner.PERSON)) == [f"Sources/{file}.swift" for file in ("App", "AppSetup", "BackgroundWork")]
    assert sorted(made.of(Owner.GENERATED)) == [f"Sources/Generated/{file}" for file in GENERATED["swift"]]
    assert "UIApplicationSceneManifest" not in plistlib.loads(made.files["Support/Info.plist"])
    for path, text in made.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(text)
    assert {each.rule for each in examine(tmp_path, case).findings} <= {"site"}
    (tmp_path / "Sources/App.swift").write_text("// none\n", encoding="utf-8")
    assert {each.message for each in examine(tmp_path, case).findings if each.rule == "case"} == {
        f"{name}: no App names the delegate: @UIApplicationDelegateAdaptor(AppDelegate.self) private var delegate"
    }
    app, found = sources(made.files), compiler("swift")
    assert {mode: found.check(app, mode).accepted for mode in found.modes} == dict.fromkeys(found.modes, True)
    rendered = templating.render(*pipeline.see(case, Platform.IOS, SWIFT), SWIFT)
    hosts = [native.host("swift", files) for files in (app, {path: file.text for path, file in rendered.items()})]
    assert [type(host) for host in hosts] == [native.Host, native.Host]
    for each in verify.scenarios(case, Platform.IOS):
        ours, theirs = (host.trace(each.as_json()) for host in hosts if isinstance(host, native.Host))
        site = ("?s=123456", "?s=410501") if not case.tracker else ("", "")
        assert [line.replace(*site) for line in ours] == theirs


def test_an_app_of_swiftui_is_swift(cases: dict[str, Case]) -> None:
    """Objective-C has no App; and a class that is called as the app's own App is refused."""
    case = cases["swiftui_task"]
    with pytest.raises(AtgenError, match="SwiftUI's App is Swift; make it with --language swift"):
        build(case, "objc")
    with pytest.raises(AtgenError, match="MyAppApp is another part of the app"):
        build(case._replace(style=case.style._replace(class_name="MyAppApp")), "swift")


# A person's files for the Python reference: the site, if the scaffold sets one, and the work.
OWN = """
BROUGHT = {True: at.FetchResult.NEW_DATA, False: at.FetchResult.NO_DATA, None: at.FetchResult.FAILED}

class AppSetup:
    @classmethod
    def launch(cls) -> None:
        if SITE:
            cls.device.at_internet.default_tracker.configuration.update(site=SITE)

class BackgroundWork:
    @classmethod
    def begin(cls, kind: str, done, *asks) -> None:
        AppSetup.device.works.begin(kind, done, *asks)

    @classmethod
    def fetch(cls, done) -> None:
        cls.begin("fetch", lambda good: done(BROUGHT[good]))

    @classmethod
    def receive(cls, user_info, done) -> None:
        cls.begin("push", lambda good: done(BROUGHT[good]))

    @classmethod
    def run(cls, done) -> None:
        cls.begin("task", lambda good: done())

    @classmethod
    def perform(cls, call, done) -> None:
        call.when_time_is_up(lambda: None)
        cls.begin("scheduled", done, call.when_time_is_up)

# No class, so that its methods stay as they are: the work is played here.
def AppDelegate(device, make=AppDelegate):
    AppSetup.device = device
    return make(device)
"""


def reference(case: Case) -> dict[str, str]:
    """Render the scaffold's plan in Python, with a person's files in the same module."""
    python = languages.get("python")
    [(path, file)] = templating.render(*pipeline.see(case, Platform.IOS, python, own_work=True), python).items()
    site = "" if case.tracker else "123456"
    return {path: file.text.replace("\nif __name__", f"SITE = {site!r}\n{OWN}\nif __name__")}


def filled_in(case: Case, language: str) -> dict[str, str]:
    """Build an app whose BackgroundWork does what the device plays, in the place of the delegate that a host derives.

    A host knows the delegate's methods by their text: here they are spelt otherwise.
    """
    texts = sources(build(case, language))
    name, spelling, other = {
        "swift": ("BackgroundWork.swift", r"\bfunc (fetch|receive|work)\(", r"func \1 ("),
        "objc": ("BackgroundWork.m", r"^- \(void\)(fetch|receive|work)", r"-(void)\1"),
    }[language]
    [played] = (compilers.STANDINS / "host" / language).glob(f"{ENTRIES[entry_kind(case, Platform.IOS)].work}.*")
    body = played.read_text(encoding="utf-8").partition("{\n")[2].rpartition("}")[0]
    texts[name], replaced = re.subn(
        r"^ +done\(.*\n", lambda _: body.replace("int good", "__unused int good"), texts[name], flags=re.MULTILINE
    )
    assert replaced == 1
    if language == "objc":
        texts[name] = f'#import "device_block.h"\n{texts[name]}'
    return {path: re.sub(spelling, other, text, flags=re.MULTILINE) for path, text in texts.items()}


@pytest.mark.sample(7)
@pytest.mark.parametrize("name", CASES)
def test_the_app_keeps_the_rules_in_each_schedule(cases: dict[str, Case], name: str) -> None:
    """As `atgen verify` searches: no invariant is broken, and the languages' traces are equal.

    The work, of all lengths, is in a person's file.
    """
    case = cases[name]._replace(lifecycle=Lifecycle.SCENE)
    for language in LANGUAGES:
        compiler(language)
    texts = {language: filled_in(case, language) for language in LANGUAGES} | {"python": reference(case)}
    rows = verify.prove(case, Platform.IOS, texts)
    found = [(row.language, finding.text) for row in rows for finding in row.findings]
    # What is said of rendered files does not hold for a person's, nor for the place where there is work now.
    said = {
        text for name, files in texts.items() for text in wrong(case, Platform.IOS, files, languages.get(name).module)
    }
    assert [each for each in found if each[1] not in said] == []
    assert {row.language: row.compiled for row in rows} == {"swift": 4, "objc": 2, "python": 0}
    [schedules] = {row.tried.schedules for row in rows}
    assert schedules >= 20


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_the_comment_names_the_thread_of_the_work(cases: dict[str, Case], name: str, language: str) -> None:
    """The one on which the work begins, whenever the scaffold's plan is played."""
    case = cases[name]._replace(lifecycle=Lifecycle.SCENE)
    made = verify.delegate(reference(case), "AppDelegate")
    threads = {
        event["on"]
        for each in verify.scenarios(case, Platform.IOS)
        for event in search.played(Device(each.outside, made), ())
        if event["event"] == "work"
    }
    work = {path: text for path, text in sources(build(case, language)).items() if path.startswith("BackgroundWork")}
    said = re.findall(r"// Called (on|off) the main thread", "".join(work.values()))
    assert [{"main"} if word == "on" else {"background"} for word in said] == [threads]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_user_agent_that_was_kept_is_set_before_the_first_hit(cases: dict[str, Case], language: str) -> None:
    """No hit waits for a web view then; without it one may."""
    compiler(language)
    files = sources(build(cases["bg_fetch"], language))
    name = {"swift": "HitUserAgent.swift", "objc": "HitUserAgent.m"}[language]
    ask = r"UserDefaults\.standard\.string\(forKey: key\)|\[\[NSUserDefaults standardUserDefaults\] stringForKey:key\]"
    kept, asked = re.subn(ask, {"swift": '"kept" as String?', "objc": '@"kept"'}[language], files[name])
    assert asked == 1
    [played] = [each for each in verify.scenarios(cases["bg_fetch"], Platform.IOS) if each.name == "fetch_given_up"]
    waits = []
    for texts in (files, files | {name: kept}):
        host = native.host(language, texts)
        assert isinstance(host, native.Host)
        waits.append("user_agent#1" in "".join(host.trace(played.as_json())))
    assert waits == [True, False]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_user_agent_is_asked_for_in_the_foreground_once_and_kept(cases: dict[str, Case], language: str) -> None:
    """Under a key of its own (UserAgent is that of all web views), of a web view that lives until it has answered."""
    text = sources(build(cases["bg_fetch"], language))[
        {"swift": "HitUserAgent.swift", "objc": "HitUserAgent.m"}[language]
    ]
    assert re.findall(r"UIApplication\.?([dD]id\w+Notification)", text) in (
        ["didBecomeActiveNotification"],
        ["DidBecomeActiveNotification"],
    )
    [key] = re.findall(r'key = @?"(.*?)"', text)
    assert key == "HitUserAgent"
    # In this order: asked for once, with the web view held, kept, and told to the SDK.
    words = [
        r"(?:guard !isAsked else|if \(isAsked\)) \{\s+return",
        r"isAsked = (?:true|YES)",
        r"evaluateJavaScript",
        r"(?:_ =|\(void\)) ?webView",
        r"(?:as\? String|isKindOfClass:\[NSString class\])",
        r"set(?:Object:answer forKey:key|\(userAgent, forKey: key\))",
        r"\.userAgent = (?:userAgent|answer)",
    ]
    assert re.search(r"[\s\S]*?".join(words), text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_nothing_is_to_mend_in_a_new_app(cases: dict[str, Case], name: str, language: str, tmp_path: Path) -> None:
    """`atgen doctor` agrees with `atgen scaffold`; notes are about the site, which is the person's, and the user agent."""
    for path, text in build(cases[name], language).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(text)
    found = examine(tmp_path, cases[name]).findings
    assert [str(each) for each in found if not (each.is_note and each.rule in ("agent", "site"))] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_files_are_clean_and_the_same_each_time(cases: dict[str, Case], name: str, language: str) -> None:
    """UTF-8 with LF and one newline at the end, no trailing blanks, nothing of the machine that made them."""
    first, second = (build(cases[name], language) for _ in range(2))
    assert first == second
    for path, content in first.items():
        text = content.decode()
        assert (path, text.endswith("\n"), text.endswith("\n\n")) == (path, True, False)
        assert (path, re.findall(r"\r|[ \t]\n", text)) == (path, [])
        assert str(ROOT) not in text


def test_the_global_tracker_gets_its_site_in_a_file_of_the_person(cases: dict[str, Case]) -> None:
    """Before any hit: the call is not a comment there, and is one where the background hits have their own tracker."""
    for name, configures in (("bg_task_global", True), ("bg_task", False)):
        swift = build(cases[name], "swift")["Sources/AppSetup.swift"].decode()
        objc = build(cases[name], "objc")["Sources/AppSetup.m"].decode()
        code = [line for text in (swift, objc) for line in text.splitlines() if not line.lstrip().startswith("//")]
        assert (sum("setConfig" in line for line in code) == 2) is configures


def test_a_second_run_changes_nothing(app: Path) -> None:
    """What is atgen's is unchanged, what is a person's kept, and all modification times stay."""
    times = {path: path.stat().st_mtime_ns for path in app.rglob("*")}
    done = atgen("scaffold", "bg_fetch", "MyApp", "-v", cwd=app.parent)
    statuses = became(done)
    assert (done.returncode, done.stderr) == (0, "")
    assert {path for path, status in statuses.items() if status == "kept"} == {f"Sources/{n}" for n in PERSON["swift"]}
    assert {path for path, status in statuses.items() if status == "unchanged"} == {
        *YIELDING,
        *(f"Sources/Generated/{name}" for name in GENERATED["swift"]),
    }
    assert {path: path.stat().st_mtime_ns for path in app.rglob("*")} == times


def test_when_the_spec_changes_what_is_atgens_follows_and_the_rest_is_said(app: Path) -> None:
    """From a fetch to a task: the hook and Info.plist change; BackgroundWork is the person's, and lacks `run`."""
    case = app / "specs" / "bg_fetch.yaml"
    case.write_text(case.read_text(encoding="utf-8").replace("mode: fetch", "mode: task"), encoding="utf-8")
    checked = atgen("scaffold", "bg_fetch", "MyApp", "--check", cwd=app.parent)
    assert checked.returncode == 1
    stale = {"README.md", "Sources/Generated/AppDelegate.swift", "Support/Info.plist"}
    assert {path for path, status in became(checked).items() if status == "stale"} == stale
    done = atgen("scaffold", "bg_fetch", "MyApp", cwd=app.parent)
    assert (done.returncode, {path for path, status in became(done).items() if status == "written"}) == (0, stale)
    assert "BackgroundWork has no run(done:), which is called here" in done.stderr
    assert "UIBackgroundModes" not in plistlib.loads((app / "Support" / "Info.plist").read_bytes())
    assert "fetch(done:" in (app / "Sources" / "BackgroundWork.swift").read_text(encoding="utf-8")


def test_check_also_fails_for_what_a_persons_file_lacks(app: Path) -> None:
    """All files are current, and yet the app would not compile."""
    (app / "Sources" / "BackgroundWork.swift").write_text("enum BackgroundWork {}\n", encoding="utf-8")
    done = atgen("scaffold", "bg_fetch", "MyApp", "--check", "-v", cwd=app.parent)
    assert (done.returncode, set(became(done).values())) == (1, {"kept", "unchanged"})
    assert "add to BackgroundWork: @MainActor static func fetch(done: @escaping" in done.stderr


@pytest.mark.parametrize(
    ("language", "file", "old", "lacks"),
    [
        ("swift", "BackgroundWork.swift", "enum BackgroundWork {\n    static func fetch() {}\n}\n", "fetch(done:)"),
        ("objc", "BackgroundWork.h", "@interface BackgroundWork : NSObject\n+ (void)fetch;\n@end\n", "fetch:"),
    ],
)
def test_work_of_an_older_shape_is_found(tmp_path: Path, language: str, file: str, old: str, lacks: str) -> None:
    """A method of the same name that gets no completion is not the one that is called."""
    assert atgen("scaffold", "bg_fetch", "MyApp", "--language", language, cwd=tmp_path).returncode == 0
    sources = tmp_path / "MyApp" / "Sources"
    for path in sources.glob("BackgroundWork.*"):
        path.write_text("", encoding="utf-8")
    (sources / file).write_text(old, encoding="utf-8")
    done = atgen("scaffold", "bg_fetch", "MyApp", cwd=tmp_path)
    assert f"BackgroundWork has no {lacks}, which is called here" in done.stderr


def test_a_setting_that_a_person_edited_is_theirs_from_then_on(app: Path) -> None:
    """No conflict, no diff, and no new text when the spec changes; `--force` takes it back and keeps the edit."""
    podfile = app / "Podfile"
    edited = podfile.read_text(encoding="utf-8").replace("end\n", "  pod 'Other'\nend\n", 1)
    podfile.write_text(edited, encoding="utf-8")
    done = atgen("scaffold", "bg_fetch", "MyApp", cwd=app.parent)
    assert (done.returncode, became(done)["Podfile"]) == (0, "kept")
    assert atgen("scaffold", "bg_fetch", "MyApp", "--diff", cwd=app.parent).stdout == ""
    assert atgen("scaffold", "bg_fetch", "MyApp", "--check", cwd=app.parent).returncode == 0
    forced = atgen("scaffold", "bg_fetch", "MyApp", "--force", cwd=app.parent)
    assert (forced.returncode, became(forced)["Podfile"]) == (0, "written")
    assert (app / "Podfile.orig").read_text(encoding="utf-8") == edited


def test_other_line_ends_hand_nothing_over(app: Path) -> None:
    """Git may write CRLF: all stays as it is, and what a changed spec makes stale is still atgen's."""
    for path in app.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    same = became(atgen("scaffold", "bg_fetch", "MyApp", "-v", cwd=app.parent))
    assert {path for path, status in same.items() if status == "unchanged"} == {
        *YIELDING,
        *(f"Sources/Generated/{name}" for name in GENERATED["swift"]),
    }
    case = app / "specs" / "bg_fetch.yaml"
    case.write_text(case.read_text(encoding="utf-8").replace("mode: fetch", "mode: task"), encoding="utf-8")
    done = atgen("scaffold", "bg_fetch", "MyApp", cwd=app.parent)
    stale = {"README.md", "Sources/Generated/AppDelegate.swift", "Support/Info.plist"}
    assert {path for path, status in became(done).items() if status == "written"} == stale


def test_a_merge_hands_nothing_over(app: Path) -> None:
    """A setting with conflict markers is no choice of a person's yet; once they are gone, it is."""
    podfile = app / "Podfile"
    text = podfile.read_text(encoding="utf-8")
    podfile.write_text(f"<<<<<<< HEAD\n=======\n# mine\n>>>>>>> other\n{text}", encoding="utf-8")
    done = atgen("scaffold", "bg_fetch", "MyApp", cwd=app.parent)
    assert (done.returncode, "Podfile: has conflict markers of a merge: take either side whole" in done.stderr) == (
        3,
        True,
    )
    podfile.write_text(f"# mine\n{text}", encoding="utf-8")
    assert became(atgen("scaffold", "bg_fetch", "MyApp", cwd=app.parent))["Podfile"] == "kept"


def test_an_edit_of_a_generated_file_is_refused_with_its_diff(app: Path) -> None:
    """Exit code 3, nothing is written, and the message says where the edit is."""
    hook = app / "Sources" / "Generated" / "AppDelegate.swift"
    hook.write_text(hook.read_text(encoding="utf-8") + "// mine\n", encoding="utf-8")
    done = atgen("scaffold", "bg_fetch", "MyApp", cwd=app.parent)
    assert (done.returncode, "-// mine" in done.stderr, hook.read_text(encoding="utf-8")[-8:]) == (3, True, "// mine\n")


def test_what_the_spec_no_longer_gives_is_removed(app: Path) -> None:
    """A class of another name is another file, and the old one would make the app ambiguous."""
    with (app / "specs" / "bg_fetch.yaml").open("a", encoding="utf-8") as file:
        file.write("style: {class: Other}\n")
    done = atgen("scaffold", "bg_fetch", "MyApp", cwd=app.parent)
    statuses = became(done)
    assert (statuses["Sources/Generated/AppDelegate.swift"], statuses["Sources/Generated/Other.swift"]) == (
        "removed",
        "written",
    )


def test_what_of_a_spec_was_mended_is_told(tmp_path: Path) -> None:
    """As `render` does."""
    text = (
        (ROOT / "specs/bg_fetch.yaml").read_text(encoding="utf-8").replace("tracker dédié", "tracker de\u0301die\u0301")
    )
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    done = atgen("scaffold", "mine.yaml", "MyApp", cwd=tmp_path)
    assert done.stderr.startswith(
        "warning: mine.yaml: title.fr: U+0065 stands where the composed form (NFC) has U+00E9; "
    )


def test_check_and_diff_of_a_new_app_write_nothing(tmp_path: Path) -> None:
    """All would be new: exit code 1 for the one, a line a file for the other."""
    checked = atgen("scaffold", "bg_task_global", "MyApp", "--language", "objc", "--check", cwd=tmp_path)
    assert (checked.returncode, set(became(checked).values())) == (1, {"missing"})
    shown = atgen("scaffold", "bg_task_global", "MyApp", "--language", "objc", "--diff", cwd=tmp_path)
    assert (shown.returncode, "MyApp/Sources/Generated/main.m: is missing\n" in shown.stdout) == (0, True)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    """Exit code 3 and their names; `--force` goes beside them and says so. git's own folder is no other thing."""
    (tmp_path / "MyApp").mkdir()
    (tmp_path / "MyApp" / ".git").mkdir()
    (tmp_path / "MyApp" / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "MyApp" / "README.md").write_text("mine", encoding="utf-8")
    refused = atgen("scaffold", "bg_fetch", "MyApp", cwd=tmp_path)
    assert (refused.returncode, "MyApp holds other things: README.md, notes.txt; " in refused.stderr) == (3, True)
    assert sorted(path.name for path in (tmp_path / "MyApp").iterdir()) == [".git", "README.md", "notes.txt"]
    forced = atgen("scaffold", "bg_fetch", "MyApp", "--force", cwd=tmp_path)
    assert (forced.returncode, "which stay: README.md, notes.txt" in forced.stderr) == (0, True)
    assert (tmp_path / "MyApp" / "README.md.orig").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "MyApp" / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_an_empty_repository_counts_as_empty(tmp_path: Path) -> None:
    """`git init` first, and then an app into it."""
    (tmp_path / "MyApp" / ".git").mkdir(parents=True)
    assert atgen("scaffold", "bg_fetch", "MyApp", cwd=tmp_path).returncode == 0


def test_the_folder_that_render_writes_is_no_app(tmp_path: Path) -> None:
    """A manifest alone does not make a folder one of ours to scaffold into."""
    assert atgen("render", "bg_fetch", "-o", "MyApp", cwd=tmp_path).returncode == 0
    assert atgen("scaffold", "bg_fetch", "MyApp", cwd=tmp_path).returncode == 3


@pytest.mark.parametrize(
    ("folder", "given", "name"),
    [
        ("MyApp", None, "MyApp"),
        ("my-first app", None, "MyFirstApp"),
        ("x", "Checkout_2", "Checkout_2"),
        ("tests", None, "Tests"),
        ("Mon Appli Été", None, "MonAppliEte"),
        ("Mon Appli E\u0301te\u0301", None, "MonAppliEte"),
        ("x", "Maps", "Maps"),
        ("x", "screen", "screen"),
    ],
)
def test_names(tmp_path: Path, folder: str, given: str | None, name: str) -> None:
    """The one given, or one made of the folder's words."""
    assert scaffold.name_for(tmp_path / folder, given) == name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        *(
            (name, "the app imports a module of this name")
            for name in ("Tracker", "tracker", "UIKit", "WebKit", "BackgroundTasks")
        ),
        *((name, "the SDK imports a module") for name in ("CoreData", "CoreTelephony", "SystemConfiguration")),
        *(
            (name, "UIKit or Foundation imports a module")
            for name in ("Accessibility", "Combine", "CoreGraphics", "security")
        ),
        ("Swift", "a module of the language is called so"),
        ("main", "Swift keeps the name"),
        ("Pods", "CocoaPods' project is called so"),
        ("Screen", "the SDK has a type of this name"),
        ("BackgroundTask", "the SDK has a type of this name"),
        ("ATInternet", "the SDK has a type of this name"),
        ("AppDelegate", "a class of the app is called so"),
        ("class", "the word means something"),
        ("instancetype", "the word means something"),
        ("protocol", "the word means something"),
        ("9lives", "a letter, and then letters"),
        ("My App", "a letter, and then letters"),
        ("Été", "a letter, and then letters"),
        ("", "a letter, and then letters"),
        ("a" * 51, "a letter, and then letters"),
        ("x\n", "a letter, and then letters"),
        ("../x", "a letter, and then letters"),
        ("$(X)", "a letter, and then letters"),
    ],
)
def test_names_that_no_app_can_have(tmp_path: Path, name: str, reason: str) -> None:
    """Keywords, modules and the SDK's types; and whatever is no identifier of Swift and C."""
    with pytest.raises(AtgenError, match=reason):
        scaffold.name_for(tmp_path / "x", name)


@pytest.mark.parametrize("folder", ["Œuvre", "Привет", "我的App"])
def test_a_folder_whose_letters_have_no_plain_form_does_not_lose_them(tmp_path: Path, folder: str) -> None:
    """The name would be another word: it is asked for."""
    with pytest.raises(AtgenError, match="name it: --name MyApp"):
        scaffold.name_for(tmp_path / folder, None)


def test_modules_that_the_sources_import_are_no_names(shipped: list[Case], tmp_path: Path) -> None:
    """All that any app's Swift imports, and all that the stand-ins for Apple's and the SDK's modules import."""
    texts = [
        text
        for case in shipped
        for platform, language in scaffold.kinds(case)
        if language == "swift"
        for text in sources(build(case, language, platform)).values()
    ]
    modules = {name for text in texts for name in re.findall(r"^import (\w+)", text, re.MULTILINE)}
    assert modules == {"BackgroundTasks", "SwiftUI", "Tracker", "UIKit", "WebKit"}
    for name in modules:
        with pytest.raises(AtgenError, match="the app imports a module of this name"):
            scaffold.name_for(tmp_path, name)


@pytest.mark.parametrize("name", ["On", "Yes", "No", "Off", "Null", "True", "y", "N", "e1"])
def test_a_name_that_yaml_reads_as_something_else_stays_a_name(
    cases: dict[str, Case], name: str, tmp_path: Path
) -> None:
    """In the project, and when the next run reads it there."""
    made = scaffold.build(cases["bg_fetch"], "swift", scaffold.name_for(tmp_path, name))
    project = yaml.safe_load(made.files["project.yml"])
    assert (project["name"], list(project["targets"])) == (name, [name])
    store.write(tmp_path, made.files, once=made.of(Owner.PERSON))
    assert scaffold.name_for(tmp_path, None) == name


def test_an_app_keeps_its_platform(tmp_path: Path) -> None:
    """The case's first, which is said with how to get the other; a second run knows, and refuses another."""
    first = atgen("scaffold", "app_refresh", "MyApp", cwd=tmp_path)
    other = "This app is for ios; one for tvos, in another folder: atgen scaffold app_refresh DIR --platform tvos\n"
    assert (first.returncode, first.stderr.startswith(other)) == (0, True)
    tv = atgen("scaffold", "app_refresh", "MyTVApp", "--platform", "tvos", cwd=tmp_path)
    assert (tv.returncode, "This app is for" in tv.stderr) == (0, False)
    again = atgen("scaffold", "app_refresh", "MyTVApp", "--check", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (0, "")
    refused = atgen("scaffold", "app_refresh", "MyTVApp", "--platform", "ios", cwd=tmp_path)
    assert (refused.returncode, "MyTVApp is an app for tvos; make one for ios" in refused.stderr) == (2, True)
    refused = atgen("scaffold", "bg_fetch", "MyTVApp", cwd=tmp_path)
    assert (refused.returncode, "bg_fetch is for ios, and not for tvos" in refused.stderr) == (2, True)
    alone = atgen("scaffold", "tv_task", "Other", cwd=tmp_path)
    assert (alone.returncode, b"platform: tvOS" in (tmp_path / "Other" / "project.yml").read_bytes()) == (0, True)


def test_of_a_watch_app_the_code_is_offered(tmp_path: Path) -> None:
    """A spec for both is scaffolded for the phone."""
    spec_file = tmp_path / "both.yaml"
    spec_file.write_bytes(written("fetch", "tracker: global", "platforms: [watchos, ios]"))
    done = atgen("scaffold", "both.yaml", "MyApp", cwd=tmp_path)
    said = "This app is for ios; atgen makes none for watchos, but its code: atgen render both.yaml\n"
    assert (done.returncode, said in done.stderr) == (0, True)


def test_the_platforms_of_the_command_are_those_of_the_scaffold() -> None:
    """They are written down twice, since importing the scaffold would slow each start down."""
    [option] = [each for each in command.command.params if each.name == "platform"]
    assert isinstance(option.type, click.Choice)
    assert tuple(option.type.choices) == scaffold.PLATFORMS


def test_folders_above_the_app_are_made(tmp_path: Path) -> None:
    """Where they are missing; `--check` makes none, and a run that fails takes its own back."""
    assert atgen("scaffold", "bg_fetch", "new/dir/MyApp", "--check", cwd=tmp_path).returncode == 1
    assert list(tmp_path.iterdir()) == []
    assert atgen("scaffold", "bg_fetch", "new/dir/MyApp", cwd=tmp_path).returncode == 0
    assert (tmp_path / "new" / "dir" / "MyApp" / "project.yml").is_file()
    with pytest.raises(FileError):
        store.write(tmp_path / "other" / "dir" / "App", {"a" * 300: b""}, parents=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new"]


def test_an_app_keeps_its_name_and_its_language(app: Path) -> None:
    """A second run knows both without being told, and refuses others: a person's files would stay as they are."""
    assert (scaffold.name_for(app, None), scaffold.language_of(app, None)) == ("MyApp", "swift")
    other = atgen("scaffold", "bg_fetch", "MyApp", "--name", "Other", cwd=app.parent)
    assert (other.returncode, 'MyApp is the app "MyApp"' in other.stderr) == (2, True)
    objc = atgen("scaffold", "bg_fetch", "MyApp", "--language", "objc", cwd=app.parent)
    assert (objc.returncode, "MyApp is an app in Swift" in objc.stderr) == (2, True)


def test_a_project_that_was_checked_out_with_crlf_has_the_same_name(app: Path) -> None:
    """As git does on Windows; the carriage return is no part of the name."""
    project = app / "project.yml"
    project.write_bytes(project.read_bytes().replace(b"\n", b"\r\n"))
    assert scaffold.name_for(app, None) == "MyApp"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_case_without_an_entry_makes_no_app(cases: dict[str, Case], language: str) -> None:
    """Nothing would start."""
    case = cases["bg_fetch"]
    with pytest.raises(AtgenError, match=r"style\.entry: none is for an app that has its own entry"):
        build(case._replace(style=case.style._replace(entry=EntryPoint.NONE)), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_app_is_made_for_a_task_that_an_app_has_already(shipped: list[Case], language: str) -> None:
    """Nothing in a new one would hand it over; the message says which case does the same in a new app."""
    [case] = [each for each in shipped if each.name == "own_refresh"]
    with pytest.raises(
        AtgenError, match=r"scheduler: own_refresh is for an app that has a refresh task; .* take app_refresh"
    ):
        build(case, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["Main", "ViewController", "Viewcontroller", "Appsetup"])
def test_a_class_whose_file_another_part_has_is_refused(cases: dict[str, Case], name: str, language: str) -> None:
    """Main.m and main.m are one file on a Mac's usual file system."""
    case = cases["bg_fetch"]
    with pytest.raises(AtgenError, match=f"style.class: {name} is another part of the app"):
        build(case._replace(style=case.style._replace(class_name=name)), language)


def test_names_of_files_differ_by_more_than_case(cases: dict[str, Case]) -> None:
    """In every app, whatever the folder: the compilers name their objects by the file alone."""
    for name in CASES:
        for language in LANGUAGES:
            stems = [path.rpartition("/")[2].casefold() for path in build(cases[name], language)]
            assert len(set(stems)) == len(stems)


@pytest.mark.parametrize("name", ["fetch_dedicated_sent_watchos", "fetch_dedicated_sent_objc2"])
def test_cases_that_no_app_is_made_for(name: str) -> None:
    """Watch apps and the SDK that came before are refused, not half supported."""
    with pytest.raises(AtgenError, match="scaffold makes apps"):
        build(spec.parse(combinations()[name], f"{name}.yaml"), "objc")


def test_an_app_of_a_shipped_case_has_the_spec_to_edit(app: Path) -> None:
    """In the app's folder and from above, the app's own spec is the one that counts; nobody's specs/ are copied."""
    own = app / "specs" / "bg_fetch.yaml"
    assert own.read_bytes() == (ROOT / "specs" / "bg_fetch.yaml").read_bytes()
    assert (command.spec("bg_fetch", app), command.spec("specs/x.yaml", app)) == (own, Path("specs/x.yaml"))
    own.write_text(own.read_text(encoding="utf-8").replace('"123456"', '"654321"'), encoding="utf-8")
    for folder, root in ((app, "."), (app.parent, "MyApp")):
        assert atgen("scaffold", "bg_fetch", root, cwd=folder).returncode == 0
        assert '"654321"' in (app / "Sources" / "Generated" / "AppDelegate.swift").read_text(encoding="utf-8")
    beside = app.parent / "specs"
    beside.mkdir()
    (beside / "mine.yaml").write_bytes((ROOT / "specs" / "bg_task.yaml").read_bytes())
    assert atgen("scaffold", "mine", "Other", cwd=app.parent).returncode == 0
    assert not (app.parent / "Other" / "specs").exists()


def test_a_copied_spec_has_its_schema(app: Path) -> None:
    """Its first line names the file beside it, which is what `atgen schema` prints, and says whose it is."""
    line = (app / "specs" / "bg_fetch.yaml").read_text(encoding="utf-8").splitlines()[0]
    schema = app / "specs" / line.removeprefix("# yaml-language-server: $schema=")
    first, comment, *rest = schema.read_text(encoding="utf-8").splitlines()
    assert [first, *rest] == atgen("schema", cwd=app).stdout.splitlines()
    assert comment.startswith(
        '  "$comment": "Written by atgen for specs/bg_fetch.yaml, and kept current until you edit it'
    )


def commands(app: Path) -> list[list[str]]:
    """Read the commands of an app's README."""
    lines = (app / "README.md").read_text(encoding="utf-8").splitlines()
    return [shlex.split(line)[1:] for line in lines if line.startswith("atgen ")]


def test_the_commands_of_the_apps_readme_run(app: Path) -> None:
    """Each line that begins with `atgen`, in the app's own folder."""
    assert [each[0] for each in commands(app)] == ["scaffold", "scaffold", "doctor"]
    for each in commands(app):
        assert (each, atgen(*each, cwd=app).returncode) == (each, 0)


@pytest.mark.parametrize("place", ["mine.yaml", "deep/er/mine.yaml", "our specs/mine.yaml", "it's/mine.yaml"])
def test_the_commands_hold_for_a_spec_that_stays_elsewhere(tmp_path: Path, place: str) -> None:
    """They lead there from the app's folder, wherever they were typed first; the app has no specs/ then."""
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_bytes((ROOT / "specs" / "bg_task_global.yaml").read_bytes())
    assert atgen("scaffold", place, "new/MyApp", cwd=tmp_path).returncode == 0
    app = tmp_path / "new" / "MyApp"
    assert not (app / "specs").exists()
    assert [each[1:] for each in commands(app)] == [
        [f"../../{place}", "."],
        [f"../../{place}", ".", "--check"],
        [".", f"../../{place}"],
    ]
    for each in commands(app):
        assert (each, atgen(*each, cwd=app).returncode) == (each, 0)


def test_a_finish_that_does_not_wait_is_warned_of(tmp_path: Path) -> None:
    """As `atgen render` does; the app is made all the same."""
    (tmp_path / "x.yaml").write_bytes(combinations()["task_global_dispatched"])
    done = atgen("scaffold", "x.yaml", "MyApp", cwd=tmp_path)
    assert (done.returncode, "warning: x.yaml: finish.when: dispatched" in done.stderr) == (0, True)


# -- a run that is killed, and two at once --

# Runs atgen, and sends itself a signal before the n-th time that it touches a file that waits to be put into place.
SIGNALLED = """
import os, signal, sys
from atgen.__main__ import main
left, number = int(sys.argv.pop(1)), int(sys.argv.pop(1))
def touched(event, arguments):
    global left
    if arguments and isinstance(arguments[0], str) and arguments[0].endswith(".atgen-tmp"):
        left -= 1
        if not left:
            os.kill(os.getpid(), number)
sys.addaudithook(touched)
main()
"""


def signalled(left: int, number: signal.Signals, cwd: Path) -> subprocess.Popen[str]:
    """Start a first scaffold that sends itself a signal on its way."""
    run = [sys.executable, "-c", SIGNALLED, str(left), str(int(number)), "scaffold", "bg_fetch", "MyApp"]
    return subprocess.Popen(run, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def contents(folder: Path) -> dict[str, bytes]:
    """Read all files of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# Of each of sixteen files what a killed run may have left is removed, the new one is opened, and renamed.
@pytest.mark.parametrize(
    ("number", "left"), [(signal.SIGTERM, 7), *((signal.SIGKILL, left) for left in (1, 2, 3, 4, 9, 20, 21, 47, 48))]
)
def test_a_first_run_that_is_killed_is_taken_up_by_the_next(app: Path, number: signal.Signals, left: int) -> None:
    """Wherever it was: the folder holds nothing but what atgen left there, and then what it should."""
    here = app.parent / "here"
    here.mkdir()
    killed = signalled(left, number, here)
    said = killed.communicate()
    asked = number is signal.SIGTERM  # and not killed
    assert (killed.returncode, *said) == ((143, "", "atgen: stopped\n") if asked else (-number, "", ""))
    done = atgen("scaffold", "bg_fetch", "MyApp", cwd=here)
    assert (done.returncode, done.stderr) == (0, "")
    assert contents(here / "MyApp") == contents(app)


def test_two_first_runs_at_once_are_one_after_the_other(tmp_path: Path) -> None:
    """The second says that it waits, and finds an app of ours then."""
    first = signalled(10, signal.SIGSTOP, tmp_path)
    os.waitpid(first.pid, os.WUNTRACED)
    run = [sys.executable, "-m", "atgen", "scaffold", "bg_fetch", "MyApp"]
    second = subprocess.Popen(run, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert second.stderr is not None
    said = second.stderr.readline()
    first.send_signal(signal.SIGCONT)
    first.communicate()
    rows, _ = second.communicate()
    assert said == "atgen: waiting for another run of atgen, which is at work in MyApp/\n"
    assert (first.returncode, second.returncode) == (0, 0)
    assert re.search(r"^\d+ files: \d+ kept, \d+ unchanged$", rows, re.MULTILINE)


@pytest.mark.parametrize(
    ("there", "named"),
    [
        ([".Podfile.atgen-tmp", "notes.txt"], ["notes.txt"]),
        ([".Podfile.atgen-tmp", "Sources/.AppSetup.swift.atgen-tmp", "Sources/deep/mine.swift"], ["Sources"]),
        (["Podfile.atgen-tmp", ".Podfile.tmp"], [".Podfile.tmp", "Podfile.atgen-tmp"]),
        ([".Podfile.atgen-tmp", "Support/.Info.plist.atgen-tmp"], []),
    ],
)
def test_beside_what_a_killed_run_left_a_persons_files_are_seen(
    tmp_path: Path, there: list[str], named: list[str]
) -> None:
    """What only looks like it is theirs, too: `files` does not remove it."""
    for path in there:
        (tmp_path / path).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / path).write_bytes(b"")
    assert scaffold.strangers(tmp_path) == named


def test_links_in_what_a_killed_run_left_are_strangers(tmp_path: Path) -> None:
    """None is made by atgen."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "MyApp").mkdir()
    (tmp_path / "MyApp" / ".Podfile.atgen-tmp").write_bytes(b"")
    (tmp_path / "MyApp" / "Sources").symlink_to(tmp_path / "elsewhere")
    assert scaffold.strangers(tmp_path / "MyApp") == ["Sources"]


def test_folders_without_files_count_as_nothing(tmp_path: Path) -> None:
    """They are what is left where the run after a killed one fails, too, and takes its own files back."""
    (tmp_path / "Sources" / "Generated").mkdir(parents=True)
    assert scaffold.strangers(tmp_path) == []


def test_a_folder_that_cannot_be_read_is_a_strangers(tmp_path: Path) -> None:
    """It does not stop `--force`, which goes beside it; here it is so deep that no path leads to its end."""
    make = "import os\nfor _ in range(20): os.mkdir('x' * 250); os.chdir('x' * 250)"
    subprocess.run([sys.executable, "-c", make], cwd=tmp_path, check=True)
    assert scaffold.strangers(tmp_path) == ["x" * 250]


def test_an_app_without_its_project_is_an_app(app: Path) -> None:
    """It is known by its other files, and the project is written again."""
    (app / "project.yml").unlink()
    done = atgen("scaffold", "bg_fetch", "MyApp", cwd=app.parent)
    assert (done.returncode, became(done)["project.yml"]) == (0, "written")


# -- what the system refuses, or is not what it seems --


@pytest.mark.parametrize("name", [".atgen.json", "project.yml"])
@pytest.mark.parametrize("kind", ["a FIFO", "a link", "a folder"])
def test_what_is_no_regular_file_is_neither_waited_for_nor_followed(app: Path, name: str, kind: str) -> None:
    """Exit code 3, and which of them is meant."""
    if (app / name).exists():
        (app / name).rename(app.parent / "moved")
    if kind == "a FIFO":
        os.mkfifo(app / name)
    elif kind == "a link":
        (app / name).symlink_to(app.parent / "moved")
    else:
        (app / name).mkdir()
    done = atgen("scaffold", "bg_fetch", "MyApp", cwd=app.parent)
    what = {"a FIFO": "is no regular file", "a link": "is a symbolic link", "a folder": "is a folder"}
    assert (done.returncode, f"MyApp/{name}: {what[kind]}" in done.stderr) == (3, True)


@pytest.mark.parametrize("arguments", [[], ["--name", "MyApp"]])
def test_in_a_folder_that_is_gone_the_system_refuses(tmp_path: Path, arguments: list[str]) -> None:
    """Exit code 4: a relative path leads nowhere any more."""
    run = shlex.join([sys.executable, "-m", "atgen", "scaffold", "bg_fetch", "App", *arguments])
    (tmp_path / "here").mkdir()
    shell = ["sh", "-c", f"rmdir ../here; {run}"]
    done = subprocess.run(shell, cwd=tmp_path / "here", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (4, "atgen: App: No such file or directory\n")


@pytest.mark.parametrize("arguments", [[], ["--check"], ["--force"], ["--name", "MyApp"]])
def test_a_name_that_is_too_long_is_the_systems_to_refuse(tmp_path: Path, arguments: list[str]) -> None:
    """Exit code 4, as whatever the file system does not want."""
    done = atgen("scaffold", "bg_fetch", "a" * 300, *arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (4, f"atgen: {'a' * 300}: File name too long\n")


def test_a_folder_is_shown_so_that_it_steers_nothing(tmp_path: Path) -> None:
    """A line of its own could be a command to a CI runner."""
    name = "a\n::error::x"
    (tmp_path / name).mkdir()
    (tmp_path / name / "notes.txt").write_bytes(b"")
    refused = atgen("scaffold", "bg_fetch", name, "--name", "MyApp", cwd=tmp_path)
    assert (refused.returncode, refused.stderr.split(" holds ")[0]) == (3, "atgen: a\\u{A}:\\u{3A}error:\\u{3A}x")
    missing = atgen("scaffold", "bg_fetch", f"{name}/{'a' * 300}", cwd=tmp_path)
    assert (missing.returncode, missing.stderr.count("\n")) == (4, 1)


def test_the_next_steps_can_be_pasted(tmp_path: Path) -> None:
    """A folder's name may be of more than one word."""
    done = atgen("scaffold", "bg_fetch", "my app", cwd=tmp_path)
    assert "Next, on a Mac: cd 'my app' && xcodegen && " in done.stderr


# -- the templates --

ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Macro, nodes.Filter, nodes.Getattr, nodes.Name, nodes.Const,
)  # fmt: skip
FOLDERS = ("scaffold/swift", "scaffold/objc", "scaffold/project")


def trees() -> Iterator[tuple[str, nodes.Template]]:
    """Each template's path below templates/ and its syntax tree."""
    for folder in FOLDERS:
        made = templating.templates(languages.get("swift")._replace(name=folder))
        assert made.loader is not None
        for name in made.list_templates():
            yield f"{folder}/{name}", made.parse(made.loader.get_source(made, name)[0])


def walk(node: nodes.Node) -> Iterator[nodes.Node]:
    """Visit the node and all below it."""
    yield node
    for child in node.iter_child_nodes():
        yield from walk(child)


def test_templates_decide_nothing() -> None:
    """Output, macros and filters: no loop, condition, assignment, arithmetic, call or import."""
    wrong = [
        f"{name}:{node.lineno} {type(node).__name__}"
        for name, tree in trees()
        for node in walk(tree)
        if not isinstance(node, ALLOWED)
    ]
    assert wrong == []


def test_templates_use_what_there_is_and_all_of_it() -> None:
    """Each field of App is read by some template; each macro of parts.j2 is one that a case can ask for."""
    used: dict[str, set[str]] = {"app": set(), "parts": set()}
    macros: dict[str, set[str]] = {}
    for path, tree in trees():
        for node in tree.find_all(nodes.Getattr):
            assert isinstance(node.node, nodes.Name)
            used[node.node.name].add(node.attr)
        macros.setdefault(path.rpartition("/")[0], set()).update(macro.name for macro in tree.find_all(nodes.Macro))
    kinds = ("fetch", "push", "scheduled", "task")
    own = {"launch_global", "launch_dedicated", "user_agent", *(f"work_{kind}" for kind in kinds)}
    assert used["app"] == set(scaffold.App._fields)
    assert used["parts"] == {"launch", "imports", "work", "declaration", "site", "try", "settings"}
    assert macros == {
        "scaffold/swift": own,
        "scaffold/objc": own | {"import_sdk", "import_user_agent", *(f"declaration_{kind}" for kind in kinds)},
        "scaffold/project": {
            "entitlements",
            *(f"site_{tracker}" for tracker in ("global", "dedicated")),
            *(f"try_{kind}" for kind in kinds),
            *(f"versions_{language}" for language in LANGUAGES),
        },
    }


def test_a_task_is_tried_by_its_identifier(shipped: list[Case], apps: list[App]) -> None:
    """And not by the name of its case: the simulator runs no other."""
    for each in (*shipped, *apps):
        there = [case.identifier for case in each.cases if case.identifier]
        if there:
            readme = scaffold.build(each, "swift", "MyApp").files["README.md"].decode()
            assert re.findall(r'TaskWithIdentifier:@"(.*?)"', readme) == there


def test_only_code_reaches_a_project_file() -> None:
    """A word that could mean something in YAML, Ruby or Markdown is refused where it comes in."""
    text = combinations()["task_global_after_processing"]
    case = spec.parse(text, "x.yaml")._replace(identifier="x'); system('y")
    with pytest.raises(AtgenError, match="cannot stand in a project's files"):
        build(case, "swift")


# -- the workflow --


def test_an_app_is_made_of_each_case(shipped: list[Case]) -> None:
    """That has iOS or tvOS and this SDK, there, in both languages; not of one for a task that an app has already.

    An app of SwiftUI is Swift.
    """
    made = [(case, *kind) for case in shipped for kind in scaffold.kinds(case)]
    assert made == [
        (case, platform, language)
        for case in shipped
        for platform in case.platforms
        for language in LANGUAGES
        if platform is not Platform.WATCHOS and case.sdk == "apple" and case.scheduler is not Scheduler.OWN_REFRESH
        if language == "swift" or case.lifecycle is not Lifecycle.SWIFTUI
    ]
    for case, platform, language in made:
        assert build(case, language, platform)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["bg_fetch", "bg_task", "app_refresh", "processing", "silent_push"])
def test_what_was_built_is_compared_with_what_the_case_needs(name: str, language: str, tmp_path: Path) -> None:
    """Xcode's Info.plist is binary and has the names put in; whatever the case needs is missed when it is gone."""
    [case] = pipeline.load([ROOT / "specs" / f"{name}.yaml"])
    files = build(case, language)
    app = tmp_path / "MyApp.app"
    app.mkdir()
    whole = plistlib.loads(files["Support/Info.plist"].replace(b"$(PRODUCT_MODULE_NAME)", b"MyApp"))

    def lacks(plist: dict[str, Any]) -> list[str]:
        (app / "Info.plist").write_bytes(plistlib.dumps(plist, fmt=plistlib.FMT_BINARY))
        return scaffolds.lacks(app, case, language)

    assert lacks(whole) == ["PrivacyInfo.xcprivacy is missing"]
    (app / "PrivacyInfo.xcprivacy").write_bytes(files["Support/PrivacyInfo.xcprivacy"])
    assert lacks(whole) == []
    needed = whole.keys() & {"UIBackgroundModes", "BGTaskSchedulerPermittedIdentifiers", "UIApplicationSceneManifest"}
    for key in needed:
        assert lacks({each: value for each, value in whole.items() if each != key}) == [f"Info.plist: {key} is None"]
    if name == "bg_fetch":
        key = "BGTaskSchedulerPermittedIdentifiers"
        assert lacks(whole | {key: ["x"]}) == [f"Info.plist: {key} is there"]
