"""Runs the command line and turns what went wrong into messages and exit codes."""

from __future__ import annotations

import io
import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn

_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Stopped(BaseException):
    """Somebody wants the run to end: what is under way is cleared away, and that is all."""

    def __init__(self, number: int) -> None:
        self.number = number


def main() -> None:
    """The entry point of `atgen` and of `python -m atgen`."""
    for number in _STOPS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` leaves it
            signal.signal(number, _stop)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # what a terminal cannot show is shown as an escape
    try:
        code = _run()
    except _Stopped as stopped:
        code = _say("atgen: stopped", 128 + stopped.number)  # as a shell has it
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError:  # noqa: PERF203 (there are two)
            # What could not be written once cannot be at exit, and the interpreter must not complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(code)


def _stop(number: int, _: object) -> NoReturn:
    for each in _STOPS:
        signal.signal(each, signal.SIG_DFL)  # who asks twice does not wait
    raise _Stopped(number)


def _run() -> int:
    """Run the command line to its exit code."""
    import click  # noqa: PLC0415 (start-up time is measured: see tests/benchmarks)

    from atgen.cli import ClosedPipe, group  # noqa: PLC0415
    from atgen.errors import AtgenError  # noqa: PLC0415

    try:
        color = False if os.environ.get("NO_COLOR") else None
        return int(group.main(prog_name="atgen", standalone_mode=False, color=color) or 0)
    except (AtgenError, click.ClickException) as error:
        from atgen.cli.shared import failure  # noqa: PLC0415 (only errors need it)

        return _say(failure(error), error.exit_code if isinstance(error, click.ClickException) else error.exit)
    except click.Abort:
        return _say("atgen: stopped", 128 + signal.SIGINT)  # Ctrl-D at a question, or Ctrl-C while others wait for us
    except ClosedPipe:
        return 128 + signal.SIGPIPE  # as a shell has it: what was found did not all arrive
    except Exception as error:
        if os.environ.get("ATGEN_TRACEBACK"):
            raise
        return _unexpected(error)


def _unexpected(error: Exception) -> int:
    """Tell of what no command has foreseen: the system's refusals, which are no bug, and the rest."""
    from atgen.case.text import visible  # noqa: PLC0415
    from atgen.errors import Exit  # noqa: PLC0415 (only errors need it)

    if isinstance(error, OSError):
        place = f"{visible(str(error.filename))}: " if error.filename else ""
        return _say(f"atgen: {place}{error.strerror or visible(str(error))}", Exit.IO)
    return _say(
        f"atgen: a bug of atgen, please report it: {type(error).__name__}: {visible(str(error))}\n"
        "Run again with ATGEN_TRACEBACK=1 to see where.",
        Exit.BUG,
    )


def _say(message: str, code: int) -> int:
    """Show why the run ends, if anybody can be shown anything."""
    from atgen.cli.shared import say  # noqa: PLC0415 (see above)

    with suppress(OSError):
        say(message, err=True)
    return code


if __name__ == "__main__":
    main()
