"""Erasing records: what belongs to them, what of the match model was theirs alone, and what has to be done afterwards.

The ledger speaks of records by their numbers.  An erased record leaves its number there and nothing else: its key, its
content and its place in verdicts are deleted, and so are the hashes of values in the tables of the match model that no
other record states.  What is left to do once that is durable (writing over what deleted rows leave in files, destroying
keys of backups) is noted in the same transaction, and done again at the next opening if it was interrupted.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

from attrs import evolve, field, frozen

from custid.errors import ConfigurationError
from custid.registry._kept_settings import feed_of, keep_model, model_of, options_of, uses_model
from custid.registry._matching import Matching
from custid.registry._plans import Plan, customers_of, resolution_of
from custid.registry.contents import Content
from custid.registry.events import Cause, Change, Event, EventKind
from custid.registry.identifiers import CustomerId
from custid.registry.ingestion import SUPPRESSED
from custid.registry.key_ring import COMMON
from custid.registry.record_keys import RecordKey
from custid.registry.resolution import Gone, Moved
from custid.registry.restriction import put_restrictions, restrictions_of
from custid.registry.store import ReadTransaction, WriteTransaction

if TYPE_CHECKING:
    from custid.privacy import SuppressionList
    from custid.registry.row_columns import RowColumns
    from custid.registry.rows import Row
    from custid.scoring.match_model import TrainedMatchModel

__all__ = [
    "SETTING",
    "Erasure",
    "ErasureTask",
    "Leftover",
    "Named",
    "left_to_do",
    "model_without",
    "named_records",
    "note_left_to_do",
]

SETTING: Final = "erasure"
"""What is left to do with the files of a store; of no other store, be it a copy."""
_LEAST_LETTERS: Final = 4
"""Shorter values stand in texts by chance."""


@frozen(kw_only=True)
class Erasure:
    """What was erased: the proof, without personal data.

    Attributes
    ----------
    change : Change or None
        When, by whom and why, with a note for each record under its number; None where there was nothing to erase.
    n_records : int
        Records erased.
    n_terms : int
        Hashes of values taken out of the tables of the match model, since no other record states the values.
    n_suppressed : int
        Addresses and numbers entered in the suppression list.
    mentions : tuple of int
        Changes whose actor, reason or request holds a key or a value of the records: they are part of the chain of
        digests, stay as they are, and are to be looked at.
    is_complete : bool
        Whether nothing is left in files, either.  False where others used the store, or keys of backups are still
        there: `Registry.complete_erasure` finishes, as the next opening does.
    """

    change: Change | None = field(repr=False)
    n_records: int
    n_terms: int = 0
    n_suppressed: int = 0
    mentions: tuple[int, ...] = ()
    is_complete: bool = True

    @classmethod
    def of(cls, change: Change | None) -> Self:
        """Return the proof of a change that was made before."""
        events = () if change is None else change.events
        return cls(change=change, n_records=sum(each.kind is EventKind.ERASED for each in events))


@frozen(kw_only=True)
class Named:
    """A record to be erased, live or withdrawn before.

    Attributes
    ----------
    key : RecordKey
        The record.
    arrival : int
        Its number.
    customer : CustomerId
        The customer to which it belongs, or belonged when it was withdrawn.
    is_live : bool
        Whether it is there.
    """

    key: RecordKey = field(repr=False)
    arrival: int
    customer: CustomerId
    is_live: bool

    @property
    def note(self) -> Event:
        """The entry of the ledger that says that it was erased."""
        return Event(kind=EventKind.ERASED, customer=self.customer, arrival=self.arrival)


@frozen(kw_only=True)
class Leftover:
    """What is left to do of erasures that are durable.

    Attributes
    ----------
    is_unscrubbed : bool
        Whether files may hold something of what was deleted.
    arrivals : tuple of int
        Numbers of the records whose keys of backups may be there.
    """

    is_unscrubbed: bool = False
    arrivals: tuple[int, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return not (self.is_unscrubbed or self.arrivals)


def named_records(
    transaction: ReadTransaction, customers: Iterable[CustomerId], keys: Iterable[RecordKey]
) -> list[Named]:
    """Return all records of customers, those included that were withdrawn before, and further records.

    Parameters
    ----------
    transaction : ReadTransaction
        Reads the registry.
    customers : iterable of CustomerId
        Identifiers, also those that are gone.
    keys : iterable of RecordKey
        Records; those never heard of, or erased before, are passed over.

    Returns
    -------
    list of Named
        By their numbers.

    Raises
    ------
    UnknownIdentifierError
        If an identifier was never issued.
    """
    active, gone = set[CustomerId](), set[CustomerId]()
    for each in customers:
        resolution = resolution_of(transaction, each)
        if isinstance(resolution, Gone):
            gone.add(each)
        else:
            active.add(resolution.to if isinstance(resolution, Moved) else each)
    wanted = set(keys)
    naming = transaction.naming(active)
    live = {**naming.records, **transaction.records(wanted)}
    found = {
        each.arrival: Named(key=each.key, arrival=each.arrival, customer=each.customer, is_live=True)
        for each in live.values()
    }
    ids = gone.union(active, naming.identifiers)
    for event in _withdrawals(transaction, ids, wanted):
        if event.record is not None and event.arrival is not None and event.arrival not in found:
            found[event.arrival] = Named(
                key=event.record, arrival=event.arrival, customer=event.customer, is_live=False
            )
    return [found[arrival] for arrival in sorted(found)]


def _withdrawals(
    transaction: ReadTransaction, ids: Collection[CustomerId], keys: Collection[RecordKey]
) -> Iterator[Event]:
    for entry in transaction.history(customers=ids, records=keys):
        event = entry.event
        if event.kind is EventKind.WITHDRAWN and (event.customer in ids or event.record in keys):
            yield event


# Texts


def _spoken(keys: Iterable[RecordKey], contents: Iterable[Content]) -> set[str]:
    """Return what a text may hold of records, folded: keys and texts of four letters or more."""
    texts = [*(key.key for key in keys), *(text for content in contents for text in _texts(content.values()))]
    return {text.casefold() for text in texts if len(text) >= _LEAST_LETTERS}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _holds(cause: Cause, spoken: Collection[str]) -> bool:
    text = f"{cause.actor}\n{cause.reason}\n{cause.request}".casefold()
    return any(
        each in text and re.search(rf"(?<!\w){re.escape(each)}(?!\w)", text) is not None for each in spoken if each
    )


# The match model


def model_without(
    model: TrainedMatchModel, erased: Iterable[Row], staying: Sequence[RowColumns]
) -> tuple[TrainedMatchModel, int]:
    """Return a match model whose tables hold no value that only erased records state.

    Parameters
    ----------
    model : TrainedMatchModel
        The match model.
    erased : iterable of Row
        What the erased records said.
    staying : sequence of RowColumns
        What the other records mean.

    Returns
    -------
    model : TrainedMatchModel
        It weighs every pair of the others as before: the values taken out stand in none of them, and the number of
        units that the frequencies refer to is kept.
    n_terms : int
        Hashes taken out.
    """
    from custid.scoring.frequencies import attribute_counted, terms_of  # noqa: PLC0415  # loads numpy

    stated: defaultdict[str, set[str]] = defaultdict(set)
    for row in erased:
        for attribute, values in row.values:
            stated[attribute].update(values)
    frequencies, n_terms = dict(model.frequencies), 0
    for name, counted in model.frequencies.items():
        attribute = attribute_counted(name)
        terms = sorted(terms_of(name, stated.get(attribute, ())))
        listed = {term for term, is_listed in zip(terms, counted.are_listed(terms), strict=True) if is_listed}
        if listed:
            listed.difference_update(*(terms_of(name, each.stated(attribute)) for each in staying))
        if listed:
            frequencies[name] = counted.without(listed)
            n_terms += len(listed)
    return (evolve(model, frequencies=frequencies) if n_terms else model), n_terms


# What is left to do


def left_to_do(transaction: ReadTransaction) -> Leftover:
    """Return what is left to do of erasures that are durable."""
    text = transaction.settings().get(SETTING)
    if not text:
        return Leftover()
    held = json.loads(text)
    return Leftover(is_unscrubbed=held["is_unscrubbed"], arrivals=tuple(held["arrivals"]))


def note_left_to_do(transaction: WriteTransaction, leftover: Leftover) -> None:
    """Keep what is left to do."""
    held = {"is_unscrubbed": leftover.is_unscrubbed, "arrivals": sorted(leftover.arrivals)}
    transaction.put_setting(SETTING, json.dumps(held) if not leftover.is_done else "")


class ErasureTask:
    """One erasure, inside its transaction.

    Parameters
    ----------
    transaction : WriteTransaction
        The transaction.
    erased : sequence of Named
        The records.
    """

    def __init__(self, transaction: WriteTransaction, erased: Sequence[Named]) -> None:
        self._transaction, self._erased = transaction, erased
        self._live = {each.key for each in erased if each.is_live}
        keys = {each.key for each in erased}
        # A key may be that of another record by now.
        self._keys = keys - (transaction.records(keys).keys() - self._live)
        self._contents = transaction.contents(self._live)
        # What they say is read before they are gone.
        self._rows = self._read() if self._contents else {}
        self._mentions: tuple[int, ...] = ()
        self.n_terms = 0

    def _read(self) -> dict[RecordKey, Row]:
        from custid.registry._prepared import Said  # noqa: PLC0415  # loads Arrow and numba

        said = Said.of(self._transaction, self._contents.keys(), feed_of).rows()[0]
        return dict(said.chosen(list(said)))

    def require_impersonal(self, cause: Cause) -> None:
        """Refuse a reason that tells of whom it is, and note the earlier ones that do.

        Raises
        ------
        ConfigurationError
            If actor, reason or request holds a key or a value of the records.
        """
        spoken = _spoken((each.key for each in self._erased), self._contents.values())
        if _holds(cause, spoken):
            raise ConfigurationError(
                "erase: actor, reason, request: expected texts without personal data, got one that holds a key or a "
                "value of a record to be erased.",
                hint="Give a code, such as reason='article 17', or the number of the request.",
            )
        customers = {each.customer for each in self._erased}
        told = self._transaction.history(customers=customers, records=self._keys)
        causes = {entry.change: entry.cause for entry in told}
        self._mentions = tuple(sorted(number for number, each in causes.items() if _holds(each, spoken)))

    def suppress(self, suppress: SuppressionList, since: date, of: Collection[CustomerId] | None) -> int:
        """Enter the addresses and numbers of customers, or of all, in a list and save it; return how many they are."""
        keys = {each.key for each in self._erased if of is None or each.customer in of}
        stated = {
            (attribute, value)
            for key, row in self._rows.items()
            if key in keys
            for attribute, values in row.values
            if attribute in SUPPRESSED
            for value in values
        }
        n_entered = sum(suppress.add(attribute, value, since=since) for attribute, value in sorted(stated))
        # Before the commit: an entry too many can be lived with, and the repetition needs none more.
        suppress.save()
        return n_entered

    def plan(self, matching: Matching, *, has_keys: bool) -> Plan:
        """Take out of the match model what nobody else states, and return what withdraws and deletes the records.

        Parameters
        ----------
        matching : Matching
            Tells what the other records mean.
        has_keys : bool
            Whether keys of backups are to be destroyed.

        Returns
        -------
        Plan
            Verdicts of which a side is left empty are revoked.
        """
        transaction = self._transaction
        # What was worked out may hold values of records that were withdrawn before.
        is_matched = uses_model(transaction) and bool(self._erased)
        if is_matched:
            self._take_out_of_model(matching)
        concerned = customers_of(transaction, self._live).clusters()
        verdicts = transaction.verdicts(self._keys) if self._keys else []
        clusters = [[key for key in members if key not in self._live] for members in concerned.values()]
        if is_matched:
            # Whom a verdict has kept from the erased may be together with others now.
            named = {key for each in verdicts for key in (*each.left, *each.right)} - self._live
            others = customers_of(transaction, named).clusters()
            clusters += [[key for key in members if key not in self._live] for members in others.values()]
        return Plan(
            clusters=clusters,
            withdrawn=self._live,
            notes=[each.note for each in self._erased],
            revoked=[
                each.number
                for each in verdicts
                if self._keys.issuperset(each.left) or self._keys.issuperset(each.right)
            ],
            is_erasure=is_matched,
            finish=partial(self._finish, has_keys=has_keys),
        )

    def _take_out_of_model(self, matching: Matching) -> None:
        transaction = self._transaction
        staying = matching.columns_without(transaction, self._live)
        model = model_of(transaction)
        assert model is not None  # noqa: S101  # the registry matches
        without, self.n_terms = model_without(model, self._rows.values(), staying)
        if self.n_terms:
            keep_model(transaction, without, options_of(transaction))

    def _finish(self, *, has_keys: bool) -> None:
        transaction = self._transaction
        arrivals = [each.arrival for each in self._erased]
        transaction.forget(arrivals, self._keys)
        restrictions = restrictions_of(transaction)
        if not self._keys.isdisjoint(restrictions):
            put_restrictions(transaction, {key: each for key, each in restrictions.items() if key not in self._keys})
            arrivals.append(COMMON)
        if self.n_terms:
            arrivals.append(COMMON)
        left = {*left_to_do(transaction).arrivals, *(arrivals if has_keys else ())}
        note_left_to_do(transaction, Leftover(is_unscrubbed=True, arrivals=tuple(sorted(left))))

    def proof(self) -> Erasure:
        """Return what is erased."""
        return Erasure(change=None, n_records=len(self._erased), n_terms=self.n_terms, mentions=self._mentions)
