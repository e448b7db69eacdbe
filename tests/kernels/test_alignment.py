"""The kernels of alignments."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from custid.comparison.alignment import align_words
from custid.comparison.compiled_words import CompiledWords
from custid.comparison.word_similarity import WordSimilarity
from custid.kernels.alignment import lowest_similarity
from custid.kernels.word_similarity import fill_grids

WORDS = ["abc", "abd", "abe", "dba", "marie", "mari", "martin", "marten", "x", "12"]
PLAIN = WordSimilarity(WORDS, is_compiled=False, at_least=0.7)
COMPILED = CompiledWords(WORDS, at_least=PLAIN.at_least, variants={})
code_sets = st.sets(st.integers(0, len(WORDS) - 1), max_size=5).map(sorted)


def row_of(codes: list[int]) -> NDArray[np.int32]:
    """Return one set as an array."""
    return np.array([codes + [-1] * (5 - len(codes))], np.int32)


@given(code_sets, code_sets, st.integers(0, 31), st.integers(0, 31))
def test_some_words_of_two_sets(left: list[int], right: list[int], of_left: int, of_right: int) -> None:
    """Aligning some words of two sets gives what aligning the sets of just these words gives."""
    of_left, of_right = of_left & ((1 << len(left)) - 1), of_right & ((1 << len(right)) - 1)
    with COMPILED.room(5) as (known, grids):
        grids.left[0], grids.right[0] = row_of(left)[0], row_of(right)[0]
        grids.n_left[0], grids.n_right[0] = len(left), len(right)
        grids.near[0] = -1
        fill_grids(COMPILED.table, known, grids, 1)
        lowest = lowest_similarity(grids, 0, of_left, of_right)
    chosen_left = [code for place, code in enumerate(left) if (of_left >> place) & 1]
    chosen_right = [code for place, code in enumerate(right) if (of_right >> place) & 1]
    assert lowest == align_words(row_of(chosen_left), row_of(chosen_right), PLAIN).lowest[0]
