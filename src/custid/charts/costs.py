"""What errors cost at each threshold, and where the thresholds chosen stand."""

from __future__ import annotations

import math
from typing import Any

from custid.charts._drawing import AGAINST, FOR, NEUTRAL, OTHER, Chart, altair, data_of, finished
from custid.charts._words import word
from custid.clustering._thresholds import threshold_bits
from custid.report.wording import number_text
from custid.steering import Thresholds

__all__ = ["error_costs"]


def error_costs(thresholds: Thresholds, *, language: str = "en") -> Chart:
    """Return what false merges and misses are expected to cost at each threshold.

    Parameters
    ----------
    thresholds : Thresholds
        The thresholds chosen, with their curve.
    language : str
        ``"en"`` or ``"fr"``.

    Returns
    -------
    altair.Chart
        Three lines over the threshold in bits, a rule at the decision, and a band where a review pays.
    """
    alt = altair()
    names = [word(code, language) for code in ("cost_false_merges", "cost_misses", "cost_total")]
    rows = _rows(thresholds, names)
    least = min(thresholds.costs.false_merge, thresholds.costs.miss)
    lines = (
        alt.Chart(data_of(rows))
        .mark_line(strokeWidth=2.5)
        .encode(
            x=alt.X("threshold:Q", title=word("cost_threshold", language)),
            y=alt.Y(
                "cost:Q",
                title=word("cost", language),
                # Linear below the cost of one error, where logarithms would leave the page.
                scale=alt.Scale(type="symlog", constant=least),
                axis=alt.Axis(values=_ticks(rows, least)),
            ),
            color=alt.Color("of:N", title=None, scale=alt.Scale(domain=names, range=[AGAINST, FOR, NEUTRAL])),
            strokeDash=alt.StrokeDash(
                "of:N", title=None, scale=alt.Scale(domain=names, range=[[6, 3], [2, 2], [1, 0]])
            ),
            tooltip=["threshold:Q", "of:N", alt.Tooltip("cost:Q", format=",.1f")],
        )
    )
    band = {
        "low": threshold_bits(thresholds.review_probability),
        "high": threshold_bits(thresholds.certain_probability),
    }
    shade = alt.Chart(data_of([band])).mark_rect(color=OTHER, opacity=0.25).encode(x="low:Q", x2="high:Q")
    decision = [{"at": threshold_bits(thresholds.match_probability)}]
    rule = alt.Chart(data_of(decision)).mark_rule(color=NEUTRAL, strokeDash=[4, 3], strokeWidth=2).encode(x="at:Q")
    note = word("costs_note", language, n=number_text(thresholds.n_reviews, language, digits=0))
    return finished((shade + rule + lines).properties(width=560, height=300), "costs", language, note=note)


def _rows(thresholds: Thresholds, names: list[str]) -> list[dict[str, Any]]:
    costs, rows = thresholds.costs, []
    for row in thresholds.curve.to_pylist():
        parts = (costs.false_merge * row["expected_false_merges"], costs.miss * row["expected_misses"])
        rows += [
            {"threshold": row["threshold_bits"], "of": name, "cost": cost}
            for name, cost in zip(names, (*parts, sum(parts)), strict=True)
        ]
    return rows


def _ticks(rows: list[dict[str, Any]], least: float) -> list[float]:
    """Return 0 and the powers of ten between the cost of one error and that of all."""
    most = max((row["cost"] for row in rows), default=least)
    powers = range(math.ceil(math.log10(least)), math.floor(math.log10(max(most, least))) + 1)
    return [0.0, *(10.0**power for power in powers)]
