"""Objective-C: string literals and comments."""

from __future__ import annotations

from atgen.case.text import escaped
from atgen.rendering.languages import Language, Shape, camel


def literal(text: str) -> str:
    r"""An @"…" literal.

    `?` is escaped because of trigraphs; what is not written as it is are the bytes of its UTF-8, as exactly three octal
    digits, since a hexadecimal escape takes every digit that follows and `\u00xx` is an error in C (C17, 6.4.3 and 6.4.4.4).
    """
    quoted = "".join("\\" + char if char in '"\\?' else char for char in text)
    return f'@"{quoted if text.isascii() and text.isprintable() else escaped(quoted, _escape)}"'


def _escape(char: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in char.encode())


def value(value: int) -> str:
    """A number or a boolean in an object."""
    return (
        {True: "@YES", False: "@NO"}[value] if isinstance(value, bool) else f"@({value})" if value < 0 else f"@{value}"
    )


def comment(line: str, mark: str = "//") -> str:
    r"""A line comment; one that would end in `\` or `??/` is closed by //, or it would swallow the next line (C17, 5.1.1.2)."""
    return f"{mark} {line}".rstrip() + (" //" if line.rstrip().endswith(("\\", "?/")) else "")


_SHARED = (("background_hits_header", "{prefix}BackgroundHits.h"), ("background_hits", "{prefix}BackgroundHits.m"))
LANGUAGE = Language(
    "objc",
    "Objective-C",
    Shape((("header", "{class_name}.h"), ("delegate", "{class_name}.m"), *_SHARED), "@property (nonatomic, strong)"),
    # A category holds no properties.
    Shape(
        (
            ("category_header", "{class_name}+BackgroundHits.h"),
            ("category", "{class_name}+BackgroundHits.m"),
            *_SHARED,
        ),
        "static",
        "",
        clashes=True,
    ),
    literal,
    value,
    comment,
    "///",
    "",
    "BOOL NO YES __block __unused __weak class const copy double else for id if in instancetype int int64_t nil nonatomic nullable "
    "readonly return self static strong super void weak while",
    camel,
    ("properties", "declarations", "helpers"),
)
