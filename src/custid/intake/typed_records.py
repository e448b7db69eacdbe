"""Typed records as rows of text: each part of a statement in the column of its attribute, dated where it is.

Matching has one way in: what a file holds in columns and what a `Record` states are the same text from here on, and go
through the same standardizers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import evolve, field, fields, frozen
from numpy.typing import NDArray

from custid.errors import DuplicateRecordKeyError, EmptyInputError, UnsupportedInputError
from custid.intake._intake import Intake, StatedGroup, TypedRows
from custid.intake._values import value_text
from custid.model import (
    ATTRIBUTES,
    Collective,
    ContactPoint,
    Email,
    ExternalId,
    OnlineAccount,
    Organization,
    PartyKey,
    Period,
    Person,
    PersonName,
    Phone,
    PostalAddress,
    Record,
    Sex,
    Stated,
)
from custid.model.statements import is_feedback
from custid.standardize import identifier_schemes, siren_of, standardize_identifier
from custid.standardize._name_order import given_and_family
from custid.standardize.name import standardize_full_name
from custid.standardize.placeholders import PLACEHOLDER
from custid.table.views import FIRST_DAY, LAST_DAY

__all__ = ["fields_without", "read_records"]

KINDS = (Person, Organization, Collective)
_SEXES = {Sex.MALE: "male", Sex.FEMALE: "female"}
_SHORT = 2
_WATCHED = "online_account"
_Value = tuple[str, str, Period]


def read_records(records: Iterable[Any]) -> Intake:
    """Read typed records.

    Restricted records (GDPR, article 18) keep their row and show no value: they are kept and not used.  Statements that
    came back from a golden record are no evidence: they would hold together what it was made of.

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
        If something is no Record, or the records belong to several tenants, whose customers are never merged.
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
    if len(rows.tenants) > 1:
        raise UnsupportedInputError(
            f"records: expected those of one tenant, got those of {len(rows.tenants)}.",
            hint="Find the customers of each tenant by themselves.",
        )
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
        self.keys: list[tuple[str | None, str | None]] = []
        self.tenants: set[str] = set()
        self._columns: dict[tuple[str, int], _Column] = {}
        self._kinds: list[int] = []
        self._days: list[int] = []
        self._groups: list[StatedGroup] = []

    def add(self, record: Record) -> None:
        row = len(self.keys)
        self.tenants.add(record.tenant)
        self.keys.append((value_text(record.source), value_text(record.key)))
        self._kinds.append(next(place for place, kind in enumerate(KINDS) if isinstance(record.party, kind)))
        self._days.append(_observed_day(record))
        if record.is_restricted:
            return
        stated_anew = _without_feedback(record)
        if stated_anew is None:
            return
        self._groups.extend(_groups(stated_anew))
        n_held: dict[str, int] = {}
        for attribute, text, period in _values(stated_anew):
            place = n_held[attribute] = n_held.get(attribute, 0) + 1
            column = self._columns.get((attribute, place))
            if column is None:
                column = self._columns[attribute, place] = _Column(attribute)
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
            arrays[name] = _spread(column.texts, n_rows)
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
                groups=tuple(self._groups),
            ),
        )


def _without_feedback(record: Record) -> Record | None:
    """Return a record without what came back from a golden record; None where nothing else is stated."""
    stated = [each for _, each in record.statements()]
    back = {id(each) for each in stated if is_feedback(each)}
    if not back:
        return record
    if len(back) == len(stated):
        return None
    party = evolve(record.party, **fields_without(record.party, back))
    return evolve(record, party=party, **fields_without(record, back))


def fields_without(holder: Any, gone: Collection[int]) -> dict[str, Any]:
    """Return the fields of a party or a record that lose statements, without them.

    Parameters
    ----------
    holder : Party or Record
        What holds statements.
    gone : collection of int
        The `id` of each statement to be left out.

    Returns
    -------
    dict of str to tuple
        By field, for `attrs.evolve`.
    """
    held = {each.name: getattr(holder, each.name) for each in fields(type(holder))}
    return {
        name: tuple(each for each in value if id(each) not in gone)
        for name, value in held.items()
        if isinstance(value, tuple) and any(id(each) in gone for each in value)
    }


def _groups(record: Record) -> Iterator[StatedGroup]:
    """Return which parties a record puts together."""
    for role in record.roles:
        if len(set(role.value.holders)) > 1:
            yield StatedGroup(members=role.value.holders)
    if isinstance(record.party, Collective):
        own = PartyKey(record.source, record.key)
        yield StatedGroup(members=(), collective=own, kind=record.party.kind)
    for stated in record.relations:
        relation = stated.value
        if relation.kind == "member":
            yield StatedGroup(members=(relation.subject,), collective=relation.object)
        elif relation.kind == "has_member":
            yield StatedGroup(members=(relation.object,), collective=relation.subject)


def _spread(texts: dict[int, str], n_rows: int) -> pa.StringArray:
    """Return texts in their rows, null elsewhere."""
    place = np.full(n_rows, -1, np.int64)
    place[list(texts)] = np.arange(len(texts))
    # What no text of another input can hold is no part of these either: NUL, and halves of characters.
    values = pa.array(list(map(value_text, texts.values())), pa.string())
    return values.take(pa.array(place, mask=place < 0))


