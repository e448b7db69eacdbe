"""What the rows of a source mean, kept from the first on: a record says the same whatever comes beside it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa
from attrs import frozen

from custid.errors import ConfigurationError, DuplicateRecordKeyError, SchemaError
from custid.intake import Intake, Schema, detect
from custid.intake.canonical import SourceInput, canonical_values
from custid.intake.detection import ColumnMapping
from custid.intake.detection import Mapping as ColumnsMapping
from custid.intake.generic_values import GenericPolicy
from custid.intake.row_facts import row_kinds
from custid.model.attributes import ATTRIBUTES
from custid.registry.contents import Content
from custid.registry.record_keys import RecordKey, checked_record_key
from custid.registry.rows import Row
from custid.standardize.date import is_day_first

__all__ = ["Feed", "FeedRows", "by_source", "canonical_rows", "text_table"]

_TECHNICAL: Final = frozenset({"record_key", "source"})


@frozen(kw_only=True)
class FeedRows:
    """Rows of one source.

    Attributes
    ----------
    contents : Mapping of RecordKey to Content
        What was stated, as text by column.
    rows : Mapping of RecordKey to Row
        What it means.
    """

    contents: Mapping[RecordKey, Content]
    rows: Mapping[RecordKey, Row]


@frozen(kw_only=True)
class Feed:
    """A source and what its columns mean.

    Attributes
    ----------
    source : str
        Name of the source.
    schema : Schema
        Attribute of every column that is evidence, the column of record keys, and how ambiguous dates are read.
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
            Where ambiguous dates show no order of day and month, and the user says nothing, the day is first.
        """
        mapping = detect(table, schema)
        columns = {
            each.column: None if each.attribute in _TECHNICAL else each.attribute
            for each in mapping.columns
            if each.column != mapping.record_key
        }
        day_first = schema.day_first if schema is not None else None
        if day_first is None:
            day_first = _is_day_first(table, columns)
        return cls(source=source, schema=Schema(columns=columns, record_key=mapping.record_key, day_first=day_first))

    @classmethod
    def from_json(cls, source: str, text: str) -> Self:
        """Return the feed that a setting holds."""
        return cls(source=source, schema=Schema.from_dict(json.loads(text)))

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
        for name in ("record_key", "day_first"):
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
        keys = [checked_record_key((self.source, text)) for text in texts]
        contents = [
            Content.of({column: value for column, value in row.items() if value is not None})
            for row in table.to_pylist()
        ]
        return FeedRows(
            contents=dict(zip(keys, contents, strict=True)), rows=dict(zip(keys, self.standardized(table), strict=True))
        )

    def standardized(self, table: pa.Table) -> list[Row]:
        """Return the canonical values of rows, generic ones included.

        Parameters
        ----------
        table : pyarrow.Table
            Rows, as text.

        Returns
        -------
        list of Row
            In the order of the table.
        """
        columns = tuple(
            ColumnMapping(column=name, attribute=self.schema.columns.get(name), recognized_by="schema")
            for name in table.column_names
        )
        given = SourceInput(
            name=self.source,
            intake=Intake(name=self.source, table=table, line_numbers=np.arange(1, table.num_rows + 1)),
            mapping=ColumnsMapping(columns=columns),
            day_first=self.schema.day_first,
        )
        return canonical_rows(given)

    def rows_of(self, contents: Mapping[RecordKey, Content]) -> dict[RecordKey, Row]:
        """Return what contents of records of the source mean."""
        return dict(zip(contents, self.standardized(text_table([each.values() for each in contents.values()]))))


def canonical_rows(given: SourceInput) -> list[Row]:
    """Return the canonical values of the rows of an input, generic ones included.

    Parameters
    ----------
    given : SourceInput
        Rows, and what their columns mean.

    Returns
    -------
    list of Row
        In the order of the input.
    """
    n_rows = given.intake.table.num_rows
    canonical = canonical_values([given], generic=GenericPolicy(attributes=()))
    held: list[list[tuple[str, tuple[str, ...]]]] = [[] for _ in range(n_rows)]
    for attribute, (vocabulary, codes) in canonical.values.items():
        for row in np.flatnonzero((codes >= 0).any(axis=1)).tolist():
            texts = {vocabulary[code] for code in codes[row].tolist() if code >= 0} - {""}
            if texts:
                held[row].append((attribute, tuple(sorted(texts))))
    told = row_kinds([given])
    kinds = [-1] * n_rows if told is None else told.tolist()
    return [Row(tuple(values), kind) for values, kind in zip(held, kinds, strict=True)]


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


def _is_day_first(table: pa.Table, columns: Mapping[str, str | None]) -> bool:
    seen = {
        is_day_first(value for value in table.column(column).unique().to_pylist() if value is not None)
        for column, attribute in columns.items()
        if attribute is not None and attribute in ATTRIBUTES and ATTRIBUTES[attribute].standardizer == "date"
    }
    return True in seen or False not in seen
