"""The code blocks of a page, each as a source with the page's own line numbers.

Fences and indented blocks of Markdown (CommonMark 0.31, 4.4 and 4.5), `<pre>` of HTML, directives and literal blocks of
reStructuredText, listings of AsciiDoc, and in plain text what is moved in and looks like code.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, NamedTuple

from atgen.doctor import brackets, lexer
from atgen.doctor.source import FRAME, Lack, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SWIFT, OBJC = "swift", "objc"
_NAMES = {
    "swift": SWIFT, "swift5": SWIFT, "objc": OBJC, "objective-c": OBJC, "objectivec": OBJC, "obj-c": OBJC,
    "objective-c++": OBJC, "objectivec++": OBJC, "objcpp": OBJC, "mm": OBJC, "m": OBJC, "obj_c": OBJC,
}  # fmt: skip
_PLAIN = frozenset({"", "text", "plain", "plaintext", "none", "code", "c", "source", "nohighlight"})


class Line(NamedTuple):
    """A line of code, and its number on the page."""

    number: int
    text: str


class Block(NamedTuple):
    """A block of code, and the name of its language as the page gives it."""

    lines: list[Line]
    hint: str


# -- the markups --

_FENCE = re.compile(
    r"^(?P<lead>(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*)(?P<fence>`{3,}|~{3,})[ \t]*\{?[ \t.]*(?P<hint>[\w+#-]*)[^`]*$"
)
_PRE = re.compile(r"<pre\b([^>]{0,500})>(.*?)</pre\s*>", re.IGNORECASE | re.DOTALL)
_HINT = re.compile(
    r"""(?:language-|lang-|highlight-source-|brush:\s*|data-lang(?:uage)?=["']|class=["'][^"']{0,200}\b)"""
    r"""(swift|objective-?c(?:pp|\+\+)?|obj-?c(?:pp)?|kotlin|java|javascript|js|json|xml|html|bash|sh|ruby|python|yaml)\b""",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(/?[a-zA-Z][\w-]*)[^<>]{0,500}>")
_DIRECTIVE = re.compile(r"^([ \t]*)\.\. (?:code-block|code|sourcecode|highlight)::[ \t]*(\S*)")
_LITERAL = re.compile(r"^([ \t]*)(?!\.\. ).*::[ \t]*$")
_ATTRIBUTES = re.compile(r"^\[(?:source)?(?:%\w+)*(?:,[ \t]*([\w+#-]*))?[^\]]*\][ \t]*$")
_DELIMITER = re.compile(r"^(-{4,}|\.{4,}|`{3,})([\w-]*)[ \t]*$")
_CALLOUT = re.compile(r"[ \t]*(?://[ \t]*)?(?:<\d+>|<\.>)[ \t]*$")


def _markdown(text: str) -> Iterator[Block]:
    lines = text.split("\n")
    index = 0
    while index < len(lines):
        match = _FENCE.match(lines[index])
        if match:
            end = _fence_end(lines, index, match["fence"])
            width, quotes = len(match["lead"].expandtabs(4)), match["lead"].count(">")
            inner = [Line(at + 1, _inner(lines[at], width, quotes)) for at in range(index + 1, end)]
            yield Block(inner, match["hint"])
            index = end + 1
        elif _is_moved_in(lines[index]) and (index == 0 or not lines[index - 1].strip()):
            end = index
            while end < len(lines) and (_is_moved_in(lines[end]) or not lines[end].strip()):
                end += 1
            yield Block([Line(at + 1, lines[at]) for at in range(index, end)], "")
            index = end
        else:
            index += 1
    yield from _html(text)


def _fence_end(lines: list[str], start: int, fence: str) -> int:
    closing = re.compile(rf"^[ \t>]*{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$")
    return next((at for at in range(start + 1, len(lines)) if closing.match(lines[at])), len(lines))


def _inner(line: str, width: int, quotes: int) -> str:
    for _ in range(quotes):
        line = re.sub(r"^[ \t]*>[ \t]?", "", line)
    return line.expandtabs(4)[width:] if not quotes and not line.expandtabs(4)[:width].strip() else line


def _is_moved_in(line: str) -> bool:
    return line.startswith(("    ", "\t")) and bool(line.strip())


def _html(text: str) -> Iterator[Block]:
    for match in _PRE.finditer(text):
        hint = _HINT.search(match[1] + match[2][:300])
        number = text.count("\n", 0, match.start(2)) + 1
        lines = []
        # A tag may span lines, and `<br>` makes one of its own on the same line of the page.
        for row in _without_tags(match[2]).split("\n"):
            lines += [Line(number, html.unescape(part)) for part in row.split("\0")]
            number += 1
        yield Block(lines, hint[1].lower() if hint else "")


def _without_tags(text: str) -> str:
    def replaced(match: re.Match[str]) -> str:
        return "\0" if match[1].lower() == "br" else "\n" * match[0].count("\n")

    return _TAG.sub(replaced, text.replace("\0", ""))


def _restructured_text(text: str) -> Iterator[Block]:
    lines = text.split("\n")
    for index, line in enumerate(lines):
        match = _DIRECTIVE.match(line)
        literal = None if match else _LITERAL.match(line)
        if not match and not literal:
            continue
        indent = len((match or literal)[1].expandtabs(8))  # type: ignore[index]
        end = index + 1
        while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > indent):
            end += 1
        inner = [Line(at + 1, lines[at]) for at in range(index + 1, end)]
        while inner and (not inner[0].text.strip() or re.match(r"[ \t]+:[\w-]+:", inner[0].text)):
            inner.pop(0)
        yield Block(inner, match[2] if match else "")


def _asciidoc(text: str) -> Iterator[Block]:
    lines = text.split("\n")
    hint, index = "", 0
    while index < len(lines):
        attributes, delimiter = _ATTRIBUTES.match(lines[index]), _DELIMITER.match(lines[index])
        if delimiter:
            sign = delimiter[1]
            end = next((at for at in range(index + 1, len(lines)) if lines[at].rstrip() == sign), len(lines))
            inner = [Line(at + 1, _CALLOUT.sub("", lines[at])) for at in range(index + 1, end)]
            yield Block(inner, delimiter[2] or hint)
            hint, index = "", end
        elif attributes and attributes[1]:
            hint = attributes[1]
            follows = lines[index + 1] if index + 1 < len(lines) else ""
            if follows.strip() and not _DELIMITER.match(follows) and not follows.startswith((".", "[")):
                end = next((at for at in range(index + 1, len(lines)) if not lines[at].strip()), len(lines))
                yield Block([Line(at + 1, lines[at]) for at in range(index + 1, end)], hint)
                hint, index = "", end
        elif lines[index].strip() and not lines[index].startswith((".", "+")):
            hint = ""
        index += 1


# An item of a list, or words without a sign of code.
_PROSE = re.compile(r"^\s*(?:\d{1,3}[.)]|[\u2022*\u2013-])\s+\w|^\s*[^\W\d_]+(?: [^\s(){}\[\]=;<>/\"]+){4,}\s*$")


def _plain(text: str) -> Iterator[Block]:
    """Each run of lines that are moved in; blank lines are part of it."""
    found: list[Line] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(("  ", "\t")) and line.strip() and not _PROSE.match(line):
            found.append(Line(number, line))
        elif line.strip():
            if found:
                yield Block(found, "")
            found = []
        elif found:
            found.append(Line(number, ""))
    if found:
        yield Block(found, "")


_MARKUPS: dict[str, Callable[[str], Iterator[Block]]] = {
    ".md": _markdown, ".markdown": _markdown, ".mdx": _markdown, ".html": _html, ".htm": _html,
    ".rst": _restructured_text, ".adoc": _asciidoc, ".asciidoc": _asciidoc, ".txt": _plain, ".text": _plain,
}  # fmt: skip
ENDINGS = tuple(_MARKUPS)


def _unnamed(text: str) -> Iterator[Block]:
    """What came through standard input: a page by its signs, or a snippet and nothing else."""
    if re.search(r"^[ \t>]*(?:```|~~~)", text, re.MULTILINE) or re.search(r"<pre\b", text, re.IGNORECASE):
        yield from _markdown(text)
        return
    lines = [Line(number, line) for number, line in enumerate(text.split("\n"), 1)]
    told = [line for line in lines if line.text.strip()]
    code = [line for line in told if _language_of(line.text) or _SIGNS.search(line.text)]
    if 2 * len(code) >= len(told):
        yield Block(lines, "")
    else:
        yield from _plain(text)


# -- languages --

_OBJC_LINE = re.compile(
    r"^\s*(?:#\s*(?:import|include)\b|@(?:interface|implementation|property|end|import|protocol|class)\b|[-+]\s*\(\w)"
    r"|\[\[|\[\w+ \w+[:\]]|@\"|\^\s*[({]|\bNS\w+ \*|\b\w+ \*\w+ ?[=;]|;\s*(?://.*)?$"
)
_SWIFT_LINE = re.compile(
    r"^\s*(?:@\w+\s+)*(?:(?:public|private|internal|open|final|override|static|fileprivate|lazy|weak)\s+)*"
    r"(?:func|let|var|class|struct|enum|extension|protocol|import|guard|if let|init|deinit)\b(?!.*;\s*$)"
    r"|\bfunc \w+\(|-> \w+ *\{|\blet \w+ *[=:]|\bvar \w+ *[=:]|\{ *(?:\[weak self\]|\([^)]*\)|\w+) (?:-> \w+ )?in\b"
)
_SIGNS = re.compile(r"[(){}\[\]=;]|\w\.\w")
_OURS = re.compile(
    r"[Bb]ackground|[Tt]racker|ATInternet|UIApplication|performFetch|dispatch_|BGTask|WKRefresh|\bsend[A-Z]\w*\b|completionHandler|\bgestures\b"
)
# Where a block without a language's name goes over from one to the other.
_TURN = re.compile(
    r"^\s*(?:#import|#include|@import|@interface|@implementation|[-+] ?\(\w"
    r"|(?:final |public |open )?class \w+|import \w+$|func |struct |extension )"
)


def _language_of(line: str) -> str:
    if _OBJC_LINE.search(line):
        return OBJC
    return SWIFT if _SWIFT_LINE.search(line) else ""


def _language(lines: list[Line], hint: str) -> str | None:
    """The block's language; None where it is another, or no code about background hits."""
    name = _NAMES.get(hint.lower())
    if name:
        return name
    if hint.lower() not in _PLAIN:
        return None
    text = "\n".join(line.text for line in lines)
    if not _OURS.search(text) or not _SIGNS.search(text):
        return None
    votes = [_language_of(line.text) for line in lines]
    return OBJC if votes.count(OBJC) > votes.count(SWIFT) else SWIFT


