"""The state of a device as a digest: after the same state the same can happen, and it means the same.

All that can be reached from the device is read, whoever made it: objects, what functions hold, where blocks stand that are
suspended. So nothing is forgotten that is not listed here. Left out are the numbers of blocks, of which only the order
counts, and of the past all that no rule compares with what comes: rules compare events of one root, so each root's order
is kept, as long as anything is there that more can descend from. Where a root has given back all that the system gave it,
rules ask of what still comes only what there was before, in whatever order. One rule counts over all roots, what is left in
the end against what is still under way (`kept`): so how much is under way is of the state, too.
"""

from __future__ import annotations

import marshal
import sys
from collections.abc import Callable, Sequence
from enum import Enum
from hashlib import blake2b
from struct import calcsize
from types import BuiltinFunctionType, CellType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any
from weakref import ReferenceType

from atgen.reference.place import is_outermost
from atgen.reference.strand import Strand
from atgen.reference.world import Outside, Scheduled, World

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import CodeType, FrameType

# What rules take for the end of a block, if for anything: a choice, before which states are compared, is one as well.
_UNSEEN = frozenset({"choice", "block", "told", "heard"})
# What an event may name that has a root of its own.
_NAMED = frozenset({"call", "task", "hit", "work"})
# What is under way from one event to another, by the name of its number.
_BEGINS = {"fetch": "call", "push": "call", "run": "call", "begin": "task", "hit": "hit"}
_ENDS = {"complete": "call", "end": "task"} | dict.fromkeys(
    ("sent", "stored", "refused", "build", "unsaved", "opted_out", "lost"), "hit"
)
_GIVES_BACK = frozenset(name for name, of in _ENDS.items() if of != "hit")
# Of these roots the order counts to the end: scheduled work may hear that its time is up when the call is over, and who has a
# tracker's slot hears what others do not.
_LASTING = frozenset({"run", "slot"})
_ATOMS = frozenset({bool, bytes, float, int, str, type(None)})
_POINTER = calcsize("P")
_NOT_STATE = frozenset({"events", "places", "_blocks", "_made"})
_Reader = Callable[[Any, set[int]], Sequence[Any]]
# What was looked up before: a number for each piece of code, and for a class with these attributes; and a class's slots.
_CODES: dict[CodeType, int] = {}
_SHAPES: dict[tuple[Any, ...], int] = {}
_SLOTS: dict[type, tuple[str, ...]] = {}


class States:
    """Gives a device's states, one after the other."""

    def __init__(self, device: World) -> None:
        self._device = device
        self._read = 0
        self._pasts: dict[int, int] = {}
        self._names: dict[int, set[str]] = {}
        self._owners: dict[tuple[str, object], int] = {}
        self._under_way: set[tuple[str, object]] = set()

    def digest(self) -> bytes:
        """Give the state, with that of the block that runs just now, if one does."""
        walk = _Walk()
        walk.read((self._device, *_of_frames(_running())))
        # What lives although nobody can reach it is never given back.
        for each in self._device.living():
            if not walk.has_met(each):
                walk.read((each,))
        self._go_on()
        waited_for = {self._owners[each] for each in self._under_way if each[0] != "hit"}
        pasts = sorted((root, self._past(root, waited_for)) for root in self._pasts if root in walk.roots)
        return blake2b(marshal.dumps((walk.atoms, pasts, len(self._under_way)), 2), digest_size=16).digest()

    def _past(self, root: int, waited_for: set[int]) -> int:
        """Give a root's past: in order, or, where all was given back, what there was."""
        names = self._names[root]
        if root in waited_for or names & _LASTING or not names & _GIVES_BACK:
            return self._pasts[root]
        return hash(frozenset(names))

    def _go_on(self) -> None:
        """Add what has happened since the last state to the pasts of those that it concerns."""
        events = self._device.events
        for event in events[self._read :]:
            said = event["event"]
            if said in _UNSEEN or (said == "build" and event["ok"]):  # a hit that was built as it should be
                continue
            if said in _BEGINS:
                self._under_way.add((_BEGINS[said], event[_BEGINS[said]]))
            elif said in _ENDS:
                self._under_way.discard((_ENDS[said], event[_ENDS[said]]))
            root = event["from"]
            roots = {root, *(self._owners.setdefault((name, event[name]), root) for name in _NAMED & event.keys())}
            # Whoever takes a tracker's slot is in the past of all.
            whole = marshal.dumps(event, 2)
            for each in (*self._pasts, *roots) if said == "slot" else roots:
                self._pasts[each] = hash((self._pasts.get(each), whole))
                self._names.setdefault(each, set()).add(said)
        self._read = len(events)


class _Walk:
    """What was read: `atoms` in the order of reading, objects by the order in which they were met."""

    def __init__(self) -> None:
        self.atoms: list[Any] = []
        self.roots: set[int] = set()
        self._met: dict[int, int] = {}

    def read(self, what: Sequence[Any]) -> None:
        """Read several objects, each of which is met for the first time, and all that they hold."""
        atoms, met, roots = self.atoms, self._met, self.roots
        # What each holds stands behind what was met before it: nothing is read inside of something else.
        several = [what]
        for those in several:
            if _ATOMS.issuperset(map(type, those)):
                atoms += those
                continue
            for each in those:
                kind = type(each)
                if kind in _ATOMS:
                    atoms.append(each)
                elif (key := id(each)) in met:
                    atoms.append((met[key],))
                else:
                    met[key] = len(met)
                    several.append(_READERS[kind](each, roots))

    def has_met(self, what: object) -> bool:
        """Say whether an object was read."""
        return id(what) in self._met


