"""A case's proof: each language compiles in all of its modes, and gives the reference's trace in each order tried.

A scenario is tried in all orders, or in those that depart a number of times from the default order, and a row says so.

The reference is searched, and each of its schedules is replayed by the other languages' hosts. The traces hold which
choices were open, so a language that has others than the reference is found out too. What was proven is remembered for
all that went into it: texts, scenarios, this package's own proof, and the compilers' versions.
"""

from __future__ import annotations

import hashlib
import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import lru_cache, partial, reduce
from itertools import chain, count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from atgen import cache
from atgen.case.axes import PLATFORMS
from atgen.case.model import Form, Platform
from atgen.case.requirements import requirements, version
from atgen.errors import AtgenError
from atgen.proof import compilers, native, said, scenario
from atgen.proof.invariants import Expectation, violations
from atgen.proof.search import Search, python
from atgen.proof.story import Counterexample, python_places, shortest, tell
from atgen.rendering import languages, pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from typing_extensions import Self

    from atgen.case.model import Described
    from atgen.proof.scenario import Scenario
    from atgen.proof.search import Player
    from atgen.reference import Device, Event

# How many schedules a host's process is handed: starting it costs less than a hundredth, and memory stays flat.
_BATCH = 2048
# How many schedules of a scenario are tried at most with code that has no reference: nobody knows its states.
_OWN = 1000
_PACKAGE = Path(__file__).resolve().parent.parent
REFERENCE = "python"
# What lives on from one run to the next, in Swift and Objective-C; but for a literal, which is the same in each.
_STATIC = re.compile(
    r"\bstatic (?:let|var)\b(?!.*= *[\"\d-])|^(?:\w+ )?(?:let|var) (?!.*= *[\"\d-])|^ *static (?:\w+ )+\*?\w+ *[;=]|\bdispatch_once\b",
    re.MULTILINE,
)
# What asks for a newer system while the app runs, and what it hears in an older one.
_ASKED = {
    "swift": (re.compile(r"#(un)?available\(([^()]*)\)"), {"": "Bool(false)", "un": "Bool(true)"}),
    "objc": (re.compile(r"@(un)?available\(([^()]*)\)"), {"": "NO"}),
}
# Of an app whose scene's delegate hears that it has gone.
_OF_A_SCENE = "sceneDidEnterBackground"


class Finding(NamedTuple):
    """One thing that is wrong: what, and, where a schedule shows it, how to play it again."""

    text: str
    counterexample: Counterexample | None = None


class Tried(NamedTuple):
    """How far a proof went: `deviations` is the most of any scenario whose search has such a limit, of which `limited` are."""

    schedules: int = 0
    scenarios: int = 0
    limited: int = 0
    deviations: int = 0


class Row(NamedTuple):
    """What was done for one case on one platform in one language; `not_run` says why it was not, in words.

    `known` says that an earlier run did it.
    """

    case: str
    platform: Platform
    language: str
    compiled: int
    tried: Tried
    findings: tuple[Finding, ...] = ()
    not_run: str = ""
    known: bool = False


class _UnprovenError(Exception):
    """Nothing is remembered: findings are always found again, and so is what was stopped."""


class _Compiled(NamedTuple):
    """What a compiler says of a case: in how many modes it was asked, and what is wrong; `not_run` as in a row."""

    language: str
    modes: int = 0
    findings: tuple[Finding, ...] = ()
    not_run: str = ""


class _Played(NamedTuple):
    """What came of one scenario: by language what is wrong, and why one played no more of it."""

    scenario: str
    tried: Tried
    findings: dict[str, list[Finding]]
    not_run: dict[str, str]


def verify(
    case: Described, platform: Platform, names: Iterable[str] | None = None, *, again: bool = False
) -> list[Row]:
    """The rows of a case on a platform, one for each language that its SDK has.

    `names` are of `swift`, `objc` and `python`, all by default; what is wrong is in a row's `findings`, and a compiler that
    is not there in its `not_run`. `again` proves anew what is known.
    """
    names = list(languages.names() if names is None else names)
    rows = {row.language: row for row in prove(case, platform, rendered(case, platform, names), again=again)}
    return [rows[name] for name in names if name in rows]


