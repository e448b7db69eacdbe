"""How far the attributes of a run repeat one another, from a sample of its pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from attrs import fields
from numpy.typing import NDArray

from custid.engines.linked_table import LinkedTable
from custid.errors import ConfigurationError
from custid.scoring.dependence import ComparedPairs, Dependence, dependence_between
from custid.scoring.strangers import random_pairs

__all__ = ["dependence_of", "dependence_table"]

_SEED = 1
_PAIRS_AT_ONCE = 1 << 18


def dependence_of(linked: LinkedTable, n_pairs: int) -> tuple[Dependence, ...]:
    """Return for each two comparisons how far they repeat one another.

    Parameters
    ----------
    linked : LinkedTable
        What the run found out.
    n_pairs : int
        Pairs to compare at most, among those that the run weighed and as many among those it did not.

    Returns
    -------
    tuple of Dependence
        Those most counted twice first.

    Raises
    ------
    ConfigurationError
        If the number of pairs is not positive.
    """
    if n_pairs < 1:
        raise ConfigurationError(f"n_pairs: expected 1 or more, got {n_pairs}.")
    n_units, candidates = linked.table.n_units, linked.candidates
    weighed = np.flatnonzero(np.isfinite(linked.weight_bits))
    step = -(-len(weighed) // n_pairs) or 1
    sample = weighed[step // 2 :: step]
    left, right = random_pairs(n_units, n_pairs, _SEED, linked.table.source_of_unit if linked.one_per_source else None)
    is_new = ~_are_candidates(linked, left, right)
    left, right = left[is_new], right[is_new]
    n_others, n_drawn = max(n_units * (n_units - 1) / 2 - len(candidates), len(left)), len(left)
    left = np.concatenate([candidates.left_idx[sample], left])
    right = np.concatenate([candidates.right_idx[sample], right])
    levels, rarity_bits = linked.comparer.compare(left, right)
    stands_for = [len(weighed) / max(len(sample), 1), n_others / max(n_drawn, 1)]
    pairs = ComparedPairs(
        levels=levels,
        rarity_bits=rarity_bits,
        weight=np.repeat(stands_for, [len(sample), n_drawn]).astype(np.float64),
        is_match=linked.cluster[left] == linked.cluster[right],
    )
    return dependence_between(linked.model, pairs)


def dependence_table(found: Sequence[Dependence]) -> pa.Table:
    """Return one row for each two comparisons, as `Result.dependence` tells."""
    names = [each.name for each in fields(Dependence)]
    columns = {name: [getattr(each, name) for each in found] for name in [*names, "is_counted_twice"]}
    kinds = {name: pa.string() if name in {"one", "other"} else pa.float64() for name in names}
    return pa.table(columns, schema=pa.schema(kinds | {"is_counted_twice": pa.bool_()}))


def _are_candidates(linked: LinkedTable, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Tell which pairs, ascending, the run weighed."""
    candidates, n_units = linked.candidates, linked.table.n_units
    code = left.astype(np.int64) * n_units + right
    found = np.zeros(len(code), np.bool_)
    # Piece by piece: codes of all pairs take as much room as their weights.
    for start in range(0, len(candidates) if len(code) else 0, _PAIRS_AT_ONCE):
        piece = slice(start, start + _PAIRS_AT_ONCE)
        wanted = candidates.left_idx[piece].astype(np.int64) * n_units + candidates.right_idx[piece]
        place = np.minimum(np.searchsorted(code, wanted), len(code) - 1)
        found[place[code[place] == wanted]] = True
    return found
