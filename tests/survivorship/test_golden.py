"""custid.survivorship.golden."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from custid.errors import ModelError
from custid.model import (
    Basis,
    ContactPoint,
    CredentialState,
    Email,
    ExternalId,
    Interaction,
    Measure,
    NameUse,
    Organization,
    OrganizationName,
    PartialDate,
    PersonName,
    Phone,
    PostalAddress,
    Preference,
    Record,
    Sex,
)
from custid.model.facts import Direction, InteractionStatus
from custid.survivorship import (
    Conflict,
    Golden,
    Rule,
    Survivorship,
    default_survivorship,
    golden_record,
    most_recent,
)
from tests.survivorship.statements import moment, person_record, stated


def test_no_records_give_nothing() -> None:
    """The golden record of no records is empty."""
    assert golden_record([]) == Golden()


def test_the_more_specific_date_wins_and_is_compatible() -> None:
    """A month and a day of it do not contradict each other."""
    golden = golden_record(
        [
            person_record("crm", birth_dates=[stated(PartialDate("1984-06"), "crm", 9)]),
            person_record("web", birth_dates=[stated(PartialDate("1984-06-12"), "web")]),
        ]
    )
    choice = golden.choice("birth_date")
    assert choice is not None
    assert (choice.value.text, choice.rule, choice.conflict) == ("1984-06-12", "most_specific", Conflict.COMPATIBLE)


def test_a_verified_value_beats_a_newer_one() -> None:
    """What was checked stands above what was said later."""
    checked = stated(PartialDate("1984-06-12"), "crm", 0, verified=1)
    golden = golden_record(
        [
            person_record("crm", birth_dates=[checked]),
            person_record("web", birth_dates=[stated(PartialDate("1985-01-02"), "web", 50)]),
            person_record("till", birth_dates=[stated(PartialDate("1985-01-02"), "till", 60)]),
        ]
    )
    choice = golden.choice("birth_date")
    assert choice is not None
    assert (choice.statement, choice.rule, choice.conflict) == (checked, "verified_first", Conflict.CONTRADICTION)
    assert golden.conflicts() == (choice,)


def test_a_steward_stands_above_a_verification() -> None:
    """What a steward decided holds, and of two decisions the later one."""
    names = [
        person_record("crm", names=[stated(PersonName(family="Petit"), "crm", verified=1)]),
        person_record("desk", "1", names=[stated(PersonName(family="Grand"), "desk", 2, basis=Basis.STEWARD)]),
        person_record(
            "desk", "2", names=[stated(PersonName(family="Moyen"), "desk", 3, record="2", basis=Basis.STEWARD)]
        ),
    ]
    assert golden_record(names).value("person_names", "usage").family == "Moyen"


def test_recognized_writing_loses_to_typed_text() -> None:
    """A value read from a picture with confidence 0.6 loses to a typed one, even if it is newer and longer."""
    golden = golden_record(
        [
            person_record(
                "scan", names=[stated(PersonName(given=("Marie", "Anne"), family="Petlt"), "scan", 9, confidence=0.6)]
            ),
            person_record("web", names=[stated(PersonName(given=("Marie",), family="Petit"), "web")]),
        ]
    )
    assert golden.value("person_names", "usage").family == "Petit"


def test_mixed_case_and_accents_win() -> None:
    """Of one name written in several ways the one that somebody wrote with care is taken."""
    written = ("ZOE PETIT", "zoe petit", "Zoe Petit", "Zoé Petit")
    golden = golden_record(
        person_record(source, names=[stated(PersonName(full=name), source)])
        for source, name in zip("abcd", written, strict=True)
    )
    choice = golden.choice("person_names", "usage")
    assert choice is not None
    assert (choice.value.full, choice.rule, choice.conflict) == ("Zoé Petit", "only_value", Conflict.VARIANT)
    assert [each.value.full for each in choice.runners_up] == ["Zoe Petit", "ZOE PETIT", "zoe petit"]


def test_birth_and_usage_names_are_two_values() -> None:
    """A birth name is no rival of a usage name, and nicknames are all kept."""
    names = (
        PersonName(family="Petit"),
        PersonName(family="Grand", use=NameUse.BIRTH),
        PersonName(full="Lou", use=NameUse.NICKNAME),
        PersonName(full="Loulou", use=NameUse.NICKNAME),
    )
    golden = golden_record([person_record(names=[stated(name) for name in names])])
    assert [(each.slot, each.conflict) for each in golden.single] == [("birth", "none"), ("usage", "none")]
    assert {name.full for name in golden.values("person_names")} == {"Lou", "Loulou"}


def test_values_of_different_times_do_not_contradict() -> None:
    """Two names with disjoint periods are both true; the one that lasts is taken."""
    golden = golden_record(
        [
            person_record(
                names=[
                    stated(PersonName(family="Petit"), valid=("", "2015-07-01")),
                    stated(PersonName(family="Grand"), valid=("2015-07-01", "")),
                ]
            )
        ]
    )
    choice = golden.choice("person_names", "usage")
    assert choice is not None
    assert (choice.value.family, choice.rule, choice.conflict) == ("Grand", "lasting_first", Conflict.TEMPORAL)


def test_the_day_decides_what_holds() -> None:
    """On a day of the past the value of that time is taken, and no other one is a rival."""
    names = [
        stated(PersonName(family="Petit"), valid=("", "2015-07-01")),
        stated(PersonName(family="Grand"), valid=("2015-07-01", "")),
    ]
    choice = golden_record([person_record(names=names)], at=date(2010, 1, 1)).choice("person_names", "usage")
    assert choice is not None
    assert (choice.value.family, choice.runners_up, choice.rule) == ("Petit", (), "only_value")


def test_a_record_corrects_itself() -> None:
    """What a record said before is no rival of what it says now, however complete it was."""
    older = stated(PersonName(given=("Marie", "Anne"), family="Duponnt"), day=0)
    newer = stated(PersonName(given=("Marie",), family="Dupont"), day=5)
    choice = golden_record([person_record(names=[older, newer])]).choice("person_names", "usage")
    assert choice is not None
    assert (choice.statement, choice.runners_up) == (newer, ())
    earlier = golden_record([person_record(names=[older, newer])], known_at=moment(3))
    assert earlier.value("person_names", "usage") == older.value


def test_the_end_of_a_value_is_news() -> None:
    """A value that its record has ended later is not taken for open again on a day after the end."""
    name = PersonName(family="Petit")
    names = [stated(name, day=0), stated(name, day=5, valid=("", "2020-01-03"))]
    assert golden_record([person_record(names=names)], at=date(2021, 1, 1)) == Golden()
    point = ContactPoint(point=Phone(e164="+33199001234"))
    phones = [stated(point, day=0), stated(point, day=5, valid=("", "2020-01-03"))]
    assert golden_record([person_record(contacts=phones)], at=date(2021, 1, 1)).multiple == ()


def test_contacts_are_united_and_ranked() -> None:
    """Each way to reach a party is kept once: checked ones first, then new ones, and those that bounced last."""
    home = PostalAddress(number="12", street="rue Pasteur", postcode="44000", city="Nantes")
    same_home = PostalAddress(number="12", street="r. Pasteur", postcode="44000", city="NANTES", country="FR")
    phone, mail, dead = Phone(e164="+33199001234"), Email(address="a@mail.example"), Email(address="b@mail.example")
    golden = golden_record(
        [
            person_record("crm", contacts=[stated(ContactPoint(point=point), "crm", 1) for point in (dead, home)]),
            person_record("web", contacts=[stated(ContactPoint(point=mail), "web", 3)]),
            person_record("till", contacts=[stated(ContactPoint(point=same_home), "till", 2)]),
            person_record("call", contacts=[stated(ContactPoint(point=phone), "call", 0, verified=1)]),
            person_record("post", contacts=[stated(ContactPoint(point=dead), "post", 9, issues=("bounced",))]),
        ]
    )
    assert [value.point for value in golden.values("contacts")] == [phone, mail, same_home, dead]
    (address,) = [each for each in golden.multiple if each.value.point == same_home]
    assert (address.conflict, [each.value.point for each in address.runners_up]) == (Conflict.VARIANT, [home])


def test_the_last_word_on_a_card_holds() -> None:
    """A card that was reported lost is not active because an older, checked statement says so."""
    card = ExternalId(scheme="loyalty_card", value="00 12")
    lost = ExternalId(scheme="loyalty_card", value="0012", state=CredentialState.LOST)
    golden = golden_record(
        [
            person_record("till", identifiers=[stated(card, "till", 0, verified=1)]),
            person_record("call", identifiers=[stated(lost, "call", 5)]),
        ]
    )
    assert golden.values("identifiers") == (lost,)


def test_two_registrations_are_disputed() -> None:
    """Two numbers of a register in which a party stands once are a contradiction; two cards are none."""
    ids = [
        ExternalId(scheme="siren", value="303265045"),
        ExternalId(scheme="siren", value="732829320"),
        ExternalId(scheme="loyalty_card", value="1"),
        ExternalId(scheme="loyalty_card", value="2"),
    ]
    golden = golden_record([person_record(identifiers=[stated(each) for each in ids])])
    assert {each.value.scheme for each in golden.conflicts()} == {"siren"}


def test_an_observed_preference_does_not_override_a_declared_one() -> None:
    """What a customer says he prefers stands above what he is seen to do later."""
    said = Preference(topic="contact", value="phone", channel="shop")
    seen = Preference(topic="contact", value="mail", channel="shop")
    golden = golden_record(
        [
            person_record("crm", preferences=[stated(said, "crm", 0)]),
            person_record("web", preferences=[stated(seen, "web", 50, basis=Basis.OBSERVED)]),
        ]
    )
    choice = golden.choice("preferences", "contact:shop")
    assert choice is not None
    assert (choice.value.value, choice.rule) == ("phone", "declared_over_observed")


def test_requests_stand_side_by_side() -> None:
    """A second request does not replace the first."""
    requests = [stated(Preference(topic="request", value=text)) for text in ("window seat", "no sesame")]
    golden = golden_record([person_record(preferences=requests)])
    assert {value.value for value in golden.values("preferences")} == {"window seat", "no sesame"}


def test_the_latest_measure_of_a_name_is_taken() -> None:
    """Each measure has its own latest value."""
    golden = golden_record(
        [
            person_record("a", measures=[stated(Measure(name="tier", value="gold"), "a", 5)]),
            person_record(
                "b",
                measures=[
                    stated(Measure(name="tier", value="tin"), "b", 1),
                    stated(Measure(name="visits", value=3), "b", 1),
                ],
            ),
        ]
    )
    assert [(each.slot, each.value.value) for each in golden.single] == [("tier", "gold"), ("visits", 3)]


def test_unknown_sex_says_nothing() -> None:
    """Not known never beats a known value, and does not contradict it."""
    golden = golden_record(
        [
            person_record("a", sexes=[stated(Sex.FEMALE, "a", 0)]),
            person_record("b", sexes=[stated(Sex.NOT_KNOWN, "b", 50, verified=51)]),
        ]
    )
    choice = golden.choice("sex")
    assert choice is not None
    assert (choice.value, choice.conflict) == (Sex.FEMALE, Conflict.COMPATIBLE)


def test_inferred_values_are_no_independent_sources() -> None:
    """Two programs that infer a value do not outvote one person who says another one."""
    rules = Survivorship(default=default_survivorship().default[-3:])
    places = [
        person_record("a", birth_places=[stated("Lille", "a")]),
        person_record("b", birth_places=[stated("Nantes", "b", basis=Basis.INFERRED)]),
        person_record("c", birth_places=[stated("Nantes", "c", basis=Basis.INFERRED)]),
    ]
    choice = golden_record(places, rules=rules).choice("birth_place")
    assert choice is not None
    assert (choice.value, choice.rule) == ("Lille", "most_frequent")


def test_one_source_is_counted_once() -> None:
    """Two records of one source are not two sources."""
    rules = Survivorship(default=default_survivorship().default[-3:])
    places = [
        person_record("a", "1", birth_places=[stated("Nantes", "a", record="1")]),
        person_record("a", "2", birth_places=[stated("Nantes", "a", record="2")]),
        person_record("b", birth_places=[stated("Lille", "b")]),
        person_record("c", birth_places=[stated("LILLE", "c")]),
    ]
    assert golden_record(places, rules=rules).value("birth_place") == "LILLE"


def test_trusted_sources_come_first() -> None:
    """With places for sources, the first of them is believed before completeness is looked at."""
    names = [
        person_record("crm", names=[stated(PersonName(given=("Zoé", "Lou"), family="Petit"), "crm", 9)]),
        person_record("registry", names=[stated(PersonName(given=("Zoé",), family="Petit"), "registry")]),
    ]
    choice = golden_record(names, rules=default_survivorship({"registry": 1})).choice("person_names", "usage")
    assert choice is not None
    assert (choice.statement.by.source, choice.rule, choice.conflict) == ("registry", "source_priority", "compatible")


def test_own_rules_are_used() -> None:
    """A rule of the user's own decides, under its name."""
    shortest = Rule("shortest", lambda candidate: -len(candidate.statement.value))
    rules = default_survivorship().with_rules("birth_place", shortest, most_recent())
    places = [
        person_record(source, birth_places=[stated(text, source)]) for source, text in (("a", "Nantes"), ("b", "Lille"))
    ]
    choice = golden_record(places, rules=rules).choice("birth_place")
    assert choice is not None
    assert (choice.value, choice.rule) == ("Lille", "shortest")


