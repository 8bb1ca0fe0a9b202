"""Trees from YAML: what is let in, where things are, and what is refused at which place."""

from __future__ import annotations

import errno
import json
import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from atgen.case import text, yamltree
from atgen.case.yamltree import Mapping, Node, Scalar, Sequence
from atgen.errors import FileError, SpecError
from conftest import additions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(params=["libyaml", "python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """PyYAML with libyaml, and as it is where libyaml is missing."""
    if request.param == "python":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    elif not hasattr(yaml, "CSafeLoader"):
        pytest.skip("not run: this PyYAML has no libyaml")
    return str(request.param)


def problems(data: bytes | str) -> list[str]:
    """Tell what is wrong, as `line:column: message`; nothing if the data are let in."""
    try:
        yamltree.parse(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"), "x")
    except SpecError as error:
        return [str(problem).removeprefix("x:") for problem in error.problems]
    return []


def visible(data: bytes | str) -> str:
    r"""Name a test; pytest doubles each `\` of a name when it collects once more, as mutmut has it do."""
    return ascii(data).replace("\\", "")


def value(node: Node) -> object:
    """Take the node without its places: dict, list or text."""
    if isinstance(node, Mapping):
        return {key.text: value(inner) for key, inner in node.entries}
    return [value(item) for item in node.items] if isinstance(node, Sequence) else node.text


@pytest.mark.usefixtures("parser")
def test_places_and_quotes() -> None:
    """Every node knows its line and column; only what has no quotes and no `|` is plain."""
    data = b"# c\na: 0410501\n'b': [x, \"y\"]\nc:\n- {d: no}\n-\ne: |\n  p\n  q\n"
    assert yamltree.parse(data, "x") == Mapping(
        (
            (Scalar("a", False, 2, 1), Scalar("0410501", False, 2, 4)),
            (Scalar("b", True, 3, 1), Sequence((Scalar("x", False, 3, 7), Scalar("y", True, 3, 10)), 3, 6)),
            (
                Scalar("c", False, 4, 1),
                Sequence(
                    (
                        Mapping(((Scalar("d", False, 5, 4), Scalar("no", False, 5, 7)),), 5, 3),
                        Scalar("", False, 6, 2),
                    ),
                    5,
                    1,
                ),
            ),
            (Scalar("e", False, 7, 1), Scalar("p\nq\n", True, 7, 4)),
        ),
        2,
        1,
    )


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            "a: 0410501\nb: 12:30:45\nc: 0x1F\nd: 1_000\ne: 1e3\nf: .5\n",
            ["0410501", "12:30:45", "0x1F", "1_000", "1e3", ".5"],
        ),
        ("a: yes\nb: No\nc: ~\nd: null\ne: 2001-01-01\nf: .nan\n", ["yes", "No", "~", "null", "2001-01-01", ".nan"]),
        ("a:\nb: ''\n", ["", ""]),
        ('a: "\\x41\\u00e9\\U0001F600\\n\\"\\\\\\/"\n', ['Aé😀\n"\\/']),
        ('a: "\\ud83d\\ude00\\uD83E\\uDEE0 \\\\ud83d\\\\ude00"\n', ["😀🫠 \\ud83d\\ude00"]),
        ("a: 'it''s \\ud83d\\ude00 \\uE03D\\uE600'\n", ["it's \\ud83d\\ude00 \\uE03D\\uE600"]),
        ("a: \\uE03D\\uE600\n  \\uD83D\\ude00 \\u00e9\n", ["\\uE03D\\uE600 \\uD83D\\ude00 \\u00e9"]),
        ("a: |\n  \\ud83d\\ude00\n\n  \\\n", ["\\ud83d\\ude00\n\n\\\n"]),
        ("a: 'it''s \\n'\n", ["it's \\n"]),
        ('a: "x\\\n   y\n\n  z"\n', ["xy\nz"]),
        ("a: >-\n  x\n  y\n\n  z\n", ["x y\nz"]),
        ("a: |2\n    x\n", ["  x\n"]),
        ("a: plain\n  goes on\n", ["plain goes on"]),
        ("a: b # comment\n", ["b"]),
        ("a: http://x/#y\n", ["http://x/#y"]),
        ("a: \\(x) %@ */ ??/ ' \" {{ }}\n", ["\\(x) %@ */ ??/ ' \" {{ }}"]),
        ("a: trailing\\\n", ["trailing\\"]),
        ("{a: b, c: }\n", ["b", ""]),
        ("---\na: b\n...\n", ["b"]),
        ("? a\n: b\n", ["b"]),
        ("'<<': b\n", ["b"]),
        ("a: |\n  x", ["x\n"]),
        ("\ufeffa: b\n", ["b"]),
        ("a: b\r\nc: |\r\n  x\r\n  y\r\n", ["b", "x\ny\n"]),
        ("a: Ça 日本 🫠\n", ["Ça 日本 🫠"]),
    ],
)
def test_values_are_texts_as_written(data: str, expected: list[str]) -> None:
    """No type is guessed, line breaks become LF, and YAML's quoting is undone."""
    tree = value(yamltree.parse(data.encode(), "x"))
    assert isinstance(tree, dict)
    assert list(tree.values()) == expected


TAGS = "tags are not allowed"
ANCHORS = "anchors are not allowed"
DEEP = "[" * 15


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        # not keys and values
        ("", ["1:1: a spec is keys and values"]),
        ("# only\n\n", ["1:1: a spec is keys and values"]),
        ("---\n", ["2:1: a spec is keys and values"]),
        ("\n  text\n", ["2:3: a spec is keys and values"]),
        ("- a\n- b\n", ["1:1: a spec is keys and values"]),
        # what makes YAML dangerous or ambiguous
        ("a: &x b\n", [f"1:4: {ANCHORS}"]),
        ("&x a: b\n", [f"1:1: {ANCHORS}"]),
        ("a: &x {b: c}\nd: &y [e]\n", [f"1:4: {ANCHORS}", f"2:4: {ANCHORS}"]),
        ("a: *x\n*y : b\n", ["1:4: aliases are not allowed", "2:1: aliases are not allowed"]),
        ("*x\n", ["1:1: aliases are not allowed"]),
        ("*x : a\n*y : b\n", ["1:1: aliases are not allowed", "2:1: aliases are not allowed"]),
        ("a: !!str b\nc: !x d\ne: ! f\ng: !<tag:y> h\n", [f"{line}:4: {TAGS}" for line in (1, 2, 3, 4)]),
        ("a: !!map {b: c}\nd: !!set\n  e:\n", [f"1:4: {TAGS}", f"2:4: {TAGS}"]),
        ("a: !!python/object/apply:os.system [id]\n", [f"1:4: {TAGS}"]),
        ("a: !!str &x b\n", [f"1:4: {ANCHORS}", f"1:4: {TAGS}"]),
        ("<<: {a: b}\n", ["1:1: merge keys are not allowed"]),
        (
            "a: &x {}\nb:\n  <<: *x\n",
            [f"1:4: {ANCHORS}", "3:3: merge keys are not allowed", "3:7: aliases are not allowed"],
        ),
        ("%YAML 1.1\n---\na: b\n", ["1:1: directives are not allowed"]),
        ("# c\n\n%TAG ! tag:x,2000:\n--- !y {}\n", ["3:1: directives are not allowed"]),
        ("%FOO bar\n---\na: b\n", ["1:1: directives are not allowed"]),
        ("%YAML 9.9\n---\na: b\n", ["1:1: directives are not allowed"]),
        ("a: b\n---\nc: d\n", ["2:1: a second document"]),
        ("a: b\n...\n---\n", ["3:1: a second document"]),
        (
            "a: 1\nb: 2\na: 3\n'a': 4\n",
            ['3:1: the key "a" is in line 1 already', '4:1: the key "a" is in line 1 already'],
        ),
        ("x: {a: 1, a: 2}\n", ['1:11: the key "a" is in line 1 already']),
        ("[a]: b\n", ["1:1: a key is a text"]),
        ("x: y\n? {a: b}\n: c\n", ["2:3: a key is a text"]),
        ("a: &x b\n? - c\n", [f"1:4: {ANCHORS}", "2:3: a key is a text"]),
        # limits
        (f"a: {DEEP}{']' * 15}\n", []),
        (f"a: {DEEP}[{']' * 16}\n", ["1:19: deeper than 16 levels"]),
        ("a: " + "[" * 100_000, ["1:19: deeper than 16 levels"]),
        ("".join("  " * depth + "a:\n" for depth in range(17)), ["17:33: deeper than 16 levels"]),
        ("a: [" + "b," * 19_991 + "]\n", []),
        ("a: [" + "b," * 19_995 + "]\n", ["1:39993: more than 20,000 values"]),
        # YAML's grammar
        ("a: b: c\n", ["1:5: not YAML: mapping values are not allowed"]),
        ("a\nb: c\n", ["2:2: not YAML: mapping values are not allowed"]),
        ("a: - b\n", ["1:4: not YAML: "]),
        ("a: b\nc\nd: e\n", ["3:1: not YAML: could not find expected ':' (since line 2): write `key: value`"]),
        ("a:\n  b: c\n d: e\n", ["3:2: not YAML: "]),
        ("a: @b\n", ["1:4: not YAML: found character "]),
        ("a: [b, c\nd: e\n", ["2:2: not YAML: "]),
        ("a: {b: c\n", ["2:1: not YAML: "]),
        ("a: 'b\n", ["2:1: not YAML: found unexpected end of stream (since line 1): close the quotes"]),
        ('a: "b" c\n', ["1:8: not YAML: "]),
        ("a: ]\n", ["1:4: not YAML: "]),
        ("a: *\n", ["1:5: not YAML: "]),
        ("a: |x\n  b\n", ["1:5: not YAML: "]),
        ("a: !e!x b\n", ["1:4: not YAML: found undefined tag handle"]),
        ("a: b\\: c\n", ["1:6: not YAML: mapping values are not allowed"]),
        ('a: "b\\q"\n', ["1:6: not YAML: found unknown escape character"]),
        ('a: "b\\\\\\q\\n"\n', ["1:8: not YAML: found unknown escape character"]),
        ('a: "b\\xg0"\n', ["1:6: not YAML: "]),
        ('a: "b\\U00110000"\n', ["1:6: not YAML: "]),
        ('a: "b\\UFFFFFFFF"\n', ["1:6: not YAML: "]),
        ("a: &x b\nc: @\n", [f"1:4: {ANCHORS}", "2:4: not YAML: "]),
        # bytes
        (b"\xff\xfea\x00:\x00", ["1:1: byte 0xFF is not UTF-8"]),
        (b"a: b\n# \xc3\xa9 \xe9\n", ["2:5: byte 0xE9 is not UTF-8"]),
        (b"a: &x b\nc: \xe9\n", ["2:4: byte 0xE9 is not UTF-8"]),
        (b"a: \xc0\xaf\n", ["1:4: byte 0xC0 is not UTF-8"]),
        (b"a: \xed\xa0\xbd\xed\xb8\x80\n", ["1:4: byte 0xED is not UTF-8"]),
        (b"a: b\r\nc: \xf4\x90\x80\x80\n", ["2:4: byte 0xF4 is not UTF-8"]),
        (b"a: b\rc: \xe9\n", ["2:4: byte 0xE9 is not UTF-8"]),
        (b"\xef\xbb\xbf\xef\xbb\xbfa: b\n", ["1:1: U+FEFF is an invisible"]),
        # characters, in comments too
        ("a: b\0c\n", ["1:5: U+0000 is a control character"]),
        ("\na: b\0c\n", ["2:5: U+0000 is a control character"]),
        ("a:\n\tb: c\td # \t\n", ["2:1: U+0009 is a tab", "2:6: U+0009 is a tab", "2:11: U+0009 is a tab"]),
        ("a: b\rc: d\n", ["1:5: U+000D is a carriage return of its own"]),
        ("a: b\r\rc: \0\n", ["1:5: U+000D", "2:1: U+000D", "3:4: U+0000"]),
        ("a: é\u202eb # \u2066\n", ["1:5: U+202E is a bidi control", "1:10: U+2066 is a bidi control"]),
        ("a\u200b: b\nc: d\u2028\n", ["1:2: U+200B is an invisible", "2:5: U+2028 is a Unicode line separator"]),
        ("\u200ba: b\nc: &d\n- e\n", ["1:1: U+200B is an invisible"]),
        ("a: &b\nc: \u200b\n", [f"1:4: {ANCHORS}", "2:4: U+200B is an invisible"]),
        # escapes
        ('a: "b\\te\\L"\n', ["1:6: U+0009 is a tab", "1:9: U+2028 is a Unicode line separator"]),
        ('a: "b\\\\t\\x00"\n', ["1:9: U+0000 is a control character"]),
        ('a: "\\x0A\\x00"\n', ["1:9: U+0000 is a control character"]),
        ('é: "é\\u202Ex\n  \\U000E0041"\n', ["1:6: U+202E is a bidi control", "2:3: U+E0041 is an invisible"]),
        ('"a\\0": b\n', ["1:3: U+0000 is a control character"]),
        ('"a\\nb": c\n', ["1:1: U+000A is a line break"]),
        ("? |\n  a\n: b\n", ["1:3: U+000A is a line break"]),
        ("# cafe\u0301 in a comment\na: b\n", []),
    ],
    ids=lambda part: visible(part)[:40] if isinstance(part, str | bytes) else "",
)
def test_what_is_refused_where(data: str | bytes, expected: list[str]) -> None:
    """Each problem has the place of what is wrong, and no other problem comes of it."""
    found = problems(data)
    assert [message[: len(wanted)] for message, wanted in zip(found, expected, strict=False)] == expected
    assert len(found) == len(expected)


IS_NO_SPEC = "1:1: a spec is keys and values, `key: value`, "
LEVEL = "indent all keys of one level alike, and quote the whole of a text"
COMMAS = "write commas between the values, and close the bracket"
BRACKET = "quote a text that begins with a bracket or a comma"
START = "quote a text that begins with @, ` or %"
ANCHOR = "quote a text that begins with & or *"
LIST = "begin a list on a line of its own, or quote a text that begins with -"
ITEMS = "begin all items of a list with `- `, indented alike"
COLON = "quote a text that holds a colon, and indent all keys of one level alike"
TAG = "quote a text that begins with !"
BACKSLASH = r"in double quotes write \\ for a backslash, and each other character as it is"


@pytest.mark.parametrize(
    ("data", "by_libyaml", "by_python"),
    [
        ("# only\n", f"{IS_NO_SPEC}and this file is empty", ""),
        ("- a\n", f"{IS_NO_SPEC}no list, and no single text", ""),
        ("a: &x b\n", "1:4: anchors are not allowed: leave it out, or quote a text that begins with &", ""),
        ("a: !x b\n", "1:4: tags are not allowed: leave it out, or quote a text that begins with !", ""),
        ("a: *x\n", "1:4: aliases are not allowed: write the value itself, or quote a text that begins with *", ""),
        ("<<: {}\n", "1:1: merge keys are not allowed: write the keys themselves", ""),
        ("%YAML 1.1\n", "1:1: directives are not allowed: remove this line", ""),
        ("a: b\n---\n", "2:1: a second document: a file holds one spec", ""),
        ("a: b\na: c\n", '2:1: the key "a" is in line 1 already: keep one of them', ""),
        ("[a]: b\n", "1:1: a key is a text", ""),
        (f"a: {DEEP}[", "1:19: deeper than 16 levels: no spec needs so many", ""),
        (
            "a: [" + "b," * 19_995 + "]\n",
            "1:39993: more than 20,000 values, brackets and the like: no spec needs so many",
            "",
        ),
        (b"a: \xe9\n", "1:4: byte 0xE9 is not UTF-8: save the file as UTF-8", ""),
        # what the scanners say, and what is to be done
        (
            "a: b: c\n",
            f"1:5: not YAML: mapping values are not allowed in this context: {COLON}",
            f"1:5: not YAML: mapping values are not allowed here: {COLON}",
        ),
        (
            "a: - b\n",
            f"1:4: not YAML: block sequence entries are not allowed in this context: {LIST}",
            f"1:4: not YAML: sequence entries are not allowed here: {LIST}",
        ),
        ("a: b\nc\nd: e\n", "3:1: not YAML: could not find expected ':' (since line 2): write `key: value`", ""),
        (
            "a:\n  b: c\n d: e\n",
            f"3:2: not YAML: did not find expected key (since line 1): {LEVEL}",
            f"3:2: not YAML: expected <block end>, but found '<block mapping start>' (since line 1): {LEVEL}",
        ),
        (
            'a: "b" c\n',
            f"1:8: not YAML: did not find expected key: {LEVEL}",
            f"1:8: not YAML: expected <block end>, but found '<scalar>': {LEVEL}",
        ),
        (
            "- a\nb: c\n",
            f"2:1: not YAML: did not find expected '-' indicator (since line 1): {ITEMS}",
            f"2:1: not YAML: expected <block end>, but found '?' (since line 1): {LEVEL}",
        ),
        (
            "a: `b\n",
            f"1:4: not YAML: found character that cannot start any token: {START}",
            f"1:4: not YAML: found character '`' that cannot start any token: {START}",
        ),
        ("a: 'b\n", "2:1: not YAML: found unexpected end of stream (since line 1): close the quotes", ""),
        (
            "a: [b, c\nd: e\n",
            f"2:2: not YAML: did not find expected ',' or ']' (since line 1): {COMMAS}",
            f"2:2: not YAML: expected ',' or ']', but got ':' (since line 1): {COMMAS}",
        ),
        (
            "a: ]\n",
            f"1:4: not YAML: did not find expected node content: {BRACKET}",
            f"1:4: not YAML: expected the node content, but found ']': {BRACKET}",
        ),
        (
            "a: & b\n",
            f"1:5: not YAML: did not find expected alphabetic or numeric character: {ANCHOR}",
            f"1:5: not YAML: expected alphabetic or numeric character, but found ' ': {ANCHOR}",
        ),
        (
            'a: "b\\q"\n',
            f"1:6: not YAML: found unknown escape character: {BACKSLASH}",
            f"1:6: not YAML: found unknown escape character 'q': {BACKSLASH}",
        ),
        (
            'a: "b\\xg0"\n',
            f"1:6: not YAML: did not find expected hexdecimal number: {BACKSLASH}",
            f"1:6: not YAML: expected escape sequence of 2 hexadecimal numbers, but found 'g': {BACKSLASH}",
        ),
        (
            'a: "b\\UFFFFFFFF"\n',
            f"1:6: not YAML: found invalid Unicode character escape code: {BACKSLASH}",
            "1:6: not YAML: no such character, or no such version",
        ),
        (
            "a: !%zz b\n",
            f"1:5: not YAML: did not find URI escaped octet: {TAG}",
            f"1:6: not YAML: expected URI escape sequence of 2 hexadecimal numbers, but found 'z': {TAG}",
        ),
        # where there is no more to say
        (
            "a: |x\n  b\n",
            "1:5: not YAML: did not find expected comment or line break",
            "1:5: not YAML: expected chomping or indentation indicators, but found 'x'",
        ),
        (
            "a: 'b\n---\n",
            "2:1: not YAML: found unexpected document indicator (since line 1)",
            "2:1: not YAML: found unexpected document separator (since line 1)",
        ),
    ],
    ids=lambda part: visible(part)[:20],
)
def test_messages_are_whole(data: str | bytes, by_libyaml: str, by_python: str, parser: str) -> None:
    """Place, what is wrong and what to do, to the last word; PyYAML's own parser says some in other words."""
    assert problems(data) == [by_python if by_python and parser == "python" else by_libyaml]


@pytest.mark.parametrize(("data", "place"), [("[\\,!%zz]\n", "1:5"), ("a\\b: !<%zz> b\n", "1:8")])
def test_a_backslash_before_another_escape_is_not_to_blame(data: str, place: str) -> None:
    """Only a tag's own escape is wrong here, which PyYAML's own parser sees one character on."""
    if not hasattr(yaml, "CSafeLoader"):
        pytest.skip("not run: this PyYAML has no libyaml")
    assert [found.split(": ")[0] for found in problems(data)] == [place]


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("letter", "code"),
    {
        "0": "U+0000",
        "a": "U+0007",
        "b": "U+0008",
        "t": "U+0009",
        "v": "U+000B",
        "f": "U+000C",
        "r": "U+000D",
        "e": "U+001B",
        "N": "U+0085",
        "L": "U+2028",
        "P": "U+2029",
    }.items(),
)
def test_an_escapes_letter_is_known(letter: str, code: str) -> None:
    """Each one-letter escape of a character that no text may hold is told as that character, at its place."""
    assert [found.split(" is ")[0] for found in problems(f'a: "b\\{letter}"\n')] == [f"1:6: {code}"]


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("data", "place"),
    [('a: "b\\ud83d\\n\\ude00"\n', ["1:6"]), ("a: b\n...\n%YAML " + "1" * 5000 + ".1\n---\n", ["3:"])],
)
def test_what_the_two_parsers_refuse_in_their_own_words(data: str, place: list[str]) -> None:
    """Half a surrogate pair and an endless version number are refused, by libyaml as by PyYAML's own parser."""
    assert [found.startswith(wanted) for found, wanted in zip(problems(data), place, strict=False)] == [True]


