"""Python: string literals and comments."""

from __future__ import annotations

from atgen.languages import Language


def comment(line: str) -> str:
    """A comment."""
    return f"# {line}".rstrip()


LANGUAGE = Language("python", "Python", (("delegate", "{module}.py"),), ascii, comment)
