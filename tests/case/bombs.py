"""Specs that are small to write and large to read, each with what is wrong with it; nothing for one that is harmless."""

from __future__ import annotations

from atgen.case.yamltree import BYTES, PROBLEMS

RIGHT = "title: T\nmode: fetch\ntracker: global\nhit:\n  gesture: g\n  action: touch\n"
DEDICATED = RIGHT.replace(" global", "\n  dedicated: t\n  configuration:\n    site: 1\n    log: l")
PAIR = r'"\ud83d\ude00", '
MORE = "from here on there is more"


def _down(line: int, message: str) -> list[str]:
    """As many problems as are told, one a line from this one on, and that there are more."""
    return [f"{line + index}:1: {message}" for index in range(PROBLEMS)] + [f"{line + PROBLEMS}:1: {MORE}"]


def _along(line: int, column: int, step: int, message: str, most: int = PROBLEMS) -> list[str]:
    """The same along a line."""
    columns = [column + step * index for index in range(most + 1)]
    return [f"{line}:{column}: {message}" for column in columns[:-1]] + [f"{line}:{columns[-1]}: {MORE}"]


BOMBS: dict[str, tuple[str, list[str]]] = {
    "billion-laughs": (
        "a: &a [l,l,l,l,l,l,l,l,l]\n"
        + "".join(f"{key}: &{key} [*{of},*{of}]\n" for of, key in zip("abcde", "bcdef", strict=True)),
        ["1:4: anchors"]
        + [f"{line}:{place}" for line in range(2, 7) for place in ("4: anchors", "8: aliases", "11: aliases")],
    ),
    "blank-lines": (RIGHT + "\n" * 200_000, []),
    "block-keys-explicit": ("? " * 20_000, ["1:3: a key is a text"]),
    "bytes-256-kib": (RIGHT.ljust(BYTES, "#"), []),
    "bytes-256-kib-and-one": (RIGHT.ljust(BYTES + 1, "#"), ["1:1: 262,144 bytes"]),
    "combining-marks": (
        RIGHT.replace("T", f'"e{chr(0x323) * 60_000}{chr(0x301) * 60_000}"'),
        ["1:40: U+0323 is one of over 30 combining marks"],
    ),
    "comments": (RIGHT + "# x\n" * 60_000, []),
    "control-characters": (f"a: {chr(1) * 200_000}", _along(1, 4, 1, "U+0001 is a control character")),
    "escapes": (RIGHT.replace("T", '"' + r"\0" * 60_000 + '"'), _along(1, 9, 2, "U+0000")),
    "escaped-pairs": (
        RIGHT.replace("T", '"' + r"\ud83d\ude00" * 20_000 + '"'),
        ["1:8: title: has 20000 characters"],
    ),
    "escaped-pairs-apart": (RIGHT + f"platforms: [{PAIR * 9_000}]\n", _along(7, 13, 16, "platforms")),
    "events": (f"title: [{'a,' * 50_000}]", ["1:39997: more than 20,000 values"]),
    "flow-100000-deep": (f"title: {'[' * 100_000}", ["1:23: deeper than 16"]),
    "indentation": (RIGHT.replace("mode", f"summary: |\n{' ' * 100_000}x\nmode"), []),
    "items": (
        RIGHT.replace("  action", f"  chapters: [a, b, c, d{', e' * 9_000}]\n  action"),
        ["6:23: hit.chapters: has 9004 values"],
    ),
    "long-digits-site": (
        DEDICATED.replace("1", "1" * 100_000),
        ["6:11: tracker.configuration.site: has 100000 characters"],
    ),
    "long-key": (RIGHT + f"? {'k' * 100_000}\n: x\n", ['7:3: unknown key "kkkk']),
    "long-label": (
        DEDICATED.replace(": l\n", f": {'a-' * 50_000}\n"),
        ["7:10: tracker.configuration.log: has 100000 characters"],
    ),
    "long-number": (RIGHT + f"finish:\n  within: {'9' * 200_000}\n", ["8:11: finish.within: "]),
    "long-text": (RIGHT.replace("T", "a" * 200_000), ["1:8: title: has 200000 characters"]),
    "nested-quotes": (
        f'title: "{"a" * 100_000}\n',
        ["2:1: not YAML: found unexpected end of stream (since line 1): close the quotes"],
    ),
    "one-megabyte": ("a: b\n" * 200_000, ["1:1: 262,144 bytes"]),
    "quadratic-aliases": (
        f"title: &a {'x' * 10_000}\nplatforms: [{'*a, ' * 5_000}*a]\n",
        ["1:8: anchors", *_along(2, 13, 4, "aliases", PROBLEMS - 1)],
    ),
    "same-key": (RIGHT + "title: x\n" * 4_000, _down(7, 'the key "title" is in line 1 already')),
    "unknown-keys": (RIGHT + "".join(f"k{number}: x\n" for number in range(6_600)), _down(7, "unknown key")),
    "wrong-items": (RIGHT + f"platforms: [{'x, ' * 15_000}]\n", _along(7, 13, 3, "platforms")),
}
