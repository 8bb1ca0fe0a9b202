"""How a block shows its code: in the page's own code blocks, or in one of the tabs that documentation tools know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from atgen.rendering.colours import pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class Listing(NamedTuple):
    """What a block shows of one language: pairs of a file's name and its code; the name only if there are several."""

    language: str
    title: str
    files: tuple[tuple[str, str], ...]


Lines = list[str]

# For code in HTML, which no style sheet colours.
BACKGROUND, TEXT = "#f6f8fa", "#1f2328"
COLOURS = {"comment": "#59636e", "string": "#0a3069", "keyword": "#cf222e", "type": "#953800", "number": "#0550ae"}
_CALLOUT = re.compile(r"<(?:!--)?(?:\d+|\.)(?:--)?>[ \t]*$", re.MULTILINE)


def lay_out(style: str, markup: str, listings: Sequence[Listing]) -> Lines:
    """Give the lines of a block's content."""
    return STYLES[style][markup](listings)


def _fences(listings: Sequence[Listing]) -> Lines:
    return _apart(_fenced(listing) for listing in listings)


def _directives(listings: Sequence[Listing]) -> Lines:
    return _apart(_directed(listing) for listing in listings)


def _sources(listings: Sequence[Listing]) -> Lines:
    """Titled listings."""
    return _apart(
        _sourced(listing.language, name or listing.title, code) for listing in listings for name, code in listing.files
    )


def _asciidoctor_tabs(listings: Sequence[Listing]) -> Lines:
    """Tabs of the extension asciidoctor-tabs; without it they are a list of the languages, with their listings."""
    return ["[tabs]", *_between("====", _apart(map(_described, listings)))]


def _described(listing: Listing) -> Lines:
    """Put the listing into an item of a description list, under its language."""
    lines = [f"{listing.title}::"]
    for name, code in listing.files:
        lines += "+", *_sourced(listing.language, name, code)
    return lines


def _sourced(language: str, title: str, code: str) -> Lines:
    return [*([f".{title}"] if title else []), _source(language, code), *_between("----", code.split("\n"))]


def _source(language: str, code: str) -> str:
    """Name the language; what would be taken for callouts (Asciidoctor, CalloutSourceRx) is left as it is."""
    return f"[source,{language}{',subs=-callouts' * bool(_CALLOUT.search(code))}]"


def _mkdocs_tabs(listings: Sequence[Listing]) -> Lines:
    """Tabs of pymdownx.tabbed."""
    return _apart([f'=== "{listing.title}"', "", *_moved(_fenced(listing), 4)] for listing in listings)


def _myst_tabs(listings: Sequence[Listing]) -> Lines:
    """Tabs of sphinx-design in MyST, whose extension `colon_fence` the site has to switch on."""
    tabs = _apart(
        _between(":::", [f":sync: {listing.language}", "", *_fenced(listing)], f"{{tab-item}} {listing.title}")
        for listing in listings
    )
    return _between(":::", tabs, "{tab-set}")


def _sphinx_tabs(listings: Sequence[Listing]) -> Lines:
    """Tabs of sphinx-design in reStructuredText."""
    tabs = _apart(
        [f".. tab-item:: {listing.title}", f"   :sync: {listing.language}", "", *_moved(_directed(listing), 3)]
        for listing in listings
    )
    return [".. tab-set::", "", *_moved(tabs, 3)]


def _docusaurus_tabs(listings: Sequence[Listing]) -> Lines:
    """Tabs of Docusaurus; the page itself imports Tabs and TabItem from @theme."""
    lines = ['<Tabs groupId="language">']
    for listing in listings:
        tab = f'<TabItem value="{listing.language}" label="{listing.title}">'
        lines += [tab, "", *_fenced(listing), "", "</TabItem>"]
    return [*lines, "</Tabs>"]


