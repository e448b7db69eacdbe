"""A registry as one actor may use it: every reading and every change of contents goes through the gate."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from custid.model import ATTRIBUTES, Basis, Record, Stated, sort_text
from custid.privacy import (
    MASK,
    Action,
    Actor,
    ActorKind,
    Effect,
    Gate,
    Seen,
    facet_of,
    facet_of_name,
)
from custid.privacy.gate import statements_of
from custid.registry._card_data import seen_data
from custid.registry._kept_settings import feed_of
from custid.registry._plans import active_of, cause_of, resolution_of
from custid.registry.contents import Content
from custid.registry.customer_records import records_of
from custid.registry.events import Change
from custid.registry.feeds import Feed
from custid.registry.record_keys import RecordKey
from custid.registry.resolution import Moved
from custid.registry.store import WriteTransaction
from custid.registry.typed_feeds import AnyFeed, is_document
from custid.serde import structure

if TYPE_CHECKING:
    from custid.engines.pair_evidence import PairEvidence
    from custid.intake import Schema
    from custid.privacy import ContactDecision, SuppressionList
    from custid.registry.card import Card
    from custid.registry.carding import CardRegistry
    from custid.registry.given import Taken
    from custid.registry.identifiers import CustomerId
    from custid.registry.ingested import Ingestion
    from custid.registry.recognition import Candidate, Recognition

__all__ = ["GuardedRegistry"]

_UNDECLARED: Final = "notes"
"""What a column is taken for that no attribute is declared for: it may hold anything."""

_IDENTITY: Final = ("identifiers",)
"""What the feed of changes tells of."""

_OF_CONTACT: Final = ("consents", "preferences", "interactions")
"""What the answer to whether somebody may be contacted is made of."""

_RESTRICTION: Final = "consents"
"""Attribute under which the restriction of a record may be changed."""


class GuardedRegistry:
    """A registry as one actor may use it; made by :meth:`~custid.registry.registry.Registry.for_actor`.

    Parameters
    ----------
    registry : CardRegistry
        The registry, without a policy of its own.
    gate : Gate
        Stands before it.
    """

    def __init__(self, registry: CardRegistry, gate: Gate) -> None:
        self._registry = registry
        self._gate = gate

    def __repr__(self) -> str:
        return f"GuardedRegistry({self._registry!r})"

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self._gate.actor

    def card(self, identifier: str, *, at: datetime | None = None, months: int = 3) -> Card:
        """Return the card of a customer, as far as it may be seen; see :meth:`~custid.registry.registry.Registry.card`.

        Parameters
        ----------
        identifier : str
            As somebody typed it.
        at : datetime, optional
            The moment looked at, with a time zone; now when not given.
        months : int
            How far ahead due dates are looked for.

        Returns
        -------
        Card
            Without what is denied.

        Raises
        ------
        AccessDeniedError
            If nothing of the customer may be seen.
        UnknownIdentifierError
            If the identifier was never issued, or is gone.
        """
        return self._registry.card(identifier, gate=self._gate, at=at, months=months)

    def statements(self, identifier: str) -> tuple[Seen, ...]:
        """Return all that records say of a customer, as far as it may be read.

        Parameters
        ----------
        identifier : str
            As somebody typed it.

        Returns
        -------
        tuple of Seen
            Record by record, without those that are restricted.

        Raises
        ------
        UnknownIdentifierError
            If the identifier was never issued, or is gone.
        """
        return self._seen(identifier, Action.READ)[1]

    def export(self, identifiers: Iterable[str]) -> Iterator[dict[str, Any]]:
        """Yield all that records say of customers, as far as it may be exported.

        Parameters
        ----------
        identifiers : iterable of str
            The customers.

        Yields
        ------
        dict
            ``customer`` and ``statements``, as plain data; a customer of whom nothing may be exported has none, and
            restricted records are not among them.

        Raises
        ------
        UnknownIdentifierError
            If an identifier was never issued, or is gone.
        """
        for identifier in identifiers:
            customer, found = self._seen(identifier, Action.EXPORT)
            yield {"customer": customer, "statements": [seen_data(each) for each in found]}

    def may_contact(
        self, identifier: str, *, channel: str, purpose: str, at: datetime | None = None, **settings: Any
    ) -> ContactDecision:
        """Tell whether a customer may be contacted; see :meth:`~custid.registry.registry.Registry.may_contact`.

        Parameters
        ----------
        identifier : str
            As somebody typed it.
        channel, purpose : str
            How and what for.
        at : datetime, optional
            When, with a time zone; now when not given.
        **settings : Any
            As :meth:`~custid.registry.registry.Registry.may_contact` takes them.

        Returns
        -------
        ContactDecision
            The answer with its reasons.

        Raises
        ------
        AccessDeniedError
            If the actor must not read wholly what the answer is made of: consents, preferences and interactions.
        """
        customer = self._registry.resolve(identifier)
        active = customer.to if isinstance(customer, Moved) else customer.id
        self._gate.require(_OF_CONTACT, Action.READ, customer=active)
        self._gate.effects(_OF_CONTACT, Action.READ, customer=active)
        return self._registry.may_contact(active, channel=channel, purpose=purpose, at=at, **settings)

    def _seen(self, identifier: str, action: Action) -> tuple[CustomerId, tuple[Seen, ...]]:
        wanted = self._registry.scheme.parse(identifier)
        with self._registry.store.reading() as transaction:
            active = active_of(resolution_of(transaction, wanted))
            keys = sorted(transaction.naming([active]).records)
            contents = transaction.contents(keys)
            records = records_of(transaction, {key: contents[key] for key in keys if key in contents})
        # To show or to pass on would be a use of what is restricted.
        used = [each for each in records if not each.is_restricted]
        return active, self._gate.view(used, action=action, customer=active)

    def identify(
        self,
        values: Mapping[str, Any],
        *,
        source: str | None = None,
        match_probability: float | None = None,
        max_candidates: int = 10,
    ) -> Recognition:
        """Tell whose records some values are; see :meth:`~custid.registry.registry.Registry.identify`.

        Parameters
        ----------
        values : Mapping of str to any
            Raw values by the names of attributes, or by columns where a source is given.
        source : str, optional
            A source heard of before.
        match_probability : float, optional
            What has to be more probable than this to be decided.
        max_candidates : int
            Candidates named at most.

        Returns
        -------
        Recognition
            Values of candidates that must not be read are masked in its reasons.

        Raises
        ------
        AccessDeniedError
            If some of the attributes must not be searched by.
        """
        schema = None if source is None else self._registry.schema(source)
        facets = {facet_of_name(name) if schema is None else _facet_of_column(schema, name) for name in values}
        self._gate.require(facets, Action.SEARCH)
        self._gate.effects(facets, Action.SEARCH)
        found = self._registry.identify(
            values, source=source, match_probability=match_probability, max_candidates=max_candidates
        )
        return evolve(found, candidates=tuple(map(self._veiled, found.candidates)))

    def _veiled(self, candidate: Candidate) -> Candidate:
        def why() -> PairEvidence:
            evidence = candidate.why
            veiled = (
                each if self._is_read(each.name, candidate.customer) else evolve(each, right_values=(MASK,))
                for each in evidence.comparisons
            )
            return evolve(evidence, comparisons=tuple(veiled))

        return evolve(candidate, evidence=why)

    def _is_read(self, comparison: str, customer: str) -> bool:
        is_declared = comparison in ATTRIBUTES
        return is_declared and self._gate.effect(facet_of_name(comparison), customer=customer) is Effect.ALLOW

    def changes(self, since: str | int | None = None) -> Iterator[Change]:
        """Return what has changed, in order; see :meth:`~custid.registry.registry.Registry.changes`.

        Parameters
        ----------
        since : str or int, optional
            Token (or number) of the last change that the reader has dealt with.

        Returns
        -------
        iterator of Change
            Identifiers and record keys, no values.

        Raises
        ------
        AccessDeniedError
            If the actor must not follow the attribute ``"identifiers"``.
        """
        self._gate.require(_IDENTITY, Action.FOLLOW)
        self._gate.effects(_IDENTITY, Action.FOLLOW)
        return self._registry.changes(since)

    def ingest(
        self,
        rows: Any,
        *,
        source: str,
        schema: Schema | None = None,
        is_snapshot: bool = False,
        largest_withdrawn_share: float = 0.2,
        region: str = "",
        suppression: SuppressionList | None = None,
        refuse_suppressed: bool = False,
        reason: str = "",
        request: str = "",
    ) -> Ingestion:
        """Take in records that are new or say something else, where the actor may change it.

        Parameters
        ----------
        rows : path, table, stream, frame or iterable of dicts or of Record
            As :meth:`~custid.registry.registry.Registry.ingest` takes them.
        source : str
            Name of the source.
        schema : Schema, optional
            What columns mean.
        is_snapshot : bool
            Whether the rows are all that the source has; what a withdrawn record said counts as changed.
        largest_withdrawn_share : float
            How much a snapshot may lack.
        region : str
            Where the rows are from, where the registry was made for a region.  What a transfer lets in from others is
            for the application to take in.
        suppression, refuse_suppressed : SuppressionList and bool, optional
            As in :meth:`~custid.registry.registry.Registry.ingest`.
        reason, request : str
            As in :meth:`~custid.registry.registry.Registry.ingest`; the actor's name stands in the history.

        Returns
        -------
        Ingestion
            What became of the rows.

        Raises
        ------
        AccessDeniedError
            If an attribute that changes must not be changed; then nothing is written but the entry of the audit.

        Notes
        -----
        Of a record that is there, what differs has to be allowed, with the customer that it has; of a new one all that
        it says, with no customer.  A column without an attribute counts as notes, the restriction of a record as
        consents.  A customer who acts himself can declare, but neither verify nor set what a steward sets.
        """
        changed: dict[RecordKey, frozenset[str]] = {}

        def check(gate: Gate, transaction: WriteTransaction, taken: Taken, withdrawn: Collection[RecordKey]) -> None:
            changed.clear()
            before = transaction.contents([*taken.contents, *withdrawn])
            feed = feed_of(transaction, source)
            for key in (*taken.contents, *withdrawn):
                changed[key] = _changed(feed, before.get(key), taken.contents.get(key))
            states = transaction.records(list(changed))
            for customer, facets in _by_customer(changed, {key: each.customer for key, each in states.items()}):
                gate.require(facets, Action.UPDATE, customer=customer)
            if gate.actor.kind is ActorKind.SUBJECT:
                _require_declared(gate, taken.contents.values())

        # The trail may lie in the same database, where its entries would wait for the transaction of the change.
        with self._gate.deferred() as gate:
            found = self._registry._ingested(  # noqa: SLF001  # the one way in, with a check
                rows,
                source=source,
                schema=schema,
                is_snapshot=is_snapshot,
                largest_withdrawn_share=largest_withdrawn_share,
                region=region,
                suppression=suppression,
                refuse_suppressed=refuse_suppressed,
                cause=cause_of("ingest", self.actor.name, reason, request),
                check=partial(check, gate),
            )
        with self._registry.store.reading() as transaction:
            states = transaction.records(list(changed))
        for customer, facets in _by_customer(changed, {key: each.customer for key, each in states.items()}):
            self._gate.updated(facets, customer=customer)
        return found


def _require_declared(gate: Gate, contents: Iterable[Content]) -> None:
    """Refuse what a customer cannot say of himself."""
    documents = (values for each in contents if is_document(values := each.values()))
    claimed = {
        facet_of(name, each.value)
        for document in documents
        for name, each in statements_of([structure(document)])
        if each.by.basis is not Basis.DECLARED or each.by.verified
    }
    if claimed:
        gate.refuse(
            claimed,
            Action.UPDATE,
            customer=gate.actor.customer,
            problem="expected what a customer declares himself, got what is verified or of another basis.",
        )


def _by_customer(
    changed: Mapping[RecordKey, frozenset[str]], customers: Mapping[RecordKey, CustomerId]
) -> list[tuple[str, frozenset[str]]]:
    found: dict[str, frozenset[str]] = {}
    for key, facets in changed.items():
        if facets:
            customer = customers.get(key, "")
            found[customer] = found.get(customer, frozenset()) | facets
    return sorted(found.items())


def _changed(feed: AnyFeed | None, before: Content | None, after: Content | None) -> frozenset[str]:
    """Return the parts of attributes of which a record says something else."""
    old, new = ({} if each is None else each.values() for each in (before, after))
    if is_document(old) or is_document(new):
        return _changed_statements(*(structure(each) if each else None for each in (old, new)))
    schema = feed.schema if isinstance(feed, Feed) else None
    named = {name for name in old.keys() | new.keys() if (old.get(name) or None) != (new.get(name) or None)}
    key = None if schema is None else schema.record_key
    return frozenset(_UNDECLARED if schema is None else _facet_of_column(schema, name) for name in named - {key})


def _facet_of_column(schema: Schema, column: str) -> str:
    attribute = schema.columns.get(column)
    return _UNDECLARED if attribute is None else facet_of_name(attribute)


def _changed_statements(old: Record | None, new: Record | None) -> frozenset[str]:
    before, after = (frozenset() if each is None else _said(each) for each in (old, new))
    facets = {facet for facet, _ in before ^ after}
    if (old is not None and old.is_restricted) != (new is not None and new.is_restricted):
        facets.add(_RESTRICTION)
    return frozenset(facets)


def _said(record: Record) -> frozenset[tuple[str, str]]:
    """Return what a record says, but for when it was said: to say a thing again changes nothing."""
    stated = {
        (facet_of(name, each.value), f"{sort_text(each.value)}\n{_weight(each)}")
        for name, each in statements_of([record])
    }
    return frozenset(stated | {(facet_of_name(each.attribute), each.raw) for each in record.unread})


def _weight(stated: Stated[Any]) -> str:
    by = stated.by
    return sort_text((stated.valid, by.basis, by.verified, by.confidence))
