"""Which customer keeps which identifier: the naming rule, as functions of values.

Every record speaks for one identifier, its *native* one.

1. An identifier denotes the cluster that holds most of its native records; of equals, that of its earliest one.
2. A cluster is named by the eldest active identifier that denotes it; else by the one that became a redirect last
   (restored); else by a new one.
3. A record whose native identifier does not denote its cluster becomes native to the cluster's name.
4. An active identifier that names nothing any more becomes a redirect to the cluster it denotes.

Of a customer whose last record is withdrawn all identifiers are gone.  Where others are left, it keeps its name, and
the identifiers for which no record speaks any more follow that name for good.

Invariants: records native to one identifier are in one cluster, so each identifier leads to one customer in one step;
and the name of a cluster depends on its records and on the clusters they come from alone, so that these are all that
has to be looked at (`Naming.around`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from attrs import evolve, field, frozen

from custid.errors import PartitionError
from custid.registry.events import Event, EventKind
from custid.registry.identifiers import CustomerId
from custid.registry.record_keys import RecordKey

__all__ = ["IdentifierState", "Naming", "RecordState", "Renaming", "Tally", "rename"]


@frozen
class RecordState:
    """Where a record is.

    Attributes
    ----------
    key : RecordKey
        The record.
    arrival : int
        Its number; records that came earlier have smaller ones.
    native : CustomerId
        The identifier for which it speaks.
    customer : CustomerId
        The customer it belongs to.
    """

    key: RecordKey
    arrival: int
    native: CustomerId
    customer: CustomerId


@frozen
class IdentifierState:
    """What an identifier leads to.

    Attributes
    ----------
    id : CustomerId
        The identifier.
    age : int
        Place in the order of issue, from 1; the eldest has the smallest.
    target : CustomerId or None
        The active identifier it leads to: itself while active, None once gone.
    retired : int or None
        Number of the change in which it became a redirect last; None while active.
    follows : CustomerId or None
        For an absorbed identifier, the one it follows for good.
    """

    id: CustomerId
    age: int
    target: CustomerId | None
    retired: int | None = None
    follows: CustomerId | None = None

    @property
    def is_active(self) -> bool:
        """Whether it names a customer."""
        return self.target == self.id


@frozen(eq=True)
class Naming:
    """Records and identifiers, all of a registry or some whole customers of it.

    Attributes
    ----------
    records : Mapping of RecordKey to RecordState
        Live records.
    identifiers : Mapping of CustomerId to IdentifierState
        All identifiers that lead to their customers; of a whole registry also those that are gone.
    """

    records: Mapping[RecordKey, RecordState] = field(factory=dict, repr=False)
    identifiers: Mapping[CustomerId, IdentifierState] = field(factory=dict, repr=False)

    def clusters(self) -> dict[CustomerId, list[RecordKey]]:
        """Return the records of each customer."""
        found: dict[CustomerId, list[RecordKey]] = defaultdict(list)
        for key, record in self.records.items():
            found[record.customer].append(key)
        return dict(found)

    def around(self, keys: Iterable[RecordKey]) -> Naming:
        """Return the customers of some records: all that renaming these records has to look at."""
        touched = {self.records[key].customer for key in keys if key in self.records}
        return Naming(
            {key: record for key, record in self.records.items() if record.customer in touched},
            {each.id: each for each in self.identifiers.values() if each.target in touched},
        )

    def replaced_by(self, renaming: Renaming) -> Naming:
        """Return what is there after a renaming."""
        records = {**self.records, **{each.key: each for each in renaming.records}}
        for each in renaming.withdrawn:
            del records[each.key]
        return Naming(records, {**self.identifiers, **{each.id: each for each in renaming.identifiers}})


@frozen(kw_only=True)
class Tally:
    """How far a registry has counted.

    Attributes
    ----------
    change : int
        Number of the last change.
    arrivals : int
        Records that ever arrived.
    issued : int
        Identifiers ever issued.
    """

    change: int = 0
    arrivals: int = 0
    issued: int = 0


@frozen(kw_only=True)
class Renaming:
    """What a new partition changes.

    Attributes
    ----------
    events : tuple of Event
        What happened; none where nothing changed.
    records : tuple of RecordState
        Records that are new or changed.
    withdrawn : tuple of RecordState
        Records that left, as they were.
    identifiers : tuple of IdentifierState
        Identifiers that are new or changed.
    tally : Tally
        How far the registry has counted afterwards.
    """

    events: tuple[Event, ...]
    records: tuple[RecordState, ...] = field(repr=False)
    withdrawn: tuple[RecordState, ...] = field(repr=False)
    identifiers: tuple[IdentifierState, ...] = field(repr=False)
    tally: Tally


def rename(
    before: Naming, clusters: Iterable[Collection[RecordKey]], tally: Tally, mint: Callable[[RecordKey], CustomerId]
) -> Renaming:
    """Name the clusters of a new partition.

    Parameters
    ----------
    before : Naming
        The customers of all records concerned, whole.
    clusters : iterable of collections of RecordKey
        The new partition: every record of ``before`` stands in one cluster or is withdrawn; others are new.
    tally : Tally
        How far the registry has counted before.
    mint : callable
        Takes the earliest record of a new customer, returns an identifier never issued before.

    Returns
    -------
    Renaming
        What changes.  It depends on the partition alone, not on the order of clusters or of records in them.

    Raises
    ------
    PartitionError
        If a record stands in two clusters.

    Examples
    --------
    >>> from custid.registry.minting import SequentialMinter
    >>> mint = SequentialMinter()
    >>> one, other = RecordKey("crm", "1"), RecordKey("shop", "1")
    >>> renaming = rename(Naming(), [[one], [other]], Tally(), lambda founder: mint(founder, 0))
    >>> [each.kind.value for each in renaming.events]
    ['minted', 'minted', 'assigned', 'assigned']
    >>> apart = Naming().replaced_by(renaming)
    >>> merged = rename(apart, [[one, other]], renaming.tally, lambda founder: mint(founder, 0))
    >>> [each.kind.value for each in merged.events]
    ['merged', 'assigned']
    """
    return _Renaming(before, clusters, tally, mint).run()


class _Renaming:
    """The steps of one renaming, on copies."""

    def __init__(
        self,
        before: Naming,
        clusters: Iterable[Collection[RecordKey]],
        tally: Tally,
        mint: Callable[[RecordKey], CustomerId],
    ) -> None:
        self._mint = mint
        self._change = tally.change + 1
        self._tally = tally
        self._events: list[Event] = []
        self._clusters = [members for members in map(list, clusters) if members]
        self._before = self._touched(before)
        self._records = dict(self._before.records)
        self._identifiers = dict(self._before.identifiers)
        self._arrival: dict[RecordKey, int] = {}
        self._issued: list[IdentifierState] = []
        self._arrived: list[RecordState | None] = []

    def _touched(self, before: Naming) -> Naming:
        """Leave out the customers of which a cluster has all records, and no other: nothing happens to them."""
        self._set_places()
        if len(self._place) != sum(map(len, self._clusters)):
            raise PartitionError(
                "partition: expected every record once, got one that stands in two clusters, or twice in one.",
                hint="Give each record key in one cluster, once.",
            )
        states = before.records
        if not states:
            return before
        sizes = Counter(each.customer for each in states.values())
        untouched: set[CustomerId] = set()
        clusters = []
        for members in self._clusters:
            first = states.get(members[0])
            if (
                first is not None
                and len(members) == sizes[first.customer]
                and all(key in states and states[key].customer == first.customer for key in members)
            ):
                untouched.add(first.customer)
            else:
                clusters.append(members)
        if not untouched:
            return before
        self._clusters = clusters
        self._set_places()
        return Naming(
            {key: each for key, each in states.items() if each.customer not in untouched},
            {id_: each for id_, each in before.identifiers.items() if each.target not in untouched},
        )

    def _set_places(self) -> None:
        self._place = {key: place for place, members in enumerate(self._clusters) for key in members}

    def run(self) -> Renaming:
        self._withdraw()
        self._admit()
        heirs = self._heirs()
        names = self._name(heirs)
        self._redirect(heirs, names)
        self._assign(heirs, names)
        before = self._before
        return Renaming(
            events=tuple(self._events),
            records=(
                *(each for key, each in self._records.items() if each != before.records[key]),
                *(each for each in self._arrived if each is not None),
            ),
            withdrawn=tuple(each for key, each in before.records.items() if key not in self._place),
            identifiers=(
                *(each for id_, each in self._identifiers.items() if each != before.identifiers[id_]),
                *self._issued,
            ),
            tally=Tally(
                change=self._change if self._events else self._tally.change,
                arrivals=self._tally.arrivals + len(self._arrived),
                issued=self._tally.issued + len(self._issued),
            ),
        )

    def _withdraw(self) -> None:
        """Take out the records that are in no cluster, customer by customer."""
        leaving = sorted(
            (each for key, each in self._records.items() if key not in self._place), key=lambda each: each.arrival
        )
        if not leaving:
            return
        left_of: dict[CustomerId, list[RecordState]] = defaultdict(list)
        for each in self._records.values():
            if each.key in self._place:
                left_of[each.customer].append(each)
        led_to: dict[CustomerId, list[IdentifierState]] = defaultdict(list)
        for state in sorted(self._identifiers.values(), key=lambda each: each.age):
            if state.target is not None:
                led_to[state.target].append(state)
        for each in leaving:
            self._events.append(
                Event(kind=EventKind.WITHDRAWN, customer=each.customer, record=each.key, arrival=each.arrival)
            )
            del self._records[each.key]
        for customer in dict.fromkeys(each.customer for each in leaving):
            if customer in left_of:
                self._absorb(customer, left_of[customer], led_to[customer])
            else:
                for state in led_to[customer]:
                    self._events.append(Event(kind=EventKind.GONE, customer=state.id))
                    self._identifiers[state.id] = evolve(state, target=None, retired=None, follows=None)

    def _absorb(self, customer: CustomerId, left: list[RecordState], led_to: list[IdentifierState]) -> None:
        """Let the identifiers for which no record is left to speak follow the name of their customer."""
        spoken_for = {each.native for each in left}
        if customer not in spoken_for:
            # Somebody has to speak for the name: all that are left do, and for nothing else.
            for each in left:
                self._records[each.key] = evolve(each, native=customer)
            spoken_for = {customer}
        for state in led_to:
            if state.id == customer or state.id in spoken_for:
                continue
            if state.follows is None:
                self._events.append(Event(kind=EventKind.ABSORBED, customer=state.id, other=customer))
            if state.follows is None or state.follows not in spoken_for:
                self._identifiers[state.id] = evolve(state, follows=customer)

    def _admit(self) -> None:
        """Number the new records, in the order of their keys, and put the clusters in the order of earliest records."""
        new = sorted(key for key in self._place if key not in self._records)
        self._arrived = [None] * len(new)
        arrival = self._arrival = {key: number for number, key in enumerate(new, start=self._tally.arrivals + 1)}
        arrival.update((each.key, each.arrival) for each in self._records.values())
        for members in self._clusters:
            if len(members) > 1:
                members.sort(key=arrival.__getitem__)
        self._clusters.sort(key=lambda members: arrival[members[0]])
        if self._records:
            self._set_places()

    def _heirs(self) -> dict[CustomerId, int]:
        """Return the cluster that each identifier with native records denotes."""
        votes: dict[CustomerId, Counter[int]] = defaultdict(Counter)
        # Clusters stand in the order of their earliest records, but an identifier's earliest native may be in a later
        # one; a Counter keeps the order in which its keys came in.
        for each in sorted(self._records.values(), key=lambda each: each.arrival):
            votes[each.native][self._place[each.key]] += 1
        # Of equals max takes the first.
        return {native: max(counts, key=counts.__getitem__) for native, counts in votes.items()}

    def _name(self, heirs: Mapping[CustomerId, int]) -> list[CustomerId]:
        """Return the name of each cluster."""
        denoting: dict[int, list[IdentifierState]] = defaultdict(list)
        for native, place in heirs.items():
            denoting[place].append(self._identifiers[native])
        names = []
        for place, members in enumerate(self._clusters):
            candidates = denoting.get(place, ())
            active = [each for each in candidates if each.is_active]
            if active:
                name = min(active, key=lambda each: each.age).id
            elif candidates:
                name = max(candidates, key=lambda each: (each.retired or 0, -each.age)).id
            else:
                name = self._issue(members[0])
            names.append(name)
        return names

    def _issue(self, founder: RecordKey) -> CustomerId:
        name = self._mint(founder)
        self._issued.append(IdentifierState(name, self._tally.issued + len(self._issued) + 1, name))
        self._events.append(Event(kind=EventKind.MINTED, customer=name))
        return name

    def _redirect(self, heirs: Mapping[CustomerId, int], names: list[CustomerId]) -> None:
        """Let every identifier lead to the name of the cluster it denotes."""
        merged, redirected = [], []
        for state in sorted(self._identifiers.values(), key=lambda each: each.age):
            followed = state.follows or state.id
            if state.target is None or followed not in heirs:
                continue  # gone
            target = names[heirs[followed]]
            if target == state.target:
                continue
            if target == state.id:
                self._events.append(Event(kind=EventKind.RESTORED, customer=state.id))
                self._identifiers[state.id] = evolve(state, target=target, retired=None)
            elif state.is_active:
                merged.append(Event(kind=EventKind.MERGED, customer=state.id, other=target))
                self._identifiers[state.id] = evolve(state, target=target, retired=self._change)
            else:
                redirected.append(Event(kind=EventKind.REDIRECTED, customer=state.id, other=target))
                self._identifiers[state.id] = evolve(state, target=target)
        self._events += merged + redirected

    def _assign(self, heirs: Mapping[CustomerId, int], names: list[CustomerId]) -> None:
        """Let every record belong to the name of its cluster, and speak for an identifier that denotes it."""
        records, arrival, n_before = self._records, self._arrival, self._tally.arrivals
        for place, members in enumerate(self._clusters):
            name = names[place]
            for key in members:
                old = records.get(key)
                if old is None:
                    number = arrival[key]
                    state = RecordState(key, number, name, name)
                    self._arrived[number - n_before - 1] = state
                    kind, other = EventKind.ASSIGNED, None
                else:
                    native = old.native if heirs.get(old.native) == place else name
                    if native == old.native and name == old.customer:
                        continue
                    state = records[key] = RecordState(key, old.arrival, native, name)
                    moved = old.customer != name
                    kind = EventKind.ASSIGNED if moved else EventKind.NATURALIZED
                    other = old.customer if moved else None
                self._events.append(
                    Event(kind=kind, customer=name, other=other, record=key, arrival=state.arrival, native=state.native)
                )
