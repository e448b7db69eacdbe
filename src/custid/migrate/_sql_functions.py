"""The functions and operators of SQL that have a meaning for canonical values."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from rapidfuzz.distance import DamerauLevenshtein, Jaro

from custid.comparison.string_metrics import jaro_winkler_similarity, levenshtein_distance

__all__ = ["FUNCTIONS", "OPERATORS"]

_SECONDS_OF_A_DAY: Final = 86_400.0


def _known(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function for arguments of SQL: NULL of NULL, and NULL of what it cannot take."""

    def called(*arguments: Any) -> Any:
        if any(each is None for each in arguments):
            return None
        try:
            return function(*arguments)
        except (ValueError, ZeroDivisionError, OverflowError):
            return None

    return called


def _and(left: Any, right: Any) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else bool(left and right)


def _or(left: Any, right: Any) -> bool | None:
    if left or right:
        return True
    return None if left is None or right is None else False


def _minus(left: Any, right: Any) -> Any:
    return (left - right).days if isinstance(left, date) else left - right


def _substring(text: str, start: float, length: float | None = None) -> str:
    # A negative start counts from the end, as it does in DuckDB, Spark and SQLite.
    first = max(int(start) - 1, 0) if start >= 0 else max(len(text) + int(start), 0)
    return text[first:] if length is None else text[first : first + max(int(length), 0)]


def _right(text: str, length: float) -> str:
    return text[-int(length) :] if length >= 1 else ""


def _jaccard(left: str, right: str) -> float:
    return len(set(left) & set(right)) / len(set(left) | set(right))


def _epoch(day: date) -> float:
    return (day - date(1970, 1, 1)).days * _SECONDS_OF_A_DAY


def _to_date(text: str | date, _format: str = "") -> date:
    # Canonical dates are written in one way, whatever the format that the settings name.
    return text if isinstance(text, date) else date.fromisoformat(text)


OPERATORS: Final[Mapping[str, Callable[..., Any]]] = {
    "and": _and,
    "or": _or,
    "not": _known(operator.not_),
    "is null": lambda value: value is None,
    "is not null": lambda value: value is not None,
    "=": _known(operator.eq),
    "<>": _known(operator.ne),
    "<=": _known(operator.le),
    ">=": _known(operator.ge),
    "<": _known(operator.lt),
    ">": _known(operator.gt),
    "+": _known(operator.add),
    "-": _known(_minus),
    "*": _known(operator.mul),
    "/": _known(operator.truediv),
    "||": _known(operator.concat),
}
"""By name as the reader writes it; they take what SQL may hold, None for NULL."""

FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "jaro_winkler_similarity": _known(jaro_winkler_similarity),
    "jaro_winkler": _known(jaro_winkler_similarity),
    "jaro_winkler_sim": _known(jaro_winkler_similarity),
    "jaro_similarity": _known(Jaro.similarity),
    "jaro_sim": _known(Jaro.similarity),
    "levenshtein": _known(levenshtein_distance),
    "levenshtein_distance": _known(levenshtein_distance),
    "damerau_levenshtein": _known(DamerauLevenshtein.distance),
    "jaccard": _known(_jaccard),
    "substr": _known(_substring),
    "substring": _known(_substring),
    "left": _known(lambda text, length: text[: int(length)]),
    "right": _known(_right),
    "length": _known(len),
    "len": _known(len),
    "concat": lambda *texts: "".join(each for each in texts if each is not None),
    "nullif": lambda value, other: None if value == other else value,
    "coalesce": lambda *values: next((each for each in values if each is not None), None),
    "abs": _known(abs),
    "email_local_part": _known(lambda address: str.partition(address, "@")[0]),
    "epoch": _known(_epoch),
    "to_date": _known(_to_date),
    "try_to_date": _known(_to_date),
    "strptime": _known(_to_date),
    "try_strptime": _known(_to_date),
    "to_timestamp": _known(_to_date),
    "try_to_timestamp": _known(_to_date),
}
"""By name in lower case."""
