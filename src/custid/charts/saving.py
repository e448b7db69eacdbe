"""Charts as files."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from custid.charts._drawing import Chart
from custid.errors import ConfigurationError, MissingDependencyError

__all__ = ["save_chart"]

_FORMATS = (".png", ".svg", ".html")
_PNG_SCALE = 2.0


def save_chart(chart: Chart, path: str | Path) -> None:
    """Write a chart to a file, without a network.

    Parameters
    ----------
    chart : altair.Chart
        The chart.
    path : str or Path
        File to be written, ending in ``.png``, ``.svg`` or ``.html``; an HTML file has all that it needs in it.

    Raises
    ------
    ConfigurationError
        If the ending is another one.
    MissingDependencyError
        If vl-convert-python, which draws, is not installed.
    """
    target = Path(path)
    ending = target.suffix.lower()
    if ending not in _FORMATS:
        raise ConfigurationError(f"chart: expected a file ending in {', '.join(_FORMATS)}, got {target.suffix!r}.")
    if find_spec("vl_convert") is None:
        raise MissingDependencyError(
            "charts: expected the package vl-convert-python, got none.",
            hint="Install it: pip install 'custid[charts]'.",
        )
    draw = import_module("vl_convert")
    document = chart.to_json()
    if ending == ".png":
        target.write_bytes(draw.vegalite_to_png(document, scale=_PNG_SCALE))
    elif ending == ".svg":
        target.write_text(draw.vegalite_to_svg(document), encoding="utf-8", newline="\n")
    else:
        target.write_text(draw.vegalite_to_html(document, bundle=True), encoding="utf-8", newline="\n")
