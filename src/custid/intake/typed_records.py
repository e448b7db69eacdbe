"""Typed records as rows of text: each part of a statement in the column of its attribute, dated where it is.

Matching has one way in: what a file holds in columns and what a `Record` states are the same text from here on, and go
through the same standardizers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.errors import DuplicateRecordKeyError, EmptyInputError, UnsupportedInputError
from custid.intake._intake import Intake, TypedRows
from custid.model import (
    ATTRIBUTES,
    Collective,
    ContactPoint,
    Email,
    ExternalId,
    NameUse,
    Organization,
    Period,
    Person,
    PersonName,
    Phone,
    PostalAddress,
    Record,
    Sex,
    Stated,
)
from custid.table.views import FIRST_DAY, LAST_DAY

__all__ = ["read_records"]

KINDS = (Person, Organization, Collective)
_SEXES = {Sex.MALE: "male", Sex.FEMALE: "female"}
_Value = tuple[str, str, Period]


def read_records(records: Iterable[Any]) -> Intake:
    """Read typed records.

    Restricted records (GDPR, article 18) keep their row and show no value: they are kept and not used.

    Parameters
    ----------
    records : iterable of Record
        The records, of one source or several.

    Returns
    -------
    Intake
        One row per record; columns are named after their attributes, and numbered where a record has several values.

    Raises
    ------
    EmptyInputError
        If there is no record.
    UnsupportedInputError
        If something is no Record.
    DuplicateRecordKeyError
        If two records of one source have one key.

    Examples
    --------
    >>> from datetime import datetime, timezone
    >>> from custid.model import Provenance
    >>> now = datetime(2026, 1, 5, tzinfo=timezone.utc)
    >>> by = Provenance(source="till", record="7", observed_at=now, recorded_at=now)
    >>> name = Stated(PersonName(given=("Zoé",), family="Gall", particle="Le"), by)
    >>> intake = read_records([Record(source="till", key="7", party=Person(names=(name,)))])
    >>> intake.table.to_pylist()
    [{'record_key': '7', 'source': 'till', 'family_name': 'Le Gall', 'given_name': 'Zoé'}]
    """
    rows = _Rows()
    for number, record in enumerate(records, start=1):
        if not isinstance(record, Record):
            raise UnsupportedInputError(
                f"row {number}: expected a Record, got {type(record).__name__}.",
                hint="Give records only, or rows only; link takes both as two sources.",
            )
        rows.add(record)
    if not rows.keys:
        raise EmptyInputError("input: expected at least one record, got none.")
    return rows.finish()


@frozen(eq=False)
class _Column:
    attribute: str
    texts: dict[int, str] = field(factory=dict)
    periods: dict[int, Period] = field(factory=dict)


class _Rows:
    """Collects records into columns."""

    def __init__(self) -> None:
        self.keys: list[tuple[str, str]] = []
        self._columns: dict[tuple[str, int], _Column] = {}
        self._kinds: list[int] = []
        self._days: list[int] = []

    def add(self, record: Record) -> None:
        row = len(self.keys)
        self.keys.append((record.source, record.key))
        self._kinds.append(next(place for place, kind in enumerate(KINDS) if isinstance(record.party, kind)))
        self._days.append(_observed_day(record))
        if record.is_restricted:
            return
        n_held: dict[str, int] = {}
        for attribute, text, period in _values(record):
            place = n_held[attribute] = n_held.get(attribute, 0) + 1
            column = self._columns.setdefault((attribute, place), _Column(attribute))
            column.texts[row] = text
            if not period.is_unbounded:
                column.periods[row] = period

    def finish(self) -> Intake:
        n_rows = len(self.keys)
        if len(set(self.keys)) < n_rows:
            raise DuplicateRecordKeyError(
                "records: expected each source and key once, got some twice.",
                hint="Give the latest version of each record.",
            )
        sources, keys = zip(*self.keys, strict=True)
        arrays = {"record_key": pa.array(keys, pa.string()), "source": pa.array(sources, pa.string())}
        attributes = {name: name for name in arrays}
        periods: dict[str, NDArray[np.int32]] = {}
        for (attribute, place), column in sorted(self._columns.items()):
            name = attribute if place == 1 else f"{attribute} {place}"
            arrays[name] = pa.array([column.texts.get(row) for row in range(n_rows)], pa.string())
            attributes[name] = attribute
            if column.periods:
                periods[name] = _days(column.periods, n_rows)
        return Intake(
            name="records",
            table=pa.table(arrays),
            line_numbers=np.arange(1, n_rows + 1, dtype=np.int64),
            typed=TypedRows(
                attributes=attributes,
                kind_of_row=np.array(self._kinds, np.int8),
                observed_day=np.array(self._days, np.int32),
                periods=periods,
            ),
        )


def _days(periods: dict[int, Period], n_rows: int) -> NDArray[np.int32]:
    """Return the first and last day of each row's value, shape (n_rows, 2)."""
    days = np.empty((n_rows, 2), np.int32)
    days[:] = FIRST_DAY, LAST_DAY
    for row, period in periods.items():
        first, last = period.first_day, period.last_day
        days[row] = (
            FIRST_DAY if first == date.min else first.toordinal(),
            LAST_DAY if last == date.max else last.toordinal(),
        )
    return days


