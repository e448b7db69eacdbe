"""How likely two customers who share a home are one household."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import custid
from custid.result import Result
from custid.scoring.households import household_bits, household_class, share_of_households
from custid.testing import synthetic_customers


@pytest.fixture(scope="module")
def result() -> Result:
    return custid.dedupe(synthetic_customers(1000, seed=4).records)


def test_a_model_of_persons_knows_households(result: Result) -> None:
    """The class of households is found by its name."""
    household = household_class(result.model)
    assert household is not None
    assert household.name == "household"


def test_a_model_of_little_knows_none() -> None:
    """Two columns are too few to tell a household from a customer."""
    model = custid.train([{"nom": "Roy", "prenom": "Zoé"}, {"nom": "Li", "prenom": "Eva"}])
    assert household_class(model) is None


def test_what_is_given_does_not_count(result: Result) -> None:
    """Where all attributes are given, nothing is left that could tell a household from strangers."""
    household = household_class(result.model)
    assert household is not None
    linked = result.linked
    left, right = linked.candidates.left_idx[:5000], linked.candidates.right_idx[:5000]
    levels, rarity = linked.comparer.compare(left, right)
    everything = {output.attribute for output in result.model.outputs}
    assert (household_bits(result.model, household, levels, rarity, everything) == 0).all()
    address = household_bits(result.model, household, levels, rarity, everything - {"street"})
    assert len(np.unique(address)) > 1


def test_no_pair_leaves_what_was_expected() -> None:
    """Without a pair the share is the one expected."""
    assert share_of_households(np.empty(0), 0, 0.25) == pytest.approx(0.25)


def test_pairs_that_were_not_weighed_count_as_strangers() -> None:
    """A thousand pairs that were not weighed make the share small."""
    bits = np.full(10, 20.0)
    assert share_of_households(bits, 10, 0.5) > 0.8
    assert share_of_households(bits, 1010, 0.5) < 0.02


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_pairs_does_not_matter(bits: list[float], random: object) -> None:
    """The share is the same to the bit in any order."""
    shuffled = list(bits)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    shares = [share_of_households(np.array(each), len(bits), 0.5) for each in (bits, shuffled)]
    assert shares[0] == shares[1]
    assert 0 < shares[0] < 1
