"""How far apart two numbers, dates or places are, over pairs.

Like string metrics, each has two executors that give the same results to the bit: numpy, which starts at once, and
compiled kernels, which pay off when there is much to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from custid.comparison.string_metrics.pairs import Executor, checked_indices, highest_distance, uses_numba
from custid.errors import ConfigurationError, ShapeMismatchError, UnsupportedInputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = [
    "EARTH_RADIUS_KM",
    "absolute_difference_pairs",
    "days_apart_pairs",
    "distance_km_pairs",
    "relative_difference_pairs",
]

EARTH_RADIUS_KM = 6371.0087714
"""Mean of the three semi-axes of the ellipsoid WGS 84: (2 · 6378.137 + 6356.7523142) / 3 (NIMA 2000, TR8350.2)."""


def absolute_difference_pairs(
    values: NDArray[np.number],
    left_idx: NDArray[np.integer],
    right_idx: NDArray[np.integer],
    *,
    executor: Executor = Executor.AUTO,
    n_threads: int | None = None,
) -> NDArray[np.float64]:
    """Return the absolute difference of each pair of numbers.

    Parameters
    ----------
    values : ndarray of int or float, shape (n_values,)
        Numbers; NaN is a missing one.
    left_idx, right_idx : ndarray of int, shape (n_pairs,)
        Numbers of the two values of each pair, in [0, n_values).
    executor : Executor, default Executor.AUTO
        What computes: our kernels, or numpy.
    n_threads : int, optional
        Threads of the numba executor, at least 1; by default one for each processor. It does not change results.

    Returns
    -------
    ndarray of float64, shape (n_pairs,)
        Difference, at least 0; infinity where no float is so large, NaN where a number is NaN or both are the same
        infinity.

    Raises
    ------
    ShapeMismatchError
        If the index arrays differ in shape, have not one dimension or point outside ``values``, or it has not one
        dimension.
    UnsupportedInputError
        If an index array holds no integers or ``values`` no numbers.
    ConfigurationError
        If ``n_threads`` is below 1 or ``executor`` is unknown.

    Notes
    -----
    It is ``|left - right|``, computed in float64.

    Examples
    --------
    >>> import numpy as np
    >>> absolute_difference_pairs(np.array([8.0, 10.0]), np.array([0]), np.array([1]))
    array([2.])
    """
    numbers = _checked_column("values", values, 1)
    left, right = checked_indices(len(numbers), left_idx, right_idx)
    out = np.empty(left.size, np.float64)
    if uses_numba(out.size, executor, n_threads):
        from custid.kernels import quantities  # noqa: PLC0415  # loads numba

        _run(quantities.absolute_difference_pairs, numbers, left, right, out, n_threads)
        return out
    first, second = numbers[left], numbers[right]
    with np.errstate(invalid="ignore", over="ignore"):
        np.abs(first - second, out=out)
    return out


def relative_difference_pairs(
    values: NDArray[np.number],
    left_idx: NDArray[np.integer],
    right_idx: NDArray[np.integer],
    *,
    executor: Executor = Executor.AUTO,
    n_threads: int | None = None,
) -> NDArray[np.float64]:
    """Return the difference as a share of the greater number of each pair of numbers.

    Parameters
    ----------
    values : ndarray of int or float, shape (n_values,)
        Numbers; NaN is a missing one.
    left_idx, right_idx : ndarray of int, shape (n_pairs,)
        Numbers of the two values of each pair, in [0, n_values).
    executor : Executor, default Executor.AUTO
        What computes: our kernels, or numpy.
    n_threads : int, optional
        Threads of the numba executor, at least 1; by default one for each processor. It does not change results.

    Returns
    -------
    ndarray of float64, shape (n_pairs,)
        Difference, from 0 to 2, above 1 where the signs differ; NaN where a number is NaN, or differs from an infinity.

    Raises
    ------
    ShapeMismatchError
        If the index arrays differ in shape, have not one dimension or point outside ``values``, or it has not one
        dimension.
    UnsupportedInputError
        If an index array holds no integers or ``values`` no numbers.
    ConfigurationError
        If ``n_threads`` is below 1 or ``executor`` is unknown.

    Notes
    -----
    It is ``|left - right| / max(|left|, |right|)`` in float64, and 0 for equal numbers, two zeros included.

    Examples
    --------
    >>> import numpy as np
    >>> relative_difference_pairs(np.array([8.0, 10.0]), np.array([0]), np.array([1]))
    array([0.2])
    """
    numbers = _checked_column("values", values, 1)
    left, right = checked_indices(len(numbers), left_idx, right_idx)
    out = np.empty(left.size, np.float64)
    if uses_numba(out.size, executor, n_threads):
        from custid.kernels import quantities  # noqa: PLC0415  # loads numba

        _run(quantities.relative_difference_pairs, numbers, left, right, out, n_threads)
        return out
    first, second = numbers[left], numbers[right]
    greater = np.where(np.abs(first) > np.abs(second), np.abs(first), np.abs(second))
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        apart = np.abs(first - second)
        # Halves of numbers whose difference no float holds are exact, and so far apart as well.
        halved = np.isinf(apart) & np.isfinite(greater)
        share = np.where(halved, np.abs(0.5 * first - 0.5 * second) / (0.5 * greater), apart / greater)
        out[:] = np.where(first == second, 0.0, share)
    return out


def days_apart_pairs(
    dates: NDArray[np.datetime64],
    left_idx: NDArray[np.integer],
    right_idx: NDArray[np.integer],
    *,
    at_most: int | None = None,
    executor: Executor = Executor.AUTO,
    n_threads: int | None = None,
) -> NDArray[np.int64]:
    """Return the days between each pair of dates.

    Parameters
    ----------
    dates : ndarray of datetime64, shape (n_values,)
        Dates; NaT is a missing one. Times of day are cut off.
    left_idx, right_idx : ndarray of int, shape (n_pairs,)
        Numbers of the two values of each pair, in [0, n_values).
    at_most : int, optional
        More days are not told apart and returned as ``at_most + 1``; at least 0.
    executor : Executor, default Executor.AUTO
        What computes: our kernels, or numpy.
    n_threads : int, optional
        Threads of the numba executor, at least 1; by default one for each processor. It does not change results.

    Returns
    -------
    ndarray of int64, shape (n_pairs,)
        Days, at least 0; -1 where a date is missing.

    Raises
    ------
    ShapeMismatchError
        If the index arrays differ in shape, have not one dimension or point outside ``dates``, or it has not one
        dimension.
    UnsupportedInputError
        If an index array holds no integers or ``dates`` no dates.
    ConfigurationError
        If ``at_most`` is below 0, ``n_threads`` is below 1 or ``executor`` is unknown.

    Notes
    -----
    Days are those of the proleptic Gregorian calendar, as numpy counts them.

    Examples
    --------
    >>> import numpy as np
    >>> dates = np.array(["1980-02-28", "1980-03-01"], "datetime64[D]")
    >>> days_apart_pairs(dates, np.array([0]), np.array([1]))
    array([2])
    """
    highest = highest_distance(at_most)
    column = np.asarray(dates)
    if not np.issubdtype(column.dtype, np.datetime64):
        raise UnsupportedInputError(
            f"dates: expected datetime64, got {column.dtype}.", hint='np.array(dates, "datetime64[D]") converts.'
        )
    days = _checked_shape("dates", column, 1).astype("datetime64[D]").astype(np.int64)
    left, right = checked_indices(len(days), left_idx, right_idx)
    out = np.empty(left.size, np.int64)
    if uses_numba(out.size, executor, n_threads):
        from custid.kernels import quantities  # noqa: PLC0415  # loads numba

        _run(quantities.days_apart_pairs, days, left, right, out, n_threads, highest)
        return out
    missing = np.isnat(column)
    apart = np.abs(days[left] - days[right])
    out[:] = np.where(missing[left] | missing[right], -1, np.minimum(apart, highest + 1))
    return out


def distance_km_pairs(
    points: NDArray[np.floating],
    left_idx: NDArray[np.integer],
    right_idx: NDArray[np.integer],
    *,
    at_most: float = np.inf,
    executor: Executor = Executor.AUTO,
    n_threads: int | None = None,
) -> NDArray[np.float64]:
    """Return the distance over the surface of the earth of each pair of places.

    Parameters
    ----------
    points : ndarray of float, shape (n_values, 2)
        Latitude in [-90, 90] and longitude in [-180, 180] of each place, in degrees; NaN for a missing place.
    left_idx, right_idx : ndarray of int, shape (n_pairs,)
        Numbers of the two values of each pair, in [0, n_values).
    at_most : float, default inf
        Greater distances, in kilometers, are not told apart and returned as infinity; at least 0.
    executor : Executor, default Executor.AUTO
        What computes: our kernels, or numpy.
    n_threads : int, optional
        Threads of the numba executor, at least 1; by default one for each processor. It does not change results.

    Returns
    -------
    ndarray of float64, shape (n_pairs,)
        Distance in kilometers, from 0 to half the circumference; NaN where a place is missing.

    Raises
    ------
    ShapeMismatchError
        If the index arrays differ in shape, have not one dimension or point outside ``points``, or it has not two
        columns.
    UnsupportedInputError
        If an index array holds no integers or ``points`` no coordinates.
    ConfigurationError
        If ``at_most`` is below 0, ``n_threads`` is below 1 or ``executor`` is unknown.

    Notes
    -----
    The earth is taken for a sphere of radius `EARTH_RADIUS_KM` [1]_, which is up to 0.6 % off. The distance is the
    radius times 2 asin(sqrt(h)), where h is the haversine of the angle [2]_: a fourth of the squared straight line
    through the unit sphere, which is made of each place's coordinates in space.

    References
    ----------
    .. [1] NIMA (2000), Department of Defense World Geodetic System 1984, Technical Report 8350.2, third edition, on
       derived geometric constants.
    .. [2] Sinnott (1984), Virtues of the haversine, Sky and Telescope 68(2), 159.

    Examples
    --------
    >>> import numpy as np
    >>> paris_and_london = np.array([[48.8566, 2.3522], [51.5074, -0.1278]])
    >>> distance_km_pairs(paris_and_london, np.array([0]), np.array([1])).round(1)
    array([343.6])
    """
    if not at_most >= 0:
        raise ConfigurationError(f"at_most: expected at least 0 kilometers, got {at_most}.")
    in_space = _on_unit_sphere(_checked_column("points", points, 2))
    left, right = checked_indices(len(in_space), left_idx, right_idx)
    out = np.empty(left.size, np.float64)
    if uses_numba(out.size, executor, n_threads):
        from custid.kernels import quantities  # noqa: PLC0415  # loads numba

        _run(quantities.squared_chord_pairs, in_space, left, right, out, n_threads)
    else:
        x, y, z = (in_space[left] - in_space[right]).T
        out[:] = x * x + y * y + z * z
    # One arcsine for both executors: those of two libraries differ in the last digit.
    out[:] = 2.0 * EARTH_RADIUS_KM * np.arcsin(np.minimum(np.sqrt(out) / 2.0, 1.0))
    out[out > at_most] = np.inf
    return out


def _on_unit_sphere(points: NDArray[np.float64]) -> NDArray[np.float64]:
    if np.any(np.abs(points) > np.array([90.0, 180.0])):
        raise UnsupportedInputError(
            "points: expected latitudes from -90 to 90 and longitudes from -180 to 180, got others.",
            hint="The latitude comes first, and both are in degrees.",
        )
    latitude, longitude = np.radians(points).T
    flat = np.cos(latitude)
    return np.column_stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)])


def _checked_column(name: str, values: NDArray[Any], n_columns: int) -> NDArray[np.float64]:
    """Return numbers as float64, or say what is wrong with them."""
    column = np.asarray(values)
    if not (np.issubdtype(column.dtype, np.integer) or np.issubdtype(column.dtype, np.floating)):
        raise UnsupportedInputError(f"{name}: expected numbers, got {column.dtype}.", hint="NaN is a missing number.")
    return np.ascontiguousarray(_checked_shape(name, column, n_columns), np.float64)


def _checked_shape(name: str, column: NDArray[Any], n_columns: int) -> NDArray[Any]:
    expected = "one dimension" if n_columns == 1 else f"shape (n_values, {n_columns})"
    if column.ndim != min(n_columns, 2) or (n_columns > 1 and column.shape[1] != n_columns):
        raise ShapeMismatchError(f"{name}: expected {expected}, got shape {column.shape}.")
    return column


def _run(
    kernel: Callable[..., None],
    column: NDArray[Any],
    left_idx: NDArray[np.int64],
    right_idx: NDArray[np.int64],
    out: NDArray[np.float64] | NDArray[np.int64],
    n_threads: int | None,
    *settings: int,
) -> None:
    """Fill ``out`` by the compiled kernel, in threads."""
    from custid.kernels import run_chunked  # noqa: PLC0415  # loads numba
    from custid.kernels.hash_slots import wrapping  # noqa: PLC0415  # as above

    def run(start: int, stop: int) -> None:
        # Each thread has its own setting of what it is warned of.
        with wrapping():
            kernel(column, left_idx[start:stop], right_idx[start:stop], *settings, out[start:stop])

    run_chunked(run, out.size, n_threads=n_threads)
