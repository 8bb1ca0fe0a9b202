"""What the tab key gives, typed in real shells on a terminal."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from click.shell_completion import ShellComplete

from atgen.cli import group
from conftest import ROOT, not_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# How each is started without anybody's settings, and told of atgen as README says.
SHELLS = {
    "bash": (["--norc", "--noprofile", "-i"], 'eval "$(_ATGEN_COMPLETE=bash_source atgen)"'),
    "zsh": (["-f", "-i"], 'autoload -Uz compinit; compinit -u -D; eval "$(_ATGEN_COMPLETE=zsh_source atgen)"'),
    "fish": (["--no-config", "-i"], "_ATGEN_COMPLETE=fish_source atgen | source"),
}
# What a terminal's emulator does for its shell: without it fish does not start.
OWNING = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
PATIENCE = 120


def offered(*words: str) -> list[tuple[str, str]]:
    """The kind and the value of each thing that click hands to a shell for the last word."""
    *before, incomplete = words
    found = ShellComplete(group, {}, "atgen", "_ATGEN_COMPLETE").get_completions(before, incomplete)
    return [(item.type, item.value) for item in found]


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the specs are."""
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("ver",), [("plain", "verify")]),
        (("render", "bg_task"), [("plain", "bg_task"), ("plain", "bg_task_global")]),
        (
            ("verify", "bg_fetch", "app_refresh_"),
            [("plain", "app_refresh_global"), ("plain", "app_refresh_processing")],
        ),
        (("explain", "specs/bg"), [("file", "specs/bg")]),
        (("new", "x", "--from", "silent_push_"), [("plain", "silent_push_global")]),
        (("scaffold", "bg_task_g"), [("plain", "bg_task_global")]),
        (("scaffold", "bg_task", ""), [("dir", "")]),
        (("scaffold", "bg_task", "bg_fetch_"), [("plain", "bg_fetch_global")]),
        (("docs", "READ"), [("file", "READ")]),
        (("doctor", "bg_t"), [("file", "bg_t")]),
        (("doctor", ".", "bg_task_"), [("plain", "bg_task_global")]),
        (("gallery", "--locale", ""), [("plain", "en"), ("plain", "fr")]),
        (("run", "bg_task", "--scenario", "task_del"), [("plain", "task_delegate")]),
        (("run", "nothing", "--scenario", ""), []),
        (("render", "-o", ""), [("dir", "")]),
    ],
)
def test_what_is_offered(words: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    """Cases, and files where no case begins so; pages, scenarios of the case that is named, locales."""
    assert offered(*words) == expected


@pytest.mark.parametrize("shell", SHELLS)
def test_the_tab_key_completes(shell: str, tmp_path: Path) -> None:
    """A case, a file, a page, a scenario and a locale, in the shell itself."""
    found = shutil.which(shell) or not_run(shell, f"no {shell}")
    if (
        shell == "bash"
        and subprocess.run(
            [found, "-c", "(( BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 404 ))"], check=False
        ).returncode
        == 0
    ):
        not_run(shell, "click completes in bash from 4.4 on, and the system's is older")
    (tmp_path / "atgen").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m atgen "$@"\n')
    (tmp_path / "atgen").chmod(0o755)
    options, setup = SHELLS[shell]
    with terminal([found, *options], tmp_path) as typing:
        typing(f"{setup}; echo ready-''now", "ready-now")
        for typed, whole in (
            ("show silent_push_g\t", "silent_push_global"),
            ("show specs/old_sdk_task_g\t", "specs/old_sdk_task_global.yaml"),
            ("docs specs/pages/background-hits.f\t", "specs/pages/background-hits.fr.md"),
            ("run bg_task --scenario task_del\t", "task_delegate"),
            ("gallery --locale f\t", "--locale fr"),
        ):
            typing(f"atgen {typed}", whole, enter=False)


@contextmanager
def terminal(command: list[str], path: Path) -> Iterator[object]:
    """A program on a terminal, and what types a line in it and waits until the terminal has shown a text."""
    here, there = pty.openpty()
    variables = {key: value for key, value in os.environ.items() if not key.startswith("_ATGEN")} | {
        "HOME": str(path),
        "PATH": f"{path}{os.pathsep}{os.environ['PATH']}",
        "TERM": "dumb",
        "PS1": "$ ",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", OWNING, *command], stdin=there, stdout=there, stderr=there, env=variables
    )
    os.close(there)

    def typing(text: str, expected: str, *, enter: bool = True) -> None:
        os.write(here, text.encode() + b"\r" * enter)
        shown = ""
        while expected not in shown:
            assert select.select([here], [], [], PATIENCE)[0], f"{expected!r} did not come: {shown!r}"
            shown += os.read(here, 4096).decode(errors="replace")
        os.write(here, b"\x15")  # the line is taken back

    try:
        yield typing
    finally:
        process.kill()
        process.wait()
        os.close(here)
