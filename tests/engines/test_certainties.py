"""What is certain of units, in order of precedence."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from custid.clustering.pair_graph import components
from custid.engines.certainties import Certainties, certainties_of
from custid.engines.constraints import Constraints, Exclusive
from custid.engines.labels import declared_labels
from custid.engines.row_links import RowLinks
from custid.table.record_table import build_record_table
from tests.clustering.graphs import graph_of
from tests.record_tables import table_of

N_UNITS = 7
pairs = st.lists(st.sampled_from(list(combinations(range(N_UNITS), 2))), max_size=5)
labels_of_units = st.lists(st.integers(-3, 1), min_size=N_UNITS, max_size=N_UNITS)
sources_of_units = st.lists(st.integers(-1, 2), min_size=N_UNITS, max_size=N_UNITS)


def units(links: list[tuple[int, int]]) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    """Return links as an array."""
    return np.array(links, np.int32).reshape(-1, 2)


@given(pairs, pairs, labels_of_units, sources_of_units)
def test_pairs_apart_are_those_of_brute_force(
    verdicts: list[tuple[int, int]], apart: list[tuple[int, int]], labels: list[int], sources: list[int]
) -> None:
    """Two units are apart by a label, a source or a link of anything that verdicts join them with."""
    certain = Certainties(
        n_units=N_UNITS,
        labels={"siren": np.array(labels, np.int32)},
        limited_source=np.array(sources, np.int32),
        verdicts=units(verdicts),
        apart=units(apart),
        kinds=("",) * len(apart),
    )
    group = certain.group()
    is_apart = certain.test()
    for left, right in combinations(range(N_UNITS), 2):
        ends = {int(group[left]), int(group[right])}
        expected = (
            0 <= labels[left] != labels[right] >= 0
            or (0 <= sources[left] == sources[right] and len(ends) > 1)
            or any({int(group[one]), int(group[other])} == ends for one, other in apart)
        )
        assert is_apart(np.array([left], np.int32), np.array([right], np.int32))[0] == expected


@given(pairs, pairs, pairs, labels_of_units, sources_of_units)
def test_rules_join_all_or_nothing(
    verdicts: list[tuple[int, int]],
    apart: list[tuple[int, int]],
    proposed: list[tuple[int, int]],
    labels: list[int],
    sources: list[int],
) -> None:
    """A rule's pairs are kept in every group that may be one customer, and in no other."""
    group = components(N_UNITS, *units(verdicts).T)
    apart = [pair for pair in apart if group[pair[0]] != group[pair[1]]]
    certain = Certainties(
        n_units=N_UNITS,
        labels={"siren": np.array(labels, np.int32)},
        limited_source=np.array(sources, np.int32),
        verdicts=units(verdicts),
        apart=units(apart),
        kinds=("",) * len(apart),
    )
    settled = certain.joined_by(units(proposed), graph_of({}, list(range(N_UNITS))))
    joined = components(N_UNITS, *units(verdicts + proposed).T)
    is_apart = {pair: pair in apart for pair in combinations(range(N_UNITS), 2)}
    for left, right in is_apart:
        is_apart[left, right] |= 0 <= labels[left] != labels[right] >= 0
        is_apart[left, right] |= 0 <= sources[left] == sources[right] and group[left] != group[right]
    bad = {int(joined[left]) for (left, right), found in is_apart.items() if found and joined[left] == joined[right]}
    expected = [pair for pair in proposed if int(joined[pair[0]]) not in bad]
    assert settled.joined.tolist() == [list(pair) for pair in expected]
    assert settled.n_left_to_weights == len(proposed) - len(expected)


def test_what_a_verdict_overrules_says_nothing() -> None:
    """Records that a verdict joins and that have two values have none; all others keep theirs."""
    table = table_of({"loyalty_card": ["x1", "x2", "x1", "x3"], "city": list("abcd")})
    links = RowLinks(must=np.array([[0, 1]], np.int64))
    found = certainties_of(table, links, Constraints(exclusive=(Exclusive(attribute="loyalty_card"),)))
    labels = found.labels["loyalty_card"][table.unit_of_row]
    assert labels[:2].tolist() == [-1, -1]
    assert labels[2] != labels[3]
    assert labels[2:].min() >= 0
    assert found.n_overruled == 1


def test_declared_labels() -> None:
    """An attribute of all sources has one array of labels, one of named sources an array for each."""
    table = table_of({"loyalty_card": ["x1", "x2", "", ("x1", "x2")], "city": list("abcd")}, [0, 1, 0, 1])
    declared = [
        Exclusive(attribute="loyalty_card"),
        Exclusive(attribute="loyalty_card", sources=("b",)),
        Exclusive(attribute="email"),
    ]
    found = {
        name: labels[table.unit_of_row].tolist() for name, labels in declared_labels(table, declared, "ab").items()
    }
    assert found == {"loyalty_card": [0, 1, -1, -1], "loyalty_card/b": [-1, 1, -1, -1]}


def test_limited_sources() -> None:
    """Sources that are named are limited, by their numbers, and no others."""
    table = table_of({"city": list("abc")}, [0, 1, 1])
    found = certainties_of(table, RowLinks(), Constraints(duplicate_free=("shop",)), ("crm", "shop"))
    assert found.limited_source is not None
    assert found.limited_source[table.unit_of_row].tolist() == [-1, 1, 1]


def test_rows_of_their_own_are_units() -> None:
    """Equal rows of different ranks are units in the order of the ranks; the others stay together."""
    values = {"city": (["a"], np.zeros((4, 1), np.int32))}
    table = build_record_table(values, 4, rank_of_row=np.array([1, -1, 0, -1], np.int32))
    assert table.unit_of_row.tolist() == [2, 0, 1, 0]
    assert len(np.unique(table.content_hash)) == 3
