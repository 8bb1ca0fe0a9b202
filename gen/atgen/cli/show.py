"""`atgen show`: a case's spec."""

from __future__ import annotations

import click

from atgen.cli import completion
from atgen.cli.shared import Output, find_specs, load


@click.command("show")
@click.argument("case", metavar="CASE", shell_complete=completion.cases)
def command(case: str) -> None:
    """Print the spec of a case, such as those that ship with atgen.

    \b
    Examples:
      atgen show scene_fetch
      atgen show scene_fetch > specs/my_case.yaml
    """  # noqa: D301 (click wants the character)
    from atgen.case import yamltree  # noqa: PLC0415 (start-up time)

    [path] = find_specs([case])
    load([path], Output("text"))  # what is no spec may steer a terminal
    click.echo(yamltree.read(path), nl=False)
