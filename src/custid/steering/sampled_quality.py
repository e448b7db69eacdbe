"""Precision and recall from a few labels: a stratified sample of pairs, and intervals.

What is sampled are pairs of records: those in one customer, and those in two that the run compared and that may be one
at odds of 1 to 1000 or better.  Recall is relative to these: a pair of one customer that was not compared, or that
weighs less, is not seen by any sample of a size that a person can answer.

A stratum is a range of odds: in one customer up to 1, 10, 100, 1000 and above, by the record that belongs there least;
in two up to 1/100, 1/10, 1 and above.  Each answer carries in its note the stratum and the size of it; so a label file
says all that the estimate needs, and what the run thinks of a pair does not stare at the person who answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.errors import ConfigurationError, InputError
from custid.result import Result
from custid.review import Label, Labels, RecordName, Verdict
from custid.steering._pair_population import PairPopulation, pair_population
from custid.steering._records import UnitNames, rows_by_name
from custid.steering._sample_intervals import Interval, TotalInterval, ratio_limits, total_of

__all__ = ["Interval", "QualityEstimate", "QualitySample", "SampledPair", "estimate_quality", "quality_sample"]

_LEAST_PER_STRATUM = 5
_LEAST_ERROR, _LARGEST_ERROR = 0.02, 0.5
_BOUNDS_INSIDE: Final = (1.0, 10.0, 100.0, 1000.0)
_BOUNDS_APART: Final = (0.01, 0.1, 1.0)
_N_INSIDE, _N_STRATA = len(_BOUNDS_INSIDE) + 1, len(_BOUNDS_INSIDE) + len(_BOUNDS_APART) + 2
_NOTE = re.compile(r"sample: stratum (\d), \d+ of (\d+) pairs", re.ASCII)


@frozen(kw_only=True)
class SampledPair:
    """Two records to ask a person about.

    Attributes
    ----------
    left, right : tuple of (source, record key)
        The records.
    is_same_customer : bool
        Whether the run made them one customer.
    note : str
        The number of the stratum, from 0, and how many pairs are drawn of how many.
    """

    left: RecordName
    right: RecordName
    is_same_customer: bool
    note: str

    def answered(self, verdict: Verdict, *, by: str = "", at: str = "") -> Label:
        """Return the label of an answer, which keeps the note."""
        return Label(left=self.left, right=self.right, verdict=verdict, by=by, at=at, note=self.note)


@frozen(kw_only=True)
class QualitySample:
    """Pairs whose answers tell how good a run is.

    Attributes
    ----------
    pairs : tuple of SampledPair
        All of them have to be answered; what nobody can tell counts as not drawn.
    n_pairs : int
        Pairs of records that they stand for.
    """

    pairs: tuple[SampledPair, ...] = field(repr=False)
    n_pairs: int

    def __len__(self) -> int:
        return len(self.pairs)

    def __iter__(self) -> Iterator[SampledPair]:
        return iter(self.pairs)


@frozen(kw_only=True)
class QualityEstimate:
    """How good a run is, as far as few answers tell.

    Attributes
    ----------
    precision : Interval
        Share of the pairs of records in one customer that belong there.
    recall : Interval
        Share of the pairs of one customer that the run found, of those that it compared and that weigh -10 bits or
        more.
    f1 : Interval
        Harmonic mean of both.
    n_answers : int
        Answers that count.
    n_pairs : int
        Pairs of records that they stand for.
    """

    precision: Interval
    recall: Interval
    f1: Interval
    n_answers: int
    n_pairs: int

    def __str__(self) -> str:
        rows = [
            f"{name:<10}{value.value:>8.4f}   {value.low:.4f} to {value.high:.4f}"
            for name, value in (("precision", self.precision), ("recall", self.recall), ("F1", self.f1))
        ]
        rows.append(f"95 % intervals, from {self.n_answers:,} answers of {self.n_pairs:,} pairs of records")
        return "\n".join(rows)


def quality_sample(result: Result, n: int, *, seed: int = 0) -> QualitySample:
    """Return pairs of records to be answered, so that precision and recall can be estimated.

    Parameters
    ----------
    result : Result
        The run.
    n : int
        How many, at least 1; all pairs where there are fewer.
    seed : int
        Seed of the choice, 0 or more.

    Returns
    -------
    QualitySample
        In an order that says nothing of the strata: sorted by name.

    Raises
    ------
    ConfigurationError
        If ``n`` or ``seed`` is out of range.

    Notes
    -----
    Strata share the answers in proportion to N_h sqrt(e_h (1 - e_h)), with N_h pairs and e_h the share of errors that
    the run's own probabilities expect there, kept within 0.02 and 0.5 since they may be too sure of themselves; each
    gets 5 where there are enough.  Within a stratum every pair of records is as likely as any other.

    References
    ----------
    .. [1] Neyman (1934), Journal of the Royal Statistical Society 97(4), 558-625, section III.
    """
    problems = [f"n: expected 1 or more, got {n}"] if n < 1 else []
    problems += [f"seed: expected 0 or more, got {seed}"] if seed < 0 else []
    if problems:
        raise ConfigurationError.collected(problems)
    population = pair_population(result)
    stratum = _strata(population)
    names = UnitNames(result)
    sizes = np.bincount(stratum, weights=population.n_rows, minlength=_N_STRATA).astype(np.int64)
    n_drawn = _allocation(sizes, _expected_errors(population, stratum, sizes), n)
    pairs: list[SampledPair] = []
    for number in np.flatnonzero(n_drawn).tolist():
        places = np.flatnonzero(stratum == number)
        ends = np.cumsum(population.n_rows[places])
        drawn = np.random.default_rng([seed, number]).choice(int(sizes[number]), int(n_drawn[number]), replace=False)
        at = np.searchsorted(ends, drawn, side="right")
        within = drawn - (ends - population.n_rows[places])[at]
        is_same = number < _N_INSIDE
        note = f"sample: stratum {number}, {n_drawn[number]} of {sizes[number]} pairs"
        for place, rank in zip(places[at].tolist(), within.tolist(), strict=True):
            left, right = _named(population, names, place, rank)
            pairs.append(SampledPair(left=left, right=right, is_same_customer=is_same, note=note))
    return QualitySample(pairs=tuple(sorted(pairs, key=lambda pair: (pair.left, pair.right))), n_pairs=int(sizes.sum()))


def _named(population: PairPopulation, names: UnitNames, place: int, rank: int) -> tuple[RecordName, RecordName]:
    """Return the names of one pair of rows of two units, or of one unit."""
    left, right = (names.all_of(int(side[place])) for side in (population.left_idx, population.right_idx))
    if population.left_idx[place] != population.right_idx[place]:
        first, second = sorted((left[rank // len(right)], right[rank % len(right)]))
        return first, second
    row = 0
    while rank >= len(left) - 1 - row:
        rank -= len(left) - 1 - row
        row += 1
    return left[row], left[row + 1 + rank]


def _strata(population: PairPopulation) -> NDArray[np.int64]:
    """Return the stratum of each pair: those of one customer first, each by its odds."""
    inside, apart = (
        np.searchsorted(np.log2(bounds), population.odds_bits, side="right")
        for bounds in (_BOUNDS_INSIDE, _BOUNDS_APART)
    )
    return np.where(population.is_same, inside, apart + _N_INSIDE)


def _expected_errors(
    population: PairPopulation, stratum: NDArray[np.int64], sizes: NDArray[np.int64]
) -> NDArray[np.float64]:
    error = np.bincount(stratum, weights=population.n_rows * population.error_probability, minlength=len(sizes))
    return np.clip(error / np.maximum(sizes, 1), _LEAST_ERROR, _LARGEST_ERROR)


def _allocation(sizes: NDArray[np.int64], errors: NDArray[np.float64], n: int) -> NDArray[np.int64]:
    """Return how many pairs to draw of each stratum."""
    if n >= sizes.sum():
        return sizes
    least = min(_LEAST_PER_STRATUM, n // max(1, int((sizes > 0).sum())))
    n_drawn = np.minimum(sizes, least)
    need = sizes * np.sqrt(errors * (1.0 - errors))
    while n_drawn.sum() < n:
        # One by one to the stratum that is furthest behind: shares come out right, and no stratum is overdrawn.
        behind = np.where(n_drawn < sizes, need / (n_drawn + 1.0), -1.0)
        n_drawn[int(np.argmax(behind))] += 1
    return n_drawn


def estimate_quality(result: Result, labels: Labels) -> QualityEstimate:
    """Return precision, recall and F1 with 95 % intervals, from the answers to a sample.

    Parameters
    ----------
    result : Result
        The run that was sampled.
    labels : Labels
        Labels with the notes of :func:`quality_sample`; others are left out, since nothing says for what they stand.

    Returns
    -------
    QualityEstimate
        Over pairs of records.

    Raises
    ------
    InputError
        If no label is of a sample, or the sample was of another run.

    Notes
    -----
    With t the pairs in one customer that belong there, and f those apart that belong together, precision is t / n with
    n known, recall t / (t + f) and F1 2 t / (n + t + f); both totals are stratified estimates, sums of N_h p_h.  The
    limits of each stratum are exact (Clopper and Pearson's, for draws without putting back), and those of the totals
    and ratios are put together from them by the method of variance estimates recovery.  So they hold where all answers
    of a stratum are right: the upper limit is then the whole stratum, and the lower one is not.

    References
    ----------
    .. [1] Clopper and Pearson (1934), Biometrika 26(4), 404-413; Buonaccorsi (1987), The American Statistician 41(3),
       215-218, for finite populations.
    .. [2] Zou and Donner (2008), Statistics in Medicine 27(10), 1693-1702, section 2.
    .. [3] Donner and Zou (2012), Statistical Methods in Medical Research 21(4), 347-359, section 2.
    """
    counts = _counts(result, labels)
    inside = total_of([counts[number] for number in sorted(counts) if number < _N_INSIDE])
    apart = total_of([counts[number] for number in sorted(counts) if number >= _N_INSIDE])
    recall = ratio_limits(apart, inside)
    whole = TotalInterval(value=inside.n + apart.value, low=inside.n + apart.low, high=inside.n + apart.high, n=0.0)
    f1 = ratio_limits(whole, inside)
    return QualityEstimate(
        precision=inside.share(),
        recall=Interval(value=1 / (1 + recall.value), low=1 / (1 + recall.high), high=1 / (1 + recall.low)),
        f1=Interval(value=2 / (1 + f1.value), low=2 / (1 + f1.high), high=2 / (1 + f1.low)),
        n_answers=sum(n_answers for _, n_answers, _ in counts.values()),
        n_pairs=int(inside.n + apart.n),
    )


def _counts(result: Result, labels: Labels) -> dict[int, tuple[int, int, int]]:
    """Return matches, answers and pairs of each stratum."""
    rows, customer = rows_by_name(result), result.assignments["customer"].to_numpy()
    counts: dict[int, tuple[int, int, int]] = {}
    for label in labels.current.values():
        found = _NOTE.fullmatch(label.note)
        if found is None:
            continue
        number, n_pairs = int(found[1]), int(found[2])
        places = [rows.get(name, -1) for name in label.pair]
        if min(places) < 0 or bool(customer[places[0]] == customer[places[1]]) != (number < _N_INSIDE):
            raise InputError(
                "labels: expected answers to a sample of this run, got one to a sample of another.",
                hint="Draw a sample of this run; answers to another one can still be used for teaching.",
            )
        n_matches, n_answers, of = counts.get(number, (0, 0, n_pairs))
        if of != n_pairs:
            raise InputError("labels: expected answers to one sample, got those of several.")
        if label.verdict is not Verdict.UNSURE:
            n_matches, n_answers = n_matches + (label.verdict is Verdict.MATCH), n_answers + 1
        counts[number] = n_matches, n_answers, n_pairs
    if not counts:
        raise InputError(
            "labels: expected answers to a sample, got none.",
            hint="Answer the pairs of quality_sample, and keep their notes.",
        )
    return counts
