"""`custid.scoring.pair_weigher`."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from numpy.typing import NDArray

from custid.comparison.comparer import PairComparer
from custid.comparison.string_metrics import Executor
from custid.comparison.value_comparison import FunctionLevels, ValueComparison
from custid.scoring.match_model import OutputParameters, TrainedClass, TrainedMatchModel
from custid.scoring.pair_weigher import PairWeigher
from custid.scoring.weights import LEAST_BITS
from tests.comparison.tables import all_pairs, context, make_table
from tests.scoring.models import weighed_pairs


@given(weighed_pairs())
def test_both_ways_weigh_as_the_model_does(
    weighed: tuple[TrainedMatchModel, NDArray[np.int8], NDArray[np.float32]],
) -> None:
    """Compiled or not, weights are those of the model to the last bit."""
    model, levels, rarity = weighed
    expected = model.weight_bits(levels, model.adjustments(levels, rarity)).tolist()
    for is_compiled in (False, True):
        weigher = PairWeigher(model, is_compiled=is_compiled)
        assert weigher.weight_bits(levels, rarity).tolist() == expected
        # Output by output in memory, as the comparer gives them.
        by_output = np.asfortranarray(levels), np.asfortranarray(rarity)
        assert weigher.weight_bits(*by_output).tolist() == expected


@given(weighed_pairs())
def test_many_pairs_weigh_what_each_weighs(
    weighed: tuple[TrainedMatchModel, NDArray[np.int8], NDArray[np.float32]],
) -> None:
    """A pair weighs the same wherever it stands among more pairs than the kernel takes at a time."""
    model, levels, rarity = weighed
    weigher = PairWeigher(model, is_compiled=True)
    once = weigher.weight_bits(levels, rarity)
    n_times = 1 + 1500 // max(len(levels), 1)
    many = weigher.weight_bits(np.tile(levels, (n_times, 1)), np.tile(rarity, (n_times, 1)))
    assert many.tolist() == np.tile(once, n_times).tolist()


def _model(comparer: PairComparer, prior: float) -> TrainedMatchModel:
    """Return a model in which the level next to the lowest speaks for a match more than the one above it.

    One match in five agrees by chance on the second half of the outputs.
    """
    shares = (np.array([0.05, 0.3, 0.15, 0.5]), np.array([0.7, 0.02, 0.18, 0.1]), np.array([0.6, 0.1, 0.1, 0.2]))
    return TrainedMatchModel(
        parameters=tuple(
            OutputParameters(output=output, m_probability=shares[0], u_probability=shares[1])
            for output in comparer.outputs
        ),
        prior_match_probability=prior,
        classes=(
            TrainedClass(
                name="household",
                prior_probability=1e-3,
                is_by_chance=tuple(position == 0 for position in range(len(comparer.outputs))),
                probabilities=tuple(shares[2] for _ in comparer.outputs),
            ),
            TrainedClass(
                name="moved",
                prior_probability=0.2 * prior,
                is_by_chance=tuple(position >= 3 for position in range(len(comparer.outputs))),
                probabilities=tuple(shares[position >= 3] for position in range(len(comparer.outputs))),
                is_match=True,
            ),
        ),
        frequencies={},
        n_records=60,
    )


def test_what_can_weigh_no_more_than_the_least_is_not_graded() -> None:
    """Costly values of pairs that are strangers in any case are left alone, and no weight differs for it."""
    rng = np.random.default_rng(8)
    names = [f"a{number}" for number in range(6)]
    table = make_table([{name: "".join(rng.choice(list("ab"), 6)) for name in names} for _ in range(60)])
    graded: list[tuple[str, str]] = []

    def level(left: str, right: str) -> int:
        graded.append((left, right))
        return int(left[:1] == right[:1]) + int(left[:2] == right[:2])

    levels = FunctionLevels(("else", "same first", "same two first", "exact"), level)
    pairs = all_pairs(table.n_units)
    found, n_graded = {}, {}
    for prior in (1e-9, 1e-4, 0.3):
        for is_costly in (False, True):
            comparisons = [
                ValueComparison(attribute=name, levels=levels, is_costly=is_costly and place >= 3)
                for place, name in enumerate(names)
            ]
            comparer = PairComparer(table, comparisons, context(Executor.NUMBA))
            model = _model(comparer, prior)
            plain = PairComparer(table, comparisons, context(Executor.RAPIDFUZZ))
            expected = PairWeigher(model, is_compiled=False).compare(plain, *pairs)
            graded.clear()
            weights = PairWeigher(model, is_compiled=True).compare(comparer, *pairs)
            assert weights.tolist() == expected.tolist()
            found[prior, is_costly], n_graded[prior, is_costly] = weights, len(graded)
    assert (found[1e-9, True] == LEAST_BITS).any()
    assert (found[1e-9, True] > LEAST_BITS).any()
    assert n_graded[1e-9, True] < n_graded[1e-9, False]
    assert n_graded[0.3, True] == n_graded[0.3, False]
