"""Rights of people: export, rectification, restriction, retention, suppression, backups (requirements 61, 80 to 82)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import custid
from custid.errors import ConfigurationError, InputError, PartitionError, StoreFormatError
from custid.model import Email, PartyKey, Person, PersonName, Provenance, Record, Relation, Stated
from custid.model.values import ContactPoint
from custid.privacy import SuppressionList, objection_to
from custid.privacy.traces import TraceSearch
from custid.registry import (
    Customer,
    CustomerId,
    EventKind,
    Gone,
    MemoryStore,
    RecordKey,
    Registry,
    SequentialMinter,
    open_registry,
)
from custid.registry.doctor import check_store
from custid.registry.erasure import Leftover, note_left_to_do
from custid.registry.key_ring import COMMON, KeyRing
from custid.registry.retention import deadline
from custid.registry.sealed_backup import SHREDDED, back_up, restore
from custid.registry.store import WriteTransaction
from custid.serde import unstructure
from tests.intake.typed import contact, person, stated
from tests.registry.matched import SOURCE, batch, model, rows

_DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)


class _Clock:
    def __init__(self) -> None:
        self.now = _DAY

    def __call__(self) -> datetime:
        return self.now


def _matching() -> Registry:
    registry = Registry(MemoryStore(), minter=SequentialMinter(), clock=_Clock())
    registry.use(model("persons", 20))
    registry.ingest(list(rows("persons")), source=SOURCE)
    return registry


class _Repeating(MemoryStore):
    """Does all work twice, as a database does when another one came between."""

    def transact(self, work: Callable[[WriteTransaction], Any], /) -> Any:
        with suppress(_CameBetweenError):
            super().transact(lambda transaction: _undone(work(transaction)))
        return super().transact(work)


class _CameBetweenError(Exception):
    pass


def _undone(_result: object) -> None:
    raise _CameBetweenError


def _said() -> dict[str, dict[str, Any]]:
    return {row["record_id"]: dict(row) for row in rows("persons")}


def _partition(registry: Registry, keys: Iterable[str]) -> set[frozenset[str]]:
    members = defaultdict(set)
    for key in keys:
        members[registry.id_of((SOURCE, key))].add(key)
    return set(map(frozenset, members.values()))


def _several(registry: Registry, n_records: int = 2) -> tuple[CustomerId, list[str]]:
    """Return the first customer of so many records, and their keys."""
    for key in sorted(_said()):
        customer = registry.customer(registry.id_of((SOURCE, key)))
        if len(customer.records) >= n_records:
            return customer.id, [each.key for each in customer.records]
    raise AssertionError


# Export


def test_an_export_has_every_record_and_why_they_are_together() -> None:
    """Source, key, content, the attributes that agree, the weight, and what happened; as JSON and in two languages."""
    registry = _matching()
    identifier, keys = _several(registry)
    exported = registry.subject_export(identifier, recipients=["Mailing Ltd"])
    assert [each.key for each in exported.records] == keys
    assert [dict(each.content) for each in exported.records] == list(registry.customer(identifier).contents.values())
    assert len(exported.links) == len(keys) - 1
    assert exported.links[0].same
    assert exported.links[0].bits is not None
    assert exported.links[0].bits > 0
    document = json.loads(exported.to_json())
    assert document["id"] == identifier
    assert len(document["records"]) == len(keys)
    english, french = exported.text("en"), exported.text("fr")
    assert all(key in english and key in french for key in keys)
    assert "Mailing Ltd" in english
    assert "agree on" in english
    assert "concordent sur" in french
    told = [line for line in (english + "\n" + french).splitlines() if "agree on" in line or "concordent sur" in line]
    assert told
    assert not any("_" in line for line in told), "attributes have the names that people read"
    with pytest.raises(ConfigurationError, match="language"):
        exported.text("de")


def test_an_export_tells_nothing_of_other_people() -> None:
    """Related people are told of by the role alone, and a field that names two persons is withheld."""
    by = Provenance(source="crm", record="1", observed_at=_DAY, recorded_at=_DAY)
    record = Record(
        source="crm",
        key="1",
        party=Person(names=(Stated(PersonName(full="Anna Martin"), by),)),
        relations=(
            Stated(Relation(kind="spouse", subject=PartyKey("crm", "1"), object=PartyKey("crm", "k-secret")), by),
        ),
    )
    registry = Registry(MemoryStore(), clock=_Clock())
    contents = {
        ("crm", "1"): custid.serde.unstructure(record),
        ("shop", "2"): {"full_name": "M. et Mme Paul et Anna Martin", "city": "Lyon"},
    }
    registry.apply([[("crm", "1"), ("shop", "2")]], contents=contents)
    text = registry.subject_export(registry.id_of(("crm", "1"))).to_json()
    assert "k-secret" not in text
    assert "spouse" in text
    assert "Lyon" in text


def test_merges_by_persons_are_told_as_such() -> None:
    """A merge that a person decided stands among the steps with its reason."""
    registry = Registry(MemoryStore(), clock=_Clock())
    registry.apply([[("crm", "1")], [("crm", "2")]])
    registry.merge(("crm", "1"), ("crm", "2"), reason="same passport")
    exported = registry.subject_export(registry.id_of(("crm", "1")))
    assert any(each.by_person and each.reason == "same passport" for each in exported.steps)
    assert "decided by a person, same passport" in exported.text("en")


# Rectification


def test_a_rectified_record_is_matched_anew_and_the_history_shows_it() -> None:
    """The content is the right one, the customers are those of a batch, and who corrected it stands in the history."""
    registry = _matching()
    _, keys = _several(registry)
    said = _said()
    wrong = said[keys[0]]
    right = {"family_name": "Quentin-Zola", "given_name": "Ysolde", "email": None, "phone": None}
    change = registry.rectify((SOURCE, keys[0]), right, reason="article 16", actor="steward")
    assert change is not None
    assert change.cause.actor == "steward"
    assert change.cause.kind == "rectify"
    assert EventKind.UPDATED in {each.kind for each in change.events}
    said[keys[0]] = wrong | right
    assert _partition(registry, said) == batch(said.values(), model("persons", 20), registry.schema(SOURCE))
    assert registry.rectify((SOURCE, keys[0]), right, reason="article 16") is None
    with pytest.raises(ConfigurationError, match="columns"):
        registry.rectify((SOURCE, keys[0]), {"shoe_size": "44"}, reason="article 16")
    steps = registry.subject_export(registry.id_of((SOURCE, keys[0]))).steps
    assert any(each.what == "updated" and each.by_person and each.reason == "article 16" for each in steps)


def test_a_correction_does_not_make_another_record() -> None:
    """The key of a record cannot be corrected away, and a row that is refused is no row that said just that."""
    registry = _matching()
    _, keys = _several(registry)
    customer = registry.id_of((SOURCE, keys[0]))
    before = registry.customer(customer)
    schema = registry.schema(SOURCE)
    assert schema is not None
    assert schema.record_key is not None
    name = schema.record_key
    for key in ("another", None):
        with pytest.raises(ConfigurationError, match="which would be another record"):
            registry.rectify((SOURCE, keys[0]), {name: key}, reason="article 16")
    with pytest.raises(InputError, match="single value"):
        registry.rectify((SOURCE, keys[0]), {"family_name": ["Quentin", "Zola"]}, reason="article 16")
    assert registry.customer(customer) == before


@pytest.mark.parametrize("text", ["\ud800", "\0", 5], ids=["half a pair", "a NUL", "a number"])
def test_reasons_that_not_every_database_holds(text: Any) -> None:
    """What cannot be kept as a text in every store is refused before anything is written."""
    registry = _matching()
    with pytest.raises(InputError, match="reason: expected"):
        registry.restrict(records=[(SOURCE, "1")], reason=text)
    with pytest.raises(InputError, match="reader: expected"):
        registry.acknowledge(text, 0)


# Restriction


def test_a_restricted_customer_stays_as_it_is_until_the_restriction_is_lifted() -> None:
    """Nothing joins or leaves it; the others are as if it were not there; lifted, all is as if nothing had been."""
    registry = _matching()
    identifier, keys = _several(registry)
    said = _said()
    late = keys[-1]
    registry.withdraw([(SOURCE, late)])
    change = registry.restrict(records=[(SOURCE, keys[0])], reason="accuracy contested")
    assert change is not None
    assert [each.kind for each in change.events] == [EventKind.RESTRICTED]
    assert registry.restrict(records=[(SOURCE, keys[0])], reason="again") is None
    registry.ingest([said[late]], source=SOURCE)
    assert registry.id_of((SOURCE, late)) != identifier
    others = {key: row for key, row in said.items() if key not in keys[:-1]}
    schema = registry.schema(SOURCE)
    assert _partition(registry, others) == batch(others.values(), model("persons", 20), schema)
    with pytest.raises(PartitionError, match="restricted"):
        registry.merge((SOURCE, keys[0]), (SOURCE, late), reason="seen")
    assert list(registry.restrictions()) == [RecordKey(SOURCE, keys[0])]
    assert check_store(registry.store) == ()
    told = registry.ingest(list(others.values()), source=SOURCE, is_snapshot=True)
    assert (told.n_withdrawn, told.n_restricted) == (0, len(keys) - 1)
    assert f"restricted: {len(keys) - 1}" in told.text()
    lifted = registry.lift(identifier, reason="checked")
    assert lifted is not None
    assert registry.restrictions() == {}
    assert _partition(registry, said) == batch(said.values(), model("persons", 20), schema)


def test_whom_a_verdict_keeps_from_a_restricted_customer_can_be_erased() -> None:
    """The restricted customer, of several records, stays as it is."""
    registry = _matching()
    identifier, keys = _several(registry)
    other = next(key for key in _said() if registry.id_of((SOURCE, key)) != identifier)
    registry.forbid((SOURCE, keys[0]), (SOURCE, other), reason="seen")
    registry.restrict(identifier, reason="accuracy contested")
    erased = registry.erase(records=[(SOURCE, other)], reason="a17")
    assert erased.n_records == 1
    assert {key.key for key in registry.customer(identifier).records} == set(keys)
    assert check_store(registry.store) == ()


def test_a_restricted_record_that_comes_again_joins_nobody() -> None:
    """Withdrawn and given again, it is restricted still; its customer of before goes on without it."""
    registry = _matching()
    identifier, keys = _several(registry)
    said = _said()
    registry.restrict(records=[(SOURCE, keys[0])], reason="accuracy contested")
    registry.withdraw([(SOURCE, keys[0])])
    registry.ingest([said[keys[0]]], source=SOURCE)
    assert registry.customer(registry.id_of((SOURCE, keys[0]))).records == (RecordKey(SOURCE, keys[0]),)
    registry.ingest([said[keys[1]] | {"city": "Brest"}], source=SOURCE)
    assert registry.id_of((SOURCE, keys[0])) != registry.id_of((SOURCE, keys[1]))
    registry.ingest([said[keys[1]]], source=SOURCE)
    registry.lift(records=[(SOURCE, keys[0])], reason="checked")
    assert registry.id_of((SOURCE, keys[0])) == identifier
    assert _partition(registry, said) == batch(said.values(), model("persons", 20), registry.schema(SOURCE))


def test_a_restricted_customer_is_not_recognized(tmp_path: Path) -> None:
    """Questions do not find it, in this process or the next, with a saved state or not, until that is lifted."""
    path = tmp_path / "customers.db"
    key = min(_said())
    asked = {name: value for name, value in _said()[key].items() if value and name != "record_id"}

    def named(registry: Registry) -> set[CustomerId]:
        return {each.customer for each in registry.identify(asked, source=SOURCE).candidates}

    with open_registry(path) as registry:
        registry.use(model("persons", 20))
        registry.ingest(list(rows("persons")), source=SOURCE)
        customer = registry.id_of((SOURCE, key))
        assert customer in named(registry)
        registry.restrict(records=[(SOURCE, key)], reason="accuracy contested")
        assert customer not in named(registry)
        registry.ingest([_said()[max(_said())] | {"record_id": "late"}], source=SOURCE)
        assert customer not in named(registry)
    with open_registry(path) as registry:
        assert customer not in named(registry)
        registry.lift(records=[(SOURCE, key)], reason="settled")
        assert customer in named(registry)
    with open_registry(path) as registry:
        assert customer in named(registry)


def test_a_restriction_holds_for_partitions_from_elsewhere_and_ends_with_an_erasure() -> None:
    """A registry that does not match refuses to change such a customer; an erased record is restricted no more."""
    registry = Registry(MemoryStore(), clock=_Clock())
    registry.apply([[("crm", "a"), ("crm", "b")], [("crm", "c")]])
    registry.restrict(records=[("crm", "a")], reason="objection")
    with pytest.raises(PartitionError, match="restricted"):
        registry.apply([[("crm", "a"), ("crm", "b"), ("crm", "c")]])
    registry.apply([[("crm", "a"), ("crm", "b")], [("crm", "c"), ("crm", "d")]])
    registry.erase(records=[("crm", "a")], reason="a17")
    assert registry.restrictions() == {}
    assert registry.apply([[("crm", "b"), ("crm", "c"), ("crm", "d")]]) is not None


# Retention


def test_who_was_kept_too_long_is_told_of_first_and_then_erased() -> None:
    """A dry run erases nothing; restricted customers are kept; who was heard of lately is, too."""
    clock = _Clock()
    registry = Registry(MemoryStore(), clock=clock)
    registry.apply([[("crm", "old")], [("crm", "held")]])
    registry.restrict(records=[("crm", "held")], reason="lawsuit")
    clock.now += timedelta(days=800)
    registry.apply([[("crm", "new")]])
    clock.now += timedelta(days=400)
    old = registry.id_of(("crm", "old"))
    told = registry.retention({"prospect": 3.0}, kind_of=lambda _customer: "prospect")
    assert ([each.customer for each in told.overdue], told.n_restricted, told.n_looked_at) == ([old], 1, 3)
    assert told.overdue[0].due == _DAY.replace(year=2029)
    assert told.erasure is None
    assert registry.id_of(("crm", "old")) == old
    done = registry.retention({"prospect": 3.0}, kind_of=lambda _customer: "prospect", dry_run=False)
    assert done.erasure is not None
    assert done.erasure.n_records == 1
    assert registry.resolve(old) == Gone(old)
    assert registry.retention({"prospect": 3.0}).overdue == ()


def test_who_is_heard_of_while_others_are_looked_at_is_kept() -> None:
    """A record that comes, and a restriction, between the look and the erasure count; the others are erased."""
    registry = Registry(MemoryStore(), clock=_Clock())
    registry.apply([[("crm", "old")], [("crm", "back")], [("crm", "held")], [("crm", "merged")]])
    old, back = registry.id_of(("crm", "old")), registry.id_of(("crm", "back"))

    def heard_of(customer: Customer, _history: object) -> datetime:
        if customer.id == max(registry.id_of(("crm", key)) for key in ("old", "back", "held", "merged")):
            registry.apply([[("crm", "back"), ("web", "yesterday")], [("crm", "merged"), ("web", "today")]])
            registry.restrict(records=[("crm", "held")], reason="lawsuit")
        return _DAY - timedelta(days=4_000)

    done = registry.retention({"x": 1}, kind_of=lambda _: "x", heard_of=heard_of, dry_run=False)
    assert ([each.customer for each in done.overdue], done.n_looked_at) == ([old], 4)
    assert done.erasure is not None
    assert done.erasure.n_records == 1
    assert registry.id_of(("web", "yesterday")) == registry.id_of(("crm", "back")) == back
    assert registry.id_of(("crm", "held"))


def test_who_has_said_no_is_remembered_when_the_time_is_over(tmp_path: Path) -> None:
    """Their addresses go to the list before they are erased, rows of theirs included; nobody else's do."""
    registry = Registry(MemoryStore(), clock=lambda: _DAY)
    said = {}
    for key, consents in (("no", (objection_to("marketing", at=_DAY),)), ("none", ())):
        record = person(key, "Zoé", "Gall", contacts=(contact(Email(address=f"{key}@mail.example")),))
        said["crm", key] = unstructure(evolve(record, consents=tuple(stated(each) for each in consents)))
    said["web", "no"] = {"email": "other@mail.example"}
    registry.apply([[("crm", "no"), ("web", "no")], [("crm", "none")]], contents=said)
    listed = SuppressionList.in_file(tmp_path / "list.json", b"a secret of sixteen bytes")
    ahead = _DAY + timedelta(days=365)
    told = registry.retention({"x": 0}, kind_of=lambda _: "x", at=ahead, dry_run=False, suppress=listed)
    assert told.erasure is not None
    assert (told.erasure.n_records, told.erasure.n_suppressed) == (3, 2)
    kept = SuppressionList.in_file(tmp_path / "list.json", b"a secret of sixteen bytes")
    assert [kept.has("email", f"{name}@mail.example") for name in ("no", "other", "none")] == [True, True, False]


