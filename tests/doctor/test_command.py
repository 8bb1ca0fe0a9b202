"""`atgen doctor`: what it shows and in which form, what silences it, and what it mends."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from doctored import DELEGATE, SETTINGS, write

import started
from atgen.doctor.rules import ALL
from conftest import ROOT, compiler

if TYPE_CHECKING:
    from pathlib import Path

OLD = "let background = UIBackgroundTaskInvalid"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Write an app with which one thing is wrong."""
    write(tmp_path, SETTINGS | {"AppDelegate.swift": DELEGATE, "A.swift": f"{OLD}\n"})
    return tmp_path


def atgen(folder: Path, *arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    """Run the doctor in a folder."""
    return started.atgen("doctor", *arguments, cwd=folder, said=said)


def told(folder: Path, *arguments: str) -> list[str]:
    """`FILE:LINE RULE` of each finding, and `note` behind a note's."""
    rows = json.loads(atgen(folder, *arguments, "--format", "json").stdout)["results"]
    return [f"{row['file']}:{row['line']} {row['rule']}{' note' if row['level'] == 'note' else ''}" for row in rows]


# -- what it shows --


def test_text(app: Path) -> None:
    """Place, code, the source line with a mark under it, and the mend; exit code 1."""
    done = atgen(app, ".")
    assert (done.returncode, done.stdout.splitlines()) == (
        1,
        [
            "A.swift:1:18: P06 [*] UIBackgroundTaskInvalid: Swift has another name for it",
            "  |",
            f"1 | {OLD}",
            f"  | {' ' * 17}{'^' * 23}",
            "  = write UIBackgroundTaskIdentifier.invalid",
        ],
    )


def test_notes_alone_are_fine(app: Path) -> None:
    """Exit code 0, and the note is shown."""
    write(app, {"A.swift": "", "Podfile": SETTINGS["Podfile"].replace("'15.0'\nuse", "'14.0'\nuse")})
    done = atgen(app, ".", "bg_fetch")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "Podfile:1: podfile [note] Xcode 27 refuses iOS 14")
    assert done.stderr == ".: nothing to mend for bg_fetch\n"


def test_json_and_github(app: Path) -> None:
    """The same findings for programs and as annotations of a workflow run."""
    [row] = json.loads(atgen(app, ".", "--format", "json").stdout)["results"]
    assert {key: row[key] for key in ("file", "line", "column", "rule", "level", "fixable")} == {
        "file": "A.swift", "line": 1, "column": 18, "rule": "P06", "level": "error", "fixable": True,
    }  # fmt: skip
    assert atgen(app, ".", "--format", "github").stdout.startswith(
        "::error file=A.swift,line=1,col=18::P06: UIBackground"
    )


def test_sarif(app: Path) -> None:
    """As code scanning reads it: the rules, and where each result is."""
    [run] = json.loads(atgen(app, ".", "--format", "sarif").stdout)["runs"]
    rules = run["tool"]["driver"]["rules"]
    [result] = run["results"]
    assert ([rule["id"] for rule in rules], rules[result["ruleIndex"]]["id"]) == ([*ALL], "P06")
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "A.swift"},
        "region": {"startLine": 1, "startColumn": 18},
    }


def test_files_pages_and_standard_input(app: Path) -> None:
    """A file is judged without rules about settings, several places at once, - by its signs."""
    write(app, {"B.m": "@import SmartTracker;\n", "guide.md": f"```swift\n{OLD}\n```\n"})
    assert told(app, "B.m", "A.swift", "guide.md") == ["A.swift:1 P06", "B.m:1 P09", "guide.md:2 P06"]
    done = atgen(app, "-", said=f"{OLD}\n")
    assert (done.returncode, done.stdout.splitlines()[0][:12]) == (1, "-:1:18: P06 ")


def test_explain() -> None:
    """A rule's page, as it is."""
    done = atgen(ROOT, "--explain", "P13")
    assert (done.returncode, done.stdout) == (0, ALL["P13"].page)


