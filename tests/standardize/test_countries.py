"""Countries and their codes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.errors import ConfigurationError
from custid.standardize.countries import _TABLE, COUNTRY_CODES, country_code, country_name


def test_there_are_249_codes() -> None:
    """ISO 3166-1 assigns 249 codes of two letters, and as many of three."""
    alpha3 = {line.split(" ")[1] for line in _TABLE.strip().splitlines()}
    assert len(COUNTRY_CODES) == len(alpha3) == 249
    assert all(re.fullmatch("[A-Z]{2}", code) for code in COUNTRY_CODES)
    assert all(re.fullmatch("[A-Z]{3}", code) for code in alpha3)


def test_codes_are_those_of_other_tables() -> None:
    """The telephone numbering plans know no country that the table lacks, save those that ISO 3166-1 does not list."""
    import phonenumbers

    # Ascension, Tristan da Cunha and Kosovo have numbers and no code of their own.
    assert set(phonenumbers.SUPPORTED_REGIONS) - COUNTRY_CODES == {"AC", "TA", "XK"}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_names_are_read_back(language: str) -> None:
    """The name of each country in each language gives its code: no name means two countries."""
    misread = [code for code in sorted(COUNTRY_CODES) if country_code(country_name(code, language=language)) != code]
    assert misread == []


def test_no_name_stands_twice() -> None:
    """No name or code of the table belongs to two countries."""
    owners: dict[str, set[str]] = {}
    for line in _TABLE.strip().splitlines():
        alpha2, alpha3, names = line.split(" ", 2)
        for name in (alpha2.lower(), alpha3.lower(), *names.split("|")):
            owners.setdefault(name, set()).add(alpha2)
    assert {name: codes for name, codes in owners.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Allemagne", "DE"),
        ("Germany", "DE"),
        ("Deutschland", "DE"),
        ("Royaume-Uni", "GB"),
        ("U.K.", "GB"),
        ("England", "GB"),
        ("ETATS-UNIS", "US"),
        ("États-Unis d'Amérique", "US"),
        ("USA", "US"),
        ("United States", "US"),
        ("Belgique", "BE"),
        ("Côte d’Ivoire", "CI"),
        ("La Réunion", "RE"),
        ("Pays-Bas", "NL"),
        ("the Netherlands", "NL"),
        ("fr", "FR"),
        ("FRA", "FR"),
        (" France. ", "FR"),
        ("Suisse", "CH"),
        ("", ""),
        ("Atlantis", ""),
        ("12", ""),
    ],
)
def test_written_names(text: str, code: str) -> None:
    """A country is read from its names in English and French and from both of its codes."""
    assert country_code(text) == code


@settings(deadline=None, max_examples=50)
@given(st.text())
def test_any_text_has_a_code_or_none(text: str) -> None:
    """Whatever is read is a code of the table or nothing."""
    assert country_code(text) in COUNTRY_CODES | {""}


def test_unknown_language_is_refused() -> None:
    """Names exist in two languages; another one is an error that names them."""
    with pytest.raises(ConfigurationError, match="expected one of 'en', 'fr', got 'de'"):
        country_name("FR", language="de")


def test_unknown_code_has_no_name() -> None:
    """A code that is none has no name."""
    assert (country_name(""), country_name("ZZ")) == ("", "")
