"""Each style in each markup, as the tools that read it build it: all of the code, each language's tab, and no warning."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

import sites
from atgen.docs.markup import MARKUPS
from atgen.docs.styles import STYLES
from conftest import not_run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PAIRS = [(style, markup) for style, by_markup in STYLES.items() for markup in by_markup]
# What a page has of tabs: once a block, but for HTML, where each of two languages has one, and a single language none.
TABS = {"mkdocs-tabs": "tabbed-set", "sphinx-design": "sd-tab-set", "docusaurus": "tabs-container", "html": "details"}
# Blocks with names of files and without, of two languages and of one.
BLOCKS = (
    "case=bg_fetch languages=swift,objc region=class locale=fr",
    "case=bg_fetch languages=swift,objc region=hook",
    "case=bg_task_global languages=objc region=helpers",
    "case=bg_task_global languages=swift region=hook",
)
LANGUAGES = 2 + 2 + 1 + 1
HEADS = {
    "AsciiDoc": "= Page\n\n",
    "reStructuredText": "Page\n====\n\n",
    "docusaurus": "# Page\n\nimport Tabs from '@theme/Tabs';\nimport TabItem from '@theme/TabItem';\n\n",
}
TOOLS = {
    "Markdown": {
        "fences": ("mkdocs", "sphinx", "docusaurus"),
        "mkdocs-tabs": ("mkdocs",),
        "sphinx-design": ("sphinx",),
        "docusaurus": ("docusaurus", "mdx"),
        "html": ("mkdocs", "sphinx"),
    },
    "MDX": dict.fromkeys(("fences", "docusaurus"), ("docusaurus", "mdx")),
    "reStructuredText": dict.fromkeys(("fences", "sphinx-design", "html"), ("sphinx",)),
    "AsciiDoc": dict.fromkeys(("fences", "asciidoctor-tabs", "html"), ("asciidoctor",)),
}
BUILT = [(style, markup, tool) for style, markup in PAIRS for tool in TOOLS[markup][style]]
BUILDERS = {"mkdocs": sites.mkdocs, "sphinx": sites.sphinx}
SITES = [each for each in BUILT if each[2] in BUILDERS]


def name(style: str, markup: str) -> str:
    """Name the page."""
    [kind] = [each for each in MARKUPS if each.name == markup]
    return f"{style}-{markup.lower()}{kind.endings[0]}"


def source(style: str, markup: str) -> tuple[str, list[str]]:
    """Write a page in the style, and say which code it shows."""
    [kind] = [each for each in MARKUPS if each.name == markup]
    blocks = [f"{kind.marker(f'begin {words} style={style}')}\n{kind.marker('end')}\n" for words in BLOCKS]
    text = HEADS.get(style, HEADS.get(markup, "# Page\n\n")) + "\n".join(blocks)
    new, page = sites.filled(text, name(style, markup))
    return new, [code for shown in sites.LISTINGS.of(page) for listing in shown for _, code in listing.files]


def check(html: Path, style: str, markup: str) -> None:
    """Hold a built page to its source."""
    shown = sites.Shown(html.read_text(encoding="utf-8"))
    assert [code.removesuffix("\n") for code in shown.code] == source(style, markup)[1]
    titles = ["AppDelegate.h", "AppDelegate.m", "BackgroundHits.m", *(["Objective-C"] if style in TABS else [])]
    assert [title for title in titles if title not in shown.text] == []
    assert shown.marks.count(TABS.get(style, "details")) == (len(BLOCKS) if style in TABS else 0)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, Path]]:
    """Build one site with each tool that makes sites."""
    return {
        tool: build(
            tmp_path_factory.mktemp(tool),
            {name(style, markup): source(style, markup)[0] for style, markup, by in SITES if by == tool},
        )
        for tool, build in BUILDERS.items()
    }


@pytest.mark.parametrize(("style", "markup", "tool"), SITES)
def test_sites(style: str, markup: str, tool: str, built: Mapping[str, Mapping[str, Path]]) -> None:
    """mkdocs-material, and Sphinx with MyST, sphinx-design and furo."""
    check(built[tool][name(style, markup)], style, markup)


def test_docusaurus() -> None:
    """Docusaurus, where a workflow has installed it with npm."""
    pairs = [(style, markup) for style, markup, tool in BUILT if tool == "docusaurus"]
    made = sites.docusaurus({name(style, markup): source(style, markup)[0] for style, markup in pairs})
    for style, markup in pairs:
        check(made[name(style, markup)], style, markup)


@pytest.mark.parametrize("style", [style for style, markup in PAIRS if markup == "AsciiDoc"])
def test_asciidoctor(style: str, tmp_path: Path) -> None:
    """Asciidoctor has nothing to say against the page; tabs of asciidoctor-tabs are a list where it is not installed."""
    if not shutil.which("asciidoctor"):
        not_run("asciidoctor", "no asciidoctor on the PATH")
    text, _ = source(style, "AsciiDoc")
    sites.write(tmp_path / "pages", {"page.adoc": text})
    command = ["asciidoctor", "--failure-level=INFO", "--safe", "-o", "page.html", "page.adoc"]
    done = subprocess.run(command, cwd=tmp_path / "pages", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    check(tmp_path / "pages" / "page.html", style, "AsciiDoc")
    if style == "asciidoctor-tabs":
        shown = sites.Shown((tmp_path / "pages" / "page.html").read_text(encoding="utf-8"))
        assert shown.marks.count("dlist") == shown.marks.count("exampleblock") == len(BLOCKS)
        assert shown.marks.count("dt") == LANGUAGES


@pytest.mark.parametrize(("style", "markup"), [(style, markup) for style, markup, tool in BUILT if tool == "mdx"])
def test_mdx(style: str, markup: str) -> None:
    """The parser of MDX compiles the page, with each tab in its place."""
    try:
        import mdxjs_py  # noqa: PLC0415 (has wheels for Linux on x86_64 only)
    except ImportError as error:
        not_run("mdx", str(error))
    text, code = source(style, markup)
    # What Docusaurus reads in .md as in MDX's first version.
    text = re.sub(r"<!-- (.*?) -->", r"{/* \1 */}", text)
    made = mdxjs_py.compile(text)
    strings = re.findall(
        r"className: \"language-\w+\",\s+children: ('(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`)", made
    )
    assert [ast.literal_eval(each).removesuffix("\n") for each in strings] == code
    if style == "docusaurus":
        assert len(re.findall(r"_jsxs?\(Tabs, ", made)) == len(BLOCKS)
        assert len(re.findall(r"_jsxs?\(TabItem, ", made)) == LANGUAGES
        assert re.findall(r'label: "(.*?)"', made) == ["Swift", "Objective-C"] * 2 + ["Objective-C", "Swift"]


def test_every_pair_of_style_and_markup_is_built() -> None:
    """None is without a tool."""
    assert {(style, markup) for style, markup, _ in BUILT} == set(PAIRS)
