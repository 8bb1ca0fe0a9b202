"""Which case to take: what kind of app it is for, and what the app does in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from atgen.case.axes import PLATFORMS
from atgen.case.model import Mode
from atgen.case.spec import DEFAULT_SDK
from atgen.case.vocabulary import vocabulary
from atgen.rendering.plan import plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from atgen.case.model import Case, Described


class Choice(NamedTuple):
    """A case, by what tells it from the others in its cell, and its title for those who hear links alone."""

    id: str
    text: str
    title: str


class Row(NamedTuple):
    """A kind of app, who calls it, and its cases by mode."""

    app: str
    caller: str
    cells: tuple[tuple[Choice, ...], ...]


def rows(cases: Sequence[Case], locale: str, words: Mapping[str, str]) -> list[Row]:
    """Sort the cases into a table; a row stands where the first of its cases does."""
    found: dict[tuple[str, str], dict[Mode, list[Choice]]] = {}
    for case in cases:
        kind = _app(case, words), words[f"choose_{case.scheduler.value}"]
        cells = found.setdefault(kind, {mode: [] for mode in Mode})
        cells[case.mode].append(Choice(case.name, words[f"choose_{case.scope.value}"], case.titles[locale]))
    return [Row(*kind, tuple(map(tuple, cells.values()))) for kind, cells in found.items()]


def group(case: Described, *kind: str) -> str:
    """Name the case's platforms, what kind of app is meant, if that is said, and the SDK if it is not the usual one."""
    sdk = [vocabulary(case.sdk).title] if case.sdk != DEFAULT_SDK else []
    return ", ".join([*(PLATFORMS[platform].title for platform in case.platforms), *kind, *sdk])


def _app(case: Case, words: Mapping[str, str]) -> str:
    """Say what kind of app the case is for."""
    system = plan(case, case.platforms[0]).system
    return group(case, words[f"choose_{system}_{case.lifecycle.value}"])
