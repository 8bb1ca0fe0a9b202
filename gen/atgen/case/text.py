"""Which characters a spec's text may hold, and how text that nobody has vetted is quoted in a message."""

from __future__ import annotations

import re
import string
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)
)
# Unicode's Cf and Default_Ignorable_Code_Point, if no other kind names them: soft hyphen, joiners, fillers, variation
# selectors, byte order mark, tags, …
_INVISIBLE = (
    "\u00ad\u034f\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065"
    "\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Python 3.10 has Unicode 13. What came later, up to Unicode 18, and takes part in normalization, with letters between:
_NEWER = (
    "\u05c8\u05c9\u0897-\u089f\u08ca-\u08d2\u0c3c\u1715\u1ac1-\u1af0\u1dfa\U000105c9-\U000105e4\U00010d69-\U00010d6d"
    "\U00010ecb-\U00010eff\U00010f82-\U00010f85\U00011070\U00011382-\U000113d0\U00011f41\U00011f42\U0001611e-\U0001612f"
    "\U00016d63-\U00016d6a\U0001d127\U0001d128\U0001d250-\U0001d281\U0001e08f\U0001e2ae\U0001e4ec-\U0001e6f5"
)
# Spelled out, not asked of `unicodedata`, whose answers change with Python's version: a spec is right on all or none.
# Hence code points that no Unicode assigns are let in, unless Unicode keeps them for invisible characters.
_REFUSED = (
    ("\t", "a tab: write spaces"),
    ("\n", "a line break: this text is one line"),
    ("\r", "a carriage return of its own: end lines with LF or CR LF"),
    ("\x00-\x1f\x7f-\x9f", "a control character: remove it"),
    ("\u2028\u2029", "a Unicode line separator: end lines with LF"),
    (
        "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069",
        "a bidi control, which shows text in another order than the compiler reads: remove it",
    ),
    (_INVISIBLE, "an invisible or format character: remove it"),
    ("\ud800-\udfff", "half of a surrogate pair: write the character itself"),
    (_NONCHARACTERS, "a noncharacter: remove it"),
    ("\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd", "for private use, nothing to other readers: remove it"),
    (_NEWER, "newer than Unicode 13, and not every Python knows how it combines: use another"),
)
_NOT_ASCII = re.compile("[^ -~]")
_NOT_ASCII_LINES = re.compile("[^ -~\n]")
# What is let in, but not as it is into a message: spaces that look like the usual one, and how CI runners' commands
# begin, some anywhere in a line: `::name` (GitHub), `##[name]` (GitHub, Azure), `##vso[name]`, `##teamcity[name]`.
_SPACES = "|[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_STEERING = _SPACES + "|(?<=:):|(?<=#)#"
# A carriage return that ends a line does nothing.
_HIDDEN = re.compile(r"\r(?!\n|\Z)|[^\t\r\n -~]")
# As they begin, `::` also after blanks, and the others also within a line: GitHub's, Azure's and TeamCity's.
_COMMAND = re.compile(r"^\s*::|##(?=\[|vso\[|teamcity\[)", re.MULTILINE | re.IGNORECASE)
_SHOWN = 60
_WIDEST = 160
# As in Unicode's Stream-Safe Text Format (UAX #15, section 13): to sort n marks in a row takes Python a time of n².
_HEAP = re.compile(rb"[^\0]{31}")


def problem(text: str, *, lines: bool = False) -> tuple[int, str] | None:
    """Find the first thing that bars the text from a spec: its index and the reason; `lines` lets LF in."""
    return next(refused(text, lines=lines), None) or (None if text.isascii() else _heap(text))


def refused(text: str, *, lines: bool = False) -> Iterator[tuple[int, str]]:
    """Find each character that may stand in no text: its index and the reason; `lines` lets LF in."""
    if text.isascii() and (text.replace("\n", "") if lines else text).isprintable():
        return
    for match in (_NOT_ASCII_LINES if lines else _NOT_ASCII).finditer(text):
        if _refused_or().match(match[0]):
            reason = next(reason for characters, reason in _REFUSED if re.match(f"[{characters}]", match[0]))
            yield match.start(), f"U+{ord(match[0]):04X} is {reason}"


def escaped(text: str, escape: Callable[[str], str]) -> str:
    """Write what a reader of a program's literal would not see, or not as it is, by `escape`: a character at a time.

    That is what is refused, spaces that look like the usual one, and a mark that would combine with the quote before it.
    """
    from unicodedata import combining  # noqa: PLC0415 (ASCII does without)

    first = escape(text[0]) if combining(text[0]) else ""
    return first + _refused_or(_SPACES).sub(lambda match: escape(match[0]), text[1:] if first else text)


def composed(text: str) -> str:
    """Write text without a problem in its composed form (NFC), on which all Pythons then agree."""
    if text.isascii():
        return text
    from unicodedata import normalize  # noqa: PLC0415 (ASCII does without)

    return normalize("NFC", text)


def uncomposed(text: str) -> tuple[int, str] | None:
    """Find where text without a problem departs from its composed form: the index, and what stands there."""
    right = composed(text)
    if right == text:
        return None
    pairs = enumerate(zip(text, right, strict=False))
    index, old, new = next((index, old, new) for index, (old, new) in pairs if old != new)
    return index, f"U+{ord(old):04X} stands where the composed form (NFC) has U+{ord(new):04X}"


def visible(text: str) -> str:
    r"""Write `\u{HEX}` for whatever could steer a terminal or a CI runner, break the line or pass unseen."""
    if text.isascii() and text.isprintable() and "::" not in text and "##" not in text:
        return text
    return _refused_or(_STEERING).sub(lambda match: f"\\u{{{ord(match[0]):X}}}", text)


def harmless(lines: str) -> str:
    """Escape, as `visible` does, only what would steer a terminal or a CI runner: lines stay lines, and code mostly code."""
    if lines.isascii() and lines.replace("\n", "").isprintable() and "::" not in lines and "##" not in lines:
        return lines
    text = _HIDDEN.sub(lambda match: visible(match[0]), lines)
    return _COMMAND.sub(lambda match: f"{match[0][:-1]}\\u{{{ord(match[0][-1]):X}}}", text)


def shown(text: str) -> str:
    """Quote the text for a message: `visible`, and no more than its first 60 characters."""
    quoted = text[:_SHOWN].replace("\\", "\\\\").replace('"', '\\"')
    return f'"{visible(quoted)}"' + "…" * (len(text) > _SHOWN)


def marked(line: str, number: int, column: int, width: int = 1) -> Iterator[str]:
    """Show a line of a file, with its number and a mark under what is meant, `width` characters from the column on."""
    edge = " " * len(str(number)) + " |"
    before = len(line[: column - 1].expandtabs(4))
    line = line.expandtabs(4)
    # A long line is shown from where the mark is.
    start = max(0, before - _WIDEST // 2) if len(line) > _WIDEST else 0
    there = visible(line[start : start + _WIDEST])
    offset = len(visible(line[start:before]))
    wide = _columns(there[:offset])
    yield edge
    yield f"{number} | {there}"
    yield f"{edge} {' ' * wide}{'^' * max(1, min(width, len(there) - offset))}"


def _columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width  # noqa: PLC0415 (ASCII does without)

    return sum(0 if combining(char) else 1 + (east_asian_width(char) in "WF") for char in text)


def _heap(text: str) -> tuple[int, str] | None:
    from unicodedata import combining  # noqa: PLC0415 (ASCII does without)

    heap = _HEAP.search(bytes(map(combining, text)))
    if not heap:
        return None
    index = heap.end() - 1
    return index, f"U+{ord(text[index]):04X} is one of over 30 combining marks in a row: leave some out"


@cache
def _refused_or(more: str = "") -> re.Pattern[str]:
    """Compile when first needed: most runs need none."""
    return re.compile(f"[{''.join(characters for characters, _ in _REFUSED)}]{more}")


# Sources/StringExtension.swift, percentEncodedString: letters, digits and the backtick stay.
_PLAIN = string.ascii_letters + string.digits + "`"
_ENCODED = tuple(chr(byte) if chr(byte) in _PLAIN else f"%{byte:02X}" for byte in range(256))


def percent_encoded(text: str) -> str:
    """Write the text as a parameter's value (Sources/StringExtension.swift)."""
    return "".join(map(_ENCODED.__getitem__, text.encode()))
