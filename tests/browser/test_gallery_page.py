"""The gallery page in a real browser: tabs, copying, links, memory, themes, no script, print; and axe finds nothing."""

from __future__ import annotations

import re
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from atgen import gallery
from atgen.rendering import languages, pipeline
from atgen.rendering.colours import pieces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from atgen.case.model import App, Case

DESKTOP, PHONE, SMALL_PHONE = (
    {"width": 1440, "height": 900}, {"width": 360, "height": 740}, {"width": 320, "height": 640},
)  # fmt: skip
# Seconds after which a browser that does not do what it should has failed.
PATIENCE = 10
# What a screen reader is told last.
STATUS = "document.querySelector('[role=status]').textContent"
# What copying by hand gives of a button's whole code.
SELECTED = """(button) => {
    getSelection().selectAllChildren(button.closest("figure").querySelector("code"));
    return getSelection().toString();
}"""
UNWRITTEN = "document.querySelectorAll('main pre:empty, code:empty, tbody:empty').length"
OPEN_ALL = "document.querySelectorAll('details').forEach((details) => (details.open = true))"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, shipped: list[Case], apps: list[App]) -> Path:
    """Make a folder that holds the page of the vendor's four cases, in both languages, with some of a watch, and that of all."""
    every = [*apps, *shipped]
    watch = [case for case in shipped if case.name.startswith(("bg_", "watch_"))]
    path: Path = tmp_path_factory.mktemp("gallery")
    shipped = [case for case in shipped if case.name.startswith("bg_")]  # each has all languages
    (path / "all.html").write_text(gallery.page(every), encoding="utf-8", newline="")
    (path / "watch.html").write_text(gallery.page(watch), encoding="utf-8", newline="")
    (path / "index.html").write_text(gallery.page(shipped), encoding="utf-8", newline="")
    (path / "fr.html").write_text(gallery.page(shipped, "fr"), encoding="utf-8", newline="")
    return path


class Watched:
    """A page, and what it said and asked for that it should not."""

    def __init__(self, page: Page, address: str, *, is_scripted: bool = True) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.set_default_timeout(PATIENCE * 1000)
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(address)
        if is_scripted:
            self.becomes("document.documentElement.className", "js ready")

    def evaluate(self, script: str, argument: object = None) -> Any:  # noqa: ANN401 (whatever the script gives)
        """Evaluate an expression in the page."""
        return self.page.evaluate(script, argument)

    def becomes(self, script: str, value: object) -> None:
        """Wait until an expression has a value (the page's policy does not let Playwright's own waiting in)."""
        until = time.monotonic() + PATIENCE
        while (found := self.evaluate(script)) != value:
            assert time.monotonic() < until, f"{script} is {found!r}, not {value!r}"
            time.sleep(0.02)


class Opener(Protocol):
    """What `open_page` gives."""

    def __call__(
        self,
        query: str = "",
        *,
        name: str = "index.html",
        context: BrowserContext | None = None,
        **options: Any,  # noqa: ANN401 (whatever a context can be told)
    ) -> Watched:
        """Open a page of the folder."""


@pytest.fixture
def open_page(browser: Browser, folder: Path) -> Iterator[Opener]:
    """Open the page in a context of its own; at the end nothing may have been logged, or asked for beside it."""
    opened: list[tuple[BrowserContext, Watched]] = []

    def opener(
        query: str = "",
        *,
        name: str = "index.html",
        context: BrowserContext | None = None,
        **options: Any,  # noqa: ANN401 (as above)
    ) -> Watched:
        context = context or browser.new_context(**{"viewport": DESKTOP, **options})
        is_scripted = options.get("java_script_enabled", True)
        watched = Watched(context.new_page(), f"{(folder / name).as_uri()}{query}", is_scripted=is_scripted)
        opened.append((context, watched))
        return watched

    yield opener
    for context, watched in opened:
        context.close()
        assert watched.said == []
        assert {url.partition("#")[0].partition("?")[0] for url in watched.asked} == {
            (folder / name).as_uri()
            for name in ("index.html", "fr.html", "watch.html", "all.html")
            if any(name in url for url in watched.asked)
        }


def open_all(watched: Watched) -> None:
    """Open all that can be, once all is written."""
    watched.becomes(UNWRITTEN, 0)
    watched.evaluate(OPEN_ALL)


