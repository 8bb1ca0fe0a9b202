"""`atgen scaffold`: a whole app around a case."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from atgen.cli import completion
from atgen.cli.shared import HERE, Output, cases_in, find_specs, format_option, load, say, verbose_option, waiting
from atgen.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from atgen.case.model import Described
    from atgen.doctor import Finding


@click.command("scaffold")
@click.argument("cases", metavar="CASE...", nargs=-1, shell_complete=completion.cases_and_folder)
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@click.option("--language", type=click.Choice(["swift", "objc"]), help="The app's language; swift by default.")
@click.option("--platform", type=click.Choice(["ios", "tvos"]), help="The app's platform; the case's first by default.")
@click.option("--name", metavar="NAME", help="The app's name; made of DIR's by default.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if something is missing or stale.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.option("--force", is_flag=True, help="Overwrite hand edits too, and go beside other things; keeps NAME.orig.")
@verbose_option
@format_option()
def command(
    cases: tuple[str, ...],
    folder: str,
    *,
    language: str | None,
    platform: str | None,
    name: str | None,
    check: bool,
    diff: bool,
    force: bool,
    verbose: bool,
    form: str,
) -> None:
    """Make an app that opens, builds and tags its background hits as each CASE says.

    CASE is a spec's path or the name of a case. DIR is a new or an empty folder, or one where atgen made an app before:
    there it brings what is atgen's up to date and says what your own files need. A further CASE is added to those that
    the app has: specs/app.yaml names them all.

    \b
    Who owns what:
      Sources/Generated/       atgen: follows the spec; an edit of yours is refused with its diff (exit 3)
      other Sources/, specs/   you: written once, never again
      all other files          atgen, until you edit one; from then on you

    \b
    Examples:
      atgen scaffold bg_fetch MyApp
      atgen scaffold bg_fetch bg_task MyApp
      atgen scaffold bg_task_global MyApp --language objc --name Checkout
      atgen scaffold app_refresh MyTVApp --platform tvos
      atgen scaffold bg_fetch . --check                 (in the app's folder, in CI)

    On a Mac with XcodeGen and CocoaPods, then: cd MyApp && xcodegen && pod install && open MyApp.xcworkspace
    """  # noqa: D301 (click's mark for lines that stay as they are)
    import shlex  # noqa: PLC0415 (start-up time)

    from atgen import scaffold  # noqa: PLC0415
    from atgen.case.text import visible  # noqa: PLC0415
    from atgen.rendering.plan import WARNINGS  # noqa: PLC0415
    from atgen.scaffold import several  # noqa: PLC0415

    output = Output(form, verbose=verbose)
    root = Path(folder)
    shown = visible(str(root))
    paths = _specs(cases, root)
    described = load(paths, output)
    if not force:
        scaffold.refuse_strangers(root, waiting(root))
    elif there := scaffold.strangers(root, waiting(root)):
        say(f"atgen: {shown} holds other things, which stay: {scaffold.listed(there)}", err=True)
    app_name = scaffold.name_for(root, name)
    app_language = scaffold.language_of(root, language)
    app_platform = scaffold.platform_of(root, platform, described[0])
    for each in described:
        scaffold.refuse(each, scaffold.platform_of(root, app_platform.value, each), app_language, app_name)
    is_new = not root.exists()
    if len(described) == 1:
        chosen, path = described[0], paths[0]
        texts = _shipped(path, chosen)
    else:
        chosen, path, texts = several.together(root, described, paths, app_platform, app_name)
    made = scaffold.build(
        chosen,
        app_language,
        app_name,
        platform=app_platform,
        specs=texts,
        place="" if texts or path == _own(root, chosen.name) else _from(root, path),
    )
    warned = (*chosen.notes, *(WARNINGS[warning] for warning in made.warnings))
    output.warnings({warning: [visible(str(path))] for warning in warned})
    person = scaffold.settled(root, made, force=force)
    output.store(
        root,
        made.files,
        ours=(f"{scaffold.GENERATED}/*", *scaffold.unneeded(root, made, person)),
        once=person,
        prune=True,
        parents=True,
        check=check,
        diff=diff,
        force=force,
    )
    found = [] if is_new else _lacks(root, chosen)
    for finding in found if not diff else ():
        say(visible(f"{finding}; {finding.mend}"), err=True)
    if found and check:
        raise click.exceptions.Exit(int(Exit.FINDINGS))
    if is_new and not check and not diff:
        for other in chosen.platforms if not platform else ():
            if other is not app_platform:
                said = _other(shlex.join(cases), other.value)
                say(f"This app is for {app_platform.value}; {visible(said)}", err=True)
        steps = f"cd {visible(shlex.quote(str(root)))} && xcodegen && pod install && open {app_name}.xcworkspace"
        say(f"Next, on a Mac: {steps}   ({shown}/README.md has the rest)", err=True)


def _lacks(root: Path, case: Described) -> list[Finding]:
    """What the doctor finds to mend in an app that is there; nothing, and a word about it, where he cannot read code."""
    from atgen import doctor  # noqa: PLC0415 (start-up time)

    try:
        return [each for each in doctor.examine(root, case).findings if not each.is_note]
    except doctor.GrammarsMissingError as error:
        say(f"atgen: {error}", err=True)
        return []


def _specs(cases: Sequence[str], root: Path) -> list[Path]:
    """Find the specs of all cases that the app is to have."""
    import shlex  # noqa: PLC0415 (start-up time)

    from atgen.case.text import visible  # noqa: PLC0415 (start-up time)
    from atgen.resources import SPECS  # noqa: PLC0415
    from atgen.scaffold import several  # noqa: PLC0415

    if not cases:  # a single word is DIR to click
        word = visible(shlex.quote(str(root)))
        is_case = root.suffix == ".yaml" or any(str(root) in cases_in(folder) for folder in (HERE, SPECS))
        what, example = ("DIR", f"{word} MyApp") if is_case else ("CASE", f"bg_fetch {word}")
        raise click.UsageError(f"{what} is missing; for example: atgen scaffold {example}")
    return several.with_those_before(root, [spec(case, root) for case in cases])


def spec(case: str, root: Path) -> Path:
    """Find the spec; the app's own specs/ comes first."""
    own = _own(root, case)
    is_own = Path(case).name == case and os.path.isfile(own)  # noqa: PTH113 (a name that is too long is none)
    return own if is_own else next(iter(find_specs([case])))


def _own(root: Path, name: str) -> Path:
    return root / "specs" / f"{name}.yaml"


def _shipped(path: Path, case: Described) -> dict[str, bytes]:
    """The texts of a spec that ships with atgen, where the app's owner could not edit it, and of its cases; else none."""
    from atgen.resources import SPECS  # noqa: PLC0415 (start-up time)

    if path != SPECS / f"{case.name}.yaml":
        return {}
    names = dict.fromkeys([case.name, *(each.name for each in case.cases)])
    return {f"{name}.yaml": path.with_name(f"{name}.yaml").read_bytes() for name in names}


def _from(root: Path, path: Path) -> str:
    """Give the way from the app's folder to a spec that stays where it is; links are followed, as the system does."""
    from atgen.output.tree import naming  # noqa: PLC0415 (start-up time)

    with naming(str(root)):
        return os.path.relpath(os.path.realpath(path), os.path.realpath(root))


def _other(case: str, platform: str) -> str:
    """Say how to get what another platform of the case has."""
    from atgen import scaffold  # noqa: PLC0415 (start-up time)

    if platform in scaffold.PLATFORMS:
        return f"one for {platform}, in another folder: atgen scaffold {case} DIR --platform {platform}"
    return f"atgen makes none for {platform}, but its code: atgen render {case}"
