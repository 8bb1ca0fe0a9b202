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
    from collections.abc import Callable, Iterable, Mapping, Sequence
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
        walk.read(self._device)
        walk.read_frames(_running())
        walk.read_unmet(self._device.living())
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

    def read(self, what: Any) -> None:  # noqa: ANN401 (whatever is there)
        """Read an object, if it is met for the first time, and all that it holds."""
        self.read_all((what,))

    def read_all(self, several: Iterable[Any]) -> None:
        """Read several objects, one after the other."""
        atoms, met = self.atoms, self._met
        for each in several:
            kind, key = type(each), id(each)
            if kind in _ATOMS:
                atoms.append(each)
            elif key in met:
                atoms.append((met[key],))
            else:
                met[key] = len(met)
                (_READERS.get(kind) or _reader(kind))(self, each)

    def read_frames(self, frames: Iterable[FrameType]) -> None:
        """Read where blocks stand, and what is there."""
        for frame in frames:
            self._read_code(frame.f_code)
            self.atoms.append(frame.f_lasti)
            self.read_dict(frame.f_locals)

    def read_unmet(self, several: Sequence[object]) -> None:
        """Read what lives although nobody can reach it: it is never given back."""
        for each in several:
            if id(each) not in self._met:
                self.read(each)

    def read_name(self, what: Any) -> None:  # noqa: ANN401 (what no run changes)
        self.atoms.append(getattr(what, "__name__", ""))

    def read_enum(self, what: Enum) -> None:
        self.atoms.append(what.name)

    def read_list(self, several: Sequence[Any]) -> None:
        self.atoms.append(len(several))
        if several and type(several[0]) is Scheduled:
            several = sorted(several)  # timers are in a heap
        self.read_all(several)

    def read_dict(self, items: Mapping[Any, Any]) -> None:
        self.atoms.append(len(items))
        self.read_all(items)
        self.read_all(items.values())

    def read_world(self, world: World) -> None:
        self.roots.add(world.root)
        self.read_dict({name: value for name, value in vars(world).items() if name not in _NOT_STATE})

    def read_object(self, what: Any) -> None:  # noqa: ANN401 (whatever is there)
        kind = type(what)
        slots, own = _SLOTS[kind], getattr(what, "__dict__", {})
        self.atoms.append(_SHAPES.setdefault((kind, *own), len(_SHAPES)))
        self.read_all([getattr(what, name, None) for name in slots])
        self.read_all(own.values())
        if "root" in slots or "root" in own:
            self.roots.add(what.root)

    def read_function(self, function: FunctionType) -> None:
        self._read_code(function.__code__)
        self.read_list((*(function.__closure__ or ()), *(function.__defaults__ or ())))
        self.read_dict(function.__kwdefaults__ or {})

    def read_cell(self, cell: CellType) -> None:
        try:
            self.read(cell.cell_contents)
        except ValueError:
            self.atoms.append("empty")

    def read_method(self, method: MethodType) -> None:
        self.read(method.__func__)
        self.read(method.__self__)

    def read_reference(self, reference: ReferenceType[Any]) -> None:
        self.read(reference())

    def read_builtin(self, method: BuiltinFunctionType) -> None:
        self.atoms.append(method.__name__)
        self.read(method.__self__)

    def read_scheduled(self, block: Scheduled) -> None:
        self.atoms.append(block.is_over)
        if not block.is_over:
            self.roots.add(block.root)
            self.atoms += (block.label.partition("#")[0], block.root, block.due, block.begins)
            self.read(block.block)
            self.read(block.cause)

    def read_strand(self, strand: Strand) -> None:
        self.roots.add(strand.root)
        self.atoms += (strand.task, strand.root)
        self.read_frames(strand.frames())

    def _read_code(self, code: CodeType) -> None:
        self.atoms.append(_CODES.setdefault(code, len(_CODES)))


def _running() -> list[FrameType]:
    """Say where the block stands that runs just now, from the inside out; the outermost frame is the device's loop."""
    frames: list[FrameType] = []
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - documented, in spite of its name
    while frame and not is_outermost(frame):
        frames.append(frame)
        frame = frame.f_back
    return frames[:-1]


def _reader(kind: type) -> Callable[[_Walk, Any], None]:
    """Find how to read objects of a class, the first time that one is met; TypeError for one that hides what it holds."""
    reader = next((read for base, read in _KINDS.items() if issubclass(kind, base)), None)
    if not reader:
        slots = [each.__dict__.get("__slots__", ()) for each in kind.__mro__]
        _SLOTS[kind] = tuple(name for names in slots for name in ((names,) if isinstance(names, str) else names))
        # A class of Python's own code has its slots, a dictionary and a list of weak references, and no room for more.
        if kind.__basicsize__ > object.__basicsize__ + _POINTER * (len(_SLOTS[kind]) + 2):
            raise TypeError(f"what a {kind.__name__} holds cannot be read for the state of a run")
        reader = _Walk.read_object
    return _READERS.setdefault(kind, reader)


_KINDS: dict[type, Callable[[_Walk, Any], None]] = {
    FunctionType: _Walk.read_function,
    CellType: _Walk.read_cell,
    MethodType: _Walk.read_method,
    ReferenceType: _Walk.read_reference,
    BuiltinFunctionType: _Walk.read_builtin,
    Scheduled: _Walk.read_scheduled,
    Strand: _Walk.read_strand,
    World: _Walk.read_world,
    Enum: _Walk.read_enum,
    dict: _Walk.read_dict,
    list: _Walk.read_list,
    tuple: _Walk.read_list,
    # What no run changes.
    type: _Walk.read_name,
    ModuleType: _Walk.read_name,
    Outside: _Walk.read_name,
}
_READERS: dict[type, Callable[[_Walk, Any], None]] = {}
