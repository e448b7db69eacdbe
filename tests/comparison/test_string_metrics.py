"""The checked string metrics over pairs."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numba
import numpy as np
import pytest

from custid.comparison.string_metrics import (
    Executor,
    QgramCoefficient,
    jaro_winkler_similarity,
    jaro_winkler_similarity_pairs,
    levenshtein_distance,
    levenshtein_distance_pairs,
    levenshtein_similarity,
    levenshtein_similarity_pairs,
    osa_distance,
    osa_distance_pairs,
    qgram_similarity,
    qgram_similarity_pairs,
    token_set_similarity,
    token_set_similarity_pairs,
)
from custid.comparison.string_metrics import pairs as what_metrics_share
from custid.errors import ConfigurationError, ShapeMismatchError, UnsupportedInputError
from custid.table.packed import PackedStrings

NAMES = ["martha", "marhta", "", "duane"]
EXECUTORS = [Executor.NUMBA, Executor.RAPIDFUZZ]
METRICS = [
    jaro_winkler_similarity_pairs,
    levenshtein_distance_pairs,
    levenshtein_similarity_pairs,
    osa_distance_pairs,
    qgram_similarity_pairs,
    token_set_similarity_pairs,
]
SIMILARITIES = [
    jaro_winkler_similarity_pairs,
    levenshtein_similarity_pairs,
    qgram_similarity_pairs,
    token_set_similarity_pairs,
]
DISTANCES = [levenshtein_distance_pairs, osa_distance_pairs]


def index(*numbers: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return an index array."""
    return np.array(numbers, dtype=np.int64)


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("values", [NAMES, tuple(NAMES), PackedStrings.from_strings(NAMES)])
def test_jaro_winkler_over_pairs(executor: Executor, values: Any) -> None:
    """Lists, tuples and packed strings give the known similarities with every executor."""
    out = jaro_winkler_similarity_pairs(values, index(0, 2, 0), index(1, 2, 2), executor=executor)
    assert out.dtype == np.float64
    np.testing.assert_allclose(out, [0.961111111111, 1.0, 0.0])


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("values", [NAMES, tuple(NAMES), PackedStrings.from_strings(NAMES)])
def test_osa_over_pairs(executor: Executor, values: Any) -> None:
    """Lists, tuples and packed strings give the known distances with every executor."""
    out = osa_distance_pairs(values, index(0, 2, 0), index(1, 2, 2), executor=executor)
    assert out.dtype == np.int64
    assert out.tolist() == [1, 0, 6]


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("values", [NAMES, tuple(NAMES), PackedStrings.from_strings(NAMES)])
def test_levenshtein_over_pairs(executor: Executor, values: Any) -> None:
    """Lists, tuples and packed strings give the known distances and similarities with every executor."""
    left, right = index(0, 2, 0), index(1, 2, 2)
    distances = levenshtein_distance_pairs(values, left, right, executor=executor)
    assert distances.dtype == np.int64
    assert distances.tolist() == [2, 0, 6]
    similarities = levenshtein_similarity_pairs(values, left, right, executor=executor)
    assert similarities.dtype == np.float64
    np.testing.assert_allclose(similarities, [2 / 3, 1.0, 0.0])


@pytest.mark.parametrize("executor", EXECUTORS)
def test_token_sets_over_pairs(executor: Executor) -> None:
    """Words are compared as sets, with every executor."""
    values = ["martha jones", "jones martha m", "", "martha smith"]
    out = token_set_similarity_pairs(values, index(0, 2, 0, 0), index(1, 2, 2, 3), executor=executor)
    assert out.dtype == np.float64
    np.testing.assert_allclose(out, [1.0, 0.0, 0.0, 2 / 3])


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_similarity_at_the_cut_off_is_kept(executor: Executor) -> None:
    """Only similarities below the cut-off are 0."""
    values = ["abcde", "abcdx", "abcxx"]
    out = levenshtein_similarity_pairs(values, index(0, 0), index(1, 2), at_least=0.8, executor=executor)
    assert out.tolist() == [0.8, 0.0]


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("metric", SIMILARITIES)
@pytest.mark.parametrize("at_least", [0.2, 0.5, 0.7, 0.8, 0.9, 1.0])
def test_similarities_from_one_on(executor: Executor, metric: Any, at_least: float) -> None:
    """A similarity is what it is without a cut-off where it reaches the cut-off or equals it, and 0 below."""
    short = ["", "abcde", "abcdx", "abcde fghij", "fghij abcde", "abxde fghij k", "aé中"]
    values = [*short, "ab" * 40, "ab" * 36 + "ba" * 4]
    left, right = (grid.ravel() for grid in np.meshgrid(np.arange(len(values)), np.arange(len(values))))
    whole = metric(values, left, right, executor=executor)
    assert np.array_equal(
        metric(values, left, right, at_least=at_least, executor=executor), np.where(whole >= at_least - 1e-9, whole, 0)
    )


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("metric", DISTANCES)
@pytest.mark.parametrize("at_most", [0, 1, 2, 10, 1_000])
def test_distances_up_to_one(executor: Executor, metric: Any, at_most: int) -> None:
    """A distance is told up to the cut-off, and is one more than it beyond."""
    values = ["", "abcde", "abcdx", "bacde", "ab" * 40, "ab" * 36 + "ba" * 4]
    left, right = (grid.ravel() for grid in np.meshgrid(np.arange(len(values)), np.arange(len(values))))
    whole = metric(values, left, right, executor=executor)
    found = metric(values, left, right, at_most=at_most, executor=executor)
    assert found.tolist() == np.minimum(whole, at_most + 1).tolist()


