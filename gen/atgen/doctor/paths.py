"""What may have happened by the time a path through a function ends: a walk over its statements, with all branches.

A path's state is what an `Effects` makes of the calls on it, with the conditions that it has taken: two branches on the
same condition are not taken in contradiction. Functions of the same file are walked through where they are called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from atgen.doctor.source import Reading, variable
from atgen.doctor.tree import (
    Assign,
    Bind,
    Call,
    Closure,
    Defer,
    Exit,
    Function,
    If,
    Loop,
    Member,
    Name,
    Nil,
    Node,
    Switch,
    Text,
    Try,
    Type,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Value = TypeVar("Value")
_ENDS = frozenset({"fatalError", "preconditionFailure", "abort", "exit", "NSAssertionHandler"})
# What shows something to a person, and does nothing with it.
LOGS = frozenset({"print", "debugPrint", "dump", "NSLog", "os_log", "DDLogInfo", "DDLogDebug", "assert", "NSAssert"})
# An object that asks whether it is there, or whether the system is new enough: what it does if not is not worth a word.
_HOLDS = re.compile(
    r"#available\(.*\)|(?:(?:let|var) )?(?:\w+ = )?(?:self|weakSelf|strongSelf|wself|sself)(?: = self)?|\(?self = \[.*\]\)?|self != nil"
)
_CONSTANTS = {"true": True, "YES": True, "false": False, "NO": False}
_MOST = 256
_DEEPEST = 4


class Timing(Enum):
    """When a closure that is handed to a call runs, seen from the call."""

    NOW = "now, once"
    SOON = "once, in a later turn"
    LATER = "once, some time later"
    UNKNOWN = "nobody can say"


@dataclass(frozen=True)
class State(Generic[Value]):
    """What a path has done, and which conditions it has taken."""

    value: Value
    taken: frozenset[tuple[str, bool]] = frozenset()


States = dict[State[Value], None]
"""An ordered set."""


class Flow(Generic[Value]):
    """How a body is left: at its end, or by `return`, `throw`, `break`, `continue`."""

    def __init__(self, normal: States[Value]) -> None:
        self.normal = normal
        self.exits: dict[str, States[Value]] = {}

    def leave(self, kind: str, states: Iterable[State[Value]]) -> None:
        """Add states that leave so."""
        self.exits.setdefault(kind, {}).update(dict.fromkeys(states))

    def take(self, other: Flow[Value], *, but: tuple[str, ...] = ()) -> None:
        """Add another body's ways out."""
        for kind, states in other.exits.items():
            if kind not in but:
                self.leave(kind, states)


class TooManyPathsError(Exception):
    """More than anybody could follow: nothing is said."""


class Effects(Generic[Value]):
    """What a rule makes of what runs; each method gives the value after, or None where the path ends.

    `local` are the closures and functions that the body has names for.
    """

    local: dict[str, Closure | Function]

    def call(self, call: Call, value: Value) -> Value | None:
        """A call has been made, after its arguments."""
        del call
        return value

    def name(self, name: Name, value: Value) -> Value:
        """A variable is read, but not called."""
        del name
        return value

    def base(self, name: Name, value: Value) -> Value:
        """A variable is what a member or a method is looked up in."""
        return self.name(name, value)

    def case(self, switch: Switch, value: Value) -> Value:
        """A switch over a variable begins."""
        del switch
        return value

    def ignores(self, assign: Assign) -> bool:
        """Whether what is assigned is no part of any path."""
        del assign
        return False

    def assign(self, assign: Assign, value: Value) -> Value:
        """Something has been assigned."""
        del assign
        return value

    def other(self, node: Node, value: Value) -> Value:
        """An operator has run, `await` among them."""
        del node
        return value

    def bound(self, bind: Bind, value: Value) -> Value:
        """A variable has been declared."""
        del bind
        return value

    def closure(self, call: Call | None, closure: Closure | Function, value: Value) -> tuple[Value, Timing]:
        """A closure has been handed to a call, or kept; unknown ones are not walked through."""
        del call, closure
        return value, Timing.UNKNOWN

    def inside(self, value: Value, timing: Timing) -> Value:
        """A closure begins that runs later."""
        del timing
        return value

    def outside(self, before: Value, after: Value) -> Value:
        """The code after a closure that runs later goes on."""
        del before
        return after

    def entered(self, value: Value) -> Value:
        """A branch has been taken that might not have been."""
        return value

    def perhaps(self, value: Value) -> Value:
        """A path goes on that may not exist."""
        return value

    def left(self, before: Value, after: list[list[Value]]) -> list[list[Value]]:
        """The branches have come together again; the values of each."""
        del before
        return after

    def looped(self, before: Value, after: Value) -> Value:
        """A loop's body has run, who knows how often."""
        del before
        return after

    def always(self, condition: str) -> bool | None:
        """Whether a condition always or never holds."""
        del condition
        return None

    def within(self, call: Call) -> Effects[Value]:
        """What is made of the local closure or function that a call runs."""
        del call
        return self

    def into(self, call: Call, function: Function) -> Effects[Value] | None:
        """What is made of the function that a call runs; None if it is not to be walked through."""
        del call, function
        return None


