"""A recorded trace as a timeline: which lane each event leaves and reaches, and where everything is drawn.

Time runs downwards, and only order has length: what happens at one moment stands line by line, and time in which
nothing happens is one short gap. Coordinates are whole, in units of the drawing, which is as wide as a phone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from atgen.case.code import Code
from atgen.case.vocabulary import texts
from atgen.gallery.once import Drawing, Mark, Use
from atgen.reference import sentence
from atgen.reference.events import EVENTS
from atgen.resources import TRACE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from atgen.gallery.once import Once
    from atgen.reference import Event
    from atgen.reference.events import Participant

LANES = {"system": 65, "app": 153, "tracker": 241, "collector": 319}
WIDTH = 360
_TOP = 34
_ROW = 30
_GAP = 40
_BEFORE_CALL = 8
# The height of the key, of three lines.
_KEY = 70
_MARGIN = 3
# A label's letter, generously: the widest of the fonts that systems have.
_LETTER = 7
# What begins and what ends a stretch of time: that which the system gives the app, or that which the app's work takes; and
# the field that says which of several.
_BEGINS = {
    "fetch": ("call", "call"),
    "push": ("call", "call"),
    "run": ("call", "call"),
    "begin": ("call", "task"),
    "work": ("work", "work"),
}
_ENDS = {"complete": ("call", "call"), "end": ("call", "task"), "done": ("work", "work")}


class Line(NamedTuple):
    """One event, in words, and its mark, which is to be `y` below the top."""

    time: str
    on: str
    way: str
    sentence: str
    mark: Mark
    y: int


class Box(NamedTuple):
    """A rectangle."""

    x: int
    y: int
    width: int
    height: int


class Stretch(NamedTuple):
    """First and last event's index, None while it lasts, and how many of its kind were under way when it began."""

    kind: str
    first: int
    last: int | None
    beside: int


class Tick(NamedTuple):
    """A moment on the axis."""

    text: str
    y: int


class Lane(NamedTuple):
    """A lane and its title."""

    title: str
    x: int


class Timeline(NamedTuple):
    """A trace, drawn and as rows.

    `bands` are where the tracker marks hits, `bars` where the system waits for the app, `waits` for how many seconds, and
    `works` where the app's work is under way; `height` is with the key below.
    """

    bottom: int
    height: int
    lines: tuple[Line, ...]
    bands: tuple[Box, ...]
    bars: tuple[Box, ...]
    works: tuple[Box, ...]
    waits: tuple[str, ...]
    ticks: tuple[Tick, ...]
    gaps: tuple[Tick, ...]
    drawing: Drawing

    @property
    def shape(self) -> tuple[object, ...]:
        """What is drawn, and nothing else: for runs of different words it can be the same."""
        return (self.drawing.marks, self.bands, self.bars, self.works, self.ticks, self.gaps)


def lanes(words: Mapping[str, str]) -> list[Lane]:
    """Give the lanes, which all timelines have."""
    return [Lane(words[f"lane_{name}"], x) for name, x in LANES.items()]


