"""`atgen new`: a spec of one's own."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from atgen.case.model import App, Mode, Platform, Scope
from atgen.cli import completion
from atgen.cli.shared import HERE, Output, as_json, find_specs, load, say
from atgen.errors import ConflictError

if TYPE_CHECKING:
    from enum import Enum

    from atgen.case.model import Described


def _words(of: type[Enum]) -> click.Choice[str]:
    return click.Choice([member.value for member in of])


@click.command("new")
@click.argument("name", metavar="NAME")
@click.option(
    "--from",
    "start",
    metavar="CASE",
    shell_complete=completion.cases,
    help="The case to begin with: one of `atgen list`, or a spec's path.",
)
@click.option("--mode", type=_words(Mode), help="Without --from: what marks the hit.")
@click.option("--tracker", type=_words(Scope), help="Without --from: the case's own tracker, or the app's.")
@click.option("--platform", type=_words(Platform), help="Without --from: where the app runs.")
@click.option("--site", metavar="DIGITS", help="The site's number, for a dedicated tracker.")
def command(
    name: str, start: str | None, mode: str | None, tracker: str | None, platform: str | None, site: str | None
) -> None:
    """Begin a spec of your own, specs/NAME.yaml, with a comment at each key.

    It begins as a case that is there, and says the same until you edit it: the one that --from names, or the one that
    fits --mode, --tracker and --platform. On a terminal atgen asks for what is not given. Where there is none,
    specs/schema.json is written too, from which editors complete and check specs.

    \b
    Examples:
      atgen new checkout
      atgen new checkout --from scene_fetch --site 410501
      atgen new checkout --mode task --tracker global --platform ios
    """  # noqa: D301 (click wants the character)
    from atgen.case import spec  # noqa: PLC0415 (start-up time)
    from atgen.case.text import visible  # noqa: PLC0415
    from atgen.output import files  # noqa: PLC0415
    from atgen.output.changes import Status  # noqa: PLC0415

    path = HERE / f"{name}.yaml"
    shown = visible(str(path))
    if Path(name).name != name:
        raise click.UsageError(f"NAME is a name and no path: the spec is written to {HERE}/NAME.yaml")
    if start and (mode or tracker or platform):
        raise click.UsageError("--from names the case; leave --mode, --tracker and --platform out")
    if HERE.is_symlink():
        raise click.UsageError(f"{HERE} is a symbolic link; begin the spec where it leads")
    if os.path.lexists(path):
        raise ConflictError(f"{shown} is there already, and stays as it is; take another name")
    if start:
        [begun] = find_specs([start])
    else:
        mode, tracker = _answer("mode", mode, Mode), _answer("tracker", tracker, Scope)
        platform = _answer("platform", platform, Platform)
        begun = _fitting(mode, tracker, platform)
    [case] = load([begun], Output("text"))
    sites = [dict(each.tracker.configuration)["site"] for each in case.cases if each.tracker]
    if site and not sites:
        raise click.UsageError(f"{case.name} has the global tracker, whose site is the app's; leave --site out")
    if sites and not site and _can_ask():
        site = click.prompt("Site", default=sites[0], err=True)
    made = _drafts(case, begun, path, site or "", platform or "")
    made["schema.json"] = f"{as_json(spec.json_schema())}\n".encode()
    for each, change in files.write(HERE, made, once=made).items():
        if change.status is Status.WRITTEN:
            say(f"written  {HERE / each}")
    hits = " and ".join(dict.fromkeys(each.hit.kind.value for each in case.cases))
    yours = f"title, site, log and {hits}" if sites else f"title and {hits}"
    where = f"{HERE}/" if isinstance(case, App) else shown
    say(f"Next: write your own {yours} into {where}, then: atgen render {shown}", err=True)


def _drafts(case: Described, begun: Path, path: Path, site: str, platform: str) -> dict[str, bytes]:
    """The texts of the spec and, beside that of an app, of its cases; one that is there stays as it is."""
    from atgen.case import spec, yamltree  # noqa: PLC0415 (start-up time)
    from atgen.case.draft import draft  # noqa: PLC0415

    begins = {path.name: begun}
    if isinstance(case, App):
        names = [f"{each.name}.yaml" for each in case.cases]
        begins |= {name: begun.with_name(name) for name in names if not os.path.lexists(HERE / name)}
    made = {
        name: draft(yamltree.read(start), str(start), site=site, platform=platform).encode()
        for name, start in begins.items()
    }
    if not isinstance(case, App):
        spec.parse(made[path.name], str(path))
    return made


def _can_ask() -> bool:
    return bool(sys.stdin and sys.stdin.isatty())


def _answer(key: str, given: str | None, of: type[Enum]) -> str:
    """The choice that was given, or is given now."""
    if given:
        return given
    if not _can_ask():
        raise click.UsageError(
            "say which case to begin with: --from CASE (see `atgen list`), or --mode, --tracker and --platform"
        )
    return str(click.prompt(key.capitalize(), type=_words(of), err=True))


def _fitting(mode: str, tracker: str, platform: str) -> Path:
    """The spec that ships with atgen for these choices."""
    from atgen.case.draft import nearest  # noqa: PLC0415 (start-up time)
    from atgen.resources import SPECS  # noqa: PLC0415

    cases = load(sorted(SPECS.glob("*.yaml")), Output("text"))
    return SPECS / f"{nearest(cases, Mode(mode), Scope(tracker), Platform(platform)).name}.yaml"
