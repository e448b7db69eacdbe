"""Joint holders: records that name several persons, and persons whom a source states to hold something together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from custid.engines.linked_table import LinkedTable
from custid.intake.joint_holders import Holder, JointRow
from custid.result._homes import ANCHORS, MAX_HOLDERS, Clusters, holders_of
from custid.standardize.nicknames import are_variants
from custid.table.record_table import RecordTable

__all__ = ["JointCustomer", "find_joint_customers"]


class JointCustomer(NamedTuple):
    """A customer whose records name several persons.

    Attributes
    ----------
    customer : int
        Number of the customer.
    members : tuple of int
        The clusters of the persons, as far as they are customers of their own, ascending.
    shared : tuple of str
        By what they were found: ``"address"``, ``"phone"``, ``"email"``.
    """

    customer: int
    members: tuple[int, ...]
    shared: tuple[str, ...]


def find_joint_customers(
    linked: LinkedTable, clusters: Clusters, customer: NDArray[np.int64], rows: Sequence[JointRow]
) -> list[JointCustomer]:
    """Return the customers whose records name several persons, by their number, with these persons.

    A person is found where it shares an address, a telephone number or a mailbox with the record and bears the name:
    the family name, and the given name where the record tells one.  Where it tells the form of address only, nobody of
    the other sex is meant, and there must be no more people of that family name than the record names.
    """
    holders: dict[int, set[Holder]] = defaultdict(set)
    cluster_of: dict[int, int] = {}
    for each in rows:
        number = int(customer[each.row])
        holders[number].update(each.holders)
        cluster_of[number] = int(clusters.of_unit[linked.table.unit_of_row[each.row]])
    joint = {cluster for cluster in cluster_of.values() if cluster >= 0}
    neighbors = _neighbors(linked.table, clusters, joint)
    people = _People(linked.table, clusters)
    found = []
    for number in sorted(holders):
        near = neighbors.get(cluster_of[number], {})
        members = _chosen(people, sorted(holders[number], key=_order), sorted(near))
        shared = {name for member in members for name in near[member]}
        found.append(JointCustomer(number, members, tuple(anchor.name for anchor in ANCHORS if anchor.name in shared)))
    return found


def _order(holder: Holder) -> tuple[str, str, str]:
    return holder.family, holder.given, holder.sex


def _neighbors(table: RecordTable, clusters: Clusters, joint: set[int]) -> Mapping[int, Mapping[int, set[str]]]:
    """Return for each joint cluster the persons with whom it shares something, and what that is."""
    found: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    if not joint:
        return found
    is_joint = np.zeros(len(clusters), np.bool_)
    is_joint[list(joint)] = True
    for anchor in ANCHORS:
        held = holders_of(table, clusters, anchor.name, clusters.is_person | is_joint)
        starts = np.searchsorted(held.key, np.arange(int(held.key.max(initial=-1)) + 2))
        for place in np.flatnonzero(is_joint[held.cluster]).tolist():
            key = held.key[place]
            others = held.cluster[starts[key] : starts[key + 1]]
            # Of a place that many share, a name tells too little who is meant.
            if len(others) <= MAX_HOLDERS:
                for other in others[clusters.is_person[others]].tolist():
                    found[int(held.cluster[place])][other].add(anchor.name)
    return found


class _People:
    """What clusters are called, looked up as it is asked for."""

    def __init__(self, table: RecordTable, clusters: Clusters) -> None:
        self._table = table
        self._order = np.argsort(clusters.of_unit, kind="stable")
        self._starts = np.searchsorted(clusters.of_unit[self._order], np.arange(len(clusters) + 1))

    def values(self, cluster: int, attribute: str) -> set[str]:
        column = self._table.columns.get(attribute)
        if column is None:
            return set()
        units = self._order[self._starts[cluster] : self._starts[cluster + 1]]
        codes = column.codes[units]
        return {column.vocabulary[code] for code in np.unique(codes[codes >= 0]).tolist()}

    def may_be(self, cluster: int, holder: Holder) -> bool:
        """Tell whether a person may be one that a joint record names."""
        if not holder.family or holder.family not in self.values(cluster, "family_name"):
            return False
        if holder.given:
            return any(_is_same_given(holder.given, given) for given in self.values(cluster, "given_name"))
        sexes = self.values(cluster, "sex")
        return not holder.sex or not sexes or holder.sex in sexes


def _is_same_given(left: str, right: str) -> bool:
    first, second = left.split(" ", maxsplit=1)[0], right.split(" ", maxsplit=1)[0]
    if min(len(left), len(right)) == 1:
        return first[0] == second[0]
    return left == right or ((first == left or second == right) and (first == second or are_variants(first, second)))


def _chosen(people: _People, holders: Sequence[Holder], near: Sequence[int]) -> tuple[int, ...]:
    """Return who is meant: nobody where several could be."""
    chosen: set[int] = set()
    for holder in (each for each in holders if each.given):
        fitting = [cluster for cluster in near if people.may_be(cluster, holder)]
        if len(fitting) == 1:
            chosen.update(fitting)
    unnamed = [each for each in holders if not each.given]
    left = [[each for each in near if each not in chosen and people.may_be(each, holder)] for holder in unnamed]
    alone = {fitting[0] for fitting in left if len(fitting) == 1}
    anybody = set().union(*left)
    # As many people of that name as are meant: it does not matter who of them is who.
    return tuple(sorted(chosen | (anybody if len(anybody) <= len(unnamed) else alone)))
