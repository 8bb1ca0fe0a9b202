"""Every combination of choices that specs let in, verified as a user's would be: a sample here, all of them nightly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from atgen.case import spec
from atgen.proof.verify import verify
from atgen.rendering.languages import names
from conftest import combinations, not_run

if TYPE_CHECKING:
    from atgen.case.model import Platform

SPECS = combinations()
UNITS = [(name, platform) for name, data in SPECS.items() for platform in spec.parse(data, f"{name}.yaml").platforms]


@pytest.mark.sample(400)
@pytest.mark.parametrize(("name", "platform"), UNITS, ids=[f"{name}-{platform.value}" for name, platform in UNITS])
def test_each_combination_holds_in_all_languages(name: str, platform: Platform) -> None:
    """It compiles in every mode, its languages agree, and no rule is broken."""
    rows = verify(spec.parse(SPECS[name], f"{name}.yaml"), platform, names())
    assert [finding.text for row in rows for finding in row.findings] == []
    for row in rows:
        if row.not_run:
            not_run(row.language, row.not_run)
