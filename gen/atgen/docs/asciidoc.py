"""Which lines of an AsciiDoc page are comments or prose, and not taken as they are.

After Asciidoctor 2.0, `parser.rb` (next_block, build_block) and `reader.rb` (read_lines_until).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DELIMITER = re.compile(r"(?:-{4,}|\.{4,}|\+{4,}|/{4,}|={4,}|\*{4,}|_{4,}|--|[|,:!]={3,}|(```)[^`\s]*)$")
_ATTRIBUTES = re.compile(r"\[(?:|[\w.#%,\"'].*|\[(?:|[^\W\d:.][^\]]*)\])\]$")
_STYLE = re.compile(r"\[\s*([^\s\[,#.%=\]]*)\s*(?=[,#.%\]])")
# Styles that make a paragraph, an open block, or for verse a quotation, verbatim.
_STYLES = frozenset({"source", "listing", "literal", "verse"})
# With these, a paragraph that is moved in is none of code.
_PROSE_STYLES = frozenset(
    "quote pass example sidebar abstract normal NOTE TIP IMPORTANT WARNING CAUTION".split()  # noqa: SIM905 (one word each)
)
_METADATA = re.compile(r"\.[^\s.].*|:[\w!-]+:(?:\s.*)?$|//(?!/)")
_SECTION = re.compile(r"={1,6}\s+\S")
_UNDERLINE = re.compile(r"(?:=+|-+|~+|\^+|\++)$")
_ITEM = re.compile(
    r"\s*(?:\*{1,5}|-|\.{1,5}|\d+\.|[a-zA-Z]\.|[ivxIVX]+\)|<(?:\d+|\.)>)\s+\S|(?!//).*?(?::{2,4}|;;)(?:\s|$)"
)
_DESCRIBED = re.compile(r".*?(?::{2,4}|;;)\s+\S")
_ONE_LINE = re.compile(r"'''$|---$|\*\*\*$|\w+::\S*\[.*\]$")


def prose(lines: Sequence[str]) -> Iterator[int]:  # noqa: C901, PLR0912 (one branch a kind of line, in Asciidoctor's order)
    """Give the indexes of the lines that are taken for what they begin with."""
    ends: list[tuple[str, str]] = []  # of open blocks, the outermost first, and what each holds
    style = ""
    paragraph = ""  # what the one under way holds
    in_list = False
    bare = [line.rstrip() for line in lines]
    for number, line in enumerate(bare):
        if paragraph == "described":
            paragraph = "literal" if line[:1].isspace() else "prose"
        outer = next((depth for depth, (end, _) in enumerate(ends) if end == line), None)
        if outer is not None:
            del ends[outer:]
            style, paragraph, in_list = "", "", False
        elif ends and ends[-1][1] != "blocks":
            if ends[-1][1] == "cells":
                yield number
        elif not line or (line == "+" and (in_list or paragraph)):
            paragraph = ""
            style = "" if in_list else style
        elif paragraph == "title":
            paragraph = ""
        elif paragraph == "verbatim" or (paragraph and not _begins(line) and not (in_list and _ITEM.match(line))):
            if paragraph == "prose" and not line[0].isspace():
                yield number
        elif _ATTRIBUTES.match(line):
            paragraph = ""
            named = _STYLE.match(line)
            style = named[1] if named and (named[1] or line[1] == ",") else style
        elif delimiter := _DELIMITER.match(line):
            ends.append((delimiter[1] or line, _held(line, style)))
            style, paragraph, in_list = "", "", False
        elif _METADATA.match(line):
            if style != "comment":
                yield number
        elif not ends and _is_title(line, bare[number + 1 : number + 2]):
            yield number
            style, paragraph, in_list = "", "" if _SECTION.match(line) else "title", False
        elif style not in _STYLES and _ITEM.match(line):
            yield number
            style, paragraph, in_list = "", "described" if _DESCRIBED.match(line) else "prose", True
        elif style in _STYLES or (style == "comment" and not _ONE_LINE.match(line)):
            paragraph, style = "verbatim" if style in _STYLES else "comment", ""
        elif line[0].isspace() and style not in _PROSE_STYLES:
            paragraph, style = "literal", ""
        else:
            yield number
            paragraph, style = "" if _ONE_LINE.match(line) else "prose", ""


def _is_title(line: str, below: Sequence[str]) -> bool:
    if _SECTION.match(line):
        return True
    is_underlined = bool(below and _UNDERLINE.match(below[0])) and abs(len(line) - len(below[0])) <= 1
    return is_underlined and line[0] != "." and bool(re.search(r"\w", line))


def _begins(line: str) -> bool:
    """Whether the line ends the paragraph before it."""
    return bool(_ATTRIBUTES.match(line) or _DELIMITER.match(line))


def _held(delimiter: str, style: str) -> str:
    if delimiter == "--":
        return "text" if style in _STYLES or style in {"pass", "comment"} else "blocks"
    if delimiter[0] == "_":
        return "text" if style == "verse" else "blocks"
    if delimiter.endswith("==="):
        return "blocks" if delimiter[0] == "=" else "cells"
    return "blocks" if delimiter[0] == "*" else "text"
