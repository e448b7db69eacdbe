"""Whether Spark finds what the local engine finds: pairs, weights to the bit and customers, on whole data sets.

::

    python -m benchmarks.spark_equal --data historical_50k febrl4 synth_100k

Each data set is resolved in a session on two threads, in two executors of their own, and over Connect; in one call, and
in groups so small that records are spread over tiles.  It needs PySpark and Java.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time

import pyarrow as pa
import pyarrow.csv

import custid
from benchmarks.whole_runs import folder_of
from custid.engines.spark import SparkSettings
from custid.testing import EngineOutcome
from custid.testing.engine_suite import local_outcome

_SESSIONS = ("local[2]", "local-cluster[2,1,2048]", "connect")
_GROUPS = {"one call": 1_000_000, "tiles": 25_000}


def _records(name: str) -> pa.Table:
    """Return a data set as texts, without its truth."""
    path = folder_of(name) / "records.csv"
    names = pyarrow.csv.open_csv(path).schema.names
    texts = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True)
    return pyarrow.csv.read_csv(path, convert_options=texts)


def _differences(found: EngineOutcome, expected: EngineOutcome) -> list[str]:
    """Return what is not the same."""
    differing = []
    if found.pairs.keys() != expected.pairs.keys():
        differing.append("pairs")
    elif found.pairs != expected.pairs:
        differing.append("weights")
    if found.customers != expected.customers:
        differing.append("customers")
    return differing


def _check(names: list[str], session: str) -> bool:
    """Print how the runs of one session compare; tell whether all are equal."""
    # asv looks through this module, and knows no tests.
    from tests.engines.spark.session import outcome_of, resolved, spark_session  # noqa: PLC0415

    is_equal = True
    is_connect = session == "connect"
    master = "local[2]" if is_connect else session
    with (
        spark_session(master, is_connect=is_connect, memory="3g") as spark,
        tempfile.TemporaryDirectory() as folder,
    ):
        for name in names:
            records = _records(name)
            model, expected = custid.train(records), None
            for way, units_per_group in _GROUPS.items():
                settings = SparkSettings(staging=f"{folder}/{name}-{units_per_group}", units_per_group=units_per_group)
                begin = time.perf_counter()
                result = resolved(spark, records, model=model, schema=None, settings=settings)
                found, seconds = outcome_of(result), time.perf_counter() - begin
                expected = expected or local_outcome(custid.dedupe(records, model=model, schema=result.schema))
                differing = _differences(found, expected)
                told = f"other {', '.join(differing)}" if differing else "the same"
                run = f"{session:<24} {name:<15} {way:<9} {len(found.pairs):>9,} pairs {seconds:6.1f} s"
                print(f"{run}  {told}", flush=True)
                is_equal &= not differing
    return is_equal


def main() -> int:
    """Compare all; return 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", default=["historical_50k", "febrl4", "synth_100k"])
    parser.add_argument("--session", choices=_SESSIONS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.session:
        return 0 if _check(given.data, given.session) else 1
    # One process has one session.
    command = [sys.executable, "-m", "benchmarks.spark_equal", "--data", *given.data, "--session"]
    return max(subprocess.run([*command, session], check=False).returncode for session in _SESSIONS)


if __name__ == "__main__":
    sys.exit(main())