def shown(watched: Watched, case: str) -> list[str]:
    """List the languages whose panels of the case can be seen."""
    panels = watched.page.locator(f"[id='{case}'] .panel")
    return [
        panel.get_attribute("data-language") or "" for panel in panels.all() if panel.locator("pre").first.is_visible()
    ]


def tab(watched: Watched, case: str, name: str) -> Any:  # noqa: ANN401 (a Locator)
    """Find a case's tab."""
    return watched.page.locator(f"[id='{case}']").get_by_role("tab", name=name, exact=True)


def selected(watched: Watched) -> set[str | None]:
    """List the titles of the tabs that are selected, over all of the page."""
    return {tab.text_content() for tab in watched.page.get_by_role("tab", selected=True).all()}


def test_a_click_chooses_the_language_for_the_whole_page(open_page: Opener) -> None:
    """Every case and every comparison shows it, and the tab that was clicked stays where it is on the screen."""
    watched = open_page()
    assert shown(watched, "bg_fetch") == ["swift"]
    target = tab(watched, "bg_task", "Objective-C")
    target.scroll_into_view_if_needed()
    before = target.bounding_box()
    target.click()
    assert selected(watched) == {"Objective-C"}
    for place in ("bg_fetch", "bg_task", "bg_fetch.bg_fetch_global"):
        assert shown(watched, place) == ["objc"]
    after = target.bounding_box()
    assert {key: round(after[key] - before[key]) for key in before} == {"x": 0, "y": 0, "width": 0, "height": 0}


def test_the_keyboard_moves_between_tabs(open_page: Opener) -> None:
    """Arrows go round, Home and End to the ends; one tab of a list is in the order of focus."""
    watched = open_page()
    tab(watched, "bg_fetch", "Swift").focus()
    for key, title in (
        ("ArrowRight", "Objective-C"), ("ArrowRight", "Python"), ("ArrowRight", "Swift"), ("ArrowLeft", "Python"),
        ("Home", "Swift"), ("End", "Python"),
    ):  # fmt: skip
        watched.page.keyboard.press(key)
        assert watched.evaluate("document.activeElement.textContent") == title
        assert selected(watched) == {title}
    assert shown(watched, "bg_fetch") == ["python"]
    tabs = watched.page.locator("[id='bg_fetch']").get_by_role("tab")
    assert [each.get_attribute("tabindex") for each in tabs.all()] == ["-1", "-1", "0"]
    watched.page.keyboard.press("Tab")
    assert watched.evaluate("document.activeElement.className") == "copy"


def test_tabs_name_their_panels_and_panels_their_tabs(open_page: Opener) -> None:
    """The roles and references of W3C's tab pattern."""
    watched = open_page()
    for each in watched.page.get_by_role("tab").all():
        panel = watched.page.locator(f"[id='{each.get_attribute('aria-controls')}']")
        assert panel.get_attribute("role") == "tabpanel"
        assert panel.get_attribute("aria-labelledby") == each.get_attribute("id")
    assert watched.page.get_by_role("tablist").count() == watched.page.locator(".tabs").count()


def test_copy_gives_the_files_bytes(open_page: Opener, shipped: list[Case]) -> None:
    """What is in the clipboard after a click is the file, to the last line feed; a status says that it was copied."""
    watched = open_page(permissions=["clipboard-read", "clipboard-write"])
    open_all(watched)
    [case] = [case for case in shipped if case.name == "bg_fetch"]
    for language in languages.names():
        tab(watched, case.name, languages.get(language).title).click()
        panel = watched.page.locator(f"[id='{case.name}.{language}']")
        own = [file for file in pipeline.render(case, [language]).values() if "helpers" not in file.regions]
        for button, file in zip(panel.locator("details .copy").all(), own, strict=True):
            button.click()
            watched.becomes(STATUS, "Copied")
            assert watched.evaluate("navigator.clipboard.readText()") == file.text
            assert watched.evaluate(SELECTED, button.element_handle()) == file.text.removesuffix("\n")
            assert button.locator("span").first.text_content() == "Copied"


