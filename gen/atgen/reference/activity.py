"""Activities: blocks off the main thread that the system waits for, and that may wait themselves.

A block that can be suspended runs in a thread of its own, but only while the device's thread waits for it: nothing runs
at the same time. (Apple, ProcessInfo.performExpiringActivity(withReason:using:), DispatchSemaphore.)
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from atgen.reference.device import Device


class Activity:
    """One activity: open until its block has returned."""

    __slots__ = ("_block", "_device", "_start", "expired", "label", "number", "open", "root")

    def __init__(self, device: Device, number: int, block: Callable[[bool], None]) -> None:
        self._device = device
        self._block = block
        self._start = device.scheduled("background", 0, self._run)
        self._start.cause = block
        self.number = number
        self.root = device.root
        self.label = f"expire#{number}"
        self.open = True
        self.expired = False

    def enqueue(self) -> None:
        """Make the block ready."""
        self._device.background.blocks.append(self._start)

    def expire(self) -> None:
        """Call the block a second time, in another thread; if it has not begun yet it never will."""
        device = self._device
        device.on, device.root = "background", self.root
        device.record("expire", self._block, task=self.number)
        begun = self._start not in device.background.blocks
        if not begun:
            device.background.blocks.remove(self._start)
        Strand(device, self, lambda: self._block(True)).go_on()
        if not begun:
            self._end()

    def _run(self) -> None:
        def block() -> None:
            self._block(False)
            self._end()

        Strand(self._device, self, block).go_on()

    def _end(self) -> None:
        self._device.record("end", task=self.number, valid=True)
        self.open = False


class Abandoned(BaseException):
    """Unwinds a block that was still suspended when the run was over."""


class Strand:
    """A block in a thread of its own, which runs while `go_on` waits: to its end, or until it suspends itself."""

    def __init__(self, device: Device, activity: Activity, block: Callable[[], None]) -> None:
        self._device = device
        self._block = block
        self._worker: Worker | None = None
        self._stopped = threading.Lock()
        self._stopped.acquire()
        self._abandoned = False
        self._error: BaseException | None = None
        self.activity = activity

    def go_on(self) -> None:
        """Run until the block is suspended or over; raises what it raises."""
        device = self._device
        device.strand = self
        if self._worker:
            device.suspended.remove(self)
        else:
            self._worker = Worker.idle.pop() if Worker.idle else Worker()
            self._worker.strand = self
        self._worker.may_run.release()
        self._stopped.acquire()
        device.strand = None
        if self._error and not self._abandoned:
            raise self._error

    def suspend(self) -> None:
        """Wait in the block's own thread until somebody calls `go_on`."""
        assert self._worker  # noqa: S101 - it runs in one
        self._device.suspended.append(self)
        self._stopped.release()
        self._worker.may_run.acquire()
        if self._abandoned:
            raise Abandoned

    def abandon(self) -> None:
        """Unwind the block, so that its thread is free again."""
        self._abandoned = True
        self.go_on()

    def run(self, worker: Worker) -> None:
        """Run the block to its end, in the worker's thread."""
        try:
            self._block()
        except BaseException as error:  # noqa: BLE001 - raised again in the device's thread
            self._error = error
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


class Semaphore:
    """A counting semaphore (Apple, DispatchSemaphore)."""

    def __init__(self, device: Device, value: int = 0) -> None:
        self._device = device
        self._value = value
        self._waiting: list[Strand] = []

    def signal(self) -> None:
        """Let the block go on that has waited longest, or else the next that comes."""
        if not self._waiting:
            self._value += 1
            return
        device, strand = self._device, self._waiting.pop(0)
        rest = device.scheduled("background", 0, strand.go_on)
        rest.root, rest.begins = strand.activity.root, False
        device.background.blocks.append(rest)
        device.record("wake", task=strand.activity.number)

    def wait(self) -> None:
        """Suspend the rest of the block until there is a signal; only an activity's block can be."""
        if self._value:
            self._value -= 1
            return
        strand = self._device.strand
        if not strand:
            raise RuntimeError("waits for a semaphore where nothing else can run: it never goes on")
        self._waiting.append(strand)
        strand.suspend()
