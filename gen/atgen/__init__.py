"""Swift, Objective-C and Python that tag background hits of AT Internet's Apple SDK, generated from YAML specs.

What is named in `__all__` keeps its meaning within a major version; all else may change in any.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from atgen.case.model import App, Case, Platform
    from atgen.errors import AtgenError, Problem, SpecError
    from atgen.proof.verify import verify
    from atgen.rendering.pipeline import load, render

__version__ = "0.2.0"
__all__ = ["App", "AtgenError", "Case", "Platform", "Problem", "SpecError", "load", "render", "verify"]
# Imported when asked for: `atgen --version` needs none of it.
_PLACES = {
    "App": "case.model",
    "AtgenError": "errors",
    "Case": "case.model",
    "Platform": "case.model",
    "Problem": "errors",
    "SpecError": "errors",
    "load": "rendering.pipeline",
    "render": "rendering.pipeline",
    "verify": "proof.verify",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