def test_no_more_than_twenty_problems_are_told() -> None:
    """The rest is only mentioned, so that a hostile file cannot flood a log."""
    tabs = problems("# \t\n" * 21)
    assert (len(tabs), tabs[19], tabs[20]) == (
        21,
        "20:3: U+0009 is a tab: write spaces",
        "21:3: from here on there is more: mend what is above first",
    )
    assert len(problems("# \t\n" * 20)) == 20
    assert [len(problems('a: "' + "\\0" * number + '"\n')) for number in (19, 20, 21, 22)] == [19, 20, 21, 21]
    assert len(problems("".join(f"k{number}: *x\n" for number in range(6_000)))) == 21


def test_a_file_full_of_refused_characters_is_judged_no_further() -> None:
    """With up to twenty, what else is wrong is told, too."""
    anchor = "1:4: anchors are not allowed: leave it out, or quote a text that begins with &"
    assert problems("a: &x b\n" + "# \t\n" * 20)[0] == anchor
    assert problems("a: &x b\n" + "# \t\n" * 21)[0] == "2:3: U+0009 is a tab: write spaces"


def test_a_file_has_at_most_256_kib() -> None:
    """One byte more is refused, whatever it holds."""
    assert problems(b"a: b\n#".ljust(256 * 1024, b"x")) == []
    assert problems(b"a: b\n#".ljust(256 * 1024 + 1, b"x")) == [
        "1:1: has more than 262,144 bytes: no spec needs so many"
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"\0" * 262_144,
        b"[" * 262_144,
        b"a: " * 80_000,
        b"? " * 130_000,
        b"- " * 130_000,
        b"{" * 262_144,
        b"a: &a [" + b"*a," * 80_000,
        b"- a\n" * 60_000,
        b'a: "' + b"\\0" * 130_000 + b'"',
        b"'" * 262_143,
        b"#" * 262_144,
        b"%" * 262_144,
        b"\n" * 262_144,
        b"# x\n" * 65_536,
        " é".encode() * 80_000,
        b"a: " + "\ue000".encode() * 80_000,
        b"a: e" + "\u0301".encode() * 130_000,
        b"a: x" + "\u0323\u0301".encode() * 65_000,
        b"".join(b"k%d: v\n" % number for number in range(22_000)),
        b"a: |\n" + b" x\n" * 87_000,
        b"a" * 262_144,
        b"!" * 262_144,
        b"a: !<" + b"%41" * 80_000 + b"> b",
    ],
    ids=lambda data: visible(data[:12]),
)
def test_bombs_are_quick(data: bytes) -> None:
    """The largest files of their kind are done with in the time of thirty million additions, a second or so."""
    begin = time.process_time()
    problems(data)
    assert time.process_time() - begin < additions(30)


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    """Bytes go in unchanged, and the problems name the file."""
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: b\r\n")
    assert yamltree.read(path) == b"\xef\xbb\xbfa: b\r\n"
    assert yamltree.load(path) == Mapping(((Scalar("a", False, 1, 1), Scalar("b", False, 1, 4)),), 1, 1)
    path.write_bytes(b"a")
    with pytest.raises(SpecError) as error:
        yamltree.load(str(path))
    assert [problem.file for problem in error.value.problems] == [str(path)]


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    """A sparse terabyte takes no memory and no time."""
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    assert len(yamltree.read(path)) == 256 * 1024 + 1


