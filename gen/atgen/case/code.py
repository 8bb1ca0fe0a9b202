"""Text that may stand in a program as it is, told from text that may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Code(str):
    """A piece of a program: made by a language's own functions and by our templates, never from a spec's text."""

    __slots__ = ()


class Block(str):
    """Lines of code that still want their place: a template prints them through `indent` only."""

    __slots__ = ()


def join(parts: Iterable[str]) -> Code:
    """The concatenation of pieces that are code already (what a template printed)."""
    return Code("".join(parts))


def printed(value: object) -> Code:
    """The value, if a template may print it; a forgotten escape raises TypeError."""
    if type(value) is Code:
        return value
    raise TypeError(f"a template printed {type(value).__name__} that no filter made into code: {value!r}")
