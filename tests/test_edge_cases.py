"""Files as they come: empty, tiny, huge in one place, full of copies or of one shared value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import custid
from custid.errors import (
    ConfigurationError,
    DuplicateRecordKeyError,
    EmptyInputError,
    SchemaError,
    UnknownRecordError,
    UnsupportedInputError,
)
from tests.partitions import partition

ZOE = {
    "first_name": "Zoé",
    "last_name": "Lefèvre",
    "birth_date": "1980-03-04",
    "email": "zoe.lefevre@courriel.example",
    "phone": "06 39 98 00 01",
}
ALI = {
    "first_name": "Ali",
    "last_name": "Benali",
    "birth_date": "1990-05-16",
    "email": "ali.benali@courriel.example",
    "phone": "06 39 98 00 02",
}
EVA = {
    "first_name": "Eva",
    "last_name": "Roy",
    "birth_date": "1971-11-28",
    "email": "eva.roy@courriel.example",
    "phone": "06 39 98 00 03",
}
MEGABYTE = 1_000_000


def _customers(rows: Any, **settings: Any) -> list[int]:
    found: list[int] = custid.dedupe(rows, **settings).assignments["customer"].to_pylist()
    return found


def _file(tmp_path: Path, content: bytes | str) -> Path:
    path = tmp_path / "customers.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# Nothing, or next to nothing.


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_an_error_that_names_it(tmp_path: Path, content: str) -> None:
    """A file without a header cannot be read."""
    with pytest.raises(EmptyInputError, match="expected a header"):
        custid.dedupe(_file(tmp_path, content))


@pytest.mark.parametrize("rows", [[], [{}]])
def test_no_rows_and_no_columns_are_an_error(rows: list[dict[str, str]]) -> None:
    """Rows without a single column say nothing."""
    with pytest.raises(EmptyInputError, match="expected rows with at least one column"):
        custid.dedupe(rows)


def test_a_header_alone_is_no_customers(tmp_path: Path) -> None:
    """A file with recognized columns and no rows gives an empty result with the usual columns."""
    result = custid.dedupe(_file(tmp_path, "first_name,last_name,email\n"))
    assert result.n_customers == result.assignments.num_rows == result.customers.num_rows == result.pairs.num_rows == 0
    assert result.assignments.schema.equals(custid.dedupe([ZOE]).assignments.schema)
    assert {"given_name", "family_name", "email"} <= set(result.customers.column_names)
    assert "0 records, 0 customers" in str(result)


def test_a_header_without_a_known_column_is_an_error_that_tells_what_to_say(tmp_path: Path) -> None:
    """Where no column can be compared, the message lists them and shows a Schema."""
    with pytest.raises(ConfigurationError, match=r"got 'a', 'b'. Hint: .*Schema\(columns="):
        custid.dedupe(_file(tmp_path, "a,b\n1,2\n"))


def test_one_row_is_one_customer() -> None:
    """A record alone is a customer that no record comes near."""
    result = custid.dedupe([ZOE])
    assert result.assignments.to_pylist() == [
        {"source": "rows", "record_key": "1", "customer": 0, "match_probability": 0.0, "decision": "non_match"}
    ]
    assert result.customers["family_name"].to_pylist() == ["Lefèvre"]


def test_every_record_different_is_as_many_customers() -> None:
    """People who share nothing are apart."""
    assert _customers([ZOE, ALI, EVA]) == [0, 1, 2]


# Copies.


@pytest.mark.parametrize("n_rows", [2, 10, 1_000])
def test_equal_rows_are_one_customer(n_rows: int) -> None:
    """A file of one person only, over and over, holds one customer."""
    result = custid.dedupe([ZOE] * n_rows)
    assert result.assignments["customer"].to_pylist() == [0] * n_rows
    assert set(result.assignments["decision"].to_pylist()) == {"match"}
    assert min(result.assignments["match_probability"].to_pylist()) > 0.99


def test_equal_rows_among_others_are_one_customer() -> None:
    """Copies are joined beside other people too."""
    assert _customers([ZOE, ALI, ZOE, EVA, ALI, ZOE]) == [0, 1, 0, 2, 1, 0]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"first_name": "ZOE", "phone": "+33639980001"},
        {"phone": ""},
        {"email": ""},
        {"last_name": "Lefebvre"},
        {"first_name": "Zoe", "last_name": "LEFEVRE", "phone": ""},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "others", [[], [ALI], [ALI, EVA, {"first_name": "Bo", "last_name": "Li", "phone": "0639980009"}]]
)
def test_two_rows_of_one_person_in_a_tiny_file(changes: dict[str, str], others: list[dict[str, str]]) -> None:
    """Name and birth date with an e-mail or a telephone number are enough, in a file of two to five rows."""
    assert _customers([ZOE, ZOE | changes, *others]) == [0, 0, *range(1, len(others) + 1)]


@pytest.mark.parametrize("value", ["", "N/A", " ", "-"])
@pytest.mark.parametrize("n_rows", [1, 2, 50])
def test_rows_that_say_nothing_stay_apart(value: str, n_rows: int) -> None:
    """Rows whose values are all missing are as many customers: nothing tells that they are one."""
    result = custid.dedupe([dict.fromkeys(ZOE, value)] * n_rows)
    assert result.assignments["customer"].to_pylist() == list(range(n_rows))
    assert set(result.assignments["decision"].to_pylist()) == {"non_match"}
    assert result.customers["email"].to_pylist() == [None] * n_rows


def test_rows_that_say_nothing_stay_apart_among_others() -> None:
    """Empty rows join neither each other nor anybody."""
    nothing = dict.fromkeys(ZOE, "")
    assert _customers([nothing, ZOE, nothing, ZOE, nothing]) == [0, 1, 2, 1, 3]


# One value that everybody has.


def _strangers(n_rows: int) -> list[dict[str, str]]:
    rng = np.random.default_rng(11)
    syllables = [first + second for first in "bcdfglmnprstv" for second in ("a", "e", "i", "o", "u", "an", "er", "on")]
    words = ["".join(rng.choice(syllables, 4)).title() for _ in range(n_rows)]
    given = [words[number] for number in rng.integers(0, 200, n_rows)]
    years, months, days = rng.integers(1930, 2005, n_rows), rng.integers(1, 13, n_rows), rng.integers(1, 29, n_rows)
    return [
        {
            "first_name": given[row],
            "last_name": words[row],
            "birth_date": f"{years[row]}-{months[row]:02d}-{days[row]:02d}",
        }
        for row in range(n_rows)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("column", "value"),
    [("phone", "02 40 41 98 76"), ("email", "contact@courriel.example"), ("email", "test@test.com")],
)
def test_a_contact_that_ten_thousand_people_share_joins_nobody(column: str, value: str) -> None:
    """A value of everybody identifies nobody: the customers are those found without it, and it is reported."""
    rows = _strangers(10_000)
    result = custid.dedupe([row | {column: value} for row in rows])
    assert partition(result) == partition(custid.dedupe(rows))
    assert result.n_customers > 9_990
    told = [(each.attribute, each.n_rows) for each in result.report.generic]
    told += [(each.attribute, each.n_rows) for each in result.report.notices if each.issue == "placeholder"]
    assert told == [(column, 10_000)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("column", "value"), [("city", "Nantes"), ("birth_date", "1980-05-06"), ("last_name", "Martin"), ("sex", "F")]
)
def test_what_ten_thousand_people_have_in_common_joins_nobody(column: str, value: str) -> None:
    """One town, birth date, family name or sex in every row leaves people apart and proposes few pairs."""
    result = custid.dedupe([row | {column: value} for row in _strangers(10_000)])
    assert result.n_customers > 9_980
    assert result.report.n_pairs <= 24 * 10_000


@pytest.mark.slow
def test_a_shared_telephone_without_names_is_bounded_too() -> None:
    """Without names to tell people apart, a value of everybody still proposes no pairs."""
    rows = [{"phone": "02 40 41 98 76", "birth_date": row["birth_date"]} for row in _strangers(10_000)]
    assert custid.dedupe(rows).report.n_pairs <= 24 * 10_000


# Fields that are too long, and characters that are not seen.


@pytest.mark.parametrize("text", ["x", "ab ", "1", "@.", "é", "-", "12 rue ", "\u200b"])
def test_a_field_of_a_megabyte_costs_no_more_than_others(text: str) -> None:
    """A field of a megabyte in every column in turn: the rest of the row still decides."""
    columns = {**ZOE, "company": "", "street": "3 rue Basse", "postcode": "44000", "city": "Nantes", "note": ""}
    huge = (text * MEGABYTE)[:MEGABYTE]
    result = custid.dedupe([columns, ALI, *(columns | {name: huge} for name in columns)])
    customers = result.assignments["customer"].to_pylist()
    assert customers == [0, 1, *[0] * len(columns)]


def test_a_field_that_is_cut_is_reported() -> None:
    """Values of more than 256 characters are compared by their beginning, which the report tells."""
    result = custid.dedupe([ZOE, ZOE | {"last_name": "ab" * MEGABYTE}])
    assert [(each.attribute, each.issue, each.n_rows) for each in result.report.notices] == [
        ("family_name", "truncated", 1)
    ]


@pytest.mark.parametrize("mark", ["\0", "\u202e", "\u2066", "\u200b", "\u00ad", "\ufeff", "\x07"])
def test_invisible_characters_do_not_matter(mark: str) -> None:
    """NUL, bidirectional marks, zero-width and control characters inside values change nothing."""
    marked = {column: value[:3] + mark + value[3:] + mark for column, value in ZOE.items()}
    assert _customers([ZOE, marked, ALI]) == [0, 0, 1]


def test_invisible_characters_in_a_file_and_its_header(tmp_path: Path) -> None:
    """A file with NUL bytes and zero-width spaces is read, its header too."""
    path = _file(
        tmp_path,
        "first_name\u200b,last\0_name,email,birth_date\n"
        "Zo\0é,Lef\u202eèvre,zoe@courriel.example,1980-03-04\n"
        "Zoé,Lefèvre,zoe@courriel.example,1980-03-04\n",
    )
    assert _customers(path) == [0, 0]


@given(
    st.lists(
        st.fixed_dictionaries({"name": st.text(), "email": st.text(), "birth_date": st.text(), "id": st.text()}),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=40)
def test_any_text_at_all_is_read(rows: list[dict[str, str]]) -> None:
    """No text makes a run fail, as long as one row can be read."""
    try:
        result = custid.dedupe(rows)
    except (ConfigurationError, EmptyInputError):
        return
    assert result.assignments.num_rows + result.report.n_refused == len(rows)
    assert str(result)
    assert result.customers.num_rows == result.n_customers


# Keys and columns that collide.


def test_a_column_of_repeating_keys_is_no_key_and_the_report_says_why() -> None:
    """Rows are numbered where the recognized key column repeats."""
    result = custid.dedupe([ZOE | {"id": "7"}, ZOE | {"id": "7"}, ALI | {"id": "8"}])
    assert result.assignments["record_key"].to_pylist() == ["1", "2", "3"]
    assert result.assignments["customer"].to_pylist() == [0, 0, 1]
    assert "id → passed through (no record key: 1 rows repeat another's value)" in str(result)


def test_a_declared_key_that_repeats_is_an_error_that_names_the_column() -> None:
    """What the schema declares has to hold."""
    with pytest.raises(DuplicateRecordKeyError, match=r"record_key 'id': expected different values.*1 of 2 rows.*Hint"):
        custid.dedupe([ZOE | {"id": "7"}, ALI | {"id": "7"}], schema=custid.Schema(record_key="id"))


def test_a_declared_key_with_gaps_is_an_error_that_names_the_column() -> None:
    """A declared key is there in every row."""
    with pytest.raises(SchemaError, match=r"record_key 'id': expected a value in every row, 1 of 2 have none.*Hint"):
        custid.dedupe([ZOE | {"id": "7"}, ALI | {"id": ""}], schema=custid.Schema(record_key="id"))


def test_two_columns_of_one_name_are_two_values_of_one_attribute(tmp_path: Path) -> None:
    """The second gets a name of its own, told in the report, and counts as evidence."""
    path = _file(
        tmp_path,
        "first_name,last_name,phone,phone,birth_date\n"
        "Zoé,Lefèvre,06 39 98 00 01,06 39 98 00 05,\n"
        "ZOE,LEFEVRE,,06 39 98 00 01,\n"
        "Ali,Benali,06 39 98 00 02,,1990-05-16\n",
    )
    result = custid.dedupe(path)
    assert result.assignments["customer"].to_pylist() == [0, 0, 1]
    assert "column 4 is the second or later of the name 'phone': it is read as 'phone_2'." in str(result)


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("email", ["ann.lee@site.example", "ANN.LEE@site.example", "bo.li@site.example"], [0, 0, 1]),
        ("name", ["Ann Lee", "Lee Ann", "Bo Li"], [0, 0, 1]),
        ("siret", ["73282932000074", "732 829 320 00074", "35600000000048"], [0, 0, 1]),
    ],
)
def test_one_column_is_enough_and_warned_about(column: str, values: list[str], expected: list[int]) -> None:
    """A file of one column is resolved, with a warning that this is little to go by."""
    result = custid.dedupe([{column: value} for value in values])
    assert result.assignments["customer"].to_pylist() == expected
    assert any("may still be different customers" in warning for warning in result.report.warnings)


# Forms of input.


def _rows() -> Iterator[dict[str, str]]:
    yield from (ZOE, ALI, ZOE | {"phone": ""})


def test_rows_may_come_from_a_generator() -> None:
    """Rows are read once, as they come."""
    assert _customers(_rows()) == [0, 1, 0]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_rows_may_come_in_a_frame(library: str) -> None:
    """Frames of other libraries are read, missing values and all."""
    frames = pytest.importorskip(library, reason=f"{library} is not installed")
    rows = [ZOE, ALI, ZOE | {"phone": None}]
    assert _customers(frames.DataFrame(rows)) == [0, 1, 0]


def test_rows_may_come_as_arrow_with_other_types() -> None:
    """Numbers and dates of an Arrow table are read as text."""
    dates = pa.array([3715, 3715, 7440], pa.date32())
    table = pa.table({"name": ["Zoé Lefèvre", "Lefevre Zoe", "Ali Benali"], "birth_date": dates, "card": [71, 71, 72]})
    assert _customers(table) == [0, 0, 1]


@pytest.mark.parametrize("data", [b"name\nZoe\n", 7, {"name": ["Zoe"]}, None])
def test_what_is_no_table_is_an_error(data: object) -> None:
    """The message names the type it got and what would do."""
    with pytest.raises(UnsupportedInputError, match=r"expected a table, got .* Hint: "):
        custid.dedupe(data)


# Linking.


def test_equal_rows_of_two_sources_are_linked() -> None:
    """What two sources say in the same words is one customer."""
    result = custid.link({"crm": [ZOE, ALI], "shop": [ZOE, EVA]})
    assert result.assignments["customer"].to_pylist() == [0, 1, 0, 2]
    assert result.customers["sources"].to_pylist() == [["crm", "shop"], ["crm"], ["shop"]]


def test_three_sources_are_linked() -> None:
    """A customer may have a record in each source."""
    sources = {"crm": [ZOE, ALI], "shop": [ZOE | {"phone": ""}, EVA], "till": [ZOE | {"email": ""}, ALI]}
    result = custid.link(sources)
    assert result.assignments["customer"].to_pylist() == [0, 1, 0, 2, 0, 1]
    assert result.assignments["source"].to_pylist() == ["crm", "crm", "shop", "shop", "till", "till"]


def test_duplicates_inside_a_source_are_found_out() -> None:
    """Where a source holds people twice, they are joined inside it too, and the report tells."""
    result = custid.link({"crm": [ZOE, ZOE | {"phone": ""}, ALI], "shop": [ZOE | {"email": ""}, EVA]})
    assert not result.report.one_per_source
    assert result.assignments["customer"].to_pylist() == [0, 0, 1, 0, 2]


def test_sources_said_to_be_free_of_duplicates_are_taken_at_their_word() -> None:
    """Two equal rows of one source are two customers then; which of them a third record is, a person has to say."""
    sources = {"crm": [ZOE, ZOE, ALI], "shop": [ZOE, ALI]}
    result = custid.link(sources, duplicate_free=True)
    assert result.assignments["customer"].to_pylist() == [0, 1, 2, 3, 2]
    assert result.assignments["decision"].to_pylist() == ["review", "review", "match", "review", "match"]
    assert set(result.pairs["same_customer"].to_pylist()) == {True, False}


def test_sources_said_to_be_free_of_duplicates_never_hold_a_customer_twice() -> None:
    """The best record of the other source is taken, the second best is not."""
    near = [ZOE, ZOE | {"phone": "", "birth_date": ""}, ALI, EVA]
    result = custid.link({"crm": near, "shop": [ZOE, ALI]}, duplicate_free=True)
    assert result.assignments["customer"].to_pylist() == [0, 1, 2, 3, 0, 2]


def test_sources_said_to_hold_duplicates_are_joined_inside() -> None:
    """With duplicate_free=False linking is deduplication over all sources."""
    result = custid.link({"crm": [ZOE, ZOE, ALI], "shop": [ZOE, EVA]}, duplicate_free=False)
    assert result.assignments["customer"].to_pylist() == [0, 0, 1, 0, 2]


def test_a_record_key_may_stand_in_several_sources() -> None:
    """Records are told apart by source and key, and asked for that way."""
    result = custid.link({"crm": [ZOE | {"id": "1"}, ALI | {"id": "2"}], "shop": [ZOE | {"id": "1", "phone": ""}]})
    assert result.assignments["customer"].to_pylist() == [0, 1, 0]
    assert result.explain(("crm", "1"), ("shop", 1)).same_customer
    assert not result.explain("2", ("shop", "1")).same_customer
    with pytest.raises(UnknownRecordError, match=r"record '1'.*several.*\(source, record_key\)"):
        result.explain("1", "2")


def test_an_empty_source_is_linked_with_nothing() -> None:
    """A source without rows leaves the other as it is."""
    nothing = pa.table({"name": pa.array([], pa.string()), "mail": pa.array([], pa.string())})
    assert custid.link({"crm": [ZOE, ALI], "shop": nothing}).assignments["customer"].to_pylist() == [0, 1]
    assert custid.link({"crm": nothing, "shop": nothing}).n_customers == 0


def test_sources_may_have_other_columns() -> None:
    """Whole names, dates in three columns and other column names are compared with their like."""
    crm = [ZOE, ALI]
    shop = [
        {"name": "LEFEVRE Zoe", "birth_year": "1980", "birth_month": "3", "birth_day": "4", "city": "Nantes"},
        {"name": "Eva Roy", "birth_year": "1971", "birth_month": "11", "birth_day": "28", "city": "Nantes"},
    ]
    result = custid.link({"crm": crm, "shop": shop})
    assert result.assignments["customer"].to_pylist() == [0, 1, 0, 2]
    assert result.customers["birth_date"].to_pylist() == ["1980-03-04", "1990-05-16", "1971-11-28"]
