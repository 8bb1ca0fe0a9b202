"""Code as rules see it: one small tree for Swift and for Objective-C, made from the grammars' trees.

A message `[a b:c d:e]` is the call `a.b(c, d: e)`; casts, `try` and unwrapping are left out, since no rule asks for them.
Places are bytes of the text; `broken` is a piece of code in which the grammar could not read something.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(eq=False)
class Node:
    """A piece of code, from its first byte to the one after its last."""

    start: int
    end: int

    def children(self) -> Iterator[Node]:
        """The pieces that it is made of, in the order in which they run."""
        return iter(())


@dataclass(eq=False)
class Name(Node):
    """A variable, a type, `self`."""

    text: str


@dataclass(eq=False)
class Member(Node):
    """`base.name`; a Swift `.name` has no base."""

    base: Node | None
    name: str

    def children(self) -> Iterator[Node]:  # noqa: D102
        if self.base:
            yield self.base


@dataclass(eq=False)
class Text(Node):
    """A string literal, as it is written between its quotes; None where something is put into it."""

    value: str | None
    parts: tuple[Node, ...] = ()

    def children(self) -> Iterator[Node]:  # noqa: D102
        return iter(self.parts)


@dataclass(eq=False)
class Nil(Node):
    """`nil`, `NULL`."""


@dataclass(eq=False)
class Argument(Node):
    """An argument of a call, a pair of a dictionary (the key is then a node)."""

    label: str | None
    value: Node

    def children(self) -> Iterator[Node]:  # noqa: D102
        yield self.value


@dataclass(eq=False)
class Call(Node):
    """A call or a message; a trailing closure is an argument like others. `name` is the last part of what is called."""

    callee: Node
    arguments: tuple[Argument, ...]
    is_message: bool = False
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = self.callee.text if isinstance(self.callee, Name) else getattr(self.callee, "name", "")

    @property
    def base(self) -> Node | None:
        """What it is called on."""
        return self.callee.base if isinstance(self.callee, Member) else None

    @property
    def labels(self) -> tuple[str | None, ...]:
        """The arguments' labels; Objective-C's first is part of the name."""
        return tuple(each.label for each in self.arguments)

    def argument(self, *labels: str | None) -> Node | None:
        """The value of the first argument that has one of the labels."""
        return next((each.value for each in self.arguments if each.label in labels), None)

    def closures(self) -> Iterator[Closure]:
        """The closures among its arguments."""
        for each in self.arguments:
            if isinstance(each.value, Closure):
                yield each.value

    def children(self) -> Iterator[Node]:  # noqa: D102
        yield self.callee
        yield from self.arguments


@dataclass(eq=False)
class Parameter:
    """A parameter: how it is called outside and inside, and its type's text."""

    label: str | None
    name: str
    kind: str
    start: int


@dataclass(eq=False)
class Closure(Node):
    """A closure or a block."""

    parameters: tuple[Parameter, ...]
    body: tuple[Node, ...]
    attributes: frozenset[str] = frozenset()
    broken: bool = False

    def children(self) -> Iterator[Node]:  # noqa: D102
        return iter(self.body)


@dataclass(eq=False)
class Literal(Node):
    """A list, or a dictionary whose keys are texts."""

    items: tuple[Argument, ...]
    is_dictionary: bool
    has_other_keys: bool = False

    def children(self) -> Iterator[Node]:  # noqa: D102
        return iter(self.items)


@dataclass(eq=False)
class Other(Node):
    """Anything else, by its kind: an operator's sign, `await`, `number` and so on."""

    kind: str
    parts: tuple[Node, ...] = ()

    def children(self) -> Iterator[Node]:  # noqa: D102
        return iter(self.parts)


@dataclass(eq=False)
class Bind(Node):
    """A declared variable or property; `body` is that of a computed one."""

    name: str
    kind: str
    value: Node | None
    body: tuple[Node, ...] = ()
    attributes: frozenset[str] = frozenset()

    def children(self) -> Iterator[Node]:  # noqa: D102
        if self.value:
            yield self.value
        yield from self.body


@dataclass(eq=False)
class Assign(Node):
    """`target = value`."""

    target: Node
    value: Node

    def children(self) -> Iterator[Node]:  # noqa: D102
        yield self.value
        yield self.target


