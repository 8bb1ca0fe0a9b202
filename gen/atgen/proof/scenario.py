"""Scenarios: what the outside does and may do while generated code runs, as YAML files beside this package."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atgen.case import yamltree
from atgen.case.axes import ENTRIES, entry_kind
from atgen.case.model import Action, EntryKind, Framework, HitKind, Mode, Scope
from atgen.case.schema import Choice, Items, Key, Record, Report, Text, Whole, at, nearest, one_of
from atgen.case.text import shown
from atgen.case.vocabulary import vocabulary
from atgen.errors import Problem, SpecError
from atgen.reference import Outside, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from atgen.case.model import Described, Hit, Platform
    from atgen.case.yamltree import Node

# The orders of so many cases are all tried; of more, a schedule departs at most so often from the default order.
ALL, MOST = 2, 2
SCENARIOS = Path(__file__).resolve().parent / "scenarios"


@dataclass(frozen=True)
class Scenario:
    """What the outside does, for which cases, and how many schedules are tried at most.

    Its entries are all of one framework, which calls the app; where there is `beside`, it is for apps that are called in one
    of these ways, too.
    `deviations`, where it is not None, also leaves out schedules that depart more often from the default order.
    """

    name: str
    summary: str
    entries: tuple[EntryKind, ...]
    trackers: tuple[Scope, ...]
    outside: Outside
    bound: int
    deviations: int | None = None
    beside: tuple[EntryKind, ...] = ()

    def applies(self, described: Described, platform: Platform) -> bool:
        """Say whether the scenario is played with a case, or an app for one of its cases, on a platform."""
        kinds = [entry_kind(case, platform) for case in described.cases]
        scopes = {kind: case.scope for kind, case in zip(kinds, described.cases, strict=True)}
        is_played = any(kind in self.entries and scope in self.trackers for kind, scope in scopes.items())
        return is_played and (not self.beside or not {*kinds}.isdisjoint(self.beside))

    def played_with(self, described: Described) -> Scenario:
        """Take the SDK: one that tells nothing instead of a build builds every hit (specs/sdk).

        An app of more than two cases has more orders than are tried: there a scenario departs little from the default order.
        What other code sends with a dedicated tracker differs from the case's own hit in one thing alone.
        """
        told = vocabulary(described.sdk).words["python"]["instead_of_build"]
        deviations = self.deviations
        if len(described.cases) > ALL:
            deviations = MOST if deviations is None else min(deviations, MOST)
        steps = _alike(self.outside.steps, described.cases[0].hit)
        return replace(self, outside=replace(self.outside, steps=steps, builds_all=not told), deviations=deviations)

    def left_at_once(self) -> Scenario:
        """Let the person leave the app as soon as it is launched: some ask only then for a task's next run."""
        launch, *steps = self.outside.steps
        if next((step.do for step in steps if step.do in {"background", "run_task"}), "") == "background":
            return self
        opened = [Step("foreground")] if self.outside.woken else []
        return replace(self, outside=replace(self.outside, steps=(launch, *opened, Step("background"), *steps)))

    def on_time(self) -> Scenario:
        """Let no block wait while time goes by: when another queue than the main one has time, code need not provide for."""
        return replace(self, outside=replace(self.outside, on_time=True))

    def of_one_scene(self) -> Scenario:
        """Let no other scene go: an app whose Info.plist supports one has no other."""
        steps = tuple(step for step in self.outside.steps if step.do != "scene_background")
        return replace(self, outside=replace(self.outside, steps=steps))

    def as_json(self) -> dict[str, Any]:
        """Write the scenario as the other languages' hosts read it."""
        return {
            "name": self.name,
            "summary": self.summary,
            "entries": [entry.value for entry in self.entries],
            "trackers": [tracker.value for tracker in self.trackers],
            "system": self.outside.system,
            "scenes": self.outside.scenes,
            "eager": self.outside.eager,
            "woken": self.outside.woken,
            "refuses": self.outside.refuses,
            "weak_delegate": self.outside.weak_delegate,
            "on_time": self.outside.on_time,
            "stored": self.outside.stored,
            "network": list(self.outside.network),
            "work": list(self.outside.work),
            "parts": self.outside.parts,
            "privacy": self.outside.privacy,
            "global_tracker": dict(self.outside.global_tracker),
            "expirations": self.outside.expirations,
            "bound": self.bound,
            "deviations": self.deviations,
            "steps": [
                said
                for step in self.outside.steps
                for said in (*[_REST] * step.in_turn, {step.do: step.value} if step.value else step.do)
            ],
        }


