"""Kinds of values that a spec can hold: each checks a node, describes itself as JSON Schema and in words.

A check reports every problem it finds and returns None where there was one. (Named tuples: they are made in a tenth of a
dataclass's time, which counts at start-up.)
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple, Union

from atgen.case.text import composed, shown, uncomposed
from atgen.case.yamltree import Mapping, Node, Scalar, Sequence
from atgen.errors import Problem, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from enum import Enum

# What YAML 1.1 and 1.2 read as null when it is not quoted: nobody means it as a text.
_NULL = frozenset({"~", "null", "Null", "NULL"})
# What a version of YAML reads as a number when it is not quoted, though not all read the same one.
_NUMBER = re.compile(
    r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?|[-+]?0[xob][0-9a-fA-F_]+|[-+]?\.(?:inf|nan)",
    re.IGNORECASE,
)
# What an editor's YAML parser reads as a boolean, and we as a word.
_BOOLEANS = {"true": True, "false": False}


class Report:
    """Collects the problems of one file, and notes of what was mended; `whole` is what all of it may hold."""

    def __init__(self, file: str, whole: Record | None = None, data: bytes = b"") -> None:
        self.file = file
        self._data = data
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self._whole = whole

    def add(self, node: Node, path: str, message: str) -> None:
        """Notes a problem of the value at `path`, such as `tracker.configuration.site`."""
        prefix = f"{path}: " if path else ""
        self.problems.append(Problem(self.file, node.line, node.column, prefix + message).quoting(self._lines))

    def unknown(self, key: Scalar, path: str, keys: Collection[str]) -> None:
        """Notes a key that is none of those at its place, and where it belongs, or which of those may be meant."""
        places = self._places.get(key.text)
        hint = f"; it belongs {one_of(places)}" if places else nearest(key.text, keys)
        self.add(key, path, f"unknown key {shown(key.text)}{hint or f'; expected {one_of(keys)}'}")

    @cached_property
    def _lines(self) -> list[str]:
        return lines_of(self._data.decode())

    @cached_property
    def _places(self) -> dict[str, list[str]]:
        """Where each key belongs, in words; a file may have thousands of unknown ones."""
        places: dict[str, list[str]] = {}
        for path, _ in rows(self._whole) if self._whole else ():
            place, _, name = path.rpartition(".")
            places.setdefault(name, []).append(f"below {place}" if place else "at the top")
        return places


class Text(NamedTuple):
    """A text; `pattern` is a regular expression that both Python and JSON Schema read, and `what` says it in words.

    `mend` may know more of a text that does not match: what is wrong with it, and how to mend it.
    """

    most: int = 1000
    lines: bool = False
    pattern: str = ""
    what: str = ""
    mend: Callable[[str], str | None] = lambda _: None

    def words(self) -> str:
        """What is allowed."""
        return (
            self.what or ("text, several lines" if self.lines else "text, one line") + f", up to {self.most} characters"
        )

    def check(self, node: Node, path: str, report: Report) -> str | None:
        """The text as it is written, and composed."""
        if not isinstance(node, Scalar):
            report.add(node, path, f"expected {self.words()}, found {_kind(node)}")
        elif not node.text.strip() or (not node.quoted and node.text in _NULL):
            report.add(node, path, f"is empty; expected {self.words()}")
        elif len(node.text) > self.most:
            report.add(node, path, f"has {len(node.text)} characters; expected {self.words()}")
        elif not self.lines and "\n" in node.text:
            report.add(node, path, f"has a line break; expected {self.words()}")
        elif self.pattern and not re.fullmatch(self.pattern, node.text):
            report.add(node, path, self.mend(node.text) or f"{shown(node.text)} is not {self.words()}")
        else:
            if found := uncomposed(node.text):
                report.notes.append(f"{path}: {found[1]}; the text is taken composed")
            return composed(node.text)
        return None

    def json(self) -> dict[str, Any]:
        """As JSON Schema: an editor's YAML parser types what is not quoted, we read it as written."""
        pattern = f"^(?:{self.pattern})$" if self.pattern else r"\S"
        is_let_in = {sample: bool(re.search(pattern, sample)) for sample in ("1", "1.5", "-1", "true")}
        number = "number" if is_let_in["1.5"] else "integer"
        return {
            "type": ["string", *[number] * is_let_in["1"], *["boolean"] * is_let_in["true"]],
            **({"minimum": 0} if is_let_in["1"] and not is_let_in["-1"] else {}),
            "minLength": 1,
            "maxLength": self.most,
            "pattern": pattern if self.lines or self.pattern else r"^[^\n]*\S[^\n]*$",
        }


