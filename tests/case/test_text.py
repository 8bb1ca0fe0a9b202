"""Text: what may stand in a spec, and how a message quotes it."""

from __future__ import annotations

import hashlib
import re
import sys
import unicodedata
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from atgen.case import text

# A character of each kind that is refused, and what the message calls it.
REFUSED = (
    ("\t", "a tab"),
    ("\n", "a line break"),
    ("\r", "a carriage return"),
    ("\0", "a control character"),
    ("\x1b", "a control character"),
    ("\x7f", "a control character"),
    ("\x85", "a control character"),
    ("\u2028", "a Unicode line separator"),
    ("\u2029", "a Unicode line separator"),
    ("\u061c", "a bidi control"),
    ("\u200e", "a bidi control"),
    ("\u202e", "a bidi control"),
    ("\u2066", "a bidi control"),
    ("\u00ad", "an invisible"),
    ("\u034f", "an invisible"),
    ("\u115f", "an invisible"),
    ("\u180e", "an invisible"),
    ("\u200b", "an invisible"),
    ("\u200d", "an invisible"),
    ("\u2060", "an invisible"),
    ("\u3164", "an invisible"),
    ("\ufe0f", "an invisible"),
    ("\ufeff", "an invisible"),
    ("\uffa0", "an invisible"),
    ("\ufff9", "an invisible"),
    ("\U0001d173", "an invisible"),
    ("\U000e0041", "an invisible"),
    ("\U000e01ef", "an invisible"),
    ("\ud83d", "half of a surrogate pair"),
    ("\udc80", "half of a surrogate pair"),
    ("\ufdd0", "a noncharacter"),
    ("\ufffe", "a noncharacter"),
    ("\U0010ffff", "a noncharacter"),
    ("\ue000", "for private use"),
    ("\U000f0000", "for private use"),
    ("\U0010fffd", "for private use"),
    ("\U0001e4ec", "newer than Unicode 13"),
)
ALLOWED = (
    "plain words",
    "`~!@#$%^&*()_+-=[]{}|;':\",./<>?\\",
    "Où ça ? Déjà : « là-bas » — 12 €",
    "ẞ ß İ ǅ ﬁ",
    "שלום عربى हिन्दी ไทย 한국어 日本語 ქართული",
    "🫠 🚀 👍🏽 ✅ ⚠",
    "non\u00a0breaking, ideographic\u3000space",
    "\ufffd",
    "𐍈 \U0003134a",
    "unassigned: \u0378 \U0001fc00 \U000323b0",
)


@pytest.mark.parametrize(("character", "kind"), REFUSED, ids=[f"U+{ord(character):04X}" for character, _ in REFUSED])
def test_a_refused_character_is_named_with_its_index(character: str, kind: str) -> None:
    """The message begins with the code point and its kind, and ends with what to do."""
    found = text.problem(f"é {character} x {character}")
    assert found is not None
    assert (found[0], found[1].startswith(f"U+{ord(character):04X} is {kind}"), ": " in found[1]) == (2, True, True)


@pytest.mark.parametrize("allowed", ALLOWED)
def test_text_of_all_languages_is_let_in(allowed: str) -> None:
    """Visible characters and spaces of any script, also of later versions of Unicode."""
    assert text.problem(allowed) is None


@pytest.mark.parametrize(
    ("decomposed", "composed", "found"),
    [
        ("cafe\u0301s", "cafés", (3, "U+0065 stands where the composed form (NFC) has U+00E9")),
        ("\u212b", "\u00c5", (0, "U+212B stands where the composed form (NFC) has U+00C5")),
        ("x\u0301\u0323", "x\u0323\u0301", (1, "U+0301 stands where the composed form (NFC) has U+0323")),
        ("\u1100\u1161", "\uac00", (0, "U+1100 stands where the composed form (NFC) has U+AC00")),
        ("\u0958", "\u0915\u093c", (0, "U+0958 stands where the composed form (NFC) has U+0915")),
        ("cafés", "cafés", None),
        ("cafes", "cafes", None),
    ],
)
def test_text_is_composed(decomposed: str, composed: str, found: tuple[int, str] | None) -> None:
    """What looks alike is alike: decomposed, compatibility and misordered sequences are found where they begin."""
    assert (text.problem(decomposed), text.uncomposed(decomposed)) == (None, found)
    assert text.composed(decomposed) == composed


def test_marks_do_not_pile_up() -> None:
    """To sort n of them takes a time of n²."""
    is_one_of = "U+0323 is one of over 30 combining marks in a row: leave some out"
    assert [text.problem("e" + "\u0323" * many) for many in (30, 31)] == [None, (31, is_one_of)]


def test_lines_are_let_in_where_they_may_be() -> None:
    """LF is the only line break, and only for prose."""
    assert [text.problem("a\nb", lines=lines) and True for lines in (False, True)] == [True, None]
    assert [text.problem(f"a{end}b", lines=True) is None for end in "\n\r\x85\u2028\u2029\v\f"] == [True] + [False] * 6


def test_every_refused_character_of_a_text_is_found() -> None:
    """`refused` goes on after the first; what it lets in is never among them."""
    assert [index for index, _ in text.refused("a\tb\u200bc\n\n\ud800", lines=True)] == [1, 3, 7]


CHARACTERS = [chr(code) for code in range(sys.maxunicode + 1)]


