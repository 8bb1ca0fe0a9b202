"""One thing that an app needs, or does wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """Where, which rule, what is wrong and what to do; line 0 is the whole file. A note does not count as a finding."""

    file: str
    line: int
    rule: str
    message: str
    mend: str
    is_note: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.rule}: {self.message}"
