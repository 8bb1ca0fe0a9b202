"""What other repositories take from this one: the hooks for pre-commit, and the action for GitHub's workflows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from shlex import quote
from typing import Any

import pytest
import yaml

import started
from atgen.cli import group
from conftest import ROOT

HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
ACTION: dict[str, Any] = yaml.safe_load(
    (ROOT / ".github" / "actions" / "atgen" / "action.yml").read_text(encoding="utf-8")
)
BLOCK = "# Page\n\n<!-- atgen:begin case=bg_fetch languages=swift region=hook -->\n<!-- atgen:end -->\n"


def needs(name: str, *, there: bool, why: str) -> None:
    """Skip the test where something is not there, or fail where it is required."""
    if not there:
        (pytest.fail if name in os.environ.get("ATGEN_REQUIRE", "").split(",") else pytest.skip)(f"not run: {why}")


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command with nobody's git settings."""
    alone = {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@b",
    }
    alone |= {"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@b"}
    return subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | alone | environment,
    )


def atgen(*arguments: str, cwd: Path) -> None:
    """Run the tool itself, which must succeed."""
    done = started.atgen(*arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr


def repository(folder: Path, files: dict[str, str]) -> str:
    """Make a repository of these files, and say its commit."""
    needs("git", there=shutil.which("git") is not None, why="no git")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for command in (("init", "-q", "."), ("add", "-A"), ("commit", "-q", "-m", "x")):
        assert run("git", *command, cwd=folder).returncode == 0
    return run("git", "rev-parse", "HEAD", cwd=folder).stdout.strip()


@pytest.fixture
def project(tmp_path: Path, original: Path) -> Path:
    """Copy the repository."""
    return Path(shutil.copytree(original, tmp_path / "project"))


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a repository with a spec, its code, and a page that shows it."""
    folder = tmp_path_factory.mktemp("original")
    spec = (ROOT / "specs" / "bg_fetch.yaml").read_text(encoding="utf-8")
    repository(folder, {"specs/bg_fetch.yaml": spec, "README.md": BLOCK, "notes.txt": "x"})
    atgen("render", cwd=folder)
    atgen("docs", "README.md", cwd=folder)
    run("git", "add", "-A", cwd=folder)
    return folder


def change(project: Path) -> None:
    """Change the spec so that code and page are stale."""
    spec = project / "specs" / "bg_fetch.yaml"
    spec.write_text(spec.read_text(encoding="utf-8").replace("gesture: fetch", "gesture: other"), encoding="utf-8")
    run("git", "add", "-A", cwd=project)


# -- pre-commit --


def test_hooks_run_commands_that_there_are() -> None:
    """Each entry is a command of atgen with options that it knows, and it writes nothing."""
    assert [hook["id"] for hook in HOOKS] == ["atgen-check", "atgen-docs"]
    for hook in HOOKS:
        name, command, *options = hook["entry"].split()
        found = group.get_command(None, command)  # type: ignore[arg-type]
        assert (name, hook["language"], found is not None, "--check" in options) == ("atgen", "python", True, True)
        known = {option for parameter in found.params for option in parameter.opts} if found else set()
        assert set(options) - known == set()


@pytest.mark.parametrize(
    ("path", "hooks"),
    [
        ("specs/bg_fetch.yaml", ["atgen-check", "atgen-docs"]),
        ("output/bg_fetch/ios/swift/AppDelegate.swift", ["atgen-check"]),
        ("docs/page.mdx", ["atgen-docs"]),
        ("README.md", ["atgen-docs"]),
        ("other/specs/x.yaml", []),
        ("notes.txt", []),
    ],
)
def test_hooks_run_when_what_they_check_may_have_changed(path: str, hooks: list[str]) -> None:
    """A page is stale when its spec has changed, too."""
    assert [hook["id"] for hook in HOOKS if re.search(hook["files"], path)] == hooks


def pre_commit(project: Path, tmp_path: Path, commit: str, *arguments: str, language: str = "") -> list[str]:
    """Run pre-commit with the hooks of a repository: the result of each, by id."""
    hooks = "".join(f"      - {{id: {hook['id']}{language}, verbose: true}}\n" for hook in HOOKS)
    config = f"repos:\n  - repo: {tmp_path / 'hooks'}\n    rev: {commit}\n    hooks:\n{hooks}"
    (project / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    run("git", "add", "-A", cwd=project)
    here = str(Path(sys.executable).parent)
    done = run(
        sys.executable, "-m", "pre_commit", "run", "--color=never", *arguments,
        cwd=project, PRE_COMMIT_HOME=str(tmp_path / "home"), PATH=f"{here}{os.pathsep}{os.environ['PATH']}",
    )  # fmt: skip
    results = re.findall(r"^(.+?)\.*(?:\(no files to check\))?(Passed|Failed|Skipped)$", done.stdout, re.MULTILINE)
    names = {hook["name"]: hook["id"] for hook in HOOKS}
    assert len(results) == len(HOOKS), done.stdout + done.stderr
    return [f"{names[name]} {result}" for name, result in results]


def has_pre_commit() -> bool:
    """Ask the Python that runs the tests."""
    return run(sys.executable, "-m", "pre_commit", "--version", cwd=ROOT).returncode == 0


def test_pre_commit_runs_the_hooks(project: Path, tmp_path: Path) -> None:
    """By pre-commit itself, with the atgen that is here: passed, failed when stale, skipped when it cannot matter."""
    needs("pre-commit", there=has_pre_commit(), why="pre-commit is not installed")
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    commit = repository(tmp_path / "hooks", {".pre-commit-hooks.yaml": hooks})
    here = ", language: system, additional_dependencies: []"  # the installed one is the next test's
    every = pre_commit(project, tmp_path, commit, "--all-files", language=here)
    assert every == ["atgen-check Passed", "atgen-docs Passed"]
    text = pre_commit(project, tmp_path, commit, "--files", "notes.txt", language=here)
    assert text == ["atgen-check Skipped", "atgen-docs Skipped"]
    change(project)
    stale = pre_commit(project, tmp_path, commit, "--files", "specs/bg_fetch.yaml", language=here)
    assert stale == ["atgen-check Failed", "atgen-docs Failed"]
    atgen("render", cwd=project)
    atgen("docs", "README.md", cwd=project)
    run("git", "add", "-A", cwd=project)
    assert pre_commit(project, tmp_path, commit, "--all-files", language=here) == every


def ours() -> dict[str, str]:
    """Read what of this repository is installed from a clone of it."""
    names = ["pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml", ".github/build.txt"]
    for folder in ("gen", "templates", "specs"):
        names += [str(path.relative_to(ROOT)) for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in names if "__pycache__" not in name}


def needs_an_index() -> None:
    """Skip the test unless packages may be fetched."""
    required = "pip" in os.environ.get("ATGEN_REQUIRE", "").split(",")
    needs("pip", there=required, why="it installs packages; ATGEN_REQUIRE=pip runs it")


def test_pre_commit_installs_the_hooks(project: Path, tmp_path: Path) -> None:
    """As anybody would have them: pre-commit clones this repository and installs it, package data and all."""
    needs("pre-commit", there=has_pre_commit(), why="pre-commit is not installed")
    needs_an_index()
    commit = repository(tmp_path / "hooks", ours())
    assert pre_commit(project, tmp_path, commit, "--all-files") == ["atgen-check Passed", "atgen-docs Passed"]
    change(project)
    assert pre_commit(project, tmp_path, commit, "--all-files") == ["atgen-check Failed", "atgen-docs Failed"]


# -- the action --


def step(index: int, cwd: Path, temp: Path, action: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run a step's script as a runner does: `shell: bash`, its env, the inputs' defaults."""
    steps = ACTION["runs"]["steps"]
    values = {name: each["default"] for name, each in ACTION["inputs"].items()} | inputs
    env = {
        name: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda match: values[match[1]], text)
        for name, text in steps[index]["env"].items()
    }
    script = temp / "script.sh"
    script.write_text(steps[index]["run"], encoding="utf-8")
    return run(
        "bash", "--noprofile", "--norc", "-eo", "pipefail", script,
        cwd=cwd, RUNNER_TEMP=str(temp), GITHUB_ACTION_PATH=str(action), **env,
    )  # fmt: skip


