"""Where an app begins with iOS 27, a request is answered later: the task's run waits for that, and is the same in all languages."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest
from test_several_cases import rendered as delegate_of

from atgen.case.model import Form, Platform
from atgen.proof.invariants import Expectation, violations
from atgen.proof.search import Search, python
from atgen.proof.verify import Proof, delegate, scenarios, verify
from atgen.rendering import languages, pipeline
from conftest import ALL, compiler

if TYPE_CHECKING:
    from atgen.case.model import App, Case

LANGUAGES = ["swift", "objc", "python"]


def beginning(case: Case, system: str, platform: Platform = Platform.IOS) -> Case:
    """The case in an app that begins with this system."""
    return case._replace(minimum=((platform, system),))


def named(name: str, cases: list[Case]) -> Case:
    """The case of that name."""
    [case] = [case for case in cases if case.name == name]
    return case


def texts(case: Case, platform: Platform) -> dict[str, str]:
    """What is rendered of the case for a platform."""
    wanted = f"/{platform.value}/"
    return {path: file.text for path, file in pipeline.render(case, LANGUAGES).items() if wanted in path}


def two_tasks(apps: list[App]) -> App:
    """The shipped app of a refresh and a processing task, which begins with iOS 27."""
    [app] = [app for app in apps if app.name == "app_refresh_processing"]
    return app._replace(cases=tuple(beginning(case, "27.0") for case in app.cases))


def test_it_is_proven_as_any_other(shipped: list[Case]) -> None:
    """Compiled in every mode, and the same trace in all orders in which requests are answered and time is up."""
    for language in ("swift", "objc"):
        compiler(language)
    rows = verify(beginning(named("app_refresh_global", shipped), "27.0"), Platform.IOS, LANGUAGES)
    assert [row.language for row in rows] == LANGUAGES
    assert [finding.text for row in rows for finding in row.findings] == []


@pytest.mark.parametrize("language", ["swift", "objc"])
def test_it_compiles_in_an_extension_and_beside_another(language: str, shipped: list[Case], apps: list[App]) -> None:
    """In every mode."""
    found, case = compiler(language), beginning(named("processing", shipped), "27.0")
    extended = case._replace(style=case.style._replace(form=Form.EXTENSION))
    for described in (extended, two_tasks(apps)):
        files = pipeline.render(described, [language])
        made = {path.rpartition("/")[2]: file.text for path, file in files.items() if "/ios/" in path}
        made |= pipeline.own(described, Platform.IOS, languages.get(language))
        assert any("submitTaskRequest" in text and "next()" in text for text in made.values())
        verdicts = [found.check(made, mode) for mode in found.modes_from("27.0")]
        assert [verdict.messages for verdict in verdicts if not verdict.accepted] == []


@pytest.mark.parametrize("platform", [Platform.IOS, Platform.TVOS])
def test_it_is_refused_where_the_app_begins_earlier(platform: Platform, shipped: list[Case]) -> None:
    """In Objective-C, as Apple's compilers do, which know the system that each call is of (BGTaskScheduler.h)."""
    compiler("objc")
    case = named("processing", shipped)._replace(platforms=(platform,))
    newer = texts(beginning(case, "27.0", platform), platform)
    [python] = [{path: text} for path, text in newer.items() if path.endswith(".py")]
    objc = {path.rpartition("/")[2]: text for path, text in newer.items() if "/objc/" in path}
    for oldest, refused in (("", 1), ("26.4", 1), ("27.0", 0), ("28.1", 0)):
        app = beginning(case, oldest, platform) if oldest else case
        asked, *_ = Proof(app, platform, {"python": python, "objc": objc}).tasks
        row = asked()
        said = "'submitTaskRequest:completionHandler:' is only available on iOS 27.0 or newer"
        assert sum(said in finding.text for finding in row.findings) == refused
        # The files say themselves that they are for iOS 27.
        assert bool(row.findings) is bool(refused)


def test_two_tasks_keep_their_promise_beside_each_other(apps: list[App]) -> None:
    """Each waits for its own answer."""
    app = two_tasks(apps)
    promise, code = Expectation.of(app, Platform.IOS), delegate_of(app)
    for each in scenarios(app, Platform.IOS):
        for run in islice(Search(python(code, each.outside), each.bound, each.deviations), 200 if ALL else 60):
            assert [found.message for found in violations(run.events, promise)] == []


def test_an_app_that_begins_earlier_is_as_before(shipped: list[Case]) -> None:
    """To the byte, on each platform for itself."""
    for name in ("app_refresh", "processing_global"):
        case = named(name, shipped)
        assert texts(beginning(case, "26.4"), Platform.IOS) == texts(case, Platform.IOS)
        assert texts(beginning(case, "27.0"), Platform.IOS) != texts(case, Platform.IOS)
        assert texts(beginning(case, "27.0", Platform.TVOS), Platform.IOS) == texts(case, Platform.IOS)


def test_the_header_says_which_system_it_needs(shipped: list[Case]) -> None:
    """That of the newer call."""
    [swift] = [
        text
        for path, text in texts(beginning(named("app_refresh", shipped), "28.1"), Platform.IOS).items()
        if path.endswith("/AppDelegate.swift")
    ]
    assert "iOS 27.0 or later" in swift


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "        self.device.background.run(ask)",
            "        ask()",
            "task app_refresh is asked for on the main thread, which the answer holds up",
        ),
        (
            "        self.schedule_next(work)",
            "        self.schedule_next(lambda: None)\n        work()",
            "call 1 ends, and the next one was not asked for",
        ),
        (
            "        self.schedule_next(work)",
            "        work()",
            "call 1 ends, and the next one was not asked for",
        ),
        (
            '                    print("BGTaskScheduler:", error)\n',
            '                    print("BGTaskScheduler:", error)\n                    return\n',
            "the run of step 2 does no work",
        ),
        (
            "            self.device.background.run(lambda: self.work_for(call, done))",
            "            self.work_for(call, done)",
            "work 1 begins on the main thread",
        ),
    ],
)
def test_who_asks_in_another_way_is_told(old: str, new: str, message: str, shipped: list[Case]) -> None:
    """On the main thread, without waiting, never, or with work where the answer comes, or only where the request is taken."""
    case = beginning(named("app_refresh", shipped), "27.0")
    [text] = [text for path, text in texts(case, Platform.IOS).items() if path.endswith(".py")]
    assert text.count(old) == 1
    code = delegate({"AppDelegate.py": text.replace(old, new)}, case.style.class_name)
    promise = Expectation.of(case, Platform.IOS)
    assert any(
        violation.message == message
        for each in sorted(scenarios(case, Platform.IOS), key=lambda each: len(each.outside.steps))
        for run in Search(python(code, each.outside), each.bound, each.deviations)
        for violation in violations(run.events, promise)
    )
