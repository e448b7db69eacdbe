"""The review queue: which pair of records to ask a person about next.

An answer is worth what it is expected to set right: the chance that the run errs there, times the pairs of records that
the answer decides.  It is worth less the more pairs of the same evidence have been answered or are asked already, since
these teach the weights next to nothing new.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.errors import ConfigurationError
from custid.result import Result
from custid.result.open_questions import open_questions
from custid.review import Labels, RecordName
from custid.scoring.weights import probability_of
from custid.steering._records import LabeledUnits, UnitNames, labeled_units, rows_by_name

__all__ = ["Question", "ReviewQueue", "review_queue"]

_LOOKED_AT = 2_000
"""Questions of the greatest worth that are weighed against one another; the others have less to offer than these."""


@frozen(kw_only=True)
class Question:
    """Two records, and what is at stake.

    Attributes
    ----------
    left, right : tuple of (source, record key)
        The records; ``result.explain(question.left, question.right)`` shows their values and evidence.
    is_same_customer : bool
        Whether the run made them one customer.
    probability : float
        In [0, 1], that they are one, as all the evidence between their two sides has it.
    n_decided : int
        Pairs of records that the answer decides.
    expected_change : float
        How many of these the answer is expected to set right.
    """

    left: RecordName
    right: RecordName
    is_same_customer: bool
    probability: float
    n_decided: int
    expected_change: float


@frozen(kw_only=True)
class ReviewQueue:
    """Questions, the one that teaches most first.

    Attributes
    ----------
    questions : tuple of Question
        What to ask next.
    n_open : int
        Questions that the run leaves open and no label answers, those in the queue included.
    """

    questions: tuple[Question, ...] = field(repr=False)
    n_open: int

    def __len__(self) -> int:
        return len(self.questions)

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions)


def review_queue(result: Result, labels: Labels | None = None, *, n: int = 10) -> ReviewQueue:
    """Return the pairs of records to ask a person about next.

    Parameters
    ----------
    result : Result
        The run.
    labels : Labels, optional
        What was answered before; what follows from it is not asked again, and neither is what nobody could tell.
    n : int
        How many questions, 0 or more.

    Returns
    -------
    ReviewQueue
        At most ``n`` questions; fewer where fewer are open.

    Raises
    ------
    ConfigurationError
        If ``n`` is negative.
    InputError
        If labels contradict one another, or none of them is of two records of the run.

    Notes
    -----
    What is open is said in :mod:`custid.result.open_questions`.  A question q with partial match weights x_q is worth

        e_q / (1 + sum over answered and asked r of 2^-d(x_q, x_r)),

    with e_q the expected change and d the sum of the absolute differences in bits, so that a second pair of the same
    evidence counts half and one that differs by five bits all but fully.  The questions are taken one by one.  The
    order depends on the contents of the records alone.

    Examples
    --------
    >>> import custid
    >>> from custid.testing import synthetic_customers
    >>> queue = review_queue(custid.dedupe(synthetic_customers(300, seed=2).records), n=5)
    >>> len(queue), queue.n_open > 5
    (5, True)
    """
    if n < 0:
        raise ConfigurationError(f"n: expected 0 or more, got {n}.")
    labels = labels or Labels()
    known = labeled_units(result, labels)
    questions = open_questions(result.linked)
    questions = questions.only(np.flatnonzero(_unanswered(result, labels, known, questions.pair)))
    n_open = len(questions)
    questions = questions.only(np.argsort(-questions.expected_change, kind="stable")[:_LOOKED_AT])
    worth, evidence = questions.expected_change, _evidence(result, questions.pair)
    seen = 1.0 + _nearness(evidence, _partial_bits(result, known.left_idx, known.right_idx)) @ known.n_labels
    chosen, names = questions.only(_greedy(worth, evidence, seen, n)), UnitNames(result)
    probability, expected = probability_of(chosen.odds_bits), chosen.expected_change
    found = []
    for place in range(len(chosen)):
        left, right = sorted(
            names.of(int(side[chosen.pair[place]]))
            for side in (result.linked.candidates.left_idx, result.linked.candidates.right_idx)
        )
        found.append(
            Question(
                left=left,
                right=right,
                is_same_customer=bool(chosen.is_same[place]),
                probability=float(probability[place]),
                n_decided=int(chosen.n_decided[place]),
                expected_change=float(expected[place]),
            )
        )
    return ReviewQueue(questions=tuple(found), n_open=n_open)


def _unanswered(result: Result, labels: Labels, known: LabeledUnits, pair: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell of which questions no label says anything."""
    rows, linked = rows_by_name(result), result.linked
    answered = set(zip(known.left_idx.tolist(), known.right_idx.tolist(), strict=True))
    for label in labels.current.values():
        found = [rows.get(name, -1) for name in label.pair]
        if min(found) >= 0:
            one, other = sorted(linked.table.unit_of_row[found].tolist())
            answered.add((one, other))
    units = (linked.candidates.left_idx[pair].tolist(), linked.candidates.right_idx[pair].tolist())
    return np.array([each not in answered for each in zip(*units, strict=True)], np.bool_)


def _evidence(result: Result, pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    candidates = result.linked.candidates
    return _partial_bits(result, candidates.left_idx[pairs], candidates.right_idx[pairs])


def _partial_bits(result: Result, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return what each comparison of some pairs weighs, shape (n_pairs, n_outputs)."""
    linked = result.linked
    return linked.model.explain(*linked.comparer.compare(left, right)).partial_bits


def _nearness(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how alike the evidence of pairs is, in (0, 1], shape (len(one), len(other))."""
    near = np.empty((len(one), len(other)))
    for number, row in enumerate(other):
        near[:, number] = np.exp2(-np.abs(one - row).sum(axis=1))
    return near


def _greedy(
    worth: NDArray[np.float64], evidence: NDArray[np.float64], seen: NDArray[np.float64], n: int
) -> NDArray[np.int64]:
    """Return the positions of the questions to ask, the one worth most first."""
    chosen: list[int] = []
    is_left = np.ones(len(worth), np.bool_)
    while len(chosen) < n and is_left.any():
        place = int(np.argmax(np.where(is_left, worth / seen, -1.0)))
        chosen.append(place)
        is_left[place] = False
        seen = seen + _nearness(evidence, evidence[place : place + 1])[:, 0]
    return np.array(chosen, np.int64)
