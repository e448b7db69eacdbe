"""Records as Arrow tables.

A class is a struct, a tuple a list.  A union of classes is a struct with one member for each class, of which exactly
one is not null; a measure's value likewise has the members ``number`` and ``text``.  Values are complete: what has its
default is written, so that a query need not know the defaults.  A moment is kept to the microsecond, in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from custid.errors import StructureError
from custid.model import Record
from custid.serde._layout import Leaf, Listed, Node, Structured, Variants, record_layout
from custid.serde.documents import MIGRATIONS, SCHEMA_VERSION, Migration, structure

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["arrow_schema", "from_arrow", "to_arrow"]

_VERSION_KEY = b"custid.schema_version"
_MOST_DIGITS = 9


def arrow_schema() -> pa.Schema:
    """Return the schema of tables of records.

    Returns
    -------
    pyarrow.Schema
        One column for each field of `custid.model.Record`; the version of the layout stands in the metadata.
    """
    import pyarrow as pa  # noqa: PLC0415 - loaded when first used

    fields = [pa.field(each.name, _type(each.node), nullable=not each.is_required) for each in record_layout().members]
    return pa.schema(fields, metadata={_VERSION_KEY: str(SCHEMA_VERSION)})


def _type(node: Node) -> pa.DataType:
    import pyarrow as pa  # noqa: PLC0415 - loaded when first used

    if isinstance(node, Listed):
        return pa.list_(_type(node.of))
    if isinstance(node, Structured):
        return pa.struct([pa.field(each.name, _type(each.node)) for each in node.members])
    if isinstance(node, Variants):
        return pa.struct([pa.field(name, _type(each)) for name, each in node.options.items()])
    if node.choices is not None:
        return pa.int8() if issubclass(node.choices, IntEnum) else pa.string()
    types = {
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "moment": pa.timestamp("us", tz="UTC"),
        "number_or_text": pa.struct([("number", pa.float64()), ("text", pa.string())]),
    }
    return types.get(node.kind, pa.string())


def to_arrow(records: Iterable[Record]) -> pa.Table:
    """Return records as an Arrow table, which can be written as Parquet.

    Parameters
    ----------
    records : iterable of Record
        The records.

    Returns
    -------
    pyarrow.Table
        One row for each record, with the columns of `arrow_schema`; no row for no records.

    Raises
    ------
    StructureError
        If a text, number or moment is none that Arrow can hold: a lone surrogate, a whole number that no 64-bit float
        holds, a moment whose year in UTC is not from 1 to 9999.
    """
    import pyarrow as pa  # noqa: PLC0415 - loaded when first used

    layout = record_layout()
    rows: list[dict[str, Any]] = []
    for place, record in enumerate(records):
        try:
            row = {each.name: _to_arrow(each.node, getattr(record, each.field)) for each in layout.members}
        except (OverflowError, UnicodeEncodeError):
            row = {}
        if not row:
            raise StructureError(
                f"records[{place}]: expected values that Arrow can hold, got a text, number or moment beyond them.",
                hint="Write it as JSON.",
            )
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=arrow_schema())


def _to_arrow(node: Node, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(node, Listed):
        return [_to_arrow(node.of, each) for each in value]
    if isinstance(node, Structured):
        return {each.name: _to_arrow(each.node, getattr(value, each.field)) for each in node.members}
    if isinstance(node, Variants):
        name = node.name_of(value)
        return {name: _to_arrow(node.options[name], value)}
    if node.choices is not None:
        return value.value
    return _leaf_to_arrow(node, value)


def _leaf_to_arrow(node: Leaf, value: Any) -> Any:
    if node.kind == "number_or_text" and not isinstance(value, str):
        return {"number": _exact(value)}
    if node.kind in {"text", "number_or_text"}:
        value.encode()
        return value if node.kind == "text" else {"text": value}
    if node.kind == "number":
        return _exact(value)
    if node.kind == "moment":
        return value.astimezone(UTC)  # which near the ends of the calendar has no such year
    return str(value) if node.kind == "date" else value


def _exact(value: float) -> float:
    if float(value) != value:
        raise OverflowError
    return float(value)


def from_arrow(table: pa.Table, *, migrations: tuple[Migration, ...] = MIGRATIONS) -> list[Record]:
    """Return the records of an Arrow table.

    Parameters
    ----------
    table : pyarrow.Table
        As `to_arrow` gives it; columns may be missing where a record may do without.
    migrations : tuple of callable
        As of `structure`.

    Returns
    -------
    list of Record
        In the order of the rows.

    Raises
    ------
    StructureError
        If a row is no record; the message has a line with the row and path of every fault of the first such rows.  Or
        if a value is none that Python has, as a moment beyond its calendar.
    """
    layout = record_layout()
    version = _number((table.schema.metadata or {}).get(_VERSION_KEY, str(SCHEMA_VERSION).encode()))
    records: list[Record] = []
    faults: list[str] = []
    for place, row in enumerate(_rows(table)):
        document = {**_from_arrow(layout, row), "schema_version": version}
        try:
            records.append(structure(document, migrations=migrations))
        except StructureError as error:
            faults.extend(f"records[{place}]: {fault}" for fault in error.problem.split("\n"))
    if faults:
        more = [f"and {len(faults) - 20} more"] if len(faults) > 20 else []
        raise StructureError("\n".join(faults[:20] + more))
    return records


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = table.to_pylist()
    except (LookupError, NotImplementedError, OverflowError, TypeError, ValueError):
        raise StructureError(
            "records: expected values that Python has, got others, as moments beyond its calendar or bytes as text."
        ) from None
    return rows


def _number(version: bytes) -> int | None:
    return int(version) if version.isdigit() and len(version) <= _MOST_DIGITS else None


def _from_arrow(node: Node, value: Any) -> Any:
    """Return the plain data of a value; what has another type than the layout says is left for the converter."""
    if isinstance(node, Listed) and isinstance(value, list):
        return [_from_arrow(node.of, each) for each in value]
    if isinstance(node, Structured) and isinstance(value, dict):
        nodes = {each.name: each.node for each in node.members}
        return {
            name: _from_arrow(nodes[name], each) if name in nodes else each
            for name, each in value.items()
            if each is not None
        }
    if isinstance(node, Variants) and isinstance(value, dict):
        held = [(name, each) for name, each in value.items() if each is not None]
        if len(held) != 1 or held[0][0] not in node.options:
            return {}
        (name, each) = held[0]
        inner = _from_arrow(node.options[name], each)
        return {node.tag: name, **inner} if isinstance(inner, dict) else inner
    if isinstance(node, Leaf) and node.kind == "number_or_text" and isinstance(value, dict):
        return value["number"] if value.get("number") is not None else value.get("text")
    return value.isoformat() if isinstance(value, datetime) else value
