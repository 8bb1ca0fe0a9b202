"""From a file's bytes to a tree of texts with their places: YAML without what makes YAML dangerous or ambiguous."""

from __future__ import annotations

import codecs
import os
import re
import stat
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from atgen.case import text as texts
from atgen.errors import FileError, Problem, SpecError, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yaml

BYTES = 256 * 1024
EVENTS = 20_000
DEPTH = 16
# So many problems of one file are told: a file of nothing but control characters has 262,144.
PROBLEMS = 20


class Scalar(NamedTuple):
    """A text as it is written, such as `0410501` or `no`; quoted unless plain; a value left out is plain and empty."""

    text: str
    quoted: bool
    line: int
    column: int


class Sequence(NamedTuple):
    """A list; it stands where its first `-` or its `[` does."""

    items: tuple[Node, ...]
    line: int
    column: int


class Mapping(NamedTuple):
    """Keys, no two alike, and their values, in the file's order; it stands where its first key or its `{` does."""

    entries: tuple[tuple[Scalar, Node], ...]
    line: int
    column: int


Node = Scalar | Sequence | Mapping

_KINDS = {
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFSOCK: "a socket",
}
_BEFORE_DIRECTIVE = re.compile(r"(?: *(?:#.*)?\n)*(?=%)")
# JSON's two escapes of a character beyond U+FFFF, which YAML's parsers refuse, or any one escape.
_ESCAPE = re.compile(
    r"\\u([Dd][89ABab][0-9A-Fa-f]{2})\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})"
    r"|\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))",
    re.DOTALL,
)
# What the parsers are shown in place of the two: escapes of as many letters, for private characters, which no text holds.
_HIDING = 0x800
_HIDDEN = re.compile(r"\\uE[0-3][0-9A-F]{2}\\uE[4-7][0-9A-F]{2}")
_PRIVATE = re.compile("[\ue000-\ue3ff][\ue400-\ue7ff]")
# The one-letter escapes (YAML 1.1, section 5.6) of characters that no text may hold.
_LETTERS = dict(zip("0abtvfreNLP", "\0\a\b\t\v\f\r\x1b\x85\u2028\u2029", strict=True))
# What libyaml or PyYAML's own scanner says, in part, and what the writer most likely has to do.
_MENDS = (
    ("mapping values are not allowed", "quote a text that holds a colon, and indent all keys of one level alike"),
    ("sequence entries are not allowed", "begin a list on a line of its own, or quote a text that begins with -"),
    ("expected ':'", "write `key: value`"),
    ("expected key", "indent all keys of one level alike, and quote the whole of a text"),
    ("expected <block end>", "indent all keys of one level alike, and quote the whole of a text"),
    ("expected '-'", "begin all items of a list with `- `, indented alike"),
    ("start any token", "quote a text that begins with @, ` or %"),
    ("end of stream", "close the quotes"),
    ("expected ',' or", "write commas between the values, and close the bracket"),
    ("node content", "quote a text that begins with a bracket or a comma"),
    ("alphabetic or numeric", "quote a text that begins with & or *"),
    ("URI", "quote a text that begins with !"),
    ("escape", r"in double quotes write \\ for a backslash, and each other character as it is"),
    ("hex", r"in double quotes write \\ for a backslash, and each other character as it is"),
)


def load(path: str | os.PathLike[str]) -> Mapping:
    """Read and parse a file; its problems name it as a message may show it."""
    return parse(read(path), texts.visible(os.fspath(path)))


