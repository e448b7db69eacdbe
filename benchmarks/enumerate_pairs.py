"""How quickly each candidate pair is enumerated once, and in how little memory a billion of them.

    python benchmarks/enumerate_pairs.py                            # the ratio, then a billion pairs
    python benchmarks/enumerate_pairs.py --records 50000 --pairs 0  # the ratio alone

The ratio holds custid's enumeration against the plain way: the pairs of all blocks of all rules are written down and
made distinct by a hash table (that of Arrow).  Both are given the same blocks, run in one thread, in turn, and find the
same pairs.  Then a process of its own streams at least ``--pairs`` distinct pairs of overlapping rules
without keeping them; its peak memory counts everything from the interpreter on.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from benchmarks.bench_resolver import make_table
from custid.blocking import AtomColumn, record_atoms
from custid.blocking._arrays import blocks_of_families
from custid.blocking._blocks import key_families
from custid.blocking._finder import DistinctBlocks
from custid.blocking._lister import PairLister
from custid.kernels.blocks import FoundBlocks
from custid.table.hashing import mix
from custid.testing import synthetic_customers

_BLOCK_CAP = 30
_STREAM = """
import json, resource, sys, time
from benchmarks.enumerate_pairs import overlapping_atoms
from custid.blocking import stream_candidates

n_wanted, n_threads = int(sys.argv[1]), int(sys.argv[2])
atoms, n_units = overlapping_atoms(n_wanted)
start = time.perf_counter(), time.process_time()
stream = stream_candidates(atoms, n_units, block_cap=63, pairs_per_unit=1e6, n_threads=n_threads)
found = time.perf_counter(), time.process_time()
n_pairs = last = checksum = 0
for left, right in stream.ranges():
    first = (int(left[0]) << 32) + int(right[0])
    assert first > last or not n_pairs
    last = (int(left[-1]) << 32) + int(right[-1])
    n_pairs += len(left)
    checksum ^= int(right.sum())
listed = time.perf_counter(), time.process_time()
assert n_pairs == stream.n_pairs
try:
    with open("/proc/self/status") as status:
        peak = int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024
