"""Arrays of pairs in memory and in files."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import custid
from custid.blocking.candidates import CandidatePairs
from custid.engines import ResolveOptions, pair_store
from custid.engines.memory import estimated_bytes
from custid.engines.pair_store import PairStore, pieces_of, some_places_where
from custid.errors import TemporaryFileError
from custid.testing import synthetic_customers
from tests.intake.typed import person

N_RECORDS = 400


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the directory of temporary files, which is empty."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def _dedupe(**settings: Any) -> custid.Result:
    return custid.dedupe(synthetic_customers(N_RECORDS, seed=3).records, **settings)


def _link(**settings: Any) -> custid.Result:
    records = synthetic_customers(N_RECORDS, seed=3).records
    half = len(records) // 2
    return custid.link({"crm": records.slice(0, half), "shop": records.slice(half)}, **settings)


def _typed(**settings: Any) -> custid.Result:
    return custid.dedupe([person(str(key), f"Ana{key % 4}", f"Nom{key % 40}") for key in range(120)], **settings)


def _tightest(result: custid.Result) -> ResolveOptions:
    """Return options whose limit a run that gave a result exceeds by one byte."""
    found = result.report
    return ResolveOptions(
        memory_limit=estimated_bytes(found.n_records, found.n_distinct, found.n_pairs / found.n_distinct) - 1
    )


@pytest.mark.parametrize("resolve", [_dedupe, _link, _typed])
def test_a_spilled_run_is_equal(resolve: Callable[..., custid.Result], directory: Path) -> None:
    """Customers, probabilities, pairs and weights are the same to the bit, and no file is left beside them."""
    inside = resolve()
    spilled = resolve(options=_tightest(inside))
    assert (inside.report.n_spilled_bytes, spilled.report.n_spilled_bytes > 0) == (0, True)
    assert spilled.assignments == inside.assignments
    assert spilled.pairs == inside.pairs
    assert spilled.customers == inside.customers
    assert spilled.model.to_json() == inside.model.to_json()
    assert list(directory.iterdir()) == []


def test_a_run_tells_that_it_spills() -> None:
    """Progress has a step for it, and the report tells the size: two units and a weight of each pair."""
    told: list[tuple[str, float]] = []
    spilled = _dedupe(options=_tightest(_dedupe()), progress=lambda step, done: told.append((step, done)))
    assert [each for each in told if each[0] == "spilling"] == [("spilling", 0.0), ("spilling", 1.0)]
    assert told.index(("spilling", 0.0)) == told.index(("blocking", 1.0)) + 1
    assert spilled.report.n_spilled_bytes == 16 * spilled.report.n_pairs
    assert f"keep to the memory limit: {16e-6 * spilled.report.n_pairs:,.1f} MB" in str(spilled.report)


def test_a_run_that_fits_does_not_spill() -> None:
    """With a limit that the pairs fit, there is no such step."""
    steps: set[str] = set()
    result = _dedupe(options=ResolveOptions(memory_limit=10**12), progress=lambda step, _: steps.add(step))
    assert ("spilling" in steps, result.report.n_spilled_bytes) == (False, 0)
    assert "moved to disk" not in str(result.report)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, ZeroDivisionError])
@pytest.mark.parametrize("step", ["spilling", "learning", "comparing", "clustering"])
def test_a_run_that_fails_leaves_no_file(step: str, kind: type[BaseException], directory: Path) -> None:
    """An error in any step after pairs were moved leaves the directory as it was."""
    limited = _tightest(_dedupe())

    def fail(now: str, _done: float) -> None:
        if now == step:
            raise kind

    with pytest.raises(kind):
        _dedupe(options=limited, progress=fail)
    assert list(directory.iterdir()) == []


def test_arrays_outlive_the_store() -> None:
    """What was written can be read as long as the array is there."""
    array = PairStore(is_spilled=True).empty(100_000, np.float64)
    array[:] = np.arange(100_000)
    gc.collect()
    assert array.sum() == 99_999 * 50_000
    assert (array.dtype.name, array.flags.c_contiguous, array.flags.aligned) == ("float64", True, True)


@pytest.mark.parametrize("is_spilled", [False, True])
def test_no_pairs_take_no_file(is_spilled: bool) -> None:  # noqa: FBT001
    """An array of nothing is an array of nothing."""
    store = PairStore(is_spilled=is_spilled)
    assert (len(store.empty(0, np.int32)), store.n_bytes) == (0, 0)


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64, np.float32, np.float64])
def test_files_are_arrow_files(dtype: type[np.generic], directory: Path) -> None:
    """A file has one column of zeros, and the place told is where its numbers begin."""
    path = directory / "pairs.arrow"
    offset = pair_store._write_zeros(path, 7, dtype)
    np.memmap(path, dtype, "r+", offset, (7,))[:] = np.arange(7).astype(dtype)
    table = pa.ipc.open_file(path).read_all()
    assert (table.column_names, table["value"].to_pylist()) == (["value"], list(range(7)))


def test_a_directory_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    """The error names the directory, the room needed and what to do."""
    monkeypatch.setattr(tempfile, "tempdir", str(directory / "gone"))
    with pytest.raises(TemporaryFileError, match=r"room for 8\.0 MB more .* got: No such file") as caught:
        PairStore(is_spilled=True).empty(1_000_000, np.float64)
    assert repr(str(directory / "gone")) in str(caught.value)
    assert "TMPDIR" in caught.value.hint


LIMITED = """
import resource, sys
import numpy as np
from custid.engines.pair_store import PairStore
from custid.errors import TemporaryFileError

resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
store = PairStore(is_spilled=True)
kept = store.empty(100_000, np.float64)
try:
    store.empty(1_000_000, np.float64)
except TemporaryFileError as error:
    print(error, store.n_bytes)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits on the size of files are a Unix matter")
def test_a_full_disk_is_told(directory: Path) -> None:
    """Where the system refuses to write, a run ends with an error of custid, and no file is left."""
    done = subprocess.run(
        [sys.executable, "-c", LIMITED],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(directory)},
        check=True,
    )
    assert done.stdout.startswith(f"temporary directory {str(directory)!r}: expected room for 8.0 MB more of candidate")
    assert done.stdout.endswith(" 800000\n")
    assert list(directory.iterdir()) == []


KILLED = """
import os, signal, sys
import custid
from custid.engines import ResolveOptions
from custid.engines.memory import estimated_bytes
from custid.testing import synthetic_customers

signal.signal(signal.SIGINT, signal.default_int_handler)
records = synthetic_customers(400, seed=3).records
found = custid.dedupe(records).report
limit = estimated_bytes(found.n_records, found.n_distinct, found.n_pairs / found.n_distinct) - 1


def end(step, done):
    if (step, done) == ("comparing", 1.0):
        os.kill(os.getpid(), int(sys.argv[1]))


custid.dedupe(records, options=ResolveOptions(memory_limit=limit), progress=end)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals to a process are a Unix matter")
@pytest.mark.parametrize("number", [2, 9, 15])
def test_a_process_that_is_ended_leaves_no_file(number: int, directory: Path) -> None:
    """Neither Ctrl-C nor a signal that nothing can handle leaves a file behind."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(number)],
        capture_output=True,
        env={**os.environ, "TMPDIR": str(directory)},
        check=False,
    )
    assert done.returncode == -number
    assert list(directory.iterdir()) == []


@pytest.mark.parametrize("is_spilled", [False, True])
def test_some_pairs_are_kept(is_spilled: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    """Pairs picked piece by piece are those picked at once."""
    monkeypatch.setattr(pair_store, "_PAIRS_AT_ONCE", 7)
    left = np.arange(50, dtype=np.int32)
    pairs = CandidatePairs(left_idx=left, right_idx=left + 1, block_cap=50, rules=())
    kept = PairStore(is_spilled=is_spilled).only(pairs, lambda piece: left[piece] % 3 == 1)
    assert (kept.left_idx.tolist(), kept.right_idx.tolist()) == (list(range(1, 50, 3)), list(range(2, 51, 3)))


@given(is_wanted=st.lists(st.booleans(), max_size=60), n_most=st.integers(0, 70), at_once=st.integers(1, 70))
def test_places_are_those_of_all_at_once(is_wanted: list[bool], n_most: int, at_once: int) -> None:
    """Every so manyth place wanted, whatever the size of the pieces."""
    flags = np.array(is_wanted, np.bool_)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pair_store, "_PAIRS_AT_ONCE", at_once)
        places, n_wanted = some_places_where(lambda piece: flags[piece], len(flags), n_most)
        assert sum(len(flags[piece]) for piece in pieces_of(len(flags))) == len(flags)
    wanted = np.flatnonzero(flags)
    n_chosen = min(n_most, len(wanted))
    assert n_wanted == len(wanted)
    assert places.tolist() == wanted[np.arange(n_chosen) * len(wanted) // max(n_chosen, 1)].tolist()
