"""What every engine has to do, as tests that an engine of your own can inherit.

::

    from custid.testing import EngineSuite


    class TestMyEngine(EngineSuite):
        def resolve(self, records, *, model, schema):
            ...
            return EngineOutcome(customers=..., pairs=...)

The tests are those of pytest.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import field, frozen

from custid.intake import Schema
from custid.resolver import dedupe
from custid.result import Result
from custid.scoring.match_model import TrainedMatchModel
from custid.testing._customers import synthetic_customers

__all__ = ["EngineOutcome", "EngineSuite", "local_outcome", "partition_of"]

_SCHEMA = Schema(record_key="record_key", source="source", day_first=True)
_N_RECORDS = 1_500


@frozen(kw_only=True, eq=False)
class EngineOutcome:
    """What an engine found.

    Attributes
    ----------
    customers : frozenset of frozenset of (str, str)
        The records of each customer, by source and record key.
    pairs : mapping of (int, int) to float
        Weight of each pair compared, by the content hashes of the two as unsigned numbers, the smaller one first.
    """

    customers: frozenset[frozenset[tuple[str, str]]] = field(repr=False)
    pairs: Mapping[tuple[int, int], float] = field(repr=False)


def partition_of(names: Iterable[tuple[str, str]], customers: Iterable[int]) -> frozenset[frozenset[tuple[str, str]]]:
    """Return the records of each customer.

    Parameters
    ----------
    names : iterable of (str, str)
        Source and key of each record.
    customers : iterable of int
        Customer of each record.

    Returns
    -------
    frozenset of frozenset of (str, str)
        Whatever numbers the customers have.

    Examples
    --------
    >>> partition_of([("a", "1"), ("a", "2")], [7, 7]) == frozenset({frozenset({("a", "1"), ("a", "2")})})
    True
    """
    found: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    for name, customer in zip(names, customers, strict=True):
        found[customer].add(name)
    return frozenset(frozenset(each) for each in found.values())


def local_outcome(result: Result) -> EngineOutcome:
    """Return what a result of one machine says, as the outcomes of engines are compared.

    Parameters
    ----------
    result : Result
        From `custid.dedupe`.

    Returns
    -------
    EngineOutcome
        Its customers and pairs.
    """
    linked = result.linked
    hashes = linked.table.content_hash
    ends = np.column_stack([hashes[linked.candidates.left_idx], hashes[linked.candidates.right_idx]])
    ends.sort(axis=1)
    table = result.assignments
    return EngineOutcome(
        customers=partition_of(
            zip(table["source"].to_pylist(), table["record_key"].to_pylist(), strict=True),
            table["customer"].to_pylist(),
        ),
        pairs=dict(zip(map(tuple, ends.tolist()), linked.weight_bits.tolist(), strict=True)),
    )


@cache
def _trained() -> tuple[pa.Table, TrainedMatchModel]:
    records = synthetic_customers(_N_RECORDS, seed=8).records
    return records, dedupe(records, schema=_SCHEMA).model
