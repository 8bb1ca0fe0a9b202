"""`atgen doctor`: what an app still needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from atgen.cli.scaffold import spec
from atgen.cli.shared import Output, annotate, as_json, format_option, load, say
from atgen.errors import Exit, SpecError

if TYPE_CHECKING:
    from atgen.doctor import Finding


@click.command("doctor")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False))
@click.argument("case", metavar="[CASE]", required=False)
@format_option()
def command(folder: str, case: str | None, form: str) -> None:
    """Say what the app in DIR needs for its background hits to be tagged, and change nothing.

    It reads Info.plist, Podfile, PrivacyInfo.xcprivacy and the Swift and Objective-C sources, not those of Pods,
    and names each mistake that it can see, with file, line and cure: P01 to P17 are those of the vendor's page
    (gen/README.md). With CASE, a spec's path or a case's name, it also says what is missing for that case.

    Exit code 1 if there is something to mend; notes, which are about later Xcodes, do not count.

    \b
    Examples:
      atgen doctor ~/MyApp
      atgen doctor ~/MyApp bg_fetch
      atgen doctor . bg_fetch --format github
    """  # noqa: D301 (click's mark for lines that stay as they are)
    from atgen import doctor  # noqa: PLC0415 (start-up time)
    from atgen.case.text import plain  # noqa: PLC0415

    output = Output(form)
    chosen = load([spec(case, Path(folder))], output)[0] if case else None
    try:
        found = doctor.examine(Path(folder), chosen)
    except SpecError as error:
        output.problems(error.problems)
        raise click.exceptions.Exit(int(error.exit)) from None
    if form == "json":
        say(as_json({"findings": [_row(each) for each in found]}))
    for each in found if form != "json" else ():
        if form == "github":
            level = "notice" if each.is_note else "error"
            annotate(level, plain(f"{each.rule}: {each.message}; {each.mend}"), each.file, each.line)
        else:
            say(plain(f"{each}{' (note)' if each.is_note else ''}"))
            say(plain(f"    {each.mend}"))
    if any(not each.is_note for each in found):
        raise click.exceptions.Exit(int(Exit.FINDINGS))
    if form == "text":
        say(f"{plain(folder)}: nothing to mend{f' for {chosen.name}' if chosen else ''}", err=True)


def _row(each: Finding) -> dict[str, object]:
    level = "note" if each.is_note else "error"
    place = {"file": each.file, "line": each.line, "rule": each.rule, "level": level}
    return {**place, "message": each.message, "mend": each.mend}
