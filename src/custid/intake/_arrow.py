"""Arrow columns of any flat type as text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from custid._nulls import without
from custid.errors import EmptyInputError, UnsupportedInputError
from custid.intake._intake import Intake, RefusedRow, unique_column_names
from custid.intake._room import check_n_columns
from custid.intake._values import float_text

__all__ = ["columns_as_intake", "table_as_intake"]

# Beyond this, a whole number held as float64 may not fit an int64 cast, and Arrow would write an exponent.
_LARGEST_EXACT = float(1 << 53)
_INVALID_TEXT = "column {column!r} holds bytes that are not UTF-8."


def table_as_intake(table: pa.Table) -> Intake:
    """Return an Arrow table with every column as text.

    Parameters
    ----------
    table : pyarrow.Table
        Columns of any type that is not nested.

    Returns
    -------
    Intake
        Rows are numbered from 1; those with bytes that are not UTF-8 are refused.

    Raises
    ------
    EmptyInputError
        If the table has no column.
    UnsupportedInputError
        If a column is nested.

    Examples
    --------
    >>> table_as_intake(pa.table({"phone": [612345678.0, None]})).table.to_pylist()
    [{'phone': '612345678'}, {'phone': None}]
    """
    return columns_as_intake(list(table.column_names), list(table.columns))


def columns_as_intake(names: list[Any], columns: list[Any]) -> Intake:
    """Return named Arrow arrays, all of one length, as text.

    Parameters
    ----------
    names : list
        Column names; repeated ones are numbered.
    columns : list of pyarrow.Array or pyarrow.ChunkedArray
        As many columns.

    Returns
    -------
    Intake
        As `table_as_intake` gives it.

    Raises
    ------
    EmptyInputError
        If there is no column.
    UnsupportedInputError
        If a column is nested.
    """
    if not names:
        raise EmptyInputError("input: expected at least one column, got none.", hint="Check the query or the file.")
    check_n_columns(len(names))
    unique, warnings = unique_column_names(names)
    n_rows = len(columns[0])
    texts: list[pa.ChunkedArray] = []
    refused: dict[int, str] = {}
    for name, column in zip(unique, columns, strict=True):
        text, bad = _column_as_text(name, _chunked(column))
        text, n_nul = _without_nul(text)
        if n_nul:
            warnings.append(f"column {name!r}: NUL characters were removed from {n_nul} values.")
        texts.append(text)
        for row in bad:
            refused.setdefault(row, name)
    table = pa.table(texts, names=unique)
    rows = np.arange(1, n_rows + 1, dtype=np.int64)
    if refused:
        is_kept = np.ones(n_rows, dtype=np.bool_)
        is_kept[list(refused)] = False
        table, rows = table.filter(pa.array(is_kept)), rows[is_kept]
    return Intake(
        table=table,
        line_numbers=rows,
        refused=tuple(
            RefusedRow(line_number=row + 1, reason="invalid_text", message=_INVALID_TEXT.format(column=name))
            for row, name in sorted(refused.items())
        ),
        warnings=tuple(warnings),
    )


def _chunked(column: Any) -> pa.ChunkedArray:
    return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])


def _column_as_text(name: str, column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, list[int]]:
    """Return a column as text without empty strings, and the rows whose bytes are not UTF-8."""
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        column = _without_extension(column)
        kind = column.type
    if pa.types.is_dictionary(kind):
        return _dictionary_as_text(name, column)
    if pa.types.is_run_end_encoded(kind):
        return _column_as_text(name, _chunked(pc.run_end_decode(column)))
    if pa.types.is_nested(kind):
        raise UnsupportedInputError(
            f"column {name!r}: expected single values, got {kind}.", hint="Flatten the column, or leave it out."
        )
    if pa.types.is_floating(kind):
        return _floats(column), []
    if pa.types.is_timestamp(kind):
        return _timestamps(column), []
    if _is_bytes(kind):
        text, bad = _decoded(column)
        return _without_empty(text), bad
    try:
        return _without_empty(column.cast(pa.string())), []
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        raise UnsupportedInputError(
            f"column {name!r}: expected values that have a text, got {kind}.", hint="Cast the column to text."
        ) from None


def _dictionary_as_text(name: str, column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, list[int]]:
    texts: list[pa.Array] = []
    bad: list[int] = []
    first = 0
    for chunk in column.chunks:
        # The few values become text before the many rows take them; not all types of values can be taken.
        values, bad_values = _column_as_text(name, _chunked(chunk.dictionary))
        indices = chunk.indices
        texts += values.take(indices).chunks
        if bad_values:
            is_bad = np.isin(indices.fill_null(0).to_numpy(), bad_values) & chunk.is_valid().to_numpy(False)
            bad += (np.flatnonzero(is_bad) + first).tolist()
        first += len(chunk)
    return pa.chunked_array(texts, pa.string()), bad


def _without_extension(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if column.type.extension_name == "arrow.uuid":
        return pa.chunked_array([pa.array([value and str(value) for value in column.to_pylist()], pa.string())])
    return pa.chunked_array([chunk.storage for chunk in column.chunks], type=column.type.storage_type)


def _is_bytes(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_string_view(kind)
        or types.is_binary(kind)
        or types.is_large_binary(kind)
        or types.is_binary_view(kind)
        or types.is_fixed_size_binary(kind)
    )


def _decoded(column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, list[int]]:
    # Strings go through bytes as well: Arrow does not promise that a foreign string array holds UTF-8.
    raw = column.cast(pa.large_binary() if pa.types.is_large_string(column.type) else pa.binary())
    try:
        return raw.cast(pa.string()), []
    except pa.ArrowInvalid:
        pass
    values: list[str | None] = []
    bad: list[int] = []
    for row, value in enumerate(raw.to_pylist()):
        try:
            values.append(None if value is None else value.decode())
        except UnicodeDecodeError:
            values.append(None)
            bad.append(row)
    return pa.chunked_array([pa.array(values, pa.string())]), bad


def _floats(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return floats as text, whole ones without a fraction, NaN as null."""
    if pa.types.is_float16(column.type):
        column = column.cast(pa.float32())
    text = column.cast(pa.string())
    is_number = pc.is_finite(column)
    is_whole = pc.and_(is_number, pc.equal(pc.floor(column), column))
    is_large = pc.fill_null(pc.and_(is_whole, pc.greater(pc.abs(column), _LARGEST_EXACT)), False)
    exact = pc.if_else(pc.and_(is_whole, pc.invert(is_large)), column, pa.scalar(None, column.type))
    text = pc.if_else(is_whole, exact.cast(pa.int64()).cast(pa.string()), text)
    if pc.any(is_large).as_py():
        pairs = zip(column.to_pylist(), is_large.to_pylist(), text.to_pylist(), strict=True)
        text = pa.array([float_text(value) if large else short for value, large, short in pairs], pa.string())
    return _chunked(without(_chunked(text), pc.is_nan(column)))


