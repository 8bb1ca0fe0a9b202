"""What a rule says: a place, what is wrong there and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Edit(NamedTuple):
    """Bytes of a source, and what they are to be."""

    start: int
    end: int
    text: str


class Mark(NamedTuple):
    """A place of a source that a rule names; without `mend`, the rule's own stands.

    It is dropped where a file of the app says one of the facts in `unless`, or none says `only_if`.
    """

    start: int
    end: int
    message: str
    mend: str = ""
    edit: Edit | None = None
    is_note: bool = False
    unless: frozenset[str] = frozenset()
    only_if: str = ""


@dataclass(frozen=True, order=True)
class Finding:
    """Where, which rule, what is wrong and what to do; line 0 is the whole file. A note does not count as a finding.

    `text` is the source's line and `width` how many of its characters, from the column on, are meant.
    """

    file: str
    line: int
    rule: str
    message: str
    mend: str
    is_note: bool = False
    column: int = 0
    width: int = 0
    text: str = ""
    edit: Edit | None = None

    def __str__(self) -> str:
        place = ":".join([self.file, *(str(each) for each in (self.line, self.column) if each)])
        return f"{place}: {self.rule}: {self.message}"
