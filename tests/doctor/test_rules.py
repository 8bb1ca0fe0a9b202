"""Each rule: its page is right about it, the page's snippets and the project's own files are judged as they should be."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from doctored import rules

from atgen.doctor import check, report
from atgen.doctor.rules import ALL, Example, Settings
from atgen.doctor.source import Source
from atgen.rendering import pipeline
from conftest import ROOT

if TYPE_CHECKING:
    from atgen.case.model import Case

NATIVE = ROOT / "tests" / "proof" / "native"
EXAMPLES = [(code, example) for code, rule in ALL.items() for example in rule.examples]


@pytest.mark.parametrize(
    ("code", "example"), EXAMPLES, ids=[f"{code}-{number}" for number, (code, _) in enumerate(EXAMPLES)]
)
def test_examples(code: str, example: Example) -> None:
    """A rule names the marked lines of its page's snippets and no other, and the grammar reads all but P17's."""
    source = Source("A", example.code.encode(), example.language == "swift")
    report = check.judge(source, Settings(frozenset({"a"})))
    lines = {each.line for each in check.settle([report], frozenset({"has scenes"})) if each.rule == code}
    assert (lines, report.unreadable) == (set(example.lines), ())


# Snippets by topic: `### LANGUAGE RULE:LINE…`, and the code below it.
SNIPPETS = [
    (path.stem, match[1], match[3], match[2].split())
    for path in sorted((Path(__file__).parent / "snippets").glob("*.txt"))
    for match in re.finditer(r"^### (\w+) ?(.*)\n((?:(?!### ).*\n)*)", path.read_text(encoding="utf-8"), re.MULTILINE)
]


@pytest.mark.parametrize(("topic", "language", "code", "expected"), SNIPPETS, ids=[each[0] for each in SNIPPETS])
def test_snippets(topic: str, language: str, code: str, expected: list[str]) -> None:
    """Mistakes in many shapes, and what looks like them and is right."""
    report = check.judge(Source(topic, code.encode(), language == "swift"), Settings(frozenset({"a"})))
    told = sorted(f"{each.rule}:{each.line}" for each in check.settle([report]) if not each.is_note)
    assert (told, report.unreadable) == (sorted(expected), ())


@pytest.mark.parametrize("code", ALL)
def test_pages(code: str) -> None:
    """A rule's page begins with its code and sentence, and says what to do and where it is written."""
    rule = ALL[code]
    assert "" not in (rule.sentence, rule.mend, rule.source)
    if rule.find.__name__ != "_nothing":
        examples = [*rule.examples]
        assert {bool(example.lines) for example in examples} == {True, False}


def test_pages_are_those_of_rules() -> None:
    """No page without its rule, and the table of all is current."""
    folder = Path(check.__file__).parent / "rules"
    assert sorted(path.stem for path in folder.glob("*.md")) == sorted([*ALL, "README"])
    assert (folder / "README.md").read_text(encoding="utf-8") == report.table()


@pytest.mark.parametrize("path", sorted((NATIVE / "wrong").glob("*.[sm]*")), ids=lambda path: path.name)
def test_each_mistake_is_found_and_no_other(path: Path) -> None:
    """Files that are right but for one mistake of the page, which is in their name."""
    assert {rule.split(":")[0] for rule in rules(path.read_text(encoding="utf-8"), path.name)} == {path.stem[:3]}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bg_fetch.swift", {"P03", "P04", "P12"}),
        ("bg_fetch.m", {"P03", "P04", "P12"}),
        ("bg_fetch_global.swift", {"P03", "P04"}),
        ("bg_fetch_global.m", {"P03", "P04"}),
        ("bg_task.swift", {"P10", "P12", "P13", "P16"}),
        ("bg_task.m", {"P10", "P12", "P13", "P16"}),
        ("bg_task_global.swift", {"P10", "P11", "P13", "P14", "P16"}),
        ("bg_task_global.m", {"P10", "P11", "P13", "P14", "P16"}),
    ],
)
def test_the_page_s_own_snippets(name: str, expected: set[str]) -> None:
    """The page's eight, mended as far as they must be to compile: what is left is what compilers do not see."""
    text = (NATIVE / "page" / name).read_text(encoding="utf-8")
    assert {rule.split(":")[0] for rule in rules(text, name)} == expected