@pytest.fixture
def temp(tmp_path: Path) -> Path:
    """Make the runner's folder, with the atgen that is here where the first step would install one."""
    bin_ = tmp_path / "temp" / "atgen" / "bin"
    bin_.mkdir(parents=True)
    script = bin_ / "atgen"
    script.write_text(f'#!/bin/sh\nexec {quote(sys.executable)} -m atgen "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    (bin_ / "python").symlink_to(sys.executable)
    return tmp_path / "temp"


def test_the_action_is_composite_and_its_scripts_hold_no_expression() -> None:
    """Inputs come by environment: an expression in a script would be code that a pull request could write."""
    assert ACTION["runs"]["using"] == "composite"
    for each in ACTION["runs"]["steps"]:
        assert (each["shell"], "${{" in each["run"]) == ("bash", False)
    used = re.findall(r"inputs\.(\w+)", yaml.safe_dump(ACTION["runs"]))
    assert sorted(used) == sorted(ACTION["inputs"])
    assert all(each.keys() == {"description", "default"} for each in ACTION["inputs"].values())


def test_the_action_checks_what_it_is_asked_to(project: Path, temp: Path) -> None:
    """Code by default; pages and an app where they are named; the worst exit code of all, and annotations."""
    assert step(1, project, temp, ROOT).returncode == 0
    assert step(1, project, temp, ROOT, specs="bg_fetch", docs="README.md .").returncode == 0
    change(project)
    code = step(1, project, temp, ROOT)
    assert (code.returncode, code.stdout.count("::error file=output/bg_fetch/ios/")) == (1, 3)
    pages = step(1, project, temp, ROOT, output="", docs="README.md")
    assert (pages.returncode, "::error file=README.md" in pages.stdout) == (1, True)
    hook = project / "output" / "bg_fetch" / "ios" / "swift" / "AppDelegate.swift"
    hook.write_text(hook.read_text(encoding="utf-8") + "// mine\n", encoding="utf-8")
    assert step(1, project, temp, ROOT, docs="README.md").returncode == 3


def test_the_action_asks_the_doctor(project: Path, temp: Path, tmp_path: Path) -> None:
    """About an app, for a case or for none in particular; a path with blanks is one path."""
    app = tmp_path / "My App"
    atgen("scaffold", "bg_fetch", str(app), cwd=project)
    assert step(1, project, temp, ROOT, output="", app=str(app), case="bg_fetch").returncode == 0
    (app / "Support" / "PrivacyInfo.xcprivacy").unlink()
    for case in ("bg_fetch", ""):
        done = step(1, project, temp, ROOT, output="", app=str(app), case=case)
        assert (done.returncode, f"::error file={app}::privacy: " in done.stdout) == (1, True)


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "docs",
    [
        "other.md README.md",
        "other.md\nREADME.md\n",
        "\n  other.md\r\n\tREADME.md",
        "*.md",
        "**/READ*.md",
        "'a b/other [1].md' README.md",
        '"a b/other [1].md"\nREADME.md',
        "a\\ b/* README.md",
        "a?b/other\\ [[]1].md\nR[A-F]*.md",
    ],
)
def test_an_input_is_words_on_any_number_of_lines(docs: str, project: Path, temp: Path) -> None:
    """With blanks, quotes and patterns: the stale page is among them, wherever it is named."""
    for path in ("other.md", "a b/other [1].md"):
        (project / path).parent.mkdir(exist_ok=True)
        shutil.copy(project / "README.md", project / path)
    assert step(1, project, temp, ROOT, output="", docs=docs).returncode == 0
    change(project)
    atgen("docs", "other.md", "a b", cwd=project)
    done = step(1, project, temp, ROOT, output="", docs=docs)
    assert (done.returncode, done.stdout.count("::error file=README.md")) == (1, 1)


