"""`atgen verify`: compiles and runs what specs give."""

from __future__ import annotations

import json
import time
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from atgen.cli import completion
from atgen.cli.shared import Output, annotate, find_specs, format_option, load, progress, say
from atgen.cli.watch import specs_of, watched
from atgen.errors import Exit
from atgen.rendering.languages import names

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from atgen.case.model import Described
    from atgen.proof.verify import Row

_Result = TypeVar("_Result")


@click.command("verify")
@click.argument("specs", nargs=-1, metavar="[SPEC]...", shell_complete=completion.cases)
@click.option(
    "--require",
    default="",
    metavar="LANGUAGES",
    help="Languages, with commas between them, that count as findings where they cannot be run.",
)
@click.option(
    "--code",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="Hold your own Swift or Objective-C to one spec's rules, instead of what atgen renders; repeat for each file.",
)
@click.option(
    "--counterexamples",
    metavar="DIR",
    shell_complete=completion.folders,
    help="Write what breaks a rule there, for `atgen run --schedule`.",
)
@click.option("--again", is_flag=True, help="Prove anew what was proven before.")
@format_option()
@watched(specs_of)
def command(
    specs: tuple[str, ...],
    require: str,
    code: tuple[str, ...],
    counterexamples: str | None,
    *,
    again: bool,
    form: str,
) -> None:
    """Compile what the specs give in every mode, and play its scenarios.

    Swift and Objective-C are compiled against stand-ins for UIKit and the SDK, as strict as the real ones, and played
    on a virtual device beside the Python reference: in all orders in which things can happen, or as many as a scenario
    asks for, all three must give the same trace, and no trace may break an invariant. Where one does, the shortest
    story of how is told. A compiler that is missing is said to be missing. Exit code 1 on findings.

    With --code the same scenarios are played with code that atgen did not write, whole files, and the story of the
    first rule that it breaks is told. What the stand-ins lack is said with its file and line, and exits with 1, too.

    A row says how far it went: how many schedules were played, and in how many scenarios those that depart more often
    from the default order are left out. Orders that lead to the same state are gone on from once.

    \b
    Examples:
      atgen verify
      atgen verify specs/bg_fetch.yaml --require swift,objc
      atgen verify specs/bg_fetch.yaml --code MyApp/AppDelegate.swift
    """  # noqa: D301 (click wants the character)
    wanted = _wanted(require)
    failed = False
    rows: list[Row] = []
    output = Output(form)
    paths = find_specs(specs)
    cases = load(paths, output)
    places = {case.name: str(path) for case, path in zip(cases, paths, strict=True)}
    with closing(_judged(cases, code) if code else _rows(cases, again=again)) as proven:
        for row in proven:
            rows.append(row)
            missing = bool(row.not_run) and (bool(code) or row.language in wanted)
            failed = failed or bool(row.findings) or missing
            if form == "text":
                say(f"{row.case:<24} {row.platform.value:<8} {row.language:<7} {_done(row)}")
                for finding in row.findings:
                    say(_indented(finding.text))
            elif form == "github":
                for text in [finding.text for finding in row.findings] + [_done(row)] * missing:
                    annotate("error", f"{row.language}: {text}", places[row.case])
    if form == "json":
        output.results(map(_json, rows))
    if counterexamples:
        _write(counterexamples, rows)
    if failed:
        raise click.exceptions.Exit(int(Exit.FINDINGS))


def _wanted(require: str) -> set[str]:
    wanted = {name for name in require.split(",") if name}
    if unknown := wanted - set(names()):
        raise click.UsageError(f"--require knows {', '.join(names())}, and not {', '.join(sorted(unknown))}")
    return wanted


