"""Compiled apps, played: equal traces in every language, mistakes seen, crashes told, nothing left behind."""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fixtures.right_delegates import FetchDedicated, FetchGlobal, TaskDedicated, TaskGlobal
from native.apps import BUSY, FOLDER, OUTPUT, RIGHT, compiler, files, kind, language, name
from native.delegates import Scheduled, Watch

from atgen import cache
from atgen.proof import compilers, native
from atgen.proof.search import Search, python
from atgen.reference import Device, Outside, Step, line
from atgen.reference.world import as_traced
from conftest import needs_linux, not_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from atgen.reference import Event

ALL = ("sent", "failed", "offline", "hang", "unsaved", "opted_out", "user_agent", "refused")
EVENTFUL = Outside(
    (Step("launch"), Step("hit", 'h "é" 😀'), Step("fetch"), Step("background"), Step("look"), Step("mode", "task")),
    network=ALL,
    stored=1,
    expirations=True,
)
# A life with consent, long hits, and work that takes its time, while other code takes the delegate's slot.
LIVELY = replace(
    EVENTFUL,
    steps=(
        *(Step("launch"), Step("fetch"), Step("background"), Step("delegate", "taken"), Step("foreground")),
        *(Step("fetch"), Step("background"), Step("delegate", "given_back"), Step("fetch")),
    ),
    work=("done", "done_on_main", "done_twice", "done_failed", "never"),
    parts=2,
    privacy="exempt",
    global_tracker=(("storage", "required"),),
    eager=True,
    weak_delegate=True,
)
SCENES = Outside(
    tuple(Step(do) for do in ("launch", "scene_background", *("background", "run_task", "foreground") * 2, "run_task")),
    expirations=True,
    scenes=True,
)
REFRESHES = Outside(
    (
        *map(Step, ("launch", "refresh", "background", "foreground", "background", "refresh")),
        Step("refresh", "with_snapshot"),
    ),
    stored=1,
    expirations=True,
    system="watchkit",
)
# What is played with whom.
PLAYED: dict[str, list[tuple[Callable[[Device], object], Outside]]] = {
    "bg_fetch": [(FetchDedicated, EVENTFUL), (FetchDedicated, LIVELY)],
    "bg_fetch_global": [(FetchGlobal, EVENTFUL), (FetchGlobal, LIVELY)],
    "bg_task": [
        (TaskDedicated, EVENTFUL),
        (TaskDedicated, LIVELY),
        (
            TaskDedicated,
            replace(
                LIVELY,
                steps=(LIVELY.steps[0], *(step._replace(in_turn=True) for step in LIVELY.steps[1:])),
                on_time=True,
            ),
        ),
    ],
    "bg_task_global": [(TaskGlobal, EVENTFUL), (TaskGlobal, LIVELY)],
    "scheduled": [(Scheduled, SCENES), (Scheduled, replace(SCENES, scenes=False))],
    "watch": [(Watch, REFRESHES)],
}
TASK = {"network": ["sent"], "steps": ["launch", "background"]}
EXPIRING = {**TASK, "expirations": True}
FETCH = {"network": ["sent"], "steps": ["launch", "fetch"]}


def as_json(outside: Outside) -> dict[str, Any]:
    """Write what the outside does as the hosts read it."""
    return {
        "stored": outside.stored,
        "parts": outside.parts,
        "privacy": outside.privacy,
        "global_tracker": dict(outside.global_tracker),
        "work": list(outside.work),
        "network": list(outside.network),
        "expirations": outside.expirations,
        "scenes": outside.scenes,
        "eager": outside.eager,
        "woken": outside.woken,
        "refuses": outside.refuses,
        "weak_delegate": outside.weak_delegate,
        "on_time": outside.on_time,
        "steps": [
            said
            for step in outside.steps
            for said in (*["rest"] * step.in_turn, {step.do: step.value} if step.value else step.do)
        ],
    }


