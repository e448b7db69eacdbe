"""Collects what the columns of one row say, and makes a record of it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, fields_dict

from custid.errors import ModelError
from custid.model import (
    ATTRIBUTES,
    Collective,
    Consent,
    ConsentStatus,
    ContactPoint,
    ContactUse,
    Email,
    ExternalId,
    Holding,
    Issue,
    Measure,
    NameUse,
    OnlineAccount,
    Organization,
    OrganizationName,
    OrganizationNameUse,
    PartialDate,
    Period,
    Person,
    PersonName,
    Phone,
    PostalAddress,
    Preference,
    Provenance,
    Record,
    Stated,
    Unread,
)
from custid.standardize import (
    Parsed,
    find_misplaced,
    fold,
    identifier_schemes,
    mask_prohibited,
    parse_date,
    parse_email,
    parse_identifier,
    parse_language,
    parse_occupation,
    parse_organization_name,
    parse_person_name,
    parse_phone,
    parse_postal_address,
    parse_sex,
    prohibited_codes,
)

if TYPE_CHECKING:
    from custid.intake.source_mapping import Target

__all__ = ["ADDRESS_ATTRIBUTES", "NAME_ATTRIBUTES", "SINGLE_ATTRIBUTES", "RecordBuilder"]

NAME_ATTRIBUTES: Final = ("name_prefix", "given_name", "family_name", "full_name")
"""Attributes of columns that are parts of a person's name."""

ADDRESS_ATTRIBUTES: Final = (
    "postal_address", "address_line", "house_number", "street", "postcode", "city", "region", "country"
)  # fmt: skip
"""Attributes of columns that are parts of a postal address."""

_PARTIES: Final[Mapping[str, type[Person | Organization | Collective]]] = {
    "person": Person,
    "organization": Organization,
    "collective": Collective,
}
_NAMES: Final[Mapping[type, type]] = {Person: PersonName, Organization: OrganizationName, Collective: str}
_FIELDS: Final[Mapping[type, frozenset[str]]] = {
    kind: frozenset(fields_dict(kind)) for kind in (Person, Organization, Collective, Record)
}
# Where a misplaced value is looked for, and where a number may be a card or a social security number in free text.
_FREE_TEXT: Final = frozenset({"notes", "preferences", "occupation", "category", *NAME_ATTRIBUTES, *ADDRESS_ATTRIBUTES})
_IN_PARTS: Final = frozenset({*NAME_ATTRIBUTES, *ADDRESS_ATTRIBUTES})
_NUMBER: Final = re.compile(r"-?\d+(?:[.,]\d+)?")
_YES: Final = frozenset("1 true yes y oui o vrai given ok opt in optin".split())
_NO: Final = frozenset("0 false no n non faux refused refus opt out optout".split())


