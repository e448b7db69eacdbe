"""Records seen on a day: of dated values, only those that hold then.

A former name agrees with a record of its time, and says nothing of a record of another time. So a pair is compared as
it were on one day: each record is seen on the day on which the other was observed. For every record with dated values
there is one *view* for each span of time in which the same values hold; comparisons see views as further rows and need
to know nothing of time.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.table.hashing import combine_hashes, string_hashes

__all__ = ["FIRST_DAY", "LAST_DAY", "UNKNOWN_DAY", "RowTimes", "Views", "spans_of"]

FIRST_DAY = -(1 << 31) + 1
"""The first day of a period without start; days are numbered as by ``date.toordinal``."""
LAST_DAY = (1 << 31) - 1
"""The last day of a period without end."""
UNKNOWN_DAY = -(1 << 31)
"""The day of a record of which nothing tells when it was observed."""


@frozen(kw_only=True, eq=False)
class RowTimes:
    """When rows were observed, and when their values hold.

    Attributes
    ----------
    observed_day : ndarray of int32, shape (n_rows,)
        Day on which each row was observed, `UNKNOWN_DAY` where nothing tells.
    periods : Mapping of str to ndarray of int32, shape (n_rows, n_columns, 2)
        By attribute, the first and the last day on which each value holds; `FIRST_DAY` to `LAST_DAY` where nothing is
        said. Attributes of which no value is dated are left out.
    """

    observed_day: NDArray[np.int32] = field(repr=False)
    periods: Mapping[str, NDArray[np.int32]] = field(repr=False)

    def in_order(self, codes: Mapping[str, NDArray[np.int32]]) -> tuple[dict[str, NDArray[np.int32]], RowTimes]:
        """Return values and periods in an order that the columns in which they came cannot sway.

        Parameters
        ----------
        codes : mapping of str to ndarray of int32, shape (n_rows, n_columns)
            By attribute, the values; -1 is missing.

        Returns
        -------
        codes : dict of str to ndarray of int32, shape (n_rows, n_columns)
            The same values; where a row has dated ones they ascend, each once for each of its periods, -1 last.
        times : RowTimes
            Their periods; those of missing values, and of attributes without values, are gone.
        """
        ordered, periods = dict(codes), {}
        for name, period in self.periods.items():
            if name in codes:
                ordered[name], found = _in_order(codes[name], period)
                if _are_stated(found).any():
                    periods[name] = found
        return ordered, RowTimes(observed_day=self.observed_day, periods=periods)

    def blocks(self, codes: Mapping[str, NDArray[np.int32]]) -> list[tuple[NDArray[np.int32], int]]:
        """Return numbers that are equal for rows of equal times, given that their values are equal.

        Parameters
        ----------
        codes : mapping of str to ndarray of int32, shape (n_rows, n_columns)
            Values in the order that `in_order` gives.

        Returns
        -------
        list of (ndarray of int32, shape (n_rows, n_columns), int)
            Numbers from -1, and how many there are from 0.
        """
        days, day = np.unique(self.observed_day, return_inverse=True)
        found: list[tuple[NDArray[np.int32], int]] = [(day.reshape(-1, 1).astype(np.int32), len(days))]
        for name, period in self.periods.items():
            is_stated = _are_stated(period)
            number: NDArray[np.int32] = np.full(period.shape[:2], -1, np.int32)
            bounds = period[is_stated]
            distinct, number[is_stated] = np.unique(_keys(bounds[:, 0], bounds[:, 1]), return_inverse=True)
            # Which values the periods belong to matters only in rows that have some.
            held = np.where(is_stated.any(axis=1, keepdims=True), codes[name], np.int32(-1))
            found += [(held, int(held.max(initial=-1)) + 1), (number, len(distinct))]
        return found

    def hashes(
        self,
        codes: Mapping[str, NDArray[np.int32]],
        hashes_of: Mapping[str, NDArray[np.uint64]],
        rows: NDArray[np.int64],
    ) -> NDArray[np.uint64]:
        """Return hashes of the times of some rows, and of the values that they belong to.

        Parameters
        ----------
        codes : mapping of str to ndarray of int32, shape (n_rows, n_columns)
            Values in the order that `in_order` gives.
        hashes_of : mapping of str to ndarray of uint64, shape (n_vocabulary,)
            By attribute, a hash of each value.
        rows : ndarray of int64, shape (n_kept,)
            The rows.

        Returns
        -------
        ndarray of uint64, shape (n_kept,)
            What other rows hold, and how many values they have, does not count.
        """
        total = np.zeros(len(rows), np.uint64)
        for name, of_rows in self.periods.items():
            period = of_rows[rows]
            row, slot = np.nonzero(_are_stated(period))
            parts = [string_hashes([name]), hashes_of[name][codes[name][rows[row], slot]]]
            parts += [period[row, slot, bound].astype(np.uint64) for bound in (0, 1)]
            np.add.at(total, row, combine_hashes(parts))
        return combine_hashes([self.observed_day[rows].astype(np.uint64), total])

    @property
    def is_timed(self) -> NDArray[np.bool_]:
        """Whether any value of a row is dated, bool, shape (n_rows,)."""
        timed = np.zeros(len(self.observed_day), np.bool_)
        for period in self.periods.values():
            timed |= _are_stated(period).any(axis=1)
        return timed

    @property
    def are_told(self) -> NDArray[np.bool_]:
        """Whether a row tells any day, of its observation or of a value, bool, shape (n_rows,)."""
        return np.asarray(self.is_timed | (self.observed_day != UNKNOWN_DAY), np.bool_)


@frozen(kw_only=True, eq=False)
class Views:
    """Where the views of each unit are.

    Attributes
    ----------
    observed_day : ndarray of int32, shape (n_units,)
        Day on which each unit was observed.
    unit_of_view : ndarray of int64, shape (n_views,)
        The unit of each view, ascending; units without dated values have none.
    first_day : ndarray of int32, shape (n_views,)
        The day from which a view holds, up to the next view of its unit; ascending within a unit.
    """

    observed_day: NDArray[np.int32] = field(repr=False)
    unit_of_view: NDArray[np.int64] = field(repr=False)
    first_day: NDArray[np.int32] = field(repr=False)

    def seen(self, units: NDArray[np.int32], by: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the rows that show units as they were when other units were observed.

        Parameters
        ----------
        units, by : ndarray of int32, shape (n_pairs,)
            Units to be seen, and those that see them.

        Returns
        -------
        ndarray of int32, shape (n_pairs,)
            The unit itself where it has no dated values or nothing tells the day; else the number of units plus the
            number of the view.

        Examples
        --------
        >>> import numpy as np
        >>> views = Views(
        ...     observed_day=np.array([900, 250], np.int32),
        ...     unit_of_view=np.array([0, 0]),
        ...     first_day=np.array([FIRST_DAY, 500], np.int32),
        ... )
        >>> views.seen(np.array([0, 1], np.int32), np.array([1, 0], np.int32)).tolist()
        [2, 1]
        """
        n_units = len(self.observed_day)
        has_views = np.zeros(n_units, np.bool_)
        has_views[self.unit_of_view] = True
        day = self.observed_day[by]
        rows = np.flatnonzero(has_views[units] & (day != UNKNOWN_DAY))
        found = units.copy()
        if len(rows):
            places = np.searchsorted(_keys(self.unit_of_view, self.first_day), _keys(units[rows], day[rows]), "right")
            found[rows] = n_units + places - 1
        return found


