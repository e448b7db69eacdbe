"""How long it takes to standardize a million persons from Arrow.

    python benchmarks/standardize_million.py                          # synthetic customers: making them takes a minute
    python benchmarks/standardize_million.py --rows 100000
    python benchmarks/standardize_million.py --data records.csv       # columns named as those of custid.testing

Timed is the step from the columns of an Arrow table, already recognized, to canonical values: given and family name,
birth date, sex, e-mail, telephone, street with its number, postcode and city.  One core standardizes, a second one
finds distinct values ahead of it.  Other processes disturb the seconds on the clock more than those of the processor,
so both are printed, of each run.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from custid.intake import detect, read
from custid.intake.canonical import SourceInput, canonical_values
from custid.testing import synthetic_customers

_COLUMNS = ("given_name", "family_name", "birth_date", "sex", "email", "phone", "postcode", "city")
_LIMIT_SECONDS = 4.0


def persons(records: pa.Table) -> SourceInput:
    """Return the columns that tell who a person is; the house number stands before the street."""
    columns = {name: records[name].combine_chunks() for name in (*_COLUMNS, "house_number", "street")}
    number, street = (pc.fill_null(pa.array(columns.pop(name)), "") for name in ("house_number", "street"))
    columns["street"] = pc.utf8_trim_whitespace(pc.binary_join_element_wise(number, street, " "))
    intake = read(pa.table(columns), source="persons")
    return SourceInput(name="persons", intake=intake, mapping=detect(intake.table))


def read_csv(path: Path) -> pa.Table:
    """Return a CSV file with all columns as text."""
    with pa.csv.open_csv(path) as reader:
        names = reader.schema.names
    as_text = pa.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    return pa.csv.read_csv(path, convert_options=as_text)


def main() -> None:
    """Print the seconds of each run and of the best one."""
    parser = argparse.ArgumentParser(description="Measure standardization from Arrow.")
    parser.add_argument("--data", type=Path, help="a CSV file; synthetic customers when not given")
    parser.add_argument("--rows", type=int, default=1_000_000, help="number of rows (default: 1000000)")
    parser.add_argument("--repeats", type=int, default=5, help="number of runs (default: 5)")
    options = parser.parse_args()
    records = synthetic_customers(options.rows, seed=1).records if options.data is None else read_csv(options.data)
    source = persons(records.slice(0, options.rows))
    n_rows = source.intake.table.num_rows
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = []
    for _ in range(options.repeats):
        cpu, wall = time.process_time(), time.perf_counter()
        canonical_values([source])
        seconds.append((time.perf_counter() - wall, time.process_time() - cpu))
        sys.stdout.write(f"{n_rows:,} rows: {seconds[-1][0]:.2f} s, {seconds[-1][1]:.2f} s of processor time\n")
    best = min(seconds)[0]
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    sys.stdout.write(f"best: {best:.2f} s, {n_rows / best:,.0f} rows per second; memory grew by {grown:,.0f} MB\n")
    if n_rows >= 1_000_000 and best > _LIMIT_SECONDS:
        sys.exit(f"expected at most {_LIMIT_SECONDS} s for a million rows")


if __name__ == "__main__":
    main()
