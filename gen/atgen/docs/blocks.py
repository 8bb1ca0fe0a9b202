"""The blocks of a page: found, with all that is wrong with their markers, and rewritten where their code changed."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from atgen.case.model import Platform
from atgen.case.schema import nearest, one_of
from atgen.case.text import shown, visible
from atgen.docs.markup import MARKUPS
from atgen.docs.styles import STYLES, lay_out
from atgen.errors import Problem, SpecError, lines_of
from atgen.rendering.languages import names
from atgen.rendering.templating import REGIONS
from atgen.resources import locales

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from atgen.docs.markup import Markup
    from atgen.docs.styles import Listing

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
# A comment of any markup, so that one in the wrong form is told, not passed over.
_COMMENT = "(" + "|".join(re.escape(each.opening) for each in MARKUPS) + ")[ \t]*"
_MARKER = re.compile(f"[ \t]*{_COMMENT}(?=atgen:)")
_BEGIN = re.compile(rf"{_COMMENT}atgen:begin(?!\S)")
_WORD = re.compile(r"\S+")
_SUM = re.compile("[0-9a-f]{12}")
# What may be shown beside the regions: the files that are the case's own, under a header of two lines; or all of its files.
WHOLE = ("class", "all")


class State(str, Enum):
    """What a block is: as atgen would write it, as it once wrote it, or changed by someone since."""

    CURRENT = "current"
    STALE = "stale"
    EDITED = "edited"


class Word(NamedTuple):
    """A text of a page and where it stands; line and column count from 1."""

    text: str
    line: int
    column: int


class Wanted(NamedTuple):
    """What a block asks for; without a platform, the case's first."""

    case: str
    languages: tuple[str, ...]
    region: str = "all"
    style: str = "fences"
    locale: str = "en"
    platform: str = ""


class Block(NamedTuple):
    """A block: what it asks for and where its begin marker says so, its marker lines (from 0), and its end's sum."""

    wanted: Wanted
    words: dict[str, Word]
    begin: int
    end: int
    sum: str


class Page(NamedTuple):
    """A page as it was read: a byte order mark if there is one, the lines with their ends, and the blocks."""

    path: str
    markup: Markup
    head: str
    lines: tuple[str, ...]
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        """All of the page."""
        return self.head + "".join(self.lines)


def parse(text: str, path: str, markup: Markup, cases: Collection[str]) -> Page:
    """Find the page's blocks, whose cases must be among these; SpecError has all that is wrong with the markers."""
    head = text[: text.startswith("\ufeff")]
    lines = tuple(_LINE.findall(text.removeprefix(head)))
    reading = _Reading(path, markup, cases)
    bare = _bare(lines)
    if "atgen:" in text:
        for number in markup.prose(bare):
            reading.take(number, bare[number])
    reading.close()
    if reading.problems:
        raise SpecError([each.quoting(bare) for each in reading.problems])
    return Page(path, markup, head, lines, tuple(reading.blocks))


def rewrite(page: Page, listings: Sequence[Sequence[Listing]]) -> tuple[str, tuple[State, ...]]:
    """Make each block's content of its listings, and tell what each block was; a current one keeps its bytes.

    SpecError where it would not be read again as it is written: the markup takes a marker for a part of something else.
    """
    text, states = _rewritten(page, listings)
    if text == page.text:
        return text, states
    try:
        again = parse(text, page.path, page.markup, {block.wanted.case for block in page.blocks})
        is_same = [block.wanted for block in again.blocks] == [block.wanted for block in page.blocks]
        if is_same and set(_rewritten(again, listings)[1]) == {State.CURRENT}:
            return text, states
    except SpecError:
        pass
    message = (
        "what atgen would write here would not be found again: put both markers into one column, after blank lines"
    )
    written = (block for block, state in zip(page.blocks, states, strict=True) if state is not State.CURRENT)
    lines = lines_of(page.text)
    raise SpecError([Problem(page.path, block.begin + 1, 1, message).quoting(lines) for block in written])


