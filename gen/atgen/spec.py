"""From a spec's bytes to a Case: the schema, and the rules that hold between its keys."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atgen import yamltree
from atgen.errors import Problem, SpecError
from atgen.model import Action, Case, Dedicated, Finish, Hit, Mode, Platform, Storage, When
from atgen.schema import Choice, Either, Items, Key, Record, Report, Text, Whole, at
from atgen.text import shown

if TYPE_CHECKING:
    from atgen.yamltree import Node

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# The SDK's name of each key (Sources/TrackerConfigurationKeys.swift 2.23.10), in the order in which the SDK lists them.
CONFIGURATION = {
    "site": "site",
    "log": "log",
    "log_ssl": "logSSL",
    "domain": "domain",
    "pixel_path": "pixelPath",
    "storage": "storage",
}
# The name under which `ATInternet.defaultTracker` is registered (Sources/ATInternet.swift 2.23.10).
GLOBAL_TRACKER = "defaultTracker"
WITHIN = {When.SENT: 20, When.AFTER: 5}

_host = Text(63, pattern=_LABEL, what="a host name label (letters, digits and hyphens, up to 63)")
SPEC = Record(
    {
        "title": Key(Text(200), "What the case is called.", required=True),
        "summary": Key(Text(lines=True), "Prose for the head of the generated files."),
        "mode": Key(Choice(Mode), "The background mode that marks the hit.", required=True),
        "tracker": Key(
            Either(
                "global",
                Record(
                    {
                        "dedicated": Key(Text(), "The dedicated tracker's name.", required=True),
                        "configuration": Key(
                            Record(
                                {
                                    "site": Key(Text(pattern="[0-9]+", what="digits"), "The site's number.", required=True),
                                    "log": Key(_host, "The collector's name; log or log_ssl is required."),
                                    "log_ssl": Key(_host, "The collector's name for https."),
                                    "domain": Key(
                                        Text(
                                            253,
                                            pattern=rf"{_LABEL}(?:\.{_LABEL})*",
                                            what="a domain name, up to 253 characters",
                                        ),
                                        "The collector's domain; the SDK's default is xiti.com.",
                                    ),
                                    "pixel_path": Key(
                                        Text(pattern=r"/[A-Za-z0-9._~/-]*", what="a path that begins with /"),
                                        "The collector's path; the SDK's default is /hit.xiti.",
                                    ),
                                    "storage": Key(
                                        Choice(Storage),
                                        "What becomes of a hit that cannot leave: lost, kept, or kept until sent by hand; "
                                        "the SDK's default is never.",
                                    ),
                                },
                                ({"anyOf": [{"required": ["log"]}, {"required": ["log_ssl"]}]},),
                            ),
                            "The tracker's own configuration: a dedicated tracker takes nothing from the global one.",
                            required=True,
                        ),
                    }
                ),
            ),
            "The app's global tracker, or a dedicated one.",
            required=True,
        ),
        "hit": Key(
            Record(
                {
                    "gesture": Key(Text(), "The gesture's name.", required=True),
                    "chapters": Key(Items(Text(), 3), "The chapters that the gesture is filed under."),
                    "action": Key(Choice(Action), "How the gesture's hit is sent.", required=True),
                }
            ),
            "The gesture whose hit is sent.",
            required=True,
        ),
        "finish": Key(
            Record(
                {
                    "when": Key(
                        Choice(When),
                        "sent: when the SDK says that the hit was sent or stored, or time is up (the default with a dedicated "
                        "tracker); after: after a grace period (the default with the global one); dispatched: at once, and "
                        "the hit may be late or lost.",
                    ),
                    "within": Key(Whole(1, 25, "seconds"), "How long to wait; 20 by default for sent, 5 for after."),
                },
                ({"not": {"properties": {"when": {"const": "dispatched"}}, "required": ["when", "within"]}},),
            ),
            "When control goes back to the system.",
        ),
        "platforms": Key(Items(Choice(Platform), len(Platform), distinct=True), "Where the code runs; ios by default."),
    },
    (
        {
            "not": {
                "properties": {
                    "tracker": {"const": "global"},
                    "finish": {"properties": {"when": {"const": "sent"}}, "required": ["when"]},
                },
                "required": ["tracker", "finish"],
            }
        },
        {"not": {"properties": {"tracker": {"properties": {"dedicated": {"const": GLOBAL_TRACKER}}, "required": ["dedicated"]}}}},
    ),
)


def json_schema() -> dict[str, Any]:
    """The schema as JSON Schema, for editors; it accepts what the loader accepts."""
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "atgen: a tracking case"}
    return head | SPEC.json()


def load(path: Path) -> Case:
    """The case that a spec describes; SpecError with all that is wrong in it."""
    return parse(yamltree.read(path), str(path))


def parse(data: bytes, file: str) -> Case:
    """The case that a spec's bytes describe; `file` is its path, whose stem is the case's name."""
    name = Path(file).name
    report = Report(file)
    if not re.fullmatch(r"[a-z0-9_-]{1,64}\.yaml", name):
        message = (
            f"{shown(name)} is not a case's file name: lower-case letters, digits, _ and -, at most 64, and then .yaml"
        )
        report.problems.append(Problem(file, 1, 1, message))
    root = yamltree.parse(data, file)
    values = SPEC.check(root, "", report)
    if values is not None:
        _check_tracker(root, values, report)
        _check_finish(root, values, report)
    if report.problems or values is None:
        raise SpecError(report.problems)
    return _case(name.removesuffix(".yaml"), values)


def _check_tracker(root: Node, values: dict[str, Any], report: Report) -> None:
    tracker = values.get("tracker")
    if not isinstance(tracker, dict):
        return
    if tracker.get("dedicated") == GLOBAL_TRACKER:
        message = f"{GLOBAL_TRACKER} is the global tracker, whose own configuration holds; name another, or write tracker: global"
        report.add(at(root, "tracker", "dedicated"), "tracker.dedicated", message)
    configuration = tracker.get("configuration")
    if isinstance(configuration, dict) and not configuration.keys() & {"log", "log_ssl"}:
        message = "log or log_ssl is missing: without one the SDK sends nothing"
        report.add(at(root, "tracker", "configuration"), "tracker.configuration", message)


def _check_finish(root: Node, values: dict[str, Any], report: Report) -> None:
    finish = values.get("finish") or {}
    when = finish.get("when")
    if when is When.SENT and values.get("tracker") == "global":
        message = (
            "sent needs a dedicated tracker: only the tracker's delegate hears of it, and the global tracker's one slot is "
            "the app's; write after, or give the case a dedicated tracker"
        )
        report.add(at(root, "finish", "when"), "finish.when", message)
    if when is When.DISPATCHED and "within" in finish:
        message = "dispatched does not wait; leave within out, or write when: after"
        report.add(at(root, "finish", "within"), "finish.within", message)


def _case(name: str, values: dict[str, Any]) -> Case:
    tracker, finish, hit = values["tracker"], values.get("finish", {}), values["hit"]
    dedicated = None if tracker == "global" else Dedicated(tracker["dedicated"], _configuration(tracker["configuration"]))
    when = finish.get("when", When.SENT if dedicated else When.AFTER)
    return Case(
        name=name,
        title=values["title"],
        summary=tuple(values.get("summary", "").splitlines()),
        mode=values["mode"],
        tracker=dedicated,
        hit=Hit(hit["gesture"], hit.get("chapters", ()), hit["action"]),
        finish=Finish(when, finish.get("within", WITHIN.get(when, 0))),
        platforms=values.get("platforms", (Platform.IOS,)),
    )


def _configuration(values: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (word, getattr(values[key], "value", values[key])) for key, word in CONFIGURATION.items() if key in values
    )
