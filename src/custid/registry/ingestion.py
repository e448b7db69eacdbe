"""Records come in, change and go: a registry that matches by itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from custid.errors import ConfigurationError, PartitionError
from custid.registry._lookup import RegistryLookup
from custid.registry._matching import Matching, feed_of, keep_feed, keep_model, model_of, uses_model
from custid.registry._plans import Plan, cause_of
from custid.registry.events import Cause, Change
from custid.registry.identifiers import IdentifierScheme
from custid.registry.minting import Minter
from custid.registry.store import Store, WriteTransaction

if TYPE_CHECKING:
    from custid.intake import Schema
    from custid.scoring.match_model import TrainedMatchModel

__all__ = ["MatchingRegistry"]

GUARDED_FROM: Final = 20
"""Records from which on a list that lacks many of them looks truncated; of fewer, each is a large share."""


class MatchingRegistry(RegistryLookup, ABC):
    """What a registry does with a match model; see `Registry`.

    Parameters
    ----------
    store : Store
        What keeps it.
    scheme : IdentifierScheme
        What identifiers look like.
    """

    def __init__(self, store: Store, scheme: IdentifierScheme) -> None:
        super().__init__(store, scheme)
        self._matching = Matching()

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
            With it, `custid.dedupe` reads rows as the registry does; None for a source not heard of.
        """
        with self._store.reading() as transaction:
            feed = feed_of(transaction, source)
        return None if feed is None else feed.schema

    def use(self, model: TrainedMatchModel, *, actor: str = "", reason: str = "", request: str = "") -> Change | None:
        """Match by a model from now on.

        All records that are there are matched anew: their customers are those of one batch with this model, but for
        what persons have decided.  From then on partitions from elsewhere are refused (:meth:`apply`).

        Parameters
        ----------
        model : TrainedMatchModel
            The match model, from :meth:`train`, `custid.train` or a file; it is kept in the store.
        actor, reason, request : str
            As in :meth:`apply`.

        Returns
        -------
        Change or None
            What changed; None if no customer did.

        Raises
        ------
        ConfigurationError
            If the model does not tell its attributes and its cap of blocks, as those of older releases.
        """
        if model.attributes is None or model.block_cap is None:
            raise ConfigurationError(
                "match model: expected one that tells its attributes and its cap of blocks, got one that does not.",
                hint="Train it anew with this release.",
            )

        def plan(transaction: WriteTransaction) -> Plan:
            keep_model(transaction, model)
            return Plan(clusters=list(transaction.naming().clusters().values()))

        return self._write(cause_of("use", actor, reason, request), plan)

    def train(self, sample: Any, *, schema: Schema | None = None) -> TrainedMatchModel:
        """Learn a match model from records and use it.

        Parameters
        ----------
        sample : path, table, stream, frame or iterable of dicts
            Records such as will come, some ten thousand or as many as there are.  They are not taken in.
        schema : Schema, optional
            What columns mean, where detection errs.

        Returns
        -------
        TrainedMatchModel
            The model, the same as from `custid.train`.
        """
        from custid.registry._training import trained_on  # noqa: PLC0415  # loads Arrow

        model = trained_on(sample, schema)
        self.use(model, reason="trained")
        return model

    def ingest(
        self,
        rows: Any,
        *,
        source: str,
        schema: Schema | None = None,
        is_snapshot: bool = False,
        largest_withdrawn_share: float = 0.2,
        actor: str = "",
        reason: str = "",
        request: str = "",
    ) -> Change | None:
        """Take in records that are new or say something else.

        Afterwards the customers are those of one batch over all live records with the match model, but for what persons
        have decided: neither the order in which records came nor what they said before has an influence.  Only what the
        records can reach is worked out again.

        Parameters
        ----------
        rows : path, table, stream, frame or iterable of dicts
            Rows in any form that `custid.dedupe` takes, one or many, but not typed records.  A column holds the key of
            each record; a record whose key is known is replaced.
        source : str
            Name of the source.
        schema : Schema, optional
            What columns mean, where detection errs; of a source heard of before, nothing else than before.
        is_snapshot : bool
            Whether the rows are all that the source has: records that are not among them are withdrawn.
        largest_withdrawn_share : float
            Share of the source's records, from 0 to 1, that a snapshot may lack; more look like a truncated file.  A
            source of fewer than 20 records is not guarded.
        actor, reason, request : str
            As in :meth:`apply`.

        Returns
        -------
        Change or None
            What changed; None if nothing did, as when the same rows come again.

        Raises
        ------
        ConfigurationError
            If the registry has no match model, or the schema contradicts what columns meant before.
        SchemaError, DuplicateRecordKeyError
            If rows have no record keys, or two have the same.
        InputError
            If a row cannot be read: then none is taken in.
        PartitionError
            If a snapshot lacks too many records.
        VerdictError
            If what persons have decided cannot hold any more.

        Notes
        -----
        What a column means is decided when the source is first heard of, and kept (:meth:`schema`): columns that come
        later are kept with the records and are no evidence.  So is how ambiguous dates are read: as the first rows show
        it, with the day first where they do not.
        """
        from custid.registry.feeds import Feed, read_rows_of  # noqa: PLC0415  # loads Arrow

        table = read_rows_of(rows, source)

        def plan(transaction: WriteTransaction) -> Plan:
            if not uses_model(transaction):
                raise ConfigurationError(
                    "registry: expected a match model, got none.", hint="Call train(sample) or use(model) first."
                )
            feed = feed_of(transaction, source)
            if feed is None:
                feed = Feed.of(source, table, schema)
            else:
                feed.require(schema)
            read = feed.read(table)
            keep_feed(transaction, feed)
            withdrawn = set()
            if is_snapshot:
                known = {key for key in self._matching.catch_up(transaction).records if key.source == source}
                withdrawn = known - read.rows.keys()
                if len(known) >= GUARDED_FROM and len(withdrawn) > largest_withdrawn_share * len(known):
                    raise PartitionError(
                        f"snapshot: source {source!r}: expected at most {largest_withdrawn_share:.0%} of {len(known)} "
                        f"records to be missing, got {len(withdrawn)}.",
                        hint="A truncated file? If not, allow more: largest_withdrawn_share=1.",
                    )
            return Plan(clusters=[], withdrawn=withdrawn, contents=read.contents, rows=read.rows)

        return self._write(cause_of("ingest", actor, reason, request), plan)
