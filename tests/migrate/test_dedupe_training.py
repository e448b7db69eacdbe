"""Training files of dedupe."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custid.errors import InputError
from custid.intake import Schema
from custid.migrate import from_dedupe
from custid.review import Verdict

ROWS: list[dict[str, str | None]] = [
    {"id": "1", "name": "Zoé  Petit", "city": "Nantes"},
    {"id": "2", "name": "ZOE PETIT", "city": "Nantes"},
    {"id": "3", "name": "Ali Benali", "city": None},
    {"id": "4", "name": "Ann Lee", "city": "Leeds"},
]
ZOE = {"name": "zoe petit", "city": "nantes", "score": 3.0}
ALI = {"name": "ali benali", "city": None, "score": None}


def test_pairs_become_labels(tmp_path: Path) -> None:
    """Records are found by their values but for case, accents and spaces, in dedupe's marks for tuples as well."""
    file = tmp_path / "training.json"
    document = {
        "match": [{"__class__": "tuple", "__value__": [ZOE, ZOE]}],
        "distinct": [[ZOE, ALI], [ZOE, {"name": {"__class__": "tuple", "__value__": ["ann", "lee"]}, "city": "leeds"}]],
        "uncertain": [[ALI, ALI], [ALI, {"name": "nobody", "city": None}]],
    }
    file.write_text(json.dumps(document), encoding="utf-8")
    said = from_dedupe(file, ROWS)
    assert [(each.left[1], each.right[1], each.verdict) for each in said.labels] == [
        ("1", "2", Verdict.MATCH),
        ("1", "3", Verdict.NON_MATCH),
        ("1", "4", Verdict.NON_MATCH),
    ]
    assert said.not_found == ("uncertain[0]", "uncertain[1]")
    assert (said.fields, said.fields_not_in_data) == (("name", "city"), ("score",))
    assert str(said).splitlines()[0] == "3 of 5 pairs became labels, by name, city"


def test_rows_without_a_key_and_with_a_source() -> None:
    """Rows are named as a run names them: by number, or by source and key."""
    training = {"distinct": [[{"name": "ann lee"}, {"name": "ali benali"}]]}
    (label,) = from_dedupe(training, [{"name": row["name"]} for row in ROWS]).labels
    assert (label.left, label.right) == (("", "4"), ("", "3"))
    rows = [dict(row, source="crm") for row in ROWS]
    (label,) = from_dedupe(training, rows, schema=Schema(source="source", record_key="id")).labels
    assert label.left == ("crm", "4")


@pytest.mark.parametrize("content", [b'{"match": [[{"name": "zoe petit"', b'{"match": "zo\xeb petit"}'])
def test_what_cannot_be_read_is_kept_by_no_error(tmp_path: Path, content: bytes) -> None:
    """Values of records are neither in the error nor in what caused it."""
    file = tmp_path / "training.json"
    file.write_bytes(content)
    with pytest.raises(InputError, match="expected JSON") as raised:
        from_dedupe(file, ROWS)
    cause: BaseException | None = raised.value
    while cause is not None:
        assert "petit" not in f"{cause.args}{vars(cause)}{getattr(cause, 'doc', '')}{getattr(cause, 'object', '')}"
        cause = cause.__context__


def test_what_is_no_training_file_is_refused(tmp_path: Path) -> None:
    """A pickle, another document, half a pair and foreign fields are refused by name."""
    settings = tmp_path / "settings"
    settings.write_bytes(b"\x80\x04\x95")
    with pytest.raises(InputError, match="pickle"):
        from_dedupe(settings, ROWS)
    with pytest.raises(InputError, match="keys match and distinct"):
        from_dedupe({"yes": []}, ROWS)
    with pytest.raises(InputError, match=r"match\[0\]: expected two records"):
        from_dedupe({"match": [[ZOE]]}, ROWS)
    with pytest.raises(InputError, match=r"match\[0\]: expected two records"):
        from_dedupe({"match": 3}, ROWS)
    with pytest.raises(InputError, match="The columns are 'id', 'name', 'city'"):
        from_dedupe({"match": [[{"nom": "x"}, {"nom": "y"}]]}, ROWS)


def test_records_that_say_nothing_are_found_in_no_row() -> None:
    """A record without a value in the columns of the data is not taken for the rows that are blank there."""
    rows = [{"id": "1", "name": "", "city": ""}, {"id": "2", "name": None, "city": " "}]
    said = from_dedupe({"match": [[{"name": None, "nom": "zoe"}, {"name": "", "nom": "zoé"}]]}, rows)
    assert (len(said.labels), said.not_found) == (0, ("match[0]",))
