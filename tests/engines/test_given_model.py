"""Runs with a match model that is given: what it says of two records, whatever other records there are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from attrs import evolve

import custid
from custid.engines import LinkedTable, LocalEngine, ResolveOptions
from custid.errors import ConfigurationError
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


def _people(n_people: int, **changed: str | None) -> list[dict[str, Any]]:
    """Return two records of each of some people; of each record some columns are changed, or left out (None)."""
    rows = [
        {"nom": f"Nom{number} Prenom{number}", "courriel": f"c{number}@a.example", "ville": f"Ville{number % 5}"}
        for number in list(range(n_people)) * 2
    ]
    stated = {name: value for name, value in changed.items() if value is not None}
    return [
        {name: value for name, value in (row | stated).items() if name not in changed or name in stated} for row in rows
    ]


def test_an_attribute_without_values_is_null() -> None:
    """A batch need not have all that the model was trained on: an e-mail that nobody states says nothing."""
    model = custid.train(_people(30))
    result = custid.dedupe(_people(3, courriel=None), model=model)
    assert model.attributes is not None
    assert "email" in model.attributes
    levels = {each.name: each.level for each in result.explain("1", "4").comparisons}
    assert (levels["email"], levels["city"]) == ("missing", "exact")


def test_columns_that_a_model_does_not_know_are_left_out() -> None:
    """The report warns of them, and no pair depends on them."""
    model = custid.train(_people(30))
    plain = custid.dedupe(_people(4), model=model)
    further = custid.dedupe(_people(4, date_naissance="1980-02-03"), model=model)
    assert further.report.warnings == ("not compared, since the model was trained without: birth_date.",)
    assert further.assignments["match_probability"].equals(plain.assignments["match_probability"])
    assert "birth_date" not in further.report.compared


def test_records_that_a_model_knows_nothing_of_are_an_error() -> None:
    """Without a single attribute of the model there is nothing to go by."""
    model = custid.train(_people(30))
    with pytest.raises(ConfigurationError, match="attributes that the model was trained on, city, email"):
        custid.dedupe([{"telephone": "06 39 98 00 01"}], model=model)


def test_an_old_model_asks_for_its_comparisons() -> None:
    """A model that does not tell its attributes takes data for all of its comparisons, as it did."""
    model = evolve(custid.train(_people(30)), attributes=None)
    with pytest.raises(ConfigurationError, match="comparison 'email': expected data for it, got none"):
        custid.dedupe(_people(3, courriel=None), model=model)


@pytest.mark.parametrize("is_free", [True, False])
def test_whether_sources_are_free_of_duplicates_is_frozen(*, is_free: bool) -> None:
    """What training found holds for every run, whatever a batch looks like."""
    people = _people(30)
    twice = {"a": people, "b": people}
    once = {"a": people[:30], "b": people[30:]}
    model = custid.link(once if is_free else twice).model
    assert model.is_duplicate_free is is_free
    found = custid.link(twice if is_free else once, model=model)
    assert (found.report.one_per_source, found.model is model) == (is_free, True)
    assert custid.link(once, model=model, duplicate_free=not is_free).report.one_per_source is not is_free
    assert custid.train(people).is_duplicate_free is None


def test_views_have_the_attributes_of_the_model() -> None:
    """Dated or not, records are compared in what the model knows."""
    table = make_table(_rows())
    model = LocalEngine().run(table).model
    fewer = [{name: value for name, value in row.items() if name != "city"} for row in _rows()]
    linked = LocalEngine().run(make_table(fewer), model=model)
    assert (linked.table.columns["city"].codes == -1).all()
    assert np.isfinite(linked.weight_bits).all()
