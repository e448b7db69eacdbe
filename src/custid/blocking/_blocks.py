"""Key families, and what their blocks are told by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.blocking.atoms import NAME_GROUP, AtomColumn

__all__ = ["KeyFamily", "Tally", "are_joined", "key_families"]


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
        n_first = len(self.first.unit_idx)
        if self.second is None:
            return n_first
        return n_first * len(self.second.unit_idx) / max(n_units, 1)


def are_joined(first_group: str, second_group: str, *, is_same_kind: bool) -> bool:
    """Tell whether atoms of two kinds make a key, given their groups: of two groups, or of one kind of name."""
    return first_group != second_group or (is_same_kind and first_group == NAME_GROUP)


def key_families(atoms: Sequence[AtomColumn]) -> Iterator[KeyFamily]:
    """Yield every key family: kinds that may stand alone, two atoms of one kind of name, two kinds of two groups."""
    for position, first in enumerate(atoms):
        if first.may_stand_alone:
            yield KeyFamily(name=first.name, first=first, second=None)
        if are_joined(first.group, first.group, is_same_kind=True):
            yield KeyFamily(name=f"{first.name} + {first.name}", first=first, second=first)
        for second in atoms[position + 1 :]:
            if are_joined(first.group, second.group, is_same_kind=False):
                yield KeyFamily(name=f"{first.name} + {second.name}", first=first, second=second)


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

    def within(self, cap: int) -> tuple[int, int, int]:
        """Return the number of blocks up to a cap, that of larger ones, and the pairs in the former."""
        sizes, n_blocks = np.arange(cap + 1), self.n_blocks[: cap + 1]
        n_oversized = self.n_oversized + int(self.n_blocks[cap + 1 :].sum())
        return int(n_blocks.sum()), n_oversized, int((sizes * (sizes - 1) // 2 * n_blocks).sum())
