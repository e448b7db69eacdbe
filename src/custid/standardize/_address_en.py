"""British and American addresses (and those of countries that write them alike), taken apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import Final

from attrs import define

from custid.standardize._address_en_words import (
    KINDS,
    WORDS,
    box_end,
    first_number,
    postcode_before,
    region_before,
    street_end,
    unit_end,
)
from custid.standardize._address_pieces import Draft, Piece, Word, is_party, joined, opens
from custid.standardize.locales import ENGLISH

__all__ = ["ENGLISH_COUNTRIES", "read_english"]

ENGLISH_COUNTRIES: Final = frozenset({"GB", "IE", "US", "CA", "AU", "NZ"})
"""Countries whose addresses end in town, region and postcode."""


class Kind(Enum):
    """What a part of an English address is."""

    PO_BOX = auto()
    UNIT = auto()
    BUILDING = auto()
    STREET = auto()
    RECIPIENT = auto()
    PLACE = auto()
    CITY = auto()
    OTHER = auto()


_FIELDS: Final = {
    Kind.PO_BOX: "po_box",
    Kind.UNIT: "unit",
    Kind.BUILDING: "building",
    Kind.PLACE: "locality_extra",
    Kind.RECIPIENT: "recipient",
    Kind.CITY: "city",
}


@define
class Part:
    """Words of one line that are one part of an address.

    Attributes
    ----------
    kind : Kind
        What they are.
    words : tuple of Word
        The words; those of a street with its number.
    """

    kind: Kind
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words, as written."""
        return joined(self.words)


def read_english(pieces: Sequence[Piece], draft: Draft) -> None:
    """Read the pieces of an address into a draft.

    Parameters
    ----------
    pieces : sequence of Piece
        The pieces, in their order, without the country.
    draft : Draft
        Gets the parts and the issues; its country decides what a postcode and a region are.
    """
    groups = [piece.words for piece in pieces]
    _take_postcode(groups, draft)
    region = _take_region(groups, draft.country)
    draft.put("region", region)
    parts = [part for words in _with_numbers(groups) for part in _cut(words)]
    _find_city(parts, draft, has_region=bool(region))
    _find_street(parts)
    _name_others(parts, draft)
    for part in parts:
        if part.kind in _FIELDS:
            draft.put(_FIELDS[part.kind], part.text)
        elif part.kind is Kind.STREET:
            _read_street(part, draft)
    if not (draft.has("postcode") or draft.has("city")):
        draft.note("no_locality")


def _take_postcode(groups: list[tuple[Word, ...]], draft: Draft) -> None:
    """Move the postcode, the last one of the address, into the draft."""
    for wants_valid in (True, False):
        for place in range(len(groups) - 1, -1, -1):
            words = groups[place]
            for end in range(len(words), 0, -1) if draft.country in {"GB", "IE", "CA"} else (len(words),):
                postcode, n_words, is_valid = postcode_before(words, end, draft.country)
                is_street = place == 0 and end == n_words and len(words) > end
                if not n_words or is_valid is not wants_valid or is_street or box_end(words, 0) == end:
                    continue
                if not is_valid and (place < len(groups) - 1 or end < len(words) or len(words) == 1 == len(groups)):
                    continue
                draft.put("postcode", postcode)
                if not is_valid:
                    draft.note("invalid_postcode")
                groups[place : place + 1] = [rest for rest in (words[: end - n_words], words[end:]) if rest]
                return


def _take_region(groups: list[tuple[Word, ...]], country: str) -> str:
    """Remove the state or county from the end of an address and return it."""
    table = ENGLISH.regions.get(country)
    if not groups or not table:
        return ""
    words = groups[-1]
    n_words = region_before(words, table)
    if not n_words or (len(groups) == 1 and n_words == len(words)):
        return ""
    region = joined(words[-n_words:])
    groups[-1:] = [words[:-n_words]] if len(words) > n_words else []
    return region


def _with_numbers(groups: Sequence[tuple[Word, ...]]) -> Iterator[tuple[Word, ...]]:
    """Return the groups with each house number that a comma cut off joined to its street."""
    pending: tuple[Word, ...] = ()
    for words in groups:
        number = first_number(words)
        if number is not None and number.n_words == len(words) and not pending:
            pending = words
            continue
        yield (*pending, *words)
        pending = ()
    if pending:
        yield pending


