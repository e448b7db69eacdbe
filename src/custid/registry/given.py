"""What was given to a registry to be taken in: rows or typed records, and those that cannot be read.

A row that cannot be read is refused by itself, and the others go on.  Not so in a snapshot, which says by what it lacks
that records are gone: there a refused row whose key is not known would withdraw its record.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from custid.errors import ConfigurationError
from custid.intake import RefusedRow, Schema, read
from custid.model import Record
from custid.privacy.residency import region_of
from custid.registry.contents import Content
from custid.registry.feeds import Feed
from custid.registry.record_keys import LONGEST_KEY, RecordKey
from custid.registry.rows import Row
from custid.registry.typed_feeds import AnyFeed, TypedFeed

__all__ = ["Given", "Taken"]

_FEW_ROWS: Final = 64
"""As many are gone through one by one in less time than column by column."""


@frozen(kw_only=True)
class Taken:
    """What is taken in of what was given.

    Attributes
    ----------
    contents : Mapping of RecordKey to Content
        What was stated.
    rows : Mapping of RecordKey to Row
        What it means.
    refused : tuple of RefusedRow
        What was refused, by line number.
    kept : collection of RecordKey
        Records of which a new version was refused.
    masked, dropped : Mapping of str to int
        Values in which something was masked, by code; values that were dropped, by name.
    """

    contents: Mapping[RecordKey, Content] = field(repr=False)
    rows: Mapping[RecordKey, Row] = field(repr=False)
    refused: tuple[RefusedRow, ...] = ()
    kept: Collection[RecordKey] = field(default=(), repr=False)
    masked: Mapping[str, int] = field(factory=dict)
    dropped: Mapping[str, int] = field(factory=dict)

    def without(self, suppressed: Collection[RecordKey], lines: Mapping[RecordKey, int]) -> Taken:
        """Return what is taken in without records of people who wanted to be forgotten.

        Parameters
        ----------
        suppressed : collection of RecordKey
            Records that are refused.
        lines : Mapping of RecordKey to int
            Where they stood.

        Returns
        -------
        Taken
            Those of them that are known stay as they are.
        """
        if not suppressed:
            return self
        left = [key for key in self.rows if key not in suppressed]
        refused = [
            RefusedRow(
                line_number=lines[key],
                reason="suppressed",
                message="expected a record of somebody who may be kept, got an address or a number of the list of "
                "those who wanted to be forgotten.",
            )
            for key in suppressed
        ]
        return evolve(
            self,
            contents={key: self.contents[key] for key in left if key in self.contents},
            rows={key: self.rows[key] for key in left},
            refused=_sorted((*self.refused, *refused)),
            kept={*self.kept, *suppressed},
        )


@frozen(kw_only=True, eq=False)
class Given:
    """Rows or typed records of one source.

    Attributes
    ----------
    source : str
        Name of the source.
    table : pyarrow.Table or None
        Rows as text; None for typed records.
    records : tuple of Record
        Typed records; none for rows.
    line_numbers : ndarray of int64
        Line of each row, or number of each record.
    refused : tuple of RefusedRow
        What cannot be read whatever it means.
    """

    source: str
    table: pa.Table | None = field(repr=False)
    records: tuple[Record, ...] = field(default=(), repr=False)
    line_numbers: NDArray[np.int64] = field(repr=False)
    refused: tuple[RefusedRow, ...] = ()

    @classmethod
    def of(cls, data: Any, source: str) -> Given:
        """Read rows or typed records.

        Parameters
        ----------
        data : path, table, stream, frame or iterable of dicts or of Record
            What was given.
        source : str
            Name of the source.

        Returns
        -------
        Given
            What can be read, and what cannot.

        Raises
        ------
        InputError
            If nothing can be read.
        UnsupportedInputError
            If it is none of these.
        """
        if isinstance(data, Iterable) and not _is_read_whole(data):
            iterator = iter(data)
            first = next(iterator, None)
            data = () if first is None else chain((first,), iterator)
            if isinstance(first, Record):
                return cls._of_records(tuple(data), source)
        intake = read(data, source=source)
        return cls(source=source, table=intake.table, line_numbers=intake.line_numbers, refused=intake.refused)

    @classmethod
    def _of_records(cls, given: tuple[Any, ...], source: str) -> Given:
        kept, numbers, refused = [], [], []
        for number, record in enumerate(given, start=1):
            if isinstance(record, Record) and record.source == source:
                kept.append(record)
                numbers.append(number)
                continue
            met = f"one of {record.source!r}" if isinstance(record, Record) else type(record).__name__
            refused.append(
                RefusedRow(
                    line_number=number,
                    reason="other_source",
                    message=f"expected a record of source {source!r}, got {met}.",
                )
            )
        return cls(
            source=source,
            table=None,
            records=tuple(kept),
            line_numbers=np.array(numbers, np.int64),
            refused=tuple(refused),
        )

    @property
    def tenant(self) -> str | None:
        """Tenant of the typed records; None for rows, and for records that all are refused."""
        return self.records[0].tenant if self.records else None

    def of_region(self, region: str, tag: str, *, may_move: bool) -> tuple[Given, dict[str, int]]:
        """Return what may lie in a region, and how much of it comes from others.

        Parameters
        ----------
        region : str
            Where the registry lies.
        tag : str
            Region of the rows; typed records tell their jurisdiction.
        may_move : bool
            Whether what is of another region is let in.

        Returns
        -------
        given : Given
            Rows and records of other regions are refused where they must not move.
        moved : dict of str to int
            Rows and records of other regions, by region.
        """
        n_rows = len(self.line_numbers)
        tags = [region_of(each.jurisdiction) for each in self.records] if self.table is None else [tag] * n_rows
        is_foreign = np.array([each != region for each in tags], np.bool_)
        moved = dict(Counter(each for each in tags if each != region))
        if may_move or not moved:
            return self, moved
        refused = [
            RefusedRow(
                line_number=int(self.line_numbers[place]),
                reason="other_region",
                message=f"expected a record of region {region!r}, got one of {tags[place] or 'no'} region; "
                "a transfer needs a basis: transfer=Transfer(…).",
            )
            for place in np.flatnonzero(is_foreign).tolist()
        ]
        kept = np.flatnonzero(~is_foreign)
        return evolve(
            self,
            table=None if self.table is None else self.table.take(pa.array(kept)),
            records=tuple(self.records[place] for place in kept.tolist()) if self.records else (),
            line_numbers=self.line_numbers[kept],
            refused=_sorted((*self.refused, *refused)),
        ), moved

    def feed(self, schema: Schema | None) -> AnyFeed:
        """Return what the rows of a source mean of which these are the first.

        Raises
        ------
        ConfigurationError
            If a schema is given for typed records.
        SchemaError
            If the schema names columns that are not there.
        """
        if self.table is not None:
            table, _ = self._with_keys(self.table, None if schema is None else schema.record_key)
            return Feed.of(self.source, table, schema)
        feed = TypedFeed(source=self.source)
        feed.require(schema)
        return feed

    def lines_of(self, keys: Collection[RecordKey], feed: AnyFeed | None) -> dict[RecordKey, int]:
        """Return the line or number of some records.

        Parameters
        ----------
        keys : collection of RecordKey
            The records.
        feed : Feed or TypedFeed or None
            What rows mean.

        Returns
        -------
        dict of RecordKey to int
            By record.
        """
        if not keys:
            return {}
        if self.table is None or feed is None or feed.schema is None or feed.schema.record_key is None:
            named = [RecordKey(each.source, each.key) for each in self.records]
        else:
            named = [RecordKey(self.source, key) for key in self.table.column(feed.schema.record_key).to_pylist()]
        return {key: line for key, line in zip(named, self.line_numbers.tolist(), strict=True) if key in keys}

    def taken(self, feed: AnyFeed) -> Taken:
        """Return what rows say, but for those that are refused.

        Parameters
        ----------
        feed : Feed or TypedFeed
            What they mean.

        Returns
        -------
        Taken
            By record key.

        Raises
        ------
        ConfigurationError
            If rows come where typed records came before, or the other way round.
        SchemaError, DuplicateRecordKeyError
            If rows have no column of keys, or two have the same.
        """
        if self.table is None and isinstance(feed, TypedFeed):
            return self._taken_records(feed)
        if self.table is None or isinstance(feed, TypedFeed):
            before, now = ("rows", "typed records") if self.table is None else ("typed records", "rows")
            raise ConfigurationError(
                f"source {self.source!r}: expected {before}, as before, got {now}.", hint="Give them as another source."
            )
        table, refused = self._with_keys(self.table, feed.schema.record_key)
        read = feed.read(table)
        return Taken(contents=read.contents, rows=read.rows, refused=_sorted((*self.refused, *refused)))

    def _taken_records(self, feed: TypedFeed) -> Taken:
        if not self.records:
            return Taken(contents={}, rows={}, refused=self.refused)
        read, refused = feed.read(self.records, self.line_numbers)
        keys = {RecordKey(record.source, record.key) for record in self.records}
        return Taken(
            contents=read.contents,
            rows=read.rows,
            refused=_sorted((*self.refused, *refused)),
            kept=keys - read.rows.keys(),
        )

    def _with_keys(self, table: pa.Table, name: str | None) -> tuple[pa.Table, list[RefusedRow]]:
        """Return the rows that have a key, and the others as refused."""
        if name is None or name not in table.column_names:
            return table, []  # the feed says what is wrong
        keys = table.column(name)
        if table.num_rows <= _FEW_ROWS and all(
            key and len(key) <= LONGEST_KEY and "\0" not in key for key in keys.to_pylist()
        ):
            return table, []
        lengths = pc.fill_null(pc.utf8_length(keys), fill_value=0)
        is_key = np.asarray(pc.and_(pc.greater(lengths, 0), pc.less_equal(lengths, LONGEST_KEY)))
        is_key &= ~np.asarray(pc.fill_null(pc.match_substring(keys, "\0"), fill_value=False))
        refused = [
            RefusedRow(
                line_number=line,
                reason="no_record_key",
                message=f"column {name!r}: expected the key of the record, of 1 to {LONGEST_KEY} characters, got none.",
            )
            for line in self.line_numbers[~is_key].tolist()
        ]
        return (table.filter(pa.array(is_key)) if refused else table), refused


def _is_read_whole(data: Any) -> bool:
    """Tell whether data are a file, a table, a stream or a frame, and not rows one by one."""
    named = ("__arrow_c_stream__", "__arrow_c_array__", "iloc")
    return isinstance(data, str | os.PathLike | Mapping) or any(hasattr(data, name) for name in named)


def _sorted(refused: Iterable[RefusedRow]) -> tuple[RefusedRow, ...]:
    return tuple(sorted(refused, key=lambda each: each.line_number))
