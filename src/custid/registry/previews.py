"""A dry run of another match model, or of other options: what they would change in a registry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import Factory, field, frozen

from custid.engines.options import ResolveOptions
from custid.errors import ConfigurationError, PartitionError
from custid.evaluation import (
    ChangeKind,
    PairwiseMeasures,
    change_of_records,
    pairwise_measures,
    variation_of_information,
)
from custid.registry._kept_settings import feed_of, model_of, options_of
from custid.registry._prepared import Prepared, Said
from custid.registry._verdict_groups import Standing, joined_groups, parts_of
from custid.registry.events import Change, EventKind
from custid.registry.identifiers import CustomerId
from custid.registry.match_options import options_to_json, require_keepable
from custid.registry.matcher import Matcher
from custid.registry.naming import Naming, Renaming, rename
from custid.registry.record_keys import RecordKey
from custid.registry.store import Head, Store
from custid.scoring.match_model import TrainedMatchModel

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CustomerChange", "ModelPreview", "n_renamed_by", "previewed", "require_churn"]

_N_EXAMPLES = 3
_N_RECORDS_SHOWN = 4


@frozen(kw_only=True)
class CustomerChange:
    """Customers that merge, split or are regrouped.

    Attributes
    ----------
    kind : ChangeKind
        What becomes of them.
    before : tuple of CustomerId
        Identifiers of the customers as they are.
    after : tuple of CustomerId or None
        Identifiers of the customers that they become; None for one that would be issued.
    records : tuple of RecordKey
        All their records, sorted.
    renamed : tuple of RecordKey
        Those of the records whose customer would have another identifier, sorted.
    """

    kind: ChangeKind
    before: tuple[CustomerId, ...]
    after: tuple[CustomerId | None, ...]
    records: tuple[RecordKey, ...] = field(repr=False)
    renamed: tuple[RecordKey, ...] = field(repr=False)


@frozen(kw_only=True, eq=False)
class ModelPreview:
    """What another match model, or other options, would change in a registry.

    Made by :meth:`~custid.registry.registry.Registry.preview`.

    Attributes
    ----------
    model_before, model : TrainedMatchModel
        The match model in use, None for none, and the one looked at.
    options_before, options : ResolveOptions
        The options in use, and those looked at.
    change : int
        Number of the registry's last change when it was looked at.
    n_records : int
        Live records.
    n_customers_before, n_customers_after : int
        Customers as they are, and as they would be.
    n_redirected : int
        Identifiers that would lead to another one.
    n_restored : int
        Redirects that would name a customer again.
    n_issued : int
        Identifiers that would be new.
    n_renamed : int
        Records whose customer would have another identifier.
    changes : tuple of CustomerChange
        Merges first, then splits, then regroupings; each kind in the order of their first records.
    agreement : PairwiseMeasures
        Over pairs of records: ``recall`` is the share of the pairs joined afterwards that are joined now, ``precision``
        the share of those joined now that still would be.
    variation_of_information : float
        Distance of the two partitions in bits a record, 0 where they are equal.
    """

    model_before: TrainedMatchModel | None = field(repr=False)
    model: TrainedMatchModel = field(repr=False)
    options_before: ResolveOptions = field(repr=False)
    options: ResolveOptions = field(repr=False)
    change: int
    n_records: int
    n_customers_before: int
    n_customers_after: int
    n_redirected: int
    n_restored: int
    n_issued: int
    n_renamed: int
    changes: tuple[CustomerChange, ...] = field(repr=False)
    agreement: PairwiseMeasures
    variation_of_information: float
    _prepared: list[Prepared] = field(repr=False, default=Factory(list))

    @property
    def churn(self) -> float:
        """Share of the records whose customer would have another identifier, in [0, 1]; 0 without records."""
        return self.n_renamed / self.n_records if self.n_records else 0.0

    @property
    def n_unchanged(self) -> int:
        """Customers that would hold the records that they hold."""
        return self.n_customers_before - sum(len(each.before) for each in self.changes)

    def n_changes(self, kind: ChangeKind) -> int:
        """Return the number of changes of a kind."""
        return sum(each.kind is kind for each in self.changes)

    @cached_property
    def table(self) -> pa.Table:
        """One row per change.

        ``change`` (its number, from 0), ``kind``, ``before`` and ``after`` (lists of identifiers, null for one that
        would be issued), ``n_records`` and ``n_renamed``.
        """
        import pyarrow as pa  # noqa: PLC0415 - the counts do without

        changes = self.changes
        texts = pa.list_(pa.string())
        return pa.table(
            {
                "change": pa.array(range(len(changes)), pa.int64()),
                "kind": pa.array([each.kind.value for each in changes], pa.string()),
                "before": pa.array([list(each.before) for each in changes], texts),
                "after": pa.array([list(each.after) for each in changes], texts),
                "n_records": pa.array([len(each.records) for each in changes], pa.int64()),
                "n_renamed": pa.array([len(each.renamed) for each in changes], pa.int64()),
            }
        )

    @cached_property
    def records(self) -> pa.Table:
        """One row per record of the changes: ``change``, ``source``, ``record_key`` and ``is_renamed``."""
        import pyarrow as pa  # noqa: PLC0415 - as above

        held = [(place, key) for place, each in enumerate(self.changes) for key in each.records]
        renamed = {key for each in self.changes for key in each.renamed}
        return pa.table(
            {
                "change": pa.array([place for place, _ in held], pa.int64()),
                "source": pa.array([key.source for _, key in held], pa.string()),
                "record_key": pa.array([key.key for _, key in held], pa.string()),
                "is_renamed": pa.array([key in renamed for _, key in held], pa.bool_()),
            }
        )

    def take_prepared(self) -> Prepared | None:
        """Return the matcher that was made for the dry run, the first time; None afterwards."""
        return self._prepared.pop() if self._prepared else None

    def to_dict(self) -> dict[str, Any]:
        """Return counts, measures and a few examples as plain dicts, lists and numbers; no value of a customer."""
        return {
            "change": self.change,
            "n_records": self.n_records,
            "n_customers_before": self.n_customers_before,
            "n_customers_after": self.n_customers_after,
            "n_unchanged": self.n_unchanged,
            **{f"n_{kind.value}": self.n_changes(kind) for kind in _KINDS},
            "n_identifiers_redirected": self.n_redirected,
            "n_identifiers_restored": self.n_restored,
            "n_identifiers_issued": self.n_issued,
            "n_records_renamed": self.n_renamed,
            "churn": self.churn,
            "n_pairs_kept": self.agreement.n_pairs_correct,
            "n_pairs_gained": self.agreement.n_pairs_true - self.agreement.n_pairs_correct,
            "n_pairs_lost": self.agreement.n_pairs_predicted - self.agreement.n_pairs_correct,
            "variation_of_information": self.variation_of_information,
            "examples": [
                {
                    "kind": each.kind.value,
                    "before": list(each.before),
                    "after": list(each.after),
                    "n_records": len(each.records),
                    "renamed": [list(key) for key in each.renamed[:_N_RECORDS_SHOWN]],
                }
                for each in self._examples()
            ],
        }

    def _examples(self) -> list[CustomerChange]:
        return [each for kind in _KINDS for each in [each for each in self.changes if each.kind is kind][:_N_EXAMPLES]]

    def text(self) -> str:
        """Return what would change, with a few examples by record keys, in lines."""
        figures = self.to_dict()
        now, then, same = self.n_customers_before, self.n_customers_after, self.n_unchanged
        merged, split, regrouped = (figures[f"n_{kind.value}"] for kind in _KINDS)
        gained, lost, kept = (figures[f"n_pairs_{name}"] for name in ("gained", "lost", "kept"))
        lines = [
            f"{self.n_records:,} records; customers: {now:,} now, {then:,} then, {same:,} unchanged",
            f"{merged:,} merges, {split:,} splits, {regrouped:,} regroupings",
            f"pairs of records: {gained:,} joined, {lost:,} set apart, {kept:,} kept",
            f"identifiers: {self.n_redirected:,} redirected, {self.n_restored:,} restored, {self.n_issued:,} issued",
            f"churn: {self.churn:.2%} ({self.n_renamed:,} records would have another identifier)",
        ]
        for each in self._examples():
            after = ", ".join(identifier or "a new one" for identifier in each.after)
            named = ", ".join(f"{key.source}/{key.key}" for key in each.renamed[:_N_RECORDS_SHOWN])
            more = (
                f", and {len(each.renamed) - _N_RECORDS_SHOWN:,} more" if len(each.renamed) > _N_RECORDS_SHOWN else ""
            )
            lines.append(f"  {each.kind.value}: {', '.join(each.before)} → {after}; renamed: {named or 'none'}{more}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()


_KINDS = (ChangeKind.MERGED, ChangeKind.SPLIT, ChangeKind.REGROUPED)


def previewed(store: Store, model: TrainedMatchModel | None, options: ResolveOptions | None) -> ModelPreview:
    """Return what a match model and options would change.

    Parameters
    ----------
    store : Store
        What keeps the registry; it is read in one transaction, which ends before the work begins.
    model : TrainedMatchModel or None
        The match model; that in use for None.
    options : ResolveOptions or None
        The options; those in use for None.

    Returns
    -------
    ModelPreview
        With a matcher that :meth:`~custid.registry.registry.Registry.use` goes on with.

    Raises
    ------
    ConfigurationError
        If there is no match model, it is of an older release, or the options cannot be kept.
    """
    with store.reading() as transaction:
        before = model_of(transaction), options_of(transaction)
        head, naming, verdicts = transaction.head(), transaction.naming(), transaction.verdicts()
        said = Said.of(transaction, naming.records.keys(), feed_of)
    if model is None and before[0] is None:
        raise ConfigurationError("registry: expected a match model, got none.", hint="Give one, or train(sample).")
    model, options = model or before[0], options or before[1]
    assert model is not None  # noqa: S101  # one of the two is there
    require_keepable(options)
    text = model.to_json()
    matcher = Matcher(TrainedMatchModel.from_json(text), options)
    rows, feeds = said.rows()
    matcher.update(rows)
    parts = _customers_of(matcher, verdicts)
    renaming = rename(naming, parts, head.tally, lambda founder: CustomerId(f"\0{founder.source}\0{founder.key}"))
    prepared = Prepared(
        matcher=matcher,
        texts=(text, options_to_json(options)),
        position=(head.tally.change, head.digest),
        feeds=feeds,
    )
    return _told(before, (model, options), head, naming, renaming, prepared)


def _customers_of(matcher: Matcher, verdicts: Sequence[Standing]) -> list[list[RecordKey]]:
    live = matcher.records
    groups = joined_groups(sorted(live), verdicts, lambda key: matcher.groups_of([key])[0], live)
    return [part for group in groups for part in parts_of(group, verdicts, matcher.weights_among, matcher.contracted)]


def _told(
    before: tuple[TrainedMatchModel | None, ResolveOptions],
    after: tuple[TrainedMatchModel, ResolveOptions],
    head: Head,
    naming: Naming,
    renaming: Renaming,
    prepared: Prepared,
) -> ModelPreview:
    keys = sorted(naming.records)
    then = naming.replaced_by(renaming).records
    ids = [naming.records[key].customer for key in keys], [then[key].customer for key in keys]
    numbers = _numbers(ids[0]), _numbers(ids[1])
    same, agreement = change_of_records(*numbers), pairwise_measures(*numbers)
    told = Counter(each.kind for each in renaming.events)
    return ModelPreview(
        model_before=before[0],
        options_before=before[1],
        model=after[0],
        options=after[1],
        change=head.tally.change,
        n_records=len(keys),
        n_customers_before=len(set(ids[0])),
        n_customers_after=len(set(ids[1])),
        n_redirected=told[EventKind.MERGED],
        n_restored=told[EventKind.RESTORED],
        n_issued=told[EventKind.MINTED],
        n_renamed=sum(one != other for one, other in zip(*ids, strict=True)),
        changes=_changes(keys, ids, same),
        agreement=agreement,
        variation_of_information=variation_of_information(*numbers),
        prepared=[prepared],
    )


def _numbers(ids: Iterable[CustomerId]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    place: dict[CustomerId, int] = {}
    return np.array([place.setdefault(each, len(place)) for each in ids], np.int64)


def _changes(
    keys: Sequence[RecordKey], ids: tuple[Sequence[CustomerId], Sequence[CustomerId]], change_of: Any
) -> tuple[CustomerChange, ...]:
    """Return what merges, splits and is regrouped, from the number of each record's change."""
    members: dict[int, list[int]] = {}
    for place in np.flatnonzero(change_of >= 0).tolist():
        members.setdefault(int(change_of[place]), []).append(place)
    found = [_change(keys, ids, places) for _, places in sorted(members.items())]
    return tuple(sorted(found, key=lambda each: _KINDS.index(each.kind)))


