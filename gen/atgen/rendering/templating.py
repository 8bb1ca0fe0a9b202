"""From a plan and its context to text: the only place that makes a Jinja environment."""

from __future__ import annotations

import marshal
import os
import sys
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import BaseLoader, Environment, StrictUndefined, Template, compiler

from atgen import cache
from atgen.case.code import Block, Code, join, printed
from atgen.errors import AtgenError, FileError
from atgen.resources import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, MutableMapping
    from types import CodeType

    from atgen.rendering.context import Context
    from atgen.rendering.languages import Language
    from atgen.rendering.plan import Plan, Step


class Templates(Environment):
    """A Jinja environment in which nothing is printed that is not code."""

    # What a macro printed is code: each piece of it went through `printed`.
    concat = staticmethod(join)


class _Folder(BaseLoader):
    """The templates of one folder, read whole: no other name leads anywhere."""

    def __init__(self, folder: str) -> None:
        self._folder = TEMPLATES / folder

    @cached_property
    def _sources(self) -> dict[str, str]:
        return {path.name: path.read_text(encoding="utf-8") for path in sorted(self._folder.glob("*.j2"))}

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:  # noqa: ARG002 (Jinja's signature)
        if template not in self._sources:
            raise FileError(f"{self._folder / template} is missing")
        return self._sources[template], str(self._folder / template), lambda: True

    def list_templates(self) -> list[str]:
        return list(self._sources)


class _Compiled(_Folder):
    """The same, compiled once for many runs, which takes longer than all else that a run does.

    (Jinja's own cache has a file a template, whose reading takes ten times as long as that of one for all.)
    """

    def __init__(self, folder: str, cached: Path) -> None:
        super().__init__(folder)
        place = sha256(os.fsencode(self._folder)).hexdigest()[:16]
        self._cached = cached / f"{folder.replace('/', '-')}-{sys.implementation.cache_tag}-{place}"
        self._codes: dict[str, CodeType] = {}

    def load(self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None) -> Template:  # noqa: A002 (Jinja's signature)
        if not self._codes:
            self._codes = self._compiled(environment)
        if name not in self._codes:
            raise FileError(f"{self._folder / name} is missing")
        return environment.template_class.from_code(environment, self._codes[name], globals or {})

    def _compiled(self, environment: Environment) -> dict[str, CodeType]:
        ours, jinjas = Path(__file__).read_bytes(), Path(compiler.__file__).stat()
        made_from = repr((self._sources, ours, jinjas.st_size, jinjas.st_mtime_ns)).encode()
        content = cache.kept(self._cached, made_from)
        if content:
            codes: dict[str, CodeType] = marshal.loads(content)  # noqa: S302 (from a folder that only we write)
            return codes
        codes = {
            name: environment.compile(source, name, str(self._folder / name)) for name, source in self._sources.items()
        }
        cache.keep(self._cached, made_from, marshal.dumps(codes))
        return codes


@lru_cache(maxsize=None)  # noqa: UP033 (`cache` is a module of ours)
def templates(language: Language, kind: type[Templates] = Templates) -> Templates:
    """The one environment of a language."""

    @lru_cache(maxsize=512)  # most comments are the same in many files
    def comment(text: str, levels: int = 0) -> Code:
        return _indented(Block("\n".join(map(language.comment, text.splitlines()))), levels)

    @lru_cache(maxsize=512)
    def doc(text: str, levels: int = 0) -> Code:
        return _indented(Block("\n".join(language.comment(line, language.doc) for line in text.splitlines())), levels)

    filters: dict[str, Callable[..., Code]] = {
        "literal": lambda text: Code(language.literal(text)),
        "comment": comment,
        "doc": doc,
        "number": lambda number: Code(f"{number:d}"),
        "indent": _indented,
    }
    return strict(language.name, filters, kind)


def strict(folder: str, filters: dict[str, Callable[..., Code]], kind: type[Templates] = Templates) -> Templates:
    """An environment of one folder of templates, with these filters and no builtin filter, test or global."""
    cached = cache.folder("templates") if kind is Templates else None
    made = kind(
        loader=_Compiled(folder, cached) if cached else _Folder(folder),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        auto_reload=False,
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
# By how many spaces the templates themselves indent.
_INDENT = 4
REGIONS = ("imports", "setup", "hook", "helpers")


def render(
    plan: Plan, context: Context, language: Language, indent: int = 4, made: Templates | None = None
) -> dict[str, Rendered]:
    """Each of the language's files, by path; `indent` is in spaces."""
    made = made or templates(language)
    openings, steps, entries, properties, helpers = (
        _Macros(made.get_template(f"{name}.j2")) for name in ("openings", "steps", "entries", "properties", "helpers")
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
    return {
        path.format(class_name=context.class_name): _cut(made.get_template(f"{stem}.j2").render(parts), indent)
        for stem, path in language.files
    }


def _cut(marked: str, indent: int) -> Rendered:
    """The text without its marks and with its own indentation; a region's blank lines at either end are left out."""
    lines: list[str] = []
    regions: dict[str, list[tuple[int, int]]] = {}
    name, start = "end", 0
    for line in [*marked.splitlines(), _MARK + "end"]:
        if not line.startswith(_MARK):
            if not line and lines and lines[-1].endswith("{"):
                continue
            if indent != _INDENT:
                depth = (len(line) - len(line.lstrip(" "))) // _INDENT
                line = " " * indent * depth + line[_INDENT * depth :]  # noqa: PLW2901 (the same line)
            lines.append(line)
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


@lru_cache(maxsize=64)
class _Macros(dict[str, "Callable[..., Code]"]):
    """A template's macros by name; one that is missing is an error that names the file."""

    def __init__(self, template: Template) -> None:
        super().__init__({key: macro for key, macro in vars(template.module).items() if not key.startswith("_")})
        self._file = template.filename

    def __missing__(self, name: str) -> Callable[..., Code]:
        raise AtgenError(f"{self._file}: there is no macro {name}")


def _lines(codes: Iterable[Code]) -> Block:
    return Block("\n".join(code.strip("\n") for code in codes if code.strip()))
