"""An app of several cases: made at once, or one after the other, and a person's files stay as they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from test_scaffold import LANGUAGES, atgen, became, sources

from atgen import scaffold
from atgen.case import spec
from atgen.case.model import App, Platform
from atgen.proof import native, verify
from atgen.rendering import languages, pipeline, templating
from conftest import ROOT, compiler

if TYPE_CHECKING:
    from pathlib import Path

    from atgen.case.model import Described


def described(name: str) -> Described:
    """What a shipped spec describes."""
    return spec.load(ROOT / "specs" / f"{name}.yaml")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["app_fetch_task", "app_refresh_processing"])
def test_all_sources_of_an_app_compile_as_one_module(name: str, language: str) -> None:
    """In each mode; the generated class finds the work of each case in the person's file."""
    found = compiler(language)
    files = sources(scaffold.build(described(name), language, "MyApp").files)
    for mode in found.modes:
        verdict = found.check(files, mode)
        assert verdict.accepted, verdict.messages


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["app_fetch_task", "app_refresh_processing"])
def test_the_app_does_what_its_cases_do(name: str, language: str) -> None:
    """Played as a whole, its traces are the rendered app's; its trackers are dedicated, so that a person sets no site."""
    compiler(language)
    app, chosen = scaffold.with_scenes(described(name)), languages.get(language)
    rendered = templating.render(*pipeline.see(app, Platform.IOS, chosen), chosen)
    made = (sources(scaffold.build(app, language, "MyApp").files), {path: each.text for path, each in rendered.items()})
    hosts = [host for files in made if isinstance(host := native.host(language, files), native.Host)]
    assert len(hosts) == 2
    played = set()
    for each in verify.scenarios(app, Platform.IOS):
        ours, theirs = (host.trace(each.as_json()) for host in hosts)
        assert ours == theirs
        played |= {event["tracker"] for event in map(json.loads, theirs) if event["event"] == "hit"}
    assert {case.tracker.name for case in app.cases if case.tracker} <= played


