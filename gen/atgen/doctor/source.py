"""One text with code: where its lines are, what its trees are, and what a name in it stands for."""

from __future__ import annotations

import importlib
import importlib.util
import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from atgen.doctor import conditions
from atgen.doctor.tree import (
    Assign,
    Bind,
    Call,
    Closure,
    Exit,
    File,
    Function,
    Member,
    Name,
    Node,
    Parameter,
    Type,
    mentions,
    walk,
    within,
)
from atgen.errors import AtgenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node as Parsed

_SELVES = frozenset({"self", "weakSelf", "strongSelf", "this", "_self", "wself", "sself", "Self"})
_GRAMMARS = ("tree_sitter", "tree_sitter_swift", "tree_sitter_objc")
# The class that methods of a page stand in which are shown without theirs.
FRAME = "Snippet"


class GrammarsMissingError(AtgenError):
    """What reads code is not installed."""


def require() -> None:
    """Raise GrammarsMissingError if the extra `doctor` is not installed."""
    if any(importlib.util.find_spec(name) is None for name in _GRAMMARS):
        raise GrammarsMissingError(
            "doctor reads code with tree-sitter, which is not here: pip install 'background-hits[doctor]'"
        )


class Lack(NamedTuple):
    """A byte of a text, and what is missing for it."""

    place: int
    what: str


@dataclass
class Source:
    """A file's bytes as UTF-8, or those of a page's block.

    A block's `rows` are the numbers of its lines on the page, and `lacks` what was missing in it and has been added.
    """

    path: str
    data: bytes
    is_swift: bool
    is_page: bool = False
    rows: tuple[int, ...] = ()
    lacks: tuple[Lack, ...] = ()

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer(b"\n", self.data))]

    def line(self, place: int) -> int:
        """The number of the line that a place is on."""
        row = bisect_right(self._starts, place)
        return self.rows[min(row, len(self.rows)) - 1] if self.rows else row

    def column(self, place: int) -> int:
        """Its character in the line, from 1."""
        start = self._starts[bisect_right(self._starts, place) - 1]
        return len(self.data[start:place].decode("utf-8", "replace")) + 1

    def text(self, place: int) -> str:
        """The text of the line that a place is on."""
        start = self._starts[bisect_right(self._starts, place) - 1]
        return self.data[start:].split(b"\n", 1)[0].decode("utf-8", "replace").rstrip("\r")

    @cached_property
    def readings(self) -> list[Reading]:
        """One for each choice of conditional compilation."""
        return [Reading(self, data) for data in conditions.variants(self.data)]


