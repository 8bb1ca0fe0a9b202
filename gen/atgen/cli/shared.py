"""What the commands share: which specs are meant, the common options, and how results are shown."""

from __future__ import annotations

import io
import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import atgen
from atgen.cli import OUTPUT
from atgen.errors import AtgenError, Exit, Problem, SpecError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from atgen.case.model import Described
    from atgen.output.changes import Change, Changes

FORMATS = ("text", "json", "github")
# How many files a warning in text names; a machine is told of all.
_FEW = 8
# Where a person's specs are.
HERE = Path("specs")


def format_option(*formats: str) -> Callable[[Any], Any]:
    """`--format`, with the formats that the command knows."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats or FORMATS),
        default=formats[0] if formats else "text",
        show_default=True,
        help="How results are shown." if formats else "How results are shown; github: annotations of a workflow run.",
    )


verbose_option = click.option(
    "-v", "--verbose", is_flag=True, help="Name unchanged files too, and all that may matter."
)


def find_specs(specs: Iterable[str]) -> list[Path]:
    """Find the paths of the specs meant: files, names of cases, or, where none is named, all of specs/.

    A case that is not in specs/ here may be one of those that ship with atgen; so may all, where there is no specs/.
    """
    from atgen.resources import SPECS  # noqa: PLC0415 (start-up time)

    named = [_one(spec, HERE, SPECS) for spec in specs]
    if named:
        return named
    folder = HERE if HERE.is_dir() else SPECS
    if folder is SPECS:
        say("atgen: no specs/ here: these are the cases that ship with atgen", err=True)
    found = cases_in(folder)
    if not found:
        raise click.UsageError(f"{folder}/ holds no spec; begin one: atgen new my_case, or name one that is there")
    return [folder / f"{name}.yaml" for name in found]


def cases_in(folder: Path) -> list[str]:
    """The names of the cases whose specs are in a folder, in order; none where there is no such folder."""
    # What is hidden is an editor's or a Mac's: locks, and attributes of files on disks of others.
    names = sorted(os.listdir(folder)) if folder.is_dir() else []
    return [name.removesuffix(".yaml") for name in names if name.endswith(".yaml") and not name.startswith(".")]


def _one(spec: str, *folders: Path) -> Path:
    path = Path(spec)
    if path.suffix or path.name != spec:
        return path
    found = next((place for folder in folders if (place := folder / f"{spec}.yaml").is_file()), path)
    if found is path and not os.path.lexists(path):
        from atgen.case.schema import nearest  # noqa: PLC0415 (only errors need it)
        from atgen.case.text import shown  # noqa: PLC0415

        hint = nearest(spec, [name for folder in folders for name in cases_in(folder)]) or "; `atgen list` shows them"
        raise click.UsageError(f"no case {shown(spec)}{hint}")
    return found


def say(text: str, *, start: str = "", color: str | None = None, nl: bool = True, err: bool = False) -> None:
    """Show text; whatever a spec, a path or a file has put into it steers no terminal and no CI runner.

    `start` stands before it, in the colour; click takes that away where nobody sees it.
    """
    from atgen.case.text import harmless  # noqa: PLC0415 (start-up time)

    click.echo(click.style(harmless(start), color) * bool(start) + harmless(text), nl=nl, err=err)


class Output:
    """Shows results on stdout and problems on stderr, in one of the formats.

    As JSON both are one object on stdout, when the command has ended: see `close`.
    """

    def __init__(self, form: str, *, verbose: bool = False) -> None:
        self.form = form
        self._verbose = verbose
        self._results: list[Any] | None = None
        self._problems: list[dict[str, Any]] = []
        # What this run has written, by the file's place without links.
        self.written: dict[Path, bytes] = {}
        context = click.get_current_context()
        self._command = context.info_name
        context.meta[OUTPUT] = self

    def results(self, rows: Iterable[Any]) -> None:
        """What a machine is told of; a person is told otherwise."""
        self._results = [*(self._results or ()), *rows]

    def refused(self, error: Exception) -> None:
        """Why the command ends before its end."""
        if isinstance(error, SpecError):
            self._problems += map(_row, error.problems)
        else:
            message = error.format_message() if isinstance(error, click.ClickException) else str(error)
            self._problems.append(_row(Problem("", 0, 0, message)))

    def close(self) -> None:
        """Print the one object that JSON's readers get, unless the command has streamed its results."""
        if self.form == "json" and (self._results is not None or self._problems):
            content = {"version": 1, "command": self._command, "results": self._results or []}
            say(as_json(content | {"problems": self._problems}))

    def problems(self, problems: Sequence[Problem]) -> None:
        """What is wrong with input files."""
        if self.form == "text":
            say("\n".join(told(problems)), err=True)
        for each in problems:
            if self.form == "json":
                self._problems.append(_row(each))
            elif self.form == "github":
                annotate("error", each.message, each.file, each.line, each.column)

    def warnings(self, said: dict[str, list[str]]) -> None:
        """What is allowed, and yet may not be meant: each warning once, with the files that it is about."""
        for warning, files in said.items():
            if self.form == "json":
                self._problems += (_row(Problem(file, 0, 0, warning), "warning") for file in files)
            elif self.form == "github":
                for file in files:
                    annotate("warning", warning, file)
            else:
                few = files if len(files) <= _FEW else [*files[:_FEW], f"{len(files) - _FEW} more"]
                say(f": {', '.join(few)}: {warning}", start="warning", color="yellow", err=True)

    def store(
        self,
        root: Path,
        rendered: Mapping[str, bytes],
        *,
        ours: Collection[str] = (),
        once: frozenset[str] = frozenset(),
        prune: bool = False,
        parents: bool = False,
        check: bool = False,
        diff: bool = False,
        force: bool = False,
    ) -> None:
        """Writes files, or says what would be written; ends with exit code 1 or 3 where that is what was found."""
        from atgen.output import files  # noqa: PLC0415 (start-up time)

        if not check and not diff:
            written = files.write(
                root, rendered, ours=ours, once=once, prune=prune, parents=parents, force=force, waiting=waiting(root)
            )
            self.changes(written, root)
            return
        changes = files.compare(root, rendered, ours=ours, once=once, prune=prune, waiting=waiting(root))
        self.settle(changes, root, check=check, diff=diff, force=force)

    def settle(self, changes: Changes, root: Path, *, check: bool, diff: bool, force: bool) -> None:
        """Says what would be written; ends with exit code 1 or 3 where that is what was found."""
        from atgen.output.changes import Status  # noqa: PLC0415 (start-up time)
        from atgen.output.changes import diff as diff_of  # noqa: PLC0415

        for path, change in changes.items() if diff and self.form != "json" else ():
            _show_diff(diff_of(_shown(root, path), change))
        if self.form == "json" or (check and (not diff or self.form == "github")):
            self.changes(changes, root, diff=diff)
        elif check:
            for path, change in changes.items():
                if change.status is not Status.UNCHANGED:
                    say(f"{_shown(root, path)}: {change.status.value}{_note(change)}", err=True)
        statuses = {change.status for change in changes.values()}
        if Status.CONFLICT in statuses and not force:
            raise click.exceptions.Exit(int(Exit.CONFLICT))
        if check and statuses & {Status.MISSING, Status.STALE, Status.CONFLICT, Status.ORPHANED}:
            raise click.exceptions.Exit(int(Exit.FINDINGS))

    def changes(self, changes: Changes, root: Path, *, diff: bool = False) -> None:
        """What became of each file, or would."""
        from atgen.output.changes import Status  # noqa: PLC0415 (start-up time)
        from atgen.output.changes import diff as diff_of  # noqa: PLC0415

        written = {path: each.new for path, each in changes.items() if each.status is Status.WRITTEN}
        self.written |= {Path(os.path.realpath(root / path)): new or b"" for path, new in written.items()}
        if self.form == "json":
            self.results(
                {"path": str(root / path), "status": each.status.value, "note": each.note}
                | ({"diff": diff_of(_shown(root, path), each)} if diff else {})
                for path, each in changes.items()
            )
            return
        named = 0
        for path, each in changes.items():
            if self.form == "github":
                if each.status.value in ("missing", "stale", "conflict", "orphaned"):
                    annotate("error", f"{each.status.value}{_note(each)}", str(root / path), each.line)
            elif self._verbose or each.status.value != "unchanged":
                word = each.status.value
                say(f"  {_shown(root, path)}{_note(each)}", start=f"{word:<9}", color=_COLORS.get(word))
                named += 1
        if self.form == "text" and changes and (len(changes) > 1 or not named):
            say(_counted(changes))


