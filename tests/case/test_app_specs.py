"""Several cases in one app: what they must have in common, and what no two of them can both be."""

from __future__ import annotations

import json
from itertools import combinations as pairs
from typing import TYPE_CHECKING

import jsonschema
import pytest
import yaml

from atgen.case import spec
from atgen.case.axes import ENTRIES, entry_kind
from atgen.case.combinations import REFUSED
from atgen.case.model import App, Case, EntryKind, Lifecycle, Platform
from atgen.case.requirements import requirements
from atgen.errors import SpecError
from conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FETCH = {"title": "F", "mode": "fetch", "tracker": "global", "hit": {"gesture": "f", "action": "touch"}}
TASK = FETCH | {"mode": "task"}
PUSH = FETCH | {"scheduler": "remote_notification"}
REFRESH = FETCH | {"scheduler": "app_refresh"}
PROCESSING = TASK | {"scheduler": "processing"}
OWN = {"dedicated": "own", "configuration": {"site": 1, "log": "logp", "storage": "required"}}


def app(folder: Path, said: dict[str, object] | None = None, **cases: dict[str, object]) -> App:
    """The app of these cases, whose specs are beside its own."""
    for name, case in cases.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(case), encoding="utf-8")
    path = folder / "app.yaml"
    path.write_text(yaml.safe_dump({"title": "A", "cases": [*cases]} | (said or {})), encoding="utf-8")
    made = spec.load(path)
    assert isinstance(made, App)
    return made


def refused(folder: Path, said: dict[str, object] | None = None, **cases: dict[str, object]) -> list[str]:
    """What is said of an app that cannot be, with the places in files of the folder."""
    with pytest.raises(SpecError) as caught:
        app(folder, said, **cases)
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def test_an_app_has_what_its_cases_agree_on(tmp_path: Path) -> None:
    """Where it says nothing itself."""
    scenes = {"lifecycle": "scene", "platforms": ["ios", "tvos"], "style": {"class": "Hits"}}
    made = app(tmp_path, a=FETCH | scenes, b=TASK | scenes)
    assert [case.name for case in made.cases] == ["a", "b"]
    assert (made.lifecycle, made.platforms) == (Lifecycle.SCENE, (Platform.IOS, Platform.TVOS))
    assert made.style.class_name == "Hits"


def test_what_an_app_says_wins(tmp_path: Path) -> None:
    """Each case is then as if it had said so itself."""
    said = {"platforms": "tvos", "lifecycle": "scene", "minimum": {"tvos": "16.0"}, "style": {"indent": 2}}
    made = app(tmp_path, said, a=FETCH | {"style": {"class": "Hits"}}, b=TASK | {"minimum": {"ios": "15.0"}})
    for each in (made, *made.cases):
        assert (each.platforms, each.lifecycle) == ((Platform.TVOS,), Lifecycle.SCENE)
        assert each.minimum == ((Platform.TVOS, "16.0"),)
        assert (each.style.indent, each.style.class_name) == (2, "AppDelegate")


def test_cases_that_do_not_agree_are_named_with_their_places(tmp_path: Path) -> None:
    """The app is to say what holds."""
    assert refused(tmp_path, a=FETCH | {"lifecycle": "scene"}, b=TASK) == [
        "app.yaml:1:1: lifecycle: is not the same in a (a.yaml:4) and b (b.yaml:1); say here which holds"
    ]


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (FETCH, FETCH, "on iOS the system calls both in the same way, and an app hears of it once"),
        (TASK, TASK, "on iOS the system calls both in the same way, and an app hears of it once"),
        (
            FETCH,
            REFRESH,
            "one needs BGTaskSchedulerPermittedIdentifiers in Info.plist, whose presence switches background fetch off",
        ),
        (
            REFRESH | {"identifier": "x"},
            PROCESSING | {"identifier": "x"},
            "a task of BackgroundTasks has one handler; name another task",
        ),
        (FETCH, TASK | {"sdk": "objc2"}, "an app has one SDK"),
        (
            FETCH,
            TASK | {"privacy": {"keep_tag_in": "exempt"}},
            "what keeps the tag keeps it for all hits of the app; write the same for both",
        ),
        (
            FETCH | {"finish": {"when": "sent"}},
            TASK,
            "one waits until its hit is sent, and may take the other's for it, which says the same; name another hit, or wait for both",
        ),
        (
            FETCH | {"tracker": OWN},
            TASK | {"tracker": OWN},
            "a dedicated tracker keeps its mode, and these are two; name another tracker",
        ),
        (
            FETCH | {"tracker": OWN},
            PUSH | {"tracker": OWN | {"configuration": {"site": 2, "log": "logp"}}},
            "a tracker's first configuration holds (Sources/ATInternet.swift); write the same for both, or name another tracker",
        ),
    ],
)
def test_what_no_two_cases_can_be(
    one: dict[str, object], other: dict[str, object], reason: str, tmp_path: Path
) -> None:
    """Both are named, each with its file and line."""
    [problem] = refused(tmp_path, a=one, b=other)
    place, _, message = problem.partition(": cases: ")
    assert place == "app.yaml:2:1"
    assert message.startswith("a (a.yaml:")
    assert " and b (b.yaml:" in message
    assert message.endswith(f" cannot be in one app: {reason}")


def test_cases_may_share_a_tracker(tmp_path: Path) -> None:
    """By its name, where it is configured alike, and in one mode."""
    made = app(tmp_path, a=FETCH | {"tracker": OWN}, b=PUSH | {"tracker": OWN})
    assert made.cases[0].tracker == made.cases[1].tracker


