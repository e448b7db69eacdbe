"""Files that an earlier release has written are read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from operator import methodcaller
from pathlib import Path

from custid.privacy import AuditFile
from custid.registry import MemoryStore, Store, open_registry, open_store
from custid.registry.doctor import check_store
from custid.registry.exchange import export_lines, import_registry
from custid.registry.key_ring import KeyRing
from custid.registry.sealed_backup import restore
from custid.scoring.match_model import TrainedMatchModel

FORMATS = Path(__file__).parents[1] / "data" / "formats"
CUSTOMER = "0000-0000-0000-0012"


def _lines(store: Store) -> list[str]:
    assert check_store(store, audit_key=b"key") == ()
    with store.reading() as transaction:
        return list(export_lines(transaction))


def test_files_of_the_first_release_are_read(tmp_path: Path) -> None:
    """A database, an export, a backup with its ring of keys, an audit file and a match model say what they said."""
    with closing(sqlite3.connect(tmp_path / "registry.db")) as database:
        database.executescript((FORMATS / "registry-0003.sql").read_text(encoding="utf-8"))
    expected = (FORMATS / "export.jsonl").read_text(encoding="ascii").splitlines()
    with open_registry(tmp_path / "registry.db") as registry:
        assert _lines(registry.store) == expected
        assert registry.customer(CUSTOMER).contents[("crm", "a")] == {"name": "Zoé"}  # type: ignore[index]
        # It goes on.
        assert registry.apply([[("crm", "d")]]) is not None
        assert check_store(registry.store, audit_key=b"key") == ()
    exported, restored = MemoryStore(), MemoryStore()
    import_registry(exported, FORMATS / "export.jsonl")
    restore(restored, FORMATS / "sealed.jsonl", keys=KeyRing(FORMATS / "keys.json"))
    assert _lines(exported) == _lines(restored) == expected
    (tmp_path / "audit").write_bytes((FORMATS / "audit").read_bytes())
    assert [entry.actor for entry in AuditFile(tmp_path / "audit", key=b"key").entries()] == [
        "till 0",
        "till 1",
        "till 2",
    ]
    model = TrainedMatchModel.load(FORMATS / "model-2.json")
    assert TrainedMatchModel.from_json(model.to_json()).to_json() == model.to_json()


def test_a_store_opened_again_keeps_its_settings(tmp_path: Path) -> None:
    """Settings without a digest are taken as they are, and get one when the next is written."""
    with closing(sqlite3.connect(tmp_path / "registry.db")) as database:
        database.executescript((FORMATS / "registry-0003.sql").read_text(encoding="utf-8"))
    for value in ("1", "2"):
        with closing(open_store(tmp_path / "registry.db")) as store:
            store.transact(methodcaller("put_setting", "more", value))
            with store.reading() as transaction:
                assert transaction.settings()["more"] == value
    with closing(sqlite3.connect(tmp_path / "registry.db")) as database:
        database.execute("UPDATE custid_setting SET value = '3' WHERE name = 'more'")
        database.commit()
    with closing(open_store(tmp_path / "registry.db")) as store:
        assert [each.code for each in check_store(store)] == ["damage"]
