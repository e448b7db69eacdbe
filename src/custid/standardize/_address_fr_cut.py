"""Pieces of French address lines, cut into parts by the words that open them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import Final

from attrs import define

from custid.standardize._address_fr_words import (
    JOINING,
    KINDS,
    OPEN_BUILDINGS,
    PLAIN_KINDS,
    WORDS,
    designator_end,
    house_number,
    is_ordinal,
    is_road,
    po_box_end,
    postcode_at,
)
from custid.standardize._address_pieces import Piece, Word, joined, opens
from custid.standardize.locales import FRENCH

__all__ = ["Kind", "Part", "cut"]

_PLACES: Final = WORDS["place"] | WORDS["zone"] | WORDS["hamlet"]
# The others may be words of a street's name.
_PLACES_INSIDE: Final = WORDS["zone"] | {"lieudit", "ld", "hameau"}


class Kind(Enum):
    """What a part of a French address is."""

    LOCALITY = auto()
    PO_BOX = auto()
    UNIT = auto()
    BUILDING = auto()
    PLACE = auto()
    STREET = auto()
    NUMBER = auto()
    RECIPIENT = auto()
    OTHER = auto()


# In the order in which they are tried: "résidence" is a building before it is a street.
_OPENINGS: Final = (
    (Kind.BUILDING, WORDS["building"]),
    (Kind.PLACE, _PLACES),
    (Kind.STREET, KINDS),
    (Kind.UNIT, WORDS["unit"]),
    (Kind.RECIPIENT, WORDS["recipient"] | FRENCH.civilities),
)
_OPEN: Final = frozenset({Kind.BUILDING, Kind.RECIPIENT, Kind.OTHER, Kind.UNIT})


@define
class Part:
    """Words of one line that are one part of an address.

    Attributes
    ----------
    kind : Kind
        What they are.
    words : list of Word
        The words; those of a street with its number.
    line : int
        Number of the line, from 0.
    """

    kind: Kind
    words: list[Word]
    line: int

    @property
    def text(self) -> str:
        """The words, as written."""
        return joined(self.words)


def cut(piece: Piece, country: str) -> Iterator[Part]:
    """Return the parts of a piece, in their order."""
    words = piece.words
    part: Part | None = None
    place = 0
    while place < len(words):
        kind, end = _recognized(words, place, part, country)
        if kind is None:
            if part is None:
                part = Part(Kind.OTHER, [], piece.line)
            part.words.append(words[place])
            place += 1
            continue
        if part is not None and kind is Kind.LOCALITY and part.kind is Kind.OTHER and end == len(words):
            # "Paris 75002": the city comes first.
            part.kind = Kind.LOCALITY
            part.words.extend(words[place:end])
            place = end
            continue
        if part is not None:
            yield part
        part = Part(kind, list(words[place:end]), piece.line)
        place = end
        if kind in {Kind.PO_BOX, Kind.NUMBER} or _is_closed(part):
            yield part
            part = None
    if part is not None:
        yield part


def _is_closed(part: Part) -> bool:
    """Tell whether nothing more can belong to a unit or a building: its short name is there."""
    return part.kind in {Kind.UNIT, Kind.BUILDING} and designator_end(part.words, 0) == len(part.words)


def _recognized(words: Sequence[Word], place: int, part: Part | None, country: str) -> tuple[Kind | None, int]:
    """Return the kind of part that begins at a place and where its known beginning ends; None where none begins."""
    end = po_box_end(words, place)
    if end > place:
        return Kind.PO_BOX, end
    if part is None:
        return _opening(words, place, country)
    if part.words[-1].key in JOINING:
        return None, place
    _, n_words = postcode_at(words, place, country)
    end = place + n_words
    if n_words and (end == len(words) or words[end].key[:1].isalpha()) and not _is_numbered_street(words, place):
        return Kind.LOCALITY, end
    if part.kind is Kind.LOCALITY:
        return (Kind.STREET, place + 1) if _is_numbered_street(words, place) else (None, place)
    return _inside(words, place, part)


def _inside(words: Sequence[Word], place: int, part: Part) -> tuple[Kind | None, int]:
    """Return the kind of part that begins behind the words of another one, without a separator."""
    number = house_number(part.words) if part.kind is Kind.STREET else None
    if number is not None and number.n_words == len(part.words):
        return None, place
    end = designator_end(words, place)
    if end > place:
        return _kind_of_designator(words, place), end
    is_last = place + 1 == len(words)
    if is_last:
        return None, place
    if part.kind in _OPEN and _is_numbered_street(words, place):
        return Kind.STREET, place + 1
    if words[place].key in OPEN_BUILDINGS and part.kind is not Kind.BUILDING:
        return Kind.BUILDING, place + 1
    if opens(words, place, _PLACES_INSIDE):
        return Kind.PLACE, place + opens(words, place, _PLACES_INSIDE)
    if part.kind in _OPEN and words[place].key == "chez":
        return Kind.RECIPIENT, place + 1
    is_named = len(part.words) > opens(part.words, 0, WORDS["building"])
    if part.kind in _OPEN and is_named and words[place].key in PLAIN_KINDS and len(words[place].key) > 1:
        return Kind.STREET, place + 1
    return None, place


def _is_numbered_street(words: Sequence[Word], place: int) -> bool:
    """Tell whether a house number and a kind of street with a name stand at a place."""
    number = house_number(words, place)
    if number is None:
        return False
    name = place + number.n_words
    return name + 1 < len(words) and bool(opens(words, name, PLAIN_KINDS if place else KINDS))


def _kind_of_designator(words: Sequence[Word], place: int) -> Kind:
    n_words = opens(words, place, WORDS["building"])
    return Kind.BUILDING if n_words else Kind.UNIT


def _opening(words: Sequence[Word], place: int, country: str) -> tuple[Kind | None, int]:
    """Return the kind of the part with which a piece, or what follows a closed part, begins."""
    _, n_words = postcode_at(words, place, country)
    if n_words and not _is_numbered_street(words, place):
        return Kind.LOCALITY, place + n_words
    end = designator_end(words, place)
    if end > place:
        return _kind_of_designator(words, place), end
    number = house_number(words, place)
    if number is not None:
        end = place + number.n_words
        return (Kind.NUMBER if end == len(words) else Kind.STREET), end
    if is_road(words, place) or (is_ordinal(words[place]) and opens(words, place + 1, PLAIN_KINDS)):
        return Kind.STREET, place + 1
    for kind, table in _OPENINGS:
        n_words = opens(words, place, table)
        is_alone = place + n_words == len(words) and kind is not Kind.UNIT
        if n_words and not is_alone:
            return kind, place + n_words
    if words[place].text.lower() == "c/o":
        return Kind.RECIPIENT, place + 1
    is_cedex = any(word.key.startswith("cedex") for word in words[place:])
    return (Kind.LOCALITY, place + 1) if is_cedex else (None, place)