def test_what_a_case_cannot_be_in_the_app_is_said_of_both(tmp_path: Path) -> None:
    """Where the app's word is to blame, of its place; else of the case's in the list, with the place in the case's spec."""
    stored = FETCH | {"tracker": OWN}
    [storage] = [each.reason for each in REFUSED if each.key == "tracker.configuration.storage"]
    said = {"platforms": "watchos", "lifecycle": "scene"}
    found = refused(tmp_path, said, a=stored, b=TASK)
    assert [line.partition(": ")[2] for line in found] == [
        f"cases: a (a.yaml:10) does not go into this app: tracker.configuration.storage: {storage}",
        "lifecycle: watchOS has no scenes of UIKit; write lifecycle: app",
    ]


def test_what_an_app_cannot_say_for_one_of_its_cases_names_it(tmp_path: Path) -> None:
    """For none of them, it is said once, and names none."""
    [form] = [each.reason for each in REFUSED if each.key == "style.form"]
    own = FETCH | {"scheduler": "own_refresh"}
    assert refused(tmp_path, {"style": {"form": "extension"}}, a=own, b=PROCESSING) == [
        f"app.yaml:5:9: style.form: {form} (case a)"
    ]
    assert refused(tmp_path, {"minimum": {"ios": "12.0"}}, a=FETCH, b=TASK) == [
        'app.yaml:5:8: minimum.ios: "12.0" is older than @MainActor, which is there from 13.0 on'
    ]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"cases": ["a", "fetched"]}, 'cases: there is no spec "fetched.yaml" beside this one; did you mean fetches?'),
        ({"cases": ["a", "other_app"]}, "cases: other_app is an app itself; name its cases"),
        ({"cases": ["a", "a"]}, "cases[1]: is there already; name each once"),
        ({"cases": ["../a"]}, 'cases[0]: "../a" is not the name of a case whose spec is beside this one'),
        (
            {"cases": ["a.yaml"]},
            'cases[0]: "a.yaml" is not the name of a case whose spec is beside this one; did you mean a?',
        ),
        ({"cases": "A"}, 'cases: "A" is not the name of a case whose spec is beside this one; did you mean a?'),
        ({"cases": []}, "cases: is an empty list; leave the key out or name at least one"),
        ({"mode": "fetch"}, 'unknown key "mode"'),
    ],
)
def test_what_an_app_cannot_name(said: dict[str, object], message: str, tmp_path: Path) -> None:
    """In its own spec's place."""
    (tmp_path / "fetches.yaml").write_text(yaml.safe_dump(FETCH))
    (tmp_path / "other_app.yaml").write_text("title: A\ncases: [a]\n")
    found = refused(tmp_path, said, a=FETCH)
    assert [message in line for line in found] == [True]


def test_what_is_wrong_with_a_case_is_said_of_its_own_spec(tmp_path: Path) -> None:
    """As it would be without the app."""
    found = refused(tmp_path, a=FETCH | {"mode": "push"}, b=TASK)
    assert found == ['a.yaml:4:7: mode: "push" is not fetch or task']


def test_an_app_needs_what_any_of_its_cases_does(apps: list[App]) -> None:
    """Lists of Info.plist are joined, and the newest system of all is the oldest one."""
    for each in apps:
        for platform in each.platforms:
            whole = requirements(each, platform)
            for needs in (requirements(case, platform) for case in each.cases):
                for key, value in needs.info_plist.items():
                    found = whole.info_plist[key]
                    assert set(value) <= set(found) if key.startswith(("UIBackground", "BG")) else value == found
                assert {*needs.absent} <= {*whole.absent}
                assert {*needs.capabilities} <= {*whole.capabilities}
    [bg] = [each for each in apps if each.name == "app_refresh_processing"]
    assert requirements(bg, Platform.IOS).info_plist["UIBackgroundModes"] == ["fetch", "processing"]


def test_each_kind_of_entry_has_a_noun_of_its_own_among_those_that_go_together() -> None:
    """It tells the properties and methods of two cases in one delegate from each other."""
    # One life cycle, and one app, has one of them.
    exclusive = ({EntryKind.BACKGROUND, EntryKind.SCENE}, {EntryKind.APP_REFRESH, EntryKind.OWN_REFRESH})
    for one, other in pairs(EntryKind, 2):
        if ENTRIES[one].framework is ENTRIES[other].framework and {one, other} not in exclusive:
            assert ENTRIES[one].noun != ENTRIES[other].noun


def test_editors_know_apps(apps: list[App]) -> None:
    """The schema lets in the shipped ones, and no key that is a case's."""
    editors = jsonschema.Draft7Validator(json.loads((ROOT / "specs" / "schema.json").read_text(encoding="utf-8")))
    right = [yaml.safe_load((ROOT / "specs" / f"{each.name}.yaml").read_text(encoding="utf-8")) for each in apps]
    assert [editors.is_valid(each) for each in right] == [True] * len(apps)
    assert not any(editors.is_valid(right[0] | {key: FETCH[key]}) for key in ("mode", "tracker", "hit"))
    assert not editors.is_valid({"title": "A"})


def test_there_is_an_app_for_each_family_of_platforms(apps: list[App]) -> None:
    """As people need it: fetch and task, app refresh and processing, a watch's refresh and activity."""
    kinds = {tuple(entry_kind(case, each.platforms[0]) for case in each.cases) for each in apps}
    assert kinds == {
        (EntryKind.FETCH, EntryKind.BACKGROUND),
        (EntryKind.APP_REFRESH, EntryKind.PROCESSING),
        (EntryKind.REFRESH, EntryKind.ACTIVITY),
    }


def test_a_case_is_itself_its_only_case(shipped: list[Case]) -> None:
    """So that whoever takes an app's cases takes a case's, too."""
    assert all(case.cases == (case,) for case in shipped)
