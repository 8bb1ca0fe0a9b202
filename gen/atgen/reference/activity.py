"""Activities: blocks off the main thread that the system waits for, and that may wait themselves.

(Apple, ProcessInfo.performExpiringActivity(withReason:using:), DispatchSemaphore.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from atgen.reference.strand import Strand

if TYPE_CHECKING:
    from collections.abc import Callable

    from atgen.reference.world import World


class Activity:
    """One activity: open until its block has returned."""

    __slots__ = ("_block", "_ended", "_start", "_world", "expired", "label", "number", "root")

    def __init__(
        self, world: World, number: int, block: Callable[[bool], None], ended: Callable[[int], object]
    ) -> None:
        self._world = world
        self._ended = ended
        self._block = block
        self._start = world.scheduled("background", 0, self._run)
        self._start.cause = block
        self.number = number
        self.root = world.root
        self.label = f"expire#{number}"
        self.expired = False

    def enqueue(self) -> None:
        """Make the block ready."""
        self._world.background.blocks.append(self._start)

    def expire(self) -> None:
        """Call the block a second time, in another thread; if it has not begun yet it never will."""
        world = self._world
        world.on, world.root = "background", self.root
        world.record("expire", self._block, task=self.number)
        begun = self._start not in world.background.blocks
        if not begun:
            world.background.blocks.remove(self._start)

        def block() -> None:
            self._block(True)
            if not begun:
                self._end()

        self._strand(block).go_on()

    def _run(self) -> None:
        def block() -> None:
            self._block(False)
            self._end()

        self._strand(block).go_on()

    def _strand(self, block: Callable[[], None]) -> Strand:
        return Strand(self._world.strands, self.number, self.root, block)

    def _end(self) -> None:
        self._world.record("end", task=self.number, valid=True)
        self._ended(self.number)
        del self._block, self._start  # the system keeps neither


class Semaphore:
    """A counting semaphore (Apple, DispatchSemaphore)."""

    def __init__(self, world: World, value: int = 0) -> None:
        self._world = world
        self._value = value
        self._waiting: list[Strand] = []

    def signal(self) -> None:
        """Let the block go on that has waited longest, or else the next that comes."""
        if not self._waiting:
            self._value += 1
            return
        world, strand = self._world, self._waiting.pop(0)
        rest = world.scheduled("background", 0, strand.go_on)
        rest.root, rest.begins = strand.root, False
        world.background.blocks.append(rest)
        world.record("wake", task=strand.task)

    def wait(self) -> None:
        """Suspend the rest of the block until there is a signal; only an activity's block can be."""
        if self._value:
            self._value -= 1
            return
        strand = self._world.strands.running
        if not strand:
            raise RuntimeError("waits for a semaphore where nothing else can run: it never goes on")
        self._waiting.append(strand)
        strand.suspend()
