"""An app's folder: what of it is read, what its settings lack, and what the doctor must not trip over."""

from __future__ import annotations

import os
import plistlib
import random
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from doctored import DELEGATE, INFO, PODFILE, SETTINGS, found, write

from atgen.case import spec
from atgen.doctor import examine
from atgen.doctor import folder as folders
from atgen.errors import FileError
from conftest import ROOT, combinations

if TYPE_CHECKING:
    from pathlib import Path

    from atgen.case.model import Case


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Write an app with which nothing is wrong."""
    write(tmp_path, SETTINGS | {"AppDelegate.swift": DELEGATE})
    return tmp_path


def test_an_app_that_is_right_needs_nothing(app: Path, shipped: list[Case]) -> None:
    """With its case too."""
    assert found(app) == []
    assert found(app, next(case for case in shipped if case.name == "bg_fetch")) == []


def test_a_case_says_what_of_it_is_missing(app: Path, shipped: list[Case]) -> None:
    """An app that does a fetch is asked for a task: each thing that is not there, at the delegate."""
    case = next(case for case in shipped if case.name == "bg_task_global")
    messages = [each.message for each in examine(app, case).findings if each.rule in ("case", "P12")]
    assert messages == [
        'bg_task_global: no gesture "task" is sent',
        "bg_task_global: no tracker's background mode is set to task",
        "bg_task_global: nothing hears that the app goes to the background",
        "bg_task_global: the global tracker is not used",
    ]
    (app / "B.swift").write_text("let t = x.defaultTracker", encoding="utf-8")
    assert "the global tracker has no site and no log: it sends nothing" in [
        each.message for each in examine(app, case).findings
    ]
    (app / "C.swift").write_text("func f(t: Tracker) { t.setSiteId(1) { _ in } }", encoding="utf-8")
    assert "P12" not in {each.rule for each in examine(app, case).findings}


def test_a_scheduled_case_asks_for_its_identifier(app: Path) -> None:
    """In Info.plist and in the code that registers it; the key that classic fetch must not have is one it must."""
    case = spec.parse(combinations()["task_global_after_processing"], "x.yaml")
    messages = {f"{each.rule}: {each.message}" for each in examine(app, case).findings}
    assert {
        "P04: BGTaskSchedulerPermittedIdentifiers lacks org.example.task",
        "P04: UIBackgroundModes lacks processing",
        "case: x: nothing registers the task org.example.task",
    } <= messages
    for name, there in (("x", 1), ("org.example.task", 0)):
        own = f'BGTaskScheduler.shared.register(forTaskWithIdentifier: "{name}", using: .main) {{ hits.run($0) }}'
        (app / "Own.swift").write_text(f"func f() {{ {own} }}", encoding="utf-8")
        found = [each.message for each in examine(app, case).findings]
        assert found.count("x: nothing registers the task org.example.task") == there


def test_a_task_that_the_app_has_is_to_be_registered(app: Path) -> None:
    """Under whatever name, which only the app knows."""
    case = spec.parse(combinations()["fetch_dedicated_sent_own_refresh"], "x.yaml")
    message = "x: nothing registers a refresh task, which could be handed over"
    assert message in {each.message for each in examine(app, case).findings}
    own = 'BGTaskScheduler.shared.register(forTaskWithIdentifier: "a.b", using: .main) { hits.runTagged($0) }'
    (app / "Own.swift").write_text(f"func f() {{ {own} }}", encoding="utf-8")
    assert message not in {each.message for each in examine(app, case).findings}


@pytest.mark.parametrize(
    ("plist", "expected"),
    [
        (INFO | {"UIBackgroundModes": ["audio"]}, ["Info.plist:0 P04"]),
        (INFO | {"UIBackgroundModes": "fetch"}, ["Info.plist:0 P04"]),
        ({key: INFO[key] for key in INFO if key != "UIBackgroundModes"}, ["Info.plist:0 P04"]),
        (INFO | {"BGTaskSchedulerPermittedIdentifiers": []}, ["Info.plist:0 P04"]),
        (INFO | {"UIApplicationSceneManifest": {}}, ["Info.plist:0 scenes note"]),
        (INFO | {"UIApplicationSceneManifest": {"UISceneConfigurations": {}}}, ["Info.plist:0 scenes note"]),
        (INFO | {"UIApplicationSceneManifest": "no"}, ["Info.plist:0 scenes note"]),
    ],
)
def test_info_plist(app: Path, plist: dict[str, Any], expected: list[str]) -> None:
    """Keys that are missing, of the wrong kind, or there when they must not be."""
    (app / "Info.plist").write_bytes(plistlib.dumps(plist, fmt=plistlib.FMT_BINARY))
    assert found(app) == expected


def test_the_plists_of_extensions_frameworks_and_tests_are_not_the_app_s(app: Path) -> None:
    """An app's own is found beside them, whatever its name; without one it is asked for."""
    (app / "Info.plist").rename(app / "App-Info.plist")
    plists: dict[str, dict[str, Any]] = {
        "Widget": {"NSExtension": {}},
        "Kit": {"CFBundlePackageType": "FMWK"},
        "AppTests": {"CFBundleName": "x"},
    }
    for folder, plist in plists.items():
        (app / folder).mkdir()
        (app / folder / "Info.plist").write_bytes(plistlib.dumps(plist))
    assert found(app) == []
    (app / "App-Info.plist").unlink()
    assert f"{app}:0 P04" in found(app)


