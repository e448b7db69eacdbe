"""House numbers that stand in one line with the street."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from custid.intake._encoder import MAX_CANONICAL_CHARACTERS, Encoded
from custid.standardize.address import standardize_house_number

__all__ = ["split_house_numbers", "split_house_numbers_of_row"]

# A number, perhaps of two, perhaps with a letter, before words.  An ordinal (``46th street``) is a name.
_IN_FRONT: Final = re.compile(r"(\d+(?:[a-d]|bis|ter|quater)?(?: \d+)?(?: [a-d](?= \S+ \S))?) ((?=.*[^\W\d]).+)")


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
    streets, codes = values.get("street", ((), np.zeros((0, 1), np.int32)))
    parts = {code: found for code, street in enumerate(streets) if street[0].isdigit() and (found := _parts(street))}
    if not parts:
        return
    numbers, number_codes = values.get("house_number", ((), np.full((len(codes), 1), -1, np.int32)))
    position = {number: code for code, number in enumerate(numbers)}
    number_of = np.full(len(streets) + 1, -1, np.int32)
    for code, (number, _) in parts.items():
        number_of[code] = position.setdefault(number, len(position))
    in_front = number_of[codes]
    has_own = np.asarray((number_codes >= 0).any(axis=1), np.bool_)
    is_said = (in_front[:, :, None] == number_codes[:, None, :]).any(axis=2)
    is_split: NDArray[np.bool_] = (in_front >= 0) & (is_said | ~has_own[:, None])
    bare, split_codes = _recoded(streets, parts, codes, is_split)
    width = max(number_codes.shape[1], in_front.shape[1])
    joined = np.full((len(codes), width), -1, np.int32)
    joined[:, : number_codes.shape[1]] = number_codes
    joined[~has_own, : in_front.shape[1]] = in_front[~has_own]
    values["street"] = (bare, split_codes)
    values["house_number"] = (tuple(position), joined)


def split_house_numbers_of_row(held: dict[str, list[str]]) -> None:
    """Do as :func:`split_house_numbers` for one row, given its canonical values by attribute."""
    own, found = held.get("house_number", []), []
    streets = held.get("street", ())
    for place, street in enumerate(streets):
        parts = _parts(street) if street[0].isdigit() else None
        if parts is not None and (not own or parts[0] in own):
            number, held["street"][place] = parts
            found.append(number)
    if found and not own:
        held["house_number"] = found


def _parts(street: str) -> tuple[str, str] | None:
    """Return the house number and the street of a canonical street that begins with a number."""
    # A text so long that it was cut is no address, and says no house number.
    if len(street) >= MAX_CANONICAL_CHARACTERS:
        return None
    found = _IN_FRONT.fullmatch(street)
    if found is None:
        return None
    number = standardize_house_number(found[1]).value
    return (number, found[2]) if number else None


def _recoded(
    streets: Sequence[str],
    parts: dict[int, tuple[str, str]],
    codes: NDArray[np.int32],
    is_split: NDArray[np.bool_],
) -> Encoded:
    """Return the streets that are left, without those that no row has any more, and their codes."""
    position = {street: code for code, street in enumerate(streets)}
    bare_of = np.arange(len(streets) + 1, dtype=np.int32)
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
