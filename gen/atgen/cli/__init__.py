"""The command line: one module a command, loaded when it is called for."""

from __future__ import annotations

from importlib import import_module
from typing import Any, cast

import click

from atgen import __version__
from atgen.errors import AtgenError

# By what they are for, and in the order in which a newcomer meets them; `atgen --help` shows them so.
GROUPS = {
    "Make": ("new", "render", "scaffold"),
    "Prove": ("verify", "run"),
    "Publish": ("docs", "gallery"),
    "Look": ("list", "show", "explain", "doctor", "schema"),
}
COMMANDS = tuple(name for names in GROUPS.values() for name in names)
# Where a command leaves its `shared.Output`, which is closed when the command has ended, in whatever way.
OUTPUT = "atgen.output"
_WHOLE = 1000  # characters of a sentence, which click would cut


class ClosedPipe(Exception):  # noqa: N818 (no error: whoever read our output has enough)
    """Nobody reads our output any more."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        return cast("click.Command", import_module(f"atgen.cli.{cmd_name}").command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        commands = {name: self.get_command(ctx, name) for name in COMMANDS}
        sentences = {name: command.get_short_help_str(_WHOLE) for name, command in commands.items() if command}
        for title, names in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(f"{name:<{max(map(len, COMMANDS))}}", sentences[name]) for name in names])

    def make_context(self, *arguments: Any, **extra: Any) -> click.Context:  # noqa: ANN401 (click's signature)
        try:
            return super().make_context(*arguments, **extra)  # and here --help and --version print
        except BrokenPipeError as error:
            raise ClosedPipe from error

    def invoke(self, ctx: click.Context) -> object:
        try:
            try:
                return super().invoke(ctx)
            except (AtgenError, click.ClickException) as error:
                if OUTPUT in ctx.meta:
                    ctx.meta[OUTPUT].refused(error)
                raise
            finally:
                if OUTPUT in ctx.meta:
                    ctx.meta[OUTPUT].close()
        except BrokenPipeError as error:
            raise ClosedPipe from error  # before click makes exit code 1 of it

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in self.list_commands(ctx):
            from atgen.case.schema import nearest  # noqa: PLC0415 (only errors need it)
            from atgen.case.text import shown  # noqa: PLC0415

            hint = nearest(args[0], COMMANDS) or f"; there are {', '.join(self.list_commands(ctx))}"
            ctx.fail(f"no command {shown(args[0])}{hint}")
        return super().resolve_command(ctx, args)


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: atgen new my_case",
)
@click.version_option(__version__, "-V", "--version", prog_name="atgen", message="%(prog)s %(version)s")
def group() -> None:
    """Generate Swift, Objective-C and Python that tag background hits of AT Internet's Apple SDK.

    A spec (YAML) describes a tracking case; atgen renders the AppDelegate for it, and proves with compilers, and by
    running it, that each hit is tagged as it must be.

    Exit codes: 0 done; 1 stale output or findings; 2 refused spec or usage; 3 would overwrite a hand edit; 4 the file
    system refused; 70 a bug of atgen; 128 + n stopped by signal n.
    """
