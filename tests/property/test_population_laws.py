"""With one match model, what a run says of two records depends on no other record beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

import custid
from custid.engines import LinkedTable, LocalEngine
from custid.scoring.match_model import TrainedMatchModel
from custid.standardize.date import standardize_date
from custid.testing import SyntheticCustomers, SyntheticOrganizations, synthetic_customers, synthetic_organizations
from tests.comparison.tables import Row, make_table
from tests.oracles.atoms import kinds_of_rows
from tests.oracles.blocking import candidate_pairs

_N_ROWS = 240
_ATTRIBUTES = (
    "given_name",
    "family_name",
    "organization_name",
    "birth_date",
    "email",
    "phone",
    "street",
    "city",
    "postcode",
)
Weights = dict[tuple[int, int], float]


@cache
def _rows(kind: str) -> tuple[Row, ...]:
    """Return records of persons or of organizations, all different."""
    made = synthetic_customers(_N_ROWS, seed=11) if kind == "persons" else synthetic_organizations(_N_ROWS, seed=12)
    columns = made.records.column_names
    records = made.records.rename_columns(["organization_name" if name == "company" else name for name in columns])
    held = [name for name in _ATTRIBUTES if name in records.column_names]
    rows = [{name: " ".join(str(row[name] or "").lower().split()) for name in held} for row in records.to_pylist()]
    for row in rows:
        if "birth_date" in row:
            date = standardize_date(row["birth_date"]).value
            row["birth_date"] = date if len(date) == len("YYYY-MM-DD") else ""
    return tuple({tuple(sorted(row.items())): row for row in rows if any(row.values())}.values())


@cache
def _trained(kind: str) -> tuple[TrainedMatchModel, LinkedTable, Weights]:
    """Return a model as a file gives it back, the run that it was learned in, and the weights of that run."""
    rows = _rows(kind)
    linked = LocalEngine().run(make_table(rows))
    model = TrainedMatchModel.from_json(linked.model.to_json())
    return model, linked, _weights(linked, range(len(rows)))


def _weights(linked: LinkedTable, row_of_place: Sequence[int]) -> Weights:
    """Return the weights of the candidate pairs by the numbers of their rows."""
    row_of_unit = np.empty(linked.table.n_units, np.int64)
    row_of_unit[linked.table.unit_of_row] = np.array(row_of_place, np.int64)
    pairs = row_of_unit[np.stack([linked.candidates.left_idx, linked.candidates.right_idx], axis=1)]
    return {
        (min(pair), max(pair)): weight for pair, weight in zip(pairs.tolist(), linked.weight_bits.tolist(), strict=True)
    }


@st.composite
def _chosen(draw: st.DrawFn) -> tuple[str, list[int]]:
    """A kind of records and some of them in any order, enough of them for pairs to be among them."""
    kind = draw(st.sampled_from(["persons", "organizations"]))
    rows = draw(st.permutations(range(len(_rows(kind)))))
    return kind, list(rows[: draw(st.integers(2, len(rows)))])


def _run(kind: str, chosen: list[int]) -> LinkedTable:
    return LocalEngine().run(make_table([_rows(kind)[row] for row in chosen]), model=_trained(kind)[0])


@given(_chosen())
@settings(max_examples=25)
def test_a_pair_weighs_the_same_in_any_company(drawn: tuple[str, list[int]]) -> None:
    """To the bit, whatever other records are there and in whatever order, and as in the run that learned the model."""
    kind, chosen = drawn
    trained = _trained(kind)[2]
    found = _weights(_run(kind, chosen), chosen)
    common = found.keys() & trained.keys()
    assert {pair: found[pair] for pair in common} == {pair: trained[pair] for pair in common}


@given(_chosen(), st.sampled_from((2, 5, 12, 50)))
@settings(max_examples=20)
def test_candidate_pairs_are_those_of_the_records_and_the_cap(drawn: tuple[str, list[int]], cap: int) -> None:
    """Atoms of each record by itself, dictionaries of keys and the cap of the model give the pairs of any batch."""
    kind, chosen = drawn
    model = evolve(_trained(kind)[0], block_cap=cap)
    rows = [{name: str(value) for name, value in _rows(kind)[row].items()} for row in chosen]
    expected, _ = candidate_pairs(kinds_of_rows(rows), cap=cap, budget=math.inf)
    places = {(chosen[left], chosen[right]) for left, right in expected}
    linked = LocalEngine().run(make_table(rows), model=model)
    assert _weights(linked, chosen).keys() == {(min(pair), max(pair)) for pair in places}


@given(_chosen())
@settings(max_examples=10)
def test_rows_may_come_in_any_order(drawn: tuple[str, list[int]]) -> None:
    """Pairs, weights and customers of a batch are those of its rows."""
    kind, chosen = drawn
    ascending = sorted(chosen)
    one, other = _run(kind, chosen), _run(kind, ascending)
    assert _weights(one, chosen) == _weights(other, ascending)
    assert _customers(one, chosen) == _customers(other, ascending)


def _customers(linked: LinkedTable, row_of_place: Sequence[int]) -> set[frozenset[int]]:
    members: dict[int, set[int]] = {}
    for row, customer in zip(row_of_place, linked.cluster_of_row().tolist(), strict=True):
        members.setdefault(customer, set()).add(row)
    return set(map(frozenset, members.values()))


@pytest.mark.parametrize("kind", ["persons", "organizations"])
def test_a_run_with_its_own_model_is_the_run_that_learned_it(kind: str) -> None:
    """All pairs, weights and customers are the same, to the bit, once the model has been in a file."""
    model, linked, trained = _trained(kind)
    again = _run(kind, list(range(len(_rows(kind)))))
    assert _weights(again, list(range(len(_rows(kind))))) == trained
    assert again.cluster.tolist() == linked.cluster.tolist()
    assert again.model is model


@pytest.mark.parametrize(
    "made", [synthetic_customers(400, seed=4), synthetic_organizations(400, seed=4)], ids=["persons", "organizations"]
)
def test_files_resolved_with_their_own_model_are_the_same(
    made: SyntheticCustomers | SyntheticOrganizations,
) -> None:
    """What is exported of a run with the model in a file is what was exported when it was learned."""
    learned = custid.dedupe(made.records)
    given_model = custid.dedupe(made.records, model=TrainedMatchModel.from_json(learned.model.to_json()))
    assert given_model.assignments.equals(learned.assignments)
    assert given_model.pairs.equals(learned.pairs)
