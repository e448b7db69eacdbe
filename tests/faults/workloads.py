"""What has to survive: changes, rows that are matched, an audit trail, backups, an erasure.

Each workload can be done again from any state that a fault leaves behind: a request that was served is served again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from custid.privacy import AuditEntry, AuditFile
from custid.privacy.traces import TraceSearch
from custid.registry import RecordKey, Registry, open_registry, open_store
from custid.registry.doctor import check_store
from custid.registry.exchange import export_registry, import_registry
from custid.registry.key_ring import KeyRing
from custid.registry.memory_store import MemoryStore
from custid.registry.sealed_backup import back_up, restore
from custid.registry.sql.sqlite import back_up_sqlite
from tests.faults.steps import Told, Workload

__all__ = ["WORKLOADS"]

_DATABASE: Final = "registry.db"
_KEY: Final = b"a key kept elsewhere"
_Step = Callable[..., Any]


def _acknowledged(told: Told) -> dict[str, str | None]:
    """Return what each step that was acknowledged gave."""
    return {each["step"]: each["result"] for each in told if "step" in each}


def _token(change: Any) -> str:
    return "" if change is None else change.token


def _record(number: int) -> tuple[str, str]:
    return ("crm", f"{number}")


def _change(registry: Registry, number: int) -> str:
    keys = [("crm", f"{number}.{each}") for each in range(3)]
    contents = {key: {"text": f"{number}" * 300} for key in keys}
    return _token(registry.apply([keys[:2], keys[2:]], contents=contents, request=f"change {number}"))


def _write_changes(place: Path, step: _Step) -> None:
    registry = step("open", lambda: open_registry(place / _DATABASE))
    for number in range(4):
        step(f"change {number}", lambda number=number: _change(registry, number))
    one, other, third = (("crm", f"{number}.0") for number in range(3))
    step("merge", lambda: _token(registry.merge(one, other, reason="same", request="merge")))
    step("forbid", lambda: _token(registry.forbid(one, third, reason="twins", request="forbid")))
    step("withdraw", lambda: _token(registry.withdraw([("crm", "3.0")], request="withdraw")))
    registry.close()


def _check_changes(place: Path, told: Told) -> None:
    acknowledged = {name: token for name, token in _acknowledged(told).items() if token is not None}
    _check_tokens(place, acknowledged)
    again: dict[str, str] = {}

    def step(name: str, action: Callable[[], Any]) -> Any:
        found = action()
        again[name] = found
        return found

    _write_changes(place, step)
    assert {name: again[name] for name in acknowledged} == acknowledged
    with open_registry(place / _DATABASE) as registry:
        assert check_store(registry.store) == ()
        assert [change.cause.request for change in registry.changes()] == list(again)[1:]
        assert registry.id_of(("crm", "0.0")) == registry.id_of(("crm", "1.1")) != registry.id_of(("crm", "2.0"))
        contents = registry.customer(registry.id_of(("crm", "2.0"))).contents
        assert contents[RecordKey("crm", "2.1")] == {"text": "2" * 300}


def _check_tokens(place: Path, acknowledged: dict[str, str]) -> None:
    """What was acknowledged is there, and at most one change more."""
    with open_registry(place / _DATABASE) as registry:
        assert check_store(registry.store) == ()
        present = {change.cause.request: change.token for change in registry.changes()}
        assert {name: present.get(name) for name in acknowledged} == acknowledged
        assert len(present) <= len(acknowledged) + 1


def _large_change(registry: Registry) -> str:
    keys = [("crm", f"large {number}") for number in range(16)]
    contents = {key: {"text": "x" * 1_000_000} for key in keys}
    return _token(registry.apply([keys], contents=contents, request="large"))


def _write_large_change(place: Path, step: _Step) -> None:
    registry = step("open", lambda: open_registry(place / _DATABASE))
    step("change 0", lambda: _change(registry, 0))
    step("large", lambda: _large_change(registry))
    step("change 1", lambda: _change(registry, 1))
    registry.close()


def _check_large_change(place: Path, told: Told) -> None:
    _check_tokens(place, {name: token for name, token in _acknowledged(told).items() if token is not None})
    _write_large_change(place, lambda _name, action: action())
    with open_registry(place / _DATABASE) as registry:
        assert [change.cause.request for change in registry.changes()] == ["change 0", "large", "change 1"]


def _use_model(place: Path) -> None:
    from tests.registry.matched import model

    with open_registry(place / _DATABASE) as registry:
        registry.use(model("persons", 12), request="use")
        _ingest(registry, 0, range(40))


def _ingest(registry: Registry, number: int, places: range) -> str:
    from tests.registry.matched import SOURCE, feed, rows

    given = [dict(rows("persons")[place]) for place in places]
    found = registry.ingest(given, source=SOURCE, schema=feed("persons").schema, request=f"rows {number}")
    return _token(found.change)


def _ingest_rows(place: Path, step: _Step) -> None:
    from tests.registry.matched import SOURCE, rows

    registry = step("open", lambda: open_registry(place / _DATABASE))
    step("rows 1", lambda: _ingest(registry, 1, range(40, 43)))
    step("rows 2", lambda: _ingest(registry, 2, range(43, 90)))
    step("save", registry.save_state)
    gone = [(SOURCE, rows("persons")[place]["record_id"]) for place in (3, 41)]
    step("withdraw", lambda: _token(registry.withdraw(gone, request="withdraw")))
    step("rows 3", lambda: _ingest(registry, 3, range(90, 91)))
    step("close", registry.save_state)
    registry.close()


def _check_rows(place: Path, told: Told) -> None:
    from tests.registry.matched import SOURCE, model, rows

    acknowledged = {name: token for name, token in _acknowledged(told).items() if token is not None}
    with open_registry(place / _DATABASE) as registry:
        assert check_store(registry.store) == ()
        present = {change.cause.request: change.token for change in registry.changes()}
        assert {name: present.get(name) for name in acknowledged} == acknowledged
        assert len(present) <= len(acknowledged) + 3
    again: dict[str, str] = {}

    def step(name: str, action: Callable[[], Any]) -> Any:
        found = action()
        again[name] = found
        return found

    _ingest_rows(place, step)
    assert {name: again[name] for name in acknowledged} == acknowledged
    with open_registry(place / _DATABASE, state=None) as registry:
        live = {row["record_id"] for number, row in enumerate(rows("persons")[:91]) if number not in {3, 41}}
        with registry.store.reading() as transaction:
            assert {key.key for key in transaction.naming().records} == live
        assert check_store(registry.store) == ()
        # Matching all that is there anew finds the customers that are there.
        assert registry.use(model("persons", 12)) is None
        assert SOURCE in {key.source for key in registry.customer(registry.id_of((SOURCE, min(live)))).records}


def _append_entries(place: Path, step: _Step) -> None:
    trail = step("open", lambda: AuditFile(place / "audit", key=_KEY))
    for number in range(len(trail), 6):
        entry = AuditEntry(actor=f"till {number}", action="read", reason="x" * 50)
        step(f"entry {number}", lambda entry=entry: trail.append(entry).digest)


def _check_entries(place: Path, told: Told) -> None:
    digests = [digest for digest in _acknowledged(told).values() if digest is not None]
    trail = AuditFile(place / "audit", key=_KEY)
    assert trail.faults(n_entries=len(digests)) == []
    kept = [entry.digest for entry in trail.entries()]
    assert kept[: len(digests)] == digests
    assert len(kept) <= len(digests) + 1
    _append_entries(place, lambda _name, action: action())
    assert [entry.actor for entry in AuditFile(place / "audit", key=_KEY).entries()] == [f"till {n}" for n in range(6)]


def _fill(place: Path) -> None:
    with open_registry(place / _DATABASE) as registry:
        for number in range(2):
            _change(registry, number)
    with closing(open_store(place / _DATABASE)) as store:
        back_up(store, place / "first.jsonl", keys=KeyRing(place / "keys.json"))


def _back_up(place: Path, step: _Step) -> None:
    store = step("open", lambda: open_store(place / _DATABASE))
    keys = step("keys", lambda: KeyRing(place / "keys.json"))
    step("sealed", lambda: back_up(store, place / "sealed.jsonl", keys=keys))
    step("exported", lambda: export_registry(store, place / "exported.jsonl"))
    step("copied", lambda: back_up_sqlite(place / _DATABASE, place / "copied.db"))
    step("shredded", lambda: keys.shred([1]))
    store.close()


def _check_backups(place: Path, told: Told) -> None:
    acknowledged = _acknowledged(told)
    with closing(open_store(place / _DATABASE)) as store:
        assert check_store(store) == ()
        original = _history(store)
    keys = KeyRing(place / "keys.json")
    assert set(range(2, 7)) <= {number for number in range(1, 7) if number in keys}
    if "shredded" in acknowledged:
        assert 1 not in keys
    for name, is_acknowledged in (("first", True), ("sealed", "sealed" in acknowledged)):
        _check_copy(place / f"{name}.jsonl", is_acknowledged, original, lambda s, p: bool(restore(s, p, keys=keys)))
    _check_copy(place / "exported.jsonl", "exported" in acknowledged, original, import_registry)
    assert (place / "copied.db").exists() or "copied" not in acknowledged
    if (place / "copied.db").exists():
        with closing(open_store(place / "copied.db")) as copy:
            assert check_store(copy) == ()
            assert _history(copy) == original


def _check_copy(path: Path, is_acknowledged: bool, original: list[str], read: Callable[..., Any]) -> None:  # noqa: FBT001
    """A backup is whole or not there."""
    assert path.exists() or not is_acknowledged
    if path.exists():
        store = MemoryStore()
        read(store, path)
        assert _history(store) == original


def _history(store: Any) -> list[str]:
    return [change.token for change in Registry(store).changes()]


_NAME: Final = "Quillfeather Ottoline"


def _fill_with_one(place: Path) -> None:
    with open_registry(place / _DATABASE) as registry:
        said = {_record(1): {"name": _NAME}, _record(2): {"name": "Ann"}}
        registry.apply([[_record(1)], [_record(2)]], contents=said, request="filled")


def _erase(place: Path, step: _Step) -> None:
    registry = step("open", lambda: open_registry(place / _DATABASE))
    step("erased", lambda: str(registry.erase(records=[_record(1)], reason="a17", request="erase").n_records))
    registry.close()


def _check_erased(place: Path, told: Told) -> None:
    acknowledged = "erased" in _acknowledged(told)
    with open_registry(place / _DATABASE) as registry:
        assert check_store(registry.store) == ()
        requests = [change.cause.request for change in registry.changes()]
        assert requests in ((["filled", "erase"],) if acknowledged else (["filled"], ["filled", "erase"]))
        with registry.store.reading() as transaction:
            left = {key.key for key in transaction.naming().records}
        assert left == ({"2"} if "erase" in requests else {"1", "2"})
        assert registry.complete_erasure()
    if "erase" in requests:
        assert TraceSearch([_NAME]).in_files(place) == {}
    _erase(place, lambda _name, action: action())


def _nothing(_place: Path) -> None:
    """Prepare nothing."""


def _make(place: Path) -> None:
    open_registry(place / _DATABASE).close()


def _open(place: Path, step: _Step) -> None:
    step("open", lambda: open_registry(place / _DATABASE)).close()


def _check_opened(place: Path, _told: Told) -> None:
    _check_changes(place, [])


WORKLOADS: Final = {
    "opening": Workload(prepare=_nothing, work=_open, check=_check_opened),
    "changes": Workload(prepare=_make, work=_write_changes, check=_check_changes),
    "rows": Workload(prepare=_use_model, work=_ingest_rows, check=_check_rows),
    "large": Workload(prepare=_make, work=_write_large_change, check=_check_large_change),
    "audit": Workload(prepare=_nothing, work=_append_entries, check=_check_entries),
    "backups": Workload(prepare=_fill, work=_back_up, check=_check_backups),
    "erasure": Workload(prepare=_fill_with_one, work=_erase, check=_check_erased),
}
"""By name."""
