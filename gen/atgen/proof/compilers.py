"""Finding the compilers, asking them for their verdict, and building programs that play schedules.

What a compiler made or accepted is remembered for every byte that went in, the flags and the compiler's own version:
nothing is ever found again for other inputs. A refusal is not remembered: a full disk looks like one.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from atgen import cache
from atgen.case.requirements import version
from atgen.case.vocabulary import sdks, vocabulary
from atgen.errors import AtgenError, Exit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    # Sources by file name; they are compiled together.
    Files = Mapping[str, str]

HOST = "HostDelegate"  # the app's delegate, whose work the device plays
START = "HostMain"  # the file that starts a host's app, where no file of the app does
STANDINS = Path(__file__).resolve().parent / "standins"
_MAC = sys.platform == "darwin"
# Where Swift keeps C modules that it has read. Each compilation reads them anew, in its own folder: that is a tenth of its
# time, and nothing that is damaged there can be in the way of the next one.
_MODULES = "modules"
# What a host is made of, by the prefix of its delegate's protocol.
_FRAMEWORKS = {"UI": ("BackgroundTasks", "UIKit"), "WK": ("WatchKit",)}
_C = ("-std=gnu11", "-w")
# An app that hands its own refresh task over needs nobody who plays that part.
_HANDED_OVER = r"(?<!func )\brunTagged\(|\w runTaggedTask:"
_OLDEST_SWIFT = (6, 2)  # -default-isolation
# What clang's and Swift's drivers say, beside exit code 1, where what they had started was ended.
_STOPPED = re.compile(r"^(?:\S+: )?error: ([\w -]+ command failed due to signal\b(?: \d+)?)", re.MULTILINE)


class CompilerError(AtgenError):
    """A compiler refuses what is ours: the stand-ins, or a host whose parts it accepted."""

    exit = Exit.BUG


class StoppedError(AtgenError):
    """A compiler or a host was ended from outside: that says nothing about the files. The text follows "not run: "."""


@dataclass(frozen=True)
class Missing:
    """A language's compiler is not there; `reason` says so in words that follow "not run: "."""

    reason: str


@dataclass(frozen=True)
class Verdict:
    """What a compiler says of some files; accepted ones may have messages too, Apple's deprecation of classic fetch."""

    accepted: bool
    messages: str


