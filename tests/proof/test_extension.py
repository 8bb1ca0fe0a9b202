"""The hook as an extension of a delegate that the app has, in Objective-C as a category of it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from atgen import scaffold
from atgen.case.model import EntryPoint, Form, Platform
from atgen.doctor import examine
from atgen.errors import AtgenError
from atgen.proof import native
from atgen.proof.verify import scenarios, usual, verify
from atgen.rendering import languages, pipeline
from conftest import ROOT, compiler

if TYPE_CHECKING:
    from pathlib import Path

    from atgen.case.model import Case

# One for each way in which the system calls an app, and an app of SwiftUI.
NAMES = (
    "bg_fetch", "bg_task", "bg_task_global", "scene_task", "app_refresh", "processing_global", "silent_push", "swiftui_task",
    "watch_refresh", "watch_activity_global", "app_fetch_task", "scene_task_event",
)  # fmt: skip


def extended(name: str) -> Case:
    """A shipped case, for an app that has a delegate."""
    [case] = pipeline.load([ROOT / "specs" / f"{name}.yaml"])
    return case._replace(platforms=case.platforms[:1], style=case.style._replace(form=Form.EXTENSION))


def texts(case: Case, language: str) -> dict[str, str]:
    """What is rendered, by file name."""
    return {path.rpartition("/")[2]: file.text for path, file in pipeline.render(case, [language]).items()}


def own(case: Case, language: str) -> dict[str, str]:
    """The app's own class, as `atgen explain` shows it."""
    return pipeline.own(case, case.platforms[0], languages.get(language))


@pytest.mark.sample(4)
@pytest.mark.parametrize(("name", "language"), [*product(NAMES, ("swift", "objc")), ("old_sdk_fetch", "objc")], ids=str)
def test_it_does_what_the_class_does(name: str, language: str) -> None:
    """In every mode it compiles with the app's own class, and its traces are those of the class that is rendered otherwise."""
    case, found = extended(name), compiler(language)
    made = texts(case, language) | own(case, language)
    assert {
        mode: found.check(made, mode).messages for mode in found.modes if not found.check(made, mode).accepted
    } == {}
    whole = texts(case._replace(style=case.style._replace(form=Form.DELEGATE)), language)
    played = usual(scenarios(case, case.platforms[0])).as_json()
    assert native.Host(found.host(made)).trace(played) == native.Host(found.host(whole)).trace(played)


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", ["bg_fetch_global", "watch_refresh", "bg_task_global"])
def test_it_is_proven_as_any(name: str) -> None:
    """In all orders, though what it keeps is static: each is played by a process of its own."""
    case = extended(name)
    rows = verify(case, case.platforms[0], ["swift", "objc", "python"])
    assert [finding.text for row in rows for finding in row.findings] == []


@pytest.mark.parametrize(
    ("language", "work", "said"),
    [("swift", "func fetch(", "has no member 'fetch'"), ("objc", "- (void)fetch:", "'fetch:' not found")],
)
def test_an_app_without_the_work_does_not_compile(language: str, work: str, said: str) -> None:
    """The compiler says which method the app's own class lacks."""
    case, found = extended("bg_fetch"), compiler(language)
    lacking = {path: text.replace(work, work.replace("fetch", "other")) for path, text in own(case, language).items()}
    verdict = found.check(texts(case, language) | lacking, found.modes[0])
    assert (verdict.accepted, said in verdict.messages) == (False, True), verdict.messages


@pytest.mark.parametrize("language", ["swift", "objc"])
def test_the_doctor_looks_for_the_call(language: str, tmp_path: Path) -> None:
    """Nothing of the case is missed, but what the app's own launch does not call."""
    case = extended("bg_fetch")
    made = texts(case, language) | own(case, language)
    for path, text in made.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    assert [each.message for each in examine(tmp_path, case).findings if each.rule == "case"] == []
    calls = ("self.setUpBackgroundHits(application)", "[self setUpBackgroundHits:application];")
    for path, text in own(case, language).items():
        (tmp_path / path).write_text(text.replace(calls[0], "").replace(calls[1], ""), encoding="utf-8")
    assert [each.message for each in examine(tmp_path, case).findings if each.rule == "case"] == [
        "bg_fetch: nothing calls setUpBackgroundHits at launch; atgen explain bg_fetch shows where"
    ]


def test_the_doctor_names_the_apps_spec(tmp_path: Path) -> None:
    """Where a call is missing, once for all cases: a case's own spec says nothing of an extension."""
    case = extended("app_fetch_task")
    made = texts(case, "swift") | own(case, "swift")
    for path, text in made.items():
        (tmp_path / path).write_text(text.replace("self.setUpBackgroundHits(application)", ""), encoding="utf-8")
    found = [each for each in examine(tmp_path, case).findings if each.rule == "case"]
    assert [(each.message, each.mend) for each in found] == [
        (
            "app_fetch_task: nothing calls setUpBackgroundHits at launch; atgen explain app_fetch_task shows where",
            "compare with: atgen render app_fetch_task --language swift --stdout",
        )
    ]


