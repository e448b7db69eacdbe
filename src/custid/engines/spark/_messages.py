"""Arrays on their way between the workers: Spark moves few rows, each of which holds many numbers.

A step scatters messages to places, and gathers all messages of one place in one call.  Spark sorts and counts millions
of small rows some twenty times as slowly as arrays of the same numbers; so what passes between two steps are arrays,
and Spark does what it is good at: it moves, spills and repeats.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from traceback import extract_tb
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from custid import errors

__all__ = [
    "Message",
    "arrays_of",
    "explained",
    "gathered",
    "listed",
    "mapped",
    "packed_table",
    "scattered",
    "table_of_messages",
    "unpacked_tables",
]

Message = tuple[int, int, bytes]
"""The place it goes to, what it holds, and the bytes."""

_SCHEMA = "place int, tag int, data binary"
_MARK = "custid-error:"
_ARROW_SCHEMA = pa.schema([("place", pa.int32()), ("tag", pa.int32()), ("data", pa.binary())])
_MESSAGES_AT_ONCE = 64
_BYTES_AT_ONCE = 1 << 25

TableFunction = Callable[[pa.Table], Iterable[pa.Table]]
ScatterFunction = Callable[[pa.Table], Iterable[Message]]


def mapped(frame: Any, step: str, function: TableFunction, schema: str, rows_at_once: int) -> Any:
    """Return what a function makes of some rows at a time.

    Parameters
    ----------
    frame : DataFrame
        Rows.
    step : str
        Name of the step, for errors.
    function : callable
        Takes a table of up to so many rows, yields tables.
    schema : str
        Columns of the tables it yields.
    rows_at_once : int
        Rows that are enough for one call.

    Returns
    -------
    DataFrame
        Of that schema.
    """

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with _told(step):
            for table in _tables(batches, rows_at_once):
                for made in function(table):
                    yield from made.to_batches()

    return frame.mapInArrow(run, schema)


def scattered(frame: Any, step: str, function: ScatterFunction, rows_at_once: int) -> Any:
    """Return the messages that a function makes of some rows at a time, as a DataFrame."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with _told(step):
            for table in _tables(batches, rows_at_once):
                yield from _batches(function(table))

    return frame.mapInArrow(run, _SCHEMA)


def gathered(messages: Any, step: str, function: Callable[[int, pa.Table], pa.Table], schema: str = _SCHEMA) -> Any:
    """Return what a function makes of all messages of each place.

    Parameters
    ----------
    messages : DataFrame
        Messages.
    step : str
        Name of the step, for errors.
    function : callable
        Takes a place and the table of its messages, returns a table; or an iterable of messages where no schema is
        given.
    schema : str, optional
        Columns of the tables it returns; those of messages when not given.

    Returns
    -------
    DataFrame
        Of that schema.
    """

    def run(table: pa.Table) -> pa.Table:
        with _told(step):
            made = function(table.column("place")[0].as_py(), table)
            if isinstance(made, pa.Table):
                return made
            return pa.Table.from_batches(list(_batches(made)), _ARROW_SCHEMA)

    return messages.groupBy("place").applyInArrow(run, schema)


def _tables(batches: Iterator[pa.RecordBatch], rows_at_once: int) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    n_rows = 0
    for batch in batches:
        if batch.num_rows:
            held.append(batch)
            n_rows += batch.num_rows
        if n_rows >= rows_at_once:
            yield pa.Table.from_batches(held)
            held, n_rows = [], 0
    if held:
        yield pa.Table.from_batches(held)


def _batches(messages: Iterable[Message]) -> Iterator[pa.RecordBatch]:
    held: list[Message] = []
    n_bytes = 0
    for message in messages:
        held.append(message)
        n_bytes += len(message[2])
        if len(held) >= _MESSAGES_AT_ONCE or n_bytes >= _BYTES_AT_ONCE:
            yield _batch(held)
            held, n_bytes = [], 0
    if held:
        yield _batch(held)


def _batch(messages: Sequence[Message]) -> pa.RecordBatch:
    places, tags, contents = zip(*messages, strict=True)
    return pa.RecordBatch.from_arrays(
        [pa.array(places, pa.int32()), pa.array(tags, pa.int32()), pa.array(contents, pa.binary())],
        names=_ARROW_SCHEMA.names,
    )


def table_of_messages(messages: Sequence[Message]) -> pa.Table:
    """Return one message or more as a table with the columns of a DataFrame of messages."""
    return pa.Table.from_batches([_batch(messages)])


def arrays_of(messages: pa.Table, tag: int, width: int) -> NDArray[np.uint64]:
    """Return the numbers of the messages with a tag, uint64, shape (n, width)."""
    found = [
        np.frombuffer(data.as_buffer(), np.uint64).reshape(-1, width)
        for each, data in zip(messages.column("tag").to_pylist(), messages.column("data"), strict=True)
        if each == tag
    ]
    return np.concatenate([np.empty((0, width), np.uint64), *found])


def packed_table(table: pa.Table) -> bytes:
    """Return a table as bytes."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def unpacked_tables(messages: pa.Table, tag: int) -> list[pa.Table]:
    """Return the tables of the messages with a tag."""
    return [
        pa.ipc.open_stream(data.as_buffer()).read_all()
        for each, data in zip(messages.column("tag").to_pylist(), messages.column("data"), strict=True)
        if each == tag
    ]


def listed(messages: pa.Table) -> Iterator[pa.Table]:
    """Yield the pairs of messages that hold nothing else, as ``one`` and ``other``."""
    for data in messages.column("data"):
        one, other = np.ascontiguousarray(np.frombuffer(data.as_buffer(), np.int64).reshape(-1, 2).T)
        yield pa.table({"one": one, "other": other})


@contextmanager
def _told(step: str) -> Iterator[None]:
    """Say in custid's words what went wrong, in a form that survives the way through Spark."""
    try:
        yield
    except GeneratorExit:
        raise
    except errors.CustidError as error:
        told = [type(error).__name__, error.problem, error.hint]
        raise RuntimeError(_MARK + json.dumps(told)) from None
    except Exception as error:  # noqa: BLE001  # whatever it is, its text may hold values of customers
        place = extract_tb(error.__traceback__)[-1]
        problem = (
            f"spark: step {step!r}: expected it to run, got {type(error).__name__} in {place.name}:{place.lineno}."
        )
        raise RuntimeError(
            _MARK + json.dumps(["InternalError", problem, "Report it, with the versions in use."])
        ) from None


@contextmanager
def explained() -> Iterator[None]:
    """Raise what went wrong in a worker as an exception of custid.

    Raises
    ------
    CustidError
        What the worker raised; `MissingDependencyError` where it does not have custid.
    """
    try:
        yield
    except errors.CustidError:
        raise
    except Exception as error:
        text = str(error)
        start = text.find(_MARK)
        if start >= 0:
            name, problem, hint = json.JSONDecoder().raw_decode(text[start + len(_MARK) :])[0]
            raise getattr(errors, name)(problem, hint=hint) from None
        if "No module named 'custid" in text or "No module named 'pyarrow" in text:
            raise errors.MissingDependencyError(
                "spark: workers: expected Python environments that hold custid, got one without.",
                hint="Install custid on the cluster, and set PYSPARK_PYTHON to that Python.",
            ) from None
        raise