def test_several_names_make_one_app(tmp_path: Path) -> None:
    """Its spec names them all, and both specs are there to edit."""
    done = atgen("scaffold", "bg_fetch", "bg_task_global", "MyApp", cwd=tmp_path)
    assert (done.returncode, done.stderr.startswith("Next, on a Mac")) == (0, True)
    made = spec.load(tmp_path / "MyApp/specs/app.yaml")
    assert isinstance(made, App)
    assert [case.name for case in made.cases] == ["bg_fetch", "bg_task_global"]
    delegate = (tmp_path / "MyApp/Sources/Generated/AppDelegate.swift").read_text(encoding="utf-8")
    assert [delegate.count(hook) for hook in ("performFetchWith", "func didEnterBackground()")] == [1, 1]
    again = atgen("scaffold", "app", "MyApp", "--check", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (0, "")
    assert atgen("scaffold", "bg_task_global", "MyApp", "--check", cwd=tmp_path).returncode == 0


def test_a_further_case_is_added(tmp_path: Path) -> None:
    """Both hooks are there, the person's file stays, and what it lacks is said."""
    atgen("scaffold", "bg_fetch", "MyApp", cwd=tmp_path)
    work = tmp_path / "MyApp/Sources/BackgroundWork.swift"
    work.write_text(work.read_text(encoding="utf-8").replace("done(.noData)", "done(.newData)"), encoding="utf-8")
    before = work.read_bytes()
    done = atgen("scaffold", "silent_push", "MyApp", cwd=tmp_path)
    statuses = became(done)
    assert done.returncode == 0
    assert statuses["specs/bg_fetch.yaml"] == "kept"
    assert statuses["specs/silent_push.yaml"] == statuses["specs/app.yaml"] == "written"
    assert work.read_bytes() == before
    assert "BackgroundWork has no receive(_:done:), which is called here" in done.stderr
    third = atgen("scaffold", "bg_task", "MyApp", cwd=tmp_path)
    assert became(third)["specs/app.yaml"] == "written"
    made = spec.load(tmp_path / "MyApp/specs/app.yaml")
    assert [case.name for case in made.cases] == ["bg_fetch", "silent_push", "bg_task"]
    assert made.platforms == (Platform.IOS,)


def test_an_app_spec_that_a_person_edited_is_never_written(tmp_path: Path) -> None:
    """It is theirs to add the case to; then atgen follows."""
    atgen("scaffold", "bg_fetch", "bg_task", "MyApp", cwd=tmp_path)
    own = tmp_path / "MyApp/specs/app.yaml"
    text = own.read_text(encoding="utf-8").replace('title: "MyApp"', "title: Mine")
    own.write_text(text, encoding="utf-8")
    done = atgen("scaffold", "silent_push", "MyApp", cwd=tmp_path)
    assert done.returncode == 3
    assert "MyApp/specs/app.yaml is yours since it was edited; add to its cases: silent_push" in done.stderr
    assert own.read_text(encoding="utf-8") == text
    assert not (tmp_path / "MyApp/specs/silent_push.yaml").exists()
    assert atgen("scaffold", "app", "MyApp", cwd=tmp_path).returncode == 0
    assert own.read_text(encoding="utf-8") == text


CLASH = "on iOS the system calls both in the same way, and an app hears of it once"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["bg_fetch", "scene_fetch"], f"atgen: bg_fetch and scene_fetch cannot be in one app: {CLASH}\n"),
        (
            ["bg_task", "bg_fetch", "scene_fetch", "app_refresh"],
            f"atgen: bg_fetch and scene_fetch cannot be in one app: {CLASH}\n"
            + "".join(
                f"atgen: {name} and app_refresh cannot be in one app: one needs BGTaskSchedulerPermittedIdentifiers in "
                "Info.plist, whose presence switches background fetch off\n"
                for name in ("bg_fetch", "scene_fetch")
            ),
        ),
    ],
    ids=["one", "several"],
)
def test_what_cannot_be_in_one_app_is_refused_before_anything_is_written(
    tmp_path: Path, names: list[str], said: str
) -> None:
    """With the reason, of the cases as they were named, and not of a spec that is not there."""
    done = atgen("scaffold", *names, "MyApp", cwd=tmp_path)
    assert (done.returncode, done.stderr, list(tmp_path.iterdir())) == (2, said, [])


def mine(folder: Path, case: str, name: str, more: str) -> None:
    """Write a spec of a person's own: a shipped one, and these lines."""
    (folder / "specs").mkdir(exist_ok=True)
    text = (ROOT / f"specs/{case}.yaml").read_text(encoding="utf-8")
    (folder / f"specs/{name}.yaml").write_text(f"{text}\n{more}\n", encoding="utf-8")


def test_an_app_has_one_style(tmp_path: Path) -> None:
    """Which of two it is to be nobody can tell."""
    mine(tmp_path, "bg_fetch", "my_fetch", "style: {class: Hits}")
    mine(tmp_path, "bg_task", "my_task", "style: {class: Other}")
    done = atgen("scaffold", "my_fetch", "my_task", ".", "--name", "MyApp", cwd=tmp_path)
    message = "style: is not the same in both; an app has one delegate, write it alike"
    assert (done.returncode, done.stderr) == (2, f"atgen: my_fetch and my_task: {message}\n")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["my_fetch.yaml", "my_task.yaml", "specs"]


