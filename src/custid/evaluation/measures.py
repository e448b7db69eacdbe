"""Exact measures of a clustering and of candidate pairs against the truth.

A *predicted* and a *true* label per record say which records belong together; labels are compared for equality only.
Every measure takes time of order ``n log n`` for n records or candidate pairs, never of all pairs.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from attrs import frozen
from numpy.typing import ArrayLike, NDArray

from custid.errors import ShapeMismatchError

__all__ = [
    "Measures",
    "PairwiseMeasures",
    "b_cubed_measures",
    "pairs_completeness",
    "pairwise_measures",
    "reduction_ratio",
    "variation_of_information",
]


@frozen(kw_only=True)
class Measures:
    """Precision, recall and their harmonic mean.

    Attributes
    ----------
    precision : float
        In [0, 1]: how much of what was joined belongs together.
    recall : float
        In [0, 1]: how much of what belongs together was joined.
    f1 : float
        In [0, 1]: harmonic mean of both; 0.0 where both are 0.
    """

    precision: float
    recall: float
    f1: float


@frozen(kw_only=True)
class PairwiseMeasures(Measures):
    """Precision, recall and F1 over pairs of records, with their counts.

    Attributes
    ----------
    precision : float
        Share of the predicted pairs that are true; 1.0 where no pair is predicted.
    recall : float
        Share of the true pairs that are predicted; 1.0 where no pair is true.
    f1 : float
        Harmonic mean of both; 0.0 where both are 0.
    n_pairs_predicted, n_pairs_true, n_pairs_correct : int
        Pairs of records under one predicted label, under one true label, and under one of both.
    """

    n_pairs_predicted: int
    n_pairs_true: int
    n_pairs_correct: int


class _Overlap(NamedTuple):
    """Sizes of the clusters, of the true ones, and of the cells where one meets another."""

    predicted: NDArray[np.int64]
    true: NDArray[np.int64]
    cells: NDArray[np.int64]
    predicted_of_cell: NDArray[np.int64]
    true_of_cell: NDArray[np.int64]


def pairwise_measures(predicted: ArrayLike, true: ArrayLike) -> PairwiseMeasures:
    """Return precision, recall and F1 over all pairs of records.

    A pair counts as predicted when both of its records bear one predicted label, whether or not they were ever
    compared: the measures hold for the closure.

    Parameters
    ----------
    predicted : array_like, shape (n_records,)
        Label of each record, integers or strings.
    true : array_like, shape (n_records,)
        True label of each record, integers or strings.

    Returns
    -------
    PairwiseMeasures
        Measures and counts. Precision is 1.0 without a predicted pair and recall is 1.0 without a true pair, so that
        records all alone in both are resolved perfectly.

    Raises
    ------
    ShapeMismatchError
        If the labels are not two arrays of one dimension and one length.

    References
    ----------
    .. [1] Menestrina, Whang and Garcia-Molina (2010), Evaluating entity resolution results, PVLDB 3(1), section 2.1.

    Examples
    --------
    >>> measures = pairwise_measures([0, 0, 0, 1], ["a", "a", "b", "b"])
    >>> measures.precision, measures.recall, measures.f1
    (0.3333333333333333, 0.5, 0.4)
    """
    overlap = _overlap(predicted, true)
    n_predicted, n_true, n_correct = _n_pairs(overlap.predicted), _n_pairs(overlap.true), _n_pairs(overlap.cells)
    precision, recall = _ratio(n_correct, n_predicted), _ratio(n_correct, n_true)
    return PairwiseMeasures(
        precision=precision,
        recall=recall,
        f1=_ratio(2 * n_correct, n_predicted + n_true),
        n_pairs_predicted=n_predicted,
        n_pairs_true=n_true,
        n_pairs_correct=n_correct,
    )


def b_cubed_measures(predicted: ArrayLike, true: ArrayLike) -> Measures:
    """Return B-cubed precision, recall and F1.

    For each record, its precision is the share of its cluster that truly belongs with it, itself included, and its
    recall the share of what belongs with it that is in its cluster; both are averaged over records. A large cluster
    weighs by its records, not by the square of them.

    Parameters
    ----------
    predicted : array_like, shape (n_records,)
        Label of each record, integers or strings.
    true : array_like, shape (n_records,)
        True label of each record, integers or strings.

    Returns
    -------
    Measures
        All 1.0 for no records. F1 is the harmonic mean of the two averages.

    Raises
    ------
    ShapeMismatchError
        If the labels are not two arrays of one dimension and one length.

    References
    ----------
    .. [1] Bagga and Baldwin (1998), Entity-based cross-document coreferencing using the vector space model, COLING-ACL,
       section 5 (the B-CUBED algorithm, equal weights).

    Examples
    --------
    >>> measures = b_cubed_measures([0, 0, 0, 1], ["a", "a", "b", "b"])
    >>> round(measures.precision, 4), measures.recall
    (0.6667, 0.75)
    """
    overlap = _overlap(predicted, true)
    n_records = int(overlap.cells.sum())
    if n_records == 0:
        return Measures(precision=1.0, recall=1.0, f1=1.0)
    # All records of one cell share their precision and recall, so that a cell of c records adds c * c / size.
    cells = overlap.cells.astype(np.float64)
    precision = float((cells * cells / overlap.predicted[overlap.predicted_of_cell]).sum()) / n_records
    recall = float((cells * cells / overlap.true[overlap.true_of_cell]).sum()) / n_records
    return Measures(precision=precision, recall=recall, f1=2.0 * precision * recall / (precision + recall))


def pairs_completeness(left_idx: ArrayLike, right_idx: ArrayLike, true: ArrayLike) -> float:
    """Return the share of the true pairs that are among the candidate pairs, the recall of blocking.

    Parameters
    ----------
    left_idx : array_like of int, shape (n_pairs,)
        Row of the first record of each candidate pair; each pair stands once.
    right_idx : array_like of int, shape (n_pairs,)
        Row of the second one, another than the first.
    true : array_like, shape (n_records,)
        True label of each record, integers or strings.

    Returns
    -------
    float
        In [0, 1]; 1.0 where no pair is true.

    Raises
    ------
    ShapeMismatchError
        If the arrays are not of one dimension, the two of rows differ in length, or a row is not among the records.

    Examples
    --------
    >>> pairs_completeness([0, 1], [1, 2], ["a", "a", "a", "b"])
    0.6666666666666666
    """
    codes = _codes(true, "true")
    left, right = _rows(left_idx, "left_idx", len(codes)), _rows(right_idx, "right_idx", len(codes))
    if len(left) != len(right):
        raise ShapeMismatchError(f"right_idx: expected {len(left)} rows as in left_idx, got {len(right)}.")
    return _ratio(int(np.count_nonzero(codes[left] == codes[right])), _n_pairs(np.bincount(codes).astype(np.int64)))


def reduction_ratio(n_candidate_pairs: int, n_records: int) -> float:
    """Return the share of all pairs of records that blocking spares from comparison.

    Parameters
    ----------
    n_candidate_pairs : int
        Number of distinct candidate pairs.
    n_records : int
        Number of records.

    Returns
    -------
    float
        ``1 - n_candidate_pairs / (n_records * (n_records - 1) / 2)``, in [0, 1]; 1.0 where no pair exists.

    Raises
    ------
    ShapeMismatchError
        If there are more candidate pairs than pairs of records, or a count is below 0.

    Examples
    --------
    >>> reduction_ratio(2, 5)
    0.8
    """
    n_pairs = n_records * (n_records - 1) // 2
    if n_records < 0 or not 0 <= n_candidate_pairs <= n_pairs:
        raise ShapeMismatchError(
            f"n_candidate_pairs: expected 0 to {max(n_pairs, 0)} for {n_records} records, got {n_candidate_pairs}."
        )
    return (n_pairs - n_candidate_pairs) / n_pairs if n_pairs else 1.0


def variation_of_information(predicted: ArrayLike, true: ArrayLike) -> float:
    """Return how far two partitions of the same records are apart, in bits a record.

    It is what one has to be told on average, of a record whose cluster in one partition is known, to know its cluster
    in the other, in both directions together.  It is a metric, and merging or splitting a cluster of few records costs
    little, however many records there are.

    Parameters
    ----------
    predicted : array_like, shape (n_records,)
        Label of each record, integers or strings.
    true : array_like, shape (n_records,)
        Its label in the other partition.

    Returns
    -------
    float
        In bits, from 0 for equal partitions to log2(n_records); 0.0 for no records.  The two may change places.

    Raises
    ------
    ShapeMismatchError
        If the labels are not two arrays of one dimension and one length.

    References
    ----------
    .. [1] Meilă (2007), Comparing clusterings - an information based distance, Journal of Multivariate Analysis 98(5),
       873-895, section 3, equation 15.

    Examples
    --------
    >>> variation_of_information([0, 0, 1, 1], ["a", "a", "a", "a"])
    1.0
    """
    overlap = _overlap(predicted, true)
    cells = overlap.cells.astype(np.float64)
    n_records = cells.sum()
    sizes = overlap.predicted[overlap.predicted_of_cell], overlap.true[overlap.true_of_cell]
    # Summed exactly, so that neither the order of labels nor that of the partitions shows in the last bit.
    terms = (cells * np.log2(sizes[0] / cells), cells * np.log2(sizes[1] / cells))
    return math.fsum(np.concatenate(terms).tolist()) / float(n_records) if n_records else 0.0


def _overlap(predicted: ArrayLike, true: ArrayLike) -> _Overlap:
    predicted_codes, true_codes = _codes(predicted, "predicted"), _codes(true, "true")
    if len(predicted_codes) != len(true_codes):
        raise ShapeMismatchError(
            f"true: expected {len(predicted_codes)} labels as in predicted, got {len(true_codes)}."
        )
    n_true = int(true_codes.max()) + 1 if len(true_codes) else 1
    # A product of two codes stays below n_records squared, within int64 for three billion records.
    met, cells = np.unique(predicted_codes * n_true + true_codes, return_counts=True)
    return _Overlap(
        predicted=np.bincount(predicted_codes).astype(np.int64),
        true=np.bincount(true_codes).astype(np.int64),
        cells=cells.astype(np.int64),
        predicted_of_cell=met // n_true,
        true_of_cell=met % n_true,
    )


def _codes(labels: ArrayLike, name: str) -> NDArray[np.int64]:
    array = np.asarray(labels)
    if array.ndim != 1:
        raise ShapeMismatchError(f"{name}: expected an array of one dimension, got {array.ndim}.")
    return np.unique(array, return_inverse=True)[1].astype(np.int64)


def _rows(indices: ArrayLike, name: str, n_records: int) -> NDArray[np.int64]:
    array = np.asarray(indices)
    if array.ndim != 1:
        raise ShapeMismatchError(f"{name}: expected an array of one dimension, got {array.ndim}.")
    rows = array.astype(np.int64)
    if len(rows) and (rows.min() < 0 or rows.max() >= n_records):
        raise ShapeMismatchError(f"{name}: expected rows below {n_records}, got {rows.min()} to {rows.max()}.")
    return rows


def _n_pairs(sizes: NDArray[np.int64]) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