def load_all(folder: Path = SCENARIOS) -> list[Scenario]:
    """Load all scenarios, by name; SpecError with the problems of all of them."""
    scenarios: list[Scenario] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            scenarios.append(load(path))
        except SpecError as error:  # noqa: PERF203 - every file's problems are told
            problems += error.problems
    if problems:
        raise SpecError(problems)
    return scenarios


def load(path: Path) -> Scenario:
    """Load one scenario; SpecError with all that is wrong in it."""
    return parse(yamltree.read(path), str(path))


def parse(data: bytes, file: str) -> Scenario:
    """Build the scenario that a file's bytes describe; the stem of its path is the scenario's name."""
    report = Report(file)
    root = yamltree.parse(data, file)
    values = _SCENARIO.check(root, "", report)
    if values is not None:
        _check_steps(root, values, report)
    if report.problems or values is None:
        raise SpecError(report.problems)
    cases = values["cases"]
    [framework] = _frameworks(cases["entries"])
    outside = Outside(
        steps=tuple(_in_turn(values["steps"])),
        network=tuple(outcome.value for outcome in values.get("network", (_Outcome.SENT,))),
        work=tuple(ending.value for ending in values.get("work", (_Ending.AT_ONCE,))),
        stored=values.get("stored", 0),
        parts=values.get("parts", 1),
        privacy=values.get("privacy", _Privacy.NONE).value,
        global_tracker=tuple((key, value.value) for key, value in (values.get("global_tracker") or {}).items()),
        expirations=values.get("expirations") is _YesNo.YES,
        system=framework.value,
        scenes=values.get("scenes") is _YesNo.YES,
        eager=values.get("eager") is _YesNo.YES,
        woken=values.get("woken") is _YesNo.YES,
        refuses=values["refuses"].value if values.get("refuses") else "",
        weak_delegate=values.get("weak_delegate") is _YesNo.YES,
    )
    return Scenario(
        name=Path(file).stem,
        summary=" ".join(values["summary"].split()),
        entries=cases["entries"],
        trackers=cases["trackers"],
        beside=cases.get("beside", ()),
        outside=outside,
        bound=values["bound"],
        deviations=values.get("deviations"),
    )


class _Outcome(Enum):
    SENT = "sent"
    FAILED = "failed"
    OFFLINE = "offline"
    HANG = "hang"
    UNSAVED = "unsaved"
    OPTED_OUT = "opted_out"
    USER_AGENT = "user_agent"
    REFUSED = "refused"
    NOT_RESENT = "not_resent"


class _Ending(Enum):
    AT_ONCE = "at_once"
    DONE = "done"
    DONE_ON_MAIN = "done_on_main"
    DONE_TWICE = "done_twice"
    DONE_FAILED = "done_failed"
    NEVER = "never"


class _Privacy(Enum):
    NONE = "none"
    OPT_IN = "optIn"
    OPT_OUT = "optOut"
    NO_CONSENT = "noConsent"
    EXEMPT = "exempt"
    CUSTOM = "custom"


class _Storage(Enum):
    NEVER = "never"
    REQUIRED = "required"
    ALWAYS = "always"


class _Plugins(Enum):
    TV_TRACKING = "tvtracking"


class _YesNo(Enum):
    YES = "true"
    NO = "false"


class _Request(Enum):
    FIRST = "first"
    OTHERS = "others"


class _Refresh(Enum):
    WITH_SNAPSHOT = "with_snapshot"
    WITH_DATA = "with_data"
    WITH_MESSAGE = "with_message"


class _Delegate(Enum):
    TAKEN = "taken"
    GIVEN_BACK = "given_back"
    WARNED = "warned"


