"""A synthetic year, played on a registry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from custid.registry import CustomerId, Registry
from custid.testing._year import SyntheticYear

__all__ = ["play_year", "targets_of"]


def play_year(registry: Registry, year: SyntheticYear) -> Iterator[dict[str, CustomerId]]:
    """Let a registry take in a year, week by week.

    Parameters
    ----------
    registry : Registry
        With a match model, and without records.
    year : SyntheticYear
        The records at the start, and what changes.

    Yields
    ------
    dict of str to CustomerId
        The identifier of each record, by its key: after the start, and after each week.

    Examples
    --------
    >>> import custid
    >>> from custid.testing import synthetic_customers, synthetic_year
    >>> registry = custid.open_registry("memory")
    >>> model = registry.train(synthetic_customers(300, seed=2).records)
    >>> weeks = list(play_year(registry, synthetic_year(100, n_weeks=3, seed=1)))
    >>> len(weeks), len(weeks[-1])
    (4, 115)
    """
    _ingest(registry, year.start)
    yield _crosswalk(registry)
    for week in year.weeks:
        leaving = list(zip(week.erased["shop"].to_pylist(), week.erased["record_id"].to_pylist(), strict=True))
        if leaving:
            registry.withdraw(leaving, reason="erased")
        _ingest(registry, week.records)
        yield _crosswalk(registry)


def targets_of(registry: Registry) -> dict[str, str | None]:
    """Return where every identifier that was ever issued leads.

    Parameters
    ----------
    registry : Registry
        Any.

    Returns
    -------
    dict of str to str or None
        An active identifier (itself, if it is one), or None where it is gone; as `custid.evaluation.evaluate_stability`
        takes it.

    Examples
    --------
    >>> from custid.registry import MemoryStore, Registry, SequentialMinter
    >>> registry = Registry(MemoryStore(), minter=SequentialMinter())
    >>> changes = registry.apply([[("crm", "1")], [("crm", "2")]]), registry.apply([[("crm", "1"), ("crm", "2")]])
    >>> targets_of(registry)
    {'0000-0000-0000-0012': '0000-0000-0000-0012', '0000-0000-0000-0024': '0000-0000-0000-0012'}
    """
    with registry.store.reading() as transaction:
        return {str(each): state.target for each, state in transaction.naming().identifiers.items()}


def _ingest(registry: Registry, records: pa.Table) -> None:
    by_shop: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in records.to_pylist():
        by_shop[row["shop"]].append(row)
    for shop, rows in sorted(by_shop.items()):
        registry.ingest(rows, source=shop)


def _crosswalk(registry: Registry) -> dict[str, CustomerId]:
    with registry.store.reading() as transaction:
        return {key.key: state.customer for key, state in transaction.naming().records.items()}
