"""`.ci/apple`, which only a Mac can run: here its commands are played with tools that write down how they are called."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from atgen import scaffold
from atgen.case.model import Platform
from atgen.proof.compilers import Swift
from atgen.rendering import pipeline
from conftest import ROOT, not_run

if TYPE_CHECKING:
    from pathlib import Path

SCRIPTS = [ROOT / ".ci" / name for name in ("apple", "run", "setup")]
SDKS = {
    "ios": ("iphonesimulator", "arm64-apple-ios15.0-simulator", "Tracker", "iOS", "15.0"),
    "tvos": ("appletvsimulator", "arm64-apple-tvos15.0-simulator", "tvOSTracker", "tvOS", "15.0"),
    "watchos": ("watchsimulator", "arm64-apple-watchos8.0-simulator", "watchOSTracker", "watchOS", "8.0"),
}
COMMANDS = ["tools", "pods", "swift", "objc", "hits", "scaffolds"]
PHONE = "6B1C8E0A-1D2F-4E5B-9C3D-0123456789AB"
# Every tool is this script, under its name.
TOOL = f"""#!/bin/sh
{{ printf '%s' "${{PWD#"$TMPDIR"/}}: ${{0##*/}}"; [ $# -eq 0 ] || printf ' %s' "$@"; echo; }} >>"$TMPDIR/calls"
case "${{0##*/}} $*" in
"pod install") echo "pods: $PLATFORM $FLOOR $SUBSPEC $SYSTEM" >>"$TMPDIR/calls" ;;
"swift --version") echo "swift-driver version: 1.127" >&2; echo "Apple Swift version $SWIFT (swiftlang-6)" ;;
"xcrun simctl"*)
    echo '-- iOS 26.0 --'
    echo '    iPad mini (6B1C8E0A-1D2F-4E5B-9C3D-000000000000) (Shutdown)'
    echo '    iPhone SE (3rd generation) ({PHONE}) (Shutdown) '
    echo '    iPhone 17 (6B1C8E0A-1D2F-4E5B-9C3D-111111111111) (Shutdown) ' ;;
"xcodebuild test"*) case $PWD/$* in *"$FAILING"*) exit 65 ;; esac ;;
"xcodebuild -quiet"*MyApp*)
    mkdir -p derived/Build/Products/Debug-iphonesimulator/MyApp.app
    sed 's/$(PRODUCT_MODULE_NAME)/MyApp/' Support/Info.plist >derived/Build/Products/Debug-iphonesimulator/MyApp.app/Info.plist
    cp Support/PrivacyInfo.xcprivacy derived/Build/Products/Debug-iphonesimulator/MyApp.app ;;
