"""`--watch`, as a writer has it: a save shows its result or its error. No clock: each step waits for what is printed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = "<!-- atgen:begin case=bg_fetch languages=swift region=hook -->\n<!-- atgen:end -->\n"
FINDING = "class A {\n    var id = UIBackgroundTaskInvalid\n}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a spec, a page and a source."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/bg_fetch.yaml").write_bytes((ROOT / "specs/bg_fetch.yaml").read_bytes())
    (tmp_path / "guides").mkdir()
    (tmp_path / "guides/page.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "A.swift").write_text(FINDING.replace("UIBackgroundTaskInvalid", "0"), encoding="utf-8")
    return tmp_path


class Watch:
    """A command that runs, and what it prints, both streams in one."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def until(self, part: str) -> list[str]:
        """The lines up to the one that has this in it; the test hangs if none does, and fails if the command has ended."""
        assert self.process.stdout
        lines: list[str] = []
        while not lines or part not in lines[-1]:
            line = self.process.stdout.readline()
            assert line, lines
            lines.append(line.removesuffix("\n"))
        return lines


@contextmanager
def watching(*arguments: str, cwd: Path) -> Iterator[Watch]:
    """Start a command with --watch, and end it as Ctrl-C does."""
    command = [sys.executable, "-m", "atgen", *arguments, "--watch"]
    environment = os.environ | {"PATH": "/nowhere"}  # no compilers: what they find is not asked for here
    with subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield Watch(process)
            process.send_signal(signal.SIGINT)
            said, _ = process.communicate()
            assert (said.splitlines()[-1], process.returncode) == ("atgen: stopped", 130)
        finally:
            process.kill()


def save(path: Path, old: str, new: str) -> None:
    """Save as most editors do: a new file takes the place of the old one."""
    beside = path.with_name(f".{path.name}.swp")
    beside.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    os.replace(beside, path)  # noqa: PTH105 (as they do)


def test_a_save_shows_its_result_or_its_error(folder: Path) -> None:
    """Of a spec, here and with a new file in the place of the old; what is mended is written at once."""
    spec, made = folder / "specs/bg_fetch.yaml", folder / "output/bg_fetch/ios/swift/AppDelegate.swift"
    with watching("render", "--language", "swift", cwd=folder) as watch:
        assert watch.until("2 files, written")[0] == "written    output/bg_fetch/ios/swift/AppDelegate.swift"
        save(spec, "gesture: fetch", "gesture: other")
        saved = "atgen: saved: specs/bg_fetch.yaml"
        assert watch.until("1 written") == [
            saved,
            f"written    {made.relative_to(folder)}",
            "2 files: 1 unchanged, 1 written",
        ]
        assert 'add("other")' in made.read_text(encoding="utf-8")
        save(spec, "mode: fetch", "mode: ftch")
        assert watch.until("^")[:2] == [
            saved,
            'specs/bg_fetch.yaml:10:7: mode: "ftch" is not fetch or task; did you mean fetch?',
        ]
        save(spec, "mode: ftch", "mode: fetch")
        assert watch.until("unchanged") == [saved, "2 files, unchanged"]
        made.write_bytes(made.read_bytes().replace(b"other", b"mine"))
        save(spec, "gesture: other", "gesture: third")
        assert f"{made.relative_to(folder)}: was edited by hand" in watch.until("NAME.orig")


@pytest.mark.parametrize("cases", ["[bg_fetch]", "bg_fetch"])
def test_an_app_follows_its_cases(folder: Path, cases: str) -> None:
    """Though the app's spec alone is named."""
    (folder / "specs/app.yaml").write_text(f"title: App\ncases: {cases}\n", encoding="utf-8")
    with watching("render", "app", "--language", "swift", cwd=folder) as watch:
        watch.until("2 files, written")
        save(folder / "specs/bg_fetch.yaml", "gesture: fetch", "gesture: other")
        assert watch.until("1 written")[0] == "atgen: saved: specs/bg_fetch.yaml"


