"""Neither order nor batches, nor what was said or decided in between, show in the customers (invariant 22)."""

from __future__ import annotations

from random import Random

import pytest

from custid.registry import MemoryStore, RecordKey, Registry, VerdictKind
from custid.registry.doctor import check_store
from tests.registry.arrivals import drawn_end, held, play
from tests.registry.matched import batch, feed, model

N_QUICK, N_SLOW = 30, 1000


def _decided(registry: Registry) -> list[tuple[VerdictKind, list[RecordKey]]]:
    return sorted((each.kind, sorted(each.records)) for each in registry.verdicts())


def check_histories(seed: int) -> None:
    """Hold two ways to one drawn end against each other, and against a batch where nobody has decided anything."""
    random = Random(seed)  # noqa: S311 - a history, no secret
    end = drawn_end(random, with_verdicts=seed % 4 > 0)
    one, other = (play(MemoryStore(), end, random) for _ in range(2))
    assert held(one) == held(other), seed
    assert _decided(one) == _decided(other), seed
    if not end.verdicts:
        found = {frozenset(key for _, key in members) for members in held(one)}
        assert found == batch(end.rows(), model("persons", 12), feed("persons").schema), seed
    for each in (one, other):
        assert check_store(each.store) == (), seed


@pytest.mark.parametrize("first", range(0, N_QUICK, 5))
def test_random_histories_end_in_equal_partitions(first: int) -> None:
    """Arrivals, updates, verdicts and withdrawals in two orders, with detours, leave the same customers."""
    for seed in range(first, first + 5):
        check_histories(seed)


@pytest.mark.slow
@pytest.mark.campaign
@pytest.mark.parametrize("first", range(0, N_SLOW, 50))
def test_a_thousand_random_histories_end_in_equal_partitions(first: int) -> None:
    """The same for a thousand ends."""
    for seed in range(first, first + 50):
        check_histories(seed)
