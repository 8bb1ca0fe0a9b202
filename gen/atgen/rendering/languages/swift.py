"""Swift: string literals and comments."""

from __future__ import annotations

from atgen.rendering.languages import Language


def literal(text: str) -> str:
    r"""A plain "…" literal: neither a raw nor a multi-line one, whose rules for \ and indentation differ.

    Source: The Swift Programming Language, Lexical Structure, String Literals.
    """
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if " " <= char <= "~":
        return char
    return f"\\u{{{ord(char):X}}}"


def comment(line: str, mark: str = "//") -> str:
    """A line comment; a block comment nests in Swift, and a text could end it."""
    return f"{mark} {line}".rstrip()


LANGUAGE = Language(
    "swift", "Swift", (("delegate", "{class_name}.swift"),), literal, comment, "///", "$(PRODUCT_MODULE_NAME)."
)
