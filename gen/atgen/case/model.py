"""What a spec says, once it is known to be right.

(Named tuples: they are made in a tenth of a dataclass's time, which counts at start-up. Their annotations are no strings
here, each of which `typing` would compile: that halves the time again.)
"""

from enum import Enum
from typing import NamedTuple, TypeVar, Union

T = TypeVar("T")
# The SDK's name of each key of a tracker's configuration (Sources/TrackerConfigurationKeys.swift 2.23.10), in its order.
CONFIGURATION = {
    "site": "site",
    "log": "log",
    "log_ssl": "logSSL",
    "domain": "domain",
    "pixel_path": "pixelPath",
    "storage": "storage",
    "identifier": "identifier",
    "hash_user_id": "hashUserId",
    "send_hit_when_opt_out": "sendHitWhenOptOut",
    "send_on_application_state": "sendOnApplicationState",
}


class Mode(str, Enum):
    """The value of the tracker's background mode while the hit is sent (`BackgroundMode`, Sources/Context.swift 2.23.10)."""

    FETCH = "fetch"
    TASK = "task"


class Action(str, Enum):
    """How a gesture's hit is sent (`Gesture.send…()`, Sources/Gesture.swift 2.23.10)."""

    TOUCH = "touch"
    NAVIGATION = "navigation"
    DOWNLOAD = "download"
    EXIT = "exit"
    SEARCH = "search"


class HitKind(str, Enum):
    """What a case sends (`tracker.gestures`, `.screens`, `.events`, Sources/Tracker.swift 2.23.10)."""

    GESTURE = "gesture"
    SCREEN = "screen"
    EVENT = "event"


class When(str, Enum):
    """When control goes back to the system."""

    SENT = "sent"
    AFTER = "after"
    DISPATCHED = "dispatched"


class Storage(str, Enum):
    """What becomes of a hit that cannot leave (Sources/Sender.swift 2.23.10)."""

    NEVER = "never"
    REQUIRED = "required"
    ALWAYS = "always"


class Platform(str, Enum):
    """Where the generated code runs."""

    IOS = "ios"
    TVOS = "tvos"
    WATCHOS = "watchos"


class Framework(str, Enum):
    """Apple's framework that an app is made of, and that calls it."""

    UIKIT = "uikit"
    WATCHKIT = "watchkit"


class Lifecycle(str, Enum):
    """Who hears of the app's life: its delegate alone, its scenes, or SwiftUI, whose App makes both."""

    APP = "app"
    SCENE = "scene"
    SWIFTUI = "swiftui"


class Scheduler(str, Enum):
    """Who calls the app in the background: the classic delegate methods, BackgroundTasks, the app's own code, or silent pushes."""

    CLASSIC = "classic"
    APP_REFRESH = "app_refresh"
    OWN_REFRESH = "own_refresh"
    PROCESSING = "processing"
    REMOTE_NOTIFICATION = "remote_notification"


class Identifier(str, Enum):
    """By what the SDK knows a visitor (`IdentifierTypeKey`, Sources/Tracker.swift 2.23.10)."""

    UUID = "uuid"
    IDFV = "idfv"


class Switch(str, Enum):
    """A setting of the SDK's that is on or off."""

    ON = "true"
    OFF = "false"


class ApplicationState(str, Enum):
    """In which states of the app hits are sent: one that leaves the background out loses them (Sources/Sender.swift 2.23.10)."""

    ALL = "all"


# The values of the settings that not every SDK has, by their keys in a spec.
SETTINGS = {
    "send_hit_when_opt_out": tuple(switch.value for switch in Switch),
    "send_on_application_state": tuple(state.value for state in ApplicationState),
}


class VisitorMode(str, Enum):
    """A visitor's privacy mode in which the tag may be kept: others take the hit's name away, too (Sources/Privacy.swift 2.23.10)."""

    EXEMPT = "exempt"


class EntryKind(str, Enum):
    """How the system calls the app in the background: what framework, scheduler, mode and life cycle lead to."""

    FETCH = "fetch"
    BACKGROUND = "background"
    SCENE = "scene"
    APP_REFRESH = "app_refresh"
    OWN_REFRESH = "own_refresh"
    PROCESSING = "processing"
    PUSH = "push"
    REFRESH = "refresh"
    ACTIVITY = "activity"


