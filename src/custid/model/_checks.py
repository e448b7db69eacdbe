"""Validators of the typed values; messages name the field and never hold the value."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from custid.errors import ModelError

__all__ = ["in_unit_interval", "instance_of", "is_aware", "matches", "not_empty", "text", "tuple_of"]

_Validator = Callable[[Any, Any, Any], None]


def _name(instance: Any, attribute: Any) -> str:
    return f"{type(instance).__name__}.{attribute.name}"


def text(instance: Any, attribute: Any, value: Any) -> None:
    """Refuse what is no text."""
    if not isinstance(value, str):
        raise ModelError(f"{_name(instance, attribute)}: expected text, got {type(value).__name__}.")


def not_empty(instance: Any, attribute: Any, value: Any) -> None:
    """Refuse what is no text or says nothing."""
    text(instance, attribute, value)
    if not value.strip():
        raise ModelError(f"{_name(instance, attribute)}: expected text, got none.", hint="Leave the statement out.")


def matches(pattern: str, expected: str) -> _Validator:
    """Return a validator of texts: the whole of one must match."""
    compiled = re.compile(pattern)

    def check(instance: Any, attribute: Any, value: Any) -> None:
        text(instance, attribute, value)
        if not compiled.fullmatch(value):
            raise ModelError(f"{_name(instance, attribute)}: expected {expected}, got other text.")

    return check


def instance_of(*kinds: type) -> _Validator:
    """Return a validator of types."""
    expected = " or ".join(kind.__name__ for kind in kinds)

    def check(instance: Any, attribute: Any, value: Any) -> None:
        # bool is an int to Python, and no number to anybody else.
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise ModelError(f"{_name(instance, attribute)}: expected {expected}, got {type(value).__name__}.")

    return check


def tuple_of(*kinds: type) -> _Validator:
    """Return a validator of tuples whose elements have one of some types."""
    expected = " or ".join(kind.__name__ for kind in kinds)

    def check(instance: Any, attribute: Any, value: Any) -> None:
        if not isinstance(value, tuple):
            raise ModelError(
                f"{_name(instance, attribute)}: expected a tuple of {expected}, got {type(value).__name__}.",
                hint="Put a comma behind a single element: (value,).",
            )
        for place, element in enumerate(value):
            if not isinstance(element, kinds) or (isinstance(element, bool) and bool not in kinds):
                raise ModelError(
                    f"{_name(instance, attribute)}[{place}]: expected {expected}, got {type(element).__name__}."
                )

    return check


def in_unit_interval(instance: Any, attribute: Any, value: Any) -> None:
    """Refuse what is no number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ModelError(f"{_name(instance, attribute)}: expected a number from 0 to 1, got another value.")


def is_aware(instance: Any, attribute: Any, value: Any) -> None:
    """Refuse moments without a time zone: two sources never mean the same clock."""
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise ModelError(
            f"{_name(instance, attribute)}: expected a datetime with a time zone, got "
            f"{'one without' if isinstance(value, datetime) else type(value).__name__}.",
            hint="Write datetime(..., tzinfo=timezone.utc).",
        )
