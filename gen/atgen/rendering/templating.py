"""From a plan and its context to text: the only place that makes a Jinja environment."""

from __future__ import annotations

import os
import re
from functools import cache, lru_cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from jinja2 import BaseLoader, Environment, StrictUndefined, Template, compiler

from atgen.case.code import Block, Code, join, printed
from atgen.case.model import Form
from atgen.errors import AtgenError, FileError
from atgen.rendering.plan import PROPERTIES, Role
from atgen.resources import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, MutableMapping, Sequence

    from atgen.rendering.context import Context
    from atgen.rendering.languages import Language
    from atgen.rendering.plan import Plan, Step


class Templates(Environment):
    """A Jinja environment in which nothing is printed that is not code."""

    # What a macro printed is code: each piece of it went through `printed`.
    concat = staticmethod(join)


_MACRO = re.compile(r"^\{% macro (?P<name>\w+)\(.*?^\{% endmacro %\}\n", re.MULTILINE | re.DOTALL)


class Folder(BaseLoader):
    """The templates of one folder, compiled from their sources: no other name leads anywhere.

    `steps.j2:begin_task` is one macro of a file that holds nothing but macros: compiling all of them, most of which a case
    does not need, takes longer than all else that a run of one spec does.
    """

    def __init__(self, folder: str) -> None:
        self.folder = TEMPLATES / folder
        self._texts: dict[str, str] = {}

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:  # noqa: ARG002 (Jinja's signature)
        """Give the text of a file, or of one macro on the lines where it stands, as Jinja asks for it."""
        file, _, macro = template.partition(":")
        text = self._text(file)
        if macro:
            found = self.macros(file)[macro]
            text = "\n" * text.count("\n", 0, found.start()) + found[0]  # a message names the line in the file
        return text, str(self.folder / file), lambda: True

    def macros(self, file: str) -> dict[str, re.Match[str]]:
        """Find the macros of a file by name."""
        return {found["name"]: found for found in _MACRO.finditer(self._text(file))}

    def _text(self, file: str) -> str:
        if file not in self._texts:
            if file not in self.list_templates():
                raise FileError(f"{self.folder / file} is missing")
            self._texts[file] = (self.folder / file).read_text(encoding="utf-8")
        return self._texts[file]

    def list_templates(self) -> list[str]:
        """Name the files."""
        return sorted(name for name in os.listdir(self.folder) if name.endswith(".j2"))


class _Compiled(Folder):
    """The same from a wheel, which has them as Python, a module a file."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self._package = f"atgen.compiled.{python_name(folder)}"

    def load(self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None) -> Template:  # noqa: A002 (Jinja's signature)
        file = name.partition(":")[0]
        if file not in self.list_templates():
            raise FileError(f"{self.folder / file} is missing")
        module = import_module(f"{self._package}.{python_name(file)}")
        # Jinja puts the environment into the module; a folder has but one.
        return environment.template_class.from_module_dict(environment, vars(module), globals or {})


def python_name(name: str) -> str:
    """Name the module of a compiled template, or the package of a folder of them."""
    return re.sub(r"\W", "_", name)


@cache
def _has_compiled() -> bool:
    """Whether there are compiled templates, of the Jinja that is there: others' may not run on it."""
    try:
        made_by = import_module("atgen.compiled").JINJA
    except ModuleNotFoundError:  # a checkout
        return False
    return bool(made_by == jinja_digest())


def jinja_digest() -> str:
    """Tell Jinja's compilers apart; the version is not to be had without reading the metadata of packages."""
    return sha256(Path(compiler.__file__).read_bytes()).hexdigest()


@cache
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
        "value": lambda value: Code((language.literal if isinstance(value, str) else language.value)(value)),
        "comment": comment,
        "doc": doc,
        "number": lambda number: Code(f"{number:d}"),
        "indent": _indented,
    }
    return strict(language.name, filters, kind)


