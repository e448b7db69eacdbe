"""Laws of the similarity of q-grams."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from custid.comparison.string_metrics import Executor, QgramCoefficient, qgram_similarity_pairs
from tests.oracles import strings as oracle

strings = (
    st.text("ab-é\U0001f600", max_size=12) | st.text(max_size=12) | st.text("abcdefghijk", min_size=60, max_size=90)
)
sizes = st.integers(1, 4)
coefficients = st.sampled_from(QgramCoefficient)

ZERO, ONE = np.array([0]), np.array([1])


def similarity(left: str, right: str, q: int, coefficient: QgramCoefficient) -> float:
    """Return the similarity by the kernel."""
    settings = {"q": q, "coefficient": coefficient}
    return float(qgram_similarity_pairs([left, right], ZERO, ONE, executor=Executor.NUMBA, **settings)[0])  # type: ignore[arg-type]  # as they are named


@given(strings, strings, sizes, coefficients)
@example("", "", 2, QgramCoefficient.DICE)
@example("a", "ab", 2, QgramCoefficient.JACCARD)
def test_similarity_is_the_definition(left: str, right: str, q: int, coefficient: QgramCoefficient) -> None:
    """The kernel computes the coefficient of the sets, to the bit."""
    assert similarity(left, right, q, coefficient) == oracle.qgram_similarity(left, right, q, coefficient)


@given(strings, strings, sizes, coefficients)
def test_symmetry_and_range(left: str, right: str, q: int, coefficient: QgramCoefficient) -> None:
    """The similarity lies in [0, 1] and does not know which string came first."""
    assert 0.0 <= similarity(left, right, q, coefficient) <= 1.0
    assert similarity(left, right, q, coefficient) == similarity(right, left, q, coefficient)


@given(strings, sizes, coefficients)
def test_identity(string: str, q: int, coefficient: QgramCoefficient) -> None:
    """Equal strings have similarity 1."""
    assert similarity(string, string, q, coefficient) == 1.0


@given(strings, strings, sizes)
def test_one_coefficient_by_the_other(left: str, right: str, q: int) -> None:
    """Dice's coefficient d is 2 j / (1 + j) of Jaccard's j."""
    jaccard = similarity(left, right, q, QgramCoefficient.JACCARD)
    dice = similarity(left, right, q, QgramCoefficient.DICE)
    assert abs(dice - 2 * jaccard / (1 + jaccard)) < 1e-12
