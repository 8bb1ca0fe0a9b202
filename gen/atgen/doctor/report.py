"""Findings as text, as SARIF and as rows for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from atgen import __version__
from atgen.doctor.rules import ALL
from atgen.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from atgen.doctor.findings import Finding

_WIDEST = 160


def text(finding: Finding) -> Iterator[str]:
    """The place and the rule, the source line with a mark under it, and the mend; as ruff and rustc do."""
    signs = (" [note]" if finding.is_note else "") + (" [*]" if finding.edit else "")
    place = ":".join([finding.file, *(str(each) for each in (finding.line, finding.column) if each)])
    yield plain(f"{place}: {finding.rule}{signs} {finding.message}")
    if finding.line and finding.text.strip():
        number = str(finding.line)
        edge = " " * len(number) + " |"
        line = finding.text.expandtabs(4)
        before = len(finding.text[: finding.column - 1].expandtabs(4))
        # A long line is shown from where the mark is.
        start = max(0, before - _WIDEST // 2) if len(line) > _WIDEST else 0
        shown = plain(line[start : start + _WIDEST])
        offset = len(plain(line[start:before]))
        width = max(1, min(finding.width, len(shown) - offset))
        yield edge
        yield f"{number} | {shown}"
        yield f"{edge} {' ' * offset}{'^' * width}"
        yield plain(f"{' ' * len(number)} = {finding.mend}")
    else:
        yield plain(f"  = {finding.mend}")


def row(finding: Finding) -> dict[str, object]:
    """A finding for programs."""
    place = {"file": finding.file, "line": finding.line, "column": finding.column, "rule": finding.rule}
    level = {"level": "note" if finding.is_note else "error"}
    return {**place, **level, "message": finding.message, "mend": finding.mend, "fixable": finding.edit is not None}


def sarif(findings: Iterable[Finding]) -> dict[str, Any]:
    """SARIF 2.1.0, as code scanning services read it."""
    codes = [*ALL]
    results = []
    for each in findings:
        where: dict[str, Any] = {"artifactLocation": {"uri": quote(each.file)}}
        if each.line:
            where["region"] = {"startLine": each.line, **({"startColumn": each.column} if each.column else {})}
        results.append(
            {
                "ruleId": each.rule,
                "ruleIndex": codes.index(each.rule),
                "level": "note" if each.is_note else "error",
                "message": {"text": f"{each.message}; {each.mend}"},
                "locations": [{"physicalLocation": where}],
            }
        )
    rules = [
        {"id": rule.code, "shortDescription": {"text": rule.sentence}, "help": {"text": rule.mend}}
        for rule in ALL.values()
    ]
    driver = {"name": "atgen doctor", "version": __version__, "rules": rules}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }
