"""The table of the requirements, held to the tests."""

from __future__ import annotations

import re
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_TABLE = Path(__file__).parent / "ROWS.md"
_TEST = re.compile(r"^def (test_\w+)\(", re.MULTILINE)


def _listed() -> dict[int, list[str]]:
    """Return the tests of each row."""
    lines = re.findall(r"^\| (\d+) \| [^|]+ \| ([^|]*) \|$", _TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    return {int(row): re.findall(r"`([^`]+)`", tests) for row, tests in lines}


def _written(path: str) -> list[str]:
    return _TEST.findall((_ROOT / path).read_text(encoding="utf-8"))


def test_every_row_has_tests_that_are_there() -> None:
    """Each of the hundred rows names a test function, or a module of tests about nothing else."""
    listed = _listed()
    assert sorted(listed) == list(range(1, 101))
    for row, tests in listed.items():
        assert tests, row
        for test in tests:
            path, _, name = test.partition("::")
            assert name in _written(path) if name else _written(path), (row, test)


def test_every_test_that_names_a_row_is_listed() -> None:
    """A test called after a row stands in the table under that row."""
    listed = _listed()
    for path in sorted((_ROOT / "tests").rglob("test_*.py")):
        where = path.relative_to(_ROOT).as_posix()
        for name in _written(where):
            for row in re.findall(r"(?:^test|_and)_row_(\d+)", name):
                assert f"{where}::{name}" in listed[int(row)], (row, name)
