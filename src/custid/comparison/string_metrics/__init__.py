"""How alike two strings are, for one pair or for many.

Each metric exists as a function of two strings and as a function of many pairs of a sequence's strings, numbered by
``left_idx`` and ``right_idx``. The second has two executors that give the same results: rapidfuzz, which starts at
once, and our compiled kernels, which pay off when there is much to do.
"""

from __future__ import annotations

from custid.comparison.string_metrics.jaro_winkler import jaro_winkler_similarity, jaro_winkler_similarity_pairs
from custid.comparison.string_metrics.levenshtein import (
    levenshtein_distance,
    levenshtein_distance_pairs,
    levenshtein_similarity,
    levenshtein_similarity_pairs,
)
from custid.comparison.string_metrics.osa import osa_distance, osa_distance_pairs
from custid.comparison.string_metrics.pairs import Executor
from custid.comparison.string_metrics.qgrams import QgramCoefficient, qgram_similarity, qgram_similarity_pairs
from custid.comparison.string_metrics.token_sets import token_set_similarity, token_set_similarity_pairs

__all__ = [
    "Executor",
    "QgramCoefficient",
    "jaro_winkler_similarity",
    "jaro_winkler_similarity_pairs",
    "levenshtein_distance",
    "levenshtein_distance_pairs",
    "levenshtein_similarity",
    "levenshtein_similarity_pairs",
    "osa_distance",
    "osa_distance_pairs",
    "qgram_similarity",
    "qgram_similarity_pairs",
    "token_set_similarity",
    "token_set_similarity_pairs",
]
