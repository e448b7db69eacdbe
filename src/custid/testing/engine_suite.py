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
from custid.intake.pinned import pinned_schema
from custid.intake.sources import read_source
from custid.resolver import dedupe
from custid.result import Result
from custid.scoring.match_model import TrainedMatchModel
from custid.testing._customers import synthetic_customers
from custid.testing._organizations import synthetic_organizations

__all__ = ["EngineOutcome", "EngineSuite", "local_outcome", "partition_of"]

_N_CUSTOMERS, _N_ORGANIZATIONS, _N_IN_BLOCK, _N_GENERIC = 900, 250, 300, 14


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
def _trained() -> TrainedMatchModel:
    return dedupe(_mixed_records(), schema=_schema(_mixed_records())).model


def _schema(records: pa.Table) -> Schema:
    return pinned_schema(read_source(records, Schema(record_key="record_id"), None))


@cache
def _mixed_records() -> pa.Table:
    """Return persons, joint holders, organizations with numbers, equal rows, and a number that too many people give."""
    persons = synthetic_customers(_N_CUSTOMERS, seed=8).records.to_pylist()
    organizations = synthetic_organizations(_N_ORGANIZATIONS, seed=8).records.to_pylist()
    for place, row in enumerate(persons[: 2 * _N_GENERIC]):
        if place % 2:
            row["phone"] = "01 99 00 55 66"
    persons[1]["given_name"] = "Jean et Marie"
    rows = [*persons, *organizations]
    rows += [{**row, "record_id": f"copy-{place}"} for place, row in enumerate(rows[:60])]
    rows += [{"record_id": f"bare-{place}", "given_name": "Anne"} for place in range(5)]
    return _table(rows)


@cache
def _records_of_one_place() -> pa.Table:
    """Return people of whom each shares name, street and city with hundreds, and little more with anybody."""
    given = ("Ann", "Bob", "Cid", "Dan", "Eve", "Fay", "Gus")
    return _table(
        [
            {
                "record_id": str(number),
                "given_name": given[number % 7],
                "family_name": "Martin",
                "city": "Leeds",
                "street": "High Street",
                "birth_date": f"{1940 + number % 53}-0{1 + number % 9}-1{number % 10}",
            }
            for number in range(_N_IN_BLOCK)
        ]
    )


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    names = sorted({name for row in rows for name in row})
    return pa.table({name: pa.array([row.get(name) or None for row in rows], pa.string()) for name in names})


class EngineSuite(ABC):
    """The contract of an engine: with one match model it finds what a run on one machine finds, to the bit."""

    @abstractmethod
    def resolve(self, records: pa.Table, *, model: TrainedMatchModel, schema: Schema) -> EngineOutcome:
        """Return what the engine finds.

        Parameters
        ----------
        records : pyarrow.Table
            Rows, all columns of text.
        model : TrainedMatchModel
            A trained match model.
        schema : Schema
            What each column means.

        Returns
        -------
        EngineOutcome
            Customers and pairs.
        """

    def _check(self, records: pa.Table) -> None:
        model, schema = _trained(), _schema(records)
        expected = local_outcome(dedupe(records, model=model, schema=schema))
        found = self.resolve(records, model=model, schema=schema)
        assert found.pairs == expected.pairs
        assert found.customers == expected.customers

    def test_persons_and_organizations_are_found_as_on_one_machine(self) -> None:
        """Pairs, weights to the bit and customers are those of one machine, whatever kinds of rows there are."""
        self._check(_mixed_records())

    def test_order_of_rows_says_nothing(self) -> None:
        """Rows in another order give what one machine finds in theirs."""
        records = _mixed_records()
        order = np.random.default_rng(8).permutation(records.num_rows)[: records.num_rows // 2]
        self._check(records.take(pa.array(order)))

    def test_values_that_hundreds_share_are_passed_over(self) -> None:
        """A block far above the cap proposes no pair, and those inside it are found by what else they share."""
        self._check(_records_of_one_place())

    def test_strangers_stay_apart(self) -> None:
        """Records without a pair are customers of their own."""
        rows = [
            {"record_id": "1", "given_name": "Ann", "family_name": "Lee", "email": "ann@site.example"},
            {"record_id": "2", "given_name": "Bob", "family_name": "Ray", "email": "bob@site.example"},
        ]
        self._check(_table(rows))
