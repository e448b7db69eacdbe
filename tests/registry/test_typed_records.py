"""Typed records in a registry: kept whole, matched as one batch matches them."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from attrs import evolve
from hypothesis import given

import custid
from custid import SourceMapping, Target
from custid.errors import ConfigurationError, DuplicateRecordKeyError, PartitionError
from custid.model import (
    Consent,
    ConsentStatus,
    ContactPoint,
    Email,
    PartialDate,
    Period,
    Person,
    PersonName,
    Phone,
    Provenance,
    Record,
    Stated,
)
from custid.registry import EventKind, MemoryStore, RecordKey, Registry, open_registry
from custid.registry.contents import Content
from custid.registry.exchange import export_registry, import_registry
from custid.registry.typed_feeds import is_document
from custid.scoring.match_model import TrainedMatchModel
from custid.serde import structure, unstructure
from custid.testing.model_strategies import records as drawn_records
from tests.registry.matched import rows

SOURCE = "till"
MOMENT = datetime(2026, 1, 5, tzinfo=UTC)


@cache
def records() -> tuple[Record, ...]:
    """Return typed records of persons and organizations."""
    mapping = SourceMapping(
        source=SOURCE,
        record_key="record_id",
        columns={
            "given_name": "given_name",
            "family_name": "family_name",
            "company": "organization_name",
            "birth_date": "birth_date",
            "email": "email",
            "phone": "phone",
            "mobile": "phone",
            "street": "street",
            "house_number": "house_number",
            "postcode": "postcode",
            "city": "city",
            "loyalty_card": Target(attribute="loyalty_card", issuer="bakery"),
        },
    )
    return mapping.records([dict(row) for row in rows("persons")], observed_at=MOMENT).records


@cache
def trained() -> TrainedMatchModel:
    """Return a model of the records, as a file gives it back."""
    return TrainedMatchModel.from_json(custid.train(list(records())).to_json())


@pytest.fixture
def registry() -> Registry:
    """Return a registry that has taken in some records."""
    found = Registry(MemoryStore())
    found.use(trained())
    found.ingest(records()[:60], source=SOURCE)
    return found


def _held(registry: Registry, live: dict[str, Record]) -> set[frozenset[str]]:
    members = defaultdict(set)
    for key in live:
        members[registry.id_of((SOURCE, key))].add(key)
    return set(map(frozenset, members.values()))


def _batch(live: dict[str, Record]) -> set[frozenset[str]]:
    found = custid.dedupe(list(live.values()), model=trained()).assignments["customer"].to_pylist()
    members = defaultdict(set)
    for key, customer in zip(live, found, strict=True):
        members[customer].add(key)
    return set(map(frozenset, members.values()))


@pytest.mark.parametrize("seed", range(2))
def test_the_partition_is_that_of_one_batch(seed: int) -> None:
    """After every step of a history, and when the registry is opened anew."""
    random, live = Random(seed), dict[str, Record]()  # noqa: S311 - a history, no secret
    with TemporaryDirectory() as directory:
        registry = open_registry(Path(directory) / "registry.db")
        registry.use(trained())
        for _ in range(3):
            chosen = random.sample(records(), 50)
            said = {each.key: evolve(random.choice(chosen), key=each.key) for each in chosen[:5]}
            given_now = {each.key: each for each in chosen} | said
            registry.ingest((each for each in given_now.values()), source=SOURCE)
            live |= given_now
            for key in random.sample(sorted(live), 6):
                registry.withdraw([(SOURCE, key)])
                del live[key]
            assert _held(registry, live) == _batch(live)
            registry.close()
            registry = open_registry(Path(directory) / "registry.db")
        first = next(iter(live.values()))
        assert registry.ingest([first], source=SOURCE).n_unchanged == 1
        assert _held(registry, live) == _batch(live)
        registry.close()


def test_records_are_given_back_whole(registry: Registry) -> None:
    """With what is no evidence, such as consents; rows beside them are no typed records."""
    by = Provenance(source=SOURCE, record="x1", observed_at=MOMENT, recorded_at=MOMENT)
    consent = Stated(Consent(purpose="newsletter", status=ConsentStatus.GIVEN, legal_basis="consent"), by)
    record = evolve(records()[0], key="x1", consents=(consent,))
    told = registry.ingest([record], source=SOURCE)
    assert told.n_new == 1
    key = RecordKey(SOURCE, "x1")
    customer = registry.customer(registry.id_of(key))
    assert customer.typed_records[key] == record
    registry.ingest([{"id": "1", "name": "Ann Lee"}], source="crm", schema=custid.Schema(record_key="id"))
    assert registry.customer(registry.id_of(("crm", "1"))).typed_records == {}
    assert registry.schema(SOURCE) is None


@given(drawn_records())
def test_every_record_is_a_content(record: Record) -> None:
    """What a store keeps of a record gives it back, and is told from a row."""
    content = Content.of(unstructure(record))
    assert structure(content.values()) == record
    assert is_document(content.values())
    assert not is_document({"schema_version": "1", "party": "x"})


def test_a_replica_has_the_records(registry: Registry, tmp_path: Path) -> None:
    """An export that is imported gives the records back, and matches on."""
    export_registry(registry.store, tmp_path / "registry.jsonl")
    store = MemoryStore()
    import_registry(store, tmp_path / "registry.jsonl")
    replica = Registry(store)
    live = {each.key: each for each in records()[:60]}
    held = replica.customer(replica.id_of((SOURCE, records()[0].key))).typed_records
    assert held[RecordKey(SOURCE, records()[0].key)] == records()[0]
    replica.ingest(records()[60:70], source=SOURCE)
    live |= {each.key: each for each in records()[60:70]}
    assert _held(replica, live) == _batch(live)


def test_records_that_were_there_before_are_matched() -> None:
    """Contents that are documents of records are read as such when a model is used first."""
    found = Registry(MemoryStore())
    live = {each.key: each for each in records()[:40]}
    contents = {(SOURCE, key): unstructure(each) for key, each in live.items()}
    found.apply([[key] for key in contents], contents=contents)
    found.use(trained())
    assert _held(found, live) == _batch(live)


def _dated(record: Record) -> Record:
    """Return a record whose name holds for some time only."""
    assert isinstance(record.party, Person)
    name = evolve(record.party.names[0], valid=Period(PartialDate("2020"), PartialDate("2024")))
    return evolve(record, party=evolve(record.party, names=(name,)))


def test_dated_values_are_refused_by_name(registry: Registry) -> None:
    """The other records go in; in a snapshot the record stays as it is."""
    persons = [each for each in records()[:60] if isinstance(each.party, Person) and each.party.names]
    told = registry.ingest([_dated(persons[0]), records()[61]], source=SOURCE)
    assert (told.n_new, told.n_changed) == (1, 0)
    ((line, reason, message),) = [(each.line_number, each.reason, each.message) for each in told.refused]
    assert (line, reason) == (1, "dated_value")
    assert "family_name" in message
    others = [each for each in (*records()[:60], records()[61]) if each.key != persons[0].key]
    snapshot = registry.ingest([*others, _dated(persons[0])], source=SOURCE, is_snapshot=True)
    assert (snapshot.change, snapshot.n_withdrawn, len(snapshot.refused)) == (None, 0, 1)
    assert registry.id_of((SOURCE, persons[0].key))


def test_records_of_other_sources_are_refused(registry: Registry) -> None:
    """They say themselves whose they are; a snapshot with one is refused, since it may be a mistake."""
    other = evolve(records()[1], source="crm")
    told = registry.ingest([records()[70], other, {"id": "1"}], source=SOURCE)
    assert told.n_new == 1
    assert [(each.line_number, each.reason) for each in told.refused] == [(2, "other_source"), (3, "other_source")]
    with pytest.raises(PartitionError, match="expected rows that can be read"):
        registry.ingest([*records()[:60], other], source=SOURCE, is_snapshot=True)


def test_rows_and_records_are_sources_of_their_own(registry: Registry) -> None:
    """Neither takes the place of the other; a schema says nothing of typed records."""
    with pytest.raises(ConfigurationError, match="expected typed records, as before, got rows"):
        registry.ingest([{"record_id": "1", "city": "Leeds"}], source=SOURCE)
    with pytest.raises(ConfigurationError, match="expected none for typed records"):
        registry.ingest(records()[:1], source=SOURCE, schema=custid.Schema())
    with pytest.raises(ConfigurationError, match="expected none for typed records"):
        registry.ingest([evolve(records()[0], source="new")], source="new", schema=custid.Schema())
    registry.ingest([{"id": "1", "name": "Ann Lee"}], source="crm", schema=custid.Schema(record_key="id"))
    with pytest.raises(ConfigurationError, match="expected rows, as before, got typed records"):
        registry.ingest([evolve(records()[0], source="crm")], source="crm")
    with pytest.raises(DuplicateRecordKeyError, match="repeat"):
        registry.ingest([records()[0], records()[0]], source=SOURCE)


def test_records_of_another_tenant_are_refused(registry: Registry) -> None:
    """Customers of tenants are never merged."""
    with pytest.raises(ConfigurationError, match="one tenant"):
        registry.ingest([evolve(records()[0], tenant="elsewhere", source="new")], source="new")


def test_a_source_that_restricts_a_record_tears_no_customer_apart(registry: Registry) -> None:
    """The customer stays whole and is not contacted, nobody joins, until the source lifts it or somebody does."""
    first, other = (evolve(each, source=f"of {place}") for place, each in enumerate([_ann("1"), _ann("2")]))
    late = evolve(_ann("3"), source="of 2")
    registry.ingest([first], source=first.source)
    registry.ingest([other], source=other.source)
    ann = registry.id_of((first.source, first.key))
    assert registry.id_of((other.source, other.key)) == ann
    restricted = evolve(first, is_restricted=True)
    told = registry.ingest([restricted], source=first.source)
    assert told.change is not None
    assert [each.kind for each in told.change.events] == [EventKind.UPDATED, EventKind.RESTRICTED]
    assert registry.ingest([restricted], source=first.source).change is None
    registry.ingest([late], source=late.source)
    assert len(registry.customer(ann).records) == 2
    denied = registry.may_contact(ann, channel="email", purpose="service", at=MOMENT)
    assert "restricted" in {each.code for each in denied.reasons}
    registry.ingest([first], source=first.source)
    assert registry.restrictions() == {}
    assert {registry.id_of((each.source, each.key)) for each in (first, other, late)} == {ann}


def _ann(key: str) -> Record:
    by = Provenance(source=SOURCE, record=key, observed_at=MOMENT, recorded_at=MOMENT)
    contacts = (Email(address="ann.lee@mail.example"), Phone(e164="+33639980001"))
    return Record(
        source=SOURCE,
        key=key,
        party=Person(
            names=(Stated(PersonName(given=("Ann",), family="Lee"), by),),
            birth_dates=(Stated(PartialDate("1980-02-03"), by),),
            contacts=tuple(Stated(ContactPoint(point=each), by) for each in contacts),
        ),
    )


def test_restricted_records_are_kept_and_not_matched(registry: Registry) -> None:
    """They say nothing, and nobody is merged with them."""
    by = Provenance(source=SOURCE, record="r1", observed_at=MOMENT, recorded_at=MOMENT)
    party = Person(names=(Stated(PersonName(given=("Ann",), family="Lee"), by),))
    record = Record(source=SOURCE, key="r1", party=party, is_restricted=True)
    registry.ingest([record], source=SOURCE)
    customer = registry.customer(registry.id_of((SOURCE, "r1")))
    assert customer.records == (RecordKey(SOURCE, "r1"),)
    assert customer.typed_records[RecordKey(SOURCE, "r1")] == record
