"""What is told of changes: diffs that are patches, and that steer nothing; conflicts all at once."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from atgen.errors import ConflictError
from atgen.output.changes import Change, Status, diff, refuse

if TYPE_CHECKING:
    from pathlib import Path


def shown(old: bytes | None, new: bytes | None) -> str:
    """Give the diff of a file, without its head."""
    return diff("a", Change(Status.STALE, old, new)).split("\n", 3)[3]


def test_a_diff_is_what_diff_prints() -> None:
    """With three lines around, the missing line feed remarked, and /dev/null for a file that is removed; of a missing one that it is."""
    old, new = b"1\n2\n3\n4\n5\n6", b"1\n2\n3\n4\n5\n7\n"
    assert diff("/out/a", Change(Status.WRITTEN, old, new)) == (
        "--- a/out/a\n+++ b/out/a\n@@ -3,4 +3,4 @@\n 3\n 4\n 5\n-6\n\\ No newline at end of file\n+7\n"
    )
    assert diff("a", Change(Status.MISSING, None, b"1\n")) == "a: is missing\n"
    assert diff("a", Change(Status.STALE, b"1\n", None)) == "--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n"
    assert diff("X/a", Change(Status.STALE, b"1\n", b"")) == "--- a/X/a\n+++ b/X/a\n@@ -1 +0,0 @@\n-1\n"
    assert diff("a", Change(Status.UNCHANGED, old, old)) == ""


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
@pytest.mark.parametrize("name", ["f", "a name"])
@pytest.mark.parametrize("tool", [("git", "apply", "-"), ("patch", "-p1", "--binary")])
def test_a_diff_applies(tmp_path: Path, ends: bytes, name: str, tool: tuple[str, ...]) -> None:
    """What is shown of ordinary text is a patch: git and patch make the new bytes of it."""
    if not shutil.which(tool[0]):
        pytest.skip(f"not run: there is no {tool[0]} here")
    old, new = b"a\n\tb\nc #\n## d\n".replace(b"\n", ends), b"a\n\tb\nx::y\n## d\n::z".replace(b"\n", ends)
    (tmp_path / name).write_bytes(old)
    patch = diff(name, Change(Status.STALE, old, new)).encode()
    subprocess.run(tool, input=patch, cwd=tmp_path, check=True)
    assert (tmp_path / name).read_bytes() == new


def test_a_diff_steers_neither_terminal_nor_runner() -> None:
    """Control and invisible characters, bytes that are no UTF-8 and commands of CI runners are shown, not obeyed."""
    characters = "\x1b[2J \u202e \u3164 é\t|\r\x0b\u2028\n".encode()
    assert shown(characters + b"\xff\n", characters + b"\\xff\n") == (
        " \\u{1B}[2J \\u{202E} \\u{3164} é\t|\\u{D}\\u{B}\\u{2028}\n-\\xff\n+\\xff\n"
    )
    commands = b"::error::x\n  ::error::x\n##[error]x ##vso[task] ##teamcity[x]\n"
    assert shown(commands + b"1", commands + b"2") == (
        " :\\u{3A}error::x\n"
        "   :\\u{3A}error::x\n"
        " #\\u{23}[error]x #\\u{23}vso[task] #\\u{23}teamcity[x]\n"
        "-1\n\\ No newline at end of file\n+2\n\\ No newline at end of file\n"
    )


@pytest.mark.parametrize(("old", "new"), [(b"a\n" * 2001, b"b\n" * 2000), (b"a" * 524_289, b"b" * 524_288)])
def test_a_diff_of_very_much_is_a_sentence(old: bytes, new: bytes) -> None:
    """Comparing line by line has no bound that a hostile file would keep."""
    assert diff("a", Change(Status.CONFLICT, old, new)) == (
        f"a: {len(old)} bytes, should be {len(new)}: too many for a diff\n"
    )


@pytest.mark.parametrize(("old", "new"), [(b"a\n" * 2000, b"b\n" * 2000), (b"a" * 524_288, b"b" * 524_288)])
def test_a_diff_of_much_is_a_diff(old: bytes, new: bytes) -> None:
    """Up to 4,000 lines and a mebibyte are shown."""
    assert shown(old, new).count("\n-a" if b"\n" in old else "-a") >= 1


def test_all_conflicts_are_told_at_once_with_their_diffs() -> None:
    """Each file with the reason, what helps, and the diffs of those that are files."""
    changes = {
        "a.swift": Change(Status.CONFLICT, b"let a = 2\n", b"let a = 3\n", "was edited by hand"),
        "b.swift": Change(Status.CONFLICT, None, b"let b = 3\n", "is a symbolic link"),
        "c.swift": Change(Status.STALE, b"let c = 2\n", b"let c = 3\n"),
    }
    with pytest.raises(ConflictError) as caught:
        refuse(changes, force=False)
    assert str(caught.value) == (
        "a.swift: was edited by hand\n"
        "b.swift: is a symbolic link\n"
        "--force writes over what was edited, and keeps it as NAME.orig\n"
        "--- a/a.swift\n"
        "+++ b/a.swift\n"
        "@@ -1 +1 @@\n"
        "-let a = 2\n"
        "+let a = 3"
    )
    with pytest.raises(ConflictError, match=r"^b\.swift: is a symbolic link$"):
        refuse(changes, force=True)
    refuse({"c.swift": changes["c.swift"]}, force=False)


def test_of_many_conflicts_the_first_ten_are_shown() -> None:
    """The list of files is whole, the diffs are not."""
    conflict = Change(Status.CONFLICT, b"mine\n", b"new\n", "is not atgen's")
    with pytest.raises(ConflictError) as caught:
        refuse({f"f{number:02}": conflict for number in range(13)}, force=False)
    lines = str(caught.value).split("\n")
    assert [line.rpartition(": ")[2] for line in lines[:13]] == ["is not atgen's"] * 13
    assert (sum(line.startswith("---") for line in lines), lines[-1]) == (10, "3 more; --diff shows them all")


def test_what_is_kept_or_orphaned_has_no_diff() -> None:
    """Nothing would change."""
    assert [diff("a", Change(status, b"1\n", b"2\n")) for status in (Status.KEPT, Status.ORPHANED)] == ["", ""]
