"""What a customer says of contacts and purposes, at a desk or by letter, kept in a record of its own.

A record of the source `DESK` is joined to the customer by a decision.  It outlasts what other sources send next, which
replaces their records, and takes consents where all else that is known of the customer came as rows.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Final

from attrs import evolve

from custid.errors import ConfigurationError, InputError
from custid.model import Consent, ConsentStatus, Person, Provenance, Record, Stated
from custid.privacy.receipts import ConsentReceipt, receipt_of, withdrawal_of
from custid.registry.record_keys import RecordKey
from custid.survivorship import consents_of
from custid.survivorship.contact_terms import channel_named, purpose_named

if TYPE_CHECKING:
    from custid.registry.registry import Registry

__all__ = ["DESK", "consent_to_withdraw", "state_consent"]

DESK: Final = "consent desk"
"""Source of the records that hold what customers have said at the desk."""

_GIVEN: Final = frozenset({ConsentStatus.GIVEN, ConsentStatus.EXPIRED})


def state_consent(
    registry: Registry, identifier: str, said: Consent, *, at: datetime, actor: str = "", reason: str = "consent"
) -> ConsentReceipt:
    """Keep what a customer has said, and return the receipt.

    Parameters
    ----------
    registry : Registry
        The registry.
    identifier : str
        As somebody typed it; a redirect is followed.
    said : Consent
        A consent, a refusal, a withdrawal or an objection.
    at : datetime
        When we learned of it, with a time zone.
    actor, reason : str
        Who and why, for the history; without personal data.

    Returns
    -------
    ConsentReceipt
        For the customer.  What holds now is another question: the most protective word of all records does.

    Raises
    ------
    AccessDeniedError
        If the registry has an access policy.
    InputError
        If the registry does not take it in.
    IdentifierError, UnknownIdentifierError
        If it is no identifier, was never issued, or is gone.
    """
    customer = registry.customer(identifier)
    typed = registry.typed_records(identifier)
    # As it is kept: a restriction of the moment is not written into it.
    held = next((each for each in customer.typed_records.values() if each.source == DESK), None)
    key = RecordKey(DESK, secrets.token_hex(12) if held is None else held.key)
    by = Provenance(source=key.source, record=key.key, observed_at=said.at or at, recorded_at=at)
    receipt, stated = receipt_of(Stated(said, by))
    record = _new(key, typed, stated) if held is None else evolve(held, consents=(*held.consents, stated))
    refused = registry._keep_said(  # noqa: SLF001  # our own
        record, customer.id, is_new=held is None, actor=actor, reason=reason
    )
    if refused:
        raise InputError(f"consent: {refused[0].message}")
    return receipt


def _new(key: RecordKey, others: tuple[Record, ...], stated: Stated[Consent]) -> Record:
    """Return a record that says nothing but this, of the kind, country and tenant of the customer's other records."""
    if not others:
        return Record(source=key.source, key=key.key, party=Person(), consents=(stated,))
    like = others[0]
    return Record(
        source=key.source,
        key=key.key,
        party=type(like.party)(),
        consents=(stated,),
        jurisdiction=like.jurisdiction,
        tenant=like.tenant,
    )


def consent_to_withdraw(
    registry: Registry, identifier: str, *, purpose: str, channel: str = "", at: datetime
) -> Consent:
    """Return what takes back the consent that a customer has given.

    Parameters
    ----------
    registry : Registry
        The registry.
    identifier : str
        As somebody typed it.
    purpose : str
        The purpose.
    channel : str
        The channel; empty for all.  A consent to all channels may be withdrawn for one.
    at : datetime
        When it is taken back, with a time zone.

    Returns
    -------
    Consent
        The withdrawal, to be given to `state_consent`.

    Raises
    ------
    ConfigurationError
        If no such consent holds.
    """
    found = [
        choice.statement.value
        # To take it back is open to whoever has his data restricted, too.
        for choice in consents_of(evolve(each, is_restricted=False) for each in registry.typed_records(identifier))
        if purpose_named(choice.purpose) == purpose_named(purpose)
        and channel_named(choice.channel) in {"", channel_named(channel)}
        and choice.status in _GIVEN
    ]
    if not found:
        raise ConfigurationError(
            "consent: expected a consent to this purpose and channel that holds, got none to withdraw.",
            hint="To object to what needs no consent, say objected.",
        )
    given = max(found, key=lambda each: each.channel)
    return evolve(withdrawal_of(given, at=at), channel=channel)
