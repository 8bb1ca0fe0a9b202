"""P17: what does not compile as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atgen.doctor import brackets, calls
from atgen.doctor.findings import Mark
from atgen.doctor.rules.rule import Rule, Settings
from atgen.doctor.source import variable
from atgen.doctor.tree import Assign, Call, Member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Lack, Reading

_BRACKET, _WRITE = "without its other half: the file does not compile", "write the missing bracket"


def _find(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    source = reading.source
    for lack in source.lacks:
        yield _lacking(lack)
    if source.is_page:
        yield from _undeclared(reading)
        return
    if reading.errors and len(source.readings) == 1:
        lacks = brackets.lack(reading.data, is_swift=source.is_swift)
        if lacks is not None:
            yield _lacking(lacks)
    if not source.is_swift:
        lacks = brackets.unit(source.data)
        if lacks is not None:
            yield _lacking(lacks)
    yield from _undeclared(reading)


def _lacking(lack: Lack) -> Mark:
    if lack.what == "@end":
        return Mark(lack.place, lack.place + 1, "no @end: the file does not compile", "write @end")
    return Mark(lack.place, lack.place + 1, f"{lack.what} {_BRACKET}", _WRITE)


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
                known = f"declares the class {reading.owner(call)}"
                mend = "declare the property, or use a variable"
                yield Mark(target.start, target.end, message, mend, unless=own, only_if=known)
            elif not isinstance(up, Call):
                continue
            break


RULES = (Rule("P17", _find, is_word=True),)
