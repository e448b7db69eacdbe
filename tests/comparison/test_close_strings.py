"""Metrics that are exact where strings are close."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custid.comparison.close_strings import CloseStrings
from tests.comparison.tables import all_pairs
from tests.oracles import strings as oracle

values = st.text("ab1é", max_size=7) | st.text(max_size=5)


@pytest.mark.parametrize("at_most", [1, 2, 3])
@given(strings=st.lists(values, min_size=1, max_size=5))
@example(strings=["", "a", "ab"])
def test_errors(at_most: int, strings: list[str]) -> None:
    """Errors are those of the recurrence, cut above the greatest number asked for."""
    left, right = all_pairs(len(strings))
    counted = CloseStrings(strings).errors(left, right, at_most=at_most)
    expected = [oracle.osa_distance(strings[i], strings[j]) for i, j in zip(left, right, strict=True)]
    assert counted.tolist() == np.minimum(expected, at_most + 1).tolist()


@pytest.mark.parametrize("at_least", [0.0, 0.7, 0.92])
@given(strings=st.lists(values, min_size=1, max_size=5))
@example(strings=["", "a", "martha", "marhta"])
def test_similarity(at_least: float, strings: list[str]) -> None:
    """Similarities are those of the papers, 0 below the least one asked for."""
    left, right = all_pairs(len(strings))
    similarity = CloseStrings(strings).similarity(left, right, at_least=at_least)
    assert similarity.dtype == np.float32
    for i, j, found in zip(left, right, similarity.tolist(), strict=True):
        expected = oracle.jaro_winkler_similarity(strings[i], strings[j])
        assert found == pytest.approx(expected if expected >= at_least - 1e-6 else 0.0, abs=1e-6)


def test_few_comparisons_do_not_load_numba() -> None:
    """Comparing a small table in a new process starts no compiler."""
    program = (
        "import sys\n"
        "from custid.comparison.comparer import PairComparer\n"
        "from custid.comparison.library import default_comparisons\n"
        "from tests.comparison.tables import all_pairs, context, make_table\n"
        "from custid.comparison.string_metrics import Executor\n"
        "row = dict(given_name='a b', family_name='c', full_name='d', organization_name='e f', street='g', city='i',\n"
        "           email='j@k', phone='12', postcode='34', birth_date='1980-01-02', sex='m', house_number='5')\n"
        "table = make_table([row, {name: value + 'x' for name, value in row.items()}])\n"
        "PairComparer(table, default_comparisons(table), context(Executor.RAPIDFUZZ)).compare(*all_pairs(2))\n"
        "sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
