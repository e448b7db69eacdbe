"""Match quality on every data set at hand: ``nox -s accuracy``, or ``-- --only febrl3`` for one of them.

Each data set is a folder with ``records.csv`` and ``truth.csv``.  The records are resolved with no option set; the
truth is read after the run, by the evaluation alone.  The folders are looked for in ``CUSTID_DATA`` (by default
``shared/data`` beside the checkout) and, for synthetic ones, in ``CUSTID_SYNTH`` (by default ``.data/synth``).
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import custid

_ROOT = Path(__file__).resolve().parents[1]
_DATA = Path(os.environ.get("CUSTID_DATA", _ROOT.parent / "shared" / "data"))
_SYNTH = Path(os.environ.get("CUSTID_SYNTH", _ROOT / ".data" / "synth"))
_HEADER = (
    f"{'data':<16}{'rows':>9}{'F1':>9}{'P':>8}{'R':>8}{'B3 F1':>8}{'found':>9}{'true':>9}{'target':>9}  {'met':<5}"
    f"{'seconds':>8}"
)


class _DataSet(NamedTuple):
    """A data set, how it is resolved, and the pairwise F1 to reach."""

    name: str
    resolve: Callable[[Any], custid.Result]
    target: float | None = None

    @property
    def folder(self) -> Path:
        return _SYNTH / self.name.removeprefix("synth_") if self.name.startswith("synth_") else _DATA / self.name


_DATA_SETS = (
    _DataSet("historical_50k", custid.dedupe, 0.93),
    _DataSet("febrl1", custid.dedupe),
    _DataSet("febrl2", custid.dedupe),
    _DataSet("febrl3", custid.dedupe, 0.999),
    _DataSet("febrl4", custid.link, 0.999),
    _DataSet("fake_1000", custid.dedupe, 0.96),
    _DataSet("fodors_zagats", custid.link, 0.955),
    _DataSet("dedupe_sites", custid.dedupe, 0.93),
    _DataSet("synth_10k", custid.dedupe),
    _DataSet("synth_100k", custid.dedupe, 0.975),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    names = [each.name for each in _DATA_SETS]
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help=f"one of {', '.join(names)}")
    only = parser.parse_args(arguments).only
    chosen = [each for each in _DATA_SETS if not only or each.name in only]
    there = [each for each in chosen if (each.folder / "records.csv").is_file()]
    if not there:
        print(f"No data set in {_DATA} or {_SYNTH}: nothing to measure. Set CUSTID_DATA or CUSTID_SYNTH.")
        return 0
    print(_HEADER)
    missed = [each.name for each in there if not _measure(each)]
    absent = [each.name for each in chosen if each not in there]
    if absent:
        print(f"not at hand: {', '.join(absent)}")
    if missed:
        print(f"below target: {', '.join(missed)}")
    return 1 if missed else 0


def _measure(data_set: _DataSet) -> bool:
    """Print the line of a data set; return whether its target, if there is one, is met."""
    started = time.perf_counter()
    result = data_set.resolve(data_set.folder / "records.csv")
    seconds = time.perf_counter() - started
    found = custid.evaluate(result, data_set.folder / "truth.csv")
    f1, target = found.pairwise.f1, data_set.target
    is_met = target is None or f1 >= target
    wanted, met = ("–", "–") if target is None else (f"{target:.3f}", "yes" if is_met else "NO")
    print(
        f"{data_set.name:<16}{found.n_records:>9,}{f1:>9.4f}{found.pairwise.precision:>8.4f}"
        f"{found.pairwise.recall:>8.4f}{found.b_cubed.f1:>8.4f}{found.n_customers_predicted:>9,}"
        f"{found.n_customers_true:>9,}{wanted:>9}  {met:<5}{seconds:>8.1f}",
        flush=True,
    )
    return is_met


if __name__ == "__main__":
    sys.exit(main())