def _rewritten(page: Page, listings: Sequence[Sequence[Listing]]) -> tuple[str, tuple[State, ...]]:
    parts: list[str] = []
    states: list[State] = []
    done = 0
    for block, shows in zip(page.blocks, listings, strict=True):
        indent, line_end = _margins(page.lines[block.begin])
        content = _apart(lay_out(block.wanted.style, page.markup.name, shows), page.markup)
        new = [indent + line if line else line for line in content]
        old = _bare(page.lines[block.begin + 1 : block.end])
        states.append(_state(old, new, block.sum))
        if states[-1] is not State.CURRENT:
            parts += page.lines[done : block.begin + 1]
            parts += [line + line_end for line in new]
            end = page.markup.marker(f"end sum={_sum(new)}")
            parts.append(end.join(_margins(page.lines[block.end])))
            done = block.end + 1
    return page.head + "".join([*parts, *page.lines[done:]]), tuple(states)


def _apart(lines: list[str], markup: Markup) -> list[str]:
    """Set the content off from its markers by blank lines, without which it can be part of the comment's own block."""
    return lines if markup.name == "AsciiDoc" else ["", *lines, ""]


def _state(old: list[str], new: list[str], recorded: str) -> State:
    if old == new and recorded == _sum(new):
        return State.CURRENT
    if old == new or recorded == _sum(old) or not (recorded or "".join(old).strip()):
        return State.STALE
    return State.EDITED


def _sum(lines: list[str]) -> str:
    """Digest the content, whatever its line ends, and however far it is moved in as a whole."""
    from hashlib import sha256  # noqa: PLC0415 (start-up time)
    from textwrap import dedent  # noqa: PLC0415

    return sha256(dedent("\n".join(lines)).encode()).hexdigest()[:12]


def _bare(lines: Sequence[str]) -> list[str]:
    return [line.rstrip("\r\n") for line in lines]


def _margins(line: str) -> tuple[str, str]:
    """Split off what a marker's line begins with, and how it ends."""
    return line[: len(line) - len(line.lstrip(" \t"))], line[len(line.rstrip("\r\n")) :]


