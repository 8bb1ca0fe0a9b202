"""The Tracker SDK: what its public API does, and who is told what, rule by rule.

`Sources/X.swift` is a file of ATInternet-Apple-SDK 2.23.10 (commit 33e7ff5).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import ReferenceType, ref

from atgen.case.event import as_json
from atgen.case.text import percent_encoded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from atgen.reference.world import Move, World

GLOBAL_TRACKER = "defaultTracker"
ALREADY_STORED = "https://logs.xiti.com/hit.xiti?s=410501&p=old&click=A&type=click&bg=task&cn=offline&olt=0.000000"
# Sources/DefaultConfiguration.plist: log, logSSL and site are empty, so a tracker without its own sends nothing.
DEFAULT_CONFIGURATION = {"domain": "xiti.com", "pixelPath": "/hit.xiti", "storage": "never"}
# An app configures its global tracker in its own plist (Sources/Configuration.swift).
GLOBAL_CONFIGURATION = {"log": "logp", "logSSL": "logs", "secure": "true", "site": "410501"}
_NEEDED = 4
# What a visitor's mode lets through, `*` everything; a mode that is not here is an app's own (Sources/Privacy.swift).
_MINIMAL = ("idclient", "ts", "olt", "cn", "click", "type")
INCLUDED = {
    "none": ("*",),
    "optIn": ("*",),
    "optOut": _MINIMAL,
    "noConsent": _MINIMAL,
    "exempt": ("idclient", "p", "olt", "vtag", "ptag", "ts", "click", "type", "cn", "apvr", "dg", "mfmd"),
}


class BackgroundMode(Enum):
    """The context in which hits are sent (Sources/Context.swift)."""

    NORMAL = "normal"
    TASK = "task"
    FETCH = "fetch"


class HitStatus(Enum):
    """Whether a hit arrived (Sources/Tracker.swift)."""

    FAILED = 0
    SUCCESS = 1


class TrackerDelegate:
    """Hears what becomes of a tracker's hits, off the main thread; every method is optional (Sources/Tracker.swift)."""

    def build_did_end(self, status: HitStatus, message: str) -> None:
        """Hear that a hit was built; the message is its URL and a line's end (Sources/Builder.swift)."""

    def send_did_end(self, status: HitStatus, message: str) -> None:
        """Hear that a hit arrived, its URL the message, or was refused, with an error text (Sources/Sender.swift)."""

    def save_did_end(self, message: str) -> None:
        """Hear that a hit was stored just now; the message is its URL with its offline time (Sources/Sender.swift)."""

    def warning_did_occur(self, message: str) -> None:
        """Hear that something was odd: of a hit that the visitor's choice keeps back, or that cannot be stored, only this."""

    def error_did_occur(self, message: str) -> None:
        """Hear that a hit was not built: the configuration is not complete (Sources/Builder.swift)."""

    def did_call_partner(self, response: str) -> None:
        """Hear what a partner has answered: only the older SDK calls one (ATTVTrackingPlugin.m)."""


_OTHER = TrackerDelegate()  # what other code puts into a tracker's slot


