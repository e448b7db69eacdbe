"""The page of promises, and the tests that hold them."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "explanation" / "guarantees.md").read_text(encoding="utf-8")
TEST = re.compile(r"`((?:tests|src)/[\w/]+\.py)::(\w+)`")
ROWS = [row for row in PAGE.splitlines() if row.startswith("| ") and not row.startswith("| Promise ")]


@cache
def _tests_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize(("path", "name"), sorted(set(TEST.findall(PAGE))))
def test_a_test_named_on_the_page_is_there(path: str, name: str) -> None:
    """A promise whose test was renamed or deleted is no promise."""
    assert name.startswith("test_")
    assert name in _tests_of(path)


def test_every_promise_names_its_test() -> None:
    """No row of the page stands without one."""
    assert len(ROWS) > 40
    assert [row for row in ROWS if not TEST.search(row.rpartition("|")[0].rpartition("| ")[2])] == []
