"""Code as lines of HTML: Pygments' tokens, of which only those that the style sheet colours are wrapped."""

from __future__ import annotations

from html import escape
from importlib.util import find_spec
from typing import TYPE_CHECKING

from atgen.case.code import Code

if TYPE_CHECKING:
    from collections.abc import Iterable

# The names of Pygments' token types, the more special first, and the classes of the style sheet.
_CLASSES = {
    "Comment.Preproc": "k",
    "Comment": "c",
    "Keyword.Type": "t",
    "Keyword": "k",
    "Operator.Word": "k",
    "Literal.String": "s",
    "Literal.Number": "n",
    "Name.Builtin.Pseudo": "k",
    "Name.Builtin": "t",
    "Name.Class": "t",
    "Name.Function": "f",
    "Name.Decorator": "f",
}


def is_there() -> bool:
    """Whether Pygments is installed (the extra `gallery`)."""
    return find_spec("pygments") is not None


def highlighted(text: str, language: str) -> list[Code]:
    """Colour each line of a text that ends with a line feed.

    They come without it, and plain where Pygments is not installed, or knows no such language.
    """
    plain = [Code(escape(line)) for line in text.removesuffix("\n").split("\n")]
    if not is_there():
        return plain
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415 (the extra is optional)
    from pygments.util import ClassNotFound  # noqa: PLC0415

    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return plain
    tokens = ((_class(".".join(kind)), value) for _, kind, value in lexer.get_tokens_unprocessed(text))
    return _lines(tokens)


def _class(kind: str) -> str:
    return next((name for start, name in _CLASSES.items() if f"{kind}.".startswith(f"{start}.")), "")


def _lines(tokens: Iterable[tuple[str, str]]) -> list[Code]:
    """Put the pieces of each line together, those of one class that touch each other as one."""
    done: list[Code] = []
    pieces: list[tuple[str, str]] = []
    for name, value in tokens:
        for number, part in enumerate(value.split("\n")):
            if number:
                done.append(_marked(pieces))
                pieces = []
            if part and pieces and pieces[-1][0] == name:
                pieces[-1] = name, pieces[-1][1] + part
            elif part:
                pieces.append((name, part))
    return [*done, _marked(pieces)] if pieces else done


def _marked(pieces: list[tuple[str, str]]) -> Code:
    return Code("".join(f'<b class="{name}">{escape(part)}</b>' if name else escape(part) for name, part in pieces))
