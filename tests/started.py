"""Starts `python -m atgen` from a process that has imported it and forks: that takes a fifth of the time; not a test itself."""

from __future__ import annotations

import array
import atexit
import contextlib
import functools
import gc
import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[1]
# What an interpreter heeds as it begins: whoever has it otherwise gets one of its own, and so does a run whose coverage is measured.
_HEEDED = ("PYTHON", "LC_", "LANG")
_SIZE = struct.Struct("!I")


def atgen(
    *arguments: str | Path, cwd: Path = ROOT, said: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the tool itself: a process of its own, with this environment beside the usual one, and what it is told on stdin."""
    variables = os.environ | environment
    command = list(map(str, arguments))
    if _heeded(variables) != _heeded(os.environ) or any(name.startswith("COVERAGE") for name in variables):
        return subprocess.run(
            [sys.executable, "-m", "atgen", *command],
            cwd=cwd,
            env=variables,
            input=said,
            capture_output=True,
            text=True,
            check=False,
        )
    with TemporaryFile() as stdin, TemporaryFile() as stdout, TemporaryFile() as stderr:
        stdin.write(said.encode())
        stdin.seek(0)
        asked = {"arguments": command, "folder": str(cwd), "environment": dict(variables)}
        code = _first().run(asked, [stdin.fileno(), stdout.fileno(), stderr.fileno()])
        texts = []
        for each in (stdout, stderr):
            each.seek(0)
            texts.append(each.read().decode().replace("\r\n", "\n").replace("\r", "\n"))
    return subprocess.CompletedProcess(["atgen", *command], code, *texts)


def _heeded(variables: Any) -> dict[str, str]:  # noqa: ANN401 (a dict, or os.environ)
    return {name: value for name, value in variables.items() if name.startswith(_HEEDED)}


class _First:
    """The process that forks the others."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())], pass_fds=[theirs.fileno()], cwd=ROOT
            )
        atexit.register(self.close)

    def run(self, asked: dict[str, Any], descriptors: list[int]) -> int:
        """Have it run atgen, and wait for the exit code."""
        message = json.dumps(asked).encode()
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))
        self._socket.sendmsg([_SIZE.pack(len(message))], [rights])
        self._socket.sendall(message)
        [code] = struct.unpack("!i", _read(self._socket, 4))
        return int(code)

    def close(self) -> None:
        """End it, as the end of what it is asked does."""
        self._socket.close()
        self._process.wait()


@functools.cache
def _first() -> _First:
    return _First()


def _read(there: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        some = there.recv(size - len(data))
        if not some:
            raise EOFError
        data += some
    return data


def _serve(there: socket.socket) -> None:
    """Fork for each request; in the new process it returns."""
    while True:
        size, rights, _, _ = there.recvmsg(_SIZE.size, socket.CMSG_SPACE(12))
        if not size:
            sys.exit()
        descriptors = array.array("i")
        descriptors.frombytes(rights[0][2])
        asked = json.loads(_read(there, *_SIZE.unpack(size)))
        process = os.fork()
        if not process:
            there.close()
            for number, descriptor in enumerate(descriptors):
                os.dup2(descriptor, number)
                os.close(descriptor)
            os.chdir(asked["folder"])
            os.environ.clear()
            os.environ.update(asked["environment"])
            sys.argv[1:] = asked["arguments"]
            return
        for descriptor in descriptors:
            os.close(descriptor)
        _, status = os.waitpid(process, 0)
        there.sendall(struct.pack("!i", os.waitstatus_to_exitcode(status)))


def _import() -> None:
    """Import what atgen is made of, and have the templates compiled that most runs need."""
    from importlib import import_module  # noqa: PLC0415 (as all that only the first process needs)

    for path in sorted((ROOT / "gen/atgen").rglob("*.py")):
        if "standins" not in path.parts and path.stem != "__main__":
            with contextlib.suppress(ImportError):
                import_module(".".join(path.relative_to(ROOT / "gen").with_suffix("").parts).removesuffix(".__init__"))
    from atgen.rendering import pipeline  # noqa: PLC0415

    for case in pipeline.load([ROOT / "specs" / f"{name}.yaml" for name in ("bg_fetch", "bg_task_global")]):
        pipeline.render(case)


def _main() -> NoReturn:
    from atgen.__main__ import main  # noqa: PLC0415

    _import()
    gc.collect()
    gc.freeze()
    _serve(socket.socket(fileno=int(sys.argv.pop(1))))
    sys.path.pop(0)  # this folder
    main()
    raise AssertionError


if __name__ == "__main__":
    _main()
