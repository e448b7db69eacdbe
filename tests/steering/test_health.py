"""The health of a population and what moved."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import custid
from custid.errors import ConfigurationError, InputError
from custid.steering import (
    HealthLog,
    HealthReport,
    LargeCustomer,
    Severity,
    WatchLimits,
    health_of,
    largest_customers,
    sentences,
    tail_of_sizes,
    watch,
)
from custid.testing import synthetic_customers

N_RECORDS = 1000


@pytest.fixture(scope="module")
def result() -> custid.Result:
    return custid.dedupe(synthetic_customers(N_RECORDS, seed=3).records)


@pytest.fixture(scope="module")
def report(result: custid.Result) -> HealthReport:
    return health_of(result, label="2030-01-31")


def test_counts(result: custid.Result, report: HealthReport) -> None:
    """The report counts what the tables of the result show."""
    sizes = result.customers["n_records"].to_pylist()
    assert sum(n for n, _ in report.sizes) == sum(set(sizes))
    assert (report.n_singles, report.size_quantile(1.0)) == (sizes.count(1), max(sizes))
    assert report.merge_rate == pytest.approx(1 - len(sizes) / N_RECORDS)
    assert report.n_in_review == result.assignments["decision"].to_pylist().count("review")
    assert report.n_pairs_within == sum(math.comb(n, 2) for n in sizes)
    assert (report.n_must_links, report.n_cannot_links) == (0, result.certificate.n_cannot_links)
    missing = {each.attribute: each.n_missing for each in report.attributes}
    assert missing["sex"] == result.canonical.values["sex"][1][:, 0].tolist().count(-1)


def test_weakest_links(result: custid.Result) -> None:
    """The weakest link of a large customer is that of its explanation."""
    for row in largest_customers(result, at_most=3).to_pylist():
        weakest = result.explain_customer(row["customer"]).weakest
        assert weakest is not None
        odds = 2.0**weakest.weight_bits
        assert row["weakest_link_probability"] == pytest.approx(odds / (1 + odds))


def test_order_of_rows(report: HealthReport) -> None:
    """Rows in another order have the same health, to the bit."""
    records = synthetic_customers(N_RECORDS, seed=3).records
    order = np.random.default_rng(2).permutation(N_RECORDS)
    assert health_of(custid.dedupe(records.take(pa.array(order))), label="2030-01-31") == report


def test_round_trip(report: HealthReport) -> None:
    """JSON and plain form give the same report back."""
    assert HealthReport.from_json(report.to_json()) == report
    assert HealthReport.from_dict(report.to_dict()) == report


@pytest.mark.parametrize(
    "change",
    [
        {"n_records": "1000"},
        {"n_records": -1},
        {"mean_entropy_bits": math.inf},
        {"more": 1},
        {"largest": [{"n_records": 3}]},
        {"has_converged": 1},
    ],
)
def test_strict_reading(report: HealthReport, change: dict[str, object]) -> None:
    """A part of another kind, an unknown one and a missing one are refused."""
    with pytest.raises(InputError, match="health report: a part is missing, unknown or of another kind"):
        HealthReport.from_dict(report.to_dict() | change)


@pytest.mark.parametrize("frequent", [{"value": 7}, {"0" * 17: 7}, {"0" * 16: 1 << 70}], ids=["text", "long", "many"])
def test_damaged_hashes(report: HealthReport, frequent: dict[str, int]) -> None:
    """Hashes and counts that cannot be are refused when a report is read, not when it is first counted on."""
    document = report.to_dict()
    document["attributes"][0]["frequent"] = frequent
    with pytest.raises(InputError):
        HealthReport.from_dict(document)


def test_other_documents() -> None:
    """What is no report, or one of another version, is refused by name."""
    with pytest.raises(InputError, match=r"expected a JSON object of format 'custid\.health'"):
        HealthReport.from_json("[]")
    with pytest.raises(InputError, match="expected version 1, got 2"):
        HealthReport.from_json('{"format": "custid.health", "version": 2}')


def test_no_values(report: HealthReport) -> None:
    """Neither report nor text holds a value of a customer, nor a hash of a value that fewer than five hold."""
    shown = report.to_json() + str(report) + report.text("fr")
    mails = [value for value in synthetic_customers(N_RECORDS, seed=3).records["email"].to_pylist() if value]
    assert not [value for value in mails if value in shown]
    assert min(min(each.frequent.values(), default=5) for each in report.attributes) == 5
    assert "2030-01-31" in str(report)


def test_nothing_moved(report: HealthReport) -> None:
    """A report held against itself, once or four times, tells of nothing."""
    assert watch(report, report) == ()
    assert watch(report, [report] * 4) == ()
    assert sentences(watch(report), "fr") == "Rien n'a bougé au-delà de ce que le hasard explique."


def test_other_draw_of_the_same_kind(result: custid.Result, report: HealthReport) -> None:
    """Another population that is made the same way, weighed by the same model, tells of nothing serious."""
    other = health_of(custid.dedupe(synthetic_customers(N_RECORDS, seed=12).records, model=result.model))
    assert [each for each in watch(other, report) if each.severity is Severity.SERIOUS] == []


def test_other_population(result: custid.Result, report: HealthReport) -> None:
    """A population of mostly single records has another merge rate and other sizes."""
    made = synthetic_customers(N_RECORDS, seed=12, share_of_single_records=0.9)
    findings = {each.code: each for each in watch(health_of(custid.dedupe(made.records, model=result.model)), report)}
    assert {"merge_rate", "single_share", "customer_sizes"} <= set(findings)
    assert findings["merge_rate"].score < 0 < findings["single_share"].score
    assert findings["merge_rate"].sentence().startswith("serious: merge rate: ")
    assert findings["single_share"].sentence("fr").startswith("grave")


def test_missing_column(report: HealthReport, result: custid.Result) -> None:
    """A column that a quarter of the rows lacks of a sudden is told."""
    records = synthetic_customers(N_RECORDS, seed=3).records
    half = pa.array([value if row % 4 else None for row, value in enumerate(records["email"].to_pylist())])
    records = records.set_column(records.column_names.index("email"), "email", half)
    findings = watch(health_of(custid.dedupe(records, model=result.model)), report)
    assert ("missing_share", "email") in {(each.code, each.attribute) for each in findings}


def test_drift_from_the_model(result: custid.Result) -> None:
    """Where all given names are others than the match model was trained on, it is to be trained anew."""
    records = synthetic_customers(N_RECORDS, seed=3).records
    place = records.column_names.index("first_name" if "first_name" in records.column_names else "given_name")
    one = pa.array(["Maximilian" if value else None for value in records.column(place).to_pylist()])
    changed = health_of(custid.dedupe(records.set_column(place, records.column_names[place], one), model=result.model))
    assert ("retrain", "given_name") in {(each.code, each.attribute) for each in watch(changed)}


def test_log_and_robust_score(report: HealthReport) -> None:
    """What moved is judged by how far it moves as a rule, once there are three reports."""
    quiet = [evolve(report, n_in_review=n) for n in (10, 12, 11, 10)]
    restless = [evolve(report, n_in_review=n) for n in (10, 200, 60, 120)]
    now = evolve(report, n_in_review=160)
    assert [each.code for each in watch(now, quiet)] == ["review_share"]
    assert watch(now, restless) == ()
    assert "as a rule" in str(watch(now, quiet)[0])


def test_two_proportions_by_hand(report: HealthReport) -> None:
    """30 of 1000 after 10 of 1000 are 3.19 pooled standard errors apart."""
    before, now = (evolve(report, design_effect=1.0, n_in_review=n) for n in (10, 30))
    limits = WatchLimits(least_score=3.0)
    found = watch(now, before, limits=limits)
    # The difference 0.02 by the pooled error, the root of 0.02 times 0.98 times 2 by 1000.
    assert found[0].score == pytest.approx(3.194, abs=1e-3)
    assert watch(now, before) == ()


def test_unrest(report: HealthReport) -> None:
    """Learning that did not end is notable by itself."""
    findings = watch(evolve(report, has_converged=False))
    assert [(each.code, each.severity.value) for each in findings] == [("not_converged", "notable")]


def test_attribute_that_went(report: HealthReport) -> None:
    """An attribute that one of the two reports lacks is serious."""
    fewer = evolve(report, attributes=report.attributes[1:])
    assert [(each.code, each.attribute) for each in watch(fewer, report)] == [
        ("unlike", report.attributes[0].attribute)
    ]


def test_growth(report: HealthReport) -> None:
    """Twice the records with six times the pairs within customers grow with the exponent log2(6)."""
    before = evolve(report, n_records=4000, n_customers=2000, sizes=((2, 2000),))
    after = evolve(report, n_records=8000, n_customers=2000, sizes=((4, 2000),))
    growth = [each for each in watch(after, before) if each.code == "growth"]
    assert growth[0].size == pytest.approx(math.log2(6))
    alike = evolve(report, n_records=8000, n_customers=4000, sizes=((2, 4000),))
    assert [each for each in watch(alike, before) if each.code in {"growth", "customer_sizes"}] == []


def test_tail(report: HealthReport) -> None:
    """A customer of 200 records among customers of a few is told, with the bound it exceeds."""
    sizes = (*((n, 400 >> n) for n in range(1, 8)), (200, 1))
    large = evolve(report, sizes=sizes, largest=(LargeCustomer(n_records=200, weakest_link_probability=0.5),))
    found = next(each for each in watch(large) if each.code == "tail")
    assert found.size == 1
    assert "1 customers have" in str(found)


@given(
    continuation=st.floats(0.1, 0.8),
    n_customers=st.integers(10, 100_000),
)
def test_tail_of_a_geometric_population(continuation: float, n_customers: int) -> None:
    """The expected sizes of a geometric population hold no customer beyond their own tail."""
    sizes, left, n_records = [], n_customers, 1
    while left:
        larger = int(left * continuation)
        sizes.append((n_records, left - larger))
        left, n_records = larger, n_records + 1
    assert tail_of_sizes(sizes).n_customers == 0


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 100)), unique_by=lambda each: each[0]))
def test_tail_counts(sizes: list[tuple[int, int]]) -> None:
    """The customers of the tail are those of as many records as the bound or more."""
    tail = tail_of_sizes(sorted(sizes))
    several = [each for each in sizes if each[0] > 1]
    assert tail.n_customers == (sum(n for size, n in several if size >= tail.least_records) if several else 0)
    assert 0 < tail.continuation < 1


@pytest.mark.parametrize("name", ["least_score", "notable_odds_ratio", "serious_index", "notable_exponent"])
def test_limits(name: str) -> None:
    """A limit that everything exceeds is refused."""
    with pytest.raises(ConfigurationError, match=f"limits: {name}: expected more than"):
        WatchLimits(**{name: 0.0})


def test_log(report: HealthReport, tmp_path: Path) -> None:
    """Reports come back from a log in the order in which they were added."""
    log = HealthLog(tmp_path / "health.jsonl")
    assert log.reports() == ()
    for label in ("one", "two"):
        log.append(evolve(report, label=label))
    assert [each.label for each in log] == ["one", "two"]
    assert log.reports()[0] == evolve(report, label="one")
    assert json.loads(log.path.read_text(encoding="utf-8").splitlines()[0])["format"] == "custid.health"


def test_log_with_a_line_without_end(report: HealthReport, tmp_path: Path) -> None:
    """A last line that a stopped machine left without end is not read, and the next report takes its place."""
    log = HealthLog(tmp_path / "health.jsonl")
    log.append(report)
    with log.path.open("a", encoding="utf-8") as stream:
        stream.write('{"format": "custid.hea')
    assert len(log.reports()) == 1
    log.append(report)
    assert log.reports() == (report, report)


def test_log_of_another_kind(tmp_path: Path) -> None:
    """A line that is no report is refused with its number."""
    path = tmp_path / "health.jsonl"
    path.write_text("\n{}\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 2: expected a JSON object"):
        HealthLog(path).reports()
