"""The cache: what comes from it was made from the same inputs and is whole, or it is made anew; it is never in the way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from atgen import cache
from conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the place of a cache of the test's own, which a process looks for once."""
    monkeypatch.delenv("ATGEN_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache.folder.cache_clear()
    yield tmp_path / "atgen"
    cache.folder.cache_clear()


class Making:
    """Makes an entry of two files, and counts how often."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, folder: Path) -> None:
        """Make it."""
        self.count += 1
        (folder / "program").write_text("#!/bin/sh\necho made\n", encoding="utf-8")
        (folder / "program").chmod(0o755)
        (folder / "said.json").write_text("{}", encoding="utf-8")


def entries(home: Path) -> set[str]:
    """Name what is in the cache."""
    return {path.name for path in home.iterdir()}


def test_what_was_made_from_the_same_inputs_is_found_again(home: Path) -> None:
    """The key is the kind and each input; where one ends and the next begins counts."""
    make = Making()
    first = cache.remember("kind", ["a", "bc"], make)
    assert subprocess.run([first / "program"], capture_output=True, check=True).stdout == b"made\n"
    assert (first.parent, cache.remember("kind", ["a", "bc"], make), make.count) == (home, first, 1)
    others = [
        cache.remember(*asked, make) for asked in (("kind", ["ab", "c"]), ("kind", ["abc"]), ("other", ["a", "bc"]))
    ]
    assert (len({first, *others}), make.count) == (4, 4)


def damages() -> dict[str, Callable[[Path], object]]:
    """What a disk, a killed run or a person may do to an entry."""
    return {
        "a byte": lambda entry: (entry / "program").write_text("#!/bin/sh\necho mad\n"),
        "a file cut short": lambda entry: os.truncate(entry / "said.json", 1),
        "a file gone": lambda entry: (entry / "said.json").unlink(),
        "a file more": lambda entry: (entry / "more").write_bytes(b""),
        "a link": lambda entry: ((entry / "said.json").unlink(), (entry / "said.json").symlink_to("nowhere")),
        "no sums": lambda entry: (entry / "sums.json").unlink(),
        "sums cut short": lambda entry: os.truncate(entry / "sums.json", 3),
        "sums of nothing": lambda entry: (entry / "sums.json").write_text("{}"),
        "sums that are none": lambda entry: (entry / "sums.json").write_text("[" * 100_000),
        "an empty folder": lambda entry: (shutil.rmtree(entry), entry.mkdir()),
        "a file for a folder": lambda entry: (shutil.rmtree(entry), entry.write_bytes(b"")),
    }


@pytest.mark.parametrize("damage", damages())
def test_what_was_damaged_is_made_anew(home: Path, damage: str) -> None:
    """Silently, and it is whole then."""
    make = Making()
    entry = cache.remember("kind", ["a"], make)
    damages()[damage](entry)
    again = cache.remember("kind", ["a"], make)
    assert (make.count, subprocess.run([again / "program"], capture_output=True, check=True).stdout) == (2, b"made\n")
    assert (cache.remember("kind", ["a"], make), make.count, entries(home)) == (entry, 2, {entry.name})


def test_what_fails_is_not_remembered(home: Path) -> None:
    """The error goes on, nothing is left, and the next one is made."""

    def fail(folder: Path) -> None:
        (folder / "half").write_bytes(b"")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cache.remember("kind", ["a"], fail)
    assert entries(home) == set()
    assert cache.remember("kind", ["a"], Making()).parent == home


def test_who_comes_second_waits(home: Path) -> None:
    """What takes a compiler long is made by one process, and the other takes that."""
    program = f"""
import time
from atgen import cache

def make(folder):
    with open({str(home.parent / "made")!r}, "a") as file:
        file.write("made.")
    time.sleep(0.5)
    (folder / "x").write_text("x")

print(cache.remember("kind", ["a"], make))
"""
    both = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) for _ in range(2)]
    said = {each.communicate(timeout=60)[0] for each in both}
    assert (len(said), (home.parent / "made").read_text(encoding="utf-8")) == (1, "made.")
    assert len(entries(home)) == 1


def test_who_comes_second_finds_what_the_first_has_made(home: Path) -> None:
    """Two processes want the same at the same time."""
    first, second = Making(), Making()

    def meanwhile(folder: Path) -> None:
        [lock] = home.glob("*.lock")
        lock.unlink()  # or there is none, where a disk has no locks
        cache.remember("kind", ["a"], first)
        second(folder)

    entry = cache.remember("kind", ["a"], meanwhile)
    assert (first.count, second.count, entries(home)) == (1, 1, {entry.name})


def test_another_place_and_none(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ATGEN_CACHE names the folder itself; empty, it switches the cache off."""
    monkeypatch.setenv("ATGEN_CACHE", str(tmp_path / "other"))
    assert cache.folder() == tmp_path / "other"
    cache.folder.cache_clear()
    monkeypatch.setenv("ATGEN_CACHE", "")
    assert cache.folder() is None
    assert not home.exists()


def test_the_cache_is_made_for_its_user_alone(home: Path) -> None:
    """With the mode that keeps others out, whatever the umask."""
    before = os.umask(0)
    try:
        assert cache.folder() == home
    finally:
        os.umask(before)
    assert home.stat().st_mode & 0o777 == 0o700


def without(home: Path) -> None:
    """See that what is made is there all the same, once in a process, and not in the cache."""
    make = Making()
    made = [cache.remember("kind", [str(home)], make) for _ in range(2)]
    assert (made[0] == made[1], make.count, home in made[0].parents) == (True, 1, False)


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777, 0o1777])
def test_a_folder_that_others_write_is_not_used(mode: int, home: Path) -> None:
    """Programs are run from it."""
    home.mkdir()
    home.chmod(mode)
    without(home)
    assert entries(home) == set()


