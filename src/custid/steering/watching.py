"""What a population does that its past, or chance, does not explain."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.errors import ConfigurationError
from custid.report.wording import attribute_label
from custid.steering._distributions import (
    aligned_counts,
    mixture_score,
    odds_ratio,
    proportion_score,
    robust_score,
    stability_index,
)
from custid.steering._wording import number, percent_text, said
from custid.steering.health_report import HealthReport

__all__ = ["Finding", "Severity", "WatchLimits", "sentences", "watch"]

_FEW_REPORTS = 3
_GROWN = 1.1


class Severity(StrEnum):
    """How much a finding matters: ``SERIOUS`` ones want action, ``NOTABLE`` ones a look."""

    SERIOUS = "serious"
    NOTABLE = "notable"


@frozen(kw_only=True)
class WatchLimits:
    """From where on a difference is told.

    Attributes
    ----------
    least_score : float
        Normal score that chance has to be ruled out with; 3.29 lets one quantity in a thousand pass that did not move,
        and some fifty are looked at.
    notable_odds_ratio, serious_odds_ratio : float
        Factor, either way, by which the odds of a share have to change to be told, and to be serious; above 1.
    notable_index, serious_index : float
        Population stability index of a distribution to be told, and to be serious; 0.1 and 0.25 are the limits in use
        since Siddiqi (2006), Credit Risk Scorecards, chapter 10.
    notable_exponent : float
        Growth of the pairs within customers with the records, 1 where they grow alike.

    Raises
    ------
    ConfigurationError
        If a limit is not above its least value.
    """

    least_score: float = 3.29
    notable_odds_ratio: float = 1.25
    serious_odds_ratio: float = 2.0
    notable_index: float = 0.1
    serious_index: float = 0.25
    notable_exponent: float = 1.5

    def __attrs_post_init__(self) -> None:
        least = {"notable_odds_ratio": 1.0, "serious_odds_ratio": 1.0, "notable_exponent": 1.0}
        for name in ("least_score", "notable_index", "serious_index", *least):
            value, bound = getattr(self, name), least.get(name, 0.0)
            if not value > bound:
                raise ConfigurationError(f"limits: {name}: expected more than {bound:g}, got {value!r}.")


@frozen(kw_only=True)
class Finding:
    """Something that moved beyond what chance explains, or that is wrong by itself.

    Attributes
    ----------
    code : str
        What: a share such as ``"merge_rate"``, a distribution such as ``"customer_sizes"``, or ``"tail"``,
        ``"growth"``, ``"retrain"``, ``"not_converged"`` or ``"unlike"``.
    attribute : str
        The attribute or comparison concerned; empty for none.
    severity : Severity
        How much it matters.
    before, after : float or None
        The share before (by a log, as a rule) and now; None for what is no share.
    score : float
        How surprising it is, as a normal score, positive for a rise; 0 where no chance is involved.
    size : float
        How much it is: the odds ratio of a share, the stability index of a distribution, the exponent of growth, or
        how many customers.
    """

    code: str
    attribute: str = ""
    severity: Severity
    before: float | None = None
    after: float | None = None
    score: float = 0.0
    size: float = 0.0
    _is_by_log: bool = field(default=False, repr=False)
    _least_records: int = field(default=0, repr=False)

    def sentence(self, language: str = "en") -> str:
        """Return the finding in words.

        Parameters
        ----------
        language : str
            ``"en"`` or ``"fr"``.

        Returns
        -------
        str
            Severity and what was found.
        """
        label = attribute_label(self.attribute, language)
        if self.code == "tail":
            text = said(self.code, language, n=number(self.size, language), least=number(self._least_records, language))
        elif self.code == "growth":
            text = said("growth", language, exponent=number(self.size, language, digits=1))
        elif self.code in {"retrain", "unlike", "not_converged"}:
            text = said(self.code, language, name=label, psi=number(self.size, language, digits=2))
        elif self.before is None or self.after is None:
            name = said(self.code, language, name=label)
            text = said("moved_mix", language, name=name, psi=number(self.size, language, digits=2))
        else:
            text = said(
                "moved_log" if self._is_by_log else "moved",
                language,
                name=said(self.code, language, name=label),
                before=percent_text(self.before, language),
                after=percent_text(self.after, language),
                z=number(self.score, language, digits=1, sign=True),
            )
        return f"{said(self.severity.value, language)}: {text}"

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain text and numbers."""
        return {
            "code": self.code,
            "attribute": self.attribute,
            "severity": self.severity.value,
            "before": self.before,
            "after": self.after,
            "score": self.score,
            "size": self.size,
        }

    def __str__(self) -> str:
        return self.sentence()


