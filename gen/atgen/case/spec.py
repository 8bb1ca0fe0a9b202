"""From a spec's bytes to a Case: the schema, and the rules that hold between its keys."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atgen.case import yamltree
from atgen.case.axes import HITS, LIFECYCLES, PLATFORMS, SCHEDULERS
from atgen.case.combinations import REFUSED, Combination, apart, choices, of_sdk, refused
from atgen.case.event import as_json
from atgen.case.model import (
    CONFIGURATION,
    Access,
    Action,
    App,
    ApplicationState,
    Case,
    Dedicated,
    Described,
    EntryKind,
    EntryPoint,
    Finish,
    Form,
    Hit,
    HitKind,
    Identifier,
    Lifecycle,
    Localized,
    Mode,
    Platform,
    Scheduler,
    Storage,
    Style,
    Switch,
    VisitorMode,
    When,
)
from atgen.case.requirements import oldest, version
from atgen.case.schema import (
    Choice,
    Either,
    Items,
    Key,
    OneOf,
    Record,
    Report,
    Table,
    Text,
    Translated,
    Value,
    Whole,
    at,
    each_of,
    nearest,
    one_of,
    rows,
    typed,
)
from atgen.case.text import percent_encoded, shown, visible
from atgen.case.vocabulary import sdks, vocabulary
from atgen.errors import FileError, Problem, SpecError
from atgen.resources import locales

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from atgen.case.axes import Wait
    from atgen.case.yamltree import Mapping, Node

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# A hit has at most 8,000 characters, and `p` cannot be cut: from about 7,600 on it takes the tag with it, and from 7,900 on
# it is lost itself (Sources/Builder.swift, Param.swift 2.23.10).
LONGEST_NAME = 7_500
# The name under which `ATInternet.defaultTracker` is registered (Sources/ATInternet.swift 2.23.10).
GLOBAL_TRACKER = "defaultTracker"
# Names that the output's class must not have: the SDK's public classes (Sources/, 2.23.10), whatever else the output
# uses, in any of its languages, its own classes, and the types of Objective-C's runtime (objc/objc.h, objc/runtime.h).
RESERVED = frozenset(
    """
    BackgroundModeFetch BackgroundModeNormal BackgroundModeTask BackgroundTask Context Event Events Gesture Gestures Hit
    HitStatus HitStatusSuccess Location Media Offline Order Param Privacy Product Screen Screens Tracker TrackerDelegate Video
    Any AnyHashable Bool Date DispatchQueue DispatchSemaphore DispatchWorkItem Double Int MainActor Never NotificationCenter Optional
    ProcessInfo Protocol Self Sendable Set String Type URLComponents Void BackgroundTasks Dispatch Foundation Swift
    WatchKit False None True Category Class Ivar Method
    BackgroundCall BackgroundHits BackgroundWork ExpectedHit HitDeliveries Outcome SceneDelegate
    """.split()  # noqa: SIM905 (one name a line would hide the rest)
)
# Those of them that are in the file beside the class, and begin with `style.prefix`.
SHARED_NAMES = ("BackgroundCall", "BackgroundHits", "ExpectedHit", "HitDeliveries")
# Where SchemaStore would have it.
_ID = "https://json.schemastore.org/atgen.json"
_TAKEN = "is a name of a language, of the SDK or of the output itself; take another"
DEFAULT_SDK = "apple"
WITHIN = {When.SENT: 20, When.AFTER: 5, When.DISPATCHED: 0}
_MOST_WITHIN = max(facts.wait.most for facts in PLATFORMS.values())
_SHORTER = ", ".join(
    f"{facts.wait.most} on {facts.title}" for facts in PLATFORMS.values() if facts.wait.most < _MOST_WITHIN
)
# The schedulers that know a task by its identifier.
_IDENTIFYING = [scheduler.value for scheduler, facts in SCHEDULERS.items() if facts.request]
_GLOBAL_NAME = (
    f"{GLOBAL_TRACKER} is the global tracker, whose own configuration holds; name another, or write tracker: global"
)
_NO_WAIT = "dispatched does not wait; leave within out, or write when: after"
_NO_IDENTIFIER = (
    f"only BackgroundTasks knows tasks by identifier; leave it out, or write scheduler: {one_of(_IDENTIFYING)}"
)


def _has(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _refused(key: str, reason: str, *conditions: dict[str, Any]) -> dict[str, Any]:
    """As JSON Schema, that a key is refused where all conditions hold; editors show the reason there, as they do not with `not`."""
    *parents, last = key.split(".")
    then: dict[str, Any] = {"properties": {last: False}, "required": [last], "errorMessage": reason}
    for parent in reversed(parents):
        then = {"properties": {parent: then}, "required": [parent]}
    return {"if": {"allOf": list(conditions)}, "then": then}


# From iOS 17 on the sender decodes the whole URL before it parses it (Sources/URLExtension.swift 2.23.10).
_NAME = Text(
    pattern=r"[^#\n]*[^#\s][^#\n]*",
    what=Text().words(),
    mend=lambda _: (
        "has a #, where the SDK ends the hit (Sources/URLExtension.swift); take it out, or write another character"
    ),
)


_CHAPTERS = Key(Items(_NAME, 3), "The chapters that the gesture or the screen is filed under, without #.")


def _small(text: str) -> str | None:
    """What becomes of capitals, where they are all that is wrong with an event's name or a property's key."""
    small = text.lower()
    return (
        f"{shown(text)} has capitals, and the SDK sends small letters (Sources/Event.swift); write {small}"
        if small != text and small.isascii()
        else None
    )


_EVENT = Text(
    100,
    pattern=r"[a-z0-9_]+(?:\.[a-z0-9_]+)*",
    what="small letters, digits, _, and dots between them",
    mend=_small,
)
_PROPERTY = Text(64, pattern="[a-z0-9]+(?:_[a-z0-9]+)*", what="small letters, digits, and _ between them", mend=_small)
# An & of an event cuts its JSON, and not only its name (Sources/URLExtension.swift 2.23.10).
_VALUE = Text(
    pattern=r"[^#&\n]*[^#&\s][^#&\n]*",
    what=Text().words(),
    mend=lambda _: (
        "has a # or an &, where the SDK cuts the event (Sources/URLExtension.swift); take it out, or write another character"
    ),
)
# What Swift's Int and Objective-C's int hold on every watch.
_MOST_NUMBER = 2**31 - 1


def _host(key: str) -> Text:
    """The collector's name, which is taken for its whole address where it is another page's or a plist's."""

    def mend(text: str) -> str | None:
        whole = re.fullmatch(rf"(?:https?://)?({_LABEL})\.({_LABEL}(?:\.{_LABEL})+)/?", text)
        return f"{shown(text)} is a whole address; write {key}: {whole[1]} and domain: {whole[2]}" if whole else None

    return Text(63, pattern=_LABEL, what="a host name label (letters, digits and hyphens, up to 63)", mend=mend)


