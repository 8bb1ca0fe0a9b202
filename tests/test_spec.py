"""Specs: what they may hold, which combinations are refused, and that editors are told the same."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from atgen import manual, spec
from atgen.errors import SpecError
from atgen.model import Action, Case, Dedicated, Finish, Hit, Localized, Mode, Platform, When
from conftest import DEDICATED, ROOT, written

FULL = b"""\xef\xbb\xbftitle: Background fetch, dedicated tracker
summary: |
  One line.

  Another.
mode: fetch
tracker:
  dedicated: bgFetchTracker
  configuration:
    site: 0410501
    log: logp
    log_ssl: logs
    domain: example.org
    pixel_path: /hit.xiti
    storage: required
hit:
  gesture: 123
  chapters: [app, 1.5, no]
  action: download
finish:
  when: after
  within: 25
platforms: [ios]
"""


def problems(data: bytes, name: str = "x.yaml") -> list[str]:
    """What the loader says of a spec."""
    with pytest.raises(SpecError) as caught:
        spec.parse(data, name)
    return [str(problem) for problem in caught.value.problems]


def test_every_key_is_read_as_written() -> None:
    """Numbers in text fields stay text, a leading zero stays, the SDK's keys are in the SDK's order."""
    assert spec.parse(FULL, "bg-fetch_2.yaml") == Case(
        name="bg-fetch_2",
        titles=Localized(en="Background fetch, dedicated tracker"),
        summaries=Localized(en=("One line.", "", "Another.")),
        mode=Mode.FETCH,
        tracker=Dedicated(
            "bgFetchTracker",
            (
                ("site", "0410501"),
                ("log", "logp"),
                ("logSSL", "logs"),
                ("domain", "example.org"),
                ("pixelPath", "/hit.xiti"),
                ("storage", "required"),
            ),
        ),
        hit=Hit("123", ("app", "1.5", "no"), Action.DOWNLOAD),
        finish=Finish(When.AFTER, 25),
        platforms=(Platform.IOS,),
    )


def test_defaults() -> None:
    """A dedicated tracker waits 20 s for its hit, the global one gives it 5 s."""
    assert spec.parse(written("task", DEDICATED), "x.yaml").finish == Finish(When.SENT, 20)
    assert spec.parse(written("task", "tracker: global"), "x.yaml").finish == Finish(When.AFTER, 5)


def test_a_title_may_have_a_text_for_each_locale() -> None:
    """What has no text of its own has the English one; so has a locale that no spec can name."""
    data = written("task", "tracker: global").replace(
        b"title: T", b"title: {en: Task, fr: T\xc3\xa2che}\nsummary: {en: One}"
    )
    case = spec.parse(data, "x.yaml")
    assert case.titles == {"en": "Task", "fr": "Tâche"}
    assert [case.titles[locale] for locale in ("en", "fr", "de")] == ["Task", "Tâche", "Task"]
    assert (case.title, case.summaries["fr"]) == ("Task", ("One",))


REFUSED = [
    ("mode: fetcj", 'x.yaml:1:7: mode: "fetcj" is not fetch or task; did you mean fetch?'),
    ("tracker: globl", 'x.yaml:1:10: tracker: expected global, or the keys dedicated, configuration, found "globl"; did you mean global?'),
    ("tracker: {dedicated: t}", "x.yaml:1:10: tracker: configuration is missing: the keys site, log, log_ssl, domain, pixel_path, storage"),
    ("tracker: {dedicated: defaultTracker, configuration: {site: 1, log: l}}", "x.yaml:1:22: tracker.dedicated: defaultTracker is the global tracker, whose own configuration holds; name another, or write tracker: global"),
    ("tracker: {dedicated: t, configuration: {site: 1}}", "x.yaml:1:40: tracker.configuration: log or log_ssl is missing: without one the SDK sends nothing"),
    ("tracker: {dedicated: t, configuration: {log: l}}", "x.yaml:1:40: tracker.configuration: site is missing: digits"),
    ("tracker: {dedicated: t, configuration: {site: 12a, log: l}}", 'x.yaml:1:47: tracker.configuration.site: "12a" is not digits'),
    ("tracker: {dedicated: t, configuration: {site: 1, log: -l}}", 'x.yaml:1:55: tracker.configuration.log: "-l" is not a host name label (letters, digits and hyphens, up to 63)'),
    ("hit: {gesture: g, action: tuch}", 'x.yaml:1:27: hit.action: "tuch" is not touch, navigation, download, exit or search; did you mean touch?'),
    ("hit: {gesture: '', action: touch}", "x.yaml:1:16: hit.gesture: is empty; expected text, one line, up to 1000 characters"),
    ("hit: {gesture: ~, action: touch}", "x.yaml:1:16: hit.gesture: is empty; expected text, one line, up to 1000 characters"),
    ("hit: {gesture: g, action: touch, chapters: []}", "x.yaml:1:44: hit.chapters: is an empty list; leave the key out or name at least one"),
    ("hit: {gesture: g, action: touch, chapters: [a, b, c, d]}", "x.yaml:1:54: hit.chapters: has 4 values; expected a list of up to 3: text, one line, up to 1000 characters"),
    ("finish: {when: sent}", "x.yaml:1:16: finish.when: sent needs a dedicated tracker: only the tracker's delegate hears of it, and the global tracker's one slot is the app's; write after, or give the case a dedicated tracker"),
    ("finish: {when: dispatched, within: 3}", "x.yaml:1:36: finish.within: dispatched does not wait; leave within out, or write when: after"),
    ("finish: {within: 26}", 'x.yaml:1:18: finish.within: "26" is not a whole number of seconds from 1 to 25'),
    ("finish: {within: '5'}", 'x.yaml:1:18: finish.within: "5" is not a whole number of seconds from 1 to 25'),
    ("platforms: [ios, ios]", "x.yaml:1:18: platforms[1]: is there already; name each once"),
    ("platforms: ios", 'x.yaml:1:12: platforms: expected a list of up to 3: ios, tvos or watchos, found the text "ios"'),
    ("title: {fr: x}", "x.yaml:1:8: title: en is missing: text, one line, up to 200 characters"),
    ("title: {en: x, fr: ''}", "x.yaml:1:20: title.fr: is empty; expected text, one line, up to 200 characters"),
    ("title: {en: x, rf: y}", 'x.yaml:1:16: title: unknown key "rf"; expected en or fr'),
    ("summary: {en: x, de: y}", 'x.yaml:1:18: summary: unknown key "de"; expected en or fr'),
    ("titel: x", 'x.yaml:1:1: unknown key "titel"; did you mean title?'),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), REFUSED)
def test_what_is_refused_says_where_what_and_how(line: str, expected: str) -> None:
    """One wrong line in an otherwise right spec gives one problem, exactly."""
    right = {
        "title": "title: T",
        "mode": "mode: fetch",
        "tracker": "tracker: global",
        "hit": "hit: {gesture: g, action: touch}",
    }
    right.pop(line.split(":", maxsplit=1)[0], None)
    assert problems("\n".join([line, *right.values()]).encode()) == [expected]


def test_all_problems_of_a_file_come_at_once() -> None:
    """Whoever mends a spec mends it once."""
    assert problems(b"mode: x\ntracker: y\nhit: z\nfinish: {when: soon}\n") == [
        "x.yaml:1:1: title is missing: text, one line, up to 200 characters, or one for each locale: en, fr",
        'x.yaml:1:7: mode: "x" is not fetch or task',
        'x.yaml:2:10: tracker: expected global, or the keys dedicated, configuration, found "y"',
        'x.yaml:3:6: hit: expected the keys gesture, chapters, action, found the text "z"',
        'x.yaml:4:16: finish.when: "soon" is not sent, after or dispatched',
    ]


@pytest.mark.parametrize("name", ["X.yaml", "a b.yaml", "x.yml", "x", ".yaml", "a" * 65 + ".yaml", "é.yaml"])
def test_a_case_is_named_by_its_file(name: str) -> None:
    """The stem is the case's name: lower-case letters, digits, _ and -, at most 64."""
    [problem] = problems(written("fetch", "tracker: global"), name)
    assert "is not a case's file name" in problem


