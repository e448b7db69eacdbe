"""Who holds which contact points, accounts and numbers, since when; also those that were blanked for being generic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from custid.engines.linked_table import LinkedTable
from custid.intake.canonical import CanonicalValues, SourceInput

__all__ = ["UNKNOWN", "Held", "days_of_rows", "distinct_pairs", "held_values"]

UNKNOWN: Final = int(np.iinfo(np.int32).max)
"""Stands for a day that is not known; later than any that is."""


class Held(NamedTuple):
    """Rows and the values of one attribute that they hold.

    Attributes
    ----------
    row, value : ndarray of int64, shape (n_held,)
        The row, and a number of the value: equal numbers for equal values.
    """

    row: NDArray[np.int64]
    value: NDArray[np.int64]


def held_values(linked: LinkedTable, canonical: CanonicalValues, inputs: Sequence[SourceInput], attribute: str) -> Held:
    """Return which rows hold which values of an attribute; of one that is never compared, as the sources write them."""
    column = linked.table.columns.get(attribute)
    row, value = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    n_values = 0
    known = None
    if column is not None:
        known = column.vocabulary, column.codes[linked.table.unit_of_row]
    elif attribute in canonical.values:
        # The match model given does not know the attribute.
        known = canonical.values[attribute]
    if known is not None:
        vocabulary, codes = known
        place, slot = np.nonzero(codes >= 0)
        row.append(place)
        value.append(codes[place, slot].astype(np.int64))
        n_values = len(vocabulary)
    if attribute in canonical.blanked:
        blanked = canonical.blanked[attribute]
        row.append(blanked.row)
        value.append(blanked.value + n_values)
    if known is None and attribute not in canonical.blanked:
        raw = _raw(inputs, attribute)
        row.append(raw.row)
        value.append(raw.value)
    return Held(np.concatenate(row), np.concatenate(value))


def _raw(inputs: Sequence[SourceInput], attribute: str) -> Held:
    rows, texts, offset = [np.empty(0, np.int64)], [pa.array([], pa.string())], 0
    for each in inputs:
        for name in each.mapping.attributes.get(attribute, ()):
            column = pc.utf8_lower(pc.utf8_trim_whitespace(each.intake.table.column(name)))
            is_held = np.asarray(pc.fill_null(pc.greater(pc.utf8_length(column), 0), fill_value=False))
            row = np.flatnonzero(is_held)
            rows.append(row + offset)
            texts.extend(column.take(pa.array(row)).chunks)
        offset += each.intake.table.num_rows
    codes = pa.concat_arrays(texts).dictionary_encode().indices
    return Held(np.concatenate(rows), np.asarray(codes, np.int64))


def days_of_rows(inputs: Sequence[SourceInput]) -> NDArray[np.int64]:
    """Return the day on which each row was observed, as by ``date.toordinal``; `UNKNOWN` for rows that do not say."""
    parts = [
        np.full(each.intake.table.num_rows, UNKNOWN, np.int64)
        if each.intake.typed is None
        else each.intake.typed.observed_day.astype(np.int64)
        for each in inputs
    ]
    return np.concatenate([np.empty(0, np.int64), *parts])


def distinct_pairs(first: NDArray[np.int64], second: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs of numbers from 0 in ascending order, each once."""
    # Single numbers are sorted many times as fast as rows of two.
    n_second = int(second.max(initial=0)) + 1
    keys = np.sort(first * n_second + second)
    keys = keys[np.diff(keys, prepend=-1) > 0]
    return keys // n_second, keys % n_second
