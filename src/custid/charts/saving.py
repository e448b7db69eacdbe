"""Charts as files."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from custid.charts._drawing import Chart
from custid.errors import ConfigurationError, MissingDependencyError

__all__ = ["save_chart"]

_FORMATS = (".png", ".svg", ".html")
_PNG_SCALE = 2.0


def save_chart(chart: Chart, path: str | Path, *, ending: str | None = None) -> None:
    """Write a chart to a file, without a network.

    Parameters
    ----------
    chart : altair.Chart
        The chart.
    path : str or Path
        File to be written; an HTML file has all that it needs in it.
    ending : str, optional
        ``".png"``, ``".svg"`` or ``".html"``; that of the path when not given.

    Raises
    ------
    ConfigurationError
        If the ending is another one.
    MissingDependencyError
        If vl-convert-python, which draws, is not installed.
    """
    target = Path(path)
    kind = (target.suffix if ending is None else ending).lower()
    if kind not in _FORMATS:
        raise ConfigurationError(f"chart: expected a file ending in {', '.join(_FORMATS)}, got {kind!r}.")
    if find_spec("vl_convert") is None:
        raise MissingDependencyError(
            "charts: expected the package vl-convert-python, got none.",
            hint="Install it: pip install 'custid[charts]'.",
        )
    settings = {"inline": True} if kind == ".html" else {"scale_factor": _PNG_SCALE}
    chart.save(str(target), format=kind[1:], **settings)
