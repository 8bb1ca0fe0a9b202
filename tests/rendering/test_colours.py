"""What is coloured in our code, on pages and in the gallery."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pygments.lexers import get_lexer_by_name

from atgen.docs.styles import BACKGROUND, COLOURS, TEXT
from atgen.rendering import languages, pipeline
from atgen.rendering.colours import KINDS, pieces

if TYPE_CHECKING:
    from atgen.case.model import Case


@pytest.mark.parametrize("language", languages.names())
def test_pieces_are_the_code_and_know_the_keywords(language: str, every_case: list[Case]) -> None:
    """No colour goes over the end of a line, and Pygments finds no keyword that is not among the language's."""
    lexer = get_lexer_by_name(language, stripnl=False)
    known = set(languages.get(language).keywords.split())
    found = set()
    for case in every_case[:60]:
        for file in pipeline.render(case, [language]).values():
            cut = list(pieces(file.text, language))
            assert "".join(piece for _, piece in cut) == file.text
            assert [piece for kind, piece in cut if kind and "\n" in piece] == []
            assert {kind for kind, _ in cut} <= {"", *KINDS}
            found |= {
                text for kind, text in lexer.get_tokens(file.text) if re.search("Keyword|Operator.Word", str(kind))
            }
    assert {word for word in found if word.isidentifier()} - known <= {"_"}


@pytest.mark.parametrize(
    ("language", "code", "expected"),
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
def test_what_is_coloured(language: str, code: str, expected: list[str]) -> None:
    """A word in a text or a comment is none of the language's, and one after a dot is a name."""
    assert [f"{kind} {piece}" for kind, piece in pieces(code, language) if kind] == expected


def test_the_colours_of_pages_can_be_read() -> None:
    """As WCAG 2 asks of text: a contrast of 4.5 on the block's background."""

    def light(colour: str) -> float:
        parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    assert set(COLOURS) == set(KINDS)
    for colour in (TEXT, *COLOURS.values()):
        assert (light(BACKGROUND) + 0.05) / (light(colour) + 0.05) >= 4.5