def _parts(block: Block) -> Iterator[Block]:
    """A block of one language each: without a name, it is cut where the language changes at its outermost level."""
    if _NAMES.get(block.hint.lower()) or block.hint.lower() not in _PLAIN:
        yield block
        return
    told = [line for line in block.lines if line.text.strip()]
    if not told:
        return
    least = min(_indent(line.text) for line in told)
    part: list[Line] = []
    language = ""
    for line in block.lines:
        if _TURN.match(line.text) and _indent(line.text) == least:
            now = _language_of(line.text)
            if part and now and language and now != language:
                yield Block(part, language)
                part = []
            language = now or language
        part.append(line)
    yield Block(part, language or block.hint)


def _indent(line: str) -> int:
    line = line.expandtabs(4)
    return len(line) - len(line.lstrip())


# -- blocks as sources --


def sources(path: str, text: str, ending: str = "") -> list[Source]:
    """Each block of Swift or Objective-C on a page; `ending` is that of its file's name, "" where it has none."""
    markup = _MARKUPS.get(ending.lower(), _unnamed)
    found = []
    text = text.replace("\r\n", "\n")
    seen: set[int] = set()
    for block in markup(text):
        for part in _parts(block):
            language = _language(part.lines, part.hint)
            first = next((line.number for line in part.lines if line.text.strip()), 0)
            if language and first and (first not in seen or ending in (".html", ".htm")):
                seen |= {line.number for line in part.lines}
                found.append(_source(path, part.lines, is_swift=language == SWIFT))
    return found


