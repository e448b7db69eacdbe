"""The conditions of Splink: boolean SQL over the columns of two records, as far as it has a meaning here.

custid compares canonical values: lower case, without accents, dates as ``1980-06-12``.  So ``lower`` and its like
change nothing, and what speaks of how a value is written (patterns, literals) has no counterpart and is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

from custid.errors import ConfigurationError
from custid.migrate._sql_functions import FUNCTIONS, OPERATORS

__all__ = ["Call", "Column", "Condition", "Literal", "UnreadSqlError", "evaluated", "parsed", "sides"]

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d*)?(?:e[+-]?\d+)?)
          |'(?P<text>(?:[^']|'')*)'
          |["`](?P<quoted>[^"`]+)["`]
          |(?P<word>[A-Za-z_]\w*)
          |(?P<sign><=|>=|<>|!=|\|\||::|[-+*/=<>(),.]))""",
    re.VERBOSE,
)
_DEEPEST: Final = 40
_LONGEST: Final = 400
_PRECEDENCE: Final = (("or",), ("and",), ("=", "<>", "!=", "<=", ">=", "<", ">"), ("+", "-", "||"), ("*", "/"))
_LOCAL_PART: Final = "^[^@]+"
_IDENTITIES: Final = frozenset({"lower", "upper", "trim", "strip_accents", "unaccent"})


class UnreadSqlError(ConfigurationError):
    """A condition that has no meaning for canonical values; names the part."""


class Column(NamedTuple):
    """A column of one of the two records: its name, and ``"l"`` or ``"r"``."""

    name: str
    side: str


class Literal(NamedTuple):
    """A number or a text, or None for NULL."""

    value: float | str | None


class Call(NamedTuple):
    """An operator or a function, in lower case, and its arguments."""

    name: str
    arguments: tuple[Any, ...]


Condition = Column | Literal | Call
"""A part of a condition."""


def parsed(sql: str) -> Condition:
    """Read a condition.

    Parameters
    ----------
    sql : str
        Columns are written ``name_l`` and ``name_r``, or ``l.name`` and ``r.name``.

    Returns
    -------
    Condition
        Its parts.

    Raises
    ------
    UnreadSqlError
        If it is not understood, or speaks of how values are written.

    Examples
    --------
    >>> parsed('lower("city_l") = lower("city_r")')
    Call(name='=', arguments=(Column(name='city', side='l'), Column(name='city', side='r')))
    """
    tokens = list(islice(_tokens(sql), _LONGEST + 1))
    if len(tokens) > _LONGEST:
        raise UnreadSqlError(f"SQL: expected {_LONGEST} names, values and operators or fewer, got more.")
    reader = _Reader(tokens)
    found = reader.binary(0)
    if reader.kind:
        raise UnreadSqlError(f"SQL: expected an end, got {reader.text!r}.")
    return found


def _tokens(sql: str) -> Iterator[tuple[str, str]]:
    place = 0
    sql = sql.strip()
    while place < len(sql):
        found = _TOKEN.match(sql, place)
        if found is None or found.lastgroup is None:
            raise UnreadSqlError(f"SQL: expected names, numbers, texts and operators, got {sql[place : place + 10]!r}.")
        yield found.lastgroup, found[found.lastgroup]
        place = found.end()


