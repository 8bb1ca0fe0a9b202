"""The Python model of the SDK and the system: each rule that generated code rests on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fixtures.right_delegates import (
    CONFIGURATION,
    RIGHT,
    FetchDedicated,
    FetchGlobal,
    TaskDedicated,
    TaskGlobal,
    WatchTask,
    case,
)
from fixtures.wrong_delegates import Held

import atgen.reference as at
from atgen.case.model import Platform

if TYPE_CHECKING:
    from collections.abc import Callable

LAUNCH = at.Step("launch")
FETCH = at.Step("fetch")
BACKGROUND = at.Step("background")


class App:
    """An app that does at launch what a test gives it to do."""

    def __init__(self, device: at.Device, launch: Callable[[at.Device], None]) -> None:
        self.device = device
        self.launch = launch

    def did_finish_launching(self) -> None:
        """Do it."""
        self.launch(self.device)


class Ear(at.TrackerDelegate):
    """Writes down what a tracker's delegate hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[object, ...]] = []

    def build_did_end(self, status: at.HitStatus, message: str) -> None:
        """Write it down."""
        self.heard.append(("build", status, message))

    def send_did_end(self, status: at.HitStatus, message: str) -> None:
        """Write it down."""
        self.heard.append(("send", status, message))

    def save_did_end(self, message: str) -> None:
        """Write it down."""
        self.heard.append(("save", message))

    def error_did_occur(self, message: str) -> None:
        """Write it down."""
        self.heard.append(("error", message))


def launched(
    launch: Callable[[at.Device], None],
    *schedule: str,
    steps: tuple[at.Step, ...] = (),
    network: tuple[str, ...] = ("sent",),
    stored: int = 0,
    expirations: bool = False,
) -> list[at.Event]:
    """Play an app that does something at launch."""
    outside = at.Outside((LAUNCH, *steps), network, stored=stored, expirations=expirations)
    return at.Device(outside, lambda device: App(device, launch)).run(schedule)


def named(events: list[at.Event], *names: str) -> list[at.Event]:
    """Pick the events of these names."""
    return [event for event in events if event["event"] in names]


def labels(events: list[at.Event]) -> list[list[str]]:
    """List what was open at each choice."""
    return [event["of"] for event in named(events, "choice")]


def hears(storage: str, outcome: str, stored: int = 0) -> list[tuple[object, ...]]:
    """Send a hit with a tracker of that storage, let it meet the outcome, and return what the delegate hears."""
    ear = Ear()

    def launch(device: at.Device) -> None:
        tracker = device.at_internet.tracker("t", CONFIGURATION | {"storage": storage})
        tracker.delegate = ear
        tracker.gestures.add("g").send_touch()

    launched(launch, network=(outcome,), stored=stored)
    return ear.heard


def test_the_trace_is_written_as_the_contract_has_it() -> None:
    """One JSON object an event: time, queue, the step it descends from, what happened, and its own keys in order."""
    events = at.Device(at.Outside((LAUNCH, FETCH)), FetchDedicated).run()
    url = "https://logs.xiti.com/hit.xiti?s=123456&p=fetch&click=T&type=click&bg=fetch"
    told = '{"t":0,"on":"sdk","from":2,"event":"told","tracker":"bgFetchTracker","method":'
    expected = [
        '{"t":0,"on":"main","from":1,"event":"launch"}',
        '{"t":0,"on":"main","from":1,"event":"configure","tracker":"bgFetchTracker","configuration":{"log":"logp","logSSL":"logs","site":"123456","storage":"required"}}',
        '{"t":0,"on":"main","from":1,"event":"mode","tracker":"bgFetchTracker","mode":"fetch"}',
        '{"t":0,"on":"main","from":1,"event":"delegate","tracker":"bgFetchTracker","set":true}',
        '{"t":0,"on":"main","from":1,"event":"interval","seconds":0}',
        '{"t":0,"on":"main","from":2,"event":"fetch","call":1}',
        '{"t":0,"on":"main","from":2,"event":"work","work":1,"kind":"fetch"}',
        '{"t":0,"on":"main","from":2,"event":"done","work":1,"good":true}',
        '{"t":0,"on":"main","from":2,"event":"hit","hit":1,"tracker":"bgFetchTracker","name":"fetch","chapters":[],"action":"download","bg":"fetch","by":"app"}',
        '{"t":0,"on":"main","from":0,"event":"choice","of":["build#1","timer#3"],"took":"build#1"}',
        '{"t":0,"on":"sdk","from":2,"event":"build","hit":1,"ok":true}',
        told + f'"buildDidEnd:message:","message":"{url}\\n","status":"success"}}',
        '{"t":0,"on":"main","from":0,"event":"choice","of":["main#4","sent#1"],"took":"main#4"}',
        '{"t":0,"on":"main","from":0,"event":"choice","of":["sent#1","timer#3"],"took":"sent#1"}',
        f'{{"t":0,"on":"sdk","from":2,"event":"sent","hit":1,"url":"{url}"}}',
        told + f'"sendDidEnd:message:","message":"{url}","status":"success"}}',
        '{"t":0,"on":"main","from":2,"event":"complete","call":1,"result":"newData"}',
        '{"t":0,"on":"main","from":0,"event":"over","modes":{"bgFetchTracker":"fetch","defaultTracker":"normal"},"open":[]}',
    ]
    assert expected == [at.line(event) for event in events]


