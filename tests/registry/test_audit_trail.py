"""The audit trail of a registry's database."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custid.errors import StoreError
from custid.privacy import AuditEntry
from custid.registry import open_registry, open_store
from custid.registry.audit_trail import StoreAudit
from custid.registry.doctor import check_store
from custid.registry.sql.sqlite import open_sqlite

KEY = b"a key kept elsewhere"
NOW = datetime(2026, 9, 1, tzinfo=UTC)
_WRITER = """
import sys
from custid.privacy import AuditEntry
from custid.registry import open_registry
with open_registry(sys.argv[1]) as registry:
    trail = registry.audit_trail(key=b"a key kept elsewhere")
    for _ in range(10):
        trail.append(AuditEntry(actor=sys.argv[2], action="read"))
"""


def test_processes_add_in_turn(tmp_path: Path) -> None:
    """Three processes that write at once leave one chain without gaps."""
    path = tmp_path / "r.db"
    with open_registry(path):
        pass
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, str(path), f"clerk {number}"]) for number in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    with open_registry(path) as registry:
        trail = registry.audit_trail(key=KEY)
        assert {entry.actor for entry in trail.entries()} == {"clerk 0", "clerk 1", "clerk 2"}
        assert (len(trail), trail.faults()) == (30, [])


def test_a_trail_may_be_written_to_while_it_is_read(tmp_path: Path) -> None:
    """Who reads it page by page sees what comes meanwhile, and bars nobody."""
    with closing(open_sqlite(tmp_path / "r.db", patience=2.0)) as store:
        trail = StoreAudit(store, key=KEY, clock=lambda: NOW)
        for number in range(3):
            trail.append(AuditEntry(actor=f"clerk {number}", action="read"))
        for entry in trail.entries():
            if entry.number == 2:
                trail.append(AuditEntry(actor="auditor", action="read"))
        assert [entry.number for entry in trail.entries(1)] == [2, 3, 4]
        assert trail.faults() == []


@pytest.mark.parametrize("n_edits", [200, pytest.param(10_000, marks=pytest.mark.slow)])
def test_every_edit_of_the_table_is_found(tmp_path: Path, n_edits: int) -> None:
    """Entries changed, removed, moved or cut off in the database are told of, by the trail and by the doctor."""
    path = tmp_path / "r.db"
    with closing(open_store(path)) as store:
        trail = StoreAudit(store, key=KEY, clock=lambda: NOW)
        for number in range(6):
            trail.append(AuditEntry(actor=f"clerk {number}", action="read", customers=(f"C{number}",)))
        head = trail.head
        with store.reading() as transaction:
            whole = dict(transaction.audit())
        draw = random.Random(7)  # noqa: S311 - no secret
        with closing(sqlite3.connect(path)) as database:
            for _ in range(n_edits):
                edited = _edited(whole, draw)
                _put(database, edited)
                assert trail.faults(head=head, n_entries=6), "an edit went unnoticed"
            assert [each.code for each in check_store(store, audit_key=KEY, audit_head=head)] == ["audit-trail"]
            _put(database, whole)
        assert check_store(store, audit_key=KEY, audit_head=head) == ()


def _edited(whole: dict[int, str], draw: random.Random) -> dict[int, str]:
    while True:
        number = draw.randint(1, len(whole))
        text, place = whole[number], draw.randrange(len(whole[number]))
        match draw.randrange(4):
            case 0:
                made = whole | {number: text[:place] + chr(draw.randrange(32, 127)) + text[place + 1 :]}
            case 1:
                made = {each: entry for each, entry in whole.items() if each != number}
            case 2:
                other = draw.randint(1, len(whole))
                made = whole | {number: whole[other], other: text}
            case _:
                made = {each: entry for each, entry in whole.items() if each < number}
        if made != whole:
            return made


def _put(database: sqlite3.Connection, entries: dict[int, str]) -> None:
    with database:
        database.execute("DELETE FROM custid_audit")
        database.executemany("INSERT INTO custid_audit VALUES (?, ?)", entries.items())


def test_nothing_is_added_after_a_text_that_is_no_entry(tmp_path: Path) -> None:
    """A trail whose end cannot be read takes no more entries."""
    path = tmp_path / "r.db"
    with closing(open_store(path)) as store:
        store.transact(lambda transaction: transaction.append_audit(1, "{}"))
        with pytest.raises(StoreError, match="entry 1: expected an entry, got another text"):
            StoreAudit(store).append(AuditEntry(actor="a", action="read"))
        assert [each.code for each in check_store(store)] == ["audit-trail"]
