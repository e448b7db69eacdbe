"""The files that commands write: each is whole, or is not there."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from custid._whole_files import whole_file
from custid.review._cells import NEEDS_GUARD, guarded

if TYPE_CHECKING:
    import pyarrow as pa

    from custid.result import Result

__all__ = [
    "CHART_ENDINGS",
    "check_targets",
    "records_with_customers",
    "table_writer",
    "text_writer",
    "write_files",
]

Writer = Callable[[Path], object]
"""Writes one file, at the path that it is given."""

CHART_ENDINGS = frozenset({".png", ".svg", ".html"})


def check_targets(tables: Sequence[Path | None], others: Sequence[Path | None], inputs: Sequence[Path]) -> None:
    """Refuse targets that cannot be right before any work is done.

    Parameters
    ----------
    tables : sequence of Path or None
        Tables to be written, whose endings name a format.
    others : sequence of Path or None
        Other files to be written.
    inputs : sequence of Path
        Files to be read, which must not be overwritten.
    """
    for path in tables:
        if path is not None and path.suffix.lower() not in _TABLE_FORMATS:
            raise typer.BadParameter(
                f"{str(path)!r}: expected an ending among {', '.join(_TABLE_FORMATS)}, got {path.suffix!r}."
            )
    targets = [path for path in (*tables, *others) if path is not None]
    taken = {path.resolve(): "an input" for path in inputs}
    for path in targets:
        if not path.resolve().parent.is_dir():
            raise typer.BadParameter(f"{str(path)!r}: expected a directory that exists.")
        if path.is_dir():
            raise typer.BadParameter(f"{str(path)!r}: expected a file, got a directory.")
        if path.resolve() in taken:
            raise typer.BadParameter(f"{str(path)!r}: expected a file of its own, got {taken[path.resolve()]}.")
        taken[path.resolve()] = "another output"


def write_files(files: Sequence[tuple[Path, Writer]], *, rights: int = 0o666) -> None:
    """Write all files, or none: each beside its place first, then all are moved there.

    Parameters
    ----------
    files : sequence of (path, writer)
        What to write where; existing files keep their permissions.
    rights : int
        Permissions of new files, less those that the umask takes away: 0o600 for what tells all of a customer.
    """
    # All are written inside, and put in their places on the way out.
    with ExitStack() as beside:
        for path, write in files:
            write(beside.enter_context(whole_file(path, rights=rights)))


def text_writer(text: str) -> Writer:
    """Return what writes a text and a newline."""

    def write(path: Path) -> None:
        path.write_text(text + "\n", encoding="utf-8")

    return write


def table_writer(table: pa.Table, target: Path, *, spreadsheet_safe: bool = False) -> Writer:
    """Return what writes a table in the format that the target's ending names."""
    write = _TABLE_FORMATS[target.suffix.lower()]
    return lambda path: write(table, path, spreadsheet_safe)


def records_with_customers(result: Result) -> pa.Table:
    """Return the rows of all sources with the customer found for each.

    Added are ``source`` where the rows come from several files, ``record_key`` where rows are numbered, ``customer``,
    ``match_probability`` and ``decision``; a name that the input uses already gets the prefix ``custid_``.
    """
    import pyarrow as pa  # noqa: PLC0415 - heavy, and --help does without

    inputs = result.inputs
    table = pa.concat_tables([each.intake.table for each in inputs], promote_options="default")
    added = ["customer", "match_probability", "decision"]
    if any(each.mapping.record_key is None for each in inputs):
        added.insert(0, "record_key")
    if len(inputs) > 1:
        added.insert(0, "source")
    for name in added:
        unused = name
        while unused in table.column_names:
            unused = f"custid_{unused}"
        table = table.append_column(unused, result.assignments[name])
    return table


def _write_parquet(table: pa.Table, path: Path, _safe: bool) -> None:  # noqa: FBT001 - one signature for all formats
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy, and --help does without

    pq.write_table(table, path)


def _write_arrow(table: pa.Table, path: Path, _safe: bool) -> None:  # noqa: FBT001 - as above
    import pyarrow as pa  # noqa: PLC0415 - as above

    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _write_json_lines(table: pa.Table, path: Path, _safe: bool) -> None:  # noqa: FBT001 - as above
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for batch in table.to_batches(max_chunksize=10_000):
            stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in batch.to_pylist())


def _write_csv(table: pa.Table, path: Path, safe: bool) -> None:  # noqa: FBT001 - as above
    from pyarrow import csv  # noqa: PLC0415 - as above

    columns = {name: _csv_column(table[name], safe) for name in table.column_names}
    names = [guarded(name) if safe else name for name in columns]
    csv.write_csv(table.from_arrays(list(columns.values()), names=names), path)


def _csv_column(column: pa.ChunkedArray, safe: bool) -> Any:  # noqa: FBT001 - as above
    import pyarrow as pa  # noqa: PLC0415 - as above
    import pyarrow.compute as pc  # noqa: PLC0415 - as above

    if pa.types.is_list(column.type):
        column = pc.binary_join(column.cast(pa.list_(pa.string())), " | ")
    if safe and pa.types.is_string(column.type):
        is_risky = pc.match_substring_regex(column, NEEDS_GUARD)
        # To join costs more than all else, and few columns hold such cells.
        if pc.any(is_risky).as_py():
            column = pc.if_else(is_risky, pc.binary_join_element_wise("'", column, ""), column)
    return column


_TABLE_FORMATS: dict[str, Callable[[pa.Table, Path, bool], None]] = {
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".jsonl": _write_json_lines,
    ".arrow": _write_arrow,
}
