"""What atgen costs: a run as a whole against the bare imports, many specs, the loader, rendering, verify."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from statistics import median
from sysconfig import get_path
from tempfile import gettempdir, mkdtemp
from typing import TYPE_CHECKING, Any, NamedTuple

from turns import Run, in_turns, process, ratio, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
FOUR = ("bg_fetch", "bg_fetch_global", "bg_task", "bg_task_global")
# The command that pip made, or where there is none what it would do.
_SCRIPT = Path(sys.executable).with_name("atgen")
ATGEN = (str(_SCRIPT),) if _SCRIPT.exists() else (sys.executable, "-m", "atgen")


class Row(NamedTuple):
    """One line of the table; `met` is None where there is no target."""

    what: str
    ours: str
    against: str
    figure: str
    target: str = ""
    met: bool | None = None


class Sizes(NamedTuple):
    """How often each is measured, and how many specs are few and many."""

    rounds: int
    few_rounds: int
    large_rounds: int
    few: int
    many: int


FULL = Sizes(rounds=21, few_rounds=5, large_rounds=1, few=1_000, many=10_000)
SMALL = Sizes(rounds=1, few_rounds=1, large_rounds=1, few=4, many=8)


def environment(work: Path) -> dict[str, str]:
    """Give the processes a cache of their own, and let Python keep its bytecode as a user's does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ATGEN", "NO_COLOR"))}
    if "PYTHONPATH" in os.environ:
        kept["PYTHONPATH"] = os.environ["PYTHONPATH"]
    return kept | {"XDG_CACHE_HOME": str(work / "cache")}


def ratio_row(what: str, ours: list[Run], floor: list[Run], against: str, target: float = 0) -> Row:
    """Make the line of two columns of runs."""
    figure = ratio(ours, floor)
    return Row(
        what,
        _time(seconds(ours)),
        f"{against}, {_time(seconds(floor))}",
        f"{figure:.2f}",
        f"≤ {target:.2f}" if target else "",
        figure <= target if target else None,
    )


def _time(value: float) -> str:
    return f"{value:.1f} s" if value >= 10 else f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"