def _html(listings: Sequence[Listing]) -> Lines:
    """Languages unfold one at a time, the first at once, without a script or a style sheet: of both a CMS may take none.

    CommonMark ends raw HTML with a blank line, but `pre`.
    """
    if len(listings) == 1:
        return _marked_up(listings[0], listings[0].title)
    name = _name(listings)
    return _apart(
        [
            f'<details name="{name}"{" open" * (not number)}>',
            f'<summary style="cursor:pointer;padding:.5em 0"><strong>{listing.title}</strong></summary>',
            "",
            *_marked_up(listing),
            "",
            "</details>",
        ]
        for number, listing in enumerate(listings)
    )


def _name(listings: Sequence[Listing]) -> str:
    """Make a name that the block has for itself on its page: of those with one name, one alone is open."""
    from hashlib import sha256  # noqa: PLC0415 (start-up time)

    shown = "\n".join(code for listing in listings for _, code in listing.files)
    return f"code-{sha256(shown.encode()).hexdigest()[:8]}"


def _marked_up(listing: Listing, title: str = "") -> Lines:
    label = '<p style="margin:0 0 .25em">{}</p>'
    style = f"margin:0 0 1em;padding:1em;overflow-x:auto;background:{BACKGROUND};color:{TEXT}"
    lines = [label.format(f"<strong>{title}</strong>"), ""] if title else []
    return lines + _apart(
        [
            *([label.format(f"<code>{name}</code>"), ""] if name else []),
            *(
                f'<pre style="{style}" tabindex="0"><code class="language-{listing.language}">'
                f"{_coloured(code, listing.language)}\n</code></pre>"
            ).split("\n"),
        ]
        for name, code in listing.files
    )


def _coloured(code: str, language: str) -> str:
    from html import escape  # noqa: PLC0415 (only this style needs it)

    return "".join(
        f'<span style="color:{COLOURS[kind]}">{escape(piece, quote=False)}</span>'
        if kind
        else escape(piece, quote=False)
        for kind, piece in pieces(code, language)
    )


def _raw_html(listings: Sequence[Listing]) -> Lines:
    return [".. raw:: html", "", *_moved(_html(listings), 3)]


def _passed_html(listings: Sequence[Listing]) -> Lines:
    return ["++++", *_html(listings), "++++"]


# By style and markup. A pair that is missing cannot be shown: MDX, say, reads the braces in raw HTML as expressions.
STYLES: dict[str, dict[str, Callable[[Sequence[Listing]], Lines]]] = {
    "fences": {"Markdown": _fences, "MDX": _fences, "reStructuredText": _directives, "AsciiDoc": _sources},
    "mkdocs-tabs": {"Markdown": _mkdocs_tabs},
    "sphinx-design": {"Markdown": _myst_tabs, "reStructuredText": _sphinx_tabs},
    "asciidoctor-tabs": {"AsciiDoc": _asciidoctor_tabs},
    "docusaurus": {"Markdown": _docusaurus_tabs, "MDX": _docusaurus_tabs},
    "html": {"Markdown": _html, "reStructuredText": _raw_html, "AsciiDoc": _passed_html},
}


def _fenced(listing: Listing) -> Lines:
    """Put the listing into Markdown's fences."""
    return _apart(
        [*([f"`{name}`", ""] if name else []), *_between("```", code.split("\n"), listing.language)]
        for name, code in listing.files
    )


def _directed(listing: Listing) -> Lines:
    """Put the listing into Sphinx's directives."""
    return _apart(
        [
            f".. code-block:: {listing.language}",
            *([f"   :caption: {name}"] if name else []),
            "",
            *_moved(code.split("\n"), 3),
        ]
        for name, code in listing.files
    )


def _between(mark: str, lines: Sequence[str], info: str = "") -> Lines:
    """Put the lines between two delimiters that are longer than any like them in the lines."""
    character = mark[0]
    begins = [line.lstrip(" ") for line in lines]
    runs = [len(line) - len(line.lstrip(character)) for line in begins]
    fence = character * max(len(mark), max(runs, default=0) + 1)
    return [fence + info, *lines, fence]


def _apart(parts: Iterable[Lines]) -> Lines:
    """Join the parts with a blank line between each two."""
    lines: Lines = []
    for part in parts:
        lines += ["", *part] if lines else part
    return lines


def _moved(lines: Sequence[str], columns: int) -> Lines:
    return [" " * columns + line if line else line for line in lines]
