"""Changes the code in small ways and lists each change that no test noticed.

`.venv/bin/python tests/mutation.py escaping` (or `loader`, `files`; all three without an argument). mutmut is installed
into an environment of its own on the first run. What survives is explained in mutation.md, or is a test that is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "tests" / "build" / "mutation"
MUTMUT = "mutmut==3.8.1"
# What is changed, and the tests that should notice.
GROUPS = {
    "escaping": (["rendering/languages/*.py", "case/text.py"], ["rendering/test_languages.py", "case/test_text.py"]),
    "loader": (["case/yamltree.py", "case/schema.py", "case/spec.py"], ["case"]),
    "files": (["output/files.py"], ["output/test_files.py"]),
}
# They count imports, to which mutmut's own come; become a user who cannot read this environment; mount a disk, which a
# run that is stopped would leave there.
LEFT_OUT = (
    "case/test_yamltree.py::test_yaml_is_imported_when_it_is_needed",
    "output/test_files.py::test_the_module_imports_little",
    "case/test_yamltree.py::test_a_file_without_permission_is_an_error_of_the_file_system",
    "output/test_files.py::test_a_full_disk_changes_nothing",
)


def main() -> None:
    """Run the groups that are named."""
    environment = install(BUILD / "environment")
    for name in sys.argv[1:] or GROUPS:
        folder = copy(BUILD / name, *GROUPS[name])
        # What tests start in processes of their own must be what was changed, too.
        variables = os.environ | {"PYTHONPATH": str(folder / "mutants" / "src")}
        # Each mutant's tests are run by their names, here first without a mutant: a name that is not found is no kill.
        command = [str(environment / "mutmut"), "run", "*"]
        with (folder / "log.txt").open("w", encoding="utf-8") as log:
            subprocess.run(command, cwd=folder, env=variables, stdout=log, stderr=subprocess.STDOUT, check=True)
        done = subprocess.run(
            [str(environment / "mutmut"), "results"], cwd=folder, capture_output=True, text=True, check=True
        )
        print(f"{name}:")  # noqa: T201 (what the script is for)
        for line in filter(None, done.stdout.splitlines()):
            mutant = line.strip().partition(":")[0]
            shown = subprocess.run(
                [str(environment / "mutmut"), "show", mutant], cwd=folder, capture_output=True, text=True, check=True
            )
            lines = [each for each in shown.stdout.splitlines() if each[:2] in ("- ", "+ ")]
            print(line, *lines, sep="\n")  # noqa: T201


def install(folder: Path) -> Path:
    """Make an environment with mutmut and with what the tests need, and give the folder of its commands."""
    if not (folder / "bin" / "mutmut").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(folder / "bin" / "pip"), "-q", "--disable-pip-version-check", "install"]
        subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / ".github" / "requirements.txt")], check=True)
        subprocess.run([*pip, MUTMUT], check=True)
    return folder / "bin"


def copy(folder: Path, modules: list[str], tests: list[str]) -> Path:
    """Copy the project, the package under src/, where mutmut looks for it."""
    shutil.rmtree(folder, ignore_errors=True)
    ignored = shutil.ignore_patterns("build", "__pycache__", ".*")
    for name, place in {"gen": "src", "templates": "", "specs": "", "tests": "", "output": ""}.items():
        shutil.copytree(ROOT / name, folder / (place or name), ignore=ignored)
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    settings = {
        "source_paths": ["src"],
        "only_mutate": [f"src/atgen/{module}" for module in modules],
        "also_copy": ["templates", "specs", "output"],
        "pytest_add_cli_args": ["-q", "-p", "no:cacheprovider", *(f"--deselect=tests/{test}" for test in LEFT_OUT)],
        "pytest_add_cli_args_test_selection": [f"tests/{test}" for test in tests],
    }
    lines = ["[mutmut]", *(f"{key}=\n    " + "\n    ".join(values) for key, values in settings.items())]
    (folder / "mutants" / "src").mkdir(parents=True)  # or Python would remember that there is none on its path
    (folder / "setup.cfg").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


if __name__ == "__main__":
    main()