class _Reader:
    """Reads tokens one after the other, from operators that bind least to those that bind most."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    @property
    def kind(self) -> str:
        return self._tokens[self._place][0] if self._place < len(self._tokens) else ""

    @property
    def text(self) -> str:
        return self._tokens[self._place][1] if self.kind else "the end"

    def _is(self, *texts: str) -> bool:
        return self.kind in {"word", "sign"} and self.text.lower() in texts

    def _take(self, *texts: str) -> bool:
        if not self._is(*texts):
            return False
        self._place += 1
        return True

    def _want(self, text: str) -> None:
        if not self._take(text):
            raise UnreadSqlError(f"SQL: expected {text!r}, got {self.text!r}.")

    def binary(self, rank: int) -> Condition:
        if rank == len(_PRECEDENCE):
            return self._unary()
        left = self.binary(rank + 1)
        while self._is(*_PRECEDENCE[rank]):
            name = self.text.lower()
            self._place += 1
            left = _checked(Call("<>" if name == "!=" else name, (left, self.binary(rank + 1))))
        if rank == 2 and self._take("is"):
            name = "is not null" if self._take("not") else "is null"
            self._want("null")
            left = Call(name, (left,))
        return left

    def _unary(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnreadSqlError(f"SQL: expected {_DEEPEST} levels of brackets or fewer, got more.")
        if self._take("not"):
            # Binds less than comparisons do.
            found: Condition = Call("not", (self.binary(2),))
        elif self._take("-"):
            found = Call("-", (Literal(0.0), self._unary()))
        else:
            found = self._primary()
        while self._take("::"):
            found = _cast(found, self._type())
        self._depth -= 1
        return found

    def _primary(self) -> Condition:
        kind, text = self.kind, self.text
        if self._take("("):
            inner = self.binary(0)
            self._want(")")
            return inner
        self._place += 1
        if kind == "number":
            return Literal(float(text))
        if kind == "text":
            return Literal(text.replace("''", "'"))
        if kind not in {"word", "quoted"}:
            raise UnreadSqlError(f"SQL: expected a name or a value, got {text!r}.")
        if kind == "word" and text.lower() == "null":
            return Literal(None)
        if kind == "word" and self._take("("):
            return self._call(text.lower())
        if self._take("."):
            name = self.text
            self._place += 1
            return _column(name, text.lower())
        return _column(text[:-2], text[-2:].lower().removeprefix("_"))

    def _call(self, name: str) -> Condition:
        if name in {"cast", "try_cast"}:
            inner = self.binary(0)
            self._want("as")
            kind = self._type()
            self._want(")")
            return _cast(inner, kind)
        arguments: list[Condition] = []
        while not self._is(")"):
            arguments.append(self.binary(0))
            if not self._take(","):
                break
        self._want(")")
        if name in _IDENTITIES and len(arguments) == 1:
            return arguments[0]
        if name == "regexp_extract" and arguments[1:2] == [Literal(_LOCAL_PART)]:
            return Call("email_local_part", (arguments[0],))
        if name not in FUNCTIONS or name == "email_local_part":
            raise UnreadSqlError(f"SQL: function {name!r} has no counterpart.")
        return Call(name, tuple(arguments))

    def _type(self) -> str:
        if self.kind != "word":
            raise UnreadSqlError(f"SQL: expected a type, got {self.text!r}.")
        self._place += 1
        return self._tokens[self._place - 1][1].lower()


def _column(name: str, side: str) -> Column:
    if side not in {"l", "r"} or not name:
        raise UnreadSqlError(f"SQL: {name!r}: expected a column of the left or the right record.")
    return Column(name, side)


def _cast(value: Condition, kind: str) -> Condition:
    if kind in {"varchar", "text", "string"}:
        return value
    if kind in {"date", "timestamp"}:
        return Call("to_date", (value,))
    raise UnreadSqlError(f"SQL: type {kind!r} has no counterpart.")


def _checked(call: Call) -> Call:
    """Refuse to hold a value against a text: canonical values are written in another way."""
    if call.name in _PRECEDENCE[2] and any(
        isinstance(each, Literal) and isinstance(each.value, str) for each in call.arguments
    ):
        raise UnreadSqlError("SQL: a text that values are held against has no counterpart among canonical values.")
    return call


def sides(condition: Condition) -> set[Column]:
    """Return the columns that a condition speaks of.

    Parameters
    ----------
    condition : Condition
        From :func:`parsed`.

    Returns
    -------
    set of Column
        Each with its side.
    """
    if isinstance(condition, Column):
        return {condition}
    if isinstance(condition, Literal):
        return set()
    return {column for argument in condition.arguments for column in sides(argument)}


def evaluated(condition: Condition, values: Mapping[Column, str | None]) -> Any:
    """Return what a condition comes to.

    Parameters
    ----------
    condition : Condition
        From :func:`parsed`.
    values : Mapping of Column to str or None
        Canonical values; None for a missing one.

    Returns
    -------
    bool, float, str, date or None
        None where a missing value leaves it open, as in SQL.

    Examples
    --------
    >>> both = {Column("city", "l"): "leeds", Column("city", "r"): "leads"}
    >>> evaluated(parsed("levenshtein(city_l, city_r) <= 1"), both)
    True
    """
    if isinstance(condition, Column):
        return values.get(condition)
    if isinstance(condition, Literal):
        return condition.value
    arguments = [evaluated(each, values) for each in condition.arguments]
    return (OPERATORS.get(condition.name) or FUNCTIONS[condition.name])(*arguments)
