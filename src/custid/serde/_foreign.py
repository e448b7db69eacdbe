"""What the readers and writers of foreign documents share."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeVar
from urllib.parse import unquote

from attrs import evolve, fields

from custid.errors import ConfigurationError, ModelError, StructureError
from custid.model import (
    ContactPoint,
    ContactUse,
    Email,
    ExternalId,
    Issue,
    NameUse,
    OnlineAccount,
    PartialDate,
    Period,
    PersonName,
    Phone,
    PhoneKind,
    PostalAddress,
    Provenance,
    Record,
    Stated,
    Unread,
    declaration_of,
)
from custid.serde._faults import kind_of, read_json
from custid.serde._foreign_addresses import taken_apart
from custid.standardize import (
    Parsed,
    country_code,
    mask_prohibited,
    parse_email,
    parse_person_name,
    parse_phone,
)
from custid.standardize.countries import COUNTRY_CODES
from custid.standardize.locales import LOCALES, VARIANTS

__all__ = [
    "Members",
    "Reading",
    "composed_name",
    "family_with_particle",
    "json_object",
    "numbered",
    "only_if_said",
    "period_of",
    "period_to",
    "scheme_of",
    "without_empty",
]

T = TypeVar("T")

_UNREADABLE = Issue("unreadable", "the value could not be read")
_UNKNOWN = Issue("unknown_property", "the model has no place for it")
_TEL = re.compile(r"(?:tel:)?(?P<number>\+[1-9][\d\s().-]*?)(?:\s*;\s*ext=(?P<extension>\d{0,11}))?", re.IGNORECASE)
_MAILTO = re.compile(r"mailto:([^?]*)(?:\?.*)?", re.IGNORECASE | re.DOTALL)
_LOCALES = {pack.country: pack.code for pack in (*LOCALES, *VARIANTS) if pack.country}


class Reading:
    """Collects what a foreign document says of one party; what cannot be read is kept as it is.

    ``country`` is that whose way of writing names, addresses and numbers is meant; ConfigurationError for none.
    """

    def __init__(self, by: Provenance, standard: str, country: str) -> None:
        if country and country not in COUNTRY_CODES:
            raise ConfigurationError(
                f"country: expected an ISO 3166-1 alpha-2 code in capitals, got {country!r}.",
                hint="custid.standardize.country_code reads names of countries.",
            )
        self.by = by
        self.country = country
        self._standard = standard
        self._unread: list[Unread] = []

    def stated(
        self, attribute: str, make: Callable[[], T], raw: Any, *, valid: Period | None = None
    ) -> tuple[Stated[T], ...]:
        """Return one statement, or none where the model does not allow the value."""
        return self.read(attribute, lambda: Parsed((make(),), ""), raw, valid=valid)

    def read(
        self, attribute: str, parse: Callable[[], Parsed[T]], raw: Any, *, valid: Period | None = None
    ) -> tuple[Stated[T], ...]:
        """Return a statement of each value that is read; the document's own text is the raw one where it has one."""
        try:
            parsed = parse()
        except (KeyError, ModelError, ValueError):
            parsed = Parsed((), "", (_UNREADABLE,))
        if not parsed.values:
            self.refuse(attribute, raw, issues=parsed.issues or (_UNREADABLE,))
            return ()
        text, issues = _masked((raw if isinstance(raw, str) else parsed.raw) or None)
        period = Period() if valid is None else valid
        return tuple(
            Stated(value, self.by, raw=text, valid=period, issues=(*parsed.issues, *issues)) for value in parsed.values
        )

    def refuse(self, attribute: str, raw: Any, *, issues: tuple[Issue, ...] = (_UNKNOWN,)) -> None:
        """Keep what has no place in the model, but for numbers that must not be kept."""
        try:
            text = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
        except (RecursionError, TypeError, ValueError):
            raise StructureError("document: expected a few levels of plain data, got other content.") from None
        masked, noticed = _masked(text)
        name = f"{self._standard}.{attribute}"
        self._unread.append(Unread(attribute=name, raw=masked or "", by=self.by, issues=(*issues, *noticed)))

    def texts(self, texts: Iterable[str]) -> tuple[Stated[str], ...]:
        """Return statements of texts that are values themselves and say something."""
        return tuple(
            Stated(masked or "", self.by, raw=masked, issues=issues)
            for masked, issues in map(_masked, texts)
            if masked and masked.strip()
        )

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

    def names(
        self, attribute: str, raw: Any, *, valid: Period | None = None, **parts: Any
    ) -> tuple[Stated[PersonName], ...]:
        """Return statements of a person's name; a whole one without parts is taken apart."""
        return self.read(attribute, lambda: self._name(PersonName(**parts)), raw, valid=valid)

    def _name(self, name: PersonName) -> Parsed[PersonName]:
        if not name.full.strip() or any((name.family, name.particle, *name.given)):
            return Parsed((name,), "")
        parsed = parse_person_name(name.full, locale=_LOCALES.get(self.country, ""))
        if {"several_persons", "truncated"} & {issue.code for issue in parsed.issues}:
            # A record is of one party: which of them the name is of, nobody says.
            return Parsed((name,), name.full, parsed.issues)
        values = [evolve(each, use=name.use if each.use is NameUse.USAGE else each.use) for each in parsed.values]
        for first in values[:1]:
            values[0] = evolve(first, prefix=first.prefix or name.prefix, suffix=first.suffix or name.suffix)
        return Parsed(tuple(values), name.full, parsed.issues)

    def contact(
        self,
        attribute: str,
        parse: Callable[[], Parsed[PostalAddress] | Parsed[Phone] | Parsed[Email] | Parsed[OnlineAccount]],
        use: ContactUse,
        raw: Any,
        *,
        is_shared: bool = False,
        valid: Period | None = None,
    ) -> tuple[Stated[ContactPoint], ...]:
        """Return statements of contact points."""

        def points() -> Parsed[ContactPoint]:
            parsed = parse()
            made = tuple(ContactPoint(point=each, use=use, is_shared=is_shared) for each in parsed.values)
            return Parsed(made, parsed.raw, parsed.issues)

        return self.read(attribute, points, raw, valid=valid)

    def phone(self, text: str, *, kind: PhoneKind | None = None) -> Parsed[Phone]:
        """Return the numbers of a ``tel`` URI or of a text that a person wrote."""
        found = _TEL.fullmatch(unquote(text) if text.lower().startswith("tel:") else text.strip())
        if found is not None:
            number = "+" + re.sub(r"\D", "", found["number"])
            parsed = Parsed((Phone(e164=number, extension=found["extension"] or ""),), text)
        else:
            parsed = parse_phone(text, country=self.country)
        return (
            parsed if kind is None else evolve(parsed, values=tuple(evolve(each, kind=kind) for each in parsed.values))
        )

    def email(self, text: str) -> Parsed[Email]:
        """Return the addresses of a ``mailto`` URI or of a text that a person wrote."""
        found = _MAILTO.fullmatch(text.strip())
        address = unquote(found[1]) if found is not None else text
        local, at, domain = address.rpartition("@")
        if local and at and not re.search(r"[\s<>,;]", address):
            return Parsed((Email(address=f"{local}@{domain.lower()}"),), text)
        return parse_email(text)

    def account(self, scheme: str, handle: str) -> Parsed[OnlineAccount]:
        """Return an account."""
        return Parsed((OnlineAccount(scheme=scheme, handle=handle),), handle)

    def identifier(self, **parts: Any) -> Parsed[ExternalId]:
        """Return an identifier; none for a social security number or that of a payment card."""
        if mask_prohibited(parts["value"]).codes:
            return Parsed((), "")
        return Parsed((ExternalId(**parts),), "")

    def address(self, *, country: str = "", **parts: Any) -> Parsed[PostalAddress]:
        """Return an address; lines, or a street with its number, are taken apart where all their words find a place."""
        code = country if country in COUNTRY_CODES else country_code(country)
        if country.strip() and not code:
            code = country if re.fullmatch(r"[A-Z]{2}", country) else ""
            region = parts.get("region", "")
            parts["region"] = region if code else f"{region} {country}".strip()
        return taken_apart(PostalAddress(country=code, **parts), self.country)