"xcodebuild -quiet"*) mkdir -p derived/Build/Products/Debug/ATInternet-Apple-SDK/Tracker.framework ;;
esac
"""


@pytest.fixture
def mac(tmp_path: Path) -> Path:
    """A checkout, and beside it the tools of a Mac."""
    checkout = tmp_path / "check out"
    for name in (".ci", "tests/apple"):
        shutil.copytree(ROOT / name, checkout / name)
    for name in ("output", "specs", "templates", "tests/scaffolds.py"):
        (checkout / name).symlink_to(ROOT / name)
    programs = checkout / ".venv/bin"
    programs.mkdir(parents=True)
    for name, arguments in (("atgen", "-m atgen"), ("python", "")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n', encoding="utf-8")
    (tmp_path / "bin").mkdir()
    for tool in ("swift", "xcrun", "pod", "xcodegen", "xcodebuild"):
        (tmp_path / "bin" / tool).write_text(TOOL, encoding="utf-8")
    for path in (*programs.iterdir(), *(tmp_path / "bin").iterdir()):
        path.chmod(0o755)
    return tmp_path


def apple(mac: Path, *arguments: str, swift: str = "6.2.3", failing: str = "/none/") -> tuple[int, str, list[str]]:
    """Run the script: its exit code, what it says on stderr, and the calls of the tools, each with its folder."""
    calls = mac / "calls"
    calls.unlink(missing_ok=True)
    environment = {
        "TMPDIR": str(mac),
        "PATH": f"{mac / 'bin'}:{os.environ['PATH']}",
        "SWIFT": swift,
        "FAILING": failing,
    }
    done = subprocess.run(
        ["sh", mac / "check out/.ci/apple", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr, calls.read_text(encoding="utf-8").splitlines() if calls.exists() else []


def test_tools_are_named_before_anything_is_done(mac: Path) -> None:
    """The versions of Xcode and Swift are printed; a Swift without -default-isolation is refused in words."""
    checkout = "check out"
    names = ("xcodebuild -version", "swift --version", "swift --version", "xcodegen --version", "pod --version")
    assert (0, [f"{checkout}: {name}" for name in names]) == apple(mac, "tools")[::2]
    assert [apple(mac, "tools", swift=swift)[0] for swift in ("6.2", "7.0", "6.1.2", "5.10", "new")] == [0, 0, 1, 1, 1]
    assert "Swift 6.2 or later is needed" in apple(mac, "tools", swift="6.1.2")[1]


def test_pods_builds_the_sdk_for_each_system(mac: Path) -> None:
    """A project each, with the target that the Podfile names, and the values that both files ask for."""
    expected = []
    for system, (sdk, _, subspec, name, floor) in SDKS.items():
        where = f"atgen-apple/{system}"
        build = (
            f"xcodebuild -quiet -workspace Host.xcworkspace -scheme Host -sdk {sdk} -configuration Debug "
            "-derivedDataPath derived CODE_SIGNING_ALLOWED=NO build"
        )
        expected += [f"{where}: xcodegen", f"{where}: pod install", f"pods: {system} {floor} {subspec} {name}"]
        expected += [f"{where}: {build}"]
    assert (0, "", expected) == apple(mac, "pods")
    made = mac / "atgen-apple/tvos"
    assert sorted(str(path.relative_to(made)) for path in made.rglob("*") if "derived" not in path.parts) == [
        "App",
        "App/Host.swift",
        "Podfile",
        "project.yml",
    ]
    project = yaml.safe_load((made / "project.yml").read_text(encoding="utf-8"))
    assert (
        project["name"], project["targets"]["Host"]["type"], project["targets"]["Host"]["platform"],
    ) == ("Host", "framework", "${SYSTEM}")  # fmt: skip
    podfile = (made / "Podfile").read_text(encoding="utf-8")
    assert sorted(re.findall(r"ENV\.fetch\('(\w+)'\)", podfile)) == ["FLOOR", "PLATFORM", "SUBSPEC"]


@pytest.mark.parametrize("language", ["swift", "objc"])
def test_output_is_compiled_for_each_system(mac: Path, language: str) -> None:
    """Each folder of the real SDK's dialect, its files together; in Swift in each of the modes of `atgen verify`."""
    assert apple(mac, "pods")[0] == 0
    code, _, calls = apple(mac, language)
    folders = [
        folder
        for system in SDKS
        for folder in sorted((ROOT / "output").glob(f"*/{system}/{language}"))
        if not folder.parent.parent.name.startswith("old_sdk")
    ]
    modes = Swift.modes if language == "swift" else ("",)
    assert (0, len(folders) * len(modes)) == (code, len(calls))
    for call, (folder, mode) in zip(calls, [(folder, mode) for folder in folders for mode in modes], strict=True):
        sdk, target, *_ = SDKS[folder.parent.name]
        compiler = {"swift": f"swiftc -swift-version {mode} ", "objc": "clang "}[language]
        assert call.startswith(f"check out: xcrun --sdk {sdk} {compiler}-target {target} -F ")
        sources = sorted(folder.glob("*.swift" if language == "swift" else "*.m"))
        assert sources
        assert call.endswith(" ".join(str(source.relative_to(ROOT)) for source in sources))


def test_without_the_sdk_nothing_is_compiled(mac: Path) -> None:
    """It is said what to do first."""
    code, said, calls = apple(mac, "swift")
    assert (code, calls, "no module of the SDK for ios: run .ci/apple pods" in said) == (1, [], True)


