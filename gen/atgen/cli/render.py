"""`atgen render`: from specs to files."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from atgen.cli.shared import Output, each, find, format_option, load, progress, refuse_link, specs_argument
from atgen.rendering.languages import names

if TYPE_CHECKING:
    from atgen.case.model import Case

# After how many specs it is said again how far a run is: a few times a second.
_OFTEN = 100


@click.command("render")
@specs_argument
@click.option(
    "-o", "--output", "folder", default="output", show_default=True, metavar="DIR", help="Where the files go."
)
@click.option("--language", "chosen", multiple=True, type=click.Choice(names()), help="Only this language; repeatable.")
@click.option("--stdout", "to_stdout", is_flag=True, help="Print the text of one spec in one language, write nothing.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is missing or stale.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.option("--force", is_flag=True, help="Overwrite hand edits too; the old file is kept as NAME.orig.")
@click.option("--prune", is_flag=True, help="Remove files of earlier runs that no spec gives any more, if unedited.")
@format_option()
def command(
    specs: tuple[str, ...],
    folder: str,
    chosen: tuple[str, ...],
    *,
    to_stdout: bool,
    check: bool,
    diff: bool,
    force: bool,
    prune: bool,
    form: str,
) -> None:
    """Render specs to Swift, Objective-C and Python.

    SPEC is a spec's path or the name of a case; without one, all of specs/ is rendered. Each case gives
    OUTPUT/CASE/PLATFORM/LANGUAGE/…; unchanged files are not touched, files edited by hand are not overwritten.

    \b
    Examples:
      atgen render specs/bg_fetch.yaml
      atgen render specs/bg_fetch.yaml --language swift --stdout
      atgen render --check --diff
    """  # noqa: D301 (click wants the character)
    from atgen.case.model import Platform  # noqa: PLC0415
    from atgen.output.spool import Spool  # noqa: PLC0415
    from atgen.rendering import pipeline  # noqa: PLC0415 (start-up time)

    if to_stdout and (check or diff or force or prune):
        raise click.UsageError("--stdout goes without --check, --diff, --force and --prune")
    root = Path(folder)
    if not (to_stdout or check or diff):
        refuse_link(root, "folder")
    output = Output(form)
    languages = chosen or tuple(names())
    if to_stdout:
        _print(load(find(specs), output), languages)
        return
    done: list[str] = []
    said: dict[str, list[str]] = {}
    with closing(Spool()) as rendered:
        for number, case in enumerate(each(find(specs), output), 1):
            if number % _OFTEN == 0:
                progress(f"{number:,} specs rendered")
            for path, file in pipeline.render(case, languages).items():
                rendered.add(path, file.text.encode())
            for warning in _warnings(case):
                said.setdefault(warning, []).append(case.source)
            if specs:
                done.append(case.name)
        progress("")
        output.warnings(said)
        # Whole folders of cases are ours to prune only where all specs and languages were rendered.
        cases = () if chosen or not prune else done if specs else ["*"]
        prunable = [f"{case}/{on.value}/{name}/*" for case in cases for on in Platform for name in languages]
        output.store(root, rendered, prune=prunable, check=check, diff=diff, force=force)


def _warnings(case: Case) -> list[str]:
    """What the author of the case should read."""
    from atgen.rendering.plan import WARNINGS, plan  # noqa: PLC0415 (start-up time)

    return [WARNINGS[key] for key in sorted({key for on in case.platforms for key in plan(case, on).warnings})]


def _print(cases: list[Case], languages: tuple[str, ...]) -> None:
    """One spec in one language on stdout: its only file, or each under a comment with its name."""
    from atgen.rendering import languages as known  # noqa: PLC0415 (start-up time)
    from atgen.rendering import pipeline  # noqa: PLC0415

    if len(cases) != 1 or len(languages) != 1:
        raise click.UsageError("--stdout takes one SPEC and one --language")
    files = pipeline.render(cases[0], languages)
    for path, file in files.items():
        if len(files) > 1:
            click.echo(known.get(languages[0]).comment(f"---- {path}"))
        click.echo(file.text.encode(), nl=False)
