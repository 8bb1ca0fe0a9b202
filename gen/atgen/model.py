"""What a spec says, once it is known to be right."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Mode(str, Enum):
    """The value of the tracker's background mode while the hit is sent (`BackgroundMode`, Sources/Context.swift 2.23.10)."""

    FETCH = "fetch"
    TASK = "task"


class Action(str, Enum):
    """How a gesture's hit is sent (`Gesture.send…()`, Sources/Gesture.swift 2.23.10)."""

    TOUCH = "touch"
    NAVIGATION = "navigation"
    DOWNLOAD = "download"
    EXIT = "exit"
    SEARCH = "search"


class When(str, Enum):
    """When control goes back to the system."""

    SENT = "sent"
    AFTER = "after"
    DISPATCHED = "dispatched"


class Storage(str, Enum):
    """What becomes of a hit that cannot leave (Sources/Sender.swift 2.23.10)."""

    NEVER = "never"
    REQUIRED = "required"
    ALWAYS = "always"


class Platform(str, Enum):
    """Where the generated code runs."""

    IOS = "ios"


@dataclass(frozen=True)
class Dedicated:
    """A tracker that sends background hits only; `configuration` holds the SDK's keys in the SDK's order."""

    name: str
    configuration: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Hit:
    """The gesture whose hit is sent."""

    gesture: str
    chapters: tuple[str, ...]
    action: Action


@dataclass(frozen=True)
class Finish:
    """When control goes back to the system; `within` in seconds."""

    when: When
    within: int


@dataclass(frozen=True)
class Case:
    """One tracking case; `tracker` is None for the global tracker, `summary` holds lines."""

    name: str
    title: str
    summary: tuple[str, ...]
    mode: Mode
    tracker: Dedicated | None
    hit: Hit
    finish: Finish
    platforms: tuple[Platform, ...]

    @property
    def source(self) -> str:
        """The spec's path as the output names it, whatever folder it was read from."""
        return f"specs/{self.name}.yaml"
