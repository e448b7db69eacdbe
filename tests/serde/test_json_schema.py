"""The JSON Schema of the documents."""

from __future__ import annotations

import json
import re
import runpy
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from custid.errors import StructureError
from custid.model import Record
from custid.serde import json_schema, structure, unstructure
from custid.testing.model_strategies import records

ROOT = Path(__file__).parents[2]
VALIDATOR = Draft202012Validator(json_schema())


def test_schema_is_valid() -> None:
    """The schema is one of draft 2020-12."""
    Draft202012Validator.check_schema(json_schema())


def test_copy_in_the_documentation_is_up_to_date() -> None:
    """The page shows the schema; ``python docs/mappings_table.py`` writes it anew."""
    script = runpy.run_path(str(ROOT / "docs" / "mappings_table.py"))
    assert script["SCHEMA"].read_text(encoding="utf-8") == script["updated_schema"]()
    assert json.loads(script["updated_schema"]()) == json_schema()


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records())
def test_every_document_validates(record: Record) -> None:
    """The documents of all records are valid."""
    VALIDATOR.validate(unstructure(record))


def _places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, each in items for place in _places(each, (*path, name)))]


OTHERS: dict[type, list[Any]] = {
    str: [1, None, True, [], {}],
    int: ["1", None, True, [], {}],
    float: ["1", None, True, [], {}],
    bool: ["true", None, 1, [], {}],
    list: ["x", None, 1, {}],
    dict: ["x", None, 1, []],
}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(record=records(), data=st.data())
def test_converter_and_schema_refuse_the_same(record: Record, data: st.DataObject) -> None:
    """A value of another type, an unknown key and a missing one are refused by the converter, and by the schema."""
    document = deepcopy(unstructure(record))
    path = data.draw(st.sampled_from(_places(document)[1:]))
    holder: Any = document
    for step in path[:-1]:
        holder = holder[step]
    kind = data.draw(st.sampled_from(["type", "unknown", "missing"]))
    if kind == "type":
        other = data.draw(st.sampled_from(OTHERS[type(holder[path[-1]])]))
        # A measure's value is a number or text: text for a number is no fault there.
        assume(not (path[-1] == "value" and {type(other), type(holder[path[-1]])} <= {int, float, str}))
        holder[path[-1]] = other
    elif isinstance(holder, dict):
        holder.update({"unheard_of": 1}) if kind == "unknown" else holder.pop(path[-1])
    refused = _faults(document)
    # What the model refuses beyond the structure names one of its classes.
    if refused and not all(re.search(r": [A-Z]\w+(\.\w+)?: ", line) for line in refused):
        assert not VALIDATOR.is_valid(document), refused
    if not refused:
        # Only what has a default may be missing; a holder that is a list has no keys.
        assert kind != "type"
        assert VALIDATOR.is_valid(document)


def _faults(document: Any) -> list[str]:
    try:
        structure(document)
    except StructureError as error:
        return error.problem.split("\n")
    return []


@pytest.mark.parametrize("text", ["2026-05-04", "2026-05-04T09:30:00", "04/05/2026"])
def test_moments_need_an_offset(text: str) -> None:
    """A moment without offset is no moment for the schema either."""
    schema = json_schema()["$defs"]["Verification"]
    assert not Draft202012Validator(schema).is_valid({"at": text, "by": "x", "means": "y"})
