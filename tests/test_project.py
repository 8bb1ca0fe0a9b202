"""The project's own files: what they say is there is there, and CI runs nothing that is not pinned."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import metadata
from itertools import chain, product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from atgen import __version__
from conftest import ROOT, not_run, project_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.markers import Marker

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

GITHUB = ROOT / ".github"
# What of pyproject.toml is in which file.
PINNED = {
    "build.txt": ("build",),
    "requirements.txt": ("test", "check"),
    "audit.txt": ("audit",),
    "browser.txt": ("browser",),
    "editor.txt": ("editor",),
    "lowest.txt": ("doctor", "watch"),
}
# What markers may ask of the machines that the pins are for.
MACHINES = [
    {
        "python_version": f"3.{minor}",
        "python_full_version": f"3.{minor}.0",
        "sys_platform": system,
        "platform_system": system.title(),
    }
    for minor, system in product(range(10, 15), ("linux", "darwin"))
]


PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# The requirements of pyproject.toml by extra; those of atgen itself have none.
EXTRAS = {"": PYPROJECT["project"]["dependencies"], **PYPROJECT["project"]["optional-dependencies"]}
INSTALLED = {canonicalize_name(each.name): each for each in metadata.distributions()}


def pins(name: str) -> list[tuple[Requirement, list[str]]]:
    """Each requirement of a file of .github, with its hashes."""
    logical = (GITHUB / name).read_text(encoding="utf-8").replace("\\\n", " ")
    found = []
    for line in filter(None, (line.partition("#")[0].strip() for line in logical.splitlines())):
        requirement, *hashes = line.split(" --hash=")
        found.append((Requirement(requirement), [each.strip() for each in hashes]))
    return found


@pytest.mark.parametrize("name", PINNED)
def test_what_ci_installs_is_pinned_by_hash(name: str) -> None:
    """One version each, with the SHA-256 of each of its files, and no other place to take it from."""
    for requirement, hashes in pins(name):
        assert [specifier.operator for specifier in requirement.specifier] == ["=="]
        assert requirement.url is None
        assert hashes
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", each) for each in hashes)


@pytest.mark.parametrize("name", PINNED)
def test_what_is_pinned_is_what_the_project_asks_for(name: str) -> None:
    """Each requirement of the extras, in a version that it allows; after a change: `sh .github/pin`."""
    wanted = [Requirement(each) for extra in ("", *PINNED[name]) for each in EXTRAS[extra]]
    wanted += [Requirement(each) for requirement in wanted for extra in requirement.extras for each in EXTRAS[extra]]
    versions: dict[str, list[str]] = {}
    for requirement, _ in pins(name):
        [specifier] = requirement.specifier
        versions.setdefault(canonicalize_name(requirement.name), []).append(specifier.version)
    for requirement in wanted:
        if requirement.name == PYPROJECT["project"]["name"]:
            continue
        found = versions.get(canonicalize_name(requirement.name), [])
        assert found, f"{requirement.name} is not pinned"
        assert [version for version in found if version not in requirement.specifier] == []


def test_the_lowest_versions_are_the_lowest_that_are_allowed() -> None:
    """So that a floor is one that the tests have stood on."""
    wanted = map(Requirement, [*EXTRAS[""], *EXTRAS["doctor"]])
    floors = {each.name: f"=={each.specifier}".replace("==>=", "==") for each in wanted}
    found = {pin.name: pin for pin, _ in pins("lowest.txt") if pin.name in floors}
    assert {name: SpecifierSet(floor) for name, floor in floors.items()} == {
        name: pin.specifier for name, pin in found.items()
    }


def holds(marker: Marker | None, machine: dict[str, str], extras: Iterable[str] = ("",)) -> bool:
    """Whether a requirement counts on a machine, for one of these extras."""
    return marker is None or any(marker.evaluate({**machine, "extra": extra}) for extra in extras)


@pytest.mark.parametrize("name", PINNED)
def test_what_a_pinned_package_asks_for_is_pinned(name: str) -> None:
    """In a version that it allows and with the extras that it names, on each machine: pip 23.0 looks for the newest otherwise."""
    here = [requirement for requirement, _ in pins(name) if holds(requirement.marker, {})]
    absent = [
        pin.name
        for pin in here
        if (found := INSTALLED.get(canonicalize_name(pin.name))) is None or found.version not in pin.specifier
    ]
    if absent:
        not_run(Path(name).stem, f".github/{name} is not installed: {', '.join(absent)}")
    wrong = set()
    for machine in MACHINES:
        pinned = {canonicalize_name(pin.name): pin for pin, _ in pins(name) if holds(pin.marker, machine)}
        for package, pin in pinned.items():
            # Of a package that older Pythons have in another version, the metadata of that one is not here.
            if package not in INSTALLED or INSTALLED[package].version not in pin.specifier:
                continue
            for needed in map(Requirement, INSTALLED[package].requires or ()):
                if not holds(needed.marker, machine, {"", *pin.extras}):
                    continue
                found = pinned.get(canonicalize_name(needed.name))
                if found is None or needed.extras - found.extras or str(found.specifier)[2:] not in needed.specifier:
                    wrong.add(f"{package} asks for {needed}, pinned is {found}")
    assert wrong == set()


def closure(*names: str) -> set[str]:
    """The pins of build.txt for packages of this environment and all that they ask for, on any machine."""
    found: set[str] = set()
    new = set(names)
    while new:
        found |= new
        # Only what older Pythons need is not installed, and asks for nothing.
        requires = chain.from_iterable(INSTALLED[name].requires or () for name in new & INSTALLED.keys())
        needed = [
            each for each in map(Requirement, requires) if any(holds(each.marker, machine) for machine in MACHINES)
        ]
        new = {canonicalize_name(each.name) for each in needed} - found
    return {str(pin) for pin, _ in pins("build.txt") if canonicalize_name(pin.name) in found}


def test_what_others_install_from_here_is_pinned() -> None:
    """By versions, where no hashes can be given: what a build takes, and what the hooks' environments hold."""
    assert {str(Requirement(each)) for each in PYPROJECT["build-system"]["requires"]} == closure("hatchling", "jinja2")
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    atgen = closure(*(Requirement(each).name for each in EXTRAS[""]))
    assert [set(hook["additional_dependencies"]) for hook in hooks] == [atgen, atgen]


