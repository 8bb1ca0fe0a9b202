"""A newcomer's first session: an empty folder, a spec of one's own with two mistakes, and what the messages say to do."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def ran(folder: Path, *command: str) -> tuple[int, str, str]:
    """What a program ends with and prints."""
    done = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def mended(text: str, message: str) -> str:
    """A spec after what the message tells of one mistake: where it is, what is there, and what was meant."""
    told = re.match(r'[^:]+:(\d+):(\d+): .*"(.+?)".*; did you mean (\w+)\?', message)
    assert told, message
    lines = text.split("\n")
    line, column = int(told[1]) - 1, int(told[2]) - 1
    assert lines[line][column:].startswith(told[3]), "the message points elsewhere"
    lines[line] = lines[line][:column] + lines[line][column:].replace(told[3], told[4], 1)
    return "\n".join(lines)


def test_from_an_empty_folder_to_a_proven_spec(tmp_path: Path) -> None:
    """Each step is one that the message of the step before names."""

    def atgen(*arguments: str) -> tuple[int, str, str]:
        return ran(tmp_path, "-m", "atgen", *arguments)

    # What README's table names first is refused here, and says what to do instead.
    code, out, err = atgen("render")
    assert (code, out, list(tmp_path.iterdir())) == (2, "", [])
    ways = re.findall(r"\(atgen ([^)]*)\)", err)
    assert ways == ["new my_case", "render scene_fetch"]

    # The first way asks for a case to begin with, and a list is named.
    code, _, err = atgen(*ways[0].split())
    assert (code, "--from CASE (see `atgen list`)" in err) == (2, True)
    code, out, _ = atgen("list")
    assert (code, "scene_fetch " in out) == (0, True)
    code, out, err = atgen(*ways[0].split(), "--from", "scene_fetch", "--site", "410501")
    assert (code, out) == (0, "written  specs/my_case.yaml\nwritten  specs/schema.json\n")
    following = re.search(r"then: atgen (.*)$", err.strip())
    assert following
    render = following[1].split()

    # The texts become the person's own, with two slips: in a key, and in a word.
    spec = tmp_path / "specs/my_case.yaml"
    text = spec.read_text(encoding="utf-8")
    spec.write_text(
        text.replace("  gesture: fetch", "  gestur: prices").replace("action: download", "action: tuch"),
        encoding="utf-8",
    )
    code, out, err = atgen(*render)
    assert (code, out, (tmp_path / "output").exists()) == (2, "", False)
    for message in [line for line in err.splitlines() if "did you mean" in line]:
        spec.write_text(mended(spec.read_text(encoding="utf-8"), message), encoding="utf-8")

    # Now it renders, once.
    code, out, err = atgen(*render)
    files = [line.split()[1] for line in out.splitlines() if line.startswith("written")]
    assert (code, err, out.splitlines()[-1]) == (0, "", f"{len(files)} files, written")
    assert "output/my_case/ios/swift/AppDelegate.swift" in files
    assert atgen("render") == (0, f"{len(files)} files, unchanged\n", "")

    # It is explained and proven, with the compilers that are there; those that are not are said not to be.
    code, out, _ = atgen("explain", "my_case")
    assert (code, "The plan, and why:" in out, '"prices"' in out) == (0, True, True)
    code, out, _ = atgen("verify", "my_case")
    rows = [line.split(maxsplit=3) for line in out.splitlines()]
    assert (code, {row[0] for row in rows}) == (0, {"my_case"})
    assert [row for row in rows if not re.search(r"ran [\d,]+ schedules|not run: ", row[3])] == []

    # And the Python of it plays a fetch to the hit's URL.
    code, out, _ = ran(tmp_path, "output/my_case/ios/python/app_delegate.py")
    assert (code, "s=410501" in out, "p=prices" in out, "bg=fetch" in out) == (0, True, True, True)
