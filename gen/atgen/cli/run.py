"""`atgen run`: one run of a case, told as it happens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from atgen.case.model import Platform
from atgen.cli import completion
from atgen.cli.shared import Output, escape_json, find_specs, format_option, load, say
from atgen.errors import Exit, Problem, SpecError
from atgen.rendering.languages import names

if TYPE_CHECKING:
    from atgen.proof.scenario import Scenario
    from atgen.reference import Event


@click.command("run")
@click.argument("spec", shell_complete=completion.cases)
@click.option(
    "--scenario",
    "wanted",
    metavar="NAME",
    shell_complete=completion.scenarios,
    help="What the outside does; the plainest one by default.",
)
@click.option("--language", type=click.Choice(names()), help="Whose code is played; python by default.")
@click.option(
    "--schedule",
    "file",
    type=click.Path(path_type=Path, readable=False),
    metavar="FILE",
    help="Replay a counterexample that `atgen verify --counterexamples` wrote.",
)
@click.option(
    "--platform",
    type=click.Choice([platform.value for platform in Platform]),
    help="The case's first platform by default.",
)
@click.option("--collector", metavar="URL", help="Send the hits there over real HTTP; Python only.")
@format_option("text", "json")
def command(
    spec: str,
    wanted: str | None,
    language: str | None,
    file: Path | None,
    platform: str | None,
    collector: str | None,
    form: str,
) -> None:
    """Play a case once on the virtual device, and show what happens as a timeline.

    Without --schedule things happen in their usual order; one whose choices are not open here is refused. --format
    json prints the trace, one event a line. Exit code 1 if hits were sent to a --collector and none arrived.

    \b
    Examples:
      atgen run specs/bg_task.yaml
      atgen run specs/bg_task.yaml --scenario task_twice --language swift
      atgen run specs/bg_fetch.yaml --collector http://127.0.0.1:8000
    """  # noqa: D301 (click wants the character)
    from atgen.case.text import shown, visible  # noqa: PLC0415
    from atgen.proof import story, verify  # noqa: PLC0415

    if file and collector is not None:
        raise click.UsageError("--collector sends in the usual order; leave --schedule out")
    [case] = load(find_specs([spec]), Output(form))
    name = visible(str(file))
    schedule: tuple[str, ...] = ()
    if file:
        example = story.parse(_read(file, name), name)
        if example.case != case.name:
            raise click.UsageError(f"{name} is about the case {shown(example.case)}, not {case.name}")
        wanted = example.scenario if wanted is None else wanted
        language, schedule = language or example.language, example.schedule
    language = language or verify.REFERENCE
    chosen = Platform(platform) if platform else case.platforms[0]
    if chosen not in case.platforms:
        raise click.UsageError(f"{case.name} is not for {chosen.value}")
    played = _scenario(verify.scenarios(case, chosen), wanted)
    if collector is not None and language != verify.REFERENCE:
        raise click.UsageError("--collector is for the Python reference")
    # Its choices are the reference's, also where another language is found to differ from it.
    misfit = schedule and story.misfit(verify.play(case, chosen, verify.REFERENCE, played, schedule), schedule)
    if misfit:
        since = "the case has changed since, or this is another --scenario or --platform"
        raise SpecError([Problem(name, 1, 1, f"{misfit}; {since}")])
    events = (
        verify.play(case, chosen, language, played, schedule)
        if collector is None
        else verify.send(case, chosen, played, collector)
    )
    _show(events, form)
    became = {event["event"] for event in events}
    if collector is not None and "hit" in became and not became & {"sent", "resent"}:
        say(f"atgen: no hit has arrived at {visible(collector)}", err=True)
        raise click.exceptions.Exit(int(Exit.FINDINGS))


def _read(file: Path, name: str) -> str:
    from atgen.case.yamltree import read  # noqa: PLC0415 (start-up time)

    try:
        return read(file, "a counterexample").decode()
    except UnicodeDecodeError as error:
        message = f"is no counterexample: byte 0x{error.object[error.start]:02X} is not UTF-8"
        raise SpecError([Problem(name, 1, 1, message)]) from None


def _scenario(there: list[Scenario], wanted: str | None) -> Scenario:
    from atgen.case.schema import nearest  # noqa: PLC0415 (only errors need it)
    from atgen.case.text import shown  # noqa: PLC0415 (same)
    from atgen.proof.verify import usual  # noqa: PLC0415 (start-up time)

    if wanted is None:
        return usual(there)
    known = {each.name: each for each in there}
    if wanted not in known:
        hint = nearest(wanted, known) or f"; there are {', '.join(known)}"
        raise click.UsageError(f"no scenario {shown(wanted)} for this case{hint}")
    return known[wanted]


def _show(events: list[Event], form: str) -> None:
    from atgen.case.text import visible  # noqa: PLC0415
    from atgen.reference import line, sentence  # noqa: PLC0415 (start-up time)

    for event in events:
        if form == "json":
            say(escape_json(line(event)))
        elif event["event"] not in {"choice", "over"}:
            say(f"{event['t']:>5g} s  {event['on']:<10}  {visible(sentence(event))}")
