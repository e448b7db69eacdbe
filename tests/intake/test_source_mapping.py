"""Rows become typed records."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import custid
from custid.errors import ConfigurationError, SchemaError
from custid.intake._record_builder import ADDRESS_ATTRIBUTES, NAME_ATTRIBUTES, SINGLE_ATTRIBUTES
from custid.intake.source_mapping import SourceMapping, Target
from custid.model import (
    Basis,
    Collective,
    ConsentStatus,
    ContactUse,
    CredentialState,
    Email,
    Measure,
    NameUse,
    OnlineAccount,
    Organization,
    OrganizationNameUse,
    PartialDate,
    Period,
    Person,
    Phone,
    PostalAddress,
    Record,
    Sex,
    render,
)
from tests.intake.typed import person

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


def mapping(columns: dict[str, Any], **settings: Any) -> SourceMapping:
    """Return the mapping of a till."""
    return SourceMapping(source="till", record_key="id", columns=columns, **settings)


def only(columns: dict[str, Any], row: dict[str, str], **settings: Any) -> Record:
    """Return the record of one row."""
    complete = {"id": "1", **dict.fromkeys(columns, ""), **row}
    made = mapping(columns, **settings).records([complete], observed_at=NOW, recorded_at=NOW)
    assert made.refused == ()
    (record,) = made.records
    return record


def values(record: Record) -> Counter[tuple[str, object]]:
    """Return the typed values of a record by attribute."""
    return Counter((declared.name, statement.value) for declared, statement in record.statements())


def codes(record: Record) -> set[str]:
    """Return the codes of all issues of a record."""
    noticed = [issue for _, statement in record.statements() for issue in statement.issues]
    return {issue.code for issue in noticed + [issue for unread in record.unread for issue in unread.issues]}


CARD = Target(attribute="loyalty_card", issuer="shop-3")
WHOLE = {
    "client": "full_name", "adresse": "postal_address", "tel": "phone", "mail": "email", "ne": "birth_date",
    "carte": CARD,
}  # fmt: skip
IN_PARTS = {
    "civ": "name_prefix", "nom": "family_name", "prenom": "given_name", "num": "house_number", "rue": "street",
    "cp": "postcode", "ville": "city", "mobile": "phone", "courriel": "email", "naissance": "birth_date",
    "n_carte": CARD,
}  # fmt: skip


def test_two_layouts_of_a_customer_give_equal_records() -> None:
    """A customer in one text each and in many columns is the same typed values."""
    whole = only(
        WHOLE,
        {
            "client": "Mme LE GALL Zoé",
            "adresse": "12 bis rue Pasteur, 44000 Nantes",
            "tel": "06 39 98 00 01",
            "mail": "zoe@Example.ORG",
            "ne": "12/06/1984",
            "carte": "7712",
        },
    )
    parts = {
        "civ": "Mme", "nom": "LE GALL", "prenom": "Zoé", "num": "12 bis", "rue": "rue Pasteur", "cp": "44000",
        "ville": "Nantes", "mobile": "+33639980001", "courriel": "zoe@example.org", "naissance": "1984-06-12",
        "n_carte": "7712",
    }  # fmt: skip
    assert values(whole) == values(only(IN_PARTS, parts))
    assert isinstance(whole.party, Person)
    assert whole.party.sexes[0].value is Sex.FEMALE


def test_raw_text_is_kept_to_the_character() -> None:
    """Every statement has the text of its columns, those of one value line by line."""
    record = only(
        IN_PARTS, {"nom": " Le  Gall", "prenom": "Zoé ", "mobile": "06.39.98.00.01", "civ": "", "ville": "Nantes"}
    )
    assert isinstance(record.party, Person)
    assert {statement.raw for statement in record.party.contacts} == {"06.39.98.00.01", "Nantes"}
    assert record.party.names[0].raw == " Le  Gall\nZoé "


def test_what_cannot_be_read_is_kept() -> None:
    """Unreadable text stands beside the statements, with its attribute and the reason."""
    record = only(WHOLE, {"client": "Zoé Gall", "tel": "3", "mail": "zoe@", "ne": "31/02/1984"})
    assert {each.attribute: each.raw for each in record.unread} == {
        "phone": "3",
        "email": "zoe@",
        "birth_date": "31/02/1984",
    }
    assert all(each.issues for each in record.unread)


def test_several_names_and_addresses_by_group_and_use() -> None:
    """Columns of one group and use are one value; other groups are others, each with its use."""
    columns = {
        "prenom": "given_name",
        "nom": "family_name",
        "nom_naissance": Target(attribute="family_name", group="birth", use="birth"),
        "rue1": Target(attribute="street", group="1", use="home"),
        "cp1": Target(attribute="postcode", group="1", use="home"),
        "rue2": Target(attribute="street", group="2", use="work"),
        "ville2": Target(attribute="city", group="2", use="work"),
        "standard": Target(attribute="phone", use="work", is_shared=True),
    }
    record = only(
        columns,
        {
            "prenom": "Zoé", "nom": "Gall", "nom_naissance": "Petit", "rue1": "3 rue Pasteur", "cp1": "44000",
            "rue2": "5 quai Branly", "ville2": "Paris", "standard": "01 99 00 12 34",
        },
    )  # fmt: skip
    assert isinstance(record.party, Person)
    assert [(each.value.family, each.value.use) for each in record.party.names] == [
        ("Gall", NameUse.USAGE),
        ("Petit", NameUse.BIRTH),
    ]
    found = [(each.value.use, each.value.is_shared, type(each.value.point)) for each in record.party.contacts]
    assert sorted(found, key=str) == [
        (ContactUse.HOME, False, PostalAddress),
        (ContactUse.WORK, False, PostalAddress),
        (ContactUse.WORK, True, Phone),
    ]


def test_validity_comes_from_columns() -> None:
    """A value holds since and until the days of its columns; what is no date is noticed."""
    columns = {"tel": Target(attribute="phone", valid_from="du", valid_until="au"), "nom": "family_name"}
    row = {"tel": "06 39 98 00 01", "nom": "Gall"}
    record = only(columns, {**row, "du": "01/02/2010", "au": "2014"})
    assert record.party.contacts[0].valid == Period(PartialDate("2010-02-01"), PartialDate("2014"))
    assert codes(only(columns, {**row, "du": "2014", "au": "2010"})) >= {"invalid_period"}
    assert codes(only(columns, {**row, "du": "?", "au": ""})) >= {"invalid_period"}


def test_organizations() -> None:
    """A company has names, identifiers and an activity; what only persons have is kept unread."""
    columns = {
        "raison": "organization_name",
        "enseigne": Target(attribute="organization_name", use="trading"),
        "siret": "siret",
        "naf": "category",
        "cree": "founded",
        "ne": "birth_date",
        "nature": "party_kind",
    }
    row = {
        "raison": "SARL Boulangerie Petit", "enseigne": "Au bon pain", "siret": "732 829 320 00074", "naf": "10.71C",
        "cree": "1999", "ne": "1984", "nature": "PM",
    }  # fmt: skip
    record = only(columns, row)
    party = record.party
    assert isinstance(party, Organization)
    assert [(each.value.name, each.value.legal_form, each.value.use) for each in party.names] == [
        ("Boulangerie Petit", "SARL", OrganizationNameUse.LEGAL),
        ("Au bon pain", "", OrganizationNameUse.TRADING),
    ]
    assert [each.value.value for each in party.identifiers] == ["73282932000074"]
    assert (party.founded[0].value, party.activities[0].value) == (PartialDate("1999"), "10.71C")
    assert [(each.raw, each.issues[-1].code) for each in record.unread] == [("1984", "not_of_this_kind")]


def test_the_rest_of_a_person() -> None:
    """Facts, preferences, consents, measures and holdings land in their fields."""
    columns = {
        "nom": "family_name", "emploi": "occupation", "societe": "organization_name", "langue": "language",
        "lieu": "birth_place", "situation": "marital_status", "site": Target(attribute="online_account", issuer="web"),
        "points": "measures", "cote": "value_tier", "revenu": "wealth", "souhait": "preferences",
        "mailing": Target(attribute="consents", issuer="newsletter"), "vin": "vehicle_number", "memo": "notes",
        "passeport": "national_id", "deces": "death_date",
    }  # fmt: skip
    row = {
        "nom": "Gall", "emploi": "boulangère", "societe": "Au bon pain", "langue": "français", "lieu": "Nantes",
        "situation": "mariée", "site": "zoe.example", "points": "12,5", "cote": "A", "revenu": "30000",
        "souhait": "sans gluten", "mailing": "oui", "vin": "VF1 AAAA", "memo": "préfère le seigle", "passeport": "12AB",
        "deces": "2025",
    }  # fmt: skip
    record = only(columns, row)
    party = record.party
    assert isinstance(party, Person)
    assert [(each.value.label, each.value.employer) for each in party.occupations] == [
        ("boulangère", ""),
        ("", "Au bon pain"),
    ]
    assert party.languages[0].value == "fr"
    assert (party.birth_places[0].value, party.marital_statuses[0].value) == ("Nantes", "mariée")
    assert party.contacts[0].value.point == OnlineAccount(scheme="web", handle="zoe.example")
    assert {each.value for each in party.measures} == {
        Measure(name="measures", value=12.5),
        Measure(name="value_tier", value="A"),
    }
    assert party.wealth[0].value.value == 30000
    assert record.preferences[0].value.value == "sans gluten"
    assert (record.consents[0].value.status, record.consents[0].value.purpose) == (ConsentStatus.GIVEN, "newsletter")
    assert record.holdings[0].value.serial == "VF1AAAA"
    assert party.notes[0].value == "préfère le seigle"
    assert (party.identifiers[0].value.scheme, party.identifiers[0].value.state) == (
        "national_id",
        CredentialState.ACTIVE,
    )
    assert party.death_dates[0].value == PartialDate("2025")
    assert record.unread == ()


def test_collectives() -> None:
    """A household has a name and contact points."""
    record = only(
        {"nom": "organization_name", "tel": "phone"}, {"nom": "Famille Gall", "tel": "0639980001"}, party="collective"
    )
    assert isinstance(record.party, Collective)
    assert record.party.names[0].value == "Famille Gall"


def test_unclear_consents_and_lone_forms_of_address() -> None:
    """A consent that is neither yes nor no is kept unread; a form of address alone tells the sex."""
    record = only({"mailing": "consents", "civ": "name_prefix"}, {"mailing": "?", "civ": "Mme"})
    assert [(each.attribute, each.raw) for each in record.unread] == [("consents", "?")]
    assert isinstance(record.party, Person)
    assert (record.party.names, record.party.sexes[0].value) == ((), Sex.FEMALE)
    assert [each.attribute for each in only({"civ": "name_prefix"}, {"civ": "xyz"}).unread] == ["full_name"]


def test_family_name_alone() -> None:
    """A column of family names alone is no full name."""
    record = only({"nom": "family_name"}, {"nom": "Jean Martin"})
    assert isinstance(record.party, Person)
    assert (record.party.names[0].value.family, record.party.names[0].value.given) == ("Jean Martin", ())


def test_provenance_is_the_mappings() -> None:
    """Source, key, moments, channel, collector, basis and confidence are in every statement."""
    settings = {"channel": "till", "collected_by": "shop-3", "basis": Basis.OBSERVED, "confidence": 0.6}
    by = only({"nom": "family_name"}, {"nom": "Gall"}, **settings).party.names[0].by
    assert (by.source, by.record, by.observed_at, by.recorded_at) == ("till", "1", NOW, NOW)
    assert (by.channel, by.collected_by, by.basis, by.confidence) == ("till", "shop-3", Basis.OBSERVED, 0.6)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2025-06-01T10:00:00+02:00", datetime(2025, 6, 1, 8, tzinfo=UTC)),
        ("2025-06-01 10:00", datetime(2025, 6, 1, 8, tzinfo=UTC)),
        ("01/06/2025", datetime(2025, 5, 31, 22, tzinfo=UTC)),
    ],
)
def test_moments_of_rows(written: str, moment: datetime) -> None:
    """The row's own moment counts; one without time zone is of the source's."""
    record = only({"nom": "family_name"}, {"nom": "Gall", "maj": written}, observed_at="maj", time_zone="Europe/Paris")
    assert record.party.names[0].by.observed_at == moment


def test_nothing_is_lost() -> None:
    """Rows that are no record are refused with line and reason, without their content; the others go on."""
    rows = [
        {"id": "1", "nom": "Gall", "maj": "2025-01-01"},
        {"id": " ", "nom": "Gall", "maj": "2025-01-01"},
        {"id": "3", "nom": "Gall", "maj": "yesterday"},
        {"id": "4", "nom": "Gall", "maj": "2099-01-01"},
        {"id": "5", "nom": " ", "maj": "2025-01-01"},
        {"id": "6", "nom": ["Gall"], "maj": "2025-01-01"},
    ]
    made = mapping({"nom": "family_name"}, observed_at="maj").records(rows, recorded_at=NOW)
    assert [record.key for record in made.records] == ["1"]
    assert [(each.line_number, each.reason) for each in made.refused] == [
        (2, "missing_key"),
        (3, "missing_date"),
        (4, "invalid_date"),
        (5, "nothing_stated"),
        (6, "nested_value"),
    ]
    assert all("Gall" not in each.message for each in made.refused)


def test_recorded_now_by_default() -> None:
    """Without a moment given, rows are recorded now."""
    made = mapping({"nom": "family_name"}).records([{"id": "1", "nom": "Gall"}], observed_at=NOW)
    assert datetime.now(UTC) - made.records[0].party.names[0].by.recorded_at < timedelta(minutes=1)


def test_social_security_numbers_are_masked() -> None:
    """The number is neither a value nor raw text, whichever column it stands in."""
    nir = "2 84 05 99 131 456 " + f"{97 - 2840599131456 % 97:02d}"
    record = only(
        {"memo": "notes", "nom": "family_name", "carte": CARD}, {"memo": f"NIR {nir}", "nom": "Gall", "carte": nir}
    )
    assert "2 84 05" not in repr(record)
    assert "prohibited_content" in codes(record)


def test_special_requests_are_screened() -> None:
    """A request about health is kept and flagged."""
    record = only({"souhait": "preferences"}, {"souhait": "allergique aux noix"})
    assert [(each.code, each.detail) for each in record.preferences[0].issues] == [("prohibited_content", "health")]


def test_misplaced_values_are_noticed_and_not_moved() -> None:
    """A phone in a name column is suggested to be one, and stays where it was."""
    record = only({"nom": "family_name", "tel": "phone"}, {"nom": "06 39 98 00 01", "tel": "06 39 98 00 02"})
    assert [each.value.point.e164 for each in record.party.contacts if isinstance(each.value.point, Phone)] == [
        "+33639980002"
    ]
    assert any(code.startswith("misplaced") for code in codes(record))


def test_records_of_a_mapping_are_matched() -> None:
    """What a mapping makes goes straight into dedupe."""
    rows = [
        {"id": "1", "client": "Zoé Le Gall", "mail": "zoe@example.org"},
        {"id": "2", "client": "LE GALL Zoe", "mail": "zoe@example.org"},
        {"id": "3", "client": "Ali Benali", "mail": "ali@example.org"},
    ]
    columns = {"client": "full_name", "mail": "email"}
    made = mapping(columns).records(rows, observed_at=NOW)
    assert custid.dedupe(made.records).assignments["customer"].to_pylist() == [0, 0, 1]
    assert made.records[0].party.contacts[0].value.point == Email(address="zoe@example.org")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"party": "robot"}, "mapping: party: expected one of person, organization, collective, got 'robot'"),
        ({"time_zone": "Paris"}, "mapping: time_zone: expected an IANA name, got 'Paris'"),
        ({"columns": {}}, "mapping: columns: expected what each column says, got nothing"),
        ({"columns": {"a": 1}}, "mapping: column 'a': expected an attribute or a Target, got int"),
        ({"record_key": ""}, "mapping: record_key: expected the name of a column, got none"),
        ({"source": ""}, r"mapping: Provenance.source: expected text"),
        ({"confidence": 2.0}, r"mapping: Provenance.confidence: expected a number from 0 to 1"),
        ({"basis": "declared"}, r"mapping: Provenance.basis: expected Basis, got str"),
        ({"locale": "tlh"}, "mapping: locale 'tlh': expected one of"),
        ({"country": "France"}, "mapping: country: expected"),
    ],
)
def test_mappings_that_cannot_work(settings: dict[str, Any], message: str) -> None:
    """What is wrong with a mapping is told when it is made."""
    with pytest.raises(SchemaError, match=message):
        SourceMapping(**{"source": "till", "record_key": "id", "columns": {"nom": "family_name"}, **settings})


def test_targets_that_do_not_exist() -> None:
    """Unknown attributes and uses are refused; the social security number is no attribute to map to."""
    for attribute in ("shoe_size", "nir", "record_key"):
        with pytest.raises(SchemaError, match="expected one that a column can hold"):
            Target(attribute=attribute)
    with pytest.raises(SchemaError, match="target 'phone': use: expected one of"):
        Target(attribute="phone", use="moon")


def test_columns_that_are_not_there() -> None:
    """All missing columns are named at once; typed records need no mapping."""
    made = mapping({"nom": Target(attribute="family_name", valid_from="du")}, observed_at="maj")
    with pytest.raises(SchemaError, match=r"column 'du': .*; .*column 'maj': .*; .*column 'nom': "):
        made.records([{"id": "1"}])
    with pytest.raises(SchemaError, match="expected rows, got typed records"):
        made.records([person("1", "Zoé", "Gall")])


@pytest.mark.parametrize("name", ["observed_at", "recorded_at"])
def test_moments_given_have_a_time_zone(name: str) -> None:
    """A moment without one is an error of the caller, and no reason to refuse rows."""
    moments = {"observed_at": NOW, name: NOW.replace(tzinfo=None)}
    with pytest.raises(ConfigurationError, match=f"mapping: {name}: expected a datetime with a time zone"):
        mapping({"nom": "family_name"}).records([{"id": "1", "nom": "Gall"}], **moments)


def test_the_first_day_of_the_calendar() -> None:
    """A row last changed on the day that databases write for none is a record, and can be matched."""
    rows = [{"id": str(number), "nom": "Gall", "maj": "0001-01-01"} for number in (1, 2)]
    made = mapping({"nom": "family_name"}, observed_at="maj", time_zone="Europe/Paris").records(rows)
    assert made.refused == ()
    assert custid.dedupe(made.records).assignments.num_rows == 2


PARTY_OF_ANY = {"nature": "party_kind", "nom": "family_name", "prenom": "given_name", "client": "full_name"}


def test_names_of_persons_in_rows_of_companies() -> None:
    """The full name of a company is its name; the given and family names beside it are kept unread."""
    row = {"nature": "PM", "nom": "Gall", "prenom": "Zoé", "client": "SARL Boulangerie Petit"}
    record = only(PARTY_OF_ANY, row)
    assert isinstance(record.party, Organization)
    assert [(each.value.name, each.value.legal_form) for each in record.party.names] == [("Boulangerie Petit", "SARL")]
    assert [(each.raw, each.issues[-1].code) for each in record.unread] == [("Gall\nZoé", "not_of_this_kind")]
    household = only(PARTY_OF_ANY, {"nature": "foyer", "nom": "", "prenom": "", "client": "Famille Gall"})
    assert isinstance(household.party, Collective)
    assert household.party.names[0].value == "Famille Gall"


@pytest.mark.parametrize("kind", ["person", "organization", "collective"])
@pytest.mark.parametrize("text", ["x", "Zoé Gall", "1" * 400, "?", "01/02/2003", "06 39 98 00 01", "zoe@example.org"])
def test_any_text_in_any_column_of_any_kind(kind: str, text: str) -> None:
    """Whatever stands in whichever column: a record, nothing lost, and a text for people."""
    for attribute in sorted({*NAME_ATTRIBUTES, *ADDRESS_ATTRIBUTES, *SINGLE_ATTRIBUTES}):
        record = only({"a": attribute}, {"a": text}, party=kind)
        assert record.unread or next(record.statements(), None) is not None
        assert render(record)


def test_a_region_alone_is_an_address() -> None:
    """A region without any other part is kept as one."""
    record = only({"region": "region"}, {"region": "Bretagne"})
    assert record.party.contacts[0].value.point == PostalAddress(region="Bretagne")


def test_a_couple_is_not_one_person() -> None:
    """The name of two persons stays whole, with an issue: neither of them is given the other's name."""
    record = only({"client": "full_name"}, {"client": "M. et Mme Jean Dupont"})
    assert isinstance(record.party, Person)
    (name,) = record.party.names
    assert (name.value.full, name.value.given) == ("M. et Mme Jean Dupont", ())
    assert "several_persons" in {issue.code for issue in name.issues}


def test_names_in_the_order_of_their_list() -> None:
    """A name that could be read both ways is read as the list writes names; one whose words tell, as they tell."""
    for family_first, family in ((True, "MARTIN"), (False, "BERNARD")):
        record = only({"client": "full_name"}, {"client": "MARTIN BERNARD"}, family_first=family_first)
        assert isinstance(record.party, Person)
        assert record.party.names[0].value.family == family
    told = only({"client": "full_name"}, {"client": "MARIE LEROUX"}, family_first=True)
    assert isinstance(told.party, Person)
    assert told.party.names[0].value.family == "LEROUX"