def test_a_line_is_compact_json_in_utf8() -> None:
    """Only quotes, backslashes and control characters are escaped, as Python's json writes them."""
    event = {"t": 0.5, "message": 'é "\\\n\x1f\x7f'}
    assert at.line(event) == '{"t":0.5,"message":"é \\"\\\\\\n\\u001f\x7f"}'
    assert event == json.loads(at.line(event))


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("Az09`", "Az09`"),
        ("a::b", "a%3A%3Ab"),
        (" -._~", "%20%2D%2E%5F%7E"),
        ("é", "%C3%A9"),
        ("²𝟙", "%C2%B2%F0%9D%9F%99"),
    ],
)
def test_parameters_are_encoded_as_the_sdk_does(text: str, encoded: str) -> None:
    """Everything but ASCII letters, digits and the backtick is %XX (Sources/StringExtension.swift)."""
    assert encoded == at.percent_encoded(text)


@pytest.mark.parametrize(
    ("send", "action", "click"),
    [
        ("send_touch", "touch", "A"),
        ("send_navigation", "navigation", "N"),
        ("send_download", "download", "T"),
        ("send_exit", "exit", "S"),
        ("send_search", "search", "IS"),
    ],
)
def test_a_hit_carries_its_gesture(send: str, action: str, click: str) -> None:
    """The path holds chapters and name, `click` the action (Sources/Gesture.swift)."""

    def launch(device: at.Device) -> None:
        getattr(device.at_internet.default_tracker.gestures.add("name", "one", "two"), send)()

    hit, sent = named(launched(launch), "hit", "sent")
    assert (action, ["one", "two"], "name") == (hit["action"], hit["chapters"], hit["name"])
    assert f"https://logs.xiti.com/hit.xiti?s=410501&p=one%3A%3Atwo%3A%3Aname&click={click}&type=click" == sent["url"]


def test_a_hit_copies_the_mode_when_it_is_sent() -> None:
    """Set, send, reset tags exactly that hit, however late it is built (Sources/Builder.swift)."""

    def launch(device: at.Device) -> None:
        tracker = device.at_internet.default_tracker
        tracker.context.background_mode = at.BackgroundMode.TASK
        tracker.gestures.add("tagged").send_touch()
        tracker.context.background_mode = at.BackgroundMode.NORMAL
        tracker.gestures.add("plain").send_touch()

    events = launched(launch)
    assert [hit["bg"] for hit in named(events, "hit")] == ["task", ""]
    assert [hit["url"].endswith("&bg=task") for hit in named(events, "sent")] == [True, False]


def test_a_tracker_is_configured_once() -> None:
    """A name that is registered gives its tracker, and the configuration is ignored (Sources/ATInternet.swift)."""
    trackers = []

    def launch(device: at.Device) -> None:
        trackers.append(device.at_internet.tracker("t", {"site": "1"}))
        trackers.append(device.at_internet.tracker("t", {"site": "2"}))
        trackers.append(device.at_internet.tracker("defaultTracker", {"site": "3"}))
        trackers.append(device.at_internet.default_tracker)

    events = launched(launch)
    assert [event["configuration"] for event in named(events, "configure")] == [{"site": "1"}]
    assert trackers[0] is trackers[1]
    assert trackers[2] is trackers[3]
    assert trackers[0].configuration["site"] == "1"


@pytest.mark.parametrize(
    ("configuration", "half", "found"),
    [
        ({}, "https://.xiti.com/hit.xiti?s=", 2),
        ({"site": "1"}, "https://.xiti.com/hit.xiti?s=1", 3),
        ({"site": "1", "log": "l", "domain": ""}, "https://l./hit.xiti?s=1", 3),
    ],
)
def test_a_hit_is_built_only_with_a_whole_configuration(configuration: dict[str, str], half: str, found: int) -> None:
    """Else the delegate hears of an error, and the hit is gone (Sources/Builder.swift)."""
    ear = Ear()

    def launch(device: at.Device) -> None:
        tracker = device.at_internet.tracker("t", configuration)
        tracker.delegate = ear
        tracker.gestures.add("g").send_touch()

    events = launched(launch)
    message = f"There is something wrong with configuration: {half}. Expected 4 configuration keys, found {found}"
    assert [("error", message)] == ear.heard
    assert [event["ok"] for event in named(events, "build", "sent")] == [False]


URL = "https://logs.xiti.com/hit.xiti?s=123456&p=g&click=A&type=click"
OLT = URL + "&cn=offline&olt=0.000000"
OLD = "https://logs.xiti.com/hit.xiti?s=410501&p=old&click=A&type=click&bg=task&cn=offline&olt=0.000000"
BUILT = ("build", at.HitStatus.SUCCESS, URL + "\n")
SENT = ("send", at.HitStatus.SUCCESS, URL)
SAVED = ("save", OLT)
RESENT = ("send", at.HitStatus.SUCCESS, OLD)


