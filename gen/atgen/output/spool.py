"""Where rendered files wait until all are rendered: a run of 10,000 specs takes no more memory than one of 1,000."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from tempfile import SpooledTemporaryFile

from atgen.errors import FileError

_IN_MEMORY = 4 * 1024 * 1024
# The bytes before each content that hold its size, which takes less memory than an index of sizes.
_SIZE = 8


class Spool(Mapping[str, bytes]):
    """Bytes by path; what is more than a few MiB lies in a temporary file, which has no name and goes with the process."""

    def __init__(self) -> None:
        self._file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 (`close` is below)
        self._places: dict[str, int] = {}
        self._end = 0

    def add(self, path: str, content: bytes) -> None:
        """Keep the bytes of a path that is not there yet."""
        try:
            self._file.seek(self._end)
            self._file.write(len(content).to_bytes(_SIZE, "big") + content)
        except OSError as error:
            raise FileError(f"the folder of temporary files: {error.strerror}") from error
        self._places[path] = self._end
        self._end += _SIZE + len(content)

    def __getitem__(self, path: str) -> bytes:
        self._file.seek(self._places[path])
        return self._file.read(int.from_bytes(self._file.read(_SIZE), "big"))

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def close(self) -> None:
        """Let go of the bytes."""
        self._file.close()
