"""Small mistakes in templates, plan, requirements, words and stand-ins, and who objects to each.

A mutant is judged in a copy of the project: what it changes is rendered, proven as by `atgen verify`, and, where that
finds nothing, handed to the tests that read what is rendered. mutation.py runs them all; a test runs a sample.
"""

from __future__ import annotations

import ast
import compileall
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import traceback
from dataclasses import replace
from functools import cache, partial
from hashlib import sha256
from itertools import count, pairwise
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import TYPE_CHECKING, Any, NamedTuple

from atgen.case.axes import entry_kind
from atgen.case.model import Finish, Form, Platform, VisitorMode, When
from atgen.case.requirements import requirements
from atgen.proof import verify
from atgen.proof.verify import Proof, rendered
from atgen.rendering import languages, pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from atgen.case.model import Described
    from atgen.proof.verify import Finding

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("swift", "objc", "python")
# What is mutated, by the name of the target.
TARGETS = {
    "templates": [f"templates/{language}/{name}.j2" for language in LANGUAGES for name in ("steps", "entries")]
    + [f"templates/{language}/{name}.j2" for language in ("swift", "objc") for name in ("helpers", "properties")],
    "plan": ["gen/atgen/rendering/plan.py"],
    "requirements": ["gen/atgen/case/requirements.py"],
    "words": ["specs/sdk/*.yaml", "templates/*/apple.yaml"],
    "standins": [
        f"gen/atgen/proof/standins/{place}" for place in ("core/*.c", "objc/*.m", "objc/sdk/*.m", "swift/*/*.swift")
    ],
}
# The tests that read what is rendered, and for stand-ins those that hold them to what the real ones do.
READERS = [
    "tests/case/test_requirements.py",
    "tests/rendering/test_plan.py",
]
STRICT = [f"tests/proof/test_{name}.py" for name in ("native", "standins", "hits", "mistakes")]
# A helper is printed for each case, and used by those whose plan has such a step.
USED = {
    "fetch_call": "begin_fetch",
    "task_call": "begin_task",
    "scheduled_call": "begin_scheduled",
    "refresh_call": "begin_refresh",
    "activity_call": "begin_activity",
    "hit_deliveries": "expect_hit",
}
# So many kinds of entry are asked, each by the case that is proven soonest, before a mutant counts as survived.
KINDS = 4
# Most mistakes show themselves in few; where they do not, cases that wait for a hit are played in all orders, of so many kinds.
DEVIATIONS = 2
WAITING = 2
# What is rendered without a mutant, in the copy.
SEEN = "seen.json"
PATIENCE = 900  # seconds, for one mutant
# One text for another, both ways; a number is tried as ten of it.
_EXCHANGED = (
    ("true", "false"),
    ("YES", "NO"),
    ("True", "False"),
    ("DispatchQueue.global()", "DispatchQueue.main"),
    ("dispatch_get_global_queue(QOS_CLASS_DEFAULT, 0)", "dispatch_get_main_queue()"),
    (".failed", ".noData"),
    ("ResultFailed", "ResultNoData"),
    (".noData", ".newData"),
    ("ResultNoData", "ResultNewData"),
    ("IntervalMinimum", "IntervalNever"),
    ("INTERVAL_MINIMUM", "INTERVAL_NEVER"),
    ("didEnterBackgroundNotification", "willEnterForegroundNotification"),
    ("DidEnterBackgroundNotification", "WillEnterForegroundNotification"),
    ("c.mode ", "c.words.mode_normal "),
    ("c.identifier ", "c.case_name "),
    ("==", "!="),
    ("&&", "||"),
    (".first", ".last"),
    ("weak ", "strong "),
    ("copy, ", "weak, "),
)
_NUMBER = re.compile(r"(?<!indent\()(?<![\w.\"'$<])(?:step\.seconds \| number|[1-9]\d*)(?![\w.\"'>])")
_HEADER = re.compile(
    r"(?<![@=(\[])\{$|\{ ?\w+ in$|\bin$|^(?:def|if|for|while|else|class)\b.*:$|^(?:case|default)\b.*:$"
)
_GUARD = re.compile(r"(\bif \(|\bif not |\bif |\bguard )(?!let |not |var )(.*?)(\) \{$|\) return| \{|:$| else \{)")
# What stands in these cannot stand outside.
_DECLARATION = re.compile(
    r"\bfunc |\bprivate |\binit\(|\bclass |^ *extension |^ *[-+] \(|^@|\bdef \w+\(self|^ *(?:case|default)\b"
)
_SET = re.compile(r"((?:self\.)?_?\w+) = (?:self\.)?\w+;?")
_MACRO = re.compile(r"^\{% macro (\w+)\(.*?\) %\}\n(.*?)^\{% endmacro %\}\n", re.MULTILINE | re.DOTALL)
_WORD = re.compile(r"^    ?(\w+): ([^\s#]+)", re.MULTILINE)