_PLACE_HOLDER = re.compile(r"<#[^#\n]{0,200}#>")


def _named(match: re.Match[str]) -> str:
    """Write a name for Xcode's place-holder, as long as it is."""
    return "more".ljust(len(match[0]), "_")


def _source(path: str, lines: list[Line], *, is_swift: bool) -> Source:
    """A block that a compiler's grammar can read: what is cut off is closed, what stands alone gets a frame."""
    rows = [line.number for line in lines]
    texts = [_PLACE_HOLDER.sub(_named, line.text.expandtabs(4).rstrip("\r")) for line in lines]
    texts, opened = _closed(texts, is_swift=is_swift)
    lacks = [*opened]
    if not is_swift:
        lacks += _ended(texts)
        head, tail = _frame(texts)
        if head:
            texts, rows = [head, *texts, tail], [rows[0], *rows, rows[-1]]
            lacks = [each._replace(row=each.row + 1) for each in lacks]
    starts, place = [], 0
    for text in texts:
        starts.append(place)
        place += len(text.encode()) + 1
    found = tuple(Lack(starts[each.row] + len(texts[each.row][: each.column].encode()), each.sign) for each in lacks)
    return Source(path, "\n".join(texts).encode(), is_swift, is_page=True, rows=tuple(rows), lacks=found)


