"""Who read, changed and merged whom, and why: entries chained by digests, so that no edit goes unnoticed.

Each entry holds the digest of the one before it under a key.  Who changes, removes, adds or moves an entry has to make
all later digests anew, which takes the key; and who cuts off the end is found out by the head, which is kept elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol

from attrs import evolve, frozen

from custid._json import json_value
from custid._whole_files import sync_directory
from custid.errors import StoreError

__all__ = ["GENESIS", "AuditEntry", "AuditFault", "AuditFile", "AuditTrail", "audit_faults", "chained"]

GENESIS: Final = "0" * 64
"""What stands for the digest before the first entry."""

_FIELDS: Final = ("number", "at", "actor", "action", "customers", "categories", "purpose", "outcome", "reason")


def _now() -> datetime:
    return datetime.now(UTC)


@frozen(kw_only=True)
class AuditEntry:
    """One act.

    Attributes
    ----------
    actor : str
        Who.
    actor_kind : str
        What kind of actor: ``"person"``, ``"program"``, ``"subject"``; empty where it is not known.
    action : str
        What: ``"read"``, ``"export"``, ``"merge"``, ``"erase"``, …
    customers : tuple of str
        Identifiers of the customers concerned; never values of theirs.
    categories : tuple of str
        Names of the attributes concerned.
    purpose, reason : str
        What for, and why.
    outcome : str
        ``"allowed"``, of what was seen masked, too, or ``"denied"``.
    number : int
        Place in the trail, from 1; 0 before it is chained.
    at : datetime or None
        When; None before it is chained.
    digest : str
        Digest of the entry and all before it; empty before it is chained.
    """

    actor: str
    action: str
    customers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    purpose: str = ""
    outcome: str = "allowed"
    reason: str = ""
    number: int = 0
    at: datetime | None = None
    digest: str = ""
    actor_kind: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the entry for JSON, its digest last."""
        values: dict[str, Any] = {name: getattr(self, name) for name in _FIELDS}
        values["at"] = None if self.at is None else self.at.astimezone(UTC).isoformat(timespec="microseconds")
        values["customers"], values["categories"] = list(self.customers), list(self.categories)
        # Entries of trails that do not tell it keep their spelling, and with it their digests.
        told = {"actor_kind": self.actor_kind} if self.actor_kind else {}
        return {**values, **told, "digest": self.digest}

    def to_text(self) -> str:
        """Return the entry in the one spelling in which a trail keeps it: JSON in ASCII on one line."""
        return json.dumps(self.to_dict(), ensure_ascii=True)

    @classmethod
    def from_text(cls, text: str | bytes) -> AuditEntry | None:
        """Return the entry that :meth:`to_text` wrote; None for anything else, even another spelling of an entry."""
        entry = None
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            entry = cls.from_dict(json_value(text))
        written = text.decode("ascii", "replace") if isinstance(text, bytes) else text
        is_entry = entry is not None and type(entry.number) is int and isinstance(entry.digest, str)
        return entry if entry is not None and is_entry and entry.to_text() == written else None

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> AuditEntry:
        """Return the entry that :meth:`to_dict` wrote; ValueError, KeyError or TypeError for anything else."""
        return cls(
            **{
                **values,
                "at": datetime.fromisoformat(values["at"]),
                "customers": tuple(values["customers"]),
                "categories": tuple(values["categories"]),
            }
        )


@frozen(kw_only=True)
class AuditFault:
    """Something that is wrong with a trail.

    Attributes
    ----------
    number : int
        The first entry that is not as it was written, or that is missing.
    problem : str
        What is wrong.
    """

    number: int
    problem: str


def chained(entry: AuditEntry, before: str, *, number: int, at: datetime, key: bytes = b"") -> AuditEntry:
    """Return an entry with its place in a trail.

    Parameters
    ----------
    entry : AuditEntry
        What happened.
    before : str
        Digest of the entry before; `GENESIS` for none.
    number : int
        Its place, from 1.
    at : datetime
        When, with a time zone.
    key : bytes
        Secret key; without one whoever can write the trail can make all its digests anew.

    Returns
    -------
    AuditEntry
        With number, moment and digest: HMAC-SHA-256 (RFC 2104) of the digest before and of the entry as JSON with
        sorted names.
    """
    placed = evolve(entry, number=number, at=at.astimezone(UTC), digest="")
    return evolve(placed, digest=_digest(placed, before, key))


def _digest(entry: AuditEntry, before: str, key: bytes) -> str:
    values = {**entry.to_dict(), "digest": before}
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(key, text.encode("ascii"), hashlib.sha256).hexdigest()


