"""Where the templates, the texts and the SDKs' words are: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

import os
from pathlib import Path

from atgen.errors import FileError

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "data"
ROOT = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parents[1]
TEMPLATES = ROOT / "templates"
SPECS = ROOT / "specs"
SDKS = SPECS / "sdk"
TEXTS = TEMPLATES / "text"
TRACE = TEMPLATES / "trace"

if not TEMPLATES.is_dir():
    raise FileError(
        "the templates are not beside the program: it runs from a folder, not from an archive; install it by pip or pipx"
    )


def locales() -> tuple[str, ...]:
    """The languages of people that the output's comments can be in; English first, which stands in for what is missing."""
    found = (name.removesuffix(".yaml") for name in os.listdir(TEXTS) if name.endswith(".yaml"))
    return tuple(sorted(found, key=lambda name: (name != "en", name)))
