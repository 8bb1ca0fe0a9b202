"""What the tests share: the shipped cases and others that together take every path through plan and templates."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import HealthCheck, settings

from atgen.case import spec
from atgen.proof import compilers
from atgen.rendering import pipeline

if TYPE_CHECKING:
    from atgen.case.model import Case

ROOT = Path(__file__).resolve().parents[1]

# Not the developer's own: what tests leave there is nobody's, and what is there would not be tested.
os.environ["ATGEN_CACHE"] = str(ROOT / "tests" / "build" / "cache")

settings.register_profile("quick", max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", parent=settings.get_profile("quick"), max_examples=20_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

DEDICATED = """
tracker:
  dedicated: other tracker
  configuration: {site: 0410501, log_ssl: logs, domain: example.org, pixel_path: /hit, storage: always}
"""


def not_run(tool: str, reason: str) -> NoReturn:
    """Ends a test for want of a tool: it is said not to be run, and fails where ATGEN_REQUIRE names the tool."""
    if tool in os.environ.get("ATGEN_REQUIRE", "").split(","):
        pytest.fail(f"required, and not run: {reason}")
    pytest.skip(f"not run: {reason}")


def compiler(language: str) -> compilers.Compiler:
    """The language's compiler."""
    found = compilers.find(language)
    return not_run(language, found.reason) if isinstance(found, compilers.Missing) else found


def written(mode: str, tracker: str, finish: str = "", hit: str = "{gesture: g, action: touch}") -> bytes:
    """A spec's bytes, from the parts in which specs differ."""
    return f"title: T\nmode: {mode}\n{tracker.strip()}\nhit: {hit}\n{finish}\n".encode()


@pytest.fixture(scope="session")
def shipped() -> list[Case]:
    """The cases in specs/."""
    return pipeline.load(sorted((ROOT / "specs").glob("*.yaml")))


def combinations() -> dict[str, bytes]:
    """A spec for each combination of mode, tracker and finish, and of the axes that make other code of it."""
    axes = {
        "": "",
        "scene": "lifecycle: scene\nplatforms: [ios, tvos]",
        "watch": "platforms: [watchos]",
        "extension": "platforms: [watchos]\nminimum: {watchos: '6.0'}\nstyle: {access: public, class: Other, indent: 2}",
        "old": "sdk: objc2",
        "refresh": "scheduler: app_refresh",
        "processing": "scheduler: processing\nidentifier: org.example.task",
    }

    def on(axis: str, tracker: str) -> str:
        return tracker.replace("always", "never") if axis in ("watch", "extension") else tracker

    hit = "{gesture: g, chapters: [a, b, c], action: search}"
    return {
        f"{mode}_{name}_{when}_{axis}": written(mode, on(axis, tracker), f"finish: {{when: {when}}}\n{extra}", hit)
        for mode in ("fetch", "task")
        for name, tracker in (("dedicated", DEDICATED), ("global", "tracker: global"))
        for when in ("sent", "after", "dispatched")
        for axis, extra in axes.items()
        if (name, when) != ("global", "sent") and (mode, axis) not in {("task", "refresh"), ("fetch", "processing")}
    }


@pytest.fixture(scope="session")
def every_case(shipped: list[Case]) -> list[Case]:
    """The shipped cases, and one of each other combination."""
    return shipped + [spec.parse(data, f"{name}.yaml") for name, data in combinations().items()]
