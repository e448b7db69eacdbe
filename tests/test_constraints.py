"""Labels and constraints from one end to the other: what a person says is what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

import custid
from custid import Constraints
from custid.clustering import GreedyClusterer, PairGraph
from custid.engines.constraints import (
    DefiniteMatch,
    DefiniteNonMatch,
    Different,
    Exclusive,
    RelatedRecords,
    Same,
    YearsApart,
)
from custid.errors import ConfigurationError, InputError
from custid.result import Reason
from custid.review import Label, Labels, RecordName, Verdict, write_labels
from custid.steering import review_queue
from custid.steering.health import largest_customers
from custid.testing import synthetic_customers
from tests.partitions import partition_by_key

Row = dict[str, Any]
COLUMNS = ("record_id", "given_name", "family_name", "birth_date", "email", "phone", "street", "postcode", "city")
CROWD: list[Row] = [
    {name: row[name] for name in COLUMNS} for row in synthetic_customers(200, seed=3).records.to_pylist()
]
HOME = {
    "family_name": "Dupont",
    "email": "dupont@mail.example",
    "phone": "0240123456",
    "street": "3 rue des Lilas",
    "postcode": "44000",
    "city": "Nantes",
}


def person(key: str, given_name: str, birth_date: str, **others: str) -> Row:
    """Return a record of the household."""
    return {"record_id": key, "given_name": given_name, "birth_date": birth_date} | HOME | others


def customers(result: custid.Result) -> dict[RecordName, int]:
    """Return the customer of each record by name."""
    rows = result.assignments
    names = zip(rows["source"].to_pylist(), rows["record_key"].to_pylist(), strict=True)
    return dict(zip(names, rows["customer"].to_pylist(), strict=True))


def resolve(rows: Sequence[Row], **settings: Any) -> custid.Result:
    """Resolve rows of one source among a crowd."""
    return custid.dedupe([*rows, *CROWD], source="crm", **settings)


def are_one(result: custid.Result, *keys: str) -> bool:
    """Tell whether records of the source are one customer."""
    of = customers(result)
    return len({of["crm", key] for key in keys}) == 1


TWINS = [person("t1", "Emma", "2001-04-05"), person("t2", "Julie", "2001-04-05"), person("t3", "Emma", "2001-04-05")]
EQUAL = [person("e1", "Emma", "2001-04-05"), person("e2", "Emma", "2001-04-05"), person("e3", "Emma", "2001-04-05")]


def label(left: str, right: str, verdict: Verdict) -> Labels:
    """Return one label of two records of the source."""
    return Labels.of([Label(left=("crm", left), right=("crm", right), verdict=verdict)])


def test_spouses_who_share_contact_data_are_two() -> None:
    """Husband and wife with one address, telephone and e-mail are no customer by default."""
    result = resolve([person("s1", "Paul", "1970-01-09"), person("s2", "Anne", "1972-11-30")])
    assert not are_one(result, "s1", "s2")


def test_review_of_all_customers_is_what_comes_out(tmp_path: Path) -> None:
    """Customers accepted, rejected and split on the review page are so when the run is repeated with the file."""
    first = resolve([])
    groups: dict[int, list[RecordName]] = {}
    for name, customer in customers(first).items():
        groups.setdefault(customer, []).append(name)
    large = [group for group in groups.values() if len(group) >= 3]
    single = [group[0] for group in groups.values() if len(group) == 1]
    accepted, split, torn = large[:3]
    said = Labels.of_groups([accepted])
    said += Labels.of_groups([split[:1], split[1:]])
    said += Labels.of_groups([[record] for record in torn])
    said += Labels.of_groups([[single[0], single[1]]])
    write_labels(said, tmp_path / "labels.jsonl")
    second = resolve([], labels=tmp_path / "labels.jsonl")
    of = customers(second)
    assert {said.verdict(left, right) is Verdict.MATCH for left, right, _ in said.pairs()} == {True, False}
    assert [(left, right) for left, right, is_match in said.pairs() if (of[left] == of[right]) is not is_match] == []
    assert second.report.warnings == first.report.warnings


@pytest.mark.parametrize("seed", range(3))
def test_random_verdicts_hold_in_any_order_of_rows(seed: int) -> None:
    """A hundred verdicts that fit one another hold, and the order of rows and labels is of no importance."""
    random = np.random.default_rng(seed)
    groups = [[("crm", CROWD[row]["record_id"]) for row in rows] for rows in random.permutation(60).reshape(20, 3)]
    said = Labels.of_groups(groups[:12])
    result = resolve([], labels=said)
    of = customers(result)
    assert [pair for *pair, is_match in said.pairs() if (of[pair[0]] == of[pair[1]]) is not is_match] == []
    order = random.permutation(len(CROWD))
    again = custid.dedupe([CROWD[row] for row in order], source="crm", labels=Labels(given=said.given[::-1]))
    assert partition_by_key(again) == partition_by_key(result)


def test_verdicts_on_equal_rows() -> None:
    """Two rows that state the same are two customers where a person says so, and one stays with what is left."""
    assert are_one(resolve(EQUAL), "e1", "e2", "e3")
    result = resolve(EQUAL, labels=label("e1", "e2", Verdict.NON_MATCH))
    assert not are_one(result, "e1", "e2")
    assert result.explain("e1", "e2").reason is Reason.VERDICT


def test_all_equal_rows_can_be_torn_apart() -> None:
    """Three rows that state the same are three customers if they are said to be."""
    result = resolve(EQUAL, labels=Labels.of_groups([[("crm", "e1")], [("crm", "e2")], [("crm", "e3")]]))
    assert len({customers(result)["crm", key] for key in ("e1", "e2", "e3")}) == 3


def test_verdict_on_rows_that_say_too_little() -> None:
    """Of many rows that bear a name and nothing else, those named are joined and the others are not."""
    rows = [{"record_id": f"j{number}", "given_name": "Jean"} for number in range(6)]
    result = resolve(rows, labels=label("j1", "j4", Verdict.MATCH))
    assert are_one(result, "j1", "j4")
    assert not are_one(result, "j0", "j2")
    assert not are_one(result, "j1", "j2")


def test_who_is_said_to_belong_is_certain_to() -> None:
    """A verdict makes the probability 1, though everything else speaks against it."""
    strangers = [CROWD[0]["record_id"], CROWD[9]["record_id"]]
    assert not are_one(resolve([]), *strangers)
    result = resolve([], labels=label(strangers[0], strangers[1], Verdict.MATCH))
    probability = dict(
        zip(*(result.assignments[name].to_pylist() for name in ("record_key", "match_probability")), strict=True)
    )
    assert [probability[key] for key in strangers] == [1.0, 1.0]
    assert "People have said that (" in result.explain_customer(customers(result)["crm", strangers[0]]).verdict


def test_not_to_be_told_says_nothing() -> None:
    """A label that a person was not sure about changes nothing."""
    unsure = resolve(TWINS, labels=label("t1", "t2", Verdict.UNSURE))
    assert partition_by_key(unsure) == partition_by_key(resolve(TWINS))


def test_labels_of_records_that_are_gone_are_told_of() -> None:
    """Labels survive the data: what they name and nobody has is a warning."""
    result = resolve(TWINS, labels=label("t1", "gone", Verdict.MATCH))
    assert "1 records that labels or relations name are not in the data." in result.report.warnings


def test_labels_that_contradict_one_another_are_refused() -> None:
    """The records are named, and what to do."""
    said = label("t1", "t3", Verdict.MATCH) + Labels.of_groups([[("crm", "t2")], [("crm", "t1")]])
    said += label("t3", "t2", Verdict.MATCH)
    with pytest.raises(InputError, match=r"\('crm', 't2'\) and \('crm', 't1'\).*Append a label that settles it"):
        resolve(TWINS, labels=said)


def test_relations_keep_apart_along_every_path() -> None:
    """Twins are two customers, and who resembles both is one of them at most."""
    twins = Constraints(related=[RelatedRecords(left=("crm", "t1"), right=("crm", "t2"), kind="twin")])
    result = resolve(TWINS, constraints=twins)
    assert not are_one(result, "t1", "t2")
    assert are_one(result, "t1", "t3")
    explained = result.explain("t1", "t2")
    assert explained.reason is Reason.RELATION
    assert "they are known to be two people (twin)" in explained.verdict
    assert "ce sont deux personnes (jumeau)" in explained.in_language("fr").verdict


def test_a_barrier_between_customers_is_explained() -> None:
    """Two records that would match alone are told which records of their customers stand in the way."""
    rows = [*TWINS, person("t4", "Emma", "2001-04-05", phone="0240123457")]
    said = Labels.of_groups([[("crm", "t1"), ("crm", "t2")], [("crm", "t4")]])
    result = resolve(rows, labels=said)
    assert not are_one(result, "t1", "t4")
    related = Constraints(related=[RelatedRecords(left=("crm", "t2"), right=("crm", "t4"), kind="sibling")])
    result = resolve(rows, constraints=related, labels=label("t1", "t2", Verdict.MATCH))
    explained = result.explain("t3", "t4")
    if result.explain("t3", "t1").same_customer:
        assert explained.reason is Reason.BARRED
        assert "records crm t2 and crm t4 of the two customers must stay apart" in explained.verdict
        assert explained.barrier is not None
        assert explained.barrier.reason is Reason.RELATION
    else:
        assert result.explain("t3", "t1").reason is Reason.BARRED


def test_rules() -> None:
    """What is definitely one is joined, what is definitely two is apart, and both are explained by name."""
    rows = [
        person("f1", "Jean", "1950-02-03"),
        person("f2", "Jean", "1980-07-21"),
        person("f3", "Jean", "1950-02-03", email="other@mail.example", street="9 avenue Foch", city="Lyon"),
    ]
    rules = Constraints(
        rules=[
            DefiniteNonMatch(name="generations", when=[YearsApart("birth_date", more_than=15)]),
            DefiniteMatch(name="namesake", when=[Same("given_name"), Same("family_name"), Same("birth_date")]),
        ]
    )
    result = resolve(rows, constraints=rules)
    assert not are_one(result, "f1", "f2")
    assert are_one(result, "f1", "f3")
    assert 'rule "generations" keeps them apart' in result.explain("f1", "f2").verdict
    assert 'rule "namesake" joins them' in result.explain("f1", "f3").verdict
    assert "la règle «\u00a0namesake\u00a0» les réunit" in result.explain("f1", "f3", language="fr").verdict
    assert "Rules join (" in result.explain_customer(customers(result)["crm", "f1"]).verdict


def test_a_rule_holds_for_pairs_that_nothing_proposed() -> None:
    """Two records that are no candidate pair and that a rule keeps apart do not meet by way of a third."""
    rows = [
        {"record_id": "a", "email": "x@mail.example", "birth_date": "1950-01-01"},
        {"record_id": "b", "email": "x@mail.example", "phone": "0240123456"},
        {"record_id": "c", "phone": "0240123456", "birth_date": "1990-12-31"},
    ]

    def all_together(graph: PairGraph) -> NDArray[np.int64]:
        found = GreedyClusterer()(graph)
        wanted = np.zeros(graph.n_units, np.int64)
        return found if len(graph.cannot_links) else wanted

    rules = Constraints(rules=[DefiniteNonMatch(name="generations", when=[YearsApart("birth_date", more_than=15)])])
    result = custid.dedupe(rows, source="crm", constraints=rules, clusterer=all_together)
    of = customers(result)
    assert of["crm", "a"] != of["crm", "c"]


def test_a_verdict_outranks_a_rule_and_a_rule_that_keeps_apart_one_that_joins() -> None:
    """Who says most decides, and a pair that rules disagree about is left to its weight or apart."""
    rules = [
        DefiniteNonMatch(name="other name", when=[Different("given_name")]),
        DefiniteMatch(name="birthday", when=[Same("birth_date"), Same("phone")]),
    ]
    result = resolve(TWINS, constraints=Constraints(rules=rules))
    assert not are_one(result, "t1", "t2")
    said = label("t1", "t2", Verdict.MATCH)
    assert are_one(resolve(TWINS, constraints=Constraints(rules=rules), labels=said), "t1", "t2")
    related = [RelatedRecords(left=("crm", "t1"), right=("crm", "t2"), kind="twin")]
    like_both = {**TWINS[2], "email": "emma@mail.example"}
    left = resolve([*TWINS[:2], like_both], constraints=Constraints(rules=rules[1:], related=related))
    assert not are_one(left, "t1", "t2")
    assert any("left to their weights" in warning for warning in left.report.warnings)


def test_exclusive_attributes() -> None:
    """Two numbers of which a customer has one are two customers, unless a person says otherwise."""
    rows = [person(key, "Emma", "2001-04-05", loyalty_card=f"CB0071{key}") for key in ("9240", "1111")]
    plain = [{**row, "loyalty_card": ""} for row in CROWD]
    one = Constraints(exclusive=[Exclusive(attribute="loyalty_card")])
    result = custid.dedupe([*rows, *plain], source="crm", constraints=one)
    assert not are_one(result, "9240", "1111")
    assert result.explain("9240", "1111").kept_apart_by == ("loyalty_card",)
    said = label("9240", "1111", Verdict.MATCH)
    joined = custid.dedupe([*rows, *plain], source="crm", constraints=one, labels=said)
    assert are_one(joined, "9240", "1111")
    assert any("joined by labels although" in warning for warning in joined.report.warnings)


def sources() -> dict[str, list[Row]]:
    """Return two sources: one holds a customer twice, and each gives numbers of its own."""
    crm = [
        person("1", "Emma", "2001-04-05", loyalty_card="CB00719240"),
        *({**row, "loyalty_card": ""} for row in CROWD),
    ]
    shop = [
        person("1", "Emma", "2001-04-05", loyalty_card="CB55555555"),
        person("2", "Ema", "2001-04-05", loyalty_card="CB66666666"),
    ]
    return {"crm": crm, "shop": shop}


def test_numbers_that_each_source_gives() -> None:
    """Within a source two numbers are two customers; two sources may use different ones."""
    one = Constraints(exclusive=[Exclusive(attribute="loyalty_card", sources=["shop", "crm"])])
    of = customers(custid.link(sources(), duplicate_free=False, constraints=one))
    assert of["shop", "1"] != of["shop", "2"]
    assert of["crm", "1"] in {of["shop", "1"], of["shop", "2"]}


def test_sources_free_of_duplicates_by_name() -> None:
    """A customer has one record at most of a source that is said to be free of duplicates."""
    free = customers(custid.link(sources(), duplicate_free=["shop"]))
    assert free["shop", "1"] != free["shop", "2"]
    by_constraints = customers(custid.link(sources(), constraints=Constraints(duplicate_free=["shop"])))
    assert by_constraints["shop", "1"] != by_constraints["shop", "2"]
    both = customers(custid.link(sources(), duplicate_free=["crm"]))
    assert both["shop", "1"] == both["shop", "2"]


def test_dedupe_takes_names_of_sources() -> None:
    """Equal rows of a source free of duplicates are customers of their own; those of others are not."""
    rows = pa.Table.from_pylist(
        [{**row, "source": name} for name in ("a", "b") for row in EQUAL[:2]]
        + [{**row, "source": "b"} for row in CROWD]
    )
    of = custid.dedupe(rows, duplicate_free=["a"]).assignments["customer"].to_pylist()[:4]
    assert of[0] != of[1]
    assert of[2] == of[3]


def test_sources_that_are_not_there_are_refused() -> None:
    """A misspelled source is an error, with those that there are."""
    with pytest.raises(ConfigurationError, match="constraints: source 'cmr': expected one of 'crm', 'shop'"):
        custid.link(sources(), duplicate_free=["cmr"])


def test_attributes_without_values_are_told_of() -> None:
    """A constraint over what no record has is a warning."""
    one = Constraints(exclusive=[Exclusive(attribute="national_id")])
    assert "constraints: no record has a value of national_id." in resolve([], constraints=one).report.warnings


def test_own_clusterer_has_to_keep_to_labels() -> None:
    """A clusterer of the user's own that tears apart what was said to be one is refused."""

    def alone(graph: PairGraph) -> NDArray[np.int64]:
        return np.arange(graph.n_units)

    with pytest.raises(ConfigurationError, match="units that must be together in one cluster"):
        resolve(TWINS, labels=label("t1", "t2", Verdict.MATCH), clusterer=alone)


