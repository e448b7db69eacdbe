"""The one place where a policy is asked: what comes through has been decided on, and what was denied is on record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, NoReturn

from attrs import field, frozen

from custid.errors import AccessDeniedError
from custid.model import Record, Stated
from custid.privacy.access import Action, Actor, ActorKind, Effect, Policy, facet_of
from custid.privacy.audit import AuditEntry, AuditTrail
from custid.privacy.masking import masked

__all__ = ["NOTIFIED", "Gate", "Seen", "SensitiveUpdate", "seen", "statements_of"]

NOTIFIED: Final = (
    "contacts.email",
    "contacts.phone",
    "contacts.postal",
    "identifiers.iban",
    "person_names",
    "wealth",
)
"""Attributes whose change a responsible person hears of, that of their parts included: by them accounts are taken
over."""

_WATCHED: Final = frozenset(NOTIFIED)


@frozen(kw_only=True)
class Seen:
    """A statement as an actor may see it.

    Attributes
    ----------
    attribute : str
        Name of the attribute.
    facet : str
        Name of the part of it (:func:`custid.privacy.access.facet_of`).
    value : object or None
        The typed value; None where it is masked.
    text : str
        What is shown of a masked value; empty for others.
    stated : Stated or None
        The whole statement; None where it is masked.
    source, record : str
        Which record of which source says so.
    observed_at : datetime
        When it was said or seen.
    """

    attribute: str
    facet: str
    value: Any = field(default=None, repr=False)
    text: str = ""
    stated: Stated[Any] | None = field(default=None, repr=False)
    source: str
    record: str
    observed_at: datetime

    @property
    def is_masked(self) -> bool:
        """Whether the value is hidden."""
        return self.stated is None


@frozen(kw_only=True)
class SensitiveUpdate:
    """That something has changed which a responsible person should hear of; never what it says.

    Attributes
    ----------
    customer : str
        Identifier of the customer.
    attributes : tuple of str
        What has changed.
    actor : str
        Who changed it.
    """

    customer: str
    attributes: tuple[str, ...]
    actor: str


class Gate:
    """Lets one actor through, for one purpose, as far as a policy allows.

    Parameters
    ----------
    policy : Policy
        Decides.
    actor : Actor
        Who acts.
    purpose : str
        What for; empty where none was said, which closes what is sensitive.
    audit : AuditTrail, optional
        Keeps what was denied, and what was read, exported and changed.
    notify : callable, optional
        Told of changes of what `NOTIFIED` lists.

    Examples
    --------
    >>> from custid.privacy import AccessPolicy, Grant
    >>> gate = Gate(AccessPolicy((Grant(attributes=("person_names",)),)), Actor(name="till 3"), purpose="sale")
    >>> gate.effect("birth_date").value
    'deny'
    """

    def __init__(
        self,
        policy: Policy,
        actor: Actor,
        *,
        purpose: str = "",
        audit: AuditTrail | None = None,
        notify: Callable[[SensitiveUpdate], None] | None = None,
    ) -> None:
        self._policy = policy
        self._actor = actor
        self._purpose = purpose
        self._audit = audit
        self._notify = notify

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self._actor

    @property
    def purpose(self) -> str:
        """What for."""
        return self._purpose

    @contextmanager
    def deferred(self) -> Iterator[Gate]:
        """Let acts be decided inside a transaction of the database in which the trail lies.

        Another transaction would wait there for the one that is open.

        Yields
        ------
        Gate
            It decides as this one does, and what it notes is put on record when the ``with`` block ends, also where it
            ends with an error.
        """
        held = _Held()
        try:
            yield Gate(
                self._policy,
                self._actor,
                purpose=self._purpose,
                audit=None if self._audit is None else held,
                notify=self._notify,
            )
        finally:
            if self._audit is not None:
                for entry in held.entries():
                    self._audit.append(entry)

    def effect(self, attribute: str, action: Action = Action.READ, *, customer: str = "") -> Effect:
        """Return what becomes of a wish; nothing is put on record.

        Parameters
        ----------
        attribute : str
            Name of the attribute, or of a part of it.
        action : Action
            What is wanted.
        customer : str
            Identifier of the customer whose data it is; empty for none in particular.

        Returns
        -------
        Effect
            Allow, mask or deny.  A customer who acts himself is denied whatever is not his own, by any policy.
        """
        if self._actor.kind is ActorKind.SUBJECT and self._actor.customer != customer:
            return Effect.DENY
        return self._policy(self._actor, self._purpose, attribute, action, customer=customer)

    def require(self, attributes: Iterable[str], action: Action, *, customer: str = "") -> None:
        """Refuse what is not wholly allowed.

        Parameters
        ----------
        attributes : iterable of str
            All attributes concerned.
        action : Action
            What is wanted.
        customer : str
            Identifier of the customer whose data it is.

        Raises
        ------
        AccessDeniedError
            With every attribute that is not allowed; it is on record then, and nothing else has happened.
        """
        named = sorted(set(attributes))
        refused = [name for name in named if self.effect(name, action, customer=customer) is not Effect.ALLOW]
        if refused:
            reason = f" for {self._purpose!r}" if self._purpose else " without a purpose"
            self.refuse(
                refused,
                action,
                customer=customer,
                problem=f"{action.value} {', '.join(refused)}{reason}: expected a grant, got none.",
            )

    def refuse(self, attributes: Iterable[str], action: Action, *, customer: str = "", problem: str) -> NoReturn:
        """Refuse something, whatever the policy says.

        Parameters
        ----------
        attributes : iterable of str
            All attributes concerned.
        action : Action
            What is wanted.
        customer : str
            Identifier of the customer whose data it is.
        problem : str
            What was expected and what was met; without values.

        Raises
        ------
        AccessDeniedError
            Always; it is on record then.
        """
        self._note(action, customer, sorted(set(attributes)), "denied")
        raise AccessDeniedError(
            f"access: {self._actor.name!r}: {problem}",
            hint="Ask whoever keeps the policy, or say what it is for.",
        )

    def view(self, records: Iterable[Record], *, action: Action = Action.READ, customer: str = "") -> tuple[Seen, ...]:
        """Return what the actor may see of some records.

        Parameters
        ----------
        records : iterable of Record
            Records of one customer.
        action : Action
            What is wanted.
        customer : str
            Identifier of the customer.

        Returns
        -------
        tuple of Seen
            In the order of the records and their fields; statements that are denied are not among them.  One entry of
            the audit tells which attributes were read, one which were denied.
        """
        stated = [(name, each, facet_of(name, each.value)) for name, each in statements_of(records)]
        effects = self.effects((facet for _, _, facet in stated), action, customer=customer)
        return tuple(
            seen(name, each, effects[facet]) for name, each, facet in stated if effects[facet] is not Effect.DENY
        )

    def effects(self, facets: Iterable[str], action: Action = Action.READ, *, customer: str = "") -> dict[str, Effect]:
        """Decide on parts of attributes, and put it on record.

        Parameters
        ----------
        facets : iterable of str
            Attributes, or parts of one, that are there.
        action : Action
            What is wanted.
        customer : str
            Identifier of the customer.

        Returns
        -------
        dict of str to Effect
            What becomes of each.  One entry of the audit tells which attributes were read, one which were denied.
        """
        decided = {facet: self.effect(facet, action, customer=customer) for facet in sorted(set(facets))}
        for outcome, is_denied in (("allowed", False), ("denied", True)):
            named = [facet for facet, effect in decided.items() if (effect is Effect.DENY) is is_denied]
            if named:
                self._note(action, customer, named, outcome)
        return decided

    def update(self, attributes: Collection[str], *, customer: str) -> None:
        """Refuse a change that is not allowed; note one that is, and tell the responsible person.

        Parameters
        ----------
        attributes : collection of str
            What is changed.
        customer : str
            Identifier of the customer.

        Raises
        ------
        AccessDeniedError
            If some attribute must not be changed.  To be called before anything is written: then a denied change
            leaves no trace but an entry of the audit.
        """
        self.require(attributes, Action.UPDATE, customer=customer)
        self.updated(attributes, customer=customer)

    def updated(self, attributes: Collection[str], *, customer: str) -> None:
        """Note a change that was allowed and made, and tell the responsible person.

        Parameters
        ----------
        attributes : collection of str
            What has changed.
        customer : str
            Identifier of the customer.
        """
        self._note(Action.UPDATE, customer, sorted(set(attributes)), "allowed")
        watched = tuple(sorted({name for name in attributes if {name, name.partition(".")[0]} & _WATCHED}))
        if watched and self._notify is not None:
            self._notify(SensitiveUpdate(customer=customer, attributes=watched, actor=self._actor.name))

    def _note(self, action: Action, customer: str, attributes: Collection[str], outcome: str) -> None:
        if self._audit is not None:
            self._audit.append(
                AuditEntry(
                    actor=self._actor.name,
                    actor_kind=self._actor.kind.value,
                    action=action.value,
                    customers=(customer,) if customer else (),
                    categories=tuple(attributes),
                    purpose=self._purpose,
                    outcome=outcome,
                )
            )


class _Held:
    """Keeps entries until they are put on record."""

    def __init__(self) -> None:
        self._entries: list[AuditEntry] = []

    def append(self, entry: AuditEntry, /) -> AuditEntry:
        self._entries.append(entry)
        return entry

    def entries(self) -> Iterator[AuditEntry]:
        yield from self._entries


def statements_of(records: Iterable[Record]) -> Iterator[tuple[str, Stated[Any]]]:
    """Yield the statements of records, each with the name of its attribute.

    Parameters
    ----------
    records : iterable of Record
        The records.

    Yields
    ------
    tuple of str and Stated
        In the order of the records and their fields.
    """
    for record in records:
        for declared, stated in record.statements():
            yield declared.name, stated


def seen(attribute: str, stated: Stated[Any], effect: Effect) -> Seen:
    """Return a statement as it is seen under a decision.

    Parameters
    ----------
    attribute : str
        Name of the attribute.
    stated : Stated
        The statement.
    effect : Effect
        Allow or mask: what is denied is not seen.

    Returns
    -------
    Seen
        With the value, or with the mask alone.
    """
    is_masked = effect is not Effect.ALLOW
    return Seen(
        attribute=attribute,
        facet=facet_of(attribute, stated.value),
        value=None if is_masked else stated.value,
        text=masked(stated.value) if is_masked else "",
        stated=None if is_masked else stated,
        source=stated.by.source,
        record=stated.by.record,
        observed_at=stated.by.observed_at,
    )
