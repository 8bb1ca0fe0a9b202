"""Changes the project in small ways and lists each change that nobody noticed.

`.venv/bin/python tests/mutation.py escaping` (or `loader`, `files`: what escapes, loads and writes, by mutmut, which is
installed into an environment of its own on the first run), or `templates`, `plan`, `requirements`, `words`, `standins`:
what is proven, by mutants.py. `--part 3/8` takes one in eight of these, chosen by digest. What survives is explained in
mutation.md, or is a test that is missing: exit code 1.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from mutants import TARGETS, Copy, Verdict, mutants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mutants import Mutant

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "tests" / "build" / "mutation"
MUTMUT = "mutmut==3.8.1"
# What is changed, and the tests that should notice.
GROUPS = {
    "escaping": (["rendering/languages/*.py", "case/text.py"], ["rendering/test_languages.py", "case/test_text.py"]),
    "loader": (["case/yamltree.py", "case/schema.py", "case/spec.py"], ["case"]),
    "files": (
        ["output/*.py"],
        ["output/test_files.py", "output/test_signature.py", "output/test_changes.py"],
    ),
}
# They count imports, to which mutmut's own come; become a user who cannot read this environment; mount a disk, which a
# run that is stopped would leave there.
LEFT_OUT = (
    "case/test_yamltree.py::test_yaml_is_imported_when_it_is_needed",
    "case/test_yamltree.py::test_a_file_without_permission_is_an_error_of_the_file_system",
    "output/test_files.py::test_a_full_disk_leaves_each_file_old_or_new",
)


def main() -> None:
    """Run what is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", choices=[*GROUPS, *TARGETS])
    parser.add_argument("--part", default="0/1", type=lambda text: tuple(map(int, text.split("/"))))
    chosen = parser.parse_args()
    if groups := [name for name in chosen.names if name in GROUPS]:
        run_mutmut(groups)
    if targets := [name for name in chosen.names if name in TARGETS]:
        sys.exit(judge(targets, *chosen.part))


def judge(targets: list[str], part: int, parts: int) -> int:
    """Judge the mutants of the targets; 1 where one survives without a reason."""
    os.environ.setdefault("ATGEN_CACHE", str(ROOT / "tests" / "build" / "cache"))
    cores = os.cpu_count() or 1
    free: SimpleQueue[Copy] = SimpleQueue()
    for number in range(cores):
        free.put(Copy(BUILD / f"copy{number}"))

    @contextmanager
    def copied() -> Iterator[Copy]:
        taken = free.get()
        try:
            yield taken
        finally:
            free.put(taken)

    def judged(mutant: Mutant) -> tuple[Mutant, Verdict]:
        if mutant.name in known:
            return mutant, Verdict()  # to find out again takes the longest
        with copied() as taken:
            return mutant, taken.judge(mutant)

    with copied() as first:
        if objection := first.first_objection():
            sys.exit(f"without a mutant: {objection}")
    known, unexplained = reasons(), 0
    for target in targets:
        there = [each for each in mutants(target) if each.number % parts == part % parts]
        scores: Counter[str] = Counter()
        with ThreadPoolExecutor(cores) as pool:
            for mutant, verdict in pool.map(judged, there):
                said = (
                    "equal"
                    if verdict.equal
                    else verdict.objection or verdict.not_run or known.get(mutant.name, "SURVIVED")
                )
                scores["equal" if verdict.equal else "noticed" if verdict.objection else "not noticed"] += 1
                unexplained += said == "SURVIVED" or bool(verdict.not_run)
                print(f"{mutant.name}: {said}", flush=True)  # noqa: T201 (what the script is for)
        print(f"{target}: of {len(there)}: {dict(scores)}", flush=True)  # noqa: T201
    return int(unexplained > 0)


def reasons() -> dict[str, str]:
    """Why nobody notices a mutant, by its name: the items of mutation.md's lists, each of one mutant or several."""
    text = (ROOT / "tests" / "mutation.md").read_text(encoding="utf-8")
    items = re.findall(r"^- ((?:`[^`]+`,?\s+)*`[^`]+`):((?:.*\n(?!- |\n|#))*.*)", text, re.MULTILINE)
    return {name: " ".join(reason.split()) for names, reason in items for name in re.findall(r"`([^`]+)`", names)}


def run_mutmut(groups: list[str]) -> None:
    """Run the groups, and list what survives."""
    environment = install(BUILD / "environment")
    for name in groups:
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
