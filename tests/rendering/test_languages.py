"""Literals and comments of each language, by hand-written examples; tests/rendering/test_structure.py asks the compilers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atgen.case.text import problem
from atgen.rendering import languages

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
