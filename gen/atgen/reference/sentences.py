"""A trace in plain words, in each language of people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atgen.reference.events import EVENTS
from atgen.resources import TRACE

if TYPE_CHECKING:
    from atgen.reference.world import Event


def sentence(event: Event, locale: str = "en") -> str:
    """Say the event in plain words."""
    from atgen.case.vocabulary import texts  # noqa: PLC0415 (generated Python starts without YAML)

    said = texts(locale, TRACE)
    name = event["event"]
    text = said[_key(event)].format_map(_fields(event))
    # What only the app's own code does could be done on the wrong thread.
    if event["on"] != "main" and EVENTS[name].way in {("app", "system"), ("app", "tracker")}:
        return said[f"on_{event['on']}"].format(sentence=text.removesuffix("."))
    return text


def crash(event: Event) -> str:
    """Say how the app crashed: a signal's or an exception's name, and the first line of the reason."""
    reason = event.get("reason", "").strip().partition("\n")[0]
    return f"{event['signal']}: {reason}" if reason else str(event["signal"])


def _key(event: Event) -> str:
    name = event["event"]
    variants = (variant.name for variant in EVENTS[name].variants if event.get(variant.field) in variant.values)
    return "_".join([name, *variants])


def _fields(event: Event) -> dict[str, Any]:
    """Give what a text can name: the event's own fields, lists and mappings in words, and what is made of several."""
    fields = {key: _listed(value) for key, value in event.items()}
    if event["event"] == "hit":
        fields["gesture"] = " > ".join([*event["chapters"], event["name"]])
    if event["event"] == "crash":
        fields["crash"] = crash(event)
    return fields


def _listed(value: object) -> object:
    if isinstance(value, dict):
        return ", ".join(f"{key} {item}" for key, item in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else value
