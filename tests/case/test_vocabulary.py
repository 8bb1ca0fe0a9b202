"""The files of SDKs: what they say of themselves is read, and what is wrong in them is told like a spec's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from atgen.case import vocabulary
from atgen.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OTHER = """\
title: Other
version: "1.2"
since: "1.0"
hits: {gesture: "1.0"}
platforms: {ios: Other}
without: [objc, swift]
words: {}
"""

# What is rendered says since when an SDK has what it uses, and a Podfile names its pod; nothing here could run either.
# The changelog is developers.atinternet-solutions.com/changelog/apple-en, the rest that of the files.
FACTS: dict[str, tuple[object, ...]] = {
    "apple": (
        "ATInternet-Apple-SDK",
        "2.23",  # the last release is 2.23.10
        "2.16",  # https always
        "2.22.3",  # Privacy.extendIncludeBuffer with a mode's name
        # developers.atinternet-solutions.com, Envoyer des événements
        {"gesture": "2.16", "screen": "2.16", "event": "2.18"},
        # The subspecs (ATInternet-Apple-SDK.podspec of 2.16.0, commit 029c031, and of 2.20.0, commit 5c0f68a)
        {
            "ios": "ATInternet-Apple-SDK/Tracker",
            "tvos": "ATInternet-Apple-SDK/tvOSTracker",
            "watchos": "ATInternet-Apple-SDK/watchOSTracker",
        },
    ),
    "objc2": (
        "ATInternet-iOS-ObjC-SDK",
        "2.2",  # ATInternet-iOS-ObjC-SDK.podspec, 2.2.7, commit 1cbb3d2
        "2.0",
        "",  # it has no Privacy
        {"gesture": "2.0"},
        {"ios": "ATInternet-iOS-ObjC-SDK"},
    ),
}


@pytest.mark.parametrize("name", vocabulary.sdks())
def test_versions_and_pods_are_written_down_twice(name: str) -> None:
    """Once for who renders, and once for who looks them up."""
    sdk = vocabulary.vocabulary(name)
    found = (sdk.title, sdk.version, sdk.since, sdk.keep_tag_since, sdk.hits, sdk.platforms)
    assert found == FACTS[name]


@pytest.fixture
def sdks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of SDKs, and a cache, of the test's own."""
    monkeypatch.setattr(vocabulary, "SDKS", tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    vocabulary.vocabulary.cache_clear()
    yield tmp_path
    vocabulary.vocabulary.cache_clear()


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("", ("", ())),
        ("lacks: send_on_application_state", ("", ("send_on_application_state",))),
        ("keep_tag_since: 2.22.3\nlacks: [send_hit_when_opt_out]", ("2.22.3", ("send_hit_when_opt_out",))),
    ],
)
def test_what_an_sdk_cannot_do_is_read(lines: str, expected: tuple[str, tuple[str, ...]], sdks: Path) -> None:
    """Since when it can keep the tag, if it can, and which settings of a tracker it does not have."""
    (sdks / "other.yaml").write_text(OTHER + lines)
    other = vocabulary.vocabulary("other")
    assert (other.keep_tag_since, other.lacks) == expected


def test_a_setting_that_no_spec_has_cannot_be_lacking(sdks: Path) -> None:
    """It would be a mistake of the key's name, and refuse nothing."""
    (sdks / "other.yaml").write_text(OTHER + "lacks: [send_hit]")
    with pytest.raises(SpecError) as caught:
        vocabulary.vocabulary("other")
    is_not = '"send_hit" is not send_hit_when_opt_out or send_on_application_state'
    assert str(caught.value) == f"{sdks}/other.yaml:8:9: lacks[0]: {is_not}"
