"""The units that share a small block with a record that comes, found while somebody waits.

Invariant: at any time, two units are candidates exactly if they are in the batch over all units present with the cap of
the index.  How the index came to hold them leaves no trace in what it answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import field, frozen
from numpy.typing import ArrayLike, NDArray

from custid._threads import Turns
from custid.blocking._limits import check_limits
from custid.errors import InputError, ShapeMismatchError, UnknownRecordError
from custid.index._files import read_index, write_index
from custid.index._kinds import check_kinds
from custid.index._lookups import (
    ThreadRoom,
    contiguous,
    count_place,
    make_probe,
    make_room,
    ordered_pairs,
    with_more_members,
)
from custid.index.atoms import AtomKind, UnitAtoms

if TYPE_CHECKING:
    from custid.kernels.index_lists import IndexArrays
    from custid.kernels.index_lookups import LookupRoom

__all__ = ["CandidateIndex", "PairChanges"]

_LONG_FROM = 256
"""Units that are gone through for an atom of a probe at most; blocks of two longer lists are counted ahead.

Twice as many make a look-up go through two to three times as many rows, and save 100 to 300 bytes a unit where names
and places are as unevenly spread as those of people.
"""

_FEWEST_PAIRS = 1024


@frozen(kw_only=True, eq=False)
class PairChanges:
    """Candidate pairs that come and go with a unit.

    Attributes
    ----------
    gained, lost : ndarray of uint64, shape (n_pairs, 2)
        Identifiers of units, the smaller one first, ascending; no pair is in both.
    """

    gained: NDArray[np.uint64] = field(repr=False)
    lost: NDArray[np.uint64] = field(repr=False)


def _wrapping() -> AbstractContextManager[Any]:
    from custid.kernels.hash_slots import wrapping  # noqa: PLC0415  # loads numba

    return wrapping()


class CandidateIndex:
    """Units by their atoms, for look-ups and changes one at a time.

    Two units are candidates if they share a key whose block has two units to the cap, over all units in the index and
    the one looked for.  A key is an atom that may stand alone, two atoms of different groups, or two of one kind of
    name: as :func:`custid.blocking.stream_candidates` has it.

    Parameters
    ----------
    kinds : sequence of AtomKind
        The kinds of atoms, at most 256.
    block_cap : int
        Blocks of more units than this are passed over, 2 to 63: the cap of the run that the match model comes from.

    Raises
    ------
    ConfigurationError
        If the cap is out of range, or two kinds have one name.

    Notes
    -----
    Any number of threads may ask side by side; one at a time changes the index while nobody asks, so that nobody meets
    half a change.  Pairs of one source are candidates like others: leave them out afterwards where sources are free of
    duplicates, as the batch does.

    The index takes 600 to 850 bytes per unit of twenty-four atoms.  A look-up goes through a few hundred rows and looks
    up about a hundred keys, whatever the length of lists and the number of units.

    Examples
    --------
    >>> kinds = [
    ...     AtomKind(group="email", kind="full", may_stand_alone=True),
    ...     AtomKind(group="city", kind="full", may_stand_alone=False),
    ... ]
    >>> index = CandidateIndex(kinds, block_cap=2)
    >>> index.add([10, 20], UnitAtoms(starts=np.array([0, 1, 2]), kinds=np.array([0, 0]), hashes=np.array([7, 8])))
    >>> index.candidates(UnitAtoms.of_unit(kinds=[0], hashes=[8])).tolist()
    [20]
    """

    def __init__(self, kinds: Sequence[AtomKind], *, block_cap: int) -> None:
        from custid.index._room import empty_arrays  # noqa: PLC0415  # loads numba

        check_kinds(kinds)
        check_limits(0, None, block_cap, 1.0, 1)
        self._begin(tuple(kinds), empty_arrays(kinds, block_cap, _LONG_FROM))

    def _begin(self, kinds: tuple[AtomKind, ...], arrays: IndexArrays) -> None:
        self._kinds = kinds
        self._arrays = arrays
        self._turns = Turns()
        self._rooms = ThreadRoom()

    @classmethod
    def build(
        cls, kinds: Sequence[AtomKind], unit_ids: ArrayLike, atoms: UnitAtoms, *, block_cap: int
    ) -> CandidateIndex:
        """Return an index of some units.

        Parameters
        ----------
        kinds : sequence of AtomKind
            The kinds of atoms.
        unit_ids : array_like of uint64, shape (n_units,)
            Distinct identifiers of the units.
        atoms : UnitAtoms
            Their atoms.
        block_cap : int
            Blocks of more units than this are passed over, 2 to 63.

        Returns
        -------
        CandidateIndex
            With as little room to spare as a loaded one.

        Raises
        ------
        ConfigurationError, InputError, ShapeMismatchError
            As in the constructor and in :meth:`add`.
        """
        index = cls(kinds, block_cap=block_cap)
        index.add(unit_ids, atoms)
        index.pack()
        return index

    @property
    def kinds(self) -> tuple[AtomKind, ...]:
        """The kinds of atoms."""
        return self._kinds

    @property
    def block_cap(self) -> int:
        """Blocks of more units than this are passed over."""
        return int(self._arrays.counts[count_place("BLOCK_CAP")])

    @property
    def n_bytes(self) -> int:
        """Size of all arrays of the index."""
        return sum(array.nbytes for array in self._arrays)

    @property
    def n_touched(self) -> int:
        """Units read or written in lists of atoms by all changes since the index was made."""
        return int(self._arrays.counts[count_place("N_TOUCHED")])

    def __len__(self) -> int:
        return int(self._arrays.counts[count_place("N_UNITS")])

    def __repr__(self) -> str:
        return f"{type(self).__name__}(n_units={len(self)}, block_cap={self.block_cap})"

    def __contains__(self, unit_id: int) -> bool:
        with self._turns.reading(), _wrapping():
            return self._number_of(unit_id) >= 0

    def _number_of(self, unit_id: int) -> int:
        from custid.kernels.hash_slots import find_number  # noqa: PLC0415  # loads numba

        if not 0 <= unit_id < 1 << 64:
            return -1
        return find_number(self._arrays.unit_slots, self._arrays.unit_ids, np.uint64(unit_id))

    def _known_number(self, unit_id: int) -> int:
        number = self._number_of(unit_id)
        if number < 0:
            raise UnknownRecordError(
                f"unit {unit_id}: expected one of the {len(self)} units of the index, got another."
            )
        return number

    def _check_atoms(self, atoms: UnitAtoms, n_units: int) -> None:
        if atoms.n_units != n_units:
            raise ShapeMismatchError(f"atoms: expected those of {n_units} units, got those of {atoms.n_units}.")
        highest = int(atoms.kinds.max(initial=0))
        if len(atoms.kinds) and highest >= len(self._kinds):
            raise ShapeMismatchError(f"atoms: expected kinds below {len(self._kinds)}, got {highest}.")

    def add(self, unit_ids: ArrayLike, atoms: UnitAtoms, *, n_threads: int = 1) -> None:
        """Add units, all of them before anybody asks again.

        Parameters
        ----------
        unit_ids : array_like of uint64, shape (n_units,)
            Identifiers, 0 to 2^64 - 1: distinct, and not in the index.
        atoms : UnitAtoms
            Their atoms.
        n_threads : int
            Threads that bring many units into an index without any; the result does not depend on it.

        Raises
        ------
        InputError
            If an identifier is in the index already, or given twice; nothing has changed then.
        ShapeMismatchError
            If there are not as many identifiers as units, or an atom is of a kind that the index does not have.
        """
        from custid.index._filling import FILLED_FROM, filled  # noqa: PLC0415  # loads numba
        from custid.index._room import empty_arrays, with_room  # noqa: PLC0415  # loads numba
        from custid.kernels import index_updates  # noqa: PLC0415  # loads numba

        ids = np.atleast_1d(np.asarray(unit_ids, np.uint64))
        self._check_atoms(atoms, len(ids))
        if len(ids) >= FILLED_FROM and not len(self):
            self._refuse_known(ids)
            with self._turns.writing():
                empty = empty_arrays(self._kinds, self.block_cap, int(self._arrays.counts[count_place("LONG_FROM")]))
                self._arrays = filled(empty, ids, atoms, n_threads)
            return
        given = index_updates.AtomsOfUnits(*contiguous(atoms))
        numbers = np.empty(int(np.diff(atoms.starts).max(initial=0)), np.int32)
        needs, n_done = np.zeros(3, np.int64), 0
        with self._turns.writing(), _wrapping():
            self._refuse_known(ids)
            self._arrays = with_room(self._arrays, n_units=len(ids))
            while n_done < len(ids):
                n_done = index_updates.add_units(self._arrays, ids, given, n_done, numbers, needs)
                if n_done < len(ids):
                    n_keys, n_pool, n_atoms = needs.tolist()
                    self._arrays = with_room(self._arrays, n_atoms=n_atoms, n_keys=n_keys, n_pool=n_pool)

    def _refuse_known(self, ids: NDArray[np.uint64]) -> None:
        if len(ids) > 1 and len(np.unique(ids)) < len(ids):
            raise InputError("unit_ids: expected distinct identifiers, got one of them twice.")
        known = [unit_id for unit_id in ids.tolist() if self._number_of(unit_id) >= 0] if len(self) else []
        if known:
            raise InputError(
                f"unit_ids: expected units that the index does not have, got unit {known[0]}.",
                hint="A unit whose content changes is another unit: remove the old one and add the new one.",
            )

    def remove(self, unit_id: int) -> None:
        """Take a unit out.

        Parameters
        ----------
        unit_id : int
            Its identifier.

        Raises
        ------
        UnknownRecordError
            If the index does not have it.
        """
        from custid.index._room import with_room  # noqa: PLC0415  # loads numba
        from custid.kernels.index_updates import remove_unit  # noqa: PLC0415  # loads numba

        with self._turns.writing(), _wrapping():
            number = self._known_number(unit_id)
            while n_lacking := remove_unit(self._arrays, number):
                self._arrays = with_room(self._arrays, n_pool=n_lacking)

    def pack(self) -> None:
        """Copy the index to arrays that have little room to spare, while nobody asks."""
        from custid.index._room import packed  # noqa: PLC0415  # loads numba

        with self._turns.writing():
            self._arrays = packed(self._arrays)

    def candidates(self, atoms: UnitAtoms) -> NDArray[np.uint64]:
        """Return the candidates of a unit that is not in the index.

        Parameters
        ----------
        atoms : UnitAtoms
            The atoms of one unit.

        Returns
        -------
        ndarray of uint64
            Identifiers, ascending: the partners that the unit would have if it were added.

        Raises
        ------
        ShapeMismatchError
            If there is not one unit, or an atom is of a kind that the index does not have.
        """
        self._check_atoms(atoms, 1)
        return self._found(contiguous(atoms))

    def candidates_of(self, kinds: NDArray[np.uint8], hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Return the candidates of a unit as :meth:`candidates` does, of atoms that need not be checked.

        Parameters
        ----------
        kinds : ndarray of uint8, shape (n_atoms,)
            Position of each atom's kind among the kinds of the index.
        hashes : ndarray of uint64, shape (n_atoms,)
            Its hash.

        Returns
        -------
        ndarray of uint64
            Identifiers, ascending.
        """
        return self._found((np.array([0, len(kinds)]), kinds, hashes))

    def _found(self, atoms: tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.uint64]]) -> NDArray[np.uint64]:
        from custid.kernels.index_lookups import find_candidates  # noqa: PLC0415  # loads numba
        from custid.kernels.index_updates import AtomsOfUnits  # noqa: PLC0415  # loads numba

        given = AtomsOfUnits(*atoms)
        with self._turns.reading(), _wrapping():
            room = self._room_for(len(given.kinds))
            found = np.empty(len(room.members), np.uint64)
            n_found = find_candidates(self._arrays, given, room, found)
            while n_found == len(room.members):
                room = self._rooms.room = with_more_members(room)
                found = np.empty(len(room.members), np.uint64)
                n_found = find_candidates(self._arrays, given, room, found)
        found = found[:n_found]
        found.sort()
        return found

    def partners(self, unit_id: int) -> NDArray[np.uint64]:
        """Return the candidates of a unit in the index.

        Parameters
        ----------
        unit_id : int
            Its identifier.

        Returns
        -------
        ndarray of uint64
            Identifiers of other units, ascending.

        Raises
        ------
        UnknownRecordError
            If the index does not have the unit.
        """
        with self._turns.reading(), _wrapping():
            number = self._known_number(unit_id)
            members = self._partners_of(number)
            return np.sort(self._arrays.unit_ids[members])

    def are_candidates(self, pairs: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Tell which pairs of units in the index are candidates.

        Parameters
        ----------
        pairs : ndarray of int, shape (n_pairs, 2)
            Two different units for each.

        Returns
        -------
        ndarray of bool, shape (n_pairs,)
            Whether the two are partners.

        Raises
        ------
        UnknownRecordError
            If the index does not have a unit.
        """
        with self._turns.reading(), np.errstate(over="ignore"):
            numbers = np.array([self._known_number(unit) for unit in pairs.ravel().tolist()], np.uint64)
            ends = np.sort(numbers.reshape(-1, 2), axis=1)
            return self._are_held(ends[:, 0] << np.uint64(32) | ends[:, 1], np.empty(0, np.int32), by=0)

    def changes_by_arrival(self, unit_id: int, atoms: UnitAtoms) -> PairChanges:
        """Tell which pairs become candidates, and which cease to be, if a unit is added.

        Parameters
        ----------
        unit_id : int
            An identifier that is not in the index.
        atoms : UnitAtoms
            The atoms of one unit.

        Returns
        -------
        PairChanges
            Gained are the unit's own pairs; lost are pairs of others that no block holds but those that the unit makes
            too large.

        Raises
        ------
        InputError
            If the index has the unit.
        ShapeMismatchError
            If there is not one unit, or an atom is of a kind that the index does not have.
        """
        self._check_atoms(atoms, 1)
        with self._turns.reading(), _wrapping():
            self._refuse_known(np.array([unit_id], np.uint64))
            numbers, cap = self._numbers_of_probe(atoms), self.block_cap
            own = self._members(numbers, n_own=1, sizes=(2, cap))
            pairs = self._pairs_of_blocks(numbers, n_own=1, size=cap + 1)
            lost = pairs[~self._are_held(pairs, numbers, by=1)]
            return PairChanges(gained=self._own_pairs(unit_id, own), lost=self._named(lost))

    def changes_by_departure(self, unit_id: int) -> PairChanges:
        """Tell which pairs become candidates, and which cease to be, if a unit is removed.

        Parameters
        ----------
        unit_id : int
            Its identifier.

        Returns
        -------
        PairChanges
            Lost are the unit's own pairs; gained are pairs of others in blocks that were too large with it.

        Raises
        ------
        UnknownRecordError
            If the index does not have the unit.
        """
        with self._turns.reading(), _wrapping():
            number, cap = self._known_number(unit_id), self.block_cap
            numbers = self._numbers_of_unit(number)
            pairs = self._pairs_of_blocks(numbers, n_own=0, size=cap + 1, leaving=number)
            gained = pairs[~self._are_held(pairs, numbers, by=0)]
            own = self._partners_of(number)
            return PairChanges(gained=self._named(gained), lost=self._own_pairs(unit_id, own))

    def _pairs_of_blocks(
        self, numbers: NDArray[np.int32], *, n_own: int, size: int, leaving: int = -1
    ) -> NDArray[np.uint64]:
        """Return the pairs of others in the blocks of one size that some atoms have, each once."""
        from custid.kernels.index_changes import list_pairs  # noqa: PLC0415  # loads numba

        probe, room = make_probe(numbers, n_own, (size, size)), self._room_for(len(numbers))
        pairs = np.empty(_FEWEST_PAIRS, np.uint64)
        n_pairs = list_pairs(self._arrays, probe, leaving, room, pairs)
        if n_pairs > len(pairs):
            pairs = np.empty(n_pairs, np.uint64)
            list_pairs(self._arrays, probe, leaving, room, pairs)
        return np.unique(pairs[:n_pairs])

    def _are_held(self, pairs: NDArray[np.uint64], changing: NDArray[np.int32], *, by: int) -> NDArray[np.bool_]:
        """Tell which pairs are candidates where ``by`` units more have some atoms."""
        from custid.kernels.index_changes import mark_held_pairs  # noqa: PLC0415  # loads numba

        are_held = np.empty(len(pairs), np.bool_)
        if len(pairs):
            n_most = int(self._arrays.rows[(pairs >> np.uint64(32)).astype(np.int64), 1].max())
            common = make_probe(np.empty(n_most, np.int32), 0, (2, self.block_cap))
            common.sizes[1] = by
            mark_held_pairs(self._arrays, pairs, changing, common.sizes, common, self._room_for(n_most), are_held)
        return are_held

    def _named(self, pairs: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Return pairs of numbers as pairs of identifiers."""
        numbers = np.stack([pairs >> np.uint64(32), pairs & np.uint64(0xFFFFFFFF)], axis=1).astype(np.int64)
        return ordered_pairs(self._arrays.unit_ids[numbers])

    def _own_pairs(self, unit_id: int, partners: NDArray[np.int32]) -> NDArray[np.uint64]:
        """Return the pairs of one unit."""
        others = self._arrays.unit_ids[partners]
        return ordered_pairs(np.stack([np.full(len(others), unit_id, np.uint64), others], axis=1))

    def _numbers_of_probe(self, atoms: UnitAtoms) -> NDArray[np.int32]:
        from custid.kernels import index_lookups, index_updates  # noqa: PLC0415  # loads numba

        numbers = np.empty(len(atoms.kinds), np.int32)
        given = index_updates.AtomsOfUnits(*contiguous(atoms))
        n_known = index_lookups.numbers_of_probe(self._arrays, given, numbers)
        return numbers[:n_known]

    def _numbers_of_unit(self, number: int) -> NDArray[np.int32]:
        from custid.kernels.index_lookups import numbers_of_unit  # noqa: PLC0415  # loads numba

        numbers = np.empty(int(self._arrays.rows[number, 1]), np.int32)
        numbers_of_unit(self._arrays, number, numbers)
        return numbers

    def _partners_of(self, number: int) -> NDArray[np.int32]:
        members = self._members(self._numbers_of_unit(number), n_own=0, sizes=(2, self.block_cap))
        return np.asarray(members[members != number], np.int32)

    def _members(self, numbers: NDArray[np.int32], *, n_own: int, sizes: tuple[int, int]) -> NDArray[np.int32]:
        """Return the units in blocks of some atoms that have some size."""
        from custid.kernels.index_lookups import find_members  # noqa: PLC0415  # loads numba

        probe, room = make_probe(numbers, n_own, sizes), self._room_for(len(numbers))
        n_found = find_members(self._arrays, probe, room)
        while n_found == len(room.members):
            room = self._rooms.room = with_more_members(room)
            n_found = find_members(self._arrays, probe, room)
        return room.members[:n_found].copy()

    def _room_for(self, n_atoms: int) -> LookupRoom:
        """Return this thread's room to work in."""
        room = self._rooms.room
        if room is None or self._rooms.n_atoms < n_atoms:
            long_from = int(self._arrays.counts[count_place("LONG_FROM")])
            room = self._rooms.room = make_room(max(n_atoms, 64), long_from)
            self._rooms.n_atoms = max(n_atoms, 64)
        return room

    def save(self, path: str | Path) -> None:
        """Write the index to one file, which is complete or not there at all.

        Parameters
        ----------
        path : str or Path
            Where; a file that is there is replaced, and whoever has it loaded keeps the old one.

        Raises
        ------
        StoreError
            If the file cannot be written.

        Notes
        -----
        The file holds hashes of atoms and identifiers of units, and no value of a record.
        """
        from custid.index._room import packed  # noqa: PLC0415  # loads numba

        with self._turns.reading():
            arrays = packed(self._arrays)
        write_index(Path(path), self._kinds, arrays)

    @classmethod
    def load(cls, path: str | Path) -> CandidateIndex:
        """Return the index that a file holds.

        Parameters
        ----------
        path : str or Path
            A file that :meth:`save` has written.

        Returns
        -------
        CandidateIndex
            Its arrays are mapped from the file; what is changed is held in memory, and the file stays as it is.

        Raises
        ------
        StoreFormatError
            If the file is no index, or one of another version.
        StoreError
            If the file cannot be read or is damaged.
        """
        kinds, arrays = read_index(Path(path))
        index = cls.__new__(cls)
        index._begin(kinds, arrays)  # noqa: SLF001  # the other constructor
        return index