class _Former(TrackerDelegate):
    """What the app itself has put into the global tracker's slot; who takes its place is to pass on what it hears.

    Every method is optional: where no tracker keeps its delegate this one has none, so both are played.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def build_did_end(self, status: HitStatus, message: str) -> None:
        self._hear("buildDidEnd:message:", message, status)

    def send_did_end(self, status: HitStatus, message: str) -> None:
        self._hear("sendDidEnd:message:", message, status)

    def save_did_end(self, message: str) -> None:
        self._hear("saveDidEnd:", message)

    def warning_did_occur(self, message: str) -> None:
        self._hear("warningDidOccur:", message)

    def error_did_occur(self, message: str) -> None:
        self._hear("errorDidOccur:", message)

    def did_call_partner(self, response: str) -> None:
        self._hear("didCallPartner:", response)

    def _hear(self, method: str, message: str, *status: HitStatus) -> None:
        if self._world.outside.weak_delegate:
            return
        self._world.record("heard", tracker=GLOBAL_TRACKER, method=method, message=message, **_of(status))


def _of(status: tuple[HitStatus, ...]) -> dict[str, str]:
    """Name the status, where a method has one."""
    return {"status": status[0].name.lower()} if status else {}


class Context:
    """A tracker's context (Sources/Context.swift)."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker
        self._mode = BackgroundMode.NORMAL

    @property
    def background_mode(self) -> BackgroundMode:
        """A mode but normal puts the persistent parameter `bg` on the tracker: every hit carries it from now on."""
        return self._mode

    @background_mode.setter
    def background_mode(self, mode: BackgroundMode) -> None:
        self._mode = mode
        tracker = self._tracker
        tracker.at_internet.world.record("mode", tracker=tracker.name, mode=mode.value)
        if mode is BackgroundMode.NORMAL:
            tracker.persistent.pop("bg", None)
        else:
            tracker.persistent["bg"] = mode.value


class _Page:
    """What a hit names under `p`, by its chapters and its name (Sources/Gesture.swift, Screen.swift)."""

    def __init__(self, tracker: Tracker, name: str, chapters: tuple[str, ...]) -> None:
        self._tracker = tracker
        self.name = name
        self.chapters = chapters

    def _send(self, action: str, **parameters: str) -> None:
        path = percent_encoded("::".join((*self.chapters, self.name)))
        self._tracker.send({"p": path, **parameters}, self.name, self.chapters, action)


P = TypeVar("P", bound=_Page)


class Gesture(_Page):
    """A gesture, sent by one of its methods (Sources/Gesture.swift)."""

    def send_touch(self) -> None:
        """Send it as a touch."""
        self._send("touch", click="A", type="click")

    def send_navigation(self) -> None:
        """Send it as a navigation."""
        self._send("navigation", click="N", type="click")

    def send_download(self) -> None:
        """Send it as a download."""
        self._send("download", click="T", type="click")

    def send_exit(self) -> None:
        """Send it as an exit."""
        self._send("exit", click="S", type="click")

    def send_search(self) -> None:
        """Send it as a search."""
        self._send("search", click="IS", type="click")


class Screen(_Page):
    """A screen, whose view is sent: without a type (Sources/Screen.swift)."""

    def send_view(self) -> None:
        """Send its view."""
        self._send("view")


class Pages(Generic[P]):
    """Makes a tracker's gestures, or its screens (Sources/Gesture.swift, Screen.swift)."""

    def __init__(self, tracker: Tracker, kind: type[P]) -> None:
        self._tracker = tracker
        self._kind = kind

    def add(self, name: str, *chapters: str) -> P:
        """Make one, to be sent by one of its methods."""
        return self._kind(self._tracker, name, chapters)


