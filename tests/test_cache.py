"""The cache: code is loaded from it, so only from where nobody else writes, and never what was made from other bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from atgen import cache
from atgen.case import spec as specs
from atgen.case import trees, vocabulary, yamltree
from atgen.errors import SpecError
from atgen.rendering import pipeline
from conftest import ROOT, needs_any_name

CASE = ROOT / "specs" / "bg_fetch.yaml"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    monkeypatch.delenv("ATGEN_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "atgen"


def test_the_cache_is_made_for_its_user_alone(home: Path) -> None:
    """With the mode that keeps others out, whatever the umask."""
    before = os.umask(0)
    try:
        assert cache.folder("templates") == home / "templates"
    finally:
        os.umask(before)
    assert [path.stat().st_mode & 0o777 for path in (home, home / "templates")] == [0o700, 0o700]


def test_another_place_and_none(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ATGEN_CACHE names the folder itself; empty, it switches the cache off."""
    monkeypatch.setenv("ATGEN_CACHE", str(tmp_path / "other"))
    assert cache.folder("x") == tmp_path / "other" / "x"
    monkeypatch.setenv("ATGEN_CACHE", "")
    assert cache.folder("x") is None
    assert not home.exists()


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777, 0o1777])
@pytest.mark.parametrize("place", [".", "templates"])
def test_a_folder_that_others_write_is_not_used(mode: int, place: str, home: Path) -> None:
    """Neither the cache nor one of its folders."""
    assert cache.folder("templates")
    (home / place).chmod(mode)
    assert cache.folder("templates") is None


@pytest.mark.skipif(os.geteuid() != 0, reason="not run: only root can give a folder away")
@pytest.mark.parametrize("place", [".", "templates"])
def test_a_folder_of_somebody_else_is_not_used(place: str, home: Path) -> None:
    """Also where only its owner may write."""
    assert cache.folder("templates")
    os.chown(home / place, 65534, 65534)
    assert cache.folder("templates") is None


def test_a_place_that_cannot_be_is_none(home: Path) -> None:
    """A file where the folder should be is no error, only no cache."""
    home.write_text("a file")
    assert cache.folder("templates") is None


