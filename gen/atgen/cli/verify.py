"""`atgen verify`: compiles and runs what specs give."""

from __future__ import annotations

import json
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import click

from atgen.cli.shared import Output, annotate, as_json, find, format_option, load, progress, say, specs_argument
from atgen.errors import Exit
from atgen.rendering.languages import names

if TYPE_CHECKING:
    from collections.abc import Generator

    from atgen.case.model import Case
    from atgen.proof.verify import Row


@click.command("verify")
@specs_argument
@click.option(
    "--require",
    default="",
    metavar="LANGUAGES",
    help="Languages, with commas between them, that count as findings where they cannot be run.",
)
@click.option("--counterexamples", metavar="DIR", help="Write what breaks a rule there, for `atgen run --schedule`.")
@click.option("--again", is_flag=True, help="Prove anew what was proven before.")
@format_option()
def command(specs: tuple[str, ...], require: str, counterexamples: str | None, *, again: bool, form: str) -> None:
    """Compile what the specs give in every mode, and play its scenarios.

    Swift and Objective-C are compiled against stand-ins for UIKit and the SDK, as strict as the real ones, and played
    on a virtual device beside the Python reference: in all orders in which things can happen, or as many as a scenario
    asks for, all three must give the same trace, and no trace may break an invariant. Where one does, the shortest
    story of how is told. A compiler that is missing is said to be missing. Exit code 1 on findings.

    A row says how far it went: how many schedules there are, and in how many scenarios those that depart more often
    from the default order are left out.

    \b
    Examples:
      atgen verify
      atgen verify specs/bg_fetch.yaml --require swift,objc
    """  # noqa: D301 (click wants the character)
    wanted = {name for name in require.split(",") if name}
    if unknown := wanted - set(names()):
        raise click.UsageError(f"--require knows {', '.join(names())}, and not {', '.join(sorted(unknown))}")
    output = Output(form)
    failed = False
    rows: list[Row] = []
    with closing(_rows(load(find(specs), output), again=again)) as proven:
        for row in proven:
            rows.append(row)
            missing = bool(row.not_run) and row.language in wanted
            failed = failed or bool(row.findings) or missing
            if form == "text":
                say(f"{row.case:<24} {row.platform.value:<8} {row.language:<7} {_done(row)}")
                for finding in row.findings:
                    say(_indented(finding.text))
            elif form == "github":
                for text in [finding.text for finding in row.findings] + [_done(row)] * missing:
                    annotate("error", f"{row.language}: {text}", f"specs/{row.case}.yaml")
    if form == "json":
        say(as_json({"rows": [_json(row) for row in rows]}))
    if counterexamples:
        _write(counterexamples, rows)
    if failed:
        raise click.exceptions.Exit(int(Exit.FINDINGS))


def _write(folder: str, rows: list[Row]) -> None:
    """One file for each finding that a schedule shows."""
    from pathlib import Path  # noqa: PLC0415 (start-up time)

    from atgen.output import files  # noqa: PLC0415

    examples = [finding.counterexample for row in rows for finding in row.findings if finding.counterexample]
    texts = {f"{each.case}-{each.language}-{each.scenario}.json": each.text().encode() for each in examples}
    ours = [f"*-{name}-*.json" for name in names()]
    for path, change in files.write(Path(folder), texts, ours=ours, prune=True).items():
        say(f"{change.status.value}  {Path(folder, path)}", err=True)


def _rows(cases: list[Case], *, again: bool) -> Generator[Row]:
    """The rows of all cases in order."""
    from atgen.proof import workers  # noqa: PLC0415 (start-up time)
    from atgen.proof.verify import verify  # noqa: PLC0415

    pairs = [(case, platform, names()) for case in cases for platform in case.platforms]
    with closing(workers.in_order(partial(verify, again=again), pairs)) as proven:
        for number, (case, _, _) in enumerate(pairs, 1):
            progress(f"{number} of {len(pairs)}: {case.name}")
            try:
                rows = next(proven)
            finally:
                progress("")
            yield from rows


def _done(row: Row) -> str:
    if row.not_run:
        return f"not run: {row.not_run}"
    parts = [f"compiled in {row.compiled} modes"] if row.compiled > 1 else ["compiled"] if row.compiled else []
    tried = row.tried
    if tried.schedules:
        all_orders = tried.scenarios - tried.limited
        far = [f"all orders of {all_orders} scenarios"] if all_orders else []
        far += [f"up to {tried.deviations} deviations in {tried.limited}"] if tried.limited else []
        parts.append(f"ran {tried.schedules:,} schedules: {', '.join(far)}")
    parts += ["proven before"] if row.known else []
    return ", ".join(parts) + (f": {len(row.findings)} findings" if row.findings else "")


def _json(row: Row) -> dict[str, object]:
    findings = [
        {"text": text, "counterexample": example and json.loads(example.text())} for text, example in row.findings
    ]
    flat = {**row._asdict(), **row.tried._asdict(), "platform": row.platform.value, "findings": findings}
    return {key: value for key, value in flat.items() if key != "tried"}


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines()).rstrip("\n")
