"""P10: the SDK's objects are used off the main thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atgen.doctor import threads, trackers
from atgen.doctor.findings import Mark
from atgen.doctor.rules.rule import OBJC, SWIFT, Example, Rule, Settings
from atgen.doctor.threads import Thread
from atgen.doctor.tree import Call, Closure, Function, Node, Other

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atgen.doctor.source import Reading

_DEEPEST = 4


def _find(reading: Reading, settings: Settings) -> Iterator[Mark]:
    del settings
    told: set[int] = set()
    for call in reading.calls:
        if not trackers.is_send(reading, call):
            continue
        where = _other(reading, call)
        if where is not None and id(where) not in told:
            told.add(id(where))
            yield Mark(
                call.start, call.end, "the hit is sent off the main thread, and the SDK's objects are not thread-safe"
            )


def _other(reading: Reading, node: Node, depth: int = 0) -> Node | None:
    """The closure or function that surely runs on another thread and has a node in it; None if there is none."""
    awaited = False
    for up in reading.around(node):
        if isinstance(up, Other) and up.kind == "await":
            awaited = True
        if not isinstance(up, (Closure, Function)):
            continue
        if up.broken:
            return None
        thread = threads.starts(reading, up)
        if thread is Thread.OTHER:
            # What is awaited may be of another actor, and change to it.
            return None if awaited and depth else up
        if thread is not Thread.SAME:
            return None
        if isinstance(up, Function):
            return _callers(reading, up, depth)
    return None


def _callers(reading: Reading, function: Function, depth: int) -> Node | None:
    """A caller of a function, in the same file, that surely runs on another thread."""
    if depth >= _DEEPEST:
        return None
    for call in reading.calls:
        if call.name == function.name and reading.resolve(call) is function:
            where = _other(reading, call, depth + 1)
            if where is not None:
                return where
    return None


_SEND = 'tracker.gestures.add("x").sendTouch()'
_OBJC = '[[self.tracker.gestures add:@"x"] sendTouch];'


def _swift(before: str, *, wrong: bool = True) -> Example:
    return Example(SWIFT, f"func f(tracker: Tracker) {{\n{before} {{\n{_SEND}\n}}\n}}", (3,) if wrong else ())


def _objc(before: str, *, wrong: bool = True) -> Example:
    code = f"@implementation A\n- (void)f {{\n{before}, ^{{\n{_OBJC}\n}});\n}}\n@end"
    return Example(OBJC, code, (4,) if wrong else ())


RULES = (
    Rule(
        "P10",
        "The SDK's objects are used on the main thread only",
        "the vendor's page on the operating principle; issues 66, 95, 96 and 134 of its repository",
        "send it in a block of the main queue",
        (
            _swift("DispatchQueue.global(qos: .utility).async"),
            _swift("DispatchQueue.global().asyncAfter(deadline: .now() + 1)"),
            _swift('let queue = DispatchQueue(label: "work")\nqueue.async', wrong=False)._replace(lines=(4,)),
            _swift("OperationQueue().addOperation"),
            _swift("Task.detached"),
            _swift("Thread.detachNewThread"),
            Example(
                SWIFT,
                f"func f(tracker: Tracker) {{\nURLSession.shared.dataTask(with: url) {{ _, _, _ in\n{_SEND}\n}}.resume()\n}}",
                (3,),
            ),
            _swift('BGTaskScheduler.shared.register(forTaskWithIdentifier: "a", using: nil)'),
            _swift('BGTaskScheduler.shared.register(forTaskWithIdentifier: "a", using: .main)', wrong=False),
            _swift('ProcessInfo.processInfo.performExpiringActivity(withReason: "a")'),
            _swift("DispatchQueue.main.async", wrong=False),
            _swift("DispatchQueue.global().sync", wrong=False),
            _swift("queue.async", wrong=False),
            _swift("load", wrong=False),
            _swift("Task", wrong=False),
            Example(SWIFT, f"DispatchQueue.global().async {{ DispatchQueue.main.async {{ {_SEND} }} }}"),
            Example(SWIFT, f"DispatchQueue.main.async {{ DispatchQueue.global().async {{ {_SEND} }} }}", (1,)),
            Example(SWIFT, f"DispatchQueue.global().async {{ items.forEach {{ _ in {_SEND} }} }}", (1,)),
            Example(SWIFT, f"DispatchQueue.global().async {{ self.load {{ {_SEND} }} }}"),
            Example(SWIFT, f"Task.detached {{ @MainActor in {_SEND} }}"),
            Example(SWIFT, f"Task.detached {{ await MainActor.run {{ {_SEND} }} }}"),
            Example(SWIFT, f"DispatchQueue.global().async {{ OperationQueue.main.addOperation {{ {_SEND} }} }}"),
            Example(SWIFT, f"let s = URLSession(configuration: c, delegate: nil, delegateQueue: .main)\ns.dataTask(with: u) {{ _, _, _ in {_SEND} }}.resume()"),
            Example(SWIFT, f"class A {{\nfunc f() {{ DispatchQueue.global().async {{ self.tag() }} }}\nfunc tag() {{ {_SEND} }}\n}}", (3,)),
            Example(SWIFT, f"class A {{\nfunc f() {{ DispatchQueue.main.async {{ self.tag() }} }}\nfunc tag() {{ {_SEND} }}\n}}"),
            Example(SWIFT, f"class A {{\nfunc f() {{ Task.detached {{ await self.tag() }} }}\n@MainActor func tag() {{ {_SEND} }}\n}}"),
            Example(SWIFT, f"actor A {{\nfunc tag() {{ {_SEND} }}\n}}", (2,)),
            _objc("dispatch_async(dispatch_get_global_queue(0, 0)"),
            _objc("dispatch_queue_t q = dispatch_queue_create(\"w\", NULL);\ndispatch_async(q", wrong=False)._replace(lines=(5,)),
            _objc("dispatch_async(dispatch_get_main_queue()", wrong=False),
            _objc("dispatch_async(self.queue", wrong=False),
            _objc("dispatch_after(t, dispatch_get_global_queue(0, 0)"),
            Example(OBJC, f"@implementation A\n- (void)f {{\n[[NSOperationQueue new] addOperationWithBlock:^{{ {_OBJC} }}];\n}}\n@end", (3,)),
            Example(
                OBJC,
                "@implementation A\n- (void)f {\n[[[NSURLSession sharedSession] dataTaskWithURL:u completionHandler:"
                f"^(NSData *d, NSURLResponse *r, NSError *e) {{ {_OBJC} }}] resume];\n}}\n@end",
                (3,),
            ),
        ),
        _find,
    ),
)  # fmt: skip
