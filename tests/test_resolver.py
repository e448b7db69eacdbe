"""`custid.resolver`: the calls, what they take, and what they say when it does not fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pytest

import custid
from custid.comparison import PersonNameComparison
from custid.comparison.value_comparison import EqualLevels, FunctionLevels, ValueComparison
from custid.errors import ConfigurationError, DuplicateRecordKeyError, SchemaError
from custid.standardize import Standardized
from custid.testing import synthetic_customers

_ROWS = [
    {"id": "a", "name": "Zoé Lefèvre", "birth_date": "03/04/1980", "email": "zoe@courriel.example", "card": "C-71"},
    {"id": "b", "name": "LEFEVRE Zoe", "birth_date": "03/04/1980", "email": "zoe@courriel.example", "card": "c71"},
    {"id": "c", "name": "Ali Benali", "birth_date": "16/05/1990", "email": "ali@courriel.example", "card": "C-72"},
]


def test_every_public_name_is_there() -> None:
    """What the package exports can be had, and nothing else."""
    for name in custid.__all__:
        assert getattr(custid, name) is not None
    assert dir(custid) == custid.__all__
    with pytest.raises(AttributeError, match="'custid' has no attribute 'merge'"):
        custid.merge  # noqa: B018 - the access is what is tested


def test_dedupe_finds_customers_that_exist() -> None:
    """On synthetic customers nearly all pairs found are right, and nearly all right ones are found."""
    customers = synthetic_customers(600, seed=21)
    found = custid.evaluate(custid.dedupe(customers.records), customers.truth)
    assert found.pairwise.precision > 0.95
    assert found.pairwise.recall > 0.95


def test_a_path_names_the_source(tmp_path: Path) -> None:
    """The source is called as its file, unless told otherwise."""
    path = tmp_path / "till.csv"
    pa.csv.write_csv(pa.Table.from_pylist(_ROWS), path)
    assert set(custid.dedupe(path).assignments["source"].to_pylist()) == {"till"}
    assert set(custid.dedupe(str(path), source="crm").assignments["source"].to_pylist()) == {"crm"}


def test_a_schema_says_what_columns_mean() -> None:
    """A schema turns an opaque column into evidence, and keeps another from being any."""
    rows = [{"x": row["email"], "y": row["name"], "email": "shared@courriel.example"} for row in _ROWS]
    schema = custid.Schema(columns={"x": "loyalty_card", "y": "full_name", "email": None})
    result = custid.dedupe(rows, schema=schema)
    assert "email" not in result.report.compared
    assert "loyalty_card" in result.report.compared
    assert result.assignments["customer"].to_pylist() == [0, 0, 1]


def test_a_schema_for_other_columns_is_an_error() -> None:
    """The message names the missing column and those that are there."""
    with pytest.raises(SchemaError, match=r"column 'foo' is not in the table: expected one of 'id', 'name'"):
        custid.dedupe(_ROWS, schema=custid.Schema(columns={"foo": "city"}))
    with pytest.raises(SchemaError, match="Hint: Did you mean 'name'"):
        custid.dedupe(_ROWS, schema=custid.Schema(columns={"nmae": "full_name"}))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"schema": {"name": "full_name"}}, "schema: expected a Schema, got dict"),
        ({"model": "model.json"}, "model: expected a TrainedMatchModel, got str"),
        ({"options": {"seed": 1}}, "options: expected ResolveOptions, got dict"),
        ({"labels": 5}, "labels: expected Labels or their file, got int"),
        ({"constraints": {"exclusive": []}}, "constraints: expected Constraints, got dict"),
    ],
)
def test_values_of_other_types_are_refused_by_name(given: dict[str, Any], expected: str) -> None:
    """The message tells what to give instead."""
    with pytest.raises(ConfigurationError, match=expected):
        custid.dedupe(_ROWS, **given)


def test_a_first_row_in_the_place_of_a_header_is_told(tmp_path: Path) -> None:
    """Without names of columns the first row would be lost: an error or a warning says so, and quotes no value."""
    path = tmp_path / "list.csv"
    lines = [f"Zed{number};zed{number}@mail.example;0639980{number:03}" for number in range(30)]
    path.write_text("\n".join(lines), encoding="utf-8")
    (told,) = [text for text in custid.dedupe(path).report.warnings if "first line" in text]
    assert "Zed0" not in told
    path.write_text("Quillfeather;44000;x\nPetit;44100;y\n", encoding="utf-8")
    with pytest.raises(
        ConfigurationError, match="source 'list': expected names of columns, got a first line"
    ) as caught:
        custid.dedupe(path)
    assert "Quillfeather" not in str(caught.value)
    path.write_text("name;2024-01-01\nPetit;3\n", encoding="utf-8")
    assert not [text for text in custid.dedupe(path).report.warnings if "first line" in text]


@pytest.mark.parametrize(("day_first", "expected"), [(True, "1980-04-03"), (False, "1980-03-04")])
def test_a_schema_says_how_dates_are_read(*, day_first: bool, expected: str) -> None:
    """The order of day and month is the schema's, for each source its own."""
    rows = _ROWS[:2]
    schema = custid.Schema(day_first=day_first)
    comparison = custid.dedupe(rows, schema=schema).explain("a", "b").comparisons
    assert {each.left_values for each in comparison if each.name == "birth_date"} == {(expected,)}
    linked = custid.link({"x": rows, "y": rows}, schema={"y": schema})
    explained = linked.explain(("y", "a"), ("y", "b")).comparisons
    assert {each.left_values for each in explained if each.name == "birth_date"} == {(expected,)}


