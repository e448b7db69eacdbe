"""Typed records as rows."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

import custid
from custid.errors import ConfigurationError, DuplicateRecordKeyError, EmptyInputError, UnsupportedInputError
from custid.intake import Schema, read
from custid.intake.typed_records import read_records
from custid.model import (
    Collective,
    CredentialState,
    Email,
    ExternalId,
    Holding,
    Measure,
    NameUse,
    Occupation,
    OnlineAccount,
    PartialDate,
    Period,
    Person,
    PersonName,
    Phone,
    PostalAddress,
    Record,
    Sex,
    Unread,
)
from custid.table.views import FIRST_DAY, LAST_DAY
from tests.intake.typed import contact, organization, person, provenance, stated

HOME = PostalAddress(number="12", number_ext="BIS", street="rue Pasteur", postcode="44000", city="Nantes", unit="Apt 3")
MOBILE, MAIL = Phone(e164="+33639980001"), Email(address="zoe@example.org")


def row(record: Record) -> dict[str, Any]:
    """Return the only row of a record, without what is missing."""
    (values,) = read_records([record]).table.to_pylist()
    return {name: text for name, text in values.items() if text is not None}


def test_parts_of_a_person_are_columns() -> None:
    """Each part that may be evidence is in the column of its attribute; several values are numbered."""
    names = (
        stated(PersonName(given=("Jean", "Marie"), family="Artagnan", particle="d'", prefix="M.")),
        stated(PersonName(family="Tour", particle="de La", suffix="III", use=NameUse.BIRTH)),
        stated(PersonName(given=("Jeannot",), use=NameUse.NICKNAME)),
    )
    fields: dict[str, Any] = {
        "birth_dates": (stated(PartialDate("1984-06~")),),
        "birth_places": (stated("Nantes"),),
        "occupations": (stated(Occupation(label="boulanger")), stated(Occupation(code="22A1"))),
        "contacts": (contact(HOME), contact(MOBILE), contact(MAIL)),
        "identifiers": (stated(ExternalId(scheme="loyalty_card", value="77", issuer="shop-3")),),
    }
    assert row(person("1", "", "", names=names, **fields)) == {
        "record_key": "1",
        "source": "crm",
        "given_name": "Jean Marie",
        "given_name 2": "Jeannot",
        "family_name": "d'Artagnan",
        "family_name 2": "de La Tour III",
        "sex": "M.",
        "birth_date": "1984-06",
        "birth_place": "Nantes",
        "occupation": "boulanger",
        "occupation 2": "22A1",
        "street": "rue Pasteur",
        "house_number": "12 BIS",
        "address_line": "Apt 3",
        "postcode": "44000",
        "city": "Nantes",
        "phone": "+33639980001",
        "email": "zoe@example.org",
        "loyalty_card": "shop-3 77",
    }


def test_what_is_no_evidence_stays_out() -> None:
    """Measures, notes, online accounts and shared phones and mailboxes are not compared."""
    record = person(
        "1",
        "Zoé",
        "Gall",
        wealth=(stated(Measure(name="income", value=2.0)),),
        measures=(stated(Measure(name="risk", value="A")),),
        notes=(stated("likes rye"),),
        marital_statuses=(stated("married"),),
        contacts=(
            contact(MOBILE, is_shared=True),
            contact(MAIL, is_shared=True),
            stated(read_online()),
        ),
    )
    assert row(record) == {"record_key": "1", "source": "crm", "given_name": "Zoé", "family_name": "Gall"}


def read_online() -> Any:
    """Return a contact point that is an online account."""
    return contact(MOBILE).value.__class__(point=OnlineAccount(scheme="web", handle="zoe"))


def test_sex_comes_from_the_form_of_address_only_where_it_is_not_stated() -> None:
    """A stated sex counts; a civility stands in for a missing one."""
    names = (stated(PersonName(given=("Zoé",), family="Gall", prefix="Mme")),)
    assert row(person("1", "", "", names=names))["sex"] == "Mme"
    assert row(person("1", "", "", names=names, sexes=(stated(Sex.FEMALE),)))["sex"] == "female"
    assert "sex" not in row(person("1", "", "", names=names, sexes=(stated(Sex.NOT_KNOWN),)))


def test_identifiers_of_unknown_schemes_keep_their_scheme() -> None:
    """A number counts within its scheme and issuer only."""
    identifiers = (
        stated(ExternalId(scheme="siren", value="732829320")),
        stated(ExternalId(scheme="till", value="9", state=CredentialState.LOST)),
    )
    found = row(organization("1", "Boulangerie Petit", identifiers=identifiers))
    assert (found["siren"], found["account"], found["organization_name"]) == (
        "732829320",
        "till 9",
        "Boulangerie Petit ",
    )


def test_vehicles_are_evidence_and_other_holdings_are_not() -> None:
    """The serial number of a vehicle is compared."""
    car = stated(Holding(kind="vehicle", product="van", serial="VF1AAAAA"))
    oven = stated(Holding(kind="device", product="oven", serial="77"))
    found = row(evolve(person("1", "Zoé", "Gall"), holdings=(oven, car)))
    assert found["vehicle_number"] == "VF1AAAAA"
    assert "vehicle_number 2" not in found


def test_addresses_without_parts_keep_their_lines() -> None:
    """Lines that nobody took apart are compared as a whole."""
    found = row(person("1", "Zoé", "Gall", contacts=(contact(PostalAddress(lines=("12 rue X", "44000 NANTES"))),)))
    assert found["address_line"] == "12 rue X 44000 NANTES"
    found = row(person("1", "Zoé", "Gall", contacts=(contact(PostalAddress(po_box="BP 7", cedex="44001")),)))
    assert (found["street"], found["postcode"]) == ("BP 7", "44001")


def test_periods_days_and_kinds() -> None:
    """Periods are days by column, open where nothing is said; the latest observation dates the record."""
    names = (
        stated(PersonName(given=("Zoé",), family="Gall"), 2020),
        stated(PersonName(family="Petit"), 2021, valid=Period(PartialDate("2001"), PartialDate("2010-07-01"))),
    )
    typed = read_records([person("1", "", "", names=names), organization("2", "Gall")]).typed
    assert typed is not None
    first, last = PartialDate("2001-01-01"), PartialDate("2010-06-30")
    assert first.earliest is not None
    assert last.earliest is not None
    assert {name: found.tolist() for name, found in typed.periods.items()} == {
        "family_name 2": [
            [first.earliest.toordinal(), last.earliest.toordinal()],
            [FIRST_DAY, LAST_DAY],
        ]
    }
    assert typed.kind_of_row.tolist() == [0, 1]
    assert typed.observed_day.tolist() == [
        provenance(2021).observed_at.toordinal(),
        provenance(2020).observed_at.toordinal(),
    ]


def test_restricted_records_show_nothing() -> None:
    """A restricted record keeps its row, and none of its values is used."""
    restricted = evolve(person("1", "Zoé", "Gall", contacts=(contact(MOBILE),)), is_restricted=True)
    assert row(restricted) == {"record_key": "1", "source": "crm"}
    result = custid.dedupe(
        [restricted, *(person(key, "Zoé", "Gall", contacts=(contact(MOBILE),)) for key in ("2", "3"))]
    )
    assert result.assignments["customer"].to_pylist() == [0, 1, 1]


def test_a_record_of_unread_text_only_is_a_row() -> None:
    """A record of which nothing could be read is not lost."""
    record = Record(
        source="crm", key="1", party=Person(), unread=(Unread(attribute="phone", raw="?", by=provenance()),)
    )
    assert row(record) == {"record_key": "1", "source": "crm"}


def test_refusals() -> None:
    """Empty input, other things than records, repeated keys and a schema are refused by name."""
    with pytest.raises(EmptyInputError, match="at least one record"):
        read_records([])
    with pytest.raises(UnsupportedInputError, match="row 2: expected a Record, got dict"):
        read([person("1", "Zoé", "Gall"), {"name": "Zoé"}])
    with pytest.raises(DuplicateRecordKeyError, match="each source and key once"):
        read([person("1", "Zoé", "Gall"), person("1", "Zoé", "Gall")])
    with pytest.raises(ConfigurationError, match="expected none for typed records"):
        custid.dedupe([person("1", "Zoé", "Gall")], schema=Schema())


def former_and_current() -> Record:
    """Return the record of a woman whose name and address changed in 2010."""
    before, since = Period(None, PartialDate("2010-01-01")), Period(PartialDate("2010-01-01"))
    old = PostalAddress(number="3", street="quai Branly", postcode="44100", city="Nantes")
    return person(
        "1",
        "",
        "",
        names=(
            stated(PersonName(given=("Zoé",), family="Martin"), valid=since),
            stated(PersonName(given=("Zoé",), family="Dupont", use=NameUse.FORMER), valid=before),
        ),
        contacts=(
            evolve(contact(HOME), valid=since),
            evolve(contact(old), valid=before),
        ),
    )


@pytest.mark.parametrize(("year", "level"), [(2005, "exact"), (2015, "else")])
def test_a_former_name_agrees_with_a_record_of_its_time(year: int, level: str) -> None:
    """The former family name counts for a record observed while it was borne, and not for a later one."""
    other = person("2", "Zoé", "Dupont", year=year, contacts=(contact(MOBILE, year),))
    result = custid.dedupe([former_and_current(), other])
    levels = {each.name: each.level for each in result.explain(("crm", "1"), ("crm", "2")).comparisons}
    assert (levels["family_name"], levels["given_name"]) == (level, "exact")


def test_a_former_address_says_nothing_of_another_time() -> None:
    """Somebody at the former address, years later, does not agree with it; at its time he does."""
    place = PostalAddress(number="3", street="quai Branly", postcode="44100", city="Nantes")
    others = [person(str(year), "Zoé", "Dupont", year=year, contacts=(contact(place, year),)) for year in (2005, 2015)]
    result = custid.dedupe([former_and_current(), *others])
    at = {
        key: {each.name: each.level for each in result.explain(("crm", "1"), ("crm", key)).comparisons}["street"]
        for key in ("2005", "2015")
    }
    assert at == {"2005": "exact", "2015": "else"}


def test_several_values_agree_once() -> None:
    """Two phones in common weigh as much as one: any is compared with any, and the closest counts."""
    second = Phone(e164="+33639980002")
    others = [person(str(number), f"Ann{number}", "Lee", contacts=(contact(MAIL),)) for number in range(3, 6)]
    weights = []
    for phones in ((MOBILE,), (MOBILE, second)):
        contacts = tuple(contact(phone) for phone in phones)
        pair = [person(key, "Zoé", "Gall", contacts=contacts) for key in ("1", "2")]
        explained = custid.dedupe([*pair, *others]).explain(("crm", "1"), ("crm", "2"))
        weights.append([each for each in explained.comparisons if each.name == "phone"])
    assert [len(found) for found in weights] == [1, 1]
    assert weights[0][0].bits == pytest.approx(weights[1][0].bits, abs=1.5)


def test_rows_and_records_meet() -> None:
    """Typed records and the rows of a file are linked as if both were rows."""
    rows = [{"id": "9", "prenom": "ZOE", "nom": "GALL", "tel": "06 39 98 00 01", "ville": "Nantes"}]
    records = [person("1", "Zoé", "Gall", contacts=(contact(MOBILE), contact(HOME))), person("2", "Ali", "Benali")]
    result = custid.link({"crm": records, "shop": rows})
    assert result.assignments["customer"].to_pylist() == [0, 1, 0]


def test_collectives_have_their_name() -> None:
    """A household is compared by its name as well."""
    household = Record(source="crm", key="1", party=Collective(names=(stated("Famille Petit"),)))
    assert row(household)["organization_name"] == "Famille Petit"
