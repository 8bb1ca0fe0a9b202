"""What a spec's text becomes in a program, asked of the compilers themselves.

Strings read back byte for byte, comments end with their line, and no text changes the structure of a file.
"""

from __future__ import annotations

import os
import re
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atgen.case import spec
from atgen.case.text import problem
from atgen.rendering import languages, pipeline
from conftest import DEDICATED, compiler, written

COMPILED = ("swift", "objc")
# What has ended a literal, a comment or a format in some generator.
NASTY = [
    '"', "\\", "\\\\", '\\"', '"""', '#"', "\\(x)", "\\u{41}", "%@", "%n%s", "*/", "/*", "//", "// \\", "??/", "??=", "a\\",
    '@"', "'", "`", "$(x)", "${x}", "{{ x }}", "{% if %}", "#}", "\\x41", "\\101", "\\0", "\\n", "é", "\u00a0", "日本語",
    "\U0001f600", "e\u0301x", "#if", "#endif", "@end", "import UIKit", "atgen:begin", "*/ } func x() {", "a b ", " x",
]  # fmt: skip
allowed = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Cf", "Co", "Cn", "Zl", "Zp")), min_size=1, max_size=40),
    st.lists(st.sampled_from(NASTY), min_size=2, max_size=4).map("".join),
).filter(lambda text: problem(text) is None)
LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
BATCH = 50_000 if LONG else 2_000


def many() -> list[str]:
    """Thousands of allowed texts, the nasty ones among them: one program asks the compiler about all of them."""
    texts = [text for text in NASTY if problem(text) is None]

    @settings(max_examples=BATCH, database=None)
    @given(allowed)
    def collect(text: str) -> None:
        texts.append(text)

    collect()
    return texts


def output(language: str, text: str) -> list[str]:
    """What a program of one file prints."""
    name = {"swift": "program.swift", "objc": "program.m"}[language]
    host = compiler(language).host({name: text})
    return subprocess.run([host], capture_output=True, text=True, check=True).stdout.splitlines()


PROGRAMS = {
    "swift": (
        (
            "@main struct Program {{ static func main() {{ {calls} }} }}\n{functions}\n"
            'func show(_ text: String) {{ print(text.utf8.map {{ String($0, radix: 16) }}.joined(separator: " ")) }}\n'
            "nonisolated(unsafe) var count = 0\n"
        ),
        "func part{number}() {{\n{lines}\n}}",
        "part{number}()",
        "show({literal})",
        "count += 1",
        "print(count)",
    ),
    "objc": (
        (
            "#import <Foundation/Foundation.h>\n#include <stdio.h>\nstatic int count;\n"
            "static void show(NSString *text) {{ for (const unsigned char *byte = (const void *)text.UTF8String; *byte; byte++)"
            ' printf(byte[1] ? "%x " : "%x", *byte); printf("\\n"); }}\n'
            "{functions}\nint main(void) {{ @autoreleasepool {{ {calls} }} return 0; }}\n"
        ),
        "static void part{number}(void) {{\n{lines}\n}}",
        "part{number}();",
        "show({literal});",
        "count++;",
        'printf("%d\\n", count);',
    ),
}


def program(language: str, lines: list[str]) -> str:
    """A program of many lines, in functions of a hundred, which compilers take in their stride."""
    whole, function, call, *_ = PROGRAMS[language]
    parts = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    functions = "\n".join(function.format(number=number, lines="\n".join(part)) for number, part in enumerate(parts))
    calls = "\n".join(call.format(number=number) for number in range(len(parts)))
    return whole.format(functions=functions, calls=calls)


@pytest.mark.parametrize("language", COMPILED)
def test_literals_read_back_through_the_compiler(language: str) -> None:
    """Each allowed text is the same bytes again in the running program."""
    texts = many()
    line = PROGRAMS[language][3]
    lines = [line.format(literal=languages.get(language).literal(text)) for text in texts]
    assert output(language, program(language, lines)) == [
        text.encode().hex(" ").replace(" 0", " ").removeprefix("0") for text in texts
    ]


