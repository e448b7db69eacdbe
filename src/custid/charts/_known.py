"""Pairs of which somebody knows whether they are one customer, and what the run made of them."""

from __future__ import annotations

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.errors import InputError
from custid.evaluation import TruthLike, read_truth
from custid.result import Result
from custid.review import Labels
from custid.steering._records import rows_by_name

__all__ = ["Known", "KnownPairs", "known_pairs"]

Known = Labels | TruthLike
"""Labels, or the true customer of each record as `custid.evaluation.read_truth` takes it."""


@frozen(kw_only=True, eq=False)
class KnownPairs:
    """Pairs of which the truth is known.

    Attributes
    ----------
    weight_bits : ndarray of float64, shape (n_known,)
        Match weights; ``-inf`` for pairs that the run never compared.
    is_match : ndarray of bool, shape (n_known,)
        Whether they are one customer.
    is_joined : ndarray of bool, shape (n_known,)
        Whether the run made them one.
    n_elsewhere : int
        Further true pairs, which the run never compared.
    n_joined_elsewhere, n_right_elsewhere : int
        Further pairs that the run joined by way of other records without comparing them, and true ones among them.
    """

    weight_bits: NDArray[np.float64] = field(repr=False)
    is_match: NDArray[np.bool_] = field(repr=False)
    is_joined: NDArray[np.bool_] = field(repr=False)
    n_elsewhere: int = 0
    n_joined_elsewhere: int = 0
    n_right_elsewhere: int = 0

    def __len__(self) -> int:
        return len(self.weight_bits)

    @property
    def was_weighed(self) -> NDArray[np.bool_]:
        """Whether the run compared them and nothing keeps them apart for good."""
        return np.asarray(np.isfinite(self.weight_bits), np.bool_)


def known_pairs(result: Result, known: Known) -> KnownPairs:
    """Return the pairs of which labels or a truth say whether they are one customer.

    Parameters
    ----------
    result : Result
        The run.
    known : Labels or truth
        Labels, which speak of their own pairs; or the truth, which speaks of all pairs of its records.

    Returns
    -------
    KnownPairs
        Of labels, their pairs; of a truth, all pairs of distinct contents that the run weighed.

    Raises
    ------
    InputError
        If no record of the run is known.
    """
    return _of_labels(result, known) if isinstance(known, Labels) else _of_truth(result, known)


def _of_labels(result: Result, labels: Labels) -> KnownPairs:
    places, linked = rows_by_name(result), result.linked
    customer = result.assignments["customer"].to_numpy()
    said = [(places.get(left, -1), places.get(right, -1), is_match) for left, right, is_match in labels.pairs()]
    said = [each for each in said if each[0] >= 0 and each[1] >= 0]
    if not said:
        raise InputError(
            "labels: expected some pairs of records of this run, got none.",
            hint="Sources and record keys must be those of the run.",
        )
    rows = np.array([each[:2] for each in said], np.int64)
    units = np.sort(linked.table.unit_of_row[rows], axis=1)
    candidates = linked.candidates
    code = candidates.left_idx.astype(np.int64) * linked.table.n_units + candidates.right_idx
    wanted = units[:, 0] * linked.table.n_units + units[:, 1]
    place = np.minimum(np.searchsorted(code, wanted), max(len(code) - 1, 0))
    bits = np.full(len(said), -np.inf)
    if len(code):
        is_found = code[place] == wanted
        bits[is_found] = linked.weight_bits[place[is_found]]
    is_copy = units[:, 0] == units[:, 1]
    bits[is_copy] = linked.copy_bits[units[is_copy, 0]]
    return KnownPairs(
        weight_bits=bits,
        is_match=np.array([each[2] for each in said], np.bool_),
        is_joined=customer[rows[:, 0]] == customer[rows[:, 1]],
    )


def _of_truth(result: Result, known: TruthLike) -> KnownPairs:
    truth = read_truth(known)
    places, linked = rows_by_name(result), result.linked
    sources = [""] * len(truth.key) if truth.source is None else truth.source.to_pylist()
    number: dict[str, int] = {}
    label = np.full(linked.table.n_rows, -1, np.int64)
    for source, key, true_id in zip(sources, truth.key.to_pylist(), truth.true_id.to_pylist(), strict=True):
        row = places.get((source, key), places.get(("", key), -1))
        if row >= 0:
            label[row] = number.setdefault(true_id, len(number))
    if (label < 0).all():
        raise InputError("truth: expected records of this run, got none.", hint="Record keys must be those of the run.")
    # The first row stands for all of one content.
    first_row = linked.table.first_row
    of_unit, customer = label[first_row], result.assignments["customer"].to_numpy()[first_row]
    candidates = linked.candidates
    left, right = of_unit[candidates.left_idx], of_unit[candidates.right_idx]
    is_known = (left >= 0) & (right >= 0)
    left, right = left[is_known], right[is_known]
    is_match = left == right
    is_joined = (customer[candidates.left_idx] == customer[candidates.right_idx])[is_known]
    true, found = of_unit[of_unit >= 0], customer[of_unit >= 0]
    return KnownPairs(
        weight_bits=linked.weight_bits[is_known],
        is_match=is_match,
        is_joined=is_joined,
        n_elsewhere=_n_pairs(true) - int(is_match.sum()),
        n_joined_elsewhere=_n_pairs(found) - int(is_joined.sum()),
        n_right_elsewhere=_n_pairs(true, found) - int((is_joined & is_match).sum()),
    )


def _n_pairs(*labels: NDArray[np.int64]) -> int:
    """Return how many pairs of units are alike in all of some labels."""
    n_alike = np.unique(np.stack(labels), axis=1, return_counts=True)[1]
    return int((n_alike * (n_alike - 1) // 2).sum())
