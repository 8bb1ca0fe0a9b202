"""What an editor would colour in our code: found in the same way everywhere, so that pages are compared byte for byte."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from atgen.rendering import languages

if TYPE_CHECKING:
    from collections.abc import Iterator

# What our templates and literals give; a keyword after a dot is a name.
# The gallery's script reads the same patterns, a line at a time.
TOKENS = {
    "comment": r"(?://|# ).*|#$",
    "string": r"""@?"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""",
    "keyword": "[@#][A-Za-z]+",
    "number": r"\b[0-9][\w.]*",
    "word": r"\b[A-Za-z_]\w*",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in TOKENS.items()), re.MULTILINE)
KINDS = ("comment", "string", "keyword", "type", "number")


def pieces(code: str, language: str) -> Iterator[tuple[str, str]]:
    """Give the code in pieces, each with its kind, or none; one that has a kind does not go over the end of a line."""
    keywords = frozenset(languages.get(language).keywords.split())
    done = 0
    for token in _TOKEN.finditer(code):
        kind = token.lastgroup or ""
        if kind == "word":
            kind = _kind(code, token, keywords)
        if kind:
            yield "", code[done : token.start()]
            yield kind, token[0]
            done = token.end()
    yield "", code[done:]


def _kind(code: str, word: re.Match[str], keywords: frozenset[str]) -> str:
    if word[0] in keywords:
        return "" if code[word.start() - 1 : word.start()] == "." else "keyword"
    return "type" if word[0][0].isupper() else ""
