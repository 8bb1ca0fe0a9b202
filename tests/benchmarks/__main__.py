"""Measures what atgen costs, and writes the table into README.md beside this file.

`.venv/bin/python tests/benchmarks` measures all; `--only WORD` the groups with that name, `--print` writes nothing,
`--small` runs each once, to see that it runs.
"""

from __future__ import annotations

import argparse
import compileall
import os
import platform
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import others
import own

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- begin: written by the benchmarks -->\n", "<!-- end -->\n"
GROUPS: dict[str, Callable[[Path, own.Sizes], Iterator[own.Row]]] = {
    "starts": own.starts,
    "parts": own.parts,
    "watch": own.watch,
    "verify": own.verify,
    "others": others.side_by_side,
    "many": own.many,
}


def main() -> None:
    """Run the groups that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=GROUPS, action="append", help="repeatable")
    parser.add_argument("--print", action="store_true", help="write nothing")
    parser.add_argument("--small", action="store_true", help="once each, and few specs")
    chosen = parser.parse_args()
    compileall.compile_dir(own.ROOT / "gen", quiet=2)
    lines = ["| what | time | against | ratio | target | met |", "| --- | --- | --- | --- | --- | --- |"]
    with tempfile.TemporaryDirectory() as work:
        for name in chosen.only or GROUPS:
            for row in GROUPS[name](Path(work), own.SMALL if chosen.small else own.FULL):
                met = "" if row.met is None else "yes" if row.met else "**no**"
                lines.append(f"| {row.what} | {row.ours} | {row.against} | {row.figure} | {row.target} | {met} |")
                print(lines[-1], flush=True)  # noqa: T201 (progress, and the result)
    if not chosen.print and not chosen.only and not chosen.small:
        before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        table = "\n".join([f"Measured on {machine()}.", "", *lines]) + "\n"
        README.write_text(before + BEGIN + table + END + after, encoding="utf-8")


def machine() -> str:
    """Describe the machine, without its name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, {platform.system()}, "
        f"{platform.python_implementation()} {platform.python_version()}, load at the end {load}"
    )


if __name__ == "__main__":
    main()