def test_usage(app: Path) -> None:
    """What is not there, and what does not go together, is refused with words."""
    for arguments, message in (
        ((), "name a folder, a file or a page"),
        (("no/such/folder",), "no/such/folder does not exist"),
        ((".", "--diff"), "--diff goes with --fix"),
        (("A.swift", "bg_fetch"), "bg_fetch: a case goes with an app's folder"),
        ((".", "--select", "P99"), "there is no rule P99; did you mean P09?"),
        (("--explain", "x"), "there is no rule x; there are P01"),
    ):
        done = atgen(app, *arguments)
        assert (arguments, done.returncode, message in done.stderr) == (arguments, 2, True)
    assert atgen(app, ".", "no_such_case").returncode in (2, 4)


def test_a_missing_grammar_is_said_in_words(app: Path) -> None:
    """With what to install."""
    code = "import sys; sys.modules['tree_sitter'] = None; from atgen.__main__ import main; sys.argv[1:] = ['doctor', '.']; main()"
    done = subprocess.run([sys.executable, "-c", code], cwd=app, capture_output=True, text=True, check=False)
    message = "atgen: doctor reads code with tree-sitter, which is not here: pip install 'background-hits[doctor]'\n"
    assert (done.returncode, done.stderr) == (2, message)


def test_it_changes_nothing(app: Path) -> None:
    """Neither bytes nor times, whatever it finds."""
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in app.iterdir()}
    assert atgen(app, ".", "--fix", "--diff").returncode == 1
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in app.iterdir()} == before


# -- silence --


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{OLD} // atgen:ignore P06 for old phones", []),
        (f"// atgen:ignore P06 for old phones\n{OLD}", []),
        (f"/* atgen:ignore P05, P06 */\n{OLD}", ["A.swift:1 ignore note"]),
        (f"{OLD} // atgen:ignore P05", ["A.swift:1 P06", "A.swift:1 ignore note"]),
        (f"\n{OLD}\n// atgen:ignore P06", ["A.swift:2 P06", "A.swift:3 ignore note"]),
        (f"// atgen:ignore\n{OLD}", ["A.swift:2 P06", "A.swift:1 ignore note"]),
        (f'let s = "// atgen:ignore P06"; {OLD}', ["A.swift:1 P06"]),
    ],
)
def test_a_comment_silences_its_line_or_the_next(app: Path, text: str, expected: list[str]) -> None:
    """The rules that it names, and no other; one that silences nothing is noted."""
    write(app, {"A.swift": text})
    assert told(app, ".") == expected


def test_select_and_ignore(app: Path) -> None:
    """By codes; P is all of the page's."""
    write(app, {"PrivacyInfo.xcprivacy": "<plist><dict/></plist>"})
    assert told(app, ".") == ["A.swift:1 P06", "PrivacyInfo.xcprivacy:0 privacy"]
    assert told(app, ".", "--select", "P") == ["A.swift:1 P06"]
    assert told(app, ".", "--select", "privacy,P05") == ["PrivacyInfo.xcprivacy:0 privacy"]
    assert told(app, ".", "--ignore", "privacy P06") == []


def test_what_is_accepted_is_silent_until_it_is_gone(app: Path) -> None:
    """Code may move; a second one of the kind is told, and one that is gone is noted."""
    assert atgen(app, ".", "--accept").returncode == 0
    rows = json.loads((app / ".atgen-doctor.json").read_text(encoding="utf-8"))["accepted"]
    assert rows == [{"file": "A.swift", "rule": "P06", "text": OLD, "count": 1}]
    write(app, {"A.swift": f"import UIKit\n\n    {OLD}\n"})
    assert told(app, ".") == []
    write(app, {"A.swift": f"{OLD}\n{OLD}\n"})
    assert told(app, ".") == ["A.swift:2 P06"]
    write(app, {"A.swift": ""})
    assert told(app, ".") == [".atgen-doctor.json:0 accepted note"]
    assert atgen(app, ".", "--accept").returncode == 0
    assert told(app, ".") == []


@pytest.mark.parametrize("content", ["", "[]", '{"accepted": [{}]}', '{"accepted": 1}', "[" * 100_000])
def test_a_broken_list_is_refused(app: Path, content: str) -> None:
    """It is named, and what it accepts is not guessed."""
    write(app, {".atgen-doctor.json": content})
    done = atgen(app, ".")
    assert (done.returncode, done.stderr.startswith(".atgen-doctor.json:1:1: is no list of atgen doctor")) == (2, True)


