"""The set-up: `.ci/setup` ends with a `.venv` that is this checkout's, whatever there was before and whoever runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

from conftest import ROOT, git, not_run

SETUP = (ROOT / ".ci" / "setup").read_text(encoding="utf-8")
# A project that needs no network: no dependencies, and a build of its own.
PROJECT = """
[build-system]
requires = []
build-backend = "build"
backend-path = ["."]

[project]
name = "atgen"
version = "1"
"""
BACKEND = '''
from zipfile import ZipFile


def build_editable(folder, *_):
    """Write a wheel that has nothing but a command."""
    with ZipFile(f"{folder}/atgen-1-py3-none-any.whl", "w") as wheel:
        info = "atgen-1.dist-info"
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: atgen\\nVersion: 1\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/entry_points.txt", "[console_scripts]\\natgen = gc:enable\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return "atgen-1-py3-none-any.whl"
'''


def cloned(folder: Path) -> Path:
    """Make a checkout of a small project."""
    (folder / ".ci").mkdir(parents=True)
    (folder / ".ci" / "setup").write_text(SETUP, encoding="utf-8")
    (folder / ".github").mkdir()
    (folder / ".github" / "build.txt").touch()
    (folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    (folder / "build.py").write_text(BACKEND, encoding="utf-8")
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Make a checkout, in a folder with a blank in its name."""
    return cloned(tmp_path / "a checkout")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a checkout that is set up."""
    folder = cloned(tmp_path_factory.mktemp("ready") / "a checkout")
    assert (said(setup(folder)), made(folder)) == ([], True)
    return folder


def setup(checkout: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the set-up of a checkout, from another folder, as nobody in particular: no settings of pip's."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "PYTHON", "VIRTUAL_ENV"))
    }
    return subprocess.run(
        ["sh", str(checkout / ".ci" / "setup"), *arguments],
        cwd=checkout.parent,
        env=environment | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def made(checkout: Path) -> bool:
    """Whether the checkout's environment is its own: its command runs the Python that is beside it."""
    script = checkout / ".venv" / "bin" / "atgen"
    ran = subprocess.run([script], capture_output=True, check=False).returncode == 0
    return ran and f"{checkout}/.venv/bin/" in script.read_text(encoding="utf-8")


