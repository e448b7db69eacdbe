"""What kinds of atoms an index can have, and which of them make keys together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from custid.blocking._blocks import are_joined
from custid.errors import ConfigurationError
from custid.index.atoms import AtomKind

__all__ = ["check_kinds", "joined_kinds"]

_MOST_KINDS = 256


def check_kinds(kinds: Sequence[AtomKind]) -> None:
    """Refuse kinds that cannot be told apart or numbered."""
    names = [f"{kind.group}.{kind.kind}" for kind in kinds]
    if len(set(names)) < len(names) or len(names) > _MOST_KINDS:
        raise ConfigurationError(
            f"kinds: expected at most {_MOST_KINDS} distinct ones, got {len(names)}, "
            f"{len(set(names))} of them distinct."
        )


def joined_kinds(kinds: Sequence[AtomKind]) -> NDArray[np.bool_]:
    """Return which two kinds make keys, shape (n_kinds, n_kinds)."""
    joined = [
        are_joined(first.group, second.group, is_same_kind=first is second) for first in kinds for second in kinds
    ]
    return np.array(joined, np.bool_).reshape(len(kinds), len(kinds))
