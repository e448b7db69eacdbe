"""What persons decide of customers, which outranks what is found: merges, splits, what is forbidden, and undoing."""

from __future__ import annotations

from abc import ABC
from collections.abc import Collection, Iterable
from itertools import combinations
from typing import TYPE_CHECKING, Final

from custid.errors import PartitionError, UnknownChangeError, VerdictError
from custid.registry._kept_settings import kept_contents, uses_model
from custid.registry._plans import (
    Plan,
    active_of,
    cause_of,
    customer_of,
    customers_of,
    made,
    number_of,
    regrouped,
    resolution_of,
)
from custid.registry.contents import Content
from custid.registry.events import Change, VerdictKind
from custid.registry.recognizing import RecognizingRegistry
from custid.registry.record_keys import RecordKey, checked_record_key
from custid.registry.store import ReadTransaction
from custid.registry.writing import NewVerdict

if TYPE_CHECKING:
    from custid.intake import RefusedRow
    from custid.model import Record

__all__ = ["DecidingRegistry"]

_TWO: Final = 2


class DecidingRegistry(RecognizingRegistry, ABC):
    """What persons decide in a registry; see `Registry`."""

    def merge(
        self,
        one: str | tuple[str, str],
        other: str | tuple[str, str],
        *,
        reason: str,
        actor: str = "",
        request: str = "",
    ) -> Change:
        """Decide that two customers are one.

        The verdict holds between two records, those that were with the customers first (or those given): should one of
        the customers prove to be two some day, the other one stays with that record.

        Parameters
        ----------
        one, other : str or tuple of str
            Identifiers of customers, or record keys.
        reason : str
            Why; without personal data.
        actor, request : str
            As in :meth:`apply`.

        Returns
        -------
        Change
            With the verdict.

        Raises
        ------
        VerdictError
            If they are one customer, or a person has decided otherwise.
        UnknownIdentifierError, UnknownRecordError
            If one of them is not there.
        """

        def plan(transaction: ReadTransaction) -> Plan:
            left, right = self._side(transaction, one), self._side(transaction, other)
            if left[0] == right[0]:
                raise VerdictError(
                    "merge: expected two customers, got one.", hint="To keep two of its records together, name these."
                )
            concerned = customers_of(transaction, left + right)
            return Plan(
                clusters=[list(concerned.records)],
                verdicts=[NewVerdict(kind=VerdictKind.SAME, left=left[:1], right=right[:1])],
            )

        return made(self._write(cause_of("merge", actor, reason, request), plan))

    def split(
        self,
        identifier: str,
        parts: Iterable[Collection[tuple[str, str]]],
        *,
        reason: str,
        actor: str = "",
        request: str = "",
    ) -> Change:
        """Decide that a customer is several.

        Parameters
        ----------
        identifier : str
            The customer.
        parts : iterable of collections of tuple of str
            Records by customer; those that are not named are a part of their own.
        reason : str
            Why; without personal data.
        actor, request : str
            As in :meth:`apply`.

        Returns
        -------
        Change
            With a verdict for every two parts.

        Raises
        ------
        PartitionError
            If there are not at least two parts, or a record is not of the customer.
        VerdictError
            If a person has decided otherwise.
        UnknownIdentifierError
            If the customer is not there.
        """
        wanted = self._scheme.parse(identifier)
        named = [sorted({checked_record_key(key) for key in members}) for members in parts]

        def plan(transaction: ReadTransaction) -> Plan:
            members = transaction.naming([active_of(resolution_of(transaction, wanted))]).records
            stated = {key for each in named for key in each}
            if not stated <= members.keys():
                raise PartitionError("split: expected records of the customer, got some that are not.")
            rest = sorted(members.keys() - stated)
            clusters = [each for each in (*named, rest) if each]
            if len(clusters) < _TWO:
                raise PartitionError("split: expected two parts or more, got one.", hint="Name some of the records.")
            return Plan(
                clusters=clusters,
                verdicts=[
                    NewVerdict(kind=VerdictKind.DIFFERENT, left=left, right=right)
                    for left, right in combinations(clusters, 2)
                ],
            )

        return made(self._write(cause_of("split", actor, reason, request), plan))

    def forbid(
        self,
        one: str | tuple[str, str],
        other: str | tuple[str, str],
        *,
        reason: str,
        actor: str = "",
        request: str = "",
    ) -> Change:
        """Decide that two customers are different, and stay so whatever is found.

        The verdict holds between all records that the two customers have now (or between the records given).

        Parameters
        ----------
        one, other : str or tuple of str
            Identifiers of customers, or record keys.
        reason : str
            Why; without personal data.
        actor, request : str
            As in :meth:`apply`.

        Returns
        -------
        Change
            With the verdict.

        Raises
        ------
        VerdictError
            If they are one customer now, or a person has decided otherwise.
        UnknownIdentifierError, UnknownRecordError
            If one of them is not there.
        """

        def plan(transaction: ReadTransaction) -> Plan:
            left, right = self._side(transaction, one), self._side(transaction, other)
            concerned = customers_of(transaction, left + right).clusters()
            if len(concerned) < _TWO:
                raise VerdictError(
                    "forbid: expected two customers, got one.", hint="Use split, which sets its records apart."
                )
            return Plan(
                clusters=list(concerned.values()),
                verdicts=[NewVerdict(kind=VerdictKind.DIFFERENT, left=left, right=right)],
            )

        return made(self._write(cause_of("forbid", actor, reason, request), plan))

    def undo(self, change: str | int, *, reason: str = "", actor: str = "", request: str = "") -> Change:
        """Take back what a person has decided: its verdicts, and the merge or split that it made.

        Parameters
        ----------
        change : str or int
            Token or number of the change.
        reason, actor, request : str
            As in :meth:`apply`.

        Returns
        -------
        Change
            Identifiers are as before the change that is undone.

        Raises
        ------
        UnknownChangeError
            If there is no such change.
        VerdictError
            If it is none of a person's, has been undone, or has been built upon: its customers are others by now.
        """

        def plan(transaction: ReadTransaction) -> Plan:
            number = number_of(transaction, change)
            # Before the first change there is nothing to be undone.
            undone = next(iter(transaction.changes(number - 1, limit=1)), None) if number else None
            if undone is None:
                raise UnknownChangeError("undo: expected the number or the token of a change, got what was before all.")
            standing = {
                each.number for each in transaction.verdicts([key for v in undone.verdicts for key in v.records])
            }
            revoked = [each.number for each in undone.verdicts if each.number in standing]
            if not revoked:
                raise VerdictError(
                    f"undo: expected a change with a verdict that stands, got change {number}.",
                    hint="Merges, splits and what was forbidden can be undone, once.",
                )
            return Plan(clusters=regrouped(transaction, undone), revoked=revoked)

        return made(self._write(cause_of("undo", actor, reason, request), plan))

    def _keep_said(
        self, record: Record, identifier: str, *, is_new: bool, actor: str, reason: str
    ) -> tuple[RefusedRow, ...]:
        """Take in what a customer has said, in a record that a decision of the same change joins to him if it is new.

        It is taken in wherever the customer's records are from: they lie here already.
        """
        wanted, key = self._scheme.parse(identifier), RecordKey(record.source, record.key)
        cause = cause_of("consent", actor, reason, "")
        with self._store.reading() as transaction:
            is_matched = uses_model(transaction)

        def decided(transaction: ReadTransaction) -> list[NewVerdict]:
            return [NewVerdict(kind=VerdictKind.SAME, left=self._side(transaction, wanted)[:1], right=[key])]

        if is_matched:
            return self._ingested(
                [record],
                source=record.source,
                schema=None,
                is_snapshot=False,
                largest_withdrawn_share=0.0,
                region=None,
                cause=cause,
                decided=decided if is_new else None,
            ).refused

        def plan(transaction: ReadTransaction) -> Plan:
            from custid.serde import unstructure  # noqa: PLC0415  # loads cattrs

            contents = {key: Content.of(unstructure(record))}
            members = self._side(transaction, wanted)
            return Plan(
                clusters=[sorted({*members, key})],
                joins={key: members[0]} if is_new else {},
                contents=kept_contents(transaction, contents, is_here=True),
                is_partition=True,
            )

        self._write(cause, plan)
        return ()

    def _side(self, transaction: ReadTransaction, named: str | tuple[str, str]) -> list[RecordKey]:
        """Return a record that is named, or all records of a customer, the one that speaks for it first."""
        if not isinstance(named, str):
            key = checked_record_key(named)
            customer_of(transaction, key)
            return [key]
        active = active_of(resolution_of(transaction, self._scheme.parse(named)))
        members = transaction.naming([active]).records.values()
        return [each.key for each in sorted(members, key=lambda each: (each.native != active, each.arrival))]
