"""Statements of SQLAlchemy Core, compiled once for each kind of database and run by its driver.

What SQLAlchemy does for each execution takes longer than what SQLite does for a row; what is left of it here is that
there is one definition for all databases.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from functools import cache
from itertools import chain, islice
from typing import Any, Final, NamedTuple, TypeVar, cast

from sqlalchemy import (
    BigInteger,
    ClauseElement,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Integer,
    ScalarSelect,
    Select,
    Table,
    Text,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from custid.registry.damage import damaged

__all__ = ["Runner", "listed", "portions"]

_AT_ONCE: Final = 20_000
_COPIED_FROM: Final = 50
_ROWS_AT_ONCE: Final = 1_000

_T = TypeVar("_T")
_DIALECTS: Final[dict[str, Dialect]] = {
    "sqlite": sqlite.dialect(paramstyle="qmark"),
    "postgresql": PGDialect_psycopg(paramstyle="format"),  # type: ignore[no-untyped-call]
}


class listed(ColumnElement[bool]):  # noqa: N801  # reads as a part of a statement
    """A condition: a column has one of the values in a list, which is one parameter, however long it is.

    Parameters
    ----------
    column : ColumnElement
        Of numbers or texts.
    name : str
        Name of the parameter.
    """

    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        element = BigInteger() if isinstance(column.type, BigInteger) else Text()
        self.values: ColumnElement[Any] = bindparam(name, type_=Text().with_variant(ARRAY(element), "postgresql"))


@compiles(listed, "sqlite")
def _listed_in_sqlite(element: listed, compiler: SQLCompiler, **more: Any) -> str:
    values = select(func.json_each(element.values).table_valued("value").c.value)
    return compiler.process(element.column.in_(values), **more)


@compiles(listed, "postgresql")
def _listed_in_postgresql(element: listed, compiler: SQLCompiler, **more: Any) -> str:
    column, values = (compiler.process(each, **more) for each in (element.column, element.values))
    return f"{column} = ANY ({values})"


class _Compiled(NamedTuple):
    """A statement for one kind of database: its text, and the parameters in the order in which they stand there."""

    text: str
    names: tuple[str, ...]
    constants: dict[str, Any]


@cache
def _compiled(statement: ClauseElement, dialect: str) -> _Compiled:
    made = cast("SQLCompiler", statement.compile(dialect=_DIALECTS[dialect]))
    constants = {name: value for name, value in made.params.items() if value is not None}
    return _Compiled(str(made), tuple(made.positiontup or ()), constants)


class _Columns(NamedTuple):
    """What the columns of a query are called and hold, and the types of rows of which that is known."""

    names: tuple[str, ...]
    kinds: tuple[type, ...]
    known: set[tuple[type, ...]]


@cache
def _columns(statement: ClauseElement) -> _Columns:
    columns = cast("Select[Any]", statement).selected_columns
    kinds = tuple(int if isinstance(each.type, Integer) else str for each in columns)
    return _Columns(tuple(map(_name, columns)), kinds, set())


def _name(column: ColumnElement[Any]) -> str:
    """Return the names of the table and the column that a column of a query shows."""
    shown = column.element.selected_columns[0] if isinstance(column, ScalarSelect) else column
    [origin] = shown.base_columns
    return f"{origin.table.name}.{origin.name}" if isinstance(origin, Column) else "a count"


@cache
def _insertion(table: Table, dialect: str) -> str:
    return _compiled(insert(table), dialect).text


class Runner:
    """Runs statements in a transaction.

    Parameters
    ----------
    connection : Connection
        In a transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection.connection
        self.dialect = connection.dialect.name

    def _asked(self, statement: ClauseElement, given: dict[str, Any]) -> Any:
        """Return a cursor on the rows of a query."""
        text, names, constants = _compiled(statement, self.dialect)
        values: Iterable[Any] = (given[name] if name in given else constants[name] for name in names)
        if self.dialect == "sqlite":
            values = (json.dumps(value) if isinstance(value, list) else value for value in values)
        cursor = self._connection.cursor()
        cursor.execute(text, tuple(values))
        return cursor

    def each(self, statement: ClauseElement, **parameters: Any) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, some in memory at a time."""
        cursor = self._asked(statement, parameters)
        try:
            while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                yield from self._checked(statement, rows)
        finally:
            # Who has not taken all rows may let go of them after the connection was closed.
            with suppress(sqlite3.ProgrammingError):
                cursor.close()

    def rows(self, statement: ClauseElement, **parameters: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with closing(self._asked(statement, parameters)) as cursor:
            return self._checked(statement, cursor.fetchall())

    def _checked(self, statement: ClauseElement, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Return rows whose values are of the types of their columns, to which SQLite does not see.

        That one is missing is told elsewhere, as joins miss much.
        """
        if self.dialect == "sqlite":
            columns = _columns(statement)
            # Rows by the million have a few combinations of types.
            for types in {tuple(map(type, row)) for row in rows} - columns.known:
                for name, kind, found in zip(columns.names, columns.kinds, types, strict=True):
                    if found not in {kind, type(None)}:
                        raise damaged(f"{name} holds a value of another type than its column")
                columns.known.add(types)
        return rows

    def change(self, statement: ClauseElement, rows: Iterable[dict[str, Any]]) -> None:
        """Run a statement for each row of parameters."""
        text, names, _ = _compiled(statement, self.dialect)
        self._run_many(text, (tuple(map(row.__getitem__, names)) for row in rows))

    def add(self, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert rows, which have all columns of a table in its order."""
        if self.dialect == "sqlite":
            self._run_many(_insertion(table, self.dialect), rows)
            return
        left = iter(rows)
        first = list(islice(left, _COPIED_FROM))
        if len(first) < _COPIED_FROM:
            if first:
                self._run_many(_insertion(table, self.dialect), first)
            return
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        cursor: Any = self._connection.cursor()
        with closing(cursor), cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in chain(first, left):
                copy.write_row(row)

    def _run_many(self, text: str, rows: Iterable[tuple[Any, ...]]) -> None:
        cursor: Any = self._connection.cursor()
        with closing(cursor):
            cursor.executemany(text, rows)


def portions(values: Iterable[_T]) -> Iterator[list[_T]]:
    """Yield values, so many at a time as go into one list."""
    left = iter(values)
    while some := list(islice(left, _AT_ONCE)):
        yield some
