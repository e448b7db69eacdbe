"""When to stop asking: what the latest answers changed, and what the next ones can."""

from __future__ import annotations

from math import sqrt

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid.errors import ConfigurationError
from custid.result import Result
from custid.review import Label, Labels, Verdict
from custid.scoring.match_model import TrainedMatchModel
from custid.steering._records import rows_by_name
from custid.steering.review_queue import review_queue
from custid.steering.teaching import teach

__all__ = ["LearningState", "learning_state"]

_N_LATEST = 20
"""Answers looked at, and more where more agree with the run: of the next ones at most one in eight does not."""

_N_NEXT = 10
_Z_95 = 1.6448536269514722
_NEAR_BITS = 10.0
"""Weights further from 0 are not turned by what labels can teach a comparison, half a nat a level."""

_PAIRS_AT_ONCE = 65_536


@frozen(kw_only=True)
class LearningState:
    """What answers have taught, and what more of them can.

    Attributes
    ----------
    n_labels : int
        Answers so far, without those that nobody could tell.
    n_agreeing : int
        How many of the latest in a row said what the run had decided.
    latest_change : float
        Share of the pairs that weigh for a match whose sign the latest twenty answers turned, through the weights that
        they taught; 1 before there are twenty.
    next_change : float
        Share of the pairs of records in one customer that the next ten answers set right at most (at 95 %).
    n_open : int
        Questions left.
    least_change : float
        Up to this share a change is none.
    """

    n_labels: int
    n_agreeing: int
    latest_change: float
    next_change: float
    n_open: int
    least_change: float

    @property
    def has_learned_enough(self) -> bool:
        """Whether neither weights nor decisions have more to gain than the least change."""
        return not self.n_open or max(self.latest_change, self.next_change) <= self.least_change

    def __str__(self) -> str:
        told = "nothing more is learned" if self.has_learned_enough else "go on"
        latest = f"the latest {_N_LATEST} turned {self.latest_change:.2%} of the weights"
        if self.n_labels < _N_LATEST:
            latest = f"{_N_LATEST} are needed to see whether weights still move"
        return (
            f"{told}: {self.n_labels:,} answers, the last {self.n_agreeing:,} as the run had it; {latest}; the next "
            f"{_N_NEXT} change {self.next_change:.2%} of the decisions at most; {self.n_open:,} questions are open"
        )


def learning_state(result: Result, labels: Labels, *, least_change: float = 0.005) -> LearningState:
    """Tell whether more answers would change anything.

    Parameters
    ----------
    result : Result
        As in :func:`~custid.steering.teach`: a run that was not told the labels.
    labels : Labels
        The answers in the order in which they were given.
    least_change : float
        Share, in (0, 1), up to which a change is none: by default one decision in two hundred, for ten answers.

    Returns
    -------
    LearningState
        Print it for a sentence.

    Raises
    ------
    ConfigurationError
        If ``least_change`` is out of range, the model of the run was taught before, or the run was told labels.
    InputError
        If labels contradict one another, or none is of two records of the run.

    Notes
    -----
    Answers do two things.  They set right what they decide: with k of the latest n answers against the run, at most a
    share u of the next ones will be, u being Wilson's one-sided 95 % limit; n is twenty, or the length of the run of
    answers that agree.  The next ten then change at most u times the pairs that they decide.  The queue asks first what
    is worth most, so later answers are worth less still.  And they teach weights: how much that still moves is seen by
    leaving out the latest twenty.

    References
    ----------
    .. [1] Wilson (1927), Journal of the American Statistical Association 22(158), 209-212.
    """
    if not 0 < least_change < 1:
        raise ConfigurationError(f"least_change: expected a share between 0 and 1, got {least_change}.")
    given = [label for label in labels.current.values() if label.verdict is not Verdict.UNSURE]
    taught = teach(result, labels)
    is_agreed = _agreement(result, given)
    queue = review_queue(result, labels, n=_N_NEXT)
    n_agreeing = _run_length(is_agreed)
    latest = is_agreed[-max(_N_LATEST, n_agreeing) :]
    n_decided = sum(question.n_decided for question in queue)
    return LearningState(
        n_labels=len(given),
        n_agreeing=n_agreeing,
        latest_change=(
            _turned(result, teach(result, Labels.of(given[:-_N_LATEST])), taught) if len(given) >= _N_LATEST else 1.0
        ),
        next_change=min(1.0, _upper_share(latest.count(False), len(latest)) * n_decided / _pairs_together(result)),
        n_open=queue.n_open,
        least_change=least_change,
    )


def _agreement(result: Result, given: list[Label]) -> list[bool]:
    """Tell of each answer to records of the run whether it says what the run had decided."""
    rows, customer = rows_by_name(result), result.assignments["customer"].to_numpy()
    found = [(label, [rows.get(name, -1) for name in label.pair]) for label in given]
    return [
        bool(customer[one] == customer[other]) == (label.verdict is Verdict.MATCH)
        for label, (one, other) in found
        if min(one, other) >= 0
    ]


def _run_length(is_agreed: list[bool]) -> int:
    return next((length for length, agrees in enumerate(reversed(is_agreed)) if not agrees), len(is_agreed))


def _upper_share(n_hits: int, n_drawn: int) -> float:
    """Return Wilson's one-sided 95 % limit of a share; 1 where nothing was drawn."""
    if not n_drawn:
        return 1.0
    share, square = n_hits / n_drawn, _Z_95**2 / n_drawn
    return (share + square / 2 + sqrt(share * (1 - share) * square + square**2 / 4)) / (1 + square)


def _pairs_together(result: Result) -> int:
    """Return the pairs of records in one customer, at least 1."""
    n_rows = np.bincount(result.assignments["customer"].to_numpy(), minlength=1)
    return max(1, int((n_rows * (n_rows - 1) // 2).sum()))


def _turned(result: Result, before: TrainedMatchModel, after: TrainedMatchModel) -> float:
    """Return the share, of the pairs that weigh for a match, whose sign differs between two models."""
    linked = result.linked
    near = np.flatnonzero(np.abs(linked.weight_bits) <= _NEAR_BITS)
    n_turned = 0
    for start in range(0, len(near), _PAIRS_AT_ONCE):
        piece = near[start : start + _PAIRS_AT_ONCE]
        levels, rarity_bits = linked.comparer.compare(
            linked.candidates.left_idx[piece], linked.candidates.right_idx[piece]
        )
        signs: list[NDArray[np.bool_]] = [
            model.weight_bits(levels, model.adjustments(levels, rarity_bits)) > 0 for model in (before, after)
        ]
        n_turned += int((signs[0] != signs[1]).sum())
    return n_turned / max(1, int((linked.weight_bits > 0).sum()))
