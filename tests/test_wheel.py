"""What is published: the same bytes from each build, and all that atgen needs in them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipapp
import zipfile
from pathlib import Path
from sysconfig import get_path

import pytest

import atgen
from atgen.cli import COMMANDS
from conftest import ROOT, project_files

VERSION = atgen.__version__
NAME = f"background_hits-{VERSION}"  # `atgen` is another project on PyPI
WHEEL = f"{NAME}-py3-none-any.whl"
SDIST = f"{NAME}.tar.gz"


def checkout(folder: Path) -> Path:
    """Copy what git knows or would add: the tests run in a folder full of caches."""
    for name in project_files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    return folder


def built(source: Path, folder: Path, kind: str = "wheel", *, umask: int = 0o022) -> Path:
    """Build a distribution by hatchling, as pip would."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(folder)]
    environment = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"}
    subprocess.run(command, cwd=source, umask=umask, env=environment, check=True, capture_output=True)
    return folder / (WHEEL if kind == "wheel" else SDIST)


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a clean copy of the repository."""
    return checkout(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="session")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    return built(source, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def sdist(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source distribution."""
    return built(source, tmp_path_factory.mktemp("sdist"), "sdist")


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment with the wheel and what it depends on, and give the folder of its commands."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "--python", str(folder / "bin" / "python")]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", str(wheel)], check=True)
    # What it depends on is not downloaded again; a line of a .pth file leads to it, but not to the atgen that is there.
    site = next((folder / "lib").glob("python3.*")) / "site-packages"
    (site / "dependencies.pth").write_text(get_path("purelib") + "\n" + get_path("platlib") + "\n")
    return folder / "bin"