# Suppression


def test_records_of_who_wants_no_contact_are_told_of_when_they_come_again() -> None:
    """They are taken in, and named in the report; the list holds after the erasure."""
    registry = _matching()
    listed = SuppressionList(b"a secret of sixteen bytes")
    said = _said()
    key = next(key for key, row in sorted(said.items()) if row["email"])
    assert registry.erase(records=[(SOURCE, key)], reason="a17", suppress=listed).n_suppressed >= 1
    told = registry.ingest([said[key]], source=SOURCE, suppression=listed)
    assert told.suppressed == (RecordKey(SOURCE, key),)
    assert told.n_new == 1


@pytest.mark.parametrize("is_typed", [False, True])
def test_records_of_who_wants_to_be_forgotten_are_refused_where_that_is_asked(is_typed: bool) -> None:  # noqa: FBT001
    """Rows and typed records by their line, the others come in; a known one stays as it is, in a snapshot, too."""
    by = Provenance(source="crm", record="1", observed_at=_DAY, recorded_at=_DAY)
    listed = SuppressionList(b"a secret of sixteen bytes")
    listed.add("email", "k2@mail.example", since=_DAY.date())

    def given(*keys: str) -> list[Any]:
        rows = [{"id": key, "full_name": f"Anna M{key}", "email": f"{key}@mail.example"} for key in keys]
        return [_typed_row(row, by) for row in rows] if is_typed else rows

    registry = _matching()
    told = registry.ingest(given("k1", "k2"), source="crm", suppression=listed, refuse_suppressed=True)
    assert (told.n_new, told.suppressed) == (1, (RecordKey("crm", "k2"),))
    assert [(each.line_number, each.reason) for each in told.refused] == [(2, "suppressed")]
    listed.add("email", "k1@mail.example", since=_DAY.date())
    again = registry.ingest(
        given("k1", "k2", "k3"), source="crm", suppression=listed, refuse_suppressed=True, is_snapshot=True
    )
    assert (again.n_new, again.n_withdrawn) == (1, 0)
    assert registry.id_of(("crm", "k1"))


