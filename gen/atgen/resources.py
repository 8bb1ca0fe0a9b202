"""Where the templates, the texts and the SDKs' words are: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "data"
ROOT = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parents[1]
TEMPLATES = ROOT / "templates"
SPECS = ROOT / "specs"
SDKS = SPECS / "sdk"