def _bare(text: str) -> str | None:
    """What is wrong with a file's name in the place of a case's, or one in capitals."""
    name = text.removesuffix(".yaml").removesuffix(".yml").lower()
    return f"{shown(text)} is not {_BESIDE.what}; did you mean {name}?" if re.fullmatch(_BESIDE.pattern, name) else None


_BESIDE = Text(64, pattern="[a-z0-9_-]+", what="the name of a case whose spec is beside this one", mend=_bare)
_VERSION = Text(8, pattern=r"[1-9][0-9]?(?:\.[0-9]{1,2}){0,2}", what="a version such as 15.0")
# The prefixes of Apple's thousands of classes, and the older SDK's.
_OTHERS = ("AT", "BG", "CF", "CG", "NS", "UI", "WK")
_ANY_OTHER = "|".join(_OTHERS)
_PREFIX = Text(
    16,
    pattern=rf"(?!(?:{_ANY_OTHER})(?:[A-Z]|$))[A-Z][A-Za-z0-9]*",
    what="a prefix such as ABC: a capital letter, then letters and digits, up to 16, and none of those of Apple's and the SDK's "
    f"classes ({', '.join(_OTHERS)})",
)
# A name of capitals alone is a macro's.
_CLASS = Text(
    64,
    pattern=rf"(?!(?:{_ANY_OTHER})[A-Z])[A-Z][A-Za-z0-9_]*[a-z][A-Za-z0-9_]*",
    what="a class name: a capital letter, then letters, digits and _, one of them small, "
    f"and without the prefixes of Apple's and the SDK's classes ({', '.join(_OTHERS)})",
)
SPEC = Record(
    {
        "title": Key(Translated(Text(200), locales()), "What the case is called.", required=True),
        "summary": Key(Translated(Text(lines=True), locales()), "Prose for the head of the generated files."),
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
                                    "site": Key(
                                        Text(pattern="[0-9]+", what="digits"), "The site's number.", required=True
                                    ),
                                    "log": Key(_host("log"), "The collector's name; log or log_ssl is required."),
                                    "log_ssl": Key(_host("log_ssl"), "The collector's name for https."),
                                    "domain": Key(
                                        Text(
                                            253,
                                            pattern=rf"{_LABEL}(?:\.{_LABEL})*",
                                            what="a domain name, up to 253 characters",
                                        ),
                                        "The collector's domain; the SDK's default is xiti.com.",
                                    ),
                                    "pixel_path": Key(
                                        Text(
                                            pattern=r"/[A-Za-z0-9._~/-]*",
                                            what="a path: /, then letters, digits and . _ ~ / -",
                                        ),
                                        "The collector's path; the SDK's default is /hit.xiti.",
                                    ),
                                    "storage": Key(
                                        Choice(Storage),
                                        "What becomes of a hit that cannot leave: lost, kept, or kept until sent by hand; "
                                        "the SDK's default is never.",
                                    ),
                                    "identifier": Key(
                                        Choice(Identifier),
                                        "By what the SDK knows the visitor; where it is not the app's own, a dedicated tracker "
                                        "counts the visitor anew.",
                                    ),
                                    "hash_user_id": Key(Choice(Switch), "Whether that is hashed; as in the app."),
                                    "send_hit_when_opt_out": Key(
                                        Choice(Switch),
                                        "Whether hits leave when the visitor has opted out; as in the app.",
                                    ),
                                    "send_on_application_state": Key(
                                        Choice(ApplicationState),
                                        "In which states of the app hits leave; all, since the others lose those of the "
                                        "background without a word.",
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
            OneOf(
                {
                    "gesture": Record(
                        {
                            "gesture": Key(_NAME, "The gesture's name, without #.", required=True),
                            "chapters": _CHAPTERS,
                            "action": Key(Choice(Action), "How the gesture's hit is sent.", required=True),
                        }
                    ),
                    "screen": Record(
                        {"screen": Key(_NAME, "The screen's name, without #.", required=True), "chapters": _CHAPTERS}
                    ),
                    "event": Record(
                        {
                            "event": Key(_EVENT, "The event's name.", required=True),
                            "properties": Key(
                                Table(_PROPERTY, Value(_VALUE, _MOST_NUMBER), 50),
                                "The event's properties: the SDK sends no event without; what stands before a _ in a key is "
                                "an object that holds what stands behind.",
                                required=True,
                            ),
                        }
                    ),
                }
            ),
            "What is sent: a gesture, a screen's view, or an event.",
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
                    "within": Key(
                        Whole(1, _MOST_WITHIN, "seconds"),
                        f"How long to wait; by default {WITHIN[When.SENT]} for sent ({_SHORTER}, at most), "
                        f"{WITHIN[When.AFTER]} for after.",
                    ),
                },
                (_refused("within", _NO_WAIT, _has(when={"const": "dispatched"}, within={})),),
            ),
            "When control goes back to the system.",
        ),
        "platforms": Key(Items(Choice(Platform), len(Platform), distinct=True), "Where the code runs; ios by default."),
        "lifecycle": Key(
            Choice(Lifecycle),
            "app (the default): the app delegate hears that the app goes to the background; scene: the app has scenes, and it "
            "hears so by notification; swiftui: as with scene, in an app of SwiftUI, whose App names the delegate.",
        ),
        "scheduler": Key(
            Choice(Scheduler),
            "Who calls the app: the classic delegate methods (the default), BackgroundTasks with an app_refresh (mode fetch) or "
            "a processing task (mode task), the app's own code with a refresh task that it has already: own_refresh (mode "
            "fetch), or a silent push: a remote_notification (mode fetch).",
        ),
        "identifier": Key(
            Text(200, pattern=r"[A-Za-z0-9._-]+", what="letters, digits, dots, hyphens and _"),
            "The task's identifier for BackgroundTasks; the case's name by default.",
        ),
        "sdk": Key(
            Text(64, pattern="[a-z0-9_]+", what="an SDK of `atgen list --sdks`"), "The SDK's words; apple by default."
        ),
        "privacy": Key(
            Record(
                {
                    "keep_tag_in": Key(
                        Items(Choice(VisitorMode), len(VisitorMode), distinct=True),
                        "The visitor's privacy modes in which the tag is kept, which the SDK takes away there; whether an app "
                        "may, is for its lawyers.",
                        required=True,
                    )
                }
            ),
            "What becomes of the tag where the visitor has not agreed to be tracked.",
        ),
        "minimum": Key(
            Record({member.value: Key(_VERSION, f"The oldest {member.value}.") for member in Platform}),
            "The oldest systems that the app runs on; refused where the code needs a newer one. From iOS or tvOS 27.0 on a task "
            "of BackgroundTasks is asked for with submitTaskRequest(_:completionHandler:).",
        ),
        "style": Key(
            Record(
                {
                    "access": Key(Choice(Access), "The Swift class's access level; internal by default."),
                    "class": Key(_CLASS, "The class's name; AppDelegate by default."),
                    "indent": Key(Whole(1, 8, "spaces"), "The indentation; 4 by default."),
                    "entry": Key(
                        Choice(EntryPoint),
                        "main, the default in an app of UIKit: it starts at the class (@main); none: it has an entry of its own, "
                        "such as SwiftUI's App.",
                    ),
                    "form": Key(
                        Choice(Form),
                        "delegate, the default: the app's delegate; extension: an extension (in Objective-C a category) of a "
                        "delegate that the app has, which calls setUpBackgroundHits at launch.",
                    ),
                    "prefix": Key(
                        _PREFIX, "What the names of BackgroundHits and its classes begin with; nothing by default."
                    ),
                }
            ),
            "How the output is written.",
        ),
    },
    (
        _refused("tracker.dedicated", _GLOBAL_NAME, _has(tracker=_has(dedicated={"const": GLOBAL_TRACKER}))),
        _refused("identifier", _NO_IDENTIFIER, _has(identifier={}), {"not": _has(scheduler={"enum": _IDENTIFYING})}),
        _refused("style.class", f"this {_TAKEN}", _has(style=_has(**{"class": {"enum": sorted(RESERVED)}}))),
    ),
)
# What an app says itself of what its cases say, too.
_SHARED = ("platforms", "lifecycle", "minimum", "style")
APP = Record(
    {
        "title": SPEC.keys["title"],
        "summary": SPEC.keys["summary"],
        "cases": Key(
            Items(
                _BESIDE,
                len(EntryKind),
                distinct=True,
            ),
            "In the place of all that makes a case: the cases that the app has, in one delegate.",
            required=True,
        ),
        **{key: SPEC.keys[key] for key in _SHARED},
    },
    SPEC.rules[-1:],
)


