"""Tests of the steps that workers do, without Spark."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import custid
from custid import errors
from custid.blocking import block_candidates, record_atoms
from custid.clustering.contraction import contract
from custid.clustering.pair_graph import components
from custid.engines.linked_table import LinkedTable
from custid.engines.spark._blocks import KeyScatter, PairCounter, PairMaker
from custid.engines.spark._clusters import Contraction, InsidePairs, OddsOutside, Settlement, messages_of_links
from custid.engines.spark._contents import packed_values, table_of_contents, unpacked_values, with_kinds, with_ranks
from custid.engines.spark._known import UnitLinks
from custid.engines.spark._messages import Message, arrays_of, explained, listed, unpacked_tables
from custid.engines.spark._tiles import FACTS, PAIRS, WANTED, PairsOfTile, Tiles, facts_wanted
from custid.engines.spark._weighing import COUNTED, CUSTOMERS, FOREST, WEIGHED, CopyWeigher, TileWeigher, weighed_pairs
from custid.engines.spark._whole import WholeMatcher
from custid.engines.spark.settings import SparkSettings
from custid.scoring.match_model import TrainedMatchModel
from custid.table import build_record_table
from custid.testing import synthetic_customers
from tests.engines.spark.in_process import by_place

_TILES = Tiles(n_groups=3)


@cache
def _linked() -> tuple[LinkedTable, pa.Table]:
    """Return what one machine finds, and its units as workers get them."""
    linked = custid.dedupe(synthetic_customers(800, seed=3).records).linked
    table = linked.table
    values = {name: (column.vocabulary, column.codes) for name, column in table.columns.items()}
    contents = with_kinds(packed_values(values, tuple(table.columns), table.n_units), table.kind_of_unit)
    return linked, pa.table({"unit": table.content_hash.view(np.int64), "content": contents})


def _model() -> TrainedMatchModel:
    return _linked()[0].model


def _keys(cap: int, n_bits: int = 1) -> dict[int, pa.Table]:
    _, units = _linked()
    scatter = KeyScatter(model=_model(), attributes=_model().attributes or (), block_cap=cap, n_bits=n_bits)
    # In two calls, as keys of two workers meet.
    halves = units.slice(0, 400), units.slice(400)
    return by_place(message for half in halves for message in scatter(half))


@cache
def _weighed() -> list[Any]:
    _, units = _linked()
    cap = _model().block_cap or 0
    maker = PairMaker(block_cap=cap, tiles=_TILES)
    pairs = [message for place, held in _keys(cap).items() for message in maker(place, held)]
    tiles = by_place([*pairs, *_TILES.told(units)])
    weigher = TileWeigher(model=_model(), attributes=_model().attributes or (), above_bits=0.0)
    return [message for place, held in tiles.items() for message in weigher(place, held)]


def _ends(linked: LinkedTable) -> np.ndarray[Any, np.dtype[np.uint64]]:
    hashes = linked.table.content_hash
    ends = np.column_stack([hashes[linked.candidates.left_idx], hashes[linked.candidates.right_idx]])
    ends.sort(axis=1)
    return ends


def test_content_hashes_survive_the_way_to_a_worker() -> None:
    """A content that is packed and unpacked has the hash that it had."""
    linked, units = _linked()
    table = table_of_contents(units.column("content").combine_chunks(), tuple(linked.table.columns))
    assert np.array_equal(table.content_hash[table.unit_of_row], linked.table.content_hash)


def test_rows_of_their_own_have_the_hashes_of_one_machine() -> None:
    """Rows that are spoken of one by one are units of their own on a worker, under the hashes of one machine."""
    values = {"city": (("leeds", "york"), np.array([[0], [0], [1], [0]], np.int32))}
    kinds, ranks = np.array([0, 0, -1, -1], np.int8), np.array([-1, 3, 0, -1], np.int32)
    expected = build_record_table(values, 4, kind_of_row=kinds, rank_of_row=ranks)
    told = pa.array(ranks, mask=ranks < 0)
    contents = with_ranks(with_kinds(packed_values(values, ("city",), 4), kinds), told)
    found = table_of_contents(contents, ("city",))
    assert np.array_equal(found.content_hash[found.unit_of_row], expected.content_hash[expected.unit_of_row])
    assert found.kind_of_unit[found.unit_of_row].tolist() == kinds.tolist()


@given(st.lists(st.lists(st.sampled_from(["", "a", "b", "é", "a b"]), min_size=2, max_size=2), min_size=1, max_size=8))
def test_values_survive_packing(rows: list[list[str]]) -> None:
    """Each row has the distinct values afterwards that it had before, empty ones apart."""
    vocabulary = ("", "a", "b", "é", "a b")
    codes = np.array([[vocabulary.index(value) for value in row] for row in rows], np.int32)
    packed = packed_values({"city": (vocabulary, codes)}, ("city", "email"), len(rows))
    found, held = unpacked_values(packed, ("city", "email")).get("city", ((), np.full((len(rows), 1), -1)))
    assert [{found[code] for code in row if code >= 0} for row in held.tolist()] == [set(row) - {""} for row in rows]


def test_separators_in_values_are_refused() -> None:
    """A standardizer that leaves in what separates values is told so."""
    with pytest.raises(errors.ConfigurationError, match="without control characters"):
        packed_values({"city": (("a\x1fb",), np.array([[0]], np.int32))}, ("city",), 1)


def test_pairs_and_weights_are_those_of_one_machine() -> None:
    """Blocking and weighing tile by tile give each pair of one machine once, with its weight to the bit."""
    linked, _ = _linked()
    expected = dict(zip(map(tuple, _ends(linked).tolist()), linked.weight_bits.tolist(), strict=True))
    found: list[tuple[tuple[int, int], float]] = []
    for held in by_place(message for message in _weighed() if message[1] == WEIGHED).values():
        left, right, bits = weighed_pairs(held)
        found += zip(zip(left.tolist(), right.tolist(), strict=True), bits.tolist(), strict=True)
    assert len(found) == len(expected)
    assert dict(found) == expected


def _messages_of_whole(links: UnitLinks) -> list[Message]:
    """Return what one call says of all units."""
    _, units = _linked()
    matcher = WholeMatcher(
        model=_model(),
        attributes=_model().attributes or (),
        options=custid.ResolveOptions(n_threads=2),
        n_slices=3,
        links=links,
    )
    return list(matcher(units))


def _whole(links: UnitLinks) -> dict[tuple[int, int], float]:
    """Return the weights of all pairs, found in one call."""
    messages = _messages_of_whole(links)
    held = by_place(message for message in messages if message[1] == WEIGHED)
    left, right, bits = map(np.concatenate, zip(*map(weighed_pairs, held.values()), strict=True))
    found = dict(zip(zip(left.tolist(), right.tolist(), strict=True), bits.tolist(), strict=True))
    assert len(found) == len(left) == sum(message[0] for message in messages if message[1] == COUNTED)
    return found


def test_one_call_finds_the_customers_of_one_machine() -> None:
    """Units that one worker holds are together as on one machine; a customer is named by one of its units."""
    linked, _ = _linked()
    expected, found = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    for unit, cluster in zip(linked.table.content_hash.tolist(), linked.cluster.tolist(), strict=True):
        expected[cluster].add(unit)
    told = [np.frombuffer(each[2], np.uint64) for each in _messages_of_whole(UnitLinks()) if each[1] == CUSTOMERS]
    for unit, customer in np.concatenate(told).reshape(-1, 2).tolist():
        found[customer].add(unit)
    assert all(customer in units for customer, units in found.items())
    assert set(map(frozenset, found.values())) == {frozenset(each) for each in expected.values() if len(each) > 1}
    assert len(found) > 10


def test_one_call_finds_the_pairs_and_weights_of_one_machine() -> None:
    """Units that one worker holds have the pairs of one machine, each once, with its weight to the bit."""
    linked, _ = _linked()
    expected = dict(zip(map(tuple, _ends(linked).tolist()), linked.weight_bits.tolist(), strict=True))
    assert _whole(UnitLinks()) == expected


def test_units_that_are_linked_are_apart_from_what_their_group_is_apart_from() -> None:
    """A cannot-link holds for every two units of the two groups that must-links make, and for no other pair."""
    linked, _ = _linked()
    hashes = linked.table.content_hash
    left, right = linked.candidates.left_idx, linked.candidates.right_idx
    one, other = hashes[left[0]], hashes[right[0]]
    beside = next(hashes[each] for each in left if hashes[each] not in (one, other))
    links = UnitLinks(
        must=np.array([[one, beside]], np.uint64),
        cannot=np.array([[beside, other]], np.uint64),
    )
    without, found = _whole(UnitLinks()), _whole(links)
    apart = {(int(min(each, other)), int(max(each, other))) for each in (one, beside)}
    assert found == {pair: -np.inf if pair in apart else weight for pair, weight in without.items()}
    assert -np.inf in found.values()


def test_tiles_get_what_they_ask_for() -> None:
    """What groups answer is told of the units of a tile's pairs, each once, and of no others."""
    _, units = _linked()
    maker = PairMaker(block_cap=4, tiles=_TILES)
    pairs = by_place(message for place, held in _keys(4).items() for message in maker(place, held))
    asked = [message for place, held in pairs.items() for message in PairsOfTile(tiles=_TILES)(place, held)]
    wanted = [each for each in asked if each[1] == WANTED]
    groups = by_place([*_TILES.to_groups(units), *wanted])
    answers = by_place(message for group, held in groups.items() for message in facts_wanted(group, held))
    for place, held in by_place(each for each in asked if each[1] == PAIRS).items():
        told = pa.concat_tables(unpacked_tables(answers[place], FACTS))["unit"].to_pylist()
        assert sorted(told) == sorted(set(arrays_of(held, PAIRS, 2).view(np.int64).ravel().tolist()))


