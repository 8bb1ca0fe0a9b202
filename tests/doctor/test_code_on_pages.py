"""Pages: each markup's blocks are found where they are, and a block that is cut off is read all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from atgen import doctor
from atgen.doctor import pages

GUIDE = Path(__file__).parent / "guide.txt"
# What is wrong on the page beside it, which has the mistakes of the vendor's: its code has lost lines of its own.
WRONG = {
    "P01": {9}, "P02": {12, 31}, "P03": {12, 23}, "P04": {12, 23}, "P05": {34, 37, 41}, "P06": {30, 36}, "P07": {20, 25},
    "P08": {21}, "P09": {15}, "P10": {39, 50}, "P11": {33, 44}, "P12": {8, 20}, "P13": {41, 52}, "P14": {35, 46},
    "P15": {31, 42}, "P16": {34, 52}, "P17": {7, 9, 12, 16, 18, 19, 23, 29, 31, 34, 37, 42, 45, 48},
}  # fmt: skip


def judged(text: str, ending: str) -> list[str]:
    """What is wrong with a page: `RULE:LINE` of each."""
    return sorted(f"{each.rule}:{each.line}" for each in doctor.judge(pages.sources("page", text, ending)).findings)


PAGES = [
    (".md", "```swift\nx = UIBackgroundTaskInvalid\n```\n", ["P06:2"]),
    (".md", "1. One\n\n   ~~~ {.swift}\n   x = UIBackgroundTaskInvalid\n   ~~~\n", ["P06:4"]),
    (".md", "> ```objective-c\n> [t.gestures addWithName:n];\n> ```\n", ["P07:2"]),
    (".md", "Text\n\n    self.task = UIBackgroundTaskInvalid\n", ["P06:3"]),
    (".md", "```\nself.task = UIBackgroundTaskInvalid\n```\n", ["P06:2"]),
    (".md", "```kotlin\nx = UIBackgroundTaskInvalid\n```\n`UIBackgroundTaskInvalid` is old.\n", []),
    (".md", '<pre><code class="language-swift">x = UIBackgroundTaskInvalid</code></pre>\n', ["P06:1"]),
    (".mdx", '```swift title="A" {1}\nx = UIBackgroundTaskInvalid\n```\n', ["P06:2"]),
    (".html", '<pre class="brush: swift">\nif a &amp;&amp; b { x = UIBackgroundTaskInvalid }</pre>', ["P06:2"]),
    (".html", "<pre><b\n>self</b>.a = b;<br>[t.gestures addWithName:@&quot;x&quot;];</pre>", ["P07:2"]),
    (".html", "<p>x = UIBackgroundTaskInvalid</p><pre>no code of background</pre>", []),
    (".rst", ".. code-block:: swift\n   :linenos:\n\n   x = UIBackgroundTaskInvalid\n", ["P06:4"]),
    (".rst", "So::\n\n    self.task = UIBackgroundTaskInvalid\n\nEnd\n", ["P06:3"]),
    (".rst", ".. code:: python\n\n   x = UIBackgroundTaskInvalid\n", []),
    (".adoc", "[source,swift]\n----\nx = UIBackgroundTaskInvalid // <1>\n----\n", ["P06:3"]),
    (".adoc", "[source, objc]\n.Title\n----\n[t.gestures addWithName:n];\n----\n", ["P07:4"]),
    (".adoc", "[source,swift]\nx = UIBackgroundTaskInvalid\n\nText\n", ["P06:2"]),
    (".adoc", "[source,ruby]\n----\nx = UIBackgroundTaskInvalid\n----\n", []),
    (".txt", "Prose.\n\n    self.task = UIBackgroundTaskInvalid\n", ["P06:3"]),
    (".txt", "  1. A list of the background tasks of this very app\n", []),
    ("", "x = UIBackgroundTaskInvalid\n", ["P06:1"]),
    ("", "Text\n```swift\nx = UIBackgroundTaskInvalid\n```\n", ["P06:3"]),
    ("", "Some words, and below code of background tasks.\nMore words here.\n\n    a.b = UIBackgroundTaskInvalid\n", ["P06:4"]),
]  # fmt: skip


@pytest.mark.parametrize(("ending", "text", "expected"), PAGES)
def test_blocks(ending: str, text: str, expected: list[str]) -> None:
    """With the page's own line numbers; blocks of other languages and prose are none."""
    assert judged(text, ending) == expected
    assert judged(text.replace("\n", "\r\n"), ending) == expected


CUT = [
    ("func f() {\n    if a {\n        b()\n    c = UIBackgroundTaskInvalid\n", ["P06:4", "P17:1", "P17:2"]),
    ("func f() {\n    q.async {\n        b() // {\n", ["P17:1", "P17:2"]),
    ("func f(a: Int,\n       b: Int) {\n    c = UIBackgroundTaskInvalid\n", ["P06:3", "P17:2"]),
    ("func f() {\n    c = UIBackgroundTaskInvalid\n}\n", ["P06:2"]),
]


@pytest.mark.parametrize(("code", "expected"), CUT)
def test_a_block_that_is_cut_off_is_closed_where_it_moves_out(code: str, expected: list[str]) -> None:
    """Each line whose bracket nothing closes is named, and the rest is judged."""
    assert judged(f"```swift\n{code}```\n", ".md") == [f"{rule[:4]}{int(rule[4:]) + 1}" for rule in expected]


def test_methods_and_statements_stand_alone_on_a_page() -> None:
    """Objective-C that is shown without its class, or its function, gets one."""
    method = "- (void)f {\n    [t.gestures addWithName:n];\n}\n"
    for code, line in ((method, 3), ("[t.gestures addWithName:n];\n", 2), (f"@implementation A\n{method}", 4)):
        found = judged(f"```objc\n{code}```\n", ".md")
        assert (code, [each for each in found if each != "P17:2"]) == (code, [f"P07:{line}"])


def test_what_a_page_leaves_out_is_not_missing() -> None:
    """Dots stand for code that is not shown; a comment does not."""
    method = "func application(_ a: UIApplication, performFetchWithCompletionHandler h: @escaping (UIBackgroundFetchResult) -> Void)"
    said = "a.setMinimumBackgroundFetchInterval(b)"
    for body, expected in (("...", []), ("// …", []), ("// Do the work", ["P03:2"]), ("<#work#>", [])):
        assert (body, judged(f"```swift\n{method} {{\n    {body}\n}}\n{said}\n```\n", ".md")) == (body, expected)


def test_settings_are_no_matter_of_a_page() -> None:
    """Nothing is asked of an Info.plist, of pods, of a user agent."""
    assert (
        judged("```swift\nfunc handle(task: BGTask) { t.gestures.add(n).sendTouch(); later(task) }\n```\n", ".md") == []
    )


def test_the_page() -> None:
    """All that text can show is found on it, at its line, in both languages and though lines are missing."""
    text = GUIDE.read_text(encoding="utf-8")
    found = doctor.judge(pages.sources("guide", text, ".txt")).findings
    lines: dict[str, set[int]] = {}
    for each in found:
        lines.setdefault(each.rule, set()).add(each.line)
    assert lines == WRONG
    assert [each.message for each in found if each.rule == "grammar"] == []
