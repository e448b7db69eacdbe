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
        self._before = before
        self._records = dict(before.records)
        self._identifiers = dict(before.identifiers)
        self._mint = mint
        self._change = tally.change + 1
        self._arrivals, self._issued = tally.arrivals, tally.issued
        self._events: list[Event] = []
        self._clusters = [members for members in map(list, clusters) if members]
        self._place: dict[RecordKey, int] = {}
        for place, members in enumerate(self._clusters):
            self._place.update(dict.fromkeys(members, place))
        if len(self._place) != sum(map(len, self._clusters)):
            raise PartitionError(
                "partition: expected every record once, got one that stands in two clusters, or twice in one.",
                hint="Give each record key in one cluster, once.",
            )

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
            records=tuple(each for key, each in self._records.items() if before.records.get(key) != each),
            withdrawn=tuple(each for key, each in before.records.items() if key not in self._place),
            identifiers=tuple(each for id_, each in self._identifiers.items() if before.identifiers.get(id_) != each),
            tally=Tally(
                change=self._change if self._events else self._change - 1,
                arrivals=self._arrivals,
                issued=self._issued,
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
        """Number the new records, in the order of their keys."""
        for key in sorted(key for key in self._place if key not in self._records):
            self._arrivals += 1
            # Native to nothing yet; _assign puts that right.
            self._records[key] = RecordState(key, self._arrivals, CustomerId(""), CustomerId(""))
        earliest = [min(self._records[key].arrival for key in members) for members in self._clusters]
        order = sorted(range(len(self._clusters)), key=earliest.__getitem__)
        self._clusters = [self._clusters[place] for place in order]
        for members in self._clusters:
            members.sort(key=lambda key: self._records[key].arrival)
        self._place = {key: place for place, members in enumerate(self._clusters) for key in members}

    def _heirs(self) -> dict[CustomerId, int]:
        """Return the cluster that each identifier with native records denotes."""
        votes: dict[CustomerId, Counter[int]] = defaultdict(Counter)
        # Clusters stand in the order of their earliest records, but an identifier's earliest native may be in a later
        # one; a Counter keeps the order in which its keys came in.
        for each in sorted(self._records.values(), key=lambda each: each.arrival):
            if each.native:
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
            candidates = denoting[place]
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
        self._issued += 1
        name = self._mint(founder)
        self._identifiers[name] = IdentifierState(name, self._issued, name)
        self._events.append(Event(kind=EventKind.MINTED, customer=name))
        return name

    def _redirect(self, heirs: Mapping[CustomerId, int], names: list[CustomerId]) -> None:
        """Let every identifier lead to the name of the cluster it denotes."""
        merged, redirected = [], []
        for state in sorted(self._identifiers.values(), key=lambda each: each.age):
            followed = state.follows or state.id
            if state.target is None or followed not in heirs:
                continue  # gone, or just issued
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
        for place, members in enumerate(self._clusters):
            name = names[place]
            for key in members:
                old = self._records[key]
                native = old.native if heirs.get(old.native) == place else name
                if (native, name) == (old.native, old.customer):
                    continue
                moved = old.customer != name
                self._events.append(
                    Event(
                        kind=EventKind.ASSIGNED if moved else EventKind.NATURALIZED,
                        customer=name,
                        other=(old.customer or None) if moved else None,
                        record=key,
                        arrival=old.arrival,
                        native=native,
                    )
                )
                self._records[key] = RecordState(key, old.arrival, native, name)