def test_the_text_breaks_the_last_tie() -> None:
    """Where no rule tells values apart, the first in the alphabet is taken, whoever says it."""
    rules = Survivorship(default=(most_recent(),))
    places = [
        person_record(source, birth_places=[stated(text, source)]) for source, text in (("a", "Nantes"), ("b", "Lille"))
    ]
    choice = golden_record(places, rules=rules).choice("birth_place")
    assert choice is not None
    assert (choice.value, choice.rule, choice.conflict) == ("Lille", "canonical_text", Conflict.CONTRADICTION)


def test_one_interaction_is_kept_in_its_last_state() -> None:
    """A case that two records of a source tell of is one; the same number of another source is another case."""
    opened = Interaction(
        at=moment(0),
        channel="web",
        direction=Direction.INBOUND,
        kind="request",
        reference="7",
        status=InteractionStatus.OPEN,
    )
    closed = evolve(opened, status=InteractionStatus.CLOSED)
    golden = golden_record(
        [
            person_record("crm", "1", interactions=[stated(opened, "crm", 1, record="1")]),
            person_record("crm", "2", interactions=[stated(closed, "crm", 2, record="2")]),
            person_record("call", interactions=[stated(opened, "call", 3)]),
        ]
    )
    assert sorted(value.status for value in golden.values("interactions")) == ["closed", "open"]


def test_kinds_of_parties_are_never_merged() -> None:
    """A person and an organization have no golden record in common."""
    company = Organization(names=(stated(OrganizationName(name="Petit")),))
    records = [person_record(names=[stated(PersonName(family="Petit"))]), Record(source="crm", key="2", party=company)]
    with pytest.raises(ModelError, match="one kind of party, got Organization and Person"):
        golden_record(records)


def test_tenants_are_never_merged() -> None:
    """Records of two customer files have no golden record in common."""
    record = person_record(names=[stated(PersonName(family="Petit"))])
    with pytest.raises(ModelError, match="records of one tenant"):
        golden_record([record, evolve(record, tenant="other")])
