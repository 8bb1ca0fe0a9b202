"""`own`: what a scaffold's generated file calls, and a person's file defines (still)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from atgen.doctor.findings import Mark
from atgen.doctor.rules.rule import Rule, Settings
from atgen.doctor.tree import Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Reading


class Own(NamedTuple):
    """A method of a type that the person keeps, in both languages."""

    name: str
    method: str
    swift: str
    objc: str


_OWN = (
    Own("BackgroundWork", "fetch", "nonisolated static func fetch() -> UIBackgroundFetchResult", "+ (UIBackgroundFetchResult)fetch"),
    Own("BackgroundWork", "run", "nonisolated static func run()", "+ (void)run"),
    Own("BackgroundWork", "perform", "nonisolated static func perform() -> Bool", "+ (BOOL)perform"),
    Own("AppSetup", "launch", "@MainActor static func launch()", "+ (void)launch"),
)  # fmt: skip


def _find(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    for call in reading.calls:
        base = call.base.text if isinstance(call.base, Name) else ""
        for own in _OWN:
            if (base, call.name) == (own.name, own.method):
                mend = f"add to {own.name}: {own.swift if reading.source.is_swift else own.objc}"
                message = f"{own.name} has no {own.method}, which is called here"
                unless = frozenset({f"defines {own.name}.{own.method}"})
                yield Mark(call.start, call.end, message, mend, unless=unless)


RULES = (Rule("own", _find),)
