"""Side by side with what a user would pick otherwise, each on the likest input that it takes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from own import ATGEN, FOUR, ROOT, Row, Sizes, environment, ratio_row, wheel
from turns import Run, in_turns, process

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
# The vendor's page in small, its four cases in two languages, and a page with one file.
PAGES: dict[str, list[tuple[str, tuple[str, ...]]]] = {
    "page": [(case, ("swift", "objc")) for case in FOUR],
    "small": [("bg_fetch", ("swift",))],
}


def install(folder: Path) -> Path:
    """Install the others into an environment of their own, once, and give the folder of their commands."""
    wanted = (HERE / "others.txt").read_bytes()
    done = folder / "others.txt"
    if not done.exists() or done.read_bytes() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [
            str(folder / "bin" / "pip"),
            "-q",
            "--disable-pip-version-check",
            "install",
            "-r",
            str(HERE / "others.txt"),
        ]
        subprocess.run(pip, check=True)
        done.write_bytes(wanted)
    return folder / "bin"


def side_by_side(work: Path, sizes: Sizes) -> Iterator[Row]:
    """Compare what starts a process each, in turns."""
    commands = install(HERE / "build" / "others")
    folder = work / "others"
    shutil.copytree(HERE / "like", folder)
    shutil.copytree(ROOT / "specs", folder / "specs")
    variables = environment(work)

    def ours(*arguments: str) -> Run:
        return process(str(wheel() / "atgen"), *arguments, cwd=folder, environment=variables)

    def theirs(command: str, *arguments: str) -> Run:
        return process(str(commands / command), *arguments, cwd=folder, environment=variables)

    def render() -> Run:
        return ours("render", "specs/bg_fetch.yaml", "--language", "swift", "--force")

    glean, rendered = in_turns(
        sizes.rounds, lambda: theirs("glean_parser", "translate", "-f", "swift", "-o", "glean", "metrics.yaml"), render
    )
    yield ratio_row(
        "`atgen render specs/bg_fetch.yaml --language swift`", rendered, glean, "`glean_parser translate -f swift`", 0.6
    )

    model = ("--input", "specs/schema.json", "--input-file-type", "jsonschema", "--formatters", "black", "isort")
    generated, rendered = in_turns(
        sizes.rounds, lambda: theirs("datamodel-codegen", *model, "--output", "model.py"), render
    )
    yield ratio_row("the same", rendered, generated, "`datamodel-codegen` on `specs/schema.json`", 1)

    _write_templates(folder)
    for page, what in (("page", "four cases in Swift and Objective-C"), ("small", "one Swift file")):
        _write_pages(folder, page)
        theirs("cog", "-r", f"{page}.cog.md")
        ours("docs", f"{page}.md")
        cog, docs = in_turns(
            sizes.rounds,
            partial(theirs, "cog", "--check", f"{page}.cog.md"),
            partial(ours, "docs", "--check", f"{page}.md"),
        )
        against = "`cog --check`, the same page by Jinja"
        yield ratio_row(f"`atgen docs --check`, a page with {what}", docs, cog, against)


def _write_templates(folder: Path) -> None:
    """Write the templates of somebody who uses cog: the files that atgen renders, with names in the place of values."""
    for case in FOUR:
        spec = yaml.safe_load((ROOT / "specs" / f"{case}.yaml").read_text(encoding="utf-8"))
        for language in ("swift", "objc"):
            arguments = ("render", case, "--language", language, "--stdout")
            done = subprocess.run([*ATGEN, *arguments], cwd=folder, capture_output=True, text=True, check=True)
            text = done.stdout.replace(f'"{spec["hit"]["gesture"]}"', '"{{ spec.hit.gesture }}"')
            if spec["tracker"] != "global":
                text = text.replace(spec["tracker"]["dedicated"], "{{ spec.tracker.dedicated }}")
            (folder / f"{case}.{language}.j2").write_text(text, encoding="utf-8")


def _write_pages(folder: Path, page: str) -> None:
    """Write a page with the same blocks for both."""
    for_cog: list[str] = []
    for_atgen: list[str] = []
    for case, languages in PAGES[page]:
        shown = "\n".join(f'cog.outl(snippet.show("{case}", "{language}"))' for language in languages)
        for_cog.append(f"<!-- [[[cog\nimport snippet\n{shown}\n]]] -->\n<!-- [[[end]]] -->\n")
        begin = f"<!-- atgen:begin case={case} languages={','.join(languages)} -->"
        for_atgen.append(f"{begin}\n<!-- atgen:end -->\n")
    (folder / f"{page}.cog.md").write_text("\n".join(for_cog), encoding="utf-8")
    (folder / f"{page}.md").write_text("\n".join(for_atgen), encoding="utf-8")
