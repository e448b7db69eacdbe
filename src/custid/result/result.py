"""The result of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from attrs import evolve, frozen
from numpy.typing import NDArray

from custid._whole_files import whole_file
from custid.clustering._thresholds import threshold_bits
from custid.engines.linked_table import LinkedTable
from custid.errors import UnknownRecordError
from custid.intake.canonical import CanonicalValues, SourceInput
from custid.intake.record_names import record_keys
from custid.model.facts import PartyKey
from custid.model.parties import Record
from custid.report.page import page_of
from custid.result._customer_explanations import customer_graph, explain_customer
from custid.result._decisions import decisions
from custid.result._dependence import dependence_of, dependence_table
from custid.result._known_probabilities import known_customers, known_members, known_pairs
from custid.result._pair_explanations import PairExplainer
from custid.result._pair_tables import certainty_columns, pairs_table
from custid.result._review_data import ReviewedRun, review_data
from custid.result.candidate_counts import count_row_pairs
from custid.result.certificate import Certificate
from custid.result.collectives import CollectiveFound, collective_records, collectives_table, find_collectives
from custid.result.customer_explanation import CustomerExplanation
from custid.result.customers import DERIVED, best_values, source_lists
from custid.result.explanation import Explanation
from custid.result.related import customers_of_legal_units, related_customers
from custid.result.run_report import RunReport
from custid.result.signals import find_signals, signals_table
from custid.scoring.match_model import TrainedMatchModel

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Decision", "RecordKeyLike", "Result"]

RecordKeyLike = str | int | tuple[str, str | int]
"""A record key, or (source, record key) where two sources use the same key."""


class Decision(StrEnum):
    """What was decided about a record.

    ``MATCH``: it shares its customer with another record.  ``REVIEW``: a person should look, since it stands alone, but
    another record may be the same customer, or shares its customer with less certainty than
    ``ResolveOptions.certain_probability`` asks for.  ``NON_MATCH``: it stands alone and no record comes near.
    """

    MATCH = "match"
    REVIEW = "review"
    NON_MATCH = "non_match"


@frozen(kw_only=True, eq=False, repr=False)
class Result:
    """Customers found in a run.

    Attributes
    ----------
    assignments : pyarrow.Table
        One row per input row, in input order: ``source``, ``record_key``, ``customer`` (int64, numbered by first
        appearance), ``match_probability`` (probability that the record belongs with the other records of its customer,
        against being a customer of its own: its odds are the sum of its odds with each of them, less where customers of
        that size are rare; for a record alone that of its pair with the nearest one, 0 where none is near) and
        ``decision``.
    report : RunReport
        What was detected, chosen and found.
    model : TrainedMatchModel
        The match model, to be saved and used again.
    """

    assignments: pa.Table
    report: RunReport
    model: TrainedMatchModel
    _customer: NDArray[np.int64]
    _linked: LinkedTable
    _canonical: CanonicalValues
    _inputs: Sequence[SourceInput]
    _review_probability: float = 0.5

    @classmethod
    def of_run(
        cls,
        linked: LinkedTable,
        canonical: CanonicalValues,
        inputs: Sequence[SourceInput],
        report: RunReport,
        review_probability: float,
        certain_probability: float = 0.0,
    ) -> Result:
        """Build the result of a run; the report does not know the number of customers and of relations yet."""
        customer = linked.cluster_of_row()
        probability, decision = decisions(linked, customer, review_probability, certain_probability)
        assignments = pa.table(
            {
                "source": pa.array(list(canonical.sources), pa.string()).take(pa.array(canonical.source_of_row)),
                "record_key": record_keys(inputs),
                "customer": pa.array(customer),
                "match_probability": pa.array(probability),
                "decision": pa.array([each.value for each in Decision], pa.string()).take(pa.array(decision)),
            }
        )
        return cls(
            assignments=assignments,
            report=evolve(
                report,
                n_customers=int(customer.max(initial=-1)) + 1,
                n_related=len(customers_of_legal_units(linked, customer)),
            ),
            model=linked.model,
            customer=customer,
            linked=linked,
            canonical=canonical,
            inputs=inputs,
            review_probability=review_probability,
        )

    def __str__(self) -> str:
        return str(self.report)

    def __repr__(self) -> str:
        # Values are customers' data: they stay out of logs and tracebacks.
        return f"<Result: {self.assignments.num_rows:,} records, {self.n_customers:,} customers>"

    @property
    def n_customers(self) -> int:
        """Number of customers."""
        return self.report.n_customers

    @property
    def certificate(self) -> Certificate:
        """What was certain of pairs of records, counted; the customers cross none of it."""
        return self.report.certificate

    @property
    def inputs(self) -> tuple[SourceInput, ...]:
        """The sources as they were read: every column as text, also those that were only passed through."""
        return tuple(self._inputs)

    @property
    def linked(self) -> LinkedTable:
        """What the run worked with and found out, as numbers: the records, the pairs and their weights."""
        return self._linked

    @property
    def canonical(self) -> CanonicalValues:
        """The canonical values of all rows."""
        table, apart = self._linked.table, self._canonical.values
        values = {
            name: apart[name] if name in apart else (table.columns[name].vocabulary, self._codes_of_rows(name))
            for name in sorted({*table.columns, *apart})
        }
        return evolve(self._canonical, values=values)

    @cached_property
    def _collectives_found(self) -> tuple[CollectiveFound, ...]:
        return find_collectives(self._linked, self._customer, self._inputs, self.assignments)

    @cached_property
    def collectives(self) -> pa.Table:
        """Households and joint holders, one row each, found when first asked for.

        ``collective`` (int64), ``kind`` (of `custid.model.CollectiveKind`), ``customers`` (the members), ``customer``
        (the one whose records speak of the collective as a whole, or null), ``shared`` (what tells), ``probability``
        (that the least certain member of a household belongs to it, or null) and ``basis`` (``"inferred"``, or
        ``"declared"`` where a source states it).
        """
        return collectives_table(self._collectives_found)

    @cached_property
    def related(self) -> pa.Table:
        """Customers that belong together and are never merged, found when first asked for.

        ``customer_a`` and ``customer_b``, ``kind`` (``"same_legal_unit"``, ``"same_household"``, ``"joint_holders"`` or
        ``"same_group"``) and ``attribute``, which tells.  Each further customer of a legal unit or collective is listed
        with the first one.
        """
        return related_customers(self._linked, self._customer, self._collectives_found)

    @cached_property
    def signals(self) -> pa.Table:
        """Signs of fraud for a person to look at, which change no customer, found when first asked for.

        ``signal`` (int64), ``kind``, ``attributes``, ``customers``, ``n_unrelated``, ``n_records``, ``expected`` (how
        many one expects by chance, or null), ``since`` and ``until`` (days, or null).
        """
        pairs = np.stack([np.asarray(self.related[name]) for name in ("customer_a", "customer_b")], axis=1)
        return signals_table(find_signals(self._linked, self._canonical, self._inputs, self._customer, pairs))

    @cached_property
    def customers(self) -> pa.Table:
        """One row per customer.

        ``customer``, ``n_records``, ``sources``, the best value of each attribute as a source has written it (a birth
        date of separate columns for year, month and day as ``YYYY-MM-DD``, a SIREN that only a SIRET tells as digits),
        ``probability`` (that all its records are one party; null for a customer of one record),
        ``min_match_probability`` (of its least certain record; null for a customer of one record),
        ``n_critical_records`` (records without which it would be several customers: `explain_customer` names them) and
        ``n_doubtful_pairs`` (pairs with records of other customers that a person should look at).

        Notes
        -----
        The probability holds the customer against each of its records alone and against the two groups that its weakest
        link joins: 1 / (1 + the sum of 1 / odds over these divisions).
        """
        customer, n_customers = self._customer, self.n_customers
        columns: dict[str, pa.Array] = {
            "customer": pa.array(np.arange(n_customers)),
            "n_records": pa.array(np.bincount(customer, minlength=n_customers)),
            "sources": source_lists(customer, n_customers, self._canonical.source_of_row, self._canonical.sources),
        }
        for attribute, (vocabulary, codes) in self.canonical.values.items():
            pieces = self._raw_columns(attribute)
            is_joined = attribute in DERIVED
            if pieces or is_joined:
                stand_in = vocabulary if is_joined else None
                columns[attribute] = best_values(customer, n_customers, codes, pieces, stand_in)
        members = np.asarray(self.assignments["match_probability"])
        return pa.table(columns | certainty_columns(self._explainer, members, self._review_bits))

    @cached_property
    def pairs(self) -> pa.Table:
        """The pairs at or above the review threshold, the most probable first.

        ``left_source``, ``left_record_key``, ``right_source``, ``right_record_key``, ``match_weight`` in bits,
        ``match_probability`` and ``same_customer``.  Rows of equal content are stood for by the first of them.
        """
        return pairs_table(self._linked, self._customer, self.assignments, self._review_bits)

    def collective_records(self, *, at: datetime) -> Iterator[Record]:
        """Return households and joint holders as typed records, with their members as relations.

        Parameters
        ----------
        at : datetime
            When they were found, with a time zone.

        Returns
        -------
        iterator of Record
            One `custid.model.Record` of source ``"custid"`` for each collective with a member: its party is a
            `custid.model.Collective`, and each member stands in a relation ``member`` to it, named by the first of the
            customer's records by source and key.
        """
        keys: dict[int, PartyKey] = {}
        columns = (self.assignments[name].to_pylist() for name in ("source", "record_key", "customer"))
        for source, key, customer in zip(*columns, strict=True):
            named = PartyKey(source, key)
            keys[customer] = min(keys.get(customer, named), named)
        return collective_records(self._collectives_found, keys, at=at)

    def count_candidates(self, labels: NDArray[np.int64]) -> tuple[int, int]:
        """Return how many pairs of rows were compared, and how many of them share a label.

        Rows of equal content count as compared with one another, and each with what their content was compared with.

        Parameters
        ----------
        labels : ndarray of int64, shape (n_rows,)
            Label of each row, from 0.

        Returns
        -------
        tuple of int
            Pairs compared, and those of them that share a label.
        """
        table, candidates = self._linked.table, self._linked.candidates
        return count_row_pairs(table.unit_of_row, candidates.left_idx, candidates.right_idx, labels)

    def probabilities_of(
        self, labels: NDArray[np.int64], /
    ) -> dict[str, tuple[NDArray[np.float64], NDArray[np.bool_]]]:
        """Return the probabilities of the run, and what is right by labels of its rows.

        Parameters
        ----------
        labels : ndarray of int64, shape (n_rows,)
            Label of each row, from 0: which party it is.

        Returns
        -------
        dict of str to (ndarray of float64, ndarray of bool)
            ``"pairs"``: those weighed, and whether they are one party.  ``"members"``: rows of customers of several,
            and whether at least half of the others are of their party.  ``"customers"``: those of several rows, and
            whether all are one party.  `custid.evaluation.evaluate_probabilities` makes a table of them.
        """
        members = np.asarray(self.assignments["match_probability"])
        return {
            "pairs": known_pairs(self._linked, labels),
            "members": known_members(members, self._customer, labels),
            "customers": known_customers(self._explainer.customer_probability, self._customer, labels),
        }

    def explain(self, left: RecordKeyLike, right: RecordKeyLike, *, language: str = "en") -> Explanation:
        """Tell why two records are one customer, or are not.

        Parameters
        ----------
        left, right : str, int or (source, record key)
            The records; with the source where two sources use the same key.
        language : str
            Language of the text, ``"en"`` or ``"fr"``.

        Returns
        -------
        Explanation
            Bits per comparison, the values compared and a verdict; print it for a table.

        Raises
        ------
        UnknownRecordError
            If a key is unknown, or stands in several sources.
        """
        return self._explainer.explain([(self._row(left), self._row(right))], language)[0]

    def explain_customer(self, customer: int, *, language: str = "en") -> CustomerExplanation:
        """Tell why some records are one customer, and what would split it.

        Parameters
        ----------
        customer : int
            Number of the customer.
        language : str
            Language of the text, ``"en"`` or ``"fr"``.

        Returns
        -------
        CustomerExplanation
            What ties each record to the others, the weakest link, and the records without which there would be several
            customers; print it.

        Raises
        ------
        UnknownRecordError
            If there is no customer of that number.
        """
        return explain_customer(self._explainer, customer, self._rows_of(customer), language)

    def dependence(self, *, n_pairs: int = 50_000) -> pa.Table:
        """Tell how far attributes repeat one another, so that adding up their weights counts evidence twice.

        Parameters
        ----------
        n_pairs : int
            Pairs to compare at most, among those that the run weighed and as many among the others.

        Returns
        -------
        pyarrow.Table
            One row for each two comparisons, those most counted twice first: the attributes of
            `custid.scoring.dependence.Dependence`, and ``is_counted_twice``.  Matches are pairs of one customer.

        Raises
        ------
        ConfigurationError
            If the number of pairs is not positive.
        """
        return dependence_table(dependence_of(self._linked, n_pairs))

    def save_report(self, path: str | Path, *, max_customers: int = 100, language: str = "en") -> None:
        """Write the review page: one HTML file that needs no network, with the most doubtful customers first.

        Parameters
        ----------
        path : str or Path
            File to be written; it holds customers' data.
        max_customers : int
            How many customers of several records to show, and how many pairs of customers that may be one; the others
            are counted.
        language : str
            Language to begin with, ``"en"`` or ``"fr"``; the page can change it.

        Raises
        ------
        ConfigurationError
            If the number is negative or the language is another one.
        """
        page = page_of(review_data(self._reviewed, max_customers), language=language)
        with whole_file(path) as beside:
            beside.write_text(page, encoding="utf-8", newline="\n")

    def graph(self, customer: int) -> nx.Graph[tuple[str, str]]:
        """Return the evidence that holds a customer together, as a graph.

        Parameters
        ----------
        customer : int
            Number of the customer.

        Returns
        -------
        networkx.Graph
            A node per record, ``(source, record_key)``; an edge per pair of its records that was weighed, with
            ``match_weight`` in bits and ``match_probability``.  Rows of equal content are joined to the first of them.
            ``networkx.bridges(graph)`` finds the pairs without which there would be two customers.

        Raises
        ------
        UnknownRecordError
            If there is no customer of that number.
        """
        return customer_graph(self._explainer, self._rows_of(customer))

    @cached_property
    def _row_of_key(self) -> dict[tuple[str, str] | str, int]:
        """Row by (source, key) and by key; -1 for a key that several sources use."""
        rows: dict[tuple[str, str] | str, int] = {}
        sources = self.assignments["source"].to_pylist()
        keys = self.assignments["record_key"].to_pylist()
        for row, (source, key) in enumerate(zip(sources, keys, strict=True)):
            rows[source, key] = row
            rows[key] = -1 if key in rows else row
        return rows

    def _rows_of(self, customer: int) -> NDArray[np.int64]:
        rows = np.flatnonzero(self._customer == customer)
        if not len(rows):
            raise UnknownRecordError(
                f"customer {customer}: expected 0 to {self.n_customers - 1}.",
                hint="Numbers are in the column customer of the assignments.",
            )
        return rows

    @property
    def _review_bits(self) -> float:
        return threshold_bits(self._review_probability)

    @property
    def _reviewed(self) -> ReviewedRun:
        return ReviewedRun(
            explainer=self._explainer,
            canonical=self.canonical,
            raw_columns=self._raw_columns,
            report=self.report,
            review_bits=self._review_bits,
        )

    @cached_property
    def _explainer(self) -> PairExplainer:
        return PairExplainer(linked=self._linked, assignments=self.assignments, customer=self._customer)

    def _row(self, wanted: RecordKeyLike) -> int:
        key = (str(wanted[0]), str(wanted[1])) if isinstance(wanted, tuple) else str(wanted)
        row = self._row_of_key.get(key)
        if row is None:
            raise UnknownRecordError(
                f"record {wanted!r}: expected a key of this run, got one that no row has.",
                hint="Keys are in the column record_key of the assignments; rows without a key column are numbered.",
            )
        if row < 0:
            raise UnknownRecordError(
                f"record {wanted!r}: expected a key of one source, got one of several.",
                hint="Give (source, record_key).",
            )
        return row

    def _codes_of_rows(self, attribute: str) -> NDArray[np.int32]:
        """The values of an attribute of one column, int32, shape (n_rows, 1)."""
        table = self._linked.table
        return np.asarray(table.columns[attribute].codes[table.unit_of_row], np.int32)

    def _raw_columns(self, attribute: str) -> list[tuple[int, int, pa.ChunkedArray]]:
        """The raw columns of an attribute with their slots and first rows."""
        pieces = []
        offset = 0
        for each in self._inputs:
            for slot, name in enumerate(each.mapping.attributes.get(attribute, ())):
                pieces.append((slot, offset, each.intake.table.column(name)))
            offset += each.intake.table.num_rows
        return pieces