def audit_faults(
    entries: Iterable[AuditEntry], *, key: bytes = b"", head: str = "", n_entries: int | None = None
) -> list[AuditFault]:
    """Return what is wrong with a trail.

    Parameters
    ----------
    entries : iterable of AuditEntry
        The trail from its beginning.
    key : bytes
        The key that it was written with.
    head : str
        Digest of the last entry, from where it is kept apart from the trail; empty where it is not known.
    n_entries : int, optional
        How many entries there have to be at least.

    Returns
    -------
    list of AuditFault
        Empty where all is well; else the first fault, as nothing after it can be relied on.
    """
    before, number, seen = GENESIS, 0, head == ""
    for number, entry in enumerate(entries, start=1):
        if entry.number != number:
            return [AuditFault(number=number, problem=f"expected entry {number}, got another")]
        expected = _digest(evolve(entry, digest=""), before, key)
        # As bytes: of text, hmac compares ASCII only.
        if not hmac.compare_digest(entry.digest.encode("utf-8", "surrogatepass"), expected.encode("ascii")):
            return [AuditFault(number=number, problem="its digest does not fit what it says")]
        before = entry.digest
        seen = seen or before == head
    if not seen or (n_entries is not None and number < n_entries):
        return [AuditFault(number=number + 1, problem="the end of the trail is missing")]
    return []


class AuditTrail(Protocol):
    """Keeps entries in the order in which they come."""

    def append(self, entry: AuditEntry, /) -> AuditEntry:
        """Add an entry and return it with its place; it is kept when this returns."""
        ...

    def entries(self) -> Iterator[AuditEntry]:
        """Yield all entries, oldest first."""
        ...


@frozen(kw_only=True)
class _End:
    number: int
    digest: str
    size: int


class AuditFile:
    """A trail in a file of its own, a line of JSON for each entry.

    Parameters
    ----------
    path : path
        The file; a new one is readable and writable by its owner alone.
    key : bytes
        Secret key of the digests.
    clock : callable
        Tells the time.

    Raises
    ------
    StoreError
        If the file cannot be opened, or is damaged: nothing is added to a trail that cannot be relied on.

    Notes
    -----
    One process at a time may write; threads may share an object.  An entry is on the disk before :meth:`append`
    returns.  A last line without its end, or with zeros in it, as a crash leaves it, was never acknowledged and is cut
    off.
    """

    def __init__(self, path: str | os.PathLike[str], *, key: bytes = b"", clock: Callable[[], datetime] = _now) -> None:
        # Where the process works may change.
        self._path = Path(path).absolute()
        self._key = key
        self._clock = clock
        self._lock = Lock()
        try:
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            sync_directory(self._path.parent)
            self._end = self._found_end()
        except OSError as error:
            raise StoreError(f"audit: the file cannot be opened: {error.strerror}.") from None

    @property
    def head(self) -> str:
        """Digest of the last entry, to be kept elsewhere; `GENESIS` before the first."""
        return self._end.digest

    def __len__(self) -> int:
        return self._end.number

    def append(self, entry: AuditEntry, /) -> AuditEntry:
        """Add an entry and return it with its place; it is on the disk when this returns."""
        with self._lock:
            placed = chained(entry, self._end.digest, number=self._end.number + 1, at=self._clock(), key=self._key)
            line = _line(placed)
            try:
                with self._path.open("r+b") as file:
                    file.seek(self._end.size)
                    file.write(line)
                    file.truncate()
                    file.flush()
                    os.fsync(file.fileno())
            except OSError as error:
                raise StoreError(f"audit: the entry could not be kept ({type(error).__name__}).") from None
            self._end = _End(number=placed.number, digest=placed.digest, size=self._end.size + len(line))
            return placed

    def entries(self) -> Iterator[AuditEntry]:
        """Yield all entries, oldest first; StoreError where a line is none."""
        for number, line in enumerate(self._lines(), start=1):
            entry = AuditEntry.from_text(line.removesuffix(b"\n"))
            if entry is None:
                raise StoreError(f"audit: line {number}: expected an entry, got another text.")
            yield entry

    def faults(self, *, head: str = "", n_entries: int | None = None) -> list[AuditFault]:
        """Return what is wrong with the file, as :func:`audit_faults` does; a line that is no entry is a fault."""
        number = 0

        def counted() -> Iterator[AuditEntry]:
            nonlocal number
            for entry in self.entries():
                number += 1
                yield entry

        try:
            return audit_faults(counted(), key=self._key, head=head, n_entries=n_entries)
        except StoreError:
            return [AuditFault(number=number + 1, problem="the line is no entry")]

    def _lines(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            torn = b""
            for line in file:
                if torn:
                    yield torn
                # JSON in ASCII has no zeros: they stand where a part of the line never reached the disk.
                torn = line if b"\0" in line else b""
                if line.endswith(b"\n") and not torn:
                    yield line

    def _found_end(self) -> _End:
        faults = self.faults()
        if faults:
            raise StoreError(
                f"audit: entry {faults[0].number}: {faults[0].problem}.",
                hint="Keep the file as it is, and begin a new one: somebody has to find out what happened.",
            )
        number, digest = 0, GENESIS
        for entry in self.entries():
            number, digest = entry.number, entry.digest
        return _End(number=number, digest=digest, size=sum(map(len, self._lines())))


def _line(entry: AuditEntry) -> bytes:
    return entry.to_text().encode("ascii") + b"\n"
