"""What blocking will do, told before it is done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.blocking._blocks import Tally, key_families
from custid.blocking._limits import budget_of, check_atoms, check_limits
from custid.blocking.atoms import AtomColumn

__all__ = ["BlockingPlan", "RulePlan", "plan_candidates"]

_SAMPLED_UNITS = 4096
_MAX_RULES_SHOWN = 15
_CONFIDENCE = 1.96
_GIGABYTE = 1_000_000_000


@frozen(kw_only=True)
class RulePlan:
    """What one blocking rule is expected to do.

    Attributes
    ----------
    name : str
        The kinds of atoms it joins.
    n_keys : int
        Keys of all units, estimated from the sample.
    n_blocks : int
        Blocks of two units or more within the expected cap.
    n_oversized_blocks : int
        Blocks above it, which will be passed over.
    largest_block : int
        Units in the largest block.
    n_pairs : int
        Pairs in the blocks within the cap, before pairs that several rules propose are counted once.
    recall : float
        Share of the near-certain pairs of the sample that stand in these blocks, in [0, 1]; NaN without any.
    """

    name: str
    n_keys: int
    n_blocks: int
    n_oversized_blocks: int
    largest_block: int
    n_pairs: int
    recall: float


@frozen(kw_only=True)
class BlockingPlan:
    """What a run is expected to look at and to cost; holds no value of a customer's attribute.

    Attributes
    ----------
    n_units : int
        Distinct records.
    n_sampled : int
        Records of the sample.
    block_cap : int
        Expected cap: blocks of more units will be passed over.
    n_pairs : int
        Distinct pairs expected.
    n_pairs_error : int
        Half the width of the interval that holds their number with 95 % confidence; 0 where the sample is everything.
    n_near_certain : int
        Near-certain pairs in the sample, from which recall is estimated.
    recall : float
        Share of them that stand in any block within the cap, in [0, 1]; NaN without any.
    recall_error : float
        Half the width of its interval with 95 % confidence.
    rules : tuple of RulePlan
        By name.
    seconds : float
        How long the run is expected to take; NaN where nothing is told.
    n_bytes : int
        How much memory the run is expected to take at most; 0 where nothing is told.
    """

    n_units: int
    n_sampled: int
    block_cap: int
    n_pairs: int
    n_pairs_error: int
    n_near_certain: int
    recall: float
    recall_error: float
    rules: tuple[RulePlan, ...] = field(repr=False)
    seconds: float = math.nan
    n_bytes: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as plain dicts, lists and numbers; what is not known is None."""
        return attrs.asdict(self, value_serializer=_without_nan)

    def __str__(self) -> str:
        return "\n".join([*self._totals(), *_table(self.rules)])

    def _totals(self) -> list[str]:
        error = f" ± {self.n_pairs_error:,}" if self.n_pairs_error else ""
        recall = f"{self.recall:.1%} ± {self.recall_error:.1%}" if self.n_near_certain else "unknown"
        lines = [
            f"{self.n_units:,} distinct records, {self.n_sampled:,} of them in the sample",
            f"candidate pairs: {self.n_pairs:,}{error} (largest block {self.block_cap})",
            f"recall of near-certain pairs: {recall} (of {self.n_near_certain:,} in the sample)",
        ]
        if self.n_bytes:
            lines.append(f"memory: about {self.n_bytes / _GIGABYTE:.1f} GB at most")
        if not math.isnan(self.seconds):
            lines.append(f"time: about {max(self.seconds, 1):.0f} s")
        return lines


def _without_nan(_instance: object, _attribute: object, value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def _table(rules: Sequence[RulePlan]) -> list[str]:
    shown = sorted(rules, key=lambda rule: (-rule.n_pairs, rule.name))[:_MAX_RULES_SHOWN]
    cells: list[tuple[str, ...]] = [("rule", "keys", "blocks", "oversized", "largest", "pairs", "recall")]
    cells += [
        (
            rule.name,
            *(
                f"{n:,}"
                for n in (rule.n_keys, rule.n_blocks, rule.n_oversized_blocks, rule.largest_block, rule.n_pairs)
            ),
            "" if math.isnan(rule.recall) else f"{rule.recall:.1%}",
        )
        for rule in shown
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        ).rstrip()
        for row in cells
    ]
    if len(rules) > len(shown):
        lines.append(f"… and {len(rules) - len(shown)} rules with fewer pairs")
    return lines


