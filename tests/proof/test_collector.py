"""Hits over real HTTP: a collector on the loopback sees them, and what it answers is what becomes of them."""

from __future__ import annotations

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from fixtures.right_delegates import CONFIGURATION, FetchDedicated, FetchGlobal

import atgen.reference as at
from atgen.case.text import shown
from atgen.errors import AtgenError
from atgen.reference.collector import Collector, send
from started import atgen

if TYPE_CHECKING:
    from collections.abc import Iterator

LAUNCH = at.Step("launch")
FETCH = at.Outside((LAUNCH, at.Step("fetch")))


class Served(ThreadingHTTPServer):
    """A collector that answers with a status, and not before it may; it writes down what it is asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.status = 200
        self.may_answer = threading.Event()
        self.asked: list[tuple[str, str]] = []

    @property
    def collector(self) -> Collector:
        """Where it is."""
        return Collector.at(f"http://127.0.0.1:{self.server_port}")

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that do not wait for the answer."""


class Answer(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Served

    def do_GET(self) -> None:
        """Answer as the SDK's collector does, with an image."""
        self.server.asked.append((self.command, self.path))
        self.server.may_answer.wait(10)
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(b"GIF89a")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def served() -> Iterator[Served]:
    """Serve until the test is over."""
    with Served() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        server.may_answer.set()
        yield server
        server.may_answer.set()
        server.shutdown()
        thread.join()


def run(*arguments: str) -> tuple[int, str, str]:
    """Give the exit code, stdout and stderr of `atgen run`."""
    done = atgen("run", *arguments)
    return done.returncode, done.stdout, done.stderr


class Never(FetchDedicated):
    """A dedicated tracker that stores nothing."""

    def make_tracker(self) -> at.Tracker:
        """Configure it so."""
        return self.device.at_internet.tracker("never", configuration=CONFIGURATION | {"storage": "never"})


def outcomes(events: list[at.Event]) -> list[tuple[str, float]]:
    """Say what became of hits and calls, and when."""
    names = {"sent", "stored", "lost", "resent", "kept", "complete"}
    return [(event["event"], event["t"]) for event in events if event["event"] in names]


def test_a_collector_sees_what_the_sdk_sends(served: Served) -> None:
    """One GET, with the path and the query of the URL as it was built."""
    events = send(FetchDedicated, FETCH, served.collector)
    [(method, target)] = served.asked
    assert (method, urlsplit(target).path) == ("GET", "/hit.xiti")
    assert parse_qs(urlsplit(target).query) == {
        "s": ["123456"],
        "p": ["fetch"],
        "click": ["T"],
        "type": ["click"],
        "bg": ["fetch"],
    }
    assert [event["url"] for event in events if event["event"] == "sent"] == [f"https://logs.xiti.com{target}"]


@pytest.mark.parametrize(
    ("delegate", "status", "became"),
    [
        (FetchDedicated, 200, [("sent", 0), ("complete", 0)]),
        (Never, 200, [("sent", 0), ("complete", 0)]),
        (FetchDedicated, 500, [("stored", 0), ("complete", 0)]),
        (Never, 500, [("lost", 0), ("complete", 20)]),
        (FetchDedicated, 204, [("stored", 0), ("complete", 0)]),
        (FetchGlobal, 500, [("lost", 0), ("complete", 5)]),
    ],
)
def test_only_the_status_200_is_a_success(
    served: Served, delegate: type, status: int, became: list[tuple[str, float]]
) -> None:
    """Else the hit is stored, if its tracker stores; nobody is told of one that is lost (Sources/Sender.swift)."""
    served.status = status
    assert became == outcomes(send(delegate, FETCH, served.collector))


@pytest.mark.parametrize(
    ("delegate", "became"),
    [(FetchDedicated, [("stored", 0), ("complete", 0)]), (Never, [("lost", 0), ("complete", 20)])],
)
def test_a_refused_connection_is_a_failure(delegate: type, became: list[tuple[str, float]]) -> None:
    """The hit is stored or lost, at once."""
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        events = send(delegate, FETCH, Collector("127.0.0.1", unheard.getsockname()[1]))
    assert became == outcomes(events)


@pytest.mark.parametrize(
    ("delegate", "became"),
    [(FetchDedicated, [("complete", 20), ("stored", 30)]), (Never, [("complete", 20), ("lost", 30)])],
)
def test_a_collector_that_hangs_lets_the_deadline_fire(
    served: Served, delegate: type, became: list[tuple[str, float]]
) -> None:
    """On the virtual clock the deadline comes first, and the request is given up when it is 30 seconds old."""
    served.may_answer.clear()
    assert became == outcomes(send(delegate, FETCH, served.collector, patience=0.3))


def answered(*answers: bytes) -> list[str]:
    """Say what becomes of a hit whose request is answered with just these bytes, for each answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            for text in answers:
                connection, _ = server.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(text)

        thread = threading.Thread(target=answer)
        thread.start()
        collector = Collector("127.0.0.1", server.getsockname()[1])
        became = [outcomes(send(FetchDedicated, FETCH, collector)) for _ in answers]
        thread.join()
    assert {tuple(ends) for _, *ends in became} == {(("complete", 0),)}
    return [name for (name, _), *_ in became]


def test_a_collector_may_be_no_http_server() -> None:
    """Bytes that are not HTTP are a failure, and so is a connection that is closed."""
    assert answered(b"220 mail.example.org\r\n", b"") == ["stored", "stored"]


def test_an_answer_that_breaks_off_is_a_failure() -> None:
    """Whatever its status: NSURLSession has an error then. Without a length, or with more than that, it is whole."""
    begin = b"HTTP/1.1 200 OK\r\n"
    length, chunks = begin + b"Content-Length: 6\r\n\r\n", begin + b"Transfer-Encoding: chunked\r\n\r\n"
    assert (
        answered(length, length + b"GIF8", chunks, chunks + b"6\r\nGIF8", chunks + b"6\r\nGIF89a\r\n") == ["stored"] * 5
    )
    whole = (length + b"GIF89a", length + b"GIF89a and more", begin + b"\r\nGIF", chunks + b"6\r\nGIF89a\r\n0\r\n\r\n")
    assert answered(*whole, begin + b"Content-Length: 0\r\n\r\n") == ["sent"] * 5


def test_stored_hits_leave_first(served: Served) -> None:
    """Each over a connection of its own, in the order in which they were stored."""
    events = send(FetchDedicated, at.Outside(FETCH.steps, stored=2), served.collector)
    assert outcomes(events) == [("resent", 0), ("resent", 0), ("sent", 0), ("complete", 0)]
    assert [parse_qs(urlsplit(target).query)["p"] for _, target in served.asked] == [["old"], ["old"], ["fetch"]]


def test_a_stored_hit_that_cannot_leave_stays_and_others_join_it(served: Served) -> None:
    """One failure is enough: the rest is not tried, and the new hit is stored (Sources/Sender.swift)."""
    served.status = 500
    events = send(FetchDedicated, at.Outside((*FETCH.steps, at.Step("fetch")), stored=2), served.collector)
    became = [("kept", 0), ("stored", 0), ("complete", 0), ("kept", 0), ("stored", 0), ("complete", 0)]
    assert became == outcomes(events)
    assert len(served.asked) == 2


class Busy:
    """An app whose main thread does something while its hit is under way."""

    def __init__(self, device: at.Device, served: Served) -> None:
        self.device = device
        self.served = served

    def did_finish_launching(self) -> None:
        """Let the collector answer a little later."""
        self.device.main.after(0.05, self.later)
        self.device.at_internet.default_tracker.gestures.add("first").send_touch()

    def later(self) -> None:
        """Answer, and send another hit."""
        self.device.at_internet.default_tracker.gestures.add("second").send_touch()
        self.served.may_answer.set()


def test_in_real_time_the_main_thread_goes_on(served: Served) -> None:
    """A request is not its business: a timer that is due fires, and the next hit waits for this one."""
    served.may_answer.clear()
    events = send(lambda device: Busy(device, served), at.Outside((LAUNCH,)), served.collector, real_time=True)
    told = [(event["event"], event["hit"]) for event in events if event["event"] in {"hit", "build", "sent"}]
    assert told == [("hit", 1), ("build", 1), ("hit", 2), ("sent", 1), ("build", 2), ("sent", 2)]
    assert 0.05 <= events[-1]["t"] < 5


def test_in_real_time_a_request_is_given_up_when_patience_is_over(served: Served) -> None:
    """The clock is ours then."""
    served.may_answer.clear()

    def launch(device: at.Device) -> object:
        device.at_internet.tracker("t", configuration=CONFIGURATION).gestures.add("g").send_touch()
        return object()

    began = time.monotonic()
    events = send(launch, at.Outside((LAUNCH,)), served.collector, patience=1.0, real_time=True)
    [(name, moment)] = outcomes(events)
    assert (name, round(moment, 1)) == ("stored", 1.0)
    assert 0.2 <= time.monotonic() - began < 5


def test_nothing_is_left_behind(served: Served) -> None:
    """The thread of a request that was given up ends, also where the app crashes meanwhile."""

    class Crashing(Busy):
        def later(self) -> None:
            raise ZeroDivisionError

    served.may_answer.clear()
    send(FetchDedicated, FETCH, served.collector, patience=0.1)
    with pytest.raises(ZeroDivisionError):
        send(lambda device: Crashing(device, served), at.Outside((LAUNCH,)), served.collector, real_time=True)
    deadline = time.monotonic() + 5
    while any(thread.name == "TrackerQueue" for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_run_that_never_ends_is_stopped(served: Served) -> None:
    """As on the virtual device without a network."""

    class Restless:
        def __init__(self, device: at.Device) -> None:
            self.device = device

        def did_finish_launching(self) -> None:
            self.device.main.run(self.did_finish_launching)

    events = send(Restless, at.Outside((LAUNCH,)), served.collector)
    assert [event["event"] for event in events[-2:]] == ["endless", "over"]


@pytest.mark.parametrize(
    ("url", "collector"),
    [
        ("http://127.0.0.1:8000", Collector("127.0.0.1", 8000)),
        ("http://localhost/", Collector("localhost", 80)),
        ("https://[::1]", Collector("::1", 443, secure=True)),
    ],
)
def test_a_collector_is_named_by_its_address(url: str, collector: Collector) -> None:
    """The port may be left out."""
    assert collector == Collector.at(url)


@pytest.mark.parametrize(
    "url",
    [
        "", "localhost:8000", "ftp://localhost", "http://", "http://h/path", "http://h?q", "http://u@h", "http://h:99999",
        "http://h:0", "http://a b:80", " http://h", "http://a\x7f", "http://a\nb:80", "http://a\u00a0b", "http://a\udc80",
    ],
)  # fmt: skip
def test_what_is_no_collectors_address_is_refused(url: str) -> None:
    """Whatever else is in it would be thrown away, or be part of no name; it is shown safely."""
    with pytest.raises(AtgenError) as refused:
        Collector.at(url)
    expected = f"{shown(url)} is not a collector's address: expected http://HOST:PORT or https://HOST:PORT"
    assert expected == str(refused.value)


@pytest.mark.parametrize("arguments", [["--collector", ""], ["--collector", "http://a b:80"]])
def test_run_refuses_what_is_no_collectors_address(arguments: list[str]) -> None:
    """Also nothing, which is not the same as no --collector."""
    message = (
        f"atgen: {shown(arguments[1])} is not a collector's address: expected http://HOST:PORT or https://HOST:PORT\n"
    )
    assert run("bg_fetch", *arguments) == (2, "", message)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--schedule", "s.json"], "--collector sends in the usual order; leave --schedule out"),
        (["--language", "swift"], "--collector is for the Python reference"),
    ],
)
def test_a_collector_goes_without_a_schedule_and_other_languages(arguments: list[str], message: str) -> None:
    """Neither would have any effect."""
    code, out, err = run("bg_fetch", "--collector", "http://127.0.0.1:9", *arguments)
    assert (code, out, err.splitlines()[-1]) == (2, "", f"Error: {message}")


def test_where_no_hit_arrives_run_finds_that() -> None:
    """Nothing listens there: exit code 1, after the timeline."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    code, out, err = run("bg_fetch", "--collector", url)
    assert (code, err) == (1, f"atgen: no hit has arrived at {url}\n")
    assert out.splitlines()[-1] == "    0 s  main        The app calls the completion handler of fetch 1: newData."


def test_run_sends_to_a_collector(served: Served) -> None:
    """As a timeline, whose hits have arrived there."""
    code, out, err = run("bg_fetch", "--collector", f"http://127.0.0.1:{served.server_port}")
    assert (code, err, len(served.asked)) == (0, "", 1)
    assert out.splitlines()[-1] == "    0 s  main        The app calls the completion handler of fetch 1: newData."