def read(path: str | os.PathLike[str], what: str = "a spec") -> bytes:
    """Read a regular file, `what` says what it should be; of one that is too large, just enough for `parse` to see that."""
    name = texts.visible(os.fspath(path))
    try:
        _check_kind(name, what, os.lstat(path))  # before it is opened, since that alone can set a device going
        with open(path, "rb", opener=open_regular) as file:
            _check_kind(name, what, os.fstat(file.fileno()))  # and after, since it can be another by now
            return file.read(BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: the path holds a NUL, or what the file system cannot encode
        raise FileError(f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}") from error


def parse(data: bytes, name: str) -> Mapping:
    """Build the tree of a file's bytes; SpecError holds, under this name, all that is known to be wrong with it."""
    reading = _Reading()
    root = reading.root(data)
    if root is None or reading.found:
        lines = lines_of(data.decode(errors="replace")) if len(data) <= BYTES else []
        raise SpecError(told([Problem(name, *found).quoting(lines) for found in reading.found]))
    return root


def told(problems: list[Problem]) -> list[Problem]:
    """Cut what is wrong with one file to what anyone reads, lest a hostile file flood a log."""
    problems = sorted(problems)
    if len(problems) > PROBLEMS:
        problems[PROBLEMS:] = [
            problems[PROBLEMS]._replace(message="from here on there is more: mend what is above first")
        ]
    return problems


def _check_kind(name: str, what: str, status: os.stat_result) -> None:
    kind = _KINDS.get(stat.S_IFMT(status.st_mode))
    if kind:
        raise SpecError([Problem(name, 1, 1, f"is {kind}: {what} is a regular file")])


def open_regular(path: str, flags: int) -> int:
    """Open what may not be what it was a moment ago: follow no link, wait for no FIFO, take no terminal."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY)


class _Reading:
    """One file on its way from bytes to a tree; `found` gathers line, column and message of what is wrong."""

    source: str
    hidden: str | None  # the source as the parsers are shown it, if that is another

    def __init__(self) -> None:
        self.found: list[tuple[int, int, str]] = []
        self.blanked = False

    def root(self, data: bytes) -> Mapping | None:
        """Build the tree as far as that goes; None only if something was found."""
        if len(data) > BYTES:
            self._note(1, 1, f"has more than {BYTES:,} bytes: no spec needs so many")
        elif self._decode(data.removeprefix(codecs.BOM_UTF8)):
            documents = self._compose()
            if documents and isinstance(documents[0], Mapping):
                return documents[0]
            if not self.found:
                what = "no list, and no single text" if documents else "and this file is empty"
                place = (documents[0].line, documents[0].column) if documents else (1, 1)
                self._note(*place, f"a spec is keys and values, `key: value`, {what}")
        return None

    def _decode(self, data: bytes) -> bool:
        """Note the characters that may stand nowhere, comments included, and blank them to let the rest be judged."""
        try:
            source = data.decode()
        except UnicodeDecodeError as error:
            self.source = data[: error.start].decode().replace("\r\n", "\n").replace("\r", "\n")
            self._note(
                *self._place(len(self.source)), f"byte 0x{data[error.start]:02X} is not UTF-8: save the file as UTF-8"
            )
            return False
        # With one kind of line break, also at the end, libyaml and PyYAML's own parser count alike.
        source = source.replace("\r\n", "\n")
        self.source = source if source.endswith("\n") else source + "\n"
        refused = list(islice(texts.refused(self.source, lines=True), PROBLEMS + 1))
        if refused:
            self.blanked = True
            characters = list(self.source)
            for index, _ in refused:
                characters[index] = "\n" if characters[index] == "\r" else " "
            self.source = "".join(characters)
            for index, reason in refused:
                self._note(*self._place(index), reason)
        return len(refused) <= PROBLEMS

    def _compose(self) -> list[Node]:
        """Build the documents; a stack of open collections, not recursion, so that no depth can hurt."""
        import yaml  # noqa: PLC0415 (`atgen --help` does without)

        documents: list[Node] = []
        stack: list[tuple[yaml.Event, list[Any]]] = [(yaml.StreamStartEvent(), documents)]
        for event in self._events():
            start, nodes = stack[-1]
            is_key = isinstance(start, yaml.MappingStartEvent) and len(nodes) % 2 == 0
            if isinstance(event, yaml.ScalarEvent):
                nodes.append(self._scalar(event, lines=not is_key))
            elif isinstance(event, yaml.CollectionStartEvent):
                self._check_properties(event)
                if is_key or len(stack) > DEPTH:
                    self._note(
                        *_place(event),
                        "a key is a text" if is_key else f"deeper than {DEPTH} levels: no spec needs so many",
                    )
                    break
                stack.append((event, []))
            elif isinstance(event, yaml.CollectionEndEvent):
                stack.pop()
                stack[-1][1].append(self._collection(start, nodes))
            elif isinstance(event, yaml.AliasEvent):
                self._note(
                    *_place(event),
                    "aliases are not allowed: write the value itself, or quote a text that begins with *",
                )
                nodes.append(Scalar(f"*{event.anchor}", False, *_place(event)))
            elif isinstance(event, yaml.DocumentStartEvent) and documents:
                self._note(*_place(event), "a second document: a file holds one spec")
                break
        return documents

    def _events(self) -> Iterator[yaml.Event]:
        """Yield what YAML's grammar makes of the text, up to the first error or limit."""
        import yaml  # noqa: PLC0415 (`atgen --help` does without)

        if directive := _BEFORE_DIRECTIVE.match(self.source):
            self._note(*self._place(directive.end()), "directives are not allowed: remove this line")
            return
        hidden = _ESCAPE.sub(_hide, self.source) if "\\u" in self.source else self.source
        self.hidden = hidden if hidden != self.source else None
        parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(hidden)
        event, count = yaml.StreamStartEvent(), 0
        try:
            while count < EVENTS:
                event = parser.get_event()
                count += 1
                yield event
                if isinstance(event, yaml.StreamEndEvent):
                    return
            self._note(*_place(event), f"more than {EVENTS:,} values, brackets and the like: no spec needs so many")
        except yaml.MarkedYAMLError as error:
            if "nesting depth" in str(error.problem):
                # Looking ahead, PyYAML 6.0.4's libyaml meets its own limit of 1,000 levels before it tells of our 17th.
                self.source = self.source[: _sure(error.problem_mark).index]
                yield from islice(self._events(), count, None)
            else:
                self._refuse(error)
        except (ValueError, OverflowError):
            # PyYAML's own scanner converts `\UFFFFFFFF`, and a later document's version of 5,000 digits, unchecked.
            self._note(
                *self._place(self._backslash(parser.get_mark().index)),
                "not YAML: no such character, or no such version",
            )

    def _refuse(self, error: yaml.MarkedYAMLError) -> None:
        if self.blanked:
            return  # it may come of a blank that stands for a refused character
        message, mark, begin = str(error.problem), _sure(error.problem_mark), error.context_mark
        index = self._backslash(mark.index) if "escape" in message or "hex" in message else mark.index
        since = f" (since line {begin.line + 1})" if begin and begin.line < mark.line else ""
        mend = next((f": {mend}" for part, mend in _MENDS if part in message), "")
        self._note(*self._place(index), f"not YAML: {message}{since}{mend}")

    def _backslash(self, index: int) -> int:
        """Find where the escape begins that the scanner has come to grief in, one or two characters on."""
        begin = self.source.rfind("\\", max(0, index - 2), index + 1)
        return index if begin < 0 else begin

    def _scalar(self, event: yaml.ScalarEvent, *, lines: bool) -> Scalar:
        """Build the leaf, with its characters checked; `lines` lets LF in."""
        self._check_properties(event)
        first, last = _sure(event.start_mark).index, _sure(event.end_mark).index
        hidden = list(_HIDDEN.finditer(self.hidden, first, last)) if self.hidden else []
        text = self._revealed(event, hidden) if hidden else event.value
        problem = texts.problem(text, lines=lines)
        if problem or hidden:
            written = self.source[first:last]
            escapes = list(islice(_escaped(written), PROBLEMS + 1)) if event.style == '"' else []
            for index, reason in escapes:
                self._note(*self._place(first + index), reason)
            if problem and not escapes:
                there = texts.problem(written, lines=True)
                self._note(*self._place(first + there[0] if there else first), problem[1])
        return Scalar(text, bool(event.style), *_place(event))

    def _revealed(self, event: yaml.ScalarEvent, hidden: list[re.Match[str]]) -> str:
        """Give the leaf's text as it would be had nothing been hidden; other private characters are refused anyway."""
        if event.style == '"':
            return _PRIVATE.sub(lambda pair: _joined(*(ord(half) - _HIDING for half in pair[0])), event.value)
        written = (self.source[slice(*place.span())] for place in hidden)
        return _HIDDEN.sub(lambda _: next(written), event.value)

    def _collection(self, start: yaml.Event, nodes: list[Any]) -> Sequence | Mapping:
        """Build a list, or a mapping from nodes that are keys and values in turns."""
        import yaml  # noqa: PLC0415 (`atgen --help` does without)

        if isinstance(start, yaml.SequenceStartEvent):
            return Sequence(tuple(nodes), *_place(start))
        entries: tuple[tuple[Scalar, Node], ...] = tuple(zip(nodes[::2], nodes[1::2], strict=True))
        lines: dict[str, int] = {}
        for key, _ in entries:
            if key.text == "<<" and not key.quoted:
                self._note(key.line, key.column, "merge keys are not allowed: write the keys themselves")
            elif key.text in lines:
                again = f"the key {texts.shown(key.text)} is in line {lines[key.text]} already: keep one of them"
                self._note(key.line, key.column, again)
            lines.setdefault(key.text, key.line)
        return Mapping(entries, *_place(start))

    def _check_properties(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            self._note(*_place(event), "anchors are not allowed: leave it out, or quote a text that begins with &")
        if event.tag is not None:
            self._note(*_place(event), "tags are not allowed: leave it out, or quote a text that begins with !")

    def _note(self, line: int, column: int, message: str) -> None:
        self.found.append((line, column, message))

    def _place(self, index: int) -> tuple[int, int]:
        return self.source.count("\n", 0, index) + 1, index - self.source.rfind("\n", 0, index)


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = _sure(event.start_mark)
    return mark.line + 1, mark.column + 1


def _sure(mark: yaml.error.Mark | yaml._yaml.Mark | None) -> yaml.error.Mark:
    """Take the mark that parsers always give; PyYAML's types allow none, for events made by hand."""
    return cast("yaml.error.Mark", mark)


def _hide(escape: re.Match[str]) -> str:
    high, low, *_ = escape.groups()
    return "".join(f"\\u{int(half, 16) + _HIDING:04X}" for half in (high, low)) if high else escape[0]


def _joined(high: int, low: int) -> str:
    """Give the character of two halves."""
    return (chr(high) + chr(low)).encode("utf-16", "surrogatepass").decode("utf-16")


def _escaped(written: str) -> Iterator[tuple[int, str]]:
    """Find the escapes that stand for what no text may hold."""
    for escape in _ESCAPE.finditer(written):
        high, low, *codes, letter = escape.groups()
        if high:
            character = _joined(int(high, 16), int(low, 16))
        else:
            character = _LETTERS.get(letter, "") if letter else chr(int(next(filter(None, codes)), 16))
        for _, reason in texts.refused(character, lines=True):
            yield escape.start(), reason
