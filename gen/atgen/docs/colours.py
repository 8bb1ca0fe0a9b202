"""Code as HTML that a page without a style sheet colours: the same everywhere, since a block is compared byte for byte."""

from __future__ import annotations

import re
from html import escape

from atgen.rendering import languages

BACKGROUND = "#f6f8fa"
TEXT = "#1f2328"
COLOURS = {
    "comment": "#59636e",
    "string": "#0a3069",
    "keyword": "#cf222e",
    "type": "#953800",
    "number": "#0550ae",
}
# What our templates and literals give; a keyword after a dot is a name.
_TOKEN = re.compile(
    r"""(?P<comment> (?://|\#[ ]).* | \#$ )
    | (?P<string> @?"(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' )
    | (?P<keyword> [@\#][A-Za-z]+ )
    | (?P<number> \b[0-9][\w.]* )
    | (?P<word> \b[A-Za-z_]\w* )
    """,
    re.VERBOSE | re.MULTILINE,
)


def coloured(code: str, language: str) -> str:
    """Escape the code, and colour what an editor would; no colour goes over the end of a line."""
    keywords = frozenset(languages.get(language).keywords.split())
    parts: list[str] = []
    done = 0
    for token in _TOKEN.finditer(code):
        kind = token.lastgroup or ""
        if kind == "word":
            kind = _kind(code, token, keywords)
        if kind:
            parts += escape(code[done : token.start()], quote=False), _span(kind, token[0])
            done = token.end()
    return "".join([*parts, escape(code[done:], quote=False)])


def _kind(code: str, word: re.Match[str], keywords: frozenset[str]) -> str:
    if word[0] in keywords:
        return "" if code[word.start() - 1 : word.start()] == "." else "keyword"
    return "type" if word[0][0].isupper() else ""


def _span(kind: str, text: str) -> str:
    return f'<span style="color:{COLOURS[kind]}">{escape(text, quote=False)}</span>'