class Events:
    """A tracker's events, which wait until all that were added are sent in one hit (Sources/Event.swift)."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker
        self._added: list[tuple[str, dict[str, str | int]]] = []

    def add(self, name: str, data: Mapping[str, str | int]) -> None:
        """Add an event; one without properties is never sent (until 2.23.3, changelog)."""
        self._added.append((name, dict(sorted(data.items()))))

    def send(self) -> None:
        """Send what was added."""
        added, self._added = [event for event in self._added if event[1]], []
        # The order of a dictionary's keys is not always the same.
        text = as_json(added, backwards=self._tracker.at_internet.hits % 2 == 1)
        properties = {key: value for _, data in added for key, value in data.items()}
        name = ",".join(name for name, _ in added)
        self._tracker.send({"events": percent_encoded(text), "col": "2"}, name, (), "event", properties=properties)


class Tracker:
    """A tracker; not thread-safe, like all of the SDK's objects (Sources/Tracker.swift)."""

    def __init__(self, at_internet: ATInternet, name: str, configuration: Mapping[str, str]) -> None:
        self.at_internet = at_internet
        self.name = name
        # Sources/Configuration.swift: laid over the defaults, key by key.
        self.configuration = {**DEFAULT_CONFIGURATION, **configuration}
        self.persistent: dict[str, str] = {}
        self.context = Context(self)
        self.events = Events(self)
        self._delegate: ReferenceType[TrackerDelegate] | None = None
        self._kept: TrackerDelegate | None = None
        self._former = _Former(at_internet.world) if name == GLOBAL_TRACKER else None
        self._is_taken = False

    @property
    def gestures(self) -> Pages[Gesture]:
        """What makes its gestures."""
        return Pages(self, Gesture)

    @property
    def screens(self) -> Pages[Screen]:
        """What makes its screens."""
        return Pages(self, Screen)

    @property
    def delegate(self) -> TrackerDelegate | None:
        """One slot: whoever is set last hears everything (Sources/Tracker.swift)."""
        return _OTHER if self._is_taken else self._set() or self._former

    @delegate.setter
    def delegate(self, delegate: TrackerDelegate | None) -> None:
        outside = self.at_internet.world.outside
        former = {"former": True} if self._former and not outside.weak_delegate else {}
        self._delegate = ref(delegate) if delegate else None
        # That of the older SDK is weak, too (ATTracker.h).
        self._kept = None if outside.weak_delegate or outside.builds_all else delegate
        self._former = None
        self._is_taken = False
        self.at_internet.world.record("delegate", tracker=self.name, set=delegate is not None, **former)

    def tell(self, method: str, selector: str, message: str, *status: HitStatus) -> None:
        """Call the app's delegate, if there is one, on the thread that runs just now."""
        delegate = self.delegate
        if delegate and delegate is not self._former:
            answer = getattr(delegate, method)
            self.at_internet.world.record(
                "told", answer, tracker=self.name, method=selector, message=message, **_of(status)
            )
            answer(*status, message)

    def warn(self, message: str) -> None:
        """Tell of what is odd, of a hit or not, as of a setting that is read only (Sources/Tracker.swift)."""
        self.tell("warning_did_occur", "warningDidOccur:", message)

    def send(
        self, volatile: dict[str, str], name: str, chapters: tuple[str, ...], action: str, **more: dict[str, str | int]
    ) -> None:
        """Put a hit into the queue of all trackers (Sources/Dispatcher.swift); `more` is what else the trace says of it."""
        at_internet = self.at_internet
        hit = Hit(self, volatile)
        at_internet.world.record(
            "hit",
            hit=hit.number,
            tracker=self.name,
            name=name,
            chapters=list(chapters),
            action=action,
            bg=hit.parameters.get("bg", ""),
            by=at_internet.world.by,
            **more,
        )
        at_internet.queue.hits.append(hit)
        if at_internet.world.outside.eager and at_internet.world.by == "app":
            at_internet.queue.build_at_once(hit)

    def take_slot(self, *, taken: bool) -> None:
        """Put other code's delegate in the place of the app's, if there is one, or give the place back."""
        if self._set() and self._is_taken is not taken:
            self._is_taken = taken
            self.at_internet.world.record("slot", tracker=self.name, taken=taken)

    def _set(self) -> TrackerDelegate | None:
        return self._delegate() if self._delegate else None


class Privacy:
    """What a visitor's mode lets through to the hits that are built from now on (Sources/Privacy.swift)."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._more: dict[str, tuple[str, ...]] = {}

    def extend_include_buffer(self, visitor_mode: str, keys: list[str]) -> None:
        """Let these parameters through in that mode, too; of a mode that is not known nothing is kept."""
        self._world.record("privacy", mode=visitor_mode, keys=keys)
        if visitor_mode in INCLUDED:
            self._more[visitor_mode] = (*self._more.get(visitor_mode, ()), *keys)

    def lets(self, key: str) -> bool:
        """Say whether the visitor's mode lets a parameter through."""
        mode = self._world.outside.privacy
        included = (*INCLUDED.get(mode, ()), *self._more.get(mode, ()))
        return key in included or "*" in included


