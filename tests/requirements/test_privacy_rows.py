"""Requirements that privacy, quality and registry fulfill together, one test per row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest
from attrs import evolve

import custid
from custid import model
from custid.errors import AccessDeniedError
from custid.model import (
    Basis,
    Consent,
    ConsentStatus,
    Email,
    Measure,
    PartialDate,
    Phone,
    PostalAddress,
    Record,
    Stated,
    Verification,
)
from custid.privacy import (
    FRANCE,
    AccessPolicy,
    Action,
    Actor,
    ActorKind,
    AuditEntry,
    AuditFile,
    Gate,
    Grant,
    KeyedTokens,
    SensitiveUpdate,
    Transfer,
    incident,
    linked_customers,
    panel,
    partitioned,
    receipt_of,
)
from custid.quality import profile, stale
from custid.registry import MemoryStore, Registry, open_registry
from custid.registry.doctor import check_store
from custid.registry.exchange import export_lines, export_registry, import_registry
from custid.registry.intake_policy import IntakePolicy
from custid.review import Labels, Verdict
from custid.scoring.match_model import TrainedMatchModel
from custid.steering import estimate_quality, quality_sample
from custid.survivorship import golden_record
from tests.intake.typed import contact, person, stated
from tests.registry.matched import model as row_model
from tests.registry.matched import rows

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
MOBILE = Phone(e164="+33639980001")


@cache
def typed_model() -> TrainedMatchModel:
    made = [
        person(str(number), f"Zoé{number}", f"Gall{number}", contacts=(contact(Phone(e164=f"+3363998{number:04d}")),))
        for number in range(40)
    ]
    return custid.train(made)


def test_row_54_and_row_55_defects_are_counted_and_stale_values_listed() -> None:
    """A value nobody checked, and one that is old, are counted by attribute, and listed."""
    checked = evolve(
        stated(PartialDate("1984-06-12"), 2026).by, verified=(Verification(at=NOW, by="ann", means="document"),)
    )
    record = person("1", "Zoé", "Gall", birth_dates=(Stated(PartialDate("1984-06-12"), checked),))
    found = profile({"A": [record]}, at=NOW)
    told = {name: found.of(name) for name in ("birth_date", "person_names")}
    assert [each and each.n_verified for each in told.values()] == [1, 0]
    old = stale([record], at=NOW, older_than=timedelta(days=365))
    assert [each.attribute for each in old] == ["person_names"]


def test_row_56_a_sample_of_a_registry_is_audited_with_an_interval() -> None:
    """The customers of a registry are those of a run with its model, options and schema, which is sampled by strata."""
    made = [dict(row) for row in rows("persons")[:120]]
    with Registry(MemoryStore()) as registry:
        registry.use(row_model("persons", 50))
        registry.ingest(made, source="shop")
        result = custid.dedupe(made, model=registry.model, options=registry.options, schema=registry.schema("shop"))
        found = dict(
            zip(result.assignments["record_key"].to_pylist(), result.assignments["customer"].to_pylist(), strict=True)
        )
        ids = {key: registry.id_of(("shop", key)) for key in found}
    assert (
        len(set(found.values())) == len(set(ids.values())) == len(set(zip(found.values(), ids.values(), strict=False)))
    )
    sample = quality_sample(result, 20)
    answers = [each.answered(Verdict.MATCH if each.is_same_customer else Verdict.NON_MATCH) for each in sample]
    told = estimate_quality(result, Labels(given=tuple(answers)))
    assert told.precision.low < told.precision.value == 1.0
    assert "95 % intervals" in str(told)


def test_row_57_removal_of_a_past_entry_is_detected(tmp_path: Path) -> None:
    """In a trail of a file and in that of the registry's own database, checked by its doctor."""
    with open_registry(tmp_path / "r.db") as registry:
        trail = registry.audit_trail(key=b"secret")
        for number in range(3):
            trail.append(AuditEntry(actor="ann", action="read", customers=(f"C{number}",)))
        assert check_store(registry.store, audit_key=b"secret", audit_head=trail.head) == ()
        head = trail.head
    import sqlite3

    with sqlite3.connect(tmp_path / "r.db") as database:
        database.execute("DELETE FROM custid_audit WHERE number = 3")
    database.close()
    with open_registry(tmp_path / "r.db") as registry:
        assert [each.code for each in check_store(registry.store, audit_head=head)] == ["audit-trail"]