@pytest.mark.parametrize("there", ["{}/a file", "{}/not there", "relative", "~"])
def test_without_a_home_there_is_no_cache(there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home is not made, and neither is a folder in the current one: `~` is what stands for a home that nobody knows."""
    monkeypatch.delenv("ATGEN_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a file").touch()
    (tmp_path / "relative").mkdir()
    monkeypatch.setenv("HOME", there.format(tmp_path))
    before = sorted(tmp_path.rglob("*"))
    assert cache.folder("templates") is None
    assert sorted(tmp_path.rglob("*")) == before


def test_in_a_home_the_cache_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where XDG_CACHE_HOME names none: a path that is not absolute is none, says its specification."""
    monkeypatch.delenv("ATGEN_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.folder("templates") == tmp_path / ".cache" / "atgen" / "templates"


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
    command = [*user, *can_read, sys.executable, "-m", "atgen", "render", str(CASE), "--language", "swift"]
    done = subprocess.run(command, cwd=tmp_path / "work", env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "work").iterdir()) == ["output"]
    assert list((tmp_path / "locked").iterdir()) == []


def test_what_was_kept_comes_back_only_for_the_same_bytes(tmp_path: Path) -> None:
    """The key is all that went in."""
    path = tmp_path / "kept"
    assert cache.kept(path, b"source") is None
    cache.keep(path, b"source", b"content")
    assert cache.kept(path, b"source") == b"content"
    assert cache.kept(path, b"other") is None
    cache.keep(path, b"other", b"")
    assert (cache.kept(path, b"source"), cache.kept(path, b"other")) == (None, b"")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_of_too_much_the_older_half_goes(tmp_path: Path) -> None:
    """The cache of a user who renders thousands of specs, over the years, stays small; what was kept last is there."""
    for number in range(cache.MOST):
        path = tmp_path / f"{number}"
        path.write_bytes(b"")
        os.utime(path, ns=(0, -number))
    cache.keep(tmp_path / "new", b"source", b"content")
    assert {path.name for path in tmp_path.iterdir()} == {"new", *map(str, range(cache.MOST // 2))}
    assert cache.kept(tmp_path / "new", b"source") == b"content"


def test_what_was_damaged_does_not_come_back(tmp_path: Path) -> None:
    """Any byte that changed, or that is missing, makes it as if it were not there."""
    path = tmp_path / "kept"
    cache.keep(path, b"source", b"content")
    whole = path.read_bytes()
    for index in range(len(whole)):
        path.write_bytes(whole[:index] + bytes([whole[index] ^ 1]) + whole[index + 1 :])
        assert cache.kept(path, b"source") is None
        path.write_bytes(whole[:index])
        assert cache.kept(path, b"source") is None


def test_what_cannot_be_kept_is_no_error(tmp_path: Path) -> None:
    """A folder where the file should be leaves nothing behind."""
    (tmp_path / "kept" / "in the way").mkdir(parents=True)
    cache.keep(tmp_path / "kept", b"source", b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    cache.keep(tmp_path / "missing" / "kept", b"source", b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def rendered(tmp_path: Path, **variables: str) -> str:
    """What atgen prints of a case."""
    done = subprocess.run(
        [sys.executable, "-m", "atgen", "render", str(CASE), "--language", "swift", "--stdout"],
        cwd=tmp_path,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_compiled_templates_are_kept_and_change_nothing(home: Path, tmp_path: Path) -> None:
    """Without a cache, with a new one, with one in use, and with a damaged one: the same text."""
    expected = rendered(tmp_path, ATGEN_CACHE="")
    assert not home.exists()
    assert rendered(tmp_path) == expected
    [compiled] = (home / "templates").glob("swift-*")
    status = compiled.stat()
    assert rendered(tmp_path) == expected
    assert compiled.stat().st_mtime_ns == status.st_mtime_ns
    compiled.write_bytes(b"\0" * 10_000)
    assert rendered(tmp_path) == expected
    assert compiled.stat().st_size == status.st_size


def imports_yaml(folder: Path) -> bool:
    """Whether a run that renders all specs of a folder imports PyYAML."""
    command = [sys.executable, "-X", "importtime", "-m", "atgen", "render"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return "| yaml\n" in done.stderr


def test_files_that_were_parsed_before_are_not_parsed_again(home: Path, tmp_path: Path) -> None:
    """The second run does without PyYAML; any other byte in a spec is parsed anew, and what is wrong is told each time."""
    (tmp_path / "specs").mkdir()
    spec = tmp_path / "specs/bg_fetch.yaml"
    text = CASE.read_text(encoding="utf-8")
    spec.write_text(text, encoding="utf-8")
    assert [imports_yaml(tmp_path) for _ in range(3)] == [True, False, False]
    swift = tmp_path / "output/bg_fetch/ios/swift/AppDelegate.swift"
    assert swift.read_text(encoding="utf-8") == (ROOT / "output/bg_fetch/ios/swift/AppDelegate.swift").read_text()
    status = spec.stat()
    spec.write_text(text.replace("gesture: fetch", "gesture: FETCH"), encoding="utf-8")
    os.utime(spec, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert [imports_yaml(tmp_path) for _ in range(2)] == [True, False]
    assert '.add("FETCH")' in swift.read_text(encoding="utf-8")
    spec.write_text(text.replace("mode: fetch", "mode: no"), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(SpecError, match="mode: "):
            specs.load(spec)
    spec.write_text("a: [\n", encoding="utf-8")
    kept = sorted(path.name for path in (home / "trees").iterdir())
    for _ in range(2):
        with pytest.raises(SpecError, match="not YAML: "):
            trees.load(spec)
    assert sorted(path.name for path in (home / "trees").iterdir()) == kept


def test_a_folder_of_any_name_is_a_place_for_specs(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a name that is no UTF-8 nor a current folder that is gone fails a run for the cache's sake."""
    needs_any_name(tmp_path)
    folder = tmp_path / os.fsdecode(b"\xff")
    folder.mkdir()
    (folder / "bg_fetch.yaml").write_bytes(CASE.read_bytes())
    monkeypatch.chdir(folder)
    parsed = yamltree.load(CASE)
    assert [trees.load(Path("bg_fetch.yaml")) for _ in range(2)] == [parsed, parsed]
    assert len(list((home / "trees").iterdir())) == 1
    shutil.rmtree(folder)
    monkeypatch.setenv("ATGEN_CACHE", "relative")
    assert cache.folder("trees") is None
    assert trees.load(CASE) == parsed
    # As of a folder whose disk was taken away: what is in it can be read, and where it is cannot be said.
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bg_fetch.yaml").write_bytes(CASE.read_bytes())
    monkeypatch.setattr(os, "getcwd", folder.stat)
    monkeypatch.setenv("ATGEN_CACHE", str(tmp_path / "cache"))
    assert [trees.load(Path("bg_fetch.yaml")) for _ in range(2)] == [parsed, parsed]


@pytest.mark.usefixtures("home")
def test_a_kept_tree_is_the_tree() -> None:
    """Texts, quotes and places are those that the parser gives."""
    for path in sorted(ROOT.glob("specs/**/*.yaml")):
        parsed = yamltree.load(path)
        assert [trees.load(path), trees.load(path)] == [parsed, parsed]


def test_of_many_specs_few_are_kept(home: Path, tmp_path: Path) -> None:
    """Ten thousand specs do not fill the cache, and those beyond the first 64 are cases all the same."""
    paths = [tmp_path / f"case_{number}.yaml" for number in range(70)]
    for path in paths:
        path.write_bytes(CASE.read_bytes())
    vocabulary.vocabulary.cache_clear()
    assert [case.name for case in pipeline.load(paths)] == [path.stem for path in paths]
    names = {sha256(str(path).encode()).hexdigest()[:16] for path in paths}
    assert len(names & {path.name for path in (home / "trees").iterdir()}) == 64


def test_a_changed_template_is_compiled_anew(home: Path, tmp_path: Path) -> None:
    """What a template was is forgotten, also where its time and size are what they were."""
    package = tmp_path / "package"
    for name in ("gen", "templates", "specs"):
        (package / name).mkdir(parents=True)
        subprocess.run(["cp", "-R", f"{ROOT / name}/.", str(package / name)], check=True)
    path = package / "templates" / "swift" / "steps.j2"
    variables = {"PYTHONPATH": str(package / "gen")}
    before = rendered(tmp_path, **variables)
    status, text = path.stat(), path.read_text(encoding="utf-8")
    path.write_text(text.replace("completionHandler(result)", "completionHandler(RESULT)"), encoding="utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    after = rendered(tmp_path, **variables)
    assert after == before.replace("completionHandler(result)", "completionHandler(RESULT)") != before
    assert len(list((home / "templates").glob("swift-*"))) == 1
