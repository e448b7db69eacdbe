"""What the customers of one language have in common: names, places, telephone numbers, keyboard."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from types import ModuleType
from typing import NamedTuple

from attrs import frozen

from custid.testing import _tables_en, _tables_fr
from custid.testing._draws import Draws, Weighted

__all__ = ["City", "Locale", "StreetKind", "ascii_folded", "english", "french", "french_city", "rare_family_names"]

_AZERTY = ("azertyuiop", "qsdfghjklm", "wxcvbn")
_QWERTY = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_WITHOUT_DECOMPOSITION = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ß": "ss"})

# The first digit of a French land line follows from the department; departments of no other zone dial 5.
_DIALING_ZONES = {
    "1": "75 77 78 91 92 93 94 95",
    "2": "14 18 22 27 28 29 35 36 37 41 44 45 49 50 53 56 61 72 76 85",
    "3": "02 08 10 21 25 39 51 52 54 55 57 58 59 60 62 67 68 70 71 80 88 89 90",
    "4": "01 03 04 05 06 07 11 13 15 20 26 30 34 38 42 43 48 63 66 69 73 74 83 84",
}


class City(NamedTuple):
    """A city.

    Attributes
    ----------
    name : str
        As its inhabitants write it.
    postcodes : tuple of str
        Whole French postcodes, or British postcode areas.
    dialing_code : str
        First digits of a land line, without the leading zero.
    """

    name: str
    postcodes: tuple[str, ...]
    dialing_code: str


class StreetKind(NamedTuple):
    """A kind of street.

    Attributes
    ----------
    word : str
        ``"avenue"``.
    abbreviation : str
        ``"av."``.
    """

    word: str
    abbreviation: str


@frozen(kw_only=True, eq=False)
class Locale:
    """Tables of one language.

    Attributes
    ----------
    is_french : bool
        French, else British.
    given_male, given_female, family : Weighted of str
        Names by frequency.
    compound_male, compound_female : tuple of str
        First halves of compound given names.
    nicknames : dict of str to tuple of str
        Familiar forms by given name.
    cities : Weighted of City
        Places to live.
    street_kinds : Weighted of StreetKind
        Kinds of street.
    streets : Weighted of str
        Street names without their kind.
    domains : Weighted of str
        Domains of mail providers, under the reserved top level ``.example``.
    organization_kinds : tuple of str
        Patterns of organization names; ``F``, ``T``, ``C`` and ``B`` stand for family name, thing, city and brand.
    organization_things, legal_forms, role_mailboxes, site_labels : tuple of str
        Parts of organization names and addresses.
    brand_parts : tuple of tuple of str
        First and last halves of invented brands.
    rare_parts : tuple of tuple of str
        Onsets, middles and endings of the family names that no table holds.
    country_code : str
        Of telephone numbers.
    neighbors : dict of str to str
        Keys beside each key.
    """

    is_french: bool
    given_male: Weighted[str]
    given_female: Weighted[str]
    family: Weighted[str]
    compound_male: tuple[str, ...]
    compound_female: tuple[str, ...]
    nicknames: dict[str, tuple[str, ...]]
    cities: Weighted[City]
    street_kinds: Weighted[StreetKind]
    streets: Weighted[str]
    domains: Weighted[str]
    organization_kinds: tuple[str, ...]
    organization_things: tuple[str, ...]
    legal_forms: tuple[str, ...]
    role_mailboxes: tuple[str, ...]
    site_labels: tuple[str, ...]
    brand_parts: tuple[tuple[str, ...], tuple[str, ...]]
    rare_parts: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    country_code: str
    neighbors: dict[str, str]


@lru_cache(maxsize=65_536)
def ascii_folded(text: str) -> str:
    """Return ``text`` with accents and ligatures taken away."""
    decomposed = unicodedata.normalize("NFD", text.translate(_WITHOUT_DECOMPOSITION))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@lru_cache(maxsize=1)
def french() -> Locale:
    """Return the tables of France."""
    return _locale(_tables_fr, is_french=True)


@lru_cache(maxsize=1)
def english() -> Locale:
    """Return the tables of the United Kingdom."""
    return _locale(_tables_en, is_french=False)


def french_city(name: str, postcodes: Sequence[str]) -> City:
    """Return a French city, with the dialing zone of its department.

    Parameters
    ----------
    name : str
        As its inhabitants write it.
    postcodes : sequence of str
        At least one.

    Returns
    -------
    City
        Ready to be lived in.
    """
    department = postcodes[0][:2]
    zone = next((zone for zone, members in _DIALING_ZONES.items() if department in members.split()), "5")
    return City(name, tuple(postcodes), zone)


def rare_family_names(locale: Locale, count: int, draws: Draws) -> Weighted[str]:
    """Return invented family names, so that a large population does not share a few hundred.

    Parameters
    ----------
    locale : Locale
        Whose syllables are put together.
    count : int
        How many to draw; a name drawn twice stays twice.
    draws : Draws
        Source of chance.

    Returns
    -------
    Weighted of str
        With nearly even weights.
    """
    onsets, middles, endings = locale.rare_parts
    names = []
    for _ in range(count):
        middle = draws.one_of(middles) if draws.chance(0.7) else ""
        onset, ending = draws.one_of(onsets), draws.one_of(endings)
        # Two consonants in a row at a seam can't be pronounced without a vowel between them.
        if not middle and onset[-1] not in "aeiouAEIOU" and ending[0] not in "aeiouè":
            middle = draws.one_of("aeiou")
        names.append(f"{onset}{middle}{ending}".replace("-", " "))
    return Weighted.by_rank(names, 200.0)


def _locale(tables: ModuleType, *, is_french: bool) -> Locale:
    return Locale(
        is_french=is_french,
        given_male=Weighted.by_rank(tables.GIVEN_MALE.split(), 12.0),
        given_female=Weighted.by_rank(tables.GIVEN_FEMALE.split(), 12.0),
        family=Weighted.by_rank((name.replace("-", " ") for name in tables.FAMILY.split()), 25.0),
        compound_male=tables.COMPOUND_MALE,
        compound_female=tables.COMPOUND_FEMALE,
        nicknames={name: tuple(familiar.split()) for name, familiar in tables.NICKNAMES.items()},
        cities=Weighted.by_rank(_french_cities(tables.CITIES) if is_french else _british_cities(tables.CITIES), 4.0),
        street_kinds=Weighted(
            (StreetKind(word, short) for word, short, _ in tables.STREET_KINDS),
            (weight for *_, weight in tables.STREET_KINDS),
        ),
        streets=Weighted.by_rank(_listed(tables.STREETS), 30.0),
        domains=Weighted.by_rank(tables.DOMAINS, 1.0),
        organization_kinds=_listed(tables.ORGANIZATION_KINDS),
        organization_things=_listed(tables.ORGANIZATION_THINGS),
        legal_forms=tables.LEGAL_FORMS,
        role_mailboxes=tables.ROLE_MAILBOXES,
        site_labels=tables.SITE_LABELS,
        brand_parts=tables.BRAND_PARTS,
        rare_parts=(
            tuple(tables.RARE_ONSETS.split()),
            tuple(tables.RARE_MIDDLES.split()),
            tuple(tables.RARE_ENDINGS.split()),
        ),
        country_code="33" if is_french else "44",
        neighbors=_key_neighbors(_AZERTY if is_french else _QWERTY),
    )


def _listed(table: str) -> tuple[str, ...]:
    parts = (" ".join(part.split()) for part in table.split(";"))
    return tuple(part for part in parts if part)


def _french_cities(table: str) -> tuple[City, ...]:
    cities = []
    for line in table.strip().splitlines():
        name, listed = line.split(":")
        cities.append(french_city(name, [code for part in listed.split() for code in _postcode_range(part)]))
    return tuple(cities)


def _british_cities(table: str) -> tuple[City, ...]:
    cities = []
    for line in table.strip().splitlines():
        name, areas, dialing_code = line.split(":")
        cities.append(City(name, tuple(areas.split()), dialing_code))
    return tuple(cities)


def _postcode_range(part: str) -> tuple[str, ...]:
    first, _, last = part.partition("-")
    return tuple(f"{code:05d}" for code in range(int(first), int(last or first) + 1))


def _key_neighbors(rows: Iterable[str]) -> dict[str, str]:
    # Each row of a keyboard stands half a key to the right of the one above.
    places = {char: (column + row / 2, row) for row, keys in enumerate(rows) for column, char in enumerate(keys)}
    beside = {
        char: "".join(
            other for other, (x, y) in places.items() if other != char and abs(x - at_x) <= 1 and abs(y - at_y) <= 1
        )
        for char, (at_x, at_y) in places.items()
    }
    digits = "1234567890"
    for place, digit in enumerate(digits):
        beside[digit] = digits[max(place - 1, 0) : place] + digits[place + 1 : place + 2]
    return beside
