"""Candidate pairs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.blocking import (
    AtomColumn,
    CandidatePairs,
    _arrays,
    _compiled,
    _finder,
    _lister,
    block_candidates,
    candidates,
    plan_candidates,
    record_atoms,
    stream_candidates,
)
from custid.errors import ConfigurationError, ShapeMismatchError
from tests.oracles.blocking import Kind, blocks_by_rule, candidate_pairs
from tests.record_tables import table_of

_NEVER = 10**9
"""More keys than any problem here has: array operations do all of them."""

_LITTLE = {
    "_UNITS_IN_TASK": 1,
    "_UNITS_FOUND": 1,
    "_RECENT": 1,
    "_N_STORES": 2,
    "_FEWEST_SLOTS": 2,
    "_LOOK_UPS_AT_ONCE": 1,
    "_SAMPLED_UNITS": 2,
    "_UNITS_BEFORE_SAMPLE": 0.0,
    "_SAMPLE_AGAIN": 1.0,
}

compiled_from_keys = st.sampled_from((0, _NEVER))
_KINDS = (("city", "full", True), ("date", "year", False), ("name", "sound", False), ("name", "token", True))


def column(kind: Kind) -> AtomColumn:
    """Return atoms as the package holds them: those that several units have."""
    group, _, view = kind.name.partition(".")
    units_of: dict[int, list[int]] = {}
    for unit, atoms in enumerate(kind.atoms):
        for atom in atoms:
            units_of.setdefault(atom, []).append(unit)
    shared = [units for units in units_of.values() if len(units) > 1]
    return AtomColumn(
        group=group,
        kind=view,
        may_stand_alone=kind.may_stand_alone,
        starts=np.cumsum([0, *map(len, shared)]),
        unit_idx=np.array([unit for units in shared for unit in units], np.int32),
    )


def pairs_of(found: CandidatePairs) -> list[tuple[int, int]]:
    """Return the pairs in their order."""
    return list(zip(found.left_idx.tolist(), found.right_idx.tolist(), strict=True))


def kinds_of(n_units: int) -> st.SearchStrategy[list[Kind]]:
    """Return a strategy for atoms of some kinds, few enough to be shared."""
    atoms = st.lists(st.frozensets(st.integers(1, 5), max_size=3), min_size=n_units, max_size=n_units)
    return st.tuples(*(atoms for _ in _KINDS)).map(
        lambda made: [
            Kind(group, f"{group}.{view}", alone, units)
            for (group, view, alone), units in zip(_KINDS, made, strict=True)
        ]
    )


problems = st.integers(0, 9).flatmap(
    lambda n_units: st.tuples(
        kinds_of(n_units),
        st.none() | st.lists(st.integers(0, 2), min_size=n_units, max_size=n_units),
        st.integers(2, 8),
        st.sampled_from((0.1, 0.5, 1.0, 2.0, 45.0)),
    )
)
Problem = tuple[list[Kind], list[int] | None, int, float]


def solve(problem: Problem, n_threads: int = 1, compiled_from: int = _NEVER) -> CandidatePairs:
    """Return what an executor of the package proposes."""
    kinds, sources, cap, pairs_per_unit = problem
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(candidates, "_COMPILED_FROM_KEYS", compiled_from)
        return block_candidates(
            [column(kind) for kind in kinds],
            len(kinds[0].atoms),
            source_of_unit=None if sources is None else np.array(sources, np.int32),
            block_cap=cap,
            pairs_per_unit=pairs_per_unit,
            n_threads=n_threads,
        )


@given(problems, compiled_from_keys)
def test_pairs_are_those_that_share_a_key(problem: Problem, compiled_from: int) -> None:
    """Pairs that share a key in a block within the cap are proposed, each once, ascending; no others."""
    kinds, sources, cap, pairs_per_unit = problem
    n_units = len(kinds[0].atoms)
    expected, expected_cap = candidate_pairs(kinds, cap=cap, budget=int(pairs_per_unit * n_units), sources=sources)
    found = solve(problem, compiled_from=compiled_from)
    assert pairs_of(found) == sorted(expected)
    assert found.block_cap == expected_cap
    assert len(found) == len(expected)


def everything(found: CandidatePairs) -> tuple[object, ...]:
    """Return all that a run tells."""
    return pairs_of(found), found.block_cap, found.rules, found.n_units_passed_over


@given(problems)
def test_both_executors_are_equal(problem: Problem) -> None:
    """Compiled loops and array operations propose the same pairs and report the same."""
    assert everything(solve(problem, compiled_from=0)) == everything(solve(problem))


@given(problems)
def test_little_memory_gives_the_same(problem: Problem) -> None:
    """Keys and pairs that are collected a few at a time give the same pairs."""
    expected = everything(solve(problem))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_arrays, "_PAIRS_AT_ONCE", 1)
        patch.setattr(_compiled, "_SAMPLED_UNITS", 2)
        for name, little in _LITTLE.items():
            patch.setattr(_finder, name, little)
        patch.setattr(_lister, "_PAIRS_IN_RANGE", 1)
        patch.setattr(_lister, "_RANGES_AT_ONCE", 1)
        assert everything(solve(problem)) == expected
        assert everything(solve(problem, compiled_from=0)) == expected


@given(problems)
def test_reports(problem: Problem) -> None:
    """Each rule tells its blocks, those passed over, its largest one, and its pairs; rules are in order of name."""
    found = solve(problem)
    rules = blocks_by_rule(problem[0])
    assert [report.name for report in found.rules] == sorted(rules)
    for report in found.rules:
        sizes = [len(block) for block in rules[report.name]]
        used = [size for size in sizes if size <= found.block_cap]
        assert report.n_blocks == len(used)
        assert report.n_oversized_blocks == len(sizes) - len(used)
        assert report.largest_block == max(sizes, default=0)
        assert report.n_pairs == sum(size * (size - 1) // 2 for size in used)


@given(problems, compiled_from_keys)
def test_units_passed_over(problem: Problem, compiled_from: int) -> None:
    """Units that share a key in blocks above the cap only are counted."""
    found = solve(problem, compiled_from=compiled_from)
    blocks = [block for rule in blocks_by_rule(problem[0]).values() for block in rule]
    looked_at = {unit for block in blocks if len(block) <= found.block_cap for unit in block}
    assert found.n_units_passed_over == len({unit for block in blocks for unit in block} - looked_at)


@given(problems, compiled_from_keys, st.integers(1, 2))
def test_streams_give_the_same_pairs(problem: Problem, compiled_from: int, n_threads: int) -> None:
    """Ranges hold all pairs in order, as often as they are asked for, and arrays that are given are filled."""
    kinds, sources, cap, pairs_per_unit = problem
    expected = pairs_of(solve(problem))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(candidates, "_COMPILED_FROM_KEYS", compiled_from)
        patch.setattr(_lister, "_PAIRS_IN_RANGE", 3)
        patch.setattr(_arrays, "_PAIRS_AT_ONCE", 3)
        stream = stream_candidates(
            [column(kind) for kind in kinds],
            len(kinds[0].atoms),
            source_of_unit=None if sources is None else np.array(sources, np.int32),
            block_cap=cap,
            pairs_per_unit=pairs_per_unit,
            n_threads=n_threads,
        )
        assert stream.n_pairs == len(expected)
        for _ in range(2):
            listed = [list(zip(left.tolist(), right.tolist(), strict=True)) for left, right in stream.ranges()]
            assert [pair for part in listed for pair in part] == expected
        given_arrays: list[np.ndarray[tuple[int], np.dtype[np.int32]]] = []

        def allocate(n_pairs: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
            given_arrays.append(np.full(n_pairs, -1, np.int32))
            return given_arrays[-1]

        collected = stream.collect(allocate)
    assert pairs_of(collected) == expected
    assert (collected.left_idx is given_arrays[0], collected.right_idx is given_arrays[1]) == (True, True)


@given(problems)
def test_the_budget_is_kept(problem: Problem) -> None:
    """There are no more pairs than the budget allows, unless blocks of two alone give more."""
    found = solve(problem)
    assert len(found) <= problem[3] * len(problem[0][0].atoms) or found.block_cap == 2


@given(problems, st.integers(2, 4), compiled_from_keys)
def test_threads_do_not_matter(problem: Problem, n_threads: int, compiled_from: int) -> None:
    """Any number of threads proposes the same pairs and reports the same."""
    assert everything(solve(problem, n_threads, compiled_from)) == everything(solve(problem, 1, compiled_from))


@given(problems)
def test_pairs_across_sources_only(problem: Problem) -> None:
    """Where sources are given, every pair is of two of them."""
    kinds, sources, *_ = problem
    if sources is not None:
        found = solve((kinds, sources, 8, 45.0))
        assert all(sources[left] != sources[right] for left, right in pairs_of(found))


def random_kinds(n_units: int, seed: int) -> list[Kind]:
    """Return skewed atoms of many units."""
    random = np.random.default_rng(seed)
    return [
        Kind(
            group,
            f"{group}.{view}",
            alone,
            [
                frozenset((random.zipf(1.3, random.integers(0, 4)) % (n_units // 2) + 1).tolist())
                for _ in range(n_units)
            ],
        )
        for group, view, alone in _KINDS
    ]


@pytest.mark.parametrize("compiled_from", [0, _NEVER])
@pytest.mark.parametrize("n_threads", [1, 3])
@pytest.mark.parametrize("pairs_per_unit", [2.0, 12.0, 400.0])
def test_many_units(pairs_per_unit: float, n_threads: int, compiled_from: int) -> None:
    """Blocks of all sizes, up to the cap and beyond, give the pairs of the definition."""
    kinds = random_kinds(400, seed=1)
    expected, cap = candidate_pairs(kinds, cap=30, budget=pairs_per_unit * 400)
    found = solve((kinds, None, 30, pairs_per_unit), n_threads, compiled_from)
    assert pairs_of(found) == sorted(expected)
    assert found.block_cap == cap


@pytest.mark.parametrize("n_threads", [1, 2])
def test_units_of_several_ranges(n_threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Units that are far apart meet, and pairs ascend over all ranges of units."""
    random = np.random.default_rng(3)
    units = np.unique(np.concatenate([random.integers(0, 140_000, 400), [0, 65_535, 65_536, 131_071, 139_999]]))
    atom = random.integers(1, 30, len(units))
    one = AtomColumn(
        group="city",
        kind="full",
        may_stand_alone=True,
        starts=np.append(0, np.cumsum(np.bincount(atom)[1:])),
        unit_idx=units[np.argsort(atom, kind="stable")].astype(np.int32),
    )
    expected = everything(block_candidates([one], 140_000))
    monkeypatch.setattr(candidates, "_COMPILED_FROM_KEYS", 0)
    assert everything(block_candidates([one], 140_000, n_threads=n_threads)) == expected
    assert len(expected[0]) > 1000  # type: ignore[arg-type]


