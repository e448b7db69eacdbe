"""The ledger, folded: from events alone to what is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from attrs import evolve

from custid.registry.events import Event, EventKind
from custid.registry.identifiers import CustomerId
from custid.registry.naming import IdentifierState, Naming, RecordState, Renaming, Tally
from custid.registry.record_keys import RecordKey

__all__ = ["Replay"]

_OF_NO_CONSEQUENCE: Final = frozenset({EventKind.UPDATED, EventKind.RESTRICTED, EventKind.LIFTED, EventKind.ERASED})


class Replay:
    """The ledger, folded: what is there after all changes taken so far.

    Parameters
    ----------
    naming : Naming, optional
        What was there before, of the whole registry; nothing when not given.
    """

    def __init__(self, naming: Naming | None = None) -> None:
        naming = naming or Naming()
        self._records = dict(naming.records)
        self._identifiers = dict(naming.identifiers)
        self._arrivals = max((each.arrival for each in self._records.values()), default=0)
        self._key_of_arrival = {each.arrival: each.key for each in self._records.values()}
        self._changed: dict[RecordKey | CustomerId, None] = {}
        self._speaking: dict[CustomerId, set[RecordKey]] = defaultdict(set)
        self._following: dict[CustomerId, set[CustomerId]] = defaultdict(set)
        for record in self._records.values():
            self._speaking[record.native].add(record.key)
        for state in self._identifiers.values():
            if state.follows is not None:
                self._following[state.follows].add(state.id)

    @property
    def naming(self) -> Naming:
        """What is there now."""
        return Naming(dict(self._records), dict(self._identifiers))

    def take(self, change: int, events: Iterable[Event]) -> Renaming:
        """Apply the events of one change.

        Parameters
        ----------
        change : int
            Its number.
        events : iterable of Event
            Its events, in order.

        Returns
        -------
        Renaming
            What they changed.
        """
        events = tuple(events)
        keys = {self._key_of(event) for event in events}
        before = {key: self._records.get(key) for key in keys if key is not None}
        self._changed.clear()
        for event in events:
            if event.arrival is not None:
                key = self._key_of(event)
                if key is not None:
                    self._take_record(event, key)
            elif event.kind is EventKind.MINTED:
                state = IdentifierState(event.customer, len(self._identifiers) + 1, event.customer)
                self._put(state)
            elif event.kind is EventKind.ABSORBED and event.other is not None:
                self._absorb(event.customer, event.other)
            else:
                self._lead(event, change)
        arrivals = [event.arrival or 0 for event in events]
        self._arrivals = max([self._arrivals, *arrivals])
        touched = before.keys() | {each for each in self._changed if isinstance(each, RecordKey)}
        return Renaming(
            events=events,
            records=tuple(self._records[key] for key in sorted(touched) if key in self._records),
            withdrawn=tuple(old for key, old in before.items() if old is not None and key not in self._records),
            identifiers=tuple(
                self._identifiers[CustomerId(each)] for each in self._changed if not isinstance(each, RecordKey)
            ),
            tally=Tally(change=change, arrivals=self._arrivals, issued=len(self._identifiers)),
        )

    def _key_of(self, event: Event) -> RecordKey | None:
        """Return the record of an event; of one that was erased, the key under which it came here, if it did."""
        return event.record or self._key_of_arrival.get(event.arrival or 0)

    def _take_record(self, event: Event, key: RecordKey) -> None:
        if event.kind in _OF_NO_CONSEQUENCE:
            return
        old = self._records.pop(key, None)
        if old is not None:
            self._speaking[old.native].discard(key)
            self._key_of_arrival.pop(old.arrival, None)
        if event.kind is not EventKind.WITHDRAWN:
            native = event.native or event.customer
            self._records[key] = RecordState(key, event.arrival or 0, native, event.customer)
            self._speaking[native].add(key)
            self._key_of_arrival[event.arrival or 0] = key

    def _absorb(self, customer: CustomerId, other: CustomerId) -> None:
        for key in self._speaking.pop(customer, set()):
            self._records[key] = evolve(self._records[key], native=other)
            self._changed[key] = None
            self._speaking[other].add(key)
        followers = self._following.pop(customer, set()) | {customer}
        for each in followers:
            self._put(evolve(self._identifiers[each], follows=other))
        self._following[other] |= followers

    def _lead(self, event: Event, change: int) -> None:
        state = self._identifiers[event.customer]
        if event.kind is EventKind.GONE:
            if state.follows is not None:
                self._following[state.follows].discard(state.id)
            state = evolve(state, target=None, retired=None, follows=None)
        elif event.kind is EventKind.RESTORED:
            state = evolve(state, target=state.id, retired=None)
        elif event.kind is EventKind.MERGED:
            state = evolve(state, target=event.other, retired=change)
        else:
            state = evolve(state, target=event.other)
        self._put(state)

    def _put(self, state: IdentifierState) -> None:
        self._identifiers[state.id] = state
        self._changed[state.id] = None
