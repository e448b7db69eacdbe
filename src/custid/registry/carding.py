"""Customer cards of a registry, and the actors before it."""

from __future__ import annotations

from abc import ABC
from contextlib import nullcontext
from copy import copy
from datetime import datetime
from typing import TYPE_CHECKING, Any

from attrs import evolve

from custid.errors import AccessDeniedError, ConfigurationError, IdentifierError, UnknownIdentifierError
from custid.registry._plans import active_of, resolution_of
from custid.registry.recognizing import RecognizingRegistry
from custid.registry.resolution import Moved
from custid.registry.writing import Clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from custid.model import Record
    from custid.privacy import Actor, ContactDecision, Gate, SuppressionList
    from custid.registry.card import Card
    from custid.registry.guarded import GuardedRegistry
    from custid.registry.identifiers import CustomerId
    from custid.registry.naming import Naming
    from custid.registry.record_keys import RecordKey
    from custid.registry.store import ReadTransaction

__all__ = ["CardRegistry"]


class CardRegistry(RecognizingRegistry, ABC):
    """What a registry shows of a customer, and to whom; see `Registry`."""

    _clock: Clock

    def card(
        self,
        identifier: str,
        *,
        gate: Gate | None = None,
        actor: Actor | None = None,
        purpose: str = "",
        at: datetime | None = None,
        months: int = 3,
    ) -> Card:
        """Return who a customer is, what matters to him and what he represents, at a glance.

        Parameters
        ----------
        identifier : str
            As somebody typed it; a redirect is followed, which the card's ``customer`` shows.
        gate : Gate, optional
            Decides what is seen; a registry with a policy makes its own.
        actor : Actor, optional
            Who looks, under the registry's policy.
        purpose : str
            What for, with an actor.
        at : datetime, optional
            The moment looked at, with a time zone: values that hold on that day, status and due dates.  Now when not
            given.
        months : int
            How far ahead due dates are looked for, 0 or more.

        Returns
        -------
        Card
            As data, text and page.  What is denied is not in it, what is masked is masked in all three.

        Raises
        ------
        AccessDeniedError
            If the registry has a policy and nobody is named, or nothing of the customer may be seen.
        ConfigurationError
            If an actor is named without a policy or beside a gate, a gate beside a policy, or the moment has no time
            zone.
        IdentifierError
            If it is no identifier of the scheme.
        UnknownIdentifierError
            If it was never issued, or is gone.

        Notes
        -----
        The card reads the records of one customer by their keys; neither match model nor matcher take part, so that it
        takes the same time whatever the number of customers.
        """
        from custid.registry.card import card_of  # noqa: PLC0415  # loads Arrow

        gate = self._gate(gate, actor, purpose)
        moment = self._clock() if at is None else at
        if moment.utcoffset() is None:
            raise ConfigurationError("card: at: expected a moment with a time zone, got one without.")
        wanted = self._scheme.parse(identifier)
        # The trail may lie in the same database, where its entries would wait for this transaction.
        with nullcontext() if gate is None else gate.deferred() as asked, self._store.reading() as transaction:

            def find(keys: Iterable[RecordKey]) -> Mapping[RecordKey, CustomerId]:
                return {key: each.customer for key, each in transaction.records(tuple(keys)).items()}

            active = active_of(resolution_of(transaction, wanted))
            naming, records = _records_of(transaction, active)
            keys = tuple(each.key for each in sorted(naming.records.values(), key=lambda each: each.arrival))
            redirects = sorted(naming.identifiers.values(), key=lambda each: each.age)
            card = card_of(
                active,
                records,
                at=moment,
                gate=asked,
                redirects=tuple(each.id for each in redirects if not each.is_active),
                keys=keys,
                months=months,
                find=find,
            )
        if gate is not None and not card.records:
            raise AccessDeniedError(
                f"card: {gate.actor.name!r}: expected a grant on something of the customer, got none.",
                hint="Ask whoever keeps the policy, or say what it is for.",
            )
        return card

    def typed_records(self, identifier: str) -> tuple[Record, ...]:
        """Return what the records of a customer say, as typed records.

        Parameters
        ----------
        identifier : str
            As somebody typed it; a redirect is followed.

        Returns
        -------
        tuple of Record
            In the order of their arrival, without rows that state nothing.  Typed records are as they came; a row says
            what its columns mean, as seen when the registry got it.  What the registry has been told to restrict is
            restricted (``is_restricted``): best values, contacts and triggers pass it over.

        Raises
        ------
        AccessDeniedError
            If the registry has an access policy.
        IdentifierError
            If it is no identifier of the scheme.
        UnknownIdentifierError
            If it was never issued, or is gone.
        """
        self._require_open("typed_records")
        wanted = self._scheme.parse(identifier)
        with self._store.reading() as transaction:
            return _records_of(transaction, active_of(resolution_of(transaction, wanted)))[1]

    def may_contact(
        self,
        identifier: str,
        *,
        channel: str,
        purpose: str,
        at: datetime | None = None,
        suppression: SuppressionList | None = None,
        **settings: Any,
    ) -> ContactDecision:
        """Tell whether a customer may be contacted, and why, by all of the customer's records.

        Parameters
        ----------
        identifier : str
            As somebody typed it; a redirect is followed.
        channel, purpose : str
            How and what for; see `custid.privacy.may_contact`.
        at : datetime, optional
            When, with a time zone; now when not given.
        suppression : SuppressionList, optional
            Who wanted never to be contacted again.
        **settings : Any
            Further settings of `custid.privacy.may_contact`.

        Returns
        -------
        ContactDecision
            The answer with its reasons.

        Raises
        ------
        AccessDeniedError
            If the registry has an access policy.
        ConfigurationError
            If the moment has no time zone, a country has no pack, or no record states anything.
        IdentifierError, UnknownIdentifierError
            If it is no identifier, was never issued, or is gone.
        """
        from custid.privacy import may_contact  # noqa: PLC0415  # not for whoever shows cards alone

        records = self.typed_records(identifier)
        if suppression is not None:
            settings["is_suppressed"] = suppression.lists
        moment = self._clock() if at is None else at
        return may_contact(records, channel=channel, purpose=purpose, at=moment, **settings)

    def for_actor(self, actor: Actor, purpose: str = "") -> GuardedRegistry:
        """Return the registry as one actor may use it, for one purpose.

        Parameters
        ----------
        actor : Actor
            Who acts; a customer by any identifier that leads to him.
        purpose : str
            What for; empty where none was said, which closes what is sensitive.

        Returns
        -------
        GuardedRegistry
            Cards, searches, exports, changes of records and the feed of changes, each asked of the policy.

        Raises
        ------
        ConfigurationError
            If the registry has no policy.
        """
        from custid.registry.guarded import GuardedRegistry  # noqa: PLC0415  # loads Arrow

        if self._access is None:
            raise ConfigurationError(
                "registry: expected an access policy, got none.", hint="Open it with policy=AccessPolicy(…)."
            )
        trusted = copy(self)
        trusted._access = None  # noqa: SLF001  # our own kind: the gate stands before it
        return GuardedRegistry(trusted, self._access.gate(self._as_now(actor), purpose))

    def _gate(self, gate: Gate | None, actor: Actor | None, purpose: str) -> Gate | None:
        if actor is None:
            if gate is None:
                self._require_open("card")
            elif self._access is not None:
                raise ConfigurationError("card: expected an actor, since the registry has a policy, got a gate.")
            return gate
        if gate is not None or self._access is None:
            raise ConfigurationError(
                f"card: actor: expected {'none beside a gate' if gate is not None else 'an access policy'}, got one.",
                hint="Open the registry with policy=AccessPolicy(…), or give a gate alone.",
            )
        return self._access.gate(self._as_now(actor), purpose)

    def _as_now(self, actor: Actor) -> Actor:
        """Return an actor who, where he is a customer, goes by the identifier that leads to his records now."""
        if not actor.customer:
            return actor
        try:
            resolution = self.resolve(actor.customer)
        except (IdentifierError, UnknownIdentifierError):
            # Of no identifier, or of one never issued, he is nobody's customer.
            return actor
        return evolve(actor, customer=resolution.to) if isinstance(resolution, Moved) else actor


def _records_of(transaction: ReadTransaction, customer: CustomerId) -> tuple[Naming, tuple[Record, ...]]:
    """Return names and records of a customer, and what the records say, in the order of their arrival."""
    from custid.registry.customer_records import records_of  # noqa: PLC0415  # loads Arrow

    naming = transaction.naming([customer])
    keys = [each.key for each in sorted(naming.records.values(), key=lambda each: each.arrival)]
    contents = transaction.contents(keys)
    return naming, records_of(transaction, {key: contents[key] for key in keys if key in contents})