def test_row_61_a_past_view_is_the_golden_record_of_then() -> None:
    """What was known on a day gives the golden record of that day, whatever was learned later."""
    first = person("1", "Zoé", "Gall", year=2020)
    later = person("2", "Zoé", "Petit", year=2024)
    assert golden_record([first, later], known_at=datetime(2021, 1, 1, tzinfo=UTC)).value("person_names", "usage") == (
        golden_record([first]).value("person_names", "usage")
    )


def test_row_62_a_conflict_shows_both_sources() -> None:
    """Two birth dates are counted as a conflict, with the sources that state them."""
    records = [
        person(
            key,
            "Zoé",
            "Gall",
            source=source,
            birth_dates=(Stated(PartialDate(day), evolve(stated(1).by, source=source)),),
        )
        for key, source, day in (("1", "crm", "1984-06-12"), ("2", "web", "1975-01-30"))
    ]
    found = profile({"A": records}, at=NOW).of("birth_date")
    assert found is not None
    assert found.n_conflicts == 1


def test_row_63_what_is_outside_the_list_is_dropped_and_logged(tmp_path: Path) -> None:
    """A column that no purpose allows is counted in the report and is nowhere in the file."""
    made = [{**row, "salary": "48213 EUR"} for row in rows("persons")[:20]]
    with open_registry(tmp_path / "r.db") as registry:
        registry.use(row_model("persons", 50))
        registry.keep_intake(IntakePolicy(purposes=dict.fromkeys(("family_name", "given_name", "phone"), ())))
        assert registry.ingest(made, source="shop").dropped["salary"] == 20
    assert b"48213" not in (tmp_path / "r.db").read_bytes()


def test_row_64_a_record_may_say_no_more_than_a_phone_number() -> None:
    """Every attribute is optional."""
    record = Record(source="crm", key="1", party=model.Person(contacts=(contact(MOBILE),)))
    with Registry(MemoryStore()) as registry:
        registry.use(typed_model())
        assert registry.ingest([record], source="crm").n_new == 1


def test_row_76_and_row_77_evidence_is_a_reference_and_no_picture() -> None:
    """A check keeps the number of its evidence; no value of the model holds bytes."""
    assert Verification(at=NOW, by="ann", means="document", reference="sha256:00").reference == "sha256:00"
    types = [each for each in vars(model).values() if isinstance(each, type) and attrs.has(each)]
    assert all("bytes" not in str(each.type) for kind in types for each in attrs.fields(kind))


def test_row_79_the_audit_shows_who_or_what_decided(tmp_path: Path) -> None:
    """Persons and programs act under their names; a merge by a person stands in the ledger."""
    trail = AuditFile(tmp_path / "a.jsonl")
    grants = AccessPolicy((Grant(attributes=("person_names",)),))
    for actor in (Actor(name="ann"), Actor(name="night run", kind=ActorKind.PROGRAM)):
        Gate(grants, actor, audit=trail).view([person("1", "Zoé", "Gall")], customer="C1")
    assert [(each.actor, each.actor_kind) for each in trail.entries()] == [("ann", "person"), ("night run", "program")]
    registry = Registry(MemoryStore())
    registry.apply([[("crm", "1")], [("crm", "2")]], actor="night run")
    registry.merge(("crm", "1"), ("crm", "2"), reason="same passport", actor="ann")
    assert [change.cause.actor for change in registry.changes()] == ["night run", "ann"]


def test_row_80_a_panel_is_drawn_by_seed_and_consent() -> None:
    """The same seed gives the same panel; who has opted out is absent."""
    customers = [f"C{number}" for number in range(500)]
    drawn = panel(customers, share=0.2, seed="taste")
    assert drawn == panel(reversed(customers), share=0.2, seed="taste")
    assert drawn[0] not in panel(customers, share=0.2, seed="taste", may_ask=lambda one: one != drawn[0])


