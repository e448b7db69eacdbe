"""Typed records for tests, written down shortly."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from custid.model import (
    ContactPoint,
    Email,
    Organization,
    OrganizationName,
    Person,
    PersonName,
    Phone,
    PostalAddress,
    Provenance,
    Record,
    Stated,
)

__all__ = ["contact", "organization", "person", "provenance", "stated"]


def provenance(year: int = 2020, source: str = "crm", key: str = "1") -> Provenance:
    """Return a provenance of the first day of a year."""
    moment = datetime(year, 1, 1, tzinfo=UTC)
    return Provenance(source=source, record=key, observed_at=moment, recorded_at=moment)


def stated(value: Any, year: int = 2020, **facts: Any) -> Stated[Any]:
    """Return a statement of the first day of a year."""
    return Stated(value, provenance(year), **facts)


def contact(point: PostalAddress | Phone | Email, year: int = 2020, **facts: Any) -> Stated[ContactPoint]:
    """Return a statement of a contact point."""
    return stated(ContactPoint(point=point, **facts), year)


def person(key: str, given: str, family: str, *, year: int = 2020, source: str = "crm", **fields: Any) -> Record:
    """Return a record of a person with one name."""
    names = fields.pop("names", None) or (stated(PersonName(given=(given,), family=family), year),)
    return Record(source=source, key=key, party=Person(names=names, **fields))


def organization(key: str, name: str, *, source: str = "crm", **fields: Any) -> Record:
    """Return a record of an organization with one name."""
    return Record(source=source, key=key, party=Organization(names=(stated(OrganizationName(name=name)),), **fields))
