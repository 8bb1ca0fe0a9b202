"""The vendor's pages as a reader takes them: code in the page's order, each in the file that stands above it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

import pytest

from atgen import docs
from atgen.case.model import Platform
from atgen.docs.markup import ENDINGS
from atgen.proof import native, verify
from atgen.rendering import languages, pipeline
from conftest import ALL, ROOT, compiler

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PAGES = {path.name.split(".")[1]: path for path in sorted((ROOT / "specs" / "pages").glob("*.md"))}
COMPILED = ("swift", "objc")
SHARED = "BackgroundHits."
# What fits into mkdocs-material's column at 1280 px, and the lines that a reader is asked to take in.
COLUMNS = 80
LONGEST = {"swift": (30, 48), "objc": (35, 60)}
FOUR = ("bg_fetch", "bg_fetch_global", "bg_task", "bg_task_global")


class Case(NamedTuple):
    """What the page shows of a case in one language: files by name, with the shared ones that the page gave before."""

    name: str
    files: dict[str, str]


def prose(path: Path) -> str:
    """Read what people see of a page, without its code."""
    return re.sub(r"(?s)^ *```.*?^ *```$|<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)


def cases(path: Path, language: str) -> Iterator[Case]:
    """Follow the page from top to bottom in one language."""
    title = languages.get(language).title
    shared: dict[str, str] = {}
    said = path.read_text(encoding="utf-8")
    for name, content in re.findall(r"(?s)<!-- atgen:begin case=(\w+).*?-->\n(.*?)<!-- atgen:end", said):
        [tab] = re.findall(rf'(?ms)^=== "{title}"\n(.*?)(?=^===|\Z)', content)
        found = re.findall(r"(?ms)^    `([\w.]+)`\n\n    ```\w+\n(.*?)^    ```$", tab)
        files = {file: re.sub("(?m)^    ", "", code) for file, code in found}
        if all(file.startswith(SHARED) for file in files):
            shared = files
        else:
            yield Case(name, {**shared, **files})


def modes(language: str) -> Sequence[str]:
    """In which modes pages' code is compiled; output's, which it is, is compiled in every one."""
    found = compiler(language)
    return found.modes if ALL else [found.host_mode]


@pytest.mark.sample(2)
@pytest.mark.parametrize("language", COMPILED)
@pytest.mark.parametrize("locale", PAGES)
def test_what_a_reader_puts_together_compiles_and_runs(locale: str, language: str) -> None:
    """In the hosts' mode, nightly in every one; and a run's trace is that of the reference."""
    found = list(cases(PAGES[locale], language))
    assert [case.name for case in found][:5] == ["app_fetch_task", *FOUR]
    for name, files in found:
        for mode in modes(language):
            verdict = compiler(language).check(files, mode)
            assert verdict.accepted, (name, mode, verdict.messages)
        [case] = pipeline.load([ROOT / "specs" / f"{name}.yaml"])
        platform = case.platforms[0]
        played = verify.usual(verify.scenarios(case, platform))
        host = native.Host(compiler(language).host(files))
        trace = [json.loads(line) for line in host.trace(played.as_json(), ())]
        assert trace == verify.play(case, platform, verify.REFERENCE, played, ())


# Where a launch begins, and what the page leaves to the reader.
LAUNCH = {
    "swift": ("Any]?\n    ) -> Bool {\n", 'let kept = UserDefaults.standard.string(forKey: "kept") ?? ""'),
    "objc": ("launchOptions {\n", 'NSString *kept = [[NSUserDefaults standardUserDefaults] stringForKey:@"kept"];'),
}


@pytest.mark.sample(2)
@pytest.mark.parametrize("language", COMPILED)
@pytest.mark.parametrize("locale", PAGES)
def test_what_the_page_adds_at_launch_compiles(locale: str, language: str) -> None:
    """The lines on consent and on the user agent, in every case of the page that has a launch, as it says; nightly in every mode."""
    tables = re.findall(
        r"(?m)^\| Swift \| Objective-C \|\n\| --- \| --- \|\n\| `(.*)` \| `(.*)` \|\n", prose(PAGES[locale])
    )
    lines = [row[COMPILED.index(language)] for row in tables]
    assert re.fullmatch(r".*Privacy.*\n.*userAgent.*", "\n".join(lines))
    begin, kept = LAUNCH[language]
    launched = 0
    for name, files in cases(PAGES[locale], language):
        added = {
            file: text.replace(begin, "\n".join([begin.rstrip(), kept, *lines, ""])) for file, text in files.items()
        }
        launched += added != files
        for mode in modes(language) if added != files else ():
            verdict = compiler(language).check(added, mode)
            assert verdict.accepted, (name, mode, verdict.messages)
    assert launched >= len(FOUR) - 1


@pytest.mark.parametrize("locale", PAGES)
def test_the_pages_are_the_vendors(locale: str) -> None:
    """A person who reads one meets neither this project nor its files; the shared file comes once a platform, before the cases."""
    said = prose(PAGES[locale])
    assert re.findall(r"(?i)atgen|\bspecs?\b|\.\./|\.yaml", said) == []
    code = [text for case in cases(PAGES[locale], "swift") for text in case.files.values()]
    assert re.findall("(?i)atgen|specs/", "".join(code)) == []
    page = docs.load(PAGES[locale], {path.stem for path in (ROOT / "specs").glob("*.yaml")})
    shared = [number for number, block in enumerate(page.blocks) if block.wanted.region == "helpers"]
    assert shared[0] == 0
    assert {block.wanted.locale for block in page.blocks} == {locale}
    loaded = {case.name: case for case in pipeline.load(sorted((ROOT / "specs").glob("*.yaml")))}
    families = [loaded[page.blocks[number].wanted.case].platforms[0] is Platform.WATCHOS for number in shared]
    assert families == [False, True]


def test_the_pages_say_the_same_in_every_language() -> None:
    """The same headings, blocks and links in the same order, and the same names of code."""
    shapes = []
    for path in PAGES.values():
        said = path.read_text(encoding="utf-8")
        shapes.append(
            (
                re.findall("(?m)^(#+) ", prose(path)),
                re.findall(r"atgen:begin case=(\w+) .*?region=(\w+)", said),
                re.findall(r"\]\(([^)]*)\)", prose(path)),
                set(re.findall("`[^`\n]*`", prose(path))),
            )
        )
    first, *others = shapes
    for other in others:
        assert other == first


@pytest.mark.parametrize("locale", PAGES)
def test_the_code_of_the_pages_is_short_and_narrow(locale: str) -> None:
    """No line is cut or scrolls; hook and work, and with them properties and launch, fit on a screen."""
    assert PAGES[locale].suffix in ENDINGS
    for language in COMPILED:
        for case in cases(PAGES[locale], language):
            assert [line for text in case.files.values() for line in text.splitlines() if len(line) > COLUMNS] == []
        hook, whole = LONGEST[language]
        for name in FOUR:
            [case] = pipeline.load([ROOT / "specs" / f"{name}.yaml"])
            lines = {"setup": 0, "hook": 0}
            for file in pipeline.render(case, [language], locale).values():
                for region in lines:
                    lines[region] += sum(last - first for first, last in file.regions.get(region, ()))
            assert lines["hook"] <= hook
            assert sum(lines.values()) <= whole
