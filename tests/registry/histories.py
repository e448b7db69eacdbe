"""Histories of partitions, for tests of the naming rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from hypothesis import strategies as st

from custid.registry.events import Event
from custid.registry.identifiers import CustomerId
from custid.registry.minting import SequentialMinter
from custid.registry.naming import Naming, Renaming, Tally, rename
from custid.registry.record_keys import RecordKey

N_RECORDS = 9
Partition = list[frozenset[RecordKey]]


def key(number: int) -> RecordKey:
    return RecordKey("crm" if number % 2 else "shop", f"r{number}")


KEYS = [key(number) for number in range(N_RECORDS)]


def partition_of(labels: Sequence[int | None]) -> Partition:
    """Return the records by their labels; None is absent."""
    found: dict[int, set[RecordKey]] = defaultdict(set)
    for number, label in enumerate(labels):
        if label is not None:
            found[label].add(key(number))
    return [frozenset(members) for members in found.values()]


_all_present = st.lists(st.integers(0, 4), min_size=N_RECORDS, max_size=N_RECORDS)
_some_absent = st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=N_RECORDS, max_size=N_RECORDS)
full_partitions = _all_present.map(partition_of)
partitions = st.one_of(_all_present, _some_absent).map(partition_of)
histories = st.lists(partitions, min_size=1, max_size=7)


class Registrar:
    """A whole registry in memory: a naming and how far it has counted."""

    def __init__(self, history: Iterable[Partition] = ()) -> None:
        self.naming, self.tally = Naming(), Tally()
        self.events: list[tuple[Event, ...]] = []
        self._mint = SequentialMinter()
        for partition in history:
            self.apply(partition)

    def apply(self, partition: Iterable[Collection[RecordKey]]) -> Renaming:
        """Rename all."""
        renaming = rename(self.naming, partition, self.tally, lambda founder: self._mint(founder, 0))
        self.naming, self.tally = self.naming.replaced_by(renaming), renaming.tally
        if renaming.events:
            self.events.append(renaming.events)
        return renaming

    def name(self, record: RecordKey) -> CustomerId:
        """Return the customer of a record."""
        return self.naming.records[record].customer

    def resolve(self, identifier: CustomerId) -> CustomerId | None:
        """Return the active identifier that one leads to."""
        return self.naming.identifiers[identifier].target

    def partition(self) -> Partition:
        """Return the records of all customers."""
        return [frozenset(members) for members in self.naming.clusters().values()]

    def snapshot(self) -> tuple[object, ...]:
        """Return what a later change could depend on, but for numbers of changes."""
        return (
            {each: (state.customer, state.native) for each, state in self.naming.records.items()},
            {each: (state.target, state.age) for each, state in self.naming.identifiers.items()},
        )
