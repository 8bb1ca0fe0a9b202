"""The app and the bundle of the simulator compile: against the stand-ins, as far as anything but a Mac can tell."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from atgen.proof import compilers
from conftest import ROOT, compiler, not_run

if TYPE_CHECKING:
    from pathlib import Path

APPLE = ROOT / "tests" / "apple"
# XCTest brings the toolchain's Foundation along, so these must be that one's.
REAL = ("Dispatch.swiftmodule", "Foundation.swiftmodule")


def needs_linux() -> None:
    """Says that a test is not run on a Mac."""
    if sys.platform == "darwin":
        not_run("linux", "on a Mac `.ci/apple hits` compiles this, with what is really there")


def complaints(messages: str) -> list[str]:
    """Give what a compiler says, but for Apple's deprecation of classic fetch."""
    said = [line for line in messages.splitlines() if re.search(r": (error|warning): ", line)]
    return [line for line in said if "[#DeprecatedDeclaration]" not in line]


def check_bundle(tmp_path: Path, *changed: tuple[str, str]) -> list[str]:
    """Check HostTests, with words in it changed."""
    needs_linux()
    swift = compiler("swift")
    modules = tmp_path / "modules"
    modules.mkdir()
    for path in swift.standins.glob("*.swiftmodule"):
        if path.name not in REAL:
            (modules / path.name).symlink_to(path)
    for path in [APPLE / "apple.swift", *(APPLE / "HostTests").iterdir()]:
        text = path.read_text(encoding="utf-8")
        for old, new in changed:
            text = text.replace(old, new)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    command = [
        swift.path, "-frontend", "-typecheck", "-parse-as-library", "-module-name", "HostTests", "-swift-version", "5",
        "-warnings-as-errors", "-Wwarning", "DeprecatedDeclaration",
        # For @objc, without which no method of the system can be exchanged.
        "-enable-objc-interop", "-disable-objc-attr-requires-foundation-module",
        "-I", str(modules), "-I", str(compilers.STANDINS / "core"), "-module-cache-path", str(tmp_path / "cache"),
        *sorted(path.name for path in tmp_path.glob("*.swift")),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    found = complaints(done.stderr)
    assert (done.returncode == 0) == (not found), done.stderr
    return found


def test_the_bundle_compiles(tmp_path: Path) -> None:
    """Its calls of UIKit, of the SDK and of XCTest are right, without a warning."""
    assert check_bundle(tmp_path) == []


def test_a_mistake_in_the_bundle_is_found(tmp_path: Path) -> None:
    """A wrong name of UIKit's, the SDK's, Foundation's and XCTest's is refused."""
    mistakes = (
        ("applicationDidEnterBackground", "applicationDidEnterTheBackground", "has no member"),
        ("sendTouch()", "sendTap()", "has no member"),
        ("override func startLoading", "override func start", "does not override any method"),
        ("XCTAssertTrue(", "XCTAssertTruth(", "cannot find"),
    )
    found = check_bundle(tmp_path, *((right, wrong) for right, wrong, _ in mistakes))
    for _, wrong, said in mistakes:
        [word] = re.findall(r"\w+", wrong)[-1:]
        assert [line for line in found if said in line and (said.startswith("does not") or f"'{word}'" in line)], found


@pytest.mark.parametrize("mode", compilers.ObjectiveC.modes)
def test_the_app_around_a_delegate_compiles(mode: str) -> None:
    """With a delegate in Objective-C, without a warning."""
    needs_linux()
    more = (APPLE / "apple.h").read_text(encoding="utf-8")
    sources = [*(ROOT / "output/bg_task/ios/objc").iterdir(), APPLE / "main.m", *(APPLE / "Host").iterdir()]
    files = {path.name: f"{more}\n{path.read_text(encoding='utf-8')}" for path in sources if path.suffix == ".m"}
    files |= {path.name: path.read_text(encoding="utf-8") for path in sources if path.suffix == ".h"}
    verdict = compiler("objc").check(files, mode)
    assert (verdict.accepted, complaints(verdict.messages)) == (True, [])
