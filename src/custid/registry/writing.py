"""Writing one change: what every way of changing a registry ends in.

Whoever decides which records belong together (a person, a partition from elsewhere, the matcher) does so inside a
writing transaction and hands the clusters of the customers concerned to `write_change`, which names them, checks them
against what persons have decided, and writes history, crosswalk, redirects, contents and verdicts together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from attrs import evolve, field, frozen

from custid.errors import PartitionError, StoreError, VerdictError
from custid.registry.contents import Content
from custid.registry.events import Cause, Change, Event, EventKind, RecordedVerdict, VerdictKind, digest_of
from custid.registry.identifiers import CustomerId
from custid.registry.minting import Minter, RandomMinter
from custid.registry.naming import Naming, Renaming, Tally, rename
from custid.registry.record_keys import RecordKey
from custid.registry.store import Head, ReadTransaction, WriteTransaction

__all__ = ["Clock", "NewVerdict", "broken_verdicts", "write_change"]

Clock = Callable[[], datetime]
"""Returns the time, with a time zone."""

_MOST_ATTEMPTS = 100
_DRAWN_AT_ONCE = 10_000


@frozen(kw_only=True)
class NewVerdict:
    """A verdict that is about to be recorded.

    Attributes
    ----------
    kind : VerdictKind
        What was decided.
    left, right : sequence of RecordKey
        The two sides.
    """

    kind: VerdictKind
    left: Sequence[RecordKey] = field(repr=False)
    right: Sequence[RecordKey] = field(repr=False)


def write_change(
    transaction: WriteTransaction,
    clusters: Iterable[Collection[RecordKey]],
    *,
    cause: Cause,
    mint: Minter,
    clock: Clock,
    withdrawn: Collection[RecordKey] = (),
    contents: Mapping[RecordKey, Content] | None = None,
    verdicts: Collection[NewVerdict] = (),
    revoked: Collection[int] = (),
    notes: Collection[Event] = (),
) -> Change | None:
    """Write one change.

    Parameters
    ----------
    transaction : WriteTransaction
        The transaction in which the clusters were worked out.
    clusters : iterable of collections of RecordKey
        All records of the customers concerned that stay, and those that are new, each in one cluster.
    cause : Cause
        Why.
    mint : Minter
        Makes identifiers for new customers.
    clock : callable
        Tells the time; a time before that of the last change is taken for the latter.
    withdrawn : collection of RecordKey
        Records that leave; those that are not there are passed over.
    contents : Mapping of RecordKey to Content, optional
        What records say; of records that are there already, an event tells where it is new.
    verdicts : collection of NewVerdict
        What was decided.
    revoked : collection of int
        Numbers of verdicts that no longer stand.
    notes : collection of Event
        Events to be told beside those of the new names.

    Returns
    -------
    Change or None
        The change; None where nothing is new, and nothing was written.

    Raises
    ------
    PartitionError
        If a record stands in two clusters, is withdrawn and in one, or a customer is given in part only.
    VerdictError
        If the clusters contradict a verdict that stands.
    """
    head = transaction.head()
    parts = [list(members) for members in clusters if members]
    before = _concerned(transaction, head, parts, withdrawn)
    renaming = _named(transaction, before, parts, head.tally, mint)
    renaming, written = _with_updates(transaction, renaming, contents or {})
    if notes:
        renaming = evolve(renaming, events=(*renaming.events, *notes))
    number = head.tally.change + 1
    recorded = _recorded(head, number, verdicts)
    if not (renaming.events or recorded or revoked):
        return None
    leaving = {each.key for each in renaming.withdrawn}
    _check_verdicts(transaction, head, parts, leaving, recorded, frozenset(revoked))
    change = _change(head, number, cause, clock, renaming, recorded, tuple(sorted(set(revoked))))
    if renaming.tally.change != number:
        renaming = evolve(renaming, tally=evolve(renaming.tally, change=number))
    transaction.append(change, renaming, written)
    return change


def _recorded(head: Head, number: int, verdicts: Collection[NewVerdict]) -> tuple[RecordedVerdict, ...]:
    return tuple(
        RecordedVerdict(
            number=head.n_verdicts + place,
            kind=each.kind,
            left=tuple(sorted(set(each.left))),
            right=tuple(sorted(set(each.right))),
            change=number,
        )
        for place, each in enumerate(verdicts, start=1)
    )


def _change(
    head: Head,
    number: int,
    cause: Cause,
    clock: Clock,
    renaming: Renaming,
    verdicts: tuple[RecordedVerdict, ...],
    revoked: tuple[int, ...],
) -> Change:
    now = clock().astimezone(UTC)
    at = now if head.at is None else max(now, head.at)
    change = Change(
        number=number, at=at, cause=cause, events=renaming.events, digest="", verdicts=verdicts, revoked=revoked
    )
    return evolve(change, digest=digest_of(head.digest, change))


def _concerned(
    transaction: WriteTransaction, head: Head, parts: list[list[RecordKey]], withdrawn: Collection[RecordKey]
) -> Naming:
    """Return the customers of all records named; whole, or it is an error."""
    named = {key for members in parts for key in members}
    leaving = set(withdrawn)
    both = named & leaving
    if both:
        raise PartitionError(
            f"partition: record {_shown(both)}: expected in a cluster or withdrawn, got both.",
            hint="Leave it out of the one or the other.",
        )
    if not head.tally.arrivals:
        return Naming()
    customers = {state.customer for state in transaction.records(named | leaving).values()}
    before = transaction.naming(customers)
    missing = before.records.keys() - named - leaving
    if missing:
        raise PartitionError(
            f"partition: record {_shown(missing)}: expected in a cluster or withdrawn, as others of its customer are, "
            f"got neither ({len(missing)} such records).",
            hint="Give all records of the customers concerned.",
        )
    return before


def _shown(keys: Collection[RecordKey]) -> str:
    source, key = min(keys)
    return f"({source!r}, {key!r})"


def _named(
    transaction: WriteTransaction, before: Naming, parts: list[list[RecordKey]], tally: Tally, mint: Minter
) -> Renaming:
    """Name the clusters; draw again where an identifier has been issued before."""
    attempts: Counter[RecordKey] = Counter()
    kept: dict[RecordKey, CustomerId] = {}
    drawn: list[CustomerId] = []

    def draw(founder: RecordKey) -> CustomerId:
        if founder not in kept:
            if not isinstance(mint, RandomMinter):
                kept[founder] = mint(founder, attempts[founder])
            else:
                if not drawn:
                    # Many at once take a fraction of the time, and none too many is drawn but for the last ones.
                    drawn.extend(mint.draw(min(len(kept) + 1, _DRAWN_AT_ONCE)))
                kept[founder] = drawn.pop()
        return kept[founder]

    for _ in range(_MOST_ATTEMPTS):
        renaming = rename(before, parts, tally, draw)
        known = transaction.identifiers(kept.values()) if tally.issued else {}
        seen: set[CustomerId] = set(known)
        taken = []
        for founder, identifier in kept.items():
            if identifier in seen:
                taken.append(founder)
            seen.add(identifier)
        if not taken:
            return renaming
        for founder in taken:
            attempts[founder] += 1
            del kept[founder]
    raise StoreError(
        f"minter: expected an identifier never issued before, got one that was, {_MOST_ATTEMPTS} times.",
        hint="A minter has to give another identifier at another attempt.",
    )


def _with_updates(
    transaction: WriteTransaction, renaming: Renaming, contents: Mapping[RecordKey, Content]
) -> tuple[Renaming, Mapping[RecordKey, Content]]:
    """Add an event for each record that was there before and says something else; return also what is new."""
    arrived = {event.record for event in renaming.events if event.kind is EventKind.ASSIGNED and event.other is None}
    if len(arrived) >= len(contents) and contents.keys() <= arrived:
        return renaming, contents
    known = transaction.contents([key for key in contents if key not in arrived])
    changed = sorted(key for key in contents if key not in arrived and known.get(key) != contents[key])
    written = {key: content for key, content in contents.items() if key in arrived}
    if not changed:
        return renaming, written
    states = transaction.records(changed) | {each.key: each for each in renaming.records}
    absent = [key for key in changed if key not in states]
    if absent:
        raise PartitionError(
            f"contents: record {_shown(absent)}: expected one that is in the registry or in a cluster, got another."
        )
    written.update((key, contents[key]) for key in changed)
    events = (
        Event(kind=EventKind.UPDATED, customer=states[key].customer, record=key, arrival=states[key].arrival)
        for key in changed
    )
    return evolve(renaming, events=(*renaming.events, *events)), written


def _check_verdicts(
    transaction: ReadTransaction,
    head: Head,
    parts: list[list[RecordKey]],
    leaving: set[RecordKey],
    recorded: tuple[RecordedVerdict, ...],
    revoked: frozenset[int],
) -> None:
    if not (head.n_verdicts or recorded):
        return
    place: dict[RecordKey, object] = {key: number for number, members in enumerate(parts) for key in members}
    concerned = [each for each in transaction.verdicts(place.keys()) if each.number not in revoked]
    elsewhere = {key for each in (*concerned, *recorded) for key in each.records} - place.keys() - leaving
    place.update((key, state.customer) for key, state in transaction.records(elsewhere).items())
    broken = broken_verdicts((*concerned, *recorded), place)
    if broken:
        first = broken[0]
        demand = "one customer" if first.kind is VerdictKind.SAME else "different customers"
        raise VerdictError(
            f"verdict {first.number} of change {first.change}: expected its records in {demand}, got otherwise "
            f"({len(broken)} verdicts contradicted).",
            hint="What a person has decided stands until it is undone: undo that change first.",
        )
    if recorded:
        _check_agreement(transaction, recorded, revoked)


def _check_agreement(
    transaction: ReadTransaction, recorded: tuple[RecordedVerdict, ...], revoked: frozenset[int]
) -> None:
    """Refuse verdicts that no customers could satisfy with those that stand, once all their records are there.

    Records that are withdrawn come again, and find what was decided of them.  Whoever is one customer by way of them
    must not be said to be two meanwhile: nobody could take such a record in any more.
    """
    standing = {each.number: each for each in recorded}
    asked: set[RecordKey] = set()
    new = {key for each in recorded for key in each.records}
    while new:
        asked |= new
        found = [each for each in transaction.verdicts(new) if each.number not in revoked]
        standing.update((each.number, each) for each in found)
        new = {key for each in found if each.kind is VerdictKind.SAME for key in each.records} - asked
    one: dict[RecordKey, set[RecordKey]] = {}
    for each in standing.values():
        if each.kind is VerdictKind.SAME:
            joined = set(each.records).union(*(one.get(key, ()) for key in each.records))
            one.update((key, joined) for key in joined)
    broken = broken_verdicts(
        [each for _, each in sorted(standing.items()) if each.kind is VerdictKind.DIFFERENT],
        {key: min(joined) for key, joined in one.items()},
    )
    if broken:
        raise VerdictError(
            f"verdict {broken[0].number} of change {broken[0].change}: expected its records in different customers, "
            f"got verdicts by which they are one once all records are there ({len(broken)} verdicts contradicted).",
            hint="What a person has decided, of withdrawn records too, stands until it is undone: undo it first.",
        )


def broken_verdicts(verdicts: Iterable[RecordedVerdict], place: Mapping[RecordKey, object]) -> list[RecordedVerdict]:
    """Return the verdicts that an assignment of records contradicts.

    Parameters
    ----------
    verdicts : iterable of RecordedVerdict
        Verdicts that stand.
    place : Mapping of RecordKey to object
        What tells the customer of each record; records that are not there contradict nothing.

    Returns
    -------
    list of RecordedVerdict
        Those contradicted, in the order given.
    """
    broken = []
    for each in verdicts:
        left = {place[key] for key in each.left if key in place}
        right = {place[key] for key in each.right if key in place}
        if each.kind is VerdictKind.DIFFERENT:
            if left & right:
                broken.append(each)
        elif len(left | right) > 1:
            broken.append(each)
    return broken