class ATInternet:
    """All trackers, by name (Sources/ATInternet.swift).

    With `user_agent` set the first hit need not ask a web view for it (Sources/Sender.swift, TechnicalContext.swift).
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.hits = 0
        self.user_agent = ""
        self.privacy = Privacy(world)
        configuration = {**GLOBAL_CONFIGURATION, **dict(world.outside.global_tracker)}
        self.trackers = {GLOBAL_TRACKER: Tracker(self, GLOBAL_TRACKER, configuration)}
        self.queue = TrackerQueue(self)

    @property
    def default_tracker(self) -> Tracker:
        """Give the global tracker, which is made where it is asked for first."""
        tracker = self.trackers[GLOBAL_TRACKER]
        if self.world.makes_delegate:
            self.world.record("configure", tracker=GLOBAL_TRACKER, configuration={}, early=True)
        return tracker

    def tracker(self, name: str, configuration: Mapping[str, str] | None = None) -> Tracker:
        """Make the tracker of that name; if there is one already, the configuration is ignored."""
        tracker = self.trackers.get(name)
        if not tracker:
            own = configuration or {}
            tracker = self.trackers[name] = Tracker(self, name, own)
            early = {} if self.world.has_delegate else {"early": True}
            self.world.record("configure", tracker=name, configuration=dict(sorted(own.items())), **early)
        return tracker


class Hit:
    """A hit on its way; its parameters were copied when it was sent (Builder.init, Sources/Builder.swift).

    `urls` holds what was built and has not left yet: a long hit is cut into several.
    """

    __slots__ = ("complete", "number", "parameters", "root", "tracker", "urls")

    def __init__(self, tracker: Tracker, volatile: dict[str, str]) -> None:
        tracker.at_internet.hits += 1
        self.number = tracker.at_internet.hits
        self.root = tracker.at_internet.world.root
        self.tracker = tracker
        self.parameters = {**volatile, **tracker.persistent}
        self.urls: list[str] = []
        self.complete = True

    def build(self, configuration: Mapping[str, str]) -> str:
        """Make the URLs, or say what is wrong: log, domain, pixelPath and site must be there (Sources/Builder.swift)."""
        world = self.tracker.at_internet.world
        scheme, log = "https", configuration.get("logSSL") or configuration.get("log", "")
        if world.outside.builds_all:  # the older SDK takes one or the other (ATBuilder.m)
            is_secure = configuration.get("secure", "").lower() == "true"
            scheme = "https" if is_secure else "http"
            log = configuration.get("logSSL" if is_secure else "log", "")
        domain, path, site = (configuration.get(key, "") for key in ("domain", "pixelPath", "site"))
        first_half = f"{scheme}://{log}.{domain}{path}?s={site}"
        found = sum(map(bool, (log, domain, path, site)))
        if found < _NEEDED:
            self.complete = False
            self.urls = [self._query()] if world.outside.builds_all else []
            wrong = "There is something wrong with configuration"
            return f"{wrong}: {first_half}. Expected {_NEEDED} configuration keys, found {found}"
        parts = world.outside.parts
        marks = [f"&mh={part}-{parts}-{self.number}" for part in range(1, parts + 1)] if parts > 1 else [""]
        self.urls = [first_half + mark + self._query() for mark in marks]
        return ""

    def _query(self) -> str:
        """Write the parameters that the visitor's mode lets through, in the order of a dictionary: it is not always the same."""
        lets = self.tracker.at_internet.privacy.lets
        items = [f"&{key}={value}" for key, value in self.parameters.items() if lets(key)]
        return "".join(items if self.number % 2 else reversed(items))


