"""`custid.scoring.pair_weigher`."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from numpy.typing import NDArray

from custid.scoring.match_model import TrainedMatchModel
from custid.scoring.pair_weigher import PairWeigher
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
