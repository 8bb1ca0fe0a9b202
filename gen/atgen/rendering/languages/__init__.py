"""The languages: one module here and one folder under templates for each."""

from __future__ import annotations

import os
import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from atgen.case.model import Form

if TYPE_CHECKING:
    from collections.abc import Callable

# The order in which people expect them; what comes later by globbing is added at the end.
_ORDER = ("swift", "objc", "python")


class Shape(NamedTuple):
    """How a form of the hook is written in a language.

    `files` are pairs of a template's stem and the path of the file it gives, in which {class_name} and {prefix} are filled. What the hook
    keeps is declared by `stored`, and `kept` stands before its name. `clashes` says whether the compiler accepts a method
    that the class has, too.
    """

    files: tuple[tuple[str, str], ...]
    stored: str = ""
    kept: str = "self."
    clashes: bool = False


class Language(NamedTuple):
    """What a language's templates need from Python.

    `literal` gives a string literal that reads back as the text, and `value` that of a number or a boolean, where an object is
    wanted; `comment` gives one line's comment, and `doc` is the mark of one that documents what comes next. `module` stands before
    a class's name in Info.plist.
    `keywords` are the words of the language that our code has, as an editor would colour them.
    `delegate` and `extension` are the forms of the hook; `macros` are the templates beside `steps`, `entries` and `openings`
    that hold a macro for each property or helper of a plan.
    `member` writes words joined by _ as names of a class's members are written.
    """

    name: str
    title: str
    delegate: Shape
    extension: Shape
    literal: Callable[[str], str]
    value: Callable[[int], str]
    comment: Callable[..., str]
    doc: str
    module: str
    keywords: str
    member: Callable[[str], str]
    macros: tuple[str, ...] = ()

    @property
    def extends(self) -> bool:
        """Whether it can extend a class that is elsewhere; where not, the hook is a class of its own."""
        return self.extension is not self.delegate

    def shape(self, form: Form) -> Shape:
        """How a form of the hook is written."""
        return {Form.DELEGATE: self.delegate, Form.EXTENSION: self.extension}[form]


def camel(name: str) -> str:
    """The name with a capital in the place of each _: `_of_two` is OfTwo."""
    return re.sub(r"_(.)", lambda found: found[1].upper(), name)


def names() -> list[str]:
    """The languages there are."""
    found = [name[:-3] for name in os.listdir(Path(__file__).parent) if name.endswith(".py") and name != "__init__.py"]
    return sorted(found, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))


def get(name: str) -> Language:
    """The language of that name."""
    return cast("Language", import_module(f"atgen.rendering.languages.{name}").LANGUAGE)
