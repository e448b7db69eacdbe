"""What a run may be told: settings, and parts of the user's own."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any, Final

from attrs import field, frozen

from custid.blocking.atoms import Blocking, record_atoms
from custid.clustering.attachment import AttachmentOptions
from custid.clustering.contraction import ContractionOptions
from custid.clustering.greedy import Clusterer
from custid.comparison.comparison import Comparison
from custid.comparison.library import default_comparisons
from custid.errors import ConfigurationError
from custid.intake.generic_values import GenericPolicy
from custid.scoring.em import EMOptions
from custid.table.record_table import RecordTable

__all__ = ["ComparisonsLike", "Parts", "Progress", "ResolveOptions"]

Progress = Callable[[str, float], None]
"""Called with the name of a step and the share of it that is done, in [0, 1]."""

ComparisonsLike = Sequence[Comparison] | Callable[[RecordTable], Sequence[Comparison]]
"""Comparisons, or what chooses them for a table: ``lambda table: [*default_comparisons(table), mine]``."""

_BLOCK_CAP, _MAX_BLOCK_CAP = 50, 63
_PAIRS_PER_RECORD = 24.0


_RANGES: Final[tuple[tuple[str, type, Callable[[Any], bool], str], ...]] = (
    ("block_cap", Integral, lambda value: 2 <= value <= _MAX_BLOCK_CAP, f"2 to {_MAX_BLOCK_CAP}"),
    ("pairs_per_record", Real, lambda value: value > 0, "more than 0"),
    ("n_random_pairs", Integral, lambda value: value >= 1, "1 or more"),
    ("n_training_pairs", Integral, lambda value: value >= 1, "1 or more"),
    ("match_probability", Real, lambda value: 0 < value < 1, "between 0 and 1"),
    ("review_probability", Real, lambda value: 0 < value < 1, "between 0 and 1"),
    ("certain_probability", Real, lambda value: 0 <= value < 1, "0 to below 1"),
    ("seed", Integral, lambda value: value >= 0, "0 or more"),
    ("n_threads", Integral, lambda value: value >= 1, "1 or more"),
    ("memory_limit", Integral, lambda value: value >= 1, "1 or more"),
)
_OPTIONAL: Final = frozenset({"block_cap", "pairs_per_record", "memory_limit"})


def _fits(value: Any, kind: type, is_within: Callable[[Any], bool]) -> bool:
    """Tell whether a setting is a number of its kind and within its range."""
    return isinstance(value, kind) and not isinstance(value, bool) and is_within(value)


def _available_cores() -> int:
    """Cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


@frozen(kw_only=True)
class Parts:
    """The parts of a run that may be replaced.

    Attributes
    ----------
    blocking : Blocking
        What records may share so that they are compared.
    comparisons : sequence of Comparison or callable
        What is compared, or what chooses it for a table.
    clusterer : Clusterer or None
        From weighed pairs to clusters; None for contraction and, of persons, attachment with the options of the run.
    """

    blocking: Blocking = record_atoms
    comparisons: ComparisonsLike = default_comparisons
    clusterer: Clusterer | None = None

    def comparisons_of(self, table: RecordTable) -> Sequence[Comparison]:
        """Return what is compared in a table."""
        return self.comparisons(table) if callable(self.comparisons) else self.comparisons


@frozen(kw_only=True)
class ResolveOptions:
    """Settings of a run; the defaults are meant for every file.

    Attributes
    ----------
    block_cap : int, optional
        Records in the largest block looked at, at most 63.  When not given, that of the match model given; without one
        50, or as many fewer as ``pairs_per_record`` asks for.
    pairs_per_record : float, optional
        Budget of candidate pairs per distinct record: the largest blocks are passed over until the rest fits.  When
        not given, 24; none with a match model that has a cap, so that no pair depends on what else is in a run.
    n_random_pairs : int
        Random pairs from which to learn how often strangers agree, at most; few records take fewer.
    n_training_pairs : int
        Candidate pairs from which to learn, at most.
    em : EMOptions
        Learning.
    contraction : ContractionOptions
        Clustering.
    attachment : AttachmentOptions or None
        Attaching of fragments of persons; None leaves the step out.  It takes probabilities at their word, and those
        of organizations are too sure of themselves: establishments of one company share name, phone and address.
    match_probability : float
        Records are joined where it is more probable than this that they are one customer, in (0, 1).  With the cost of
        a false merge and that of a miss it is ``false_merge / (false_merge + miss)`` (see `custid.steering`).  The
        default takes both for equal.  Attaching, a step that relies on more assumptions, asks for more: the odds of
        ``attachment.min_probability`` times those of this.  Clusterers of the user's own do not know of it.
    review_probability : float
        Pairs at least this probable are reported, and those that stay apart are to be reviewed.
    certain_probability : float
        Records that share their customer with a lower probability than this are to be reviewed, in [0, 1); 0 for none.
    generic : GenericPolicy
        Which values identify nobody, and are taken for missing.
    seed : int
        Seed of the random samples.
    n_threads : int
        Threads; no result depends on it.
    memory_limit : int or None
        Bytes of memory that a run may take, not counting pages of files that the system can reuse at any time.  The
        need is estimated (see :mod:`custid.engines.memory`).  Where the candidate pairs do not fit, they and their
        weights are moved to temporary files; the result is the same.  Where the records do not fit, the run is refused
        with a ConfigurationError before pairs are looked for.  None for no limit.

    Raises
    ------
    ConfigurationError
        With every setting that is out of its range.
    """

    block_cap: int | None = None
    pairs_per_record: float | None = None
    n_random_pairs: int = 200_000
    n_training_pairs: int = 200_000
    em: EMOptions = field(factory=EMOptions)
    contraction: ContractionOptions = field(factory=ContractionOptions)
    attachment: AttachmentOptions | None = field(factory=AttachmentOptions)
    match_probability: float = 0.5
    review_probability: float = 0.5
    certain_probability: float = 0.0
    generic: GenericPolicy = field(factory=GenericPolicy)
    seed: int = 20_160_101
    n_threads: int = field(factory=lambda: max(1, min(8, _available_cores())))
    memory_limit: int | None = None

    def __attrs_post_init__(self) -> None:
        problems = [
            f"options: {name}: expected {expected}, got {value!r}"
            for name, kind, is_within, expected in _RANGES
            if not _fits(value := getattr(self, name), kind, is_within) and not (name in _OPTIONAL and value is None)
        ]
        if problems:
            raise ConfigurationError.collected(problems)

    @property
    def expected_pairs_per_record(self) -> float:
        """Return the budget of candidate pairs per distinct record, 24 where none is set."""
        return _PAIRS_PER_RECORD if self.pairs_per_record is None else self.pairs_per_record

    def block_limits(self, model_cap: int | None = None) -> tuple[int, float]:
        """Return what candidate pairs keep to.

        Parameters
        ----------
        model_cap : int, optional
            The cap of the match model given; None without one.

        Returns
        -------
        block_cap : int
            Records in the largest block looked at.
        pairs_per_record : float
            Budget of pairs per distinct record; infinity for none.

        Examples
        --------
        >>> ResolveOptions().block_limits(), ResolveOptions().block_limits(18)
        ((50, 24.0), (18, inf))
        >>> ResolveOptions(block_cap=30).block_limits(18), ResolveOptions(pairs_per_record=5.0).block_limits(18)
        ((30, inf), (18, 5.0))
        """
        cap = self.block_cap or model_cap or _BLOCK_CAP
        if model_cap is not None and self.pairs_per_record is None:
            return cap, math.inf
        return cap, self.expected_pairs_per_record