GOOGLE = {"API_KEY": "x", "BUNDLE_ID": "org.example.app", "IS_ADS_ENABLED": False, "PLIST_VERSION": "1"}


@pytest.mark.parametrize("name", ["GoogleService-Info.plist", "BuildInfo.plist", "A/Info-plist-Info.plist"])
def test_what_another_program_reads_is_no_app_s(app: Path, name: str) -> None:
    """Foreign keys alone, under a name that a target's could be: nothing is said of it, nor is it taken for the app's."""
    (app / name).parent.mkdir(exist_ok=True)
    (app / name).write_bytes(plistlib.dumps(GOOGLE))
    assert found(app) == []
    (app / "Info.plist").write_bytes(plistlib.dumps(INFO | {"UIBackgroundModes": []}))
    assert found(app) == ["Info.plist:0 P04"]
    (app / "Info.plist").unlink()
    assert [(each.file, each.message) for each in examine(app).findings] == [(str(app), "there is no Info.plist")]


@pytest.mark.parametrize("plist", [{}, {"CFBundleExecutable": "x"}, {"Own": 1, "UILaunchScreen": {}}, {"NSMainX": 1}])
def test_a_target_s_plist_is_known_by_its_keys(app: Path, plist: dict[str, Any]) -> None:
    """One that is empty yet is for Xcode to fill."""
    (app / "Info.plist").unlink()
    (app / "App-Info.plist").write_bytes(plistlib.dumps(plist))
    assert found(app) == ["App-Info.plist:0 P04", "App-Info.plist:0 scenes note"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("project.yml", "INFOPLIST_FILE: App/Settings.plist"),
        ("project.yml", 'INFOPLIST_FILE: "$(SRCROOT)/App/Settings.plist" # ours'),
        ("project.yml", "INFOPLIST_FILE: './App/Settings.plist'\r"),
        ("App.xcodeproj/project.pbxproj", "\tINFOPLIST_FILE = App/Settings.plist;"),
        ("App.xcodeproj/project.pbxproj", '\tINFOPLIST_FILE = "${PROJECT_DIR}/App/Settings.plist";'),
        ("App.xcodeproj/project.pbxproj", '\t"INFOPLIST_FILE[sdk=iphoneos*]" = "$(TARGET_NAME)/Settings.plist";'),
        ("App.xcodeproj/project.pbxproj", "\tINFOPLIST_FILE = ../App/Settings.plist;"),
    ],
)
def test_the_plist_that_a_project_names_is_the_app_s(app: Path, name: str, text: str) -> None:
    """Whatever it is called, and whatever its keys."""
    (app / "App").mkdir()
    (app / "Info.plist").rename(app / "App" / "Settings.plist")
    assert found(app) == [f"{app}:0 P04"]
    (app / name).parent.mkdir(exist_ok=True)
    (app / name).write_text(f"first\n{text}\nlast\n", encoding="utf-8", newline="")
    assert found(app) == []
    (app / "App" / "Settings.plist").write_bytes(plistlib.dumps(GOOGLE))
    assert found(app) == ["App/Settings.plist:0 P04", "App/Settings.plist:0 scenes note"]


