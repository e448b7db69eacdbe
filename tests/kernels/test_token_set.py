"""The token-set kernel, by the function that prepares its words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custid.comparison.string_metrics import Executor, token_set_similarity, token_set_similarity_pairs
from tests.oracles import strings as oracle

texts = st.lists(st.text("abé", min_size=1, max_size=5) | st.text("ab", min_size=30, max_size=50), max_size=5).map(
    " ".join
)


def similarity(left: str, right: str) -> float:
    """Return the similarity by the kernel."""
    out = token_set_similarity_pairs([left, right], np.array([0]), np.array([1]), executor=Executor.NUMBA)
    return float(out[0])


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("", "", 0.0),
        ("", "a", 0.0),
        (" \t", "a", 0.0),
        ("a a b", "b a", 1.0),
        ("a b c", "c a", 1.0),
        ("ab", "xy", 0.0),
        ("fuzzy was a bear", "fuzzy fuzzy was a bear", 1.0),
        ("martha jones", "martha smith", 1 - 6 / 18),
    ],
)
def test_small_cases(left: str, right: str, expected: float) -> None:
    """Cases that can be computed by hand, both ways round."""
    assert similarity(left, right) == pytest.approx(expected, abs=1e-12)
    assert similarity(right, left) == pytest.approx(expected, abs=1e-12)


@given(texts, texts)
@example("a" * 62, "a" * 63)
@example("a" * 63, "b a" + "a" * 61)
@example("ab " * 3 + "b" * 130, "ab " + "a" * 5 + "b" * 120)
def test_similarity_is_the_definition(left: str, right: str) -> None:
    """The kernel, rapidfuzz and the definition mean the same."""
    assert similarity(left, right) == pytest.approx(oracle.token_set_similarity(left, right), abs=1e-9)
    assert similarity(left, right) == pytest.approx(token_set_similarity(left, right), abs=1e-9)


@given(st.lists(texts, min_size=1, max_size=6))
def test_pairs_do_not_influence_each_other(values: list[str]) -> None:
    """All pairs at once give what each pair gives alone, whatever room the pair before has taken."""
    left, right = (grid.ravel() for grid in np.meshgrid(np.arange(len(values)), np.arange(len(values))))
    at_once = token_set_similarity_pairs(values, left, right, executor=Executor.NUMBA)
    assert at_once.tolist() == [similarity(values[i], values[j]) for i, j in zip(left, right, strict=True)]
