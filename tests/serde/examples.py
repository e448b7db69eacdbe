"""A record that several tests read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from custid.model import ContactPoint, ContactUse, PartialDate, Person, PersonName, Phone, Provenance, Record, Stated

THEN = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
BY = Provenance(source="till", record="7", observed_at=THEN, recorded_at=THEN)


def stated(value: Any) -> tuple[Stated[Any], ...]:
    """Return one statement."""
    return (Stated(value, BY),)


def zoe() -> Record:
    """Return the record of a person with a name, a birth date and a phone."""
    phone = ContactPoint(point=Phone(e164="+33639980007"), use=ContactUse.HOME)
    party = Person(
        names=stated(PersonName(family="Goff", particle="Le", given=("Zoé", "Anne"))),
        birth_dates=stated(PartialDate("1984-06")),
        contacts=stated(phone),
    )
    return Record(source="till", key="7", party=party)
