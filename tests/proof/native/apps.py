"""The apps in these folders: right ones, wrong ones, those of the vendor's page, and two that do all that a device knows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from atgen.proof import compilers

FOLDER = Path(__file__).parent
RIGHT = sorted(FOLDER.glob("right/*.*"))
BUSY = sorted(FOLDER.glob("busy/*.*"))
PAGE = sorted(FOLDER.glob("page/*.*"))
WRONG = sorted(FOLDER.glob("wrong/*.*"))


def name(path: Path) -> str:
    """Name an app in a test's name."""
    return f"{path.parent.name}-{path.name}"


def language(path: Path) -> str:
    """Say what the app is written in."""
    return {".swift": "swift", ".m": "objc"}[path.suffix]


def files(path: Path) -> dict[str, str]:
    """Read the app as a compiler gets it."""
    text = path.read_text(encoding="utf-8")
    if language(path) == "swift":
        return {"AppDelegate.swift": text}
    return {"AppDelegate.m": text, "AppDelegate.h": (FOLDER / "AppDelegate.h").read_text(encoding="utf-8")}


def compiler(of: str) -> compilers.Compiler:
    """Find the compiler; without one the test is not run, or fails where ATGEN_REQUIRE names the language."""
    found = compilers.find(of)
    if isinstance(found, compilers.Missing):
        if of in os.environ.get("ATGEN_REQUIRE", "").split(","):
            pytest.fail(f"{of}: {found.reason}")
        pytest.skip(f"not run: {found.reason}")
    return found