class Mutant(NamedTuple):
    """Files as they would be with the mistake in them, by path; `part` is the macro, where the file has macros."""

    name: str
    files: dict[str, str]
    part: str = ""

    @property
    def number(self) -> int:
        """What the name's digest is as a number, which chooses samples."""
        return int(sha256(self.name.encode()).hexdigest(), 16)


class _Change(NamedTuple):
    """What was done, in words, and the text after it."""

    what: str
    text: str


def mutants(target: str) -> Iterator[Mutant]:
    """Every mutant of a target."""
    paths = sorted({path for pattern in TARGETS[target] for path in ROOT.glob(pattern)})
    texts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    names: dict[str, Iterator[int]] = {}
    for mutant in _all(texts):
        if any(text == texts[path] for path, text in mutant.files.items()):
            continue  # of two that are alike the one in the place of the other
        name = mutant.name.replace("`", "'")  # mutation.md has names as code
        number = next(names.setdefault(name, count(1)))
        yield mutant._replace(name=f"{name} ({number})" if number > 1 else name)


def _all(texts: dict[str, str]) -> Iterator[Mutant]:
    ways = {".py": _of_python, ".yaml": _of_words}
    for path, text in texts.items():
        if not path.endswith(".j2"):
            found = ways.get(Path(path).suffix, changes)(text)
            yield from (Mutant(f"{path} {each.what}", {path: each.text}) for each in found)
    yield from _of_templates({path: text for path, text in texts.items() if path.endswith(".j2")})


def _of_templates(texts: dict[str, str]) -> Iterator[Mutant]:
    """Each change of a macro; and the same in all languages at once, where they have as many of the kind in the macro."""
    together: dict[tuple[str, str, str], list[list[Mutant]]] = {}
    for path, text in texts.items():
        for macro in _MACRO.finditer(text):
            alike: dict[str, list[Mutant]] = {}
            for change in changes(macro[2]):
                whole = text[: macro.start(2)] + change.text + text[macro.end(2) :]
                made = Mutant(f"{path} {macro[1]}: {change.what}", {path: whole}, macro[1])
                alike.setdefault(change.what.partition(" ")[0], []).append(made)
                yield made
            for kind, those in alike.items():
                together.setdefault((Path(path).name, macro[1], kind), []).append(those)
    for (name, macro_name, kind), those in together.items():
        if len(those) == len(LANGUAGES) and len({len(each) for each in those}) == 1:
            for number, same in enumerate(zip(*those, strict=True), 1):
                files = {path: text for each in same for path, text in each.files.items()}
                yield Mutant(f"templates/*/{name} {macro_name}: {kind} {number}", files, macro_name)


# -- Statements, in Swift, Objective-C, C and Python alike: a line, and what is indented below it.


class _Statement(NamedTuple):
    first: int
    last: int


def changes(text: str) -> Iterator[_Change]:
    """Each small mistake in a text of statements."""
    lines = text.splitlines(keepends=True)
    yield from _moved(lines, 0, len(lines), None)
    for number, line in enumerate(lines):
        for what, new in _in_line(line):
            yield _Change(f"{what} in {line.strip()}", "".join([*lines[:number], new, *lines[number + 1 :]]))
    yield from _weakened(lines)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _statements(lines: list[str], start: int, end: int) -> list[_Statement]:
    found: list[_Statement] = []
    number = start
    base = min((_indent(line) for line in lines[start:end] if line.strip() and not line.startswith("{%")), default=0)
    while number < end:
        line = lines[number]
        if not line.strip() or line.startswith("{%") or _is_text(line):
            number += 1
            continue
        last = number
        for follower in range(number + 1, end):
            other = lines[follower]
            deeper = _indent(other) > base or other.startswith("{%") or other.strip()[:1] in tuple(")]}")
            if other.strip() and not deeper:
                break
            last = follower if other.strip() else last
        found.append(_Statement(number, last))
        number = last + 1
    return found


