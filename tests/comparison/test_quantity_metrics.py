"""The checked differences of numbers, dates and places over pairs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.comparison.quantity_metrics import (
    EARTH_RADIUS_KM,
    absolute_difference_pairs,
    days_apart_pairs,
    distance_km_pairs,
    relative_difference_pairs,
)
from custid.comparison.string_metrics import Executor
from custid.errors import ConfigurationError, ShapeMismatchError, UnsupportedInputError
from tests.oracles import quantities as oracle

EXECUTORS = [Executor.NUMBA, Executor.RAPIDFUZZ]
ZERO, ONE = np.array([0]), np.array([1])

numbers = st.floats(-1e6, 1e6) | st.sampled_from([0.0, -0.0, 1.0])
places = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(numbers, numbers)
def test_numbers(left: float, right: float) -> None:
    """Both executors compute the definitions, whichever number comes first."""
    values = np.array([left, right])
    for executor in EXECUTORS:
        for first, second in ((ZERO, ONE), (ONE, ZERO)):
            assert absolute_difference_pairs(values, first, second, executor=executor)[0] == abs(left - right)
            found = relative_difference_pairs(values, first, second, executor=executor)[0]
            assert found == oracle.relative_difference(left, right)
            assert 0.0 <= found <= 2.0


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("metric", [absolute_difference_pairs, relative_difference_pairs])
def test_missing_numbers(executor: Executor, metric: Any) -> None:
    """A missing number is as far from any as from another missing one: that is not known."""
    out = metric(np.array([np.nan, 1.0]), np.array([0, 0, 1]), np.array([0, 1, 1]), executor=executor)
    np.testing.assert_array_equal(out, [np.nan, np.nan, 0.0])


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2))
def test_numbers_of_any_size(pair: list[float]) -> None:
    """The share of two finite numbers is one from 0 to 2, though no float may hold their difference."""
    values = np.array([*pair, 1.7e308, -1.7e308, 5e-324])
    left, right = (places.ravel() for places in np.meshgrid(range(5), range(5)))
    shares = [relative_difference_pairs(values, left, right, executor=executor) for executor in EXECUTORS]
    np.testing.assert_array_equal(shares[0], shares[1])
    assert ((shares[0] >= 0.0) & (shares[0] <= 2.0)).all()
    apart = [absolute_difference_pairs(values, left, right, executor=executor) for executor in EXECUTORS]
    np.testing.assert_array_equal(apart[0], apart[1])
    assert np.isinf(apart[0].reshape(5, 5)[2, 3])


@given(st.dates(), st.dates(), st.integers(0, 400))
def test_days(left: dt.date, right: dt.date, at_most: int) -> None:
    """Both executors count the days of the calendar, up to the cut-off."""
    dates = np.array([left, right], "datetime64[D]")
    for executor in EXECUTORS:
        assert days_apart_pairs(dates, ZERO, ONE, executor=executor)[0] == abs((left - right).days)
        found = days_apart_pairs(dates, ZERO, ONE, at_most=at_most, executor=executor)[0]
        assert found == min(abs((left - right).days), at_most + 1)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_missing_dates(executor: Executor) -> None:
    """Where a date is missing there are no days between."""
    dates = np.array(["NaT", "1980-01-01", "1980-01-02T23:59"], "datetime64[s]")
    out = days_apart_pairs(dates, np.array([0, 0, 1]), np.array([0, 1, 2]), at_most=5, executor=executor)
    assert out.tolist() == [-1, -1, 1]


@given(places, places)
def test_places(left: tuple[float, float], right: tuple[float, float]) -> None:
    """The distance is the haversine formula's, the same both ways and by both executors."""
    points = np.array([left, right])
    found = distance_km_pairs(points, ZERO, ONE, executor=Executor.NUMBA)[0]
    assert found == distance_km_pairs(points, ONE, ZERO, executor=Executor.NUMBA)[0]
    assert found == distance_km_pairs(points, ZERO, ONE, executor=Executor.RAPIDFUZZ)[0]
    # The arcsine is steep at the antipodes.
    assert found == pytest.approx(oracle.distance_km(left, right), abs=1e-3 if found > 20_000 else 1e-6)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_known_distances(executor: Executor) -> None:
    """A quarter of a meridian, half the circumference, no way at all, and a missing place."""
    points = np.array([[90.0, 0.0], [0.0, 77.0], [-90.0, 13.0], [np.nan, 0.0]])
    out = distance_km_pairs(points, np.array([0, 0, 1, 3]), np.array([1, 2, 1, 0]), executor=executor)
    np.testing.assert_allclose(out, [EARTH_RADIUS_KM * np.pi / 2, EARTH_RADIUS_KM * np.pi, 0.0, np.nan])
    assert pytest.approx((2 * 6378.137 + 6356.7523142) / 3, abs=1e-7) == EARTH_RADIUS_KM


