"""The kernels of alignments."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from custid.comparison.alignment import align_words, similarity_grids
from custid.comparison.word_similarity import WordSimilarity
from custid.kernels.alignment import lowest_similarities

WORDS = ["abc", "abd", "abe", "dba", "marie", "mari", "martin", "marten", "x", "12"]
COMPILED, PLAIN = (WordSimilarity(WORDS, is_compiled=is_compiled, at_least=0.7) for is_compiled in (True, False))
code_sets = st.sets(st.integers(0, len(WORDS) - 1), max_size=5).map(sorted)


def row_of(codes: list[int]) -> NDArray[np.int32]:
    """Return one set as an array."""
    return np.array([codes + [-1] * (5 - len(codes))], np.int32)


@given(code_sets, code_sets, st.integers(0, 31), st.integers(0, 31))
def test_some_words_of_two_sets(left: list[int], right: list[int], of_left: int, of_right: int) -> None:
    """Aligning some words of two sets gives what aligning the sets of just these words gives."""
    n_left, n_right = np.array([len(left)], np.int16), np.array([len(right)], np.int16)
    grids = similarity_grids(row_of(left), row_of(right), n_left, n_right, COMPILED)
    of_left, of_right = of_left & ((1 << len(left)) - 1), of_right & ((1 << len(right)) - 1)
    lowest, n_exact = np.full(1, -1, np.float32), np.full(1, -1, np.int16)
    bits_left, bits_right = np.array([of_left], np.int32), np.array([of_right], np.int32)
    lowest_similarities(grids, np.zeros(1, np.int64), bits_left, bits_right, lowest, n_exact)
    chosen_left = [code for place, code in enumerate(left) if (of_left >> place) & 1]
    chosen_right = [code for place, code in enumerate(right) if (of_right >> place) & 1]
    alone = align_words(row_of(chosen_left), row_of(chosen_right), PLAIN)
    assert lowest.tolist() == alone.lowest.tolist()
    assert n_exact.tolist() == [len(set(chosen_left) & set(chosen_right))]
