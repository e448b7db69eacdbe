"""Candidate pairs: which records are looked at together.

A key family joins two kinds of atoms (or is one kind alone); records that share a key form a block.  Blocks larger than
a cap say little about identity and are passed over; the cap is the largest that keeps the number of pairs in a budget
per record.  All families are used, so nothing has to be chosen for a data set: what a family is worth on these data
shows in its block sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.blocking._arrays import propose_interpreted
from custid.blocking._blocks import KeyFamily, Tally, key_families
from custid.blocking._limits import budget_of, check_atoms, check_limits
from custid.blocking._proposal import PairArrays, Proposal
from custid.blocking.atoms import AtomColumn

__all__ = ["BlockingRuleReport", "CandidatePairs", "CandidateStream", "block_candidates", "stream_candidates"]

_COMPILED_FROM_KEYS = 2_000_000
"""Array operations take a third of a second for as many, about as long as loading the compiler and its work."""


def _empty(n_pairs: int) -> NDArray[np.int32]:
    return np.empty(n_pairs, np.int32)


@frozen(kw_only=True)
class BlockingRuleReport:
    """What one blocking rule did.

    Attributes
    ----------
    name : str
        The kinds of atoms it joins.
    n_blocks : int
        Blocks of two units or more that were looked at.
    n_oversized_blocks : int
        Blocks passed over since they exceed the cap.
    largest_block : int
        Units in the largest block, looked at or not.
    n_pairs : int
        Pairs in the blocks looked at, whatever their sources, before pairs that several rules propose are counted once.
    """

    name: str
    n_blocks: int
    n_oversized_blocks: int
    largest_block: int
    n_pairs: int


@frozen(kw_only=True, eq=False)
class CandidatePairs:
    """Pairs of units to compare, each once.

    Attributes
    ----------
    left_idx, right_idx : ndarray of int32, shape (n_pairs,)
        Units, ``left_idx < right_idx``, ascending.
    block_cap : int
        Blocks of more units than this were passed over.
    rules : tuple of BlockingRuleReport
        What each rule contributed.
    n_units_passed_over : int
        Units without a candidate pair although they share a key: all their blocks exceed the cap.
    """

    left_idx: NDArray[np.int32] = field(repr=False)
    right_idx: NDArray[np.int32] = field(repr=False)
    block_cap: int
    rules: tuple[BlockingRuleReport, ...] = field(repr=False)
    n_units_passed_over: int = 0

    def __len__(self) -> int:
        return len(self.left_idx)

    def chunks(self, size: int) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
        """Yield the pairs in order, ``size`` at a time."""
        for start in range(0, len(self), size):
            yield self.left_idx[start : start + size], self.right_idx[start : start + size]


@frozen(kw_only=True, eq=False)
class CandidateStream:
    """Pairs of units to compare, each once, that are counted and not yet listed.

    Attributes
    ----------
    n_pairs : int
        Number of pairs.
    block_cap : int
        Blocks of more units than this were passed over.
    rules : tuple of BlockingRuleReport
        What each rule contributes.
    n_units_passed_over : int
        As in :class:`CandidatePairs`.
    """

    n_pairs: int
    block_cap: int
    rules: tuple[BlockingRuleReport, ...] = field(repr=False)
    n_units_passed_over: int
    _proposal: Proposal = field(repr=False, alias="proposal")

    def ranges(self) -> Iterator[PairArrays]:
        """Yield the pairs in order, as two arrays for some units at a time: about a million pairs, any time anew.

        Only a few ranges are in memory at once, so that more pairs can be looked at than memory holds.
        """
        return self._proposal.ranges()

    def collect(self, allocate: Callable[[int], NDArray[np.int32]] = _empty) -> CandidatePairs:
        """Return all pairs.

        Parameters
        ----------
        allocate : callable
            Given the number of pairs, returns an array of int32 of that length to be filled; called once for the left
            units and once for the right ones.  It may return a memory-mapped array.

        Returns
        -------
        CandidatePairs
            The pairs, in the arrays allocated.
        """
        left, right = allocate(self.n_pairs), allocate(self.n_pairs)
        self._proposal.write(left, right)
        return CandidatePairs(
            left_idx=left,
            right_idx=right,
            block_cap=self.block_cap,
            rules=self.rules,
            n_units_passed_over=self.n_units_passed_over,
        )


def block_candidates(
    atoms: Sequence[AtomColumn],
    n_units: int,
    *,
    source_of_unit: NDArray[np.int32] | None = None,
    block_cap: int = 50,
    pairs_per_unit: float = 24.0,
    n_threads: int = 1,
) -> CandidatePairs:
    """Propose candidate pairs from shared atoms.

    Parameters
    ----------
    atoms : sequence of AtomColumn
        From :func:`custid.blocking.record_atoms`.
    n_units : int
        Number of units.
    source_of_unit : ndarray of int32, shape (n_units,), optional
        When given, only pairs across sources are proposed.
    block_cap : int
        Upper bound of the block size, 2 to 63.
    pairs_per_unit : float
        Budget: at most this many pairs per unit on average, infinity for no budget.  Blocks of two units are looked at
        in any case.
    n_threads : int
        Threads to use; the result does not depend on it.

    Returns
    -------
    CandidatePairs
        Distinct pairs, ascending.

    Raises
    ------
    ConfigurationError
        If the cap, the budget or the number of threads is out of range.
    ShapeMismatchError
        If there are not as many sources as units, or atoms are of other units.

    Notes
    -----
    A pair belongs to the smallest block that holds it.  Raising the cap by one adds the pairs whose smallest block has
    that size, so the final cap is the largest one whose pairs fit the budget.
    """
    return stream_candidates(
        atoms,
        n_units,
        source_of_unit=source_of_unit,
        block_cap=block_cap,
        pairs_per_unit=pairs_per_unit,
        n_threads=n_threads,
    ).collect()


def stream_candidates(
    atoms: Sequence[AtomColumn],
    n_units: int,
    *,
    source_of_unit: NDArray[np.int32] | None = None,
    block_cap: int = 50,
    pairs_per_unit: float = 24.0,
    n_threads: int = 1,
) -> CandidateStream:
    """Find the candidate pairs of :func:`block_candidates` without listing them.

    Parameters
    ----------
    atoms : sequence of AtomColumn
        From :func:`custid.blocking.record_atoms`.
    n_units : int
        Number of units.
    source_of_unit : ndarray of int32, shape (n_units,), optional
        When given, only pairs across sources are proposed.
    block_cap : int
        Upper bound of the block size, 2 to 63.
    pairs_per_unit : float
        Budget: at most this many pairs per unit on average.
    n_threads : int
        Threads to use, while the pairs are listed as well.

    Returns
    -------
    CandidateStream
        The pairs, to be listed once or several times, range by range or all together.

    Raises
    ------
    ConfigurationError, ShapeMismatchError
        As in :func:`block_candidates`.

    Examples
    --------
    >>> import numpy as np
    >>> from custid.blocking import record_atoms
    >>> from custid.table import build_record_table
    >>> emails = ["ann@site.example", "bob@site.example"], np.array([[0], [1], [0]], np.int32)
    >>> cities = ["leeds", "york"], np.array([[0], [0], [1]], np.int32)
    >>> table = build_record_table({"email": emails, "city": cities}, 3)
    >>> stream = stream_candidates(record_atoms(table), table.n_units)
    >>> stream.n_pairs, [(left.tolist(), right.tolist()) for left, right in stream.ranges()]
    (2, [([0, 0], [1, 2])])
    """
    check_limits(n_units, source_of_unit, block_cap, pairs_per_unit, n_threads)
    check_atoms(atoms, n_units)
    families = list(key_families(atoms))
    found = _executor(families, n_units)(
        families,
        n_units,
        sources=source_of_unit,
        block_cap=block_cap,
        budget=budget_of(pairs_per_unit, n_units),
        n_threads=n_threads,
    )
    return CandidateStream(
        n_pairs=found.n_pairs,
        block_cap=found.cap,
        rules=tuple(sorted((_report(tally, found.cap) for tally in found.tallies), key=lambda report: report.name)),
        n_units_passed_over=found.n_units_passed_over,
        proposal=found,
    )


def _executor(families: Sequence[KeyFamily], n_units: int) -> Callable[..., Proposal]:
    """Return what proposes pairs: for few keys what needs no compiler."""
    if sum(family.n_expected_keys(n_units) for family in families) < _COMPILED_FROM_KEYS:
        return propose_interpreted
    from custid.blocking._compiled import propose_compiled  # noqa: PLC0415  # loads numba

    return propose_compiled


def _report(tally: Tally, cap: int) -> BlockingRuleReport:
    """Return what a rule did under a cap."""
    n_blocks, n_oversized, n_pairs = tally.within(cap)
    return BlockingRuleReport(
        name=tally.name,
        n_blocks=n_blocks,
        n_oversized_blocks=n_oversized,
        largest_block=tally.largest,
        n_pairs=n_pairs,
    )
