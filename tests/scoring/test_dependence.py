"""How far comparisons repeat one another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from attrs import evolve
from numpy.typing import NDArray

import custid
from custid.comparison.comparison import ComparisonOutput
from custid.errors import ConfigurationError, ShapeMismatchError
from custid.result import Result
from custid.scoring.dependence import ComparedPairs, Dependence, dependence_between
from custid.scoring.match_model import OutputParameters, TrainedClass, TrainedMatchModel
from custid.testing import synthetic_customers

_M, _U = np.array([0.2, 0.8]), np.array([0.95, 0.05])
_N = 200_000
_RECORDS = synthetic_customers(3_000, seed=4, share_of_single_records=0.2).records


def _model(n_outputs: int, classes: tuple[TrainedClass, ...] = ()) -> TrainedMatchModel:
    return TrainedMatchModel(
        parameters=tuple(
            OutputParameters(
                output=ComparisonOutput(
                    name=f"a{place}", attribute=f"a{place}", levels=("else", "exact"), has_rarity=False
                ),
                m_probability=_M,
                u_probability=_U,
            )
            for place in range(n_outputs)
        ),
        prior_match_probability=0.1,
        classes=classes,
        frequencies={},
        n_records=1_000,
    )


def _pairs(levels: NDArray[np.int8], is_match: NDArray[np.bool_]) -> ComparedPairs:
    return ComparedPairs(
        levels=levels,
        rarity_bits=np.zeros(levels.shape, np.float32),
        weight=np.ones(len(levels)),
        is_match=is_match,
    )


def _drawn(n_outputs: int, seed: int) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Return the levels of independent comparisons, and which pairs are matches."""
    generator = np.random.default_rng(seed)
    is_match = generator.random(_N) < 0.5
    chance = np.where(is_match, _M[1], _U[1])[:, None]
    return (generator.random((_N, n_outputs)) < chance).astype(np.int8), is_match


def test_independent_comparisons_are_counted_once() -> None:
    """Where the levels of each kind of pair are drawn independently nothing is found."""
    for each in dependence_between(_model(3), _pairs(*_drawn(3, 1))):
        assert each.correlation_of_matches == pytest.approx(0.0, abs=0.01)
        assert each.information_of_matches == pytest.approx(0.0, abs=1e-4)
        assert each.information_of_others == pytest.approx(0.0, abs=1e-4)
        assert each.overcount_for == pytest.approx(0.0, abs=0.2)
        assert each.overcount_against == pytest.approx(0.0, abs=0.1)
        assert not each.is_counted_twice


def test_a_repeated_comparison_is_counted_twice_by_its_own_weight() -> None:
    """Of two comparisons that say the same, one weight is too much: the model's own."""
    levels, is_match = _drawn(2, 2)
    levels[:, 1] = levels[:, 0]
    (found,) = dependence_between(_model(2), _pairs(levels, is_match))
    against, in_favor = np.log2(_M / _U)
    assert found.overcount_for == pytest.approx(in_favor, abs=0.05)
    assert found.overcount_against == pytest.approx(-against, abs=0.05)
    assert found.is_counted_twice
    assert found.correlation_of_matches == pytest.approx(1.0)
    entropy = -float((_M * np.log2(_M)).sum())
    assert found.information_of_matches == pytest.approx(entropy, abs=0.01)


def test_what_a_class_between_explains_is_not_counted_twice() -> None:
    """Agreement among neighbors that share both is no dependence where the model has a class of them."""
    levels, is_match = _drawn(4, 3)
    # Two further comparisons tell which pairs are neighbors.
    neighbors = ~is_match & (np.arange(_N) % 4 == 0)
    generator = np.random.default_rng(4)
    levels[neighbors] = generator.random((int(neighbors.sum()), 4)) < 0.97
    shares = tuple(np.array([0.03, 0.97]) for _ in range(4))
    between = TrainedClass(name="neighborhood", prior_probability=0.2, is_by_chance=(False,) * 4, probabilities=shares)
    alone, explained = (
        {(each.one, each.other): each for each in dependence_between(model, _pairs(levels, is_match))}
        for model in (_model(4), _model(4, (between,)))
    )
    for key, each in alone.items():
        assert each.is_counted_twice
        assert each.information_of_others > 10 * explained[key].information_of_others
        assert abs(explained[key].overcount_for) < 0.5


def test_missing_values_say_nothing() -> None:
    """Pairs in which one of the two is missing are left out; too few matches make no row."""
    levels, is_match = _drawn(2, 5)
    levels[:, 0] = np.where(np.arange(_N) % 2 == 0, levels[:, 0], -1)
    (found,) = dependence_between(_model(2), _pairs(levels, is_match))
    assert found.n_matches == pytest.approx(is_match[::2].sum())
    levels[20:, 0] = -1
    assert dependence_between(_model(2), _pairs(levels, is_match)) == ()


def test_arrays_of_two_lengths_are_an_error() -> None:
    """Levels and weights belong together."""
    with pytest.raises(ShapeMismatchError, match="compared pairs: expected arrays of one length, got 2, 2, 2, 1"):
        _pairs(np.zeros((2, 1), np.int8), np.zeros(1, np.bool_))


@pytest.fixture(scope="module")
def result() -> Result:
    return custid.dedupe(_RECORDS)


def test_people_who_move_are_not_counted_twice(result: Result) -> None:
    """Parts of an address differ together among pairs of one customer; the class of those who moved explains it."""
    table = result.dependence()
    row = next(each for each in table.to_pylist() if {each["one"], each["other"]} == {"city", "postcode"})
    assert row["correlation_of_matches"] > 0.5
    assert abs(row["overcount_against"]) < 0.5
    # A model of one class of matches counts whoever moved once for the city and once for the postcode.
    model = evolve(result.model, classes=result.model.alternatives)
    row = next(
        each
        for each in custid.dedupe(_RECORDS, model=model).dependence().to_pylist()
        if {each["one"], each["other"]} == {"city", "postcode"}
    )
    assert row["overcount_against"] > 1
    assert row["is_counted_twice"]
    worst: list[Any] = [max(each["overcount_for"], each["overcount_against"]) for each in table.to_pylist()]
    assert worst == sorted(worst, reverse=True)


def test_the_table_of_a_run_has_a_column_for_each_number(result: Result) -> None:
    """The columns are those of the class; a sample that stands for all gives the same numbers every time."""
    table = result.dependence(n_pairs=3_000)
    assert table.column_names == [*Dependence.__annotations__, "is_counted_twice"]
    assert table.equals(result.dependence(n_pairs=3_000))


def test_nothing_is_found_where_nothing_was_compared() -> None:
    """A run of one record has no two comparisons to hold against one another."""
    assert custid.dedupe([{"name": "Zoe Roy", "email": "zoe@courriel.example"}]).dependence().num_rows == 0


def test_numbers_of_pairs_are_checked(result: Result) -> None:
    """No pairs make no table."""
    with pytest.raises(ConfigurationError, match="n_pairs: expected 1 or more, got 0"):
        result.dependence(n_pairs=0)