def prove(case: Described, platform: Platform, texts: dict[str, dict[str, str]], *, again: bool = False) -> list[Row]:
    """The rows of texts by language and path, which may be others than those rendered; the reference's are among them."""
    proof = Proof(case, platform, texts, again=again)
    return proof.known or proof.rows(task() for task in proof.tasks)


class Proof:
    """The proof of a case's texts, by language and path, on a platform; the reference's are among them.

    `known` are its rows where an earlier run has proven it, unless `again` asks to do so anew. Else `rows` makes them of what
    the `tasks` give, each of which may be done in a process of its own. Two proofs of the same `key` are one: of their files
    no more than a comment differs, and either's results are the other's.
    """

    def __init__(
        self, case: Described, platform: Platform, texts: dict[str, dict[str, str]], *, again: bool = False
    ) -> None:
        self._case, self._platform, self._again = case, platform, again
        self._texts = {name: files for name, files in texts.items() if files}
        found = {name: compilers.find_compiler(name) for name in self._texts if name != REFERENCE}
        self._missing = {name: each.reason for name, each in found.items() if isinstance(each, compilers.Missing)}
        self._scenarios = scenarios(case, platform)
        self.key = _key(case, platform, self._texts, found, self._scenarios)
        entry = None if again else cache.known("proof", [self.key])
        rows = json.loads((entry / "rows.json").read_text(encoding="utf-8")) if entry else []
        # What files say of themselves, which no proof depends on, may be wrong all the same.
        self._wrong = {
            name: [Finding(text) for text in said.wrong(case, platform, files, languages.get(name).module)]
            for name, files in self._texts.items()
        }
        self.known = [] if any(self._wrong.values()) else [_row(platform, *values) for values in rows]

    @property
    def tasks(self) -> list[Callable[[], _Compiled | _Played]]:
        """What is to be done: the compilers are asked first, and of the scenarios those that may have the most orders."""
        files = {name: each for name, each in self._texts.items() if name not in {*self._missing, REFERENCE}}
        there = sorted(self._scenarios, key=_weight, reverse=True)
        return [
            *(
                partial(_compile, name, each, oldest=_oldest(self._case, self._platform), again=self._again)
                for name, each in files.items()
            ),
            *(partial(_play, self._case, self._platform, each, self._texts[REFERENCE], files) for each in there),
        ]

    def rows(self, results: Iterable[_Compiled | _Played]) -> list[Row]:
        """The rows of what the tasks gave; they are remembered, if nothing is wrong."""
        compiled = {name: _Compiled(name, not_run=reason) for name, reason in self._missing.items()}
        compiled[REFERENCE] = _Compiled(REFERENCE)
        played: dict[str, _Played] = {}
        for each in results:
            if isinstance(each, _Compiled):
                compiled[each.language] = each
            else:
                played[each.scenario] = each
        in_order = [played[each.name] for each in self._scenarios]
        rows = [self._row(compiled[name], in_order) for name in self._texts]

        def keep(folder: Path) -> None:
            if any(row.findings or (row.not_run and row.language not in self._missing) for row in rows):
                raise _UnprovenError
            (folder / "rows.json").write_text(json.dumps(rows), encoding="utf-8")

        with suppress(_UnprovenError):
            cache.remember("proof", [self.key], keep, again=self._again)
        return rows

    def _row(self, compiled: _Compiled, played: list[_Played]) -> Row:
        name = compiled.language
        findings = [*self._wrong[name], *compiled.findings]
        findings += [finding for each in played for finding in each.findings.get(name, ())]
        not_run = next(filter(None, (compiled.not_run, *(each.not_run.get(name) for each in played))), "")
        tried = Tried() if compiled.findings or not_run else _sum(each.tried for each in played)
        return Row(self._case.name, self._platform, name, compiled.modes, tried, tuple(findings), not_run)