def needs_symbolizer() -> None:
    """End a test that asks for lines of code where nothing can tell them: Xcode has no llvm-symbolizer."""
    if not shutil.which("llvm-symbolizer"):
        not_run("llvm-symbolizer", "no llvm-symbolizer on the PATH")


def host(path: Path, mode: str | None = None) -> native.Host:
    """Build the host of an app."""
    return native.Host(compiler(language(path)).host(files(path), mode))


def app(
    code: str, mode: str = "5", method: str = "applicationDidEnterBackground(_ application: UIApplication)"
) -> native.Host:
    """Build the host of a Swift app whose method for the background, or another, holds the code."""
    delegate = f"@main class AppDelegate: UIResponder, UIApplicationDelegate {{ func {method} {{ {code} }} }}"
    text = f"import BackgroundTasks; import UIKit\n{delegate}\n"
    return native.Host(compiler("swift").host({"AppDelegate.swift": text}, mode))


def watch_app(code: str) -> native.Host:
    """Build the host of a Swift watch app whose method for the background holds the code."""
    delegate = f"class Other: NSObject, WKApplicationDelegate {{ func applicationDidEnterBackground() {{ {code} }} }}"
    return native.Host(compiler("swift").host({"Other.swift": f"import WatchKit\n{delegate}\n"}, "5"))


def events(trace: list[str], *names: str) -> list[dict[str, Any]]:
    """Pick some of a trace's events."""
    return [event for event in map(json.loads, trace) if event["event"] in names]


@pytest.mark.sample(2)
@pytest.mark.parametrize("path", RIGHT + BUSY, ids=name)
def test_traces_equal_the_references(path: Path) -> None:
    """In the first 300 schedules of eventful scenarios each line is the Python reference's, byte for byte."""
    for delegate, outside in PLAYED[kind(path)]:
        search = Search(python(delegate, outside), bound=300)
        runs, asked = itertools.tee(search)
        traces = host(path).replay(as_json(outside), (run.schedule for run in asked))
        assert [(run.schedule, trace) for run, trace in zip(runs, traces, strict=True) if run.lines != trace] == []


@pytest.mark.parametrize("path", RIGHT + BUSY, ids=name)
def test_traces_equal_the_references_wherever_one_goes(path: Path) -> None:
    """So they are on walks through all that can happen: blocks are suspended, go on, expire, and are left where they are."""
    rng = random.Random(1)  # noqa: S311 - the walks are to be the same every time
    for delegate, outside in PLAYED[kind(path)]:
        runs = [walk(Device(outside, delegate), rng) for _ in range(300)]
        schedules = [[event["took"] for event in run if event["event"] == "choice"] for run in runs]
        traces = host(path).replay(as_json(outside), schedules)
        assert [(run, trace) for run, trace in zip(runs, traces, strict=True) if list(map(line, run)) != trace] == []


def walk(device: Device, rng: random.Random) -> list[Event]:
    """Play a device at random."""
    return device.run(rng.choice(device._moves())[0] for _ in itertools.count())  # noqa: SLF001 - what is open


def test_languages_agree_on_any_schedule() -> None:
    """Labels that are not open, too few and too many of them: Swift and Objective-C go on in the same way."""
    rng = random.Random(1)  # noqa: S311 - the schedules are to be the same every time
    labels = [f"{kind}#{number}" for kind in ("step", "expire", "main", "timer", *ALL) for number in range(1, 9)]
    schedules = [rng.choices(labels, k=rng.randrange(40)) for _ in range(1000)]
    swift, objc = (host(OUTPUT / "bg_task/ios" / of).replay(as_json(EVENTFUL), schedules) for of in ("swift", "objc"))
    assert [(one, other) for one, other in zip(swift, objc, strict=True) if one != other] == []


@pytest.mark.parametrize("name", ["P02.swift", "P02.m"])
def test_a_method_that_is_never_called_is_missing(name: str) -> None:
    """P02 compiles without a word; played, the app has no such method."""
    missing = events(host(FOLDER / "wrong" / name).trace(TASK), "missing")
    assert "applicationDidEnterBackground:" in [event["method"] for event in missing]