@dataclass(eq=False)
class If(Node):
    """`if`, `guard` (which has nothing to do where its condition holds), `?:`; `condition` is its text."""

    condition: str
    heads: tuple[Node, ...]
    then: tuple[Node, ...]
    otherwise: tuple[Node, ...] = ()

    def children(self) -> Iterator[Node]:  # noqa: D102
        yield from self.heads
        yield from self.then
        yield from self.otherwise


@dataclass(eq=False)
class Switch(Node):
    """The bodies of the cases; `falls` as in C, `whole` where some case is always taken; `names` that patterns bind."""

    subject: tuple[Node, ...]
    cases: tuple[tuple[Node, ...], ...]
    whole: bool
    falls: bool
    names: frozenset[str] = frozenset()

    def children(self) -> Iterator[Node]:  # noqa: D102
        yield from self.subject
        for each in self.cases:
            yield from each


@dataclass(eq=False)
class Loop(Node):
    """A loop; `names` are those that it binds."""

    heads: tuple[Node, ...]
    body: tuple[Node, ...]
    names: tuple[str, ...] = ()

    def children(self) -> Iterator[Node]:  # noqa: D102
        yield from self.heads
        yield from self.body


@dataclass(eq=False)
class Exit(Node):
    """`return`, `throw`, `break`, `continue`."""

    kind: str
    value: Node | None = None

    def children(self) -> Iterator[Node]:  # noqa: D102
        if self.value:
            yield self.value


@dataclass(eq=False)
class Try(Node):
    """A body that may throw, what catches, and what runs at the end of both."""

    body: tuple[Node, ...]
    catches: tuple[tuple[Node, ...], ...]
    last: tuple[Node, ...] = ()

    def children(self) -> Iterator[Node]:  # noqa: D102
        yield from self.body
        for each in self.catches:
            yield from each
        yield from self.last


@dataclass(eq=False)
class Defer(Node):
    """What runs when its scope is left."""

    body: tuple[Node, ...]

    def children(self) -> Iterator[Node]:  # noqa: D102
        return iter(self.body)


@dataclass(eq=False)
class Function(Node):
    """A function or method; `body` is None where it is only declared. A message's first part is its name."""

    name: str
    parameters: tuple[Parameter, ...]
    body: tuple[Node, ...] | None
    attributes: frozenset[str] = frozenset()
    broken: bool = False
    place: int = 0

    @property
    def labels(self) -> tuple[str | None, ...]:
        """The parameters' labels; Objective-C's first is part of the name."""
        return tuple(each.label for each in self.parameters)

    def children(self) -> Iterator[Node]:  # noqa: D102
        return iter(self.body or ())


@dataclass(eq=False)
class Type(Node):
    """A class, a struct, an extension, an @implementation, an @interface."""

    kind: str
    name: str
    above: tuple[str, ...]
    members: tuple[Node, ...]
    attributes: frozenset[str] = frozenset()

    def children(self) -> Iterator[Node]:  # noqa: D102
        return iter(self.members)


@dataclass(eq=False)
class File(Node):
    """All of a text; `imports` maps each module or header to its place."""

    items: tuple[Node, ...]
    imports: dict[str, int] = field(default_factory=dict)

    def children(self) -> Iterator[Node]:  # noqa: D102
        return iter(self.items)


def walk(*nodes: Node) -> Iterator[Node]:
    """Each node and all within it, outer ones first, in order."""
    stack = [*reversed(nodes)]
    while stack:
        node = stack.pop()
        yield node
        stack += reversed([*node.children()])


def within(*nodes: Node) -> Iterator[Node]:
    """The same without what is in closures, functions and types of their own."""
    stack = [*reversed(nodes)]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (Closure, Function, Type)):
            stack += reversed([*node.children()])


def chain(node: Node | None) -> tuple[str, ...]:
    """The names of `a.b().c`, first to last; "" stands for what has no name."""
    names: list[str] = []
    while node is not None:
        if isinstance(node, Call):
            node = node.callee
        elif isinstance(node, Member):
            names.append(node.name)
            node = node.base
            if node is None:
                names.append("")
        elif isinstance(node, Name):
            names.append(node.text)
            break
        else:
            names.append("")
            break
    return tuple(reversed(names))


def mentions(name: str, *nodes: Node) -> Iterator[Name]:
    """Each place where a variable is named."""
    for node in walk(*nodes):
        if isinstance(node, Name) and node.text == name:
            yield node
