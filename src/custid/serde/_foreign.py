"""What the readers and writers of foreign documents share."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeVar
from urllib.parse import unquote

from attrs import evolve, fields

from custid.errors import ModelError, StructureError
from custid.model import (
    ContactPoint,
    ContactUse,
    Email,
    Issue,
    OnlineAccount,
    PartialDate,
    Period,
    PersonName,
    Phone,
    PostalAddress,
    Provenance,
    Record,
    Stated,
    Unread,
    declaration_of,
)
from custid.serde._faults import kind_of
from custid.serde._json import parse_json
from custid.standardize.contact_points import parse_email, parse_phone

__all__ = [
    "Members",
    "Reading",
    "address_lines",
    "composed_name",
    "contact_of",
    "family_with_particle",
    "json_object",
    "numbered",
    "only_if_said",
    "period_of",
    "period_to",
    "scheme_of",
    "without_empty",
    "written_locality",
]

T = TypeVar("T")

_UNREADABLE = Issue("unreadable", "the value could not be read")
_UNKNOWN = Issue("unknown_property", "the model has no place for it")
_TEL = re.compile(r"(?:tel:)?(?P<number>\+[1-9][\d\s().-]*?)(?:\s*;\s*ext=(?P<extension>\d{0,11}))?", re.IGNORECASE)


class Reading:
    """Collects what a foreign document says of one party; what cannot be read is kept as it is."""

    def __init__(self, by: Provenance, standard: str, country: str) -> None:
        self.by = by
        self.country = country
        self._standard = standard
        self._unread: list[Unread] = []

    def stated(
        self, attribute: str, make: Callable[[], T], raw: Any, *, valid: Period | None = None
    ) -> tuple[Stated[T], ...]:
        """Return one statement, or none where the model does not allow the value."""
        try:
            value = make()
        except (KeyError, ModelError, ValueError):
            self.refuse(attribute, raw, issue=_UNREADABLE)
            return ()
        text = raw if isinstance(raw, str) else None
        return (Stated(value, self.by, raw=text, valid=Period() if valid is None else valid),)

    def refuse(self, attribute: str, raw: Any, *, issue: Issue = _UNKNOWN) -> None:
        """Keep what has no place in the model."""
        try:
            text = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
        except (RecursionError, TypeError, ValueError):
            raise StructureError("document: expected a few levels of plain data, got other content.") from None
        name = f"{self._standard}.{attribute}"
        self._unread.append(Unread(attribute=name, raw=text, by=self.by, issues=(issue,)))

    def texts(self, texts: Iterable[str]) -> tuple[Stated[str], ...]:
        """Return statements of texts that are values themselves."""
        return tuple(Stated(text, self.by, raw=text) for text in texts)

    def dates(self, members: Members, name: str) -> tuple[Stated[PartialDate], ...]:
        """Return statements of the dates of a member; of a moment, the day counts."""
        found = [self.stated(name, partial(PartialDate, text.partition("T")[0]), text) for text in members.texts(name)]
        return tuple(each for statements in found for each in statements)

    def record(self, party: Any, document: str = "", **facts: Any) -> Record:
        """Return the record; a document that says nothing is kept as unread."""
        stated = (*facts.values(), *(getattr(party, each.name) for each in fields(type(party)) if declaration_of(each)))
        if not any(stated) and not self._unread:
            self.refuse("document", document)
        return Record(source=self.by.source, key=self.by.record, party=party, unread=tuple(self._unread), **facts)

    def phone(self, text: str) -> Phone:
        """Return the number of a ``tel`` URI or of a text that a person wrote; raise ValueError where there is none."""
        found = _TEL.fullmatch(unquote(text) if text.lower().startswith("tel:") else text.strip())
        if found is not None:
            number = "+" + re.sub(r"\D", "", found["number"])
            return Phone(e164=number, extension=found["extension"] or "")
        return _only(parse_phone(text, country=self.country).values)

    def email(self, text: str) -> Email:
        """Return the address of a ``mailto`` URI or of a text that a person wrote; raise ValueError as `phone` does."""
        local, at, domain = text.removeprefix("mailto:").rpartition("@")
        if local and at and not re.search(r"[\s<>,;]", text):
            return Email(address=f"{local}@{domain.lower()}")
        return _only(parse_email(text).values)


def _only(values: tuple[T, ...]) -> T:
    if len(values) != 1:
        raise ValueError
    return values[0]


class Members:
    """The members of a JSON object that are still to be read."""

    def __init__(self, reading: Reading, members: dict[str, Any], path: str = "") -> None:
        self._reading = reading
        self._left = dict(members)
        self._path = path

    def texts(self, name: str) -> list[str]:
        """Take the texts of a member: one, or a list."""
        return [each for each in self._taken(name) if self._is(str, each, name)]

    def text(self, name: str) -> str:
        """Take a text; further ones are kept as unread."""
        found = self.texts(name)
        for each in found[1:]:
            self._reading.refuse(self._path + name, each)
        return found[0] if found else ""

    def objects(self, name: str) -> Iterator[tuple[Members, dict[str, Any]]]:
        """Take the objects of a member; what the caller leaves of one is kept as unread."""
        for each in self._taken(name):
            if self._is(dict, each, name):
                members = Members(self._reading, each, f"{self._path}{name}.")
                yield members, each
                members.finish()

    def drop(self, *names: str) -> None:
        """Pass over members that say nothing of a customer."""
        for name in names:
            self._left.pop(name, None)

    def finish(self) -> None:
        """Keep the members that nobody took as unread."""
        for name, value in self._left.items():
            self._reading.refuse(self._path + name, value)
        self._left = {}

    def _taken(self, name: str) -> list[Any]:
        value = self._left.pop(name, [])
        return value if isinstance(value, list) else [value]

    def _is(self, kind: type, value: Any, name: str) -> bool:
        if not isinstance(value, kind):
            self._reading.refuse(self._path + name, value, issue=_UNREADABLE)
        return isinstance(value, kind)


def contact_of(
    make: Callable[[], PostalAddress | Phone | Email | OnlineAccount], use: ContactUse, *, is_shared: bool = False
) -> ContactPoint:
    """Return a contact point whose way is made now, so that what the model refuses is noticed here."""
    return ContactPoint(point=make(), use=use, is_shared=is_shared)


def numbered(by: Provenance, place: int) -> Provenance:
    """Return the provenance of one of several records of a document, from 0."""
    return by if place == 0 else evolve(by, record=f"{by.record}#{place + 1}")


def family_with_particle(name: PersonName) -> str:
    """Return the family name with what stands before it."""
    joint = "" if name.particle.endswith(("'", "’")) else " "
    return f"{name.particle}{joint}{name.family}" if name.particle and name.family else name.particle + name.family


def composed_name(name: PersonName) -> str:
    """Return the whole name, composed of its parts where no whole one is given."""
    parts = (name.prefix, *name.given, family_with_particle(name), name.suffix)
    return name.full or " ".join(part for part in parts if part)


def address_lines(address: PostalAddress, *, with_po_box: bool = True) -> list[str]:
    """Return the lines between the addressee and the locality, composed of the parts."""
    number = " ".join(part for part in (address.number, address.number_ext, address.street) if part)
    extra = (address.recipient, address.unit, address.building, number, address.locality_extra)
    return [part for part in (*extra, address.po_box if with_po_box else "") if part]


def json_object(document: dict[str, Any] | str) -> dict[str, Any]:
    """Return the JSON object of a document or its text."""
    found = parse_json(document) if isinstance(document, str) else document
    if not isinstance(found, dict):
        raise StructureError(f"document: expected a JSON object, got {kind_of(found)}.")
    return found


def written_locality(address: PostalAddress) -> tuple[str, str]:
    """Return postcode and city as they are written on an envelope: CEDEX where there is no other."""
    return address.postcode or address.cedex, address.city or address.cedex_label


def scheme_of(text: str) -> str:
    """Return the name of a scheme or kind as the model writes names."""
    if re.fullmatch(r"[a-z][a-z0-9_]*", text):
        return text
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_0123456789") or "other"


def without_empty(members: dict[str, Any]) -> dict[str, Any]:
    """Return the members that say something."""
    return {name: value for name, value in members.items() if value not in ("", None, [], {})}


def only_if_said(text: str) -> list[str]:
    """Return a list of a text, empty where it is."""
    return [text] if text.strip() else []


def period_to(period: Period, *, start: str, end: str, last_day_counts: bool, suffix: str = "") -> dict[str, str]:
    """Return a period as two members; bounds that are not known to the day are left out."""
    made = {}
    if period.start is not None and period.start.is_exact:
        made[start] = f"{period.start}{suffix}"
    if period.end is not None and period.end.is_exact and (not last_day_counts or period.end.text > "0001-01-01"):
        day = date.fromisoformat(period.end.text) - timedelta(days=1 if last_day_counts else 0)
        made[end] = f"{day}{suffix}"
    return made


def period_of(members: Members, *, start: str, end: str, last_day_counts: bool) -> Period | None:
    """Return the period of two members; None where they are none."""
    first, last = members.text(start)[:10], members.text(end)[:10]
    try:
        closing = None
        if last:
            day = PartialDate(last)
            closing = day
            if last_day_counts and day.is_exact:
                closing = PartialDate.of(date.fromisoformat(last) + timedelta(days=1))
        return Period(start=PartialDate(first) if first else None, end=closing)
    except (ModelError, OverflowError):
        return None
