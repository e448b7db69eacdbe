"""What words of a French address are: house number, kind of street, unit, box, postcode."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from custid.standardize._address_pieces import HouseNumber, Word, joined, opens
from custid.standardize.locales import FRENCH
from custid.standardize.text import to_ascii

__all__ = [
    "ARTICLES",
    "EXPANDED",
    "JOINING",
    "KINDS",
    "MONTHS",
    "OPEN_BUILDINGS",
    "PLAIN_KINDS",
    "WORDS",
    "designator_end",
    "expanded_street",
    "house_number",
    "is_department",
    "is_french_postcode",
    "is_ordinal",
    "is_road",
    "po_box_end",
    "postcode_at",
    "trailing_number",
]

WORDS: Final = FRENCH.address_words
KINDS: Final = frozenset(FRENCH.street_kinds) | frozenset(FRENCH.street_front)
# These begin a street wherever they stand; the others need a number before them or nothing but a street behind.
PLAIN_KINDS: Final = frozenset(
    "rue r avenue av ave boulevard bd bld blvd boul impasse imp allee all chemin che chem route rte quai ruelle "
    "sentier square sq".split()
)
JOINING: Final = frozenset("d de des du la le les l et a au aux en sur sous".split())
ARTICLES: Final = frozenset({"le", "la", "les", "l"})
_REPETITIONS: Final = frozenset({"bis", "ter", "quater", "quinquies"})
MONTHS: Final = frozenset(FRENCH.months)
_NUMBERED_ROADS: Final = frozenset("nationale departementale rn rd cd n d route km kilometre pk".split())
# Elsewhere than at the front of a street, these alone are spelled out.
EXPANDED: Final = {"building": frozenset({"res"}), "locality_extra": frozenset({"ham"})}
OPEN_BUILDINGS: Final = frozenset("residence res immeuble imm batiment bat".split())

_SIGN: Final = r"(?:(?:FR?|MC|BE?|CH|LU?|DE?|IT?|ES?|AT?|DK|NL|PT?|SE?|PL)[- ]?)?"
_FIVE_DIGITS: Final = re.compile(rf"{_SIGN}(\d{{5}}|\d\d \d{{3}})", re.IGNORECASE)
_POSTCODES: Final = {
    country: re.compile(f"{_SIGN}({pattern})", re.IGNORECASE)
    for pattern, countries in {
        r"\d{4}": "AT BE BG CH CY DK GE HU LI LU MD NO SI TN ZA",
        r"\d{4} ?[A-Z]{2}": "NL",
        r"\d{4}-\d{3}": "PT",
        r"\d{2}-\d{3}": "PL",
        r"\d{3} ?\d{2}": "CZ GR SE SK",
        r"\d{3}-\d{4}": "JP",
        r"\d{5}-?\d{3}": "BR",
        r"\d{6}": "CN IN RO RU SG VN",
    }.items()
    for country in countries.split()
}
# Letters typed or read for digits.
_MISREAD: Final = re.compile(r"[\dOIl]{5}")
_NUMBER: Final = re.compile(r"(?:no?\.?)?(\d{1,5}(?:[-/]\d{1,5})?)(?:[-/]?(bis|ter|quater|[a-z]))?", re.IGNORECASE)
_NUMBER_SIGNS: Final = str.maketrans("", "", "\N{DEGREE SIGN}\N{MASCULINE ORDINAL INDICATOR}")
_DESIGNATORS: Final = WORDS["unit"] | WORDS["building"]
_WHOLE_STREETS: Final = frozenset({"grandrue", "granderue", "grandplace", "grandeplace"})
_ROAD: Final = re.compile(r"(?:rn|rd|cd|n|d|vc|cr)\d{1,4}[a-z]?")
_SHORT: Final = re.compile(r"[a-z]{0,2}\d{1,5}[a-z]{0,2}|[a-z]{1,2}|[ivx]{1,4}")
_ORDINAL: Final = re.compile(r"\d{1,2}(?:er|ere|e|eme|ieme|nd|nde)")
_DEPARTMENT: Final = re.compile(r"0[1-9]|[1-8]\d|9[0-578]")
_GLUED_BOX: Final = re.compile(r"(?:bp|cs|tsa|cidex)\d{1,6}")
_BOX_NUMBER: Final = re.compile(r"[a-z]?\d{1,6}[a-z]?")


def postcode_at(words: Sequence[Word], place: int, country: str) -> tuple[str, int]:
    """Return the postcode that stands at a place and how many words it takes; ``("", 0)`` for none."""
    pattern = _POSTCODES.get(country, _FIVE_DIGITS)
    text = ""
    for n_words, word in enumerate(words[place : place + 2], start=1):
        text = f"{text} {to_ascii(word.text)}".strip()
        match = pattern.fullmatch(text)
        if match is not None:
            return match[1], n_words
        if n_words == 1 and country in {"FR", ""} and _MISREAD.fullmatch(text) and sum(map(str.isdigit, text)) >= 3:
            return text, 1
    return "", 0


def house_number(words: Sequence[Word], place: int = 0) -> HouseNumber | None:
    """Return the house number at a place: ``12``, ``12B``, ``12 bis``, ``n° 12``, ``12-14``; None for none."""
    start = place
    if place < len(words) and words[place].key in WORDS["number"]:
        place += 1
    if place >= len(words) or words[place].key.isalpha() or _ORDINAL.fullmatch(words[place].key):
        return None
    match = _NUMBER.fullmatch(to_ascii(words[place].text.translate(_NUMBER_SIGNS)))
    if match is None or is_road(words, start):
        return None
    number, ext = match[1], (match[2] or "").upper()
    place += 1
    is_range = (
        place + 1 < len(words) and words[place].text in {"-", "/", "à", "et"} and words[place + 1].text.isdecimal()
    )
    if is_range and not ext:
        number, place = f"{number}-{words[place + 1].text}", place + 2
    if place < len(words) and words[place].key in _REPETITIONS:
        ext, place = words[place].key.upper(), place + 1
    if _is_house_letter(words, place):
        ext, place = f"{ext} {words[place].key.upper()}".strip(), place + 1
    return HouseNumber(number, ext, place - start)


def is_road(words: Sequence[Word], place: int) -> bool:
    """Tell whether the number of a road (``RD 943``, ``N7``) stands at a place, and no street with a house number."""
    if _ROAD.fullmatch(words[place].key):
        return words[place].text[:1].isalpha() and "\N{DEGREE SIGN}" not in words[place].text
    is_number = place + 1 < len(words) and _ROAD.fullmatch(words[place].key + words[place + 1].key) is not None
    return is_number and words[place].text.isalpha() and not opens(words, place + 2, KINDS)


def is_ordinal(word: Word) -> bool:
    """Tell whether a word is a number in order: ``1er``, ``2e``."""
    return _ORDINAL.fullmatch(word.key) is not None


def _is_house_letter(words: Sequence[Word], place: int) -> bool:
    """Tell whether a word is the letter of a house: ``12 B rue``, never the ``R`` of ``12 R de la Paix``."""
    letter = words[place].text.rstrip(".") if place < len(words) else ""
    if len(letter) != 1 or not letter.isalpha() or letter.lower() != words[place].key:
        return False
    return place + 1 == len(words) or bool(opens(words, place + 1, KINDS))


def expanded_street(words: Sequence[Word]) -> str:
    """Return a street with the abbreviation of its kind, at its front, spelled out."""
    street = joined(words)
    if len(words) < 2 or words[0].key not in FRENCH.street_front:
        return street
    full = FRENCH.street_front[words[0].key]
    written = FRENCH.street_kinds.get(full, full)
    return f"{to_ascii(written).upper() if street.isupper() else written} {joined(words[1:])}"


def designator_end(words: Sequence[Word], place: int) -> int:
    """Return where a unit or building with a short name (``Bât. B``, ``3e étage gauche``) ends; ``place`` for none."""
    end = _named_end(words, place) or _storey_end(words, place)
    if not end:
        return place
    while end < len(words) and words[end].key in WORDS["side"]:
        end += 1
    return end


def _named_end(words: Sequence[Word], place: int) -> int:
    """Return the end of a word like ``appt`` and the short name behind it; 0 for none."""
    n_words = opens(words, place, _DESIGNATORS)
    if not n_words:
        return 0
    end = place + n_words
    if words[end - 1].key.startswith("rdc") or words[end - 1].key == "chaussee":
        return end
    if end < len(words) and words[end].key in WORDS["number"]:
        end += 1
    if end < len(words) and _SHORT.fullmatch(words[end].key) and words[end].key not in JOINING - {"a", "l", "d"}:
        is_number_of_street = words[end].text.isdecimal() and bool(opens(words, end + 1, PLAIN_KINDS))
        return 0 if is_number_of_street and words[place].key in OPEN_BUILDINGS - {"batiment", "bat"} else end + 1
    return 0


def _storey_end(words: Sequence[Word], place: int) -> int:
    """Return the end of ``3e étage`` or ``1er sous-sol``; 0 for none."""
    if place + 1 >= len(words):
        return 0
    storey = place + 1 if _ORDINAL.fullmatch(words[place].key) else 0
    if words[place].key.isdigit() and words[place + 1].key in {"e", "eme", "er", "ieme"}:
        storey = place + 2
    is_storey = 0 < storey < len(words) and words[storey].key in {"etage", "etg", "et", "soussol"}
    return storey + 1 if is_storey else 0


def po_box_end(words: Sequence[Word], place: int) -> int:
    """Return where a post office box (``BP 123``, ``CS 40001``) ends; ``place`` for none."""
    if _GLUED_BOX.fullmatch(words[place].key):
        return place + 1
    n_words = opens(words, place, WORDS["po_box"])
    if not n_words:
        return place
    end = place + n_words
    if "".join(word.key for word in words[place:end]) == "posterestante":
        return end
    if end < len(words) and words[end].key in WORDS["number"]:
        end += 1
    if end >= len(words) or not _BOX_NUMBER.fullmatch(words[end].key):
        return place
    if words[place].key == "cp" and postcode_at(words, end, "FR")[1]:
        return place
    end += 1
    is_more = end < len(words) and words[end].text.isdecimal() and len(words[end].text) <= 3
    return end + 1 if is_more and not postcode_at(words, end, "FR")[1] else end


def trailing_number(words: Sequence[Word]) -> HouseNumber | None:
    """Return the house number behind a street (``rue de la Paix 12``); None where the digits belong to its name."""
    for start in (len(words) - 1, len(words) - 2):
        is_number = words[start].key[:1].isdigit() or words[start].key in WORDS["number"]
        if (
            start < 1
            or (start < 2 and words[0].key in KINDS - _WHOLE_STREETS)
            or not is_number
            or words[start - 1].key in WORDS["number"]
        ):
            continue
        found = house_number(words, start)
        before = words[start - 1].key
        is_name = before in MONTHS or before in JOINING or before in _NUMBERED_ROADS or len(words[start].key) > 4
        if found is not None and found.n_words == len(words) - start and not is_name:
            return found
    return None


def is_french_postcode(postcode: str) -> bool:
    """Tell whether a postcode of five digits begins with a department, or with the 00 of military mail."""
    digits = postcode.replace(" ", "")
    return digits.isdecimal() and (_DEPARTMENT.match(digits) is not None or "00100" < digits < "01000")


def is_department(text: str) -> bool:
    """Tell whether a text is the number of a French department."""
    return re.fullmatch(r"2[ABab]|97[1-6]", text) is not None or _DEPARTMENT.fullmatch(text) is not None
