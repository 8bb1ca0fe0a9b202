"""The trace's vocabulary: what is recorded, told and drawn is one table's, in every language."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

import atgen
import atgen.reference as at
from atgen.case.vocabulary import texts
from atgen.reference.events import EVENTS
from atgen.resources import TRACE, locales

PACKAGE = Path(atgen.__file__).parent
CORE = PACKAGE / "proof" / "standins" / "core" / "device.c"


def test_the_reference_records_the_tables_events() -> None:
    """All of them, and no others; a crash is recorded where it is caught, and only a person's code calls setConfig."""
    code = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    assert EVENTS.keys() - {"reconfigure"} == set(re.findall(r'\brecord\(\s*"(\w+)"', code))


def test_the_c_core_writes_the_tables_events() -> None:
    """All of them, too."""
    written = set(re.findall(r'\b(?:hit_|told_)?line\("(\w+)"', CORE.read_text(encoding="utf-8")))
    assert EVENTS.keys() == written


@pytest.mark.parametrize("locale", locales())
def test_each_event_has_its_texts(locale: str) -> None:
    """A sentence for each combination of its variants, and a label if it is drawn; no text is left over."""
    sentences = {
        "_".join([name, *(variant.name for variant in chosen)])
        for name, event_type in EVENTS.items()
        for count in range(len(event_type.variants) + 1)
        for chosen in combinations(event_type.variants, count)
    }
    labels = {f"label_{name}" for name, event_type in EVENTS.items() if event_type.way}
    assert sentences | labels | {"label_sent_marked", "on_background", "on_sdk"} == texts(locale, TRACE).keys()


def test_a_sentence_says_what_happened() -> None:
    """Also of scenes, BackgroundTasks and watch apps, and of a crash with its reason."""
    at_main = {"t": 0, "on": "main", "from": 1}
    told = {
        "One of the app's scenes goes to the background, and another stays.": {
            "event": "scene",
            "scene": 1,
            "state": "background",
        },
        "The app says who runs task a.": {"event": "register", "task": "a"},
        "The app says who runs task a, too late.": {"event": "register", "task": "a", "late": True},
        "The app asks for a run of task a (processing), in 900 s at the earliest.": {
            "event": "submit",
            "task": "a",
            "kind": "processing",
            "earliest": 900,
        },
        "The app asks for a refresh, in 0.5 s at the earliest.": {
            "event": "submit",
            "task": "",
            "kind": "refresh",
            "earliest": 0.5,
        },
        "The system runs task a, call 2.": {"event": "run", "call": 2, "task": "a"},
        "The system has nothing to run: nothing was asked for that has a handler.": {"event": "idle"},
        "The time of call 2 is up.": {"event": "expire_call", "call": 2},
        "The app completes call 2: no snapshot.": {"event": "complete", "call": 2, "result": "no snapshot"},
        "The block of background task 1 may go on.": {"event": "wake", "task": 1},
        "The app says that its launch has failed.": {"event": "declined"},
        "An object of C is changed on the SDK's queue.": {"event": "changed", "object": "C", "on": "sdk"},
        "An object of C is changed on the background queue.": {"event": "changed", "object": "C", "on": "background"},
        "A hit stored earlier cannot leave and stays: u": {"event": "kept", "url": "u"},
        "The app ends background task 1, which is not open.": {"event": "end", "task": 1, "valid": False},
        "The app ends background task 1, off the main thread.": {
            "event": "end",
            "task": 1,
            "valid": True,
            "on": "background",
        },
        "The app takes away the delegate of tracker t, on the SDK's queue.": {
            "event": "delegate",
            "tracker": "t",
            "set": False,
            "on": "sdk",
        },
        "Tracker t is made, without a configuration.": {"event": "configure", "tracker": "t", "configuration": {}},
        "Tracker t is made, configured with log l, site 1.": {
            "event": "configure",
            "tracker": "t",
            "configuration": {"log": "l", "site": "1"},
        },
        'Other code sends hit 1, "a > g" (touch), with tracker t, not tagged.': {
            "event": "hit",
            "hit": 1,
            "tracker": "t",
            "name": "g",
            "chapters": ["a"],
            "action": "touch",
            "bg": "",
            "by": "other",
        },
        "a#1 is next, of a#1, b#2.": {"event": "choice", "of": ["a#1", "b#2"], "took": "a#1"},
        "Nothing more happens.": {"event": "over", "open": []},
        "Nothing more happens; still open: background task 1, 2.": {"event": "over", "open": [1, 2]},
        "The app crashes: SIGILL.": {"event": "crash", "signal": "SIGILL"},
        "The app crashes: SIGILL: why.": {"event": "crash", "signal": "SIGILL", "place": "a:1", "reason": "why\nhow"},
    }
    assert list(told) == [at.sentence(at_main | event) for event in told.values()]


def test_a_sentence_is_said_in_each_language_of_people() -> None:
    """The variants too."""
    event = {"t": 0, "on": "background", "from": 1, "event": "complete", "call": 2, "result": "newData"}
    assert at.sentence(event, "fr") == (
        "L\u2019application appelle le completion handler du fetch 2\u00a0: newData, hors du thread principal."
    )
