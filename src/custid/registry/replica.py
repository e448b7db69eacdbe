"""A store that follows a registry by its changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from attrs import evolve

from custid.errors import StoreError, UnknownChangeError
from custid.registry.contents import Content
from custid.registry.erasure import SETTING as ERASURE
from custid.registry.erasure import left_to_do, note_left_to_do
from custid.registry.events import Change, EventKind, digest_of
from custid.registry.naming import Renaming, Tally
from custid.registry.record_keys import RecordKey
from custid.registry.replay import Replay
from custid.registry.store import Head, Store, WriteTransaction

__all__ = ["Replica"]

_PAGE: Final = 500


class Replica:
    """Follows a registry: takes over its changes, whole and in their order, wherever they come from.

    What a change erases is erased here as well, keys and contents, and files are written anew.

    Parameters
    ----------
    store : Store
        An empty one, or one that has followed the registry so far; nobody else may write to it.

    Examples
    --------
    >>> from custid.registry import MemoryStore, Registry, SequentialMinter
    >>> registry = Registry(MemoryStore(), minter=SequentialMinter())
    >>> change = registry.apply([[("crm", "1"), ("shop", "7")]])
    >>> copy = MemoryStore()
    >>> replica = Replica(copy)
    >>> replica.take(registry.changes(replica.token)), replica.take([change])
    (1, 0)
    >>> Registry(copy).id_of(("shop", "7"))
    '0000-0000-0000-0012'
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._replay: Replay | None = None
        self._digest = ""

    @property
    def token(self) -> str | None:
        """What to ask the registry's changes from; None before the first."""
        with self._store.reading() as transaction:
            head = transaction.head()
        return f"{head.tally.change}.{head.digest[:16]}" if head.tally.change else None

    def take(self, changes: Iterable[Change], *, contents: Mapping[RecordKey, Content] | None = None) -> int:
        """Take over changes, in one transaction.

        Parameters
        ----------
        changes : iterable of Change
            In order; those that were taken before are passed over.
        contents : Mapping of RecordKey to Content, optional
            What records say, after the changes; those that are not there then are passed over.

        Returns
        -------
        int
            How many were new.

        Raises
        ------
        StoreError
            If a change is missing before one of them; nothing is taken then.
        UnknownChangeError
            If they are of another history; nothing is taken then.
        """
        given = list(changes)
        n_taken = self._store.transact(lambda transaction: self._take(transaction, given, contents or {}))
        self._scrub()
        with self._store.reading() as transaction:
            self._digest = transaction.head().digest
        return n_taken

    def follow(self, original: Store) -> int:
        """Take over all that is new in a registry: changes, contents, settings, and how far its readers are.

        Parameters
        ----------
        original : Store
            What keeps the registry; others may go on writing to it.

        Returns
        -------
        int
            How many changes were new.  Afterwards both stores hold the same, but for contents of changes taken
            without them.

        Raises
        ------
        UnknownChangeError
            If this store has changes that the registry does not have.
        """
        with self._store.reading() as transaction:
            known = transaction.head()
        n_taken, last = 0, known.tally.change
        with original.reading() as transaction:
            if last and [each.digest for each in transaction.changes(last - 1, limit=1)] != [known.digest]:
                raise _other_history(last)
            # Who looks at this store meanwhile has to know what the columns of a source mean before its records come.
            settings, positions = transaction.settings(), transaction.positions()
            self._store.transact(lambda writing: _keep_settings(writing, settings))
            while page := list(transaction.changes(last, limit=_PAGE)):
                named = {event.record for change in page for event in change.events if event.record is not None}
                n_taken += self.take(page, contents=transaction.contents(named))
                last = page[-1].number
        self._store.transact(lambda writing: _keep_positions(writing, positions))
        return n_taken

    def _scrub(self) -> None:
        """Write over what was erased; where others use the store at the moment, the next changes do it."""
        with self._store.reading() as transaction:
            left = left_to_do(transaction)
        if left.is_unscrubbed and self._store.scrub():
            self._store.transact(lambda writing: note_left_to_do(writing, evolve(left, is_unscrubbed=False)))

    def _take(self, transaction: WriteTransaction, changes: list[Change], contents: Mapping[RecordKey, Content]) -> int:
        head, n_taken = transaction.head(), 0
        # Work that is done again starts from what the store holds.
        replay = self._replay if self._replay is not None and self._digest == head.digest else None
        self._replay = None
        for change in changes:
            if change.number <= head.tally.change:
                held = next(iter(transaction.changes(change.number - 1, limit=1)))
                if held.digest != change.digest:
                    raise _other_history(change.number)
                continue
            if change.number > head.tally.change + 1:
                raise StoreError(
                    f"replica: expected change {head.tally.change + 1}, got change {change.number}.",
                    hint="Ask for the changes since replica.token, and take them in their order.",
                )
            if digest_of(head.digest, change) != change.digest:
                raise _other_history(change.number)
            replay = replay or Replay(transaction.naming())
            renaming = _counted(replay.take(change.number, change.events), head)
            transaction.append(change, renaming)
            _forget_erased(transaction, change)
            head = transaction.head()
            n_taken += 1
        live = transaction.records(contents.keys()).keys()
        transaction.put_contents({key: each for key, each in contents.items() if key in live})
        self._replay = replay
        return n_taken


def _forget_erased(transaction: WriteTransaction, change: Change) -> None:
    """Forget what a change has erased, as the registry that is followed did."""
    erased = {each.arrival: each.customer for each in change.events if each.kind is EventKind.ERASED}
    arrivals = {each for each in erased if each is not None}
    if not arrivals:
        return
    told = (entry.event for entry in transaction.history(customers=set(erased.values())))
    keys = {each.record for each in told if each.arrival in arrivals and each.record is not None}
    # A key may be that of another record by now.
    transaction.forget(arrivals, keys - transaction.records(keys).keys())
    note_left_to_do(transaction, evolve(left_to_do(transaction), is_unscrubbed=True))


def _counted(renaming: Renaming, head: Head) -> Renaming:
    """Return what a change made, with records counted that came and went before what the replay knows."""
    tally = renaming.tally
    arrivals = max(tally.arrivals, head.tally.arrivals)
    return evolve(renaming, tally=Tally(change=tally.change, arrivals=arrivals, issued=tally.issued))


def _other_history(number: int) -> UnknownChangeError:
    return UnknownChangeError(
        f"replica: change {number}: expected the history that was followed so far, got another.",
        hint="After a restore from a backup, start over with an empty store.",
    )


def _keep_settings(transaction: WriteTransaction, settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        if name != ERASURE:
            transaction.put_setting(name, value)


def _keep_positions(transaction: WriteTransaction, positions: Mapping[str, int]) -> None:
    for name, position in positions.items():
        transaction.put_position(name, position)
