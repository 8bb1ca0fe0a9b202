"""P17: what does not compile as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atgen.doctor import brackets, calls
from atgen.doctor.findings import Mark
from atgen.doctor.rules.rule import OBJC, SWIFT, Example, Rule, Settings
from atgen.doctor.source import variable
from atgen.doctor.tree import Assign, Call, Member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Reading

_BRACKET, _WRITE = "without its other half: the file does not compile", "write the missing bracket"


def _find(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    source = reading.source
    for place in source.closers:
        sign = reading.data[place : place + 1].decode()
        yield Mark(place, place + 1, f"{sign} {_BRACKET}", _WRITE)
    if reading.errors and len(source.readings) == 1:
        lacks = brackets.lack(reading.data, is_swift=source.is_swift)
        if lacks is not None:
            yield Mark(lacks.place, lacks.place + 1, f"{lacks.what} {_BRACKET}", _WRITE)
    if not source.is_swift:
        lacks = brackets.unit(source.data)
        if lacks is not None:
            yield Mark(lacks.place, lacks.place + 1, "no @end: the file does not compile", "write @end")
    yield from _undeclared(reading)


def _undeclared(reading: Reading) -> Iterator[Mark]:
    """A task that is kept in a property which nothing declares."""
    told: set[str] = set()
    for call in reading.calls:
        if not calls.begins(call):
            continue
        for up in reading.around(call):
            if isinstance(up, Assign):
                target, name = up.target, variable(up.target)
                if not isinstance(target, Member) or not name or name in told:
                    break
                told.add(name)
                message = f"self.{name} is declared nowhere: the file does not compile"
                own = frozenset({f"has {name}", f"has _{name}"})
                yield Mark(target.start, target.end, message, "declare the property, or use a variable", unless=own)
            elif not isinstance(up, Call):
                continue
            break


_TASK = "class A {\nfunc f() {\nself.task = app.beginBackgroundTask { app.endBackgroundTask(self.task) }\n}\n"

RULES = (
    Rule(
        "P17",
        "A file is whole: its brackets match, each @implementation has its @end, properties are declared",
        "The Swift Programming Language; Objective-C",
        _WRITE,
        (
            Example(SWIFT, "func f() {", (1,)),
            Example(SWIFT, "func f() {}\n}", (2,)),
            Example(SWIFT, "func f() {}"),
            Example(SWIFT, "let parts = text.split(separator: #/[(,]/#)"),
            Example(SWIFT, "#if DEBUG\nfunc f() {\n#else\nfunc f() {\n#endif\n}"),
            Example(SWIFT, f"{_TASK}}}", (3,)),
            Example(SWIFT, f'{_TASK}var name = "", task = UIBackgroundTaskIdentifier.invalid\n}}'),
            Example(OBJC, "@implementation A\n- (void)f {}\n@implementation B\n@end", (1,)),
            Example(OBJC, "@implementation A\n#pragma mark 1) First\n- (void)f {}\n@end"),
            Example(OBJC, "@protocol A;\n@protocol B, C;\n@interface D : E\n@end"),
        ),
        _find,
        is_word=True,
    ),
)

__all__ = ["RULES"]
