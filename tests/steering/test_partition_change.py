"""What another match model or other rules would change."""

from __future__ import annotations

import json
import math

import numpy as np
import pyarrow as pa
import pytest

import custid
from custid.comparison.comparison import Comparison
from custid.comparison.library import default_comparisons
from custid.engines.options import ResolveOptions
from custid.report.wording import attribute_label
from custid.result import Reason
from custid.review import Label, Labels, Verdict
from custid.steering import ChangeKind, PartitionChange, compare_results
from custid.steering._wording import said
from custid.table.record_table import RecordTable
from custid.testing import synthetic_customers

RECORDS = synthetic_customers(800, seed=3).records


def resolved(records: pa.Table = RECORDS, **settings: object) -> custid.Result:
    return custid.dedupe(records, **settings)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def before() -> custid.Result:
    return resolved()


@pytest.fixture(scope="module")
def after() -> custid.Result:
    return resolved(model=custid.train(synthetic_customers(300, seed=9).records))


@pytest.fixture(scope="module")
def change(before: custid.Result, after: custid.Result) -> PartitionChange:
    return compare_results(before, after)


def groups(change: PartitionChange, side: str) -> set[tuple[str, frozenset[frozenset[str]]]]:
    """Return each change of records by its kind and its customers before or after, as sets of record keys."""
    rows = change.records.to_pylist()
    kinds = dict(zip(change.changes["change"].to_pylist(), change.changes["kind"].to_pylist(), strict=True))
    found = set()
    for number in {row["change"] for row in rows}:
        customers: dict[int, set[str]] = {}
        for row in rows:
            if row["change"] == number:
                customers.setdefault(row[f"customer_{side}"], set()).add(row["record_key"])
        found.add((kinds[number], frozenset(frozenset(each) for each in customers.values())))
    return found


def test_result_with_itself(before: custid.Result) -> None:
    """Comparing a result with itself finds nothing."""
    change = compare_results(before, before)
    assert change.n_unchanged == before.n_customers
    assert (change.changes.num_rows, change.records.num_rows, change.n_records_moved) == (0, 0, 0)
    assert (change.n_pairs_gained, change.n_pairs_lost, change.variation_of_information) == (0, 0, 0.0)
    assert change.identifiers.n_kept == before.n_customers
    assert change.identifiers.n_records_renamed == 0


def test_there_is_something_to_find(change: PartitionChange) -> None:
    """The two models of these tests differ in merges and in splits."""
    assert change.n_changes(ChangeKind.MERGED) > 0
    assert change.n_changes(ChangeKind.SPLIT) > 0


def test_exchange(before: custid.Result, after: custid.Result, change: PartitionChange) -> None:
    """Exchanging the results exchanges merges and splits, what is gained and what is lost."""
    back = compare_results(after, before)
    swapped = {"merged": "split", "split": "merged", "regrouped": "regrouped"}
    assert {(swapped[kind], customers) for kind, customers in groups(change, "before")} == groups(back, "after")
    assert (back.n_pairs_gained, back.n_pairs_lost) == (change.n_pairs_lost, change.n_pairs_gained)
    assert back.variation_of_information == change.variation_of_information
    merged, split = change.examples(ChangeKind.MERGED, at_most=99), back.examples(ChangeKind.SPLIT, at_most=99)
    assert [(each.before.left, each.before.right) for each in merged] == [
        (each.before.left, each.before.right) for each in split
    ]


def test_order_of_rows(change: PartitionChange, after: custid.Result) -> None:
    """Rows in another order, in one of the two results, change neither text nor records."""
    order = np.random.default_rng(1).permutation(RECORDS.num_rows)
    other = compare_results(resolved(RECORDS.take(pa.array(order))), after)
    assert str(other) == str(change)
    kept = ["change", "source", "record_key"]
    assert other.records.select(kept).equals(change.records.select(kept))
    dropped = ["before", "after"]
    assert other.changes.drop_columns(dropped).equals(change.changes.drop_columns(dropped))


def test_changes_are_all_there_is(before: custid.Result, after: custid.Result, change: PartitionChange) -> None:
    """A record is in a change if and only if its company differs, and customers not in one are counted unchanged."""

    def company(result: custid.Result) -> dict[str, frozenset[str]]:
        members: dict[int, set[str]] = {}
        for row in result.assignments.to_pylist():
            members.setdefault(row["customer"], set()).add(row["record_key"])
        return {row["record_key"]: frozenset(members[row["customer"]]) for row in result.assignments.to_pylist()}

    one, other = company(before), company(after)
    assert {key for key in one if one[key] != other[key]} == set(change.records["record_key"].to_pylist())
    assert change.n_unchanged == len(set(one.values()) & set(other.values()))


def test_examples_add_up(change: PartitionChange) -> None:
    """The parts of an example add up to what the pair weighs more, in the scorer's own arithmetic."""
    examples = [each for kind in list(ChangeKind)[:3] for each in change.examples(kind, at_most=99)]
    assert examples
    for each in examples:
        added = each.after.weight_bits - each.before.weight_bits
        assert math.fsum(part.added_bits for part in each.parts) == pytest.approx(added, abs=1e-9)


def test_pair_of_a_merge(change: PartitionChange) -> None:
    """The pair of a merge is two customers before and one after, and the pair of a split the other way round."""
    for kind, is_joined in ((ChangeKind.MERGED, True), (ChangeKind.SPLIT, False)):
        for each in change.examples(kind, at_most=99):
            assert (each.before.same_customer, each.after.same_customer) == (not is_joined, is_joined)