@pytest.mark.parametrize("propose", [block_candidates, plan_candidates])
@pytest.mark.parametrize(
    ("starts", "units", "problem"),
    [
        ([0, 2], [0, 3], "expected units from 0 to 2"),
        ([0, 2], [-1, 1], "expected units from 0 to 2"),
        ([0, 1, 3], [0, 0, 1], "expected starts of lists of two units"),
        ([0, 3], [0, 1], "expected starts of lists of two units"),
        ([2, 0], [0, 1], "expected starts of lists of two units"),
    ],
)
def test_atoms_of_other_units_are_refused(propose: Any, starts: list[int], units: list[int], problem: str) -> None:
    """Atoms of units that are not there, or of one unit alone, are named before any loop reads them."""
    one = AtomColumn(
        group="city",
        kind="full",
        may_stand_alone=True,
        starts=np.array(starts),
        unit_idx=np.array(units, np.int32),
    )
    with pytest.raises(ShapeMismatchError, match=f"atoms 'city.full': {problem}"):
        propose([one], 3)


def test_the_sample_may_mislead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where units that are not sampled have fewer pairs than it seems, larger blocks are looked at in turn."""
    problem = (random_kinds(400, seed=4), None, 30, 6.0)
    expected = everything(solve(problem))
    misled = iter([2])
    monkeypatch.setattr(_compiled, "largest_cap", lambda *asked: next(misled, None) or _lister.largest_cap(*asked))
    assert everything(solve(problem, compiled_from=0)) == expected


def test_blocks_left_out_are_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where blocks were left out that the budget would have done for, all are looked for once more."""
    problem = (random_kinds(400, seed=4), None, 30, 6.0)
    expected = everything(solve(problem))
    monkeypatch.setattr(_finder, "_UNITS_BEFORE_SAMPLE", 0.1)
    monkeypatch.setattr(_finder, "_BUDGET_MARGIN", 0.01)
    assert everything(solve(problem, compiled_from=0)) == expected


