"""`atgen list`: the cases there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from atgen.case.model import App
from atgen.cli import completion
from atgen.cli.shared import Output, find_specs, format_option, load, say

if TYPE_CHECKING:
    from atgen.case.model import Described


@click.command("list")
@click.argument("specs", nargs=-1, metavar="[SPEC]...", shell_complete=completion.cases)
@click.option("--sdks", is_flag=True, help="List the SDKs instead, with their platforms and languages.")
@format_option("text", "json")
def command(specs: tuple[str, ...], *, sdks: bool, form: str) -> None:
    """List the cases, one a line: name and title.

    Without SPEC: all of specs/, or the cases that ship with atgen where there is no such folder.

    \b
    Examples:
      atgen list
      atgen list --sdks
    """  # noqa: D301 (click wants the character)
    output = Output(form)
    if sdks:
        _sdks(output)
        return
    cases = load(find_specs(specs), output)
    if form == "json":
        output.results(
            {
                "name": each.name,
                "title": each.title,
                **_own(each),
                "platforms": [platform.value for platform in each.platforms],
                "lifecycle": each.lifecycle.value,
                "sdk": each.sdk,
            }
            for each in cases
        )
        return
    width = max(len(case.name) for case in cases)
    for case in cases:
        say(f"{case.name:<{width}}  {case.title}")


def _own(described: Described) -> dict[str, Any]:
    """What a case says, or the names of an app's cases, which say it."""
    if isinstance(described, App):
        return {"cases": [case.name for case in described.cases]}
    return {
        "mode": described.mode.value,
        "tracker": described.scope.value,
        "scheduler": described.scheduler.value,
    }


def _sdks(output: Output) -> None:
    from atgen.case import vocabulary  # noqa: PLC0415 (start-up time)

    there = [vocabulary.vocabulary(name) for name in vocabulary.sdks()]
    if output.form == "json":
        output.results(
            {
                "name": sdk.name,
                "title": sdk.title,
                "version": sdk.version,
                "platforms": sdk.platforms,
                "languages": [*sdk.words],
            }
            for sdk in there
        )
        return
    for sdk in there:
        say(f"{sdk.name:<8}  {sdk.title} {sdk.version}: {', '.join(sdk.platforms)}; {', '.join(sdk.words)}")
