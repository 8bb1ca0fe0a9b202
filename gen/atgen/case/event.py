"""An event as the SDK writes it in a hit's URL (Sources/Event.swift, Tool.swift, 2.23.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def as_json(events: Iterable[tuple[str, Mapping[str, str | int]]], *, backwards: bool = False) -> str:
    """Write the events' names and properties as JSON, keys in their order or backwards: the SDK's is a dictionary's.

    Names and keys become small. A key is cut at each `_`: what comes before is an object that holds what comes after.
    A key that is a value and such an object at once is refused in specs, and so are the SDK's prefixes of types.
    """
    from json import dumps  # noqa: PLC0415 (start-up time)

    written = [_ordered({"data": _nested(data), "name": name.lower()}, backwards) for name, data in events]
    # JSONSerialization has no spaces, escapes `/`, and leaves letters as they are.
    return dumps(written, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")


def _nested(data: Mapping[str, str | int]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for key, value in data.items():
        *path, last = key.lower().split("_")
        inner = whole
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return whole


def _ordered(value: Any, backwards: bool) -> Any:  # noqa: ANN401 (what JSON holds)
    if not isinstance(value, dict):
        return value
    return {key: _ordered(value[key], backwards) for key in sorted(value, reverse=backwards)}
