"""`custid.result.result`."""

from __future__ import annotations

import itertools
from collections import Counter

import networkx as nx
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings

import custid
from custid.errors import UnknownRecordError
from custid.intake import read
from custid.result import Decision, Result
from custid.testing import synthetic_customers
from custid.testing.strategies import tables

_ASSIGNMENTS = pa.schema(
    {
        "source": pa.string(),
        "record_key": pa.string(),
        "customer": pa.int64(),
        "match_probability": pa.float64(),
        "decision": pa.string(),
    }
)
_PAIRS = pa.schema(
    {
        "left_source": pa.string(),
        "left_record_key": pa.string(),
        "right_source": pa.string(),
        "right_record_key": pa.string(),
        "match_weight": pa.float64(),
        "match_probability": pa.float64(),
        "same_customer": pa.bool_(),
    }
)


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return synthetic_customers(400, seed=5).records


@pytest.fixture(scope="module")
def result(table: pa.Table) -> Result:
    return custid.dedupe(table)


@pytest.fixture(scope="module")
def linked(table: pa.Table) -> Result:
    return custid.link(table.rename_columns(["source" if name == "shop" else name for name in table.column_names]))


def test_assignments_have_one_row_per_input_row_in_input_order(table: pa.Table, result: Result) -> None:
    """Columns and types are as documented, and nothing is missing."""
    assert result.assignments.schema.equals(_ASSIGNMENTS)
    assert result.assignments["record_key"].to_pylist() == table["record_id"].to_pylist()
    assert sum(column.null_count for column in result.assignments.columns) == 0


def test_customers_are_numbered_by_first_appearance(result: Result) -> None:
    """The first row is of customer 0, the next new one of customer 1, and so on."""
    numbers = result.assignments["customer"].to_pylist()
    assert list(dict.fromkeys(numbers)) == list(range(result.n_customers))


def test_decisions_agree_with_customers_and_probabilities(result: Result) -> None:
    """MATCH shares its customer; REVIEW stands alone, but near another record; NON_MATCH stands alone and far."""
    sizes = Counter(result.assignments["customer"].to_pylist())
    for row in result.assignments.to_pylist():
        expected = Decision.REVIEW if row["match_probability"] >= 0.5 else Decision.NON_MATCH
        assert row["decision"] == (Decision.MATCH if sizes[row["customer"]] > 1 else expected)
        assert 0.0 <= row["match_probability"] <= 1.0


def test_records_to_be_reviewed_have_a_pair_across_customers(result: Result) -> None:
    """What is to be reviewed can be looked at in the pairs."""
    apart = result.pairs.filter(pc.invert(result.pairs["same_customer"]))
    seen = set(apart["left_record_key"].to_pylist()) | set(apart["right_record_key"].to_pylist())
    reviewed = result.assignments.filter(pc.equal(result.assignments["decision"], "review"))
    assert set(reviewed["record_key"].to_pylist()) <= seen


def test_pairs_reach_the_threshold_and_are_sorted(result: Result) -> None:
    """Columns are as documented; the most probable pair is first, the last one is at the threshold or above."""
    pairs = result.pairs
    assert pairs.schema.equals(_PAIRS)
    weights = np.asarray(pairs["match_weight"])
    assert (np.diff(weights) <= 0).all()
    assert (np.asarray(pairs["match_probability"]) >= 0.5).all()
    assert np.allclose(np.asarray(pairs["match_probability"]), 1 / (1 + 2.0**-weights))


def test_pairs_stand_once_and_in_input_order(table: pa.Table, result: Result) -> None:
    """The left record comes before the right one in the input, and no pair comes twice."""
    place = {key: row for row, key in enumerate(table["record_id"].to_pylist())}
    pairs = [(place[row["left_record_key"]], place[row["right_record_key"]]) for row in result.pairs.to_pylist()]
    assert all(left < right for left, right in pairs)
    assert len(set(pairs)) == len(pairs)


def test_pairs_tell_whether_they_share_a_customer(result: Result) -> None:
    """The flag is that of the assignments."""
    customer = dict(zip(*(result.assignments[name].to_pylist() for name in ("record_key", "customer")), strict=True))
    for row in result.pairs.to_pylist():
        assert row["same_customer"] == (customer[row["left_record_key"]] == customer[row["right_record_key"]])


def test_a_higher_threshold_shows_fewer_pairs_and_the_same_customers(table: pa.Table, result: Result) -> None:
    """The review threshold says what is shown, not what is joined."""
    strict = custid.dedupe(table, options=custid.ResolveOptions(review_probability=0.99))
    assert strict.assignments["customer"] == result.assignments["customer"]
    assert 0 < strict.pairs.num_rows < result.pairs.num_rows
    assert strict.pairs["match_probability"].to_pylist()[-1] >= 0.99