class Paths(Generic[Value]):
    """Walks through a body; see the module."""

    def __init__(self, reading: Reading, effects: Effects[Value], stack: tuple[Function, ...] = ()) -> None:
        self.reading = reading
        self.effects = effects
        self.stack = stack
        self.local = effects.local = {}
        self._special: dict[type[Node], Callable[[Any, States[Value]], States[Value]]] = {
            Call: self._call,
            Closure: self._kept,
            Bind: self._bind,
            Name: self._name,
            Assign: self._assign,
            Member: lambda node, states: self._base(node.base, states),
            Text: lambda _, states: states,  # what is put into a text does nothing
        }

    def walk(self, body: tuple[Node, ...], value: Value) -> Flow[Value]:
        """All the ways through a body, from its beginning."""
        return self.block(body, {State(value): None})

    def block(self, body: tuple[Node, ...], states: States[Value]) -> Flow[Value]:
        """The statements one after the other."""
        for node in body:
            if isinstance(node, Function):
                self.local[node.name] = node
        flow = Flow(states)
        for index, node in enumerate(body):
            if not flow.normal:
                break
            if isinstance(node, Defer):
                return self._deferred(node, body[index + 1 :], flow)
            self._statement(node, flow)
            if len(flow.normal) > _MOST:
                raise TooManyPathsError
        return flow

    def _deferred(self, node: Defer, rest: tuple[Node, ...], flow: Flow[Value]) -> Flow[Value]:
        after = self.block(rest, flow.normal)
        flow.normal = self.block(node.body, after.normal).normal
        for kind, states in after.exits.items():
            flow.leave(kind, self.block(node.body, states).normal)
        return flow

    def _statement(self, node: Node, flow: Flow[Value]) -> None:
        if isinstance(node, If):
            self._if(node, flow)
        elif isinstance(node, Switch):
            self._switch(node, flow)
        elif isinstance(node, Loop):
            self._loop(node, flow)
        elif isinstance(node, Try):
            self._try(node, flow)
        elif isinstance(node, Exit):
            states = self._all((node.value,) if node.value else (), flow.normal)
            flow.leave(node.kind, states)
            flow.normal = {}
        elif not isinstance(node, (Function, Type)):
            flow.normal = self.expression(node, flow.normal)

    # -- branches --

    def _if(self, node: If, flow: Flow[Value]) -> None:
        states = self._all(node.heads, flow.normal)
        flow.normal = {}
        atom, sign = condition(node.condition)
        always = True if _HOLDS.fullmatch(node.condition) else self.effects.always(node.condition)
        for state in states:
            known = dict(state.taken).get(atom) if always is None else always == sign
            branches = []
            for holds, body in ((True, node.then), (False, node.otherwise)):
                truth = holds == sign
                if known is not None and known != truth:
                    continue
                taken = state.taken | {(atom, truth)} if atom and always is None else state.taken
                value = state.value if known is not None else self.effects.entered(state.value)
                branches.append(self.block(body, {State(value, taken): None}))
            self._join(state, branches, flow)

    def _join(self, before: State[Value], branches: list[Flow[Value]], flow: Flow[Value]) -> None:
        for branch in branches:
            flow.take(branch)
        values = self.effects.left(before.value, [[state.value for state in each.normal] for each in branches])
        for branch, mended in zip(branches, values, strict=True):
            for state, value in zip(branch.normal, mended, strict=True):
                flow.normal[State(value, state.taken)] = None

    def _switch(self, node: Switch, flow: Flow[Value]) -> None:
        states = self._base(node.subject[0], flow.normal) if len(node.subject) == 1 else flow.normal
        states = {State(self.effects.case(node, state.value), state.taken): None for state in states}
        flow.normal = {}
        for state in states:
            entry = {State(self.effects.entered(state.value), state.taken): None}
            branches: list[Flow[Value]] = []
            falling: States[Value] = {}
            for body in node.cases:
                branch = self.block(body, {**entry, **falling})
                falling = {}
                if node.falls:
                    falling, branch.normal = branch.normal, {}
                branch.normal = {**branch.normal, **branch.exits.pop("break", {})}
                branches.append(branch)
            # Without a default there may be a case for every value all the same.
            none = {State(self.effects.perhaps(each.value), each.taken): None for each in entry}
            last: Flow[Value] = Flow({**falling, **({} if node.whole else none)})
            self._join(state, [*branches, last], flow)

    def _loop(self, node: Loop, flow: Flow[Value]) -> None:
        states = self._all(node.heads, flow.normal)
        flow.normal = dict(states)
        for state in states:
            entered = State(self.effects.entered(state.value), state.taken)
            body = self.block(node.body, {entered: None})
            flow.take(body, but=("break", "continue"))
            ends = {**body.normal, **body.exits.get("continue", {}), **body.exits.get("break", {})}
            for end in ends:
                flow.normal[State(self.effects.looped(state.value, end.value), state.taken)] = None

    def _try(self, node: Try, flow: Flow[Value]) -> None:
        if not node.catches and not node.last:
            body = self.block(node.body, flow.normal)
            flow.normal = body.normal
            flow.take(body, but=("break",))
            flow.normal = {**flow.normal, **body.exits.get("break", {})}
            return
        before = flow.normal
        thrown: States[Value] = {}
        # A statement throws, if it does, before its own effects.
        body = Flow(before)
        for statement in node.body:
            if any(getattr(part, "kind", "") == "try" for part in walk(statement)):
                thrown.update(body.normal)
            part = self.block((statement,), body.normal)
            body.normal = part.normal
            body.take(part)
        thrown.update(body.exits.pop("throw", {}))
        entry = thrown or before
        branches = [body, *(self.block(each, self._entered(entry)) for each in node.catches)]
        done: Flow[Value] = Flow({})
        for state in list(before)[:1]:
            self._join(state, branches, done)
        last = self.block(node.last, done.normal)
        flow.normal = last.normal
        flow.take(last)
        for kind, states in done.exits.items():
            flow.leave(kind, self.block(node.last, states).normal)

    def _entered(self, states: States[Value]) -> States[Value]:
        return {State(self.effects.entered(state.value), state.taken): None for state in states}

    # -- expressions --

    def _all(self, nodes: tuple[Node, ...], states: States[Value]) -> States[Value]:
        for node in nodes:
            states = self.expression(node, states)
        return states

    def expression(self, node: Node, states: States[Value]) -> States[Value]:
        """What an expression does, its parts first."""
        if isinstance(node, (If, Switch, Loop, Try, Defer, Exit)):  # as an expression: `let x = switch …`
            flow = self.block((node,), states)
            return {**flow.normal, **flow.exits.get("return", {})}
        special = self._special.get(type(node))
        if special is not None:
            return special(node, states)
        states = self._all(tuple(node.children()), states)
        return {State(self.effects.other(node, state.value), state.taken): None for state in states}

    def _name(self, node: Name, states: States[Value]) -> States[Value]:
        if node.text in self.local:
            return self._kept(self.local[node.text], states)
        return {State(self.effects.name(node, state.value), state.taken): None for state in states}

    def _base(self, node: Node | None, states: States[Value]) -> States[Value]:
        if isinstance(node, Name):
            return {State(self.effects.base(node, state.value), state.taken): None for state in states}
        return self.expression(node, states) if node is not None else states

    def _kept(self, closure: Closure | Function, states: States[Value]) -> States[Value]:
        return {State(self.effects.closure(None, closure, state.value)[0], state.taken): None for state in states}

    def _bind(self, node: Bind, states: States[Value]) -> States[Value]:
        if isinstance(node.value, Closure):
            self.local[node.name] = node.value
            return states
        if isinstance(node.value, Name) and node.value.text not in self.local and node.value.text not in _CONSTANTS:
            return {State(self.effects.bound(node, state.value), state.taken): None for state in states}
        truth = _truth(node.value) if node.value else None
        if truth is not None:
            return {State(state.value, state.taken | {(node.name, truth)}): None for state in states}
        return self._all((node.value,) if node.value else (), states)

    def _assign(self, node: Assign, states: States[Value]) -> States[Value]:
        if not self.effects.ignores(node):
            states = self.expression(node.value, states)
        if isinstance(node.target, Member):
            states = self._base(node.target.base, states)
        name = variable(node.target)
        found: States[Value] = {}
        truth = _truth(node.value)
        for state in states:
            taken = state.taken
            if name:
                word = re.compile(rf"\b{re.escape(name)}\b")
                taken = frozenset(each for each in taken if not word.search(each[0]))
                if truth is not None:
                    taken |= {(name, truth)}
            found[State(self.effects.assign(node, state.value), taken)] = None
        return found

    def _call(self, node: Call, states: States[Value]) -> States[Value]:
        if node.name in _ENDS and isinstance(node.callee, Name):
            return {}
        if isinstance(node.callee, Member):
            states = self._base(node.callee.base, states)
        elif isinstance(node.callee, (Call, Member)):
            states = self.expression(node.callee, states)
        function = self.reading.resolve(node)
        effects = self._into(node, function) if function else None
        if node.name not in LOGS:
            states = self._arguments(node, states, is_inlined=effects is not None)
        found: States[Value] = {}
        for state in states:
            value = self.effects.call(node, state.value)
            if value is not None:
                found[State(value, state.taken)] = None
        if isinstance(node.callee, Name) and node.callee.text in self.local:
            return self._inlined(self.local[node.callee.text], self.effects.within(node), found)
        if effects and function:
            return self._inlined(function, effects, found)
        return found

    def _into(self, node: Call, function: Function) -> Effects[Value] | None:
        if function in self.stack or len(self.stack) >= _DEEPEST or function.broken:
            return None
        return self.effects.into(node, function)

    def _arguments(self, node: Call, states: States[Value], *, is_inlined: bool) -> States[Value]:
        """Values are worked out first; closures run when the call does, or later.

        What becomes of a variable that is handed to a function which is walked through is seen there.
        """
        skipped = (Closure, Name) if is_inlined else Closure
        states = self._all(tuple(each.value for each in node.arguments if not isinstance(each.value, skipped)), states)
        for closure in node.closures():
            states = self._handed(node, closure, states)
        return states

    def _inlined(self, function: Closure | Function, effects: Effects[Value], states: States[Value]) -> States[Value]:
        stack = (*self.stack, function) if isinstance(function, Function) else self.stack
        if function in self.stack or len(stack) > _DEEPEST:
            return states
        is_local = function in self.local.values()
        before = self.local
        inner = Paths(self.reading, effects, stack)
        if is_local:  # it may call the others, but not itself
            inner.local.update((name, each) for name, each in before.items() if each is not function)
        found: States[Value] = {}
        for state in states:
            flow = inner.block(
                function.body or (), {State(state.value, state.taken if is_local else frozenset()): None}
            )
            for end in (*flow.normal, *flow.exits.get("return", {}), *flow.exits.get("throw", {})):
                found[State(end.value, end.taken if is_local else state.taken)] = None
        effects.local = self.effects.local = before
        return found

    def _handed(self, node: Call, closure: Closure, states: States[Value]) -> States[Value]:
        """A closure among the arguments: walked through where it is known to run once."""
        found: States[Value] = {}
        for state in states:
            value, timing = self.effects.closure(node, closure, state.value)
            if timing is Timing.UNKNOWN:
                found[State(value, state.taken)] = None
                continue
            start = value if timing is Timing.NOW else self.effects.inside(value, timing)
            flow = self.block(closure.body, {State(start, state.taken): None})
            for end in (*flow.normal, *flow.exits.get("return", {}), *flow.exits.get("throw", {})):
                after = end.value if timing is Timing.NOW else self.effects.outside(value, end.value)
                found[State(after, end.taken)] = None
        return found


