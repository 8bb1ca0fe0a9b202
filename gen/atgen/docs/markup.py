"""The markup of a page: what its comments look like, and which of its lines are code, where a marker is only shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Markup(NamedTuple):
    """A markup by the endings of its files; `prose` gives the indexes of the lines on which a marker counts."""

    name: str
    endings: tuple[str, ...]
    opening: str
    closing: str
    prose: Callable[[Sequence[str]], Iterator[int]]

    def marker(self, words: str) -> str:
        """Write the words as a comment."""
        return f"{self.opening} atgen:{words} {self.closing}".rstrip()


# What follows is CommonMark 0.31, sections 4.4 to 4.6 and 5.2, as far as it decides what is code; and the containers of
# Python-Markdown and of GitHub whose content is moved in by four: admonitions, tabs, footnotes, definitions.
_FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")
_ITEM = re.compile(r"([-+*]|([0-9]{1,9})[.)])(?:( +)(?=[^ ])|$)")
_MOVED_IN = re.compile(r"""(?:!!!|\?\?\?\+?|===[!+]?) +[\w"]|\[\^[^\]]+\]:|:(?: {1,3})(?=[^ ])""")
_RAW = re.compile(r"<(pre|script|style|textarea)(?=[ >]|$)", re.IGNORECASE)
_OTHER_BLOCK = re.compile(r"#{1,6}(?: |$)|>")
_INDENTED_CODE = 4
_DEEPEST = 50


class _Markdown:
    """Follows the blocks of a Markdown page, line by line."""

    def __init__(self, *, is_mdx: bool) -> None:
        self._is_mdx = is_mdx
        # The column from which on a line belongs to each open list item or the like.
        self._columns: list[int] = []
        # What ends the fence, or the raw HTML, under way.
        self._end: re.Pattern[str] | None = None
        self._in_paragraph = False
        # A list item without text on its line; a blank line after it ends it.
        self._is_empty_item = False

    def is_prose(self, line: str) -> bool:
        """Whether a marker on this line counts; takes the line in."""
        line = line.expandtabs(4).rstrip()
        indent = len(line) - len(line.lstrip(" "))
        if self._end:
            base = self._base()
            if not line or indent >= base:
                # A fence may be moved in by three more at its end; raw HTML ends anywhere in a line.
                if self._end.search(line[base:]):
                    self._end = None
                return False
            self._end = None
        if not line:
            if self._is_empty_item:
                self._columns.pop()
            self._in_paragraph = self._is_empty_item = False
            return False
        self._is_empty_item = False
        return self._is_block(line, indent)

    def _is_block(self, line: str, indent: int) -> bool:
        depth = sum(1 for column in self._columns if column <= indent)
        base = self._columns[depth - 1] if depth else 0
        is_inside = depth == len(self._columns)
        is_deep = indent - base >= _INDENTED_CODE and not self._is_mdx
        if self._in_paragraph and (is_deep or not (is_inside or self._begins(line[indent:], is_item=True))):
            return False
        if not is_inside:
            self._in_paragraph = False
        del self._columns[depth:]
        return not is_deep and self._enter(line, indent)

    def _enter(self, line: str, indent: int) -> bool:
        """Open the containers that the line opens, then what stands in the innermost."""
        rest = line[indent:]
        while len(self._columns) < _DEEPEST:
            rest = line[indent:]
            if indent - self._base() >= _INDENTED_CODE and not self._is_mdx:
                return False
            item = None if _is_rule(rest) else _ITEM.match(rest)
            if not item or (self._in_paragraph and not _interrupts(item)):
                break
            self._in_paragraph = False
            after = indent + len(item[1])
            spaces = len(item[3] or "")
            self._columns.append(after + (spaces if 1 <= spaces <= _INDENTED_CODE else 1))
            if not spaces:
                self._is_empty_item = True
                return False
            indent = after + spaces
        self._open(rest, indent)
        return True

    def _open(self, rest: str, indent: int) -> None:
        if fence := _FENCE.match(rest):
            mark = fence[1] or fence[2]
            self._end = re.compile(rf"^ {{0,{'' if self._is_mdx else 3}}}{mark[0]}{{{len(mark)},}} *$")
        elif self._is_mdx and rest.startswith("{/*"):
            self._end = None if "*/}" in rest else re.compile(r"\*/\}")
        elif not self._is_mdx and rest.startswith("<!--"):
            self._end = None if "-->" in rest else re.compile("-->")
        elif not self._is_mdx and (raw := _RAW.match(rest)):
            end = re.compile("</(?:pre|script|style|textarea)>", re.IGNORECASE)
            self._end = None if end.search(rest, raw.end()) else end
        elif _MOVED_IN.match(rest):
            self._columns.append(indent + 4)
        self._in_paragraph = not self._begins(rest, is_item=False)

    def _begins(self, rest: str, *, is_item: bool) -> bool:
        """Whether the text begins a block that ends a paragraph."""
        raw = rest.startswith("{/*") if self._is_mdx else rest.startswith("<!--") or _RAW.match(rest)
        return bool(
            raw
            or _FENCE.match(rest)
            or _is_rule(rest)
            or _OTHER_BLOCK.match(rest)
            or _MOVED_IN.match(rest)
            or (is_item and _ITEM.match(rest))
        )

    def _base(self) -> int:
        return self._columns[-1] if self._columns else 0


def _is_rule(rest: str) -> bool:
    """Whether the text is a thematic break: three or more of a character, with any spaces between."""
    marks = rest.replace(" ", "") if rest[:1] in {"-", "*", "_"} else ""
    return len(marks) > 2 and not marks.strip(rest[0])  # noqa: PLR2004 (CommonMark's own number)


def _interrupts(item: re.Match[str]) -> bool:
    """Whether the list item may follow a paragraph without a blank line: it has text, and its number, if any, is 1."""
    return bool(item[3]) and int(item[2] or 1) == 1


def _markdown(lines: Sequence[str]) -> Iterator[int]:
    page = _Markdown(is_mdx=False)
    return (number for number, line in enumerate(lines) if page.is_prose(line))


def _mdx(lines: Sequence[str]) -> Iterator[int]:
    page = _Markdown(is_mdx=True)
    return (number for number, line in enumerate(lines) if page.is_prose(line))


def _restructured_text(lines: Sequence[str]) -> Iterator[int]:
    from atgen.docs import restructured  # noqa: PLC0415 (Markdown needs none of it)

    return restructured.prose(lines)


def _asciidoc(lines: Sequence[str]) -> Iterator[int]:
    from atgen.docs import asciidoc  # noqa: PLC0415 (same)

    return asciidoc.prose(lines)


MARKUPS = (
    Markup("Markdown", (".md", ".markdown"), "<!--", "-->", _markdown),
    Markup("MDX", (".mdx",), "{/*", "*/}", _mdx),
    Markup("reStructuredText", (".rst",), "..", "", _restructured_text),
    Markup("AsciiDoc", (".adoc", ".asciidoc", ".asc"), "//", "", _asciidoc),
)
ENDINGS = {ending: markup for markup in MARKUPS for ending in markup.endings}
