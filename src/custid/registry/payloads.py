"""The contents of many rows of text, column by column."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from json import JSONEncoder
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from custid.intake._encoder import as_array
from custid.registry.contents import Content

__all__ = ["payloads_of", "payloads_of_rows", "table_of_payloads"]

_ROWS_AT_ONCE: Final = 1 << 16
_FEW_ROWS: Final = 64
"""For as many, column operations take longer than going through them."""
_IS_ESCAPED: Final = r"[^ !#-\[\]-~]"
"""What JSON in ASCII does not hold as it is."""
_ENCODE: Final = JSONEncoder().encode


def payloads_of(table: pa.Table) -> list[str]:
    r"""Return the payloads of the contents of rows.

    Parameters
    ----------
    table : pyarrow.Table
        Columns of text with different names; null is nothing.

    Returns
    -------
    list of str
        For each row the payload that `Content.of` gives of its texts that are not null.

    Examples
    --------
    >>> payloads_of(pa.table({"b": ["Zoé", None], "a": ["1", "2"]}))
    ['{"a":"1","b":"Zo\\u00e9"}', '{"a":"2"}']
    """
    if table.num_rows <= _FEW_ROWS:
        return payloads_of_rows(table.to_pylist())
    return [
        payload
        for first in range(0, table.num_rows, _ROWS_AT_ONCE)
        for payload in _payloads(table.slice(first, _ROWS_AT_ONCE)).to_pylist()
    ]


def payloads_of_rows(rows: Iterable[Mapping[str, str | None]]) -> list[str]:
    """Return the payloads of the contents of single rows.

    Parameters
    ----------
    rows : iterable of Mapping of str to str or None
        Texts by column; None is nothing.

    Returns
    -------
    list of str
        For each row the payload that `Content.of` gives of its texts that are not None.

    Examples
    --------
    >>> payloads_of_rows([{"b": "2", "a": None}])
    ['{"b":"2"}']
    """
    return [Content.of({name: text for name, text in row.items() if text is not None}).payload for row in rows]


def table_of_payloads(payloads: Sequence[str], columns: Collection[str]) -> pa.Table:
    """Return some columns of the rows that payloads hold.

    Parameters
    ----------
    payloads : sequence of str
        Payloads of contents, whoever has made them.
    columns : collection of str
        Names of the columns.

    Returns
    -------
    pyarrow.Table
        Texts by name, null where a row has none; what is no text becomes its Python text.

    Examples
    --------
    >>> table_of_payloads(['{"a":"1","b":"x"}', '{"b":7}'], ["b"]).to_pylist()
    [{'b': 'x'}, {'b': '7'}]
    """
    wanted = sorted(columns)
    if not wanted:
        return pa.table({"": pa.nulls(len(payloads), pa.string())})
    schema = pa.schema([(name, pa.string()) for name in wanted])
    pieces = [payloads[first : first + _ROWS_AT_ONCE] for first in range(0, len(payloads), _ROWS_AT_ONCE)]
    return pa.concat_tables([schema.empty_table(), *(_table(piece, schema) for piece in pieces)])


def _table(payloads: Sequence[str], schema: pa.Schema) -> pa.Table:
    text = "\n".join(payloads).encode()
    parse = pa.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore")
    try:
        # One block holds all, so that no row is too long for one.
        return pa.json.read_json(
            pa.BufferReader(text), pa.json.ReadOptions(use_threads=False, block_size=len(text) + 1), parse
        ).select(schema.names)
    except pa.ArrowInvalid:
        # Something is no text.
        rows = list(map(json.loads, payloads))
        columns = [pa.array([_text(row.get(name)) for row in rows], pa.string()) for name in schema.names]
        return pa.table(columns, schema=schema)


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)


def _payloads(table: pa.Table) -> pa.StringArray:
    members = [_members(name, as_array(table.column(name))) for name in sorted(table.column_names)]
    # Arrow drops rows that are null in all columns when told to skip nulls.
    joined = pc.binary_join_element_wise(*members, "", "")
    return pc.binary_join_element_wise(pc.binary_replace_slice(joined, 0, 1, "{"), "}", "")


def _members(name: str, texts: pa.StringArray) -> pa.StringArray:
    """Return the name and the text of a column as JSON has them behind a comma, empty where there is none."""
    is_escaped = pc.fill_null(pc.match_substring_regex(texts, _IS_ESCAPED), fill_value=False)
    if pc.any(is_escaped).as_py():
        escaped = [_ENCODE(text)[1:-1] for text in texts.filter(is_escaped).to_pylist()]
        texts = pc.replace_with_mask(texts, is_escaped, pa.array(escaped, pa.string()))
    return pc.fill_null(pc.binary_join_element_wise(f',{_ENCODE(name)}:"', texts, '"', ""), "")
