"""`atgen docs`: code of cases in pages of documentation."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from atgen.cli import completion
from atgen.cli.shared import HERE, Output, find_specs, format_option, load, say, verbose_option
from atgen.cli.watch import watched
from atgen.errors import Exit, Problem, SpecError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from atgen.docs import Page
    from atgen.output.changes import Changes


@click.command("docs")
@click.argument("places", nargs=-1, required=True, metavar="FILE|DIR...", shell_complete=completion.files)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a block is stale, 3 if one was edited by hand.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.option("--list", "to_list", is_flag=True, help="Write nothing; list the blocks, and name cases that none shows.")
@click.option("--force", is_flag=True, help="Rewrite edited blocks too; the old page is kept as NAME.orig.")
@verbose_option
@format_option()
@watched(lambda given: [*map(Path, given["places"]), HERE])
def command(
    places: tuple[str, ...], *, check: bool, diff: bool, to_list: bool, force: bool, verbose: bool, form: str
) -> None:
    """Keep the code in pages of documentation as the specs have it.

    A page is Markdown (.md), MDX (.mdx), reStructuredText (.rst) or AsciiDoc (.adoc). In it, two comments mark a
    block, which atgen fills; the rest of the page stays as it is, byte for byte:

    \b
      <!-- atgen:begin case=bg_fetch languages=swift,objc -->
      <!-- atgen:end -->

    \b
    In MDX the comments are {/* atgen:… */}, in reStructuredText .. atgen:…, in AsciiDoc // atgen:…
    A begin also takes
      region=imports|setup|hook|helpers       a part: hook says what it needs, helpers is the file that all cases of a
                                              platform share
      region=class|all                        the case's own files with a short header; all files (the default)
      style=fences                            the page's own code blocks (the default)
      style=html                              colours and labels that need no style sheet, for a CMS
      style=mkdocs-tabs|sphinx-design|docusaurus|asciidoctor-tabs
                                              tabs in the markup of that tool
      locale=en|fr                            the language of the comments
      platform=ios|…                          where the case is for several

    atgen notes a sum in the end comment, by which it knows a block that somebody edited and leaves it alone. Markers
    inside code, as above, are left alone too, and so are those in a quotation, in a table's cell, behind a list's
    bullet on its line, and in a directive's fence such as MyST's {note}. In folders hidden ones and node_modules are
    passed over.

    What a site's own templates would take for theirs (Liquid, Hugo, Jinja: {{ or {% in a spec's text) is left alone: the
    page has to say that they are off there, as with Jekyll's raw.

    Before the first page is written, atgen looks whether all can be. If one cannot be written all the same, those
    before it are, and are named. Where specs/ holds no spec, the cases that ship with atgen are shown.

    \b
    Examples:
      atgen docs README.md guides/
      atgen docs --check --diff guides/
      atgen docs --list guides/
    """  # noqa: D301 (click wants the character)
    from atgen import docs  # noqa: PLC0415 (start-up time)
    from atgen.case.text import visible  # noqa: PLC0415
    from atgen.resources import SPECS  # noqa: PLC0415

    if to_list and (check or diff or force):
        raise click.UsageError("--list goes without --check, --diff and --force")
    output = Output(form, verbose=verbose)
    here = {path.stem: path for path in _specs()}
    shipped = (name for name in os.listdir(SPECS) if name.endswith(".yaml"))
    specs = {name.removesuffix(".yaml"): SPECS / name for name in shipped} | here
    [paths] = _each([places], docs.find_pages, output)
    pages = dict(zip(paths, _each(paths, lambda path: docs.load(path, specs), output), strict=True))
    used = {block.wanted.case for page in pages.values() for block in page.blocks}
    if to_list:
        _list(pages.values(), output)
        unused = [visible(str(path)) for name, path in here.items() if name not in used and path.parent != SPECS]
        output.warnings({"no page shows this case": unused} if unused else {})
        return
    if not used:
        output.warnings({f"no block in {len(pages)} page{'s' * (len(pages) != 1)}": list(map(visible, places))})
    listings = docs.Listings(load([specs[name] for name in sorted(used)], output))
    marked = {path: page for path, page in pages.items() if page.blocks}
    compared = _each(marked.values(), lambda page: docs.compare(page, listings), output)
    changes = {page.path: change for page, change in zip(marked.values(), compared, strict=True)}
    if check or diff:
        output.settle(changes, Path(), check=check, diff=diff, force=force)
    else:
        written: Changes = {}
        writing = docs.write(dict(zip(marked, compared, strict=True)), force=force)
        try:
            for path, change in zip(changes, writing, strict=True):
                written[path] = change
        finally:
            output.changes(written, Path())


def _each(items: Iterable[Any], function: Callable[[Any], Any], output: Output) -> list[Any]:
    """Call the function for each item; the problems of all are shown at once, and end the run."""
    results = []
    problems: list[Problem] = []
    for item in items:
        try:
            results.append(function(item))
        except SpecError as error:  # noqa: PERF203 (that is the point)
            problems += error.problems
    if problems:
        output.problems(problems)
        raise click.exceptions.Exit(int(Exit.REFUSED))
    return results


def _list(pages: Iterable[Page], output: Output) -> None:
    """Print each block's place and what it shows."""
    rows = [(f"{page.path}:{block.begin + 1}", block.wanted) for page in pages for block in page.blocks]
    if output.form == "json":
        output.results({"place": place, **request._asdict()} for place, request in rows)
        return
    for place, request in rows:
        shows = (request.region, ",".join(request.languages), request.style, request.locale, request.platform)
        say(f"{place}  {request.case}  {' '.join(shows).rstrip()}")


def _specs() -> Iterable[Path]:
    """Find all specs here, or, where there is none, those that ship with atgen."""
    from atgen.resources import SPECS  # noqa: PLC0415 (start-up time)

    try:
        return find_specs(())
    except click.UsageError:
        say("atgen: no spec in specs/: these are the cases that ship with atgen", err=True)
        return sorted(SPECS.glob("*.yaml"))
