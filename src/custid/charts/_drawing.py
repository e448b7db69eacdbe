"""What all charts share: altair, colors that color-blind people tell apart, titles."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final, TypeAlias

from custid.charts._words import word
from custid.errors import MissingDependencyError

__all__ = ["AGAINST", "FIFTH", "FOR", "NEUTRAL", "OTHER", "SIXTH", "THIRD", "Chart", "altair", "data_of", "finished"]

Chart: TypeAlias = Any
"""A chart of altair, which has no annotations of its own here."""

# Of the palette of Okabe and Ito (2008), Color universal design: apart for all kinds of color vision.
FOR: Final = "#0072B2"
AGAINST: Final = "#D55E00"
THIRD: Final = "#009E73"
OTHER: Final = "#E69F00"
FIFTH: Final = "#CC79A7"
SIXTH: Final = "#56B4E9"
NEUTRAL: Final = "#5B6776"

_FONT: Final = "system-ui, 'DejaVu Sans', sans-serif"


def altair() -> Any:
    """Return the module altair.

    Raises
    ------
    MissingDependencyError
        If it is not installed.
    """
    try:
        return import_module("altair")
    except ImportError:
        raise MissingDependencyError(
            "charts: expected the package altair, got none.", hint="Install it: pip install 'custid[charts]'."
        ) from None


def data_of(rows: Sequence[dict[str, Any]]) -> Any:
    """Return rows as the data of a chart, which needs no data frame."""
    return altair().InlineData(values=list(rows))


def finished(chart: Chart, code: str, language: str, *, note: str = "") -> Chart:
    """Return a chart with its title, what it says below it, and the look that all charts share.

    Parameters
    ----------
    chart : altair.Chart
        The chart.
    code : str
        Code of the title; what the chart says stands under the code with ``_note``.
    language : str
        ``"en"`` or ``"fr"``.
    note : str
        What is said instead.

    Returns
    -------
    altair.Chart
        The whole chart.
    """
    alt = altair()
    subtitle = note or word(f"{code}_note", language)
    title = alt.TitleParams(
        word(code, language), subtitle=_lines(subtitle), anchor="start", offset=14, fontSize=15, subtitleFontSize=12
    )
    return (
        chart.properties(title=title)
        .configure(font=_FONT, background="white", padding=14, locale=_locale(language))
        .configure_title(subtitleColor=NEUTRAL, subtitlePadding=5)
        .configure_view(strokeOpacity=0)
        .configure_axis(
            labelFontSize=11, titleFontSize=12, titleFontWeight="normal", titleColor=NEUTRAL, gridColor="#E8ECF1",
            domainColor="#B8C2CE", tickColor="#B8C2CE", labelLimit=260,
        )
        .configure_legend(
            labelFontSize=12, titleFontSize=12, titleFontWeight="normal", symbolStrokeWidth=2.5, labelLimit=340,
        )
        .configure_header(labelFontSize=12, labelFontWeight="bold", titleFontSize=12)
    )  # fmt: skip


def _lines(text: str, width: int = 88) -> list[str]:
    lines = [""]
    for each in text.split(" "):
        if lines[-1] and len(lines[-1]) + len(each) >= width:
            lines.append(each)
        else:
            lines[-1] = f"{lines[-1]} {each}".strip(" ")
    return lines


def _locale(language: str) -> dict[str, Any]:
    if language == "en":
        return {}
    number = {"decimal": ",", "thousands": "\u202f", "grouping": [3], "currency": ["", "\u202f€"]}
    return {"number": number}
