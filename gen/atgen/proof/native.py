"""Playing schedules with compiled code: one process replays them all, and the traces stream back as they come."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import subprocess
import tempfile
from collections import deque
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, cast

from atgen.errors import AtgenError, Exit
from atgen.proof.compilers import START, Missing, StoppedError, find_compiler
from atgen.reference import line

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from typing_extensions import Self

    from atgen.proof.compilers import Files
    from atgen.proof.search import Player
    from atgen.reference import Event

_AHEAD = 256  # schedules under way: many for speed, few enough for flat memory
_CHUNK = 1 << 18
_PATIENCE = 20.0  # seconds without a trace: a block of the app that waits for what never comes
_NOT_UNDERSTOOD = 2  # device.c, refuse
# No app does that to itself.
_FROM_OUTSIDE = {signal.SIGHUP, signal.SIGINT, signal.SIGKILL, signal.SIGTERM}


class HostError(AtgenError):
    """A host does not understand what it is asked, or cannot be started."""

    exit = Exit.BUG


def host(language: str, files: Files, mode: str | None = None, *, strict: bool = False) -> Host | Missing:
    """Build the program that plays schedules with these files; CompilerError if they do not compile."""
    compiler = find_compiler(language)
    return compiler if isinstance(compiler, Missing) else Host(compiler.host(files, mode, strict=strict))


@dataclass(frozen=True)
class Host:
    """A program that plays schedules; one whose app keeps things in statics has a child play each."""

    program: Path
    keeps_statics: bool = False

    def replay(
        self, scenario: Mapping[str, Any], schedules: Iterable[Sequence[str]], ahead: int = _AHEAD
    ) -> Iterator[list[str]]:
        """Play each schedule: its trace, line by line. Schedules are taken at most `ahead` before they are needed.

        A crash ends its trace with an event `crash` that has the signal, the place in the app's files and the reason,
        and the rest is played by a new process. So does a block that takes two seconds of the processor's time, or is
        not over in twenty. StoppedError if the process is ended from outside.
        """
        coming = iter(schedules)
        waiting: deque[bytes] = deque()
        while True:
            with _Process(self.program, scenario, alone=self.keeps_statics) as process:
                if not (yield from process.play(coming, waiting, ahead)):
                    return

    def player(self, scenario: Mapping[str, Any]) -> Player:
        """Play single schedules, one after the other, in one process."""
        asked: list[Sequence[str]] = []
        traces = self.replay(scenario, iter(asked.pop, None), ahead=1)

        def play(schedule: Sequence[str]) -> list[Event]:
            asked.append(schedule)
            return list(map(json.loads, next(traces)))

        return play

    def places(self, scenario: Mapping[str, Any], schedule: Sequence[str] = ()) -> dict[int, str]:
        """Say where in the files events happened: `file:line` by the event's index, where that can be known."""
        with _Process(self.program, scenario) as process:
            events = list(map(json.loads, next(process.play(iter([schedule]), deque(), places=True))))
        offsets = sorted({offset for event in events for offset in event.get("at", ())})
        lines = _symbolized(self.program, offsets)
        found = {index: [lines[at] for at in event.get("at", ()) if at in lines] for index, event in enumerate(events)}
        crashes = {index: event["place"] for index, event in enumerate(events) if event.get("place")}
        return {index: places[0] for index, places in found.items() if places} | crashes

    def trace(self, scenario: Mapping[str, Any], schedule: Sequence[str] = ()) -> list[str]:
        """Play one schedule."""
        return next(self.replay(scenario, [schedule]))