class Scope(str, Enum):
    """Whose hits the tracker sends: the case's alone, or all of the app's."""

    DEDICATED = "dedicated"
    GLOBAL = "global"


class Access(str, Enum):
    """The access level of the Swift class."""

    INTERNAL = "internal"
    PUBLIC = "public"


class EntryPoint(str, Enum):
    """Whether the class is where the app starts, or the app has an entry of its own."""

    MAIN = "main"
    NONE = "none"


class Form(str, Enum):
    """Whether the app's delegate is generated, or the app has one of its own, which is extended."""

    DELEGATE = "delegate"
    EXTENSION = "extension"


class Dedicated(NamedTuple):
    """A tracker that sends background hits only; `configuration` holds the SDK's keys in the SDK's order."""

    name: str
    configuration: tuple[tuple[str, str], ...]


class Hit(NamedTuple):
    """What is sent: a gesture by its action, a screen's view, or an event, which alone has properties."""

    kind: HitKind
    name: str
    action: str
    chapters: tuple[str, ...] = ()
    properties: tuple[tuple[str, str | int], ...] = ()

    @property
    def page(self) -> str:
        """What the hit's URL says under `p`: chapters and name (Sources/Gesture.swift, Screen.swift 2.23.10); of an event, nothing."""
        return "" if self.kind is HitKind.EVENT else "::".join((*self.chapters, self.name))


class Finish(NamedTuple):
    """When control goes back to the system; `within` in seconds."""

    when: When
    within: int


class Style(NamedTuple):
    """How the output is written; `indent` in spaces, `prefix` begins the names of what all cases share."""

    access: Access = Access.INTERNAL
    class_name: str = "AppDelegate"
    indent: int = 4
    entry: EntryPoint = EntryPoint.MAIN
    form: Form = Form.DELEGATE
    prefix: str = ""


class Localized(dict[str, T]):
    """A text by locale; English is always there, and stands in for a locale that is not."""

    def __missing__(self, locale: str) -> T:
        return self["en"]


class Case(NamedTuple):
    """One tracking case; `tracker` is None for the global tracker, `summaries` hold lines.

    `identifier` names the task for BackgroundTasks; `minimum` holds the oldest systems that the app runs on; `keep_tag_in`
    are the visitor's modes in which the tag is kept. `notes` say what of the spec was mended when it was read.
    """

    name: str
    titles: Localized[str]
    summaries: Localized[tuple[str, ...]]
    mode: Mode
    tracker: Dedicated | None
    hit: Hit
    finish: Finish
    platforms: tuple[Platform, ...] = (Platform.IOS,)
    lifecycle: Lifecycle = Lifecycle.APP
    scheduler: Scheduler = Scheduler.CLASSIC
    identifier: str = ""
    sdk: str = "apple"
    minimum: tuple[tuple[Platform, str], ...] = ()
    keep_tag_in: tuple[VisitorMode, ...] = ()
    style: Style = Style()
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the case is called, in English."""
        return self.titles["en"]

    @property
    def cases(self) -> "tuple[Case, ...]":
        """The case itself, as an app has several."""
        return (self,)

    @property
    def scope(self) -> Scope:
        """Whose hits the case's tracker sends."""
        return Scope.DEDICATED if self.tracker else Scope.GLOBAL

    @property
    def source(self) -> str:
        """The spec's path as the output names it, whatever folder it was read from."""
        return f"specs/{self.name}.yaml"


class App(NamedTuple):
    """Several cases in one delegate; each of them has the app's platforms, life cycle, systems and style."""

    name: str
    titles: Localized[str]
    summaries: Localized[tuple[str, ...]]
    cases: tuple[Case, ...]
    platforms: tuple[Platform, ...]
    lifecycle: Lifecycle
    sdk: str
    minimum: tuple[tuple[Platform, str], ...]
    keep_tag_in: tuple[VisitorMode, ...]
    style: Style
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the app is called, in English."""
        return self.titles["en"]

    @property
    def source(self) -> str:
        """The spec's path as the output names it, whatever folder it was read from."""
        return f"specs/{self.name}.yaml"


# What a spec describes.
Described = Union[Case, App]  # noqa: UP007 (the same, and older checkers read it)
