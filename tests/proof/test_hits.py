"""What is sent: each kind of hit in a URL by the SDK's rules, the same in all languages, whatever characters it is made of."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from native.apps import compiler
from test_rendered import SCENARIOS, delegate

import atgen.reference as at
from atgen.case.text import problem
from atgen.proof import native
from atgen.proof.invariants import Expectation, violations
from atgen.proof.search import Search, python
from atgen.reference import Outside, Step
from atgen.rendering import languages
from conftest import EVENT, SCREEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.case.model import Case

Data = dict[str, "str | int"]
LAUNCH = Outside((Step("launch"),))
# What has bitten: encoding, JSON, escapes of the languages, and letters of one to four bytes.
NASTY = [
    '"',
    "\\",
    "\\(x)",
    "%41 + ?",
    "??/",
    "/",
    "</a>",
    "::",
    "a=b;c",
    "{}[],:",
    "%@",
    "é",
    "日本",
    "😀",
    "`~'",
    "\u0301a",
    "\u00a0",
]


def urls(trace: list[Any]) -> list[dict[str, str]]:
    """What the URLs of the hits that arrived say, decoded."""
    queries = [urlsplit(event["url"]).query for event in trace if event["event"] == "sent"]
    return [{key: "".join(value) for key, value in parse_qs(query, strict_parsing=True).items()} for query in queries]


def launched(send: Any) -> list[Any]:  # noqa: ANN401 (what is done with a tracker)
    """The trace of an app that sends something at launch."""

    class App:
        def __init__(self, device: at.Device) -> None:
            self.device = device

        def did_finish_launching(self) -> None:
            send(self.device.at_internet.default_tracker)

    return at.Device(LAUNCH, App).run()


def test_a_screen_is_a_path_and_nothing_else() -> None:
    """It has no type and no click (Sources/Screen.swift)."""
    trace = launched(lambda tracker: tracker.screens.add("name", "one", "two").send_view())
    [hit], [sent] = ([event for event in trace if event["event"] == name] for name in ("hit", "sent"))
    assert (hit["name"], hit["chapters"], hit["action"]) == ("name", ["one", "two"], "view")
    assert sent["url"] == "https://logs.xiti.com/hit.xiti?s=410501&p=one%3A%3Atwo%3A%3Aname"


def test_an_event_is_json_with_small_letters_and_nested_keys() -> None:
    """The keys come in the order of a dictionary, which is not always the same (Sources/Event.swift)."""

    def send(tracker: at.Tracker) -> None:
        for _ in range(2):
            tracker.events.add("Page.Display", {"Page_Name": "A/b", "page_id": 7, "ok": True})
            tracker.events.send()

    first, second = (event["url"] for event in launched(send) if event["event"] == "sent")
    text = '[{"data":{"ok":true,"page":{"id":7,"name":"A\\\\/b"}},"name":"page.display"}]'.replace("\\\\", "\\")
    back = '[{"name":"page.display","data":{"page":{"name":"A\\\\/b","id":7},"ok":true}}]'.replace("\\\\", "\\")
    head = "https://logs.xiti.com/hit.xiti?s=410501"
    assert first == f"{head}&events={at.sdk.percent_encoded(text)}&col=2"
    assert second == f"{head}&col=2&events={at.sdk.percent_encoded(back)}"


def test_events_wait_until_they_are_sent_together() -> None:
    """One without properties is never sent (changelog, 2.23.3), and none is sent twice."""

    def send(tracker: at.Tracker) -> None:
        tracker.events.add("a", {"x": 1})
        tracker.events.add("b", {})
        tracker.events.add("c", {"y": "2"})
        tracker.events.send()
        tracker.events.send()

    first, second = urls(launched(send))
    assert json.loads(first["events"]) == [{"name": "a", "data": {"x": 1}}, {"name": "c", "data": {"y": "2"}}]
    assert json.loads(second["events"]) == []


@pytest.mark.parametrize(
    ("privacy", "keys"), [("exempt", {"s", "p"}), ("optOut", {"s"}), ("optIn", {"s", "p", "events", "col"})]
)
def test_a_visitors_mode_takes_the_event_away(privacy: str, keys: set[str]) -> None:
    """And the screen's name with it, but in exempt (Sources/Privacy.swift)."""

    class App:
        def __init__(self, device: at.Device) -> None:
            self.device = device

        def did_finish_launching(self) -> None:
            tracker = self.device.at_internet.default_tracker
            tracker.screens.add("s").send_view()
            tracker.events.add("e", {"a": 1})
            tracker.events.send()

    said = urls(at.Device(replace(LAUNCH, privacy=privacy), App).run())
    assert {key for each in said for key in each} == keys


def many() -> Iterator[tuple[str, tuple[str, ...], Data]]:
    """Names, chapters and properties of any characters that a spec may have, and numbers at their bounds."""
    rng = random.Random(15)  # noqa: S311 (the same each time)
    some = [char for char in map(chr, rng.sample(range(0x20, 0x2FA20), 3000)) if problem(char) is None]
    texts = [*NASTY, *("".join(rng.sample(some, 8)) for _ in range(40))]
    for number, text in enumerate(texts):
        chapters = tuple(rng.sample(texts, number % 4))
        data: Data = {"a_text": text, "a_b1_c": rng.choice(texts), f"z{number}": number % 2 == 0}
        data |= {"least": -(2**31) + 1, "most": 2**31 - 1, "some": rng.randint(-999, 999)}
        yield text, chapters, data


SENT = list(many())


class All:
    """An app that sends them all at launch."""

    def __init__(self, device: at.Device) -> None:
        self.device = device

    def did_finish_launching(self) -> None:
        """Send a screen and an event of each."""
        tracker = self.device.at_internet.default_tracker
        for number, (name, chapters, data) in enumerate(SENT):
            tracker.screens.add(name, *chapters).send_view()
            tracker.events.add(f"Event.{number}", data)
            tracker.events.send()


