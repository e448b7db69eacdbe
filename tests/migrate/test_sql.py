"""Conditions of Splink in SQL."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.migrate.sql import Call, Column, Literal, UnreadSqlError, evaluated, parsed

LEFT = {"a": "1980-06-12", "b": "anne@site.example", "c": None}
RIGHT = {"a": "1980-07-12", "b": "anne@other.example", "c": "x"}
VALUES = {Column(name, side): row[name] for side, row in (("l", LEFT), ("r", RIGHT)) for name in row}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("a_l = a_r", False),
        ("NOT a_l = a_r", True),
        ('"a_l" <> `a_r` OR c_l = c_r', True),
        ("c_l = c_r", None),
        ("c_l = c_r and a_l = a_r", False),
        ("c_l = c_r or a_l = a_r", None),
        ("c_l is null and c_r IS NOT NULL", True),
        ("ABS(EPOCH(try_strptime(\"a_l\", '%Y-%m-%d')) - EPOCH(try_strptime(\"a_r\", '%Y-%m-%d'))) <= 2629800.0", True),
        ("ABS(EPOCH(CAST(a_l AS DATE)) - EPOCH(a_r::timestamp)) <= 86400 * 7", False),
        ("abs(cast(a_l as date) - cast(a_r as date)) = 30", True),
        ("NULLIF(regexp_extract(b_l, '^[^@]+', 0), '') = NULLIF(regexp_extract(b_r, '^[^@]+', 0), '')", True),
        ("substr(a_l, -2) = right(a_r, 2)", True),
        ("substr(a_l, -4, 2) = substr(a_l, 7, 2)", True),
        ("substr(a_l, -40, 3) = left(a_l, 3)", True),
        ("substr(a_l, 2, -1) = substr(a_l, 99)", True),
        ("substr(a_l, 1, 4) || right(a_l, 2) = concat(left(a_r, 4), substring(a_r, 9))", True),
        ("jaccard(a_l, a_r) > 0.7 and damerau_levenshtein(a_l, a_r) < 2 and jaro_similarity(a_l, a_r) >= 0.9", True),
        ("length(lower(trim(a_l))) / -2 = -5", True),
        ("coalesce(c_l, c_r) = c_r", True),
        ("try_strptime(b_l, '%d') = try_strptime(a_l, '%d')", None),
    ],
)
def test_conditions(sql: str, expected: Any) -> None:
    """Operators bind, and missing values spread, as in SQL."""
    assert evaluated(parsed(sql), VALUES) is expected


@pytest.mark.parametrize("sql", [" or ".join(["a_l = a_r"] * 400), "a_l" + "::date" * 400, "not " * 90, "lower(" * 90])
def test_a_condition_without_end_is_refused(sql: str) -> None:
    """What is longer or deeper than a condition is refused, instead of ending the process."""
    with pytest.raises(UnreadSqlError, match="or fewer, got more"):
        parsed(sql)


@given(st.text(alphabet="ab_lr.()='<>|:, 1\"and", max_size=40))
def test_any_text_is_read_or_refused(sql: str) -> None:
    """Whatever the text, it is a condition or it is refused."""
    with contextlib.suppress(UnreadSqlError):
        assert isinstance(parsed(sql), Call | Column | Literal)
