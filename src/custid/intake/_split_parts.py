"""House numbers that stand in one line with the street, and postcodes that stand before or behind the town."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from custid.intake._encoder import MAX_CANONICAL_CHARACTERS, Encoded
from custid.standardize.address import standardize_house_number, standardize_postcode

__all__ = ["split_house_numbers", "split_house_numbers_of_row", "split_postcodes", "split_postcodes_of_row"]

# A number, perhaps of two, perhaps with a letter, before words.  An ordinal (``46th street``) is a name.
_IN_FRONT: Final = re.compile(r"(\d+(?:[a-d]|bis|ter|quater)?(?: \d+)?(?: [a-d](?= \S+ \S))?) ((?=.*[^\W\d]).+)")
# Before a town ``F 44000`` or ``1000``; behind it five digits, as fewer may be a district or a year.
_CODE_IN_FRONT: Final = re.compile(r"(?:[a-z]{1,2} )?(\d{4,5}) ((?=.*[^\W\d]).+)")
_CODE_BEHIND: Final = re.compile(r"((?=.*[^\W\d]).+?) (\d{5})")


def split_house_numbers(values: dict[str, Encoded]) -> None:
    """Take the house number out of streets that begin with one.

    One source writes ``4 rue Foch`` where another has two columns, and two shops in one street are told apart by their
    numbers alone.  A row that states a house number beside the street keeps it, and the street loses its own only if
    it is the same one.

    Parameters
    ----------
    values : dict of str to (vocabulary, codes)
        Canonical values by attribute, the codes of shape (n_rows, n_columns), -1 for missing; ``"street"`` and
        ``"house_number"`` are changed, and the latter is added where no column holds it.

    Examples
    --------
    >>> values = {"street": (("4 rue foch", "46th street"), np.array([[0], [1]], np.int32))}
    >>> split_house_numbers(values)
    >>> values["street"][0], values["house_number"][0], values["house_number"][1].tolist()
    (('46th street', 'rue foch'), ('4',), [[0], [-1]])
    """
    _split(values, "street", "house_number", _house_number_in, keeps_others=True)


def split_postcodes(values: dict[str, Encoded]) -> None:
    """Take the postcode out of towns that stand beside one.

    A row that states a postcode in a column of its own keeps that one, and the town loses whichever it has: post-office
    boxes have postcodes of their own.

    Parameters
    ----------
    values : dict of str to (vocabulary, codes)
        As for :func:`split_house_numbers`; ``"city"`` and ``"postcode"`` are changed.

    Examples
    --------
    >>> values = {"city": (("44000 nantes", "leeds"), np.array([[0], [1]], np.int32))}
    >>> split_postcodes(values)
    >>> values["city"][0], values["postcode"][0], values["postcode"][1].tolist()
    (('leeds', 'nantes'), ('44000',), [[0], [-1]])
    """
    _split(values, "city", "postcode", _postcode_in, keeps_others=False)


def _split(
    values: dict[str, Encoded],
    whole: str,
    part: str,
    parts_of: Callable[[str], tuple[str, str] | None],
    *,
    keeps_others: bool,
) -> None:
    """Take parts out of the values of an attribute.

    ``keeps_others`` tells whether a part that is not the one that the row states stays where it is.
    """
    texts, codes = values.get(whole, ((), np.zeros((0, 1), np.int32)))
    parts = {code: held for code, text in enumerate(texts) if (held := parts_of(text))}
    if not parts:
        return
    known, known_codes = values.get(part, ((), np.full((len(codes), 1), -1, np.int32)))
    position = {value: code for code, value in enumerate(known)}
    part_of = np.full(len(texts) + 1, -1, np.int32)
    for code, (value, _) in parts.items():
        part_of[code] = position.setdefault(value, len(position))
    found = part_of[codes]
    has_own = np.asarray((known_codes >= 0).any(axis=1), np.bool_)
    is_split: NDArray[np.bool_] = found >= 0
    if keeps_others:
        is_split &= (found[:, :, None] == known_codes[:, None, :]).any(axis=2) | ~has_own[:, None]
    bare, split_codes = _recoded(texts, parts, codes, is_split)
    width = max(known_codes.shape[1], found.shape[1])
    joined = np.full((len(codes), width), -1, np.int32)
    joined[:, : known_codes.shape[1]] = known_codes
    joined[~has_own, : found.shape[1]] = found[~has_own]
    values[whole] = (bare, split_codes)
    values[part] = (tuple(position), joined)


def split_house_numbers_of_row(held: dict[str, list[str]]) -> None:
    """Do as :func:`split_house_numbers` for one row, given its canonical values by attribute."""
    _split_of_row(held, "street", "house_number", _house_number_in, keeps_others=True)


def split_postcodes_of_row(held: dict[str, list[str]]) -> None:
    """Do as :func:`split_postcodes` for one row, given its canonical values by attribute."""
    _split_of_row(held, "city", "postcode", _postcode_in, keeps_others=False)


def _split_of_row(
    held: dict[str, list[str]],
    whole: str,
    part: str,
    parts_of: Callable[[str], tuple[str, str] | None],
    *,
    keeps_others: bool,
) -> None:
    own, found = held.get(part, []), []
    for place, text in enumerate(held.get(whole, ())):
        parts = parts_of(text)
        if parts is not None and (not own or not keeps_others or parts[0] in own):
            value, held[whole][place] = parts
            found.append(value)
    if found and not own:
        held[part] = found


def _house_number_in(street: str) -> tuple[str, str] | None:
    """Return the house number and the street of a canonical street that begins with a number."""
    # A text so long that it was cut is no address, and says no house number.
    if not street[0].isdigit() or len(street) >= MAX_CANONICAL_CHARACTERS:
        return None
    found = _IN_FRONT.fullmatch(street)
    if found is None:
        return None
    number = standardize_house_number(found[1]).value
    return (number, found[2]) if number else None


def _postcode_in(city: str) -> tuple[str, str] | None:
    """Return the postcode and the town of a canonical town that stands beside a postcode."""
    if city.isalpha() or len(city) >= MAX_CANONICAL_CHARACTERS:
        return None
    if found := _CODE_IN_FRONT.fullmatch(city):
        code, town = found.groups()
    elif found := _CODE_BEHIND.fullmatch(city):
        town, code = found.groups()
    else:
        return None
    postcode = standardize_postcode(code).value
    return (postcode, town) if postcode else None


def _recoded(
    texts: Sequence[str],
    parts: dict[int, tuple[str, str]],
    codes: NDArray[np.int32],
    is_split: NDArray[np.bool_],
) -> Encoded:
    """Return the texts that are left, without those that no row has any more, and their codes."""
    position = {text: code for code, text in enumerate(texts)}
    bare_of = np.arange(len(texts) + 1, dtype=np.int32)
    for code, (_, bare) in parts.items():
        bare_of[code] = position.setdefault(bare, len(position))
    left = np.where(is_split, bare_of[codes], codes)
    is_met = np.zeros(len(position) + 1, np.bool_)
    is_met[left] = True
    kept = np.flatnonzero(is_met[:-1])
    recode = np.full(len(position) + 1, -1, np.int32)
    recode[kept] = np.arange(len(kept), dtype=np.int32)
    every = tuple(position)
    return tuple(every[code] for code in kept.tolist()), recode[left]
