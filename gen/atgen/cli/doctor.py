"""`atgen doctor`: what an app still needs, and what code does wrong."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from atgen.cli import completion
from atgen.cli.scaffold import spec
from atgen.cli.shared import HERE, Output, annotate, as_json, format_option, load, progress, say
from atgen.cli.watch import watched
from atgen.errors import Exit, FileError, SpecError

if TYPE_CHECKING:
    from atgen.case.model import Described
    from atgen.doctor import Examined, Finding
    from atgen.doctor.source import Source

_CODES = (".swift", ".m", ".mm", ".h")
_MOST = 16 * 1024 * 1024


@click.command("doctor")
@click.argument("places", metavar="DIR|FILE|PAGE|-... [CASE]", nargs=-1, shell_complete=completion.place_and_case)
@click.option("--select", metavar="CODES", help="Only these rules: P03,P13; a P alone is all of the page's.")
@click.option("--ignore", metavar="CODES", help="All but these.")
@click.option("--accept", is_flag=True, help="Accept what is found now: written to .atgen-doctor.json.")
@click.option("--fix", is_flag=True, help="Mend what is a word for a word: P01, P02, P05 to P09.")
@click.option("--diff", is_flag=True, help="With --fix: write nothing, show what would change.")
@click.option(
    "--explain",
    metavar="CODE",
    help="Say what a rule is about, with examples, and where it is written; all for a table.",
)
@format_option("text", "json", "github", "sarif")
@watched(lambda given: [path for path in (*map(Path, given["places"]), HERE) if path.exists()])
def command(
    places: tuple[str, ...],
    *,
    select: str | None,
    ignore: str | None,
    accept: bool,
    fix: bool,
    diff: bool,
    explain: str | None,
    form: str,
) -> None:
    """Say what an app needs for its background hits to be tagged, and which mistakes code makes.

    In a folder it reads property lists, pods, project settings, the Swift and Objective-C sources of the app, not those
    of its tests and of others (Pods, Carthage, vendor), and the code blocks of pages. A page is Markdown, MDX,
    reStructuredText, AsciiDoc, HTML or text; - is standard input. With CASE, a spec's path or a case's name, it also says
    what an app lacks for that case. P01 to P17 are the mistakes of the vendor's page (gen/README.md).

    A comment // atgen:ignore P13 reason silences a rule on its line, or alone on a line on the next. Code is read as a
    compiler reads it (pip install 'background-hits[doctor]'); where that fails a note says so, and rules are silent there.

    Exit code 1 if there is something to mend; notes do not count.

    \b
    Examples:
      atgen doctor ~/MyApp
      atgen doctor ~/MyApp bg_fetch
      atgen doctor docs/guide.md docs/tasks.rst
      atgen doctor . --fix --diff
      atgen doctor --explain P13
    """  # noqa: D301 (click's mark for lines that stay as they are)
    from atgen.doctor import silence  # noqa: PLC0415 (start-up time)
    from atgen.doctor.rules import ALL  # noqa: PLC0415

    if explain == "all":
        from atgen.doctor import report  # noqa: PLC0415

        say(report.table(), nl=False)
        return
    if explain:
        [code] = _codes(explain, "--explain")[:1]
        say(ALL[code].page, nl=False)
        return
    if diff and not fix:
        raise click.UsageError("--diff goes with --fix")
    wanted, unwanted = frozenset(_codes(select, "--select")), frozenset(_codes(ignore, "--ignore"))
    output = Output(form)
    paths, case = _places(places)
    root = next((Path(path) for path in paths if path != "-" and Path(path).is_dir()), Path())
    chosen = load([spec(case, root)], output)[0] if case else None

    def look() -> tuple[list[Finding], list[Source]]:
        examined = _examine(paths, chosen)
        found = silence.chosen(silence.ignored(examined.findings, examined.sources), wanted, unwanted)
        if accept:
            _store(root / silence.NAME, silence.listed(found, root))
        return silence.accepted(found, root), examined.sources

    try:
        found, sources = look()
        if fix and _mend(found, sources, to_write=not diff):
            found, _ = look()
    except SpecError as error:
        output.problems(error.problems)
        raise click.exceptions.Exit(int(error.exit)) from None
    found = sorted(found, key=lambda each: (each.is_note, each))
    _show(found, output)
    if any(not each.is_note for each in found):
        raise click.exceptions.Exit(int(Exit.FINDINGS))
    if form == "text":
        from atgen.case.text import visible  # noqa: PLC0415

        say(f"{visible(' '.join(paths))}: nothing to mend{f' for {chosen.name}' if chosen else ''}", err=True)


def _places(places: tuple[str, ...]) -> tuple[list[str], str]:
    """Tell the case, which comes last and is no file but a spec, from the places."""
    if not places:
        raise click.UsageError("name a folder, a file or a page; - is standard input")
    *paths, last = places
    is_case = bool(paths) and (last.endswith((".yaml", ".yml")) or (last != "-" and not Path(last).exists()))
    paths = paths if is_case else [*places]
    for path in paths:
        if path != "-" and not Path(path).exists():
            raise click.UsageError(f"{path} does not exist")
    if is_case and not any(path != "-" and Path(path).is_dir() for path in paths):
        raise click.UsageError(f"{last}: a case goes with an app's folder, and there is no such place")
    return paths, last if is_case else ""


def _codes(given: str | None, option: str) -> list[str]:
    """Take a list of codes apart; `P` is all of the page's."""
    from difflib import get_close_matches  # noqa: PLC0415

    from atgen.doctor.rules import ALL  # noqa: PLC0415

    found: list[str] = []
    for word in (given or "").replace(",", " ").split():
        if word == "P":
            found += [code for code in ALL if code[0] == "P"]
        elif word in ALL:
            found.append(word)
        else:
            near = get_close_matches(word, ALL, 1)
            hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(ALL)}"
            raise click.UsageError(f"{option}: there is no rule {word}{hint}")
    return found