def test_row_83_a_receipt_reproduces_notice_purpose_and_time() -> None:
    """What the person was shown, for what and when."""
    said = Consent(purpose="newsletter", status=ConsentStatus.GIVEN, notice="2026-02", at=NOW)
    receipt, _ = receipt_of(stated(said))
    assert (receipt.notice, receipt.purpose, receipt.at) == ("2026-02", "newsletter", NOW)


def test_row_84_an_incident_has_a_dossier(tmp_path: Path) -> None:
    """Exactly the identifiers and categories of a slice of the registry's trail, and a clock of 72 hours."""
    with open_registry(tmp_path / "r.db") as registry:
        trail = registry.audit_trail(key=b"secret")
        for number in range(4):
            trail.append(
                AuditEntry(actor="eve", action="export", customers=(f"C{number}",), categories=("contacts.email",))
            )
        entries = list(trail.entries(after=1))
    first, last = entries[0].at, entries[-1].at
    assert first is not None
    assert last is not None
    found = incident(entries, since=first, until=last, known_at=last, pack=FRANCE)
    assert (found.customers, found.categories) == (("C1", "C2", "C3"), ("contacts.email",))
    assert "(72 hours left)" in found.text(last)


def test_row_85_and_row_98_reading_is_by_role_and_purpose() -> None:
    """A till sees name and tier, not the birth date, and how somebody drives only for a purpose."""
    grants = AccessPolicy(
        (
            Grant(roles=("till",), attributes=("person_names",)),
            Grant(roles=("till",), attributes=("measures.tier",), purposes=("sale",)),
        )
    )
    record = person(
        "1",
        "Zoé",
        "Gall",
        birth_dates=(stated(PartialDate("1984-06-12")),),
        measures=(stated(Measure(name="tier", value="gold")), stated(Measure(name="driving", value="fast"))),
    )
    till = Actor(name="till 3", roles=("till",))
    for purpose, expected in (("sale", {"person_names", "measures.tier"}), ("", {"person_names"})):
        assert {each.facet for each in Gate(grants, till, purpose=purpose).view([record])} == expected


def test_row_86_a_denied_change_leaves_an_entry_alone(tmp_path: Path) -> None:
    """It is refused before anything is written."""
    trail = AuditFile(tmp_path / "a.jsonl")
    with pytest.raises(AccessDeniedError):
        Gate(AccessPolicy(()), Actor(name="eve"), audit=trail).require(["birth_date"], Action.UPDATE, customer="C1")
    (entry,) = trail.entries()
    assert (entry.action, entry.outcome, entry.categories) == ("update", "denied", ("birth_date",))


def test_row_87_a_sensitive_change_is_told_without_values() -> None:
    """One notice, with names of attributes."""
    told: list[SensitiveUpdate] = []
    grants = AccessPolicy((Grant(attributes=("contacts.email",), actions=(Action.UPDATE,)),))
    Gate(grants, Actor(name="ann"), notify=told.append).update(["contacts.email"], customer="C1")
    assert told == [SensitiveUpdate(customer="C1", attributes=("contacts.email",), actor="ann")]


def test_row_89_a_record_of_another_region_needs_a_basis(tmp_path: Path) -> None:
    """A store of the United States refuses a European record; with a basis it comes in, and that is on record."""
    trail = AuditFile(tmp_path / "a.jsonl")
    with Registry(MemoryStore(), region="US") as registry:
        registry.use(typed_model())
        record = person("1", "Zoé", "Gall")
        assert [each.reason for each in registry.ingest([record], source="crm").refused] == ["other_region"]
        transfer = Transfer(basis="standard contractual clauses", audit=trail)
        assert registry.ingest([record], source="crm", transfer=transfer).n_new == 1
    assert [each.action for each in trail.entries()] == ["transfer"]


def test_row_90_four_partitions_make_the_customers_of_one() -> None:
    """Registries that share tokens alone: the same customers by exact keys as one registry has."""
    phones = [Phone(e164=f"+3363998{number % 6:04d}") for number in range(12)]
    records = [
        person(str(place), f"Zoé{place % 6}", f"Gall{place % 6}", contacts=(contact(phone),))
        for place, phone in enumerate(phones)
    ]
    found = [_customers(records, n) for n in (1, 4)]
    assert found[0] == found[1]
    assert len(found[0]) == 6