except OSError:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({
    "pairs": n_pairs,
    "in_blocks": sum(rule.n_pairs for rule in stream.rules),
    "finding": [found[0] - start[0], found[1] - start[1]],
    "listing": [listed[0] - found[0], listed[1] - found[1]],
    "peak": peak,
}))
"""


def overlapping_atoms(n_pairs: int) -> tuple[list[AtomColumn], int]:
    """Return atoms of a million units whose blocks of sixty hold so many distinct pairs, and the number of units.

    Two kinds at a time cut one random order of the units into blocks, the second half a block later: about half of
    its pairs are in a block of the first as well.
    """
    n_units, size = 960_000, 60
    half = size // 2
    # Of each two kinds: a whole block of pairs, and those of a later one that cross the border between two blocks.
    pairs_of_two = n_units // size * (size * (size - 1) // 2 + half * half)
    random, columns = np.random.default_rng(20_160_101), []
    # A few more, as two orders have a pair in common now and then.
    for number in range(-(-n_pairs * 101 // (100 * pairs_of_two))):
        order = random.permutation(n_units).astype(np.int32)
        for kind, cut in (("whole", order), ("later", np.roll(order, half))):
            columns.append(
                AtomColumn(
                    group="made",
                    kind=f"{kind}{number}",
                    may_stand_alone=True,
                    starts=np.arange(0, n_units + 1, size),
                    unit_idx=np.sort(cut.reshape(-1, size), axis=1).ravel(),
                )
            )
    return columns, n_units


def emit_and_unique(blocks: list[tuple[NDArray[np.int32], NDArray[np.int64]]], n_units: int) -> NDArray[np.int64]:
    """Return the distinct pairs of blocks, as one number each: all are written down, then hashed."""
    emitted = []
    for units, sizes in blocks:
        starts = np.cumsum(sizes) - sizes
        for size in range(2, _BLOCK_CAP + 1):
            members = units[starts[sizes == size][:, None] + np.arange(size)].astype(np.int64)
            first, second = np.triu_indices(size, 1)
            emitted.append((members[:, first] * n_units + members[:, second]).ravel())
    return np.asarray(pc.unique(pa.array(np.concatenate(emitted))))


def enumerate_once(blocks: list[tuple[NDArray[np.int32], NDArray[np.int64]]], n_units: int) -> int:
    """Return how many distinct pairs blocks have, as custid enumerates them: range by range, none kept."""
    distinct = DistinctBlocks(n_units, _BLOCK_CAP, math.inf, None)
    hashes = mix(np.arange(1, n_units + 1, dtype=np.uint64))
    units, sizes = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    contents = np.bitwise_xor.reduceat(hashes[units], np.cumsum(sizes) - sizes)
    used = np.array([len(sizes), len(units), 0])
    distinct.add(FoundBlocks(units, sizes.astype(np.uint8), contents, used), 0)
    lister = PairLister(distinct.close(1), n_units, _BLOCK_CAP, sources=None)
    return sum(len(left) for left, _ in lister.ranges(_BLOCK_CAP))


def measure(task: Callable[[], int], repeats: int) -> tuple[float, int]:
    """Return the median seconds of the processor, and what the task returns."""
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        found = task()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds), found


def compare(n_records: int, repeats: int) -> str:
    """Return how custid and the plain way compare, as lines."""
    table = make_table(synthetic_customers(n_records, seed=17))
    atoms, n_units = record_atoms(table), table.n_units
    families = list(key_families(atoms))
    blocks = [(each.units, each.sizes.astype(np.int64)) for each in blocks_of_families(families, n_units, _BLOCK_CAP)]

    enumerate_once(blocks, n_units)
    ours, n_ours = measure(lambda: enumerate_once(blocks, n_units), repeats)
    plain, n_plain = measure(lambda: len(emit_and_unique(blocks, n_units)), repeats)
    if n_ours != n_plain:
        raise SystemExit(f"pairs: expected {n_plain:,} as the plain way finds, got {n_ours:,}.")
    n_emitted = sum(int((sizes * (sizes - 1) // 2).sum()) for _, sizes in blocks)
    return "\n".join(
        [
            f"{n_units:,} units, {len(families)} rules: {n_emitted:,} pairs, {n_ours:,} of them distinct",
            f"custid: {ours:.2f} s; emit and hash: {plain:.2f} s (of the processor, medians of {repeats})",
            f"ratio {plain / ours:.1f}",
        ]
    )


def main() -> None:
    """Print the ratio, then what a billion pairs take."""
    parser = argparse.ArgumentParser(description="Enumerate candidate pairs, each once.")
    parser.add_argument("--records", type=int, default=100_000, help="records for the ratio (default: 100000)")
    parser.add_argument("--repeats", type=int, default=3, help="repeats of each way (default: 3)")
    parser.add_argument("--pairs", type=int, default=1_000_000_000, help="distinct pairs to stream (default: 10^9)")
    parser.add_argument("--threads", type=int, default=2, help="threads that stream (default: 2)")
    options = parser.parse_args()
    sys.stdout.write(f"{compare(options.records, options.repeats)}\n")
    sys.stdout.flush()
    if options.pairs:
        command = [sys.executable, "-c", _STREAM, str(options.pairs), str(options.threads)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found = json.loads(done.stdout.splitlines()[-1])
        rate = found["pairs"] / found["listing"][1] / 1e6
        sys.stdout.write(
            f"{found['pairs']:,} distinct of {found['in_blocks']:,} pairs streamed in {found['listing'][0]:.1f} s "
            f"({found['listing'][1]:.1f} s of the processor, {rate:.0f} million a second and core), after "
            f"{found['finding'][0]:.1f} s to find and count them; {found['peak']:,.0f} MiB at most\n"
        )


if __name__ == "__main__":
    main()
