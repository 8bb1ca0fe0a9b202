"""What of an app's folder is read: sources, property lists, pods and projects; through no link, and within bounds.

What is broken, unreadable or odd is named, and all else is read.
"""

from __future__ import annotations

import codecs
import os
import plistlib
import re
import stat
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from atgen.case.text import visible
from atgen.doctor import lexer, pages
from atgen.doctor.source import Source
from atgen.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST = 1024 * 1024
MOST = 50_000
_LARGEST_PROJECT = 16 * LARGEST
# What tools put there, and other people's code: nothing in it is the app's to mend.
_FOREIGN = re.compile(
    r"pods|carthage|deriveddata|build|node_modules|vendor(?:s|ed)?|third[-_ ]?part(?:y|ies)|3rd[-_ ]?party|externals?"
    r"|submodules|sourcepackages|checkouts|atinternet.*|mocks?|.*\.(?:framework|xcframework|bundle|xcassets|xcworkspace)",
    re.IGNORECASE,
)
_TESTS = re.compile(r"(?:.*(?<![a-z]))?(?:Tests?|UITests?|Specs)|.*(?:Tests|UITests)", re.ASCII)
_MOCK = re.compile(r"(?:Mock|Stub|Fake)[A-Z]\w*|\w*(?:Mock|Stub|Fake)s?")
# The SDK's own sources, wherever they lie, by what they define or who wrote them; a category or extension is the app's.
_SDK = re.compile(
    rb"\b(?:class|@implementation|@interface)\s+(?:ATInternet|ATTracker|Tracker)\b(?!\s*\()"
    rb"|^//[^\n]{0,20}Copyright[^\n]{0,40}\bAT ?Internet\b",
    re.MULTILINE,
)
_ENDINGS = (".swift", ".h", ".m", ".mm")
_NAMED = re.compile(
    r"Podfile(?:\.lock)?|Cartfile(?:\.resolved)?|Package\.resolved|project\.ya?ml|project\.pbxproj|.*\.xcconfig"
    r"|DefaultConfiguration[^/]*\.plist"
)
# As project.yml and a project.pbxproj name a target's Info.plist; Xcode's conditions stand in brackets.
_INFOPLIST_FILE = re.compile(
    r"""\bINFOPLIST_FILE(?:\[[^\]\n]{0,100}\])?["']?[ \t]*[:=][ \t]*["']?([^"';#\r\n]{1,1000})"""
)
_XCODEGEN_INFO = re.compile(r"""^([ \t]*)info:[ \t]*\r?\n\1[ \t]+path:[ \t]*["']?([^"'#\r\n]{1,1000})""", re.MULTILINE)
# A source without any of these words is nothing to us, even if it does not compile.
_ABOUT_US = re.compile(
    rb"[Bb]ackground|[Tt]racker|ATInternet|AppSetup|UIApplicationLaunchOption|UI(?:Application|Scene|WindowScene)Delegate"
    rb"|[sS]endOnApplicationState|performFetch|fetchCompletionHandler|BGTask|BG\w+Task|WKRefresh|setTaskCompleted"
    rb"|@main\b|\bPrivacy\s*\.|\bsend[A-Z]\w*\(\)|AppDelegate\b"
)


@dataclass(frozen=True)
class Unread:
    """A file that could not be read, or is not what its name says."""

    path: str
    reason: str


@dataclass(frozen=True)
class Podfile:
    """A Podfile's text without comments."""

    path: str
    code: str

    def line(self, place: int) -> int:
        """The number of the line that a place is on."""
        return self.code.count("\n", 0, place) + 1


@dataclass(frozen=True)
class App:
    """What was read of a folder; paths are as shown to the person, property lists are dictionaries.

    `imports` are those of all sources, also of those that no rule is about.
    """

    folder: str
    sources: list[Source] = field(default_factory=list)
    plists: dict[str, dict[str, Any]] = field(default_factory=dict)
    privacy: dict[str, dict[str, Any]] = field(default_factory=dict)
    podfiles: list[Podfile] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    blocks: list[Source] = field(default_factory=list)
    imports: set[str] = field(default_factory=set)

    def names(self, path: str) -> bool:
        """Whether a project names this file as a target's Info.plist."""
        return f"/{path}".endswith(self._infoplists)

    @cached_property
    def _infoplists(self) -> tuple[str, ...]:
        """How the paths end that projects name: what follows the last variable, if the file's own name has none."""
        values = [match[1].strip() for text in self.settings.values() for match in _INFOPLIST_FILE.finditer(text)]
        values += [match[2].strip() for text in self.settings.values() for match in _XCODEGEN_INFO.finditer(text)]
        return tuple(
            "/" + re.split("[)}]", value)[-1].lstrip("./")
            for value in values
            if value.endswith(".plist") and "$" not in value.rpartition("/")[2]
        )

    def lacks(self, path: str) -> bool:
        """Whether a file that would be needed is there, and could not be read."""
        return any(each.path == path for each in self.unread)


def is_test(path: str) -> bool:
    """Whether a path is that of a test target's file."""
    return any(_TESTS.fullmatch(part) for part in path.split("/")[:-1])


