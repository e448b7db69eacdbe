"""The atoms of units as the index takes them: kinds, and hashes that are the same in every run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.blocking.atoms import AtomColumn, HashedAtoms
from custid.errors import ShapeMismatchError
from custid.table.hashing import mix

__all__ = ["AtomKind", "UnitAtoms"]


@frozen(kw_only=True)
class AtomKind:
    """A kind of atoms.

    Attributes
    ----------
    group : str
        The attribute (or ``"name"``) the atoms speak of.
    kind : str
        The view: ``"full"``, ``"token"``, ``"year"``, …
    may_stand_alone : bool
        True where one shared atom is reason enough to look at a pair.
    """

    group: str
    kind: str
    may_stand_alone: bool

    @classmethod
    def of_columns(cls, columns: Sequence[AtomColumn | HashedAtoms]) -> tuple[AtomKind, ...]:
        """Return the kinds of some columns of atoms, in their order."""
        return tuple(
            cls(group=column.group, kind=column.kind, may_stand_alone=column.may_stand_alone) for column in columns
        )


@frozen(kw_only=True, eq=False)
class UnitAtoms:
    """The atoms of some units, unit by unit, in any order in each; an atom may recur.

    Attributes
    ----------
    starts : ndarray of int64, shape (n_units + 1,)
        Where the atoms of each unit begin, from 0.
    kinds : ndarray of uint8, shape (n_atoms,)
        Position of each atom's kind among the kinds of the index.
    hashes : ndarray of uint64, shape (n_atoms,)
        What tells the atoms of a kind apart: 64 bits that depend on the atom alone.

    Raises
    ------
    ShapeMismatchError
        If ``starts`` does not ascend from 0 to the number of atoms, or kinds and hashes are not equally many.

    Notes
    -----
    Two atoms of one hash are taken for one.  Of ten million atoms two have one by accident in 1 of 370,000 cases.

    Examples
    --------
    >>> atoms = UnitAtoms.of_unit(kinds=[0, 2], hashes=[7, 8])
    >>> atoms.n_units, atoms.starts.tolist()
    (1, [0, 2])
    """

    starts: NDArray[np.int64] = field(repr=False)
    kinds: NDArray[np.uint8] = field(repr=False)
    hashes: NDArray[np.uint64] = field(repr=False)

    def __attrs_post_init__(self) -> None:
        starts, n_atoms = self.starts, len(self.kinds)
        if not len(starts) or starts[0] != 0 or starts[-1] != n_atoms or (starts[1:] < starts[:-1]).any():
            raise ShapeMismatchError(
                f"starts: expected numbers that ascend from 0 to {n_atoms}, got {len(starts)} others."
            )
        if len(self.hashes) != n_atoms:
            raise ShapeMismatchError(f"hashes: expected one for each of {n_atoms} atoms, got {len(self.hashes)}.")

    @property
    def n_units(self) -> int:
        """Number of units."""
        return len(self.starts) - 1

    @classmethod
    def of_unit(cls, kinds: Sequence[int], hashes: Sequence[int]) -> UnitAtoms:
        """Return the atoms of one unit.

        Parameters
        ----------
        kinds : sequence of int
            Position of each atom's kind among the kinds of the index.
        hashes : sequence of int
            Its hash, 0 to 2^64 - 1.

        Returns
        -------
        UnitAtoms
            Of one unit.
        """
        return cls(
            starts=np.array([0, len(kinds)], np.int64),
            kinds=np.array(kinds, np.uint8),
            hashes=np.array(hashes, np.uint64),
        )

    @classmethod
    def of_columns(cls, columns: Sequence[AtomColumn], n_units: int) -> UnitAtoms:
        """Return the atoms that columns list, under hashes of their numbers.

        Parameters
        ----------
        columns : sequence of AtomColumn
            From :func:`custid.blocking.record_atoms`, as many as there are kinds.
        n_units : int
            Number of units.

        Returns
        -------
        UnitAtoms
            Of ``n_units`` units.  The numbers are those of one table: atoms of another table have other ones.
        """
        units = np.concatenate([np.zeros(0, np.int32), *(column.unit_idx for column in columns)])
        kinds = np.repeat(np.arange(len(columns)), [len(column.unit_idx) for column in columns]).astype(np.uint8)
        numbers = [np.repeat(np.arange(column.n_atoms), np.diff(column.starts)) for column in columns]
        hashes = mix(np.concatenate([np.zeros(0, np.int64), *numbers]).astype(np.uint64) + np.uint64(1))
        order = np.argsort(units, kind="stable")
        return cls(
            starts=np.append(0, np.cumsum(np.bincount(units, minlength=n_units))),
            kinds=kinds[order],
            hashes=hashes[order],
        )

    @classmethod
    def of_hashed(cls, columns: Sequence[HashedAtoms], n_units: int) -> UnitAtoms:
        """Return the atoms of units of any table, as :func:`custid.blocking.hashed_atoms` lists them.

        Parameters
        ----------
        columns : sequence of HashedAtoms
            As many as there are kinds, in their order.
        n_units : int
            Number of units.

        Returns
        -------
        UnitAtoms
            Of ``n_units`` units; atoms of another table of the same attributes have the same hashes.
        """
        units = np.concatenate([np.zeros(0, np.int64), *(column.unit_idx for column in columns)])
        hashes = np.concatenate([np.zeros(0, np.uint64), *(column.hashes for column in columns)])
        kinds = np.repeat(np.arange(len(columns)), [len(column.unit_idx) for column in columns]).astype(np.uint8)
        order = np.argsort(units, kind="stable")
        return cls(
            starts=np.append(0, np.cumsum(np.bincount(units, minlength=n_units))),
            kinds=kinds[order],
            hashes=hashes[order],
        )

    def of(self, units: Sequence[int] | NDArray[np.int64]) -> UnitAtoms:
        """Return the atoms of some of the units.

        Parameters
        ----------
        units : sequence of int
            Positions of units.

        Returns
        -------
        UnitAtoms
            Of those units, in their order.
        """
        chosen = np.asarray(units, np.int64)
        n_atoms = self.starts[chosen + 1] - self.starts[chosen]
        starts = np.append(0, np.cumsum(n_atoms))
        places = np.arange(int(starts[-1])) + np.repeat(self.starts[chosen] - starts[:-1], n_atoms)
        return UnitAtoms(starts=starts, kinds=self.kinds[places], hashes=self.hashes[places])
