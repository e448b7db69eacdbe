"""Match quality on every data set at hand: ``nox -s accuracy``, or ``-- --only febrl3`` for one of them.

Each data set is a folder with ``records.csv`` and ``truth.csv``.  The records are resolved with no option set; the
truth is read after the run, by the evaluation alone.  The last column but one is the expected calibration error of all
weighed pairs, over ten bins of equal count.  The folders are looked for in ``CUSTID_DATA`` (by default
``shared/data`` beside the checkout) and, for synthetic ones, in ``CUSTID_SYNTH`` (by default ``.data/synth``).

The rows ``organizations`` are of ten thousand records that ``custid.testing.synthetic_organizations`` makes, with SIREN
and SIRET and without.  A customer is an establishment, and the line below each row tells how many wrong pairs were put
into one customer, between establishments of one company and between companies.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

import custid
from custid.evaluation import evaluate_probabilities
from custid.testing import SyntheticOrganizations, synthetic_organizations

_ROOT = Path(__file__).resolve().parents[1]
_DATA = Path(os.environ.get("CUSTID_DATA", _ROOT.parent / "shared" / "data"))
_SYNTH = Path(os.environ.get("CUSTID_SYNTH", _ROOT / ".data" / "synth"))
_ORGANIZATIONS = "organizations"
_HEADER = (
    f"{'data':<22}{'rows':>9}{'F1':>9}{'P':>8}{'R':>8}{'B3 F1':>8}{'found':>9}{'true':>9}{'target':>9}  {'met':<5}"
    f"{'ECE':>8}  {'met':<5}{'seconds':>8}"
)


class _DataSet(NamedTuple):
    """A data set, how it is resolved, the pairwise F1 to reach, and the calibration error to stay within."""

    name: str
    resolve: Callable[[Any], custid.Result]
    target: float | None = None
    without: tuple[str, ...] = ()
    max_calibration_error: float | None = None

    @property
    def is_generated(self) -> bool:
        return self.name.startswith(_ORGANIZATIONS)

    @property
    def is_there(self) -> bool:
        return self.is_generated or (self.folder / "records.csv").is_file()

    @property
    def folder(self) -> Path:
        return _SYNTH / self.name.removeprefix("synth_") if self.name.startswith("synth_") else _DATA / self.name


_DATA_SETS = (
    _DataSet("historical_50k", custid.dedupe, 0.965, max_calibration_error=0.02),
    _DataSet("febrl1", custid.dedupe, 0.999),
    _DataSet("febrl2", custid.dedupe, 0.999),
    _DataSet("febrl3", custid.dedupe, 0.999),
    _DataSet("febrl4", custid.link, 0.999),
    _DataSet("fake_1000", custid.dedupe, 0.985),
    _DataSet("fodors_zagats", custid.link, 0.975),
    _DataSet("dedupe_sites", custid.dedupe, 0.95),
    _DataSet("synth_10k", custid.dedupe, max_calibration_error=0.02),
    _DataSet("synth_100k", custid.dedupe, 0.985, max_calibration_error=0.02),
    # A point below what six seeds reach at least.  What is lost can hardly be told: records without an address or SIRET
    # bear the name, SIREN and switchboard of a company and could be of any of its establishments, and those that bear
    # the SIRET of the seat by mistake are its records to everybody.
    _DataSet("organizations", custid.dedupe, 0.955),
    _DataSet("organizations_no_siret", custid.dedupe, 0.93, without=("siren", "siret")),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    names = [each.name for each in _DATA_SETS]
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help=f"one of {', '.join(names)}")
    only = parser.parse_args(arguments).only
    chosen = [each for each in _DATA_SETS if not only or each.name in only]
    there = [each for each in chosen if each.is_there]
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
    """Print the line of a data set; return whether its targets, if it has some, are met."""
    made = synthetic_organizations(10_000, seed=5) if data_set.is_generated else None
    records = made.records.drop_columns(list(data_set.without)) if made else data_set.folder / "records.csv"
    started = time.perf_counter()
    result = data_set.resolve(records)
    seconds = time.perf_counter() - started
    truth = made.truth if made else data_set.folder / "truth.csv"
    found = custid.evaluate(result, truth)
    error = evaluate_probabilities(result, truth).pairs.expected_error
    target, at_most = data_set.target, data_set.max_calibration_error
    is_met = target is None or found.pairwise.f1 >= target
    is_calibrated = at_most is None or error <= at_most
    wanted, met = ("–", "–") if target is None else (f"{target:.3f}", "yes" if is_met else "NO")
    within = "–" if at_most is None else "yes" if is_calibrated else "NO"
    print(
        f"{data_set.name:<22}{found.n_records:>9,}{found.pairwise.f1:>9.4f}{found.pairwise.precision:>8.4f}"
        f"{found.pairwise.recall:>8.4f}{found.b_cubed.f1:>8.4f}{found.n_customers_predicted:>9,}"
        f"{found.n_customers_true:>9,}{wanted:>9}  {met:<5}{error:>8.4f}  {within:<5}"
        f"{seconds:>8.1f}",
        flush=True,
    )
    if made:
        siblings, strangers = _wrong_pairs(result, made)
        print(f"  wrong pairs in one customer: {siblings:,} of one company, {strangers:,} of two companies", flush=True)
    return is_met and is_calibrated


def _wrong_pairs(result: custid.Result, made: SyntheticOrganizations) -> tuple[int, int]:
    """Count pairs of records in one customer of two establishments: of one company, and of two."""
    customer = np.asarray(result.assignments["customer"])
    company, site = (_numbers(table["true_id"]) for table in (made.companies, made.truth))
    in_customer, of_company, of_site = (_pairs_within(customer, *further) for further in ((), (company,), (site,)))
    return of_company - of_site, in_customer - of_company


def _numbers(column: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.unique(column.to_pylist(), return_inverse=True)[1].astype(np.int64)


def _pairs_within(*labels: np.ndarray[Any, np.dtype[np.int64]]) -> int:
    n_rows = np.unique(np.stack(labels, axis=1), axis=0, return_counts=True)[1]
    return int((n_rows * (n_rows - 1) // 2).sum())


if __name__ == "__main__":
    sys.exit(main())