@pytest.mark.parametrize(
    "value", ["$(INFOPLIST)", "$(A)s.plist", "$(A)/$B.plist", '""', "ettings.plist", "Other/Settings.plist", "App"]
)
def test_a_plist_that_no_project_names_is_not_read(app: Path, value: str) -> None:
    """A variable alone names none, and the end of a name is none."""
    (app / "App").mkdir()
    (app / "App" / "Settings.plist").write_bytes(b"not a plist")
    (app / "project.yml").write_text(f"INFOPLIST_FILE: {value}\n", encoding="utf-8")
    assert found(app) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("ATInternet-Apple-SDK/Tracker'", "ATInternet-Apple-SDK', :subspecs => ['Tracker']", []),
        ("ATInternet-Apple-SDK/Tracker'", "ATInternet-Apple-SDK', subspecs: ['Tracker']", []),
        ("ATInternet-Apple-SDK/Tracker", "ATInternet-Apple-SDK", ["Podfile:4 podfile"]),
        ("ATInternet-Apple-SDK/Tracker", "ATInternet-Apple-SDK/SmartTracker", ["Podfile:4 P09"]),
        ("use_frameworks!", "", ["Podfile:0 podfile"]),
        ("platform :ios, '15.0'", "platform :ios, '12.0'", ["Podfile:1 podfile note"]),
        ("c.build_settings['IPHONEOS_DEPLOYMENT_TARGET'] = '15.0'", "", ["Podfile:0 podfile note"]),
    ],
)  # fmt: skip
def test_podfile(app: Path, old: str, new: str, expected: list[str]) -> None:
    """The subspec, frameworks, and as notes what Xcode 27 asks for."""
    (app / "Podfile").write_text(PODFILE.replace(old, new), encoding="utf-8")
    assert found(app) == expected


def test_the_sdk_may_come_from_anywhere(app: Path) -> None:
    """From a lock file, a Cartfile, a project, or from wherever the module comes that a source imports."""
    write(app, {"Podfile": PODFILE.replace("ATInternet-Apple-SDK/Tracker", "Other")})
    assert found(app) == []
    (app / "AppDelegate.swift").unlink()
    assert found(app) == ["Podfile:0 podfile"]
    (app / "Podfile").unlink()
    assert found(app) == [f"{app}:0 podfile"]
    for name, text in {
        "Podfile.lock": "PODS:\n  - ATInternet-Apple-SDK/Tracker (2.23.10)\n",
        "Cartfile": 'github "at-internet/atinternet-apple-sdk" ~> 2.23\n',
        "Cartfile.resolved": 'github "at-internet/atinternet-apple-sdk" "2.23.10"\n',
        "App.xcodeproj/project.pbxproj": "repositoryURL = https://github.com/at-internet/atinternet-apple-sdk.git;",
    }.items():
        write(app, {name: text})
        assert (name, found(app)) == (name, [])
        (app / name).unlink()


