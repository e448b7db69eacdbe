"""Data are never code: nothing that is read is unpickled, evaluated or executed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import custid

_SOURCE = Path(custid.__file__).parent
# Compiled code of the user's own cache directory, which is closed to others; the compiler keeps it as pickles.
_OF_COMPILED_CODE = {"_code_files.py"}
_UNPICKLES = {"cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve", "yaml"}
_EVALUATES = {"__import__", "compile", "eval", "exec", "read_pickle", "np.load", "np.fromfile", "numpy.load"}
_TOLD = {"allow_pickle", "shell"}
_SQL = ("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "PRAGMA ", "COPY ", "ALTER ", "DROP ", "CREATE ")
# Names of pragmas and tables, all of them written in the source or drawn at random.
_SQL_OF_NAMES = {
    ("engines/spark/_stage.py", "f'DROP TABLE IF EXISTS {self._tables.pop()}'"),
    ("registry/sql/_statements.py", "f'COPY {table.name} ({names}) FROM STDIN'"),
    ("registry/sql/_migrations/versions/v0002_ages.py", "f'INSERT INTO {name}_new {copies[name]}'"),
    (
        "registry/sql/_migrations/versions/v0002_ages.py",
        """f"SELECT {', '.join(columns)} FROM {name} o ORDER BY 1\"""",
    ),
    ("registry/sql/postgresql.py", "f'SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})'"),
    ("registry/sql/sqlite.py", "f'PRAGMA {pragma}'"),
}


def _modules(*words: str) -> Iterator[tuple[str, ast.AST]]:
    """Yield the modules in whose text one of some words stands, as to parse all of them takes long."""
    for path in sorted(_SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if any(word in text for word in words):
            yield str(path.relative_to(_SOURCE)), ast.parse(text)


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def _doubtful_calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if ast.unparse(node.func) in _EVALUATES:
                yield ast.unparse(node.func)
            yield from (each.arg for each in node.keywords if each.arg in _TOLD and not _is_false(each.value))


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def test_nothing_is_unpickled() -> None:
    """No module but that of compiled code imports what unpickles."""
    found = {name for name, tree in _modules(*_UNPICKLES) if _UNPICKLES & set(_imported(tree))}
    assert found == _OF_COMPILED_CODE


def test_nothing_is_evaluated() -> None:
    """No module evaluates or executes text, lets numpy load a file, or lets a shell run."""
    words = {f"{each}(" for each in _EVALUATES} | _TOLD
    found = {(name, call) for name, tree in _modules(*words) for call in _doubtful_calls(tree)}
    assert found == set()


def test_sql_is_never_put_together_from_values() -> None:
    """Statements that a driver is given as text are made of names that stand in the source."""
    found = {
        (name, ast.unparse(node))
        for name, tree in _modules(*_SQL)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) and ast.unparse(node)[2:].startswith(_SQL)
    }
    assert found == _SQL_OF_NAMES