@pytest.mark.parametrize("metric", SIMILARITIES)
@pytest.mark.parametrize("at_least", [-0.1, 1.1, float("nan")])
def test_cut_off_out_of_range(metric: Any, at_least: float) -> None:
    """A cut-off that is no similarity is refused."""
    with pytest.raises(ConfigurationError, match="at_least: expected a similarity from 0 to 1, got"):
        metric(NAMES, index(0), index(1), at_least=at_least)


@pytest.mark.parametrize("metric", DISTANCES)
def test_cut_off_below_zero(metric: Any) -> None:
    """A cut-off that is no distance is refused."""
    with pytest.raises(ConfigurationError, match="at_most: expected at least 0, got -1"):
        metric(NAMES, index(0), index(1), at_most=-1)


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("coefficient", QgramCoefficient)
@pytest.mark.parametrize("q", [1, 2, 3, 7])
def test_qgrams_over_pairs(executor: Executor, coefficient: QgramCoefficient, q: int) -> None:
    """Both executors give what the function of two strings gives, to the bit."""
    values = ["martha", "marhta", "", "m", "aé中\U0001f600", "é中", "abcdefghijklmnopqrstuvwxyz" * 4, "ab" * 50]
    left, right = (grid.ravel() for grid in np.meshgrid(np.arange(len(values)), np.arange(len(values))))
    out = qgram_similarity_pairs(values, left, right, q=q, coefficient=coefficient, executor=executor)
    assert out.dtype == np.float64
    for i, j, found in zip(left, right, out, strict=True):
        assert found == qgram_similarity(values[i], values[j], q=q, coefficient=coefficient)


def test_qgrams_of_no_size() -> None:
    """A part has one character at least."""
    with pytest.raises(ConfigurationError, match="q: expected at least 1, got 0"):
        qgram_similarity("a", "b", q=0)


def test_unknown_coefficient() -> None:
    """A coefficient that does not exist is refused with the ones that do."""
    with pytest.raises(ConfigurationError, match="coefficient: expected one of 'dice', 'jaccard', got 'cosine'"):
        qgram_similarity("a", "b", coefficient="cosine")  # type: ignore[arg-type]


def test_two_strings() -> None:
    """The functions of two strings agree with those over pairs."""
    assert levenshtein_distance("martha", "marhta") == 2
    assert levenshtein_similarity("martha", "marhta") == pytest.approx(2 / 3)
    assert token_set_similarity("martha jones", "martha smith") == pytest.approx(2 / 3)
    assert jaro_winkler_similarity("martha", "marhta") == pytest.approx(0.961111111111)
    assert osa_distance("martha", "marhta") == 1


@pytest.mark.parametrize("executor", Executor)
@pytest.mark.parametrize("metric", METRICS)
def test_no_pairs(executor: Executor, metric: Any) -> None:
    """No pairs give an empty array, even without values."""
    assert metric([], np.array([]), np.array([]), executor=executor).shape == (0,)


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int32, np.uint64])
def test_any_integer_type_of_index(dtype: type[np.generic]) -> None:
    """Indices of every width are taken, contiguous or not."""
    idx = np.array([0, 9, 1, 9, 3], dtype=dtype)[::2]
    assert osa_distance_pairs(NAMES, idx, idx, executor=Executor.NUMBA).tolist() == [0, 0, 0]


