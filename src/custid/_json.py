"""JSON that a file, a store or a user gives, read so that only ValueError tells what is wrong with it."""

from __future__ import annotations

import json
import math
from typing import Any, Final

__all__ = ["MOST_LEVELS", "json_value"]

MOST_LEVELS: Final = 64
"""Levels of lists and objects that a document may have; none that custid writes has twenty."""


def json_value(text: str | bytes) -> Any:
    """Return what a JSON text holds.

    Parameters
    ----------
    text : str or bytes
        The text; bytes are UTF-8.

    Returns
    -------
    object
        Dictionaries, lists, texts, numbers, truth values and None.

    Raises
    ------
    ValueError
        If it is no JSON after RFC 8259, which knows neither NaN nor Infinity, has a number beyond the finite floats,
        more than `MOST_LEVELS` levels, or an object in which a name stands twice, of which readers take one or the
        other; nothing of the text is repeated, nor kept by the error.

    Examples
    --------
    >>> json_value('{"a": [1, null]}')
    {'a': [1, None]}
    >>> json_value("[" * 100_000)
    Traceback (most recent call last):
    ValueError: expected JSON of a few levels, in whose objects each name stands once
    >>> json_value('{"a": 1, "a": 2}')
    Traceback (most recent call last):
    ValueError: expected JSON of a few levels, in whose objects each name stands once
    """
    try:
        value = _DECODER.decode(text if isinstance(text, str) else text.decode("utf-8"))
    except (ValueError, RecursionError):
        value = _NONE
    # Raised outside of the handler: an error of the decoder holds the whole text.
    if value is _NONE or not _has_few_levels(value):
        raise ValueError("expected JSON of a few levels, in whose objects each name stands once")
    return value


_NONE: Final = object()


def _refuse(_constant: str) -> None:
    raise ValueError("a finite number")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError("a finite number")
    return number


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        raise ValueError("each name once")
    return found


_DECODER: Final = json.JSONDecoder(parse_float=_finite, parse_constant=_refuse, object_pairs_hook=_object)


def _has_few_levels(value: Any) -> bool:
    level = [value]
    for _ in range(MOST_LEVELS):
        level = [each for held in level for each in _parts(held) if isinstance(each, dict | list)]
        if not level:
            return True
    return False


def _parts(value: Any) -> Any:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
