"""`atgen docs`: blocks are found, compared and rewritten; all else in a page stays, byte for byte."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from itertools import product
from textwrap import dedent, indent
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atgen import docs
from atgen.__main__ import main
from atgen.case.model import Platform
from atgen.case.schema import Choice
from atgen.docs.blocks import Page, State, Wanted, parse, rewrite
from atgen.docs.listings import Listings
from atgen.docs.markup import ENDINGS, MARKUPS, Markup
from atgen.docs.styles import STYLES, Listing, lay_out
from atgen.errors import ConflictError, FileError, SpecError
from atgen.output.files import Change, Status
from atgen.rendering import languages, pipeline
from conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from atgen.case.model import Case

MARKDOWN, MDX, RST, ADOC = MARKUPS
CASES = ["bg_fetch", "bg_task", "bg_task_global"]
BEGIN = "<!-- atgen:begin case=bg_fetch languages=swift -->"
END = "<!-- atgen:end -->"
LISTING = Listing("swift", "Swift", (("", 'let a = "<&>"\n\n    b {\n    }'),))
TWO_FILES = Listing("objc", "Objective-C", (("A.h", "@interface A"), ("A.m", "@implementation A")))


def page(text: str, markup: Markup = MARKDOWN) -> Page:
    """Find the blocks of a page."""
    return parse(text, "page", markup, CASES)


def filled(text: str, *listings: Listing, markup: Markup = MARKDOWN) -> str:
    """Rewrite a page, each block with the same listings."""
    found = page(text, markup)
    return rewrite(found, [listings or [LISTING]] * len(found.blocks))[0]


def states(text: str, *listings: Listing) -> list[State]:
    """Tell what each block of a page is."""
    found = page(text)
    return list(rewrite(found, [listings or [LISTING]] * len(found.blocks))[1])


def problems(text: str, markup: Markup = MARKDOWN) -> list[str]:
    """List what is said of a page."""
    with pytest.raises(SpecError) as caught:
        page(text, markup)
    return [str(problem).removeprefix("page:") for problem in caught.value.problems]


# Finding


def test_a_block_asks_for_what_its_begin_says() -> None:
    """Case and languages are named, the rest has defaults; lines count from 0."""
    marker = "<!-- atgen:begin case=bg_task languages=objc,swift region=hook style=html locale=fr platform=tvos -->"
    found = page(f"# T\n\n{BEGIN}\n{END}\n\n{marker}\n\n{END[:-4]} sum=0123456789ab -->\n")
    assert [(block.wanted, block.begin, block.end, block.sum) for block in found.blocks] == [
        (Wanted("bg_fetch", ("swift",), "all", "fences", "en", ""), 2, 3, ""),
        (Wanted("bg_task", ("objc", "swift"), "hook", "html", "fr", "tvos"), 5, 7, "0123456789ab"),
    ]


LIVE = {
    "a list item": "- item\n\n  {}\n",
    "a numbered item of two digits": "10. item\n\n    {}\n",
    "an item in an item": "- a\n  - b\n\n    {}\n",
    "after a lazy line of an item": "- a\nb\n\n  {}\n",
    "an item that a tab moves in": "- a\n\n\t{}\n",
    "right after a paragraph": "text\n{}\n",
    "three columns": "   {}\n",
    "after a fence": "```\ncode\n```\n{}\n",
    "after a fence that ends with its item": "- ```\n  code\n\n{}\n",
    "after a longer end": "~~~\n`````\n~~~~~\n{}\n",
    "after backticks that are no fence": "```a`b\n{}\n",
    "after a comment of several lines": "<!--\n```\n-->\n{}\n",
    "after raw HTML": "<pre>\n```\n</pre>\n{}\n",
    "after raw HTML on one line": "<pre>```</pre>\n{}\n",
    "after code that is moved in": "    ```\n\n{}\n",
    "after a quoted fence": "> ```\n\n{}\n",
    "in an admonition": '!!! note "T"\n\n    {}\n',
    "in a tab": '=== "Swift"\n\n    {}\n',
    "in a footnote": "[^1]: note\n\n    {}\n",
    "in a definition": "term\n:   text\n\n    {}\n",
    "after a rule": "* * *\n\n  {}\n",
}
CODE = {
    "a fence": "```\n{}\n```\n",
    "a longer fence with a shorter inside": "````md\n```\n{}\n```\n````\n",
    "a fence of another character": "~~~\n```\n{}\n~~~\n",
    "a fence that never ends": "```\n{}\n",
    "a fence in an item": "- a\n\n  ```\n  {}\n  ```\n",
    "a fence on an item's line": "1. ```\n   {}\n   ```\n",
    "an end with an info string is none": "```\n``` x\n{}\n```\n",
    "an end that is moved in is none": "```\n    ```\n{}\n```\n",
    "four columns": "text\n\n    {}\n",
    "a tab": "text\n\n\t{}\n",
    "four columns in an item": "- a\n\n      {}\n",
    "four columns after an item has ended": "- a\n\nb\n\n    {}\n",
    "four columns after an empty item": "-\n\n    {}\n",
    "a paragraph's continuation": "text\n    {}\n",
    "a comment of several lines": "<!--\n{}\n",
    "raw HTML": "<pre>\n{}\n</pre>\n",
    "a quotation": "> {}\n",
    "the line of a list item": "- {}\n",
    "a code span": "`{}`\n",
    "a sentence": "See {} there.\n",
}


@pytest.mark.parametrize("text", LIVE.values(), ids=LIVE)
def test_a_marker_counts_wherever_a_comment_is_one(text: str) -> None:
    """CommonMark has a comment here (tried with markdown-it-py), or Python-Markdown has."""
    *before, margin = text[: text.index("{}")].split("\n")
    where = f"{len(before) + 1}:{len(margin) + 1}"
    assert problems(text.format(END)) == [f"{where}: ends a block that does not begin"]


@pytest.mark.parametrize("text", CODE.values(), ids=CODE)
def test_a_marker_that_is_shown_is_left_alone(text: str) -> None:
    """What is code, quoted, or within a line is no marker, and stays as it is."""
    shown = text.format(END)
    assert page(shown).blocks == ()
    assert filled(shown) == shown


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (MDX, "```\n{}\n```\n"),
        (MDX, "<Tab>\n        ```\n        {}\n        ```\n</Tab>\n"),
        (MDX, "{{/*\n{}\n*/}}\n"),
        (RST, ".. code-block:: rst\n\n   {}\n\n   {}\n"),
        (RST, ".. note::\n\n   .. code:: rst\n\n      {}\n"),
        (RST, "Like this::\n\n   {}\n"),
        (RST, ".. a comment\n   {}\n"),
        (RST, "..\n   {}\n"),
        (RST, ".. raw:: html\n\n   {}\n"),
        (ADOC, "----\n{}\n----\n"),
        (ADOC, "-----\n----\n{}\n-----\n"),
        (ADOC, "....\n{}\n....\n"),
        (ADOC, "++++\n{}\n++++\n"),
        (ADOC, "////\n{}\n////\n"),
        (ADOC, "```md\n{}\n```\n"),
        (ADOC, "  {}\n"),
    ],
)
def test_other_markups_show_markers_too(markup: Markup, text: str) -> None:
    """Each markup's own code blocks and comments."""
    shown = text.format(*[markup.marker("end")] * 2)
    assert page(shown, markup).blocks == ()
    live = shown.rstrip("\n") + "\n\n" + markup.marker("end") + "\n"
    assert [re.sub(r"^\d+:1: ", "", problem) for problem in problems(live, markup)] == [
        "ends a block that does not begin"
    ]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (MDX, "<Tab>\n        {}\n</Tab>\n"),
        (MDX, "{{/* a comment */}}\n{}\n"),
        (RST, ".. note::\n\n   {}\n"),
        (RST, ".. tab-item:: Swift\n   :sync: swift\n\n   {}\n"),
        (RST, ".. _target:\n\n{}\n"),
        (RST, "Like this::\n\n   code\n\n{}\n"),
        (ADOC, "====\n{}\n====\n"),
        (ADOC, "----\ncode\n----\n{}\n"),
        (ADOC, "* item\n+\n{}\n"),
    ],
)
def test_markers_of_other_markups_count(markup: Markup, text: str) -> None:
    """Where the markup has a comment, it is a marker."""
    assert [problem.partition(": ")[2] for problem in problems(text.format(markup.marker("end")), markup)] == [
        "ends a block that does not begin"
    ]


