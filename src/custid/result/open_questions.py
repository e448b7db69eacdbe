"""What a run leaves open: decisions that a person could settle, and what each is worth.

Every pair of records in one customer, and every pair of customers with a pair of records that was weighed, belongs to
one question.  Within a customer the questions are the pairs of its strongest tree: going through them from the
strongest to the weakest, each joins two groups of records that stronger pairs hold together already.  A "no" parts
these two.  Between two customers the question is their strongest pair.  A "yes" joins the two.
"""

from __future__ import annotations

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.engines.linked_table import LinkedTable
from custid.result._weakest_links import inner_links, tree_of
from custid.scoring.weights import LEAST_BITS, odds_of, probability_of

__all__ = ["OpenQuestions", "open_questions"]

_SURE_BITS = 10.0
"""A customer whose weakest pair weighs more is wrong less than once in a thousand times: there is nothing to ask."""


@frozen(kw_only=True, eq=False)
class OpenQuestions:
    """Questions, in no order of importance.

    Attributes
    ----------
    pair : ndarray of int64, shape (n_questions,)
        The candidate pair to be shown.
    is_same : ndarray of bool, shape (n_questions,)
        Whether the run made its two units one customer.
    odds_bits : ndarray of float64, shape (n_questions,)
        Log-odds, in bits, that the two sides are one customer.
    n_decided : ndarray of float64, shape (n_questions,)
        Pairs of records that the answer decides: those between the two sides.
    """

    pair: NDArray[np.int64] = field(repr=False)
    is_same: NDArray[np.bool_] = field(repr=False)
    odds_bits: NDArray[np.float64] = field(repr=False)
    n_decided: NDArray[np.float64] = field(repr=False)

    def __len__(self) -> int:
        return len(self.pair)

    @property
    def expected_change(self) -> NDArray[np.float64]:
        """Pairs of records that the answer is expected to set right: the chance that the run errs times those decided.

        Shape (n_questions,).
        """
        return self.n_decided * probability_of(np.where(self.is_same, -self.odds_bits, self.odds_bits))

    def only(self, kept: NDArray[np.int64]) -> OpenQuestions:
        """Return the questions at some positions, in that order."""
        return OpenQuestions(
            pair=self.pair[kept],
            is_same=self.is_same[kept],
            odds_bits=self.odds_bits[kept],
            n_decided=self.n_decided[kept],
        )


def open_questions(linked: LinkedTable) -> OpenQuestions:
    """Return what a run leaves open.

    Parameters
    ----------
    linked : LinkedTable
        What a run found out.

    Returns
    -------
    OpenQuestions
        Those within customers, then those between two.  Left out are customers held together by more than 10 bits
        everywhere, what verdicts and rules join or keep apart, and pairs at the least weight of -25 bits.  Where some
        records of two customers are kept apart, an answer about two others decides about these alone.

    Notes
    -----
    A record is a copy of some record of its customer, each being as likely as the other; so the odds that two sides are
    one are the sum, over the pairs between them, of 2^w with w the weight of the pair, by unit of the smaller side
    (see `custid.clustering.attachment`).
    """
    parts = (_within(linked), _between(linked))
    return OpenQuestions(
        pair=np.concatenate([each.pair for each in parts]),
        is_same=np.concatenate([each.is_same for each in parts]),
        odds_bits=np.concatenate([each.odds_bits for each in parts]),
        n_decided=np.concatenate([each.n_decided for each in parts]),
    )


