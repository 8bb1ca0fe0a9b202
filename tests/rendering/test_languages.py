"""Literals and comments of each language, by hand-written examples; tests/rendering/test_structure.py asks the compilers."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from copy import deepcopy
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from atgen.case.text import problem
from atgen.rendering import languages
from atgen.resources import TEMPLATES
from conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SWIFT = [
    ("", '""'),
    ("a", '"a"'),
    ('"', r'"\""'),
    ("\\", r'"\\"'),
    (r"\(x)", r'"\\(x)"'),
    ("é", r'"\u{E9}"'),
    ("\U0001f600", r'"\u{1F600}"'),
    ("%@ /* // */", '"%@ /* // */"'),
]
OBJC = [
    ("", '@""'),
    ("a", '@"a"'),
    ('"\\', r'@"\"\\"'),
    ("??/", r'@"\?\?/"'),
    ("é1", r'@"\303\2511"'),
    ("\U0001f600", r'@"\360\237\230\200"'),
    ("%@", '@"%@"'),
]


@pytest.mark.parametrize(("text", "literal"), SWIFT)
def test_swift_literals(text: str, literal: str) -> None:
    """One plain literal, ASCII only, in which nothing is interpolated."""
    assert languages.get("swift").literal(text) == literal


@pytest.mark.parametrize(("text", "literal"), OBJC)
def test_objc_literals(text: str, literal: str) -> None:
    """Octal escapes end after three digits, and no trigraph is left."""
    assert languages.get("objc").literal(text) == literal


@pytest.mark.parametrize(("language", "escaped"), [("swift", '"\\'), ("objc", '"\\?')])
def test_all_other_printable_ascii_stays_as_it_is(language: str, escaped: str) -> None:
    """A backslash stands before what would be read otherwise, and before nothing else."""
    for char in map(chr, range(ord(" "), ord("~") + 1)):
        literal = languages.get(language).literal(char)
        assert literal.removeprefix("@") == f'"{chr(92) * (char in escaped)}{char}"'


@given(st.text().filter(lambda text: problem(text) is None))
def test_python_literals_read_back(text: str) -> None:
    """A Python literal reads back as the text it was made from."""
    assert ast.literal_eval(languages.get("python").literal(text)) == text


@pytest.mark.parametrize(
    ("language", "line", "comment"),
    [
        ("swift", "a */ b", "// a */ b"),
        ("swift", "ends in \\", "// ends in \\"),
        ("swift", "", "//"),
        ("objc", "x", "// x"),
        ("objc", "ends in \\", "// ends in \\ //"),
        ("objc", "ends in ??/", "// ends in ??/ //"),
        ("objc", "a \\ ", "// a \\ //"),
        ("python", "x", "# x"),
        ("python", "", "#"),
    ],
)
def test_comments(language: str, line: str, comment: str) -> None:
    """A line's comment ends with its line, whatever the line holds."""
    assert languages.get(language).comment(line) == comment


def test_languages_are_found_by_globbing() -> None:
    """A module more in the folder is a language more; the order is the one people expect."""
    assert languages.names() == ["swift", "objc", "python"]


def test_a_language_more_comes_after_those_that_people_expect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those without a place of their own are at the end, in the alphabet's order."""
    for name in ("kotlin", "dart", "python", "swift", "__init__"):
        (tmp_path / f"{name}.py").touch()
    monkeypatch.setattr(languages, "__file__", str(tmp_path / "__init__.py"))
    assert languages.names() == ["swift", "python", "dart", "kotlin"]


def test_a_language_is_one_folder_and_one_module() -> None:
    """No folder of templates is without its module, which would render nothing, and no module without Apple's words."""
    others = {"gallery", "scaffold", "text", "trace"}
    assert {path.name for path in TEMPLATES.iterdir() if path.is_dir()} - others == {*languages.names()}
    assert {path.parent.name for path in TEMPLATES.glob("*/apple.yaml")} == {*languages.names()}


def test_what_a_new_language_lacks_is_named(tmp_path: Path) -> None:
    """Its words in the SDK, Apple's, a template, a macro: an error with the file's name, and never an output without."""
    for folder in ("gen", "templates", "specs"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    swift, kotlin = (tmp_path / "templates" / name for name in ("swift", "kotlin"))
    module = tmp_path / "gen" / "atgen" / "rendering" / "languages" / "swift.py"
    module.with_name("kotlin.py").write_text(module.read_text(encoding="utf-8").replace('"swift"', '"kotlin"'))
    sdk = tmp_path / "specs" / "sdk" / "apple.yaml"

    def render() -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "atgen", "render", "scene_fetch", "--language", "kotlin"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path / "gen"), "XDG_CACHE_HOME": str(tmp_path / "cache")},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stderr.removeprefix("atgen: ").replace(f"{tmp_path}/", "").rstrip("\n")

    unsaid = "words: kotlin is missing; where the SDK cannot be used from it, name it under without"
    assert render() == (2, f"specs/sdk/apple.yaml:1:1: {unsaid}")
    content = yaml.safe_load(sdk.read_text(encoding="utf-8"))
    content["words"]["kotlin"] = deepcopy(content["words"]["swift"])
    del content["words"]["kotlin"]["mode_fetch"]
    sdk.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert render() == (4, "templates/kotlin/apple.yaml: cannot be read: No such file or directory")
    kotlin.mkdir()
    shutil.copy(swift / "apple.yaml", kotlin)
    assert render() == (2, "specs/sdk/apple.yaml:1:1: kotlin.mode_fetch is missing")
    content["words"]["kotlin"]["mode_fetch"] = "fetch"
    sdk.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert render() == (4, "templates/kotlin/openings.j2 is missing")
    for path in swift.glob("*.j2"):
        shutil.copy(path, kotlin)
    steps = kotlin / "steps.j2"
    steps.write_text(steps.read_text(encoding="utf-8").replace("macro enable_fetch", "macro enable"), encoding="utf-8")
    assert render() == (2, "templates/kotlin/steps.j2: there is no macro enable_fetch")
    shutil.copy(swift / "steps.j2", kotlin)
    assert render() == (0, "")
    made, there = tmp_path / "output" / "scene_fetch", ROOT / "output" / "scene_fetch"
    assert (made / "ios/kotlin/AppDelegate.swift").read_bytes() == (there / "ios/swift/AppDelegate.swift").read_bytes()
