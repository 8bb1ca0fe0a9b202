"""Specs: what they may hold, which combinations are refused, and that editors are told the same."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from atgen.case import manual, schema, spec, text
from atgen.case.model import (
    Access,
    Case,
    Dedicated,
    EntryPoint,
    Finish,
    Hit,
    HitKind,
    Lifecycle,
    Localized,
    Mode,
    Platform,
    Scheduler,
    Style,
    VisitorMode,
    When,
)
from atgen.case.yamltree import Mapping, Node, Scalar, Sequence
from atgen.errors import SpecError
from atgen.rendering import languages, pipeline
from conftest import DEDICATED, ROOT, combinations, written

if TYPE_CHECKING:
    from pathlib import Path

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
    identifier: idfv
    hash_user_id: true
    send_hit_when_opt_out: "false"
    send_on_application_state: all
hit:
  gesture: 123
  chapters: [app, 1.5, no]
  action: download
finish:
  when: after
  within: 25
platforms: [ios]
privacy: {keep_tag_in: [exempt]}
"""


def test_a_file_is_loaded(tmp_path: Path) -> None:
    """Its case is that of its bytes; problems name the file as it was given."""
    right, wrong = tmp_path / "x.yaml", tmp_path / "y.yaml"
    right.write_bytes(FULL)
    wrong.write_bytes(FULL.replace(b"123", b"''"))
    assert spec.parse(FULL, "x.yaml") == spec.load(right)
    with pytest.raises(SpecError) as caught:
        spec.load(wrong)
    is_empty = "hit.gesture: is empty; expected text, one line, up to 1000 characters"
    assert str(caught.value) == f"{wrong}:21:12: {is_empty}"


def problems(data: bytes, name: str = "x.yaml") -> list[str]:
    """What the loader says of a spec."""
    with pytest.raises(SpecError) as caught:
        spec.parse(data, name)
    return [str(problem) for problem in caught.value.problems]


def otherwise_right(lines: str) -> bytes:
    """A spec of these lines, each a key and its value, and of right ones for the keys that it must have."""
    right = {
        "title": "title: T",
        "mode": "mode: fetch",
        "tracker": "tracker: global",
        "hit": "hit: {gesture: g, action: touch}",
    }
    for line in lines.splitlines():
        right.pop(line.split(":", maxsplit=1)[0], None)
    return "\n".join([lines, *right.values()]).encode()


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
                ("identifier", "idfv"),
                ("hashUserId", "true"),
                ("sendHitWhenOptOut", "false"),
                ("sendOnApplicationState", "all"),
            ),
        ),
        hit=Hit(HitKind.GESTURE, "123", "download", ("app", "1.5", "no")),
        finish=Finish(When.AFTER, 25),
        platforms=(Platform.IOS,),
        keep_tag_in=(VisitorMode.EXEMPT,),
    )


def test_every_other_key_is_read_as_written() -> None:
    """Of a case for BackgroundTasks: identifier, life cycle, minimum, whose 15 is 15.0 as Xcode writes it, and style."""
    rest = b"""
scheduler: processing
lifecycle: scene
identifier: org.example.task
platforms: [tvos, ios]
minimum: {ios: 15, tvos: "13.4.1"}
style: {access: public, class: Other, indent: 2, entry: none}
sdk: apple
"""
    assert spec.parse(written("task", "tracker: global") + rest, "x.yaml") == Case(
        name="x",
        titles=Localized(en="T"),
        summaries=Localized(en=()),
        mode=Mode.TASK,
        tracker=None,
        hit=Hit(HitKind.GESTURE, "g", "touch"),
        finish=Finish(When.AFTER, 5),
        platforms=(Platform.TVOS, Platform.IOS),
        lifecycle=Lifecycle.SCENE,
        scheduler=Scheduler.PROCESSING,
        identifier="org.example.task",
        minimum=((Platform.IOS, "15.0"), (Platform.TVOS, "13.4.1")),
        style=Style(Access.PUBLIC, "Other", 2, EntryPoint.NONE),
    )


def test_defaults() -> None:
    """What a spec leaves out is what its schema's descriptions say."""
    assert spec.parse(written("task", "tracker: global"), "x.yaml") == Case(
        name="x",
        titles=Localized(en="T"),
        summaries=Localized(en=()),
        mode=Mode.TASK,
        tracker=None,
        hit=Hit(HitKind.GESTURE, "g", "touch"),
        finish=Finish(When.AFTER, 5),
        platforms=(Platform.IOS,),
        lifecycle=Lifecycle.APP,
        scheduler=Scheduler.CLASSIC,
        identifier="",
        sdk="apple",
        minimum=(),
        keep_tag_in=(),
        style=Style(Access.INTERNAL, "AppDelegate", 4),
    )
    by_name = spec.parse(written("task", "tracker: global", "scheduler: processing"), "some-task.yaml")
    assert by_name.identifier == "some-task"


