"""The documentation's site is built of the pages that are there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION = ROOT / ".github/site/mkdocs.yml"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it as CI does: a link that leads nowhere, and a page that is in no menu, are errors."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(CONFIGURATION), "-d", str(folder)]
    environment = os.environ | {"REPOSITORY": "https://example.org/atgen", "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_each_page_is_there(site: Path) -> None:
    """The README, the specs' keys, each of the doctor's rules, decisions and changes; and the gallery, as it is."""
    rules = [path.stem for path in (ROOT / "gen/atgen/doctor/rules").glob("*.md") if path.stem != "README"]
    pages = [
        "",
        "specs",
        "templates",
        "gen",
        "gen/DECISIONS",
        "gen/CHANGELOG",
        "gen/atgen/doctor/rules",
        "contributing",
    ]
    pages += [f"gen/atgen/doctor/rules/{rule}" for rule in rules] + [
        "background-hits.en",
        "background-hits.fr",
        "gallery",
    ]
    assert [page for page in pages if not (site / page / "index.html").is_file()] == []
    assert "scene_fetch" in (site / "gallery/index.html").read_text(encoding="utf-8")


def test_what_is_no_page_is_the_repositorys(site: Path) -> None:
    """A link to a file leads there; one to a page stays on the site."""
    start = (site / "index.html").read_text(encoding="utf-8")
    assert '<a href="https://example.org/atgen/blob/main/.github/actions/atgen/action.yml">' in start
    assert '<a href="gen/#the-pages-mistakes">' in start
    assert '<a href="contributing/">' in start


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    """No font, style or script of another server."""
    start = (site / "index.html").read_text(encoding="utf-8")
    loaded = re.findall(r"<(?:script|img)[^>]* src=\"([^\"]+)|<link[^>]* href=\"([^\"]+)", start)
    assert [found for pair in loaded for found in pair if re.match("(?:https?:)?//", found)] == []