def _timestamps(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return timestamps as text, each as it is alone: midnights of no time zone are days, as frames keep dates."""
    texts: list[pa.ChunkedArray] = []
    nothing = pa.scalar(None, column.type)
    if column.type.tz is None:
        days = column.cast(pa.date32(), safe=False)
        is_day = pc.equal(days.cast(column.type, safe=False), column)
        texts.append(pc.if_else(is_day, days, pa.scalar(None, days.type)).cast(pa.string()))
        column = _chunked(pc.if_else(is_day, nothing, column))
    for unit in ("s", "ms", "us", "ns"):
        if column.null_count == len(column):
            break
        # The coarsest unit that loses nothing writes no needless zeros.
        coarse = column.cast(pa.timestamp(unit, column.type.tz), safe=False)
        is_exact = pc.equal(coarse.cast(column.type, safe=False), column)
        texts.append(pc.if_else(is_exact, coarse, pa.scalar(None, coarse.type)).cast(pa.string()))
        column = _chunked(pc.if_else(is_exact, nothing, column))
    return _chunked(pc.coalesce(*texts)) if texts else column.cast(pa.string())


def _without_empty(text: pa.ChunkedArray) -> pa.ChunkedArray:
    is_empty = pc.equal(pc.binary_length(text), 0)
    if not pc.any(is_empty).as_py():
        return text
    return _chunked(without(text, is_empty))


def _without_nul(text: pa.ChunkedArray) -> tuple[pa.ChunkedArray, int]:
    n_nul = pc.sum(pc.match_substring(text, "\0")).as_py() or 0
    if n_nul:
        text = _without_empty(_chunked(pc.replace_substring(text, "\0", "")))
    return text, n_nul
