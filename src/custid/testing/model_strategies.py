"""Strategies for hypothesis: every type of the customer model, up to whole records.

Texts are any Unicode that UTF-8 can hold, so that what is told of a record holds for any alphabet; values are drawn
small and records short, so that many are tried.  Import this module by its name: hypothesis is a dependency of tests,
not of custid.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any, TypeVar

from attrs import evolve, fields
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from custid.errors import ModelError
from custid.model import (
    INTERACTION_KINDS,
    LIFE_EVENT_KINDS,
    RELATION_KINDS,
    ROLE_KINDS,
    Basis,
    Collective,
    CollectiveKind,
    Consent,
    ConsentStatus,
    ContactPoint,
    ContactUse,
    CredentialState,
    Direction,
    Email,
    ExternalId,
    Holding,
    Interaction,
    InteractionStatus,
    Issue,
    Joint,
    LifeEvent,
    Measure,
    NameUse,
    Occupation,
    OnlineAccount,
    Organization,
    OrganizationName,
    OrganizationNameUse,
    PartialDate,
    PartyKey,
    Period,
    Person,
    PersonName,
    Phone,
    PhoneKind,
    PostalAddress,
    Preference,
    Provenance,
    Record,
    Relation,
    Role,
    Sex,
    Stated,
    Unread,
    Verification,
)

__all__ = [
    "collectives",
    "consents",
    "contact_points",
    "emails",
    "external_ids",
    "holdings",
    "interactions",
    "issues",
    "life_events",
    "measures",
    "moments",
    "occupations",
    "online_accounts",
    "organization_names",
    "organizations",
    "partial_dates",
    "parties",
    "party_keys",
    "periods",
    "person_names",
    "persons",
    "phones",
    "postal_addresses",
    "preferences",
    "provenances",
    "records",
    "relations",
    "roles",
    "stated",
    "texts",
    "unreads",
    "verifications",
]

T = TypeVar("T")

_WORDS = ("Zoé", "LE GOFF", "Jean-Pierre", "rue du Four", "a;b,c\\d", "line\nline", "\U0001f956", "0", "null", "Ø'x\"")
_OFFSETS = tuple(timezone(timedelta(minutes=minutes)) for minutes in (0, 60, 120, -300, 345))
_DAYS = ("MO", "SA", "MO,TU")


def texts(*, may_be_empty: bool = True) -> SearchStrategy[str]:
    """Return a strategy for texts: usual ones and any Unicode without lone surrogates.

    Parameters
    ----------
    may_be_empty : bool
        False for texts that say something: not only white space.

    Returns
    -------
    SearchStrategy of str
        Short texts.
    """
    anything = st.sampled_from(_WORDS) | st.text(max_size=6)
    return anything if may_be_empty else anything.filter(str.strip)


_text, _said = texts(), texts(may_be_empty=False)
_code = st.sampled_from(("a", "own_kind", "x9"))


def _kinds(vocabulary: Any) -> SearchStrategy[str]:
    return st.sampled_from(sorted(vocabulary)) | _code


def _optional(values: SearchStrategy[T]) -> SearchStrategy[T | None]:
    return st.none() | values


def _few(values: SearchStrategy[T], max_size: int = 2) -> SearchStrategy[tuple[T, ...]]:
    return st.lists(values, max_size=max_size).map(tuple)


def moments() -> SearchStrategy[datetime]:
    """Return a strategy for moments with the offset of a time zone, from 1900 to 2100, to the microsecond."""
    return st.datetimes(datetime(1900, 1, 2), datetime(2100, 1, 1), timezones=st.sampled_from(_OFFSETS))  # noqa: DTZ001


def partial_dates(*, with_year: bool = False) -> SearchStrategy[PartialDate]:
    """Return a strategy for dates, exact ones and such as are known in part.

    Parameters
    ----------
    with_year : bool
        True for dates of which at least the century is known, as bounds of periods need.

    Returns
    -------
    SearchStrategy of PartialDate
        From the year 1 to 9999.
    """
    qualifier = st.sampled_from(("", "", "", "?", "~", "%"))
    days = st.dates()
    written = [
        days.map(str),
        days.map(lambda day: str(day)[:7]),
        days.map(lambda day: str(day)[:4]),
        days.map(lambda day: f"{str(day)[:3]}X"),
        days.map(lambda day: f"{str(day)[:2]}XX"),
        days.map(lambda day: f"{str(day)[:4]}-XX-{str(day)[8:]}"),
    ]
    if not with_year:
        written.append(days.map(lambda day: f"XXXX{str(day)[4:]}"))
    return st.builds(lambda date, doubt: PartialDate(date + doubt), st.one_of(written), qualifier)


def periods() -> SearchStrategy[Period]:
    """Return a strategy for periods, with none, one or both of their bounds."""
    bounds = _optional(partial_dates(with_year=True))
    return st.builds(_period, bounds, bounds)


def _period(one: PartialDate | None, other: PartialDate | None) -> Period:
    for start, end in ((one, other), (other, one)):
        try:
            return Period(start=start, end=end)
        except ModelError:
            continue
    return Period(start=one)


def verifications() -> SearchStrategy[Verification]:
    """Return a strategy for checks that a value passed."""
    return st.builds(Verification, at=moments(), by=_said, means=_said, reference=_text)


@st.composite
def provenances(draw: st.DrawFn) -> Provenance:
    """Return a strategy for provenances."""
    observed = draw(moments())
    return Provenance(
        source=draw(_said),
        record=draw(_said),
        observed_at=observed,
        recorded_at=observed + draw(st.sampled_from((timedelta(), timedelta(days=3, microseconds=1)))),
        collected_by=draw(_text),
        channel=draw(_text),
        basis=draw(st.sampled_from(Basis)),
        confidence=draw(st.just(1.0) | st.floats(0, 1)),
        verified=draw(_few(verifications(), 1)),
        license=draw(_text),
        notice=draw(_text),
    )


def issues() -> SearchStrategy[Issue]:
    """Return a strategy for issues."""
    return st.builds(Issue, _said, _text)


def stated(values: SearchStrategy[T], *, by: SearchStrategy[Provenance] | None = None) -> SearchStrategy[Stated[T]]:
    """Return a strategy for statements.

    Parameters
    ----------
    values : SearchStrategy
        Strategy for what is stated.
    by : SearchStrategy of Provenance, optional
        Strategy for who states it; `provenances` by default.

    Returns
    -------
    SearchStrategy of Stated
        Statements with or without raw text, period and issues.

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(stated(phones()))
    ... def is_a_number(statement):
    ...     assert statement.value.e164.startswith("+")
    >>> is_a_number()
    """
    return st.builds(
        Stated,
        values,
        provenances() if by is None else by,
        _optional(_text),
        st.just(Period()) | periods(),
        _few(issues(), 1),
    )


def unreads(*, by: SearchStrategy[Provenance] | None = None) -> SearchStrategy[Unread]:
    """Return a strategy for texts that could not be read.

    Parameters
    ----------
    by : SearchStrategy of Provenance, optional
        Strategy for who gave it; `provenances` by default.

    Returns
    -------
    SearchStrategy of Unread
        Texts of an attribute.
    """
    attributes = st.sampled_from(("birth_date", "phone", "email"))
    return st.builds(
        Unread, attribute=attributes, raw=_text, by=provenances() if by is None else by, issues=_few(issues(), 1)
    )


def person_names() -> SearchStrategy[PersonName]:
    """Return a strategy for names of persons, in parts or in one piece."""
    parts = dict.fromkeys(("family", "particle", "prefix", "suffix", "full"), _text)
    made = st.fixed_dictionaries({"given": _few(_text), "use": st.sampled_from(NameUse), **parts})
    return made.filter(lambda name: any(part.strip() for part in (name["family"], name["full"], *name["given"]))).map(
        lambda name: PersonName(**name)
    )


def organization_names() -> SearchStrategy[OrganizationName]:
    """Return a strategy for names of organizations."""
    forms = st.sampled_from(("", "SARL", "Ltd"))
    return st.builds(OrganizationName, name=_said, use=st.sampled_from(OrganizationNameUse), legal_form=forms)


def postal_addresses() -> SearchStrategy[PostalAddress]:
    """Return a strategy for postal addresses, as lines, in parts or both; each has a line or a city."""
    names = (
        "recipient unit building number number_ext street locality_extra "
        "po_box postcode cedex cedex_label city region geo_code"
    ).split()
    countries = st.sampled_from(("", "FR", "GB", "US"))
    parts = dict.fromkeys(names, _said) | {"lines": _few(_text, 3), "country": countries}
    with_city = st.fixed_dictionaries({"city": parts.pop("city")}, optional=parts)
    with_lines = st.fixed_dictionaries({"lines": st.tuples(_said)}, optional={"country": countries})
    return st.one_of(with_city, with_lines).map(lambda made: PostalAddress(**made))


def phones() -> SearchStrategy[Phone]:
    """Return a strategy for telephone numbers of ranges that nobody has."""
    numbers = st.from_regex(r"\+3363998[0-9]{4}|\+3319900[0-9]{4}|\+4477009[0-9]{5}|\+1202555[0-9]{4}", fullmatch=True)
    extensions = st.just("") | st.from_regex(r"[0-9]{1,4}", fullmatch=True)
    return st.builds(Phone, e164=numbers, extension=extensions, kind=st.sampled_from(PhoneKind))


def emails() -> SearchStrategy[Email]:
    """Return a strategy for e-mail addresses of domains that nobody has."""
    local = st.from_regex(r"[a-zA-Z0-9]{1,5}([.+_-][a-z]{1,3})?", fullmatch=True) | st.sampled_from(("zoé", "o'x"))
    return st.builds(
        lambda part, host: Email(address=f"{part}@{host}"), local, st.sampled_from(("example.org", "a.example"))
    )


def online_accounts() -> SearchStrategy[OnlineAccount]:
    """Return a strategy for online accounts."""
    schemes = st.sampled_from(("web", "instagram", "device")) | _said
    return st.builds(OnlineAccount, scheme=schemes, handle=st.just("https://a.example/zoe") | _said)


def contact_points() -> SearchStrategy[ContactPoint]:
    """Return a strategy for ways to reach a party."""
    points = st.one_of(postal_addresses(), phones(), emails(), online_accounts())
    return st.builds(ContactPoint, point=points, use=st.sampled_from(ContactUse), is_shared=st.booleans())


def external_ids() -> SearchStrategy[ExternalId]:
    """Return a strategy for identifiers; their check digits are anything."""
    schemes = st.sampled_from(("siren", "siret", "lei", "vat", "loyalty_card", "account")) | _code
    states = st.sampled_from(CredentialState)
    return st.builds(ExternalId, scheme=schemes, value=_said, issuer=_text, state=states, replaced_by=_text)


def occupations() -> SearchStrategy[Occupation]:
    """Return a strategy for occupations."""
    said = st.fixed_dictionaries({"label": _said}, optional={"code": _said, "scheme": _said, "employer": _said})
    coded = st.fixed_dictionaries({"code": _said}, optional={"scheme": st.sampled_from(("pcs2020", "isco08"))})
    return (said | coded).map(lambda parts: Occupation(**parts))


def measures() -> SearchStrategy[Measure]:
    """Return a strategy for measures, as numbers and as classes."""
    numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)
    return st.builds(Measure, name=_said, value=numbers | _text, unit=_text, method=_text)


def party_keys() -> SearchStrategy[PartyKey]:
    """Return a strategy for keys of records that speak of a party."""
    return st.builds(PartyKey, _said, _said)


@st.composite
def roles(draw: st.DrawFn) -> Role:
    """Return a strategy for roles, with one or several holders."""
    holders = tuple(draw(st.lists(party_keys(), min_size=1, max_size=3, unique=True)))
    joint = draw(st.sampled_from(Joint))
    weights = draw(st.lists(st.integers(1, 9), min_size=len(holders), max_size=len(holders)))
    shares = tuple(weight / sum(weights) for weight in weights) if joint is Joint.SHARES else ()
    return Role(kind=draw(_kinds(ROLE_KINDS)), target=draw(_said), holders=holders, joint=joint, shares=shares)


def relations() -> SearchStrategy[Relation]:
    """Return a strategy for relations of two parties."""
    pairs = st.lists(party_keys(), min_size=2, max_size=2, unique=True)
    return st.builds(
        lambda kind, pair: Relation(kind=kind, subject=pair[0], object=pair[1]), _kinds(RELATION_KINDS), pairs
    )


def holdings() -> SearchStrategy[Holding]:
    """Return a strategy for what a party has."""
    dates = _optional(partial_dates())
    kinds = st.sampled_from(("vehicle", "warranty")) | _code
    return st.builds(Holding, kind=kinds, product=_said, serial=_text, acquired=dates, expires=dates)


def interactions() -> SearchStrategy[Interaction]:
    """Return a strategy for contacts between a party and the company."""
    return st.builds(
        Interaction,
        at=moments(),
        channel=_said,
        direction=st.sampled_from(Direction),
        kind=_kinds(INTERACTION_KINDS),
        subject=_text,
        thread=_text,
        status=st.sampled_from(InteractionStatus),
        reference=_text,
        reply_to=_text,
        actor=_text,
    )


def life_events() -> SearchStrategy[LifeEvent]:
    """Return a strategy for events in the life of a party."""
    return st.builds(LifeEvent, kind=_kinds(LIFE_EVENT_KINDS), at=partial_dates(), reference=_text)


def preferences() -> SearchStrategy[Preference]:
    """Return a strategy for preferences."""
    windows = st.builds("{} {:02d}:{:02d}-24:00".format, st.sampled_from(_DAYS), st.integers(0, 23), st.integers(0, 59))
    zones = st.sampled_from(("Europe/Paris", "Indian/Reunion"))
    return st.builds(Preference, topic=_code, value=_said, channel=_text, windows=_few(windows), time_zone=zones)


def consents() -> SearchStrategy[Consent]:
    """Return a strategy for consents, refusals and objections."""
    return st.builds(
        Consent,
        purpose=_said,
        status=st.sampled_from(ConsentStatus),
        legal_basis=st.just("consent") | _said,
        channel=_text,
        notice=_text,
        controller=_text,
        at=_optional(moments()),
        expires=_optional(moments()),
        receipt=_text,
    )


def _party_fields(by: SearchStrategy[Provenance] | None) -> dict[str, SearchStrategy[Any]]:
    values: dict[str, SearchStrategy[Any]] = {
        "identifiers": external_ids(),
        "contacts": contact_points(),
        "languages": st.sampled_from(("fr", "en-GB", "br")),
        "wealth": measures(),
        "measures": measures(),
        "notes": _text,
    }
    return _statements(values, by)


def _statements(
    values: dict[str, SearchStrategy[Any]], by: SearchStrategy[Provenance] | None
) -> dict[str, SearchStrategy[Any]]:
    return {name: _few(stated(each, by=by)) for name, each in values.items()}


def persons(*, by: SearchStrategy[Provenance] | None = None) -> SearchStrategy[Person]:
    """Return a strategy for persons.

    Parameters
    ----------
    by : SearchStrategy of Provenance, optional
        Strategy for who states what is stated; `provenances` by default.

    Returns
    -------
    SearchStrategy of Person
        Any field may be empty.
    """
    values: dict[str, SearchStrategy[Any]] = {
        "names": person_names(),
        "birth_dates": partial_dates(),
        "death_dates": partial_dates(),
        "birth_places": _text,
        "sexes": st.sampled_from(Sex),
        "marital_statuses": _text,
        "occupations": occupations(),
    }
    optional = {**_party_fields(by), **_statements(values, by)}
    return st.fixed_dictionaries({}, optional=optional).map(lambda parts: Person(**parts))


def organizations(*, by: SearchStrategy[Provenance] | None = None) -> SearchStrategy[Organization]:
    """Return a strategy for organizations.

    Parameters
    ----------
    by : SearchStrategy of Provenance, optional
        Strategy for who states what is stated; `provenances` by default.

    Returns
    -------
    SearchStrategy of Organization
        Any field may be empty.
    """
    values = {"names": organization_names(), "founded": partial_dates(), "activities": _text}
    optional = {**_party_fields(by), **_statements(values, by)}
    return st.fixed_dictionaries({}, optional=optional).map(lambda parts: Organization(**parts))


def collectives(*, by: SearchStrategy[Provenance] | None = None) -> SearchStrategy[Collective]:
    """Return a strategy for collectives.

    Parameters
    ----------
    by : SearchStrategy of Provenance, optional
        Strategy for who states what is stated; `provenances` by default.

    Returns
    -------
    SearchStrategy of Collective
        Any field may be empty.
    """
    optional = {**_party_fields(by), **_statements({"names": _text}, by), "kind": st.sampled_from(CollectiveKind)}
    return st.fixed_dictionaries({}, optional=optional).map(lambda parts: Collective(**parts))


def parties(*, by: SearchStrategy[Provenance] | None = None) -> SearchStrategy[Person | Organization | Collective]:
    """Return a strategy for parties of all kinds.

    Parameters
    ----------
    by : SearchStrategy of Provenance, optional
        Strategy for who states what is stated; `provenances` by default.

    Returns
    -------
    SearchStrategy of Person, Organization or Collective
        Any field may be empty.
    """
    return st.one_of(persons(by=by), organizations(by=by), collectives(by=by))


def records(*, of: SearchStrategy[Person | Organization | Collective] | None = None) -> SearchStrategy[Record]:
    """Return a strategy for records.

    Parameters
    ----------
    of : SearchStrategy of Person, Organization or Collective, optional
        Strategy for whom they speak of; `parties` by default.

    Returns
    -------
    SearchStrategy of Record
        Without ``of``, the statements of one record come from one or two provenances, as they do in life.

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(records(of=organizations()))
    ... def says_something(record):
    ...     assert record.unread or any(record.statements())
    >>> says_something()
    """
    party, parts, unread = _parts_of_records() if of is None else (of, *_parts_of_records()[1:])
    return st.builds(_record, _said, _said, party, parts, unread, st.lists(provenances(), min_size=2, max_size=2))


_SOME_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
_PLACEHOLDERS = tuple(
    Provenance(source="?", record=str(place), observed_at=_SOME_MOMENT, recorded_at=_SOME_MOMENT) for place in range(2)
)


@cache
def _parts_of_records() -> tuple[SearchStrategy[Any], SearchStrategy[Any], SearchStrategy[Any]]:
    """Return strategies for the parts of a record; made once, as making them takes longer than drawing from them."""
    by = st.sampled_from(_PLACEHOLDERS)
    facts = _statements(
        {
            "roles": roles(),
            "relations": relations(),
            "holdings": holdings(),
            "interactions": interactions(),
            "life_events": life_events(),
            "preferences": preferences(),
            "consents": consents(),
        },
        by,
    )
    optional = {
        **facts,
        "version": _text,
        "jurisdiction": st.sampled_from(("FR", "GB")),
        "tenant": _said,
        "is_restricted": st.booleans(),
        "unread": _few(unreads(by=by), 1),
    }
    return parties(by=by), st.fixed_dictionaries({}, optional=optional), unreads(by=by)


def _record(source: str, key: str, party: Any, parts: dict[str, Any], unread: Unread, by: list[Provenance]) -> Record:
    try:
        record = Record(source=source, key=key, party=party, **parts)
    except ModelError:  # nothing is stated
        record = Record(source=source, key=key, party=party, **{**parts, "unread": (unread,)})
    made: Record = evolve(_said_by(record, by), party=_said_by(record.party, by))
    return made


def _said_by(holder: Any, by: list[Provenance]) -> Any:
    """Return a record or party with provenances in the place of the placeholders."""
    known = dict(zip(_PLACEHOLDERS, by, strict=True))
    held = {each.name: getattr(holder, each.name) for each in fields(type(holder))}
    statements = {name: value for name, value in held.items() if value and isinstance(value, tuple)}
    return evolve(
        holder,
        **{
            name: tuple(evolve(each, by=known.get(each.by, each.by)) for each in value)
            for name, value in statements.items()
        },
    )