def json_schema() -> dict[str, Any]:
    """The schema as JSON Schema, for editors: it accepts what the loader accepts, but for what only the loader can compare.

    That is versions, properties' keys that begin another, the length of what is sent, encoded, and what an app's cases say.
    """
    case = SPEC.json()
    rules = case.pop("allOf")
    own = [key for key in SPEC.keys if key not in APP.keys]
    schema: dict[str, Any] = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": _ID,
        "title": "atgen: a tracking case, or an app of several",
    }
    schema |= case
    schema["required"] = [key for key in case["required"] if key not in own]
    schema["properties"] |= {"cases": APP.json()["properties"]["cases"]}
    schema["properties"]["sdk"]["enum"] = sdks()
    schema["if"] = {"required": ["cases"]}
    schema["then"] = {"properties": dict.fromkeys(own, False), "allOf": list(APP.rules)}
    schema["else"] = {"required": [key for key in case["required"] if key in own], "allOf": [*rules, *_between_keys()]}
    return schema


def _between_keys() -> list[dict[str, Any]]:
    """What of a case cannot be right together, as JSON Schema."""
    rules = [*map(_as_json, REFUSED)]
    for platform, facts in PLATFORMS.items():
        if facts.wait.most < _MOST_WITHIN:
            longer = _has(finish=_has(within={"exclusiveMinimum": facts.wait.most}))
            on_it = _chosen("platforms", (platform.value,))
            rules.append(_refused("finish.within", _too_long(facts.wait), longer, on_it))
        elsewhere = {"not": _chosen("platforms", (platform.value,))}
        given = _has(minimum=_has(**{platform.value: {}}))
        rules.append(_refused(f"minimum.{platform.value}", _not_there(platform), given, elsewhere))
    for sdk in map(vocabulary, sdks()):
        rules += map(_as_json, of_sdk(sdk))
        if dict(sdk.settings).get("secure"):
            dedicated = _has(tracker=_has(configuration={}))
            whole = _has(tracker=_has(configuration={"required": ["log_ssl"]}))
            rules.append({"if": {"allOf": [_chosen("sdk", (sdk.name,)), dedicated]}, "then": whole})
    return rules


