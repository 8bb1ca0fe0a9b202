"""The axes: each of their members has its row, and each combination of them is refused with a reason, or works."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from atgen.case import spec
from atgen.case.axes import ENTRIES, LIFECYCLES, PLATFORMS, SCHEDULERS, entry_kind
from atgen.case.combinations import REFUSED, Combination, of_sdk, refused
from atgen.case.model import EntryKind, Lifecycle, Mode, Platform, Scheduler, Scope
from atgen.case.schema import Either, Items, OneOf, rows
from atgen.case.vocabulary import sdks, vocabulary
from conftest import combinations

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import Enum


@pytest.mark.parametrize(
    ("members", "facts"),
    [(Platform, PLATFORMS), (Scheduler, SCHEDULERS), (Lifecycle, LIFECYCLES), (EntryKind, ENTRIES)],
)
def test_each_member_has_its_row(members: type[Enum], facts: Mapping[Enum, Any]) -> None:
    """In the order of the members, and no other rows."""
    assert [*members] == [*facts]


@pytest.mark.parametrize(
    ("platform", "scheduler", "mode", "lifecycle"), [*product(Platform, Scheduler, Mode, Lifecycle)]
)
def test_what_is_not_refused_is_called_in_one_way(
    platform: Platform, scheduler: Scheduler, mode: Mode, lifecycle: Lifecycle
) -> None:
    """A combination that no row of the entries knows is refused with a reason; none has two."""
    choices = {
        "platforms": platform.value,
        "scheduler": scheduler.value,
        "mode": mode.value,
        "lifecycle": lifecycle.value,
    }
    taken = [
        kind
        for kind, row in ENTRIES.items()
        if (row.framework, row.scheduler, row.mode) == (PLATFORMS[platform].framework, scheduler, mode)
        and lifecycle in row.lifecycles
    ]
    assert len(taken) == 1 or (not taken and refused(choices, vocabulary()))


def test_the_matrix_takes_each_kind_of_entry() -> None:
    """And each platform that it is taken on has the API, since some version."""
    taken = set()
    for name, data in combinations().items():
        case = spec.parse(data, f"{name}.yaml")
        for platform in case.platforms:
            taken.add(entry_kind(case, platform))
            assert platform in ENTRIES[entry_kind(case, platform)].api.since
    assert taken == set(EntryKind)


def words(key: str) -> set[str]:
    """What a spec may say for a key."""
    kind = dict(rows(spec.SPEC))[key].value
    if isinstance(kind, Either):
        return {member.value for member in Scope}
    if isinstance(kind, OneOf):
        return {*kind.records}
    return {*sdks()} if key == "sdk" else {*(kind.of if isinstance(kind, Items) else kind).json()["enum"]}


@pytest.mark.parametrize("combination", [*REFUSED, *(each for sdk in sdks() for each in of_sdk(vocabulary(sdk)))])
def test_what_is_refused_is_said_in_a_specs_words(combination: Combination) -> None:
    """Each value is one that its key may have, and the key to blame is among the keys."""
    assert combination.key in combination.when
    assert [
        (key, value) for key, values in combination.when.items() for value in values if value not in words(key)
    ] == []
