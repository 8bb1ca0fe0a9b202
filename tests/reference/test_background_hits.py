"""What stands between the app and the system in the background: calls that are over once, and hits that are known by their URLs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import atgen.reference as at

if TYPE_CHECKING:
    from collections.abc import Callable

CONFIGURATION = {"site": "1", "log": "l", "storage": "required"}
OURS = {"p": "ours", "click": "A"}
NEVER = ("hang",)


class Heard(at.TrackerDelegate):
    """The app's own delegate, which was there before."""

    def __init__(self) -> None:
        self.methods: list[str] = []

    def build_did_end(self, _status: at.HitStatus, _message: str) -> None:
        """Write it down."""
        self.methods.append("build")

    def send_did_end(self, _status: at.HitStatus, _message: str) -> None:
        """Write it down."""
        self.methods.append("send")

    def save_did_end(self, _message: str) -> None:
        """Write it down."""
        self.methods.append("save")

    def warning_did_occur(self, _message: str) -> None:
        """Write it down."""
        self.methods.append("warning")

    def error_did_occur(self, _message: str) -> None:
        """Write it down."""
        self.methods.append("error")


class App:
    """An app that waits for its hits at launch, and does what a test gives it to do; `over` says when each was over."""

    def __init__(self, device: at.Device, act: Callable[[App], None], before: at.TrackerDelegate | None) -> None:
        self.device = device
        self.act = act
        self.before = before
        self.over: list[tuple[str, float]] = []

    def did_finish_launching(self) -> None:
        """Listen, and act."""
        self.tracker = self.device.at_internet.tracker("t", CONFIGURATION)
        self.tracker.delegate = self.before
        self.deliveries = at.HitDeliveries(self.tracker)
        self.tracker.delegate = self.deliveries
        self.act(self)

    def expect(self, name: str, seconds: float = 20) -> None:
        """Wait for a hit, which somebody sends."""
        self.deliveries.expect_hit(OURS, seconds, lambda: self.over.append((name, self.device.clock)))

    def send(self, name: str = "ours") -> None:
        """Send a touch."""
        self.tracker.gestures.add(name).send_touch()

    def send_expected(self, name: str = "first") -> None:
        """Do both."""
        self.expect(name)
        self.send()


def over(
    act: Callable[[App], None],
    *schedule: str,
    before: at.TrackerDelegate | None = None,
    steps: tuple[at.Step, ...] = (),
    network: tuple[str, ...] = ("sent",),
    **outside: int | str | bool,
) -> list[tuple[str, float]]:
    """Say which hits were over when, in this order."""
    apps: list[App] = []

    def made(device: at.Device) -> App:
        apps.append(App(device, act, before))
        return apps[0]

    at.Device(at.Outside((at.Step("launch"), *steps), network, **outside), made).run(schedule)  # type: ignore[arg-type]
    return apps[0].over


@pytest.mark.parametrize("privacy", ["none", "optIn", "optOut", "noConsent", "exempt", "custom"])
@pytest.mark.parametrize("outcome", ["sent", "failed", "offline", "unsaved", "opted_out", "refused"])
def test_a_hit_is_over_when_the_sdk_says_so_whatever_its_url_lacks(outcome: str, privacy: str) -> None:
    """No mode of the visitor makes anybody wait for the deadline."""
    assert over(App.send_expected, network=(outcome,), privacy=privacy) == [("first", 0)]


@pytest.mark.parametrize("outcome", ["hang", "user_agent"])
def test_of_some_hits_nobody_hears(outcome: str) -> None:
    """Then time is up."""
    assert over(App.send_expected, network=(outcome,)) == [("first", 20)]


def test_a_hit_in_parts_is_over_with_its_last_one() -> None:
    """One part that nobody answers is enough to wait for."""
    assert over(App.send_expected, parts=2) == [("first", 0)]
    assert over(App.send_expected, "main#2", "sent#1", "main#3", "hang#1", network=("sent", "hang"), parts=2) == [
        ("first", 20)
    ]


def test_a_stored_hit_that_leaves_is_not_ours() -> None:
    """It has another URL."""
    assert over(App.send_expected, "main#2", "resend#1", "hang#1", network=("sent", "hang"), stored=1) == [
        ("first", 20)
    ]


def test_hits_of_other_code_are_told_apart_by_what_their_urls_say() -> None:
    """One of another name leaves before ours, and its end is not the end of ours."""

    def act(app: App) -> None:
        app.expect("first")
        app.send("theirs")
        app.send()

    schedule = ("build#1", "main#2", "sent#1", "main#3", "build#2", "main#4", "hang#2")
    assert over(act, *schedule, network=("sent", "hang")) == [("first", 20)]
    assert over(act) == [("first", 0)]


