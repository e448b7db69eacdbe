"""How good the decisions are: by the probabilities alone, or held against what is known."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from custid.charts._drawing import AGAINST, FOR, NEUTRAL, Chart, altair, data_of, finished
from custid.charts._known import Known, KnownPairs, known_pairs
from custid.charts._words import word
from custid.evaluation import Reliability, reliability
from custid.report.wording import number_text
from custid.result import Result
from custid.scoring.weights import probability_of

__all__ = ["calibration", "precision_recall", "threshold_curves"]

_LOWEST_BITS, _HIGHEST_BITS, _STEP_BITS = -10.0, 20.0, 0.25
_Z = 1.959964  # of a two-sided 95 % interval of the normal distribution


def threshold_curves(result: Result, known: Known | None = None, *, language: str = "en") -> Chart:
    """Return precision and recall for every threshold.

    Parameters
    ----------
    result : Result
        The run.
    known : Labels or truth, optional
        What is known of its records; precision and recall are estimated from the probabilities when not given.

    language : str
        ``"en"`` or ``"fr"``.

    Returns
    -------
    altair.Chart
        Lines over the match weight from -10 to 20 bits: expected ones, and measured ones where something is known.

    Raises
    ------
    InputError
        If nothing is known of the records of the run, or labels contradict one another.

    Notes
    -----
    With p the match probabilities of the weighed pairs, joining the n pairs from a threshold on is expected to be right
    in the mean of their p, and to find the sum of their p out of the sum of all p.  What blocking did not propose is in
    neither; measured recall counts it.
    """
    alt = altair()
    thresholds = np.arange(_LOWEST_BITS, _HIGHEST_BITS + _STEP_BITS / 2, _STEP_BITS)
    bits = result.linked.weight_bits
    bits = bits[np.isfinite(bits)]
    probability = probability_of(bits)
    kinds = [word("expected", language), word("measured", language)]
    rows = _curve_rows(thresholds, bits, probability, float(probability.sum()), kinds[0], language)
    note = ""
    if known is not None:
        pairs = known_pairs(result, known)
        n_true = float(pairs.is_match.sum() + pairs.n_elsewhere)
        rows += _curve_rows(
            thresholds, pairs.weight_bits, pairs.is_match.astype(np.float64), n_true, kinds[1], language
        )
        note = word("threshold_known_note", language, n=number_text(len(pairs), language, digits=0))
    names = [word("precision", language), word("recall", language)]
    used = kinds[: 1 if known is None else 2]
    # The one kind of line there is, or the measured one, is solid.
    dashes = [[1, 0]] if known is None else [[5, 4], [1, 0]]
    chart = (
        alt.Chart(data_of(rows))
        .mark_line(strokeWidth=2.5, interpolate="step-before")
        .encode(
            x=alt.X("threshold:Q", title=word("at_threshold", language)),
            y=alt.Y("value:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%")),
            color=alt.Color("measure:N", title=None, scale=alt.Scale(domain=names, range=[FOR, AGAINST])),
            strokeDash=alt.StrokeDash(
                "kind:N",
                title=None,
                scale=alt.Scale(domain=used, range=dashes),
                legend=None if known is None else alt.Legend(symbolType="stroke", symbolSize=300),
            ),
            tooltip=["threshold:Q", "measure:N", "kind:N", alt.Tooltip("value:Q", format=".2%")],
        )
    )
    return finished(chart.properties(width=560, height=300), "threshold", language, note=note)


def _curve_rows(
    thresholds: NDArray[np.float64],
    bits: NDArray[np.float64],
    right: NDArray[np.float64],
    n_true: float,
    kind: str,
    language: str,
) -> list[dict[str, Any]]:
    n_joined, n_right = _joined_from(thresholds, bits, right)
    rows = []
    for threshold, n, found in zip(thresholds.tolist(), n_joined.tolist(), n_right.tolist(), strict=True):
        shared = {"threshold": threshold, "kind": kind}
        if n:
            rows.append(shared | {"measure": word("precision", language), "value": found / n})
        if n_true > 0:
            rows.append(shared | {"measure": word("recall", language), "value": found / n_true})
    return rows


def _joined_from(
    thresholds: NDArray[np.float64], bits: NDArray[np.float64], right: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return how many pairs weigh as much as each threshold, and the sum of what is right among them."""
    order = np.argsort(bits, kind="stable")
    first = np.searchsorted(bits[order], thresholds)
    from_there = np.append(np.cumsum(right[order][::-1])[::-1], 0.0)
    return len(bits) - first, from_there[first]


