"""Apps to compile: the shipped ones, wrong ones, those of the vendor's page, and two that do all that a device knows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from atgen.proof import compilers
from conftest import ROOT

FOLDER = Path(__file__).parent
OUTPUT = ROOT / "output"
# Folders with an app each; those of the others are files.
RIGHT = [
    OUTPUT / case / "ios" / of
    for case in ("bg_fetch", "bg_fetch_global", "bg_task", "bg_task_global")
    for of in ("swift", "objc")
]
BUSY = sorted(FOLDER.glob("busy/*.*"))
PAGE = sorted(FOLDER.glob("page/*.*"))
WRONG = sorted(FOLDER.glob("wrong/*.*"))


def name(path: Path) -> str:
    """Name an app in a test's name."""
    return f"{kind(path)}-{language(path)}" if path.is_dir() else f"{path.parent.name}-{path.name}"


def kind(path: Path) -> str:
    """Say what the app does: the shipped case, or the file's name."""
    return path.parts[-3] if path.is_dir() else path.stem


def language(path: Path) -> str:
    """Say what the app is written in."""
    return {".swift": "swift", ".m": "objc", "": path.name}[path.suffix]


def files(path: Path) -> dict[str, str]:
    """Read the app as a compiler gets it."""
    if path.is_dir():
        return {file.name: file.read_text(encoding="utf-8") for file in path.iterdir()}
    text = path.read_text(encoding="utf-8")
    if language(path) == "swift":
        return {"AppDelegate.swift": text}
    return {"AppDelegate.m": text, "AppDelegate.h": (FOLDER / "AppDelegate.h").read_text(encoding="utf-8")}


def compiler(of: str) -> compilers.Compiler:
    """Find the compiler; without one the test is not run, or fails where ATGEN_REQUIRE names the language."""
    found = compilers.find_compiler(of)
    if isinstance(found, compilers.Missing):
        if of in os.environ.get("ATGEN_REQUIRE", "").split(","):
            pytest.fail(f"{of}: {found.reason}")
        pytest.skip(f"not run: {found.reason}")
    return found