def judge(case: Described, platform: Platform, language: str, files: dict[str, str]) -> Row:
    """The row of code that atgen did not write, held to what the case promises; `files` are texts by their names.

    It is compiled in the most lenient mode, since the app's own is not known, and as far as the compiler knows systems for the
    oldest one that the case names; and a finding ends the search, which begins where the fewest orders are.
    """
    row = Row(case.name, platform, language, 0, Tried())
    found = compilers.find_compiler(language)
    if isinstance(found, compilers.Missing):
        return row._replace(not_run=found.reason)
    found = found.own
    files, oldest = found.readable(files), _oldest(case, platform)
    mode, *older = found.lenient(oldest)
    try:
        found.host(files, mode)
    except (compilers.CompilerError, compilers.StoppedError) as error:
        return row._replace(not_run=_refused(found, files, mode, error))
    try:
        for other in older:
            verdict = found.check(files, other, strict=False)
            if not verdict.accepted:
                text = f"does not compile for {oldest}, the oldest system that the spec names: {_refusal(verdict.messages)}"
                return row._replace(compiled=1, findings=(Finding(text),))
        there = [each.on_time() for each in scenarios(case, platform)]
        if any(_OF_A_SCENE in text for text in files.values()):
            there = [each.of_one_scene() for each in there]
        row = row._replace(compiled=1)
        for texts in _by_system(files, case, platform, language):
            keeps = any(_STATIC.search(text) for text in texts.values())
            row = _judged(row, case, native.Host(found.host(texts, mode), keeps_statics=keeps), there)
            if row.findings:
                break
    except (compilers.CompilerError, compilers.StoppedError) as error:
        return row._replace(not_run=str(error))
    return row


def _refused(found: compilers.Compiler, files: dict[str, str], mode: str, error: AtgenError) -> str:
    """Say why these files make no program: what the compiler says of them, or that what it accepts has no delegate."""
    if isinstance(error, compilers.CompilerError):
        try:
            verdict = found.check(files, mode, strict=False)
        except compilers.StoppedError as stopped:
            return str(stopped)
        if not verdict.accepted:
            return _refusal(verdict.messages)
    return str(error)


def _by_system(files: dict[str, str], case: Described, platform: Platform, language: str) -> Iterator[dict[str, str]]:
    """Give the files as the newest system runs them and, where they ask which one it is, as the oldest one does."""
    yield files
    needs, title = version(requirements(case, platform).minimum), PLATFORMS[platform].title
    pattern, answers = _ASKED[language]

    def answer(asked: re.Match[str]) -> str:
        since = re.search(rf"\b{title} (\d[\d.]*)", asked[2])
        return answers[asked[1] or ""] if since and version(since[1]) > needs else asked[0]

    older = {name: pattern.sub(answer, text) for name, text in files.items()}
    if older != files:
        yield older


def _judged(row: Row, case: Described, host: native.Host, there: list[Scenario]) -> Row:
    """The row of a host, which is held to the invariants alone, in these scenarios."""
    usually = _usually(host, there)
    expected = Expectation.of(case, row.platform).working(usually)
    asked = (each["from"] for each in usually if each["event"] == "submit" and each["task"] == expected.identifier)
    if expected.kind.asks and 1 not in asked:
        there = [each.left_at_once() for each in there]
        usually = _usually(host, there)
    tried = row.tried
    for each in sorted(there, key=_weight):
        play = host.player(each.as_json())
        for deviations in count():
            search = Search(play, _OWN, deviations)
            if any(violations(run.events, expected) for run in search):
                # It may take more deviations than the scenario is tried with.
                found = replace(each, deviations=None)
                finding = _story(case, found, expected, row.language, play, partial(host.places, each.as_json()))
                return row._replace(tried=Tried(tried.schedules + search.count), findings=(finding,))
            if not search.is_spent:
                whole = search
            if search.is_spent or not search.cut:
                break
        tried = _and(tried, _tried(whole))
    if not any(each["event"] == "hit" and each["by"] == "app" for each in usually):
        # Each time may have been up, as if the work had taken too long.
        return row._replace(tried=tried, findings=(Finding("no scenario has it send a hit"),))
    return row._replace(tried=tried)


