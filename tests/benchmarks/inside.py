"""What is measured within one process: the loader against PyYAML's, rendering against plain Jinja.

`python inside.py loader|rendering ROUNDS SPEC…` prints the seconds that a round takes ours and theirs, as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import jinja2
import yaml

from atgen.case import spec
from atgen.case.code import Block
from atgen.case.vocabulary import vocabulary
from atgen.rendering import languages, pipeline, templating
from atgen.rendering.plan import Role
from atgen.resources import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from atgen.rendering.context import Context
    from atgen.rendering.languages import Language
    from atgen.rendering.plan import Plan, Step

REPEATED = 3


def loader(specs: list[Path]) -> tuple[Callable[[], object], Callable[[], object]]:
    """From the files' bytes: to cases, with every check and place; to Python's lists and dicts."""
    data = {path: path.read_bytes() for path in specs}
    return (
        lambda: [spec.parse(content, str(path)) for path, content in data.items()],
        lambda: [yaml.load(content, yaml.CSafeLoader) for content in data.values()],
    )


def rendering(specs: list[Path]) -> tuple[Callable[[], object], Callable[[], object]]:
    """From cases to texts, planned and checked; the same macros of the same templates called in a plain environment."""
    cases = pipeline.load(specs)
    names = tuple(languages.names())
    work = [
        (*pipeline.see(case, platform, language), language, _plain(language))
        for case in cases
        for platform in case.platforms
        for language in map(languages.get, names)
        if language.name in vocabulary(case.sdk).words
    ]
    return (
        lambda: [pipeline.render(case, names) for case in cases],
        lambda: [_by_jinja(*each) for each in work],
    )


def _plain(language: Language) -> jinja2.Environment:
    """Make an environment with our filters, and without all that makes ours strict."""
    made = jinja2.Environment(  # noqa: S701 (the point)
        loader=jinja2.FileSystemLoader(TEMPLATES / language.name),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.filters.update(templating.templates(language).filters)
    return made


def _by_jinja(plan: Plan, seen: Sequence[Context], language: Language, made: jinja2.Environment) -> list[str]:
    openings, steps, entries = (made.get_template(f"{name}.j2").module for name in ("openings", "steps", "entries"))
    others = {name: made.get_template(f"{name}.j2").module for name in language.macros}

    def body(nodes: tuple[Step, ...]) -> Block:
        # What a property declares has no step of its own.
        there = [(getattr(steps, node.name, None), node) for node in nodes]
        return _lines(macro(seen[node.case], node, body(node.steps)) for macro, node in there if macro)

    def methods(*roles: Role) -> list[Block]:
        return [
            _lines([getattr(entries, entry.name)(seen[entry.case], body(entry.steps))]) for entry in plan.of(*roles)
        ]

    def blocks(name: str, chosen: Iterable[tuple[str, int]]) -> list[Block]:
        return [_lines([getattr(others[name], macro)(seen[case])]) for macro, case in chosen] if name in others else []

    declared = blocks("properties", plan.properties)
    helpers = [(name, 0) for name in plan.helpers]
    parts: dict[str, Any] = {
        "c": seen[0],
        "region": {},
        "opening": _lines([getattr(openings, plan.system)(seen[0])]),
        "properties": declared,
        "property_groups": [declared] if declared else [],
        "setup": methods(Role.LAUNCH),
        "hooks": methods(Role.HOOK, Role.OFFER, Role.WORK, Role.PART),
        "offers": [],
        "offer_groups": [],
        "declarations": blocks("declarations", helpers),
        "helpers": blocks("helpers", helpers),
    }
    return [made.get_template(f"{stem}.j2").render(parts) for stem, _ in language.shape(plan.form).files]


def _lines(codes: Iterable[str]) -> Block:
    return Block("\n".join(code.strip("\n") for code in codes if code.strip()))


def main() -> None:
    """Measure in turns, after a round that does not count."""
    what, rounds, *paths = sys.argv[1:]
    pair = {"loader": loader, "rendering": rendering}[what]([Path(path) for path in paths])
    turns = [[_time(run) for run in pair] for _ in range(int(rounds) + 1)][1:]
    print(json.dumps(turns))  # noqa: T201 (what the script is for)


def _time(run: Callable[[], object]) -> float:
    begin = perf_counter()
    for _ in range(REPEATED):
        run()
    return (perf_counter() - begin) / REPEATED


if __name__ == "__main__":
    main()
