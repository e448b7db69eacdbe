"""Tables of names and places."""

from __future__ import annotations

import pytest

from custid.testing._draws import Draws
from custid.testing._locale import Locale, ascii_folded, english, french, french_city, rare_family_names

LOCALES = pytest.mark.parametrize("locale", [french(), english()], ids=["french", "english"])


@LOCALES
def test_tables_are_large(locale: Locale) -> None:
    """A language has hundreds of names, cities and streets, none of them twice."""
    given = set(locale.given_male.items) | set(locale.given_female.items)
    assert len(given) >= 250
    for table, least in ((locale.family, 300), (locale.cities, 75), (locale.streets, 150)):
        assert len(table.items) >= least
        assert len(set(table.items)) == len(table.items)


@LOCALES
def test_nicknames_belong_to_names(locale: Locale) -> None:
    """Every nickname is that of a given name in the tables, and differs from it."""
    given = set(locale.given_male.items) | set(locale.given_female.items)
    assert set(locale.nicknames) <= given
    assert all(name not in familiar for name, familiar in locale.nicknames.items())


@LOCALES
def test_keys_are_beside_each_other(locale: Locale) -> None:
    """Being beside a key is mutual."""
    assert all(key in locale.neighbors[other] for key, others in locale.neighbors.items() for other in others)


@LOCALES
def test_rare_names_are_many(locale: Locale) -> None:
    """The tail of family names has few repetitions."""
    names = rare_family_names(locale, 5000, Draws(1)).items
    assert len(set(names)) > 3500


def test_french_dialing_zones() -> None:
    """The first digit of a land line follows the department."""
    zones = [french_city("x", [code]).dialing_code for code in ("75001", "44000", "67000", "13001", "33000")]
    assert zones == ["1", "2", "3", "4", "5"]


def test_postcodes_are_five_digits() -> None:
    """French postcodes keep their leading zero."""
    codes = [code for city in french().cities.items for code in city.postcodes]
    assert all(len(code) == 5 and code.isdigit() for code in codes)
    assert "01000" in codes


def test_folding() -> None:
    """Accents and ligatures are taken away."""
    assert ascii_folded("Œuvre d'Élodie Groß") == "OEuvre d'Elodie Gross"
