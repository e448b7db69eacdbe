"""What is certain of two contents of a run: that they are one customer, or two, and who says so."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from custid.clustering.pair_graph import components
from custid.engines.constraints import DefiniteMatch
from custid.engines.labels import kept_apart_by
from custid.engines.linked_table import LinkedTable
from custid.engines.rules import RuleBook
from custid.result.explanation import Reason

__all__ = ["CertainFacts", "Fact"]


class Fact(NamedTuple):
    """Something certain: what it rests on, between which units, and what it is called."""

    reason: Reason
    left: int
    right: int
    attributes: tuple[str, ...] = ()
    text: str = ""


class CertainFacts:
    """Looks up what is certain of units of one run.

    Parameters
    ----------
    linked : LinkedTable
        What the run found out.
    """

    def __init__(self, linked: LinkedTable) -> None:
        self._linked = linked
        self._certain = linked.certain

    def together(self, left: int, right: int) -> Fact | None:
        """Return what makes two units one customer whatever they weigh, if anything does."""
        if self._group[left] == self._group[right]:
            return Fact(Reason.VERDICT, left, right)
        if self._joined[left] != self._joined[right]:
            return None
        held = self._match_rules.first_that_holds(*_one(left, right))[0]
        return Fact(Reason.RULE, left, right, text=self._match_rules.rules[held].name if held >= 0 else "")

    def apart(self, left: int, right: int) -> Fact | None:
        """Return what makes two units two customers whatever they weigh, if anything does."""
        certain, group = self._certain, self._group
        ends = group[certain.apart[: len(certain.kinds)]]
        wanted = (ends == (group[left], group[right])).all(axis=1) | (ends == (group[right], group[left])).all(axis=1)
        # Verdicts come before relations, and outrank them.
        for place in np.flatnonzero(wanted)[:1].tolist():
            one, other = certain.apart[place].tolist()
            kind = certain.kinds[place]
            one, other = (one, other) if group[one] == group[left] else (other, one)
            return Fact(Reason.RELATION if kind else Reason.VERDICT, one, other, text=kind)
        if attributes := kept_apart_by(certain.labels, left, right):
            return Fact(Reason.KEPT_APART, left, right, attributes)
        source = certain.limited_source
        is_copy = left == right and bool(np.isneginf(self._linked.copy_bits[left]))
        if is_copy or (source is not None and 0 <= source[left] == source[right] and group[left] != group[right]):
            return Fact(Reason.ONE_PER_SOURCE, left, right)
        if group[left] != group[right]:
            held = self._non_match_rules.first_that_holds(*_one(left, right))[0]
            if held >= 0:
                return Fact(Reason.RULE, left, right, text=self._non_match_rules.rules[held].name)
        return None

    def between(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> Fact | None:
        """Return the first thing that keeps a unit of one customer from one of another, if anything does."""
        one, other = (each.ravel().astype(np.int32) for each in np.meshgrid(left, right, indexing="ij"))
        for is_apart in (
            self._certain.test(),
            self._certain.broken_rules(self._linked.comparer),
        ):
            for place in np.flatnonzero(is_apart(one, other))[:1].tolist():
                return self.apart(int(one[place]), int(other[place]))
        return None

    @cached_property
    def _group(self) -> NDArray[np.int32]:
        return self._certain.group()

    @cached_property
    def _joined(self) -> NDArray[np.int32]:
        both = np.concatenate([self._certain.verdicts, self._certain.joined])
        return components(self._certain.n_units, both[:, 0], both[:, 1])

    @cached_property
    def _match_rules(self) -> RuleBook:
        return self._certain.rules(self._linked.comparer, DefiniteMatch)

    @cached_property
    def _non_match_rules(self) -> RuleBook:
        return self._certain.rules(self._linked.comparer)


def _one(left: int, right: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    return np.array([left], np.int32), np.array([right], np.int32)