@pytest.mark.parametrize("name", ["P03.swift", "P03.m"])
def test_a_fetch_that_is_not_completed_shows(name: str) -> None:
    """P03: the system never hears the result."""
    assert events(host(FOLDER / "wrong" / name).trace(FETCH), "complete") == []


def test_numbers_are_written_as_the_reference_writes_them() -> None:
    """In the fewest digits that mean them, however many those are."""
    numbers = [0.1, 1 / 3, 1234567.5, 86400.25, 1e-05, 0.0001, 1e15, 123456789012.0, 1.7976931348623157e308, -2.5, -3.0]
    code = "; ".join(f"UIApplication.shared.setMinimumBackgroundFetchInterval({number!r})" for number in numbers)
    written = [event.rpartition(":")[2] for event in app(code).trace(TASK) if '"interval"' in event]
    assert written == [f"{line(as_traced(number))}}}" for number in numbers]


@pytest.mark.parametrize("name", ["P04.swift", "P04.m"])
def test_an_interval_that_is_not_set_shows(name: str) -> None:
    """P04: nothing switches background fetch on."""
    assert events(host(FOLDER / "wrong" / name).trace(FETCH), "interval") == []


def test_a_task_that_is_forgotten_shows() -> None:
    """P16 in Swift: the expired task is never ended."""
    trace = host(FOLDER / "wrong" / "P16.swift").trace(EXPIRING, ["expire#1"])
    assert [events(trace, "end"), events(trace, "over")[0]["open"]] == [[], [1]]


def test_a_task_that_is_ended_twice_shows() -> None:
    """P16 in Objective-C: the work ends the task again after its expiry did."""
    trace = host(FOLDER / "wrong" / "P16.m").trace(EXPIRING, ["expire#1"])
    assert [event["valid"] for event in events(trace, "end")] == [True, False]


@pytest.mark.parametrize("name", ["bg_task.swift", "bg_task_global.m"])
def test_a_hit_that_is_sent_off_the_main_thread_shows(name: str) -> None:
    """P10: the page's tasks send their hit from a global queue."""
    path = FOLDER / "page" / name
    trace = host(path, "5" if language(path) == "swift" else None).trace(TASK)
    assert [event["on"] for event in events(trace, "hit")] == ["background"]


def test_main_actor_isolation_is_real() -> None:
    """What claims to be on the main thread and is not traps; the trace so far is kept, and the reason told."""
    needs_linux("what a crash says of its reason")
    trace = app("DispatchQueue.global().async { MainActor.assumeIsolated { _ = UIApplication.shared } }").trace(TASK)
    [crash] = events(trace[-1:], "crash")
    assert (crash["on"], crash["signal"]) in {("background", "SIGILL"), ("background", "SIGTRAP")}  # x86, ARM
    assert crash["reason"] == "in dispatch_assert_queue"
    assert [json.loads(line)["event"] for line in trace[:-1]] == ["launch", "missing", "background", "block"]


def test_closures_of_the_main_actor_are_checked_where_they_are_called() -> None:
    """In Swift 6 a handler that is written in main-actor code traps when the system calls it on a queue in the background."""
    needs_linux("what a crash says of its reason")
    launch = "application(_ application: UIApplication, didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?) -> Bool"
    code = """
        BGTaskScheduler.shared.register(forTaskWithIdentifier: "x", using: %s) { $0.setTaskCompleted(success: true) }
        try? BGTaskScheduler.shared.submit(BGAppRefreshTaskRequest(identifier: "x"))
        return true
    """
    scenario = {"network": ["sent"], "steps": ["launch", "run_task"]}
    [crash] = events(app(code % "nil", "6", launch).trace(scenario), "crash")
    assert (crash["on"], crash["reason"]) == ("background", "in dispatch_assert_queue")
    trace = app(code % ".main", "6", launch).trace(scenario)
    assert [json.loads(line)["event"] for line in trace] == ["launch", "register", "submit", "run", "complete", "over"]


