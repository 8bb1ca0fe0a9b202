"""Locales: the output's comments are in one language of people or another, and the code is the same."""

from __future__ import annotations

import io
import re
import string
import tokenize
from typing import TYPE_CHECKING

import pytest

from atgen.case.vocabulary import texts
from atgen.gallery import FOLDER
from atgen.rendering import languages, pipeline
from atgen.resources import TEXTS, TRACE, locales
from conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from atgen.case.model import Case

OTHERS = [locale for locale in locales() if locale != "en"]


def test_locales_are_found_by_globbing() -> None:
    """A file more in templates/text is a locale more; English comes first."""
    assert locales() == ("en", "fr")


@pytest.mark.parametrize("folder", [TEXTS, TRACE], ids=lambda folder: folder.name)
@pytest.mark.parametrize("locale", OTHERS)
def test_every_locale_says_everything(locale: str, folder: Path) -> None:
    """A locale has the same keys as English, with the same places for values, and no sentence left in English."""
    english, other = texts("en", folder), texts(locale, folder)
    assert {key: places(text) for key, text in other.items()} == {key: places(text) for key, text in english.items()}
    # A label may hold nothing but values and the word "hit".
    own = {key: text for key, text in other.items() if not key.startswith("label_")}
    assert [key for key, text in own.items() if text == english[key]] == []


def places(text: str) -> set[str]:
    """Collect what a text names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("locale", OTHERS)
def test_shipped_cases_are_called_something_in_every_locale(locale: str, shipped: list[Case]) -> None:
    """Nothing that ships falls back to English."""
    assert [case.name for case in shipped if locale not in case.titles or locale not in case.summaries] == []


def test_the_code_is_equal_in_every_locale_once_comments_are_stripped(every_case: list[Case]) -> None:
    """Of each file of each case, the locales differ in comments and in nothing else; and they do differ."""
    for case in every_case:
        english = pipeline.render(case, languages.names(), "en")
        for locale in OTHERS:
            other = pipeline.render(case, languages.names(), locale)
            assert list(other) == list(english)
            for path, file in other.items():
                name = path.split("/")[2]
                assert code(name, file.text) == code(name, english[path].text), (path, locale)
                assert file.text != english[path].text
                assert file.regions.keys() == english[path].regions.keys()


def code(language: str, text: str) -> list[str]:
    """Give what a compiler sees: no comments, no blank lines, no spaces at the end of a line."""
    if language == "python":
        kinds = (tokenize.COMMENT, tokenize.NL)
        return [
            token.string for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type not in kinds
        ]
    # No output holds a block comment, or a literal that is longer than a line (tests/rendering/test_languages.py).
    bare = re.sub(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*', lambda found: found[1] or "", text)
    return [line.rstrip() for line in bare.split("\n") if line.strip()]


def test_french_has_one_word_for_a_thing(shipped: list[Case]) -> None:
    """Where there are two for it, that of the vendor's page."""
    others = re.compile(r"\bapp\b(?! delegate| refresh)|background task|délégué|marquage|(?<!completion )\bhandlers?\b")
    page = (ROOT / "specs" / "pages" / "background-hits.fr.md").read_text(encoding="utf-8")
    said = {"page": re.sub(r"(?s)```.*?```|<!--.*?-->", "", page)}
    for folder in (TEXTS, TRACE, FOLDER):
        said |= {f"{folder.name}: {key}": text for key, text in texts("fr", folder).items()}
    said |= {case.name: f"{case.titles['fr']} {case.summaries['fr']}" for case in shipped}
    assert {key: found[0] for key, text in said.items() if (found := others.search(re.sub("`[^`]*`", "", text)))} == {}


def test_french_is_set_as_french() -> None:
    """No space that breaks, and not none, before : ; ? ! and inside « »; the apostrophe is curved."""
    page = (ROOT / "specs" / "pages" / "background-hits.fr.md").read_text(encoding="utf-8")
    wrong = re.compile(r"[^\s\u00a0\u202f][:;?!»](?=\s|$)|[ \n][:;?!»]|«[^\u00a0\u202f]|\w'\w")
    said = [texts("fr"), texts("fr", TRACE), texts("fr", FOLDER)]
    prose = {key: re.sub("`[^`]*`", "", text) for each in said for key, text in each.items()}
    prose["page"] = re.sub(r"(?s)```.*?```|`[^`]*`|<!--.*?-->|\|[ |-]*\||\]\([^)]*\)", "", page)
    assert {key: found[0] for key, text in prose.items() if (found := wrong.search(text))} == {}
