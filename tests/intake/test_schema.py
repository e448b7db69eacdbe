"""`custid.intake.schema`."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from custid.errors import ConfigurationError, SchemaError
from custid.intake.schema import Schema


def test_round_trip_through_json() -> None:
    """A schema survives its document, through JSON."""
    schema = Schema(columns={"a": "given_name", "b": None}, record_key="id", source="src", day_first=True)
    assert Schema.from_dict(json.loads(json.dumps(schema.to_dict()))) == schema


def test_pickle() -> None:
    """A schema survives pickling."""
    schema = Schema(columns={"a": "city"})
    assert pickle.loads(pickle.dumps(schema)) == schema


def test_copy_of_the_columns() -> None:
    """A schema does not change with the dictionary it was made of."""
    columns: dict[str, str | None] = {"a": "city"}
    schema = Schema(columns=columns)
    columns["b"] = "city"
    assert schema.columns == {"a": "city"}


def test_attribute_of() -> None:
    """The attribute of a column is that of the columns, or record_key, or source."""
    schema = Schema(columns={"a": "city", "b": None}, record_key="id", source="src")
    assert [schema.attribute_of(each) for each in ("a", "b", "id", "src")] == ["city", None, "record_key", "source"]
    assert schema.named_columns == {"a", "b", "id", "src"}


def test_attribute_of_an_unnamed_column() -> None:
    """Asking for a column that the schema does not name is an error."""
    with pytest.raises(SchemaError, match="column 'x' is not in it"):
        Schema().attribute_of("x")


def test_all_problems_at_once() -> None:
    """Every problem of a schema is in one error."""
    with pytest.raises(SchemaError) as caught:
        Schema(columns={"a": "colour", "b": "size"}, record_key="k", source="k", day_first="yes", family_first=1)  # type: ignore[arg-type]
    message = str(caught.value)
    for part in (
        "'a'",
        "'colour'",
        "'b'",
        "'size'",
        "got both",
        "day_first",
        "family_first",
        "Hint: The attributes are record_key",
    ):
        assert part in message
    assert isinstance(caught.value, ConfigurationError)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"columns": ["a"]}, "columns: expected a mapping"),
        ({"columns": {1: "city"}}, "expected column names, got int"),
        ({"columns": {"a": ["city"]}}, "column 'a': expected an attribute or None"),
        ({"columns": {"a": "famly_name"}}, r"Did you mean 'family_name'\?"),
        ({"columns": {"a": "record_key", "b": "record_key"}}, "record_key: expected one column, got 'a', 'b'"),
        ({"columns": {"a": "record_key"}, "record_key": "b"}, "record_key: expected one column, got 'b' and 'a'"),
        ({"columns": {"a": "city"}, "record_key": "a"}, "column 'a': expected one use, got record_key and 'city'"),
        ({"source": 7}, "source: expected the name of a column, got int"),
    ],
)
def test_single_problems(arguments: dict[str, Any], match: str) -> None:
    """A schema that contradicts itself is refused with the name of the column."""
    with pytest.raises(SchemaError, match=match):
        Schema(**arguments)


def test_repeated_statement() -> None:
    """To state a record key in both ways is no contradiction."""
    assert Schema(columns={"a": "record_key"}, record_key="a").attribute_of("a") == "record_key"


def test_unknown_fields() -> None:
    """A document with other fields is refused, with the schema's own problems."""
    with pytest.raises(SchemaError, match=r"field 'colums'.*column 'a'"):
        Schema.from_dict({"colums": {}, "columns": {"a": "colour"}})
    with pytest.raises(SchemaError, match="field 'x': expected one of 'columns'"):
        Schema.from_dict({"x": 1})


def test_document_of_another_kind() -> None:
    """A document that is no mapping is refused."""
    with pytest.raises(SchemaError, match="expected a mapping of fields, got list"):
        Schema.from_dict([])  # type: ignore[arg-type]