def test_a_wait_where_nothing_can_go_on_is_a_crash() -> None:
    """On the main thread; in the background a block keeps its thread, and all else goes on."""
    for code, found in (
        ("DispatchSemaphore(value: 0).wait()", 1),
        ("DispatchQueue.global().async { DispatchSemaphore(value: 0).wait() }", 0),
    ):
        crashes = [(crash["signal"], crash["reason"]) for crash in events(app(code).trace(TASK), "crash")]
        assert crashes == found * [("SIGABRT", "waits where nothing else can run: it never goes on")]


def test_suspended_blocks_that_crash_are_told() -> None:
    """The trace up to the crash is there, and the place."""
    needs_symbolizer()
    activity = """
        let end = DispatchSemaphore(value: 0)
        ProcessInfo.processInfo.performExpiringActivity(withReason: "x") { _ in end.wait(); fatalError("here") }
        DispatchQueue.main.async { end.signal() }
    """
    trace = list(map(json.loads, watch_app(activity).trace(TASK, ["background#1"])))
    assert [event["event"] for event in trace if event["event"] != "choice"] == [
        *("launch", "missing", "background", "begin", "block", "wake", "crash")
    ]
    assert (trace[-1]["on"], trace[-1]["place"]) == ("background", "Other.swift:4")
    assert "Fatal error: here" in trace[-1]["reason"]


def test_delegates_may_have_any_name() -> None:
    """The class that says so is made, in Objective-C too, whichever kit it is of."""
    missing = [
        events(native.Host(compiler("objc").host({"Other.h": header, "Other.m": text})).trace(TASK), "missing")
        for kit, protocol, super_class in (
            ("UIKit", "UIApplicationDelegate", "UIResponder"),
            ("WatchKit", "WKApplicationDelegate", "NSObject"),
            ("WatchKit", "WKExtensionDelegate", "NSObject"),
        )
        for header in [f"#import <{kit}/{kit}.h>\n@interface Other : {super_class} <{protocol}>\n@end\n"]
        for text in ['#import "Other.h"\n@implementation Other\n@end\n']
    ]
    watch = ["applicationDidFinishLaunching", "applicationDidEnterBackground"]
    uikit = ["application:didFinishLaunchingWithOptions:", "applicationDidEnterBackground:"]
    assert [uikit, watch, watch] == [[event["method"] for event in several] for several in missing]
    assert [watch[0]] == [event["method"] for event in events(watch_app("").trace(TASK), "missing")]


@pytest.mark.parametrize(("header", "told"), [("ATInternet.h", 2), ("Tracker/Tracker-Swift.h", 1)])
def test_each_sdk_has_its_own_way_with_what_is_not_configured(header: str, told: int) -> None:
    """The older one tells errorDidOccur: and builds the hit all the same, which then fails; in the newer one it is gone."""
    make = {1: "tracker", 2: "trackerWithName"}[told]
    text = f"""
        #import <UIKit/UIKit.h>
        #import <{header}>
        {"#import <ATGesture.h>" if told > 1 else ""}
        @interface AppDelegate : UIResponder <UIApplicationDelegate>
        @end
        @implementation AppDelegate
        - (void)applicationDidEnterBackground:(UIApplication *)application {{
            [[ATInternet sharedInstance] {make}:@"x"].delegate = (id)self;
            [[[[ATInternet sharedInstance] {make}:@"x"].gestures add] sendTouch];
        }}
        @end
    """
    lines = "\n".join(line.strip() for line in text.splitlines())
    trace = native.Host(compiler("objc").host({"AppDelegate.m": lines})).trace(TASK)
    methods = [event["method"] for event in events(trace, "told")]
    assert (methods, len(events(trace, "lost"))) == (["errorDidOccur:", "buildDidEnd:message:"][:told], told - 1)


