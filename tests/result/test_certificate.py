"""The certificate of a run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from attrs import evolve

import custid
from custid.engines.constraints import Constraints, DefiniteNonMatch, RelatedRecords, YearsApart
from custid.engines.known import Known
from custid.errors import InternalError
from custid.result import Certificate
from custid.result.certificate import certified
from custid.review import Labels
from custid.testing import synthetic_customers

RECORDS = synthetic_customers(200, seed=4).records.drop_columns(["shop"])
KEYS = RECORDS["record_id"].to_pylist()
LABELS = Labels.of_groups([[("a", key) for key in KEYS[:3]], [("a", KEYS[3])]])
CONSTRAINTS = Constraints(
    related=(RelatedRecords(left=("a", KEYS[4]), right=("a", KEYS[0]), kind="twin"),),
    rules=(DefiniteNonMatch(name="generations", when=(YearsApart("birth_date", more_than=12),)),),
)


@pytest.fixture(scope="module")
def result() -> custid.Result:
    """Return a run with verdicts, a relation and a rule."""
    return custid.dedupe(RECORDS, source="a", labels=LABELS, constraints=CONSTRAINTS)


def test_pairs_are_counted_over_the_closure(result: custid.Result) -> None:
    """What follows from a verdict counts as much as what was said."""
    found = result.certificate
    assert found.must_links == {"verdict": 3}
    assert (found.cannot_links["verdict"], found.cannot_links["relation"]) == (3, 3)
    assert found.n_must_links == 3
    assert found.n_cannot_links == 6 + found.cannot_links["rule"] > 6


def test_the_report_tells_of_it(result: custid.Result) -> None:
    """The printed report and the dict have the counts."""
    assert "certain: pairs: 3 by verdict together; 3 by verdict, 3 by relation, " in str(result)
    assert str(result).count("none crossed") == 1
    assert result.report.to_dict()["certificate"]["must_links"] == {"verdict": 3}


def test_nothing_certain() -> None:
    """Where nothing is certain the report is silent."""
    found = custid.dedupe(RECORDS)
    assert found.certificate == Certificate()
    assert str(found.certificate) == "nothing"
    assert "certain:" not in str(found)


@pytest.mark.parametrize(
    ("rows", "says"), [((0, 1), "verdict"), ((3, 0), "verdict"), ((4, 1), "relation"), ((3, 2), "verdict")]
)
def test_a_crossed_link_is_an_error_of_custid(result: custid.Result, rows: tuple[int, int], says: str) -> None:
    """Customers that cross what was said are never given out."""
    links = Known.of(LABELS, CONSTRAINTS).links(result.inputs, result.canonical)
    customer = result.linked.cluster_of_row()
    certified(result.linked, links, customer)
    customer[rows[0]] = 10_000 if rows == (0, 1) else customer[rows[1]]
    with pytest.raises(InternalError, match=f"crosses what is certain by {says}"):
        certified(result.linked, links, customer)


def test_a_crossed_rule_is_an_error_of_custid(result: custid.Result) -> None:
    """Every pair inside of a customer is held against the rules."""
    links = Known().links(result.inputs, result.canonical)
    with pytest.raises(InternalError, match="certain by rule"):
        certified(result.linked, links, np.zeros(200, np.int64))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"labels": {"siren": np.arange(200, dtype=np.int32)}}, "exclusive attribute"),
        ({"limited_source": np.zeros(200, np.int32)}, "source free of duplicates"),
        ({"joined": np.array([[0, 1]], np.int32)}, "rule"),
    ],
)
def test_other_crossed_constraints_are_errors_of_custid(
    result: custid.Result, change: dict[str, Any], says: str
) -> None:
    """Two labels or two records of a source in a customer, or a rule torn apart, are found."""
    certain = evolve(result.linked.certain, constraints=Constraints(), **change)
    n_units = result.linked.table.n_units
    certain = evolve(certain, **{name: value[:n_units] for name, value in change.items() if name == "limited_source"})
    linked = evolve(result.linked, certain=certain)
    customer = np.arange(200) // (1 if says == "rule" else 200)
    with pytest.raises(InternalError, match=f"certain by {says}"):
        certified(linked, Known().links(result.inputs, result.canonical), customer)
