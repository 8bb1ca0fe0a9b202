"""What an app must have for a case to work: derived from the case, never written by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from atgen.model import Mode

if TYPE_CHECKING:
    from atgen.model import Case


@dataclass(frozen=True)
class Requirements:
    """Keys that Info.plist must have, with the values their arrays hold, and keys that it must not have."""

    info_plist: tuple[tuple[str, tuple[str, ...]], ...] = ()
    absent: tuple[str, ...] = ()


def requirements(case: Case) -> Requirements:
    """The requirements of a case.

    Classic fetch needs its background mode, and the presence of BGTaskSchedulerPermittedIdentifiers switches it off
    (Apple, application(_:performFetchWithCompletionHandler:)); a background task needs nothing.
    """
    if case.mode is Mode.FETCH:
        return Requirements((("UIBackgroundModes", ("fetch",)),), ("BGTaskSchedulerPermittedIdentifiers",))
    return Requirements()
