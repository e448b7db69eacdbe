"""What a registry does for the rights of the people it knows: erasure, and what goes with it."""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import evolve

from custid.registry._plans import Plan, cause_of
from custid.registry.erasure import Erasure, ErasureTask, Leftover, left_to_do, named_records, note_left_to_do
from custid.registry.events import Change
from custid.registry.ingestion import MatchingRegistry
from custid.registry.record_keys import checked_record_key
from custid.registry.store import WriteTransaction
from custid.registry.writing import Clock

if TYPE_CHECKING:
    from custid.privacy import SuppressionList
    from custid.registry.key_ring import KeyRing

__all__ = ["RightsRegistry"]


class RightsRegistry(MatchingRegistry, ABC):
    """What a registry does for the rights of people; see `Registry`."""

    _clock: Clock

    def erase(
        self,
        customers: str | Iterable[str] = (),
        *,
        records: Iterable[tuple[str, str]] = (),
        reason: str,
        suppress: SuppressionList | None = None,
        keys: KeyRing | None = None,
        actor: str = "",
        request: str = "",
    ) -> Erasure:
        """Erase customers, or single records, for good (article 17 GDPR).

        Contents and keys of the records are deleted, those of records included that were withdrawn before; verdicts
        no longer name them; values that nobody else states leave the tables of the match model; what was worked out is
        forgotten, in memory and in the directory of the state; and what deleted rows leave in files is written over.
        The others are customers as if the records had never come; nobody is renamed who does not have to be.  Numbers
        of records, identifiers and a note for each record stay in the history: they tell that something was erased,
        when, by whom and why, and not whom.

        Parameters
        ----------
        customers : str or iterable of str
            Identifiers; those that are gone are passed over, but for records that were withdrawn from them.
        records : iterable of tuple of str
            Keys of further records; those that the registry does not hold are passed over.
        reason : str
            Why, as a code: ``"article 17"``.
        suppress : SuppressionList, optional
            Takes the e-mail addresses and phone numbers of the records, so that they are known if they come again; to
            be saved by the caller.
        keys : KeyRing, optional
            The keys of backups: those of the records are destroyed.
        actor, request : str
            As in :meth:`apply`.

        Returns
        -------
        Erasure
            The proof; the same call again finds nothing to erase.

        Raises
        ------
        ConfigurationError
            If actor, reason or request holds a key or a value of the records.
        IdentifierError, UnknownIdentifierError
            If an identifier is none, or was never issued.

        Notes
        -----
        All records that stay are matched anew: erase many in one call.  Out of reach are what a file
        system keeps of deleted files, copies made by others, logs of a database server, and what the tables of the
        match model hold of values that a record stated before it was changed or withdrawn.
        """
        wanted = [self._scheme.parse(each) for each in ([customers] if isinstance(customers, str) else customers)]
        named = {checked_record_key(each) for each in records}
        cause = cause_of("erase", actor, reason, request)
        done: list[Erasure] = []

        def plan(transaction: WriteTransaction) -> Plan:
            task = ErasureTask(transaction, named_records(transaction, wanted, named))
            task.require_impersonal(cause)
            n_suppressed = 0 if suppress is None else task.suppress(suppress, self._clock().date())
            planned = task.plan(has_keys=keys is not None)
            done[:] = [evolve(task.proof(), n_suppressed=n_suppressed)]
            return planned

        with self._store.reading() as transaction:
            is_known = transaction.change_of(cause.request) is not None
            if not (is_known or named_records(transaction, wanted, named)):
                done.append(Erasure(change=None, n_records=0))
        change = None if done else self._write(cause, plan)
        found = done[0] if done else Erasure.of(change)
        return evolve(found, change=self._as_kept(change), is_complete=self.complete_erasure(keys))

    def _as_kept(self, change: Change | None) -> Change | None:
        """Return a change as the store has it by now, which no longer tells what was erased in it."""
        if change is None:
            return None
        with self._store.reading() as transaction:
            return next(iter(transaction.changes(change.number - 1, limit=1)))

    def complete_erasure(self, keys: KeyRing | None = None) -> bool:
        """Do what is left to do of erasures: opening a registry does so, too.

        Parameters
        ----------
        keys : KeyRing, optional
            The keys of backups, where some are to be destroyed.

        Returns
        -------
        bool
            Whether nothing is left to do.  It is False where others use the store at the moment, or where keys of
            backups are to be destroyed and were not given.

        Raises
        ------
        StoreError
            If the store cannot write.
        """
        with self._store.reading() as transaction:
            before = left_to_do(transaction)
        if before.is_done:
            return True
        if keys is not None:
            keys.shred(before.arrivals)
        after = Leftover(arrivals=before.arrivals if keys is None else ())
        if before.is_unscrubbed:
            # What was saved before; what is in memory knows of the erasure.
            self._matching.purge()
            after = evolve(after, is_unscrubbed=not self._store.scrub())
        if after != before:
            self._store.transact(lambda transaction: note_left_to_do(transaction, after))
        return after.is_done
