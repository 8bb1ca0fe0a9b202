"""The command line as a person meets it: results on stdout, messages on stderr, one meaning for each exit code."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import click
import pytest

from atgen.cli import COMMANDS, GROUPS, group
from atgen.output.signature import sign
from conftest import ROOT, combinations, needs_file
from started import atgen


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with specs/bg_fetch.yaml in it and nothing else."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "bg_fetch.yaml").write_bytes((ROOT / "specs" / "bg_fetch.yaml").read_bytes())
    return tmp_path


def test_render_says_for_each_file_what_became_of_it(folder: Path) -> None:
    """Written the first time, unchanged the second, and byte for byte what is committed in output/."""
    objc = ("AppDelegate.h", "AppDelegate.m", "BackgroundHits.h", "BackgroundHits.m")
    swift = ("AppDelegate.swift", "BackgroundHits.swift")
    paths = [*(f"objc/{name}" for name in objc), "python/app_delegate.py", *(f"swift/{name}" for name in swift)]
    first = atgen("render", "specs/bg_fetch.yaml", cwd=folder)
    assert first.stdout.splitlines() == [
        *(f"written    output/bg_fetch/ios/{path}" for path in paths),
        "7 files, written",
    ]
    assert first.stderr == ""
    second = atgen("render", "-v", cwd=folder)
    assert second.stdout.splitlines() == [
        *(f"unchanged  output/bg_fetch/ios/{path}" for path in paths),
        "7 files, unchanged",
    ]
    assert atgen("render", cwd=folder).stdout == "7 files, unchanged\n"
    (folder / "output/bg_fetch/ios/swift/AppDelegate.swift").unlink()
    third = atgen("render", cwd=folder).stdout.splitlines()
    assert third == ["written    output/bg_fetch/ios/swift/AppDelegate.swift", "7 files: 6 unchanged, 1 written"]
    for path in paths:
        committed = ROOT / "output" / "bg_fetch" / "ios" / path
        assert (folder / "output" / "bg_fetch" / "ios" / path).read_bytes() == committed.read_bytes()


def test_what_of_a_spec_was_mended_is_told(folder: Path) -> None:
    """It is rendered, and its author reads what was done."""
    spec = "title: cafe\u0301\nmode: fetch\ntracker: global\nlifecycle: scene\nhit: {gesture: g, action: touch}\n"
    (folder / "specs" / "x.yaml").write_text(spec, encoding="utf-8")
    done = atgen("render", "specs/x.yaml", cwd=folder)
    what = "title: U+0065 stands where the composed form (NFC) has U+00E9; the text is taken composed"
    assert (done.returncode, done.stderr) == (0, f"warning: specs/x.yaml: {what}\n")


def test_output_is_what_the_specs_give() -> None:
    """output/ is current, and holds nothing else."""
    done = atgen("render", "--check", "--format", "json")
    files = json.loads(done.stdout)["results"]
    assert (done.returncode, {file["status"] for file in files}) == (0, {"unchanged"})
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "output").rglob("*") if path.is_file()}
    assert there - {path for path in there if "__pycache__" in path} == {file["path"] for file in files}


def test_check_writes_nothing_and_tells_stale_from_edited(folder: Path) -> None:
    """1 for a stale output, 3 for a hand edit; with --diff the difference is on stdout."""
    never = atgen("render", "--check", "--diff", "--language", "python", cwd=folder)
    path = "output/bg_fetch/ios/python/app_delegate.py"
    assert (never.returncode, never.stdout, never.stderr) == (1, f"{path}: is missing\n", f"{path}: missing\n")
    assert not (folder / "output").exists()
    atgen("render", cwd=folder)
    spec = folder / "specs" / "bg_fetch.yaml"
    spec.write_text(spec.read_text().replace("gesture: fetch", "gesture: other"))
    stale = atgen("render", "--check", "--diff", "--language", "swift", cwd=folder)
    assert stale.returncode == 1
    assert '+                self.tracker.gestures.add("other").sendDownload()' in stale.stdout.splitlines()
    edited = folder / "output" / "bg_fetch" / "ios" / "swift" / "AppDelegate.swift"
    edited.write_text(edited.read_text() + "// mine\n")
    refused = atgen("render", cwd=folder)
    assert refused.returncode == 3
    assert edited.read_text().endswith("// mine\n")
    assert atgen("render", "--force", cwd=folder).returncode == 0
    assert edited.with_name("AppDelegate.swift.orig").read_text().endswith("// mine\n")


def test_problems_of_all_specs_come_at_once_and_nothing_is_written(folder: Path) -> None:
    """file:line:col: message and source line on stderr, exit code 2; the right spec beside the wrong ones is not rendered either."""
    (folder / "specs" / "a.yaml").write_text("title: T\n")
    (folder / "specs" / "b.yaml").write_text("- x\n")
    done = atgen("render", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    told, marks = ["specs/a.yaml:1:1:"] * 3, ["", "1", ""]  # once for all that is wrong at a place
    assert [line.split(" ")[0] for line in done.stderr.splitlines()] == [*told, *marks, "specs/b.yaml:1:1:", *marks]
    assert not (folder / "output").exists()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("title: {fr: Essai}", "title: en is missing: text, one line, up to 200 characters; one text for all, without locales, is enough\n  |\n1 | title: {fr: Essai}\n  |        ^\n"),
        ("configuration: {site: 1}", 'unknown key "configuration"; it belongs below tracker\n  |\n1 | configuration: {site: 1}\n  | ^\n'),
        ("tracker: {dedicated: t, configuration: {site: 1, log: logc407.xiti.com}}", 'tracker.configuration.log: "logc407.xiti.com" is a whole address; write log: logc407 and domain: xiti.com\n  |\n1 | tracker: {dedicated: t, configuration: {site: 1, log: logc407.xiti.com}}\n  |                                                       ^\n'),
        ("title: {en: 日本e\u0301, xx: 1}", 'title: unknown key "xx"; expected en or fr\n  |\n1 | title: {en: 日本e\u0301, xx: 1}\n  |                    ^\n'),
        ("mode: fetch # \x1b[31m", "U+001B is a control character: remove it\n  |\n1 | mode: fetch # \\u{1B}[31m\n  |               ^\n"),
    ],
)  # fmt: skip
def test_a_problem_shows_its_line_with_a_mark(folder: Path, line: str, told: str) -> None:
    """Under the column where it is seen, whatever the line holds; and it says what to write."""
    rest = {"title": "T", "mode": "fetch", "tracker": "global", "hit": "{gesture: g, action: touch}"}
    lines = [line, *(f"{key}: {value}" for key, value in rest.items() if key != line.partition(":")[0])]
    (folder / "specs/x.yaml").write_text("\r\n".join(lines), encoding="utf-8", newline="")
    done = atgen("render", "specs/x.yaml", cwd=folder, PYTHONUTF8="1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.partition(": ")[2] == told


def test_problems_as_json_and_as_annotations(folder: Path) -> None:
    """Machines get the same problems; a CI runner shows them where they are."""
    (folder / "specs" / "a.yaml").write_text(
        "title: T\nmode: fetch\ntracker: global\nhit: {gesture: g, action: tuch}\n"
    )
    message = 'hit.action: "tuch" is not touch, navigation, download, exit or search; did you mean touch?'
    done = atgen("render", "--format", "json", cwd=folder)
    assert json.loads(done.stdout) == {
        "version": 1,
        "command": "render",
        "results": [],
        "problems": [{"level": "error", "file": "specs/a.yaml", "line": 4, "column": 27, "message": message}],
    }
    done = atgen("render", "--format", "github", cwd=folder)
    assert done.stdout == f"::error file=specs/a.yaml,line=4,col=27::{message}\n"


def test_stdout_prints_one_spec_in_one_language(folder: Path) -> None:
    """The text itself, byte for byte; several files of one language are told apart by a comment."""
    python = atgen("render", "bg_fetch", "--language", "python", "--stdout", cwd=folder)
    assert python.stdout == (ROOT / "output/bg_fetch/ios/python/app_delegate.py").read_text()
    objc = atgen("render", "bg_fetch", "--language", "objc", "--stdout", cwd=folder)
    assert objc.stdout.startswith("// ---- bg_fetch/ios/objc/AppDelegate.h\n")
    assert atgen("render", "--stdout", cwd=folder).returncode == 2
    refused = atgen("render", "bg_fetch", "--language", "swift", "--stdout", "--check", cwd=folder)
    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (
        2,
        "Error: --stdout goes without --check, --diff, --force and --prune",
    )


def test_without_specs_the_shipped_cases_are_meant(tmp_path: Path) -> None:
    """An empty folder is no dead end; but all cases' files are written only where somebody asked for them."""
    done = atgen("list", cwd=tmp_path)
    assert done.stdout == atgen("list").stdout
    assert done.stderr == "atgen: no specs/ here: these are the cases that ship with atgen\n"
    for flags in ((), ("--check",), ("--diff",)):
        refused = atgen("render", *flags, cwd=tmp_path)
        assert (refused.returncode, refused.stdout, refused.stderr.splitlines()[-1]) == (
            2,
            "",
            "Error: no specs/ here: begin one (atgen new my_case), or name a case that ships with atgen (atgen render scene_fetch)",
        )
    assert list(tmp_path.iterdir()) == []


