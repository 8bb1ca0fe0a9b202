"""`atgen schema`: what a spec may hold."""

from __future__ import annotations

import json

import click

from atgen.cli.shared import format_option


@click.command("schema")
@format_option("json", "markdown")
def command(form: str) -> None:
    """Print the specs' schema: JSON Schema (draft-07) for editors, or a table to read.

    A spec names the schema in its first line, so that editors complete and check it:

    \b
    Example:
      atgen schema > specs/schema.json
      # yaml-language-server: $schema=schema.json      (first line of a spec)
    """
    from atgen import spec  # noqa: PLC0415 (start-up time)
    from atgen.schema import rows  # noqa: PLC0415

    if form == "json":
        click.echo(json.dumps(spec.json_schema(), indent=2))
        return
    click.echo("| key | required | allowed | meaning |\n| --- | --- | --- | --- |")
    for path, key in rows(spec.SPEC):
        click.echo(f"| `{path}` | {'yes' if key.required else ''} | {key.value.words()} | {key.about} |")