@pytest.mark.parametrize(
    ("tracker", "finish", "expected"),
    [
        (DEDICATED, "", Finish(When.SENT, 20)),
        (DEDICATED, "finish: {when: after}", Finish(When.AFTER, 5)),
        (DEDICATED, "finish: {within: 7}", Finish(When.SENT, 7)),
        (DEDICATED, "finish: {when: dispatched}", Finish(When.DISPATCHED, 0)),
        ("tracker: global", "", Finish(When.AFTER, 5)),
        ("tracker: global", "finish: {when: sent}", Finish(When.SENT, 20)),
        ("tracker: global", "finish: {within: 25}", Finish(When.AFTER, 25)),
        (DEDICATED, "platforms: [watchos, ios]", Finish(When.SENT, 10)),
        (DEDICATED, "platforms: [watchos]\nfinish: {within: 10}", Finish(When.SENT, 10)),
        (DEDICATED, "platforms: [watchos]\nfinish: {when: dispatched}", Finish(When.DISPATCHED, 0)),
        ("tracker: global", "platforms: [watchos]", Finish(When.AFTER, 5)),
    ],
)
def test_how_long_a_case_waits(tracker: str, finish: str, expected: Finish) -> None:
    """A dedicated tracker waits 20 s for its hit, on a watch 10 s; the global one gives it 5 s."""
    data = written("task", tracker.replace("always", "never"), finish)
    assert spec.parse(data, "x.yaml").finish == expected


@pytest.mark.parametrize("storage", ["never", "required", "always"])
def test_what_the_configuration_holds_is_text(storage: str) -> None:
    """The SDK's own word, and no member of an enumeration, whose text differs from one Python to the next."""
    tracker = spec.parse(written("task", DEDICATED.replace("always", storage)), "x.yaml").tracker
    assert tracker is not None
    assert str(dict(tracker.configuration)["storage"]) == storage


def test_a_title_may_have_a_text_for_each_locale() -> None:
    """What has no text of its own has the English one; so has a locale that no spec can name."""
    data = written("task", "tracker: global").replace(
        b"title: T", b"title: {en: Task, fr: T\xc3\xa2che}\nsummary: {en: One}"
    )
    case = spec.parse(data, "x.yaml")
    assert case.titles == {"en": "Task", "fr": "Tâche"}
    assert [case.titles[locale] for locale in ("en", "fr", "de")] == ["Task", "Tâche", "Task"]
    assert (case.title, case.summaries["fr"]) == ("Task", ("One",))


def test_decomposed_text_is_composed_with_a_note() -> None:
    """As a Mac's file names and some keyboards give it; the case is the same but for what its author is told."""
    case = spec.parse(otherwise_right("title: 'cafe\u0301'\nsummary: {en: A\u030a, fr: e}"), "x.yaml")
    assert case.notes == (
        "title: U+0065 stands where the composed form (NFC) has U+00E9; the text is taken composed",
        "summary.en: U+0041 stands where the composed form (NFC) has U+00C5; the text is taken composed",
    )
    composed = spec.parse(otherwise_right("title: 'caf\u00e9'\nsummary: {en: \u00c5, fr: e}"), "x.yaml")
    assert case._replace(notes=()) == composed


