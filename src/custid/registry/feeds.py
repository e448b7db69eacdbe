"""What the rows of a source mean, kept from the first on: a record says the same whatever comes beside it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import pyarrow as pa
from attrs import evolve, field, frozen

from custid._json import json_value
from custid.errors import ConfigurationError, DuplicateRecordKeyError, SchemaError
from custid.intake import Intake, Schema, detect
from custid.intake.canonical import SourceInput, canonical_values
from custid.intake.conventions import Conventions
from custid.intake.detection import ColumnMapping
from custid.intake.detection import Mapping as ColumnsMapping
from custid.intake.generic_values import GenericPolicy
from custid.intake.row_facts import PARTY_KINDS, kinds_and_namings
from custid.intake.row_reader import RowReader
from custid.registry.contents import Content
from custid.registry.intake_policy import IntakePolicy
from custid.registry.keyed_rows import KeyedRows
from custid.registry.payloads import payloads_of, payloads_of_rows, table_of_payloads
from custid.registry.record_keys import RecordKey, checked_record_keys
from custid.registry.row_columns import RowColumns
from custid.registry.rows import Row

if TYPE_CHECKING:
    from custid.intake.source_mapping import SourceMapping

__all__ = ["Feed", "FeedRows", "by_source", "canonical_columns", "schema_under", "text_table"]

_TECHNICAL: Final = frozenset({"record_key", "source"})
_MOST_FEEDS: Final = 64
_FEW_ROWS: Final = 64
"""As many are read one by one in less time than column by column."""


@frozen(kw_only=True, eq=False)
class FeedRows:
    """Rows of one source.

    Attributes
    ----------
    keys : tuple of RecordKey
        The record of each row, all different.
    payloads : tuple of str
        What each row states, as the text of its `Content`.
    columns : RowColumns
        What the rows mean.
    """

    keys: tuple[RecordKey, ...] = field(repr=False)
    payloads: Sequence[str] = field(repr=False)
    columns: RowColumns = field(repr=False)

    @cached_property
    def contents(self) -> dict[RecordKey, Content]:
        """What each record states, by its key."""
        return dict(zip(self.keys, map(Content, self.payloads), strict=True))

    @cached_property
    def rows(self) -> KeyedRows:
        """What each record means, by its key."""
        return KeyedRows(self.keys, self.columns)


@frozen(kw_only=True)
class Feed:
    """A source and what its columns mean.

    Attributes
    ----------
    source : str
        Name of the source.
    schema : Schema
        Attribute of every column that is evidence, the column of record keys, and how ambiguous dates and names are
        read.
        Columns that it does not name are kept, and are no evidence.
    """

    source: str
    schema: Schema

    @classmethod
    def of(cls, source: str, table: pa.Table, schema: Schema | None = None) -> Self:
        """Return the feed of a source whose first rows are at hand.

        Parameters
        ----------
        source : str
            Name of the source.
        table : pyarrow.Table
            Rows, as text.
        schema : Schema, optional
            What the user says; the rest is detected.

        Returns
        -------
        Feed
            Where ambiguous dates and names show no order, and the user says nothing, days and given names are first.
        """
        mapping = detect(table, schema)
        columns = {
            each.column: None if each.attribute in _TECHNICAL else each.attribute
            for each in mapping.columns
            if each.column != mapping.record_key
        }
        settled = Conventions.of(schema).settled(table, columns)
        return cls(
            source=source,
            schema=Schema(
                columns=columns,
                record_key=mapping.record_key,
                day_first=settled.day_first,
                family_first=settled.family_first,
            ),
        )

    def under(self, policy: IntakePolicy) -> Self:
        """Return the feed of what a policy lets in.

        Parameters
        ----------
        policy : IntakePolicy
            What may be kept, and what of it is evidence.

        Returns
        -------
        Feed
            Without the columns that are dropped; those that are kept for other purposes mean nothing.
        """
        return evolve(self, schema=schema_under(self.schema, policy))

    @classmethod
    def from_json(cls, source: str, text: str) -> Self:
        """Return the feed that a setting holds; the same object for the same text, so that its reader is made once."""
        return cls._of_setting(source, text)

    @classmethod
    @lru_cache(maxsize=_MOST_FEEDS)
    def _of_setting(cls, source: str, text: str) -> Self:
        # Those kept before orders of names were known have read given names first.
        return cls(source=source, schema=Schema.from_dict({"family_first": False, **json_value(text)}))

    def to_json(self) -> str:
        """Return the schema as a setting holds it."""
        return json.dumps(self.schema.to_dict(), sort_keys=True)

    def require(self, schema: Schema | None) -> None:
        """Refuse a schema that says something else.

        Raises
        ------
        ConfigurationError
            If a column is to mean something else than it does.
        """
        if schema is None:
            return
        problems = [
            f"schema: source {self.source!r}: column {column!r}: expected {self.schema.columns.get(column)!r}, as it "
            f"was read before, got {attribute!r}"
            for column, attribute in schema.columns.items()
            if self.schema.columns.get(column) != attribute
        ]
        for name in ("record_key", "day_first", "family_first"):
            stated, kept = getattr(schema, name), getattr(self.schema, name)
            if stated is not None and stated != kept:
                problems.append(f"schema: source {self.source!r}: {name}: expected {kept!r}, got {stated!r}")
        if problems:
            raise ConfigurationError.collected(
                problems, hint="What a column means is kept from the first rows of a source on."
            )

    def read(self, table: pa.Table) -> FeedRows:
        """Return what rows say.

        Parameters
        ----------
        table : pyarrow.Table
            Rows, as text.

        Returns
        -------
        FeedRows
            By record key.

        Raises
        ------
        SchemaError
            If the rows have no record keys.
        DuplicateRecordKeyError
            If two rows have one key.
        """
        name = self.schema.record_key
        if name is None or name not in table.column_names:
            raise SchemaError(
                f"source {self.source!r}: expected a column with the key of each record, got none.",
                hint='Say which it is: schema=Schema(record_key="…").',
            )
        texts = table.column(name).to_pylist()
        if None in texts:
            raise SchemaError(
                f"source {self.source!r}: record_key {name!r}: expected a value in every row, got {texts.count(None)} "
                "rows without."
            )
        if len(set(texts)) < len(texts):
            raise DuplicateRecordKeyError(
                f"source {self.source!r}: record_key {name!r}: expected different values, got "
                f"{len(texts) - len(set(texts))} rows that repeat another's."
            )
        rows = table.to_pylist() if table.num_rows <= _FEW_ROWS else None
        return FeedRows(
            keys=checked_record_keys(self.source, texts),
            payloads=payloads_of(table) if rows is None else payloads_of_rows(rows),
            columns=self.standardized(table, rows),
        )

    def standardized(self, table: pa.Table, rows: Sequence[Mapping[str, str | None]] | None = None) -> RowColumns:
        """Return the canonical values of rows, generic ones included.

        Parameters
        ----------
        table : pyarrow.Table
            Rows, as text.
        rows : sequence of Mapping of str to str or None, optional
            The same rows one by one, if they are at hand.

        Returns
        -------
        RowColumns
            In the order of the table; each row means what it means alone.
        """
        # Where the schema leaves it open how dates or names are read, the rows together tell.
        is_settled = self.schema.day_first is not None and self.schema.family_first is not None
        if table.num_rows <= _FEW_ROWS and is_settled:
            return RowColumns.of([Row(*self.reader.read(row)) for row in (table.to_pylist() if rows is None else rows)])
        columns = tuple(
            ColumnMapping(column=name, attribute=self.schema.columns.get(name), recognized_by="schema")
            for name in table.column_names
        )
        return canonical_columns(
            SourceInput(
                name=self.source,
                intake=Intake(name=self.source, table=table, line_numbers=np.arange(1, table.num_rows + 1)),
                mapping=ColumnsMapping(columns=columns),
                conventions=Conventions.of(self.schema),
            )
        )

    @cached_property
    def reader(self) -> RowReader:
        """What reads single rows of the source."""
        return RowReader(self.schema)

    @cached_property
    def mappings(self) -> Mapping[str, SourceMapping]:
        """What makes typed records of single rows, by the kind of party that a row is of where it does not say so."""
        from custid.intake.source_mapping import COLUMN_ATTRIBUTES, SourceMapping  # noqa: PLC0415  # not for matching

        columns: dict[str, Any] = {
            column: attribute for column, attribute in self.schema.columns.items() if attribute in COLUMN_ATTRIBUTES
        }
        if not columns:
            return {}
        return {
            kind: SourceMapping(
                source=self.source,
                record_key=self.schema.record_key or "record_key",
                columns=columns,
                party=kind,
                day_first=self.schema.day_first is not False,
                family_first=self.schema.family_first is True,
            )
            for kind in PARTY_KINDS
        }

    def columns_of(self, payloads: Sequence[str]) -> RowColumns:
        """Return what contents of records of the source mean.

        Parameters
        ----------
        payloads : sequence of str
            Payloads of contents.

        Returns
        -------
        RowColumns
            In their order.
        """
        return self.standardized(table_of_payloads(payloads, self.reader.columns))

    def rows_of(self, contents: Mapping[RecordKey, Content]) -> KeyedRows:
        """Return what contents of records of the source mean."""
        return KeyedRows(list(contents), self.columns_of([each.payload for each in contents.values()]))


def schema_under(schema: Schema, policy: IntakePolicy) -> Schema:
    """Return what columns mean under a policy: those dropped are not there, those that are no evidence mean nothing."""
    columns = {
        column: attribute if attribute is not None and policy.is_evidence(attribute, column) else None
        for column, attribute in schema.columns.items()
        if policy.keeps(*([] if attribute is None else [attribute]), column)
    }
    return evolve(schema, columns=columns)


def canonical_columns(given: SourceInput) -> RowColumns:
    """Return the canonical values of the rows of an input, generic ones included.

    Parameters
    ----------
    given : SourceInput
        Rows, and what their columns mean.

    Returns
    -------
    RowColumns
        In the order of the input; each row means what it means alone.
    """
    canonical = canonical_values([given], generic=GenericPolicy(attributes=()))
    kinds, namings = kinds_and_namings([given])
    return RowColumns(values=canonical.values, kinds=kinds, namings=namings)


def text_table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return rows of texts as a table; columns by name, null where a row has none."""
    names = sorted({name for row in rows for name in row})
    if not names:
        return pa.table({"": pa.nulls(len(rows), pa.string())})
    columns = {name: [_text(row.get(name)) for row in rows] for name in names}
    return pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)


def by_source(contents: Mapping[RecordKey, Content]) -> dict[str, dict[RecordKey, Content]]:
    """Return contents by the source of their records."""
    found: defaultdict[str, dict[RecordKey, Content]] = defaultdict(dict)
    for key, content in contents.items():
        found[key.source][key] = content
    return dict(found)
