"""Files of records, one JSON document a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path

from attrs import frozen

from custid._whole_files import whole_file
from custid.errors import StructureError
from custid.model import Record
from custid.serde.documents import MIGRATIONS, Migration, from_json, to_json

__all__ = ["ReadRecords", "RefusedLine", "iterate_json_lines", "read_json_lines", "write_json_lines"]


@frozen(kw_only=True)
class RefusedLine:
    """A line that could not be read as a record.

    Attributes
    ----------
    line : int
        Number of the line, from 1.
    faults : tuple of str
        What is wrong, each with its path; no values.
    """

    line: int
    faults: tuple[str, ...]


@frozen(kw_only=True)
class ReadRecords:
    """What a file held: records and refused lines together are all its lines that are not blank.

    Attributes
    ----------
    records : tuple of Record
        The records in the order of the file.
    refused : tuple of RefusedLine
        The lines that are none.
    """

    records: tuple[Record, ...]
    refused: tuple[RefusedLine, ...]


def write_json_lines(records: Iterable[Record], path: str | PathLike[str]) -> int:
    """Write records into a file, one JSON document a line.

    Parameters
    ----------
    records : iterable of Record
        The records; they are written as they come.
    path : str or path
        The file; what it held is replaced, by all records or not at all.

    Returns
    -------
    int
        How many were written.
    """
    n_records = 0
    with whole_file(path) as beside, beside.open("w", encoding="utf-8", newline="\n") as stream:
        for record in records:
            stream.write(to_json(record) + "\n")
            n_records += 1
    return n_records


def iterate_json_lines(
    path: str | PathLike[str], *, migrations: tuple[Migration, ...] = MIGRATIONS
) -> Iterator[Record | RefusedLine]:
    """Read a file of records line by line.

    Parameters
    ----------
    path : str or path
        The file, in UTF-8.
    migrations : tuple of callable
        As of `structure`.

    Returns
    -------
    iterator of Record or RefusedLine
        One of them for each line that is not blank.
    """
    # Lines end at line feeds only: JSON may hold the other separators of Unicode unescaped.
    with Path(path).open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                yield _read(number, line.rstrip(b"\r\n"), migrations)


def _read(number: int, line: bytes, migrations: tuple[Migration, ...]) -> Record | RefusedLine:
    try:
        return from_json(line, migrations=migrations)
    except StructureError as error:
        return RefusedLine(line=number, faults=tuple(error.problem.split("\n")))


def read_json_lines(path: str | PathLike[str], *, migrations: tuple[Migration, ...] = MIGRATIONS) -> ReadRecords:
    """Read a file of records; what is no record is reported, and the rest goes on.

    Parameters
    ----------
    path : str or path
        The file, in UTF-8.
    migrations : tuple of callable
        As of `structure`.

    Returns
    -------
    ReadRecords
        The records, and the refused lines with their faults.
    """
    records, refused = [], []
    for each in iterate_json_lines(path, migrations=migrations):
        if isinstance(each, RefusedLine):
            refused.append(each)
        else:
            records.append(each)
    return ReadRecords(records=tuple(records), refused=tuple(refused))