@pytest.mark.parametrize("name", ["specs", "docs"])
def test_an_input_that_is_no_words_is_an_error(name: str, project: Path, temp: Path) -> None:
    """Nothing passes that was not looked at: an open quote, a pattern that nothing is like, what looks like an option."""
    done = step(1, project, temp, ROOT, **{name: "a 'b"})
    assert (done.returncode, done.stdout.count("atgen docs"), done.stderr) == (
        1,
        0,
        f"::error::{name}: No closing quotation\n",
    )
    assert step(1, project, temp, ROOT, **{name: "nothing/*.md"}).returncode == 4
    assert step(1, project, temp, ROOT, **{name: "--force"}).returncode == 2


def test_inputs_are_no_code(project: Path, temp: Path) -> None:
    """Whatever stands in an input is an argument."""
    step(
        1,
        project,
        temp,
        ROOT,
        specs="$(touch a) `touch b`; touch c",
        docs="$(touch d)",
        app="; touch e",
        case="&& touch f",
    )
    assert [name for name in "abcdef" if (project / name).exists()] == []


def test_the_action_installs_atgen(project: Path, tmp_path: Path) -> None:
    """From the checkout that the action is in, into a folder of its own."""
    needs_an_index()
    needs("pip", there=shutil.which("python3") is not None, why="no python3 on the PATH")
    repository(tmp_path / "checkout", ours())
    temp = tmp_path / "runner"
    temp.mkdir()
    action = tmp_path / "checkout" / ".github" / "actions" / "atgen"
    action.mkdir(parents=True)
    assert step(0, project, temp, action, python=sys.executable).returncode == 0
    assert step(1, project, temp, action, docs="README.md").returncode == 0