@pytest.mark.skipif(os.geteuid() != 0, reason="not run: only root can give a folder away")
def test_a_folder_of_somebody_else_is_not_used(home: Path) -> None:
    """Also where only its owner may write."""
    home.mkdir(mode=0o700)
    os.chown(home, 65534, 65534)
    without(home)
    assert entries(home) == set()


def test_a_place_that_cannot_be_is_none(home: Path) -> None:
    """A file where the folder should be is no error, only no cache."""
    home.write_text("a file", encoding="utf-8")
    without(home)


@pytest.mark.parametrize("there", ["{}/a file", "{}/not there", "relative", "~"])
def test_without_a_home_there_is_no_cache(there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home is not made, and neither is a folder in the current one: `~` is what stands for a home that nobody knows."""
    monkeypatch.delenv("ATGEN_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a file").touch()
    (tmp_path / "relative").mkdir()
    monkeypatch.setenv("HOME", there.format(tmp_path))
    cache.folder.cache_clear()
    before = sorted(tmp_path.rglob("*"))
    assert cache.folder() is None
    assert sorted(tmp_path.rglob("*")) == before


def test_in_a_home_the_cache_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where XDG_CACHE_HOME names none: a path that is not absolute is none, says its specification."""
    monkeypatch.delenv("ATGEN_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    cache.folder.cache_clear()
    assert cache.folder() == tmp_path / ".cache" / "atgen"


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="not run: needs root, and setpriv")
@pytest.mark.parametrize("home", [None, "/nonexistent", "locked"])
def test_a_user_without_a_home_renders_all_the_same(home: str | None, tmp_path: Path) -> None:
    """Neither HOME nor an entry in passwd, a home that is not there, or one that is not the user's to write."""
    (tmp_path / "locked").mkdir()
    (tmp_path / "work").mkdir(mode=0o777)
    (tmp_path / "work").chmod(0o777)
    absent = ("HOME", "XDG_CACHE_HOME", "ATGEN_CACHE")
    environment = {key: value for key, value in os.environ.items() if key not in absent}
    if home:
        environment["HOME"] = str(tmp_path / home)
    user = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"]
    # What stands in the test's own folder, and the project's, cannot be reached by everybody; the right to read can be kept.
    can_read = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    command = [
        *user,
        *can_read,
        sys.executable,
        "-m",
        "atgen",
        "render",
        str(ROOT / "specs" / "bg_fetch.yaml"),
        "--language",
        "swift",
    ]
    done = subprocess.run(command, cwd=tmp_path / "work", env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "work").iterdir()) == ["output"]
    assert list((tmp_path / "locked").iterdir()) == []