def _observed_day(record: Record) -> int:
    statements = [statement.by.observed_at for _, statement in record.statements()]
    moments = statements or [unread.by.observed_at for unread in record.unread]
    # In UTC, so that the day does not depend on where the computer stands.
    return max(moment.astimezone(UTC).toordinal() for moment in moments)


def _values(record: Record) -> Iterator[_Value]:
    """Return the values that may be evidence: attribute, text, period."""
    for found in _texts(record):
        attribute, text, _ = found
        if text.strip() and ATTRIBUTES[attribute].is_comparable:
            yield found


def _texts(record: Record) -> Iterator[_Value]:
    party = record.party
    if isinstance(party, Person):
        yield from _person(party)
    else:
        for name in party.names:
            text = name.value if isinstance(name.value, str) else f"{name.value.name} {name.value.legal_form}"
            yield "organization_name", text, name.valid
    if isinstance(party, Organization):
        for activity in party.activities:
            yield "category", activity.value, activity.valid
    for identifier in party.identifiers:
        yield _identifier(identifier)
    for contact in party.contacts:
        # A phone or mailbox that others use too says who is meant as little as a street does.
        if isinstance(contact.value.point, PostalAddress) or not contact.value.is_shared:
            yield from _contact(contact)
    for holding in record.holdings:
        if holding.value.kind == "vehicle":
            yield "vehicle_number", holding.value.serial, holding.valid


def _person(person: Person) -> Iterator[_Value]:
    for name in person.names:
        yield from _name(name)
    for born in person.birth_dates:
        yield "birth_date", born.value.text.rstrip("?~%"), born.valid
    for place in person.birth_places:
        yield "birth_place", place.value, place.valid
    for sex in person.sexes:
        yield "sex", _SEXES.get(sex.value, ""), sex.valid
    if not person.sexes:
        for name in person.names:
            yield "sex", name.value.prefix, name.valid
    for occupation in person.occupations:
        yield "occupation", occupation.value.label or occupation.value.code, occupation.valid


def _name(stated: Stated[PersonName]) -> Iterator[_Value]:
    name = stated.value
    given = " ".join(name.given)
    apostrophe = name.particle.endswith(("'", "’"))
    family = f"{name.particle}{'' if apostrophe else ' '}{name.family}".strip() if name.family else ""
    # A generation tells namesakes apart, whichever part of the name sources put it in.
    family = f"{family} {name.suffix}".strip() if family else ""
    if name.use is NameUse.NICKNAME and not family:
        yield "given_name", given, stated.valid
        return
    yield "given_name", given, stated.valid
    yield "family_name", family, stated.valid
    if not given and not family:
        yield "full_name", name.full, stated.valid


def _identifier(stated: Stated[ExternalId]) -> _Value:
    identifier = stated.value
    declared = ATTRIBUTES.get(identifier.scheme)
    is_known = declared is not None and declared.part_of == "identifiers"
    # Two issuers may give one number twice, and two schemes too.
    parts = [identifier.issuer, "" if is_known else identifier.scheme, identifier.value]
    return identifier.scheme if is_known else "account", " ".join(filter(None, parts)), stated.valid


def _contact(stated: Stated[ContactPoint]) -> Iterator[_Value]:
    point, valid = stated.value.point, stated.valid
    if isinstance(point, Phone):
        yield "phone", point.e164, valid
    elif isinstance(point, Email):
        yield "email", point.address, valid
    elif isinstance(point, PostalAddress):
        number = f"{point.number} {point.number_ext}".strip()
        further = " ".join(filter(None, (point.unit, point.building, point.locality_extra)))
        has_parts = any((point.street, point.po_box, point.postcode, point.cedex, point.city))
        yield "street", point.street or point.po_box, valid
        yield "house_number", number, valid
        yield "address_line", further if has_parts else " ".join(point.lines), valid
        yield "postcode", point.postcode or point.cedex, valid
        yield "city", point.city, valid
        yield "region", point.region, valid
        yield "country", point.country, valid
