"""Measures of clusterings by enumeration of all pairs and all records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from fractions import Fraction
from itertools import combinations
from math import log2

__all__ = ["b_cubed", "entropy_bits", "pair_counts", "pairwise"]


def pair_counts(predicted: Sequence[object], true: Sequence[object]) -> tuple[int, int, int]:
    """Return how many pairs of records are predicted, true, and both."""
    pairs = list(combinations(range(len(true)), 2))
    joined = {(i, j) for i, j in pairs if predicted[i] == predicted[j]}
    belonging = {(i, j) for i, j in pairs if true[i] == true[j]}
    return len(joined), len(belonging), len(joined & belonging)


def pairwise(predicted: Sequence[object], true: Sequence[object]) -> tuple[Fraction, Fraction]:
    """Return precision and recall over pairs: Menestrina et al. (2010), section 2.1; 1 over nothing."""
    n_predicted, n_true, n_correct = pair_counts(predicted, true)
    precision = Fraction(n_correct, n_predicted) if n_predicted else Fraction(1)
    return precision, Fraction(n_correct, n_true) if n_true else Fraction(1)


def b_cubed(predicted: Sequence[object], true: Sequence[object]) -> tuple[Fraction, Fraction]:
    """Return B-cubed precision and recall: Bagga and Baldwin (1998), equal weights; 1 for no records."""
    n_records = len(true)
    if not n_records:
        return Fraction(1), Fraction(1)
    precision = recall = Fraction(0)
    for record in range(n_records):
        cluster = {other for other in range(n_records) if predicted[other] == predicted[record]}
        customer = {other for other in range(n_records) if true[other] == true[record]}
        precision += Fraction(len(cluster & customer), len(cluster))
        recall += Fraction(len(cluster & customer), len(customer))
    return precision / n_records, recall / n_records


def entropy_bits(labels: Sequence[Hashable]) -> float:
    """Return the entropy of the label of a record drawn at random, in bits: Shannon (1948), section 6."""
    return sum(n / len(labels) * log2(len(labels) / n) for n in Counter(labels).values())
