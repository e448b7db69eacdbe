"""CSV and its like, every field as text."""

from __future__ import annotations

import re
import time
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from custid.errors import EmptyInputError, InputError
from custid.intake._encoding import to_utf8
from custid.intake._intake import Intake, RefusedRow, unique_column_names
from custid.intake._names import match_name
from custid.intake._records import Records, find_records
from custid.intake._room import check_n_columns

__all__ = ["lent", "parsed_rows", "read_delimited"]

Buffer = bytes | bytearray | memoryview

_DELIMITERS = (",", ";", "\t", "|")
# A table of one column has no delimiter: the parser gets a character that the text does not hold.
_UNUSED = "\x1f\x1e\x1d\x1c\x01\x02\x03\x04"
_DELIMITER_LINE = re.compile(rb'\A"?sep=([,;\t|])"?(?:\r\n|\n|\r)', re.IGNORECASE)
_VISIBLE = re.compile(rb"\S")
_SAMPLE_BYTES = 1 << 17
_BLOCK_BYTES = 1 << 20
_SHORT_BYTES = 1 << 16
_TOP_BYTES = 1 << 13
_MOST_TITLE_LINES = 20
_LEAST_COLUMNS = 3
_LEAST_KNOWN_COLUMNS = 2
_WAIT_SECONDS = 0.0001
_MOST_WAITS = 100_000
_MESSAGES = {
    "too_many_fields": "the row has {n} fields, the header has {expected}; what holds the delimiter needs quotes.",
    "too_few_fields": "the row has {n} fields, the header has {expected}.",
    "unclosed_quote": "a quoted field begins on this line and is never closed.",
}


def read_delimited(data: bytes) -> Intake:
    r"""Read a delimited text with a header.

    Encoding and delimiter (comma, semicolon, tab, bar) are found from the content. Rows whose number of fields is not
    that of the header, and rows whose quote is never closed, are refused; blank lines are no rows. Titles that
    spreadsheets leave above the header are passed over, with a warning.

    Parameters
    ----------
    data : bytes
        Content of the file.

    Returns
    -------
    Intake
        Its rows; an empty field is null.

    Raises
    ------
    EmptyInputError
        If there is no header.
    InputError
        If a quote in the header is never closed.

    Examples
    --------
    >>> read_delimited(b"name;postcode\nAnn;00123\n").table.to_pylist()
    [{'name': 'Ann', 'postcode': '00123'}]
    """
    text, warnings = to_utf8(data)
    stated = _DELIMITER_LINE.match(text)
    skipped = stated.end() if stated else 0
    body = text[skipped:] if stated else text
    if not _VISIBLE.search(body):
        raise EmptyInputError(
            "input: expected a header line, got no text.", hint="The first line must name the columns."
        )
    n_above = 0
    if not stated:
        body, n_above = _below_titles(body)
        if n_above:
            warnings = [*warnings, f"line {n_above + 1} was read as the header: those above it name no columns."]
    delimiter = stated.group(1).decode() if stated else _find_delimiter(body)
    records = find_records(body, delimiter)
    if not records.n_fields[0]:
        raise InputError(
            f"header: a quote on line {records.line_numbers[0]} is never closed.", hint="Close or remove the quote."
        )
    if stated or n_above:
        records = records._replace(line_numbers=records.line_numbers + (n_above or 1))
    header = body[records.starts[0] : records.ends[0]]
    expected = int(records.n_fields[0])
    check_n_columns(expected)
    cells = parsed_rows(header, delimiter, [str(place) for place in range(expected)], len(header), has_line_breaks=True)
    names, renamed = unique_column_names([_column_name(cell[0].as_py()) for cell in cells.columns])
    is_kept = records.n_fields == expected
    refused = _refuse(records, np.flatnonzero(~is_kept).tolist(), expected)
    is_kept[0] = False
    kept = np.flatnonzero(is_kept)
    return Intake(
        table=_rows(body, records, kept, names, delimiter),
        line_numbers=records.line_numbers[kept],
        refused=refused,
        warnings=(*warnings, *renamed),
    )


def _below_titles(body: bytes) -> tuple[bytes, int]:
    """Return a text without the titles above its header, and how many lines these are.

    A title fills one cell at most. The header below it fills most of three or more, and two of them at least have names
    that columns are known by.
    """
    top = body[:_TOP_BYTES]
    found = {each: find_records(top, each) for each in _DELIMITERS if each.encode() in top}
    if any(_is_table(top, records, delimiter) for delimiter, records in found.items()):
        return body, 0
    for delimiter, records in found.items():
        for place in range(min(len(records.starts), _MOST_TITLE_LINES)):
            cells = _cells(top, records, place, delimiter)
            n_filled = sum(map(bool, cells))
            if n_filled <= 1:
                continue
            is_whole = records.n_fields[place] == len(cells) >= _LEAST_COLUMNS and 2 * n_filled > len(cells)
            if is_whole and sum(match_name(cell) is not None for cell in cells) >= _LEAST_KNOWN_COLUMNS:
                return body[records.starts[place] :], int(records.line_numbers[place]) - 1
            break
    return body, 0