# No step of its own: the one that follows waits until all that was set in motion is over, and then a day.
_REST = "rest"
# The steps that only one framework takes.
_FRAMEWORKS = {
    "push": Framework.UIKIT,
    "fetch": Framework.UIKIT,
    "scene_background": Framework.UIKIT,
    "run_task": Framework.UIKIT,
    "refresh": Framework.WATCHKIT,
}


class _Steps(Text):
    """One step: a word, or one of two keys with its value; the check returns both in one text."""

    _ALONE = ("launch", *_FRAMEWORKS, "background", "foreground", "look", _REST)
    _KEYS = Record(
        {
            "hit": Key(Text(100), "Other code sends a touch of that name with the global tracker."),
            "mode": Key(Choice(Mode), "Other code sets that mode, sends a hit, and sets the mode back."),
            "dedicated_hit": Key(Text(100), "Other code sends a touch of that name with each dedicated tracker."),
            "delegate": Key(
                Choice(_Delegate),
                "Other code takes the delegate's slot of the case's tracker, gives it back, or has the tracker warn of a setting.",
            ),
            "refresh": Key(Choice(_Refresh), "The system hands over a refresh task, and others before or after it."),
        }
    )

    def words(self) -> str:
        """Say what is allowed."""
        return one_of([*self._ALONE, "{KEY: VALUE} with " + ", ".join(self._KEYS.keys)])

    def check(self, node: Node, path: str, report: Report) -> str | None:
        """Return the step's word, a space and its value."""
        if isinstance(node, yamltree.Scalar):
            if node.text in self._ALONE:
                return node.text
            report.add(node, path, f"{shown(node.text)} is not {self.words()}{nearest(node.text, self._ALONE)}")
        elif isinstance(node, yamltree.Mapping) and len(node.entries) == 1:
            values = self._KEYS.check(node, path, report) or {}
            for key, value in values.items():
                if value is not None:
                    return f"{key} {getattr(value, 'value', value)}"
        else:
            report.add(node, path, f"expected {self.words()}")
        return None


_SCENARIO = Record(
    {
        "summary": Key(Text(lines=True), "What happens, in a sentence or two.", required=True),
        "cases": Key(
            Record(
                {
                    "entries": Key(
                        Items(Choice(EntryKind), len(EntryKind), distinct=True),
                        "How the system calls them; all by one framework.",
                        required=True,
                    ),
                    "trackers": Key(
                        Items(Choice(Scope), len(Scope), distinct=True), "The kinds of trackers.", required=True
                    ),
                    "beside": Key(
                        Items(Choice(EntryKind), len(EntryKind), distinct=True),
                        "For apps only: how the system calls another case of the app.",
                    ),
                }
            ),
            "Which cases the scenario is played with.",
            required=True,
        ),
        "scenes": Key(Choice(_YesNo), "Whether the app has scenes, and its delegate hears less; false by default."),
        "woken": Key(
            Choice(_YesNo),
            "Whether the system launches the app into the background, with launch options; false by default.",
        ),
        "refuses": Key(
            Choice(_Request),
            "Which requests of BackgroundTasks are refused: the first, or all others; none by default.",
        ),
        "eager": Key(
            Choice(_YesNo),
            "Whether the SDK's idle queue builds a hit before the statement that sends it is over; false by default.",
        ),
        "weak_delegate": Key(
            Choice(_YesNo),
            "Whether a tracker does not keep its delegate alive, as in SDK 2.16.0, and the app's own has no method; false by default.",
        ),
        "network": Key(
            Items(Choice(_Outcome), len(_Outcome), distinct=True),
            "What can become of a hit; only `sent` by default. `refused`: its tracker's configuration is not complete;"
            " `not_resent`: a hit stored before cannot leave.",
        ),
        "work": Key(
            Items(Choice(_Ending), len(_Ending), distinct=True),
            "How the app's own work can end; only `at_once` by default, which goes with no other.",
        ),
        "parts": Key(Whole(1, 9, "URLs"), "Into how many URLs a hit is cut; one by default."),
        "privacy": Key(Choice(_Privacy), "The visitor's mode; none by default."),
        "global_tracker": Key(
            Record(
                {
                    "storage": Key(Choice(_Storage), "Whether it keeps hits that cannot leave; never by default."),
                    "plugins": Key(
                        Choice(_Plugins), "A partner that the older SDK asks before it builds the first hit."
                    ),
                }
            ),
            "What the app's own configuration sets for the global tracker.",
        ),
        "stored": Key(Whole(0, 9, "hits"), "How many hits of another tracker lie in storage; none by default."),
        "expirations": Key(Choice(_YesNo), "Whether an open background task may expire; false by default."),
        "bound": Key(Whole(1, 100_000, "schedules"), "How many schedules are tried at most.", required=True),
        "deviations": Key(
            Whole(0, 99, "deviations"),
            "How often a schedule may depart from the default order; no limit by default: set where there are too many.",
        ),
        "steps": Key(
            Items(_Steps(), 20),
            "What the outside does, in this order; `rest`: a day after all that was set in motion is over.",
            required=True,
        ),
    }
)