def _usually(host: native.Host, there: list[Scenario]) -> list[Event]:
    """All that happens in the default orders, up to the first crash: what does not end takes a while to be called one."""
    happened: list[Event] = []
    for each in there:
        happened += map(json.loads, host.trace(each.as_json()))
        if happened[-1]["event"] == "crash":
            break
    return happened


def _refusal(messages: str) -> str:
    """The first error of each file, `FILE:LINE: what`."""
    errors = re.findall(r"^(?:.*/)?([^/\n]+?):(\d+):\d+: (?:fatal )?error: (.*)$", messages, re.MULTILINE)
    first = {name: f"{name}:{line}: {message}" for name, line, message in reversed(errors)}
    return "; ".join(first[name] for name in sorted(first)) or messages.strip()


def _unheard(*_: object) -> None:
    """Take what the app prints: a proof's output is not the app's."""


def delegate(files: dict[str, str], class_name: str) -> Callable[[Device], object]:
    """The class that rendered Python defines; the code is our own output."""
    [(name, text)] = files.items()
    namespace: dict[str, Any] = {"__name__": "rendered", "print": _unheard}
    exec(compile(text, name, "exec"), namespace)  # noqa: S102 (what `render` gave a moment ago)
    return namespace[class_name]  # type: ignore[no-any-return]


def usual(there: list[Scenario]) -> Scenario:
    """The plainest scenario in which more happens than the launch."""
    return min(there, key=lambda each: (len(each.outside.steps) == 1, len(each.outside.steps), each.name))


def scenarios(case: Described, platform: Platform) -> list[Scenario]:
    """The scenarios that say something about a case on a platform."""
    return [each.played_with(case) for each in _all_scenarios() if each.applies(case, platform)]


@lru_cache
def _all_scenarios() -> list[Scenario]:
    return scenario.load_all()


def play(case: Described, platform: Platform, language: str, played: Scenario, schedule: Sequence[str]) -> list[Event]:
    """One run's trace in a language; AtgenError where its compiler is missing."""
    files = _texts(case, platform, language)
    if language == REFERENCE:
        return python(delegate(files, case.style.class_name), played.outside)(schedule)
    if not files:
        raise AtgenError(f"{case.name} has no {language}: its SDK has none")
    host = native.host(language, files, strict=True)
    if isinstance(host, compilers.Missing):
        raise AtgenError(f"{language} cannot be run: {host.reason}")
    return [json.loads(line) for line in host.trace(played.as_json(), schedule)]


def send(case: Described, platform: Platform, played: Scenario, url: str) -> list[Event]:
    """One run's trace of the reference, whose hits are sent to a real collector; AtgenError for a URL that is none."""
    from atgen.reference.collector import Collector  # noqa: PLC0415 (the network is seldom asked for)
    from atgen.reference.collector import send as send_hits  # noqa: PLC0415

    made = delegate(_texts(case, platform, REFERENCE), case.style.class_name)
    return send_hits(made, played.outside, Collector.at(url))


def rendered(case: Described, platform: Platform, names: Iterable[str]) -> dict[str, dict[str, str]]:
    """What is rendered in these languages and the reference's, by language and path."""
    return {name: _texts(case, platform, name) for name in dict.fromkeys((*names, REFERENCE))}


def _texts(case: Described, platform: Platform, language: str) -> dict[str, str]:
    """What is rendered, by path; and where that is an extension, an app's own class."""
    prefix = f"{case.name}/{platform.value}/{language}/"
    rendered = pipeline.render(case._replace(platforms=(platform,)), [language])
    own = pipeline.own(case, platform, languages.get(language)) if rendered else {}
    return {path.removeprefix(prefix): file.text for path, file in rendered.items()} | own