PLATFORM = schema.Choice(Platform).words()
REFUSED = [
    ("mode: fetcj", 'x.yaml:1:7: mode: "fetcj" is not fetch or task; did you mean fetch?'),
    ("tracker: globl", 'x.yaml:1:10: tracker: expected global, or the keys dedicated, configuration, found "globl"; did you mean global?'),
    ("tracker: {dedicated: t}", "x.yaml:1:10: tracker: configuration is missing: the keys site, log, log_ssl, domain, pixel_path, storage, identifier, hash_user_id, send_hit_when_opt_out, send_on_application_state"),
    ("tracker: {dedicated: defaultTracker, configuration: {site: 1, log: l}}", "x.yaml:1:22: tracker.dedicated: defaultTracker is the global tracker, whose own configuration holds; name another, or write tracker: global"),
    ("tracker: {dedicated: t, configuration: {site: 1}}", "x.yaml:1:40: tracker.configuration: log or log_ssl is missing: without one the SDK sends nothing"),
    ("tracker: {dedicated: t, configuration: {log: l}}", "x.yaml:1:40: tracker.configuration: site is missing: digits"),
    ("tracker: {dedicated: t, configuration: {site: 12a, log: l}}", 'x.yaml:1:47: tracker.configuration.site: "12a" is not digits'),
    ("tracker: {dedicated: t, configuration: {site: 1, log: -l}}", 'x.yaml:1:55: tracker.configuration.log: "-l" is not a host name label (letters, digits and hyphens, up to 63)'),
    ("tracker: {dedicated: t, configuration: {site: 1, log: logc407.xiti.com}}", 'x.yaml:1:55: tracker.configuration.log: "logc407.xiti.com" is a whole address; write log: logc407 and domain: xiti.com'),
    ("tracker: {dedicated: t, configuration: {site: 1, log_ssl: https://logs1407.at.example.org/}}", 'x.yaml:1:59: tracker.configuration.log_ssl: "https://logs1407.at.example.org/" is a whole address; write log_ssl: logs1407 and domain: at.example.org'),
    ("tracker: {dedicated: t, configuration: {site: 1, log: logc407.xiti}}", 'x.yaml:1:55: tracker.configuration.log: "logc407.xiti" is not a host name label (letters, digits and hyphens, up to 63)'),
    ("tracker: {dedicated: t, configuration: {site: 1, log: l, identifier: idfa}}", 'x.yaml:1:70: tracker.configuration.identifier: "idfa" is not uuid or idfv; did you mean idfv?'),
    ("tracker: {dedicated: t, configuration: {site: 1, log: l, hash_user_id: yes}}", 'x.yaml:1:72: tracker.configuration.hash_user_id: "yes" is not true or false'),
    ("tracker: {dedicated: t, configuration: {site: 1, log: l, send_hit_when_opt_out: True}}", 'x.yaml:1:81: tracker.configuration.send_hit_when_opt_out: "True" is not true or false; did you mean true?'),
    ("tracker: {dedicated: t, configuration: {site: 1, log: l, send_on_application_state: activeOnly}}", 'x.yaml:1:85: tracker.configuration.send_on_application_state: "activeOnly" is not all'),
    ("privacy: {}", "x.yaml:1:10: privacy: keep_tag_in is missing: exempt, or a list of them"),
    ("privacy: {keep_tag_in: [optOut]}", 'x.yaml:1:25: privacy.keep_tag_in[0]: "optOut" is not exempt'),
    ("privacy: {keep_tag_in: [exempt, exempt]}", "x.yaml:1:33: privacy.keep_tag_in[1]: is there already; name each once"),
    ("hit: {gesture: 'a#b', action: touch}", "x.yaml:1:16: hit.gesture: has a #, where the SDK ends the hit (Sources/URLExtension.swift); take it out, or write another character"),
    ("hit: {gesture: g, action: touch, chapters: [a, '#']}", "x.yaml:1:48: hit.chapters[1]: has a #, where the SDK ends the hit (Sources/URLExtension.swift); take it out, or write another character"),
    ("hit: {gesture: g, action: tuch}", 'x.yaml:1:27: hit.action: "tuch" is not touch, navigation, download, exit or search; did you mean touch?'),
    ("hit: {gesture: '', action: touch}", "x.yaml:1:16: hit.gesture: is empty; expected text, one line, up to 1000 characters"),
    ("hit: {gesture: ~, action: touch}", "x.yaml:1:16: hit.gesture: is empty; expected text, one line, up to 1000 characters"),
    ("hit: {gesture: g, action: touch, chapters: []}", "x.yaml:1:44: hit.chapters: is an empty list; leave the key out or name at least one"),
    ("hit: {gesture: g, action: touch, chapters: [a, b, c, d]}", "x.yaml:1:54: hit.chapters: has 4 values; expected text, one line, up to 1000 characters, or a list of up to 3"),
    ("finish: {when: dispatched, within: 3}", "x.yaml:1:36: finish.within: dispatched does not wait; leave within out, or write when: after"),
    ("finish: {within: 26}", 'x.yaml:1:18: finish.within: "26" is not a whole number of seconds from 1 to 25'),
    ("finish: {within: '5'}", 'x.yaml:1:18: finish.within: "5" is not a whole number of seconds from 1 to 25'),
    ("platforms: [ios, ios]", "x.yaml:1:18: platforms[1]: is there already; name each once"),
    ("platforms: {ios: tvos}", f"x.yaml:1:12: platforms: expected {PLATFORM}, or a list of them, found keys and values"),
    ("platforms: linux", f'x.yaml:1:12: platforms: "linux" is not {PLATFORM}'),
    ("title: {fr: x}", "x.yaml:1:8: title: en is missing: text, one line, up to 200 characters; one text for all, without locales, is enough"),
    ("title: {}", "x.yaml:1:8: title: en is missing: text, one line, up to 200 characters; one text for all, without locales, is enough"),
    ("title: {en: x, fr: ''}", "x.yaml:1:20: title.fr: is empty; expected text, one line, up to 200 characters"),
    ("title: {en: x, rf: y}", 'x.yaml:1:16: title: unknown key "rf"; expected en or fr'),
    ("summary: {en: x, de: y}", 'x.yaml:1:18: summary: unknown key "de"; expected en or fr'),
    ("titel: x", 'x.yaml:1:1: unknown key "titel"; did you mean title?'),
    ("qqq: x", 'x.yaml:1:1: unknown key "qqq"; expected title, summary, mode, tracker, hit, finish, platforms, lifecycle, scheduler, identifier, sdk, privacy, minimum or style'),
    # a key that belongs elsewhere
    ("configuration: {site: 1, log: l}", 'x.yaml:1:1: unknown key "configuration"; it belongs below tracker'),
    ("site: 1", 'x.yaml:1:1: unknown key "site"; it belongs below tracker.configuration'),
    ("finish: {when: after, mode: task}", 'x.yaml:1:23: finish: unknown key "mode"; it belongs at the top'),
    ("style: {identifier: a.b}", 'x.yaml:1:9: style: unknown key "identifier"; it belongs below tracker.configuration or at the top'),
    # the kinds of values
    ("title: [x]", "x.yaml:1:8: title: expected text, one line, up to 200 characters, found a list"),
    (f"title: {'x' * 201}", "x.yaml:1:8: title: has 201 characters; expected text, one line, up to 200 characters"),
    ('title: "a\\nb"', "x.yaml:1:8: title: has a line break; expected text, one line, up to 200 characters"),
    ('title: "\\n"', "x.yaml:1:8: title: is empty; expected text, one line, up to 200 characters"),
    ("summary: [x]", "x.yaml:1:10: summary: expected text, several lines, up to 1000 characters, found a list"),
    ("summary: ''", "x.yaml:1:10: summary: is empty; expected text, several lines, up to 1000 characters"),
    ("mode: [fetch]", "x.yaml:1:7: mode: expected fetch or task, found a list"),
    ("mode: {fetch: task}", "x.yaml:1:7: mode: expected fetch or task, found keys and values"),
    ("mode: ''", 'x.yaml:1:7: mode: "" is not fetch or task'),
    ("tracker: [global]", "x.yaml:1:10: tracker: expected global, or the keys dedicated, configuration, found a list"),
    ("hit: [g]", "x.yaml:1:6: hit: expected the keys gesture, chapters, action; or the keys screen, chapters; or the keys event, properties, found a list"),
    ("hit: {}", "x.yaml:1:6: hit: gesture, screen or event is missing: it says what is sent"),
    ("hit: {action: touch}", "x.yaml:1:6: hit: gesture, screen or event is missing: it says what is sent"),
    ("hit: {screen: s, gesture: g}", "x.yaml:1:18: hit: gesture does not go with screen; write one of them"),
    ("hit: {screen: s, action: touch}", "x.yaml:1:18: hit: action goes with gesture, and not with screen; leave it out"),
    ("hit: {screen: s, properties: {a: 1}}", "x.yaml:1:18: hit: properties goes with event, and not with screen; leave it out"),
    ("hit: {screen: 'a#'}", "x.yaml:1:15: hit.screen: has a #, where the SDK ends the hit (Sources/URLExtension.swift); take it out, or write another character"),
    (f"hit: {{screen: {'é' * 1000}, chapters: [{'é' * 1000}]}}", "x.yaml:1:15: hit.screen: chapters and name take 12006 characters in the hit's URL; write at most 7500: the SDK cuts hits of over 8,000 (Sources/Builder.swift)"),
    ("hit: {event: e}", "x.yaml:1:6: hit: properties is missing: up to 50 keys (small letters, digits, and _ between them), and for each text, one line, up to 1000 characters; a whole number up to 2147483647; true or false"),
    ("hit: {event: e, properties: {}}", "x.yaml:1:29: hit.properties: expected up to 50 keys (small letters, digits, and _ between them), and for each text, one line, up to 1000 characters; a whole number up to 2147483647; true or false, found 0 keys"),
    ("hit: {event: e, properties: [a]}", "x.yaml:1:29: hit.properties: expected up to 50 keys (small letters, digits, and _ between them), and for each text, one line, up to 1000 characters; a whole number up to 2147483647; true or false, found a list"),
    ("hit: {event: E.done, properties: {a: 1}}", 'x.yaml:1:14: hit.event: "E.done" has capitals, and the SDK sends small letters (Sources/Event.swift); write e.done'),
    ("hit: {event: e done, properties: {a: 1}}", 'x.yaml:1:14: hit.event: "e done" is not small letters, digits, _, and dots between them'),
    ("hit: {event: e, properties: {aB: 1}}", 'x.yaml:1:30: hit.properties: "aB" has capitals, and the SDK sends small letters (Sources/Event.swift); write ab'),
    ("hit: {event: e, properties: {a__b: 1}}", 'x.yaml:1:30: hit.properties: "a__b" is not small letters, digits, and _ between them'),
    ("hit: {event: e, properties: {'s:a': 1}}", 'x.yaml:1:30: hit.properties: "s:a" is not small letters, digits, and _ between them'),
    ("hit: {event: e, properties: {a: 1, a_b: 2}}", "x.yaml:1:33: hit.properties.a: a is a value, and by a_b an object, too; write another key"),
    ("hit: {event: e, properties: {a: 1.5}}", 'x.yaml:1:33: hit.properties.a: "1.5" is not a whole number from -2147483647 to 2147483647; quote it, and it is a text'),
    ("hit: {event: e, properties: {a: 010}}", 'x.yaml:1:33: hit.properties.a: "010" is not a whole number from -2147483647 to 2147483647; quote it, and it is a text'),
    ("hit: {event: e, properties: {a: 0x10}}", 'x.yaml:1:33: hit.properties.a: "0x10" is not a whole number from -2147483647 to 2147483647; quote it, and it is a text'),
    ("hit: {event: e, properties: {a: 1e3}}", 'x.yaml:1:33: hit.properties.a: "1e3" is not a whole number from -2147483647 to 2147483647; quote it, and it is a text'),
    ("hit: {event: e, properties: {a: +1}}", 'x.yaml:1:33: hit.properties.a: "+1" is not a whole number from -2147483647 to 2147483647; quote it, and it is a text'),
    ("hit: {event: e, properties: {a: 2147483648}}", 'x.yaml:1:33: hit.properties.a: "2147483648" is not a whole number from -2147483647 to 2147483647; quote it, and it is a text'),
    ("hit: {event: e, properties: {a: [b]}}", "x.yaml:1:33: hit.properties.a: expected text, one line, up to 1000 characters; a whole number up to 2147483647; true or false, found a list; write one value, or a key for each"),
    ("hit: {event: e, properties: {a: {b: 1, c: 2}}}", 'x.yaml:1:33: hit.properties.a: expected text, one line, up to 1000 characters; a whole number up to 2147483647; true or false, found keys and values; what stands in it has a key of its own: "a_b"'),
    ("hit: {event: e, properties: {a: 'b & c'}}", "x.yaml:1:33: hit.properties.a: has a # or an &, where the SDK cuts the event (Sources/URLExtension.swift); take it out, or write another character"),
    (f"hit: {{event: e, properties: {{a: {'é' * 1000}, b: {'é' * 1000}}}}}", "x.yaml:1:14: hit.event: name and properties take 12089 characters in the hit's URL; write at most 7500: the SDK cuts hits of over 8,000 (Sources/Builder.swift)"),
    ("hit: {event: e, properties: {a: 1}}\nsdk: objc2", "x.yaml:1:6: hit: with this SDK atgen sends gestures only; write one"),
    ("hit: {event: e, properties: {a: 1}}\nprivacy: {keep_tag_in: exempt}", "x.yaml:2:24: privacy.keep_tag_in: in the visitor's mode exempt the SDK takes the event away, and a tag alone says nothing (Sources/Privacy.swift); leave it out, or send a gesture or a screen"),
    ("hit: {event: e, properties: {a: 1}}\nfinish: {when: sent}", "x.yaml:2:16: finish.when: an event's URL has its properties in any order (Sources/Event.swift), so one that other code sends with the global tracker is taken for it; write after, or take a dedicated tracker"),
    ("hit: {gesture: {g: h}, action: touch}", "x.yaml:1:16: hit.gesture: expected text, one line, up to 1000 characters, found keys and values"),
    ("hit: {gesture: g, action: touch, chapters: {a: b}}", "x.yaml:1:44: hit.chapters: expected text, one line, up to 1000 characters, or a list of up to 3, found keys and values"),
    ("hit: {gesture: g, action: touch, chapters: ''}", "x.yaml:1:44: hit.chapters: is empty; expected text, one line, up to 1000 characters"),
    ("hit: {gesture: g, action: touch, chapters: [a, '']}", "x.yaml:1:48: hit.chapters[1]: is empty; expected text, one line, up to 1000 characters"),
    ("finish: {within: [5]}", "x.yaml:1:18: finish.within: expected a whole number of seconds from 1 to 25, found a list"),
    ("finish: {within: 0}", 'x.yaml:1:18: finish.within: "0" is not a whole number of seconds from 1 to 25'),
    ("finish: {within: 05}", 'x.yaml:1:18: finish.within: "05" is not a whole number of seconds from 1 to 25'),
    ("style: {indent: 9}", 'x.yaml:1:17: style.indent: "9" is not a whole number of spaces from 1 to 8'),
    ("platforms: []", "x.yaml:1:12: platforms: is an empty list; leave the key out or name at least one"),
    ("platforms: [tvos, linux]", f'x.yaml:1:19: platforms[1]: "linux" is not {PLATFORM}'),
    ("minimum: {ios: 1.5e1}", 'x.yaml:1:16: minimum.ios: "1.5e1" is not a version such as 15.0'),
    ("style: {class: other}", 'x.yaml:1:16: style.class: "other" is not a class name: a capital letter, then letters, digits and _, one of them small, and without the prefixes of Apple\'s and the SDK\'s classes (AT, BG, CF, CG, NS, UI, WK)'),
    ("style: {class: 1}", 'x.yaml:1:16: style.class: "1" is not a class name: a capital letter, then letters, digits and _, one of them small, and without the prefixes of Apple\'s and the SDK\'s classes (AT, BG, CF, CG, NS, UI, WK)'),
    ("tracker: {dedicated: t, configuration: {site: true, log: l}}", 'x.yaml:1:47: tracker.configuration.site: "true" is not digits'),
    ("tracker: {dedicated: t, configuration: {site: -1, log: l}}", 'x.yaml:1:47: tracker.configuration.site: "-1" is not digits'),
    ("tracker: {dedicated: t, configuration: {site: 1.5, log: l}}", 'x.yaml:1:47: tracker.configuration.site: "1.5" is not digits'),
    ("tracker: {dedicated: t, configuration: {site: 1, log: 1.5}}", 'x.yaml:1:55: tracker.configuration.log: "1.5" is not a host name label (letters, digits and hyphens, up to 63)'),
    ("tracker: {dedicated: t, configuration: {site: 1, log: l, pixel_path: 1}}", 'x.yaml:1:70: tracker.configuration.pixel_path: "1" is not a path: /, then letters, digits and . _ ~ / -'),
    ("style: {class: UIScene}", 'x.yaml:1:16: style.class: "UIScene" is not a class name: a capital letter, then letters, digits and _, one of them small, and without the prefixes of Apple\'s and the SDK\'s classes (AT, BG, CF, CG, NS, UI, WK)'),
    ("style: {class: YES}", 'x.yaml:1:16: style.class: "YES" is not a class name: a capital letter, then letters, digits and _, one of them small, and without the prefixes of Apple\'s and the SDK\'s classes (AT, BG, CF, CG, NS, UI, WK)'),
    ("style: {class: None}", 'x.yaml:1:16: style.class: "None" is a name of a language, of the SDK or of the output itself; take another'),
    ("sdk: Apple", 'x.yaml:1:6: sdk: "Apple" is not an SDK of `atgen list --sdks`'),
    # what holds between the keys
    ("identifier: a.b", "x.yaml:1:13: identifier: only BackgroundTasks knows tasks by identifier; leave it out, or write scheduler: app_refresh or processing"),
    ("identifier: a.b\nscheduler: classic", "x.yaml:1:13: identifier: only BackgroundTasks knows tasks by identifier; leave it out, or write scheduler: app_refresh or processing"),
    ("style: {class: Tracker}", 'x.yaml:1:16: style.class: "Tracker" is a name of a language, of the SDK or of the output itself; take another'),
    ("sdk: aple", 'x.yaml:1:6: sdk: "aple" is not apple or objc2; did you mean apple?'),
    ("mode: task\nscheduler: app_refresh", "x.yaml:2:12: scheduler: app_refresh is the successor of background fetch; write mode: fetch, or scheduler: processing"),
    ("mode: task\nscheduler: own_refresh", "x.yaml:2:12: scheduler: a refresh task is the successor of background fetch; write mode: fetch, or scheduler: processing, of which an app may have ten"),
    ("identifier: a.b\nscheduler: own_refresh", "x.yaml:1:13: identifier: only BackgroundTasks knows tasks by identifier; leave it out, or write scheduler: app_refresh or processing"),
    ("scheduler: processing", "x.yaml:1:12: scheduler: processing is for background tasks; write mode: task, or scheduler: app_refresh"),
    ("scheduler: app_refresh\nplatforms: [watchos]", "x.yaml:1:12: scheduler: BackgroundTasks is not on watchOS, which has refresh tasks of its own; write scheduler: classic"),
    ("lifecycle: scene\nplatforms: [watchos]", "x.yaml:1:12: lifecycle: watchOS has no scenes of UIKit; write lifecycle: app"),
    ("sdk: objc2\nplatforms: [tvos]", "x.yaml:1:6: sdk: this SDK is not made for that platform; `atgen list --sdks` shows which are"),
    ("sdk: objc2\ntracker: {dedicated: t, configuration: {site: 1, log: l}}", "x.yaml:2:40: tracker.configuration: log_ssl is missing: with this SDK hits go over https by it alone"),
    ("sdk: objc2\nprivacy: {keep_tag_in: exempt}", "x.yaml:2:24: privacy.keep_tag_in: this SDK cannot keep the tag in any mode; leave it out"),
    ("sdk: objc2\ntracker: {dedicated: t, configuration: {site: 1, log_ssl: l, send_hit_when_opt_out: true}}", "x.yaml:2:85: tracker.configuration.send_hit_when_opt_out: this SDK has no such setting; leave it out"),
    ("sdk: objc2\ntracker: {dedicated: t, configuration: {site: 1, log_ssl: l, send_on_application_state: all}}", "x.yaml:2:89: tracker.configuration.send_on_application_state: this SDK has no such setting; leave it out"),
    (f"hit: {{gesture: {'é' * 1000}, action: touch, chapters: [{'é' * 250}]}}", "x.yaml:1:16: hit.gesture: chapters and name take 7506 characters in the hit's URL; write at most 7500: the SDK cuts hits of over 8,000 (Sources/Builder.swift)"),
    ("finish: {within: 11}\nplatforms: [ios, watchos]", "x.yaml:1:18: finish.within: a watch app is killed when it takes 15 s (watchdog, 0xc51bad02); write at most 10"),
    ("tracker: {dedicated: t, configuration: {site: 1, log: l, storage: required}}\nplatforms: [watchos]", "x.yaml:1:67: tracker.configuration.storage: on watchOS the SDK never sends what it has stored, and stores every hit from then on (Sources/Sender.swift); write never"),
    ("tracker: {dedicated: t, configuration: {site: 1, log: l, storage: always}}\nplatforms: [watchos]", "x.yaml:1:67: tracker.configuration.storage: on watchOS the SDK never sends what it has stored, and stores every hit from then on (Sources/Sender.swift); write never"),
    ("minimum: {ios: '12.5'}", 'x.yaml:1:16: minimum.ios: "12.5" is older than @MainActor, which is there from 13.0 on'),
    ("platforms: [ios, tvos]\nminimum: {ios: '13.0', tvos: '9.9.9'}", 'x.yaml:2:30: minimum.tvos: "9.9.9" is older than @MainActor, which is there from 13.0 on'),
    ("minimum: {ios: '13.0', tvos: '13.0'}", "x.yaml:1:30: minimum.tvos: tvos is not among the platforms"),
    # said once, and nothing that follows from it
    ("sdk: objc2\nplatforms: [tvos, watchos]", "x.yaml:1:6: sdk: this SDK is not made for that platform; `atgen list --sdks` shows which are"),
    ("lifecycle: scene\nplatforms: watchos\nminimum: {watchos: 5}", "x.yaml:1:12: lifecycle: watchOS has no scenes of UIKit; write lifecycle: app"),
    # what is wrong with the YAML itself
    ("tracker: &t global", "x.yaml:1:10: anchors are not allowed: leave it out, or quote a text that begins with &"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), REFUSED)
