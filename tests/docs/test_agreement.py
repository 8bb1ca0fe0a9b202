"""Which markers count: what docutils and Asciidoctor take for a comment, on random pages; and what is written is read again."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import escape
from typing import TYPE_CHECKING

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from atgen import docs
from atgen.docs.blocks import parse
from atgen.docs.markup import MARKUPS
from atgen.docs.styles import Listing, lay_out
from atgen.errors import SpecError
from atgen.rendering import pipeline
from conftest import ROOT, not_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_, _, RST, ADOC = MARKUPS
RST_LINES = (
    *("text", "two words", "Title", "=====", "---", "~~~~~~", "....", ".", "::", ":::", "Like this::", "x ::", "\\::"),
    *("- item", "* item", "-", "1. one", "2. two", "a) x", "(1) x", "#. auto", "iv) x", "ii. y", "term", "> quoted"),
    *(":field: value", ":name: y", "-a option", "--long  x", "/V", ">>> x", "| line", "__ anon", "..", ".. comment"),
    *(
        ".. note::",
        ".. Note:: text",
        ".. warning::",
        ".. code::",
        ".. code-block:: swift",
        ".. raw:: html",
        ".. math::",
    ),
    *(".. parsed-literal::", ".. admonition:: T", ".. image:: a.png", ".. epigraph::", ".. rubric:: R"),
    *(".. _target:", ".. _a: b", ".. _`a b`: c", ".. [1] note", ".. [#] x", ".. [CIT] x", "+---+---+", "| a | b |"),
)
ADOC_LINES = (
    *("text", "two words", "== Title", "=== Sub", "----", "-----", "....", "++++", "====", "****", "____", "--", "```"),
    *("```ruby", "////", "|===", "| cell", ".Title", ":attr: value", "// comment", "  indented", " x", "'''", "---"),
    *("NOTE: text", "image::x.png[]"),
)
# Asciidoctor reads what stands in a list by rules of its own; `prose` follows the items and their text only, and neither
# attributes nor blocks there.
ADOC_LISTS = (
    *("* item", "** sub", "- item", ". one", "1. one", "term:: text", "term::", "+", "<1> call"),
    *("text", "two words", "// comment", "NOTE: text", "== Title", "=== Sub"),
)
ADOC_STYLES = (
    *(
        "[source]",
        "[source,ruby]",
        "[source%linenums,ruby]",
        "[,ruby]",
        "[verse]",
        "[verse, me]",
        "[listing]",
        "[pass]",
    ),
    *("[literal]", "[quote]", "[stem]", "[NOTE]", "[example]", "[sidebar]", "[abstract]", "[comment]", "[normal]"),
    *("[%hardbreaks]", "[#id]", "[[id]]", "[.role]"),
)
ASCIIDOCTOR = """
require 'asciidoctor'; require 'json'
Asciidoctor::LoggerManager.logger = Asciidoctor::NullLogger.new
STDIN.each_line do |line|
  puts JSON.generate(JSON.parse(line).map { |text| Asciidoctor.convert(text, standalone: false) })
  STDOUT.flush
