"""Hold the customers of a run against the truth."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import asdict, frozen
from numpy.typing import ArrayLike, NDArray

from custid.errors import DuplicateRecordKeyError, InputError, SchemaError, UnsupportedInputError
from custid.evaluation.measures import (
    Measures,
    PairwiseMeasures,
    b_cubed_measures,
    pairs_completeness,
    pairwise_measures,
    reduction_ratio,
)
from custid.evaluation.truth import Truth, TruthLike, as_text, read_truth

__all__ = ["Evaluation", "HasAssignments", "HasCandidates", "evaluate", "true_labels"]

_SEPARATOR = "\x1f"
_N_NAMED = 3


class HasAssignments(Protocol):
    """Anything that holds assignments, as a result of custid does."""

    @property
    def assignments(self) -> pa.Table:
        """Table with a row per record."""
        ...


@runtime_checkable
class HasCandidates(Protocol):
    """Anything that knows which pairs of records were compared, as a result of custid does."""

    def count_candidates(self, labels: NDArray[np.int64]) -> tuple[int, int]:
        """Return how many pairs of records were compared, and how many of them share a label.

        Parameters
        ----------
        labels : ndarray of int64, shape (n_records,)
            Label of each record, from 0.
        """
        ...


@frozen(kw_only=True)
class Evaluation:
    """How well records were resolved.

    Attributes
    ----------
    pairwise : PairwiseMeasures
        Over all pairs of records.
    b_cubed : Measures
        Averaged over records.
    n_records : int
        Number of records.
    n_customers_predicted, n_customers_true : int
        Number of customers found, and of true ones.
    pairs_completeness : float or None
        Share of the true pairs among the candidate pairs; None where nothing tells which pairs were compared.
    reduction_ratio : float or None
        Share of all pairs that blocking spared; None where nothing tells which pairs were compared.
    """

    pairwise: PairwiseMeasures
    b_cubed: Measures
    n_records: int
    n_customers_predicted: int
    n_customers_true: int
    pairs_completeness: float | None = None
    reduction_ratio: float | None = None

    @property
    def n_pairs_predicted(self) -> int:
        """Pairs of records under one predicted customer."""
        return self.pairwise.n_pairs_predicted

    @property
    def n_pairs_true(self) -> int:
        """Pairs of records of one true customer."""
        return self.pairwise.n_pairs_true

    @property
    def n_pairs_correct(self) -> int:
        """Pairs of records that are both."""
        return self.pairwise.n_pairs_correct

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as nested dictionaries, ready for JSON.

        Returns
        -------
        dict
            Keys as the attributes are named.

        Examples
        --------
        >>> table = pa.table({"record_key": ["1", "2"], "customer": ["a", "a"]})
        >>> evaluate(table, {"1": "x", "2": "x"}).to_dict()["b_cubed"]
        {'precision': 1.0, 'recall': 1.0, 'f1': 1.0}
        """
        return asdict(self)

    def __str__(self) -> str:
        n_true = self.n_customers_true
        rows = [
            f"{'':<10}{'precision':>11}{'recall':>11}{'F1':>11}",
            *(
                f"{name:<10}{measures.precision:>11.4f}{measures.recall:>11.4f}{measures.f1:>11.4f}"
                for name, measures in (("pairwise", self.pairwise), ("B-cubed", self.b_cubed))
            ),
            "",
            f"{self.n_records:,} records, {self.n_customers_predicted:,} customers found, {n_true:,} true",
            f"{self.n_pairs_predicted:,} pairs found, {self.n_pairs_true:,} true, {self.n_pairs_correct:,} in common",
        ]
        if self.pairs_completeness is not None and self.reduction_ratio is not None:
            completeness, ratio = self.pairs_completeness, self.reduction_ratio
            rows.append(f"blocking: pairs completeness {completeness:.4f}, reduction ratio {ratio:.6f}")
        return "\n".join(rows)


def evaluate(
    assignments: pa.Table | HasAssignments,
    truth: TruthLike,
    *,
    key: str = "record_key",
    source: str = "source",
    customer: str = "customer",
    candidate_pairs: tuple[ArrayLike, ArrayLike] | None = None,
) -> Evaluation:
    """Return how well records were resolved, held against the truth.

    Parameters
    ----------
    assignments : pyarrow.Table or HasAssignments
        One row per record with its customer; a result of custid or its table of assignments.
    truth : path, pyarrow.Table or mapping
        The true customer of each record, as `read_truth` takes it, in any order.
    key, source, customer : str
        Columns of the assignments: record key, source, customer found. That of the source may be absent; it is used,
        and needed in the truth, only where record keys alone do not tell the records apart.
    candidate_pairs : tuple of two array_like of int, shape (n_pairs,), optional
        Rows of the assignments that were compared, left and right, each pair once; adds the measures of blocking.  A
        result of custid knows them by itself.

    Returns
    -------
    Evaluation
        Pairwise and B-cubed measures with their counts.

    Raises
    ------
    InputError
        If a record stands on one side only, or has no customer or no true id.
    DuplicateRecordKeyError
        If two records of one side cannot be told apart.
    SchemaError
        If a column is not in the assignments.
    UnsupportedInputError
        If ``assignments`` or ``truth`` is of another type.
    ShapeMismatchError
        If the candidate pairs are not rows of the assignments.

    Examples
    --------
    >>> found = pa.table({"record_key": ["1", "2", "3"], "customer": ["a", "a", "b"]})
    >>> print(evaluate(found, {"1": "x", "2": "x", "3": "x"}))
                precision     recall         F1
    pairwise       1.0000     0.3333     0.5000
    B-cubed        1.0000     0.5556     0.7143
    <BLANKLINE>
    3 records, 2 customers found, 1 true
    1 pairs found, 3 true, 1 in common
    """
    table = _table(assignments)
    predicted = _label_codes(_column(table, customer))
    true = true_labels(table, truth, key=key, source=source)
    completeness = ratio = None
    if candidate_pairs is not None:
        left, right = (np.asarray(side) for side in candidate_pairs)
        completeness = pairs_completeness(left, right, true)
        ratio = reduction_ratio(len(left), table.num_rows)
    pairwise = pairwise_measures(predicted, true)
    if candidate_pairs is None and isinstance(assignments, HasCandidates):
        n_candidates, n_true = assignments.count_candidates(true)
        completeness = n_true / pairwise.n_pairs_true if pairwise.n_pairs_true else 1.0
        ratio = reduction_ratio(n_candidates, table.num_rows)
    return Evaluation(
        pairwise=pairwise,
        b_cubed=b_cubed_measures(predicted, true),
        n_records=table.num_rows,
        n_customers_predicted=len(np.unique(predicted)),
        n_customers_true=len(np.unique(true)),
        pairs_completeness=completeness,
        reduction_ratio=ratio,
    )


