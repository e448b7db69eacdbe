"""Rows of the requirements that the model itself fulfills; each test is named after its row."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from custid.errors import ConfigurationError, ModelError
from custid.model import (
    ATTRIBUTES,
    INTERACTION_KINDS,
    ROLE_KINDS,
    Basis,
    Collective,
    Consent,
    ContactPoint,
    CustomerKind,
    Direction,
    Email,
    Evidence,
    ExternalId,
    Holding,
    Interaction,
    InteractionStatus,
    Joint,
    Kind,
    LifeEvent,
    Measure,
    Occupation,
    OnlineAccount,
    Organization,
    OrganizationName,
    PartialDate,
    PartyKey,
    Person,
    PersonName,
    Phone,
    PostalAddress,
    Preference,
    Provenance,
    Record,
    Relation,
    Role,
    RolePolicy,
    Sex,
    Stated,
    are_comparable,
    check_comparable,
    check_kind,
    completeness,
    current,
    find_cycle,
    incoherences,
    open_requests,
    privacy_report,
    relations_of,
    render,
    status_at,
    status_history,
    timeline,
    upcoming,
)
from custid.survivorship import golden_record
from tests.survivorship.statements import moment, person_record, stated

A, B, C = (PartyKey("crm", key) for key in "123")


def subscribed(valid: tuple[str, str], **facts: Any) -> Stated[Role]:
    return stated(Role(kind="subscriber", target="contract:7", holders=(A,)), valid=valid, **facts)


def contact(day: float, reference: str, **facts: Any) -> Stated[Interaction]:
    said = {"channel": "web", "direction": Direction.INBOUND, "kind": "request", **facts}
    return stated(Interaction(at=moment(day), reference=reference, **said), day=day)


def test_row_01_status_is_derived_and_dated() -> None:
    """No role: prospect; after the subscriber's role: customer; after its end: former customer; each with its day."""
    record = person_record(roles=[subscribed(("2020-03-01", "2021-03-01"))])
    assert [(each.kind, each.since) for each in status_history([record])] == [
        (CustomerKind.PROSPECT, date(2020, 1, 1)),
        (CustomerKind.CUSTOMER, date(2020, 3, 1)),
        (CustomerKind.FORMER_CUSTOMER, date(2021, 3, 1)),
    ]


def test_row_02_five_roles_and_a_sixth() -> None:
    """Five persons hold five roles on one contract; a sixth kind is registered."""
    kinds = ("decider", "subscriber", "payer", "beneficiary", "user")
    roles = [Role(kind=kind, target="contract:7", holders=(PartyKey("crm", kind),)) for kind in kinds]
    for kind in kinds:
        (holder,) = (role.holders[0] for role in roles if role.kind == kind and role.target == "contract:7")
        assert holder.key == kind
        assert ROLE_KINDS[kind].label_fr
    prescriber = Kind(code="prescriber", label_en="prescriber", label_fr="prescripteur")
    assert RolePolicy(kinds=ROLE_KINDS.extended(prescriber)).check([attrs.evolve(roles[0], kind="prescriber")]) == ()


def test_row_03_combinations_of_roles_may_be_forbidden() -> None:
    """One person is payer and user; payer and beneficiary only where no policy excludes it, with a named reason."""
    payer, user, beneficiary = (
        Role(kind=kind, target="contract:7", holders=(A,)) for kind in ("payer", "user", "beneficiary")
    )
    policy = RolePolicy(exclusive=(("payer", "beneficiary"),))
    policy.require([payer, user])
    RolePolicy().require([payer, beneficiary])
    with pytest.raises(ModelError, match="payer and beneficiary"):
        policy.require([payer, beneficiary])


def test_row_04_persons_and_organizations_are_not_comparable() -> None:
    """Equal names make no person an organization; a sole trader is a person with a SIREN."""
    trader = Person(
        names=(stated(PersonName(family="Petit")),),
        identifiers=(stated(ExternalId(scheme="siren", value="303265045")),),
    )
    assert not are_comparable(trader, Organization(names=(stated(OrganizationName(name="Petit")),)))


def test_row_05_joint_holders_survive_a_merge() -> None:
    """A joint account keeps its holders and shares when duplicates of one holder are merged; shares sum to 1."""
    account = Role(kind="subscriber", target="account:9", holders=(A, C), joint=Joint.SHARES, shares=(0.5, 0.5))
    duplicates = [
        person_record(roles=[stated(account)]),
        person_record("crm", "2", languages=[stated("fr", record="2")]),
    ]
    (kept,) = golden_record(duplicates).values("roles")
    assert (kept.holders, sum(kept.shares)) == ((A, C), 1)
    with pytest.raises(ModelError, match="sum to 1"):
        attrs.evolve(account, shares=(0.5, 0.6))


