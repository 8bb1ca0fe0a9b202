"""What of an app's folder is read: sources, property lists, the Podfile; through no link, and within bounds."""

from __future__ import annotations

import codecs
import os
import plistlib
import re
import stat
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from atgen.case.text import plain
from atgen.doctor import lexer
from atgen.errors import FileError, Problem, SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST = 1024 * 1024
MOST = 20_000
_LARGEST_PROJECT = 16 * LARGEST
# What tools put there, and other people's code: nothing in it is the app's to mend.
_FOREIGN = frozenset({"Pods", "Carthage", "DerivedData", "build", "node_modules", "vendor"})
_FOREIGN_ENDINGS = (".framework", ".xcframework", ".bundle", ".xcassets", ".xcworkspace")
_SOURCES = {".swift": lexer.swift, ".h": lexer.objc, ".m": lexer.objc, ".mm": lexer.objc}
_NAMED = re.compile(r"Podfile|project\.yml|project\.pbxproj|DefaultConfiguration[^/]*\.plist")
# As project.yml and a project.pbxproj name a target's Info.plist; Xcode's conditions stand in brackets.
_INFOPLIST_FILE = re.compile(
    r"""\bINFOPLIST_FILE(?:\[[^\]\n]{0,100}\])?["']?[ \t]*[:=][ \t]*["']?([^"';#\r\n]{1,1000})"""
)
# A source without any of these words is nothing to us, even if it does not compile.
_ABOUT_US = re.compile(
    r"[Bb]ackground|[Tt]racker|ATInternet|AppSetup|UIApplicationLaunchOption|UI(?:Application|Scene|WindowScene)Delegate"
    r"|sendOnApplicationState|SendOnApplicationState|performFetch"
)
_BRACKET = re.compile(r"[(){}\[\]]")
_CLOSING = {")": "(", "]": "[", "}": "{"}


class Brackets:
    """Which brackets belong together, found in one pass.

    `ends` maps the place of each opening bracket to that of its closing one, or to the text's end where it has none;
    `parents` to that of the bracket around it, or -1; `unmatched` is the place of the first one without its other half.
    """

    def __init__(self, code: str) -> None:
        self.ends: dict[int, int] = {}
        self.parents: dict[int, int] = {}
        self.unmatched: int | None = None
        self._places = [0]
        self._innermost = [-1]
        open_: list[int] = []
        for match in _BRACKET.finditer(code):
            place = match.start()
            if match[0] not in _CLOSING:
                self.parents[place] = open_[-1] if open_ else -1
                open_.append(place)
            elif open_ and code[open_[-1]] == _CLOSING[match[0]]:
                self.ends[open_.pop()] = place
            else:
                self.unmatched = place
                break
            self._places.append(place)
            self._innermost.append(open_[-1] if open_ else -1)
        for place in open_:
            self.ends[place] = len(code)
        if self.unmatched is None and open_:
            self.unmatched = open_[-1]

    def around(self, place: int) -> int:
        """Find the opening bracket of the innermost pair around a place, or -1."""
        return self._innermost[bisect_left(self._places, place, 1) - 1]


@dataclass(frozen=True)
class Source:
    """A file's text, and the same without comments and the contents of strings: places are equal in both."""

    path: str
    text: str
    code: str

    @property
    def is_swift(self) -> bool:
        """Swift, or else Objective-C."""
        return self.path.endswith(".swift")

    def line(self, place: int) -> int:
        """Count the lines up to a place, which is on the last of them."""
        return bisect_right(self._starts, place)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    @cached_property
    def brackets(self) -> Brackets:
        """The code's brackets."""
        return Brackets(self.code)


