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
    """A method of a type that the person keeps, in both languages: its names there, and how it is declared."""

    name: str
    methods: tuple[str, str]
    swift: str
    objc: str


_FETCHED = "done: @escaping @Sendable (UIBackgroundFetchResult) -> Void"
_OWN = (
    Own(
        "BackgroundWork",
        ("fetch(done:)", "fetch:"),
        f"@MainActor static func fetch({_FETCHED})",
        "+ (void)fetch:(void (^)(UIBackgroundFetchResult result))done",
    ),
    Own(
        "BackgroundWork",
        ("receive(_:done:)", "receive:done:"),
        f"@MainActor static func receive(_ userInfo: [AnyHashable: Any], {_FETCHED})",
        "+ (void)receive:(NSDictionary *)userInfo done:(void (^)(UIBackgroundFetchResult result))done",
    ),
    Own(
        "BackgroundWork",
        ("run(done:)", "run:"),
        "nonisolated static func run(done: @escaping @Sendable () -> Void)",
        "+ (void)run:(void (^)(void))done",
    ),
    Own(
        "BackgroundWork",
        ("perform(_:done:)", "performFor:done:"),
        "nonisolated static func perform(_ call: BackgroundCall<Bool>, done: @escaping @Sendable (Bool) -> Void)",
        "+ (void)performFor:(BackgroundCall *)call done:(void (^)(BOOL success))done",
    ),
    Own("AppSetup", ("launch()", "launch"), "@MainActor static func launch()", "+ (void)launch"),
)


def _find(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    for call in reading.calls:
        base = call.base.text if isinstance(call.base, Name) else ""
        for own in _OWN:
            if (base, call.name) in {(own.name, each.split("(")[0].split(":")[0]) for each in own.methods}:
                mend = f"add to {own.name}: {own.swift if reading.source.is_swift else own.objc}"
                shown = own.methods[not reading.source.is_swift]
                message = f"{own.name} has no {shown}, which is called here"
                unless = frozenset(f"defines {own.name}.{each}" for each in own.methods)
                yield Mark(call.start, call.end, message, mend, unless=unless)


RULES = (Rule("own", _find),)
