"""Whose the live records are, as the ledger says, kept current change by change.

Invariant: customers and sizes are those of the state of the store after the last change that was followed.  Records are
known by the numbers that they have in the matcher; those that are left out of it have none, and nobody asks for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from custid.registry.events import Change
from custid.registry.identifiers import CustomerId
from custid.registry.live_units import LiveUnits
from custid.registry.numbered_texts import NumberedTexts
from custid.registry.record_keys import RecordKey
from custid.registry.store import ReadTransaction
from custid.scoring.sizes import size_factors

__all__ = ["LedgerCustomers"]

_NONE = -1


class LedgerCustomers:
    """Customers of live records, each at a place of its own.

    Parameters
    ----------
    ids : NumberedTexts
        The identifier of the customer at each place.
    place_of : ndarray of int32, shape (n_records,)
        The place of each record's customer, by the number of the record, -1 for none.
    sizes : ndarray of int32, shape (n_customers,)
        Of how many units each customer is.
    units : LiveUnits
        The live records by their units.

    Notes
    -----
    The arrays stay as they are, so that they may be mapped from a file.  What has changed is held beside them.
    """

    def __init__(
        self,
        ids: NumberedTexts,
        place_of: NDArray[np.int32],
        sizes: NDArray[np.int32],
        units: LiveUnits,
    ) -> None:
        self._ids, self._units, self._edition = ids, units, units.edition
        self._place_of, self._sizes = place_of, sizes
        counts = np.bincount(place_of[place_of >= 0], minlength=len(sizes))
        self._starts = np.append(0, np.cumsum(counts)).astype(np.int32)
        # The records without a customer stand first.
        order = np.argsort(place_of, kind="stable")
        self._members = order[len(order) - int(self._starts[-1]) :].astype(np.int32)
        self._place_since: dict[int, int] = {}
        self._members_since: dict[int, list[int]] = {}
        self._size_since: dict[int, int] = {}
        self._n_places = len(sizes)
        self._n_of_size = np.bincount(sizes, minlength=1).tolist()
        self._factors: NDArray[np.float64] | None = None

    @classmethod
    def of(cls, crosswalk: Iterable[tuple[str, str, CustomerId]], units: LiveUnits) -> Self:
        """Return the customers of all live records.

        Parameters
        ----------
        crosswalk : iterable of (str, str, CustomerId)
            Source, key and customer of each live record.
        units : LiveUnits
            The live records by their units.

        Returns
        -------
        LedgerCustomers
            Those of records that are left out have no records here.
        """
        places: dict[CustomerId, int] = {}
        keys, found = [], []
        for source, key, customer in crosswalk:
            keys.append(RecordKey(source, key))
            found.append(places.setdefault(customer, len(places)))
        numbers = units.numbers_of(keys)
        held = np.flatnonzero(numbers >= 0)
        numbers, customers = numbers[held], np.array(found, np.int32)[held]
        place_of = np.full(units.n_record_numbers, _NONE, np.int32)
        place_of[numbers] = customers
        n_units = max(units.n_numbers, 1)
        distinct = np.unique(customers * np.int64(n_units) + units.units_of_numbers(numbers))
        sizes = np.bincount(distinct // n_units, minlength=len(places)).astype(np.int32)
        return cls(NumberedTexts(list(places)), place_of, sizes, units)

    def are_of(self, units: LiveUnits) -> bool:
        """Tell whether the records of these units have the numbers by which they are known here."""
        return self._units is units and self._edition == units.edition

    def place_of(self, number: int) -> int:
        """Return the place of the customer of a live record, given its number."""
        found = self._place_since.get(number)
        return int(self._place_of[number]) if found is None else found

    def id_of(self, place: int) -> CustomerId:
        """Return the identifier of a customer."""
        found = self._ids.text_of(place)
        assert found is not None  # noqa: S101  # customers with live records have one
        return CustomerId(found)

    def members_of(self, place: int) -> list[int]:
        """Return the numbers of the live records of a customer."""
        found = self._members_since.get(place)
        if found is None:
            first, last = self._starts[place : place + 2].tolist()
            found = self._members[first:last].tolist()
        return found

    def size_of(self, place: int) -> int:
        """Return of how many units a customer is."""
        found = self._size_since.get(place)
        if found is None:
            return int(self._sizes[place]) if place < len(self._sizes) else 0
        return found

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
            # Customers of no unit are of records that are left out.
            counts = np.array([0, *self._n_of_size[1:]], np.int64)
            n_sizes = int(np.flatnonzero(counts).max(initial=0)) + 2
            self._factors = size_factors(np.append(counts, 0)[:n_sizes])
        return float(self._factors[min(size, len(self._factors) - 1)])

    def follow(
        self,
        changes: Iterable[Change],
        regrouped: Collection[RecordKey],
        transaction: ReadTransaction,
    ) -> None:
        """Take over what has changed.

        Parameters
        ----------
        changes : iterable of Change
            Those after the last one that was followed; no unit has been numbered anew since.
        regrouped : collection of RecordKey
            Live records whose units may be others than before.
        transaction : ReadTransaction
            The store after the last of the changes.
        """
        concerned = {
            customer
            for change in changes
            for event in change.events
            if event.record is not None
            for customer in (event.customer, event.other)
            if customer is not None
        }
        concerned.update(state.customer for state in transaction.records(regrouped).values())
        if concerned:
            self._take(concerned, transaction)

    def _take(self, concerned: Collection[CustomerId], transaction: ReadTransaction) -> None:
        """Take over whole customers, as the store has them."""
        states = list(transaction.naming(concerned).records.values())
        numbers = self._units.numbers_of([state.key for state in states])
        members: dict[CustomerId, list[int]] = {customer: [] for customer in concerned}
        for state, number in zip(states, numbers.tolist(), strict=True):
            if number >= 0:
                members[state.customer].append(number)
        for customer, of_customer in members.items():
            place = self._place_for(customer) if of_customer else self._ids.number_of(customer)
            if place is not None:
                self._put(place, of_customer)
        self._factors = None

    def _place_for(self, customer: CustomerId) -> int:
        place = self._ids.number_of(customer)
        if place is None:
            place = self._n_places
            self._n_places += 1
            self._ids.put(place, customer)
        return place

    def _put(self, place: int, numbers: list[int]) -> None:
        for number in numbers:
            self._place_since[number] = place
        size = len(set(map(self._units.unit_of_number, numbers)))
        self._n_of_size[self.size_of(place)] -= 1
        self._n_of_size += [0] * (size + 1 - len(self._n_of_size))
        self._n_of_size[size] += 1
        self._members_since[place], self._size_since[place] = numbers, size

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that is held, as arrays."""
        place_of = np.full(self._units.n_record_numbers, _NONE, np.int32)
        place_of[: len(self._place_of)] = self._place_of
        sizes = np.zeros(self._n_places, np.int32)
        sizes[: len(self._sizes)] = self._sizes
        for changed, told in ((place_of, self._place_since), (sizes, self._size_since)):
            changed[np.fromiter(told, np.int64, len(told))] = np.fromiter(told.values(), np.int64, len(told))
        # Numbers of records that are no more still lead to whose they were.
        is_live = np.zeros(len(place_of), np.bool_)
        is_live[self._units.live_numbers()] = True
        place_of[~is_live] = _NONE
        return {"place_of": place_of, "sizes": sizes} | {
            f"ids.{name}": each for name, each in self._ids.arrays().items()
        }

    @classmethod
    def of_arrays(cls, held: Mapping[str, NDArray[Any]], units: LiveUnits) -> Self:
        """Return customers as :meth:`arrays` had them."""
        ids = {name.removeprefix("ids."): each for name, each in held.items() if name.startswith("ids.")}
        return cls(NumberedTexts.of_arrays(ids), held["place_of"], held["sizes"], units)
