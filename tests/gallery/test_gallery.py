"""The gallery page: whole, the same every time, nothing in it from elsewhere, and readable in light and dark."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
import string
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise, product
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest
from jinja2 import nodes

from atgen import gallery
from atgen.case import spec
from atgen.case.code import Code, printed
from atgen.case.vocabulary import texts
from atgen.gallery.once import Once
from atgen.gallery.shown import trace
from atgen.gallery.timeline import timeline
from atgen.reference import Device, outside, sentence
from atgen.rendering import languages, pipeline, templating
from atgen.resources import locales
from conftest import ALL, DEDICATED, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from atgen.case.model import App, Case
    from atgen.rendering.templating import Rendered

# Elements without an end tag (HTML Living Standard, 13.1.2), and SVG's that close themselves.
VOID = {"meta", "link", "input"}
STYLE = (gallery.FOLDER / "style.css").read_text(encoding="utf-8")
SCRIPT = (gallery.FOLDER / "script.js").read_text(encoding="utf-8")
CSP = "content-security-policy"
# Texts that are chosen by a name in the code: a lane's, a thread's, a finish's, how the work ends.
BY_NAME = (
    "choose_",
    "lane_",
    "on_",
    "finish_",
    "happens_",
    "timeline_done",
    "timeline_never",
    "table_done",
    "table_never",
)


class Element:
    """An element: its name, attributes, and in `inside` its texts and elements."""

    def __init__(self, name: str, attributes: dict[str, str], parent: Element | None) -> None:
        self.name = name
        self.attributes = attributes
        self.parent = parent
        self.inside: list[Element | str] = []

    def walk(self) -> Iterator[Element]:
        """Give the element and all below it, in order."""
        yield self
        for child in self.inside:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, name: str, **attributes: str) -> list[Element]:
        """Find those of that name that have these attributes."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return [e for e in self.walk() if e.name == name and wanted.items() <= e.attributes.items()]

    @property
    def text(self) -> str:
        """The text as a browser's textContent has it."""
        return "".join(child.text if isinstance(child, Element) else child for child in self.inside)


class Parser(HTMLParser):
    """Builds the tree, and fails where a browser would have to guess."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.here = self.root = Element("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into the element."""
        assert len(dict(attrs)) == len(attrs), f"{tag} has an attribute twice"
        element = Element(tag, {key: value or "" for key, value in attrs}, self.here)
        self.here.inside.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go in and out."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Go out of the element, which must be the one that is open."""
        assert self.here.name == tag, f"{tag} ends in {self.here.name}, {self.getpos()}"
        assert self.here.parent
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.here.inside.append(data)


def parsed(page: str) -> Element:
    """Read the page into a tree."""
    parser = Parser()
    parser.feed(page)
    parser.close()
    assert parser.here is parser.root
    return parser.root


class Written:
    """What the page's script makes of its passages and of the lines that are cut from files, done again by the book."""

    def __init__(self, tree: Element) -> None:
        self.tree = tree
        self.passages: dict[str, list[str]] = {}
        [kept] = tree.all("template", id="page.passages")
        lines = iter(kept.text.lstrip("\n").splitlines())
        for heading in lines:
            name, count = heading.split(" ")
            assert name not in self.passages
            self.passages[name] = [next(lines) for _ in range(int(count))]

    def lines(self, names: str) -> list[str]:
        """Put passages together."""
        return [line for name in names.split() for line in self.passages[name]]

    def text(self, place: Element) -> str:
        """The file that a place is for."""
        return "".join(f"{line}\n" for line in self.lines(place.attributes["data-code"]))

    def texts(self, inside: Element) -> list[tuple[str, str]]:
        """The files of all places in an element, each after its name."""
        return [
            (place.attributes.get("data-name") or place.attributes["data-fold"], self.text(place))
            for place in inside.all("pre")
            if "data-code" in place.attributes
        ]

    def cut(self, place: Element) -> list[tuple[str, str]]:
        """The lines that are cut out of a panel's files, each after what is special about it."""
        assert place.parent
        [panel] = self.tree.all("div", id=place.attributes.get("data-of") or place.parent.attributes["id"])
        files = [text.splitlines() for _, text in self.texts(panel)]
        found: list[tuple[str, str]] = []
        for part in place.attributes["data-cut"].split(" "):
            mark, name = part[: part.startswith("*")], part.removeprefix("*")
            if name[0] == "_":
                found += [("_", "")] * int(name[1:])
            elif name in {"~", "."}:
                found.append((mark or name, ""))
            else:
                file, first, last = (int(number) for number in re.split("[:-]", name))
                found += [(mark, line) for line in files[file - 1][first - 1 : last]]
        return found


