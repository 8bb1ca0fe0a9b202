"""What `atgen.files` does to a folder: all of a run or nothing, and nothing to what is not its own."""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from hashlib import sha256
from itertools import groupby, product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from atgen.errors import ConflictError, Exit, FileError
from atgen.output import files
from atgen.output.files import MANIFEST, Change, Changes, Status, compare, diff, read_page, write, write_page
from conftest import not_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OLD = {"one/swift/a.swift": b"let a = 1\n", "one/objc/a.m": b"int a = 1;\n", "two/swift/a.swift": b"let b = 2\n"}
NEW = {"one/swift/a.swift": b"let a = 3\n", "one/objc/a.m": b"int a = 1;\n", "two/swift/a.swift": b"let b = 4\n"}


def tree(root: Path) -> dict[str, bytes | str]:
    """Give every file with its bytes, every link with its target, every empty folder and whatever else is there."""
    found: dict[str, bytes | str] = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            found[name] = path.read_bytes()
        elif not path.is_dir() or not any(path.iterdir()):
            found[name] = stat.filemode(path.stat().st_mode)[0]
    return found


def outputs(root: Path) -> dict[str, bytes | str]:
    """Give the tree without the manifest."""
    return {name: content for name, content in tree(root).items() if name != MANIFEST}


def statuses(changes: Changes) -> dict[str, str]:
    """Give the changes' statuses in words."""
    return {path: change.status.value for path, change in changes.items()}


def manifest(*states: dict[str, bytes]) -> bytes:
    """Write out the manifest of files that are as in one of these states."""
    lines = []
    for path in sorted({path for state in states for path in state}):
        digests = sorted({sha256(state[path]).hexdigest() for state in states if path in state})
        lines.append(f'    "{path}": {json.dumps(digests)}')
    return ('{\n  "atgen": 1,\n  "files": {\n' + ",\n".join(lines) + "\n  }\n}\n").encode()


def stamp(root: Path) -> dict[str, tuple[int, int]]:
    """Give what changes when a file or folder is written: its inode and time of change."""
    return {str(path): (path.lstat().st_ino, path.lstat().st_mtime_ns) for path in [root, *root.rglob("*")]}


@pytest.fixture(autouse=True)
def nothing_stays_open() -> Iterator[None]:
    """Hold every test to the descriptors that it began with."""
    before = sorted(os.listdir("/dev/fd"))
    yield
    assert sorted(os.listdir("/dev/fd")) == before


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a folder of outputs as the last run left it."""
    write(tmp_path / "output", OLD)
    return tmp_path / "output"


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """Give a folder of somebody without root's rights, and be that until the test's end."""
    folder = Path(tempfile.mkdtemp())
    if os.getuid():
        yield folder
    else:
        os.chown(folder, 65534, 65534)
        os.setresgid(65534, 65534, 0)
        os.setresuid(65534, 65534, 0)
        try:
            yield folder
        finally:
            os.setresuid(0, 0, 0)
            os.setresgid(0, 0, 0)
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink() and path.is_dir():
            path.chmod(0o700)
    shutil.rmtree(folder)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """Set another umask for a while."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def strace(log: Path, *injected: str) -> Iterator[None]:
    """Have the system calls of this process that name, lock or sync a file logged, and faults put into them."""
    why = "no strace"
    if shutil.which("strace"):
        ctypes.CDLL(None).prctl(
            0x59616D61, ctypes.c_ulong(-1), 0, 0, 0
        )  # PR_SET_PTRACER: Yama lets any process trace this
        options = ["-y", "-e", "trace=%file,fsync,syncfs,flock", *(f"--inject={each}" for each in injected)]
        command = ["strace", "-o", str(log), *options, "-p", str(os.getpid())]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            assert tracer.stderr is not None
            why = tracer.stderr.readline()
            if "attached" in why:
                try:
                    yield
                finally:
                    tracer.terminate()
                return
    not_run("strace", why)


def done(log: Path, root: Path) -> list[str]:
    """Give what a log says was done below the root: the call, the path, the new name."""
    calls = r'^(renameat|unlinkat|mkdirat|fsync|syncfs)\(\d+<%s/?(.*?)>(?:, "(.*?)")?(?:, \d+<.*?>, "(.*?)")?.*\) += 0$'
    found = re.findall(calls % re.escape(str(root)), log.read_text(encoding="utf-8"), re.MULTILINE)
    return [" ".join((call, "/".join(filter(None, path)), *filter(None, [to]))) for call, *path, to in found]


# Writing


def test_a_first_run_makes_the_folder_its_files_and_the_manifest(tmp_path: Path) -> None:
    """The folder holds the outputs and the manifest, nothing else: no lock, no temporary file."""
    changes = write(tmp_path / "output", OLD)
    assert list(statuses(changes).items()) == [
        ("one/objc/a.m", "written"),
        ("one/swift/a.swift", "written"),
        ("two/swift/a.swift", "written"),
    ]
    assert tree(tmp_path / "output") == {**OLD, MANIFEST: manifest(OLD)}