def _as_json(refused: Combination) -> dict[str, Any]:
    return _refused(refused.key, refused.reason, *(_chosen(key, values) for key, values in refused.when.items()))


def _chosen(path: str, values: tuple[str, ...]) -> dict[str, Any]:
    """What holds, as JSON Schema, where the key has one of the values, or is left out and means one.

    (What `finish.when` means then depends on the tracker, and is never refused.)
    """
    kind = dict(rows(SPEC))[path].value
    schema: dict[str, Any] = {"enum": typed(values)}
    if isinstance(kind, Items):
        schema = {"anyOf": [schema, {"type": "array", "contains": schema}]}
    if isinstance(kind, OneOf):
        schema = {"anyOf": [_has(**{value: {}}) for value in values]}
    for key in reversed(path.split(".")):
        schema = _has(**{key: schema})
    default = Case._field_defaults.get(path)
    if default in values or (isinstance(default, tuple) and set(default) & set(values)):
        del schema["required"]
    return schema


def load(path: str | Path) -> Described:
    """The case or the app that a spec describes; SpecError with all that is wrong in it."""
    return parse(yamltree.read(path), str(path))


def parse(data: bytes, file: str, read: Callable[[Path], bytes] = yamltree.read) -> Described:
    """The case or the app that a spec's bytes describe; `file` is its path, whose stem is the name.

    The specs of an app's cases are beside that path; `read` gives their bytes.
    """
    reading = _Reading(data, file)
    if reading.is_app:
        return _app(reading, read)
    reading.refuse()
    case = _case(reading.name, reading.values)._replace(notes=tuple(reading.report.notes))
    for path, message in _together_wrong(case):
        reading.add(path, message)
    reading.refuse()
    return case


