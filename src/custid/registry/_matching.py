"""A registry that matches by itself: its matcher beside the store, and what it makes of a request.

Invariant: what is written is the partition that the live records, the verdicts that stand and the match model make.
The matcher is brought up to date inside each writing transaction, so that other processes may write to the store, too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING, Final

from custid._threads import Turns
from custid.errors import ConfigurationError
from custid.registry._kept_settings import feed_of, is_day_first, keep_feed, model_of, texts_of, uses_model
from custid.registry._verdict_groups import Standing, joined_groups, parts_of
from custid.registry.events import NO_CHANGE, Change, EventKind, VerdictKind
from custid.registry.record_keys import RecordKey
from custid.registry.restriction import SETTING as RESTRICTIONS
from custid.registry.restriction import frozen_customers
from custid.registry.rows import Row
from custid.registry.store import ReadTransaction, Store, WriteTransaction

if TYPE_CHECKING:
    from custid.registry._prepared import Prepared
    from custid.registry._sight import Sight
    from custid.registry.keyed_rows import KeyedRows
    from custid.registry.ledger_customers import LedgerCustomers
    from custid.registry.matcher import Matcher
    from custid.registry.row_columns import RowColumns
    from custid.registry.saved_state import SavedState
    from custid.registry.typed_feeds import AnyFeed

__all__ = ["Matching", "rows_of"]


_MANY_REGROUPED: Final = 10_000
_PART_REGROUPED: Final = 10
"""Of so many records, and one in so many of all, customers are read anew rather than followed."""


def _keep_nothing(_feed: AnyFeed) -> None:
    """Decide what columns mean for now: whoever writes first decides it for good, the same way."""


class Matching:
    """The matcher of one registry object.

    Parameters
    ----------
    state : SavedState, optional
        Where it is saved; nowhere when not given.

    Notes
    -----
    It is where the store was when this object wrote or looked last, and catches up by the changes since then.  Rows of
    a transaction that is done again are in it already: what they touched is kept until it is written.  When a
    transaction fails that has brought in rows or made the matcher, it is thrown away and made anew from the store.
    """

    def __init__(self, state: SavedState | None = None) -> None:
        self._lock = RLock()
        self._turns = Turns()
        self._state = state
        self._saved: tuple[int, str] | None = None
        self._matcher: Matcher | None = None
        self._texts = ("", "")
        self._position = self._written = (0, NO_CHANGE)
        self._touched: set[RecordKey] = set()
        self._left_out: set[RecordKey] = set()
        self._is_ahead = False
        self._customers: LedgerCustomers | None = None
        self._followed = 0
        self._regrouped: set[RecordKey] = set()
        self._sight: Sight | None = None
        self._seen: object = None

    @property
    def matcher(self) -> Matcher | None:
        """The matcher as it is; None before its first use."""
        return self._matcher

    @contextmanager
    def request(self) -> Iterator[None]:
        """Serve one request: no other thread does meanwhile, and nothing is kept of one that fails."""
        with self._lock, self._turns.writing():
            self._is_ahead = False
            try:
                yield
            except BaseException:
                if self._is_ahead:
                    self._forget()
                raise
            self._position = self._written
            self._note_regrouped()
            self._touched.clear()

    def _note_regrouped(self) -> None:
        """Note which records a request has moved, for whoever asks next whose they are; nobody may ask for long."""
        if self._customers is None or self._matcher is None:
            return
        self._regrouped |= self._touched
        if len(self._regrouped) > max(_MANY_REGROUPED, len(self._matcher.records) // _PART_REGROUPED):
            self._customers = None
            self._regrouped.clear()

    @contextmanager
    def looking(self, store: Store) -> Iterator[Sight]:
        """Look at the newest state of the store.

        Any number of threads may look at once; those that write in this process wait meanwhile.  Who finds that
        something was written looks alone.
        """
        with self._turns.reading():
            if self._sight is not None and self._sight.is_sound and store.stamp() == self._seen:
                yield self._sight
                return
        with self._lock, self._turns.writing():
            # Who waited for another turn, beside others that write all the time, might wait for ever.
            yield self._looked_again(store)

    def _looked_again(self, store: Store) -> Sight:
        """Take over what has been written since."""
        # What is written from here on shows in the next stamp.
        seen = store.stamp()
        if self._sight is None or not self._sight.is_sound or seen != self._seen:
            with store.reading() as transaction:
                self._sight = self._seen_in(transaction)
            self._seen = seen
        return self._sight

    def _seen_in(self, transaction: ReadTransaction) -> Sight:
        from custid.registry._sight import Sight  # noqa: PLC0415  # loads Arrow and numba

        if not uses_model(transaction):
            raise ConfigurationError(
                "registry: expected a match model, got none.", hint="Call train(sample) or use(model) first."
            )
        try:
            matcher = self._caught_up(transaction, _keep_nothing)
            matcher.open()
        except BaseException:
            self._forget()
            raise
        customers, head = self._customers_in(transaction, matcher), transaction.head()
        self._position = self._written = (head.tally.change, head.digest)
        return Sight(
            matcher=matcher,
            customers=customers,
            change=head.tally.change,
            is_day_first=is_day_first(transaction.settings()),
        )

    def _customers_in(self, transaction: ReadTransaction, matcher: Matcher) -> LedgerCustomers:
        """Return the customers of the state that the matcher has come to."""
        from custid.registry.ledger_customers import LedgerCustomers  # noqa: PLC0415  # loads arrays

        found = self._customers
        if found is None or not found.are_of(matcher.units):
            found = self._customers = LedgerCustomers.of(transaction.crosswalk(), matcher.units)
        else:
            found.follow(transaction.changes(self._followed), self._regrouped | self._touched, transaction)
        self._regrouped.clear()
        self._touched.clear()
        self._followed = transaction.head().tally.change
        return found

    def _forget(self) -> None:
        """Throw the matcher away, also the one that questions are answered from: it may be the same."""
        self._matcher = self._sight = self._customers = None

    def wrote(self, transaction: WriteTransaction, change: Change | None) -> None:
        """Note where the store is once the transaction is durable."""
        head = transaction.head()
        self._written = (head.tally.change, head.digest) if change is None else (change.number, change.digest)

    def catch_up(self, transaction: WriteTransaction) -> Matcher:
        """Return the matcher of the state that a writing transaction sees, which has a match model."""
        return self._caught_up(transaction, partial(keep_feed, transaction))

    def _caught_up(self, transaction: ReadTransaction, keep: Callable[[AnyFeed], None]) -> Matcher:
        texts = texts_of(transaction)
        if self._matcher is None or texts != self._texts or not self._is_of_this_history(transaction):
            self._make(transaction, texts, keep)
        head = transaction.head()
        number = self._position[0]
        if head.tally.change > number and self._matcher is not None:
            self._follow(transaction, number, keep)
        assert self._matcher is not None  # noqa: S101  # made above
        self._leave_out(transaction, self._matcher, keep)
        return self._matcher

    def _leave_out(self, transaction: ReadTransaction, matcher: Matcher, keep: Callable[[AnyFeed], None]) -> None:
        """Take out the records of customers that stay as they are, and bring in those that no longer do."""
        still = {key for members in frozen_customers(transaction).values() for key in members}
        leaving = {key for key in still if key in matcher.records}
        coming = transaction.records(self._left_out - still).keys()
        self._left_out = still
        if leaving or coming:
            self._is_ahead = True
            self._touched |= {*leaving, *coming, *matcher.update(rows_of(transaction, coming, keep), leaving)}

    def _is_of_this_history(self, transaction: ReadTransaction) -> bool:
        """Tell whether the changes that the matcher knows are the first ones of the store."""
        number, digest = self._position
        return number == 0 or transaction.digest_at(number) == digest

    def take_over(self, transaction: WriteTransaction, prepared: Prepared) -> None:
        """Match by a matcher that was prepared; it is brought up to date as any other is."""
        if self._matcher is not prepared.matcher:
            self._is_ahead = True
            self._matcher, self._texts, self._position = prepared.matcher, prepared.texts, prepared.position
            self._customers = None
            self._touched.clear()
            self._saved = None
        for feed in prepared.feeds:
            if feed_of(transaction, feed.source) is None:
                keep_feed(transaction, feed)

    def _make(
        self,
        transaction: ReadTransaction,
        texts: tuple[str, str],
        keep: Callable[[AnyFeed], None],
    ) -> None:
        from custid.registry.match_options import options_from_json  # noqa: PLC0415  # loads numpy
        from custid.registry.matcher import Matcher  # noqa: PLC0415  # loads Arrow and numba
        from custid.scoring.match_model import TrainedMatchModel  # noqa: PLC0415  # loads Arrow

        self._is_ahead = True
        self._texts, self._saved = texts, None
        self._customers = None
        self._touched.clear()
        model, options = TrainedMatchModel.from_json(texts[0]), options_from_json(texts[1])
        # A saved state does not tell which records were left out of it.
        has_left_out = RESTRICTIONS in transaction.settings()
        saved = None if self._state is None or has_left_out else self._state.load(model, options, texts)
        if saved is not None:
            self._matcher, customers, self._position = saved
            if self._is_of_this_history(transaction):
                self._saved = self._position
                self._customers, self._followed = customers, self._position[0]
                return
        self._matcher = Matcher(model, options)
        self._matcher.update(rows_of(transaction, transaction.naming().records.keys(), keep))
        head = transaction.head()
        self._position = (head.tally.change, head.digest)

    def save(self, store: Store) -> None:
        """Save the state as it is, if it is to be saved and has changed since."""
        with self._lock:
            if self._state is None or self._matcher is None or self._position == self._saved:
                return
            customers = None
            with store.reading() as transaction, self._turns.writing():
                # Customers are saved by the numbers of their records, which this may change.
                self._matcher.renew()
                is_tainted = _has_erasure(transaction, self._position[0])
                head = transaction.head()
                # Where others have written since, what the store tells of customers is not what the matcher knows.
                if not is_tainted and (head.tally.change, head.digest) == self._position:
                    customers = self._customers_in(transaction, self._matcher)
            if is_tainted:
                self.purge()
                return
            self._state.save(self._matcher, customers, self._position, self._texts)
            self._saved = self._position

    def purge_saved(self) -> None:
        """Delete what was saved; what is in memory is saved without values that outlive their records."""
        with self._lock, self._turns.writing():
            if self._state is not None:
                self._state.purge()
                self._saved = None

    def purge(self) -> None:
        """Forget all that was worked out, which holds values of records that are no more, and delete what was saved."""
        with self._lock, self._turns.writing():
            self._drop()

    def _drop(self) -> None:
        """Forget all, and delete what was saved; by whoever has his turn."""
        self._forget()
        self._touched.clear()
        if self._state is not None:
            self._state.purge()
            self._saved = None

    def _follow(self, transaction: ReadTransaction, number: int, keep: Callable[[AnyFeed], None]) -> None:
        """Take over what others have changed since."""
        assert self._matcher is not None  # noqa: S101  # the caller has seen to it
        if _has_erasure(transaction, number):
            # Which records they were, nobody can tell any more, and nothing of them may be saved again.
            self._drop()
            self._make(transaction, self._texts, keep)
            return
        named = {
            event.record
            for change in transaction.changes(number)
            for event in change.events
            if event.record is not None
        }
        live = transaction.records(named).keys()
        rows = rows_of(transaction, live, keep)
        try:
            self._touched |= self._matcher.update(rows, named - live)
        except BaseException:
            self._forget()
            raise

    def weights_among(
        self, transaction: WriteTransaction, records: Sequence[RecordKey]
    ) -> dict[tuple[int, int], float]:
        """Return the weights of the pairs of some live records that are compared, by their places; none without model.

        Records of customers that stay as they are, are not compared.
        """
        if not uses_model(transaction):
            return {}
        matcher = self.catch_up(transaction)
        self.wrote(transaction, None)
        places = [place for place, key in enumerate(records) if key in matcher.records]
        found = matcher.weights_among([records[place] for place in places])
        return {(places[one], places[other]): bits for (one, other), bits in found.items()}

    def columns_without(self, transaction: WriteTransaction, departing: Collection[RecordKey]) -> list[RowColumns]:
        """Return what all live records mean but some, those included that are left out of matching."""
        held = self.catch_up(transaction).columns_of(departing)
        left_out = rows_of(transaction, self._left_out.difference(departing), partial(keep_feed, transaction))
        return [held, left_out.columns]

    def forget_after(self, transaction: WriteTransaction) -> None:
        """Match by the model that an erasure has left, and hold nothing of the erased once the change is made.

        The model weighs the records that stay as the one before, so that nothing is matched anew.
        """
        self._is_ahead = True
        self._texts = texts_of(transaction)
        model = model_of(transaction)
        assert self._matcher is not None  # noqa: S101  # what stays was asked for
        assert model is not None  # noqa: S101  # the registry matches
        self._matcher.forget_departed(model)
        # Changes do not tell any more afterwards which records have left them.
        self._sight = self._customers = None

    def change(
        self,
        transaction: WriteTransaction,
        arriving: Mapping[RecordKey, Row],
        departing: Collection[RecordKey],
        verdicts: Collection[Standing] = (),
        revoked: Collection[int] = (),
        seeds: Iterable[RecordKey] = (),
    ) -> list[list[RecordKey]]:
        """Take in records, let others go, and return the customers of all records concerned.

        Parameters
        ----------
        transaction : WriteTransaction
            The transaction in which they will be written.
        arriving : Mapping of RecordKey to Row
            What records say from now on.
        departing : collection of RecordKey
            Records that are withdrawn.
        verdicts : collection of Standing
            Verdicts that are about to be recorded.
        revoked : collection of int
            Numbers of verdicts that are about to be revoked.
        seeds : iterable of RecordKey
            Further records to be looked at.

        Returns
        -------
        list of list of RecordKey
            Whole customers, before and after.
        """
        matcher = self.catch_up(transaction)
        arriving = (
            {key: row for key, row in arriving.items() if key not in self._left_out} if self._left_out else arriving
        )
        self._is_ahead = self._is_ahead or bool(arriving or departing)
        self._touched |= matcher.update(arriving, departing)
        standing: list[Standing] = [each for each in transaction.verdicts() if each.number not in revoked]
        standing.extend(verdicts)
        live = matcher.records
        # What was together with a record that leaves or has moved is looked at, too.
        todo = {*self._touched, *seeds, *arriving, *departing}
        fixed = self._staying_as_they_are(transaction, todo, departing)
        todo -= self._left_out
        is_divided = any(each.kind is VerdictKind.DIFFERENT for each in standing)
        has_customers = transaction.head().tally.arrivals > 0
        done: set[RecordKey] = set()
        parts: list[list[RecordKey]] = []
        while todo:
            concerned = _live_of(matcher, todo)
            groups = (
                joined_groups(concerned, standing, lambda key: matcher.groups_of([key])[0], live)
                if standing
                else [set(group) for group in matcher.groups_of(concerned)]
            )
            fresh = [group for group in groups if not group <= done]
            for group in fresh:
                if is_divided:
                    parts.extend(parts_of(group, standing, matcher.weights_among, matcher.contracted))
                else:
                    parts.append(sorted(group))
            done = done.union(todo, *fresh)
            customers = {state.customer for state in transaction.records(done).values()} if has_customers else set()
            todo = {key for key in transaction.naming(customers).records if key not in done} if customers else set()
        return [*parts, *fixed]

    def _staying_as_they_are(
        self, transaction: WriteTransaction, concerned: Collection[RecordKey], departing: Collection[RecordKey]
    ) -> list[list[RecordKey]]:
        """Return the customers that match model and verdicts have no say in, but for records that go."""
        if self._left_out.isdisjoint(concerned):
            return []
        return [
            [key for key in members if key not in departing]
            for members in frozen_customers(transaction).values()
            if not set(members).isdisjoint(concerned)
        ]


def _live_of(matcher: Matcher, records: Collection[RecordKey]) -> list[RecordKey]:
    """Return those of some records that are live, ascending."""
    asked = sorted(records)
    return [key for key, number in zip(asked, matcher.units.numbers_of(asked).tolist(), strict=True) if number >= 0]


def rows_of(transaction: ReadTransaction, keys: Collection[RecordKey], keep: Callable[[AnyFeed], None]) -> KeyedRows:
    """Return what live records mean; what the contents of sources not heard of mean is for the caller to keep."""
    from custid.registry._prepared import Said  # noqa: PLC0415  # loads Arrow and numba

    rows, new = Said.of(transaction, keys, feed_of).rows()
    for feed in new:
        keep(feed)
    return rows


def _has_erasure(transaction: ReadTransaction, number: int) -> bool:
    """Tell whether a record was erased after a change."""
    return any(event.kind is EventKind.ERASED for change in transaction.changes(number) for event in change.events)
