"""Comparisons of single values."""

from __future__ import annotations

from typing import Any

import pytest

from custid.comparison.levels import ErrorLevels
from custid.comparison.string_metrics import Executor
from custid.comparison.value_comparison import EqualLevels, FunctionLevels, ValueComparison
from custid.errors import ConfigurationError
from tests.comparison.tables import EXECUTORS, Row, compare_rows


@pytest.mark.parametrize("executor", EXECUTORS)
def test_null_else_exact(executor: Executor) -> None:
    """A missing value is -1, two differing ones the lowest level, equal ones the closest."""
    rows: list[Row] = [{"sex": "m"}, {"sex": "f"}, {}, {"sex": "m"}]
    levels, bits = compare_rows(ValueComparison(attribute="sex", levels=EqualLevels()), rows, executor)
    assert levels[0].tolist() == [[1, 0, -1, 1], [0, 1, -1, 0], [-1, -1, -1, -1], [1, 0, -1, 1]]
    assert bits[0].tolist() == [[1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 0, 0], [1, 0, 0, 1]]


@pytest.mark.parametrize("executor", EXECUTORS)
def test_closest_of_several_values_counts(executor: Executor) -> None:
    """Any value of one record is compared with any of the other; of equal ones the rarest is counted."""
    rows: list[Row] = [{"phone": ["123", "45678"]}, {"phone": ["45679", "999"]}, {"phone": ["45678", "123"]}]
    levels, bits = compare_rows(ValueComparison(attribute="phone", levels=ErrorLevels()), rows, executor)
    assert levels[0].tolist() == [[3, 2, 3], [2, 3, 2], [3, 2, 3]]
    assert bits[0].tolist() == [[5, 0, 5], [0, 5, 0], [5, 0, 5]]


def test_a_unit_of_many_values_is_compared_as_others_are() -> None:
    """Where few units have many values, each pair still has the closest level of any two, and the rarest value."""
    many = [f"{number:02d}" for number in range(12)]
    rows: list[Row] = [{"code": many}, {"code": many[5:]}, *({"code": f"{number % 15:02d}"} for number in range(60))]
    levels = FunctionLevels(("else", "same start", "exact"), lambda left, right: int(left[0] == right[0]))
    compared, bits = compare_rows(ValueComparison(attribute="code", levels=levels), rows, EXECUTORS[0])
    held = [set([row["code"]] if isinstance(row["code"], str) else row["code"]) for row in rows]
    for left, mine in enumerate(held):
        for right, theirs in enumerate(held):
            level = 2 if mine & theirs else int(any(one[0] == other[0] for one in mine for other in theirs))
            assert compared[0][left, right] == level
            assert (bits[0][left, right] > 0) == (level == 2)


@pytest.mark.parametrize(("returned", "got"), [(-1, "-1"), (2, "2"), (500, "500"), (0.5, "0.5"), (None, "NoneType")])
def test_a_level_that_is_none_is_an_error(returned: Any, got: str) -> None:
    """What a function of the user's returns is a level below that of equal values, or an error that names it."""
    levels = FunctionLevels(("else", "near", "exact"), lambda _left, _right: returned)
    with pytest.raises(
        ConfigurationError, match=f"^levels of 'code': function: expected a level from 0 to 1, got {got}"
    ):
        compare_rows(ValueComparison(attribute="code", levels=levels), [{"code": "a"}, {"code": "b"}], EXECUTORS[0])


def test_a_text_that_is_no_level_is_not_repeated() -> None:
    """A function that returns one of the values is told the type alone."""
    levels = FunctionLevels(("else", "near", "exact"), lambda left, _right: left)  # type: ignore[arg-type,return-value]
    rows: list[Row] = [{"code": "secret"}, {"code": "b"}]
    with pytest.raises(ConfigurationError, match="got str") as told:
        compare_rows(ValueComparison(attribute="code", levels=levels), rows, EXECUTORS[0])
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_function_is_called_once_per_pair_of_values(executor: Executor) -> None:
    """A function of two strings sees each two differing values once."""
    calls = []

    def same_start(left: str, right: str) -> int:
        calls.append((left, right))
        return int(left[0] == right[0])

    levels = FunctionLevels(("else", "same start", "exact"), same_start)
    rows: list[Row] = [{"code": value} for value in ("ab", "ac", "b", "ab")]
    compared, _ = compare_rows(ValueComparison(attribute="code", levels=levels), rows, executor)
    assert compared[0].tolist() == [[2, 1, 0, 2], [1, 2, 0, 1], [0, 0, 2, 0], [2, 1, 0, 2]]
    assert len(calls) == len({frozenset(call) for call in calls}) == 3


def test_output() -> None:
    """The output is named after the attribute and knows whether it is personal."""
    (output,) = ValueComparison(attribute="sex", levels=EqualLevels(), is_personal=True).outputs
    assert (output.name, output.attribute, output.levels, output.is_personal) == ("sex", "sex", ("else", "exact"), True)


@pytest.mark.parametrize("attribute", ["wealth", "risk", "value_tier", "notes", "consents", "marital_status", "nir"])
def test_banned_attributes_are_refused(attribute: str) -> None:
    """A comparison of a banned attribute cannot be made, and the message says why."""
    with pytest.raises(ConfigurationError, match=f"attribute '{attribute}' must not be compared: .{{20,}}"):
        ValueComparison(attribute=attribute, levels=EqualLevels())
