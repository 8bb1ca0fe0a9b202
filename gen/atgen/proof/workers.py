"""Worker processes: they end when this one does, whatever ends it, and what they have started ends with them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from atgen.errors import AtgenError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

_Result = TypeVar("_Result")
PAUSE = 0.5  # seconds
# How many tasks are asked for ahead. Each is a number on the pool's pipe, which must never be full: who writes to a full pipe
# whose reader was killed waits for ever (github.com/python/cpython, issues 94777 and 105829).
_AHEAD = 256
# In a worker: the tasks, which it was given as it began.
_TASKS: Sequence[Callable[[], Any]] = ()


class WorkerError(AtgenError):
    """A worker was ended from outside; the exit code is what a shell would say of it."""

    def __init__(self, number: int) -> None:
        super().__init__(f"a worker process was ended by signal {number}; that says nothing about the specs")
        self.exit = 128 + number


def in_order(tasks: Sequence[Callable[[], _Result]], waiting: Callable[[], None]) -> Generator[_Result]:
    """Give what each task gives, as many at a time as there are processors.

    While one is waited for, `waiting` is called, more than once a second, whatever the workers do. To be closed where not
    all is taken: what waits is given up, and what is under way is ended.
    """
    if not tasks:
        return
    with ProcessPoolExecutor(min(os.cpu_count() or 1, len(tasks)), initializer=_begin, initargs=(tasks,)) as pool:
        workers: list[multiprocessing.process.BaseProcess] = []
        try:
            numbers = iter(range(len(tasks)))
            asked = deque(pool.submit(_do, number) for number in islice(numbers, _AHEAD))
            workers = multiprocessing.active_children()
            while asked:
                while wait([asked[0]], PAUSE).not_done:
                    waiting()
                yield asked.popleft().result()
                asked.extend(pool.submit(_do, number) for number in islice(numbers, 1))
            pool.shutdown()  # here, since who is stopped while the workers end by themselves must end them
        except BrokenProcessPool:
            pool.shutdown()  # ends the others by SIGTERM
            ends = {-(worker.exitcode or 0) for worker in workers}
            _end(workers)
            raise WorkerError(max(ends - {0, signal.SIGTERM}, default=signal.SIGTERM)) from None
        except BaseException:
            _end(workers or multiprocessing.active_children())
            # The pool's own thread sees that they are gone; who ends before it does may meet it while it closes its pipe.
            pool.shutdown(cancel_futures=True)
            raise


def _begin(tasks: Sequence[Callable[[], Any]]) -> None:
    """Begin a worker: the head of a process group, which a terminal's Ctrl-C does not reach."""
    global _TASKS  # noqa: PLW0603 (a worker's own, for as long as it lives)
    _TASKS = tasks
    os.setpgid(0, 0)
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):  # what the parent does then is not the worker's to do
            signal.signal(number, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _do(number: int) -> Any:  # noqa: ANN401 (what the task gives)
    return _TASKS[number]()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent  # noqa: S101 (this is a worker)
    parent.join()
    os.killpg(0, signal.SIGKILL)


def _end(workers: Sequence[multiprocessing.process.BaseProcess]) -> None:
    for worker in workers:
        assert worker.pid  # noqa: S101 (it was started)
        with suppress(ProcessLookupError, PermissionError):  # a Mac says so of a group that is ending
            os.killpg(worker.pid, signal.SIGKILL)
        worker.kill()  # where it has no group of its own yet
