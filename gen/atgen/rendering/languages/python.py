"""Python: string literals and comments."""

from __future__ import annotations

from atgen.rendering.languages import Language, Shape


def comment(line: str, mark: str = "#") -> str:
    """A comment."""
    return f"{mark} {line}".rstrip()


# Whatever the class is called: a file named after it could stand in the way of a module that it imports.
_SHAPE = Shape((("delegate", "app_delegate.py"),))
LANGUAGE = Language(
    "python",
    "Python",
    _SHAPE,
    _SHAPE,
    ascii,
    str,
    comment,
    "#",
    "",
    "False None True and as class def elif else except for from if import in is lambda not or pass return self try while",
    str,
)