class RecordBuilder:
    """Makes one record.

    Parameters
    ----------
    provenance : Provenance
        Where the row comes from.
    kind : str
        Kind of party.
    locale, country : str
        Language of names; country of addresses and phones.
    day_first : bool
        How ambiguous dates begin.
    family_first : bool
        Whether ambiguous whole names begin with the family name.
    """

    def __init__(
        self, provenance: Provenance, kind: str, *, locale: str, country: str, day_first: bool, family_first: bool
    ) -> None:
        self._by = provenance
        self._party = _PARTIES[kind]
        self._locale = locale
        self._country = country
        self._day_first = day_first
        self._family_first = family_first
        self._statements: dict[str, list[Stated[Any]]] = {}
        self._unread: list[Unread] = []
        self._parts: dict[tuple[Any, ...], list[tuple[Target, str]]] = {}
        self._periods: dict[tuple[Any, ...], Period] = {}
        self._noticed: dict[tuple[Any, ...], tuple[Issue, ...]] = {}

    def add(self, target: Target, text: str, *, valid_from: str | None, valid_until: str | None) -> None:
        """Add what one column says.

        Parameters
        ----------
        target : Target
            What the column says.
        text : str
            Its text, not empty.
        valid_from, valid_until : str or None
            What the columns of its period say.
        """
        period, issues = self._period(valid_from, valid_until)
        masked = mask_prohibited(text)
        # In a column of identifiers a long number is what it should be, unless it is a social security number.
        if target.attribute in _FREE_TEXT or "nir" in masked.codes:
            text = masked.text
            issues += tuple(Issue("prohibited_content", code) for code in masked.codes)
        is_name = target.attribute in NAME_ATTRIBUTES
        if is_name or target.attribute in ADDRESS_ATTRIBUTES:
            key = (is_name, target.group, target.use, target.is_shared)
            self._parts.setdefault(key, []).append((target, text))
            self._noticed[key] = (*self._noticed.get(key, ()), *issues)
            self._periods[key] = period if not period.is_unbounded else self._periods.get(key, period)
            return
        field_, parsed = _READERS[target.attribute](self, target, text)
        self._state(field_, target.attribute, parsed, period, issues)

    def record(self, source: str, key: str) -> Record | None:
        """Return the record; None where nothing was said.

        Parameters
        ----------
        source, key : str
            Identity of the record.

        Returns
        -------
        Record or None
            What the columns said.
        """
        for group, parts in self._parts.items():
            if group[0]:
                self._add_name(parts, self._periods[group], self._noticed[group])
            else:
                self._add_address(parts, self._periods[group], self._noticed[group])
        self._add_sex()
        if not (self._statements or self._unread):
            return None
        stated: dict[str, Any] = {name: tuple(found) for name, found in self._statements.items()}
        of_party = {name: found for name, found in stated.items() if name in _FIELDS[self._party]}
        of_record = {name: found for name, found in stated.items() if name not in of_party}
        return Record(source=source, key=key, party=self._party(**of_party), unread=tuple(self._unread), **of_record)

    def _takes(self, field_: str, values: Sequence[Any]) -> bool:
        """Tell whether this kind of party, or its record, has such values: no company has a birth date."""
        if field_ == "names":
            return all(isinstance(value, _NAMES[self._party]) for value in values)
        return field_ in _FIELDS[self._party] or field_ in _FIELDS[Record]

    def _period(self, valid_from: str | None, valid_until: str | None) -> tuple[Period, tuple[Issue, ...]]:
        bounds: list[PartialDate | None] = []
        issues: tuple[Issue, ...] = ()
        for text in (valid_from, valid_until):
            bound = parse_date(text, day_first=self._day_first).value if text and text.strip() else None
            if text and text.strip() and (bound is None or bound.earliest is None):
                bound, issues = None, (Issue("invalid_period"),)
            bounds.append(bound)
        try:
            return Period(*bounds), issues
        except ModelError:
            return Period(), (Issue("invalid_period"),)

    def _state(
        self, field_: str, attribute: str, parsed: Parsed[Any], period: Period, issues: tuple[Issue, ...] = ()
    ) -> None:
        noticed = (*issues, *parsed.issues)
        if attribute not in _IN_PARTS:
            noticed = self._with_misplaced(noticed, attribute, parsed.raw)
        if parsed.values and self._takes(field_, parsed.values):
            stated = (Stated(value, self._by, raw=parsed.raw, valid=period, issues=noticed) for value in parsed.values)
            self._statements.setdefault(field_, []).extend(stated)
            return
        if parsed.values:
            noticed = (*noticed, Issue("not_of_this_kind"))
        self._unread.append(Unread(attribute=attribute, raw=parsed.raw, by=self._by, issues=noticed))

    @staticmethod
    def _with_misplaced(noticed: tuple[Issue, ...], attribute: str, raw: str) -> tuple[Issue, ...]:
        """Return issues with what the text looks like, where it looks like another attribute's."""
        found = find_misplaced(attribute, raw) if attribute in ATTRIBUTES else None
        # Parsers notice some of it themselves.
        if found is None or any(issue.code == found.code for issue in noticed):
            return noticed
        return (*noticed, Issue(found.code, f"looks like {found.suggested}"))

    def _add_name(self, parts: Sequence[tuple[Target, str]], period: Period, noticed: tuple[Issue, ...]) -> None:
        if self._party is not Person:
            # In the rows of companies, the column of full names holds theirs; what else there is names a person.
            for target, text in parts:
                if target.attribute == "full_name":
                    self._state(*self._name_of_others(target, text), period, noticed)
            parts = [(target, text) for target, text in parts if target.attribute != "full_name"]
            if not parts:
                return
        raw = "\n".join(text for _, text in parts)
        said = {
            name: " ".join(t.strip() for target, t in parts if target.attribute == name) for name in NAME_ATTRIBUTES
        }
        if said["full_name"]:
            written = f"{said['name_prefix']} {said['full_name']}".strip()
        elif said["family_name"] and said["given_name"]:
            # The comma says which is which, whatever the words look like.
            written = f"{said['name_prefix']} {said['family_name']}, {said['given_name']}".strip()
        else:
            self._add_part_of_name(said, raw, parts, period, noticed)
            return
        parsed = parse_person_name(written, locale=self._locale, family_first=self._family_first)
        names = parsed.values
        if any(issue.code == "several_persons" for issue in parsed.issues):
            # A record is of one party, and nobody says of which of them.
            names = (PersonName(full=" ".join(written.split())),)
        self._state_names(names, raw, (*noticed, *parsed.issues), parts, period)

    def _add_part_of_name(
        self,
        said: Mapping[str, str],
        raw: str,
        parts: Sequence[tuple[Target, str]],
        period: Period,
        noticed: tuple[Issue, ...],
    ) -> None:
        given = (said["given_name"],) if said["given_name"] else ()
        if not (given or said["family_name"]):
            parsed = parse_sex(raw)
            if parsed.values:
                self._state("sexes", "sex", parsed, period)
            else:
                self._unread.append(Unread(attribute="full_name", raw=raw, by=self._by, issues=parsed.issues))
            return
        name = PersonName(given=given, family=said["family_name"], prefix=said["name_prefix"])
        self._state_names((name,), raw, noticed, parts, period)

    def _state_names(
        self,
        names: Sequence[PersonName],
        raw: str,
        issues: Sequence[Issue],
        parts: Sequence[tuple[Target, str]],
        period: Period,
    ) -> None:
        use = parts[0][0].use
        if use in set(NameUse):
            # What a parser tells of the use is the finer word: "née" in a column of usage names.
            names = [evolve(each, use=NameUse(use)) if each.use is NameUse.USAGE else each for each in names]
        noticed = tuple(issues)
        for target, text in parts:
            noticed = self._with_misplaced(noticed, target.attribute, text)
        self._state("names", parts[0][0].attribute, Parsed(tuple(names), raw, noticed), period)

    def _add_address(self, parts: Sequence[tuple[Target, str]], period: Period, noticed: tuple[Issue, ...]) -> None:
        raw = "\n".join(text for _, text in parts)
        said = {
            name: [text.strip() for target, text in parts if target.attribute == name] for name in ADDRESS_ATTRIBUTES
        }
        street = " ".join((*said["house_number"], *said["street"]))
        lines = [
            *said["address_line"],
            *said["postal_address"],
            street,
            " ".join((*said["postcode"], *said["city"])),
            *said["country"],
        ]
        lines = [line for line in lines if line]
        parsed = parse_postal_address(lines if len(lines) != 1 else lines[0], country=self._country)
        if said["region"] and not lines:
            parsed = Parsed((PostalAddress(region=said["region"][0]),), raw)
        target = parts[0][0]
        points = []
        for address in parsed.values:
            complete = address
            if said["region"]:
                complete = evolve(complete, region=said["region"][0])
            if not parsed.issues:
                # Where every word found its place, the lines say nothing more, and depend on the layout.
                complete = evolve(complete, lines=())
            points.append(self._contact_point(complete, target))
        noticed += parsed.issues
        for part, text in parts:
            noticed = self._with_misplaced(noticed, part.attribute, text)
        self._state("contacts", "postal_address", Parsed(tuple(points), raw, noticed), period)

    @staticmethod
    def _contact_point(point: PostalAddress | Phone | Email | OnlineAccount, target: Target) -> ContactPoint:
        use = ContactUse(target.use) if target.use in set(ContactUse) else ContactUse.OTHER
        return ContactPoint(point=point, use=use, is_shared=target.is_shared)

    def _add_sex(self) -> None:
        """State the sex that a form of address tells, where no column states it."""
        if "sexes" in self._statements:
            return
        for statement in self._statements.get("names", ()):
            prefix = getattr(statement.value, "prefix", "")
            parsed = parse_sex(prefix) if prefix else Parsed((), "")
            if parsed.values:
                self._state("sexes", "sex", parsed, statement.valid)
                return

    def read_phone(self, target: Target, text: str) -> tuple[str, Parsed[Any]]:
        """Read a phone number."""
        return "contacts", self._points(parse_phone(text, country=self._country), target)

    def read_email(self, target: Target, text: str) -> tuple[str, Parsed[Any]]:
        """Read an e-mail address."""
        return "contacts", self._points(parse_email(text), target)

    def read_online_account(self, target: Target, text: str) -> tuple[str, Parsed[Any]]:
        """Read a handle."""
        account = OnlineAccount(scheme=target.issuer or "web", handle=text.strip())
        return "contacts", self._points(Parsed((account,), text), target)

    def _points(self, parsed: Parsed[Any], target: Target) -> Parsed[ContactPoint]:
        points = tuple(self._contact_point(value, target) for value in parsed.values)
        return Parsed(points, parsed.raw, parsed.issues)

    def read_identifier(self, target: Target, text: str) -> tuple[str, Parsed[Any]]:
        """Read an identifier."""
        if target.attribute in identifier_schemes():
            return "identifiers", parse_identifier(text, scheme=target.attribute, issuer=target.issuer)
        value = "".join(text.split())
        return "identifiers", Parsed((ExternalId(scheme=target.attribute, value=value, issuer=target.issuer),), text)

    def read_date(self, target: Target, text: str) -> tuple[str, Parsed[Any]]:
        """Read a date."""
        return _DATES[target.attribute], parse_date(text, day_first=self._day_first)

    def _name_of_others(self, target: Target, text: str) -> tuple[str, str, Parsed[Any]]:
        attribute = "organization_name" if self._party is Organization else "collective_name"
        field_, parsed = self.read_organization_name(evolve(target, attribute=attribute), text)
        return field_, attribute, parsed

    def read_organization_name(self, target: Target, text: str) -> tuple[str, Parsed[Any]]:
        """Read the name of an organization, or the employer of a person."""
        if self._party is Collective:
            return self.read_text(target, text)
        parsed = parse_organization_name(text, locale=self._locale)
        if self._party is Person:
            employers = parse_occupation(text)
            values = tuple(evolve(each, label="", code="", scheme="", employer=each.label) for each in employers.values)
            return "occupations", Parsed(values, text, employers.issues)
        names = parsed.values
        if target.use in set(OrganizationNameUse):
            names = (evolve(names[0], use=OrganizationNameUse(target.use)), *names[1:]) if names else names
        return "names", Parsed(names, parsed.raw, parsed.issues)

    @staticmethod
    def read_text(target: Target, text: str) -> tuple[str, Parsed[Any]]:
        """Read text that stays as it is."""
        return _TEXTS[target.attribute], Parsed((" ".join(text.split()),), text)

    @staticmethod
    def read_sex(_target: Target, text: str) -> tuple[str, Parsed[Any]]:
        """Read a sex."""
        return "sexes", parse_sex(text)

    @staticmethod
    def read_language(_target: Target, text: str) -> tuple[str, Parsed[Any]]:
        """Read a language."""
        return "languages", parse_language(text)

    @staticmethod
    def read_occupation(target: Target, text: str) -> tuple[str, Parsed[Any]]:
        """Read an occupation."""
        return "occupations", parse_occupation(text, scheme=target.issuer)

    @staticmethod
    def read_measure(target: Target, text: str) -> tuple[str, Parsed[Any]]:
        """Read a number or a class that somebody computed."""
        written = text.strip()
        value = float(written.replace(",", ".")) if _NUMBER.fullmatch(written) else written
        if isinstance(value, float) and not math.isfinite(value):
            value = written
        name = target.group or target.attribute
        return "wealth" if target.attribute == "wealth" else "measures", Parsed(
            (Measure(name=name, value=value),), text
        )

    @staticmethod
    def read_preference(target: Target, text: str) -> tuple[str, Parsed[Any]]:
        """Read a special request, and screen it."""
        issues = tuple(Issue("prohibited_content", code) for code in prohibited_codes(text))
        wish = Preference(topic=target.group or "request", value=" ".join(text.split()))
        return "preferences", Parsed((wish,), text, issues)

    @staticmethod
    def read_vehicle(_target: Target, text: str) -> tuple[str, Parsed[Any]]:
        """Read the number of a vehicle."""
        return "holdings", Parsed((Holding(kind="vehicle", product="vehicle", serial="".join(text.split())),), text)

    def read_consent(self, target: Target, text: str) -> tuple[str, Parsed[Any]]:
        """Read a yes or a no."""
        word = fold(text)
        if word not in _YES | _NO:
            return "consents", Parsed((), text, (Issue("unreadable_consent"),))
        status = ConsentStatus.GIVEN if word in _YES else ConsentStatus.REFUSED
        consent = Consent(purpose=target.issuer or "marketing", status=status, channel=target.group)
        return "consents", Parsed((evolve(consent, at=self._by.observed_at),), text)