def _without(name: str, rows: Sequence[Row]) -> list[Row]:
    return [{column: value for column, value in row.items() if column != name} for row in rows]


CARDS = [
    person("c1", "Emma", "2001-04-05", loyalty_card="990011220033"),
    person("c2", "Emma", "2001-04-05", loyalty_card="990044550066"),
    person("c3", "Hugo", "1970-01-02", loyalty_card="990011220033"),
]


def test_constraints_hold_on_what_a_match_model_does_not_know() -> None:
    """An exclusive number and a rule over it hold with a model that was trained without the attribute."""
    model = custid.train([*_without("loyalty_card", CARDS), *CROWD], source="crm")
    assert are_one(resolve(CARDS, model=model), "c1", "c2")
    exclusive = resolve(CARDS, model=model, constraints=Constraints(exclusive=(Exclusive(attribute="loyalty_card"),)))
    assert not are_one(exclusive, "c1", "c2")
    rule = DefiniteMatch(name="card", when=(Same("loyalty_card"),))
    ruled = resolve(CARDS, model=model, constraints=Constraints(rules=(rule,)))
    assert are_one(ruled, "c1", "c3")
    assert ruled.report.warnings == ("not compared, since the model was trained without: loyalty_card.",)
    assert "loyalty_card" in ruled.customers.column_names


