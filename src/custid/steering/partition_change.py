"""What another match model, other rules or other options would change: two results over the same records.

Records are the same where source and record key are.  Customers of both results that share records, directly or by way
of others, are one *change*: one customer out of several is a merge, several out of one a split, several out of several
a regrouping.  Nothing depends on the order of rows, and exchanging the two results exchanges merges and splits.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import field, frozen

from custid.evaluation import ChangeKind, PairwiseMeasures, pairwise_measures, variation_of_information
from custid.registry import RecordKey, SequentialMinter
from custid.registry.events import EventKind
from custid.registry.naming import Naming, Tally, rename
from custid.result import Result
from custid.scoring.weights import probability_of
from custid.steering._changes import Overlap, overlap_of
from custid.steering._wording import number, said
from custid.steering.change_example import ChangeExample, example_of

__all__ = ["ChangeKind", "IdentifierChange", "PartitionChange", "compare_results"]

_N_EXAMPLES = 3


@frozen(kw_only=True)
class IdentifierChange:
    """What happens to persistent identifiers when a registry takes over the new customers.

    Attributes
    ----------
    n_kept : int
        Identifiers that name a customer before and after.
    n_redirected : int
        Identifiers that lead to another one afterwards.
    n_issued : int
        New identifiers.
    n_gone : int
        Identifiers without a record afterwards.
    n_records_renamed : int
        Records whose customer has another identifier afterwards.
    """

    n_kept: int
    n_redirected: int
    n_issued: int
    n_gone: int
    n_records_renamed: int


@frozen(kw_only=True, eq=False)
class PartitionChange:
    """How the customers of one result differ from those of another.

    Attributes
    ----------
    before, after : Result
        What was compared.
    n_unchanged : int
        Customers that hold the same of the records that both results have.
    agreement : PairwiseMeasures
        Over pairs of records that both results have: ``recall`` is the share of the pairs joined afterwards that were
        joined before, ``precision`` the share of those joined before that still are.
    variation_of_information : float
        Distance of the two partitions in bits a record, 0 where they are equal.
    """

    before: Result = field(repr=False)
    after: Result = field(repr=False)
    n_unchanged: int
    agreement: PairwiseMeasures
    variation_of_information: float
    _overlap: Overlap = field(repr=False)

    @property
    def n_records(self) -> int:
        """Records that both results have."""
        return len(self._overlap.before_row)

    @property
    def n_records_moved(self) -> int:
        """Records of both results whose customer merges, splits or is regrouped."""
        return int(np.count_nonzero(self._overlap.change_of >= 0))

    @property
    def n_pairs_kept(self) -> int:
        """Pairs of records that are one customer before and after."""
        return self.agreement.n_pairs_correct

    @property
    def n_pairs_gained(self) -> int:
        """Pairs of records that become one customer."""
        return self.agreement.n_pairs_true - self.agreement.n_pairs_correct

    @property
    def n_pairs_lost(self) -> int:
        """Pairs of records that become two customers."""
        return self.agreement.n_pairs_predicted - self.agreement.n_pairs_correct

    def n_changes(self, kind: ChangeKind) -> int:
        """Return the number of changes of a kind.

        Parameters
        ----------
        kind : ChangeKind
            The kind.

        Returns
        -------
        int
            Number of rows of ``changes`` that are of it.
        """
        return sum(each.kind is kind for each in self._overlap.changes)

    @cached_property
    def changes(self) -> pa.Table:
        """One row per change, merges first.

        ``change`` (its number, from 0), ``kind``, ``n_records``, ``before`` and ``after`` (lists of customers as each
        result numbers them); the pair of records that tells most, the strongest one that is one customer in one result
        only: ``left_source``, ``left_record_key``, ``right_source``, ``right_record_key``, with its ``match_weight`` in
        bits and ``match_probability`` in the result where it is one customer.  These six are null where no pair was
        weighed, as for rows of equal content and for customers that appear or vanish.
        """
        overlap = self._overlap
        changes = overlap.changes
        weights = np.array([each.bits for each in changes], np.float64)
        is_none = np.isnan(weights)
        sides = {}
        for side, place in (("left", 0), ("right", 1)):
            at = [None if np.isnan(each.bits) else each.pair[place] for each in changes]
            sides[f"{side}_source"] = pa.array([None if s is None else overlap.name(s)[0] for s in at], pa.string())
            sides[f"{side}_record_key"] = pa.array([None if s is None else overlap.name(s)[1] for s in at], pa.string())
        return pa.table(
            {
                "change": pa.array(np.arange(len(changes))),
                "kind": pa.array([each.kind.value for each in changes], pa.string()),
                "n_records": pa.array([each.n_records for each in changes], pa.int64()),
                "before": pa.array([list(each.before) for each in changes], pa.list_(pa.int64())),
                "after": pa.array([list(each.after) for each in changes], pa.list_(pa.int64())),
                **sides,
                "match_weight": pa.array(weights, mask=is_none),
                "match_probability": pa.array(probability_of(np.where(is_none, 0.0, weights)), mask=is_none),
            }
        )

    @cached_property
    def records(self) -> pa.Table:
        """The records of merges, splits and regroupings, change by change and sorted by name.

        ``change``, ``source``, ``record_key``, ``customer_before`` and ``customer_after``, as each result numbers them.
        """
        overlap = self._overlap
        moved = np.flatnonzero(overlap.change_of >= 0)
        moved = moved[np.argsort(overlap.change_of[moved], kind="stable")]
        rows = pa.array(overlap.before_row[moved])
        before, after = self.before.assignments, self.after.assignments
        return pa.table(
            {
                "change": pa.array(overlap.change_of[moved]),
                "source": before["source"].take(rows),
                "record_key": before["record_key"].take(rows),
                "customer_before": before["customer"].take(rows),
                "customer_after": after["customer"].take(pa.array(overlap.after_row[moved])),
            }
        )

    @cached_property
    def identifiers(self) -> IdentifierChange:
        """What happens to identifiers, by the naming rule of :mod:`custid.registry`.

        The records are taken to have come all at once, so that of customers that merge the one with the first record
        in the order of names counts as the eldest; a registry knows better.
        """
        names, groups = self._overlap.touched_clusters()
        mint = SequentialMinter()
        registered = rename(
            Naming(),
            [[RecordKey(*names[each]) for each in members] for members in groups[0]],
            Tally(),
            lambda founder: mint(founder, 0),
        )
        registry = Naming().replaced_by(registered)
        taken_over = rename(
            registry,
            [[RecordKey(*names[each]) for each in members] for members in groups[1]],
            registered.tally,
            lambda founder: mint(founder, 0),
        )
        events = Counter(each.kind for each in taken_over.events)
        n_redirected, n_gone = events[EventKind.MERGED], events[EventKind.GONE]
        renamed = [each for each in taken_over.events if each.kind is EventKind.ASSIGNED and each.other is not None]
        return IdentifierChange(
            n_kept=self.before.n_customers - n_redirected - n_gone,
            n_redirected=n_redirected,
            n_issued=events[EventKind.MINTED],
            n_gone=n_gone,
            n_records_renamed=len(renamed),
        )

    def examples(
        self, kind: ChangeKind, *, at_most: int = _N_EXAMPLES, doubtful_first: bool = True
    ) -> tuple[ChangeExample, ...]:
        """Return changes of a kind with the reasons, pair by pair.

        Parameters
        ----------
        kind : ChangeKind
            Merges, splits or regroupings; customers that appear or vanish have no pair to be explained.
        at_most : int
            How many.
        doubtful_first : bool
            Whether the least certain come first, by the weight of the strongest pair that is one customer in one result
            only; otherwise the most certain do.  Those without such a pair come last.

        Returns
        -------
        tuple of ChangeExample
            With the explanations of that pair in both results.
        """
        if kind in {ChangeKind.APPEARED, ChangeKind.VANISHED}:
            return ()
        sign = 1.0 if doubtful_first else -1.0
        found = [(place, each) for place, each in enumerate(self._overlap.changes) if each.kind is kind]
        found.sort(key=lambda item: (np.isnan(item[1].bits), sign * item[1].bits, item[0]))
        return tuple(example_of(self.before, self.after, self._overlap, each) for _, each in found[:at_most])

    def to_dict(self) -> dict[str, Any]:
        """Return the counts, measures and a few examples as plain dicts, lists and numbers."""
        return {
            "n_records": self.n_records,
            "n_records_before": self.before.assignments.num_rows,
            "n_records_after": self.after.assignments.num_rows,
            "n_customers_before": self.before.n_customers,
            "n_customers_after": self.after.n_customers,
            "n_unchanged": self.n_unchanged,
            **{f"n_{kind.value}": self.n_changes(kind) for kind in ChangeKind},
            "n_records_moved": self.n_records_moved,
            "n_pairs_kept": self.n_pairs_kept,
            "n_pairs_gained": self.n_pairs_gained,
            "n_pairs_lost": self.n_pairs_lost,
            "variation_of_information": self.variation_of_information,
            "n_identifiers_redirected": self.identifiers.n_redirected,
            "n_identifiers_issued": self.identifiers.n_issued,
            "examples": [
                each.to_dict()
                for kind in (ChangeKind.MERGED, ChangeKind.SPLIT, ChangeKind.REGROUPED)
                for each in self.examples(kind)
            ],
        }

    def text(self, language: str = "en") -> str:
        """Return what changes, with a few examples, and without any value of a customer.

        Parameters
        ----------
        language : str
            ``"en"`` or ``"fr"``.

        Returns
        -------
        str
            Lines.
        """
        figure = {name: number(value, language) for name, value in self.to_dict().items() if isinstance(value, int)}
        figure["vi"] = number(self.variation_of_information, language, digits=4)
        codes = ["change_records", "change_unchanged", "change_kinds", "change_pairs"]
        lines = [said(code, language, **figure) for code in (*codes, "change_measure", "change_identifiers")]
        for kind in (ChangeKind.MERGED, ChangeKind.SPLIT, ChangeKind.REGROUPED):
            examples = self.examples(kind)
            if examples:
                lines.append(said(f"change_doubtful_{kind.value}", language))
                lines.extend(f"  {each.text(language)}" for each in examples)
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()


def compare_results(before: Result, after: Result) -> PartitionChange:
    """Tell which customers merge, split or change between two results over the same records.

    Parameters
    ----------
    before, after : Result
        Results of two match models, rules or options, as a rule on the same data; records are the same where source
        and record key are.

    Returns
    -------
    PartitionChange
        Counts, tables and examples; print it.

    Examples
    --------
    >>> import custid
    >>> rows = [
    ...     {"id": "1", "name": "Zoé Lefèvre", "email": "zoe@courriel.example", "phone": "06 39 98 00 01"},
    ...     {"id": "2", "name": "Zoe Lefevre", "email": "zoe@courriel.example", "phone": "06 39 98 00 01"},
    ... ]
    >>> result = custid.dedupe(rows)
    >>> compare_results(result, result).n_unchanged == result.n_customers
    True
    """
    overlap = overlap_of(before, after)
    return PartitionChange(
        before=before,
        after=after,
        n_unchanged=overlap.n_unchanged,
        agreement=pairwise_measures(overlap.before, overlap.after),
        variation_of_information=variation_of_information(overlap.before, overlap.after),
        overlap=overlap,
    )
