"""What a block shows: cut from files that were rendered whole, as they compile, and only moved out to the margin."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from atgen.case.model import Platform
from atgen.case.schema import one_of
from atgen.docs.blocks import WHOLE
from atgen.docs.styles import Listing
from atgen.errors import Problem, SpecError, lines_of
from atgen.rendering import languages, pipeline
from atgen.rendering.context import hook_header, page_header

if TYPE_CHECKING:
    from collections.abc import Iterable

    from atgen.case.model import Described
    from atgen.docs.blocks import Block, Page, Wanted
    from atgen.rendering.templating import Rendered


class Listings:
    """The code of cases, rendered once for each language and locale."""

    def __init__(self, cases: Iterable[Described]) -> None:
        self._cases = {case.name: case for case in cases}
        self._rendered: dict[tuple[str, str, str], dict[str, Rendered]] = {}

    def of(self, page: Page) -> list[list[Listing]]:
        """Cut what each block of the page shows; SpecError where a case has not what a block asks for."""
        problems: list[Problem] = []
        found: list[list[Listing]] = []
        for block in page.blocks:
            found.append([])
            for language in block.wanted.languages:
                files = self._files(block.wanted, language)
                parts = self._parts(files, block.wanted, language)
                if parts:
                    found[-1].append(Listing(language, languages.get(language).title, parts))
                else:
                    problems.append(self._missing(page, block, language, files))
        if problems:
            raise SpecError(problems)
        return found

    def _files(self, wanted: Wanted, language: str) -> dict[str, Rendered]:
        """Render the language's files, by name."""
        case = self._cases[wanted.case]
        key = (wanted.case, language, wanted.locale)
        if key not in self._rendered:
            self._rendered[key] = pipeline.render(case, [language], wanted.locale)
        folder = f"{case.name}/{_platform(case, wanted).value}/{language}/"
        return {
            path.removeprefix(folder): file for path, file in self._rendered[key].items() if path.startswith(folder)
        }

    def _parts(self, files: dict[str, Rendered], wanted: Wanted, language: str) -> tuple[tuple[str, str], ...]:
        """Cut the region out of each file; what is whole has the file's name, if the language has several."""
        case = self._cases[wanted.case]
        header = page_header(case, _platform(case, wanted), languages.get(language), wanted.locale)
        pieces = {name: _piece(file, wanted.region, header) for name, file in files.items()}
        if wanted.region == "hook":
            has_setup = any("setup" in file.regions for file in files.values())
            beside = hook_header(case, languages.get(language), wanted.locale, has_setup=has_setup)
            pieces = {name: piece and beside + piece for name, piece in pieces.items()}
        named = len(files) > 1 and wanted.region in {*WHOLE, "helpers"}
        return tuple((name if named else "", piece) for name, piece in pieces.items() if piece)

    def _missing(self, page: Page, block: Block, language: str, files: dict[str, Rendered]) -> Problem:
        wanted = block.wanted
        title = languages.get(language).title
        if files:
            there = {region: None for file in files.values() for region in file.regions}
            word = block.words["region"]
            message = f"region: {wanted.case} has no {wanted.region} in {title}; it has {one_of([*there, *WHOLE])}"
        elif wanted.platform and wanted.platform not in [
            platform.value for platform in self._cases[wanted.case].platforms
        ]:
            word = block.words["platform"]
            message = f"platform: {wanted.case} is not for {wanted.platform}"
        else:
            word = block.words["languages"]
            message = f"languages: {wanted.case} has no {title}"
        return Problem(page.path, word.line, word.column, message).quoting(lines_of(page.text))


def _platform(case: Described, wanted: Wanted) -> Platform:
    return Platform(wanted.platform) if wanted.platform else case.platforms[0]


def _piece(file: Rendered, region: str, header: str) -> str:
    """Cut the region out of a file; empty if it has none of it."""
    if region == "all":
        return file.text.removesuffix("\n")
    if region == "class":
        # The file's own header is a comment without an empty line.
        return "" if "helpers" in file.regions else header + file.text.partition("\n\n")[2].removesuffix("\n")
    lines = file.text.split("\n")
    return "\n\n".join(dedent("\n".join(lines[first:last])) for first, last in file.regions.get(region, ()))
