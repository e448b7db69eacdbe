"""Dates and names that come in other parts than those that are compared: steps after encoding.

Each step takes the encoded attributes by name and changes that mapping; arrays are replaced, never written to.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from custid.intake._encoder import DATE_PARTS, Encoded
from custid.standardize._name_order import given_and_family
from custid.standardize.date import standardize_date
from custid.standardize.values import Standardized

__all__ = [
    "join_date_parts",
    "join_date_parts_of_row",
    "plainest",
    "plainest_of_row",
    "split_full_name_of_row",
    "split_full_names",
]


def _absent(n_rows: int) -> Encoded:
    return (), np.full((n_rows, 1), -1, np.int32)


def plainest(encoded: Encoded) -> NDArray[np.int32]:
    """Code of one value per row, -1 for none: the shortest, then the first in alphabetical order.

    Which of several columns comes first depends on their names; this choice does not.
    """
    vocabulary, codes = encoded
    if codes.shape[1] == 1:
        return codes[:, 0]
    order = sorted(range(len(vocabulary)), key=lambda code: _plainness(vocabulary[code]))
    rank = np.full(len(vocabulary) + 1, len(vocabulary), np.int32)
    rank[order] = np.arange(len(vocabulary), dtype=np.int32)
    chosen: NDArray[np.int32] = np.array([*order, -1], np.int32)[rank[codes].min(axis=1)]
    return chosen


def plainest_of_row(values: Sequence[str]) -> str:
    """Return the value that :func:`plainest` chooses among those of one row; empty for none."""
    return min(values, key=_plainness, default="")


def _plainness(value: str) -> tuple[int, str]:
    return len(value), value


def join_date_parts(values: dict[str, Encoded], issues: dict[tuple[str, str], int]) -> None:
    """Make birth dates of columns for year, month and day, for rows that have no birth date."""
    parts = {name: values.pop(name) for name in DATE_PARTS if name in values}
    if not parts:
        return
    n_rows = len(next(iter(parts.values()))[1])
    year, month, day = (
        _numbers(parts.get(name, _absent(n_rows)), low, high) for name, (low, high) in DATE_PARTS.items()
    )
    known, codes = values.get("birth_date", _absent(n_rows))
    is_bare = (codes < 0).all(axis=1)
    distinct, inverse, n_held = np.unique((year * 100 + month) * 100 + day, return_inverse=True, return_counts=True)
    position = {date: code for code, date in enumerate(known)}
    recode = np.full(len(distinct), -1, np.int32)
    for place, number in enumerate(distinct.tolist()):
        date, issue = _date_of_parts(number // 10_000, number // 100 % 100, number % 100)
        if date:
            recode[place] = position.setdefault(date, len(position))
        if issue:
            issues["birth_date", issue] = issues.get(("birth_date", issue), 0) + int(n_held[place])
    codes = codes.copy()
    codes[is_bare, 0] = recode[inverse][is_bare]
    values["birth_date"] = (tuple(position), codes)


def join_date_parts_of_row(held: dict[str, list[str]]) -> None:
    """Do as :func:`join_date_parts` for one row, given its canonical values by attribute."""
    parts = [held.pop(name, ()) for name in DATE_PARTS]
    if any(parts) and not held.get("birth_date"):
        date, _ = _date_of_parts(
            *(
                _number(plainest_of_row(part), low, high)
                for part, (low, high) in zip(parts, DATE_PARTS.values(), strict=True)
            )
        )
        if date:
            held["birth_date"] = [date]


def _numbers(encoded: Encoded, low: int, high: int) -> NDArray[np.int64]:
    """Number of each row, 0 where it is unknown or out of range."""
    numbers = [_number(value, low, high) for value in encoded[0]]
    return np.array([*numbers, 0], np.int64)[plainest(encoded)]


def _number(value: str, low: int, high: int) -> int:
    return int(value) if value.isdecimal() and low <= int(value) <= high else 0


def _date_of_parts(year: int, month: int, day: int) -> Standardized:
    """Return the date of a year, a month and a day, each 0 where it is unknown."""
    known_day = f"-{month:02d}-{day:02d}" if month and day else ""
    if not year:
        return Standardized(f"XXXX{known_day}" if known_day else "")
    if known_day:
        return standardize_date(f"{year}{known_day}")
    return Standardized(f"{year}-{month:02d}" if month else str(year))


def split_full_names(values: dict[str, Encoded]) -> None:
    """Give rows that have a full name only a given and a family name.

    A wrong guess in a few rows costs little, since names are compared across columns too. Were all rows of a list
    ``DUPONT Marie`` guessed wrong, families would share what is taken for the given name and be merged.
    """
    if "full_name" not in values:
        return
    vocabulary = values["full_name"][0]
    full = plainest(values["full_name"])
    slots = {name: values.get(name, _absent(len(full))) for name in ("given_name", "family_name")}
    is_bare = (full >= 0) & np.all([(codes < 0).all(axis=1) for _, codes in slots.values()], axis=0)
    if not is_bare.any():
        return
    split = list(map(given_and_family, vocabulary))
    parts = {"given_name": [given for given, _ in split], "family_name": [family for _, family in split]}
    for name, texts in parts.items():
        known, codes = slots[name]
        position = {value: code for code, value in enumerate(known)}
        recode = np.array([position.setdefault(text, len(position)) if text else -1 for text in texts], np.int32)
        codes = codes.copy()
        codes[is_bare, 0] = recode[full[is_bare]]
        values[name] = (tuple(position), codes)


def split_full_name_of_row(held: dict[str, list[str]]) -> None:
    """Do as :func:`split_full_names` for one row, given its canonical values by attribute."""
    full = held.get("full_name")
    if full and not held.get("given_name") and not held.get("family_name"):
        given, family = given_and_family(plainest_of_row(full))
        held["given_name"], held["family_name"] = [given] if given else [], [family] if family else []