def test_row_06_a_household_is_no_person() -> None:
    """A household of one address is not merged with a person of it, and its members can be listed."""
    home = Collective(names=(stated("the Petits"),))
    assert not are_comparable(home, Person())
    members = [stated(Relation(kind="member", subject=key, object=C)) for key in (A, B)]
    assert [(edge.kind, edge.other) for edge in relations_of(C, members)] == [("has_member", A), ("has_member", B)]


def test_row_07_prospects_are_records_like_others() -> None:
    """A prospect that becomes a customer is the same record, of which another status is derived."""
    record = person_record(roles=[subscribed(("2020-03-01", ""))])
    assert status_at([record], date(2020, 2, 1)).kind is CustomerKind.PROSPECT
    assert status_at([record], date(2020, 3, 1)).kind is CustomerKind.CUSTOMER


def test_row_08_a_supplier_may_be_a_customer() -> None:
    """One party holds both roles; being a supplier alone makes no customer."""
    supplier = stated(Role(kind="supplier", target="flour", holders=(A,)))
    assert status_at([person_record(roles=[supplier])], date(2021, 1, 1)).kind is CustomerKind.PROSPECT
    both = person_record(roles=[supplier, subscribed(("2020", ""))])
    assert status_at([both], date(2021, 1, 1)).kind is CustomerKind.CUSTOMER


def test_row_09_relations_have_inverses_and_ends() -> None:
    """Both sides see one edge; its end hides it from that day on; a circle of companies is found."""
    owns = stated(Relation(kind="parent_company", subject=A, object=B), valid=("", "2021-01-01"))
    assert relations_of(A, [owns])[0].stated is relations_of(B, [owns])[0].stated
    assert (relations_of(A, [owns])[0].kind, relations_of(B, [owns])[0].kind) == ("parent_company", "subsidiary")
    assert relations_of(B, [owns], at=date(2021, 1, 1)) == ()
    assert find_cycle([owns, stated(Relation(kind="parent_company", subject=B, object=A))]) == (A, B)


def test_row_10_the_account_manager_is_a_relation() -> None:
    """Who looks after the customer today is known, and who did before."""
    before = stated(Relation(kind="account_manager", subject=B, object=A), valid=("", "2020-06-01"))
    now = stated(Relation(kind="account_manager", subject=C, object=A), valid=("2020-06-01", ""))
    found = relations_of(A, [before, now], at=date(2021, 1, 1))
    assert [(edge.kind, edge.other) for edge in found] == [("managed_account", C)]


def test_row_11_the_employer_is_a_relation() -> None:
    """A person and the employer know each other by one edge; what may be told is a matter of consents."""
    job = stated(Relation(kind="employee", subject=A, object=B))
    assert [edge.kind for edge in relations_of(B, [job])] == ["employer"]
    assert ATTRIBUTES["relations"].evidence is Evidence.NONE


def test_row_12_legal_information_is_a_group() -> None:
    """Names, birth and sex are legal information, and the record gives them by that name."""
    record = person_record(
        names=[stated(PersonName(family="Petit"))],
        birth_dates=[stated(PartialDate("1984"))],
        sexes=[stated(Sex.FEMALE)],
        languages=[stated("fr")],
    )
    assert len(record.group("legal")) == 3
    company = Organization(names=(stated(OrganizationName(name="Petit", legal_form="SARL")),))
    assert len(Record(source="crm", key="2", party=company).group("legal")) == 1


def test_row_13_family_information_is_guarded() -> None:
    """The family situation is sensitive and never evidence; relations are of the group family."""
    assert ATTRIBUTES["marital_status"].privacy == "sensitive"
    assert ATTRIBUTES["marital_status"].evidence is Evidence.BANNED
    assert ATTRIBUTES["relations"].group == "family"


def test_row_14_occupations_of_any_scheme_are_kept() -> None:
    """An occupation has a scheme and a code; one of an unknown scheme is kept."""
    record = person_record(occupations=[stated(Occupation(scheme="own2020", code="X"))])
    assert len(record.group("professional")) == 1


def test_row_15_addresses_of_all_kinds() -> None:
    """One party has two postal addresses, three phones, an e-mail address and a handle."""
    points: list[PostalAddress | Phone | Email | OnlineAccount] = [
        PostalAddress(street="rue Pasteur", city="Nantes"),
        PostalAddress(lines=("3 High St", "Leeds")),
        Phone(e164="+33199001234"),
        Phone(e164="+33639981234"),
        Phone(e164="+447700900123"),
        Email(address="a@mail.example"),
        OnlineAccount(scheme="web", handle="zoe"),
    ]
    record = person_record(contacts=[stated(ContactPoint(point=point)) for point in points])
    assert [each.value.point for each in record.group("contact")] == points
    assert {value.point for value in golden_record([record]).values("contacts")} == set(points)


