"""Laws of the string metrics, for both executors."""

from __future__ import annotations

import jellyfish
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custid.comparison.string_metrics import (
    Executor,
    jaro_winkler_similarity,
    jaro_winkler_similarity_pairs,
    osa_distance,
    osa_distance_pairs,
)
from tests.oracles import strings as oracle

# Few letters, so that strings agree in part; with accents, beyond the basic plane, and a combining mark.
names = st.text("ab-é\u0301\U0001f600", max_size=12)
long_names = st.text("ab\U0001f600", min_size=60, max_size=90)
strings = names | long_names | st.text(max_size=12)

ZERO, ONE = np.array([0]), np.array([1])


def similarity(left: str, right: str) -> float:
    """Return the similarity by the kernel."""
    return float(jaro_winkler_similarity_pairs([left, right], ZERO, ONE, executor=Executor.NUMBA)[0])


def distance(left: str, right: str) -> int:
    """Return the distance by the kernel."""
    return int(osa_distance_pairs([left, right], ZERO, ONE, executor=Executor.NUMBA)[0])


@given(strings, strings)
@example("", "")
@example("", "a")
@example("a" * 64, "a" * 65)
def test_similarity_is_the_papers(left: str, right: str) -> None:
    """The kernel's similarity is the one written from the papers."""
    assert similarity(left, right) == pytest.approx(oracle.jaro_winkler_similarity(left, right), abs=1e-9)


@given(st.text("abcde", min_size=1, max_size=12), st.text("abcde", min_size=1, max_size=12))
def test_a_third_implementation_agrees(left: str, right: str) -> None:
    """On strings that are not empty, jellyfish means the same by the similarity."""
    assert similarity(left, right) == pytest.approx(jellyfish.jaro_winkler_similarity(left, right), abs=1e-9)


@given(strings, strings)
@example("", "")
@example("CA", "ABC")
@example("ab" * 32, "ba" * 32)
def test_distance_is_the_papers(left: str, right: str) -> None:
    """The kernel's distance is the one of the recurrence."""
    assert distance(left, right) == oracle.osa_distance(left, right)


@given(strings, strings)
@example("", "")
@example("a" * 64, "a" * 63 + "b")
def test_executors_agree(left: str, right: str) -> None:
    """Rapidfuzz and the kernels mean the same by both metrics."""
    assert similarity(left, right) == pytest.approx(jaro_winkler_similarity(left, right), abs=1e-9)
    assert distance(left, right) == osa_distance(left, right)


@given(strings, strings)
def test_symmetry(left: str, right: str) -> None:
    """Neither metric knows which string came first, to the last bit."""
    assert similarity(left, right) == similarity(right, left)
    assert distance(left, right) == distance(right, left)


@given(strings, strings)
def test_identity(left: str, right: str) -> None:
    """A similarity of 1 and a distance of 0 mean equal strings, and equal strings have them."""
    assert (similarity(left, right) == 1.0) == (left == right)
    assert (distance(left, right) == 0) == (left == right)
    assert similarity(left, left) == 1.0
    assert distance(left, left) == 0


@given(strings, strings)
def test_range(left: str, right: str) -> None:
    """Similarities lie in [0, 1]; distances between the difference of the lengths and the longer length."""
    assert 0.0 <= similarity(left, right) <= 1.0
    assert abs(len(left) - len(right)) <= distance(left, right) <= max(len(left), len(right))


@given(strings, strings)
def test_swaps_only_help(left: str, right: str) -> None:
    """The distance with swaps never exceeds the one without, and is at least half of it."""
    without_swaps = oracle.levenshtein_distance(left, right)
    assert distance(left, right) <= without_swaps <= 2 * distance(left, right)


@given(names, names, names)
def test_common_ends_do_not_count(left: str, right: str, end: str) -> None:
    """Appending one text to both strings leaves their distance as it was."""
    assert distance(left + end, right + end) == distance(left, right)


@given(st.lists(strings, min_size=1, max_size=6))
def test_pairs_do_not_influence_each_other(values: list[str]) -> None:
    """All pairs at once give what each pair gives alone."""
    left, right = (grid.ravel() for grid in np.meshgrid(np.arange(len(values)), np.arange(len(values))))
    at_once = jaro_winkler_similarity_pairs(values, left, right, executor=Executor.NUMBA)
    assert at_once.tolist() == [similarity(values[i], values[j]) for i, j in zip(left, right, strict=True)]
