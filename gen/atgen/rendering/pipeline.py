"""Specs in, texts out: everything is rendered before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atgen.case import spec
from atgen.case.code import Code
from atgen.case.model import Form
from atgen.case.vocabulary import apple, texts, vocabulary
from atgen.errors import Problem, SpecError
from atgen.rendering import languages
from atgen.rendering.context import contexts
from atgen.rendering.plan import own as own_plan
from atgen.rendering.plan import plan

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from atgen.case.model import Described, Platform
    from atgen.rendering.context import Context
    from atgen.rendering.languages import Language
    from atgen.rendering.plan import Plan
    from atgen.rendering.templating import Rendered


def load(paths: Iterable[str | Path]) -> list[Described]:
    """The cases and the apps of the specs, in the order given.

    SpecError holds the problems of all of them; FileError is raised where the system lets a spec not be read.
    """
    found: dict[str, Described] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            described = spec.load(path)
        except SpecError as error:
            problems += error.problems
            continue
        if described.name in found:
            problems.append(Problem(str(path), 1, 1, f"another spec of this run is called {described.name} too"))
        found[described.name] = described
    if problems:
        raise SpecError([*dict.fromkeys(problems)])  # an app's cases may be among the specs themselves
    return list(found.values())


def see(
    case: Described, platform: Platform, language: Language, locale: str = "en", *, own_work: bool = False
) -> tuple[Plan, tuple[Context, ...]]:
    """What a case or an app does on a platform, and what the language's templates see of each case; `own_work` as in `plan`."""
    planned = plan(case, platform, own_work=own_work)
    sdk, system = vocabulary(case.sdk), apple(language.name)[planned.system]
    return planned, contexts(case, platform, planned, language, sdk, system, texts(locale), locale)


def own(case: Described, platform: Platform, language: Language) -> dict[str, str]:
    """What the app's own class has, where the hook extends it: an app's files, as short as they can be, by path.

    Nothing in a language that does not extend classes.
    """
    from atgen.rendering import templating  # noqa: PLC0415 (jinja2 is most of the start-up time)

    if case.style.form is not Form.EXTENSION or not language.extends:
        return {}
    planned, seen = see(case, platform, language)
    header = Code(f"{case.style.class_name}+BackgroundHits.h")
    seen = tuple(each._replace(header="", own_headers=(header,)) for each in seen)
    files = templating.render(own_plan(planned), seen, language, case.style.indent)
    return {
        path: file.text.lstrip("\n") for path, file in files.items() if path.startswith(f"{case.style.class_name}.")
    }


def render(case: Described, names: Iterable[str] | None = None, locale: str = "en") -> dict[str, Rendered]:
    """The files of a case or an app in those of the languages that its SDK has, by path below the output folder.

    A path is NAME/PLATFORM/LANGUAGE/FILE; a text is without the sum that `atgen render` puts into its first line.
    `names` are of `swift`, `objc` and `python`, all by default; `locale` is that of the comments.
    """
    from atgen.rendering import templating  # noqa: PLC0415 (jinja2 is most of the start-up time)

    files: dict[str, Rendered] = {}
    for platform in case.platforms:
        for name in languages.names() if names is None else names:
            if not vocabulary(case.sdk).has(name):
                continue
            language = languages.get(name)
            planned, seen = see(case, platform, language, locale)
            for path, rendered in templating.render(planned, seen, language, case.style.indent).items():
                files[f"{case.name}/{platform.value}/{name}/{path}"] = rendered
    return files
