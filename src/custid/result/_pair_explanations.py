"""Explanations of pairs, from what a run found out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.blocking.shared_keys import shared_key_rules
from custid.clustering._thresholds import threshold_bits
from custid.engines.linked_table import LinkedTable
from custid.engines.pair_evidence import pair_evidence
from custid.result._barriers import CertainFacts, Fact
from custid.result._customer_probabilities import customer_probabilities
from custid.result.explanation import Barrier, Between, Explanation, Reason
from custid.scoring.weights import probability_of

__all__ = ["PairExplainer", "candidate_of", "pairs_among"]

_RecordName: TypeAlias = tuple[str, str]


def candidate_of(linked: LinkedTable, left: int, right: int) -> int:
    """Return the position of a pair of units, ``left < right``, among the candidate pairs; -1 if it is none."""
    right_idx = linked.candidates.right_idx
    # Numbers of the type of the pairs: another one would have all of them converted first.
    start, end = np.searchsorted(linked.candidates.left_idx, np.array([left, left + 1], np.int32)).tolist()
    place = start + int(np.searchsorted(right_idx[start:end], np.int32(right)))
    return place if place < end and right_idx[place] == right else -1


def pairs_among(linked: LinkedTable, units: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the positions of the candidate pairs both of whose units are among some, ascending as the units are."""
    candidates = linked.candidates
    # As above; and the pairs are ordered by their left units, so that few have to be looked at.
    wanted = units.astype(np.int32)
    starts = np.searchsorted(candidates.left_idx, wanted)
    ends = np.searchsorted(candidates.left_idx, wanted + np.int32(1))
    near = np.concatenate([np.zeros(0, np.int64), *(np.arange(*span) for span in zip(starts, ends, strict=True))])
    return near[np.isin(candidates.right_idx[near], wanted)]


class _Why(NamedTuple):
    reason: Reason
    was_weighed: bool = True
    kept_apart_by: tuple[str, ...] = ()
    shared_keys: tuple[str, ...] = ()
    between: Between | None = None
    fact: Fact | None = None


