"""What a block shows: cut from files that were rendered whole, as they compile, without a byte changed inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atgen.case.schema import one_of
from atgen.docs.styles import Listing
from atgen.errors import Problem, SpecError
from atgen.rendering import languages, pipeline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from atgen.case.model import Case
    from atgen.docs.blocks import Block, Page, Request
    from atgen.rendering.templating import Rendered


class Listings:
    """The code of cases, rendered once for each language and locale."""

    def __init__(self, cases: Iterable[Case]) -> None:
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
                parts = _parts(files, block.request.region)
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
        folder = f"{case.name}/{request.platform or case.platforms[0].value}/{language}/"
        return {
            path.removeprefix(folder): file for path, file in self._rendered[key].items() if path.startswith(folder)
        }

    def _missing(self, page: Page, block: Block, language: str, files: dict[str, Rendered]) -> Problem:
        request = block.request
        title = languages.get(language).title
        if files:
            there = {region: None for file in files.values() for region in file.regions}
            word = block.words["region"]
            message = f"region: {request.case} has no {request.region} in {title}; it has {one_of([*there, 'all'])}"
        elif request.platform and request.platform not in [
            platform.value for platform in self._cases[request.case].platforms
        ]:
            word = block.words["platform"]
            message = f"platform: {request.case} is not for {request.platform}"
        else:
            word = block.words["languages"]
            message = f"languages: {request.case} has no {title}"
        return Problem(page.path, word.line, word.column, message)


def _parts(files: dict[str, Rendered], region: str) -> tuple[tuple[str, str], ...]:
    """Join the region's pieces, wherever they are; or give all files, with their names if there are several."""
    if region == "all":
        return tuple((name if len(files) > 1 else "", file.text.removesuffix("\n")) for name, file in files.items())
    pieces = [
        "\n".join(file.text.split("\n")[first:last])
        for file in files.values()
        for first, last in file.regions.get(region, ())
    ]
    return (("", "\n\n".join(pieces)),) if pieces else ()
