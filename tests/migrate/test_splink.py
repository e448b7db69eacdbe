"""Settings and models of Splink."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import custid
from custid.comparison.comparison import BindingContext
from custid.errors import ConfigurationError, ModelFormatError, SchemaError
from custid.migrate import SettingFate, SplinkModel, from_splink
from custid.table import build_record_table

DATA = Path(__file__).parent.parent / "data" / "splink"


@pytest.fixture(scope="module")
def moved() -> SplinkModel:
    return from_splink(DATA / "model.json", columns={"card": "loyalty_card"})


@pytest.fixture(scope="module")
def records() -> list[dict[str, str]]:
    with (DATA / "records.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def pairs() -> list[dict[str, str]]:
    with (DATA / "pairs.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def document(*conditions: str, **more: Any) -> dict[str, Any]:
    levels = [{"sql_condition": each} for each in (*conditions, "ELSE")]
    return {
        "link_type": "dedupe_only",
        "comparisons": [{"output_column_name": "x", "comparison_levels": levels}],
        **more,
    }


def fates(model: SplinkModel) -> dict[str, SettingFate]:
    return {each.name: each.fate for each in model.settings}


def test_levels_and_weights_are_those_of_splink(
    moved: SplinkModel, records: list[dict[str, str]], pairs: list[dict[str, str]]
) -> None:
    """Every pair has the levels that Splink gave it, and each of them the weight."""
    values = {}
    for column, attribute in moved.schema.columns.items():
        # A date in another form is missing to Splink.
        is_missing = re.compile(r"(?!\d{4}-\d\d-\d\d$)" if attribute == "birth_date" else r"$")
        held = ["" if is_missing.match(row[column]) else row[column] for row in records]
        vocabulary = sorted({*held} - {""})
        codes = [[vocabulary.index(each) if each else -1] for each in held]
        values[str(attribute)] = (vocabulary, np.array(codes, np.int32))
    table = build_record_table(values, len(records))
    unit = {row["record_id"]: table.unit_of_row[number] for number, row in enumerate(records)}
    left = np.array([unit[pair["left"]] for pair in pairs], np.int32)
    right = np.array([unit[pair["right"]] for pair in pairs], np.int32)
    context = BindingContext(rarity=lambda _, values: np.zeros(len(values), np.float32))
    names = ["given_name", "family_name", "birth_date", "city", "email", "card"]
    for name, comparison, read in zip(names, moved.comparisons, moved._read, strict=True):
        (compared,) = comparison.bind(table, context)(left, right)
        assert compared.levels.tolist() == [int(pair[f"gamma_{name}"]) for pair in pairs]
        for level, pair in zip(compared.levels.tolist(), pairs, strict=True):
            m, u = read.m[level], read.u[level]
            if level >= 0 and m is not None and u is not None:
                assert np.log2(m / u) == pytest.approx(float(pair[f"mw_{name}"]), abs=1e-4)


def test_weights_take_the_place_of_learned_ones(moved: SplinkModel, records: list[dict[str, str]]) -> None:
    """The model has Splink's m, u and prior, what was learned where Splink has none, and no households."""
    trained = custid.train(records, schema=moved.schema, comparisons=moved.comparisons, blocking=moved.blocking)
    weighed = moved.weights_in(trained)
    assert weighed.prior_match_probability == moved.prior_match_probability
    assert weighed.classes == ()
    for own, read, learned in zip(weighed.parameters, moved._read, trained.parameters, strict=True):
        for place, share in enumerate(read.m):
            assert own.m_probability[place] == (learned.m_probability[place] if share is None else share)
    result = custid.dedupe(
        records, schema=moved.schema, comparisons=moved.comparisons, blocking=moved.blocking, model=weighed
    )
    assert result.n_customers < len(records)
    rules = {rule.name for rule in result.report.rules}
    assert {"splink.rule_0", "splink.rule_1", "splink.rule_2"} & rules
    with pytest.raises(ConfigurationError, match="expected a match model of"):
        moved.weights_in(custid.train(records, schema=custid.Schema(record_key="record_id")))


