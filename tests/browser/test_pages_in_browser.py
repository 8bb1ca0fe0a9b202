"""The vendor's pages, built by mkdocs-material and Sphinx, and as HTML for a CMS: code that fits, and one language at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import sites

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LANGUAGES = ("Swift", "Objective-C")
# Opens all that is folded, and each block's tab of the language.
CHOOSE = """(title) => {
  document.querySelectorAll("details").forEach((details) => (details.open = true));
  document.querySelectorAll(".tabbed-labels label, .sd-tab-label").forEach(
    (label) => label.textContent.trim() === title && label.click());
}"""
# Of each block that is shown: the names of its language, and how far it, or what is in it, is wider than its place.
BLOCKS = """() => [...document.querySelectorAll("pre")].filter((pre) => pre.offsetParent).map((pre) => {
  const scrolled = [pre, pre.querySelector("code") ?? pre].map((part) => part.scrollWidth - part.clientWidth);
  return { text: pre.textContent, over: Math.max(...scrolled) };
})"""
BESIDE = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture(scope="module", params=["mkdocs-tabs", "sphinx-design"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build the vendor's pages in the style, with its tool."""
    build = {"mkdocs-tabs": sites.mkdocs, "sphinx-design": sites.sphinx}[request.param]
    return build(tmp_path_factory.mktemp("site"), sites.vendors(request.param))


@pytest.mark.sample(3)
@pytest.mark.parametrize("locale", ["en", "fr"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_code_fits_and_on_a_phone_scrolls_in_its_block(
    locale: str, language: str, built: dict[str, Path], browser: Browser
) -> None:
    """At 1280 px no block scrolls sideways; at 390 px blocks do, and the page does not."""
    page = browser.new_page(viewport=DESKTOP)
    page.goto(built[f"background-hits.{locale}.md"].as_uri())
    page.evaluate(CHOOSE, language)
    blocks: list[dict[str, Any]] = page.evaluate(BLOCKS)
    assert len([block for block in blocks if "BackgroundCall" in block["text"]]) >= 8
    assert [block["text"] for block in blocks if block["over"] > 0] == []
    assert page.evaluate(BESIDE) == 0
    page.set_viewport_size(PHONE)
    assert len([block for block in page.evaluate(BLOCKS) if block["over"] > 0]) > 0
    assert page.evaluate(BESIDE) == 0
    page.close()


def test_html_for_a_cms_is_read_by_all(tmp_path: Path, browser: Browser) -> None:
    """On a page without styles, one language of a block is open at a time, and axe finds nothing."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 (an extra)
    from markdown_it import MarkdownIt  # noqa: PLC0415 (a part of MyST)

    text = sites.vendors("html")["background-hits.en.md"]
    html = f'<!doctype html><html lang="en"><title>Page</title><main>{MarkdownIt().enable("table").render(text)}</main>'
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    page = browser.new_page(viewport=PHONE)
    page.goto((tmp_path / "page.html").as_uri())
    opened = "[...document.querySelectorAll('details[name]')].map((details) => details.open)"
    before = page.evaluate(opened)
    assert before == [True, False] * (len(before) // 2)
    page.get_by_text("Objective-C", exact=True).locator("visible=true").nth(1).click()
    assert page.evaluate(opened).count(True) == before.count(True)
    assert page.evaluate(opened) != before
    page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
    found = Axe().run(page, options={"rules": {"color-contrast": {"enabled": True}}})
    assert found.violations_count == 0, found.generate_report()
    page.close()
