"""What earlier versions wrote is brought up to date: nothing is taken for an edit, and no edit is lost.

upgrades/ holds, as each kind of version left them, an output folder, a gallery, apps and a page, for bg_fetch and bg_task.
"""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from conftest import ROOT
from started import atgen

VERSIONS = sorted(path.stem for path in Path(__file__).with_name("upgrades").glob("*.zip"))
RUNS = {
    "output": ("render", "bg_fetch", "bg_task"),
    "gallery": ("gallery", "bg_fetch"),
    "MyApp": ("scaffold", "bg_fetch", "MyApp"),
    "MyObjc": ("scaffold", "bg_task", "MyObjc"),
    "page.md": ("docs", "page.md"),
}
EDITED = {
    "output": "bg_fetch/ios/swift/AppDelegate.swift",
    "gallery": "index.html",
    "MyApp": "Sources/Generated/AppDelegate.swift",
    "MyObjc": "Sources/Generated/main.m",
}


@pytest.fixture(params=VERSIONS)
def there(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give a folder as the version left it."""
    with zipfile.ZipFile(Path(__file__).with_name("upgrades") / f"{request.param}.zip") as archive:
        archive.extractall(tmp_path)
    (tmp_path / "specs").symlink_to(ROOT / "specs")
    return tmp_path


@pytest.mark.parametrize("kind", RUNS)
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_it_is_brought_up_to_date(there: Path, kind: str, ends: bytes) -> None:
    """Also with the line ends that git writes on other machines; then nothing is left to do, and no manifest."""
    for path in (there / kind).rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", ends))
    done = atgen(*RUNS[kind], cwd=there)
    statuses = {line.split()[0] for line in done.stdout.splitlines() if not line[0].isdigit()}
    assert (done.returncode, statuses - {"written", "unchanged", "removed"}) == (
        0,
        {"kept"} if "App" in kind or "Objc" in kind else set(),
    )
    assert [path.name for path in there.rglob("*") if path.name == ".atgen.json" and kind in path.parts] == []
    checked = atgen(*RUNS[kind], "--check", cwd=there)
    # The work of an app had another shape, and is the person's to change.
    rewritten = "BackgroundWork has no " in checked.stderr
    assert rewritten == ("App" in kind or "Objc" in kind)
    assert (checked.returncode, re.findall(r"\b(?:stale|conflict|orphaned)\b", checked.stdout)) == (int(rewritten), [])


@pytest.mark.parametrize("kind", EDITED)
def test_what_was_edited_is_kept(there: Path, kind: str) -> None:
    """Exit code 3, and nothing has changed."""
    path = there / kind / EDITED[kind]
    path.write_bytes(path.read_bytes() + b"mine\n")
    before = {path: path.read_bytes() for path in (there / kind).rglob("*") if path.is_file()}
    done = atgen(*RUNS[kind], cwd=there)
    assert (done.returncode, "-mine" in done.stderr) == (3, True)
    assert {path: path.read_bytes() for path in (there / kind).rglob("*") if path.is_file()} == before


def test_a_setting_that_was_edited_is_the_persons(there: Path) -> None:
    """As it was with the version that wrote it, and stays so when the manifest has gone."""
    (there / "MyApp/Podfile").write_bytes((there / "MyApp/Podfile").read_bytes() + b"# mine\n")
    for _ in range(2):
        done = atgen(*RUNS["MyApp"], cwd=there)
        assert (done.returncode, "kept       MyApp/Podfile: is yours\n" in done.stdout) == (0, True)
    assert not (there / "MyApp/.atgen.json").exists()


def git(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run git as nobody in particular."""
    command = [
        "git",
        "-c",
        "user.name=x",
        "-c",
        "user.email=x@example.org",
        "-c",
        "init.defaultBranch=main",
        *arguments,
    ]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("attributes", ["", "output/** -merge\n"])
def test_branches_that_rendered_are_merged(tmp_path: Path, attributes: str) -> None:
    """Neighbouring cases, one changed on both sides, one renamed, one removed: a render brings all up to date."""
    specs = tmp_path / "specs"
    specs.mkdir()
    text = (ROOT / "specs/bg_fetch.yaml").read_text(encoding="utf-8")
    for name in ("bg_fetch", "gone", "old"):
        (specs / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / ".gitattributes").write_text(attributes, encoding="utf-8")

    def render(*arguments: str) -> int:
        return atgen("render", *arguments, cwd=tmp_path).returncode

    def commit() -> None:
        git("add", "-A", cwd=tmp_path)
        assert git("commit", "-qm", "x", cwd=tmp_path).returncode == 0

    git("init", "-q", cwd=tmp_path)
    render()
    commit()
    git("checkout", "-qb", "other", cwd=tmp_path)
    (specs / "bg_fetch.yaml").write_text(text.replace("gesture: fetch", "gesture: theirs"), encoding="utf-8")
    (specs / "old.yaml").rename(specs / "new.yaml")
    (specs / "added_a.yaml").write_text(text, encoding="utf-8")
    render("--prune")
    commit()
    git("checkout", "-q", "main", cwd=tmp_path)
    (specs / "bg_fetch.yaml").write_text(text.replace('site: "123456"', 'site: "654321"'), encoding="utf-8")
    (specs / "gone.yaml").unlink()
    (specs / "added_b.yaml").write_text(text, encoding="utf-8")
    render("--prune")
    commit()
    git("merge", "other", cwd=tmp_path)
    marked = [path for path in (tmp_path / "output").rglob("*.*") if b"<<<<<<<" in path.read_bytes()]
    assert bool(marked) is not bool(attributes)
    if attributes:
        assert (render("--prune"), render("--check")) == (0, 0)
    else:
        said = atgen("render", cwd=tmp_path)
        assert said.returncode == 3
        assert {line.partition(": ")[2] for line in said.stderr.splitlines() if line.startswith("output/")} == {
            "has conflict markers of a merge: take either side whole"
        }
        git("checkout", "--ours", "output", cwd=tmp_path)
        assert (render("--prune"), render("--check")) == (0, 0)
    names = {"added_a", "added_b", "bg_fetch", "new"}
    assert {path.name for path in (tmp_path / "output").iterdir()} == names
    swift = (tmp_path / "output/bg_fetch/ios/swift/AppDelegate.swift").read_text(encoding="utf-8")
    assert '"654321"' in swift
    assert '.add("theirs")' in swift