@cache
def wheel() -> Path:
    """Install a wheel of the checkout into an environment of its own, and give the folder of its commands."""
    folder = Path(mkdtemp(prefix="atgen-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    python = folder / "installed" / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "--python", str(python), "install")
    for command in (
        (sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)),
        (sys.executable, "-m", "venv", "--without-pip", str(folder / "installed")),
        # What it needs is not downloaded again: a line of a .pth file leads to it, but not to the atgen that is there.
        (*pip, "--no-deps", "--no-index", "--find-links", str(folder), "background-hits"),
    ):
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    site = next((folder / "installed" / "lib").glob("python3.*")) / "site-packages"
    (site / "dependencies.pth").write_text(get_path("purelib") + "\n" + get_path("platlib") + "\n", encoding="utf-8")
    return python.parent


def starts(work: Path, sizes: Sizes) -> Iterator[Row]:
    """Measure whole processes against the bare imports."""
    folder = work / "starts"
    shutil.copytree(ROOT / "specs", folder / "specs")
    variables = environment(work)
    imports = ("-c", "import click, jinja2, yaml")
    one = ("render", "specs/bg_fetch.yaml")

    def runs(command: str, *arguments: str) -> Callable[[], Run]:
        return lambda: process(command, *arguments, cwd=folder, environment=variables)

    def render_new() -> Run:
        shutil.rmtree(folder / "new", ignore_errors=True)
        return runs(atgen, *one, "-o", "new")()

    atgen = str(wheel() / "atgen")
    runs(atgen, "render")()
    bare, ours, new, four, all_, checked, asked = in_turns(
        sizes.rounds,
        runs(str(wheel() / "python"), *imports),
        runs(atgen, *one),
        render_new,
        runs(atgen, "render", *FOUR),
        runs(atgen, "render"),
        runs(atgen, "render", "--check"),
        runs(atgen, "--version"),
    )
    every = f"all {len(list((folder / 'specs').glob('*.yaml')))} specs"
    against = "`import click, jinja2, yaml`"
    yield ratio_row("`atgen render specs/bg_fetch.yaml`, from a wheel", ours, bare, against, 1.6)
    yield ratio_row("the same, with its files still to be written", new, bare, against)
    yield ratio_row("`atgen render` of the vendor's page's four cases", four, bare, against)
    yield ratio_row(f"`atgen render`: {every}", all_, bare, against)
    yield ratio_row(f"`atgen render --check`: {every}, nothing changed", checked, bare, against)
    yield ratio_row("`atgen --version`", asked, bare, against)
    bare, ours = in_turns(sizes.rounds, runs(sys.executable, *imports), runs(*ATGEN, *one))
    yield ratio_row("`atgen render specs/bg_fetch.yaml`, from a checkout", ours, bare, against, 2.5)


def many(work: Path, sizes: Sizes) -> Iterator[Row]:
    """Measure time and memory of a run, by the number of specs; in memory, where the machine has such a folder."""
    memory = Path("/dev/shm")  # noqa: S108 (the point: the disk is not what is measured)
    place = (memory if os.access(memory, os.W_OK) else Path(gettempdir())) / f"atgen-{os.getpid()}"
    variables = environment(work)
    try:
        for number in (sizes.few, sizes.many):
            folder = place / str(number)
            _write_specs(folder / "specs", number)
        for arguments, state in ((("render",), "written"), (("render", "--check"), "unchanged")):
            few: list[Run] = []
            many_: list[Run] = []
            for number, runs in ((sizes.few, few), (sizes.many, many_)) * sizes.large_rounds:
                if state == "written":
                    shutil.rmtree(place / str(number) / "output", ignore_errors=True)
                runs.append(process(*ATGEN, *arguments, cwd=place / str(number), environment=variables))
            yield from _flat(f"`atgen {' '.join(arguments)}`, all {state}", few, many_, sizes)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _write_specs(folder: Path, number: int) -> None:
    """Write variations of the shipped cases that send a gesture, no two alike."""
    folder.mkdir(parents=True)
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "specs").glob("*.yaml"))]
    texts = [text for text in texts if "gesture: " in text]
    for index in range(number):
        text = texts[index % len(texts)].replace("gesture: ", f"gesture: g{index} ")
        (folder / f"case_{index:05d}.yaml").write_text(text, encoding="utf-8")


def _flat(what: str, few: list[Run], many_: list[Run], sizes: Sizes) -> Iterator[Row]:
    factor = sizes.many / sizes.few
    times = seconds(many_) / seconds(few)
    small, large = (median(run.memory for run in runs) for runs in (few, many_))
    label = f"{what}, {sizes.many:,} specs"
    per_spec = f"{seconds(many_) / sizes.many * 1000:.2f} ms a spec"
    yield Row(
        f"{label}: time",
        f"{_time(seconds(many_))} ({per_spec})",
        f"{sizes.few:,} specs, {_time(seconds(few))}",
        f"{times:.1f}",
        f"≤ {factor * 1.1:.0f}",
        times <= factor * 1.1,
    )
    yield Row(
        f"{label}: memory",
        f"{large / 2**20:.0f} MiB",
        f"{sizes.few:,} specs, {small / 2**20:.0f} MiB",
        f"{large / small:.1f}",
    )


def parts(work: Path, sizes: Sizes) -> Iterator[Row]:
    """Measure the loader and rendering alone, each within one process."""
    specs = [str(path) for path in sorted((ROOT / "specs").glob("*.yaml"))]
    for part, what, against, target in (
        ("loader", "the loader, all of `specs/`: cases, checked, with places", "`yaml.load` with `CSafeLoader`", 0.0),
        ("rendering", "rendering, all of `specs/`: planned and checked", "plain Jinja, the same macros", 1.5),
    ):
        command = (sys.executable, str(Path(__file__).with_name("inside.py")), part, str(sizes.rounds), *specs)
        done = subprocess.run(command, capture_output=True, check=True, env=environment(work))
        ours, theirs = ([Run(value, 0) for value in column] for column in zip(*json.loads(done.stdout), strict=True))
        yield ratio_row(what, ours, theirs, against, target)