def test_what_is_refused_says_where_what_and_how(lines: str, expected: str) -> None:
    """One wrong value in an otherwise right spec gives one problem, exactly."""
    assert problems(otherwise_right(lines)) == [expected]


def test_a_platform_that_is_refused_hides_nothing_of_the_others() -> None:
    """The oldest system of each is looked at, whichever is wrong for another reason."""
    assert problems(otherwise_right("platforms: [watchos, ios]\nlifecycle: scene\nminimum: {ios: '9.0'}")) == [
        "x.yaml:2:12: lifecycle: watchOS has no scenes of UIKit; write lifecycle: app",
        'x.yaml:3:16: minimum.ios: "9.0" is older than @MainActor, which is there from 13.0 on',
    ]


def test_all_problems_of_a_file_come_at_once() -> None:
    """Whoever mends a spec mends it once."""
    assert problems(b"mode: x\ntracker: y\nhit: z\nfinish: {when: soon}\n") == [
        "x.yaml:1:1: title is missing: text, one line, up to 200 characters, or one for each locale: en, fr",
        'x.yaml:1:7: mode: "x" is not fetch or task',
        'x.yaml:2:10: tracker: expected global, or the keys dedicated, configuration, found "y"',
        'x.yaml:3:6: hit: expected the keys gesture, chapters, action; or the keys screen, chapters; or the keys event, properties, found the text "z"',
        'x.yaml:4:16: finish.when: "soon" is not sent, after or dispatched',
    ]