# -- What objects hold, each kind's in its own way: as many as what stands before them says. Roots are noted.


def _of_name(what: Any, _: set[int]) -> Sequence[Any]:  # noqa: ANN401 (what no run changes)
    return (getattr(what, "__name__", ""),)


def _of_enum(what: Enum, _: set[int]) -> Sequence[Any]:
    return (what.name,)


def _of_list(several: Sequence[Any], _: set[int]) -> Sequence[Any]:
    if several and type(several[0]) is Scheduled:
        several = sorted(several)  # timers are in a heap
    return (len(several), *several)


def _of_dict(items: Mapping[Any, Any], _: set[int]) -> Sequence[Any]:
    return (len(items), *items, *items.values())


def _of_world(world: World, roots: set[int]) -> Sequence[Any]:
    roots.add(world.root)
    return [value for name, value in vars(world).items() if name not in _NOT_STATE]


def _of_object(what: Any, roots: set[int]) -> Sequence[Any]:  # noqa: ANN401 (whatever is there)
    kind = type(what)
    slots, own = _SLOTS[kind], getattr(what, "__dict__", {})
    if "root" in slots or "root" in own:
        roots.add(what.root)
    shape = _SHAPES.setdefault((kind, *own), len(_SHAPES))
    return (shape, *[getattr(what, name, None) for name in slots], *own.values())


def _of_function(function: FunctionType, _: set[int]) -> Sequence[Any]:
    keywords = function.__kwdefaults__ or {}
    held = (*(function.__closure__ or ()), *(function.__defaults__ or ()), *keywords, *keywords.values())
    return (_code(function.__code__), len(held), *held)


def _of_cell(cell: CellType, _: set[int]) -> Sequence[Any]:
    try:
        return (True, cell.cell_contents)
    except ValueError:
        return (False,)


def _of_method(method: MethodType, _: set[int]) -> Sequence[Any]:
    return (method.__func__, method.__self__)


def _of_reference(reference: ReferenceType[Any], _: set[int]) -> Sequence[Any]:
    return (reference(),)


def _of_builtin(method: BuiltinFunctionType, _: set[int]) -> Sequence[Any]:
    return (method.__name__, method.__self__)


def _of_scheduled(block: Scheduled, roots: set[int]) -> Sequence[Any]:
    if block.is_over:
        return (True,)
    roots.add(block.root)
    return (False, block.label.partition("#")[0], block.root, block.due, block.begins, block.block, block.cause)


def _of_strand(strand: Strand, roots: set[int]) -> Sequence[Any]:
    roots.add(strand.root)
    return (strand.task, strand.root, *_of_frames(strand.frames()))


def _of_frames(frames: Iterable[FrameType]) -> list[Any]:
    """Where blocks stand, and what is there."""
    held: list[Any] = []
    for frame in frames:
        there = frame.f_locals
        held += (_code(frame.f_code), frame.f_lasti, len(there), *there, *there.values())
    return held


def _code(code: CodeType) -> int:
    return _CODES.setdefault(code, len(_CODES))


def _running() -> list[FrameType]:
    """Say where the block stands that runs just now, from the inside out; the outermost frame is the device's loop."""
    frames: list[FrameType] = []
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - documented, in spite of its name
    while frame and not is_outermost(frame):
        frames.append(frame)
        frame = frame.f_back
    return frames[:-1]


class _Readers(dict[type, "_Reader"]):
    """How to read objects, by class; TypeError for one that hides what it holds."""

    def __missing__(self, kind: type) -> _Reader:
        """Find out, the first time that a class is met."""
        reader = next((read for base, read in _KINDS.items() if issubclass(kind, base)), None)
        if not reader:
            slots = [each.__dict__.get("__slots__", ()) for each in kind.__mro__]
            _SLOTS[kind] = tuple(name for names in slots for name in ((names,) if isinstance(names, str) else names))
            # A class of Python's own code has its slots, a dictionary and a list of weak references, and no room for more.
            if kind.__basicsize__ > object.__basicsize__ + _POINTER * (len(_SLOTS[kind]) + 2):
                raise TypeError(f"what a {kind.__name__} holds cannot be read for the state of a run")
            reader = _of_object
        return self.setdefault(kind, reader)


_KINDS: dict[type, _Reader] = {
    FunctionType: _of_function,
    CellType: _of_cell,
    MethodType: _of_method,
    ReferenceType: _of_reference,
    BuiltinFunctionType: _of_builtin,
    Scheduled: _of_scheduled,
    Strand: _of_strand,
    World: _of_world,
    Enum: _of_enum,
    dict: _of_dict,
    list: _of_list,
    tuple: _of_list,
    # What no run changes.
    type: _of_name,
    ModuleType: _of_name,
    Outside: _of_name,
}
_READERS = _Readers()
