"""P12 and its kin: a tracker whose configuration sends nothing, or sends to nobody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from atgen.doctor import trackers
from atgen.doctor.findings import Mark
from atgen.doctor.rules.rule import Rule, Settings
from atgen.doctor.tree import Call, Literal, Member, Name, Node, Text, chain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Reading

PLACEHOLDER = "123456"
_STATES = re.compile(r"(?:SendApplicationState)?[aA]ctive(?:Only|OrInactive)")
# What of a visitor's modes lists `bg` (Privacy.swift 57-63, 2.23.10).
_WITH_TAG = frozenset({"optIn", "none"})
_LETS = frozenset({"lets the tag through"})
_MODES = re.compile(r"setVisitor(?:Mode|OptOut|NoConsent|Exempt)\w*|setPrivacyMode\w*")


def _unconfigured(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    for call in reading.calls:
        if not trackers.is_made(call) or not _is_hub(reading, call.base):
            continue
        names = reading.origin(call.arguments[0].value)
        text = names[0].value if len(names) == 1 and isinstance(names[0], Text) else None
        given = trackers.configuration(reading, call)
        if text == "defaultTracker" or (text is None and given is None):
            continue
        if trackers.lacks(given):
            known = frozenset({"configures", f"configures {text}"} if given is None else {"configures"})
            yield Mark(call.start, call.end, "this tracker has no site and no log: it sends nothing", unless=known)


def _is_hub(reading: Reading, base: Node | None) -> bool:
    """Whether a tracker is asked of the SDK: of ATInternet, or of a variable in code that uses it."""
    if base is None:
        return False
    names = chain(base)
    if "ATInternet" in names:
        return True
    return isinstance(base, (Name, Member)) and "GAI" not in names and names[:1] != ("",) and trackers.uses_sdk(reading)


def _dropped(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    message = "hits of the background are dropped without a word"
    for node in reading.nodes:
        if isinstance(node, Literal) and node.is_dictionary:
            for item in node.items:
                if item.label == "sendOnApplicationState" and _is_active(item.value):
                    yield Mark(item.start, item.end, message)
        elif isinstance(node, Call) and node.name == "setSendOnApplicationState" and _is_active(node):
            yield Mark(node.start, node.end, message)


def _is_active(node: Node) -> bool:
    if isinstance(node, Call) and node.arguments:
        node = node.arguments[0].value
    text = node.value if isinstance(node, Text) else (chain(node) or ("",))[-1]
    return bool(text and _STATES.fullmatch(text))


def _placeholder(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    for node in reading.nodes:
        if isinstance(node, Literal) and node.is_dictionary:
            for item in node.items:
                if item.label == "site" and isinstance(item.value, Text) and item.value.value == PLACEHOLDER:
                    yield Mark(
                        item.start, item.end, f"{PLACEHOLDER} is a place-holder: the hits are nobody's", is_note=True
                    )
        elif isinstance(node, Call) and node.name == "setSiteId" and node.arguments:
            value = node.arguments[0].value
            if reading.data[value.start : value.end].strip(b'@"') == PLACEHOLDER.encode():
                yield Mark(
                    node.start, node.end, f"{PLACEHOLDER} is a place-holder: the hits are nobody's", is_note=True
                )


def _untagged(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    for call in reading.calls:
        if not _MODES.fullmatch(call.name) or "Privacy" not in chain(call.callee):
            continue
        value = call.arguments[0].value if call.arguments else None
        word = (value.value if isinstance(value, Text) else (chain(value) or ("",))[-1]) if value else call.name
        word = re.sub(r"^(?:ATPrivacy|Privacy|VisitorMode|setVisitor)", "", word or "")
        word = word[:1].lower() + word[1:]
        if word not in _WITH_TAG and not word.startswith("mode"):
            message = f"in the mode {word} hits leave without bg: background hits are not told from others"
            yield Mark(
                call.start, call.end, message, is_note=word != "exempt", unless=_LETS, only_if="tags background hits"
            )


RULES = (
    Rule("P12", _unconfigured),
    Rule("state", _dropped),
    Rule("site", _placeholder),
    Rule("visitor", _untagged),
)
