"""Synthetic customers, and the command that writes them to files.

::

    python -m custid.testing.synthetic --n 100000 --seed 1 --out DIRECTORY
    python -m custid.testing.synthetic --bakeries --out examples/data

The first writes ``records.csv`` and ``truth.csv``, the second the sample of the documentation, ``bakeries.csv`` and
``bakeries_truth.csv``.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from custid.testing._bakeries import bakery_customers
from custid.testing._customers import SyntheticCustomers, synthetic_customers
from custid.testing._habits import DEFAULT_SOURCES, ErrorRates, MissingShares, SourceHabits

__all__ = [
    "DEFAULT_SOURCES",
    "ErrorRates",
    "MissingShares",
    "SourceHabits",
    "SyntheticCustomers",
    "bakery_customers",
    "main",
    "synthetic_customers",
]

_SUMMARY = "Write synthetic customers and who they are to CSV files."


def main(arguments: Sequence[str] | None = None) -> None:
    """Write synthetic customers to CSV files (UTF-8, commas, line feeds).

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the command line when None: ``--out`` (required), ``--n``, ``--seed``, ``--error-rate`` and
        ``--bakeries``.

    Raises
    ------
    ConfigurationError
        If a number is out of its range.
    """
    parser = argparse.ArgumentParser(prog="python -m custid.testing.synthetic", description=_SUMMARY)
    parser.add_argument("--out", type=Path, required=True, metavar="DIRECTORY", help="where to write; made if need be")
    parser.add_argument("--n", type=int, default=5000, metavar="N", help="number of records (default: 5000)")
    parser.add_argument("--seed", type=int, metavar="N", help="another seed makes other customers")
    parser.add_argument("--error-rate", type=float, default=1.0, metavar="X", help="multiplies all errors (default: 1)")
    parser.add_argument("--bakeries", action="store_true", help="the sample of the documentation")
    options = parser.parse_args(arguments)
    seed = {} if options.seed is None else {"seed": options.seed}
    if options.bakeries:
        made = bakery_customers(options.n, **seed)
        records, truth = "bakeries.csv", "bakeries_truth.csv"
    else:
        made = synthetic_customers(options.n, error_rate=options.error_rate, **seed)
        records, truth = "records.csv", "truth.csv"
    options.out.mkdir(parents=True, exist_ok=True)
    _write_csv(made.records, options.out / records)
    _write_csv(made.truth, options.out / truth)


def _write_csv(table: pa.Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(table.column_names)
        writer.writerows(zip(*(column.to_pylist() for column in table.columns), strict=True))


if __name__ == "__main__":
    main()
