"""Source text without what only looks like code: comments and the contents of strings become spaces, places stay."""

from __future__ import annotations

import re
from functools import lru_cache

# In none of these can two ways match the same stretch, so the time is linear in a text that somebody made to be slow.
_OBJC = re.compile(
    r"(?P<keep>^[ \t]*#[ \t]*(?:import|include)\b[^\n]*)"
    r"|^[ \t]*#[ \t]*(?:pragma|error|warning)\b[^\n]*"
    r"|\bR\"(?P<mark>[^()\\\s]{0,16})\([\s\S]*?(?:\)(?P=mark)\"|\Z)"  # C++'s raw strings
    r"|//[^\n\\]*(?:\\[\s\S][^\n\\]*)*"
    r"|/\*[\s\S]*?(?:\*/|\Z)"
    r'|(?P<string>"[^"\\\n]*(?:\\[\s\S][^"\\\n]*)*"?)'
    r"|'[^'\\\n]*(?:\\[\s\S][^'\\\n]*)*'?",
    re.MULTILINE,
)
_RUBY = re.compile(
    r"""(?P<keep>"[^"\\]*(?:\\[\s\S][^"\\]*)*"?|'[^'\\]*(?:\\[\s\S][^'\\]*)*'?)|#[^\n]*|^=begin\b[\s\S]*?(?:^=end\b|\Z)""",
    re.MULTILINE,
)
_OPEN = r'(?P<open>(?<!#)#*(?:"""|"))'
# A literal between slashes begins where no operand stands before it; between #/ and /# anywhere.
_REGEX = r"#+/(?:[^\n\r]*?/#+|[^\n\r]*)|(?<![\w)\]\"} ])(?<=[(,=:\[]) ?/(?![/* ])[^\n\r/\\]*(?:\\.[^\n\r/\\]*)*/"
_SWIFT = re.compile(rf"//[^\n\r]*|(?P<comment>/\*)|(?P<regex>{_REGEX})|{_OPEN}")
_COMMENT = re.compile(r"/\*|\*/")
_NOT_BREAK = re.compile(r"[^\n\r]")


def swift(text: str) -> str:
    """Swift: comments nest; strings may be raw, span lines, and hold code that holds strings."""
    parts: list[str] = []
    done = 0
    while match := _SWIFT.search(text, done):
        start, end = match.span()
        closing = 0
        if match["comment"]:
            end = _comment_end(text, end)
        elif match["open"]:
            start, end = end, _string_end(text, end, match["open"])
            closing = len(match["open"]) if text.startswith('"', end) else 0
        parts += [text[done:start], _blank(text[start:end]), text[end : end + closing]]
        done = end + closing
    return "".join([*parts, text[done:]])


def objc(text: str) -> str:
    """Objective-C; what an #import names stays."""

    def replaced(match: re.Match[str]) -> str:
        if match["keep"]:
            return match[0]
        if string := match["string"]:
            closing = '"' if len(string) > 1 and string.endswith('"') else ""
            return f'"{_blank(string[1 : len(string) - len(closing)])}{closing}'
        return _blank(match[0])

    return _OBJC.sub(replaced, text)


def ruby(text: str) -> str:
    """Ruby, as a Podfile is: strings stay, since they name the pods."""
    return _RUBY.sub(lambda match: match[0] if match["keep"] else _blank(match[0]), text)


def _blank(text: str) -> str:
    return _NOT_BREAK.sub(" ", text)


def _comment_end(text: str, start: int) -> int:
    depth, end = 1, start
    while depth:
        match = _COMMENT.search(text, end)
        if not match:
            return len(text)
        depth += 1 if match[0] == "/*" else -1
        end = match.end()
    return end


def _string_end(text: str, start: int, opening: str) -> int:
    r"""Where the string's closing quotes begin, or its line ends; `\(…)` may hold strings again, hence the stack."""
    stack = [opening]
    # How many parentheses of each open string's interpolation are open.
    parentheses = [0]
    done = start
    while match := _inside(stack[-1], is_code=parentheses[-1] > 0).search(text, done):
        done = match.end()
        if match.lastgroup == "parenthesis":
            parentheses[-1] += 1 if match[0].endswith("(") else -1
        elif match.lastgroup == "open":
            stack.append(match[0])
            parentheses.append(0)
        elif match.lastgroup in ("close", "broken"):
            stack.pop()
            while match.lastgroup == "broken" and stack and not stack[-1].endswith('"""'):
                stack.pop()
            del parentheses[len(stack) :]
            if not stack:
                return match.start()
    return len(text)


@lru_cache(maxsize=64)
def _inside(opening: str, *, is_code: bool) -> re.Pattern[str]:
    """Match what matters next in a string that was opened so, or in the code that it interpolates."""
    quotes = opening.lstrip("#")
    signs = opening[: -len(quotes)]
    broken = "" if quotes == '"""' else r"|(?P<broken>[\n\r])"
    if is_code:
        return re.compile(rf"(?P<parenthesis>[()])|{_OPEN}{broken}")
    return re.compile(rf"(?P<parenthesis>\\{signs}\()|(?P<escape>\\{signs}[^\n\r])|(?P<close>{quotes}{signs}){broken}")
