"""The index of candidates answers as a batch over the units it has would, however it came to have them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from custid.blocking import AtomColumn, record_atoms
from custid.errors import ConfigurationError, InputError, ShapeMismatchError, UnknownRecordError
from custid.index import AtomKind, CandidateIndex, PairChanges, UnitAtoms, _changes, _filling, candidate_index
from custid.table import RecordTable
from custid.testing import synthetic_customers
from tests.index.atom_lists import KINDS, Atoms, Pairs, atoms_of, batch_pairs, index_pairs, oracle_pairs
from tests.record_tables import table_of

_N_IDS = 12
unit_ids = st.integers(0, _N_IDS - 1)
units = st.tuples(*(st.frozensets(st.integers(1, 3), max_size=2) for _ in KINDS))
caps = st.integers(2, 5)
lengths = st.sampled_from((0, 1, 3, 256))


def empty_index(cap: int, long_from: int) -> CandidateIndex:
    """Return an index whose lists are long from some length on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(candidate_index, "_LONG_FROM", long_from)
        return CandidateIndex(KINDS, block_cap=cap)


def changes(told: PairChanges) -> tuple[Pairs, Pairs]:
    """Return pairs gained and lost as sets, having checked their order."""
    for pairs in (told.gained.tolist(), told.lost.tolist()):
        assert pairs == sorted(pairs)
        assert all(left < right for left, right in pairs)
    return {(left, right) for left, right in told.gained.tolist()}, {
        (left, right) for left, right in told.lost.tolist()
    }


class IndexMachine(RuleBasedStateMachine):
    """Units come and go, the index is packed and saved, and after every step it is what a batch says."""

    @initialize(cap=caps, long_from=lengths)
    def begin(self, cap: int, long_from: int) -> None:
        """Begin with nothing."""
        self.cap, self.units = cap, dict[int, Atoms]()
        self.index = empty_index(cap, long_from)

    @rule(unit_id=unit_ids, atoms=units)
    def add(self, unit_id: int, atoms: Atoms) -> None:
        """Add a unit: its candidates are those told before."""
        if unit_id in self.units:
            return
        looked_up = self.index.candidates(atoms_of([atoms])).tolist()
        self.index.add([unit_id], atoms_of([atoms]))
        self.units[unit_id] = atoms
        assert looked_up == self.index.partners(unit_id).tolist()

    @rule(several=st.dictionaries(unit_ids, units, max_size=6))
    def add_several(self, several: dict[int, Atoms]) -> None:
        """Add some units at once: the changes told of them are those that came about."""
        new = {unit_id: atoms for unit_id, atoms in several.items() if unit_id not in self.units}
        before = oracle_pairs(self.units, self.cap)
        with pytest.MonkeyPatch.context() as patch:
            # An index without units takes all of them at once.
            patch.setattr(_filling, "FILLED_FROM", 2)
            self.index.add(list(new), atoms_of(new.values()), n_threads=2)
        self.units.update(new)
        after = oracle_pairs(self.units, self.cap)
        assert changes(self.index.changes_by(list(new))) == (after - before, before - after)

    @precondition(lambda machine: machine.units)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """Remove some units: what is told of their coming is what their going takes back."""
        gone = data.draw(st.lists(st.sampled_from(sorted(self.units)), max_size=3, unique=True))
        before = oracle_pairs(self.units, self.cap)
        told = changes(self.index.changes_by(gone))
        for unit_id in gone:
            self.index.remove(unit_id)
            del self.units[unit_id]
            assert unit_id not in self.index
        after = oracle_pairs(self.units, self.cap)
        assert told == (before - after, after - before)

    @rule()
    def pack(self) -> None:
        """Pack the index."""
        self.index.pack()

    @rule()
    def save_and_load(self) -> None:
        """Go on with what a file gives back."""
        with TemporaryDirectory() as folder:
            self.index.save(Path(folder) / "index")
            self.index = CandidateIndex.load(Path(folder) / "index")

    @invariant()
    def is_the_batch(self) -> None:
        """The partners of all units are the candidate pairs of a batch over them."""
        expected = oracle_pairs(self.units, self.cap)
        assert index_pairs(self.index, self.units) == expected
        pairs = list(combinations(sorted(self.units), 2))
        are_candidates = self.index.are_candidates(np.array(pairs, np.int64).reshape(-1, 2))
        assert {pair for pair, is_one in zip(pairs, are_candidates.tolist(), strict=True) if is_one} == expected
        assert len(self.index) == len(self.units)
        assert self.index.block_cap == self.cap


test_any_history_ends_as_the_batch = IndexMachine.TestCase