class TrackerQueue:
    """The one serial queue of all trackers: each hit waits for the one before (Sources/Tracker.swift).

    The head hit is built, then stored hits leave, then it meets one outcome of the network. `refused` means that other
    code has emptied the tracker's configuration by then: it is read when the hit is built, not when it is sent.
    `opted_out` means that the visitor has, and the tracker sends nothing then; `unsaved` that the hit can neither leave
    nor be stored; `user_agent` that the first hit waits for a web view, which may never answer; `not_resent` that a hit
    stored earlier cannot leave, and the head hit joins it.
    """

    def __init__(self, at_internet: ATInternet) -> None:
        self._at_internet = at_internet
        self._world = world = at_internet.world
        # Two are met before it is the hit's own turn.
        self._network = tuple(each for each in world.outside.network if each not in {"refused", "not_resent"})
        self._refusing = "refused" in world.outside.network
        self._keeping = "not_resent" in world.outside.network
        self._joins = 0
        self._asks_partner = world.outside.builds_all
        # On watchOS no stored hit leaves (sendOfflineHits is compiled for the others), and those to come join it.
        self._piles_up = world.outside.system == "watchkit"
        self._stuck = False
        self._stored = [(number, ALREADY_STORED) for number in range(1, world.outside.stored + 1)]
        self._count = len(self._stored)
        self.hits: list[Hit] = []

    def moves(self) -> Iterator[Move]:
        """List what may happen to the head hit."""
        if self._stuck or not self.hits:
            return
        hit = self.hits[0]
        storage = hit.tracker.configuration["storage"]
        if not hit.urls:
            if self._network:
                yield f"build#{hit.number}", self._build, hit
            if self._refusing:
                yield f"refused#{hit.number}", self._refused, hit
        elif (
            storage == "always"
            or hit.number == self._joins
            or (self._piles_up and self._stored and storage == "required")
        ):
            # sendWithCompletionHandler keeps every hit, sendOfflineHits sends none (Sources/Sender.swift).
            yield f"stored#{hit.number}", self._offline, hit
        elif self._stored and storage == "required":
            # Sender.send; a tracker that never stores sees an empty store (Sources/Storage.swift, sharedInstanceOf).
            yield f"resend#{self._stored[0][0]}", self._resend, hit
            if self._keeping:
                yield f"not_resent#{self._stored[0][0]}", self._not_resent, hit
        else:
            for outcome in self._outcomes(hit):
                yield f"{outcome}#{hit.number}", getattr(self, f"_{outcome}"), hit

    def build_at_once(self, hit: Hit) -> None:
        """Build the hit on the SDK's own queue, unless that is busy, while whoever has sent it waits."""
        if self._stuck or self.hits[0] is not hit:
            return
        world = self._world
        before = world.on, world.root
        self._build(hit)
        world.on, world.root = before

    def _outcomes(self, hit: Hit) -> tuple[str, ...]:
        if not hit.complete:
            return ("failed",)
        # The visitor's choice is looked at before the first part leaves (Sources/Builder.swift).
        has_begun = len(hit.urls) < self._world.outside.parts
        closed = {"user_agent": bool(self._at_internet.user_agent), "opted_out": has_begun}
        return tuple(outcome for outcome in self._network if not closed.get(outcome))

    def _build(self, hit: Hit) -> None:
        wrong = hit.build(hit.tracker.configuration)
        self._enter(hit)
        self._world.record("build", hit=hit.number, ok=not wrong)
        if wrong:
            self._refuse(hit, wrong)
        else:
            self._built(hit)

    def _refused(self, hit: Hit) -> None:
        self._enter(hit)
        self._world.record("refused", hit=hit.number)
        self._refuse(hit, hit.build({}))

    def _refuse(self, hit: Hit, wrong: str) -> None:
        if not hit.urls:
            self.hits.pop(0)
        hit.tracker.tell("error_did_occur", "errorDidOccur:", wrong)
        # The older SDK goes on with the query alone (build, Tracker/Tracker/ATBuilder.m of atinternet-ios-objc-sdk).
        if hit.urls:
            self._built(hit)

    def _built(self, hit: Hit) -> None:
        # The older SDK asks a partner before it builds a visit's first hit, if the app uses one (ATBuilder.m, ATTVTrackingPlugin.m).
        if self._asks_partner and hit.tracker.configuration.get("plugins") == "tvtracking":
            self._asks_partner = False
            hit.tracker.tell("did_call_partner", "didCallPartner:", 'TV Tracking:\r{"tvtracking":{}}')
        message = "".join(f"{url}\n" for url in hit.urls)
        hit.tracker.tell("build_did_end", "buildDidEnd:message:", message, HitStatus.SUCCESS)

    def _resend(self, hit: Hit) -> None:
        # Whichever tracker sends next sends the stored hits, and its delegate hears of them (Sources/Sender.swift).
        url = self._stored.pop(0)[1]
        self._enter(hit)
        self._world.record("resent", url=url)
        hit.tracker.tell("send_did_end", "sendDidEnd:message:", url, HitStatus.SUCCESS)

    def _sent(self, hit: Hit) -> None:
        url = self._leave(hit)
        self._world.record("sent", hit=hit.number, url=url)
        hit.tracker.tell("send_did_end", "sendDidEnd:message:", url, HitStatus.SUCCESS)

    def _not_resent(self, hit: Hit) -> None:
        # The stored hit stays, and no other leaves (Sender.sendOfflineHits; the third failure would be its end).
        self._joins = hit.number
        self._enter(hit)
        self._world.record("kept", url=self._stored[0][1])
        self._tell_failure(hit)

    def _failed(self, hit: Hit) -> None:
        # The delegate hears of a failure only if the hit could be stored (Sender.sendWithCompletionHandler).
        if self._stores(hit):
            self._tell_failure(hit)

    def _tell_failure(self, hit: Hit) -> None:
        # No text where the server answered something else than 200, and else the system's own words (Sender.swift).
        message = "" if hit.number % 2 else "The request timed out."
        hit.tracker.tell("send_did_end", "sendDidEnd:message:", message, HitStatus.FAILED)

    def _offline(self, hit: Hit) -> None:
        self._stores(hit)

    def _unsaved(self, hit: Hit) -> None:
        url = self._leave(hit)
        self._world.record("unsaved", hit=hit.number)
        # A tracker that never stores tells nobody (Sources/Sender.swift).
        if hit.tracker.configuration["storage"] != "never":
            hit.tracker.warn(f"Hit could not be saved : {url}")

    def _opted_out(self, hit: Hit) -> None:
        # Builder.main sends none of its parts (Sources/Builder.swift).
        self._enter(hit)
        self.hits.pop(0)
        self._world.record("opted_out", hit=hit.number)
        hit.tracker.warn(f"{hit.urls[0]} not sent")

    def _hang(self, hit: Hit) -> None:
        self._wait(hit)
        self._world.record("hang", hit=hit.number)

    def _user_agent(self, hit: Hit) -> None:
        self._wait(hit)
        self._world.record("user_agent", hit=hit.number)

    def _wait(self, hit: Hit) -> None:
        self._stuck = True
        self._enter(hit)

    def _stores(self, hit: Hit) -> bool:
        """Store the hit, unless its tracker never does: then nobody is told anything (Sources/Sender.swift)."""
        url = self._leave(hit)
        if hit.tracker.configuration["storage"] == "never":
            self._world.record("lost", hit=hit.number)
            return False
        # Storage.buildHitToStore (Sources/Storage.swift).
        url = f"{url}&cn=offline&olt={self._world.clock:.6f}"
        self._count += 1
        self._stored.append((self._count, url))
        self._world.record("stored", hit=hit.number, url=url)
        hit.tracker.tell("save_did_end", "saveDidEnd:", url)
        return True

    def _enter(self, hit: Hit) -> None:
        self._world.on = "sdk"
        self._world.root = hit.root

    def _leave(self, hit: Hit) -> str:
        """Take the URL that is next; with the last one the hit is over."""
        self._enter(hit)
        url = hit.urls.pop(0)
        if not hit.urls:
            self.hits.pop(0)
        return url
