"""Swift: string literals and comments."""

from __future__ import annotations

from atgen.case.text import escaped
from atgen.rendering.languages import Language, Shape, camel


def literal(text: str) -> str:
    r"""A plain "…" literal: neither a raw nor a multi-line one, whose rules for \ and indentation differ.

    Source: The Swift Programming Language, Lexical Structure, String Literals.
    """
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted if text.isascii() and text.isprintable() else escaped(quoted, _escape)}"'


def _escape(char: str) -> str:
    return f"\\u{{{ord(char):X}}}"


def value(value: int) -> str:
    """A number or a boolean."""
    return str(value).lower()


def comment(line: str, mark: str = "//") -> str:
    """A line comment; a block comment nests in Swift, and a text could end it."""
    return f"{mark} {line}".rstrip()


_SHARED = ("background_hits", "{prefix}BackgroundHits.swift")
LANGUAGE = Language(
    "swift",
    "Swift",
    Shape((("delegate", "{class_name}.swift"), _SHARED), "private lazy var"),
    # An extension holds no properties but static ones, which are made when they are first used, too.
    Shape((("extension", "{class_name}+BackgroundHits.swift"), _SHARED), "private static let", "Self."),
    literal,
    value,
    comment,
    "///",
    "$(PRODUCT_MODULE_NAME).",
    "as async await case catch class convenience default do else extension false final for func guard if import in init is lazy let "
    "nil nonisolated override private public return self static super switch throws true try unsafe var weak where",
    camel,
    ("properties", "helpers"),
)
