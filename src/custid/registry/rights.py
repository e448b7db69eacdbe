"""What a registry does for the rights of the people it knows: erasure, and what goes with it."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from custid.errors import ConfigurationError, InputError
from custid.registry._kept_settings import feed_of, kept_contents, uses_model
from custid.registry._plans import Plan, active_of, cause_of, customer_of, customers_of, resolution_of
from custid.registry.contents import Content
from custid.registry.erasure import Erasure, ErasureTask, Leftover, left_to_do, named_records, note_left_to_do
from custid.registry.events import Cause, Change, Event, EventKind, HistoryEntry
from custid.registry.identifiers import CustomerId
from custid.registry.naming import RecordState
from custid.registry.recognizing import RecognizingRegistry
from custid.registry.record_keys import RecordKey, checked_record_key
from custid.registry.resolution import Customer
from custid.registry.restriction import Restriction, frozen_customers, put_restrictions, restrictions_of
from custid.registry.retention import Overdue, Retention, deadline, has_said_no, kind_by_holdings, last_heard
from custid.registry.store import ReadTransaction, WriteTransaction
from custid.registry.subject_export import ExportedRecord, SubjectExport, cut, links_of, steps_of
from custid.registry.writing import Clock

if TYPE_CHECKING:
    from custid.privacy import SuppressionList
    from custid.registry.key_ring import KeyRing

__all__ = ["RightsRegistry"]

_SEVERAL: Final = 2
"""`custid.intake.row_facts.Naming.SEVERAL`, which would load numpy."""


class RightsRegistry(RecognizingRegistry, ABC):
    """What a registry does for the rights of people; see `Registry`."""

    _clock: Clock

    def erase(
        self,
        customers: str | Iterable[str] = (),
        *,
        records: Iterable[tuple[str, str]] = (),
        reason: str,
        suppress: SuppressionList | None = None,
        keys: KeyRing | None = None,
        actor: str = "",
        request: str = "",
        dry_run: bool = False,
    ) -> Erasure:
        """Erase customers, or single records, for good (article 17 GDPR).

        Contents and keys of the records are deleted, those of records included that were withdrawn before; verdicts
        no longer name them; values that nobody else states leave the tables of the match model; what was worked out is
        forgotten, in memory and in the directory of the state; and what deleted rows leave in files is written over.
        The others are customers as if the records had never come; nobody is renamed who does not have to be.  Numbers
        of records, identifiers and a note for each record stay in the history: they tell that something was erased,
        when, by whom and why, and not whom.

        Parameters
        ----------
        customers : str or iterable of str
            Identifiers; those that are gone are passed over, but for records that were withdrawn from them.
        records : iterable of tuple of str
            Keys of further records; those that the registry does not hold are passed over.
        reason : str
            Why, as a code: ``"article 17"``.
        suppress : SuppressionList, optional
            Takes the e-mail addresses and phone numbers of the records, so that they are known if they come again.  One
            of a file (``SuppressionList.in_file``) is saved before anything is erased, so that no
            erasure is without its entries, whenever the process ends; one of no file is to be saved by the caller.
        keys : KeyRing, optional
            The keys of backups: those of the records are destroyed.
        actor, request : str
            As in :meth:`apply`.
        dry_run : bool
            Whether to count the records only.

        Returns
        -------
        Erasure
            The proof; the same call again finds nothing to erase.

        Raises
        ------
        AccessDeniedError
            If the registry has an access policy.
        ConfigurationError
            If actor, reason or request holds a key or a value of the records.
        IdentifierError, UnknownIdentifierError
            If an identifier is none, or was never issued.
        StoreError
            If the store or the suppression list cannot be written: nothing is erased then.

        Notes
        -----
        What the records touched is worked out again, and the files are written anew: erase many in one call.  Values
        stay in memory until the registry is used or closed next.  Out of reach are what a file system keeps of deleted
        files, copies made by others, logs of a database server, and what the tables of the match model hold of values
        that a record stated before it was changed or withdrawn.
        """
        self._require_open("erase")
        wanted, named = self._named(customers, records)
        if dry_run:
            with self._store.reading() as transaction:
                return Erasure(change=None, n_records=len(named_records(transaction, wanted, named)), is_complete=True)
        return self._erased(wanted, named, cause_of("erase", actor, reason, request), keys, suppress)

    def _erased(
        self,
        wanted: list[CustomerId],
        named: set[RecordKey],
        cause: Cause,
        keys: KeyRing | None,
        suppress: SuppressionList | None,
        suppressed: Collection[CustomerId] | None = None,
        leave: Callable[[ReadTransaction], Collection[CustomerId]] | None = None,
    ) -> Erasure:
        """Erase.

        ``suppressed`` tells which customers are entered in the list, None for all; ``leave`` which ones are not to be
        erased after all.
        """
        done: list[Erasure] = []

        def plan(transaction: WriteTransaction) -> Plan:
            left = () if leave is None else leave(transaction)
            chosen = [each for each in wanted if each not in left]
            task = ErasureTask(transaction, named_records(transaction, chosen, named))
            task.require_impersonal(cause)
            today = self._clock().date()
            n_suppressed = 0 if suppress is None else task.suppress(suppress, today, suppressed)
            planned = task.plan(self._matching, has_keys=keys is not None)
            done[:] = [evolve(task.proof(), n_suppressed=n_suppressed)]
            return planned

        with self._store.reading() as transaction:
            is_known = transaction.change_of(cause.request) is not None
            if not (is_known or named_records(transaction, wanted, named)):
                done.append(Erasure(change=None, n_records=0))
        change = None if done else self._write(cause, plan)
        found = done[0] if done else Erasure.of(change)
        return evolve(found, change=self._as_kept(change), is_complete=self.complete_erasure(keys))

    def _as_kept(self, change: Change | None) -> Change | None:
        """Return a change as the store has it by now, which no longer tells what was erased in it."""
        if change is None:
            return None
        with self._store.reading() as transaction:
            return next(iter(transaction.changes(change.number - 1, limit=1)))

    def restrict(
        self,
        customers: str | Iterable[str] = (),
        *,
        records: Iterable[tuple[str, str]] = (),
        reason: str,
        actor: str = "",
        request: str = "",
    ) -> Change | None:
        """Keep records and stop using them (article 18 GDPR).

        Their customers stay as they are until :meth:`lift`: nothing joins or leaves them, by matching or by a person,
        but for records that are withdrawn or erased; what they say is no evidence for others.

        Parameters
        ----------
        customers : str or iterable of str
            Identifiers, for all records that the customers have now.
        records : iterable of tuple of str
            Keys of further records.
        reason : str
            Why, as a code: ``"accuracy contested"``.
        actor, request : str
            As in :meth:`apply`.

        Returns
        -------
        Change or None
            With an entry for each record; None where all were restricted before.

        Raises
        ------
        IdentifierError, UnknownIdentifierError, UnknownRecordError
            If a customer or a record is not there.
        """
        named = self._named(customers, records)

        def plan(transaction: WriteTransaction) -> Plan:
            states = self._states(transaction, *named)
            known = restrictions_of(transaction)
            new = [each for each in states if each.key not in known]
            since = self._clock()
            # Matching has to know of it already.
            put_restrictions(
                transaction, {**known, **{each.key: Restriction(reason=reason, since=since) for each in new}}
            )
            return Plan(clusters=[], notes=[_note(EventKind.RESTRICTED, each) for each in new])

        return self._write(cause_of("restrict", actor, reason, request), plan)

    def lift(
        self,
        customers: str | Iterable[str] = (),
        *,
        records: Iterable[tuple[str, str]] = (),
        reason: str,
        actor: str = "",
        request: str = "",
    ) -> Change | None:
        """End restrictions: the records are matched as any others are; parameters as for :meth:`restrict`.

        Returns
        -------
        Change or None
            With an entry for each record, and what matching finds now; None where none was restricted.
        """
        named = self._named(customers, records)

        def plan(transaction: WriteTransaction) -> Plan:
            states = self._states(transaction, *named)
            known = restrictions_of(transaction)
            over = [each for each in states if each.key in known]
            for each in over:
                del known[each.key]
            put_restrictions(transaction, known)
            concerned = customers_of(transaction, [each.key for each in over]).clusters()
            return Plan(clusters=list(concerned.values()), notes=[_note(EventKind.LIFTED, each) for each in over])

        return self._write(cause_of("lift", actor, reason, request), plan)

    def restrictions(self) -> dict[RecordKey, Restriction]:
        """Return the records that are restricted, and why."""
        with self._store.reading() as transaction:
            return restrictions_of(transaction)

    def _named(
        self, customers: str | Iterable[str], records: Iterable[tuple[str, str]]
    ) -> tuple[list[CustomerId], set[RecordKey]]:
        """Return the identifiers and keys that are given: a transaction that is done again reads no iterator twice."""
        given = [customers] if isinstance(customers, str) else customers
        return [self._scheme.parse(each) for each in given], {checked_record_key(each) for each in records}

    def _states(
        self, transaction: ReadTransaction, customers: Iterable[CustomerId], keys: Collection[RecordKey]
    ) -> list[RecordState]:
        """Return where the records of customers, and further records, are; in the order of their arrival."""
        active = {active_of(resolution_of(transaction, each)) for each in customers}
        for key in sorted(keys):
            customer_of(transaction, key)
        held = {**(transaction.naming(active).records if active else {}), **transaction.records(keys)}
        return sorted(held.values(), key=lambda each: each.arrival)

    def rectify(
        self,
        record: tuple[str, str],
        values: Mapping[str, Any],
        *,
        reason: str,
        actor: str = "",
        request: str = "",
    ) -> Change | None:
        """Correct what a record says (article 16 GDPR); its customer is worked out anew.

        A typed record is corrected by the source that sent it, or by a record of a steward's own with statements whose
        basis is ``steward``, which outrank the others: give either to :meth:`ingest`.

        Parameters
        ----------
        record : tuple of str
            Source and key.
        values : Mapping of str to Any
            What is right, by column; None where nothing should stand.  Other columns stay as they are.
        reason : str
            Why, as a code: ``"article 16"``.
        actor, request : str
            As in :meth:`apply`.

        Returns
        -------
        Change or None
            None where the record said just that.

        Raises
        ------
        AccessDeniedError
            If the registry has an access policy.
        UnknownRecordError
            If the record is not there.
        ConfigurationError
            If it is a typed record, or a column is none of the record's, or its key would be another one.
        InputError
            If the corrected row is refused.

        Notes
        -----
        Correct the source, too, or its next delivery brings the error back.
        """
        self._require_open("rectify")
        key = checked_record_key(record)
        with self._store.reading() as transaction:
            customer_of(transaction, key)
            held = transaction.contents([key])
            is_matched = uses_model(transaction)
            feed = feed_of(transaction, key.source)
        said = held[key].values() if key in held else {}
        if "party" in said and "schema_version" in said:
            raise ConfigurationError(
                "rectify: expected a row, got a typed record.", hint="Give the corrected record to ingest."
            )
        columns = said.keys() | (feed.schema.columns.keys() if feed is not None and feed.schema is not None else ())
        if columns and not values.keys() <= columns:
            raise ConfigurationError("rectify: expected columns that the record has, got another.")
        name = None if feed is None or feed.schema is None else feed.schema.record_key
        if name is not None and values.get(name, key.key) != key.key:
            raise ConfigurationError(
                f"rectify: {name!r}: expected the key that the record has, got another, which would be another record.",
                hint="Withdraw the record, and ingest it under its right key.",
            )
        right = {**said, **values}
        cause = cause_of("rectify", actor, reason, request)
        if is_matched:
            told = self._ingested(
                [right],
                source=key.source,
                schema=None,
                is_snapshot=False,
                largest_withdrawn_share=0.0,
                # What is here already may lie here.
                region=self.region,
                cause=cause,
            )
            if told.refused:
                raise InputError(f"rectify: {told.refused[0].message}")
            return told.change
        contents = {key: Content.of(right)}
        return self._write(
            cause,
            lambda transaction: Plan(clusters=[], contents=kept_contents(transaction, contents)),
        )

    def subject_export(self, customer: str, *, recipients: Iterable[str] = ()) -> SubjectExport:
        """Return all that is held of a customer, for that person (articles 15 and 20 GDPR).

        Parameters
        ----------
        customer : str
            The identifier; a redirect is followed.
        recipients : iterable of str
            To whom data is passed on, beside the named readers of changes that the registry knows.

        Returns
        -------
        SubjectExport
            Every record with its source, what it says without other people, and why the records are together; as JSON
            and as text.

        Raises
        ------
        AccessDeniedError
            If the registry has an access policy.
        IdentifierError, UnknownIdentifierError
            If it is no identifier, was never issued, or is gone.
        """
        from custid.registry._prepared import Said  # noqa: PLC0415  # loads Arrow and numba

        self._require_open("subject_export")
        others = frozenset(recipients)

        def work(transaction: WriteTransaction) -> SubjectExport:
            active = active_of(resolution_of(transaction, self._scheme.parse(customer)))
            naming = transaction.naming([active])
            states = sorted(naming.records.values(), key=lambda each: each.arrival)
            keys = [each.key for each in states]
            entries = transaction.history(customers=[active])
            said = Said.of(transaction, keys, feed_of)
            rows, new = said.rows()
            feeds = {**said.feeds, **{each.source: each for each in new}}
            contents, restricted = transaction.contents(keys), restrictions_of(transaction)
            times = _times(transaction.history(records=keys))
            bits = self._matching.weights_among(transaction, keys)
            records = tuple(
                ExportedRecord(
                    source=state.key.source,
                    key=state.key.key,
                    received=times[state.arrival][0],
                    changed=times[state.arrival][1],
                    is_restricted=state.key in restricted,
                    content=cut(
                        contents[state.key],
                        set(keys),
                        feeds[state.key.source],
                        has_several=rows[state.key].naming == _SEVERAL,
                    )
                    if state.key in contents
                    else {},
                )
                for state in states
            )
            return SubjectExport(
                id=active,
                redirects=tuple(each.id for each in naming.identifiers.values() if not each.is_active),
                made_at=self._clock(),
                records=records,
                links=links_of([rows[key] for key in keys], bits),
                steps=steps_of(entries),
                recipients=tuple(sorted({*others, *transaction.positions()})),
            )

        with self._matching.request():
            return self._store.transact(work)

    def retention(
        self,
        rules: Mapping[str, float],
        *,
        kind_of: Callable[[Customer], str | None] = kind_by_holdings,
        heard_of: Callable[[Customer, tuple[HistoryEntry, ...]], datetime] = last_heard,
        at: datetime | None = None,
        dry_run: bool = True,
        suppress: SuppressionList | None = None,
        keys: KeyRing | None = None,
        actor: str = "",
        reason: str = "retention",
    ) -> Retention:
        """Tell who has been kept for too long, and erase them.

        Parameters
        ----------
        rules : Mapping of str to float
            Years, by kind of customer: ``custid.privacy.FRANCE.retention_years``, or rules of your own.
        kind_of : callable
            Returns the kind of a `Customer`; None for one to be kept, as is one of a kind without a rule.
        heard_of : callable
            Returns when a person was heard of last, given the customer and its history.
        at : datetime, optional
            The moment that counts; now when not given.
        dry_run : bool
            Whether to tell only.
        suppress : SuppressionList, optional
            Takes the addresses and numbers of those who have objected to something, refused or withdrawn consent in a
            typed record: that they said no has to outlast what else is known of them.  As in :meth:`erase`.
        keys : KeyRing, optional
            As in :meth:`erase`.
        actor, reason : str
            As in :meth:`erase`.

        Returns
        -------
        Retention
            Who, and why; customers with a restricted record are kept, and so are those of whom something was heard
            while the others were looked at.

        Raises
        ------
        AccessDeniedError
            If the registry has an access policy.
        ConfigurationError
            If a number of years is none.
        """
        self._require_open("retention")
        now = at or self._clock()
        with self._store.reading() as transaction:
            customers = sorted(transaction.naming().clusters())
            frozen = frozen_customers(transaction)
            seen = transaction.head().tally.change
        overdue, objectors = [], set[CustomerId]()
        for each in customers:
            customer = self.customer(each)
            kind = kind_of(customer)
            if kind is None or kind not in rules:
                continue
            last = heard_of(customer, self.history(each))
            due = deadline(last, rules[kind])
            if due <= now:
                overdue.append(Overdue(customer=customer.id, kind=kind, last=last, due=due))
                if has_said_no(customer):
                    objectors.add(customer.id)
        chosen = tuple(each for each in overdue if each.customer not in frozen)
        erasure, moved = None, set[CustomerId]()

        def leave(transaction: ReadTransaction) -> Collection[CustomerId]:
            # Who was heard of, joined or restricted while the others were looked at is looked at next time.
            moved.clear()
            moved.update(_named_since(transaction, seen))
            return moved

        if chosen and not dry_run:
            cause = cause_of("erase", actor, reason, "")
            erasure = self._erased([each.customer for each in chosen], set(), cause, keys, suppress, objectors, leave)
            chosen = tuple(each for each in chosen if each.customer not in moved)
        return Retention(
            at=now,
            overdue=chosen,
            n_looked_at=len(customers),
            n_restricted=sum(each.customer in frozen for each in overdue),
            erasure=erasure,
        )

    def complete_erasure(self, keys: KeyRing | None = None) -> bool:
        """Do what is left to do of erasures: opening a registry does so, too.

        Parameters
        ----------
        keys : KeyRing, optional
            The keys of backups, where some are to be destroyed.

        Returns
        -------
        bool
            Whether nothing is left to do.  It is False where others use the store at the moment, or where keys of
            backups are to be destroyed and were not given.

        Raises
        ------
        StoreError
            If the store cannot write.
        """
        with self._store.reading() as transaction:
            before = left_to_do(transaction)
        if before.is_done:
            return True
        if keys is not None:
            keys.shred(before.arrivals)
        after = Leftover(arrivals=before.arrivals if keys is None else ())
        if before.is_unscrubbed:
            self._matching.purge_saved()
            after = evolve(after, is_unscrubbed=not self._store.scrub())
        if after != before:
            self._store.transact(lambda transaction: note_left_to_do(transaction, after))
        return after.is_done


def _named_since(transaction: ReadTransaction, number: int) -> Iterator[CustomerId]:
    """Yield the customers that changes after one of a number tell of."""
    for change in transaction.changes(number):
        for event in change.events:
            yield event.customer
            if event.other is not None:
                yield event.other


def _note(kind: EventKind, state: RecordState) -> Event:
    return Event(kind=kind, customer=state.customer, record=state.key, arrival=state.arrival)


def _times(entries: Iterable[HistoryEntry]) -> dict[int, tuple[datetime, datetime]]:
    """Return when each record came and changed last, by its number."""
    found: dict[int, tuple[datetime, datetime]] = {}
    for entry in entries:
        arrival = entry.event.arrival
        if arrival is None or entry.event.kind not in {EventKind.ASSIGNED, EventKind.UPDATED}:
            continue
        first, last = found.get(arrival, (entry.at, entry.at))
        found[arrival] = first, entry.at if entry.event.kind is EventKind.UPDATED else last
    return found
