"""A year of a registry, in small."""

from __future__ import annotations

from itertools import pairwise

import pytest

import custid
from custid.evaluation import Stability, evaluate_stability
from custid.registry import CustomerId, MemoryStore, Registry, SequentialMinter
from custid.registry.doctor import check_store
from custid.testing import SyntheticYear, play_year, synthetic_customers, synthetic_year, targets_of

Crosswalk = dict[str, CustomerId]


class Played:
    """A year of some hundred persons, what the registry made of it, and how that holds against the truth."""

    def __init__(self) -> None:
        self.year: SyntheticYear = synthetic_year(150, n_weeks=4, seed=5)
        self.registry = Registry(MemoryStore(), minter=SequentialMinter())
        self.registry.use(custid.train(synthetic_customers(600, seed=6).records))
        self.weeks: list[Crosswalk] = list(play_year(self.registry, self.year))
        self.targets = targets_of(self.registry)
        self.stability: Stability = evaluate_stability(self.weeks, self.year.truth, leads_to=self.targets)


@pytest.fixture(scope="module")
def played() -> Played:
    """Return a year that has been played."""
    return Played()


def test_the_weeks_hold_the_records_that_are_there(played: Played) -> None:
    """What comes is there, what is erased is not."""
    live = set(played.year.start["record_id"].to_pylist())
    assert played.weeks[0].keys() == live
    for week, crosswalk in zip(played.year.weeks, played.weeks[1:], strict=True):
        live = (live - set(week.erased["record_id"].to_pylist())) | set(week.records["record_id"].to_pylist())
        assert crosswalk.keys() == live


def test_identifiers_are_stable_and_customers_right(played: Played) -> None:
    """Hardly any identifier changes without the truth confirming it, and pairs are found."""
    assert played.stability.stability > 0.97
    assert played.stability.f1 > 0.9
    assert played.stability.n_unknown == played.stability.n_gone_wrong == 0
    assert played.stability.n_redirects_right == played.stability.n_redirects


def test_no_identifier_changes_without_another_partition(played: Played) -> None:
    """Where the same records stay together, the identifier stays, whoever comes to them."""
    for before, after in pairwise(played.weeks):
        kept = before.keys() & after.keys()
        groups: dict[tuple[str, str], set[str]] = {}
        for key in kept:
            groups.setdefault((before[key], after[key]), set()).add(key)
        for (former, later), together in groups.items():
            is_whole_before = together == {key for key in kept if before[key] == former}
            is_whole_after = together == {key for key in kept if after[key] == later}
            assert former == later or not (is_whole_before and is_whole_after)


def test_all_identifiers_of_the_year_resolve(played: Played) -> None:
    """To a customer that is there, or to nothing; and the registry is sound."""
    active = set(played.weeks[-1].values())
    seen = {each for week in played.weeks for each in week.values()}
    assert seen <= played.targets.keys()
    assert {target for target in played.targets.values() if target is not None} == active
    assert check_store(played.registry.store) == ()