@pytest.mark.parametrize("language", COMPILED)
def test_comments_end_with_their_line(language: str) -> None:
    """The statement after a comment is run, and nothing of the comment is."""
    texts = many()
    chosen = languages.get(language)
    *_, statement, show = PROGRAMS[language]
    lines = [f"{chosen.comment(text)}\n{chosen.comment(text, chosen.doc)}\n{statement}" for text in texts]
    assert output(language, program(language, [*lines, show])) == [str(len(texts))]


def spec_with(text: str, number: int) -> bytes:
    """A spec whose every free text is this one, but for the hit's name, which has no #."""
    quoted, name = (
        '"' + each.replace("\\", "\\\\").replace('"', '\\"') + '"' for each in (text, text.replace("#", "+"))
    )
    tracker = DEDICATED.replace("other tracker", quoted)
    hit = f"{{gesture: {name}, chapters: [{name}, {name}], action: touch}}"
    mode = ("fetch", "task")[number % 2]
    return written(mode, tracker, "", hit).replace(b"title: T", f"title: {quoted}\nsummary: {quoted}".encode())


def structure(language: str, text: str, folder: Path) -> list[str]:
    """The kinds of a file's tokens (clang) or of its syntax nodes (swiftc), without what the literals hold."""
    name = {"swift": "file.swift", "objc": "file.m"}[language]
    (folder / name).write_text(text, encoding="utf-8")
    path = compiler(language).path
    command = {
        "swift": [path, "-frontend", "-dump-parse", name],
        "objc": [path, "-fsyntax-only", "-Xclang", "-dump-raw-tokens", name],
    }[language]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if language == "objc":
        kinds = re.findall(r"^([a-z_]+) '", done.stderr, re.MULTILINE)
        return [kind for kind in kinds if kind not in ("comment", "unknown")]
    dump = re.sub(r'range=\[[^\]]*\]|"(?:[^"\\]|\\.)*"|location=\S+', "", done.stdout)
    return re.findall(r"\(\s*([a-z_]+)", dump)


@pytest.mark.parametrize("language", COMPILED)
@settings(max_examples=200 if LONG else 12)
@given(texts=st.lists(allowed.filter(lambda text: text.strip()), min_size=4, max_size=4))
def test_no_text_changes_the_structure(
    language: str, texts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The kinds of tokens are those of the same spec with plain words."""
    folder = tmp_path_factory.mktemp("structure")
    for number, text in enumerate([*texts, *(NASTY if LONG else NASTY[:1])]):
        found = structure(language, rendered(spec.parse(spec_with(text, number), "x.yaml"), language), folder)
        assert len(found) > 100
        assert found == plain(language, number % 2)


@cache
def plain(language: str, number: int) -> list[str]:
    """The structure with plain words, of a fetch or a task."""
    with TemporaryDirectory() as folder:
        text = rendered(spec.parse(spec_with("plain words", number), "x.yaml"), language)
        return structure(language, text, Path(folder))


def rendered(case: spec.Case, language: str) -> str:
    """The text of the delegate's implementation."""
    [text] = [
        file.text
        for path, file in pipeline.render(case, [language]).items()
        if path.endswith(("AppDelegate.swift", "AppDelegate.m"))
    ]
    return text


@pytest.mark.parametrize("language", COMPILED)
def test_each_nasty_text_leaves_the_structure(language: str, tmp_path: Path) -> None:
    """The texts that have bitten others, one by one."""
    texts = [text for text in NASTY if problem(text) is None and text.strip()]
    for number, text in enumerate(texts):
        case = spec.parse(spec_with(text, number), "x.yaml")
        assert structure(language, rendered(case, language), tmp_path) == plain(language, number % 2), text
