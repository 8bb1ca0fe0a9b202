"""A checkout in which git has written CRLF: what differs in line ends only is nobody's edit, on every command that writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conftest import ROOT, git
from started import atgen

if TYPE_CHECKING:
    from pathlib import Path

# What each command makes, and a file of it that follows the spec.
COMMANDS = {
    ("render",): "output/bg_fetch/ios/swift/AppDelegate.swift",
    ("docs", "page.md"): "page.md",
    ("gallery",): "gallery/index.html",
    ("scaffold", "bg_fetch", "MyApp"): "MyApp/Sources/Generated/AppDelegate.swift",
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone, with CRLF, of what all the commands have made."""
    origin, clone = tmp_path_factory.mktemp("origin"), tmp_path_factory.mktemp("clone")
    (origin / "specs").mkdir()
    (origin / "specs/bg_fetch.yaml").write_bytes((ROOT / "specs/bg_fetch.yaml").read_bytes())
    (origin / "page.md").write_text("<!-- atgen:begin case=bg_fetch languages=swift -->\n<!-- atgen:end -->\n")
    for command in COMMANDS:
        done = atgen(*command, cwd=origin)
        assert done.returncode == 0, done.stderr
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    git("init", "-q", cwd=origin)
    git("add", "-A", cwd=origin)
    git(*identity, "commit", "-qm", "x", cwd=origin)
    git("clone", "-q", "-c", "core.autocrlf=true", str(origin), str(clone), cwd=origin)
    return clone


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_line_ends_alone_are_no_edit(checkout: Path, command: tuple[str, ...]) -> None:
    """Unchanged as it came, stale when the spec has changed and then brought up to date; an edit is still an edit."""
    spec, made = checkout / "specs/bg_fetch.yaml", checkout / COMMANDS[command]
    ends = b"\n" if command[0] == "scaffold" else b"\r\n"  # its .gitattributes keep what is generated
    before = spec.read_bytes()
    assert (b"\r\n" in before, made.read_bytes().count(ends)) == (True, made.read_bytes().count(b"\n"))
    if command[0] == "scaffold":
        made.write_bytes(made.read_bytes().replace(b"\n", b"\r\n"))  # as without them
        (checkout / "MyApp/specs/bg_fetch.yaml").unlink(missing_ok=True)  # or it would be the app's own that counts
    there = made.read_bytes()
    again = atgen(*command, "--check", cwd=checkout)
    assert (again.returncode, made.read_bytes()) == (0, there), again.stdout + again.stderr
    try:
        spec.write_bytes(before.replace(b"gesture: fetch", b"gesture: other"))
        stale = atgen(*command, "--check", cwd=checkout)
        assert (stale.returncode, "edited by hand" in stale.stdout + stale.stderr) == (1, False), stale.stderr
        made.write_bytes(there.replace(b"completionHandler", b"handler", 1))
        edited = atgen(*command, "--check", cwd=checkout)
        assert (edited.returncode, "edited by hand" in edited.stdout + edited.stderr) == (3, True)
        made.write_bytes(there)
        assert (atgen(*command, cwd=checkout).returncode, made.read_bytes() == there) == (0, False)
        assert atgen(*command, "--check", cwd=checkout).returncode == 0
    finally:
        spec.write_bytes(before)
        made.write_bytes(there)
