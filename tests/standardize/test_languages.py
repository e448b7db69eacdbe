"""Languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.standardize import parse_language
from custid.standardize.languages import _NAMED, _SHORT, _TWO_LETTERS


@pytest.mark.parametrize(
    ("raw", "tag"),
    [
        ("fr-CA", "fr-CA"),
        ("FR-ca", "fr-CA"),
        ("fr_CA", "fr-CA"),
        ("français", "fr"),
        ("Française", "fr"),
        ("French", "fr"),
        ("anglais", "en"),
        (" English ", "en"),
        ("Allemand", "de"),
        ("créole haïtien", "ht"),
        ("FRA", "fr"),
        ("eng-us", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("no", "no"),
        ("xh", "xh"),
    ],
)
def test_languages(raw: str, tag: str) -> None:
    """Tags, codes and names are read; the raw text is kept."""
    read = parse_language(raw)
    assert (read.values, read.issues, read.raw) == ((tag,), (), raw)


@pytest.mark.parametrize(
    ("raw", "codes"),
    [
        ("", []),
        ("N/A", ["placeholder"]),
        ("--", ["placeholder"]),
        ("inconnu", ["placeholder"]),
        ("bonjour", ["unrecognized"]),
        ("qq", ["unrecognized"]),
        ("fr-FR-FR", ["unrecognized"]),
        ("fr-", ["unrecognized"]),
        ("de-1996-1996", ["unrecognized"]),
        ("fr, en", ["unrecognized"]),
    ],
)
def test_no_languages(raw: str, codes: list[str]) -> None:
    """What is no language has no value, and says why."""
    read = parse_language(raw)
    assert (read.values, [issue.code for issue in read.issues]) == ((), codes)


def test_languages_beyond_two_letters_are_reported() -> None:
    """A well-formed tag whose language is not in ISO 639-1 is kept and reported."""
    read = parse_language("gsw-CH")
    assert (read.values, [issue.code for issue in read.issues]) == (("gsw-CH",), ["unknown_language"])


def test_tables() -> None:
    """ISO 639-1 is there in full, once, and every name is of one of its languages."""
    assert len(_TWO_LETTERS) == 184
    assert set(_NAMED.values()) <= _TWO_LETTERS
    assert all(len(code) == 3 for code in _SHORT)


@given(
    st.sampled_from(sorted(_TWO_LETTERS)), st.sampled_from(["", "-Latn", "-Cyrl"]), st.sampled_from(["", "-FR", "-419"])
)
def test_canonical_tags_stay(language: str, script: str, region: str) -> None:
    """A tag in its usual case is read as it is, in any case."""
    tag = f"{language}{script}{region}"
    assert parse_language(tag.upper()).values == (tag,)
    assert parse_language(tag).values == (tag,)