def _is_text(line: str) -> bool:
    """Whether the line holds no code whose mistakes anybody runs: a comment, say."""
    line = line.strip()
    if line == "self = [super init];" or re.fullmatch(r"[-+] \(.*;", line):
        return True  # NSObject's does nothing, and a class's own methods need no declaration
    return line.startswith(("//", "/*", "*", "#import", "#include", "import ")) or bool(
        re.fullmatch(r"\{\{ c\.texts\.\w+ \| (comment|doc)(\(\d\))? \}\}", line)
    )


def _blocks(lines: list[str], statement: _Statement) -> Iterator[tuple[int, int]]:
    """The first line of each block of a statement, and the one after its last."""
    number = statement.first
    while number < statement.last:
        if _HEADER.search(lines[number].strip()):
            depth = _indent(lines[number + 1])
            end = number + 1
            while end <= statement.last and (_indent(lines[end]) >= depth or not lines[end].strip()):
                end += 1
            if depth > _indent(lines[statement.first]):
                yield number + 1, end
                number = end
                continue
        number += 1


def _moved(lines: list[str], start: int, end: int, owner: _Statement | None) -> Iterator[_Change]:
    """Statements dropped, swapped, and moved out of a block or into it."""
    there = _statements(lines, start, end)

    def text(*parts: list[str]) -> str:
        return "".join(line for part in parts for line in part)

    for index, each in enumerate(there):
        before, own, after = lines[: each.first], lines[each.first : each.last + 1], lines[each.last + 1 :]
        said = own[0].strip()
        yield _Change(f"drop {said}", text(before, after))
        if index + 1 < len(there):
            other = there[index + 1]
            between, theirs = lines[each.last + 1 : other.first], lines[other.first : other.last + 1]
            if not _is_apart(own, theirs):
                yield _Change(f"swap {said} and the next", text(before, theirs, between, own, lines[other.last + 1 :]))
        blocks = list(_blocks(lines, each))
        if index + 1 < len(there) and blocks and not _DECLARATION.search(own[0]):
            inner = _statements(lines, *blocks[-1])
            if inner:
                moved = _shifted(theirs, _indent(lines[inner[-1].first]) - _indent(theirs[0]))
                at = blocks[-1][1]
                rest = [*lines[at : each.last + 1], *between, *lines[other.last + 1 :]]
                yield _Change(f"move-in {theirs[0].strip()}", text(lines[:at], moved, rest))
        if owner and each is there[-1] and end <= owner.last + 1 and not _DECLARATION.search(lines[owner.first]):
            moved = _shifted(own, _indent(lines[owner.first]) - _indent(own[0]))
            rest = [*lines[each.last + 1 : owner.last + 1], *moved, *lines[owner.last + 1 :]]
            yield _Change(f"move-out {said}", text(before, rest))
        for block in blocks:
            yield from _moved(lines, *block, each)


def _is_apart(own: list[str], theirs: list[str]) -> bool:
    """Whether two statements are the same in any order: declarations, or values that are set and call nobody."""
    if _DECLARATION.search(own[0]) and _DECLARATION.search(theirs[0]):
        return True
    one, other = (_SET.fullmatch(lines[0].strip()) if len(lines) == 1 else None for lines in (own, theirs))
    return bool(one and other and one[1] not in other[0] and other[1] not in one[0])


def _shifted(lines: list[str], levels: int) -> list[str]:
    return [" " * max(0, _indent(line) + levels) + line.lstrip(" ") for line in lines]


def _in_line(line: str) -> Iterator[tuple[str, str]]:
    """Another constant, another queue, the guard's contrary."""
    if _is_text(line) or " where " in line:
        return
    for one, other in (*_EXCHANGED, *((right, left) for left, right in _EXCHANGED)):
        for found in re.finditer(rf"(?<!\w){re.escape(one)}(?!\w)" if one[0].isalpha() else re.escape(one), line):
            yield f"exchange {one.strip()}", line[: found.start()] + other + line[found.end() :]
    for found in _NUMBER.finditer(line):
        if found[0].isdigit() and "{%" not in line:
            yield f"number {found[0]}0", line[: found.end()] + "0" + line[found.end() :]
        elif not found[0].isdigit():
            yield "number 0", line.replace("{{ step.seconds | number }}", "0")
    yield from _negated(line)


