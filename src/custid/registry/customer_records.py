"""What the records of a customer say, as typed records: as they came, or read by what their columns mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from attrs import evolve

from custid.intake.row_facts import KIND_ATTRIBUTES, PARTY_KINDS, Naming, kind_and_naming
from custid.model import Record
from custid.registry._kept_settings import feed_of
from custid.registry.contents import Content
from custid.registry.events import EventKind
from custid.registry.feeds import Feed, by_source
from custid.registry.record_keys import RecordKey
from custid.registry.restriction import restricted_among
from custid.registry.store import ReadTransaction
from custid.registry.typed_feeds import feed_for_contents, is_document
from custid.serde import structure

__all__ = ["records_of", "row_record"]

_NAMES: Final = frozenset({"full_name", "given_name", "family_name"})
_ANY_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)


def records_of(transaction: ReadTransaction, contents: Mapping[RecordKey, Content]) -> tuple[Record, ...]:
    """Return what records of a registry say, typed.

    Parameters
    ----------
    transaction : ReadTransaction
        Reads the registry.
    contents : Mapping of RecordKey to Content
        Contents of live records.

    Returns
    -------
    tuple of Record
        In the order of the contents, without rows that state nothing.  Typed records are as they came, but that those
        are restricted that the registry has been told to restrict.  A row says what its columns mean
        (:meth:`Registry.schema <custid.registry.registry.Registry.schema>`), as seen when the registry got its content.
    """
    found: dict[RecordKey, Record] = {}
    rows: dict[RecordKey, dict[str, Any]] = {}
    for key, content in contents.items():
        values = content.values()
        if is_document(values):
            found[key] = structure(values)
        else:
            rows[key] = values
    moments = _moments(transaction, rows)
    for source, members in by_source({key: contents[key] for key in rows}).items():
        feed = feed_of(transaction, source) or feed_for_contents(source, members)
        for key in members:
            record = row_record(feed, key, rows[key], moments[key]) if isinstance(feed, Feed) else None
            if record is not None:
                found[key] = record
    for key in restricted_among(transaction, found):
        found[key] = evolve(found[key], is_restricted=True)
    return tuple(found[key] for key in contents if key in found)


def row_record(feed: Feed, key: RecordKey, values: Mapping[str, Any], at: datetime) -> Record | None:
    """Return what a row says, typed.

    Parameters
    ----------
    feed : Feed
        What the columns mean.
    key : RecordKey
        The record.
    values : Mapping of str to any
        The row.
    at : datetime
        When the registry got it, with a time zone.

    Returns
    -------
    Record or None
        None where it states nothing.
    """
    row = {name: None if value is None else str(value) for name, value in values.items()}
    mapping = feed.mappings.get(_kind(feed, row))
    if mapping is None:
        return None
    return mapping.record({**row, mapping.record_key: key.key}, observed_at=at, recorded_at=at)


def _kind(feed: Feed, row: Mapping[str, str | None]) -> str:
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for column, attribute in feed.schema.columns.items():
        text = row.get(column)
        if attribute in KIND_ATTRIBUTES | _NAMES and text and text.strip():
            texts[attribute].append(text)
    kind, naming = kind_and_naming(texts)
    if kind >= 0:
        return PARTY_KINDS[kind]
    if naming is Naming.SEVERAL:
        return "collective"
    return "organization" if texts["organization_name"] and not _NAMES & texts.keys() else "person"


def _moments(transaction: ReadTransaction, keys: Mapping[RecordKey, object]) -> dict[RecordKey, datetime]:
    """Return when the registry got the contents of some records."""
    found = dict.fromkeys(keys, _ANY_MOMENT)
    if not keys:
        return found
    for entry in transaction.history(records=keys.keys()):
        event = entry.event
        has_come = event.kind is EventKind.ASSIGNED and event.other is None
        if event.record in found and (has_come or event.kind is EventKind.UPDATED):
            found[event.record] = entry.at
    return found
