"""How sure a run is of each row."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.engines.certainties import Certainties
from custid.result import _decisions
from custid.result._decisions import decisions

_N_UNITS = 5
_BITS = st.sampled_from([-np.inf, -70.0, -3.0, -0.5, 0.0, 0.25, 2.0, 80.0])


def _linked(cluster: list[int], n_copies: list[int], weights: dict[tuple[int, int], float], copies: list[float]) -> Any:
    left, right = (np.array([pair[side] for pair in weights], np.int32) for side in (0, 1))
    copy_bits = np.where(np.array(n_copies) > 1, copies, np.inf)
    alone = np.bincount(cluster)[cluster] == 1
    return SimpleNamespace(
        table=SimpleNamespace(
            n_copies=np.array(n_copies), unit_of_row=np.repeat(np.arange(_N_UNITS), n_copies), n_units=_N_UNITS
        ),
        candidates=SimpleNamespace(left_idx=left, right_idx=right),
        weight_bits=np.array(list(weights.values()), np.float64),
        copy_bits=copy_bits,
        cluster=np.array(cluster, np.int64),
        certain=Certainties(n_units=_N_UNITS),
        is_loose=np.isneginf(copy_bits) | ((copy_bits <= 0) & alone),
    )


def _odds(bits: float) -> float:
    return float(np.exp2(np.clip(bits, -60.0, 60.0)))


@given(
    cluster=st.lists(st.integers(0, 3), min_size=_N_UNITS, max_size=_N_UNITS),
    n_copies=st.lists(st.integers(1, 3), min_size=_N_UNITS, max_size=_N_UNITS),
    weights=st.dictionaries(
        st.tuples(st.integers(0, 3), st.integers(1, 4)).filter(lambda pair: pair[0] < pair[1]), _BITS, max_size=8
    ),
    copies=st.lists(_BITS, min_size=_N_UNITS, max_size=_N_UNITS),
    shared=st.lists(st.integers(0, 9), min_size=15, max_size=15),
    n_at_once=st.sampled_from([1, 1 << 18]),
    compiled_from=st.sampled_from([0, 1_000_000]),
)
def test_probabilities_are_those_of_the_plain_way(
    cluster: list[int],
    n_copies: list[int],
    weights: dict[tuple[int, int], float],
    copies: list[float],
    shared: list[int],
    n_at_once: int,
    compiled_from: int,
) -> None:
    """A shared row has the sum of its odds inside its customer, another one those with the nearest record."""
    linked = _linked(cluster, n_copies, weights, copies)
    unit_of_row = linked.table.unit_of_row.tolist()
    customer = shared[: len(unit_of_row)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_decisions, "_PAIRS_AT_ONCE", n_at_once)
        patch.setattr(_decisions, "_MIN_PAIRS_FOR_NUMBA", compiled_from)
        probability, decision = decisions(linked, np.array(customer), 0.5)
    for row, unit in enumerate(unit_of_row):
        own = _odds(linked.copy_bits[unit]) if n_copies[unit] > 1 else 0.0
        if customer.count(customer[row]) > 1:
            odds = own * (n_copies[unit] - 1) + sum(
                _odds(bits)
                for pair, bits in weights.items()
                if unit in pair and cluster[pair[0]] == cluster[pair[1]] and not linked.is_loose[list(pair)].any()
            )
            expected = 0
        else:
            odds = max([own, *(_odds(bits) for pair, bits in weights.items() if unit in pair)])
            expected = 1 if odds >= 1 else 2
        assert probability[row] == pytest.approx(odds / (1 + odds), rel=1e-12)
        assert decision[row] == expected