def test_row_16_the_home_of_a_day() -> None:
    """Of two homes with disjoint periods the one of the day is found."""
    homes = [
        stated(ContactPoint(point=PostalAddress(city=city)), valid=valid)
        for city, valid in (("Lille", ("", "2015-07-01")), ("Nantes", ("2015-07-01", "")))
    ]
    assert [each.value.point for each in current(homes, date(2015, 6, 30))] == [PostalAddress(city="Lille")]
    assert [each.value.point for each in current(homes, date(2015, 7, 1))] == [PostalAddress(city="Nantes")]


def test_row_17_wealth_is_no_evidence() -> None:
    """A matcher that names wealth is refused with the reason."""
    assert ATTRIBUTES["wealth"].privacy == "sensitive"
    with pytest.raises(ConfigurationError, match="'wealth' must not be compared: what somebody owns"):
        check_comparable("wealth")


def test_row_18_vehicles_are_equipment() -> None:
    """A vehicle with its number stands under equipment."""
    car = Holding(kind="vehicle", product="van", serial="VF1AAAAA000000001")
    assert [each.value for each in person_record(holdings=[stated(car)]).group("equipment")] == [car]


def test_row_19_measures_show_method_and_date() -> None:
    """An imported measure is shown with how and when it was computed, and cannot be compared."""
    text = render(person_record(measures=[stated(Measure(name="rfm", value=5, method="quintiles"))]))
    assert "method: quintiles" in text
    assert "1 January 2020" in text
    with pytest.raises(ConfigurationError, match="must not be compared"):
        check_comparable("measures")


def test_row_20_languages_are_tags() -> None:
    """A regional variety is kept."""
    assert person_record(languages=[stated("fr-CA", "crm")]).party.languages[0].value == "fr-CA"


def test_row_21_sex_is_optional() -> None:
    """Unknown or unsaid sex costs no completeness, and different sexes are no veto."""
    names = [stated(PersonName(family="Petit"))]
    without, unknown = person_record(names=names), person_record(names=names, sexes=[stated(Sex.NOT_KNOWN)])
    stated_sex = person_record(names=names, sexes=[stated(Sex.MALE)])
    assert completeness(without) == completeness(unknown) == completeness(stated_sex)
    assert not ATTRIBUTES["sex"].is_negative


def test_row_22_birthdays_and_ages() -> None:
    """A birthday without a year is accepted; age is derived on a day, also for 29 February."""
    assert PartialDate("XXXX-12-25").age_at(date(2024, 1, 1)) is None
    leap = PartialDate("2000-02-29")
    assert (leap.age_at(date(2023, 2, 28)), leap.age_at(date(2023, 3, 1)), leap.age_at(date(2024, 2, 29))) == (
        22,
        23,
        24,
    )
    assert not [each.name for each in attrs.fields(Person) if "age" in each.name.split("_")]


def test_row_23_warranties_that_end_soon() -> None:
    """A warranty that ends within thirty days is found with its owner."""
    van = Holding(kind="warranty", product="van", expires=PartialDate("2024-03-31"))
    record = person_record(holdings=[stated(van)])
    assert [
        (owner.key, each.value) for owner, each in upcoming([record], "warranty", at=date(2024, 3, 1), days=30)
    ] == [("1", van)]


def test_row_24_requests_are_preferences() -> None:
    """A special request is kept as a preference of that topic."""
    request = Preference(topic="request", value="sliced bread")
    assert [each.value for each in person_record(preferences=[stated(request)]).group("preference")] == [request]


def test_row_25_observed_preferences_do_not_override_declared_ones() -> None:
    """Neither an earlier nor a later observation stands above what was declared."""
    said = stated(Preference(topic="contact", value="phone"), "crm", 10)
    for day in (0, 20):
        seen = stated(Preference(topic="contact", value="mail"), "web", day, basis=Basis.OBSERVED)
        golden = golden_record([person_record(preferences=[said]), person_record("web", preferences=[seen])])
        assert golden.value("preferences", "contact").value == "phone"


def test_row_26_status_and_preferences() -> None:
    """Status is derived, as in row 1, from the record that also states the preferences."""
    preference = stated(Preference(topic="product", value="rye"))
    record = person_record(roles=[subscribed(("2020", ""))], preferences=[preference])
    assert status_at([record], date(2021, 1, 1)).kind is CustomerKind.CUSTOMER
    assert record.group("preference") == (preference,)


def test_row_27_open_requests() -> None:
    """Only what is still open is listed."""
    waiting = contact(1, "a", status=InteractionStatus.OPEN)
    closed = contact(2, "b", status=InteractionStatus.CLOSED)
    assert open_requests([person_record(interactions=[waiting, closed, contact(3, "c")])]) == (waiting,)