def _cut(words: tuple[Word, ...]) -> Iterator[Part]:
    """Return the parts of a group of words, in their order."""
    start = 0
    place = 0
    while place < len(words):
        for kind, end in ((Kind.PO_BOX, box_end(words, place)), (Kind.UNIT, unit_end(words, place))):
            is_named = kind is Kind.UNIT and 0 < place - start < 2 and first_number(words[start:]) is not None
            if end > place and not is_named:
                if place > start:
                    yield _part(words[start:place])
                is_building = kind is Kind.UNIT and words[place].key in WORDS["building"]
                yield Part(Kind.BUILDING if is_building else kind, words[place:end])
                start = place = end
                break
        else:
            place += 1
    if start < len(words):
        yield _part(words[start:])


def _part(words: tuple[Word, ...]) -> Part:
    """Return the part that words without unit or box are."""
    if words[0].text.lower() in {"c/o", "c/0"} or opens(words, 0, WORDS["recipient"] | ENGLISH.civilities):
        return Part(Kind.RECIPIENT, words)
    if words[-1].key in WORDS["department"]:
        return Part(Kind.RECIPIENT, words)
    if opens(words, max(len(words) - 2, 0), WORDS["place"]) == 2:
        return Part(Kind.PLACE, words)
    if first_number(words) is not None:
        return Part(Kind.STREET, words)
    if words[0].key in WORDS["unit"] and words[0].key not in KINDS and len(words) <= 3:
        return Part(Kind.UNIT, words)
    return Part(Kind.OTHER, words)


def _find_city(parts: list[Part], draft: Draft, *, has_region: bool) -> None:
    """Mark the last part as the city; of a street without comma behind it, what follows the kind of street."""
    if not parts or not (draft.has("postcode") or has_region or len(parts) > 1):
        return
    last = parts[-1]
    if last.kind is Kind.OTHER and (len(parts) > 1 or not _is_street(last.words)):
        last.kind = Kind.CITY
        return
    if last.kind not in {Kind.STREET, Kind.OTHER}:
        return
    number = first_number(last.words)
    end = street_end(last.words, number.n_words if number is not None else 0)
    if 0 < end < len(last.words) and (number is None or end > number.n_words):
        parts[-1:] = [Part(Kind.STREET, last.words[:end]), Part(Kind.CITY, last.words[end:])]


def _is_street(words: Sequence[Word]) -> bool:
    """Tell whether words without a number end like a street."""
    return len(words) > 1 and words[-1].key in KINDS


def _find_street(parts: Sequence[Part]) -> None:
    """Keep the first numbered part, else the last one that ends like a street, as the street."""
    numbered = [part for part in parts if part.kind is Kind.STREET]
    named = [part for part in parts if part.kind is Kind.OTHER and _is_street(part.words)]
    for part in numbered[1:]:
        part.kind = Kind.PLACE
    if not numbered and named:
        named[-1].kind = Kind.STREET


def _name_others(parts: Sequence[Part], draft: Draft) -> None:
    """Decide by their place what the parts are that no word gives away."""
    street = next((place for place, part in enumerate(parts) if part.kind is Kind.STREET), len(parts))
    for place, part in enumerate(parts):
        if part.kind is not Kind.OTHER:
            continue
        is_behind_house = street == len(parts) and any(other.kind is Kind.BUILDING for other in parts[:place])
        if place > street or is_behind_house:
            part.kind = Kind.PLACE
        elif is_party(part.words, ENGLISH) and not _is_house(part.words):
            part.kind = Kind.RECIPIENT
        elif _is_house(part.words) or place > 0 or draft.country == "GB":
            part.kind = Kind.BUILDING
        else:
            part.kind = Kind.RECIPIENT


def _is_house(words: Sequence[Word]) -> bool:
    return words[-1].key in WORDS["house"] or words[0].key == "the"


def _read_street(part: Part, draft: Draft) -> None:
    """Read house number and street."""
    number = first_number(part.words)
    words = part.words
    if number is not None and number.n_words < len(words):
        words = words[number.n_words :]
        draft.put("number", number.number.strip() if number.number.strip("0") else "")
        draft.put("number_ext", number.ext)
    draft.put("street", joined(words))
