"""From a plan and its context to text: the only place that makes a Jinja environment."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import BaseLoader, Environment, FileSystemBytecodeCache, StrictUndefined, TemplateNotFound

from atgen import cache
from atgen.code import Block, Code, join, printed
from atgen.resources import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from atgen.context import Context
    from atgen.languages import Language
    from atgen.plan import Plan, Step


class Templates(Environment):
    """A Jinja environment in which nothing is printed that is not code."""

    # What a macro printed is code: each piece of it went through `printed`.
    concat = staticmethod(join)  # type: ignore[assignment]


class _Folder(BaseLoader):
    """The templates of one folder; a name with a separator in it is never looked up."""

    def __init__(self, folder: str) -> None:
        self._folder = TEMPLATES / folder

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:  # noqa: ARG002 (Jinja's signature)
        path = self._folder / template
        if os.sep in template or not path.is_file():
            raise TemplateNotFound(template)
        return path.read_text(encoding="utf-8"), str(path), lambda: True

    def list_templates(self) -> list[str]:
        return sorted(name for name in os.listdir(self._folder) if name.endswith(".j2"))


@lru_cache(maxsize=None)
def templates(language: Language, kind: type[Templates] = Templates) -> Templates:
    """The one environment of a language."""

    def comment(text: str, levels: int = 0) -> Code:
        return _indented(Block("\n".join(map(language.comment, text.splitlines()))), levels)

    filters: dict[str, Callable[..., Code]] = {
        "literal": lambda text: Code(language.literal(text)),
        "comment": comment,
        "number": lambda number: Code(f"{number:d}"),
        "indent": _indented,
    }
    return strict(language.name, filters, kind)


def strict(folder: str, filters: dict[str, Callable[..., Code]], kind: type[Templates] = Templates) -> Templates:
    """An environment of one folder of templates, with these filters and no builtin filter, test or global."""
    compiled = cache.folder("templates")
    made = kind(
        loader=_Folder(folder),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 (`printed` refuses whatever is not escaped)
        auto_reload=False,
        # Compiling the templates takes longer than all else that a run does; the keys are the sources' digests.
        bytecode_cache=FileSystemBytecodeCache(str(compiled)) if compiled and kind is Templates else None,
        finalize=printed,
    )
    made.filters = filters
    made.globals = {}
    made.tests = {}
    return made


def _indented(block: Block, levels: int = 1) -> Code:
    """The lines, each but the first moved in; the template itself has placed the first."""
    if type(block) is not Block:
        raise TypeError(f"not lines of code: {block!r}")
    return Code(block.replace("\n", "\n" + "    " * levels).replace("\n" + "    " * levels + "\n", "\n\n"))


class Rendered(NamedTuple):
    """A file's text, and where its named parts are: pairs of the first line and the one after the last, from 0."""

    text: str
    regions: dict[str, tuple[tuple[int, int], ...]]


# A line that only marks where a region begins; NUL cannot come from a spec, a word or a text.
_MARK = "\0"
REGIONS = ("imports", "setup", "hook", "helpers")


def render(plan: Plan, context: Context, language: Language, indent: int = 4, made: Templates | None = None) -> dict[str, Rendered]:
    """Each of the language's files, by path; `indent` is in spaces."""
    made = made or templates(language)
    openings, steps, entries, properties, helpers = (
        _macros(made, f"{name}.j2") for name in ("openings", "steps", "entries", "properties", "helpers")
    )

    def body(nodes: tuple[Step, ...]) -> Block:
        return _lines(steps[node.name](context, node, body(node.steps)) for node in nodes)

    def methods(*, launch: bool) -> list[Block]:
        chosen = [entry for entry in plan.entries if entry.name.endswith("launch") is launch]
        return [_lines([entries[entry.name](context, body(entry.steps))]) for entry in chosen]

    declared = [_lines([properties[name](context)]) for name in plan.properties]
    parts = {
        "c": context,
        "region": {name: Code(_MARK + name) for name in (*REGIONS, "end")},
        "opening": _lines([openings[plan.system](context)]),
        "properties": declared,
        "property_groups": [declared] if declared else [],
        "setup": methods(launch=True),
        "hooks": methods(launch=False),
        "helpers": [block for name in plan.helpers if (block := _lines([helpers[name](context)]))],
    }
    names = {"class_name": context.class_name, "module": _snake(context.class_name)}
    return {
        path.format(**names): _cut(made.get_template(f"{stem}.j2").render(parts), indent)
        for stem, path in language.files
    }


def _snake(name: str) -> str:
    """`AppDelegate` as `app_delegate`."""
    words = "".join(f"_{char}" if char.isupper() and not before.isupper() else char for before, char in zip("A" + name, name))
    return words.lower()


def _cut(marked: str, indent: int) -> Rendered:
    """The text without its marks and with its own indentation; a region's blank lines at either end are left out."""
    lines: list[str] = []
    regions: dict[str, list[tuple[int, int]]] = {}
    name, start = "end", 0
    for line in [*marked.splitlines(), _MARK + "end"]:
        if not line.startswith(_MARK):
            if not line and lines and lines[-1].endswith("{"):
                continue
            depth = (len(line) - len(line.lstrip(" "))) // 4
            lines.append(" " * indent * depth + line[4 * depth :])
            continue
        stop = len(lines)
        while start < stop and not lines[start]:
            start += 1
        while stop > start and not lines[stop - 1]:
            stop -= 1
        if name != "end" and stop > start:
            regions.setdefault(name, []).append((start, stop))
        name, start = line[len(_MARK) :], len(lines)
    return Rendered("\n".join(lines) + "\n", {name: tuple(places) for name, places in regions.items()})


def _macros(made: Templates, name: str) -> dict[str, Callable[..., Code]]:
    return {key: value for key, value in vars(made.get_template(name).module).items() if not key.startswith("_")}


def _lines(codes: Iterable[Code]) -> Block:
    return Block("\n".join(code.strip("\n") for code in codes if code.strip()))