def _typed_row(row: Mapping[str, str], by: Provenance) -> Record:
    party = Person(
        names=(Stated(PersonName(full=row["full_name"]), by),),
        contacts=(Stated(ContactPoint(point=Email(address=row["email"])), by),),
    )
    return Record(source="crm", key=row["id"], party=party)


def test_typed_records_are_looked_up_in_the_suppression_list() -> None:
    """Their addresses are found as those of rows are."""
    by = Provenance(source="crm", record="1", observed_at=_DAY, recorded_at=_DAY)
    party = Person(
        names=(Stated(PersonName(full="Anna Martin"), by),),
        contacts=(Stated(ContactPoint(point=Email(address="anna@mail.example")), by),),
    )
    registry = _matching()
    listed = SuppressionList(b"a secret of sixteen bytes")
    listed.add("email", "anna@mail.example", since=_DAY.date())
    told = registry.ingest([Record(source="crm", key="1", party=party)], source="crm", suppression=listed)
    assert told.suppressed == (RecordKey("crm", "1"),)


# Sealed backups


def test_a_sealed_backup_gives_the_registry_back(tmp_path: Path) -> None:
    """Customers, contents, verdicts, history and match model are as they were, and the file shows nothing of them."""
    registry = _matching()
    identifier, keys = _several(registry)
    registry.split(identifier, [[(SOURCE, keys[0])]], reason="seen")
    ring = KeyRing(tmp_path / "keys.json")
    back_up(registry.store, tmp_path / "backup.jsonl", keys=ring)
    said = _said()
    words = {str(value) for row in said.values() for value in row.values() if value and len(str(value)) > 5}
    assert TraceSearch(sorted({*words, *said})).in_files(tmp_path / "backup.jsonl") == {}
    copy = Registry(MemoryStore())
    assert restore(copy.store, tmp_path / "backup.jsonl", keys=KeyRing(tmp_path / "keys.json")) == ()
    assert list(copy.changes()) == list(registry.changes())
    assert copy.verdicts() == registry.verdicts()
    assert copy.customer(identifier).contents == registry.customer(identifier).contents
    assert copy.model is not None
    assert check_store(copy.store) == ()