class _RefusedError(CompilerError):
    """Carries a refusal past what remembers verdicts."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.messages)
        self.verdict = verdict


class Compiler(ABC):
    """A compiler that was found.

    `modes` are the ways in which generated code must compile, each the flags in words. All methods may be called from
    several threads at once.
    """

    language: str
    command: str
    modes: tuple[str, ...]
    host_mode: str
    # What it cannot read, and the same in words that it can, on the same line.
    _reworded: tuple[tuple[str, str], ...] = ()

    @classmethod
    def lacks(cls, path: str, version: str) -> str:  # noqa: ARG003 (what others ask)
        """Say what a compiler lacks to be used, or nothing."""
        return ""

    def __init__(self, path: str, version: str) -> None:
        self.path = path
        self.version = version
        self._building = threading.Lock()

    def modes_from(self, oldest: str) -> tuple[str, ...]:  # noqa: ARG002 (what others ask)
        """Say in which modes code must compile that runs on this system and later ones, or on any where it is empty."""
        return self.modes

    def lenient(self, oldest: str) -> tuple[str, ...]:  # noqa: ARG002 (what others ask)
        """Say in which modes code must compile of whose project nothing is known but its oldest system, if that."""
        return self.modes[:1]

    @cached_property
    def own(self) -> Compiler:
        """The same for code that atgen did not write, which uses more of the system's."""
        return self

    def readable(self, files: Files) -> dict[str, str]:
        """Write files of a person so that the compiler can read them where there is no Xcode."""
        made = dict(files)
        for pattern, words in self._reworded:
            made = {name: re.sub(pattern, words, text, flags=re.MULTILINE) for name, text in made.items()}
        return made

    def check(self, files: Files, mode: str, *, strict: bool = True, again: bool = False) -> Verdict:
        """Ask for the compiler's verdict in one of `modes`, with all the passes that find errors.

        Where it is `strict`, warnings are errors: no app need have none. `again` asks also where it is remembered;
        StoppedError where the compiler gives none.
        """
        command = self._check(sorted(files), mode, strict=strict)

        def ask(folder: Path) -> None:
            _write(folder, files)
            verdict = _run(command, folder)
            if not verdict.accepted:
                raise _RefusedError(verdict)
            (folder / "verdict.json").write_text(json.dumps(asdict(verdict)), encoding="utf-8")

        try:
            made = self._made("check", [*command, *_texts(files), _standins_digest()], ask, again=again)
        except _RefusedError as refusal:
            return refusal.verdict
        return Verdict(**json.loads((made / "verdict.json").read_text(encoding="utf-8")))

    def verdicts(
        self, files: Files, *, oldest: str = "", again: bool = False, builds: bool = False
    ) -> dict[str, Verdict]:
        """Ask in all modes, as many at a time as there are processors; where it `builds` the host, that says so of its own mode."""
        asks: dict[str, Callable[..., Verdict]] = dict.fromkeys(self.modes_from(oldest), self.check)
        if builds:  # what compiles it there is as strict: nothing is compiled twice
            asks[self.host_mode] = self._build
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            asked = {mode: pool.submit(ask, files, mode, again=again) for mode, ask in asks.items()}
            return {mode: verdict.result() for mode, verdict in asked.items()}

    def _build(self, files: Files, mode: str, *, again: bool) -> Verdict:
        try:
            self.host(files, mode, strict=True, again=again)
        except _RefusedError as refusal:
            return refusal.verdict
        except CompilerError:  # it may have no delegate any more
            return self.check(files, mode, again=again)
        return Verdict(accepted=True, messages="")

    def host(self, files: Files, mode: str | None = None, *, strict: bool = False, again: bool = False) -> Path:
        """Build the program that plays schedules with the files; CompilerError if they do not compile.

        `strict` and `again` are those of `check`.
        """
        files = {**files, **self._main(files)}
        compile_, *link = self._host(files, mode or self.host_mode, strict=strict)

        def build(folder: Path) -> None:
            _write(folder, files)
            verdict = _run(compile_, folder)
            if not verdict.accepted:
                raise _RefusedError(verdict)
            for command in link:
                _run_or_raise(command, folder)

        return self._made("host", [*map(str, (compile_, *link)), *_texts(files)], build, again=again) / "host"

    @property
    def standins(self) -> Path:
        """The folder of the compiled stand-ins."""
        with self._building:
            return self._built_standins

    @cached_property
    def _built_standins(self) -> Path:
        waves = self._standins()

        def build(folder: Path) -> None:
            for wave in waves:
                with ThreadPoolExecutor(os.cpu_count()) as pool:
                    list(pool.map(lambda command: _run_or_raise(command, folder), wave))

        return self._made("standins", [*map(str, waves), _standins_digest()], build)

    @abstractmethod
    def _check(self, names: Sequence[str], mode: str, *, strict: bool) -> list[str]:
        """Say how to check files in the working folder."""

    @abstractmethod
    def _main(self, files: Files) -> Files:
        """Write the program's start, which makes the app's delegate, unless it is among the files."""

    @abstractmethod
    def _host(self, files: Files, mode: str, *, strict: bool) -> list[list[str]]:
        """Say how to build `host` from files in the working folder: first what compiles them."""

    @abstractmethod
    def _standins(self) -> list[list[list[str]]]:
        """Say how to build the stand-ins into the working folder: waves of what can run at the same time."""

    def _made(self, kind: str, inputs: Iterable[str], make: Callable[[Path], None], *, again: bool = False) -> Path:
        """Let `make` fill a folder for these inputs and this compiler, unless it did before."""

        def make_alone(folder: Path) -> None:
            make(folder)
            shutil.rmtree(folder / _MODULES, ignore_errors=True)

        return cache.remember(kind, (self.language, self.path, self.version, *inputs), make_alone, again=again)


