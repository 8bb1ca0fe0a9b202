"""What many cases have alike, and the page holds once: passages of text, marks of timelines, whole drawings."""

from __future__ import annotations

from base64 import b32encode
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from atgen.case.code import Code

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence


T = TypeVar("T", bound="Hashable")

# What it takes to name a passage in a text, and where it is written, in bytes; and the same of marks, each of which is as long.
_PASSAGES = 4, 7
_STEPS = 29, 24
_STEP = 29
_SHORTEST = 3


class Passage(NamedTuple):
    """Lines that stand together wherever they are; `heading` is its name and how many they are."""

    heading: Code
    text: str


class Mark(NamedTuple):
    """An event as it is drawn at whatever height: the shape's path and class in the style sheet, and its label."""

    kind: Code
    path: Code
    label: str
    anchor: Code
    x: int
    y: int


class Drawn(NamedTuple):
    """A mark and its name."""

    id: Code
    mark: Mark


class Use(NamedTuple):
    """What is drawn, by its name, and where."""

    id: Code
    y: int


class Steps(NamedTuple):
    """Marks that stand together wherever they are, by name, and where each is below the first."""

    id: Code
    uses: tuple[Use, ...]


@dataclass
class Block:
    """A text of whole lines; `names` are those of its passages, once all texts are known."""

    lines: tuple[str, ...]
    names: Code = field(default_factory=Code)


@dataclass
class Drawing:
    """A timeline's marks; `uses` are those and the steps that draw them, once all drawings are known."""

    marks: tuple[Use, ...]
    uses: tuple[Use, ...] = ()


@dataclass
class Once:
    """Takes in what the page shows, and says what it has to hold for that."""

    blocks: list[Block] = field(default_factory=list)
    marks: dict[Mark, Code] = field(default_factory=dict)
    drawings: list[Drawing] = field(default_factory=list)
    _runs: dict[tuple[object, ...], str] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def block(self, lines: Iterable[str]) -> Block:
        """Take in a text."""
        self.blocks.append(Block(tuple(lines)))
        return self.blocks[-1]

    def mark(self, mark: Mark) -> Code:
        """Take in a mark, and give its name."""
        return self.marks.setdefault(mark, Code("m." + self._name(repr(mark))))

    def run(self, name: str, shape: tuple[object, ...], drawing: Drawing) -> str:
        """Name the first run of this shape; if it is this one, take in its drawing."""
        first = self._runs.setdefault(shape, name)
        if first == name:
            self.drawings.append(drawing)
        return first

    def drawn(self) -> list[Drawn]:
        """Give all marks."""
        return [Drawn(name, mark) for mark, name in self.marks.items()]

    def steps(self) -> list[Steps]:
        """Find marks that many drawings have together, and tell these."""
        tokens = [
            [
                (mark.id, mark.y - before.y)
                for before, mark in zip((each.marks[0], *each.marks), each.marks, strict=False)
            ]
            for each in self.drawings
        ]
        found: dict[tuple[tuple[Code, int], ...], Steps] = {}
        for drawing, parts in zip(self.drawings, _cut(tokens, lambda _: _STEP, *_STEPS), strict=True):
            uses, at = [], 0
            for part in parts:
                marks = drawing.marks[at : at + len(part)]
                first = marks[0]
                at += len(part)
                if len(part) == 1:
                    uses.append(first)
                    continue
                if part not in found:
                    name = Code("s." + self._name(repr(part)))
                    found[part] = Steps(name, tuple(Use(mark.id, mark.y - first.y) for mark in marks))
                uses.append(Use(found[part].id, first.y))
            drawing.uses = tuple(uses)
        return [*found.values()]

    def passages(self) -> list[Passage]:
        """Cut all texts into passages, and name these in their blocks."""
        cut = _cut([block.lines for block in self.blocks], lambda line: len(line.encode()) + 1, *_PASSAGES)
        found: dict[tuple[str, ...], str] = {}
        for block, parts in zip(self.blocks, cut, strict=True):
            for part in parts:
                found[part] = self._name("\n".join(part))
            block.names = Code(" ".join(found[part] for part in parts))
        return [Passage(Code(f"{name} {len(part)}"), "\n".join(part)) for part, name in found.items()]

    def _name(self, text: str) -> str:
        """Name a text by its digest, which stays whatever is added elsewhere, as short as it can be told from others."""
        digest = b32encode(sha256(text.encode()).digest()).decode().lower()
        return next(
            digest[:length]
            for length in range(_SHORTEST, len(digest))
            if self._names.setdefault(digest[:length], text) == text
        )


def _cut(
    texts: Sequence[Sequence[T]], size: Callable[[T], int], naming: int, heading: int
) -> list[list[tuple[T, ...]]]:
    """Cut texts into parts, each to be written once: neighbours are joined while that makes the page smaller."""
    numbers: dict[T, int] = {}
    cut = [[numbers.setdefault(item, len(numbers)) for item in text] for text in texts]
    parts: list[tuple[T, ...]] = [(item,) for item in numbers]
    sizes = [size(item) for item in numbers]
    while True:
        used = Counter(part for text in cut for part in text)
        pairs = Counter(pair for text in cut for pair in pairwise(text))
        gains = {}
        for (one, other), count in pairs.items():
            gone = sum(sizes[part] + heading for part in (one, other) if used[part] == count)
            gain = count * naming + gone - (sizes[one] + sizes[other] + heading)
            if gain > 0 and one != other:
                gains[one, other] = gain
        joined: dict[tuple[int, int], int] = {}
        taken: set[int] = set()
        for pair in sorted(gains, key=lambda pair: (-gains[pair], pair)):
            if taken.isdisjoint(pair):
                taken.update(pair)
                joined[pair] = len(parts)
                parts.append(parts[pair[0]] + parts[pair[1]])
                sizes.append(sizes[pair[0]] + sizes[pair[1]])
        if not joined:
            return [[parts[part] for part in text] for text in cut]
        cut = [_joined(text, joined) for text in cut]


def _joined(text: Sequence[int], pairs: dict[tuple[int, int], int]) -> list[int]:
    """Put one part in the place of each such pair."""
    found: list[int] = []
    for part in text:
        if found and (found[-1], part) in pairs:
            found[-1] = pairs[found[-1], part]
        else:
            found.append(part)
    return found