def _truth(node: Node) -> bool | None:
    """Whether a value is surely true, or surely false or nil."""
    if isinstance(node, Nil):
        return False
    return _CONSTANTS.get(node.text) if isinstance(node, Name) else None


def condition(text: str) -> tuple[str, bool]:
    """A condition's name, and whether it holds where that does: `!x`, `x == nil` and `x == false` are (`x`, False)."""
    sign = True
    text = text.strip()
    while True:
        if text.startswith("!") and re.fullmatch(r"!\s*(?:\(.*\)|[\w.\[\]() ?]+)", text):
            text, sign = text[1:].strip(), not sign
        elif text.startswith("(") and text.endswith(")") and text.count("(") == 1:
            text = text[1:-1].strip()
        else:
            break
    text = re.sub(r"\bself(?:\.|->)", "", text)
    if match := re.fullmatch(r"(?:let|var) (\w+)(?: = (.+))?", text):
        return match[2] or match[1], sign
    if match := re.fullmatch(r"([^=!<>&|]+?) ?([=!]=) ?(nil|NULL|false|NO|true|YES)", text):
        same = match[2] == "=="
        if match[3] in ("nil", "NULL"):
            return match[1], sign != same
        return match[1], (sign == same) == (match[3] in ("true", "YES"))
    if match := re.fullmatch(r"([^=!<>&|]+?) ?!= ?([^=!<>&|]+)", text):
        return f"{match[1]} == {match[2]}", not sign
    return text, sign
