"""Specs that begin as a case that is there."""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING

import pytest

from atgen.case import spec
from atgen.case.draft import SCHEMA_LINE, draft, nearest
from atgen.case.model import Case, Lifecycle, Mode, Platform, Scheduler, Scope
from atgen.case.schema import rows
from conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SPECS = sorted((ROOT / "specs").glob("*.yaml"))


@pytest.mark.parametrize("path", SPECS, ids=[path.stem for path in SPECS])
def test_a_draft_is_the_same_case_with_a_comment_at_each_key(path: Path) -> None:
    """Only comments are new, and a draft of a draft has no second ones."""
    text = draft(path.read_bytes(), path.name)
    assert spec.parse(text.encode(), str(path)) == spec.load(path)
    lines = text.splitlines()
    assert lines[0] == SCHEMA_LINE
    keys = {key.rpartition(".")[2] for key, _ in (*rows(spec.SPEC), *rows(spec.APP))}
    bare = [
        line
        for above, line in pairwise(lines)
        if line.strip().partition(":")[0] in keys and not above.lstrip().startswith("# ")
    ]
    assert bare == []
    again = draft(text.encode(), path.name).splitlines()
    assert [line for line in again if not line.startswith("# Further keys")] == lines[:-1]


@pytest.mark.parametrize("written", ['"123456"', "'123456'", "123456", "0410501 # ours"])
def test_a_site_takes_the_place_of_the_one_that_was_there(written: str) -> None:
    """However that was quoted; what else is in the line stays."""
    data = (
        f"title: T\nmode: fetch\ntracker: {{dedicated: d, configuration: {{log: l, site: {written}\n}}}}\n"
        "hit: {gesture: g, action: touch}\n"
    )
    text = draft(data.encode(), "x.yaml", site="7")
    assert 'log: l, site: "7"' + written.removeprefix("0410501").strip("\"'123456") in text
    tracker = spec.parse(text.encode(), "x.yaml").tracker
    assert tracker
    assert dict(tracker.configuration)["site"] == "7"


def test_a_comment_of_the_author_s_stays_alone() -> None:
    """A key that has a comment gets no other."""
    data = b"# ours\ntitle: T\nmode: fetch\ntracker: global\n# what we send\nhit: {gesture: g, action: touch}\n"
    assert draft(data, "x.yaml").splitlines()[:5] == [
        SCHEMA_LINE,
        "# ours",
        "title: T",
        "# The background mode that marks the hit.",
        "mode: fetch",
    ]
    assert "# what we send\nhit:" in draft(data, "x.yaml")


def test_for_all_choices_there_is_a_case_of_today(shipped: list[Case]) -> None:
    """With scenes where the platform has them, called by the classic methods, in the usual SDK."""
    for mode, tracker, platform in product(Mode, Scope, Platform):
        case = nearest(shipped, mode, tracker, platform)
        assert (case.mode, case.scope, platform in case.platforms) == (mode, tracker, True)
        scenes = Lifecycle.APP if platform is Platform.WATCHOS else Lifecycle.SCENE
        assert (case.lifecycle, case.scheduler, case.sdk, case.minimum) == (scenes, Scheduler.CLASSIC, "apple", ())