def link(path: Path) -> None:
    """Lead to a file that could be read."""
    (path.parent / "target.yaml").write_text("a: b\n")
    path.symlink_to("target.yaml")


def listening(path: Path) -> None:
    """Make what a container's control socket is."""
    os.chdir(path.parent)  # a socket's path has 108 bytes at most
    socket.socket(socket.AF_UNIX).bind(path.name)


@pytest.mark.parametrize(
    ("make", "kind"),
    [  # nobody writes to the FIFO, so that reading would wait for ever
        (os.mkdir, "a folder"),
        (os.mkfifo, "a FIFO"),
        (link, "a symbolic link"),
        (lambda path: path.symlink_to("nowhere"), "a symbolic link"),
        (lambda path: path.symlink_to(path), "a symbolic link"),
        (listening, "a socket"),
    ],
)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_only_regular_files_are_read(
    make: Callable[[Path], object], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything else is refused at once, with its kind, as a wrong spec is."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "x.yaml"
    make(path)
    with pytest.raises(SpecError) as error:
        yamltree.load(path)
    assert [str(problem) for problem in error.value.problems] == [f"{path}:1:1: is {kind}: a spec is a regular file"]


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero", "/dev/tty"])
def test_devices_are_not_opened(device: str) -> None:
    """Opening a device may act on it, and reading /dev/zero never ends."""
    with pytest.raises(SpecError, match=f"^{device}:1:1: is a device: a spec is a regular file$"):
        yamltree.load(device)


class Swapped:
    """A path whose file is another by the time it is opened."""

    def __init__(self, path: Path, swap: Callable[[Path], object]) -> None:
        path.write_text("a: b\n")
        self.path, self.swap, self.asked = path, swap, 0

    def __fspath__(self) -> str:
        """Give the same path each time: for the message, for the first look, and then to be opened."""
        self.asked += 1
        if self.asked == 3:
            self.path.unlink()
            self.swap(self.path)
        return str(self.path)


def test_a_file_swapped_before_it_is_opened_is_refused(tmp_path: Path) -> None:
    """A link is not followed, and a FIFO, which is not waited for, is seen once it is open."""
    path = tmp_path / "x.yaml"
    with pytest.raises(FileError) as failed:
        yamltree.read(Swapped(path, link))
    assert str(failed.value) == f"{path}: cannot be read: {os.strerror(errno.ELOOP)}"
    path.unlink()
    with pytest.raises(SpecError) as refused:
        yamltree.read(Swapped(path, os.mkfifo))
    assert str(refused.value) == f"{path}:1:1: is a FIFO: a spec is a regular file"


def test_a_file_swapped_for_another_between_the_checks_is_not_followed(tmp_path: Path) -> None:
    """The opener itself follows no link, waits for no FIFO, and does not make a terminal its own."""
    path = tmp_path / "x.yaml"
    path.symlink_to("/etc/hostname")
    with pytest.raises(OSError, match="symbolic links"):
        yamltree.open_regular(str(path), os.O_RDONLY)
    path.unlink()
    os.mkfifo(path)
    os.close(yamltree.open_regular(str(path), os.O_RDONLY))
    code = (
        "import os; from atgen.case import yamltree\nos.setsid(); name = os.ttyname(os.openpty()[1])\n"
        "yamltree.open_regular(name, os.O_RDWR); os.open('/dev/tty', os.O_RDWR)"
    )
    done = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, check=False)
    assert done.stderr.endswith(f"[Errno {errno.ENXIO}] {os.strerror(errno.ENXIO)}: '/dev/tty'\n")