class _Open(NamedTuple):
    """A bracket that nothing closes, or a unit that nothing ends: its row, column and sign."""

    row: int
    column: int
    sign: str
    indent: int = 0
    ends_statement: bool = False


_SIGN = re.compile(r"[(){}\[\]]")
_OTHER_HALF = {"{": "}", "(": ")", "[": "]"}
_CONTINUES = re.compile(r"^\s*(?:[)}\].,:?&|]|\belse\b|\bcatch\b|case\b|default\b|@catch|@finally|#)")


def _closed(texts: list[str], *, is_swift: bool) -> tuple[list[str], list[_Open]]:
    """Close what is open where the code moves out again; also which brackets those were, one of each line."""
    if brackets.lack("\n".join(texts).encode(), is_swift=is_swift) is None:
        return texts, []
    code = (lexer.swift if is_swift else lexer.objc)("\n".join(texts)).split("\n")
    made = [*texts]
    added: dict[int, _Open] = {}
    open_: list[_Open] = []
    last = 0
    for row, line in enumerate([*code, "."]):
        is_end = row == len(code)
        if line.strip() and (is_end or not _CONTINUES.match(line) or line.lstrip().startswith("#")):
            closed = _moved_out(open_, 0 if is_end else _indent(line))
            if closed:
                end = len(code[last].rstrip())
                closing = _closing(closed, open_, is_swift=is_swift)
                made[last] = f"{texts[last][:end]} {closing} {texts[last][end:]}"  # before the line's comment
                added |= {opener.row: opener for opener in closed}  # of a line, the outermost is the last
        for match in _SIGN.finditer(line):
            if match[0] in _OTHER_HALF:
                ends = match[0] != "{" or "^" in line[: match.start()]
                open_.append(_Open(row, match.start(), match[0], _indent(texts[row]), ends))
            elif open_:
                open_.pop()
        last = row if line.strip() else last
    return made, sorted(added.values())


def _moved_out(open_: list[_Open], indent: int) -> list[_Open]:
    """Take off those of the open brackets whose lines are moved in as far as this one, or farther."""
    closed = []
    while open_ and open_[-1].indent >= indent:
        closed.append(open_.pop())
    return closed


def _closing(closed: list[_Open], open_: list[_Open], *, is_swift: bool) -> str:
    """What closes them; in Objective-C a call, or a block, ends a statement."""
    closing = ""
    for opener, around in zip(closed, [*closed[1:], *open_[-1:], None], strict=False):
        closing += _OTHER_HALF[opener.sign]
        if not is_swift and opener.ends_statement and (around is None or around.sign == "{"):
            closing += ";"
    return closing


def _ended(texts: list[str]) -> list[_Open]:
    """Write each @end that is missing, in place; where its unit began."""
    lacks: list[_Open] = []
    opened: _Open | None = None
    for row, line in enumerate(texts):
        word = _UNIT.match(line)
        if not word:
            continue
        if word[1] != "end" and opened is not None:
            lacks.append(opened)
            at = line.index("@")
            texts[row] = f"{line[: max(0, at - len('@end '))]}@end {line[at:]}"
        opened = None if word[1] == "end" else _Open(row, line.index("@"), "@end")
    if opened is not None:
        lacks.append(opened)
        texts.append("@end")
    return lacks


_UNIT = re.compile(r"\s*@(interface|implementation|end)\b")


def _frame(texts: list[str]) -> tuple[str, str]:
    """What methods, or statements, stand in that are shown without it."""
    whole = "\n".join(texts)
    if re.search(r"^\s*@(?:implementation|interface|protocol)\b", whole, re.MULTILINE):
        return "", ""
    if re.search(r"^\s*[-+]\s*\(", whole, re.MULTILINE):
        return f"@implementation {FRAME}", "@end"
    if re.search(r"^\s*(?:#|@import\b)", texts[0]) or re.search(r"^\w[\w *]*\([^;]*\)\s*\{", whole, re.MULTILINE):
        return "", ""
    return "void snippet(void) {", "}"
