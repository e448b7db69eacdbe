"""Requirements about rights, contact and standing that several parts fulfill together, one test per row."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import custid
from custid.errors import AccessDeniedError
from custid.model import (
    Consent,
    ConsentStatus,
    ContactPoint,
    Direction,
    Email,
    Holding,
    Measure,
    PartialDate,
    PartyKey,
    Phone,
    PostalAddress,
    Preference,
    Provenance,
    Record,
    Relation,
    Stated,
    Verification,
    upcoming,
)
from custid.privacy import AccessPolicy, Action, Actor, ContactCap, Gate, Grant, SuppressionList, objection_to
from custid.registry import MemoryStore, Registry
from custid.scoring.match_model import TrainedMatchModel
from custid.serde import unstructure
from custid.survivorship import golden_record
from tests.intake.typed import contact, person, stated
from tests.registry.cards import CRM, crm_record, interaction, registry_of, web_record

NOW = datetime(2026, 9, 9, 9, 30, tzinfo=UTC)
"""A Wednesday, half past eleven in Paris."""
MOBILE = Phone(e164="+33639980001")


@cache
def typed_model() -> TrainedMatchModel:
    made = [
        person(str(number), f"Zoé{number}", f"Gall{number}", contacts=(contact(Phone(e164=f"+3363998{number:04d}")),))
        for number in range(40)
    ]
    return custid.train(made)


def of_desk(*consents: Consent, source: str = "desk") -> Record:
    """Return what a desk that notes objections keeps of the person with the mobile number."""
    by = Provenance(source=source, record="1", observed_at=NOW, recorded_at=NOW)
    record = person("1", "Zoé", "Gall", source=source, contacts=(contact(MOBILE),))
    return evolve(record, consents=tuple(Stated(each, by) for each in consents))


def test_row_17_wealth_without_a_purpose_raises() -> None:
    """Whoever asks for it and says no purpose is refused; with the purpose of the grant he is not."""
    policy = AccessPolicy((Grant(attributes=("wealth",), purposes=("advice",)),))
    Gate(policy, Actor(name="ann"), purpose="advice").require(["wealth"], Action.READ)
    with pytest.raises(AccessDeniedError, match="read wealth without a purpose: expected a grant"):
        Gate(policy, Actor(name="ann")).require(["wealth"], Action.READ)


def test_row_70_one_identifier_on_all_channels() -> None:
    """Whatever channel a record came by, it leads to one identifier, and the channel is told of each contact."""
    registry = registry_of((crm_record(), web_record()))
    assert registry.id_of(CRM) == registry.id_of(("web", "a1"))
    timeline = registry.card(registry.id_of(CRM)).timeline
    assert {each.value.channel for each in timeline} == {"shop", "phone", "web"}


def test_row_71_and_row_72_a_wish_needs_consent_and_the_hours_of_the_channel() -> None:
    """To be called on Saturdays is a wish: without consent it is refused by the law of the channel, with it allowed."""
    wish = stated(Preference(topic="contact", value="call", channel="phone", windows=("SA 09:00-12:00",)), 2026)
    saturday = datetime(2026, 9, 12, 8, 30, tzinfo=UTC)
    record = evolve(of_desk(), preferences=(wish,))
    given = Consent(purpose="marketing", status=ConsentStatus.GIVEN, channel="phone", at=NOW)
    agreed = evolve(record, consents=(stated(given, 2026),))
    asked: dict[str, Any] = {"channel": "phone", "purpose": "marketing", "at": saturday}
    denied = _only(record).may_contact(*_ids(record), **asked)
    assert not denied.is_allowed
    assert {reason.code for reason in denied.reasons} >= {"fr-phone-optin"}
    assert _only(agreed).may_contact(*_ids(agreed), **asked).is_allowed


def _only(record: Record) -> Registry:
    return registry_of((record,))


def _ids(record: Record) -> list[str]:
    registry = _only(record)
    return [registry.id_of((record.source, record.key))]


def test_row_73_one_contact_more_than_the_limit_is_denied() -> None:
    """The number of contacts that the company allows itself counts over all records of the customer."""
    told = tuple(
        stated(interaction(str(day), day, "email", kind="campaign", direction=Direction.OUTBOUND), 2026)
        for day in (5, 7)
    )
    record = evolve(of_desk(), interactions=told)
    registry = registry_of((record,))
    customer = registry.id_of((record.source, record.key))
    for limit, is_denied in ((3, False), (2, True)):
        cap = ContactCap(most=limit, days=60)
        decision = registry.may_contact(customer, channel="email", purpose="marketing", at=NOW, caps=(cap,))
        assert ("pressure" in {reason.code for reason in decision.reasons}) is is_denied


def test_row_75_dates_are_right_at_the_ends_of_months() -> None:
    """A month from 31 January ends on the last day of February, in leap years, too."""
    for year, last, beyond in ((2026, "2026-02-28", "2026-03-01"), (2028, "2028-02-29", "2028-03-01")):
        holdings = tuple(
            stated(Holding(kind="warranty", product="oven", serial=day, expires=PartialDate(day)))
            for day in (last, beyond)
        )
        found = upcoming([evolve(of_desk(), holdings=holdings)], "warranty", at=date(year, 1, 31), months=1)
        assert [each.value.serial for _, each in found] == [last]


def test_row_81_an_export_has_all_records_and_nothing_of_the_household() -> None:
    """Records that were merged in are in it; what the spouse of the same address states is not."""
    own = person("1", "Zoé", "Gall", contacts=(contact(MOBILE), contact(Email(address="gall@mail.example"))))
    key = PartyKey("crm", "1")
    own = evolve(own, relations=(stated(Relation(kind="spouse", subject=key, object=PartyKey("crm", "k-secret"))),))
    other = person("1", "Zoe", "GALL", source="web", contacts=(contact(MOBILE),))
    spouse = person(
        "k-secret",
        "Ali",
        "Gall",
        contacts=(contact(Email(address="gall@mail.example")), contact(Phone(e164="+33639987777"))),
    )
    registry = Registry(MemoryStore())
    for members in ((own,), (other,), (spouse,)):
        contents = {(each.source, each.key): unstructure(each) for each in members}
        registry.apply([list(contents)], contents=contents)
    registry.merge(("crm", "1"), ("web", "1"), reason="same passport")
    text = registry.subject_export(registry.id_of(("web", "1"))).to_json()
    assert '"GALL"' in text
    assert "gall@mail.example" in text
    for foreign in ("Ali", "39987777", "k-secret"):
        assert foreign not in text


def test_row_82_an_objection_survives_merge_re_import_and_erasure() -> None:
    """No later delivery of another source, no consent beside it and no coming again after an erasure undoes it."""
    no = objection_to("marketing", at=NOW)
    yes = Consent(purpose="marketing", status=ConsentStatus.GIVEN, channel="email", at=NOW)
    registry = Registry(MemoryStore())
    registry.use(typed_model())
    crm = of_desk(yes, source="crm")
    registry.ingest([crm], source="crm")
    customer = registry.id_of(("crm", "1"))
    assert _is_allowed(registry, customer)
    registry.ingest([of_desk(no)], source="desk")
    assert registry.id_of(("desk", "1")) == customer
    assert not _is_allowed(registry, customer)
    again = evolve(crm, consents=(*crm.consents, stated(evolve(yes, channel=""), 2026)))
    registry.ingest([again], source="crm")
    assert not _is_allowed(registry, customer)
    listed = SuppressionList(b"a secret of sixteen bytes")
    registry.erase(customer, reason="article 17", suppress=listed)
    registry.ingest([crm], source="crm")
    assert not _is_allowed(registry, registry.id_of(("crm", "1")), listed)


def _is_allowed(registry: Registry, customer: str, suppression: SuppressionList | None = None) -> bool:
    decision = registry.may_contact(customer, channel="email", purpose="marketing", at=NOW, suppression=suppression)
    return decision.is_allowed


def test_row_95_a_self_declared_address_outranks_a_clerk_s_unless_verified() -> None:
    """Of two addresses the one that the customer has entered himself comes first, unless the other one was checked."""
    home, other = (ContactPoint(point=PostalAddress(number="3", street=street, postcode="44000", city="Nantes"))
                   for street in ("rue Pasteur", "quai de la Fosse"))  # fmt: skip
    by_self = evolve(stated("", 2024).by, source="form", collected_by="self")
    clerk = evolve(stated("", 2026).by, source="crm", collected_by="ann")
    checked = evolve(clerk, verified=(Verification(at=NOW, by="ann", means="document"),))
    for by, first in ((clerk, home), (checked, other)):
        records = [
            person("1", "Zoé", "Gall", source="form", contacts=(Stated(home, by_self),)),
            person("1", "Zoé", "Gall", source="crm", contacts=(Stated(other, by),)),
        ]
        assert golden_record(records).values("contacts")[0] == first


def test_row_96_goal_and_outcome_stand_dated_in_the_text_of_a_card() -> None:
    """People read them on the card, each with its day, in both languages."""
    told = tuple(
        stated(interaction(kind, day, "shop", kind=kind), 2026) for kind, day in (("goal", 30), ("outcome", 3))
    )
    registry = registry_of((crm_record(interactions=told),))
    card = registry.card(registry.id_of(CRM))
    assert all(words in card.text("en") for words in ("agreed goal", "outcome"))
    assert all(words in card.text("fr") for words in ("objectif convenu", "résultat"))


def test_row_97_the_origin_stays_whichever_customer_survives_a_merge() -> None:
    """The earliest way by which one of two customers was won is that of their customer, merged either way."""
    for first, second in ((crm_record(), web_record()), (web_record(), crm_record())):
        registry = registry_of((first,), (second,))
        registry.merge((first.source, first.key), (second.source, second.key), reason="same passport")
        origin = registry.card(registry.id_of(CRM)).origin
        assert origin is not None
        assert (origin.value.subject, origin.value.channel) == ("newsletter", "web")


def test_row_98_confidential_behavior_is_no_evidence_and_masked_by_default() -> None:
    """A grant of everything without a purpose shows the tier neither, since measures are sensitive."""
    registry = registry_of((crm_record(),))
    open_handed = Gate(AccessPolicy((Grant(),)), Actor(name="ann"))
    card = registry.card(registry.id_of(CRM), gate=open_handed)
    assert not any(isinstance(each.seen.value, Measure) for each in card.values)


def test_row_99_time_and_memory_grow_as_records_do() -> None:
    """What `benchmarks.growth` has measured: a million records and more, in time that grows hardly faster than they."""
    runs = json.loads((Path(__file__).parents[2] / "benchmarks" / "results" / "growth.json").read_text("utf-8"))["runs"]
    by_size = {run["n_records"]: run for run in runs}
    sizes = sorted(size for size in by_size if size >= 100_000)
    assert sizes[-1] >= 1_000_000
    for smaller, larger in pairwise(sizes):
        for measure in ("cpu_seconds", "n_pairs", "peak_megabytes"):
            assert by_size[larger][measure] / by_size[smaller][measure] < (larger / smaller) ** 1.25