def test_all_output_is_left_in_peace(some_cases: list[Case]) -> None:
    """Whatever atgen renders shows no mistake, but for a hit that the spec says is not waited for."""
    wrong = []
    for case in some_cases:
        allowed = {"P13"} if case.finish.when.value == "dispatched" else set()
        allowed |= {"P07", "P08"} if case.sdk == "objc2" else set()
        for language in ("swift", "objc"):
            reports = [
                check.judge(Source(path, file.text.encode(), path.endswith(".swift")), Settings())
                for path, file in pipeline.render(case, [language]).items()
            ]
            wrong += [str(each) for each in check.settle(reports) if each.rule not in allowed and not each.is_note]
            wrong += [report.path for report in reports if report.unreadable]
    assert wrong == []


FETCH = "func application(_ a: UIApplication, performFetchWithCompletionHandler h: @escaping (UIBackgroundFetchResult) -> Void)"
INTERVAL = "func launch() { a.setMinimumBackgroundFetchInterval(b) }\n"


def test_a_rule_looks_at_all_sources() -> None:
    """What one file configures, declares or holds is there for the others."""
    using = (
        f'{FETCH} {{ h(.noData) }}\nlet t = ATInternet.sharedInstance.tracker("own")\nlet x = UIBackgroundTaskInvalid'
    )
    stats = "class Stats { static let tracker = ATInternet.sharedInstance.defaultTracker }"
    mode = "func f() { Stats.tracker.context.backgroundMode = .task }"
    configured = 'let t = ATInternet.sharedInstance.tracker("own", configuration: c)\nlet UIBackgroundTaskInvalid = 0'

    def together(*texts: str) -> set[str]:
        reports = [check.judge(Source("A", text.encode(), is_swift=True), Settings()) for text in texts]
        return {each.rule for each in check.settle(reports)}

    assert together(using) == {"P04", "P06", "P12"}
    assert together(using, INTERVAL + configured) == set()
    assert (together(mode), together(mode, stats)) == (set(), {"P11"})


def test_a_rule_is_silent_where_the_grammar_is_lost() -> None:
    """And one note says which lines; what is elsewhere in the file is told."""
    text = f"{INTERVAL}{FETCH} {{\n    let x = = 3 @@ ;\n}}\nlet y = UIBackgroundTaskInvalid\n"
    report = check.judge(Source("A", text.encode(), is_swift=True), Settings())
    assert [f"{each.rule}:{each.line}" for each in check.settle([report])] == ["P06:5"]
    assert report.unreadable[0] == 3


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("class A {\n    func f() {\n        x()\n    func g() {}\n}\n", 2),
        ("class A {\n    func f() {\n        if a {\n            x()\n    }\n}\n", 3),
        ("class A {\n    func f() {}\n", 1),
        ("class A {\n    func f() {}\n}\n}\n", 4),
        ("class A {\n    func f() { g(1 }\n}\n", 2),
    ],
)
def test_the_bracket_that_is_named_is_the_one_that_was_forgotten(text: str, line: int) -> None:
    """As far as the lines' indentation tells."""
    assert rules(text) == [f"P17:{line}"]


def test_two_processes_say_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the same order, and what was done is told on the way."""
    sources = [
        Source(f"{number}", f"let x{number} = UIBackgroundTaskInvalid".encode(), is_swift=True) for number in range(40)
    ]
    one = check.all_of(sources, Settings())
    monkeypatch.setattr(check, "_WORTH", 0)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    shown: list[tuple[int, int]] = []
    assert check.all_of(sources, Settings(), lambda done, count: shown.append((done, count))) == one
    assert (len(one), shown[-1]) == (40, (40, 40))


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    "unit",
    [
        '"', "'", "#", '#"', '"\\(', "/*", "\\", "{", "}", "[[", " ", "\n", "é", "#import <", "func f(", "x = y ",
        "@implementation A\n", 'x.tracker("', "DispatchQueue.global().async {", "dispatch_async(q, ^{", "#if A\n",
        "#if A || (B && !C)\n#endif\n", "t.context.backgroundMode = .task\n", "a.sendTouch()\n", "if x { h(.noData) }\n",
        "a.beginBackgroundTask(", "[a beginBackgroundTaskWithName:b expirationHandler:^{", "endBackgroundTask(x)\n",
        "func f() { endBackgroundTask(x)\n", "let t = x.defaultTracker\n", ".a(b)", "(", "!", "a ? b : ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["A.swift", "A.m"])
def test_no_text_stops_it(unit: str, name: str) -> None:
    """Nothing but beginnings, nested or in a row, in a function: it is read to an end, whatever is found."""
    # A statement takes the rules longer than a character does the parser.
    size = 20_000 if len(unit) < 10 else 8_000
    text = "func f(h: @escaping (UIBackgroundFetchResult) -> Void) {\n" + unit * (size // len(unit))
    assert isinstance(rules(text, name), list)
