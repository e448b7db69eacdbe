"""Whether probabilities mean what they say: how often what was given 0.8 is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pyarrow as pa
from attrs import asdict, field, frozen
from numpy.typing import ArrayLike, NDArray

from custid.errors import InputError, ShapeMismatchError
from custid.evaluation.against_truth import true_labels
from custid.evaluation.truth import TruthLike

__all__ = ["Calibration", "HasProbabilities", "Reliability", "ReliabilityBin", "evaluate_probabilities", "reliability"]

_N_BINS = 10


@runtime_checkable
class HasProbabilities(Protocol):
    """A result that knows how probable its pairs, members and customers are."""

    @property
    def assignments(self) -> pa.Table:
        """One row per record, with source and record key."""

    def probabilities_of(
        self, labels: NDArray[np.int64], /
    ) -> Mapping[str, tuple[NDArray[np.float64], NDArray[np.bool_]]]:
        """Return probabilities and what is right by the labels of the rows: of pairs, members and customers."""


@frozen(kw_only=True)
class ReliabilityBin:
    """Cases of about one probability.

    Attributes
    ----------
    n : int
        How many.
    mean_probability : float
        Mean of their probabilities.
    share_right : float
        Share of them that are right.
    """

    n: int
    mean_probability: float
    share_right: float


@frozen(kw_only=True)
class Reliability:
    """Probabilities held against what is right.

    Attributes
    ----------
    n : int
        Number of cases.
    expected_error : float
        Expected calibration error over ten bins of equal count, in [0, 1]; 0.0 without a case.
    tenths : tuple of ReliabilityBin
        The cases by tenths of probability, ascending, empty tenths left out; a probability of 1 is in the last one.
    """

    n: int
    expected_error: float
    tenths: tuple[ReliabilityBin, ...] = field(repr=False)


@frozen(kw_only=True)
class Calibration:
    """How much the probabilities of a run can be taken at their word.

    Attributes
    ----------
    pairs : Reliability
        Of all pairs of distinct contents that were weighed: that they are one party.
    members : Reliability
        Of the records of customers of several: that at least half of the other records are of their party.
    customers : Reliability
        Of customers of several records: that all of them are one party.
    """

    pairs: Reliability
    members: Reliability
    customers: Reliability

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain dicts, lists and numbers."""
        return asdict(self)

    def __str__(self) -> str:
        lines = []
        for name in ("pairs", "members", "customers"):
            of: Reliability = getattr(self, name)
            lines.append(f"{name}: {of.n:,}, expected calibration error {of.expected_error:.4f}")
            lines.extend(
                f"  {each.mean_probability:>8.3f} promised {each.share_right:>8.3f} right {each.n:>12,}"
                for each in of.tenths
            )
        return "\n".join(lines)


def reliability(probability: ArrayLike, is_right: ArrayLike) -> Reliability:
    """Return how often cases are right, held against their probabilities.

    Parameters
    ----------
    probability : array_like of float, shape (n_cases,)
        Probabilities, in [0, 1].
    is_right : array_like of bool, shape (n_cases,)
        Whether each case is right.

    Returns
    -------
    Reliability
        Expected calibration error and cases by tenths.

    Raises
    ------
    ShapeMismatchError
        If the two are not of one dimension and one length.
    InputError
        If a probability is none.

    Notes
    -----
    The cases are put into ten bins of equal count in the order of their probabilities; the error is the mean over all
    cases of the difference between the mean probability and the share of right cases of their bin [1]_.  Cases of one
    probability count as right in equal parts, so that no order of them matters.

    References
    ----------
    .. [1] Naeini, Cooper and Hauskrecht (2015), Obtaining well calibrated probabilities using Bayesian binning, AAAI,
       section 4.

    Examples
    --------
    >>> reliability([0.9, 0.9, 0.9, 0.9, 0.2], [True, True, True, False, False]).tenths[-1]
    ReliabilityBin(n=4, mean_probability=0.9, share_right=0.75)
    """
    promised, right = np.asarray(probability, np.float64), np.asarray(is_right, np.float64)
    if promised.ndim != 1 or promised.shape != right.shape:
        raise ShapeMismatchError(
            f"reliability: expected as many probabilities as cases, got shapes {promised.shape} and {right.shape}."
        )
    if not ((promised >= 0.0) & (promised <= 1.0)).all():
        raise InputError("reliability: probability: expected numbers from 0 to 1, got others.")
    values, group, counts = np.unique(promised, return_inverse=True, return_counts=True)
    share = np.bincount(group, right, minlength=len(values)) / np.maximum(counts, 1)
    missed = np.repeat(values, counts) - np.repeat(share, counts)
    bins = np.array_split(missed, _N_BINS)
    tenth = np.minimum((promised * _N_BINS).astype(np.int64), _N_BINS - 1)
    tenths = []
    for number in np.unique(tenth).tolist():
        inside = tenth == number
        tenths.append(
            ReliabilityBin(
                n=int(inside.sum()),
                # In ascending order, for the sum depends on the order in its last digits.
                mean_probability=float(np.sort(promised[inside]).mean()),
                share_right=float(right[inside].mean()),
            )
        )
    error = sum(abs(float(each.sum())) for each in bins) / max(len(promised), 1)
    return Reliability(n=len(promised), expected_error=error, tenths=tuple(tenths))


def evaluate_probabilities(
    result: HasProbabilities, truth: TruthLike, *, key: str = "record_key", source: str = "source"
) -> Calibration:
    """Return how far the probabilities of a run are right, held against the truth.

    Parameters
    ----------
    result : HasProbabilities
        A result of custid.
    truth : path, pyarrow.Table or mapping
        The true customer of each record, as `read_truth` takes it, in any order.
    key, source : str
        Columns of the assignments: record key and source.

    Returns
    -------
    Calibration
        Of pairs, of members and of customers.

    Raises
    ------
    InputError
        If a record stands on one side only, or has no true id.
    DuplicateRecordKeyError
        If two records of one side cannot be told apart.
    """
    of = result.probabilities_of(true_labels(result.assignments, truth, key=key, source=source))
    pairs, members, customers = (reliability(*of[name]) for name in ("pairs", "members", "customers"))
    return Calibration(pairs=pairs, members=members, customers=customers)
