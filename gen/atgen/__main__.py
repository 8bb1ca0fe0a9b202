"""Runs the command line and turns what went wrong into messages and exit codes."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """The entry point of `atgen` and of `python -m atgen`."""
    # A start makes no garbage, and a run little: looking for it, then and at the end, is a sixth of a small run's time.
    gc.set_threshold(100_000)
    import click  # noqa: PLC0415 (start-up time is measured: see tests/benchmarks)

    from atgen.cli import group  # noqa: PLC0415
    from atgen.errors import AtgenError, Exit  # noqa: PLC0415

    try:
        code = group.main(prog_name="atgen", standalone_mode=False, color=False if os.environ.get("NO_COLOR") else None)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort:
        click.echo("atgen: stopped", err=True)
        code = 130
    except AtgenError as error:
        click.echo(f"atgen: {error}" if "\n" not in str(error) else str(error), err=True)
        code = error.exit
    except BrokenPipeError:
        # Whoever read our output has enough; the interpreter must not complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.DONE
    except Exception as error:
        if os.environ.get("ATGEN_TRACEBACK"):
            raise
        click.echo(
            f"atgen: a bug of atgen, please report it: {type(error).__name__}: {error}\n"
            "Run again with ATGEN_TRACEBACK=1 to see where.",
            err=True,
        )
        code = Exit.BUG
    gc.freeze()
    sys.exit(int(code or 0))


if __name__ == "__main__":
    main()
