"""What `atgen verify` does otherwise on a Mac, as far as it can be played here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from native.apps import OUTPUT, files

from atgen.proof import compilers, native
from conftest import compiler

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SCENARIO = {"network": ["sent"], "steps": ["launch", "background"]}


def test_the_macos_sdk_is_not_taken_for_that_of_ios(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Mac's clang has it in $SDKROOT, and with -Werror an iOS target then is an error."""
    sdk = tmp_path / "MacOSX26.sdk"
    sdk.mkdir()
    monkeypatch.setenv("SDKROOT", str(sdk))
    app = files(OUTPUT / "bg_task_global/ios/objc")
    app["AppDelegate.m"] += f"// {tmp_path}\n"  # a verdict of its own
    verdict = compiler("objc").check(app, "-target arm64-apple-ios15.0")
    assert (verdict.accepted, verdict.messages) == (True, "")


def test_the_driver_compiles_several_files_into_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """There the stand-ins and the app go through swiftc itself, not through its front end, and do the same."""
    swift = compiler("swift")
    several = files(OUTPUT / "bg_task_global/ios/swift")
    expected = native.Host(swift.host(several)).trace(SCENARIO)
    monkeypatch.setattr(compilers, "_MAC", True)
    driver = compilers.Swift(swift.path, swift.version)
    verdicts = driver.verdicts(several)
    assert {mode: verdict.messages for mode, verdict in verdicts.items() if not verdict.accepted} == {}
    trace = native.Host(driver.host(several)).trace(SCENARIO)
    assert trace == expected
    assert "hit" in [json.loads(line)["event"] for line in trace]
