"""Compiles the templates into the wheel: a run of one spec spends more time on that than on all else.

The same templates, Jinja and atgen give the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NoReturn

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from collections.abc import Iterator


class CompiledTemplates(BuildHookInterface):
    """Adds the package `atgen.compiled`: a package a folder of templates, a module a template."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless the templates of a checkout are to be used as they are edited."""
        if version == "editable":
            return
        sys.path.insert(0, str(Path(self.root, "gen")))
        self._folder = TemporaryDirectory()
        for path, text in _compiled():
            made = Path(self._folder.name, path)
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_text(text, encoding="utf-8", newline="\n")
            build_data["force_include"][str(made)] = f"atgen/compiled/{path}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 (hatchling's signature)
        """Let go of the files, which are in the wheel by now."""
        if version != "editable":
            self._folder.cleanup()


def _compiled() -> Iterator[tuple[str, str]]:
    """Give the package's files."""
    from atgen.rendering import templating  # noqa: PLC0415 (a checkout's, whose place is known by now)
    from atgen.resources import TEMPLATES  # noqa: PLC0415

    yield "__init__.py", f"JINJA = {templating.jinja_digest()!r}\n"
    for folder in sorted({path.parent for path in TEMPLATES.rglob("*.j2")}):
        name = folder.relative_to(TEMPLATES).as_posix()
        package = templating.python_name(name)
        made = templating.strict(name, _Filters())
        yield f"{package}/__init__.py", ""
        for path in sorted(folder.glob("*.j2")):
            text = path.read_text(encoding="utf-8")
            code = made.compile(text, path.name, raw=True, defer_init=True)
            yield f"{package}/{templating.python_name(path.name)}.py", code + "\n"


class _Filters(dict[str, Any]):
    """Filters of any name, which are there at run time only: nothing is computed here."""

    def get(self, name: str, default: object = None) -> object:  # noqa: ARG002 (dict's signature)
        return _not_yet


def _not_yet(*_: object) -> NoReturn:
    raise NotImplementedError
