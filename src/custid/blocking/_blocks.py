"""Blocks: which units share a key of one family."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.blocking.atoms import AtomColumn

__all__ = ["Blocks", "KeyFamily", "ProposedPairs", "Tally", "key_families"]

_SAME_KIND_GROUP = "name"


@frozen(kw_only=True, eq=False)
class KeyFamily:
    """One kind of atom, or two that are joined.

    Attributes
    ----------
    name : str
        The kinds of atoms it joins.
    first : AtomColumn
        Atoms of the one kind.
    second : AtomColumn or None
        Atoms of the other kind; ``first`` itself where two atoms of one kind are joined, None where one stands alone.
    """

    name: str
    first: AtomColumn = field(repr=False)
    second: AtomColumn | None = field(repr=False)

    def n_expected_keys(self, n_units: int) -> float:
        """Return how many keys there would be if units had atoms of the one kind whether or not of the other."""
        n_first = len(self.first.hashes)
        if self.second is None:
            return n_first
        return n_first * len(self.second.hashes) / max(n_units, 1)

    def keys(self, n_units: int) -> tuple[NDArray[np.int32], NDArray[np.uint64]]:
        """Return the unit and the hash of each key, units ascending."""
        first, second = self.first, self.second
        if second is None:
            return first.unit_idx, first.hashes
        starts = np.zeros(n_units + 1, np.int64)
        np.cumsum(np.bincount(second.unit_idx, minlength=n_units), out=starts[1:])
        ends = starts[first.unit_idx + 1]
        # An atom of a kind is joined with those after it, so that each two of them make one key.
        begins = np.arange(1, len(ends) + 1) if second is first else starts[first.unit_idx]
        repeats = ends - begins
        partner = np.arange(int(repeats.sum())) + np.repeat(begins - (np.cumsum(repeats) - repeats), repeats)
        hashes = second.hashes[partner]
        hashes *= np.uint64(3)
        hashes += np.repeat(first.hashes, repeats)
        return np.repeat(first.unit_idx, repeats), hashes


def key_families(atoms: Sequence[AtomColumn]) -> Iterator[KeyFamily]:
    """Yield every key family: kinds that may stand alone, two atoms of one kind of name, two kinds of two groups."""
    for position, first in enumerate(atoms):
        if first.may_stand_alone:
            yield KeyFamily(name=first.name, first=first, second=None)
        if first.group == _SAME_KIND_GROUP:
            yield KeyFamily(name=f"{first.name} + {first.name}", first=first, second=first)
        for second in atoms[position + 1 :]:
            if second.group != first.group:
                yield KeyFamily(name=f"{first.name} + {second.name}", first=first, second=second)


@frozen(kw_only=True, eq=False)
class Blocks:
    """Groups of units that share a key.

    Attributes
    ----------
    units : ndarray of int32, shape (n_members,)
        The units of the blocks up to the cap, one block after another; ascending and distinct inside a block.
    sizes : ndarray of uint8, shape (n_blocks,)
        Units in each of those blocks, 2 to the cap.
    n_oversized : int
        Blocks larger than the cap.
    largest : int
        Units in the largest block, kept or not; 0 where no two units share a key.
    """

    units: NDArray[np.int32] = field(repr=False)
    sizes: NDArray[np.uint8] = field(repr=False)
    n_oversized: int
    largest: int

    @classmethod
    def of_keys(cls, units: NDArray[np.int32], hashes: NDArray[np.uint64], *, unit_bits: int, cap: int) -> Blocks:
        """Group by key; the hash gives up its low bits to the unit, so that one sort of integers does it all."""
        mask = np.uint64((1 << unit_bits) - 1)
        packed = (hashes & ~mask) | units.astype(np.uint64)
        packed.sort()
        repeats = packed[1:] == packed[:-1]
        if repeats.any():
            # Two keys of a unit that differ in the lost bits only.
            packed = packed[np.append(True, ~repeats)]
        starts = np.flatnonzero(np.append(True, (packed[1:] ^ packed[:-1]) > mask)) if len(packed) else np.zeros(0, int)
        sizes = np.diff(np.append(starts, len(packed)))
        is_kept = (sizes > 1) & (sizes <= cap)
        largest = int(sizes.max(initial=0))
        return cls(
            units=(packed[np.repeat(is_kept, sizes)] & mask).astype(np.int32),
            sizes=sizes[is_kept].astype(np.uint8),
            n_oversized=int((sizes > cap).sum()),
            largest=largest if largest > 1 else 0,
        )


@frozen(eq=False)
class Tally:
    """How many blocks of which size a family has.

    Attributes
    ----------
    name : str
        The family.
    n_blocks : ndarray of int64, shape (64,)
        By size, up to the cap.
    n_oversized : int
        Blocks larger than the cap.
    largest : int
        Units in the largest block, kept or not; 0 where no two units share a key.
    """

    name: str
    n_blocks: NDArray[np.int64]
    n_oversized: int
    largest: int


@frozen(kw_only=True, eq=False)
class ProposedPairs:
    """What either executor returns.

    Attributes
    ----------
    left_idx, right_idx : ndarray of int32, shape (n_pairs,)
        Distinct pairs, ascending.
    cap : int
        The largest cap that fits the budget.
    tallies : sequence of Tally
        By family.
    """

    left_idx: NDArray[np.int32] = field(repr=False)
    right_idx: NDArray[np.int32] = field(repr=False)
    cap: int
    tallies: Sequence[Tally] = field(repr=False)
