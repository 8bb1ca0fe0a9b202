"""Builds sites of pages as their tools do, with any warning an error; not a test itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from atgen import docs
from atgen.docs.blocks import parse
from atgen.docs.markup import ENDINGS
from atgen.rendering import pipeline
from conftest import ROOT, not_run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from atgen.docs.blocks import Page

MKDOCS = """
site_name: Site
docs_dir: pages
site_dir: html
use_directory_urls: false
theme: {name: material, font: false}
plugins: []
validation: {anchors: warn, unrecognized_links: warn}
markdown_extensions:
- md_in_html
- pymdownx.highlight
- pymdownx.superfences
- pymdownx.tabbed: {alternate_style: true}
"""
SPHINX = """
project = "Site"
extensions = ["myst_parser", "sphinx_design"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
html_theme = "furo"
"""
INDEX = "Site\n====\n\n.. toctree::\n   :glob:\n\n   *\n"
DOCUSAURUS = """
module.exports = {
  title: "Site",
  url: "https://example.org",
  baseUrl: "/",
  trailingSlash: false,
  onBrokenAnchors: "throw",
  presets: [["classic", { docs: { path: "pages", routeBasePath: "/" }, blog: false, pages: false }]],
  themeConfig: { prism: { additionalLanguages: ["objectivec", "swift"] } },
};
"""
NODE = ROOT / "tests" / "build" / "docusaurus"
CASES = {path.stem: path for path in sorted((ROOT / "specs").glob("*.yaml"))}
LISTINGS = docs.Listings(pipeline.load(CASES.values()))


def filled(text: str, name: str) -> tuple[str, Page]:
    """Fill the blocks of a page as `atgen docs` does."""
    page = parse(text, name, ENDINGS[f".{name.rpartition('.')[2]}"], CASES)
    new = docs.compare(page, LISTINGS).new
    assert new
    return new.decode(), page


def vendors(style: str) -> dict[str, str]:
    """Give the vendor's pages in a style, by name."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "specs" / "pages").glob("*.md"))}
    assert texts
    return {name: filled(text.replace("style=mkdocs-tabs", f"style={style}"), name)[0] for name, text in texts.items()}


def mkdocs(folder: Path, pages: Mapping[str, str]) -> dict[str, Path]:
    """Build pages, by name, with mkdocs-material; the HTML files by the same names."""
    write(folder / "pages", {"index.md": "# Site\n", **pages})
    (folder / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    run(folder, "mkdocs", "build", "--quiet", "--strict")
    return found(folder, pages)


def sphinx(folder: Path, pages: Mapping[str, str]) -> dict[str, Path]:
    """Build pages, by name, with Sphinx, MyST, sphinx-design and furo; the HTML files by the same names."""
    write(folder / "pages", {"index.rst": INDEX, "conf.py": SPHINX, **pages})
    run(folder, "sphinx", "-q", "-W", "--keep-going", "pages", "html")
    return found(folder, pages)


def docusaurus(pages: Mapping[str, str]) -> dict[str, Path]:
    """Build pages, by name, with Docusaurus; the HTML files by the same names."""
    program = NODE / "node_modules" / ".bin" / "docusaurus"
    if not program.exists():
        not_run("docusaurus", f"it is not installed in {NODE.relative_to(ROOT)} (.github/workflows/nightly.yml)")
    shutil.rmtree(NODE / "pages", ignore_errors=True)
    write(NODE / "pages", {"index.md": "---\nslug: /\n---\n# Site\n", **pages})
    (NODE / "docusaurus.config.js").write_text(DOCUSAURUS, encoding="utf-8")
    started([program, "build", "--out-dir", "html"], NODE)
    return found(NODE, pages)


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files into a new folder."""
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")


def run(folder: Path, module: str, *arguments: str) -> None:
    """Run a builder that is a Python module."""
    started([sys.executable, "-m", module, *arguments], folder)


def started(command: Sequence[str | Path], folder: Path) -> None:
    """Run a builder, which must not fail."""
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def found(folder: Path, pages: Mapping[str, str]) -> dict[str, Path]:
    """Say where each page is."""
    return {name: folder / "html" / f"{name.rpartition('.')[0]}.html" for name in pages}


class Shown(HTMLParser):
    """What a page shows: the texts of its code blocks, and the classes and elements that it has, each time."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.code: list[str] = []
        self.marks: list[str] = []
        self.text = ""
        self._inside = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element, and a code block's beginning."""
        self.marks += tag, *(dict(attrs).get("class") or "").split()
        if tag == "pre":
            self._inside = True
            self.code.append("")
        elif tag == "br":
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        """Note a code block's end."""
        if tag == "pre":
            self._inside = False

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        if self._inside:
            self.code[-1] += data
        else:
            self.text += data
