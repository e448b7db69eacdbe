"""What a run leaves open."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from custid.engines.certainties import Certainties
from custid.result.open_questions import open_questions


def _linked(
    cluster: list[int],
    weights: dict[tuple[int, int], float],
    n_copies: list[int] | None = None,
    verdicts: list[tuple[int, int]] | None = None,
) -> Any:
    pairs = sorted(weights)
    copies = np.array(n_copies or [1] * len(cluster))
    return SimpleNamespace(
        table=SimpleNamespace(n_units=len(cluster), n_copies=copies),
        candidates=SimpleNamespace(
            left_idx=np.array([left for left, _ in pairs], np.int32),
            right_idx=np.array([right for _, right in pairs], np.int32),
        ),
        weight_bits=np.array([weights[pair] for pair in pairs], np.float64),
        cluster=np.array(cluster, np.int64),
        is_loose=np.zeros(len(cluster), np.bool_),
        certain=Certainties(n_units=len(cluster), verdicts=np.array(verdicts or [], np.int32).reshape(-1, 2)),
    )


def _asked(linked: Any) -> list[tuple[int, int, bool, float, float]]:
    found = open_questions(linked)
    left, right = linked.candidates.left_idx[found.pair], linked.candidates.right_idx[found.pair]
    columns = (
        left.tolist(),
        right.tolist(),
        found.is_same.tolist(),
        found.odds_bits.tolist(),
        found.n_decided.tolist(),
    )
    return list(zip(*columns, strict=True))


def test_pairs_inside_a_customer_are_decided_once_each() -> None:
    """The questions within a customer decide all its pairs of records, each once, its equal rows aside."""
    weights = {(0, 1): 8.0, (1, 2): 2.0, (0, 2): 1.0, (2, 3): 6.0, (0, 3): -4.0}
    asked = _asked(_linked([0, 0, 0, 0], weights, n_copies=[2, 1, 1, 3]))
    assert [(left, right, n) for left, right, _, _, n in asked] == [(0, 1, 2.0), (2, 3, 3.0), (1, 2, 12.0)]
    n_rows = 2 + 1 + 1 + 3
    assert sum(n for *_, n in asked) == n_rows * (n_rows - 1) / 2 - 1 - 3


def test_what_a_person_has_joined_is_no_question() -> None:
    """A pair that a verdict joins is not asked about, whatever it weighs, and neither is one that follows from it."""
    weights = {(0, 1): -4.0, (1, 2): 2.0, (0, 2): 1.0}
    asked = _asked(_linked([0, 0, 0], weights, verdicts=[(0, 1)]))
    assert [(left, right, n) for left, right, _, _, n in asked] == [(1, 2, 2.0)]
    assert not _asked(_linked([0, 0, 0], weights, verdicts=[(0, 1), (1, 2)]))


def test_odds_are_summed_over_the_pairs_between_two_sides() -> None:
    """The odds of two sides are those of all pairs between them, by unit of the smaller side."""
    weights = {(0, 1): 8.0, (1, 2): 2.0, (0, 2): 1.0, (2, 3): 6.0, (0, 3): -4.0}
    last = _asked(_linked([0, 0, 0, 0], weights))[-1]
    assert last[3] == pytest.approx(np.log2((2.0**2 + 2.0**1 + 2.0**-4) / 2))


def test_two_customers_are_asked_about_once_by_their_strongest_pair() -> None:
    """Two customers are one question, whose answer decides all pairs between them."""
    weights = {(0, 1): 20.0, (2, 3): 20.0, (0, 2): -3.0, (1, 3): -1.0}
    ((left, right, is_same, odds, n_decided),) = _asked(_linked([0, 0, 1, 1], weights))
    assert (left, right, is_same, n_decided) == (1, 3, False, 4.0)
    assert odds == pytest.approx(np.log2((2.0**-3 + 2.0**-1) / 2))


def test_what_is_sure_is_not_asked() -> None:
    """Customers that hold by more than ten bits, pairs at the least weight and those kept apart are no questions."""
    weights = {(0, 1): 10.5, (0, 2): -25.0, (1, 3): -np.inf}
    assert _asked(_linked([0, 0, 1, 2], weights)) == []


def test_customers_that_are_kept_apart_are_asked_about_two_records_alone() -> None:
    """Where a rule keeps records of two customers apart, an answer about two others cannot join the customers."""
    weights = {(0, 1): 20.0, (1, 2): -np.inf, (0, 2): 1.0}
    ((left, right, is_same, _, n_decided),) = _asked(_linked([0, 0, 1], weights, n_copies=[2, 5, 1]))
    assert (left, right, is_same, n_decided) == (0, 2, False, 2.0)


def test_expected_change_is_the_chance_of_an_error_times_what_is_decided() -> None:
    """At even odds half of what is decided is expected to change, on either side."""
    found = open_questions(_linked([0, 0, 1], {(0, 1): 0.0, (1, 2): 0.0}, n_copies=[2, 3, 1]))
    assert found.expected_change.tolist() == pytest.approx([3.0, 2.5])


def test_no_pairs_leave_nothing_open() -> None:
    """A run without candidate pairs asks nothing."""
    assert len(open_questions(_linked([0, 1], {}))) == 0
