"""`atgen explain`: a case as atgen understands it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from atgen.cli.shared import Output, find, format_option, load

if TYPE_CHECKING:
    from atgen.model import Case
    from atgen.plan import Plan, Step


@click.command("explain")
@click.argument("spec")
@format_option("text", "json")
def command(spec: str, form: str) -> None:
    """Show the resolved spec, the plan's steps with the reason of each, and what the templates see.

    \b
    Example:
      atgen explain specs/bg_fetch.yaml
    """
    from atgen import languages  # noqa: PLC0415 (start-up time)
    from atgen.context import context  # noqa: PLC0415
    from atgen.plan import plan  # noqa: PLC0415
    from atgen.vocabulary import texts, vocabulary  # noqa: PLC0415

    [case] = load(find([spec]), Output(form))
    planned = plan(case)
    contexts = {
        name: _plain(context(case, planned, languages.get(name), vocabulary(), texts())) for name in languages.names()
    }
    if form == "json":
        shown = {"spec": _plain(case), "plan": _plain(planned), "context": contexts}
        click.echo(json.dumps(shown, indent=2))
        return
    click.echo("\n".join(["The spec, with its defaults:", *_fields(_plain(case)), "", *_steps(planned), ""]))
    for name, fields in contexts.items():
        fields = {key: value for key, value in fields.items() if key not in ("words", "texts", "header")}
        click.echo("\n".join([f"What the {name} templates see, beside the words and texts:", *_fields(fields), ""]))


def _plain(value: Any) -> Any:  # noqa: ANN401 (any dataclass of ours)
    """The value as JSON has it: every dataclass a dict, every enum member its word."""
    from dataclasses import asdict  # noqa: PLC0415 (start-up time)

    return json.loads(json.dumps(asdict(value)))


def _fields(values: dict[str, Any], indent: str = "  ") -> list[str]:
    lines = []
    for key, value in values.items():
        if isinstance(value, dict):
            lines += [f"{indent}{key}:", *_fields(value, indent + "  ")]
        else:
            lines.append(f"{indent}{key}: {json.dumps(value, ensure_ascii=False)}")
    return lines


def _steps(planned: Plan) -> list[str]:
    from atgen.plan import WARNINGS  # noqa: PLC0415 (start-up time)

    lines = ["The plan, and why:"]
    for entry in planned.entries:
        lines.append(f"  {entry.name}")
        for step in entry.steps:
            lines += _step(step, "    ")
    return lines + [f"  warning: {WARNINGS[warning]}" for warning in planned.warnings]


def _step(step: Step, indent: str) -> list[str]:
    name = f"{step.name} {step.seconds} s" if step.seconds else step.name
    lines = [f"{indent}{name}", f"{indent}  | {step.reason}"]
    for inner in step.steps:
        lines += _step(inner, indent + "  ")
    return lines