def test_every_case_shows_its_files_byte_for_byte(open_page: Opener, shipped: list[Case], apps: list[App]) -> None:
    """In each language, coloured as everywhere, also where nobody has looked yet; nothing is left to be written."""
    watched = open_page(name="all.html")
    watched.becomes(UNWRITTEN, 0)
    there = watched.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(".case .panel")].map((panel) =>
            [panel.id, [...panel.querySelectorAll("details code")].map((code) => code.textContent)]))"""
    )
    common = watched.evaluate("[...document.querySelectorAll('.shared code')].map((code) => code.textContent)")
    for case in (*shipped, *apps):
        for language in languages.names():
            if f"{case.name}.{language}" not in there:
                assert case.sdk != "apple"
                continue
            files = pipeline.render(case, [language]).values()
            own = dict.fromkeys(file.text for file in files if "helpers" not in file.regions)
            assert {*there.pop(f"{case.name}.{language}")} == {*own}
            assert {file.text for file in files if "helpers" in file.regions} <= {*common}
    assert there == {}


def test_code_is_coloured_as_on_pages(open_page: Opener, shipped: list[Case]) -> None:
    """The script finds what `colours` finds, in each language, once the code is seen."""
    watched = open_page()
    [case] = [case for case in shipped if case.name == "bg_fetch"]
    for language in languages.names():
        tab(watched, case.name, languages.get(language).title).click()
        watched.evaluate(
            "(id) => (document.getElementById(id).querySelector('details').open = true)", f"bg_fetch.{language}"
        )
        [text, *_] = [file.text for file in pipeline.render(case, [language]).values() if "helpers" not in file.regions]
        wanted = [[kind, piece] for kind, piece in pieces(text, language) if kind]
        watched.becomes(COLOURED.replace("ID", f"bg_fetch.{language}"), wanted)


COLOURED = """(() => {
    const code = document.getElementById("ID").querySelector("details code");
    const found = [];
    for (const [kind, ranges] of CSS.highlights) {
        for (const { startContainer, startOffset, endContainer, endOffset } of ranges) {
            if (!code.contains(startContainer)) continue;
            const range = new Range();
            range.setStart(startContainer, startOffset);
            range.setEnd(endContainer, endOffset);
            found.push([kind, range.toString(), range]);
        }
    }
    return found.sort(([, , one], [, , other]) => one.compareBoundaryPoints(0, other)).map((each) => each.slice(0, 2));
})()"""


def test_lines_stand_beside_their_like(open_page: Opener) -> None:
    """In a comparison what both cases have is at one height, also where lines are broken; on a phone without space between."""
    pair = "bg_fetch.bg_fetch_global"
    for width in (800, 1280):
        watched = open_page(f"?lang=objc#{pair}", viewport={"width": width, "height": 800})
        sides = watched.evaluate(
            """(id) => [...document.getElementById(id).querySelectorAll("code")].map((code) =>
                [...code.children].map((line) => [line.localName, line.textContent, line.getBoundingClientRect().top]))""",
            f"{pair}.objc",
        )
        one, other = sides
        assert len(one) == len(other) > 20
        for left, right in zip(one, other, strict=True):
            assert left[2] == right[2]
            assert left[1] == right[1] or {left[0], right[0]} <= {"mark", "i"}
    watched = open_page(f"#{pair}", viewport=PHONE)
    assert not any(space.is_visible() for space in watched.page.locator(f"[id='{pair}'] code i").all()[:30])


def test_copy_where_the_clipboard_is_not_allowed(open_page: Opener) -> None:
    """The older way is tried; what the person is told is what happened."""
    watched = open_page(permissions=[])
    watched.evaluate("void (navigator.clipboard.writeText = () => Promise.reject(new Error('no')))")
    watched.evaluate("addEventListener('copy', (event) => (window.seen = event.clipboardData.getData('text/plain')))")
    button = watched.page.locator("[id='bg_fetch.swift'] .copy").first
    button.click()
    watched.becomes(STATUS, "Copied")
    code = watched.evaluate("document.querySelector('[id=\"bg_fetch.swift\"] code').textContent")
    assert watched.evaluate("window.seen") == code
    watched.evaluate("void (document.execCommand = () => false)")
    button.click()
    watched.becomes(STATUS, "Selected: copy by hand")
    assert watched.evaluate("getSelection().toString()").strip() == code.strip()


@pytest.mark.sample(4)
@pytest.mark.parametrize("anchor", ["bg_task", "bg_task.objc", "bg_task_global", "page.compare"])
def test_a_link_names_a_language_and_a_place(open_page: Opener, anchor: str) -> None:
    """The language is chosen and the place is at the top of the window, whatever was above it before."""
    watched = open_page(f"?lang=objc#{anchor}")
    assert selected(watched) == {"Objective-C"}
    top = watched.evaluate("(id) => document.getElementById(id).getBoundingClientRect().top", anchor)
    assert -1 <= top <= 100


def test_a_link_into_a_panel_shows_it(open_page: Opener) -> None:
    """Also where it names no language, and when only the fragment changes."""
    watched = open_page("#bg_fetch.python")
    assert shown(watched, "bg_fetch") == ["python"]
    watched.evaluate("void (location.hash = '#bg_fetch.objc')")
    watched.becomes("document.querySelector('[aria-selected=true]').textContent", "Objective-C")
    assert shown(watched, "bg_fetch") == ["objc"]


def test_a_link_to_a_shared_file_unfolds_it(open_page: Opener) -> None:
    """One copy serves all cases, and is folded until somebody wants it."""
    watched = open_page()
    link = watched.page.locator("[id='bg_fetch.swift'] .with a")
    place = watched.page.locator(f"[id='{(link.get_attribute('href') or '')[1:]}']")
    assert not place.locator("pre").first.is_visible()
    link.click()
    place.locator("pre").first.wait_for(state="visible")


def test_the_list_can_be_filtered_and_marks_what_is_read(open_page: Opener) -> None:
    """By title and platform; the case at the top of the window is the current one."""
    watched = open_page(name="watch.html")
    cases = watched.page.locator("nav .group a")
    count = cases.count()
    watched.page.locator("nav input").fill("watchos")
    shown_now = [each.get_attribute("href") or "" for each in cases.all() if each.is_visible()]
    assert 0 < len(shown_now) < count
    assert all("watch" in name for name in shown_now)
    watched.page.locator("nav input").fill("")
    assert all(each.is_visible() for each in cases.all())
    current = "[...document.querySelectorAll('nav [aria-current]')].map((link) => link.hash).join()"
    for name in ("bg_task", "watch_refresh"):
        watched.evaluate("(hash) => void (location.hash = hash)", name)
        watched.becomes(current, f"#{name}")


def test_the_choice_is_remembered_and_a_link_is_stronger(open_page: Opener) -> None:
    """A second visit shows what was chosen; a link's language is shown, not remembered; an unknown one is ignored."""
    first = open_page()
    tab(first, "bg_fetch", "Python").click()
    assert first.page.url.endswith("?lang=python")
    context = first.page.context
    assert selected(open_page(context=context)) == {"Python"}
    assert selected(open_page("?lang=objc", context=context)) == {"Objective-C"}
    assert selected(open_page("?lang=cobol", context=context)) == {"Python"}