def true_labels(
    assignments: pa.Table, truth: TruthLike, *, key: str = "record_key", source: str = "source"
) -> NDArray[np.int64]:
    """Return the true customer of each row as a number from 0.

    Parameters
    ----------
    assignments : pyarrow.Table
        One row per record.
    truth : path, pyarrow.Table or mapping
        The true customer of each record, as `read_truth` takes it, in any order.
    key, source : str
        Columns of the assignments: record key and source.

    Returns
    -------
    ndarray of int64, shape (n_rows,)
        Equal numbers for equal true ids.

    Raises
    ------
    InputError
        If a record stands on one side only, or has no true id.
    DuplicateRecordKeyError
        If two records of one side cannot be told apart.
    """
    known = read_truth(truth)
    return np.asarray(_label_codes(known.true_id)[_rows_of_truth(assignments, known, key=key, source=source)], np.int64)


def _table(assignments: pa.Table | HasAssignments) -> pa.Table:
    table = assignments if isinstance(assignments, pa.Table) else getattr(assignments, "assignments", None)
    if not isinstance(table, pa.Table):
        raise UnsupportedInputError(
            f"assignments: expected a result or a pyarrow.Table, got {type(assignments).__name__}.",
            hint="Pass the result of custid.dedupe, or its assignments.",
        )
    return table


def _column(table: pa.Table, name: str) -> pa.ChunkedArray:
    if table.column_names.count(name) != 1:
        raise SchemaError(f"assignments: expected one column {name!r}, got {table.column_names.count(name)}.")
    column = as_text(table.column(name), f"assignments: column {name!r}")
    n_empty = int(pc.sum(pc.equal(column, "")).as_py() or 0)
    if n_empty:
        raise InputError(f"assignments: column {name!r}: expected a value in each row, got none in {n_empty}.")
    return column


def _rows_of_truth(table: pa.Table, known: Truth, *, key: str, source: str) -> NDArray[np.int64]:
    """Return the row of the truth for each row of the assignments."""
    found_keys, known_keys = _column(table, key), known.key
    sides = [("assignments", found_keys), ("truth", known_keys)]
    if _n_repeated(found_keys) or _n_repeated(known_keys):
        if known.source is None or source not in table.column_names:
            side, repeated = next((name, _n_repeated(keys)) for name, keys in sides if _n_repeated(keys))
            raise DuplicateRecordKeyError(
                f"{side}: expected each record key once, got {repeated} more than that.",
                hint="Add a column 'source' to both sides where sources reuse keys.",
            )
        found_keys, known_keys = _joined(_column(table, source), found_keys), _joined(known.source, known_keys)
        for name, keys in (("assignments", found_keys), ("truth", known_keys)):
            if _n_repeated(keys):
                raise DuplicateRecordKeyError(
                    f"{name}: expected each record key once per source, got {_n_repeated(keys)} more than that."
                )
    place = pc.index_in(found_keys, value_set=_combined(known_keys))
    missing_in_truth = found_keys.filter(pc.is_null(place))
    missing_in_assignments = known_keys.filter(pc.is_null(pc.index_in(known_keys, value_set=_combined(found_keys))))
    if len(missing_in_truth) or len(missing_in_assignments):
        raise InputError(
            "truth: expected the same records as in the assignments, got "
            f"{len(missing_in_truth)} without truth{_named(missing_in_truth)} and "
            f"{len(missing_in_assignments)} without assignment{_named(missing_in_assignments)}.",
            hint="Check which column holds the record key; rows that were refused have no assignment.",
        )
    return np.asarray(place, dtype=np.int64)


def _n_repeated(keys: pa.ChunkedArray) -> int:
    return len(keys) - int(pc.count_distinct(keys, mode="all").as_py())


def _joined(sources: pa.ChunkedArray, keys: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(sources, keys, _SEPARATOR)


def _combined(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    # Depending on its release, pyarrow keeps an empty column chunked.
    return pa.concat_arrays(combined.chunks) if isinstance(combined, pa.ChunkedArray) else combined


def _named(keys: pa.ChunkedArray) -> str:
    if not len(keys):
        return ""
    shown = [f"{value.replace(_SEPARATOR, ' ')!r}" for value in keys.slice(0, _N_NAMED).to_pylist()]
    return f" ({', '.join(shown)}{', …' if len(keys) > _N_NAMED else ''})"


def _label_codes(labels: pa.ChunkedArray) -> NDArray[np.int64]:
    return np.asarray(_combined(labels).dictionary_encode().indices, dtype=np.int64)