def failure(error: AtgenError | click.ClickException) -> str:
    """Say for a person what ended a run."""
    if isinstance(error, click.ClickException):
        shown = io.StringIO()
        error.show(shown)
        return shown.getvalue().removesuffix("\n")
    if isinstance(error, SpecError):
        return "\n".join(told(error.problems))
    return f"atgen: {error}" if "\n" not in str(error) else str(error)


def told(problems: Sequence[Problem]) -> Iterator[str]:
    """The problems for a person, each place's with its source line and a mark under it; as ruff and rustc do."""
    from atgen.case.text import marked  # noqa: PLC0415 (only errors need it)

    places = [each[:3] for each in problems]
    for place, following, each in zip(places, [*places[1:], None], problems, strict=True):
        yield str(each)
        if each.text.strip() and place != following:
            yield from marked(each.text, each.line, each.column)


def _row(problem: Problem, level: str = "error") -> dict[str, Any]:
    """A problem for a machine; what has no place has none there, either."""
    places = {"file": problem.file, "line": problem.line, "column": problem.column}
    return {"level": level} | {key: value or None for key, value in places.items()} | {"message": problem.message}


_COLORS = {
    "written": "green",
    "missing": "yellow",
    "stale": "yellow",
    "orphaned": "yellow",
    "removed": "yellow",
    "conflict": "red",
}


