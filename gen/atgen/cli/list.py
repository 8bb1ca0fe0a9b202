"""`atgen list`: the cases there are."""

from __future__ import annotations

import click

from atgen.cli import completion
from atgen.cli.shared import Output, find, format_option, load, say


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
    cases = load(find(specs), output)
    if form == "json":
        output.results(
            {
                "name": case.name,
                "title": case.title,
                "mode": case.mode.value,
                "tracker": case.scope.value,
                "platforms": [platform.value for platform in case.platforms],
                "lifecycle": case.lifecycle.value,
                "scheduler": case.scheduler.value,
                "sdk": case.sdk,
            }
            for case in cases
        )
        return
    width = max(len(case.name) for case in cases)
    for case in cases:
        say(f"{case.name:<{width}}  {case.title}")


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