class Whole(NamedTuple):
    """A whole number from `least` to `most`."""

    least: int
    most: int
    unit: str

    def words(self) -> str:
        """What is allowed."""
        return f"a whole number of {self.unit} from {self.least} to {self.most}"

    def check(self, node: Node, path: str, report: Report) -> int | None:
        """The number; neither quoted nor with a leading zero, which YAML's versions read differently."""
        if not isinstance(node, Scalar):
            report.add(node, path, f"expected {self.words()}, found {_kind(node)}")
        elif (
            node.quoted
            or not re.fullmatch(r"0|[1-9][0-9]{0,8}", node.text)
            or not self.least <= int(node.text) <= self.most
        ):
            report.add(node, path, f"{shown(node.text)} is not {self.words()}")
        else:
            return int(node.text)
        return None

    def json(self) -> dict[str, Any]:
        """As JSON Schema."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class Choice(NamedTuple):
    """One word of several."""

    of: type[Enum]

    def words(self) -> str:
        """What is allowed."""
        return one_of(member.value for member in self.of)

    def check(self, node: Node, path: str, report: Report) -> Enum | None:
        """The member that the word names."""
        if not isinstance(node, Scalar):
            report.add(node, path, f"expected {self.words()}, found {_kind(node)}")
            return None
        values = {member.value: member for member in self.of}
        if node.text not in values:
            report.add(node, path, f"{shown(node.text)} is not {self.words()}{nearest(node.text, values)}")
        return values.get(node.text)

    def json(self) -> dict[str, Any]:
        """As JSON Schema."""
        return {"enum": typed(member.value for member in self.of)}


class Items(NamedTuple):
    """A value alone, or a list of one to `most`, without repetition where they are `distinct`."""

    of: Text | Choice
    most: int
    distinct: bool = False

    def words(self) -> str:
        """What is allowed."""
        return f"{self.of.words()}, or a list of {'them' if self.distinct else f'up to {self.most}'}"

    def check(self, node: Node, path: str, report: Report) -> tuple[Any, ...] | None:
        """The values."""
        if isinstance(node, Scalar):
            value = self.of.check(node, path, report)
            return None if value is None else (value,)
        if not isinstance(node, Sequence):
            report.add(node, path, f"expected {self.words()}, found {_kind(node)}")
            return None
        before = len(report.problems)
        if not node.items:
            report.add(node, path, "is an empty list; leave the key out or name at least one")
        if len(node.items) > self.most and not self.distinct:
            report.add(node.items[self.most], path, f"has {len(node.items)} values; expected {self.words()}")
        values: list[Any] = []
        for number, item in enumerate(node.items):
            value = self.of.check(item, f"{path}[{number}]", report)
            if self.distinct and value is not None and value in values:
                report.add(item, f"{path}[{number}]", "is there already; name each once")
            values.append(value)
        return tuple(values) if len(report.problems) == before else None

    def json(self) -> dict[str, Any]:
        """As JSON Schema."""
        one, distinct = self.of.json(), {"uniqueItems": True} if self.distinct else {}
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1, "maxItems": self.most} | distinct]}


class Key(NamedTuple):
    """One key of a record, and what it is for."""

    value: Kind
    about: str
    required: bool = False


class Record(NamedTuple):
    """Keys and values; no others than these. `rules` says as JSON Schema what the loader checks between the keys."""

    keys: dict[str, Key]
    rules: tuple[dict[str, Any], ...] = ()

    def words(self) -> str:
        """What is allowed."""
        return "the keys " + ", ".join(self.keys)

    def check(self, node: Node, path: str, report: Report) -> dict[str, Any] | None:
        """The values by key, as far as they are right; None where the node has no keys at all."""
        if not isinstance(node, Mapping):
            report.add(node, path, f"expected {self.words()}, found {_kind(node)}")
            return None
        values: dict[str, Any] = {}
        for key, value in node.entries:
            if key.text in self.keys:
                values[key.text] = self.keys[key.text].value.check(value, _dotted(path, key.text), report)
            else:
                report.unknown(key, path, self.keys)
        for name, wanted in self.keys.items():
            if wanted.required and name not in values:
                report.add(node, path, f"{name} is missing: {wanted.value.words()}")
        return values

    def json(self) -> dict[str, Any]:
        """As JSON Schema."""
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {name: {"description": key.about} | key.value.json() for name, key in self.keys.items()},
            "additionalProperties": False,
        }
        required = [name for name, key in self.keys.items() if key.required]
        if required:
            schema["required"] = required
        if self.rules:
            schema["allOf"] = list(self.rules)
        return schema


class Value(NamedTuple):
    """A text, a whole number from -`most` to `most`, true or false: which of them, as it is written says."""

    text: Text
    most: int

    def words(self) -> str:
        """What is allowed."""
        return f"{self.text.words()}; a whole number up to {self.most}; true or false"

    def check(self, node: Node, path: str, report: Report) -> str | int | None:
        """The value; what is not quoted is a number or a boolean where YAML's versions agree that it is."""
        if not isinstance(node, Scalar):
            hint = "write one value, or a key for each"
            if isinstance(node, Mapping):
                inner = next((f"_{key.text}" for key, _ in node.entries), "")
                hint = f"what stands in it has a key of its own: {shown(path.rpartition('.')[2] + inner)}"
            report.add(node, path, f"expected {self.words()}, found {_kind(node)}; {hint}")
            return None
        if node.quoted or not (_NUMBER.fullmatch(node.text) or node.text in _BOOLEANS):
            return self.text.check(node, path, report)
        if node.text in _BOOLEANS:
            return _BOOLEANS[node.text]
        if re.fullmatch(r"0|-?[1-9][0-9]{0,9}", node.text) and abs(int(node.text)) <= self.most:
            return int(node.text)
        report.add(
            node,
            path,
            f"{shown(node.text)} is not a whole number from -{self.most} to {self.most}; quote it, and it is a text",
        )
        return None

    def json(self) -> dict[str, Any]:
        """As JSON Schema."""
        numbers = {"type": "integer", "minimum": -self.most, "maximum": self.most}
        return {"anyOf": [self.text.json() | {"type": "string"}, numbers, {"type": "boolean"}]}


