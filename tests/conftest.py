"""What the tests share: the shipped cases and others that together take every path through plan and templates."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import HealthCheck, settings

from atgen.case import spec
from atgen.case.axes import PLATFORMS, SCHEDULERS
from atgen.case.combinations import every, refused
from atgen.case.model import (
    App,
    Case,
    Described,
    EntryPoint,
    Form,
    Framework,
    Hit,
    HitKind,
    Platform,
    Scheduler,
    VisitorMode,
    When,
)
from atgen.case.vocabulary import sdks, vocabulary
from atgen.proof import compilers
from atgen.rendering import pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

# Who starts tests in the background may have switched SIGINT off, also for the programs that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parents[1]
ALL = bool(os.environ.get("ATGEN_ALL"))  # what a usual run takes samples of

# Not the developer's own: what tests leave there is nobody's, and what is there would not be tested.
os.environ["ATGEN_CACHE"] = str(ROOT / "tests" / "build" / "cache")

settings.register_profile("quick", max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", parent=settings.get_profile("quick"), max_examples=20_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

DEDICATED = """
tracker:
  dedicated: other tracker
  configuration: {site: 0410501, log_ssl: logs, domain: example.org, pixel_path: /hit, storage: always}
"""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave of a test marked `sample(4)` but one in four of its parameters, chosen by the digest of its name.

    Those whose ids `always` matches are kept, too. ATGEN_ALL=1, which the nightly job sets, keeps all, and so does naming one.
    """
    if ALL or any("::" in argument for argument in config.args):
        return
    tests: dict[tuple[str, int, str], list[pytest.Item]] = {}
    for item in items:
        if mark := item.get_closest_marker("sample"):
            tests.setdefault((item.nodeid.partition("[")[0], *mark.args, mark.kwargs.get("always", "$^")), []).append(
                item
            )
    left: set[pytest.Item] = set()
    for (_, one_of, always), several in tests.items():
        others = [item for item in several if not re.search(always, item.nodeid.partition("[")[2])]
        others.sort(key=lambda item: sha256(item.nodeid.encode()).digest())
        left.update(others[-(-len(others) // one_of) :])
    items[:] = [item for item in items if item not in left]
    config.hook.pytest_deselected(items=list(left))


# Of a text that a test is run with, so much is in the test's id.
_IN_ID = 30


def pytest_make_parametrize_id(val: object) -> str | None:
    """Give the beginning of a long text, escaped as pytest would; None leaves the id to pytest."""
    escaped = val.encode("unicode_escape").decode() if isinstance(val, str) else ""
    return f"{escaped[:_IN_ID]}..." if len(escaped) > _IN_ID else None


def not_run(tool: str, reason: str) -> NoReturn:
    """Ends a test for want of a tool: it is said not to be run, and fails where ATGEN_REQUIRE names the tool."""
    if tool in os.environ.get("ATGEN_REQUIRE", "").split(","):
        pytest.fail(f"required, and not run: {reason}")
    pytest.skip(f"not run: {reason}")


def additions(millions: int) -> float:
    """Give the seconds that a processor takes just now for so many additions: limits in seconds fail where it is slow."""
    begin, count = time.process_time(), 0
    while count < 1_000_000:
        count += 1
    return millions * (time.process_time() - begin)


def git(*arguments: str, cwd: Path = ROOT) -> str:
    """Run git, with nobody's settings and in anybody's checkout, and give what it prints."""
    # Before 2.38 git takes safe.directory from a file only.
    with TemporaryDirectory() as folder:
        settings = Path(folder, "gitconfig")
        settings.write_text("[safe]\n    directory = *\n", encoding="utf-8")
        environment = os.environ | {"GIT_CONFIG_GLOBAL": str(settings), "GIT_CONFIG_SYSTEM": os.devnull}
        done = subprocess.run(
            ["git", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    return done.stdout


def project_files() -> list[Path]:
    """The files that git knows here or would add, from the top; not run where there is no git, or no checkout."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        not_run("git", "only a git checkout knows which files are its own")
    names = git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return [Path(name) for name in names if name and (ROOT / name).is_file()]


def needs_linux(what: str) -> None:
    """Ends a test elsewhere than on Linux; `what` says in words what only Linux has."""
    if sys.platform != "linux":
        not_run("linux", f"{what} is Linux's")


def needs_file(path: str) -> None:
    """Ends a test where the system has no such file."""
    if not os.path.lexists(path):
        not_run(path, f"no {path} here")


def needs_any_name(folder: Path) -> None:
    """Ends a test where a file's name must be UTF-8, as on a Mac."""
    try:
        (folder / os.fsdecode(b"\xff")).mkdir()
    except OSError:
        not_run("linux", "this file system refuses a name that is not UTF-8")
    (folder / os.fsdecode(b"\xff")).rmdir()


def compiler(language: str) -> compilers.Compiler:
    """The language's compiler."""
    found = compilers.find_compiler(language)
    return not_run(language, found.reason) if isinstance(found, compilers.Missing) else found


def written(mode: str, tracker: str, finish: str = "", hit: str = "{gesture: g, action: touch}") -> bytes:
    """A spec's bytes, from the parts in which specs differ."""
    return f"title: T\nmode: {mode}\n{tracker.strip()}\nhit: {hit}\n{finish}\n".encode()


def in_specs() -> list[Described]:
    """What the specs in specs/ describe."""
    return pipeline.load(sorted((ROOT / "specs").glob("*.yaml")))


@pytest.fixture(scope="session")
def shipped() -> list[Case]:
    """The cases in specs/."""
    return [case for case in in_specs() if isinstance(case, Case)]


@pytest.fixture(scope="session")
def apps() -> list[App]:
    """The apps in specs/."""
    return [app for app in in_specs() if isinstance(app, App)]


SCREEN = Hit(HitKind.SCREEN, "s", "view", ("a",))
EVENT = Hit(HitKind.EVENT, "e.done", "event", properties=(("a_b", "c"), ("d", 1)))
OLDER_WATCH = "minimum: {watchos: '6.0'}\nstyle: {access: public, class: Other, indent: 2}"


def combinations() -> dict[str, bytes]:
    """A spec for each combination of the axes that works, by mode, tracker, finish and whatever is not usual.

    Platforms of one framework are in one spec; what is for a watch is there again for an older one, which has no SwiftUI, and
    what asks for a task of BackgroundTasks for the systems on which the answer comes later.
    """
    alike: dict[tuple[Framework, tuple[tuple[str, str], ...]], list[str]] = {}
    for choices in (choices for sdk in sdks() for choices in every(vocabulary(sdk))):
        platform = choices.pop("platforms")
        alike.setdefault((PLATFORMS[Platform(platform)].framework, tuple(choices.items())), []).append(platform)
    specs = {}
    for (_, chosen), platforms in alike.items():
        name, lines = combination(dict(chosen), platforms)
        specs[name] = lines
        if "watchos" in platforms and "lifecycle: swiftui" not in lines.decode():
            specs[f"{name}_extension"] = lines + OLDER_WATCH.encode()
        if SCHEDULERS[Scheduler(dict(chosen)["scheduler"])].request and "lifecycle" not in lines.decode():
            newest = ", ".join(f"{platform}: '27.0'" for platform in platforms)
            specs[f"{name}_newest"] = lines + f"minimum: {{{newest}}}".encode()
    return specs


def combination(choices: dict[str, str], platforms: list[str]) -> tuple[str, bytes]:
    """The name and the spec of some choices; where it may be, storage is always."""
    usual = Case._field_defaults
    unusual = {key: choices[key] for key in ("lifecycle", "scheduler", "sdk") if choices[key] != usual[key]}
    words = [choices["mode"], choices["tracker"], choices["finish.when"], *unusual.values()]
    storage = {"platforms": platforms[0], "tracker.configuration.storage": "always"}
    dedicated = DEDICATED.replace("always", "never") if refused(storage, vocabulary()) else DEDICATED
    tracker = dedicated if choices["tracker"] == "dedicated" else "tracker: global"
    lines = [f"finish: {{when: {choices['finish.when']}}}", f"platforms: [{', '.join(platforms)}]"]
    lines += [f"{key}: {value}" for key, value in unusual.items()]
    if choices["tracker"] == "global" and SCHEDULERS[Scheduler(choices["scheduler"])].request:
        lines.append("identifier: org.example.task")
    # Each kind of hit with each kind of entry and tracker; events of the global tracker cannot be waited for.
    kind = choices["finish.when"] if choices["sdk"] == usual["sdk"] else "sent"
    hit = {
        "sent": "{gesture: g, chapters: [a, b, c], action: search}",
        "after": "{event: e.done, properties: {a_b: c, a_d: -1, e: true}}",
        "dispatched": "{screen: s, chapters: [a, b, c]}",
    }[kind]
    name = "_".join(words if "ios" in platforms else [*words, *platforms])
    return name, written(choices["mode"], tracker, "\n".join(lines), hit)


@pytest.fixture(scope="session")
def every_case(shipped: list[Case]) -> list[Case]:
    """The shipped cases, one of each combination, and shipped ones as they would be with other choices."""
    listened = [case._replace(tracker=None) for case in shipped if case.finish.when is When.SENT]
    kept = [case._replace(keep_tag_in=(VisitorMode.EXEMPT,)) for case in shipped if case.sdk == spec.DEFAULT_SDK]
    bare = [case._replace(style=case.style._replace(entry=EntryPoint.NONE)) for case in shipped]
    extended = [
        case._replace(style=case.style._replace(form=Form.EXTENSION))
        for case in shipped
        if case.scheduler is not Scheduler.OWN_REFRESH
    ]
    names = [shipped[0]._replace(hit=shipped[0].hit._replace(name=name)) for name in ("a & b", '{"a": 1}')]
    sent = [
        case._replace(hit=hit)
        for case in shipped
        if case.sdk == spec.DEFAULT_SDK and case.tracker
        for hit in (SCREEN, EVENT)
    ]
    combined = [spec.parse(data, f"{name}.yaml") for name, data in combinations().items()]
    return shipped + listened + kept + bare + extended + names + sent + combined


@pytest.fixture(scope="session")
def some_cases(shipped: list[Case], every_case: list[Case]) -> list[Case]:
    """The shipped cases, and of the others each fourth, or all with ATGEN_ALL."""
    return shipped + every_case[len(shipped) :: 1 if ALL else 4]


def browser_or_reason() -> tuple[str, str]:
    """Find the browser's program, or say why there is none to use."""
    program = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), "")
    if not program:
        return "", "there is no chromium on the PATH (sh .ci/setup test browser)"
    try:
        import axe_playwright_python.sync_playwright  # noqa: F401, PLC0415 (both are an extra)
        import playwright.sync_api  # noqa: F401, PLC0415
    except ImportError as error:
        return "", f"{error} (sh .ci/setup test browser)"
    return program, ""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests, without a sandbox where root could have none."""
    program, reason = browser_or_reason()
    if reason:
        not_run("browser", reason)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as play:
        launched = play.chromium.launch(executable_path=program, args=arguments)
        yield launched
        launched.close()
