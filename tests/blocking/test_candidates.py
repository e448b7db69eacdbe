"""Candidate pairs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.blocking import AtomColumn, CandidatePairs, _arrays, _compiled, block_candidates, candidates, record_atoms
from custid.blocking._compiled import _largest_cap as largest_cap
from custid.errors import ConfigurationError, ShapeMismatchError
from custid.table.hashing import mix
from tests.oracles.blocking import Kind, blocks_by_rule, candidate_pairs
from tests.record_tables import table_of

_NEVER = 10**9
"""More keys than any problem here has: array operations do all of them."""

compiled_from_keys = st.sampled_from((0, _NEVER))
_KINDS = (("city", "full", True), ("date", "year", False), ("name", "sound", False), ("name", "token", True))


def column(kind: Kind) -> AtomColumn:
    """Return atoms as the package holds them."""
    group, _, view = kind.name.partition(".")
    pairs = [
        (unit, int(mix(np.array([atom], np.uint64))[0])) for unit, atoms in enumerate(kind.atoms) for atom in atoms
    ]
    pairs.sort()
    return AtomColumn(
        group=group,
        kind=view,
        may_stand_alone=kind.may_stand_alone,
        unit_idx=np.array([unit for unit, _ in pairs], np.int32),
        hashes=np.array([atom for _, atom in pairs], np.uint64),
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
    return pairs_of(found), found.block_cap, found.rules


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
        patch.setattr(_compiled, "_KEYS_AT_ONCE", 1)
        patch.setattr(_compiled, "_KEYS_PER_BUCKET_BITS", 0)
        patch.setattr(_compiled, "_FEWEST_SLOTS", 2)
        patch.setattr(_compiled, "_SAMPLED_UNITS", 2)
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
    one = AtomColumn(
        group="city",
        kind="full",
        may_stand_alone=True,
        unit_idx=units.astype(np.int32),
        hashes=mix(random.integers(1, 60, len(units)).astype(np.uint64)),
    )
    expected = everything(block_candidates([one], 140_000))
    monkeypatch.setattr(candidates, "_COMPILED_FROM_KEYS", 0)
    assert everything(block_candidates([one], 140_000, n_threads=n_threads)) == expected
    assert len(expected[0]) > 1000  # type: ignore[arg-type]


def test_the_sample_may_mislead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where units that are not sampled have fewer pairs than it seems, larger blocks are looked at in turn."""
    problem = (random_kinds(400, seed=4), None, 30, 6.0)
    expected = everything(solve(problem))
    misled = iter([2])
    monkeypatch.setattr(_compiled, "_largest_cap", lambda *asked: next(misled, None) or largest_cap(*asked))
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
def test_equal_hashes_in_the_bits_that_remain(compiled_from: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two atoms of one unit that look alike to the blocks do not pair the unit with itself."""
    monkeypatch.setattr(candidates, "_COMPILED_FROM_KEYS", compiled_from)
    one = AtomColumn(
        group="city",
        kind="full",
        may_stand_alone=True,
        unit_idx=np.array([0, 0, 1, 2], np.int32),
        hashes=np.array([0x1000, 0x1001, 0x1002, 0x2000], np.uint64),
    )
    assert pairs_of(block_candidates([one], 3)) == [(0, 1)]


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
    ],
)
def test_options_out_of_range(options: dict[str, int], message: str) -> None:
    """An option that cannot work is an error that names it."""
    with pytest.raises(ConfigurationError, match=message):
        block_candidates([], 3, **options)  # type: ignore[arg-type]


def test_sources_of_other_units() -> None:
    """There is one source per unit."""
    with pytest.raises(ShapeMismatchError, match="expected one source for each of 3 units, got 2"):
        block_candidates([], 3, source_of_unit=np.zeros(2, np.int32))