@pytest.fixture(scope="module")
def page(shipped: list[Case], apps: list[App]) -> str:
    """Make the page of what ships."""
    return gallery.page([*shipped, *apps])


@pytest.fixture(scope="module")
def tree(page: str) -> Element:
    """Read it."""
    return parsed(page)


@pytest.fixture(scope="module")
def filled(tree: Element) -> Written:
    """Read what it holds once."""
    return Written(tree)


def atgen(*arguments: str, cwd: Path, seed: int = 0, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run atgen in a folder; `before` is Python that runs first."""
    code = f"import sys\n{before}\nfrom atgen.__main__ import main\nsys.argv[1:] = {list(arguments)!r}\nmain()"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONHASHSEED": str(seed)},
    )


def test_the_same_bytes_every_time_and_everywhere(tmp_path: Path) -> None:
    """Neither the hashes' seed, nor the folder, nor the environment shows in the page."""
    pages = []
    for seed in (1, 2):
        here = tmp_path / f"f{seed}"
        here.mkdir()
        done = atgen("gallery", cwd=here, seed=seed)
        assert (done.returncode, done.stdout) == (0, "written    gallery/index.html\n"), done.stderr
        pages.append((here / "gallery" / "index.html").read_bytes())
    assert pages[0] == pages[1]
    assert str(tmp_path).encode() not in pages[0]


def test_the_page_is_well_formed(tree: Element) -> None:
    """Every element ends where it should, every id is there once, every link and reference leads to one."""
    ids = [element.attributes["id"] for element in tree.walk() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    for element in tree.walk():
        for attribute in ("href", "aria-labelledby"):
            for reference in element.attributes.get(attribute, "").split():
                if reference.startswith("#") or attribute != "href":
                    assert reference.removeprefix("#") in ids


def test_the_list_names_every_case_once_apps_and_the_vendors_first(
    tree: Element, shipped: list[Case], apps: list[App]
) -> None:
    """By platform, in the order of the page."""
    [nav] = tree.all("nav")
    listed = [link.attributes["href"][1:] for group in nav.all("section") for link in group.all("a")]
    assert listed == [article.attributes["id"] for article in tree.all("article", class_="case")]
    assert sorted(listed) == sorted(case.name for case in (*shipped, *apps))
    assert listed[:5] == ["app_fetch_task", "bg_fetch", "bg_fetch_global", "bg_task", "bg_task_global"]
    firsts = [group.all("a")[0].attributes["href"][1:] for group in nav.all("section")]
    assert {app.name for app in apps} <= {*firsts}
    titles = [group.all("p")[0].text for group in nav.all("section")]
    assert titles == ["iOS", "iOS, tvOS", "tvOS", "watchOS", "iOS, ATInternet-iOS-ObjC-SDK"]


def test_the_table_of_what_to_choose_has_every_case_once(tree: Element, shipped: list[Case]) -> None:
    """Each in the column of its mode, by its tracker; what cannot be is an empty cell."""
    [section] = tree.all("section", class_="choose")
    rows = [row for body in section.all("tbody") for row in body.all("tr")]
    by_mode = [[link for row in rows for link in row.all("td")[column].all("a")] for column in (1, 2)]
    for mode, links in zip(("fetch", "task"), by_mode, strict=True):
        chosen = {case.name: case for case in shipped if case.mode.value == mode}
        assert sorted(link.attributes["href"][1:] for link in links) == sorted(chosen)
        for link in links:
            case = chosen[link.attributes["href"][1:]]
            assert link.text == f"{case.scope.value} {case.title}"
    assert len({row.all("th")[0].text + row.all("td")[0].text for row in rows}) == len(rows)


def test_headings_leave_no_level_out(tree: Element) -> None:
    """One h1, and each heading at most one level below the one before."""
    levels = [int(element.name[1]) for element in tree.walk() if re.fullmatch("h[1-6]", element.name)]
    assert levels.count(1) == 1
    assert {levels[0], *(after - before for before, after in pairwise(levels) if after > before)} == {1}


def test_every_case_has_its_files_byte_for_byte(tree: Element, filled: Written, shipped: list[Case]) -> None:
    """What the passages give, and the button copies, is the file that `render` writes; in every language, after the hook."""
    for case in shipped:
        if len(case.platforms) > 1 or case.sdk != "apple":
            continue  # the next test's
        [article] = tree.all("article", id=case.name)
        panels = article.all("div", class_="panel")
        assert [panel.attributes["id"] for panel in panels] == [f"{case.name}.{name}" for name in languages.names()]
        for language, panel in zip(languages.names(), panels, strict=True):
            files = {path.split("/")[-1]: file for path, file in pipeline.render(case, [language]).items()}
            own = [(name, file.text) for name, file in files.items() if "helpers" not in file.regions]
            assert filled.texts(panel) == own
            hook, *_ = panel.all("pre")
            assert dedent("".join(f"{line}\n" for _, line in filled.cut(hook))) == hook_of(files.values())


def hook_of(files: Iterable[Rendered]) -> str:
    """Cut out what the system calls and the person's work, at the margin."""
    pieces = [file.text.splitlines()[a:b] for file in files for a, b in file.regions.get("hook", ())]
    return dedent("\n".join(line for piece in pieces for line in piece)) + "\n"


def test_a_hook_that_is_the_same_on_all_platforms_is_there_once(tree: Element, shipped: list[Case]) -> None:
    """Also where the files are not: their headers say what each platform needs."""
    [case] = [case for case in shipped if case.name == "scene_task_global"]
    assert len(case.platforms) > 1
    for panel in tree.all("article", id=case.name)[0].all("div", class_="panel"):
        [hook] = [place for place in panel.all("pre") if "data-cut" in place.attributes]
        assert re.fullmatch(r"[12]:\d+-\d+", hook.attributes["data-cut"])
        assert len(panel.all("pre")) > len(case.platforms)


def test_files_that_cases_share_are_there_once(tree: Element, filled: Written, shipped: list[Case]) -> None:
    """Whatever cases, platforms and languages; each panel leads to those that it needs, which are folded."""
    [section] = tree.all("section", id="page.shared")
    codes = [text for _, text in filled.texts(section)]
    assert len(codes) == len(set(codes))
    for case in shipped:
        [article] = tree.all("article", id=case.name)
        for panel in article.all("div", class_="panel"):
            language = panel.attributes["id"].split(".")[1]
            wanted = {file.text for file in pipeline.render(case, [language]).values() if "helpers" in file.regions}
            links = [link for part in panel.all("p", class_="with") for link in part.all("a")]
            places = [place for link in links for place in section.all("details", id=link.attributes["href"][1:])]
            assert {text for place in places for _, text in filled.texts(place)} == wanted
    assert all("open" not in details.attributes for details in tree.all("details"))


def test_a_combination_has_its_files_byte_for_byte(every_case: list[Case]) -> None:
    """Also where a case has several platforms, whose files may differ, or its SDK lacks a language; one in 16, nightly all."""
    for case in every_case[:: 1 if ALL else 16]:
        tree = parsed(gallery.page([case]))
        found = [text for _, text in Written(tree).texts(tree)]
        rendered = pipeline.render(case, languages.names()).values()
        assert {file.text for file in rendered} <= set(found)
        for file in rendered:
            if "helpers" in file.regions:
                assert found.count(file.text) == 1


def test_nothing_comes_from_elsewhere(tree: Element) -> None:
    """No element loads anything, the style neither; addresses of the network are text in tables and code only."""
    loading = {"src", "srcset", "data", "action", "poster", "background", "style"}
    for element in tree.walk():
        assert not loading & element.attributes.keys()
        assert not any(key.startswith("on") for key in element.attributes)
        if "href" in element.attributes:
            assert element.attributes["href"].startswith(("#", "data:image/svg+xml;base64,"))
        assert not any("http" in value for key, value in element.attributes.items() if key != "http-equiv")
        own = "".join(child for child in element.inside if isinstance(child, str))
        if "http" in own:
            assert element.name == "template"
            assert "https://logs.xiti.com/hit.xiti?" in own
    assert re.findall(r"url\(|@import|http|fetch\(|XMLHttpRequest|WebSocket", STYLE) == []
    assert re.findall(r"http|fetch\(|import\(|XMLHttpRequest|WebSocket|innerHTML|eval\(", SCRIPT) == []


def test_the_policy_lets_only_the_pages_own_script_and_style_in(tree: Element) -> None:
    """The policy comes before what it judges; its digests are those of the one script and the one style."""
    head = [element for element in tree.all("head")[0].inside if isinstance(element, Element)]
    assert [element.attributes.get("http-equiv", "").lower() for element in head].index(CSP) == 1
    policy = dict(part.split(" ", 1) for part in head[1].attributes["content"].split("; "))
    for name, source in (("script", SCRIPT), ("style", STYLE)):
        [element] = tree.all(name)
        assert element.text == source
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert policy[f"{name}-src"] == f"'sha256-{digest}'"
    assert policy["default-src"] == "'none'"


@pytest.mark.parametrize("locale", locales())
def test_the_page_is_small(locale: str, shipped: list[Case], apps: list[App]) -> None:
    """All cases in 350 kB, and in a sixth of that as a server sends it."""
    page = gallery.page([*shipped, *apps], locale).encode()
    assert len(page) <= 350_000
    assert len(gzip.compress(page)) < 60_000


def test_a_change_in_one_case_leaves_the_rest_of_the_page(shipped: list[Case], apps: list[App]) -> None:
    """Passages are named by what they say: those who compare two pages see what differs, and no renumbering."""
    every = [*shipped, *apps]
    [case] = [case for case in shipped if case.name == "bg_task"]
    other = case._replace(hit=case.hit._replace(name="another"))
    before, after = (
        gallery.page(cases).splitlines() for cases in (every, [*(each for each in every if each != case), other])
    )
    differ = {*before} ^ {*after}
    assert 2 < len(differ) < len(before) / 100


def test_nothing_is_held_twice(filled: Written) -> None:
    """Of lines that are longer than a passage's name costs, nearly none is in two passages."""
    lines = [line for lines in filled.passages.values() for line in lines if len(line) > 20]
    assert len(lines) < 1.1 * len({*lines})


def test_texts_of_a_spec_stay_texts() -> None:
    """Whatever a title or a summary holds is shown as it is, and makes no element."""
    title = "</title><script>alert(1)</script><!-- \" ' & &amp; {{ 7 * 7 }}"
    data = f"title: |-\n  {title}\nsummary: '</style><b onclick=x>'\nmode: fetch\ntracker: global\n"
    case = spec.parse(f"{data}hit: {{gesture: '</code></pre><img src=x>', action: touch}}\n".encode(), "x.yaml")
    tree = parsed(gallery.page([case]))
    assert tree.all("article")[0].all("h2")[0].text == title
    assert len(tree.all("script")) == 1
    assert tree.all("img") == []
    assert len(tree.all("style")) == 1


LIGHT_DARK = re.compile(r"--([a-z-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\);")


def luminance(color: str) -> float:
    """Measure a colour (WCAG 2.2, relative luminance)."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Compare two colours (WCAG 2.2, contrast ratio)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_ink_reads_on_every_paper(theme: str) -> None:
    """Text has a contrast of 4.5 at least on whatever is below it, an edge one of 3, in both themes."""
    colors = {name: (light if theme == "light" else dark) for name, light, dark in LIGHT_DARK.findall(STYLE)}
    inks, papers, edges = (
        {name: color for name, color in colors.items() if name.startswith(kind)} for kind in ("ink", "paper", "edge")
    )
    assert (len(inks), len(papers), len(edges)) == (9, 5, 1)
    assert {
        (a, b): contrast(inks[a], papers[b]) for a, b in product(inks, papers) if contrast(inks[a], papers[b]) < 4.5
    } == {}
    assert {(a, b) for a, b in product(edges, papers) if contrast(edges[a], papers[b]) < 3} == set()


def test_no_colour_is_written_elsewhere() -> None:
    """The style names its colours once, text is set in inks and what lies below it in papers; all of them are used."""
    rules = LIGHT_DARK.sub("", STYLE)
    assert re.findall(r"#[0-9a-f]{3,8}\b|rgb|hsl|opacity|filter", rules) == []
    used = set(re.findall(r"(?<![a-z-])color: var\(--([a-z-]+)\)", rules))
    assert {name for name in used if not name.startswith("ink")} == {
        "paper"
    }  # of a button that is on, and the skip link
    measures = re.findall(r'setProperty\("--([a-z-]+)"', SCRIPT)
    assert set(re.findall(r"var\(--([a-z-]+)\b", rules)) == {*re.findall(r"--([a-z-]+):", STYLE), *measures}


def test_no_rule_is_dead(tree: Element) -> None:
    """Every class that the style names is on the page, or put there by the script."""
    there = {name for element in tree.walk() for name in element.attributes.get("class", "").split()}
    rules = re.sub(r"/\*.*?\*/|\{[^{}]*\}", "", STYLE)
    named = set(re.findall(r"\.(?!in[1-7]\b)([a-z-]+)", rules))
    assert named - there - set(re.findall(r'classList\.(?:add|toggle)\("([a-z-]+)"', SCRIPT)) == {"warning"} - there


def test_each_timelines_rows_are_its_runs_events(tree: Element, filled: Written, shipped: list[Case]) -> None:
    """The table says event by event what the Python does, and the drawing has a label for each."""
    for case in shipped:
        if case.sdk != "apple":
            continue  # it has no Python
        code = next(file.text for file in pipeline.render(case, ["python"]).values())
        [article] = tree.all("article", id=case.name)
        tables = [place.attributes["data-rows"] for place in article.all("p") if "data-rows" in place.attributes]
        drawings = article.all("svg", role="img")
        for work, table, drawing in zip(("done", "never"), tables, drawings, strict=True):
            events = [
                event for event in trace(code, case.style.class_name, work) if event["event"] not in {"choice", "over"}
            ]
            rows = [line.split("\t") for line in filled.lines(table)]
            assert [(row[0], row[3]) for row in rows] == [(f"{event['t']:g} s", sentence(event)) for event in events]
            marks = list(drawn(tree, drawing))
            assert [y for _, y in marks] == sorted({y for _, y in marks})
            assert len(marks) == len(events)
            assert case.title in drawing.attributes["aria-label"]


def drawn(tree: Element, element: Element, y: int = 0) -> Iterator[tuple[str, int]]:
    """Give the labels of a drawing, with what is drawn elsewhere and used in it, and where they are."""
    for use in element.all("use"):
        name = use.attributes["href"][1:]
        if not name.startswith("page."):
            [used] = tree.all("g", id=name)
            there = y + int(use.attributes.get("y", "0"))
            own = [(text.text, there) for text in used.all("text") if "label" in text.attributes["class"].split()]
            yield from own or drawn(tree, used, there)


FETCH = """
import atgen.reference as at
class AppDelegate:
    def __init__(self, device): self.device = device
    def did_finish_launching(self): pass
    def perform_fetch(self, completion_handler):
        tracker = self.device.at_internet.default_tracker
        tracker.context.background_mode = at.BackgroundMode.FETCH
        tracker.gestures.add("g").send_touch()
        tracker.context.background_mode = at.BackgroundMode.NORMAL
        self.device.main.after(5, lambda: completion_handler(at.FetchResult.NO_DATA))
"""


def test_a_timeline_by_hand() -> None:
    """Each event goes from lane to lane; idle time is a gap; the mode is a band, the fetch a bar until completed."""
    drawn = timeline(trace(FETCH, "AppDelegate"), texts("en", gallery.FOLDER), "en", Once())
    assert [(line.time, line.way, line.mark.label) for line in drawn.lines] == [
        ("0 s", "System → App", "launch"),
        ("0 s", "System → App", "fetch 1"),
        ("0 s", "App → Tracker", "mode: fetch"),
        ("0 s", "App → Tracker", "sends hit 1"),
        ("0 s", "App → Tracker", "mode: normal"),
        ("0 s", "Tracker", "builds hit 1"),
        ("0 s", "Tracker → Collector", "hit 1, bg=fetch"),
        ("5 s", "App → System", "completed: noData"),
    ]
    assert [tick.text for tick in drawn.ticks] == ["0 s", "5 s"]
    assert [gap.text for gap in drawn.gaps] == ["5 s go by"]
    assert drawn.waits == ("5",)
    [band], [bar] = drawn.bands, drawn.bars
    ends = {line.mark.label: line.y for line in drawn.lines}
    assert band.height == ends["mode: normal"] - ends["mode: fetch"]
    assert bar.height == ends["completed: noData"] - ends["fetch 1"]


@pytest.mark.parametrize(("work", "lasts"), [("done", ("5",)), ("never", ("25",))])
def test_a_timeline_shows_the_work_and_the_deadline(work: str, lasts: tuple[str, ...], shipped: list[Case]) -> None:
    """A hollow bar from the work's begin to its end, beside the system's; and when it never ends, how long that waits."""
    [case] = [case for case in shipped if case.name == "bg_fetch_global"]
    [code] = [file.text for file in pipeline.render(case, ["python"]).values()]
    for locale, (begins, ends) in {"en": ("work 1", "work 1 done"), "fr": ("travail 1", "travail 1 terminé")}.items():
        drawn = timeline(trace(code, case.style.class_name, work), texts(locale, gallery.FOLDER), locale, Once())
        assert drawn.waits == lasts
        [bar], [box] = drawn.bars, drawn.works
        assert box.x + box.width < bar.x
        tops = {line.mark.label: line.y for line in drawn.lines}
        if work == "done":
            assert box.height == tops[ends] - tops[begins]
        else:
            assert ends not in tops
            assert box.y + box.height > bar.y + bar.height


def test_idle_time_is_as_short_whether_it_is_long_or_not() -> None:
    """Five seconds and twenty are the same gap."""
    words = texts("en", gallery.FOLDER)
    heights = {
        timeline(trace(FETCH.replace("5", wait), "AppDelegate"), words, "en", Once()).height
        for wait in ("5", "20", "0.5")
    }
    assert len(heights) == 1


def test_a_label_that_is_too_long_is_cut_and_stays_inside(some_cases: list[Case]) -> None:
    """No label reaches out of the drawing, whatever the texts are; the sentence has all of it."""
    for locale in locales():
        words = texts(locale, gallery.FOLDER)
        for code in {file.text for case in some_cases for file in pipeline.render(case, ["python"]).values()}:
            names = re.findall("^class ([A-Za-z]+):$", code, re.MULTILINE)
            for _, _, _, _, mark, _ in timeline(trace(code, names[0]), words, locale, Once()).lines:
                left = mark.x - 7 * len(mark.label) * (mark.anchor == "end")
                assert 0 <= left <= left + 7 * len(mark.label) <= 360


@pytest.mark.parametrize("locale", locales())
def test_whatever_happens_can_be_drawn(locale: str, some_cases: list[Case]) -> None:
    """Each event that any case meets, also when its hit is lost, refused or never answered."""
    words = texts(locale, gallery.FOLDER)
    seen = set()
    for case in some_cases:
        for file in pipeline.render(case, ["python"]).values():
            names: dict[str, Any] = {"__name__": "app"}
            exec(compile(file.text, "app.py", "exec"), names)  # noqa: S102 (our own output)
            delegate = names[case.style.class_name]
            for outcome in ("sent", "failed", "offline", "hang", "refused"):
                world = replace(outside(delegate), network=(outcome,), stored=1, expirations=True)
                events = Device(world, delegate).run()
                drawn = timeline(events, words, locale, Once())
                assert len(drawn.lines) == sum(event["event"] not in {"choice", "over"} for event in events)
                seen |= {event["event"] for event in events}
    assert {"sent", "lost", "stored", "hang", "refused", "resent"} <= seen


def test_twins_are_found_by_what_they_say(shipped: list[Case]) -> None:
    """Dedicated and global cases that say the same otherwise stand beside each other; no list says which."""
    there = {case.name for case in shipped}
    names = [(one.name, other.name) for one, other in gallery.twins(shipped)]
    assert set(names) == {(name, f"{name}_global") for name in there if f"{name}_global" in there}

    def case(name: str, tracker: str, **parts: str) -> Case:
        return spec.parse(written("task", tracker, **parts), f"{name}.yaml")

    dedicated, shared = case("a", DEDICATED), case("b", "tracker: global")
    assert gallery.twins([dedicated, shared]) == [(dedicated, shared)]
    other = "{gesture: g, action: exit}"
    assert gallery.twins([dedicated, case("b", "tracker: global", hit=other)]) == []
    assert gallery.twins([dedicated, case("b", "tracker: global", finish="finish: {when: dispatched}")]) == []
    assert gallery.twins([dedicated, case("b", DEDICATED)]) == []


def test_what_stands_beside_each_other_is_told_apart(tree: Element, filled: Written) -> None:
    """In a comparison the lines that both have are equal, line beside line, and only the others are marked."""
    panels = [panel for pair in tree.all("article", class_="pair") for panel in pair.all("div", class_="panel sides")]
    for one, other in ([filled.cut(place) for place in panel.all("pre")] for panel in panels):
        assert len(one) == len(other)
        for (kind, left), (other_kind, right) in zip(one, other, strict=True):
            if {kind, other_kind} <= {"", "~", "."}:
                assert left == right
            else:
                assert {kind, other_kind} <= {"*", "_"}
    assert len(panels) > 40


def test_without_twins_there_is_no_comparison(shipped: list[Case]) -> None:
    """The section and its link are left out."""
    tree = parsed(gallery.page([case for case in shipped if case.tracker]))
    assert tree.all("section", class_="compare") == []
    assert tree.all("a", href="#page.compare") == []


def test_check_says_whether_the_page_is_current(tmp_path: Path) -> None:
    """Exit code 1 and nothing written where it is missing or stale, 0 where it is current, 3 where it was edited."""
    check = ("gallery", "bg_fetch", "-o", "x.html", "--check")
    assert atgen(*check, cwd=tmp_path).returncode == 1
    assert list(tmp_path.iterdir()) == []
    assert atgen("gallery", "bg_fetch", "-o", "x.html", cwd=tmp_path).returncode == 0
    assert atgen(*check, cwd=tmp_path).returncode == 0
    assert atgen("gallery", "bg_task", *check[2:], cwd=tmp_path).returncode == 1
    (tmp_path / "x.html").write_text("mine", encoding="utf-8")
    assert atgen(*check, cwd=tmp_path).returncode == 3


def test_every_language_of_the_page_says_all_of_it(shipped: list[Case]) -> None:
    """The locales have the same keys and fields."""
    english = texts("en", gallery.FOLDER)
    for locale in locales():
        words = texts(locale, gallery.FOLDER)
        assert {key: fields(text) for key, text in words.items()} == {
            key: fields(text) for key, text in english.items()
        }
        tree = parsed(gallery.page(shipped, locale))
        assert tree.all("html")[0].attributes["lang"] == locale
        assert {h.text for h in tree.all("h2")} >= {case.titles[locale] for case in shipped}


def fields(text: str) -> set[str]:
    """Find the names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def sources(kind: type[templating.Templates] = templating.Templates) -> dict[str, nodes.Template]:
    """Parse each template."""
    made = gallery.templates(kind)
    assert made.loader
    return {name: made.parse(made.loader.get_source(made, name)[0]) for name in made.list_templates()}


def test_the_templates_decide_nothing() -> None:
    """They hold output, loops, filters, macros and their calls."""
    allowed = (
        nodes.Template, nodes.Output, nodes.TemplateData, nodes.Macro, nodes.Call, nodes.For, nodes.Filter,
        nodes.Getattr, nodes.Name,
    )  # fmt: skip
    found = [
        f"{name}:{node.lineno} {type(node).__name__}"
        for name, tree in sources().items()
        for node in below(tree)
        if not isinstance(node, allowed)
    ]
    assert found == []


def test_every_text_of_the_page_is_used() -> None:
    """By the template, or by the module that fills its fields in."""
    used = {
        node.attr
        for tree in sources().values()
        for node in tree.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name == "p"
    }
    folder = Path(gallery.__file__).parent
    code = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    quoted = set(re.findall(r'"([a-z_]+)"', code))
    plain = {key for key in texts("en", gallery.FOLDER) if not key.startswith(BY_NAME)}
    assert plain - used - quoted == set()


def test_a_filter_that_is_forgotten_is_an_error(shipped: list[Case]) -> None:
    """No filter on the page is there for nothing: what comes into it could not be printed without it."""

    class Numbered(templating.Templates):
        def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
            tree = super()._parse(source, name, filename)
            for number, node in enumerate(tree.find_all(nodes.Filter)):
                node.name = f"{node.name}_{number}"
            return tree

    count = len(list(sources()["page.j2"].find_all(nodes.Filter)))
    made = gallery.templates(Numbered)
    came: dict[str, set[type]] = {}

    def watched(name: str, number: int) -> Callable[[object], Code]:
        def see(value: object) -> Code:
            came.setdefault(f"{name}_{number}", set()).add(type(value))
            printable: Code = known(value)
            return printable

        known = made.filters[name]
        return see

    made.filters |= {f"{name}_{number}": watched(name, number) for name in made.filters for number in range(count)}
    warned = spec.parse(written("fetch", "tracker: global", "finish: {when: dispatched}"), "warned.yaml")
    made.get_template("page.j2").render(gallery.parts([*shipped, warned]))
    assert (len(came), count > 80) == (count, True)
    for types in came.values():
        for kind in types:
            with pytest.raises(TypeError, match="that no filter made into code"):
                printed(kind())


def below(node: nodes.Node) -> Iterator[nodes.Node]:
    """Give the node and all below it."""
    yield node
    for child in node.iter_child_nodes():
        yield from below(child)


def test_what_happens_in_an_app_is_all_of_its_cases(tree: Element, filled: Written, apps: list[App]) -> None:
    """Each hit is in the table of the run, with its tag."""
    for app in apps:
        [article] = tree.all("article", id=app.name)
        told = " ".join(
            line for place in article.all("p") for line in filled.lines(place.attributes.get("data-rows", ""))
        )
        assert [f'"{case.hit.name}"' in told for case in app.cases] == [True] * len(app.cases)
        assert [f"bg={case.mode.value}" in told for case in app.cases] == [True] * len(app.cases)
