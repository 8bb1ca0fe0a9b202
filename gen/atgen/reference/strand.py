"""Blocks that can be suspended: each in a thread of its own, of which only one runs at a time."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, ClassVar

from atgen.reference.place import is_outermost, outermost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


class Strands:
    """The strands of a run: the one that runs just now, and those that wait."""

    def __init__(self) -> None:
        self.running: Strand | None = None
        self.suspended: list[Strand] = []

    def abandon(self) -> None:
        """Unwind all that is still suspended, so that its threads are free again."""
        while self.suspended:
            self.suspended[0].abandon()


class Abandoned(BaseException):
    """Unwinds a block that was still suspended when the run was over."""


class Strand:
    """A block in a thread of its own, which runs while `go_on` waits: to its end, or until it suspends itself.

    `task` and `root` are those of the activity that it belongs to.
    """

    def __init__(self, strands: Strands, task: int, root: int, block: Callable[[], None]) -> None:
        self._strands = strands
        self._block = block
        self._worker: Worker | None = None
        self._stopped = threading.Lock()
        self._stopped.acquire()
        self._abandoned = False
        self._error: BaseException | None = None
        self._suspended_in: FrameType | None = None
        self.task = task
        self.root = root

    def go_on(self) -> None:
        """Run until the block is suspended or over; raises what it raises."""
        strands = self._strands
        strands.running = self
        if self._worker:
            strands.suspended.remove(self)
        else:
            self._worker = Worker.idle.pop() if Worker.idle else Worker()
            self._worker.strand = self
        self._worker.may_run.release()
        self._stopped.acquire()
        strands.running = None
        if self._error and not self._abandoned:
            raise self._error

    def suspend(self) -> None:
        """Wait in the block's own thread until somebody calls `go_on`."""
        assert self._worker  # noqa: S101 - it runs in one
        self._strands.suspended.append(self)
        self._suspended_in = sys._getframe(1)  # noqa: SLF001 - the plain way to ask where this is
        self._stopped.release()
        self._worker.may_run.acquire()
        self._suspended_in = None
        if self._abandoned:
            raise Abandoned

    def frames(self) -> Iterator[FrameType]:
        """Say where the block is suspended, from the inside out."""
        frame = self._suspended_in
        while frame and not is_outermost(frame):
            yield frame
            frame = frame.f_back

    def abandon(self) -> None:
        """Unwind the block, so that its thread is free again."""
        self._abandoned = True
        self.go_on()

    @outermost
    def run(self, worker: Worker) -> None:
        """Run the block to its end, in the worker's thread."""
        try:
            self._block()
        except BaseException as error:  # noqa: BLE001 - raised again in the device's thread
            self._error = error
        del self._block  # what it holds goes before the device's thread goes on
        Worker.idle.append(worker)
        self._stopped.release()


class Worker(threading.Thread):
    """A thread that runs one block after the other: making one takes longer than the rest of a run."""

    idle: ClassVar[list[Worker]] = []

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.may_run = threading.Lock()
        self.may_run.acquire()
        self.strand: Strand | None = None
        self.start()

    def run(self) -> None:
        """Wait for blocks as long as the process lives."""
        while True:
            self.may_run.acquire()
            strand, self.strand = self.strand, None
            if strand:
                strand.run(self)
            del strand


# Threads do not live on in a forked process.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=Worker.idle.clear)
