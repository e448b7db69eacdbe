"""Statements and records for the tests of survivorship."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from custid.model import (
    Basis,
    Consent,
    ConsentStatus,
    ContactPoint,
    Email,
    ExternalId,
    Holding,
    Issue,
    Measure,
    NameUse,
    PartialDate,
    Period,
    Person,
    PersonName,
    Phone,
    PostalAddress,
    Preference,
    Provenance,
    Record,
    Sex,
    Stated,
    Verification,
    declaration_of,
)

T = TypeVar("T")

# Fields are named at run time here, which no type checker can follow.
_evolve: Any = attrs.evolve

START = datetime(2020, 1, 1, 12, tzinfo=UTC)
"""Day 0 of the tests."""

SOURCES = ("crm", "registry", "till", "web")


def moment(day: float) -> datetime:
    """Return noon of a day, counted from `START`."""
    return START + timedelta(days=day)


def stated(
    value: T,
    source: str = "crm",
    day: float = 0,
    *,
    record: str = "1",
    recorded: float | None = None,
    verified: float | None = None,
    valid: tuple[str, str] = ("", ""),
    issues: tuple[str, ...] = (),
    **facts: Any,
) -> Stated[T]:
    """Return a statement; further facts are those of its provenance."""
    checks = () if verified is None else (Verification(at=moment(verified), by="desk", means="document"),)
    by = Provenance(
        source=source,
        record=record,
        observed_at=moment(day),
        recorded_at=moment(day if recorded is None else recorded),
        verified=checks,
        **facts,
    )
    start, end = (PartialDate(bound) if bound else None for bound in valid)
    return Stated(value, by, valid=Period(start, end), issues=tuple(map(Issue, issues)))


def person_record(source: str = "crm", key: str = "1", *, is_restricted: bool = False, **statements: Any) -> Record:
    """Return a record of a person; statements by the names of fields of `Person` or of `Record`."""
    of_person = {each.name for each in attrs.fields(Person)}
    party = Person(**{name: tuple(value) for name, value in statements.items() if name in of_person})
    facts: dict[str, Any] = {name: tuple(value) for name, value in statements.items() if name not in of_person}
    return Record(source=source, key=key, party=party, is_restricted=is_restricted, **facts)


def mapped(records: Iterable[Record], change: Callable[[Stated[Any]], Stated[Any] | None]) -> list[Record]:
    """Return records with each statement changed, or left out where the change is None; empty records are left out."""
    changed = []
    for record in records:
        kept: dict[str, tuple[Stated[Any], ...]] = {}
        for holder in (record.party, record):
            for each in attrs.fields(type(holder)):
                if declaration_of(each) is not None:
                    found = map(change, getattr(holder, each.name))
                    kept[each.name] = tuple(statement for statement in found if statement is not None)
        if any(kept.values()):
            of_party = {each.name for each in attrs.fields(type(record.party))}
            party = _evolve(record.party, **{name: value for name, value in kept.items() if name in of_party})
            facts = {name: value for name, value in kept.items() if name not in of_party}
            changed.append(_evolve(record, party=party, **facts))
    return changed


def reordered(record: Record, random: Random) -> Record:
    """Return a record with the statements of each field in another order."""

    def shuffled(holder: Any) -> dict[str, tuple[Stated[Any], ...]]:
        found = {each.name: getattr(holder, each.name) for each in attrs.fields(type(holder)) if declaration_of(each)}
        return {name: tuple(random.sample(statements, len(statements))) for name, statements in found.items()}

    turned: Record = _evolve(record, party=_evolve(record.party, **shuffled(record.party)), **shuffled(record))
    return turned


def statements_of(records: Iterable[Record]) -> list[Stated[Any]]:
    """Return all statements of records."""
    return [statement for record in records for _, statement in record.statements()]


_NAMES = (
    PersonName(given=("Marie",), family="DUPONT"),
    PersonName(given=("Marie",), family="Dupont"),
    PersonName(given=("M.",), family="Dupont"),
    PersonName(given=("Zoé", "Marie"), family="Le Gall"),
    PersonName(full="zoe marie le gall"),
    PersonName(given=("Marie",), family="Petit", use=NameUse.BIRTH),
    PersonName(given=("Mimi",), use=NameUse.NICKNAME),
)
_POINTS: tuple[PostalAddress | Phone | Email, ...] = (
    Phone(e164="+33199001234"),
    Phone(e164="+33261915678"),
    Email(address="Marie@mail.example"),
    Email(address="marie@mail.example"),
    PostalAddress(number="12", street="rue Pasteur", postcode="44000", city="Nantes"),
    PostalAddress(number="12", street="r. Pasteur", postcode="44000", city="NANTES"),
    PostalAddress(lines=("3 High Street", "Leeds"), country="GB"),
)
VALUES: dict[str, SearchStrategy[Any]] = {
    "names": st.sampled_from(_NAMES),
    "birth_dates": st.sampled_from(("1984", "1984-06", "1984-06-12", "1984-06-12~", "1985-01-01")).map(PartialDate),
    "birth_places": st.sampled_from(("Nantes", "NANTES", "Nantes Sud", "Lille")),
    "sexes": st.sampled_from(tuple(Sex)),
    "languages": st.sampled_from(("fr", "fr-CA", "en")),
    "contacts": st.sampled_from(_POINTS).map(lambda point: ContactPoint(point=point)),
    "identifiers": st.sampled_from(("00012", "000 12", "77")).map(
        lambda value: ExternalId(scheme="loyalty_card", value=value)
    ),
    "measures": st.sampled_from(("gold", "silver")).map(lambda value: Measure(name="tier", value=value)),
    "preferences": st.sampled_from(("phone", "mail")).map(lambda value: Preference(topic="contact", value=value)),
    "holdings": st.sampled_from(("A1", "B2")).map(lambda serial: Holding(kind="vehicle", product="car", serial=serial)),
    "consents": st.builds(
        Consent,
        purpose=st.sampled_from(("marketing", "survey")),
        channel=st.sampled_from(("", "phone")),
        status=st.sampled_from(ConsentStatus),
    ),
}
"""Values by field."""

_PERIODS = st.sampled_from(
    (("", ""), ("", ""), ("", ""), ("2019", ""), ("", "2020-02-01"), ("2020-01-10", "2021-01-01"))
)


@st.composite
def provenances(draw: st.DrawFn, source: str, record: str, *, is_plain: bool) -> Provenance:
    """Return a strategy for provenances of a record; plain ones differ in nothing else."""
    if is_plain:
        return Provenance(source=source, record=record, observed_at=START, recorded_at=START)
    # Few values, so that statements meet: most laws are broken by two that differ in one thing.
    day = draw(st.sampled_from((0, 0, 20, 50)))
    checks = draw(st.sampled_from(((), (), (), (30,), (70,))))
    return Provenance(
        source=source,
        record=record,
        observed_at=moment(day),
        recorded_at=moment(day + draw(st.sampled_from((0, 0, 10)))),
        basis=draw(st.sampled_from((Basis.DECLARED, *Basis))),
        confidence=draw(st.sampled_from((1.0, 1.0, 0.6))),
        verified=tuple(Verification(at=moment(at), by="desk", means="document") for at in checks),
    )


@st.composite
def records(draw: st.DrawFn, names: tuple[str, ...] = tuple(VALUES)) -> list[Record]:
    """Return a strategy for records of one person, with keys of their own, some restricted; ``names`` are fields."""
    made = []
    is_plain = draw(st.booleans())
    fields = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2))
    for number in range(draw(st.integers(1, 4))):
        source = draw(st.sampled_from(SOURCES))
        statements: dict[str, list[Stated[Any]]] = {}
        for name in draw(st.lists(st.sampled_from(fields), min_size=1, max_size=3)):
            value = draw(VALUES[name])
            start, end = (
                PartialDate(bound) if bound else None for bound in draw(st.just(("", "")) if is_plain else _PERIODS)
            )
            by = draw(provenances(source, str(number), is_plain=is_plain))
            statements.setdefault(name, []).append(Stated(value, by, valid=Period(start, end)))
        made.append(person_record(source, str(number), is_restricted=draw(st.integers(0, 5)) == 0, **statements))
    return made
