"""The trace's vocabulary: each event that there is, once. How it is told is in templates/trace/<locale>.yaml."""

from __future__ import annotations

from typing import Literal, NamedTuple

Participant = Literal["system", "app", "tracker", "collector"]


class Variant(NamedTuple):
    """A text of its own for an event whose `field` has one of these values; its key ends in the variant's name."""

    name: str
    field: str
    values: tuple[object, ...]


class EventType(NamedTuple):
    """What is known of all events of one name.

    `way` says who does it and whom it reaches, and is empty for what does not happen to the app; `begins` says that it
    begins a block of its own, or stands between two: what ran before is over.
    """

    way: tuple[Participant, ...]
    begins: bool = False
    variants: tuple[Variant, ...] = ()


_FETCH_RESULTS = ("newData", "noData", "failed")  # only a fetch has these (Apple, UIBackgroundFetchResult)

EVENTS = {
    # The system calls the app, or does not.
    "launch": EventType(("system", "app"), begins=True, variants=(Variant("woken", "woken", (True,)),)),
    "fetch": EventType(("system", "app"), begins=True),
    "push": EventType(("system", "app"), begins=True),
    "background": EventType(("system", "app"), begins=True),
    "foreground": EventType(("system", "app"), begins=True),
    "scene": EventType(("system", "app"), begins=True),
    "run": EventType(("system", "app"), begins=True),
    "expire": EventType(("system", "app"), begins=True),
    "expire_call": EventType(("system", "app"), begins=True),
    "idle": EventType(("system", "system"), begins=True),
    "declined": EventType(("app", "system")),
    "missing": EventType(("app", "app")),
    # The app's own code.
    "block": EventType(("app", "app"), begins=True),
    "work": EventType(("app", "app"), begins=True),
    "done": EventType(("app", "app"), begins=True),
    "never": EventType(("app", "app"), begins=True),
    "stop": EventType(("app", "app")),
    "changed": EventType(("app", "app"), variants=(Variant("off_main", "on", ("background",)),)),
    "wake": EventType(("app", "app")),
    "register": EventType(("app", "system"), variants=(Variant("late", "late", (True,)),)),
    "submit": EventType(
        ("app", "system"), variants=(Variant("refresh", "task", ("",)), Variant("refused", "refused", (True,)))
    ),
    "taken": EventType(("system", "app"), begins=True, variants=(Variant("refused", "refused", (True,)),)),
    "withdrawn": EventType(("app", "system")),
    "interval": EventType(("app", "system")),
    "wants_pushes": EventType(("app", "system")),
    "begin": EventType(("app", "system")),
    "end": EventType(("app", "system"), variants=(Variant("invalid", "valid", (False,)),)),
    "complete": EventType(("app", "system"), variants=(Variant("fetch", "result", _FETCH_RESULTS),)),
    "configure": EventType(
        ("app", "tracker"), variants=(Variant("early", "early", (True,)), Variant("bare", "configuration", ({},)))
    ),
    "reconfigure": EventType(("app", "tracker"), variants=(Variant("bare", "configuration", ({},)),)),
    "delegate": EventType(("app", "tracker"), variants=(Variant("removed", "set", (False,)),)),
    "mode": EventType(("app", "tracker")),
    "hit": EventType(
        ("app", "tracker"), variants=(Variant("other", "by", ("other",)), Variant("untagged", "bg", ("",)))
    ),
    "look": EventType(("app", "tracker"), begins=True),
    "slot": EventType(("app", "tracker"), begins=True, variants=(Variant("back", "taken", (False,)),)),
    "privacy": EventType(("app", "tracker")),
    # The SDK.
    "build": EventType(("tracker", "tracker"), begins=True, variants=(Variant("failed", "ok", (False,)),)),
    "refused": EventType(("tracker", "tracker"), begins=True),
    "sent": EventType(("tracker", "collector"), begins=True),
    "stored": EventType(("tracker", "tracker"), begins=True),
    "lost": EventType(("tracker", "tracker"), begins=True),
    "unsaved": EventType(("tracker", "tracker"), begins=True),
    "opted_out": EventType(("tracker", "tracker"), begins=True),
    "user_agent": EventType(("tracker", "tracker"), begins=True),
    "hang": EventType(("tracker", "tracker"), begins=True),
    "resent": EventType(("tracker", "collector"), begins=True),
    "kept": EventType(("tracker", "tracker"), begins=True),
    "told": EventType(("tracker", "app")),
    "heard": EventType(("app", "app")),
    # The run.
    "choice": EventType((), begins=True),
    "crash": EventType(("app", "app")),
    "endless": EventType(("app", "app")),
    "over": EventType((), begins=True, variants=(Variant("at_rest", "open", ([],)),)),
}