def test_paths_are_shown_as_the_root_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative root gives relative paths, the folder itself gives bare ones."""
    monkeypatch.chdir(tmp_path)
    Path("output").mkdir()
    Path("output/a").write_bytes(b"mine")
    for root, shown in ((Path("output"), "output/a"), (Path("output").absolute(), f"{tmp_path}/output/a")):
        with pytest.raises(ConflictError, match=f"^{shown}: is not atgen's\n"):
            write(root, {"a": b""})
    monkeypatch.chdir("output")
    with pytest.raises(ConflictError, match=r"^a: is not atgen's"):
        write(Path(), {"a": b""})
    with files._locked(Path()) as here:  # noqa: SLF001 (no error of the folder itself can be had)
        assert [here.show(path) for path in ("", "a/b")] == [".", "a/b"]


def test_a_second_run_touches_nothing(root: Path) -> None:
    """Unchanged files, folders and the manifest keep inode and time; their bytes are not held."""
    before = stamp(root)
    changes = write(root, OLD)
    assert changes == dict.fromkeys(OLD, Change(Status.UNCHANGED))
    assert stamp(root) == before


def test_only_what_differs_is_written(root: Path) -> None:
    """A file whose bytes are the same keeps inode and time beside others that are replaced."""
    before = stamp(root)
    assert list(statuses(write(root, NEW)).values()) == ["unchanged", "written", "written"]
    after = stamp(root)
    assert {
        name.removeprefix(f"{root}/")
        for name in before
        if name.endswith(("m", "swift")) and before[name] == after[name]
    } - {
        "one",
    } == {"one/objc/a.m"}
    assert tree(root) == {**NEW, MANIFEST: manifest(NEW)}


def test_a_change_tells_the_bytes_before_and_after(root: Path) -> None:
    """The bytes of before and after are there for the diff, and once written no longer."""
    new = {"one/objc/a.m": OLD["one/objc/a.m"], "two/swift/a.swift": b"x"}
    unchanged = {"one/objc/a.m": Change(Status.UNCHANGED)}
    stale = Change(Status.STALE, b"let b = 2\n", b"x")
    assert compare(root, new) == unchanged | {"two/swift/a.swift": stale}
    assert write(root, new) == unchanged | {"two/swift/a.swift": Change(Status.WRITTEN)}


def test_a_run_of_some_cases_leaves_the_others_recorded(root: Path) -> None:
    """The manifest keeps the entries of files that a run was not about."""
    part = {"one/swift/a.swift": b"let a = 3\n"}
    write(root, part)
    assert tree(root) == {**OLD, **part, MANIFEST: manifest({**OLD, **part})}


def test_the_manifest_depends_on_the_files_alone(tmp_path: Path) -> None:
    """Two roots get the same bytes, whatever the order of files and runs."""
    write(tmp_path / "a", dict(reversed(OLD.items())))
    for path, content in OLD.items():
        write(tmp_path / "b", {path: content})
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_modes_are_kept_and_new_files_follow_the_umask(root: Path) -> None:
    """A replaced file keeps its mode; a new file or folder has what the umask leaves of 0666 and 0777."""
    (root / "one/swift/a.swift").chmod(0o750)
    (root / MANIFEST).chmod(0o600)
    (root / "one/objc/a.m").chmod(0o644)
    with umask(0o027):
        write(root, {**NEW, "new/a.swift": b""})
    paths = ("one/swift/a.swift", MANIFEST, "new/a.swift", "new", "one/objc/a.m")
    assert [oct((root / path).stat().st_mode & 0o7777) for path in paths] == [
        "0o750",
        "0o600",
        "0o640",
        "0o750",
        "0o644",
    ]


def test_a_root_may_be_a_link(root: Path, tmp_path: Path) -> None:
    """Who names the root chooses where it leads."""
    (tmp_path / "link").symlink_to(root)
    write(tmp_path / "link", NEW)
    assert outputs(root) == NEW


def test_a_file_lands_at_its_own_path(tmp_path: Path) -> None:
    """Whatever folders have the same names; and of a run that fails none of them stays."""
    paths = ["/".join((*folders, "f")) for depth in range(4) for folders in product("ab", repeat=depth)]
    asked = {path: path.encode() for path in paths}
    with pytest.raises(FileError, match=r"n: File name too long$"):
        write(tmp_path, {**asked, "n" * 300: b""})
    assert tree(tmp_path) == {}
    write(tmp_path, asked)
    assert tree(tmp_path) == {**asked, MANIFEST: manifest(asked)}
    write(tmp_path, {}, prune=["*"])
    assert tree(tmp_path) == {MANIFEST: manifest({})}


def test_a_manifest_of_many_files_is_written_in_parts(tmp_path: Path) -> None:
    """The parts make one manifest, also when it is shown."""
    recorded = {f"case{number}/a.swift": b"x" for number in range(2000)}
    (tmp_path / MANIFEST).write_bytes(manifest(recorded))
    (tmp_path / "a").write_bytes(b"x")
    expected = manifest({**recorded, "a": b"x"})
    assert len(expected) > 2 * 64 * 1024
    assert compare(tmp_path, {"a": b"x"})[MANIFEST] == Change(Status.STALE, manifest(recorded), expected)
    write(tmp_path, {"a": b"x"})
    assert tree(tmp_path) == {"a": b"x", MANIFEST: expected}


def test_what_is_renamed_is_on_disk(root: Path, tmp_path: Path) -> None:
    """Each file before its name, the manifest of both states before them, each folder before the final manifest."""
    asked = {"new/deep/er/a": b"new", "one/swift/a.swift": b"let a = 3\n"}
    with strace(tmp_path / "log"):
        write(root, asked, prune=["two/*"])
    assert done(tmp_path / "log", root) == [
        "fsync .atgen-0.tmp",
        "fsync .atgen-1.tmp",
        "mkdirat new",
        "mkdirat new/deep",
        "mkdirat new/deep/er",
        "fsync new/deep/er/.atgen-2.tmp",
        "fsync one/swift/.atgen-3.tmp",
        "renameat .atgen-1.tmp .atgen.json",
        "fsync ",
        "renameat new/deep/er/.atgen-2.tmp a",
        "renameat one/swift/.atgen-3.tmp a.swift",
        "unlinkat two/swift/a.swift",
        "unlinkat two/swift",
        "unlinkat two",
        "fsync ",
        "fsync new",
        "fsync new/deep",
        "fsync new/deep/er",
        "fsync one/swift",
        "renameat .atgen-0.tmp .atgen.json",
        "fsync ",
    ]


def test_names_are_looked_up_one_by_one_and_through_no_link(root: Path, tmp_path: Path) -> None:
    """Below the root a call is given an open folder and one name: what links come meanwhile is not followed."""
    with strace(tmp_path / "log"):
        write(root, {"new/deep/a": b"new", "one/swift/a.swift": b"let a = 3\n"}, prune=["two/*"])
    below = [line for line in (tmp_path / "log").read_text(encoding="utf-8").splitlines() if "(AT_FDCWD" not in line]
    names = [name for line in below for name in re.findall(r'>, "(.*?)"', line)]
    assert {"one", "swift", "a.swift", "deep", "two"} < set(names)
    assert [name for name in names if "/" in name] == []
    flags = [found for line in below for found in re.findall(rf'^openat\(\d+<{root}.*?>, ".*?", ([A-Z_|]+)', line)]
    assert {frozenset(each.split("|")) - {"O_CLOEXEC", "O_LARGEFILE"} for each in flags} == {
        frozenset({"O_RDONLY", "O_NOFOLLOW", "O_DIRECTORY"}),
        frozenset({"O_RDONLY", "O_NOFOLLOW", "O_NONBLOCK"}),
        frozenset({"O_WRONLY", "O_NOFOLLOW", "O_CREAT", "O_EXCL"}),
    }


def test_many_files_are_flushed_at_once(tmp_path: Path) -> None:
    """From a hundred files on, written or removed, the file system is flushed whenever few would be one by one."""
    root, log = tmp_path / "output", tmp_path / "log"
    many = {f"{number}": b"x" for number in range(100)}
    for asked, expected in [
        (many, ["syncfs", "renameat", "syncfs", "renameat", "syncfs", "renameat", "syncfs"]),
        ({}, ["syncfs", "renameat", "syncfs", "unlinkat", "syncfs", "renameat", "syncfs"]),
    ]:
        with strace(log):
            write(root, asked, prune=["*"])
        calls = done(log, root)
        assert [call for call, _ in groupby(call.split()[0] for call in calls)] == expected
        assert {call for call in calls if call.startswith("syncfs")} == {"syncfs "}
    write(root, many)
    with strace(log):
        write(root, {"0": b"x"}, prune=["*"])
    assert [call for call, _ in groupby(call.split()[0] for call in done(log, root))] == [
        "fsync", "renameat", "fsync", "unlinkat", "fsync", "renameat", "fsync",
    ]  # fmt: skip


def test_many_files_are_written_like_few(tmp_path: Path) -> None:
    """From a hundred files on the disk is flushed at once; nothing else differs."""
    many = {f"case{number}/a.swift": b"x" for number in range(files.MANY)}
    assert write(tmp_path, many) == dict.fromkeys(many, Change(Status.WRITTEN))
    assert tree(tmp_path) == {**many, MANIFEST: manifest(many)}


def test_two_roots_know_nothing_of_each_other(root: Path, tmp_path: Path) -> None:
    """A file is ours in the folder whose manifest has it, not in another."""
    write(tmp_path / "other", NEW)
    shutil.copy(root / "one/swift/a.swift", tmp_path / "other/one/swift/a.swift")
    with pytest.raises(ConflictError):
        write(tmp_path / "other", NEW)
    assert outputs(root) == OLD


def test_empty_files_and_no_files(tmp_path: Path) -> None:
    """No bytes are bytes too; no files leave no manifest."""
    assert statuses(write(tmp_path / "a", {"b/c": b""})) == {"b/c": "written"}
    assert write(tmp_path / "none", {}) == {}
    assert tree(tmp_path) == {"a/.atgen.json": manifest({"b/c": b""}), "a/b/c": b"", "none": "d"}


@pytest.mark.parametrize(
    "path", ["", "/a", "a/../b", "./a", "a//b", "a/", "a\\b", "a\nb", ".git/config", "x/.GIT/y", MANIFEST]
)
def test_an_output_outside_its_folder_is_a_bug_of_ours(root: Path, path: str) -> None:
    """Such a path never comes from a spec; nothing is written."""
    with pytest.raises(ValueError, match=r"^an output outside its folder$"):
        write(root, {**NEW, path: b""})
    assert outputs(root) == OLD


# Comparing


def test_compare_says_what_write_would_do(root: Path) -> None:
    """Stale is what would be written or removed; nothing is touched."""
    (root / "one/objc/a.m").write_bytes(b"edited\n")
    before = stamp(root)
    asked = {"one/objc/a.m": b"int a = 1;\n", "one/swift/a.swift": b"let a = 1\n", "new/a": b""}
    found = compare(root, asked, prune=["two/*"])
    assert list(found.items()) == [
        ("new/a", Change(Status.STALE, None, b"")),
        ("one/objc/a.m", Change(Status.CONFLICT, b"edited\n", b"int a = 1;\n", "was edited by hand")),
        ("one/swift/a.swift", Change(Status.UNCHANGED)),
        ("two/swift/a.swift", Change(Status.STALE, b"let b = 2\n", None)),
    ]
    assert stamp(root) == before


def test_without_the_folder_all_is_stale(tmp_path: Path) -> None:
    """A check before the first run finds everything missing, and makes nothing."""
    found = compare(tmp_path / "output", {"b": b"2", "a": b"1"})
    assert list(found.items()) == [
        ("a", Change(Status.STALE, None, b"1")),
        ("b", Change(Status.STALE, None, b"2")),
    ]
    assert tree(tmp_path) == {}


def test_a_manifest_that_alone_is_stale_is_said(root: Path) -> None:
    """A check finds that the manifest was not committed; a run mends it and says so."""
    (root / MANIFEST).unlink()
    unchanged = dict.fromkeys(OLD, Change(Status.UNCHANGED))
    assert compare(root, OLD) == unchanged | {MANIFEST: Change(Status.STALE, None, manifest(OLD))}
    assert write(root, OLD) == unchanged | {MANIFEST: Change(Status.WRITTEN)}
    assert compare(root, OLD) == unchanged
    (root / MANIFEST).write_bytes(manifest(OLD) + b"\n")
    assert compare(root, OLD) == unchanged | {MANIFEST: Change(Status.STALE, manifest(OLD) + b"\n", manifest(OLD))}


# Hand edits


def test_any_one_byte_change_is_found_and_kept(root: Path) -> None:
    """Each byte of each output: another, one more, one less; exit code 3, the edit and all else stay."""
    found = 0
    for path, content in OLD.items():
        edits = [content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :] for at in range(len(content))]
        edits += [content[:at] + content[at + 1 :] for at in range(len(content))]
        edits += [content[:at] + b" " + content[at:] for at in range(len(content) + 1)]
        for edit in edits:
            (root / path).write_bytes(edit)
            with pytest.raises(ConflictError, match="was edited by hand") as caught:
                write(root, NEW)
            assert caught.value.exit is Exit.CONFLICT
            assert compare(root, OLD)[path].status is Status.CONFLICT
            assert outputs(root) == {**OLD, path: edit}
            found += 1
        (root / path).write_bytes(content)
    assert found == sum(3 * len(content) + 1 for content in OLD.values())


def test_all_conflicts_are_shown_at_once_with_diffs(root: Path) -> None:
    """The message lists each file with the reason, says what helps, and shows the diffs."""
    (root / "one/swift/a.swift").write_bytes(b"let a = 2\n")
    (root / "two/swift/a.swift").unlink()
    (root / "two/swift/a.swift").symlink_to("a.m")
    with pytest.raises(ConflictError) as caught:
        write(root, {**NEW, MANIFEST[1:]: b""})
    assert str(caught.value) == (
        f"{root}/one/swift/a.swift: was edited by hand\n"
        f"{root}/two/swift/a.swift: is a symbolic link\n"
        "--force writes over what was edited, and keeps it as NAME.orig\n"
        f"--- a{root}/one/swift/a.swift\n"
        f"+++ b{root}/one/swift/a.swift\n"
        "@@ -1 +1 @@\n"
        "-let a = 2\n"
        "+let a = 3"
    )


def test_many_conflicts_show_the_first_ten(tmp_path: Path) -> None:
    """The list of files is whole, the diffs are not."""
    for number in range(13):
        (tmp_path / f"f{number:02}").write_bytes(b"mine\n")
    with pytest.raises(ConflictError) as caught:
        write(tmp_path, {f"f{number:02}": b"new\n" for number in range(13)})
    lines = str(caught.value).split("\n")
    assert [line.rpartition(": ")[2] for line in lines[:13]] == ["is not atgen's"] * 13
    assert (sum(line.startswith("---") for line in lines), lines[-1]) == (10, "3 more; --diff shows them all")


def test_a_file_that_is_not_ours_is_a_conflict_unless_it_is_right(tmp_path: Path) -> None:
    """A file nobody recorded stays; one that has the very bytes is taken over."""
    (tmp_path / "a").write_bytes(b"mine")
    with pytest.raises(ConflictError, match="is not atgen's"):
        write(tmp_path, {"a": b"new"})
    assert tree(tmp_path) == {"a": b"mine"}
    assert statuses(write(tmp_path, {"a": b"mine"})) == {"a": "unchanged", MANIFEST: "written"}
    write(tmp_path, {"a": b"new"})
    assert tree(tmp_path) == {"a": b"new", MANIFEST: manifest({"a": b"new"})}


class Saving(dict[str, bytes]):
    """Files during whose staging a person saves some, or deletes them (None)."""

    def __init__(self, files: dict[str, bytes], root: Path, saved: dict[str, bytes | None]) -> None:
        super().__init__(files)
        self._root = root
        self._saved = saved

    def __getitem__(self, path: str) -> bytes:
        for name, content in self._saved.items():
            if content is None:
                (self._root / name).unlink(missing_ok=True)
            else:
                (self._root / name).write_bytes(content)
        return super().__getitem__(path)


@pytest.mark.parametrize("path", ["one/swift/a.swift", "one/new.swift", "two/swift/a.swift"])
def test_an_edit_saved_meanwhile_is_found_and_kept(root: Path, path: str) -> None:
    """After files were compared, a person saves one that is to be replaced, made or removed: nothing changes but that."""
    asked = {"one/objc/a.m": b"new", "one/swift/a.swift": b"new", "one/new.swift": b"new"}
    with pytest.raises(ConflictError, match=f"^{root}/{path}: was changed while atgen was at work; run it again$"):
        write(root, Saving(asked, root, {path: b"saved"}), prune=["*"])
    assert tree(root) == {**OLD, path: b"saved", MANIFEST: manifest(OLD)}


def test_an_edit_saved_over_a_forced_one_is_kept_too(root: Path) -> None:
    """What was to be kept as NAME.orig is not what is there by now."""
    (root / "one/objc/a.m").write_bytes(b"edited")
    with pytest.raises(ConflictError, match="was changed while atgen was at work"):
        write(root, Saving(NEW, root, {"one/objc/a.m": b"saved"}), force=True)
    assert tree(root) == {**OLD, "one/objc/a.m": b"saved", MANIFEST: manifest(OLD)}


def test_a_file_saved_in_a_new_root_stays_in_it(tmp_path: Path) -> None:
    """The run takes back the root that it made, unless somebody uses it by then."""
    root = tmp_path / "output"
    with pytest.raises(ConflictError, match=f"^{root}/a: was changed while atgen was at work; run it again$"):
        write(root, Saving({"a": b"new"}, root, {"a": b"saved"}))
    assert tree(tmp_path) == {"output/a": b"saved"}


class Interrupted(dict[str, bytes]):
    """Files during whose staging a person stops the run, at the last of them."""

    def __getitem__(self, path: str) -> bytes:
        if path == max(self):
            raise KeyboardInterrupt
        return super().__getitem__(path)


def test_a_run_that_is_interrupted_leaves_nothing(root: Path, tmp_path: Path) -> None:
    """What is staged by then goes, and so do the folders and the root that were made for it."""
    before = tree(root)
    for folder in (root, tmp_path / "new"):
        with pytest.raises(KeyboardInterrupt):
            write(folder, Interrupted({**NEW, "new/deep/a": b"new", "z": b"new"}))
    assert tree(root) == before
    assert not (tmp_path / "new").exists()


class Linking(dict[str, bytes]):
    """Files during whose staging a person puts a link to another folder in the place of `new`, at the last of them."""

    def __init__(self, files: dict[str, bytes], root: Path, target: Path) -> None:
        super().__init__(files)
        self._root = root
        self._target = target

    def __getitem__(self, path: str) -> bytes:
        if path == max(self):
            (self._root / "new").rename(self._root / "moved")
            (self._root / "new").symlink_to(self._target)
        return super().__getitem__(path)


@pytest.mark.parametrize(
    ("in_the_way", "message"),
    [
        (set(), "new: is no folder, or a link to one"),
        ({"two/swift/.atgen-3.tmp"}, "two/swift/a.swift: .atgen-3.tmp is in the way beside it"),
    ],
)
def test_a_link_that_comes_meanwhile_is_not_followed(
    root: Path, tmp_path: Path, in_the_way: set[str], message: str
) -> None:
    """Neither to write nor to clean up after another error: what is left goes with the next run, once the folder is back."""
    asked = {"new/deep/a": b"new", "two/swift/a.swift": b"new"}
    (tmp_path / "outside/deep").mkdir(parents=True)
    for name in in_the_way:
        (root / name).write_bytes(b"")
    with pytest.raises((ConflictError, FileError)) as caught:
        write(root, Linking(asked, root, tmp_path / "outside"))
    assert str(caught.value) == f"{root}/{message}"
    left = {".atgen-0.tmp", ".atgen-1.tmp", "moved/deep/.atgen-2.tmp", *in_the_way}
    found = tree(root)
    assert {name for name in found if name.endswith(".tmp")} == left
    assert {name: content for name, content in found.items() if name not in left} == {
        **OLD, "new": f"-> {tmp_path}/outside", MANIFEST: manifest(OLD),
    }  # fmt: skip
    assert tree(tmp_path / "outside") == {"deep": "d"}
    (root / "new").unlink()
    (root / "moved").rename(root / "new")
    write(root, asked)
    assert tree(root) == {**OLD, **asked, MANIFEST: manifest({**OLD, **asked})}


def test_what_is_lost_or_taken_back_meanwhile_is_no_edit(root: Path) -> None:
    """A file that is deleted, or that again is what atgen wrote, is in nobody's way."""
    (root / "two/swift/a.swift").write_bytes(b"edited")
    asked = dict.fromkeys(OLD, b"new")
    saved = {"one/objc/a.m": None, "two/swift/a.swift": OLD["two/swift/a.swift"]}
    write(root, Saving(asked, root, saved), force=True)
    assert tree(root) == {**asked, "two/swift/a.swift.orig": b"edited", MANIFEST: manifest(asked)}