def test_memory_that_is_not_allowed_is_done_without(open_page: Opener, browser: Browser) -> None:
    """Where localStorage throws, or holds nonsense, the page works as on a first visit."""
    context = browser.new_context(viewport=DESKTOP)
    context.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })")
    watched = open_page(context=context)
    tab(watched, "bg_fetch", "Python").click()
    assert selected(watched) == {"Python"}
    nonsense = browser.new_context(viewport=DESKTOP)
    nonsense.add_init_script("localStorage.setItem('atgen.language', '<b>'); localStorage.setItem('atgen.theme', '9')")
    assert selected(open_page(context=nonsense)) == {"Swift"}


def test_text_in_a_hidden_panel_can_be_found(open_page: Opener) -> None:
    """A browser that searches hidden panels shows the one in which it found something."""
    watched = open_page()
    assert watched.page.locator("[id='bg_fetch.objc']").get_attribute("hidden") == "until-found"
    watched.evaluate("document.getElementById('bg_fetch.objc').dispatchEvent(new Event('beforematch'))")
    assert shown(watched, "bg_fetch") == ["objc"]


def paper(watched: Watched) -> str:
    """Get the page's background."""
    return str(watched.evaluate("getComputedStyle(document.documentElement).backgroundColor"))


LIGHT, DARK = "rgb(253, 253, 251)", "rgb(21, 23, 27)"


def test_the_theme_follows_the_system_until_it_is_chosen(open_page: Opener) -> None:
    """The button says which is on; a choice is remembered, and forgotten when it is what the system has."""
    watched = open_page(color_scheme="dark")
    button = watched.page.get_by_role("button", name="Dark", exact=True)
    assert (paper(watched), button.get_attribute("aria-pressed")) == (DARK, "true")
    button.click()
    assert (paper(watched), button.get_attribute("aria-pressed")) == (LIGHT, "false")
    assert paper(open_page(context=watched.page.context)) == LIGHT
    button.click()
    assert watched.evaluate("localStorage.getItem('atgen.theme')") is None
    watched.page.emulate_media(color_scheme="light")
    watched.becomes("document.querySelector('.theme').getAttribute('aria-pressed')", "false")
    assert paper(watched) == LIGHT


