"""Several outputs in one app: they share one BackgroundHits, and one of them has the entry."""

from __future__ import annotations

import pytest

from atgen import scaffold
from atgen.case import spec
from atgen.case.model import Case, EntryPoint, Platform
from atgen.errors import SpecError
from atgen.proof import native
from atgen.proof.verify import scenarios, usual, verify
from atgen.rendering import pipeline
from conftest import ROOT, compiler, written


def load(name: str) -> Case:
    """One of the shipped cases."""
    [case] = pipeline.load([ROOT / "specs" / f"{name}.yaml"])
    return case


def second(name: str) -> Case:
    """A case whose class is called from the app's delegate."""
    case = load(name)
    return case._replace(style=case.style._replace(class_name="SecondHits", entry=EntryPoint.NONE))


def texts(case: Case, language: str) -> dict[str, str]:
    """What is rendered for iOS, by file name."""
    rendered = pipeline.render(case._replace(platforms=(Platform.IOS,)), [language])
    return {path.rpartition("/")[2]: file.text for path, file in rendered.items()}


PAIRS = [("bg_fetch", "bg_task_global"), ("app_refresh", "processing"), ("scene_fetch_global", "scene_task")]


@pytest.mark.sample(3)
@pytest.mark.parametrize("language", ["swift", "objc"])
@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_two_cases_compile_and_run_in_one_app(pair: tuple[str, str], language: str) -> None:
    """In every mode, without a duplicate symbol; the delegate's traces are those that it has alone."""
    found = compiler(language)
    alone, other = (texts(case, language) for case in (load(pair[0]), second(pair[1])))
    both = alone | other
    assert {name for name in alone.keys() & other.keys() if alone[name] != other[name]} == set()
    for mode in found.modes:
        assert found.check(both, mode).accepted, found.check(both, mode).messages
    played = usual(scenarios(load(pair[0]), Platform.IOS)).as_json()
    assert native.Host(found.host(both)).trace(played) == native.Host(found.host(alone)).trace(played)


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", ["bg_fetch_global", "scene_task_global"])
def test_a_class_without_an_entry_is_proven_as_any(name: str) -> None:
    """Swift's mark is not there, the header says what takes its place, and nothing else is different."""
    case = second(name)._replace(platforms=(Platform.IOS,))
    made = texts(case, "swift") | texts(case, "objc")
    delegates = [text for path, text in made.items() if path.endswith(("SecondHits.swift", "SecondHits.h"))]
    assert ["@UIApplicationDelegateAdaptor" in text for text in delegates] == [True, True]
    assert not any("@main" in text for text in made.values())
    rows = verify(case, Platform.IOS, ["swift", "objc", "python"])
    assert [finding.text for row in rows for finding in row.findings] == []


def prefixed(case: Case, prefix: str) -> Case:
    """The case with that prefix."""
    return case._replace(style=case.style._replace(prefix=prefix))


@pytest.mark.sample(5, always="bg_fetch.*swift")
@pytest.mark.parametrize("language", ["swift", "objc"])
@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_two_prefixes_live_together(pair: tuple[str, str], language: str) -> None:
    """Each has a file of its own beside its class, without a duplicate symbol; what the delegate does is what it does without."""
    found = compiler(language)
    plain = texts(load(pair[0]), language)
    one = texts(prefixed(load(pair[0]), "Abc"), language)
    both = one | texts(prefixed(second(pair[1]), "XYZ2"), language)
    assert len(both) == len(one) * 2
    assert {name for name in both if "BackgroundHits" in name} == {
        name.replace("Background", f"{prefix}Background")
        for name in plain
        for prefix in ("Abc", "XYZ2")
        if "BackgroundHits" in name
    }
    for mode in found.modes:
        assert found.check(both, mode).accepted, found.check(both, mode).messages
    played = usual(scenarios(load(pair[0]), Platform.IOS)).as_json()
    assert native.Host(found.host(both)).trace(played) == native.Host(found.host(plain)).trace(played)


def test_a_class_with_a_prefix_is_proven_as_any() -> None:
    """Though its objects that are under way when all is over are counted by another name than the reference's."""
    rows = verify(prefixed(load("bg_fetch"), "Abc"), Platform.IOS, ["swift", "objc", "python"])
    assert [finding.text for row in rows for finding in row.findings] == []


@pytest.mark.parametrize("language", ["swift", "objc"])
@pytest.mark.parametrize("name", ["bg_fetch", "processing"])
def test_an_app_is_made_with_a_prefix(name: str, language: str) -> None:
    """A person's files name the classes as the generated ones do."""
    found = compiler(language)
    files = scaffold.build(prefixed(load(name), "Abc"), language, "MyApp").files
    sources = {path.rpartition("/")[2]: text.decode() for path, text in files.items() if path.startswith("Sources/")}
    for mode in found.modes:
        assert found.check(sources, mode).accepted, found.check(sources, mode).messages


def test_a_class_is_not_called_as_one_with_the_prefix() -> None:
    """It is refused, as one of the usual names is."""
    for name in ("AbcHitDeliveries", "AbcBackgroundHits"):
        style = f"style: {{class: {name}, prefix: Abc}}"
        with pytest.raises(SpecError) as refused:
            spec.parse(written("fetch", "tracker: global", style), "x.yaml")
        assert [problem.message for problem in refused.value.problems] == [
            f'style.class: "{name}" is a name of a language, of the SDK or of the output itself; take another'
        ]


@pytest.mark.parametrize("prefix", ["abc", "UI", "UIKit", "A-B", "1A", "A" * 17, "ATT", "Äb"])
def test_a_prefix_begins_a_class(prefix: str) -> None:
    """It is an identifier, has a capital, and is none of Apple's or of the older SDK's."""
    with pytest.raises(SpecError, match=r"style\.prefix: .* prefix such as ABC"):
        spec.parse(written("fetch", "tracker: global", f"style: {{prefix: {prefix}}}"), "x.yaml")
