"""Atoms under hashes are the atoms that units share, whatever table they stand in."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from custid.blocking import hashed_atoms, record_atoms
from custid.intake import detect, read
from custid.intake.canonical import SourceInput, canonical_values
from custid.table import RecordTable, build_record_table
from custid.testing import synthetic_customers, synthetic_organizations

Blocks = dict[str, set[frozenset[int]]]


def _tables(kind: str) -> tuple[RecordTable, RecordTable]:
    """Return a table of some records, and one of those of its units with even numbers."""
    made = synthetic_customers(300, seed=5) if kind == "persons" else synthetic_organizations(300, seed=5)
    intake = read(made.records)
    source = SourceInput(name="rows", intake=intake, mapping=detect(intake.table))
    canonical = canonical_values([source])
    table = build_record_table(canonical.values, canonical.n_rows)
    half = {name: (column.vocabulary, column.codes[::2]) for name, column in table.columns.items()}
    return table, build_record_table(half, len(table.n_copies[::2]))


def _shared(table: RecordTable) -> Blocks:
    """Return the sets of units that share an atom's hash, by kind."""
    found: Blocks = {}
    for column in hashed_atoms(table):
        units = defaultdict(set)
        for unit, value in zip(column.unit_idx.tolist(), column.hashes.tolist(), strict=True):
            units[value].add(unit)
        blocks = {frozenset(each) for each in units.values() if len(each) > 1}
        if blocks:
            found[column.name] = blocks
    return found


@pytest.mark.parametrize("kind", ["persons", "organizations"])
def test_blocks_of_hashes_are_those_of_numbers(kind: str) -> None:
    """Every kind has the blocks that `record_atoms` lists, and no other kind has any."""
    table = _tables(kind)[0]
    expected = {
        column.name: {
            frozenset(column.unit_idx[first:last].tolist())
            for first, last in zip(column.starts[:-1].tolist(), column.starts[1:].tolist(), strict=True)
        }
        for column in record_atoms(table)
    }
    assert _shared(table) == expected


@pytest.mark.parametrize("kind", ["persons", "organizations"])
def test_hashes_are_the_same_beside_other_units(kind: str) -> None:
    """A unit has the same hashes, kind by kind, in a table of half of the units."""
    table, half = _tables(kind)
    place = {value: unit for unit, value in enumerate(table.content_hash.tolist())}
    of_whole = {column.name: column for column in hashed_atoms(table)}
    assert [column.name for column in hashed_atoms(half)] == [*of_whole]
    for column in hashed_atoms(half):
        whole = of_whole[column.name]
        for unit, value in enumerate(half.content_hash.tolist()):
            there = set(whole.hashes[whole.unit_idx == place[value]].tolist())
            assert set(column.hashes[column.unit_idx == unit].tolist()) == there


def test_a_table_without_units_has_kinds_without_atoms() -> None:
    """Kinds are a matter of attributes, not of what rows hold."""
    table = build_record_table({"city": (["leeds"], np.array([[0]], np.int32))}, 1)
    assert [column.name for column in hashed_atoms(table)] == ["city.full", "city.token"]
