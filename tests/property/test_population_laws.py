"""With one match model, what a run says of two records depends on no other record beside them."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.engines import LinkedTable, LocalEngine
from custid.scoring.match_model import TrainedMatchModel
from custid.testing import synthetic_customers, synthetic_organizations
from tests.comparison.tables import Row, make_table

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
    records = made.records
    held = [name for name in _ATTRIBUTES if name in records.column_names]
    rows = [{name: " ".join(str(row[name] or "").lower().split()) for name in held} for row in records.to_pylist()]
    return tuple({tuple(sorted(row.items())): row for row in rows if any(row.values())}.values())


@cache
def _trained(kind: str) -> tuple[TrainedMatchModel, LinkedTable, Weights]:
    """Return a model as a file gives it back, the run that it was learned in, and the weights of that run."""
    rows = _rows(kind)
    linked = LocalEngine().run(make_table(rows))
    model = TrainedMatchModel.from_json(linked.model.to_json())
    return model, linked, _weights(linked, range(len(rows)))


def _weights(linked: LinkedTable, row_of_place: range | list[int]) -> Weights:
    """Return the weights of the candidate pairs by the numbers of their rows."""
    row_of_unit = np.empty(linked.table.n_units, np.int64)
    row_of_unit[linked.table.unit_of_row] = np.array(list(row_of_place), np.int64)
    pairs = row_of_unit[np.stack([linked.candidates.left_idx, linked.candidates.right_idx], axis=1)]
    return {
        (min(pair), max(pair)): weight for pair, weight in zip(pairs.tolist(), linked.weight_bits.tolist(), strict=True)
    }


@st.composite
def _chosen(draw: st.DrawFn, *, kind: str) -> list[int]:
    """Some rows in any order, enough of them for pairs to be among them."""
    rows = draw(st.permutations(range(len(_rows(kind)))))
    return list(rows[: draw(st.integers(2, len(rows)))])


@given(st.sampled_from(["persons", "organizations"]).flatmap(lambda kind: st.tuples(st.just(kind), _chosen(kind=kind))))
@settings(max_examples=25)
def test_a_pair_weighs_the_same_in_any_company(drawn: tuple[str, list[int]]) -> None:
    """To the bit, whatever other records are there and in whatever order, and as in the run that learned the model."""
    kind, chosen = drawn
    model, _, trained = _trained(kind)
    found = _weights(LocalEngine().run(make_table([_rows(kind)[row] for row in chosen]), model=model), chosen)
    common = found.keys() & trained.keys()
    assert {pair: found[pair] for pair in common} == {pair: trained[pair] for pair in common}
