"""All standardizers: their names and the laws they share."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.errors import ConfigurationError
from custid.model.attributes import ATTRIBUTES
from custid.standardize.registry import STANDARDIZERS, standardizer

_FRAGMENTS = [
    *"st ste n no 12 1st bis ter apt a b sa s r l sarl inc and et mr m me mme dr x cedex paris 11e 33 0 00 44".split(),
    *"+ 1 test nom unknown 612345678 jean @ a.com mailto: < > ; , / xxxx - 1980 01 jan XX : T00:00 .0 numero".split(),
    *"nu mero f 75011 ( ) . '".split(),
    *("é", "e\u0301", "\u200b", "ß", "京", "\ud800", "\x00", "½", "\u00b4"),
]
RAW = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.lists(st.sampled_from(_FRAGMENTS), max_size=7).map(" ".join),
    st.lists(st.sampled_from(_FRAGMENTS), max_size=7).map("".join),
    st.text("0123456789+-/. ()x", max_size=22),
)


def test_every_attribute_finds_its_standardizer() -> None:
    """Each standardizer that an attribute is declared with exists, and no other one does."""
    assert {declared.standardizer for declared in ATTRIBUTES.values()} - {""} == set(STANDARDIZERS)


def test_standardizer() -> None:
    """A standardizer is found by its name."""
    assert standardizer("date") is STANDARDIZERS["date"]


def test_unknown_standardizer() -> None:
    """A name that does not exist is refused with those that do."""
    with pytest.raises(ConfigurationError, match="standardizer 'colour': expected one of 'category', 'date'"):
        standardizer("colour")


@pytest.mark.parametrize("name", STANDARDIZERS)
@settings(deadline=None)
@given(raw=RAW)
def test_laws(name: str, raw: str) -> None:
    """No string raises; canonical values are ASCII, fixed points, and blind to composition of characters."""
    standardize = STANDARDIZERS[name]
    value, issue = standardize(raw)
    assert value.isascii()
    assert value == value.strip()
    assert standardize(value).value == value
    assert standardize(unicodedata.normalize("NFC", raw)) == standardize(unicodedata.normalize("NFD", raw))
    assert standardize(unicodedata.normalize("NFC", raw)) == (value, issue)


@pytest.mark.parametrize("name", STANDARDIZERS)
@pytest.mark.parametrize("unit", ["a", "1", " ", "1 ", "a@", "st ", "<", "é", "0-", "x", "sa ", "/"])
def test_huge_values(name: str, unit: str) -> None:
    """A field of a hundred thousand characters is answered at once."""
    assert STANDARDIZERS[name](unit * (100_000 // len(unit))).value.isascii()
