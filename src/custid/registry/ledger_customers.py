"""Whose the live records are, as the ledger says, kept current change by change.

Invariant: customers and sizes are those of the state of the store after the last change that was followed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from custid.registry.events import Change, EventKind
from custid.registry.identifiers import CustomerId
from custid.registry.record_keys import RecordKey
from custid.scoring.sizes import size_factors

__all__ = ["LedgerCustomers"]


class LedgerCustomers:
    """Customers of live records.

    Parameters
    ----------
    customers : Mapping of RecordKey to CustomerId
        The customer of each live record.
    unit_of : callable
        Returns the unit of a live record.
    """

    def __init__(self, customers: Mapping[RecordKey, CustomerId], unit_of: Callable[[RecordKey], int]) -> None:
        self._unit_of = unit_of
        self._customer_of = dict(customers)
        self._records: defaultdict[CustomerId, set[RecordKey]] = defaultdict(set)
        for record, customer in customers.items():
            self._records[customer].add(record)
        self._size = {customer: len(self._units_of(records)) for customer, records in self._records.items()}
        self._n_of_size = Counter(self._size.values())
        self._factors: NDArray[np.float64] | None = None

    def customer_of(self, record: RecordKey) -> CustomerId:
        """Return the customer of a live record."""
        return self._customer_of[record]

    def records_of(self, customer: CustomerId) -> Collection[RecordKey]:
        """Return the live records of a customer."""
        return self._records[customer]

    def size_of(self, customer: CustomerId) -> int:
        """Return of how many units a customer is."""
        return self._size[customer]

    def size_factor(self, size: int) -> float:
        """Return by how much the odds of belonging to a customer of some units are to be multiplied.

        Parameters
        ----------
        size : int
            Units, the one that asks included.

        Returns
        -------
        float
            In (0, 1]; :func:`~custid.scoring.sizes.size_factors` tells it from the sizes of all customers.
        """
        if self._factors is None:
            counts = np.zeros(2 + max(self._n_of_size, default=0), np.int64)
            for each, n_customers in self._n_of_size.items():
                counts[each] = n_customers
            self._factors = size_factors(counts)
        return float(self._factors[min(size, len(self._factors) - 1)])

    def follow(self, changes: Iterable[Change], regrouped: Iterable[RecordKey]) -> None:
        """Take over what has changed.

        Parameters
        ----------
        changes : iterable of Change
            Those after the last one that was followed, in order.
        regrouped : iterable of RecordKey
            Live records whose units may be others than before.
        """
        concerned: set[CustomerId] = set()
        for change in changes:
            for event in change.events:
                if event.record is None:
                    continue
                if event.kind is EventKind.ASSIGNED:
                    concerned |= self._moved(event.record, event.customer)
                elif event.kind is EventKind.WITHDRAWN:
                    concerned |= self._moved(event.record, None)
        concerned.update(self._customer_of[record] for record in regrouped if record in self._customer_of)
        for customer in concerned:
            self._measure(customer)
        self._factors = None

    def _moved(self, record: RecordKey, customer: CustomerId | None) -> set[CustomerId]:
        """Give a record to a customer; return the customers concerned."""
        former = self._customer_of.pop(record, None)
        if former is not None:
            self._records[former].discard(record)
        if customer is not None:
            self._customer_of[record] = customer
            self._records[customer].add(record)
        return {each for each in (former, customer) if each is not None}

    def _measure(self, customer: CustomerId) -> None:
        former = self._size.pop(customer, 0)
        if former:
            self._n_of_size[former] -= 1
            if not self._n_of_size[former]:
                del self._n_of_size[former]
        records = self._records[customer]
        if not records:
            del self._records[customer]
            return
        size = len(self._units_of(records))
        self._size[customer] = size
        self._n_of_size[size] += 1

    def _units_of(self, records: Iterable[RecordKey]) -> set[int]:
        return {self._unit_of(record) for record in records}