# -- mending --

MENDED = [
    ("A.swift", "func f(o: [UIApplicationLaunchOptionsKey: Any]) {}", "func f(o: [UIApplication.LaunchOptionsKey: Any]) {}"),
    ("A.swift", "let a = UIApplication.sharedApplication().delegate", "let a = UIApplication.shared.delegate"),
    ("A.swift", "dispatch_async(dispatch_get_main_queue()) { g() }", "DispatchQueue.main.async { g() }"),
    (
        "A.swift",
        "dispatch_async(dispatch_get_global_queue(DISPATCH_QUEUE_PRIORITY_DEFAULT, 0), { g() })",
        "DispatchQueue.global().async(execute: { g() })",
    ),
    ("A.swift", "let x = UIBackgroundTaskInvalid // it", "let x = UIBackgroundTaskIdentifier.invalid // it"),
    ("A.swift", "t.context.backgroundMode = ATBackgroundModeTask", "t.context.backgroundMode = BackgroundMode.task"),
    ("A.swift", "import class SmartTracker.Tracker // old", "import class Tracker.Tracker // old"),
    (
        "A.swift",
        "class A: UIApplicationDelegate { func applicationDidEnterBackground(application: UIApplication) {} }",
        "class A: UIApplicationDelegate { func applicationDidEnterBackground(_ application: UIApplication) {} }",
    ),
    (
        "A.swift",
        "class A: UIApplicationDelegate { func applicationDidEnterBackground(application app: UIApplication) {} }",
        "class A: UIApplicationDelegate { func applicationDidEnterBackground(_ app: UIApplication) {} }",
    ),
    ("A.m", '#import "SmartTracker/SmartTracker-Swift.h" // old', "#import <Tracker/Tracker-Swift.h> // old"),
    ("A.m", "@import SmartTracker;", "@import Tracker;"),
    ("A.m", "void f(void) { [t.gestures addWithName:n]; }", "void f(void) { [t.gestures add:n]; }"),
    ("A.m", "void f(void) { c.backgroundMode = ATBackgroundModeFetch; }", "void f(void) { c.backgroundMode = BackgroundModeFetch; }"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new"), MENDED)
def test_words_are_mended(tmp_path: Path, name: str, old: str, new: str) -> None:
    """A word for a word: what it was is found no more, and the rest of the file stays as it is."""
    write(tmp_path, {name: f"// first\r\n{old}\n"})
    assert atgen(tmp_path, name, "--fix").returncode == 0
    assert (tmp_path / name).read_bytes() == f"// first\r\n{new}\n".encode()


def test_a_diff_shows_what_would_be_mended(app: Path) -> None:
    """And nothing is written."""
    done = atgen(app, ".", "--fix", "--diff")
    assert f"-{OLD}\n+let background = UIBackgroundTaskIdentifier.invalid\n" in done.stdout
    assert (app / "A.swift").read_text(encoding="utf-8") == f"{OLD}\n"


@pytest.mark.parametrize(
    ("name", "text"), [("A.swift", f"{OLD}\nlet = = 3\n"), ("guide.md", f"```swift\n{OLD}\n```\n")]
)
def test_what_is_not_sure_is_not_mended(tmp_path: Path, name: str, text: str) -> None:
    """A file that the grammar cannot read, and a page, stay as they are."""
    write(tmp_path, {name: text})
    assert atgen(tmp_path, name, "--fix").returncode == 1
    assert (tmp_path / name).read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", ["P01", "P02", "P05", "P06", "P09"])
def test_what_is_mended_compiles(name: str, tmp_path: Path) -> None:
    """The compiler takes what it refused, or warned of, before."""
    swift = compiler("swift")
    text = (ROOT / "tests" / "proof" / "native" / "wrong" / f"{name}.swift").read_text(encoding="utf-8")
    write(tmp_path, {"AppDelegate.swift": text})
    assert atgen(tmp_path, "AppDelegate.swift", "--fix").returncode == 0
    mended = (tmp_path / "AppDelegate.swift").read_text(encoding="utf-8")
    verdict = swift.check({"AppDelegate.swift": mended}, swift.modes[0])
    assert (mended != text, verdict.accepted, verdict.messages) == (True, True, verdict.messages)
