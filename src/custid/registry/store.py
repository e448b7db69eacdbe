"""What keeps a registry: the contract of memory, SQLite, PostgreSQL and stores of your own.

A store holds values and knows no rule.  All that belongs to one change is written in one transaction; writing
transactions come one after the other, so that the history of changes is one sequence without gaps, in the order of the
commits: who has read up to a change has missed nothing before it.

`custid.testing.StoreSuite` tests whether a store keeps the contract.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeVar

from attrs import field, frozen

from custid.registry.contents import Content
from custid.registry.events import NO_CHANGE, Change, HistoryEntry, RecordedVerdict
from custid.registry.identifiers import CustomerId
from custid.registry.naming import IdentifierState, Naming, RecordState, Renaming, Tally
from custid.registry.record_keys import RecordKey

__all__ = ["Head", "ReadTransaction", "Store", "WriteTransaction"]

_Result = TypeVar("_Result")


@frozen(kw_only=True)
class Head:
    """Where the history stands.

    Attributes
    ----------
    tally : Tally
        Number of the last change, records that ever arrived, identifiers ever issued.
    at : datetime or None
        When the last change was made; None before the first.
    digest : str
        Digest of the last change.
    n_verdicts : int
        Verdicts ever recorded.
    """

    tally: Tally = field(factory=Tally)
    at: datetime | None = None
    digest: str = NO_CHANGE
    n_verdicts: int = 0


class ReadTransaction(Protocol):
    """Reads one state of the registry: that after some change, whole."""

    def head(self) -> Head:
        """Return where the history stands."""
        ...

    def records(self, keys: Collection[RecordKey], /) -> dict[RecordKey, RecordState]:
        """Return those of the records that are live."""
        ...

    def identifiers(self, ids: Collection[CustomerId], /) -> dict[CustomerId, IdentifierState]:
        """Return those of the identifiers that were ever issued."""
        ...

    def naming(self, customers: Collection[CustomerId] | None = None, /) -> Naming:
        """Return the records of customers and all identifiers that lead to them; the whole registry for None."""
        ...

    def crosswalk(self) -> Iterator[tuple[str, str, CustomerId]]:
        """Yield source, key and customer of all live records, in any order."""
        ...

    def contents(self, keys: Collection[RecordKey], /) -> dict[RecordKey, Content]:
        """Return the contents of those of the records that are live and have one."""
        ...

    def changes(self, after: int = 0, /, limit: int | None = None) -> Iterator[Change]:
        """Yield the changes after one, in order, at most ``limit``."""
        ...

    def digest_at(self, number: int, /) -> str | None:
        """Return the digest of a change, without reading its events; None for a number that none has."""
        ...

    def change_of(self, request: str, /) -> int | None:
        """Return the number of the change that a request made; None for a request not known."""
        ...

    def change_before(self, moment: datetime, /) -> int:
        """Return the number of the last change made at a moment or before it; 0 for none."""
        ...

    def history(
        self, *, customers: Collection[CustomerId] = (), records: Collection[RecordKey] = ()
    ) -> list[HistoryEntry]:
        """Return the events that name one of the identifiers, or one of the records, in order."""
        ...

    def verdicts(self, records: Collection[RecordKey] | None = None, /) -> list[RecordedVerdict]:
        """Return the verdicts that stand, of some records or of all, by number."""
        ...

    def positions(self) -> dict[str, int]:
        """Return for each named reader the number of the last change it has acknowledged."""
        ...

    def audit(self, after: int = 0, /) -> Iterator[tuple[int, str]]:
        """Yield numbers and texts of the entries of the audit trail after one, in order."""
        ...

    def audit_end(self) -> tuple[int, str] | None:
        """Return number and text of the last entry of the audit trail; None before the first."""
        ...

    def settings(self) -> dict[str, str]:
        """Return the settings."""
        ...

    def damage(self) -> list[str]:
        """Return what the store itself finds wrong with what it keeps, a sentence each; nothing where all is well."""
        ...


class WriteTransaction(ReadTransaction, Protocol):
    """Reads the newest state and writes the next one; what it reads includes what it has written."""

    def append(
        self, change: Change, renaming: Renaming, contents: Mapping[RecordKey, Content] | None = None, /
    ) -> None:
        """Add a change to the history, with the records and identifiers it changes, and the contents that are new.

        A withdrawn record loses its content.  The change has the number after the head's.
        """
        ...

    def put_contents(self, contents: Mapping[RecordKey, Content], /) -> None:
        """Replace the contents of live records."""
        ...

    def forget(self, arrivals: Collection[int], keys: Collection[RecordKey], /) -> None:
        """Forget records that are not live.

        The keys of the records of these numbers are told no more, and verdicts no longer name the keys given.
        """
        ...

    def put_position(self, reader: str, change: int, /) -> None:
        """Keep how far a named reader is."""
        ...

    def append_audit(self, number: int, entry: str, /) -> None:
        """Add an entry to the audit trail; its number is the one after the last."""
        ...

    def put_setting(self, name: str, value: str, /) -> None:
        """Keep a setting."""
        ...


class Store(Protocol):
    """Keeps a registry."""

    @property
    def description(self) -> str:
        """What keeps it, for people: kind, version and mode; no path, no password."""
        ...

    def reading(self) -> AbstractContextManager[ReadTransaction]:
        """Open a transaction that sees one state, whatever others write meanwhile."""
        ...

    def transact(self, work: Callable[[WriteTransaction], _Result], /) -> _Result:
        """Do some work in a writing transaction, and return its result once it is durable.

        An exception of the work rolls everything back and is passed on.  After a conflict with another writer the work
        is done anew, on the state that the other one has left; so it must have no effect but through the transaction.

        Raises
        ------
        StoreConflictError
            If conflicts do not end in the time allowed.
        StoreError
            If the store cannot write.
        """
        ...

    def stamp(self) -> object:
        """Return a value that compares unequal to what it was before anything was written, by whichever process.

        It is asked before each look at what was kept in memory, and has to be much faster than a transaction.  It may
        change where nothing was written.  Not to be compared with that of another object on the same registry.
        """
        ...

    def scrub(self) -> bool:
        """Write over what deleted and replaced rows have left behind; return whether nothing of them is left.

        It may be False where others use the store at the moment: then it is to be tried again.

        Raises
        ------
        StoreError
            If the store cannot write.
        """
        ...

    def close(self) -> None:
        """Give back what the store holds open; it cannot be used afterwards."""
        ...
