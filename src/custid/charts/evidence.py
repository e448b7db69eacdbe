"""Charts of what weighs pairs: levels, parts of a weight, dependence between attributes, learning."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from custid.charts._drawing import AGAINST, FIFTH, FOR, NEUTRAL, OTHER, SIXTH, THIRD, Chart, altair, data_of, finished
from custid.charts._words import word
from custid.errors import ConfigurationError
from custid.report.wording import attribute_label, level_label, number_text, phrase
from custid.result import Explanation, Result
from custid.scoring.classes import CLASS_NAMES
from custid.scoring.match_model import TrainedMatchModel

__all__ = ["agreement_correlation", "em_history", "m_u_probabilities", "waterfall"]

_MIN_PAIRS = 30
_N_PAIRS = 50_000
_SMALLEST_SHARE = 1e-5
_LEVEL_HEIGHT = 15
_KIND_COLORS = (FOR, OTHER, THIRD, AGAINST)


def m_u_probabilities(model: TrainedMatchModel, *, language: str = "en") -> Chart:
    """Return the m and u probabilities of each level, and the weight that follows.

    Parameters
    ----------
    model : TrainedMatchModel
        The match model.
    language : str
        ``"en"`` or ``"fr"``.

    Returns
    -------
    altair.Chart
        Two panels per comparison, levels from the closest down: both probabilities on a logarithmic scale, so that the
        distance of the two is the weight; and the weight.  Probabilities below 1e-5 stand at 1e-5.
    """
    alt = altair()
    rows = _level_rows(model, language)
    kinds = [word(code, language) for code in ("m", "u", "for", "against")]
    bounds = _bounds(rows)
    panels = []
    comparisons = list(dict.fromkeys(row["comparison"] for row in rows))
    for name in comparisons:
        is_last = name == comparisons[-1]
        # A panel of its own for each comparison, as each has levels of its own.
        of_it = [row for row in rows if row["comparison"] == name]
        title = alt.TitleParams(name, anchor="start", fontSize=12, offset=3)
        left = _shares_panel(of_it, kinds, language, is_last=is_last).properties(title=title)
        panels.append(alt.hconcat(left, _weights_panel(of_it, kinds, bounds, language, is_last=is_last), spacing=14))
    return finished(alt.vconcat(*panels, spacing=10).resolve_scale(color="shared"), "m_u", language)


def _level_rows(model: TrainedMatchModel, language: str) -> list[dict[str, Any]]:
    rows = []
    for parameters in model.parameters:
        levels = zip(
            parameters.output.levels,
            parameters.m_probability.tolist(),
            parameters.u_probability.tolist(),
            parameters.level_bits().tolist()[:-1],
            strict=True,
        )
        rows += [
            {
                "comparison": attribute_label(parameters.output.name, language),
                "level": level_label(label, language),
                "m": m,
                "u": u,
                "m_shown": max(m, _SMALLEST_SHARE),
                "u_shown": max(u, _SMALLEST_SHARE),
                "bits": bits,
                "side": word("for" if bits > 0 else "against", language),
            }
            for label, m, u, bits in reversed(list(levels))
        ]
    return rows


def _shares_panel(rows: list[dict[str, Any]], kinds: list[str], language: str, *, is_last: bool) -> Chart:
    alt = altair()
    levels = [row["level"] for row in rows]
    y = alt.Y("level:N", title=None, sort=levels, axis=alt.Axis(minExtent=170, labelLimit=165))
    scale = alt.Scale(type="log", domain=[_SMALLEST_SHARE, 1])
    axis = _axis(is_last, values=[10.0**power for power in range(-5, 1)], format="~%")
    x_title = word("share", language) if is_last else None
    between = (
        alt.Chart(data_of(rows))
        .mark_rule(color="#C3CCD7", strokeWidth=2)
        .encode(y=y, x=alt.X("m_shown:Q", scale=scale, axis=axis, title=x_title), x2="u_shown:Q")
    )
    # Matches last, so that they lie on top.
    shares = [
        {"level": row["level"], "of": kind, "share": row[name], "shown": row[f"{name}_shown"]}
        for name, kind in (("u", kinds[1]), ("m", kinds[0]))
        for row in rows
    ]
    points = (
        alt.Chart(data_of(shares))
        .mark_point(filled=True, size=55, opacity=1)
        .encode(
            y=y,
            x=alt.X("shown:Q", scale=scale, axis=axis, title=x_title),
            color=alt.Color("of:N", title=None, scale=alt.Scale(domain=kinds, range=_KIND_COLORS)),
            shape=alt.Shape("of:N", legend=None, scale=alt.Scale(domain=kinds[:2], range=["circle", "diamond"])),
            tooltip=["level:N", "of:N", alt.Tooltip("share:Q", format=".3~%")],
        )
    )
    return (between + points).properties(width=270, height=alt.Step(_LEVEL_HEIGHT))


def _weights_panel(
    rows: list[dict[str, Any]], kinds: list[str], bounds: list[float], language: str, *, is_last: bool
) -> Chart:
    alt = altair()
    x_title = word("level_weight", language) if is_last else None
    return (
        alt.Chart(data_of(rows))
        .mark_bar(height=9)
        .encode(
            x=alt.X("bits:Q", title=x_title, scale=alt.Scale(domain=bounds), axis=_axis(is_last)),
            y=alt.Y("level:N", sort=[row["level"] for row in rows], axis=None),
            color=alt.Color("side:N", title=None, scale=alt.Scale(domain=kinds, range=_KIND_COLORS)),
            tooltip=["level:N", alt.Tooltip("bits:Q", format="+.2f")],
        )
        .properties(width=230, height=alt.Step(_LEVEL_HEIGHT))
    )


def _axis(is_last: bool, **settings: Any) -> Any:  # noqa: FBT001 - what the caller holds, no mode
    """Return an axis that is told below the last panel only, its grid going through all of them."""
    return altair().Axis(labels=is_last, ticks=is_last, domain=is_last, **settings)


def _bounds(rows: list[dict[str, Any]]) -> list[float]:
    bits = [row["bits"] for row in rows]
    return [float(math.floor(min([*bits, 0.0]))), float(math.ceil(max([*bits, 0.0])))]


def waterfall(explanation: Explanation, *, language: str | None = None) -> Chart:
    """Return the parts of the match weight of a pair, each beginning where the one before ends.

    Parameters
    ----------
    explanation : Explanation
        From ``Result.explain``.
    language : str, optional
        ``"en"`` or ``"fr"``; that of the explanation when not given.

    Returns
    -------
    altair.Chart
        A bar per part that is not missing, and one for the sum.
    """
    alt = altair()
    explained = explanation if language is None else explanation.in_language(language)
    spoken = explained.language
    rows = _steps(explained)
    kinds = [word(code, spoken) for code in ("for", "against", "total")]
    base = alt.Chart(data_of(rows)).encode(y=alt.Y("part:N", title=None, sort=[row["part"] for row in rows]))
    bars = base.mark_bar(height=15).encode(
        x=alt.X("from:Q", title=word("part_bits", spoken)),
        x2="to:Q",
        color=alt.Color("kind:N", title=None, scale=alt.Scale(domain=kinds, range=[FOR, AGAINST, NEUTRAL])),
        tooltip=["part:N", alt.Tooltip("bits:Q", format="+.2f")],
    )
    texts = base.mark_text(align="left", dx=5, color="#18202B").encode(x=alt.X("end:Q"), text="told:N")
    zero = alt.Chart(data_of([{"at": 0}])).mark_rule(color=NEUTRAL).encode(x="at:Q")
    note = " · ".join(
        [
            f"{' '.join(explained.left)} – {' '.join(explained.right)}",
            phrase("one_customer" if explained.same_customer else "two_customers", spoken).lower(),
            f"{phrase('probability', spoken)} {number_text(explained.match_probability, spoken, digits=3)}",
        ]
    )
    chart = (zero + bars + texts).properties(width=460, height=alt.Step(24))
    return finished(chart, "waterfall", spoken, note=note)


def _steps(explained: Explanation) -> list[dict[str, Any]]:
    language = explained.language
    parts = [(phrase("before_comparing", language), explained.prior_bits)]
    parts += [
        (
            phrase("colon", language, a=attribute_label(each.name, language), b=level_label(each.level, language)),
            each.bits,
        )
        for each in explained.comparisons
        if each.level != "missing"
    ]
    if explained.may_have_moved:
        parts.append((phrase("or_moved", language), explained.moved_bits))
    if explained.alternative:
        parts.append((explained.alternative_label, explained.alternative_bits))
    rows: list[dict[str, Any]] = []
    total = 0.0
    for name, bits in parts:
        kind = word("against" if bits < 0 else "for", language)
        rows.append({"part": name, "from": total, "to": total + bits, "bits": bits, "kind": kind})
        total += bits
    name = phrase("match_weight", language)
    weight = explained.weight_bits
    rows.append({"part": name, "from": 0.0, "to": weight, "bits": weight, "kind": word("total", language)})
    for row in rows:
        row["end"] = max(row["from"], row["to"])
        row["told"] = number_text(row["bits"], language, sign=True)
    return rows


def agreement_correlation(result: Result, *, n_pairs: int = _N_PAIRS, language: str = "en") -> Chart:
    """Return how the levels of agreement of each two attributes go together: the diagnostic of dependence.

    Parameters
    ----------
    result : Result
        The run.
    n_pairs : int
        Pairs to compare of each kind, at most.
    language : str
        ``"en"`` or ``"fr"``.

    Returns
    -------
    altair.Chart
        Two tables: pairs of two customers, and pairs of one customer.  A cell is Pearson's correlation of the levels
        over the pairs in which neither is missing, as `Result.dependence` tells; it is empty where these are fewer than
        30, or all are alike.

    Raises
    ------
    ConfigurationError
        If the number of pairs is not positive.

    Notes
    -----
    Pairs of one customer are those that the run joined: what it missed is not among them, which takes away from the
    spread of the levels and hence from correlations.
    """
    found = result.dependence(n_pairs=n_pairs).to_pylist()
    alt = altair()
    panels = []
    names = [attribute_label(output.name, language) for output in result.linked.comparer.outputs]
    for code, kind in (("strangers", "others"), ("matches", "matches")):
        rows = _correlations(found, kind, language)
        n_most = max((row["pairs"] for row in rows), default=0)
        title = word(code, language, n=number_text(n_most, language, digits=0))
        x = alt.X("other:N", title=None, scale=alt.Scale(domain=names[:-1]), axis=alt.Axis(labelAngle=-45))
        base = alt.Chart(data_of(rows)).encode(x=x, y=alt.Y("one:N", title=None, scale=alt.Scale(domain=names[1:])))
        cells = base.mark_rect(stroke="white").encode(
            color=alt.Color(
                "correlation:Q",
                title=word("correlation_is", language),
                scale=alt.Scale(domain=[-1, 1], scheme="purpleorange", reverse=True),
            ),
            tooltip=["one:N", "other:N", alt.Tooltip("correlation:Q", format="+.3f"), "pairs:Q"],
        )
        texts = base.mark_text(fontSize=10).encode(
            text=alt.Text("correlation:Q", format="+.2f"),
            color=alt.condition("abs(datum.correlation) > 0.6", alt.value("white"), alt.value("#18202B")),
        )
        caption = alt.TitleParams(title, anchor="start", fontSize=12, offset=4)
        panels.append((cells + texts).properties(width=alt.Step(38), height=alt.Step(26), title=caption))
    return finished(alt.hconcat(*panels), "correlation", language)


def _correlations(found: Sequence[dict[str, Any]], kind: str, language: str) -> list[dict[str, Any]]:
    """Return the cells of one table; the later of two comparisons names the row."""
    rows = []
    for each in found:
        correlation, n_pairs = each[f"correlation_of_{kind}"], each[f"n_{kind}"]
        if correlation is not None and n_pairs >= _MIN_PAIRS:
            one, other = (attribute_label(each[name], language) for name in ("other", "one"))
            rows.append({"one": one, "other": other, "correlation": correlation, "pairs": round(n_pairs)})
    return rows


def em_history(model: TrainedMatchModel, *, language: str = "en") -> Chart:
    """Return how learning went, iteration by iteration.

    Parameters
    ----------
    model : TrainedMatchModel
        A model of the run that learned it.
    language : str
        ``"en"`` or ``"fr"``.

    Returns
    -------
    altair.Chart
        The shares of matches and of the further classes, and the log-likelihood.

    Raises
    ------
    ConfigurationError
        If the model has no history, as one that was read from a file.
    """
    if not model.history:
        raise ConfigurationError(
            "model: expected the history of its learning, got none.",
            hint="A model that was saved has none; use that of the run which learned it.",
        )
    alt = altair()
    names = [word("class_match", language), *(_class_name(each.name, language) for each in model.classes)]
    shares = [
        {"iteration": number, "share": share, "of": name}
        for number, each in enumerate(model.history, start=1)
        for name, share in zip(names, (each.prior_match, *each.prior_classes), strict=True)
    ]
    likelihood = [
        {"iteration": number, "log_likelihood": each.log_likelihood}
        for number, each in enumerate(model.history, start=1)
    ]
    x = alt.X("iteration:Q", title=word("iteration", language), axis=alt.Axis(tickMinStep=1))
    colors = alt.Scale(domain=names, range=[FOR, AGAINST, THIRD, OTHER, FIFTH, SIXTH][: len(names)])
    strokes = [[1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [10, 4], [4, 1]]
    dashes = alt.Scale(domain=names, range=strokes[: len(names)])
    left = (
        alt.Chart(data_of(shares))
        .mark_line(point=alt.OverlayMarkDef(size=25))
        .encode(
            x=x,
            y=alt.Y("share:Q", title=word("prior", language), scale=alt.Scale(type="log"), axis=alt.Axis(format=".0e")),
            color=alt.Color("of:N", title=None, scale=colors, legend=alt.Legend(symbolType="stroke", symbolSize=300)),
            strokeDash=alt.StrokeDash("of:N", title=None, scale=dashes),
            tooltip=["iteration:Q", "of:N", alt.Tooltip("share:Q", format=".3e")],
        )
    )
    right = alt.Chart(data_of(likelihood)).mark_line(color=NEUTRAL, point={"color": NEUTRAL, "size": 25}).encode(
        x=x,
        y=alt.Y(
            "log_likelihood:Q", title=word("log_likelihood", language), scale=alt.Scale(zero=False),
            axis=alt.Axis(format="~s"),
        ),
        tooltip=["iteration:Q", "log_likelihood:Q"],
    )  # fmt: skip
    chart = alt.hconcat(left.properties(width=300, height=230), right.properties(width=260, height=230))
    return finished(chart, "em", language)


def _class_name(name: str, language: str) -> str:
    return word(f"class_{name}", language) if name in CLASS_NAMES else name