def spans_of(times: RowTimes, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the spans of time in which the same values hold.

    Parameters
    ----------
    times : RowTimes
        Times of all rows.
    rows : ndarray of int64, shape (n_units,)
        One row for each unit.

    Returns
    -------
    unit : ndarray of int64, shape (n_spans,)
        Unit of each span, ascending; only units with dated values have spans.
    first_day : ndarray of int32, shape (n_spans,)
        Its first day, ascending within a unit and beginning with `FIRST_DAY`.
    """
    units = np.flatnonzero(times.is_timed[rows])
    keys = [_keys(units, np.full(len(units), FIRST_DAY))]
    for period in times.periods.values():
        for bounds, is_last in ((period[rows[units], :, 0], False), (period[rows[units], :, 1], True)):
            is_stated = bounds != (LAST_DAY if is_last else FIRST_DAY)
            unit = np.broadcast_to(units[:, None], bounds.shape)[is_stated]
            # What holds to the end of a day changes on the next one.
            keys.append(_keys(unit, bounds[is_stated].astype(np.int64) + is_last))
    distinct = np.unique(np.concatenate(keys))
    return distinct >> 32, ((distinct & 0xFFFF_FFFF) + UNKNOWN_DAY).astype(np.int32)


def _are_stated(periods: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Tell which periods have a bound, bool, of the shape of ``periods`` without its last axis."""
    is_stated: NDArray[np.bool_] = (periods != (FIRST_DAY, LAST_DAY)).any(axis=-1)
    return is_stated


def _in_order(codes: NDArray[np.int32], periods: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Sort the values of rows with dated ones, with their periods; drop repeats and the periods of missing values."""
    codes, periods = codes.copy(), periods.copy()
    periods[codes < 0] = FIRST_DAY, LAST_DAY
    rows = np.flatnonzero(_are_stated(periods).any(axis=1))
    # The second time to put the repeats last that the first one has found.
    for _ in range(2):
        held, first, last = codes[rows], periods[rows, :, 0], periods[rows, :, 1]
        # Seen as unsigned, -1 is the largest number and sorts last.
        row = np.broadcast_to(np.arange(len(rows))[:, None], held.shape)
        order = np.lexsort((last.ravel(), first.ravel(), held.view(np.uint32).ravel(), row.ravel()))
        held, first, last = (each.ravel()[order].reshape(held.shape) for each in (held, first, last))
        repeats = np.zeros(held.shape, np.bool_)
        repeats[:, 1:] = np.all([each[:, 1:] == each[:, :-1] for each in (held, first, last)], axis=0)
        codes[rows] = np.where(repeats, np.int32(-1), held)
        periods[rows] = np.stack([np.where(repeats, FIRST_DAY, first), np.where(repeats, LAST_DAY, last)], axis=-1)
    return codes, periods


def _keys(units: NDArray[np.integer], days: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return numbers that sort by unit, then by day."""
    keys: NDArray[np.int64] = (units.astype(np.int64) << 32) | (days.astype(np.int64) - UNKNOWN_DAY)
    return keys