def test_editors_are_told_the_schema_that_is_committed() -> None:
    """specs/schema.json is what `atgen schema` prints, and every shipped spec names it."""
    committed = json.loads((ROOT / "specs" / "schema.json").read_text())
    assert committed == spec.json_schema()
    for path in (ROOT / "specs").glob("*.yaml"):
        assert path.read_text().startswith("# yaml-language-server: $schema=schema.json\n"), path


def test_the_page_about_specs_is_generated(shipped: list[Case]) -> None:
    """specs/README.md is what `atgen schema --format markdown` prints."""
    assert (ROOT / "specs" / "README.md").read_text(encoding="utf-8") == manual.markdown(shipped)


VALUES = st.one_of(
    st.sampled_from(
        [
            "fetch",
            "task",
            "global",
            "defaultTracker",
            "touch",
            "ios",
            "sent",
            "after",
            "dispatched",
            "never",
            "scene",
            "app_refresh",
            "processing",
            "watchos",
            "tvos",
            "objc2",
            "AppDelegate",
            "Tracker",
        ]
    ),
    st.sampled_from(["", " ", "a", "a\nb", "é", "1", "0410501", "/p", "-x", "x" * 64, "x" * 201, "x" * 1001]),
    st.integers(0, 30),
    st.none(),
)
RIGHT: dict[str, Any] = yaml.safe_load(FULL) | {
    "lifecycle": "app",
    "scheduler": "classic",
    "sdk": "apple",
    "style": {"access": "public", "class": "Other", "indent": 2},
}
LOCALIZED = {"title": {"en": "Fetch", "fr": "Fetch"}, "summary": {"en": "One.\nTwo."}}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A right spec with up to three of its values changed, dropped or added."""
    document = json.loads(json.dumps(RIGHT | draw(st.sampled_from([{}, LOCALIZED]))))
    for _ in range(draw(st.integers(0, 3))):
        place: Any = document
        while True:
            key = draw(st.sampled_from([*sorted(place), "other", "identifier"]))
            if not isinstance(place.get(key), dict) or draw(st.booleans()):
                break
            place = place[key]
        change = draw(st.sampled_from(["drop", "set", "list", "map"]))
        if change == "drop":
            place.pop(key, None)
        elif change == "map":
            place[key] = draw(st.dictionaries(st.sampled_from(["en", "fr", "de"]), VALUES, max_size=3))
        else:
            place[key] = draw(VALUES) if change == "set" else draw(st.lists(VALUES, max_size=4))
        if not isinstance(place, dict):
            break
    return document


@given(documents())
def test_the_schema_for_editors_accepts_what_the_loader_accepts(document: dict[str, Any]) -> None:
    """JSON Schema and the loader agree on whether a spec is right."""
    by_schema = jsonschema.Draft7Validator(spec.json_schema()).is_valid(document)
    try:
        spec.parse(yaml.safe_dump(document, allow_unicode=True).encode(), "x.yaml")
        by_loader = True
    except SpecError:
        by_loader = False
    assert by_loader == by_schema
