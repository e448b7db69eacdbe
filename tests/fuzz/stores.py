"""A registry in a file and its saved state, damaged byte by byte.

An input is a list of blows of four bytes: which file and which place, and the byte that is written there.  Nearly all
places are of bytes that say something: most of a database is room for what comes.  The last places cut the file off.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from atexit import register
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from sqlalchemy import Engine

import custid
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
from custid.registry.sql import sqlite
from custid.registry.sql.store import Database, SqlStore
from custid.registry.store import Store
from custid.scoring.match_model import TrainedMatchModel
from tests.registry.matched import SOURCE, rows

__all__ = ["damaged_state", "damaged_store", "exported", "forget", "key_ring", "place", "sealed"]

_BLOW: Final = 4
_FIRST_OF_ANY: Final = 0xE000
_FIRST_BEHIND: Final = 0xF000
_END: Final = 0x10000
_N_IN_STATE: Final = 40
_IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108  # what is made there goes with this process
_AS_USERS_DO: Final = 256
"""Of so many damaged registries, one is opened from scratch."""


@cache
def place() -> Path:
    """Return a directory of this process, which goes with it: in memory, where there is such a place."""
    directory = _place_of(os.getpid())
    forget(os.getpid())
    directory.mkdir(mode=0o700)
    register(forget, os.getpid())
    return directory


def _place_of(process: int) -> Path:
    kept_in = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    return kept_in / f"custid-fuzz-{process}"


def forget(process: int) -> None:
    """Remove the directory of a process that has ended, as libFuzzer ends one without a last word."""
    shutil.rmtree(_place_of(process), ignore_errors=True)


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
def _state_model() -> TrainedMatchModel:
    """Return a model of few comparisons: each brings arrays of its own, and all are read for each input."""
    return TrainedMatchModel.from_json(custid.train(_state_rows()).to_json())


def _state_rows() -> list[dict[str, Any]]:
    return [{name: each[name] for name in ("record_id", "family_name", "phone")} for each in rows("persons")]


@cache
def _state_files() -> tuple[Path, ...]:
    """Return the files of the saved state of a registry."""
    path = place() / "matched.db"
    with open_registry(path) as registry:
        registry.use(_state_model())
        registry.ingest(_state_rows()[:_N_IN_STATE], source=SOURCE)
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
    """Return files after some blows; a file that none of them met is the one that was given."""
    damaged: dict[int, bytearray] = {}
    for start in range(0, len(data) - _BLOW + 1, _BLOW):
        which, high, low, byte = data[start : start + _BLOW]
        number, place = which % len(files), high << 8 | low
        file = damaged.setdefault(number, bytearray(files[number]))
        used = _used_places(files[number])
        if place < _FIRST_OF_ANY:
            where = used[place % len(used)]
            # An earlier blow may have cut it off.
            file[where : where + 1] = bytes([byte])
        elif place < _FIRST_BEHIND:
            where = (place - _FIRST_OF_ANY) * len(files[number]) // (_FIRST_BEHIND - _FIRST_OF_ANY)
            file[where : where + 1] = bytes([byte])
        else:
            del file[(place - _FIRST_BEHIND) * len(files[number]) // (_END - _FIRST_BEHIND) :]
    return [bytes(damaged[number]) if number in damaged else each for number, each in enumerate(files)]


@cache
def _used_places(content: bytes) -> Sequence[int]:
    return [place for place, byte in enumerate(content) if byte]


def damaged_store(data: bytes) -> object:
    """Open a damaged registry and look all of it over."""
    path = place() / "damaged.db"
    path.write_bytes(_strike([_sound_store()], data)[0])
    for beside in ("-journal", "-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    with closing(_opened(path, is_from_scratch=not crc32(data) % _AS_USERS_DO)) as store:
        with store.reading() as transaction:
            keys = list(transaction.naming().records)
            read = [transaction.head(), transaction.settings(), transaction.positions(), transaction.contents(keys)]
            read += [list(transaction.changes()), transaction.history(records=keys), transaction.verdicts()]
        return read, check_store(store)


def _opened(path: Path, *, is_from_scratch: bool) -> Store:
    if is_from_scratch:
        return open_store(path, patience=0.0)
    # What `open_sqlite` does, but for the statements, which are compiled once: connections are closed with the store.
    sqlite._prepare(path)
    return SqlStore(*_driven(path), patience=0.0)


@cache
def _driven(path: Path) -> tuple[Engine, Database]:
    return sqlite._driven(path)


@cache
def _sound_store() -> bytes:
    return _store_file().read_bytes()


@cache
def _sound_state() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in _state_files())


@cache
def _written() -> dict[Path, bytes]:
    """Return what is kept in the files of the damaged state."""
    return {}


@cache
def _state_options() -> tuple[ResolveOptions, tuple[str, str]]:
    """Return the options of the state, and the texts that it depends on."""
    options = ResolveOptions()
    return options, (_state_model().to_json(), options_to_json(options))


def damaged_state(data: bytes) -> object:
    """Read a damaged state, which is as if there were none, or sound where nothing of it was hit."""
    directory = place() / "damaged.state"
    directory.mkdir(exist_ok=True)
    for sound, content in zip(_state_files(), _strike(_sound_state(), data), strict=True):
        path = directory / sound.name
        # Arrays are mapped so that changes stay in memory.
        if _written().get(path) is not content:
            path.write_bytes(content)
            _written()[path] = content
    options, texts = _state_options()
    try:
        return SavedState(directory).load(_state_model(), options, texts)
    except StoreError:
        raise AssertionError("a state that cannot be used is as if there were none") from None
