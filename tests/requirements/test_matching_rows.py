"""Requirements that intake, standardization, matching and survivorship fulfill together, one test per row."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import custid
from custid import SourceMapping, Target
from custid.comparison.value_comparison import EqualLevels, ValueComparison
from custid.errors import ConfigurationError
from custid.model import Basis, OnlineAccount, Person, PersonName, Phone, PostalAddress, Provenance, Record, Stated
from custid.serde import from_json, json_schema, to_json
from custid.standardize import find_misplaced, parse_date, parse_email, parse_language, parse_person_name, parse_phone
from custid.survivorship import golden_record
from tests.intake.typed import contact, organization, person, stated

NOW = datetime(2026, 1, 5, tzinfo=UTC)
MOBILE = Phone(e164="+33639980001")


def test_row_04_persons_and_organizations_are_never_one_customer() -> None:
    """A person and a company of one name and phone are not comparable, and stay two customers."""
    contacts = (contact(MOBILE),)
    records = [
        person("1", "Zoé", "Gall", contacts=contacts),
        organization("2", "Zoé Gall", contacts=contacts),
        person("3", "Zoé", "Gall", contacts=contacts),
    ]
    result = custid.dedupe(records)
    assert result.assignments["customer"].to_pylist() == [0, 1, 0]
    assert "not comparable" in str(result.explain(("crm", "1"), ("crm", "2")))


def test_row_24_requests_are_screened() -> None:
    """A special request about health, or with a social security number, is flagged."""
    till = SourceMapping(source="till", record_key="id", columns={"souhait": "preferences"})
    nir = "284059913145612"
    rows = [{"id": "1", "souhait": "allergique aux noix"}, {"id": "2", "souhait": f"facture au {nir[:13]}{_key(nir)}"}]
    for record in till.records(rows, observed_at=NOW).records:
        assert {issue.code for issue in record.preferences[0].issues} == {"prohibited_content"}


def _key(nir: str) -> str:
    return f"{97 - int(nir[:13]) % 97:02d}"


def test_row_32_handles_are_ignored_in_matching() -> None:
    """One handle in two records joins nobody."""
    handle = contact(MOBILE).value.__class__(point=OnlineAccount(scheme="web", handle="the.bakers"))
    records = [
        person("1", "Zoé", "Gall", contacts=(stated(handle), contact(MOBILE))),
        person("2", "Ali", "Benali", contacts=(stated(handle), contact(Phone(e164="+33639980002")))),
    ]
    result = custid.dedupe(records)
    assert result.assignments["customer"].to_pylist() == [0, 1]
    assert "online_account" not in result.report.compared


@pytest.mark.parametrize(
    "raw", ["Mme «Zoé» LE  GALL\t", "\u202eabc", "Ｚｏé", "م. أحمد", "", "🦊" * 9, "06 39 98 00 0X", "31/02/1984"]
)
def test_row_44_parsing_is_tolerant(raw: str) -> None:
    """Whatever people write is read as far as it can be, and kept to the character."""
    for parsed in (parse_person_name(raw), parse_phone(raw), parse_email(raw), parse_date(raw)):
        assert parsed.raw == raw


def test_row_45_duplicates_at_entry() -> None:
    """A near-duplicate is found before it is kept: linking what is typed in with what is known shows it."""
    known = [
        person("1", "Zoé", "Gall", contacts=(contact(MOBILE),)),
        person("2", "Ali", "Benali", contacts=(contact(Phone(e164="+33639980002")),)),
    ]
    typed_in = [{"id": "new", "prenom": "Zoe", "nom": "GALL", "tel": "0639980001"}]
    result = custid.link({"crm": known, "form": typed_in})
    assert result.assignments["customer"].to_pylist() == [0, 1, 0]


def test_row_46_misplaced_values_are_suggested() -> None:
    """Seeded swaps are found, and the value stays in the field where it was."""
    swaps = {
        ("family_name", "06 39 98 00 01"): "phone",
        ("family_name", "SARL Boulangerie Petit"): "organization_name",
        ("given_name", "zoe@example.org"): "email",
        ("street", "44000 Nantes"): "city",
    }
    found = {(attribute, raw): find_misplaced(attribute, raw) for attribute, raw in swaps}
    assert {place: each.suggested for place, each in found.items() if each is not None} == swaps
    till = SourceMapping(source="till", record_key="id", columns={"nom": "family_name"})
    (record,) = till.records([{"id": "1", "nom": "SARL Boulangerie Petit"}], observed_at=NOW).records
    assert isinstance(record.party, Person)
    assert record.party.names[0].value.family == "SARL Boulangerie Petit"
    assert [issue.code for issue in record.party.names[0].issues] == ["misplaced_organization"]


def test_row_47_and_row_48_a_recognized_text_loses_to_a_typed_one() -> None:
    """A value read from a picture, with a confidence of 0.6, loses to one that was typed in."""
    scanned = Provenance(source="scan", record="1", observed_at=NOW, recorded_at=NOW, confidence=0.6)
    typed_in = Provenance(source="crm", record="1", observed_at=datetime(2020, 1, 1, tzinfo=UTC), recorded_at=NOW)
    records = [
        Record(source=by.source, key="1", party=Person(names=(Stated(PersonName(given=(given,), family="Gall"), by),)))
        for by, given in ((scanned, "Zoe"), (typed_in, "Chloé"))
    ]
    assert golden_record(records).value("person_names", "usage").given == ("Chloé",)


def test_row_49_names_of_any_script_are_kept_and_found() -> None:
    """A name that is not Latin is stored as it is written, and the match key transliterates it."""
    assert parse_person_name("Дмитрий Иванов").values[0].family == "Иванов"
    records = [
        person("1", "Дмитрий", "Иванов", contacts=(contact(MOBILE),)),
        person("2", "Dmitrii", "Ivanov", contacts=(contact(MOBILE),)),
        person("3", "Ali", "Benali"),
    ]
    assert custid.dedupe(records).assignments["customer"].to_pylist() == [0, 0, 1]
    lines = ("〒150-0001", "東京都渋谷区神宮前1-2-3")
    abroad = person("1", "花子", "山田", contacts=(contact(PostalAddress(lines=lines, country="JP")),))
    assert from_json(to_json(abroad)) == abroad


def test_row_51_two_mappings_give_equal_records() -> None:
    """Two layouts of one customer are the same typed values under one published schema."""
    whole = SourceMapping(source="shop", record_key="id", columns={"client": "full_name", "adresse": "postal_address"})
    parts = SourceMapping(
        source="shop",
        record_key="id",
        columns={
            "civ": "name_prefix",
            "n": "family_name",
            "p": "given_name",
            "r": "street",
            "cp": "postcode",
            "v": "city",
        },
    )
    rows = (
        (whole, {"id": "1", "client": "Mme GALL Zoé", "adresse": "3 rue Pasteur\n44000 Nantes"}),
        (parts, {"id": "1", "civ": "Mme", "n": "GALL", "p": "Zoé", "r": "3 rue Pasteur", "cp": "44000", "v": "Nantes"}),
    )
    made = [mapping.records([row], observed_at=NOW).records[0] for mapping, row in rows]
    first, second = ([(each.name, said.value) for each, said in record.statements()] for record in made)
    assert first == second
    assert json_schema()["$schema"].startswith("https://json-schema.org/")


def test_row_52_each_golden_value_points_to_its_statement() -> None:
    """Every value of the view is a stated one, and says who stated it."""
    records = [
        person("1", "Zoé", "Gall", contacts=(contact(MOBILE),)),
        person("2", "ZOE", "GALL", source="shop", year=2021),
    ]
    golden = golden_record(records)
    said = [statement for record in records for _, statement in record.statements()]
    choices = [*golden.single, *golden.multiple]
    assert choices
    assert all(choice.statement in said and choice.value == choice.statement.value for choice in choices)


def test_row_95_what_is_declared_by_oneself_says_so() -> None:
    """Self-declared data are a source like others: declared, and collected by the customer."""
    form = SourceMapping(source="form", record_key="id", columns={"nom": "family_name"}, collected_by="self")
    (record,) = form.records([{"id": "1", "nom": "Gall"}], observed_at=NOW).records
    by = record.party.names[0].by
    assert (by.basis, by.collected_by) == (Basis.DECLARED, "self")


@pytest.mark.parametrize(
    "attribute", ["wealth", "measures", "value_tier", "risk", "notes", "consents", "marital_status"]
)
def test_row_17_and_row_29_banned_attributes_are_refused_by_a_matcher(attribute: str) -> None:
    """A comparison that names one cannot be made, with a sentence that says why."""
    with pytest.raises(ConfigurationError, match="must not be compared: "):
        ValueComparison(attribute=attribute, levels=EqualLevels())


def test_row_20_languages_are_read_with_their_raw_text() -> None:
    """``fr-CA`` stays, ``français`` is ``fr`` and keeps its text."""
    assert parse_language("fr-CA").values == ("fr-CA",)
    assert (parse_language("français").values, parse_language("français").raw) == (("fr",), "français")


def test_row_39_targets_name_issuers() -> None:
    """A card is a credential of its issuer."""
    card = Target(attribute="loyalty_card", issuer="shop-3")
    till = SourceMapping(source="till", record_key="id", columns={"id": card})
    (record,) = till.records([{"id": "7712"}], observed_at=NOW).records
    assert (record.party.identifiers[0].value.scheme, record.party.identifiers[0].value.issuer) == (
        "loyalty_card",
        "shop-3",
    )
