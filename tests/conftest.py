"""What the tests share: the shipped cases and others that together take every path through plan and templates."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from atgen import pipeline, spec
from atgen.model import Case

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile("quick", max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", parent=settings.get_profile("quick"), max_examples=20_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

DEDICATED = """
tracker:
  dedicated: other tracker
  configuration: {site: 0410501, log_ssl: logs, domain: example.org, pixel_path: /hit, storage: always}
"""


def written(mode: str, tracker: str, finish: str = "", hit: str = "{gesture: g, action: touch}") -> bytes:
    """A spec's bytes, from the parts in which specs differ."""
    return f"title: T\nmode: {mode}\n{tracker.strip()}\nhit: {hit}\n{finish}\n".encode()


@pytest.fixture(scope="session")
def shipped() -> list[Case]:
    """The cases in specs/."""
    return pipeline.load(sorted((ROOT / "specs").glob("*.yaml")))


@pytest.fixture(scope="session")
def every_case(shipped: list[Case]) -> list[Case]:
    """The shipped cases, and one of each other combination of mode, tracker and finish."""
    specs = {
        f"{mode}_{name}_{when}": written(
            mode, tracker, f"finish: {{when: {when}}}", "{gesture: g, chapters: [a, b, c], action: search}"
        )
        for mode in ("fetch", "task")
        for name, tracker in (("dedicated", DEDICATED), ("global", "tracker: global"))
        for when in ("sent", "after", "dispatched")
        if (name, when) != ("global", "sent")
    }
    return shipped + [spec.parse(data, f"{name}.yaml") for name, data in specs.items()]