def test_the_sdk_before_is_a_dialect_of_its_own(app: Path) -> None:
    """In an app that has it its words are right; in an app with today's SDK they are a mistake."""
    (app / "AppDelegate.swift").unlink()
    (app / "A.m").write_text(
        'x = [hub trackerWithName:@"a" configuration:c];\ny = ATBackgroundModeTask;', encoding="utf-8"
    )
    assert found(app) == ["A.m:1 P07", "A.m:2 P08"]
    (app / "Podfile").write_text(PODFILE.replace("Apple-SDK/Tracker", "iOS-ObjC-SDK"), encoding="utf-8")
    assert found(app) == []


def test_xcodegen_writes_an_info_plist(app: Path) -> None:
    """What project.yml says of it counts as what is in it."""
    (app / "Info.plist").unlink()
    assert f"{app}:0 P04" in found(app)
    keys = "UIBackgroundModes: [fetch], UIApplicationSceneManifest: {UISceneConfigurations: {x: [{}]}}"
    write(
        app, {"project.yml": f"targets:\n  App:\n    info:\n      path: App/Info.plist\n      properties: {{{keys}}}\n"}
    )
    assert found(app) == []
    write(app, {"project.yml": "targets:\n  App:\n    info: [x\n"})
    assert f"{app}:0 P04" in found(app)


@pytest.mark.parametrize(
    "code",
    [
        'BGTaskScheduler.shared.register(forTaskWithIdentifier: "a.b", using: .main) { keep($0) }',
        'let name = "a.b"; submit(BGProcessingTaskRequest(identifier: name))',
        'scene.backgroundTask(.appRefresh("a.b")) { await refresh() }',
    ],
)
def test_a_task_has_to_be_permitted(app: Path, code: str) -> None:
    """By its name, by a name that ends in a star, or by one that a build setting fills in."""
    write(app, {"AppDelegate.swift": f"import Tracker\nfunc background() {{\n    {code}\n}}\n"})
    for names, expected in ((["a.c"], ["AppDelegate.swift:3 P04"]), (["a.b"], []), (["a.*"], []), (["$(ID)"], [])):
        (app / "Info.plist").write_bytes(plistlib.dumps(INFO | {"BGTaskSchedulerPermittedIdentifiers": names}))
        assert (names, found(app)) == (names, expected)


def test_pages_in_the_folder_are_read_too(app: Path) -> None:
    """Each for itself: what a guide shows is not what the app does."""
    write(app, {"docs/guide.md": "```swift\nx = UIBackgroundTaskInvalid\n```\n"})
    assert found(app) == ["docs/guide.md:2 P06"]


def test_the_site_of_examples_is_noted(app: Path) -> None:
    """Also in the property list that configures the global tracker."""
    text = "<plist><dict>\n<key>site</key>\n<string>123456</string></dict></plist>"
    write(app, {"DefaultConfiguration.plist": text})
    assert found(app) == ["DefaultConfiguration.plist:3 site note"]
    write(app, {"DefaultConfiguration.plist": text.replace("123456", "410501")})
    assert found(app) == []


def test_privacy(app: Path) -> None:
    """A manifest that does not declare UserDefaults, and none at all."""
    (app / "PrivacyInfo.xcprivacy").write_bytes(plistlib.dumps({"NSPrivacyAccessedAPITypes": [{}, "x"]}))
    assert found(app) == ["PrivacyInfo.xcprivacy:0 privacy"]
    (app / "PrivacyInfo.xcprivacy").unlink()
    assert found(app) == [f"{app}:0 privacy"]


def test_a_scene_app_never_hears_the_app_delegate_s_method(app: Path) -> None:
    """P15 where scenes are, nothing where something else hears it, or where there are no scenes."""
    method = "    func applicationDidEnterBackground(_ a: UIApplication) { work() }\n}\n"
    (app / "AppDelegate.swift").write_text(DELEGATE.rstrip().removesuffix("}") + method, encoding="utf-8")
    assert found(app) == ["AppDelegate.swift:25 P15"]
    (app / "S.swift").write_text("func sceneDidEnterBackground(_ scene: UIScene) { work() }", encoding="utf-8")
    assert found(app) == []
    (app / "S.swift").unlink()
    (app / "Info.plist").write_bytes(plistlib.dumps({"UIBackgroundModes": ["fetch"]}))
    assert found(app) == ["Info.plist:0 scenes note"]


