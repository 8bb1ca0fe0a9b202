"""The modules import one way, and start-up imports little."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import atgen

if TYPE_CHECKING:
    from collections.abc import Container

PACKAGE = Path(atgen.__file__).parent
# A room may import from those of earlier lines; inside a room, imports make no circle, not even those for types only.
ROOMS = [
    ["errors"],
    ["resources", "cache"],
    ["case"],
    ["rendering"],
    ["output"],
    ["reference"],
    ["proof"],
    ["docs", "gallery", "scaffold", "doctor"],
    ["cli"],
    ["__main__"],
]
RANK = {f"atgen.{name}": rank for rank, names in enumerate(ROOMS) for name in names}


def sources() -> dict[str, ast.Module]:
    """The syntax tree of each module, by its dotted name."""
    trees = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        trees[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = ast.parse(path.read_text(encoding="utf-8"))
    return trees


def edges() -> dict[str, set[str]]:
    """The modules of ours that each module imports when it runs, at its top or in a function, and of its own room also those for its types only."""
    trees = sources()
    found: dict[str, set[str]] = {}
    for name, tree in trees.items():
        typing = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
            for inner in ast.walk(node)
        }
        found[name] = {
            imported
            for node in ast.walk(tree)
            for imported in imports(node, trees)
            if imported != name and (id(node) not in typing or room(imported) == room(name))
        }
    return found


def imports(node: ast.AST, known: Container[str]) -> list[str]:
    """The modules among those known that an import statement names."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names if alias.name in known]
    if not isinstance(node, ast.ImportFrom) or not node.module:
        return []
    inner = [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for name in inner if name in known] or [name for name in [node.module] if name in known]


def room(name: str) -> str:
    """The room that a module is in."""
    return ".".join(name.split(".")[:2])


def test_imports_go_one_way() -> None:
    """No module imports one of a later room, or of another in its line."""
    wrong = [
        f"{name} imports {imported}"
        for name, those in edges().items()
        for imported in sorted(those)
        if imported != "atgen" and room(imported) != room(name) and RANK[room(imported)] >= RANK.get(room(name), 0)
    ]
    assert wrong == []


def test_imports_make_no_circle() -> None:
    """No module leads back to itself, in a room or across rooms."""
    left = edges()
    while leaves := [name for name, those in left.items() if not those & left.keys()]:
        for name in leaves:
            del left[name]
    assert left == {}


def modules(*arguments: str) -> set[str]:
    """What is imported when atgen runs with these arguments."""
    code = f"import sys; sys.argv[1:] = {list(arguments)!r}\nfrom atgen.__main__ import main\ntry: main()\nexcept SystemExit: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_help_and_version_import_neither_jinja2_nor_yaml() -> None:
    """What answers without a spec does not load what specs need; the budget of modules is counted, not timed."""
    bare = modules_of("import click")
    start = {"atgen", "atgen.__main__", "atgen.cli", "atgen.errors"}
    commands = {f"atgen.cli.{path.stem}" for path in (PACKAGE / "cli").glob("*.py") if path.stem != "__init__"}
    for argument, ours, most in (
        ("--version", start, 18),
        (
            "--help",
            start
            | commands
            | {f"atgen.{name}" for name in ("case", "case.model", "rendering", "rendering.languages", "resources")},
            36 + len(commands),
        ),
    ):
        loaded = modules(argument) - bare
        assert {name for name in loaded if name.split(".")[0] in {"jinja2", "yaml", "markupsafe", "pygments"}} == set()
        assert {name for name in loaded if name.split(".")[0] == "atgen"} <= ours
        # Python's own differ a little between its versions; click itself asks for some of them when it shows help.
        assert len(loaded) <= most, sorted(loaded)


def modules_of(code: str) -> set[str]:
    """What is imported by a program."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())
