"""Specs in, texts out: everything is rendered in memory before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atgen import languages, spec
from atgen.context import context
from atgen.errors import Problem, SpecError
from atgen.plan import plan
from atgen.vocabulary import texts, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from atgen.model import Case
    from atgen.templating import Rendered


def load(paths: Iterable[Path]) -> list[Case]:
    """The cases of the specs, in the order given; SpecError with the problems of all of them."""
    cases: dict[str, Case] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            case = spec.load(path)
        except SpecError as error:
            problems += error.problems
            continue
        if case.name in cases:
            problems.append(Problem(str(path), 1, 1, f"another spec of this run is called {case.name} too"))
        cases[case.name] = case
    if problems:
        raise SpecError(problems)
    return list(cases.values())


def render(case: Case, names: Iterable[str]) -> dict[str, Rendered]:
    """The files of a case in the languages named, by path below the output folder."""
    from atgen import templating  # noqa: PLC0415 (jinja2 is most of the start-up time)

    planned = plan(case)
    files: dict[str, Rendered] = {}
    for platform in case.platforms:
        for name in names:
            language = languages.get(name)
            seen = context(case, planned, language, vocabulary(), texts())
            for path, rendered in templating.render(planned, seen, language).items():
                files[f"{case.name}/{platform.value}/{name}/{path}"] = rendered
    return files
