"""Postal addresses: street, house number, postcode, place."""

from __future__ import annotations

import re
from typing import Final

from custid.standardize.locales import ENGLISH, LOCALES
from custid.standardize.placeholders import (
    PLACEHOLDER,
    is_placeholder_postcode,
    is_placeholder_word,
    nothing_readable,
    placeholder_words,
)
from custid.standardize.text import fold, visible, without_decimal_tail
from custid.standardize.values import Standardized

__all__ = ["standardize_house_number", "standardize_place", "standardize_postcode", "standardize_street"]

_FRONT: Final = {word: full for pack in LOCALES for word, full in pack.street_front.items()}
_END: Final = {word: full for pack in LOCALES for word, full in pack.street_end.items()}
_INSIDE: Final = {word: full for pack in LOCALES for word, full in pack.street_inside.items()}
_DIRECTIONS: Final = {
    "n": "north", "s": "south", "e": "east", "w": "west",
    "ne": "northeast", "nw": "northwest", "se": "southeast", "sw": "southwest",
}  # fmt: skip
_ANY_DIRECTION: Final = frozenset(_DIRECTIONS) | frozenset(_DIRECTIONS.values())
_UNITS: Final = frozenset(
    (
        "apt apartment suite unit flat floor fl room rm building bldg rear level box lot "
        "appt appartement bat batiment etage bp"
    ).split()
)
_REPETITIONS: Final = frozenset({"bis", "ter", "quater"})
_HOUSE_LETTERS: Final = frozenset("abcd")
_NUMBER_WORDS: Final = frozenset({"n", "no", "num", "numero"})
_SAINTS: Final = frozenset({"st", "ste", "saint", "sainte"})
_DOCTORS: Final = frozenset({"docteur", "doctor"})
_ABBREVIATED_SAINT: Final = len("ste")
_ROADS: Final = frozenset(_FRONT.values())
_FRENCH_LINKS: Final = frozenset("d de des du et l la le les".split())
_BEFORE_SAINT: Final = {
    *_FRONT,
    *_ROADS,
    *(word for table in (_END, _INSIDE) for word, full in table.items() if full in _ROADS),
    *_FRENCH_LINKS,
}
_LAST_KINDS: Final = frozenset(
    word for table in (ENGLISH.street_end, ENGLISH.street_inside) for pair in table.items() for word in pair
)
_TOWNS_OF_DISTRICTS: Final = frozenset({"paris", "lyon", "marseille"})

_ORDINAL: Final = re.compile(r"\d+(?:st|nd|rd|th)")
_NUMBER_PREFIX: Final = re.compile(r"^(?:numero|num|no|n)+(?=\d)")
_BETWEEN_DIGITS: Final = re.compile(r"(?<=\d) (?=\d)")
_DIGITS: Final = re.compile(r"\d+")
_COUNTRY_PREFIX: Final = re.compile(r"^(?:fr|f|be|b|de|d|ch|lu|l)(?=\d{4,5}$)")
_ZIP_PLUS_FOUR: Final = re.compile(r"(?<=^\d{5})\d{4}$")
_CEDEX: Final = re.compile(r" cedex(?: \d{1,2})?(?= |$)")
_DISTRICT: Final = re.compile(r"\d{1,2}(?:e|er|eme|ieme|nd|nde|st|rd|th)?|\d{5}|arrondissement|arrdt|arrt|arr|ardt")
_OVER: Final = re.compile(r"\b(s|S)/\s*(?=[A-Za-z])")

_NO_STREET: Final = placeholder_words("street")
_NO_PLACE: Final = placeholder_words("place")
_NO_POSTCODE: Final = placeholder_words("postcode")


def standardize_street(raw: str) -> Standardized:
    """Return the canonical form of a street, with or without house number.

    Folded; English and French abbreviations are spelled out by where they stand (``st`` is a street at the end and a
    saint before a word, ``r`` a *rue* at the front only), and directions beside a number or at the end.

    Parameters
    ----------
    raw : str
        Any string.

    Returns
    -------
    Standardized
        Words separated by spaces; empty for a missing value and, with issue ``"placeholder"``, for one that stands for
        nothing.

    Notes
    -----
    Words of units (``apt``, ``suite``) and ordinals (``1st``) are left as they are.

    Examples
    --------
    >>> standardize_street("12 bis, av. du Gal. de Gaulle").value
    '12bis avenue du general de gaulle'
    >>> standardize_street("3200 N. St. Louis Ave.").value
    '3200 north saint louis avenue'
    """
    folded = fold(raw)
    if not folded:
        return nothing_readable(raw)
    if folded in _NO_STREET or is_placeholder_word(folded):
        return PLACEHOLDER
    words = folded.split(" ")
    if len(words) > 1:
        words = _numbered(words)
        start = _start(words)
        folded = " ".join([_spelled(words, position, start) for position in range(len(words))])
        if folded in _NO_STREET:
            return PLACEHOLDER
    return Standardized(folded)


def _numbered(words: list[str]) -> list[str]:
    """Return the words of a street with its house number as one word."""
    if words[0] in _NUMBER_WORDS and words[1].isdigit():
        words = words[1:]
    if len(words) > 1 and words[0].isdigit() and words[1] in _REPETITIONS:
        words = [words[0] + words[1], *words[2:]]
    return words


def _start(words: list[str]) -> int:
    """Return the position at which the name of the street begins."""
    last = len(words) - 1
    start = 0
    while start < last and words[start][0].isdigit() and _ORDINAL.fullmatch(words[start]) is None:
        start += 1
    return start + 1 if 0 < start < last and words[start] in _HOUSE_LETTERS else start


