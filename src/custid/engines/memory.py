"""What memory a run takes, told before its long steps begin: it fits, it moves pairs to disk, or it is refused.

What counts is memory that the system cannot take back: Linux calls it anonymous (``RssAnon`` of ``/proc/self/status``).
Pages of mapped files count for the size of a process, too, but are written to disk and reused when others need them.
"""

from __future__ import annotations

from attrs import frozen

from custid.engines.options import ResolveOptions
from custid.errors import ConfigurationError

__all__ = ["estimated_bytes", "must_spill", "require_memory"]

_GIGABYTE = 1_000_000_000


@frozen
class _Need:
    """Bytes that a step takes at most: of the process, by row, by unit, by pair, and by pair listed in memory."""

    process: int
    row: int
    unit: int
    pair: int
    listed_pair: int

    def bytes_for(self, n_rows: int, n_units: int, n_pairs: float, *, is_spilled: bool) -> int:
        per_pair = self.pair + (0 if is_spilled else self.listed_pair)
        return self.process + n_rows * self.row + n_units * self.unit + int(n_pairs * per_pair)


_BLOCKING = _Need(process=185_000_000, row=330, unit=520, pair=5, listed_pair=0)
_WEIGHING = _Need(process=245_000_000, row=330, unit=425, pair=0, listed_pair=17)


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

    Notes
    -----
    The greater of two needs counts: that of finding pairs, beside the blocks they are in, and that of weighing and
    clustering them, without these.  Measured were one hundred thousand records with 24 pairs each and one million with
    7 and with 21, once code was compiled; a run that compiles takes up to 200 MB more.

    Examples
    --------
    >>> estimated_bytes(1_000_000, 1_000_000, 20.0) // 1_000_000
    1340
    >>> estimated_bytes(1_000_000, 1_000_000, 20.0, is_spilled=True) // 1_000_000
    1135
    """
    n_pairs = n_units * min(pairs_per_record, max(n_units - 1, 0) / 2)
    return max(need.bytes_for(n_rows, n_units, n_pairs, is_spilled=is_spilled) for need in (_BLOCKING, _WEIGHING))


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
    needed = estimated_bytes(n_rows, n_units, options.expected_pairs_per_record, is_spilled=True)
    if limit is None or needed <= limit:
        return
    left = (limit - _BLOCKING.bytes_for(n_rows, n_units, 0, is_spilled=True)) / _BLOCKING.pair / max(n_units, 1)
    helps = left >= 1 and _WEIGHING.bytes_for(n_rows, n_units, 0, is_spilled=True) <= limit
    fewer = f" or set pairs_per_record to {left:.0f} or less, at some loss of recall" if helps else ""
    raise ConfigurationError(
        f"options: memory_limit: expected about {needed / _GIGABYTE:.2f} GB or more for {n_rows:,} records, "
        f"got {limit / _GIGABYTE:.2f} GB.",
        hint=f"Raise the limit{fewer}; pairs are moved to disk, records are not.",
    )