def test_forest_joins_what_positive_pairs_join() -> None:
    """Each tile sends fewer edges than units, and together they have the components of all positive pairs."""
    networkx = pytest.importorskip("networkx")
    linked, _ = _linked()
    forest = by_place(message for message in _weighed() if message[1] == FOREST)
    edges = [
        edge
        for held in forest.values()
        for table in listed(held)
        for edge in zip(*table.to_pydict().values(), strict=True)
    ]
    positive = _ends(linked)[linked.weight_bits > 0].view(np.int64)
    found, expected = networkx.Graph(), networkx.Graph()
    found.add_edges_from(edges)
    expected.add_edges_from(positive.tolist())
    assert sorted(map(sorted, networkx.connected_components(found))) == sorted(
        map(sorted, networkx.connected_components(expected))
    )


def test_components_are_contracted_by_themselves() -> None:
    """Contraction of the pairs inside components, place by place, is that of all pairs."""
    linked, _ = _linked()
    hashes = linked.table.content_hash
    positive = linked.weight_bits > 0
    left, right = linked.candidates.left_idx, linked.candidates.right_idx
    root = components(len(hashes), left[positive], right[positive])
    facts = pa.table({"unit": hashes.view(np.int64), "component": hashes[root].view(np.int64)})
    tiles = by_place([*(each for each in _weighed() if each[1] == WEIGHED), *_TILES.told(facts)])
    inside = InsidePairs(n_places=4, n_labels=0)
    places = by_place(message for place, held in tiles.items() for message in inside(place, held))
    contraction = Contraction(options=custid.ResolveOptions().contraction, match_probability=0.5, n_labels=0)
    found = pa.concat_tables([contraction(place, held) for place, held in places.items()]).to_pylist()
    cluster = contract(linked.graph)
    smallest = {number: min(hashes[cluster == number].tolist()) for number in set(cluster.tolist())}
    of_unit = {int(each): smallest[number] for each, number in zip(hashes.tolist(), cluster.tolist(), strict=True)}
    assert all(of_unit[row["unit"] % 2**64] == row["cluster"] % 2**64 for row in found)
    assert {row["unit"] % 2**64 for row in found} >= {
        unit for unit in of_unit if sum(each == of_unit[unit] for each in of_unit.values()) > 1
    }