def test_a_case_that_is_not_there_is_told_from_the_near_one(tmp_path: Path) -> None:
    """Exit code 2, on each command that takes a case."""
    for command in (("explain",), ("run",), ("verify",), ("render",), ("show",), ("new", "my", "--from")):
        done = atgen(*command, "bg_tsk", cwd=tmp_path)
        assert (done.returncode, done.stderr.splitlines()[-1]) == (2, 'Error: no case "bg_tsk"; did you mean bg_task?')
    done = atgen("explain", "zzz", cwd=tmp_path)
    assert done.stderr.splitlines()[-1] == 'Error: no case "zzz"; `atgen list` shows them'


def test_show_prints_a_case_as_it_is(folder: Path) -> None:
    """Byte for byte, whichever folder it is in; what is no spec is not printed, since it could steer a terminal."""
    assert atgen("show", "bg_task", cwd=folder).stdout == (ROOT / "specs/bg_task.yaml").read_text(encoding="utf-8")
    (folder / "specs/wild.yaml").write_bytes(b"title: \x1b[2J\n")
    done = atgen("show", "wild", cwd=folder)
    assert (done.returncode, done.stdout, "\x1b" in done.stderr) == (2, "", False)


def test_explain_shows_the_plan_and_its_reasons() -> None:
    """The resolved spec, each step with its reason and source, and what the templates see."""
    text = atgen("explain", "bg_task_global").stdout
    assert "    do_task_work\n      | the work takes time, and the main thread stays free" in text
    assert "P11" in text
    [shown] = json.loads(atgen("explain", "bg_task_global", "--format", "json").stdout)["results"]
    assert shown["spec"]["finish"] == {"when": "after", "within": 5}
    assert shown["platforms"]["ios"]["requirements"]["minimum"] == "13.0"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_with_an_example(command: str) -> None:
    """--help shows how the command is called."""
    done = atgen(command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    examples = done.stdout.split("Example", 1)[1].splitlines()[1:]
    assert examples[0].startswith(f"    atgen {command}")
    assert "\\b" not in done.stdout


def test_usage_errors_name_the_nearest() -> None:
    """Exit code 2, and what may have been meant."""
    done = atgen("rendr")
    assert done.returncode == 2
    assert "did you mean render?" in done.stderr


def test_version_and_no_color() -> None:
    """--version is one line; NO_COLOR keeps escapes out."""
    assert atgen("--version").stdout.startswith("atgen ")
    assert "\x1b" not in atgen("render", "--help", NO_COLOR="1").stdout


def on_terminal(*arguments: str, cwd: Path, **environment: str) -> str:
    """What a terminal is sent."""
    here, there = pty.openpty()
    command = [sys.executable, "-m", "atgen", *arguments]
    variables = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | {"TERM": "xterm"} | environment
    subprocess.run(command, cwd=cwd, env=variables, stdin=there, stdout=there, stderr=there, check=False)
    os.close(there)
    sent = b""
    with suppress(OSError):  # Linux's way to say that nobody holds the other end any more
        while some := os.read(here, 65536):
            sent += some
    os.close(here)
    return sent.decode().replace("\r\n", "\n")


def test_a_terminal_shows_in_colours_what_became_of_files(folder: Path) -> None:
    """Green is written, yellow stale, red what goes; in no pipe, and nowhere with NO_COLOR."""
    assert "\x1b[32mwritten  \x1b[0m  output/" in on_terminal("render", cwd=folder)
    spec = folder / "specs/bg_fetch.yaml"
    spec.write_text(spec.read_text().replace("gesture: fetch", "gesture: other"))
    assert "\x1b[33mstale    \x1b[0m  output/" in on_terminal("render", "--check", cwd=folder)
    assert "\x1b[32m+    " in on_terminal("render", "--diff", cwd=folder)
    assert "\x1b" not in on_terminal("render", "--diff", cwd=folder, NO_COLOR="1")
    assert "\x1b" not in atgen("render", "--diff", cwd=folder).stdout


def test_help_shows_the_sentence_of_each_command_whole() -> None:
    """In groups, by what the commands are for; none is cut."""
    shown = atgen("--help").stdout
    assert [title for title in GROUPS if f"\n{title}:\n" in shown] == [*GROUPS]
    words = " ".join(shown.split())
    context = click.Context(group)
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command
        assert command.help
        sentence = " ".join(command.help.partition(".\n")[0].split())
        assert f"{name} {sentence}." in words
    assert "..." not in shown.partition("Make:")[2]


def test_completion_comes_from_click() -> None:
    """The shell's completion script is there."""
    assert "_ATGEN_COMPLETE" in atgen(_ATGEN_COMPLETE="bash_source").stdout


def test_a_bug_of_ours_is_told_from_a_refusal(tmp_path: Path) -> None:
    """What nobody expected ends with 70 and a plain sentence."""
    code = (
        "import os, sys; from atgen.__main__ import main; os.listdir = lambda _: 1/0; sys.argv[1:] = ['list']; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 70
    assert "\natgen: a bug of atgen, please report it: ZeroDivisionError" in done.stderr


def test_a_run_that_has_to_wait_says_so(folder: Path) -> None:
    """Another one is at work in the folder: the run says it waits, and goes on when that has ended."""
    (folder / "output").mkdir()
    descriptor = os.open(folder / "output", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    for arguments, code in ((("--check",), 1), ((), 0)):
        with subprocess.Popen(
            [sys.executable, "-m", "atgen", "render", *arguments],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stderr
            said = process.stderr.readline()
            assert said == b"atgen: waiting for another run of atgen, which is at work in output/\n"
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            assert (process.wait(), process.stderr.read()) == (code, b"")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.close(descriptor)


def test_the_usual_output_folder_is_no_link_unless_that_is_said(folder: Path) -> None:
    """A link that came with somebody's repository leads no run elsewhere; who names it means it."""
    (folder / "elsewhere").mkdir()
    (folder / "output").symlink_to("elsewhere")
    refused = atgen("render", cwd=folder)
    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (
        2,
        "Error: output is a symbolic link; name it with -o, if files are to go where it leads",
    )
    (folder / "gallery").symlink_to("elsewhere")
    assert atgen("gallery", cwd=folder).returncode == 2
    assert list((folder / "elsewhere").iterdir()) == []
    for nothing_written, code in ((("--language", "swift", "--stdout"), 0), (("--check",), 1), (("--diff",), 0)):
        assert atgen("render", *nothing_written, cwd=folder).returncode == code
    assert atgen("render", "-o", "output", cwd=folder).returncode == 0
    assert (folder / "elsewhere/bg_fetch").is_dir()


def test_of_several_commands_in_a_folder_each_prunes_its_own(folder: Path) -> None:
    """A page and counterexamples beside rendered files are no files of cases that are gone, and the other way round."""
    (folder / "specs/bg_fetch.yaml").write_bytes((ROOT / "specs/bg_fetch_global.yaml").read_bytes())
    atgen("render", cwd=folder)
    atgen("gallery", "-o", "output/index.html", cwd=folder)
    verify = ("verify", "--counterexamples", "output")
    atgen(*verify, cwd=folder, PATH="")  # the reference alone
    example = sign(b'{\n  "generated": "Generated by atgen. Do not edit."\n}\n')
    (folder / "output/bg_fetch-swift-fetch.json").write_bytes(example)
    (folder / "specs/bg_fetch.yaml").rename(folder / "specs/other.yaml")
    checked = atgen("render", "--check", cwd=folder)
    assert (checked.returncode, checked.stdout.count("orphaned ")) == (1, 7)
    assert ": no spec gives it any more; --prune removes it\n" in checked.stdout
    gone = [
        line.split()[1]
        for line in atgen("render", "--prune", cwd=folder).stdout.splitlines()
        if line.startswith("removed")
    ]
    assert [path for path in gone if not path.startswith("output/bg_fetch/ios/")] == []
    assert len(gone) == 7
    assert "removed  output/bg_fetch-swift-fetch.json" in atgen(*verify, cwd=folder, PATH="").stderr
    assert sorted(path.name for path in (folder / "output").iterdir()) == ["index.html", "other"]


def test_a_check_of_what_force_would_write_finds_it(folder: Path) -> None:
    """A hand edit is not what the specs give; --force says that it may be overwritten, not that it is right."""
    atgen("render", cwd=folder)
    edited = folder / "output/bg_fetch/ios/swift/AppDelegate.swift"
    edited.write_text(edited.read_text() + "// mine\n")
    codes = [atgen("render", *flags, cwd=folder).returncode for flags in (("--check",), ("--check", "--force"))]
    assert codes == [3, 1]
    found = json.loads(atgen("render", "--check", "--diff", "--force", "--format", "json", cwd=folder).stdout)[
        "results"
    ]
    assert [file["path"] for file in found if file["diff"]] == ["output/bg_fetch/ios/swift/AppDelegate.swift"]
    assert {file["diff"].splitlines()[-1] for file in found if file["diff"]} == {"-// mine"}


def test_hidden_files_are_no_specs(folder: Path) -> None:
    """An editor's lock and a Mac's attributes lie beside the specs for a while."""
    (folder / "specs/.#bg_fetch.yaml").symlink_to("nowhere")
    (folder / "specs/._bg_fetch.yaml").write_bytes(b"\0\5")
    assert atgen("list", cwd=folder).stdout.splitlines() == ["bg_fetch  Background fetch, dedicated tracker"]


@pytest.mark.parametrize("name", ["é.html", "a:b.html", "A#.html", ".atgen.json", "a\nb"])
def test_a_page_has_a_name_that_can_be_shown(folder: Path, name: str) -> None:
    """Exit code 2, and nothing is written."""
    done = atgen("gallery", "-o", f"site/{name}", cwd=folder)
    assert (done.returncode, "is no name for a page" in done.stderr) == (2, True)
    assert not (folder / "site").exists()


@pytest.mark.parametrize("arguments", [("list",), ("--help",), ("render", "--language", "python")])
def test_a_full_disk_under_stdout_is_an_error_of_the_file_system(folder: Path, arguments: tuple[str, ...]) -> None:
    """Exit code 4, and no talk of a bug."""
    needs_file("/dev/full")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "atgen", *arguments], cwd=folder, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr.splitlines()[-1]) == (4, b"atgen: No space left on device")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "atgen", "explain", "nope.yaml"], cwd=folder, stderr=full, check=False
        )
    assert done.returncode == 4