@pytest.mark.sample(8)
@pytest.mark.parametrize(
    ("name", "scheme", "viewport", "title"),
    [
        ("index.html", "light", DESKTOP, "Swift"),
        ("index.html", "light", DESKTOP, "Objective-C"),
        ("index.html", "light", DESKTOP, "Python"),
        ("index.html", "dark", DESKTOP, "Objective-C"),
        ("index.html", "light", PHONE, "Swift"),
        ("index.html", "dark", PHONE, "Python"),
        ("fr.html", "dark", PHONE, "Swift"),
        ("fr.html", "light", DESKTOP, "Swift"),
    ],
)
def test_axe_finds_nothing(open_page: Opener, name: str, scheme: str, viewport: dict[str, int], title: str) -> None:
    """All rules, best practices too, with everything opened that can be."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 (an extra)

    watched = open_page(name=name, color_scheme=scheme, viewport=viewport)
    open_all(watched)
    tab(watched, "bg_fetch", title).click()
    found = Axe().run(watched.page)
    assert [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found.response["violations"]] == []
    assert len(found.response["passes"]) > 30


@pytest.mark.sample(9)
@pytest.mark.parametrize("width", [320, 360, 390, 400, 768, 1024, 1280, 1440, 2000])
def test_nothing_scrolls_sideways(open_page: Opener, width: int) -> None:
    """Neither the page nor any block of code, in no language; also with everything opened."""
    watched = open_page(name="all.html", viewport={"width": width, "height": 800})
    open_all(watched)
    for title in ("Swift", "Objective-C", "Python"):
        tab(watched, "bg_fetch", title).click()
        assert watched.evaluate("document.documentElement.scrollWidth") <= width
        wide = "[...document.querySelectorAll('pre, pre *')].filter((each) => each.scrollWidth > each.clientWidth && each.clientWidth)"
        assert watched.evaluate(f"{wide}.map((each) => each.textContent)") == []


@pytest.mark.parametrize("width", [390, 1280])
def test_a_broken_line_goes_on_further_in(open_page: Opener, width: int) -> None:
    """Each line begins where its indentation says, and what does not fit is right of that; no line begins empty."""
    watched = open_page("?lang=objc#bg_fetch", viewport={"width": width, "height": 800})
    lines = watched.evaluate(
        """() => [...document.querySelectorAll("[id='bg_fetch.objc'] pre code")[0].children].map((line) => {
            const range = new Range();
            range.selectNodeContents(line);
            const style = getComputedStyle(line);
            return [line.textContent, style.paddingLeft, style.textIndent, range.getClientRects().length];
        })"""
    )
    letter = 13 * 0.6
    for text, padding, indent, _ in lines:
        deep = len(text) - len(text.lstrip(" ")) if text.strip() else 0
        begins = (float(padding[:-2]) - 16 + float(indent[:-2])) / letter + deep
        assert begins == pytest.approx(deep * (0.5 if width == 390 else 1), abs=0.1)


def test_labels_are_inside_their_drawings(open_page: Opener) -> None:
    """Measured with this system's fonts: no text of a timeline is cut off at its sides."""
    for name in ("index.html", "fr.html"):
        watched = open_page(name=name)
        outside = watched.evaluate(
            """() => [...document.querySelectorAll('.case svg[role=img] :is(text, use)')].filter((each) => {
                const own = each.getBBox();
                return own.x < 0 || own.x + own.width > 360;
            }).map((each) => each.outerHTML)"""
        )
        assert outside == []
        assert watched.page.locator(".case svg[role=img] use").count() > 50


def test_without_script_the_page_says_so(open_page: Opener) -> None:
    """Which case to take, what it needs and what happens is there, and where the code is; no heading stands over nothing."""
    watched = open_page(java_script_enabled=False)
    assert watched.page.locator("noscript p").is_visible()
    article = watched.page.locator("[id='bg_fetch']")
    assert article.locator(".badges").is_visible()
    assert article.locator("svg[role=img]").first.is_visible()
    for nothing in (".tabs", ".pair h4:has(+ .tabs)", ".shared details", "button", "label", "pre"):
        assert not any(each.is_visible() for each in watched.page.locator(nothing).all()), nothing


