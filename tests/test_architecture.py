"""The modules import one way, and start-up imports little."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import atgen

PACKAGE = Path(atgen.__file__).parent
# A module may import those of earlier lines, and of its own line only its own package.
ORDER = [
    ["errors"],
    ["code", "resources", "cache"],
    ["text"],
    ["yamltree"],
    ["trees"],
    ["model"],
    ["schema"],
    ["combinations", "requirements", "languages", "vocabulary"],
    ["spec", "plan"],
    ["context"],
    ["templating"],
    ["files", "spool"],
    ["pipeline", "manual"],
    ["reference"],
    ["proof"],
    ["docs", "gallery", "scaffold", "doctor"],
    ["cli"],
    ["__main__"],
]
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}


def test_imports_go_one_way() -> None:
    """No module imports one of a later stage, at its top or in a function."""
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if name == "__init__":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            wrong += [
                f"{path.relative_to(PACKAGE)} imports {imported}"
                for imported in imports(node)
                if imported != name and RANK[imported] >= RANK[name]
            ]
    assert wrong == []


def imports(node: ast.AST) -> list[str]:
    """The modules of ours that an import statement names."""
    if isinstance(node, ast.ImportFrom) and node.module == "atgen":
        return [alias.name for alias in node.names if alias.name in RANK]
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    return [name.split(".")[1] for name in names if name.startswith("atgen.")]


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
        ("--help", start | commands | {"atgen.languages", "atgen.resources"}, 34 + len(commands)),
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