def test_an_app_runs_on_the_systems_that_all_its_cases_run_on(tmp_path: Path) -> None:
    """Its spec says the newest of their oldest ones, of its platform alone, and none where they do not."""
    platforms = "platforms: [ios, tvos]\nminimum: {{ios: {}, tvos: 18.0}}"
    mine(tmp_path, "bg_fetch", "my_fetch", platforms.format("17.2"))
    mine(tmp_path, "bg_task", "my_task", platforms.format("16.0"))
    done = atgen("scaffold", "my_fetch", "my_task", ".", "--name", "MyApp", cwd=tmp_path)
    assert (done.returncode, 'minimum: {ios: "17.2"}\n' in (tmp_path / "specs/app.yaml").read_text()) == (0, True)
    assert 'iOS: "17.2"' in (tmp_path / "project.yml").read_text(encoding="utf-8")
    atgen("scaffold", "bg_fetch", "bg_task", "MyApp", cwd=tmp_path)
    assert "minimum" not in (tmp_path / "MyApp/specs/app.yaml").read_text(encoding="utf-8")


def test_specs_that_stay_elsewhere_are_no_part_of_several(tmp_path: Path) -> None:
    """The cases of an app are beside each other; what to do is said."""
    (tmp_path / "mine.yaml").write_bytes((ROOT / "specs/bg_task.yaml").read_bytes())
    done = atgen("scaffold", "bg_fetch", "mine.yaml", "MyApp", cwd=tmp_path)
    assert (done.returncode, "put mine.yaml into MyApp/specs/" in done.stderr) == (2, True)
    atgen("scaffold", "mine.yaml", "MyApp", cwd=tmp_path)
    done = atgen("scaffold", "bg_fetch", "MyApp", cwd=tmp_path)
    assert (done.returncode, "is the app of mine.yaml, which is not in its specs/" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("edited", "left"),
    [("", False), ("project.yml", True), ("Support/App.entitlements", True)],
    ids=["nothing edited", "project", "entitlements"],
)
def test_entitlements_go_with_the_last_case_that_needs_them(tmp_path: Path, edited: str, left: bool) -> None:
    """Unless they are a person's, or the project is, which names them."""
    atgen("scaffold", "bg_fetch", "silent_push", "MyApp", cwd=tmp_path)
    app = tmp_path / "MyApp"
    (app / "specs/app.yaml").write_text("title: A\ncases: [bg_fetch]\nlifecycle: scene\n", encoding="utf-8")
    for name in (edited,) if edited else ():
        with (app / name).open("a", encoding="utf-8") as file:
            file.write("\n")
    checked = atgen("scaffold", "app", "MyApp", "--check", cwd=tmp_path)
    done = atgen("scaffold", "app", "MyApp", cwd=tmp_path)
    entitlements = app / "Support/App.entitlements"
    assert (done.returncode, entitlements.exists()) == (0, left)
    assert became(done).get("Support/App.entitlements") == (None if left else "removed")
    assert became(checked).get("Support/App.entitlements") == (None if left else "stale")
    assert ("App.entitlements" in (app / "project.yml").read_text(encoding="utf-8")) is (edited == "project.yml")
    assert atgen("scaffold", "app", "MyApp", "--check", cwd=tmp_path).returncode == 0


def test_the_readme_has_a_paragraph_for_each_case(tmp_path: Path) -> None:
    """What an app of one case is told without its name, in the order of the steps."""
    files = {}
    for names in (["bg_fetch", "silent_push", "bg_task_global"], ["bg_fetch"]):
        assert atgen("scaffold", *names, f"App{len(names)}", cwd=tmp_path).returncode == 0
        files[len(names)] = (tmp_path / f"App{len(names)}/README.md").read_text(encoding="utf-8")
    configured = (
        "Put your site and your collector into the spec (`tracker: configuration:`) and run atgen again: see below."
    )
    tried = "Run the app, and choose *Debug → Simulate Background Fetch*."
    paragraphs = [part.strip().removeprefix("2. ").removeprefix("3. ") for part in files[3].split("\n\n")]
    start = paragraphs.index(f"`bg_fetch`, `silent_push`: {configured}")
    assert [part.partition(" ")[0] for part in paragraphs[start : start + 7]] == [
        "`bg_fetch`,", "`bg_task_global`:", "Put", "`bg_fetch`:", "`silent_push`:", "`bg_task_global`:", "The",
    ]  # fmt: skip
    assert paragraphs[start + 3] == f"`bg_fetch`: {tried}"
    assert [f"2. {configured}\n   Put" in files[1], f"3. {tried}\n   The" in files[1]] == [True, True]
    assert not any(line != line.rstrip() for text in files.values() for line in text.splitlines())


