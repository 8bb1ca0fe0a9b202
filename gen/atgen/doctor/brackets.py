"""Which bracket of a text that does not compile has no other half: of texts that the grammars cannot read."""

from __future__ import annotations

import re

from atgen.doctor import lexer
from atgen.doctor.source import Lack

_BRACKET = re.compile(r"[(){}\[\]]")
_CLOSING = {")": "(", "]": "[", "}": "{"}
_UNIT = re.compile(
    r"@(?:(?P<open>implementation|interface)\b|(?P<protocol>protocol)\s+\w+(?!\s*[;,])\b|(?P<end>end)\b)"
)


def lack(data: bytes, *, is_swift: bool) -> Lack | None:
    """The first bracket without its other half."""
    text = data.decode("utf-8", "replace")
    code = (lexer.swift if is_swift else lexer.objc)(text)
    open_: list[int] = []
    for match in _BRACKET.finditer(code):
        if match[0] not in _CLOSING:
            open_.append(match.start())
        elif open_ and code[open_[-1]] == _CLOSING[match[0]]:
            open_.pop()
        else:
            return _at(text, match.start(), match[0])
    return _at(text, open_[-1], code[open_[-1]]) if open_ else None


def unit(data: bytes) -> Lack | None:
    """The first @interface, @implementation or @protocol without its @end."""
    text = data.decode("utf-8", "replace")
    opened: int | None = None
    for match in _UNIT.finditer(lexer.objc(text)):
        if match["end"]:
            opened = None
            continue
        if opened is not None:
            break
        opened = match.start()
    return None if opened is None else _at(text, opened, "@end")


def _at(text: str, place: int, what: str) -> Lack:
    return Lack(len(text[:place].encode("utf-8", "replace")), what)
