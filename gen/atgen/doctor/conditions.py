"""Conditional compilation: which lines of a text a compiler may see, each choice as a text of its own.

What is left out becomes spaces, so that places stay. What nobody can know from the text (`DEBUG`, `os(tvOS)`) is tried
both ways: all such conditions hold, or none, or just the one without which a branch would never be seen.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_DIRECTIVE = re.compile(rb"^[ \t]*#[ \t]*(ifdef|ifndef|if|elseif|elif|else|endif)\b([^\n]*)", re.MULTILINE)
_NOT_BREAK = re.compile(rb"[^\n\r]")
_PARTS = re.compile(r"&&|\|\||!(?!=)|\(|\)|(?:defined\s*)?\w+(?:\s*\([^()]*\))?(?:\s*[<>=!]=?[^&|()!]+)?|\S")
_VERSION = re.compile(r"(?:swift|compiler)\s*\(\s*(>=|<)\s*(\d+)")
# The oldest Swift that Xcode still builds with in language mode, and the newest that is known.
_OLDEST = 5
# So many names are tried alone, and so long may a condition be; beyond it is code that somebody made to be slow.
_MOST = 6
_LONGEST = 400


def variants(data: bytes) -> list[bytes]:
    """The texts that compilers may see, first the one in which all that is unknown holds."""
    directives = [*_DIRECTIVE.finditer(data)]
    if not directives:
        return [data]
    atoms: set[str] = set()

    def noted(answer: bool) -> Callable[[str], bool]:
        return lambda atom: atoms.add(atom) or answer  # type: ignore[func-returns-value]

    found = [
        text for text in (_chosen(data, directives, noted(answer)) for answer in (True, False)) if text is not None
    ]
    if not found:
        return [data]
    for one in sorted(atoms)[:_MOST]:
        text = _chosen(data, directives, one.__eq__)
        if text is not None:
            found.append(text)
    return [*dict.fromkeys(found)]


def _chosen(data: bytes, directives: list[re.Match[bytes]], holds: Callable[[str], bool]) -> bytes | None:
    """The text for one choice; None where the directives do not match each other."""
    # For each #if that is open: whether the text around it is seen, and whether one of its branches has been.
    stack: list[tuple[bool, bool]] = []
    pieces: list[bytes] = []
    done, seen = 0, True
    for match in directives:
        piece = data[done : match.start()]
        pieces += [piece if seen else _blank(piece), _blank(match[0])]
        done = match.end()
        word, condition = match[1], match[2].decode("utf-8", "replace")
        if word.startswith(b"if"):
            is_true = _holds(_full(word, condition), holds)
            stack.append((seen, is_true))
            seen = seen and is_true
        elif not stack:
            return None
        elif word == b"endif":
            seen, _ = stack.pop()
        else:
            around, taken = stack[-1]
            is_true = not taken and (word == b"else" or _holds(condition, holds))
            stack[-1] = (around, taken or is_true)
            seen = around and is_true
    if stack:
        return None
    return b"".join([*pieces, data[done:]])


def _full(word: bytes, condition: str) -> str:
    """`#ifdef X` as `X`, `#ifndef X` as `!X`."""
    return f"!{condition.strip()}" if word == b"ifndef" else condition


def _blank(data: bytes) -> bytes:
    return _NOT_BREAK.sub(b" ", data)


def _holds(condition: str, holds: Callable[[str], bool]) -> bool:
    """Work out a condition; what is not a condition holds as a whole, if `holds` says so."""
    condition = re.split(r"//|/\*", condition)[0]
    if len(condition) > _LONGEST:
        return holds(condition)
    words: list[str] = []
    for part in _PARTS.findall(condition):
        if part in ("&&", "||", "!", "(", ")"):
            words.append(part)
        else:
            known = _known(part.strip())
            words.append("1" if (holds(_atom(part)) if known is None else known) else "0")
    return _worked_out(words) if words else holds("")


def _worked_out(rest: list[str]) -> bool:
    """Descend into `||`, `&&`, `!` and brackets; the words are used up, and what is missing holds."""

    def either() -> bool:
        value = both()
        while rest and rest[0] == "||":
            rest.pop(0)
            value = both() or value
        return value

    def both() -> bool:
        value = one()
        while rest and rest[0] == "&&":
            rest.pop(0)
            value = one() and value
        return value

    def one() -> bool:
        word = rest.pop(0) if rest else "1"
        if word == "!":
            return not one()
        if word == "(":
            value = either()
            if rest and rest[0] == ")":
                rest.pop(0)
            return value
        return word == "1"

    return either()


def _atom(text: str) -> str:
    """One name for `X`, `defined(X)` and `defined X`."""
    return re.sub(r"^defined\s*\(?\s*(\w+)\s*\)?$", r"\1", text.strip())


def _known(atom: str) -> bool | None:
    """What the text alone decides: constants, and versions of Swift."""
    if atom in ("0", "false", "NO", "FALSE"):
        return False
    if atom in ("1", "true", "YES", "TRUE"):
        return True
    if match := _VERSION.match(atom):
        is_old = int(match[2]) <= _OLDEST
        return is_old if match[1] == ">=" else (False if is_old else None)
    return None