def record_of(root: Mapping) -> Record:
    """What a spec may hold: an app's names its cases."""
    return APP if any(key.text == "cases" for key, _ in root.entries) else SPEC


class _Reading:
    """A spec's tree, its values, and what is wrong with them so far."""

    def __init__(self, data: bytes, file: str) -> None:
        name = Path(file).name
        self.file = visible(file)
        self.name = name.removesuffix(".yaml")
        self.root = yamltree.parse(data, self.file)
        record = record_of(self.root)
        self.is_app = record is APP
        self.report = Report(self.file, record, data)
        if not re.fullmatch(r"[a-z0-9_-]{1,64}\.yaml", name):
            message = f"{shown(name)} is not a case's file name: lower-case letters, digits, _ and -, at most 64, and then .yaml"
            self.report.problems.append(Problem(self.file, 1, 1, message))
        self.values = record.check(self.root, "", self.report) or {}
        for check in (_check_tracker, _check_hit, _check_finish, _check_style):
            check(self.root, self.values, self.report)

    def add(self, path: str, message: str) -> None:
        """Notes a problem of the value at `path`, in its place or where it would be."""
        self.report.add(at(self.root, *path.split(".")), path, message)

    def refuse(self) -> None:
        """Raise SpecError if anything is wrong."""
        if self.report.problems:
            raise SpecError(yamltree.told(self.report.problems))

    def place(self, *path: str) -> str:
        """Where the file says something, to be named in what is wrong with another file."""
        return f"{self.name} ({self.file}:{at(self.root, *path).line})"


