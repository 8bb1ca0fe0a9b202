"""The same specs give the same bytes, whoever renders them, where and when."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import click
import jinja2
import markupsafe
import pytest
import yaml

from conftest import ROOT, not_run

SPECS = sorted((ROOT / "specs").glob("*.yaml"))
NEWEST = 20


def digest(folder: Path) -> str:
    """Make one digest of all files below a folder: their paths and their bytes."""
    found = sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(f"{path.relative_to(folder).as_posix()}\0{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()


def rendered(
    output: Path,
    *,
    python: str = sys.executable,
    specs: list[Path] = SPECS,
    cwd: Path = ROOT,
    umask: int = 0o022,
    **variables: str,
) -> str:
    """Give the digest of what a process renders."""
    subprocess.run(
        [python, "-m", "atgen", "render", *map(str, specs), "-o", str(output)],
        cwd=cwd,
        umask=umask,
        env=os.environ | {"ATGEN_CACHE": str(output.with_name("cache"))} | variables,
        check=True,
        capture_output=True,
    )
    return digest(output)


@pytest.fixture(scope="session")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the digest that all others must equal."""
    return rendered(tmp_path_factory.mktemp("determinism") / "output")


@pytest.mark.parametrize("seed", ["0", "1", "4294967295", "random"])
def test_hash_seeds(seed: str, tmp_path: Path, expected: str) -> None:
    """No set's order comes through."""
    assert rendered(tmp_path / "output", PYTHONHASHSEED=seed) == expected


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/St_Johns"])
def test_time_zones(zone: str, tmp_path: Path, expected: str) -> None:
    """No time comes through."""
    assert rendered(tmp_path / "output", TZ=zone) == expected


def test_the_c_locale(tmp_path: Path, expected: str) -> None:
    """Files are read and written as UTF-8, whatever the locale says, and Python's UTF-8 mode off."""
    assert rendered(tmp_path / "output", LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0") == expected


def test_the_turkish_locale(tmp_path: Path, expected: str) -> None:
    """Capitals are those of identifiers, also where an i has a dotted one."""
    if not (shutil.which("localedef") and Path("/usr/share/i18n/locales/tr_TR").exists()):
        not_run("locale", "no Turkish locale can be made here (Debian: locales)")
    subprocess.run(["localedef", "-i", "tr_TR", "-f", "UTF-8", tmp_path / "tr_TR.UTF-8"], check=True)
    environment = os.environ | {"LOCPATH": str(tmp_path), "LC_ALL": "tr_TR.UTF-8"}
    asked = "import locale; print(locale.setlocale(locale.LC_ALL, ''))"
    done = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "tr_TR.UTF-8\n"
    assert rendered(tmp_path / "output", LOCPATH=str(tmp_path), LC_ALL="tr_TR.UTF-8") == expected


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_umasks(umask: int, tmp_path: Path, expected: str) -> None:
    """What others may read or write is the umask's business, and changes no byte."""
    assert rendered(tmp_path / "output", umask=umask) == expected


def test_the_order_of_specs(tmp_path: Path, expected: str) -> None:
    """Neither the order of the specs nor the names by which they are given matter."""
    assert rendered(tmp_path / "output", specs=SPECS[::-1]) == expected
    assert rendered(tmp_path / "named", specs=[Path(path.stem) for path in SPECS]) == expected


def test_working_folders(tmp_path: Path, expected: str) -> None:
    """Specs elsewhere, from elsewhere, into a folder with another name: no path comes through."""
    folder = tmp_path / "ü b e r"
    shutil.copytree(ROOT / "specs", folder / "specs")
    specs = [Path("specs") / path.name for path in SPECS]
    assert rendered(folder / "made here", specs=specs, cwd=folder) == expected


def test_one_language_after_the_other(tmp_path: Path, expected: str) -> None:
    """A run of each language of its own ends at the same folder, and one of each spec, of which a few are tried."""
    for specs in (SPECS, *([path] for path in SPECS[::9])):
        for language in ("python", "objc", "swift"):
            subprocess.run(
                [sys.executable, "-m", "atgen", "render", *specs, "--language", language, "-o", tmp_path / "output"],
                check=True,
                capture_output=True,
            )
    assert digest(tmp_path / "output") == expected


def pythons() -> list[str]:
    """Find each other version of Python, from 3.10 on, that the machine has."""
    pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")  # noqa: PTH111 (pathlib raises where there is no home)
    versions = Path(pyenv, "versions")
    places = [shutil.which(f"python3.{minor}") or "" for minor in range(10, NEWEST)]
    if os.access(versions, os.R_OK | os.X_OK):
        places += [str(path) for path in sorted(versions.glob("3.*/bin/python"))]
    found: dict[str, str] = {}
    for place in filter(None, places):
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        done = subprocess.run([place, "-c", code], capture_output=True, text=True, check=False)
        version = done.stdout.strip()
        if done.returncode == 0 and tuple(map(int, version.split("."))) >= (3, 10):
            found.setdefault(version, place)
    found.pop(f"{sys.version_info[0]}.{sys.version_info[1]}", None)
    return list(found.values())


@pytest.mark.parametrize("python", pythons() or [""])
def test_versions_of_python(python: str, tmp_path: Path, expected: str) -> None:
    """Also with PyYAML's and MarkupSafe's parts in Python, since those in C are another version's."""
    if not python:
        not_run("pythons", "no other version of Python")
    packages = tmp_path / "packages"
    packages.mkdir()
    for module in (click, jinja2, markupsafe, yaml):
        folder = Path(str(module.__file__)).parent
        (packages / folder.name).symlink_to(folder)
    path = os.pathsep.join([str(ROOT / "gen"), str(packages)])
    assert rendered(tmp_path / "output", python=python, PYTHONPATH=path, PYTHONDONTWRITEBYTECODE="1") == expected


def test_what_is_committed(tmp_path: Path, expected: str) -> None:
    """The committed output has that digest too."""
    shutil.copytree(ROOT / "output", tmp_path / "output")
    assert digest(tmp_path / "output") == expected
