"""The country that an address names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from custid.standardize._address_pieces import Piece, joined
from custid.standardize.countries import country_code
from custid.standardize.text import fold

__all__ = ["NamedCountry", "named_country"]

_SHORT_NAMES: Final = frozenset({"uk", "u k", "usa", "u s a", "gb", "fr"})
_ALSO_CITIES: Final = frozenset({"MC", "LU", "SG", "SM", "GI", "VA", "DJ"})
# A recipient may be called Jordan or Chad: only these stand in front of an address.
_FIRST: Final = frozenset({"FR", "GB", "US", "BE", "CH", "LU", "DE", "ES", "IT"})
_BEHIND_POSTCODE: Final = frozenset({"GB", "US", "CA", "AU", "IE", "NZ", "FR"})
# Signs of countries before a postcode, as on cars.
_SIGNS: Final = {
    "F": "FR", "FR": "FR", "MC": "MC", "B": "BE", "BE": "BE", "L": "LU", "LU": "LU", "CH": "CH", "D": "DE", "DE": "DE",
    "A": "AT", "AT": "AT", "I": "IT", "IT": "IT", "E": "ES", "ES": "ES", "DK": "DK",
}  # fmt: skip
_N_DIGITS: Final = {"BE": 4, "LU": 4, "CH": 4, "AT": 4, "DK": 4}


class NamedCountry(NamedTuple):
    """The country that an address names, and the rest of the address.

    Attributes
    ----------
    code : str
        ISO 3166-1 alpha-2 code; empty where none is named.
    pieces : list of Piece
        The pieces without the one that names the country.
    city : str
        The name of the country where it may be the city as well: Monaco, Luxembourg.
    """

    code: str
    pieces: list[Piece]
    city: str = ""


def named_country(pieces: Sequence[Piece], default: str) -> NamedCountry:
    """Return the country that the last or first piece of an address, or a sign before the postcode, names.

    Parameters
    ----------
    pieces : sequence of Piece
        The pieces of an address.
    default : str
        Code of the country that is meant where none is named; empty for none.

    Returns
    -------
    NamedCountry
        The country and the other pieces.
    """
    sign, kept = _signed(pieces)
    if not kept:
        return NamedCountry(sign, kept)
    last = kept[-1].text
    code = _code(last)
    # Georgia is a state there.
    if code and not (default == "US" and code == "GE"):
        is_city = code in _ALSO_CITIES or (len(kept) > 1 and kept[-2].key.isdigit())
        return NamedCountry(code, kept[:-1], last if is_city else "")
    for n_words in (1, 2, 3):
        words = kept[-1].words
        code = _code(joined(words[-n_words:])) if len(words) > n_words else ""
        if code in _BEHIND_POSTCODE and any(character.isdigit() for character in words[-n_words - 1].key):
            return NamedCountry(code, [*kept[:-1], Piece(words[:-n_words], kept[-1].line)])
    code = _code(kept[0].text)
    if code in _FIRST:
        return NamedCountry(code, kept[1:])
    return NamedCountry(sign, kept)


def _code(text: str) -> str:
    """Return the code of the country that a whole piece names; short codes could be anything else."""
    folded = fold(text)
    return country_code(folded) if len(folded) > 3 or folded in _SHORT_NAMES else ""


def _signed(pieces: Sequence[Piece]) -> tuple[str, list[Piece]]:
    """Return the country whose sign stands before a postcode (``L-1449``, ``F - 75008``) and the pieces without it."""
    for place, piece in enumerate(pieces):
        first = piece.words[0].text
        if len(piece.words) == 1 and first in _SIGNS and place + 1 < len(pieces):
            digits = pieces[place + 1].words[0].text
            if _is_postcode(digits, _SIGNS[first]):
                return _SIGNS[first], [*pieces[:place], *pieces[place + 1 :]]
        sign, _, digits = first.partition("-")
        if sign in _SIGNS and _is_postcode(digits, _SIGNS[sign]):
            return _SIGNS[sign], list(pieces)
    return "", list(pieces)


def _is_postcode(digits: str, country: str) -> bool:
    return digits.isdecimal() and len(digits) == _N_DIGITS.get(country, 5)