def precision_recall(result: Result, known: Known, *, language: str = "en") -> Chart:
    """Return precision against recall over all thresholds, and where the run stands.

    Parameters
    ----------
    result : Result
        The run.
    known : Labels or truth
        What is known of its records.
    language : str
        ``"en"`` or ``"fr"``.

    Returns
    -------
    altair.Chart
        A curve over the known pairs, by their weight alone, and a point for the decision of the run, those pairs
        included that it joined by way of other records.

    Raises
    ------
    InputError
        If nothing is known of the records of the run, or labels contradict one another.
    """
    alt = altair()
    pairs = known_pairs(result, known)
    names = [word("curve", language), word("run", language)]
    x = alt.X("recall:Q", title=word("recall", language), scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    y = alt.Y(
        "precision:Q", title=word("precision", language), scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%")
    )
    color = alt.Color("what:N", title=None, scale=alt.Scale(domain=names, range=[FOR, AGAINST]))
    tooltip = ["what:N", alt.Tooltip("precision:Q", format=".2%"), alt.Tooltip("recall:Q", format=".2%")]
    line = alt.Chart(data_of(_trade_off(pairs, names[0]))).mark_line(strokeWidth=2.5).encode(
        x=x, y=y, color=color, order="place:Q", tooltip=tooltip
    )  # fmt: skip
    point = alt.Chart(data_of(_of_run(pairs, names[1]))).mark_point(filled=True, size=130, opacity=1).encode(
        x=x, y=y, color=color, tooltip=tooltip
    )  # fmt: skip
    note = word("precision_recall_note", language, n=number_text(len(pairs), language, digits=0))
    return finished((line + point).properties(width=420, height=320), "precision_recall", language, note=note)


def _trade_off(pairs: KnownPairs, name: str) -> list[dict[str, Any]]:
    n_true = int(pairs.is_match.sum()) + pairs.n_elsewhere
    weighed = pairs.was_weighed
    if not n_true or not weighed.any():
        return []
    bits, is_match = pairs.weight_bits[weighed], pairs.is_match[weighed].astype(np.float64)
    # Every weight of a match is a threshold worth having; of many, two hundred will do.
    steps = np.unique(np.quantile(bits[is_match > 0] if is_match.any() else bits, np.linspace(0, 1, 200)))[::-1]
    n_joined, n_right = _joined_from(steps, bits, is_match)
    return [
        {"recall": found / n_true, "precision": found / n, "what": name, "place": place}
        for place, (n, found) in enumerate(zip(n_joined.tolist(), n_right.tolist(), strict=True))
        if n
    ]


def _of_run(pairs: KnownPairs, name: str) -> list[dict[str, Any]]:
    n_true = int(pairs.is_match.sum()) + pairs.n_elsewhere
    n_joined = int(pairs.is_joined.sum()) + pairs.n_joined_elsewhere
    found = int((pairs.is_joined & pairs.is_match).sum()) + pairs.n_right_elsewhere
    if not n_true or not n_joined:
        return []
    return [{"recall": found / n_true, "precision": found / n_joined, "what": name}]


def calibration(result: Result, known: Known, *, language: str = "en") -> Chart:
    """Return how many pairs are matches, held against how many the probabilities promise.

    Parameters
    ----------
    result : Result
        The run.
    known : Labels or truth
        What is known of its records.
    language : str
        ``"en"`` or ``"fr"``.

    Returns
    -------
    altair.Chart
        The known pairs that were weighed, in ten groups by tenths of probability, with 95 % intervals; the expected
        calibration error over ten groups of equal size is told beside.

    Raises
    ------
    InputError
        If nothing is known of the records of the run, or labels contradict one another.

    References
    ----------
    .. [1] Wilson (1927), Journal of the American Statistical Association 22(158), 209-212: the intervals.
    .. [2] Naeini, Cooper and Hauskrecht (2015), AAAI, section 4: the expected calibration error.
    """
    alt = altair()
    pairs = known_pairs(result, known)
    weighed = pairs.was_weighed
    found = reliability(probability_of(pairs.weight_bits[weighed]), pairs.is_match[weighed])
    rows = _tenths(found)
    percent = alt.Axis(format="%")
    unit = alt.Scale(domain=[0, 1])
    base = alt.Chart(data_of(rows)).encode(
        x=alt.X("predicted:Q", title=word("predicted", language), scale=unit, axis=percent),
        tooltip=[alt.Tooltip("predicted:Q", format=".2%"), alt.Tooltip("observed:Q", format=".2%"), "pairs:Q"],
    )
    diagonal = alt.Chart(data_of([{"at": 0}, {"at": 1}])).mark_line(color=NEUTRAL, strokeDash=[4, 3]).encode(
        x="at:Q", y="at:Q"
    )  # fmt: skip
    bars = base.mark_rule(color=FOR, strokeWidth=2).encode(y="low:Q", y2="high:Q")
    points = base.mark_point(filled=True, size=70, color=FOR, opacity=1).encode(
        y=alt.Y("observed:Q", title=word("observed", language), scale=unit, axis=percent)
    )
    note = word(
        "calibration_note",
        language,
        n=number_text(found.n, language, digits=0),
        error=number_text(found.expected_error, language, digits=3),
    )
    return finished((diagonal + bars + points).properties(width=340, height=340), "calibration", language, note=note)


def _tenths(found: Reliability) -> list[dict[str, Any]]:
    rows = []
    for each in found.tenths:
        low, high = _wilson(each.share_right, each.n)
        shares = {"predicted": each.mean_probability, "observed": each.share_right, "low": low, "high": high}
        rows.append(shares | {"pairs": each.n})
    return rows


def _wilson(share: float, n: int) -> tuple[float, float]:
    scale = 1.0 + _Z**2 / n
    center = (share + _Z**2 / (2 * n)) / scale
    reach = _Z / scale * float(np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n * n)))
    return max(0.0, center - reach), min(1.0, center + reach)
