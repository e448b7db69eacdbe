"""Who shares a home or a contact point: customers by what they hold, without looking at all pairs.

Customers are *clusters* here, numbered by the order of their contents, so that no order of rows can sway a sum.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.engines.linked_table import LinkedTable
from custid.table.record_table import RecordTable

__all__ = ["ANCHORS", "Anchor", "Clusters", "Holders", "SharedPairs", "clusters_of", "holders_of", "pairs_of"]

_ORGANIZATION: Final = 1
_PERSON: Final = 0
_NAMES: Final = ("given_name", "family_name", "full_name")
_VALUES_PER_PART: Final = 3
MAX_HOLDERS: Final = 32
"""Customers of the largest home of which all pairs are looked at; of larger ones only those of one family name."""


class Anchor(NamedTuple):
    """Something that people of one home share.

    Attributes
    ----------
    name : str
        ``"address"``, ``"phone"`` or ``"email"``.
    given : frozenset of str
        Attributes on which all who share it agree, whoever they are.
    """

    name: str
    given: frozenset[str]


_PLACE: Final = frozenset({"street", "address_line", "house_number", "postcode", "city", "region", "country"})
ANCHORS: Final = (
    Anchor("address", _PLACE),
    Anchor("phone", frozenset({"phone"})),
    Anchor("email", frozenset({"email"})),
)


@frozen(kw_only=True, eq=False)
class Clusters:
    """The customers of a run by the order of their contents.

    Attributes
    ----------
    of_unit : ndarray of int64, shape (n_units,)
        Cluster of each unit; -1 for units whose rows are customers of their own, which say too little to go by.
    customer : ndarray of int64, shape (n_clusters,)
        Number of each cluster as a customer of the result; -1 where a cluster has no row of its own.
    is_person : ndarray of bool, shape (n_clusters,)
        Whether a cluster is a person: it has a name of one and none of an organization, and no source says otherwise.
    tie_break : ndarray of uint64, shape (n_clusters,)
        Hash of the contents.
    """

    of_unit: NDArray[np.int64] = field(repr=False)
    customer: NDArray[np.int64] = field(repr=False)
    is_person: NDArray[np.bool_] = field(repr=False)
    tie_break: NDArray[np.uint64] = field(repr=False)

    def __len__(self) -> int:
        return len(self.customer)


class Holders(NamedTuple):
    """Which clusters hold which keys, each pair of the two once, ascending by key and then by cluster.

    Attributes
    ----------
    key, cluster : ndarray of int64, shape (n_held,)
        The key, numbered from 0, and the cluster.
    unit : ndarray of int64, shape (n_held,)
        The unit of the cluster with most values that holds the key.
    """

    key: NDArray[np.int64]
    cluster: NDArray[np.int64]
    unit: NDArray[np.int64]


class SharedPairs(NamedTuple):
    """Pairs of clusters that share a key.

    Attributes
    ----------
    left, right : ndarray of int64, shape (n_pairs,)
        Places among the holders.
    size : ndarray of int64, shape (n_pairs,)
        How many clusters share the key.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    size: NDArray[np.int64]


