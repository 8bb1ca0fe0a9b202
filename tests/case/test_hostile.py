"""The hostile corpus: each spec is refused at exactly its place, or rendered, and nothing else happens.

`hostile/<class>/expected.json` holds for each spec beside it what is wrong, in order, as `line:column: part of the
message`; nothing for a spec that is harmless in spite of its looks. The large ones are made by `bombs`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bombs import BOMBS

from atgen.__main__ import main
from atgen.rendering import languages, pipeline
from conftest import additions, needs_any_name, needs_file

if TYPE_CHECKING:
    from collections.abc import Callable

CORPUS = Path(__file__).parent / "hostile"
EXPECTED: dict[str, list[str]] = {
    f"{path.parent.name}/{name}": places
    for path in sorted(CORPUS.glob("*/expected.json"))
    for name, places in json.loads(path.read_text(encoding="utf-8")).items()
} | {f"bombs/{name}.yaml": places for name, (_, places) in BOMBS.items()}
REFUSED = {name: places for name, places in EXPECTED.items() if places}
RENDERED = [name for name, places in EXPECTED.items() if not places]
HARMLESS = b"title: T\nmode: fetch\ntracker: global\nhit: {gesture: g, action: touch}\n"
LIMITS = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (2, 2))
resource.setrlimit(resource.RLIMIT_DATA, (100 << 20, 100 << 20))
sys.argv[0] = "atgen"
from atgen.__main__ import main
main()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, with the user's cache below it, so that whatever is written shows up."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ATGEN_CACHE", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture(scope="session")
def bombs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which `bombs` is one, with its files."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "bombs").mkdir()
    for name, (text, _) in BOMBS.items():
        (folder / "bombs" / f"{name}.yaml").write_text(text, encoding="utf-8", newline="")
    return folder


def render(*arguments: str, monkeypatch: pytest.MonkeyPatch) -> int | str | None:
    """Run `atgen render` in this process and give its exit code."""
    monkeypatch.setattr(sys, "argv", ["atgen", "render", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def placed(name: str, bombs: Path) -> Path:
    """The path of one of the corpus."""
    return (bombs if name.startswith("bombs/") else CORPUS) / name


def limited(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `atgen render` within two seconds of processor time and 100 MiB of memory."""
    environment = os.environ | {"ATGEN_CACHE": str(folder / "cache"), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-c", LIMITS, "render", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        timeout=20,
        check=False,
    )


def test_the_corpus_is_whole() -> None:
    """At least 150 specs in 20 classes, each with its expectation and each expectation with its spec."""
    files = {str(path.relative_to(CORPUS)) for path in CORPUS.glob("*/*") if path.name != "expected.json"}
    assert files == {name for name in EXPECTED if not name.startswith("bombs/")}
    assert len(EXPECTED) >= 150
    assert len({name.split("/")[0] for name in EXPECTED}) >= 20


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_spec_is_told_where_and_why(
    name: str, folder: Path, bombs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, every problem at its place on one harmless line, with the spec's, in little time, and no file written."""
    path = placed(name, bombs)
    begin = time.process_time()
    code = render(str(path), "-o", "output", monkeypatch=monkeypatch)
    seconds = time.process_time() - begin
    stdout, stderr = capsys.readouterr()
    lines = stderr.removesuffix("\n").split("\n")
    told = [line.removeprefix(f"{path}:") for line in lines if line.startswith(f"{path}:")]
    assert [line for line in lines if not re.match(rf"{re.escape(str(path))}:| *\d* \|", line)] == []
    assert (code, stdout, len(told)) == (2, "", len(REFUSED[name])), stderr
    for line, expected in zip(told, REFUSED[name], strict=True):
        place, message = re.fullmatch(r"(\d+:\d+): (.*)", expected, re.DOTALL).groups()  # type: ignore[union-attr]
        assert line.startswith(f"{place}: ")
        assert message in line
    assert [line for line in lines if re.search(r"::|##|[^ -~\xa1-\U0010fffd]", line)] == []
    assert seconds < additions(60)  # two seconds or so
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", RENDERED)
def test_a_harmless_spec_is_rendered(name: str, bombs: Path) -> None:
    """In every language; what the compilers make of it is another test's business."""
    (case,) = pipeline.load([placed(name, bombs)])
    for language in languages.names():
        rendered = pipeline.render(case, [language])
        assert rendered
        assert {path.split("/")[2] for path in rendered} == {language}


@pytest.mark.parametrize("name", [name for name in EXPECTED if name.startswith("bombs/")])
def test_a_bomb_takes_little_time_and_100_mib(name: str, bombs: Path, tmp_path: Path) -> None:
    """As a whole process, that the system would end at 100 MiB; the clock of the child's processor time decides."""
    before = os.times()
    done = limited(tmp_path, str(bombs / name), "-o", "output")
    after = os.times()
    assert (done.returncode, "Traceback" in done.stderr) == (2 if EXPECTED[name] else 0, False), done.stderr
    assert after.children_user + after.children_system - before.children_user - before.children_system < additions(60)
    assert (tmp_path / "output").exists() == (not EXPECTED[name])


def test_the_formats_for_machines_show_a_refusal_too(folder: Path) -> None:
    """JSON is one object whose strings are ASCII; each of GitHub's annotations is one line that names the place."""
    path = str(CORPUS / "unknown-keys" / "runner-command.yaml")
    shown = limited(folder, path, "--format", "json")
    problems = json.loads(shown.stdout)["problems"]
    assert (shown.returncode, shown.stdout.isascii()) == (2, True)
    assert [(each["line"], each["column"]) for each in problems] == [(7, 1), (8, 1), (9, 1)]
    annotations = limited(folder, path, "--format", "github").stdout.splitlines()
    assert [
        line.startswith(f"::error file={path},line={7 + index},col=1::") for index, line in enumerate(annotations)
    ] == [True] * 3
    assert [line.count("::") for line in annotations] == [2] * 3
    assert "##" not in "".join(annotations)


def listening(path: Path) -> None:
    """Make what a container's control socket is."""
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)  # in the working folder, for a socket's path has 108 bytes at most


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (os.mkfifo, "a FIFO"),
        (os.mkdir, "a folder"),
        (lambda path: path.symlink_to("/dev/zero"), "a symbolic link"),
        (lambda path: path.symlink_to(CORPUS / "limits" / "title-200.yaml"), "a symbolic link"),
        (lambda path: path.symlink_to(path.name), "a symbolic link"),
        (lambda path: path.symlink_to("nowhere"), "a symbolic link"),
        (listening, "a socket"),
    ],
)
def test_what_is_no_file_is_refused(make: Callable[[Path], object], kind: str, folder: Path) -> None:
    """Whoever can place such a thing in a folder of specs can neither hang the run nor have another file read."""
    path = folder / "case.yaml"
    make(path)
    done = limited(folder, "case.yaml", "-o", "output")
    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        f"case.yaml:1:1: is {kind}: a spec is a regular file\n",
    )
    assert list(folder.iterdir()) == [path]


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/full", "/dev/tty", "/dev/stdin"])
def test_a_device_is_refused(device: str, tmp_path: Path) -> None:
    """Endless, full, somebody's terminal or a pipe: none is a spec; `/dev/stdin` is a link."""
    needs_file(device)
    done = limited(tmp_path, device, "-o", "output")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(f"{device}:1:1: is (a device|a symbolic link): a spec is a regular file\n", done.stderr)