def test_a_hit_of_the_same_name_is_taken_for_ours() -> None:
    """Nothing tells it apart."""

    def act(app: App) -> None:
        app.expect("first")
        app.send()
        app.send()

    assert over(act, "build#1", "main#2", "sent#1", "main#3", "build#2", "hang#2", network=("sent", "hang")) == [
        ("first", 0)
    ]


def test_a_hit_that_is_never_built_does_not_take_the_next_ones_build() -> None:
    """The SDK says that it is refused, and the next one is heard of."""

    def act(app: App) -> None:
        app.send_expected("first")
        app.send_expected("second")

    assert over(act, "refused#1", network=("sent", "refused")) == [("first", 0), ("second", 0)]


def test_a_build_that_comes_after_the_deadline_does_not_end_the_next_hit() -> None:
    """The first hit is built when the second is expected already: its end is its own."""

    def act(app: App) -> None:
        app.send_expected("first")
        app.device.main.after(21, lambda: app.send_expected("second"))

    late = ("timer#1", "timer#2", "build#1", "main#4", "sent#1", "main#5", "build#2", "main#6", "hang#2")
    assert over(act, *late, network=("sent", "hang")) == [("first", 20), ("second", 41)]


def test_other_code_that_takes_the_slot_lets_the_deadline_end_the_wait() -> None:
    """What it has not heard of by then it does not wait for any more: the next hit has its own build."""

    def act(app: App) -> None:
        app.device.main.after(1, app.send_expected)
        app.device.main.after(30, lambda: app.send_expected("second"))

    steps = (at.Step("delegate", "taken"), at.Step("delegate", "given_back"))
    schedule = ("step#2", "timer#1", "build#1", "sent#1", "timer#3", "step#3")
    assert over(act, *schedule, steps=steps) == [("first", 21), ("second", 30)]


@pytest.mark.parametrize(
    ("outcome", "methods"),
    [
        ("sent", ["build", "send"]),
        ("failed", ["build", "save", "send"]),
        ("opted_out", ["build", "warning"]),
        ("refused", ["error"]),
    ],
)
def test_the_delegate_that_was_there_hears_all(outcome: str, methods: list[str]) -> None:
    """Whatever the SDK tells is passed on."""
    before = Heard()
    assert over(App.send_expected, before=before, network=(outcome,)) == [("first", 0)]
    assert methods == before.methods


def ended(act: Callable[[at.BackgroundCall[str], at.Device, list[object]], None]) -> list[object]:
    """Make a call whose time is up after 10 s, and say what became of it: texts, and answers with their time."""
    said: list[object] = []

    def launch(device: at.Device) -> None:
        call = at.BackgroundCall(device, "late", lambda outcome: said.append((outcome, device.clock)))
        device.main.after(10, call.time_is_up)
        act(call, device, said)

    at.Device(at.Outside((at.Step("launch"),)), lambda device: Launching(device, launch)).run()
    return said


class Launching:
    """Does something at launch."""

    def __init__(self, device: at.Device, launch: Callable[[at.Device], None]) -> None:
        self.device = device
        self.launch = launch

    def did_finish_launching(self) -> None:
        """Do it."""
        self.launch(self.device)


def test_control_goes_back_once() -> None:
    """With the work's outcome; neither the deadline nor anybody else ends the call again."""

    def act(call: at.BackgroundCall[str], device: at.Device, said: list[object]) -> None:
        call.work_is_done("good", call.end)
        call.work_is_done("twice", lambda: said.append("twice"))
        device.main.after(1, call.end)

    assert ended(act) == [("good", 0)]


def test_control_goes_back_when_time_is_up() -> None:
    """With the work's outcome if it is done, else as if it had failed; work that ends later sets nothing in motion."""
    assert ended(lambda call, *_: call.work_is_done("good", lambda: None)) == [("good", 10)]
    assert ended(lambda *_: None) == [("late", 10)]

    def act(call: at.BackgroundCall[str], device: at.Device, said: list[object]) -> None:
        device.main.after(11, lambda: call.work_is_done("good", lambda: said.append("a hit")))

    assert ended(act) == [("late", 10)]


def test_work_hears_that_time_is_up() -> None:
    """If it is not done; at once, if it asks too late."""
    assert ended(lambda call, _, said: call.when_time_is_up(lambda: said.append("stop"))) == ["stop", ("late", 10)]

    def done(call: at.BackgroundCall[str], _: at.Device, said: list[object]) -> None:
        call.when_time_is_up(lambda: said.append("stop"))
        call.work_is_done("good", lambda: None)

    assert ended(done) == [("good", 10)]

    def late(call: at.BackgroundCall[str], device: at.Device, said: list[object]) -> None:
        device.main.after(11, lambda: call.when_time_is_up(lambda: said.append("stop")))

    assert ended(late) == [("late", 10), "stop"]
