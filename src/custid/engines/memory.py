"""Whether a run fits into the memory that it may use, told before the long steps begin."""

from __future__ import annotations

from custid.engines.options import ResolveOptions
from custid.errors import ConfigurationError

__all__ = ["estimated_bytes", "require_memory"]

_BYTES_OF_PROCESS = 200 << 20
_BYTES_PER_ROW = 750
_BYTES_PER_PAIR = 60
_GIGABYTE = 1_000_000_000


def estimated_bytes(n_rows: int, n_units: int, pairs_per_record: float) -> int:
    """Return how much memory a run takes at most, as measured on customers of a dozen attributes.

    Parameters
    ----------
    n_rows : int
        Rows of the input.
    n_units : int
        Distinct contents among them.
    pairs_per_record : float
        Budget of candidate pairs per distinct record; all of it counts, though few inputs use it up.

    Returns
    -------
    int
        Bytes; rough, since texts may be long and pairs few.

    Examples
    --------
    >>> estimated_bytes(1_000_000, 1_000_000, 20.0) // 1_000_000
    2159
    """
    n_pairs = min(n_units * pairs_per_record, n_units * (n_units - 1) / 2)
    return _BYTES_OF_PROCESS + n_rows * _BYTES_PER_ROW + int(n_pairs * _BYTES_PER_PAIR)


def require_memory(options: ResolveOptions, n_rows: int, n_units: int) -> None:
    """Refuse a run that will not keep to its memory limit.

    Parameters
    ----------
    options : ResolveOptions
        Settings; without a limit nothing is refused.
    n_rows : int
        Rows of the input.
    n_units : int
        Distinct contents among them.

    Raises
    ------
    ConfigurationError
        If the run is estimated to need more.
    """
    limit = options.memory_limit
    needed = estimated_bytes(n_rows, n_units, options.pairs_per_record)
    if limit is None or needed <= limit:
        return
    left = (limit - estimated_bytes(n_rows, 0, 0.0)) / _BYTES_PER_PAIR / max(n_units, 1)
    fewer = f" or set pairs_per_record to {left:.0f} or less, at some loss of recall" if left >= 1 else ""
    raise ConfigurationError(
        f"options: memory_limit: expected about {needed / _GIGABYTE:.1f} GB or more for {n_rows:,} records, "
        f"got {limit / _GIGABYTE:.1f} GB.",
        hint=f"Raise the limit{fewer}; nothing is moved to disk.",
    )