end
"""


def pages(lines: Sequence[str], marker: str, margins: Sequence[int] = (0,)) -> st.SearchStrategy[list[str]]:
    """Draw pages of such lines, with markers among them that have a number each."""
    line = st.tuples(st.sampled_from(margins), st.sampled_from(lines)).map(lambda drawn: " " * drawn[0] + drawn[1])
    marked = st.sampled_from(margins).map(lambda margin: " " * margin + marker)
    drawn = st.lists(st.one_of(st.just(""), marked, line, line), max_size=16)
    return drawn.map(lambda page: [f"{each}{number}" if marker in each else each for number, each in enumerate(page)])


def counted(lines: Sequence[str], prose: Iterator[int], marker: str) -> set[int]:
    """Say which markers count."""
    return {number for number in prose if lines[number].lstrip(" ").startswith(marker)}


@given(pages(RST_LINES, ".. atgen:", (0, 0, 0, 2, 3, 3, 4, 6)))
@example(["text", ".. atgen:1"])
@example(["Like this::", "", ".. atgen:2"])
@example(["- item", ".. atgen:1", "", "  .. atgen:3"])
def test_in_restructured_text_a_marker_is_a_comment_of_docutils(lines: list[str]) -> None:
    """And no other line; but on pages whose directives docutils refuses, where it reads nothing in them."""
    options = {"report_level": 5, "halt_level": 5, "warning_stream": False, "raw_enabled": True}
    tree = publish_doctree("\n".join(lines), settings_overrides=options)
    said = [each.astext() for each in (*tree.parse_messages, *tree.findall(nodes.system_message))]
    assume(not any(re.search(r"Error in \"|Malformed|Unknown|malformed", each) for each in said))
    comments = (re.match(r"atgen:(\d+)", each.astext()) for each in tree.findall(nodes.comment))
    assert counted(lines, RST.prose(lines), ".. atgen:") == {int(each[1]) for each in comments if each}


@pytest.fixture(scope="module")
def asciidoctor() -> Iterator[subprocess.Popen[str]]:
    """Start one process for all pages."""
    if not shutil.which("asciidoctor") or not shutil.which("ruby"):
        not_run("asciidoctor", "no asciidoctor on the PATH")
    command = ["ruby", "-e", ASCIIDOCTOR]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.communicate()


def converted(asciidoctor: subprocess.Popen[str], *texts: str) -> list[str]:
    """Give the HTML of AsciiDoc."""
    assert asciidoctor.stdin
    assert asciidoctor.stdout
    asciidoctor.stdin.write(json.dumps(texts) + "\n")
    asciidoctor.stdin.flush()
    return list(json.loads(asciidoctor.stdout.readline()))


@given(lines=pages(ADOC_LISTS, "// atgen:") | pages((*ADOC_LINES, *ADOC_STYLES, *ADOC_STYLES), "// atgen:"))
@example(lines=["[source]", "text", "// atgen:2"])
@example(lines=["[verse]", "text", "// atgen:2"])
@example(lines=["  literal", "// atgen:1"])
@example(lines=["term:: text", "  indented", "// atgen:2"])
def test_in_asciidoc_a_marker_is_a_comment_of_asciidoctor(lines: list[str], asciidoctor: subprocess.Popen[str]) -> None:
    """It is not shown, and would be if it were text: so it is not in a block of comments either."""
    markers = [number for number, line in enumerate(lines) if line.startswith("// atgen:")]
    bare = [[*lines[:each], f"atgen:{each}", *lines[each + 1 :]] for each in markers]
    shown, *others = converted(asciidoctor, *map("\n".join, [lines, *bare]))
    texts = {each: re.compile(rf"atgen:{each}(?!\d)") for each in markers}
    comments = {
        each
        for each, other in zip(markers, others, strict=True)
        if texts[each].search(other) and not texts[each].search(shown)
    }
    assert counted(lines, ADOC.prose(lines), "// atgen:") == comments


@pytest.mark.parametrize("end", ["<1>", "<.>", "<!--2-->", "<12> <3>"])
def test_what_looks_like_a_callout_is_shown_as_it_is(end: str, asciidoctor: subprocess.Popen[str]) -> None:
    """Asciidoctor would make a number in a circle of it, and take it out of the code."""
    lines = lay_out("fences", "AsciiDoc", [Listing("swift", "Swift", (("", f"let a = 1 // see {end}\nlet b = 2"),))])
    assert escape(f"see {end}\nlet b") in converted(asciidoctor, "\n".join(lines))[0]


CASES = {"bg_fetch": ROOT / "specs/bg_fetch.yaml"}
SHOWN = docs.Listings(pipeline.load(CASES.values()))


@pytest.mark.parametrize(("markup", "lines"), [(RST, RST_LINES), (ADOC, ADOC_LINES + ADOC_LISTS + ADOC_STYLES)])
@settings(max_examples=100)
@given(data=st.data())
def test_what_is_written_is_read_again(markup: docs.blocks.Markup, lines: tuple[str, ...], data: st.DataObject) -> None:
    """A block between any lines is written so that the next run finds it current, or is refused, and nothing is written."""
    margins = (0, 0, 2, 3) if markup is RST else (0,)
    drawn = data.draw(pages(lines, "\0", margins))
    words = ("begin case=bg_fetch languages=swift region=hook", "end")
    count = iter(range(len(drawn)))
    text = "\n".join(
        re.sub("\0.*", lambda _: markup.marker(words[next(count) % 2]), line) if "\0" in line else line
        for line in drawn
    )
    try:
        page = parse(text, "page", markup, CASES)
        new = docs.compare(page, SHOWN).new
    except SpecError:
        return
    assert new is not None
    again = docs.compare(parse(new.decode(), "page", markup, CASES), SHOWN)
    assert (again.new, again.status.value) == (new, "unchanged")
