"""Collectives among the customers of a run: households and joint holders, related and never merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.engines.linked_table import LinkedTable
from custid.intake.canonical import SourceInput
from custid.intake.joint_holders import joint_rows
from custid.model.facts import PartyKey, Relation
from custid.model.parties import Collective, CollectiveKind, Record
from custid.model.statements import Basis, Provenance, Stated
from custid.result._homes import Clusters, clusters_of
from custid.result._households import find_households
from custid.result._joint_holders import find_joint_customers

__all__ = ["CollectiveFound", "collective_records", "collectives_table", "find_collectives"]

_SOURCE: Final = "custid"


@frozen(kw_only=True)
class CollectiveFound:
    """Customers who belong together and are not one.

    Attributes
    ----------
    kind : CollectiveKind
        What joins them.
    customers : tuple of int
        Numbers of the members, ascending; fewer than two only where there is a record of the collective itself.
    customer : int or None
        Number of the customer whose records speak of the collective as a whole, None where there is none.
    shared : tuple of str
        What tells, of ``"address"``, ``"phone"``, ``"email"`` and ``"family_name"``, in this order; empty where a
        source states it.
    probability : float or None
        Probability that the least certain member of a household lives with another one, in [0.5, 1]; None where a
        source states the collective or a record names its members.
    basis : Basis
        ``DECLARED`` where a source states it, else ``INFERRED``.
    """

    kind: CollectiveKind
    customers: tuple[int, ...]
    customer: int | None = None
    shared: tuple[str, ...] = ()
    probability: float | None = None
    basis: Basis = field(default=Basis.INFERRED)

    @property
    def everybody(self) -> tuple[int, ...]:
        """The customer of the collective itself, where there is one, and the members, ascending."""
        own = () if self.customer is None else (self.customer,)
        return tuple(sorted({*self.customers, *own}))


def find_collectives(
    linked: LinkedTable,
    customer: NDArray[np.int64],
    inputs: Sequence[SourceInput],
    assignments: pa.Table,
) -> tuple[CollectiveFound, ...]:
    """Return the collectives among the customers of a run.

    Parameters
    ----------
    linked : LinkedTable
        What a run found out; it is not changed.
    customer : ndarray of int64, shape (n_rows,)
        Customer of each row.
    inputs : sequence of SourceInput
        The sources, in the order of their rows.
    assignments : pyarrow.Table
        ``source`` and ``record_key`` of each row, to which what typed records state refers.

    Returns
    -------
    tuple of CollectiveFound
        Ordered by their first customer, then by kind.  A person is in one household at most: one that a source puts
        into a household is not looked for in others.
    """
    clusters = clusters_of(linked, customer)
    found = _stated(customer, inputs, assignments)
    settled = [each for group in found if group.kind is CollectiveKind.HOUSEHOLD for each in group.customers]
    searched = _without(clusters, settled)
    for home in find_households(linked, searched):
        found.append(
            CollectiveFound(
                kind=CollectiveKind.HOUSEHOLD,
                customers=_numbers(clusters, home.clusters),
                shared=home.shared,
                probability=home.probability,
            )
        )
    found.extend(
        CollectiveFound(
            kind=CollectiveKind.JOINT,
            customers=_numbers(clusters, joint.members),
            customer=joint.customer,
            shared=joint.shared,
        )
        for joint in find_joint_customers(linked, clusters, customer, joint_rows(inputs))
    )
    return tuple(sorted(found, key=lambda each: (each.everybody, each.kind.value, each.customers)))


def _numbers(clusters: Clusters, members: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(clusters.customer[list(members)].tolist()))


def _without(clusters: Clusters, customers: Sequence[int]) -> Clusters:
    is_person = clusters.is_person & ~np.isin(clusters.customer, customers)
    return Clusters(
        of_unit=clusters.of_unit, customer=clusters.customer, is_person=is_person, tie_break=clusters.tie_break
    )


def _stated(customer: NDArray[np.int64], inputs: Sequence[SourceInput], assignments: pa.Table) -> list[CollectiveFound]:
    """Return what typed records state: members of collectives, and several holders of one role."""
    groups = [group for each in inputs if each.intake.typed is not None for group in each.intake.typed.groups]
    if not groups:
        return []
    keys = zip(assignments["source"].to_pylist(), assignments["record_key"].to_pylist(), strict=True)
    number_of = {PartyKey(*key): number for key, number in zip(keys, customer.tolist(), strict=True) if all(key)}
    kinds: dict[int, CollectiveKind] = {}
    members: dict[int, set[int]] = {}
    holders: set[tuple[int, ...]] = set()
    for group in groups:
        known = {number_of[key] for key in group.members if key in number_of}
        if group.collective is None:
            if len(known) > 1:
                holders.add(tuple(sorted(known)))
        elif group.collective in number_of:
            own = number_of[group.collective]
            members.setdefault(own, set()).update(known - {own})
            if group.kind is not None:
                kinds[own] = min(kinds.get(own, group.kind), group.kind)
    found = [
        CollectiveFound(kind=kind, customers=tuple(sorted(members[own])), customer=own, basis=Basis.DECLARED)
        for own, kind in sorted(kinds.items())
    ]
    found.extend(
        CollectiveFound(kind=CollectiveKind.JOINT, customers=each, basis=Basis.DECLARED) for each in sorted(holders)
    )
    return found


def collectives_table(found: Sequence[CollectiveFound]) -> pa.Table:
    """Return collectives as a table.

    Parameters
    ----------
    found : sequence of CollectiveFound
        The collectives; they are numbered in this order.

    Returns
    -------
    pyarrow.Table
        ``collective`` (int64), ``kind``, ``customers`` (list of int64), ``customer`` (int64 or null), ``shared``
        (list of string), ``probability`` (float64 or null) and ``basis``.
    """
    return pa.table(
        {
            "collective": pa.array(np.arange(len(found))),
            "kind": pa.array([each.kind.value for each in found], pa.string()),
            "customers": pa.array([list(each.customers) for each in found], pa.list_(pa.int64())),
            "customer": pa.array([each.customer for each in found], pa.int64()),
            "shared": pa.array([list(each.shared) for each in found], pa.list_(pa.string())),
            "probability": pa.array([each.probability for each in found], pa.float64()),
            "basis": pa.array([each.basis.value for each in found], pa.string()),
        }
    )


def collective_records(
    found: Sequence[CollectiveFound], keys: Mapping[int, PartyKey], *, at: datetime
) -> Iterator[Record]:
    """Return collectives as typed records, each with its members as relations.

    Parameters
    ----------
    found : sequence of CollectiveFound
        The collectives.
    keys : mapping of int to PartyKey
        By number of customer the record that stands for it.
    at : datetime
        When they were found, with a time zone.

    Returns
    -------
    iterator of Record
        Of source ``"custid"``, with a key made of the kind and of the record that stands for the first member, so that
        it does not depend on the order of rows.  Collectives without a member are left out: nothing is stated of them.
    """
    for each in found:
        if not each.customers:
            continue
        members = sorted(keys[number] for number in each.customers)
        own = None if each.customer is None else keys[each.customer]
        stands_for = own or members[0]
        key = f"{each.kind.value}:{stands_for.source}:{stands_for.key}"
        if own is None and each.kind is not CollectiveKind.HOUSEHOLD:
            # Several collectives may have the same first member.
            key = ":".join([each.kind.value, *(part for member in members for part in (member.source, member.key))])
        by = Provenance(
            source=_SOURCE,
            record=key,
            observed_at=at,
            recorded_at=at,
            basis=each.basis,
            confidence=1.0 if each.probability is None else each.probability,
        )
        itself = PartyKey(_SOURCE, key)
        yield Record(
            source=_SOURCE,
            key=key,
            party=Collective(kind=each.kind),
            relations=tuple(Stated(Relation(kind="member", subject=member, object=itself), by) for member in members),
        )
