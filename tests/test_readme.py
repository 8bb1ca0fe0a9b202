"""What the README says is so: its spec, its commands, its links; its Swift is a block that `atgen docs` keeps."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest
import yaml

from atgen.cli import group
from conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any((part.startswith(".") and part != ".github") or part == "build" for part in path.relative_to(ROOT).parts)
)


def fences(language: str) -> list[str]:
    """List what the README's fences of a language hold."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def prose(path: Path) -> str:
    """Read a page without its code."""
    return re.sub(r"(?ms)^```.*?^```$|`[^`\n]*`", "", path.read_text(encoding="utf-8"))


def test_the_spec_in_the_readme_is_the_one_in_specs() -> None:
    """The YAML is the shipped file, and the Swift below it is a block made from it."""
    assert fences("yaml")[0] == (ROOT / "specs" / "scene_fetch.yaml").read_text(encoding="utf-8")
    begin = "<!-- atgen:begin case=scene_fetch languages=swift region=class -->"
    assert f"{begin}\n\n`AppDelegate.swift`\n\n```swift\n" in README


def test_every_command_in_the_readme_is_there() -> None:
    """The rows of the table name commands that `atgen --help` lists, and options that they have."""
    rows = re.findall(r"^\| `atgen (\w+)[^`]*` \| (.*) \|$", README, re.MULTILINE)
    assert len(rows) >= 5
    context = click.Context(group)
    for name, about in rows:
        command = group.get_command(context, name)
        assert command is not None, name
        options = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall("`(--[a-z-]+)`", about)) <= options


def test_the_two_set_up_commands_are_those_that_ci_calls() -> None:
    """One ends with a case rendered, the other with the tests passed: as printed, the gate calls it, and a schedule both."""
    first, second = (command.strip() for command in fences("sh"))
    assert first == "sh .ci/setup && .venv/bin/atgen render specs/bg_fetch.yaml"
    assert second.startswith("sh .ci/setup test && ")
    assert second in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "setup.yml").read_text(encoding="utf-8"))
    for job in ("linux", "macos"):
        assert [step["run"] for step in workflow["jobs"][job]["steps"] if "run" in step][:2] == [first, second]


def test_the_first_command_says_what_readme_tells() -> None:
    """In one line, without a warning."""
    command = [sys.executable, "-m", "atgen", "render", "specs/bg_fetch.yaml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    said = re.search("It says `([^`]*)`", README)
    assert said
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{said[1]}\n", "")


@pytest.mark.parametrize("path", PAGES, ids=[str(path.relative_to(ROOT)) for path in PAGES])
def test_relative_links_lead_somewhere(path: Path) -> None:
    """To a file or folder of the repository and, after #, to one of its headings."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        place, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", place):
            continue
        page = path.parent / place if place else path
        assert page.exists(), target
        if anchor:
            assert anchor in {
                slug(heading) for heading in re.findall("(?m)^#+ (.*)$", page.read_text(encoding="utf-8"))
            }, target


def slug(heading: str) -> str:
    """Make of a heading what GitHub makes of it in a link."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