def test_customers_count_their_records(table: pa.Table, result: Result) -> None:
    """Numbers of records add up to the rows, one row per customer, in order."""
    counts = Counter(result.assignments["customer"].to_pylist())
    assert result.customers["customer"].to_pylist() == list(range(result.n_customers))
    assert result.customers["n_records"].to_pylist() == [counts[number] for number in range(result.n_customers)]
    assert sum(result.customers["n_records"].to_pylist()) == table.num_rows


def test_customers_name_their_sources(linked: Result) -> None:
    """The sources of a customer are those of its rows, sorted."""
    sources: dict[int, set[str]] = {}
    for row in linked.assignments.to_pylist():
        sources.setdefault(row["customer"], set()).add(row["source"])
    assert linked.customers["sources"].to_pylist() == [sorted(sources[n]) for n in range(linked.n_customers)]
    assert max(map(len, sources.values())) > 1


def test_customers_tell_their_least_certain_record(result: Result) -> None:
    """The lowest probability of the records, and nothing for a customer of one record."""
    by_customer: dict[int, list[float]] = {}
    for row in result.assignments.to_pylist():
        by_customer.setdefault(row["customer"], []).append(row["match_probability"])
    for row in result.customers.to_pylist():
        probabilities = by_customer[row["customer"]]
        assert row["min_match_probability"] == (min(probabilities) if len(probabilities) > 1 else None)


def test_customers_count_the_pairs_to_look_at(result: Result) -> None:
    """A doubtful pair counts for both its customers."""
    customer = dict(zip(*(result.assignments[name].to_pylist() for name in ("record_key", "customer")), strict=True))
    counts: Counter[int] = Counter()
    for row in result.pairs.to_pylist():
        if not row["same_customer"]:
            counts.update((customer[row["left_record_key"]], customer[row["right_record_key"]]))
    assert result.customers["n_doubtful_pairs"].to_pylist() == [counts[number] for number in range(result.n_customers)]


def _check_best_values(table: pa.Table, result: Result) -> None:
    """Every value is stated by a row of its customer, in a column of its attribute."""
    columns: dict[str, list[str]] = {}
    for each in result.report.sources[0].columns:
        columns.setdefault(each.attribute or "", []).append(each.column)
    rows = read(table).table.to_pylist()
    customers = result.assignments["customer"].to_pylist()
    for attribute in set(columns) & set(result.customers.column_names):
        stated: dict[int, set[str]] = {}
        for row, customer in zip(rows, customers, strict=True):
            stated.setdefault(customer, set()).update(row[column] for column in columns[attribute] if row[column])
        for customer, value in enumerate(result.customers[attribute].to_pylist()):
            assert value is None or value in stated[customer]


def test_best_values_are_stated_by_a_record_of_the_customer(table: pa.Table, result: Result) -> None:
    """No value of a customer is made up."""
    attributes = {"given_name", "family_name", "organization_name", "birth_date", "email", "phone", "street", "city"}
    assert attributes <= set(result.customers.column_names)
    _check_best_values(table, result)


@given(tables(min_size=1, max_size=10))
@settings(max_examples=30)
def test_best_values_are_stated_whatever_the_table(table: pa.Table) -> None:
    """No value of a customer is made up, from any table."""
    _check_best_values(table, custid.dedupe(table))


def test_whole_names_are_shown_as_whole_names() -> None:
    """A name of one column is not shown in parts that no source has written."""
    customers = custid.dedupe([{"name": "Dr Zoé Lefèvre", "birth_date": "1980-03-04"}]).customers
    assert customers["full_name"].to_pylist() == ["Dr Zoé Lefèvre"]
    assert not {"given_name", "family_name"} & set(customers.column_names)


def test_dates_of_three_columns_are_shown_as_dates() -> None:
    """Year, month and day come together in the customer."""
    rows = [{"name": "Zoe Roy", "birth_year": "1980", "birth_month": "3", "birth_day": "4"}]
    assert custid.dedupe(rows).customers["birth_date"].to_pylist() == ["1980-03-04"]


@pytest.fixture(scope="module")
def few() -> Result:
    return custid.dedupe(synthetic_customers(40, seed=13, share_of_single_records=0.2).records)


def test_the_parts_of_every_pair_add_up(few: Result) -> None:
    """Prior, comparisons, moving and other explanations add up to the weight, for all pairs, in either direction."""
    keys = few.assignments["record_key"].to_pylist()
    for left, right in itertools.combinations(keys, 2):
        explained, mirrored = few.explain(left, right), few.explain(right, left)
        parts = explained.prior_bits + sum(each.bits for each in explained.comparisons)
        parts += explained.moved_bits + explained.alternative_bits
        assert parts == pytest.approx(explained.weight_bits, abs=1e-9)
        assert mirrored.weight_bits == explained.weight_bits
        assert (mirrored.left, mirrored.right) == (explained.right, explained.left)
        for one, other in zip(explained.comparisons, mirrored.comparisons, strict=True):
            assert (one.bits, one.level, one.left_values) == (other.bits, other.level, other.right_values)