@pytest.mark.parametrize(("name", "text"), [("App.swift", "import WatchKit"), ("App.m", "#import <UIKit/UIKit.h>")])
def test_without_a_delegate_there_is_no_app(name: str, text: str) -> None:
    """What has none compiles, and is no program."""
    found = compiler(language(Path(name)))
    assert found.check({name: text}, found.modes[0]).accepted
    with pytest.raises(compilers.CompilerError, match="none of the files declares the delegate of an app"):
        found.host({name: text})


@pytest.mark.parametrize("alone", [False, True])
def test_a_crash_costs_only_its_own_schedule(alone: bool) -> None:
    """Every schedule gets its trace; those after a crash are played by a new process, or each by a child of one."""
    needs_symbolizer()
    crashing = app(
        'let task = application.beginBackgroundTask { fatalError("expired") }\n'
        "DispatchQueue.main.async { application.endBackgroundTask(task) }"
    )
    schedules = [["expire#1"] if number % 3 == 1 else ["main#1"] for number in range(10)]
    traces = list(replace(crashing, keeps_statics=alone).replay(EXPIRING, schedules))
    assert [json.loads(trace[-1])["event"] for trace in traces] == ["over", "crash", "over"] * 3 + ["over"]
    crash = json.loads(traces[1][-1])
    assert (crash["place"], "Fatal error: expired" in crash["reason"]) == ("AppDelegate.swift:2", True)