def test_a_tv_has_no_web_view_and_needs_no_scenes(app: Path) -> None:
    """As its Podfile or its Info.plist says."""
    write(app, {"AppDelegate.swift": DELEGATE.replace("userAgent", "other")})
    plist = {"UIBackgroundModes": ["fetch"]}
    (app / "Info.plist").write_bytes(plistlib.dumps(plist))
    assert found(app) == ["AppDelegate.swift:22 agent note", "Info.plist:0 scenes note"]
    write(app, {"Podfile": PODFILE.replace(":ios", ":tvos")})
    assert found(app) == []
    write(app, {"Podfile": PODFILE})
    (app / "Info.plist").write_bytes(plistlib.dumps(plist | {"UIDeviceFamily": [3]}))
    assert found(app) == []


def test_swiftui_makes_scenes(app: Path) -> None:
    """Such an app needs no manifest, and its delegate's method is not called either."""
    (app / "Info.plist").write_bytes(plistlib.dumps({"UIBackgroundModes": ["fetch"]}))
    assert found(app) == ["Info.plist:0 scenes note"]
    write(
        app,
        {"MyApp.swift": "@main\nstruct MyApp: App {\n    @UIApplicationDelegateAdaptor var delegate: AppDelegate\n}\n"},
    )
    assert found(app) == []
    method = "    func applicationDidEnterBackground(_ a: UIApplication) { work() }\n}\n"
    write(app, {"AppDelegate.swift": DELEGATE.rstrip().removesuffix("}") + method})
    assert found(app) == ["AppDelegate.swift:25 P15"]


# -- what it must not trip over --


