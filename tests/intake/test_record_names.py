"""Records by their names."""

from __future__ import annotations

from collections.abc import Iterable

from custid.intake import detect, read
from custid.intake.canonical import SourceInput, canonical_values
from custid.intake.record_names import SEVERAL, record_keys, rows_of_names


def inputs_of(**sources: Iterable[str]) -> list[SourceInput]:
    """Return sources of records with a key and a city."""
    found = []
    for name, keys in sources.items():
        intake = read([{"record_id": key, "city": "Nantes"} for key in keys], source=name)
        found.append(SourceInput(name=name, intake=intake, mapping=detect(intake.table, None)))
    return found


def test_rows_by_source_and_key() -> None:
    """Two sources may use one key; the key alone then names several records."""
    inputs = inputs_of(crm=["a", "b"], shop=["b", "c"])
    names = [("crm", "b"), ("shop", "b"), ("", "b"), ("", "c"), ("shop", "a"), ("", "d")]
    found = rows_of_names(inputs, canonical_values(inputs), names)
    assert found == {("crm", "b"): 1, ("shop", "b"): 2, ("", "b"): SEVERAL, ("", "c"): 3}


def test_no_names() -> None:
    """Nothing is looked for where nothing is named."""
    inputs = inputs_of(crm=["a"])
    assert rows_of_names(inputs, canonical_values(inputs), []) == {}


def test_rows_without_a_key_are_numbered() -> None:
    """The number of a row within its source, from 1, is its key."""
    intake = read([{"city": "Nantes"}, {"city": "Leeds"}], source="crm")
    inputs = [SourceInput(name="crm", intake=intake, mapping=detect(intake.table, None))] * 2
    assert record_keys(inputs).to_pylist() == ["1", "2", "1", "2"]
