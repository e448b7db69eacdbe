"""Reading a registry: the part of `Registry` that changes nothing but the positions of readers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from custid.errors import AccessDeniedError, ConfigurationError
from custid.registry._plans import active_of, customer_of, number_of, resolution_of
from custid.registry.as_of import past_customer, past_id_of, past_resolution
from custid.registry.events import Change, HistoryEntry, RecordedVerdict
from custid.registry.identifiers import CustomerId, CustomerIdScheme
from custid.registry.record_keys import checked_record_key, require_storable
from custid.registry.resolution import Customer, Resolution
from custid.registry.store import Store, WriteTransaction

if TYPE_CHECKING:
    from custid.registry.access import Access
    from custid.registry.audit_trail import StoreAudit

__all__ = ["PastRegistry", "RegistryLookup"]

_PAGE: Final = 256


class RegistryLookup:
    """Answers questions about a registry.

    Parameters
    ----------
    store : Store
        What keeps it.
    scheme : CustomerIdScheme
        What identifiers look like.
    """

    def __init__(self, store: Store, scheme: CustomerIdScheme) -> None:
        self._store = store
        self._scheme = scheme
        self._access: Access | None = None

    def _require_open(self, what: str) -> None:
        """Refuse what goes past the policy, if there is one."""
        if self._access is not None:
            raise AccessDeniedError(
                f"registry: {what}: expected an actor, since the registry has an access policy, got none.",
                hint="Ask through registry.for_actor(actor, purpose).",
            )

    @property
    def store(self) -> Store:
        """What keeps the registry."""
        return self._store

    @property
    def scheme(self) -> CustomerIdScheme:
        """What identifiers look like."""
        return self._scheme

    def audit_trail(self, *, key: bytes = b"") -> StoreAudit:
        """Return the audit trail that is kept beside the customers, for a gate to write to.

        Parameters
        ----------
        key : bytes
            Secret key of its digests, the same each time.

        Returns
        -------
        StoreAudit
            Who read, exported and was refused what.  Who merged, split and decided stands in :meth:`history`.
        """
        from custid.registry.audit_trail import StoreAudit  # noqa: PLC0415  # who keeps no trail does without

        return StoreAudit(self._store, key=key)

    def id_of(self, record: tuple[str, str]) -> CustomerId:
        """Return the identifier of a record's customer.

        Parameters
        ----------
        record : tuple of str
            Source and key.

        Returns
        -------
        CustomerId
            The active identifier.

        Raises
        ------
        UnknownRecordError
            If the registry does not hold the record.
        """
        key = checked_record_key(record)
        with self._store.reading() as transaction:
            return customer_of(transaction, key)

    def resolve(self, identifier: str) -> Resolution:
        """Return what an identifier leads to.

        Parameters
        ----------
        identifier : str
            As somebody typed it.

        Returns
        -------
        Active, Moved or Gone
            A redirect is told of, never followed silently.

        Raises
        ------
        IdentifierError
            If it is no identifier of the scheme.
        UnknownIdentifierError
            If it is one that was never issued.
        """
        wanted = self._scheme.parse(identifier)
        with self._store.reading() as transaction:
            return resolution_of(transaction, wanted)

    def customer(self, identifier: str) -> Customer:
        """Return the customer that an identifier leads to.

        Parameters
        ----------
        identifier : str
            As somebody typed it; a redirect is followed, which the customer's ``id`` shows.

        Returns
        -------
        Customer
            Records, contents and redirects.

        Raises
        ------
        IdentifierError
            If it is no identifier of the scheme.
        UnknownIdentifierError
            If it was never issued, or is gone.
        AccessDeniedError
            If the registry has an access policy.
        """
        self._require_open("customer")
        wanted = self._scheme.parse(identifier)
        with self._store.reading() as transaction:
            active = active_of(resolution_of(transaction, wanted))
            naming = transaction.naming([active])
            records = sorted(naming.records.values(), key=lambda each: each.arrival)
            redirects = sorted(naming.identifiers.values(), key=lambda each: each.age)
            contents = transaction.contents(naming.records.keys())
        return Customer(
            id=active,
            records=tuple(each.key for each in records),
            redirects=tuple(each.id for each in redirects if not each.is_active),
            contents={each.key: contents[each.key].values() for each in records if each.key in contents},
        )

    def history(self, identifier: str) -> tuple[HistoryEntry, ...]:
        """Return all that happened to an identifier and to the records that came to it or left it.

        Parameters
        ----------
        identifier : str
            As somebody typed it.

        Returns
        -------
        tuple of HistoryEntry
            In order.

        Raises
        ------
        IdentifierError
            If it is no identifier of the scheme.
        UnknownIdentifierError
            If it was never issued.
        """
        wanted = self._scheme.parse(identifier)
        with self._store.reading() as transaction:
            resolution_of(transaction, wanted)
            return tuple(transaction.history(customers=[wanted]))

    def verdicts(self) -> tuple[RecordedVerdict, ...]:
        """Return what persons have decided and still stands, by number."""
        with self._store.reading() as transaction:
            return tuple(transaction.verdicts())

    def as_of(self, moment: datetime | str | int) -> PastRegistry:
        """Return the registry as it was.

        Parameters
        ----------
        moment : datetime, str or int
            A time with a time zone; or the token or the number of a change, after which it is looked at.

        Returns
        -------
        PastRegistry
            Answers from the ledger.

        Raises
        ------
        ConfigurationError
            If the time has no time zone.
        UnknownChangeError
            If there is no such change.
        """
        with self._store.reading() as transaction:
            if isinstance(moment, datetime):
                if moment.tzinfo is None:
                    raise ConfigurationError("as_of: expected a time with a time zone, got one without.")
                number = transaction.change_before(moment)
            else:
                number = number_of(transaction, moment)
        return PastRegistry(store=self._store, scheme=self._scheme, change=number)

    def changes(self, since: str | int | None = None) -> Iterator[Change]:
        """Yield what has changed, in order, whole changes only.

        Parameters
        ----------
        since : str or int, optional
            Token (or number) of the last change that the reader has dealt with; from the beginning when not given.

        Yields
        ------
        Change
            Its ``token`` is what to keep, together with what was made of the change: then each change takes effect
            once, whenever reader or registry stop.

        Raises
        ------
        UnknownChangeError
            If the token is of another history: of another registry, or of changes that a restored backup does not have.
        AccessDeniedError
            If the registry has an access policy.
        """
        self._require_open("changes")
        with self._store.reading() as transaction:
            last = 0 if since is None else number_of(transaction, since)
        while True:
            with self._store.reading() as transaction:
                page = list(transaction.changes(last, limit=_PAGE))
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1].number

    def acknowledge(self, reader: str, token: str | int) -> None:
        """Keep how far a named reader is, for readers that cannot keep it themselves.

        Parameters
        ----------
        reader : str
            Name of the reader.
        token : str or int
            Token (or number) of the last change it has dealt with.

        Raises
        ------
        UnknownChangeError
            If the token is of another history.
        ConfigurationError
            If the reader has acknowledged a later change before.
        InputError
            If the name is no text, or holds a NUL or half of a surrogate pair.
        """
        require_storable("reader", reader)

        def work(transaction: WriteTransaction) -> None:
            number = number_of(transaction, token)
            known = transaction.positions().get(reader, 0)
            if number < known:
                raise ConfigurationError(
                    f"reader {reader!r}: expected change {known} or a later one, got {number}.",
                    hint="Two readers under one name? To read again, use changes(since=…).",
                )
            if number > known:
                transaction.put_position(reader, number)

        self._store.transact(work)

    def unread(self, reader: str) -> Iterator[Change]:
        """Yield the changes that a named reader has not acknowledged.

        Parameters
        ----------
        reader : str
            Name of the reader; one never heard of has acknowledged nothing.

        Returns
        -------
        iterator of Change
            As from :meth:`changes`.
        """
        with self._store.reading() as transaction:
            position = transaction.positions().get(reader, 0)
        return self.changes(position)


@frozen(kw_only=True)
class PastRegistry:
    """A registry as it was after some change; made by :meth:`Registry.as_of`.

    Attributes
    ----------
    store : Store
        What keeps the registry.
    scheme : CustomerIdScheme
        What identifiers look like.
    change : int
        Number of the change; 0 for before the first.
    """

    store: Store = field(repr=False)
    scheme: CustomerIdScheme = field(repr=False)
    change: int

    def id_of(self, record: tuple[str, str]) -> CustomerId:
        """Return the identifier that a record's customer had.

        Raises
        ------
        UnknownRecordError
            If the record was not there.
        """
        key = checked_record_key(record)
        with self.store.reading() as transaction:
            return past_id_of(transaction, key, self.change)

    def resolve(self, identifier: str) -> Resolution:
        """Return what an identifier led to.

        Raises
        ------
        UnknownIdentifierError
            If it had not been issued.
        """
        wanted = self.scheme.parse(identifier)
        with self.store.reading() as transaction:
            return past_resolution(transaction, wanted, self.change)

    def customer(self, identifier: str) -> Customer:
        """Return the customer that an identifier led to, with its records then.

        Raises
        ------
        UnknownIdentifierError
            If it had not been issued, or was gone.
        """
        wanted = self.scheme.parse(identifier)
        with self.store.reading() as transaction:
            return past_customer(transaction, wanted, self.change)
