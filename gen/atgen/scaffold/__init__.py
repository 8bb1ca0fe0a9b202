"""A whole app around a case: which files there are, who owns each, and what is in it; all in memory."""

from __future__ import annotations

import errno
import os
import plistlib
import re
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from atgen.case import spec as specs
from atgen.case.axes import ENTRIES, entry_kind
from atgen.case.code import Block, Code
from atgen.case.model import Case, EntryPoint, Form, Lifecycle, Platform, Scheduler
from atgen.case.requirements import requirements, version
from atgen.case.text import shown, visible
from atgen.case.vocabulary import vocabulary
from atgen.case.yamltree import open_regular
from atgen.errors import AtgenError, ConflictError
from atgen.output import files, manifest
from atgen.output.changes import Change, Status
from atgen.output.signature import Origin, origin
from atgen.output.tree import is_temporary, naming
from atgen.rendering import languages, pipeline, templating

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from atgen.case.model import Described
    from atgen.rendering.languages import Language

GENERATED = "Sources/Generated"
# The spec of an app that has several cases, unless it is one that they are in.
APP_SPEC = "app.yaml"
_PROJECT = "project.yml"
_ENTITLEMENTS = "Support/App.entitlements"
_KNOWN_BY = (_PROJECT, "Podfile", ".gitattributes", ".gitignore", "README.md")
_ENDINGS = {"swift": "swift", "objc": "m"}
_USER_AGENT = "HitUserAgent"
# A scaffold always has scenes, whoever makes them.
SCENES = {
    Lifecycle.APP: Lifecycle.SCENE,
    Lifecycle.SCENE: Lifecycle.SCENE,
    Lifecycle.SWIFTUI: Lifecycle.SWIFTUI,
}
# What is made of an app's views, by the life cycle that has it.
_VIEWS = {Lifecycle.SCENE: frozenset({"SceneDelegate", "ViewController"}), Lifecycle.SWIFTUI: frozenset({"App"})}
# As in the templates of project/.
YIELDING = "Written by atgen for specs/{}.yaml, and kept current until you edit it: from then on it is yours."
# What lies in folders that people call empty.
_NOTHING = frozenset({".git", ".DS_Store"})
_SHOWN_NAMES = 3
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,49}", re.ASCII)
_PROJECT_NAME = re.compile(rb"^name:[ \t]*(\S[^\r\n#]{0,200}?)[ \t]*(?:#[^\n]*)?\r?$", re.MULTILINE)
_PROJECT_PLATFORM = re.compile(rb"^ +platform:[ \t]*(\w+)", re.MULTILINE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OURS = _words("""
    App AppDelegate AppSetup BackgroundCall BackgroundHits BackgroundWork ExpectedHit HitDeliveries HitUserAgent
    SceneDelegate ViewController
""")
# The Swift Programming Language, Lexical Structure, Keywords and Punctuation; C17, 6.4.1; Objective-C's own words.
_KEYWORDS = _words("""
    Any BOOL Class IMP NO NULL Nil Protocol SEL Self Type YES actor as associatedtype async auto await borrowing
    break bycopy byref case catch char class const consuming continue convenience default defer deinit didSet do
    double dynamic else enum extension extern fallthrough false fileprivate final float for func get goto guard
    id if import in indirect infix init inline inout instancetype int internal is isolated lazy left let long
    macro mutating nil none nonisolated nonmutating oneway open operator optional out override package postfix
    precedence precedencegroup prefix private protocol public register repeat required restrict rethrows return
    right self set short signed sizeof some static struct subscript super switch throw throws true try typealias
    typedef union unowned unsigned var void volatile weak where while willSet
""")
# A module cannot import one of its own name. On a Mac's file system tracker.app and Tracker.app are one name.
_MODULES = {
    name.casefold(): reason
    for names, reason in (
        # The rendered sources, and those of the scaffold.
        ("BackgroundTasks Foundation SwiftUI Tracker UIKit WebKit", "the app imports a module of this name"),
        # The SDK's sources (2.23.10); CoreTelephony in TechnicalContext.swift, SystemConfiguration in ATReachability.swift.
        ("CoreData CoreTelephony SystemConfiguration WatchKit", "the SDK imports a module of this name"),
        # What these import in turn (the interfaces of UIKit, Foundation and CoreData in Apple's SDKs).
        (
            """
            Accessibility Combine CoreFoundation CoreGraphics CoreImage CoreText DataDetection Darwin Dispatch Metal ObjectiveC
            OpenGLES QuartzCore Security Symbols UniformTypeIdentifiers UserNotifications os simd
            """,
            "UIKit or Foundation imports a module of this name",
        ),
        ("Builtin Swift", "a module of the language is called so"),
        ("main", "Swift keeps the name for programs of one file"),
        ("Pods", "CocoaPods' project is called so"),
    )
    for name in names.split()
}
# The SDK's public types (Sources/, 2.23.10): where the app's module is called so, the type's name is ambiguous.
_SDK_TYPES = _words("""
    ATInternet AVInsights AVMedia Aisle Aisles App Audio Audios BackgroundMode BackgroundTask Buffer Builder
    BusinessObject Campaign Campaigns Cart CartAwaitingPayment Configuration Context CustomObject CustomObjects
    CustomTreeStructure CustomTreeStructures CustomVar CustomVars Debugger DeliveryCheckout DisplayCart
    DisplayPageProduct DisplayProduct DynamicScreen DynamicScreens ECommerce Event Events Gesture Gestures Hit
    HitParam HitStatus IdentifiedVisitor IdentifierTypeKey InternalSearch InternalSearches LifeCycle LiveAudio
    LiveAudios LiveMedia LiveMedium LiveVideo LiveVideos Location Locations Media MediaPlayer MediaPlayers
    Medium MvTesting MvTestings NuggAd NuggAds Offline OfflineModeKey OnAppAd Order Orders Param ParamOption
    PaymentCheckout PluginKey Privacy Product ProductAwaitingPayment Products Publisher Publishers RemoveProduct
    RichMedia Screen ScreenInfo Screens SelfPromotion SelfPromotions SendApplicationState Sender Storage
    TechnicalContext TrackerConfigurationKeys TrackerDelegate TrackerQueue TransactionConfirmation UpdateCart
    Video Videos
""")
_TAKEN = {
    name: reason
    for names, reason in (
        (_SDK_TYPES, "the SDK has a type of this name"),
        (_OURS, "a class of the app is called so"),
        (_KEYWORDS, "the word means something in Swift or Objective-C"),
    )
    for name in names
}


class Owner(Enum):
    """Who may change a file: atgen alone, atgen until a person does, or a person from the first run on."""

    GENERATED = "generated"
    YIELDING = "yielding"
    PERSON = "person"


class _Target(NamedTuple):
    """What a platform is called in a project, the build setting for its oldest system, and the oldest that Xcode 27 takes.

    `has_web_views` says whether the SDK asks one for the hits' user agent (Sources/TechnicalContext.swift 2.23.10).
    """

    title: str
    setting: str
    floor: str
    has_web_views: bool


_TARGETS = {
    Platform.IOS: _Target("iOS", "IPHONEOS_DEPLOYMENT_TARGET", "15.0", has_web_views=True),
    Platform.TVOS: _Target("tvOS", "TVOS_DEPLOYMENT_TARGET", "15.0", has_web_views=False),
}
PLATFORMS = tuple(platform.value for platform in _TARGETS)
FLOORS = {platform: target.floor for platform, target in _TARGETS.items()}


class App(NamedTuple):
    """What the templates see of an app: code already. `spec` is how a command in the app's folder names the case.

    `mode`, `identifier` and `suffix` are those of the case that a macro of parts.j2 is about; `item` begins what
    README.md says of that case, if there are several.
    """

    name: Code
    bundle: Code
    platform: Code
    system: Code
    setting: Code
    case: Code
    delegate: Code
    prefix: Code
    module: Code
    mode: Code
    identifier: Code
    suffix: Code
    item: Code
    ending: Code
    spec: Code
    minimum: Code
    pod: Code
    version: Code


class Scaffold(NamedTuple):
    """An app's files by path, with the owner of each; `warnings` are those of the plan."""

    files: dict[str, bytes]
    owners: dict[str, Owner]
    warnings: tuple[str, ...]

    def of(self, owner: Owner) -> frozenset[str]:
        """Choose the paths of the files with this owner."""
        return frozenset(path for path, its in self.owners.items() if its is owner)


# The macros of each place in a template, one below another, each with what it sees; an empty name is an empty line.
Parts = dict[str, list[tuple[str, App]]]


def kinds(case: Described) -> list[tuple[Platform, str]]:
    """List the apps that can be made of a case: platforms in the case's order, each with its languages."""
    if _hands_over(case):
        return []
    words = vocabulary(case.sdk).words
    names = [name for name in _ENDINGS if name in words and "module" in words.get("swift", {})]
    if case.lifecycle is Lifecycle.SWIFTUI:
        names = [name for name in names if name == "swift"]  # as its App is
    return [(platform, name) for platform in case.platforms if platform in _TARGETS for name in names]


def build(
    case: Described,
    language: str,
    name: str,
    *,
    platform: Platform = Platform.IOS,
    specs: Mapping[str, bytes] | None = None,
    place: str = "",
) -> Scaffold:
    """Make the app of a case, or of several; `specs` are the texts, by file name, that the app is to have (and does not already).

    A spec that stays elsewhere is at `place`, a path from the app's folder.
    """
    refuse(case, platform, language, name)
    case = with_scenes(case)
    chosen = languages.get(language)
    needs = requirements(case, platform, chosen.module)
    planned, seen = pipeline.see(case, platform, chosen, own_work=True)
    app = _app(case, platform, language, name, needs.minimum, place)
    views = [
        app._replace(mode=Code(each.mode.value), identifier=_checked(each.identifier), suffix=context.suffix)
        for each, context in zip(case.cases, seen, strict=True)
    ]
    works = [ENTRIES[entry_kind(each, platform)].work for each in case.cases]
    trackers = sorted({each.scope.value for each in case.cases})
    made: list[tuple[str, Owner, bytes]] = []
    for path, file in templating.render(planned, seen, chosen, case.style.indent).items():
        made.append((f"{GENERATED}/{path}", Owner.GENERATED, file.text.encode()))
    user_agent = [("user_agent", app)] if _TARGETS[platform].has_web_views else []
    # Where a hit needs the global tracker's site, that is no comment.
    parts: Parts = {
        "launch": [*user_agent, (f"launch_{trackers[-1]}", app)],
        "work": _apart("work", works, views),
    }
    if language == "objc":
        parts["imports"] = [("import_sdk", app), *((f"import_{each}", app) for each, _ in user_agent)]
        parts["declaration"] = _apart("declaration", works, views)
    left_out = frozenset[str]().union(*_VIEWS.values()) - _VIEWS[case.lifecycle]
    left_out |= frozenset() if user_agent else {_USER_AGENT}
    for file_name, text in _rendered(f"scaffold/{language}", chosen, app, parts):
        stem = file_name.partition(".")[0]
        if stem not in left_out:
            owner = Owner.GENERATED if stem in {_USER_AGENT, "main"} else Owner.PERSON
            made.append((f"{GENERATED if owner is Owner.GENERATED else 'Sources'}/{file_name}", owner, text))
    settings = [(f"versions_{language}", app)]
    if needs.entitlements:
        settings.append(("entitlements", app))
        # Xcode writes production where it signs an app for the App Store (Apple, APS Environment Entitlement).
        entitlements = dict.fromkeys(needs.entitlements, "development")
        made.append((_ENTITLEMENTS, Owner.YIELDING, _plist(entitlements, case.name)))
    parts = {
        "site": _paragraphs(
            (f"site_{tracker}", app, [each.name for each in case.cases if each.scope.value == tracker])
            for tracker in trackers
        ),
        "try": _paragraphs(
            (f"try_{work}", view, [each.name]) for work, view, each in zip(works, views, case.cases, strict=True)
        ),
        "settings": settings,
    }
    for file_name, text in _rendered("scaffold/project", chosen, app, parts):
        made.append((f".{file_name}" if file_name.startswith("git") else file_name, Owner.YIELDING, text))
    made.append(("Support/Info.plist", Owner.YIELDING, _plist(_info(needs.info_plist), case.name)))
    made.append(("Support/PrivacyInfo.xcprivacy", Owner.YIELDING, _plist(_PRIVACY, case.name)))
    for file_name, text in (specs or {}).items():
        owner = Owner.YIELDING if file_name == APP_SPEC else Owner.PERSON
        made.append((f"specs/{file_name}", owner, text))
    if not place:
        made.append(("specs/schema.json", Owner.YIELDING, _schema(case.name)))
    texts = {path: text for path, _, text in made}
    return Scaffold(texts, {path: owner for path, owner, _ in made}, planned.warnings)


def _apart(name: str, works: Sequence[str], views: Sequence[App]) -> list[tuple[str, App]]:
    """The macro of each case's work, with an empty line between two."""
    chosen = [each for work, view in zip(works, views, strict=True) for each in (("", view), (f"{name}_{work}", view))]
    return chosen[1:]


def _paragraphs(told: Iterable[tuple[str, App, Sequence[str]]]) -> list[tuple[str, App]]:
    """What a macro says of the cases of these names: alone as it is, of several each with the names and an empty line."""
    *before, (macro, view, _) = all_told = [*told]
    if not before:
        return [(macro, view)]
    named = [(each, seen, Code(f"{', '.join(f'`{name}`' for name in names)}: ")) for each, seen, names in all_told]
    return [part for each, seen, item in named for part in ((each, seen._replace(item=item)), ("", seen))]


def with_scenes(case: Described) -> Described:
    """Whatever the spec says: apps built with the iOS 27 SDK trap at launch without scenes (UIApplicationSceneManifest)."""
    if isinstance(case, Case):
        return case._replace(lifecycle=SCENES[case.lifecycle])
    cases = tuple(each._replace(lifecycle=SCENES[each.lifecycle]) for each in case.cases)
    return case._replace(lifecycle=SCENES[case.lifecycle], cases=cases)


def _hands_over(case: Described) -> bool:
    """Whether it is for an app that has a refresh task of its own."""
    return any(each.scheduler is Scheduler.OWN_REFRESH for each in case.cases)


def refuse(case: Described, platform: Platform, language: str, name: str) -> None:
    """Raise AtgenError for what no app can be made of."""
    if case.lifecycle is Lifecycle.SWIFTUI and language != "swift":
        raise AtgenError(f"{case.name}: lifecycle: swiftui: SwiftUI's App is Swift; make it with --language swift")
    if _hands_over(case):
        raise AtgenError(
            f"{case.name}: scheduler: own_refresh is for an app that has a refresh task; a scaffold has none: take app_refresh"
        )
    if (platform, language) not in kinds(case):
        raise AtgenError(
            f"{case.name} is for {_listed(case.platforms)} with {vocabulary(case.sdk).title}; scaffold makes apps for "
            f"{' and '.join(PLATFORMS)} with {vocabulary().title}"
        )
    if case.style.form is Form.EXTENSION:
        raise AtgenError(
            f"{case.name}: style.form: extension is for an app that has a delegate of its own; in a scaffold it is generated"
        )
    if case.lifecycle is not Lifecycle.SWIFTUI and case.style.entry is EntryPoint.NONE:
        raise AtgenError(
            f"{case.name}: style.entry: none is for an app that has its own entry; a scaffold has none but the class"
        )
    # On a Mac's usual file system Main.m and main.m are one file.
    taken = {each.casefold() for each in (_OURS - {"AppDelegate"}) | {"main"}}
    if case.style.class_name in {name, f"{name}App"} or case.style.class_name.casefold() in taken:
        raise AtgenError(f"{case.name}: style.class: {case.style.class_name} is another part of the app")


def _listed(platforms: Iterable[Platform]) -> str:
    return ", ".join(platform.value for platform in platforms)


def _app(case: Described, platform: Platform, language: str, name: str, minimum: str, place: str) -> App:
    import shlex  # noqa: PLC0415 (start-up time)

    sdk = vocabulary(case.sdk)
    target = _TARGETS[platform]
    oldest = max(target.floor, minimum, dict(case.minimum).get(platform, target.floor), key=version)
    return App(
        name=Code(name),
        # As the bundle identifier has it (XcodeGen, Docs/ProjectSpec.md, bundleIdPrefix).
        bundle=Code(name.replace("_", "-")),
        platform=Code(target.title),
        system=Code(platform.value),
        setting=Code(target.setting),
        case=Code(case.name),
        delegate=Code(case.style.class_name),
        prefix=Code(case.style.prefix),
        module=sdk.words["swift"]["module"],
        mode=Code("` or `bg=".join(dict.fromkeys(each.mode.value for each in case.cases))),
        identifier=Code(""),
        suffix=Code(""),
        item=Code(""),
        ending=Code(_ENDINGS[language]),
        spec=Code(visible(shlex.quote(place)) if place else case.name),
        minimum=_checked(oldest),
        pod=_checked(sdk.platforms[platform.value]),
        version=_checked(sdk.version),
    )


def _schema(case: str) -> bytes:
    """Write what `atgen schema` prints, and whose it is; a shipped spec's first line names the file."""
    import json  # noqa: PLC0415 (start-up time)

    schema = {"$comment": YIELDING.format(case)} | specs.json_schema()
    return f"{json.dumps(schema, indent=2)}\n".encode()


def name_for(root: Path, given: str | None) -> str:
    """Take the name given, the app's own, or one made of the folder's; AtgenError if it cannot be an app's."""
    has = _name_of(root)
    if has and given is not None and given != has:
        raise AtgenError(
            f"{_plain(root)} is the app {shown(has)}, which is named once; to rename it, change {_PROJECT} and Podfile"
        )
    chosen = has if given is None else given
    name = _made_of(root) if chosen is None else chosen
    hint = "; name it: --name MyApp" if chosen is None else ""
    if not _NAME.fullmatch(name):
        message = "an app's name is a letter, and then letters, digits and _, at most 50 in all"
        raise AtgenError(f"{shown(name)} is no name for an app: {message}{hint}")
    if reason := _MODULES.get(name.casefold()) or _TAKEN.get(name):
        raise AtgenError(f"{shown(name)} is no name for an app: {reason}{hint}")
    return name


def _made_of(root: Path) -> str:
    """Make a name of the words of the folder's, whose letters lose their accents."""
    from unicodedata import category, normalize  # noqa: PLC0415 (start-up time)

    with naming(str(root)):
        folder = os.path.basename(os.path.abspath(root))  # noqa: PTH119, PTH100 (resolve() would follow links)
    bare = "".join(char for char in normalize("NFKD", folder) if not category(char).startswith("M"))
    # A letter of another kind stays, and is refused: without it the name would be another word.
    words = re.split(r"[\W_]+", bare)
    return "".join(word[:1].upper() + word[1:] for word in words)


def language_of(root: Path, given: str | None) -> str:
    """Take the language given, or the one that the app has; AtgenError if these differ."""
    setup = os.path.join(root, "Sources", "AppSetup")  # noqa: PTH118
    has = next((name for name, end in _ENDINGS.items() if os.path.isfile(f"{setup}.{end}")), None)  # noqa: PTH113
    if has and given and given != has:
        titles = {name: languages.get(name).title for name in (has, given)}
        raise AtgenError(f"{_plain(root)} is an app in {titles[has]}; make one in {titles[given]} in another folder")
    return given or has or "swift"


def platform_of(root: Path, given: str | None, case: Described) -> Platform:
    """Take the platform given, the app's own, or the case's first; AtgenError if app and case do not go together."""
    title = _project(root, _PROJECT_PLATFORM)
    has = next((platform for platform, target in _TARGETS.items() if target.title == title), None)
    if has and given and given != has.value:
        raise AtgenError(f"{_plain(root)} is an app for {has.value}; make one for {given} in another folder")
    chosen = Platform(given) if given else has
    if chosen and chosen not in case.platforms:
        raise AtgenError(f"{case.name} is for {_listed(case.platforms)}, and not for {chosen.value}")
    return chosen or next((platform for platform, _ in kinds(case)), case.platforms[0])


def strangers(root: Path, waiting: Callable[[], None] = lambda: None) -> list[str]:
    """List what is in a folder that holds no app of ours; nothing if the folder is ours, empty or missing.

    A run that is at work in it has to end before anybody can tell; `waiting` is called then.
    """
    files.compare(root, {}, waiting=waiting)
    with naming(str(root)):
        try:
            with os.scandir(root) as entries:
                there = {entry.name: entry for entry in entries if entry.name not in _NOTHING}
        except FileNotFoundError:
            return []
        if (manifest.NAME in there and _PROJECT in there) or any(map(_is_ours, _signed(root))):
            return []
        return sorted(name for name, entry in there.items() if _has_file(entry) and not _is_specs(entry))


def _signed(root: Path) -> list[Path]:
    """List the files by which an app is known: what atgen signs there, edited or not."""
    generated = root / GENERATED
    return [*(root / name for name in _KNOWN_BY), *(sorted(generated.iterdir()) if generated.is_dir() else ())]


def _is_ours(path: Path) -> bool:
    return origin(_read(path, 64 * 1024)) is not Origin.FOREIGN


def _has_file(entry: os.DirEntry[str]) -> bool:
    """Whether it is, or holds, what no killed run of ours has left; a folder that cannot be read may."""
    entries = [entry]
    while entries:
        entry = entries.pop()
        if entry.is_dir(follow_symlinks=False):
            try:
                with os.scandir(entry) as below:
                    entries += below
            except OSError:
                return True
        elif entry.is_symlink() or not is_temporary(entry.name):
            return True
    return False


def _is_specs(entry: os.DirEntry[str]) -> bool:
    """Whether it holds specs alone: what an app is made of is there before the app is."""
    return (
        entry.name == "specs"
        and entry.is_dir(follow_symlinks=False)
        and all(name.endswith(".yaml") or name == "schema.json" for name in os.listdir(entry))
    )


def listed(names: list[str]) -> str:
    """Name the first ones, and say how many more there are."""
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return ", ".join(map(visible, names[:_SHOWN_NAMES])) + more


def refuse_strangers(root: Path, waiting: Callable[[], None] = lambda: None) -> None:
    """Raise ConflictError if there are other things in the folder."""
    if there := strangers(root, waiting):
        raise ConflictError(
            f"{_plain(root)} holds other things: {listed(there)}; atgen scaffolds into a new or an empty folder, or where "
            "it has before. --force puts the app beside what is there, and keeps what it replaces as NAME.orig"
        )


def settled(root: Path, scaffold: Scaffold, *, force: bool) -> frozenset[str]:
    """Choose the files that are a person's by now: from the start, or since they were edited."""
    person = scaffold.of(Owner.PERSON)
    if force:
        return person
    changes = files.compare(root, scaffold.files, once=person)
    return person | {path for path in scaffold.of(Owner.YIELDING) if _is_edited(changes[path])}


def unneeded(root: Path, scaffold: Scaffold, person: Collection[str]) -> list[str]:
    """List what atgen made for a case that the app no longer has, unless it, or the project that names it, is a person's."""
    is_needed = _ENTITLEMENTS in scaffold.files or _PROJECT in person
    return [] if is_needed or origin(_read(root / _ENTITLEMENTS)) is not Origin.OURS else [_ENTITLEMENTS]


def _is_edited(change: Change) -> bool:
    """Whether a person wrote what is there; of a merge that is not done yet nobody can tell."""
    is_file = change.status is Status.CONFLICT and change.old is not None
    return is_file and change.note != Origin.MERGED.value


def _name_of(root: Path) -> str | None:
    """Find the name of the app that is in a folder of ours."""
    name = _project(root, _PROJECT_NAME)
    return name and name.strip("\"'")


def _project(root: Path, pattern: re.Pattern[bytes]) -> str | None:
    """Find what the project says, in a folder of ours."""
    match = None if strangers(root) else pattern.search(_read(root / _PROJECT, 64 * 1024))
    return match[1].decode("utf-8", "replace") if match else None


def _read(path: Path, most: int = -1) -> bytes:
    """Read a file, or nothing where there is none; `files` says of a link, a FIFO or a folder that it is in the way."""
    with naming(str(path)):
        try:
            with open(path, "rb", opener=open_regular) as file:
                return file.read(most)
        except (FileNotFoundError, IsADirectoryError):
            return b""
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            return b""


def _plain(path: Path) -> str:
    return visible(str(path))


def _rendered(folder: str, language: Language, app: App, parts: Parts) -> Iterator[tuple[str, bytes]]:
    """Render each file of a folder of templates, by its name without `.j2`; `parts` names the macros that vary."""
    made = templating.templates(language._replace(name=folder))
    macros = vars(made.get_template("parts.j2").module)
    given = {
        name: Block("\n".join(macros[macro](view).strip("\n") if macro else "" for macro, view in chosen))
        for name, chosen in parts.items()
    }
    for name in made.list_templates():
        if name != "parts.j2":
            yield name.removesuffix(".j2"), made.get_template(name).render({"app": app, "parts": given}).encode()


def _checked(text: str) -> Code:
    """Let through text from a spec or a vocabulary that stands for itself in YAML, Ruby, Markdown and C."""
    if not re.fullmatch(r"[A-Za-z0-9._/-]*", text):
        raise AtgenError(f"{shown(text)} cannot stand in a project's files as it is")
    return Code(text)


def _info(needed: dict[str, Any]) -> dict[str, Any]:
    """Make Info.plist: what every app has, and what the case needs."""
    plist: dict[str, Any] = {
        "CFBundleDevelopmentRegion": "$(DEVELOPMENT_LANGUAGE)",
        "CFBundleExecutable": "$(EXECUTABLE_NAME)",
        "CFBundleIdentifier": "$(PRODUCT_BUNDLE_IDENTIFIER)",
        "CFBundleInfoDictionaryVersion": "6.0",
        "CFBundleName": "$(PRODUCT_NAME)",
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": "$(MARKETING_VERSION)",
        "CFBundleVersion": "$(CURRENT_PROJECT_VERSION)",
        "LSRequiresIPhoneOS": True,
        "UILaunchScreen": {},
    }
    plist |= needed
    return plist


def _collected(kind: str) -> dict[str, Any]:
    return {
        "NSPrivacyCollectedDataType": f"NSPrivacyCollectedDataType{kind}",
        "NSPrivacyCollectedDataTypeLinked": False,
        "NSPrivacyCollectedDataTypeTracking": False,
        "NSPrivacyCollectedDataTypePurposes": ["NSPrivacyCollectedDataTypePurposeAnalytics"],
    }


# The SDK reads UserDefaults and ships no manifest; a hit says what a person did, by an identifier of the installation
# (`identifier: uuid`, DefaultConfiguration.plist 2.23.10). Domains are listed only by apps that track across companies'
# apps, and the system closes them until the person agrees (Apple, NSPrivacyTrackingDomains).
_PRIVACY = {
    "NSPrivacyTracking": False,
    "NSPrivacyTrackingDomains": [],
    "NSPrivacyCollectedDataTypes": [_collected("ProductInteraction"), _collected("DeviceID")],
    "NSPrivacyAccessedAPITypes": [
        {
            "NSPrivacyAccessedAPIType": "NSPrivacyAccessedAPICategoryUserDefaults",
            "NSPrivacyAccessedAPITypeReasons": ["CA92.1"],
        }
    ],
}


def _plist(value: dict[str, Any], case: str) -> bytes:
    """Write a property list, with a comment after the declaration that says whose it is."""
    declaration, rest = plistlib.dumps(value, sort_keys=False).split(b"\n", 1)
    return b"\n".join([declaration, f"<!-- {YIELDING.format(case)} -->".encode(), rest])