def test_own_standardizers_replace_the_built_in_ones() -> None:
    """A standardizer is called for the values of its attribute, once for each distinct one."""
    seen = []

    def last_digit(raw: str) -> Standardized:
        seen.append(raw)
        return Standardized(raw[-1], "shortened")

    result = custid.dedupe(_ROWS, standardizers={"loyalty_card": last_digit})
    assert sorted(seen) == ["C-71", "C-72", "c71"]
    notices = {(each.attribute, each.issue): each.n_rows for each in result.report.notices}
    assert notices["loyalty_card", "shortened"] == 3


def test_a_standardizer_for_no_attribute_is_an_error() -> None:
    """A misspelled attribute is named, with those there are."""
    with pytest.raises(ConfigurationError, match=r"standardizers: 'loyalty': expected the name.*Hint.*loyalty_card"):
        custid.dedupe(_ROWS, standardizers={"loyalty": Standardized})


def test_a_standardizer_that_returns_text_is_an_error() -> None:
    """A plain string is not mistaken for a value and an issue."""
    with pytest.raises(ConfigurationError, match=r"'email': expected it to return a Standardized, got str.*Hint"):
        custid.dedupe(_ROWS, standardizers={"email": str.lower})  # type: ignore[dict-item]


def test_own_comparisons_replace_the_built_in_ones() -> None:
    """Only what is given is compared."""
    same_start = FunctionLevels(("else", "same start", "exact"), lambda left, right: int(left[:3] == right[:3]))
    comparisons = [
        ValueComparison(attribute="email", levels=same_start, is_personal=True),
        ValueComparison(attribute="loyalty_card", levels=EqualLevels()),
    ]
    result = custid.dedupe(_ROWS, comparisons=comparisons)
    assert result.report.compared == ("email", "loyalty_card")
    assert [each.level for each in result.explain("a", "b").comparisons] == ["exact", "exact"]


def test_two_comparisons_of_one_name_are_an_error() -> None:
    """Each output of the comparisons needs a name of its own."""
    twice = [ValueComparison(attribute="email", levels=EqualLevels())] * 2
    with pytest.raises(ConfigurationError, match="output names must differ, got 'email' twice"):
        custid.dedupe(_ROWS, comparisons=twice)


def test_progress_is_told_from_0_to_1_for_each_step() -> None:
    """The callback hears of every step in order; within a step the share never falls, and ends at 1."""
    told: list[tuple[str, float]] = []
    custid.dedupe(_ROWS, progress=lambda step, done: told.append((step, done)))
    steps = list(dict.fromkeys(step for step, _ in told))
    assert steps == ["standardizing", "blocking", "learning", "comparing", "clustering"]
    for step in steps:
        shares = [done for name, done in told if name == step]
        assert shares == sorted(shares)
        assert (shares[0], shares[-1]) == (0.0, 1.0)


@pytest.mark.parametrize(
    "comparison",
    [ValueComparison(attribute="vehicle_numbr", levels=EqualLevels()), PersonNameComparison()],
)
def test_a_comparison_of_what_is_not_there_is_refused(comparison: Any) -> None:
    """A comparison of an attribute that no record has is refused by its name, with those that records have."""
    rows = [{"email": "a@mail.example", "phone": "0600000001"}, {"email": "b@mail.example", "phone": "0600000002"}]
    with pytest.raises(
        ConfigurationError, match=r"comparisons: '(vehicle_numbr|given_name)': .* They have email, phone"
    ):
        custid.dedupe(rows, comparisons=[comparison])


def test_people_of_one_address_without_names_are_warned_of() -> None:
    """Who compares addresses and no names hears that people who live together cannot be told apart."""
    rows = [{"street": f"{number} High Street", "phone": f"020794600{number}"} for number in range(10, 40)]
    told = [each for each in custid.dedupe(rows).report.warnings if "no names" in each]
    assert told == ["no names are compared: people of one address may be taken for one; say which column holds them."]
    named = [row | {"name": f"Ann Li{number}"} for number, row in enumerate(rows)]
    assert not any("no names" in each for each in custid.dedupe(named).report.warnings)


def test_the_report_tells_where_the_time_went() -> None:
    """Wall time is kept by step."""
    seconds = custid.dedupe(_ROWS).report.seconds
    assert list(seconds) == ["standardizing", "blocking", "learning", "comparing", "clustering"]
    assert all(spent >= 0 for spent in seconds.values())


def test_train_returns_the_model_of_a_run() -> None:
    """Training is a run of which the model is kept."""
    assert custid.train(_ROWS).to_json() == custid.dedupe(_ROWS).model.to_json()


