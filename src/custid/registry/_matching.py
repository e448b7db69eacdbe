"""A registry that matches by itself: its matcher beside the store, and what it makes of a request.

Invariant: what is written is the partition that the live records, the verdicts that stand and the match model make.
The matcher is brought up to date inside each writing transaction, so that other processes may write to the store, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING, Final

from custid._threads import Turns
from custid.errors import ConfigurationError
from custid.registry._verdict_groups import Standing, joined_groups, parts_of
from custid.registry.events import NO_CHANGE, Change, EventKind
from custid.registry.record_keys import RecordKey
from custid.registry.restriction import SETTING as RESTRICTIONS
from custid.registry.restriction import frozen_customers
from custid.registry.rows import Row
from custid.registry.store import ReadTransaction, Store, WriteTransaction

if TYPE_CHECKING:
    from custid.engines.options import ResolveOptions
    from custid.registry._prepared import Prepared
    from custid.registry._sight import Sight
    from custid.registry.contents import Content
    from custid.registry.intake_policy import IntakePolicy
    from custid.registry.keyed_rows import KeyedRows
    from custid.registry.ledger_customers import LedgerCustomers
    from custid.registry.matcher import Matcher
    from custid.registry.row_columns import RowColumns
    from custid.registry.saved_state import SavedState
    from custid.registry.typed_feeds import AnyFeed
    from custid.scoring.match_model import TrainedMatchModel

__all__ = [
    "Matching",
    "feed_of",
    "has_feeds",
    "intake_of",
    "keep_feed",
    "keep_intake",
    "keep_model",
    "kept_contents",
    "model_of",
    "options_of",
    "require_tenant",
    "rows_of",
    "uses_model",
]

_MODEL_SETTING: Final = "match_model"
_OPTIONS_SETTING: Final = "match_options"
_FEED_SETTING: Final = "feed:"
_TENANT_SETTING: Final = "tenant"
_INTAKE_SETTING: Final = "intake"


def uses_model(transaction: ReadTransaction) -> bool:
    """Tell whether the registry matches by itself."""
    return _MODEL_SETTING in transaction.settings()


def model_of(transaction: ReadTransaction) -> TrainedMatchModel | None:
    """Return the match model in use; None for none."""
    from custid.scoring.match_model import TrainedMatchModel  # noqa: PLC0415  # loads Arrow

    text = transaction.settings().get(_MODEL_SETTING)
    return None if text is None else TrainedMatchModel.from_json(text)


def options_of(transaction: ReadTransaction) -> ResolveOptions:
    """Return the options in use; those by default where none were kept."""
    from custid.engines.options import ResolveOptions  # noqa: PLC0415  # loads numpy
    from custid.registry.match_options import options_from_json  # noqa: PLC0415  # as above

    text = transaction.settings().get(_OPTIONS_SETTING)
    return ResolveOptions() if text is None else options_from_json(text)


def keep_model(transaction: WriteTransaction, model: TrainedMatchModel, options: ResolveOptions) -> None:
    """Keep the match model and the options to be used from now on."""
    from custid.registry.match_options import options_to_json  # noqa: PLC0415  # loads numpy

    transaction.put_setting(_MODEL_SETTING, model.to_json())
    transaction.put_setting(_OPTIONS_SETTING, options_to_json(options))


def feed_of(transaction: ReadTransaction, source: str) -> AnyFeed | None:
    """Return what the columns of a source mean; None for a source not heard of."""
    from custid.registry.typed_feeds import feed_from_json  # noqa: PLC0415  # loads Arrow

    text = transaction.settings().get(_FEED_SETTING + source)
    return None if text is None else feed_from_json(source, text)


def _is_day_first(settings: Mapping[str, str]) -> bool:
    """Tell whether ambiguous dates begin with the day: unless all sources of rows are read otherwise."""
    told = {json.loads(text).get("day_first") for name, text in settings.items() if name.startswith(_FEED_SETTING)}
    return told - {None} != {False}


def _keep_nothing(_feed: AnyFeed) -> None:
    """Decide what columns mean for now: whoever writes first decides it for good, the same way."""


def keep_feed(transaction: WriteTransaction, feed: AnyFeed) -> None:
    """Keep what the columns of a source mean."""
    transaction.put_setting(_FEED_SETTING + feed.source, feed.to_json())


def has_feeds(transaction: ReadTransaction) -> bool:
    """Tell whether any source is known."""
    return any(name.startswith(_FEED_SETTING) for name in transaction.settings())


def intake_of(transaction: ReadTransaction) -> IntakePolicy:
    """Return what the registry takes in; everything where nothing was kept."""
    from custid.registry.intake_policy import IntakePolicy  # noqa: PLC0415  # loads standardizers

    text = transaction.settings().get(_INTAKE_SETTING)
    return IntakePolicy() if text is None else IntakePolicy.from_json(text)


def kept_contents(transaction: ReadTransaction, contents: Mapping[RecordKey, Content]) -> dict[RecordKey, Content]:
    """Return contents that come by themselves without what the registry does not take in."""
    if not contents:
        return {}
    from custid.registry.masked_contents import screened_contents  # noqa: PLC0415  # loads standardizers

    return screened_contents(contents, intake_of(transaction))


def keep_intake(transaction: WriteTransaction, policy: IntakePolicy) -> None:
    """Keep what the registry takes in."""
    transaction.put_setting(_INTAKE_SETTING, policy.to_json())


def require_tenant(transaction: WriteTransaction, tenant: str | None) -> None:
    """Refuse typed records of another tenant than those before; None for rows, which tell of none."""
    if tenant is None:
        return
    kept = transaction.settings().get(_TENANT_SETTING)
    if kept is None:
        transaction.put_setting(_TENANT_SETTING, tenant)
    elif kept != tenant:
        raise ConfigurationError(
            "records: expected those of one tenant, whose customers the registry knows, got those of another.",
            hint="Customers of tenants are never merged: open a registry for each.",
        )


def _texts_of(transaction: ReadTransaction) -> tuple[str, str]:
    """Return model and options as they are kept; a registry without options has those by default."""
    from custid.engines.options import ResolveOptions  # noqa: PLC0415  # loads numpy
    from custid.registry.match_options import options_to_json  # noqa: PLC0415  # as above

    settings = transaction.settings()
    return settings[_MODEL_SETTING], settings.get(_OPTIONS_SETTING) or options_to_json(ResolveOptions())


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
            if self._customers is not None:
                self._regrouped |= self._touched
            self._touched.clear()

    @contextmanager
    def looking(self, store: Store) -> Iterator[Sight]:
        """Look at the newest state of the store.

        Any number of threads may look at once; those that write in this process wait meanwhile.  Who finds that
        something was written looks alone.
        """
        with self._turns.reading():
            if self._sight is not None and store.stamp() == self._seen:
                yield self._sight
                return
        with self._lock, self._turns.writing():
            # Who waited for another turn, beside others that write all the time, might wait for ever.
            yield self._looked_again(store)

    def _looked_again(self, store: Store) -> Sight:
        """Take over what has been written since."""
        # What is written from here on shows in the next stamp.
        seen = store.stamp()
        if self._sight is None or seen != self._seen:
            with store.reading() as transaction:
                self._sight = self._seen_in(transaction)
            self._seen = seen
        return self._sight

    def _seen_in(self, transaction: ReadTransaction) -> Sight:
        from custid.registry._sight import Sight  # noqa: PLC0415  # loads Arrow and numba
        from custid.registry.ledger_customers import LedgerCustomers  # noqa: PLC0415  # loads arrays

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
        head = transaction.head()
        if self._customers is None or self._sight is None:
            states = transaction.naming().records.values()
            self._customers = LedgerCustomers({each.key: each.customer for each in states}, matcher.held_unit_of)
        else:
            self._customers.follow(transaction.changes(self._sight.change), self._regrouped | self._touched)
        self._regrouped.clear()
        self._touched.clear()
        self._position = self._written = (head.tally.change, head.digest)
        return Sight(
            matcher=matcher,
            customers=self._customers,
            change=head.tally.change,
            is_day_first=_is_day_first(transaction.settings()),
        )

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
        texts = _texts_of(transaction)
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
            self._matcher, self._position = saved
            if self._is_of_this_history(transaction):
                self._saved = self._position
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
            with store.reading() as transaction:
                is_tainted = _has_erasure(transaction, self._position[0])
            if is_tainted:
                self.purge()
                return
            self._state.save(self._matcher, self._position, self._texts)
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
        self._texts = _texts_of(transaction)
        model = model_of(transaction)
        assert self._matcher is not None  # noqa: S101  # what stays was asked for
        assert model is not None  # noqa: S101  # the registry matches
        self._matcher.forget_departed(model)
        # They know records by their keys, which nobody can tell afterwards.
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
        done: set[RecordKey] = set()
        parts: list[list[RecordKey]] = []
        while todo:
            concerned = sorted(key for key in todo if key in live)
            groups = (
                joined_groups(concerned, standing, lambda key: matcher.groups_of([key])[0], live)
                if standing
                else [set(group) for group in matcher.groups_of(concerned)]
            )
            fresh = [group for group in groups if not group <= done]
            for group in fresh:
                parts.extend(parts_of(group, standing, matcher.weights_among, matcher.contracted))
            done = done.union(todo, *fresh)
            customers = {state.customer for state in transaction.records(done).values()}
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
