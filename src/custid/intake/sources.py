"""Sources as the caller gives them: read, with their columns understood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from custid.errors import ConfigurationError, DuplicateRecordKeyError, SchemaError
from custid.intake.canonical import SourceInput
from custid.intake.conventions import Conventions
from custid.intake.detection import detect
from custid.intake.readers import read
from custid.intake.schema import Schema

__all__ = ["as_one_source", "check_names_of_schemas", "read_source"]


def read_source(data: Any, schema: Schema | None, name: str | None) -> SourceInput:
    """Read a source and find out what its columns mean; typed records say it themselves.

    Parameters
    ----------
    data : path, table, stream, frame or iterable of dicts
        As in :func:`custid.dedupe`.
    schema : Schema or None
        What columns mean, where detection errs.
    name : str or None
        Name of the source; the file's name when not given.

    Returns
    -------
    SourceInput
        The source.

    Raises
    ------
    InputError
        If the data cannot be read.
    SchemaError
        If the schema names columns that are not there, or is no `Schema`.
    ConfigurationError
        If a schema is given for typed records.
    """
    if schema is not None and not isinstance(schema, Schema):
        raise SchemaError(
            f"schema: expected a Schema, got {type(schema).__name__}.",
            hint="Give custid.Schema(columns={'column': 'attribute'}).",
        )
    intake = read(data, source=name)
    if intake.typed is not None:
        if schema is not None:
            raise ConfigurationError(
                f"schema: source {intake.name!r}: expected none for typed records, got one.",
                hint="Records say themselves what their values are.",
            )
        schema = intake.typed.schema
    return SourceInput(
        name=intake.name,
        intake=intake,
        mapping=detect(intake.table, schema),
        conventions=Conventions.of(schema),
    )


def check_names_of_schemas(sources: Mapping[str, Any], schema: Schema | Mapping[str, Schema] | None) -> None:
    """Refuse schemas for sources that are not there, with a ConfigurationError."""
    unknown = [] if not isinstance(schema, Mapping) else [name for name in schema if name not in sources]
    if unknown:
        raise ConfigurationError.collected(
            [f"schema: source {name!r}: expected one of {', '.join(map(repr, sources))}" for name in unknown]
        )


def as_one_source(given: SourceInput) -> SourceInput:
    """Take all rows for one source, whatever column of sources they have.

    Parameters
    ----------
    given : SourceInput
        The source.

    Returns
    -------
    SourceInput
        The same without a column of sources.

    Raises
    ------
    DuplicateRecordKeyError
        If record keys repeat: they have to differ over all rows then.
    """
    mapping = given.mapping
    if mapping.source is None:
        return given
    columns = tuple(
        evolve(each, attribute=None, note="the source is named by the caller")
        if each.column == mapping.source
        else each
        for each in mapping.columns
    )
    key = mapping.record_key
    if key is not None and len(given.intake.table.column(key).unique()) < given.intake.table.num_rows:
        raise DuplicateRecordKeyError(
            f"source {given.name!r}: record key {key!r}: expected different values, got some that repeat within it.",
            hint=f"They differ within column {mapping.source!r}: give its parts as sources of their own, or a Schema "
            "that leaves the column of keys out (None).",
        )
    return evolve(given, mapping=evolve(mapping, columns=columns, source=None))
