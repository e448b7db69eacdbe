"""In which order names stand in a column."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from custid.intake.conventions import Conventions, name_order_of
from custid.intake.row_reader import RowReader
from custid.intake.schema import Schema
from custid.registry.feeds import Feed

_IN_FRONT = ["LEROUX MARIE", "PETIT ANNE", "HAMON CHLOE", "MARTIN BERNARD"]
_BEHIND = ["Marie Leroux", "Anne Petit", "Chloe Hamon", "Martin Bernard"]


@pytest.mark.parametrize(
    ("texts", "column", "expected"),
    [
        (_IN_FRONT, "client", True),
        (_BEHIND, "client", False),
        (_IN_FRONT[-1:], "client", None),
        (_IN_FRONT[-1:], "Nom et prénom", True),
        ([], "NOM_Prenoms", True),
        ([], "Prénom NOM", False),
        ([], "last_first_name", True),
        ([], "First and last name", False),
        ([], "Nachname, Vorname", True),
        ([], "nom", None),
        ([], "prénom", None),
        (_BEHIND, "Nom et prénom", False),  # what stands in a column tells more than what stands above it
    ],
)
def test_order_of_a_column(texts: list[str], column: str, expected: bool | None) -> None:  # noqa: FBT001
    """Values tell; where they do not, the column's name does."""
    assert name_order_of(texts, column) is expected


def test_columns_that_contradict_each_other() -> None:
    """One schema holds for all columns of a source: given names are first unless all columns agree."""
    columns: dict[str, str | None] = {"a": "full_name", "b": "full_name"}
    both = pa.table({"a": _IN_FRONT, "b": _BEHIND})
    assert Conventions().settled(both, columns).family_first is False
    assert Conventions(family_first=True).settled(both, columns).family_first is True
    same = pa.table({"a": _IN_FRONT, "b": pa.array([None] * 4, pa.string())})
    assert Conventions().settled(same, columns).family_first is True


def test_a_row_by_itself_has_the_name_of_its_column() -> None:
    """Where a schema does not say in which order names stand, what the column is called does."""
    reader = RowReader(Schema(columns={"Nom et prénom": "full_name"}))
    assert ("given_name", ("bernard",)) in reader.read({"Nom et prénom": "MARTIN BERNARD"}).values


def test_feeds_of_earlier_releases() -> None:
    """A feed kept before orders of names were known reads as it did: given names first."""
    kept = json.dumps({"columns": {"client": "full_name"}, "record_key": "id", "source": None, "day_first": True})
    assert Feed.from_json("shop", kept).schema.family_first is False
