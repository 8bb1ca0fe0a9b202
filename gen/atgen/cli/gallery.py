"""`atgen gallery`: all cases on one page."""

from __future__ import annotations

from pathlib import Path

import click

from atgen.cli import completion
from atgen.cli.shared import Output, find_specs, format_option, load, refuse_link, verbose_option
from atgen.cli.watch import specs_of, watched
from atgen.resources import locales


@click.command("gallery")
@click.argument("specs", nargs=-1, metavar="[SPEC]...", shell_complete=completion.cases)
@click.option(
    "-o",
    "--output",
    "file",
    default="gallery/index.html",
    show_default=True,
    metavar="FILE",
    shell_complete=completion.files,
    help="Where the page goes.",
)
@click.option("--locale", type=click.Choice(locales()), default="en", show_default=True, help="The page's language.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if the page is missing or stale.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.option("--force", is_flag=True, help="Overwrite hand edits too; the old page is kept as NAME.orig.")
@verbose_option
@format_option()
@watched(specs_of)
def command(
    specs: tuple[str, ...], file: str, locale: str, *, check: bool, diff: bool, force: bool, verbose: bool, form: str
) -> None:
    """Show cases on one HTML page: code to copy, requirements, and what happens when the code runs.

    SPEC is a spec's path or the name of a case; without one, all of specs/ is shown. The page is one file that needs
    no network: open it, send it, or serve it from anywhere. A link can name a language and a case:
    index.html?lang=objc#bg_fetch.

    The timelines are recorded, not written: the Python of each case is run.

    \b
    Examples:
      atgen gallery
      atgen gallery bg_fetch bg_fetch_global -o site/fetch.html
      atgen gallery --locale fr --check
    """  # noqa: D301 (click wants the character)
    from atgen import gallery  # noqa: PLC0415 (start-up time)
    from atgen.case.text import shown  # noqa: PLC0415
    from atgen.output import files  # noqa: PLC0415 (start-up time)

    path = Path(file)
    if not (check or diff):
        refuse_link(path.parent, "file")
    if not files.is_output(path.name):
        raise click.UsageError(f"{shown(path.name)} is no name for a page: ASCII characters, without : # and \\")
    output = Output(form, verbose=verbose)
    cases = load(find_specs(specs), output)
    page = gallery.page(cases, locale).encode()
    output.store(path.parent, {path.name: page}, check=check, diff=diff, force=force)