_Reader = Callable[[RecordBuilder, "Target", str], tuple[str, Parsed[Any]]]
_DATES: Final = {"birth_date": "birth_dates", "death_date": "death_dates", "founded": "founded"}
_TEXTS: Final = {
    "birth_place": "birth_places",
    "marital_status": "marital_statuses",
    "category": "activities",
    "notes": "notes",
    "collective_name": "names",
    "organization_name": "names",
}
_IDENTIFIERS: Final = tuple(
    name for name, declared in ATTRIBUTES.items() if declared.part_of == "identifiers" and declared.is_comparable
)


def _static(reader: Callable[[Target, str], tuple[str, Parsed[Any]]]) -> _Reader:
    return lambda _builder, target, text: reader(target, text)


_READERS: Final[Mapping[str, _Reader]] = {
    "phone": RecordBuilder.read_phone,
    "email": RecordBuilder.read_email,
    "online_account": RecordBuilder.read_online_account,
    "organization_name": RecordBuilder.read_organization_name,
    "consents": RecordBuilder.read_consent,
    **dict.fromkeys(_IDENTIFIERS, RecordBuilder.read_identifier),
    **dict.fromkeys(_DATES, RecordBuilder.read_date),
    **dict.fromkeys(
        ("birth_place", "marital_status", "category", "notes", "collective_name"), _static(RecordBuilder.read_text)
    ),
    **dict.fromkeys(("wealth", "measures", "value_tier", "risk"), _static(RecordBuilder.read_measure)),
    "sex": _static(RecordBuilder.read_sex),
    "language": _static(RecordBuilder.read_language),
    "occupation": _static(RecordBuilder.read_occupation),
    "preferences": _static(RecordBuilder.read_preference),
    "vehicle_number": _static(RecordBuilder.read_vehicle),
}
SINGLE_ATTRIBUTES: Final = tuple(_READERS)
"""Attributes of which one column is one value."""