@pytest.mark.parametrize("alone", [False, True])
def test_an_app_that_leaves_is_told(alone: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """An app that exits, and one that never ends, end their trace with a crash that says how."""
    text = "import Glibc\nimport UIKit\n" if sys.platform == "linux" else "import Darwin\nimport UIKit\n"
    leaving = files(OUTPUT / "bg_task_global/ios/swift")
    leaving["AppDelegate.swift"] = text + leaving["AppDelegate.swift"].replace(
        'let call = BackgroundCall(taskNamed: "bg_task_global")',
        'exit(7)\n        let call = BackgroundCall(taskNamed: "")',
    )
    exits = native.Host(compiler("swift").host(leaving, "5"), alone)
    assert json.loads(exits.trace(TASK)[-1])["signal"] == "exit 7"
    endless = json.loads(replace(app("while true {}"), keeps_statics=alone).trace(TASK)[-1])
    assert (endless["signal"], endless["reason"]) == ("SIGPROF", "a block does not end")
    monkeypatch.setattr(native, "_PATIENCE", 1.5)
    waits = {name: text.replace("exit(7)", "sleep(9)") for name, text in leaving.items()}
    waiting = json.loads(native.Host(compiler("swift").host(waits, "5"), alone).trace(TASK)[-1])
    assert (waiting["signal"], waiting["reason"]) == ("SIGABRT", "a block did not end within 1.5 seconds")


def children() -> set[int]:
    """Find the processes that this one has started."""
    return set(map(int, Path("/proc/thread-self/children").read_text(encoding="utf-8").split()))


def test_a_host_that_is_stopped_is_no_crash_of_the_app() -> None:
    """No app sends itself such a signal."""
    needs_linux("/proc")
    program = host(FOLDER / "page" / "bg_task_global.m")
    others = children()  # what other tests have started goes on

    def schedules() -> Iterator[Sequence[str]]:
        yield []
        for child in children() - others:
            os.kill(child, signal.SIGKILL)
        yield []

    with pytest.raises(compilers.StoppedError, match=r"^the host was ended by signal 9$"):
        list(program.replay({"steps": ["launch"]}, schedules(), ahead=1))


def test_a_run_without_end_is_stopped() -> None:
    """Blocks that make blocks for ever: the run ends after a thousand moves, and says so."""
    trace = app(
        "@Sendable func again() { DispatchQueue.global().async { DispatchQueue.global().async { again() } } }; again()"
    ).trace(TASK)
    assert [json.loads(line)["event"] for line in trace[-2:]] == ["endless", "over"]


def test_statics_are_of_one_run() -> None:
    """Where each is played by a child."""
    counts = app('struct Count { static var runs = 0 }; Count.runs += 1; if Count.runs > 1 { fatalError("again") }')
    traces = replace(counts, keeps_statics=True).replay(TASK, [[]] * 3)
    assert [json.loads(trace[-1])["event"] for trace in traces] == ["over"] * 3


def test_what_an_app_prints_is_no_trace() -> None:
    """The app's own output does not end up among the traces."""
    assert app('print("hello")').trace(TASK)[-1].startswith('{"t":0,"on":"main","from":0,"event":"over"')


@pytest.mark.sample(3)
@pytest.mark.parametrize("path", [OUTPUT / "bg_task/ios/swift", OUTPUT / "bg_task/ios/objc", *BUSY], ids=name)
def test_nothing_is_left_of_a_replay(path: Path) -> None:
    """After twenty thousand replays, some of which leave blocks behind, also suspended ones, the process has not grown."""
    rng = random.Random(1)  # noqa: S311 - the walks are to be the same every time
    delegate, outside = PLAYED[kind(path)][0]
    outside = replace(outside, network=("sent", "hang"))
    walks = [walk(Device(outside, delegate), rng) for _ in range(100)]
    schedules = [[event["took"] for event in events if event["event"] == "choice"] for events in walks]
    messages = [{"scenario": as_json(outside)}, *({"schedule": schedule} for schedule in schedules * 10)]
    commands = "".join(json.dumps(message) + "\n" for message in messages)
    with subprocess.Popen([host(path).program], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stdin
        sizes = []
        for _ in range(20):
            process.stdin.write(commands)
            process.stdin.flush()
            sizes.append(resident(process.pid))
        process.stdin.close()
    assert sizes[-1] < sizes[5] * 1.05


def resident(process: int) -> int:
    """Ask for a process's size."""
    return int(subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, check=True).stdout)


def test_places_are_the_lines_of_the_app() -> None:
    """Events that the app's code causes have its file and line; the others have none."""
    needs_symbolizer()
    path = OUTPUT / "bg_task_global/ios/objc"
    played = host(path)
    places = played.places(TASK)
    told = [
        (json.loads(line)["event"], file, files(path)[file].splitlines()[int(number) - 1].split()[0])
        for index, line in enumerate(played.trace(TASK))
        if index in places
        for file, _, number in [places[index].partition(":")]
    ]
    assert told == [
        ("begin", "BackgroundHits.m", "task"),
        ("work", "AppDelegate.m", "[self"),
        ("done", "AppDelegate.m", "[self"),
        ("mode", "AppDelegate.m", "tracker.context.backgroundMode"),
        ("hit", "AppDelegate.m", "[[tracker.gestures"),
        ("mode", "AppDelegate.m", "tracker.context.backgroundMode"),
        ("end", "BackgroundHits.m", "[[UIApplication"),
    ]


def test_a_player_plays_one_after_the_other() -> None:
    """A search may use a host as its player: it asks for the next schedule when it has seen the last trace."""
    player = host(OUTPUT / "bg_task_global/ios/swift").player(as_json(EVENTFUL))
    play = python(TaskGlobal, EVENTFUL)
    runs = list(Search(player, bound=50))
    assert [run.lines for run in runs] == [[line(event) for event in play(run.schedule)] for run in runs]
    assert len({run.schedule for run in runs}) == 50


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"schedule":[}', '" expected at: }'),
        ('{"schedule":["a",]}', '" expected at: ]}'),
        ('{"schedule":["\\ud800"]}', "a pair of surrogates expected"),
        ('{"schedule":["\\x"]}', "an escape expected"),
        ('{"schedule":[]} x', "the end of the line expected"),
        ('{"scenario":{"stored":-1}}', "a number expected"),
        ('{"scenario":{"expirations":1}}', "true or false expected"),
        ('{"scenario":{"steps":["jump"]}}', "no such step: jump"),
        ('{"scenario":{"steps":[{"mode":"off"}]}}', "no such mode: off"),
        ('{"scenario":{"steps":[{"refresh":"now"}]}}', "no such refresh: now"),
        ('{"scenario":{"steps":[{"delegate":"gone"}]}}', "no such delegate: gone"),
        ('{"scenario":{"work":["soon"]}}', "no such end of work: soon"),
        ('{"scenario":{"steps":["fetch"]}}', "the launch comes first, and once"),
        ('{"scenario":{"steps":["launch","launch"]}}', "the launch comes first, and once"),
        ('{"scenario":{"steps":["launch","refresh"]}}', "this system takes no such step: refresh"),
        ('{"scenario":{"network":["slow"]}}', "no such outcome: slow"),
        ('{"play":1}', "no such command: play"),
    ],
)
def test_input_is_read_strictly(line: str, said: str) -> None:
    """A line that is not understood ends the host, and says what is wrong with it."""
    program = host(OUTPUT / "bg_task_global/ios/objc").program
    result = subprocess.run([program], input=line + "\n", capture_output=True, text=True, check=False)
    assert (result.returncode, said in result.stderr) == (2, True), result.stderr


