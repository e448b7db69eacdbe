"""The kernel of the similarities of words."""

from __future__ import annotations

import numpy as np

from custid.comparison.word_similarity import WordSimilarity

WORDS = ["anna", "ana", "bob", "robert", "12", "é"]


def test_cells_stand_row_by_row() -> None:
    """Each pair of sets fills its own cells, a row for each left word; padding has none."""
    similarity = WordSimilarity(WORDS, is_compiled=True, variants={"bob": frozenset({1}), "robert": frozenset({1})})
    left = np.array([[0, 2, -1], [4, -1, -1], [-1, -1, -1], [3, 4, 5]], np.int32)
    right = np.array([[1, 3], [4, -1], [0, 1], [2, 5]], np.int32)
    starts = np.array([6, 0, 1, 10], np.int64)
    cells = similarity.grids(left, right, starts, 16)
    pairs = [(4, 4), *[None] * 5, (0, 1), (0, 3), (2, 1), (2, 3), (3, 2), (3, 5), (4, 2), (4, 5), (5, 2), (5, 5)]
    for cell, pair in zip(cells.tolist(), pairs, strict=True):
        if pair is not None:
            assert cell == similarity(np.array(pair[:1], np.int32), np.array(pair[1:], np.int32))[0]
    assert cells[[0, 9, 15]].tolist() == [1.0, np.float32(0.95), 1.0]
