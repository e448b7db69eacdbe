"""The registry: one identity per customer, kept."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import combinations
from types import TracebackType
from typing import Any, Final, Self

from attrs import field, frozen

from custid.errors import (
    ConfigurationError,
    IdentifierError,
    PartitionError,
    UnknownChangeError,
    UnknownIdentifierError,
    UnknownRecordError,
    VerdictError,
)
from custid.registry.as_of import members_after, past_customer, past_id_of, past_resolution
from custid.registry.contents import Content
from custid.registry.events import Cause, Change, EventKind, HistoryEntry, Verdict, VerdictKind
from custid.registry.identifiers import AdoptedScheme, Base32Scheme, CustomerId, IdentifierScheme
from custid.registry.minting import Minter, RandomMinter
from custid.registry.naming import Naming
from custid.registry.record_keys import RecordKey, checked_record_key
from custid.registry.resolution import Active, Customer, Gone, Moved, Resolution
from custid.registry.store import ReadTransaction, Store, WriteTransaction
from custid.registry.writing import Clock, NewVerdict, write_change

__all__ = ["PastRegistry", "Registry"]

SCHEME_SETTING: Final = "scheme"
_PAGE: Final = 256
_GUARDED_FROM: Final = 20


def _now() -> datetime:
    return datetime.now(UTC)


class Registry:
    """Knows which records are one customer, by which identifier, and how that came about.

    Every method that changes something is one transaction: when it returns, the change is durable, and a process that
    dies before leaves nothing of it.  Methods may be called by several threads; several processes may have one registry
    open.

    Parameters
    ----------
    store : Store
        What keeps it.
    scheme : IdentifierScheme, optional
        What identifiers look like; ``Base32Scheme()`` when not given.
    minter : Minter, optional
        Where new identifiers come from; drawn at random when not given.
    clock : callable, optional
        Tells the time, with a time zone.  Times are for people: nothing is ordered by them.

    Raises
    ------
    ConfigurationError
        If the registry was made with another scheme.

    Examples
    --------
    >>> from custid.registry import MemoryStore, Registry, SequentialMinter
    >>> registry = Registry(MemoryStore(), minter=SequentialMinter())
    >>> change = registry.apply([[("crm", "1"), ("shop", "7")], [("shop", "8")]])
    >>> registry.id_of(("shop", "7"))
    '0000-0000-0000-0012'
    >>> merged = registry.merge(("crm", "1"), ("shop", "8"), reason="same passport")
    >>> registry.resolve("0000-0000-0000-0024")
    Moved(id='0000-0000-0000-0024', to='0000-0000-0000-0012')
    >>> undone = registry.undo(merged.number)
    >>> registry.resolve("0000-0000-0000-0024")
    Active(id='0000-0000-0000-0024')
    """

    def __init__(
        self,
        store: Store,
        *,
        scheme: IdentifierScheme | None = None,
        minter: Minter | None = None,
        clock: Clock = _now,
    ) -> None:
        self._store = store
        self._scheme = scheme or Base32Scheme()
        self._mint = minter or RandomMinter()
        self._clock = clock
        self._require_scheme()

    def _require_scheme(self) -> None:
        with self._store.reading() as transaction:
            kept = transaction.settings().get(SCHEME_SETTING)
        if kept is None:
            self._store.transact(lambda writing: writing.put_setting(SCHEME_SETTING, self._scheme.name))
        elif kept != self._scheme.name:
            raise ConfigurationError(
                f"registry: scheme: expected {kept!r}, with which it was made, got {self._scheme.name!r}."
            )

    @property
    def store(self) -> Store:
        """What keeps the registry."""
        return self._store

    @property
    def scheme(self) -> IdentifierScheme:
        """What identifiers look like."""
        return self._scheme

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Registry({self._store.description})"

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    # Looking up

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
            return _customer_of(transaction, key)

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
            return _resolution(transaction, wanted)

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
        """
        wanted = self._scheme.parse(identifier)
        with self._store.reading() as transaction:
            active = _active(_resolution(transaction, wanted))
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
            _resolution(transaction, wanted)
            return tuple(transaction.history(customers=[wanted]))

    def verdicts(self) -> tuple[Verdict, ...]:
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
                number = _number_of(transaction, moment)
        return PastRegistry(store=self._store, scheme=self._scheme, change=number)

    # Changes

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
        """
        with self._store.reading() as transaction:
            last = 0 if since is None else _number_of(transaction, since)
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
        """

        def work(transaction: WriteTransaction) -> None:
            number = _number_of(transaction, token)
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

    # Changing

    def apply(
        self,
        partition: Iterable[Collection[tuple[str, str]]],
        *,
        withdrawn: Iterable[tuple[str, str]] = (),
        contents: Mapping[tuple[str, str], Mapping[str, Any]] | None = None,
        actor: str = "",
        reason: str = "",
        request: str = "",
    ) -> Change | None:
        """Take over which records are one customer, for the customers named.

        Parameters
        ----------
        partition : iterable of collections of tuple of str
            Clusters of record keys.  Of each customer that has a record in it, or that is new, all records.
        withdrawn : iterable of tuple of str
            Records that are no longer there; those that the registry does not hold are passed over.
        contents : Mapping, optional
            What records say, by record key.
        actor, reason : str
            Who and why, for the history; without personal data.
        request : str
            A key of the caller's for this very request: the same one again changes nothing and gives the same change.

        Returns
        -------
        Change or None
            What changed; None if nothing did.

        Raises
        ------
        PartitionError
            If a record stands in two clusters, or a customer is given in part only.
        VerdictError
            If a cluster contradicts what a person has decided.
        InputError
            If a record key or a content is none.
        """
        parts = [[checked_record_key(key) for key in members] for members in partition]
        leaving = {checked_record_key(key) for key in withdrawn}
        known = _contents(contents)
        cause = _cause("apply", actor, reason, request)
        return self._write(cause, lambda transaction: _Plan(clusters=parts, withdrawn=leaving, contents=known))

    def apply_all(
        self,
        partition: Iterable[Collection[tuple[str, str]]],
        *,
        contents: Mapping[tuple[str, str], Mapping[str, Any]] | None = None,
        largest_withdrawn_share: float = 0.2,
        actor: str = "",
        reason: str = "",
        request: str = "",
    ) -> Change | None:
        """Take over which records are one customer, for all records there are: those not named are withdrawn.

        Parameters
        ----------
        partition : iterable of collections of tuple of str
            Clusters of all record keys.
        contents : Mapping, optional
            What records say, by record key.
        largest_withdrawn_share : float
            Share of the registry's records, from 0 to 1, that may be missing; more look like a truncated file.
            A registry of fewer than 20 records is not guarded.
        actor, reason, request : str
            As in :meth:`apply`.

        Returns
        -------
        Change or None
            What changed; None if nothing did.

        Raises
        ------
        PartitionError
            If a record stands in two clusters, or too many are missing.
        VerdictError
            If a cluster contradicts what a person has decided.
        """
        parts = [[checked_record_key(key) for key in members] for members in partition]
        named = {key for members in parts for key in members}
        known = _contents(contents)

        def plan(transaction: ReadTransaction) -> _Plan:
            live = transaction.naming().records
            leaving = live.keys() - named
            if len(live) >= _GUARDED_FROM and len(leaving) > largest_withdrawn_share * len(live):
                raise PartitionError(
                    f"partition: expected at most {largest_withdrawn_share:.0%} of {len(live)} records to be missing, "
                    f"got {len(leaving)}.",
                    hint="A truncated file? If not, allow more: largest_withdrawn_share=1.",
                )
            return _Plan(clusters=parts, withdrawn=leaving, contents=known)

        return self._write(_cause("apply_all", actor, reason, request), plan)

    def withdraw(
        self, records: Iterable[tuple[str, str]], *, actor: str = "", reason: str = "", request: str = ""
    ) -> Change | None:
        """Take records out; nobody else is renamed.

        Parameters
        ----------
        records : iterable of tuple of str
            Their keys; those that the registry does not hold are passed over.
        actor, reason, request : str
            As in :meth:`apply`.

        Returns
        -------
        Change or None
            What changed; None if nothing did.
        """
        leaving = {checked_record_key(key) for key in records}

        def plan(transaction: ReadTransaction) -> _Plan:
            concerned = _customers_of(transaction, leaving)
            return _Plan(
                clusters=[[key for key in keys if key not in leaving] for keys in concerned.clusters().values()],
                withdrawn=leaving,
            )

        return self._write(_cause("withdraw", actor, reason, request), plan)

    def adopt(
        self,
        numbers: Mapping[tuple[str, str], str],
        *,
        contents: Mapping[tuple[str, str], Mapping[str, Any]] | None = None,
        actor: str = "",
        reason: str = "",
        request: str = "",
    ) -> Change | None:
        """Take over records with the customer numbers that the application has given them.

        Records of one number become one customer, whose identifier is the number.  What the matching finds later
        merges and splits these customers like any others; every number goes on to lead to its customer.

        Parameters
        ----------
        numbers : Mapping of tuple of str to str
            The application's customer number by record key; the records must be new to the registry.
        contents : Mapping, optional
            What records say, by record key.
        actor, reason, request : str
            As in :meth:`apply`.

        Returns
        -------
        Change or None
            What changed; None for no numbers.

        Raises
        ------
        ConfigurationError
            If the registry's scheme adopts no numbers.
        PartitionError
            If a record is in the registry already.
        IdentifierError
            If a number cannot be one, or its customer is gone: numbers are not used again.
        """
        scheme = self._scheme
        if not isinstance(scheme, AdoptedScheme):
            raise ConfigurationError(
                f"registry: scheme: expected one that adopts numbers, got {scheme.name!r}.",
                hint="Open a new registry with scheme=AdoptedScheme(prefix=…).",
            )
        adopted = {checked_record_key(key): scheme.adopt(number) for key, number in numbers.items()}
        known = _contents(contents)

        def plan(transaction: ReadTransaction) -> _Plan:
            return _adoption(transaction, adopted, known)

        return self._write(
            _cause("adopt", actor, reason, request),
            plan,
            mint=lambda founder, attempt: self._mint(founder, attempt) if attempt else adopted[founder],
        )

    # What persons decide

    def merge(
        self,
        one: str | tuple[str, str],
        other: str | tuple[str, str],
        *,
        reason: str,
        actor: str = "",
        request: str = "",
    ) -> Change:
        """Decide that two customers are one.

        The verdict holds between two records, those that were with the customers first (or those given): should one of
        the customers prove to be two some day, the other one stays with that record.

        Parameters
        ----------
        one, other : str or tuple of str
            Identifiers of customers, or record keys.
        reason : str
            Why; without personal data.
        actor, request : str
            As in :meth:`apply`.

        Returns
        -------
        Change
            With the verdict.

        Raises
        ------
        VerdictError
            If they are one customer, or a person has decided otherwise.
        UnknownIdentifierError, UnknownRecordError
            If one of them is not there.
        """

        def plan(transaction: ReadTransaction) -> _Plan:
            left, right = self._side(transaction, one), self._side(transaction, other)
            if left[0] == right[0]:
                raise VerdictError(
                    "merge: expected two customers, got one.", hint="To keep two of its records together, name these."
                )
            concerned = _customers_of(transaction, left + right)
            return _Plan(
                clusters=[list(concerned.records)],
                verdicts=[NewVerdict(kind=VerdictKind.SAME, left=left[:1], right=right[:1])],
            )

        return _made(self._write(_cause("merge", actor, reason, request), plan))

    def split(
        self,
        identifier: str,
        parts: Iterable[Collection[tuple[str, str]]],
        *,
        reason: str,
        actor: str = "",
        request: str = "",
    ) -> Change:
        """Decide that a customer is several.

        Parameters
        ----------
        identifier : str
            The customer.
        parts : iterable of collections of tuple of str
            Records by customer; those that are not named are a part of their own.
        reason : str
            Why; without personal data.
        actor, request : str
            As in :meth:`apply`.

        Returns
        -------
        Change
            With a verdict for every two parts.

        Raises
        ------
        PartitionError
            If there are not at least two parts, or a record is not of the customer.
        VerdictError
            If a person has decided otherwise.
        UnknownIdentifierError
            If the customer is not there.
        """
        wanted = self._scheme.parse(identifier)
        named = [sorted({checked_record_key(key) for key in members}) for members in parts]

        def plan(transaction: ReadTransaction) -> _Plan:
            members = transaction.naming([_active(_resolution(transaction, wanted))]).records
            stated = {key for each in named for key in each}
            if not stated <= members.keys():
                raise PartitionError("split: expected records of the customer, got some that are not.")
            rest = sorted(members.keys() - stated)
            clusters = [each for each in (*named, rest) if each]
            if len(clusters) < _TWO:
                raise PartitionError("split: expected two parts or more, got one.", hint="Name some of the records.")
            return _Plan(
                clusters=clusters,
                verdicts=[
                    NewVerdict(kind=VerdictKind.DIFFERENT, left=left, right=right)
                    for left, right in combinations(clusters, 2)
                ],
            )

        return _made(self._write(_cause("split", actor, reason, request), plan))

    def forbid(
        self,
        one: str | tuple[str, str],
        other: str | tuple[str, str],
        *,
        reason: str,
        actor: str = "",
        request: str = "",
    ) -> Change:
        """Decide that two customers are different, and stay so whatever is found.

        The verdict holds between all records that the two customers have now (or between the records given).

        Parameters
        ----------
        one, other : str or tuple of str
            Identifiers of customers, or record keys.
        reason : str
            Why; without personal data.
        actor, request : str
            As in :meth:`apply`.

        Returns
        -------
        Change
            With the verdict.

        Raises
        ------
        VerdictError
            If they are one customer now, or a person has decided otherwise.
        UnknownIdentifierError, UnknownRecordError
            If one of them is not there.
        """

        def plan(transaction: ReadTransaction) -> _Plan:
            left, right = self._side(transaction, one), self._side(transaction, other)
            concerned = _customers_of(transaction, left + right).clusters()
            if len(concerned) < _TWO:
                raise VerdictError(
                    "forbid: expected two customers, got one.", hint="Use split, which sets its records apart."
                )
            return _Plan(
                clusters=list(concerned.values()),
                verdicts=[NewVerdict(kind=VerdictKind.DIFFERENT, left=left, right=right)],
            )

        return _made(self._write(_cause("forbid", actor, reason, request), plan))

    def undo(self, change: str | int, *, reason: str = "", actor: str = "", request: str = "") -> Change:
        """Take back what a person has decided: its verdicts, and the merge or split that it made.

        Parameters
        ----------
        change : str or int
            Token or number of the change.
        reason, actor, request : str
            As in :meth:`apply`.

        Returns
        -------
        Change
            Identifiers are as before the change that is undone.

        Raises
        ------
        UnknownChangeError
            If there is no such change.
        VerdictError
            If it is none of a person's, has been undone, or has been built upon: its customers are others by now.
        """

        def plan(transaction: ReadTransaction) -> _Plan:
            number = _number_of(transaction, change)
            undone = next(iter(transaction.changes(number - 1, limit=1)))
            standing = {each.number for each in transaction.verdicts([key for v in undone.verdicts for key in v.records])}
            revoked = [each.number for each in undone.verdicts if each.number in standing]
            if not revoked:
                raise VerdictError(
                    f"undo: expected a change with a verdict that stands, got change {number}.",
                    hint="Merges, splits and what was forbidden can be undone, once.",
                )
            return _Plan(clusters=_regrouped(transaction, undone), revoked=revoked)

        return _made(self._write(_cause("undo", actor, reason, request), plan))

    def _side(self, transaction: ReadTransaction, named: str | tuple[str, str]) -> list[RecordKey]:
        """Return a record that is named, or all records of a customer, the one that speaks for it first."""
        if not isinstance(named, str):
            key = checked_record_key(named)
            _customer_of(transaction, key)
            return [key]
        active = _active(_resolution(transaction, self._scheme.parse(named)))
        members = transaction.naming([active]).records.values()
        return [each.key for each in sorted(members, key=lambda each: (each.native != active, each.arrival))]

    def _write(self, cause: Cause, plan: Callable[[ReadTransaction], _Plan], mint: Minter | None = None) -> Change | None:
        """Plan and write in one transaction; a request that was served before is served again."""

        def work(transaction: WriteTransaction) -> Change | None:
            served = transaction.change_of(cause.request)
            if served is not None:
                return next(iter(transaction.changes(served - 1, limit=1)))
            planned = plan(transaction)
            return write_change(
                transaction,
                planned.clusters,
                cause=cause,
                mint=mint or self._mint,
                clock=self._clock,
                withdrawn=planned.withdrawn,
                contents=planned.contents,
                verdicts=planned.verdicts,
                revoked=planned.revoked,
            )

        return self._store.transact(work)