def watch(work: Path, sizes: Sizes) -> Iterator[Row]:
    """Measure what a writer waits for: from a save of a spec until the page has been written, and from one with a mistake."""
    folder = work / "watch"
    shutil.copytree(ROOT / "specs", folder / "specs")
    spec, page = folder / "specs/bg_fetch.yaml", folder / "page.md"
    page.write_text("<!-- atgen:begin case=bg_fetch languages=swift,objc -->\n<!-- atgen:end -->\n", encoding="utf-8")
    text = spec.read_text(encoding="utf-8")
    command = (*ATGEN, "docs", "page.md", "--watch")
    printed: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=folder, env=environment(work), **printed) as process:

        def until(shown: str) -> None:
            assert process.stdout
            assert any(shown in line for line in process.stdout), "atgen has ended"

        def saved(gesture: str, shown: str) -> Run:
            begin = time.perf_counter()
            spec.write_text(text.replace("gesture: fetch", gesture), encoding="utf-8")
            until(shown)
            return Run(time.perf_counter() - begin, 0)

        until("written")
        results, errors = in_turns(
            sizes.rounds,
            lambda: saved(f"gesture: g{time.perf_counter_ns()}", "written"),
            lambda: saved("gestur: g", "did you mean gesture?"),
        )
        process.kill()
    for what, runs in (("the page is written", results), ("its mistake is shown", errors)):
        taken = seconds(runs)
        yield Row(
            f"`atgen docs --watch`: from a save of a spec until {what}", _time(taken), "", "", "≤ 0.5 s", taken <= 0.5
        )


def verify(work: Path, sizes: Sizes) -> Iterator[Row]:
    """Measure the proof: from cold, with nothing in the cache, anew against the bare compilation, and with nothing changed."""
    every = tuple(path.stem for path in sorted((ROOT / "specs").glob("*.yaml")))[: sizes.few]
    variables = environment(work) | {"XDG_CACHE_HOME": str(work / "proof")}

    def proof(*arguments: str) -> Run:
        return process(*ATGEN, "verify", *arguments, cwd=ROOT, environment=variables)

    for what, cases, cold, rounds in (
        ("one fetch, `bg_fetch`", ("bg_fetch",), 5, sizes.few_rounds),
        ("one task, `bg_task`", ("bg_task",), 5, sizes.few_rounds),
        (f"all {len(every)} specs", every, 0, sizes.large_rounds),
    ):
        shutil.rmtree(work / "proof", ignore_errors=True)
        taken = proof(*cases).seconds
        asked = (f"≤ {cold} s", taken <= cold) if cold else ()
        yield Row(f"`atgen verify` of {what}, the first run ever", _time(taken), "", "", *asked)
        pairs = [(proof(*cases, "--again"), _compiled(cases, variables)) for _ in range(rounds)]
        anew, bare = map(list, zip(*pairs, strict=True))
        yield ratio_row(f"`atgen verify --again` of {what}", anew, bare, "the bare compilation of its files", 1.5)
        taken = seconds([proof(*cases) for _ in range(rounds)])
        yield Row(f"`atgen verify` of {what}, unchanged", _time(taken), "", "", "≤ 0.3 s", taken <= 0.3)


def _compiled(cases: tuple[str, ...], variables: dict[str, str]) -> Run:
    """Compile the files of cases in every mode, and do no more."""
    specs = (str(ROOT / "specs" / f"{case}.yaml") for case in cases)
    command = (sys.executable, str(Path(__file__).with_name("bare.py")), *specs)
    done = subprocess.run(command, capture_output=True, check=True, env=variables)
    return Run(float(done.stdout), 0)