@pytest.mark.parametrize(
    ("hit", "expected"),
    [
        ("{gestur: g}", 'x.yaml:1:7: hit: unknown key "gestur"; did you mean gesture?'),
        (
            "{action: tuch}",
            'x.yaml:1:15: hit.action: "tuch" is not touch, navigation, download, exit or search; did you mean touch?',
        ),
    ],
)
def test_what_else_is_wrong_is_told_of_a_hit_that_is_none(hit: str, expected: str) -> None:
    """A key with a slip leaves open which kind of hit it is, and the other keys are looked at all the same."""
    missing = "x.yaml:1:6: hit: gesture, screen or event is missing: it says what is sent"
    assert problems(otherwise_right(f"hit: {hit}")) == [missing, expected]


@pytest.mark.parametrize("name", ["X.yaml", "a b.yaml", "x.yml", "x", ".yaml", "a" * 65 + ".yaml", "é.yaml"])
def test_a_case_is_named_by_its_file(name: str) -> None:
    """The stem is the case's name: lower-case letters, digits, _ and -, at most 64."""
    is_not = (
        f"{text.shown(name)} is not a case's file name: lower-case letters, digits, _ and -, at most 64, and then .yaml"
    )
    assert problems(written("fetch", "tracker: global"), f"folder/{name}") == [f"folder/{name}:1:1: {is_not}"]