def _check_tracker(root: Node, values: dict[str, Any], report: Report) -> None:
    tracker = values.get("tracker")
    if not isinstance(tracker, dict):
        return
    if tracker.get("dedicated") == GLOBAL_TRACKER:
        report.add(at(root, "tracker", "dedicated"), "tracker.dedicated", _GLOBAL_NAME)
    configuration = tracker.get("configuration")
    if isinstance(configuration, dict) and not configuration.keys() & {"log", "log_ssl"}:
        message = "log or log_ssl is missing: without one the SDK sends nothing"
        report.add(at(root, "tracker", "configuration"), "tracker.configuration", message)


def _check_finish(root: Node, values: dict[str, Any], report: Report) -> None:
    finish = values.get("finish") or {}
    if finish.get("when") is When.DISPATCHED and "within" in finish:
        report.add(at(root, "finish", "within"), "finish.within", _NO_WAIT)
    scheduler = values.get("scheduler", Scheduler.CLASSIC)
    if values.get("identifier") and scheduler and not SCHEDULERS[scheduler].request:
        report.add(at(root, "identifier"), "identifier", _NO_IDENTIFIER)


def _check_hit(root: Node, values: dict[str, Any], report: Report) -> None:
    hit = values.get("hit") or {}
    kind = next((kind.value for kind in HitKind if kind.value in hit), "")
    properties = hit.get("properties") or {}
    if _check_nesting(root, properties, report):
        return
    if properties:
        what, text = "name and properties", as_json([(hit.get("event") or "", properties)])
    else:
        what, text = "chapters and name", "::".join(filter(None, (*(hit.get("chapters") or ()), hit.get(kind))))
    length = len(percent_encoded(text))
    if length > LONGEST_NAME:
        message = (
            f"{what} take {length} characters in the hit's URL; write at most {LONGEST_NAME}: "
            "the SDK cuts hits of over 8,000 (Sources/Builder.swift)"
        )
        report.add(at(root, "hit", kind), f"hit.{kind}", message)


def _check_nesting(root: Node, keys: Iterable[str], report: Report) -> bool:
    """Whether a key is another's beginning: the SDK would write both in its place."""
    both = [(key, other) for key in keys for other in keys if other.startswith(f"{key}_")]
    for key, other in both:
        message = f"{key} is a value, and by {other} an object, too; write another key"
        report.add(at(root, "hit", "properties", key), f"hit.properties.{key}", message)
    return bool(both)


