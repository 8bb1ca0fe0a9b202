"""The words of an SDK and of the output's comments: YAML files, validated like a spec."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from atgen.case import yamltree
from atgen.case.code import Code
from atgen.case.model import Platform
from atgen.case.schema import Key, Record, Report, Text, at
from atgen.case.yamltree import Mapping, Node, Sequence
from atgen.errors import Problem, SpecError
from atgen.resources import SDKS, SYSTEMS, TEXTS

if TYPE_CHECKING:
    from pathlib import Path

_WORD = Text(
    pattern=r"[A-Za-z_][A-Za-z0-9_]*(?:(?:/[A-Za-z_][A-Za-z0-9_-]*)?\.h)?", what="an identifier or a header's path"
)
_SDK = Record(
    {
        "title": Key(Text(), "The SDK's name.", required=True),
        "version": Key(Text(), "The version whose words these are.", required=True),
        "since": Key(Text(), "The first version that has all of them.", required=True),
        "settings": Key(
            Record({"secure": Key(Text(), "Whether hits go over https.")}), "What every configuration has, too."
        ),
        "platforms": Key(
            Record({member.value: Key(Text(), "The pod.") for member in Platform}), "Its pods.", required=True
        ),
    }
)


# By language and concept; a concept that has several words has them in a tuple.
Words = dict[str, dict[str, Any]]


class Vocabulary(NamedTuple):
    """An SDK's words, by language and concept.

    `platforms` maps those it is made for to its pods; `settings` are keys that every tracker's configuration has.
    """

    name: str
    title: str
    version: str
    since: str
    platforms: dict[str, str]
    settings: tuple[tuple[str, str], ...]
    words: Words


def sdks() -> list[str]:
    """The SDKs there are: one file each."""
    return sorted(name.removesuffix(".yaml") for name in os.listdir(SDKS) if name.endswith(".yaml"))


@cache
def vocabulary(name: str = "apple") -> Vocabulary:
    """The words of one SDK; SpecError where its file is not right."""
    path = SDKS / f"{name}.yaml"
    root = yamltree.load(path)
    report = Report(str(path))
    others = tuple(entry for entry in root.entries if entry[0].text != "words")
    facts = _SDK.check(Mapping(others, root.line, root.column), "", report) or {}
    words = _words(at(root, "words"), report)
    if report.problems:
        raise SpecError(report.problems)
    settings = tuple(facts.pop("settings", {}).items())
    return Vocabulary(name, words=words, settings=settings, **facts)


@cache
def system(name: str) -> Words:
    """The words of one of Apple's frameworks for apps, by language: templates/system/NAME.yaml."""
    path = SYSTEMS / f"{name}.yaml"
    report = Report(str(path))
    words = _words(yamltree.load(path), report)
    if report.problems:
        raise SpecError(report.problems)
    return words


def _words(node: Node, report: Report) -> Words:
    words: Words = {}
    for language, concepts in _entries(node, report.file):
        words[language.text] = {}
        for concept, value in _entries(concepts, report.file):
            path = f"{language.text}.{concept.text}"
            if isinstance(value, Sequence):  # none may be an answer, too
                several = (_WORD.check(item, path, report) for item in value.items)
                words[language.text][concept.text] = tuple(Code(word or "") for word in several)
            else:
                words[language.text][concept.text] = Code(_WORD.check(value, path, report) or "")
    return words


@cache
def texts(locale: str = "en", folder: Path = TEXTS) -> dict[str, str]:
    """The comments of the output, or another folder's texts, in one language of people."""
    path = folder / f"{locale}.yaml"
    return {
        key.text: value.text.rstrip("\n")
        for key, value in _entries(yamltree.load(path), str(path))
        if isinstance(value, yamltree.Scalar)
    }


def _entries(node: Node, name: str) -> tuple[tuple[yamltree.Scalar, Node], ...]:
    if isinstance(node, Mapping):
        return node.entries
    raise SpecError([Problem(name, node.line, node.column, "expected keys and values")])
