"""`--watch`: a command runs again when what it reads was saved."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from atgen.cli import OUTPUT
from atgen.cli.shared import HERE, failure, find_specs, say
from atgen.errors import AtgenError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# In milliseconds: how long nothing more is saved before a run begins, and how often is looked whether to stop.
_QUIET = 50
_TURN = 100


def watched(reads: Callable[[dict[str, Any]], Iterable[Path]]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """`--watch`, for a command that reads the files and folders which `reads` finds in its parameters."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @click.option("--watch", is_flag=True, help="Run again at each save, until Ctrl-C.")
        @wraps(function)
        def command(*, watch: bool, **given: Any) -> None:  # noqa: ANN401 (whatever the command takes)
            if not watch:
                function(**given)
                return
            if given["form"] != "text":
                raise click.UsageError("--watch shows results as text; leave --format out")
            for names in _saves(lambda: [Path(os.path.realpath(place)) for place in reads(given)]):
                if names:
                    say(f"atgen: saved: {', '.join(names)}", err=True)
                try:
                    function(**given)
                except click.exceptions.Exit:
                    pass  # what was found is shown
                except (AtgenError, click.ClickException) as error:
                    if not names and isinstance(error, click.ClickException):
                        raise  # no save mends the command itself
                    say(failure(error), err=True)

        return command

    return decorate


def specs_of(given: dict[str, Any]) -> list[Path]:
    """The specs that a command reads: those named and, of an app, its cases' as it names them now; or the folder of all."""
    if not given["specs"]:
        return [HERE]
    return [each for path in find_specs(given["specs"]) for each in (path, *_cases_of(path))]


def _cases_of(path: Path) -> list[Path]:
    """The specs of an app's cases, whatever may be wrong with them."""
    from atgen.case import schema, yamltree  # noqa: PLC0415 (start-up time)

    with suppress(AtgenError):
        named = schema.at(yamltree.parse(yamltree.read(path), str(path)), "cases")
        return [
            path.parent / f"{node.text}.yaml" for node in schema.each_of(named) if isinstance(node, yamltree.Scalar)
        ]
    return []


def _saves(reads: Callable[[], list[Path]]) -> Iterator[list[str]]:
    """Yield nothing once, when each further save will be noticed; then the names of what was saved, together as it was saved.

    `reads` is asked again after each, since a save may name further files. Folders are watched, since editors put a new
    file in the place of the old one; what is named later is in one of them. BrokenPipeError ends it where nobody reads.
    """
    try:
        from watchfiles import DefaultFilter, watch  # noqa: PLC0415 (an extra)
    except ImportError:
        raise AtgenError("to watch takes watchfiles: pip install 'background-hits[watch]'") from None
    places = reads()
    folders = {place if place.is_dir() else place.parent for place in places}
    is_deep = any(place.is_dir() and place != Path(os.path.realpath(HERE)) for place in places)
    usual = DefaultFilter()

    def is_read(change: Any, path: str) -> bool:  # noqa: ANN401 (an enum of the package)
        here = Path(path)
        is_below = any(place in (here, *here.parents) for place in places)
        return is_below and not here.name.startswith(".") and usual(change, path) and not _is_ours(here)

    found = watch(
        *folders,
        watch_filter=is_read,
        recursive=is_deep,
        step=_QUIET,
        rust_timeout=_TURN,
        yield_on_timeout=True,
    )
    next(found)
    yield []
    for changes in found:
        if _is_unread():
            raise BrokenPipeError
        if changes:
            paths = {path for _, path in changes}
            # Beside what was saved, what an editor wrote first is gone already.
            yield sorted(map(os.path.relpath, [*filter(os.path.lexists, paths)] or paths))
            with suppress(AtgenError, click.ClickException):  # which the run has told of
                places = reads()


def _is_unread() -> bool:
    """Whether stdout is a pipe whose other end was closed: what fits into it is written without an error."""
    import select  # noqa: PLC0415 (start-up time)

    with suppress(AttributeError, OSError, ValueError):  # no poll on Windows; a stdout that is no file, or is closed
        polled = select.poll()
        polled.register(sys.stdout, 0)
        return any(event & (select.POLLERR | select.POLLHUP) for _, event in polled.poll(0))
    return False


def _is_ours(path: Path) -> bool:
    """Whether the last run has left the file as it is."""
    output = click.get_current_context().meta.get(OUTPUT)
    with suppress(OSError):
        return output is not None and path in output.written and path.read_bytes() == output.written[path]
    return False
