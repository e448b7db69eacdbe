"""What the settings of blocking may be."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from custid.blocking.atoms import AtomColumn
from custid.errors import ConfigurationError, ShapeMismatchError

__all__ = ["budget_of", "check_atoms", "check_limits"]

_LARGEST_CAP = 63


def budget_of(pairs_per_unit: float, n_units: int) -> float:
    """Return how many pairs are wanted at most: a whole number, or infinity."""
    return math.inf if math.isinf(pairs_per_unit) else int(pairs_per_unit * n_units)


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number)


def check_limits(
    n_units: int,
    source_of_unit: NDArray[np.int32] | None,
    block_cap: int,
    pairs_per_unit: float,
    n_threads: int,
) -> None:
    """Refuse settings that cannot work."""
    if not (_is_whole(block_cap) and 2 <= block_cap <= _LARGEST_CAP):
        raise ConfigurationError(
            f"block_cap: expected 2 to {_LARGEST_CAP} units, got {block_cap!r}.",
            hint="Larger blocks say little about identity; the default is 50.",
        )
    if not (_is_number(pairs_per_unit) and pairs_per_unit > 0):
        raise ConfigurationError(
            f"pairs_per_unit: expected a positive number, got {pairs_per_unit!r}.", hint="The default is 24."
        )
    if not (_is_whole(n_threads) and n_threads >= 1):
        raise ConfigurationError(f"n_threads: expected at least 1, got {n_threads!r}.")
    if source_of_unit is not None and len(source_of_unit) != n_units:
        raise ShapeMismatchError(
            f"source_of_unit: expected one source for each of {n_units} units, got {len(source_of_unit)}."
        )


def check_atoms(atoms: Sequence[AtomColumn], n_units: int) -> None:
    """Refuse atoms of units that are not there, or that one unit alone has: compiled loops would not see it."""
    for column in atoms:
        units = column.unit_idx
        if len(units) and not 0 <= int(units.min()) <= int(units.max()) < n_units:
            raise ShapeMismatchError(
                f"atoms {column.name!r}: expected units from 0 to {n_units - 1}, got some beyond.",
                hint="Atoms and n_units must be of one table.",
            )
        is_whole = len(column.starts) > 0 and column.starts[0] == 0 and column.starts[-1] == len(units)
        if not is_whole or int(np.diff(column.starts).min(initial=2)) < 2:
            raise ShapeMismatchError(
                f"atoms {column.name!r}: expected starts of lists of two units or more, got others.",
                hint="view_atoms makes such lists.",
            )
