"""Explanations of customers and of absences, held against the arithmetic of the scorer."""

from __future__ import annotations

import itertools
import json

import networkx as nx
import numpy as np
import pytest
from attrs import evolve

import custid
from custid.blocking.shared_keys import shared_key_rules
from custid.errors import UnknownRecordError
from custid.result import Bond, CustomerExplanation, Reason, Result, Split
from custid.result._weakest_links import tree_of, weakest_links
from custid.scoring.weights import LEAST_BITS
from custid.testing import synthetic_customers


@pytest.fixture(scope="module")
def result() -> Result:
    return custid.dedupe(synthetic_customers(500, seed=3, share_of_single_records=0.2).records)


@pytest.fixture(scope="module")
def customers(result: Result) -> list[CustomerExplanation]:
    sizes = result.customers["n_records"].to_pylist()
    return [result.explain_customer(number) for number, size in enumerate(sizes) if size > 1]


def test_links_weigh_what_the_scorer_weighs(result: Result, customers: list[CustomerExplanation]) -> None:
    """The weakest link and all bonds have the weights that the explanation of their pair adds up to."""
    for each in customers:
        for bond in each.bonds:
            assert bond.nearest is not None
            assert result.explain(bond.record, bond.nearest).weight_bits == pytest.approx(bond.nearest_bits, abs=1e-9)
        if each.weakest is not None:
            explained = result.explain(each.weakest.left, each.weakest.right)
            assert explained.weight_bits == pytest.approx(each.weakest.weight_bits, abs=1e-9)
            assert explained.match_probability == pytest.approx(each.weakest.match_probability, abs=1e-12)


def test_the_seam_is_where_the_customer_comes_apart(result: Result, customers: list[CustomerExplanation]) -> None:
    """Taking away all links as weak as the weakest one leaves its two groups without a link between them."""
    with_seam = [each for each in customers if each.weakest is not None]
    assert with_seam
    for each in with_seam:
        seam = each.weakest
        assert seam is not None
        graph = result.graph(each.customer)
        assert {*seam.groups[0], *seam.groups[1]} == set(graph)
        assert seam.left in seam.groups[0]
        assert seam.right in seam.groups[1]
        across = [
            edge["match_weight"]
            for left, right, edge in graph.edges(data=True)
            if (left in seam.groups[0]) != (right in seam.groups[0])
        ]
        assert max(across) == seam.weight_bits
        assert sum(across) == pytest.approx(seam.sum_bits)
        stronger = [(left, right) for left, right, edge in graph.edges(data=True) if edge["match_weight"] < max(across)]
        assert nx.is_connected(nx.restricted_view(graph, [], stronger))


def test_what_the_weakest_link_needs(result: Result, customers: list[CustomerExplanation]) -> None:
    """Without a comparison that it needs, the link's weight by the match model is 0 or less; else it is not."""
    checked = 0
    for seam in (each.weakest for each in customers if each.weakest is not None):
        if seam.weight_bits <= 0:
            continue
        rows = [
            next(
                row
                for row, each in enumerate(result.assignments.to_pylist())
                if (each["source"], each["record_key"]) == record
            )
            for record in (seam.left, seam.right)
        ]
        units = np.sort(result.linked.table.unit_of_row[rows]).astype(np.int32)
        levels, rarity = result.linked.comparer.compare(units[:1], units[1:])
        for place, output in enumerate(result.linked.comparer.outputs):
            without = levels.copy()
            without[0, place] = -1
            weight = result.model.weight_bits(without, result.model.adjustments(without, rarity))[0]
            assert (weight <= 0) == (output.name in seam.needs)
        checked += 1
        if checked == 25:
            break
    assert checked


def test_records_without_which_there_would_be_several(result: Result, customers: list[CustomerExplanation]) -> None:
    """They are those whose removal leaves the others in several parts, as far as pairs speak for a match."""
    found = 0
    for each in customers:
        graph = result.graph(each.customer)
        weak = [(left, right) for left, right, edge in graph.edges(data=True) if edge["match_weight"] <= 0]
        strong = nx.restricted_view(graph, [], weak)
        for split in each.splits:
            rest = nx.restricted_view(strong, [split.record], [])
            assert {frozenset(group) for group in split.groups} == set(map(frozenset, nx.connected_components(rest)))
            assert len(split.groups) > nx.number_connected_components(strong)
            found += 1
    assert found