def _counted(changes: Changes) -> str:
    """How many files there are, and what became of them."""
    total = f"{len(changes)} file{'s' * (len(changes) != 1)}"
    counts = Counter(change.status.value for change in changes.values())
    if len(counts) == 1:
        return f"{total}, {next(iter(counts))}"
    return f"{total}: {', '.join(f'{count} {status}' for status, count in sorted(counts.items()))}"


def _show_diff(diff: str) -> None:
    """Show a diff in the colours of its signs; click takes them away where nobody sees them."""
    colors = {"+": "green", "-": "red", "@": "cyan"}
    for line in diff.splitlines(keepends=True):
        say("", start=line, color=colors.get(line[0]), nl=False)


def _note(change: Change) -> str:
    return f": {change.note}" if change.note else ""


def as_json(content: object) -> str:
    """Write a result for a machine; what would steer a CI runner has JSON's own escape."""
    import json  # noqa: PLC0415 (start-up time)

    return escape_json(json.dumps(content, indent=2))


def escape_json(text: str) -> str:
    """Escape what only strings can hold, and `say` would have to escape."""
    return text.replace("##", "#\\u0023")


def progress(text: str) -> None:
    """Show what is under way, on a terminal only; "" when it is done."""
    if sys.stderr and sys.stderr.isatty() and os.environ.get("TERM") != "dumb":  # a daemon's may be closed
        click.echo("\r\x1b[K", nl=False, err=True)
        say(text, nl=False, err=True)


def _shown(root: Path, path: str) -> str:
    """Show the path of a change so that it steers nothing."""
    from atgen.case.text import visible  # noqa: PLC0415 (start-up time)

    return visible(str(root / path))


def waiting(root: Path) -> Callable[[], None]:
    """Give what says that a run waits for another one in the folder."""
    from atgen.case.text import visible  # noqa: PLC0415 (start-up time)

    message = f"atgen: waiting for another run of atgen, which is at work in {visible(str(root))}/"
    return lambda: say(message, err=True)


def refuse_link(folder: Path, parameter: str) -> None:
    """Refuse to write through a link in the usual place, unless the parameter names it: it may be somebody's trap."""
    source = click.get_current_context().get_parameter_source(parameter)
    if source is click.core.ParameterSource.DEFAULT and folder.is_symlink():
        raise click.UsageError(f"{folder} is a symbolic link; name it with -o, if files are to go where it leads")


def annotate(level: str, message: str, file: str = "", line: int = 0, column: int = 0) -> None:
    """Give a workflow command of GitHub Actions, escaped as its toolkit does (actions/toolkit, core/src/command.ts)."""
    from atgen.case.text import harmless  # noqa: PLC0415 (start-up time)

    places = {"file": file, "line": line, "col": column}
    shown = ",".join(f"{key}={_escape(harmless(str(value)), ':,')}" for key, value in places.items() if value)
    click.echo(f"::{level}{' ' + shown if shown else ''}::{_escape(harmless(message))}")


def _escape(text: str, also: str = "") -> str:
    for char in "%\r\n" + also:
        text = text.replace(char, f"%{ord(char):02X}")
    return text


def load(paths: Iterable[Path], output: Output) -> list[Described]:
    """Load the cases of the specs; their problems are shown in the output's format before SpecError goes on."""
    try:
        return atgen.load(paths)
    except SpecError as error:
        output.problems(error.problems)
        raise click.exceptions.Exit(int(error.exit)) from None