def timeline(events: Sequence[Event], words: Mapping[str, str], locale: str, once: Once) -> Timeline:
    """Draw a trace; the words are the page's, in its language."""
    seen = [event for event in events if EVENTS[event["event"]].way]
    marks = {event["hit"]: event["bg"] for event in seen if event["event"] == "hit"}
    lines: list[Line] = []
    tops: list[int] = []
    ticks: list[Tick] = []
    gaps: list[Tick] = []
    y, clock = _TOP, None
    for event in seen:
        if event["t"] != clock:
            if clock is not None:
                gaps.append(Tick(words["later"].format(seconds=f"{event['t'] - clock:g}"), y + _GAP // 2 - 14))
                y += _GAP
            ticks.append(Tick(f"{event['t']:g} s", y + 24))
            clock = event["t"]
        elif lines and _way(event)[0] == "system":
            y += _BEFORE_CALL
        mark = _mark(event, marks, locale)
        lines.append(
            Line(
                time=f"{event['t']:g} s",
                on=words[f"on_{event['on']}"],
                way=" → ".join(words[f"lane_{name}"] for name in dict.fromkeys(_way(event))),
                sentence=sentence(event, locale),
                mark=mark,
                y=y,
            )
        )
        tops.append(y)
        y += _ROW
    bottom = y + 6
    stretches = _stretches(seen)
    calls = [stretch for stretch in stretches if stretch.kind == "call"]
    works = [stretch for stretch in stretches if stretch.kind == "work"]
    return Timeline(
        bottom=bottom,
        height=bottom + _KEY,
        lines=tuple(lines),
        bands=tuple(_bands(seen, tops, bottom)),
        bars=tuple(_bar(call, 8 * call.beside, tops, bottom) for call in calls),
        works=tuple(_bar(work, -8 * (work.beside + 1), tops, bottom) for work in works),
        waits=tuple(f"{seen[call.last]['t'] - seen[call.first]['t']:g}" for call in calls if call.last is not None),
        ticks=tuple(ticks),
        gaps=tuple(gaps),
        drawing=Drawing(tuple(Use(once.mark(line.mark), line.y) for line in lines)),
    )


def _way(event: Event) -> tuple[Participant, ...]:
    return EVENTS[event["event"]].way


def _mark(event: Event, marks: Mapping[int, str], locale: str) -> Mark:
    source, target = _way(event)
    text = _label(event, marks, locale)
    start, stop = LANES[source], LANES[target]
    left, baseline = min(start, stop) + 8, 14
    if start == stop:
        path = Code(f"M{start - 4} 20a4 4 0 1 1 8 0a4 4 0 1 1 -8 0Z")
        left, baseline = start + 10, 24
    else:
        ahead = 1 if stop > start else -1
        tip = stop - 2 * ahead
        path = Code(f"M{start + 3 * ahead} 20H{tip}M{tip - 7 * ahead} 16L{tip} 20L{tip - 7 * ahead} 24")
    text = _cut(text, (WIDTH - _MARGIN - min(left, LANES["app"])) // _LETTER)
    is_last = left + len(text) * _LETTER > WIDTH - _MARGIN
    return Mark(
        kind=Code(_kind(source, target)),
        path=path,
        label=text,
        anchor=Code("end" if is_last else "start"),
        x=WIDTH - _MARGIN if is_last else left,
        y=baseline,
    )


def _kind(source: str, target: str) -> str:
    if target == "collector":
        return "out"
    return "dot" if source == target else "call" if source == "system" else ""


def _label(event: Event, marks: Mapping[int, str], locale: str) -> str:
    name = event["event"]
    fields = dict(event)
    if name == "sent" and marks.get(event["hit"]):
        name, fields = "sent_marked", {**event, "bg": marks[event["hit"]]}
    if name == "told":
        fields["method"] = event["method"].partition(":")[0]
    return texts(locale, TRACE)[f"label_{name}"].format_map(fields)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _bands(events: Sequence[Event], tops: Sequence[int], bottom: int) -> Iterable[Box]:
    """Give the stretches in which some tracker's mode is not normal."""
    marking: dict[str, int] = {}
    for event, y in zip(events, tops, strict=True):
        if event["event"] != "mode":
            continue
        top = marking.pop(event["tracker"], None)
        if top is not None:
            yield _box(LANES["tracker"], 18, top, y)
        if event["mode"] != "normal":
            marking[event["tracker"]] = y
    for top in marking.values():
        yield _box(LANES["tracker"], 18, top, bottom)


def _stretches(events: Sequence[Event]) -> list[Stretch]:
    """Find what lasts from one event to another."""
    found: list[Stretch] = []
    open_: dict[tuple[str, str, object], int] = {}
    for index, event in enumerate(events):
        name = event["event"]
        if name in _BEGINS:
            kind, field = _BEGINS[name]
            beside = sum(of == kind for of, _, _ in open_)
            open_[kind, field, event[field]] = len(found)
            found.append(Stretch(kind, index, None, beside))
        elif name in _ENDS:
            kind, field = _ENDS[name]
            if (number := open_.pop((kind, field, event[field]), None)) is not None:
                found[number] = found[number]._replace(last=index)
    return found


def _bar(stretch: Stretch, aside: int, tops: Sequence[int], bottom: int) -> Box:
    return _box(LANES["app"] + aside, 6, tops[stretch.first], bottom if stretch.last is None else tops[stretch.last])


def _box(center: int, width: int, top: int, bottom: int) -> Box:
    return Box(center - width // 2, top + 20, width, max(bottom - top, 8))
