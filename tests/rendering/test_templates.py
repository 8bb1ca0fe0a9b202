"""The templates: no decisions, no forgotten escape, nothing used that is not there and nothing there that is not used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from jinja2 import BytecodeCache, nodes

from atgen.case.axes import HITS
from atgen.case.code import Code, printed
from atgen.case.model import Form, Platform
from atgen.case.vocabulary import texts, vocabulary
from atgen.rendering import languages, pipeline, templating
from atgen.rendering.context import Context
from atgen.rendering.plan import PROPERTIES, REASONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

    from jinja2.bccache import Bucket

    from atgen.case.model import App, Case
    from atgen.rendering.languages import Language

LANGUAGES = languages.names()
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Macro, nodes.For, nodes.Filter, nodes.Getattr, nodes.Name,
    nodes.Const, nodes.Tuple,
)  # fmt: skip


def sources(language: str) -> Iterator[tuple[str, nodes.Template]]:
    """Each template's name and syntax tree."""
    made = templating.templates(languages.get(language))
    assert made.loader is not None
    for name in made.list_templates():
        yield name, made.parse(made.loader.get_source(made, name)[0])


def compiled(language: str) -> Iterator[tuple[str, nodes.Template]]:
    """What is compiled as one: files, and each macro of those that hold nothing else."""
    made = templating.templates(languages.get(language))
    assert isinstance(made.loader, templating.Folder)
    for name in made.list_templates():
        for each in [f"{name}:{macro}" for macro in made.loader.macros(name)] or [name]:
            yield each, made.parse(made.loader.get_source(made, each)[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_templates_decide_nothing(language: str) -> None:
    """A template holds output, loops, macros and filters: no condition, assignment, arithmetic, call or import."""
    found = [
        f"{name}:{node.lineno} {type(node).__name__}"
        for name, tree in sources(language)
        for node in walk(tree)
        if not isinstance(node, ALLOWED)
    ]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_holds_macros_or_is_one_frame(language: str) -> None:
    """Macros are compiled one by one: nothing stands between them, and each is found where Jinja sees it, on its line."""
    pieces = {name: tree for name, tree in compiled(language) if ":" in name}
    whole = {
        f"{name}:{node.name}": node.lineno for name, tree in sources(language) for node in tree.find_all(nodes.Macro)
    }
    assert {name: node.lineno for name, tree in pieces.items() for node in tree.find_all(nodes.Macro)} == whole
    for _, tree in sources(language):
        if tree.find(nodes.Macro):
            beside = [node for node in tree.body if not isinstance(node, nodes.Macro)]
            assert "".join(data.data for node in beside for data in node.find_all(nodes.TemplateData)).strip() == ""
            assert all(isinstance(each, nodes.TemplateData) for node in beside for each in node.iter_child_nodes())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_has_a_macro_and_no_macro_is_dead(language: str) -> None:
    """steps.j2 has one macro for each step that a plan can hold, unless a property's declaration does all of it."""
    trees = dict(sources(language))
    macros, declared = (
        {node.name for node in trees[name].find_all(nodes.Macro)} if name in trees else set()
        for name in ("steps.j2", "properties.j2")
    )
    assert macros - REASONS.keys() == set()
    assert [step for step in REASONS if step not in macros and PROPERTIES.get(step) not in declared] == []


def test_every_field_of_the_context_is_used_and_every_used_one_is_there() -> None:
    """What the templates of all languages read of `c` is what Context has, and so for words and texts."""
    used: set[str] = set()
    words: dict[str, set[str]] = {language: set() for language in LANGUAGES}
    said: set[str] = set()
    for language in LANGUAGES:
        for _, tree in sources(language):
            for node in tree.find_all(nodes.Getattr):
                path = dotted(node)
                if path[:2] == ("c", "words") and len(path) == 3:
                    words[language].add(path[2])
                elif path[:2] == ("c", "texts") and len(path) == 3:
                    said.add(path[2])
                elif path[:1] == ("c",) and len(path) == 2:
                    used.add(path[1])
    assert used == set(Context._fields)
    # What context.py itself reads: the case's mode and action, the collection of hits, the chapters' label, and the header's sentences.
    derived = ("mode_", "send_", "chapter", *(row.collection for row in HITS.values()))
    # What the proof reads of the reference's words.
    words["python"].add("instead_of_build")
    assert {
        language: {word for word in there if not word.startswith(derived)}
        for language, there in vocabulary().words.items()
    } == {language: {word for word in there if not word.startswith(derived)} for language, there in words.items()}
    header = {
        "generated",
        "needs",
        "needs_plist",
        "plist_absent",
        "entitlement",
        "tag_taken",
        "tag_kept",
        "visitor",
        "shared",
    }
    header |= {
        text
        for text in texts()
        if text.startswith(("warning_", "entry_", "lifecycle_", "hook_", "scheduler_", "form_"))
    }
    assert said | header == set(texts())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filter_that_is_forgotten_is_an_error(language: str, every_case: list[Case]) -> None:
    """Each filter of each expression is taken out, one at a time: each time rendering fails."""
    chosen = languages.get(language)
    cases = list(every_case)
    swept = 0
    others = Others()
    for name, tree in compiled(language):
        others.swept = name
        for index in range(len(list(tree.find_all(nodes.Filter)))):
            with pytest.raises(TypeError, match=r"that no filter made into code|not lines of code"):
                render_all(chosen, cases, name, index, others)
            swept += 1
    assert swept >= 20


class Others(BytecodeCache):
    """What was compiled before of all templates but the one that is swept."""

    swept = ""

    def __init__(self) -> None:
        self.codes: dict[str, CodeType | None] = {}

    def get_cache_key(self, name: str, filename: str | None = None) -> str:  # noqa: ARG002 (Jinja's signature)
        """A language's templates have their names."""
        return name

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled."""
        bucket.code = None if bucket.key == self.swept else self.codes.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        if bucket.key != self.swept:
            self.codes[bucket.key] = bucket.code


def render_all(language: Language, cases: list[Case], name: str, index: int, others: Others) -> None:
    """Renders every case with the `index`-th filter of one template taken out; the one that fails is the next one's first."""

    class Sweeping(templating.Templates):
        def _parse(self, source: str, template: str | None, filename: str | None) -> nodes.Template:
            tree = super()._parse(source, template, filename)
            if template == name:
                target = list(tree.find_all(nodes.Filter))[index]
                replace(tree, target, target.node)
            return tree

    made = templating.templates(language, Sweeping)
    made.bytecode_cache = others
    for number, case in enumerate([*cases]):
        cases.insert(0, cases.pop(number))
        for platform in case.platforms:
            if language.name in vocabulary(case.sdk).words:
                for own_work in (False, platform is not Platform.WATCHOS and case.style.form is Form.DELEGATE):
                    templating.render(*pipeline.see(case, platform, language, own_work=own_work), language, made=made)


def replace(tree: nodes.Node, old: nodes.Node, new: nodes.Node | None) -> None:
    """Puts `new` where `old` is."""
    for node in walk(tree):
        for field, value in node.iter_fields():
            if value is old:
                setattr(node, field, new)
            elif isinstance(value, list) and any(item is old for item in value):
                setattr(node, field, [new if item is old else item for item in value])


def walk(node: nodes.Node) -> Iterator[nodes.Node]:
    """The node and all below it."""
    yield node
    for child in node.iter_child_nodes():
        yield from walk(child)


def dotted(node: nodes.Node) -> tuple[str, ...]:
    """`c.words.module` as its parts."""
    if isinstance(node, nodes.Getattr):
        return (*dotted(node.node), node.attr)
    return (node.name,) if isinstance(node, nodes.Name) else ()


@pytest.mark.parametrize("language", ["swift", "objc"])
def test_code_is_80_columns_wide(language: str, shipped: list[Case], apps: list[App]) -> None:
    """In each case and app that ships, whatever its names are; the file's header is prose, and not meant."""
    wide = []
    for described in (*shipped, *apps):
        for path, file in pipeline.render(described, [language]).items():
            wide += [(path, line) for line in file.text.splitlines() if len(line) > 80 and not line.startswith("//")]
    assert wide == []


DECLARED = re.compile(r"^([-+] \([^:]*\)\w+):[^;{\n]*\n( +\w+):", re.MULTILINE)


def test_declarations_in_objective_c_have_their_colons_in_line(shipped: list[Case], apps: list[App]) -> None:
    """Unless the second word is too long for it: that one is indented as a line that goes on."""
    askew, found = [], 0
    for described in (*shipped, *apps):
        for path, file in pipeline.render(described, ["objc"]).items():
            for first, second in DECLARED.findall(file.text):
                found += 1
                if len(first) != len(second) and not re.match(r" {4}\w", second):
                    askew.append((path, first, second))
    assert found
    assert askew == []


def test_only_code_is_printed() -> None:
    """A text that no filter made into code is refused, whatever it holds."""
    assert printed(Code("x")) == "x"
    for value in ("x", 1, None):
        with pytest.raises(TypeError, match="no filter made into code"):
            printed(value)