# Each at its bound: one more, or one less, is in REFUSED.
ALLOWED = [
    f"title: {'x' * 200}",
    'summary: "a\\nb"',
    f"summary: {'x' * 1000}",
    "title: 'null'",
    f"hit: {{gesture: {'g' * 1000}, action: touch, chapters: [a, b, c]}}",
    f"hit: {{screen: {'s' * 1000}, chapters: [a, b, c]}}",
    f"hit: {{event: {'e' * 100}, properties: {{{'k' * 64}: {'v' * 1000}}}}}",
    "hit: {event: a_1.b.c, properties: {a: -2147483647, b_1: 2147483647, b_c_d: true, e: false, f: '1.5', g: 'true', h: 1.2.3, i: no}}",
    f"hit: {{event: e, properties: {{{', '.join(f'k{number}: {number}' for number in range(50))}}}}}",
    "finish: {within: 1}",
    "finish: {within: 25}",
    "style: {indent: 1}",
    "style: {indent: 8}",
    "platforms: [ios, tvos, watchos]",
    "minimum: {ios: '13.0'}",
    "minimum: {ios: 13}",
    "platforms: [watchos]\nminimum: {watchos: '6.0'}",
    "platforms: [watchos]\nfinish: {within: 10}",
    "platforms: [watchos]\ntracker: {dedicated: t, configuration: {site: 1, log: l}}",
    "platforms: [watchos]\ntracker: {dedicated: t, configuration: {site: 1, log: l, storage: never}}",
    "sdk: objc2\ntracker: {dedicated: t, configuration: {site: 1, log_ssl: l}}",
    "sdk: objc2",
    "sdk: objc2\ntracker: {dedicated: t, configuration: {site: 1, log_ssl: l, identifier: uuid, hash_user_id: false}}",
    "finish: {when: sent}",
    "finish: {when: sent}\nplatforms: [ios, tvos, watchos]",
    "sdk: objc2\nfinish: {when: sent}",
    "privacy: {keep_tag_in: exempt}",
    "platforms: watchos\nprivacy: {keep_tag_in: [exempt]}",
    "platforms: tvos\nminimum: {tvos: 13}",
    "hit: {gesture: g, action: touch, chapters: a}",
    "hit: {gesture: 'a&b', action: touch, chapters: '[1]'}",
    f"hit: {{gesture: {'é' * 999}, action: touch, chapters: [{'é' * 250}]}}",
    "identifier: a.b\nscheduler: app_refresh",
]