def _examine(paths: list[str], case: Described | None) -> Examined:
    """Look at each place as what it is."""
    from atgen import doctor  # noqa: PLC0415
    from atgen.doctor import folder, pages  # noqa: PLC0415

    findings: list[Finding] = []
    sources = []
    for path in paths:
        if path == "-":
            text = folder.utf8(sys.stdin.buffer.read(_MOST)).decode()
            part = doctor.judge(pages.sources("-", text))
        elif Path(path).is_dir():
            part = doctor.examine(Path(path), case, lambda done, count: progress(f"{done} of {count} sources"))
            progress("")
        elif path.endswith(_CODES):
            part = doctor.judge([folder.source_of(Path(path))])
        else:
            part = doctor.judge(folder.page(Path(path)))
        findings += part.findings
        sources += part.sources
    return doctor.Examined(findings, sources)


def _store(path: Path, content: bytes) -> None:
    """Write the list of accepted findings."""
    from atgen.case.text import visible  # noqa: PLC0415
    from atgen.output import files  # noqa: PLC0415

    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666), "wb") as file:  # noqa: PTH123
            file.write(content)
    except FileExistsError:
        files.write_page(path, content, old=files.read_page(path))
    except OSError as error:
        raise FileError(f"{visible(str(path))}: {error.strerror}") from error


def _mend(found: list[Finding], sources: list[Source], *, to_write: bool) -> bool:
    """Write, or show, what can be mended; whether something was written."""
    from atgen.case.text import visible  # noqa: PLC0415
    from atgen.doctor import mend  # noqa: PLC0415
    from atgen.output import changes, files  # noqa: PLC0415

    is_written = False
    for source in sources:
        mended = mend.mend(source, [each for each in found if each.file == source.path and each.edit])
        if mended is None:
            continue
        path, shown = Path(source.path), visible(source.path)
        old = files.read_page(path)
        if old != source.data:
            say(f"{shown}: not plain UTF-8, and left as it is", err=True)
        elif to_write:
            files.write_page(path, mended, old=old)
            say(f"{shown}: mended", err=True)
            is_written = True
        else:
            say(changes.diff(shown, changes.Change(changes.Status.STALE, old, mended)), nl=False)
    return is_written


def _show(found: list[Finding], output: Output) -> None:
    from atgen.case.text import visible  # noqa: PLC0415
    from atgen.doctor import report  # noqa: PLC0415

    if output.form == "json":
        output.results(map(report.row, found))
    elif output.form == "sarif":
        say(as_json(report.sarif(found)))
    for each in found if output.form in ("text", "github") else ():
        if output.form == "github":
            level = "notice" if each.is_note else "error"
            message = visible(f"{each.rule}: {each.message}; {each.mend}")
            annotate(level, message, each.file, each.line, each.column)
        else:
            say("\n".join(report.text(each)))
