"""The cases that a person should review, no more of them than there is time for."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.clustering._thresholds import threshold_bits
from custid.engines.linked_table import LinkedTable
from custid.result._weakest_links import tree_of
from custid.result.result import Result
from custid.scoring.weights import probability_of
from custid.steering._swept import rows_clustered_at, tried_between
from custid.steering.thresholds import Thresholds

__all__ = ["review_cases"]


@frozen(kw_only=True, eq=False)
class _Links:
    """Pairs of rows, the strongest of those that could join two customers."""

    left: NDArray[np.int64] = field(repr=False)
    right: NDArray[np.int64] = field(repr=False)
    bits: NDArray[np.float64] = field(repr=False)

    def take(self, places: NDArray[np.integer]) -> _Links:
        return _Links(left=self.left[places], right=self.right[places], bits=self.bits[places])


def review_cases(result: Result, thresholds: Thresholds) -> pa.Table:
    """Return the merges between the thresholds, those first where an error would cost most.

    Parameters
    ----------
    result : Result
        The run that the thresholds were chosen for, or one over the same records with their options.
    thresholds : Thresholds
        The thresholds, with costs.

    Returns
    -------
    pyarrow.Table
        One row per case, ``n_reviews`` at most.  The question is whether two groups of records are one customer; the
        strongest pair between them stands for it in ``left_source``, ``left_record_key``, ``right_source`` and
        ``right_record_key``, with its ``match_weight``.  ``merge_probability`` is that of the threshold at which the
        groups are joined, ``expected_loss`` what deciding without a review is expected to cost, and ``same_customer``
        what the run decided.  With a column ``verdict`` it is a file of labels (see `custid.review`).

    Raises
    ------
    ConfigurationError
        If the run used a clusterer of the user's own.

    Notes
    -----
    A customer that the lower threshold finds and the upper one leaves in k groups makes k - 1 cases, which its
    strongest pairs connect.  The records marked for review in ``Result.assignments`` are more: each of them is doubtful
    when looked at by itself, while the rest of what is known may have settled it.

    Examples
    --------
    >>> import custid
    >>> from custid.steering import ErrorCosts, choose_thresholds, review_cases
    >>> from custid.testing import synthetic_customers
    >>> result = custid.dedupe(synthetic_customers(300, seed=1).records)
    >>> chosen = choose_thresholds(result, ErrorCosts(false_merge=9, miss=1), review_capacity=5)
    >>> review_cases(result, chosen).num_rows <= 5
    True
    """
    linked, costs = result.linked, thresholds.costs
    low, high = threshold_bits(thresholds.review_probability), threshold_bits(thresholds.certain_probability)
    links, tried = _links(linked), [low, *tried_between(low, high), high]
    customers = [rows_clustered_at(linked, each) for each in tried]
    apart, together = customers[-1], customers[0]
    is_open = (apart[links.left] != apart[links.right]) & (together[links.left] == together[links.right])
    links = links.take(np.flatnonzero(is_open))
    ends = apart[links.left].astype(np.int32), apart[links.right].astype(np.int32)
    links = links.take(tree_of(int(apart.max(initial=-1)) + 1, *ends, links.bits))
    probability = _probabilities(links, tried, customers)
    loss = np.minimum(probability * costs.miss, (1.0 - probability) * costs.false_merge)
    order = np.lexsort((-links.bits, -loss))[: thresholds.n_reviews]
    return _table(result, links.take(order), probability[order], loss[order])


def _links(linked: LinkedTable) -> _Links:
    """Return the weighed pairs, of the first rows of their contents, and pairs of rows of one content."""
    unit_of_row, first_row = linked.table.unit_of_row, linked.table.first_row
    weighed = np.flatnonzero(np.isfinite(linked.weight_bits))
    one, other = (first_row[side[weighed]] for side in (linked.candidates.left_idx, linked.candidates.right_idx))
    copies = np.flatnonzero(first_row[unit_of_row] != np.arange(len(unit_of_row)))
    copies = copies[np.isfinite(linked.copy_bits[unit_of_row[copies]])]
    # By content, so that cases of one loss stand in an order that no order of rows can sway.
    copies = copies[np.argsort(unit_of_row[copies], kind="stable")]
    one = np.concatenate([one, first_row[unit_of_row[copies]]])
    other = np.concatenate([other, copies])
    bits = np.concatenate([linked.weight_bits[weighed], linked.copy_bits[unit_of_row[copies]]])
    return _Links(left=np.minimum(one, other), right=np.maximum(one, other), bits=bits)


def _probabilities(links: _Links, tried: list[float], customers: list[NDArray[np.int64]]) -> NDArray[np.float64]:
    """Return the probability halfway between the last threshold that joins two rows and the next that does not."""
    found = np.full(len(links.bits), probability_of(tried[0]))
    for below, above, customer in zip(tried, tried[1:], customers, strict=False):
        is_joined = customer[links.left] == customer[links.right]
        found[is_joined] = probability_of((below + above) / 2)
    return found


def _table(result: Result, links: _Links, probability: NDArray[np.float64], loss: NDArray[np.float64]) -> pa.Table:
    assignments, left, right = result.assignments, pa.array(links.left), pa.array(links.right)
    customer = np.asarray(assignments["customer"])
    return pa.table(
        {
            "left_source": assignments["source"].take(left),
            "left_record_key": assignments["record_key"].take(left),
            "right_source": assignments["source"].take(right),
            "right_record_key": assignments["record_key"].take(right),
            "match_weight": pa.array(links.bits),
            "merge_probability": pa.array(probability),
            "expected_loss": pa.array(loss),
            "same_customer": pa.array(customer[links.left] == customer[links.right]),
        }
    )