def test_what_cannot_be_read_is_an_error_of_the_file_system(tmp_path: Path) -> None:
    """A missing file, a folder that is none, and paths that no file can have are told apart from wrong specs."""
    (tmp_path / "file").touch()
    for name, reason in {
        "none.yaml": "No such file or directory",
        "file/x.yaml": "Not a directory",
        "x" * 300: "File name too long",
        "a\0b": "",  # the words are each Python's own
    }.items():
        with pytest.raises(FileError) as error:
            yamltree.load(tmp_path / name)
        assert str(error.value).startswith(f"{text.visible(str(tmp_path / name))}: cannot be read: {reason}")


@pytest.mark.skipif(os.geteuid() != 0, reason="not run: only root can become another user")
def test_a_file_without_permission_is_an_error_of_the_file_system(tmp_path: Path) -> None:
    """Tried as a user who may not read it."""
    path = tmp_path / "x.yaml"
    path.write_text("a: b\n")
    path.chmod(0)
    code = (
        "import os, sys; from atgen import errors; from atgen.case import yamltree\nos.chdir(sys.argv[1]); os.setuid(65534)\n"
        "try: yamltree.load('x.yaml')\nexcept errors.FileError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout == "x.yaml: cannot be read: Permission denied\n"


def test_a_files_name_cannot_steer_the_message(tmp_path: Path) -> None:
    """A name with a line break and a runner's command stays on one harmless line."""
    path = tmp_path / "\n::error::x.yaml"
    path.write_text("a")
    with pytest.raises(SpecError) as error:
        yamltree.load(path)
    assert str(error.value).startswith(f"{tmp_path}/\\u{{A}}:\\u{{3A}}error:\\u{{3A}}x.yaml:1:1: ")


def test_yaml_is_imported_when_it_is_needed() -> None:
    """Importing the module costs nothing that the command line does not need anyway."""
    code = "import sys, atgen.case.yamltree; print(*sorted({'yaml', 'unicodedata', 'jinja2'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


# Hypothesis: pieces that the grammar cares about, so that many examples come close to being YAML.
# fmt: off
PIECES = st.sampled_from([
    "\n", "\n ", "\n  ", " ", ": ", ":", "- ", "? ", "[", "]", "{", "}", ", ", "|\n", ">-\n", "'", '"', "\\", "#",
    " # ", "&a ", "*a", "!!str ", "! ", "<<: ", "%YAML 1.1\n", "---\n", "...\n", "~", "\t", "\r", "\r\n", "@", "\ufeff",
    "e\u0301", "\u202e", "\0", "\\u0000", "\\x41", "\\ud800", "\\ud83d\\ude00", "\\uE03D\\uE600", "\\UFFFFFFFF", "a", "b", "a: b\n", "\u00e9", "\U0001f600",
])
# fmt: on
YAMLISH = st.lists(PIECES, max_size=40).map("".join)


def check(data: bytes) -> None:
    """Either a tree or a SpecError, and its places are in the file."""
    source = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    lines = [*source.split("\n"), ""]
    try:
        tree = yamltree.parse(data, "x")
    except SpecError as error:
        found = error.problems
    else:
        found = ()
        check_places(tree, lines)
    assert len(found) <= yamltree.PROBLEMS + 1
    for problem in found:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert len(str(problem).splitlines()) == 1


def check_places(tree: Node, lines: list[str]) -> None:
    """At each node's place is what it begins with, and its text is one that the design lets in."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        rest = lines[node.line - 1][node.column - 1 :]
        if isinstance(node, Mapping):
            waiting += [part for entry in node.entries for part in entry]
            assert len({key.text for key, _ in node.entries}) == len(node.entries)
        elif isinstance(node, Sequence):
            waiting += node.items
            assert rest[0] in "[-"
        else:
            assert text.problem(node.text, lines=True) is None
            assert rest[0] in "'\"|>" if node.quoted else rest.startswith(node.text[:1])


@given(st.text(st.characters()))
def test_any_text_gives_a_tree_or_an_error_with_places(source: str) -> None:
    """No other exception, and no place outside the file."""
    check(source.encode("utf-8", "surrogatepass"))


@given(YAMLISH)
@example("a: [b, {c? : d}]")
@example('{0 \'"\\n"<<: }\n')
def test_any_almost_yaml_gives_a_tree_or_an_error_with_places(source: str) -> None:
    """The same near the grammar's edges."""
    check(source.encode("utf-8", "surrogatepass"))


@given(st.binary())
def test_any_bytes_give_a_tree_or_an_error_with_places(data: bytes) -> None:
    """The same for what is no text."""
    check(data)


@given(YAMLISH)
def test_pyyamls_own_parser_gives_a_tree_or_an_error_with_places(source: str) -> None:
    """The same without libyaml."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(yaml, "CSafeLoader", raising=False)
        check(source.encode("utf-8", "surrogatepass"))


LETTERS = st.characters(exclude_categories=["C", "Zl", "Zp"])
PROSE = st.text(LETTERS).filter(lambda prose: text.problem(prose) is None)
TREES = st.recursive(
    PROSE, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PROSE, inner, max_size=4), max_leaves=12
)


@given(st.dictionaries(PROSE, TREES, max_size=5), st.sampled_from([True, False, None]), st.booleans())
def test_what_pyyaml_writes_is_read_back(tree: dict[str, object], flow: bool | None, unicode: bool) -> None:
    """Any tree of texts, in block or flow style, escaped or not, comes back as it was."""
    data = yaml.dump(
        tree, default_flow_style=flow, allow_unicode=unicode, sort_keys=False, encoding="utf-8", default_style='"'
    )
    assert value(yamltree.parse(data, "x")) == tree


@given(st.dictionaries(PROSE, TREES, max_size=5))
def test_what_json_writes_is_read_back(tree: dict[str, object]) -> None:
    """Also with each character beyond ASCII escaped, and those beyond U+FFFF in two halves."""
    assert value(yamltree.parse(json.dumps(tree).encode(), "x")) == tree


@given(st.dictionaries(PROSE, TREES, max_size=5))
def test_both_parsers_give_the_same_tree(tree: dict[str, object]) -> None:
    """Nodes and places are equal, with libyaml and without."""
    data = yaml.dump(tree, default_flow_style=False, allow_unicode=True, sort_keys=False, encoding="utf-8")
    try:
        with_libyaml: Node | None = yamltree.parse(data, "x")
    except SpecError:  # PyYAML writes a key of more than 128 characters, or an empty collection, in ways that differ
        with_libyaml = None
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(yaml, "CSafeLoader", raising=False)
        assert with_libyaml in (None, yamltree.parse(data, "x"))
