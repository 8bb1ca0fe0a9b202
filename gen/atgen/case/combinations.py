"""Which combinations of a spec's choices cannot be right, and why: one rule each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from atgen.case.model import Lifecycle, Mode, Platform, Scheduler, When

if TYPE_CHECKING:
    from collections.abc import Callable


class Choices(NamedTuple):
    """The choices that depend on each other; `sdk_platforms` are those that the SDK is made for."""

    mode: Mode
    dedicated: bool
    when: When
    platform: Platform
    lifecycle: Lifecycle
    scheduler: Scheduler
    sdk_platforms: frozenset[str]


class Rule(NamedTuple):
    """What is refused, the key that is to blame, and why."""

    key: str
    refuses: Callable[[Choices], bool]
    reason: str


RULES = (
    Rule(
        "finish.when",
        lambda of: of.when is When.SENT and not of.dedicated,
        "sent needs a dedicated tracker: only the tracker's delegate hears of it, and the global tracker's one slot is "
        "the app's; write after, or give the case a dedicated tracker",
    ),
    Rule(
        "scheduler",
        lambda of: of.scheduler is Scheduler.APP_REFRESH and of.mode is not Mode.FETCH,
        "app_refresh is the successor of background fetch; write mode: fetch, or scheduler: processing",
    ),
    Rule(
        "scheduler",
        lambda of: of.scheduler is Scheduler.PROCESSING and of.mode is not Mode.TASK,
        "processing is for background tasks; write mode: task, or scheduler: app_refresh",
    ),
    Rule(
        "scheduler",
        lambda of: of.scheduler is not Scheduler.CLASSIC and of.platform is Platform.WATCHOS,
        "BackgroundTasks is not on watchOS, which has refresh tasks of its own; write scheduler: classic",
    ),
    Rule(
        "lifecycle",
        lambda of: of.lifecycle is Lifecycle.SCENE and of.platform is Platform.WATCHOS,
        "watchOS has no scenes of UIKit; write lifecycle: app",
    ),
    Rule(
        "sdk",
        lambda of: of.platform.value not in of.sdk_platforms,
        "this SDK is not made for that platform; `atgen list --sdks` shows which are",
    ),
)


def refused(choices: Choices) -> list[Rule]:
    """The rules that refuse these choices."""
    return [rule for rule in RULES if rule.refuses(choices)]
