"""`atgen schema`: what a spec may hold."""

from __future__ import annotations

import click

from atgen.cli.shared import as_json, format_option, say


@click.command("schema")
@format_option("json", "markdown")
def command(form: str) -> None:
    """Print the specs' schema: JSON Schema (draft-07) for editors, or a page to read.

    A spec names the schema in its first line, so that editors complete and check it:

    \b
    Example:
      atgen schema > specs/schema.json
      # yaml-language-server: $schema=schema.json      (first line of a spec)
    """  # noqa: D301 (click wants the character)
    if form == "markdown":
        from atgen.case import manual  # noqa: PLC0415 (start-up time)

        say(manual.markdown(), nl=False)
        return
    from atgen.case import spec  # noqa: PLC0415 (start-up time)

    say(as_json(spec.json_schema()))