_TWO: Final = 2


@frozen(kw_only=True)
class _Plan:
    """What is to be written."""

    clusters: list[list[RecordKey]]
    withdrawn: Collection[RecordKey] = ()
    contents: Mapping[RecordKey, Content] = field(factory=dict)
    verdicts: Collection[NewVerdict] = ()
    revoked: Collection[int] = ()


@frozen(kw_only=True)
class PastRegistry:
    """A registry as it was after some change; made by :meth:`Registry.as_of`.

    Attributes
    ----------
    store : Store
        What keeps the registry.
    scheme : IdentifierScheme
        What identifiers look like.
    change : int
        Number of the change; 0 for before the first.
    """

    store: Store = field(repr=False)
    scheme: IdentifierScheme = field(repr=False)
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


def _cause(kind: str, actor: str, reason: str, request: str) -> Cause:
    # A commit whose answer was lost is repeated; the request tells that it has been made.
    return Cause(kind=kind, actor=actor, reason=reason, request=request or secrets.token_hex(8))


def _contents(contents: Mapping[tuple[str, str], Mapping[str, Any]] | None) -> dict[RecordKey, Content]:
    return {checked_record_key(key): Content.of(values) for key, values in (contents or {}).items()}


def _made(change: Change | None) -> Change:
    """Return a change that is there: verdicts always make one."""
    if change is None:
        raise AssertionError("a verdict without a change")
    return change


