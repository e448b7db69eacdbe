"""Reads files, tables, streams, frames and rows into one table of text.

Every column is text from here on: ``00123`` stays ``00123``, and what a value means is decided by its attribute.
"""

from __future__ import annotations

import lzma
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from attrs import evolve

from custid.errors import ConfigurationError, EmptyInputError, InputError, UnsupportedInputError
from custid.intake._arrow import columns_as_intake, table_as_intake
from custid.intake._delimited import read_delimited
from custid.intake._intake import Intake, RefusedRow
from custid.intake._room import COMPRESSIONS, check_n_columns, decompressed, within_room
from custid.intake._rows import read_json, read_rows
from custid.intake._values import UnreadableValueError, value_text

__all__ = ["Intake", "RefusedRow", "read"]


_COMPRESSED_ENDINGS = frozenset({".gz", ".bz2", ".xz", ".zst"})
_JSON_ENDINGS = frozenset({".json", ".jsonl", ".ndjson"})
_ARROW_ENDINGS = frozenset({".arrow", ".arrows", ".feather", ".ipc"})
_PARQUET_ENDINGS = frozenset({".parquet", ".pq"})
_ROWS_AT_ONCE = 1 << 16
_UNREADABLE = {
    "nested_value": "lists or mappings",
    "long_number": "a number of more than 4,000 digits",
    "invalid_text": "bytes that are not UTF-8",
}
_BYTES_OF = {
    pa.string(): pa.binary(),
    pa.large_string(): pa.large_binary(),
    pa.string_view(): pa.binary_view(),
}
_FLAWS = (OSError, EOFError, lzma.LZMAError, zlib.error, pa.ArrowException)


def read(data: Any, *, source: str | None = None) -> Intake:
    """Read an input, whatever holds it, as text.

    Parameters
    ----------
    data : path, table, stream, frame, iterable of mapping or iterable of Record
        The path of a CSV, TSV, Parquet, Arrow (IPC, Feather) or JSON (lines or array) file, which may be compressed by
        gzip, bzip2, xz or zstd; a pyarrow table, record batch or reader; any object with ``__arrow_c_stream__``
        (pandas, polars, DuckDB); an iterable of dictionaries; or an iterable of typed records.
    source : str, optional
        Name of the source; by default the file name without its endings, or ``"rows"``.

    Returns
    -------
    Intake
        The rows as text, the line of each, the rows refused, and warnings.

    Raises
    ------
    EmptyInputError
        If there is no header or column.
    EncodingError
        If a text file is in no known encoding.
    InputError
        If a file can have no such name, is damaged, has more than 10,000 columns, or becomes more in memory than 1 GiB
        and than a hundred times its size.
    ConfigurationError
        If the name of the source is no text that UTF-8 can write.
    UnsupportedInputError
        If ``data`` is none of these, or a column holds nested values.
    OSError
        If a file cannot be opened.

    Examples
    --------
    >>> intake = read([{"prenom": "Zoé", "cp": "01000"}])
    >>> intake.table.to_pylist(), intake.line_numbers.tolist()
    ([{'prenom': 'Zoé', 'cp': '01000'}], [1])
    """
    if source is not None and _is_torn(source):
        raise ConfigurationError("source: expected a name that UTF-8 can write, got half of a surrogate pair.")
    if isinstance(data, str | os.PathLike):
        path = Path(data)
        if not _can_be_named(path):
            raise InputError("file: expected a name that the system can write, got one with a NUL or half of a pair.")
        return evolve(_read_path(path), name=_stem(path) if source is None else source)
    intake = _read_object(data)
    return intake if source is None else evolve(intake, name=source)


def _read_object(data: Any) -> Intake:
    if hasattr(data, "iloc") and hasattr(data, "columns"):
        return _read_pandas(data)
    if hasattr(data, "__arrow_c_stream__") or isinstance(data, pa.RecordBatch):
        return _read_table(data)
    if isinstance(data, Iterable) and not isinstance(data, Mapping | bytes | bytearray | memoryview):
        return _read_iterable(data)
    hint = "Give a path, an Arrow table or stream, a frame, or an iterable of dictionaries."
    if isinstance(data, Mapping):
        hint = "For a mapping of columns give pyarrow.table(data); for one row give [data]."
    raise UnsupportedInputError(f"input: expected a table, got {type(data).__name__}.", hint=hint)


def _read_iterable(data: Iterable[Any]) -> Intake:
    """Read typed records or rows; the first element tells which."""
    rows = iter(data)
    first = next(rows, None)
    if first is None:
        return read_rows(())
    rows = chain((first,), rows)
    if isinstance(first, Mapping):
        return read_rows(rows)
    # Rows, which most inputs are, do not wait for the typed model.
    from custid.intake.typed_records import read_records  # noqa: PLC0415
    from custid.model import Record  # noqa: PLC0415

    return read_records(rows) if isinstance(first, Record) else read_rows(rows)


def _read_table(data: Any) -> Intake:
    if isinstance(data, pa.Table):
        return table_as_intake(data)
    if isinstance(data, pa.RecordBatch):
        return table_as_intake(pa.Table.from_batches([data]))
    try:
        stream = pa.RecordBatchReader.from_stream(data)
    except pa.ArrowException:
        # A series is a stream, too.
        raise UnsupportedInputError(
            f"input: expected columns with names, got one without ({type(data).__name__}).",
            hint="Give the frame; of a series, its to_frame().",
        ) from None
    return table_as_intake(stream.read_all())