@pytest.mark.parametrize("lines", ALLOWED)
def test_what_is_just_allowed(lines: str) -> None:
    """Every limit lets in what is right at it."""
    assert spec.parse(otherwise_right(lines), "x.yaml").name == "x"


LEAF = Scalar("", False, 2, 3)
ROOT_NODE = Mapping(((Scalar("a", False, 1, 1), Mapping(((Scalar("b", False, 2, 1), LEAF),), 2, 1)),), 1, 1)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), ROOT_NODE),
        (("a", "b"), LEAF),
        (("c",), ROOT_NODE),
        (("a", "c"), ROOT_NODE.entries[0][1]),
        (("a", "b", "c"), LEAF),
    ],
)
def test_where_a_key_is_missing_the_last_that_is_there_is_to_blame(path: tuple[str, ...], expected: Node) -> None:
    """A problem of what is not there has the place of what should hold it."""
    assert schema.at(ROOT_NODE, *path) is expected


@pytest.mark.parametrize(
    ("kind", "node"),
    [
        (schema.Text(), Scalar("", False, 1, 1)),
        (schema.Text(), Mapping((), 1, 1)),
        (schema.Whole(1, 2, "things"), Scalar("3", False, 1, 1)),
        (schema.Whole(1, 2, "things"), Sequence((), 1, 1)),
        (schema.Choice(Mode), Scalar("x", False, 1, 1)),
        (schema.Choice(Mode), Sequence((), 1, 1)),
        (schema.Items(schema.Text(), 1), Sequence((), 1, 1)),
        (schema.Items(schema.Text(), 1), Sequence((Scalar("a", True, 1, 2), Scalar("b", True, 1, 3)), 1, 1)),
        (schema.Items(schema.Text(), 1), Scalar("", False, 1, 1)),
        (schema.Items(schema.Text(), 1), Mapping((), 1, 1)),
        (schema.Record({}), Scalar("a", False, 1, 1)),
        (schema.Either("a", schema.Record({})), Scalar("b", False, 1, 1)),
    ],
)
def test_a_value_that_is_wrong_is_none(kind: schema.Kind, node: Node) -> None:
    """Whoever goes on with the values that are right cannot take a wrong one for right."""
    report = schema.Report("x")
    assert kind.check(node, "a", report) is None
    assert len(report.problems) == 1