@pytest.mark.parametrize(
    ("storage", "outcome", "stored", "heard"),
    [
        ("never", "sent", 1, [BUILT, SENT]),
        ("never", "failed", 1, [BUILT]),
        ("never", "offline", 1, [BUILT]),
        ("required", "sent", 0, [BUILT, SENT]),
        ("required", "failed", 0, [BUILT, SAVED, ("send", at.HitStatus.FAILED, "")]),
        ("required", "offline", 0, [BUILT, SAVED]),
        ("required", "hang", 0, [BUILT]),
        ("required", "sent", 2, [BUILT, RESENT, RESENT, SENT]),
        ("always", "sent", 1, [BUILT, SAVED]),
        ("always", "hang", 0, [BUILT, SAVED]),
    ],
)
def test_the_delegate_hears_what_the_sdk_tells(
    storage: str, outcome: str, stored: int, heard: list[tuple[object, ...]]
) -> None:
    """Who is told what depends on the storage and on the network (Sources/Sender.swift)."""
    assert heard == hears(storage, outcome, stored)


def test_other_code_may_have_emptied_the_configuration() -> None:
    """The network's outcome `refused` stands for it: the delegate hears of an error, and nothing of a build."""
    message = "There is something wrong with configuration: https://.?s=. Expected 4 configuration keys, found 0"
    assert [("error", message)] == hears("required", "refused")


@pytest.mark.parametrize(
    ("storage", "outcome", "message"),
    [
        ("never", "refused", "http://.?s=. Expected 4 configuration keys, found 0"),
        ("required", "sent", "http://logp.?s=123456. Expected 4 configuration keys, found 2"),
    ],
)
def test_the_older_sdk_builds_a_hit_without_a_configuration(storage: str, outcome: str, message: str) -> None:
    """Its delegate hears of the error and of the build; the request cannot be made (ATBuilder.m, ATSender.m)."""
    ear = Ear()

    def launch(device: at.Device) -> object:
        empty = {"domain": "", "pixelPath": "", "storage": storage}
        tracker = device.at_internet.tracker(
            "t", CONFIGURATION | (empty if outcome == "sent" else {"storage": storage})
        )
        tracker.delegate = ear
        tracker.gestures.add("g").send_touch()
        return object()

    at.Device(at.Outside((LAUNCH,), (outcome,), builds_all=True), launch).run()
    query = "&p=g&click=A&type=click"
    stored = [("save", f"{query}&cn=offline&olt=0.000000"), ("send", at.HitStatus.FAILED, "")]
    assert ear.heard == [
        ("error", f"There is something wrong with configuration: {message}"),
        ("build", at.HitStatus.SUCCESS, f"{query}\n"),
        *(stored if storage == "required" else []),
    ]


@pytest.mark.parametrize(("secure", "start"), [("true", "https://logs."), ("false", "http://logp.")])
def test_the_older_sdk_sends_in_clear_text_unless_it_is_told(secure: str, start: str) -> None:
    """Each way has its own log (ATBuilder.m); the newer SDK's is always https (Sources/Builder.swift)."""
    urls = []
    for builds_all in (True, False):

        def launch(device: at.Device) -> object:
            device.at_internet.tracker("t", CONFIGURATION | {"secure": secure}).gestures.add("g").send_touch()
            return object()

        events = at.Device(at.Outside((LAUNCH,), builds_all=builds_all), launch).run()
        urls += [event["url"] for event in events if event["event"] == "sent"]
    assert [url.partition("xiti.com")[0] for url in urls] == [start, "https://logs."]


@pytest.mark.parametrize(("builds_all", "answers"), [(True, 1), (False, 0)])
def test_only_the_older_sdk_asks_a_partner(builds_all: bool, answers: int) -> None:
    """It does so before it builds the first hit (ATBuilder.m, ATTVTrackingPlugin.m), and the former delegate hears of it."""

    def launch(device: at.Device) -> object:
        tracker = device.at_internet.default_tracker
        tracker.delegate = deliveries = at.HitDeliveries(tracker)
        for name in ("a", "b"):
            tracker.gestures.add(name).send_touch()
        return deliveries

    plugins = (("plugins", "tvtracking"),)
    events = at.Device(at.Outside((LAUNCH,), global_tracker=plugins, builds_all=builds_all), launch).run()
    heard = [event["method"] for event in events if event["event"] == "heard"]
    assert heard == ["didCallPartner:"] * answers + ["buildDidEnd:message:", "sendDidEnd:message:"] * 2


def test_a_stored_hit_that_cannot_leave_stays_and_the_next_joins_it() -> None:
    """Its failure is told to the tracker that sends, whose own hit is stored then (Sources/Sender.swift)."""
    ear = Ear()

    def launch(device: at.Device) -> object:
        tracker = device.at_internet.tracker("t", CONFIGURATION)
        tracker.delegate = ear
        tracker.gestures.add("g").send_touch()
        return object()

    outside = at.Outside((LAUNCH,), ("sent", "not_resent"), stored=2)
    events = at.Device(outside, launch).run(["resend#1", "not_resent#2"])
    assert [event["event"] for event in events][-5:] == ["kept", "told", "stored", "told", "over"]
    assert [heard[:2] for heard in ear.heard[1:3]] == [("send", at.HitStatus.SUCCESS), ("send", at.HitStatus.FAILED)]
    assert ear.heard[3][0] == "save"