def test_links_are_kept_to_where_components_are_contracted() -> None:
    """Contraction place by place, links being sent to their components, is that of all pairs and links."""
    linked, _ = _linked()
    hashes = linked.table.content_hash
    left, right = linked.candidates.left_idx, linked.candidates.right_idx
    positive = np.flatnonzero(linked.weight_bits > 0)
    root = components(len(hashes), left[positive], right[positive])
    alone = np.flatnonzero(np.bincount(root, minlength=len(root))[root] == 1)
    # Strangers are joined, and of every third pair that belongs together the two are parted.
    must = np.column_stack([alone[:8:2], alone[1:8:2]]).astype(np.int32)
    cannot = np.column_stack([left, right])[positive[::3]].astype(np.int32)
    weights = linked.weight_bits.copy()
    weights[positive[::3]] = -np.inf
    graph = evolve(linked.graph, weight_bits=weights, must_links=must, cannot_links=cannot)
    expected = contract(graph)

    links = UnitLinks(must=hashes[must], cannot=hashes[cannot])
    ends = np.concatenate([np.column_stack([left, right])[weights > 0], must])
    root = components(len(hashes), ends[:, 0].astype(np.int32), ends[:, 1].astype(np.int32))
    facts = pa.table({"unit": hashes.view(np.int64), "component": hashes[root].view(np.int64)})
    sent = np.column_stack([np.sort(np.column_stack([hashes[left], hashes[right]])), weights.view(np.uint64)])
    tiles = by_place([*_TILES.sent(sent, WEIGHED), *_TILES.told(facts)])
    inside = InsidePairs(n_places=4, n_labels=0)
    messages = [message for place, held in tiles.items() for message in inside(place, held)]
    places = by_place([*messages, *messages_of_links(links, facts, 4, 0)])
    contraction = Contraction(options=custid.ResolveOptions().contraction, match_probability=0.5, n_labels=0)
    found = pa.concat_tables([contraction(place, held) for place, held in places.items()]).to_pylist()
    smallest = {number: min(hashes[expected == number].tolist()) for number in set(expected.tolist())}
    of_unit = {int(each): smallest[number] for each, number in zip(hashes.tolist(), expected.tolist(), strict=True)}
    assert {row["unit"] % 2**64: row["cluster"] % 2**64 for row in found}.items() <= of_unit.items()
    assert {int(each) for each in hashes[must].ravel()} <= {row["unit"] % 2**64 for row in found}