class _Replays:
    """A compiled language's replays of one scenario, in a thread of its own: the search goes on meanwhile.

    One that has no program is left out: `_compile` says why.
    """

    def __init__(self, case: Described, played: Scenario, language: str, files: dict[str, str]) -> None:
        self.findings: list[Finding] = []
        self.not_run = ""
        self._case = case
        self._played = played
        self._language = language
        self._thread = ThreadPoolExecutor(1)
        self._host = self._thread.submit(_host, language, tuple(files.items()))
        self._asked: list[Future[None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def replay(self, batch: list[tuple[Sequence[str], list[str]]]) -> None:
        """Replay schedules as soon as may be, and compare their traces with the reference's."""
        self._asked.append(self._thread.submit(self._replay, batch))

    def finish(self) -> None:
        """Wait until all is done; raises what went wrong."""
        for each in self._asked:
            each.result()

    def _replay(self, batch: list[tuple[Sequence[str], list[str]]]) -> None:
        program = self._host.result()
        if not program or self.findings or self.not_run:
            return  # a difference is told once
        host = native.Host(program, keeps_statics=self._case.style.form is Form.EXTENSION)
        try:
            finding = _difference(self._case, self._played, self._language, host, batch)
        except compilers.StoppedError as stopped:
            self.not_run = str(stopped)
        else:
            self.findings += [finding] if finding else []


@lru_cache(maxsize=16)  # a case's scenarios have the same
def _host(language: str, files: tuple[tuple[str, str], ...]) -> Path | None:
    """Build the program of a language, or wait until another process has; None where there is none."""
    compiler = compilers.find_compiler(language)
    assert not isinstance(compiler, compilers.Missing)  # noqa: S101 (a moment ago it was there)
    try:
        return compiler.host(dict(files), strict=True)
    except (compilers.CompilerError, compilers.StoppedError):
        return None


def _compile(language: str, files: dict[str, str], *, oldest: str, again: bool) -> _Compiled:
    """Ask a compiler for its verdict in each mode, and build the program."""
    compiler = compilers.find_compiler(language)
    compiled = _Compiled(language)
    if isinstance(compiler, compilers.Missing):
        return compiled._replace(not_run=compiler.reason)
    try:
        verdicts = compiler.verdicts(files, oldest=oldest, again=again, builds=True)
        texts = [
            f"does not compile{f' in mode {mode}' if mode else ''}:\n{verdict.messages}"
            for mode, verdict in verdicts.items()
            if not verdict.accepted
        ]
        compiled = compiled._replace(modes=len(verdicts), findings=tuple(map(Finding, texts)))
        if not texts:
            compiler.host(files, strict=True)  # or say what it lacks
    except compilers.StoppedError as stopped:
        return compiled._replace(not_run=str(stopped))
    return compiled


def _sum(several: Iterable[Tried]) -> Tried:
    return reduce(_and, several, Tried())


def _and(one: Tried, other: Tried) -> Tried:
    """What was tried in both."""
    return Tried(
        one.schedules + other.schedules,
        one.scenarios + other.scenarios,
        one.limited + other.limited,
        max(one.deviations, other.deviations),
    )


def _tried(search: Search) -> Tried:
    """How far a scenario was tried."""
    limited = (search.deviations or 0) if search.cut else 0
    return Tried(search.count, 1, int(bool(limited)), limited)


def _weight(played: Scenario) -> int:
    """How many orders a scenario may have: as many more with each step as there are other things that can happen."""
    outside = played.outside
    return int((len(outside.network) + len(outside.work) + outside.expirations) ** len(outside.steps))


def _play(
    case: Described,
    platform: Platform,
    played: Scenario,
    reference: dict[str, str],
    compiled: dict[str, dict[str, str]],
) -> _Played:
    """Play every schedule of a scenario in all languages, of which the compiled ones have these files."""
    made = delegate(reference, case.style.class_name)
    expected = Expectation.of(case, platform)
    play = python(made, played.outside)
    search = Search(play, played.bound, played.deviations)
    found: list[Finding] = []
    with ExitStack() as stack:
        others = {
            language: stack.enter_context(_Replays(case, played, language, files))
            for language, files in compiled.items()
        }
        runs = iter(search)
        for batch in iter(lambda: list(islice(runs, _BATCH)), []):
            for run in batch:
                if not found and violations(run.events, expected):
                    places = partial(python_places, made, played.outside)
                    found.append(_story(case, played, expected, REFERENCE, play, places))
            for other in others.values():
                other.replay([(run.schedule, run.lines) for run in batch])
        if search.is_spent:
            text = f"{played.name}: there are more orders than its bound of {played.bound:,}, and nothing says which are left out"
            found.append(Finding(text))
        for other in others.values():
            other.finish()
    findings = {language: other.findings for language, other in others.items()}
    not_run = {language: other.not_run for language, other in others.items() if other.not_run}
    return _Played(played.name, _tried(search), {REFERENCE: found, **findings}, not_run)


def _difference(
    case: Described,
    played: Scenario,
    language: str,
    host: native.Host,
    batch: list[tuple[Sequence[str], list[str]]],
) -> Finding | None:
    """The first schedule of the batch that the language plays otherwise than the reference does."""
    traces = host.replay(played.as_json(), (schedule for schedule, _ in batch))
    for (schedule, expected), found in zip(batch, traces, strict=True):
        lines = _unprefixed(found, case.style.prefix)
        if lines == expected:
            continue
        pairs = zip(chain(expected, [""] * len(lines)), chain(lines, [""] * len(expected)), strict=False)
        at, (wanted, got) = next((at, pair) for at, pair in enumerate(pairs) if pair[0] != pair[1])
        text = f"{played.name}: event {at + 1} is {got or 'missing'}, and in the reference {wanted or 'missing'}"
        return Finding(text, Counterexample(case.name, played.name, language, "", tuple(schedule)))
    return None


def _unprefixed(lines: list[str], prefix: str) -> list[str]:
    """A trace as it is without the prefix, which the reference has not: its last event counts objects by class."""
    return [*lines[:-1], re.sub(rf'"{prefix}(\w+)":(?=\d)', r'"\1":', lines[-1])] if prefix else lines


def _story(
    case: Described,
    played: Scenario,
    expected: Expectation,
    language: str,
    play: Player,
    places: Callable[[Sequence[str]], dict[int, str]],
) -> Finding:
    """The shortest schedule that breaks an invariant, told with the places in the code."""
    finding = shortest(play, played, expected)
    assert finding  # noqa: S101 (the search found a run a moment ago)
    text = f"{played.name}: {tell(finding.run.events, finding.violation, places(finding.schedule))}"
    name = finding.violation.invariant.name
    return Finding(text, Counterexample(case.name, played.name, language, name, finding.schedule))


def _key(
    case: Described,
    platform: Platform,
    texts: dict[str, dict[str, str]],
    found: dict[str, compilers.Compiler | compilers.Missing],
    there: list[Scenario],
) -> str:
    """All that a proof depends on: the case, its texts, the compilers, what is played and expected, and what proves.

    Of a platform it holds no more than that, so that platforms whose files differ in their first comment have one proof.
    """
    versions = {
        name: each.reason if isinstance(each, compilers.Missing) else f"{each.path} {each.version}"
        for name, each in found.items()
    }
    code = {name: {path: _uncommented(text) for path, text in files.items()} for name, files in texts.items()}
    names, expected = [each.name for each in there], repr(Expectation.of(case, platform))
    return json.dumps([case.name, expected, names, _oldest(case, platform), code, versions, _own_digest()])


def _uncommented(text: str) -> str:
    """A file without the words of its first comment; the lines stay, since stories name them."""
    end = sum(1 for _ in said.first_comment(text))
    return "\n" * end + "\n".join(text.split("\n")[end:])


def _oldest(case: Described, platform: Platform) -> str:
    """The oldest system that the app runs on, if its spec says so."""
    return dict(case.minimum).get(platform, "")


@lru_cache
def _own_digest() -> str:
    """The digest of all of this package that takes part in a proof."""
    digest = hashlib.sha256()
    for folder in ("reference", "proof"):
        for path in sorted((_PACKAGE / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(str(path.relative_to(_PACKAGE)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _row(platform: Platform, case: str, _: str, language: str, compiled: int, tried: list[int], *rest: Any) -> Row:  # noqa: ANN401 (JSON)
    _, not_run, _ = rest  # what has findings is not kept
    return Row(case, platform, language, compiled, Tried(*tried), (), not_run, known=True)
