"""Charts of records, blocks and customers."""

from __future__ import annotations

from typing import Any

import numpy as np

from custid.charts._drawing import FOR, NEUTRAL, OTHER, Chart, altair, data_of, finished
from custid.charts._words import word
from custid.report.wording import attribute_label, number_text
from custid.result import Result

__all__ = ["block_sizes", "cluster_sizes", "missingness"]

_N_RULES = 25
_WIDTH = 460


def block_sizes(result: Result, *, language: str = "en") -> Chart:
    """Return what each blocking rule proposed, and the size of its largest block.

    Parameters
    ----------
    result : Result
        The run.
    language : str
        ``"en"`` or ``"fr"``.

    Returns
    -------
    altair.Chart
        The 25 rules with the most pairs: on the left their pairs, on the right their largest blocks with a line at the
        cap, beyond which blocks were passed over.
    """
    alt = altair()
    report = result.report
    names = [word("looked_at", language), word("passed_over", language)]
    ranked = sorted(report.rules, key=lambda rule: (-rule.n_pairs, rule.name))[:_N_RULES]
    rows = [
        {
            "rule": rule.name,
            "pairs": rule.n_pairs,
            "blocks": rule.n_blocks,
            "largest": max(rule.largest_block, 1),
            "oversized": rule.n_oversized_blocks,
            "kept": names[int(rule.n_oversized_blocks > 0)],
        }
        for rule in ranked
    ]
    base = alt.Chart(data_of(rows)).encode(
        y=alt.Y("rule:N", title=None, sort=[row["rule"] for row in rows]),
        color=alt.Color("kept:N", title=None, scale=alt.Scale(domain=names, range=[FOR, OTHER])),
        tooltip=["rule:N", "pairs:Q", "blocks:Q", "oversized:Q", "largest:Q"],
    )
    pairs = base.mark_bar().encode(x=alt.X("pairs:Q", title=word("pairs", language)))
    sizes = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=alt.X("largest:Q", title=word("largest", language), scale=alt.Scale(type="log")),
        shape=alt.Shape("kept:N", title=None, scale=alt.Scale(domain=names, range=["circle", "triangle-right"])),
        y=alt.Y("rule:N", title=None, sort=[row["rule"] for row in rows], axis=alt.Axis(labels=False, ticks=False)),
    )
    cap = alt.Chart(data_of([{"cap": max(report.block_cap, 1)}])).mark_rule(color=NEUTRAL, strokeDash=[4, 3])
    note = word(
        "blocks_note",
        language,
        n=len(rows),
        total=number_text(len(report.rules), language, digits=0),
        cap=report.block_cap,
    )
    height = alt.Step(17)
    left = pairs.properties(width=300, height=height)
    right = (sizes + cap.encode(x="cap:Q")).properties(width=260, height=height)
    return finished(alt.hconcat(left, right), "blocks", language, note=note)


def missingness(result: Result, *, language: str = "en") -> Chart:
    """Return the share of records without a value, by attribute and source.

    Parameters
    ----------
    result : Result
        The run.
    language : str
        ``"en"`` or ``"fr"``.

    Returns
    -------
    altair.Chart
        A bar per attribute, or a table of attributes and sources in shades where there are several sources.
    """
    alt = altair()
    rows = _missing(result, language)
    n_sources = len({row["source"] for row in rows})
    order = list(dict.fromkeys(row["attribute"] for row in sorted(rows, key=lambda row: -row["over_all"])))
    base = alt.Chart(data_of(rows)).encode(y=alt.Y("attribute:N", title=None, sort=order))
    tooltip = ["attribute:N", "source:N", alt.Tooltip("missing:Q", format=".1%")]
    if n_sources < 2:
        scale = alt.Scale(domain=[0, 1])
        x = alt.X("missing:Q", title=word("share_missing", language), scale=scale, axis=alt.Axis(format="%"))
        bars = base.mark_bar(color=FOR).encode(x=x, tooltip=tooltip)
        texts = base.mark_text(align="left", dx=4, color=NEUTRAL).encode(
            x="missing:Q", text=alt.Text("missing:Q", format=".0%")
        )
        chart = (bars + texts).properties(width=_WIDTH, height=alt.Step(22))
    else:
        x = alt.X("source:N", title=word("source", language), axis=alt.Axis(labelAngle=0, orient="top"))
        color = alt.Color(
            "missing:Q",
            title=word("share_missing", language),
            scale=alt.Scale(domain=[0, 1], scheme="blues"),
            legend=alt.Legend(format="%"),
        )
        cells = base.mark_rect(stroke="white", strokeWidth=2).encode(x=x, color=color, tooltip=tooltip)
        texts = base.mark_text().encode(
            x=x,
            text=alt.Text("missing:Q", format=".0%"),
            color=alt.condition("datum.missing > 0.55", alt.value("white"), alt.value("#18202B")),
        )
        chart = (cells + texts).properties(width=alt.Step(86), height=alt.Step(24))
    return finished(chart, "missing", language)


def _missing(result: Result, language: str) -> list[dict[str, Any]]:
    canonical = result.canonical
    rows = []
    for name, (_, codes) in canonical.values.items():
        is_missing = np.asarray((codes < 0).all(axis=1), np.bool_)
        for number, source in enumerate(canonical.sources):
            of_source = canonical.source_of_row == number
            if of_source.any():
                rows.append(
                    {
                        "attribute": attribute_label(name, language),
                        "source": source,
                        "missing": float(is_missing[of_source].mean()),
                        "over_all": float(is_missing.mean()),
                    }
                )
    return rows


def cluster_sizes(result: Result, *, language: str = "en") -> Chart:
    """Return how many customers have how many records.

    Parameters
    ----------
    result : Result
        The run.
    language : str
        ``"en"`` or ``"fr"``.

    Returns
    -------
    altair.Chart
        A point per number of records.
    """
    alt = altair()
    counts = np.bincount(result.assignments["customer"].to_numpy()) if result.n_customers else np.zeros(0, np.int64)
    sizes, n_customers = np.unique(counts[counts > 0], return_counts=True)
    rows = [{"records": size, "customers": n} for size, n in zip(sizes.tolist(), n_customers.tolist(), strict=True)]
    # Room on both sides, and no empty decade behind the largest customer.
    reach = alt.Scale(type="log", domain=[0.9, max(2.0, 1.15 * int(sizes.max(initial=1)))], nice=False)
    ticks = alt.Axis(format="d", values=[step * 10**power for power in range(7) for step in (1, 2, 5)])
    base = alt.Chart(data_of(rows)).encode(
        x=alt.X("records:Q", title=word("records", language), scale=reach, axis=ticks),
        y=alt.Y(
            "customers:Q", title=word("customers", language), scale=alt.Scale(type="log"), axis=alt.Axis(format="~s")
        ),
        tooltip=["records:Q", "customers:Q"],
    )
    chart = base.mark_rule(color=FOR, opacity=0.45, strokeWidth=2).encode(y2=alt.Y2Datum(1)) + base.mark_point(
        filled=True, size=60, color=FOR, opacity=1
    )
    note = word(
        "sizes_note",
        language,
        customers=number_text(int(n_customers.sum()), language, digits=0),
        largest=number_text(int(sizes.max(initial=0)), language, digits=0),
    )
    return finished(chart.properties(width=560, height=280), "sizes", language, note=note)