def test_fragments_that_links_part_do_not_meet_at_their_target() -> None:
    """Of two fragments that are bound for one customer and kept apart, the surer one goes there."""
    bound = pa.table({"cluster": [1, 2], "target": [9, 9], "sureness": [2.0, 1.0]})
    none = np.empty((0, 2), np.uint64)
    assert Settlement(n_labels=0, apart=none)(0, bound).to_pydict() == {"cluster": [1, 2], "root": [9, 9]}
    apart = np.array([[2, 1], [4, 5]], np.uint64)
    assert Settlement(n_labels=0, apart=apart)(0, bound).to_pydict() == {"cluster": [1], "root": [9]}


def test_labels_of_what_verdicts_join_are_overruled() -> None:
    """Of units that a verdict joins although they have two labels, none has one; others keep theirs."""
    links = UnitLinks(must=np.array([[1, 2], [2, 3], [5, 6]], np.uint64))
    told = pa.table({"unit": [1, 3, 5, 6], "label_0": [7, 8, 9, 9], "label_1": [4, 4, 0, 4]})
    found = links.overruling(told, ("siren", "party_kind"))
    assert {name: units.tolist() for name, units in found.overruled.items()} == {"siren": [1, 2, 3], "party_kind": []}
    assert found.n_overruled == 1