def test_an_app_follows_cases_that_are_added_to_it(folder: Path) -> None:
    """From the save on that names them, also one whose spec is not there yet; and no longer those that it leaves out."""
    app, task = folder / "specs/app.yaml", folder / "specs/bg_task.yaml"
    app.write_text("title: App\ncases: [bg_fetch]\n", encoding="utf-8")
    with watching("render", "app", "--language", "swift", cwd=folder) as watch:
        watch.until("2 files, written")
        save(app, "[bg_fetch]", "[bg_fetch, bg_task]")
        assert 'there is no spec "bg_task.yaml" beside this one' in watch.until("^")[1]
        task.write_bytes((ROOT / "specs/bg_task.yaml").read_bytes())
        assert watch.until("written")[0] == "atgen: saved: specs/bg_task.yaml"
        watch.until("2 files")
        save(task, "gesture: ", "gesture: other ")
        assert watch.until("1 written")[0] == "atgen: saved: specs/bg_task.yaml"
        save(app, "[bg_fetch, bg_task]", "[bg_fetch]")
        watch.until("2 files")
        save(task, "gesture: other ", "gesture: ")
        save(folder / "specs/bg_fetch.yaml", "gesture: fetch", "gesture: other")
        assert watch.until("2 files")[0] == "atgen: saved: specs/bg_fetch.yaml"


def test_it_ends_when_nobody_reads_any_more(folder: Path) -> None:
    """`| head` does not wait for a save, though all that was printed has gone into the pipe."""
    command = [sys.executable, "-m", "atgen", "render", "bg_fetch", "--language", "swift", "--stdout", "--watch"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 141)


def test_pages_follow_their_specs_and_their_writer(folder: Path) -> None:
    """What atgen itself has written makes no further run; a page that is new does."""
    with watching("docs", "guides", cwd=folder) as watch:
        assert watch.until("written    guides/page.md") == ["written    guides/page.md"]
        save(folder / "specs/bg_fetch.yaml", "gesture: fetch", "gesture: other")
        assert watch.until("page.md") == ["atgen: saved: specs/bg_fetch.yaml", "written    guides/page.md"]
        (folder / "guides/new.md").write_text(PAGE.replace("bg_fetch", "bg_ftch"), encoding="utf-8")
        told = watch.until("^")
        assert (told[0], "did you mean bg_fetch?" in told[1]) == ("atgen: saved: guides/new.md", True)


@pytest.mark.parametrize(
    ("arguments", "first", "path", "old", "new", "last"),
    [
        (("gallery",), "written    gallery/index.html", "specs/bg_fetch.yaml", "gesture: fetch", "gesture: other", "written    gallery/index.html"),
        (("verify", "push"), " python ", "specs/push.yaml", "gesture: ", "gesture: other ", " python "),
        (("doctor", "A.swift"), "A.swift: nothing to mend", "A.swift", "= 0", "= UIBackgroundTaskInvalid", "P06"),
    ],
)  # fmt: skip
def test_other_commands_watch_what_they_read(
    folder: Path, arguments: tuple[str, ...], first: str, path: str, old: str, new: str, last: str
) -> None:
    """The same few lines serve all."""
    (folder / "specs/push.yaml").write_bytes((ROOT / "specs/silent_push.yaml").read_bytes())
    with watching(*arguments, cwd=folder) as watch:
        watch.until(first)
        save(folder / path, old, new)
        watch.until(f"atgen: saved: {path}")
        watch.until(last)


def test_without_the_package_it_says_how_to_get_it(folder: Path) -> None:
    """And a machine has no use for it."""
    program = "import sys; sys.modules['watchfiles'] = None; from atgen.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", program, "render", "--watch"], cwd=folder, capture_output=True, text=True, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (
        2,
        "atgen: to watch takes watchfiles: pip install 'background-hits[watch]'\n",
    )
    command = [sys.executable, "-m", "atgen", "render", "--watch", "--format", "json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        2,
        "Error: --watch shows results as text; leave --format out",
    )