def test_order_of_examples(change: PartitionChange) -> None:
    """The most doubtful come first unless the most certain are asked for."""
    doubtful = change.examples(ChangeKind.SPLIT, at_most=99)
    bits = [each.before.weight_bits for each in doubtful]
    assert bits == sorted(bits)
    certain = change.examples(ChangeKind.SPLIT, at_most=1, doubtful_first=False)
    assert certain[0].before.weight_bits == bits[-1]


def test_identifiers(change: PartitionChange, before: custid.Result, after: custid.Result) -> None:
    """Identifiers kept and issued name the customers after; kept and redirected are those before."""
    told = change.identifiers
    assert told.n_kept + told.n_issued == after.n_customers
    assert told.n_kept + told.n_redirected + told.n_gone == before.n_customers


def test_no_values_in_text(change: PartitionChange) -> None:
    """Neither text nor plain form holds a value of a customer."""
    shown = str(change) + change.text("fr") + json.dumps(change.to_dict())
    mails = [value for value in RECORDS["email"].to_pylist() if value]
    assert not [value for value in mails if value in shown]
    assert not [value for value in mails if value in repr(change) + repr(change.examples(ChangeKind.SPLIT))]


def test_text_in_french(change: PartitionChange) -> None:
    """The text is told in French, names of attributes and numbers included."""
    example = change.examples(ChangeKind.SPLIT, at_most=1)[0]
    name = next(each.name for each in example.parts if each.level_before)
    assert attribute_label(name, "fr") in change.text("fr")
    assert f"variation d'information : {change.variation_of_information:.4f}".replace(".", ",") in change.text(
        "fr"
    ).replace("\xa0", " ")


def test_rule_sets(before: custid.Result) -> None:
    """Other comparisons are compared like other models: what a result lacks counts nothing."""

    def without_mail(table: RecordTable) -> list[Comparison]:
        return [each for each in default_comparisons(table) if "email" not in {out.name for out in each.outputs}]

    change = compare_results(before, resolved(comparisons=without_mail))
    examples = change.examples(ChangeKind.SPLIT, at_most=99)
    mail = [part for each in examples for part in each.parts if part.name == "email"]
    assert mail
    assert {(part.level_after, part.bits_after) for part in mail} == {("", 0.0)}


def test_options(before: custid.Result) -> None:
    """Options that leave pairs out split customers and merge none."""
    change = compare_results(before, resolved(model=before.model, options=ResolveOptions(block_cap=2)))
    assert change.n_pairs_lost > change.n_pairs_gained


def test_records_of_one_result_only(before: custid.Result) -> None:
    """Customers none of whose records the other result has appear or vanish."""
    fewer = resolved(RECORDS.slice(0, 700), model=before.model)
    change = compare_results(before, fewer)
    assert change.n_records == 700
    assert change.n_changes(ChangeKind.VANISHED) > 0
    assert change.n_changes(ChangeKind.APPEARED) == 0
    assert change.identifiers.n_gone == change.n_changes(ChangeKind.VANISHED)
    assert change.examples(ChangeKind.VANISHED) == ()
    assert compare_results(fewer, before).n_changes(ChangeKind.APPEARED) == change.n_changes(ChangeKind.VANISHED)


def test_rows_of_equal_content() -> None:
    """A merge of rows of equal content has no weighed pair, and an example all the same."""
    row = {"given_name": "Ann", "family_name": "Lee", "email": "ann.lee@site.example", "phone": "07700 900001"}
    other = {"given_name": "Zoé", "family_name": "Petit", "email": "zoe@site.example", "phone": "06 39 98 00 01"}
    sources = {"a": [row | {"id": "1"}, row | {"id": "2"}], "b": [other | {"id": "3"}]}
    apart, joined = (custid.link(sources, duplicate_free=each) for each in (True, False))
    change = compare_results(apart, joined)
    assert change.changes["match_weight"].to_pylist() == [None]
    assert [each.after.reason for each in change.examples(ChangeKind.MERGED)] == [Reason.EQUAL_CONTENT]


def test_what_labels_change(before: custid.Result) -> None:
    """Customers that a person joins or tells apart are examples like others, with who said so."""
    rows = RECORDS.column("record_id").to_pylist()
    customer = before.assignments["customer"].to_pylist()
    together = next((rows[one], rows[one + 1]) for one in range(len(rows) - 1) if customer[one] == customer[one + 1])
    apart = next((rows[one], rows[one + 1]) for one in range(len(rows) - 1) if customer[one] != customer[one + 1])
    source = before.assignments["source"][0].as_py()
    labels = Labels.of(
        Label(left=(source, pair[0]), right=(source, pair[1]), verdict=verdict)
        for pair, verdict in ((together, Verdict.NON_MATCH), (apart, Verdict.MATCH))
    )
    found = compare_results(before, resolved(labels=labels))
    reasons = {each["reason_after"] for each in found.to_dict()["examples"]}
    assert reasons & {Reason.VERDICT.value, Reason.BARRED.value}
    assert found.text("en") != found.text("fr")


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_reason_can_be_told(reason: Reason, language: str) -> None:
    """Whatever decided about a pair has words in both languages."""
    assert said(f"reason_{reason.value}", language)
