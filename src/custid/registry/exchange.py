"""A registry as a file of JSON Lines: to move it from one store to another, to keep it, to make a replica.

The first line names the format; then come the changes, in order; then settings, positions of readers and contents; the
last line tells how many lines there are, and their digest.  Importing replays the changes and checks every digest, so
that a file that was cut short or altered is refused whole.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from custid._json import json_value
from custid._whole_files import whole_file
from custid.errors import CustidError, StoreError, StoreFormatError
from custid.registry.contents import Content
from custid.registry.events import NO_CHANGE, Cause, Change, Event, EventKind, RecordedVerdict, VerdictKind, digest_of
from custid.registry.record_keys import RecordKey
from custid.registry.replay import Replay
from custid.registry.store import ReadTransaction, Store, WriteTransaction

__all__ = ["export_lines", "export_registry", "import_lines", "import_registry", "new_copy"]

_FORMAT: Final = "custid.registry"
_VERSION: Final = 1
_AT_ONCE: Final = 5_000
_COPY_HINT: Final = "Export again, and copy the file whole."


def export_registry(store: Store, path: str | os.PathLike[str]) -> None:
    """Write a registry to a new file.

    Parameters
    ----------
    store : Store
        What keeps it; others may go on writing.
    path : path
        The file, readable and writable by its owner alone; must not exist.

    Raises
    ------
    StoreError
        If the file is there already, or cannot be written.
    """
    with (
        new_copy(path, "export") as beside,
        beside.open("w", encoding="ascii", newline="\n") as file,
        store.reading() as transaction,
    ):
        file.writelines(line + "\n" for line in export_lines(transaction))


@contextmanager
def new_copy(path: str | os.PathLike[str], name: str) -> Iterator[Path]:
    """Let a copy of a registry be written, which is whole and durable, or not there.

    Parameters
    ----------
    path : path
        Where to; must not exist.
    name : str
        What errors call it.

    Yields
    ------
    Path
        An empty file for its owner alone, to be written inside the ``with`` block.

    Raises
    ------
    StoreError
        If the file is there already, or cannot be written.
    """
    try:
        with whole_file(path, is_new=True, rights=0o600) as beside:
            yield beside
    except FileExistsError:
        raise StoreError(f"{name}: expected a new file, got one that exists.", hint="Give another name.") from None
    except OSError as error:
        raise StoreError(f"{name}: the file cannot be written: {error.strerror}.") from None


def import_registry(store: Store, path: str | os.PathLike[str]) -> None:
    """Read a registry from a file into an empty store.

    Parameters
    ----------
    store : Store
        Without any change.
    path : path
        What :func:`export_registry` has written.

    Raises
    ------
    StoreFormatError
        If the file is of another format or version, was cut short, or was altered; nothing is written then.
    StoreError
        If the store is not empty.
    """

    def work(transaction: WriteTransaction) -> None:
        with Path(path).open(encoding="ascii", errors="replace") as file:
            import_lines(transaction, file)

    store.transact(work)


def export_lines(transaction: ReadTransaction) -> Iterator[str]:
    """Yield the lines of a registry.

    Parameters
    ----------
    transaction : ReadTransaction
        Reads it.

    Yields
    ------
    str
        JSON in ASCII, without the end of the line.
    """
    n_lines, digest = 1, sha256()
    for document in _documents(transaction):
        n_lines += 1
        line = json.dumps(document, separators=(",", ":"))
        digest.update(line.encode("ascii"))
        yield line
    yield json.dumps({"end": n_lines, "digest": digest.hexdigest()}, separators=(",", ":"))


def _documents(transaction: ReadTransaction) -> Iterator[dict[str, Any]]:
    head = transaction.head()
    yield {"format": _FORMAT, "version": _VERSION, "changes": head.tally.change, "digest": head.digest}
    for change in transaction.changes():
        yield {"change": _change_to_dict(change)}
    for name, value in sorted(transaction.settings().items()):
        yield {"setting": [name, value]}
    for name, position in sorted(transaction.positions().items()):
        yield {"reader": [name, position]}
    keys = sorted(transaction.naming().records)
    for start in range(0, len(keys), _AT_ONCE):
        for key, content in sorted(transaction.contents(keys[start : start + _AT_ONCE]).items()):
            yield {"content": [*key, content.payload]}


def import_lines(transaction: WriteTransaction, lines: Iterable[str]) -> None:
    """Write the registry that some lines tell of.

    Parameters
    ----------
    transaction : WriteTransaction
        Of an empty store.
    lines : iterable of str
        What :func:`export_lines` has yielded.

    Raises
    ------
    StoreFormatError
        If they are of another format or version, some are missing, or were altered.
    StoreError
        If the store is not empty.
    """
    if transaction.head().tally.change:
        raise StoreError("import: expected an empty store, got one with a history.", hint="Import into a new one.")
    try:
        _Import(transaction).take(lines)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, CustidError):
            raise
        raise StoreFormatError(
            f"import: a line is missing a part, or has one of another kind ({type(error).__name__}).",
            hint=_COPY_HINT,
        ) from None


class _Import:
    """Writes line after line."""

    def __init__(self, transaction: WriteTransaction) -> None:
        self._transaction = transaction
        self._replay = Replay()
        self._digest = NO_CHANGE
        self._n_changes = 0
        self._contents: dict[RecordKey, Content] = {}

    def take(self, lines: Iterable[str]) -> None:
        header: dict[str, Any] = {}
        is_whole, digest = False, sha256()
        for number, line in enumerate(lines, start=1):
            document = json_value(line)
            if number == 1:
                header = self._checked_header(document)
            elif is_whole:
                raise StoreFormatError("import: expected no line after the last one, got some.", hint=_COPY_HINT)
            elif "end" in document:
                is_whole = (document["end"], document["digest"]) == (number, digest.hexdigest())
                if not is_whole:
                    break
            else:
                self._take_document(document, number)
            digest.update(line.rstrip("\r\n").encode())
        if not is_whole or (self._n_changes, self._digest) != (header["changes"], header["digest"]):
            raise StoreFormatError(
                "import: expected the whole file as it was written, got a part of it or another.",
                hint=_COPY_HINT,
            )
        self._flush()

    @staticmethod
    def _checked_header(document: dict[str, Any]) -> dict[str, Any]:
        if document.get("format") != _FORMAT or document.get("version") != _VERSION:
            raise StoreFormatError(
                f"import: expected format {_FORMAT!r}, version {_VERSION}, got another.",
                hint="Use a file that this release, or one before it, has written.",
            )
        return document

    def _take_document(self, document: dict[str, Any], number: int) -> None:
        if "change" in document:
            self._take_change(_change_from_dict(document["change"]), number)
        elif "setting" in document:
            self._transaction.put_setting(*document["setting"])
        elif "reader" in document:
            self._transaction.put_position(*document["reader"])
        else:
            source, key, payload = document["content"]
            self._contents[RecordKey(source, key)] = Content(payload)
            if len(self._contents) >= _AT_ONCE:
                self._flush()

    def _take_change(self, change: Change, number: int) -> None:
        self._n_changes += 1
        if change.number != self._n_changes or digest_of(self._digest, change) != change.digest:
            raise StoreFormatError(
                f"import: line {number}: expected the next change as it was written, got another.", hint=_COPY_HINT
            )
        self._digest = change.digest
        self._transaction.append(change, self._replay.take(change.number, change.events))

    def _flush(self) -> None:
        self._transaction.put_contents(self._contents)
        self._contents.clear()


def _change_to_dict(change: Change) -> dict[str, Any]:
    cause = change.cause
    return {
        "number": change.number,
        "at": change.at.isoformat(),
        "cause": [cause.kind, cause.actor, cause.reason, cause.request],
        "events": [
            [each.kind.value, each.customer, each.other, each.record, each.arrival, each.native]
            for each in change.events
        ],
        "verdicts": [[each.number, each.kind.value, each.left, each.right] for each in change.verdicts],
        "revoked": list(change.revoked),
        "digest": change.digest,
    }


def _change_from_dict(document: dict[str, Any]) -> Change:
    kind, actor, reason, request = document["cause"]
    return Change(
        number=document["number"],
        at=datetime.fromisoformat(document["at"]),
        cause=Cause(kind=kind, actor=actor, reason=reason, request=request),
        events=tuple(
            Event(
                kind=EventKind(kind),
                customer=customer,
                other=other,
                record=None if record is None else RecordKey(*record),
                arrival=arrival,
                native=native,
            )
            for kind, customer, other, record, arrival, native in document["events"]
        ),
        digest=document["digest"],
        verdicts=tuple(
            RecordedVerdict(
                number=number,
                kind=VerdictKind(kind),
                left=tuple(RecordKey(*key) for key in left),
                right=tuple(RecordKey(*key) for key in right),
                change=document["number"],
            )
            for number, kind, left, right in document["verdicts"]
        ),
        revoked=tuple(document["revoked"]),
    )
