"""The manifest of early versions, `.atgen.json`: what it knows is taken over, and then it goes.

Files of those versions hold no sum; the manifest holds the digests of their bytes. Whose path a digest stands at does not
matter, nor whether branches were merged into the manifest: bytes whose digest is there are bytes that atgen wrote.
"""

from __future__ import annotations

import re
from hashlib import sha256

from atgen.output.signature import with_lf

NAME = ".atgen.json"
_DIGEST = re.compile(rb'"([0-9a-f]{64})"')
_PATH = re.compile(rb'^ *"([^"\\\n]+)": \[', re.MULTILINE)


class Manifest:
    """The digests and the paths of a manifest's bytes; of nothing, neither."""

    def __init__(self, content: bytes) -> None:
        self._digests = frozenset(each.decode() for each in _DIGEST.findall(content))
        self.paths = [path.decode("ascii", "replace") for path in _PATH.findall(content)]

    def knows(self, content: bytes) -> bool:
        """Whether atgen wrote these bytes; git may have given them other line ends since."""
        return any(sha256(each).hexdigest() in self._digests for each in {content, with_lf(content)})