def test_an_edit_that_a_spec_catches_up_with_is_no_edit(root: Path) -> None:
    """What already equals the new bytes is unchanged, and recorded again."""
    (root / "two/swift/a.swift").write_bytes(NEW["two/swift/a.swift"])
    write(root, NEW)
    assert tree(root) == {**NEW, MANIFEST: manifest(NEW)}


def test_force_keeps_the_old_one_beside(root: Path) -> None:
    """The edited bytes are in NAME.orig, with the mode they had; the manifest knows nothing of it."""
    (root / "one/swift/a.swift").write_bytes(b"mine\n")
    (root / "one/swift/a.swift").chmod(0o604)
    changes = write(root, NEW, force=True)
    edited = Change(Status.WRITTEN, note=f"the old one is {root}/one/swift/a.swift.orig")
    written = Change(Status.WRITTEN)
    assert list(changes.values()) == [Change(Status.UNCHANGED), edited, written]
    assert tree(root) == {**NEW, "one/swift/a.swift.orig": b"mine\n", MANIFEST: manifest(NEW)}
    assert [(root / f"one/swift/a.swift{end}").stat().st_mode & 0o777 for end in ("", ".orig")] == [0o604, 0o604]


def test_force_never_writes_over_what_was_kept(root: Path) -> None:
    """The next free name is taken, whatever stands at the others; bytes that are kept already are not kept twice."""
    path = root / "one/swift/a.swift"
    (root / "one/swift/a.swift.orig.1").mkdir()
    (root / "one/swift/a.swift.orig.2").symlink_to("nowhere")
    for edit in (b"first\n", b"second\n", b"first\n", b"second\n", b"third\n"):
        path.write_bytes(edit)
        write(root, OLD, force=True)
    assert {name: content for name, content in tree(root).items() if ".orig" in name} == {
        "one/swift/a.swift.orig": b"first\n",
        "one/swift/a.swift.orig.1": "d",
        "one/swift/a.swift.orig.2": "-> nowhere",
        "one/swift/a.swift.orig.3": b"second\n",
        "one/swift/a.swift.orig.4": b"third\n",
    }