def _check_style(root: Node, values: dict[str, Any], report: Report) -> None:
    style = values.get("style") or {}
    name, prefix = style.get("class"), style.get("prefix") or ""
    if name in RESERVED or name in {prefix + each for each in SHARED_NAMES}:
        report.add(at(root, "style", "class"), "style.class", f"{shown(name)} {_TAKEN}")
    sdk = values.get("sdk")
    if sdk and sdk not in sdks():
        message = f"{shown(sdk)} is not {one_of(sdks())}{nearest(sdk, sdks())}"
        report.add(at(root, "sdk"), "sdk", message)


def _together_wrong(case: Case) -> Iterator[tuple[str, str]]:
    """Yield which choices cannot be right together: the path of one that is to blame, and a message."""
    sdk = vocabulary(case.sdk)
    said: set[str] = set()
    for platform in case.platforms:
        broken = refused(choices(case, platform), sdk)
        for combination in broken:
            if combination.reason not in said:
                yield combination.key, combination.reason
            said.add(combination.reason)
        if not broken:
            yield from _too_old(case, platform)
        wait = PLATFORMS[platform].wait
        if case.finish.within > wait.most:
            yield "finish.within", _too_long(wait)
    settings = dict(sdk.settings)
    if settings.get("secure") and case.tracker and "logSSL" not in dict(case.tracker.configuration):
        yield "tracker.configuration", "log_ssl is missing: with this SDK hits go over https by it alone"
    for platform, _ in case.minimum:
        if platform not in case.platforms:
            yield f"minimum.{platform.value}", _not_there(platform)


def _too_long(wait: Wait) -> str:
    return f"{wait.reason}; write at most {wait.most}"


def _not_there(platform: Platform) -> str:
    return f"{platform.value} is not among the platforms"


def _too_old(case: Case, platform: Platform) -> Iterator[tuple[str, str]]:
    minimum = dict(case.minimum).get(platform)
    if minimum is None:
        return
    api, since = oldest(case, platform)
    if version(minimum) < version(since):
        message = f"{shown(minimum)} is older than {api}, which is there from {since} on"
        yield f"minimum.{platform.value}", message


def _case(name: str, values: dict[str, Any]) -> Case:
    tracker, finish, hit = values["tracker"], values.get("finish", {}), values["hit"]
    dedicated = (
        None if tracker == "global" else Dedicated(tracker["dedicated"], _configuration(tracker["configuration"]))
    )
    when = finish.get("when", When.SENT if dedicated else When.AFTER)
    platforms = values.get("platforms", (Platform.IOS,))
    within = min(WITHIN[when], *(PLATFORMS[platform].wait.most for platform in platforms))
    scheduler = values.get("scheduler", Scheduler.CLASSIC)
    lifecycle = values.get("lifecycle", Lifecycle.APP)
    style = values.get("style", {})
    return Case(
        name=name,
        titles=Localized(values["title"]),
        summaries=_lines(values),
        mode=values["mode"],
        tracker=dedicated,
        hit=_hit(hit),
        finish=Finish(when, finish.get("within", within)),
        platforms=platforms,
        lifecycle=lifecycle,
        scheduler=scheduler,
        identifier=values.get("identifier", name) if SCHEDULERS[scheduler].request else "",
        sdk=values.get("sdk", DEFAULT_SDK),
        keep_tag_in=values.get("privacy", {}).get("keep_tag_in", ()),
        minimum=tuple((Platform(key), _version(text)) for key, text in values.get("minimum", {}).items()),
        style=Style(
            style.get("access", Access.INTERNAL),
            style.get("class", "AppDelegate"),
            style.get("indent", 4),
            style.get("entry", LIFECYCLES[lifecycle].entry),
            style.get("form", Form.DELEGATE),
            style.get("prefix", ""),
        ),
    )


def _hit(values: dict[str, Any]) -> Hit:
    kind = next(kind for kind in HitKind if kind.value in values)
    action = values["action"].value if "action" in values else next(iter(HITS[kind].queries))
    properties = tuple(values.get("properties", {}).items())
    return Hit(kind, values[kind.value], action, values.get("chapters", ()), properties)


