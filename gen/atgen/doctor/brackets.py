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
    """The first bracket without its other half; of those that nothing closes, one that another one's end was taken for."""
    text = data.decode("utf-8", "replace")
    code = (lexer.swift if is_swift else lexer.objc)(text)
    open_: list[int] = []
    suspect: int | None = None
    for match in _BRACKET.finditer(code):
        if match[0] not in _CLOSING:
            open_.append(match.start())
        elif open_ and code[open_[-1]] == _CLOSING[match[0]]:
            opener = open_.pop()
            if suspect is None and match[0] == "}" and _is_moved_out(code, opener, match.start()):
                suspect = opener
        else:
            return _at(text, match.start(), match[0])
    if not open_:
        return None
    place = open_[-1] if suspect is None else suspect
    return _at(text, place, code[place])


def _is_moved_out(code: str, opener: int, closer: int) -> bool:
    """Whether a brace stands at the beginning of a line that is less moved in than the one that it would close."""
    own, first = (_indent(code, place) for place in (closer, opener))
    return not code[code.rfind("\n", 0, closer) + 1 : closer].strip() and own < first


def _indent(code: str, place: int) -> int:
    """How far the line of a place is moved in."""
    line = code[code.rfind("\n", 0, place) + 1 : place + 1].expandtabs(4)
    return len(line) - len(line.lstrip())


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
