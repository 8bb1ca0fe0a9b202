"""P03: a completion handler, or a task, that is told never, not on every path, or twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from atgen.doctor import calls, threads
from atgen.doctor.calls import Obligation
from atgen.doctor.findings import Mark
from atgen.doctor.paths import Effects, Flow, Paths, Timing, TooManyPathsError
from atgen.doctor.rules.rule import Rule, Settings
from atgen.doctor.tree import (
    Assign,
    Bind,
    Call,
    Closure,
    Function,
    Loop,
    Member,
    Name,
    Switch,
    mentions,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Reading


# Two branches that could have told it may be each other's opposite.
_UNSURE = 2
# What stands on a page for code that is not shown.
_HERE_IS_MORE = re.compile(rb"^[ \t]*(?:// ?)?(?:\.\.\.|\xe2\x80\xa6)|\bmore_", re.MULTILINE)


class Told(NamedTuple):
    """How often it was told; whether that is out of sight; how many branches could have told it; if in doubt."""

    times: int = 0
    escaped: bool = False
    skipped: int = 0
    in_doubt: bool = False

    @property
    def is_dealt_with(self) -> bool:
        """Told, or handed to somebody who may."""
        return self.times > 0 or self.escaped


class _Telling(Effects[Told]):
    """Counts what tells; `twice` collects the places that do it a second time."""

    def __init__(
        self, reading: Reading, names: set[str], *, is_task: bool, is_one_of: bool = False, site: Call | None = None
    ) -> None:
        self.reading = reading
        self.is_one_of = is_one_of
        self.names = names
        self.is_task = is_task
        self.site = site
        self.twice: dict[int, Call] = {}
        self.told: list[Call] = []

    def call(self, call: Call, value: Told) -> Told | None:
        if not self._tells(call):
            return value
        self.told.append(call)
        if value.times and not value.in_doubt and not value.escaped:
            place = self.site or call
            self.twice[place.start] = place
        return value._replace(times=min(value.times + 1, 2))

    def _tells(self, call: Call) -> bool:
        if self.is_task:
            return calls.completes(call) and isinstance(call.base, Name) and call.base.text in self.names
        return isinstance(call.callee, Name) and call.callee.text in self.names

    def name(self, name: Name, value: Told) -> Told:
        return value._replace(escaped=True) if name.text in self.names else value

    def base(self, name: Name, value: Told) -> Told:
        return value if self.is_task else self.name(name, value)

    def bound(self, bind: Bind, value: Told) -> Told:
        if isinstance(bind.value, Name) and bind.value.text in self.names:
            self.names.add(bind.name)
        return value

    def case(self, switch: Switch, value: Told) -> Told:
        if len(switch.subject) == 1 and isinstance(switch.subject[0], Name) and switch.subject[0].text in self.names:
            self.names |= switch.names
        return value

    def ignores(self, assign: Assign) -> bool:
        return self.is_task and isinstance(assign.target, Member) and assign.target.name == "expirationHandler"

    def assign(self, assign: Assign, value: Told) -> Told:
        """Another value in the variable: nobody can say any more what is told."""
        if isinstance(assign.target, Name) and assign.target.text in self.names:
            return value._replace(escaped=True)
        return value

    def closure(self, call: Call | None, closure: Closure | Function, value: Told) -> tuple[Told, Timing]:
        if call is not None and call.name == "setExpirationHandler":
            return value, Timing.UNKNOWN
        if not self._concerns(closure):
            return value, Timing.UNKNOWN
        if closure.broken:
            return value._replace(escaped=True), Timing.UNKNOWN
        timing = threads.run(self.reading, call, closure).timing
        if call is not None and calls.begins(call):
            timing = Timing.UNKNOWN
        return (value, timing) if timing is not Timing.UNKNOWN else (value._replace(escaped=True), timing)

    def _concerns(self, closure: Closure | Function) -> bool:
        names = self.names - {each.name for each in closure.parameters}
        # A local closure that tells is as good as the handler.
        for name, local in self.local.items():
            if local is not closure and any(True for each in self.names for _ in mentions(each, *(local.body or ()))):
                names.add(name)
        return any(True for name in names for _ in mentions(name, *(closure.body or ())))

    def entered(self, value: Told) -> Told:
        return value._replace(in_doubt=True) if value.times else value

    def perhaps(self, value: Told) -> Told:
        return value._replace(skipped=_UNSURE)

    def left(self, before: Told, after: list[list[Told]]) -> list[list[Told]]:
        """A branch that did not tell what another one did has skipped it; a doubt ends with the branch."""
        dealt = any(each.is_dealt_with and not before.is_dealt_with for values in after for each in values)
        all_go_on = all(after)

        def mended(value: Told) -> Told:
            if dealt and not value.is_dealt_with:
                value = value._replace(skipped=max(value.skipped, min(before.skipped + 1, _UNSURE)))
            return (
                value._replace(in_doubt=before.in_doubt or (not all_go_on and bool(value.times)))
                if value.times
                else value
            )

        return [[mended(value) for value in values] for values in after]

    def looped(self, before: Told, after: Told) -> Told:
        return after._replace(escaped=True) if after != before and after.times > before.times else after

    def always(self, condition: str) -> bool | None:
        """A handler or a task is there; and it is of its own kind, unless it is one of several."""
        kind = "" if self.is_one_of else r"(?: as\? [\w.]+)?"
        for name in map(re.escape, self.names):
            if re.fullmatch(rf"(?:(?:let|var) )?(?:\w+ = )?{name}{kind}|{name} != ?(?:nil|NULL)", condition):
                return True
            if re.fullmatch(rf"!\s*{name}|{name} == ?(?:nil|NULL)", condition):
                return False
        return None

    def into(self, call: Call, function: Function) -> Effects[Told] | None:
        """A function that gets the handler is walked through; one that has nothing to do with it is not."""
        names = {
            parameter.name
            for parameter, argument in zip(function.parameters, call.arguments, strict=False)
            if isinstance(argument.value, Name) and argument.value.text in self.names
        }
        # What a task is handed to and has no statement yet is a place to fill in: data may never come.
        if not names or (self.is_task and not function.body):
            return None
        return self._at(call, names)

    def within(self, call: Call) -> Effects[Told]:
        return self._at(call, self.names)

    def _at(self, call: Call, names: set[str]) -> _Telling:
        """The same for what a call runs, at the place of the outermost call."""
        site = self.site or call
        inner = _Telling(self.reading, names, is_task=self.is_task, is_one_of=self.is_one_of, site=site)
        inner.twice, inner.told = self.twice, self.told
        return inner


def _find(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    handed = {each for each, found in reading.callers.items() if found}
    for function in reading.functions:
        for parameter in function.parameters:
            is_entry = parameter.label in calls.FETCH_LABELS
            if function.broken or (
                reading.source.is_page and _HERE_IS_MORE.search(reading.data, function.start, function.end)
            ):
                continue
            if calls.is_handler(parameter) and (is_entry or id(function) not in handed):
                told = Obligation(parameter.name, parameter.start, False, parameter.name, function)
                yield from _judge(reading, told, may_be_never=is_entry)
            elif calls.is_task(parameter) and id(function) not in handed:
                told = Obligation(parameter.name, function.place, True, parameter.name, function)
                yield from _judge(reading, told, may_be_never=function.name.startswith("handle"))
            elif calls.is_watch_tasks(parameter):
                yield from _watch(reading, function, parameter.name)
    for call, closure in calls.registered(reading):
        name = closure.parameters[0].name if closure.parameters else "$0"
        if not closure.broken:
            yield from _judge(reading, Obligation(name, call.start, True, name, closure), may_be_never=True)


def _judge(reading: Reading, told: Obligation, *, may_be_never: bool) -> Iterator[Mark]:
    telling = _Telling(reading, {told.name}, is_task=told.is_task)
    try:
        flow = Paths(reading, telling, (told.of,) if isinstance(told.of, Function) else ()).walk(
            told.of.body or (), Told()
        )
    except TooManyPathsError:
        return
    yield from _said(reading, told, flow, telling, may_be_never=may_be_never)


def _said(
    reading: Reading, told: Obligation, flow: Flow[Told], telling: _Telling, *, may_be_never: bool
) -> Iterator[Mark]:
    del reading
    what = f"the task {told.label}" if told.is_task else f"the completion handler {told.label}"
    done = "completed" if told.is_task else "called"
    ends = [*flow.normal, *flow.exits.get("return", {}), *flow.exits.get("throw", {}), *flow.exits.get("continue", {})]
    values = [each.value for each in ends]
    lacking = [value for value in values if not value.is_dealt_with]
    width = len(told.label) if not told.is_task else 1
    if values and len(lacking) == len(values) and not telling.told:
        if may_be_never:
            yield Mark(told.place, told.place + width, f"{what} is never {done}")
    elif any(value.skipped < _UNSURE for value in lacking):
        yield Mark(told.place, told.place + width, f"{what} is not {done} on every path")
    for call in telling.twice.values():
        yield Mark(call.start, call.end, f"{what} is {done} twice on one path")


def _watch(reading: Reading, function: Function, name: str) -> Iterator[Mark]:
    """Each of the tasks that watchOS hands over has to be completed."""
    body = function.body or ()
    if not any(True for _ in mentions(name, *body)):
        yield Mark(function.place, function.place + 1, f"the tasks in {name} are never completed")
        return
    for node in within(*body):
        loop: Loop | Closure | None = None
        if isinstance(node, Loop) and any(isinstance(head, Name) and head.text == name for head in node.heads):
            loop, names = node, node.names
        elif (
            isinstance(node, Call) and node.name == "forEach" and isinstance(node.base, Name) and node.base.text == name
        ):
            loop = next(node.closures(), None)
            names = tuple(each.name for each in loop.parameters) or ("$0",) if loop else ()
        if loop is None or not names:
            continue
        telling = _Telling(reading, {names[0]}, is_task=True, is_one_of=True)
        try:
            flow = Paths(reading, telling, (function,)).walk(loop.body, Told())
        except TooManyPathsError:
            return
        told = Obligation(names[0], function.place, True, names[0], function)
        yield from _said(reading, told, flow, telling, may_be_never=True)


RULES = (Rule("P03", _find),)
