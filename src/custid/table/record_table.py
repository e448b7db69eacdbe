"""Records as numbers: dictionary codes per attribute, one row per distinct content.

Everything after this module sees *units*, never input rows.  A unit is the set of all rows whose canonical values (and
source, where sources matter) are equal; units are sorted by content.  Two consequences hold for every later step:

* the order of the rows, of the columns and the record keys cannot influence a result, since none of them is left;
* rows that say exactly the same are weighed once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from custid._threads import in_threads
from custid.errors import ShapeMismatchError
from custid.table.hashing import combine_hashes, string_hashes, utf8_hashes
from custid.table.lexical import lexical_order
from custid.table.utf8 import Utf8Strings
from custid.table.views import RowTimes, Views, spans_of

__all__ = ["RecordTable", "ValueColumn", "build_record_table", "distinct_per_row"]

_LARGEST_KEY = 1 << 62
_UNITS_AT_ONCE = 1 << 16


@frozen(kw_only=True, eq=False)
class ValueColumn:
    """The canonical values of one attribute.

    Attributes
    ----------
    attribute : str
        Name of the attribute.
    vocabulary : sequence of str
        Distinct canonical values, sorted; strings are made when they are asked for, so that iterating costs less than
        asking one by one.
    codes : ndarray of int32, shape (n_units, n_values)
        Position of each value in the vocabulary; a unit's values are ascending and distinct, -1 (missing) fills the
        rest.
    counts : ndarray of int64, shape (n_vocabulary,)
        In how many units each value stands: equal rows say nothing about how many people share a value.
    hashes : ndarray of uint64, shape (n_vocabulary,)
        Content hash of each value; the same in every run and data set.
    """

    attribute: str
    vocabulary: Sequence[str] = field(repr=False)
    codes: NDArray[np.int32] = field(repr=False)
    counts: NDArray[np.int64] = field(repr=False)
    hashes: NDArray[np.uint64] = field(repr=False)

    @classmethod
    def absent(cls, attribute: str, n_units: int) -> ValueColumn:
        """Return the column of an attribute that no unit has.

        Parameters
        ----------
        attribute : str
            Name of the attribute.
        n_units : int
            Number of units.

        Returns
        -------
        ValueColumn
            Of one column of codes.
        """
        return cls(
            attribute=attribute,
            vocabulary=Utf8Strings.of([]),
            codes=np.full((n_units, 1), -1, np.int32),
            counts=np.zeros(0, np.int64),
            hashes=np.zeros(0, np.uint64),
        )

    @property
    def n_values(self) -> int:
        """Greatest number of values of one unit."""
        return int(self.codes.shape[1])


@frozen(kw_only=True, eq=False)
class RecordTable:
    """All records of a run, as numbers.

    Attributes
    ----------
    columns : Mapping of str to ValueColumn
        By attribute, sorted by name.
    unit_of_row : ndarray of int64, shape (n_rows,)
        The unit of each input row.
    n_copies : ndarray of int64, shape (n_units,)
        How many rows each unit stands for.
    source_of_unit : ndarray of int32, shape (n_units,)
        Number of the source; all 0 where sources do not matter.
    content_hash : ndarray of uint64, shape (n_units,)
        Hash of a unit's content; breaks ties in an order that no input order can sway.
    kind_of_unit : ndarray of int8, shape (n_units,)
        Kind of party, from 0; -1 where nothing tells. Units of two kinds are never one customer.
    views : Views or None
        Where values are dated, how units look on other days; None where nothing is dated.
    seen : RecordTable or None
        Where values are dated, a table of the units followed by their views; None where nothing is dated.
    """

    columns: Mapping[str, ValueColumn] = field(repr=False)
    unit_of_row: NDArray[np.int64] = field(repr=False)
    n_copies: NDArray[np.int64] = field(repr=False)
    source_of_unit: NDArray[np.int32] = field(repr=False)
    content_hash: NDArray[np.uint64] = field(repr=False)
    kind_of_unit: NDArray[np.int8] = field(repr=False)
    views: Views | None = field(default=None, repr=False)
    seen: RecordTable | None = field(default=None, repr=False)

    @property
    def n_rows(self) -> int:
        """Number of input rows."""
        return len(self.unit_of_row)

    @property
    def n_units(self) -> int:
        """Number of distinct contents."""
        return len(self.n_copies)

    @cached_property
    def first_row(self) -> NDArray[np.int64]:
        """The first row of each unit, shape (n_units,)."""
        first = np.zeros(self.n_units, np.int64)
        first[self.unit_of_row[::-1]] = np.arange(self.n_rows)[::-1]
        return first


class _Content(NamedTuple):
    """An attribute of all rows: a sorted vocabulary, its hashes, and for each row ascending codes of its values."""

    vocabulary: Utf8Strings
    hashes: NDArray[np.uint64]
    codes: NDArray[np.int32]


def build_record_table(
    values: Mapping[str, tuple[Sequence[str], NDArray[np.int32]]],
    n_rows: int,
    source_of_row: NDArray[np.int32] | None = None,
    times: RowTimes | None = None,
    kind_of_row: NDArray[np.int8] | None = None,
    rank_of_row: NDArray[np.int32] | None = None,
    n_threads: int = 1,
    source_names: Sequence[str] | None = None,
) -> RecordTable:
    """Group rows of equal content and encode them.

    Parameters
    ----------
    values : Mapping of str to (vocabulary, codes)
        For each attribute its canonical values, in any order and with repeats allowed, and an int32 array of shape
        (n_rows, n_columns) of positions in it; -1 and the empty string are missing.
    n_rows : int
        Number of rows.
    source_of_row : ndarray of int32, shape (n_rows,), optional
        Number of each row's source, where rows of two sources must stay apart; numbers must follow the sorted names
        of the sources.
    times : RowTimes, optional
        When rows were observed and values hold, where any value is dated; rows of other times are other contents.
    kind_of_row : ndarray of int8, shape (n_rows,), optional
        Kind of party of each row, from 0, or -1 where nothing tells; rows of other kinds are other contents.
    rank_of_row : ndarray of int32, shape (n_rows,), optional
        For rows that are units of their own whatever they hold: different numbers from 0, in an order that does not
        depend on that of the rows; -1 for all others.
    n_threads : int
        Threads that work on attributes side by side; the result does not depend on it.
    source_names : sequence of str, optional
        Names of the sources by number.  Content hashes are then of names, and so the same beside other sources.

    Returns
    -------
    RecordTable
        Attributes without a single value are left out; rows without any value are one unit (per source).

    Raises
    ------
    ShapeMismatchError
        If an attribute's codes are not a table of ``n_rows`` rows or point outside its vocabulary, if there are not
        as many sources as rows, or if the periods of an attribute do not have the shape of its codes.

    Examples
    --------
    >>> import numpy as np
    >>> codes = np.array([[1], [0], [1]], np.int32)
    >>> table = build_record_table({"city": (["nantes", "leeds"], codes)}, 3)
    >>> table.n_units, table.unit_of_row.tolist(), list(table.columns["city"].vocabulary)
    (2, [0, 1, 0], ['leeds', 'nantes'])
    """
    sources = np.zeros(n_rows, np.int32) if source_of_row is None else source_of_row.astype(np.int32)
    if sources.shape != (n_rows,):
        raise ShapeMismatchError(f"sources: expected one number for each of {n_rows} rows, got shape {sources.shape}.")
    for name, (vocabulary, codes) in sorted(values.items()):
        _check_codes(name, codes, n_rows, len(vocabulary))
    recoded = dict(
        zip(sorted(values), in_threads(lambda name: _recoded(*values[name]), sorted(values), n_threads=n_threads))
    )
    contents = {name: content for name, (content, _) in recoded.items() if len(content.vocabulary)}
    codes_of_row = {} if times is None else {name: recoded[name][1] for name in contents}
    recoded.clear()
    blocks = [(each.codes, len(each.vocabulary)) for each in contents.values()]
    if times is not None:
        _check_periods(times, {name: codes.shape for name, (_, codes) in values.items()})
        codes_of_row, times = times.in_order(codes_of_row)
        # Where every dated value turned out to be none, days do not matter.
        times = times if times.periods else None
    if times is not None:
        blocks += times.blocks(codes_of_row)
    kinds = np.full(n_rows, -1, np.int8) if kind_of_row is None else kind_of_row.astype(np.int8)
    if kinds.shape != (n_rows,):
        raise ShapeMismatchError(f"kinds: expected one number for each of {n_rows} rows, got shape {kinds.shape}.")
    if kind_of_row is not None:
        blocks.append((kinds[:, None].astype(np.int32), int(kinds.max(initial=0)) + 1))
    ranks = np.full(n_rows, -1, np.int32) if rank_of_row is None else rank_of_row.astype(np.int32)
    if ranks.shape != (n_rows,):
        raise ShapeMismatchError(f"ranks: expected one number for each of {n_rows} rows, got shape {ranks.shape}.")
    if rank_of_row is not None:
        blocks.append((ranks[:, None], int(ranks.max(initial=0)) + 1))
    first_row, unit_of_row = _units(blocks, sources)
    # What the rows hold goes as what the units hold comes: both together would be the most that is in memory.
    blocks.clear()
    columns = dict(
        zip(
            tuple(contents),
            in_threads(
                lambda name: _value_column(name, contents.pop(name), first_row), tuple(contents), n_threads=n_threads
            ),
            strict=True,
        )
    )
    of_sources = np.arange(int(sources.max(initial=0)) + 1, dtype=np.uint64)
    if source_names is not None and source_of_row is not None:
        of_sources = string_hashes(source_names)
    hashes = _content_hashes(columns, of_sources[sources[first_row]], n_threads)
    # What a row does not tell is no part of its hash, whether or not other rows tell it.
    if times is not None:
        hashes_of = {name: column.hashes for name, column in columns.items()}
        of_times = combine_hashes([hashes, times.hashes(codes_of_row, hashes_of, first_row)])
        hashes = np.where(times.are_told[first_row], of_times, hashes)
    if kind_of_row is not None:
        kind = kinds[first_row]
        hashes = np.where(kind >= 0, combine_hashes([hashes, kind.astype(np.uint64)]), hashes)
    of_its_own = np.flatnonzero(ranks[first_row] >= 0)
    hashes[of_its_own] = combine_hashes([hashes[of_its_own], ranks[first_row[of_its_own]].astype(np.uint64)])
    table = RecordTable(
        columns=columns,
        unit_of_row=unit_of_row,
        n_copies=np.bincount(unit_of_row, minlength=len(first_row)).astype(np.int64),
        source_of_unit=sources[first_row],
        content_hash=hashes,
        kind_of_unit=kinds[first_row],
    )
    return table if times is None else _with_views(table, codes_of_row, times, first_row)


def _with_views(
    table: RecordTable, codes_of_row: Mapping[str, NDArray[np.int32]], times: RowTimes, first_row: NDArray[np.int64]
) -> RecordTable:
    """Return a table with the views of its units."""
    unit, first_day = spans_of(times, first_row)
    rows = first_row[unit]
    views = Views(observed_day=times.observed_day[first_row], unit_of_view=unit, first_day=first_day)
    columns = {}
    for name, column in table.columns.items():
        codes = codes_of_row[name][rows]
        if name in times.periods:
            period = times.periods[name][rows]
            is_held = (period[:, :, 0] <= first_day[:, None]) & (first_day[:, None] <= period[:, :, 1])
            codes = np.where(is_held, codes, np.int32(-1))
        codes = distinct_per_row(codes, column.n_values)
        padded = np.full((len(codes), column.n_values), -1, np.int32)
        padded[:, : codes.shape[1]] = codes
        columns[name] = evolve(column, codes=np.concatenate([column.codes, padded]))
    seen = RecordTable(
        columns=columns,
        unit_of_row=table.unit_of_row,
        n_copies=np.append(table.n_copies, np.zeros(len(unit), np.int64)),
        source_of_unit=np.append(table.source_of_unit, table.source_of_unit[unit]),
        content_hash=np.append(table.content_hash, table.content_hash[unit]),
        kind_of_unit=np.append(table.kind_of_unit, table.kind_of_unit[unit]),
    )
    return evolve(table, views=views, seen=seen)


def distinct_per_row(codes: NDArray[np.int32], width: int | None = None) -> NDArray[np.int32]:
    """Sort each row, drop repeats and put the missing last.

    Parameters
    ----------
    codes : ndarray of int32, shape (n_rows, n_codes)
        Codes; -1 is missing.
    width : int, optional
        Greatest number of columns to keep; further codes (the largest) are dropped.

    Returns
    -------
    ndarray of int32, shape (n_rows, n_kept)
        Ascending distinct codes, -1 padded; at least one column.  A single column is right as it is: no copy is made.

    Examples
    --------
    >>> import numpy as np
    >>> distinct_per_row(np.array([[3, -1, 3], [2, 5, 1]], np.int32)).tolist()
    [[3, -1, -1], [1, 2, 5]]
    """
    if codes.shape[1] == 0:
        return np.full((len(codes), 1), -1, np.int32)
    # Seen as unsigned, -1 is the largest number and sorts last.
    absent = np.uint32(0xFFFF_FFFF)
    several = codes.shape[1] > 1
    rows = codes.astype(np.int32, copy=several).view(np.uint32)
    if several:
        rows.sort(axis=1)
        repeats = rows[:, 1:] == rows[:, :-1]
        if repeats.any():
            rows[:, 1:][repeats] = absent
            rows.sort(axis=1)
    used = max(1, int((rows != absent).any(axis=0).sum()))
    return np.ascontiguousarray(rows[:, : used if width is None else min(used, width)]).view(np.int32)


def _check_codes(name: str, codes: NDArray[np.int32], n_rows: int, n_values: int) -> None:
    if codes.ndim != 2 or codes.shape[0] != n_rows:
        raise ShapeMismatchError(
            f"attribute {name!r}: expected codes of two dimensions for {n_rows} rows, got shape {codes.shape}."
        )
    if codes.size and not -1 <= int(codes.min()) <= int(codes.max()) < n_values:
        raise ShapeMismatchError(
            f"attribute {name!r}: expected codes from -1 to {n_values - 1}, got {codes.min()} to {codes.max()}."
        )


def _check_periods(times: RowTimes, shapes: Mapping[str, tuple[int, ...]]) -> None:
    for name, period in times.periods.items():
        if name in shapes and period.shape != (*shapes[name], 2):
            raise ShapeMismatchError(
                f"attribute {name!r}: expected periods of shape {(*shapes[name], 2)}, got {period.shape}."
            )


def _recoded(vocabulary: Sequence[str], codes: NDArray[np.int32]) -> tuple[_Content, NDArray[np.int32]]:
    """Return an attribute by the sorted vocabulary of the values in use, and its codes in the order of the columns."""
    is_used = np.zeros(len(vocabulary) + 1, np.bool_)
    is_used[codes.ravel()] = True
    used = np.flatnonzero(is_used[:-1])
    strings = Utf8Strings.of(vocabulary)
    if len(used) < len(strings):
        strings = strings.taken(used)
    order, is_new = strings.order()
    # The empty string, which sorts first, is no value.
    is_empty = np.diff(strings.offsets)[order] == 0
    code_of = np.full(len(vocabulary) + 1, -1, np.int32)
    code_of[used[order]] = np.where(is_empty, -1, np.cumsum(is_new & ~is_empty) - 1)
    strings = strings.taken(order[is_new & ~is_empty])
    recoded = code_of[codes]
    return _Content(strings, utf8_hashes(strings), distinct_per_row(recoded)), recoded


def _units(
    blocks: Sequence[tuple[NDArray[np.int32], int]], sources: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first row of each distinct content, in content order, and the unit of every row."""
    n_rows = len(sources)
    keys = [sources.astype(np.int64)]
    n_left = _LARGEST_KEY // (int(sources.max(initial=0)) + 1)
    for codes, n_values in blocks:
        for column in codes.T:
            # Several attributes share one integer, as long as they fit: one pass of sorting each would cost more.
            if n_left <= n_values + 1:
                keys.append(np.zeros(n_rows, np.int64))
                n_left = _LARGEST_KEY
            keys[-1] *= n_values + 1
            keys[-1] += column
            keys[-1] += 1
            n_left //= n_values + 1
    order, is_new = lexical_order(n_rows, len(keys), lambda number, rows: keys[number][rows])
    unit_of_row = np.empty(n_rows, np.int64)
    unit_of_row[order] = np.cumsum(is_new) - 1
    return order[is_new], unit_of_row


def _value_column(attribute: str, content: _Content, first_row: NDArray[np.int64]) -> ValueColumn:
    codes = content.codes[first_row]
    return ValueColumn(
        attribute=attribute,
        vocabulary=content.vocabulary,
        codes=codes,
        counts=np.bincount(codes[codes >= 0], minlength=len(content.vocabulary)).astype(np.int64),
        hashes=content.hashes,
    )


def _content_hashes(
    columns: Mapping[str, ValueColumn], sources: NDArray[np.uint64], n_threads: int
) -> NDArray[np.uint64]:
    """Hash the set of a unit's statements: what other units hold, and how many values they have, does not count."""
    statements = [
        np.append(combine_hashes([string_hashes([name]), column.hashes]), np.uint64(0))
        for name, column in columns.items()
    ]
    total = np.zeros(len(sources), np.uint64)

    def add(units: slice) -> None:
        for statement, column in zip(statements, columns.values(), strict=True):
            for codes in column.codes[units].T:
                total[units] += statement[codes]

    in_threads(
        add, [slice(at, at + _UNITS_AT_ONCE) for at in range(0, len(total), _UNITS_AT_ONCE)], n_threads=n_threads
    )
    return combine_hashes([sources, total])