def test_one_word_alone_is_a_choice_too() -> None:
    """As in `expected secure`."""
    assert [schema.one_of(words) for words in ("a", "ab", "abc")] == ["a", "a or b", "a, b or c"]


def test_editors_are_told_the_schema_that_is_committed() -> None:
    """specs/schema.json is what `atgen schema` prints, and every shipped spec names it."""
    committed = json.loads((ROOT / "specs" / "schema.json").read_text())
    assert committed == spec.json_schema()
    for path in (ROOT / "specs").glob("*.yaml"):
        assert path.read_text().startswith("# yaml-language-server: $schema=schema.json\n"), path


def test_the_page_about_specs_is_generated() -> None:
    """specs/README.md is what `atgen schema --format markdown` prints."""
    assert (ROOT / "specs" / "README.md").read_text(encoding="utf-8") == manual.markdown()


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
            "exempt",
            "idfv",
            "true",
            "all",
        ]
    ),
    st.sampled_from(["", " ", "a", "a\nb", "a#b", "é", "1", "0410501", "/p", "-x", "x" * 64, "x" * 201, "x" * 1001]),
    st.integers(0, 30),
    st.booleans(),
    st.none(),
)
RIGHT: dict[str, Any] = yaml.safe_load(FULL) | {
    "lifecycle": "app",
    "scheduler": "classic",
    "sdk": "apple",
    "style": {"access": "public", "class": "Other", "indent": 2, "entry": "none"},
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
    """JSON Schema and the loader agree on whether a spec is right, but for what only the loader knows."""
    by_schema = jsonschema.Draft7Validator(spec.json_schema()).is_valid(document)
    try:
        spec.parse(yaml.safe_dump(document, allow_unicode=True).encode(), "x.yaml")
        by_loader = True
    except SpecError:
        by_loader = False
    assert by_loader == by_schema


def test_editors_are_told_of_what_is_refused_but_for_what_only_the_loader_knows() -> None:
    """Versions, encoded lengths and keys within keys; here also what PyYAML types as YAML 1.1 does, and drops, such as anchors."""
    schema_for_editors = jsonschema.Draft7Validator(spec.json_schema())
    let_in = [
        expected.split(": ")[1]
        for lines, expected in REFUSED
        if schema_for_editors.is_valid(yaml.safe_load(otherwise_right(lines)))
    ]
    assert let_in == [
        "tracker.configuration.hash_user_id",
        "tracker.configuration.send_hit_when_opt_out",
        "hit.screen",
        *["hit.properties.a"] * 5,
        "hit.event",
        "finish.within",
        "hit.gesture",
        "minimum.ios",
        "minimum.tvos",
        "anchors are not allowed",
    ]


def test_editors_let_in_what_is_right() -> None:
    """Each shipped spec, one of each combination of the axes, and what is just allowed."""
    schema_for_editors = jsonschema.Draft7Validator(spec.json_schema())
    right = [path.read_bytes() for path in (ROOT / "specs").glob("*.yaml")]
    right += [*combinations().values(), *map(otherwise_right, ALLOWED)]
    assert [data for data in right if not schema_for_editors.is_valid(yaml.safe_load(data))] == []


def test_no_class_is_called_as_something_that_the_output_uses(every_case: list[Case]) -> None:
    """Each name with a capital that a template or a vocabulary writes is refused as the class's, in every language."""
    pattern = re.compile(spec._CLASS.pattern)  # noqa: SLF001 (what the loader itself lets in)
    used = set()
    for case in every_case:
        for path, file in pipeline.render(case, languages.names()).items():
            code = re.sub(r"""(["'])(?:\\.|(?!\1)[^\\\n])*\1""", "", file.text)
            code = re.sub(r'"""[\s\S]*?"""|#.*' if "/python/" in path else "//.*", "", code)
            # The name of a category is no class's.
            code = re.sub(r"(@(?:interface|implementation) \w+ )\(\w+\)", r"\1", code)
            used |= {*re.findall(r"(?<![.\w])[A-Z]\w*", code)} - {case.style.class_name}
    assert {"BackgroundCall", "ExpectedHit", "HitDeliveries"} <= used
    assert {name for name in used if pattern.fullmatch(name)} - spec.RESERVED == set()
    assert len(used & spec.RESERVED) > 20