@dataclass(frozen=True)
class App:
    """What was read of a folder; paths are as shown to the person, property lists are dictionaries."""

    folder: str
    sources: list[Source] = field(default_factory=list)
    plists: dict[str, dict[str, Any]] = field(default_factory=dict)
    privacy: dict[str, dict[str, Any]] = field(default_factory=dict)
    podfiles: list[Source] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    def names(self, path: str) -> bool:
        """Whether a project names this file as a target's Info.plist."""
        return f"/{path}".endswith(self._infoplists)

    @cached_property
    def _infoplists(self) -> tuple[str, ...]:
        """How the paths end that projects name: what follows the last variable, if the file's own name has none."""
        values = [match[1].strip() for text in self.settings.values() for match in _INFOPLIST_FILE.finditer(text)]
        return tuple(
            "/" + re.split("[)}]", value)[-1].lstrip("./")
            for value in values
            if value.endswith(".plist") and "$" not in value.rpartition("/")[2]
        )


def read(folder: Path) -> App:
    """Read the app in a folder; SpecError for a file that cannot be what its name says."""
    app = App(str(folder))
    others: list[str] = []
    for path in _walk(folder):
        name = os.path.basename(path)  # noqa: PTH119 (thousands of paths)
        stem, ending = os.path.splitext(name)  # noqa: PTH122
        if ending == ".xcprivacy":
            app.privacy[path] = _plist(path)
        elif ending == ".plist" and stem.endswith("Info"):
            app.plists[path] = _plist(path)
        elif ending == ".plist" and not _NAMED.fullmatch(name):
            others.append(path)
        elif (data := _bytes(path, _LARGEST_PROJECT if ending == ".pbxproj" else LARGEST)) is None:
            app.unread.append(path)
        else:
            _add(app, path, name, ending, _text(data))
    app.plists.update((path, _plist(path)) for path in others if app.names(path))
    return app


def _add(app: App, path: str, name: str, ending: str, text: str) -> None:
    if ending in _SOURCES:
        if _ABOUT_US.search(text):
            app.sources.append(Source(path, text, _SOURCES[ending](text)))
    elif name == "Podfile":
        app.podfiles.append(Source(path, text, lexer.ruby(text)))
    else:
        app.settings[path] = text


def _text(data: bytes) -> str:
    """Decode as the byte order mark says, or UTF-8; bytes that are neither cannot be code that a rule is about."""
    marks = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return data.decode("utf-16" if data.startswith(marks) else "utf-8-sig", "replace")


def _walk(root: Path) -> Iterator[str]:
    """Find the files that could matter, in order."""
    count = 0

    def refuse(error: OSError) -> None:
        raise FileError(f"{plain(error.filename)}: {error.strerror}") from error

    for folder, folders, names in os.walk(root, onerror=refuse):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name not in _FOREIGN and not name.endswith(_FOREIGN_ENDINGS)
        )
        for name in sorted(names):
            if not name.endswith((*_SOURCES, ".plist", ".xcprivacy")) and not _NAMED.fullmatch(name):
                continue
            count += 1
            if count > MOST:
                message = f"holds more than {MOST} sources and settings; name the app's own folder"
                raise FileError(f"{plain(str(root))}: {message}")
            path = os.path.join(folder, name).removeprefix("./")  # noqa: PTH118
            if not os.path.islink(path):  # noqa: PTH114
                yield path


def _bytes(path: str, most: int = LARGEST) -> bytes | None:
    """Read a file unless it is too large; a link or a FIFO is refused, neither followed nor waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
            data = file.read(most + 1) if is_file else b""
    except OSError as error:
        raise FileError(f"{plain(path)}: {error.strerror}") from error
    if not is_file:
        raise SpecError([Problem(plain(path), 1, 1, "is no regular file")])
    return data if len(data) <= most else None


def _plist(path: str) -> dict[str, Any]:
    data = _bytes(path)
    if data is None:
        raise SpecError([Problem(plain(path), 1, 1, f"is larger than {LARGEST} bytes, which no such list is")])
    try:
        # plistlib refuses entities, and raises whatever its two parsers raise for what is not right.
        found = plistlib.loads(data)
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise SpecError([Problem(plain(path), 1, 1, f"is no property list: {plain(reason[:200])}")]) from error
    if not isinstance(found, dict):
        raise SpecError([Problem(plain(path), 1, 1, "is a property list without keys")])
    return found