# Where there is no Objective-C a selector is a closure, what is exposed to it is not, and an error is bridged by hand.
_WITHOUT_OBJECTIVE_C = (
    (r"^(\s*(?:@\w+ )?import )(?:os\.log|OSLog)\b", r"\1os"),
    (r"@(?:objc(?:\([\w:]*\)|Members)?|IBAction|IBOutlet)(?!\w) ?", ""),
    (r"#selector\((?:self\.)?([a-z_]\w*(?:\([\w:]*\))?)\)", r"Selector { [weak self] in self?.\1 }"),
    (r"#selector\(([A-Z]\w*)\.([a-z_]\w*(?:\([\w:]*\))?)\)", r"Selector { [weak self] in (self as \1?)?.\2 }"),
    (r"\bcatch let (\w+) as NSError \{", r"catch { let \1 = NSError.of(error);"),
    (
        r"\bcatch let (\w+) as NSError where ([^{]*)\{",
        r"catch where { \1 in \2}(NSError.of(error)) { let \1 = NSError.of(error);",
    ),
    (r"\b(\w+) as NSError\?", r"\1.map(NSError.of)"),
    (r"\b(\w+) as\? NSError\b", r"Optional(\1).map(NSError.of)"),
    (r"\b(\w+) as NSError\b", r"NSError.of(\1)"),
)


