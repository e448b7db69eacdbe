"""custid.model.rendering."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

import pytest

from custid.errors import ConfigurationError
from custid.model import (
    Basis,
    Collective,
    CollectiveKind,
    Consent,
    ConsentStatus,
    ContactPoint,
    ContactUse,
    CredentialState,
    CustomerKind,
    Direction,
    Email,
    ExternalId,
    Holding,
    Interaction,
    InteractionStatus,
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
    render,
)
from custid.model._labels import enum_label
from tests.survivorship.statements import moment, person_record, stated

A, B = PartyKey("crm", "1"), PartyKey("crm", "2")


def everything() -> Record:
    """Return a record with a statement of every field."""
    interaction = Interaction(
        at=moment(0),
        channel="phone",
        direction=Direction.INBOUND,
        kind="after_sales",
        subject="oven",
        status=InteractionStatus.OPEN,
        thread="T1",
        actor="Ann",
    )
    consent = Consent(
        purpose="marketing",
        status=ConsentStatus.OBJECTED,
        channel="phone",
        notice="v2",
        controller="Petit",
        at=moment(1),
        expires=moment(9),
        receipt="R1",
    )
    numbers = (
        ContactPoint(point=Phone(e164="+33199001234", kind=PhoneKind.FIXED, extension="12"), use=ContactUse.WORK),
        ContactPoint(point=Email(address="a@mail.example"), is_shared=True),
        ContactPoint(point=OnlineAccount(scheme="web", handle="zoe")),
        ContactPoint(
            point=PostalAddress(number="12", street="rue Pasteur", postcode="44000", city="Nantes", country="FR")
        ),
    )
    share = Role(kind="beneficiary", target="contract 7", holders=(A, B), joint=Joint.SHARES, shares=(0.25, 0.75))
    return person_record(
        names=[stated(PersonName(given=("Zoé",), particle="de", family="Petit", prefix="Mme"), verified=2)],
        birth_dates=[stated(PartialDate("1984-06"), confidence=0.6)],
        death_dates=[stated(PartialDate("2020-06-01"))],
        birth_places=[stated("Nantes")],
        sexes=[stated(Sex.FEMALE)],
        marital_statuses=[stated("married")],
        occupations=[stated(Occupation(scheme="pcs2020", code="21A1", label="baker", employer="Petit"))],
        identifiers=[stated(ExternalId(scheme="loyalty_card", value="1", issuer="shop", state=CredentialState.LOST))],
        contacts=[stated(number) for number in numbers],
        languages=[stated("fr-CA"), stated("en"), stated("qaa")],
        wealth=[stated(Measure(name="income", value=10.5, unit="EUR", method="asked"))],
        measures=[stated(Measure(name="value_tier", value="gold"), basis=Basis.INFERRED, valid=("2019", "2021-03-01"))],
        notes=[stated("likes rye\nbread")],
        roles=[stated(share), stated(Role(kind="prescriber", target="contract 7", holders=(A,)))],
        relations=[stated(Relation(kind="account_manager", subject=B, object=A))],
        holdings=[
            stated(
                Holding(
                    kind="oven",
                    product="X",
                    serial="9",
                    acquired=PartialDate("2019"),
                    expires=PartialDate("2021-01-31"),
                )
            )
        ],
        interactions=[stated(interaction)],
        life_events=[stated(LifeEvent(kind="birth_of_child", at=PartialDate("2018-05"), reference="contract 7"))],
        preferences=[
            stated(Preference(topic="contact", value="call", channel="phone", windows=("SA,SU 09:00-12:00",)))
        ],
        consents=[stated(consent)],
        unread=[
            Unread(attribute="phone", raw="call me", by=stated("x").by),
            Unread(attribute="shoe_size", raw="??", by=stated("x").by),
        ],
        is_restricted=True,
    )


def test_a_record_reads_in_english() -> None:
    """Every value stands under its label, with who said it and when."""
    text = render(everything())
    for expected in (
        "Person: record 1 of crm",
        "processing restricted",
        "usage name: Mme Zoé de Petit",
        "declared, crm, 1 January 2020 12:00 +00:00; recorded 1 January 2020 12:00 +00:00; verified 3 January 2020",
        "June 1984",
        "confidence 60 %",
        "baker, code 21A1 of PCS 2020, employer Petit",
        "lost, issued by shop",
        "work: fixed-line phone +33199001234 extension 12",
        "a@mail.example (shared)",
        "12 rue Pasteur, 44000 Nantes, country code FR",
        "French (language tag fr-CA (BCP 47))",
        "English",
        "language tag qaa (BCP 47)",
        "income: 10.5 EUR, method: asked",
        "value tier: gold",
        "from 2019; until 1 March 2021; inferred",
        "likes rye bread",
        "beneficiary on contract 7, held by record 1 of crm (25 %); record 2 of crm (75 %), by shares",
        "other kind: prescriber on contract 7, held by record 1 of crm",
        "record 2 of crm is account manager of record 1 of crm",
        "oven: X, no. 9, acquired 2019, expires 31 January 2021",
        "after-sales “oven”, from the customer, channel: phone, open, conversation T1, dealt with by Ann",
        "birth of a child: May 2018, contract 7",
        "contact: call, channel: phone, Saturday, Sunday 09:00-12:00, time zone Europe/Paris",
        "objection 2 January 2020 12:00 +00:00, purpose: marketing, legal basis: consent",
        "shoe size: ??",
    ):
        assert expected in text, expected


def test_a_record_reads_in_french() -> None:
    """All labels have their French words; values stay as they are."""
    text = render(everything(), "fr")
    for expected in (
        "Personne : fiche 1 de crm",
        "nom d'usage : Mme Zoé de Petit",
        "déclaré, crm, 1er janvier 2020",
        "juin 1984",
        "féminin",
        "perdu, émis par shop",
        "bénéficiaire sur contract 7, tenu par fiche 1 de crm (25 %)",
        "service après-vente",
        "samedi, dimanche 09:00-12:00",
        "opposition",
        "français (étiquette de langue fr-CA (BCP 47))",
    ):
        assert expected in text, expected


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_code_stands_without_a_label(language: str) -> None:
    """No name with an underscore, and no bare code of the model, is left in the text."""
    text = render(everything(), language)
    assert re.findall(r"\b[a-z]+_[a-z_]+\b", text) == []
    assert not re.search(r"\b(pcs2020|SA|SU)\b", text)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_member_of_an_enumeration_has_a_label(language: str) -> None:
    """Labels are complete, and none is the bare number of a code."""
    kinds: tuple[type[Enum], ...] = (
        Basis, CollectiveKind, ConsentStatus, ContactUse, CredentialState, CustomerKind, Direction, InteractionStatus,
        Joint, NameUse, OrganizationNameUse, PhoneKind, Sex,
    )  # fmt: skip
    labels = [enum_label(member, language) for kind in kinds for member in kind]
    assert all(label and "_" not in label and not label.isdecimal() for label in labels)


@pytest.mark.parametrize(
    ("text", "english", "french"),
    [
        ("1984-06-01", "1 June 1984", "1er juin 1984"),
        ("1984", "1984", "1984"),
        ("198X", "the 1980s", "les années 1980"),
        ("19XX", "the years 1900 to 1999", "les années 1900 à 1999"),
        ("XXXX-12-25", "25 December, year unknown", "25 décembre, année inconnue"),
        ("XXXX", "unknown date", "date inconnue"),
        ("XXXX-XX-12", "unknown date", "date inconnue"),
        ("1984-XX-12", "12 of an unknown month, 1984", "le 12 d'un mois inconnu, 1984"),
        ("1984-06~", "about June 1984", "vers juin 1984"),
        ("1984?", "1984 (uncertain)", "1984 (incertain)"),
        ("1984%", "about 1984 (uncertain)", "vers 1984 (incertain)"),
    ],
)
def test_partial_dates_are_read_out(text: str, english: str, french: str) -> None:
    """What is not known of a date is said in words."""
    record = person_record(birth_dates=[stated(PartialDate(text))])
    assert render(record).splitlines()[2].strip() == english
    assert render(record, "fr").splitlines()[2].strip() == french


def test_organizations_and_collectives_are_rendered() -> None:
    """The kind of party is said; what has no value of its own is left out."""
    company = Organization(
        names=(stated(OrganizationName(name="Petit", legal_form="SARL")),), activities=(stated("bakery"),)
    )
    assert "legal name: Petit SARL" in render(Record(source="crm", key="2", party=company))
    home = Collective(names=(stated("the Petits"),))
    assert render(Record(source="crm", key="3", party=home), "fr").startswith("Collectif : fiche 3 de crm")


def test_rare_values_are_rendered() -> None:
    """A code without scheme, a name in one piece, lines of an envelope, a replaced card, a preference without hours."""
    values: dict[str, Any] = {
        "names": [stated(PersonName(full="Zoé Petit"))],
        "occupations": [stated(Occupation(code="12"))],
        "contacts": [stated(ContactPoint(point=PostalAddress(lines=("3 High St", "Leeds"), geo_code="1")))],
        "identifiers": [
            stated(ExternalId(scheme="vat", value="1")),
            stated(ExternalId(scheme="club_card", value="1", state=CredentialState.REPLACED, replaced_by="2")),
        ],
        "preferences": [stated(Preference(topic="request", value="rye"))],
        "consents": [stated(Consent(purpose="survey", status=ConsentStatus.GIVEN))],
    }
    text = render(person_record(**values))
    for expected in (
        "usage name: Zoé Petit",
        "code 12 of its source",
        "3 High St, Leeds, municipality code 1",
        "VAT number: 1, active",
        'identifier "club card": 1, replaced, replaced by 2',
        "request: rye\n",
        "given, purpose: survey, legal basis: consent\n",
    ):
        assert expected in text, expected


def test_blank_given_names_do_not_hide_the_whole_name() -> None:
    """A name in one piece is read out although its given names are blanks."""
    text = render(person_record(names=[stated(PersonName(given=("", " "), full="Zoé Gall"))]))
    assert "usage name: Zoé Gall" in text


def test_offsets_of_old_times_are_read_out_whole() -> None:
    """Before there were time zones, clocks differed by seconds."""
    old = datetime(1900, 1, 1, tzinfo=timezone(timedelta(minutes=9, seconds=21)))
    by = Provenance(source="crm", record="1", observed_at=old, recorded_at=old)
    text = render(person_record(names=[Stated(PersonName(family="Gall"), by)]))
    assert "1 January 1900 00:00 +00:09:21" in text


def test_values_cannot_pass_for_lines() -> None:
    """A line break within a value does not begin a line."""
    record = person_record(notes=[stated("\n    one\n  two\r\nnames")])
    assert render(record).splitlines()[2] == "  one two names"
    assert len(render(record).splitlines()) == 4


def test_other_languages_are_refused() -> None:
    """Labels exist in English and French."""
    with pytest.raises(ConfigurationError, match="one of 'en', 'fr', got 'de'"):
        render(everything(), "de")
