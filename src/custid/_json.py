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
        The text; bytes are UTF-8.  A byte order mark before it is passed over.

    Returns
    -------
    object
        Dictionaries, lists, texts, numbers, truth values and None.

    Raises
    ------
    ValueError
        If it is no JSON after RFC 8259, which knows neither NaN nor Infinity, has a number beyond the finite floats or
        of thousands of digits, more than `MOST_LEVELS` levels, or an object in which a name stands twice, of which
        readers take one or the other.  The error says which, as what was expected and what was found; nothing of the
        text is repeated, nor kept by the error.

    Examples
    --------
    >>> json_value('{"a": [1, null]}')
    {'a': [1, None]}
    >>> json_value("[" * 100_000)
    Traceback (most recent call last):
    ValueError: expected a few levels, got more than can be read
    >>> json_value('{"a": 1, "a": 2}')
    Traceback (most recent call last):
    ValueError: expected each key of an object once, got one twice
    """
    value, problem = None, ""
    try:
        decoded = text if isinstance(text, str) else text.decode("utf-8")
        value = _DECODER.decode(decoded.removeprefix("\ufeff"))
    except _FaultError as fault:
        problem = str(fault)
    except RecursionError:
        problem = _DEEP
    except UnicodeDecodeError:
        problem = "expected UTF-8, got other bytes"
    except json.JSONDecodeError as error:
        problem = f"expected JSON, got other text at line {error.lineno}, column {error.colno}"
    except ValueError:
        problem = "expected numbers of a usual length, got a longer one"
    # Raised outside of the handler: an error of the decoder holds the whole text.
    if not problem and not _has_few_levels(value):
        problem = _DEEP
    if problem:
        raise ValueError(problem)
    return value


_DEEP: Final = "expected a few levels, got more than can be read"


class _FaultError(ValueError):
    """What a text has that JSON after RFC 8259 leaves open."""


def _refuse(constant: str) -> None:
    raise _FaultError(f"expected finite numbers, got {constant}")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise _FaultError("expected finite numbers, got one beyond them")
    return number


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        raise _FaultError("expected each key of an object once, got one twice")
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