def _is_table(top: bytes, records: Records, delimiter: str) -> bool:
    """Tell whether a text begins with a row of several cells, and goes on with one of as many."""
    return sum(map(bool, _cells(top, records, 0, delimiter))) > 1 and bool(
        (records.n_fields[1:2] == records.n_fields[0]).all()
    )


def _cells(top: bytes, records: Records, place: int, delimiter: str) -> list[str]:
    text = top[records.starts[place] : records.ends[place]].decode("utf-8", "replace")
    return [cell.strip(' "\t') for cell in text.split(delimiter)]


def _find_delimiter(body: bytes) -> str:
    """Return the delimiter by which most of the first rows have as many fields as the header, and at least two."""
    sample = body[:_SAMPLE_BYTES]
    if len(body) > len(sample):
        whole = max(sample.rfind(b"\n"), sample.rfind(b"\r")) + 1
        sample = sample[:whole] if sample[:whole].strip() else body
    best, best_rank = "", (-1.0, 0)
    for delimiter in _DELIMITERS:
        if delimiter.encode() not in sample:
            continue
        n_fields = find_records(sample, delimiter).n_fields
        if n_fields[0] == 1:
            continue
        # A header with an unclosed quote is divided too, if by nothing else: then the quote is what to report.
        share = float(np.mean(n_fields[1:] == n_fields[0])) if len(n_fields) > 1 else 1.0
        rank = (share if n_fields[0] else -0.5, int(n_fields[0]))
        if rank > best_rank:
            best, best_rank = delimiter, rank
    return best or next((unused for unused in _UNUSED if unused.encode() not in body), ",")


def _column_name(cell: str | None) -> str:
    # Below an empty line, a mark of the order of bytes is left.
    return (cell or "").strip().lstrip("\ufeff").strip()


def _refuse(records: Records, bad: list[int], expected: int) -> tuple[RefusedRow, ...]:
    refused = []
    for record in bad:
        n_fields = int(records.n_fields[record])
        reason = "unclosed_quote" if not n_fields else "too_many_fields" if n_fields > expected else "too_few_fields"
        refused.append(
            RefusedRow(
                line_number=int(records.line_numbers[record]),
                reason=reason,
                message=_MESSAGES[reason].format(n=n_fields, expected=expected),
            )
        )
    return tuple(refused)


def _rows(body: bytes, records: Records, kept: np.ndarray, names: list[str], delimiter: str) -> pa.Table:
    if not len(kept):
        return pa.table({name: pa.array([], pa.string()) for name in names})
    starts, ends = records.starts[kept], records.ends[kept]
    # Neighbors in the text are handed over in one piece.
    breaks = np.flatnonzero(np.diff(kept) != 1) + 1
    firsts, lasts = np.append(0, breaks), np.append(breaks, len(kept)) - 1
    spans = list(zip(starts[firsts].tolist(), ends[lasts].tolist(), strict=True))
    view = memoryview(body)
    text = view[slice(*spans[0])] if len(spans) == 1 else b"\n".join(view[low:high] for low, high in spans)
    longest = int((ends - starts).max())
    table = parsed_rows(text, delimiter, names, longest, has_line_breaks=records.has_line_breaks)
    if table.num_rows != len(kept):
        raise InputError(f"rows: expected {len(kept)}, the parser gave {table.num_rows}.", hint="Please report this.")
    return table


def parsed_rows(text: Buffer, delimiter: str, names: list[str], longest: int, *, has_line_breaks: bool) -> pa.Table:
    """Return the rows of a text, of which all have as many fields as there are names."""
    # The parser takes a mark off the beginning, and stops at a text that holds nothing else.
    marked = text[: len(BOM_UTF8)] == BOM_UTF8
    with lent(BOM_UTF8 + text if marked else text) as view:
        return pacsv.read_csv(
            pa.BufferReader(pa.py_buffer(view)),
            # A block must hold a whole record.
            read_options=pacsv.ReadOptions(
                column_names=names,
                block_size=max(_BLOCK_BYTES, 2 * longest + 2),
                # A short text is read sooner than threads have let go of it.
                use_threads=len(text) > _SHORT_BYTES,
            ),
            parse_options=pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=has_line_breaks),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                # The whole text is UTF-8, and fields are divided at ASCII characters.
                check_utf8=False,
            ),
        )


@contextmanager
def lent(text: Buffer) -> Iterator[memoryview]:
    """Lend a text, and wait until nobody has it any more.

    Arrow's threads let go of it shortly after the reader has returned, for which they need the interpreter; one that
    asks while the process ends would abort it.
    """
    view = memoryview(text)
    try:
        yield view
    finally:
        for _ in range(_MOST_WAITS):
            try:
                view.release()
            except BufferError:
                time.sleep(_WAIT_SECONDS)
            else:
                break