def test_a_shipped_app_is_made_as_a_case_is(tmp_path: Path) -> None:
    """Its own spec and those of its cases are the person's."""
    assert atgen("scaffold", "app_refresh_processing", "MyApp", "--language", "objc", cwd=tmp_path).returncode == 0
    there = sorted(path.name for path in (tmp_path / "MyApp/specs").iterdir())
    assert there == ["app_refresh.yaml", "app_refresh_processing.yaml", "processing.yaml", "schema.json"]
    again = atgen("scaffold", "app_refresh_processing", "MyApp", "--check", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (0, "")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["bg_fetch", "tv_task"], "atgen: tv_task is for tvos, and not for ios\n"),
        (["tv_task", "bg_fetch"], "atgen: bg_fetch is for ios, and not for tvos\n"),
        (
            ["watch_refresh_global", "watch_activity_global"],
            (
                "atgen: watch_refresh_global is for watchos with ATInternet-Apple-SDK; scaffold makes apps for ios and tvos with "
                "ATInternet-Apple-SDK\n"
            ),
        ),
        (
            ["bg_task", "own_refresh"],
            (
                "atgen: own_refresh: scheduler: own_refresh is for an app that has a refresh task; a scaffold has none: take "
                "app_refresh\n"
            ),
        ),
    ],
    ids=" ".join,
)
def test_a_case_is_refused_beside_others_as_it_is_alone(tmp_path: Path, names: list[str], said: str) -> None:
    """Whichever comes first, and by its own name, not as a part of a spec that nobody wrote."""
    done = atgen("scaffold", *names, "MyApp", cwd=tmp_path)
    assert (done.returncode, done.stderr, list(tmp_path.iterdir())) == (2, said, [])


def test_an_app_is_made_where_nothing_but_its_specs_is(tmp_path: Path) -> None:
    """Cases of a person's own are made one app where they are: `atgen new`, and then `atgen scaffold`."""
    for name in ("fetch", "task"):
        assert atgen("new", f"my_{name}", "--from", f"bg_{name}", cwd=tmp_path).returncode == 0
    there = {path: path.read_bytes() for path in (tmp_path / "specs").iterdir()}
    done = atgen("scaffold", "my_fetch", "my_task", ".", "--name", "MyApp", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert {path: path.read_bytes() for path in there} == there
    assert (tmp_path / "Sources/Generated/AppDelegate.swift").is_file()


def test_a_folder_of_other_specs_is_left_alone(tmp_path: Path) -> None:
    """What is not atgen's in it is another's."""
    (tmp_path / "MyApp/specs").mkdir(parents=True)
    (tmp_path / "MyApp/specs/notes.txt").write_text("mine", encoding="utf-8")
    done = atgen("scaffold", "bg_fetch", "MyApp", cwd=tmp_path)
    assert (done.returncode, "MyApp holds other things: specs; " in done.stderr) == (3, True)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("bg_fetch", "DIR is missing; for example: atgen scaffold bg_fetch MyApp"),
        ("specs/mine.yaml", "DIR is missing; for example: atgen scaffold specs/mine.yaml MyApp"),
        ("MyApp", "CASE is missing; for example: atgen scaffold bg_fetch MyApp"),
        ("My App", "CASE is missing; for example: atgen scaffold bg_fetch 'My App'"),
    ],
)
def test_of_a_single_word_what_is_missing_is_said(tmp_path: Path, word: str, said: str) -> None:
    """Whichever of both it is; nothing is written."""
    done = atgen("scaffold", word, cwd=tmp_path)
    assert (done.returncode, f"Error: {said}\n" in done.stderr, list(tmp_path.iterdir())) == (2, True, [])
