"""Records come in, change and go: a registry that matches by itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from custid.errors import ConfigurationError, PartitionError
from custid.registry._collector import CollectorPause
from custid.registry._kept_settings import (
    REGION_SETTING,
    feed_of,
    has_feeds,
    intake_of,
    keep_feed,
    keep_intake,
    keep_model,
    model_of,
    options_of,
    require_tenant,
    uses_model,
)
from custid.registry._lookup import RegistryLookup
from custid.registry._matching import Matching
from custid.registry._plans import Plan, cause_of, customers_of
from custid.registry.events import Cause, Change
from custid.registry.identifiers import CustomerIdScheme
from custid.registry.minting import Minter
from custid.registry.record_keys import RecordKey
from custid.registry.restriction import frozen_customers, restrict_as_stated, without_restricted
from custid.registry.store import Store, WriteTransaction
from custid.registry.writing import Clock, NewVerdict

if TYPE_CHECKING:
    from custid.engines.options import ResolveOptions
    from custid.intake import Schema
    from custid.privacy import SuppressionList
    from custid.privacy.residency import Transfer
    from custid.registry.given import Given, Taken
    from custid.registry.ingested import Ingestion
    from custid.registry.intake_policy import IntakePolicy
    from custid.registry.previews import ModelPreview
    from custid.registry.rows import Row
    from custid.registry.saved_state import SavedState
    from custid.registry.typed_feeds import AnyFeed
    from custid.scoring.match_model import TrainedMatchModel

    _Read = tuple[AnyFeed, IntakePolicy, Taken]

__all__ = ["LARGEST_CHURN", "MatchingRegistry"]

GUARDED_FROM: Final = 20
"""Records from which on a list that lacks many of them looks truncated; of fewer, each is a large share."""

SUPPRESSED: Final = ("email", "phone")
"""Attributes that a suppression list knows."""

LARGEST_CHURN: Final = 0.05
"""Share of the records that a new match model may rename.  Training anew on other records of the same making renames
one or two in a hundred; a model that renames more than twice as many is another one, at which somebody should look."""


class MatchingRegistry(RegistryLookup, ABC):
    """What a registry does with a match model; see `Registry`.

    Parameters
    ----------
    store : Store
        What keeps it.
    scheme : CustomerIdScheme
        What identifiers look like.
    state : SavedState or None
        Where what was worked out is kept from one opening to the next.
    """

    _clock: Clock

    def __init__(self, store: Store, scheme: CustomerIdScheme, state: SavedState | None = None) -> None:
        super().__init__(store, scheme)
        self._matching = Matching(state)
        self._feeds: dict[str, AnyFeed] = {}

    def save_state(self) -> None:
        """Save what was worked out, so that the registry is opened in seconds next time; closing does so by itself.

        Nothing happens without a directory for it, and where nothing has changed since.  Others wait meanwhile, some
        seconds for a million records.

        Raises
        ------
        StoreError
            If a file cannot be written.
        """
        self._matching.save(self._store)

    def purge_state(self) -> None:
        """Forget what was worked out and delete what was saved: after records were erased from the store.

        Both hold values of records, also of some that have left.  All is made anew from the store when it is needed
        next.  Other processes that have the registry open hold values of their own, and have to forget them, too.

        Raises
        ------
        StoreError
            If a file cannot be deleted.
        """
        self._matching.purge()

    @property
    def region(self) -> str:
        """Where the store lies; empty where nothing depends on it."""
        with self._store.reading() as transaction:
            return transaction.settings().get(REGION_SETTING, "")

    @abstractmethod
    def _write(
        self, cause: Cause, plan: Callable[[WriteTransaction], Plan], mint: Minter | None = None
    ) -> Change | None:
        """Write what a plan makes of the store."""

    @property
    def model(self) -> TrainedMatchModel | None:
        """The match model in use; None for none."""
        with self._store.reading() as transaction:
            return model_of(transaction)

    def schema(self, source: str) -> Schema | None:
        """Return what the columns of a source mean, kept from its first rows on.

        Parameters
        ----------
        source : str
            Name of the source.

        Returns
        -------
        Schema or None
            With it, `custid.dedupe` reads rows as the registry does; None for a source not heard of, and for one of
            typed records, which say themselves what their values are.
        """
        with self._store.reading() as transaction:
            feed = feed_of(transaction, source)
        return None if feed is None else feed.schema

    @property
    def options(self) -> ResolveOptions:
        """The options in use; `custid.dedupe` matches with them and the model as the registry does."""
        with self._store.reading() as transaction:
            return options_of(transaction)

    def preview(self, model: TrainedMatchModel | None = None, *, options: ResolveOptions | None = None) -> ModelPreview:
        """Tell what another match model, or other options, would change; nothing is written.

        All records are matched anew beside the registry, which goes on meanwhile, and takes as much memory again.
        What persons have decided holds as it will afterwards.

        Parameters
        ----------
        model : TrainedMatchModel, optional
            The match model; that in use when not given.
        options : ResolveOptions, optional
            The options; those in use when not given.

        Returns
        -------
        ModelPreview
            Merges, splits and new names, as text, counts and tables; :meth:`use` takes it.

        Raises
        ------
        ConfigurationError
            As :meth:`use` raises it.
        """
        self._require_open("preview")
        from custid.registry.previews import previewed  # noqa: PLC0415  # loads numba

        return previewed(self._store, model, options)

    def use(
        self,
        model: TrainedMatchModel | ModelPreview,
        *,
        options: ResolveOptions | None = None,
        largest_churn: float = LARGEST_CHURN,
        actor: str = "",
        reason: str = "",
        request: str = "",
    ) -> Change | None:
        """Match by a model from now on.

        All records that are there are matched anew: their customers are those of one batch with this model and these
        options, but for what persons have decided.  From then on partitions from elsewhere are refused
        (:meth:`apply`).

        Parameters
        ----------
        model : TrainedMatchModel or ModelPreview
            The match model, from :meth:`train`, `custid.train` or a file; or what :meth:`preview` told, whose model and
            options are taken and whose work is not done again.  Model and options are kept in the store.
        options : ResolveOptions, optional
            Options that decide which records are one customer; those in use when not given, at first those by default.
            What is kept stands in `custid.registry.match_options`.
        largest_churn : float
            Share of the records, from 0 to 1, that may get another identifier, where the registry has matched before.
            A registry of fewer than 20 records is not guarded.  The share is that of the moment: records may have come
            since a preview.
        actor, reason, request : str
            As in :meth:`apply`.

        Returns
        -------
        Change or None
            What changed; None if no customer did.

        Raises
        ------
        ConfigurationError
            If the model does not tell its attributes and its cap of blocks, as those of older releases; if the options
            cannot be kept (`custid.registry.match_options.require_keepable`); or if there are options beside a
            preview.
        PartitionError
            If more records would get another identifier; nothing is written then.
        """
        from custid.registry.previews import ModelPreview, n_renamed_by, require_churn  # noqa: PLC0415  # loads numba

        cause = cause_of("use", actor, reason, request)
        if self._is_served(request):
            return self._write(cause, lambda _transaction: Plan(clusters=[]))
        if isinstance(model, ModelPreview) and options is not None:
            raise ConfigurationError(
                "options: expected none beside a preview, which has its own, got some.",
                hint="Preview the model with these options.",
            )
        preview = model if isinstance(model, ModelPreview) else self.preview(model, options=options)
        prepared = preview.take_prepared()

        def accept(change: Change | None, n_renamed: int | None, n_records: int) -> None:
            if n_records >= GUARDED_FROM:
                require_churn(n_renamed_by(change) if n_renamed is None else n_renamed, n_records, largest_churn)

        def plan(transaction: WriteTransaction) -> Plan:
            naming = transaction.naming()
            n_guarded = len(naming.records) if uses_model(transaction) else 0
            if transaction.head().tally.change == preview.change:
                accept(None, preview.n_renamed, n_guarded)
            keep_model(transaction, preview.model, preview.options)
            if prepared is not None:
                self._matching.take_over(transaction, prepared)
            return Plan(
                clusters=list(naming.clusters().values()), accept=lambda change: accept(change, None, n_guarded)
            )

        return self._write(cause, plan)

    def _is_served(self, request: str) -> bool:
        if not request:
            return False
        with self._store.reading() as transaction:
            return transaction.change_of(request) is not None

    def train(
        self,
        sample: Any,
        *,
        schema: Schema | None = None,
        options: ResolveOptions | None = None,
        largest_churn: float = LARGEST_CHURN,
    ) -> TrainedMatchModel:
        """Learn a match model from records and use it.

        Parameters
        ----------
        sample : path, table, stream, frame or iterable of dicts
            Records such as will come, some ten thousand or as many as there are.  They are not taken in.
        schema : Schema, optional
            What columns mean, where detection errs.
        options : ResolveOptions, optional
            Options to learn with, and those to be used as in :meth:`use`.
        largest_churn : float
            As in :meth:`use`.

        Returns
        -------
        TrainedMatchModel
            The model, the same as from `custid.train`.
        """
        from custid.registry._training import trained_on  # noqa: PLC0415  # loads Arrow

        model = trained_on(sample, schema, options)
        self.use(model, options=options, largest_churn=largest_churn, reason="trained")
        return model

    @property
    def intake(self) -> IntakePolicy:
        """What the registry takes in."""
        with self._store.reading() as transaction:
            return intake_of(transaction)

    def keep_intake(self, policy: IntakePolicy) -> None:
        """Say what the registry takes in from now on.

        Parameters
        ----------
        policy : IntakePolicy
            Which attributes may be kept for which purposes, and what is masked.  It is kept in the store and holds for
            everything that :meth:`ingest` is given afterwards; what is there already stays.

        Raises
        ------
        ConfigurationError
            If purposes change where sources are known: what of a source is evidence is kept from its first rows on.
        """

        def work(transaction: WriteTransaction) -> None:
            before = intake_of(transaction)
            is_other = (before.purposes, before.matching_purpose) != (policy.purposes, policy.matching_purpose)
            if is_other and has_feeds(transaction):
                raise ConfigurationError(
                    "intake: purposes: expected those of before, since sources are known, got others.",
                    hint="Say what may be kept before the first records come, or begin a new registry.",
                )
            keep_intake(transaction, policy)

        self._store.transact(work)

    def ingest(
        self,
        rows: Any,
        *,
        source: str,
        schema: Schema | None = None,
        is_snapshot: bool = False,
        largest_withdrawn_share: float = 0.2,
        region: str = "",
        transfer: Transfer | None = None,
        suppression: SuppressionList | None = None,
        refuse_suppressed: bool = False,
        actor: str = "",
        reason: str = "",
        request: str = "",
    ) -> Ingestion:
        """Take in records that are new or say something else.

        Afterwards the customers are those of one batch over all live records with the match model, but for what persons
        have decided: neither the order in which records came nor what they said before has an influence.  Only what the
        records can reach is worked out again.

        Parameters
        ----------
        rows : path, table, stream, frame or iterable of dicts
            Rows in any form that `custid.dedupe` takes, one or many.  A column holds the key of each record; a record
            whose key is known is replaced.  Typed records (`custid.model.Record`) name source and key themselves, and
            are kept whole.
        source : str
            Name of the source.
        schema : Schema, optional
            What columns mean, where detection errs; of a source heard of before, nothing else than before.
        is_snapshot : bool
            Whether the rows are all that the source has: records that are not among them are withdrawn, but for those
            of restricted customers, which are counted (`Ingestion.n_restricted`).  A record of which a new version is
            refused stays as it is; rows that are refused and whose key is not known refuse the
            snapshot, since it would withdraw their records.
        largest_withdrawn_share : float
            Share of the source's records, from 0 to 1, that a snapshot may lack; more look like a truncated file.  A
            source of fewer than 20 records is not guarded.
        region : str
            Where the rows are from, ``"EU"`` or a country; typed records tell by their jurisdiction.  Looked at where
            the registry was made for a region.
        transfer : Transfer, optional
            What lets records of other regions in; it is put on record in an audit trail before they are stored.
        suppression : SuppressionList, optional
            Who wanted never to be contacted again: records with such an address or number are told of.
        refuse_suppressed : bool
            Whether they are refused as well, instead of being taken in; one that is known stays as it is.
        actor, reason, request : str
            As in :meth:`apply`.

        Returns
        -------
        Ingestion
            What changed (``change``: None if nothing did, as when the same rows come again), counts, and the rows that
            were refused: those that cannot be read, have no key, or are typed records with values that hold for some
            time only, or are of another region.  The others are taken in, without what :meth:`keep_intake` drops or
            masks; social security numbers are masked always.

        Raises
        ------
        ConfigurationError
            If the registry has no match model, the schema contradicts what columns meant before, rows come where typed
            records came before or the other way round, or records are of another tenant.
        SchemaError, DuplicateRecordKeyError
            If rows have no column of record keys, or two have the same.
        InputError
            If nothing can be read.
        PartitionError
            If a snapshot lacks too many records, or has rows that are refused and whose key is not known.
        VerdictError
            If what persons have decided cannot hold any more.

        Notes
        -----
        What a column means is decided when the source is first heard of, and kept (:meth:`schema`): columns that come
        later are kept with the records and are no evidence.  So is how ambiguous dates are read: as the first rows show
        it, with the day first where they do not.
        """
        return self._ingested(
            rows,
            source=source,
            schema=schema,
            is_snapshot=is_snapshot,
            largest_withdrawn_share=largest_withdrawn_share,
            region=region,
            transfer=transfer,
            suppression=suppression,
            refuse_suppressed=refuse_suppressed,
            cause=cause_of("ingest", actor, reason, request),
        )

    def _ingested(
        self,
        rows: Any,
        *,
        source: str,
        schema: Schema | None,
        is_snapshot: bool,
        largest_withdrawn_share: float,
        cause: Cause,
        region: str | None = "",
        transfer: Transfer | None = None,
        suppression: SuppressionList | None = None,
        refuse_suppressed: bool = False,
        check: Callable[[WriteTransaction, Taken, Collection[RecordKey]], None] | None = None,
        decided: Callable[[WriteTransaction], list[NewVerdict]] | None = None,
    ) -> Ingestion:
        """Take in records, with what a person decides of them, unless a check of what comes and goes raises.

        No region is that of records which may lie where the registry does, wherever they are from.
        """
        from custid.registry.given import Given  # noqa: PLC0415  # loads Arrow
        from custid.registry.ingested import Ingestion  # noqa: PLC0415  # as above

        given = Given.of(rows, source)
        with self._store.reading() as transaction:
            home = transaction.settings().get(REGION_SETTING, "")
            feed, policy = self._feeds.get(source) or feed_of(transaction, source), intake_of(transaction)
        if home and region is not None:
            given = _of_region(given, home, region, transfer, cause.actor)
        # What takes long is done before others have to wait; the transaction confirms that it is what the store has.
        with CollectorPause():
            prepared = self._read(given, schema, feed, policy)
        taken: list[Taken] = []
        suppressed: tuple[RecordKey, ...] = ()
        n_restricted = 0

        def without_refused(read: Taken, feed: AnyFeed | None) -> Taken:
            nonlocal suppressed
            suppressed = () if suppression is None else _suppressed(read.rows, suppression)
            return read.without(suppressed, given.lines_of(suppressed, feed)) if refuse_suppressed else read

        def plan(transaction: WriteTransaction) -> Plan:
            nonlocal n_restricted
            if not uses_model(transaction):
                raise ConfigurationError(
                    "registry: expected a match model, got none.", hint="Call train(sample) or use(model) first."
                )
            read = self._taken(transaction, given, schema, prepared)
            taken[:] = [without_refused(read, feed_of(transaction, source) or prepared[0])]
            read, withdrawn = taken[0], set[RecordKey]()
            if is_snapshot:
                withdrawn = self._lacking(transaction, source, read, largest_withdrawn_share)
                n_restricted = len(_staying(transaction, source, read))
            if check is not None:
                check(transaction, read, withdrawn)
            verdicts = [] if decided is None or not read.rows else decided(transaction)
            notes, clusters = (
                restrict_as_stated(transaction, read.contents, self._clock()) if given.table is None else ([], [])
            )
            joins = {key: each.left[0] for each in verdicts for key in each.right}
            return Plan(
                clusters=[*clusters, *customers_of(transaction, list(joins.values())).clusters().values()],
                withdrawn=withdrawn,
                contents=read.contents,
                rows=without_restricted(transaction, read.rows),
                verdicts=verdicts,
                notes=notes,
                joins=joins,
            )

        change = self._write(cause, plan)
        if not taken:  # the request was served before
            with self._store.reading() as transaction:
                feed, _, again = self._read(given, schema, feed_of(transaction, source), intake_of(transaction))
            taken.append(without_refused(again, feed))
        return evolve(Ingestion.of(change, taken[0]), suppressed=suppressed, n_restricted=n_restricted)

    def _read(self, given: Given, schema: Schema | None, feed: AnyFeed | None, policy: IntakePolicy) -> _Read:
        """Return what rows mean, without what must not be kept."""
        from custid.registry.feeds import schema_under  # noqa: PLC0415  # loads Arrow
        from custid.registry.screening import screened  # noqa: PLC0415  # as above

        if feed is None:
            feed = given.feed(schema).under(policy)
        else:
            feed.require(None if schema is None else schema_under(schema, policy))
            self._feeds[given.source] = feed
        left = screened(given, policy, feed)
        return feed, policy, evolve(left.given.taken(feed), masked=left.masked, dropped=left.dropped)

    def _taken(self, transaction: WriteTransaction, given: Given, schema: Schema | None, prepared: _Read) -> Taken:
        """Return what rows mean, and keep what their columns mean."""
        require_tenant(transaction, given.tenant)
        kept, policy = feed_of(transaction, given.source), intake_of(transaction)
        feed, known, taken = prepared
        is_confirmed = policy == known and (kept == feed or (kept is None and given.feed(schema).under(policy) == feed))
        if not is_confirmed:
            feed, _, taken = self._read(given, schema, kept, policy)
        # Where all rows are refused, nothing tells what columns mean.
        if kept is None and taken.rows:
            keep_feed(transaction, feed)
        return taken

    def _lacking(
        self, transaction: WriteTransaction, source: str, taken: Taken, largest_withdrawn_share: float
    ) -> set[RecordKey]:
        """Return the records that a snapshot withdraws."""
        if len(taken.refused) > len(taken.kept):
            first = taken.refused[0]
            raise PartitionError(
                f"snapshot: source {source!r}: expected rows that can be read, got "
                f"{len(taken.refused) - len(taken.kept)} others; line {first.line_number}: {first.message}",
                hint="It would withdraw their records: mend these rows, or give the others as no snapshot.",
            )
        known = {key for key in self._matching.catch_up(transaction).records if key.source == source}
        withdrawn = known.difference(taken.rows, taken.kept)
        if len(known) >= GUARDED_FROM and len(withdrawn) > largest_withdrawn_share * len(known):
            raise PartitionError(
                f"snapshot: source {source!r}: expected at most {largest_withdrawn_share:.0%} of {len(known)} "
                f"records to be missing, got {len(withdrawn)}.",
                hint="A truncated file? If not, allow more: largest_withdrawn_share=1.",
            )
        return withdrawn


def _of_region(given: Given, home: str, region: str, transfer: Transfer | None, actor: str) -> Given:
    """Return what may lie in a region, and put on record what comes from elsewhere."""
    from custid.privacy.audit import AuditEntry  # noqa: PLC0415  # most registries are for no region
    from custid.privacy.residency import checked_region  # noqa: PLC0415  # as above

    kept, moved = given.of_region(home, checked_region(region) if region else "", may_move=transfer is not None)
    if transfer is not None:
        for place, n_records in sorted(moved.items()):
            about = f"{n_records} records of source {given.source!r} from {place or 'no region'} to {home}"
            transfer.audit.append(AuditEntry(actor=actor, action="transfer", reason=f"{transfer.basis}: {about}"))
    return kept


def _staying(transaction: WriteTransaction, source: str, taken: Taken) -> set[RecordKey]:
    """Return the records of restricted customers that a snapshot lacks."""
    held = {key for members in frozen_customers(transaction).values() for key in members if key.source == source}
    return held.difference(taken.rows, taken.kept)


def _suppressed(rows: Mapping[RecordKey, Row], suppression: SuppressionList) -> tuple[RecordKey, ...]:
    """Return the records with an address or a number that is on a list."""
    return tuple(
        sorted(
            key
            for key, row in rows.items()
            if any(
                suppression.has(attribute, value)
                for attribute, values in row.values
                if attribute in SUPPRESSED
                for value in values
            )
        )
    )