def plan_candidates(
    atoms: Sequence[AtomColumn],
    n_units: int,
    *,
    source_of_unit: NDArray[np.int32] | None = None,
    block_cap: int = 50,
    pairs_per_unit: float = 24.0,
    n_threads: int = 1,
) -> BlockingPlan:
    """Tell what :func:`custid.blocking.block_candidates` would do, without listing the pairs.

    Parameters
    ----------
    atoms : sequence of AtomColumn
        From :func:`custid.blocking.record_atoms`.
    n_units : int
        Number of units.
    source_of_unit : ndarray of int32, shape (n_units,), optional
        When given, only pairs across sources count.
    block_cap : int
        Upper bound of the block size, 2 to 63.
    pairs_per_unit : float
        Budget: at most this many pairs per unit on average.
    n_threads : int
        Threads to use; the result does not depend on it.

    Returns
    -------
    BlockingPlan
        Blocks are counted, all of them.  Keys, pairs and recall are estimated from a sample of two to four thousand
        units and all units that share a block with one of them.

    Raises
    ------
    ConfigurationError, ShapeMismatchError
        As :func:`custid.blocking.block_candidates`.

    Notes
    -----
    Recall is told from the data alone.  A pair is near-certain if so rare a coincidence is not to be expected among
    all pairs: of each attribute the rarest atom in common counts log2(units / units with the atom), an attribute of
    which both have atoms and none in common counts -6, and the sum has to exceed log2(units squared).  Pairs are taken
    from the blocks up to ``block_cap`` of any rule: what no rule finds, no plan can miss.
    """
    check_limits(n_units, source_of_unit, block_cap, pairs_per_unit, n_threads)
    check_atoms(atoms, n_units)
    from custid.blocking._sampled_pairs import SampledPairs  # noqa: PLC0415  # loads numba

    one_in = 1 << (n_units // _SAMPLED_UNITS).bit_length()
    found = SampledPairs.find(list(key_families(atoms)), n_units, source_of_unit, block_cap, one_in, n_threads)
    cap = found.cap_within(budget_of(pairs_per_unit, n_units))
    n_of_unit = found.n_pairs_of_units(cap)
    n_sampled = len(n_of_unit)
    error = 0.0 if one_in == 1 else _CONFIDENCE * float(n_of_unit.std()) * n_units / max(n_sampled, 1) ** 0.5
    is_held, recall_of_rule = found.recall(cap)
    n_keys = found.n_keys()
    rules = [_rule(tally, cap, n_keys[tally.name], recall_of_rule.get(tally.name, math.nan)) for tally in found.tallies]
    recall, n_near = float(is_held.mean()) if len(is_held) else math.nan, len(is_held)
    return BlockingPlan(
        n_units=n_units,
        n_sampled=n_sampled,
        block_cap=cap,
        n_pairs=round(float(n_of_unit.sum()) * n_units / max(n_sampled, 1)),
        n_pairs_error=round(error),
        n_near_certain=n_near,
        recall=recall,
        recall_error=_CONFIDENCE * (recall * (1 - recall) / n_near) ** 0.5 if n_near else math.nan,
        rules=tuple(sorted(rules, key=lambda rule: rule.name)),
    )


def _rule(tally: Tally, cap: int, n_keys: int, recall: float) -> RulePlan:
    n_blocks, n_oversized, n_pairs = tally.within(cap)
    return RulePlan(
        name=tally.name,
        n_keys=n_keys,
        n_blocks=n_blocks,
        n_oversized_blocks=n_oversized,
        largest_block=tally.largest,
        n_pairs=n_pairs,
        recall=recall,
    )
