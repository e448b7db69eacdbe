"""Rows as dictionaries, from Python or from JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import isinf
from typing import Any

import numpy as np
import pyarrow as pa

from custid.errors import EmptyInputError, InputError, UnsupportedInputError
from custid.intake._encoding import to_utf8
from custid.intake._intake import Intake, RefusedRow, unique_column_names
from custid.intake._room import check_n_columns, within_room
from custid.intake._values import UnreadableValueError, float_text, value_text

__all__ = ["read_json", "read_rows"]

_MESSAGES = {
    "nested_value": "column {column!r} holds a list or a mapping: expected a single value.",
    "long_number": "column {column!r} holds a number of more than 4,000 digits.",
    "invalid_text": "column {column!r} holds bytes that are not UTF-8.",
    "invalid_json": "the line is not valid JSON.",
    "not_an_object": "expected an object with a value for each column.",
}

_CELL = 8
"""Bytes of a cell that holds nothing."""


class _Columns:
    """Collects rows with differing keys into columns."""

    def __init__(self) -> None:
        self.values: dict[str, list[str | None]] = {}
        self.n_values = 0
        self.line_numbers: list[int] = []
        self.refused: list[RefusedRow] = []

    def add(self, line_number: int, row: Mapping[Any, Any]) -> None:
        texts: dict[str, str | None] = {}
        for key, value in row.items():
            try:
                # The key goes by the same rules: a column name must be clean text too.
                texts[value_text(key) or ""] = value_text(value)
            except UnreadableValueError as error:
                self.refuse(line_number, error.reason, str(key))
                return
        n_before = len(self.line_numbers)
        self.n_values += len(texts)
        for name, text in texts.items():
            column = self.values.get(name)
            if column is None:
                check_n_columns(len(self.values) + 1)
                column = self.values[name] = []
            if len(column) < n_before:
                column.extend([None] * (n_before - len(column)))
            column.append(text)
        self.line_numbers.append(line_number)

    def refuse(self, line_number: int, reason: str, column: str = "") -> None:
        message = _MESSAGES[reason].format(column=column)
        self.refused.append(RefusedRow(line_number=line_number, reason=reason, message=message))

    def finish(self, warnings: Iterable[str] = ()) -> Intake:
        if not self.values:
            raise EmptyInputError("input: expected rows with at least one column, got none.", hint=self._hint())
        n_rows = len(self.line_numbers)
        cells = (n_rows * _CELL for _ in self.values)
        for _ in within_room(cells, int, self.n_values * _CELL, "input: rows of many different columns"):
            pass
        names, renamed = unique_column_names(list(self.values))
        arrays = [pa.array(column + [None] * (n_rows - len(column)), pa.string()) for column in self.values.values()]
        return Intake(
            table=pa.table(arrays, names=names),
            line_numbers=np.array(self.line_numbers, dtype=np.int64),
            refused=tuple(self.refused),
            warnings=(*warnings, *renamed),
        )

    def _hint(self) -> str:
        if not self.refused:
            return "Check the query or the file."
        first = self.refused[0]
        return f"All {len(self.refused)} rows were refused; row {first.line_number}: {first.message}"


def read_rows(rows: Iterable[Any]) -> Intake:
    """Read an iterable of dictionaries.

    Parameters
    ----------
    rows : iterable of mapping
        One mapping of column names to values per row; rows may have differing keys.

    Returns
    -------
    Intake
        Rows are numbered from 1; those with a nested value are refused.

    Raises
    ------
    EmptyInputError
        If no row has a column.
    UnsupportedInputError
        If a row is no mapping.

    Examples
    --------
    >>> read_rows([{"name": "Ann"}, {"name": "Bob", "postcode": 75001.0}]).table.to_pylist()
    [{'name': 'Ann', 'postcode': None}, {'name': 'Bob', 'postcode': '75001'}]
    """
    columns = _Columns()
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            raise UnsupportedInputError(
                f"row {number}: expected a mapping of column names to values, got {type(row).__name__}.",
                hint="Give dictionaries, a path, an Arrow table or a frame.",
            )
        columns.add(number, row)
    return columns.finish()


def read_json(data: bytes) -> Intake:
    r"""Read JSON: one object per line, or one array of objects.

    Numbers keep the digits of the file, except that whole ones lose a fraction of zero.

    Parameters
    ----------
    data : bytes
        Content of the file.

    Returns
    -------
    Intake
        Rows are numbered by line, or by place in the array; what is no flat object is refused.

    Raises
    ------
    EmptyInputError
        If nothing, or no row, can be read.
    InputError
        If an array is not valid JSON.

    Examples
    --------
    >>> read_json(b'{"card": "0012"}\n{"card": 12}\n').table.to_pylist()
    [{'card': '0012'}, {'card': '12'}]
    """
    text, warnings = to_utf8(data)
    columns = _Columns()
    decode = json.JSONDecoder(parse_int=str, parse_float=_number_text, parse_constant=_no_number, strict=False).decode
    if text.lstrip()[:1] == b"[":
        for number, row in enumerate(_array(text, decode), start=1):
            _add(columns, number, row)
    else:
        for number, line in _lines(text):
            try:
                row = decode(line)
            except (ValueError, RecursionError):
                columns.refuse(number, "invalid_json")
            else:
                _add(columns, number, row)
    return columns.finish(warnings)


def _add(columns: _Columns, number: int, row: object) -> None:
    if isinstance(row, dict):
        columns.add(number, row)
    else:
        columns.refuse(number, "not_an_object")


def _lines(text: bytes) -> Iterator[tuple[int, str]]:
    # Not str.splitlines: it would also break at characters that JSON allows inside strings.
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, line.decode()


def _array(text: bytes, decode: Callable[[str], Any]) -> list[Any]:
    try:
        rows = decode(text.decode())
    except json.JSONDecodeError as error:
        raise InputError(
            f"input: expected a JSON array of objects, it stops being JSON on line {error.lineno}.",
            hint="With one object per line, one bad line would cost that line only.",
        ) from None
    except RecursionError:
        raise InputError("input: expected a JSON array of flat objects, got one nested too deeply.") from None
    return list(rows)


def _number_text(digits: str) -> str:
    whole, _, fraction = digits.partition(".")
    if fraction and not fraction.strip("0"):
        return whole
    if fraction and "e" not in fraction.lower():
        return digits
    number = float(digits)
    return digits if isinf(number) else str(float_text(number))


def _no_number(_constant: str) -> None:
    return None
