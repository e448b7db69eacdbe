"""Runs with a match model that is given: what it says of two records, whatever other records there are."""

from __future__ import annotations

import pytest

from custid.engines import LinkedTable, LocalEngine
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
