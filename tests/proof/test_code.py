"""`atgen verify --code`: the rules of a case, for code that atgen did not write."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from atgen.cli.verify import command
from conftest import ROOT, compiler

PAGE = Path(__file__).parent / "native" / "page"
HEADER = PAGE.parent / "AppDelegate.h"


def verify(case: str, *paths: Path) -> tuple[int, list[str]]:
    """Run the command; the lines that it prints."""
    arguments = [str(ROOT / "specs" / f"{case}.yaml")]
    for path in paths:
        arguments += ["--code", str(path)]
    done = CliRunner().invoke(command, arguments)
    return done.exit_code, done.output.splitlines()


@pytest.mark.parametrize("path", sorted(PAGE.iterdir()), ids=lambda path: path.name)
def test_the_page_s_own_snippets_are_told_what_is_wrong(path: Path) -> None:
    """Each of the eight, mended until it compiles, breaks a rule; the story names its lines."""
    is_swift = path.suffix == ".swift"
    compiler("swift" if is_swift else "objc")
    code, lines = verify(path.stem, path, *([] if is_swift else [HEADER]))
    assert code == 1
    assert lines[0].endswith(": 1 finding")
    assert lines[-1].startswith("    Broken: ")
    assert any(f"[{path.name}:" in line for line in lines) or "there is no method" in lines[-1]


@pytest.mark.parametrize(("language", "suffixes"), [("swift", [".swift"]), ("objc", [".m", ".h"])])
def test_what_atgen_renders_holds(language: str, suffixes: list[str]) -> None:
    """It is tried in all orders where they are few, and else says how far it went: nobody knows the states of such code."""
    compiler(language)
    folder = ROOT / "output" / "bg_fetch_global" / "ios" / language
    code, lines = verify("bg_fetch_global", *(path for path in sorted(folder.iterdir()) if path.suffix in suffixes))
    assert (code, len(lines)) == (0, 1)
    assert re.search(r", ran [\d,]+ schedules: all orders of \d+ scenarios, up to \d deviations in \d$", lines[0])


def test_what_the_stand_ins_lack_is_said_with_its_line(tmp_path: Path) -> None:
    """Nothing was run, which is no success."""
    compiler("swift")
    path = tmp_path / "AppDelegate.swift"
    path.write_text("import Firebase\nimport Tracker\n", encoding="utf-8")
    code, [line] = verify("bg_fetch", path)
    assert (code, line.partition("not run: ")[2]) == (1, "AppDelegate.swift:1: no such module 'Firebase'")


def test_code_without_a_delegate_is_not_run(tmp_path: Path) -> None:
    """It compiles, and nothing of it would be called."""
    compiler("swift")
    path = tmp_path / "Helper.swift"
    path.write_text("import UIKit\nfinal class Helper {}\n", encoding="utf-8")
    code, [line] = verify("bg_fetch", path)
    assert (code, line.partition("not run: ")[2]) == (1, "none of the files declares the delegate of an app")


def test_code_that_is_no_file_is_refused(tmp_path: Path) -> None:
    """A FIFO is not waited for."""
    fifo = tmp_path / "fifo.swift"
    os.mkfifo(fifo)
    done = CliRunner().invoke(command, ["bg_fetch", "--code", str(fifo)])
    assert str(done.exception) == f"{fifo}: is no regular file"


def test_what_cannot_be_judged_is_refused(tmp_path: Path) -> None:
    """Files of two languages, of one name, of no text; and several specs."""
    swift, objc, other = tmp_path / "a.swift", tmp_path / "a.m", tmp_path / "x" / "a.swift"
    other.parent.mkdir()
    for path in (swift, objc, other):
        path.write_bytes(b"")
    assert "files of one language" in verify("bg_fetch", swift, objc)[1][-1]
    assert "two files are called a.swift" in verify("bg_fetch", swift, other)[1][-1]
    swift.write_bytes(b"\xff")
    assert "cannot be read" in verify("bg_fetch", swift)[1][-1]
    done = CliRunner().invoke(
        command, [str(ROOT / "specs" / name) for name in ("bg_fetch.yaml", "bg_task.yaml")] + ["--code", str(objc)]
    )
    assert "takes the one SPEC" in done.output