@pytest.mark.parametrize("metric", METRICS)
def test_threads_change_nothing(metric: Any) -> None:
    """One thread and three give the same array over several chunks."""
    rng = np.random.default_rng(7)
    names = ["".join(rng.choice(list("abcde"), size=rng.integers(0, 9))) for _ in range(40)]
    left, right = rng.integers(0, 40, size=(2, 1_000))
    n_repeats = 1 if numba.config.DISABLE_JIT else 140
    left, right = np.tile(left, n_repeats), np.tile(right, n_repeats)
    one = metric(names, left, right, executor=Executor.NUMBA, n_threads=1)
    three = metric(names, left, right, executor=Executor.NUMBA, n_threads=3)
    assert np.array_equal(one, three)


def test_rapidfuzz_in_several_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """More pairs than one call takes are all computed."""
    monkeypatch.setattr(what_metrics_share, "_RAPIDFUZZ_CHUNK_SIZE", 2)
    out = osa_distance_pairs(NAMES, index(0, 1, 2, 3, 0), index(0, 0, 0, 0, 2), executor=Executor.RAPIDFUZZ)
    assert out.tolist() == [0, 1, 6, osa_distance("duane", "martha"), 6]


def test_many_pairs_are_compiled_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the threshold on, the automatic choice runs the kernels."""
    monkeypatch.setattr(what_metrics_share, "_MIN_PAIRS_FOR_NUMBA", 2)
    monkeypatch.delattr(what_metrics_share, "process")
    assert osa_distance_pairs(NAMES, index(0, 1), index(1, 1)).tolist() == [1, 0]
    with pytest.raises(NameError, match="process"):
        osa_distance_pairs(NAMES, index(0), index(1))


def test_few_pairs_do_not_load_numba() -> None:
    """A small job in a new process starts no compiler."""
    program = (
        "import sys, numpy as np\n"
        "from custid.comparison.string_metrics import jaro_winkler_similarity_pairs as metric\n"
        "metric(['a', 'b'], np.array([0]), np.array([1]))\n"
        "sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_index_arrays_of_unlike_shape() -> None:
    """Index arrays must have one shape."""
    with pytest.raises(ShapeMismatchError, match=r"left_idx, right_idx: expected .* got \(1,\) and \(2,\)\. Hint:"):
        osa_distance_pairs(NAMES, index(0), index(0, 1))


def test_index_arrays_of_two_dimensions() -> None:
    """Index arrays must have one dimension."""
    with pytest.raises(ShapeMismatchError, match=r"got \(1, 1\) and \(1, 1\)"):
        osa_distance_pairs(NAMES, index(0)[None], index(0)[None])


@pytest.mark.parametrize("outside", [-1, 4])
@pytest.mark.parametrize("executor", EXECUTORS)
def test_index_outside_the_values(outside: int, executor: Executor) -> None:
    """A number of no value is refused before a kernel would read beyond the data."""
    with pytest.raises(ShapeMismatchError, match="right_idx: expected numbers from 0 to 3 for 4 values, got"):
        jaro_winkler_similarity_pairs(NAMES, index(0, 0), index(outside, 1), executor=executor)


def test_index_without_values() -> None:
    """Without values there is nothing to point at."""
    with pytest.raises(ShapeMismatchError, match="left_idx: expected no numbers, as there are no values, got 0 to 0"):
        osa_distance_pairs([], index(0), index(0))


def test_index_of_floats() -> None:
    """Numbers of values are integers."""
    with pytest.raises(UnsupportedInputError, match="left_idx: expected integers, got float64"):
        osa_distance_pairs(NAMES, np.array([0.0]), index(0))


@pytest.mark.parametrize("executor", EXECUTORS)
def test_values_that_are_no_strings(executor: Executor) -> None:
    """A missing value that was left as None is refused by every executor."""
    with pytest.raises(UnsupportedInputError, match="values: expected strings only, got NoneType at position 1"):
        osa_distance_pairs(["a", None], index(0), index(0), executor=executor)  # type: ignore[list-item]


def test_no_threads() -> None:
    """At least one thread is needed."""
    with pytest.raises(ConfigurationError, match="n_threads: expected at least 1, got 0"):
        osa_distance_pairs(NAMES, index(0), index(0), n_threads=0)


def test_unknown_executor() -> None:
    """An executor that does not exist is refused with the ones that do."""
    with pytest.raises(ConfigurationError, match="executor: expected one of 'auto', 'numba', 'rapidfuzz', got 'gpu'"):
        osa_distance_pairs(NAMES, index(0), index(0), executor="gpu")  # type: ignore[arg-type]
