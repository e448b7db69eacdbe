"""Typed records as rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

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
    Provenance,
    Record,
    Sex,
    Stated,
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
        "loyalty_card": "shop-3 no 77",
    }


def test_what_is_no_evidence_stays_out() -> None:
    """Measures, notes and shared phones and mailboxes are not read; online accounts are, to see who shares them."""
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
    assert row(record) == {
        "record_key": "1",
        "source": "crm",
        "family_name": "Gall",
        "given_name": "Zoé",
        "online_account": "web zoe",
    }


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
        "till no 9",
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


def test_names_of_blanks_are_none() -> None:
    """Given names of blanks only do not hide the whole name; a nickname in one piece counts."""
    names = (stated(PersonName(given=("", " "), full="Zoé Gall")), stated(PersonName(full="Zaz", use=NameUse.NICKNAME)))
    found = row(person("1", "", "", names=names))
    assert (found["full_name"], found["full_name 2"]) == ("Zoé Gall", "Zaz")
    assert "given_name" not in found


def test_text_that_no_file_holds() -> None:
    """NUL goes and half a character is replaced, in values, sources and keys, as in rows."""
    found = row(person("1\0", "Zo\ud800", "Ga\0ll", source="c\ud800"))
    assert found == {"record_key": "1", "source": "c\ufffd", "given_name": "Zo\ufffd", "family_name": "Gall"}


@pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)])
@pytest.mark.parametrize("hours", [-5, 5])
def test_the_edges_of_the_calendar(moment: datetime, hours: int) -> None:
    """Moments that databases write for none have a day, whatever their time zone."""
    edge = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    by = Provenance(source="crm", record="1", observed_at=edge, recorded_at=edge)
    typed = read_records([person("1", "", "", names=(Stated(PersonName(family="Gall"), by),))]).typed
    assert typed is not None
    assert typed.observed_day.tolist()[0] == moment.toordinal()


def test_who_passes_on_a_register_number_does_not_matter() -> None:
    """Schemes with one issuer are compared without it; those of many keep theirs, unambiguously."""
    numbers = {
        "siren": "732829320",
        "siret": "73282932000074",
        "vat_number": "FR44732829320",
        "iban": "FR7630006000011",
    }
    stating = [stated(ExternalId(scheme=scheme, value=value, issuer="INSEE")) for scheme, value in numbers.items()]
    found = row(organization("1", "Petit", identifiers=tuple(stating)))
    assert {scheme: found[scheme] for scheme in numbers} == numbers
    cards = [stated(ExternalId(scheme="loyalty_card", value=v, issuer=i)) for v, i in (("1234", "s1"), ("234", "s11"))]
    records = [person(str(n), f"Ann{n}", "Gall", identifiers=(card,)) for n, card in enumerate(cards)]
    explained = custid.dedupe(records).explain("0", "1")
    assert {each.name: each.level for each in explained.comparisons}["loyalty_card"] != "exact"


def test_a_placeholder_is_none_of_any_issuer() -> None:
    """A card of zeros is no card, whoever issued it."""
    card = stated(ExternalId(scheme="loyalty_card", value="0000000", issuer="shop-3"))
    assert "loyalty_card" not in row(person("1", "Zoé", "Gall", identifiers=(card,)))


def test_what_follows_from_a_dated_value_is_dated() -> None:
    """The parts of a dated name in one piece, and the SIREN of a dated SIRET, hold as long as these."""
    former = Period(end=PartialDate("2010-01-01"))
    typed = read_records([person("1", "", "", names=(stated(PersonName(full="Zoé  Le Gall"), valid=former),))]).typed
    assert typed is not None
    assert sorted(typed.periods) == ["family_name", "full_name", "given_name"]
    siret = stated(ExternalId(scheme="siret", value="73282932000074"), valid=former)
    typed = read_records([organization("1", "Petit", identifiers=(siret,))]).typed
    assert typed is not None
    assert typed.periods["siren"].tolist() == typed.periods["siret"].tolist()


@pytest.mark.parametrize("full", ["Zoé Dupont", "DUPONT Zoé"])
def test_a_former_whole_name_says_nothing_of_another_time(full: str) -> None:
    """A name in one piece agrees with a record of its time and not with a later one, as one in parts does."""
    former = person("1", "", "", names=(stated(PersonName(full=full), valid=Period(end=PartialDate("2010"))),))
    others = [person(str(year), "Zoé", "Dupont", year=year) for year in (2005, 2015)]
    result = custid.dedupe([former, *others])
    at = {
        key: {each.name: each.level for each in result.explain("1", key).comparisons}["family_name"]
        for key in ("2005", "2015")
    }
    assert (at["2005"], at["2015"] in {None, "missing"} or at["2015"] != "exact") == ("exact", True)


def test_lines_count_where_the_street_was_not_found() -> None:
    """A postcode and a city beside the lines do not hide the street that is in them."""
    lines = PostalAddress(lines=("12 rue X", "44000 NANTES"), postcode="44000", city="Nantes")
    found = row(person("1", "Zoé", "Gall", contacts=(contact(lines),)))
    assert (found["address_line"], found["postcode"]) == ("12 rue X 44000 NANTES", "44000")


def test_tenants_are_never_merged() -> None:
    """Records of two tenants are refused, as customers of different companies are never one."""
    with pytest.raises(UnsupportedInputError, match="expected those of one tenant, got those of 2"):
        custid.dedupe([person("1", "Zoé", "Gall"), evolve(person("2", "Zoé", "Gall"), tenant="other")])


def test_equal_records_agree_on_what_is_over() -> None:
    """Two records that state the same former name and phone, on one day, are one customer."""
    former = Period(end=PartialDate("2010-01-01"))
    fields: dict[str, Any] = {
        "names": (stated(PersonName(given=("Zoé",), family="Gall"), valid=former),),
        "birth_dates": (stated(PartialDate("1984-06-12"), valid=former),),
        "contacts": (evolve(contact(MOBILE), valid=former),),
    }
    others = [person(str(number), f"Ann{number}", f"Lee{number}") for number in range(3, 20)]
    result = custid.dedupe([person("1", "", "", **dict(fields)), person("2", "", "", **dict(fields)), *others])
    assert result.assignments["customer"].to_pylist()[:2] == [0, 0]


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_neither_the_order_of_records_nor_that_of_their_values_matters(random: Random) -> None:
    """Dated and undated persons and companies in any order, their statements in any order, are the same customers."""
    records = _mixed()
    expected = _customers(records)
    shuffled = []
    for record in random.sample(records, len(records)):
        fields: dict[str, Any] = {
            name: tuple(random.sample(getattr(record.party, name), len(getattr(record.party, name))))
            for name in ("names", "contacts", "identifiers")
        }
        shuffled.append(evolve(record, party=evolve(record.party, **fields)))
    assert _customers(shuffled) == expected


def _customers(records: list[Record]) -> set[frozenset[str]]:
    table = custid.dedupe(records).assignments
    found: dict[int, set[str]] = {}
    for key, customer in zip(table["record_key"].to_pylist(), table["customer"].to_pylist(), strict=True):
        found.setdefault(customer, set()).add(key)
    return set(map(frozenset, found.values()))


def _mixed() -> list[Record]:
    before, since = Period(None, PartialDate("2010")), Period(PartialDate("2010"))
    records = []
    for number in range(40):
        family, phone = f"Gall{number // 4}", Phone(e164=f"+3363998{number // 3:04d}")
        names = (
            stated(PersonName(given=("Zoé",), family=family), valid=since if number % 2 else Period()),
            stated(PersonName(given=("Zoé",), family=f"Petit{number // 5}"), valid=before),
        )
        contacts = (contact(phone), evolve(contact(Phone(e164=f"+3319900{number:04d}")), valid=before))
        year = 2005 + number % 3 * 8
        if number % 5:
            records.append(person(str(number), "", "", year=year, names=names, contacts=contacts))
        else:
            siret = stated(ExternalId(scheme="siret", value="73282932000074"), valid=since)
            records.append(organization(str(number), family, contacts=contacts, identifiers=(siret,)))
    return records