def _masked(text: str | None) -> tuple[str | None, tuple[Issue, ...]]:
    """Return a text without the numbers that must not be kept, and what was masked."""
    if not text:
        return text, ()
    masked = mask_prohibited(text)
    return masked.text, tuple(Issue("prohibited_content", code) for code in masked.codes)


class Members:
    """The members of a JSON object that are still to be read."""

    def __init__(self, reading: Reading, members: dict[str, Any], path: str = "") -> None:
        self._reading = reading
        self._left = dict(members)
        self._path = path

    def keep(self, name: str, value: Any) -> None:
        """Keep a member that was taken and cannot be read as unread."""
        self._reading.refuse(self._path + name, value, issues=(_UNREADABLE,))

    def texts(self, name: str) -> list[str]:
        """Take the texts of a member: one, or a list."""
        return [each for each in self._taken(name) if self._is(str, each, name)]

    def text(self, name: str) -> str:
        """Take a text; further ones are kept as unread."""
        found = self.texts(name)
        for each in found[1:]:
            self._reading.refuse(self._path + name, each)
        return found[0] if found else ""

    def one_of(self, name: str, words: Mapping[str, T], default: T) -> T:
        """Take one of some words, each of which stands for a value; another one is kept as unread."""
        text = self.text(name)
        if text and text not in words:
            self._reading.refuse(self._path + name, text)
        return words.get(text, default)

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
            self.keep(name, value)
        return isinstance(value, kind)


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


def json_object(document: dict[str, Any] | str) -> dict[str, Any]:
    """Return the JSON object of a document or its text."""
    found = read_json(document) if isinstance(document, str) else document
    if not isinstance(found, dict):
        raise StructureError(f"document: expected a JSON object, got {kind_of(found)}.")
    return found


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


def period_of(members: Members, name: str, *, start: str, end: str, last_day_counts: bool) -> Period | None:
    """Return the period of two members of a member; None where there is none, or none that can be read."""
    found = [_period(each, start=start, end=end, last_day_counts=last_day_counts) for each, _ in members.objects(name)]
    return found[0] if found else None


def _period(members: Members, *, start: str, end: str, last_day_counts: bool) -> Period | None:
    said = {name: members.text(name) for name in (start, end)}
    first, last = (text[:10] for text in said.values())
    try:
        closing = PartialDate(last) if last else None
        if last_day_counts and closing is not None and closing.is_exact:
            closing = PartialDate.of(date.fromisoformat(last) + timedelta(days=1))
        return Period(start=PartialDate(first) if first else None, end=closing)
    except (ModelError, OverflowError):
        for name, text in said.items():
            if text:
                members.keep(name, text)
        return None