def _read_pandas(frame: Any) -> Intake:
    """Read a pandas frame column by column: its Arrow stream fails on columns of mixed types and on repeated names."""
    places = range(len(frame.columns))
    return columns_as_intake(list(frame.columns), [_series_as_array(frame.iloc[:, place]) for place in places])


def _series_as_array(series: Any) -> Any:
    if str(series.dtype) != "object":
        try:
            array = pa.array(series, from_pandas=True)
        except (pa.ArrowException, TypeError, ValueError):
            array = None
        # Types that only pandas knows (periods, intervals) have a text, but no Arrow values of use.
        if array is not None and not isinstance(array.type, pa.BaseExtensionType):
            return array
    try:
        return pa.array([value_text(value) for value in series], pa.string())
    except UnreadableValueError as error:
        what = _UNREADABLE[error.reason]
        raise UnsupportedInputError(
            f"column {series.name!r}: expected single values, got {what}.",
            hint="Flatten the column, or leave it out.",
        ) from None


def _stem(path: Path) -> str:
    for _ in range(2):
        if path.suffix.lower() not in _COMPRESSED_ENDINGS:
            break
        path = path.with_suffix("")
    # Names of files are bytes on some systems, and need not be UTF-8.
    return "".join("\ufffd" if _is_torn(character) else character for character in path.stem)


def _can_be_named(path: Path) -> bool:
    """Tell whether a file can have a name at all."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _is_torn(text: str) -> bool:
    """Tell whether a text holds half of a surrogate pair, which stands for a byte that is no UTF-8."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def _ending(path: Path) -> str:
    while path.suffix.lower() in _COMPRESSED_ENDINGS:
        path = path.with_suffix("")
    return path.suffix.lower()


def _read_path(path: Path) -> Intake:
    """Read a file; the content tells binary formats and compression, and the ending only JSON from delimited text."""
    content = _decompress(path)
    if not content:
        raise EmptyInputError(f"file {path.name!r}: expected a header, got an empty file.")
    ending = _ending(path)
    try:
        if content.startswith((b"PAR1", b"ARROW1")) or ending in _ARROW_ENDINGS:
            return table_as_intake(_read_binary(content, f"file {path.name!r}"))
        if ending in _PARQUET_ENDINGS:
            raise pa.ArrowInvalid
    except (OSError, pa.ArrowException, UnicodeDecodeError):
        # Arrow takes the names of columns as they stand there, and Python has none that are not UTF-8.
        raise InputError(
            f"file {path.name!r}: expected Parquet or Arrow data, got a damaged or other file.",
            hint="Write the file again.",
        ) from None
    return read_json(content) if ending in _JSON_ENDINGS else read_delimited(content)


def _read_binary(content: bytes, name: str) -> pa.Table:
    """Read Parquet or Arrow data, some rows at a time, as small files may hold many."""
    buffer = pa.BufferReader(content)
    if content.startswith(b"PAR1"):
        file = pq.ParquetFile(buffer)
        schema, batches = file.schema_arrow, file.iter_batches(_ROWS_AT_ONCE)
    elif content.startswith(b"ARROW1"):
        reader = pa.ipc.open_file(buffer)
        schema, batches = reader.schema, _sound(map(reader.get_batch, range(reader.num_record_batches)))
    else:
        stream = pa.ipc.open_stream(buffer)
        schema, batches = stream.schema, _sound(iter(stream))
    check_n_columns(len(schema))
    if not len(schema):
        return pa.table({})
    dense = (_dense(batch.slice(first, _ROWS_AT_ONCE)) for batch in batches for first in _firsts(batch))
    pieces = list(within_room(dense, lambda batch: batch.nbytes, len(content), name))
    return pa.Table.from_batches(pieces) if pieces else schema.empty_table()


def _sound(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield rows of Arrow data that speak of nothing outside: Arrow takes places and lengths as it finds them."""
    for batch in batches:
        batch.validate()
        for column in batch.columns:
            _look_over(column)
        yield batch


def _look_over(column: pa.Array) -> None:
    kind = column.type
    if isinstance(column, pa.ExtensionArray):
        _look_over(column.storage)
    elif isinstance(column, pa.DictionaryArray):
        _look_over(column.dictionary)
        # Refuses places of values that are not there.
        pa.DictionaryArray.from_arrays(column.indices, column.dictionary)
    elif kind in _BYTES_OF:
        # A text that is none concerns one row.
        column.view(_BYTES_OF[kind]).validate(full=True)
    elif not pa.types.is_primitive(kind):
        column.validate(full=True)


def _firsts(batch: pa.RecordBatch) -> range:
    return range(0, batch.num_rows, _ROWS_AT_ONCE)


def _dense(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return rows with the values of dictionaries written out, since a text that stands once may be meant often."""
    columns = [each.dictionary_decode() if isinstance(each, pa.DictionaryArray) else each for each in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _decompress(path: Path) -> bytes:
    content = path.read_bytes()
    for magic, name, open_stream in COMPRESSIONS:
        if content.startswith(magic):
            try:
                return decompressed(content, open_stream, f"file {path.name!r}")
            except _FLAWS:
                raise InputError(
                    f"file {path.name!r}: the {name} data is damaged or cut off.", hint="Copy the file again."
                ) from None
    return content