HOOK = "application:performFetchWithCompletionHandler:"


def test_a_hook_that_the_class_has_already_is_found(tmp_path: Path) -> None:
    """In Objective-C, where it compiles: at both places; the header says that it must not be."""
    case, found = extended("bg_fetch"), compiler("objc")
    made, class_file = own(case, "objc"), "AppDelegate.m"
    assert made[class_file].count("\n@end\n") == 1
    method = "- (void)application:(UIApplication *)app performFetchWithCompletionHandler:(void (^)(UIBackgroundFetchResult))done {"
    made[class_file] = made[class_file].replace(
        "\n@end\n", f"\n{method}\n    done(UIBackgroundFetchResultNoData);\n}}\n\n@end\n"
    )
    made |= texts(case, "objc")
    assert [found.check(made, mode).accepted for mode in found.modes] == [True] * len(found.modes)
    for path, text in made.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    places = {
        (each.file.rpartition("/")[2], made[each.file.rpartition("/")[2]].splitlines()[each.line - 1]): each.message
        for each in examine(tmp_path, case).findings
        if each.rule == "twice"
    }
    assert places == {
        (class_file, method): f"the category AppDelegate has -{HOOK}, too: which of the two runs is left to chance",
        ("AppDelegate+BackgroundHits.m", "- (void)application:(UIApplication *)application"): (
            f"the class AppDelegate has -{HOOK}, too: which of the two runs is left to chance"
        ),
    }
    said = "The class itself must have none of these methods"
    assert {
        path: said in text for path, text in (texts(case, "objc") | texts(case, "swift")).items() if "+" in path
    } == {
        "AppDelegate+BackgroundHits.h": True,
        "AppDelegate+BackgroundHits.m": True,
        "AppDelegate+BackgroundHits.swift": False,
    }


def test_in_swift_a_hook_that_the_class_has_already_is_refused() -> None:
    """The compiler says so, and no doctor is needed."""
    case, found = extended("bg_fetch"), compiler("swift")
    made = own(case, "swift")
    method = (
        "    func application(_ app: UIApplication, performFetchWithCompletionHandler done: "
        "@escaping (UIBackgroundFetchResult) -> Void) { done(.noData) }\n"
    )
    made["AppDelegate.swift"] = made["AppDelegate.swift"].rstrip().removesuffix("}") + method + "}\n"
    verdicts = [found.check(made | texts(case, "swift"), mode) for mode in found.modes]
    assert {
        (verdict.accepted, "invalid redeclaration of 'application(" in verdict.messages) for verdict in verdicts
    } == {(False, True)}


def test_two_apps_in_a_folder_may_each_have_the_method(tmp_path: Path) -> None:
    """Whose the category is, nobody knows then."""
    body = "@implementation AppDelegate{}\n- (void)applicationDidEnterBackground:(UIApplication *)app {{\n}}\n@end\n"
    for name, category in (("One/A", ""), ("One/B", " (B)"), ("Two/A", "")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.m").write_text(body.format(category), encoding="utf-8")
        said = [each.file.removeprefix(f"{tmp_path}/") for each in examine(tmp_path).findings if each.rule == "twice"]
        assert said == (["One/A.m", "One/B.m"] if name == "One/B" else [])


def test_what_needs_nothing_at_launch_asks_for_no_call(tmp_path: Path) -> None:
    """A task with the global tracker, which is not listened to."""
    case = extended("bg_task_global")
    made = texts(case, "swift") | own(case, "swift")
    assert [path for path, text in made.items() if "setUpBackgroundHits" in text] == []
    for path, text in made.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    assert [each.message for each in examine(tmp_path, case).findings if each.rule == "case"] == []


def test_the_reference_is_a_class() -> None:
    """Python's text is that of the other form."""
    case = extended("bg_fetch")
    assert (own(case, "python"), texts(case, "python")) == (
        {},
        texts(case._replace(style=case.style._replace(form=Form.DELEGATE)), "python"),
    )


def test_the_mark_is_the_apps() -> None:
    """What is generated has no entry; the app's own class has one, where the spec does not say otherwise."""
    case = extended("bg_fetch")
    bare = case._replace(style=case.style._replace(entry=EntryPoint.NONE))
    assert ["@main" in "".join(each.values()) for each in (texts(case, "swift"), own(case, "swift"), own(bare, "swift"))] == [
        False, True, False,
    ]  # fmt: skip


def test_a_scaffold_has_no_class_to_extend() -> None:
    """It is refused, with the reason."""
    with pytest.raises(AtgenError, match=r"style\.form: extension is for an app that has a delegate of its own"):
        scaffold.build(extended("bg_fetch"), "swift", "MyApp", platform=Platform.IOS)
