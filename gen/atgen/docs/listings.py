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
    from atgen.docs.blocks import Block, Page, Request
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
            for language in block.request.languages:
                files = self._files(block.request, language)
                parts = self._parts(files, block.request, language)
                if parts:
                    found[-1].append(Listing(language, languages.get(language).title, parts))
                else:
                    problems.append(self._missing(page, block, language, files))
        if problems:
            raise SpecError(problems)
        return found

    def _files(self, request: Request, language: str) -> dict[str, Rendered]:
        """Render the language's files, by name."""
        case = self._cases[request.case]
        key = (request.case, language, request.locale)
        if key not in self._rendered:
            self._rendered[key] = pipeline.render(case, [language], request.locale)
        folder = f"{case.name}/{_platform(case, request).value}/{language}/"
        return {
            path.removeprefix(folder): file for path, file in self._rendered[key].items() if path.startswith(folder)
        }

    def _parts(self, files: dict[str, Rendered], request: Request, language: str) -> tuple[tuple[str, str], ...]:
        """Cut the region out of each file; what is whole has the file's name, if the language has several."""
        case = self._cases[request.case]
        header = page_header(case, _platform(case, request), languages.get(language), request.locale)
        pieces = {name: _piece(file, request.region, header) for name, file in files.items()}
        if request.region == "hook":
            has_setup = any("setup" in file.regions for file in files.values())
            beside = hook_header(case, languages.get(language), request.locale, has_setup=has_setup)
            pieces = {name: piece and beside + piece for name, piece in pieces.items()}
        named = len(files) > 1 and request.region in {*WHOLE, "helpers"}
        return tuple((name if named else "", piece) for name, piece in pieces.items() if piece)

    def _missing(self, page: Page, block: Block, language: str, files: dict[str, Rendered]) -> Problem:
        request = block.request
        title = languages.get(language).title
        if files:
            there = {region: None for file in files.values() for region in file.regions}
            word = block.words["region"]
            message = f"region: {request.case} has no {request.region} in {title}; it has {one_of([*there, *WHOLE])}"
        elif request.platform and request.platform not in [
            platform.value for platform in self._cases[request.case].platforms
        ]:
            word = block.words["platform"]
            message = f"platform: {request.case} is not for {request.platform}"
        else:
            word = block.words["languages"]
            message = f"languages: {request.case} has no {title}"
        return Problem(page.path, word.line, word.column, message).quoting(lines_of(page.text))


def _platform(case: Described, request: Request) -> Platform:
    return Platform(request.platform) if request.platform else case.platforms[0]


def _piece(file: Rendered, region: str, header: str) -> str:
    """Cut the region out of a file; empty if it has none of it."""
    if region == "all":
        return file.text.removesuffix("\n")
    if region == "class":
        # The file's own header is a comment without an empty line.
        return "" if "helpers" in file.regions else header + file.text.partition("\n\n")[2].removesuffix("\n")
    lines = file.text.split("\n")
    return "\n\n".join(dedent("\n".join(lines[first:last])) for first, last in file.regions.get(region, ()))
