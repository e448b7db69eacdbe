"""What a policy of intake would say of the records that are there."""

from __future__ import annotations

from custid import Schema
from custid.registry import MemoryStore, RecordKey, Registry
from custid.registry.intake_policy import IntakePolicy
from custid.registry.intake_report import intake_report
from tests.registry.matched import model

ROWS = (
    {"id": "1", "family_name": "Malade", "notes": "diabétique"},
    {"id": "2", "family_name": "Roy", "notes": "vegetarian"},
    {"id": "3", "family_name": "Gall", "notes": "syndiqué", "salary": "30000"},
)


def test_a_report_tells_what_the_next_intake_would_do_and_writes_nothing() -> None:
    """Its counts are those of the same rows given again; afterwards there is nothing to tell."""
    registry = Registry(MemoryStore())
    registry.use(model("persons", 12))
    registry.keep_intake(IntakePolicy(masked=()))
    registry.ingest([dict(row) for row in ROWS], source="till", schema=Schema(record_key="id"))
    policy = IntakePolicy()
    told = intake_report(registry.store, policy)
    assert (told.n_records, dict(told.masked), told.refused) == (3, {"health": 1, "opinion": 1}, ())
    assert told.records == (RecordKey("till", "1"), RecordKey("till", "3"))
    assert len(list(registry.changes())) == 1
    registry.keep_intake(policy)
    again = registry.ingest([dict(row) for row in ROWS], source="till")
    assert dict(again.masked) == dict(told.masked)
    assert intake_report(registry.store).records == ()


def test_a_report_tells_what_a_list_of_attributes_would_drop() -> None:
    """Columns that are on no list are counted; the key of the record is none of them."""
    registry = Registry(MemoryStore())
    registry.use(model("persons", 12))
    registry.ingest([dict(row) for row in ROWS], source="till", schema=Schema(record_key="id"))
    told = intake_report(registry.store, IntakePolicy(purposes={"family_name": (), "notes": ()}))
    assert dict(told.dropped) == {"salary": 1}