def test_a_hit_that_nobody_answers_holds_all_others_up() -> None:
    """There is one serial queue for all trackers (Sources/Tracker.swift)."""

    def launch(device: at.Device) -> None:
        device.at_internet.default_tracker.gestures.add("one").send_touch()
        device.at_internet.tracker("t", CONFIGURATION).gestures.add("two").send_touch()

    events = launched(launch, network=("hang",))
    assert [(event["event"], event["hit"]) for event in named(events, "build", "hang", "sent")] == [
        ("build", 1),
        ("hang", 1),
    ]


def test_a_stored_hit_leaves_with_the_next_one() -> None:
    """It keeps its number and its URL, and the trace says that it arrived."""

    def launch(device: at.Device) -> None:
        for name in ("one", "two"):
            device.at_internet.tracker("t", CONFIGURATION).gestures.add(name).send_touch()

    events = launched(launch, "offline#1", network=("sent", "offline"))
    stored, resent = named(events, "stored", "resent")
    assert stored["url"] == resent["url"]
    assert labels(events) == [["sent#1", "offline#1"], ["sent#2", "offline#2"]]


def test_main_blocks_keep_their_order_and_background_blocks_do_not() -> None:
    """Of the main queue only the head is open, of the background queue every block."""
    ran: list[str] = []

    def launch(device: at.Device) -> None:
        device.background.run(lambda: ran.append("first off main"))
        device.background.run(lambda: ran.append("second off main"))
        device.main.run(lambda: ran.append("first"))
        device.main.run(lambda: ran.append("second"))

    events = launched(launch, "background#2", "main#3")
    assert labels(events)[:2] == [["main#3", "background#1", "background#2"], ["main#3", "background#1"]]
    assert ran == ["second off main", "first", "second", "first off main"]


def test_the_clock_moves_when_a_timer_fires_and_only_then() -> None:
    """The earliest timer is open while nothing waits on the main queue; of two for one moment the older is first."""
    ran: list[tuple[str, float]] = []

    def launch(device: at.Device) -> None:
        device.main.after(3, lambda: ran.append(("late", device.clock)))
        device.main.after(1.5, lambda: ran.append(("early", device.clock)))
        device.main.after(3, lambda: ran.append(("later", device.clock)))
        device.main.after(-1, lambda: ran.append(("now", device.clock)))
        device.main.run(lambda: ran.append(("main", device.clock)))

    events = launched(launch, steps=(at.Step("look"),))
    assert labels(events)[0] == ["main#5", "step#2"]
    assert ran == [("main", 0), ("now", 0), ("early", 1.5), ("late", 3), ("later", 3)]


def test_a_block_descends_from_the_step_that_gave_it() -> None:
    """`from` is inherited at enqueue, through queues and timers, and by what the SDK says of a hit."""
    outside = at.Outside((LAUNCH, at.Step("look"), BACKGROUND, at.Step("look")), expirations=True)
    events = at.Device(outside, TaskDedicated).run(["step#2", "step#3"])
    names = ("begin", "block", "work", "done", "hit", "build", "told", "sent", "end")
    assert {3} == {event["from"] for event in named(events, *names)}


def test_a_task_expires_in_the_background_once() -> None:
    """In the foreground it does not; its handler is called on the main thread (Apple, beginBackgroundTask)."""

    def launch(device: at.Device) -> None:
        device.application.begin_background_task("t")

    steps = (BACKGROUND, at.Step("foreground"))
    events = launched(launch, "expire#1", steps=steps, expirations=True)
    assert labels(events) == [["step#3", "expire#1"]]
    assert [(event["on"], event["task"]) for event in named(events, "expire")] == [("main", 1)]
    assert events[-1]["open"] == [1]
    assert labels(launched(launch, steps=steps)) == []


@pytest.mark.parametrize(
    ("steps", "states"),
    [
        (("push",), [False, False]),
        (("background", "push"), [False, True, True]),
        (("fetch", "foreground", "fetch"), [False, True, False, True]),
        (("look", "fetch", "push"), [False, True, True]),
    ],
)
def test_the_system_wakes_the_app_in_the_background(steps: tuple[str, ...], states: list[bool]) -> None:
    """For a fetch; there it is until a person opens it."""
    found: list[bool] = []

    class Asking:
        def __init__(self, device: at.Device) -> None:
            self._device = device

        def did_finish_launching(self, *_: object) -> None:
            found.append(self._device.application.in_background)

        perform_fetch = receive_notification = did_enter_background = will_enter_foreground = did_finish_launching

    at.Device(at.Outside((LAUNCH, *map(at.Step, steps))), Asking).run()
    assert found == states