def _days(periods: dict[int, Period], n_rows: int) -> NDArray[np.int32]:
    """Return the first and last day of each row's value, shape (n_rows, 2)."""
    days = np.empty((n_rows, 2), np.int32)
    days[:] = FIRST_DAY, LAST_DAY
    days[list(periods)] = list(map(_bounds, periods.values()))
    return days


@lru_cache(maxsize=65_536)
def _bounds(period: Period) -> tuple[int, int]:
    first, last = period.first_day, period.last_day
    return (
        FIRST_DAY if first == date.min else first.toordinal(),
        LAST_DAY if last == date.max else last.toordinal(),
    )


def _observed_day(record: Record) -> int:
    statements = [statement.by.observed_at for _, statement in record.statements()]
    return _day(max(statements or [unread.by.observed_at for unread in record.unread]))


def _day(moment: datetime) -> int:
    # In UTC, so that the day does not depend on where the computer stands.
    try:
        return moment.astimezone(UTC).toordinal()
    except OverflowError:
        # On the first and the last day of the calendar, which stand for dates that nobody knows.
        return moment.toordinal()


def _values(record: Record) -> Iterator[_Value]:
    """Return the values that may be evidence: attribute, text, period."""
    for found in _texts(record):
        attribute, text, _ = found
        # What is never evidence is left out, but for devices and accounts that many customers may share.
        if text.strip() and (ATTRIBUTES[attribute].is_comparable or attribute == _WATCHED):
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
    yield from _identifiers(party.identifiers)
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
    yield from _parts_of_dated_names(person.names)
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
    given = _joined(*name.given)
    family = name.family.strip()
    if family:
        apostrophe = name.particle.endswith(("'", "’"))
        family = f"{name.particle}{'' if apostrophe else ' '}{family}".strip()
        # A generation tells namesakes apart, whichever part of the name sources put it in.
        family = _joined(family, name.suffix)
    yield "given_name", given, stated.valid
    yield "family_name", family, stated.valid
    if not given and not family:
        yield "full_name", name.full, stated.valid


def _parts_of_dated_names(names: tuple[Stated[PersonName], ...]) -> Iterator[_Value]:
    """Take dated names in one piece apart, as is done later with undated ones, so that their parts are dated too."""
    if all(stated.valid.is_unbounded for stated in names):
        return
    if any(_joined(stated.value.family, *stated.value.given) for stated in names):
        return
    for stated in names:
        given, family = given_and_family(standardize_full_name(stated.value.full).value)
        yield "given_name", given, stated.valid
        yield "family_name", family, stated.valid


def _joined(*parts: str) -> str:
    return " ".join(part.strip() for part in parts if part.strip())


def _identifiers(identifiers: tuple[Stated[ExternalId], ...]) -> Iterator[_Value]:
    for stated in identifiers:
        yield _identifier(stated)
    if not any(stated.value.scheme == "siren" for stated in identifiers):
        for stated in identifiers:
            # The SIREN of an undated SIRET follows later, for rows of any kind.
            if stated.value.scheme == "siret" and not stated.valid.is_unbounded:
                yield "siren", siren_of(stated.value.value), stated.valid


def _identifier(stated: Stated[ExternalId]) -> _Value:
    identifier = stated.value
    declared = ATTRIBUTES.get(identifier.scheme)
    is_known = declared is not None and declared.part_of == "identifiers"
    attribute = identifier.scheme if is_known else "account"
    scheme = identifier_schemes().get(attribute)
    if scheme is not None and not scheme.has_issuer:
        # Whoever passes on a register number, it is the same number.
        return attribute, identifier.value, stated.valid
    # A number of one or two digits says too little by itself to stand for nothing, and is one beside its issuer.
    if len(identifier.value) > _SHORT and standardize_identifier(identifier.value) == PLACEHOLDER:
        return attribute, "", stated.valid
    # Two issuers may give one number twice, and two schemes too; without the word, card 12 of shop 1 would read as
    # card 2 of shop 11.
    within = _joined(identifier.issuer, "" if is_known else identifier.scheme)
    return attribute, f"{within} no {identifier.value}" if within else identifier.value, stated.valid


def _contact(stated: Stated[ContactPoint]) -> Iterator[_Value]:
    point, valid = stated.value.point, stated.valid
    if isinstance(point, Phone):
        yield "phone", point.e164, valid
    elif isinstance(point, Email):
        yield "email", point.address, valid
    elif isinstance(point, OnlineAccount):
        yield _WATCHED, f"{point.scheme} {point.handle}", valid
    elif isinstance(point, PostalAddress):
        number = f"{point.number} {point.number_ext}".strip()
        further = _joined(point.unit, point.building, point.locality_extra)
        # Where the place within the city was not taken out of the lines, it is in them.
        has_parts = any(part.strip() for part in (point.street, point.po_box, further))
        yield "street", point.street or point.po_box, valid
        yield "house_number", number, valid
        yield "address_line", further if has_parts else " ".join(point.lines), valid
        yield "postcode", point.postcode or point.cedex, valid
        yield "city", point.city, valid
        yield "region", point.region, valid
        yield "country", point.country, valid
