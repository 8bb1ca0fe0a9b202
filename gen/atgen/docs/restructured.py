"""Which lines of a reStructuredText page are read as what they look like: docutils' state machine, as far as it decides that.

After docutils 0.23, `parsers/rst/states.py` and `statemachine.py`: a line is taken for what it begins with only where no
paragraph is under way, and what is moved in belongs to what stands above it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    # Numbered lines, moved out to the block's own margin.
    Block = Sequence[tuple[int, str]]

# Directives without content, and those whose content docutils or Sphinx does not read as prose.
_VERBATIM = re.compile(
    r"(?:code|code-block|sourcecode|parsed-literal|raw|math|literalinclude|highlight|prompt|doctest"
    r"|testcode|testoutput|testsetup|testcleanup|productionlist|graphviz|digraph|graph|mermaid|only-code"
    r"|image|include|contents|sectnum|replace|unicode|date|title|meta|rubric|default-role|target-notes)$",
    re.IGNORECASE,
)
# Those whose text may begin on their own line; others have their arguments there.
_ADMONITION = re.compile(r"(?:attention|caution|danger|error|hint|important|note|tip|warning)$", re.IGNORECASE)
_DIRECTIVE = re.compile(r"\.\. +(?:[\w.+-]+:)?([\w.+-]+) ?::(?: +|$)")
_NOTE = re.compile(r"\.\. +\[(?:[0-9]+|#[\w.+-]*|\*|[\w.+-]+)\](?: +|$)")
_TARGET = re.compile(r"\.\. +_(?:`[^`]+`|(?![ _])(?:\\.|[^:\\])+|_):(?: |$)|__(?: |$)")
_SUBSTITUTION = re.compile(r"\.\. +\|(?! )")
_BULLET = re.compile(r"[-+*\u2022\u2023\u2043](?: +|$)")
_ENUMERATOR = re.compile(r"(?:\({0}\)|{0}[.)])(?: +|$)".format("(?:[0-9]+|[a-zA-Z]|[ivxlcdm]+|[IVXLCDM]+|#)"))
_ROMAN = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]
_FIELD = re.compile(r":(?![: ])(?:[^:\\]|\\.|:(?!(?:[ `]|$)))*(?<! ):(?: +|$)")
_OPTION_ITSELF = r"(?:[-+][a-zA-Z0-9](?: ?{0})?|(?:--|/)[a-zA-Z0-9][\w-]*(?:[ =]{0})?)".format(
    r"(?:[a-zA-Z][\w-]*|<[^<>]+>)"
)
_OPTION = re.compile(rf"{_OPTION_ITSELF}(?:, {_OPTION_ITSELF})*(?:  +| ?$)")
_SIMPLE_TABLE = re.compile(r"=+(?: +=+)+$")
_GRID_TABLE = re.compile(r"\+-[-+]+-\+$")
_UNTIL_BLANK = re.compile(r">>>(?: |$)")
_LINE_BLOCK = re.compile(r"\|(?: +|$)")
_PUNCTUATION = r"[!-/:-@\[-`{-~]"
_RULE = re.compile(rf"({_PUNCTUATION})\1*$")
_LITERAL_NEXT = re.compile(r"(?<!\\)(?:\\\\)*::$")
_SHORTEST = 4  # a rule that is shorter may be text
_DEEPEST = 50


def prose(lines: Sequence[str]) -> Iterator[int]:
    """Give the indexes of comments, and those of other text that is not literal."""
    block = [(number, line.expandtabs(8).rstrip()) for number, line in enumerate(lines)]
    yield from _body(block, 0)


def _body(block: Block, depth: int) -> Iterator[int]:  # noqa: C901, PLR0912 (one branch a kind of line, in docutils' order)
    if depth > _DEEPEST:
        return
    at = 0
    while at < len(block):
        number, line = block[at]
        if not line:
            at += 1
        elif line[0] == " ":
            end = _end(block, at)
            yield from _body(_moved_out(block[at:end]), depth + 1)
            at = end
        elif line.startswith(".. ") or line == "..":
            end, content = _explicit(block, at)
            if content is None:
                yield number
            else:
                yield from _body(content, depth + 1)
            at = end
        elif item := _item(block, at):
            end, content = _known(block, at, item.end())
            yield from _body(content, depth + 1)
            at = end
        elif (field := _FIELD.match(line) or _OPTION.match(line)) and _first_known(block, at, field.end())[1] != [
            (number, "")
        ]:
            end, content = _first_known(block, at, field.end())
            yield from _body(content, depth + 1)
            at = end
        elif _SIMPLE_TABLE.match(line):
            at = _table(block, at)
        elif _GRID_TABLE.match(line):
            at = next((each for each in range(at, len(block)) if block[each][1][:1] not in {"+", "|"}), len(block))
        elif _UNTIL_BLANK.match(line):
            at = _blank(block, at)
        elif _LINE_BLOCK.match(line) or _TARGET.match(line):
            at = min(_end(block, at + 1), _blank(block, at))
        elif _RULE.match(line) and (taken := _rule(block, at, is_top=not depth)):
            at += taken
        else:
            at = yield from _text(block, at, depth)


def _text(block: Block, at: int, depth: int) -> Generator[int, None, int]:
    """Read what begins as a paragraph; returns where it ends."""
    number, line = block[at]
    yield number
    below = block[at + 1][1] if at + 1 < len(block) else ""
    if below.startswith(" "):  # a definition
        end = _end(block, at + 1)
        yield from _body(_moved_out(block[at + 1 : end]), depth + 1)
        return end
    if below and _RULE.match(below) and (len(line) <= len(below) or len(below) >= _SHORTEST):
        return at + 2
    end = at + 1
    while end < len(block) and block[end][1] and block[end][1][0] != " ":
        if not block[end][1].startswith(".. "):
            yield block[end][0]
        end += 1
    return _literal(block, end) if _LITERAL_NEXT.search(block[end - 1][1]) else end


def _literal(block: Block, at: int) -> int:
    """Pass over the literal block that a `::` announces: moved in, or each line behind the same mark."""
    while at < len(block) and not block[at][1]:
        at += 1
    if at == len(block) or block[at][1][0] == " ":
        return _end(block, at)
    mark = block[at][1][0]
    if re.match(_PUNCTUATION, mark):
        while at < len(block) and block[at][1].startswith(mark):
            at += 1
    return at


def _explicit(block: Block, at: int) -> tuple[int, Block | None]:  # noqa: PLR0911 (same)
    """Read explicit markup: where it ends, and what of it is read on; None for a comment."""
    line = block[at][1]
    end = _end(block, at + 1)
    if note := _NOTE.match(line):
        return _first_known(block, at, note.end())
    if _TARGET.match(line):
        return min(end, _blank(block, at)), ()
    if _SUBSTITUTION.match(line):
        return end, ()
    if directive := _DIRECTIVE.match(line):
        if _VERBATIM.match(directive[1]):
            return end, ()
        return end, _content(block, at, directive.end(), takes_arguments=not _ADMONITION.match(directive[1]))
    if line == ".." and not (at + 1 < len(block) and block[at + 1][1]):
        return at + 1, None  # docutils: "A tiny but practical wart."
    return end, None


def _content(block: Block, at: int, width: int, *, takes_arguments: bool) -> Block:
    """Give what a directive holds: not its arguments, nor its options, which are before the first blank line."""
    _, content = _first_known(block, at, width)
    begin = 1 if not content[0][1] else 0
    blank = _blank(content, begin)
    if takes_arguments and not begin:
        return content[blank:]
    options = next((each for each in range(begin, blank) if _FIELD.match(content[each][1])), blank)
    return [*content[begin:options], *content[blank:]]


def _table(block: Block, at: int) -> int:
    """Pass over a simple table: up to its second border, or its first before a blank line; without one, over all."""
    borders = [each for each in range(at + 1, len(block)) if _SIMPLE_TABLE.match(block[each][1])]
    for number, each in enumerate(borders, 1):
        if number == 2 or each + 1 == len(block) or not block[each + 1][1]:  # noqa: PLR2004 (docutils' own number)
            return each + 1
    return borders[-1] + 1 if borders else len(block)


def _rule(block: Block, at: int, *, is_top: bool) -> int:
    """Say how many lines a transition takes, or a title with a line above and below; 0 where it is text."""
    length = len(block[at][1])
    if not is_top:
        return int(length >= _SHORTEST)
    below = [line for _, line in block[at + 1 : at + 3]]
    if length >= _SHORTEST:
        return 1 if not below or not below[0] else 2 if _RULE.match(below[0]) else 1 + len(below)
    is_title = len(below) > 1 and below[0] and below[1] == block[at][1] and len(below[0]) <= length
    return 3 if is_title else 0


def _item(block: Block, at: int) -> re.Match[str] | None:
    line = block[at][1]
    found = _BULLET.match(line)
    if found or not (found := _ENUMERATOR.match(line)):
        return found
    below = block[at + 1][1] if at + 1 < len(block) else ""
    return found if below[:1].strip() == "" or _follows(found[0].strip(), below) else None


def _follows(mark: str, below: str) -> bool:
    """Whether the next line is the list's next item."""
    value = mark.strip("().")
    after = [str(int(value) + 1)] if value.isdigit() else [chr(ord(value) + 1)] if len(value) == 1 else []
    if value.lower() in _ROMAN[:-1]:
        roman = _ROMAN[_ROMAN.index(value.lower()) + 1]
        after.append(roman if value.islower() else roman.upper())
    return below.startswith(tuple(f"{mark.replace(value, each)} " for each in (*after, "#")))


def _known(block: Block, at: int, width: int) -> tuple[int, Block]:
    """Give an item's end and content, which is moved in as far as its text; without text there, as far as it is."""
    if len(block[at][1]) <= width and not block[at][1][width:]:
        return _first_known(block, at, width)
    end = at + 1
    while end < len(block) and not block[end][1][:width].strip():
        end += 1
    return end, [(number, line[width:]) for number, line in block[at:end]]


def _first_known(block: Block, at: int, width: int) -> tuple[int, Block]:
    end = _end(block, at + 1)
    return end, [(block[at][0], block[at][1][width:]), *_moved_out(block[at + 1 : end])]


def _end(block: Block, at: int) -> int:
    """Where what is moved in ends, from a line on."""
    while at < len(block) and (not block[at][1] or block[at][1][0] == " "):
        at += 1
    return at


def _blank(block: Block, at: int) -> int:
    while at < len(block) and block[at][1]:
        at += 1
    return at


def _moved_out(block: Block) -> Block:
    margin = min((len(line) - len(line.lstrip(" ")) for _, line in block if line), default=0)
    return [(number, line[margin:]) for number, line in block]
