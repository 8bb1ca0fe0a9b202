"""`atgen scaffold`: a whole app around a case."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from atgen.cli.shared import Output, find, format_option, load, waiting
from atgen.errors import Exit

if TYPE_CHECKING:
    from atgen.doctor import Finding
    from atgen.model import Case


@click.command("scaffold")
@click.argument("case", metavar="CASE")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@click.option("--language", type=click.Choice(["swift", "objc"]), help="The app's language; swift by default.")
@click.option("--name", metavar="NAME", help="The app's name; made of DIR's by default.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if something is missing or stale.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.option("--force", is_flag=True, help="Overwrite hand edits too, and go beside other things; keeps NAME.orig.")
@format_option()
def command(
    case: str,
    folder: str,
    *,
    language: str | None,
    name: str | None,
    check: bool,
    diff: bool,
    force: bool,
    form: str,
) -> None:
    """Make an app that opens, builds and tags its background hits as CASE says.

    CASE is a spec's path or the name of a case. DIR is a new or an empty folder, or one where atgen made an app before:
    there it brings what is atgen's up to date and says what your own files need.

    \b
    Who owns what:
      Sources/Generated/       atgen: follows the spec; an edit of yours is refused with its diff (exit 3)
      other Sources/, specs/   you: written once, never again
      all other files          atgen, until you edit one; from then on you

    \b
    Examples:
      atgen scaffold bg_fetch MyApp
      atgen scaffold bg_task_global MyApp --language objc --name Checkout
      atgen scaffold bg_fetch . --check                 (in the app's folder, in CI)

    On a Mac with XcodeGen and CocoaPods, then: cd MyApp && xcodegen && pod install && open MyApp.xcworkspace
    """  # noqa: D301 (click's mark for lines that stay as they are)
    import shlex  # noqa: PLC0415 (start-up time)

    from atgen import scaffold  # noqa: PLC0415
    from atgen.plan import WARNINGS  # noqa: PLC0415
    from atgen.text import plain  # noqa: PLC0415

    output = Output(form)
    root = Path(folder)
    shown = plain(str(root))
    path = spec(case, root)
    [chosen] = load([path], output)
    if not force:
        scaffold.refuse_strangers(root, waiting(root))
    elif there := scaffold.strangers(root, waiting(root)):
        click.echo(f"atgen: {shown} holds other things, which stay: {scaffold.listed(there)}", err=True)
    app_name = scaffold.name_for(root, name)
    is_new = not root.exists()
    made = scaffold.build(
        chosen,
        scaffold.language_of(root, language),
        app_name,
        spec=_copy(path, chosen),
        has_spec=path == _own(root, chosen.name),
    )
    output.warnings({WARNINGS[warning]: [chosen.source] for warning in made.warnings})
    person = scaffold.settled(root, made, force=force)
    output.store(root, made.files, prune=(f"{scaffold.GENERATED}/*",), once=person, check=check, diff=diff, force=force)
    found = [] if is_new else _lacks(root, chosen)
    for finding in found if not diff else ():
        click.echo(plain(f"{finding}; {finding.mend}"), err=True)
    if found and check:
        raise click.exceptions.Exit(int(Exit.FINDINGS))
    if is_new and not check and not diff:
        steps = f"cd {plain(shlex.quote(str(root)))} && xcodegen && pod install && open {app_name}.xcworkspace"
        click.echo(f"Next, on a Mac: {steps}   ({shown}/README.md has the rest)", err=True)


def _lacks(root: Path, case: Case) -> list[Finding]:
    """What the doctor finds to mend in an app that is there; nothing, and a word about it, where he cannot read code."""
    from atgen import doctor  # noqa: PLC0415 (start-up time)

    try:
        return [each for each in doctor.examine(root, case).findings if not each.is_note]
    except doctor.GrammarsMissingError as error:
        click.echo(f"atgen: {error}", err=True)
        return []


def spec(case: str, root: Path) -> Path:
    """Find the spec; the app's own specs/ comes first."""
    own = _own(root, case)
    is_own = Path(case).name == case and os.path.isfile(own)  # noqa: PTH113 (a name that is too long is none)
    return own if is_own else next(iter(find([case])))


def _own(root: Path, name: str) -> Path:
    return root / "specs" / f"{name}.yaml"


def _copy(path: Path, case: Case) -> bytes:
    """Read the spec for an app that is to have it: one that ships with atgen, where its owner could not edit it."""
    from atgen.resources import SPECS  # noqa: PLC0415 (start-up time)

    if path != SPECS / f"{case.name}.yaml":
        return b""
    lines = path.read_bytes().splitlines(keepends=True)
    return b"".join(lines[1:] if lines[0].startswith(b"# yaml-language-server:") else lines)