@pytest.mark.parametrize(
    ("case", "language", "called"),
    [
        ("bg_fetch", "swift", "testFetch"),
        ("bg_fetch_global", "objc", "testFetch"),
        ("bg_task", "objc", "testTask"),
        ("scene_fetch", "swift", "testFetch"),
        ("scene_task_global", "swift", "testTask"),
        ("swiftui_task", "swift", "testTask"),
    ],
)
def test_a_case_is_driven_on_the_simulator(mac: Path, case: str, language: str, called: str) -> None:
    """Its files, all of them and unchanged, in an app with the bundle; the test is the one of what the system calls."""
    code, _, calls = apple(mac, "hits", case, language)
    where = "atgen-apple/hits"
    run = f"test -quiet -workspace Host.xcworkspace -scheme Host -destination id={PHONE} -derivedDataPath derived"
    assert (
        0,
        [
            "check out: xcrun simctl list devices available",
            f"{where}: xcodegen",
            f"{where}: pod install",
            "pods: ios 15.0 Tracker iOS",
            f"{where}: xcodebuild {run} -only-testing:HostTests/HitTests/{called}",
        ],
    ) == (code, calls)
    assert f"func {called}()" in (mac / where / "HostTests/HitTests.swift").read_text(encoding="utf-8")
    rendered = {path.name: path.read_bytes() for path in (ROOT / "output" / case / "ios" / language).iterdir()}
    starts = {"objc": ["main.m"], "swift": ["Start.swift"] if case.startswith("swiftui") else []}[language]
    start = {name: (ROOT / "tests/apple" / name).read_bytes() for name in starts}
    assert {**rendered, **start} == {path.name: path.read_bytes() for path in (mac / where / "Host/Delegate").iterdir()}
    project = yaml.safe_load((mac / where / "project.yml").read_text(encoding="utf-8"))
    for target in project["targets"].values():
        assert [folder for folder in target["sources"] if not (mac / where / folder).is_dir()] == []
    assert "Podfile" in os.listdir(mac / where)


def test_hits_goes_through_the_cases(mac: Path) -> None:
    """Each case of iOS in both languages, or it says why not; the next one finds nothing of the one before."""
    code, said, calls = apple(mac, "hits")
    driven = [call.rpartition("/")[2] for call in calls if "-only-testing:" in call]
    assert (code, said, driven) == (0, "", ["testFetch"] * 6 + ["testTask"] * 4 + ["testFetch"] * 6 + ["testTask"] * 10)
    last = os.listdir(ROOT / "output/swiftui_task_global/ios/objc")
    assert sorted([*last, "main.m"]) == sorted(os.listdir(mac / "atgen-apple/hits/Host/Delegate"))


def test_a_case_that_fails_is_named_at_the_end(mac: Path) -> None:
    """The others are driven all the same."""
    code, said, calls = apple(mac, "hits", failing="testTask")
    assert (code, sum("-only-testing:" in call for call in calls)) == (1, 26)
    names = ("bg_task", "bg_task_global", "scene_task", "scene_task_event")
    names += ("scene_task_global", "swiftui_task", "swiftui_task_global")
    failed = " ".join(f"{name}/{language}" for name in names for language in ("swift", "objc"))
    assert said.splitlines()[-1] == f"apple: failed: {failed}"


@pytest.mark.sample(8, always="swiftui_task-|own_refresh-swift")
@pytest.mark.parametrize("language", ["swift", "objc"])
@pytest.mark.parametrize("name", sorted(path.parents[1].name for path in (ROOT / "output").glob("*/ios/swift")))
def test_scaffolds_builds_the_app_of_each_case(mac: Path, name: str, language: str) -> None:
    """What `atgen scaffold` makes an app of; of the others it says that they are not run."""
    [case] = pipeline.load([ROOT / "specs" / f"{name}.yaml"])
    code, said, calls = apple(mac, "scaffolds", name, language)
    built = [call.split(": ")[0].split("/")[2] for call in calls if ": xcodebuild -quiet -workspace MyApp" in call]
    wanted = [f"{name}-{language}"][: (Platform.IOS, language) in scaffold.kinds(case)]
    assert (code, built) == (0, wanted), said