def _customer_of(transaction: ReadTransaction, key: RecordKey) -> CustomerId:
    state = transaction.records([key]).get(key)
    if state is None:
        raise UnknownRecordError(
            f"record ({key.source!r}, {key.key!r}): expected one that the registry holds, got another.",
            hint="It may never have come, or have been withdrawn.",
        )
    return state.customer


def _customers_of(transaction: ReadTransaction, keys: Collection[RecordKey]) -> Naming:
    """Return the customers of some records, whole."""
    return transaction.naming({state.customer for state in transaction.records(keys).values()})


def _resolution(transaction: ReadTransaction, identifier: CustomerId) -> Resolution:
    state = transaction.identifiers([identifier]).get(identifier)
    if state is None:
        raise UnknownIdentifierError(
            "identifier: expected one that this registry has issued, got another; it is well formed.",
            hint="Is it of another registry?",
        )
    if state.target is None:
        return Gone(identifier)
    return Active(identifier) if state.is_active else Moved(identifier, state.target)


def _active(resolution: Resolution) -> CustomerId:
    if isinstance(resolution, Gone):
        raise UnknownIdentifierError(
            "identifier: expected one that leads to a customer, got one that is gone: all its records were withdrawn."
        )
    return resolution.to if isinstance(resolution, Moved) else resolution.id