def sentences(findings: Sequence[Finding], language: str = "en") -> str:
    """Return findings in words, or that there are none.

    Parameters
    ----------
    findings : sequence of Finding
        From `watch`.
    language : str
        ``"en"`` or ``"fr"``.

    Returns
    -------
    str
        A line for each; a sentence that nothing moved where there are none.

    Examples
    --------
    >>> sentences(())
    'Nothing moved beyond what chance explains.'
    """
    return "\n".join(each.sentence(language) for each in findings) or said("watch_nothing", language)


class _Share(NamedTuple):
    """A part of a whole, and how many records of the whole repeat one another."""

    part: int
    whole: int
    design_effect: float

    @property
    def value(self) -> float:
        return self.part / self.whole

    @property
    def draws(self) -> tuple[float, float]:
        return self.part / self.design_effect, self.whole / self.design_effect


def watch(
    report: HealthReport, earlier: HealthReport | Iterable[HealthReport] = (), *, limits: WatchLimits | None = None
) -> tuple[Finding, ...]:
    """Tell what moved beyond what chance explains.

    Parameters
    ----------
    report : HealthReport
        The population now.
    earlier : HealthReport or iterable of HealthReport
        What to hold it against: one report, or several with the oldest first, as a `HealthLog` holds them.  None to
        look at the report alone: the tail, drift from what the match model was trained on.
    limits : WatchLimits, optional
        From where on a difference is told.

    Returns
    -------
    tuple of Finding
        Serious ones first, then by how surprising they are; empty where nothing moved.

    Notes
    -----
    Shares are held against the last report by the test of two shares, and against three or more by their median and its
    absolute deviation; distributions against the last report by the likelihood ratio.  What counts as draws are
    customers rather than records (`HealthReport.design_effect`).  Both chance and size have to speak: a difference that
    is certain and small is not told, and neither is a large one that chance explains.

    Examples
    --------
    >>> import custid
    >>> from custid.steering import health_of
    >>> from custid.testing import synthetic_customers
    >>> report = health_of(custid.dedupe(synthetic_customers(200, seed=1).records))
    >>> watch(report, report)
    ()
    """
    limits = limits or WatchLimits()
    past = (earlier,) if isinstance(earlier, HealthReport) else tuple(earlier)
    found = [*_alone(report, limits)]
    if past:
        found += [*_moved_shares(report, past, limits), *_moved_mixes(report, past[-1], limits)]
        found += [*_growth(report, past[-1], limits), *_unlike(report, past[-1])]
    order = list(Severity)
    return tuple(
        sorted(found, key=lambda each: (order.index(each.severity), -abs(each.score), each.code, each.attribute))
    )


def _alone(report: HealthReport, limits: WatchLimits) -> Iterable[Finding]:
    tail = report.tail
    if tail.n_customers:
        yield Finding(code="tail", severity=Severity.SERIOUS, size=tail.n_customers, least_records=tail.least_records)
    if not report.has_converged:
        yield Finding(code="not_converged", severity=Severity.NOTABLE)
    for each in report.attributes:
        index, score = each.drift_index or 0.0, each.drift_score or 0.0
        if index >= limits.notable_index and score >= limits.least_score:
            severity = Severity.SERIOUS if index >= limits.serious_index else Severity.NOTABLE
            yield Finding(code="retrain", attribute=each.attribute, severity=severity, score=score, size=index)


def _shares(report: HealthReport) -> dict[tuple[str, str], _Share]:
    n_records, effect = report.n_records, report.design_effect
    shares = {
        ("merge_rate", ""): _Share(n_records - report.n_customers, n_records, report.merge_design_effect),
        ("single_share", ""): _Share(report.n_singles, report.n_customers, 1.0),
        # Records in review are alone, unless a run marks joined ones as well: each is taken for a draw.
        ("review_share", ""): _Share(report.n_in_review, n_records, 1.0),
        ("refused_share", ""): _Share(report.n_refused, n_records + report.n_refused, 1.0),
        ("passed_over_share", ""): _Share(report.n_passed_over, report.n_distinct, effect),
        # Pairs of a record repeat one another as well.
        ("uncertain_share", ""): _Share(
            report.n_uncertain_pairs, report.n_pairs, max(effect, report.n_pairs / max(n_records, 1))
        ),
    }
    for each in report.attributes:
        shares["missing_share", each.attribute] = _Share(each.n_missing, n_records, each.missing_design_effect)
        shares["invalid_share", each.attribute] = _Share(min(each.n_invalid, n_records), n_records, effect)
        shares["generic_share", each.attribute] = _Share(min(each.n_generic, n_records), n_records, effect)
    return {name: share for name, share in shares.items() if share.whole}


