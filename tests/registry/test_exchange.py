"""Export, import, replicas and backups."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from custid.errors import StoreError, StoreFormatError
from custid.registry import MemoryStore, Registry, SequentialMinter, Store, open_registry, open_store
from custid.registry.doctor import check_store
from custid.registry.exchange import export_registry, import_registry

A, B, C, D = (("crm", name) for name in ["a", "é\n", "'", "d"])


def fill(store: Store) -> Store:
    registry = Registry(store, minter=SequentialMinter())
    registry.apply([[A, B], [C], [D]], contents={A: {"name": "\0é\ud800"}, C: {"n": 1}}, reason="l'été")
    registry.merge(A, C, reason="same")
    registry.forbid(A, D, reason="brothers")
    registry.undo(2)
    registry.apply([[B]], withdrawn=[A])
    registry.apply([[A], [B]], contents={A: {"back": True}})
    registry.acknowledge("shop", 3)
    return store


def everything(store: Store) -> tuple[Any, ...]:
    with store.reading() as transaction:
        naming = transaction.naming()
        return (
            transaction.head(),
            naming,
            list(transaction.changes()),
            transaction.contents(list(naming.records)),
            transaction.verdicts(),
            transaction.positions(),
            transaction.settings(),
        )


def test_a_replica_by_replay_is_identical(tmp_path: Path, new_database: Callable[[], str]) -> None:
    """From memory to SQLite to PostgreSQL to memory: the same snapshot to the last detail, and files alike."""
    stores = [fill(MemoryStore()), open_store(tmp_path / "b.db"), open_store(new_database()), MemoryStore()]
    for number, (source, target) in enumerate(pairwise(stores)):
        export_registry(source, tmp_path / f"{number}.jsonl")
        import_registry(target, tmp_path / f"{number}.jsonl")
    assert [everything(each) for each in stores] == [everything(stores[0])] * 4
    assert [check_store(each) for each in stores] == [()] * 4
    assert len({(tmp_path / f"{number}.jsonl").read_bytes() for number in range(3)}) == 1
    for each in stores:
        each.close()


def test_a_replica_goes_on_as_the_original_does(tmp_path: Path) -> None:
    """What comes after the import gets the numbers, names and redirects that it gets in the original."""
    original, replica = fill(MemoryStore()), MemoryStore()
    export_registry(original, tmp_path / "r.jsonl")
    import_registry(replica, tmp_path / "r.jsonl")
    for store in (original, replica):
        registry = Registry(store, minter=SequentialMinter(), clock=lambda: everything(original)[0].at)
        registry.apply_all([[A, B, C], [D], [("crm", "new")]], request="next")
    assert everything(original) == everything(replica)


def test_readers_of_the_original_can_go_on_with_the_replica(tmp_path: Path) -> None:
    """Tokens are those of the history, wherever it is kept."""
    original, replica = fill(MemoryStore()), MemoryStore()
    token = next(iter(Registry(original).changes())).token
    export_registry(original, tmp_path / "r.jsonl")
    import_registry(replica, tmp_path / "r.jsonl")
    assert list(Registry(replica).changes(token)) == list(Registry(original).changes(token))


def test_a_file_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    """Any number of lines missing at the end, or part of one, and nothing is imported."""
    export_registry(fill(MemoryStore()), tmp_path / "whole.jsonl")
    whole = (tmp_path / "whole.jsonl").read_bytes()
    cut = tmp_path / "cut.jsonl"
    for size in [*range(0, len(whole) - 2, 97), len(whole) - 3]:
        cut.write_bytes(whole[:size])
        store = MemoryStore()
        with pytest.raises(StoreFormatError, match=r"import: "):
            import_registry(store, cut)
        assert everything(store) == everything(MemoryStore())


def test_a_file_that_was_altered_is_refused(tmp_path: Path) -> None:
    """An event changed, a change left out, doubled, or in another place, another format, a line more."""
    export_registry(fill(MemoryStore()), tmp_path / "whole.jsonl")
    lines = (tmp_path / "whole.jsonl").read_text().splitlines()
    first = json.loads(lines[1])
    first["change"]["events"][0][1] = "0000-0000-0000-0024"
    header = json.loads(lines[0])
    altered = [
        [lines[0], json.dumps(first), *lines[2:]],
        [lines[0], *lines[2:]],
        [*lines[:2], *lines[1:]],
        [lines[0], lines[2], lines[1], *lines[3:]],
        [json.dumps(header | {"version": 2}), *lines[1:]],
        [json.dumps(header | {"format": "other"}), *lines[1:]],
        [*lines, lines[-1]],
        [line for line in lines if '"content"' not in line],
        [line.replace('n\\":1', 'n\\":2') for line in lines],
        [line for line in lines if '"setting"' not in line],
        [lines[0], '{"unknown": 1}', *lines[1:]],
        ["[]", *lines[1:]],
    ]
    assert lines not in altered
    for number, each in enumerate(altered):
        path = tmp_path / f"{number}.jsonl"
        path.write_text("\n".join(each) + "\n")
        with pytest.raises(StoreFormatError, match=r"import: "):
            import_registry(MemoryStore(), path)


def test_existing_things_are_not_overwritten(tmp_path: Path) -> None:
    """Neither a file by an export nor a registry by an import."""
    store = fill(MemoryStore())
    export_registry(store, tmp_path / "r.jsonl")
    with pytest.raises(StoreError, match="expected a new file"):
        export_registry(store, tmp_path / "r.jsonl")
    with pytest.raises(StoreError, match="expected an empty store"):
        import_registry(store, tmp_path / "r.jsonl")


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    """Databases, exports and backups are readable and writable by nobody else."""
    from custid.registry.sql.sqlite import back_up_sqlite

    with closing(fill(open_store(tmp_path / "r.db"))) as store:
        export_registry(store, tmp_path / "r.jsonl")
        back_up_sqlite(tmp_path / "r.db", tmp_path / "copy.db")
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_a_backup_is_a_registry(tmp_path: Path) -> None:
    """Copied while it is written to, it holds whole changes, and what was acknowledged before the copy began."""
    from custid.registry.sql.sqlite import back_up_sqlite

    with closing(fill(open_store(tmp_path / "r.db"))) as store:
        before = everything(store)
        back_up_sqlite(tmp_path / "r.db", tmp_path / "copy.db")
        Registry(store).apply([[("crm", "later")]])
        with closing(open_store(tmp_path / "copy.db")) as copy:
            assert everything(copy) == before
            assert check_store(copy) == ()
        with pytest.raises(StoreError, match="expected a new file"):
            back_up_sqlite(tmp_path / "r.db", tmp_path / "copy.db")
        with pytest.raises(StoreError, match="expected a registry to copy"):
            back_up_sqlite(tmp_path / "none.db", tmp_path / "other.db")


def test_after_a_restore_readers_ahead_are_told(tmp_path: Path) -> None:
    """A token of a change that the backup does not have, or has another one in place of, is refused."""
    from custid.errors import UnknownChangeError
    from custid.registry.sql.sqlite import back_up_sqlite

    with open_registry(tmp_path / "r.db") as registry:
        registry.apply([[A]])
        back_up_sqlite(tmp_path / "r.db", tmp_path / "copy.db")
        lost = registry.apply([[B]])
    assert lost is not None
    with open_registry(tmp_path / "copy.db") as restored:
        with pytest.raises(UnknownChangeError):
            list(restored.changes(lost.token))
        restored.apply([[C]])
        with pytest.raises(UnknownChangeError):
            list(restored.changes(lost.token))