def test_a_task_that_is_not_open_cannot_be_ended() -> None:
    """Neither the invalid one, nor one that was never begun or is over; the trace says so."""

    def launch(device: at.Device) -> None:
        task = device.application.begin_background_task("t")
        for identifier in (at.Application.INVALID_TASK, task, task, 7):
            device.application.end_background_task(identifier)

    ends = [(event["task"], event["valid"]) for event in named(launched(launch), "end")]
    assert ends == [(0, False), (1, True), (1, False), (7, False)]


def test_what_the_app_does_not_implement_is_missing() -> None:
    """The trace names the selector that the system would have called."""
    outside = at.Outside((LAUNCH, FETCH, BACKGROUND, at.Step("foreground")))
    missing = named(at.Device(outside, lambda _: object()).run(), "missing")
    assert [event["method"] for event in missing] == [
        "application:didFinishLaunchingWithOptions:",
        "application:performFetchWithCompletionHandler:",
        "applicationDidEnterBackground:",
    ]


def test_the_app_hears_that_it_comes_to_the_foreground() -> None:
    """If it listens; if not, nothing is missing."""

    class Returning:
        def __init__(self, device: at.Device) -> None:
            self.device = device

        def will_enter_foreground(self) -> None:
            self.device.at_internet.default_tracker.gestures.add("back").send_touch()

    events = at.Device(at.Outside((LAUNCH, at.Step("foreground"))), Returning).run()
    assert [event["event"] for event in events[2:]] == ["foreground", "hit", "build", "sent", "over"]


def test_other_code_uses_the_global_tracker() -> None:
    """It sends a hit, looks at the mode, or tags a hit of its own, all in one go."""
    outside = at.Outside((LAUNCH, at.Step("hit", "home"), at.Step("look"), at.Step("mode", "task")))
    events = at.Device(outside, FetchGlobal).run(["step#2", "step#3", "step#4"])
    assert [(hit["name"], hit["bg"], hit["by"]) for hit in named(events, "hit")] == [
        ("home", "", "other"),
        ("other", "task", "other"),
    ]
    assert [event["event"] for event in named(events, "look", "mode", "hit")][1:] == ["look", "mode", "hit", "mode"]


def test_a_label_that_is_not_open_counts_for_the_first() -> None:
    """It is used up; what is left over of a schedule is ignored."""
    outside = at.Outside((LAUNCH, FETCH))
    events = at.Device(outside, FetchGlobal).run(["nothing#9", "timer#3", "sent#1", "too", "many"])
    assert [(event["of"], event["took"]) for event in named(events, "choice")] == [
        (["build#1", "timer#3"], "build#1"),
        (["sent#1", "timer#3"], "timer#3"),
    ]


def test_a_run_that_never_ends_is_stopped() -> None:
    """The trace says so before it is over."""

    def launch(device: at.Device) -> None:
        def poll() -> None:
            device.main.run(poll)

        poll()

    assert [event["event"] for event in launched(launch)[-2:]] == ["endless", "over"]


def test_places_say_where_in_the_apps_code_an_event_was_caused() -> None:
    """An event in the app's code has the line that runs, one before it that of the code to be called, others none."""
    device = at.Device(at.Outside((LAUNCH, BACKGROUND)), TaskGlobal, places=True)
    events = device.run()
    source = Path(sys.modules[TaskGlobal.__module__].__file__ or "")
    code = source.read_text(encoding="utf-8").splitlines()
    found = {
        event["event"]: code[int(place.rpartition(":")[2]) - 1].strip()
        for event, place in zip(events, device.places or (), strict=True)
        if place and place.startswith(f"{source}:")
    }
    [work] = [line.strip() for line in code if "background.run(lambda: self.work(lambda" in line]
    assert found == {
        "background": "def did_enter_background(self) -> None:",
        "begin": "return at.BackgroundCall.task(self.device, self.title)",
        **dict.fromkeys(("block", "work", "done"), work),
        "hit": "tracker.gestures.add(self.gesture).send_download()",
        "mode": "tracker.context.background_mode = at.BackgroundMode.NORMAL",
    }


