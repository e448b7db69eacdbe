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

    def signatures(self) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """Return a number for each row, equal for rows of equal times, and the bytes that each number stands for.

        Returns
        -------
        codes : ndarray of int32, shape (n_rows,)
            Numbers from 0 in the order of the bytes.
        contents : ndarray of uint8, shape (n_codes, n_bytes)
            What they stand for.
        """
        n_rows = len(self.observed_day)
        parts = [self.observed_day[:, None]]
        parts += [self.periods[name].reshape(n_rows, -1) for name in sorted(self.periods)]
        content = np.ascontiguousarray(np.concatenate(parts, axis=1).astype(">i4")).view(np.uint8)
        distinct, codes = np.unique(content, axis=0, return_inverse=True)
        return codes.reshape(-1).astype(np.int32), distinct

    @property
    def is_timed(self) -> NDArray[np.bool_]:
        """Whether any value of a row is dated, bool, shape (n_rows,)."""
        timed = np.zeros(len(self.observed_day), np.bool_)
        for period in self.periods.values():
            timed |= (period[:, :, 0] != FIRST_DAY).any(axis=1) | (period[:, :, 1] != LAST_DAY).any(axis=1)
        return timed


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


def _keys(units: NDArray[np.integer], days: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return numbers that sort by unit, then by day."""
    keys: NDArray[np.int64] = (units.astype(np.int64) << 32) | (days.astype(np.int64) - UNKNOWN_DAY)
    return keys
