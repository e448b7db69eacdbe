"""How one match model differs from another."""

from __future__ import annotations

import json

import numpy as np
import pytest
from attrs import evolve

import custid
from custid.scoring.frequencies import TermFrequencies
from custid.steering import compare_models
from custid.testing import synthetic_customers


@pytest.fixture(scope="module")
def model() -> custid.TrainedMatchModel:
    return custid.train(synthetic_customers(300, seed=3).records)


def test_model_with_itself(model: custid.TrainedMatchModel) -> None:
    """A model differs from itself in nothing."""
    change = compare_models(model, model)
    assert {each.added_bits for each in change.levels} == {0.0}
    assert {each.divergence_bits for each in change.frequencies} == {0.0}
    assert all(each.prior_before == each.prior_after for each in change.classes)


def test_level(model: custid.TrainedMatchModel) -> None:
    """Twice the u probability of a level takes one bit from its weight, and from no other one."""
    first, *others = model.parameters
    u = first.u_probability.copy()
    u[-1] *= 2
    changed = compare_models(model, evolve(model, parameters=(evolve(first, u_probability=u), *others)))
    moved = [each for each in changed.levels if each.added_bits]
    assert [(each.comparison, each.level) for each in moved] == [(first.output.name, first.output.levels[-1])]
    assert moved[0].added_bits == pytest.approx(-1.0, abs=1e-4)


def test_comparison_of_one_model(model: custid.TrainedMatchModel) -> None:
    """A level that one model lacks has no weight there, and the text names its comparison."""
    dropped = model.parameters[0]
    fewer = evolve(
        model,
        parameters=model.parameters[1:],
        classes=tuple(
            evolve(each, is_by_chance=each.is_by_chance[1:], probabilities=each.probabilities[1:])
            for each in model.classes
        ),
    )
    change = compare_models(fewer, model)
    new = [each for each in change.levels if each.comparison == dropped.output.name]
    assert {each.bits_before for each in new} == {None}
    assert {each.added_bits for each in new} == {None}
    assert "only after: given name" in str(change)
    assert "seulement après : prénom" in change.text("fr").replace("\xa0", " ")
    assert change.table.num_rows == len(change.levels)


def test_divergence_by_hand(model: custid.TrainedMatchModel) -> None:
    """Two values that change their shares of 1/4 and 3/4 diverge by 0.1887 bits, as Lin's formula gives by hand."""

    def of(*counts: int) -> custid.TrainedMatchModel:
        hashes = np.array([7, 9], np.uint64)
        counted = TermFrequencies(hashes=hashes, counts=np.array(counts, np.int64), total=400)
        return evolve(model, frequencies={"city": counted})

    change = compare_models(of(100, 300), of(300, 100))
    # H(1/2) - H(1/4) = 1 - 0.8113
    assert change.frequencies[0].divergence_bits == pytest.approx(0.1887, abs=1e-4)


def test_plain_form(model: custid.TrainedMatchModel) -> None:
    """The plain form is JSON, and the table has a row for each level."""
    change = compare_models(model, model)
    assert json.loads(json.dumps(change.to_dict()))["n_records_after"] == model.n_records
    assert change.table.column_names[-1] == "added_bits"
