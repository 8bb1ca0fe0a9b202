"""Which choices of a spec cannot be right together, and why: data, from which the check, the schema and the page come."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from atgen.case.axes import ENTRIES, HITS, PERMITTED, PLATFORMS, entry_kind
from atgen.case.model import (
    CONFIGURATION,
    SETTINGS,
    EntryKind,
    HitKind,
    Lifecycle,
    Mode,
    Platform,
    Scheduler,
    Scope,
    VisitorMode,
    When,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import Enum

    from atgen.case.model import Case
    from atgen.case.vocabulary import Vocabulary

# What a spec says, by the path of the key that says it.
Choices = dict[str, str]
# The axes: each combination of their values is refused below, or works.
AXES: dict[str, type[Enum]] = {
    "platforms": Platform,
    "lifecycle": Lifecycle,
    "scheduler": Scheduler,
    "mode": Mode,
    "tracker": Scope,
    "finish.when": When,
}


class Combination(NamedTuple):
    """What is refused: for each key, by its path, values of which it has one; the key that is to blame, and why."""

    when: dict[str, tuple[str, ...]]
    key: str
    reason: str

    def matches(self, choices: Choices) -> bool:
        """Whether these choices are refused; one that is not made is not."""
        return all(key in choices and choices[key] in values for key, values in self.when.items())


# In a spec's own words.
REFUSED = (
    Combination(
        {"scheduler": ("app_refresh",), "mode": ("task",)},
        "scheduler",
        "app_refresh is the successor of background fetch; write mode: fetch, or scheduler: processing",
    ),
    Combination(
        {"scheduler": ("own_refresh",), "mode": ("task",)},
        "scheduler",
        "a refresh task is the successor of background fetch; write mode: fetch, or scheduler: processing, of which an app "
        "may have ten",
    ),
    Combination(
        {"scheduler": ("processing",), "mode": ("fetch",)},
        "scheduler",
        "processing is for background tasks; write mode: task, or scheduler: app_refresh",
    ),
    Combination(
        {"scheduler": ("remote_notification",), "mode": ("task",)},
        "scheduler",
        "a silent push is answered as a fetch is; write mode: fetch",
    ),
    Combination(
        {"scheduler": ("remote_notification",), "platforms": ("watchos",)},
        "scheduler",
        "silent pushes are offered on iOS and tvOS; write scheduler: classic",
    ),
    Combination(
        {"scheduler": ("app_refresh", "own_refresh", "processing"), "platforms": ("watchos",)},
        "scheduler",
        "BackgroundTasks is not on watchOS, which has refresh tasks of its own; write scheduler: classic",
    ),
    Combination(
        {"lifecycle": ("scene",), "platforms": ("watchos",)},
        "lifecycle",
        "watchOS has no scenes of UIKit; write lifecycle: app",
    ),
    Combination(
        {"style.form": ("extension",), "scheduler": ("own_refresh",)},
        "style.form",
        "own_refresh is a method that the app's own handler calls, on a class of its own; leave it out",
    ),
    Combination(
        {"style.entry": ("main",), "lifecycle": ("swiftui",)},
        "style.entry",
        "an app of SwiftUI starts at its App; leave it out",
    ),
    Combination(
        {"tracker.configuration.storage": ("required", "always"), "platforms": ("watchos",)},
        "tracker.configuration.storage",
        "on watchOS the SDK never sends what it has stored, and stores every hit from then on (Sources/Sender.swift); "
        "write never",
    ),
    Combination(
        {"hit": ("event",), "privacy.keep_tag_in": tuple(mode.value for mode in VisitorMode)},
        "privacy.keep_tag_in",
        "in the visitor's mode exempt the SDK takes the event away, and a tag alone says nothing (Sources/Privacy.swift); "
        "leave it out, or send a gesture or a screen",
    ),
    Combination(
        {"hit": ("event",), "tracker": ("global",), "finish.when": ("sent",)},
        "finish.when",
        "an event's URL has its properties in any order (Sources/Event.swift), so one that other code sends with the global "
        "tracker is taken for it; write after, or take a dedicated tracker",
    ),
)


def of_sdk(sdk: Vocabulary) -> list[Combination]:
    """What an SDK refuses: the platforms that it is not made for, and what it does not know."""
    one = {"sdk": (sdk.name,)}
    others = tuple(platform.value for platform in Platform if platform.value not in sdk.platforms)
    reason = "this SDK is not made for that platform; `atgen list --sdks` shows which are"
    found = [Combination(one | {"platforms": others}, "sdk", reason)] if others else []
    if not sdk.keep_tag_since:
        modes = tuple(mode.value for mode in VisitorMode)
        reason = "this SDK cannot keep the tag in any mode; leave it out"
        found.append(Combination(one | {"privacy.keep_tag_in": modes}, "privacy.keep_tag_in", reason))
    kinds = tuple(kind.value for kind in HitKind if kind.value not in sdk.hits)
    if kinds:
        found.append(Combination(one | {"hit": kinds}, "hit", "with this SDK atgen sends gestures only; write one"))
    for key in sdk.lacks:
        path, reason = f"tracker.configuration.{key}", "this SDK has no such setting; leave it out"
        found.append(Combination(one | {path: SETTINGS[key]}, path, reason))
    return found


def refused(choices: Choices, sdk: Vocabulary) -> list[Combination]:
    """What of all that is refused these choices match."""
    return [combination for combination in (*REFUSED, *of_sdk(sdk)) if combination.matches(choices)]


def apart(one: Case, other: Case, platform: Platform) -> Iterator[tuple[str, str]]:
    """Yield why two cases cannot be in one app: the key that is to blame, by its path, and the reason."""
    kinds = [entry_kind(case, platform) for case in (one, other)]
    rows = [ENTRIES[kind] for kind in kinds]
    if one.sdk != other.sdk:
        yield "sdk", "an app has one SDK"
    if one.keep_tag_in != other.keep_tag_in:
        yield "privacy", "what keeps the tag keeps it for all hits of the app; write the same for both"
    if kinds[0] is kinds[1]:
        yield (
            "mode",
            f"on {PLATFORMS[platform].title} the system calls both in the same way, and an app hears of it once",
        )
    elif {*kinds} == {EntryKind.APP_REFRESH, EntryKind.OWN_REFRESH}:
        yield "scheduler", "an app has one refresh task (Apple, BGTaskScheduler.Error.Code.tooManyPendingTaskRequests)"
    elif any(PERMITTED in row.absent for row in rows) and any(row.api.name == "BGTaskScheduler" for row in rows):
        yield "scheduler", f"one needs {PERMITTED} in Info.plist, whose presence switches background fetch off"
    if one.identifier and one.identifier == other.identifier:
        yield "identifier", "a task of BackgroundTasks has one handler; name another task"
    if (one.tracker and one.tracker.name) == (other.tracker and other.tracker.name):
        yield from _with_one_tracker(one, other)


def _with_one_tracker(one: Case, other: Case) -> Iterator[tuple[str, str]]:
    """Yield why two cases cannot share a tracker."""
    told = [(case.hit.page, HITS[case.hit.kind].queries[case.hit.action]) for case in (one, other)]
    waits = [case.finish.when is When.SENT for case in (one, other)]
    if told[0] == told[1] and waits[0] is not waits[1]:
        reason = "one waits until its hit is sent, and may take the other's for it, which says the same"
        yield "finish", f"{reason}; name another hit, or wait for both"
    if not one.tracker or not other.tracker:
        return
    if one.tracker.configuration != other.tracker.configuration:
        first = "a tracker's first configuration holds (Sources/ATInternet.swift)"
        yield "tracker", f"{first}; write the same for both, or name another tracker"
    if one.mode is not other.mode:
        yield "tracker", "a dedicated tracker keeps its mode, and these are two; name another tracker"


def choices(case: Case, platform: Platform) -> Choices:
    """What a case's spec says on one of its platforms, or means where it says nothing."""
    made: Choices = {
        "mode": case.mode.value,
        "tracker": case.scope.value,
        "finish.when": case.finish.when.value,
        "platforms": platform.value,
        "lifecycle": case.lifecycle.value,
        "scheduler": case.scheduler.value,
        "style.entry": case.style.entry.value,
        "style.form": case.style.form.value,
        "hit": case.hit.kind.value,
        "sdk": case.sdk,
    }
    for mode in case.keep_tag_in:
        made["privacy.keep_tag_in"] = mode.value
    configuration = dict(case.tracker.configuration) if case.tracker else {}
    words = {CONFIGURATION[key]: key for key in ("storage", *SETTINGS)}
    made |= {f"tracker.configuration.{words[word]}": value for word, value in configuration.items() if word in words}
    return made


def every(sdk: Vocabulary) -> Iterator[Choices]:
    """Yield each combination of the axes that works with an SDK."""
    for values in product(*AXES.values()):
        made = {key: value.value for key, value in zip(AXES, values, strict=True)} | {"sdk": sdk.name}
        if not refused(made, sdk):
            yield made