def _number_of(transaction: ReadTransaction, change: str | int) -> int:
    """Return the number of a change, if it is of this history."""
    text = str(change)
    number, dot, _ = text.partition(".")
    last = transaction.head().tally.change
    if number.isdecimal() and number.isascii() and int(number) <= last:
        if not dot:
            return int(number)
        found = next(iter(transaction.changes(int(number) - 1, limit=1)), None)
        if found is not None and found.token == text:
            return found.number
    raise UnknownChangeError(
        "change: expected the number or the token of a change of this registry, got another.",
        hint="After a restore from a backup, readers that were ahead of it have to start over.",
    )


def _adoption(
    transaction: ReadTransaction, adopted: Mapping[RecordKey, CustomerId], contents: Mapping[RecordKey, Content]
) -> _Plan:
    if transaction.records(adopted.keys()):
        raise PartitionError("adopt: expected records that are new to the registry, got some that are not.")
    issued = transaction.identifiers(set(adopted.values()))
    n_gone = sum(each.target is None for each in issued.values())
    if n_gone:
        raise IdentifierError(
            f"adopt: expected numbers of customers that are there or new, got {n_gone} whose customers are gone.",
            hint="A number is not used again: give the new customers new ones.",
        )
    joined = transaction.naming({each.target for each in issued.values() if each.target is not None})
    clusters: dict[CustomerId, list[RecordKey]] = joined.clusters()
    for key, identifier in adopted.items():
        target = issued[identifier].target if identifier in issued else None
        clusters.setdefault(target or identifier, []).append(key)
    return _Plan(clusters=list(clusters.values()), contents=contents)


def _regrouped(transaction: ReadTransaction, undone: Change) -> list[list[RecordKey]]:
    """Return the customers that a change touched as they were before it, if they are as it left them."""
    moved = [each for each in undone.events if each.kind is EventKind.ASSIGNED]
    decided = {key for each in undone.verdicts for key in each.records}
    live = transaction.records(decided | {each.record for each in moved if each.record is not None})
    now = transaction.naming({state.customer for state in live.values()}).clusters()
    if not moved:
        return list(now.values())
    named = {each.customer for each in moved} | {each.other for each in moved if each.other is not None}
    after = members_after(transaction, named, undone.number)
    before = members_after(transaction, named, undone.number - 1)
    all_live = transaction.records([key for members in after.values() for key in members]).keys()
    left = [members for members in ([key for key in each if key in all_live] for each in after.values()) if members]
    if sorted(map(sorted, left)) != sorted(map(sorted, now.values())):
        raise VerdictError(
            f"undo: expected the customers of change {undone.number} as it left them, got others by now.",
            hint="Undo the later changes first, or merge and split as they should be.",
        )
    return [[key for key in members if key in all_live] for members in before.values()]