def test_explanations_weigh_what_the_pairs_weigh(few: Result, result: Result) -> None:
    """An explanation is of the weight that the run used."""
    for each in (few, result):
        for pair in each.pairs.slice(0, 200).to_pylist():
            explained = each.explain(pair["left_record_key"], pair["right_record_key"])
            assert explained.weight_bits == pytest.approx(pair["match_weight"], abs=1e-9)
            assert explained.match_probability == pytest.approx(pair["match_probability"], abs=1e-12)
            assert explained.same_customer == pair["same_customer"]


def test_missing_values_are_told_and_weigh_nothing(few: Result) -> None:
    """A comparison without a value on one side is missing, with 0 bits."""
    keys = few.assignments["record_key"].to_pylist()
    explained = [few.explain(*pair) for pair in itertools.combinations(keys[:15], 2)]
    parts = [each for one in explained for each in one.comparisons if not (each.left_values and each.right_values)]
    missing = [each for each in parts if each.name not in {"given_name", "family_name"}]
    assert missing
    assert {(each.level, each.bits) for each in missing} == {("missing", 0.0)}


def test_a_record_may_be_explained_with_itself_and_its_copy() -> None:
    """Equal rows agree on all they have."""
    result = custid.dedupe([{"name": "Zoe Roy", "email": "zoe@courriel.example"}] * 2)
    explained = result.explain(1, "2")
    assert explained.same_customer
    assert {each.level for each in explained.comparisons if each.left_values} == {"exact"}
    assert result.explain(1, 1).weight_bits == explained.weight_bits


def test_records_are_asked_for_by_key_or_by_source_and_key(linked: Result) -> None:
    """A key alone will do where one source has it."""
    first, second = linked.assignments.slice(0, 2).to_pylist()
    by_key = linked.explain(first["record_key"], second["record_key"])
    by_both = linked.explain(*((row["source"], row["record_key"]) for row in (first, second)))
    assert by_key == by_both
    assert by_both.left == (first["source"], first["record_key"])


@pytest.mark.parametrize("key", ["nobody", 10_000, ("crm", "nobody"), ("nowhere", "1")])
def test_an_unknown_record_is_an_error(few: Result, key: str | int | tuple[str, str]) -> None:
    """The message says where keys are to be found."""
    with pytest.raises(UnknownRecordError, match=r"expected a key of this run.*Hint.*record_key"):
        few.explain(key, key)


def test_the_text_of_a_result_is_its_report(few: Result) -> None:
    """Printing a result tells what was found; its repr is short, and holds no data."""
    assert str(few) == str(few.report)
    assert len(repr(few)) < 100


def test_a_customers_graph_holds_it_together(result: Result) -> None:
    """The graph has a node per record and the weights of the pairs; it is connected where contraction joined it."""
    sizes = result.customers["n_records"].to_pylist()
    customer = sizes.index(max(sizes))
    graph = result.graph(customer)
    rows = [row for row in result.assignments.to_pylist() if row["customer"] == customer]
    assert set(graph) == {(row["source"], row["record_key"]) for row in rows}
    weights = {
        frozenset(
            ((each["left_source"], each["left_record_key"]), (each["right_source"], each["right_record_key"]))
        ): each
        for each in result.pairs.to_pylist()
    }
    for left, right, edge in graph.edges(data=True):
        pair = weights.get(frozenset((left, right)))
        if pair is not None:
            assert edge["match_weight"] == pytest.approx(pair["match_weight"])
            assert edge["match_probability"] == pytest.approx(pair["match_probability"])
    assert nx.is_connected(graph)


def test_a_graph_of_no_customer_is_an_error(result: Result) -> None:
    """An unknown number is named, with those that there are."""
    with pytest.raises(UnknownRecordError, match=r"customer -1: expected 0 to \d+"):
        result.graph(-1)


def test_unsure_members_are_to_be_reviewed() -> None:
    """Records that share a customer with less certainty than asked for are marked, and no others change."""
    table = synthetic_customers(200, seed=4).records
    plain = custid.dedupe(table)
    strict = custid.dedupe(table, options=custid.ResolveOptions(certain_probability=0.999))
    sizes = np.bincount(plain.assignments["customer"])
    changed = 0
    for before, after in zip(plain.assignments.to_pylist(), strict.assignments.to_pylist(), strict=True):
        is_unsure = sizes[before["customer"]] > 1 and before["match_probability"] < 0.999
        assert after == before | ({"decision": Decision.REVIEW} if is_unsure else {})
        changed += is_unsure
    assert changed > 0


def test_a_representation_tells_counts(result: Result) -> None:
    """What a log shows of a result is how many records and customers it has."""
    assert repr(result) == f"<Result: {result.assignments.num_rows:,} records, {result.n_customers:,} customers>"