def _in_turn(texts: Sequence[str]) -> Iterator[Step]:
    """Give the steps, each of which knows whether there is a rest before it."""
    for before, text in zip(("", *texts), texts, strict=False):
        do, _, value = text.partition(" ")
        if do != _REST:
            yield Step(do, value, in_turn=before == _REST)


def _alike(steps: tuple[Step, ...], hit: Hit) -> tuple[Step, ...]:
    """Let other code's hits be as like the case's own as they can be: the first has its name, those that follow its action.

    And their names begin with its own, since code may look for a part of it.
    """
    if hit.action == Action.TOUCH.value:
        return steps
    name = hit.page or hit.name
    action = hit.action if hit.kind is HitKind.GESTURE else Action.TOUCH.value
    found = [index for index, step in enumerate(steps) if step.do == "dedicated_hit"]
    values = {at: f"{name}s as {action}" if number else f"{name} as touch" for number, at in enumerate(found)}
    return tuple(step._replace(value=values.get(index, step.value)) for index, step in enumerate(steps))


def _check_steps(root: Node, values: dict[str, Any], report: Report) -> None:
    steps = values.get("steps")
    if not re.fullmatch(r"[a-z0-9_]{1,64}\.yaml", Path(report.file).name):
        name = shown(Path(report.file).name)
        message = f"{name} is not a scenario's file name: lower-case letters, digits and _, and then .yaml"
        report.problems.append(Problem(report.file, 1, 1, message))
    if steps is not None and (steps[0] != "launch" or steps.count("launch") != 1):
        report.add(at(root, "steps"), "steps", "launch comes first, and once: without it there is no app")
    if steps is not None and any(pair in {(_REST, _REST), (_REST, "")} for pair in pairwise((*steps, ""))):
        report.add(at(root, "steps"), "steps", "rest stands before a step, which waits")
    cases = values.get("cases") or {}
    if not cases.get("entries"):
        return
    first, *others = _frameworks((*cases["entries"], *(cases.get("beside") or ())))
    if others:
        message = f"are of {' and '.join(each.value for each in (first, *others))}; name those of one framework"
        report.add(at(root, "cases", "entries"), "cases.entries", message)
        return
    for word in sorted({text.partition(" ")[0] for text in steps or ()}):
        if word in _FRAMEWORKS and _FRAMEWORKS[word] is not first:
            report.add(at(root, "steps"), "steps", f"{first.value} knows no {word}")
    work = values.get("work") or ()
    if _Ending.AT_ONCE in work and len(work) > 1:
        report.add(
            at(root, "work"), "work", "at_once is no choice: work that ends at once has ended before there is one"
        )
    if values.get("scenes") is _YesNo.YES and first is Framework.WATCHKIT:
        report.add(at(root, "scenes"), "scenes", "are UIKit's: leave the key out, or name entries of UIKit")


def _frameworks(entries: tuple[EntryKind, ...]) -> list[Framework]:
    return [*dict.fromkeys(ENTRIES[entry].framework for entry in entries)]
