"""`atgen new`: from nothing to a spec that renders."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from itertools import product
from typing import TYPE_CHECKING

import pytest
from test_cli import atgen

from atgen.case import spec
from atgen.case.model import Mode, Platform, Scope

if TYPE_CHECKING:
    from pathlib import Path


def test_a_spec_begins_as_a_case(tmp_path: Path) -> None:
    """It and the schema that it names are written, and what comes next is said."""
    done = atgen("new", "checkout", "--from", "scene_fetch", "--site", "410501", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "written  specs/checkout.yaml\nwritten  specs/schema.json\n")
    assert done.stderr == (
        "Next: write your own title, site, log and gesture into specs/checkout.yaml, "
        "then: atgen render specs/checkout.yaml\n"
    )
    assert '    site: "410501"\n' in (tmp_path / "specs/checkout.yaml").read_text(encoding="utf-8")
    assert (tmp_path / "specs/schema.json").read_text(encoding="utf-8") == atgen("schema").stdout
    assert atgen("render", "specs/checkout.yaml", cwd=tmp_path).returncode == 0


def test_each_answer_gives_a_spec_that_says_so(tmp_path: Path) -> None:
    """All three flags together name a case; only the platform that was asked for is in it."""
    for mode, tracker, platform in product(Mode, Scope, Platform):
        name = f"{mode.value}-{tracker.value}-{platform.value}"
        flags = ("--mode", mode.value, "--tracker", tracker.value, "--platform", platform.value)
        assert atgen("new", name, *flags, cwd=tmp_path).returncode == 0
        case = spec.load(tmp_path / "specs" / f"{name}.yaml")
        assert (case.mode, case.scope, case.platforms) == (mode, tracker, (platform,))


def test_what_is_there_stays(tmp_path: Path) -> None:
    """Exit code 3 for a spec of that name; a schema of somebody's is not written over."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/schema.json").write_text("mine")
    (tmp_path / "specs/mine.yaml").write_text("mine")
    refused = atgen("new", "mine", "--from", "bg_task", cwd=tmp_path)
    assert (refused.returncode, refused.stderr) == (
        3,
        "atgen: specs/mine.yaml is there already, and stays as it is; take another name\n",
    )
    assert atgen("new", "other", "--from", "bg_task", cwd=tmp_path).stdout == "written  specs/other.yaml\n"
    assert {path.name: path.read_text() == "mine" for path in (tmp_path / "specs").iterdir()} == {
        "schema.json": True,
        "mine.yaml": True,
        "other.yaml": False,
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a/b", "--from", "bg_task"), "NAME is a name and no path: the spec is written to specs/NAME.yaml"),
        (("Ab", "--from", "bg_task"), '"Ab.yaml" is not a case\'s file name'),
        (("ab",), "say which case to begin with: --from CASE (see `atgen list`), or --mode, --tracker and --platform"),
        (("ab", "--mode", "task"), "say which case to begin with"),
        (("ab", "--from", "bg_task", "--mode", "task"), "--from names the case; leave --mode, --tracker"),
        (("ab", "--from", "bg_task_global", "--site", "1"), "bg_task_global has the global tracker, whose site"),
        (("ab", "--from", "bg_task", "--site", "one"), 'tracker.configuration.site: "one" is not digits'),
    ],
)
def test_what_is_refused_is_refused_before_anything_is_written(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    """Exit code 2, and the folder stays empty."""
    done = atgen("new", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout, said in done.stderr) == (2, "", True)
    assert list(tmp_path.iterdir()) == []


def test_specs_that_lead_elsewhere_are_not_written_through(tmp_path: Path) -> None:
    """A link may have come with somebody's repository."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "specs").symlink_to("elsewhere")
    assert atgen("new", "mine", "--from", "bg_task", cwd=tmp_path).returncode == 2
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_on_a_terminal_it_asks(tmp_path: Path) -> None:
    """For what no flag says; a wrong answer is asked for again, and the site has the case's as its default."""
    here, there = pty.openpty()
    command = [sys.executable, "-m", "atgen", "new", "mine", "--platform", "tvos"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdin=there, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        os.write(here, b"ftech\nfetch\ndedicated\n99\n")
        out, err = process.communicate()
    os.close(here)
    os.close(there)
    assert (process.returncode, out.splitlines()[0]) == (0, "written  specs/mine.yaml")
    questions = ("Mode (fetch, task): ", "Tracker (dedicated, global): ", "Site [123456]: ")
    assert [err.count(question) for question in questions] == [2, 1, 1]
    case = spec.load(tmp_path / "specs/mine.yaml")
    assert case.tracker
    assert (case.mode, dict(case.tracker.configuration)["site"]) == (Mode.FETCH, "99")


def test_who_ends_the_questions_has_stopped_it(tmp_path: Path) -> None:
    """Ctrl-D, for which a terminal gives an end of file: 130, as for Ctrl-C, and nothing is written."""
    here, there = pty.openpty()
    command = [sys.executable, "-m", "atgen", "new", "mine"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=there, stderr=subprocess.PIPE, text=True) as process:
        os.write(here, b"\x04")
        assert process.stderr
        said = process.stderr.read()
    os.close(here)
    os.close(there)
    assert (process.returncode, said.endswith("atgen: stopped\n"), [*tmp_path.iterdir()]) == (130, True, [])
