"""How the weights of one match model differ from those of another."""

from __future__ import annotations

from typing import Any

from custid.charts._drawing import AGAINST, FOR, NEUTRAL, Chart, altair, data_of, finished
from custid.charts._words import word
from custid.report.wording import attribute_label, level_label
from custid.steering import ModelChange

__all__ = ["weight_changes"]


def weight_changes(change: ModelChange, *, language: str = "en") -> Chart:
    """Return the weight of each level before and after.

    Parameters
    ----------
    change : ModelChange
        Two models, from `custid.steering.compare_models`.
    language : str
        ``"en"`` or ``"fr"``.

    Returns
    -------
    altair.Chart
        A row per level, comparison by comparison and from the closest level down: the weight in bits before and after,
        and a line between them; a level that one model does not have shows the other's weight alone.
    """
    alt = altair()
    names = [word("before", language), word("after", language)]
    points, lines = _rows(change, names, language)
    y = alt.Y("level:N", title=None, sort=None, axis=alt.Axis(labelLimit=200))
    x = alt.X("bits:Q", title=word("level_weight", language))
    marks = (
        alt.Chart()
        .mark_point(filled=True, size=55, opacity=1)
        .encode(
            x=x,
            y=y,
            color=alt.Color("of:N", title=None, scale=alt.Scale(domain=names, range=[AGAINST, FOR])),
            shape=alt.Shape("of:N", title=None, scale=alt.Scale(domain=names, range=["circle", "diamond"])),
            tooltip=["level:N", "of:N", alt.Tooltip("bits:Q", format="+.2f")],
        )
        .transform_filter("isValid(datum.of)")
    )
    between = (
        alt.Chart()
        .mark_rule(color="#C3CCD7", strokeWidth=2)
        .encode(x=x, x2="to:Q", y=y)
        .transform_filter("isValid(datum.to)")
    )
    zero = alt.Chart().mark_rule(color=NEUTRAL, strokeDash=[4, 3]).encode(x=alt.datum(0))
    whole = (
        alt.layer(zero, between, marks, data=data_of([*lines, *points]))
        .properties(width=420, height=alt.Step(15))
        .facet(
            row=alt.Row(
                "comparison:N",
                title=None,
                sort=None,
                header=alt.Header(
                    labelAngle=0, labelAlign="left", labelOrient="top", labelAnchor="start", labelPadding=-12
                ),
            ),
            spacing=18,
        )
        .resolve_scale(y="independent")
    )
    return finished(whole, "weight_changes", language)


def _rows(change: ModelChange, names: list[str], language: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return a row for each weight, and one for each level that both models have."""
    points, lines = [], []
    for each in reversed(change.levels):
        level = {
            "comparison": attribute_label(each.comparison, language),
            "level": level_label(each.level, language),
        }
        points += [
            level | {"of": name, "bits": bits}
            for name, bits in zip(names, (each.bits_before, each.bits_after), strict=True)
            if bits is not None
        ]
        if each.added_bits is not None:
            lines.append(level | {"bits": each.bits_before, "to": each.bits_after})
    order = list(dict.fromkeys(attribute_label(each.comparison, language) for each in change.levels))
    return (
        sorted(points, key=lambda row: order.index(row["comparison"])),
        sorted(lines, key=lambda row: order.index(row["comparison"])),
    )
