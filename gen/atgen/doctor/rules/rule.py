"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from atgen.doctor.findings import Mark
from atgen.doctor.source import Reading

SWIFT, OBJC = "swift", "objc"


class Example(NamedTuple):
    """A snippet: a test, and part of the documentation; `lines` are those that the rule names, none where it is right."""

    language: str
    code: str
    lines: tuple[int, ...] = ()


class Settings(NamedTuple):
    """What an app's settings say that matters to rules about its code.

    `permitted` is what BGTaskSchedulerPermittedIdentifiers holds, None where no Info.plist is known; `wanted` are literals
    that a case asks for.
    """

    permitted: frozenset[str] | None = None
    is_ios: bool = True
    has_scenes: bool = False
    wanted: frozenset[str] = frozenset()


Find = Callable[[Reading, Settings], Iterator[Mark]]


def _nothing(reading: Reading, settings: Settings) -> Iterator[Mark]:
    """Find nothing: a rule about an app's settings, which `settings.py` looks at."""
    del reading, settings
    return iter(())


@dataclass(frozen=True)
class Rule:
    """One mistake: its code, a sentence, where it is written, what to do, and code with it and without."""

    code: str
    sentence: str
    source: str
    mend: str
    examples: tuple[Example, ...] = ()
    find: Find = field(default=_nothing)
    is_word: bool = False
    """It needs no more than the words that it names: an unreadable piece nearby does not matter."""
    is_fixable: bool = False