def _of_customers(n_records: int) -> tuple[RecordTable, list[AtomColumn]]:
    """Return synthetic customers and their atoms."""
    made = synthetic_customers(n_records, seed=5).records.drop(["record_id"]).to_pydict()
    table = table_of({name: [value or "" for value in values] for name, values in made.items()})
    return table, list(record_atoms(table))


@pytest.mark.parametrize("long_from", [0, 4, 256])
@pytest.mark.parametrize("cap", [2, 9])
def test_candidates_are_those_of_the_package(cap: int, long_from: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the atoms of real records, any history ends with the pairs that stream_candidates finds."""
    monkeypatch.setattr(candidate_index, "_LONG_FROM", long_from)
    table, columns = _of_customers(120)
    atoms, kinds = UnitAtoms.of_columns(columns, table.n_units), AtomKind.of_columns(columns)
    random = np.random.default_rng(3)
    order = random.permutation(table.n_units)
    first, later = order[: len(order) // 2], order[len(order) // 2 :]
    index = CandidateIndex.build(kinds, first, atoms.of(first), block_cap=cap)
    present = set(first.tolist())
    for unit in later.tolist():
        index.add([unit], atoms.of([unit]))
        present.add(unit)
        if unit % 2:
            gone = min(present)
            index.remove(gone)
            present.remove(gone)
    assert len(present) > 50
    expected = batch_pairs(columns, sorted(present), cap)
    assert index_pairs(index, present) == expected
    fresh = CandidateIndex.build(kinds, sorted(present), atoms.of(sorted(present)), block_cap=cap)
    assert index_pairs(fresh, present) == expected
    assert len(expected) > 20


@given(st.lists(units, max_size=8), units, caps, lengths)
def test_candidates_do_not_depend_on_the_order_of_arrival(
    several: list[Atoms], probe: Atoms, cap: int, long_from: int
) -> None:
    """Units that come in another order, under other numbers, are the same candidates, ascending."""
    found = []
    for order in (1, -1):
        index = empty_index(cap, long_from)
        ids = list(range(len(several)))[::order]
        index.add(ids, atoms_of([several[unit] for unit in ids]))
        found.append(index.candidates(atoms_of([probe])).tolist())
    assert found[0] == found[1] == sorted(found[0])


def same_city(n_units: int) -> UnitAtoms:
    """Return units of one city, each with a name of its own."""
    starts = np.arange(0, 2 * n_units + 1, 2)
    hashes = np.stack([np.full(n_units, 7), np.arange(n_units)], axis=1).astype(np.uint64)
    return UnitAtoms(starts=starts, kinds=np.tile(np.array([0, 3], np.uint8), n_units), hashes=hashes.ravel())


def test_an_arrival_beside_a_hub_touches_as_few_units_as_elsewhere() -> None:
    """Beside so many units of one value, an arrival or a departure reads or writes a handful of places in lists."""
    # What is interpreted takes long.
    n_hub = 1_000 if numba.config.DISABLE_JIT else 100_000
    index = CandidateIndex(KINDS, block_cap=5)
    index.add(np.arange(n_hub), same_city(n_hub))
    # Its list has room: what moving it costs falls on the arrivals that filled it.
    before = index.n_touched
    assert before <= 4 * 2 * n_hub
    newcomer = UnitAtoms.of_unit(kinds=[0, 3], hashes=[7, 5])
    index.add([n_hub], newcomer)
    assert index.n_touched - before <= 4
    assert index.partners(n_hub).tolist() == [5]
    before = index.n_touched
    index.remove(3)
    assert index.n_touched - before <= 4


def test_many_partners_are_all_found() -> None:
    """A probe finds all its candidates where they are more than room is kept for."""
    n_units, cap = 1200, 60
    index = CandidateIndex(KINDS, block_cap=cap)
    tokens = np.arange(n_units) // 40
    index.add(
        np.arange(n_units),
        UnitAtoms(starts=np.arange(n_units + 1), kinds=np.full(n_units, 3, np.uint8), hashes=tokens.astype(np.uint64)),
    )
    probe = UnitAtoms.of_unit(kinds=[3] * 30, hashes=list(range(30)))
    assert index.candidates(probe).tolist() == list(range(n_units))


def test_an_atom_that_recurs_counts_once() -> None:
    """A unit that names an atom twice has it once, as has a probe."""
    index = CandidateIndex(KINDS, block_cap=2)
    index.add([1], UnitAtoms.of_unit(kinds=[0, 0], hashes=[7, 7]))
    assert index.candidates(UnitAtoms.of_unit(kinds=[0, 0], hashes=[7, 7])).tolist() == [1]
    index.remove(1)
    assert index.candidates(UnitAtoms.of_unit(kinds=[0], hashes=[7])).tolist() == []


def test_units_without_atoms_have_no_candidates() -> None:
    """A unit may have no atom, and then has no partner."""
    index = CandidateIndex(KINDS, block_cap=2)
    nothing = UnitAtoms.of_unit(kinds=[], hashes=[])
    index.add([1, 2], UnitAtoms(starts=np.zeros(3, np.int64), kinds=nothing.kinds, hashes=nothing.hashes))
    assert index.partners(1).tolist() == index.candidates(nothing).tolist() == []
    index.remove(1)
    assert 2 in index
    assert 1 not in index
    assert -1 not in index


@pytest.mark.parametrize("n_at_once", [3, 10])
def test_units_without_atoms_take_no_place_of_others(n_at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index of them alone, packed or filled, gives nothing back as they go, and takes other units as ever."""
    monkeypatch.setattr(_filling, "FILLED_FROM", n_at_once)
    index = CandidateIndex(KINDS, block_cap=5)
    index.add(
        [1, 2, 3], UnitAtoms(starts=np.zeros(4, np.int64), kinds=np.zeros(0, np.uint8), hashes=np.zeros(0, np.uint64))
    )
    index.pack()
    for unit in (1, 2, 3):
        index.remove(unit)
    several = [[frozenset({1, unit % 2}), *[frozenset({unit % 3})] * 3] for unit in range(12)]
    for unit, atoms in enumerate(several):
        index.add([unit], atoms_of([atoms]))
    units = dict(enumerate(several))
    assert index_pairs(index, units) == oracle_pairs(units, 5)


def test_readers_never_see_half_an_addition() -> None:
    """While pairs of units are added, whoever looks up finds both of a pair or none."""
    index = CandidateIndex(KINDS, block_cap=63)
    probe, odd, is_done = UnitAtoms.of_unit(kinds=[0], hashes=[7]), list[int](), Event()

    def look_up() -> None:
        while not is_done.is_set():
            odd.extend(n for n in [len(index.candidates(probe))] if n % 2)

    readers = [Thread(target=look_up) for _ in range(2)]
    for reader in readers:
        reader.start()
    for unit in range(0, 60, 2):
        index.add(
            [unit, unit + 1],
            UnitAtoms(starts=np.arange(3), kinds=np.zeros(2, np.uint8), hashes=np.full(2, 7, np.uint64)),
        )
    is_done.set()
    for reader in readers:
        reader.join()
    assert odd == []
    assert len(index.candidates(probe)) == 60


def test_two_that_fill_an_empty_index_at_once_both_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits while another one fills the index adds to it then, and replaces nothing."""
    monkeypatch.setattr(_filling, "FILLED_FROM", 2)
    for _ in range(20):
        index, has_begun = CandidateIndex(KINDS, block_cap=63), Event()

        def fill(index: CandidateIndex = index, has_begun: Event = has_begun) -> None:
            atoms = same_city(3)
            has_begun.set()
            index.add([1, 2, 3], atoms)

        other = Thread(target=fill)
        with index._turns.writing():
            other.start()
            has_begun.wait()
            index.add(np.arange(10, 60), same_city(50))
        other.join()
        assert len(index) == 53
        assert 1 in index
        assert 10 in index


def test_largest_identifier() -> None:
    """Identifiers take all 64 bits."""
    index = CandidateIndex(KINDS, block_cap=2)
    index.add([2**64 - 1, 0], atoms_of([[frozenset({1})] * 4] * 2))
    assert index.partners(0).tolist() == [2**64 - 1]
    assert repr(index) == "CandidateIndex(n_units=2, block_cap=2)"
    assert index.n_bytes > 0
    assert index.kinds == KINDS


def test_a_unit_that_is_there_is_refused() -> None:
    """A unit cannot be added twice, and nothing is added then."""
    index = CandidateIndex(KINDS, block_cap=2)
    one = atoms_of([[frozenset({1})] * 4])
    index.add([1], one)
    with pytest.raises(InputError, match="expected units that the index does not have, got unit 1"):
        index.add([2, 1], atoms_of([[frozenset({1})] * 4] * 2))
    with pytest.raises(InputError, match="expected distinct identifiers"):
        index.add([3, 3], atoms_of([[frozenset({1})] * 4] * 2))
    assert len(index) == 1


@pytest.mark.parametrize("unit_ids", [[-1], np.array([3, -1]), [1.5], np.array([1.0]), [2**64], [True], ["1"], [None]])
def test_what_is_no_identifier_is_refused(unit_ids: Any) -> None:
    """A number below 0, with a fraction or beyond 64 bits would be another unit's identifier."""
    index = CandidateIndex(KINDS, block_cap=2)
    for ask in (index.partners_of, index.changes_by, lambda ids: index.add(ids, atoms_of([[frozenset({1})] * 4]))):
        with pytest.raises(InputError, match=r"unit_ids: expected (0 or more|whole numbers)"):
            ask(unit_ids)
    assert len(index) == 0


def test_identifiers_on_either_side_of_half_the_range() -> None:
    """A list of small and of the largest numbers, which numpy takes for floats, names the units that it says."""
    index = CandidateIndex(KINDS, block_cap=2)
    index.add([1, 2**63 + 1], atoms_of([[frozenset({1})] * 4] * 2))
    assert index.partners(1).tolist() == [2**63 + 1]


def test_changes_by_a_unit_given_twice_are_refused() -> None:
    """A unit that came once does not count twice."""
    index = CandidateIndex(KINDS, block_cap=2)
    index.add([1, 2], atoms_of([[frozenset({1})] * 4] * 2))
    with pytest.raises(InputError, match="unit_ids: expected each unit once, got one of them twice"):
        index.changes_by([2, 1, 2])


@pytest.mark.parametrize(
    "ask",
    [
        lambda index: index.remove(4),
        lambda index: index.partners(4),
        lambda index: index.partners_of([1, 4]),
        lambda index: index.changes_by([1, 4]),
        lambda index: index.are_candidates(np.array([[1, 4]])),
    ],
    ids=["remove", "partners", "partners_of", "changes_by", "are_candidates"],
)
def test_an_unknown_unit_is_refused(ask: Callable[[CandidateIndex], object]) -> None:
    """What asks for a unit names it where the index does not have it."""
    index = CandidateIndex(KINDS, block_cap=2)
    index.add([1], atoms_of([[frozenset({1})] * 4]))
    with pytest.raises(UnknownRecordError, match="unit 4: expected one of the 1 units"):
        ask(index)


@pytest.mark.parametrize("long_from", [3, 256])
def test_many_units_at_once_are_told_of_as_one_by_one(long_from: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In threads or not, partners are those of each unit, and changes those between two batches."""
    monkeypatch.setattr(candidate_index, "_LONG_FROM", long_from)
    monkeypatch.setattr(_changes, "_PAIRS_ALONE", 2)
    table, columns = _of_customers(200)
    atoms, kinds = UnitAtoms.of_columns(columns, table.n_units), AtomKind.of_columns(columns)
    index = CandidateIndex.build(kinds, range(table.n_units), atoms, block_cap=4)
    marked = list(range(0, table.n_units, 3))
    # Threads begin.
    assert len(marked) > _changes._ALONE
    others = [unit for unit in range(table.n_units) if unit % 3]
    after, before = batch_pairs(columns, range(table.n_units), 4), batch_pairs(columns, others, 4)
    for n_threads in (1, 2, 3):
        ends, found = index.partners_of(marked, n_threads=n_threads)
        told = [found[first:last].tolist() for first, last in pairwise(ends.tolist())]
        assert told == [index.partners(unit).tolist() for unit in marked]
        assert changes(index.changes_by(marked, n_threads=n_threads)) == (after - before, before - after)
        assert index.are_candidates(np.array(sorted(after)), n_threads=n_threads).all()
    assert len(before - after) > 50


def test_atoms_that_do_not_fit_are_refused() -> None:
    """The atoms are of as many units as are named, and of kinds that the index has."""
    index = CandidateIndex(KINDS, block_cap=2)
    two = atoms_of([[frozenset({1})] * 4] * 2)
    with pytest.raises(ShapeMismatchError, match="expected those of 1 units, got those of 2"):
        index.add([1], two)
    with pytest.raises(ShapeMismatchError, match="expected those of 1 units, got those of 2"):
        index.candidates(two)
    with pytest.raises(ShapeMismatchError, match="expected kinds below 4, got 4"):
        index.candidates(UnitAtoms.of_unit(kinds=[4], hashes=[1]))


def test_kinds_and_cap_that_cannot_work_are_refused() -> None:
    """Two kinds of one name cannot be told apart, and a cap is 2 to 63."""
    with pytest.raises(ConfigurationError, match="expected at most 256 distinct ones, got 2, 1 of them distinct"):
        CandidateIndex([KINDS[0], KINDS[0]], block_cap=2)
    with pytest.raises(ConfigurationError, match="block_cap: expected 2 to 63"):
        CandidateIndex(KINDS, block_cap=64)


def test_lists_that_do_not_fit_numbers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that outgrows its numbers says so, and goes on with what it has."""
    from custid.index import _room  # loads the compiler

    index = CandidateIndex(KINDS, block_cap=2)
    index.add([1], atoms_of([[frozenset({1})] * 4]))
    monkeypatch.setattr(_room, "LARGEST_POOL", 100)
    with pytest.raises(ConfigurationError, match="expected lists of at most 100 numbers"):
        index.add(range(2, 200), atoms_of([[frozenset({1})] * 4] * 198))
    assert index.partners(1).tolist() == []
