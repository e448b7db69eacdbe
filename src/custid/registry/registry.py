"""The registry: one identity per customer, kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from attrs import evolve

from custid.errors import ConfigurationError, PartitionError
from custid.registry._collector import CollectorPause
from custid.registry._kept_settings import REGION_SETTING, kept_contents, uses_model
from custid.registry._lookup import PastRegistry
from custid.registry._plans import (
    Plan,
    adoption,
    cause_of,
    contents_of,
    customers_of,
    with_joined,
)
from custid.registry.access import Access
from custid.registry.carding import CardRegistry
from custid.registry.deciding import DecidingRegistry
from custid.registry.events import Cause, Change
from custid.registry.identifiers import AdoptedScheme, Base32Scheme, CustomerIdScheme
from custid.registry.ingestion import GUARDED_FROM
from custid.registry.minting import Minter, RandomMinter
from custid.registry.record_keys import checked_record_key
from custid.registry.restriction import require_frozen
from custid.registry.rights import RightsRegistry
from custid.registry.saved_state import SavedState
from custid.registry.store import ReadTransaction, Store, WriteTransaction
from custid.registry.writing import Clock, write_change

if TYPE_CHECKING:
    from custid.privacy import AuditTrail, Policy, SensitiveUpdate

__all__ = ["PastRegistry", "Registry"]

SCHEME_SETTING: Final = "scheme"


def _now() -> datetime:
    return datetime.now(UTC)


class Registry(CardRegistry, DecidingRegistry, RightsRegistry):
    """Knows which records are one customer, by which identifier, and how that came about.

    Every method that changes something is one transaction: when it returns, the change is durable, and a process that
    dies before leaves nothing of it.  Methods may be called by several threads; several processes may have one registry
    open.

    Parameters
    ----------
    store : Store
        What keeps it.
    scheme : CustomerIdScheme, optional
        What identifiers look like; ``Base32Scheme()`` when not given.
    minter : Minter, optional
        Where new identifiers come from; drawn at random when not given.
    clock : callable, optional
        Tells the time, with a time zone.  Times are for people: nothing is ordered by them.
    state : path, optional
        A directory for what a registry that matches has worked out, so that it is opened in seconds; nothing is saved
        when not given.  It holds values of records, for the eyes of its owner.
    policy : Policy, optional
        Who may see and change what: contents are read and written through :meth:`for_actor` and :meth:`card` alone
        then.  Without one, the application that opens the registry is trusted.
    audit : AuditTrail, optional
        Keeps what was read, changed and denied under the policy.
    notify : callable, optional
        Told of changes of what :data:`~custid.privacy.gate.NOTIFIED` lists, once they are durable.
    region : str
        Where the store lies: ``"EU"``, or a country; kept with the first opening that says it.  From then on records
        of other regions are refused.

    Raises
    ------
    ConfigurationError
        If the registry was made with another scheme, or for another region, or there is an audit without a policy.

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
        scheme: CustomerIdScheme | None = None,
        minter: Minter | None = None,
        clock: Clock = _now,
        state: str | os.PathLike[str] | None = None,
        policy: Policy | None = None,
        audit: AuditTrail | None = None,
        notify: Callable[[SensitiveUpdate], None] | None = None,
        region: str = "",
    ) -> None:
        super().__init__(store, scheme or Base32Scheme(), None if state is None else SavedState(Path(state).absolute()))
        if policy is not None:
            self._access = Access(policy=policy, audit=audit, notify=notify)
        elif audit is not None or notify is not None:
            raise ConfigurationError(
                "registry: expected a policy beside audit and notify, got none.", hint="Give policy=AccessPolicy(…)."
            )
        self._mint = minter or RandomMinter()
        self._clock = clock
        self._require_scheme()
        if region:
            self._require_region(region)
        self.complete_erasure()

    def _require_region(self, region: str) -> None:
        from custid.privacy.residency import checked_region  # noqa: PLC0415  # most registries are for no region

        wanted, kept = checked_region(region), self.region
        if not kept:
            self._store.transact(lambda writing: writing.put_setting(REGION_SETTING, wanted))
        elif kept != wanted:
            raise ConfigurationError(
                f"registry: region: expected {kept!r}, for which it was made, got {wanted!r}.",
                hint="Data of another region belong in a registry there.",
            )

    def _require_scheme(self) -> None:
        with self._store.reading() as transaction:
            kept = transaction.settings().get(SCHEME_SETTING)
        if kept is None:
            self._store.transact(lambda writing: writing.put_setting(SCHEME_SETTING, self._scheme.name))
        elif kept != self._scheme.name:
            raise ConfigurationError(
                f"registry: scheme: expected {kept!r}, with which it was made, got {self._scheme.name!r}."
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Registry({self._store.description})"

    def close(self) -> None:
        """Save the state, if there is a directory for it, and close the store.

        Raises
        ------
        StoreError
            If the state cannot be written; the store is closed all the same.
        """
        try:
            self.save_state()
        finally:
            self._store.close()

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
            What records say, by record key, kept as :meth:`keep_intake` lets it in; social security numbers are masked.
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
            If a record key or a content is none, or a typed record is of another region than the registry: a transfer
            goes by :meth:`ingest`.
        """
        parts = [[checked_record_key(key) for key in members] for members in partition]
        leaving = {checked_record_key(key) for key in withdrawn}
        known = contents_of(contents)
        cause = cause_of("apply", actor, reason, request)

        def plan(transaction: ReadTransaction) -> Plan:
            kept = kept_contents(transaction, known)
            return Plan(clusters=parts, withdrawn=leaving, contents=kept, is_partition=True)

        return self._write(cause, plan)

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
            What records say, by record key, kept as :meth:`keep_intake` lets it in; social security numbers are masked.
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
        known = contents_of(contents)

        def plan(transaction: ReadTransaction) -> Plan:
            live = transaction.naming().records
            leaving = live.keys() - named
            if len(live) >= GUARDED_FROM and len(leaving) > largest_withdrawn_share * len(live):
                raise PartitionError(
                    f"partition: expected at most {largest_withdrawn_share:.0%} of {len(live)} records to be missing, "
                    f"got {len(leaving)}.",
                    hint="A truncated file? If not, allow more: largest_withdrawn_share=1.",
                )
            kept = kept_contents(transaction, known)
            return Plan(clusters=parts, withdrawn=leaving, contents=kept, is_partition=True)

        return self._write(cause_of("apply_all", actor, reason, request), plan)

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

        def plan(transaction: ReadTransaction) -> Plan:
            concerned = customers_of(transaction, leaving)
            return Plan(
                clusters=[[key for key in keys if key not in leaving] for keys in concerned.clusters().values()],
                withdrawn=leaving,
            )

        return self._write(cause_of("withdraw", actor, reason, request), plan)

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
            What records say, by record key, kept as :meth:`keep_intake` lets it in; social security numbers are masked.
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
        known = contents_of(contents)

        def plan(transaction: ReadTransaction) -> Plan:
            return adoption(transaction, adopted, kept_contents(transaction, known))

        return self._write(
            cause_of("adopt", actor, reason, request),
            plan,
            mint=lambda founder, attempt: self._mint(founder, attempt) if attempt else adopted[founder],
        )

    def _write(
        self, cause: Cause, plan: Callable[[WriteTransaction], Plan], mint: Minter | None = None
    ) -> Change | None:
        """Plan and write in one transaction; a request that was served before is served again."""

        def work(transaction: WriteTransaction) -> Change | None:
            served = transaction.change_of(cause.request)
            if served is not None:
                return next(iter(transaction.changes(served - 1, limit=1)))
            planned = plan(transaction)
            if planned.contents or planned.withdrawn:
                self._require_open(cause.kind)
            named = [[key for key in members if key not in planned.joins] for members in planned.clusters]
            require_frozen(transaction, named, planned.withdrawn)
            is_matched = uses_model(transaction)
            if is_matched:
                planned = self._matched(transaction, planned)
            change = write_change(
                transaction,
                planned.clusters,
                cause=cause,
                mint=mint or self._mint,
                clock=self._clock,
                withdrawn=planned.withdrawn,
                contents=planned.contents,
                verdicts=planned.verdicts,
                revoked=planned.revoked,
                notes=planned.notes,
            )
            if planned.finish is not None:
                planned.finish()
            if planned.accept is not None:
                planned.accept(change)
            if is_matched:
                self._matching.wrote(transaction, change)
            return change

        with self._matching.request(), CollectorPause():
            return self._store.transact(work)

    def _matched(self, transaction: WriteTransaction, planned: Plan) -> Plan:
        """Return a plan with the customers that match model and verdicts make of the records concerned."""
        if planned.is_partition:
            raise ConfigurationError(
                "registry: expected records to come by ingest, since it matches by itself, got a partition.",
                hint="Use ingest for records, and merge, split and forbid for what persons decide.",
            )
        if planned.is_erasure:
            self._matching.forget_after(transaction)
        clusters = self._matching.change(
            transaction,
            planned.rows,
            planned.withdrawn,
            verdicts=planned.verdicts,
            revoked=planned.revoked,
            seeds=[key for members in planned.clusters for key in members],
        )
        return evolve(planned, clusters=with_joined(clusters, planned.joins) if planned.joins else clusters)