def clusters_of(linked: LinkedTable, customer: NDArray[np.int64]) -> Clusters:
    """Return the customers of a run by the order of their contents; ``customer`` tells that of each row."""
    table = linked.table
    of_unit = np.where(linked.is_loose, np.int64(-1), linked.cluster.astype(np.int64))
    n_clusters = int(linked.cluster.max(initial=-1)) + 1
    number = np.full(n_clusters + 1, -1, np.int64)
    number[of_unit[table.unit_of_row]] = customer
    number = number[:-1]
    has_name = _any_held(table, _NAMES)
    is_other = _any_held(table, ("organization_name",)) | (table.kind_of_unit > _PERSON)
    held = np.flatnonzero(of_unit >= 0)
    is_person, is_no_person = np.zeros(n_clusters, np.bool_), np.zeros(n_clusters, np.bool_)
    is_person[of_unit[held[has_name[held]]]] = True
    is_no_person[of_unit[held[is_other[held]]]] = True
    tie_break = np.full(n_clusters, np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(tie_break, of_unit[held], table.content_hash[held])
    return Clusters(of_unit=of_unit, customer=number, is_person=is_person & ~is_no_person, tie_break=tie_break)


def _any_held(table: RecordTable, names: tuple[str, ...]) -> NDArray[np.bool_]:
    found = np.zeros(table.n_units, np.bool_)
    for name in names:
        if name in table.columns:
            found |= (table.columns[name].codes >= 0).any(axis=1)
    return found


def holders_of(table: RecordTable, clusters: Clusters, anchor: str, is_counted: NDArray[np.bool_]) -> Holders:
    """Return which clusters hold which keys of an anchor, of those that are counted."""
    key, unit = _address_keys(table) if anchor == "address" else _value_keys(table, anchor)
    cluster = clusters.of_unit[unit]
    kept = np.flatnonzero((cluster >= 0) & is_counted[cluster])
    key, unit, cluster = key[kept], unit[kept], cluster[kept]
    n_held = np.zeros(table.n_units, np.int64)
    for column in table.columns.values():
        n_held += (column.codes >= 0).any(axis=1)
    order = np.lexsort((unit, -n_held[unit], cluster, key))
    key, unit, cluster = key[order], unit[order], cluster[order]
    is_first = np.append(True, (key[1:] != key[:-1]) | (cluster[1:] != cluster[:-1]))[: len(key)]
    return Holders(np.unique(key[is_first], return_inverse=True)[1], cluster[is_first], unit[is_first])


def _value_keys(table: RecordTable, attribute: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    column = table.columns.get(attribute)
    if column is None:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    unit, slot = np.nonzero(column.codes >= 0)
    return column.codes[unit, slot].astype(np.int64), unit


def _address_keys(table: RecordTable) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a key for each street, house number and town of a unit.  A street without a town may be anywhere."""
    street = _codes_of(table, "street")
    post, city = _codes_of(table, "postcode"), _codes_of(table, "city")
    n_post = int(post.max(initial=-1)) + 1
    # Where both are known the postcode tells, as sources write it in one way.
    has_post = np.asarray((post >= 0).any(axis=1), np.bool_)[:, None]
    town = np.where(has_post, _padded(post, city), _padded(np.where(city >= 0, city + n_post, -1), post))
    number = _codes_of(table, "house_number")
    n_town, n_number = int(town.max(initial=-1)) + 1, int(number.max(initial=-1)) + 2
    keys, units = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    has_number = (number >= 0).any(axis=1)
    for at_street in street.T:
        for at_town in town.T:
            for slot, at_number in enumerate(number.T):
                # A unit without any number has one key; a further number that is missing is none.
                is_held = (at_street >= 0) & (at_town >= 0) & ((at_number >= 0) | (~has_number & (slot == 0)))
                unit = np.flatnonzero(is_held)
                keys.append((at_street[unit] * n_number + at_number[unit] + 1) * n_town + at_town[unit])
                units.append(unit)
    return np.concatenate(keys), np.concatenate(units)


def _codes_of(table: RecordTable, attribute: str) -> NDArray[np.int64]:
    column = table.columns.get(attribute)
    if column is None:
        return np.full((table.n_units, 1), -1, np.int64)
    return column.codes[:, :_VALUES_PER_PART].astype(np.int64)


def _padded(codes: NDArray[np.int64], like: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return codes with as many columns as the wider of the two."""
    width = max(codes.shape[1], like.shape[1])
    padded = np.full((len(codes), width), -1, np.int64)
    padded[:, : codes.shape[1]] = codes
    return padded


def pairs_of(holders: Holders, family: NDArray[np.int64]) -> tuple[SharedPairs, dict[int, float]]:
    """Return the pairs of clusters that share a key, and how many pairs there are for each scale of sizes.

    All pairs of a key that few hold; of a key that many hold those of one family name, as far as few bear it there.
    Pairs that are left out are counted too.  ``family`` is a code of the family name of each holder, -1 for none.
    """
    size = np.bincount(holders.key)[holders.key] if len(holders.key) else holders.key
    is_small = np.asarray(size <= MAX_HOLDERS)
    small = np.flatnonzero(is_small)
    left, right = _within(small, holders.key[small])
    large = np.flatnonzero(~is_small & (family >= 0))
    large = large[np.lexsort((large, family[large], holders.key[large]))]
    n_families = int(family.max(initial=0)) + 1
    block = np.unique(holders.key[large] * n_families + family[large], return_inverse=True)[1]
    is_few = (np.bincount(block)[block] if len(block) else block) <= MAX_HOLDERS
    more = _within(large[is_few], block[is_few])
    left, right = np.append(left, more[0]), np.append(right, more[1])
    sizes = np.bincount(holders.key)
    n_pairs: dict[int, float] = {}
    several = sizes[sizes > 1]
    for scale in np.unique(scale_of(several)).tolist():
        of_scale = several[scale_of(several) == scale].astype(np.float64)
        n_pairs[scale] = float((of_scale * (of_scale - 1) / 2).sum())
    return SharedPairs(left, right, size[left]), n_pairs


def scale_of(size: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the scale of sizes of 2 or more: 0 for 2, 1 for 3 and 4, 2 for 5 to 8, and so on."""
    return np.asarray(np.ceil(np.log2(np.maximum(size, 2))) - 1, np.int64)


def _within(place: NDArray[np.int64], block: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return all pairs of places of one block; blocks are runs of equal numbers, of bounded length."""
    left, right = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for distance in range(1, MAX_HOLDERS):
        same = np.flatnonzero(block[distance:] == block[:-distance])
        if not len(same):
            break
        left.append(place[same])
        right.append(place[same + distance])
    return np.concatenate(left), np.concatenate(right)