def _spelled(words: list[str], position: int, start: int) -> str:
    """Return one word of a street spelled out by where it stands."""
    word = words[position]
    following = words[position + 1] if position + 1 < len(words) else ""
    if word in _DIRECTIONS:
        return _DIRECTIONS[word] if _is_direction(words, position, following) else word
    if position == start and following and word in _FRONT and not _says_its_kind_last(words):
        return _FRONT[word]
    is_end = not following or following in _ANY_DIRECTION or following in _UNITS or following[0].isdigit()
    is_after_ordinal = word == "st" and position > 0 and _ORDINAL.fullmatch(words[position - 1]) is not None
    if position > start and word in _END and (is_end or is_after_ordinal):
        return _END[word]
    if word in _SAINTS and (len(word) > _ABBREVIATED_SAINT or (not is_end and _is_saint(words, position, start))):
        return "saint"
    if word in _DOCTORS and not is_end:
        return "dr"
    return _INSIDE.get(word, word) if position > start or word not in _FRONT else word


def _says_its_kind_last(words: list[str]) -> bool:
    """Tell whether a street is named as in English: ``Mar Road`` is no market (*marché*)."""
    return words[-1] in _LAST_KINDS and _FRENCH_LINKS.isdisjoint(words)


def _is_saint(words: list[str], position: int, start: int) -> bool:
    """Tell whether ``st`` before a word is a saint: at the front, or behind what only a name follows.

    Elsewhere it may be a street with something behind it, or a ``st reet`` broken in two, and is left alone.
    """
    return position <= start or words[position - 1] in _BEFORE_SAINT or words[position - 1] in _ANY_DIRECTION


def _is_direction(words: list[str], position: int, following: str) -> bool:
    """Tell whether a letter stands where a direction does: beside a number, or at the end."""
    previous = words[position - 1] if position else ""
    return not following or following in _UNITS or following[0].isdigit() or previous[:1].isdigit()


def standardize_house_number(raw: str) -> Standardized:
    """Return the canonical form of a house number.

    Parameters
    ----------
    raw : str
        Any string.

    Returns
    -------
    Standardized
        Without spaces, leading zeros and ``no``; two numbers are joined by a hyphen.  Empty for a missing value and,
        with issue ``"placeholder"``, for zero and the like.

    Examples
    --------
    >>> standardize_house_number("n° 012 bis").value, standardize_house_number("12 / 14").value
    ('12bis', '12-14')
    """
    folded = fold(without_decimal_tail(visible(raw)))
    if not folded:
        return nothing_readable(raw)
    value = _NUMBER_PREFIX.sub("", _BETWEEN_DIGITS.sub("-", folded).replace(" ", ""))
    value = _DIGITS.sub(lambda digits: digits[0].lstrip("0") or "0", value)
    if folded in _NO_STREET or value in _NO_STREET or not value.strip("0-"):
        return PLACEHOLDER
    return Standardized(value)


def standardize_postcode(raw: str) -> Standardized:
    """Return the canonical form of a postcode.

    Parameters
    ----------
    raw : str
        Any string.

    Returns
    -------
    Standardized
        Letters and digits without spaces; of a ZIP+4 the five digits.  Zeros that a spreadsheet has dropped are not
        invented.  Empty for a missing value and, with issue ``"placeholder"``, for one that stands for nothing.

    Examples
    --------
    >>> [standardize_postcode(raw).value for raw in ("OL14 7AQ", "60609-1234", "F-75 011")]
    ['ol147aq', '60609', '75011']
    """
    folded = fold(without_decimal_tail(visible(raw)))
    if not folded:
        return nothing_readable(raw)
    if folded in _NO_POSTCODE:
        return PLACEHOLDER
    value = _CEDEX.sub("", folded).replace(" ", "")
    value = _ZIP_PLUS_FOUR.sub("", _COUNTRY_PREFIX.sub("", value))
    if value in _NO_POSTCODE or is_placeholder_postcode(value) or is_placeholder_word(value):
        return PLACEHOLDER
    return Standardized(value)


def standardize_place(raw: str) -> Standardized:
    """Return the canonical form of a town or of another place.

    Folded; ``St``, ``Ste`` and ``Sainte`` before a word become ``saint``, ``s/`` becomes ``sur``, ``cedex`` goes, and
    so do the districts of Paris, Lyon and Marseille.

    Parameters
    ----------
    raw : str
        Any string.

    Returns
    -------
    Standardized
        Words separated by spaces; empty for a missing value and, with issue ``"placeholder"``, for one that stands for
        nothing.

    Examples
    --------
    >>> standardize_place("PARIS 11e").value, standardize_place("St-Étienne Cedex 2").value
    ('paris', 'saint etienne')
    """
    folded = fold(_OVER.sub("sur ", visible(raw)) if "/" in raw else raw)
    if not folded:
        return nothing_readable(raw)
    if " " in folded:
        folded = _CEDEX.sub("", folded)
        words = folded.split(" ")
        if words[0] in _TOWNS_OF_DISTRICTS:
            while len(words) > 1 and _DISTRICT.fullmatch(words[-1]) is not None:
                words.pop()
        last = len(words) - 1
        folded = " ".join(
            ["saint" if word in _SAINTS and position < last else word for position, word in enumerate(words)]
        )
    if folded in _NO_PLACE or is_placeholder_word(folded):
        return PLACEHOLDER
    return Standardized(folded)
