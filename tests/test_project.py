"""The project's own files: what they say is there is there, and CI runs nothing that is not pinned."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from conftest import ROOT, not_run

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

GITHUB = ROOT / ".github"
# What of pyproject.toml is in which file.
PINNED = {"requirements.txt": ("test", "check"), "audit.txt": ("audit",), "browser.txt": ("browser",)}


def project() -> dict[str, list[str]]:
    """The requirements of pyproject.toml by extra; those of atgen itself have none."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {"": table["dependencies"], **table["optional-dependencies"]}


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
    extras = project()
    wanted = [Requirement(each) for extra in ("", *PINNED[name]) for each in extras[extra]]
    wanted += [Requirement(each) for requirement in wanted for extra in requirement.extras for each in extras[extra]]
    versions: dict[str, list[str]] = {}
    for requirement, _ in pins(name):
        [specifier] = requirement.specifier
        versions.setdefault(canonicalize_name(requirement.name), []).append(specifier.version)
    for requirement in wanted:
        if requirement.name == "atgen":
            continue
        found = versions.get(canonicalize_name(requirement.name), [])
        assert found, f"{requirement.name} is not pinned"
        assert [version for version in found if version not in requirement.specifier] == []


def test_every_install_of_ci_goes_by_hash() -> None:
    """In workflows and scripts, pip installs by hash, or atgen itself without what it depends on, or for a user."""
    lines = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in [*(GITHUB / "workflows").iterdir(), *(ROOT / ".ci").iterdir()]
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\bpip\b.*\binstall\b", line) and "--require-hashes" not in line
    ]
    assert sorted(lines) == [
        ".ci/setup: .venv/bin/pip -q --disable-pip-version-check install --no-deps --no-build-isolation -e .",
        ".ci/setup: .venv/bin/pip -q --disable-pip-version-check install -e '.[doctor]'",
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


def test_no_file_names_a_machine() -> None:
    """No path of somebody's home, no registry's host."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        not_run("git", "no git checkout")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    hosts = re.compile(r"py[p]i\.org|files\.python[h]osted|/home/[a-z]+/|/Users/[a-z]+/")
    found = [
        f"{name}: {match[0]}"
        for name in filter(None, names.split("\0"))
        if (ROOT / name).is_file()
        and (match := hosts.search((ROOT / name).read_text(encoding="utf-8", errors="replace")))
    ]
    assert found == []
