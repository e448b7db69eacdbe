"""Runs with a match model that is given: what it says of two records, whatever other records there are."""

from __future__ import annotations

import pytest
from attrs import evolve

from custid.engines import LinkedTable, LocalEngine, ResolveOptions
from custid.scoring.match_model import TrainedMatchModel
from tests.comparison.tables import Row, make_table


def _rows() -> list[Row]:
    """Records in streets whose names have words in common that say nothing; the first two are near each other."""
    names = ["foch", "marechal leclerc", *(f"x{number}" for number in range(30))]
    return [
        {"family_name": "roy" if number < 2 else f"name{number}", "city": f"ville {number // 2}", "street": street}
        for number, street in enumerate(f"{name} grande rue du vieux port nord" for name in names)
    ]


@pytest.fixture(scope="module")
def trained() -> LinkedTable:
    return LocalEngine().run(make_table(_rows()))


def _weight_of_the_first_two(linked: LinkedTable) -> float:
    units = sorted(linked.table.unit_of_row[:2].tolist())
    found = (linked.candidates.left_idx == units[0]) & (linked.candidates.right_idx == units[1])
    return float(linked.weight_bits[found].item())


def test_words_of_streets_weigh_as_in_training(trained: LinkedTable) -> None:
    """A word that was common in training is as common where no other record has it."""
    alone = LocalEngine().run(make_table(_rows()[:2]), model=trained.model)
    assert _weight_of_the_first_two(alone) == _weight_of_the_first_two(trained)


def test_a_model_keeps_the_cap_of_its_blocks() -> None:
    """The cap that the budget settled in training is the cap of later runs, which have no budget."""
    table = make_table(_rows())
    model = LocalEngine(ResolveOptions(pairs_per_record=2.0)).run(table).model
    assert model.block_cap is not None
    assert model.block_cap < 32
    model = evolve(model, block_cap=32)
    found = LocalEngine().run(table, model=model).candidates
    assert (found.block_cap, len(found)) == (32, 32 * 31 // 2)


def test_options_outrank_the_cap_of_a_model(trained: LinkedTable) -> None:
    """A cap or a budget that the user states holds with a model, too."""
    table = make_table(_rows())
    caps = [
        LocalEngine(options).run(table, model=trained.model).candidates.block_cap
        for options in (ResolveOptions(block_cap=20), ResolveOptions(pairs_per_record=0.1))
    ]
    assert caps == [20, 2]


def test_a_model_without_a_cap_has_a_budget(trained: LinkedTable) -> None:
    """As runs without a model have: its pairs are as many as they allow for."""
    table = make_table(_rows())
    old: TrainedMatchModel = evolve(trained.model, block_cap=None)
    assert LocalEngine().run(table, model=old).candidates.block_cap == 50