def test_what_unicode_calls_control_or_format_is_refused() -> None:
    """All of the categories that this Python knows, and of other categories only what nobody can see."""
    barred = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    refused = {character for character in CHARACTERS if any(text.refused(character))}
    assert {character for character in CHARACTERS if unicodedata.category(character) in barred} - refused == set()
    # In Unicode 3.2, which every Python has: 19 variation selectors and the grapheme joiner, Hangul fillers, Khmer
    # vowels, soft hyphen, zero width space.
    known = Counter(unicodedata.ucd_3_2_0.category(character) for character in refused)
    assert {category: known[category] for category in known.keys() - barred - {"Cn"}} == {
        "Mn": 20,
        "Lo": 4,
        "Mc": 2,
        "Pd": 1,
        "Zs": 1,
    }


def test_every_python_composes_alike() -> None:
    """Of the characters that are let in, only those of Unicode 13 take part in normalization.

    Fails with a Python whose Unicode has new combining characters: they go into `_NEWER`, lest a spec's fate changes.
    """
    lines = []
    for character in CHARACTERS:
        combining, decomposition = unicodedata.combining(character), unicodedata.decomposition(character)
        canonical = [] if decomposition.startswith("<") or "가" <= character <= "힣" else decomposition.split()
        if not any(text.refused(character)):
            lines += [f"{ord(character):X} {combining} {' '.join(canonical)}\n"] if combining or canonical else []
        elif canonical:  # else two that are let in could compose to one that is not
            assert any(any(text.refused(chr(int(part, 16)))) for part in canonical)
    assert (len(lines), hashlib.sha256("".join(lines).encode()).hexdigest()[:16]) == (2929, "c1123a4b9b0651ca")


@pytest.mark.parametrize(
    ("raw", "quoted"),
    [
        ("plain words", '"plain words"'),
        ("été 🫠", '"été 🫠"'),
        ('a "b" \\c', '"a \\"b\\" \\\\c"'),
        ("a\nb\r\x1b[31m\x9b\0", '"a\\u{A}b\\u{D}\\u{1B}[31m\\u{9B}\\u{0}"'),
        ("\u202eabc\u200b\ufeff\ud800", '"\\u{202E}abc\\u{200B}\\u{FEFF}\\u{D800}"'),
        ("a\u00a0b", '"a\\u{A0}b"'),
        ("::error file=x::y", '":\\u{3A}error file=x:\\u{3A}y"'),
        ("##[error]x ##vso[task]", '"#\\u{23}[error]x #\\u{23}vso[task]"'),
        (":::: ###", '":\\u{3A}\\u{3A}\\u{3A} #\\u{23}\\u{23}"'),
        ("x" * 60, '"' + "x" * 60 + '"'),
        ("x" * 61, '"' + "x" * 60 + '"…'),
    ],
)
def test_shown(raw: str, quoted: str) -> None:
    """Quotes and backslashes are escaped, all that steers or hides is spelled out, and long text is cut."""
    assert text.shown(raw) == quoted


def test_plain_leaves_ordinary_paths_alone() -> None:
    """A file's name stays as it is, unless it would break the message."""
    assert text.visible("specs/bg_fetch.yaml") == "specs/bg_fetch.yaml"
    assert text.visible("C:\\été\\x") == "C:\\été\\x"
    assert text.visible("specs/\n::error::x.yaml") == "specs/\\u{A}:\\u{3A}error:\\u{3A}x.yaml"


@pytest.mark.parametrize(
    ("raw", "given"),
    [
        ("let a = b ## [c]\n\tlet d = e::f\r\n", "let a = b ## [c]\n\tlet d = e::f\r\n"),
        ("x\n \t::error::y", "x\n \t:\\u{3A}error::y"),
        (
            "a ##[error] ##VSO[x] ##teamcity[y] ###[z]",
            "a #\\u{23}[error] #\\u{23}VSO[x] #\\u{23}teamcity[y] ##\\u{23}[z]",
        ),
        ("\x1b[31m\u202e\ud800 a\rb\r", "\\u{1B}[31m\\u{202E}\\u{D800} a\\u{D}b\r"),
        ("été\u00a0::", "été\\u{A0}::"),
    ],
)
def test_harmless_leaves_lines_and_code_alone(raw: str, given: str) -> None:
    """Only what would steer is spelled out; and what is given is given again as it is."""
    assert (text.harmless(raw), text.harmless(given)) == (given, given)


@given(st.text(st.characters()) | st.text(':#[]\n\r "\\\u0085\u2028\x1be\u0301'))
@example("::" * 400)
def test_what_is_shown_cannot_steer_anything(raw: str) -> None:
    """One line, no control and no hidden character, no runner's command, bounded, and distinct texts stay distinct."""
    quoted = text.shown(raw)
    assert (len(quoted.splitlines()), [*text.refused(quoted)]) == (1, [])
    assert not re.search("::|##", quoted)
    assert len(quoted) <= 3 + 60 * len("\\u{10FFFF}")
    body = re.sub(r"\\(?:u\{([0-9A-F]+)\}|(.))", lambda match: chr(int(match[1], 16)) if match[1] else match[2], quoted)
    assert body == f'"{raw[:60]}"' + "…" * (len(raw) > 60)


@given(st.text(st.characters()))
def test_a_problem_points_at_its_character(raw: str) -> None:
    """The index is one of the text's, and text without a problem has none when it is composed."""
    found = text.problem(raw)
    if found is None:
        assert [*text.refused(raw)] == []
        assert text.problem(text.composed(raw)) is None
        assert (text.uncomposed(raw) is None) == unicodedata.is_normalized("NFC", raw)
    else:
        assert 0 <= found[0] < len(raw)
        assert [*text.refused(raw[: found[0]])] == []