def test_a_current_folder_that_is_gone_is_no_error(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a relative ATGEN_CACHE leads cannot be said then."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    monkeypatch.setenv("ATGEN_CACHE", "relative")
    without(home)


MADE = """
import sys
from pathlib import Path
from atgen import cache
made = cache.remember("kind", [], lambda folder: (folder / "x").write_text("made"))
print(made.parent == Path(sys.argv[1]), (made / "x").read_text())
"""


@pytest.mark.parametrize("options", ["ro", "noexec", "size=1m", "size=128m"])
def test_a_disk_that_is_no_place_costs_time_only(tmp_path: Path, options: str) -> None:
    """Read-only, without programs, or too full: what is made is there, and elsewhere."""
    mounted = f"mount -t tmpfs -o mode=700,{options} tmpfs '{tmp_path}'"
    apart = ["unshare", "--mount", *(["--map-root-user"] if os.getuid() else []), "sh", "-c"]  # so it goes by itself
    if not shutil.which("unshare") or subprocess.run([*apart, mounted], capture_output=True, check=False).returncode:
        pytest.skip("not run: no disk can be mounted here")
    command = [*apart, f'{mounted} && exec "$0" "$@"', sys.executable, "-c", MADE, tmp_path]
    environment = os.environ | {"ATGEN_CACHE": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (f"{options == 'size=128m'} made\n", "")


def test_what_a_process_made_for_itself_goes_with_it(tmp_path: Path) -> None:
    """Of a worker, too."""
    code = (
        MADE + "from concurrent.futures import ProcessPoolExecutor as Pool\nprint(Pool(1).submit(eval, '1').result())"
    )
    environment = os.environ | {"ATGEN_CACHE": "", "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code, "/"], env=environment, capture_output=True, text=True, check=True
    )
    assert (done.stdout, list(tmp_path.iterdir())) == ("False made\n1\n", [])


def test_the_oldest_go_when_it_is_too_much(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked for last stays; what has another name is not ours, and stays."""
    made = [cache.remember("kind", [text], Making()) for text in "abc"]
    for age, entry in enumerate(made):
        os.utime(entry, (1000 - age, 1000 - age))
    left = home / f"{made[0].name}.abcd1234"  # of a run that was killed
    shutil.copytree(made[0], left)
    os.utime(left, (1, 1))
    strangers = ("templates", "kind-1", "native", f"{made[0].name}.orig")
    for name in strangers:
        (home / name).mkdir()
        (home / name / "file").write_bytes(b"x" * 1000)
    size = sum(path.stat().st_size for path in made[0].iterdir())
    monkeypatch.setattr(cache, "LIMIT", 2 * size)
    cache.remember("kind", ["c"], Making())  # the oldest, which is asked for again
    cache.folder.cache_clear()
    assert cache.folder() == home
    assert entries(home) == {made[2].name, made[0].name, *strangers}


def test_only_what_is_whole_is_remembered(home: Path) -> None:
    """A run that was killed at any moment leaves an entry or none: it gets its name when it is whole."""
    seen: list[set[str]] = []
    there = lambda folder: {path.name for path in home.glob("*") if path.suffix != ".lock"} - {folder.name}  # noqa: E731
    cache.remember("kind", ["a"], lambda folder: seen.append(there(folder)))
    assert seen == [set()]


def test_rendering_needs_no_cache(home: Path, tmp_path: Path) -> None:
    """A run writes nothing but its output."""
    command = [sys.executable, "-m", "atgen", "render", str(ROOT / "specs/bg_fetch.yaml"), "-o", str(tmp_path / "made")]
    subprocess.run(command, capture_output=True, check=True)
    assert not home.exists()