def _moved_shares(report: HealthReport, past: Sequence[HealthReport], limits: WatchLimits) -> Iterable[Finding]:
    shares, earlier = _shares(report), [_shares(each) for each in past]
    for (code, attribute), share in shares.items():
        known = [each[code, attribute] for each in earlier if (code, attribute) in each]
        if not known:
            continue
        by_log = len(known) >= _FEW_REPORTS
        if by_log:
            middle = float(np.median([each.value for each in known]))
            score = robust_score([each.value for each in known], share.value, share.draws[1])
            ratio = odds_ratio((middle * share.whole, share.whole), (share.part, share.whole))
        else:
            middle = known[-1].value
            score = proportion_score(known[-1].draws, share.draws)
            ratio = odds_ratio(known[-1].draws, share.draws)
        size = math.exp(abs(math.log(ratio)))
        if abs(score) >= limits.least_score and size >= limits.notable_odds_ratio:
            yield Finding(
                code=code,
                attribute=attribute,
                severity=Severity.SERIOUS if size >= limits.serious_odds_ratio else Severity.NOTABLE,
                before=middle,
                after=share.value,
                score=score,
                size=ratio,
                is_by_log=by_log,
            )


def _moved_mixes(report: HealthReport, before: HealthReport, limits: WatchLimits) -> Iterable[Finding]:
    effect = max(report.design_effect, before.design_effect)
    mixes = [("customer_sizes", "", *_size_cells(before, report), 1.0)]
    held = {each.attribute: each for each in before.attributes}
    mixes += [
        ("frequent_values", each.attribute, *aligned_counts(held[each.attribute].counts, each.counts), effect)
        for each in report.attributes
        if each.attribute in held
    ]
    learned = {each.name: each for each in before.comparisons}
    mixes += [
        (
            "levels_of_matches",
            each.name,
            np.array(learned[each.name].m_probability) * before.expected_matches,
            np.array(each.m_probability) * report.expected_matches,
            # Of the pairs of a customer of n records, n - 1 say something of their own.
            effect,
        )
        for each in report.comparisons
        if each.name in learned and learned[each.name].levels == each.levels
    ]
    for code, attribute, one, other, draws in mixes:
        index, score = stability_index(one, other, draws), mixture_score(one, other, draws)
        if index >= limits.notable_index and score >= limits.least_score:
            severity = Severity.SERIOUS if index >= limits.serious_index else Severity.NOTABLE
            yield Finding(code=code, attribute=attribute, severity=severity, score=score, size=index)


def _size_cells(before: HealthReport, after: HealthReport) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the customers of each report by size, those above the 99.9 % of the earlier one in one cell."""
    most = max(before.size_quantile(0.999), 1)
    cells = [np.zeros(most + 2), np.zeros(most + 2)]
    for row, report in zip(cells, (before, after), strict=True):
        for n_records, n_customers in report.sizes:
            row[min(n_records, most + 1)] += n_customers
    return cells[0], cells[1]


def _growth(report: HealthReport, before: HealthReport, limits: WatchLimits) -> Iterable[Finding]:
    if before.n_pairs_within < 1 or report.n_records < _GROWN * before.n_records:
        return
    grown = math.log(report.n_pairs_within / before.n_pairs_within) if report.n_pairs_within else 0.0
    exponent = grown / math.log(report.n_records / before.n_records)
    # Each customer adds its pairs or not, as if customers were drawn one by one.
    squares = [
        sum((n * (n - 1) // 2) ** 2 * n_customers for n, n_customers in each.sizes) / each.n_records**2
        for each in (before, report)
    ]
    rates = [each.n_pairs_within / each.n_records for each in (before, report)]
    score = (rates[1] - rates[0]) / math.sqrt(sum(squares))
    if exponent >= limits.notable_exponent and score >= limits.least_score:
        yield Finding(code="growth", severity=Severity.NOTABLE, score=score, size=exponent)


def _unlike(report: HealthReport, before: HealthReport) -> Iterable[Finding]:
    names = [{each.attribute for each in one.attributes if each.n_filled} for one in (before, report)]
    for name in sorted(names[0] ^ names[1]):
        yield Finding(code="unlike", attribute=name, severity=Severity.SERIOUS)
