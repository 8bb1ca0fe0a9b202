"""Code as lines of HTML, with the classes of the style sheet."""

from __future__ import annotations

from html import escape

from atgen.case.code import Code
from atgen.rendering.colours import pieces


def highlighted(text: str, language: str) -> list[Code]:
    """Colour each line of a text that ends with a line feed; they come without it."""
    html = "".join(
        f'<b class="{kind[0]}">{escape(piece)}</b>' if kind else escape(piece)
        for kind, piece in pieces(text.removesuffix("\n"), language)
    )
    return [Code(line) for line in html.split("\n")]