def _negated(line: str) -> Iterator[tuple[str, str]]:
    for found in _GUARD.finditer(line):
        condition = found[2]
        if found[1] == "if not ":
            new = f"if {condition}"
        elif " let " in condition or condition.count(",") != condition.count("("):
            continue
        elif found[1] == "if (":
            new = f"if (!({condition})"
        else:
            new = f"{found[1]}{'not ' if found[3] == ':' else '!'}({condition})"
        yield "negate", line[: found.start()] + new + line[found.start(3) :]


def _weakened(lines: list[str]) -> Iterator[_Change]:
    """Weak for strong: what a closure holds is held no longer."""
    for number, line in enumerate(lines):
        stripped = line.rstrip("\n")
        if re.search(r"(?:async|WorkItem|finish|execute: \w+\)) \{$", stripped):
            new = f"{stripped} [weak self] in guard let self else {{ return }}\n"
            yield _Change(f"weak in {line.strip()}", "".join([*lines[:number], new, *lines[number + 1 :]]))
        elif "{ self." in stripped:
            new = line.replace("{ self.", "{ [weak self] in self?.", 1)
            yield _Change(f"weak in {line.strip()}", "".join([*lines[:number], new, *lines[number + 1 :]]))
        elif re.search(r"\^(?:\(.*\) )?\{$", stripped):
            depth = _indent(line)
            end = next(
                (
                    at
                    for at in range(number + 1, len(lines))
                    if lines[at].lstrip().startswith("}") and _indent(lines[at]) <= depth
                ),
                0,
            )
            body = "".join(lines[number + 1 : end])
            start = number
            while start and not re.search(r"[;{}]\n$|^\n$", lines[start - 1]):
                start -= 1
            for name, kind in (("self", "__typeof__(self)"), ("call", "BackgroundCall *")):
                if re.search(rf"\b{name}\b", body):
                    held = f"{' ' * _indent(lines[start])}__weak {kind} weak = {name};\n"
                    new = [
                        *lines[:start],
                        held,
                        *lines[start : number + 1],
                        re.sub(rf"\b{name}\b", "weak", body),
                        *lines[end:],
                    ]
                    yield _Change(f"weak {name} in {line.strip()}", "".join(new))


# -- Python that decides: plan and requirements.


def _of_python(source: str) -> Iterator[_Change]:
    """Steps and entries dropped, swapped, moved in and out; statements dropped; conditions negated."""
    tree = ast.parse(source)
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    ascii_only = source.isascii()
    assert ascii_only  # or ast's columns, which count bytes, would not be the text's

    def span(node: Any) -> tuple[int, int]:  # noqa: ANN401 (ast's nodes with a place have no common type)
        return starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset

    def text(node: Any) -> str:  # noqa: ANN401
        return source[slice(*span(node))]

    def put(node: Any, new: str) -> str:  # noqa: ANN401
        first, last = span(node)
        return source[:first] + new + source[last:]

    decides = [node for node in tree.body if isinstance(node, ast.FunctionDef) or "Step(" in text(node)]
    for function in (node for node in decides if isinstance(node, ast.FunctionDef | ast.Assign)):
        where = function.name if isinstance(function, ast.FunctionDef) else text(function.targets[0])
        for node in ast.walk(function):
            for what, new in _of_node(node, text):
                said = " ".join(text(node).split())
                yield _Change(f"{where}: {what} in {said if len(said) < 90 else said[:90] + '…'}", put(node, new))


def _of_node(node: ast.AST, text: Callable[[Any], str]) -> Iterator[tuple[str, str]]:
    """What a node can be instead, each with what was done."""
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and "Step(" in text(node):
        yield from _of_steps(node, text)
    elif isinstance(node, ast.Dict):
        yield from _of_pairs(node, text)
    elif isinstance(node, ast.IfExp):
        yield "negate", f"{text(node.body)} if not ({text(node.test)}) else {text(node.orelse)}"
    elif isinstance(node, ast.If):
        yield "negate", text(node).replace(text(node.test), f"not ({text(node.test)})", 1)
    elif isinstance(node, ast.Assign | ast.AugAssign) and "plist" in text(node):
        yield "drop", "pass"
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "exchange", str(not node.value)
    elif isinstance(node, ast.Attribute) and node.attr == "identifier":
        yield "exchange", f"{text(node.value)}.name"
    elif isinstance(node, ast.List) and node.elts and "plist" not in text(node):
        yield "empty", "[]"


