"""Backups whose records can be erased afterwards: each is encrypted under a key of its own.

A file of JSON Lines as :mod:`custid.registry.exchange` writes it, in which records are spoken of by their numbers.
Keys of records and contents stand in lines of their own, sealed by a `KeyRing`; so do the settings that tell of values:
the match model and what is restricted.  Who destroys a key in the ring has erased the record from every backup.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from custid._json import json_value
from custid.errors import CustidError, StoreFormatError
from custid.registry.exchange import export_lines, import_lines, new_copy
from custid.registry.key_ring import COMMON, KeyRing, Sealed
from custid.registry.record_keys import RecordKey
from custid.registry.store import Store

__all__ = ["SHREDDED", "back_up", "restore"]

SHREDDED: Final = "shredded"
"""Source of what stands for a record whose key was destroyed; its key is its number."""

_FORMAT: Final = "custid.sealed-backup"
_VERSION: Final = 1
_SEALED_SETTINGS: Final = frozenset({"match_model", "restrictions"})


def back_up(store: Store, path: str | os.PathLike[str], *, keys: KeyRing) -> None:
    """Write a registry to a new file, sealed.

    Parameters
    ----------
    store : Store
        What keeps it; others may go on writing.
    path : path
        The file, readable and writable by its owner alone; must not exist.
    keys : KeyRing
        Takes a key for each record that has none; it is saved before the file is there.

    Raises
    ------
    StoreError
        If the file is there already, or it or the ring cannot be written.
    MissingDependencyError
        If cryptography is not installed.

    Notes
    -----
    The history stands in the file as it is: identifiers, numbers, times, actors and reasons.
    """
    with new_copy(path, "backup") as beside:
        with store.reading() as transaction:
            lines = list(_sealed_lines(map(json_value, export_lines(transaction)), keys))
        # A backup whose keys nobody has is none.
        keys.save()
        digest = sha256()
        with beside.open("w", encoding="ascii") as file:
            for line in lines:
                digest.update(line.encode("ascii"))
                file.write(line + "\n")
            file.write(json.dumps({"end": len(lines), "digest": digest.hexdigest()}) + "\n")


def _sealed_lines(documents: Iterator[dict[str, Any]], keys: KeyRing) -> Iterator[str]:
    named: dict[int, tuple[str, str]] = {}
    number_of: dict[tuple[str, str], int] = {}
    payloads: dict[tuple[str, str], str] = {}
    yield json.dumps({"format": _FORMAT, "version": _VERSION})
    next(documents)
    for document in documents:
        if "change" in document:
            _without_keys(document["change"], named, number_of)
            yield json.dumps(document)
        elif "content" in document:
            source, key, payload = document["content"]
            payloads[source, key] = payload
        elif "setting" in document and document["setting"][0] in _SEALED_SETTINGS:
            yield json.dumps({"sealed": _sealed(keys, COMMON, document["setting"])})
        elif "end" not in document:
            yield json.dumps(document)
    for number, record in named.items():
        payload = payloads.get(record) if number_of[record] == number else None
        yield json.dumps({"sealed": _sealed(keys, number, [*record, payload])})


def _without_keys(
    change: dict[str, Any], named: dict[int, tuple[str, str]], number_of: dict[tuple[str, str], int]
) -> None:
    """Let a change speak of records by their numbers, and learn which they are."""
    for event in change["events"]:
        record, number = event[3], event[4]
        if record is not None:
            named[number] = (record[0], record[1])
            number_of[named[number]] = number
        event[3] = None
    for verdict in change["verdicts"]:
        verdict[2:] = [[number_of[source, key] for source, key in side] for side in verdict[2:]]


def _sealed(keys: KeyRing, number: int, held: list[Any]) -> list[Any]:
    sealed = keys.seal(number, json.dumps(held))
    return [sealed.number, sealed.name, sealed.text]


def restore(store: Store, path: str | os.PathLike[str], *, keys: KeyRing) -> tuple[RecordKey, ...]:
    """Read a registry from a sealed backup into an empty store.

    Parameters
    ----------
    store : Store
        Without any change.
    path : path
        What :func:`back_up` has written.
    keys : KeyRing
        The ring.

    Returns
    -------
    tuple of RecordKey
        Records whose keys were destroyed, under keys that say nothing: to be erased at once, as
        ``registry.erase(records=restore(…), reason="erased since the backup")`` does, so that nothing of them is named
        any more.  Where the common key was destroyed, the registry has no match model: `Registry.use` gives it one.

    Raises
    ------
    StoreFormatError
        If the file is of another format, was cut short, or was altered.
    StoreError
        If the store is not empty.
    MissingDependencyError
        If cryptography is not installed.
    """
    try:
        lines, held = _opened(_checked(path), keys)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, CustidError):
            raise
        raise StoreFormatError(
            f"backup: a line is missing a part, or has one of another kind ({type(error).__name__}).",
            hint="Use the file as custid has written it.",
        ) from None
    store.transact(lambda transaction: import_lines(transaction, lines))
    with store.reading() as transaction:
        gone = [RecordKey(source, key) for source, key, _ in held.values() if source == SHREDDED]
        return tuple(sorted(transaction.records(gone)))


def _opened(documents: list[dict[str, Any]], keys: KeyRing) -> tuple[list[str], dict[int, list[Any]]]:
    """Return what :func:`import_lines` takes, and by number what is known of records."""
    held: dict[int, list[Any]] = {}
    plain: list[dict[str, Any]] = []
    for document in documents:
        if "sealed" not in document:
            plain.append(document)
            continue
        number, name, text = document["sealed"]
        opened = keys.unseal(Sealed(number=number, name=name, text=text))
        if number == COMMON:
            plain += [] if opened is None else [{"setting": json_value(opened)}]
        else:
            held[number] = [SHREDDED, str(number), None] if opened is None else json_value(opened)
    return _plain_lines(plain, held), held


def _checked(path: str | os.PathLike[str]) -> list[dict[str, Any]]:
    lines = Path(path).read_text(encoding="ascii", errors="replace").splitlines()
    digest = sha256("".join(lines[:-1]).encode()).hexdigest()
    try:
        documents = [json_value(line) for line in lines]
        is_whole = documents[-1] == {"end": len(lines) - 1, "digest": digest}
        is_known = documents[0] == {"format": _FORMAT, "version": _VERSION}
    except (ValueError, IndexError):
        is_whole = is_known = False
    if not (is_whole and is_known):
        raise StoreFormatError(
            f"backup: expected format {_FORMAT!r}, version {_VERSION}, as it was written, got another file.",
            hint="Copy the file whole.",
        )
    return documents[1:-1]


def _plain_lines(documents: list[dict[str, Any]], held: dict[int, list[Any]]) -> list[str]:
    """Return what :func:`import_lines` takes."""
    changes = [document["change"] for document in documents if "change" in document]
    for change in changes:
        for event in change["events"]:
            if event[4] is not None and event[4] in held:
                event[3] = held[event[4]][:2]
        for verdict in change["verdicts"]:
            verdict[2:] = [[held[number][:2] for number in side if number in held] for side in verdict[2:]]
    contents = [{"content": each} for each in held.values() if each[2] is not None]
    last = changes[-1]["digest"] if changes else None
    header = {"format": "custid.registry", "version": 1, "changes": len(changes), "digest": last}
    lines = [json.dumps(each) for each in (header, *documents, *contents)]
    digest = sha256("".join(lines).encode()).hexdigest()
    return [*lines, json.dumps({"end": len(lines) + 1, "digest": digest})]
