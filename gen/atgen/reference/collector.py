"""A real collector: hits leave over HTTP, and what becomes of them is what the network says.

As in the SDK (Sources/Sender.swift, 2.23.10) a request has 30 seconds, is not the main thread's, and only the status
200 is a success. The clock is either the virtual one, which stands while an answer is waited for, or the real one.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import replace
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from atgen.case.text import shown
from atgen.errors import AtgenError
from atgen.reference.device import MOST_MOVES, Device
from atgen.reference.sdk import TrackerQueue
from atgen.reference.world import as_traced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from atgen.reference.sdk import ATInternet
    from atgen.reference.world import Event, Move, Outside

TIMEOUT = 30.0
_OK = 200
# URLSession follows these, and gives up where they lead round in circles (Apple, URLSessionTaskDelegate).
_REDIRECTING = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 20
_CHUNK = 1 << 16


class Collector(NamedTuple):
    """Where hits go instead of the host that their URLs name."""

    host: str
    port: int
    secure: bool = False

    @classmethod
    def at(cls, url: str) -> Collector:
        """Read `http://HOST:PORT`; AtgenError for anything else."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        rest = (parts.path.strip("/"), parts.query, parts.fragment, parts.username, parts.password)
        # urlsplit takes line breaks out, and http.client takes no host with a blank; nothing listens on port 0.
        is_odd = " " in url or not url.isprintable() or port == 0
        if parts.scheme not in {"http", "https"} or not parts.hostname or any(rest) or is_odd:
            raise AtgenError(
                f"{shown(url)} is not a collector's address: expected http://HOST:PORT or https://HOST:PORT"
            )
        secure = parts.scheme == "https"
        return cls(parts.hostname, port or (443 if secure else 80), secure)

    def connection(self, seconds: float) -> HTTPConnection:
        """Make a connection, which is opened by its first request."""
        return (HTTPSConnection if self.secure else HTTPConnection)(self.host, self.port, timeout=seconds)


def send(
    delegate: Callable[[Device], object],
    outside: Outside,
    collector: Collector,
    *,
    patience: float = TIMEOUT,
    real_time: bool = False,
) -> list[Event]:
    """Play in the default order, send each hit to the collector, and return the trace.

    A request is given up after `patience` seconds. On the virtual clock that is 30 seconds later all the same, and
    timers that are due before then fire first.
    """
    return LiveDevice(delegate, outside, collector, patience, real_time=real_time).run()


