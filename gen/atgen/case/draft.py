"""A person's own spec, begun from a case that is there."""

from __future__ import annotations

import re
from textwrap import wrap
from typing import TYPE_CHECKING

from atgen.case import yamltree
from atgen.case.model import Case, HitKind, Lifecycle, Scheduler
from atgen.case.schema import at, rows
from atgen.case.spec import DEFAULT_SDK, record_of
from atgen.case.yamltree import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from atgen.case.model import Described, Mode, Platform, Scope
    from atgen.case.yamltree import Node, Scalar

SCHEMA_LINE = "# yaml-language-server: $schema=schema.json"
_WIDTH = 100


def nearest(cases: Iterable[Described], mode: Mode, tracker: Scope, platform: Platform) -> Case:
    """The case for these choices that a new app takes today: with scenes where there are some, called as of old."""
    return min(
        (
            case
            for case in cases
            if isinstance(case, Case) and (case.mode, case.scope) == (mode, tracker) and platform in case.platforms
        ),
        key=lambda case: (
            case.sdk != DEFAULT_SDK,
            case.lifecycle is not Lifecycle.SCENE,
            case.scheduler is not Scheduler.CLASSIC,
            case.hit.kind is not HitKind.GESTURE,
            len(case.minimum),
        ),
    )


def draft(data: bytes, file: str, *, site: str = "", platform: str = "") -> str:
    """The text of a spec as its owner goes on with it: the schema's line first, and above each key what it is for.

    `site` and `platform` take the place of the spec's own, where it has some.
    """
    root = yamltree.parse(data, file)
    lines = data.decode("utf-8-sig").replace("\r\n", "\n").rstrip("\n").split("\n")
    if site:
        _put(lines, at(root, "tracker", "configuration", "site"), r"""["']?[0-9]+["']?""", f'"{site}"')
    if platform:
        _put(lines, at(root, "platforms"), r"\[[^\]]*\]", f"[{platform}]")
    record = record_of(root)
    about = {path: key.about for path, key in rows(record)}
    above = {
        key.line: about.get(path, "") for path, key in _keys(root) if not lines[key.line - 1][: key.column - 1].strip()
    }
    told = [SCHEMA_LINE]
    for number, line in enumerate(lines, 1):
        is_told = told[-1].lstrip().startswith("#") and told[-1] != SCHEMA_LINE  # by the spec's author
        indent = " " * (len(line) - len(line.lstrip()))
        told += [f"{indent}# {part}" for part in wrap(above.get(number, ""), _WIDTH) if not is_told]
        if line != SCHEMA_LINE:
            told.append(line)
    others = [name for name in record.keys if name not in {key.text for key, _ in root.entries}]
    return "\n".join([*told, f"# Further keys: {', '.join(others)}; atgen schema --format markdown says more.", ""])


def _put(lines: list[str], node: Node, pattern: str, text: str) -> None:
    """Write the text in the place of a value that fits the pattern."""
    line, start = lines[node.line - 1], node.column - 1
    lines[node.line - 1] = line[:start] + re.sub(f"^{pattern}", lambda _: text, line[start:])


def _keys(node: Node, path: str = "") -> Iterator[tuple[str, Scalar]]:
    """Each key below the node, with its path."""
    for key, value in node.entries if isinstance(node, Mapping) else ():
        yield path + key.text, key
        yield from _keys(value, f"{path}{key.text}.")