class Swift(Compiler):
    """Swift's compiler: its front end directly where we know the flags, since the driver takes half of the time."""

    language = "swift"
    command = "swiftc"
    modes = ("5", "5 -strict-concurrency=complete", "6", "6 -default-isolation MainActor")
    host_mode = "6"
    # Where there is no Objective-C the compiler crashes at it (Swift 6.3.1); it means the same (SE-0383).
    _reworded: tuple[tuple[str, str], ...] = ((r"^(\s*)@UIApplicationMain\b", r"\1@main"),)
    # A Mac has the real Objective-C, Dispatch and Foundation.
    _bases = ("VirtualFoundation",) if _MAC else ("ObjectiveC", "VirtualFoundation")
    # Apple's and those of the SDKs: a folder each, named after its module.
    _frameworks = tuple(
        sorted(
            {path.name for path in (STANDINS / "swift").iterdir()}
            - {"ObjectiveC", "VirtualFoundation", "Reexport", "SwiftUI", "own"}
        )
    )
    # More of each module, and what they are compiled with beside a real Foundation.
    _more: Path | None = None
    _defined = ("-D", "FOUNDATION") if _MAC else ()
    # What is made of these.
    _above = ("SwiftUI",)
    _reexports = () if _MAC else ("Dispatch", "Foundation")

    @classmethod
    def lacks(cls, path: str, version: str) -> str:
        """Say whether it is too old, or has no clang beside it."""
        numbers = re.search(r"Swift version (\d+)\.(\d+)", version)
        if not numbers or tuple(map(int, numbers.groups())) < _OLDEST_SWIFT:
            return f"swiftc is older than {_OLDEST_SWIFT[0]}.{_OLDEST_SWIFT[1]}"
        return "" if shutil.which(_clang_beside(path)) else "no clang on the PATH, which swiftc needs"

    def _check(self, names: Sequence[str], mode: str, *, strict: bool) -> list[str]:
        # Data races and missing initializations are found by passes after the type checker's.
        passes = ("-emit-sil", "-o", os.devnull)
        return [*self._compiler(), *passes, *self._warnings(strict=strict), *self._app(mode), *names]

    def _main(self, files: Files) -> Files:
        starts = any(re.search(r"^@(main|UIApplicationMain)\b", text, re.MULTILINE) for text in files.values())
        kinds = r"^((?:public |final )*)class (\w+)\s*:\s*(\w+)[^{]*\b(UI|WK)(Application|Extension)Delegate\b"
        # Another case's class, which has work of its own, is called by the first.
        own = [(name, text) for name, text in files.items() if re.search(kinds, text, re.MULTILINE)]
        first = dict(own[:1]) or files
        work = _work(first, "host/swift", lambda line: line.replace("override ", ""), files)
        if starts and not (work or own):
            return {}
        words, name, base, kit, kind = _delegate(first, kinds).groups()
        # What Objective-C makes by its name: one of UIResponder makes itself.
        made = "Hosted" if base == "NSObject" else ""
        hosted = ""
        changed = {}
        if "final" in words and work:  # one whose work is played has a subclass that does so
            changed = {path: re.sub(rf"\bfinal (?=[\w ]*class {name}\b)", "", text) for path, text in first.items()}
            words = ""
        if "final" in words:
            hosted = f"extension {name}: {made} {{}}\n" if made else ""
        elif work or made:
            hosted = f"final class {HOST}: {', '.join(filter(None, (name, made)))} {{\n{work}}}\n"
            name = HOST
        kits = [*_FRAMEWORKS[kit]]
        if not starts and (kit, kind) == ("WK", "Extension"):
            hosted += f"@main enum {START} {{ static func main() {{ playWatchApp {{ {name}() }} }} }}\n"
        elif not starts and made:
            kits.append("SwiftUI")
            delegate = f"@{kit}ApplicationDelegateAdaptor({name}.self) private var delegate"
            scene = 'var body: some Scene { WindowGroup { Text(verbatim: "") } }'
            hosted += f"@main struct {START}: App {{\n{delegate}\n{scene}\n}}\n"
        elif not starts:
            hosted += f"@main enum {START} {{ static func main() {{ {name}.main() }} }}\n"
        return {**changed, f"{START}.swift": "".join(f"import {each}\n" for each in kits) + hosted}

    def _host(self, files: Files, mode: str, *, strict: bool) -> list[list[str]]:
        objects = sorted(map(str, self.standins.glob("*.o")))
        options = ("-c", "-g", *self._warnings(strict=strict), *self._app(mode))
        return [
            [*self._compiler(), *options, *sorted(files), "-o", "app.o"],
            [self.path, "app.o", *objects, "-o", "host"],
        ]

    def _standins(self) -> list[list[list[str]]]:
        # As Swift 5: the real ones are not checked for data races either, so in closures that an app of Swift 6 hands them
        # the compiler puts checks that they are called where they belong.
        def module(name: str, source: str, output: str) -> list[str]:
            sources = self._sources(source, "swift")
            # Whoever has no stand-ins yet waits for them: only what each block goes through is worth a second more.
            optimized = "-O" if name == "VirtualFoundation" and not self._more else "-Onone"
            options = ("-parse-as-library", "-suppress-warnings", "-module-name", name, "-swift-version", "5")
            outputs = ("-emit-module-path", f"{name}.swiftmodule", "-o", output)
            return [
                *self._compiler(),
                "-c",
                optimized,
                *options,
                *self._defined,
                *outputs,
                *self._search(Path()),
                *sources,
            ]

        waves = [[module(name, name, f"{name}.o")] for name in self._bases]
        clang = _clang_beside(self.path)
        own = self._sources("VirtualFoundation", "c")
        waves[0] += [*_core(clang), *(_unit(clang, Path(each), *_C, "-I", str(STANDINS / "core")) for each in own)]
        waves.append([module(name, name, f"{name}.o") for name in self._frameworks])
        waves[-1] += [module(name, "Reexport", os.devnull) for name in self._reexports]
        waves.append([module(name, name, f"{name}.o") for name in self._above])
        return waves

    def _sources(self, module: str, suffix: str) -> list[str]:
        """The files of a stand-in's module."""
        folders = [STANDINS / "swift", *filter(None, [self._more])]
        return sorted(str(path) for folder in folders for path in (folder / module).glob(f"*.{suffix}"))

    @cached_property
    def own(self) -> Compiler:
        """The same, over the toolchain's own Foundation: what is data there is the real one."""
        return _OwnSwift(self.path, self.version)

    def _compiler(self) -> list[str]:
        if _MAC:
            # The driver, which knows where the system's SDK is; without -wmo it writes one object a source.
            return [self.path, "-wmo"]
        beside = Path(self.path).resolve().with_name("swift-frontend")
        return [str(beside), "-frontend"] if beside.exists() else [self.path, "-frontend"]

    def _warnings(self, *, strict: bool) -> tuple[str, ...]:
        return ("-warnings-as-errors", "-Wwarning", "DeprecatedDeclaration") if strict else ("-suppress-warnings",)

    def _app(self, mode: str) -> list[str]:
        search = self._search(self.standins)
        return ["-parse-as-library", "-module-name", "App", "-swift-version", *mode.split(), *search]

    def _search(self, standins: Path) -> list[str]:
        return ["-I", str(standins), "-I", str(STANDINS / "core"), "-module-cache-path", self._modules(standins)]

    def _modules(self, standins: Path) -> str:  # noqa: ARG002 (what others ask)
        return _MODULES


