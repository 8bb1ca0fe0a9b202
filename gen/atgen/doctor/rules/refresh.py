"""`refresh`: a second refresh task, which the system does not schedule beside the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atgen.doctor import calls
from atgen.doctor.findings import Mark
from atgen.doctor.rules.rule import Rule, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Reading


def _find(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    for call in reading.calls:
        name = calls.refreshed(reading, call)
        if name:
            message = f"{name} is one of several refresh tasks: one can be scheduled, and the next is refused"
            yield Mark(call.start, call.end, message, only_if=f"refreshes another than {name}")


RULES = (Rule("refresh", _find),)
