"""Customers whose records say much."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from custid.model import (
    Consent,
    ConsentStatus,
    ContactPoint,
    Direction,
    Email,
    Holding,
    Interaction,
    InteractionStatus,
    Measure,
    PartialDate,
    PartyKey,
    Period,
    Person,
    PersonName,
    Phone,
    Preference,
    Provenance,
    Record,
    Relation,
    Role,
    Stated,
)
from custid.privacy import AccessPolicy, Action, Effect, Grant
from custid.registry import MemoryStore, Registry, SequentialMinter
from custid.serde import unstructure

__all__ = ["CRM", "NOW", "POLICY", "WEB", "crm_record", "kept", "registry_of", "stated", "web_record"]

NOW = datetime(2026, 9, 11, 10, tzinfo=UTC)
CRM, WEB = ("crm", "7"), ("web", "a1")

POLICY = AccessPolicy(
    (
        Grant(roles=("till",), attributes=("person_names", "measures.tier"), purposes=("sale",)),
        Grant(roles=("till",), attributes=("contacts.phone",), effect=Effect.MASK),
        Grant(roles=("agent",), purposes=("service",), actions=tuple(Action)),
        Grant(own_only=True, actions=(Action.READ, Action.UPDATE), purposes=("self-service",)),
    )
)
"""A till sees name and tier, and that there is a phone; an agent does all; a customer reads and changes his own."""


def stated(value: Any, key: tuple[str, str], days: int = 0, **known: Any) -> Stated[Any]:
    """Return a statement of a record, so many days before `NOW`."""
    at = NOW - timedelta(days=days)
    given = {name: known.pop(name) for name in ("basis", "verified", "channel") if name in known}
    return Stated(value, Provenance(source=key[0], record=key[1], observed_at=at, recorded_at=at, **given), **known)


def crm_record(**changes: Any) -> Record:
    """Return what the crm says of Marie."""
    key = PartyKey(*CRM)
    party: dict[str, Any] = {
        "names": (stated(PersonName(given=("Marie",), family="Durand"), CRM, 9),),
        "birth_dates": (stated(PartialDate("1984-06-12"), CRM, 9),),
        "contacts": (stated(ContactPoint(point=Phone(e164="+33612345678")), CRM, 9),),
        "measures": (stated(Measure(name="tier", value="gold"), CRM, 9), stated(Measure(name="braking", value=7), CRM)),
        "wealth": (stated(Measure(name="income", value=40_000), CRM, 9),),
    }
    party |= {name: changes.pop(name) for name in tuple(changes) if name in party}
    said: dict[str, Any] = {
        "roles": (
            stated(
                Role(kind="subscriber", target="contract:7", holders=(key,)),
                CRM,
                9,
                valid=Period(PartialDate("2019-03-01"), None),
            ),
        ),
        "relations": (stated(Relation(kind="spouse", subject=key, object=PartyKey("crm", "8")), CRM, 9),),
        "holdings": (
            stated(Holding(kind="warranty", product="Washer", serial="W1", expires=PartialDate("2026-11-01")), CRM, 9),
        ),
        "interactions": (
            stated(interaction("i0", 900, "shop", kind="origin", subject="competition"), CRM, 900),
            stated(interaction("i2", 10, "phone", kind="call", thread="T1", direction=Direction.OUTBOUND), CRM, 9),
        ),
        "preferences": (
            stated(Preference(topic="contact", value="by phone", channel="phone", windows=("SA 09:00-12:00",)), CRM, 9),
        ),
        "consents": (
            stated(Consent(purpose="marketing", status=ConsentStatus.GIVEN, expires=NOW - timedelta(days=1)), CRM, 9),
        ),
    }
    return Record(source="crm", key="7", party=Person(**party), **(said | changes))


def web_record(subject: str = "Leak") -> Record:
    """Return what the web site says of Marie."""
    party = Person(
        names=(stated(PersonName(given=("Marie",), family="Durand"), WEB, 5),),
        birth_dates=(stated(PartialDate("1984-12-06"), WEB, 5),),
        contacts=(stated(ContactPoint(point=Email(address="marie@courriel.example")), WEB, 5),),
    )
    asked = (
        interaction("w0", 1200, "web", kind="origin", subject="newsletter"),
        interaction("w1", 11, "web", kind="request", subject=subject, thread="T1", status=InteractionStatus.OPEN),
    )
    return Record(source="web", key="a1", party=party, interactions=tuple(stated(each, WEB, 5) for each in asked))


def interaction(reference: str, days: int, channel: str, **known: Any) -> Interaction:
    """Return an interaction so many days before `NOW`."""
    return Interaction(
        at=NOW - timedelta(days=days),
        channel=channel,
        reference=reference,
        **({"direction": Direction.INBOUND} | known),
    )


def kept(*records: Record) -> dict[tuple[str, str], dict[str, Any]]:
    """Return records as contents."""
    return {(each.source, each.key): unstructure(each) for each in records}


def registry_of(*customers: tuple[Record, ...], **settings: Any) -> Registry:
    """Return a registry of customers, made by hand; settings are those of a second opening of its store."""
    store = MemoryStore()
    first = Registry(store, minter=SequentialMinter())
    for members in customers:
        contents = kept(*members)
        first.apply([list(contents)], contents=contents)
    return Registry(store, clock=lambda: NOW, **settings)
