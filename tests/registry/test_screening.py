"""What must not be kept is taken out before anything is stored."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import custid
from custid import Schema
from custid.errors import ConfigurationError, InputError, ModelFormatError
from custid.model import (
    Consent,
    ConsentStatus,
    Direction,
    Interaction,
    Person,
    PersonName,
    Preference,
    Provenance,
    Record,
    Stated,
)
from custid.privacy import AuditFile, Transfer
from custid.registry import AdoptedScheme, MemoryStore, RecordKey, Registry, open_registry
from custid.registry.desk_consents import DESK, state_consent
from custid.registry.intake_policy import IntakePolicy
from custid.scoring.match_model import TrainedMatchModel
from custid.serde import unstructure
from tests.registry.matched import batch, model, rows

NIR = "284059913145612"[:13]
NIR += f"{97 - int(NIR) % 97:02d}"
CARD = "4111 1111 1111 1111"
NOW = datetime(2026, 9, 1, tzinfo=UTC)


@cache
def given() -> tuple[dict[str, str | None], ...]:
    """Return rows in which people have written what they should not."""
    made = [dict(row) for row in rows("persons")[:40]]
    for place, row in enumerate(made):
        row["notes"] = "comes on Saturdays"
        if place % 4 == 0:
            row["notes"] = f"sécu {NIR[0]} {NIR[1:3]} {NIR[3:5]} {NIR[5:7]} {NIR[7:10]} {NIR[10:13]}, cb {CARD}"
            row["loyalty_card"] = NIR
        if place % 5 == 0:
            row["notes"] = f"{row['notes']}; diabétique, syndicaliste, témoin de Jéhovah"
            row["family_name"] = f"{row['family_name'] or 'Petit'} NIR {NIR}"
    return tuple(made)


def held(registry: Registry, made: tuple[dict[str, str | None], ...]) -> set[frozenset[str]]:
    members = defaultdict(set)
    for row in made:
        members[registry.id_of(("shop", str(row["record_id"])))].add(str(row["record_id"]))
    return set(map(frozenset, members.values()))


def test_prohibited_content_is_nowhere_in_the_file(tmp_path: Path) -> None:
    """Social security and card numbers and words about health and opinions are masked, counted, and not stored."""
    with open_registry(tmp_path / "r.db") as registry:
        registry.use(model("persons", 50))
        told = registry.ingest([dict(row) for row in given()], source="shop")
        assert dict(told.masked) == {"health": 8, "nir": 28, "opinion": 8, "payment_card": 10}
        assert "masked: health 8, nir 28" in told.text()
        assert told.to_dict()["masked"] == dict(told.masked)
        assert registry.ingest([dict(row) for row in given()], source="shop").n_unchanged == 40
    for path in tmp_path.rglob("*"):
        text = path.read_bytes() if path.is_file() else b""
        for trace in (
            NIR,
            NIR[:13],
            f"{NIR[7:10]} {NIR[10:13]}",
            CARD,
            CARD.replace(" ", ""),
            "diab",
            "syndicaliste",
            "hovah",
        ):
            assert trace.encode() not in text


def test_masking_leaves_the_customers_of_one_batch() -> None:
    """The registry, which masks, and `custid.dedupe`, which is given the raw rows, find the same customers."""
    with Registry(MemoryStore()) as registry:
        registry.use(model("persons", 50))
        registry.ingest([dict(row) for row in given()], source="shop")
        assert held(registry, given()) == batch(given(), model("persons", 50), registry.schema("shop"))


def test_a_key_that_is_a_social_security_number_is_refused() -> None:
    """The row is refused by its line, and the message does not repeat it."""
    with Registry(MemoryStore()) as registry:
        registry.use(model("persons", 50))
        made = [dict(row) for row in given()[:3]]
        made[1]["record_id"] = NIR
        (refused,) = registry.ingest(made, source="shop").refused
    assert (refused.reason, NIR in refused.message) == ("prohibited_content", False)


def test_what_no_purpose_allows_is_dropped_and_counted(tmp_path: Path) -> None:
    """Columns outside the list are not stored; those for other purposes are stored and are no evidence."""
    with open_registry(tmp_path / "r.db") as registry:
        registry.use(model("persons", 50))
        named = dict.fromkeys(("full_name", "given_name", "family_name", "birth_date", "phone"), ())
        registry.keep_intake(IntakePolicy(purposes={**named, "email": ("newsletter",)}))
        made = [{**row, "salary": "48213 EUR"} for row in rows("persons")[:40]]
        told = registry.ingest(made, source="shop")
        schema = registry.schema("shop")
        assert schema is not None
        assert (told.dropped["salary"], schema.columns["email"], "street" in schema.columns) == (40, None, False)
        kept = registry.customer(registry.id_of(("shop", str(made[0]["record_id"]))))
        assert kept is not None
        columns = ("record_id", *schema.columns)
        live = [{name: row.get(name) for name in columns} for row in made]
        members = defaultdict(set)
        for row in made:
            members[registry.id_of(("shop", str(row["record_id"])))].add(row["record_id"])
        assert set(map(frozenset, members.values())) == batch(live, model("persons", 50), schema)
        with pytest.raises(ConfigurationError, match="purposes: expected those of before"):
            registry.keep_intake(IntakePolicy())
        assert registry.ingest(made, source="shop").n_unchanged == 40
    assert b"48213" not in (tmp_path / "r.db").read_bytes()


def typed(number: int, *, jurisdiction: str = "FR", email: str = "") -> Record:
    by = Provenance(source="till", record=str(number), observed_at=NOW, recorded_at=NOW)
    from custid.model import ContactPoint, Email, Phone

    contacts = [Stated(ContactPoint(point=Phone(e164=f"+3363998{number:04d}")), by)]
    if email:
        contacts.append(Stated(ContactPoint(point=Email(address=email)), by))
    return Record(
        source="till",
        key=str(number),
        jurisdiction=jurisdiction,
        party=Person(
            names=(Stated(PersonName(given=(f"Zoé{number}",), family=f"Gall{number}"), by),),
            contacts=tuple(contacts),
        ),
        interactions=(
            Stated(
                Interaction(
                    at=NOW, channel="shop", direction=Direction.INBOUND, kind="visit", subject=f"sécu {NIR}, malade"
                ),
                by,
            ),
        ),
        preferences=(Stated(Preference(topic="request", value="allergique aux noix"), by),),
    )


@cache
def typed_model() -> TrainedMatchModel:
    return custid.train([typed(number, email=f"zoe{number}@example.org") for number in range(40)])


def test_typed_records_are_masked_too() -> None:
    """Numbers anywhere, words where people write what they like; a wish stays as it was stated."""
    with Registry(MemoryStore()) as registry:
        registry.use(typed_model())
        told = registry.ingest([typed(number) for number in range(3)], source="till")
        with registry.store.reading() as transaction:
            texts = [each.payload for each in transaction.contents(list(transaction.naming().records)).values()]
    assert dict(told.masked) == {"health": 3, "nir": 3}
    assert all(NIR not in text and "malade" not in text and "allergique" in text for text in texts)


def test_statements_for_another_purpose_are_kept_and_are_no_evidence() -> None:
    """An address given for the newsletter joins nobody; the same one given for any purpose does."""
    found = {}
    for purposes in ({"contacts": (), "person_names": ()}, {"contacts.email": ("newsletter",), "contacts": ()}):
        one, other = typed(1, email="zoe1@example.org"), typed(1, email="zoe1@example.org")
        other = evolve(other, key="2")
        with Registry(MemoryStore()) as registry:
            registry.use(typed_model())
            registry.keep_intake(IntakePolicy(purposes={**purposes, "contacts.phone": ("delivery",)}))
            told = registry.ingest([one, other], source="till")
            assert told.dropped["interactions"] == 2
            found[len(purposes), "contacts.email" in purposes] = registry.id_of(("till", "1")) == registry.id_of(
                ("till", "2")
            )
            with registry.store.reading() as transaction:
                texts = [each.payload for each in transaction.contents(list(transaction.naming().records)).values()]
            assert all("zoe1@example.org" in text for text in texts)
    assert found[2, True] is False


def test_a_record_of_another_region_is_refused_unless_a_transfer_is_on_record(tmp_path: Path) -> None:
    """Row 89: a store of the United States refuses what is of the European Union, unless there is a basis."""
    trail = AuditFile(tmp_path / "audit.jsonl", key=b"secret")
    with open_registry(tmp_path / "r.db", region="US") as registry:
        registry.use(typed_model())
        records = [typed(1), typed(2, jurisdiction="US")]
        told = registry.ingest(records, source="till")
        assert [(each.line_number, each.reason) for each in told.refused] == [(1, "other_region")]
        assert (told.n_new, list(trail.entries())) == (1, [])
        transfer = Transfer(basis="standard contractual clauses 2021/914, module 2", audit=trail)
        assert registry.ingest(records, source="till", transfer=transfer, actor="ann").n_new == 1
        (entry,) = trail.entries()
        assert (entry.action, entry.actor) == ("transfer", "ann")
        assert "1 records of source 'till' from EU to US" in entry.reason
    with pytest.raises(ConfigurationError, match="region: expected 'US', for which it was made, got 'EU'"):
        open_registry(tmp_path / "r.db", region="FR")


def test_typed_records_of_another_region_do_not_come_by_a_partition() -> None:
    """They are refused; what lies there already may be applied again."""
    registry = Registry(MemoryStore(), region="EU")
    kept = {("crm", "1"): unstructure(typed(1, jurisdiction="FR"))}
    registry.apply([[("crm", "1")]], contents=kept)
    moved = {("crm", "2"): unstructure(typed(2, jurisdiction="US"))}
    for apply, partition in (
        (registry.apply, [[("crm", "2")]]),
        (registry.apply_all, [[("crm", "1")], [("crm", "2")]]),
    ):
        with pytest.raises(InputError, match="region 'EU', got one of 'US'"):
            apply(partition, contents=moved)
    assert registry.apply([[("crm", "1")]], contents=kept) is None


@pytest.mark.parametrize("is_matched", [True, False])
def test_who_came_by_a_transfer_can_object_at_the_desk(tmp_path: Path, is_matched: bool) -> None:  # noqa: FBT001
    """A word of a customer is kept where his records lie, wherever they are from."""
    trail = AuditFile(tmp_path / "audit.jsonl", key=b"secret")
    said = Consent(purpose="newsletter", status=ConsentStatus.OBJECTED, at=NOW)
    with Registry(MemoryStore(), region="US") as registry:
        if is_matched:
            registry.use(typed_model())
            transfer = Transfer(basis="standard contractual clauses", audit=trail)
            registry.ingest([typed(1)], source="till", transfer=transfer)
        else:
            registry.apply([[("till", "1")]], contents={("till", "1"): {"full_name": "Zoé Gall"}})
        customer = registry.id_of(("till", "1"))
        for _ in range(2):
            state_consent(registry, customer, said, at=NOW)
        (desk,) = [each for each in registry.typed_records(customer) if each.source == DESK]
        assert (len(desk.consents), desk.jurisdiction) == (2, "FR")


def test_rows_tell_their_region_by_their_source() -> None:
    """All rows of a file have one tag; without one they are refused where the region counts."""
    made = [dict(row) for row in rows("persons")[:5]]
    with Registry(MemoryStore(), region="EU") as registry:
        registry.use(model("persons", 50))
        assert len(registry.ingest(made, source="shop").refused) == 5
        assert len(registry.ingest(made, source="shop", region="US").refused) == 5
        assert registry.ingest(made, source="shop", region="FR").n_new == 5
        column = next(name for name in made[0] if name != "record_id" and made[0][name])
        assert registry.rectify(("shop", made[0]["record_id"]), {column: "Corrected"}, reason="article 16") is not None


def test_contents_that_come_by_themselves_are_screened_too(caplog: pytest.LogCaptureFixture) -> None:
    """What `apply`, `apply_all`, `adopt` and `rectify` are given is masked, dropped and refused; the log counts it."""
    one, other, third = (RecordKey("crm", key) for key in "123")
    registry = Registry(MemoryStore(), scheme=AdoptedScheme(prefix="N:"))
    registry.keep_intake(IntakePolicy(purposes={"note": (), "person_names": (), "interactions": ()}))
    row = {"note": f"NIR {NIR}", "salary": "48213"}
    registry.adopt({one: "1"}, contents={one: row})
    registry.apply([[one], [other]], contents={other: row})
    registry.apply_all([[one], [other], [third]], contents={third: unstructure(typed(3, email="zoe@example.org"))})
    registry.rectify(one, {"note": f"his NIR {NIR}"}, reason="a16")
    said = [registry.customer(registry.id_of(key)).contents[key] for key in (one, other, third)]
    assert [each.get("note") for each in said] == ["his NIR [nir]", "NIR [nir]", None]
    assert not any(text in str(each) for each in said for text in (NIR, "48213", "malade", "zoe@example.org"))
    assert NIR not in caplog.text
    assert "nir 1" in caplog.text
    with pytest.raises(InputError, match="social security number"):
        registry.apply([[("crm", NIR)]], contents={("crm", NIR): {}})
    with pytest.raises(InputError, match="actor, reason: expected texts that may be kept"):
        registry.merge(one, other, reason=f"same NIR {NIR}")


@pytest.mark.parametrize("purposes", ["newsletter", (1,), None], ids=["a text", "a number", "nothing"])
def test_purposes_are_tuples(purposes: Any) -> None:
    """A text in the place of a tuple of purposes is refused, in Python and in a file."""
    with pytest.raises(ConfigurationError, match="'phone': expected a tuple of names"):
        IntakePolicy(purposes={"phone": purposes})
    text = IntakePolicy(purposes={"phone": ("x",)}).to_json().replace('["x"]', json.dumps(purposes))
    with pytest.raises(ModelFormatError):
        IntakePolicy.from_json(text)


def test_one_policy_for_all_ways_in() -> None:
    """A row that `apply` is given, of which no schema tells, is kept as `ingest` keeps it."""
    said = {
        "Nom": "Malade",
        "given_name": "Zoé",
        "loyalty_card": "4970 1012 3456 7890",
        "notes": f"NIR {NIR}, diabétique, CB 4970 1012 3456 7893",
        "sport": "syndicaliste",
        "num_secu": "unknown",
        "code": NIR,
    }
    allowed = dict.fromkeys(("family_name", "given_name", "notes", "sport", "nir"), ())
    kept = []
    for is_matched in (True, False):
        with Registry(MemoryStore()) as registry:
            registry.keep_intake(IntakePolicy(purposes=allowed))
            if is_matched:
                registry.use(model("persons", 50))
                registry.ingest([{"id": "1", **said}], source="shop", schema=Schema(record_key="id"))
            else:
                registry.apply([[("shop", "1")]], contents={("shop", "1"): said})
            kept.append(dict(registry.customer(registry.id_of(("shop", "1"))).contents[RecordKey("shop", "1")]))
    assert kept[0].pop("id") == "1"
    assert kept[0] == kept[1]
    assert (kept[0]["Nom"], kept[0]["num_secu"], kept[0]["sport"]) == ("Malade", "[nir]", "[opinion]")
    assert kept[0].keys() == {"Nom", "given_name", "notes", "sport", "num_secu"}


def test_numbers_that_are_no_texts_are_looked_at() -> None:
    """A row of JSON may hold them as numbers, also in lists; other numbers stay numbers."""
    registry = Registry(MemoryStore())
    content = {
        "a": int(NIR.replace(" ", "")),
        "b": [{"c": f"CB 4970 1012 3456 7893, NIR {NIR}"}],
        "d": 10**14,
        "e": 1.5,
    }
    registry.apply([[("crm", "1")]], contents={("crm", "1"): content})
    kept = registry.customer(registry.id_of(("crm", "1"))).contents[RecordKey("crm", "1")]
    assert (kept["a"], kept["d"], kept["e"]) == ("[nir]", 10**14, 1.5)
    assert kept["b"] == [{"c": "CB [payment card], NIR [nir]"}]
