"""The audit trail in the registry's own database: who read and exported what, and what was denied.

Who merged, split, decided and erased stands in the ledger, with actor and reason, and is not written here again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from custid.errors import StoreError
from custid.privacy.audit import GENESIS, AuditEntry, AuditFault, audit_faults, chained
from custid.registry.store import Store, WriteTransaction

__all__ = ["StoreAudit"]

_PAGE: Final = 1_000


def _now() -> datetime:
    return datetime.now(UTC)


class StoreAudit:
    """A trail to which several processes may add in turn.

    Parameters
    ----------
    store : Store
        What keeps the registry.
    key : bytes
        Secret key of the digests, the same for all that write; without one whoever can write the database can make
        all digests anew.
    clock : callable
        Tells the time.

    Notes
    -----
    An entry is durable before :meth:`append` returns, in a transaction of its own.  Its number and digest are worked
    out inside, so that no two processes make the same.

    Examples
    --------
    >>> from custid.privacy import AuditEntry
    >>> from custid.registry import MemoryStore
    >>> trail = StoreAudit(MemoryStore(), key=b"a secret kept elsewhere")
    >>> trail.append(AuditEntry(actor="till 3", action="read", categories=("person_names",))).number
    1
    >>> trail.faults()
    []
    """

    def __init__(self, store: Store, *, key: bytes = b"", clock: Callable[[], datetime] = _now) -> None:
        self._store = store
        self._key = key
        self._clock = clock

    @property
    def head(self) -> str:
        """Digest of the last entry, to be kept elsewhere; `GENESIS` before the first."""
        with self._store.reading() as transaction:
            return _end(transaction.audit_end())[1]

    def __len__(self) -> int:
        with self._store.reading() as transaction:
            return _end(transaction.audit_end())[0]

    def append(self, entry: AuditEntry, /) -> AuditEntry:
        """Add an entry and return it with its place; StoreError where the last one is none any more."""

        def work(transaction: WriteTransaction) -> AuditEntry:
            number, digest = _end(transaction.audit_end())
            placed = chained(entry, digest, number=number + 1, at=self._clock(), key=self._key)
            transaction.append_audit(placed.number, placed.to_text())
            return placed

        return self._store.transact(work)

    def entries(self, after: int = 0) -> Iterator[AuditEntry]:
        """Yield the entries after one, oldest first.

        Parameters
        ----------
        after : int
            Number of an entry; 0 for all.

        Yields
        ------
        AuditEntry
            As it was appended.

        Raises
        ------
        StoreError
            If a text is no entry.
        """
        while True:
            # Whoever reads may write meanwhile, to this trail, too: a transaction that stays open would bar him.
            with self._store.reading() as transaction:
                page = list(islice(transaction.audit(after), _PAGE))
            for number, text in page:
                yield _entry(number, text)
            if len(page) < _PAGE:
                return
            after = page[-1][0]

    def faults(self, *, head: str = "", n_entries: int | None = None) -> list[AuditFault]:
        """Return what is wrong with the trail, as :func:`~custid.privacy.audit.audit_faults` does.

        Parameters
        ----------
        head : str
            Digest of the last entry, from where it is kept apart; empty where it is not known.
        n_entries : int, optional
            How many entries there have to be at least.

        Returns
        -------
        list of AuditFault
            Empty where all is well; a text that is no entry is a fault.
        """
        number = 0

        def counted() -> Iterator[AuditEntry]:
            nonlocal number
            for entry in self.entries():
                number += 1
                yield entry

        try:
            return audit_faults(counted(), key=self._key, head=head, n_entries=n_entries)
        except StoreError:
            return [AuditFault(number=number + 1, problem="the text is no entry")]


def _entry(number: int, text: str) -> AuditEntry:
    entry = AuditEntry.from_text(text)
    if entry is None or entry.number != number:
        raise StoreError(f"audit: entry {number}: expected an entry, got another text.")
    return entry


def _end(last: tuple[int, str] | None) -> tuple[int, str]:
    return (0, GENESIS) if last is None else (last[0], _entry(*last).digest)
