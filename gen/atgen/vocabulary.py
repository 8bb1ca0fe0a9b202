"""The words of an SDK and of the output's comments: YAML files, validated like a spec."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from atgen import yamltree
from atgen.code import Code
from atgen.errors import Problem, SpecError
from atgen.resources import SDKS, TEMPLATES
from atgen.text import shown

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_-]*\.h)?", re.ASCII)


@dataclass(frozen=True)
class Vocabulary:
    """An SDK's words, by language and concept."""

    name: str
    title: str
    version: str
    pod: str
    since: str
    words: dict[str, dict[str, Code]]


@lru_cache(maxsize=None)
def vocabulary(name: str = "apple") -> Vocabulary:
    """The words of one SDK; SpecError where its file is not right."""
    path = SDKS / f"{name}.yaml"
    facts: dict[str, str] = {}
    words: dict[str, dict[str, Code]] = {}
    problems: list[Problem] = []
    for key, value in _entries(yamltree.load(path), str(path)):
        if isinstance(value, yamltree.Scalar):
            facts[key.text] = value.text
            continue
        words[key.text] = {}
        for concept, word in _entries(value, str(path)):
            if isinstance(word, yamltree.Scalar) and _WORD.fullmatch(word.text):
                words[key.text][concept.text] = Code(word.text)
            else:
                message = f"{key.text}.{concept.text}: expected an identifier or a header's path"
                problems.append(Problem(str(path), word.line, word.column, message))
    missing = {"title", "version", "pod", "since"} ^ facts.keys()
    if missing:
        problems.append(Problem(str(path), 1, 1, f"missing or unknown: {shown(', '.join(sorted(missing)))}"))
    if problems:
        raise SpecError(problems)
    return Vocabulary(name, words=words, **facts)


@lru_cache(maxsize=None)
def texts(locale: str = "en") -> dict[str, str]:
    """The comments of the output in one language of people."""
    path = TEMPLATES / "text" / f"{locale}.yaml"
    return {
        key.text: value.text.rstrip("\n")
        for key, value in _entries(yamltree.load(path), str(path))
        if isinstance(value, yamltree.Scalar)
    }


def _entries(node: yamltree.Node, name: str) -> tuple[tuple[yamltree.Scalar, yamltree.Node], ...]:
    if isinstance(node, yamltree.Mapping):
        return node.entries
    raise SpecError([Problem(name, node.line, node.column, "expected keys and values")])