def test_what_would_split_is_told_in_both_languages() -> None:
    """A record that holds a customer together is named, with the customers that would be left."""
    names = [("crm", key) for key in "abcde"]
    split = Split(record=names[1], groups=((names[0],), tuple(names[2:])))
    bonds = tuple(Bond(record=name, match_probability=0.9, nearest=None, nearest_bits=0.0) for name in names)
    explained = CustomerExplanation(customer=7, bonds=bonds, splits=(split,))
    told = "Without record crm b this would be two customers: crm a against (crm c, crm d, crm e)."
    assert explained.sentences()[-1] == told
    en_francais = "Sans l'enregistrement n° 2, ce seraient deux clients\u00a0: n° 1 contre (n° 3, n° 4, n° 5)."
    named = {name: f"n° {number}" for number, name in enumerate(names, start=1)}
    assert explained.in_language("fr").sentences(named)[-1] == en_francais


def test_a_record_alone_needs_no_reason(result: Result) -> None:
    """A customer of one record has no link."""
    alone = result.customers["n_records"].to_pylist().index(1)
    explained = result.explain_customer(alone)
    assert (explained.weakest, explained.splits) == (None, ())
    assert explained.bonds[0].nearest is None
    assert explained.verdict == f"Customer {alone} has one record."
    assert "none" in str(explained)


def test_equal_rows_are_told_as_such() -> None:
    """Rows that state the same have no weakest link among them but the weight of being equal."""
    result = custid.dedupe([{"name": "Zoe Roy", "email": "zoe@courriel.example"}] * 3 + [{"name": "Ali Ben"}])
    explained = result.explain_customer(0)
    assert explained.weakest is None
    assert "All that they state is equal" in explained.verdict
    assert result.explain("1", "2").weight_bits == pytest.approx(explained.copy_bits)
    assert result.explain("1", "2").reason is Reason.EQUAL_CONTENT
    assert [bond.nearest_bits for bond in explained.bonds] == [explained.copy_bits] * 3


def test_the_printed_explanation_has_a_line_per_record(result: Result, customers: list[CustomerExplanation]) -> None:
    """Printed, a customer is a table and sentences; it is plain data as well, and holds no values."""
    largest = max(customers, key=lambda each: len(each.bonds))
    lines = str(largest).splitlines()
    assert len(lines) == 1 + len(largest.bonds) + len(largest.sentences())
    document = json.loads(json.dumps(largest.to_dict()))
    assert document["verdict"] == largest.verdict
    values = {value for row in result.inputs[0].intake.table.to_pylist() for value in row.values() if value}
    keys = {bond.record[1] for bond in largest.bonds} | {bond.record[0] for bond in largest.bonds}
    assert not {value for value in values - keys if len(value) > 5 and value in str(largest)}


def test_an_unconnected_customer_is_told_as_such(customers: list[CustomerExplanation]) -> None:
    """A clusterer of one's own may join records that were never compared."""
    explained = evolve(customers[0], is_connected=False, weakest=None)
    assert "Some of its records were never compared with the others." in explained.verdict


def test_no_customer_is_an_error(result: Result) -> None:
    """An unknown number is named, with those that there are."""
    with pytest.raises(UnknownRecordError, match=r"customer -1: expected 0 to \d+"):
        result.explain_customer(-1)


def test_reasons_of_absence(result: Result) -> None:
    """Whether a pair was weighed, and why not, is what blocking did."""
    linked = result.linked
    candidates = set(zip(linked.candidates.left_idx.tolist(), linked.candidates.right_idx.tolist(), strict=True))
    keys = result.assignments["record_key"].to_pylist()
    met = set()
    for one, other in itertools.combinations(range(0, len(keys), 17), 2):
        explained = result.explain(keys[one], keys[other])
        left, right = sorted(linked.table.unit_of_row[[one, other]].tolist())
        assert explained.was_weighed == (left == right or (left, right) in candidates)
        if not explained.same_customer:
            if explained.reason is Reason.WEIGHED_LOW:
                assert explained.was_weighed
                assert explained.weight_bits <= 0
            else:
                shared = shared_key_rules(linked.table, left, right)
                assert explained.shared_keys == shared
                assert (explained.reason is Reason.NO_SHARED_KEY) == (shared == ())
        met.add(explained.reason)
    assert met >= {Reason.NO_SHARED_KEY, Reason.BLOCKS_TOO_LARGE, Reason.WEIGHED_LOW}