def swift() -> str:
    """The same app in Swift."""
    language = languages.get("swift")
    lines = []
    for number, (name, chapters, data) in enumerate(SENT):
        labels = "".join(f", chapter{at}: {language.literal(text)}" for at, text in enumerate(chapters, 1))
        items = ", ".join(f"{language.literal(key)}: {written('swift', value)}" for key, value in data.items())
        lines.append(f"tracker.screens.add({language.literal(name)}{labels}).sendView()")
        lines.append(f'_ = tracker.events.add(name: "Event.{number}", data: [{items}])\ntracker.events.send()')
    head = "_ application: UIApplication, didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?"
    body = "\n".join(["let tracker = ATInternet.sharedInstance.defaultTracker", *lines, "return true"])
    method = f"func application({head}) -> Bool {{\n{body}\n}}"
    return (
        f"import Tracker\nimport UIKit\n@main class AppDelegate: UIResponder, UIApplicationDelegate {{\n{method}\n}}\n"
    )


def objc() -> str:
    """The same app in Objective-C."""
    language = languages.get("objc")
    lines = []
    for number, (name, chapters, data) in enumerate(SENT):
        labels = "".join(f" chapter{at}:{language.literal(text)}" for at, text in enumerate(chapters, 1))
        items = ", ".join(f"{language.literal(key)}: {written('objc', value)}" for key, value in data.items())
        lines.append(f"[[tracker.screens add:{language.literal(name)}{labels}] sendView];")
        lines.append(f'(void)[tracker.events addWithName:@"Event.{number}" data:@{{{items}}}];\n[tracker.events send];')
    body = "\n".join(["Tracker *tracker = [ATInternet sharedInstance].defaultTracker;", *lines, "return YES;"])
    head = "- (BOOL)application:(UIApplication *)application didFinishLaunchingWithOptions:(NSDictionary *)options"
    imports = '#import "AppDelegate.h"\n#import <Tracker/Tracker-Swift.h>'
    return f"{imports}\n@implementation AppDelegate\n{head} {{\n{body}\n}}\n@end\n"


def written(of: str, value: str | int) -> str:
    """A value as a language writes it."""
    language = languages.get(of)
    return language.literal(value) if isinstance(value, str) else language.value(value)


def nested(data: Data) -> dict[str, Any]:
    """The properties as they arrive."""
    whole: dict[str, Any] = {}
    for key, value in data.items():
        *path, last = key.split("_")
        reduce(lambda inner, part: inner.setdefault(part, {}), path, whole)[last] = value
    return whole


def test_what_is_sent_arrives_as_it_was_given() -> None:
    """Decoded from the URL, in the reference: path, names and properties, whatever is in them."""
    expected: list[dict[str, Any]] = []
    for number, (name, chapters, data) in enumerate(SENT):
        expected += [{"p": "::".join([*chapters, name])}]
        expected += [{"events": [{"name": f"event.{number}", "data": nested(data)}], "col": "2"}]
    found = urls(at.Device(LAUNCH, All).run())
    assert [
        {key: json.loads(value) if key == "events" else value for key, value in each.items() if key != "s"}
        for each in found
    ] == expected


@pytest.mark.parametrize("language", ["swift", "objc"])
def test_both_compiled_languages_build_the_references_urls(language: str) -> None:
    """Byte for byte, so the literals, the dictionaries and the encoding say the same."""
    header = "#import <UIKit/UIKit.h>\n@interface AppDelegate : UIResponder <UIApplicationDelegate>\n@end\n"
    files = {
        "swift": lambda: {"AppDelegate.swift": swift()},
        "objc": lambda: {"AppDelegate.m": objc(), "AppDelegate.h": header},
    }[language]()
    [run] = Search(python(All, LAUNCH), bound=1)
    host = native.Host(compiler(language).host(files, None))
    [trace] = host.replay({"network": ["sent"], "steps": ["launch"]}, [run.schedule])
    assert trace == run.lines


@pytest.mark.parametrize(
    "change", [{"name": "x"}, {"properties": (("d", 1),)}, {"properties": (("a_b", "c"), ("d", True))}]
)
def test_another_event_than_the_specs_is_seen(change: dict[str, Any], shipped: list[Case]) -> None:
    """By its name, by a property that is left out, and by a number that became a boolean."""
    [case] = [case._replace(hit=EVENT) for case in shipped if case.name == "scene_task_event"]
    other = case._replace(hit=case.hit._replace(**change))
    promise = Expectation.of(case, case.platforms[0])
    [scenario] = [each for each in SCENARIOS if each.name == "scene_task"]
    for sent, broken in ((case, set()), (other, {"specified"})):
        run = next(iter(Search(python(delegate(sent, "ios"), scenario.outside), scenario.bound)))
        assert {violation.invariant.name for violation in violations(run.events, promise)} == broken


def test_a_gesture_in_the_place_of_a_screen_is_seen(shipped: list[Case]) -> None:
    """Its name and chapters are the same."""
    [case] = [case._replace(hit=SCREEN) for case in shipped if case.name == "scene_task"]
    [other] = [
        case._replace(hit=case.hit._replace(name="s", chapters=("a",))) for case in shipped if case.name == "scene_task"
    ]
    [scenario] = [each for each in SCENARIOS if each.name == "scene_task"]
    run = next(iter(Search(python(delegate(other, "ios"), scenario.outside), scenario.bound)))
    found = violations(run.events, Expectation.of(case, case.platforms[0]))
    assert {violation.invariant.name for violation in found} == {"specified"}
