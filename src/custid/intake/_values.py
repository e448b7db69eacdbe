"""Python values of any flat type as text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

__all__ = ["UnreadableValueError", "float_text", "value_text"]

# Frames mark missing values by instances of these; to import pandas for them would cost more than all the rest.
_MISSING_TYPES = frozenset({"MaskedConstant", "NAType", "NaTType"})
# Python itself refuses to write whole numbers of more than 4,300 digits.
_MOST_DIGITS = 4_000
_MOST_BITS = 13_000


class UnreadableValueError(ValueError):
    """A value that has no text.

    Attributes
    ----------
    reason : str
        Code of the reason, as `RefusedRow` has it.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def float_text(value: float | None) -> str | None:
    """Return a number as text: a whole one without a fraction, NaN as None.

    Parameters
    ----------
    value : float or None
        The number.

    Returns
    -------
    str or None
        Its text.

    Examples
    --------
    >>> float_text(75001.0), float_text(0.5), float_text(float("nan"))
    ('75001', '0.5', None)
    """
    if value is None or math.isnan(value):
        return None
    return str(int(value)) if math.isfinite(value) and value.is_integer() else repr(value)


def value_text(value: object) -> str | None:
    """Return a value as text.

    Whole floats lose their fraction, dates and midnights become ISO dates, truth values ``true`` and ``false``;
    what stands for nothing (None, NaN, an empty string) becomes None; NUL characters are removed, and a lone surrogate
    becomes U+FFFD.

    Parameters
    ----------
    value : object
        The value.

    Returns
    -------
    str or None
        Its text, never empty.

    Raises
    ------
    UnreadableValueError
        If the value holds other values, or bytes that are not UTF-8.

    Examples
    --------
    >>> value_text("Ann"), value_text(7.0), value_text(date(1984, 6, 12)), value_text("")
    ('Ann', '7', '1984-06-12', None)
    """
    text = value if type(value) is str else _text(value)
    if not text:
        return None
    if text.isascii():
        return text.replace("\0", "") or None if "\0" in text else text
    text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        # Halves of one pair that stand together join; a lone one has no character.
        text = text.encode("utf-16-le", errors="surrogatepass").decode("utf-16-le", errors="replace")
    return text or None


def _text(value: object) -> str | None:
    if value is None or type(value).__name__ in _MISSING_TYPES:
        return None
    if isinstance(value, Enum):
        return value_text(value.value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return float_text(float(value))
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise UnreadableValueError("long_number")
    if isinstance(value, Decimal):
        return _decimal_text(value)
    if isinstance(value, datetime):
        is_day = value.tzinfo is None and value.time() == time()
        return value.date().isoformat() if is_day else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return _decoded(bytes(value))
    if isinstance(value, Mapping | Sequence | AbstractSet):
        raise UnreadableValueError("nested_value")
    return _other_text(value)


def _decimal_text(value: Decimal) -> str | None:
    if value.is_nan():
        return None
    # Written out, the digits of an exponent of a few characters would fill any memory.
    if value.is_finite() and abs(value.adjusted()) > _MOST_DIGITS:
        raise UnreadableValueError("long_number")
    return format(value, "f")


def _decoded(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise UnreadableValueError("invalid_text") from None


def _other_text(value: Any) -> str | None:
    if hasattr(value, "as_py"):
        # A value of Arrow: one that is null has a text, too.
        return value_text(value.as_py())
    # A number of NumPy gives the Python number that it stands for; an array of them is nested.
    if hasattr(value, "dtype") and hasattr(value, "item"):
        if getattr(value, "ndim", 0):
            raise UnreadableValueError("nested_value")
        plain = value.item()
        if value.dtype.kind == "M" and isinstance(plain, int):
            return _moment_text(str(value))
        if type(plain) is type(value):
            # No number of Python is as wide as the widest ones, which stand for themselves.
            return float_text(float(plain)) if value.dtype.kind == "f" else str(plain)
        return value_text(plain)
    return str(value)


def _moment_text(moment: str) -> str:
    """Return a moment that is finer, or farther away, than those of Python, given in ISO 8601."""
    day, _, clock = moment.partition("T")
    whole, _, fraction = clock.partition(".")
    if fraction.strip("0"):
        return f"{day} {whole}.{fraction}"
    return f"{day} {whole}" if whole.strip("0:") else day