def strict(folder: str, filters: dict[str, Callable[..., Code]], kind: type[Templates] = Templates) -> Templates:
    """An environment of one folder of templates, with these filters and no builtin filter, test or global."""
    made = kind(
        loader=_Compiled(folder) if kind is Templates and _has_compiled() else Folder(folder),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        optimized=False,  # there are no constants to fold, and looking for some takes 7 ms of a run
        auto_reload=False,
        finalize=printed,
    )
    made.filters = filters
    made.globals = {}
    made.tests = {}
    return made


# Before a line that is not empty.
_BREAK = re.compile("\n(?=[^\n])")


def _indented(block: Block, levels: int = 1) -> Code:
    """The lines, each but the first moved in; the template itself has placed the first."""
    if type(block) is not Block:
        raise TypeError(f"not lines of code: {block!r}")
    return Code(_BREAK.sub("\n" + "    " * levels, block))


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
    plan: Plan, seen: Sequence[Context], language: Language, indent: int = 4, made: Templates | None = None
) -> dict[str, Rendered]:
    """Each of the language's files, by path; `seen` holds the context of each case, `indent` is in spaces."""
    made = made or templates(language)
    openings, steps, entries = (_Macros(made, f"{name}.j2") for name in ("openings", "steps", "entries"))
    others = {name: _Macros(made, f"{name}.j2") for name in language.macros}

    declarations = others["properties"].names if "properties" in others else frozenset()

    def is_declared(step: Step) -> bool:
        """Whether the declaration of a property does all that the step asks for."""
        return step.name not in steps.names and PROPERTIES.get(step.name) in declarations

    def body(nodes: tuple[Step, ...]) -> Block:
        return _lines(
            steps[node.name](seen[node.case], node, body(node.steps)) for node in nodes if not is_declared(node)
        )

    def methods(*roles: Role) -> list[Block]:
        return [_lines([entries[entry.name](seen[entry.case], body(entry.steps))]) for entry in plan.of(*roles)]

    def blocks(name: str, chosen: Iterable[tuple[str, int]]) -> list[Block]:
        return [_lines([others[name][macro](seen[case])]) for macro, case in chosen] if name in others else []

    def declared_of(role: Role) -> list[tuple[str, int]]:
        return [(entry.name, entry.case) for entry in plan.of(role)] if plan.form is Form.EXTENSION else []

    # What they say of a case is the same for all of an app's.
    context = seen[0]
    helpers = [(name, 0) for name in plan.helpers]
    declared = blocks("properties", plan.properties)
    offered = blocks("declarations", ((entry.name, entry.case) for entry in plan.entries if entry.role is Role.OFFER))
    parts = {
        "c": context,
        "region": {name: Code(_MARK + name) for name in (*REGIONS, "end")},
        "opening": _lines([openings[plan.system](context)]),
        "properties": declared,
        "property_groups": [declared] if declared else [],
        "setup": methods(Role.LAUNCH),
        "hooks": methods(Role.HOOK, Role.OFFER, Role.WORK, Role.PART),
        "offers": offered,
        "offer_groups": [offered] if offered else [],
        "calls": methods(Role.HOOK, Role.PART),
        "interface": blocks("declarations", declared_of(Role.LAUNCH)),
        "own": blocks("declarations", declared_of(Role.WORK)),
        "declarations": blocks("declarations", helpers),
        "helpers": blocks("helpers", helpers),
    }
    return {
        path.format(class_name=context.class_name, prefix=context.prefix): _cut(
            made.get_template(f"{stem}.j2").render(parts), indent
        )
        for stem, path in language.shape(plan.form).files
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
    """A template's macros by name, each compiled when it is first asked for; one that is missing is an error that names the file."""

    def __init__(self, made: Templates, file: str) -> None:
        super().__init__()
        self._made, self._file = made, file
        loader = cast("Folder", made.loader)
        self._path, self.names = loader.folder / file, loader.macros(file).keys()

    def __missing__(self, name: str) -> Callable[..., Code]:
        if name not in self.names:
            raise AtgenError(f"{self._path}: there is no macro {name}")
        module = self._made.get_template(f"{self._file}:{name}").module
        self.update({key: macro for key, macro in vars(module).items() if not key.startswith("_")})
        return self[name]


def _lines(codes: Iterable[Code]) -> Block:
    return Block("\n".join(code.strip("\n") for code in codes if code.strip()))
