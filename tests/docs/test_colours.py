"""The colours of code in HTML that has no style sheet."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from pygments.lexers import get_lexer_by_name

from atgen.docs.colours import BACKGROUND, COLOURS, TEXT, coloured
from atgen.rendering import languages, pipeline

if TYPE_CHECKING:
    from atgen.case.model import Case


@pytest.mark.parametrize("language", languages.names())
def test_colours_change_no_character_and_know_the_keywords(language: str, every_case: list[Case]) -> None:
    """No colour goes over the end of a line, and Pygments finds no keyword that is not among the language's."""
    lexer = get_lexer_by_name(language, stripnl=False)
    known = set(languages.get(language).keywords.split())
    found = set()
    for case in every_case[:60]:
        for file in pipeline.render(case, [language]).values():
            shown = coloured(file.text, language)
            assert unescape(re.sub(r"</?span[^>]*>", "", shown)) == file.text
            assert all(line.count("<span ") == line.count("</span>") for line in shown.split("\n"))
            found |= {
                text for kind, text in lexer.get_tokens(file.text) if re.search("Keyword|Operator.Word", str(kind))
            }
    assert {word for word in found if word.isidentifier()} - known <= {"_"}


@pytest.mark.parametrize(
    ("language", "code", "kinds"),
    [
        ("swift", 'let a = .default // "let"', ["keyword let", 'comment // "let"']),
        (
            "swift",
            r'@MainActor "\"for\"" Any 5.0',
            ["keyword @MainActor", r'string "\"for\""', "type Any", "number 5.0"],
        ),
        (
            "objc",
            '#import "A.h" @"é" @selector',
            ["keyword #import", 'string "A.h"', 'string @"é"', "keyword @selector"],
        ),
        ("python", "x = '#' # not", ["string '#'", "comment # not"]),
    ],
)
def test_what_is_coloured(language: str, code: str, kinds: list[str]) -> None:
    """A word in a text or a comment is none of the language's, and one after a dot is a name."""
    found = re.findall(r'<span style="color:(#\w+)">(.*?)</span>', coloured(code, language))
    names = {colour: name for name, colour in COLOURS.items()}
    assert [f"{names[colour]} {unescape(text)}" for colour, text in found] == kinds


def test_the_colours_can_be_read() -> None:
    """As WCAG 2 asks of text: a contrast of 4.5 on the block's background."""

    def light(colour: str) -> float:
        parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for colour in (TEXT, *COLOURS.values()):
        assert (light(BACKGROUND) + 0.05) / (light(colour) + 0.05) >= 4.5
