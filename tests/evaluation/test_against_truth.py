"""A run held against the truth."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from attrs import frozen

from custid.errors import (
    DuplicateRecordKeyError,
    InputError,
    SchemaError,
    ShapeMismatchError,
    UnsupportedInputError,
)
from custid.evaluation import evaluate

FOUND = pa.table({"source": ["s"] * 4, "record_key": ["1", "2", "3", "4"], "customer": ["a", "a", "b", "b"]})
TRUTH = {"4": "y", "3": "x", "2": "x", "1": "x"}
TWO_SOURCES = pa.table({"source": ["s", "t"], "record_key": ["1", "1"], "customer": ["a", "a"]})


def test_numbers() -> None:
    """Records are found in the truth by their keys, whatever its order."""
    evaluation = evaluate(FOUND, TRUTH)
    assert (evaluation.pairwise.precision, evaluation.pairwise.recall) == (0.5, 1 / 3)
    assert (evaluation.n_records, evaluation.n_customers_predicted, evaluation.n_customers_true) == (4, 2, 2)
    assert (evaluation.n_pairs_predicted, evaluation.n_pairs_true, evaluation.n_pairs_correct) == (2, 3, 1)
    assert evaluation.pairs_completeness is None


def test_a_result_is_taken() -> None:
    """An object with assignments is as good as the table."""

    @frozen
    class Result:
        assignments: pa.Table

    assert evaluate(Result(FOUND), TRUTH) == evaluate(FOUND, TRUTH)


def test_other_column_names() -> None:
    """The columns of the assignments can be named."""
    renamed = FOUND.rename_columns(["origin", "number", "cluster"])
    assert evaluate(renamed, TRUTH, key="number", customer="cluster") == evaluate(FOUND, TRUTH)


def test_blocking_measures() -> None:
    """Candidate pairs add pairs completeness and reduction ratio."""
    evaluation = evaluate(FOUND, TRUTH, candidate_pairs=([0, 2], [1, 3]))
    assert (evaluation.pairs_completeness, evaluation.reduction_ratio) == (1 / 3, 2 / 3)
    assert "pairs completeness 0.3333, reduction ratio 0.666667" in str(evaluation)


def test_candidate_pairs_out_of_range_are_refused() -> None:
    """Candidate pairs are rows of the assignments."""
    with pytest.raises(ShapeMismatchError, match="left_idx: expected rows below 4"):
        evaluate(FOUND, TRUTH, candidate_pairs=(np.array([7]), np.array([1])))


def test_as_json() -> None:
    """The dictionary goes into JSON and holds every number."""
    written = json.loads(json.dumps(evaluate(FOUND, TRUTH).to_dict()))
    assert written["pairwise"]["n_pairs_correct"] == 1
    assert written["b_cubed"].keys() == {"precision", "recall", "f1"}
    assert written["reduction_ratio"] is None


def test_as_text() -> None:
    """Printed, an evaluation is a table of two lines and the counts."""
    lines = str(evaluate(FOUND, TRUTH)).splitlines()
    assert lines[1].split() == ["pairwise", "0.5000", "0.3333", "0.4000"]
    assert lines[4] == "4 records, 2 customers found, 2 true"


def test_no_records() -> None:
    """Nothing held against nothing is perfect."""
    empty = pa.table({"record_key": pa.array([], pa.string()), "customer": pa.array([], pa.string())})
    assert evaluate(empty, {}).pairwise.f1 == 1.0


def test_truth_with_source() -> None:
    """Where sources reuse keys, the truth tells the source."""
    truth = pa.table({"source": ["t", "s"], "record_key": ["1", "1"], "true_id": ["y", "x"]})
    assert evaluate(TWO_SOURCES, truth).n_customers_true == 2
    assert evaluate(TWO_SOURCES, {("s", "1"): "x", ("t", "1"): "x"}).pairwise.f1 == 1.0


def test_unnamed_columns_beside_a_source() -> None:
    """The source is not taken for the record key."""
    truth = pa.table({"source": ["t", "s"], "numero": [1, 1], "client": [8, 9]})
    assert evaluate(TWO_SOURCES, truth).n_customers_true == 2


def test_sources_do_not_matter_where_keys_suffice() -> None:
    """A truth that calls the source by another name is of use where keys alone tell records apart."""
    truth = pa.table({"source": ["file.csv"] * 4, "record_key": list(TRUTH), "true_id": list(TRUTH.values())})
    assert evaluate(FOUND, truth) == evaluate(FOUND, TRUTH)


def test_integers_and_dictionaries_are_text() -> None:
    """Columns of integers or dictionary codes are read as text."""
    coded = pa.table({"record_key": [1, 2, 3, 4], "customer": FOUND["customer"].dictionary_encode()})
    assert evaluate(coded, TRUTH) == evaluate(FOUND, TRUTH)


def test_missing_records_are_counted() -> None:
    """A record on one side only is an error that counts both sides and names three keys at most."""
    truth = {"1": "x", "5": "x", "6": "x", "7": "x", "8": "x"}
    with pytest.raises(
        InputError, match=r"3 without truth \('2', '3', '4'\) and 4 without assignment \('5', '6', '7', …\)"
    ):
        evaluate(FOUND, truth)


def test_records_missing_by_source_are_named() -> None:
    """Where sources reuse keys, a missing record is named by source and key."""
    with pytest.raises(InputError, match=r"1 without truth \('t 1'\) and 1 without assignment \('u 1'\)"):
        evaluate(TWO_SOURCES, {("s", "1"): "x", ("u", "1"): "x"})


def test_repeated_keys_need_a_source() -> None:
    """Keys that repeat without a source to tell them apart are an error."""
    with pytest.raises(DuplicateRecordKeyError, match="assignments: expected each record key once, got 1 more"):
        evaluate(TWO_SOURCES, {"1": "x"})


def test_repeated_keys_of_one_source() -> None:
    """Keys that repeat within a source are an error."""
    truth = pa.table({"source": ["s", "s"], "record_key": ["1", "1"], "true_id": ["x", "y"]})
    with pytest.raises(DuplicateRecordKeyError, match="truth: expected each record key once per source, got 1 more"):
        evaluate(TWO_SOURCES, truth)


def test_labels_must_not_be_empty() -> None:
    """A record without a true id is an error."""
    with pytest.raises(InputError, match="expected a true id for each record, got none for 2"):
        evaluate(FOUND, TRUTH | {"1": "", "2": None})


def test_customers_must_not_be_empty() -> None:
    """A record without a customer is an error."""
    table = pa.table({"record_key": ["1"], "customer": pa.array([None], pa.string())})
    with pytest.raises(InputError, match="column 'customer': expected a value in each row, got none in 1"):
        evaluate(table, {"1": "x"})


def test_absent_columns_are_named() -> None:
    """Assignments without the column are an error."""
    with pytest.raises(SchemaError, match="expected one column 'cluster', got 0"):
        evaluate(FOUND, TRUTH, customer="cluster")


@pytest.mark.parametrize("assignments", [[1, 2], None])
def test_other_assignments_are_refused(assignments: Any) -> None:
    """Assignments are a result or a table."""
    with pytest.raises(UnsupportedInputError, match=r"assignments: expected a result or a pyarrow\.Table"):
        evaluate(assignments, TRUTH)
