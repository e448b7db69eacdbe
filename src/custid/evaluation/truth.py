"""Reading the truth: which record is which customer."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as pa_csv

from custid.errors import EmptyInputError, InputError, UnsupportedInputError

__all__ = ["Truth", "TruthLike", "as_text", "read_truth"]

TruthLike: TypeAlias = str | Path | pa.Table | Mapping[Any, Any]
"""What `read_truth` takes."""

_KEY_COLUMNS = ("record_key", "record_id")
_LABEL_COLUMN = "true_id"
_SOURCE_COLUMN = "source"


class Truth(NamedTuple):
    """The true customer of each record.

    Attributes
    ----------
    key : pyarrow.ChunkedArray of string
        Record keys.
    true_id : pyarrow.ChunkedArray of string
        Label of the true customer of each.
    source : pyarrow.ChunkedArray of string or None
        Source of each record; None where keys alone tell records apart.
    """

    key: pa.ChunkedArray
    true_id: pa.ChunkedArray
    source: pa.ChunkedArray | None


def read_truth(truth: TruthLike) -> Truth:
    """Return the truth as columns of text.

    Parameters
    ----------
    truth : path, pyarrow.Table or mapping
        A CSV file (UTF-8; separated by commas, semicolons or tabs) or a table: its columns ``record_key`` or
        ``record_id``, and ``true_id``, where they exist, else its first column and its second; a column ``source`` is
        read where it exists. A mapping goes from record key, or from pair of source and record key, to label.

    Returns
    -------
    Truth
        In the order given; all values as text, ``00123`` stays ``00123``.

    Raises
    ------
    InputError
        If a file can't be read, or a record has no label.
    EmptyInputError
        If there are fewer than two columns.
    UnsupportedInputError
        If ``truth`` is none of these.

    Examples
    --------
    >>> read_truth({"r1": "ann", "r2": "ann", "r3": "bob"}).true_id.to_pylist()
    ['ann', 'ann', 'bob']
    """
    if isinstance(truth, str | Path):
        table, name = _csv_table(Path(truth)), f"truth {str(truth)!r}"
    elif isinstance(truth, pa.Table):
        table, name = truth, "truth"
    elif isinstance(truth, Mapping):
        table, name = _mapping_table(truth, "truth"), "truth"
    else:
        raise UnsupportedInputError(
            f"truth: expected a path, a pyarrow.Table or a mapping, got {type(truth).__name__}.",
            hint="Give two columns: record key and true id.",
        )
    return _columns(table, name)


def _mapping_table(truth: Mapping[Any, Any], name: str) -> pa.Table:
    labels = ["" if label is None else str(label) for label in truth.values()]
    if any(isinstance(key, tuple) for key in truth):
        pairs = [key if isinstance(key, tuple) else ("", key) for key in truth]
        if any(len(pair) != 2 for pair in pairs):
            raise InputError(
                f"{name}: expected record keys, or pairs of source and record key, got a tuple of another length."
            )
        sources, keys = [str(source) for source, _ in pairs], [str(key) for _, key in pairs]
        return _string_table({_SOURCE_COLUMN: sources, _KEY_COLUMNS[0]: keys, _LABEL_COLUMN: labels}, name)
    return _string_table({_KEY_COLUMNS[0]: [str(key) for key in truth], _LABEL_COLUMN: labels}, name)


def _string_table(columns: dict[str, list[str]], name: str) -> pa.Table:
    try:
        return pa.table({column: pa.array(values, pa.string()) for column, values in columns.items()})
    except UnicodeEncodeError:
        problem = f"{name}: expected texts that UTF-8 can write, got a lone surrogate."
    # Raised outside of the handler: an error of the encoder holds the text.
    raise InputError(problem)


def _csv_table(path: Path) -> pa.Table:
    name = f"truth {str(path)!r}"
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            first_line = stream.readline()
    except OSError as error:
        raise InputError(f"{name}: expected a CSV file, got {error.strerror or 'none'}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: expected UTF-8, got other bytes.", hint="Save the file as UTF-8.") from error
    delimiter = max(",;\t", key=first_line.count)
    try:
        header = next(csv.reader([first_line], delimiter=delimiter), [])
    except csv.Error:
        raise InputError(f"{name}: expected a header, got a line whose cells are longer than any name.") from None
    if not header:
        raise EmptyInputError(f"{name}: expected a header, got an empty line.", hint="Start with record_key,true_id.")
    try:
        return pa_csv.read_csv(
            path,
            parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string())),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        # Arrow quotes the offending row, which is why its words are not passed on.
        raise InputError(f"{name}: expected UTF-8 rows of {len(header)} columns each, got others.") from error


def _columns(table: pa.Table, name: str) -> Truth:
    if table.num_columns < 2:
        raise EmptyInputError(
            f"{name}: expected two columns, record key and true id, got {table.num_columns}.",
            hint="The first column is the record key, the second the true id.",
        )
    names = table.column_names
    repeated = [each for each in (*_KEY_COLUMNS, _LABEL_COLUMN, _SOURCE_COLUMN) if names.count(each) > 1]
    if repeated:
        raise InputError(f"{name}: expected one column {repeated[0]!r}, got {names.count(repeated[0])}.")
    key = next((column for column in _KEY_COLUMNS if column in names), None)
    if key is None or _LABEL_COLUMN not in names:
        others = [place for place, column in enumerate(names) if column != _SOURCE_COLUMN]
        if len(others) < 2:
            raise EmptyInputError(f"{name}: expected a record key and a true id beside the source, got {names!r}.")
        key_column, label_column = table.column(others[0]), table.column(others[1])
    else:
        key_column, label_column = table.column(key), table.column(_LABEL_COLUMN)
    source = table.column(_SOURCE_COLUMN) if _SOURCE_COLUMN in names else None
    labels = as_text(label_column, f"{name}: true id")
    n_empty = int(pc.sum(pc.equal(pc.fill_null(labels, ""), "")).as_py() or 0)
    if n_empty:
        raise InputError(
            f"{name}: expected a true id for each record, got none for {n_empty}.",
            hint="Leave records out of both sides whose customer is unknown.",
        )
    return Truth(
        as_text(key_column, f"{name}: record key"),
        labels,
        None if source is None else as_text(source, f"{name}: source"),
    )


def as_text(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Return a column as text, null as the empty string.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        Strings, integers or dictionary codes of them.
    name : str
        What errors call the column.

    Returns
    -------
    pyarrow.ChunkedArray of string
        As long.

    Raises
    ------
    InputError
        If it holds something else, such as lists, or bytes that are no UTF-8.
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    try:
        return pc.fill_null(column.cast(pa.string()), "")
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        problem = f"{name}: expected texts or whole numbers, got {column.type}."
    # Raised outside of the handler: Arrow may quote a value.
    raise InputError(problem)