@frozen(kw_only=True, eq=False)
class PairExplainer:
    """Explains pairs of rows of one run.

    Attributes
    ----------
    linked : LinkedTable
        What the run found out.
    assignments : pyarrow.Table
        As in `Result`.
    customer : ndarray of int64, shape (n_rows,)
        Customer of each row.
    """

    linked: LinkedTable = field(repr=False)
    assignments: pa.Table = field(repr=False)
    customer: NDArray[np.int64] = field(repr=False)

    @cached_property
    def customer_probability(self) -> NDArray[np.float64]:
        """Probability that all rows of each customer are one party, NaN for one row, shape (n_customers,)."""
        return customer_probabilities(self.linked, self.customer)

    def name(self, row: int) -> _RecordName:
        """Return source and record key of a row."""
        return str(self.assignments["source"][row].as_py()), str(self.assignments["record_key"][row].as_py())

    def explain(self, rows: Sequence[tuple[int, int]], language: str = "en") -> list[Explanation]:
        """Return an explanation of each pair of rows."""
        linked = self.linked
        # As the run compares them: the unit with the lower number first.
        units = np.sort(linked.table.unit_of_row[np.array(rows, np.int64).reshape(-1, 2)], axis=1).astype(np.int32)
        evidence = pair_evidence(
            linked.model,
            linked.comparer,
            units[:, 0].copy(),
            units[:, 1].copy(),
            lambda attribute, number: (
                self._values(attribute, rows[number][0]),
                self._values(attribute, rows[number][1]),
            ),
        )
        found = []
        for (left, right), each in zip(rows, evidence, strict=True):
            why = self._why(left, right, each.weight_bits)
            found.append(
                Explanation(
                    left=self.name(left),
                    right=self.name(right),
                    comparisons=each.comparisons,
                    prior_bits=each.prior_bits,
                    moved_bits=each.moved_bits,
                    alternative=each.alternative,
                    alternative_bits=each.alternative_bits,
                    weight_bits=each.weight_bits,
                    match_probability=float(probability_of(each.weight_bits)),
                    same_customer=bool(self.customer[left] == self.customer[right]),
                    reason=why.reason,
                    was_weighed=why.was_weighed,
                    kept_apart_by=why.kept_apart_by,
                    shared_keys=why.shared_keys,
                    block_cap=linked.candidates.block_cap,
                    needed_probability=linked.match_probability,
                    between=why.between,
                    barrier=self._barrier(why.fact, (left, right)),
                    language=language,
                )
            )
        return found

    def _values(self, attribute: str, row: int) -> tuple[str, ...]:
        column = self.linked.table.columns.get(attribute)
        if column is None:
            return ()
        codes = column.codes[self.linked.table.unit_of_row[row]]
        return tuple(column.vocabulary[code] for code in codes.tolist() if code >= 0)

    def _why(self, left: int, right: int, weight_bits: float) -> _Why:
        """Tell what decided about a pair of rows."""
        linked = self.linked
        first, second = sorted(int(linked.table.unit_of_row[row]) for row in (left, right))
        is_weighed = first == second or candidate_of(linked, first, second) >= 0
        if self.customer[left] == self.customer[right]:
            if first == second:
                return _Why(Reason.EQUAL_CONTENT)
            if fact := self._facts.together(first, second):
                return _Why(fact.reason, was_weighed=is_weighed, fact=fact)
            decides = is_weighed and weight_bits > self._threshold_bits
            return _Why(Reason.PAIR if decides else Reason.OTHER_RECORDS, was_weighed=is_weighed)
        if fact := self._facts.apart(int(linked.table.unit_of_row[left]), int(linked.table.unit_of_row[right])):
            return _Why(fact.reason, was_weighed=is_weighed, kept_apart_by=fact.attributes, fact=fact)
        if not is_weighed:
            shared = shared_key_rules(linked.table, first, second, linked.blocking)
            reason = Reason.BLOCKS_TOO_LARGE if shared else Reason.NO_SHARED_KEY
            return _Why(reason, was_weighed=False, shared_keys=shared)
        if weight_bits <= self._threshold_bits:
            return _Why(Reason.WEIGHED_LOW)
        if fact := self._facts.between(*self._sides(left, right)):
            return _Why(Reason.BARRED, fact=fact)
        return _Why(Reason.OUTVOTED, between=self._between(left, right))

    def _barrier(self, fact: Fact | None, rows: tuple[int, int]) -> Barrier | None:
        """Name the records of a fact: those explained where it is of their contents."""
        if fact is None:
            return None
        unit_of_row = self.linked.table.unit_of_row
        own = {int(unit_of_row[row]): row for row in rows}
        left, right = (
            rows
            if {fact.left, fact.right} == set(own)
            else (int(np.flatnonzero(unit_of_row == unit)[0]) for unit in (fact.left, fact.right))
        )
        return Barrier(
            left=self.name(left),
            right=self.name(right),
            reason=fact.reason,
            attributes=fact.attributes,
            text=fact.text,
        )

    def _sides(self, left: int, right: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the contents of the customers of two rows."""
        unit_of_row = self.linked.table.unit_of_row
        one, other = (np.unique(unit_of_row[self.customer == self.customer[row]]) for row in (left, right))
        return one, other

    @cached_property
    def _threshold_bits(self) -> float:
        return threshold_bits(self.linked.match_probability)

    @cached_property
    def _facts(self) -> CertainFacts:
        return CertainFacts(self.linked)

    def _between(self, left: int, right: int) -> Between:
        """Add up the pairs between the customers of two rows."""
        linked = self.linked
        sides = self._sides(left, right)
        pairs = pairs_among(linked, np.unique(np.concatenate(sides)))
        is_left = [np.isin(idx[pairs], sides[0]) for idx in (linked.candidates.left_idx, linked.candidates.right_idx)]
        weights = linked.weight_bits[pairs[is_left[0] != is_left[1]]]
        weights = weights[np.isfinite(weights)]
        return Between(
            n_pairs=len(sides[0]) * len(sides[1]), n_weighed=len(weights), sum_bits=float(np.sort(weights).sum())
        )
