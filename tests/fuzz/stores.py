"""A registry in a file and its saved state, damaged byte by byte.

An input is a list of blows of five bytes: which file and which place, and the byte that is written there; a place
behind the end cuts the file off.
"""

from __future__ import annotations

import shutil
import tempfile
from atexit import register
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

from custid.engines.options import ResolveOptions
from custid.errors import StoreError
from custid.privacy import AuditEntry
from custid.registry import Registry, SequentialMinter, open_registry, open_store
from custid.registry.audit_trail import StoreAudit
from custid.registry.doctor import check_store
from custid.registry.exchange import export_registry
from custid.registry.key_ring import KeyRing
from custid.registry.match_options import options_to_json
from custid.registry.saved_state import SavedState
from custid.registry.sealed_backup import back_up
from tests.registry.matched import SOURCE, model, rows

__all__ = ["damaged_state", "damaged_store", "exported", "key_ring", "place", "sealed"]

_BLOW = 5
_N_IN_STATE = 40


@cache
def place() -> Path:
    """Return a directory of this process, which goes with it."""
    directory = Path(tempfile.mkdtemp(prefix="custid-fuzz-"))
    register(shutil.rmtree, directory, ignore_errors=True)
    return directory


@cache
def _store_file() -> Path:
    """Return a small registry in which everything has happened once."""
    path = place() / "sound.db"
    with closing(open_store(path)) as store:
        registry = Registry(store, minter=SequentialMinter())
        keys = [("crm", str(number)) for number in range(6)]
        registry.apply([keys[:2], keys[2:4], [keys[4]], [keys[5]]])
        registry.merge(keys[0], keys[4], actor="ann", reason="the same")
        registry.split(registry.id_of(keys[2]), [[keys[2]], [keys[3]]], actor="ann", reason="twins")
        registry.withdraw([keys[5]])
        StoreAudit(store, key=b"key").append(AuditEntry(actor="till", action="read"))
    return path


@cache
def _state_files() -> tuple[Path, ...]:
    """Return the files of the saved state of a registry."""
    path = place() / "matched.db"
    with open_registry(path) as registry:
        registry.use(model("persons", 12))
        registry.ingest([dict(each) for each in rows("persons")[:_N_IN_STATE]], source=SOURCE)
    return tuple(sorted(path.with_name("matched.db.state").iterdir()))


@cache
def key_ring() -> KeyRing:
    """Return the ring of the sealed backup."""
    return KeyRing(place() / "keys.json")


@cache
def exported() -> bytes:
    """Return a registry as lines."""
    path = place() / "exported.jsonl"
    with closing(open_store(_store_file())) as store:
        export_registry(store, path)
    return path.read_bytes()


@cache
def sealed() -> bytes:
    """Return a sealed backup."""
    path = place() / "sealed.jsonl"
    with closing(open_store(_store_file())) as store:
        back_up(store, path, keys=key_ring())
    return path.read_bytes()


def _strike(files: Sequence[bytes], data: bytes) -> list[bytes]:
    damaged = [bytearray(each) for each in files]
    for start in range(0, len(data) - _BLOW + 1, _BLOW):
        which, *where, byte = data[start : start + _BLOW]
        file = damaged[which % len(damaged)]
        place = int.from_bytes(bytes(where), "big")
        if place < len(file):
            file[place] = byte
        elif place & 1:
            del file[place % (len(file) + 1) :]
        elif file:
            # The first bytes say the most.
            file[(place >> 1) % min(len(file), 512)] = byte
    return [bytes(each) for each in damaged]


def damaged_store(data: bytes) -> object:
    """Open a damaged registry and look all of it over."""
    path = place() / "damaged.db"
    path.write_bytes(_strike([_sound_store()], data)[0])
    for beside in ("-journal", "-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    with closing(open_store(path, patience=0.0)) as store:
        with store.reading() as transaction:
            keys = list(transaction.naming().records)
            read = [transaction.head(), transaction.settings(), transaction.positions(), transaction.contents(keys)]
            read += [list(transaction.changes()), transaction.history(records=keys), transaction.verdicts()]
        return read, check_store(store)


@cache
def _sound_store() -> bytes:
    return _store_file().read_bytes()


@cache
def _sound_state() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in _state_files())


def damaged_state(data: bytes) -> object:
    """Read a damaged state, which is as if there were none, or sound where nothing of it was hit."""
    directory = place() / "damaged.state"
    directory.mkdir(exist_ok=True)
    for path, content in zip(_state_files(), _strike(_sound_state(), data), strict=True):
        (directory / path.name).write_bytes(content)
    trained = model("persons", 12)
    try:
        return SavedState(directory).load(
            trained, ResolveOptions(), (trained.to_json(), options_to_json(ResolveOptions()))
        )
    except StoreError:
        raise AssertionError("a state that cannot be used is as if there were none") from None