def test_identifiers_keep_apart_and_relate_with_a_model_that_does_not_know_them() -> None:
    """Two legal units are two customers whatever the model was trained on."""
    firms = [
        {
            "record_id": f"f{number}",
            "name": f"Boulangerie {number % 40} SARL",
            "siren": "",
            "city": f"Ville {number % 7}",
            "phone": f"02401{number % 40:05}",
        }
        for number in range(80)
    ]
    model = custid.train(_without("siren", firms), source="crm")
    firms[0]["siren"], firms[40]["siren"] = "000000018", "000000026"
    firms[1]["siren"] = firms[2]["siren"] = "000000034"
    result = custid.dedupe(firms, source="crm", model=model)
    assert are_one(custid.dedupe(_without("siren", firms), source="crm", model=model), "f0", "f40")
    assert not are_one(result, "f0", "f40")
    assert result.report.n_related == 1


def test_a_rule_joins_equal_rows() -> None:
    """Equal rows that say too little are one customer where a rule says so."""
    rows: list[Row] = [{"record_id": key, "given_name": "Emma", "city": "Nantes"} for key in ("r1", "r2")]
    options = custid.ResolveOptions(match_probability=0.999)
    assert not are_one(resolve(rows, options=options), "r1", "r2")
    rule = DefiniteMatch(name="first names", when=(Same("given_name"), Same("city")))
    ruled = resolve(rows, options=options, constraints=Constraints(rules=(rule,)))
    assert are_one(ruled, "r1", "r2")
    assert ruled.certificate.must_links["rule"] >= 1