def _app(reading: _Reading, read: Callable[[Path], bytes]) -> App:
    """The app of a spec that names cases: each is read with what the app says in the place of its own."""
    given = {key: reading.values[key] for key in _SHARED if reading.values.get(key) is not None}
    parts: list[tuple[_Reading, Case]] = []
    nodes = each_of(at(reading.root, "cases"))
    for node, name in zip(nodes, reading.values.get("cases") or (), strict=False):
        part = _read_beside(reading, node, name, read)
        if part:
            case = _case(name, part.values | given)
            parts.append((part, case._replace(notes=tuple(part.report.notes))))
    reading.refuse()
    for key in _SHARED:
        said = {getattr(case, key): f"{part.place(key)}" for part, case in reversed(parts)}
        if key not in given and len(said) > 1:
            reading.report.add(
                reading.root, key, f"is not the same in {' and '.join(reversed(said.values()))}; say here which holds"
            )
    reading.refuse()
    own: dict[tuple[str, str], list[str]] = {}  # what is wrong with the app's words, and for which cases
    for node, (part, case) in zip(nodes, parts, strict=True):
        for path, message in _together_wrong(case):
            if path.partition(".")[0] in given:
                own.setdefault((path, message), []).append(case.name)
            else:
                where = part.place(*path.split("."))
                reading.report.add(node, "cases", f"{where} does not go into this app: {path}: {message}")
    for (path, message), names in own.items():
        reading.add(path, message if len(names) == len(parts) else f"{message} (case {' and '.join(names)})")
    reading.refuse()
    _check_together(reading, parts)
    reading.refuse()
    first = parts[0][1]
    notes = [f"{case.name}: {note}" for _, case in parts for note in case.notes]
    return App(
        name=reading.name,
        titles=Localized(reading.values["title"]),
        summaries=_lines(reading.values),
        cases=tuple(case for _, case in parts),
        platforms=first.platforms,
        lifecycle=first.lifecycle,
        sdk=first.sdk,
        minimum=first.minimum,
        keep_tag_in=first.keep_tag_in,
        style=first.style,
        notes=(*reading.report.notes, *notes),
    )


def _read_beside(reading: _Reading, node: Node, name: str, read: Callable[[Path], bytes]) -> _Reading | None:
    """The spec of an app's case; what is wrong with it is said of its own file."""
    path = Path(reading.file).with_name(f"{name}.yaml")
    try:
        part = _Reading(read(path), str(path))
    except FileError:
        there = [each.stem for each in path.parent.glob("*.yaml") if each.stem != reading.name]
        reading.report.add(node, "cases", f"there is no spec {shown(path.name)} beside this one{nearest(name, there)}")
        return None
    except SpecError as error:
        reading.report.problems += error.problems
        return None
    if part.is_app:
        reading.report.add(node, "cases", f"{name} is an app itself; name its cases")
        return None
    reading.report.problems += part.report.problems
    return None if part.report.problems else part


def _check_together(reading: _Reading, parts: Sequence[tuple[_Reading, Case]]) -> None:
    """What no two cases of one app can both be."""
    report, where = reading.report, at(reading.root, "cases")
    for (one_part, one), (other_part, other) in combinations(parts, 2):
        said: set[str] = set()
        for platform in one.platforms:
            for path, reason in apart(one, other, platform):
                both = f"{one_part.place(*path.split('.'))} and {other_part.place(*path.split('.'))}"
                if reason not in said:
                    report.add(where, "cases", f"{both} cannot be in one app: {reason}")
                said.add(reason)


def _lines(values: dict[str, Any]) -> Localized[tuple[str, ...]]:
    return Localized({locale: tuple(text.splitlines()) for locale, text in values.get("summary", {"en": ""}).items()})


def _version(text: str) -> str:
    """A version as Xcode writes it: 15 is 15.0."""
    return text if "." in text else f"{text}.0"


def _configuration(values: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (word, getattr(values[key], "value", values[key])) for key, word in CONFIGURATION.items() if key in values
    )