def _of_steps(node: ast.Tuple, text: Callable[[Any], str]) -> Iterator[tuple[str, str]]:
    """Steps, or what holds them, dropped, swapped, and moved out of a scope or into it."""
    parts = [text(each) for each in node.elts]

    def made(those: Iterable[str]) -> str:
        return f"({''.join(f'{each}, ' for each in those).rstrip()})"

    for index, part in enumerate(parts):
        before, after = parts[:index], parts[index + 1 :]
        said = " ".join(part.split())[:40]
        yield f"drop {said}", made(before + after)
        if after and not part.startswith("Entry("):  # methods are the same in any order
            yield f"swap {said} and the next", made([*before, after[0], part, *after[1:]])
        step = node.elts[index]
        if isinstance(step, ast.Call) and text(step.func) == "Step" and len(step.args) > 1:
            name, inner, *rest = map(text, step.args)
            outer = f"Step({', '.join([name, f'({inner})[:-1]', *rest])})", f"*({inner})[-1:]"
            yield f"move-out of {name}", made([*before, *outer, *after])
            if after:
                scope = f"Step({', '.join([name, f'(*{inner}, {after[0]})', *rest])})"
                yield f"move-in to {name}", made([*before, scope, *after[1:]])


def _of_pairs(node: ast.Dict, text: Callable[[Any], str]) -> Iterator[tuple[str, str]]:
    """A pair less."""
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            pair = re.compile(rf"{re.escape(text(key))}:\s*{re.escape(text(value))},?")
            yield f"drop {key.value}", pair.sub("", text(node))


def _of_words(text: str) -> Iterator[_Change]:
    """A word in the place of its neighbour, and the neighbour in its place."""
    found = list(_WORD.finditer(text))
    for one, other in pairwise(found):
        if one[2] != other[2] and "\n\n" not in text[one.end() : other.start()]:
            swapped = (
                text[: one.start(2)] + other[2] + text[one.end(2) : other.start(2)] + one[2] + text[other.end(2) :]
            )
            section = re.findall(r"^  (\w+):", text[: one.start()], re.MULTILINE)[-1:]
            yield _Change(f"{''.join(section)}: swap {one[1]} and {other[1]}", swapped)


# -- Judging.


class Verdict(NamedTuple):
    """Who objected, in words; nobody did where it is empty.

    `equal` says that no case is rendered otherwise, `not_run` why nothing was proven.
    """

    objection: str = ""
    equal: bool = False
    not_run: str = ""


