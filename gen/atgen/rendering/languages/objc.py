"""Objective-C: string literals and comments."""

from __future__ import annotations

from atgen.rendering.languages import Language


def literal(text: str) -> str:
    r"""An @"…" literal of ASCII characters only.

    `?` is escaped because of trigraphs; other bytes of the UTF-8 are exactly three octal digits, since a hexadecimal
    escape takes every digit that follows and `\u00xx` is an error in C (C17, 6.4.3 and 6.4.4.4).
    """
    return '@"' + "".join(map(_escaped, text.encode())) + '"'


def _escaped(byte: int) -> str:
    char = chr(byte)
    if char in '"\\?':
        return "\\" + char
    if " " <= char <= "~":
        return char
    return f"\\{byte:03o}"


def comment(line: str, mark: str = "//") -> str:
    r"""A line comment; one that would end in `\` or `??/` is closed by //, or it would swallow the next line (C17, 5.1.1.2)."""
    return f"{mark} {line}".rstrip() + (" //" if line.rstrip().endswith(("\\", "?/")) else "")


LANGUAGE = Language(
    "objc", "Objective-C", (("header", "{class_name}.h"), ("delegate", "{class_name}.m")), literal, comment, "///", ""
)
