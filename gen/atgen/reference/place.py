"""Where in the app's code an event was caused."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType

    Function = TypeVar("Function", bound=Callable[..., object])

_PACKAGE = str(Path(__file__).parent)
_OUTERMOST: set[CodeType] = set()


def outermost(function: Function) -> Function:
    """Mark a function from which the app's code is called: nothing of the app is further out."""
    _OUTERMOST.add(function.__code__)
    return function


def is_outermost(frame: FrameType) -> bool:
    """Say whether that is where a run, or a block in a thread of its own, begins."""
    return frame.f_code in _OUTERMOST


def place(cause: object) -> str | None:
    """Where the app's code runs just now, or else where the code begins that is about to run: `file:line`."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the plain way to ask who called
    while frame and not is_outermost(frame):
        if not frame.f_code.co_filename.startswith(_PACKAGE):
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
    code: CodeType | None = getattr(cause, "__code__", None)
    if code and not code.co_filename.startswith(_PACKAGE):
        return f"{code.co_filename}:{code.co_firstlineno}"
    return None
