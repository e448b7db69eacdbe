"""One row read by itself means what a table of it means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custid.errors import InputError
from custid.intake import Schema, read
from custid.intake.canonical import SourceInput, canonical_values
from custid.intake.conventions import Conventions
from custid.intake.detection import ColumnMapping
from custid.intake.detection import Mapping as ColumnsMapping
from custid.intake.generic_values import GenericPolicy
from custid.intake.row_facts import Naming, kinds_and_namings
from custid.intake.row_reader import ReadRow, RowReader, row_texts
from custid.model.attributes import ATTRIBUTES

_READ = tuple(name for name in ATTRIBUTES if name not in {"record_key", "source", "truth"})
_COLUMNS = {f"{name}{number}": name for name in _READ for number in "12"}
_WORDS = (
    "M. et Mme Jean Dupont", "Jean & Marie", "jean ET marie Martin", "Martin ou Durand", "Mr\u3000et\u3000Mme Petit",
    "Zoé", "dupont", "De La Tour", "null", "-", "Boulangerie Martin SARL", "company", "ménage", "PP", "4 bis rue Foch",
    "4 rue Foch", "46th street", "12 12 a rue du 8 mai", "4", "12", "4 bis", "03/04/1980", "13/04/1980", "1980-04-03",
    "44000 Nantes", "Nantes 44100",
    "1980", "7", "31", "0", "44306184100047", "443061841", "+33 6 12 34 56 79", "06 12 34 56 79 / 01 99 00 12 34",
    "a.b@c.fr", "x" * 300, "é" * 1100, "9" * 1030, " ", "\u200b", "M.\x0bet\x0bMme Dupont", "M. e\u0074 Mme Dupont",
)  # fmt: skip
_TEXTS = st.one_of(st.sampled_from(_WORDS), st.text(max_size=12))
_TELLING = sorted(column for column, name in _COLUMNS.items() if "name" in name or name in {"sex", "party_kind"})
_PLACES = sorted(
    column
    for column, name in _COLUMNS.items()
    if name in {"street", "house_number", "city", "postcode", "siret", "siren"}
)
_DATED = sorted(column for column, name in _COLUMNS.items() if name.startswith("birth_"))
_ROWS = st.one_of(
    *(
        st.dictionaries(st.sampled_from(columns), _TEXTS, max_size=6)
        for columns in (sorted(_COLUMNS), _TELLING, _PLACES, _DATED)
    )
)


def _of_table(schema: Schema, texts: Mapping[str, str | None]) -> ReadRow:
    """Return what a table of one row means."""
    table = pa.table({name: pa.array([text], pa.string()) for name, text in texts.items()} or {"": pa.nulls(1)})
    columns = tuple(ColumnMapping(column=name, attribute=schema.columns.get(name)) for name in texts)
    intake = read(pa.table({"none": ["none"]}))
    source = SourceInput(
        name="s",
        intake=type(intake)(table=table, line_numbers=np.array([1])),
        mapping=ColumnsMapping(columns=columns),
        conventions=Conventions.of(schema),
    )
    found = canonical_values([source], generic=GenericPolicy(attributes=()))
    values = []
    for attribute, (vocabulary, codes) in found.values.items():
        held = {vocabulary[code] for code in codes[0].tolist() if code >= 0}
        if held:
            values.append((attribute, tuple(sorted(held))))
    kinds, namings = kinds_and_namings([source])
    return ReadRow(tuple(values), int(kinds[0]), Naming(namings[0]))


@given(_ROWS, st.sampled_from([True, False, None]), st.sampled_from([True, False, None]))
@example({"full_name1": "M. et Mme Dupont", "organization_name1": "Dupont SA"}, None, None)
@example({"street1": "4 rue Foch", "street2": "5 rue Foch", "house_number1": "5"}, None, None)
@example({"street1": "4 rue Foch", "street2": "4 rue Foch", "house_number1": "x"}, None, None)
@example({"city1": "44000 Nantes", "city2": "44100 Nantes", "postcode1": "44000"}, None, None)
@example({"city1": "44000 Nantes", "city2": "Leeds"}, None, None)
@example({"siret1": "44306184100047", "siret2": "73282932000074"}, None, None)
@example({"birth_year1": "1980", "birth_year2": "980", "birth_month1": "4"}, None, None)
@example({"party_kind1": "PP", "party_kind2": "PM", "full_name1": "Jean & Marie"}, None, None)
def test_a_row_by_itself(texts: dict[str, str], day_first: bool | None, family_first: bool | None) -> None:  # noqa: FBT001
    """Values and kind are those of a table of the row, whatever stands in its columns."""
    schema = Schema(columns=dict(_COLUMNS), day_first=day_first, family_first=family_first)
    assert RowReader(schema).read(texts) == _of_table(schema, texts)


def test_columns_that_are_no_evidence_are_passed_over() -> None:
    """Columns without attribute, those that the schema does not name and those without text have no influence."""
    reader = RowReader(Schema(columns={"nom": "family_name", "note": None, "id": "record_key"}))
    assert reader.columns == {"nom"}
    assert reader.read({"nom": None, "note": "x", "id": "7", "other": "y"}) == ReadRow((), -1, Naming.NO_PERSON)


def test_rows_by_attribute() -> None:
    """Without a schema, columns are attributes."""
    row = RowReader.of_attributes().read({"full_name": "Zoé Petit", "birth_date": "03/04/1980", "party_kind": "PP"})
    assert dict(row.values)["birth_date"] == ("1980-04-03",)
    assert dict(row.values)["family_name"] == ("petit",)
    assert row.kind == 0


def test_a_family_name_in_front_is_told_in_one_row() -> None:
    """A row alone has the names that it has in a batch."""
    row = RowReader.of_attributes().read({"full_name": "DUPONT Zoé"})
    assert dict(row.values) == {"family_name": ("dupont",), "full_name": ("zoe dupont",), "given_name": ("zoe",)}


def test_texts_of_python_values() -> None:
    """Values have the texts that dictionaries are read with, and what stands for nothing is left out."""
    row = {"a": 7.0, "b": date(1980, 4, 3), "c": None, "d": "", "e": True, "f": "x\0y"}
    table = read([row]).table
    assert row_texts(row) == {name: text for name, text in table.to_pylist()[0].items() if text is not None}


def test_values_without_text() -> None:
    """A value that holds others is refused by the name of its column."""
    with pytest.raises(InputError, match="column 'a': expected a value that has a text, got nested_value"):
        row_texts({"a": ["x"]})
