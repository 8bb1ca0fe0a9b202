"""Small apps, each with what is to be said of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from doctored import SETTINGS, found, write

if TYPE_CHECKING:
    from atgen.case.model import Case

CASES: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CASES)
def test_cases(name: str, shipped: list[Case], tmp_path: Path) -> None:
    """What cases.yaml says, and nothing else."""
    app = CASES[name]
    settings = {path: text for path, text in SETTINGS.items() if path not in app.get("lacks", ())}
    write(tmp_path, settings | app["files"])
    case = next((case for case in shipped if case.name == app.get("case")), None)
    assert found(tmp_path, case) == app["says"]
