"""Households among the customers of a run."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from custid.clustering.contraction import contract
from custid.clustering.pair_graph import PairGraph
from custid.engines.linked_table import LinkedTable
from custid.result._homes import ANCHORS, Anchor, Clusters, Holders, holders_of, pairs_of, scale_of
from custid.scoring.households import household_bits, household_class, share_of_households
from custid.scoring.match_model import TrainedClass
from custid.scoring.weights import probability_of

__all__ = ["Household", "find_households"]

_MAX_BITS: Final = 30.0
_PAIRS_AT_ONCE: Final = 1 << 18
_FAMILY: Final = "family_name"


class Household(NamedTuple):
    """Customers who live together.

    Attributes
    ----------
    clusters : tuple of int
        The members, ascending.
    shared : tuple of str
        What two of them at least have in common: ``"address"``, ``"phone"``, ``"email"``, ``"family_name"``.
    probability : float
        Probability that the least certain member lives with another one, in [0.5, 1].
    """

    clusters: tuple[int, ...]
    shared: tuple[str, ...]
    probability: float


class _Weighed(NamedTuple):
    """Pairs of clusters, smaller first, with the odds of being a household in bits, by what they share."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    bits: NDArray[np.float64]
    anchor: NDArray[np.int64]
    is_match: NDArray[np.bool_]


def find_households(linked: LinkedTable, clusters: Clusters) -> list[Household]:
    """Return the households, ordered by their first member; none where the match model knows no households.

    Two persons who share an address, a telephone number or a mailbox are weighed by the match model's class of
    households on all else.  How many of the pairs are households before that is learned, for each kind of thing shared
    and each scale of how many customers share it, so that a block of flats is no household and a house is.  Persons are
    put together by contraction, as records are, with the weights of households: each is in one household at most.
    """
    household = household_class(linked.model)
    if household is None or not len(clusters):
        return []
    family = _family_of_units(linked)
    parts = [_weighed(linked, household, clusters, number, family) for number in range(len(ANCHORS))]
    weighed = _Weighed(*(np.concatenate(each) for each in zip(*parts, strict=True)))
    if not len(weighed.left):
        return []
    left, right, bits = _strongest(weighed, len(clusters))
    graph = PairGraph(
        left_idx=left.astype(np.int32), right_idx=right.astype(np.int32), weight_bits=bits, tie_break=clusters.tie_break
    )
    home = contract(graph)
    return _described(home, (left, right, bits), weighed, _family_pairs(clusters, family))


def _family_of_units(linked: LinkedTable) -> NDArray[np.int64]:
    column = linked.table.columns.get(_FAMILY)
    return np.full(linked.table.n_units, -1, np.int64) if column is None else column.codes[:, 0].astype(np.int64)


def _weighed(
    linked: LinkedTable, household: TrainedClass, clusters: Clusters, number: int, family: NDArray[np.int64]
) -> _Weighed:
    """Weigh the pairs of persons who share one kind of thing."""
    anchor = ANCHORS[number]
    holders = holders_of(linked.table, clusters, anchor.name, clusters.is_person)
    pairs, n_pairs = pairs_of(holders, family[holders.unit])
    first, second = holders.cluster[pairs.left], holders.cluster[pairs.right]
    low, high = np.minimum(first, second), np.maximum(first, second)
    ratio, is_match = _compared(linked, household, anchor, holders, (pairs.left, pairs.right))
    # Two of whom it is certain that they are two may live together, however much alike they are.
    is_match &= ~np.isin(low * len(clusters) + high, _keys_apart(linked, clusters))
    scale = scale_of(pairs.size)
    bits = np.zeros(len(ratio))
    for each in np.unique(scale).tolist():
        of_scale = np.flatnonzero((scale == each) & ~is_match)
        # Among k customers at a place, one in k is the share of pairs if everybody lives with one other at most.
        share = share_of_households(ratio[of_scale], n_pairs[each], 0.5 ** (each + 1))
        bits[of_scale] = ratio[of_scale] + np.log2(share) - np.log2(1.0 - share)
    return _Weighed(
        low,
        high,
        np.clip(bits, -_MAX_BITS, _MAX_BITS),
        np.full(len(bits), number, np.int64),
        is_match,
    )