class _OwnSwift(Swift):
    """Swift's compiler for code that atgen did not write."""

    _more = STANDINS / "swift/own"
    _defined = ("-D", "FOUNDATION")
    # A Mac has the log that its Foundation imports.
    _frameworks = tuple(
        sorted(
            {*Swift._frameworks, *(path.name for path in _more.iterdir())}  # noqa: SLF001 (its own)
            - {"VirtualFoundation", *(["os"] if _MAC else [])}
        )
    )
    _reexports = ()
    # Our Foundation re-exports the real one: what it declares comes before that only where no file imports the real one beside it.
    _reworded = (
        *Swift._reworded,  # noqa: SLF001 (its own)
        (
            r"^(\s*(?:@\w+ )?import )(?:(?:class|struct|enum|protocol|func|var|let|typealias) )?(?:Foundation|Dispatch)\b[.\w]*",
            r"\1VirtualFoundation",
        ),
        *(() if _MAC else _WITHOUT_OBJECTIVE_C),
    )

    def _modules(self, standins: Path) -> str:
        # A real Foundation has so many that to read them takes longer than an app's delegate: those of an app stay beside the
        # stand-ins, under a name of their place, since they hold it.
        if standins == Path():
            return _MODULES
        return str(standins / f"{_MODULES}-{hashlib.sha256(bytes(standins)).hexdigest()[:8]}")