def test_row_28_accounts_are_identifiers() -> None:
    """The accounts of merged records are all there."""
    records = [
        person_record("crm", key, identifiers=[stated(ExternalId(scheme="account", value=key), record=key)])
        for key in ("1", "2")
    ]
    assert {value.value for value in golden_record(records).values("identifiers")} == {"1", "2"}


@pytest.mark.parametrize("name", ["risk", "value_tier"])
def test_row_29_risk_is_no_evidence(name: str) -> None:
    """A matcher that names risk, or value, is refused."""
    with pytest.raises(ConfigurationError, match="confirm its own errors"):
        check_comparable(name)


def test_row_30_value_tiers_have_a_history() -> None:
    """A tier has an effective date, the latest one holds, and the earlier one is kept."""
    tiers = [
        stated(Measure(name="value_tier", value="tin"), "crm", 0, valid=("2019", "2020-01-15")),
        stated(Measure(name="value_tier", value="gold"), "crm", 20, valid=("2020-01-15", "")),
    ]
    golden = golden_record([person_record(measures=tiers)])
    choice = golden.choice("measures", "value_tier")
    assert choice is not None
    assert (choice.value.value, [each.value.value for each in choice.runners_up]) == ("gold", ["tin"])


def test_row_31_purchased_data_without_notice_is_listed() -> None:
    """What was bought and not told to the person stands in the report."""
    bought = stated(Measure(name="lifestyle", value="urban"), basis=Basis.PURCHASED, license="L1")
    told = stated(Measure(name="lifestyle", value="urban"), basis=Basis.PURCHASED, license="L1", notice="v1")
    report = privacy_report([person_record(wealth=[bought]), person_record("crm", "2", wealth=[told])])
    assert [(each.key, each.attribute, each.code) for each in report] == [("1", "wealth", "purchased_without_notice")]


def test_row_32_handles_are_no_evidence() -> None:
    """Online accounts are kept, and not compared by default."""
    assert not ATTRIBUTES["online_account"].is_comparable


def _field_names(kind: type) -> set[str]:
    return {each.name for each in attrs.fields(kind)}


def test_row_33_there_is_no_live_location() -> None:
    """No field of the model holds where somebody is."""
    kinds = (
        Person,
        Organization,
        Collective,
        Record,
        Interaction,
        LifeEvent,
        Consent,
        Provenance,
        PostalAddress,
        Holding,
    )
    names = set().union(*map(_field_names, kinds))
    assert not names & {"location", "latitude", "longitude", "position", "geolocation"}


def test_row_34_points_are_no_evidence() -> None:
    """A card is an identifier; a balance of points can only be a measure, which is never compared."""
    assert ATTRIBUTES["loyalty_card"].is_comparable
    assert "points" in ATTRIBUTES["measures"].aliases
    assert "balance" not in _field_names(ExternalId)


def test_row_53_statements_are_dated_and_legible() -> None:
    """A statement without dates cannot be built, and a rendered record has no codes without labels."""
    with pytest.raises(TypeError, match="observed_at"):
        Provenance(source="crm", record="1")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="by"):
        Stated("Nantes")  # type: ignore[call-arg]
    record = person_record(interactions=[contact(1, "a", kind="after_sales", status=InteractionStatus.OPEN)])
    assert "after-sales" in render(record)
    assert "service après-vente" in render(record, "fr")
    assert "after_sales" not in render(record) + render(record, "fr")


def test_row_66_all_kinds_of_interactions() -> None:
    """All listed kinds are known; another one is kept, with an issue."""
    listed = "request complaint after_sales purchase visit campaign coupon_return breakdown claim".split()
    assert [kind for kind in listed if check_kind(INTERACTION_KINDS, kind) is not None] == []
    record = person_record(interactions=[contact(1, "a", kind="serenade")])
    issue = check_kind(INTERACTION_KINDS, record.interactions[0].value.kind)
    assert issue is not None
    assert issue.code == "unknown_kind"


def test_row_67_timelines_are_coherent() -> None:
    """Shuffled intake gives one timeline; a reply before its question and a moment in the future are reported."""
    statements = [contact(day, str(day)) for day in range(5)]
    shuffled = statements[2:] + statements[1::-1]
    assert timeline([person_record(interactions=shuffled)]) == tuple(statements)
    wrong = contact(1, "r", reply_to="4")
    early = stated(attrs.evolve(statements[0].value, at=moment(99), reference="f"))
    found = incoherences([person_record(interactions=[*statements, wrong, early])])
    assert [each.code for each in found] == ["reply_before_question", "in_the_future"]