def said(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What the set-up itself said, which must have succeeded."""
    assert done.returncode == 0, done.stderr
    return [line for line in done.stderr.splitlines() if line.startswith("setup: ")]


def test_what_is_there_and_good_is_kept(ready: Path) -> None:
    """The second time nothing is made anew, and nothing is said."""
    (ready / ".venv" / "kept").touch()
    assert (said(setup(ready)), made(ready)) == ([], True)
    assert (ready / ".venv" / "kept").exists()


def half_made(venv: Path) -> None:
    """Leave what `python -m venv` leaves that was stopped before it had put pip in."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)


def dangling(venv: Path) -> None:
    """Leave what is left when the Python that it was made by is gone."""
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to("/nowhere/python3")


def too_old(venv: Path) -> None:
    """Leave an environment of an older Python, as far as it can be asked for its version."""
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").write_text('#!/bin/sh\ncase "$2" in *version_info*) exit 1 ;; esac\n', encoding="utf-8")
    (venv / "bin" / "python").chmod(0o755)


def no_folder(venv: Path) -> None:
    """Leave a link that leads nowhere."""
    venv.symlink_to("/nowhere/venv")


@pytest.mark.sample(5)
@pytest.mark.parametrize(
    ("leave", "why"),
    [
        (half_made, "it was not finished"),
        (dangling, "its Python does not start"),
        (too_old, "its Python is older than 3.10"),
        (no_folder, "its Python does not start"),
        (Path.touch, "its Python does not start"),
    ],
)
def test_what_cannot_be_used_is_made_anew(leave: Callable[[Path], None], why: str, checkout: Path) -> None:
    """And why is said."""
    leave(checkout / ".venv")
    assert said(setup(checkout)) == [f"setup: .venv is made anew: {why}"]
    assert made(checkout)


def test_an_unfinished_environment_may_be_the_active_one(checkout: Path) -> None:
    """The first Python on the PATH is then the one that is replaced."""
    half_made(checkout / ".venv")
    path = f"{checkout / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    assert said(setup(checkout, PATH=path)) == ["setup: .venv is made anew: it was not finished"]
    assert made(checkout)


@pytest.mark.sample(2)
@pytest.mark.parametrize("how", [shutil.copytree, shutil.move])
def test_a_copied_or_moved_checkout_gets_its_own(
    how: Callable[..., object], ready: Path, checkout: Path, tmp_path: Path
) -> None:
    """And changes nothing where it came from."""
    if how is shutil.move:
        said(setup(checkout))
    there, other = ready if how is shutil.copytree else checkout, tmp_path / "other"
    how(there, other, **({"symlinks": True} if how is shutil.copytree else {}))
    before = {path: path.stat().st_mtime_ns for path in there.rglob("*")}
    assert said(setup(other)) == ["setup: .venv is made anew: it was made for another folder"]
    assert made(other)
    assert {path: path.stat().st_mtime_ns for path in there.rglob("*")} == before


def test_neither_settings_of_a_user_nor_a_home_decide(checkout: Path, tmp_path: Path) -> None:
    """A pip.conf that installs into the home, a CDPATH that has a folder of the same name; and no home is made for a cache."""
    (tmp_path / ".ci").mkdir()
    config, home = tmp_path / "pip.conf", tmp_path / "home"
    config.write_text("[install]\nuser = true\n", encoding="utf-8")
    settings = {"PIP_CONFIG_FILE": str(config), "CDPATH": str(tmp_path), "HOME": str(home), "XDG_CACHE_HOME": ""}
    assert (said(setup(checkout, **settings)), made(checkout)) == ([], True)
    assert [name for name in (".cache", ".local") if (home / name).exists()] == []


def without(tmp_path: Path, *absent: str) -> str:
    """Make a PATH with what the machine has, except some, for a user who is not root."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for place in reversed(os.environ["PATH"].split(os.pathsep)):
        for path in Path(place).glob("*") if place else ():
            link = folder / path.name
            link.unlink(missing_ok=True)
            link.symlink_to(path)
    for name in (*absent, "id", "sudo", "apt-get"):
        (folder / name).unlink(missing_ok=True)
    for name, script in {"id": "echo 1000", "apt-get": "echo called: apt-get >&2"}.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return str(folder)


def test_who_is_not_root_is_told_what_the_tests_lack(checkout: Path, tmp_path: Path) -> None:
    """Without sudo nothing is installed for the whole machine, all that is missing is named at once, and the rest is done."""
    (checkout / ".github" / "requirements.txt").touch()
    done = setup(checkout, "test", PATH=without(tmp_path, "git", "strace", "asciidoctor", "zsh", "fish"))
    [line] = said(done)
    missing = "git strace asciidoctor zsh fish" if sys.platform == "linux" else "git"
    assert line.startswith(f"setup: not installed, since that takes root on Debian: {missing}")
    assert made(checkout)
    assert "called: " not in done.stderr


def test_without_a_python_the_message_says_what_to_install(checkout: Path, tmp_path: Path) -> None:
    """A Python without venv, as Debian's is by itself, is none; what was there stays."""
    half_made(checkout / ".venv")
    pythons = ["python3", *(f"python3.{minor}" for minor in range(10, 15))]
    done = setup(checkout, PATH=without(tmp_path, *pythons))
    message = "setup: Python 3.10 or later is needed, with venv (on Debian, as root: apt-get install python3-venv)\n"
    assert (done.returncode, done.stderr) == (1, message)
    assert (checkout / ".venv").exists()


def test_an_unknown_word_is_refused(checkout: Path) -> None:
    """With the words that there are."""
    done = setup(checkout, "tests")
    assert (done.returncode, "`sh .ci/setup test`" in done.stderr, (checkout / ".venv").exists()) == (2, True, False)


@pytest.mark.skipif(os.geteuid() != 0, reason="not run: only root can give a folder away")
def test_a_checkout_of_somebody_else_has_files_too(tmp_path: Path) -> None:
    """As in a container, where root runs the tests of a folder that was mounted: git trusts it as far as they ask."""
    if not shutil.which("git"):
        not_run("git", "no git")
    git("init", "-q", cwd=tmp_path)
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / ".git"):
        os.chown(path, 1, 1)
    assert git("ls-files", "--others", cwd=tmp_path) == "file\n"


def test_line_ends_are_those_that_are_committed(tmp_path: Path) -> None:
    """Also where git would change them: a script with other ones does not start."""
    if not shutil.which("git"):
        not_run("git", "no git")
    origin = tmp_path / "origin"
    origin.mkdir()
    for name in (".gitattributes", ".ci/setup", "tests/case/hostile/line-breaks/crlf.yaml"):
        (origin / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, origin / name)
    identity = ("-c", "user.name=A", "-c", "user.email=a@b")
    for command in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-q", "-m", "x")):
        git(*command, cwd=origin)
    git("clone", "-q", "-c", "core.autocrlf=true", "origin", "clone", cwd=tmp_path)
    for path in filter(Path.is_file, (tmp_path / "clone").rglob("*")):
        if ".git" not in path.parts:
            assert path.read_bytes() == (ROOT / path.relative_to(tmp_path / "clone")).read_bytes()
