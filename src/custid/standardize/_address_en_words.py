"""What words of a British or American address are: state, county, postcode, house number, unit, box."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from custid.standardize._address_pieces import HouseNumber, Word, opens
from custid.standardize.locales import ENGLISH
from custid.standardize.text import to_ascii

__all__ = [
    "KINDS",
    "WORDS",
    "box_end",
    "first_number",
    "postcode_before",
    "region_before",
    "street_end",
    "unit_end",
]

WORDS: Final = ENGLISH.address_words
KINDS: Final = frozenset[str]().union(ENGLISH.street_kinds, ENGLISH.street_end, ENGLISH.street_inside)

_POSTCODES: Final[Mapping[str, re.Pattern[str]]] = {
    "US": re.compile(r"\d{5}(?:-?\d{4})?"),
    "CA": re.compile(r"[A-Z]\d[A-Z] ?-?\d[A-Z]\d", re.IGNORECASE),
    "AU": re.compile(r"\d{4}"),
    "NZ": re.compile(r"\d{4}"),
    "IE": re.compile(r"[A-Z]\d[\dW] ?[A-Z\d]{4}", re.IGNORECASE),
    "GB": re.compile(r"(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})", re.IGNORECASE),
}
# What is meant as a postcode and is none: a zip of four digits, a code with a letter for a digit.
_NEARLY: Final[Mapping[str, re.Pattern[str]]] = {
    "US": re.compile(r"\d{3,4}|\d{6,9}|\d{5}-\d{1,3}"),
    "GB": re.compile(
        r"[A-Z]{1,2}[\dOIL][A-Z\d]? [\dOIL][A-Z\d]{1,2}|[A-Z]{1,2}\d[A-Z\d]?(?: \d)?|[A-Z]{1,3}\d{1,2} ?\d?[A-Z]{1,3}",
        re.IGNORECASE,
    ),
}
_NUMBER: Final = re.compile(r"(\d{1,6}(?:[-/\u2013]\d{1,6})?)(?:-?([A-Za-z])|)")
_GRID: Final = re.compile(r"[NSEW]\d{1,5}[NSEW]?\d{0,5}")
_ORDINAL: Final = re.compile(r"\d+(?:st|nd|rd|th)")
_SHORT: Final = re.compile(r"[a-z]{0,2}\d{1,5}[a-z]{0,2}|[a-z]|[a-z]\d{0,4}")
_FRACTION: Final = re.compile(r"[1-3]/[2-4]")
_FRONT_WORDS: Final = frozenset("ground first second third fourth fifth top lower upper basement garden attic".split())
_LETTERS: Final = frozenset("abcdfghjk")  # the others are directions or words
_ROUTES: Final = frozenset("rr hc psc cmr unit".split())  # rural routes and military mail
_SIDES: Final = frozenset("front rear left right upper lower".split())


def first_number(words: Sequence[Word]) -> HouseNumber | None:
    """Return the house number with which words begin (``12``, ``12A``, ``12-14``, ``123 1/2``); None for none."""
    start = 1 if words[0].key in WORDS["number"] and len(words) > 1 else 0
    text = to_ascii(words[start].text)
    if _ORDINAL.fullmatch(text.lower()):
        return None
    match = _NUMBER.fullmatch(text)
    if match is None:
        return HouseNumber(text, "", start + 1) if _GRID.fullmatch(text) and len(words) > start + 1 else None
    number, ext = match[1], (match[2] or "").upper()
    end = start + 1
    if end + 1 < len(words) and words[end].text in {"-", "/"} and words[end + 1].text.isdecimal():
        number, end = f"{number}-{words[end + 1].text}", end + 2
    if not ext and end < len(words) and _FRACTION.fullmatch(words[end].text):
        ext, end = words[end].text, end + 1
    if not ext and end + 1 < len(words) and words[end].key in _LETTERS and words[end + 1].key not in KINDS:
        ext, end = words[end].text.upper(), end + 1
    return HouseNumber(number, ext, end)


def postcode_before(words: Sequence[Word], end: int, country: str) -> tuple[str, int, bool]:
    """Return the postcode that ends at a place, how many words it takes and whether it is valid; no words for none."""
    pattern = _POSTCODES[country]
    for n_words in (1, 2):
        if n_words <= end and (n_words == 1 or country not in {"US", "AU", "NZ"}):
            text = " ".join(word.text for word in words[end - n_words : end])
            if pattern.fullmatch(text):
                return text, n_words, True
    nearly = _NEARLY.get(country)
    for n_words in (2, 1):
        if nearly is not None and n_words <= end:
            text = " ".join(word.text for word in words[end - n_words : end])
            if nearly.fullmatch(text):
                return text, n_words, False
    return "", 0, True


def region_before(words: Sequence[Word], table: Collection[str]) -> int:
    """Return how many words at the end are a state or a county; 0 for none."""
    for n_words in (4, 3, 2, 1):
        if n_words <= len(words) and "".join(word.key for word in words[-n_words:]) in table:
            return n_words
    return 0


def box_end(words: Sequence[Word], place: int) -> int:
    """Return where a post office box (``PO Box 7``) ends; ``place`` for none."""
    keys = [word.key for word in words[place : place + 4]]
    if len(keys) == 4 and keys[0] in _ROUTES and keys[1].isdigit() and keys[2] == "box" and keys[3][:1].isdigit():
        return place + 4
    n_words = opens(words, place, WORDS["po_box"])
    end = place + n_words
    if n_words and end < len(words) and words[end].key in WORDS["number"]:
        end += 1
    is_numbered = n_words and end < len(words) and any(character.isdigit() for character in words[end].key)
    return end + 1 if is_numbered else place


def unit_end(words: Sequence[Word], place: int) -> int:
    """Return where a unit (``Flat 3``, ``2nd Floor``, ``Ground Floor Flat``, ``#4``) ends; ``place`` for none."""
    word = words[place]
    if word.text.startswith("#"):
        return place + (1 if word.key else 2) if word.key or place + 1 < len(words) else place
    following = words[place + 1].key if place + 1 < len(words) else ""
    if (_ORDINAL.fullmatch(word.key) or word.key in _FRONT_WORDS) and following in {"floor", "fl", "flr", "flat"}:
        return place + (3 if following != "flat" and place + 2 < len(words) and words[place + 2].key == "flat" else 2)
    if word.key not in WORDS["unit"] and word.key not in WORDS["building"]:
        return place
    if following in WORDS["number"] and place + 2 < len(words):
        return place + 3
    if _SHORT.fullmatch(following) or (words[place + 1 : place + 2] and words[place + 1].text.startswith("#")):
        is_number_of_street = following.isdigit() and place + 2 < len(words) and words[place + 2].key in _SIDES
        return place + 2 + is_number_of_street
    return place


def street_end(words: Sequence[Word], start: int) -> int:
    """Return the place behind the kind of street that ends its name, with a direction; ``start`` for none."""
    places = [place for place in range(start + 1, len(words)) if words[place].key in KINDS]
    if not places:
        return start
    end = places[-1] + 1
    is_direction = end < len(words) and words[end].key in {"n", "s", "e", "w", "ne", "nw", "se", "sw"}
    return end + 1 if is_direction else end
