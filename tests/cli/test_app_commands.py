"""The commands take an app as they take a case."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import started
from atgen.case import spec
from atgen.case.model import App
from conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def atgen(*arguments: str, cwd: Path = ROOT) -> str:
    """What the tool prints; it ends well."""
    done = started.atgen(*arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def results(*arguments: str) -> list[Any]:
    """What a machine is told."""
    found: list[Any] = json.loads(atgen(*arguments, "--format", "json"))["results"]
    return found


def test_list_names_an_apps_cases() -> None:
    """In the place of what they say."""
    [row] = results("list", "app_watch")
    assert row["cases"] == ["watch_refresh_global", "watch_activity_global"]
    assert (row["platforms"], row["lifecycle"], row["sdk"]) == (["watchos"], "app", "apple")
    assert not row.keys() & {"mode", "tracker", "scheduler"}


def test_explain_says_whose_each_step_is() -> None:
    """Each method is of one case, and each step of the launch."""
    text = atgen("explain", "app_refresh_processing")
    for line in ("  scheduled of app_refresh\n", "  scheduled of processing\n", "    make_tracker of processing\n"):
        assert line in text
    [found] = results("explain", "app_fetch_task")
    assert {*found["platforms"]["ios"]["context"]["swift"]} == {"bg_fetch", "bg_task"}
    entries = {entry["name"]: entry["case"] for entry in found["platforms"]["ios"]["plan"]["entries"]}
    assert (entries["fetch"], entries["background"]) == (0, 1)


def test_run_plays_what_is_for_two_cases() -> None:
    """Both hits are sent, each with its tag."""
    text = atgen("run", "app_fetch_task", "--scenario", "together_fetch_task")
    assert ["tagged bg=fetch." in text, "tagged bg=task." in text] == [True, True]


def test_new_begins_an_app_with_the_specs_of_its_cases(tmp_path: Path) -> None:
    """What is there stays; the site is that of each tracker."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/bg_task.yaml").write_bytes((ROOT / "specs/bg_task.yaml").read_bytes())
    atgen("new", "mine", "--from", "app_fetch_task", "--site", "410501", cwd=tmp_path)
    made = spec.load(tmp_path / "specs/mine.yaml")
    assert isinstance(made, App)
    trackers = [case.tracker for case in made.cases]
    assert [dict(tracker.configuration)["site"] for tracker in trackers if tracker] == ["410501", "123456"]


def test_show_prints_an_apps_spec() -> None:
    """As it is."""
    assert atgen("show", "app_watch") == (ROOT / "specs/app_watch.yaml").read_text(encoding="utf-8")
