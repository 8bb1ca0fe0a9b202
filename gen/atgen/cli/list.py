"""`atgen list`: the cases there are."""

from __future__ import annotations

import json

import click

from atgen.cli.shared import Output, find, format_option, load, specs_argument


@click.command("list")
@specs_argument
@format_option("text", "json")
def command(specs: tuple[str, ...], form: str) -> None:
    """List the cases, one a line: name and title.

    Without SPEC: all of specs/, or the cases that ship with atgen where there is no such folder.

    \b
    Example:
      atgen list
      atgen list --format json
    """
    cases = load(find(specs), Output(form))
    if form == "json":
        rows = [{"name": case.name, "title": case.title, "mode": case.mode.value} for case in cases]
        click.echo(json.dumps(rows, indent=2))
        return
    width = max(len(case.name) for case in cases)
    for case in cases:
        click.echo(f"{case.name:<{width}}  {case.title}")