class Table(NamedTuple):
    """One to `most` keys of the file's own choice, and their values."""

    key: Text
    value: Value
    most: int

    def words(self) -> str:
        """What is allowed."""
        return f"up to {self.most} keys ({self.key.words()}), and for each {self.value.words()}"

    def check(self, node: Node, path: str, report: Report) -> dict[str, str | int] | None:
        """The values by key, if all are right."""
        if not isinstance(node, Mapping) or not 0 < len(node.entries) <= self.most:
            found = f"{len(node.entries)} keys" if isinstance(node, Mapping) else _kind(node)
            report.add(node, path, f"expected {self.words()}, found {found}")
            return None
        before = len(report.problems)
        values: dict[str, Any] = {}
        for key, value in node.entries:
            self.key.check(key, path, report)
            values[key.text] = self.value.check(value, _dotted(path, key.text), report)
        return values if len(report.problems) == before else None

    def json(self) -> dict[str, Any]:
        """As JSON Schema."""
        return {
            "type": "object",
            "propertyNames": self.key.json() | {"type": "string"},
            "additionalProperties": self.value.json(),
            "minProperties": 1,
            "maxProperties": self.most,
        }


class OneOf(NamedTuple):
    """One of several records, each told by the key that names it; `records` has them by that key."""

    records: dict[str, Record]

    def words(self) -> str:
        """What is allowed."""
        return "; or ".join(record.words() for record in self.records.values())

    def check(self, node: Node, path: str, report: Report) -> dict[str, Any] | None:
        """The values by key, that of the record among them."""
        if not isinstance(node, Mapping):
            report.add(node, path, f"expected {self.words()}, found {_kind(node)}")
            return None
        named = [key for key, _ in node.entries if key.text in self.records]
        if not named:
            every = {name: key for record in self.records.values() for name, key in record.keys.items()}
            for key, value in node.entries:
                if key.text in every:
                    every[key.text].value.check(value, _dotted(path, key.text), report)
                else:
                    report.unknown(key, path, every)
            report.add(node, path, f"{one_of(self.records)} is missing: it says what is sent")
            return None
        first, *others = named
        for key in others:
            report.add(key, path, f"{key.text} does not go with {first.text}; write one of them")
        mine, rest = self.records[first.text], []
        for key, value in node.entries:
            theirs = [name for name, record in self.records.items() if key.text in record.keys]
            if key in others or key.text in mine.keys or not theirs:
                rest += [] if key in others else [(key, value)]
            else:
                report.add(key, path, f"{key.text} goes with {one_of(theirs)}, and not with {first.text}; leave it out")
        return mine.check(node._replace(entries=tuple(rest)), path, report)

    def json(self) -> dict[str, Any]:
        """As JSON Schema."""
        return {"oneOf": [record.json() for record in self.records.values()]}


