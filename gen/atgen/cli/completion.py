"""What a shell offers for a word that is begun."""

from __future__ import annotations

from contextlib import suppress

import click
from click.shell_completion import CompletionItem

from atgen.cli.shared import HERE, cases_in, find_specs
from atgen.errors import AtgenError


def cases(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The cases that begin so; where none does, files: a shell shows one kind at a time."""
    from atgen.resources import SPECS  # noqa: PLC0415 (start-up time)

    with suppress(OSError):
        names = {name for folder in (HERE, SPECS) for name in cases_in(folder)}
        if fitting := sorted(name for name in names if name.startswith(incomplete)):
            return [CompletionItem(name) for name in fitting]
    return [CompletionItem(incomplete, type="file")]


def files(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files and folders, as the shell knows them."""
    return [CompletionItem(incomplete, type="file")]


def folders(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Folders, as the shell knows them."""
    return [CompletionItem(incomplete, type="dir")]


def cases_and_folder(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """A case first, and then a further one that has been begun, or a folder."""
    found = cases(context, parameter, incomplete)
    # As long as there is no other word, click takes the last one for the folder.
    is_first = not context.params.get("folder")
    return found if is_first or (incomplete and found[0].type == "plain") else folders(context, parameter, incomplete)


def place_and_case(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files and folders first, then cases."""
    return (cases if context.params.get("places") else files)(context, parameter, incomplete)


def scenarios(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Those of the spec before it, on the platform that is played."""
    from atgen import load  # noqa: PLC0415 (start-up time)
    from atgen.case.model import Platform  # noqa: PLC0415
    from atgen.proof.verify import scenarios as there  # noqa: PLC0415

    # Where the option has no value yet, click has put aside what stands before it.
    named = [context.params["spec"]] if context.params["spec"] else context.args[:1]
    with suppress(AtgenError, OSError, click.UsageError):
        platform = context.params.get("platform")
        return [
            CompletionItem(each.name)
            for case in load(find_specs(named))
            for each in there(case, Platform(platform) if platform else case.platforms[0])
            if named and each.name.startswith(incomplete)
        ]
    return []