def _customers(records: list[Record], n_partitions: int) -> set[frozenset[str]]:
    tokens, told = KeyedTokens(b"a secret of sixteen bytes"), []
    held: dict[tuple[str, str], set[str]] = {}
    for name, some in partitioned(records, lambda record: str(int(record.key) // 3 % n_partitions)).items():
        with Registry(MemoryStore()) as registry:
            registry.use(typed_model())
            registry.ingest(some, source="crm")
            of: dict[str, set[str]] = {}
            for record in some:
                customer = registry.id_of(("crm", record.key))
                of.setdefault(customer, set()).update(tokens.of_record(record))
                held.setdefault((name, customer), set()).add(record.key)
            told += tokens.told(name, of)
    return {frozenset().union(*(held[place] for place in group)) for group in linked_customers(told)}


def test_row_91_a_replica_is_made_by_replay(tmp_path: Path) -> None:
    """The history of a registry, read into another store, gives the same registry."""
    registry = Registry(MemoryStore())
    registry.apply([[("crm", "1"), ("web", "2")], [("crm", "3")]])
    registry.merge(("crm", "1"), ("crm", "3"), reason="same passport")
    export_registry(registry.store, tmp_path / "r.jsonl")
    replica = Registry(MemoryStore())
    import_registry(replica.store, tmp_path / "r.jsonl")
    assert _lines(replica) == _lines(registry)


def _lines(registry: Registry) -> list[Any]:
    with registry.store.reading() as transaction:
        return list(export_lines(transaction))


def test_row_94_golden_values_that_come_back_confirm_nothing() -> None:
    """What was exported and comes back joins nobody, and wins over nobody."""
    one = person("1", "Zoé", "Gall", contacts=(contact(MOBILE),))
    other = person("2", "Ali", "Benali", contacts=(contact(Email(address="ali@mail.example")),))
    back = evolve(stated(1).by, source="custid", basis=Basis.INFERRED)
    loop = person(
        "3",
        "Zoé",
        "Gall",
        names=tuple(evolve(each, by=back) for each in one.party.names),
        contacts=tuple(evolve(each, by=back) for each in (*one.party.contacts, *other.party.contacts)),
    )
    with Registry(MemoryStore()) as registry:
        registry.use(typed_model())
        registry.ingest([one, other], source="crm")
        before = [registry.id_of(("crm", key)) for key in "12"]
        told = registry.ingest([loop], source="crm")
        assert told.n_new == 1
        assert [registry.id_of(("crm", key)) for key in "12"] == before
        assert registry.id_of(("crm", "3")) not in before
    assert golden_record([one, loop]).value("person_names", "usage") == one.party.names[0].value
    assert custid.dedupe([one, other, loop]).assignments["customer"].to_pylist() == [0, 1, 2]


def test_row_88_the_law_is_that_of_the_record() -> None:
    """Packs are chosen by the jurisdiction that a record states."""
    from custid.privacy import pack_of

    france, kingdom = pack_of("FR"), pack_of("GB")
    assert {rule.code for rule in france.rules} != {rule.code for rule in kingdom.rules}


def test_row_74_a_new_address_is_one_event() -> None:
    """A move is detected from a new address, once."""
    from datetime import date

    from custid.quality import triggers

    homes = [
        contact(PostalAddress(number="12", street=street, postcode="44000", city="Nantes"), year)
        for street, year in (("rue Pasteur", 2020), ("quai de la Fosse", 2022), ("quai de la Fosse", 2023))
    ]
    found = triggers(
        [person("1", "Zoé", "Gall", contacts=tuple(homes))], after=date(2019, 1, 1), until=date(2030, 1, 1)
    )
    assert [each.kind.value for each in found if each.kind.value == "moved"] == ["moved"]


def test_row_60_exports_are_lines_of_one_format() -> None:
    """Each line of an export is JSON, and the first says which format and version they have."""
    import json

    registry = Registry(MemoryStore())
    registry.apply([[("crm", "1")]])
    lines = [json.loads(line) for line in _lines(registry)]
    assert {"format", "version"} <= lines[0].keys()
