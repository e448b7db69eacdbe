"""From atoms to pairs with compiled loops."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid._memory import give_back_memory
from custid.blocking._blocks import KeyFamily, Tally
from custid.blocking._finder import BlockFinder, DistinctBlocks
from custid.blocking._lister import PairLister, largest_cap
from custid.blocking._proposal import Proposal
from custid.kernels.candidate_pairs import OrderedBlocks, mark_units

__all__ = ["propose_compiled"]

_SAMPLED_UNITS = 4096


@frozen(kw_only=True)
class _Limits:
    """What the pairs of a run keep to."""

    n_units: int
    sources: NDArray[np.int32] | None
    block_cap: int
    budget: float
    n_threads: int


@frozen(eq=False)
class _Counted:
    """The pairs of each range of units by size of block, and the largest cap that fits the budget."""

    lister: PairLister
    n_of_size: NDArray[np.int64]
    cap: int


def propose_compiled(
    families: Sequence[KeyFamily],
    n_units: int,
    *,
    sources: NDArray[np.int32] | None,
    block_cap: int,
    budget: float,
    n_threads: int,
) -> Proposal:
    """Return the pairs of the largest cap that fits the budget, as `propose_interpreted` does.

    Memory holds the atoms of all units and the distinct blocks, then the blocks and the pairs.
    """
    limits = _Limits(n_units=n_units, sources=sources, block_cap=block_cap, budget=budget, n_threads=n_threads)
    finder = BlockFinder(families, n_units, block_cap, n_threads)
    tallies, blocks, counted = _found_within(finder, limits, budget)
    if counted is None:
        # The sample has been wrong about which blocks the budget will do for: now all of them are kept.
        tallies, blocks, counted = _found_within(finder, limits, math.inf)
    assert counted is not None  # noqa: S101  # nothing was left out
    is_in_block = np.zeros(n_units, np.bool_)
    mark_units(blocks, counted.cap, is_in_block)
    lister, cap = counted.lister, counted.cap
    return Proposal(
        n_pairs=int(counted.n_of_size[:, : cap + 1].sum()),
        cap=cap,
        tallies=tallies,
        n_units_passed_over=finder.n_sharing(~is_in_block),
        write=lambda left, right: lister.write(cap, counted.n_of_size, left, right),
        ranges=lambda: lister.ranges(cap),
    )


def _found_within(
    finder: BlockFinder, limits: _Limits, allowed: float
) -> tuple[list[Tally], OrderedBlocks, _Counted | None]:
    """Return the blocks and the pairs that are allowed for; no pairs where blocks are missing that fit the budget."""
    found = DistinctBlocks(limits.n_units, limits.block_cap, allowed, limits.sources)
    tallies = finder.find(found)
    sampled, one_in = found.sampled_pairs(_SAMPLED_UNITS)
    tried = largest_cap(sampled * one_in, limits.budget, found.cap)
    # Memory that blocks have outgrown, of all threads, would be held beside what comes next.
    give_back_memory()
    kept_cap, blocks = found.cap, found.close(limits.n_threads)
    give_back_memory()
    return tallies, blocks, _counted(blocks, limits, tried, kept_cap)


def _counted(blocks: OrderedBlocks, limits: _Limits, tried: int, kept_cap: int) -> _Counted | None:
    """Return the pairs of the largest cap that fits the budget, or None where larger blocks have to be looked at."""
    while True:
        tried = min(tried + 1, kept_cap)
        lister = PairLister(blocks, limits.n_units, tried, sources=limits.sources, n_threads=limits.n_threads)
        n_of_size = lister.counts()
        total = n_of_size.sum(axis=0)
        if tried == limits.block_cap or total.sum() > limits.budget:
            return _Counted(lister, n_of_size, largest_cap(total, limits.budget, tried))
        if tried == kept_cap:
            return None
