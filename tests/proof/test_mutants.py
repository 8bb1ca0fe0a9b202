"""A sample of mutation.py's mutants, chosen by digest: each is noticed, or mutation.md says why not."""

from __future__ import annotations

import re

import pytest

from atgen.rendering import languages, pipeline
from atgen.rendering.plan import OWN
from conftest import ROOT, compiler
from mutants import LANGUAGES, TARGETS, Copy, changes, mutants, units
from mutation import reasons

SWIFT = """\
let call = Call()
self.work {
    guard call.isOpen else { return }
    call.end(true)
}
"""
PYTHON = """\
def done():
    if not over:
        end(5)
run(done)
"""


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The project, to put mutants into."""
    return Copy(tmp_path_factory.mktemp("mutants") / "copy")


@pytest.mark.sample(4)
@pytest.mark.parametrize("target", ["templates", "plan", "requirements", "words"])
def test_a_mutant_is_noticed(target: str, copied: Copy) -> None:
    """The first by digest that changes what a case is rendered to, of one target; the nightly job `mutants` judges all."""
    for language in ("swift", "objc"):
        compiler(language)
    for mutant in sorted(mutants(target), key=lambda each: each.number):
        verdict = copied.judge(mutant)
        if not verdict.equal:
            break
    assert not verdict.not_run
    assert verdict.objection or mutant.name in reasons(), mutant.name


def test_the_copy_is_the_project_again(copied: Copy) -> None:
    """A mutant leaves nothing behind for the next one."""
    mutant = next(mutants("templates"))
    [path] = mutant.files
    copied.judge(mutant)
    assert (copied.folder / path).read_bytes() == (ROOT / path).read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mutant_of_any_macro_is_rendered(language: str) -> None:
    """By a case that is asked; but of a person's own work, which scaffolds have in a file of its own."""
    rendered = set(OWN.values()) | {"own_launch"}
    for described, platform in units().values():
        plan, _ = pipeline.see(described, platform, languages.get("python"))
        rendered |= {step.name for step in plan.walk()} | {entry.name for entry in plan.entries}
        rendered |= {name for name, _ in plan.properties} | {*plan.helpers}
    names = {
        each[1]
        for path in TARGETS["templates"]
        if path.startswith(f"templates/{language}/")
        for each in re.finditer(r"^{% macro (\w+)", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert names - rendered == set()


def test_names_are_of_one_mutant_each() -> None:
    """And so is each reason: none outlives its mutant."""
    names = [mutant.name for target in TARGETS for mutant in mutants(target)]
    assert len(set(names)) == len(names)
    assert reasons().keys() - set(names) == set()
    assert all(reasons().values())


def test_no_mutant_is_the_project() -> None:
    """Each changes every file that it names."""
    for target in TARGETS:
        for mutant in mutants(target):
            assert mutant.files, mutant.name
            for path, text in mutant.files.items():
                assert text != _original(path), mutant.name


def test_what_is_changed_in_braces() -> None:
    """Statements as a reader sees them, in the block where they stand."""
    found = {change.what: change.text for change in changes(SWIFT)}
    assert found["swap let call = Call() and the next"].startswith("self.work {")
    assert found["move-out call.end(true)"].endswith("}\ncall.end(true)\n")
    assert found["negate in guard call.isOpen else { return }"].count("guard !(call.isOpen) else") == 1
    assert "call.end(false)" in found["exchange true in call.end(true)"]
    assert found["drop self.work {"] == "let call = Call()\n"


def test_what_is_changed_in_python() -> None:
    """The same by indentation."""
    found = {change.what: change.text for change in changes(PYTHON)}
    assert found["move-in run(done)"] == "def done():\n    if not over:\n        end(5)\n    run(done)\n"
    assert "    if over:\n" in found["negate in if not over:"]
    assert "end(50)" in found["number 50 in end(5)"]


def _original(path: str) -> str:
    if path not in _TEXTS:
        _TEXTS[path] = (ROOT / path).read_text(encoding="utf-8")
    return _TEXTS[path]


_TEXTS: dict[str, str] = {}
