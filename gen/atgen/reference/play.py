"""Playing what happens to an app by default."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from atgen.reference.application import Application
from atgen.reference.device import SELECTORS, Device
from atgen.reference.sentences import sentence
from atgen.reference.world import Outside, Step

if TYPE_CHECKING:
    from collections.abc import Callable

_LAUNCH = {methods["did_finish_launching"] for methods in SELECTORS.values()}


def outside(delegate: Callable[[Device], object]) -> Outside:
    """Say what happens to an app by default: it is launched, and called once for each thing that it can be called for.

    What that is shows when it is launched: methods of its own, handlers that it registers, what it observes.
    """
    launch = Step("launch")
    device = Device(Outside((launch,)), delegate)
    device.run()
    if hasattr(delegate, "handle"):
        then = (Step("background"),) if hasattr(delegate, "did_enter_background") else ()
        return Outside((launch, Step("refresh"), *then), system="watchkit")
    steps = [launch]
    if hasattr(delegate, "perform_fetch"):
        steps.append(Step("fetch"))
    if hasattr(delegate, "receive_notification"):
        steps += [Step("background"), Step("push")]
    steps += [Step("run_task")] * len(device.task_scheduler.handlers)
    scenes = bool(device.notifications.observers(Application.DID_ENTER_BACKGROUND))
    if scenes or hasattr(delegate, "did_enter_background"):
        steps.append(Step("background"))
    played = Outside(tuple(steps), scenes=scenes)
    device = Device(played, delegate)
    device.run()
    watch = device.application.has_activities
    return replace(played, system="watchkit") if watch else played


def play(delegate: Callable[[Device], object]) -> None:
    """Play what happens to an app by default, and print it, then its hits' URLs."""
    events = Device(outside(delegate), delegate).run()
    # An app that has nothing to do at launch needs no method for it.
    told = [
        event for event in events if event["event"] not in {"choice", "over"} and event.get("method") not in _LAUNCH
    ]
    lines = [f"{event['t']:>3g} s  {sentence(event)}" for event in told]
    urls = [event["url"] for event in events if event["event"] == "sent"]
    sys.stdout.write("\n".join([*lines, *urls]) + "\n")