def test_files_of_a_person_are_written_once(tmp_path: Path) -> None:
    """They are made where missing, then kept with any content, also by force, and never pruned."""
    asked = {"app/mine.swift": b"1", "app/ours.swift": b"1"}
    once = frozenset({"app/mine.swift"})
    assert set(statuses(write(tmp_path, asked, once=once)).values()) == {"written"}
    assert tree(tmp_path) == {**asked, MANIFEST: manifest({"app/ours.swift": b"1"})}
    (tmp_path / "app/mine.swift").write_bytes(b"edited")
    changes = write(tmp_path, dict.fromkeys(asked, b"2"), once=once, prune=["*"], force=True)
    assert statuses(changes) == {"app/mine.swift": "kept", "app/ours.swift": "written"}
    mine = changes["app/mine.swift"]
    assert (mine.note, diff("app/mine.swift", mine)) == ("is yours", "")
    write(tmp_path, {}, prune=["*"])
    assert outputs(tmp_path) == {"app/mine.swift": b"edited"}


# Pruning


def test_prune_removes_what_is_ours_and_the_folders_it_leaves_empty(root: Path) -> None:
    """Of a case that is gone nothing stays, of one that is not, nothing goes."""
    changes = write(root, {"one/swift/a.swift": b"let a = 3\n"}, prune=["*"])
    assert statuses(changes) == {
        "one/objc/a.m": "removed",
        "one/swift/a.swift": "written",
        "two/swift/a.swift": "removed",
    }
    assert tree(root) == {
        "one/swift/a.swift": b"let a = 3\n",
        MANIFEST: manifest({"one/swift/a.swift": b"let a = 3\n"}),
    }
    assert sorted(path.name for path in root.iterdir()) == [MANIFEST, "one"]


def test_without_prune_nothing_is_removed(root: Path) -> None:
    """Other cases' files stay."""
    write(root, {"one/swift/a.swift": b"let a = 3\n"})
    assert sorted(outputs(root)) == sorted(OLD)


def test_prune_keeps_to_the_folders_named(root: Path) -> None:
    """A run of one case prunes that case; `on` is no part of `one`."""
    write(root, {"one/swift/a.swift": b"let a = 1\n"}, prune=["one/*", "tw/*"])
    assert sorted(outputs(root)) == ["one/swift/a.swift", "two/swift/a.swift"]


def test_prune_keeps_what_was_edited_or_is_not_ours(root: Path) -> None:
    """Edited files, other people's, and what stands in a file's place are kept; those of the manifest are named."""
    (root / "one/objc/a.m").write_bytes(b"mine")
    (root / "two/notes.md").write_bytes(b"mine")
    (root / "one/swift/a.swift").unlink()
    (root / "one/swift/a.swift").symlink_to("../objc/a.m")
    for _ in range(2):
        found = write(root, {}, prune=["*"])
        assert {path: change.note for path, change in found.items() if change.status is Status.KEPT} == {
            "one/objc/a.m": "was edited by hand",
            "one/swift/a.swift": "is a symbolic link",
        }
    assert outputs(root) == {"one/objc/a.m": b"mine", "one/swift/a.swift": "-> ../objc/a.m", "two/notes.md": b"mine"}


def test_prune_forgets_what_was_deleted_by_hand(root: Path) -> None:
    """An entry whose file is gone leaves the manifest, and empty folders of it go; also halfway through."""
    (root / "two/swift/a.swift").unlink()
    shutil.rmtree(root / "one")
    assert statuses(write(root, {}, prune=["*"])) == {MANIFEST: "written"}
    assert tree(root) == {MANIFEST: manifest({})}


def test_a_folder_that_will_not_go_is_no_error(as_nobody: Path) -> None:
    """The file is pruned; its folder stays in a folder that allows no change."""
    write(as_nobody, {"a/b/c": b""})
    (as_nobody / "a").chmod(0o555)
    assert statuses(write(as_nobody, {}, prune=["*"])) == {"a/b/c": "removed"}
    assert tree(as_nobody) == {"a/b": "d", MANIFEST: manifest({})}