def test_a_scenario_that_is_not_understood_is_an_error() -> None:
    """The host's complaint is raised."""
    with pytest.raises(native.HostError, match="no such step: jump"):
        host(OUTPUT / "bg_task_global/ios/objc").trace({"steps": ["jump"]})


def test_a_missing_compiler_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without compilers nothing fails: the reason is told in words."""
    monkeypatch.setenv("PATH", "/nowhere")
    compilers.find_compiler.cache_clear()
    try:
        reasons = [native.host(name, {}) for name in ("swift", "objc")]
    finally:
        compilers.find_compiler.cache_clear()
    assert [compilers.Missing("no swiftc on the PATH"), compilers.Missing("no clang on the PATH")] == reasons


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make a folder with a clang that accepts everything and counts, and with the cache."""
    clang = tmp_path / "clang"
    clang.write_text(f'#!/bin/sh\necho asked >> {tmp_path}/count\necho "clang version $(cat {tmp_path}/version)"\n')
    clang.chmod(clang.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "version").write_text("1")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("ATGEN_CACHE", str(tmp_path / "cache"))
    # The cache's place, and what the stand-ins say, are looked up once in a process.
    caches = (compilers.find_compiler, cache.folder, compilers._standins_digest)  # noqa: SLF001
    for cached in caches:
        cached.cache_clear()
    yield tmp_path
    for cached in caches:
        cached.cache_clear()


def test_nothing_is_asked_twice_and_nothing_is_mistaken(asked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict is found again for the same bytes, flags, compiler and stand-ins only."""

    def verdicts(code: str, mode: str = "") -> int:
        found = compilers.find_compiler("objc")
        assert isinstance(found, compilers.Compiler)
        before = (asked / "count").read_text(encoding="utf-8").count("asked")
        found.check({"App.m": code}, mode)
        return (asked / "count").read_text(encoding="utf-8").count("asked") - before

    first = [verdicts("a"), verdicts("a"), verdicts("b"), verdicts("a", "-target arm64-apple-ios15.0"), verdicts("a")]
    (asked / "version").write_text("2", encoding="utf-8")
    compilers.find_compiler.cache_clear()
    assert (first, [verdicts("a"), verdicts("a")]) == ([1, 0, 1, 1, 0], [1, 0])
    # As an update of atgen would: other stand-ins, and the same command.
    (asked / "standins").mkdir()
    (asked / "standins/UIKit.h").write_text("// other", encoding="utf-8")
    monkeypatch.setattr(compilers, "STANDINS", asked / "standins")
    compilers._standins_digest.cache_clear()  # noqa: SLF001
    assert [verdicts("a"), verdicts("a")] == [1, 0]