def test_what_was_erased_cannot_be_read_in_an_older_backup(tmp_path: Path) -> None:
    """The keys are destroyed with the erasure, and a restored registry forgets what they were for."""
    registry = _matching()
    ring = KeyRing(tmp_path / "keys.json")
    back_up(registry.store, tmp_path / "backup.jsonl", keys=ring)
    identifier, keys = _several(registry)
    proof = registry.erase(identifier, reason="a17", keys=ring)
    assert proof.is_complete
    assert len(KeyRing(tmp_path / "keys.json")) == len(_said()) + (COMMON in ring) - len(keys)
    copy = Registry(MemoryStore())
    shredded = restore(copy.store, tmp_path / "backup.jsonl", keys=KeyRing(tmp_path / "keys.json"))
    assert {each.source for each in shredded} == {SHREDDED}
    assert copy.erase(records=shredded, reason="erased since the backup").n_records == len(keys)
    left = [key for key in _said() if key not in keys]
    assert _partition(copy, left) == _partition(registry, left)
    assert copy.resolve(identifier) == Gone(identifier)
    assert check_store(copy.store) == ()


def test_a_damaged_backup_is_refused(tmp_path: Path) -> None:
    """A line that was changed, or that is missing, refuses the file whole."""
    registry = Registry(MemoryStore())
    registry.apply([[("crm", "1")]])
    ring = KeyRing(tmp_path / "keys.json")
    back_up(registry.store, tmp_path / "backup.jsonl", keys=ring)
    lines = (tmp_path / "backup.jsonl").read_text(encoding="ascii").splitlines()
    for place, damaged in enumerate((lines[:-1], [lines[0], *lines[2:]], [*lines[:-2], lines[-2] + " ", lines[-1]])):
        path = tmp_path / f"damaged-{place}"
        path.write_text("\n".join(damaged), encoding="ascii")
        with pytest.raises(StoreFormatError, match="backup"):
            restore(MemoryStore(), path, keys=ring)