def test_foreign_code_links_and_hidden_folders_are_not_read(
    app: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Pods and build products are others' work; a link may lead anywhere, also back."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "Bad.swift").write_text("func background() {", encoding="utf-8")
    for name in (
        "Pods", "build", ".hidden", "X.framework", "Vendor", "ThirdParty", "third_party", "Carthage", "Mocks", "AppTests",
        "App/UITests", "ATInternet-Apple-SDK",
    ):  # fmt: skip
        write(app, {f"{name}/Bad.swift": "func background() {"})
    write(
        app,
        {"Sdk/Hub.swift": "public class ATInternet { let x = UIBackgroundTaskInvalid }", "StubSdk.m": "[[background"},
    )
    (app / "linked").symlink_to(elsewhere)
    (app / "Linked.swift").symlink_to(elsewhere / "Bad.swift")
    (app / "loop").symlink_to(app)
    assert found(app) == []


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE plist [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<plist version="1.0"><dict><key>UIBackgroundModes</key><string>&b;</string></dict></plist>"""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no property list"),
        (b"not a plist", "is no property list"),
        (b"<plist><dict>", "is no property list"),
        (BOMB, "is no property list: XML entity declarations are not supported"),
        (b'<?xml version="1.0"?><!DOCTYPE plist SYSTEM "file:///etc/passwd"><plist><array/></plist>', "without keys"),
        (b"bplist00" + b"\xff" * 64, "is no property list"),
        (plistlib.dumps(INFO, fmt=plistlib.FMT_BINARY)[:-20], "is no property list"),
        (b"<plist><dict>" + b"<key>a</key><dict>" * 20_000, "is no property list"),
        (plistlib.dumps([1]), "is a property list without keys"),
        (b" " * (folders.LARGEST + 1), "is too large"),
    ],
)  # fmt: skip
def test_hostile_property_lists_are_named(app: Path, content: bytes, message: str) -> None:
    """Entities, damaged files, lists that are no dictionaries, files of any size: one finding, and all else is read."""
    (app / "Info.plist").write_bytes(content)
    (app / "B.swift").write_text("let background = UIBackgroundTaskInvalid", encoding="utf-8")
    assert found(app) == ["B.swift:1 P06", "Info.plist:0 unread"]
    assert message in examine(app).findings[1].message


def test_damaged_property_lists_never_crash(app: Path) -> None:
    """A right one with some bytes changed: read or named, and nothing else."""
    chance = random.Random(1)  # noqa: S311 (any bytes will do)
    for form in (plistlib.FMT_XML, plistlib.FMT_BINARY):
        right = plistlib.dumps(INFO, fmt=form)
        for _ in range(300):
            damaged = bytearray(right)
            for _ in range(chance.randrange(1, 4)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            (app / "Info.plist").write_bytes(damaged)
            assert {each.file for each in examine(app).findings} <= {str(app / "Info.plist")}


def test_what_is_odd_is_named_and_all_else_is_read(app: Path) -> None:
    """A FIFO is not waited for; a broken list of a test target is no more than a note."""
    os.mkfifo(app / "B.swift")
    write(app, {"AppTests/Broken-Info.plist": "no plist", "C.swift": "let background = UIBackgroundTaskInvalid"})
    assert found(app) == ["C.swift:1 P06", "AppTests/Broken-Info.plist:0 unread note", "B.swift:0 unread note"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig"])
def test_sources_may_begin_with_a_byte_order_mark(app: Path, encoding: str) -> None:
    """As an old Xcode saved them: they are read as what the mark says, and lines count as before."""
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    (app / "AppDelegate.swift").write_bytes(f"{mark}{DELEGATE}".encode(encoding))
    assert found(app) == []
    (app / "A.m").write_bytes(f"{mark}#import <SmartTracker/SmartTracker-Swift.h>".encode(encoding))
    assert found(app) == ["A.m:1 P09"]


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="not run: needs root, and setpriv")
@pytest.mark.parametrize("kind", ["a source", "a folder"])
def test_what_may_not_be_read_is_named_so_that_it_steers_nothing(app: Path, kind: str) -> None:
    """Its name could be a command to a CI runner."""
    path = app / "a\n::error::x.swift"
    if kind == "a source":
        path.write_bytes(b"// background")
    else:
        path.mkdir()
    path.chmod(0)
    powers = "-dac_override,-dac_read_search,-fowner"
    as_user = ["setpriv", f"--bounding-set={powers}", f"--inh-caps={powers}", sys.executable, "-m", "atgen", "doctor"]
    done = subprocess.run([*as_user, str(app)], cwd=ROOT, capture_output=True, text=True, check=False)
    first = f"{app}/a\\u{{A}}:\\u{{3A}}error:\\u{{3A}}x.swift: unread [note] Permission denied"
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, first)


def test_a_folder_that_is_too_large_is_named_so_that_it_steers_nothing(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with all paths."""
    monkeypatch.setattr(folders, "MOST", 1)
    (app / "a\n::b").mkdir()
    for name in ("A.swift", "B.swift"):
        (app / "a\n::b" / name).write_bytes(b"")
    with pytest.raises(FileError) as error:
        examine(app / "a\n::b")
    assert str(error.value).startswith(f"{app}/a\\u{{A}}:\\u{{3A}}b: holds more than 1 ")


def test_a_source_of_any_size_is_passed_over(app: Path) -> None:
    """A large one is noted; one that is not about background work, trackers or the delegate is nothing to the doctor."""
    (app / "Large.swift").write_bytes(b"// background\n" * 100_000)
    (app / "Other.swift").write_text("func f() {", encoding="utf-8")
    assert found(app) == ["Large.swift:0 unread note"]


def test_a_folder_without_end_is_refused(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's home folder is not read through."""
    monkeypatch.setattr(folders, "MOST", 2)
    with pytest.raises(FileError, match="holds more than 2 sources and settings"):
        examine(app)