def test_two_rows_of_a_unit_weigh_as_on_one_machine() -> None:
    """The weight of copies is that of one machine."""
    linked, units = _linked()
    (found,) = CopyWeigher(model=_model(), attributes=_model().attributes or ())(units)
    expected = linked.table.n_copies > 1
    weights = dict(zip(found["unit"].to_pylist(), found["copy_bits"].to_pylist(), strict=True))
    hashes = linked.table.content_hash.view(np.int64)[expected].tolist()
    assert [weights[each] for each in hashes] == linked.copy_bits[expected].tolist()


def test_a_block_of_all_units_is_sent_in_part() -> None:
    """Of a key that every unit has, a call sends one unit more than the cap allows."""
    rows = [{"record_id": str(number), "city": "Leeds", "family_name": f"x{number}"} for number in range(500)]
    units = pa.table({"content": [f"-1\x1eleeds\x1e{row['family_name']}" for row in rows]})
    model = custid.dedupe(rows, schema=custid.Schema(columns={"city": "city", "family_name": "family_name"})).model
    scatter = KeyScatter(model=model, attributes=model.attributes or (), block_cap=5, n_bits=0)
    sent = np.concatenate([np.frombuffer(each[2], np.uint64).reshape(-1, 2)[:, 0] for each in scatter(units)])
    assert np.unique(sent, return_counts=True)[1].max() == 6


def test_sampled_pairs_are_counted_by_their_smallest_block() -> None:
    """All places together tell the pairs of each size that a cap of that size adds."""
    counted = [PairCounter(block_cap=20, one_in=1)(place, held) for place, held in _keys(20).items()]
    sizes: dict[tuple[int, int], int] = {}
    for row in pa.concat_tables(counted).to_pylist():
        pair = row["left"], row["right"]
        sizes[pair] = min(sizes.get(pair, 64), row["size"])
    table = _linked()[0].table
    for cap in (4, 20):
        expected = block_candidates(record_atoms(table), table.n_units, block_cap=cap, pairs_per_unit=np.inf)
        assert sum(size <= cap for size in sizes.values()) == len(expected)


def test_errors_of_workers_are_told_in_words_of_custid() -> None:
    """What a worker says comes out of the text of any exception, with its type and hint."""
    text = 'Traceback …\nRuntimeError: custid-error:["SchemaError", "what is wrong.", "what to do"]\n at org.apache'
    with pytest.raises(errors.SchemaError, match="what is wrong") as caught, explained():
        raise RuntimeError(text)
    assert caught.value.hint == "what to do"


def test_workers_without_custid_are_named() -> None:
    """A cluster that lacks custid is told so."""
    with pytest.raises(errors.MissingDependencyError, match="workers"), explained():
        raise RuntimeError("ModuleNotFoundError: No module named 'custid'")


def test_other_errors_are_left_alone() -> None:
    """What Spark says of itself is not touched."""
    with pytest.raises(ZeroDivisionError), explained():
        raise ZeroDivisionError


def test_settings_out_of_range_are_refused() -> None:
    """All of them are named at once."""
    with pytest.raises(errors.ConfigurationError, match=r"sample_rows.*max_rounds.*staging"):
        SparkSettings(sample_rows=0, max_rounds=0, staging="")


def test_odds_of_no_pairs_are_numbers_of_the_same_kind() -> None:
    """A tile without a pair between clusters returns the columns that others do."""
    messages = pa.table(
        {"place": pa.array([], pa.int64()), "tag": pa.array([], pa.int8()), "data": pa.array([], pa.binary())}
    )
    told = OddsOutside(max_fragment=3)(0, messages)
    assert told.schema.field("odds").type == pa.float64()
    assert told.num_rows == 0