def test_play_tells_what_happens_and_ends_with_the_url(capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence an event, each with its time."""
    at.play(FetchGlobal)
    expected = """\
  0 s  The app is launched.
  0 s  The app asks for background fetches, at least 0 s apart.
  0 s  The system fires background fetch 1.
  0 s  The app's work 1 begins.
  0 s  The app's work 1 is done.
  0 s  The mode of tracker defaultTracker is set to fetch.
  0 s  The app sends hit 1, "fetch" (download), with tracker defaultTracker, tagged bg=fetch.
  0 s  The mode of tracker defaultTracker is set to normal.
  0 s  The SDK builds hit 1.
  0 s  Hit 1 arrives: https://logs.xiti.com/hit.xiti?s=410501&p=fetch&click=T&type=click&bg=fetch
  5 s  The app calls the completion handler of fetch 1: newData.
https://logs.xiti.com/hit.xiti?s=410501&p=fetch&click=T&type=click&bg=fetch
"""
    assert expected == capsys.readouterr().out


@pytest.mark.parametrize("delegate", RIGHT)
def test_every_kind_of_app_is_called_by_default(delegate: type) -> None:
    """Whatever it waits for happens once, on the system that it is made for."""
    outside = at.outside(delegate)
    events = at.Device(outside, delegate).run()
    assert [hit["bg"] for hit in named(events, "hit")] == [case(delegate).mode.value]
    assert len(named(events, "complete", "end")) == 1
    assert (outside.system == "watchkit") is (case(delegate).platforms == (Platform.WATCHOS,))


def test_with_scenes_the_app_delegate_is_not_called() -> None:
    """Observers are, in their order; without scenes both are, the delegate first; nobody hears of one scene of two."""
    told: list[str] = []

    class Observing:
        def __init__(self, device: at.Device) -> None:
            for name in (at.Application.DID_ENTER_BACKGROUND, at.Application.WILL_ENTER_FOREGROUND):
                for which in ("first", "second"):
                    device.notifications.observe(name, lambda name=name, which=which: told.append(f"{which} {name}"))

        def did_enter_background(self) -> None:
            told.append("background")

        def will_enter_foreground(self) -> None:
            told.append("foreground")

    steps = (LAUNCH, at.Step("scene_background"), BACKGROUND, at.Step("foreground"))
    both = [f"{which} {name}" for name in (BACKGROUND_POSTED, FOREGROUND_POSTED) for which in ("first", "second")]
    events = at.Device(at.Outside(steps, scenes=True), Observing).run()
    assert told == both
    assert [event["event"] for event in events] == ["launch", "missing", "scene", "background", "foreground", "over"]
    assert named(events, "scene") == [
        {"t": 0, "on": "main", "from": 2, "event": "scene", "scene": 1, "state": "background"}
    ]
    told.clear()
    at.Device(at.Outside(steps), Observing).run()
    assert told == ["background", *both[:2], "foreground", *both[2:]]
    told.clear()
    at.Device(at.Outside(steps, system="watchkit"), Observing).run()
    assert told == ["background", "foreground"]


BACKGROUND_POSTED = "UIApplicationDidEnterBackgroundNotification"
FOREGROUND_POSTED = "UIApplicationWillEnterForegroundNotification"


def test_with_scenes_no_method_is_missing() -> None:
    """Nobody would have called it."""
    events = at.Device(at.Outside((LAUNCH, BACKGROUND), scenes=True), lambda _: object()).run()
    assert [event["method"] for event in named(events, "missing")] == ["application:didFinishLaunchingWithOptions:"]


def test_a_watch_app_is_called_by_other_names() -> None:
    """Those of WKApplicationDelegate, by their Objective-C selectors."""
    outside = at.Outside((LAUNCH, BACKGROUND, at.Step("refresh", "with_snapshot")), system="watchkit")
    missing = named(at.Device(outside, lambda _: object()).run(), "missing")
    assert [event["method"] for event in missing] == [
        "applicationDidFinishLaunching",
        "applicationDidEnterBackground",
        "handleBackgroundTasks:",
    ]


def scheduled(run: Callable[[at.Device, at.ScheduledTask], None], *schedule: str, runs: int = 1) -> list[at.Event]:
    """Play an app that asks for a task at launch and does something in it."""

    def launch(device: at.Device) -> None:
        device.task_scheduler.register("a", lambda task: run(device, task))
        device.task_scheduler.submit(at.BGProcessingTaskRequest("a"))

    return launched(launch, *schedule, steps=(at.Step("run_task"),) * runs, expirations=True)


def test_a_scheduled_task_is_run_once_for_each_request() -> None:
    """Its handler is called on the main thread in the step itself; without a request the system has nothing to run."""
    ran: list[str] = []

    def launch(device: at.Device) -> None:
        for name in ("a", "b"):
            device.task_scheduler.register(name, lambda task, name=name: ran.append(name) or task.set_completed(True))  # type: ignore[misc]
        device.task_scheduler.submit(at.BGAppRefreshTaskRequest("a", earliest=900))
        device.task_scheduler.submit(at.BGAppRefreshTaskRequest("b", earliest=0.5))
        device.task_scheduler.submit(at.BGProcessingTaskRequest("a"))
        device.task_scheduler.submit(at.BGProcessingTaskRequest("nobody's"))

    events = launched(launch, steps=(at.Step("run_task"),) * 3)
    lines = [
        at.line(event).partition('"event":')[2]
        for event in named(events, "register", "submit", "run", "complete", "idle")
    ]
    assert lines == [
        '"register","task":"a"}',
        '"register","task":"b"}',
        '"submit","task":"a","kind":"app_refresh","earliest":900}',
        '"submit","task":"b","kind":"app_refresh","earliest":0.5}',
        '"submit","task":"a","kind":"processing","earliest":0}',
        '"submit","task":"nobody\'s","kind":"processing","earliest":0}',
        '"run","call":1,"task":"b"}',
        '"complete","call":1,"result":"success"}',
        '"run","call":2,"task":"a"}',
        '"complete","call":2,"result":"success"}',
        '"idle"}',
    ]
    assert ran == ["b", "a"]
    assert {("main", 2)} == {
        (event["on"], event["from"]) for event in named(events, "run", "complete") if event["call"] == 1
    }


def test_a_handler_may_be_registered_too_late() -> None:
    """The trace says so; the real one traps."""

    def launch(device: at.Device) -> None:
        device.main.run(lambda: device.task_scheduler.register("a", lambda _: None))

    assert [event["late"] for event in named(launched(launch), "register")] == [True]


def test_a_scheduled_task_expires_once_wherever_the_app_is() -> None:
    """Its handler is called on the queue that it is registered for; one that is completed does not expire."""

    def run(device: at.Device, task: at.ScheduledTask) -> None:
        task.expiration_handler = lambda: device.main.run(lambda: task.set_completed(False))
        device.main.run(lambda: None)

    events = scheduled(run, "expire_call#1")
    assert labels(events) == [["main#1", "expire_call#1"]]
    assert [(event["event"], event["on"], event["from"]) for event in named(events, "expire_call", "complete")] == [
        ("expire_call", "main", 2),
        ("complete", "main", 2),
    ]
    assert [event["result"] for event in named(events, "complete")] == ["failure"]
    assert labels(scheduled(lambda _, task: task.set_completed(True))) == []
    assert [event["event"] for event in scheduled(lambda *_: None)][-2:] == ["expire_call", "over"]


def test_expirations_of_tasks_come_before_those_of_calls() -> None:
    """The labels have the same order in every language."""

    def run(device: at.Device, _: at.ScheduledTask) -> None:
        device.application.begin_background_task("t")
        device.application.perform_expiring_activity("a", lambda _: None)

    def launch(device: at.Device) -> None:
        device.task_scheduler.register("a", lambda task: run(device, task))
        device.task_scheduler.submit(at.BGProcessingTaskRequest("a"))

    events = launched(launch, steps=(BACKGROUND, at.Step("run_task")), expirations=True)
    assert labels(events)[0] == ["background#1", "expire#1", "expire#2", "expire_call#1"]


def test_a_watch_app_is_handed_a_refresh_for_each_request() -> None:
    """A snapshot task comes unasked, before it, and is handed over on its own; calls are counted over all."""

    class Handling:
        def __init__(self, device: at.Device) -> None:
            self.device = device

        def did_finish_launching(self) -> None:
            self.device.application.schedule_background_refresh(900)
            self.device.application.schedule_background_refresh(60)

        def handle(self, background_tasks: list[at.RefreshTask]) -> None:
            for task in background_tasks:
                kind = "ours" if task.kind == "refresh" else "another"
                self.device.at_internet.default_tracker.gestures.add(kind).send_touch()
                task.set_completed()

    steps = (LAUNCH, at.Step("refresh", "with_snapshot"), at.Step("refresh"))
    events = at.Device(at.Outside(steps, system="watchkit"), Handling).run()
    lines = [at.line(event).partition('"event":')[2] for event in named(events, "submit", "run", "complete", "idle")]
    assert lines == [
        '"submit","task":"","kind":"refresh","earliest":900}',
        '"submit","task":"","kind":"refresh","earliest":60}',
        '"run","call":1,"task":"snapshot"}',
        '"run","call":2,"task":"refresh"}',
        '"complete","call":1,"result":"no snapshot"}',
        '"complete","call":2,"result":"no snapshot"}',
        '"idle"}',
    ]
    assert [hit["name"] for hit in named(events, "hit")] == ["another", "ours"]


def activity(events: list[at.Event]) -> list[tuple[str, str]]:
    """Say what becomes of an activity, and on which thread."""
    return [(event["event"], event["on"]) for event in named(events, "begin", "block", "wake", "end", "expire")]


def test_an_activity_lasts_until_its_block_returns() -> None:
    """It waits off the main thread while everything else goes on, and goes on itself when there is a signal."""
    outside = at.Outside((LAUNCH, BACKGROUND), system="watchkit")
    events = at.Device(outside, WatchTask).run()
    assert activity(events) == [
        ("begin", "main"),
        ("block", "background"),
        ("block", "background"),
        ("wake", "main"),
        ("end", "background"),
    ]
    assert labels(events)[-1] == ["sent#1", "timer#4"]
    assert events[-1]["open"] == []


@pytest.mark.parametrize(
    ("schedule", "became"),
    [
        (
            ["expire#1"],
            [
                ("begin", "main"),
                ("expire", "background"),
                ("wake", "main"),
                ("block", "background"),
                ("end", "background"),
            ],
        ),
        (
            ["background#1", "expire#1"],
            [
                ("begin", "main"),
                ("block", "background"),
                ("expire", "background"),
                ("wake", "main"),
                ("wake", "main"),
                ("block", "background"),
                ("end", "background"),
            ],
        ),
    ],
)
def test_an_activity_that_expires_is_called_again(schedule: list[str], became: list[tuple[str, str]]) -> None:
    """On another thread, at once; if its block had not begun, that call is all that there is of it."""
    outside = at.Outside((LAUNCH, BACKGROUND), system="watchkit", expirations=True)
    assert became == activity(at.Device(outside, WatchTask).run(schedule))


def test_a_semaphore_counts() -> None:
    """Signals that nobody waits for are kept, and who has waited longest goes on first."""
    order: list[str] = []

    def launch(device: at.Device) -> None:
        semaphore = device.semaphore(1)

        def block(name: str) -> None:
            semaphore.wait()
            order.append(name)

        for name in ("first", "second", "third"):
            device.application.perform_expiring_activity(name, lambda _, name=name: block(name))
        device.main.after(1, semaphore.signal)
        device.main.after(2, semaphore.signal)
        device.main.after(3, semaphore.signal)

    events = launched(launch)
    assert order == ["first", "second", "third"]
    assert [(event["t"], event["task"]) for event in named(events, "wake")] == [(1, 2), (2, 3)]
    assert [event["task"] for event in named(events, "end")] == [1, 2, 3]


def test_only_an_activity_can_wait() -> None:
    """Anywhere else nothing could run any more."""
    with pytest.raises(RuntimeError, match="it never goes on"):
        launched(lambda device: device.semaphore().wait())


def test_an_exception_in_an_activity_is_raised() -> None:
    """Although it comes from another thread, in which the block had waited."""

    def launch(device: at.Device) -> None:
        semaphore = device.semaphore()

        def block(_: bool) -> None:
            semaphore.wait()
            raise ZeroDivisionError

        device.application.perform_expiring_activity("a", block)
        device.main.after(1, semaphore.signal)

    with pytest.raises(ZeroDivisionError):
        launched(launch)


def test_what_is_suspended_when_a_run_is_over_is_thrown_away() -> None:
    """Its thread is used again, and what its end would say is not said."""

    def launch(device: at.Device) -> None:
        def block(_: bool) -> None:
            try:
                device.semaphore().wait()
            finally:
                device.at_internet.default_tracker.gestures.add("too late").send_touch()

        for name in ("a", "b"):
            device.application.perform_expiring_activity(name, block)

    launched(launch)
    threads = threading.active_count()
    for _ in range(50):
        events = launched(launch)
        assert [event["event"] for event in events[-2:]] == ["block", "over"]
        assert events[-1]["open"] == [1, 2]
    assert threads == threading.active_count()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="not run: this system has no fork")
def test_threads_are_not_used_again_in_a_forked_process() -> None:
    """They are not there."""
    code = """
import os, atgen.reference as at

def launch(device):
    device.application.perform_expiring_activity("a", lambda _: None)

outside = at.Outside((at.Step("launch"),))
at.Device(outside, launch).run()
if os.fork() == 0:
    at.Device(outside, launch).run()
    os._exit(7)
print(os.waitstatus_to_exitcode(os.wait()[1]))
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "7\n"


def test_an_activitys_places_are_those_of_its_block() -> None:
    """Also when it goes on, and when it is called again."""
    outside = at.Outside((LAUNCH, BACKGROUND), system="watchkit", expirations=True)
    device = at.Device(outside, Held, places=True)
    events = device.run(["background#1", "expire#1"])
    source = Path(sys.modules[Held.__module__].__file__ or "")
    code = source.read_text(encoding="utf-8").splitlines()
    found = {
        event["event"]: code[int(place.rpartition(":")[2]) - 1].strip()
        for event, place in zip(events, device.places or (), strict=True)
        if place and place.startswith(f"{source}:")
    }
    assert found == {
        "begin": "self.device.application.perform_expiring_activity(self.title, hold)",
        "block": "def hold(expired: bool) -> None:",
        "expire": "def hold(expired: bool) -> None:",
        "wake": "ended.signal()",
    }


@pytest.mark.parametrize(("outcome", "leaves"), [("sent", []), ("hang", [])])
def test_on_a_watch_stored_hits_pile_up(outcome: str, leaves: list[str]) -> None:
    """What sends them is not compiled for it, and a hit that finds others joins them (Sources/Sender.swift)."""

    def launch(device: at.Device) -> object:
        device.at_internet.tracker("t", CONFIGURATION).gestures.add("g").send_touch()
        return object()

    events = at.Device(at.Outside((LAUNCH,), (outcome,), stored=1, system="watchkit"), launch).run()
    assert leaves == named(events, "sent", "resent", "hang")
    assert len(named(events, "stored")) == 1


def test_the_reference_needs_the_standard_library_only() -> None:
    """Generated Python starts at once: YAML is read when a trace is told, and not before."""
    code = "import sys, atgen.reference; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set() == set(done.stdout.split()) & {"yaml", "jinja2", "click", "markupsafe"}


def test_who_observes_while_a_notification_is_posted_hears_of_the_next_one() -> None:
    """Whoever posts goes through those that were there (CFNotificationCenter)."""
    heard: list[int] = []

    def launch(device: at.Device) -> None:
        def observe() -> None:
            heard.append(len(heard))
            device.notifications.observe(at.Application.DID_ENTER_BACKGROUND, observe)

        device.notifications.observe(at.Application.DID_ENTER_BACKGROUND, observe)

    launched(launch, steps=(BACKGROUND, BACKGROUND))
    assert len(heard) == 1 + 2
