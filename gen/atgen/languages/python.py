"""Python: string literals and comments."""

from __future__ import annotations

from atgen.languages import Language


def comment(line: str, mark: str = "#") -> str:
    """A comment."""
    return f"{mark} {line}".rstrip()


LANGUAGE = Language("python", "Python", (("delegate", "{module}.py"),), ascii, comment, "#", "")
