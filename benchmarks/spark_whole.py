"""A whole run on Spark in local mode beside the local engine, with one match model, each in a process of its own.

::

    python -m benchmarks.spark_whole records.csv

The session is started before the clock is.  Printed are the seconds of both, the ratio, the most memory that the
driver's Python, its Java and any worker took, and whether both found the same customers.  It needs PySpark and Java.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

import custid
from custid.engines.spark import SparkEngine, SparkSettings
from custid.scoring.match_model import TrainedMatchModel


def _peaks() -> dict[str, int]:
    """Return the most megabytes that this process took, and each kind of those below it that live still."""
    parents: dict[int, int] = {}
    peaks: dict[int, tuple[str, int]] = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            told = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        number = int(status.parent.name)
        parents[number] = int(told["PPid"])
        peaks[number] = told["Name"].strip(), int(told.get("VmHWM", "0 kB").split()[0]) // 1024
    found: dict[str, int] = {}
    for number, (name, peak) in peaks.items():
        above = number
        while above in parents and above != os.getpid():
            above = parents[above]
        if above == os.getpid():
            kind = "driver" if number == above else name
            found[kind] = max(found.get(kind, 0), peak)
    return found


def _local(records: Path, model: TrainedMatchModel, folder: Path) -> dict[str, Any]:
    begin = time.perf_counter()
    result = custid.dedupe(records, model=model)
    pyarrow.parquet.write_table(result.assignments, folder / "local.parquet")
    return {"seconds": time.perf_counter() - begin}


def _spark(records: Path, model: TrainedMatchModel, folder: Path, units_per_group: int | None) -> dict[str, Any]:
    from tests.engines.spark.session import spark_session  # noqa: PLC0415  # asv looks in here, and knows no tests

    settings = SparkSettings(staging=str(folder / "staging"), units_per_group=units_per_group)
    with spark_session("local[2]", memory="4g") as session:
        session.range(1).count()
        frame = session.read.csv(str(records), header=True)
        begin = time.perf_counter()
        result: Any = custid.dedupe(frame, model=model, engine=SparkEngine(session, settings))
        result.assignments.write.parquet(str(folder / "spark.parquet"))
        seconds = time.perf_counter() - begin
        return {"seconds": seconds, "megabytes": _peaks()}


def _partition(path: Path) -> pa.Table:
    """Return the first record of each record's customer, records in the order of their keys."""
    table = pyarrow.parquet.read_table(path).sort_by([("record_key", "ascending")])
    _, inverse = np.unique(table["customer"].to_numpy(), return_inverse=True)
    first = np.full(inverse.max() + 1, len(inverse))
    np.minimum.at(first, inverse, np.arange(len(inverse)))
    return pa.table({"record_key": table["record_key"].cast(pa.string()), "first": first[inverse]})


def main() -> None:
    """Print both runs of a file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path)
    parser.add_argument("--units-per-group", type=int)
    parser.add_argument("--sample", type=int, default=100_000, help="records that the match model is trained on")
    parser.add_argument("--only", choices=["local", "spark"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        model = TrainedMatchModel.load(given.folder / "model.json")
        if given.only == "local":
            print(json.dumps(_local(given.records, model, given.folder)))
        else:
            print(json.dumps(_spark(given.records, model, given.folder, given.units_per_group)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        custid.train(pyarrow.csv.read_csv(given.records).slice(0, given.sample)).save(folder / "model.json")
        told = {}
        for engine in ("local", "spark"):
            command = [
                sys.executable,
                "-m",
                "benchmarks.spark_whole",
                *sys.argv[1:],
                "--only",
                engine,
                "--folder",
                name,
            ]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            told[engine] = json.loads(done.stdout.splitlines()[-1])
            print(engine, told[engine], flush=True)
        is_equal = _partition(folder / "local.parquet").equals(_partition(folder / "spark.parquet"))
        ratio = told["spark"]["seconds"] / told["local"]["seconds"]
        print(f"Spark takes {ratio:.2f} times as long; the same customers: {'yes' if is_equal else 'NO'}")


if __name__ == "__main__":
    main()