def test_everything_is_told(moved: SplinkModel) -> None:
    """Each key of the document, each comparison and each rule stands in the report; nothing is left out silently."""
    told = {each.name.partition("[")[0] for each in moved.settings}
    keys = set(json.loads((DATA / "model.json").read_text(encoding="utf-8")))
    assert keys - told == {"blocking_rules_to_generate_predictions"}
    assert fates(moved)["blocking_rules[3]"] is SettingFate.NOT_TAKEN  # names exchanged: no key of one record
    assert moved.not_taken
    assert all(str(each) in str(moved) for each in moved.settings)


def test_untrained_settings_of_a_link() -> None:
    """Levels are read without weights; what speaks of how values are written is compared by custid's own levels."""
    moved = from_splink(DATA / "untrained.json", columns={"postcode_fake": "postcode"})
    assert (moved.is_link, moved.duplicate_free, moved.prior_match_probability) == (True, True, 0.0001)
    found = fates(moved)
    assert found["comparisons[0] 'first_name_surname'"] is SettingFate.TAKEN
    assert found["comparisons[1] 'postcode_fake'"] is SettingFate.CHANGED
    assert found["column 'shoe_size'"] is SettingFate.NOT_TAKEN
    assert found["comparisons[3] 'shoe_size'"] is SettingFate.NOT_TAKEN
    assert found["comparisons[4] 'phone'"] is SettingFate.CHANGED
    rows = [
        {"unique_id": "1", "first_name": "Zoé", "surname": "Petit", "dob": "1980-02-01", "phone": "0639980001"},
        {"unique_id": "2", "first_name": "Petit", "surname": "Zoe", "dob": "1980-02-01", "phone": "0639980001"},
        {"unique_id": "3", "first_name": "Ann", "surname": "", "dob": "1970-02-01", "phone": ""},
    ]
    columns = {name: attribute for name, attribute in moved.schema.columns.items() if name in rows[0]}
    result = custid.dedupe(
        rows,
        schema=custid.Schema(columns=columns, record_key="unique_id"),
        comparisons=[each for each in moved.comparisons if each.outputs[0].attribute != "postcode"],
        blocking=moved.blocking,
    )
    levels = {each.name: each.level for each in result.explain("1", "2").comparisons}
    assert "Match on reversed cols: first_name and surname" in str(levels)


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("\"city_l\" = 'Paris'", "a text"),
        ("regexp_matches(city_l, city_r)", "regexp_matches"),
        ('levenshtein("city_l", 3) <= 1', "numbers and texts"),
        ('levenshtein("city_l") <= 1', "too many arguments"),
        ("city_l = city_r GROUP", "expected an end"),
        ("city_l = ", "expected a name"),
        ("city_l = city_r; --", "expected names"),
        ("cast(city_l as integer) = 1", "type 'integer'"),
        ("city = city_r", "left or the right"),
        ("(" * 60 + "city_l" + ")" * 60, "levels of brackets"),
        ("nom_x_l = nom_x_r and city_l = city_r", "not known what it holds"),
    ],
)
def test_a_condition_that_is_not_read_is_told(condition: str, reason: str) -> None:
    """The attribute is then compared by custid's own levels, and the report says why."""
    moved = from_splink(document(condition, "city_l = city_r"))
    (told,) = [each for each in moved.settings if each.name == "comparisons[0] 'x'"]
    assert told.fate is SettingFate.CHANGED
    assert reason in told.note
    assert [each.outputs[0].attribute for each in moved.comparisons] == ["city"]


