"""What can go wrong, and the exit code of each kind."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Exit(IntEnum):
    """The exit codes; each means the same on every command."""

    DONE = 0
    FINDINGS = 1
    REFUSED = 2
    CONFLICT = 3
    IO = 4
    BUG = 70


class Problem(NamedTuple):
    """One thing that is wrong with an input file; lines and columns count from 1. `text` is the line, where it says something."""

    file: str
    line: int
    column: int
    message: str
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"

    def quoting(self, lines: Sequence[str]) -> Problem:
        """The same with its line of the file's `lines_of`."""
        return self._replace(text=lines[self.line - 1]) if self.line <= len(lines) else self


def lines_of(source: str) -> list[str]:
    """The lines of a file's text as problems count them, without their ends."""
    return re.split("\r\n|\r|\n", source.removeprefix("\ufeff"))


class AtgenError(Exception):
    """An error that the user can mend; its text is all that is shown of it."""

    exit: int = Exit.REFUSED


class SpecError(AtgenError):
    """An input file is refused; `problems` holds everything that is wrong with it, in the file's order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class ConflictError(AtgenError):
    """A file that a person edited, or that is not ours, stands where an output belongs."""

    exit = Exit.CONFLICT


class FileError(AtgenError):
    """The file system refused; the text names the path."""

    exit = Exit.IO
