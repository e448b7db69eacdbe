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
    ordered_pairs,
)
from custid.index.atoms import AtomKind, UnitAtoms

if TYPE_CHECKING:
    from custid.kernels.index_lists import IndexArrays

__all__ = ["CandidateIndex", "PairChanges"]

_LONG_FROM = 256
"""Units that are gone through for an atom of a probe at most; blocks of two longer lists are counted ahead.

Twice as many make a look-up go through two to three times as many rows, and save 100 to 300 bytes a unit where names
and places are as unevenly spread as those of people.
"""


@frozen(kw_only=True, eq=False)
class PairChanges:
    """Candidate pairs that come and go with units.

    Attributes
    ----------
    gained, lost : ndarray of uint64, shape (n_pairs, 2)
        Identifiers of units, the smaller one first, ascending; no pair is in both.
    """

    gained: NDArray[np.uint64] = field(repr=False)
    lost: NDArray[np.uint64] = field(repr=False)


def _identifiers(unit_ids: ArrayLike) -> NDArray[np.uint64]:
    """Return identifiers as they are kept, one after another; refuse numbers that would become others."""
    ids = np.asarray(unit_ids)
    if ids.dtype != np.uint64 and ids.size:
        if ids.dtype.kind not in "iu":
            # numpy takes numbers on either side of 2^63 in one list for floats.
            ids = np.asarray(unit_ids, object)
            is_whole = all(type(each) is int and 0 <= each < 1 << 64 for each in ids.ravel().tolist())
            _refuse_unless(is_whole, "whole numbers from 0 to 2^64 - 1", "others")
        elif ids.dtype.kind == "i":
            _refuse_unless(int(ids.min()) >= 0, "0 or more", "less")
    return np.ascontiguousarray(ids, np.uint64).ravel()


def _refuse_unless(is_right: bool, expected: str, got: str) -> None:  # noqa: FBT001  # what was found out
    if not is_right:
        raise InputError(f"unit_ids: expected {expected}, got {got}.", hint="Identifiers are unsigned, of 64 bits.")


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

    def _known_numbers(self, unit_ids: ArrayLike) -> NDArray[np.int32]:
        from custid.kernels.hash_slots import find_numbers  # noqa: PLC0415  # loads numba

        ids = _identifiers(unit_ids)
        numbers = np.empty(len(ids), np.int32)
        if not find_numbers(self._arrays.unit_slots, self._arrays.unit_ids, ids, numbers):
            self._known_number(int(ids[numbers < 0][0]))
        return numbers

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
            If an identifier is in the index already, given twice, or none; nothing has changed then.
        ShapeMismatchError
            If there are not as many identifiers as units, or an atom is of a kind that the index does not have.
        """
        from custid.index._filling import FILLED_FROM, filled  # noqa: PLC0415  # loads numba
        from custid.index._room import empty_arrays, with_room  # noqa: PLC0415  # loads numba
        from custid.kernels import index_updates  # noqa: PLC0415  # loads numba

        ids = _identifiers(unit_ids)
        self._check_atoms(atoms, len(ids))
        given = index_updates.AtomsOfUnits(*contiguous(atoms))
        numbers = np.empty(int(np.diff(atoms.starts).max(initial=0)), np.int32)
        needs, n_done = np.zeros(3, np.int64), 0
        with self._turns.writing(), _wrapping():
            self._refuse_known(ids)
            if len(ids) >= FILLED_FROM and not len(self):
                empty = empty_arrays(self._kinds, self.block_cap, int(self._arrays.counts[count_place("LONG_FROM")]))
                self._arrays = filled(empty, ids, atoms, n_threads)
                return
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
            room = self._rooms.for_atoms(self._arrays, len(given.kinds))
            found = np.empty(len(room.members), np.uint64)
            n_found = find_candidates(self._arrays, given, room, found)
            while n_found == len(room.members):
                room = self._rooms.with_more_members(room)
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
        from custid.index._changes import partners_of  # noqa: PLC0415  # loads numba

        with self._turns.reading(), _wrapping():
            unit = np.array([self._known_number(unit_id)], np.int32)
            return partners_of(self._arrays, unit, self._rooms, 1)[1]

    def partners_of(self, unit_ids: ArrayLike, *, n_threads: int = 1) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Return the candidates of units in the index.

        Parameters
        ----------
        unit_ids : array_like of uint64, shape (n_units,)
            Their identifiers.
        n_threads : int
            Threads that look up many side by side; the result does not depend on it.

        Returns
        -------
        ends : ndarray of int64, shape (n_units + 1,)
            Where the candidates of each unit begin, and the last ones end.
        found : ndarray of uint64, shape (ends[-1],)
            Identifiers of other units, ascending for each unit.

        Raises
        ------
        InputError
            If an identifier is none.
        UnknownRecordError
            If the index does not have a unit.
        """
        from custid.index._changes import partners_of  # noqa: PLC0415  # loads numba

        with self._turns.reading(), _wrapping():
            return partners_of(self._arrays, self._known_numbers(unit_ids), self._rooms, n_threads)

    def are_candidates(self, pairs: NDArray[np.integer], *, n_threads: int = 1) -> NDArray[np.bool_]:
        """Tell which pairs of units in the index are candidates.

        Parameters
        ----------
        pairs : ndarray of int, shape (n_pairs, 2)
            Two different units for each.
        n_threads : int
            Threads that look at many side by side; the result does not depend on it.

        Returns
        -------
        ndarray of bool, shape (n_pairs,)
            Whether the two are partners.

        Raises
        ------
        InputError
            If an identifier is none.
        UnknownRecordError
            If the index does not have a unit.
        """
        from custid.index._changes import are_held  # noqa: PLC0415  # loads numba

        with self._turns.reading(), _wrapping():
            ends = np.sort(self._known_numbers(pairs).astype(np.uint64).reshape(-1, 2), axis=1)
            return are_held(self._arrays, ends[:, 0] << np.uint64(32) | ends[:, 1], self._rooms, n_threads)

    def changes_by(self, unit_ids: ArrayLike, *, n_threads: int = 1) -> PairChanges:
        """Tell which pairs the coming of units has made candidates, and which it has kept from being some.

        Parameters
        ----------
        unit_ids : array_like of uint64, shape (n_units,)
            Identifiers of units in the index, each once: those that came last.  Of units that are about to go, what
            their coming has gained is lost with them, and what it has lost comes back.
        n_threads : int
            Threads that look at many side by side; the result does not depend on it.

        Returns
        -------
        PairChanges
            Gained are the pairs of these units; lost are pairs of others that no block holds but those that these
            units make too large.

        Raises
        ------
        InputError
            If an identifier is none, or given twice.
        UnknownRecordError
            If the index does not have a unit.
        """
        from custid.index._changes import changes_by  # noqa: PLC0415  # loads numba

        with self._turns.reading(), _wrapping():
            numbers = self._known_numbers(unit_ids)
            # A unit that came twice would be counted against the cap twice.
            if len(numbers) > 1 and len(set(numbers.tolist())) < len(numbers):
                raise InputError("unit_ids: expected each unit once, got one of them twice.")
            own, others = changes_by(self._arrays, numbers, self._rooms, n_threads)
            return PairChanges(gained=self._named(own), lost=self._named(others))

    def _named(self, pairs: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Return pairs of numbers as pairs of identifiers."""
        numbers = np.stack([pairs >> np.uint64(32), pairs & np.uint64(0xFFFFFFFF)], axis=1).astype(np.int64)
        return ordered_pairs(self._arrays.unit_ids[numbers])

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