def read(folder: Path) -> App:
    """Read the app in a folder, or the one file; FileError if the folder itself cannot be read."""
    app = App(str(folder))
    others: list[str] = []
    root = str(folder)
    for path in _walk(app, folder):
        name = os.path.basename(path)  # noqa: PTH119 (thousands of paths)
        stem, ending = os.path.splitext(name)  # noqa: PTH122
        if ending in _ENDINGS and (is_test(path.removeprefix(f"{root}/")) or _MOCK.fullmatch(stem)):
            continue
        if ending == ".xcprivacy":
            _plist(app, path, app.privacy)
        elif ending == ".plist" and stem.endswith("Info"):
            _plist(app, path, app.plists)
        elif ending == ".plist" and not _NAMED.fullmatch(name):
            others.append(path)
        elif (data := _bytes(app, path, _LARGEST_PROJECT if ending == ".pbxproj" else LARGEST)) is not None:
            _add(app, path, name, ending, data)
    for path in others:
        if app.names(path):
            _plist(app, path, app.plists)
    _generated(app)
    return app


def _add(app: App, path: str, name: str, ending: str, data: bytes) -> None:
    if ending in _ENDINGS:
        app.imports.update(name.decode() for name in _IMPORT.findall(data))
        if _ABOUT_US.search(data) or data[:2] in _MARKS:
            clean = utf8(data)
            if not _SDK.search(clean):
                app.sources.append(Source(path, clean, ending == ".swift"))
    elif ending in pages.ENDINGS:
        if _ABOUT_US.search(data):
            app.blocks.extend(pages.sources(path, _text(data), ending))
    elif name == "Podfile":
        app.podfiles.append(Podfile(path, lexer.ruby(_text(data))))
    else:
        app.settings[path] = _text(data)


_IMPORT = re.compile(rb"^[ \t]*(?:@|#[ \t]*)?import[ \t]+(?:class |struct |enum |func )?[<\"]?(\w+)", re.MULTILINE)
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def utf8(data: bytes) -> bytes:
    """Decode as the byte order mark says, or UTF-8; bytes that are neither cannot be code that a rule is about."""
    return _text(data).encode()


def _text(data: bytes) -> str:
    return data.decode("utf-16" if data.startswith(_MARKS) else "utf-8-sig", "replace")


def _generated(app: App) -> None:
    """The keys that XcodeGen writes into an Info.plist when it makes the project: `info:` with `properties:`."""
    for path, text in app.settings.items():
        if "info:" not in text or not path.endswith((".yml", ".yaml")):
            continue
        import yaml  # noqa: PLC0415 (start-up time)

        try:
            project = yaml.safe_load(text)
            targets = project["targets"].values()
            infos = [target["info"] for target in targets if isinstance(target, dict) and "info" in target]
            found = [(info["path"], info.get("properties") or {}) for info in infos]
        except Exception:  # noqa: BLE001, S112 (whatever a file that is no project makes of these lines)
            continue
        for name, properties in found:
            place = os.path.join(os.path.dirname(path), str(name))  # noqa: PTH118, PTH120
            if isinstance(properties, dict):
                app.plists[place] = {**app.plists.get(place, {}), **properties}


def _walk(app: App, root: Path) -> Iterator[str]:
    """Find the files that could matter, in order."""
    if root.is_file():
        yield str(root)
        return
    count = 0

    def note(error: OSError) -> None:
        if error.filename == str(root):
            raise FileError(f"{visible(error.filename)}: {error.strerror}") from error
        app.unread.append(Unread(str(error.filename), str(error.strerror)))

    for folder, folders, names in os.walk(root, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not _FOREIGN.fullmatch(name))
        for name in sorted(names):
            if not name.endswith((*_ENDINGS, *pages.ENDINGS, ".plist", ".xcprivacy")) and not _NAMED.fullmatch(name):
                continue
            count += 1
            if count > MOST:
                message = f"holds more than {MOST} sources and settings; name the app's own folder"
                raise FileError(f"{visible(str(root))}: {message}")
            path = os.path.join(folder, name).removeprefix("./")  # noqa: PTH118
            if not os.path.islink(path):  # noqa: PTH114
                yield path


def _bytes(app: App, path: str, most: int = LARGEST) -> bytes | None:
    """Read a file; a link or a FIFO is neither followed nor waited for; what cannot be read is noted."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
            data = file.read(most + 1) if is_file else b""
    except OSError as error:
        app.unread.append(Unread(path, error.strerror or "cannot be read"))
        return None
    if is_file and len(data) <= most:
        return data
    app.unread.append(Unread(path, "is too large to be read" if is_file else "is no regular file"))
    return None


def _plist(app: App, path: str, found: dict[str, dict[str, Any]]) -> None:
    data = _bytes(app, path)
    if data is None:
        return
    try:
        # plistlib refuses entities, and raises whatever its two parsers raise for what is not right.
        content = plistlib.loads(data)
    except Exception as error:  # noqa: BLE001
        reason = str(error) or type(error).__name__
        app.unread.append(Unread(path, f"is no property list: {reason[:200]}"))
        return
    if isinstance(content, dict):
        found[path] = content
    else:
        app.unread.append(Unread(path, "is a property list without keys"))


def source_of(path: Path) -> Source:
    """Read one source that somebody named; FileError if it cannot be read."""
    return Source(str(path), utf8(named(path)), path.suffix == ".swift")


def page(path: Path) -> list[Source]:
    """Read the code blocks of a page that somebody named; FileError if it cannot be read."""
    return pages.sources(str(path), _text(named(path)), path.suffix)


def named(path: Path) -> bytes:
    """Read one file that somebody named; FileError if it cannot be read."""
    app = App(str(path))
    data = _bytes(app, str(path))
    if data is None:
        raise FileError(f"{visible(str(path))}: {app.unread[0].reason}")
    return data