@pytest.fixture(scope="module")
def joined() -> custid.Result:
    """Two people who have nothing in common, joined by a person, and a third who is like the first."""
    rows = [
        person("j1", "Emma", "2001-04-05"),
        person("j2", "Hugo", "1970-01-02", family_name="Petit", email="h@p.example", phone="", street="", city="Lyon"),
        person("j3", "Emma", "2001-04-05", phone=""),
    ]
    return resolve(rows, labels=label("j1", "j2", Verdict.MATCH))


def test_what_a_person_joins_is_no_weak_link(joined: custid.Result) -> None:
    """Neither the explanation of a customer nor its health nor the questions call a verdict doubtful."""
    number = customers(joined)["crm", "j1"]
    explained = joined.explain_customer(number)
    assert explained.is_connected
    assert explained.weakest is not None
    assert {explained.weakest.left[1], explained.weakest.right[1]} == {"j1", "j3"}
    assert set(explained.weakest.groups) == {(("crm", "j3"),), (("crm", "j1"), ("crm", "j2"))}
    largest = largest_customers(joined, at_most=1000).to_pylist()
    (weakest,) = (row["weakest_link_probability"] for row in largest if row["customer"] == number)
    assert weakest == explained.weakest.match_probability
    asked = [{question.left[1], question.right[1]} for question in review_queue(joined, n=10_000)]
    assert {"j1", "j2"} not in asked


def test_critical_records_are_those_that_are_explained(joined: custid.Result) -> None:
    """As many records as the table counts are named by the explanation, verdicts and rules included."""
    counted = joined.customers["n_critical_records"].to_pylist()
    for customer in range(joined.n_customers):
        assert counted[customer] == len(joined.explain_customer(customer).splits)
    assert counted[customers(joined)["crm", "j1"]] == 1


@pytest.mark.parametrize("probability", [0.02, 0.98])
def test_explanations_keep_to_the_threshold_of_the_run(probability: float) -> None:
    """What decides about a pair is held against the match probability of the run, and told where it is no even odds."""
    result = resolve(TWINS, options=custid.ResolveOptions(match_probability=probability))
    seen = set()
    for pair in result.pairs.to_pylist():
        names = [(pair[f"{side}_source"], pair[f"{side}_record_key"]) for side in ("left", "right")]
        explained = result.explain(*names)
        if explained.reason in {Reason.PAIR, Reason.WEIGHED_LOW}:
            assert (explained.match_probability > probability) == (explained.reason is Reason.PAIR)
            assert f"joined above {probability}" in explained.verdict
            seen.add(explained.reason)
    assert seen
