"""`twice`: a method that a category has, though its class has it already, which no compiler of Objective-C says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atgen.doctor.findings import Mark
from atgen.doctor.rules.facts import implemented
from atgen.doctor.rules.rule import Rule, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Reading

_OTHER = {"class": "category", "category": "class"}


def _find(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    for function in () if reading.source.is_page else reading.functions:
        found = implemented(reading, function)
        if found:
            kind, owner, method = found
            other = _OTHER[kind]
            yield Mark(
                function.start,
                function.end,
                f"the {other} {owner} has {method}, too: which of the two runs is left to chance",
                # Two apps in one folder may each have a class of that name: nobody knows whose the category is.
                unless=frozenset({f"several classes {owner}"}),
                only_if=f"{other} {owner} has {method}",
            )


RULES = (Rule("twice", _find),)
