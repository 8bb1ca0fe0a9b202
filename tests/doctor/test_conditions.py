"""Conditional compilation, and the conditions of paths: which texts a compiler may see, and what contradicts what."""

from __future__ import annotations

import pytest

from atgen.doctor.conditions import variants
from atgen.doctor.paths import condition

TEXTS: list[tuple[str, list[str]]] = [
    ("a", ["a"]),
    ("#if 0\na\n#else\nb\n#endif", ["b"]),
    ("#if 1\na\n#else\nb\n#endif", ["a"]),
    ("#if FALSE\na\n#endif\nb", ["b"]),
    ("#if swift(<4.2)\na\n#else\nb\n#endif", ["b"]),
    ("#if !swift(>=4.2)\na\n#endif\nb", ["b"]),
    ("#if compiler(>=5.3)\na\n#else\nb\n#endif", ["a"]),
    ("#if DEBUG\na\n#else\nb\n#endif", ["a", "b"]),
    ("#ifdef A\na\n#endif\nb", ["ab", "b"]),
    ("#ifndef A\na\n#endif\nb", ["b", "ab"]),
    ("#if os(iOS)\na\n#elseif os(tvOS)\nb\n#else\nc\n#endif", ["a", "c", "b"]),
    ("#if A\na\n#endif\n#if !A\nb\n#endif", ["a", "b"]),
    ("#if A\n#if B\na\n#else\nb\n#endif\n#endif\nc", ["ac", "c", "bc"]),
    ("#if A && 0\na\n#endif\n#if A || 0\nb\n#endif\nc", ["bc", "c"]),
    ("#if (A && !B) // why\na\n#endif\nc", ["c", "ac"]),
    ("#if defined(A) || defined B\na\n#endif\nc", ["ac", "c"]),
    ("#if A >= 3\na\n#elif A\nb\n#endif\nc", ["ac", "c", "bc"]),
    ("#endif\na", ["#endifa"]),
    ("#if A\na", ["#ifAa"]),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_texts(text: str, expected: list[str]) -> None:
    """What the text alone decides is decided; the rest is tried both ways, and each branch is seen once."""
    found = variants(text.encode())
    assert ["".join(each.decode().split()) for each in found] == expected
    assert {(len(each), each.count(b"\n")) for each in found} == {(len(text), text.count("\n"))}


@pytest.mark.parametrize("text", ["#if " + "(" * 100_000 + "\n#endif\n", "#if A" + " && A" * 50_000 + "\n#endif\n"])
def test_no_condition_is_too_long(text: str) -> None:
    """One that somebody made to be deep is a name like others."""
    assert len(variants(text.encode())) in (1, 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ready", ("ready", True)),
        ("!ready", ("ready", False)),
        ("!(self.ready)", ("ready", False)),
        ("self.ready == false", ("ready", False)),
        ("self->ready == YES", ("ready", True)),
        ("a != nil", ("a", True)),
        ("a == NULL", ("a", False)),
        ("let b = a", ("a", True)),
        ("let a", ("a", True)),
        ("x != 1", ("x == 1", False)),
        ("x == 1", ("x == 1", True)),
        ("a && b", ("a && b", True)),
        ("!a && b", ("!a && b", True)),
    ],
)
def test_conditions_of_paths(text: str, expected: tuple[str, bool]) -> None:
    """The same question has one name, however it is asked."""
    assert condition(text) == expected
