"""Gives mkdocs the repository's pages where they are, and the gallery; a link to what is no page leads to the repository."""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File, Files

from atgen import load
from atgen.gallery import page as gallery

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
# What is at another place on the site: folders with a dot are hidden from servers, too.
MOVED = {".github/CONTRIBUTING.md": "contributing.md", ".github/SECURITY.md": "security.md"}
PAGES = ("README.md", "specs/README.md", "templates/README.md", "gen/*.md", "gen/atgen/doctor/rules/*.md", *MOVED)
REPOSITORY = os.environ.get("REPOSITORY", "")
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]`]|`[^`]*`)+)\]\(([^)\s:]+)\)")
_CODE = re.compile(r"(?ms)^ *```.*?^ *```$")


def on_config(config: MkDocsConfig) -> None:
    """Name headings as GitHub does, which the pages' links are written for."""
    config.mdx_configs["toc"]["slugify"] = lambda text, _: re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages and the gallery."""
    for pattern in PAGES:
        for path in sorted(ROOT.glob(pattern)):
            name = path.relative_to(ROOT).as_posix()
            files.append(File.generated(config, MOVED.get(name, name), abs_src_path=str(path)))
    cases = load(sorted((ROOT / "specs").glob("*.yaml")))
    files.append(File.generated(config, "gallery/index.html", content=gallery(cases, "en")))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 (mkdocs calls it so)
    """Turn each link to a file of the repository into one that the site can follow."""
    where = Path(page.file.abs_src_path or "").parent.relative_to(ROOT)

    def led(link: re.Match[str]) -> str:
        words, target = link.groups()
        place, hash_, anchor = target.partition("#")
        if not place:
            return link[0]
        path = posixpath.normpath((where / place).as_posix())
        name = MOVED.get(path, path.removeprefix("specs/pages/"))
        if files.get_file_from_path(name):
            return f"[{words}]({posixpath.relpath(name, posixpath.dirname(page.file.src_uri) or '.')}{hash_}{anchor})"
        return f"[{words}]({REPOSITORY}/blob/main/{path}{hash_}{anchor})" if REPOSITORY else words

    parts, done = [], 0
    for code in _CODE.finditer(markdown):
        parts += [_LINK.sub(led, markdown[done : code.start()]), code[0]]
        done = code.end()
    return "".join([*parts, _LINK.sub(led, markdown[done:])])