OVERLOOKED = "{}: a marker is alone on its line: this one begins no block"
CASE_WORDS = "the name of a case; `atgen list` shows them"
REFUSED = [
    (f"{END}\n", ["1:1: ends a block that does not begin"]),
    (f"# T\n\n  {BEGIN}\n", ["3:3: begins a block that does not end; an end in a code block does not count"]),
    (f"{BEGIN}\n```\n{END}\n", ["1:1: begins a block that does not end; an end in a code block does not count"]),
    (f"{BEGIN}\n{BEGIN}\n{END}\n", ["2:1: begins inside the block of line 1: end that one first"]),
    ("<!-- atgen:begn -->\n", ['1:1: unknown marker "atgen:begn"; did you mean begin?']),
    ("<!-- atgen: -->\n", ['1:1: unknown marker "atgen:"; expected begin or end']),
    ("{/* atgen:end */}\n", ["1:1: a marker in Markdown is written <!-- atgen:… -->"]),
    (".. atgen:end\n", ["1:1: a marker in Markdown is written <!-- atgen:… -->"]),
    ("// atgen:end\n", ["1:1: a marker in Markdown is written <!-- atgen:… -->"]),
    (f"{END} text\n", ["1:1: a marker is alone on its line, which ends with -->"]),
    (f"{END} {END}\n", ["1:1: a marker is alone on its line, which ends with -->"]),
    ("<!-- atgen:end\n-->\n", ["1:1: a marker is alone on its line, which ends with -->"]),
    (f"<!-- atgen:begin -->\n{END}\n", [f"1:1: case is missing: {CASE_WORDS}",
     "1:1: languages is missing: swift, objc, python: one or several, with commas between"]),
    (f"{BEGIN.replace('bg_fetch', 'bg_fetsh')}\n{END}\n",
     [f'1:23: case: "bg_fetsh" is not {CASE_WORDS}; did you mean bg_fetch?']),
    (f"{BEGIN.replace('=swift', '=swift,swif,swift,')}\n{END}\n",
     ['1:48: languages: "swif" is not swift, objc or python; did you mean swift?',
      "1:53: languages: swift is there already; name each once",
      '1:59: languages: "" is not swift, objc or python']),
    (f"{BEGIN.replace('-->', 'region=hooks -->')}\n{END}\n",
     ['1:55: region: "hooks" is not imports, setup, hook, helpers, class or all; did you mean hook?']),
    (f"{BEGIN.replace('-->', 'style=tabs -->')}\n{END}\n",
     ['1:54: style: "tabs" is not fences, mkdocs-tabs, sphinx-design, docusaurus or html']),
    (f"{BEGIN.replace('-->', 'locale=de -->')}\n{END}\n", ['1:55: locale: "de" is not en or fr']),
    (f"{BEGIN.replace('-->', 'platform=mac -->')}\n{END}\n",
     [f'1:57: platform: "mac" is not {Choice(Platform).words()}']),
    (f"{BEGIN.replace('languages', 'lanugages')}\n{END}\n",
     ["1:1: languages is missing: swift, objc, python: one or several, with commas between",
      '1:32: unknown key "lanugages"; did you mean languages?']),
    (f"{BEGIN.replace('-->', 'case=bg_task region= hook -->')}\n{END}\n",
     ["1:48: case is there already: keep one of them",
      '1:61: "region=" is not key=value',
      '1:69: "hook" is not key=value']),
    (f"{BEGIN}\n<!-- atgen:end som=0123456789ab -->\n", ['2:16: unknown key "som"; did you mean sum?']),
    (f"{BEGIN}\n<!-- atgen:end sum=0123456789AB -->\n",
     ['2:20: sum: "0123456789AB" is no sum of atgen\'s: undo the edit, or leave the key out']),
    (f"\ufeff  {END}\n", ["1:3: ends a block that does not begin"]),
    (f"See {BEGIN}\n{END}\n", [OVERLOOKED.format("1:5"), "2:1: ends a block that does not begin"]),
    (f"- {BEGIN}\n\n  {END}\n", [OVERLOOKED.format("1:3"), "3:3: ends a block that does not begin"]),
    (f"> {BEGIN}\n\n{END}\n", [OVERLOOKED.format("1:3"), "3:1: ends a block that does not begin"]),
    (f"| {BEGIN} | b |\n{END}\n{END}\n", [OVERLOOKED.format("1:3"),
     "2:1: ends a block that does not begin", "3:1: ends a block that does not begin"]),
    (f"`{BEGIN}`\n\n    {BEGIN}\n\n{END}\n", ["5:1: ends a block that does not begin"]),
    (f"See {BEGIN}\n{BEGIN}\n{END}\n{END}\n", ["4:1: ends a block that does not begin"]),
    (f"a\r\n{END}\r\nb\r{END}", ["2:1: ends a block that does not begin", "4:1: ends a block that does not begin"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), REFUSED)
def test_what_is_wrong_with_markers_is_said_all_at_once(text: str, expected: list[str]) -> None:
    """Line and column from 1, what is allowed, and the nearest match."""
    assert problems(text) == expected


@pytest.mark.parametrize(
    ("markup", "style", "can"),
    [
        (MDX, "html", "fences or docusaurus"),
        (RST, "mkdocs-tabs", "fences, sphinx-design or html"),
        (ADOC, "docusaurus", "fences, asciidoctor-tabs or html"),
    ],
)
def test_a_style_that_a_markup_cannot_show_is_refused(markup: Markup, style: str, can: str) -> None:
    """MDX reads braces as code, and tabs are extensions of some tools."""
    text = f"{markup.marker(f'begin case=bg_fetch languages=swift style={style}')}\n{markup.marker('end')}\n"
    column = text.index(style) + 1
    assert problems(text, markup) == [f"1:{column}: style: {markup.name} cannot show {style}; it can {can}"]


# Rewriting


def test_a_block_is_filled_between_its_markers() -> None:
    """The begin stays as it was written; the end gets the sum of what stands before it."""
    assert filled(f"# T\n\n<!--  atgen:begin   languages=swift case=bg_fetch-->\n{END}\nmore") == dedent(
        """\
        # T

        <!--  atgen:begin   languages=swift case=bg_fetch-->

        ```swift
        let a = "<&>"

            b {
            }
        ```

        <!-- atgen:end sum=251b47fc1f0c -->
        more"""
    )


SHOWN = {
    ("fences", "Markdown"): """
        ```swift
        let a = "<&>"

            b {
            }
        ```

        `A.h`

        ```objc
        @interface A
        ```

        `A.m`

        ```objc
        @implementation A
        ```
    """,
    ("fences", "reStructuredText"): """
        .. code-block:: swift

           let a = "<&>"

               b {
               }

        .. code-block:: objc
           :caption: A.h

           @interface A

        .. code-block:: objc
           :caption: A.m

           @implementation A
    """,
    ("fences", "AsciiDoc"): """
        .Swift
        [source,swift]
        ----
        let a = "<&>"

            b {
            }
        ----

        .A.h
        [source,objc]
        ----
        @interface A
        ----

        .A.m
        [source,objc]
        ----
        @implementation A
        ----
    """,
    ("mkdocs-tabs", "Markdown"): """
        === "Swift"

            ```swift
            let a = "<&>"

                b {
                }
            ```

        === "Objective-C"

            `A.h`

            ```objc
            @interface A
            ```

            `A.m`

            ```objc
            @implementation A
            ```
    """,
    ("sphinx-design", "Markdown"): """
        ::::{tab-set}
        :::{tab-item} Swift
        :sync: swift

        ```swift
        let a = "<&>"

            b {
            }
        ```
        :::

        :::{tab-item} Objective-C
        :sync: objc

        `A.h`

        ```objc
        @interface A
        ```

        `A.m`

        ```objc
        @implementation A
        ```
        :::
        ::::
    """,
    ("sphinx-design", "reStructuredText"): """
        .. tab-set::

           .. tab-item:: Swift
              :sync: swift

              .. code-block:: swift

                 let a = "<&>"

                     b {
                     }

           .. tab-item:: Objective-C
              :sync: objc

              .. code-block:: objc
                 :caption: A.h

                 @interface A

              .. code-block:: objc
                 :caption: A.m

                 @implementation A
    """,
    ("docusaurus", "Markdown"): """
        <Tabs groupId="language">
        <TabItem value="swift" label="Swift">

        ```swift
        let a = "<&>"

            b {
            }
        ```

        </TabItem>
        <TabItem value="objc" label="Objective-C">

        `A.h`

        ```objc
        @interface A
        ```

        `A.m`

        ```objc
        @implementation A
        ```

        </TabItem>
        </Tabs>
    """,
    ("asciidoctor-tabs", "AsciiDoc"): """
        [tabs]
        ====
        Swift::
        +
        [source,swift]
        ----
        let a = "<&>"

            b {
            }
        ----

        Objective-C::
        +
        .A.h
        [source,objc]
        ----
        @interface A
        ----
        +
        .A.m
        [source,objc]
        ----
        @implementation A
        ----
        ====
    """,
    ("html", "Markdown"): """
        <details name="code-084cd319" open>
        <summary style="cursor:pointer;padding:.5em 0"><strong>Swift</strong></summary>

        <pre style="margin:0 0 1em;padding:1em;overflow-x:auto;background:#f6f8fa;color:#1f2328" tabindex="0"><code class="language-swift"><span style="color:#cf222e">let</span> a = <span style="color:#0a3069">"&lt;&amp;&gt;"</span>

            b {
            }
        </code></pre>

        </details>

        <details name="code-084cd319">
        <summary style="cursor:pointer;padding:.5em 0"><strong>Objective-C</strong></summary>

        <p style="margin:0 0 .25em"><code>A.h</code></p>

        <pre style="margin:0 0 1em;padding:1em;overflow-x:auto;background:#f6f8fa;color:#1f2328" tabindex="0"><code class="language-objc"><span style="color:#cf222e">@interface</span> <span style="color:#953800">A</span>
        </code></pre>

        <p style="margin:0 0 .25em"><code>A.m</code></p>

        <pre style="margin:0 0 1em;padding:1em;overflow-x:auto;background:#f6f8fa;color:#1f2328" tabindex="0"><code class="language-objc"><span style="color:#cf222e">@implementation</span> <span style="color:#953800">A</span>
        </code></pre>

        </details>
    """,
}
SHOWN[("html", "reStructuredText")] = ".. raw:: html\n" + indent(dedent(SHOWN[("html", "Markdown")]).rstrip(), "   ")
SHOWN[("html", "AsciiDoc")] = "++++" + dedent(SHOWN[("html", "Markdown")]) + "++++"
SHOWN[("fences", "MDX")] = SHOWN[("fences", "Markdown")]
SHOWN[("docusaurus", "MDX")] = SHOWN[("docusaurus", "Markdown")]
PAIRS = [(style, markup) for style, by_markup in STYLES.items() for markup in by_markup]


@pytest.mark.parametrize(("style", "markup"), PAIRS)
def test_every_style_in_every_markup(style: str, markup: str) -> None:
    """As the tools of each read them; what is shown here was rendered with them once, but for Docusaurus."""
    assert lay_out(style, markup, [LISTING, TWO_FILES]) == dedent(SHOWN[style, markup]).strip("\n").split("\n")


def test_a_fence_is_longer_than_any_in_the_code() -> None:
    """Code that holds fences is shown whole."""
    listing = Listing("swift", "Swift", (("", "````\n  `````\n----\n::::"),))
    assert lay_out("fences", "Markdown", [listing])[0] == "``````swift"
    assert lay_out("sphinx-design", "Markdown", [listing])[0] == "::::::{tab-set}"
    assert lay_out("fences", "AsciiDoc", [listing])[2] == "-----"


# An AsciiDoc comment is never moved in.
MARGINS = [(*pair, margin) for pair in PAIRS for margin in ("", "  ", "\t") if not margin or "AsciiDoc" not in pair]


@pytest.mark.parametrize(("style", "markup", "margin"), MARGINS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_rewritten_page_is_current_and_keeps_its_margins(style: str, markup: str, line_end: str, margin: str) -> None:
    """The block takes its line ends and its indentation from the begin marker; a second run finds nothing to do."""
    [kind] = [each for each in MARKUPS if each.name == markup]
    begin = kind.marker(f"begin case=bg_fetch languages=swift style={style}")
    before, after = "- a\n\n" if margin and kind is MARKDOWN else "a\n\n", "\n\nb"
    text = f"\ufeff{before}{indent(begin, margin)}\n{indent(kind.marker('end'), margin)}{after}".replace("\n", line_end)
    new = filled(text, LISTING, TWO_FILES, markup=kind)
    assert new.startswith(text[: text.index(begin) + len(begin)])
    assert new.endswith(after.replace("\n", line_end))
    inside = new[new.index(begin) : new.rindex(kind.marker("end")[:8])].split(line_end)[1:-1]
    assert "\n" not in "".join(inside)
    assert {line for line in inside if line and not line.startswith(margin)} == set()
    assert {line for line in inside if line != line.rstrip()} == set()
    found = parse(new, "page", kind, CASES)
    assert rewrite(found, [[LISTING, TWO_FILES]]) == (new, (State.CURRENT,))


def test_what_a_block_is() -> None:
    """Stale is what atgen once wrote, or nothing yet; edited is anything else that is not as it should be."""
    new = filled(f"{BEGIN}\n{END}\n")
    other = Listing("swift", "Swift", (("", "let a = 2"),))
    assert states(f"{BEGIN}\n{END}\n") == [State.STALE]
    assert states(f"{BEGIN}\n \n\n{END}\n") == [State.STALE]
    assert states(new) == [State.CURRENT]
    assert states(new, other) == [State.STALE]
    assert states(new.replace("let", "var")) == [State.EDITED]
    assert states(new.replace("let", "var"), other) == [State.EDITED]
    assert states(f"{BEGIN}\nsomebody's\n{END}\n") == [State.EDITED]
    # The content is right: only the sum is missing, or another block's.
    assert states(re.sub(" sum=[0-9a-f]+", "", new)) == [State.STALE]
    assert states(re.sub("sum=[0-9a-f]", "sum=0", new)) == [State.STALE]


def test_line_ends_and_a_move_are_no_edit() -> None:
    """A page that git checks out with CR LF is current; a block that was moved in as a whole is ours to move."""
    new = filled(f"{BEGIN}\n{END}\n")
    crlf = new.replace("\n", "\r\n")
    assert (states(crlf), filled(crlf)) == ([State.CURRENT], crlf)
    half = new.replace("\n", "\r\n", 6)
    assert (states(half), filled(half)) == ([State.CURRENT], half)
    moved = "- a\n\n" + indent(new, "  ")
    assert states(moved) == [State.CURRENT]
    assert states(moved, Listing("swift", "Swift", (("", "let a = 2"),))) == [State.STALE]
    markers_only = "- a\n\n" + re.sub("^(?=<!--)", "  ", new, flags=re.MULTILINE)
    assert (states(markers_only), filled(markers_only)) == ([State.STALE], moved)


def test_only_the_blocks_that_need_it_are_rewritten() -> None:
    """A current block keeps even an odd end marker."""
    first = filled(f"{BEGIN}\n{END}\n").replace("<!-- atgen:end", "<!--   atgen:end")
    assert filled(f"{first}\n{BEGIN}\n{END}\n").startswith(first)


LINES = st.sampled_from([
    "text", "", "# T", "- a", "  b", "1. c", "    code", "\tcode", "```", "````", "~~~", "> q", "* * *", "<!-- x -->",
    "<!--", "-->", "<pre>", "</pre>", "a\u2028b\x0b\x0c\x85c", "| a | b |", "===", '=== "T"', "\0", "é\U0001f600", "::",
    ".. note::", "----", "====", "{/*", "*/}", "`<!-- atgen:end -->`",
])  # fmt: skip
MARKERS = st.tuples(
    st.sampled_from(CASES), st.sampled_from(["swift", "objc,swift"]), st.sampled_from(["", "  ", "    "])
)


@st.composite
def pages(draw: st.DrawFn) -> tuple[Markup, str]:
    """Draw a page of odd lines, with blocks between, in any markup and with any line ends."""
    markup = draw(st.sampled_from(MARKUPS))
    lines: list[str] = []
    for _ in range(draw(st.integers(0, 3))):
        lines += draw(st.lists(LINES, max_size=5))
        case, names, margin = draw(MARKERS)
        style = draw(st.sampled_from([style for style, by_markup in STYLES.items() if markup.name in by_markup]))
        lines.append(margin + markup.marker(f"begin case={case} languages={names} style={style}"))
        lines += draw(st.lists(st.sampled_from(["", "  "]), max_size=2))
        lines.append(margin + markup.marker("end"))
    lines += draw(st.lists(LINES, max_size=5))
    line_ends = st.sampled_from(draw(st.sampled_from([["\n"], ["\r\n"], ["\n", "\r\n", "\r"]])))
    text = "".join(line + draw(line_ends) for line in lines)
    return markup, draw(st.sampled_from(["", "\ufeff"])) + (text.rstrip("\r\n") if draw(st.booleans()) else text)


@given(pages(), st.sampled_from([(LISTING,), (TWO_FILES, LISTING)]))
def test_text_outside_blocks_is_untouched_and_a_second_run_finds_nothing(
    drawn: tuple[Markup, str], listings: tuple[Listing, ...]
) -> None:
    """Whatever a page holds: what is not between markers stays, and what was written is current."""
    markup, text = drawn
    try:
        found = parse(text, "page", markup, CASES)
        new, _ = rewrite(found, [listings] * len(found.blocks))
    except SpecError:
        return  # a marker of the pair is code, its partner is not, or would not be
    again = parse(new, "page", markup, CASES)
    assert outside(again) == outside(found)
    assert [block.wanted for block in again.blocks] == [block.wanted for block in found.blocks]
    assert rewrite(again, [listings] * len(again.blocks)) == (new, (State.CURRENT,) * len(again.blocks))


def test_what_would_not_be_read_again_is_refused() -> None:
    """The code would end a paragraph, and what is moved in below it would be literal, with the second begin in it."""
    marker = "// atgen:begin case=bg_fetch languages=swift\n// atgen:end\n"
    found = page(f"text\n{marker}  moved in\n{marker}", ADOC)
    with pytest.raises(SpecError) as refused:
        rewrite(found, [[LISTING]] * 2)
    message = (
        "what atgen would write here would not be found again: put both markers into one column, after blank lines"
    )
    assert str(refused.value).split("\n") == [f"page:2:1: {message}", f"page:5:1: {message}"]


def outside(found: Page) -> list[str]:
    """List the page's bytes but those of content and end markers."""
    kept = [found.head, *found.lines]
    for block in reversed(found.blocks):
        kept[block.begin + 2 : block.end + 2] = []
    return kept


# Cutting


LEANS = {
    "en": ("Needs {}.", "Needs the class's properties and launch, and {}."),
    "fr": ("Nécessite {}.", "Nécessite les propriétés et le lancement de la classe, et {}."),
}
SHARED = {"swift": "BackgroundHits", "objc": "BackgroundHits", "python": "atgen.reference"}


def test_regions_are_cut_from_whole_files_and_only_moved_out(some_cases: list[Case]) -> None:
    """Each piece stands in the file that compiled, but for the margin that all its lines have; a hook says what it leans on."""
    for case, locale in product(some_cases, ("en", "fr")):
        shown = Listings([case])
        for path, file in pipeline.render(case, languages.names(), locale).items():
            language = path.split("/")[2]
            for region, places in file.regions.items():
                [[listing]] = shown.of(asking(case, language, region, locale))
                lines = file.text.split("\n")
                expected = "\n\n".join(dedent("\n".join(lines[first:last])) for first, last in places)
                codes = [code for _, code in listing.files]
                if region == "hook":
                    leans, _, codes[0] = codes[0].partition("\n\n")
                    has_setup = "setup" in file.regions
                    assert leans == languages.get(language).comment(LEANS[locale][has_setup].format(SHARED[language]))
                assert expected in codes
                assert re.match(r"\S", expected)


def asking(case: Case, language: str, region: str, locale: str = "en", platform: str = "") -> Page:
    """Make a page with one block."""
    chosen = platform or case.platforms[0].value
    words = f"begin case={case.name} languages={language} region={region} locale={locale} platform={chosen}"
    return parse(f"{MARKDOWN.marker(words)}\n{END}\n", "page", MARKDOWN, [case.name])


ALL = {
    "swift": ["AppDelegate.swift", "BackgroundHits.swift"],
    "objc": ["AppDelegate.h", "AppDelegate.m", "BackgroundHits.h", "BackgroundHits.m"],
    "python": [""],
}


def test_all_is_whole_files_the_header_first(shipped: list[Case]) -> None:
    """Files are named, unless there is but one."""
    [case] = [case for case in shipped if case.name == "bg_fetch"]
    rendered = pipeline.render(case, languages.names())
    for language, names in ALL.items():
        [[listing]] = Listings([case]).of(asking(case, language, "all"))
        assert [name for name, _ in listing.files] == names
        whole = [file.text for path, file in rendered.items() if path.split("/")[2] == language]
        assert [code + "\n" for _, code in listing.files] == whole


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_a_class_stands_alone_under_a_header_of_two_lines(shipped: list[Case], locale: str) -> None:
    """Title and needs instead of the file's own header, and nothing of the file that cases share."""
    [case] = [case for case in shipped if case.name == "bg_fetch"]
    needs = {
        "en": "Needs ATInternet-Apple-SDK 2.16 or later and iOS 13.0 or later.",
        "fr": "Nécessite au moins ATInternet-Apple-SDK 2.16 et iOS 13.0.",
    }
    for path, file in pipeline.render(case, languages.names(), locale).items():
        language, name = path.split("/")[2:]
        [[listing]] = Listings([case]).of(asking(case, language, "class", locale))
        shown = dict(listing.files)
        if name.startswith("BackgroundHits."):
            assert name not in shown
            continue
        mark = "#" if language == "python" else "//"
        code = shown["" if language == "python" else name]
        assert code.split("\n")[:3] == [f"{mark} {case.titles[locale]}", f"{mark} {needs[locale]}", ""]
        assert file.text.endswith(code.partition("\n\n")[2] + "\n")
        assert "atgen from" not in code


def test_helpers_are_the_whole_file_that_cases_share(some_cases: list[Case]) -> None:
    """By its name, from its imports on; the same for all cases of a system, SDK, language and indentation."""
    shared: dict[tuple[str, str, bool, int], set[tuple[tuple[str, str], ...]]] = {}
    for case in some_cases:
        for path in pipeline.render(case, ["swift", "objc"]):
            _, platform, language, _ = path.split("/")
            [[listing]] = Listings([case]).of(asking(case, language, "helpers", platform=platform))
            key = (case.sdk, language, platform == "watchos", case.style.indent)
            shared.setdefault(key, set()).add(listing.files)
            assert [name for name, _ in listing.files] == [name for name in ALL[language] if "Hits" in name]
    assert {key: len(different) for key, different in shared.items()} == dict.fromkeys(shared, 1)


def test_what_a_case_has_not_is_refused(every_case: list[Case]) -> None:
    """A region, a language, a platform: each is said where the block asks for it, all of a page at once."""
    cases = {case.name: case for case in every_case}
    lines = [
        f"begin case={words}"
        for words in (
            "bg_task_global languages=swift,python region=setup",
            "bg_fetch_global languages=objc,python region=helpers",
            "fetch_global_after_objc2 languages=swift,objc",
            "bg_fetch languages=swift platform=tvos",
        )
    ]
    text = "".join(f"{MARKDOWN.marker(line)}\n{END}\n" for line in lines)
    with pytest.raises(SpecError) as caught:
        Listings(every_case).of(parse(text, "page", MARKDOWN, cases))
    assert [str(problem) for problem in caught.value.problems] == [
        "page:1:68: region: bg_task_global has no setup in Swift; it has imports, hook, helpers, class or all",
        "page:3:68: region: bg_fetch_global has no helpers in Python; it has imports, setup, hook, class or all",
        "page:5:58: languages: fetch_global_after_objc2 has no Swift",
        "page:7:57: platform: bg_fetch is not for tvos",
    ]


# The command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with two specs and a page with two blocks."""
    (tmp_path / "specs").mkdir()
    for name in ("bg_fetch", "bg_task_global"):
        (tmp_path / "specs" / f"{name}.yaml").write_bytes((ROOT / "specs" / f"{name}.yaml").read_bytes())
    words = "begin case=bg_fetch languages=swift region=hook locale=fr"
    text = f"# T\n\n{BEGIN}\n{END}\n\n{MARKDOWN.marker(words)}\n{END}\n"
    (tmp_path / "page.md").write_bytes(text.encode())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command as a person does."""
    return Run(monkeypatch, capsys)


class Run:
    """Calls `atgen docs`, and gives its exit code, stdout and stderr."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """Run it with these arguments."""
        self._monkeypatch.setattr(sys, "argv", ["atgen", "docs", *arguments])
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = self._capsys.readouterr()
        return int(caught.value.code or 0), out, err


def test_docs_fills_a_page_and_then_finds_nothing_to_do(folder: Path, run: Run) -> None:
    """Written once, with the lines of the blocks; then unchanged, also for --check."""
    assert run("page.md") == (0, "written    page.md\n", "")
    text = (folder / "page.md").read_text(encoding="utf-8")
    swift = (ROOT / "output" / "bg_fetch" / "ios" / "swift" / "AppDelegate.swift").read_text(encoding="utf-8")
    swift = re.sub(" sum=[0-9a-f]{12}\n", "\n", swift, count=1)
    assert f"{BEGIN}\n\n`AppDelegate.swift`\n\n```swift\n{swift}```\n\n`BackgroundHits.swift`\n" in text
    assert "/// Le travail associé au fetch" in text
    before = (folder / "page.md").stat().st_mtime_ns
    assert run("page.md") == (0, "1 file, unchanged\n", "")
    assert run("--check", ".") == (0, "1 file, unchanged\n", "")
    assert (folder / "page.md").stat().st_mtime_ns == before


def test_a_merge_that_is_not_done_is_named(folder: Path, run: Run) -> None:
    """Two branches' blocks end in two ends, of which the second ends nothing: what is wrong is the merge."""
    run("page.md")
    page = folder / "page.md"
    text = page.read_text(encoding="utf-8")
    begin = text.index("```swift")
    end = text.index("\n", text.index("atgen:end")) + 1
    sides = (text[begin:end], text[begin:end].replace("fetch", "theirs"))
    conflict = "<<<<<<< HEAD\n{}=======\n{}>>>>>>> other\n".format(*sides)
    page.write_text(text[:begin] + conflict + text[end:], encoding="utf-8")
    message = "conflict markers of a merge: take either side of each block, and run atgen docs again"
    number = text.count("\n", 0, begin) + 1
    mark = f"  |\n{number} | <<<<<<< HEAD\n  | ^\n"
    assert run("page.md") == (2, "", f"page.md:{number}:1: {message}\n{mark}")


def test_check_and_diff_write_nothing(folder: Path, run: Run) -> None:
    """1 for what is stale, with --check; --diff shows it, and alone it is no finding."""
    before = (folder / "page.md").read_bytes()
    assert run("--check", "page.md") == (1, "stale      page.md: lines 3, 6\n", "")
    code, out, _ = run("--diff", "page.md")
    assert (code, out.splitlines()[:2]) == (0, ["--- a/page.md", "+++ b/page.md"])
    assert "+// Generated by atgen from specs/bg_fetch.yaml. Do not edit." in out.splitlines()
    assert run("--check", "--diff", "page.md")[0] == 1
    assert run("--check", "--format", "github", "page.md")[1] == "::error file=page.md,line=3::stale: lines 3, 6\n"
    assert json.loads(run("--check", "--format", "json", "page.md")[1]) == {
        "version": 1,
        "command": "docs",
        "results": [{"path": "page.md", "status": "stale", "note": "lines 3, 6"}],
        "problems": [],
    }
    assert (folder / "page.md").read_bytes() == before


def test_a_hand_edit_is_never_overwritten_without_force(folder: Path, run: Run) -> None:
    """3, with the difference, and no page of the run is written; --force keeps the old page beside the new."""
    (folder / "other.md").write_text(f"{BEGIN}\n{END}\n")
    run("page.md")
    right = (folder / "page.md").read_bytes()
    edited = right.replace(b"sendDownload", b"sendTouch")
    (folder / "page.md").write_bytes(edited)
    lines = ", ".join(str(number) for number, line in enumerate(edited.splitlines(), 1) if b"atgen:begin" in line)
    code, out, err = run("other.md", "page.md")
    assert (code, out) == (3, "")
    assert err.splitlines()[0] == f"page.md: lines {lines}: edited by hand"
    assert '-            self.tracker.gestures.add("fetch").sendTouch()' in err.splitlines()
    assert (folder / "page.md").read_bytes() == edited
    assert (folder / "other.md").read_text() == f"{BEGIN}\n{END}\n"
    assert run("--check", "page.md")[:2] == (3, f"conflict   page.md: lines {lines}: edited by hand\n")
    assert run("--force", "page.md") == (0, "written    page.md: the old one is page.md.orig\n", "")
    assert ((folder / "page.md").read_bytes(), (folder / "page.md.orig").read_bytes()) == (right, edited)


def test_list_shows_which_page_shows_which_case(folder: Path, run: Run) -> None:
    """One line a block; a case that no page shows is warned of, and so is a run without a block."""
    expected = (
        "page.md:3  bg_fetch  all swift fences en\npage.md:6  bg_fetch  hook swift fences fr\n",
        "warning: specs/bg_task_global.yaml: no page shows this case\n",
    )
    assert run("--list", ".") == (0, *expected)
    blocks = json.loads(run("--list", "--format", "json", "page.md")[1])["results"]
    assert blocks[1] == {
        "place": "page.md:6", "case": "bg_fetch", "languages": ["swift"], "region": "hook", "style": "fences",
        "locale": "fr", "platform": "",
    }  # fmt: skip
    (folder / "page.md").write_text("# T\n")
    assert run("page.md") == (0, "", "warning: page.md: no block in 1 page\n")
    assert run("--list", "--format", "github", ".")[1].splitlines() == [
        "::warning file=specs/bg_fetch.yaml::no page shows this case",
        "::warning file=specs/bg_task_global.yaml::no page shows this case",
    ]
    assert run("--list", "--check", ".")[0] == 2


def test_a_spec_whose_name_could_steer_a_runner_is_shown_safely(folder: Path, run: Run) -> None:
    """As a page's name is, in warnings and where it is what somebody may have meant."""
    (folder / "specs" / "x\n::error::boom.yaml").write_text("")
    shown = "x\\u{A}:\\u{3A}error:\\u{3A}boom"
    warning = f"warning: specs/bg_task_global.yaml, specs/{shown}.yaml: no page shows this case\n"
    assert warning == run("--list", ".")[2]
    (folder / "page.md").write_text(f"{BEGIN.replace('bg_fetch', 'x::error::boom')}\n{END}\n")
    problem = f'page.md:1:23: case: "x:\\u{{3A}}error:\\u{{3A}}boom" is not {CASE_WORDS}; did you mean {shown}?\n'
    assert run(".")[2].startswith(problem)
    (folder / "a\n::error::b.md").write_text("# T\n")
    assert run("a\n::error::b.md")[2] == "warning: a\\u{A}:\\u{3A}error:\\u{3A}b.md: no block in 1 page\n"


def test_without_a_spec_here_those_that_ship_with_atgen_are_shown(folder: Path, run: Run) -> None:
    """Whether specs/ is empty or not there at all, which is said."""
    for path in (folder / "specs").iterdir():
        path.unlink()
    said = "atgen: no spec in specs/: these are the cases that ship with atgen\n"
    assert run("page.md") == (0, "written    page.md\n", said)
    (folder / "specs").rmdir()
    said = said.replace("no spec in specs/", "no specs/ here")
    assert run("page.md") == (0, "1 file, unchanged\n", said)
    assert run("--list", "page.md")[2] == said  # nobody means to show all of them


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="not run: needs root, and setpriv")
@pytest.mark.parametrize(
    ("shut", "place"),
    [("g", "g/x.md"), ("g", "g/below"), ("g", "g"), ("specs", "page.md"), ("g", "g\n::error::b/../g/x.md")],
)
def test_what_may_not_be_looked_at_is_an_error_of_the_file_system(folder: Path, shut: str, place: str) -> None:
    """4, with the path as it can be shown."""
    (folder / "g").mkdir()
    (folder / "g\n::error::b").mkdir()
    (folder / shut).chmod(0)
    done = as_a_user("docs", place)
    (folder / shut).chmod(0o755)
    shown = place.replace("\n::error::b", "\\u{A}:\\u{3A}error:\\u{3A}b") if shut == "g" else shut
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == f"atgen: {shown}: Permission denied\n"


def as_a_user(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the tool without what lets root pass over modes."""
    rights = "-dac_override,-dac_read_search,-fowner"
    command = ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}", sys.executable, "-m", "atgen"]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("ending", ["", ".md"])
def test_a_name_that_is_too_long_is_an_error_of_the_file_system(folder: Path, run: Run, ending: str) -> None:
    """4, as for what is not there."""
    name = f"{'x' * 300}{ending}"
    with pytest.raises(FileError, match=f"^{name}: File name too long$"):
        docs.find_pages([name])
    assert run(str(folder / name)) == (4, "", f"atgen: {folder / name}: File name too long\n")


def compared(*paths: Path) -> dict[Path, Change]:
    """Compare pages with the specs in their folder."""
    listings = Listings(pipeline.load([paths[0].parent / "specs" / "bg_fetch.yaml"]))
    return {path: docs.compare(docs.load(path, ["bg_fetch"]), listings) for path in paths}


def test_no_page_is_written_where_one_was_edited_meanwhile(folder: Path) -> None:
    """It is looked at again before the first is written."""
    first, second = folder / "page.md", folder / "second.md"
    before = first.read_bytes()
    second.write_bytes(before)
    pages = compared(first, second)
    second.write_text("# theirs\n")
    with pytest.raises(ConflictError, match=f"^{second}: was changed while atgen was at work; run it again$"):
        docs.write(pages)
    assert (first.read_bytes(), second.read_text()) == (before, "# theirs\n")


def test_a_page_that_another_run_has_written_is_as_good_as_written(folder: Path, run: Run) -> None:
    """Both wanted the same."""
    pages = compared(folder / "page.md")
    run("page.md")
    assert [page.status for page in docs.write(pages)] == [Status.WRITTEN]


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="not run: needs root, and setpriv")
@pytest.mark.parametrize(
    ("shut", "problem"), [("z", "its folder cannot be written to"), ("z/second.md", "is read-only")]
)
def test_no_page_is_written_where_one_may_not_be(folder: Path, shut: str, problem: str) -> None:
    """A folder's mode, and the page's."""
    (folder / "z").mkdir()
    (folder / "z" / "second.md").write_bytes((folder / "page.md").read_bytes())
    before = (folder / "page.md").read_bytes()
    (folder / shut).chmod(0o555)
    done = as_a_user("docs", "page.md", "z/second.md")
    (folder / shut).chmod(0o755)
    assert (done.returncode, done.stdout, done.stderr) == (4, "", f"atgen: z/second.md: {problem}\n")
    assert (folder / "page.md").read_bytes() == before


@pytest.mark.parametrize("form", ["text", "json"])
def test_pages_that_were_written_are_reported_before_the_error(folder: Path, run: Run, form: str) -> None:
    """What could not be known: here a file system without room."""
    second = folder / "z" / "second.md"
    second.parent.mkdir()
    before = (folder / "page.md").read_bytes()
    second.write_bytes(before + b"x" * 100_000)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (80_000, limit[1]))
    try:
        code, out, err = run("page.md", "z", "--format", form)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    message = "z/second.md: File too large"
    assert (code, err) == (4, f"atgen: {message}\n")
    if form == "json":
        content = json.loads(out)
        assert content["results"] == [{"path": "page.md", "status": "written", "note": ""}]
        assert [each["message"] for each in content["problems"]] == [message]
    else:
        assert out == "written    page.md\n"
    assert (folder / "page.md").read_bytes() != before


def test_problems_of_all_pages_come_at_once_and_nothing_is_written(folder: Path, run: Run) -> None:
    """2, with file, line and column; in markers first, then in what the cases have not, then in the specs."""
    before = (folder / "page.md").read_bytes()
    (folder / "a.md").write_text(f"{END}\n")
    (folder / "b.mdx").write_text("{/* atgen:begin case=nope languages=swift */}\n")
    code, out, err = run(".")
    assert (code, out, err.splitlines()) == (
        2,
        "",
        [
            "a.md:1:1: ends a block that does not begin",
            "  |",
            f"1 | {END}",
            "  | ^",
            "b.mdx:1:1: begins a block that does not end; an end in a code block does not count",
            "  |",
            "1 | {/* atgen:begin case=nope languages=swift */}",
            "  | ^",
            f'b.mdx:1:22: case: "nope" is not {CASE_WORDS}',
            "  |",
            "1 | {/* atgen:begin case=nope languages=swift */}",
            "  |                      ^",
        ],
    )
    (folder / "b.mdx").unlink()
    (folder / "a.md").write_text(
        f"{BEGIN.replace('bg_fetch', 'bg_task_global').replace(' -->', ' region=setup -->')}\n{END}\n"
    )
    code, _, err = run(".")
    assert (code, err.splitlines()[0]) == (
        2,
        "a.md:1:61: region: bg_task_global has no setup in Swift; it has imports, hook, helpers, class or all",
    )
    (folder / "specs" / "bg_fetch.yaml").write_text("title: T\n")
    assert run("page.md")[0] == 2
    assert (folder / "page.md").read_bytes() == before


def test_folders_are_walked_in_order_without_what_is_hidden(folder: Path, run: Run) -> None:
    """Hidden folders, node_modules, links and files of other kinds are passed over; a page named twice counts once."""
    for name in ("z.md", "a/b.rst", "a/c.ADOC", ".hidden/x.md", "node_modules/x.md", "a/x.txt"):
        path = folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        markup = ENDINGS.get(path.suffix.lower(), MARKDOWN)
        path.write_text(f"{markup.marker('begin case=bg_fetch languages=swift')}\n{markup.marker('end')}\n")
    (folder / "docs" / "link.md").symlink_to(folder / "page.md")
    (folder / "docs" / "linked").symlink_to(folder / "docs" / "a")
    code, out, _ = run("docs", "docs/z.md", "page.md", "./docs/a")
    assert (code, out.splitlines()) == (
        0,
        [
            "written    docs/a/b.rst",
            "written    docs/a/c.ADOC",
            "written    docs/z.md",
            "written    page.md",
            "4 files, written",
        ],
    )


def test_a_page_whose_name_could_steer_a_runner_is_shown_safely(folder: Path, run: Run) -> None:
    """What comes from a folder's listing is escaped wherever it is printed, and the page is written all the same."""
    name = "a\n::error::b\x1b.md"
    (folder / name).write_text(f"{BEGIN}\n{END}\n")
    shown = "a\\u{A}:\\u{3A}error:\\u{3A}b\\u{1B}.md"
    assert run("--check", ".")[1].splitlines()[0] == f"stale      {shown}: line 1"
    assert run("--list", ".")[1].splitlines()[0] == f"{shown}:1  bg_fetch  all swift fences en"
    assert run(".")[1].splitlines()[0] == f"written    {shown}"
    assert "Generated by atgen" in (folder / name).read_text()


def test_what_is_no_page_is_refused(folder: Path, run: Run) -> None:
    """Links, other endings, too many bytes and other encodings with 2; what is not there with 4."""
    (folder / "link.md").symlink_to("page.md")
    (folder / "big.md").write_bytes(b"x" * (docs.LARGEST + 1))
    (folder / "latin.md").write_bytes("é\nà la".encode("latin-1"))
    os.mkfifo(folder / "pipe.md")
    ending = "is no page: the names of pages end with .md, .markdown, .mdx, .rst, .adoc, .asciidoc or .asc"
    assert run("x.txt", "specs/bg_fetch.yaml")[::2] == (2, f"specs/bg_fetch.yaml:1:1: {ending}\nx.txt:1:1: {ending}\n")
    code, _, err = run("link.md", "big.md", "latin.md", "pipe.md")
    assert (code, err.splitlines()) == (
        2,
        [
            "link.md:1:1: is a symbolic link: a page is a regular file",
            "big.md:1:1: has more than 8,388,608 bytes: no page needs so many",
            "latin.md:1:1: byte 0xE9 is not UTF-8: save the page as UTF-8",
            "  |",
            "1 | \ufffd",
            "  | ^",
            "pipe.md:1:1: is no regular file: a page is a regular file",
        ],
    )
    assert run("nope.md")[::2] == (4, "atgen: nope.md: No such file or directory\n")
    assert run()[0] == 2


@pytest.mark.parametrize(
    "text",
    [
        "- " * 200_000,
        "* " * 200_000 + "x",
        "> " * 200_000,
        "\n" * 400_000,
        f"{'`' * 200_000}\n" * 2,
        "!!! a\n    " * 1000,
    ],
)
@pytest.mark.parametrize("markup", MARKUPS, ids=[markup.name for markup in MARKUPS])
def test_a_hostile_page_takes_little_time(text: str, markup: Markup) -> None:
    """Much of what nests, of what almost matches, and of empty lines, in seconds."""
    before = time.process_time()
    assert page(f"{text}\n\natgen:\n", markup).blocks == ()
    assert time.process_time() - before < 10


# What is shown with it


def test_the_pages_in_the_repository_are_current(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """Each page that shows a case shows it as it is, and each case is shown in English and in French."""
    monkeypatch.chdir(ROOT)
    code, out, _ = run("--check", "README.md", "specs/pages")
    assert (code, out) == (0, "3 files, unchanged\n")
    code, out, err = run("--list", "--format", "json", "specs/pages")
    shown = {(block["case"], block["locale"], tuple(block["languages"])) for block in json.loads(out)["results"]}
    both = ("swift", "objc")
    assert shown >= {
        (case, locale, both)
        for case in ("bg_fetch", "bg_fetch_global", "bg_task", "bg_task_global")
        for locale in ("en", "fr")
    }
    assert code == 0
    assert "bg_" not in err  # the warning names the cases that no page shows: these four are shown
