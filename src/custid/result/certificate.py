"""The certificate of a run: what was certain, counted, and held against the customers that came out.

It starts from the rows and their customers and works out closures by itself, so that an error of a clusterer, or of
what prepares its input, cannot hide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.engines.linked_table import LinkedTable
from custid.engines.row_links import RowLinks
from custid.errors import InternalError

__all__ = ["Certificate", "certified"]


@frozen(kw_only=True)
class Certificate:
    """Pairs of records of which it was certain whether they are one customer; the customers found cross none.

    Attributes
    ----------
    must_links : mapping of str to int
        Pairs that are one customer, by who says so: ``"verdict"``, with all that follows from it, and ``"rule"``.
    cannot_links : mapping of str to int
        Pairs that are two: ``"verdict"`` and ``"relation"``, with all that follows from verdicts;
        ``"exclusive_attribute"``; ``"one_per_source"``; ``"rule"``, of which pairs that were proposed count.  A pair
        counts for each of them.
    """

    must_links: Mapping[str, int] = field(factory=dict)
    cannot_links: Mapping[str, int] = field(factory=dict)

    @property
    def n_must_links(self) -> int:
        """Number of pairs that are one customer."""
        return sum(self.must_links.values())

    @property
    def n_cannot_links(self) -> int:
        """Number of pairs that are two customers."""
        return sum(self.cannot_links.values())

    def __str__(self) -> str:
        told = []
        for verb, kinds in (("together", self.must_links), ("apart", self.cannot_links)):
            named = ", ".join(f"{count:,} by {kind.replace('_', ' ')}" for kind, count in kinds.items())
            told += [f"{named} {verb}"] if named else []
        return "; ".join(["pairs: " + "; ".join(told), "none crossed"]) if told else "nothing"


def certified(linked: LinkedTable, links: RowLinks, customer: NDArray[np.int64]) -> Certificate:
    """Count what was certain, and hold it against the customers found.

    Parameters
    ----------
    linked : LinkedTable
        What the run found out.
    links : RowLinks
        What people have said of rows.
    customer : ndarray of int64, shape (n_rows,)
        Customer of each row.

    Returns
    -------
    Certificate
        Counts; kinds without a pair are left out.

    Raises
    ------
    InternalError
        If a customer crosses what was certain: an error of custid.
    """
    groups = _groups(links.must.tolist())
    must, cannot = {}, {}
    must["verdict"] = _one_customer(groups.values(), customer)
    must["rule"] = _joined_by_rules(linked, customer)
    for kind, wanted in (("verdict", False), ("relation", True)):
        pairs = [pair for pair, name in zip(links.cannot.tolist(), links.kinds, strict=True) if bool(name) is wanted]
        cannot[kind] = _two_customers(kind, pairs, groups, customer)
    cannot["exclusive_attribute"] = _one_label(linked, customer)
    cannot["one_per_source"] = _one_per_source(linked, groups, customer)
    cannot["rule"] = _kept_by_rules(linked, customer)
    return Certificate(
        must_links={kind: count for kind, count in must.items() if count},
        cannot_links={kind: count for kind, count in cannot.items() if count},
    )


def _groups(pairs: Iterable[list[int]]) -> dict[int, tuple[int, ...]]:
    """Return for each row the rows that pairs join it with, itself among them; found by walking along the pairs."""
    near: defaultdict[int, list[int]] = defaultdict(list)
    for left, right in pairs:
        near[left].append(right)
        near[right].append(left)
    groups: dict[int, tuple[int, ...]] = {}
    for start in near:
        if start not in groups:
            seen, ahead = {start}, [start]
            while ahead:
                ahead.extend(new := [row for row in near[ahead.pop()] if row not in seen])
                seen.update(new)
            groups.update(dict.fromkeys(seen, tuple(sorted(seen))))
    return groups


def _one_customer(groups: Iterable[tuple[int, ...]], customer: NDArray[np.int64]) -> int:
    count = 0
    # Groups share no row, so that the first names each; the hash of a large one would be made for each of its rows.
    for group in {each[0]: each for each in groups}.values():
        _require("verdict", is_kept=len({int(customer[row]) for row in group}) == 1)
        count += len(group) * (len(group) - 1) // 2
    return count


def _two_customers(
    kind: str, pairs: Iterable[list[int]], groups: Mapping[int, tuple[int, ...]], customer: NDArray[np.int64]
) -> int:
    ends = (sorted((groups.get(left, (left,)), groups.get(right, (right,)))) for left, right in pairs)
    of_groups = {(one[0], other[0]): (one, other) for one, other in ends}.values()
    for one, other in of_groups:
        _require(kind, is_kept={int(customer[row]) for row in one}.isdisjoint(int(customer[row]) for row in other))
    return sum(len(one) * len(other) for one, other in of_groups)


def _joined_by_rules(linked: LinkedTable, customer: NDArray[np.int64]) -> int:
    joined, table = linked.certain.joined, linked.table
    of_unit = customer[table.first_row]
    _require("rule", is_kept=bool((of_unit[joined[:, 0]] == of_unit[joined[:, 1]]).all()))
    # Equal rows of sources free of duplicates are several customers, whatever rules say.
    copies = linked.certain.joined_copies
    copies = copies[~np.isneginf(linked.copy_bits[copies])]
    rows = np.flatnonzero(np.isin(table.unit_of_row, copies))
    _require("rule", is_kept=bool((customer[rows] == of_unit[table.unit_of_row[rows]]).all()))
    return len(joined) + sum(_n_pairs(each) for each in table.n_copies[copies].tolist())


def _one_label(linked: LinkedTable, customer: NDArray[np.int64]) -> int:
    count = 0
    for labels in linked.certain.labels.values():
        of_row = labels[linked.table.unit_of_row].astype(np.int64)
        rows = np.flatnonzero(of_row >= 0)
        n_held = len(_distinct(customer[rows], of_row[rows]))
        _require("exclusive attribute", is_kept=n_held == len(np.unique(customer[rows])))
        count += _n_pairs(len(rows)) - sum(_n_pairs(each) for each in np.bincount(of_row[rows]).tolist())
    return count


def _one_per_source(linked: LinkedTable, groups: Mapping[int, tuple[int, ...]], customer: NDArray[np.int64]) -> int:
    limited, unit_of_row = linked.certain.limited_source, linked.table.unit_of_row
    if limited is None:
        return 0
    # Equal rows count as one record but where they were said to be several; so do rows that verdicts join.
    record = np.where(np.isneginf(linked.copy_bits[unit_of_row]), len(limited) + np.arange(len(customer)), unit_of_row)
    n_records = int(record.max(initial=0)) + 1
    for row, group in groups.items():
        record[row] = n_records + group[0]
    source = limited[unit_of_row].astype(np.int64)
    rows = np.flatnonzero(source >= 0)
    n_sources = int(source.max(initial=-1)) + 1
    held = _distinct(customer[rows], source[rows], record[rows])
    _require("source free of duplicates", is_kept=len(held) == len(_distinct(customer[rows], source[rows])))
    of_records = rows[_distinct(source[rows], record[rows])]
    return sum(_n_pairs(each) for each in np.bincount(source[of_records], minlength=n_sources).tolist())


def _distinct(*columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the first place of each distinct row of some columns of numbers from 0."""
    key = columns[0]
    for column in columns[1:]:
        # As small numbers, so that their product is one.
        _, key = np.unique(key, return_inverse=True)
        key = key * (int(column.max(initial=0)) + 1) + column
    return np.unique(key, return_index=True)[1]