def test_it_prints(open_page: Opener) -> None:
    """Every case begins on a page of its own, code is broken into lines, on white; buttons are left out."""
    watched = open_page(color_scheme="dark")
    assert len(pages(watched)) >= 10
    watched.page.emulate_media(media="print")
    assert paper(watched) == LIGHT
    assert not any(button.is_visible() for button in watched.page.locator("button").all())
    assert watched.page.locator("[id='bg_fetch'] .events").first.is_visible()
    assert watched.evaluate("[...document.querySelectorAll('pre')].every((pre) => pre.scrollWidth <= pre.clientWidth)")


def test_what_is_printed_at_once_has_its_code(open_page: Opener, browser: Browser) -> None:
    """Where the browser never had time to write what is folded, and to colour, printing does both."""
    context = browser.new_context(viewport=DESKTOP)
    context.add_init_script("window.requestIdleCallback = () => 0")
    watched = open_page("#bg_task", context=context)
    code = "document.querySelector('[id=\"bg_task.swift\"] details code').textContent.length"
    assert watched.evaluate(code) == 0
    assert watched.evaluate("CSS.highlights.size") == 0
    pages(watched)
    assert watched.evaluate(code) > 1000
    assert watched.evaluate("CSS.highlights.size") == 5
    rows = "document.querySelectorAll('[id=\"bg_task\"] .events tbody tr').length"
    assert watched.evaluate(rows) > 10


def test_a_reload_stays_where_one_was(open_page: Opener) -> None:
    """What is filled in moves nothing away from under the reader."""
    watched = open_page()
    watched.evaluate("scrollTo(0, 8000)")
    watched.page.reload()
    watched.becomes("document.documentElement.className", "js ready")
    watched.becomes("Math.round(scrollY / 100)", 80)


def test_what_is_printed_can_be_chosen(open_page: Opener) -> None:
    """The case that the address names, or those that the filter leaves, in the open language."""
    watched = open_page("?lang=objc#bg_task", name="watch.html")
    whole = "[...document.querySelectorAll('main > *, .choose')].filter((each) => each.checkVisibility()).map((each) => each.id)"
    watched.page.emulate_media(media="print")
    assert watched.evaluate(whole) == ["bg_task"]
    assert len(pages(watched)) < 10
    panels = "[...document.querySelectorAll('#bg_task .panel')].map((each) => each.firstElementChild.checkVisibility())"
    assert watched.evaluate(panels) == [False, True, False]
    watched = open_page(name="watch.html")
    watched.page.locator("nav input").fill("watchos")
    watched.page.emulate_media(media="print")
    shown = watched.evaluate(whole)
    assert len(shown) > 1
    assert all("watch" in name for name in shown)


def pages(watched: Watched) -> list[bytes]:
    """Print it, and give the pages."""
    return re.findall(rb"/Type /Page\n", watched.page.pdf(format="A4"))


def test_served_it_asks_for_nothing_else(browser: Browser, folder: Path) -> None:
    """Over http, too, the page is the only thing that is asked for, and no icon."""
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002, ARG002 (its signature)
            asked.append(str(args[0]))

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        watched = Watched(browser.new_page(), f"http://127.0.0.1:{server.server_port}/index.html?lang=objc#bg_task")
        watched.page.wait_for_load_state("networkidle")
        assert selected(watched) == {"Objective-C"}
        watched.page.close()
        server.shutdown()
    assert watched.said == []
    assert asked == ["GET /index.html?lang=objc HTTP/1.1"]


def test_focus_is_seen_and_nothing_moves_for_those_who_do_not_want_it(open_page: Opener) -> None:
    """A focused tab has an outline; with reduced motion nothing takes time to change."""
    watched = open_page(reduced_motion="reduce")
    watched.page.keyboard.press("Tab")
    assert watched.evaluate("document.activeElement.className") == "skip"
    assert watched.page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]
    tab(watched, "bg_fetch", "Swift").focus()
    watched.page.keyboard.press("ArrowRight")
    outline = watched.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    moving = "[...document.querySelectorAll('*')].filter((e) => getComputedStyle(e).transitionDuration !== '0s').length"
    assert watched.evaluate(moving) == 0