def test_keys_shared_are_those_that_proposed_the_pairs(result: Result) -> None:
    """Every pair that was proposed shares a key."""
    linked = result.linked
    for place in range(0, len(linked.candidates), 397):
        left, right = int(linked.candidates.left_idx[place]), int(linked.candidates.right_idx[place])
        assert shared_key_rules(linked.table, left, right)


def test_outvoted_pairs_are_told_with_the_sum(result: Result) -> None:
    """A pair that speaks for a match, of two customers, is explained by all pairs between them."""
    apart = [pair for pair in result.pairs.to_pylist() if not pair["same_customer"]]
    assert apart
    for pair in apart:
        explained = result.explain(pair["left_record_key"], pair["right_record_key"])
        assert explained.reason is Reason.OUTVOTED
        assert explained.between is not None
        assert 1 <= explained.between.n_weighed <= explained.between.n_pairs
        assert explained.between.n_weighed > 1 or explained.between.sum_bits == pytest.approx(pair["match_weight"])


def test_the_sum_between_customers_is_that_of_their_pairs(result: Result) -> None:
    """What outvotes a pair adds up from the explanations of the pairs that were weighed, as the run limits them."""
    assignments = result.assignments.to_pylist()
    unit_of_row = result.linked.table.unit_of_row.tolist()
    checked = 0
    for pair in [each for each in result.pairs.to_pylist() if not each["same_customer"]][:20]:
        explained = result.explain(pair["left_record_key"], pair["right_record_key"])
        numbers = [
            next(row["customer"] for row in assignments if row["record_key"] == pair[f"{side}_record_key"])
            for side in ("left", "right")
        ]
        # One row for each content.
        sides = [
            {
                unit: row["record_key"]
                for unit, row in zip(unit_of_row, assignments, strict=True)
                if row["customer"] == of
            }
            for of in numbers
        ]
        weighed = [
            each.weight_bits
            for one, other in itertools.product(*(side.values() for side in sides))
            if (each := result.explain(one, other)).was_weighed
        ]
        assert explained.between is not None
        assert explained.between.n_pairs == len(sides[0]) * len(sides[1])
        assert explained.between.n_weighed == len(weighed)
        assert explained.between.sum_bits == pytest.approx(sum(max(bits, LEAST_BITS) for bits in weighed))
        checked += 1
    assert checked


def test_sources_free_of_duplicates_keep_apart() -> None:
    """Two records of one source are told to be two because of it."""
    rows = [{"name": f"Name{n} Other{n}", "email": f"n{n}@a.example", "phone": f"06399{n:05}"} for n in range(20)]
    result = custid.link({"crm": rows, "shop": rows}, duplicate_free=True)
    explained = result.explain(("crm", "1"), ("crm", "2"))
    assert explained.reason is Reason.ONE_PER_SOURCE
    assert "source 'crm'" in explained.verdict


def test_weakest_links_are_those_of_the_graphs(result: Result) -> None:
    """For every customer, the weakest link is the bottleneck of its strongest tree."""
    links = weakest_links(result.linked)
    cluster = result.linked.cluster[result.linked.table.unit_of_row]
    customer = result.assignments["customer"].to_numpy()
    for number in range(result.n_customers):
        rows = np.flatnonzero(customer == number)
        if len(rows) > 1:
            tree = nx.maximum_spanning_tree(result.graph(number), weight="match_weight")
            lowest = min(edge["match_weight"] for _, _, edge in tree.edges(data=True))
            assert links.bits[cluster[rows[0]]] == pytest.approx(lowest)


@pytest.mark.parametrize("seed", range(20))
def test_the_strongest_tree_is_that_of_the_textbook(seed: int) -> None:
    """The forest of any graph weighs as much as that of networkx, ties included."""
    draw = np.random.default_rng(seed)
    n_units = int(draw.integers(1, 30))
    left, right = np.triu_indices(n_units, 1)
    kept = draw.random(len(left)) < draw.choice([0.05, 0.3, 1.0])
    left, right = left[kept].astype(np.int32), right[kept].astype(np.int32)
    weight = draw.integers(-3, 4, len(left)).astype(np.float64)
    tree = tree_of(n_units, left, right, weight)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from(zip(left.tolist(), right.tolist(), weight.tolist(), strict=True))
    expected = nx.maximum_spanning_tree(graph)
    assert len(tree) == expected.number_of_edges()
    assert weight[tree].sum() == expected.size(weight="weight")
    joined: nx.Graph[int] = nx.Graph()
    joined.add_edges_from((int(left[each]), int(right[each])) for each in tree)
    assert nx.is_forest(joined)
