"""What a policy of intake would say of the records that are there: to be read before it is kept, and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from attrs import field, frozen

from custid.errors import InputError
from custid.registry._kept_settings import feed_of, intake_of
from custid.registry.contents import Content
from custid.registry.intake_policy import IntakePolicy
from custid.registry.masked_contents import attribute_by_name, is_national_number, is_typed, kept_document, kept_row
from custid.registry.record_keys import RecordKey
from custid.registry.store import ReadTransaction, Store

__all__ = ["IntakeReport", "intake_report"]

_AT_ONCE: Final = 5_000


@frozen(kw_only=True)
class IntakeReport:
    """What a policy would say of the records that are there.

    Attributes
    ----------
    n_records : int
        Records looked at.
    masked : Mapping of str to int
        Values in which something would be masked, by code.
    dropped : Mapping of str to int
        Values that would not be kept, by column, facet or attribute.
    records : tuple of RecordKey
        The records that would be kept otherwise than they are, or refused, ascending.
    refused : tuple of RecordKey
        Those of them that would be refused.
    """

    n_records: int
    masked: Mapping[str, int] = field(factory=dict)
    dropped: Mapping[str, int] = field(factory=dict)
    records: tuple[RecordKey, ...] = field(default=(), repr=False)
    refused: tuple[RecordKey, ...] = field(default=(), repr=False)

    def text(self) -> str:
        """Return the counts, in lines; no value and no key is in it."""
        lines = [f"records: {self.n_records:,}; to be changed: {len(self.records):,}; refused: {len(self.refused):,}"]
        for what, values in (("masked", self.masked), ("dropped", self.dropped)):
            if values:
                lines.append(f"values {what}: {', '.join(f'{name} {n:,}' for name, n in values.items())}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()


def intake_report(store: Store, policy: IntakePolicy | None = None) -> IntakeReport:
    """Tell what a policy would mask, drop or refuse of the records that are there; nothing is written.

    Parameters
    ----------
    store : Store
        What keeps the registry.
    policy : IntakePolicy, optional
        The policy; that in use when not given, which tells what was kept before it.

    Returns
    -------
    IntakeReport
        Counts, and the records: to be given again by their sources, or erased.

    Notes
    -----
    Reads all contents, in one transaction.

    Examples
    --------
    >>> from custid.registry import MemoryStore, Registry
    >>> registry = Registry(MemoryStore())
    >>> registry.keep_intake(IntakePolicy(masked=()))
    >>> change = registry.apply([[("till", "1")]], contents={("till", "1"): {"notes": "diabetic"}})
    >>> print(intake_report(registry.store, IntakePolicy()))
    records: 1; to be changed: 1; refused: 0
    values masked: health 1
    """
    masked, dropped = Counter[str](), Counter[str]()
    changed, refused, n_records = list[RecordKey](), list[RecordKey](), 0
    attributes: dict[str, Callable[[str], str | None]] = {}
    with store.reading() as transaction:
        policy = intake_of(transaction) if policy is None else policy
        for key, content in _contents(transaction):
            n_records += 1
            if key.source not in attributes:
                attributes[key.source] = _attributes(transaction, key.source)
            n_before = masked.total() + dropped.total()
            if not _is_taken(key, content.values(), attributes[key.source], policy, masked, dropped):
                refused.append(key)
            elif masked.total() + dropped.total() == n_before:
                continue
            changed.append(key)
    return IntakeReport(
        n_records=n_records,
        masked=dict(sorted(masked.items())),
        dropped=dict(sorted(dropped.items())),
        records=tuple(changed),
        refused=tuple(refused),
    )


def _contents(transaction: ReadTransaction) -> Iterator[tuple[RecordKey, Content]]:
    keys = sorted(transaction.naming().records)
    for start in range(0, len(keys), _AT_ONCE):
        yield from sorted(transaction.contents(keys[start : start + _AT_ONCE]).items())


def _attributes(transaction: ReadTransaction, source: str) -> Callable[[str], str | None]:
    """Return what tells the meaning of the columns of a source."""
    feed = feed_of(transaction, source)
    if feed is None or feed.schema is None:
        return attribute_by_name
    columns, record_key = feed.schema.columns, feed.schema.record_key
    return lambda name: "" if name == record_key else columns.get(name)


def _is_taken(
    key: RecordKey,
    values: dict[str, Any],
    attribute_of: Callable[[str], str | None],
    policy: IntakePolicy,
    masked: Counter[str],
    dropped: Counter[str],
) -> bool:
    if is_national_number(key.key):
        return False
    try:
        if is_typed(values):
            kept_document(values, policy, masked, dropped)
        else:
            told = {name: value for name, value in values.items() if attribute_of(name) != ""}
            kept_row(told, attribute_of, policy, masked, dropped)
    except InputError:
        return False
    return True