class ObjectiveC(Compiler):
    """Clang, with the runtime and the Foundation of the stand-ins, or on a Mac with the real ones."""

    language = "objc"
    command = "clang"
    modes = ("", "-target arm64-apple-ios15.0")
    host_mode = ""
    # The stand-ins are headers, and no modules.
    _reworded = (
        (r"^@import Tracker;", "#import <Tracker/Tracker-Swift.h>"),
        (r"^@import (\w+);", r"#import <\1/\1.h>"),
    )
    _strict = (
        "-fobjc-arc",
        "-Wall",
        "-Wextra",
        "-Wpedantic",
        "-Wmissing-variable-declarations",
        "-Wmissing-prototypes",
        "-Wno-gnu",
        "-Werror",
        "-Wno-error=deprecated-declarations",
    )
    # What is newer than the oldest system is a warning of clang's, and on that system a crash.
    _lenient = ("-fobjc-arc", "-Wno-everything", "-Werror=unguarded-availability")
    _runtime = () if _MAC else ("-fobjc-runtime=objfw", "-fblocks", "-I", str(STANDINS / "objc/linux"))
    _ours = ("-I", str(STANDINS / "objc/include"), "-I", str(STANDINS / "objc"), "-I", str(STANDINS / "core"))
    # By the name of the SDK's file in specs/sdk/.
    _sdks = tuple(sorted((STANDINS / "objc/sdk").glob("*.m")))

    def modes_from(self, oldest: str) -> tuple[str, ...]:
        """Say the same, and compile for that system: what a later one brings is refused."""
        newer = partial(max, oldest or "0", key=version)
        return tuple(re.sub(r"(?<=-ios)[\d.]+$", lambda system: newer(system[0]), mode) for mode in self.modes)

    def lenient(self, oldest: str) -> tuple[str, ...]:
        """Say the same; and that what is newer than that system is refused, where it is known."""
        return self.modes_from(oldest) if oldest else self.modes[:1]

    def _check(self, names: Sequence[str], mode: str, *, strict: bool) -> list[str]:
        # The device's own ABI, without its headers: ours stand in for them there too. They are its sysroot as well, since a
        # Mac's clang takes the macOS SDK for one ($SDKROOT) and warns that it is not iOS's.
        ours = str(STANDINS / "objc/linux")
        target = (*mode.split(), "-isysroot", ours, "-nostdlibinc", "-I", ours) if mode else self._runtime
        said = self._strict if strict else self._lenient
        return [self.path, "-fsyntax-only", *said, *target, *self._ours, *_implementations(names)]

    def _main(self, files: Files) -> Files:
        if any(re.search(r"^int main\(", text, re.MULTILINE) for text in files.values()):
            return {}
        delegate = _delegate(files, r"^@interface (\w+)\s*:\s*\w+\s*<[^>]*\b(UI|WK)(?:Application|Extension)Delegate\b")
        principal = "" if delegate[2] == "WK" else "nil, "
        work = _work(files, "host/objc", str, files)
        imports = "".join(f"#import <{name}/{name}.h>\n" for name in _FRAMEWORKS[delegate[2]])
        if work:
            header = next(name for name, text in files.items() if delegate[0] in text)
            helpers = [name for name in files if re.fullmatch(r"\w*BackgroundHits\.h", name)]
            imports += "".join(f'#import "{name}"\n' for name in [header, *helpers, "device_block.h"])
            work = f"@interface {HOST} : {delegate[1]}\n@end\n@implementation {HOST}\n{work}@end\n"
        call = f'return {delegate[2]}ApplicationMain(argc, argv, {principal}@"{HOST if work else delegate[1]}");'
        return {f"{START}.m": f"{imports}{work}int main(int argc, char *argv[]) {{ {call} }}\n"}

    def _host(self, files: Files, mode: str, *, strict: bool) -> list[list[str]]:
        # The SDKs have classes of the same name.
        wanted = STANDINS / "objc/sdk" / f"{_sdk(files)}.m"
        if wanted not in self._sdks:
            raise AtgenError(f"{wanted} is missing: the stand-in for the SDK")
        others = {f"{path.stem}.o" for path in self._sdks if path != wanted}
        objects = sorted(str(path) for path in self.standins.glob("*.o") if path.name not in others)
        warnings = self._strict if strict else ("-w", "-fobjc-arc")
        options = ("-g", *warnings, *mode.split(), *self._runtime, *self._ours)
        libraries = ("-framework", "Foundation") if _MAC else ("-lpthread", "-lm")
        return [[self.path, *options, *_implementations(files), *objects, *libraries, "-o", "host"]]

    def _standins(self) -> list[list[list[str]]]:
        objc = STANDINS / "objc"
        options = ("-w", *self._runtime, *self._ours)
        own = {"Foundation.m", "Notifications.m"} if _MAC else {"Foundation.m"}
        sources = [*(path for path in sorted(objc.glob("*.m")) if path.name not in own), *self._sdks]
        units = [(path, "-fobjc-arc", *options) for path in sources]
        if not _MAC:
            units += [(objc / "Foundation.m", "-fno-objc-arc", *options), (objc / "runtime.c", *_C, "-fexceptions")]
        return [[*_core(self.path), *(_unit(self.path, *unit) for unit in units)]]


def known_languages() -> list[str]:
    """List the languages that have a compiler here."""
    return [each.language for each in Compiler.__subclasses__()]