def run(installed: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the installed atgen, which finds no checkout."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "ATGEN"))}
    return subprocess.run(
        [str(installed / "atgen"), *arguments],
        cwd=cwd,
        env=environment | {"XDG_CACHE_HOME": str(cwd.parent / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_two_builds_are_one(source: Path, wheel: Path, sdist: Path, tmp_path: Path) -> None:
    """Elsewhere, at another time, with another umask and other modes, from files in another order: the same bytes."""
    other = tmp_path / "elsewhere"
    for path in sorted(source.rglob("*"), reverse=True):
        if path.is_file():
            copy = other / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            copy.chmod(0o600)
            os.utime(copy, (1, 1))
    assert built(other, tmp_path / "wheel", umask=0o077).read_bytes() == wheel.read_bytes()
    assert built(other, tmp_path / "sdist", "sdist", umask=0o077).read_bytes() == sdist.read_bytes()


def test_the_sdist_gives_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    """Who builds from the source distribution gets what is published."""
    with tarfile.open(sdist) as archive:
        for member in archive.getmembers():
            assert member.isfile()
            assert ".." not in Path(member.name).parts
            path = tmp_path / member.name
            path.parent.mkdir(parents=True, exist_ok=True)
            file = archive.extractfile(member)
            assert file
            path.write_bytes(file.read())
    assert built(tmp_path / NAME, tmp_path / "wheel").read_bytes() == wheel.read_bytes()


def test_what_is_in_the_wheel(wheel: Path, source: Path) -> None:
    """The package, the templates and the specs as data, the templates once more as Python, the license; nothing else."""
    names = set(zipfile.ZipFile(wheel).namelist())
    metadata = {f"{NAME}.dist-info/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt")}
    expected = {f"{NAME}.dist-info/licenses/LICENSE"} | metadata
    for folder, place in {
        "gen/atgen": "atgen",
        "templates": "atgen/data/templates",
        "specs": "atgen/data/specs",
    }.items():
        found = (
            path.relative_to(source / folder)
            for path in (source / folder).rglob("*")
            if path.is_file() and path.suffix != ".pyc"
        )
        expected |= {f"{place}/{path.as_posix()}" for path in found}
    for path in (source / "templates").rglob("*.j2"):
        folder = path.parent.relative_to(source / "templates").as_posix().replace("/", "_")
        expected |= {
            f"atgen/compiled/{folder}/{re.sub('[.]', '_', path.name)}.py",
            f"atgen/compiled/{folder}/__init__.py",
        }
    expected.add("atgen/compiled/__init__.py")
    assert names == expected


def test_what_is_in_the_sdist(sdist: Path) -> None:
    """What the wheel is built from; no test, which could not run without the checkout, no dot file, no cache, no build."""
    with tarfile.open(sdist) as archive:
        names = [Path(name).parts for name in archive.getnames()]
    assert {name[0] for name in names} == {NAME}
    top = {name[1] for name in names}
    assert top == {"LICENSE", "README.md", "PKG-INFO", "pyproject.toml", ".gitignore", "gen", "templates", "specs"}
    assert {part for name in names for part in name[2:] if part in {"__pycache__", "build", ".venv"}} == set()


def test_the_wheel_works_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    """Rendering takes the specs that ship, and gives what is committed."""
    folder = tmp_path / "empty"
    folder.mkdir()
    shipped = [path.stem for path in (ROOT / "specs").glob("*.yaml")]
    done = run(installed, "render", *shipped, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert contents(folder / "output") == contents(ROOT / "output")
    again = run(installed, "render", "bg_fetch", "--check", cwd=folder)
    assert (again.returncode, again.stdout) == (0, "7 files, unchanged\n")


COMPILED = """
from atgen.rendering import languages, pipeline, templating
from atgen.case import spec
from atgen import gallery
from atgen.resources import SPECS
pipeline.render(spec.load(SPECS / "bg_fetch.yaml"), languages.names())
environments = [templating.templates(languages.get(name)) for name in languages.names()] + [gallery.templates()]
loaded = [environment.get_template(name) for environment in environments for name in environment.list_templates()]
print({template.root_render_func.__code__.co_filename.rpartition("/atgen/")[2].split("/")[0] for template in loaded})
"""


def test_a_wheel_compiles_no_template(installed: Path, tmp_path: Path) -> None:
    """What runs is what the build compiled, unless by another Jinja than the one that is there."""
    marker = next(installed.parent.glob("lib/python3.*/site-packages/atgen/compiled/__init__.py"))
    text = marker.read_text(encoding="utf-8")
    seen = []
    for found in (text, "JINJA = 'another'\n"):
        marker.write_text(found, encoding="utf-8")
        command = [str(installed / "python"), "-B", "-c", COMPILED]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        seen.append(done.stdout)
    marker.write_text(text, encoding="utf-8")
    assert seen == ["{'compiled'}\n", "{'data'}\n"]


def contents(folder: Path) -> dict[str, bytes]:
    """Read the files below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_each_command_of_the_wheel_starts(installed: Path, tmp_path: Path) -> None:
    """All commands are there and find their modules and data."""
    folder = tmp_path / "empty"
    folder.mkdir()
    assert run(installed, "--version", cwd=folder).stdout == f"atgen {VERSION}\n"
    for command in COMMANDS:
        assert run(installed, command, "--help", cwd=folder).returncode == 0
    for arguments in (("list",), ("schema",), ("explain", "bg_task")):
        done = run(installed, *arguments, cwd=folder)
        assert (done.returncode, bool(done.stdout)) == (0, True), done.stderr


def test_generated_python_runs_on_the_wheel(installed: Path, tmp_path: Path) -> None:
    """The reference that generated Python imports comes with atgen."""
    folder = tmp_path / "empty"
    folder.mkdir()
    run(installed, "render", "bg_fetch", "--language", "python", cwd=folder)
    command = [str(installed / "python"), "output/bg_fetch/ios/python/app_delegate.py"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "bg=fetch" in done.stdout


def test_a_link_to_the_command_works(installed: Path, tmp_path: Path) -> None:
    """As pipx and uv tool make one, from a folder of the PATH into the environment."""
    folder = tmp_path / "local" / "bin"
    folder.mkdir(parents=True)
    (folder / "atgen").symlink_to(installed / "atgen")
    done = run(folder, "render", "bg_fetch", "--language", "python", "--stdout", cwd=folder)
    assert done.stdout.encode() == (ROOT / "output" / "bg_fetch" / "ios" / "python" / "app_delegate.py").read_bytes()


def test_an_archive_says_why_it_does_not_run(wheel: Path, tmp_path: Path) -> None:
    """Templates are read from a folder; what needs none of them is answered all the same."""
    application = tmp_path / "application"
    shutil.unpack_archive(wheel, application, "zip")
    zipapp.create_archive(application, tmp_path / "atgen.pyz", main="atgen.__main__:main")

    def ran(*arguments: str) -> tuple[int, str, str]:
        command = [sys.executable, str(tmp_path / "atgen.pyz"), *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    why = "the templates are not beside the program: it runs from a folder, not from an archive; install it by pip or pipx"
    assert ran("list") == (4, "", f"atgen: {why}\n")
    assert ran("--version") == (0, f"atgen {VERSION}\n", "")