@pytest.mark.parametrize("rule", ["abs(l.city) = abs(r.city)", "left(l.city) = left(r.city)"])
def test_a_rule_that_cannot_be_computed_is_told(rule: str) -> None:
    """It is told of when settings are read, and no run fails by it."""
    moved = from_splink(document("city_l = city_r", blocking_rules_to_generate_predictions=[rule]))
    (told,) = [each for each in moved.settings if each.name == "blocking_rules[0]"]
    assert (told.fate, "numbers and texts" in told.note) == (SettingFate.NOT_TAKEN, True)


def test_equal_values_get_a_level_that_weighs_what_theirs_weighed() -> None:
    """Where Splink's closest level is not equality, it is cut in two of the same weight."""
    levels = [
        {"sql_condition": "jaro_winkler_similarity(city_l, city_r) >= 0.9", "m_probability": 0.8, "u_probability": 0.1},
        {"sql_condition": "ELSE", "m_probability": 0.2, "u_probability": 0.9},
    ]
    moved = from_splink({"link_type": "dedupe_only", "comparisons": [{"comparison_levels": levels}]})
    (read,) = moved._read
    assert (read.m, read.u) == ((0.2, 0.4, 0.4), (0.9, 0.05, 0.05))


def test_odd_settings_are_told() -> None:
    """Weights of term frequencies, fixed probabilities and unknown keys are named."""
    levels = [
        {
            "sql_condition": "city_l = city_r",
            "tf_adjustment_column": "city",
            "tf_adjustment_weight": 0.5,
            "fix_m_probability": True,
        },
        {"sql_condition": "ELSE"},
    ]
    comparison = {"output_column_name": "city", "comparison_levels": levels}
    again = {"output_column_name": "again", "comparison_levels": levels}
    moved = from_splink({"link_type": "dedupe_only", "comparisons": [comparison, again], "newer": 1})
    found = fates(moved)
    assert found["comparisons[0] 'city' tf_adjustment_weight"] is SettingFate.NOT_TAKEN
    assert found["comparisons[0] 'city' fixed probabilities"] is SettingFate.CHANGED
    assert found["comparisons[1] 'again'"] is SettingFate.NOT_TAKEN
    assert found["newer"] is SettingFate.NOT_TAKEN


def test_a_comparison_without_else_is_told() -> None:
    """Levels that do not cover all pairs are not guessed."""
    levels = [{"sql_condition": "city_l = city_r"}]
    moved = from_splink({"link_type": "dedupe_only", "comparisons": [{"comparison_levels": levels}]})
    assert "expected an else level" in str(moved)


def test_what_is_no_document_of_splink_is_refused(tmp_path: Path) -> None:
    """Other files, older releases and broken lists are refused, each with what was expected."""
    other = tmp_path / "other.json"
    other.write_text("{", encoding="utf-8")
    with pytest.raises(ModelFormatError, match="expected JSON"):
        from_splink(other)
    with pytest.raises(ModelFormatError, match="link_type"):
        from_splink({"comparisons": []})
    with pytest.raises(ModelFormatError, match="link_type"):
        from_splink({"link_type": ["dedupe_only"], "comparisons": []})
    with pytest.raises(ModelFormatError, match="earlier release"):
        from_splink({"comparison_columns": []})
    with pytest.raises(ModelFormatError, match="expected a list of objects"):
        from_splink({"link_type": "dedupe_only", "comparisons": {}})
    with pytest.raises(ModelFormatError, match=r"comparisons\[0\]: expected comparison_levels"):
        from_splink({"link_type": "dedupe_only", "comparisons": [{"comparison_levels": [{}]}]})
    with pytest.raises(ModelFormatError, match="rules in SQL"):
        from_splink(document("city_l = city_r", blocking_rules_to_generate_predictions=[3]))
    with pytest.raises(SchemaError, match="expected an attribute"):
        from_splink(document("city_l = city_r"), columns={"city": "town"})
    with pytest.raises(SchemaError, match=r"expected columns of the settings, got 'citty'.*compare or block on city"):
        from_splink(document("city_l = city_r"), columns={"citty": "city"})
