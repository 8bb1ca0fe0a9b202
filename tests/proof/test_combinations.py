"""Every combination of choices that specs let in, verified as a user's would be: a sample here, all of them nightly."""

from __future__ import annotations

import os
from hashlib import sha256

import pytest

from atgen.case import spec
from atgen.case.model import Platform
from atgen.proof.verify import verify
from atgen.rendering.languages import names
from conftest import combinations, not_run

SPECS = combinations()
UNITS = [(name, platform) for name, data in SPECS.items() for platform in spec.parse(data, f"{name}.yaml").platforms]
# One of so many is verified in a usual run, chosen by its name's digest, so that it is the same everywhere.
ONE_OF = 1 if os.environ.get("ATGEN_ALL") else 80
CHOSEN = [unit for unit in UNITS if int(sha256(" ".join(unit).encode()).hexdigest(), 16) % ONE_OF == 0]


@pytest.mark.parametrize(("name", "platform"), CHOSEN, ids=[f"{name}-{platform.value}" for name, platform in CHOSEN])
def test_each_combination_holds_in_all_languages(name: str, platform: Platform) -> None:
    """It compiles in every mode, its languages agree, and no rule is broken."""
    rows = verify(spec.parse(SPECS[name], f"{name}.yaml"), platform, names())
    assert [finding.text for row in rows for finding in row.findings] == []
    for row in rows:
        if row.not_run:
            not_run(row.language, row.not_run)


def test_the_sample_has_both_frameworks_and_trackers() -> None:
    """It is small, and not of one kind."""
    assert {platform is Platform.WATCHOS for _, platform in CHOSEN} == {True, False}
    assert {"global" in name for name, _ in CHOSEN} == {True, False}