class Copy:
    """A copy of the project, in which one mutant after the other is put, judged, and taken out again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        ignored = shutil.ignore_patterns("build", "__pycache__", ".*")
        for name in ("gen", "templates", "specs", "tests", "output"):
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
        # What no mutant changes is compiled once; by its digest, since a mutant may be as new and as long as its file.
        compileall.compile_dir(folder / "gen", quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
        seen = self._ask("fingerprints")
        assert "objection" not in seen, seen
        (folder / SEEN).write_text(json.dumps(seen), encoding="utf-8")

    def first_objection(self) -> str:
        """Who objects to the project as it is: nobody, or no verdict means anything."""
        found = Verdict(**self._ask("first_objection"))
        return found.objection or found.not_run

    def judge(self, mutant: Mutant) -> Verdict:
        """Who objects to the mutant."""
        for path, text in mutant.files.items():
            (self.folder / path).write_text(text, encoding="utf-8")
        try:
            return self._judge(mutant)
        except subprocess.TimeoutExpired:
            return Verdict("does not end")
        finally:
            for path in mutant.files:
                shutil.copyfile(ROOT / path, self.folder / path)

    def _judge(self, mutant: Mutant) -> Verdict:
        verdict = Verdict(**self._ask("judge", mutant.part, *mutant.files))
        if any(verdict):
            return verdict
        standins = any("/standins/" in path for path in mutant.files)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-p",
            "no:cacheprovider",
            *(STRICT if standins else READERS),
        ]
        done = self._run(command)
        failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
        assert failed or done.returncode == 0, done.stdout + done.stderr
        return Verdict(failed[1] if failed else "")

    def _ask(self, *arguments: str) -> dict[str, Any]:
        """Run this file in the copy."""
        done = self._run([sys.executable, str(self.folder / "tests/mutants.py"), *arguments])
        last = (done.stderr.strip().splitlines() or [""])[-1]
        return dict(json.loads(done.stdout)) if done.returncode == 0 else {"objection": last or "died"}

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        variables = os.environ | {"PYTHONPATH": str(self.folder / "gen"), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            command, cwd=self.folder, env=variables, capture_output=True, text=True, check=False, timeout=PATIENCE
        )


def _chosen(there: dict[str, Any], step: str, paths: str, kinds: int = KINDS) -> list[str]:
    """One unit for each kind of entry, those first that are proven soonest: no hit is waited for."""
    wanted = {key: each for key, each in there.items() if not step or step in each["steps"]}
    if "WatchKit" in paths:
        wanted = {key: each for key, each in wanted.items() if "watchos" in key}
    soonest = sorted(
        wanted, key=lambda key: (wanted[key]["kind"].count(" "), "expect_hit" in wanted[key]["steps"], key)
    )
    by_kind: dict[str, str] = {}
    waiting: dict[str, str] = {}
    variants: dict[str, str] = {}
    for key in soonest:
        by_kind.setdefault(wanted[key]["kind"], key)
        if "expect_hit" in wanted[key]["steps"]:
            waiting.setdefault(wanted[key]["kind"], key)
        name = key.rpartition(" ")[0]
        if ", " in name and not name.endswith("extended"):  # which takes a process for each schedule
            variants.setdefault(name, key)
    return list(dict.fromkeys([*list(by_kind.values())[:kinds], *list(waiting.values())[:WAITING], *variants.values()]))


# -- In the copy.


@cache
def units() -> dict[str, tuple[Described, Platform]]:
    """The shipped cases and apps on their platforms, and cases with choices that none of them has."""
    shipped: dict[str, Any] = {each.name: each for each in pipeline.load(sorted((ROOT / "specs").glob("*.yaml")))}
    others = {
        "bg_fetch_global, kept": shipped["bg_fetch_global"]._replace(keep_tag_in=(VisitorMode.EXEMPT,)),
        "bg_fetch, listened": shipped["bg_fetch"]._replace(tracker=None),
        "bg_task, listened": shipped["bg_task"]._replace(tracker=None),
        "old_sdk_fetch, listened": shipped["old_sdk_fetch"]._replace(tracker=None),
        "bg_fetch, dispatched": shipped["bg_fetch"]._replace(finish=Finish(When.DISPATCHED, 0)),
    }
    for name in ("app_refresh", "processing"):
        others[f"{name}, answered"] = shipped[name]._replace(minimum=((Platform.IOS, "27.0"), (Platform.TVOS, "27.0")))
    for name in ("bg_fetch", "bg_task", "silent_push", "app_refresh", "watch_refresh", "watch_extension_activity"):
        style = shipped[name].style._replace(form=Form.EXTENSION)
        others[f"{name}, extended"] = shipped[name]._replace(style=style)
    all_ = shipped | others
    return {f"{name} {platform.value}": (all_[name], platform) for name in all_ for platform in all_[name].platforms}


def _fingerprints() -> dict[str, Any]:
    """What is rendered for each unit, what its Info.plist has, which steps its plan has, and how it is called."""
    found = {}
    for key, (described, platform) in units().items():
        texts = {}
        plan, _ = pipeline.see(described, platform, languages.get("python"))
        for name in languages.names():
            rendered = pipeline.render(described._replace(platforms=(platform,)), [name])
            texts[name] = sha256(
                repr(sorted((path, file.text) for path, file in rendered.items())).encode()
            ).hexdigest()
        kinds = [entry_kind(case, platform).value for case in described.cases]
        found[key] = {
            "texts": texts,
            "needs": repr(requirements(described, platform)),
            "steps": sorted({step.name for step in plan.walk()}),
            "kind": " ".join([*kinds, *["extended"][: plan.form is Form.EXTENSION]]),
        }
    return found


def _judge(part: str, *paths: str) -> Verdict:
    """Who objects to what these files have become."""
    seen = json.loads((ROOT / SEEN).read_text(encoding="utf-8"))
    try:
        now = _fingerprints()
    except Exception as error:  # noqa: BLE001 (whatever a mutant does)
        return Verdict(f"render: {traceback.format_exception_only(error)[-1].splitlines()[0]}")
    changed = {key: those for key, those in now.items() if those != seen.get(key)}
    standins = [path for path in paths if "/standins/" in path]
    if not changed and not standins:
        return Verdict(equal=True)
    built = [name for name in LANGUAGES[:2] if any(f"/standins/{name}/" in path for path in standins)]
    asked = {}
    for key in _chosen(changed or now, USED.get(part, ""), " ".join(paths)):
        before = seen.get(key, {"texts": {}})["texts"]
        names = [name for name, text in now[key]["texts"].items() if text != before.get(name)]
        # Of the reference's own mistakes a compiled language tells.
        asked[key] = ["objc"] if names == ["python"] else names or built
    verdict = _first(asked)
    # What shows itself in no few deviations is played in all orders where there are the most.
    whole = [key for key in asked if "expect_hit" in now[key]["steps"]][:WAITING]
    return verdict if any(verdict) else _first({key: asked[key] for key in whole}, limit=None)


def _first_objection() -> Verdict:
    """Who objects to a case of each kind."""
    now = _fingerprints()
    return _first({key: [] for key in _chosen(now, "", "", kinds=len(now))})


def _first(asked: dict[str, list[str]], limit: int | None = DEVIATIONS) -> Verdict:
    """What is said first of cases on platforms, each in these languages, or in all, up to so many deviations."""
    for key, names in asked.items():
        verdict = _proven(key, *dict.fromkeys([*(names or LANGUAGES), "python"]), limit=limit)
        if any(verdict):
            return verdict
    return Verdict()


def _proven(key: str, *names: str, limit: int | None) -> Verdict:
    """Who objects to a case on a platform: the first who does, since that is enough.

    Scenarios are played from the one on that has the fewest orders, up to so many deviations; what compiles in one mode is
    asked about the others last.
    """
    described, platform = units()[key]
    texts = rendered(described, platform, names)
    proof = Proof(described, platform, texts, again=True)
    compiling, playing = [], []
    for task in reversed(proof.tasks):
        if task.func is verify._compile:  # noqa: SLF001
            compiling.append(task)
        else:
            case, where, scenario, *files = task.args
            fewest = min(filter(None, (limit, scenario.deviations)), default=None)
            playing.append(partial(task.func, case, where, replace(scenario, deviations=fewest), *files))
    hosts = [verify._host(name, tuple(files.items())) for name, files in (task.args for task in compiling)]  # noqa: SLF001
    results = []
    for task in (*playing, *compiling) if all(hosts) else (*compiling, *playing):
        results.append(task())
        found = results[-1].findings
        several = found if isinstance(found, dict) else {results[-1].language: found}
        for language, findings in several.items():
            if findings:
                return Verdict(f"{key}: {_said(language, findings[0])}")
    for row in proof.rows(results):
        if row.not_run:
            return Verdict(not_run=f"{key}: {row.language}: {row.not_run}")
        if row.findings:
            return Verdict(f"{key}: {_said(row.language, row.findings[0])}")
    return Verdict()


def _said(language: str, finding: Finding) -> str:
    """What a language's finding is, in words."""
    rule = finding.counterexample.invariant if finding.counterexample else ""
    error = next((line.partition(" error: ")[2] for line in finding.text.splitlines() if " error: " in line), "")
    said = (
        "does not compile" if finding.text.startswith("does not compile") else f"rule {rule}" if rule else "other trace"
    )
    return f"{language} {said}{f' ({error})' if error else ''}"


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        asked = {"fingerprints": _fingerprints, "first_objection": _first_objection, "judge": _judge}
        answer = asked[sys.argv[1]](*sys.argv[2:])
    print(json.dumps(answer if isinstance(answer, dict) else answer._asdict()))  # noqa: T201 (what the copy is asked for)