def _kept_by_rules(linked: LinkedTable, customer: NDArray[np.int64]) -> int:
    """Count the proposed pairs that rules keep apart, and look at every pair inside of customers."""
    certain, candidates = linked.certain, linked.candidates
    is_broken = certain.broken_rules(linked.comparer)
    is_apart = certain.test()
    found = len(certain.apart) - len(certain.kinds)
    places = np.flatnonzero(np.isneginf(linked.weight_bits)) if certain.has_rules else np.empty(0, np.int64)
    if len(places):
        found += int((~is_apart(candidates.left_idx[places], candidates.right_idx[places])).sum())
    if certain.has_rules:
        order = np.argsort(customer, kind="stable")
        unit = linked.table.unit_of_row[order].astype(np.int32)
        ends = np.flatnonzero(np.diff(np.append(customer[order], -1))) + 1
        for members in np.split(unit, ends[:-1]):
            one, other = np.triu_indices(len(members), 1)
            _require("rule", is_kept=not is_broken(members[one], members[other]).any())
    return found


def _n_pairs(n_records: int) -> int:
    return n_records * (n_records - 1) // 2


def _require(kind: str, *, is_kept: bool) -> None:
    if not is_kept:
        raise InternalError(
            f"customers: expected none that crosses what is certain by {kind}, got some.",
            hint="This is an error of custid: please report it with the version and the options of the run.",
        )