def test_without_stderr_a_run_does_its_work(folder: Path) -> None:
    """A daemon may have closed it."""
    command = f"{shlex.quote(sys.executable)} -m atgen render >&- 2>&-"
    assert subprocess.run(["sh", "-c", command], cwd=folder, check=False).returncode == 0
    assert (folder / "output/bg_fetch").is_dir()


def test_what_a_terminal_cannot_show_is_escaped(folder: Path) -> None:
    """Titles and help hold characters that not every encoding has; code on stdout is UTF-8, whatever the terminal's is."""
    spec = folder / "specs/bg_fetch.yaml"
    spec.write_text(spec.read_text(encoding="utf-8").replace("Background fetch, d", "☃ fetch, d"), encoding="utf-8")
    done = atgen("list", cwd=folder, PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stdout) == (0, "bg_fetch  \\u2603 fetch, dedicated tracker\n")
    assert atgen("render", "--help", cwd=folder, PYTHONIOENCODING="latin-1").returncode == 0
    command = [sys.executable, "-m", "atgen", "render", "bg_fetch", "--language", "python", "--stdout"]
    shown = subprocess.run(
        command, cwd=folder, env=os.environ | {"PYTHONIOENCODING": "latin-1"}, capture_output=True, check=True
    )
    assert "# ☃ fetch, dedicated tracker" in shown.stdout.decode()


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="not run: needs root, and setpriv")
def test_what_may_not_be_read_is_an_error_of_the_file_system(folder: Path) -> None:
    """Exit code 4, with the path; a name that is too long for any path, too."""
    (folder / "specs").chmod(0)
    powers = "-dac_override,-dac_read_search,-fowner"
    as_user = ["setpriv", f"--bounding-set={powers}", f"--inh-caps={powers}", sys.executable, "-m", "atgen", "list"]
    done = subprocess.run(as_user, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (4, "atgen: specs: Permission denied\n")
    (folder / "specs").chmod(0o700)
    done = atgen("explain", "a" * 300, cwd=folder)
    assert (done.returncode, done.stderr.endswith("a.yaml: File name too long\n")) == (4, True)


FILES = [
    ["render", "x.yaml"],
    ["list", "x.yaml"],
    ["explain", "x.yaml"],
    ["verify", "x.yaml"],
    ["run", "x.yaml"],
    ["run", "bg_fetch", "--schedule", "x"],
    ["docs", "x.md"],
    ["gallery", "x.yaml"],
    ["gallery", "-o", "x.html"],
    ["scaffold", "x.yaml", "MyApp"],
    ["doctor", "x.swift"],
    ["doctor", "x.md"],
    ["doctor", "app", "x.yaml"],
    ["doctor", "app"],
]


@pytest.mark.parametrize("arguments", FILES)
def test_what_is_no_regular_file_is_refused_and_not_waited_for(arguments: list[str], folder: Path) -> None:
    """A FIFO that nobody writes to, wherever a file can be named or is looked for."""
    (folder / "app").mkdir()
    names = [*(each for each in arguments if each.startswith("x")), *("app/Info.plist", "app/.atgen-doctor.json")]
    for name in (*names, "app/Podfile", "app/A.swift"):
        os.mkfifo(folder / name)
    done = atgen(*arguments, cwd=folder)
    assert done.returncode in {1, 2, 3, 4}
    assert [line for line in (done.stdout + done.stderr).splitlines() if names[0] in line] != []
    assert [name for name in names if not (folder / name).is_fifo()] == []


INTERRUPTED = """
import signal, sys
from atgen.__main__ import main
class Interrupting:
    def find_spec(name, *_):
        if name == module:
            sys.meta_path.remove(Interrupting)
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Interrupting)
_, module = sys.argv
sys.argv[1] = "list"
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""


@pytest.mark.parametrize("module", ["click", "atgen.rendering.pipeline"])
def test_a_run_that_is_stopped_ends_without_a_word_of_python(module: str) -> None:
    """Ctrl-C, while what atgen needs is still being imported or later: exit code 130."""
    command = [sys.executable, "-c", INTERRUPTED, module]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "atgen: stopped\n")


PIPED = {
    "": [["--help"], ["--version"], ["render", "--help"]],
    "new": [["other", "--from", "bg_fetch"]],
    "render": [["--check"], ["--check", "--format", "json"], ["--check", "--format", "github"], []],
    "scaffold": [["bg_fetch", "MyApp", "--diff"], ["bg_fetch", "MyApp"]],
    "verify": [["bg_fetch"], ["bg_fetch", "--format", "json"]],
    "run": [["bg_fetch"], ["bg_fetch", "--format", "json"]],
    "docs": [["page.md"], ["--check", "page.md"], ["--list", "page.md"]],
    "gallery": [[], ["--check"]],
    "list": [[], ["--sdks"]],
    "show": [["bg_fetch"]],
    "explain": [["bg_fetch"]],
    "doctor": [["app"], ["app", "--format", "sarif"], ["--explain", "P13"]],
    "schema": [[], ["--format", "markdown"]],
}


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_a_closed_pipe_is_no_success(folder: Path, command: str) -> None:
    """`atgen render --check | head -0` ends quietly, as a program does that SIGPIPE ends: what it found did not arrive."""
    (folder / "page.md").write_text("<!-- atgen:begin case=bg_fetch languages=swift -->\n<!-- atgen:end -->\n")
    (folder / "app").mkdir()
    for arguments in PIPED[command]:
        with subprocess.Popen(
            [sys.executable, "-m", "atgen", *filter(None, [command]), *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdout
            assert process.stderr
            process.stdout.close()
            assert (arguments, process.stderr.read(), process.wait()) == (arguments, b"", 141)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("render", "--check"), 1),
        (("render", "-v"), 0),
        (("list",), 0),
        (("list", "--sdks"), 0),
        (("explain", "dispatched"), 0),
        (("verify", "dispatched"), 0),
        (("docs", "page.md"), 0),
        (("docs", "--list", "page.md"), 0),
        (("gallery",), 0),
        (("scaffold", "bg_fetch", "MyApp"), 0),
        (("doctor", "app"), 1),
        (("run", "wrong"), 2),
    ],
)
def test_json_has_one_shape(folder: Path, arguments: tuple[str, ...], code: int) -> None:
    """On each command that has it: results are a list of objects, and what is to be read beside them has a level and a place."""
    (folder / "specs/dispatched.yaml").write_bytes(combinations()["task_global_dispatched"])
    (folder / "page.md").write_text("<!-- atgen:begin case=bg_fetch languages=swift -->\n<!-- atgen:end -->\n")
    (folder / "app").mkdir()
    if "wrong" in arguments:
        (folder / "specs/wrong.yaml").write_text("title: T\n")
    done = atgen(*arguments, "--format", "json", cwd=folder)
    content = json.loads(done.stdout)
    assert (done.returncode, [*content]) == (code, ["version", "command", "results", "problems"]), done.stderr
    assert (content["version"], content["command"]) == (1, arguments[0])
    assert {type(row) for row in content["results"]} <= {dict}
    assert {tuple(row) for row in content["problems"]} <= {("level", "file", "line", "column", "message")}
    levels = {(row["level"], row["file"]) for row in content["problems"]}
    if arguments[0] == "render":
        assert levels >= {("warning", "specs/dispatched.yaml")}
        assert "warning" not in done.stderr
    if code == 2:
        assert levels == {("error", "specs/wrong.yaml")}


def test_json_tells_of_what_ended_the_run(folder: Path) -> None:
    """A hand edit is no result: exit code 3, and its diff is a problem's message, with what was found before."""
    atgen("render", cwd=folder)
    edited = folder / "output/bg_fetch/ios/swift/AppDelegate.swift"
    edited.write_text(edited.read_text() + "// mine\n")
    done = atgen("render", "--format", "json", cwd=folder)
    content = json.loads(done.stdout)
    [problem] = content["problems"]
    assert (done.returncode, content["results"], problem["level"], problem["file"]) == (3, [], "error", None)
    assert "-// mine" in problem["message"].splitlines()
    done = atgen("render", "bg_ftch", "--format", "json", cwd=folder)
    assert [each["message"] for each in json.loads(done.stdout)["problems"]] == [
        'no case "bg_ftch"; did you mean bg_fetch?'
    ]