def _change(
    keys: Sequence[RecordKey], ids: tuple[Sequence[CustomerId], Sequence[CustomerId]], places: Sequence[int]
) -> CustomerChange:
    before, after = (tuple(dict.fromkeys(side[place] for place in places)) for side in ids)
    return CustomerChange(
        kind=ChangeKind.of_numbers(len(before), len(after)),
        before=before,
        after=tuple(None if each.startswith("\0") else each for each in after),
        records=tuple(keys[place] for place in places),
        renamed=tuple(keys[place] for place in places if ids[0][place] != ids[1][place]),
    )


def n_renamed_by(change: Change | None) -> int:
    """Return how many records have another identifier by a change."""
    if change is None:
        return 0
    return sum(each.kind is EventKind.ASSIGNED and each.other is not None for each in change.events)


def require_churn(n_renamed: int, n_records: int, largest: float) -> None:
    """Refuse a new match model that gives too many records another identifier.

    Parameters
    ----------
    n_renamed : int
        Records whose customer has another identifier.
    n_records : int
        Live records.
    largest : float
        Share of the records that may be.

    Raises
    ------
    PartitionError
        If they are more; the message tells the figures.
    """
    if n_renamed > largest * n_records:
        raise PartitionError(
            f"match model: expected at most {largest:.2%} of {n_records:,} records to get another identifier, got "
            f"{n_renamed:,} ({n_renamed / n_records:.2%}).",
            hint="Look at preview(model), and allow more where that is what you want: largest_churn=…",
        )
