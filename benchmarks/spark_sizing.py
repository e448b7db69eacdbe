"""What a run on Spark takes by record and by pair, and what that makes of 100 million and of a billion records.

::

    python -m benchmarks.spark_sizing --n 20000

The steps that workers do are run one after another in this process on synthetic customers, and their processor time and
the bytes that they send are divided by the records and pairs.  Then a key that a share of all records has is followed
through one call of blocking, for the bytes that it would send and those that it sends.  Spark itself is not started:
what it adds for moving, sorting and repeating depends on the cluster.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

import custid
from custid.engines.spark._blocks import UNITS_AT_ONCE, KeyScatter, PairMaker
from custid.engines.spark._messages import Message
from custid.engines.spark._rows import SourceReader, UnitMaker
from custid.engines.spark._tiles import PAIRS, WANTED, PairsOfTile, Tiles, facts_wanted
from custid.engines.spark._weighing import TileWeigher
from custid.engines.spark._whole import WholeMatcher
from custid.engines.spark.settings import SparkSettings
from custid.intake.conventions import Conventions
from custid.intake.pinned import pinned_schema
from custid.intake.sources import read_source
from custid.testing import synthetic_customers

_N_GROUPS = 4
_CONTENTS = "contents to tiles"
_SIZES = (100_000_000, 1_000_000_000)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the costs and what follows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--n", type=int, default=20_000, metavar="N", help="records to measure (default: 20,000)")
    costs = _measured(synthetic_customers(parser.parse_args(arguments).n, seed=1).records)
    print("step                 by            processor µs    bytes sent")
    for name, (unit, seconds, n_bytes, number) in costs.items():
        print(f"{name:<21}{unit:<14}{seconds / number * 1e6:>12.1f}{n_bytes / number:>14.0f}")
    for n_records in _SIZES:
        _print_size(costs, n_records)
    _print_skew()


def _measured(records: pa.Table) -> dict[str, tuple[str, float, int, int]]:
    """Return for each step what it is counted by, its processor seconds, the bytes sent, and the number."""
    model = custid.train(records)
    schema = pinned_schema(read_source(records, None, None))
    reader = SourceReader(
        name="rows",
        columns=tuple(records.column_names),
        mapping=read_source(records, schema, None).mapping,
        conventions=Conventions.of(schema),
        attributes=model.attributes or (),
        policy=custid.ResolveOptions().generic,
    )
    cap = model.block_cap or 0
    tiles = Tiles(n_groups=_N_GROUPS)
    costs: dict[str, tuple[str, float, int, int]] = {}
    n_rows = records.num_rows
    rows = pa.concat_tables(_timed(costs, "standardize", "record", n_rows, lambda: list(reader(records))))
    maker = UnitMaker(attributes=reader.attributes, generic=np.empty(0, np.uint64), policy=reader.policy)
    made = pa.concat_tables(_timed(costs, "put into units", "record", n_rows, lambda: list(maker(rows))))
    units = made.select(["unit", "content"]).group_by("unit").aggregate([("content", "min")])
    units = units.rename_columns(["unit", "content"])
    n_units = units.num_rows
    scatter = KeyScatter(model=model, attributes=reader.attributes, block_cap=cap, n_bits=2)
    parts = [units.slice(start, UNITS_AT_ONCE) for start in range(0, n_units, UNITS_AT_ONCE)]
    _timed(costs, "(first calls)", "record", n_units, lambda: _all(scatter, parts[:1]))
    keys = _timed(costs, "keys", "record", n_units, lambda: _all(scatter, parts))
    blocks = _gather(keys)
    pair_maker = PairMaker(block_cap=cap, tiles=tiles)
    pairs = _timed(costs, "pairs of blocks", "record", n_units, lambda: _at_places(pair_maker, blocks))
    asked = _timed(
        costs, "each pair once", "record", n_units, lambda: _at_places(PairsOfTile(tiles=tiles), _gather(pairs))
    )
    wanted = [each for each in asked if each[1] == WANTED]
    groups = _gather([*tiles.to_groups(units), *wanted])
    _timed(costs, _CONTENTS, "record", n_units, lambda: _at_places(facts_wanted, groups))
    kept = np.concatenate([np.frombuffer(each[2], np.uint64).reshape(-1, 2) for each in asked if each[1] == PAIRS])
    # Of a billion records a tile has hardly two pairs of one unit: nearly each pair brings two contents with it.
    thinned = np.ascontiguousarray(kept[:: max(1, 2 * len(kept) // n_units)])
    weigher = TileWeigher(model=model, attributes=reader.attributes, above_bits=0.0)
    one_tile = _gather([(0, PAIRS, thinned.tobytes()), *Tiles(n_groups=1).told(units)])
    _at_places(weigher, one_tile)
    _timed(costs, "compare and weigh", "pair", len(thinned), lambda: _at_places(weigher, one_tile))
    n_pairs = len(kept)
    whole = WholeMatcher(
        model=model, attributes=reader.attributes, options=custid.ResolveOptions(block_cap=cap, n_threads=1), n_slices=1
    )
    _all(whole, [units])
    _timed(costs, "(in one call)", "record", n_units, lambda: _all(whole, [units]))
    _, seconds, _, number = costs.pop("(in one call)")
    print(f"in one call: {seconds / number * 1e6:.1f} processor µs a record for keys, pairs, weights and customers")
    del costs["(first calls)"]
    print(f"{n_rows:,} records, {n_units:,} units, {n_pairs:,} pairs, blocks of up to {cap}")
    return costs


def _timed(
    costs: dict[str, tuple[str, float, int, int]], name: str, unit: str, number: int, step: Callable[[], list[Any]]
) -> list[Any]:
    started = time.process_time()
    made = step()
    seconds = time.process_time() - started
    n_bytes = sum(each.nbytes if isinstance(each, pa.Table) else len(each[2]) for each in made)
    costs[name] = unit, seconds, n_bytes, number
    return made


def _all(step: Callable[[pa.Table], Iterable[Message]], tables: Iterable[pa.Table]) -> list[Message]:
    return [message for table in tables for message in step(table)]


def _at_places(step: Callable[[int, pa.Table], Iterable[Message]], places: dict[int, pa.Table]) -> list[Message]:
    return [message for place, held in places.items() for message in step(place, held)]


def _gather(messages: Iterable[Message]) -> dict[int, pa.Table]:
    found: defaultdict[int, list[Message]] = defaultdict(list)
    for message in messages:
        found[message[0]].append(message)
    return {
        place: pa.table({"tag": [each[1] for each in held], "data": [each[2] for each in held]})
        for place, held in found.items()
    }


def _print_size(costs: dict[str, tuple[str, float, int, int]], n_records: int) -> None:
    settings = SparkSettings()
    n_pairs = n_records * custid.ResolveOptions().expected_pairs_per_record
    print(f"\n{n_records:,} records, {n_pairs:,.0f} pairs")
    hours = total = 0.0
    n_groups = settings.groups_for(n_records, n_pairs / n_records)
    # Each unit is in two pairs for each pair that it counts for, and their tiles are drawn by chance.
    n_tiles_of_unit = n_groups * (1 - (1 - 1 / n_groups) ** (2 * n_pairs / n_records))
    for name, (unit, seconds, n_bytes, number) in costs.items():
        times = (n_pairs if unit == "pair" else n_records) / number
        if name == _CONTENTS:
            times *= n_tiles_of_unit / _N_GROUPS
        print(f"  {name:<21}{seconds * times / 3600:>10,.0f} core hours{n_bytes * times / 1e12:>10.1f} TB")
        hours, total = hours + seconds * times / 3600, total + n_bytes * times / 1e12
    print(f"  {'in all':<21}{hours:>10,.0f} core hours{total:>10.1f} TB")
    n_tiles = n_groups * (n_groups + 1) // 2
    print(f"  {n_groups:,} groups, {n_tiles:,} tiles of {n_pairs / n_tiles:,.0f} pairs, {n_tiles_of_unit:.0f} a unit")


def _print_skew() -> None:
    """Follow keys that many records have through the calls of blocking."""
    cap = 10
    print(f"\nA key that a share of 1,000,000,000 records has, cap {cap}, calls of {UNITS_AT_ONCE:,}: gigabytes")
    print("share           all of it          sent       pairs in the block")
    rng = np.random.default_rng(8)
    n_calls = _SIZES[-1] // UNITS_AT_ONCE
    for share in (0.5, 0.1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6):
        held = rng.binomial(UNITS_AT_ONCE, share, n_calls)
        sent = np.minimum(held, cap + 1).sum()
        n = int(held.sum())
        print(f"{share:<12g}{n * 16 / 1e9:>13.4f}{sent * 16 / 1e9:>14.4f}{n * (n - 1) / 2:>22.3g}")


if __name__ == "__main__":
    main()