def _code(paths: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """The language of all the files, and their texts by name."""
    from pathlib import Path  # noqa: PLC0415 (start-up time)

    from atgen.doctor import folder  # noqa: PLC0415 (it reads what people name)

    suffixes = {"swift": {".swift"}, "objc": {".m", ".h"}}
    found = {Path(path).suffix for path in paths}
    language = next((name for name, those in suffixes.items() if found <= those), None)
    if not language:
        raise click.UsageError("--code takes files of one language: .swift, or .m and .h")
    if found == {".h"}:
        raise click.UsageError("--code: headers alone have no code: name the .m files beside them")
    files = {}
    for path in map(Path, paths):
        if path.name == "main.swift":
            raise click.UsageError(f"--code: leave {path} out: the delegate's class is started without it")
        if path.name in files:
            raise click.UsageError(f"--code: two files are called {path.name}")
        try:
            files[path.name] = folder.named(path).decode()
        except UnicodeDecodeError as error:
            raise click.UsageError(f"--code: {path} cannot be read: {error}") from None
    return language, files


def _judged(cases: list[Described], paths: tuple[str, ...]) -> Generator[Row]:
    """The row of a person's own code."""
    from atgen.proof.verify import judge  # noqa: PLC0415 (start-up time)

    if len(cases) != 1:
        raise click.UsageError("--code takes the one SPEC whose rules it is held to")
    [case], (language, files) = cases, _code(paths)
    [[row]] = _shown([(case.name, [partial(judge, case, case.platforms[0], language, files)])])
    yield row


def _write(folder: str, rows: list[Row]) -> None:
    """One file for each finding that a schedule shows."""
    from pathlib import Path  # noqa: PLC0415 (start-up time)

    from atgen.output import files  # noqa: PLC0415

    examples = [finding.counterexample for row in rows for finding in row.findings if finding.counterexample]
    texts = {f"{each.case}-{each.language}-{each.scenario}.json": each.text().encode() for each in examples}
    ours = [f"*-{name}-*.json" for name in names()]
    for path, change in files.write(Path(folder), texts, ours=ours, prune=True).items():
        say(f"{change.status.value}  {Path(folder, path)}", err=True)


def _rows(cases: list[Described], *, again: bool) -> Generator[Row]:
    """The rows of all cases in order."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 (start-up time)

    from atgen.proof.compilers import find_compiler, known_languages  # noqa: PLC0415 (start-up time)

    with ThreadPoolExecutor() as pool:
        pool.map(find_compiler, known_languages())  # which versions they are takes as long as what follows
        from atgen.proof.verify import Proof, rendered  # noqa: PLC0415 (start-up time)

        proofs = [
            (case, Proof(case, platform, rendered(case, platform, names()), again=again))
            for case in cases
            for platform in case.platforms
        ]
    first = {proof.key: proof for _, proof in reversed(proofs) if not proof.known}
    several = [(case.name, proof.tasks if first.get(proof.key) is proof else []) for case, proof in proofs]
    given: dict[str, list[Any]] = {}
    with closing(_shown(several)) as results:
        for (_, proof), result in zip(proofs, results, strict=True):
            yield from proof.known or proof.rows(given.setdefault(proof.key, result))


def _shown(several: Sequence[tuple[str, list[Callable[[], _Result]]]]) -> Generator[list[_Result]]:
    """Give what workers make of each case's tasks; meanwhile show which case is waited for, and how long."""
    from atgen.proof import workers  # noqa: PLC0415 (start-up time)

    begun = time.monotonic()

    def show() -> None:
        progress(f"{asked}, {time.monotonic() - begun:.0f} s")

    with closing(workers.in_order([task for _, tasks in several for task in tasks], show)) as results:
        for number, (name, tasks) in enumerate(several, 1):
            asked = f"{number} of {len(several)}: {name}"
            if tasks:
                show()
            try:
                yield [next(results) for _ in tasks]
            finally:
                progress("")
        next(results, None)  # nothing is left: the workers end by themselves


def _done(row: Row) -> str:
    if row.not_run:
        return f"not run: {row.not_run}"
    parts = [f"compiled in {row.compiled} modes"] if row.compiled > 1 else ["compiled"] if row.compiled else []
    tried = row.tried
    all_orders = tried.scenarios - tried.limited
    far = [f"all orders of {_count(all_orders, 'scenario')}"] if all_orders else []
    far += [f"up to {_count(tried.deviations, 'deviation')} in {tried.limited}"] if tried.limited else []
    if tried.schedules:
        parts.append(f"ran {_count(tried.schedules, 'schedule')}{': ' * bool(far)}{', '.join(far)}")
    parts += ["proven before"] if row.known else []
    return ", ".join(parts) + (f": {_count(len(row.findings), 'finding')}" if row.findings else "")


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'s' * (number != 1)}"


def _json(row: Row) -> dict[str, object]:
    findings = [
        {"text": text, "counterexample": example and json.loads(example.text())} for text, example in row.findings
    ]
    flat = {**row._asdict(), **row.tried._asdict(), "platform": row.platform.value, "findings": findings}
    return {key: value for key, value in flat.items() if key != "tried"}


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines()).rstrip("\n")