def test_an_app_without_what_the_case_needs_is_refused(mac: Path) -> None:
    """Where Xcode puts another Info.plist into the app, or leaves the privacy manifest out."""
    build = mac / "bin/xcodebuild"
    text = build.read_text(encoding="utf-8")
    built = "derived/Build/Products/Debug-iphonesimulator/MyApp.app"
    spoils = {
        f"sed -i.old 's/<string>fetch</<string>audio</' {built}/Info.plist": "Info.plist: UIBackgroundModes is ['audio']",
        f"rm {built}/PrivacyInfo.xcprivacy": "PrivacyInfo.xcprivacy is missing",
    }
    for spoil, lack in spoils.items():
        build.write_text(f"{text}[ ! -d derived ] || {spoil}\n", encoding="utf-8")
        code, said, _ = apple(mac, "scaffolds", "bg_fetch", "swift")
        assert (1, lack) == (code, said.splitlines()[-1])
    build.write_text(text, encoding="utf-8")
    assert apple(mac, "scaffolds", "bg_fetch", "swift")[0] == 0


def test_an_unknown_command_shows_those_that_there_are(mac: Path) -> None:
    """Exit code 2."""
    code, said, calls = apple(mac, "nope")
    shown = re.findall(r"^  \.ci/apple (\w+) ", said, re.MULTILINE)
    assert (code, shown, calls) == (2, COMMANDS, [])


def test_each_macos_job_looks_at_its_tools_first() -> None:
    """One job for a purpose, not one a case; the image's Xcode is told of, and refused early if it is too old."""
    jobs = {
        f"{path.stem}/{name}": job
        for path in sorted((ROOT / ".github/workflows").glob("*.yml"))
        for name, job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items()
        if any(".ci/apple" in step.get("run", "") for step in job["steps"])
    }
    first = {name: next(step["run"] for step in job["steps"] if "run" in step) for name, job in jobs.items()}
    assert first == dict.fromkeys(("scaffold/apps", "test/macos", "test/simulator"), "sh .ci/apple tools")
    assert {job["runs-on"] for job in jobs.values()} == {"macos-26"}
    assert [name for name, job in jobs.items() if "strategy" in job] == []
    used = {
        word
        for job in jobs.values()
        for step in job["steps"]
        for word in re.findall(r"apple (\w+)", step.get("run", ""))
    }
    assert used == set(COMMANDS)


# -- shells --


def cases_in_substitutions(script: str) -> list[str]:
    """Find each `case` within `$(`: a Mac's bash 3.2 takes the first pattern's parenthesis for the end."""
    found = []
    for match in re.finditer(r"\$\((?!\()", script):
        depth, end = 1, match.end()
        while depth and end < len(script):
            depth += {"(": 1, ")": -1}.get(script[end], 0)
            end += 1
        inside = script[match.start() : end]
        if re.search(r"(?:^\$\(|[\s;&|({])case\s", inside):
            found.append(inside)
    return found


def run_steps() -> dict[str, str]:
    """The shell of the workflows' steps."""
    steps = {}
    for path in sorted((ROOT / ".github").rglob("*.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        jobs = document.get("jobs", {"": document.get("runs", {})})
        for job in jobs.values():
            for number, step in enumerate(job.get("steps", ())):
                if "run" in step:
                    steps[f"{path.name} {number}"] = step["run"]
    return steps


def test_no_case_stands_in_a_substitution() -> None:
    """Newer shells accept it, so only this finds it here."""
    scripts = {**{path.name: path.read_text(encoding="utf-8") for path in SCRIPTS}, **run_steps()}
    assert {name: found for name, text in scripts.items() if (found := cases_in_substitutions(text))} == {}
    assert cases_in_substitutions("y=$(case $x in a) echo 1 ;; esac)\nz=$((1 + 2))") == ["$(case $x in a)"]
    assert cases_in_substitutions("y=$(f; case $x in a) echo 1 ;; esac)") == ["$(f; case $x in a)"]
    assert cases_in_substitutions("case $(f in) in a) x=$(g --case) ;; esac") == []


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_the_script_is_posix_sh(shell: str) -> None:
    """Debian's sh reads it, which knows nothing but POSIX, and bash as sh."""
    if not shutil.which(shell):
        not_run(shell, f"no {shell}")
    command = [shell, *(["--posix"] if shell == "bash" else []), "-n", ROOT / ".ci/apple"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    text = (ROOT / ".ci/apple").read_text(encoding="utf-8")
    assert text.startswith("#!/bin/sh\n")
    # What dash reads as words, and does otherwise than bash.
    assert re.findall(r"\[\[|\blocal\b|\bfunction\b|<\(|\bpipefail\b|\$'", text) == []