class _Reading:
    """A page's markers on their way to blocks; what is wrong is noted, and the rest is read as if it were not."""

    def __init__(self, path: str, markup: Markup, cases: Collection[str]) -> None:
        self.problems: list[Problem] = []
        self.blocks: list[Block] = []
        self._path = path
        self._markup = markup
        self._allowed: dict[str, Collection[str]] = {
            "case": cases,
            "languages": names(),
            "region": (*REGIONS, *WHOLE),
            "style": [style for style, markups in STYLES.items() if markup.name in markups],
            "locale": locales(),
            "platform": [platform.value for platform in Platform],
        }
        self._open: tuple[Word, dict[str, Word]] | None = None
        self._overlooked: Word | None = None

    def take(self, number: int, line: str) -> None:
        """Take in a line that is not code."""
        if not (marker := _MARKER.match(line)):
            self._overlook(number, line)
            return
        closing = self._markup.closing
        line = line.rstrip()
        name, *words = (
            Word(word[0], number + 1, word.start() + 1)
            for word in _WORD.finditer(line.removesuffix(closing), marker.end())
        )
        here = Word(name.text, number + 1, marker.start(1) + 1)
        if marker[1] != self._markup.opening:
            self._note(here, f"a marker in {self._markup.name} is written {self._markup.marker('…')}")
        elif closing and not (line.endswith(closing) and line.count(closing) == 1):
            self._note(here, f"a marker is alone on its line, which ends with {closing}")
        elif name.text == "atgen:begin":
            self._begin(here, words)
        elif name.text == "atgen:end":
            self._end(here, words)
        else:
            hint = nearest(name.text.removeprefix("atgen:"), ["begin", "end"]) or "; expected begin or end"
            self._note(here, f"unknown marker {shown(name.text)}{hint}")

    def close(self) -> None:
        """Take in the end of the page."""
        if self._open:
            self._note(self._open[0], "begins a block that does not end; an end in a code block does not count")

    def _overlook(self, number: int, line: str) -> None:
        """Note a begin that is not alone on its line and in no code span: an end may show that it was meant as one."""
        begin = _BEGIN.search(line) if "atgen:begin" in line else None
        if begin and not self._open and line.count("`", 0, begin.start()) % 2 == 0:
            self._overlooked = Word(begin[0], number + 1, begin.start() + 1)

    def _begin(self, here: Word, words: list[Word]) -> None:
        if self._open:
            self._note(here, f"begins inside the block of line {self._open[0].line}: end that one first")
        self._overlooked = None
        values = self._values(words, self._allowed)
        for key in ("case", "languages"):
            if key not in values:
                self._note(here, f"{key} is missing: {self._words(key)}")
        for key, value in values.items():
            if key == "languages":
                self._check_languages(value)
            elif key == "style" and value.text in STYLES and value.text not in self._allowed[key]:
                self._note(value, f"style: {self._markup.name} cannot show {value.text}; it can {self._words(key)}")
            elif value.text not in self._allowed[key]:
                hint = visible(nearest(value.text, self._allowed[key]))
                self._note(value, f"{key}: {shown(value.text)} is not {self._words(key)}{hint}")
        self._open = (here, values)

    def _end(self, here: Word, words: list[Word]) -> None:
        recorded = self._values(words, ["sum"]).get("sum", Word("", 0, 0))
        if recorded.text and not _SUM.fullmatch(recorded.text):
            message = f"sum: {shown(recorded.text)} is no sum of atgen's: undo the edit, or leave the key out"
            self._note(recorded, message)
        if not self._open:
            if self._overlooked:
                self._note(self._overlooked, "a marker is alone on its line: this one begins no block")
                self._overlooked = None
            self._note(here, "ends a block that does not begin")
            return
        begin, values = self._open
        self._open = None
        if not self.problems:
            texts = {key: value.text for key, value in values.items()}
            wanted = Wanted(languages=tuple(texts.pop("languages").split(",")), **texts)
            self.blocks.append(Block(wanted, values, begin.line - 1, here.line - 1, recorded.text))

    def _values(self, words: list[Word], allowed: Collection[str]) -> dict[str, Word]:
        values: dict[str, Word] = {}
        for word in words:
            key, equals, value = word.text.partition("=")
            if not equals or not value:
                self._note(word, f"{shown(word.text)} is not key=value")
            elif key not in allowed:
                self._note(word, f"unknown key {shown(key)}{nearest(key, allowed) or f'; expected {one_of(allowed)}'}")
            elif key in values:
                self._note(word, f"{key} is there already: keep one of them")
            else:
                values[key] = Word(value, word.line, word.column + len(key) + 1)
        return values

    def _check_languages(self, value: Word) -> None:
        column = value.column
        items = value.text.split(",")
        for number, item in enumerate(items):
            word = Word(item, value.line, column)
            if item not in self._allowed["languages"]:
                hint = nearest(item, self._allowed["languages"])
                self._note(word, f"languages: {shown(item)} is not {one_of(self._allowed['languages'])}{hint}")
            elif item in items[:number]:
                self._note(word, f"languages: {item} is there already; name each once")
            column += len(item) + 1

    def _words(self, key: str) -> str:
        """Say what is allowed."""
        if key == "case":
            return "the name of a case; `atgen list` shows them"
        if key == "languages":
            return ", ".join(self._allowed[key]) + ": one or several, with commas between"
        return one_of(self._allowed[key])

    def _note(self, word: Word, message: str) -> None:
        self.problems.append(Problem(self._path, word.line, word.column, message))