def test_the_seed_draws_the_samples() -> None:
    """Another seed learns from other random pairs, and a plain file is resolved as well."""
    customers = synthetic_customers(900, seed=4)
    options = [custid.ResolveOptions(seed=seed, n_random_pairs=20_000) for seed in (1, 2)]
    results = [custid.dedupe(customers.records, options=each) for each in options]
    assert results[0].model.to_json() != results[1].model.to_json()
    assert all(custid.evaluate(each, customers.truth).pairwise.f1 > 0.95 for each in results)


@pytest.mark.parametrize("sources", [{}, {"crm": _ROWS}, _ROWS])
def test_linking_takes_two_sources(sources: object) -> None:
    """One source, or a table without a column of sources, is sent to dedupe."""
    with pytest.raises(ConfigurationError, match=r"sources: expected two or more, got [01]. Hint: .*dedupe"):
        custid.link(sources)


def test_schemas_for_sources_need_sources() -> None:
    """A mapping of schemas goes with a mapping of sources only."""
    with pytest.raises(ConfigurationError, match="expected one Schema for one set of records"):
        custid.link(_ROWS, schema={"crm": custid.Schema()})


def test_a_schema_for_no_source_is_an_error() -> None:
    """A misspelled source is named, with those there are."""
    with pytest.raises(ConfigurationError, match="schema: source 'crn': expected one of 'crm', 'shop'"):
        custid.link({"crm": _ROWS, "shop": _ROWS}, schema={"crn": custid.Schema()})


def test_named_sources_take_no_notice_of_columns_of_sources() -> None:
    """Where the caller names the sources, a column of sources inside one is passed through."""
    rows = [row | {"source": name} for row, name in zip(_ROWS, "xyz", strict=True)]
    result = custid.link({"crm": rows, "shop": _ROWS})
    assert set(result.assignments["source"].to_pylist()) == {"crm", "shop"}
    columns = {each.column: each for each in result.report.sources[0].columns}
    assert (columns["source"].attribute, columns["source"].note) == (None, "the source is named by the caller")


def test_keys_that_repeat_within_a_named_source_are_an_error() -> None:
    """Keys that differ within a column of sources only do not name the records of a source given by name."""
    rows = [row | {"source": name, "id": "1"} for row, name in zip(_ROWS, "xyz", strict=True)]
    with pytest.raises(
        DuplicateRecordKeyError, match=r"source 'crm': record key 'id'.*repeat within it. Hint: .*'source'"
    ):
        custid.link({"crm": rows, "shop": _ROWS})


def test_a_column_of_sources_without_a_value_means_the_file() -> None:
    """Rows that name no source are of the input itself."""
    rows = [_ROWS[0] | {"source": "crm"}, _ROWS[1] | {"source": None}, _ROWS[2] | {"source": "crm"}]
    result = custid.link(rows)
    assert result.assignments["source"].to_pylist() == ["crm", "rows", "crm"]
    assert result.assignments["customer"].to_pylist() == [0, 0, 1]


def test_refused_rows_are_told_and_warned_about(tmp_path: Path) -> None:
    """An unreadable line is left out with its number, the rest goes on."""
    path = tmp_path / "rows.csv"
    path.write_text(
        "name,email\nZoe Roy,zoe@courriel.example\na,b,c,d\nZoé ROY,zoe@courriel.example\n", encoding="utf-8"
    )
    result = custid.dedupe(path)
    assert result.assignments.num_rows == 2
    assert [each.line_number for each in result.report.sources[0].refused] == [3]
    assert "1 rows were refused" in result.report.warnings[0]
    assert "line 3" in str(result)


def test_a_run_that_compares_nothing_says_so() -> None:
    """Columns without a single value are named in a warning, not in an error."""
    result = custid.dedupe([{"name": "N/A", "email": ""}] * 3)
    assert result.n_customers == 3
    assert result.report.warnings == ("nothing is compared: every value is missing or a placeholder.",)


def test_the_report_is_plain_data() -> None:
    """A report goes into JSON as it is, and holds no value of a customer."""
    text = json.dumps(custid.dedupe(_ROWS).report.to_dict())
    assert "lefevre" not in text.lower()
    assert "courriel" not in text.lower()


def test_a_single_attribute_is_warned_of() -> None:
    """Where names alone are compared the report says so, and says nothing else."""
    rows = [{"first_name": "Zoé", "last_name": "Petit"}, {"first_name": "Ali", "last_name": "Benali"}]
    warnings = custid.dedupe(rows).report.warnings
    told = "only name is compared; records that agree on it may still be different customers"
    assert warnings == (f"{told}, and none were joined.",)


def test_nothing_to_compare_is_warned_of() -> None:
    """Where every value is missing the report says so."""
    rows = [{"first_name": "N/A", "last_name": ""}, {"first_name": "", "last_name": "inconnu"}]
    warnings = custid.dedupe(rows).report.warnings
    assert warnings == ("nothing is compared: every value is missing or a placeholder.",)
