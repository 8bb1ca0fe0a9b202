"""All cases on one HTML page: code in tabs, what the app needs, and what happens when the code runs."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from atgen.case.code import Code
from atgen.case.model import Case, Platform
from atgen.case.spec import DEFAULT_SDK
from atgen.case.vocabulary import texts
from atgen.gallery import choose
from atgen.gallery.once import Once
from atgen.gallery.pairs import pair, twins
from atgen.gallery.shown import SharedFiles, show
from atgen.gallery.timeline import lanes
from atgen.rendering import languages
from atgen.rendering.colours import TOKENS
from atgen.rendering.templating import Templates, strict
from atgen.resources import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from atgen.case.model import Described
    from atgen.gallery.shown import Shown

__all__ = ["FOLDER", "page", "parts", "templates", "twins"]

FOLDER = TEMPLATES / "gallery"


class Keywords(NamedTuple):
    """What a language's own words are."""

    language: str
    title: str
    words: str


class Group(NamedTuple):
    """Cases that stand together in the page's list."""

    title: str
    cases: list[Shown]


def page(cases: Sequence[Described], locale: str = "en") -> str:
    """Make the page: it needs no other file and asks for none."""
    return templates().get_template("page.j2").render(parts(cases, locale))


def parts(cases: Sequence[Described], locale: str = "en") -> dict[str, object]:
    """Give all that the page's template sees."""
    words = texts(locale, FOLDER)
    cases = sorted(cases, key=_place)
    style, script, icon = (
        Code((FOLDER / name).read_text(encoding="utf-8")) for name in ("style.css", "script.js", "icon.svg")
    )
    once = Once()
    shared = SharedFiles(once)
    shown = {case.name: show(case, locale, words, once, shared) for case in cases}
    pairs = [pair((one, other), (shown[one.name], shown[other.name]), words) for one, other in twins(cases)]
    policy = {
        "default-src": "'none'",
        "script-src": _digest(script),
        "style-src": _digest(style),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return {
        "locale": locale,
        "p": words,
        "policy": "; ".join(f"{key} {value}" for key, value in policy.items()),
        "icon": f"data:image/svg+xml;base64,{_base64(icon.encode())}",
        "style": style,
        "script": script,
        "cases": list(shown.values()),
        "groups": [
            Group(title, [shown[case.name] for case in there]) for title, there in groupby(cases, key=choose.group)
        ],
        "choices": choose.rows([case for case in cases if isinstance(case, Case)], locale, words),
        "shared": list(shared.figures()),
        "comparisons": [pairs] if pairs else [],
        "lanes": lanes(words),
        "marks": once.drawn(),
        "steps": once.steps(),
        "passages": once.passages(),
        "tokens": "|".join(f"(?<{kind}>{pattern})" for kind, pattern in TOKENS.items()),
        "keywords": [
            Keywords(name, languages.get(name).title, languages.get(name).keywords) for name in languages.names()
        ],
    }


def _place(case: Described) -> tuple[bool, int, int, bool]:
    """Where the case stands: what is for one platform of the usual SDK first, and apps before cases."""
    return (
        case.sdk != DEFAULT_SDK,
        [*Platform].index(case.platforms[0]),
        len(case.platforms),
        isinstance(case, Case),
    )


def templates(kind: type[Templates] = Templates) -> Templates:
    """Make the page's environment: what is printed is escaped, or it is an error."""
    return strict(
        "gallery",
        {
            "text": lambda text: Code(escape(text, quote=False).replace('"', "&quot;")),
            "lines": lambda text: Code(escape(text, quote=False)),
            "number": lambda number: Code(f"{number:d}"),
        },
        kind,
    )


def _digest(content: str) -> str:
    """Name an inline script or style for the policy (W3C, Content Security Policy Level 3, 2.3.1)."""
    return f"'sha256-{_base64(sha256(content.encode()).digest())}'"


def _base64(content: bytes) -> str:
    return b64encode(content).decode()