class _Process:
    """One run of a host. Nothing blocks on one pipe while the other is full: both are served as they become ready."""

    def __init__(self, program: Path, scenario: Mapping[str, Any], *, alone: bool = False) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        try:
            self._process = subprocess.Popen(  # noqa: S603
                [program],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                bufsize=0,
                env={**os.environ, "SWIFT_BACKTRACE": "enable=no"},
            )
        except OSError as error:
            self._errors.close()
            raise HostError(f"{program}: cannot be started: {error.strerror}") from error
        self._input = cast("IO[bytes]", self._process.stdin)
        self._output = cast("IO[bytes]", self._process.stdout)
        os.set_blocking(self._input.fileno(), False)
        self._to_write = bytearray(_line({"scenario": scenario, "alone": alone}))
        self._read = b""
        self._reason = ""
        self._program = program

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._input, self._output, self._errors):
            stream.close()

    def play(
        self, coming: Iterator[Sequence[str]], waiting: deque[bytes], ahead: int = 1, *, places: bool = False
    ) -> Generator[list[str], None, bool]:
        """Hand out traces; returns whether schedules are left because the process ended.

        `waiting` holds the schedules that are under way: at first those that the process before this one left.
        """
        self._to_write += b"".join(waiting)
        with selectors.DefaultSelector() as selector:
            selector.register(self._output, selectors.EVENT_READ)
            while True:
                while len(waiting) < ahead and (schedule := next(coming, None)) is not None:
                    waiting.append(_line({"schedule": schedule, **({"places": True} if places else {})}))
                    self._to_write += waiting[-1]
                if not waiting:
                    return False
                if self._to_write and self._input not in selector.get_map():
                    selector.register(self._input, selectors.EVENT_WRITE)
                ready = [key.fileobj for key, _ in selector.select(_PATIENCE)]
                if not ready:
                    self._lose_patience()
                if self._input in ready:
                    self._write()
                    if not self._to_write:
                        selector.unregister(self._input)
                if self._output in ready and (yield from self._traces(waiting)):
                    return True

    def _write(self) -> None:
        try:
            del self._to_write[: os.write(self._input.fileno(), self._to_write[:_CHUNK])]
        except BrokenPipeError:
            self._to_write.clear()  # the process has ended: what it said comes first

    def _lose_patience(self) -> None:
        if self._reason:
            self._process.kill()
        self._reason = f"a block did not end within {_PATIENCE:g} seconds"
        self._process.send_signal(signal.SIGABRT)  # the host writes what it has

    def _traces(self, waiting: deque[bytes]) -> Generator[list[str], None, bool]:
        """Hand out the traces that have come; returns whether the process has ended."""
        data = os.read(self._output.fileno(), _CHUNK)
        *traces, self._read = (self._read + data).split(b"\n\n")
        for trace in traces:
            lines = trace.decode().split("\n")
            waiting.popleft()
            if '"event":"crash"' in lines[-1]:
                yield [*lines[:-1], self._crash(json.loads(lines[-1]))]
                return True
            yield lines
        if not data:
            code = self._process.wait()
            if code == _NOT_UNDERSTOOD:
                raise HostError(self._said())
            if -code in _FROM_OUTSIDE and not self._reason:
                raise StoppedError(f"the host was ended by signal {-code}")
            waiting.popleft()
            how = f"exit {code}" if code >= 0 else signal.Signals(-code).name
            crash = {"t": 0, "on": "main", "from": 0, "event": "crash", "signal": how}
            yield [*self._read.decode().split("\n")[:-1], self._crash(crash)]
        return not data

    def _crash(self, event: Event) -> str:
        """Finish the line of a crash: where it was, and why."""
        self._process.wait()
        function, offsets = event.pop("in", ""), event.pop("at", [])
        place = next(iter(_symbolized(self._program, offsets).values()), "")
        reason = self._reason or event.pop("reason", "") or self._said() or f"in {function}"
        return line({**event, "place": place, "reason": reason})

    def _said(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace").strip()


def _symbolized(program: Path, offsets: Sequence[int]) -> dict[int, str]:
    """Find the lines of the app's own files at these return addresses; none without llvm-symbolizer."""
    symbolizer = shutil.which("llvm-symbolizer")
    if not symbolizer or not offsets:
        return {}
    command = [symbolizer, "--output-style=JSON", f"--obj={program}", *(hex(offset - 1) for offset in offsets)]
    result = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    lines: dict[int, str] = {}
    for offset, answer in zip(offsets, json.loads(result.stdout or b"[]"), strict=False):
        for symbol in answer.get("Symbol", ()):
            name = os.path.basename(symbol["FileName"])  # noqa: PTH119 - a path of any system
            if (program.parent / name).exists() and symbol["Line"] and not name.startswith(START):
                lines.setdefault(offset, f"{name}:{symbol['Line']}")
    return lines


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode() + b"\n"
