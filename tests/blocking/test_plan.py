"""Plans of blocking."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.blocking import BlockingPlan, plan, plan_candidates, record_atoms
from custid.errors import ConfigurationError
from tests.blocking.test_candidates import Problem, column, problems, random_kinds, solve
from tests.record_tables import table_of


def planned(problem: Problem, n_threads: int = 1) -> BlockingPlan:
    """Return the plan of a problem."""
    kinds, sources, cap, pairs_per_unit = problem
    return plan_candidates(
        [column(kind) for kind in kinds],
        len(kinds[0].atoms),
        source_of_unit=None if sources is None else np.array(sources, np.int32),
        block_cap=cap,
        pairs_per_unit=pairs_per_unit,
        n_threads=n_threads,
    )


@given(problems, st.integers(1, 2))
def test_a_sample_of_everything_is_exact(problem: Problem, n_threads: int) -> None:
    """Where all units are in the sample, the plan tells what the run then reports, without an error."""
    expected, found = solve(problem), planned(problem, n_threads)
    assert (found.block_cap, found.n_pairs, found.n_pairs_error) == (expected.block_cap, len(expected), 0)
    assert [
        (rule.name, rule.n_blocks, rule.n_oversized_blocks, rule.largest_block, rule.n_pairs) for rule in found.rules
    ] == [
        (rule.name, rule.n_blocks, rule.n_oversized_blocks, rule.largest_block, rule.n_pairs) for rule in expected.rules
    ]


def test_a_sample_tells_the_number_of_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """From some of the units the number of pairs is told within a few errors."""
    problem = (random_kinds(600, seed=5), None, 30, 400.0)
    monkeypatch.setattr(plan, "_SAMPLED_UNITS", 300)
    found, expected = planned(problem), solve(problem)
    assert found.n_sampled < found.n_units
    assert 0 < found.n_pairs_error < found.n_pairs
    assert abs(found.n_pairs - len(expected)) <= 2 * found.n_pairs_error


def people() -> BlockingPlan:
    """Return the plan of forty people, the first of whom stands there twice, once without an e-mail address."""
    numbers = [*range(40), 0]
    return plan_of(
        {
            "given_name": [f"given{chr(97 + number % 20)}x{number}" for number in numbers],
            "phone": [f"06{number:02}55{number:02}77" for number in numbers],
            "email": [*(f"person{number}@site.example" for number in numbers[:-1]), ""],
            "street": [f"{chr(97 + number % 26)}{number} street" for number in numbers],
            "loyalty_card": [f"{number * 7919:08}" for number in numbers],
        }
    )


def plan_of(columns: dict[str, list[str]]) -> BlockingPlan:
    """Return the plan of a table."""
    table = table_of(columns)
    return plan_candidates(record_atoms(table), table.n_units)


def test_recall_is_that_of_near_certain_pairs() -> None:
    """Rules on what near-certain pairs have in common hold them; rules on what one of them lacks do not."""
    found = people()
    recall = {rule.name: rule.recall for rule in found.rules}
    assert (found.n_near_certain, found.recall) == (1, 1.0)
    assert recall["name.token"] == recall["loyalty_card.full + phone.full"] == 1.0
    assert [name for name in recall if "email" in name and recall[name] > 0] == []


def test_nothing_near_certain() -> None:
    """Without near-certain pairs recall is not told."""
    found = plan_of({"city": ["leeds", "leeds"], "sex": ["m", "f"]})
    assert (found.n_near_certain, math.isnan(found.recall), found.to_dict()["recall"]) == (0, True, None)
    assert "recall of near-certain pairs: unknown" in str(found)


def test_no_records() -> None:
    """Nothing is planned for nothing."""
    found = plan_candidates([], 0)
    assert (found.n_units, found.n_pairs, found.rules) == (0, 0, ())


def test_the_text_shows_the_largest_rules() -> None:
    """The text tells the totals, then the rules with the most pairs, then how many others there are."""
    found = people()
    lines = str(found).splitlines()
    assert lines[0] == "41 distinct records, 41 of them in the sample"
    assert lines[1].startswith(f"candidate pairs: {found.n_pairs:,} (largest block {found.block_cap})")
    assert lines[-1] == f"… and {len(found.rules) - 15} rules with fewer pairs"


def test_options_out_of_range() -> None:
    """An option that cannot work is an error that names it."""
    with pytest.raises(ConfigurationError, match="block_cap: expected 2 to 63 units, got 1"):
        plan_candidates([], 3, block_cap=1)


@given(problems)
def test_plans_do_not_depend_on_threads(problem: Problem) -> None:
    """Any number of threads plans the same."""
    assert str(planned(problem, 3).to_dict()) == str(planned(problem).to_dict())
