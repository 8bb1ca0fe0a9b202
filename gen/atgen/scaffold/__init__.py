"""A whole app around a case: which files there are, who owns each, and what is in it; all in memory."""

from __future__ import annotations

import errno
import os
import plistlib
import re
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from atgen.case.code import Block, Code
from atgen.case.model import Lifecycle, Platform, Scheduler
from atgen.case.requirements import requirements, version
from atgen.case.text import plain, shown
from atgen.case.vocabulary import vocabulary
from atgen.case.yamltree import open_regular
from atgen.errors import AtgenError, ConflictError
from atgen.output import files, manifest
from atgen.output.changes import Change, Status
from atgen.output.signature import Origin, origin
from atgen.output.tree import is_temporary, naming
from atgen.rendering import languages, pipeline, templating

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from atgen.case.model import Case
    from atgen.rendering.languages import Language

GENERATED = "Sources/Generated"
_PROJECT = "project.yml"
_KNOWN_BY = (_PROJECT, "Podfile", ".gitignore", "README.md")
# Xcode 27 refuses deployment targets below it.
_FLOOR = "15.0"
_ENDINGS = {"swift": "swift", "objc": "m"}
# As in the templates of project/.
_YIELDING = "Written by atgen for specs/{}.yaml, and kept current until you edit it: from then on it is yours."
# What lies in folders that people call empty.
_NOTHING = frozenset({".git", ".DS_Store"})
_SHOWN_NAMES = 3
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,49}", re.ASCII)
_PROJECT_NAME = re.compile(rb"^name:[ \t]*(\S[^\r\n#]{0,200}?)[ \t]*(?:#[^\n]*)?\r?$", re.MULTILINE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OURS = _words("""
    AppDelegate AppSetup BackgroundWork ExpectedHit HitDeliveries SceneDelegate ScheduledTask TrackedTask
    ViewController
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
# Modules that are there already, and a project; on a Mac's file system tracker.app and Tracker.app are one name.
_MODULES = _words("""
    corefoundation darwin dispatch foundation main objectivec pods swift tracker uikit
""")
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


class App(NamedTuple):
    """What the templates see of an app: code already."""

    name: Code
    case: Code
    delegate: Code
    module: Code
    mode: Code
    identifier: Code
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


def build(case: Case, language: str, name: str, *, spec: bytes = b"", has_spec: bool = False) -> Scaffold:
    """Make the app of a case; `spec` is the case's own text, if the app is to have it (and does not already)."""
    _refuse(case, language, name)
    # Whatever the spec says: apps built with the iOS 27 SDK trap at launch without scenes (UIApplicationSceneManifest).
    case = case._replace(lifecycle=Lifecycle.SCENE)
    chosen = languages.get(language)
    needs = requirements(case, Platform.IOS, chosen.module)
    app = _app(case, language, name, needs.minimum, case.name if spec or has_spec else f"PATH/{case.name}.yaml")
    kind = case.mode.value if case.scheduler is Scheduler.CLASSIC else case.scheduler.value
    tracker = "dedicated" if case.tracker else "global"
    planned, seen = pipeline.see(case, Platform.IOS, chosen, own_work=True)
    made: list[tuple[str, Owner, bytes]] = []
    for path, file in templating.render(planned, seen, chosen, case.style.indent).items():
        made.append((f"{GENERATED}/{path}", Owner.GENERATED, file.text.encode()))
    parts = {"launch": f"launch_{tracker}", "work": f"work_{kind}"}
    if language == "objc":
        parts["declaration"] = f"declaration_{kind}"
    for file_name, text in _rendered(f"scaffold/{language}", chosen, app, parts):
        if file_name == "main.m":
            made.append((f"{GENERATED}/{file_name}", Owner.GENERATED, text))
        else:
            made.append((f"Sources/{file_name}", Owner.PERSON, text))
    parts = {"site": f"site_{tracker}", "try": f"try_{kind}"}
    for file_name, text in _rendered("scaffold/project", chosen, app, parts):
        made.append((".gitignore" if file_name == "gitignore" else file_name, Owner.YIELDING, text))
    made.append(("Support/Info.plist", Owner.YIELDING, _plist(_info(needs.info_plist), case.name)))
    made.append(("Support/PrivacyInfo.xcprivacy", Owner.YIELDING, _plist(_PRIVACY, case.name)))
    if spec:
        made.append((f"specs/{case.name}.yaml", Owner.PERSON, spec))
    texts = {path: text for path, _, text in made}
    return Scaffold(texts, {path: owner for path, owner, _ in made}, planned.warnings)


def _refuse(case: Case, language: str, name: str) -> None:
    """Raise AtgenError for what no app can be made of."""
    if Platform.IOS not in case.platforms:
        there = ", ".join(platform.value for platform in case.platforms)
        raise AtgenError(f"{case.name} is for {there}; scaffold makes apps for ios")
    sdk = vocabulary(case.sdk)
    if "module" not in sdk.words.get("swift", {}) or language not in sdk.words:
        raise AtgenError(f"{case.name} is for {sdk.title}; scaffold makes apps with {vocabulary().title}")
    # On a Mac's usual file system Main.m and main.m are one file.
    taken = {each.casefold() for each in (_OURS - {"AppDelegate"}) | {"main"}}
    if case.style.class_name == name or case.style.class_name.casefold() in taken:
        raise AtgenError(f"{case.name}: style.class: {case.style.class_name} is another part of the app")


def _app(case: Case, language: str, name: str, minimum: str, spec: str) -> App:
    sdk = vocabulary(case.sdk)
    oldest = max(_FLOOR, minimum, dict(case.minimum).get(Platform.IOS, _FLOOR), key=version)
    return App(
        name=Code(name),
        case=Code(case.name),
        delegate=Code(case.style.class_name),
        module=sdk.words["swift"]["module"],
        mode=Code(case.mode.value),
        identifier=_checked(case.identifier),
        ending=Code(_ENDINGS[language]),
        spec=Code(spec),
        minimum=_checked(oldest),
        pod=_checked(sdk.platforms["ios"]),
        version=_checked(sdk.version),
    )


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
    if reason := "a module is called so already" if name.casefold() in _MODULES else _TAKEN.get(name):
        raise AtgenError(f"{shown(name)} is no name for an app: {reason}{hint}")
    return name


def _made_of(root: Path) -> str:
    """Make a name of the words of the folder's."""
    with naming(str(root)):
        folder = os.path.basename(os.path.abspath(root))  # noqa: PTH119, PTH100 (resolve() would follow links)
    words = re.split(r"[^A-Za-z0-9]+", folder)
    return "".join(word[:1].upper() + word[1:] for word in words)


def language_of(root: Path, given: str | None) -> str:
    """Take the language given, or the one that the app has; AtgenError if these differ."""
    setup = os.path.join(root, "Sources", "AppSetup")  # noqa: PTH118
    has = next((name for name, end in _ENDINGS.items() if os.path.isfile(f"{setup}.{end}")), None)  # noqa: PTH113
    if has and given and given != has:
        titles = {name: languages.get(name).title for name in (has, given)}
        raise AtgenError(f"{_plain(root)} is an app in {titles[has]}; make one in {titles[given]} in another folder")
    return given or has or "swift"


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
        return sorted(name for name, entry in there.items() if _has_file(entry))


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


def listed(names: list[str]) -> str:
    """Name the first ones, and say how many more there are."""
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return ", ".join(map(plain, names[:_SHOWN_NAMES])) + more


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


def _is_edited(change: Change) -> bool:
    """Whether a person wrote what is there; of a merge that is not done yet nobody can tell."""
    is_file = change.status is Status.CONFLICT and change.old is not None
    return is_file and change.note != Origin.MERGED.value


def _name_of(root: Path) -> str | None:
    """Find the name of the app that is in a folder of ours."""
    match = None if strangers(root) else _PROJECT_NAME.search(_read(root / _PROJECT, 64 * 1024))
    return match[1].decode("utf-8", "replace").strip("\"'") if match else None


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
    return plain(str(path))


def _rendered(folder: str, language: Language, app: App, parts: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """Render each file of a folder of templates, by its name without `.j2`; `parts` names the macros that vary."""
    made = templating.templates(language._replace(name=folder))
    macros = vars(made.get_template("parts.j2").module)
    given = {name: Block(macros[macro](app).strip("\n")) for name, macro in parts.items()}
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
    return b"\n".join([declaration, f"<!-- {_YIELDING.format(case)} -->".encode(), rest])
