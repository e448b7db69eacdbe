"""`custid.intake._values`."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.intake._values import UnreadableValueError, value_text


class _Sex(StrEnum):
    FEMALE = "f"


class _Grade(IntEnum):
    GOLD = 3


class _Kind(Enum):
    SHOP = "shop"


class _Text(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "other"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("00123", "00123"),
        ("", None),
        (None, None),
        (float("nan"), None),
        (Decimal("NaN"), None),
        (np.datetime64("NaT", "s"), None),
        (np.float32("nan"), None),
        (7, "7"),
        (7.0, "7"),
        (-0.5, "-0.5"),
        (float("inf"), "inf"),
        (1e20, "100000000000000000000"),
        (np.int8(7), "7"),
        (np.float32(7), "7"),
        (np.str_("a"), "a"),
        (np.bool_(True), "true"),
        (np.datetime64("1984-06-12"), "1984-06-12"),
        (np.datetime64("1984-06-12", "ns"), "1984-06-12"),
        (np.datetime64("1984-06-12T07:05", "ns"), "1984-06-12 07:05:00"),
        (np.datetime64("1984-06-12T00:00:00.5", "ns"), "1984-06-12 00:00:00.500000000"),
        (np.datetime64("99999-01-01"), "99999-01-01"),
        (np.longdouble(7), "7"),
        (np.array(np.longdouble("nan")), None),
        (np.clongdouble(1), "(1+0j)"),
        (np.ma.masked, None),
        (pa.scalar(None, pa.string()), None),
        (pa.scalar(7.0), "7"),
        (np.array(3), "3"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        (True, "true"),
        (False, "false"),
        (date(1984, 6, 12), "1984-06-12"),
        (datetime(1984, 6, 12), "1984-06-12"),  # noqa: DTZ001 - naive as frames have them
        (datetime(1984, 6, 12, 7, 5), "1984-06-12 07:05:00"),  # noqa: DTZ001 - as above
        (datetime(1984, 6, 12, tzinfo=UTC), "1984-06-12 00:00:00+00:00"),
        (time(7, 5), "07:05:00"),
        (b"caf\xc3\xa9", "café"),
        (bytearray(b"a"), "a"),
        (_Sex.FEMALE, "f"),
        (_Grade.GOLD, "3"),
        (_Kind.SHOP, "shop"),
        (_Text("own"), "own"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ("a\0b", "ab"),
        ("\0", None),
        ("é\0", "é"),
        ("a\ud800b", "a\ufffdb"),
        ("\ud83d\ude00", "\U0001f600"),
    ],
)
def test_values(value: object, text: str | None) -> None:
    """A value has the text that a person would write for it."""
    assert value_text(value) == text


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([1], "nested_value"),
        ({"a": 1}, "nested_value"),
        ({1}, "nested_value"),
        ((1,), "nested_value"),
        (np.array([1, 2]), "nested_value"),
        (pa.scalar([1]), "nested_value"),
        (b"\xff", "invalid_text"),
        (memoryview(b"\xff"), "invalid_text"),
    ],
)
def test_values_without_text(value: Any, reason: str) -> None:
    """Nested values and undecodable bytes have no text."""
    with pytest.raises(UnreadableValueError, match=reason):
        value_text(value)


@given(st.text(st.characters()))
def test_texts_can_be_written(value: str) -> None:
    """Whatever comes in, the text is UTF-8 without NUL."""
    text = value_text(value)
    assert text is None or "\0" not in text.encode().decode()
