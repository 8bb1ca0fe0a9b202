"""What is printed steers no terminal and no CI runner, whatever specs, paths and files hold."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conftest import ROOT, needs_any_name

if TYPE_CHECKING:
    from pathlib import Path

# The commands of GitHub's, Azure's and TeamCity's runners, and a terminal's.
EVIL = "##vso[task.complete]##[error]##teamcity[x]"
NAME = f"\n::error::{EVIL}\x1b[31m"
SPEC = f"""title: "::error::{EVIL}"
summary: |
  ::error::{EVIL}
mode: fetch
tracker:
  dedicated: "::error::{EVIL}"
  configuration: {{site: "1", log: l}}
hit: {{gesture: "::error::[x]", chapters: ["::error::"], action: touch}}
platforms: [watchos]
"""
PAGE = f"""# Page
::error::{EVIL}

<!-- atgen:begin case=evil languages=swift -->
::error::{EVIL}
<!-- atgen:end -->
<!-- atgen:begin case=evil languages=swift -->
<!-- atgen:end -->
"""
SOURCE = f"class AppDelegate: UIResponder, UIApplicationDelegate {{ // {EVIL}\n let a: UIApplicationLaunchOptionsKey = [:]\n}}\n"
EVERY = [
    *(("list", *rest) for rest in ([], ["--sdks"], ["--format", "json"], [NAME], [f"--{NAME}"])),
    *(("explain", *rest) for rest in (["evil"], ["evil", "--format", "json"], [NAME], [f"{NAME}.yaml"], ["a", NAME])),
    *(("run", "evil", *rest) for rest in ([], ["--format", "json"], ["--scenario", NAME], ["--language", NAME])),
    *(("run", "evil", *rest) for rest in (["--schedule", NAME], ["--schedule", "s.json"], ["--collector", NAME])),
    *(("verify", *rest) for rest in (["evil"], ["--require", NAME], [NAME], [f"{NAME}.yaml", "--format", "github"])),
    *(("verify", "evil", "--format", form) for form in ("json", "github")),
    *(
        ("render", *rest, "--format", form)
        for rest in ([], ["--check"], ["--diff"], ["-o", NAME], ["-o", NAME, "--check"], ["bad.yaml"], [NAME])
        for form in ("text", "json", "github")
    ),
    *(
        ("docs", *rest, "--format", form)
        for rest in (["."], ["--list", "."], ["--check", "."], ["--diff", "."], [f"{NAME}/"], [f"{NAME}.md"])
        for form in ("text", "json", "github")
    ),
    *(("gallery", *rest) for rest in ([], ["--diff"], ["-o", NAME], ["-o", f"{NAME}/x.html"], ["--locale", NAME])),
    *(("scaffold", *rest) for rest in (["evil", NAME], ["bg_fetch", NAME], ["bg_fetch", "app", "--name", NAME])),
    *(
        ("doctor", "app", *rest, "--format", form)
        for rest in ([], [NAME])
        for form in ("text", "json", "github", "sarif")
    ),
    *(
        ("doctor", *rest)
        for rest in (["page.md"], ["app", "--fix", "--diff"], [f"{NAME}.md"], ["app", "--select", NAME])
    ),
    *(("new", *rest) for rest in ([NAME, "--from", "evil"], ["evil", "--from", "bg_task"], ["x", "--from", NAME])),
    ("new", "x", "--from", "bg_task", "--site", NAME),
    *(("show", *rest) for rest in ([NAME], ["bad.yaml"], [f"{NAME}.yaml"])),
    *(("schema", *rest) for rest in ([], ["--format", "markdown"], [NAME])),
    (NAME,),
    (f"--{NAME}",),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a project in which all that can be evil is."""
    path = tmp_path_factory.mktemp("evil")
    needs_any_name(path)
    texts = {
        "specs/evil.yaml": SPEC,
        "bad.yaml": f'title: "{EVIL}"\n"::error::{EVIL}": 1\nmode: "{EVIL}"\n',
        f"{NAME}.yaml": "mode: fetch\n",
        "page.md": PAGE,
        f"{NAME}.md": PAGE,
        "other.md": f"<!-- atgen:begin case=evil languages={EVIL} -->\n::error::{EVIL}\n",
        "s.json": json.dumps({"case": NAME, "scenario": NAME, "language": NAME, "invariant": NAME, "schedule": [NAME]}),
        f"app/{NAME}.swift": SOURCE,
        "app/AppDelegate.swift": SOURCE,
        "app/Info.plist": f"<plist>{EVIL}",
        "output/evil/watchos/swift/AppDelegate.swift": f"// {EVIL}\n::error::{EVIL}\n\x1b[31m",
    }
    for name, text in texts.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")
    listed = subprocess.run([sys.executable, "-m", "atgen", "list"], cwd=path, capture_output=True, check=True)
    assert listed.stdout.startswith(b"evil  ")
    return path


@pytest.mark.sample(3)
@pytest.mark.parametrize("arguments", EVERY, ids=map(repr, EVERY))
def test_what_is_printed_steers_nothing(arguments: tuple[str, ...], folder: Path) -> None:
    """No runner's command but the annotations that were asked for, no control character, and JSON is JSON."""
    command = [sys.executable, "-m", "atgen", *arguments]
    # Without compilers: what they say is not asked for here.
    environment = os.environ | {"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    printed = (done.stdout + done.stderr).decode()
    assert done.returncode != 70, printed
    assert (
        re.findall(
            r"##(?:vso|teamcity)?\[|[^\n\t -\u{10FFFF}]|[\x7f-\x9f]".replace(r"\u{10FFFF}", "\U0010ffff"), printed
        )
        == []
    )
    runners = [line for line in printed.split("\n") if line.lstrip().startswith("::")]
    asked = r"::(?:error|warning|notice)(?: [a-z]+=[^:]*)?::.*" if "github" in arguments else r"(?!)"
    assert [line for line in runners if not re.fullmatch(asked, line)] == []
    if arguments[-1] in {"json", "sarif"} and done.stdout:
        assert [*map(json.loads, done.stdout.decode().splitlines() if arguments[0] == "run" else [done.stdout])] != []


def test_all_is_printed_in_one_place() -> None:
    """What does not go through `shared.say` is an annotation, which `shared` escapes, or a file on stdout, byte for byte."""
    calls = {
        f"{path.name} {function.name}"
        for path in sorted((ROOT / "gen/atgen").rglob("*.py"))
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and re.fullmatch(r"print|(click\.|sys\.std).*(echo|write)", ast.unparse(node.func))
    }
    files = {"render.py _print", "show.py command"}
    assert calls == {"shared.py say", "shared.py progress", "shared.py annotate", "play.py play", *files}
