"""A trace in plain words."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from atgen.reference.activity import Activity
from atgen.reference.application import Application
from atgen.reference.device import SELECTORS, Device
from atgen.reference.world import Outside, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from atgen.reference.world import Event

_LAUNCH = {methods["did_finish_launching"] for methods in SELECTORS.values()}
_REFUSED = ": the tracker's configuration is not complete"
_SENTENCES: dict[str, Callable[[Event], str]] = {
    "launch": lambda _: "The app is launched.",
    "fetch": lambda e: f"The system fires background fetch {e['call']}.",
    "background": lambda _: "The app goes to the background.",
    "scene": lambda _: "One of the app's scenes goes to the background, and another stays.",
    "foreground": lambda _: "The app comes to the foreground.",
    "run": lambda e: f"The system runs task {e['task']}, call {e['call']}.",
    "idle": lambda _: "The system has nothing to run: nothing was asked for that has a handler.",
    "missing": lambda e: f"The app has no method {e['method']}, so nothing of it is called.",
    "interval": lambda e: f"The app asks for background fetches, at least {e['seconds']:g} s apart.",
    "configure": lambda e: f"Tracker {e['tracker']} is made, {_configuration(e['configuration'])}.",
    "mode": lambda e: f"The mode of tracker {e['tracker']} is set to {e['mode']}.",
    "hit": lambda e: f"{_who(e)} sends hit {e['hit']}, {_gesture(e)}, with tracker {e['tracker']}, {_tag(e)}.",
    "delegate": lambda e: f"The app {'sets' if e['set'] else 'takes away'} the delegate of tracker {e['tracker']}.",
    "register": lambda e: f"The app says who runs task {e['task']}{', too late' if e.get('late') else ''}.",
    "submit": lambda e: f"The app asks for {_wanted(e)}, in {e['earliest']:g} s at the earliest.",
    "work": lambda _: "The app's work runs.",
    "begin": lambda e: f'The app begins background task {e["task"]}, "{e["name"]}".',
    "end": lambda e: f"The app ends background task {e['task']}{'' if e['valid'] else ', which is not open'}.",
    "expire": lambda e: f"The time of background task {e['task']} is up.",
    "wake": lambda e: f"The block of background task {e['task']} may go on.",
    "expire_call": lambda e: f"The time of call {e['call']} is up.",
    "complete": lambda e: f"The app {_completes(e)}: {e['result']}.",
    "build": lambda e: (
        f"The SDK {'builds' if e['ok'] else 'cannot build'} hit {e['hit']}{'' if e['ok'] else _REFUSED}."
    ),
    "refused": lambda e: f"The SDK cannot build hit {e['hit']}: other code has emptied the configuration.",
    "sent": lambda e: f"Hit {e['hit']} arrives: {e['url']}",
    "stored": lambda e: f"Hit {e['hit']} cannot leave and is stored: {e['url']}",
    "lost": lambda e: f"Hit {e['hit']} cannot leave and is lost.",
    "hang": lambda e: f"Nobody answers hit {e['hit']}: the SDK waits.",
    "resent": lambda e: f"A hit stored earlier arrives: {e['url']}",
    "kept": lambda e: f"A hit stored earlier cannot leave and stays: {e['url']}",
    "told": lambda e: f"The SDK tells the delegate of tracker {e['tracker']} {e['method']}",
    "look": lambda e: f"Other code looks at tracker {e['tracker']}: its mode is {e['mode']}.",
    "choice": lambda e: f"{e['took']} is next, of {', '.join(e['of'])}.",
    "crash": lambda e: f"The app crashes: {crash(e)}.",
    "endless": lambda _: "This goes on for ever.",
    "over": lambda e: f"Nothing more happens{_left_open(e)}.",
}
_ON = {"background": "off the main thread", "sdk": "on the SDK's queue"}
_OF_THE_APP = frozenset(
    {"mode", "hit", "configure", "delegate", "begin", "end", "complete", "interval", "register", "submit"}
)


def sentence(event: Event) -> str:
    """Say the event in plain words."""
    text = _SENTENCES[event["event"]](event)
    if event["event"] in _OF_THE_APP and event["on"] in _ON:
        return f"{text[:-1]}, {_ON[event['on']]}."
    return text


def crash(event: Event) -> str:
    """Say how the app crashed: a signal's or an exception's name, and the first line of the reason."""
    reason = event.get("reason", "").strip().partition("\n")[0]
    return f"{event['signal']}: {reason}" if reason else str(event["signal"])


def outside(delegate: Callable[[Device], object]) -> Outside:
    """Say what happens to an app by default: it is launched, and called once for each thing that it can be called for.

    What that is shows when it is launched: methods of its own, handlers that it registers, what it observes.
    """
    launch = Step("launch")
    device = Device(Outside((launch,)), delegate)
    device.run()
    if hasattr(delegate, "handle"):
        return Outside((launch, Step("refresh")), system="watchkit")
    steps = [launch]
    if hasattr(delegate, "perform_fetch"):
        steps.append(Step("fetch"))
    steps += [Step("run_task")] * len(device.task_scheduler.handlers)
    scenes = bool(device.notifications.observers(Application.DID_ENTER_BACKGROUND))
    if scenes or hasattr(delegate, "did_enter_background"):
        steps.append(Step("background"))
    played = Outside(tuple(steps), scenes=scenes)
    device = Device(played, delegate)
    device.run()
    watch = any(isinstance(task, Activity) for task in device.application.tasks)
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


def _who(hit: Event) -> str:
    return "The app" if hit["by"] == "app" else "Other code"


def _gesture(hit: Event) -> str:
    return '"' + " > ".join([*hit["chapters"], hit["name"]]) + f'" ({hit["action"]})'


def _tag(hit: Event) -> str:
    return f"tagged bg={hit['bg']}" if hit["bg"] else "not tagged"


def _configuration(configuration: dict[str, str]) -> str:
    if not configuration:
        return "without a configuration"
    return "configured with " + ", ".join(f"{key} {value}" for key, value in configuration.items())


def _wanted(submit: Event) -> str:
    return f"a run of task {submit['task']} ({submit['kind']})" if submit["task"] else f"a {submit['kind']}"


def _completes(complete: Event) -> str:
    # Only a fetch has such a result (Apple, UIBackgroundFetchResult).
    fetch = complete["result"] in {"newData", "noData", "failed"}
    return f"{'calls the completion handler of fetch' if fetch else 'completes call'} {complete['call']}"


def _left_open(over: Event) -> str:
    return "".join(f"; background task {task} is still open" for task in over["open"])
