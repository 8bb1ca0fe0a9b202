"""What somebody has seen and lets be: comments in the source, and a list of accepted findings.

`// atgen:ignore P13 reason` silences P13 on its line, or on the next one if it stands alone. The list `.atgen-doctor.json`
knows a finding by its file, rule and source line, not by the line's number: code may move.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from atgen.case.text import visible
from atgen.doctor.findings import Finding
from atgen.doctor.rules import ALL
from atgen.errors import Problem, SpecError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from atgen.doctor.source import Source

NAME = ".atgen-doctor.json"
_IGNORE = re.compile(rb"(?://|/\*)[ \t]*atgen:ignore\b[ \t]*([\w, \t]*)")
_COMMENTS = frozenset({"comment", "multiline_comment"})


class _Ignore(NamedTuple):
    """A comment that silences rules on one line of a file."""

    file: str
    line: int
    codes: frozenset[str]
    at: int


def ignored(findings: Iterable[Finding], sources: Iterable[Source]) -> list[Finding]:
    """Leave out what comments silence; a comment that silences nothing is noted."""
    silent: dict[tuple[str, int, str], _Ignore] = {}
    comments = [each for source in sources for each in _comments(source)]
    for comment in comments:
        silent |= {(comment.file, comment.line, code): comment for code in comment.codes}
    kept: list[Finding] = []
    used: set[tuple[str, int, str]] = set()
    for finding in findings:
        key = (finding.file, finding.line, finding.rule)
        if key in silent:
            used.add(key)
        else:
            kept.append(finding)
    for comment in comments:
        idle = sorted(code for code in comment.codes if (comment.file, comment.line, code) not in used)
        if idle or not comment.codes:
            message = f"{', '.join(idle)} is not found here" if idle else "names no rule"
            kept.append(Finding(comment.file, comment.at, "ignore", message, "take the comment out", is_note=True))
    return kept


def _comments(source: Source) -> Iterator[_Ignore]:
    if b"atgen:ignore" not in source.data:
        return
    root = source.readings[0].root
    for match in _IGNORE.finditer(source.data):
        node = root.descendant_for_byte_range(match.start(), match.start() + 1)
        if node is None or node.type not in _COMMENTS:
            continue
        # The codes come first, with commas or blanks between them; the rest is the reason.
        codes = []
        for word in re.split(r"[, \t]+", match[1].decode().strip()):
            if word not in ALL:
                break
            codes.append(word)
        at = source.line(match.start())
        stands_alone = not source.text(match.start()).encode()[: _before(source, match.start())].strip()
        yield _Ignore(source.path, at + 1 if stands_alone else at, frozenset(codes), at)


def _before(source: Source, place: int) -> int:
    """How many bytes of its line stand before a place."""
    return place - (source.data.rfind(b"\n", 0, place) + 1)


def _key(finding: Finding, folder: str) -> tuple[str, str, str]:
    text = " ".join(finding.text.split()) if finding.line else finding.message
    name = finding.file.removeprefix(f"{folder}/") if finding.file != folder else "."
    return name, finding.rule, text


def accepted(findings: Iterable[Finding], folder: Path) -> list[Finding]:
    """Leave out what the folder's list accepts; what it accepts and is gone is noted. SpecError for a broken list."""
    path = folder / NAME
    if not path.is_file():
        return [*findings]
    left = _read(path)
    kept = []
    for finding in findings:
        key = _key(finding, str(folder))
        if not finding.is_note and left[key] > 0:
            left[key] -= 1
        else:
            kept.append(finding)
    for (file, rule, text), count in sorted(left.items()):
        if count > 0:
            message = f"{rule} in {file} is accepted, and gone: {text[:100]}"
            kept.append(
                Finding(str(path), 0, "accepted", message, "atgen doctor --accept writes the list anew", is_note=True)
            )
    return kept


def listed(findings: Iterable[Finding], folder: Path) -> bytes:
    """The list that accepts these findings."""
    counted = Counter(_key(finding, str(folder)) for finding in findings if not finding.is_note)
    rows = [
        {"file": file, "rule": rule, "text": text, "count": count}
        for (file, rule, text), count in sorted(counted.items())
    ]
    return (json.dumps({"accepted": rows}, indent=2, ensure_ascii=False) + "\n").encode()


def _read(path: Path) -> Counter[tuple[str, str, str]]:
    try:
        rows = json.loads(path.read_bytes())["accepted"]
        return Counter({(str(row["file"]), str(row["rule"]), str(row["text"])): int(row["count"]) for row in rows})
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        message = f"is no list of atgen doctor --accept: {type(error).__name__}"
        raise SpecError([Problem(visible(str(path)), 1, 1, message)]) from error


def chosen(findings: Iterable[Finding], select: frozenset[str], ignore: frozenset[str]) -> list[Finding]:
    """Only those of the rules that are selected, without those that are ignored; notes about reading stay."""
    return [
        each
        for each in findings
        if (not select or each.rule in select or each.rule in ("unread", "grammar")) and each.rule not in ignore
    ]
