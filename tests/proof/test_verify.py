"""Every file of output/ compiles in every mode and plays its scenarios; and what is wrong would be found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from atgen.case.model import Platform
from atgen.cli.verify import command
from atgen.proof import verify
from atgen.rendering import pipeline
from conftest import compiler, not_run

if TYPE_CHECKING:
    from atgen.case.model import Case

ROOT = Path(__file__).resolve().parents[2]
UNITS = [
    (case, platform) for case in pipeline.load(sorted((ROOT / "specs").glob("*.yaml"))) for platform in case.platforms
]
NAMES = [f"{case.name}-{platform.value}" for case, platform in UNITS]


@pytest.mark.sample(16, always=r"^bg_(fetch|task)(_global)?-")
@pytest.mark.parametrize("name", NAMES)
def test_all_languages_agree_in_each_schedule(name: str) -> None:
    """No compiler objects in any mode, no invariant is broken, and the traces are equal byte for byte."""
    case, platform = UNITS[NAMES.index(name)]
    rows = verify.verify(case, platform, ["swift", "objc", "python"])
    assert [finding.text for row in rows for finding in row.findings] == []
    for row in rows:
        if row.not_run:
            not_run(row.language, row.not_run)
    assert {row.language: row.compiled for row in rows} | {"python": 0} == {
        row.language: {"swift": 4, "objc": 2, "python": 0}[row.language] for row in rows
    }
    assert len({row.tried for row in rows}) == 1
    assert rows[0].tried.schedules >= 20


def test_a_delegate_may_be_final() -> None:
    """The host, whose subclass plays the work, takes it for one that is not; the other modes do not."""
    compiler("swift")
    case, platform = UNITS[NAMES.index("swiftui_task_global-ios")]
    texts = verify.rendered(case, platform, ["swift"])
    texts["swift"] = {
        path: text.replace("\nclass AppDelegate", "\nfinal class AppDelegate") for path, text in texts["swift"].items()
    }
    assert any("final class AppDelegate" in text for text in texts["swift"].values())
    rows = verify.prove(case, platform, texts)
    assert [finding.text for row in rows for finding in row.findings] == []
    assert rows[0].compiled == 4


@pytest.mark.sample(6)
@pytest.mark.parametrize("name", NAMES)
def test_all_compile_and_agree_where_little_happens(name: str) -> None:
    """In every mode, and in the scenarios that are likely to have the fewest orders."""
    case, platform = UNITS[NAMES.index(name)]
    for language in ("swift", "objc"):
        compiler(language)
    *_, few, fewer, fewest = tasks = verify.Proof(
        case, platform, verify.rendered(case, platform, ["swift", "objc"])
    ).tasks
    compiled = [task() for task in tasks if task.func is verify._compile]  # noqa: SLF001
    assert [(each.findings, each.not_run) for each in compiled] == [((), "")] * len(compiled)
    for task in (few, fewer, fewest):
        played = task()
        assert (not any(played.findings.values()), played.not_run) == (True, {})


def test_a_language_that_does_otherwise_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Swift that sends another hit than the reference differs at the event where it does."""
    case, platform = UNITS[NAMES.index("bg_fetch_global-ios")]
    texts = verify._texts  # noqa: SLF001 (what is changed is what the compilers are given)

    def changed(*arguments: object) -> dict[str, str]:
        files = texts(*arguments)  # type: ignore[arg-type]
        return {path: text.replace('.add("fetch")', '.add("fetsch")') for path, text in files.items()}

    monkeypatch.setattr(verify, "_texts", changed)
    rows = {row.language: row for row in verify.verify(case, platform, ["swift", "objc", "python"])}
    for row in rows.values():
        if row.not_run:
            not_run(row.language, row.not_run)
    [finding, *_] = rows["swift"].findings
    assert '"name":"fetsch"' in finding.text
    assert finding.counterexample is not None
    again = verify.play(case, platform, "python", verify.scenarios(case, platform)[0], finding.counterexample.schedule)
    assert json.dumps(again).count("fetsch") == 0
    assert rows["python"].findings == ()


@pytest.mark.parametrize(
    ("language", "held", "weak"),
    [
        ("swift", "DispatchWorkItem { self.timeIsUp() }", "DispatchWorkItem { [weak self] in self?.timeIsUp() }"),
        (
            "objc",
            "    self.deadline = dispatch_block_create(0, ^{\n        [self timeIsUp];",
            (
                "    __weak __typeof__(self) weak = self;\n"
                "    self.deadline = dispatch_block_create(0, ^{\n        [weak timeIsUp];"
            ),
        ),
    ],
)
def test_work_that_lets_go_of_its_completion_at_once_is_played(language: str, held: str, weak: str) -> None:
    """Nobody else holds a call whose deadline does not, so its completion handler is never called."""
    compiler(language)
    case, platform = UNITS[NAMES.index("bg_fetch_global-ios")]
    texts = verify.rendered(case, platform, [language])
    assert sum(text.count(held) for text in texts[language].values()) == 1
    texts[language] = {path: text.replace(held, weak) for path, text in texts[language].items()}
    [row, _] = verify.prove(case, platform, texts)
    assert any("fetch_work" in finding.text and '"complete"' in finding.text for finding in row.findings)


def test_platforms_whose_files_differ_in_a_comment_have_one_proof(shipped: list[Case]) -> None:
    """What is compiled, played and expected is the same; what is another line, or expected otherwise, is proven by itself."""
    [case] = [case for case in shipped if case.name == "app_refresh"]
    ios, tvos = (verify.Proof(case, each, verify.rendered(case, each, ["python"])) for each in case.platforms)
    assert ios.key == tvos.key
    assert [row.platform for row in ios.rows(task() for task in tvos.tasks)] == [Platform.IOS]
    known = verify.verify(case, Platform.TVOS, ["python"])
    assert [(row.platform, row.known) for row in known] == [(Platform.TVOS, True)]

    def key(text: str, its: Case = case) -> str:
        return verify.Proof(its, Platform.IOS, {"python": {"app.py": text}}).key

    text = "# a\n\nx = 1\n"
    assert key(text) == key("# b\n\nx = 1\n")
    assert len({key(each) for each in (text, "# a\n#\n\nx = 1\n", f"{text}# c\n", "#b\n\nx = 1\n")}) == 4
    assert key(text) != key(text, case._replace(finish=case.finish._replace(within=case.finish.within + 1)))


def test_the_readme_shows_what_is_printed() -> None:
    """Its rows of `atgen verify` are those of today's scenarios."""
    case, platform = UNITS[NAMES.index("bg_task-ios")]
    for row in verify.verify(case, platform, ["swift", "objc", "python"]):
        if row.not_run:
            not_run(row.language, row.not_run)
    done = CliRunner().invoke(command, [str(ROOT / "specs" / "bg_task.yaml")])
    rows = done.output.replace(", proven before", "")
    assert f"$ .venv/bin/atgen verify specs/bg_task.yaml\n{rows}```\n" in (ROOT / "README.md").read_text(
        encoding="utf-8"
    )