def test_few_keys_need_no_compiler() -> None:
    """A thousand records are blocked without loading numba."""
    program = (
        "import sys; from custid.testing import synthetic_customers; import custid;"
        "from custid.intake import detect, read; from custid.intake.canonical import SourceInput, canonical_values;"
        "from custid.table import build_record_table; from custid.blocking import block_candidates, record_atoms;"
        "intake = read(synthetic_customers(1000, seed=3).records);"
        "made = canonical_values([SourceInput(name='a', intake=intake, mapping=detect(intake.table))]);"
        "table = build_record_table(made.values, made.n_rows);"
        "assert len(block_candidates(record_atoms(table), table.n_units)); assert 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("compiled_from", [0, _NEVER])
@pytest.mark.parametrize("n_units", [0, 1, 5])
def test_nothing_in_common(n_units: int, compiled_from: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without atoms there are no pairs and no rules."""
    monkeypatch.setattr(candidates, "_COMPILED_FROM_KEYS", compiled_from)
    found = block_candidates([], n_units)
    assert (len(found), found.rules, found.block_cap) == (0, (), 50)
    assert found.left_idx.dtype == found.right_idx.dtype == np.int32


def test_chunks() -> None:
    """Chunks hold all pairs in order."""
    found = solve((random_kinds(50, seed=2), None, 20, 45.0))
    chunks = list(found.chunks(7))
    assert [len(left) for left, _ in chunks[:-1]] == [7] * (len(chunks) - 1)
    assert np.concatenate([left for left, _ in chunks]).tolist() == found.left_idx.tolist()
    assert np.concatenate([right for _, right in chunks]).tolist() == found.right_idx.tolist()


def proposed(columns: dict[str, Sequence[str | tuple[str, ...]]], block_cap: int) -> set[tuple[int, int]]:
    """Return the pairs of rows that blocking proposes for a table, rows all being distinct."""
    table = table_of(columns)
    row = {unit: row for row, unit in enumerate(table.unit_of_row.tolist())}
    found = block_candidates(record_atoms(table), table.n_units, block_cap=block_cap)
    return {tuple(sorted((row[left], row[right]))) for left, right in pairs_of(found)}  # type: ignore[misc]


def test_from_rows_to_pairs() -> None:
    """Records meet by a rare name, by two common atoms together, and not by one common atom."""
    columns: dict[str, Sequence[str | tuple[str, ...]]] = {
        "family_name": ["zimmermann", "zimmermann", "martin", "martyn", *["martin"] * 4],
        "birth_date": ["1950-01-01", "1990-12-31", "1980-05-06", "1980-05-07", "1961", "1962", "1963", "1964"],
        "sex": ["m", "m", "f", "f", "f", "f", "f", "f"],
    }
    pairs = proposed(columns, block_cap=3)
    assert {(0, 1), (2, 3)} <= pairs
    assert (4, 5) not in pairs


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"block_cap": 1}, "block_cap: expected 2 to 63 units, got 1"),
        ({"block_cap": 64}, "block_cap: expected 2 to 63 units, got 64"),
        ({"pairs_per_unit": 0.0}, "pairs_per_unit: expected a positive number, got 0.0"),
        ({"pairs_per_unit": float("nan")}, "pairs_per_unit: expected a positive number, got nan"),
        ({"n_threads": 0}, "n_threads: expected at least 1, got 0"),
        ({"block_cap": 20.5}, "block_cap: expected 2 to 63 units, got 20.5"),
        ({"pairs_per_unit": "24"}, "pairs_per_unit: expected a positive number, got '24'"),
        ({"n_threads": 1.5}, "n_threads: expected at least 1, got 1.5"),
    ],
)
def test_options_out_of_range(options: dict[str, Any], message: str) -> None:
    """An option that cannot work is an error that names it."""
    with pytest.raises(ConfigurationError, match=message):
        block_candidates([], 3, **options)


def test_sources_of_other_units() -> None:
    """There is one source per unit."""
    with pytest.raises(ShapeMismatchError, match="expected one source for each of 3 units, got 2"):
        block_candidates([], 3, source_of_unit=np.zeros(2, np.int32))


def test_keys_are_told_apart_whatever_room_units_take() -> None:
    """Keys that differ in their highest bits alone are two keys, however many bits the units leave them."""
    units, high = np.array([0, 1, 2, 3], np.int32), np.int64(1) << 62
    keys = np.array([5, 5, high + 5, high + 5])
    for unit_bits in (1 << 2, 1 << 4, 30):
        found = _arrays.FamilyBlocks.of_keys(units, keys, unit_bits=unit_bits, cap=50)
        assert (found.units.tolist(), found.sizes.tolist()) == ([0, 1, 2, 3], [2, 2])