@pytest.mark.parametrize("executor", EXECUTORS)
def test_places_too_far_away(executor: Executor) -> None:
    """What is farther than the cut-off is infinitely far."""
    points = np.array([[0.0, 0.0], [0.0, 1.0], [0.0, 2.0]])
    out = distance_km_pairs(points, np.array([0, 0]), np.array([1, 2]), at_most=150.0, executor=executor)
    assert out.tolist() == [pytest.approx(111.195, abs=1e-3), np.inf]


def test_executors_agree_on_many() -> None:
    """Two executors and several threads give the same bits over several chunks."""
    rng = np.random.default_rng(5)
    left, right = rng.integers(0, 100, (2, 70_000))
    points = np.column_stack([rng.uniform(-90, 90, 100), rng.uniform(-180, 180, 100)])
    column = points[:, 0].copy()
    dates = rng.integers(0, 20_000, 100).astype("datetime64[D]")
    metrics: list[tuple[Any, Any]] = [
        (absolute_difference_pairs, column),
        (relative_difference_pairs, column),
        (days_apart_pairs, dates),
        (distance_km_pairs, points),
    ]
    for metric, values in metrics:
        plain = metric(values, left, right, executor=Executor.RAPIDFUZZ)
        for n_threads in (1, 3):
            compiled = metric(values, left, right, executor=Executor.NUMBA, n_threads=n_threads)
            assert np.array_equal(plain, compiled)


def test_columns_of_another_shape() -> None:
    """Numbers have one dimension, places two columns."""
    with pytest.raises(ShapeMismatchError, match=r"values: expected one dimension, got shape \(1, 1\)"):
        absolute_difference_pairs(np.ones((1, 1)), ZERO, ZERO)
    with pytest.raises(ShapeMismatchError, match=r"points: expected shape \(n_values, 2\), got shape \(1, 3\)"):
        distance_km_pairs(np.ones((1, 3)), ZERO, ZERO)


def test_columns_of_another_type() -> None:
    """Texts are no numbers, and numbers no dates."""
    with pytest.raises(UnsupportedInputError, match="values: expected numbers, got <U1"):
        relative_difference_pairs(np.array(["1"]), ZERO, ZERO)
    with pytest.raises(UnsupportedInputError, match="dates: expected datetime64, got float64"):
        days_apart_pairs(np.array([1.0]), ZERO, ZERO)


def test_places_off_the_earth() -> None:
    """Coordinates in the wrong order are refused where it shows."""
    with pytest.raises(UnsupportedInputError, match="points: expected latitudes from -90 to 90 and longitudes"):
        distance_km_pairs(np.array([[100.0, 0.0]]), ZERO, ZERO)


def test_cut_offs_below_zero() -> None:
    """A cut-off that is no distance is refused."""
    with pytest.raises(ConfigurationError, match=r"at_most: expected at least 0 kilometers, got -1\.0"):
        distance_km_pairs(np.zeros((1, 2)), ZERO, ZERO, at_most=-1.0)
    with pytest.raises(ConfigurationError, match="at_most: expected at least 0, got -1"):
        days_apart_pairs(np.array(["1980-01-01"], "datetime64[D]"), ZERO, ZERO, at_most=-1)
