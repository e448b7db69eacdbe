"""The kernel of the similarities of words."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.comparison.compiled_words import CompiledWords
from custid.comparison.word_similarity import WordSimilarity
from custid.kernels.word_similarity import fill_grids, greatest_word_similarity

WORDS = ["anna", "ana", "bob", "robert", "12", "é"]
words = st.text("abcé1", min_size=1, max_size=8) | st.text(min_size=1, max_size=70).filter(lambda word: word.split())


def test_grids_of_a_batch() -> None:
    """Each pair of sets fills a grid of its own, a row for each left word; hits and equal words are told."""
    variants = {"bob": frozenset({1}), "robert": frozenset({1})}
    similarity = WordSimilarity(WORDS, is_compiled=False, at_least=0.7, variants=variants)
    compiled = CompiledWords(WORDS, at_least=similarity.at_least, variants=variants)
    sets = [([0, 2], [1, 3]), ([4], [4]), ([], [0, 1]), ([3, 4, 5], [2, 5])]
    with compiled.room(3) as (known, grids):
        for pair, (left, right) in enumerate(sets):
            grids.left[pair, : len(left)], grids.right[pair, : len(right)] = left, right
            grids.n_left[pair], grids.n_right[pair] = len(left), len(right)
        # The second time memory answers.
        for _ in range(2):
            fill_grids(compiled.table, known, grids, len(sets))
            for pair, (left, right) in enumerate(sets):
                assert grids.n_equal[pair] == len({*left} & {*right})
                for (row, i), (column, j) in product(enumerate(left), enumerate(right)):
                    expected = similarity(np.array([i], np.int32), np.array([j], np.int32))[0]
                    assert grids.cells[pair, row, column] == expected
                    assert bool(grids.hits[pair, row] >> column & 1) == (expected > 0)


@given(words, words)
def test_greatest_similarity(left: str, right: str) -> None:
    """Two differing words are not more alike than the bound."""
    pair = [left, right] if left != right else [left, left + "a"]
    rows = CompiledWords(pair, at_least=0.0, variants={}).table.rows
    bound = greatest_word_similarity(rows[0, 0], rows[1, 0], rows[0, 1], rows[1, 1], rows[0, 2] ^ rows[1, 2])
    zero, one = np.zeros(1, np.int32), np.ones(1, np.int32)
    assert WordSimilarity(pair, is_compiled=False)(zero, one)[0] <= bound + 1e-6


@pytest.mark.parametrize("at_least", [0.0, 0.7, 0.95])
@given(vocabulary=st.sets(words, min_size=2, max_size=6).map(sorted))
def test_executors_agree(at_least: float, vocabulary: list[str]) -> None:
    """Compiled similarities are those of rapidfuzz."""
    left, right = np.divmod(np.arange(len(vocabulary) ** 2, dtype=np.int32), np.int32(len(vocabulary)))
    plain, compiled = (
        WordSimilarity(vocabulary, is_compiled=is_compiled, at_least=at_least)(left, right)
        for is_compiled in (False, True)
    )
    assert compiled.tolist() == pytest.approx(plain.tolist(), abs=1e-6)