@dataclass
class Reading:
    """What a compiler sees of a source: the tree, and where a name comes from."""

    source: Source
    data: bytes
    file: File = field(init=False)
    root: Parsed = field(init=False)
    is_too_deep: bool = field(init=False)

    def __post_init__(self) -> None:
        language = importlib.import_module(f"atgen.doctor.{'swift' if self.source.is_swift else 'objc'}")
        try:
            self.file, self.root = language.read(self.data)
            self.is_too_deep = False
        except RecursionError:  # code that somebody made so
            self.file, self.root = File(0, len(self.data), ()), language.parser().parse(b"").root_node
            self.is_too_deep = True

    @cached_property
    def errors(self) -> list[int]:
        """Where the grammar could not read on: the outermost places."""
        found: list[int] = [0] if self.is_too_deep else []
        stack = [self.root] if self.root.has_error else []
        while stack:
            node = stack.pop()
            if node.is_error or node.is_missing:
                found.append(node.start_byte)
            else:
                stack += [child for child in node.children if child.has_error or child.is_missing]
        return sorted(found)

    @cached_property
    def parents(self) -> dict[int, Node]:
        """The node around each node, by its identity."""
        return {id(child): node for node in self.nodes for child in node.children()}

    @cached_property
    def nodes(self) -> list[Node]:
        """All of the tree, in order."""
        return [*walk(self.file)]

    def around(self, node: Node) -> Iterator[Node]:
        """The nodes around a node, innermost first."""
        up = self.parents.get(id(node))
        while up is not None:
            yield up
            up = self.parents.get(id(up))

    def owner(self, node: Node) -> str:
        """The name of the type around a node, or ""."""
        return next((up.name for up in self.around(node) if isinstance(up, Type)), "")

    @cached_property
    def functions(self) -> list[Function]:
        """All that have a body."""
        return [node for node in self.nodes if isinstance(node, Function) and node.body is not None]

    @cached_property
    def calls(self) -> list[Call]:
        """All calls, in order."""
        return [node for node in self.nodes if isinstance(node, Call)]

    @cached_property
    def callers(self) -> dict[int, list[Call]]:
        """The calls of each function of this file, by its identity."""
        found: dict[int, list[Call]] = defaultdict(list)
        for call in self.calls:
            function = self.resolve(call)
            if function is not None:
                found[id(function)].append(call)
        return found

    @cached_property
    def kinds(self) -> dict[str, list[str]]:
        """The types' texts of all parameters and variables that have a name."""
        found: dict[str, list[str]] = defaultdict(list)
        for node in self.nodes:
            if isinstance(node, Bind):
                found[node.name].append(node.kind)
            elif isinstance(node, (Function, Closure)):
                for parameter in node.parameters:
                    found[parameter.name].append(parameter.kind)
        return found

    @cached_property
    def types(self) -> dict[str, list[Type]]:
        """The pieces of each type: its declaration, extensions, categories."""
        found: dict[str, list[Type]] = defaultdict(list)
        for node in self.nodes:
            if isinstance(node, Type):
                found[node.name].append(node)
        return found

    @cached_property
    def _methods(self) -> dict[tuple[str, str], list[Function]]:
        found: dict[tuple[str, str], list[Function]] = defaultdict(list)
        for node in self.functions:
            found[self.owner(node), node.name].append(node)
        return found

    def resolve(self, call: Call) -> Function | None:
        """The one function of this file that a call runs: of the file, of its own type, or of a type by its name."""
        if isinstance(call.callee, Name):
            owners = [self.owner(call), ""]
        elif isinstance(call.callee, Member) and isinstance(call.callee.base, Name):
            base = call.callee.base.text
            owners = [self.owner(call)] if base in _SELVES else [base] if base in self.types else []
        else:
            return None
        for owner in owners:
            found = [each for each in self._methods.get((owner, call.name), []) if _fits(each, call)]
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def values(self, name: str, at: Node) -> list[Node | Parameter]:
        """What a variable may stand for at a node: the values that the nearest scope that declares it gives it.

        A parameter where the value comes from elsewhere; empty where nothing here declares it.
        """
        for up in self.around(at):
            if isinstance(up, (Function, Closure)):
                for parameter in up.parameters:
                    if parameter.name == name:
                        return [parameter]
                if found := self._bound(name, *(up.body or ())):
                    return found
            elif isinstance(up, Type):
                if found := self.property(name, up.name):
                    return found
            elif isinstance(up, File):
                return self._bound(name, *up.items)
        return []

    def _bound(self, name: str, *nodes: Node) -> list[Node | Parameter]:
        binds = [node for node in within(*nodes) if isinstance(node, Bind) and node.name == name]
        if not binds:
            return []
        found = [each for bind in binds for each in given(bind)] + [*self._assigned(name, *nodes)]
        return found or [_from_elsewhere(binds[0])]

    def property(self, name: str, owner: str) -> list[Node | Parameter]:
        """What a type's property may stand for; one that is declared in another file, what is assigned to it here."""
        pieces = self.types.get(owner, [])
        names = {name, name.removeprefix("_")}
        binds = [node for piece in pieces for node in piece.members if isinstance(node, Bind) and node.name in names]
        found = [each for bind in binds for each in given(bind)]
        found += [value for each in names for value in self._assigned(each, *pieces)]
        return found or [_from_elsewhere(bind) for bind in binds[:1]]

    def _assigned(self, name: str, *nodes: Node) -> Iterator[Node]:
        for assign in self._assigns.get(name, []) + self._assigns.get(f"_{name}", []):
            if any(node.start <= assign.start < node.end for node in nodes):
                yield assign.value

    @cached_property
    def _assigns(self) -> dict[str, list[Assign]]:
        found: dict[str, list[Assign]] = defaultdict(list)
        for node in self.nodes:
            if isinstance(node, Assign) and variable(node.target):
                found[variable(node.target)].append(node)
        return found

    def reads(self, name: str, at: Node) -> list[Node | Parameter]:
        """The same, for `self.name` too, which is a property whatever else has the name."""
        owner = self.owner(at)
        return self.property(name, owner) if owner else self.values(name, at)

    def accessor(self, node: Node) -> list[Node | Parameter]:
        """What a method returns that is read like a property: `self.tracker`."""
        name = variable(node)
        found = self._methods.get((self.owner(node), name), []) if name else []
        return returned(found[0].body or ()) if len(found) == 1 and not found[0].parameters else []

    def is_changed(self, node: Node) -> bool:
        """Whether something is put into the list or dictionary that a variable holds."""
        name = variable(node)
        return bool(name) and any(
            isinstance(each, Assign) and not variable(each.target) and any(True for _ in mentions(name, each.target))
            for each in self.nodes
        )

    def origin(self, node: Node) -> list[Node | Parameter]:
        """What an expression stands for: itself, or the values of the variable that it is."""
        if isinstance(node, Name):
            return self.values(node.text, node) or [node]
        if isinstance(node, Member) and isinstance(node.base, Name) and node.base.text in _SELVES:
            return self.reads(node.name, node) or [node]
        if isinstance(node, Member) and isinstance(node.base, Name) and node.base.text in self.types:
            return self.property(node.name, node.base.text) or [node]
        return [node]


def variable(node: Node) -> str:
    """The name of `x`, `self.x` and `self->x`, or ""."""
    if isinstance(node, Name):
        return node.text
    if isinstance(node, Member) and isinstance(node.base, Name) and node.base.text in _SELVES:
        return node.name
    return ""


def _from_elsewhere(bind: Bind) -> Parameter:
    """What is declared here, and gets its value elsewhere."""
    return Parameter(None, bind.name, bind.kind, bind.start)


def given(bind: Bind) -> list[Node | Parameter]:
    """A computed property stands for what it returns, a lazy one for what its closure does."""
    if bind.body:
        return returned(bind.body)
    if isinstance(bind.value, Call) and isinstance(bind.value.callee, Closure):
        return returned(bind.value.callee.body)
    return [bind.value] if bind.value is not None else []


def returned(body: tuple[Node, ...]) -> list[Node | Parameter]:
    """What a body gives back: of each `return`, or its only expression."""
    found: list[Node | Parameter] = [
        node.value for node in within(*body) if isinstance(node, Exit) and node.kind == "return" and node.value
    ]
    return found or ([body[0]] if len(body) == 1 else [])


def _fits(function: Function, call: Call) -> bool:
    """Whether the arguments are those of the parameters; a trailing closure has lost its label."""
    if len(function.parameters) != len(call.arguments):
        return False
    return all(
        argument.label == parameter.label or (argument.label is None and isinstance(argument.value, Closure))
        for parameter, argument in zip(function.parameters, call.arguments, strict=True)
    )
