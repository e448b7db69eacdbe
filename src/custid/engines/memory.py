"""What memory a run takes, told before its long steps begin: it fits, it moves pairs to disk, or it is refused.

What counts is memory that the system cannot take back: Linux calls it anonymous (``RssAnon`` of ``/proc/self/status``).
Pages of mapped files count for the size of a process, too, but are written to disk and reused when others need them.
"""

from __future__ import annotations

from custid.engines.options import ResolveOptions
from custid.errors import ConfigurationError

__all__ = ["estimated_bytes", "must_spill", "require_memory"]

_BYTES_OF_PROCESS = 240 << 20
_BYTES_PER_ROW = 650
_BYTES_PER_UNIT = 300
_BYTES_PER_PAIR = 21
_BYTES_PER_SPILLED_PAIR = 5
_GIGABYTE = 1_000_000_000


def estimated_bytes(n_rows: int, n_units: int, pairs_per_record: float, *, is_spilled: bool = False) -> int:
    """Return how much memory a run takes at most, as measured on customers of a dozen attributes.

    Parameters
    ----------
    n_rows : int
        Rows of the input.
    n_units : int
        Distinct contents among them.
    pairs_per_record : float
        Candidate pairs per distinct record; of a budget all counts, though few inputs use it up.
    is_spilled : bool
        Whether pairs and weights are in files.

    Returns
    -------
    int
        Bytes; rough, since texts may be long.

    Examples
    --------
    >>> estimated_bytes(1_000_000, 1_000_000, 20.0) // 1_000_000
    1
    >>> estimated_bytes(1_000_000, 1_000_000, 20.0, is_spilled=True) // 1_000_000
    1
    """
    n_pairs = min(n_units * pairs_per_record, n_units * (n_units - 1) / 2)
    per_pair = _BYTES_PER_SPILLED_PAIR if is_spilled else _BYTES_PER_PAIR
    return _BYTES_OF_PROCESS + n_rows * _BYTES_PER_ROW + n_units * _BYTES_PER_UNIT + int(n_pairs * per_pair)


def must_spill(options: ResolveOptions, n_rows: int, n_units: int, n_pairs: int) -> bool:
    """Tell whether a run keeps to its memory limit only if its pairs are in files.

    Parameters
    ----------
    options : ResolveOptions
        Settings; without a limit nothing is moved.
    n_rows : int
        Rows of the input.
    n_units : int
        Distinct contents among them.
    n_pairs : int
        Candidate pairs, as counted.
    """
    limit = options.memory_limit
    return limit is not None and estimated_bytes(n_rows, n_units, n_pairs / max(n_units, 1)) > limit


def require_memory(options: ResolveOptions, n_rows: int, n_units: int) -> None:
    """Refuse a run that will not keep to its memory limit even with its pairs on disk.

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
    needed = estimated_bytes(n_rows, n_units, options.pairs_per_record, is_spilled=True)
    if limit is None or needed <= limit:
        return
    left = (limit - estimated_bytes(n_rows, n_units, 0.0)) / _BYTES_PER_SPILLED_PAIR / max(n_units, 1)
    fewer = f" or set pairs_per_record to {left:.0f} or less, at some loss of recall" if left >= 1 else ""
    raise ConfigurationError(
        f"options: memory_limit: expected about {needed / _GIGABYTE:.1f} GB or more for {n_rows:,} records, "
        f"got {limit / _GIGABYTE:.1f} GB.",
        hint=f"Raise the limit{fewer}; pairs are moved to disk, records are not.",
    )
