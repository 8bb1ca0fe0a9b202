"""`atgen explain`: a case as atgen understands it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from atgen.case.model import App
from atgen.cli import completion
from atgen.cli.shared import Output, find_specs, format_option, load, say

if TYPE_CHECKING:
    from atgen.case.model import Described
    from atgen.rendering.context import Context
    from atgen.rendering.plan import Plan, Step


@click.command("explain")
@click.argument("spec", shell_complete=completion.cases)
@format_option("text", "json")
def command(spec: str, form: str) -> None:
    """Show the resolved spec, the plan's steps with the reason of each, and what the templates see.

    \b
    Example:
      atgen explain specs/bg_fetch.yaml
    """  # noqa: D301 (click wants the character)
    from atgen.case.requirements import requirements  # noqa: PLC0415
    from atgen.case.vocabulary import vocabulary  # noqa: PLC0415
    from atgen.rendering import languages, pipeline  # noqa: PLC0415 (start-up time)

    output = Output(form)
    [case] = load(find_specs([spec]), output)
    there = [languages.get(name) for name in languages.names() if vocabulary(case.sdk).has(name)]
    shown: dict[str, Any] = {"spec": json_value(case), "platforms": {}}
    lines = ["The spec, with its defaults:", *_fields(json_value(case))]
    for platform in case.platforms:
        seen = {language.name: pipeline.see(case, platform, language) for language in there}
        planned = next(iter(seen.values()))[0]
        needs = requirements(case, platform)
        shown["platforms"][platform.value] = {
            "requirements": json_value(needs),
            "plan": json_value(planned),
            "context": {name: _by_case(case, [*map(json_value, contexts)]) for name, (_, contexts) in seen.items()},
        }
        own = {language.name: pipeline.own(case, platform, language) for language in there}
        shown["platforms"][platform.value]["own"] = own
        lines += ["", f"What it needs on {platform.value}:", *_fields(json_value(needs)), "", *_steps(case, planned)]
        for path, text in (each for files in own.values() for each in files.items()):
            lines += ["", f"What the app's own {path} has on {platform.value}:", "", *text.splitlines()]
        for name, (_, contexts) in seen.items():
            lines += ["", f"What the {name} templates see on {platform.value}, beside words and texts:"]
            lines += _fields(_by_case(case, [_fields_of_its_own(context) for context in contexts]))
    if form == "json":
        output.results([shown])
    else:
        say("\n".join(lines))


def json_value(value: Any) -> Any:  # noqa: ANN401 (any tuple of ours)
    """The value as JSON has it: every named tuple a dict, every enum member its word."""
    if hasattr(value, "_asdict"):
        return {key: json_value(inner) for key, inner in value._asdict().items()}
    if isinstance(value, dict):
        return {key: json_value(inner) for key, inner in value.items()}
    return [json_value(inner) for inner in value] if isinstance(value, tuple) else getattr(value, "value", value)


def _by_case(case: Described, contexts: list[dict[str, Any]]) -> dict[str, Any]:
    """A case's context, or by their names those of an app's cases."""
    if isinstance(case, App):
        return {each.name: context for each, context in zip(case.cases, contexts, strict=True)}
    return contexts[0]


def _fields_of_its_own(context: Context) -> dict[str, Any]:
    return {key: value for key, value in json_value(context).items() if key not in ("words", "texts", "header")}


def _fields(values: dict[str, Any], indent: str = "  ") -> list[str]:
    lines = []
    for key, value in values.items():
        if key == "cases":
            value = {each["name"]: each for each in value}  # noqa: PLW2901 (the same, to read)
        if isinstance(value, dict):
            lines += [f"{indent}{key}:", *_fields(value, indent + "  ")]
        else:
            lines.append(f"{indent}{key}: {json.dumps(value, ensure_ascii=False)}")
    return lines


def _steps(case: Described, planned: Plan) -> list[str]:
    from atgen.rendering.plan import WARNINGS, Role  # noqa: PLC0415 (start-up time)

    # The launch is the app's, and each of its steps a case's; all else is a case's as a whole.
    whose = [f" of {each.name}" if isinstance(case, App) else "" for each in case.cases]
    lines = ["The plan, and why:"]
    for entry in planned.entries:
        is_launch = entry.role is Role.LAUNCH
        lines.append(f"  {entry.name}{'' if is_launch else whose[entry.case]}")
        for step in entry.steps:
            lines += _step(step, "    ", whose[step.case] if is_launch else "")
    return lines + [f"  warning: {WARNINGS[warning]}" for warning in planned.warnings]


def _step(step: Step, indent: str, whose: str = "") -> list[str]:
    name = f"{step.name} {step.seconds} s" if step.seconds else step.name
    lines = [f"{indent}{name}{whose}", f"{indent}  | {step.reason}"]
    for inner in step.steps:
        lines += _step(inner, indent + "  ")
    return lines
