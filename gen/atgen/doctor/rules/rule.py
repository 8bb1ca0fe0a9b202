"""What a rule is: a function that finds, and a page of Markdown beside it that says the rest and is its tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from atgen.doctor.findings import Mark
from atgen.doctor.source import Reading

SWIFT, OBJC = "swift", "objc"
_PAGE = re.compile(r"# (?P<code>\w+)\n\n(?P<sentence>.+)\.\n\n- Mend: (?P<mend>.+)\.\n- Source: (?P<source>.+)\.\n")
_EXAMPLE = re.compile(r"^```(swift|objc)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Settings(NamedTuple):
    """What an app's settings say that matters to rules about its code.

    `permitted` is what BGTaskSchedulerPermittedIdentifiers holds, None where no Info.plist is known; `wanted` are literals
    that a case asks for.
    """

    permitted: frozenset[str] | None = None
    is_ios: bool = True
    wanted: frozenset[str] = frozenset()


class Example(NamedTuple):
    """A snippet; `lines` are those that the rule names, which end in `// CODE`."""

    language: str
    code: str
    lines: tuple[int, ...]


Find = Callable[[Reading, Settings], Iterator[Mark]]


def _nothing(reading: Reading, settings: Settings) -> Iterator[Mark]:
    """Find nothing: a rule about an app's settings or its files, which other modules look at."""
    del reading, settings
    return iter(())


@dataclass(frozen=True)
class Rule:
    """One mistake. `is_word`: it needs no more than the words that it names, whatever is unreadable nearby."""

    code: str
    find: Find = _nothing
    is_word: bool = False
    is_fixable: bool = False

    @cached_property
    def page(self) -> str:
        """Its page: the sentence, where that is written, what to do, and code with the mistake and without."""
        return (Path(__file__).with_name(f"{self.code}.md")).read_text(encoding="utf-8")

    @property
    def sentence(self) -> str:
        """What is right."""
        return self._part("sentence")

    @property
    def mend(self) -> str:
        """What to do."""
        return self._part("mend")

    @property
    def source(self) -> str:
        """Where it is written: the file and its version, or the page."""
        return self._part("source")

    @property
    def examples(self) -> Iterator[Example]:
        """The page's code."""
        for language, code in _EXAMPLE.findall(self.page):
            mark = f"// {self.code}"
            lines = tuple(number for number, line in enumerate(code.split("\n"), 1) if line.endswith(mark))
            yield Example(language, code, lines)

    def _part(self, name: str) -> str:
        match = _PAGE.match(self.page)
        if match is None or match["code"] != self.code:
            raise ValueError(f"{self.code}.md does not begin as a rule's page does")
        return match[name]