@pytest.mark.skipif(os.geteuid() != 0, reason="not run: only root can make a device")
def test_a_device_among_the_specs_is_refused(folder: Path) -> None:
    """Also one that looks like a spec, made by whoever may do so."""
    try:
        os.mknod(folder / "case.yaml", 0o20666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("not run: this sandbox makes no devices")
    done = limited(folder, "case.yaml")
    assert (done.returncode, done.stderr) == (2, "case.yaml:1:1: is a device: a spec is a regular file\n")


@pytest.mark.parametrize(
    "name",
    [
        "Upper.yaml",
        "with space.yaml",
        "two.dots.yaml",
        ".yaml",
        "..yaml",
        "é.yaml",
        "x.yml",
        "x.YAML",
        "x.yaml.j2",
        "l" * 65 + ".yaml",
        "semi;colon.yaml",
        '"quote".yaml',
        "$(id).yaml",
        "{{x}}.yaml",
        "back\\slash.yaml",
        "line\nbreak.yaml",
        "::error::x.yaml",
        "\n::error::x.yaml",
        "\x1b[31m.yaml",
        "\u202elmay.yaml",
        "\udcff.yaml",
    ],
)
def test_a_file_name_that_is_no_cases_name_is_refused(name: str, folder: Path) -> None:
    """The name becomes a folder's and stands in comments: what is no plain word is refused, on a harmless line."""
    if name == "\udcff.yaml":
        needs_any_name(folder)
    (folder / name).write_bytes(HARMLESS)
    done = limited(folder, f"./{name}", "-o", "output")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert ":1:1: " in done.stderr
    assert "is not a case's file name" in done.stderr
    assert not re.search(r"::|##|[^ -~\n…é]", done.stderr)
    assert [path.name for path in folder.iterdir()] == [name]


@pytest.mark.parametrize("name", ["a", "-", "-x", "_", "l" * 64, "con", "0410501", "class", "__init__"])
def test_a_file_name_that_is_a_cases_name_is_let_in(name: str, folder: Path) -> None:
    """Also such as look like an option, a keyword or a device."""
    (folder / f"{name}.yaml").write_bytes(HARMLESS)
    done = limited(folder, "-o", "output", "--", f"{name}.yaml")
    assert (done.returncode, [path.name for path in (folder / "output").iterdir() if path.is_dir()]) == (0, [name])


@pytest.mark.parametrize("name", ["none.yaml", "none/x.yaml", "case.yaml/x.yaml", "x" * 300 + ".yaml"])
def test_what_is_not_there_is_an_error_of_the_file_system(name: str, folder: Path) -> None:
    """Exit code 4, with the path; nothing is written."""
    (folder / "case.yaml").write_bytes(HARMLESS)
    done = limited(folder, name, "-o", "output")
    assert (done.returncode, done.stdout) == (4, "")
    assert re.fullmatch(f"atgen: {re.escape(name)}: cannot be read: [A-Za-z ]+\n", done.stderr)
    assert [path.name for path in folder.iterdir()] == ["case.yaml"]


def test_one_hostile_spec_keeps_all_others_from_being_written(folder: Path) -> None:
    """Everything is read before anything is written, and the problems of all files are told."""
    (folder / "good.yaml").write_bytes(HARMLESS)
    for number, name in enumerate(("bidi/rlo.yaml", "aliases/alias.yaml")):
        shutil.copyfile(CORPUS / name, folder / f"bad{number}.yaml")
    done = limited(folder, "good.yaml", "bad0.yaml", "bad1.yaml", "-o", "output")
    told = [line.partition(":")[0] for line in done.stderr.splitlines() if line.startswith("bad")]
    assert (done.returncode, done.stdout, told) == (2, "", ["bad0.yaml", "bad1.yaml"])
    # What was rendered before the bad ones were read is not written; templates compiled for it may be kept.
    assert {path.name for path in folder.iterdir()} == {"bad0.yaml", "bad1.yaml", "good.yaml"}