class Either(NamedTuple):
    """A single word, or a record."""

    word: str
    record: Record

    def words(self) -> str:
        """What is allowed."""
        return f"{self.word}, or {self.record.words()}"

    def check(self, node: Node, path: str, report: Report) -> Any:  # noqa: ANN401 (the word or the record's values)
        """The word, or the record's values."""
        if isinstance(node, Mapping):
            return self.record.check(node, path, report)
        if isinstance(node, Scalar) and node.text == self.word:
            return self.word
        found = shown(node.text) + nearest(node.text, [self.word]) if isinstance(node, Scalar) else _kind(node)
        report.add(node, path, f"expected {self.words()}, found {found}")
        return None

    def json(self) -> dict[str, Any]:
        """As JSON Schema; an editor that completes the value offers the record's first keys, too."""
        snippet = {"label": next(iter(self.record.keys)), "body": _begun(self.record, count(1))}
        return {"oneOf": [{"const": self.word}, self.record.json() | {"defaultSnippets": [snippet]}]}


class Translated(NamedTuple):
    """A text, or the same one in several languages of people; the first of the locales must be among them."""

    text: Text
    locales: tuple[str, ...]

    def words(self) -> str:
        """What is allowed."""
        return f"{self.text.words()}, or one for each locale: {', '.join(self.locales)}"

    def check(self, node: Node, path: str, report: Report) -> dict[str, Any] | None:
        """The text by locale."""
        first = self.locales[0]
        if not isinstance(node, Mapping):
            return {first: self.text.check(node, path, report)}
        values = self._record("").check(node, path, report)
        if not any(key.text == first for key, _ in node.entries):
            report.add(
                node, path, f"{first} is missing: {self.text.words()}; one text for all, without locales, is enough"
            )
        return values

    def json(self) -> dict[str, Any]:
        """As JSON Schema."""
        return {"oneOf": [self.text.json(), self._record(self.locales[0]).json()]}

    def _record(self, required: str) -> Record:
        return Record(
            {
                name: Key(self.text, f"The text for the locale {name}.", required=name == required)
                for name in self.locales
            }
        )


Kind = Union[Text, Whole, Choice, Items, Record, Value, Table, OneOf, Either, Translated]  # noqa: UP007 (the same, and older checkers read it)


def _begun(record: Record, places: Iterator[int]) -> dict[str, Any]:
    """What has to stand in a record, with the editor's places for what is still to be typed."""
    wanted = {name: key.value for name, key in record.keys.items() if key.required}
    return {
        name: _begun(kind, places) if isinstance(kind, Record) else f"${next(places)}" for name, kind in wanted.items()
    }


def one_of(words: Iterable[str]) -> str:
    """The words as a choice: `a, b or c`."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def nearest(word: str, words: Iterable[str]) -> str:
    """A question that names the likeliest of the words, or nothing."""
    from difflib import get_close_matches  # noqa: PLC0415 (only errors need it)

    close = get_close_matches(word[:100].lower(), list(words))
    return f"; did you mean {close[0]}?" if close else ""


def typed(words: Iterable[str]) -> list[str | bool]:
    """The words as JSON Schema, which is asked once an editor has typed them: those that can be booleans are both."""
    words = list(words)
    return [*words, *(_BOOLEANS[word] for word in words if word in _BOOLEANS)]


def rows(record: Record, path: str = "") -> list[tuple[str, Key]]:
    """Every key below the record with its path, in order: what a table of the schema shows."""
    found: list[tuple[str, Key]] = []
    for name, key in record.keys.items():
        found.append((_dotted(path, name), key))
        inner = key.value.record if isinstance(key.value, Either) else key.value
        several = inner.records.values() if isinstance(inner, OneOf) else [inner]
        for each in several:
            if isinstance(each, Record):
                found += [row for row in rows(each, _dotted(path, name)) if row not in found]
    return found


def _dotted(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _kind(node: Node) -> str:
    if isinstance(node, Mapping):
        return "keys and values"
    return "a list" if isinstance(node, Sequence) else f"the text {shown(node.text)}"


def at(node: Node, *path: str) -> Node:
    """The node of the value that the keys lead to; where one is missing, the last that is there."""
    for name in path:
        found = [value for key, value in node.entries if key.text == name] if isinstance(node, Mapping) else []
        if not found:
            break
        node = found[0]
    return node


def each_of(node: Node) -> tuple[Node, ...]:
    """The nodes of a list's values, or of the one that stands for a list."""
    return node.items if isinstance(node, Sequence) else (node,)
