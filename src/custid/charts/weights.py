"""How much the pairs of a run weigh."""

from __future__ import annotations

from typing import Any

import numpy as np

from custid.charts._drawing import AGAINST, FOR, NEUTRAL, Chart, altair, data_of, finished
from custid.charts._words import word
from custid.clustering.pair_graph import same_label
from custid.result import Result

__all__ = ["match_weights"]

_N_BINS = 60
_LIMIT_BITS = 60.0


def match_weights(result: Result, *, language: str = "en") -> Chart:
    """Return a histogram of the match weights of all pairs that were weighed.

    Parameters
    ----------
    result : Result
        The run.
    language : str
        ``"en"`` or ``"fr"``.

    Returns
    -------
    altair.Chart
        Counts by weight, pairs of one customer and of two apart; pairs that are kept apart for good are left out, and
        weights beyond 60 bits stand in the last bin.
    """
    alt = altair()
    names = [word("joined", language), word("apart", language)]
    bars = (
        alt.Chart(data_of(_bins(result, names)))
        .mark_bar(opacity=0.75)
        .encode(
            x=alt.X("from:Q", title=word("weight", language), bin="binned", axis=alt.Axis(tickCount=12)),
            x2="to:Q",
            y=alt.Y("pairs:Q", title=word("pairs", language), scale=alt.Scale(type="symlog"), stack=None),
            color=alt.Color("decided:N", title=None, scale=alt.Scale(domain=names, range=[FOR, AGAINST])),
            tooltip=["decided:N", alt.Tooltip("from:Q", format=".1f"), "pairs:Q"],
        )
    )
    zero = alt.Chart(data_of([{"at": 0}])).mark_rule(color=NEUTRAL, strokeDash=[4, 3]).encode(x="at:Q")
    return finished((bars + zero).properties(width=620, height=280), "match_weights", language)


def _bins(result: Result, names: list[str]) -> list[dict[str, Any]]:
    linked = result.linked
    candidates = linked.candidates
    is_joined = same_label(linked.cluster.astype(np.int32), candidates.left_idx, candidates.right_idx)
    is_weighed = np.isfinite(linked.weight_bits)
    bits = np.clip(linked.weight_bits, -_LIMIT_BITS, _LIMIT_BITS)
    if not is_weighed.any():
        return []
    low, high = np.floor(bits[is_weighed].min()), np.ceil(bits[is_weighed].max())
    width = max(1.0, np.ceil((high - low) / _N_BINS))
    low = np.floor(low / width) * width
    edges = np.arange(low, high + width + 1e-9, width)
    rows = []
    for name, chosen in zip(names, (is_joined, ~is_joined), strict=True):
        counts = np.histogram(bits[is_weighed & chosen], edges)[0]
        rows += [
            {"from": start, "to": end, "pairs": n, "decided": name}
            for start, end, n in zip(edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True)
            if n
        ]
    return rows