@lru_cache
def find_compiler(language: str) -> Compiler | Missing:
    """Find a language's compiler on the PATH, once in a process; AtgenError where no class here is the language's."""
    known = {each.language: each for each in Compiler.__subclasses__()}
    if language not in known:
        raise AtgenError(f"{__file__}: there is no compiler of {language}")
    name = known[language].command
    path = shutil.which(name)
    if not path:
        return Missing(f"no {name} on the PATH")
    try:
        # Swift's driver makes a folder for this too, and leaves it.
        with TemporaryDirectory(prefix="atgen-") as folder:
            version = subprocess.run(  # noqa: S603
                [path, "--version"],
                env=_within(folder),
                capture_output=True,
                text=True,
                check=True,
                timeout=60,
            ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        return Missing(f"{name} does not run: {error}")
    reason = known[language].lacks(path, version)
    return Missing(reason) if reason else known[language](path, version)


@lru_cache
def _standins_digest() -> str:
    """What the stand-ins say: an update of atgen has others under the same paths."""
    digest = hashlib.sha256()
    for path in sorted(path for path in STANDINS.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(STANDINS)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _unit(clang: str, source: Path, *flags: str) -> list[str]:
    return [clang, *flags, "-c", str(source), "-o", f"{source.stem}.o"]


def _core(clang: str) -> list[list[str]]:
    return [_unit(clang, source, *_C) for source in sorted((STANDINS / "core").glob("*.c"))]


def _clang_beside(swiftc: str) -> str:
    beside = Path(swiftc).resolve().with_name("clang")
    return str(beside) if beside.exists() else "clang"


def _implementations(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name.endswith(".m"))


def _work(files: Files, folder: str, declared: Callable[[str], str], app: Files) -> str:
    """The methods that play the work of those that the files, some of the app's, declare in the same words."""
    called = next((found[0] for text in files.values() if (found := re.search(r"\b\w*BackgroundCall\b", text))), "")
    bodies = [
        re.sub(r"\bBackgroundCall\b", called, path.read_text(encoding="utf-8"))
        for path in sorted((STANDINS / folder).iterdir())
    ]
    firsts = {body: declared(body.partition("\n")[0] + "\n") for body in bodies}
    if any(re.search(_HANDED_OVER, text) for text in app.values()):
        firsts = {body: first for body, first in firsts.items() if "Tagged" not in first}
    return "".join(body for body, first in firsts.items() if any(first in text for text in files.values()))


def _sdk(files: Files) -> str:
    """Tell by what the files import which SDK's stand-in they need; the usual one where it is a module."""
    for name in sdks():
        words = vocabulary(name).words
        if "objc" in words:
            header = re.compile(rf'#import [<"]{re.escape(words["objc"]["headers"][0])}[>"]')
            if any(map(header.search, files.values())):
                return name
    return vocabulary().name


def _delegate(files: Files, declaration: str) -> re.Match[str]:
    for text in files.values():
        if found := re.search(declaration, text, re.MULTILINE):
            return found
    raise CompilerError("none of the files declares the delegate of an app")


def _texts(files: Files) -> list[str]:
    return [text for name in sorted(files) for text in (name, files[name])]


def _write(folder: Path, files: Files) -> None:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def _within(folder: str | Path) -> dict[str, str]:
    """The environment of a compiler whose temporary files go with the folder, however it ends."""
    return os.environ | {"TMPDIR": str(folder)}


def _run(command: Sequence[str], folder: Path) -> Verdict:
    result = subprocess.run(  # noqa: S603
        command,
        cwd=folder,
        env=_within(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    name = os.path.basename(command[0])  # noqa: PTH119 (a command, which need be no path)
    if result.returncode < 0:
        raise StoppedError(f"{name} was ended by signal {-result.returncode}")
    if stopped := _STOPPED.search(result.stdout):
        raise StoppedError(f"{name} says {stopped[1]}")
    if result.returncode not in {0, 1}:
        raise StoppedError(f"{name} ended with exit code {result.returncode}, which is no verdict")
    return Verdict(result.returncode == 0, result.stdout)


def _run_or_raise(command: Sequence[str], folder: Path) -> None:
    verdict = _run(command, folder)
    if not verdict.accepted:
        raise CompilerError(verdict.messages)
