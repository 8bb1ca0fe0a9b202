"""`atgen render`: from specs to files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

import atgen
from atgen.cli import completion
from atgen.cli.shared import HERE, Output, find_specs, format_option, load, refuse_link, say, verbose_option
from atgen.cli.watch import specs_of, watched
from atgen.rendering.languages import names

if TYPE_CHECKING:
    from atgen.case.model import Described


@click.command("render")
@click.argument("specs", nargs=-1, metavar="[SPEC]...", shell_complete=completion.cases)
@click.option(
    "-o",
    "--output",
    "folder",
    default="output",
    show_default=True,
    metavar="DIR",
    shell_complete=completion.folders,
    help="Where the files go.",
)
@click.option("--language", "chosen", multiple=True, type=click.Choice(names()), help="Only this language; repeatable.")
@click.option("--stdout", "to_stdout", is_flag=True, help="Print the text of one spec in one language, write nothing.")
@click.option(
    "--check", is_flag=True, help="Write nothing; exit 1 if a file is missing or stale, or has no spec any more."
)
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.option("--force", is_flag=True, help="Overwrite hand edits too; the old file is kept as NAME.orig.")
@click.option("--prune", is_flag=True, help="Remove files that no spec gives any more, if unedited.")
@verbose_option
@format_option()
@watched(specs_of)
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
    verbose: bool,
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

    if to_stdout and (check or diff or force or prune):
        raise click.UsageError("--stdout goes without --check, --diff, --force and --prune")
    root = Path(folder)
    if not specs and not HERE.is_dir():
        raise click.UsageError(
            "no specs/ here: begin one (atgen new my_case), or name a case that ships with atgen (atgen render scene_fetch)"
        )
    if not (to_stdout or check or diff):
        refuse_link(root, "folder")
    output = Output(form, verbose=verbose)
    languages = chosen or tuple(names())
    paths = find_specs(specs)
    cases = load(paths, output)
    if to_stdout:
        _print(cases, languages)
        return
    rendered = {path: file.text.encode() for case in cases for path, file in atgen.render(case, languages).items()}
    output.warnings(_warnings(dict(zip(map(str, paths), cases, strict=True)), every=verbose))
    # Whatever case's it is, a file has a spec only where all of specs/ was rendered.
    of_cases = ["*"] if not specs else [case.name for case in cases]
    ours = [f"{case}/{on.value}/{name}/*" for case in of_cases for on in Platform for name in languages]
    output.store(root, rendered, ours=ours, prune=prune, check=check, diff=diff, force=force)


def _warnings(cases: dict[str, Described], *, every: bool) -> dict[str, list[str]]:
    """Give what the authors of the cases should read, each with the specs that it is about; what is for later, if asked for."""
    from atgen.case.text import visible  # noqa: PLC0415 (start-up time)
    from atgen.rendering.plan import LATER, WARNINGS, plan  # noqa: PLC0415

    said: dict[str, list[str]] = {}
    for path, case in cases.items():
        keys = {key for on in case.platforms for key in plan(case, on).warnings}
        for warning in (*case.notes, *(WARNINGS[key] for key in sorted(keys if every else keys - LATER))):
            said.setdefault(warning, []).append(visible(path))
    return said


def _print(cases: list[Described], languages: tuple[str, ...]) -> None:
    """One spec in one language on stdout: its only file, or each under a comment with its name."""
    from atgen.output.signature import sign  # noqa: PLC0415 (start-up time)
    from atgen.rendering import languages as known  # noqa: PLC0415

    if len(cases) != 1 or len(languages) != 1:
        raise click.UsageError("--stdout takes one SPEC and one --language")
    files = atgen.render(cases[0], languages)
    for path, file in files.items():
        if len(files) > 1:
            say(known.get(languages[0]).comment(f"---- {path}"))
        click.echo(sign(file.text.encode()), nl=False)