def test_an_erasure_without_the_ring_at_hand_is_completed_with_it(tmp_path: Path) -> None:
    """Keys that an interruption has left in the ring are destroyed by the next call that has it."""
    registry = Registry(MemoryStore())
    registry.apply([[("crm", "1")], [("crm", "2")]])
    ring = KeyRing(tmp_path / "keys.json")
    back_up(registry.store, tmp_path / "backup.jsonl", keys=ring)
    registry.store.transact(lambda transaction: note_left_to_do(transaction, Leftover(arrivals=(1,))))
    assert not registry.complete_erasure()
    assert registry.complete_erasure(ring)
    assert (1 in ring, 2 in ring, registry.complete_erasure()) == (False, True, True)


def test_nobody_is_overdue_whose_source_dates_to_the_end_of_the_calendar() -> None:
    """A term that ends after the year 9999 ends with the calendar, and raises nothing."""
    assert deadline(datetime(9998, 5, 1, tzinfo=UTC), 3.0) == datetime.max.replace(tzinfo=UTC)
    assert deadline(datetime(9999, 12, 31, tzinfo=UTC), 0.5) == datetime.max.replace(tzinfo=UTC)


def test_what_is_given_once_holds_where_work_is_done_again() -> None:
    """Identifiers, keys and recipients may be iterators."""
    registry = Registry(_Repeating(), minter=SequentialMinter(), clock=_Clock())
    registry.use(model("persons", 20))
    registry.ingest(list(rows("persons")), source=SOURCE)
    key = RecordKey(SOURCE, min(_said()))
    customer = registry.id_of(key)
    assert registry.subject_export(customer, recipients=iter(["insurer"])).recipients == ("insurer",)
    assert registry.restrict(iter([customer]), reason="contested") is not None
    assert key in registry.restrictions()
    assert registry.lift(records=iter([key]), reason="settled") is not None
    assert key not in registry.restrictions()
    assert registry.erase(records=iter([key]), reason="article 17").n_records == 1