def _keys_apart(linked: LinkedTable, clusters: Clusters) -> NDArray[np.int64]:
    """Return the clusters of which it is certain that they are two, as one number for each pair, the smaller first."""
    apart = np.sort(clusters.of_unit[linked.graph.apart()], axis=1)
    apart = apart[apart[:, 0] >= 0]
    return np.unique(apart[:, 0] * len(clusters) + apart[:, 1])


def _compared(
    linked: LinkedTable,
    household: TrainedClass,
    anchor: Anchor,
    holders: Holders,
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the likelihood ratio of a household for each pair in bits, and whether it is rather a match."""
    left, right = (holders.unit[side].astype(np.int32) for side in pairs)
    bits, is_match = np.empty(len(left)), np.empty(len(left), np.bool_)
    for start in range(0, len(left), _PAIRS_AT_ONCE):
        piece = slice(start, start + _PAIRS_AT_ONCE)
        first, second = np.minimum(left[piece], right[piece]), np.maximum(left[piece], right[piece])
        levels, rarity = linked.comparer.compare(first, second)
        bits[piece] = household_bits(linked.model, household, levels, rarity, anchor.given)
        is_match[piece] = linked.model.weight_bits(levels, linked.model.adjustments(levels, rarity)) > 0
    return bits, is_match


def _strongest(weighed: _Weighed, n_clusters: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return each pair of clusters once, with its greatest odds over all that the two share.

    Two that are rather one customer than two are left to review: they say nothing for a household or against it.
    """
    key = weighed.left * n_clusters + weighed.right
    order = np.lexsort((-weighed.bits, key))
    key = key[order]
    is_first = np.append(True, key[1:] != key[:-1])
    left, right = np.divmod(key[is_first], n_clusters)
    is_match = np.logical_or.reduceat(weighed.is_match[order], np.flatnonzero(is_first))
    return left, right, np.where(is_match, 0.0, weighed.bits[order][is_first])


def _family_pairs(clusters: Clusters, family: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    held = np.flatnonzero((family >= 0) & (clusters.of_unit >= 0))
    return clusters.of_unit[held], family[held]


def _described(
    home: NDArray[np.int64],
    pairs: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
    weighed: _Weighed,
    family: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> list[Household]:
    left, right, bits = pairs
    inside = home[left] == home[right]
    greatest = np.full(len(home), -np.inf)
    for side in (left, right):
        np.maximum.at(greatest, side[inside], bits[inside])
    members = np.flatnonzero(np.bincount(home)[home] > 1)
    members = members[np.lexsort((members, home[members]))]
    starts = np.flatnonzero(np.append(True, home[members][1:] != home[members][:-1])[: len(members)])
    shared: dict[int, set[str]] = {}
    is_shared = (home[weighed.left] == home[weighed.right]) & (weighed.bits > 0)
    for number, anchor in enumerate(ANCHORS):
        for each in np.unique(home[weighed.left[is_shared & (weighed.anchor == number)]]).tolist():
            shared.setdefault(each, set()).add(anchor.name)
    for each in _with_one_family(home, *family):
        shared.setdefault(each, set()).add(_FAMILY)
    order = [*(anchor.name for anchor in ANCHORS), _FAMILY]
    return [
        Household(
            tuple(group.tolist()),
            tuple(sorted(shared.get(int(home[group[0]]), ()), key=order.index)),
            float(probability_of(greatest[group].min())),
        )
        for group in (np.split(members, starts[1:]) if len(members) else [])
    ]


def _with_one_family(home: NDArray[np.int64], cluster: NDArray[np.int64], family: NDArray[np.int64]) -> list[int]:
    """Return the homes of which two customers bear one family name."""
    if not len(family):
        return []
    n_families = int(family.max()) + 1
    borne = np.unique(cluster * n_families + family)
    held = home[borne // n_families] * n_families + borne % n_families
    found, counts = np.unique(held, return_counts=True)
    return np.unique(found[counts > 1] // n_families).tolist()  # type: ignore[no-any-return]