def test_every_install_of_ci_goes_by_hash() -> None:
    """In workflows, actions and scripts, pip installs by hash, or atgen itself without what it depends on."""
    lines = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in [*GITHUB.rglob("*.yml"), *(ROOT / ".ci").iterdir()]
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\bpip\b.*\binstall\b", line) and "--require-hashes" not in line
    ]
    assert sorted(lines) == [
        ".ci/setup: pip install --no-deps --no-build-isolation -e .",
        '.github/actions/atgen/action.yml: pip install --no-deps --no-build-isolation "$checkout"',
    ]


@pytest.mark.parametrize("tool", ["zizmor", "actionlint"])
def test_workflows_are_clean(tool: str) -> None:
    """Two checkers that know what workflows get wrong find nothing."""
    command = Path(sys.executable).with_name(tool)
    if not command.exists():
        not_run(tool, f"no {tool}")
    places = [str(GITHUB)] if tool == "zizmor" else [str(path) for path in (GITHUB / "workflows").glob("*.yml")]
    options = ["--offline", "--quiet", "--no-progress"] if tool == "zizmor" else []
    done = subprocess.run([command, *options, *places], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_actions_are_pinned_by_commit() -> None:
    """A tag can be moved; the comment says which it was."""
    used = [
        line.strip()
        for path in GITHUB.rglob("*.yml")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.match(r"\s*-?\s*uses:", line)
    ]
    assert used
    assert [line for line in used if not re.search(r"uses: (\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./\S+)$", line)] == []


def test_the_tests_that_security_md_names_are_there() -> None:
    """Each threat is answered by tests that exist."""
    text = (GITHUB / "SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    assert len(named) >= 40
    missing = [
        f"{path}::{test}"
        for path, test in named
        if not (ROOT / path).exists() or f"def {test}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert missing == []
    answered = [row for row in text.split("## What stands against it")[1].splitlines() if row.startswith("| ")][2:]
    assert [row for row in answered if row.count("|") != 4 or "`" not in row.rsplit("|", 2)[1]] == []


def test_one_command_makes_all_that_is_generated(tmp_path: Path) -> None:
    """What is committed is what it gives: what is stale or lost comes back, and what no spec gives any more goes."""
    for name in project_files():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    command = tmp_path / ".venv/bin/atgen"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m atgen "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    for name in ("schema.json", "README.md"):
        (tmp_path / "specs" / name).write_text("", encoding="utf-8")
    (tmp_path / "output/bg_fetch/ios/swift/AppDelegate.swift").unlink()
    orphan = tmp_path / "output/gone/ios/python/app_delegate.py"
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes((tmp_path / "output/bg_fetch/ios/python/app_delegate.py").read_bytes())
    done = subprocess.run(["sh", ".ci/generate"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    command.unlink()
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_the_version_is_the_changelogs_newest() -> None:
    """What is released is what the changes tell of."""
    newest = re.search(r"(?m)^## (\S+), ", (ROOT / "gen/CHANGELOG.md").read_text(encoding="utf-8"))
    assert newest
    assert newest[1] == __version__


def test_no_file_names_a_machine() -> None:
    """No path of somebody's home, no registry's host."""
    hosts = re.compile(r"py[p]i\.org|files\.python[h]osted|/home/[a-z]+/|/Users/[a-z]+/")
    found = [
        f"{name}: {match[0]}"
        for name in project_files()
        if (match := hosts.search((ROOT / name).read_text(encoding="utf-8", errors="replace")))
    ]
    assert found == []


def test_a_usual_run_takes_a_sample_and_the_nightly_all() -> None:
    """Of the shipped cases the vendor's four are always there; who names a test has all of it."""
    name = "tests/proof/test_verify.py"

    def collected(*arguments: str, **variables: str) -> str:
        environment = {key: value for key, value in os.environ.items() if key != "ATGEN_ALL"} | variables
        command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout

    usual, whole = collected(name), collected(name, ATGEN_ALL="1")
    prove = f"{name}::test_all_languages_agree_in_each_schedule"
    assert {f"{prove}[{each}-ios]" for each in ("bg_fetch", "bg_fetch_global", "bg_task", "bg_task_global")} < {
        *usual.split()
    }
    assert usual.count(prove) * 2 < whole.count(prove) == collected(prove).count(prove)
    assert re.search(r"\d+ deselected", usual)
    assert "deselected" not in whole