def _within(linked: LinkedTable) -> OpenQuestions:
    links, cluster = inner_links(linked), linked.cluster
    left, right, weight = links.left, links.right, links.bits
    tree = tree_of(linked.table.n_units, left, right, weight)
    weakest = np.full(int(cluster.max(initial=-1)) + 1, np.inf)
    np.minimum.at(weakest, cluster[left[tree]], weight[tree])
    tree = tree[weakest[cluster[left[tree]]] < _SURE_BITS]
    tree = tree[np.lexsort((right[tree], left[tree], -weight[tree]))]
    inside = np.flatnonzero(weakest[cluster[left]] < _SURE_BITS)
    groups = _Groups(left[inside], right[inside], odds_of(weight[inside]), linked.table.n_copies)
    joined = [groups.join(int(left[place]), int(right[place])) for place in tree.tolist()]
    odds, n_decided = np.array(joined, np.float64).reshape(-1, 2).T
    # What verdicts and rules join comes first, and is no question.
    is_open = links.pair[tree] >= 0
    pair, odds, n_decided = links.pair[tree][is_open], odds[is_open], n_decided[is_open]
    return OpenQuestions(pair=pair, is_same=np.ones(len(pair), np.bool_), odds_bits=np.log2(odds), n_decided=n_decided)


class _Groups:
    """Units that are held together by the pairs gone through so far."""

    def __init__(
        self,
        left: NDArray[np.int32],
        right: NDArray[np.int32],
        odds: NDArray[np.float64],
        n_copies: NDArray[np.int64],
    ) -> None:
        self._near: dict[int, list[tuple[int, float]]] = {}
        for one, other, of_pair in zip(left.tolist(), right.tolist(), odds.tolist(), strict=True):
            self._near.setdefault(one, []).append((other, of_pair))
            self._near.setdefault(other, []).append((one, of_pair))
        self._n_copies = n_copies
        self._group: dict[int, list[int]] = {}

    def join(self, left: int, right: int) -> tuple[float, float]:
        """Join the groups of two units; return the odds between them, and the pairs of records."""
        small, large = sorted((self._group.get(left, [left]), self._group.get(right, [right])), key=len)
        within = set(large)
        odds = sum(of_pair for unit in small for other, of_pair in self._near[unit] if other in within)
        n_rows = [int(self._n_copies[side].sum()) for side in (small, large)]
        n_small = len(small)
        large.extend(small)
        for unit in small:
            self._group[unit] = large
        self._group.setdefault(large[0], large)
        return odds / n_small, float(n_rows[0] * n_rows[1])


def _between(linked: LinkedTable) -> OpenQuestions:
    left, right, weight = linked.candidates.left_idx, linked.candidates.right_idx, linked.weight_bits
    cluster, is_loose = linked.cluster, linked.is_loose
    # Rows of one content that are customers of their own have no one place to be joined.
    is_apart = (cluster[left] != cluster[right]) & (weight != LEAST_BITS) & ~is_loose[left] & ~is_loose[right]
    apart = np.flatnonzero(is_apart)
    one, other = cluster[left[apart]], cluster[right[apart]]
    low, high = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort((right[apart], left[apart], -weight[apart], high, low))
    apart, low, high = apart[order], low[order], high[order]
    is_first = np.ones(len(apart), np.bool_)
    is_first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    number = np.cumsum(is_first) - 1
    odds = np.bincount(number, weights=odds_of(weight[apart]))
    is_kept_apart = np.bincount(number, weights=np.isneginf(weight[apart])) > 0
    n_clusters = int(cluster.max(initial=-1)) + 1
    n_units = np.bincount(cluster, minlength=n_clusters)
    n_rows = np.bincount(cluster, weights=linked.table.n_copies, minlength=n_clusters)
    open_ones = np.flatnonzero(np.isfinite(weight[apart[is_first]]))
    pair, low, high = apart[is_first][open_ones], low[is_first][open_ones], high[is_first][open_ones]
    of_records = linked.table.n_copies[left[pair]] * linked.table.n_copies[right[pair]]
    n_decided = np.where(is_kept_apart[open_ones], of_records, n_rows[low] * n_rows[high])
    return OpenQuestions(
        pair=pair,
        is_same=np.zeros(len(pair), np.bool_),
        odds_bits=np.log2(odds[open_ones] / np.minimum(n_units[low], n_units[high])),
        n_decided=n_decided.astype(np.float64),
    )