# Links, and what else is no file


@pytest.mark.parametrize("target", ["outside", "nowhere"])
@pytest.mark.parametrize("place", ["one", "one/swift", "one/swift/a.swift"])
@pytest.mark.parametrize("force", [False, True])
def test_links_are_never_followed(root: Path, tmp_path: Path, place: str, target: str, force: bool) -> None:
    """A link at any place of a path, to a like tree or to nothing, is a conflict that force does not lift."""
    shutil.copytree(root, tmp_path / "outside")
    shutil.rmtree(root / "one") if place != "one/swift/a.swift" else (root / place).unlink()
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / place).symlink_to(tmp_path / target / place)
    before = tree(tmp_path)
    with pytest.raises(
        ConflictError, match="is a symbolic link" if place.endswith("a.swift") else "is no folder, or a link"
    ):
        write(root, NEW, force=force, prune=["*"])
    assert tree(tmp_path) == before
    assert set(statuses(compare(root, {}, prune=["one/swift/*"])).values()) <= {"kept"}
    write(root, {"two/swift/a.swift": b"let b = 4\n"}, prune=["one/*"])
    assert tree(tmp_path / "outside") == {**OLD, MANIFEST: manifest(OLD)}


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("folder", "is a folder"),
        ("pipe", "is no regular file"),
        ("socket", "is no regular file"),
        ("large", "is larger than what atgen writes"),
        ("file for a folder", "ROOT/one/swift: is no folder, or a link to one"),
    ],
)
def test_what_is_no_output_is_a_conflict(root: Path, kind: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither read nor waited for nor replaced, also by force."""
    path = root / "one/swift/a.swift"
    path.unlink()
    monkeypatch.chdir(path.parent)  # a socket's path has few bytes
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    elif kind == "large":
        with path.open("wb") as file:
            file.truncate(64 * 1024 * 1024 + 1)
    else:
        path.parent.rmdir()
        path.parent.write_bytes(b"")
    before = stamp(root)
    for force in (False, True):
        with pytest.raises(ConflictError) as caught:
            write(root, NEW, force=force)
        assert str(caught.value) == f"{path}: {why.replace('ROOT', str(root))}"
    change = compare(root, NEW)["one/swift/a.swift"]
    assert (change.status, diff("shown", change)) == (Status.CONFLICT, f"shown: {change.note}\n")
    assert stamp(root) == before


# The manifest is anybody's


NO_MANIFEST = "is no manifest that this version of atgen knows"
HELP = (
    "; restore it from version control, or delete it: files that are up to date are taken over then, and --force writes"
    " the others"
)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "Expecting value.*"),
        (b"\xff\xfe\xfd", ".*codec can't decode.*"),
        (b"<<<<<<< HEAD\n", "Expecting value.*"),
        (b"[" * 100_000, ".*recursion.*"),
        (b'{"atgen": 1, "files": ' + b'{"a":' * 100_000, ".*recursion.*"),
        (b"1" * 5000, f".*integer string conversion.*|{NO_MANIFEST}"),
        (b"[]", NO_MANIFEST),
        (b"{}", NO_MANIFEST),
        (b'{"atgen": 2, "files": {}}', NO_MANIFEST),
        (b'{"atgen": 1, "files": []}', NO_MANIFEST),
        (b'{"atgen": 1, "files": {"a": "x"}}', "holds no digests of a"),
        (b'{"atgen": 1, "files": {"a": [1]}}', "holds no digests of a"),
        (b'{"atgen": 1, "files": {"a": [], "a": []}}', "holds a key twice"),
        (b'{"atgen": 1, "atgen": 1, "files": {}}', "holds a key twice"),
    ],
)
def test_a_broken_manifest_is_an_error_that_says_what_helps(root: Path, content: bytes, why: str) -> None:
    """Exit code 4, the path named, nothing touched, no traceback."""
    (root / MANIFEST).write_bytes(content)
    before = stamp(root)
    for run in (lambda: write(root, NEW, prune=["*"], force=True), lambda: compare(root, NEW)):
        with pytest.raises(FileError, match=f"^{root}/{MANIFEST}: ({why}){HELP}$") as caught:
            run()
        assert caught.value.exit is Exit.IO
    assert stamp(root) == before


@pytest.mark.parametrize(
    "path",
    [
        "../precious", "one/../../precious", "/etc/passwd", "", ".", "..", "a//b", "one/", "./a", "a\\..\\b", "C:/x",
        "a\x00b", "a\nb", "a\x1b[2Jb", "\u202ea", "\ud800", "é", "::error::a", "##[error]a", ".git/config", "x/.GIT/x",
        MANIFEST, "one/.ATGEN.json", "/" * 201,
    ],
)  # fmt: skip
def test_a_manifest_names_nothing_outside_or_unshowable(root: Path, path: str) -> None:
    """Such an entry is refused, in plain ASCII and in 200 characters, and the file that it is about stays."""
    (root.parent / "precious").write_bytes(b"x")
    digest = sha256(b"x").hexdigest()
    (root / MANIFEST).write_text(json.dumps({"atgen": 1, "files": {path: [digest]}}), encoding="ascii")
    before = tree(root.parent)
    with pytest.raises(FileError) as caught:
        write(root, {}, prune=["*"], force=True)
    assert str(caught.value) == f"{root}/{MANIFEST}: names {path[:200]!a}, where no output belongs{HELP}"
    assert str(caught.value).isascii()
    assert str(caught.value).isprintable()
    assert tree(root.parent) == before


@pytest.mark.parametrize("target", ["outside", "nowhere"])
def test_a_manifest_that_is_a_link_is_a_conflict(root: Path, tmp_path: Path, target: str) -> None:
    """It is neither read nor written through."""
    shutil.move(root / MANIFEST, tmp_path / "outside")
    (root / MANIFEST).symlink_to(tmp_path / target)
    before = tree(tmp_path)
    with pytest.raises(ConflictError, match=r"\.atgen\.json: is a symbolic link"):
        write(root, NEW, force=True)
    assert tree(tmp_path) == before


def test_a_manifest_may_know_old_and_new_digests(root: Path) -> None:
    """After a killed run either is ours, and the next one leaves one digest each."""
    digests = {path: [sha256(OLD[path]).hexdigest(), sha256(NEW[path]).hexdigest()] for path in OLD}
    (root / MANIFEST).write_text(json.dumps({"atgen": 1, "files": digests}), encoding="ascii")
    (root / "one/swift/a.swift").write_bytes(NEW["one/swift/a.swift"])
    third = dict.fromkeys(OLD, b"third\n")
    assert set(statuses(compare(root, third)).values()) == {"stale"}
    write(root, third)
    assert tree(root) == {**third, MANIFEST: manifest(third)}


# What a killed run leaves


def test_a_run_sweeps_what_a_killed_one_left(root: Path) -> None:
    """Temporary files go from all folders, also if nothing else is to be done; what only looks like them stays."""
    left = (".atgen-0.tmp", ".atgen-1.tmp", "one/swift/.atgen-2.tmp", "three/.atgen-12.tmp")
    others = (
        "7",
        "one/7.tmp",
        ".atgen-7",
        ".atgen-x.tmp",
        "one/.atgen-1.tmp.swift",
        "one/atgen-1.tmp",
        "two/.atgen-.tmp",
    )
    (root / "three").mkdir()
    for name in (*left, *others):
        (root / name).write_bytes(b"torn")
    (root / "link").symlink_to("one")
    write(root, OLD)
    assert outputs(root) == {**OLD, **dict.fromkeys(others, b"torn"), "three": "d", "link": "-> one"}


def test_the_marker_of_a_killed_run_goes_last_whatever_it_is(root: Path) -> None:
    """A link is removed and not followed, what cannot be removed is named."""
    marker = root / ".atgen-0.tmp"
    marker.symlink_to("nowhere")
    write(root, OLD)
    assert outputs(root) == OLD
    marker.mkdir()
    with pytest.raises(FileError, match=f"^{marker}: (Is a directory|Operation not permitted)$"):
        write(root, OLD)
    assert outputs(root) == {**OLD, marker.name: "d"}


def test_without_a_killed_run_nothing_is_swept(root: Path) -> None:
    """The marker, which a run stages first and renames last, is what tells of a killed run: no walk without it."""
    (root / "one/.atgen-2.tmp").write_bytes(b"")
    write(root, OLD)
    assert outputs(root) == {**OLD, "one/.atgen-2.tmp": b""}


def test_what_stands_in_the_way_of_a_temporary_file_is_named(root: Path) -> None:
    """A file of that name where no run was killed is not ours: an error, and all is as before."""
    (root / "one/swift/.atgen-2.tmp").write_bytes(b"")
    before = tree(root)
    with pytest.raises(FileError, match=r"one/swift/a\.swift: \.atgen-2\.tmp is in the way beside it$"):
        write(root, NEW)
    assert tree(root) == before


# What the system refuses


def test_the_folder_above_the_root_must_be_there(tmp_path: Path) -> None:
    """A slip of the pen in the root's path makes no tree: exit code 4, the path named."""
    with pytest.raises(FileError, match=r"^none/output: No such file or directory$") as caught:
        write(Path("none/output"), OLD)
    assert caught.value.exit is Exit.IO
    assert tree(tmp_path) == {}


def test_a_root_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    """Exit code 4, the path named."""
    (tmp_path / "output").write_bytes(b"")
    for run in (write, compare):
        with pytest.raises(FileError, match=r"output: Not a directory$"):
            run(tmp_path / "output", OLD)


def test_a_name_too_long_leaves_nothing(tmp_path: Path) -> None:
    """A root that was made for the run goes with it."""
    with pytest.raises(FileError, match=r"n: File name too long$"):
        write(tmp_path / "output", {**OLD, "n" * 300: b""})
    assert tree(tmp_path) == {}


def test_a_root_that_was_there_stays(tmp_path: Path) -> None:
    """An error takes away only what the run made."""
    (tmp_path / "output").mkdir()
    with pytest.raises(FileError):
        write(tmp_path / "output", {"n" * 300: b""})
    assert tree(tmp_path) == {"output": "d"}


def test_a_read_only_folder_changes_nothing(as_nobody: Path) -> None:
    """All is staged before the first rename: where one folder refuses, the others are as before, and made ones go."""
    write(as_nobody, OLD)
    (as_nobody / "two/swift").chmod(0o555)
    before = tree(as_nobody)
    with pytest.raises(FileError, match=r"/two/swift/a\.swift: Permission denied$"):
        write(as_nobody, {**NEW, "new/deep/a.swift": b"new"})
    assert tree(as_nobody) == before
    assert not (as_nobody / "new").exists()


def test_a_read_only_root_changes_nothing(as_nobody: Path) -> None:
    """The manifest is staged first."""
    write(as_nobody, OLD)
    as_nobody.chmod(0o555)
    with pytest.raises(FileError, match=r"/\.atgen\.json: Permission denied$"):
        write(as_nobody, NEW)
    assert outputs(as_nobody) == OLD
    assert set(statuses(write(as_nobody, OLD)).values()) == {"unchanged"}


@pytest.mark.parametrize("path", ["two/swift/a.swift", MANIFEST])
def test_a_read_only_file_is_not_replaced(as_nobody: Path, path: str) -> None:
    """A rename would pass over the mode by which a person protects a file; it is heeded."""
    write(as_nobody, OLD)
    (as_nobody / path).chmod(0o444)
    before = tree(as_nobody)
    with pytest.raises(FileError, match=f"/{path}: is read-only$"):
        write(as_nobody, NEW)
    assert tree(as_nobody) == before


def test_a_read_only_edit_is_not_forced(as_nobody: Path) -> None:
    """No copy is left beside it either."""
    (as_nobody / "a").write_bytes(b"mine")
    (as_nobody / "a").chmod(0o444)
    with pytest.raises(FileError, match=r"/a: is read-only$"):
        write(as_nobody, {"a": b"new"}, force=True)
    assert tree(as_nobody) == {"a": b"mine"}


def test_pruning_from_a_read_only_folder_changes_nothing(as_nobody: Path) -> None:
    """It is found before anything else is written."""
    write(as_nobody, OLD)
    (as_nobody / "two/swift").chmod(0o555)
    before = tree(as_nobody)
    with pytest.raises(FileError, match=r"/two/swift/a\.swift: Permission denied$"):
        write(as_nobody, {"one/swift/a.swift": b"new"}, prune=["*"])
    assert tree(as_nobody) == before


def test_an_unreadable_file_is_an_error(as_nobody: Path) -> None:
    """Exit code 4 from comparing already."""
    write(as_nobody, OLD)
    (as_nobody / "one/objc/a.m").chmod(0o000)
    with pytest.raises(FileError, match=r"/one/objc/a\.m: Permission denied$"):
        compare(as_nobody, OLD)


def test_an_unreadable_folder_stops_the_sweep(as_nobody: Path) -> None:
    """The marker stays until all that a killed run left is found."""
    write(as_nobody, OLD)
    (as_nobody / ".atgen-0.tmp").write_bytes(b"")
    (as_nobody / "dark").mkdir()
    (as_nobody / "dark").chmod(0o000)
    with pytest.raises(FileError, match=r"/dark: Permission denied$"):
        write(as_nobody, OLD)
    assert (as_nobody / ".atgen-0.tmp").exists()


FULL = """
import os, sys
from pathlib import Path
from atgen.errors import FileError
from atgen.output.files import write
os.chdir(sys.argv[1])
write(Path("output"), {"a/b": b"old", "c/d": b"old"})
try:
    write(Path("output"), {"a/b": b"a" * 30_000, "c/d": b"c" * 30_000, "e/f/g": b"e" * 30_000})
except FileError as error:
    print(error)
print(sorted((str(path), path.read_bytes() if path.is_file() else "") for path in Path("output").rglob("*")))
"""


@pytest.mark.parametrize("size", [16, 24, 32, 40, 48, 56, 64, 96])
def test_a_full_disk_changes_nothing(tmp_path: Path, size: int) -> None:
    """On disks of several KiB the run fails at several places, each time before the first rename."""
    mounted = f"mount -t tmpfs -o size={size}k tmpfs '{tmp_path}'"
    apart = ["unshare", "--mount", *(["--map-root-user"] if os.getuid() else []), "sh", "-c"]  # so it goes by itself
    if not shutil.which("unshare") or subprocess.run([*apart, mounted], capture_output=True, check=False).returncode:
        pytest.skip("not run: no small disk can be mounted here")
    command = [*apart, f'{mounted} && exec "$0" "$@"', sys.executable, "-c", FULL, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    old = {"a": "", "a/b": b"old", "c": "", "c/d": b"old", MANIFEST: manifest({"a/b": b"old", "c/d": b"old"})}
    assert re.sub(r"(a/b|c/d|e/f/g|\.atgen\.json)(?=:)", "FILE", done[0]) == "output/FILE: No space left on device"
    assert done[1:] == [str(sorted((f"output/{path}", content) for path, content in old.items()))]


def test_a_file_that_lost_bytes_is_not_put_into_place(root: Path) -> None:
    """Content that claims one byte more than it has stands for a write whose tail the disk has lost."""

    class Longer(bytes):
        __slots__ = ()

        def __len__(self) -> int:
            return super().__len__() + 1

    with pytest.raises(FileError, match=r"fewer bytes arrived than were written$"):
        write(root, {"two/swift/a.swift": Longer(b"new")})
    assert tree(root) == {**OLD, MANIFEST: manifest(OLD)}


SHORT = """
import os, resource, sys
from pathlib import Path
from atgen.output.files import write
sizes = []
def limit(frame, event, argument):
    if "_put" not in frame.f_code.co_name or event != "line":  # mutation.py gives it longer names
        return limit
    sizes.append(os.fstat(frame.f_locals["descriptor"]).st_size)
    resource.setrlimit(resource.RLIMIT_FSIZE, (sizes[-1] + 7, resource.RLIM_INFINITY))
    return limit
sys.settrace(limit)
write(Path(sys.argv[1]), {"a": b"0123456789"})
sys.settrace(None)
print(sorted({size for size in sizes if size <= 14}))
"""


def test_short_writes_are_gone_on_with(tmp_path: Path) -> None:
    """Where the system takes seven bytes a time, the file is whole in the end."""
    done = subprocess.run([sys.executable, "-c", SHORT, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout == "[0, 7, 10, 14]\n"  # 10: all of a; 14: a manifest is longer
    assert tree(tmp_path) == {"a": b"0123456789", MANIFEST: manifest({"a": b"0123456789"})}


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        ("renameat:error=EIO:when=2", "new/deep/a"),
        ("renameat:error=EIO:when=3", "one/swift/a.swift"),
        ("unlinkat:error=EIO:when=1", "one/objc/a.m"),
        ("unlinkat:error=EIO:when=2", "two/swift/a.swift"),
        ("renameat:error=EIO:when=4", MANIFEST),
    ],
)
def test_a_run_that_fails_between_renames_is_known_to_the_next(
    root: Path, tmp_path: Path, fault: str, path: str
) -> None:
    """The error names the file; the manifest has the digests of both states, so that no file is taken for an edit."""
    asked = {"new/deep/a": b"new", "one/swift/a.swift": b"let a = 3\n"}
    with strace(tmp_path / "log", fault), pytest.raises(FileError, match=f"^{root}/{path}: Input/output error$"):
        write(root, asked, prune=["*"])
    assert (root / MANIFEST).read_bytes() == manifest(OLD, asked)
    found = tree(root)
    assert [name for name in found if name.endswith(".tmp")] == []
    for name in {**OLD, **asked}:
        assert found.get(name) in {OLD.get(name), asked.get(name)}
    third = dict.fromkeys(asked, b"third")
    write(root, third, prune=["*"])
    assert tree(root) == {**third, MANIFEST: manifest(third)}


def test_what_cannot_be_cleaned_up_goes_with_the_next_run(root: Path, tmp_path: Path) -> None:
    """The error is the first one; what is staged stays, and the marker that tells of it."""
    asked = {"new/deep/a": b"new"}
    faults = ("renameat:error=EIO:when=1", "unlinkat:error=EACCES:when=1+")
    with strace(tmp_path / "log", *faults), pytest.raises(FileError, match=rf"/{MANIFEST}: Input/output error$"):
        write(root, asked, prune=["*"])
    left = {".atgen-0.tmp": manifest(asked), ".atgen-1.tmp": manifest(OLD, asked), "new/deep/.atgen-2.tmp": b"new"}
    assert tree(root) == {**OLD, MANIFEST: manifest(OLD), **left}
    write(root, asked, prune=["*"])
    assert tree(root) == {**asked, MANIFEST: manifest(asked)}


def test_a_flush_that_fails_changes_nothing(tmp_path: Path) -> None:
    """The root is named, and why: of many files nobody knows which one is not on disk."""
    root = tmp_path / "output"
    with strace(tmp_path / "log", "syncfs:error=EIO"), pytest.raises(FileError, match=f"^{root}/: Input/output error$"):
        write(root, {f"a/{number}": b"x" for number in range(100)})
    assert not root.exists()


def test_a_folder_that_cannot_be_closed_is_passed_over(root: Path) -> None:
    """Nothing was written through it."""
    with files._locked(root) as folder:  # noqa: SLF001 (no other way to a folder that is open)
        os.close(folder.enter("one"))


def test_folders_that_cannot_be_synced_are_passed_over(tmp_path: Path) -> None:
    """Some file systems say EINVAL, as /proc does; any other refusal is an error, also of the flush of all."""
    if not Path("/proc/self").exists():
        pytest.skip("not run: no /proc here")
    with files._locked(Path("/proc")) as proc, files._staging(proc) as staging:  # noqa: SLF001 (no output can be in /proc)
        staging._touched = {""}  # noqa: SLF001
        staging.sync()
        assert staging._touched == set()  # noqa: SLF001
    with files._locked(tmp_path) as folder, files._staging(folder) as staging:  # noqa: SLF001
        staging._touched = {"gone"}  # noqa: SLF001
        with pytest.raises(FileError, match="gone: No such file"):
            staging.sync()
    syncfs = files._syncfs()  # noqa: SLF001
    if syncfs:
        with pytest.raises(OSError, match="Bad file descriptor"):
            syncfs(-1)


# Several at once


@pytest.mark.parametrize("ask", ["compare", "read_page", "write", "write_page"])
@pytest.mark.parametrize("held", [fcntl.LOCK_SH, fcntl.LOCK_EX])
def test_a_reader_waits_for_a_writer_and_a_writer_for_all(root: Path, held: int, ask: str) -> None:
    """What is told of it is told once, and before it waits."""
    (root / "page.md").write_bytes(b"page")
    told: list[str] = []
    asks: dict[str, Callable[[], object]] = {
        "compare": lambda: compare(root, OLD, waiting=lambda: told.append("waits")),
        "read_page": lambda: read_page(root / "page.md"),
        "write": lambda: write(root, OLD, waiting=lambda: told.append("waits")),
        "write_page": lambda: write_page(root / "page.md", b"page", old=b"page"),
    }
    waits = held == fcntl.LOCK_EX or ask.startswith("write")
    holder = os.open(root, os.O_RDONLY)
    fcntl.flock(holder, held)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(asks[ask])
        ended = wait([asked], 0.1 if waits else 10).done
        os.close(holder)
        asked.result()
    assert ended == (set() if waits else {asked})
    assert told == ["waits"] * (waits and "page" not in ask)


MANY = """
import sys
from pathlib import Path
from atgen.output.files import write
root, number = Path(sys.argv[1]), int(sys.argv[2])
sys.stdin.read()
for turn in range(8):
    state = {f"case{n}/a.swift": f"{number} {n}".encode() for n in range(12)}
    state |= {f"only{number}/a.swift": b"x"} if number % 2 else {}
    write(root, state, prune=["*"])
"""


def test_sixteen_processes_end_at_the_state_of_one(tmp_path: Path) -> None:
    """Runs wait for one another on the folder itself; nothing is mixed, lost, left over or taken for a hand edit."""
    root = tmp_path / "output"
    running = [
        subprocess.Popen([sys.executable, "-c", MANY, root, str(number)], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for number in range(16)
    ]
    for process in running:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    mixed = set()
    while any(process.poll() is None for process in running):
        found = compare(root, {f"case{n}/a.swift": b"" for n in range(12)})
        olds = [change.old for change in found.values()]
        mixed.add(frozenset((old or b" ").split()[0] for old in olds if old is not None))
    assert [(process.communicate()[1], process.returncode) for process in running] == [(b"", 0)] * 16
    assert {len(states) for states in mixed} <= {0, 1}
    ends = [
        {f"case{n}/a.swift": f"{number} {n}".encode() for n in range(12)}
        | ({f"only{number}/a.swift": b"x"} if number % 2 else {})
        for number in range(16)
    ]
    assert tree(root) in [{**end, MANIFEST: manifest(end)} for end in ends]


def test_a_lock_that_cannot_be_had_is_an_error_one_that_will_not_go_is_none(root: Path, tmp_path: Path) -> None:
    """Nothing is done without the lock; in the end it goes with the folder's being closed, too."""
    log = tmp_path / "log"
    with strace(log, "flock:error=ENOLCK:when=1"), pytest.raises(FileError, match=f"^{root}: No locks available$"):
        write(root, NEW)
    assert outputs(root) == OLD
    with strace(log, "flock:error=ENOLCK:when=2"):
        write(root, NEW)
    assert outputs(root) == NEW
    locks = re.findall(r"^flock\(.*?, ([A-Z_|]+)\)", log.read_text(encoding="utf-8"), re.MULTILINE)
    assert locks == ["LOCK_EX|LOCK_NB", "LOCK_UN"]


# Pages


def test_a_page_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    """Nothing is left beside it, not even what a killed run left."""
    page = tmp_path / "page.md"
    page.write_bytes(b"old")
    page.chmod(0o640)
    for number in range(2):
        (tmp_path / f".atgen-page-{number}.tmp").write_bytes(b"torn")
    assert write_page(page, b"new", old=read_page(page)) == ""
    assert tree(tmp_path) == {"page.md": b"new"}
    assert page.stat().st_mode & 0o777 == 0o640


def test_what_a_killed_run_left_beside_a_page_goes_with_the_next(tmp_path: Path) -> None:
    """A copy of the folder as it is when all is staged stands for it."""
    page = tmp_path / "docs/page.md"
    page.parent.mkdir()
    page.write_bytes(b"old")

    class Copied(bytes):
        __slots__ = ()

        def __len__(self) -> int:
            shutil.copytree(page.parent, tmp_path / "killed")
            return super().__len__()

    write_page(page, Copied(b"new"), old=b"old", keep=True)
    left = {".atgen-page-0.tmp": b"old", ".atgen-page-1.tmp": b""}
    assert tree(tmp_path / "killed") == {"page.md": b"old", **left}
    write_page(tmp_path / "killed/page.md", b"new", old=b"old")
    assert tree(tmp_path / "killed") == {"page.md": b"new"}


def test_what_stands_in_the_way_of_a_page_is_an_error(tmp_path: Path) -> None:
    """What cannot be removed is no temporary file of ours; the page is named."""
    (tmp_path / "page.md").write_bytes(b"old")
    (tmp_path / ".atgen-page-1.tmp").mkdir()
    with pytest.raises(FileError, match=f"^{tmp_path}/page.md: (Is a directory|Operation not permitted)$"):
        write_page(tmp_path / "page.md", b"new", old=b"old")
    assert tree(tmp_path) == {"page.md": b"old", ".atgen-page-1.tmp": "d"}


def test_a_page_has_64_mebibytes_at_the_most(tmp_path: Path) -> None:
    """More could be more than memory holds: a conflict."""
    page = tmp_path / "page.md"
    with page.open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    assert len(read_page(page)) == 64 * 1024 * 1024
    with page.open("ab") as file:
        file.write(b"x")
    with pytest.raises(ConflictError, match=f"^{page}: is larger than what atgen writes$"):
        read_page(page)


def test_a_page_is_read_to_its_end() -> None:
    """Also if it is longer than it seemed, as what the kernel makes up in /proc: it says that it is empty."""
    page = Path("/proc/version")
    if not page.exists():
        pytest.skip("not run: no /proc here")
    assert page.stat().st_size == 0
    assert read_page(page) == page.read_bytes() != b""


def test_a_page_that_is_renamed_is_on_disk(tmp_path: Path) -> None:
    """Before its name, which is so before the call ends."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "page.md").write_bytes(b"old")
    with strace(tmp_path / "log"):
        write_page(folder / "page.md", b"new", old=b"old", keep=True)
    assert done(tmp_path / "log", folder) == [
        "fsync .atgen-page-0.tmp",
        "fsync .atgen-page-1.tmp",
        "renameat .atgen-page-0.tmp page.md.orig",
        "renameat .atgen-page-1.tmp page.md",
        "fsync ",
    ]


def test_a_page_may_be_kept_as_it_was(tmp_path: Path) -> None:
    """Where asked for, the old bytes are left beside it under a free name, which is said."""
    page = tmp_path / "page.md"
    page.write_bytes(b"first")
    assert write_page(page, b"new", old=b"first", keep=True) == f"{page}.orig"
    assert write_page(page, b"third", old=b"new", keep=True) == f"{page}.orig.1"
    assert tree(tmp_path) == {"page.md": b"third", "page.md.orig": b"first", "page.md.orig.1": b"new"}


def test_a_page_that_needs_nothing_is_not_touched(tmp_path: Path) -> None:
    """The same bytes are not written."""
    (tmp_path / "page.md").write_bytes(b"same")
    before = stamp(tmp_path)
    assert write_page(tmp_path / "page.md", b"same", old=b"same") == ""
    assert stamp(tmp_path) == before


def test_a_page_is_no_business_of_runs_beside_it(tmp_path: Path) -> None:
    """What a killed run has left in the page's folder is neither in the way nor swept."""
    (tmp_path / "page.md").write_bytes(b"old")
    (tmp_path / ".atgen-0.tmp").write_bytes(b"torn")
    write_page(tmp_path / "page.md", b"new", old=b"old")
    assert tree(tmp_path) == {"page.md": b"new", ".atgen-0.tmp": b"torn"}


def test_a_page_that_changed_meanwhile_is_kept(tmp_path: Path) -> None:
    """What was not read is not overwritten, nor taken for up to date: exit code 3."""
    (tmp_path / "page.md").write_bytes(b"theirs")
    for new in (b"new", b"old"):
        with pytest.raises(ConflictError, match=r"page.md: was changed while atgen was at work"):
            write_page(tmp_path / "page.md", new, old=b"old")
    assert tree(tmp_path) == {"page.md": b"theirs"}


def test_a_page_that_another_run_has_written_is_done(tmp_path: Path) -> None:
    """Two runs want the same bytes: the one that comes second has nothing to do."""
    (tmp_path / "page.md").write_bytes(b"new")
    before = stamp(tmp_path)
    assert write_page(tmp_path / "page.md", b"new", old=b"old", keep=True) == ""
    assert stamp(tmp_path) == before


def test_no_path_steers_a_runner(tmp_path: Path) -> None:
    """Names of pages and of what a killed run left are anybody's; they are shown with escapes."""
    name = "a\n::error::x"
    with pytest.raises(FileError, match=r"/a\\u\{A\}:\\u\{3A\}error:\\u\{3A\}x: No such file or directory$"):
        read_page(tmp_path / name)
    (tmp_path / name).write_bytes(b"theirs")
    with pytest.raises(ConflictError, match=r"/a\\u\{A\}:\\u\{3A\}error:\\u\{3A\}x: was changed"):
        write_page(tmp_path / name, b"new", old=b"old")


def test_a_page_saved_while_it_is_staged_is_kept(tmp_path: Path) -> None:
    """The page is looked at again when all is staged, and nothing is left of what was."""
    page = tmp_path / "page.md"
    page.write_bytes(b"old")

    class Saved(bytes):
        __slots__ = ()

        def __len__(self) -> int:
            page.write_bytes(b"saved")
            return super().__len__()

    with pytest.raises(ConflictError, match=r"page.md: was changed while atgen was at work"):
        write_page(page, Saved(b"new"), old=b"old", keep=True)
    assert tree(tmp_path) == {"page.md": b"saved"}


def test_a_page_is_a_file_and_no_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link is a conflict, a missing page or folder an error, and each is named as the person named it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.md").write_bytes(b"old")
    (tmp_path / "link.md").symlink_to("page.md")
    with pytest.raises(ConflictError, match=r"^link\.md: is a symbolic link$"):
        write_page(Path("link.md"), b"new", old=b"old")
    for path in ("gone.md", "gone/page.md"):
        with pytest.raises(FileError, match=r"^gone(\.md)?: No such file or directory$"):
            read_page(Path(path))
    assert tree(tmp_path) == {"page.md": b"old", "link.md": "-> page.md"}


# Diffs


def shown(old: bytes | None, new: bytes | None) -> str:
    """Give the diff of a file, without its head."""
    return diff("a", Change(Status.STALE, old, new)).split("\n", 3)[3]


def test_a_diff_is_what_diff_prints() -> None:
    """With three lines around, the missing line feed remarked, and /dev/null for a file that is made or removed."""
    old, new = b"1\n2\n3\n4\n5\n6", b"1\n2\n3\n4\n5\n7\n"
    assert diff("/out/a", Change(Status.WRITTEN, old, new)) == (
        "--- a/out/a\n+++ b/out/a\n@@ -3,4 +3,4 @@\n 3\n 4\n 5\n-6\n\\ No newline at end of file\n+7\n"
    )
    assert diff("a", Change(Status.STALE, None, b"1\n")) == "--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+1\n"
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


# Start-up


def test_the_module_imports_little() -> None:
    """`atgen --help` pays neither for digests nor for JSON, diffs or locks."""
    code = "import sys; from atgen.output import files; print({'json', 'hashlib', 'difflib', 'fcntl'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={"PYTHONPATH": str(Path(files.__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "set()\n"