class Get:
    """One GET, under way in a thread of its own; `ok` is None until it is answered, or given up."""

    def __init__(self, collector: Collector, url: str, patience: float) -> None:
        parts = urlsplit(url)
        self._target = parts.path + (f"?{parts.query}" if parts.query else "")
        # Only a request that nobody gives up ends by the socket's own clock: it must not be taken for an answer in time.
        self._collector = collector
        self._connection = collector.connection(patience + TIMEOUT)
        self._done = threading.Event()
        self._ends = time.monotonic() + patience
        self.ok: bool | None = None
        threading.Thread(target=self._run, name="TrackerQueue", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Wait for the answer so long, but no longer than there is patience; whether it has come."""
        return self._done.wait(max(min(seconds, self._ends - time.monotonic()), 0))

    def give_up(self) -> None:
        """Wait no longer; the thread, which waits for the socket's bytes, is told that none will come."""
        self.ok = False
        with contextlib.suppress(OSError):
            if self._connection.sock:
                self._connection.sock.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        arrived = False
        # Refused, reset, not in time, or not HTTP at all: the SDK makes no difference (Sources/Sender.swift).
        with contextlib.suppress(OSError, HTTPException, ValueError):
            for _ in range(_MOST_REDIRECTS):
                self._connection.request("GET", self._target, headers={"User-Agent": "atgen"})
                response = self._connection.getresponse()
                while response.read(_CHUNK):
                    pass
                if response.status not in _REDIRECTING:
                    break
                self._target = self._followed(response.headers["Location"] or "")
            # http.client says nothing of a body that ends before its Content-Length. For NSURLSession the connection was
            # lost while the request was in progress (Apple, QA1941), and with an error the SDK asks for no status.
            arrived = response.status == _OK and not response.length
        self._connection.close()
        if self.ok is None:
            self.ok = arrived
        self._done.set()

    def _followed(self, location: str) -> str:
        """Turn to where an answer leads, as URLSession does; ValueError if that is no address of the web."""
        here = self._collector
        scheme = "https" if here.secure else "http"
        parts = urlsplit(urljoin(f"{scheme}://{here.host}:{here.port}{self._target}", location))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(location)
        secure = parts.scheme == "https"
        self._connection.close()
        self._collector = Collector(parts.hostname, parts.port or (443 if secure else 80), secure)
        self._connection = self._collector.connection(max(self._ends - time.monotonic(), 0) + TIMEOUT)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


class LiveQueue(TrackerQueue):
    """The SDK's queue with a network: where the model has every outcome open, a request says which it is."""

    def __init__(self, at_internet: ATInternet, collector: Collector, patience: float) -> None:
        super().__init__(at_internet)
        self._collector = collector
        self._patience = patience
        self._wanted = ""
        self.request: Get | None = None
        self.waits = False
        self.sent_at = 0.0

    def moves(self) -> Iterator[Move]:
        """List what may happen to the head hit: nothing while an answer is waited for, and then `waits`."""
        self.waits = False
        for label, act, what in super().moves():
            kind = label.partition("#")[0]
            if kind not in {"sent", "resend"}:
                yield label, act, what
                continue
            hit = self.hits[0]
            if hit.number == self._joins:
                # A hit that finds others in the store joins them (Sender.sendWithCompletionHandler).
                yield f"stored#{hit.number}", self._offline, hit
                continue
            ok = self._get(f"{hit.number} {label}", hit.urls[0] if kind == "sent" else self._stored[0][1]).ok
            if ok is None:
                self.waits = True
            elif ok:
                yield label, act, what
            else:
                yield label, self._failed if kind == "sent" else self._not_resent, what

    def _get(self, wanted: str, url: str) -> Get:
        if not self.request or wanted != self._wanted:
            self._wanted, self.sent_at = wanted, self._world.clock
            self.request = Get(self._collector, url, self._patience)
        return self.request


class LiveDevice(Device):
    """A device whose hits leave; in real time its clock is ours."""

    def __init__(
        self,
        delegate: Callable[[Device], object],
        outside: Outside,
        collector: Collector,
        patience: float,
        *,
        real_time: bool,
    ) -> None:
        super().__init__(replace(outside, network=("sent",), expirations=False), delegate)
        self.at_internet.queue = self._queue = LiveQueue(self.at_internet, collector, patience)
        self._timeout = patience if real_time else TIMEOUT
        self._began = time.monotonic() if real_time else None

    def _play(self, _schedule: Iterable[str], _is_new: Callable[[bytes], bool] | None) -> None:
        for _ in range(MOST_MOVES):
            move = self._next(self._moves())
            if move:
                _, act, what = move
                act(what)
            elif not self._queue.waits:
                return
        self.record("endless")

    def _next(self, moves: list[Move]) -> Move | None:
        """Choose the first move whose time has come; None where there is none, or an answer has come meanwhile."""
        timer = next((move for move in moves if move[0].startswith("timer#")), None)
        first = moves[0] if moves else None
        waits = self._queue.waits
        # The outside goes on when the app has come to rest.
        if first and first is not timer and not (waits and first[0].startswith("step#")):
            self._tick()
            return first
        due = timer[2].due if timer else float("inf")
        end = self._queue.sent_at + self._timeout
        request = self._queue.request if waits else None
        if request:
            answered = request.wait(float("inf") if self._began is None else self._left(min(due, end)))
            self._tick()
            if not answered and due >= end:
                self.clock = as_traced(end)
                request.give_up()
            return None if answered or due >= end else timer
        if self._began is not None and timer:
            time.sleep(self._left(due))
        return timer

    def _left(self, moment: float) -> float:
        """How long it is until then, in real time."""
        return max(moment - (time.monotonic() - (self._began or 0)), 0)

    def _tick(self) -> None:
        if self._began is not None:
            self.clock = as_traced(round(time.monotonic() - self._began, 3))

    def _abandon(self) -> None:
        super()._abandon()
        if self._queue.waits and self._queue.request:
            self._queue.request.give_up()
